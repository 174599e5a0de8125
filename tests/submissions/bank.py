"""The bank of answers, and what the checks say of one; for the tests here and in tests/grading."""

from functools import cache
from pathlib import Path

import jupytext

from ser_helpers.course.authoring.run import run_cells

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.parent.name for path in ROOT.glob("tests/submissions/*/answers.py"))


@cache
def cells(lesson: str) -> list:
    """Code cells of a lesson's source: (nbgrader metadata, whether it is the set-up, source)."""
    notebook = jupytext.read(ROOT / "solutions" / lesson / f"{lesson}.py")
    return [
        (cell.metadata.get("nbgrader", {}), "setup" in cell.metadata.get("tags", []), cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@cache
def contract(lesson: str) -> dict[str, tuple[list[str], int]]:
    """What a lesson's header promises of each exercise: its arguments, and how many known mistakes are named at least."""
    promised = jupytext.read(ROOT / "solutions" / lesson / f"{lesson}.py").metadata["ser"].get("contract", {})
    return {name: (promise["arguments"].split(), promise["mistakes"]) for name, promise in promised.items()}


def ground(lesson: str) -> list[str]:
    """The set-up and the course's own answers: what an answer stands on."""
    course = [text for nbgrader, is_setup, text in cells(lesson) if is_setup or nbgrader.get("solution")]
    return ["from ser_helpers.course import expect", *course]


def checks(lesson: str, exercise: str) -> list[str]:
    """The checks of an exercise, hidden ones included."""
    names = (f"{exercise}-check", f"{exercise}-more")
    return [text for nbgrader, _, text in cells(lesson) if nbgrader.get("grade_id") in names]


@cache
def answers(lesson: str) -> list[dict]:
    """The bank of a lesson: exercise, kind ("right" or "wrong"), why, source, and what a wrong one must be told (says)."""
    notebook = jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py")
    return [{**cell.metadata, "source": cell.source} for cell in notebook.cells if cell.cell_type == "code"]


def checked(lesson: str, exercise: str, source: str) -> str:
    """Run an answer in the place of the course's, then the checks of its exercise; return what they say, "" for nothing."""
    error = run_cells([*ground(lesson), source, *checks(lesson, exercise)])
    if error is not None and not isinstance(error, AssertionError):
        raise error
    return str(error or "")
