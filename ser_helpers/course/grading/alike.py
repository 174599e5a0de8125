"""Answers alike: pairs of submissions that share passages which the exercise does not explain. A place to look, no verdict.

A passage is a number of tokens in a row; what somebody named anew counts as the same. Out of it stays what the lesson or
its solution holds, what the bank of known answers holds, and what many of the class have in common. Pygments reads the code.
"""

from __future__ import annotations

import ast
import itertools
import re
import warnings
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jupytext
import nbformat
from markupsafe import Markup
from nbformat import NotebookNode
from pygments.lexers import PythonLexer
from pygments.token import Token

from ...places import CLASSROOM
from ..check import exercise_of
from . import records
from .feedback import render
from .records import shown
from .reports import FOLDER

LENGTH = 12, 6  # tokens of code, words of a text or a comment, that make a passage
COUNTS = 1, 2  # what each of them weighs
LEAST = 30  # what two must share
MOST = 6  # students; what more of them share, nobody has from one other
OWN = "cells of one's own"
Piece = tuple[int, int, str]  # where a token begins and ends, and what it is taken for
BANK = Path("tests", "submissions")


class Answer(NamedTuple):
    """What a student wrote in one cell."""

    exercise: str
    text: str
    is_code: bool


@cache
def pieces(text: str, is_code: bool) -> tuple[list[Piece], list[Piece]]:
    """The tokens of a program, names that it makes up itself as one; and the words of its comments, or of a plain text.

    Examples
    --------
    >>> code, words = pieces("total = sum(y)  # all of it", is_code=True)
    >>> [token for _, _, token in code], [word for _, _, word in words]
    (['name', '=', 'sum', '(', 'y', ')'], ['all', 'of', 'it'])
    """
    if not is_code:
        return [], _words(text, 0)
    own = _named_here(text)
    code: list[Piece] = []
    words: list[Piece] = []
    for start, kind, token in PythonLexer().get_tokens_unprocessed(text):
        if kind in Token.Comment:
            words += _words(token, start)
        elif token.strip():
            renamed = kind in Token.Name if own is None else token in own
            code.append((start, start + len(token), "name" if renamed else token))
    return code, words


def _words(text: str, start: int) -> list[Piece]:
    return [(start + one.start(), start + one.end(), one[0].casefold()) for one in re.finditer(r"\w+", text)]


def _named_here(text: str) -> set[str] | None:
    """Names that a program binds; None where Python cannot read it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@cache
def passages(text: str, is_code: bool) -> dict[str, list[tuple[int, int]]]:
    """Every passage of a text, and where it stands: among its tokens (0) or words (1), from which on."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for kind, (stream, length) in enumerate(zip(pieces(text, is_code), LENGTH, strict=True)):
        for first in range(len(stream) - length + 1):
            found["\0".join(token for *_, token in stream[first : first + length])].append((kind, first))
    return found


def explained(lesson: str, bank: bool = True) -> set[str]:
    """Passages that need no other student: of the lesson, its solution, and the bank of known answers."""
    rooms = [Path(room, lesson, f"{lesson}.ipynb") for room in ("lessons", "solutions")]
    books = [nbformat.read(file, as_version=4) for file in rooms]
    if bank and (file := BANK / lesson / "answers.py").exists():
        books.append(jupytext.read(file))
    texts = [(cell.source, cell.cell_type == "code") for book in books for cell in book.cells]
    return {passage for text in texts for passage in passages(*text)}


def answers(notebook: NotebookNode) -> list[Answer]:
    """What is a student's own in a marked notebook."""
    found = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution") or "ser" in cell.metadata:
            exercise = exercise_of(about.get("grade_id", "")) or OWN
            found.append(Answer(exercise, cell.source, cell.cell_type == "code"))
    return found


def pairs(own: dict[str, list[Answer]], known: set[str]) -> list[tuple[str, str, set[str]]]:
    """Who shares what, most first.

    Parameters
    ----------
    own : dict
        By student, from `answers`.
    known : set of str
        From `explained`.

    Returns
    -------
    list of (student, student, passages)
        Pairs whose shared passages cover enough of both.
    """
    who: dict[str, set[str]] = defaultdict(set)
    for student, texts in own.items():
        for answer in texts:
            for passage in passages(answer.text, answer.is_code).keys() - known:
                who[passage].add(student)
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for passage, students in who.items():
        if 2 <= len(students) <= MOST:
            for two in itertools.combinations(sorted(students), 2):
                shared[two].add(passage)
    weighed = [(min(_weight(own[one], common) for one in two), two, common) for two, common in shared.items()]
    weighed.sort(key=lambda one: (-one[0], one[1]))
    return [(*two, common) for weight, two, common in weighed if weight >= LEAST]


def _shared(answer: Answer, common: set[str]) -> set[tuple[int, int, int]]:
    """The tokens (0) and words (1) that lie in one of the passages, and where they begin and end."""
    streams, found = pieces(answer.text, answer.is_code), passages(answer.text, answer.is_code)
    return {
        (kind, start, end)
        for passage in common & found.keys()
        for kind, first in found[passage]
        for start, end, _ in streams[kind][first : first + LENGTH[kind]]
    }


def _weight(texts: list[Answer], common: set[str]) -> int:
    """How much of these texts lies in one of the passages."""
    return sum(COUNTS[kind] for answer in texts for kind, *_ in _shared(answer, common))


def marked(answer: Answer, common: set[str]) -> Markup:
    """A text as HTML, with what of it lies in one of the passages marked; what only space parts is marked as one."""
    page, here, text = Markup(), 0, answer.text
    places: list[tuple[int, int]] = []
    for _, start, end in sorted(_shared(answer, common), key=lambda one: one[1:]):
        if places and not text[places[-1][1] : start].strip():
            start = places.pop()[0]
        places.append((start, end))
    for start, end in places:
        page += Markup("{}<mark>{}</mark>").format(text[here:start], text[start:end])
        here = end
    return page + text[here:]


def write(lesson: str) -> tuple[Path, list[tuple[str, str, set[str]]]]:
    """Write the page with all pairs side by side; its path, and the pairs.

    Raises
    ------
    CourseError
        When nothing of this lesson has been graded.
    """
    own: dict[str, list[Answer]] = {}
    for record in records.load_graded(lesson):
        file = CLASSROOM / "autograded" / record.student / lesson / f"{lesson}.ipynb"
        if file.exists():
            own[record.student] = answers(nbformat.read(file, as_version=4))
    found = pairs(own, explained(lesson))
    shows = [_shown(one, other, common, own) for one, other, common in found]
    source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
    page = FOLDER / lesson / "alike.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    words = {"title": source.metadata["ser"]["title"], "pairs": shows, "n_students": len(own), "most": MOST}
    page.write_text(render("alike.html.j2", **words), encoding="utf-8")
    return page, found


def _shown(one: str, other: str, common: set[str], own: dict[str, list[Answer]]) -> dict[str, object]:
    """A pair as the page has it: for each exercise with a shared passage, what both wrote."""
    rows: dict[str, list[tuple[str, list[tuple[Markup, bool]]]]] = {}
    touched = {answer.exercise for student in (one, other) for answer in own[student] if _shared(answer, common)}
    for student in (one, other):
        for exercise in dict.fromkeys(answer.exercise for answer in own[student] if answer.exercise in touched):
            texts = [answer for answer in own[student] if answer.exercise == exercise]
            shows = [(marked(answer, common), answer.is_code) for answer in texts]
            rows.setdefault(exercise, []).append((shown(student), shows))
    return {"names": (shown(one), shown(other)), "rows": rows}
