"""`ser mark`: written answers one after another, names hidden, with mark scheme and comments beside them.

A page on this computer alone, which works with the keyboard. Marks and comments go into nbgrader's gradebook, where
Formgrader, the feedback and the reports have them from.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs

import nbformat
from nbgrader.api import Gradebook, SubmittedAssignment

from ...errors import CourseError
from ...places import CLASSROOM
from ..rebuild import grade_id, has_points
from . import records
from .feedback import render, safe_html
from .records import GRADEBOOK

SCHEME = re.compile(r"(?:^|\n)\s*Mark scheme:\s*", re.IGNORECASE)
LINE = re.compile(r"(\d+(?:\.5)?) points?(?: for)? (.+)", re.DOTALL)
COMMENTS = 9  # that are offered again


class Mark(NamedTuple):
    """A person's points, None for none yet, and comment; and whether they are about what was handed in before."""

    points: float | None
    comment: str
    old: bool = False


@dataclass
class Task:
    """A written task: what is asked and what it is worth, its mark scheme by line and points, and whose answers wait in which order."""

    name: str
    points: float
    question: str
    model: str
    scheme: list[tuple[float, str]]
    students: list[str] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def open(self) -> list[int]:
        """Which answers nobody has marked, counted from 0."""
        marks = [self.marks[student] for student in self.students]
        return [place for place, mark in enumerate(marks) if mark.points is None or mark.old]

    @property
    def comments(self) -> list[str]:
        """What was said most often so far, line by line."""
        lines = (line.strip() for mark in self.marks.values() for line in mark.comment.splitlines())
        return [line for line, _ in Counter(filter(None, lines)).most_common(COMMENTS)]


def read_scheme(source: str) -> tuple[str, list[tuple[float, str]]]:
    """The model answer of a written task, and its mark scheme line by line.

    Examples
    --------
    >>> read_scheme("Model answer: so.\\n\\nMark scheme: 1 point for a cue; 2 points name\\na group.")
    ('Model answer: so.', [(1.0, 'a cue'), (2.0, 'name a group')])
    """
    model, *scheme = SCHEME.split(source, maxsplit=1)
    lines = [LINE.fullmatch(" ".join(line.split()).rstrip(".")) for line in "".join(scheme).split(";")]
    return model.strip(), [(float(line[1]), line[2]) for line in lines if line]


class Marking:
    """The written tasks of a lesson, as far as they are marked.

    Parameters
    ----------
    lesson : str

    Raises
    ------
    CourseError
        When nothing of this lesson was graded, or it has nothing that a person marks.
    """

    def __init__(self, lesson: str):
        self.lesson, self.token = lesson, secrets.token_urlsafe(16)
        records.load_graded(lesson)
        source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
        self.title = source.metadata["ser"]["title"]
        self.tasks = [
            Task(grade_id(cell), float(cell.metadata["nbgrader"]["points"]), before.source, *read_scheme(cell.source))
            for before, cell in itertools.pairwise(source.cells)
            if has_points(cell) and cell.cell_type == "markdown"
        ]
        if not self.tasks:
            raise CourseError(f"{lesson} has no written task: there is nothing to mark.")
        with Gradebook(GRADEBOOK, "ser") as gradebook:
            for submission in gradebook.assignment_submissions(lesson):
                self._take(submission)
        for task in self.tasks:
            task.students.sort(key=lambda student: hashlib.sha256(f"{task.name}/{student}".encode()).digest())

    def _take(self, submission: SubmittedAssignment) -> None:
        """Who wrote something: it waits for a person, or has a person's mark. What is as handed out has 0 from nbgrader."""
        grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
        comments = {comment.name: comment for notebook in submission.notebooks for comment in notebook.comments}
        for task in self.tasks:
            grade, student = grades.get(task.name), submission.student.id
            if grade is not None and (grade.needs_manual_grade or grade.manual_score is not None):
                said = comments[task.name].manual_comment if task.name in comments else None
                task.marks[student] = Mark(grade.manual_score, said or "", old=bool(grade.needs_manual_grade))
                task.students.append(student)

    def answer(self, task: Task, student: str) -> str:
        """What a student wrote, as nbgrader has kept it."""
        file = CLASSROOM / "autograded" / student / self.lesson / f"{self.lesson}.ipynb"
        if not file.exists():
            return f"*The marked notebook is not there any more: `ser grade {self.lesson}` makes it again.*"
        for cell in nbformat.read(file, as_version=4).cells:
            if grade_id(cell) == task.name:
                return cell.source
        return ""

    def save(self, task: Task, student: str, mark: Mark) -> None:
        """Write a mark where nbgrader keeps it, as Formgrader does."""
        about = (task.name, self.lesson, self.lesson, student)
        with Gradebook(GRADEBOOK, "ser") as gradebook:
            grade, comment = gradebook.find_grade(*about), gradebook.find_comment(*about)
            grade.manual_score = mark.points
            grade.needs_manual_grade = mark.points is None and grade.auto_score is None
            comment.manual_comment = mark.comment or None
            gradebook.db.commit()
        task.marks[student] = mark

    def next_open(self, number: int, place: int) -> str:
        """The path of the next answer that nobody has marked, later ones first; "" when there is none."""
        for task in [number, *range(number + 1, len(self.tasks)), *range(number)]:
            waits = self.tasks[task].open
            if waits:
                later = [one for one in waits if task != number or one > place]
                return f"{task + 1}/{(later or waits)[0] + 1}"
        return ""

    def page(self, number: int, place: int, wrong: str = "") -> str:
        """The page of an answer; both numbers from 0."""
        task = self.tasks[number]
        student = task.students[place]
        return render(
            "mark.html.j2", title=self.title, task=task, number=number + 1, place=place + 1, tasks=self.tasks,
            answer=safe_html(self.answer(task, student)), model=safe_html(task.model), question=safe_html(task.question), mark=task.marks[student], wrong=wrong,
            n_open=len(task.open), nonce=secrets.token_urlsafe(8), base="../",
        )  # fmt: skip

    def end(self) -> str:
        """The page when all is marked."""
        return render(
            "mark.html.j2", title=self.title, task=None, tasks=self.tasks, lesson=self.lesson, nonce="none", base=""
        )


