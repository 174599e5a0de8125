"""From a submission folder to one notebook that nbgrader can grade, with a note of everything that was repaired.

The notebook is not patched but built anew: the course's own cells (explanations, checks, points, ids, tags) come from
the release and its source, and only what a student writes comes from the submission: the answers, and cells of their own.
So nothing that was done to a check, a tag or an id, on purpose or not, gets through.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from datetime import datetime
from fnmatch import fnmatch
from io import StringIO
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from ...errors import CourseError
from ..rebuild import NotANotebook, _id, _is_answer, notebook_of, rebuild
from . import records, sandbox

LARGEST = 50 * 2**20  # bytes of a notebook
MOST_FILES = 1000  # looked at in a submission


class NotGradable(CourseError):
    """A submission without a notebook that can be read; the message is what the student and the instructor are told."""


def find_notebook(folder: Path, lesson: str) -> tuple[Path, list[str]]:
    """The one notebook of a submission, and a note when its name or place is not the expected one.

    Links, pipes and devices are never opened.

    Raises
    ------
    NotGradable
        When there is none, or more than one that it could be.
    """
    expected = folder / f"{lesson}.ipynb"
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise NotGradable(f"{folder.name} is a link or a file, not a folder with a notebook in it.")
        if os.path.lexists(expected) and stat.S_ISREG(expected.lstat().st_mode):
            return expected, []
        found, others = _notebooks(folder)
    except PermissionError:
        raise NotGradable("The folder cannot be opened: its permissions forbid it. Ask for a new submission.") from None
    if len(found) == 1:
        return found[0], [f"The notebook was called {found[0].relative_to(folder)}; it was taken for {expected.name}."]
    if found:
        names = ", ".join(str(path.relative_to(folder)) for path in found[:5])
        raise NotGradable(
            f"There are {len(found)} notebooks ({names}) and none is called {expected.name}. Which counts?"
        )
    there = f" There is {', '.join(others[:5])}." if others else " The folder is empty."
    raise NotGradable(f"There is no {expected.name} in the submission.{there}")


def _notebooks(folder: Path) -> tuple[list[Path], list[str]]:
    """Regular files that end in .ipynb, two folders deep; and what else lies there, in words."""
    found, others, seen, todo = [], [], 0, [(folder, 0)]
    while todo:
        here, depth = todo.pop()
        for entry in os.scandir(here):
            seen += 1
            if seen > MOST_FILES:
                return sorted(found), others
            if entry.name.startswith(".") or entry.name == "timestamp.txt":
                continue
            if entry.is_dir(follow_symlinks=False) and depth < 2:
                todo.append((Path(entry.path), depth + 1))
            elif entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(".ipynb"):
                found.append(Path(entry.path))
            else:
                kind = (
                    "a link called "
                    if entry.is_symlink()
                    else ""
                    if entry.is_file()
                    else "no file but a device or pipe called "
                )
                others.append(f"{kind}{entry.name}")
    return sorted(found), others


def read_notebook(path: Path) -> tuple[NotebookNode, list[str]]:
    """A submitted notebook, in today's format.

    Raises
    ------
    NotGradable
        When it cannot be read; the message says why.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(number, "rb") as file:
            about = os.fstat(number)
            if not stat.S_ISREG(about.st_mode):
                raise NotGradable(f"{path.name} is no ordinary file.")
            if about.st_size > LARGEST:
                raise NotGradable(
                    f"{path.name} has {about.st_size / 2**20:.0f} MB; a notebook of this course has less than 50."
                )
            text = file.read().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise NotGradable(f"{path.name} cannot be opened: {error.strerror}.") from None
    try:
        return notebook_of(text)
    except NotANotebook as error:
        raise NotGradable(f"{path.name} {error}") from None


def admit(folder: Path, lesson: str) -> NotebookNode:
    """The notebook that goes on to nbgrader; its metadata holds what was repaired.

    Raises
    ------
    NotGradable
        When the submission has no notebook that can be read.
    """
    path, notes = find_notebook(folder, lesson)
    submitted, more = read_notebook(path)
    release = nbformat.read(Path("lessons", lesson, f"{lesson}.ipynb"), as_version=4)
    source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
    notebook, repairs = rebuild(submitted, release, source)
    if os.path.lexists(folder / "timestamp.txt") and submitted_at(folder) is None:
        notes.append("timestamp.txt holds no date: the time of submission is not known.")
    notebook.metadata["ser"] = {"repairs": [*notes, *more, *repairs]}
    return notebook


def submitted_at(folder: Path | str) -> datetime | None:
    """When nbgrader's timestamp.txt says that a submission came; None when it does not say."""
    file = Path(folder, "timestamp.txt")
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if stat.S_ISREG(file.lstat().st_mode) and file.stat().st_size < 200:
            return parse_utc(file.read_text(encoding="utf-8").strip())
    return None


