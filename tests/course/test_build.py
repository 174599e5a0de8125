"""The build on tiny lessons: the same bytes each time, nothing of a learner's lost, and every fault named."""

import json
import re
import shutil

import nbformat
import pytest

from ser_helpers import places
from ser_helpers.course.authoring import lint, pages, readme, release
from ser_helpers.errors import CourseError


def lesson(root) -> nbformat.NotebookNode:
    return nbformat.read(root / "lessons" / "10_tiny" / "10_tiny.ipynb", as_version=4)


def test_two_builds_are_the_same_bytes_and_hold_no_solution(house, capsys):
    root = house()
    release.build(root)
    files = {path: path.read_bytes() for path in root.rglob("*.ipynb")}
    assert len(files) == 2
    for path in files:
        path.unlink()
    release.build(root)
    assert {path: path.read_bytes() for path in root.rglob("*.ipynb")} == files
    text = "\n".join(cell.source for cell in lesson(root).cells)
    assert "twice_the_argument" not in text and "-4" not in text and "adding a number" not in text
    assert "NotImplementedError" in text and "def double(x)" in text
    assert list(lint.findings(root)) == []
    assert sorted(path.name for path in (root / "lessons" / "10_tiny").iterdir()) == ["10_tiny.ipynb"]


def test_an_edited_generated_file_is_named(house):
    root = house()
    release.build(root)
    for path in root.rglob("*.ipynb"):
        path.write_text(path.read_text().replace("Tiny", "Teeny"))
    found = list(lint.findings(root))
    assert [line.split()[0] for line in found] == ["solutions/10_tiny/10_tiny.ipynb", "lessons/10_tiny/10_tiny.ipynb"]
    (root / "lessons" / "README.md").unlink()
    assert any("README.md is missing" in line for line in lint.findings(root))


def test_a_learners_work_is_kept_beside_the_new_lesson(house, capsys):
    root = house()
    release.build(root)
    path = root / "lessons" / "10_tiny" / "10_tiny.ipynb"
    mine = path.read_text().replace("# Your answer goes here.", "return 2 * x  # mine")
    path.write_text(mine)
    release.build(root)
    assert "kept as 10_tiny.mine-1.ipynb" in capsys.readouterr().out
    assert path.with_name("10_tiny.mine-1.ipynb").read_text() == mine
    assert "mine" not in path.read_text()
    path.write_text("this is no notebook")
    assert release.reset("10_tiny", root) == 0
    assert path.with_name("10_tiny.mine-2.ipynb").read_text() == "this is no notebook" and lesson(root)
    with pytest.raises(CourseError, match="There is no lesson '11_other': 10_tiny"):
        release.reset("11_other", root)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('"points": 1, ', "", "a graded cell needs points"),
        ("double-more", "double-check", "stands there twice"),
        ("    ### END SOLUTION\n", "", "BEGIN SOLUTION and END SOLUTION do not match"),
        ("### END HIDDEN TESTS\n", "", "BEGIN HIDDEN TESTS and END HIDDEN TESTS do not match"),
        ('"grade_id": "double", ', "", "no grade_id"),
        ("    ### BEGIN SOLUTION\n", "", "do not match"),
        ('needs: "nothing", ', "", "the `ser:` part of its header lacks needs"),
        ('double(1) == 2, "Twice', 'double(1) = 2, "Twice', "cell .double-check.: Python cannot read line"),
    ],
)
def test_a_broken_source_is_refused_with_its_name(house, old, new, words):
    root = house(old, new)
    with pytest.raises(release.BuildError, match=words) as caught:
        release.build(root)
    assert "10_tiny.py" in str(caught.value)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("assert double(0) == 0\n", "", "double-more passes although nothing was solved"),
        ("def double(x)", "def double(y)", r"the exercise double\(x\) is missing"),
        ("import math\n", "import math\n# %%\nfigure, ax = plt.subplots()\n", "without a describing sentence"),
        ("assert double(0) == 0", "got = double(0)", "the check double-more binds 'got'; put its code into a function"),
        (
            "# <details>",
            "# twice_the_argument = x + x\n# <details>",
            None,  # a line that stands in the open text of the source is no secret
        ),
    ],
)
def test_faults_of_a_lesson_are_found(house, old, new, words):
    root = house(old, new)
    release.build(root)
    found = "\n".join(lint.findings(root))
    assert re.search(words, found) if words else found == ""


def test_a_leaked_solution_is_found(house):
    root = house()
    source = release.source_notebook(root / "solutions" / "10_tiny" / "10_tiny.py")
    assert "twice_the_argument = x + x" in lint.secrets(source)
    assert "# Because adding a number to itself doubles it." not in lint.secrets(source)
    assert "Because adding a number to itself doubles it." in lint.secrets(source)


ASK = "# %% [markdown]\n# <!-- question twice -->\n# **What do you expect?** Twice 1?\n# %%\n"


@pytest.mark.parametrize(
    "text, words",
    [
        (ASK + 'widgets.question("10_tiny", "twice")', ""),
        (ASK + "1", r"the question 'twice' has no cell: widgets.question\(\"10_tiny\", \"twice\"\)"),
        (ASK.replace("twice", "once") + 'widgets.question("10_tiny", "twice")', "a cell asks for the question 'twice'"),
        (ASK + 'widgets.question("11_other", "twice")', "a cell asks for the question 'twice' of 11_other"),
        (2 * ASK + 'widgets.question("10_tiny", "twice")', "the question 'twice' stands there twice"),
        (ASK + 'widgets.question("10_tiny", "twice")\nwidgets.question("10_tiny", 2)', "otherwise than by"),
    ],
)
def test_questions_and_their_cells_belong_together(house, text, words):
    source = release.source_notebook(house("import math\n", f"import math\n{text}\n") / "solutions/10_tiny/10_tiny.py")
    found = "\n".join(lint.questions(source, "10_tiny"))
    assert re.search(words, found) if words else found == ""


