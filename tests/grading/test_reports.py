"""What the instructor reads and a gradebook imports, from nbgrader's own database."""

import contextlib
import csv
import dataclasses
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pytest
from nbgrader.api import Gradebook

from ser_helpers.course.grading import adapters, commands, records, reports
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT

LESSON = "02_see_and_hear"
WRONG = "You took 10 log10 of the RMS in frame {}; amplitudes take 20."
CLASS = {  # student: (checks that fail, points for the written task)
    "ann": ((), 3.0),
    "bob": (("rms_db-more",), 1.0),
    "cid": (("rms_db-check", "rms_db-more"), None),
    "dee": (("rms_db-more", "time_axis-check"), 0.0),
    "=HYPERLINK(1)": ((), 2.0),
}


@pytest.fixture(scope="module")
def course(new_classroom):
    """A class with its grades in the gradebook, and one submission that could not be read."""
    course = new_classroom()
    with contextlib.chdir(course.folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        adapters.register(*adapters.coursedir(LESSON))
        with Gradebook("sqlite:///.classroom/gradebook.db", "ser") as gradebook:
            gradebook.add_student("ann", first_name="Ann", last_name="Zöller, Dr", email="a@b.de", lms_user_id="17")
            for student, (failed, written) in CLASS.items():
                gradebook.update_or_create_student(student)
                cells = {}
                for grade in gradebook.add_submission(LESSON, student).notebooks[0].grades:
                    if grade.name == "angry-and-sad":
                        grade.manual_score, grade.needs_manual_grade = written, written is None
                        cells[grade.name] = records.Cell(3, None, None, "written: marked by a person")
                        continue
                    grade.auto_score = 0.0 if grade.name in failed else grade.max_score
                    grade.needs_manual_grade = False
                    says = WRONG.format(len(student)) if grade.name in failed else ""
                    cells[grade.name] = records.Cell(grade.max_score, grade.auto_score, None, says)
                flags = ["rms_db-check: 1 of 1 points in its own kernel, 0 from outside."] if student == "bob" else []
                gradebook.db.commit()
                records.save(records.Record(LESSON, student, flags=flags, cells=cells))
        records.save(records.Record(LESSON, "eve\n", "not graded", "The file is empty."))
        yield reports.look(LESSON).table


def test_every_student_has_a_row_for_every_exercise(course):
    rows = reports.questions(course).set_index(["student", "exercise"])
    assert len(rows) == 6 * 6
    assert rows.loc[("ann", "rms_db"), ["points", "max", "status", "words"]].tolist() == [4, 4, "graded", ""]
    assert rows.loc[("dee", "rms_db"), "points"] == 1 and "amplitudes" in rows.loc[("dee", "rms_db"), "words"]
    assert rows.loc[("bob", "rms_db"), "status"] == "waits for a decision" and pd.isna(
        rows.loc[("bob", "rms_db"), "points"]
    )
    assert "0 from outside" in rows.loc[("bob", "rms_db"), "flags"] and not rows.loc[("bob", "time_axis"), "flags"]
    assert rows.loc[("cid", "angry-and-sad"), "status"] == "waits for a person"
    assert pd.isna(rows.loc[("cid", "angry-and-sad"), "points"])
    eve = rows.loc["eve\\n"]
    assert (
        eve["points"].isna().all()
        and set(eve["status"]) == {"not graded"}
        and set(eve["words"]) == {"The file is empty."}
    )


def test_a_check_is_judged_by_those_who_do_well_elsewhere(course):
    item = reports.items(course)
    assert item.loc["rms_db-more", "share"] == pytest.approx(2 / 5)
    assert item.loc["time_axis-check", "share"] == pytest.approx(4 / 5)
    assert item["discrimination"].isna().all()  # five students say nothing about that
    course = pd.concat([course.assign(student=course["student"] + str(copy)) for copy in range(3)])
    item = reports.items(course)
    points = course.pivot(index="student", columns="check", values="points").dropna(how="all")
    rest = points.drop(columns="rms_db-more").sum(axis=1)
    assert item.loc["rms_db-more", "discrimination"] == pytest.approx(points["rms_db-more"].corr(rest))
    assert pd.isna(item.loc["plot_waveform-check", "discrimination"])  # everybody passed


def test_the_same_mistake_with_other_numbers_is_counted_once_a_student(course):
    first = reports.mistakes(course).iloc[0]
    assert first[["exercise", "students", "share"]].tolist() == ["rms_db", 3, 3 / 5]
    assert first["who"] == ["bob", "cid", "dee"]


def test_what_was_not_started_is_no_mistake(course):
    idle = course.assign(words=course["words"].where(course["student"] != "dee", "not started"))
    assert reports.mistakes(idle).iloc[0]["who"] == ["bob", "cid"]
    assert "not started" not in set(reports.mistakes(idle)["words"])
    assert set(reports.items(idle)["not started"]) == {1}


def test_the_files_open_where_they_are_meant_to(course):
    files = {file.name: file for file in reports.write(reports.look(LESSON))}
    page = files["overview.html"].read_text("utf-8")
    assert "Teach this again" in page and "60%" in page and "The file is empty." in page and "0 from outside" in page
    assert "half of them have" in page and "<script" not in page and "://" not in page
    assert "cannot be said of 5; from 15 on" in page

    def read(name):
        return list(csv.reader(files[name].read_text("utf-8").splitlines()))

    moodle = read("moodle.csv")
    assert moodle[0] == ["Username", "Email address", LESSON]
    most = float(read("canvas.csv")[1][-1])
    assert ["ann", "a@b.de", str(most)] in moodle
    canvas = read("canvas.csv")
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON]
    assert canvas[1][:5] == ["    Points Possible", "", "", "", ""]
    assert ["Zöller, Dr, Ann", "17", "", "ann", "", str(most)] in canvas
    for name in ("eve\\n", "cid", "bob"):  # empty, for the gradebook's own to stay: not graded, a task waits, flagged
        assert [name, "", "", name, "", ""] in canvas
    for name in ("moodle.csv", "canvas.csv", "questions.csv"):
        assert "'=HYPERLINK(1)" in files[name].read_text("utf-8")
        assert not any(cell.startswith(("=", "+", "@")) for row in read(name) for cell in row)


