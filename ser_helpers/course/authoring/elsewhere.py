"""The course where nobody installs anything: Binder and Google Colab open it from its repository.

Where that is stands once, in pyproject.toml: all links are made from it. Binder runs the lessons as they are. Colab opens one
notebook and nothing around it, so it gets a copy of each lesson, in classroom/colab/, that begins with a cell which brings the
course. The lessons themselves stay as they are.
"""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import pages

FOLDER = "classroom/colab"
FIRST = """\
# In Google Colab, run this first: it brings the course, once a session. Anywhere else it does nothing.
import subprocess
import sys

if "google.colab" in sys.modules:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "git+{address}"], check=True)
    from ser_helpers.course import colab

    colab.begin("{lesson}")"""
LINK = re.compile(r"\]\((\.\.?/[^)\s]*)\)")


def copies(lessons: dict[str, NotebookNode], root: Path) -> dict[Path, NotebookNode]:
    """The lessons for Colab, by the file that each is to be in; a lesson to try things out has none."""
    if not (root / "pyproject.toml").exists():
        return {}
    where = address(root)
    return {
        root / FOLDER / f"{name}.ipynb": for_colab(lesson, name, where)
        for name, lesson in lessons.items()
        if name < pages.TRIALS
    }


def linked(files: dict[Path, str], root: Path) -> dict[Path, str]:
    """The pages that lead to Binder and Colab, with their links; what `files` holds of them goes before what is on the disk."""
    found = [page for page in (root / "README.md", root / "classroom" / "README.md") if page.exists()]
    return {page: links(files.get(page) or page.read_text(encoding="utf-8"), root) for page in found}


def address(root: Path) -> str:
    """Of the repository that Binder and Colab open."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"]


def binder(where: str, lesson: str) -> str:
    """The link that opens a lesson in JupyterLab on Binder.

    Examples
    --------
    >>> binder("https://github.com/a/b", "00_start_here")
    'https://mybinder.org/v2/gh/a/b/HEAD?urlpath=lab/tree/lessons/00_start_here/00_start_here.ipynb'
    """
    return f"https://mybinder.org/v2/gh/{_name(where)}/HEAD?urlpath=lab/tree/lessons/{lesson}/{lesson}.ipynb"


def colab(where: str, lesson: str) -> str:
    """The link that opens the copy of a lesson in Colab.

    Examples
    --------
    >>> colab("https://github.com/a/b", "00_start_here")
    'https://colab.research.google.com/github/a/b/blob/main/classroom/colab/00_start_here.ipynb'
    """
    return f"https://colab.research.google.com/github/{_name(where)}/blob/main/{FOLDER}/{lesson}.ipynb"


def _name(where: str) -> str:
    return where.removeprefix("https://github.com/")


def for_colab(lesson: NotebookNode, name: str, where: str) -> NotebookNode:
    """A lesson with Colab's first cell in front, and links that lead somewhere from there."""
    copy = deepcopy(lesson)
    first = nbformat.v4.new_code_cell(FIRST.format(address=where, lesson=name), id="colab")
    copy.cells.insert(0, first)
    del copy.metadata["ser"]["fingerprint"]  # of the lesson as it was handed out

    def lead(match: re.Match[str]) -> str:
        target = posixpath.normpath(f"lessons/{name}/{match[1]}")
        other = re.fullmatch(r"lessons/(\w+)/\1\.ipynb", target)
        return f"]({colab(where, other[1]) if other else f'{where}/blob/main/{target}'})"

    for cell in copy.cells:
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader"):
            cell.source = LINK.sub(lead, cell.source)
    return copy


def links(text: str, root: Path) -> str:
    """A page with the links to Binder and Colab filled in, and what grading on a cluster was measured to take."""
    if not (root / "pyproject.toml").exists():
        return text
    where, start = address(root), "00_start_here"
    launch = f"[JupyterLab on Binder]({binder(where, start)}) · [Google Colab]({colab(where, start)})"
    filled = {"launch": launch, "cluster": on_a_cluster(root)}
    for mark, content in filled.items():
        text = re.sub(
            f"<!-- {mark} -->.*?<!-- /{mark} -->", f"<!-- {mark} -->{content}<!-- /{mark} -->", text, flags=re.S
        )
    return text


def on_a_cluster(root: Path) -> str:
    """What a large course takes, in a sentence, from what tests/benchmarks/cluster.py has written."""
    file = root / "data" / "results" / "classroom" / "grading.json"
    if not file.exists():
        return "not measured yet"
    run = json.loads(file.read_text(encoding="utf-8"))
    large = run["large"]
    return (
        f"{large['submissions']:,} submissions of {run['lesson']} take {large['core_hours']:.0f} core hours, on "
        f"{large['cores']} cores {large['hours']:.1f} hours by the clock: {run['seconds_a_submission']:.1f} s a submission on a "
        f"worker's core, and {run['seconds_to_write']:.2f} s to write it down, which one process does for all"
    )
