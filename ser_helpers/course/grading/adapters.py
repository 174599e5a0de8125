"""nbgrader's classes, each a thin way to the pipeline; nbgrader_config.py hangs them into nbgrader.

nbgrader lists submissions, keeps the gradebook and copies what a marked notebook says into it. How a submission becomes a
marked notebook is `pipeline.grade_one`'s.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests
from traitlets import Integer
from traitlets.config import Config, PyFileConfigLoader

from ...errors import CourseError
from ..authoring.release import check_line, is_check
from ..rebuild import grade_id, has_points, is_answer
from . import decisions, feedback, late, records, seed
from .admit import submitted_at, survey
from .box.base import Box
from .box.choose import chosen
from .pipeline import Lesson, grade_one
from .records import Record


def coursedir(lesson: str) -> tuple[CourseDirectory, Config]:
    """nbgrader's view of this folder, patient when several processes write."""
    config = PyFileConfigLoader("nbgrader_config.py", os.getcwd()).load_config()
    config.CourseDirectory.db_url += "?timeout=60"
    return CourseDirectory(config=config, assignment_id=lesson), config


def register(coursedir: CourseDirectory, config: Config) -> None:
    """Have nbgrader take the lesson's checks into the gradebook, when these are not the ones it holds."""
    lesson = coursedir.assignment_id
    if _holds(coursedir, nbformat.read(Path(coursedir.root, "solutions", lesson, f"{lesson}.ipynb"), as_version=4)):
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = {name: getattr(coursedir, name) for name in coursedir.trait_names(config=True)}
        elsewhere = CourseDirectory(**settings | {"release_directory": folder, "student_id": "."})
        GenerateAssignment(coursedir=elsewhere, config=config).start()


def _holds(coursedir: CourseDirectory, source: NotebookNode) -> bool:
    """Whether the gradebook has the checks of a lesson's source, with their text and their points."""
    lesson = coursedir.assignment_id
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            notebook = gradebook.find_notebook(lesson, lesson)
        except MissingEntry:
            return False
        texts = {cell.name: cell.source for cell in notebook.source_cells}
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    return all(
        (is_answer(cell) or texts.get(grade_id(cell)) == cell.source)
        and (not has_points(cell) or points.get(grade_id(cell)) == cell.metadata["nbgrader"]["points"])
        for cell in source.cells
        if grade_id(cell)
    )


def make_ready(converter: Autograde) -> Box:
    """Before nbgrader's own Autograde begins: the box, the gradebook, and the list of submissions.

    nbgrader drops what it cannot match without a word, so the list is made again, and who is not on it has a record.
    """
    coursedir = converter.coursedir
    try:
        box = chosen()
        box.open()
    except CourseError as error:
        converter.log.error(error)
        raise NbGraderException(str(error)) from None
    if box.risk:
        converter.log.warning("Grading WITHOUT a sandbox: %s.", box.risk)
    register(coursedir, converter.config)
    with contextlib.chdir(coursedir.root):
        _list_submissions(converter, coursedir)
    return box


def _list_submissions(converter: Autograde, coursedir: CourseDirectory) -> None:
    lesson, converter.assignments = coursedir.assignment_id, {}
    submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", ".")).resolve()
    for student, reason in survey(submitted, lesson, coursedir.student_id).items():
        folder = coursedir.format_path(coursedir.submitted_directory, student, lesson)
        if not reason:
            converter.assignments[folder] = [os.path.join(folder, f"{lesson}.ipynb")]
        elif student not in coursedir.student_id_exclude.split(","):
            converter.log.warning("%r is not graded: %s", student, reason)
            records.save(Record(lesson, student, "not graded", reason))


def keep_the_way_back(folder: Path, to: Path) -> None:
    """Give the next folder what `release_feedback` needs: the time of submission, and the secret that the student has too.

    A submission that came another way has no secret: a new one is nobody's, and the others' feedback can go out.
    """
    when, kept, secret = submitted_at(folder), folder / "submission_secret.txt", ""
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISREG(kept.lstat().st_mode) and kept.stat().st_size < 200:
            secret = kept.read_text(encoding="utf-8")
    to.mkdir(parents=True, exist_ok=True)
    (to / "timestamp.txt").write_text(f"{when} UTC" if when else "", encoding="utf-8")
    (to / kept.name).write_text(secret or secrets.token_urlsafe(), encoding="utf-8")


