"""From the one source to everything generated: `ser build`.

    solutions/NN/NN.py  ->  solutions/NN/NN.ipynb  ->  (nbgrader's generate_assignment)  ->  lessons/NN/NN.ipynb

and lessons/README.md and the results in README.md from data/results/. The same bytes each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ... import places
from ...errors import CourseError
from ..contract import CONTRACT

ROOT = places.CHECKOUT
REGION = re.compile(r"^\s*### BEGIN (SOLUTION|HIDDEN TESTS)$(.*?)^\s*### END \1$", re.MULTILINE | re.DOTALL)
DRAWS = re.compile(r"\bplt\.|\.subplots\(|\bFigure\(|sns\.\w+plot|\.(plot|hist|imshow|specshow|waveshow)\(")


class BuildError(CourseError):
    """A source that cannot be built; the message names file and cell."""


def lesson_names(root: Path = ROOT) -> list[str]:
    """Every lesson that has a source, in order."""
    return sorted(path.stem for path in root.glob("solutions/*/*.py") if path.stem == path.parent.name)


def source_notebook(script: Path) -> NotebookNode:
    """A lesson's script as nbgrader's source notebook.

    Cell ids come from the grade_id, else from the content, so that two builds are alike; a cell's nbgrader metadata is
    completed to schema 3. ``{seconds}`` in a text becomes the measured time to run the lesson.
    """
    import jupytext

    notebook = jupytext.read(script)
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec", "ser") if key in notebook.metadata}
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    run = _measured(script.parents[2]).get(script.stem)
    seconds = f"about {run['seconds']:.0f}" if run else "some"
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("{seconds}", seconds)
        given = cell.metadata.get("nbgrader")
        if given is not None:
            cell.metadata["nbgrader"] = _full_metadata(given, cell, script, seen)
            name = given["grade_id"]
        else:
            name = hashlib.sha256((cell.cell_type + cell.source).encode()).hexdigest()[:8]
        seen[name] = seen.get(name, 0) + 1
        cell["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    nbformat.validate(notebook)
    return notebook


def _full_metadata(given: dict, cell: NotebookNode, script: Path, seen: dict) -> dict:
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
    if full["solution"] and cell.cell_type == "code" and "### BEGIN SOLUTION" not in cell.source:
        raise BuildError(f"{where}: a solution cell without BEGIN SOLUTION would be released as it is.")
    return full


def _measured(root: Path) -> dict[str, dict]:
    """Seconds and peak memory of each lesson, as `measure` found them."""
    file = root / "data" / "results" / "lessons.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


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


def release(
    notebooks: dict[str, NotebookNode], config_file: Path = ROOT / "nbgrader_config.py"
) -> dict[str, NotebookNode]:
    """The learner's version of source notebooks, made by nbgrader itself in a folder of its own."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    released = {}
    with tempfile.TemporaryDirectory() as folder:
        config = PyFileConfigLoader(config_file.name, str(config_file.parent)).load_config()
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


def lessons_index(notebooks: dict[str, NotebookNode], root: Path = ROOT) -> str:
    """lessons/README.md: what each lesson is about, how long it takes to read and to run."""
    rows, measured = [], _measured(root)
    for name, notebook in notebooks.items():
        about, run = notebook.metadata["ser"], measured.get(name)
        ran = f"{run['seconds']:.0f} s, {run['peak_mb']:.0f} MB" if run else "not measured"
        goals = "; ".join(about["goals"])
        rows.append(
            f"| [{about['title']}]({name}/{name}.ipynb) | {about['minutes']} min | {ran} | {goals} | {about['needs']} |"
        )
    return "\n".join(
        [
            "# The lessons",
            "",
            "Open them in this order. Each runs from top to bottom without the internet, on synthetic practice voices or,",
            "once `ser fetch` has brought them, on CREMA-D's recordings. Nothing breaks when you experiment: `ser reset",
            "NAME` makes a lesson as new and keeps your version beside it.",
            "",
            "| lesson | to read | to run | you will learn to | you need |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "*To run*: seconds and peak memory of the solved notebook on two cores with the practice voices, network cut,",
            "measured by `ser build --measure`. This file is generated by `ser build`.",
            "",
        ]
    )


