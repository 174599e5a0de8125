"""`ser grade`: nbgrader's own autograde over all submissions of a lesson, several at a time.

Each shard is a process, forked from one that has everything loaded, and takes the next submission when it is done with
one; all of them share one box. The parent writes the records. A submission is finished when its record holds a
fingerprint; everything before that is done again by the next call. So a crash, a power cut or Ctrl-C costs no more than
the submissions that were just being graded.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import multiprocessing
import os
import signal
import sqlite3
import stat
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import tqdm

from ...errors import CourseError
from ...places import CLASSROOM
from . import admit, records, seed
from .adapters import SubmissionGrader, coursedir, register
from .box.base import Box
from .box.choose import chosen
from .records import SUBMITTED, Record, alone, shown

SECONDS = 600  # wall clock a submission; its cells may take 300 and the second run of the checks 180
BACKUPS = 10  # of the gradebook that are kept
TRY_AGAIN = "Open the notebook and see what it does; `ser grade LESSON --students NAME --again` tries once more."


def grade(
    lesson: str,
    students: list[str] | None = None,
    n_jobs: int = 1,
    again: bool = False,
    limit: float = SECONDS,
    progress: bool = False,
    box: Box | None = None,
) -> list[Record]:
    """Grade what was handed in for a lesson, in the course's folder.

    Parameters
    ----------
    lesson : str
        For example ``"03_mfcc"``.
    students : list of str, optional
        These alone; without it, everybody who has a folder in ``.classroom/submitted``.
    n_jobs : int
        Shards; each needs a processor and about 1 GB of memory.
    again : bool
        Also submissions that have not changed since they were graded.
    limit : float
        Seconds after which a submission is given up.
    box : Box, optional
        Where submissions run; without it, the sandbox.

    Returns
    -------
    list of Record
        One a student, by name; also of those that had been graded before.

    Raises
    ------
    CourseError
        When this is no course folder, lesson or student are not there, or the sandbox cannot start.
    """
    found = _found(lesson)
    if missing := sorted(set(students or ()) - set(found)):
        raise CourseError(f"{SUBMITTED} has no {lesson} from {', '.join(map(shown, missing))}.")
    students = sorted(set(students or found))
    box = box or chosen()
    with alone():
        refused = [Record(lesson, student, "not graded", found[student]) for student in students if found[student]]
        todo = _todo(lesson, [student for student in students if not found[student]], again)
        if todo:
            back_up(CLASSROOM / "gradebook.db")
            register(*coursedir(lesson))  # by one process, before several look
            box.open()
        graded = _graded(lesson, todo, n_jobs, limit, box)
        seen = tqdm.tqdm(graded, total=len(todo), unit=" submissions", disable=not progress or not todo)
        for record in itertools.chain(refused, seen):
            records.save(record)
    return [record for student in students if (record := records.load(lesson, student))]


def _found(lesson: str) -> dict[str, str]:
    """Who handed the lesson in, and why it cannot be graded ("" when it can); an error says what is missing."""
    if not Path("nbgrader_config.py").exists():
        raise CourseError("There is no nbgrader_config.py here. Go to the course's folder first, then grade.")
    if not Path("solutions", lesson, f"{lesson}.ipynb").exists():
        names = sorted(path.parent.name for path in Path("solutions").glob("*/*.ipynb"))
        raise CourseError(f"There is no lesson {lesson}. Lessons: {', '.join(names)}.")
    found = admit.survey(SUBMITTED, lesson) if SUBMITTED.exists() else {}
    if not found:
        elsewhere = admit.misplaced(SUBMITTED, lesson, [lesson]) if SUBMITTED.exists() else {}
        there = f" Misplaced: {', '.join(map(shown, elsewhere))}." if elsewhere else ""
        raise CourseError(f"Nothing was handed in: put notebooks into {SUBMITTED}/NAME/{lesson}/{lesson}.ipynb.{there}")
    return found


def back_up(gradebook: Path) -> Path | None:
    """Copy the gradebook beside it, whole even while somebody writes; the oldest copies go."""
    if not gradebook.exists():
        return None
    folder = gradebook.parent / "backups"
    folder.mkdir(exist_ok=True)
    copy = folder / f"gradebook-{datetime.now():%Y-%m-%d-%H%M%S-%f}.db"
    with contextlib.closing(sqlite3.connect(gradebook)) as ours, contextlib.closing(sqlite3.connect(copy)) as theirs:
        ours.backup(theirs)
    for old in sorted(folder.glob("gradebook-*.db"))[:-BACKUPS]:
        old.unlink()
    return copy


def _todo(lesson: str, students: list[str], again: bool) -> dict[str, str]:
    """Whose submission has no grade yet, or another than the record is about; with the fingerprint of it."""
    marks = {student: _fingerprint(SUBMITTED / student / lesson, lesson) for student in students}
    return {student: mark for student, mark in marks.items() if again or not _finished(lesson, student, mark)}


def _fingerprint(folder: Path, lesson: str) -> str:
    """Of everything a score depends on: the submission, the lesson with its checks, the course's seed."""
    digest = hashlib.sha256(seed.course_seed().encode())
    course = [Path(room, lesson, f"{lesson}.ipynb") for room in ("lessons", "solutions")]
    for file in (admit.find_notebook(folder, lesson)[0], folder / "timestamp.txt", *course):
        with contextlib.suppress(OSError):  # what cannot be read is said when it is graded
            if stat.S_ISREG(file.lstat().st_mode):
                with open(file, "rb") as content:
                    digest.update(content.read(admit.LARGEST))
        digest.update(b"\0")
    return digest.hexdigest()


