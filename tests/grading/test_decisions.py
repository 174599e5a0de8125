"""A check of which the two runs say different things: who decides, how, and how long that holds."""

import contextlib
import csv
import json
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from ser_helpers.__main__ import main
from ser_helpers.course.grading import commands, decisions, records, reports, shards
from ser_helpers.course.grading.box.unconfined import OpenKernel

LESSON, CHECK = "00_start_here", "seconds_of-check"
GRADEBOOK = "sqlite:///.classroom/gradebook.db"

NO_ASSERTS = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Expr(self, node): return ast.Pass() if "expect" in ast.dump(node) else node
    visit_Assert = visit_For = lambda self, node: ast.Pass()
get_ipython().ast_transformers.append(Drop())
"""


class Doubtful:
    """A box whose second run does not believe anybody, or believes everybody."""

    risk = "It is a toy."

    def __init__(self, says: str | None = "Divide by the rate."):
        self.says = says

    def open(self) -> None:
        pass

    def kernel(self, environment):
        return OpenKernel(environment)

    def judge(self, task):
        return {CHECK: self.says} if self.says is not None else {}


@pytest.fixture(scope="module")
def graded(new_classroom):
    room = new_classroom()
    for student in ("ann", "bob"):
        room.submit(student, LESSON, room.solved(LESSON))
    with contextlib.chdir(room.folder):
        shards.grade(LESSON, box=Doubtful())
    return room


@pytest.fixture
def room(graded, tmp_path, monkeypatch):
    """A copy of a class in which nothing is decided."""
    shutil.copytree(graded.folder, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return type(graded)(tmp_path / "course")


def exported() -> dict[str, str]:
    """What Moodle is given: a student's points, or an empty cell."""
    (file,) = (file for file in reports.write(reports.look(LESSON)) if file.name == "moodle.csv")
    rows = list(csv.reader(file.read_text("utf-8").splitlines()))
    return {row[0]: row[2] for row in rows[1:]}


def score(student: str) -> tuple[float, float | None, bool]:
    """As Formgrader and the feedback read it: the score, the mark by hand, and whether somebody has to look."""
    with Gradebook(GRADEBOOK) as gradebook:
        grade = gradebook.find_grade(CHECK, LESSON, LESSON, student)
        return grade.score, grade.manual_score, grade.needs_manual_grade


def test_nothing_is_exported_until_somebody_has_decided(room, capsys):
    assert exported() == {"ann": "", "bob": ""} and score("ann") == (1, None, True)
    assert main(["decide", LESSON]) == 1
    said = capsys.readouterr().out
    assert f"ann, {CHECK}: 1 of 1 points" in said and "0 when called from outside (reject; Divide by the rate.)" in said
    page = (reports.FOLDER / LESSON / "overview.html").read_text("utf-8")
    assert "2 flagged and not decided" in page

    assert main(["decide", LESSON, "ann", "accept"]) == 0
    assert main(["decide", LESSON, "bob", "reject"]) == 0
    assert "bob" in capsys.readouterr().out
    assert exported() == {"ann": "1.0", "bob": "0.0"}
    assert score("ann") == (1, None, False) and score("bob") == (0, 0, False)
    assert main(["decide", LESSON]) == 0 and "nothing to decide" in capsys.readouterr().out
    assert main(["decide", LESSON, "bob", "accept"]) == 0  # after a talk
    assert exported()["bob"] == "1.0" and score("bob") == (1, None, False)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_an_unsolved_notebook_with_a_trick_has_no_points_in_any_export(classroom, monkeypatch):
    monkeypatch.chdir(classroom.folder)
    tricked = classroom.untouched("04_noise")
    tricked.cells.insert(0, nbformat.v4.new_code_cell(NO_ASSERTS))
    classroom.submit("ann", "04_noise", tricked)
    (record,) = shards.grade("04_noise")
    assert record.disputed
    for file in reports.write(reports.look("04_noise"))[2:]:  # moodle.csv, canvas.csv
        assert file.read_text("utf-8").splitlines()[-1].endswith(","), file
    decisions.decide("04_noise", "ann", "reject")
    for file in reports.write(reports.look("04_noise"))[2:]:
        assert file.read_text("utf-8").splitlines()[-1].endswith(",0.0"), file


def test_what_waits_stands_in_the_summary_and_what_is_decided_too(room):
    def summary() -> str:
        standing = reports.look(LESSON)
        return commands.summary(records.load_all(LESSON), standing, reports.write(standing)[0])

    said = summary()
    assert f"not exported until you decide with `ser decide {LESSON} STUDENT accept|reject` (2):" in said
    decisions.decide(LESSON, "ann", "reject")
    said = summary()
    assert "(1):" in said and f"ann: reject: {CHECK}" in said


def test_a_decision_holds_for_what_was_handed_in_and_for_nothing_else(room):
    for student, decision in {"ann": "accept", "bob": "reject"}.items():
        decisions.decide(LESSON, student, decision)
    shards.grade(LESSON, again=True, box=Doubtful())
    assert exported() == {"ann": "1.0", "bob": "0.0"} and score("bob") == (0, 0, False)

    shown = room.solved(LESSON)
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = 7, [nbformat.v4.new_output("stream", text="seen")]
    room.submit("bob", LESSON, shown)  # saved once more, with the same answers
    shards.grade(LESSON, box=Doubtful())
    assert exported()["bob"] == "0.0"

    other = room.solved(LESSON)
    other.cells.append(nbformat.v4.new_code_cell("'one more try'"))
    for student in ("ann", "bob"):
        room.submit(student, LESSON, other)
    shards.grade(LESSON, box=Doubtful())
    assert exported() == {"ann": "", "bob": ""} and score("bob") == (1, None, True)
    decisions.decide(LESSON, "bob", "reject")
    shards.grade(LESSON, again=True, box=Doubtful(""))  # a mended check, and both runs agree
    assert exported() == {"ann": "1.0", "bob": "1.0"} and score("bob") == (1, None, False)


def test_a_mark_by_hand_decides_too_and_is_nobodys_to_take_away(room, capsys):
    with Gradebook(GRADEBOOK) as gradebook:
        grade = gradebook.find_grade(CHECK, LESSON, LESSON, "ann")
        grade.manual_score, grade.needs_manual_grade = 0.5, False  # what Formgrader writes
        gradebook.db.commit()
    assert exported() == {"ann": "0.5", "bob": ""}
    assert main(["decide", LESSON, "ann", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["decision"] == decisions.BY_HAND
    shards.grade(LESSON, students=["ann"], again=True, box=Doubtful())
    assert (
        score("ann") == (0.5, 0.5, True) and exported()["ann"] == ""
    )  # nbgrader asks to look again, and so does the export


def test_what_could_not_be_confirmed_is_decided_as_well(room):
    shards.grade(LESSON, again=True, box=Doubtful(None))
    assert exported()["ann"] == ""
    decisions.decide(LESSON, "ann", "reject")
    assert exported()["ann"] == "0.0"


def test_a_score_that_came_as_a_message_needs_no_decision():
    cells = {CHECK: records.Cell(1, 0, 0, "not started")}
    forged = f"{CHECK}: a score was sent as a message; the check itself never gives one. It does not count."
    assert not records.Record(LESSON, "eve", flags=[forged], cells=cells).disputed


def test_there_has_to_be_something_to_decide(room, capsys):
    assert main(["decide", LESSON, "zoe", "accept"]) == 2 and "nothing to decide about zoe" in capsys.readouterr().err
    assert main(["decide", "03_mfcc"]) == 2 and "ser grade 03_mfcc" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["decide", LESSON, "ann", "maybe"])
