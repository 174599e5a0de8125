"""From the one source to everything generated: `ser build`.

    solutions/NN/NN.py  ->  solutions/NN/NN.ipynb  ->  (nbgrader's generate_assignment)  ->  lessons/NN/NN.ipynb
                                                   ->  data/checks/NN.json, what the lesson's check cells run

and lessons/README.md and the results in README.md from data/results/. The same bytes each time. Where a function takes
`root`, it is the course's folder; without it, the one that `places.course_folder` finds.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tempfile
import textwrap
import warnings
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from ... import places
from ...errors import CourseError
from . import elsewhere, pages, readme

REGION = re.compile(r"^([ \t]*)### BEGIN (SOLUTION|HIDDEN TESTS)$\n(.*?)^[ \t]*### END \2$", re.MULTILINE | re.DOTALL)
ABOUT = ("title", "goals", "needs", "minutes")  # what a lesson's header says of it
# What nbgrader_config.py has nbgrader put in the place of a solution.
CODE_STUB = '# Your answer goes here.\nraise NotImplementedError("not answered yet")'
TEXT_STUB = "*Your answer goes here: double-click, write, and run the cell.*"

HINT = re.compile(r"<details>\s*<summary>(Hint \d.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)


class BuildError(CourseError):
    """A source that cannot be built; the message names file and cell."""


def lesson_names(root: Path | None = None) -> list[str]:
    """Every lesson that has a source, in order."""
    root = root or places.course_folder()
    return sorted(path.stem for path in root.glob("solutions/*/*.py") if path.stem == path.parent.name)


def source_notebook(script: Path) -> NotebookNode:
    """A lesson's script as nbgrader's source notebook.

    Cell ids come from the grade_id, else from the content, so that two builds are alike; a cell's nbgrader metadata is
    completed to schema 3. ``{seconds}`` in a text becomes the measured time to run the lesson, ``{minutes}`` its header's.
    """
    import jupytext

    notebook = jupytext.read(script)
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec", "ser") if key in notebook.metadata}
    missing = [word for word in ABOUT if word not in notebook.metadata.get("ser", {})]
    if missing:
        raise BuildError(f"{script.name}: the `ser:` part of its header lacks {', '.join(missing)}.")
    pages.frame(notebook, script)
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    run = readme.measured(script.parents[2]).get(script.stem)
    seconds = f"about {run['seconds']:.0f}" if run else "some"
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("{seconds}", seconds)
            cell.source = cell.source.replace("{minutes}", str(notebook.metadata["ser"]["minutes"]))
        given = cell.metadata.get("nbgrader")
        if cell.source.startswith("@expect.check"):  # the lesson's own cells hold nothing for the checks
            cell.source = f"from ser_helpers.course import expect\n\n\n{cell.source}"
        if given is not None:
            cell.metadata["nbgrader"] = _full_metadata(given, cell, script, seen)
            name = given["grade_id"]
        else:
            name = hashlib.sha256((cell.cell_type + cell.source).encode()).hexdigest()[:8]
        seen[name] = seen.get(name, 0) + 1
        cell["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    nbformat.validate(notebook)
    return notebook


def _full_metadata(given: dict[str, Any], cell: NotebookNode, script: Path, seen: dict[str, int]) -> dict[str, Any]:
    name = given.get("grade_id")
    where = f"{script.name}, cell {name!r}"
    if not name:
        raise BuildError(f"{script.name}: a cell with nbgrader metadata has no grade_id: {cell.source[:60]!r}")
    if name in seen:
        raise BuildError(f"{where}: the grade_id stands there twice.")
    full = {"grade": False, "locked": False, "points": 0, "schema_version": 3, "solution": False, "task": False} | given
    full["cell_type"] = cell.cell_type
    if full["grade"] and not full["points"] > 0:
        raise BuildError(f"{where}: a graded cell needs points.")
    if not full["grade"]:
        del full["points"]
    for word in ("SOLUTION", "HIDDEN TESTS"):
        if cell.source.count(f"### BEGIN {word}") != cell.source.count(f"### END {word}"):
            raise BuildError(f"{where}: BEGIN {word} and END {word} do not match.")
    if full["grade"] and cell.cell_type == "code":
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            raise BuildError(f"{where}: Python cannot read line {error.lineno} of this check ({error.msg}).") from None
    if full["solution"] and cell.cell_type == "code" and "### BEGIN SOLUTION" not in cell.source:
        raise BuildError(f"{where}: a solution cell without BEGIN SOLUTION would be released as it is.")
    return full


def fingerprint(notebook: NotebookNode) -> str:
    """Of what a person may edit: the text of all cells."""
    return hashlib.sha256("\0".join(cell.source for cell in notebook.cells).encode()).hexdigest()


def was_edited(path: Path) -> bool:
    """Whether a person has changed a built lesson since it was built; a file that cannot be read counts as changed."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # not JSON, not a notebook: whatever it is, somebody made it
        return True
    return notebook.metadata.get("ser", {}).get("fingerprint") != fingerprint(notebook)


def text_of(notebook: NotebookNode) -> str:
    """A notebook as it is written to the disk."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def release(notebooks: dict[str, NotebookNode], root: Path | None = None) -> dict[str, NotebookNode]:
    """The learner's version of source notebooks, made by nbgrader itself in a folder of its own."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    settings = (root or places.course_folder()) / "nbgrader_config.py"
    if not settings.exists():
        settings = places.CHECKOUT / settings.name
    released = {}
    with tempfile.TemporaryDirectory() as folder:
        config = PyFileConfigLoader(settings.name, str(settings.parent)).load_config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.db_url = f"sqlite:///{folder}/none.db"
        config.SaveCells.enabled = False
        config.GenerateAssignment.update({"no_database": True, "force": True, "create_assignment": True})
        for name, notebook in notebooks.items():
            source = Path(folder) / "solutions" / name / f"{name}.ipynb"
            source.parent.mkdir(parents=True)
            source.write_text(text_of(notebook), encoding="utf-8")
            config.CourseDirectory.assignment_id = name
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # nbgrader's and nbconvert's own
                converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
                converter.log.setLevel("ERROR")
                converter.start()
            lesson = nbformat.read(Path(folder) / "lessons" / name / f"{name}.ipynb", as_version=4)
            lesson.metadata.setdefault("ser", {})["fingerprint"] = fingerprint(lesson)
            released[name] = lesson
    return released


