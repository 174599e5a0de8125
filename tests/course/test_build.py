"""The build on tiny lessons: the same bytes each time, nothing of a learner's lost, and every fault named."""

import nbformat
import pytest

from ser_helpers.course.authoring import build
from ser_helpers.errors import CourseError

LESSON = '''# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   ser: {title: "Tiny", goals: ["add"], needs: "nothing", minutes: 1}
# ---
# %% [markdown]
# # Tiny
# %% tags=["setup"]
import math
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
    """A course of one lesson."""

    def write(source: str = LESSON):
        script = tmp_path / "solutions" / "10_tiny" / "10_tiny.py"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(source, encoding="utf-8")
        return tmp_path

    return write


CONTRACT = {"10_tiny": {"double": ("x", 0)}}


def lesson(root) -> nbformat.NotebookNode:
    return nbformat.read(root / "lessons" / "10_tiny" / "10_tiny.ipynb", as_version=4)


def test_two_builds_are_the_same_bytes_and_hold_no_solution(house, capsys):
    root = house()
    build.build(root)
    files = {path: path.read_bytes() for path in root.rglob("*.ipynb")}
    assert len(files) == 2
    for path in files:
        path.unlink()
    build.build(root)
    assert {path: path.read_bytes() for path in root.rglob("*.ipynb")} == files
    text = "\n".join(cell.source for cell in lesson(root).cells)
    assert "twice_the_argument" not in text and "-4" not in text and "adding a number" not in text
    assert "NotImplementedError" in text and "def double(x)" in text
    assert list(build.findings(root, CONTRACT)) == []
    assert sorted(path.name for path in (root / "lessons" / "10_tiny").iterdir()) == ["10_tiny.ipynb"]


def test_an_edited_generated_file_is_named(house):
    root = house()
    build.build(root)
    for path in root.rglob("*.ipynb"):
        path.write_text(path.read_text().replace("Tiny", "Teeny"))
    found = list(build.findings(root, CONTRACT))
    assert [line.split()[0] for line in found] == ["solutions/10_tiny/10_tiny.ipynb", "lessons/10_tiny/10_tiny.ipynb"]
    (root / "lessons" / "README.md").unlink()
    assert any("README.md is missing" in line for line in build.findings(root, CONTRACT))


def test_a_learners_work_is_kept_beside_the_new_lesson(house, capsys):
    root = house()
    build.build(root)
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    mine = path.read_text().replace("# Your answer goes here.", "return 2 * x  # mine")
    path.write_text(mine)
    build.build(root)
    assert "kept as 10_tiny.mine-1.ipynb" in capsys.readouterr().out
    assert path.with_name("10_tiny.mine-1.ipynb").read_text() == mine
    assert "mine" not in path.read_text()
    path.write_text("this is no notebook")
    assert build.reset("10_tiny", root) == 0
    assert path.with_name("10_tiny.mine-2.ipynb").read_text() == "this is no notebook" and lesson(root)
    with pytest.raises(CourseError, match="There is no lesson '11_other': 10_tiny"):
        build.reset("11_other", root)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('"points": 1, ', "", "a graded cell needs points"),
        ("double-more", "double-check", "stands there twice"),
        ("    ### END SOLUTION\n", "", "BEGIN SOLUTION and END SOLUTION do not match"),
        ("### END HIDDEN TESTS\n", "", "BEGIN HIDDEN TESTS and END HIDDEN TESTS do not match"),
        ('"grade_id": "double", ', "", "no grade_id"),
        ("    ### BEGIN SOLUTION\n", "", "do not match"),
    ],
)
def test_a_broken_source_is_refused_with_its_name(house, old, new, words):
    root = house(LESSON.replace(old, new, 1))
    with pytest.raises(build.BuildError, match=words) as caught:
        build.build(root)
    assert "10_tiny.py" in str(caught.value)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("assert double(0) == 0\n", "", "double-more passes although nothing was solved"),
        ("def double(x)", "def double(y)", r"the exercise double\(x\) is missing"),
        ("import math\n", "import math\n# %%\nfigure, ax = plt.subplots()\n", "without a describing sentence"),
        (
            "# <details>",
            "# twice_the_argument = x + x\n# <details>",
            None,  # a line that stands in the open text of the source is no secret
        ),
    ],
)
def test_faults_of_a_lesson_are_found(house, old, new, words):
    root = house(LESSON.replace(old, new, 1))
    build.build(root)
    found = "\n".join(build.findings(root, CONTRACT))
    import re

    assert re.search(words, found) if words else found == ""


def test_a_leaked_solution_is_found(house):
    root = house()
    source = build.source_notebook(root / "solutions" / "10_tiny" / "10_tiny.py")
    assert "twice_the_argument = x + x" in build.secrets(source)
    assert "# Because adding a number to itself doubles it." not in build.secrets(source)
    assert "Because adding a number to itself doubles it." in build.secrets(source)
