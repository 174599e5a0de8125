"""`check` on a lesson that is untouched, half done, solved, broken: what a tutor would say."""

import json
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from ser_helpers import check as check_in_a_lesson
from ser_helpers import places
from ser_helpers.course import check, rebuild
from ser_helpers.course.authoring import release, run
from ser_helpers.errors import CourseError


@pytest.fixture
def write(house):
    """Build the tiny lesson, put an answer into it, and give back its folder."""

    def answer(text: str | None = None, keep_solutions: bool = True):
        root = house()
        release.build(root)
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


def test_it_tells_how_far_it_is(write):
    ticks = []
    check.run("10_tiny", write("return 2 * x"), tick=lambda *told: ticks.append(told))
    assert ticks == [(0, 2, "the notebook's own cells"), (1, 2, "double"), (2, 2, "double")]


def test_it_loads_only_what_it_needs(write):
    """What takes a second to import is asked for where it is used: a learner waits for each of them."""
    script = (
        "import sys; from ser_helpers.__main__ import main; main(['check', '10'])\n"
        "for name in 'nbgrader', 'matplotlib', 'pandas', 'IPython.core.interactiveshell': assert name not in sys.modules, name\n"
        "from ser_helpers import plots, evaluate, model, features\n"
        "for name in 'sklearn', 'scipy.signal', 'scipy.stats', 'librosa': assert name not in sys.modules, name"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=write("return 2 * x"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "3 of 3 points" in done.stdout, done.stderr


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
    release.reset("10_tiny", root)
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


def test_in_a_class_a_copy_of_the_lessons_is_enough(write, tmp_path, monkeypatch):
    root = write("return 2 * x")
    for room in ("lessons", "data"):
        shutil.copytree(root / room, tmp_path / "class" / room)
    shutil.rmtree(tmp_path / "class" / "lessons" / "10_tiny" / ".ipynb_checkpoints", ignore_errors=True)
    monkeypatch.chdir(tmp_path / "class" / "lessons")
    assert rows(check.run("10_tiny"))["double"] == (3, 3, "passed")
    assert "3 of 3 points" in check.progress()
    path = tmp_path / "class" / "lessons" / "10_tiny" / "10_tiny.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    old_format(notebook, None, "")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert rows(check.run("10_tiny"))["double"] == (3, 3, "passed")


def test_a_syntax_error_is_located(write):
    report = check.run("10_tiny", write("retrun 2 * x"))
    assert rows(report)["double"] == (0, 3, "SyntaxError, line 3: invalid syntax") and report.notes == []


def test_notebook_magic_is_no_syntax_error_and_a_broken_cell_is_named(write):
    root = write("return 2 * x")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    path.write_text(path.read_text().replace("import math", "%time import math\\nimport maths\\nmath?"))
    report = check.run("10_tiny", root)
    assert report.notes == [
        "The cell that begins `%time import math` stopped (ModuleNotFoundError: No module named 'maths'). Checks that need it fail with it."
    ]
    assert rows(report)["double"] == (3, 3, "passed")


def test_a_cell_of_ones_own_that_stops_is_named_behind_what_was_left_out(write):
    root = write("return 2 * x")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] += [code("1 / 0"), code("if True:")]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    report = check.run("10_tiny", root)
    assert report.earned == 3 and [note.partition(" (")[0] for note in report.notes] == [
        "The cell that begins `if True:`, line 1: Python cannot read it",
        "The cell that begins `1 / 0` stopped",
    ]


def test_a_loop_without_an_end_is_stopped(write, monkeypatch):
    monkeypatch.setattr(check, "SECONDS_PER_CELL", 2)
    report = check.run("10_tiny", write("while True: pass"))
    assert "stopped in line 3 of the cell with `double`, `while True: pass`" in rows(report)["double"][2]


def test_a_dead_kernel_is_said(write):
    report = check.run("10_tiny", write("import os; os._exit(1)"))
    assert "did not run" in rows(report)["double"][2]


def test_a_deleted_check_runs_all_the_same(write):
    root = write("return abs(x) + abs(x)")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double-more"]
    nbformat.write(notebook, path)
    report = check.run("10_tiny", root)
    assert report.notes == ["double-more: the check was missing; it was put back and ran."]
    assert rows(report)["double"][0] == 1


def cell_of(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def code(text, **metadata):
    return {
        "cell_type": "code",
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
        "id": "new",
        "source": text,
    }


def split(notebook, answer, stub):
    """As JupyterLab does it: both parts carry the mark."""
    head, _, tail = answer["source"].rpartition("\n    ")
    answer["source"] = head
    notebook["cells"].insert(notebook["cells"].index(answer) + 1, code("    " + tail, **answer["metadata"]))


def split_by_hand(notebook, answer, stub):
    """A new cell below, which carries no mark."""
    split(notebook, answer, stub)
    notebook["cells"][notebook["cells"].index(answer) + 1]["metadata"] = {}


def copied(notebook, answer, stub):
    notebook["cells"].insert(0, {**answer, "id": "copy"})


def moved(notebook, answer, stub):
    notebook["cells"].remove(answer)
    notebook["cells"].append(answer)


def untagged(notebook, answer, stub):
    answer["metadata"] = {}


def written_elsewhere(notebook, answer, stub):
    notebook["cells"].insert(0, code(answer["source"]))
    answer["source"] = stub


def old_format(notebook, answer, stub):
    notebook["nbformat_minor"] = 0
    for cell in notebook["cells"]:
        del cell["id"]


ODD = [split, split_by_hand, copied, moved, untagged, written_elsewhere, old_format]


@pytest.mark.parametrize("change", ODD)
def test_an_answer_out_of_its_place_keeps_its_points(write, change):
    root = write("y = x + x\\n    return y")
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    source = nbformat.read(root / "solutions" / "10_tiny" / "10_tiny.ipynb", as_version=4)
    change(notebook, cell_of(notebook, "double"), cell_of(release.outline(source), "double").source)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert rows(check.run("10_tiny", root))["double"] == (3, 3, "passed")


@pytest.mark.parametrize("change", ODD)
@pytest.mark.parametrize("lesson", ["04_noise", "07_evaluate"])
def test_it_runs_the_notebook_that_the_grader_runs(lesson, change):
    """Put together from the lesson as handed out (the grader has it), and from the source alone (a learner's is written in)."""
    released, source = (
        json.loads((places.CHECKOUT / room / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        for room in ("lessons", "solutions")
    )
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"])
    first = next(cell for cell in released["cells"] if cell["metadata"].get("nbgrader", {}).get("solution"))
    stub = first["source"]
    first["source"] = "".join(cell_of(source, first["metadata"]["nbgrader"]["grade_id"])["source"])
    change(released, first, stub)
    text = json.dumps(released)
    path = places.CHECKOUT / "solutions" / lesson / f"{lesson}.ipynb"
    truth = nbformat.read(path, as_version=4)
    handed_out = nbformat.read(places.CHECKOUT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    graded = rebuild.rebuild(rebuild.notebook_of(text)[0], handed_out, truth)
    assert check._put_together(rebuild.notebook_of(text)[0], text, path) == graded


def test_a_damaged_or_missing_notebook(write):
    root = write()
    (root / "lessons" / "10_tiny" / "10_tiny.ipynb").write_text("{")
    with pytest.raises(CourseError, match="is no notebook.*ser reset 10_tiny"):
        check.run("10_tiny", root)
    for missing in ("12_none", str(root / "elsewhere.ipynb")):
        with pytest.raises(CourseError, match="Lessons: 10_tiny"):
            check.run(missing, root)


def test_in_a_notebook_it_checks_the_one_that_is_open_and_says_what_is_not_saved(tmp_path, monkeypatch):
    opened = tmp_path / "00_start_here-Copy1.ipynb"
    shutil.copy(places.CHECKOUT / "lessons" / "00_start_here" / "00_start_here.ipynb", opened)
    monkeypatch.setenv("JPY_SESSION_NAME", str(opened))
    monkeypatch.delenv("SER_CHECK", raising=False)
    ran = ["", "def helper(): pass", "def seconds_of(y):\n    return len(y) / 16000"]
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns={"In": ran}))
    report = check_in_a_lesson("00_start_here")
    assert rows(report) == {"seconds_of": (0, 1, "not started")}
    assert report.notes == [
        "You ran a version of seconds_of that is not saved yet. Save (Ctrl+S) and run this cell again."
    ]
    opened.write_text(opened.read_text()[:-9])
    assert "is no notebook" in check_in_a_lesson("00_start_here").notes[0]


@pytest.mark.parametrize("variable", ["SER_CHECK", "NBGRADER_EXECUTION"])
def test_it_never_runs_itself(monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    assert check_in_a_lesson("03_mfcc") is None


def test_figures_are_jupyters_whatever_an_editor_has_set(monkeypatch, tmp_path):
    monkeypatch.setenv("MPLBACKEND", "module://backend_interagg")  # PyCharm's, which only it has
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import matplotlib.pyplot as plt; plt.figure();")]
    )
    run.execute(notebook, tmp_path, seconds_per_cell=60)
    assert not [output for output in notebook.cells[0].outputs if output.output_type == "error"]
