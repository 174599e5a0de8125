"""A whole class, from the first submission to the last export: what becomes of everybody, and the same each time.

Forty students: most hand in a mixture of the bank's right and wrong answers, some of them late; then accidents of all kinds, one
who tricks the checks, and three who hand in nothing. It is graded, then the deadline moves, two hand in again, a check is worth
more than before, answers are marked and decided about; and the end is the same as that of a class that was graded once.
"""

import contextlib
import copy
import csv
import json
import os
import random
from dataclasses import asdict
from pathlib import Path

import nbformat
import pytest
from bank import answers
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from ser_helpers.__main__ import main
from ser_helpers.course.grading import alike, commands, decisions, mark, records, reports, shards

LESSON, WRITTEN, MARK = "05_split_and_scale", "two-scores", 2.5
DUE, MOVED = "2027-03-01 12:00:00", "2027-03-02 12:00:00"  # UTC
CAME = {  # everybody else in time: hours after the deadline
    "s01": 1, "s02": 30, "s03": 120, "s04": 120, "s05": 120,
}  # fmt: skip
LONGER = {"s04": "2027-03-07 12:00 UTC", "s05": "2027-03-03 12:00 UTC", "none3": "2027-03-09 12:00 UTC"}
AGAIN = {
    "s06": 49,
    "s07": 49,
}  # handed in once more, with other answers: after nothing at all, and after what was marked
OFF = {"s02": 0.1, "s03": 0.4, "s05": 0.2}  # share of the points: a tenth a day begun, the first day free
OFF_MOVED = {"s03": 0.3, "s05": 0.2, "s06": 0.1, "s07": 0.1}  # an extension is a date, and does not move
MISSING = ["none1", "none2", "none3"]
MIXED = [f"s{number:02}" for number in range(1, 26)]
NO_ASSERTS = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Expr(self, node): return ast.Pass() if "expect" in ast.dump(node) else node
    visit_Assert = visit_For = lambda self, node: ast.Pass()
get_ipython().ast_transformers.append(Drop())
"""


def mixtures() -> dict[str, list[dict]]:
    """Each student's answers, an answer of the bank for each exercise, three of five right."""
    by_kind: dict[str, dict[str, list[dict]]] = {}
    for one in answers(LESSON):
        by_kind.setdefault(one["exercise"], {}).setdefault(one["kind"], []).append(one)
    rng = random.Random(7)
    return {
        student: [rng.choice(kinds["right" if rng.random() < 0.6 else "wrong"]) for kinds in by_kind.values()]
        for student in MIXED
    }


def cell_of(notebook, name: str):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def accidents(room) -> dict[str, tuple[object, str]]:
    """What else is handed in, and what the record says of it: a repair, or why there is no grade."""
    split, deleted, changed, leftover, tricked = (room.solved(LESSON) for _ in range(5))
    whole = cell_of(split, "scale")
    half = copy.deepcopy(whole)
    whole.source, half.source = "import numpy", whole.source
    split.cells.insert(split.cells.index(whole) + 1, half)
    deleted.cells.remove(cell_of(deleted, "scale-check"))
    cell_of(changed, "scale-more").source = "pass"
    leftover.cells.insert(3, new_code_cell("exit()", id="leftover"))
    tricked = room.untouched(LESSON)
    tricked.cells.insert(0, new_code_cell(NO_ASSERTS, id="trick"))
    solved = json.dumps(room.solved(LESSON))

    def soon(folder: Path) -> None:
        (folder / f"{LESSON}.ipynb").write_text(solved, encoding="utf-8")
        (folder / "timestamp.txt").write_text("soon")

    return {
        "broken": (b"PK\x03\x04", "no notebook"),
        "empty": (lambda folder: None, "The folder is empty"),
        "link": (lambda folder: os.symlink("/etc/passwd", folder / f"{LESSON}.ipynb"), "a link called"),
        "renamed": (lambda folder: (folder / "mine (1).ipynb").write_text(solved, encoding="utf-8"), "was called mine (1)"),
        "split": (split, "scale"),
        "deleted": (deleted, "scale-check"),
        "changed": (changed, "scale-more"),
        "leftover": (leftover, ""),
        "soon": (soon, "no date that is certain"),
        "idle": (room.untouched(LESSON), ""),
        "tricked": (tricked, ""),
    }  # fmt: skip


