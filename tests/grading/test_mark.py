"""Marking written answers: names hidden, by keyboard, into nbgrader's gradebook."""

import contextlib
import os
import re
import shutil
import threading
import urllib.error
import urllib.parse
import urllib.request
import warnings
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from ser_helpers.__main__ import main
from ser_helpers.course.grading import adapters, mark, records, reports

LESSON, TASK = "02_see_and_hear", "angry-and-sad"
WROTE = {
    "ann": "The angry one is **8 dB** louder. <script>document.title = 'no'</script>",
    "bob": "They differ by 3 m.",
    "cid": "The sad one is dark above 4 kHz ![x](https://example.org/x.png)",
    "dee": "*Your answer goes here: double-click, write, and run the cell.*",
}
SIGN = {"ann": "8 dB", "bob": "3 m.", "cid": "above 4 kHz"}  # what no page has otherwise
OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def graded(new_classroom):
    """Three who wrote an answer and one who did not, as nbgrader leaves them."""
    room = new_classroom()
    with contextlib.chdir(room.folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        adapters.register(*adapters.coursedir(LESSON))
        with Gradebook(records.GRADEBOOK, "ser") as gradebook:
            for student, text in WROTE.items():
                gradebook.update_or_create_student(student)
                for grade in gradebook.add_submission(LESSON, student).notebooks[0].grades:
                    written = grade.name == TASK and student != "dee"
                    grade.auto_score, grade.needs_manual_grade = None if written else 0.0, written
                gradebook.db.commit()
                records.save(records.Record(LESSON, student))
                file = room.folder / ".classroom" / "autograded" / student / LESSON / f"{LESSON}.ipynb"
                file.parent.mkdir(parents=True)
                file.write_text(nbformat.writes(room.solved(LESSON, **{TASK: text})), encoding="utf-8")
    return room


@pytest.fixture
def served(graded, tmp_path, monkeypatch):
    """The page's address, on a copy in which nothing is marked."""
    shutil.copytree(graded.folder, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    server, address = mark.server(mark.Marking(LESSON))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


def get(address: str, **form: str) -> tuple[str, str]:
    """Where one lands, and the page."""
    data = urllib.parse.urlencode(form).encode() if form else None
    with OPEN.open(address, data, timeout=30) as answer:
        return answer.url, answer.read().decode()


def kept() -> dict[str, tuple[float | None, bool, str | None]]:
    """What nbgrader, and so Formgrader and the feedback, know of the task: mark, whether it waits, comment."""
    with Gradebook(records.GRADEBOOK) as gradebook:
        found = {}
        for student in WROTE:
            about = (TASK, LESSON, LESSON, student)
            grade = gradebook.find_grade(*about)
            comment = gradebook.find_comment(*about).manual_comment
            found[student] = grade.manual_score, grade.needs_manual_grade, comment
        return found


def test_a_class_is_marked_and_the_exports_have_it(served, capsys):
    pages, where = {}, served
    for points in ("2.5", "0", "1"):
        where, page = get(where)
        pages[where] = page
        student = next(name for name, text in SIGN.items() if text in page)
        where, page = get(where, points=points, comment=f"for {points}\r\nA unit is missing.")
        assert kept()[student] == (float(points), False, f"for {points}\nA unit is missing.")
    assert "Every written answer has its mark" in page and where == f"{served}end"
    everything = "".join(pages.values())
    assert len(pages) == 3 and not any(re.search(rf"\b{name}\b", everything) for name in WROTE)  # names are hidden
    assert "<script>document" not in everything and "example.org" not in everything
    assert "a first cue with a number and unit" in everything and "Model answer" in everything
    assert 'data-line="A unit is missing."' in page or 'data-line="A unit is missing."' in get(next(iter(pages)))[1]
    assert "1 of 3" in get(f"{served}1/1")[1] and kept()["dee"] == (None, False, None)
    assert reports.totals(reports.look(LESSON).table)["final"].notna().all()

    get(f"{served}1/2", points="", comment="")  # a mark taken back waits again
    assert sum(waits for _, waits, _ in kept().values()) == 1
    assert get(served)[0] == f"{served}1/2"


@pytest.mark.parametrize("points", ["3.5", "-1", "nan", "many"])
def test_points_that_cannot_be_are_refused_and_nothing_is_saved(served, points):
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(f"{served}1/1", points=points, comment="")
    assert refused.value.code == 400 and "Points are a number from 0 to 3." in refused.value.read().decode()
    assert all(score is None for score, *_ in kept().values())


@pytest.mark.parametrize(
    "path", ["/", "/x/1/1", "{token}/9/1", "{token}/1/0", "{token}/1/4", "{token}/../1", "/favicon.ico"]
)
def test_who_does_not_know_the_address_sees_nothing(served, path):
    root, token = re.fullmatch(r"(http://[^/]+)(/[^/]+)/", served).groups()
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(root + path.format(token=token))
    page = refused.value.read().decode()
    assert refused.value.code == 404 and not any(text in page for text in WROTE.values())


def test_there_has_to_be_something_to_mark(graded, monkeypatch, capsys):
    monkeypatch.chdir(graded.folder)
    assert main(["mark", "03_mfcc"]) == 2 and "ser grade 03_mfcc" in capsys.readouterr().err
    records.save(records.Record("03_mfcc", "ann"))
    assert main(["mark", "03_mfcc"]) == 2 and "has no written task" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.browser
def test_a_class_is_marked_with_the_keyboard_alone(served, browser):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1200, "height": 800})
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(served)
    for keys in (["1", "3"], ["Space", "Tab", "Space", "2"], ["2"]):
        page.locator("[data-points]:focus").wait_for()
        for key in keys:
            page.keyboard.press(key)
        if not page.locator("[data-line]").count():
            page.get_by_label("Comment").focus()
            page.keyboard.type("A cue with its unit.")
        else:
            page.keyboard.press("a")
        if folder := os.environ.get("SER_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"mark-{keys[0]}.png", full_page=True)
        assert not [one["id"] for one in Axe().run(page).response["violations"]]
        here = page.url
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    page.get_by_text("Every written answer has its mark").wait_for()
    assert sorted(score for score, _, said in kept().values() if said) == [1, 1, 2]
    assert {said for _, _, said in kept().values()} == {"A cue with its unit.", None}
    page.goto(f"{served}1/1")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/1/2")
    assert page.title().startswith(TASK) and not [one for one in errors if "favicon" not in one]