def test_a_deadline_that_has_moved_is_seen_by_the_next_report(course, monkeypatch):
    with open("nbgrader_config.py", "a", encoding="utf-8") as settings:
        settings.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')

    def points(due: str) -> tuple[str, str]:
        with Gradebook("sqlite:///.classroom/gradebook.db", "ser") as gradebook:
            gradebook.update_or_create_assignment(LESSON, duedate=due)
            gradebook.update_or_create_submission(LESSON, "ann", timestamp="2027-03-02 01:30:00 UTC")
        files = {file.name: file for file in reports.write(reports.look(LESSON))}
        rows = {row[0]: row[2] for row in csv.reader(files["moodle.csv"].read_text("utf-8").splitlines())}
        return rows["ann"], files["overview.html"].read_text("utf-8")

    given, page = points("2027-03-02 23:59:00 UTC")
    assert float(given) > 0 and "<td>2027-03-02 01:30</td><td></td>" in page
    taken, page = points("2027-03-02 00:00:00 UTC")
    assert (
        float(taken) == 0
        and "<td>2027-03-02 01:30</td><td>1 h 30 min</td>" in page
        and "Late work gets no points." in page
    )
    assert points("2027-03-02 23:59:00 UTC")[0] == given


def test_who_handed_nothing_in_and_what_lies_elsewhere_is_named(course):
    with Gradebook("sqlite:///.classroom/gradebook.db", "ser") as gradebook:
        gradebook.update_or_create_student("nora")
    for name in (
        f"nora_{LESSON}.ipynb",
        "mo/2_see_and_hear/x.ipynb",
        f"ann/{LESSON}.ipynb",
        "ann/notes.txt",
        "ann/03_mfcc/x",
    ):
        file = reports.SUBMITTED / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    standing = reports.look(LESSON)
    assert standing.elsewhere == {
        f"nora_{LESSON}.ipynb": f"NAME/{LESSON}/{LESSON}.ipynb",
        "mo/2_see_and_hear": f"mo/{LESSON}/{LESSON}.ipynb",
        f"ann/{LESSON}.ipynb": f"ann/{LESSON}/{LESSON}.ipynb",
    }
    assert standing.missing == ["nora"]
    overview = reports.write(standing)[0]
    page = overview.read_text("utf-8")
    assert "1 not handed in" in page and "<td>mo/2_see_and_hear</td>" in page and "<td>nora</td>" in page
    said = commands.summary(records.load_all(LESSON), standing, overview)
    assert "5 of 6 submissions have their grade. Not handed in (1): nora." in said
    assert f"misplaced, so not graded (3):\n  ann/{LESSON}.ipynb: expected at ann/{LESSON}/{LESSON}.ipynb" in said