def hand_in(room, student: str, what: object, hours: float = -5) -> None:
    folder = room.submit(student, LESSON, what)
    if student != "soon":
        when = f"2027-03-{1 + (12 + hours) // 24:02.0f} {(12 + hours) % 24:02.0f}:00:00"
        (folder / "timestamp.txt").write_text(f"{when} UTC")


def fill(room, first: bool) -> None:
    """Everybody's submission: the first of each, or the last."""
    for student, row in mixtures().items():
        wanted = {one["exercise"]: one["source"] for one in row}
        if first and student in AGAIN:
            hand_in(room, student, room.untouched(LESSON) if student == "s06" else room.solved(LESSON))
        else:
            hand_in(room, student, room.solved(LESSON, **wanted), CAME.get(student, AGAIN.get(student, -5)))
    for student, (what, _) in accidents(room).items():
        hand_in(room, student, what)
    place = room.folder / ".classroom" / "submitted" / "misplaced" / f"{LESSON}.ipynb"
    place.parent.mkdir()
    place.write_text(json.dumps(room.solved(LESSON)), encoding="utf-8")
    with Gradebook(records.GRADEBOOK, "ser") as gradebook:
        for student in [*MIXED, *MISSING]:
            gradebook.update_or_create_student(student, last_name=student.upper())


def deadline(when: str) -> None:
    with Gradebook(records.GRADEBOOK, "ser") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=when)


def extend() -> None:
    for student, until in LONGER.items():
        assert main(["extend", LESSON, student, until]) == 0


def worth_more(room) -> None:
    """A hidden check gets one point more, in the lesson and in its source."""
    for name in ("lessons", "solutions"):
        file = room.folder / name / LESSON / f"{LESSON}.ipynb"
        notebook = nbformat.read(file, as_version=4)
        cell_of(notebook, "scale-more").metadata["nbgrader"]["points"] += 1
        nbformat.write(notebook, file)


def mark_what_is_open() -> int:
    marking = mark.Marking(LESSON)
    (task,) = marking.tasks
    places = task.open
    for place in places:
        marking.save(task, task.students[place], mark.Mark(MARK, "A split is named."))
    return len(places)


def exported() -> dict[str, str]:
    (file,) = (file for file in reports.write(reports.look(LESSON)) if file.name == "moodle.csv")
    return {row[0]: row[2] for row in list(csv.reader(file.read_text("utf-8").splitlines()))[1:]}


def expect_words_and_points(found: dict[str, records.Record], room) -> None:
    """A right answer keeps its points, a wrong one loses some and is told why; accidents are named, and cost nothing."""
    for student, row in mixtures().items():
        assert found[student].status == "graded" and not found[student].flags
        for one in row:
            mine = [cell for name, cell in found[student].cells.items() if name.startswith(f"{one['exercise']}-")]
            lost = sum(cell.points - cell.score for cell in mine)
            assert (lost > 0) == (one["kind"] == "wrong"), (student, one["why"], mine)
            assert one["kind"] == "right" or any(one["says"] in cell.says for cell in mine), (student, one, mine)
    for student, (_, said) in accidents(room).items():
        record = found[student]
        told = [record.reason] if record.status != "graded" else record.repairs
        assert (said == "" and told == []) or any(said in words for words in told), record
        assert (record.status == "graded") == (student not in ("broken", "empty", "link"))
        assert bool(record.disputed) == (student == "tricked") == bool(record.flags)
    assert {cell.says for cell in found["idle"].cells.values() if cell.score is not None} == {"not started"}


