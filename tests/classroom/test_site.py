"""The readable site: what is on the pages, what is not, and that they open from a file on a phone."""

import re
import shutil
from html import unescape

import nbformat
import pytest

from ser_helpers import places
from ser_helpers.course.authoring import lint, release
from ser_helpers.course.classroom import site
from ser_helpers.errors import CourseError

NAMES = [name for name in release.lesson_names(places.CHECKOUT) if name < "90"]
THREE = ("00_start_here", "03_mfcc", "05_split_and_scale")  # every widget but one, sounds, tables, figures
TINY = '''# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   ser: {title: "Tiny: a lesson", goals: ["add"], needs: "nothing", minutes: 1, keep: "print(1)"}
# ---
# %% [markdown]
# # 10 · Tiny
#
# <!-- question sum -->
# **What do you expect?** One and one?
#
# <details><summary>A. `2`</summary>
#
# Yes: two.
# </details>
# <details><summary>B. 11</summary>
#
# That is how text is added.
# </details>
# %% tags=["setup"]
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Audio
from ser_helpers import audio, check, corpus, plots, widgets
print(corpus.lesson_clips().attrs["source"])
# %%
widgets.question("10_tiny", "sum")
# %% [markdown]
# ### Exercise 1: `double`
# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    twice_the_argument = x + x
    return twice_the_argument
    ### END SOLUTION
# %% nbgrader={"grade_id": "double-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    expect.equal(double(1), 2, "double(1)")
    ### BEGIN HIDDEN TESTS
    expect.equal(double(-4), -8, "negative numbers double, too")
    ### END HIDDEN TESTS
# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Add it to itself.
# </details>
#
# | a | b |
# |---|---|
# | 1 | 2 |
#
# ## Where it leads
#
# [A word](../glossary.md#frame), [a file that is not here](../../data/README.md).
# %%
print("twenty-one doubled:", double(21))
print("<b>no tag</b>")
# %%
Audio(np.zeros(800, dtype="float32"), rate=16000, normalize=False)
# %%
plots.describe(plt.figure(figsize=(2, 1)), "An empty figure.")
# %%
ipywidgets.interactive(lambda n: print("moved to", n), n=ipywidgets.IntSlider(value=3, max=9, description="Number"))
# %%
widgets.split_explorer()
# %%
check("10_tiny")
# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 2}
# Because adding a number to itself doubles it.
'''


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """A place of our own for lessons that ran, and a name for recordings that must never be looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("CREMA_D_HOME", "/a folder that the lessons would complain about")
        yield


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A course of one lesson and a glossary of one word."""
    root = tmp_path_factory.mktemp("tiny")
    script = root / "solutions" / "10_tiny" / "10_tiny.py"
    script.parent.mkdir(parents=True)
    script.write_text(TINY, encoding="utf-8")
    (root / "solutions" / "glossary.md").write_text("# Glossary\n\nWords.\n\n## frame\nA piece of a sound.\n")
    site.make(root=root)
    return root


def page(root, name="10_tiny"):
    return (root / "site" / f"{name}.html").read_text(encoding="utf-8")


def test_a_page_holds_text_code_and_what_it_printed_and_the_exercise_unsolved(tiny):
    text = page(tiny)
    assert "raise</span> <span" in text and "not answered yet" in text and "twenty-one doubled: 42" in text
    assert "twice_the_argument" not in text and "double(-4)" not in text and "Because adding" not in text
    assert "&lt;b&gt;no tag&lt;/b&gt;" in text and ">practice\n<" in text
    assert '<h2 id="where-it-leads">' in text and '<a href="glossary.html#frame">A word</a>' in text
    assert "<a>a file that is not here</a>" in text and "Code worth keeping" in text
    assert '<details class="hint"><summary>Hint 1: a nudge</summary>' in text
    assert "frame" in page(tiny, "glossary") and 'href="10_tiny.html"' in page(tiny, "index")


def test_a_question_works_by_itself_and_a_widget_stands_still(tiny):
    text = page(tiny)
    assert re.search(r'<div class="question">\s*<p><strong>What do you expect\?.*?<code>2</code></summary>', text, re.S)
    assert "widgets.question" not in text and "check(&quot;10_tiny&quot;)" not in text and "run this cell" not in text
    assert "moved to 3" in text and "move this yourself: number." in text
    assert 'aria-label="Split explorer"' in text and "test clips right, random clips" in text


def test_sounds_and_described_figures_are_files_of_the_site(tiny):
    text = page(tiny)
    (sound,) = re.findall(r'<audio controls [^>]*src="(files/\w+\.wav)"', text)
    pictures = re.findall(r'<img alt="An empty figure\." [^>]*src="(files/\w+\.png)" height="\d+"', text)
    assert len(pictures) == 2 and "base64" not in text.partition('class="ser-panel"')[0]
    assert all((tiny / "site" / name).stat().st_size for name in [sound, *pictures])


def test_a_second_run_runs_nothing_and_makes_the_same_bytes(tiny, tmp_path, capsys):
    site.make(tmp_path / "again", root=tiny)
    assert re.findall(r"10_tiny +as before", capsys.readouterr().out)
    first, again = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tiny / "site", tmp_path / "again")
    )
    assert first == again


