"""What is known of a graded submission beyond its score: one small JSON file each, below .classroom/records."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ...errors import CourseError
from ...places import CLASSROOM

FOLDER = CLASSROOM / "records"  # of the course whose folder we are in, as nbgrader sees it
SUBMITTED = CLASSROOM / "submitted"
GRADEBOOK = f"sqlite:///{CLASSROOM}/gradebook.db?timeout=60"


@dataclass(frozen=True)
class Cell:
    """A graded cell: its score, what the second run gave, and what the student is told."""

    points: float
    score: float | None
    recomputed: float | None
    says: str


@dataclass(frozen=True)
class Record:
    """A submission: "graded", or "not graded" with the reason; what was repaired, and what an instructor must look at."""

    lesson: str
    student: str
    status: str = "graded"
    reason: str = ""
    repairs: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=dict)
    submission: str = ""  # what was handed in, however the lesson changes
    fingerprint: str = ""  # and all that the score depends on besides
    seconds: float = 0.0
    marked: NotebookNode | None = field(default=None, compare=False, repr=False)  # for nbgrader to go on with; not kept

    @property
    def disputed(self) -> dict[str, Cell]:
        """The checks whose flag is about their points: somebody has to decide. A forged score has been left out already."""
        return {
            name: cell
            for name, cell in self.cells.items()
            if any(flag.startswith(f"{name}: {cell.score or 0:g} of {cell.points:g} points") for flag in self.flags)
        }


def save(record: Record) -> None:
    """Write a record whole or not at all; nothing else writes one."""
    file = _path(record.lesson, record.student)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(contents(record), indent=1) + "\n", encoding="utf-8")
    draft.replace(file)


def contents(record: Record) -> dict[str, Any]:
    """A record as JSON has it."""
    plain = asdict(replace(record, marked=None))
    del plain["marked"]
    return plain


def from_contents(plain: dict[str, Any]) -> Record:
    """The record of which these are the contents."""
    cells = {name: Cell(**cell) for name, cell in plain["cells"].items()}
    return Record(**{**plain, "cells": cells})


def forget(lesson: str, student: str) -> None:
    """Before a submission is graded: what the record says is true of an earlier one."""
    _path(lesson, student).unlink(missing_ok=True)


def load(lesson: str, student: str) -> Record | None:
    """The record of a submission, None when there is none."""
    file = _path(lesson, student)
    return _read(file) if file.exists() else None


def load_all(lesson: str) -> list[Record]:
    """Every record of a lesson, by student."""
    return [_read(file) for file in sorted((FOLDER / lesson).glob("*.json"))]


def load_graded(lesson: str) -> list[Record]:
    """Every record of a lesson, of which there has to be one."""
    if known := load_all(lesson):
        return known
    raise CourseError(f"Nothing of {lesson} has been graded yet: ser grade {lesson}.")


def _path(lesson: str, student: str) -> Path:
    return FOLDER / lesson / f"{student}.json"


def _read(file: Path) -> Record:
    return from_contents(json.loads(file.read_text(encoding="utf-8")))


def shown(text: str) -> str:
    r"""Text that can be printed and written whatever it holds.

    Examples
    --------
    >>> shown("Zoë"), shown("a\nb"), shown("\udcff")
    ('Zoë', 'a\\nb', '\\udcff')
    """
    return text if text.isprintable() else ascii(text)[1:-1]


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let no second `ser grade` or `ser decide` work in this classroom; outside a course's folder there is none."""
    if not Path("nbgrader_config.py").exists():
        raise CourseError("There is no nbgrader_config.py here. Go to the course's folder first.")
    CLASSROOM.mkdir(exist_ok=True)
    with open(CLASSROOM / "grade.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError("Another `ser grade` is at work in this folder. Wait until it is done.") from None
        yield
