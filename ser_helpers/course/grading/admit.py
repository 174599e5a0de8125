"""The first stage: from a submission's folder to the one notebook in it, whatever else lies there.

Links, pipes and devices are never opened, and nothing is run.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import stat
from collections.abc import Collection
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from zoneinfo import ZoneInfo

from nbformat import NotebookNode
from nbgrader.apps.baseapp import NbGrader
from traitlets.config import Application

from ...errors import CourseError
from ..rebuild import NotANotebook, notebook_of

LARGEST = 50 * 2**20  # bytes of a notebook
MOST_FILES = 1000  # looked at in a submission
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(\S*)")
CERTAIN = 'Write it like "2027-03-01 23:59:00 Europe/Berlin"; the last word may also be UTC or an offset like +0100.'


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
    found: list[Path] = []
    others: list[str] = []
    seen, todo = 0, [(folder, 0)]
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
                others.append(_kind(entry) + entry.name)
    return sorted(found), others


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "a link called "
    return "" if entry.is_file() else "no file but a device or pipe called "


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


def admit(folder: Path, lesson: str) -> tuple[NotebookNode, list[str]]:
    """A submission's notebook, of each cell no more than its text and nbgrader's mark; and notes on what was odd.

    Raises
    ------
    NotGradable
        When the submission has no notebook that can be read.
    """
    path, notes = find_notebook(folder, lesson)
    notebook, more = read_notebook(path)
    if os.path.lexists(folder / "timestamp.txt") and submitted_at(folder) is None:
        notes = [*notes, f"timestamp.txt holds no date that is certain: the time of submission is not known. {CERTAIN}"]
    return notebook, [*notes, *more]


def submitted_at(folder: Path | str) -> datetime | None:
    """When timestamp.txt says that a submission came, in UTC; None when it does not say."""
    file = Path(folder, "timestamp.txt")
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if stat.S_ISREG(file.lstat().st_mode) and file.stat().st_size < 200:
            return as_utc(file.read_text(encoding="utf-8"))
    return None


def as_utc(text: str) -> datetime:
    """A date and time, where no second reading is possible, in UTC and without a zone, as nbgrader keeps them.

    The zone is an offset or a name of the IANA's list; without one it is UTC. `CEST` or `PST` are on no list, and `IST` is
    the time of three countries.

    Raises
    ------
    CourseError
        When it is written otherwise; the message says how to.

    Examples
    --------
    >>> print(as_utc("2027-07-01 23:59:00 Europe/Berlin"), as_utc("2027-03-01 23:59 +0100"), sep=", ")
    2027-07-01 21:59:00, 2027-03-01 22:59:00
    """
    with contextlib.suppress(ValueError, OverflowError, LookupError, OSError):  # there is no such day, or no such zone
        if match := MOMENT.fullmatch(text.strip()):
            date, clock, zone = match.groups()
            zone = "+0000" if zone in {"", "Z"} else zone
            if zone[0] in "+-":
                when = datetime.fromisoformat(f"{date} {clock}{zone}")
            else:
                when = datetime.fromisoformat(f"{date} {clock}").replace(tzinfo=ZoneInfo(zone))
            return when.astimezone(UTC).replace(tzinfo=None)
    raise CourseError(f"It is not certain which moment {text.strip()[:60]!r} means. {CERTAIN}")


def parse_deadline(when: datetime | str | None) -> datetime | None:
    """In the place of nbgrader's `parse_utc`, which takes what it does not know for UTC; a command ends with a sentence."""
    try:
        if isinstance(when, str):
            return as_utc(when)
    except CourseError as error:
        if Application.initialized() and isinstance(command := Application.instance(), NbGrader):
            command.fail(str(error))
        raise
    return when.astimezone(UTC).replace(tzinfo=None) if when and when.tzinfo else when


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


def misplaced(submitted: Path, lesson: str, lessons: Collection[str]) -> dict[str, str]:
    """What looks like a submission of this lesson and lies where nobody looks: {where it lies: where it was expected}.

    Parameters
    ----------
    submitted : Path
        nbgrader's folder of submissions.
    lessons : collection of str
        All of the course: what lies at one of these places is a submission, and is called what it looks most like.
    """
    found = {}
    with contextlib.suppress(PermissionError):  # the survey says so
        for entry in _visible(submitted):
            if entry.is_dir(follow_symlinks=False):
                for inner in _visible(entry.path):
                    if inner.name.casefold() not in {name.casefold() for name in lessons} and _is_of(
                        inner, lesson, lessons
                    ):
                        found[f"{entry.name}/{inner.name}"] = f"{entry.name}/{lesson}/{lesson}.ipynb"
            elif _means(entry.name, lessons) == lesson:
                found[entry.name] = f"NAME/{lesson}/{lesson}.ipynb"
    return found


def _visible(folder: Path | str) -> list[os.DirEntry[str]]:
    return sorted((one for one in os.scandir(folder) if not one.name.startswith(".")), key=lambda one: one.name)


def _is_of(entry: os.DirEntry[str], lesson: str, lessons: Collection[str]) -> bool:
    """Whether a file or folder is called something like a lesson, or a notebook in it is."""
    inside = _notebooks(Path(entry.path))[0] if entry.is_dir(follow_symlinks=False) else []
    names = [entry.name, *(path.name for path in inside)]
    return next((means for name in names if (means := _means(name, lessons))), "") == lesson


def _means(name: str, lessons: Collection[str]) -> str:
    """The lesson that a name holds or resembles; "" when it does neither.

    Examples
    --------
    >>> lessons = ["03_mfcc", "04_noise"]
    >>> [_means(name, lessons) for name in ("nora_03_MFCC (1).ipynb", "3_mfcc", "notes.txt")]
    ['03_mfcc', '03_mfcc', '']
    """
    stem = Path(name).stem.casefold()
    held = [lesson for lesson in lessons if lesson.casefold() in stem]
    return next(iter(held or difflib.get_close_matches(stem, lessons, 1, 0.75)), "")


def _check_names(student: str, folder: str, lesson: str) -> None:
    if not student.isprintable() or student != student.strip() or student.startswith(".") or set("*?[]") & {*student}:
        raise NotGradable(
            f"nbgrader cannot take the student's name {student!r}: it has a line break, a space at its end, a dot at its beginning, or "
            "one of * ? [ ]. Rename the folder."
        )
    if folder != lesson:
        raise NotGradable(f"The folder is called {folder}, and {lesson} was expected. Rename it.")
