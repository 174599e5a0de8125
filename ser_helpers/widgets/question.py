"""A guess before the answer: the choices of a lesson's question as a form. Lessons 00 to 09.

The question, its choices and their explanations stand in the lesson's text, which needs no kernel. The form takes the
place of its choices (question.css): it takes a guess, then shows what the text says of it, and of the others.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import anywidget
import traitlets
from markdown_it import MarkdownIt

from .. import places

CHOICE = re.compile(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)
# A paragraph that begins in bold, and two choices or more right below it.
QUESTION = re.compile(
    r"^\*\*[^\n]+\n(?:[^\n]+\n)*\n(?:<details><summary>(?:(?!</details>).)*</details>\s*){2,}", re.M | re.S
)
TEXT = MarkdownIt("commonmark", {"html": False})  # a tag in an explanation comes out as text
HERE = Path(__file__).parent
_guesses: dict[tuple[str, int], int] = {}  # a cell that runs again shows the guess that was made


class Question(anywidget.AnyWidget):
    """The form behind `question`."""

    _esm = (HERE / "question.js").read_text(encoding="utf-8")
    _css = "".join((HERE / name).read_text(encoding="utf-8") for name in ("panel.css", "question.css"))
    choices = traitlets.List().tag(sync=True)  # a label and an explanation each, as HTML
    guess = traitlets.Int(-1).tag(sync=True)  # the place of the choice; -1 before the guess

    def __init__(self, lesson: str, number: int, choices: list[dict]):
        self.key = lesson, number
        super().__init__(choices=choices, guess=_guesses.get(self.key, -1))

    def __repr__(self) -> str:  # what shows where widgets cannot
        return "Open the choice above that you would bet on; its explanation is inside."

    @traitlets.observe("guess")
    def _keep(self, change):
        _guesses[self.key] = change["new"]


def question(lesson: str, number: int) -> Question | None:
    """A form for the guess at a question of a lesson, for the cell right below that question.

    Parameters
    ----------
    lesson : str
        For example ``"03_mfcc"``; read from ``lessons/`` on this disk.
    number : int
        Counted from 1 at the top of the lesson, expectations and quiz alike.

    Returns
    -------
    Question or None
        None, and a sentence printed, where the lesson or the question is not found: the text above serves as well.

    Notes
    -----
    Every lesson uses it. The guess stays in the kernel's memory, and the choices work without a mouse.

    Examples
    --------
    >>> [choice["label"][:2] for choice in question("03_mfcc", 2).choices][:2]
    ['A.', 'B.']
    """
    try:
        found = questions(lesson)
    except (OSError, ValueError, KeyError):  # moved, renamed or damaged
        print(f"lessons/{lesson}/{lesson}.ipynb cannot be read here. Open a choice in the text above instead.")
        return None
    if not 1 <= number <= len(found):
        print(f"{lesson} has {len(found)} questions and no number {number}. Open a choice in the text above instead.")
        return None
    choices = [
        {"label": TEXT.renderInline(label), "explanation": TEXT.render(explanation)}
        for label, explanation in CHOICE.findall(found[number - 1])
    ]
    return Question(lesson, number, choices)


def questions(lesson: str) -> list[str]:
    """The markdown of each question of a lesson with its choices, from the top; ladders of hints are none.

    Examples
    --------
    >>> questions("03_mfcc")[0][:23]
    '**What do you expect?**'
    """
    path = places.course_folder() / "lessons" / lesson / f"{lesson}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [match for text in texts for match in QUESTION.findall(text)]
