"""`check` on a lesson that is untouched, half done, solved, broken: what a tutor would say."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_build import LESSON, house  # noqa: F401

from ser_helpers import check as check_in_a_lesson
from ser_helpers.corpus import CourseError
from ser_helpers.course import build, check


@pytest.fixture
def write(house):  # noqa: F811
    """Build the tiny lesson, put an answer into it, and give back its folder."""

    def answer(text: str | None = None, keep_solutions: bool = True):
        root = house()
        build.build(root)
        path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
        if text is not None:
            stub = r"# Your answer goes here.\n    raise NotImplementedError(\"not answered yet\")"
            assert stub in path.read_text()
            path.write_text(path.read_text().replace(stub, text))
        if not keep_solutions:
            (root / "solutions" / "10_tiny" / "10_tiny.ipynb").unlink()
        return root

    return answer


def rows(report):
    return {row.exercise: (row.earned, row.points, row.says) for row in report.rows}


def test_untouched(write):
    root = write()
    report = check.run("10_tiny", root)
    assert rows(report) == {"double": (0, 3, "not started"), "why": (0, 2, "written: marked by a person")}
    assert "Add it to itself" in report.rows[0].hint
    assert "0 of 5 points" in str(report) and "<table>" in report._repr_html_()
    assert "0 of 5 points" in check.progress(root)


def test_half_done_gets_the_hidden_message_and_a_hint(write):
    report = check.run("10_tiny", write("return abs(x) + abs(x)"))
    assert rows(report)["double"] == (1, 3, "Negative numbers double, too.")
    assert report.rows[0].hint.startswith("Hint 1")


def test_solved(write):
    report = check.run("10_tiny", write("return 2 * x"))
    assert rows(report)["double"] == (3, 3, "passed") and report.notes == [] and report.rows[0].hint == ""


def test_without_the_solutions_only_visible_checks_run_and_it_says_so(write):
    report = check.run("10_tiny", write("return abs(x) + abs(x)", keep_solutions=False))
    assert rows(report)["double"] == (3, 3, "passed")
    assert "visible checks only" in report.notes[0]


def test_a_syntax_error_is_located(write):
    report = check.run("10_tiny", write("retrun 2 * x"))
    assert "Code cell 2, line 3: Python cannot read 'retrun 2 * x'" in report.notes[0]
    assert report.earned == 0


def test_a_loop_without_an_end_is_stopped(write, monkeypatch):
    monkeypatch.setattr(check, "SECONDS_PER_CELL", 2)
    report = check.run("10_tiny", write("while True: pass"))
    assert "stopped after 2 s" in rows(report)["double"][2]


def test_a_dead_kernel_is_said(write):
    report = check.run("10_tiny", write("import os; os._exit(1)"))
    assert "did not run" in rows(report)["double"][2]


def test_a_deleted_check_runs_all_the_same(write):
    root = write("return abs(x) + abs(x)")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double-more"]
    nbformat.write(notebook, path)
    report = check.run("10_tiny", root)
    assert "double-more was missing" in report.notes[0] and rows(report)["double"][0] == 1


def test_a_damaged_or_missing_notebook(write):
    root = write()
    (root / "lessons" / "10_tiny" / "10_tiny.ipynb").write_text("{")
    with pytest.raises(CourseError, match="damaged.*ser reset 10_tiny"):
        check.run("10_tiny", root)
    with pytest.raises(CourseError, match="Lessons: 10_tiny"):
        check.run("12_none", root)


@pytest.mark.parametrize("variable", ["SER_CHECK", "NBGRADER_EXECUTION"])
def test_it_never_runs_itself(monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    assert check_in_a_lesson("03_mfcc") is None