def read_points(text: str, most: float) -> float | None:
    """Points as somebody wrote them; an empty field takes a mark back.

    Raises
    ------
    ValueError
        When it is no number from 0 to what the task is worth.

    Examples
    --------
    >>> read_points("2,5", 3), read_points(" ", 3)
    (2.5, None)
    """
    if not text.strip():
        return None
    if not 0 <= (points := float(text.replace(",", "."))) <= most:
        raise ValueError
    return points


class Handler(BaseHTTPRequestHandler):
    """Answers those who know the address, and saves what they send."""

    marking: Marking

    def do_GET(self) -> None:
        match self._where():
            case None:
                self._send("There is nothing here: open the address that `ser mark` printed.", 404)
            case ():
                self._go(self.marking.next_open(0, -1) or "end")
            case ("end",):
                self._send(self.marking.end())
            case (number, place):
                self._send(self.marking.page(number, place))

    def do_POST(self) -> None:
        where = self._where()
        if where is None or len(where) != 2:
            self._send("There is nothing here.", 404)
            return
        number, place = where
        task = self.marking.tasks[number]
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
        try:
            points = read_points(sent.get("points", [""])[0], task.points)
        except ValueError:
            self._send(self.marking.page(number, place, f"Points are a number from 0 to {task.points:g}."), 400)
            return
        comment = sent.get("comment", [""])[0].replace("\r\n", "\n").strip()
        self.marking.save(task, task.students[place], Mark(points, comment))
        self._go(self.marking.next_open(number, place) or "end")

    def _where(self) -> tuple | None:
        """What a path means, both numbers from 0; None for nothing, also for who does not know the token."""
        token, _, rest = self.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(token.encode(), self.marking.token.encode()):
            return None
        if rest in ("", "end"):
            return (rest,) if rest else ()
        if not re.fullmatch(r"\d{1,4}/\d{1,6}", rest):
            return None
        number, place = (int(part) - 1 for part in rest.split("/"))
        if not (0 <= number < len(self.marking.tasks) and 0 <= place < len(self.marking.tasks[number].students)):
            return None
        return number, place

    def _send(self, page: str, status: int = 200) -> None:
        body = page.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")  # the address is the key
        self.end_headers()
        self.wfile.write(body)

    def _go(self, to: str) -> None:
        self.send_response(303)
        self.send_header("Location", f"/{self.marking.token}/{to}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal belongs to the instructor."""


def server(marking: Marking, port: int = 0) -> tuple[ThreadingHTTPServer, str]:
    """A server on this computer alone, and the address of its first page."""
    handler = type("Handler", (Handler,), {"marking": marking})
    made = ThreadingHTTPServer(("127.0.0.1", port), handler)
    return made, f"http://127.0.0.1:{made.server_port}/{marking.token}/"
