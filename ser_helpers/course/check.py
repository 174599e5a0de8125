"""Feedback without a teacher: the checks of a lesson, run on the notebook as it is saved, in a fresh kernel.

In a lesson: ``check("03_mfcc")``; in a terminal: ``ser check 03_mfcc``, and ``ser check`` for all lessons at a glance.
"""

from __future__ import annotations

import ast
import contextlib
import html
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from .. import corpus
from . import build

SECONDS_PER_CELL = 60
HINT = re.compile(r"<details>\s*<summary>(Hint 1.*?)</summary>(.*?)</details>", re.DOTALL)


@dataclass
class Row:
    """What became of one exercise."""

    exercise: str
    points: float
    earned: float
    says: str
    hint: str = ""


@dataclass
class Report:
    """The table that `check` shows; as HTML in a notebook, as text in a terminal."""

    lesson: str
    rows: list[Row]
    notes: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        return sum(row.points for row in self.rows)

    @property
    def earned(self) -> float:
        return sum(row.earned for row in self.rows)

    def __str__(self) -> str:
        lines = [f"{self.lesson}: {self.earned:g} of {self.points:g} points", *self.notes]
        for row in self.rows:
            lines.append(f"  {row.exercise:24} {row.earned:g}/{row.points:g}  {row.says}")
            lines += [f"  {'':24}      {row.hint}"] if row.hint else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(row.exercise)}</th><td>{row.earned:g}/{row.points:g}</td>"
            f"<td style='text-align:left'>{html.escape(row.says)}{'<br><i>' + html.escape(row.hint) + '</i>' if row.hint else ''}"
            "</td></tr>"
            for row in self.rows
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f"<section aria-label='Checks of {self.lesson}'><p role='status'><b>{self.earned:g} of {self.points:g} points</b>"
            f"</p>{notes}<table><thead><tr><th>exercise</th><th>points</th><th>what the checks say</th></tr></thead>"
            f"<tbody>{cells}</tbody></table></section>"
        )


def check(lesson: str) -> Report | None:
    """Run a lesson's checks on the saved notebook; does nothing while a check or nbgrader runs the notebook.

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
    done = subprocess.run(
        [sys.executable, "-m", "ser_helpers", "check", lesson, "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode == 2:
        return Report(lesson, [], [done.stderr.strip().removeprefix("ser: ")])
    contents = json.loads(done.stdout)
    report = Report(lesson, [Row(**row) for row in contents["rows"]], contents["notes"])
    report.notes += _unsaved(build.ROOT / "lessons" / lesson / f"{lesson}.ipynb")
    return report


def _unsaved(path: Path) -> list[str]:
    """A word when this kernel has run a version of a function that is not in the saved file."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
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


def run(lesson: str, root: Path = build.ROOT) -> Report:
    """The work of `check`: read, put the real checks in place, run, and say what happened.

    Raises
    ------
    CourseError
        When the notebook is missing or cannot be read.
    """
    path = root / "lessons" / lesson / f"{lesson}.ipynb"
    if not path.exists():
        raise corpus.CourseError(
            f"There is no {path.relative_to(root)}. Lessons: {', '.join(build.lesson_names(root))}."
        )
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises whatever json and its schemas do
        raise corpus.CourseError(
            f"{path.name} is damaged and cannot be read as a notebook. `ser reset {lesson}` makes it new and keeps this one beside it."
        ) from None
    notes = _real_checks(notebook, root / "solutions" / lesson / f"{lesson}.ipynb")
    notes += _syntax_errors(notebook)
    _execute(notebook, path.parent)
    report = Report(lesson, _rows(notebook), notes)
    _remember(report, root)
    return report


def _real_checks(notebook: nbformat.NotebookNode, solution: Path) -> list[str]:
    """Put the solution's check cells, hidden ones included, in the place of the learner's."""
    if not solution.exists():
        return [
            "The solutions are not at hand: these are the visible checks only, and more run when your work is marked."
        ]
    real = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in nbformat.read(solution, as_version=4).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    for cell in notebook.cells:
        there = real.pop(cell.metadata.get("nbgrader", {}).get("grade_id"), None)
        if there is not None:
            cell.source, cell.metadata["nbgrader"] = there.source, there.metadata["nbgrader"]
    notebook.cells += real.values()  # checks that were deleted
    return [f"The check {name} was missing from your notebook; it ran all the same." for name in real]


def _syntax_errors(notebook: nbformat.NotebookNode) -> list[str]:
    """Where Python cannot read what was written."""
    notes = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        try:
            ast.parse(
                "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.splitlines())
            )
        except SyntaxError as error:
            line = (error.text or "").strip()
            notes.append(f"Code cell {number}, line {error.lineno}: Python cannot read {line!r} ({error.msg}).")
    return notes


def _execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    client = NotebookClient(
        notebook, timeout=SECONDS_PER_CELL, interrupt_on_timeout=True, allow_errors=True, kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    with contextlib.suppress(DeadKernelError):  # what did not run has no output, and says so
        client.execute(env={**os.environ, "SER_CHECK": "1"}, stderr=subprocess.DEVNULL)  # the kernel's own log


def _said(cell: nbformat.NotebookNode) -> str:
    """What a graded cell says: "" when it passed."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            if output.ename == "NotImplementedError":
                return "not started"
            if output.ename == "KeyboardInterrupt":
                return f"stopped after {SECONDS_PER_CELL} s: is there a loop without an end?"
            return output.evalue if output.ename == "AssertionError" else f"{output.ename}: {output.evalue}"
    return "" if cell.get("execution_count") else "did not run: the kernel ended before this cell"


def _rows(notebook: nbformat.NotebookNode) -> list[Row]:
    """A row per exercise; its two check cells together."""
    rows: dict[str, Row] = {}
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        hint = HINT.search(cell.source) if cell.cell_type == "markdown" else None
        if hint and rows and (last := list(rows.values())[-1]).says not in ("passed", ""):
            last.hint = f"{hint[1].strip()}: {' '.join(hint[2].split())} (The ladder below the exercise goes on.)"
        if not graded.get("grade"):
            continue
        name, points = re.sub("-(check|more)$", "", graded["grade_id"]), graded.get("points", 0)
        row = rows.setdefault(name, Row(name, 0, 0, ""))
        row.points += points
        if cell.cell_type == "markdown":
            row.says = "written: marked by a person"
            continue
        said = _said(cell)
        row.earned += 0 if said else points
        if row.says in ("", "passed"):
            row.says = said or "passed"
    return list(rows.values())


def _progress_file(root: Path) -> Path:
    return root / "lessons" / ".progress.json"


def _remember(report: Report, root: Path) -> None:
    file = _progress_file(root)
    progress = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    progress[report.lesson] = {"earned": report.earned, "points": report.points}
    with contextlib.suppress(OSError):  # a folder that cannot be written costs the memory, not the answer
        file.write_text(json.dumps(progress, indent=1, sort_keys=True), encoding="utf-8")


def progress(root: Path = build.ROOT) -> str:
    """All lessons at a glance, as they were when last checked."""
    file = _progress_file(root)
    seen = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    lines = []
    for name in build.lesson_names(root):
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
    result = run(lesson)
    print(json.dumps(asdict(result)) if as_json else result)
    return 0 if all(row.says in ("passed", "written: marked by a person") for row in result.rows) else 1
