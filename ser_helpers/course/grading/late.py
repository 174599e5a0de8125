"""Late work: what it costs, and who has longer.

nbgrader keeps deadlines and works out penalties; the rule is its own plugin, so Formgrader shows what the exports hold. Who
has longer stands below .classroom/extensions, a small file for each lesson, since nbgrader has no place for an extension
until something was handed in. An extension is a date and not a span: it stays when the deadline moves.
"""

from __future__ import annotations

import difflib
import json
import logging
import math
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float
from traitlets.config import Config, PyFileConfigLoader

from ...errors import CourseError
from ...places import CLASSROOM
from . import admit, records
from .records import GRADEBOOK

FOLDER = CLASSROOM / "extensions"
DAY = 86400  # seconds


class LateRule(LateSubmissionPlugin):
    """What late work costs: nothing, a share of its points for each day, or all of them; with days that are free.

    Examples
    --------
    >>> LateRule(percent_a_day=10, grace_days=2).late_submission_penalty("ann", 8, 2.5 * DAY)
    0.8
    """

    percent_a_day = Float(0, min=0, max=100, help="Of the points earned, off for each day begun.").tag(config=True)
    grace_days = Float(0, min=0, help="Days after the deadline that cost nothing, and are not counted.").tag(
        config=True
    )

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Points off, None for none; as nbgrader asks for it."""
        beyond = total_seconds_late - self.grace_days * DAY
        if beyond <= 0:
            return None
        if self.penalty_method == "zero":
            return score
        return round(score * min(1, math.ceil(beyond / DAY) * self.percent_a_day / 100), 2) or None

    def in_words(self) -> str:
        """The rule as an instructor reads it."""
        costs = f"Each day late that has begun takes {self.percent_a_day:g} % of the points earned"
        if self.penalty_method == "zero":
            costs = "Late work gets no points"
        elif not self.percent_a_day:
            return "Late work costs nothing."
        return f"{costs}{f'; free days before that: {self.grace_days:g}' if self.grace_days else ''}."


def settings() -> Config:
    """nbgrader_config.py of the course's folder."""
    return PyFileConfigLoader("nbgrader_config.py", str(Path.cwd())).load_config()


def extensions(lesson: str) -> dict[str, datetime | None]:
    """Until when a student has time, in UTC; None where an extension was taken back."""
    file = FOLDER / f"{lesson}.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {student: until and datetime.fromisoformat(until) for student, until in kept.items()}


def extend(lesson: str, student: str, until: datetime | None) -> datetime:
    """Give a student time until a date, or take that back.

    Parameters
    ----------
    until : datetime or None
        In UTC, as `admit.as_utc` reads it; None for the deadline that all have.

    Returns
    -------
    datetime
        The deadline that all have.

    Raises
    ------
    CourseError
        When there is no such lesson or student, no deadline, or the date lies before it.
    """
    if not Path("solutions", lesson, f"{lesson}.ipynb").exists():
        raise CourseError(f"There is no lesson {lesson} in this folder's solutions/.")
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        known = {one.id for one in gradebook.students} | {path.parent.name for path in records.SUBMITTED.glob("*/*")}
        try:
            due = gradebook.find_assignment(lesson).duedate
        except MissingEntry:
            due = None
    if student not in known:
        raise CourseError(f"Nobody in the class is called {student}.{_meant(student, known)}")
    if due is None:
        raise CourseError(
            f'{lesson} has no deadline yet: nbgrader db assignment add {lesson} --duedate="2027-03-01 23:59:00 Europe/Berlin"'
        )
    if until is not None and until < due:
        raise CourseError(f"{until} UTC is earlier than the deadline that all have, {due} UTC.")
    kept = {**extensions(lesson), student: until}
    FOLDER.mkdir(parents=True, exist_ok=True)
    draft = FOLDER / f"{lesson}.part"
    plain = {name: date and date.isoformat(" ") for name, date in sorted(kept.items())}
    draft.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    draft.replace(FOLDER / f"{lesson}.json")
    return due


def _meant(student: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(student, known, 3, 0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def arrived(lesson: str, student: str, folder: Path) -> None:
    """Before nbgrader works out a penalty: when this very submission came, and until when its student has time."""
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        submission = gradebook.find_submission(lesson, student)
        submission.timestamp = admit.submitted_at(folder)  # nbgrader keeps an earlier one's where there is none
        _grant(submission, extensions(lesson))
        gradebook.db.commit()


def _grant(submission: SubmittedAssignment, until: dict[str, datetime | None]) -> None:
    """nbgrader has a span from the deadline; one that `ser extend` knows nothing of stays."""
    due, student = submission.assignment.duedate, submission.student.id
    if student in until or due is None:
        date = until.get(student)
        submission.extension = max(date - due, timedelta(0)) if date and due else None


def work_out(lesson: str) -> None:
    """Have nbgrader work out lateness and penalties again: deadline, extensions, rule and marks may have changed."""
    graded = {record.student for record in records.load_graded(lesson) if record.status == "graded"}
    until = extensions(lesson)
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        concerned = set()
        for one in gradebook.assignment_submissions(lesson):
            _grant(one, until)
            if one.total_seconds_late or one.late_submission_penalty:
                concerned.add(one.student.id)
        gradebook.db.commit()
    penalise(lesson, sorted(concerned & graded))


def penalise(lesson: str, students: Collection[str]) -> None:
    """Have nbgrader work out the penalties of these."""
    log = logging.getLogger(__name__)
    log.setLevel("CRITICAL")  # who is late stands in the reports
    penalties = AssignLatePenalties(config=settings(), log=log)
    for student in students:
        about = {"notebook": lesson, "assignment": lesson, "student": student, "db_url": GRADEBOOK}
        penalties.preprocess(nbformat.v4.new_notebook(), {"nbgrader": about})
