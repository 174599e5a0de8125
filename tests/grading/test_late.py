"""Late work and extensions: what the exports, Formgrader and the feedback hold, without grading again."""

import contextlib
import csv
import json

import pytest
from nbgrader.api import Gradebook

from ser_helpers.__main__ import main
from ser_helpers.course.grading import late, records, reports, shards
from ser_helpers.course.grading.box.unconfined import Unconfined

LESSON = "00_start_here"
DUE = "2027-03-01 23:59:00 Europe/Berlin"


@pytest.mark.parametrize(
    "rule, hours, lost",
    [
        ({}, 100, None),
        ({"percent_a_day": 10}, 0.1, 0.8),  # a day begun
        ({"percent_a_day": 10}, 24, 0.8),
        ({"percent_a_day": 10}, 24.1, 1.6),
        ({"percent_a_day": 10}, 24 * 30, 8),  # never less than nothing
        ({"percent_a_day": 10, "grace_days": 2}, 48, None),
        ({"percent_a_day": 10, "grace_days": 2}, 49, 0.8),
        ({"penalty_method": "zero", "grace_days": 1}, 24, None),
        ({"penalty_method": "zero", "grace_days": 1}, 25, 8),
        ({"percent_a_day": 33}, 1, 2.64),
    ],
)
def test_what_late_work_costs(rule, hours, lost):
    assert late.LateRule(**rule).late_submission_penalty("ann", 8, hours * 3600) == lost


def test_the_rule_in_words():
    assert late.LateRule().in_words() == "Late work costs nothing."
    words = "Each day late that has begun takes 10 % of the points earned; free days before that: 2."
    assert late.LateRule(percent_a_day=10, grace_days=2).in_words() == words


@pytest.fixture(scope="module")
def room(new_classroom):
    """Ann is a day and a half late, Bob on time, Cid of the class has handed nothing in."""
    room = new_classroom()
    for student, when in {"ann": "2027-03-03 10:00", "bob": "2027-03-01 10:00"}.items():
        folder = room.submit(student, LESSON, room.solved(LESSON))
        (folder / "timestamp.txt").write_text(f"{when} UTC")
    with open(room.folder / "nbgrader_config.py", "a", encoding="utf-8") as settings:
        settings.write("\nc.LateRule.percent_a_day = 10\n")
    with contextlib.chdir(room.folder):
        with Gradebook(records.GRADEBOOK, "ser") as gradebook:
            gradebook.add_student("cid")
            gradebook.add_assignment(LESSON, duedate="2027-03-01 22:59:00")
        yield room


def exported() -> dict[str, str]:
    (file,) = (file for file in reports.write(reports.look(LESSON)) if file.name == "moodle.csv")
    return {row[0]: row[2] for row in list(csv.reader(file.read_text("utf-8").splitlines()))[1:]}


def penalty(student: str) -> float | None:
    """As Formgrader and the feedback read it."""
    with Gradebook(records.GRADEBOOK) as gradebook:
        return gradebook.find_submission_notebook(LESSON, LESSON, student).late_submission_penalty


def test_an_extension_counts_without_grading_again_and_can_be_given_before_anything_came(room, capsys):
    assert main(["extend", LESSON, "cid", "2027-03-04", "12:00", "Europe/Berlin"]) == 0
    assert "cid has time until 2027-03-04 11:00:00 UTC." in capsys.readouterr().out
    shards.grade(LESSON, box=Unconfined())
    assert penalty("ann") == 0.2 and exported() == {"ann": "0.8", "bob": "1.0"}
    before = records.load(LESSON, "ann")

    assert main(["extend", LESSON, "ann", "2027-03-02", "12:00 UTC"]) == 0
    assert penalty("ann") == 0.1 and exported()["ann"] == "0.9"
    assert main(["extend", LESSON, "ann", "2027-03-05 12:00 UTC"]) == 0
    assert penalty("ann") is None and exported()["ann"] == "1.0"
    with Gradebook(records.GRADEBOOK) as gradebook:  # an extension is a date: it stays when the deadline moves
        gradebook.update_or_create_assignment(LESSON, duedate="2027-02-01 22:59:00")
    assert exported() == {"ann": "1.0", "bob": "0.0"}
    with Gradebook(records.GRADEBOOK) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2027-03-01 22:59:00")
    capsys.readouterr()
    assert main(["extend", LESSON, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "ann": "2027-03-05 12:00:00 UTC", "cid": "2027-03-04 11:00:00 UTC"
    }  # fmt: skip
    assert main(["extend", LESSON, "ann", "none"]) == 0
    assert exported()["ann"] == "0.8" and records.load(LESSON, "ann") == before

    folder = room.submit("cid", LESSON, room.solved(LESSON))
    (folder / "timestamp.txt").write_text("2027-03-04 10:59 UTC")
    shards.grade(LESSON, box=Unconfined())
    assert penalty("cid") is None and exported()["cid"] == "1.0"
    (folder / "timestamp.txt").unlink()  # handed in again, and nobody knows when
    shards.grade(LESSON, box=Unconfined())
    with Gradebook(records.GRADEBOOK) as gradebook:
        assert gradebook.find_submission(LESSON, "cid").timestamp is None


@pytest.mark.parametrize(
    "words, why",
    [
        (["33_x", "ann", "none"], "no lesson 33_x"),
        ([LESSON, "anne", "none"], "Nobody in the class is called anne. Did you mean ann?"),
        ([LESSON, "ann", "2027-03-05 12:00 CEST"], "Write it like"),
        ([LESSON, "ann", "2027-01-05 12:00 UTC"], "earlier than the deadline that all have"),
        (["03_mfcc", "ann", "2027-03-05 12:00 UTC"], "03_mfcc has no deadline yet"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(room, capsys, words, why):
    assert main(["extend", *words]) == 2
    said = capsys.readouterr().err
    assert why in said and said.count("\n") == 1
