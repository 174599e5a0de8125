"""The ten lessons as learners and instructors meet them."""

import re

import nbformat
import pytest

from ser_helpers import places
from ser_helpers.course.authoring import lint, release, run

ROOT = places.CHECKOUT
NAMES = release.lesson_names(ROOT)
COURSE = [name for name in NAMES if name < "90"]  # from 90 on they are trials
REAL = pytest.mark.real


def solution(name):
    return ROOT / "solutions" / name / f"{name}.ipynb"


def lesson(name):
    return ROOT / "lessons" / name / f"{name}.ipynb"


def test_there_are_ten():
    assert [name[:2] for name in COURSE] == [f"{number:02}" for number in range(10)]


def test_everything_generated_is_as_a_fresh_build_makes_it():
    assert list(lint.findings(ROOT)) == []


@pytest.mark.parametrize("name", NAMES)
def test_check_knows_what_was_handed_out(name):
    """`ser check` works it out from the source, as the learner's notebook is written in."""
    source, handed_out = (nbformat.read(path, as_version=4) for path in (solution(name), lesson(name)))
    assert [cell.source for cell in release.outline(source).cells] == [cell.source for cell in handed_out.cells]


def choices(block: str) -> list[tuple[str, str]]:
    """The letter and the explanation of every choice of a question, up to the first that is not one."""
    found = []
    for summary, explained in re.findall(r"<details><summary>(.*?)</summary>\n\n(.*?)\n</details>", block, re.DOTALL):
        if not re.match(r"[A-F]\. ", summary):
            break
        found.append((summary[0], explained))
    return found


@pytest.mark.parametrize("name", COURSE)
def test_rhythm(name):
    """Goals, needs, minutes; a bet before a result; three hints per exercise; a quiz that explains; an end."""
    notebook = nbformat.read(solution(name), as_version=4)
    about = notebook.metadata["ser"]
    assert 2 <= len(about["goals"]) <= 5 and about["needs"] and about["minutes"]
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "## Take-away" in text and "**Where next:** lesson" in text or name == "09_capstone"
    assert "One thing to try first:" in text and "{seconds}" not in text
    bets, quiz = text.count("**What do you expect?**"), text.partition("## Quiz")[2]
    asked = [choices(block) for block in re.split(r"\*\*What do you expect\?\*\*", text.partition("## Quiz")[0])[1:]]
    quizzed = [choices(block) for block in re.split(r"^\*\*\d\. ", quiz.partition("## Take-away")[0], flags=re.M)[1:]]
    assert bets == len(asked) >= 3 and len(quizzed) >= 3
    for answers in asked + quizzed:
        assert [letter for letter, _ in answers] == list("ABCDEF"[: len(answers)]) and len(answers) >= 2, answers
        assert all(explained.strip() for _, explained in answers)
        assert sum(explained.startswith("Yes") for _, explained in answers) == 1, answers
    exercises = [c for c in notebook.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")]
    for step in ("Hint 1: a nudge", "Hint 2: the idea", "Hint 3: nearly the code"):
        assert text.count(step) >= len(exercises) - (name == "09_capstone")  # the choice of a model needs no hint
    assert notebook.cells[-1].source.endswith(f'check("{name}")')
    assert text.count("<details>") == text.count("</details>")
    assert not re.search(r"\b(simply|just|obviously)\b", text, re.IGNORECASE)
    written = [
        c for c in notebook.cells if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("solution")
    ]
    assert all("Mark scheme:" in cell.source for cell in written)


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_the_solved_lesson_runs_without_the_internet_and_without_a_warning(name):
    notebook, seconds, _ = run.run_strictly(solution(name))
    print(f"{name}: {seconds:.1f} s")
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output.text for output in shown if output.output_type == "stream" and output.name == "stderr"]
    pictures = [
        output.data for output in shown if "data" in output and any(kind.startswith("image/") for kind in output.data)
    ]
    assert not pictures  # a figure without a sentence; those with one are HTML
    for output in shown:
        for page in re.findall(r"<img[^>]*>", output.get("data", {}).get("text/html", "")):
            assert re.search(r'alt="[^"]{30,}"', page)


@pytest.mark.long
@pytest.mark.real
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_the_solved_lesson_runs_on_real_recordings(name, crema_d_home):
    run.run_strictly(solution(name))


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_in_an_untouched_lesson_every_cell_but_the_checks_runs(name):
    notebook, _, _ = run.run_strictly(lesson(name), allow_errors=True)
    for cell in notebook.cells:
        failed = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        is_check = cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
        assert bool(failed) == bool(is_check), (cell.source[:80], failed)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_nbgraders_own_validation(name, monkeypatch, tmp_path):
    """Every check passes on the solution; on the untouched lesson none does. Checks stand on the set-up alone."""
    from nbgrader.validator import Validator
    from traitlets.config import Config

    monkeypatch.setenv("SER_CHECK", "1")
    monkeypatch.setenv("SER_COURSE", str(ROOT))
    config = Config()
    config.Execute.timeout = 120
    for file in (solution(name), lesson(name)):
        notebook = nbformat.read(file, as_version=4)
        notebook.cells = [
            c for c in notebook.cells if "nbgrader" in c.metadata or "setup" in c.metadata.get("tags", [])
        ]
        nbformat.write(notebook, tmp_path / f"{file.parents[1].name}.ipynb")
    solved = Validator(config=config).validate(str(tmp_path / "solutions.ipynb"))
    assert not solved.get("failed") and not solved.get("changed"), solved
    untouched = Validator(config=config, invert=True).validate(str(tmp_path / "lessons.ipynb"))
    assert not untouched.get("passed") and not untouched.get("changed"), untouched


@pytest.mark.parametrize("name", NAMES)
def test_a_check_cell_is_one_line(name):
    checks = [cell.source for cell in nbformat.read(lesson(name), as_version=4).cells if release.is_check(cell)]
    assert checks and all(re.fullmatch(r"check(\.more)?\(\"\w+\"\)", source) for source in checks)
