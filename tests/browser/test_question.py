"""A guess made with the keyboard alone, in a real browser: the explanation comes after it, and nothing moves."""

import nbformat
import pytest

from ser_helpers import widgets
from ser_helpers.widgets.question import questions

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
LESSON, NAME = "03_mfcc", "glued-columns"
BOTTOM = "form => Math.round(form.getBoundingClientRect().height)"


@pytest.fixture(scope="module")
def page(lab, browser):
    path = lab.write("question", "from ser_helpers import widgets", f"widgets.question({LESSON!r}, {NAME!r})")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(questions(LESSON)[NAME]))
    nbformat.write(notebook, path)
    page = browser.new_page(viewport={"width": 1100, "height": 700})
    yield lab.run(page, "question")


def test_the_choices_in_the_text_step_back_for_the_form_and_stand_without_it(page):
    choices = page.locator(".jp-RenderedMarkdown details")
    assert page.locator(".ser-question").is_visible() and choices.count() >= 2
    assert not [choice for choice in choices.all() if choice.is_visible()]
    page.locator(".jp-CodeCell").last.click()
    page.keyboard.press("Escape")
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_role("menuitem", name="Clear Cell Output", exact=True).click()
    choices.first.wait_for(state="visible")
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    choices.first.wait_for(state="hidden")


def test_guess_first_then_read_with_the_keyboard_alone(lab, page, axe, themes, moves):
    choices = widgets.question(LESSON, NAME).choices
    form = page.locator(".ser-question form")
    status, radios = form.get_by_role("status"), form.get_by_role("radio")
    height, moved = form.evaluate(BOTTOM), moves(form)
    assert form.get_by_role("group", name="Your guess").count() == 1
    assert radios.count() == len(choices) and status.inner_text() == ""
    form.get_by_role("button", name="That is my guess").press("Enter")
    assert status.inner_text() == "", "nothing was chosen"

    radios.first.focus()
    page.keyboard.press("ArrowDown")
    assert radios.nth(1).is_checked() and status.inner_text() == "", "moving between choices is no guess yet"
    for theme in themes(page, ".ser-question", "question-before"):
        assert axe(page, ".ser-question") == [], theme
    radios.nth(1).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert status.inner_html() == choices[1]["explanation"]
    assert radios.nth(1).evaluate("radio => radio === document.activeElement"), "the keyboard stays in the form"
    assert form.locator("em:visible").all_inner_texts() == ["✓ right, and your guess"]
    page.keyboard.press("ArrowUp")
    assert radios.first.is_checked() and status.inner_html() == choices[0]["explanation"], "the others may be read now"
    assert form.locator("label").nth(1).locator("em").is_visible(), "and the guess stays the guess"
    assert form.evaluate(BOTTOM) == height and moved() == [], "nothing jumped"
    assert page.locator(".jp-Cell").count() == 3, "no key went to JupyterLab"
    for theme in themes(page, ".ser-question", "question-after"):
        assert axe(page, ".ser-question") == [], theme

    restart(page)
    form.locator("em:visible").first.wait_for()
    assert radios.nth(1).is_checked() and status.inner_html() == choices[1]["explanation"], "the folder kept the guess"
    assert '"guess"' not in (lab.folder / "question" / "question.ipynb").read_text(encoding="utf-8")


def test_a_wrong_guess_and_the_right_choice_are_marked_in_words(lab, page, axe, themes):
    (lab.folder / "question" / ".guesses.json").unlink()
    restart(page)
    form = page.locator(".ser-question form")
    form.get_by_role("radio").first.check()
    form.get_by_role("button", name="That is my guess").click()
    assert form.locator("em:visible").all_inner_texts() == ["✗ your guess", "✓ right"]
    for theme in themes(page, ".ser-question", "question-wrong"):
        assert axe(page, ".ser-question") == [], theme


def restart(page):
    """Restart the kernel, run all cells, and wait for the form of the new kernel."""
    page.evaluate("document.querySelector('.ser-question form').classList.add('old')")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel and Run All Cells…").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".ser-question form:not(.old)").wait_for(timeout=60_000)
