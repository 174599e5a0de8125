"""Notebooks of real life: leftovers, star imports, workers of one's own; the learner's check and the grader give the same points."""

import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from ser_helpers.course import check
from ser_helpers.course.grading.box.bubblewrap import Bubblewrap
from ser_helpers.course.grading.pipeline import Lesson, grade_one
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


@pytest.mark.parametrize("left", LEFTOVERS)
def test_a_leftover_exit_ends_its_own_cell_only(left, graded):
    record = graded("03_mfcc", solved("03_mfcc", {"log_mel": LEFTOVERS[left]}))
    assert (points(record), record.flags) == (11, [])


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
