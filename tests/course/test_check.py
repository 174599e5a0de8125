"""`check` on a lesson that is untouched, half done, solved, broken: what a tutor would say."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_build import LESSON, house  # noqa: F401

from ser_helpers import check as check_in_a_lesson
from ser_helpers.course import check
from ser_helpers.course.authoring import build
from ser_helpers.errors import CourseError


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
    assert rows(report) == {"double": (0, 3, "not started"), "why": (0, 2, "not written yet")}
    assert "Add it to itself" in report.rows[0].hint
    assert (
        "10_tiny: 0 of 3 points, 2 more are for a person to give" in str(report) and "<table>" in report._repr_html_()
    )
    assert "0 of 3 points" in check.progress(root)


def test_half_done_gets_the_hidden_message_and_a_hint(write):
    report = check.run("10_tiny", write("return abs(x) + abs(x)"))
    assert rows(report)["double"] == (1, 3, "Negative numbers double, too.")
    assert report.rows[0].hint.startswith("Hint 1")


def test_solved(write):
    root = write("return 2 * x")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    path.write_text(
        path.read_text().replace("*Your answer goes here: double-click, write, and run the cell.*", "Twice.")
    )
    report = check.run("10_tiny", root)
    assert rows(report) == {"double": (3, 3, "passed"), "why": (0, 2, "written: marked by a person")}
    assert report.notes == [] and report.rows[0].hint == ""


def test_a_copy_that_was_kept_is_checked_by_its_path_and_leaves_the_progress_alone(write):
    root = write("return 2 * x")
    build.reset("10_tiny", root)
    kept = root / "lessons" / "10_tiny" / "10_tiny.mine-1.ipynb"
    assert rows(check.run(str(kept), root))["double"] == (3, 3, "passed")
    assert rows(check.run("10_tiny", root))["double"][0] == 0
    check.run(str(kept), root)
    assert "0 of 3 points" in check.progress(root)
    (root / "lessons" / ".progress.json").write_text("{")
    assert "not checked yet" in check.progress(root)


def test_without_the_solutions_only_visible_checks_run_and_it_says_so(write):
    report = check.run("10_tiny", write("return abs(x) + abs(x)", keep_solutions=False))
    assert rows(report)["double"] == (3, 3, "passed")
    assert "visible checks only" in report.notes[0]


def test_a_syntax_error_is_located(write):
    report = check.run("10_tiny", write("retrun 2 * x"))
    assert "Code cell 2, line 3: Python cannot read 'retrun 2 * x'" in report.notes[0]
    assert report.earned == 0 and "cannot read" in report.rows[0].says


def test_notebook_magic_is_no_syntax_error_and_a_broken_cell_is_named(write):
    root = write("return 2 * x")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    path.write_text(path.read_text().replace("import math", "%time import math\\nimport maths\\nmath?"))
    report = check.run("10_tiny", root)
    assert report.notes == [
        "Code cell 1 stopped (ModuleNotFoundError: No module named 'maths'). Checks that need it fail with it."
    ]
    assert rows(report)["double"] == (3, 3, "passed")


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
    for missing in ("12_none", str(root / "elsewhere.ipynb")):
        with pytest.raises(CourseError, match="Lessons: 10_tiny"):
            check.run(missing, root)


def test_in_a_notebook_it_checks_the_one_that_is_open_and_says_what_is_not_saved(tmp_path, monkeypatch):
    opened = tmp_path / "00_start_here-Copy1.ipynb"
    shutil.copy(build.ROOT / "lessons" / "00_start_here" / "00_start_here.ipynb", opened)
    monkeypatch.setenv("JPY_SESSION_NAME", str(opened))
    monkeypatch.delenv("SER_CHECK", raising=False)
    ran = ["", "def helper(): pass", "def seconds_of(y):\n    return len(y) / 16000"]
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns={"In": ran}))
    report = check_in_a_lesson("00_start_here")
    assert rows(report) == {"seconds_of": (0, 1, "not started")}
    assert report.notes == [
        "You ran a version of seconds_of that is not saved yet. Save (Ctrl+S) and run this cell again."
    ]
    opened.write_text(opened.read_text().replace("metadata", "metadaten"))
    assert "is damaged" in check_in_a_lesson("00_start_here").notes[0]


@pytest.mark.parametrize("variable", ["SER_CHECK", "NBGRADER_EXECUTION"])
def test_it_never_runs_itself(monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    assert check_in_a_lesson("03_mfcc") is None
