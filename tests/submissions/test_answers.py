"""Every right answer passes the checks of its exercise; every wrong one is told what is wrong with it."""

import ast
import re

import pytest
from bank import LESSONS, answers, cells, checked, contract


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


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lesson_keeps_the_contract(lesson):
    functions = {}
    for nbgrader, _, source in cells(lesson):
        if nbgrader.get("solution"):
            defined = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
            functions |= {node.name: [argument.arg for argument in node.args.args] for node in defined}
    for name, (arguments, _) in contract(lesson).items():
        assert functions.get(name) == arguments, name
    ids = {nbgrader.get("grade_id"): nbgrader for nbgrader, _, _ in cells(lesson)}
    for name in contract(lesson):
        for suffix in ("check", "more"):
            assert ids[f"{name}-{suffix}"]["points"] > 0


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_bank_has_right_answers_and_every_mistake(lesson):
    bank = answers(lesson)
    for exercise, (_, n_mistakes) in contract(lesson).items():
        mine = [answer for answer in bank if answer["exercise"] == exercise]
        assert sum(answer["kind"] == "right" for answer in mine) >= 3, exercise
        wrong = [answer for answer in mine if answer["kind"] == "wrong"]
        assert len(wrong) >= max(4, n_mistakes + 1), exercise
        assert all(re.match(r"\w", answer["says"]) for answer in wrong), exercise


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_hidden_check_draws_from_the_courses_seed(lesson):
    hidden = [text for nbgrader, _, text in cells(lesson) if nbgrader.get("grade_id", "").endswith("-more")]
    assert all("expect.rng(" in text.partition("### BEGIN HIDDEN TESTS")[2] for text in hidden)
