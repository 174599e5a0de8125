"""The checks' vocabulary: every accepted form passes, and a failure says what came and what was expected."""

import numpy as np
import pandas as pd
import pytest

from ser_helpers.course import expect
from ser_helpers.course.authoring.run import run_cells


def says(words, call):
    with pytest.raises(AssertionError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_kinds_count_numpys_own():
    for value, kind in (
        (np.float32(1), float),
        (np.int8(1), int),
        (np.bool_(True), bool),
        (np.str_("a"), str),
        (1.0, (int, float)),
    ):
        expect.kind(value, kind, "f()")
    says(
        "f\\(\\) gave None where a float was expected. Did the function end without `return`",
        lambda: expect.kind(None, float, "f()"),
    )
    says("gave a bool where an int was expected", lambda: expect.kind(True, int, "f()"))


def test_arrays():
    expect.array(np.zeros((2, 5), "float32"), "f()", shape=(2, None), dtype="float")
    says(
        r"has shape \(40, 81\) where \(168,\) was expected. The 81",
        lambda: expect.array(np.zeros((40, 81)), "f()", shape=(168,), why="The 81 is frames."),
    )
    says(
        "2 of the 3 numbers of f\\(\\) are nan or infinite", lambda: expect.array(np.array([1, np.nan, np.inf]), "f()")
    )
    says("holds int64 where float was expected", lambda: expect.array(np.arange(3), "f()", dtype="float"))
    says("gave a list where an ndarray", lambda: expect.array([1], "f()"))


def test_close_names_the_known_mistake_first():
    expect.close([1, 2], np.array([1, 2 + 1e-9]), "f()", atol=1e-6)
    says("^upside down$", lambda: expect.close(0.5, 2, "f()", mistakes=[(0.5, "upside down")]))
    says(
        r"1 of the 2 numbers of f\(\) differ, the first at \[1\]: it is 3 where 2 was expected. Look there",
        lambda: expect.close([1, 3], [1, 2], "f()", look="Look there."),
    )
    says("has shape", lambda: expect.close([1, 2, 3], [1, 2], "f()"))
    says("where numbers were expected", lambda: expect.close("a", 1, "f()"))


def test_equal_compares_values():
    expect.equal([(np.int64(1), np.str_("a"))], [(1, "a")], "f()")
    says("gave \\['a'\\] where \\('a',\\)", lambda: expect.equal(["a"], ("a",), "f()"))


def test_tables_and_series_ignore_dtypes_and_names():
    expect.series(pd.Series([1.0, 2.0], index=["a", "b"], name="x"), pd.Series({"a": 1, "b": 2}), "f()")
    expect.series(pd.Series({"b": 2, "a": 1}), pd.Series({"a": 1, "b": 2}), "f()", order=False)
    says("was expected", lambda: expect.series(pd.Series({"b": 2, "a": 1}), pd.Series({"a": 1, "b": 2}), "f()"))
    table = pd.DataFrame({"n": [1, 2], "t": ["x", "y"]})
    expect.frame(table.astype({"n": float, "t": object}), table, "f()")
    says("index of f\\(\\) begins \\[1, 0\\]", lambda: expect.frame(table[::-1], table, "f()"))
    says("has the columns", lambda: expect.frame(table[["t", "n"]], table, "f()"))
    says("Row 1 of f\\(\\)", lambda: expect.frame(table.replace("y", "z"), table, "f()"))


def test_raises():
    expect.raises(ValueError, lambda: int("JOY"), "f()", contains="JOY")
    says("gave 3 where a ValueError was expected", lambda: expect.raises(ValueError, lambda: 3, "f()"))
    says("raised KeyError.*where a ValueError", lambda: expect.raises(ValueError, lambda: {}["a"], "f()"))
    says("does not contain 'SAD'", lambda: expect.raises(ValueError, lambda: int("JOY"), "f()", contains="SAD"))


@pytest.mark.filterwarnings("ignore")
def test_unchanged():
    y = np.ones(3)
    with expect.unchanged(y, [1], pd.DataFrame({"a": [1]})):
        np.random.default_rng(0).random()

    def spoil():
        with expect.unchanged(y):
            y[0] = 5

    def seed():
        np.random.seed(1)  # noqa: NPY002, as an earlier call did: the state is the same before and after
        with expect.unchanged():
            np.random.seed(1)  # noqa: NPY002

    says("changed its argument", spoil)
    says("global random state", seed)


def test_standing_in_replaces_the_notebooks_functions_and_nothing_else():
    error = run_cells(
        [
            "from math import sqrt\nfrom ser_helpers.course import expect\ndef mine(x): return -x\ndef uses(x): return mine(x), sqrt(x)",
            "with expect.standing_in(mine=lambda x: 10 * x, sqrt=lambda x: 0, absent=len):\n    assert uses(4) == (40, 2), uses(4)",
            "assert uses(4) == (-4, 2) and 'absent' not in globals()",
        ]
    )
    assert error is None
