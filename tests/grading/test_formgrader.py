"""Formgrader's own button, pressed in a real Chromium, gives what `nbgrader autograde` gives, in the sandbox too."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell

LESSON = "03_mfcc"
WRONG = "def log_mel(y, sample_rate, n_mels):\n    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, n_mels=n_mels))"


def hand_in(room, secret) -> None:
    """The same notebooks in every room: a record also tells what was handed in."""
    curious = room.solved(LESSON, log_mel=WRONG)
    seen = f"import os\nprint('SEES', os.path.exists({str(secret)!r}))"
    curious.cells.append(new_code_cell(seen))
    room.submit("curious", LESSON, curious)
    room.submit("honest", LESSON, room.solved(LESSON))
    room.submit("broken", LESSON, b"no notebook")


def press_the_buttons(browser, base: str, token: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(120_000)  # a busy machine is no failure
    page.goto(f"{base}/lab?token={token}")
    page.goto(f"{base}/formgrader/manage_submissions/{LESSON}")
    for student in ("curious", "honest"):
        row = page.locator("tr", has=page.get_by_text(student, exact=True))
        row.locator(".autograde a, .autograde button").first.click()
        page.get_by_text("Successfully autograded").wait_for()
        page.get_by_role("button", name="OK").click()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.timeout(400)
def test_formgraders_button_gives_the_same_scores_as_the_command(classroom, new_classroom, serve_lab, browser):
    beside = new_classroom()
    for room in (classroom, beside):
        hand_in(room, classroom.folder)
    printed, code = beside.nbgrader("autograde", LESSON)
    assert code == 0, printed
    press_the_buttons(browser, *serve_lab(classroom.folder))
    assert classroom.scores(LESSON) == beside.scores(LESSON)
    assert (
        sum(classroom.scores(LESSON)["honest"].values()) == 11 > sum(classroom.scores(LESSON)["curious"].values()) > 0
    )
    for student in ("curious", "honest"):
        assert classroom.record(LESSON, student) == beside.record(LESSON, student)
    marked = classroom.folder / ".classroom" / "autograded" / "curious" / LESSON / f"{LESSON}.ipynb"
    outputs = [o.get("text", "") for c in nbformat.read(marked, 4).cells for o in c.get("outputs", [])]
    assert any(text.startswith("SEES False") for text in outputs)
