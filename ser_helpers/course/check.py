"""Feedback without a teacher: the checks of a lesson, run on the notebook as it is saved, in a process of its own.

In a lesson: ``check("03_mfcc")``; in a terminal: ``ser check 03_mfcc`` (or a notebook's path), and ``ser check`` for all
lessons at a glance.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .. import places
from ..errors import CourseError
from . import apart, rebuild, verdict
from .authoring import release
from .verdict import code_in

SECONDS_PER_CELL = 60
LONGEST = 1000  # characters of what a check says
WRITTEN, UNWRITTEN = "written: marked by a person", "not written yet"
NOT_RUN = "did not run: the process ended before this check"
Tick = Callable[[int, int, str], object]  # told before each exercise: how many are done, of how many, its name
STAR = re.compile(r"^from numpy import \*", re.MULTILINE)


@dataclass
class Row:
    """What became of one exercise."""

    exercise: str
    points: float
    earned: float
    says: str
    hint: str = ""


@dataclass(repr=False)
class Report:
    """The table that `check` shows; as HTML in a notebook, as text in a terminal."""

    lesson: str
    rows: list[Row]
    notes: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        """What the checks can give; a person gives the rest."""
        return sum(row.points for row in self.rows if row.says not in (WRITTEN, UNWRITTEN))

    @property
    def earned(self) -> float:
        return sum(row.earned for row in self.rows)

    @property
    def head(self) -> str:
        """The sum in words."""
        by_hand = sum(row.points for row in self.rows) - self.points
        return f"{self.earned:g} of {self.points:g} points" + (
            f", {by_hand:g} more are for a person to give" * bool(by_hand)
        )

    def __repr__(self) -> str:
        lines = [f"{self.lesson}: {self.head}", *self.notes] if self.rows else self.notes
        for row in self.rows:
            lines.append(f"  {row.exercise:24} {row.earned:g}/{row.points:g}  {row.says}")
            lines += [f"  {'':24}      {row.hint}"] if row.hint else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"  # JupyterLab puts all but text to the right
        cells = "".join(
            f"<tr><th scope='row' {left}>{html.escape(row.exercise)}</th><td {left}>{row.earned:g}/{row.points:g}</td>"
            f"<td {left}>{code_in(row.says)}{'<br><i>' + code_in(row.hint) + '</i>' if row.hint else ''}</td></tr>"
            for row in self.rows
        )
        heads = "".join(f"<th scope='col' {left}>{head}</th>" for head in ("exercise", "points", "what the checks say"))
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f"<section aria-label='Checks of {self.lesson}'><p role='status'><b>{self.head}</b></p>{notes}<table><thead><tr>{heads}</tr></thead>"
            f"<tbody>{cells}</tbody></table></section>"
        )


def check(lesson: str) -> Report | None:
    """Run a lesson's checks on the saved notebook; does nothing while a check or nbgrader runs the notebook.

    It is the notebook that JupyterLab has open, so a kept copy or the solution is checked for what it is.

    Parameters
    ----------
    lesson : str
        For example ``"03_mfcc"``.

    Returns
    -------
    Report or None

    Notes
    -----
    A separate process does the work, so a loop without an end costs a minute and not your session.
    """
    if os.environ.get("SER_CHECK") or os.environ.get("NBGRADER_EXECUTION"):
        return None
    path = Path(os.environ.get("JPY_SESSION_NAME", ""))  # what Jupyter calls the notebook of this kernel
    if not (path.name.startswith(lesson) and path.is_file()):
        path = _place(lesson, places.course_folder())
    try:
        with _bar_in_a_notebook() as tick:
            report = run(str(path), tick=tick)
    except CourseError as error:
        return Report(lesson, [], [str(error)])
    report.notes += _unsaved(path)
    return report


@contextlib.contextmanager
def _bar_in_a_notebook() -> Iterator[Tick]:
    """A bar that names the exercise which is checked, and leaves when all are."""
    from IPython.display import HTML, display

    def bar(done: int, of: int, name: str) -> HTML:
        return HTML(f"<label>Checking {html.escape(name)} <progress value='{done}' max='{of}'></progress></label>")

    shown = display(bar(0, 1, "the notebook"), display_id=True)
    try:
        yield lambda done, of, name: shown and shown.update(bar(done, of, name))
    finally:
        if shown:
            shown.update(HTML(""))


@contextlib.contextmanager
def _bar_in_a_terminal(wanted: bool) -> Iterator[Tick]:
    """The same, on a terminal; nothing where nobody reads it."""
    import tqdm

    with tqdm.tqdm(leave=False, disable=None if wanted else True, bar_format="{desc} {bar} {n_fmt}/{total_fmt}") as bar:

        def tick(done: int, of: int, name: str) -> None:
            bar.total, bar.n = of, done
            bar.set_description(name)

        yield tick


def _place(lesson: str, root: Path) -> Path:
    """Where a lesson's notebook is, its number is enough; a path is taken as it is."""
    if lesson.endswith(".ipynb"):
        return Path(lesson)
    lesson = next((name for name in _lessons(root) if lesson and name.startswith(lesson)), lesson)
    return root / "lessons" / lesson / f"{lesson}.ipynb"


