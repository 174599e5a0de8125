"""What is known of a graded submission beyond its score: one small JSON file each, below .classroom/records."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ...places import CLASSROOM

FOLDER = CLASSROOM / "records"  # of the course whose folder we are in, as nbgrader sees it


@dataclass
class Cell:
    """A graded cell: its score, what the second process gave, and what the student is told."""

    points: float
    score: float | None
    recomputed: float | None
    says: str


@dataclass
class Record:
    """A submission: "graded", or "not graded" with the reason; what was repaired, and what an instructor must look at."""

    lesson: str
    student: str
    status: str = "graded"
    reason: str = ""
    repairs: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=dict)
    fingerprint: str = ""
    seconds: float = 0.0


def path(lesson: str, student: str) -> Path:
    return FOLDER / lesson / f"{student}.json"


def save(record: Record) -> None:
    """Write a record whole or not at all."""
    file = path(record.lesson, record.student)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    draft.replace(file)


def load(lesson: str, student: str) -> Record | None:
    """The record of a submission, None when there is none."""
    file = path(lesson, student)
    if not file.exists():
        return None
    contents = json.loads(file.read_text(encoding="utf-8"))
    contents["cells"] = {name: Cell(**cell) for name, cell in contents["cells"].items()}
    return Record(**contents)


def load_all(lesson: str) -> list[Record]:
    """Every record of a lesson, by student."""
    return [load(lesson, file.stem) for file in sorted((FOLDER / lesson).glob("*.json"))]
