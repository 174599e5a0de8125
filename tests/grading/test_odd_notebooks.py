"""Notebooks of real life: leftovers, star imports, workers of one's own; the learner's check and the grader give the same points."""

import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from ser_helpers.course import check
from ser_helpers.course.authoring.release import outline
from ser_helpers.course.grading.admit import admit
from ser_helpers.course.grading.box.bubblewrap import Bubblewrap
from ser_helpers.course.grading.pipeline import Lesson, grade_one
from ser_helpers.course.rebuild import grade_id, is_answer, rebuild
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT as ROOT

LEFTOVERS = {
    "exit": "exit()",
    "quit": "quit",
    "with-a-status": "exit(0)",
    "sys": "import sys\nsys.exit(1)",
    "raised": "raise SystemExit('enough')",
}
WORKERS = """
from concurrent.futures import ProcessPoolExecutor
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
labels, table = np.arange(60) % 2, np.random.default_rng(0).normal(size=(60, 3))
cross_val_score(LogisticRegression(), table, labels, n_jobs=-1)
squares = Parallel(n_jobs=3, return_as="generator")(delayed(pow)(i, 2) for i in range(9))
assert [*squares] == [i**2 for i in range(9)]
with ProcessPoolExecutor(2) as pool:
    assert [*pool.map(abs, [-1, -2])] == [1, 2]
"""


@pytest.fixture(scope="module")
def box(bubblewrap):
    return Bubblewrap()


@pytest.fixture
def graded(box, tmp_path):
    """Grade a notebook; its record."""

    def grade(lesson, notebook):
        folder = tmp_path / "ann" / lesson
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{lesson}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return grade_one(folder, Lesson.read(lesson, ROOT), box, "20")

    return grade


def checked(lesson, notebook, tmp_path):
    path = tmp_path / f"{lesson}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return check.run(str(path))


def solved(lesson, before: dict[str, str] | None = None, **answers: str):
    """A right notebook; with cells before answers, {exercise: code}, and with other answers."""
    notebook, source = (
        nbformat.read(ROOT / room / lesson / f"{lesson}.ipynb", as_version=4) for room in ("lessons", "solutions")
    )
    cells = []
    for cell, truth in zip(notebook.cells, source.cells, strict=True):
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            name = about["grade_id"]
            cells += [new_code_cell(before[name])] if before and name in before else []
            cell.source = answers.get(name, truth.source)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def points(record) -> float:
    return sum(cell.score or 0 for cell in record.cells.values())


def found(record) -> tuple:
    return {name: (cell.score, cell.recomputed, cell.says) for name, cell in record.cells.items()}, record.flags


def test_a_leftover_exit_ends_its_own_cell_only(graded):
    """Each way to say it stands in a cell of its own, before every answer."""
    notebook = solved("03_mfcc")
    for place in reversed([place for place, cell in enumerate(notebook.cells) if is_answer(cell)]):
        notebook.cells[place:place] = [new_code_cell(left) for left in LEFTOVERS.values()]
    record = graded("03_mfcc", notebook)
    assert (points(record), record.flags) == (11, [])
    ended = [cell for cell in record.marked.cells if cell.source in LEFTOVERS.values()]
    assert len(ended) >= 3 * len(LEFTOVERS) and all(cell.outputs or cell.source == "quit" for cell in ended)


def test_it_does_so_every_time_and_for_the_learner(graded, tmp_path):
    notebook = solved(
        "03_mfcc", {"log_mel": "exit()"}, clip_features="def clip_features(y, sample_rate):\n    exit()\n"
    )
    first, *others = (found(graded("03_mfcc", notebook)) for _ in range(5))
    assert others == [first] * 4
    assert {says for *_, says in first[0].values()} == {"", "exit() or sys.exit() ended it"}
    report = checked("03_mfcc", notebook, tmp_path)
    assert report.earned == sum(score for score, *_ in first[0].values()) == 7
    assert "stopped (exit() or sys.exit() ended it)" in report.notes[0]


