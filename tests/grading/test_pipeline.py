"""The way of one submission, stage by stage, in a box that a test has made up."""

import contextlib
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from ser_helpers.course.grading import records
from ser_helpers.course.grading.box.base import SecondRun
from ser_helpers.course.grading.box.unconfined import OpenKernel, Unconfined
from ser_helpers.course.grading.pipeline import Lesson, grade_one
from ser_helpers.places import DATA, PACKAGE

LESSON = "00_start_here"
CHECK = "seconds_of-check"


class Toy:
    """A box of a page: kernels of this computer, and a second run that says what it was told to."""

    risk = "It is a toy."

    def __init__(self, verdict: dict[str, str | None] | None):
        self.verdict, self.environments, self.tasks = verdict, [], []

    def open(self) -> None:
        pass

    def kernel(self, environment: dict[str, str]) -> OpenKernel:
        self.environments.append(environment)
        return OpenKernel(environment)

    def judge(self, task: SecondRun) -> dict[str, str | None] | None:
        self.tasks.append(task)
        return self.verdict


def graded(room, box, notebook, student="ann") -> records.Record:
    return grade_one(room.submit(student, LESSON, notebook), Lesson.read(LESSON, room.folder), box, "20")


@pytest.fixture(scope="module")
def room(new_classroom):
    return new_classroom()


@pytest.mark.parametrize(
    "verdict, recomputed, flag",
    [
        ({CHECK: ""}, 1, ""),
        ({CHECK: "Divide by the rate."}, 0, "0 when the same functions were called from outside (Divide by the rate.)"),
        ({CHECK: None}, None, "could not be confirmed from outside"),
        ({}, None, "could not be confirmed from outside"),
        (None, None, ""),
    ],
)
def test_the_second_run_is_the_boxs_and_what_it_means_is_settled_once(room, verdict, recomputed, flag):
    record = graded(room, Toy(verdict), room.solved(LESSON))
    assert (record.cells[CHECK].score, record.cells[CHECK].recomputed) == (1, recomputed)
    assert [flag in one for one in record.flags] == [True] * bool(flag)


def test_the_stages_hand_on_values_and_write_nothing(room):
    box, lesson = Toy({CHECK: ""}), Lesson.read(LESSON, room.folder)
    before = {path: path.stat().st_mtime_ns for path in room.folder.rglob("*")}
    release, source = nbformat.writes(lesson.release), nbformat.writes(lesson.source)
    folder = room.submit("bob", LESSON, room.solved(LESSON))
    record = grade_one(folder, lesson, box, "20")
    assert (nbformat.writes(lesson.release), nbformat.writes(lesson.source)) == (release, source)
    assert box.environments == [{"NBGRADER_EXECUTION": "autograde", "SER_COURSE_SEED": "20"}]
    (task,) = box.tasks
    assert task.functions == ["seconds_of"] and [name for name, _ in task.checks if name] == [CHECK]
    assert not any("expect." in source for source in task.own_cells)
    assert record.student == "bob" and record.marked is not None
    after = {path: path.stat().st_mtime_ns for path in room.folder.rglob("*") if "bob" not in path.parts}
    assert {path for path, moment in after.items() if path.is_file() and before.get(path) != moment} == set()


def test_what_cannot_be_read_is_a_record_too_and_no_box_is_asked(room):
    box = Toy({})
    record = graded(room, box, b"<html>", "cid")
    assert record.status == "not graded" and "no notebook" in record.reason and record.marked is None
    assert box.environments == box.tasks == []


def test_a_record_is_read_as_it_was_written(room, monkeypatch):
    monkeypatch.chdir(room.folder)
    record = graded(room, Toy({CHECK: ""}), room.solved(LESSON), "dee")
    records.save(record)
    assert records.load(LESSON, "dee") == record and records.load(LESSON, "dee").marked is None
    records.forget(LESSON, "dee")
    assert records.load(LESSON, "dee") is None


def test_without_a_box_a_loop_is_ended_and_the_next_cell_said_not_to_have_run(room):
    notebook = room.solved(LESSON)
    loop = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(loop))
    folder, lesson = room.submit("eve", LESSON, notebook), Lesson.read(LESSON, room.folder)
    record = grade_one(folder, lesson, Unconfined(), "20", cell_seconds=2)
    assert record.cells[CHECK].score == 0 and "could not be interrupted" in record.cells[CHECK].says
    assert record.flags == []  # no second run, and so nothing that differs


@pytest.mark.parametrize("tag, flagged", [("own-class", False), ("run-once", False), ("other", True)])
def test_a_check_says_by_a_tag_that_it_cannot_be_compared(room, tag, flagged):
    lesson, box = Lesson.read(LESSON, room.folder), Toy({})
    next(cell for cell in lesson.source.cells if cell.id == CHECK).metadata["tags"] = [tag]
    record = grade_one(room.submit("fay", LESSON, room.solved(LESSON)), lesson, box, "20")
    assert bool(record.flags) == flagged
    assert (CHECK in dict(box.tasks[0].checks)) == (tag != "run-once")


@pytest.mark.timeout(300)
def test_the_sandbox_reads_package_and_data_where_they_are_installed(classroom, tmp_path):
    """As a wheel has them: both in one folder, elsewhere than the course."""
    shutil.copytree(PACKAGE, tmp_path / "ser_helpers", ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
    shutil.copytree(DATA, tmp_path / "ser_helpers" / "data", dirs_exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "SER_DATA"}
    lesson = "01_load_crema_d"  # reads tables of the data
    classroom.submit("ann", lesson, classroom.solved(lesson))
    done = subprocess.run(
        [sys.executable, "-m", "ser_helpers", "grade", lesson],
        cwd=classroom.folder, env={**environment, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with contextlib.chdir(classroom.folder):
        record = records.load(lesson, "ann")
    assert all(cell.score == cell.recomputed == cell.points for cell in record.cells.values())
