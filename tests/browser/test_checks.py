"""What stands below a check cell, in a real JupyterLab: for right, wrong, missing and broken answers to each kind of exercise."""

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from bank import answers, cells

from ser_helpers import places
from ser_helpers.course.authoring import release

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# A dict, a table, a figure, an array, chance, a number, choices, a model.
KINDS = {
    "01_load_crema_d": ["parse_clip_name", "build_clip_table"],
    "02_see_and_hear": ["plot_waveform", "time_axis"],
    "03_mfcc": ["log_mel"],
    "04_noise": ["add_noise", "measure_snr"],
    "05_split_and_scale": ["choices"],
    "06_train_mlp": ["build_model"],
}
LOOKED_AT = 'import os\nos.environ.pop("SER_CHECK")'  # the server of these tests has it set
HEADS = {"right": "Passed: ", "wrong": "Not yet.", "missing": "Not solved yet.", "broken": "Not yet."}
LINES = "status => Math.round(status.getBoundingClientRect().height / parseFloat(getComputedStyle(status).lineHeight))"


def sources(lesson: str, exercise: str) -> dict[str, str]:
    """An answer of each kind."""
    bank = [answer for answer in answers(lesson) if answer["exercise"] == exercise]
    found = {kind: next(one["source"] for one in bank if one["kind"] == kind) for kind in ("right", "wrong")}
    found["missing"] = (
        f"def {exercise}(*arguments, **named):\n    {release.CODE_STUB.replace(chr(10), chr(10) + '    ')}"
    )
    found["broken"] = f"def {exercise}(*arguments, **named):\n    return [][len(arguments)]"
    return found


@pytest.fixture(scope="module")
def page(lab, browser):
    """A notebook of all these, run: each check cell below its answer."""
    written = [LOOKED_AT]
    for lesson, exercises in KINDS.items():
        written += [text for _, is_setup, text in cells(lesson) if is_setup]
        for exercise in exercises:
            for source in sources(lesson, exercise).values():
                written += [source, f'check("{exercise}")']
    lab.write("checks", *written)
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    yield lab.run(page, "checks", timeout=120)
    page.close()


def test_one_sentence_of_three_lines_at_most_the_useful_one_first(page, lab, themes, axe):
    outputs = {}
    for cell in lab.saved(page, lab.folder / "checks" / "checks.ipynb"):
        if re.match(r"check\(", "".join(cell["source"])):
            outputs.setdefault("".join(cell["source"]), []).append(cell["outputs"])
    names = [(exercise, kind) for exercises in KINDS.values() for exercise in exercises for kind in HEADS]
    shown = page.locator(".ser-verdict [role=status]")
    assert [output["output_type"] for one in sum(outputs.values(), []) for output in one] == ["display_data"] * len(
        names
    )
    for (exercise, kind), status in zip(names, shown.all(), strict=True):
        status.evaluate("status => status.scrollIntoView({block: 'center'})")
        status.wait_for(state="visible")
        text, lines = status.inner_text(), status.evaluate(LINES)
        assert text.startswith(HEADS[kind]) and lines <= 3, (exercise, kind, lines, text)
        assert not re.search(r"ser_helpers|site-packages|Traceback|\.py\b", text), text
        if kind == "broken":
            assert "return [][len(arguments)]" in text and "IndexError" in text, text
    for theme in themes(page, ".ser-verdict", "verdict"):
        assert axe(page, ".ser-verdict") == [], theme
    if shots := os.environ.get("SER_SCREENSHOTS"):
        for number, kind in enumerate(HEADS):
            shown.nth(number).scroll_into_view_if_needed()
            page.screenshot(path=Path(shots) / f"check-{kind}.png")


def test_the_next_hint_opens_with_the_keyboard_and_the_one_after_it_inside(page):
    verdict = page.locator(".ser-verdict").filter(has_text="Not solved yet.").first
    hints = verdict.locator("summary")
    assert [hint.is_visible() for hint in hints.all()] == [True, False, False]
    hints.first.press("Enter")
    hints.nth(1).wait_for(state="visible")
    assert "Hint 1: a nudge" in verdict.inner_text() and "Hint 3" not in verdict.inner_text()


@pytest.mark.parametrize("name", release.lesson_names(places.CHECKOUT))
def test_run_all_goes_through_an_untouched_lesson(name, lab, browser):
    notebook = nbformat.read(places.CHECKOUT / "lessons" / name / f"{name}.ipynb", as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(LOOKED_AT))
    path = lab.folder / f"{name}-untouched" / f"{name}-untouched.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    lab.run(page, path.stem, timeout=120)
    outputs = [output for cell in lab.saved(page, path) for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    page.close()
    shutil.rmtree(path.parent)