def test_an_ended_process_is_said_the_same_way_every_time(graded, tmp_path):
    late = "def mfcc_from_log_mel(*arguments):\n    import os, time\n    time.sleep(1)\n    os._exit(0)\n"
    notebook = solved("03_mfcc", mfcc_from_log_mel=late)
    record = graded("03_mfcc", notebook)
    assert found(record) == found(graded("03_mfcc", notebook)) and points(record) == 4
    assert "the code ended it while it ran code cell" in record.cells["clip_features-more"].says
    assert checked("03_mfcc", notebook, tmp_path).earned == 4


def test_an_endless_error_message_costs_its_own_exercise_only(graded):
    much = "raise ValueError('x ' * 15_000_000)"
    notebook = solved("03_mfcc", {"log_mel": much}, mfcc_from_log_mel=f"def mfcc_from_log_mel(*_):\n    {much}\n")
    record = graded("03_mfcc", notebook)
    assert (points(record), record.flags) == (8, [])
    assert 900 < len(record.cells["mfcc_from_log_mel-more"].says) <= 1000


def test_workers_of_ones_own_cost_nothing(graded):
    record = graded("04_noise", solved("04_noise", {"measure_snr": WORKERS}))
    assert (points(record), record.flags) == (11, [])
    shown = [o for c in record.marked.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert shown == []


def test_an_answer_that_python_cannot_read_is_said_so(graded, tmp_path):
    words = "SyntaxError, line 3: expected ':'"
    notebook = solved("03_mfcc", log_mel="# mine\n\ndef log_mel(y, sample_rate, n_mels)\n    return y\n")
    record = graded("03_mfcc", notebook)
    assert record.cells["log_mel-check"].says == record.cells["log_mel-more"].says == words
    report = checked("03_mfcc", notebook, tmp_path)
    assert report.rows[0].says == words and report.earned == points(record)


def without_ids(notebook):
    """As Colab and older editors save it."""
    notebook["nbformat_minor"] = 0
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id")


def star_import(notebook):
    first = next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution"))
    first["source"] = "from numpy import *\n" + first["source"]


@pytest.mark.parametrize(
    "lesson, change", [("04_noise", without_ids), ("01_load_crema_d", star_import), ("04_noise", star_import)]
)
def test_what_editors_and_habits_leave_costs_nothing(lesson, change, graded, tmp_path):
    notebook = json.loads(json.dumps(solved(lesson)))
    change(notebook)
    record, report = graded(lesson, notebook), checked(lesson, notebook, tmp_path)
    assert record.flags == [] and points(record) == report.earned == report.points


def test_a_star_import_that_makes_a_right_line_wrong_is_named(graded, tmp_path):
    """`all` of a generator is numpy's, and always true: the answer is wrong in this notebook, for both alike."""
    notebook = solved("06_train_mlp")
    star_import(notebook)
    record, report = graded("06_train_mlp", notebook), checked("06_train_mlp", notebook, tmp_path)
    assert record.flags == [] and points(record) == report.earned == 12
    assert "numpy's all, any, max, min" in report.notes[0]


SETS = """
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = list(set(actors.tolist()))
    if len(names) < 2:
        raise ValueError("two actors at least")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return np.isin(actors, [names[i] for i in np.random.default_rng(seed).permutation(len(names))[:n_test]])
"""


def test_what_hangs_on_the_order_of_a_set_is_found_the_same_way_by_everybody(graded, tmp_path):
    """Its two runs agree, so that nobody has to decide; and the order itself is one for the learner and the grader."""
    notebook = solved(
        "05_split_and_scale", split_by_actor=SETS, scale="def scale(*_):\n    raise ValueError(hash('a'))\n"
    )
    record, report = graded("05_split_and_scale", notebook), checked("05_split_and_scale", notebook, tmp_path)
    assert record.flags == [] and "The order of a set changes" in record.cells["split_by_actor-more"].says
    for exercise, found in (("split_by_actor", r"The order of a set .+"), ("scale", r"ValueError: -?\d+")):
        shown = next(row.says for row in report.rows if row.exercise == exercise)
        told = record.cells[f"{exercise}-more"].says
        assert re.search(found, told)[0].rstrip(".") == re.search(found, shown)[0].rstrip(".")


def cells_of(notebook: dict, kind: str = "") -> list[dict]:
    return [cell for cell in notebook["cells"] if kind in ("", cell["cell_type"])]


def own(source: str, kind: str = "code") -> dict:
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def colab(notebook):
    without_ids(notebook)
    for number, cell in enumerate(cells_of(notebook, "code")):
        cell["metadata"] |= {
            "colab": {"base_uri": "https://localhost:8080/"},
            "outputId": f"x{number}",
            "cellView": "form",
        }
        cell["metadata"]["executionInfo"] = {
            "status": "ok",
            "elapsed": 5,
            "user": {"displayName": "A", "userId": "1"},
            "user_tz": -60,
        }
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = '#@title My answer { display-mode: "form" }\n' + cell["source"]
    notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "accelerator": "GPU",
        "kernelspec": {"name": "python3"},
    }
    badge = '<a href="https://colab.research.google.com/x"><img src="https://colab.research.google.com/assets/colab-badge.svg"/></a>'
    mount = "from google.colab import drive\ndrive.mount('/content/drive')"
    notebook["cells"] = [own(badge, "markdown"), own("!pip -q install librosa"), own(mount), *notebook["cells"]]


