"""The instructor's first hour, as solutions/README.md tells it: on a fresh clone, and the feedback's way back to the students."""

import html
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from ser_helpers.__main__ import main
from ser_helpers.course.grading import adapters, admit, reports, shards
from ser_helpers.course.grading.box.unconfined import Unconfined
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT as ROOT

LESSON = "00_start_here"
NO_ASSERTS = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Expr(self, node): return ast.Pass() if "expect" in ast.dump(node) else node
    visit_Assert = visit_For = lambda self, node: ast.Pass()
get_ipython().ast_transformers.append(Drop())
"""
STUDENTS = ("Lena Meier", "Zoë O'Hara-Li", "Ann de Vries", "12346")
ROOTS = os.name == "posix" and os.geteuid() == 0


@pytest.fixture
def clone(new_classroom):
    """A course's folder in which nothing has happened yet."""
    room = new_classroom()
    shutil.rmtree(room.folder / ".classroom")
    return room


def gradebook(room) -> Gradebook:
    return Gradebook(f"sqlite:///{room.folder}/.classroom/gradebook.db")


def succeed(room, *words: str, **options: str) -> str:
    """Run nbgrader, which must succeed without a traceback; what it printed."""
    printed, code = room.nbgrader(*words, **options)
    assert code == 0 and "Traceback" not in printed, printed
    return printed


def test_the_first_commands_work_where_nothing_is_yet(clone):
    succeed(clone, "db", "assignment", "add", LESSON, "--duedate=2027-07-01 23:59:00 Europe/Berlin")
    table = clone.folder / ".classroom" / "students.csv"
    table.write_text("id,first_name,last_name,email,lms_user_id\nlena,Lena,Meier,lena@example.org,12345\n")
    succeed(clone, "db", "student", "import", ".classroom/students.csv")
    with gradebook(clone) as book:
        assert book.find_student("lena").lms_user_id == "12345"
        assert book.find_assignment(LESSON).duedate == datetime(2027, 7, 1, 21, 59)
    assert {path.name for path in clone.folder.iterdir()} - {"__pycache__"} == {
        ".classroom", "lessons", "nbgrader_config.py", "solutions",
    }  # fmt: skip


def test_formgrader_lists_a_fresh_clone_and_what_came_at_no_time_that_is_known(clone, serve_lab):
    base, token = serve_lab(clone.folder)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def listed(what: str) -> set[str]:
        with opener.open(f"{base}/formgrader/api/{what}?token={token}", timeout=60) as answer:
            return {row.get("student", row["name"]) for row in json.load(answer)}

    assert listed("assignments") >= {LESSON, "09_capstone"}
    (clone.submit("ann", LESSON, clone.untouched(LESSON)) / "timestamp.txt").write_text("soon")
    os.mkfifo(clone.submit("bob", LESSON, clone.untouched(LESSON)) / "timestamp.txt")
    assert listed(f"submissions/{LESSON}") == {"ann", "bob"}


def test_the_way_back_follows_no_link_and_opens_no_pipe(tmp_path):
    submission, private = tmp_path / "submission", tmp_path / "private.txt"
    submission.mkdir()
    private.write_text("2027-03-01 12:00")
    (submission / "timestamp.txt").symlink_to(private)
    os.mkfifo(submission / "submission_secret.txt")
    adapters.keep_the_way_back(submission, tmp_path / "next")
    assert (tmp_path / "next" / "timestamp.txt").read_text() == ""
    assert len((tmp_path / "next" / "submission_secret.txt").read_text()) > 30  # one that nobody else has


@pytest.mark.parametrize("name", ["students.csv", "grades.csv", "downloaded/x.zip", ".classroom/x", "gradebook.db"])
def test_git_does_not_see_what_a_class_leaves_behind(name):
    done = subprocess.run(["git", "check-ignore", "--quiet", name], cwd=ROOT)
    if done.returncode == 128:
        pytest.skip("this is no clone")
    assert done.returncode == 0