def _finished(lesson: str, student: str, fingerprint: str) -> bool:
    """Whether this very submission has its grade, and its marked notebook is still there."""
    record = records.load(lesson, student)
    if record is None or record.fingerprint != fingerprint:
        return False
    return record.status != "graded" or (CLASSROOM / "autograded" / student / lesson / f"{lesson}.ipynb").exists()


def _graded(lesson: str, todo: dict[str, str], n_jobs: int, limit: float, box: Box) -> Iterator[Record]:
    """Have shards grade {student: fingerprint}; each record as soon as it is there."""
    waiting = deque(todo.items())
    shards = [_Shard(lesson, limit, box) for _ in range(min(n_jobs, len(todo)))]
    try:
        for shard in shards:
            shard.give(*waiting.popleft())
        while shards:
            wait([shard.wire for shard in shards], timeout=1)
            for shard in list(shards):
                record = shard.outcome()
                if record is None:
                    continue
                yield record
                if waiting:
                    shard.give(*waiting.popleft())
                else:
                    shard.end()
                    shards.remove(shard)
    finally:
        for shard in shards:
            shard.end()


class _Shard:
    """A process that grades, started when it is given something; and what it is busy with."""

    def __init__(self, lesson: str, limit: float, box: Box):
        self.lesson, self.limit, self.box = lesson, limit, box
        self.process: Any = None

    def give(self, student: str, fingerprint: str) -> None:
        """Have a submission graded."""
        if self.process is None:
            self._start()
        self.student, self.fingerprint, self.deadline = student, fingerprint, time.monotonic() + self.limit
        self.wire.send((student, fingerprint))

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self.wire, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(self.lesson, self.box, theirs))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about threads: those of numpy, which expects this
            self.process.start()
        theirs.close()

    def outcome(self) -> Record | None:
        """The record of what it was given; None while it is at work."""
        try:
            if self.wire.poll():
                return self.wire.recv()
            if time.monotonic() < self.deadline:
                return None
            why = f"Grading took more than {self.limit:g} s and was stopped."
        except (EOFError, OSError):
            why = "The process that graded it ended."
        self.end()
        return Record(self.lesson, self.student, "not graded", f"{why} {TRY_AGAIN}", fingerprint=self.fingerprint)

    def end(self) -> None:
        """End the process, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def _work(lesson: str, box: Box, wire: Connection) -> None:
    """Grade students whose names come through the wire, until the parent is gone or has had enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")  # nbgrader's and nbconvert's own
    grader = SubmissionGrader(lesson, box)
    while True:
        student, fingerprint = wire.recv()
        started = time.monotonic()
        record = grader.grade(student)
        seconds = round(time.monotonic() - started, 2)
        wire.send(replace(record, marked=None, fingerprint=fingerprint, seconds=seconds))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # this runs in a child
    wait([parent.sentinel])
    os._exit(1)