class SubmissionExporter(NotebookExporter):
    """In the place where nbgrader reads a submission's notebook: it gets the marked one."""

    cell_seconds = Integer(60, help="Seconds for a cell, and for a call in the second run.").tag(config=True)
    notebook_seconds = Integer(300, help="Seconds that all cells of one notebook may take together.").tag(config=True)

    parent: Autograde

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.record: Record | None = None
        self.before: Record | None = None
        # The command and Formgrader make nbgrader's own Autograde and call its `start`; of what a configuration can put
        # into that, only this class is met before the first submission: `pre_convert_hook` comes once a student, after
        # the list was made, and what it raises is swallowed.
        self.box = self.parent.box if isinstance(self.parent, SubmissionGrader) else make_ready(self.parent)

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        """nbgrader comes twice: for a notebook it may keep, which is when all is done, and then for its scores."""
        if self.parent._sanitizing:
            self.record = self._grade(Path(filename).parent, **resources["nbgrader"])
        assert self.record is not None  # the first round has made it
        if self.record.marked is None:
            self._hand_on(self.record)
            raise NbGraderException(self.record.reason)
        exported = self.from_notebook_node(self.record.marked, resources)
        if not self.parent._sanitizing:  # the gradebook has the scores now
            decisions.renew(self.record, self.before)
            self._hand_on(self.record)
        return exported

    def _grade(self, folder: Path, assignment: str, student: str, **_: str) -> Record:
        self.before = records.load(assignment, student)
        records.forget(assignment, student)
        late.arrived(assignment, student, folder)
        keep_the_way_back(folder, Path(self.parent._format_dest(assignment, student)))
        if isinstance(self.parent, SubmissionGrader) and self.parent.made:
            return self.parent.made
        assert self.box is not None  # or somebody has made the record
        lesson = Lesson.read(assignment)
        return grade_one(folder, lesson, self.box, seed.course_seed(), self.cell_seconds, self.notebook_seconds)

    def _hand_on(self, record: Record) -> None:
        """To `ser grade`, which has more to put in; nbgrader's own Autograde has no use for it."""
        if isinstance(self.parent, SubmissionGrader):
            self.parent.record = record
        else:
            records.save(record)


class SubmissionGrader(Autograde):
    """`ser grade`'s Autograde: a folder that is named and not searched for, in a box that is ready; none where a cluster grades."""

    def __init__(self, lesson: str, box: Box | None):
        where, config = coursedir(lesson)
        super().__init__(coursedir=where, config=config, force=True)
        self.box = box
        self.made: Record | None = None
        self.record: Record | None = None
        self.trouble: Exception | None = None
        self.log.setLevel("CRITICAL")  # what went wrong is in the record

    def grade(self, student: str, made: Record | None = None) -> Record:
        """Grade one submission, or take in the record that another machine has made of it; whatever happens, there is one."""
        self.made = made
        lesson, self.student, self.record, self.trouble = self.coursedir.assignment_id, student, None, None
        try:
            self.start()
        except Exception as error:  # NbGraderException, and whatever else must not stop the class
            if self.record is None or self.record.status == "graded":
                cause = self.trouble or error
                return Record(lesson, student, "not graded", f"nbgrader gave up: {type(cause).__name__}: {cause}")
        return self.record or Record(lesson, student, "not graded", "nbgrader left no score.")

    def init_notebooks(self) -> None:
        folder = self._format_source(self.coursedir.assignment_id, self.student)
        self.assignments = {folder: [os.path.join(folder, f"{self.coursedir.assignment_id}.ipynb")]}

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.trouble = error
            raise


class OneLine(ClearHiddenTests):
    """Where nbgrader takes the hidden tests out of a lesson: the rest of a check goes with them, into data/checks/."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        if not is_check(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        cell.source = check_line(grade_id(cell))
        return cell, resources


class FeedbackExporter(Exporter):
    """nbgrader's exporter of feedback: the page that `feedback` makes."""

    parent: GenerateFeedback
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        about = resources["nbgrader"]
        lesson, student = about["assignment"], about["student"]
        steps = (self.parent._format_source, self.parent._format_dest)
        keep_the_way_back(*(Path(step(lesson, student)) for step in steps))
        source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
        record = records.load(lesson, student) or Record(lesson, student)
        with Gradebook(about["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(about["notebook"], lesson, student)
            return feedback.page(nb, record, submission, source), resources