def _lessons(root: Path) -> list[str]:
    """The lessons of a course's folder; in a class the folder holds no solutions."""
    there = (path.stem for path in root.glob("lessons/*/*.ipynb") if path.stem == path.parent.name)
    return sorted({*there, *release.lesson_names(root)})


def _unsaved(path: Path) -> list[str]:
    """A word when this kernel has run a version of a function that is not in the saved file."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        from IPython import get_ipython

        saved = {cell.source.strip() for cell in nbformat.read(path, as_version=4).cells}
        latest: dict[str, str] = {}
        for source in get_ipython().user_ns["In"]:
            latest |= dict.fromkeys(re.findall(r"^def (\w+)\(", source, re.MULTILINE), source.strip())
        stale = [
            name
            for name, source in latest.items()
            if source not in saved and any(f"def {name}(" in text for text in saved)
        ]
        if stale:
            return [
                f"You ran a version of {', '.join(stale)} that is not saved yet. Save (Ctrl+S) and run this cell again."
            ]
    return []


def run(lesson: str, root: Path | None = None, tick: Tick = lambda done, of, name: None) -> Report:
    """The work of `check`: read, put the notebook together as the grader does, run it, and say what happened.

    Parameters
    ----------
    lesson : str
        A lesson's name, or the path of a notebook whose name begins with one.
    root : Path, optional
        The course's folder, if not `places.course_folder`.
    tick : function, optional
        Called with the number of exercises that are done, how many there are, and the name of the next.

    Raises
    ------
    CourseError
        When the notebook is missing or cannot be read.
    """
    root = root or places.course_folder()
    path, names = _place(lesson, root), _lessons(root)
    lesson = next((name for name in names if path.name.startswith(name)), path.stem)
    if lesson not in names or not path.exists():
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        raise CourseError(f"There is no lesson in {shown}. Lessons: {', '.join(names)}.")
    process = apart.Process(str(path.parent))  # loads while we read
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            submitted, notes = rebuild.notebook_of(text)
        except rebuild.NotANotebook as error:
            raise CourseError(
                f"{path.name} {error} `ser reset {lesson}` makes it new and keeps this one beside it."
            ) from None
        notebook, more = _put_together(submitted, text, root / "solutions" / lesson / f"{lesson}.ipynb")
        if not (exercises := verdict.of_lesson(lesson, root)):
            raise CourseError(f"The checks of {lesson} are not here: data/checks/{lesson}.json is missing.")
        heard = _hear(process, notebook, exercises, tick)
    finally:
        process.end()
    report = Report(lesson, _rows(notebook, exercises, heard), [*notes, *more, *_broken(notebook, heard)])
    if report.earned < report.points:
        report.notes += _stars(notebook)
    if path == _place(lesson, root):
        _remember(report, root)
    return report


def _put_together(submitted: NotebookNode, text: str, solution: Path) -> tuple[NotebookNode, list[str]]:
    """What is to run; without the solutions it is the notebook as it is."""
    if not solution.exists():
        note = (
            "The solutions are not at hand: these are the visible checks only, and more run when your work is marked."
        )
        notebook = nbformat.reads(text, as_version=4)
        for number, cell in enumerate(notebook.cells):
            cell.setdefault("id", f"cell-{number}")  # older notebooks have none
        rebuild.skip_what_no_answer_needs(notebook)
        return notebook, [note]
    source = nbformat.read(solution, as_version=4)
    return rebuild.rebuild(submitted, release.outline(source), source)


def _hear(
    process: apart.Process, notebook: NotebookNode, exercises: list[verdict.Exercise], tick: Tick
) -> dict[str, tuple[str, str]]:
    """Have cells and checks run; how each check ended and each cell that stopped, and what it says."""
    parts = [(exercise.name, part) for exercise in exercises for part in exercise.parts]
    cells = rebuild.what_the_checks_need(notebook, [part.source for _, part in parts])
    job = apart.Job(SECONDS_PER_CELL, cells, [asdict(part) for _, part in parts])
    heard: dict[str, tuple[str, str]] = {}
    todo = [name for name, part in parts]
    tick(0, len(parts), "the notebook's own cells")
    for name, ended, says in process.run(job):
        heard[name] = ended, says
        done = sum(part.grade_id in heard for _, part in parts)
        tick(done, len(parts), todo[min(done, len(todo) - 1)])
    return heard


def unreadable(notebook: NotebookNode) -> dict[str, str]:
    """Exercises whose answer Python cannot read, and why: more help than that its function is not defined.

    Examples
    --------
    >>> cell = nbformat.v4.new_code_cell("def relu(z)", metadata={"nbgrader": {"grade_id": "relu", "solution": True}})
    >>> unreadable(nbformat.v4.new_notebook(cells=[cell]))
    {'relu': "SyntaxError, line 1: expected ':'"}
    """
    errors = {
        rebuild.grade_id(cell): rebuild.syntax_error(cell.source) for cell in _code(notebook) if rebuild.is_answer(cell)
    }
    return {name: f"SyntaxError, line {error.lineno}: {error.msg}" for name, error in errors.items() if error}


def _broken(notebook: NotebookNode, heard: dict[str, tuple[str, str]]) -> list[str]:
    """What is wrong outside the answers: cells that cannot be read, and the first that stopped."""
    notes, stopped = [], []
    for cell in filter(rebuild.is_own, _code(notebook)):
        if error := rebuild.syntax_error(cell.source):
            notes.append(f"{_called(cell)}, line {error.lineno}: Python cannot read it ({error.msg}).")
    for cell in _code(notebook):
        name = rebuild.grade_id(cell) or cell.id
        if name in heard and not rebuild.has_points(cell) and not rebuild.syntax_error(cell.source):
            stopped.append(f"{_called(cell)} stopped ({in_words(*heard[name])}). Checks that need it fail with it.")
    return notes + stopped[:1]


def _stars(notebook: NotebookNode) -> list[str]:
    """A word on what may have changed under a right answer."""
    return [
        f"{_called(cell)}: `from numpy import *` puts numpy's all, any, max, min, round and sum in the place of Python's; "
        "all(x > 0 for x in y) is always true then. Write `import numpy as np`, and np. where you mean numpy's."
        for cell in _code(notebook)
        if STAR.search(cell.source)
    ]


def _called(cell: NotebookNode) -> str:
    """A cell by its exercise, or by how it begins."""
    name, first = rebuild.grade_id(cell), cell.source.strip().partition("\n")[0]
    return f"The cell of {name}" if name else f"The cell that begins `{first}`"


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def in_words(ename: str, evalue: str) -> str:
    """An exception as a learner reads it.

    Examples
    --------
    >>> in_words("AssertionError", "Divide by n."), in_words("KeyError", "'ANG'")
    ('Divide by n.', "KeyError: 'ANG'")
    """
    if ename == "NotImplementedError":
        return "not started"
    if ename in ("KeyboardInterrupt", "CellTimeoutError"):
        return f"stopped after {SECONDS_PER_CELL} s: is there a loop without an end?"
    if ename == "SystemExit":
        return "exit() or sys.exit() ended it"
    if ename in ("AssertionError", "KernelEnded"):
        return evalue[:LONGEST] or "An assert without a message failed."
    return f"{ename}: {evalue}"[:LONGEST]


def said(cell: NotebookNode) -> str:
    """What a graded cell says: "" when it passed."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return in_words(output.ename, output.evalue)
    return "" if cell.get("execution_count") else "did not run: the kernel ended before this cell"