def deepnote(notebook):
    """What it took in had the marks of nbgrader; what it gives out has its own, and a cell more."""
    without_ids(notebook)
    for number, cell in enumerate(cells_of(notebook)):
        cell["metadata"] = {
            "cell_id": f"{number:05}-be94721b-eee2-4e2e-96e2-dc65b9fd4f5b", "deepnote_cell_type": cell["cell_type"], "tags": [],
            "source_hash": None, "execution_start": 1623447169390, "execution_millis": 663, "deepnote_to_be_reexecuted": False,
        }  # fmt: skip
        cell |= {"block_group": "9dd9578e", "outputs_reference": None}
    notebook["cells"].append(own("<a href='https://deepnote.com'>Created in deepnote.com</a>", "markdown"))
    notebook["metadata"] = {"deepnote_notebook_id": "e132b172", "deepnote_execution_queue": [], "orig_nbformat": 2}


def pycharm(notebook):
    for cell in cells_of(notebook):
        mark = "#%%\n" if cell["cell_type"] == "code" else "#%% md\n"
        cell["metadata"] |= {
            "collapsed": False,
            "pycharm": {"name": mark, "is_executing": True},
            "ExecuteTime": {"end_time": "x"},
        }
        del cell["id"]
    stem = {"cell_type": "raw", "source": [], "metadata": {"collapsed": False}}
    notebook["metadata"] = {"pycharm": {"stem_cell": stem}, "kernelspec": {"name": "pycharm-5a", "language": "python"}}
    notebook["nbformat_minor"] = 1


def vs_code(notebook):
    """Where it ran a cell, all that others knew of it is gone; on Windows, with the line ends of Windows."""
    for cell in cells_of(notebook):
        cell["source"] = cell["source"].replace("\n", "\r\n").splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["metadata"] = {"vscode": {"languageId": "python"}}
            cell["outputs"] = [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "0"}},
                }
            ]
    del cells_of(notebook, "markdown")[0]["metadata"]
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"0": {"model_name": "HTMLModel"}}}


def kaggle(notebook):
    for number, cell in enumerate(cells_of(notebook)):
        cell["metadata"] = {
            "_uuid": "8f2839f2",
            "_cell_guid": f"b1076dfc-{number}",
            "trusted": True,
            "papermill": {"duration": 0.1},
        }
        if cell["cell_type"] == "code":
            cell["source"] = "%%time\n" + cell["source"]
    walk = "import os\nfor folder, _, files in os.walk('/kaggle/input'):\n    print(folder)\n%cd /kaggle/working"
    notebook["cells"].insert(0, own(walk))


def marimo(notebook):
    """A program between two notebooks: no marks, no outputs, and of the magics none."""
    for number, cell in enumerate(cells_of(notebook)):
        cell["metadata"], cell["id"] = {"marimo": {"name": "_", "config": {"hide_code": True}}}, f"Hb{number:02}"
        cell["source"] = re.sub(
            r"^(%.+)", r"# magic command not supported in marimo; please file an issue\n# \1", cell["source"]
        )
    notebook["cells"].insert(0, own("import marimo as mo"))
    notebook["metadata"] = {"marimo": {"marimo_version": "0.19.0"}}