def readme(text: str, root: Path = ROOT) -> str:
    """README.md with its results filled in from data/results/."""
    results = root / "data" / "results"
    scores = json.loads((results / "scores.json").read_text(encoding="utf-8"))
    original = json.loads((results / "original.json").read_text(encoding="utf-8"))
    by = {(row["protocol"], row["tested_on"]): row for row in scores["scores"] if row["target"] == "intended"}
    rows = []
    for protocol, tested_on in by:
        if tested_on == "clean":
            clean, noisy = by[protocol, "clean"], by[protocol, "noisy"]
            low, high = clean["accuracy_interval"]
            rows.append(
                f"| {clean['split']} | {100 * clean['accuracy']:.1f} % ({100 * low:.1f}-{100 * high:.1f}) | "
                f"{100 * clean['uar']:.1f} % | {100 * noisy['accuracy']:.1f} % |"
            )
    head = (
        "| protocol | clean clips: accuracy (95 % interval) | clean clips: UAR | clips with noise at 15 dB: accuracy |"
    )
    people = scores["people"]["same clips"]
    told = f"{100 * people['plurality']:.1f} %, a single rating in {100 * people['single_rating']:.1f} %"
    runs = "; ".join(
        f"{100 * run['accuracy']:.1f} % ({100 * run['accuracy_interval'][0]:.1f}-{100 * run['accuracy_interval'][1]:.1f}) with "
        f"{run['split']}, after {run['epochs']} epochs, its training clips at {100 * run['training_accuracy']:.0f} %"
        for run in original["runs"]
    )
    alt = "Accuracy of one and the same model under five protocols: " + ", ".join(
        f"{100 * row['accuracy']:.1f} % with {row['split']}"
        for (_, tested_on), row in by.items()
        if tested_on == "clean"
    )
    for mark, content in {
        "picture": f"\n![{alt}.](data/results/leak_meter.png)\n",
        "results": "\n" + "\n".join([head, "|---|---|---|---|", *rows]) + "\n",
        "people": told,
        "original": runs,
    }.items():
        text = re.sub(
            rf"<!-- {mark} -->.*?<!-- /{mark} -->", f"<!-- {mark} -->{content}<!-- /{mark} -->", text, flags=re.DOTALL
        )
    return text


def generated(root: Path = ROOT) -> dict[Path, str]:
    """Every generated file and what it should hold, the lessons' notebooks apart."""
    notebooks = {name: source_notebook(root / "solutions" / name / f"{name}.py") for name in lesson_names(root)}
    files = {root / "solutions" / name / f"{name}.ipynb": text_of(notebook) for name, notebook in notebooks.items()}
    lessons = release(notebooks)
    files |= {root / "lessons" / name / f"{name}.ipynb": text_of(lesson) for name, lesson in lessons.items()}
    files[root / "lessons" / "README.md"] = lessons_index(notebooks, root)
    if (root / "README.md").exists():
        files[root / "README.md"] = readme((root / "README.md").read_text(encoding="utf-8"), root)
    return files


def build(root: Path = ROOT) -> int:
    """Write everything generated. A lesson that a person has edited is kept beside the new one, never overwritten."""
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


