"""A classroom in a temporary folder, graded by the real nbgrader."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from real_hub import reachable

from ser_helpers.course.grading import records
from ser_helpers.places import CHECKOUT as ROOT


def as_user(name: str) -> list[str]:
    """Words before a command that have root run it as somebody else, who can read Python even where it is root's own."""
    become = f'HOME=$PWD exec setpriv --reuid {name} --regid $(id -g {name}) --clear-groups -- "$@"'
    return [*reachable(), "sh", "-c", become, "sh"]


@dataclass
class Classroom:
    """A course folder with its settings, solutions and lessons, and nothing handed in yet."""

    folder: Path

    def untouched(self, lesson: str) -> nbformat.NotebookNode:
        """The lesson as a learner gets it."""
        return nbformat.read(self.folder / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)

    def solved(self, lesson: str, **answers: str) -> nbformat.NotebookNode:
        """The lesson with the course's answers, or with yours: `relu="def relu(z): ..."`."""
        notebook = self.untouched(lesson)
        source = nbformat.read(self.folder / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
        for cell, truth in zip(notebook.cells, source.cells, strict=True):
            about = cell.metadata.get("nbgrader", {})
            if about.get("solution"):
                cell.source = answers.pop(about["grade_id"], truth.source)
        assert not answers, f"{lesson} has no exercise called {', '.join(answers)}."
        return notebook

    def submit(self, student: str, lesson: str, what: nbformat.NotebookNode | bytes | Callable[[Path], None]) -> Path:
        """Hand in a notebook, the bytes of one, or whatever a function puts into the folder; the folder."""
        folder = self.folder / ".classroom" / "submitted" / student / lesson
        folder.mkdir(parents=True, exist_ok=True)
        if callable(what):
            what(folder)
        elif isinstance(what, bytes):
            (folder / f"{lesson}.ipynb").write_bytes(what)
        else:
            (folder / f"{lesson}.ipynb").write_text(json.dumps(what), encoding="utf-8")  # as it is, right or wrong
        return folder

    def nbgrader(self, *arguments: str, user: str = "", **environment: str) -> tuple[str, int]:
        """Run nbgrader in the course folder, as root also for another user; what it printed, and its exit code."""
        done = subprocess.run(
            [*(as_user(user) if user else ()), sys.executable, "-m", "nbgrader", *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout, done.returncode

    def grade(self, lesson: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `ser grade` in the course folder, with two shards."""
        return subprocess.run(
            [sys.executable, "-m", "ser_helpers", "grade", lesson, "--jobs", "2", *words],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def settings(self, text: str) -> None:
        """Add lines to the course's nbgrader_config.py."""
        with open(self.folder / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def scores(self, lesson: str) -> dict[str, dict[str, float | None]]:
        """The gradebook's own scores: {student: {grade_id: score}}, None where a person has to mark."""
        with Gradebook(f"sqlite:///{self.folder}/.classroom/gradebook.db") as gradebook:
            return {
                submission.student.id: {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
                for submission in gradebook.assignment_submissions(lesson)
            }

    def record(self, lesson: str, student: str) -> records.Record | None:
        with contextlib.chdir(self.folder):
            return records.load(lesson, student)


@pytest.fixture(scope="session")
def new_classroom(tmp_path_factory):
    """A function that makes one more classroom."""

    def make() -> Classroom:
        folder = tmp_path_factory.mktemp("course")
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        for name in ("solutions", "lessons"):
            shutil.copytree(ROOT / name, folder / name)
        (folder / ".classroom").mkdir()
        (folder / ".classroom" / "seed.txt").write_text("20\n", encoding="utf-8")
        return Classroom(folder)

    return make


@pytest.fixture
def classroom(new_classroom, bubblewrap) -> Classroom:
    return new_classroom()


@pytest.fixture(scope="module")
def shared_classroom(new_classroom, bubblewrap) -> Classroom:
    """One classroom for the tests of a file: they hand in under different names and grade in one go."""
    return new_classroom()