def test_solutions_come_when_asked_for_and_hidden_tests_never(tiny, tmp_path):
    site.make(tmp_path / "solved", solutions=True, root=tiny)
    text = (tmp_path / "solved" / "10_tiny.html").read_text(encoding="utf-8")
    assert "twice_the_argument" in text and "Because adding" in text and "BEGIN SOLUTION" not in text
    assert "negative numbers" not in text and "HIDDEN" not in text


@pytest.mark.parametrize("name", ["thesis.tex", "index.html"])
def test_a_folder_with_other_things_is_left_alone(tiny, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(CourseError, match="Name a folder that is new or empty"):
        site.make(tmp_path, root=tiny)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_cannot_be_made_is_said_in_a_sentence(tiny, tmp_path):
    with pytest.raises(CourseError, match="made from solutions/"):
        site.make(root=tmp_path)
    script = tmp_path / "solutions" / "10_tiny" / "10_tiny.py"
    shutil.copytree(tiny / "solutions", tmp_path / "solutions")
    script.write_text(TINY.replace('print("<b>', 'import numpi\nprint("<b>'), encoding="utf-8")
    with pytest.raises(CourseError, match=r"10_tiny does not run to its end.*No module named 'numpi'"):
        site.make(root=tmp_path)
    assert not (tmp_path / "site").exists()


def test_links_that_lead_nowhere_stop_it(tiny, tmp_path):
    shutil.copytree(tiny / "solutions", tmp_path / "solutions")
    (tmp_path / "solutions" / "glossary.md").write_text("# Glossary\n\nWords.\n\n## window\nAnother.\n")
    with pytest.raises(CourseError, match=r"10_tiny\.html: glossary\.html#frame is no place there"):
        site.make(root=tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_solution_or_hidden_test_is_on_a_page(name):
    """The text of each lesson; its outputs are those that the learner's own cells show."""
    source = nbformat.read(places.CHECKOUT / "solutions" / name / f"{name}.ipynb", as_version=4)
    html = site.text_of(source, source, site.Site())
    text = unescape(re.sub(r"<[^>]*>", "", html))
    assert len(text) > 5000 and "raise NotImplementedError" in text
    assert not [line for line in lint.secrets(source) if line in text]
    assert not re.search(r"\$[^$\n]*[\\^_][^$\n]*\$", text), "a formula: let site.markdown turn it into MathML first"


# In a browser


def in_a_browser(test):
    """Three lessons run for the first of these."""
    return pytest.mark.browser(pytest.mark.timeout(300)(test))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The pages of three lessons of the course."""
    root = tmp_path_factory.mktemp("three")
    for name in ("README.md", "solutions/glossary.md", "data/results/crema-d/original_leak_meter.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(places.CHECKOUT / name, root / name)
    for name in THREE:
        shutil.copytree(places.CHECKOUT / "solutions" / name, root / "solutions" / name)
    site.make(root=root)
    return root / "site"


@pytest.fixture
def offline(browser):
    """offline(width, scheme): a page without a network, and the list of what it asked other hosts for."""
    contexts = []

    def open_page(width, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
        contexts.append(context)
        page, asked = context.new_page(), []
        page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else asked.append(one.url))
        return page, asked

    yield open_page
    for context in contexts:
        context.close()


@in_a_browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1366, "light")])
def test_every_page_opens_from_a_file_fits_the_screen_and_keeps_nobody_out(built, offline, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page, asked = offline(width, scheme)
    for path in sorted(built.glob("*.html")):
        page.goto(path.as_uri())
        page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert len(list(built.glob("*.html"))) == len(THREE) + 3 and not asked


@in_a_browser
def test_sounds_play_figures_show_and_dark_stays_dark(built, offline):
    page, asked = offline(390)
    page.goto((built / "00_start_here.html").as_uri())
    page.evaluate("for (const sound of document.querySelectorAll('audio')) { sound.preload = 'auto'; sound.load(); }")
    assert page.locator("audio").count() >= 3
    for sound in page.locator("audio").all():
        sound.evaluate("async sound => { sound.muted = true; await sound.play(); }")
        assert sound.evaluate("sound => sound.duration") > 0.5
    for picture in page.locator(".ser-figure img:visible").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 100
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    page.get_by_role("link", name="03 MFCC").last.click()
    assert page.title().startswith("MFCC") and page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert page.locator(".ser-figure img:visible").count() == page.locator(".ser-figure").count() and not asked


@in_a_browser
def test_the_search_finds_and_leads_there(built, offline):
    page, asked = offline(390)
    page.goto((built / "index.html").as_uri())
    page.get_by_role("searchbox").fill("leak")
    page.get_by_role("searchbox").press("Enter")
    assert re.match(r"\d+ places hold “leak”", page.get_by_role("status").inner_text())
    page.locator("#found a").first.click()
    assert "leak" in page.locator("main").inner_text().lower()
    page.goto((built / "search.html").as_uri() + "?q=%3Cimg%20src=x%20onerror=alert(1)%3E")
    assert page.get_by_role("status").inner_text().startswith("No places hold “<img")
    assert not asked
