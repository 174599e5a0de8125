"""`ser slides`: a deck for each lesson, made from the cells of the lesson itself, one file that needs no network.

A rule decides, and no lesson says twice what it holds. A heading makes a slide, with the paragraph below it; so does a
question, a picture, a sound, a sentence that the lesson computes, the code of a worked example, and an exercise with what its
function promises. The rest of a lesson's text is for reading, and what solves an exercise is on no slide. Voices are the practice
voices, as a deck is easily handed on; with recordings of people in it, its first slide says so.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

import nbformat
from markupsafe import Markup
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from ... import corpus, places
from ...errors import CourseError
from ..authoring import pages, release, run
from . import game

QUESTION = re.compile(r"<!-- question [\w-]+ -->\n")
HEADING = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
UNREAD = ("Further reading", "Is my set-up right?", "Handing in")  # sections that nobody projects
LONGEST = 18  # lines of code on a slide
PRACTICE = "The voices are synthetic; no recording of a person is in these slides."
PEOPLE = "These slides hold recordings of {}. {} Who hands them on names it: {}"


class Slide(NamedTuple):
    """One slide: what kind, under which heading it stands, and what is on it."""

    kind: str
    heading: str
    html: Markup


def html_of(markdown: str) -> Markup:
    """Markdown as on a slide: no anchors, and no links to files that are not beside it.

    Examples
    --------
    >>> html_of("An [MFCC](../glossary.md#mfcc)")
    Markup('<p>An MFCC</p>')
    """
    text = re.sub(r'<a class="anchor-link".*?</a>', "", markdown2html(markdown))
    return Markup(re.sub(r'<a href="(?!https?:)[^"]*">(.*?)</a>', r"\1", text).strip())


def slides_of(notebook: NotebookNode) -> list[Slide]:
    """The slides of a solved lesson that has run.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs, and the lesson's header in ``metadata["ser"]``.

    Examples
    --------
    >>> import nbformat
    >>> cells = [nbformat.v4.new_markdown_cell("## Noise\\n\\nA window opens.\\n\\nMore to read.")]
    >>> lesson = nbformat.v4.new_notebook(cells=cells, metadata={"ser": {"goals": ["hear"], "minutes": 5}})
    >>> [(slide.kind, slide.heading, slide.html.striptags()) for slide in slides_of(lesson)]
    [('section', 'Noise', 'A window opens.')]
    """
    found: list[Slide] = []
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader"):
            for slide in _of_text(cell.source, heading, notebook.metadata["ser"]):
                heading = heading if slide.kind == "goals" else slide.heading
                found.append(slide)
        elif cell.cell_type == "code":
            for slide in _of_code(cell, heading):
                if found and (slide.kind, found[-1].kind) == ("code", "exercise"):  # what is asked, and its function
                    slide = Slide("exercise", heading, found.pop().html + slide.html)
                found.append(slide)
    return [slide for slide in found if slide.html and slide.heading not in UNREAD]


def _of_text(source: str, heading: str, about: NotebookNode) -> Iterator[Slide]:
    text, *questions = QUESTION.split(source)
    parts = HEADING.split(text)[1:]  # then three by three: level, heading, text
    for level, title, below in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        heading = re.sub("[*`]", "", title)
        paragraphs = [
            part for part in below.strip().split("\n\n") if not part.startswith(("<details>", "**You will learn to**"))
        ]
        if level == "#":
            yield Slide("title", heading, html_of("\n\n".join(paragraphs)))
            yield Slide("goals", "You will learn to", html_of("\n".join(f"- {goal}" for goal in about["goals"])))
            continue
        n = 1 + sum(
            1 for _ in itertools.takewhile(lambda part: part.endswith(":"), paragraphs)
        )  # a colon wants what follows
        shown = paragraphs if heading == "Take-away" else paragraphs[:n]
        kind = "exercise" if heading.startswith("Exercise") else "section"
        yield Slide(kind, heading, html_of("\n\n".join(shown)))
    for question in questions:
        yield Slide("question", heading, html_of(question))


def _of_code(cell: NotebookNode, heading: str) -> Iterator[Slide]:
    shown = [html for output in cell.get("outputs", ()) if (html := _seen_or_heard(output))]
    if cell.metadata.get("nbgrader", {}).get("solution"):
        yield Slide("code", heading, _code(cell.source.partition("### BEGIN SOLUTION")[0]))
    elif "worked example" in heading.lower() and len(cell.source.splitlines()) <= LONGEST:
        printed = "".join(output.text for output in cell.get("outputs", ()) if output.output_type == "stream")
        yield Slide("code", heading, _code(cell.source) + (_code(printed) if printed else Markup()))
    if shown:
        yield Slide("figure", heading, Markup("\n").join(shown))


def _seen_or_heard(output: NotebookNode) -> Markup:
    """A picture, a sound, a short table or a sentence that a cell has made; nothing of anything else."""
    data = output.get("data", {})
    if "text/markdown" in data:
        return html_of(data["text/markdown"])
    html = data.get("text/html", "")
    table = 'class="dataframe"' in html and html.count("<tr") <= LONGEST // 2
    return Markup(html if table or "ser-figure" in html or "<audio" in html else "")


def _code(source: str) -> Markup:
    return Markup(f"<pre><code>{escape(source.strip())}</code></pre>")


def deck(notebook: NotebookNode, voices: str = PRACTICE) -> str:
    """A page with the slides of a lesson: arrow keys or space turn them, printed it is a page a slide.

    Parameters
    ----------
    notebook : NotebookNode
        As for `slides_of`.
    voices : str
        Whose they are, for the first slide.
    """
    return game.PAGES.get_template("slides.html.j2").render(
        title=notebook.metadata["ser"]["title"], slides=slides_of(notebook), voices=voices, colours={}
    )


def whose_voices(recordings: bool) -> str:
    """What a deck says of its voices.

    Raises
    ------
    CourseError
        When recordings are wanted, and lessons find none that they can use.

    Examples
    --------
    >>> whose_voices(recordings=False)
    'The voices are synthetic; no recording of a person is in these slides.'
    """
    if not recordings:
        return PRACTICE
    part = corpus.CORPORA[corpus.lesson_clips().attrs["source"]]
    if not part.people:
        raise CourseError(
            "There are no recordings on this disk that lessons could use. `ser fetch --mini` brings some; without --recordings, "
            "slides have the practice voices."
        )
    return PEOPLE.format(part.title, part.licence, part.attribution)


def make(lessons: list[str], to: Path, root: Path | None = None, recordings: bool = False) -> int:
    """`ser slides`: run the lessons, write a deck of each.

    Parameters
    ----------
    lessons : list of str
        All, when there is none in it.
    to : Path
        A folder.
    recordings : bool
        Let lessons use the recordings on this disk, and say so in the deck; else they use the practice voices.

    Raises
    ------
    CourseError
        When there is no such lesson, no ``solutions/``, from which lessons run to their end, a lesson does not run, or there are
        no recordings where some are wanted.
    """
    root = root or places.course_folder()
    known = release.lesson_names(root)
    if unknown := [lesson for lesson in lessons if lesson not in known]:
        have = ", ".join(known) or "none, as there is no solutions/ here, from which slides are made"
        raise CourseError(f"There is no lesson {', '.join(unknown) or 'at all'}: {have}.")
    if not known:
        raise CourseError("Slides are made from solutions/, which is not here: take a clone of the course.")
    voices, folder = whose_voices(recordings), places.writable_folder(to, "--to")
    for lesson in lessons or [name for name in known if name < pages.TRIALS]:
        start, source = time.perf_counter(), root / "solutions" / lesson / f"{lesson}.ipynb"
        notebook = nbformat.read(source, as_version=4)
        run.run_for_readers(notebook, source.parent, recordings)
        page = folder / f"{lesson}.html"
        page.write_text(deck(notebook, voices), encoding="utf-8")
        print(f"{page}: {len(slides_of(notebook))} slides, {time.perf_counter() - start:.0f} s", flush=True)
    print(voices)
    return 0
