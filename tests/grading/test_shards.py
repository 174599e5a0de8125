"""`ser grade` on a class: the scores of stock nbgrader, nothing lost, nothing silent."""

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import jupytext
import pytest

from ser_helpers.course.grading import records, shards
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT as ROOT

LESSON, SHORT = "01_load_crema_d", "00_start_here"
STOCK = 'del c["Autograde"], c["Execute"]'  # appended to the course's settings


def finished(course, lesson=LESSON) -> dict[str, records.Record]:
    with contextlib.chdir(course.folder):
        return {record.student: record for record in records.load_all(lesson) if record.fingerprint}


def answers(lesson: str, kind: str) -> dict[str, str]:
    """The first answer of this kind for every exercise that the bank has one for."""
    bank = jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py")
    cells = [cell for cell in reversed(bank.cells) if cell.metadata.get("kind") == kind]
    return {cell.metadata["exercise"]: cell.source for cell in cells}


@pytest.mark.timeout(300)
def test_a_class_is_graded_and_only_what_changed_is_graded_again(classroom):
    solved = classroom.solved(LESSON)
    classroom.submit("ann", LESSON, solved)
    classroom.submit("bob", LESSON, classroom.solved(LESSON, **answers(LESSON, "wrong")))
    classroom.submit("cid", LESSON, b"not a notebook")
    classroom.submit("dee", LESSON, lambda folder: None)
    classroom.submit("eve\nfay", LESSON, solved)
    classroom.submit("gil", "02_see_and_hear", solved)

    done = classroom.grade(LESSON)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"{LESSON}: 2 of 5 submissions have their grade." in done.stdout
    for student, why in {
        "cid": "no notebook",
        "dee": "The folder is empty",
        "eve\\nfay": "line break",
    }.items():
        assert any(line.startswith(f"  {student}: ") and why in line for line in done.stdout.splitlines()), done.stdout
    scores = classroom.scores(LESSON)
    for student in ("ann", "bob"):
        cells = classroom.record(LESSON, student).cells
        assert scores[student] == {name: cell.score for name, cell in cells.items()}  # no write was lost
    assert sum(scores["ann"].values()) == sum(cell.points for cell in cells.values()) > sum(scores["bob"].values())
    assert (classroom.folder / ".classroom" / "reports" / LESSON / "questions.csv").exists()

    before = finished(classroom)
    classroom.submit("cid", LESSON, solved)
    done = classroom.grade(LESSON, "--json")
    assert {one["student"]: one["status"] for one in json.loads(done.stdout)}["cid"] == "graded"
    after = finished(classroom)
    assert sum(classroom.scores(LESSON)["cid"].values()) == sum(scores["ann"].values())
    assert {student for student, record in after.items() if record != before.get(student)} == {"cid"}
    assert (
        len(list((classroom.folder / ".classroom" / "backups").glob("*.db"))) == 1
    )  # the first run had nothing to lose


def test_a_submission_that_takes_too_long_is_given_up_and_said(classroom, monkeypatch):
    classroom.submit("ann", LESSON, classroom.solved(LESSON))
    monkeypatch.chdir(classroom.folder)
    before = set(multiprocessing.active_children())  # joblib keeps its workers for the next call
    (record,) = shards.grade(LESSON, limit=0.1)
    assert record.status == "not graded" and "more than 0.1 s" in record.reason
    (same,) = shards.grade(LESSON)  # it has not changed, so it is not tried again
    assert same == record
    assert set(multiprocessing.active_children()) <= before


def test_what_cannot_be_done_is_said_in_one_line(classroom, monkeypatch, tmp_path):
    monkeypatch.chdir(classroom.folder)
    with pytest.raises(CourseError, match="Nothing was handed in"):
        shards.grade(LESSON)
    classroom.submit("ann", LESSON, classroom.solved(LESSON))
    with pytest.raises(CourseError, match="no 01_load_crema_d from bob"):
        shards.grade(LESSON, students=["bob"])
    with pytest.raises(CourseError, match="There is no lesson 33_x"):
        shards.grade("33_x")
    with shards.alone(), pytest.raises(CourseError, match="Another"):
        shards.grade(LESSON)
    done = classroom.grade(LESSON, PATH=str(tmp_path))
    assert done.returncode == 2 and "bubblewrap is not on this computer" in done.stderr and "--unsafe" in done.stderr
    assert done.stderr.count("\n") == 1 and not finished(classroom)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="course's folder"):
        shards.grade(LESSON)


def test_old_copies_of_the_gradebook_go(tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"")
    copies = [shards.back_up(tmp_path / "gradebook.db") for _ in range(shards.BACKUPS + 2)]
    assert sorted((tmp_path / "backups").iterdir()) == copies[2:]


@pytest.mark.long
def test_without_a_sandbox_when_an_instructor_says_so(classroom, tmp_path):
    classroom.submit("ann", LESSON, classroom.solved(LESSON))
    assert classroom.grade(LESSON, "--unsafe", PATH=str(tmp_path)).returncode == 0
    assert finished(classroom)["ann"].cells["parse_clip_name-more"].score > 0


@pytest.mark.long
@pytest.mark.timeout(600)
def test_nothing_is_lost_when_it_is_killed(classroom):
    students = [f"student{number:02}" for number in range(12)]
    for student in students:
        classroom.submit(student, SHORT, classroom.solved(SHORT))
    command = [sys.executable, "-m", "ser_helpers", "grade", SHORT, "--jobs", "2"]
    running = subprocess.Popen(command, cwd=classroom.folder, start_new_session=True, stderr=subprocess.DEVNULL)
    while len(finished(classroom, SHORT)) < 2:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    before = finished(classroom, SHORT)
    assert 2 <= len(before) < 12
    assert classroom.grade(SHORT).returncode == 0
    after = finished(classroom, SHORT)
    assert sorted(after) == students and all(after[student] == before[student] for student in before)
    totals = {student: sum(scores.values()) for student, scores in classroom.scores(SHORT).items()}
    assert sorted(totals) == students and len(set(totals.values())) == 1


@pytest.fixture(scope="module")
def graded_twice(new_classroom, bubblewrap, request):
    """A function of a lesson: its class by `ser grade` and by stock nbgrader, which has one core: two lessons at a time."""

    def work(lesson: str) -> tuple:
        ours, stock = new_classroom(), new_classroom()
        for course in (ours, stock):
            course.submit("right", lesson, course.solved(lesson, **answers(lesson, "right")))
            course.submit("wrong", lesson, course.solved(lesson, **answers(lesson, "wrong")))
            course.submit("untouched", lesson, course.untouched(lesson))
        stock.settings(STOCK)
        stock.nbgrader("generate_assignment", lesson, "--force")
        # A warning on stderr costs a whole cell there; in this course it costs nothing.
        words, code = stock.nbgrader("autograde", lesson, SER_COURSE_SEED="20", PYTHONWARNINGS="ignore")
        ours.grade(lesson)
        return ours, stock, words, code

    with ThreadPoolExecutor(2) as pool:
        asked = [
            item.callspec.params["lesson"]
            for item in request.session.items
            if item.path == request.path and "callspec" in vars(item)
        ]
        jobs = {lesson: pool.submit(work, lesson) for lesson in asked}
        yield lambda lesson: jobs[lesson].result()


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lesson", ["03_mfcc", "07_evaluate"])
def test_the_scores_are_those_of_stock_nbgrader(graded_twice, lesson):
    ours, stock, words, code = graded_twice(lesson)
    assert code == 0, words
    assert ours.scores(lesson) == stock.scores(lesson)
    assert not any(record.flags for record in finished(ours, lesson).values())
