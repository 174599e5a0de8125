"""The workshop's papers: schedules add up, notes know every exercise, and each command of the guide runs."""

import itertools
import re
from datetime import datetime, timedelta
from pathlib import Path

import jupytext
import pytest

from ser_helpers.__main__ import main
from ser_helpers.course.authoring import pages, release
from ser_helpers.course.classroom import room, slides

ROOT = Path(__file__).resolve().parents[2]
ROOM = ROOT / "classroom" / "workshop"
GUIDE = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8")
SCHEDULES = dict(
    re.findall(
        r"^## ([\w ]+ days?:[^\n]*)\n(.*?)(?=^## )", (ROOM / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
)
ROW = re.compile(r"^\| (\d+:\d\d) \| ?(\d*) \| (.*?) \| (\d*) ?\|$", re.MULTILINE)
ABOUT = {
    name[:2]: jupytext.read(ROOT / "solutions" / name / f"{name}.py").metadata["ser"]
    for name in release.lesson_names(ROOT)
    if name < pages.TRIALS
}


def test_there_are_three_schedules():
    assert [name.partition(":")[0] for name in SCHEDULES] == ["Half a day", "One day", "Two days"]


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_row_begins_where_the_one_before_ends(name):
    days = [ROW.findall(table) for table in re.findall(r"^\|---.*?(?=\n\n)", SCHEDULES[name], re.MULTILINE | re.DOTALL)]
    assert len(days) == (2 if name.startswith("Two") else 1)
    for rows in days:
        assert rows[-1][2] == "end" and any("break" in what for _, _, what, _ in rows)
        for (time, minutes, what, _), (then, *_) in itertools.pairwise(rows):
            begins = datetime.strptime(time, "%H:%M")
            assert begins + timedelta(minutes=int(minutes)) == datetime.strptime(then, "%H:%M"), what


@pytest.mark.parametrize("name", SCHEDULES)
def test_lessons_have_about_the_minutes_that_their_sources_name(name):
    in_the_room = alone = 0
    for _, minutes, what, lesson_alone in ROW.findall(SCHEDULES[name]):
        lesson = re.match(r"lesson (\d\d):", what)
        assert bool(lesson) == bool(lesson_alone), what
        if lesson:
            assert abs(int(lesson_alone) - ABOUT[lesson[1]]["minutes"]) <= 10 and int(minutes) <= int(lesson_alone), (
                what
            )
            named = re.search(r"exercises? ([\d, andto]+)", what)
            exercises = [int(number) for number in re.findall(r"\d+", named[1] if named else "")]
            assert all(number <= len(ABOUT[lesson[1]].get("contract", {})) for number in exercises), what
            in_the_room, alone = in_the_room + int(minutes), alone + int(lesson_alone)
    assert f"{in_the_room} minutes of lessons that take {alone}." in SCHEDULES[name]


@pytest.mark.parametrize("number", ABOUT)
def test_notes_name_every_exercise_and_none_that_is_not_there(number):
    text = (ROOM / "notes.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {number} .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, (
        f"Write what an instructor has to know of lesson {number} into {ROOM.name}/notes.md: ask, stumble, say."
    )
    section = found[0]
    assert all(f"`{name}`" in section for name in ABOUT[number].get("contract", ()))
    assert "Where people stumble" in section and "**Ask" in section


def test_every_command_of_the_guide_runs(monkeypatch, tmp_path, capsys):
    """In its order, in the course's folder; lessons are not run for it, and the room goes home at once."""
    section = re.search(r"^## A workshop\n.*?^## A game.*?(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)[0]
    commands = re.findall(r"^python3 start\.py (.+)$", section, re.MULTILINE)
    assert {line.split()[0] for line in commands} == {"slides", "game"} and len(commands) == 5

    def open_and_go(app, title, port, only_here, own_page, browser):
        with room.answering(app) as port:
            assert port and browser and own_page.startswith("/screen/")

    monkeypatch.setattr(slides.run, "execute", lambda *_, **__: None)
    monkeypatch.setattr(room, "serve", open_and_go)
    monkeypatch.setenv("SER_COURSE", str(ROOT))
    monkeypatch.chdir(tmp_path)
    for line in commands:
        assert main(line.split()) == 0, line
    made = {path.parent.name: path.name for path in tmp_path.rglob("*.html")}
    assert set(made) == {"slides", "talk"} and made["talk"] == "05_split_and_scale.html"
    assert len(list((tmp_path / ".classroom" / "slides").iterdir())) == len(ABOUT)
    assert capsys.readouterr().out.count("10 clips of") == 3