def reset(name: str, root: Path = ROOT) -> int:
    """A lesson as new; the learner's version stays beside it."""
    script = root / "solutions" / name / f"{name}.py"
    if not script.exists():
        raise CourseError(f"There is no lesson {name!r}: {', '.join(lesson_names(root))}.")
    path = root / "lessons" / name / f"{name}.ipynb"
    fresh = text_of(release({name: source_notebook(script)})[name])
    if path.exists() and was_edited(path):
        print(f"Your version is kept as {keep(path).name}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(fresh, encoding="utf-8", newline="\n")
    print(f"{path.name} is as new. If it is open in JupyterLab, choose File > Reload Notebook from Disk.")
    return 0


def secrets(notebook: NotebookNode) -> set[str]:
    """Lines of a source that only solutions and hidden tests hold, short and common ones apart."""
    hidden, open_text = set(), ""
    for cell in notebook.cells:
        for region in REGION.finditer(cell.source):
            hidden |= {line.strip() for line in region[2].splitlines()}
        is_model_answer = cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution")
        if is_model_answer:
            hidden |= {line.strip() for line in cell.source.splitlines()}
        else:
            open_text += REGION.sub("", cell.source)
    return {line for line in hidden if len(line) > 24 and line not in open_text}


def undescribed_figures(notebook: NotebookNode) -> Iterator[str]:
    """Cells that draw without a sentence for those who cannot see it."""
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader")
        if (
            cell.cell_type == "code"
            and not graded
            and DRAWS.search(cell.source)
            and "plots.describe" not in cell.source
        ):
            yield cell.source.strip().splitlines()[0]


def each_cell(sources: list[str]) -> Iterator[Exception | None]:
    """Run cells one after the other in a fresh ``__main__``, as a kernel would; what each raised, or None."""
    module = types.ModuleType("__main__")
    for source in sources:
        before, sys.modules["__main__"] = sys.modules["__main__"], module
        error = None
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")  # a library's warning never costs points
                exec(compile(source, "<cell>", "exec"), module.__dict__)
        except Exception as raised:
            error = raised
        finally:
            sys.modules["__main__"] = before
        yield error


def run_cells(sources: list[str]) -> Exception | None:
    """Run cells until one raises; what it raised, or None."""
    return next(filter(None, each_cell(sources)), None)


def passing_untouched(lesson: NotebookNode) -> Iterator[str]:
    """Graded code cells of a released lesson that pass although nothing was solved."""
    cells = []
    for cell in lesson.cells:
        graded = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and ("setup" in cell.metadata.get("tags", []) or graded):
            cells.append((graded.get("grade_id") if graded.get("grade") else None, cell.source))
    for (grade_id, _), error in zip(cells, each_cell([source for _, source in cells]), strict=True):
        if grade_id and error is None:
            yield grade_id


def findings(root: Path = ROOT, contract: dict = CONTRACT) -> Iterator[str]:
    """Everything that is wrong with what is committed, a line each."""
    files = generated(root)
    for path, text in files.items():
        name = path.relative_to(root)
        if not path.exists():
            yield f"{name} is missing: run `ser build`."
        elif path.read_text(encoding="utf-8") != text:
            yield f"{name} differs from a fresh build: edit its source in solutions/ and run `ser build`."
    for extra in sorted(set(root.glob("lessons/*/*")) - set(files)):
        if ".mine-" not in extra.name and ".ipynb_checkpoints" not in extra.parts:
            yield f"{extra.relative_to(root)} comes from no source."
    for name in sorted(set(contract) - set(lesson_names(root))):
        yield f"Lesson {name} of the contract is missing."
    for name in lesson_names(root):
        source = nbformat.reads(files[root / "solutions" / name / f"{name}.ipynb"], as_version=4)
        lesson = nbformat.reads(files[root / "lessons" / name / f"{name}.ipynb"], as_version=4)
        text = "\n".join(cell.source for cell in lesson.cells)
        for line in sorted(secrets(source)):
            if line in text:
                yield f"lessons/{name}: a line of a solution or hidden test is in it: {line!r}"
        for exercise, (arguments, _) in contract.get(name, {}).items():
            if f"def {exercise}({', '.join(arguments.split())})" not in text:
                yield f"lessons/{name}: the exercise {exercise}({', '.join(arguments.split())}) is missing."
        for cell in undescribed_figures(source):
            yield f"solutions/{name}: a figure without a describing sentence (plots.describe): {cell!r}"
        for grade_id in passing_untouched(lesson):
            yield f"lessons/{name}: the check {grade_id} passes although nothing was solved."


def check_build(root: Path = ROOT) -> int:
    """Print every finding; 1 when there is one."""
    found = list(findings(root))
    print("\n".join(found) or f"{len(lesson_names(root))} lessons: everything generated is as a fresh build makes it.")
    return 1 if found else 0


MEASURE = """
import resource as _resource, sys as _sys
print(_resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss / (2**20 if _sys.platform == "darwin" else 2**10))
"""
# First cell of a run that must do without the internet and without warnings.
STRICT = """
import socket as _socket, warnings as _warnings
def _local_only(self, address, _connect=_socket.socket.connect):
    if self.family != getattr(_socket, "AF_UNIX", None) and address[0] not in ("127.0.0.1", "localhost", "::1"):
        raise OSError(f"The network is cut; something asked for {address}.")
    return _connect(self, address)
_socket.socket.connect = _local_only
_warnings.simplefilter("error")
_warnings.filterwarnings("ignore", message="unclosed", category=ResourceWarning)  # numba's and joblib's own
_warnings.filterwarnings("ignore", category=PendingDeprecationWarning, module="ipykernel")  # as the kernel ends
"""


def run_notebook(path: Path, allow_errors: bool = False, timeout: int = 120) -> tuple[NotebookNode, float, float]:
    """Run a notebook in a fresh kernel, network cut and warnings as errors: (with outputs, seconds, peak MB)."""
    import os
    import subprocess
    import time

    from nbclient import NotebookClient

    from ..kernel import KernelManager

    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        nbformat.v4.new_code_cell(STRICT, id="strict"),
        *notebook.cells,
        nbformat.v4.new_code_cell(MEASURE, id="measure"),
    ]
    client = NotebookClient(
        notebook,
        kernel_manager_class=KernelManager,
        timeout=timeout,
        allow_errors=allow_errors,
        kernel_name="python3",
        resources={"metadata": {"path": path.parent}},
    )
    start = time.perf_counter()
    client.execute(env={**os.environ, "SER_CHECK": "1"}, stderr=subprocess.DEVNULL)  # the kernel's own log
    seconds = time.perf_counter() - start
    peak = float(notebook.cells[-1].outputs[0].text)
    notebook.cells = notebook.cells[1:-1]
    return notebook, seconds, peak


def measure(root: Path = ROOT) -> int:
    """Run every solution and write seconds and peak memory to data/results/lessons.json."""
    build(root)
    measured = {}
    for name in lesson_names(root):
        _, seconds, peak = run_notebook(root / "solutions" / name / f"{name}.ipynb")
        measured[name] = {"seconds": round(seconds, 1), "peak_mb": round(peak)}
        print(f"{name:22} {seconds:5.1f} s  {peak:5.0f} MB", flush=True)
    print(f"{'all':22} {sum(row['seconds'] for row in measured.values()):5.1f} s")
    (root / "data" / "results" / "lessons.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    return build(root)