def exercise_of(grade_id: str) -> str:
    """The exercise that a graded cell belongs to.

    Examples
    --------
    >>> exercise_of("log_mel-more"), exercise_of("two-scores")
    ('log_mel', 'two-scores')
    """
    return re.sub("-(check|more)$", "", grade_id)


def _rows(notebook: NotebookNode, exercises: list[verdict.Exercise], heard: dict[str, tuple[str, str]]) -> list[Row]:
    """A row per exercise, its two check cells together; then one for each written task."""
    not_read, rows = unreadable(notebook), []
    for exercise in exercises:
        ended = [heard.get(part.grade_id, ("", NOT_RUN)) for part in exercise.parts]
        earned = sum(part.points for part, (how, _) in zip(exercise.parts, ended, strict=True) if how == "passed")
        how, words = next((one for one in ended if one[0] != "passed"), ("passed", "passed"))
        begun = how != "NotSolved"
        row = Row(exercise.name, exercise.points, earned, words if begun else "not started")
        if how != "passed":
            needs = [name for name in not_read if f"name '{name}' is not defined" in row.says]
            row.says = f"It needs `{needs[0]}`, which Python cannot read yet." if needs else row.says
            row.says = not_read.get(exercise.name, row.says)
            passed = sum(how == "passed" for how, _ in ended)
            hints = verdict.hints_for(exercise, row.says if begun else "", passed)
            row.hint = ": ".join(" ".join(part.split()) for part in hints[0].split("\n", 1)) if hints else ""
        rows.append(row)
    for cell in filter(rebuild.has_points, notebook.cells):
        if cell.cell_type == "markdown":
            says = UNWRITTEN if cell.source.strip() == release.TEXT_STUB else WRITTEN
            rows.append(Row(rebuild.grade_id(cell), cell.metadata["nbgrader"]["points"], 0, says))
    return rows


