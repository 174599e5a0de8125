"""One submission's way to its record; `ser grade`, `nbgrader autograde` and Formgrader's button all come through here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..authoring.release import fingerprint
from ..rebuild import rebuild
from .admit import NotGradable, admit
from .box.base import Box
from .recompute import recompute
from .records import Record
from .run import run
from .seed import VARIABLE
from .settle import settle


@dataclass(frozen=True)
class Lesson:
    """A lesson as the grader needs it: as handed out, and its source with the hidden checks. Nobody changes these."""

    name: str
    release: NotebookNode
    source: NotebookNode

    @classmethod
    def read(cls, name: str, course: Path = Path()) -> Lesson:
        """From the course's folder, which is the present one when nbgrader is at work."""
        rooms = (course / room / name / f"{name}.ipynb" for room in ("lessons", "solutions"))
        return cls(name, *(nbformat.read(file, as_version=4) for file in rooms))


def grade_one(
    submission: Path, lesson: Lesson, box: Box, seed: str, cell_seconds: int = 60, notebook_seconds: int = 300
) -> Record:
    """Grade a submission. Nothing is written, and nothing of it runs outside the box.

    Parameters
    ----------
    submission : Path
        The folder that holds the notebook; the folder around it has the student's name.
    lesson : Lesson
    box : Box
        Where its code runs.
    seed : str
        The course's; hidden inputs are drawn from it.
    cell_seconds, notebook_seconds : int
        Time for one cell, or one call of a function in the second run; and for all cells together.

    Returns
    -------
    Record
        "not graded" with the reason when there is no notebook that can be read.
    """
    student = submission.parent.name
    try:
        handed_in, notes = admit(submission, lesson.name)
    except NotGradable as error:
        return Record(lesson.name, student, "not graded", str(error))
    graded = grade_admitted(handed_in, lesson, box, seed, cell_seconds, notebook_seconds)
    return replace(graded, student=student, repairs=[*notes, *graded.repairs])


def grade_admitted(
    handed_in: NotebookNode, lesson: Lesson, box: Box, seed: str, cell_seconds: int, notebook_seconds: int
) -> Record:
    """The stages after `admit`: what another machine can do that knows neither the student nor a folder."""
    chance = {VARIABLE: seed}
    content = fingerprint(handed_in)
    notebook, repairs = rebuild(handed_in, lesson.release, lesson.source)
    executed = run(notebook, box, {"NBGRADER_EXECUTION": "autograde", **chance}, cell_seconds, notebook_seconds)
    second = recompute(notebook, lesson.source, box, chance, cell_seconds)
    marked, cells, flags = settle(executed, second)
    return Record(lesson.name, "", repairs=repairs, flags=flags, cells=cells, submission=content, marked=marked)
