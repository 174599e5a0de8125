"""A guess before the answer: the choices of a lesson's question as a form. Lessons 00 to 10.

The question, its choices and their explanations stand in the lesson's text, which needs no kernel. The form takes the
place of its choices (question.css): it takes a guess, marks the right choice, then shows what the text says of it, and
of the others. The guess is kept in a small file beside the notebook, never in the notebook.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from markdown_it import MarkdownIt

from .. import places
from .panel import page_code

CHOICE = re.compile(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)
# Its id in a comment, a paragraph that begins in bold, and two choices or more right below it.
QUESTION = re.compile(
    r"^<!-- question (\S+) -->\n(\*\*[^\n]+\n(?:[^\n]+\n)*\n"
    r"(?:<details><summary>(?:(?!</details>).)*</details>\s*){2,})",
    re.M | re.S,
)
TEXT = MarkdownIt("commonmark", {"html": False})  # a tag in an explanation comes out as text
GUESSES = ".guesses.json"  # {lesson: {question: place of the choice}}; git and nbgrader leave it out
_guesses: dict[str, dict[str, int]] = {}  # those of this kernel, for a folder that cannot be written


class Question(anywidget.AnyWidget):
    """The form behind `question`."""

    _esm = page_code("question.js")
    _css = page_code("panel.css", "question.css")
    choices: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)  # see `question`
    guess = traitlets.Int(
        -1
    )  # the place of the choice; -1 before the guess. What is synced may be saved in the notebook

    def __init__(self, lesson: str, name: str, choices: list[dict]):
        self.key = lesson, name
        made = (_kept().get(lesson, {}) | _guesses.get(lesson, {})).get(name, -1)
        super().__init__(choices=choices, guess=made if made in range(len(choices)) else -1)
        self.on_msg(self._receive)

    def __repr__(self) -> str:  # what shows where widgets cannot
        return "Open the choice above that you would bet on; its explanation is inside."

    def _receive(self, _, message: dict, buffers: list) -> None:
        """A page that shows the form anew asks for the guess; one in which it was made tells it."""
        if "guess" in message and self.guess < 0:
            self.guess = message["guess"]
        self.send({"guess": self.guess})

    @traitlets.observe("guess")
    def _keep(self, change: dict) -> None:
        lesson, name = self.key
        _guesses.setdefault(lesson, {})[name] = change["new"]
        kept = _kept()
        kept[lesson] = {**kept.get(lesson, {}), name: change["new"]}
        with suppress(OSError):  # then it lasts as long as the kernel
            (places.notebook_folder() / GUESSES).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _kept() -> dict[str, dict[str, int]]:
    """The guesses in the file; none where it is missing or was damaged."""
    try:
        kept = json.loads((places.notebook_folder() / GUESSES).read_text(encoding="utf-8"))
        return {lesson: dict(guesses) for lesson, guesses in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def question(lesson: str, name: str) -> Question | None:
    """A form for the guess at a question of a lesson, for the cell right below that question.

    Parameters
    ----------
    lesson : str
        For example ``"03_mfcc"``.
    name : str
        What stands in the comment right above the question: ``<!-- question sample-rate -->``.

    Returns
    -------
    Question or None
        None, and a sentence printed, where the lesson or the question is not found: the text above serves as well.

    Notes
    -----
    Every lesson uses it. The explanation of the right choice begins with "Yes". The guess is kept in ``.guesses.json``
    beside the notebook (in the kernel's memory, where that cannot be written), and the choices work without a mouse.

    Examples
    --------
    >>> [choice["label"][:2] for choice in question("03_mfcc", "sample-rate").choices][:2]
    ['A.', 'B.']
    """
    try:
        found = questions(lesson)
    except (OSError, ValueError, KeyError):  # moved, renamed or damaged
        print(f"{lesson}.ipynb cannot be read here. Open a choice in the text above instead.")
        return None
    if name not in found:
        there = ", ".join(_nearest_first(str(name), found)) or "none with a name"
        print(f"{lesson} has no question {name!r}, but {there}. Open a choice in the text above instead.")
        return None
    choices = [
        {
            "label": TEXT.renderInline(label),
            "explanation": TEXT.render(explanation),
            "right": re.match(r"Yes\b", explanation) is not None,
        }
        for label, explanation in CHOICE.findall(found[name])
    ]
    return Question(lesson, name, choices)


def questions(lesson: str) -> dict[str, str]:
    """The markdown of each question of a lesson with its choices, by name, from the top; ladders of hints are none.

    Examples
    --------
    >>> questions("03_mfcc")["sample-rate"][:2]
    '**'
    """
    cells = json.loads(_notebook(lesson).read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return {name: text for cell in texts for name, text in QUESTION.findall(cell)}


def _notebook(lesson: str) -> Path:
    """The notebook that this kernel belongs to when its name begins with the lesson's, else the one in ``lessons/``."""
    opened = Path(os.environ.get("JPY_SESSION_NAME", ""))  # what Jupyter calls the notebook of this kernel
    if opened.name.startswith(lesson) and opened.is_file():
        return opened
    return places.course_folder() / "lessons" / lesson / f"{lesson}.ipynb"


def _nearest_first(name: str, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda other: -difflib.SequenceMatcher(None, name, other).ratio())