def expect_exports(found: dict[str, records.Record], off: dict[str, float], most: float, undecided: set[str]) -> None:
    """The sum of the checks, of the mark by hand, and of what lateness takes; nothing where there is no grade."""
    points = exported()
    for student, record in found.items():
        if record.status != "graded" or student in undecided:
            assert points[student] == "", student
            continue
        written = MARK * (student not in ("idle", "tricked"))
        full = sum(cell.score or 0 for cell in record.cells.values() if student != "tricked") + written
        assert float(points[student]) == pytest.approx(full - round(full * off.get(student, 0), 2)), student
        if student in ("renamed", "split", "deleted", "changed", "leftover", "soon"):
            assert float(points[student]) == most + MARK
    assert float(points["idle"]) == 0 and not set(points) & {*MISSING, "misplaced"}


def everything(room) -> dict[str, bytes]:
    """All that a class is told and exports, but for the seconds that grading took; and what stands in the gradebook."""
    files = {file.name: file.read_bytes() for file in [*reports.write(reports.look(LESSON)), alike.write(LESSON)[0]]}
    kept = [asdict(record) | {"seconds": 0, "marked": None} for record in records.load_all(LESSON)]
    scores = {student: dict(sorted(cells.items())) for student, cells in sorted(room.scores(LESSON).items())}
    return files | {"records": json.dumps(kept).encode(), "scores": json.dumps(scores).encode()}


@pytest.fixture
def rooms(new_classroom, bubblewrap) -> tuple:
    made = new_classroom(), new_classroom()
    for room in made:
        with open(room.folder / "nbgrader_config.py", "a", encoding="utf-8") as settings:
            settings.write("\nc.LateRule.percent_a_day = 10\nc.LateRule.grace_days = 1\n")
    return made


@pytest.mark.long
@pytest.mark.timeout(1800)  # a busy machine is no failure
def test_a_class_of_forty_comes_to_the_same_end_by_two_ways(rooms, capsys):
    room, other = rooms
    with contextlib.chdir(room.folder):
        deadline(DUE)
        fill(room, first=True)
        extend()
        capsys.readouterr()
        assert commands.grade_command(LESSON, as_json=False, n_jobs=2) == 1
        said = capsys.readouterr().out
        assert (
            f"{len(MIXED) + 8} of {len(MIXED) + 11} submissions have their grade. Not handed in (3): none1, none2"
            in said
        )
        assert f"misplaced/{LESSON}.ipynb: expected at" in said and "not exported until you decide" in said
        assert "s02: 1 d 6 h, " in said and "s04" not in said
        assert f"written answers of {len(MIXED) - 1 + 6} wait for a mark" in said
        assert mark_what_is_open() == len(MIXED) - 1 + 6
        first = {record.student: record for record in records.load_all(LESSON)}
        expect_exports({name: one for name, one in first.items() if name not in AGAIN}, OFF, 14, {"tricked"})
        deadline(MOVED)
        for student in AGAIN:
            wanted = {one["exercise"]: one["source"] for one in mixtures()[student]}
            hand_in(room, student, room.solved(LESSON, **wanted), AGAIN[student])
        worth_more(room)
        shards.grade(LESSON, n_jobs=2)
        assert mark_what_is_open() == len(AGAIN)  # other marks stay, and one of these was about another answer
        found = {record.student: record for record in records.load_all(LESSON)}
        expect_words_and_points(found, room)
        decisions.decide(LESSON, "tricked", "reject")
        expect_exports(found, OFF_MOVED, 15, set())
        end = everything(room)
    with contextlib.chdir(other.folder):
        deadline(MOVED)
        fill(other, first=False)
        worth_more(other)
        extend()
        shards.grade(LESSON, n_jobs=1)
        mark_what_is_open()
        decisions.decide(LESSON, "tricked", "reject")
        assert everything(other) == end
