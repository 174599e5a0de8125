"""From a submission folder to one notebook that nbgrader can grade, with a note of everything that was repaired.

The notebook is not patched but built anew: the course's own cells (explanations, checks, points, ids, tags) come from
the release and its source, and only what a student writes comes from the submission: the answers, and cells of their own.
So nothing that was done to a check, a tag or an id, on purpose or not, gets through.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shutil
import stat
import symtable
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatch
from functools import partial
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from ... import corpus
from . import records, sandbox

LARGEST = 50 * 2**20  # bytes of a notebook
MOST_FILES = 1000  # looked at in a submission
ATTACHED = re.compile(r"attachment:([^)\s\"'>]+)")  # where a picture stands that was pasted into a text
BASE64 = re.compile("[A-Za-z0-9+/]+={0,2}")


class NotGradable(corpus.CourseError):
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
    if not text.strip():
        raise NotGradable(f"{path.name} is empty. It was probably not saved before it was handed in.")
    notes = ["The notebook held bytes that are no UTF-8; each became a \ufffd."] if "\ufffd" in text else []
    try:
        notebook = json.loads(text)
        version = int(notebook.get("nbformat", 4))
        if version < 4:
            notebook = nbformat.convert(nbformat.from_dict(notebook), 4)
            notes.append(f"The notebook was in format {version} and was brought to format 4.")
        return nbformat.v4.new_notebook(cells=[_plain_cell(cell) for cell in notebook["cells"]]), notes
    except Exception:  # whatever a file may hold
        start = " ".join(text[:60].split())
        raise NotGradable(
            f"{path.name} is no notebook: it is not the JSON that Jupyter writes. It begins with {start!r}."
        ) from None


def _plain_cell(cell: dict) -> NotebookNode:
    """Source, type and grade_id of a cell, its pictures inside the text; nothing else of it goes on."""
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else str(source)
    if cell.get("cell_type") == "markdown":
        source = ATTACHED.sub(partial(_picture, cell.get("attachments")), source)
    make = new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell
    kept = make(source.encode("utf-8", "replace").decode())  # half a character, which no file can hold
    given = cell.get("metadata", {}).get("nbgrader")
    kept.metadata["grade_id"] = str(given.get("grade_id")) if isinstance(given, dict) else None
    return kept


def _picture(attachments: dict, where: re.Match) -> str:
    """The picture itself; without one the place is no link any more, which would stop whoever shows the page."""
    with contextlib.suppress(AttributeError, KeyError, TypeError):  # anything may stand where pictures should
        for kind, parts in attachments[unquote(where[1])].items():
            data = "".join("".join(parts).split())
            if kind in ("image/png", "image/jpeg", "image/gif", "image/webp") and BASE64.fullmatch(data):
                return f"data:{kind};base64,{data}"
    return f"attachment: {where[1]}"


@dataclass
class _Answers:
    """A submission's cells, told apart: by grade_id, or own, each own one with the course's cell that stands before it.

    What was found amiss is kept as {sentence: names it is true of}.
    """

    by_id: dict[str, list[str]] = field(default_factory=dict)
    own: dict[int, list[NotebookNode]] = field(default_factory=dict)
    amiss: dict[str, list[str]] = field(default_factory=dict)

    def note(self, sentence: str, name: str) -> None:
        self.amiss.setdefault(sentence, []).append(name)


def rebuild(submitted: NotebookNode, release: NotebookNode, source: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The course's notebook with a student's answers and own cells in their places.

    Parameters
    ----------
    submitted : NotebookNode
        From `read_notebook`.
    release, source : NotebookNode
        The lesson as handed out, and its source with the hidden tests. Their cells correspond one to one.

    Returns
    -------
    notebook : NotebookNode
    repairs : list of str
    """
    stubs = {_id(cell): cell.source for cell in release.cells if _is_answer(cell)}
    answers = _sort_out(submitted, release, stubs)
    _adopt(answers, release, stubs)
    cells = []
    for place, (given, truth) in enumerate(zip(release.cells, source.cells, strict=True)):
        cell = deepcopy(truth)
        if _is_answer(given):
            cell.source = _answer(answers, _id(given), stubs[_id(given)], given.cell_type == "code")
        cells += [cell, *answers.own.get(place, [])]
    notebook = nbformat.v4.new_notebook(cells=[*answers.own.get(-1, []), *cells], metadata=deepcopy(source.metadata))
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "grade_id" in cell.metadata:
            cell.metadata = NotebookNode({"ser": {"own": True}})
            cell.id = f"own-{number}"
    skip_what_no_answer_needs(notebook)
    repairs = [f"{', '.join(dict.fromkeys(names))}: {sentence}" for sentence, names in answers.amiss.items()]
    return notebook, repairs