@pytest.mark.parametrize(
    "written, meant",
    [
        ("2027-07-01 23:59:00 Europe/Berlin", "2027-07-01 21:59:00"),
        ("2027-03-01 23:59:00 CET", "2027-03-01 22:59:00"),
        ("2027-03-01 23:59:00 +0100", "2027-03-01 22:59:00"),
        ("2027-03-01T23:59:00+01:00", "2027-03-01 22:59:00"),
        ("2027-03-01T23:59 -0330\n", "2027-03-02 03:29:00"),
        ("2027-03-01 23:59:00Z", "2027-03-01 23:59:00"),
        ("2027-03-01 23:59:00.250000 UTC", "2027-03-01 23:59:00.250000"),
        ("2027-03-01 23:59:00", "2027-03-01 23:59:00"),  # as nbgrader itself writes it
    ],
)
def test_a_date_is_read_with_its_zone(tmp_path, written, meant):
    (tmp_path / "timestamp.txt").write_text(written)
    assert str(admit.submitted_at(tmp_path)) == meant == str(admit.parse_deadline(written))


@pytest.mark.parametrize(
    "written",
    ["2027-03-01 23:59:00 CEST", "2027-03-01 23:59:00 IST", "2027-03-01 23:59:00 PST", "01.03.2027 23:59", "2027-03-01",
     "2027-03-01 11:59 PM", "2027-02-30 12:00", "0001-01-01 00:00 +0100", "2027-03-01 12:00 +2500", "soon", ""],
)  # fmt: skip
def test_a_date_with_two_readings_is_not_known(tmp_path, written):
    (tmp_path / "timestamp.txt").write_text(written)
    assert admit.submitted_at(tmp_path) is None
    with pytest.raises(CourseError, match=r"Write it like .*Europe/Berlin.* UTC or an offset like \+0100"):
        admit.parse_deadline(written)


def test_a_deadline_with_two_readings_is_refused_in_a_sentence(clone):
    printed, code = clone.nbgrader("db", "assignment", "add", LESSON, "--duedate=2027-03-01 23:59:00 CEST")
    assert code == 1 and "Traceback" not in printed
    assert "not certain which moment '2027-03-01 23:59:00 CEST' means. Write it like" in printed


def pack(room, name: str, files: dict[str, str | bytes]) -> None:
    archive = room.folder / ".classroom" / "downloaded" / LESSON / "archive" / name
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for path, text in files.items():
            packed.writestr(path, text)


def collected(room) -> dict[str, str]:
    submitted = room.folder / ".classroom" / "submitted"
    return {str(file.relative_to(submitted)): file.read_text() for file in submitted.rglob("*") if file.is_file()}


def test_what_moodle_packs_is_collected(clone):
    inside = f"Bo Ek_99_assignsubmission_file_{LESSON}.ipynb"  # a name that its student chose
    files = {
        f"Lena Meier_4711_assignsubmission_file_/{LESSON}.ipynb": "lena",
        f"Zoë O'Hara-Li_4712_assignsubmission_file/mine/{LESSON}.ipynb": "zoë",
        f"Zoë O'Hara-Li_4712_assignsubmission_file/mine.old/{LESSON}.v1.ipynb": "zoë, older",
        f"Ann de Vries_4713_assignsubmission_file_{LESSON}.ipynb": "ann",
        f"Eve Adams_4714_assignsubmission_file_/{inside}": "eve",
        f"Kim Po_4715_assignsubmission_file_/a_1_2_{LESSON}.ipynb": "kim",
        "Lena Meier_4711_assignsubmission_onlinetext_/onlinetext.html": "words",
    }
    pack(clone, f"SER_2027_1_w-{LESSON}-31.zip", files)
    succeed(clone, "zip_collect", LESSON)
    assert collected(clone) == {
        f"Lena Meier/{LESSON}/{LESSON}.ipynb": "lena",
        f"Zoë O'Hara-Li/{LESSON}/mine/{LESSON}.ipynb": "zoë",
        f"Zoë O'Hara-Li/{LESSON}/mine.old/{LESSON}.v1.ipynb": "zoë, older",
        f"Ann de Vries/{LESSON}/{LESSON}.ipynb": "ann",
        f"Eve Adams/{LESSON}/{inside}": "eve",
        f"Kim Po/{LESSON}/a_1_2_{LESSON}.ipynb": "kim",
    }