def test_the_outline_of_a_lesson_is_what_nbgrader_hands_out(house):
    release.build(house())
    source = release.source_notebook(house() / "solutions" / "10_tiny" / "10_tiny.py")
    assert [cell.source for cell in release.outline(source).cells] == [cell.source for cell in lesson(house()).cells]


def test_the_readme_takes_no_row_of_another_model(tmp_path):
    shutil.copytree(places.DATA / "results", tmp_path / "data" / "results")
    text = (places.CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert readme.results(text, tmp_path) == text
    file = tmp_path / "data" / "results" / "crema-d" / "original.json"
    scores = json.loads(file.read_text(encoding="utf-8"))
    scores["scores"] += [row | {"accuracy": 0.99, "recipe": "invented"} for row in scores["scores"]]
    file.write_text(json.dumps(scores), encoding="utf-8")
    with pytest.raises(CourseError, match="should hold one recipe on one corpus, and holds"):
        readme.results(text, tmp_path)


def test_without_solutions_a_lesson_cannot_be_made_new_and_it_says_so(house):
    root = house()
    shutil.rmtree(root / "solutions")
    with pytest.raises(CourseError, match="made new from solutions/, which are not here"):
        release.reset("10_tiny", root)


@pytest.fixture
def three(house):
    """The tiny lesson between two others, a trial beside them, and a glossary of two terms."""
    root = house(
        "from ser_helpers import check\n",
        "from ser_helpers import check\n# %% [markdown]\n# ## Frames\n#\n# Long frames of `frames`, and its MFCC; frames.\n",
    )
    tiny = root / "solutions" / "10_tiny" / "10_tiny.py"
    for name, title in (("09_first", "First: what comes before"), ("11_last", "Last"), ("98_trial", "Trial")):
        path = root / "solutions" / name / f"{name}.py"
        path.parent.mkdir()
        keep = '"Tiny", keep: "import math\\nmath.pi", '
        path.write_text(tiny.read_text().replace('"Tiny", ', keep).replace('"Tiny"', f'"{title}"'), encoding="utf-8")
    (root / "solutions" / "glossary.md").write_text(
        "# Glossary\n\n## frame\n<!-- also: frames, long frames -->\nA piece.\n\n## MFCC\nNumbers.\n", encoding="utf-8"
    )
    return root


def test_each_lesson_leads_to_its_neighbours_and_says_how_far_it_is(three):
    release.build(three)
    texts = {
        name: nbformat.read(three / "lessons" / name / f"{name}.ipynb", as_version=4).cells
        for name in release.lesson_names(three)
    }
    first, tiny, last, trial = texts.values()
    assert tiny[0].source.splitlines()[0] == (
        "[← 09 First](../09_first/09_first.ipynb) · **10: lesson 2 of 3** · [11 Last →](../11_last/11_last.ipynb) · "
        "[all lessons](../README.md) · [glossary](../glossary.md)"
    )
    assert first[0].source.startswith("**09: lesson 1 of 3** · [10 Tiny") and "11 Last" not in first[0].source
    assert tiny[-1].source.startswith("**[On to lesson 11: Last →](../11_last/11_last.ipynb)**")
    assert "On to" not in last[-1].source and "](../sheets/11_last.html)" in last[-1].source
    assert trial[0].source.startswith("**98: lesson 1 of 1** · [all lessons]")
    assert list(lint.findings(three)) == []


def test_a_term_is_linked_where_a_lesson_first_uses_it_and_nowhere_else(three):
    source = release.source_notebook(three / "solutions" / "10_tiny" / "10_tiny.py")
    text = next(cell.source for cell in source.cells if cell.source.startswith("## Frames"))
    assert (
        text
        == "## Frames\n\n[Long frames](../glossary.md#frame) of `frames`, and its [MFCC](../glossary.md#mfcc); frames."
    )
    release.build(three)
    page = (three / "lessons" / "glossary.md").read_text(encoding="utf-8")
    assert '<a id="mfcc"></a>\n\n## MFCC\n\nNumbers. *In lessons [09](09_first/09_first.ipynb), [10]' in page


@pytest.mark.parametrize(
    "link, words",
    [
        ("[a](11_last/nothing.ipynb)", "lessons/README.md: the link to 11_last/nothing.ipynb leads nowhere."),
        ("[a](glossary.md#nothing)", "glossary.md#nothing names a place that is not on that page."),
        ('<img src="no.png">', "the link to no.png leads nowhere"),
        ("[a](glossary.md#frame) [b](11_last/11_last.ipynb#Tiny) [c](https://nowhere.invalid) `[d](e)`", ""),
    ],
)
def test_links_that_lead_nowhere_are_found(three, link, words):
    files = release.generated(three)
    files[three / "lessons" / "README.md"] += f"\n{link}\n"
    found = "\n".join(pages.broken_links(three, files))
    assert words in found if words else found == ""


def test_a_sheet_gives_no_solution_away(three):
    path = three / "solutions" / "11_last" / "11_last.py"
    path.write_text(path.read_text().replace("math.pi", "twice_the_argument = x + x"), encoding="utf-8")
    release.build(three)
    assert any(
        "a line of a solution or hidden test is in it: 'twice_the_argument = x + x'" in line
        for line in lint.findings(three)
    )
