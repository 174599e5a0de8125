"""A course of one tiny lesson."""

import pytest

LESSON = '''# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   ser: {title: "Tiny", goals: ["add"], needs: "nothing", minutes: 1, contract: {double: {arguments: x, mistakes: 0}}}
# ---
# %% [markdown]
# # Tiny
# %% tags=["setup"]
import math
from ser_helpers import check
# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    twice_the_argument = x + x
    return twice_the_argument
    ### END SOLUTION
# %% nbgrader={"grade_id": "double-check", "grade": true, "points": 1, "locked": true}
assert double(1) == 2, "Twice 1 is 2."
# %% nbgrader={"grade_id": "double-more", "grade": true, "points": 2, "locked": true}
assert double(0) == 0
### BEGIN HIDDEN TESTS
assert double(-4) == -8, "Negative numbers double, too."
### END HIDDEN TESTS
# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Add it to itself.
# </details>
# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 2}
# Because adding a number to itself doubles it.
'''


@pytest.fixture
def house(tmp_path):
    """A course of one lesson: house() writes its source, house(old, new) with something else in it."""

    def write(old: str = "", new: str = ""):
        script = tmp_path / "solutions" / "10_tiny" / "10_tiny.py"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(LESSON.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return write