def outline(source: NotebookNode) -> NotebookNode:
    """The texts of a lesson as it was handed out, from its source and in no time; `release` makes the file itself.

    A learner's notebook in lessons/ is no longer what was handed out, and `ser check` has to know the difference.
    """
    lesson = deepcopy(source)
    for cell in lesson.cells:
        graded = cell.metadata.get("nbgrader", {})
        if is_check(cell):
            cell.source = check_line(graded["grade_id"])
        elif graded.get("solution") and not REGION.search(cell.source):
            cell.source = TEXT_STUB
        elif graded:
            cell.source = REGION.sub(_stub, cell.source).rstrip("\n")
    return lesson


def is_check(cell: NotebookNode) -> bool:
    """Whether a cell checks an exercise, in a source or in a lesson."""
    return bool(cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"))


def check_line(grade_id: str) -> str:
    """What a check cell holds in a lesson.

    Examples
    --------
    >>> check_line("log_mel-check"), check_line("log_mel-more")
    ('check("log_mel")', 'check.more("log_mel")')
    """
    exercise, _, part = grade_id.rpartition("-")
    return f'check.more("{exercise}")' if part == "more" else f'check("{exercise}")'


def open_checks(source: NotebookNode) -> dict[str, dict]:
    """What a learner may read of each exercise's checks, and its hints, for data/checks/."""
    exercises: dict[str, dict] = {}
    for cell in source.cells:
        if is_check(cell):
            about = cell.metadata["nbgrader"]
            visible = REGION.sub("", cell.source).rstrip("\n")
            part = {"grade_id": about["grade_id"], "points": about["points"], "source": visible}
            part["waits"] = visible != cell.source.rstrip("\n")
            name = about["grade_id"].rpartition("-")[0]
            exercises.setdefault(name, {"parts": [], "hints": []})["parts"].append(part)
        elif cell.cell_type == "markdown" and exercises:
            found = [f"{title}\n{text}" for title, text in HINT.findall(cell.source)]
            exercises[list(exercises)[-1]]["hints"] += found
    return exercises


def _stub(region: re.Match[str]) -> str:
    return textwrap.indent(CODE_STUB, region[1]) if region[2] == "SOLUTION" else ""


def generated(root: Path) -> dict[Path, str]:
    """Every generated file and what it should hold."""
    notebooks = {name: source_notebook(root / "solutions" / name / f"{name}.py") for name in lesson_names(root)}
    files = {root / "solutions" / name / f"{name}.ipynb": text_of(notebook) for name, notebook in notebooks.items()}
    lessons = release(notebooks, root)
    files |= {root / "lessons" / name / f"{name}.ipynb": text_of(lesson) for name, lesson in lessons.items()}
    files |= pages.around(notebooks, root)
    files |= {path: text_of(copy) for path, copy in elsewhere.copies(lessons, root).items()}
    for name, notebook in notebooks.items():
        files[root / "data" / "checks" / f"{name}.json"] = (
            json.dumps(open_checks(notebook), indent=1, ensure_ascii=False) + "\n"
        )
    files[root / "lessons" / "README.md"] = readme.lessons_index(notebooks, root)
    if (root / "README.md").exists():
        files[root / "README.md"] = readme.results((root / "README.md").read_text(encoding="utf-8"), root)
    if (guide := root / "classroom" / "README.md").exists():
        files[guide] = readme.hub_sizes(guide.read_text(encoding="utf-8"), root)
    return files | elsewhere.linked(files, root)


def build(root: Path | None = None) -> int:
    """Write everything generated. A lesson that a person has edited is kept beside the new one, never overwritten."""
    root = root or places.course_folder()
    for path, text in generated(root).items():
        if path.exists() and path.read_text(encoding="utf-8", errors="replace") == text:
            continue
        if path.suffix == ".ipynb" and path.parent.parent.name == "lessons" and path.exists() and was_edited(path):
            print(f"{path.name} has been edited; kept as {keep(path).name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"built {path.relative_to(root)}")
    return 0


def keep(path: Path) -> Path:
    """Move a file aside to the first free NAME.mine-N.ipynb."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.mine-{number}{path.suffix}")).exists():
        number += 1
    return path.replace(aside)


def reset(name: str, root: Path | None = None) -> int:
    """A lesson as new; the learner's version stays beside it.

    Raises
    ------
    CourseError
        When there is no such lesson, or no solutions/ to make it from.
    """
    root = root or places.course_folder()
    names = lesson_names(root)
    if not names:
        raise CourseError("A lesson is made new from solutions/, which are not here. Copy it from where you got it.")
    if name not in names:
        raise CourseError(f"There is no lesson {name!r}: {', '.join(names)}.")
    path = root / "lessons" / name / f"{name}.ipynb"
    fresh = text_of(release({name: source_notebook(root / "solutions" / name / f"{name}.py")}, root)[name])
    if path.exists() and was_edited(path):
        print(f"Your version is kept as {keep(path).name}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(fresh, encoding="utf-8", newline="\n")
    print(f"{path.name} is as new. If it is open in JupyterLab, choose File > Reload Notebook from Disk.")
    return 0