def test_the_roster_says_of_everybody_how_the_work_came_in_and_what_is_left_to_do(course):
    with Gradebook("sqlite:///.classroom/gradebook.db", "ser") as gradebook:
        for student in ("nora", "zoe"):
            gradebook.update_or_create_student(student)
    (reports.SUBMITTED / "nora").mkdir(parents=True, exist_ok=True)
    (reports.SUBMITTED / "nora" / f"{LESSON}.ipynb").touch()
    page = records.CLASSROOM / "feedback" / "bob" / LESSON / f"{LESSON}.html"
    page.parent.mkdir(parents=True)
    page.touch()
    standing = reports.look(LESSON)
    rows = reports.roster(standing).set_index("student")
    assert rows["state"].drop([*CLASS]).to_dict() == {
        "eve\\n": "not graded", "nora": "misplaced", "zoe": "not handed in",
        "mo": "misplaced", f"nora_{LESSON}.ipynb": "misplaced",
    }  # fmt: skip
    assert set(rows.loc[[*CLASS], "state"]) == {"graded"}
    assert rows.loc["cid", "waits"] == "for a mark" and pd.isna(rows.loc["cid", "points"])
    assert rows.loc["ann", "waits"] == "" and rows.loc["ann", "points"] > 10
    assert rows["flagged"].dropna().to_dict() == {"bob": "open"}
    link = f'<a href="../../feedback/bob/{LESSON}/{LESSON}.html">bob</a>'
    assert reports.write(standing)[0].read_text("utf-8").count(link) > 1  # in the class, and among the mistakes
    assert {(one["student"], one["status"]) for one in commands.plain([], standing)} >= {
        ("nora", "misplaced"), ("", "misplaced"), ("zoe", "not handed in"),
    }  # fmt: skip


def test_whom_the_list_of_students_does_not_have_is_named(course):
    standing = reports.look(LESSON)
    names = {one: (one in ("ann", "bob") and f"{one}@example.org") or "" for one in standing.table["student"]}
    table = standing.table.assign(
        email=standing.table["student"].map(names), **{"lms id": "", "last name": "", "first name": ""}
    )
    standing = dataclasses.replace(standing, table=table)
    said = commands.summary(records.load_all(LESSON), standing, Path("overview.html"))
    assert (
        f"in the list of students ({len(set(names)) - 2}):" in said
        and "  cid: a folder's name that is not quite" in said
    )
    nobody = dataclasses.replace(standing, table=table.assign(email=""))  # as from Moodle's ZIP alone
    assert "list of students" not in commands.summary(records.load_all(LESSON), nobody, Path("overview.html"))


def test_a_class_of_which_nothing_could_be_graded_has_its_reports(tmp_path, monkeypatch):
    for name in ("nbgrader_config.py", f"solutions/{LESSON}/{LESSON}.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    records.save(records.Record(LESSON, "ann", "not graded", "The folder is empty."))
    assert "The folder is empty." in reports.write(reports.look(LESSON))[0].read_text("utf-8")


def test_without_grades_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="ser grade 03_mfcc"):
        reports.look("03_mfcc")