def quarto(notebook):
    """By way of its own text: texts side by side have grown together, and marks are comments or gone."""
    together: list[dict] = [own("---\ntitle: Mine\nformat: html\n---", "raw")]
    for cell in cells_of(notebook):
        cell["metadata"] = {}
        if cell["cell_type"] == "markdown" == together[-1]["cell_type"]:
            together[-1]["source"] += "\n\n" + cell["source"]
        else:
            together.append(cell)
    for number, cell in enumerate(one for one in together if one["cell_type"] == "code"):
        cell["source"] = f"#| label: cell-{number}\n#| echo: false\n{cell['source']}"
    notebook["cells"] = together


def empty_parts(notebook):
    """Of a tool that writes null for nothing, and one id for all."""
    for cell in cells_of(notebook):
        cell["metadata"], cell["id"] = cell["metadata"] or None, "same"
    notebook |= {"metadata": None, "nbformat_minor": 99}
    notebook["cells"].append(own(None))


EDITORS = [colab, deepnote, pycharm, vs_code, kaggle, marimo, quarto, empty_parts]


def answers_in(notebook) -> dict[str, str]:
    """What somebody wrote, up to first lines that only an editor reads, by grade_id."""
    first = re.compile(r"\A(#@title.*\n|%%time\n|#\|.*\n#\|.*\n)")
    return {grade_id(cell): first.sub("", cell.source) for cell in notebook.cells if is_answer(cell)}


@pytest.mark.parametrize("lesson", ["03_mfcc", "06_train_mlp"])
@pytest.mark.parametrize("editor", EDITORS)
def test_what_an_editor_makes_of_a_notebook_is_the_same_notebook(editor, lesson, tmp_path):
    """So what runs is the same too, for the learner's check and for the grader: checks are the course's own in any case."""
    course, notebook = Lesson.read(lesson, ROOT), json.loads(json.dumps(solved(lesson)))
    wanted = answers_in(solved(lesson))
    editor(notebook)
    (tmp_path / f"{lesson}.ipynb").write_text(json.dumps(notebook), encoding="utf-8-sig")
    for release in (course.release, outline(course.source)):
        handed_in, notes = admit(tmp_path, lesson)
        rebuilt, _ = rebuild(handed_in, release, course.source)
        written = {name for name, text in answers_in(rebuilt).items() if text != wanted[name]}
        assert written <= {name for name in wanted if editor is quarto and name not in course_functions(course)}
        assert notes == []


def course_functions(course) -> set[str]:
    return {grade_id(cell) for cell in course.source.cells if is_answer(cell) and cell.cell_type == "code"}


def test_each_answer_from_another_editor_is_checked_and_graded_alike(graded, tmp_path):
    books = [json.loads(json.dumps(solved("03_mfcc"))) for _ in range(4)]
    for editor, book in zip((colab, kaggle, vs_code, quarto), books, strict=True):
        editor(book)
    mixed = {
        **books[0],
        "cells": [
            cell for i, book in enumerate(books) for cell in book["cells"][i * 12 : (i + 1) * 12 if i < 3 else None]
        ],
    }
    record, report = graded("03_mfcc", mixed), checked("03_mfcc", mixed, tmp_path)
    assert record.flags == [] and points(record) == report.earned == 11


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda text: text[: len(text) // 2], "is damaged in line"),
        (lambda text: text.replace("\n", "\n<<<<<<< HEAD\n", 3), "damaged in line 2: '<<<<<<< HEAD'"),
        (lambda text: "version: 1.0.0\nproject:\n  name: mine\n", "begins with 'version: 1.0.0 project"),
        (lambda text: "import marimo\n\napp = marimo.App()\n", "begins with 'import marimo"),
    ],
)
def test_what_is_no_notebook_any_more_is_refused_in_the_same_words(damage, said, tmp_path):
    path = tmp_path / "03_mfcc.ipynb"
    path.write_text(damage(json.dumps(solved("03_mfcc"), indent=1)), encoding="utf-8-sig")
    for refused in (lambda: check.run(str(path)), lambda: admit(tmp_path, "03_mfcc")):
        with pytest.raises(CourseError, match=re.escape(said)):
            refused()
