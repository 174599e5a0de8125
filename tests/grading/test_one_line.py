"""A lesson's check cells hold one line; whoever grades it has the whole check all the same: nbgrader as it comes, too."""

import io
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.validator import Validator
from traitlets.config import Config

from ser_helpers import places
from ser_helpers.course import rebuild
from ser_helpers.course.authoring import release

LESSON = "00_start_here"
ANSWERS = {"right": "return len(y) / 16000", "upside-down": "return 16000 / len(y)", "untouched": None}
pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's and nbconvert's own


def handed_in(answer: str | None) -> nbformat.NotebookNode:
    """The lesson as a learner has it, with this answer."""
    notebook = nbformat.read(places.CHECKOUT / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    keep = {"setup", "seconds_of", "seconds_of-check"}
    notebook.cells = [c for c in notebook.cells if keep & {*c.metadata.get("tags", []), rebuild.grade_id(c)}]
    if answer:
        notebook.cells[1].source = f"def seconds_of(y):\n    {answer}"
    return notebook


def release_plainly(folder, lesson: str) -> Config:
    """Have nbgrader release the lesson with no settings but its own, which are given back."""
    (folder / "source" / lesson).mkdir(parents=True)
    shutil.copy(places.CHECKOUT / "solutions" / lesson / f"{lesson}.ipynb", folder / "source" / lesson)
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = f"sqlite:///{folder}/gradebook.db"
    config.CourseDirectory.assignment_id = lesson
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    return config


@pytest.mark.timeout(240)
def test_nbgrader_without_the_courses_settings_scores_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = release_plainly(tmp_path, LESSON)
    for student, answer in ANSWERS.items():
        folder = tmp_path / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(handed_in(answer), folder / f"{LESSON}.ipynb")
    Autograde(coursedir=CourseDirectory(config=config), config=config).start()
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        scores = {one.student.id: one.score for one in gradebook.assignment_submissions(LESSON)}
    assert scores == {"right": 1, "upside-down": 0, "untouched": 0}


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "answer, says", [(1, "Your fraction is upside down"), (2, "Not solved yet. Write your answer")]
)
def test_validate_says_the_sentence_and_shows_no_traceback(tmp_path, answer, says):
    path = tmp_path / f"{LESSON}.ipynb"
    nbformat.write(handed_in([*ANSWERS.values()][answer]), path)
    printed = io.StringIO()
    validator = Validator()
    validator.stream = printed
    validator.validate_and_print(str(path))
    assert 'check("seconds_of")' in printed.getvalue() and says in " ".join(printed.getvalue().split())
    assert "Traceback" not in printed.getvalue() and "ser_helpers" not in printed.getvalue()
    assert "..." not in printed.getvalue().partition("The error was")[2]  # nbgrader cuts what is too long for it


@pytest.mark.parametrize("name", ["03_mfcc", "09_capstone"])
def test_last_years_long_check_cells_are_no_change_of_the_learners(name, tmp_path, monkeypatch):
    """nbgrader's own release is what was handed out before."""
    monkeypatch.chdir(tmp_path)
    release_plainly(tmp_path, name)
    before = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", as_version=4)
    source = nbformat.read(places.CHECKOUT / "solutions" / name / f"{name}.ipynb", as_version=4)
    handed_out = nbformat.read(places.CHECKOUT / "lessons" / name / f"{name}.ipynb", as_version=4)
    assert any(len(cell.source.splitlines()) > 10 for cell in before.cells if release.is_check(cell))
    notebook, repairs = rebuild.rebuild(rebuild.notebook_of(nbformat.writes(before))[0], handed_out, source)
    assert repairs == []
    checks = [cell.source for cell in notebook.cells if release.is_check(cell)]
    assert checks == [cell.source for cell in source.cells if release.is_check(cell)]
