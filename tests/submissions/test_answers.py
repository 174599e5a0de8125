"""Every right answer passes the checks of its exercise; every wrong one is told what is wrong with it."""

import ast
import re
from functools import cache
from pathlib import Path

import jupytext
import pytest

from ser_helpers.course.build import run_cells
from ser_helpers.course.contract import CONTRACT

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.parent.name for path in ROOT.glob("tests/submissions/*/answers.py"))


@cache
def cells(lesson: str) -> list:
    """Code cells of a lesson's source: (grade_id, whether it is the set-up, source)."""
    notebook = jupytext.read(ROOT / "solutions" / lesson / f"{lesson}.py")
    return [
        (cell.metadata.get("nbgrader", {}), "setup" in cell.metadata.get("tags", []), cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def answers(lesson: str) -> list[dict]:
    notebook = jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py")
    return [{**cell.metadata, "source": cell.source} for cell in notebook.cells if cell.cell_type == "code"]


def checked(lesson: str, exercise: str, source: str) -> str:
    """Run an answer in the place of the solution, then the checks of its exercise; return what they say."""
    ground = [text for nbgrader, is_setup, text in cells(lesson) if is_setup or nbgrader.get("solution")]
    checks = [
        text
        for nbgrader, _, text in cells(lesson)
        if nbgrader.get("grade_id") in (f"{exercise}-check", f"{exercise}-more")
    ]
    error = run_cells([*ground, source, *checks])
    if error is not None and not isinstance(error, AssertionError):
        raise error
    return str(error or "")


def cases(kind: str) -> list:
    return [
        pytest.param(lesson, answer, id=f"{lesson}-{answer['exercise']}-{answer['why']}".replace(" ", "-"))
        for lesson in LESSONS
        for answer in answers(lesson)
        if answer["kind"] == kind
    ]


@pytest.mark.parametrize("lesson, answer", cases("right"))
def test_a_right_answer_passes(lesson, answer):
    assert checked(lesson, answer["exercise"], answer["source"]) == ""


@pytest.mark.parametrize("lesson, answer", cases("wrong"))
def test_a_wrong_answer_is_told_what_is_wrong(lesson, answer):
    said = checked(lesson, answer["exercise"], answer["source"])
    assert said, "The checks let this answer pass."
    assert answer["says"] in said
    assert "\n" not in said.strip() and len(said) < 600


@pytest.mark.parametrize("lesson", CONTRACT)
def test_the_lesson_keeps_the_contract(lesson):
    functions = {}
    for nbgrader, _, source in cells(lesson):
        if nbgrader.get("solution"):
            defined = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
            functions |= {node.name: [argument.arg for argument in node.args.args] for node in defined}
    for name, (arguments, _) in CONTRACT[lesson].items():
        assert functions.get(name) == arguments.split(), name
    ids = {nbgrader.get("grade_id"): nbgrader for nbgrader, _, _ in cells(lesson)}
    for name in CONTRACT[lesson]:
        for suffix in ("check", "more"):
            assert ids[f"{name}-{suffix}"]["points"] > 0


@pytest.mark.parametrize("lesson", CONTRACT)
def test_the_bank_has_right_answers_and_every_mistake(lesson):
    bank = answers(lesson)
    for exercise, (_, n_mistakes) in CONTRACT[lesson].items():
        mine = [answer for answer in bank if answer["exercise"] == exercise]
        assert sum(answer["kind"] == "right" for answer in mine) >= 2, exercise
        wrong = [answer for answer in mine if answer["kind"] == "wrong"]
        assert len(wrong) >= n_mistakes, exercise
        assert all(re.match(r"\w", answer["says"]) for answer in wrong), exercise
