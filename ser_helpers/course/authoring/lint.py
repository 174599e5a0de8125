"""What is wrong with what is committed, a line each: `ser build --check`."""

from __future__ import annotations

import re
import symtable
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ... import places
from ..rebuild import is_answer
from . import pages, release, run

DRAWS = re.compile(r"\bplt\.|\.subplots\(|\bFigure\(|sns\.\w+plot|\.(plot|hist|imshow|specshow|waveshow)\(")
QUESTION = re.compile(r"^<!-- question (\S+) -->\n\*\*", re.MULTILINE)
ASKED = re.compile(r"""^widgets\.question\(["']([^"']*)["'], ["']([^"']*)["']\)""", re.MULTILINE)


def secrets(source: NotebookNode) -> set[str]:
    """Lines of a source that only solutions and hidden tests hold, short and common ones apart."""
    hidden, open_text = set(), ""
    for cell in source.cells:
        for region in release.REGION.finditer(cell.source):
            hidden |= {line.strip() for line in region[3].splitlines()}
        is_model_answer = cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution")
        if is_model_answer:
            hidden |= {line.strip() for line in cell.source.splitlines()}
        else:
            open_text += release.REGION.sub("", cell.source)
    return {line for line in hidden if len(line) > 24 and line not in open_text}


def undescribed_figures(notebook: NotebookNode) -> Iterator[str]:
    """Cells that draw without a sentence for those who cannot see it."""
    for cell in _code(notebook):
        drawn = DRAWS.search(cell.source) and "plots.describe" not in cell.source
        if drawn and not cell.metadata.get("nbgrader"):
            yield cell.source.strip().splitlines()[0]


def passing_untouched(lesson: NotebookNode, source: NotebookNode) -> Iterator[str]:
    """Graded code cells of a released lesson that pass although nothing was solved."""
    ground = [cell.source for cell in _code(lesson) if "setup" in cell.metadata.get("tags", []) or is_answer(cell)]
    parts = [part for exercise in release.open_checks(source).values() for part in exercise["parts"]]
    errors = list(run.each_cell([*ground, *(part["source"] for part in parts)]))[len(ground) :]
    yield from (part["grade_id"] for part, error in zip(parts, errors, strict=True) if error is None)


def loose_names(source: NotebookNode) -> Iterator[tuple[str, str]]:
    """(grade_id, name) of what a check would bind among the learner's own names, `expect` apart."""
    for cell in _code(source):
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade"):
            for name in symtable.symtable(cell.source, graded["grade_id"], "exec").get_symbols():
                if (name.is_assigned() or name.is_imported()) and name.get_name() not in ("_", "expect"):
                    yield graded["grade_id"], name.get_name()


def questions(source: NotebookNode, lesson: str) -> Iterator[str]:
    """What does not fit between the questions of a lesson and the cells that ask for a guess."""
    texts = "\n\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    cells = "\n".join(cell.source for cell in _code(source))
    asked, named = ASKED.findall(cells), QUESTION.findall(texts)
    for name in [name for name, times in Counter(named).items() if times > 1]:
        yield f"the question {name!r} stands there twice."
    for name in [name for name in dict.fromkeys(named) if (lesson, name) not in asked]:
        yield f'the question {name!r} has no cell: widgets.question("{lesson}", "{name}").'
    for where, name in asked:
        if where != lesson or name not in named:
            yield f"a cell asks for the question {name!r} of {where}, which no comment above a bold line names."
    if cells.count("widgets.question(") > len(asked):
        yield 'a cell asks for a question otherwise than by widgets.question("LESSON", "ID").'


def contract(source: NotebookNode, text: str) -> Iterator[str]:
    """Exercises that the lesson's header promises and its text does not hold."""
    for exercise, promise in source.metadata.get("ser", {}).get("contract", {}).items():
        head = f"{exercise}({', '.join(promise['arguments'].split())})"
        if f"def {head}" not in text:
            yield f"the exercise {head} is missing."


def of_a_lesson(name: str, source: NotebookNode, lesson: NotebookNode) -> Iterator[str]:
    """Everything that is wrong with one lesson: its source, and what is handed out."""
    text = "\n".join([*(cell.source for cell in lesson.cells), source.metadata["ser"].get("keep", "")])
    checks = [part["source"] for exercise in release.open_checks(source).values() for part in exercise["parts"]]
    for line in sorted(line for line in secrets(source) if line in "\n".join([text, *checks])):
        yield f"lessons/{name}: a line of a solution or hidden test is in it: {line!r}"
    for words in contract(source, text):
        yield f"lessons/{name}: {words}"
    for words in questions(source, name):
        yield f"solutions/{name}: {words}"
    setup = "\n".join(cell.source for cell in _code(source) if "setup" in cell.metadata.get("tags", []))
    if not re.search(r"^from ser_helpers import .*\bcheck\b", setup, re.MULTILINE):
        yield f"solutions/{name}: the set-up does not import `check`, which stands in every check cell."
    for grade_id, bound in loose_names(source):
        yield f"solutions/{name}: the check {grade_id} binds {bound!r}; put its code into a function below @expect.check."
    for cell in undescribed_figures(source):
        yield f"solutions/{name}: a figure without a describing sentence (plots.describe): {cell!r}"
    for grade_id in passing_untouched(lesson, source):
        yield f"lessons/{name}: the check {grade_id} passes although nothing was solved."


def findings(root: Path | None = None) -> Iterator[str]:
    """Everything that is wrong with what is committed, a line each."""
    root = root or places.course_folder()
    files = release.generated(root)
    for path, text in files.items():
        if not path.exists():
            yield f"{path.relative_to(root)} is missing: run `ser build`."
        elif path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(root)} differs from a fresh build: edit its source in solutions/ and run `ser build`."
    for extra in sorted(set(root.glob("lessons/*/*")) - set(files)):
        if ".mine-" not in extra.name and not extra.name.startswith("."):  # a learner's own: guesses, checkpoints
            yield f"{extra.relative_to(root)} comes from no source."
    yield from pages.broken_links(root, files)
    for name in release.lesson_names(root):
        source, lesson = (
            nbformat.reads(files[root / room / name / f"{name}.ipynb"], as_version=4)
            for room in ("solutions", "lessons")
        )
        yield from of_a_lesson(name, source, lesson)


def report(root: Path | None = None) -> int:
    """Print every finding; 1 when there is one."""
    root = root or places.course_folder()
    found = list(findings(root))
    names = release.lesson_names(root)
    print("\n".join(found) or f"{len(names)} lessons: everything generated is as a fresh build makes it.")
    return 1 if found else 0


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