def test_what_canvas_packs_is_collected_and_again_with_force(clone):
    files = {
        f"meierlena_12345_67890_{LESSON}.ipynb": "lena",
        f"ekbo_LATE_12346_67891_{LESSON}-1.ipynb": "bo",
        f"deVriesann_12347_67892_12_34_{LESSON}.ipynb": "ann",
        "adamseve_12348_67893_notes.pdf": "no notebook",
    }
    for text in ("lena", "lena, newer"):
        files[f"meierlena_12345_67890_{LESSON}.ipynb"] = text
        pack(clone, "ser_2027_1_lesson submissions.zip", files)
        succeed(clone, "zip_collect", LESSON, "--force")
        assert collected(clone) == {
            f"12345/{LESSON}/{LESSON}.ipynb": text,
            f"12346/{LESSON}/{LESSON}-1.ipynb": "bo",
            f"12347/{LESSON}/12_34_{LESSON}.ipynb": "ann",
        }


@pytest.fixture
def exchange():
    """A folder where everybody may write, as nbgrader's exchange is; and what there is of the students below it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for name in ("exchange", "student"):
            Path(folder, name).mkdir()
            os.chmod(Path(folder, name), 0o777)
        yield Path(folder)


@pytest.mark.timeout(300)
def test_feedback_goes_back_through_the_exchange(classroom, exchange):
    """To another Unix user where root runs this; and to all, though one of the class has handed in by e-mail."""
    at, other = f"--Exchange.root={exchange / 'exchange'}", {"user": "nobody"} if ROOTS else {}
    theirs = type(classroom)(exchange / "student")
    succeed(classroom, "release_assignment", LESSON, at)
    succeed(theirs, "fetch_assignment", LESSON, "--course=ser", at, **other)
    succeed(theirs, "submit", LESSON, "--course=ser", at, **other)
    succeed(classroom, "collect", LESSON, at)
    (collected,) = (classroom.folder / ".classroom" / "submitted").glob(f"*/{LESSON}")
    (collected / "notes.txt").write_text("of no interest to anybody")
    (collected / "a link").symlink_to(classroom.folder / "solutions" / LESSON / f"{LESSON}.py")
    classroom.submit("by e-mail", LESSON, classroom.solved(LESSON))
    succeed(classroom, "autograde", LESSON)
    succeed(classroom, "generate_feedback", LESSON)
    succeed(classroom, "release_feedback", LESSON, at)
    succeed(theirs, "fetch_feedback", LESSON, "--course=ser", at, **other)
    (page,) = (exchange / "student" / LESSON / "feedback").rglob("*.html")
    assert "Exercise by exercise" in page.read_text(encoding="utf-8")
    for step, form in (("autograded", "ipynb"), ("feedback", "html")):
        for folder in (classroom.folder / ".classroom" / step).glob(f"*/{LESSON}"):
            assert {file.name for file in folder.iterdir()} == {
                f"{LESSON}.{form}", "timestamp.txt", "submission_secret.txt",
            }  # fmt: skip
    succeed(theirs, "submit", LESSON, "--course=ser", at, **other)
    assert "Updating submission" in succeed(classroom, "collect", LESSON, "--update", at)


@pytest.mark.parametrize(
    "damage, why",
    [
        (lambda whole: whole[: len(whole) // 2], "File is not a zip file"),
        (
            lambda whole: whole.replace(b"lena", b"lina", 1),
            f"Lena Meier_4711_assignsubmission_file_/{LESSON}.ipynb in it is damaged",
        ),
        (lambda whole: b"<!DOCTYPE html><title>Please log in</title>", "File is not a zip file"),
        (lambda whole: b"", "File is not a zip file"),
    ],
)
def test_a_zip_that_is_broken_is_refused_in_words_and_can_be_replaced(clone, damage, why):
    files = {f"Lena Meier_4711_assignsubmission_file_/{LESSON}.ipynb": "lena" * 50}
    pack(clone, "a.zip", files)
    archive = clone.folder / ".classroom" / "downloaded" / LESSON / "archive" / "a.zip"
    whole = archive.read_bytes()
    archive.write_bytes(damage(whole))
    printed, code = clone.nbgrader("zip_collect", LESSON)
    assert code == 1 and "Traceback" not in printed and not collected(clone)
    assert f"archive/a.zip cannot be unpacked ({why}" in printed and "download it again" in printed
    archive.write_bytes(whole)
    succeed(clone, "zip_collect", LESSON)
    assert list(collected(clone)) == [f"Lena Meier/{LESSON}/{LESSON}.ipynb"]


def test_a_broken_zip_inside_costs_its_student_alone(clone):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr(f"{LESSON}.ipynb", "bo")
    pack(clone, "a.zip", {
        f"Lena Meier_4711_assignsubmission_file_/{LESSON}.ipynb": "lena",
        "Bo Ek_4712_assignsubmission_file_/work.zip": inner.getvalue(),
        "Eve Po_4713_assignsubmission_file_/work.zip": inner.getvalue()[:40],
    })  # fmt: skip
    printed = succeed(clone, "zip_collect", LESSON)
    assert collected(clone) == {
        f"Lena Meier/{LESSON}/{LESSON}.ipynb": "lena", f"Bo Ek/{LESSON}/work/{LESSON}.ipynb": "bo",
    }  # fmt: skip
    assert "Eve Po_4713_assignsubmission_file_/work.zip cannot be unpacked" in printed


def test_feedback_goes_back_through_moodle_and_canvas(clone, monkeypatch, capsys):
    """The names are those by which both systems know whose it is: the folder there, two numbers here."""
    pack(clone, "moodle.zip", {
        f"Lena Meier_4711_assignsubmission_file_/{LESSON}.ipynb": json.dumps(clone.solved(LESSON)),
        f"Zoë O'Hara-Li_4712_assignsubmission_file/mine/{LESSON}.ipynb": json.dumps(clone.untouched(LESSON)),
        f"Ann de Vries_4713_assignsubmission_file_{LESSON}.ipynb": json.dumps(clone.solved(LESSON)),
        f"Eve Po_4714_assignsubmission_file_/{LESSON}.ipynb": "nothing",
    })  # fmt: skip
    pack(clone, "canvas.zip", {f"ekbo_LATE_12346_67891_{LESSON}-1.ipynb": json.dumps(clone.solved(LESSON))})
    succeed(clone, "zip_collect", LESSON)
    clone.submit("by e-mail", LESSON, clone.solved(LESSON))
    monkeypatch.chdir(clone.folder)
    shards.grade(LESSON, box=Unconfined())
    assert main(["return", LESSON]) == 0
    said = capsys.readouterr().out
    assert f"{LESSON}: feedback for 5" in said and "came another way (1): by e-mail" in said
    inside = {}
    for system in ("moodle", "canvas"):
        with zipfile.ZipFile(reports.FOLDER / LESSON / f"return-{system}.zip") as packed:
            inside |= {name: packed.read(name).decode() for name in packed.namelist()}
    assert {name: next(s for s in STUDENTS if f"<p>{s}:" in html.unescape(page)) for name, page in inside.items()} == {
        f"Lena Meier_4711_assignsubmission_file_/{LESSON}.html": "Lena Meier",
        f"Zoë O'Hara-Li_4712_assignsubmission_file_/{LESSON}.html": "Zoë O'Hara-Li",
        f"Ann de Vries_4713_assignsubmission_file_/{LESSON}.html": "Ann de Vries",
        f"ekbo_LATE_12346_67891_{LESSON}-1.html": "12346",
    }
    assert "feedback/Lena%20Meier/" in (reports.FOLDER / LESSON / "overview.html").read_text("utf-8")


MARKED = "02_see_and_hear", "angry-and-sad"  # a lesson, and its written task
EXCHANGE = {"release_assignment", "fetch_assignment", "collect", "release_feedback"}  # the test above runs these


def told() -> list[str]:
    """Every command that the guide gives an instructor of a class, in its order."""
    guide = (ROOT / "solutions" / "README.md").read_text(encoding="utf-8")
    part = guide.partition("## Run a class with nbgrader")[2].partition("## Points")[0]
    given = re.findall(r"`((?:mkdir|ser|nbgrader) [^`]+)`", part.replace("\n   ", " "))
    return [one for one in dict.fromkeys(given) if len(one.split()) > 2 or one.startswith("mkdir")]


def hand_in_for_the_guide(room) -> None:
    (room.folder / ".classroom" / "students.csv").write_text("id,first_name,last_name,email,lms_user_id\nlena,,,,\n")
    for lesson in ("02_see_and_hear", "03_mfcc"):
        (room.submit("lena", lesson, room.solved(lesson)) / "timestamp.txt").write_text("2027-03-02 12:00 UTC")
    tricked = room.untouched("03_mfcc")
    tricked.cells.insert(0, nbformat.v4.new_code_cell(NO_ASSERTS))
    room.submit("mo", "03_mfcc", tricked)
    names = (f"{name}_{number}_assignsubmission_file_/03_mfcc.ipynb" for name, number in {"Bo Ek": 1, "Zoë": 2}.items())
    archive = room.folder / ".classroom" / "downloaded" / "03_mfcc" / "archive" / "a.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            packed.writestr(name, json.dumps(room.solved("03_mfcc")))


def mark_in_formgrader(browser, base: str, token: str, lesson: str, task: str, points: str, comment: str) -> None:
    """As an instructor does: the menu, the lesson, its notebook, the first submission; what is left is saved."""
    page = browser.new_page()
    page.set_default_timeout(120_000)  # a busy machine is no failure
    page.goto(f"{base}/lab?token={token}")
    page.goto(f"{base}/formgrader")
    for link in ("Manual Grading", lesson, lesson, "Submission #1"):
        here = page.url
        page.get_by_role("link", name=link, exact=True).click()
        page.wait_for_url(lambda url, here=here: url != here)
    for field, text in ((f"#{task}", points), (f"#{task}-comment", comment)):
        with page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
            page.locator(field).fill(text)
            page.locator(field).blur()
        assert saved.value.ok
    page.close()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.timeout(900)
def test_every_command_of_the_guide_in_its_order(clone, bubblewrap, serve_lab, browser):
    """On a fresh clone; `mo` tricks the checks, so that there is something to decide about."""
    done, words = [], told()
    for line in words:
        if line.split()[0] == "nbgrader" and line.split()[1] in EXCHANGE:
            continue
        if line.startswith("ser mark"):
            run_in(clone, "ser grade 02_see_and_hear")
        printed = run_in(
            clone, line.replace("NAME", "mo"), stop="Ctrl-C ends it" if line.startswith("ser mark") else ""
        )
        assert "Traceback" not in printed and "ser: " not in printed, (line, printed)
        if line.startswith("mkdir"):
            hand_in_for_the_guide(clone)
        done.append(line.split()[1])
    mark_in_formgrader(browser, *serve_lab(clone.folder), *MARKED, "2.5", "A cue with its unit.")
    for command in ("overview", "return"):
        run_in(clone, f"ser {command} {MARKED[0]}")
    reported = (clone.folder / ".classroom" / "reports" / MARKED[0] / "questions.csv").read_text("utf-8")
    assert re.search(rf"lena,{MARKED[1]},.*,2\.5,", reported), reported
    returned = clone.folder / ".classroom" / "feedback" / "lena" / MARKED[0] / f"{MARKED[0]}.html"
    assert "A cue with its unit." in returned.read_text("utf-8")
    assert {"grade", "decide", "mark", "return", "overview", "alike", "extend", "zip_collect", "db"} <= {*done}
    assert {line.split()[1] for line in words} - {*done} == EXCHANGE
    assert (clone.folder / ".classroom" / "submitted" / "Bo Ek" / "03_mfcc" / "03_mfcc.ipynb").exists()


def run_in(room, line: str, stop: str = "") -> str:
    """Run a command in a course's folder, and end one that goes on with Ctrl-C; what it printed."""
    for word in ("ser_helpers", "nbgrader"):
        line = re.sub(f"^{word.partition('_')[0]} ", f"exec {sys.executable} -m {word} ", line)
    running = subprocess.Popen(
        ["bash", "-c", line], cwd=room.folder, env={**os.environ, "BROWSER": "true"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert running.stdout is not None
    printed = ""
    while stop and stop not in printed:
        assert (more := running.stdout.readline()), printed
        printed += more
    if stop:
        running.send_signal(signal.SIGINT)
    printed += running.communicate(timeout=600)[0]
    assert running.returncode in (0, 1), (line, printed)
    return printed