def _id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _sort_out(submitted: NotebookNode, release: NotebookNode, stubs: dict[str, str]) -> _Answers:
    """Tell the course's cells, the answers and a student's own cells apart."""
    answers, place, met = _Answers(), -1, set()
    known = {_id(cell): i for i, cell in enumerate(release.cells) if _id(cell)}
    texts: dict[str, list[int]] = {}
    for i, cell in enumerate(release.cells):
        texts.setdefault(cell.source.strip(), []).append(i)
    for cell in submitted.cells:
        name, text = cell.metadata["grade_id"], cell.source.strip()
        if name in known:
            place = known[name]
            if name not in stubs and name in met:
                answers.note("the check was there twice; it ran once.", name)
            elif name not in stubs and text != release.cells[place].source.strip():
                answers.note("the check had been changed; the course's own ran.", name)
        elif text in texts:
            place = next((i for i in texts[text] if i > place), texts[text][0])
            name = _id(release.cells[place])
            if name and name not in stubs:
                answers.note("the check had lost its mark; the course's own ran.", name)
        elif text:
            answers.own.setdefault(place, []).append(cell)
        if name in stubs:
            answers.by_id.setdefault(name, []).append(cell.source)
        met.add(name)
    for name in known:
        if name not in stubs and name not in met:
            answers.note("the check was missing; it was put back and ran.", name)
    return answers


def _adopt(answers: _Answers, release: NotebookNode, stubs: dict[str, str]) -> None:
    """Find the answer to an exercise that has none: it was written into another cell, or its cell has lost its mark."""
    for grade_id, stub in stubs.items():
        if any(part.strip() != stub.strip() for part in answers.by_id.get(grade_id, [])):
            continue
        names = set(functions_of(stub))
        found = [
            (place, cell)
            for place, cells in answers.own.items()
            for cell in cells
            if (names and cell.cell_type == "code" and names & set(functions_of(cell.source)))
            or (not names and cell.cell_type == "markdown" and grade_id not in answers.by_id)
        ]
        if not found or (not names and len(found) > 1):  # which of several texts, nobody can tell
            continue
        here = next(i for i, cell in enumerate(release.cells) if _id(cell) == grade_id)
        check = next((i for i, cell in enumerate(release.cells) if i > here and _id(cell)), here)
        place, cell = found[0]
        answers.note("the answer stood in another cell; it counts.", grade_id)
        if not (names and here <= place < check):  # where it stands, it would come too late, or the stub after it
            answers.own[place].remove(cell)
            answers.by_id[grade_id] = [cell.source]


def _answer(answers: _Answers, name: str, stub: str, code: bool) -> str:
    """One answer from what was there: nothing, one cell, a split cell, or copies."""
    parts = answers.by_id.get(name, [])
    if not parts:
        answers.note("the answer's cell was missing.", name)
        return stub
    written = [part for part in dict.fromkeys(parts) if part.strip() != stub.strip()]
    if len(parts) == 1 or not written:
        return parts[0]
    answers.note(
        "the answer's cell was there more than once, copied or split; the parts were joined in their order.", name
    )
    together = "\n\n".join(written)
    if code and not _is_python(together):  # copies, one of them unfinished
        together = "\n\n".join(filter(_is_python, written)) or together
    return together


def _is_python(source: str) -> bool:
    try:
        ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return False
    return True


def skip_what_no_answer_needs(notebook: NotebookNode) -> None:
    """Leave out the course's explanations whose names neither a check nor a student's cell uses: figures nobody looks at."""
    needed: set[str] = set()
    for cell in reversed(notebook.cells):
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.setdefault("tags", [])
        explains = not cell.metadata.get("nbgrader") and "ser" not in cell.metadata and "setup" not in tags
        made, used = _names(cell.source)
        if explains and made is not None and not made & needed:
            tags.append("skip-execution")
        else:
            needed |= used


def _names(source: str) -> tuple[set[str] | None, set[str]]:
    """Global names that a cell makes or changes, and those that it uses; (None, words) when that cannot be told."""
    words = set(re.findall(r"[A-Za-z_]\w*", source))
    try:
        todo, tree = [symtable.symtable(source, "<cell>", "exec")], ast.parse(source)
    except SyntaxError:  # a magic, or unfinished
        return None, words
    made, used = set(), set()
    while todo:
        table = todo.pop()
        todo += table.get_children()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                made |= {symbol.get_name()} if symbol.is_assigned() or symbol.is_imported() else set()
                used |= {symbol.get_name()} if symbol.is_referenced() else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            made |= {name.id for name in ast.walk(node.value) if isinstance(name, ast.Name)}
    return made, words if used & {"eval", "exec", "globals", "get_ipython"} else used


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
        except corpus.CourseError as error:
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


def functions_of(source: str) -> list[str]:
    """Names of the functions that a cell defines, [] when Python cannot read it.

    Examples
    --------
    >>> functions_of("def relu(z):\\n    return z")
    ['relu']
    """
    try:
        return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    except SyntaxError:
        return []
