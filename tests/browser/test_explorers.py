"""The explorers in a real JupyterLab: every control at its ends, by mouse and by keyboard, steady, legible, private."""

import json

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PRACTICE = "from ser_helpers import corpus, widgets\nclips = corpus.clip_table('practice')\n"
PRACTICE += "clips['path'] = corpus.find_audio(clips)\n"
CELLS = {
    "explorer": PRACTICE + "widgets.explorer(clips)",
    "feature_explorer": PRACTICE + "widgets.feature_explorer(clips)",
    "leak_meter": "from ser_helpers import widgets\nwidgets.leak_meter()",
    "split_explorer": "from ser_helpers import widgets\nwidgets.split_explorer()",
}
PANEL = ".ser-panel"
STATUS = f"{PANEL} [data-part=status]"
FIRST = "control => control.options ? control.options[0].value : control.min"
LAST = "control => control.options ? control.options[control.options.length - 1].value : control.max"


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1366, "height": 1400})
    page.set_default_timeout(20_000)
    yield page
    page.close()


def open_panel(lab, page, name, **how):
    """A notebook with one explorer, run; waits until the explorer has drawn itself."""
    lab.write(name, CELLS[name])
    lab.run(page, name, **how)
    page.locator(f"{PANEL}[data-answers]").first.wait_for()
    return page.locator(PANEL).first


def answered(page, act):
    """Do something and wait until the kernel has answered."""
    before = page.locator(PANEL).first.get_attribute("data-answers")
    act()
    page.locator(f"{PANEL}:not([data-answers='{before}'])").first.wait_for(timeout=10_000)
    return page.locator(STATUS).inner_text()


@pytest.mark.parametrize("name", CELLS)
def test_every_control_at_both_ends(lab, page, name, axe, themes, moves):
    panel = open_panel(lab, page, name)
    moved = moves(panel)
    box = panel.bounding_box()
    assert box["height"] <= 640, "whole in a window of 1366 x 768"
    for control in panel.locator("select, input").all():
        for end in (LAST, FIRST, LAST):
            value = control.evaluate(end)
            if value == control.input_value():
                continue
            change = control.fill if control.get_attribute("type") == "range" else control.select_option
            assert answered(page, lambda change=change, value=value: change(value))
            assert control.input_value() == value
    for button in panel.locator("button").all():
        button.click()
        page.wait_for_timeout(200)
        assert button.get_attribute("aria-pressed") in ("true", None)
    assert panel.bounding_box()["height"] == box["height"]
    assert moved() == []
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    for theme in themes(page, PANEL, name):
        assert axe(page, PANEL) == [], theme


@pytest.mark.parametrize("name", ["explorer", "feature_explorer"])
def test_whole_in_a_small_window_and_still_there_after_shift_enter(lab, browser, name):
    """1366 x 768 with JupyterLab's bars. The cell stands low in the window, and runs a second time with much below it."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(60_000)
    lines = "\n".join(f"line = {n}" for n in range(30))
    lab.write(f"{name}_small", lines, CELLS[name], "below = 1", lines, lines)
    lab.run(page, f"{name}_small")
    panel, view = page.locator(PANEL).first, page.locator(".jp-WindowedPanel-outer").bounding_box()
    page.locator(f"{PANEL}[data-answers]").wait_for()
    room = int(panel.evaluate("panel => parseInt(panel.style.minHeight)"))
    for _ in range(2):
        page.locator(".jp-CodeCell .cm-content").nth(1).click()
        page.keyboard.press("Escape")
        page.evaluate("document.querySelector('.ser-panel').dataset.old = 1")
        page.keyboard.press("Shift+Enter")
        page.locator(f"{PANEL}[data-answers]:not([data-old])").wait_for()
        page.wait_for_timeout(1200)
        box = panel.bounding_box()
        assert box["height"] == room <= view["height"], "the room that was kept for it, so that nothing below moves"
        assert box["y"] >= view["y"] - 1, "its top is not pushed out of the window"
    if name == "explorer":
        panel.evaluate("panel => panel.scrollIntoView()")
        for part in ("audio", "button[name=guess]", "[data-part=status]", "[data-part=answer]"):
            place = panel.locator(part).last.bounding_box()
            assert view["y"] <= place["y"] and place["y"] + place["height"] <= view["y"] + view["height"], part
    page.close()


def test_a_cell_run_twice_and_a_kernel_restarted(lab, page):
    open_panel(lab, page, "explorer")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_timeout(3000)
    assert page.locator(PANEL).count() == 1
    assert "says" in answered(page, page.get_by_role("button", name="Show me").click)
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel and Run All Cells…").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(STATUS).get_by_text("waits for your guess").wait_for(timeout=60_000)
    assert page.locator(PANEL).count() == 1
    assert "says" in answered(page, page.get_by_role("button", name="sad").click)


def test_the_explorer_by_keyboard_alone(lab, page):
    panel = open_panel(lab, page, "explorer")

    def tab_to(name, value=""):
        """Press Tab until this control has the focus."""
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("[document.activeElement.name, document.activeElement.value]") == [name, value]:
                return
        raise AssertionError(f"Tab does not reach {name} {value}")

    tab_to("actor", "any")
    answered(page, lambda: page.keyboard.press("ArrowDown"))
    assert "9001" in panel.locator("[data-part=heading]").inner_text()
    tab_to("another")
    before = panel.locator("[data-part=heading]").inner_text()
    answered(page, lambda: page.keyboard.press("Enter"))
    assert panel.locator("[data-part=heading]").inner_text() != before
    tab_to("snr", "none")
    answered(page, lambda: page.keyboard.press("End"))
    tab_to("gain", "0")
    answered(page, lambda: page.keyboard.press("ArrowRight"))
    assert panel.locator("[name=gain]").get_attribute("aria-valuetext") == "5 dB"
    tab_to("guess", "fear")
    said = answered(page, lambda: page.keyboard.press("Space"))
    assert "you guessed fear" in said and "−5 dB SNR" in said and "+5 dB gain" in said
    assert page.evaluate("document.activeElement.value") == "fear"  # the focus stays where it was
    page.keyboard.type("dd")
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1  # no key went to the notebook


def test_notebook_7_and_nothing_is_saved(lab, page):
    """One clip heard, guessed and drawn leaves neither sound nor picture in the file."""
    panel = open_panel(lab, page, "explorer", address=lab.address("explorer", classic=True))
    assert "says" in answered(page, page.get_by_role("button", name="Show me").click)
    assert panel.locator("audio").evaluate("audio => audio.readyState > 0 && audio.duration > 1")
    lab.saved(page, lab.folder / "explorer" / "explorer.ipynb")
    text = (lab.folder / "explorer" / "explorer.ipynb").read_text(encoding="utf-8")
    assert "Prediction explorer: run this cell" in text
    assert (
        "data:image" not in text
        and "UklGR" not in text
        and "says" not in json.loads(text)["metadata"].get("widgets", "")
    )
    assert len(text) < 100_000
