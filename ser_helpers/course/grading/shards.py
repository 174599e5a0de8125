"""`ser grade`: nbgrader's own autograde over all submissions of a lesson, several at a time.

Each shard is a process, forked from one that has everything loaded, and takes the next submission when it is done with
one; all of them share one box. With a cluster, its workers run the submissions, and a shard takes in what came out. The parent writes the records. A submission is finished when its record holds a
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
from collections.abc import Generator
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
from .cluster import ENDED, TOO_LONG, TRY_AGAIN, Cluster
from .records import SUBMITTED, Record, alone, shown

SECONDS = 600  # wall clock a submission; its cells may take 300 and the second run of the checks 180
BACKUPS = 10  # of the gradebook that are kept
# who, the fingerprint, and the record when a cluster has made it
Work = deque[tuple[str, str, Record | None]] | Cluster


def grade(
    lesson: str,
    students: list[str] | None = None,
    n_jobs: int = 1,
    again: bool = False,
    limit: float = SECONDS,
    progress: bool = False,
    box: Box | None = None,
    dask: str | None = None,
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
    dask : str, optional
        Address of a Dask scheduler whose workers run the submissions, each in a sandbox of its own; the same scores.

    Returns
    -------
    list of Record
        One a student, by name; also of those that had been graded before.

    Raises
    ------
    CourseError
        When this is no course folder, lesson or student are not there, sandbox or cluster cannot be had.
    """
    found = _found(lesson)
    if missing := sorted(set(students or ()) - set(found)):
        raise CourseError(f"{SUBMITTED} has no {lesson} from {', '.join(map(shown, missing))}.")
    students = sorted(set(students or found))
    box = box or (None if dask else chosen())
    with alone(), contextlib.ExitStack() as stack:
        refused = [Record(lesson, student, "not graded", found[student]) for student in students if found[student]]
        todo = _todo(lesson, [student for student in students if not found[student]], again)
        if todo:
            back_up(CLASSROOM / "gradebook.db")
            register(*coursedir(lesson))  # by one process, before several look
        work: Work = deque((student, mark, None) for student, mark in todo.items())
        if todo and dask:
            work = stack.enter_context(Cluster.at(dask, lesson, todo, limit, unsafe=bool(box and box.risk)))
        elif todo and box:
            box.open()
        graded = stack.enter_context(contextlib.closing(_graded(lesson, work, n_jobs, limit, box)))
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


def _graded(lesson: str, work: Work, n_jobs: int, limit: float, box: Box | None) -> Generator[Record]:
    """Have shards grade what there is; each record as soon as it is there."""
    idle = [_Shard(lesson, limit, box) for _ in range(n_jobs)]
    busy: list[_Shard] = []
    try:
        while work or busy:
            while idle and work and (task := work.popleft()):
                busy.append(idle.pop())
                busy[-1].give(*task)
            wait([shard.wire for shard in busy], timeout=0.05)
            for shard in list(busy):
                if record := shard.outcome():
                    yield record
                    busy.remove(shard)
                    idle.append(shard)
    finally:
        for shard in idle + busy:
            shard.end()


class _Shard:
    """A process that grades, started when it is given something; and what it is busy with."""

    def __init__(self, lesson: str, limit: float, box: Box | None):
        self.lesson, self.limit, self.box = lesson, limit, box
        self.process: Any = None

    def give(self, student: str, fingerprint: str, made: Record | None) -> None:
        """Have a submission graded, or what a cluster has made of it taken in."""
        if self.process is None:
            self._start()
        self.student, self.fingerprint, self.deadline = student, fingerprint, time.monotonic() + self.limit
        self.wire.send((student, fingerprint, made))

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
            why = TOO_LONG.format(self.limit)
        except (EOFError, OSError):
            why = ENDED
        self.end()
        return Record(self.lesson, self.student, "not graded", f"{why} {TRY_AGAIN}", fingerprint=self.fingerprint)

    def end(self) -> None:
        """End the process, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def _work(lesson: str, box: Box | None, wire: Connection) -> None:
    """Grade students whose names come through the wire, until the parent is gone or has had enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")  # nbgrader's and nbconvert's own
    grader = SubmissionGrader(lesson, box)
    while True:
        student, fingerprint, made = wire.recv()
        started = time.monotonic() - (made.seconds if made else 0)
        record = grader.grade(student, made)
        seconds = round(time.monotonic() - started, 2)
        wire.send(replace(record, marked=None, fingerprint=fingerprint, seconds=seconds))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # this runs in a child
    wait([parent.sentinel])
    os._exit(1)