def survey(submitted: Path, lesson: str, student: str = "*") -> dict[str, str]:
    """Everybody who handed in a lesson, and why it cannot be graded ("" when it can); nothing is run, nothing changed.

    Parameters
    ----------
    submitted : Path
        nbgrader's folder of submissions, with a folder for each student.
    student : str
        A name, or a pattern as the shell has them.
    """
    found = {}
    for entry in sorted(os.scandir(submitted), key=lambda entry: entry.name):
        if entry.is_dir() and (entry.name == student or fnmatch(entry.name, student)):
            try:
                names = {name.casefold(): name for name in os.listdir(entry)}
                if lesson.casefold() in names:
                    found[entry.name] = ""
                    _check_names(entry.name, names[lesson.casefold()], lesson)
                    read_notebook(find_notebook(Path(entry.path, lesson), lesson)[0])
            except PermissionError:
                found[entry.name] = "The student's folder cannot be opened: its permissions forbid it."
            except NotGradable as error:
                found[entry.name] = str(error)
    return found


def _check_names(student: str, folder: str, lesson: str) -> None:
    if not student.isprintable() or student != student.strip() or student.startswith(".") or set("*?[]") & {*student}:
        raise NotGradable(
            f"nbgrader cannot take the student's name {student!r}: it has a line break, a space at its end, a dot at its beginning, or "
            "one of * ? [ ]. Rename the folder."
        )
    if folder != lesson:
        raise NotGradable(f"The folder is called {folder}, and {lesson} was expected. Rename it.")


def register(coursedir: CourseDirectory, config: Config) -> None:
    """Have nbgrader take the lesson's checks into the gradebook, when these are not the ones it holds."""
    lesson = coursedir.assignment_id
    source = nbformat.read(Path(coursedir.root, "solutions", lesson, f"{lesson}.ipynb"), as_version=4)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook, contextlib.suppress(MissingEntry):
        held = {cell.name: cell.source for cell in gradebook.find_notebook(lesson, lesson).source_cells}
        if all(held.get(_id(cell)) == cell.source for cell in source.cells if _id(cell) and not _is_answer(cell)):
            return
    with tempfile.TemporaryDirectory() as folder:
        settings = {name: getattr(coursedir, name) for name in coursedir.trait_names(config=True)}
        elsewhere = CourseDirectory(**settings | {"release_directory": folder, "student_id": "."})
        GenerateAssignment(coursedir=elsewhere, config=config).start()


class Exporter(NotebookExporter):
    """nbgrader's way to a submission's notebook, with `admit` where it would read the file itself.

    nbgrader makes one before each run. So this is also where everything is made ready: the sandbox, the gradebook, and
    the list of submissions, from which nbgrader drops what it cannot match without a word.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        coursedir = self.parent.coursedir
        coursedir.get_existing_timestamp = submitted_at  # nbgrader's own gives a submission up for a bad date
        try:
            if sandbox.confined():
                sandbox.fork_server()
            else:
                self.log.warning("Grading WITHOUT a sandbox: %s.", sandbox.RISK)
        except CourseError as error:
            self.log.error(error)
            raise NbGraderException(str(error)) from None
        register(coursedir, self.config)
        if type(self.parent) is Autograde:
            with contextlib.chdir(coursedir.root):
                self._list_submissions(coursedir)

    def _list_submissions(self, coursedir: CourseDirectory) -> None:
        lesson, self.parent.assignments = coursedir.assignment_id, {}
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", ".")).resolve()
        for student, reason in survey(submitted, lesson, coursedir.student_id).items():
            folder = coursedir.format_path(coursedir.submitted_directory, student, lesson)
            if not reason:
                self.parent.assignments[folder] = [os.path.join(folder, f"{lesson}.ipynb")]
            elif student not in coursedir.student_id_exclude.split(","):
                self.log.warning("%r is not graded: %s", student, reason)
                records.save(records.Record(lesson, student, "not graded", reason))

    def from_filename(self, filename, resources=None, **kwargs):
        if not self.parent._sanitizing:  # the second time round the file is the course's own
            return super().from_filename(filename, resources=resources, **kwargs)
        folder, lesson, student = (Path(filename).parent, *map(resources["nbgrader"].get, ("assignment", "student")))
        records.path(lesson, student).unlink(missing_ok=True)  # what it says is true of an earlier submission
        notebook = admit(folder, lesson)
        if submitted_at(folder):  # nbgrader compares the two when it looks for newer submissions
            copy = Path(self.parent._format_dest(lesson, student), "timestamp.txt")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / "timestamp.txt", copy)
        return self.from_file(StringIO(nbformat.writes(notebook)), resources=resources, **kwargs)
