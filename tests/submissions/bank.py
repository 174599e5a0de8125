"""The bank of answers, and what the checks say of one; for the tests here and in tests/grading."""

import re
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


# What every exercise promises (lesson 00 says it to the learner); a wrong answer may break one of these instead.
RULES = {
    "state": "The global random state stays as it was.",
    "arguments": "Arguments stay as they were.",
    "forms": "Matched columns come as lists, arrays or Series.",
    "position": "They are matched by position, never by index.",
}


@cache
def sentences(lesson: str) -> dict[str, dict[str, str]]:
    """What the contract of each exercise says, sentence by sentence, each under the word that wrong answers name it by."""
    said: dict[str, dict[str, str]] = {}
    notebook = jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py")
    for line in "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines():
        if exercise := re.fullmatch(r"\*\*(\w+)\*\*", line):
            said[exercise[1]] = {}
        elif sentence := re.fullmatch(r"- (\w+): (.+)", line):
            said[next(reversed(said))][sentence[1]] = sentence[2]
    return said


def broken(lesson: str) -> list[tuple[str, str, list[str]]]:
    """(exercise, sentence, the wrong answers that break it), for every sentence of a lesson's contracts."""
    wrong = [answer for answer in answers(lesson) if answer["kind"] == "wrong"]
    return [
        (name, said, [one["why"] for one in wrong if (one["exercise"], one["breaks"]) == (name, key)])
        for name, contract_of in sentences(lesson).items()
        for key, said in {**contract_of, **{key: rule for key, rule in RULES.items() if key not in contract_of}}.items()
        if key in contract_of or any((one["exercise"], one["breaks"]) == (name, key) for one in wrong)
    ]


def contracts_in_markdown() -> str:
    """Which wrong answers break which sentence of the contracts, in Markdown."""
    rows = [row for lesson in LESSONS for row in broken(lesson)]
    text = [
        "## The contracts, sentence by sentence\n",
        f"{len(rows)} sentences, {sum(len(wrong) for _, _, wrong in rows)} wrong answers. Each breaks one of them and "
        "loses points for it, in words that name it.\n",
        "For every exercise holds as well: " + " ".join(RULES.values()) + " A test breaks these in every answer of the "
        "course that takes such arguments.\n",
        "| exercise | what its contract says | wrong answers that break it |",
        "|---|---|---|",
        *(f"| `{exercise}` | {said} | {'; '.join(wrong)} |" for exercise, said, wrong in rows),
    ]
    return "\n".join(text) + "\n"


@cache
def answers(lesson: str) -> list[dict]:
    """The bank of a lesson: exercise, kind ("right" or "wrong"), why, source; of a wrong one the sentence that it breaks,
    and what it must be told (says).
    """
    notebook = jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py")
    return [{**cell.metadata, "source": cell.source} for cell in notebook.cells if cell.cell_type == "code"]


def checked(lesson: str, exercise: str, source: str) -> str:
    """Run an answer in the place of the course's, then the checks of its exercise; return what they say, "" for nothing."""
    error = run_cells([*ground(lesson), source, *checks(lesson, exercise)])
    if error is not None and not isinstance(error, AssertionError):
        raise error
    return str(error or "")