def _progress_file(root: Path) -> Path:
    return root / "lessons" / ".progress.json"


def _seen(root: Path) -> dict[str, dict]:
    """Points of every lesson as last checked; nothing when the note of it is missing or damaged."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads(_progress_file(root).read_text(encoding="utf-8"))
    return {}


def _remember(report: Report, root: Path) -> None:
    progress = _seen(root) | {report.lesson: {"earned": report.earned, "points": report.points}}
    with contextlib.suppress(OSError):  # a folder that cannot be written costs the memory, not the answer
        _progress_file(root).write_text(json.dumps(progress, indent=1, sort_keys=True), encoding="utf-8")


def progress(root: Path | None = None) -> str:
    """All lessons at a glance, as they were when last checked."""
    root = root or places.course_folder()
    seen, lines = _seen(root), []
    for name in _lessons(root):
        if name in seen:
            earned, points = seen[name]["earned"], seen[name]["points"]
            bar = "#" * round(20 * earned / points) if points else ""
            lines.append(f"{name:22} {bar:20} {earned:g} of {points:g} points")
        else:
            lines.append(f"{name:22} {'':20} not checked yet: ser check {name}")
    return "\n".join(lines)


def report(lesson: str | None, as_json: bool) -> int:
    """The command: 0 when nothing is left to do but what a person marks."""
    if lesson is None:
        print(progress())
        return 0
    with _bar_in_a_terminal(not as_json) as tick:
        result = run(lesson, tick=tick)
    print(json.dumps(asdict(result)) if as_json else result)
    return 0 if all(row.says in ("passed", WRITTEN) for row in result.rows) else 1
