"""Slides hold what a lesson shows and asks, and never what solves an exercise; a deck opens with the network cut."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import soundfile

from ser_helpers import corpus
from ser_helpers.__main__ import main
from ser_helpers.course.authoring import release
from ser_helpers.course.classroom import slides

ROOT = Path(__file__).resolve().parents[2]
LESSON = "05_split_and_scale"


@pytest.fixture(scope="module", params=release.lesson_names(ROOT))
def lesson(request):
    """Each solved lesson as it is committed, without outputs."""
    return nbformat.read(ROOT / "solutions" / request.param / f"{request.param}.ipynb", as_version=4)


def test_every_question_and_exercise_is_on_a_slide_and_no_solution(lesson):
    made = slides.slides_of(lesson)
    text = "".join(cell.source for cell in lesson.cells)
    assert [slide.kind for slide in made].count("title") == 1 and made[-1].heading == "Take-away"
    assert [slide.heading for slide in made if slide.kind == "goals"] == ["You will learn to"]
    assert not [slide for slide in made if slide.kind == "section" and len(slide.html.striptags().split()) > 130]
    questions = [slide.html for slide in made if slide.kind == "question"]
    assert len(questions) == len(re.findall("<!-- question", text))
    assert all("Yes" in question and question.count("<details>") >= 2 for question in questions)
    on_slides = "".join(slide.html.unescape() for slide in made)
    for cell in lesson.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            head, solution = cell.source.split("### BEGIN SOLUTION")
            assert head.strip() in on_slides
            solution = solution.split("### END SOLUTION")[0].strip()
            assert solution not in on_slides
    assert not re.search(r"HIDDEN|Hint \d|Model answer|href=\"(?!https?:)", on_slides)


def test_what_a_cell_has_made_is_shown_under_its_heading():
    described = (
        '<figure class="ser-figure"><img alt="A line that rises."><figcaption>A line that rises.</figcaption></figure>'
    )
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": described, "text/plain": "A line that rises."}),
        nbformat.v4.new_output("display_data", {"text/markdown": "It is **41 %**."}),
        nbformat.v4.new_output("display_data", {"text/html": "<b>a widget</b>", "text/plain": "a widget"}),
        nbformat.v4.new_output("stream", name="stdout", text="printed"),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("## Noise\n\n### A worked example: <b>"),
        nbformat.v4.new_code_cell("print(1 < 2)", outputs=outputs),
    ]
    made = slides.slides_of(nbformat.v4.new_notebook(cells=cells, metadata={"ser": {}}))
    assert [(slide.kind, slide.heading) for slide in made] == [
        (kind, "A worked example: <b>") for kind in ("code", "figure")
    ]
    assert "print(1 &lt; 2)" in made[0].html and "printed" in made[0].html
    assert described in made[1].html and "<strong>41 %</strong>" in made[1].html and "widget" not in made[1].html


def test_a_lesson_that_is_not_there_is_said(capsys, monkeypatch, tmp_path):
    assert main(["slides", "99_nowhere"]) == 2
    assert "There is no lesson 99_nowhere" in capsys.readouterr().err
    (tmp_path / "lessons").mkdir()
    monkeypatch.setenv("SER_COURSE", str(tmp_path))  # as a learner has it
    assert main(["slides", LESSON]) == 2 and "no solutions/ here" in capsys.readouterr().err


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A course of one small lesson that shows whose voices it uses, and recordings of CREMA-D by name: small(code) writes it."""
    table = corpus.clip_table()
    clips = table[table["speaker"].isin(table["speaker"].unique()[:4]) & (table["sentence"] == "IEO")]["clip"]
    for name in ("AudioWAV", "lessons"):
        (tmp_path / name).mkdir()
    for clip in clips:
        soundfile.write(tmp_path / "AudioWAV" / f"{clip}.wav", np.zeros(16000, "int16"), 16000)
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    monkeypatch.setenv("SER_COURSE", str(tmp_path))
    assert corpus.lesson_clips().attrs["source"] == "crema-d"

    def write(code: str) -> None:
        cells = [nbformat.v4.new_markdown_cell("# 10 · Small\n\nWords."), nbformat.v4.new_code_cell(code)]
        lesson = nbformat.v4.new_notebook(
            cells=cells, metadata={"ser": {"title": "Small", "goals": ["see"], "minutes": 5}}
        )
        folder = tmp_path / "solutions" / "10_small"
        folder.mkdir(parents=True)
        (folder / "10_small.py").touch()
        nbformat.write(lesson, folder / "10_small.ipynb")

    return write


WHOSE = """from IPython.display import Markdown
from ser_helpers import corpus
Markdown("These are " + corpus.lesson_clips().attrs["source"])"""


def test_recordings_of_people_are_in_a_deck_only_when_asked_for_and_it_says_so(small, tmp_path, monkeypatch, capsys):
    small(WHOSE)
    for words, source, said in (
        ([], "practice", "no recording of a person is in these slides"),
        (["--recordings"], "crema-d", "hold recordings of CREMA-D. CREMA-D is under the Open Database License 1.0"),
    ):
        assert main(["slides", "--to", str(tmp_path / "talk"), *words]) == 0
        page = (tmp_path / "talk" / "10_small.html").read_text(encoding="utf-8")
        assert f"These are {source}" in page and said in page and said in capsys.readouterr().out
    monkeypatch.delenv("CREMA_D_HOME")
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    assert main(["slides", "--recordings"]) == 2 and "no recordings on this disk" in capsys.readouterr().err


def test_a_lesson_that_does_not_run_ends_in_a_sentence(small, tmp_path, capsys):
    small("import numpi")
    assert main(["slides", "--to", str(tmp_path / "talk")]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("ser: 10_small does not run to its end") and said.endswith("No module named 'numpi'")
    assert not list((tmp_path / "talk").iterdir())


@pytest.mark.long
@pytest.mark.browser
def test_a_deck_opens_from_a_file_and_asks_nobody(browser, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    assert main(["slides", LESSON, "--to", str(tmp_path)]) == 0
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    page, asked, errors = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.goto((tmp_path / f"{LESSON}.html").as_uri())
    assert {address.partition(":")[0] for address in asked} <= {"file", "data"} and not errors
    figures = page.locator(".ser-figure img:visible")
    assert figures.count() >= 3
    assert all(len(figure.get_attribute("alt")) > 40 for figure in figures.all())
    found = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert not [(one["id"], one["nodes"]) for one in found]
    too_large = "slides.filter((one) => one.scrollWidth > one.clientWidth || one.offsetHeight > innerHeight).map((one) => one.id)"
    assert page.evaluate(too_large) == []
    for key, here in (("ArrowRight", "2"), ("Space", "3"), ("ArrowLeft", "2"), ("PageDown", "3")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == here and page.url.endswith(f"#{here}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # a choice of the question on slide 3
    assert page.locator("section[id='3'] details[open]").count() == 1
    pages = re.findall(rb"/Type /Pages\n/Count (\d+)", page.pdf(prefer_css_page_size=True))
    assert max(map(int, pages)) == page.evaluate("slides.length")  # printed, a page a slide
