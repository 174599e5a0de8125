"""Every right answer passes the checks of its exercise; every wrong one is told what is wrong with it."""

import ast
import re

import pytest
from bank import (
    LESSONS,
    ROOT,
    RULES,
    answers,
    broken,
    cells,
    checked,
    checks,
    contract,
    contracts_in_markdown,
    ground,
    sentences,
)

from ser_helpers.course.authoring.run import run_cells


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
def test_every_sentence_of_a_contract_has_a_wrong_answer_that_breaks_it(lesson):
    assert set(sentences(lesson)) == {answer["exercise"] for answer in answers(lesson)} >= set(contract(lesson))
    assert [(exercise, said) for exercise, said, wrong in broken(lesson) if not wrong] == []
    for answer in answers(lesson):
        if answer["kind"] == "wrong":
            assert answer["breaks"] in {**RULES, **sentences(lesson)[answer["exercise"]]}, answer["why"]


def test_the_table_of_contracts_is_what_the_bank_says_today():
    table = (ROOT / "solutions" / "kill_table.md").read_text(encoding="utf-8")
    assert table.endswith(contracts_in_markdown()), "Run `python tests/grading/mutants.py`: the bank has changed."


# What the course's own answers do all the same, wrapped so: (the wrapper's lines, what is said of it; "" for nothing).
HABITS = {
    "seeds numpy": ("np.random.seed(0); return answer(*given)", "global random state"),
    "seeds Python": ("import random; random.seed(0); return answer(*given)", "global random state"),
    "turns its arguments round": (
        """got = answer(*given)
    for one in given:
        if isinstance(one, list):
            one[:] = one[1:] + one[:1]
        elif isinstance(one, np.ndarray):
            one[...] = np.roll(one, 1, axis=0)
        elif isinstance(one, pd.Series):
            one.iloc[:] = np.roll(one.to_numpy(), 1)
        elif isinstance(one, pd.DataFrame):
            one.drop(columns=one.columns[0], inplace=True)
    return got""",
        "changed its argument",
    ),
    "sorts Series by index": (
        "return answer(*[one.sort_index() if isinstance(one, pd.Series) else one for one in given])",
        "position",
    ),
    "returns numpy's own numbers": (
        """got = answer(*given)
    if isinstance(got, (bool, int, float)):
        return {bool: np.bool_, int: np.int32, float: np.float64}[type(got)](got)
    return np.float32(got) if isinstance(got, np.ndarray) and got.dtype == float and FREE else got""",
        "",
    ),
}
FREE = {"rms_db", "spectrogram_db", "mfcc_from_log_mel", "scale", "relu", "softmax", "mlp_forward"}  # any float dtype
COLUMNS = {
    "augment_training", "split_by_actor", "shared_actors", "confusion", "uar", "human_accuracy", "actor_interval",
    "recall_by_group", "kept", "actor_folds", "paired_interval",
}  # fmt: skip
UNCHANGING = {"parse_clip_name", "time_axis", "build_model", "split_by_actor"}  # what they are given cannot change
EXERCISES = [(lesson, name) for lesson in LESSONS for name in contract(lesson)]


def concerns(habit: str, exercise: str) -> bool:
    """Whether an exercise takes what this habit does something to: matched columns, or arguments that can change."""
    return (habit != "sorts Series by index" or exercise in COLUMNS) and (
        habit != "turns its arguments round" or exercise not in UNCHANGING
    )


@pytest.mark.parametrize(
    "lesson, exercise, habit", [(*of, habit) for of in EXERCISES for habit in HABITS if concerns(habit, of[1])]
)
def test_what_holds_for_every_exercise(lesson, exercise, habit):
    """The rules of lesson 00, each broken on its own around the course's answer; or kept in an unusual way."""
    lines, says = HABITS[habit]
    wrapper = f"def around(answer, FREE={exercise in FREE}):\n  import numpy as np, pandas as pd\n  def {exercise}(*given):\n    "
    wrapped = f"{wrapper}{lines}\n  return {exercise}\n{exercise} = around({exercise})"
    error = run_cells([*ground(lesson), wrapped, checks(lesson, exercise)[-1]])
    assert error is None or isinstance(error, AssertionError), error
    assert (says in str(error)) if says else error is None


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_hidden_check_draws_from_the_courses_seed(lesson):
    hidden = [text for nbgrader, _, text in cells(lesson) if nbgrader.get("grade_id", "").endswith("-more")]
    assert all("expect.rng(" in text.partition("### BEGIN HIDDEN TESTS")[2] for text in hidden)
