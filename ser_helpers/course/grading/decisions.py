"""What a person decided, as nbgrader's gradebook has it: what counts where two runs disagree.

Where the second run of a check gave another score than the first, nothing of the submission is exported until somebody has
decided: with `ser decide`, or by a mark in Formgrader. Decisions of the command are kept below .classroom/decisions, a
small file for each lesson and student. They belong to what was handed in: graded again, the same answers keep their
decision, and other ones are asked about again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from ...errors import CourseError
from ...places import CLASSROOM
from . import late, records
from .records import GRADEBOOK, Record

FOLDER = CLASSROOM / "decisions"
BY_HAND = "marked by hand"


@dataclass(frozen=True)
class Flagged:
    """A check of which the two runs say different things, and what was decided: accept, reject, by hand, "" for nothing."""

    student: str
    check: str
    points: float
    own: float
    second: float
    says: str
    decision: str


@dataclass
class _Kept:
    """A student's file: decisions by the submission they are about, and the marks in the gradebook that come from here."""

    decisions: dict[str, str] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)


def _file(record: Record) -> Path:
    return FOLDER / record.lesson / f"{record.student}.json"


def _load(record: Record) -> _Kept:
    file = _file(record)
    return _Kept(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else _Kept()


def _save(record: Record, kept: _Kept) -> None:
    """Write a student's file whole or not at all; nothing else writes one."""
    file = _file(record)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(asdict(kept), indent=1) + "\n", encoding="utf-8")
    draft.replace(file)


def flagged(lesson: str) -> list[Flagged]:
    """Every check that somebody has to decide about, or has.

    Raises
    ------
    CourseError
        When nothing of this lesson has been graded.
    """
    disputed = [record for record in records.load_graded(lesson) if record.disputed]
    if not disputed:
        return []
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        marked = {
            (submission.student.id, grade.name)
            for submission in gradebook.assignment_submissions(lesson)
            for grade in submission.notebooks[0].grades
            if grade.manual_score is not None and not grade.needs_manual_grade
        }
    found = []
    for record in disputed:
        decision = _load(record).decisions.get(record.submission, "")
        for name, cell in record.disputed.items():
            by_hand = BY_HAND if (record.student, name) in marked else ""
            says = "could not be confirmed" if cell.recomputed is None else cell.says
            about = (cell.points, cell.score or 0.0, cell.recomputed or 0.0, says)
            found.append(Flagged(record.student, name, *about, decision or by_hand))
    return found


def decide(lesson: str, student: str, decision: str) -> None:
    """Settle all flagged checks of a submission.

    Parameters
    ----------
    decision : {"accept", "reject"}
        Accept keeps nbgrader's own scores; reject writes those of the second run into the gradebook, as marks by hand.

    Raises
    ------
    CourseError
        When there is nothing to decide.
    """
    record = records.load(lesson, student)
    if record is None or not record.disputed:
        raise CourseError(
            f"There is nothing to decide about {student} in {lesson}. `ser decide {lesson}` lists what is."
        )
    kept = _load(record)
    kept.decisions[record.submission] = decision
    _enter(record, kept, anew=True)


def renew(record: Record, before: Record | None) -> None:
    """After a grading: marks that an earlier decision wrote go, those of this submission's own decision come, and the rest waits.

    Other marks by hand belong to what was handed in: nbgrader asks about each again, and here the same submission keeps them.
    """
    kept = _load(record)
    if kept.written or record.disputed:
        _enter(record, kept, anew=False)
    if before is not None and before.submission == record.submission:
        with Gradebook(GRADEBOOK, "ser") as gradebook:
            for grade in gradebook.find_submission_notebook(record.lesson, record.lesson, record.student).grades:
                if grade.manual_score is not None and grade.name not in record.disputed:
                    grade.needs_manual_grade = False
            gradebook.db.commit()


def _enter(record: Record, kept: _Kept, anew: bool) -> None:
    """Bring a decision into the gradebook, then into its file. Other marks by hand stay, unless it is decided anew."""
    decision, before, kept.written = kept.decisions.get(record.submission, ""), kept.written, {}
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        try:
            submission = gradebook.find_submission_notebook(record.lesson, record.lesson, record.student)
        except MissingEntry:
            raise CourseError(
                f"The gradebook knows nothing of {record.student}: grade {record.lesson} again."
            ) from None
        for grade in submission.grades:
            cell = record.disputed.get(grade.name)
            ours = grade.manual_score is not None and grade.manual_score == before.get(grade.name)
            if ours or (anew and cell):
                grade.manual_score, grade.needs_manual_grade = None, grade.auto_score is None
            if cell and grade.manual_score is None:
                grade.needs_manual_grade = not decision  # Formgrader and the feedback have a word for it
                if decision == "reject":
                    kept.written[grade.name] = grade.manual_score = cell.recomputed or 0.0
        gradebook.db.commit()
    late.penalise(record.lesson, [record.student])
    if kept.decisions:
        _save(record, kept)
