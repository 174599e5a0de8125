"""`ser grade`: nbgrader's own autograde over all submissions of a lesson, several at a time.

Each shard is a process, forked from one that has everything loaded, and takes the next submission when it is done with
one; all of them have their kernels from one fork server in the sandbox. A submission is finished when its record holds a
fingerprint; everything before that is done again by the next call. So a crash, a power cut or Ctrl-C costs no more than
the submissions that were just being graded.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
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
from dataclasses import asdict, dataclass
from datetime import datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import tqdm
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from ...errors import CourseError
from ...places import CLASSROOM
from . import preflight, records, reports, sandbox, seed

SECONDS = 600  # wall clock a submission; its cells may take 300 and the second run of the checks 180
BACKUPS = 10  # of the gradebook that are kept
SUBMITTED = CLASSROOM / "submitted"


def grade(
    lesson: str,
    students: list[str] | None = None,
    n_jobs: int = 1,
    again: bool = False,
    limit: float = SECONDS,
    progress: bool = False,
) -> list[records.Record]:
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
        raise CourseError(f"{SUBMITTED} has no {lesson} from {', '.join(map(reports.shown, missing))}.")
    students = sorted(set(students or found))
    confined = sandbox.confined()
    with alone():
        todo = {}
        for student in students:
            if found[student]:
                records.save(records.Record(lesson, student, "not graded", found[student]))
                continue
            fingerprint = _fingerprint(SUBMITTED / student / lesson, lesson)
            if again or not _finished(lesson, student, fingerprint):
                todo[student] = fingerprint
        if todo:
            back_up(CLASSROOM / "gradebook.db")
            preflight.register(*coursedir(lesson))  # by one process, before several look
            if confined:
                sandbox.fork_server()
            done = _spread(lesson, todo, max(1, min(n_jobs, len(todo))), limit)
            for _ in tqdm.tqdm(done, total=len(todo), unit=" submissions", disable=not progress):
                pass
    return [record for student in students if (record := records.load(lesson, student))]


def _found(lesson: str) -> dict[str, str]:
    """Who handed the lesson in, and why it cannot be graded ("" when it can); an error says what is missing."""
    if not Path("nbgrader_config.py").exists():
        raise CourseError("There is no nbgrader_config.py here. Go to the course's folder first, then grade.")
    if not Path("solutions", lesson, f"{lesson}.ipynb").exists():
        names = sorted(path.parent.name for path in Path("solutions").glob("*/*.ipynb"))
        raise CourseError(f"There is no lesson {lesson}. Lessons: {', '.join(names)}.")
    found = preflight.survey(SUBMITTED, lesson) if SUBMITTED.exists() else {}
    if not found:
        raise CourseError(f"Nothing was handed in: put notebooks into {SUBMITTED}/NAME/{lesson}/{lesson}.ipynb.")
    return found


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let no second `ser grade` work in this classroom."""
    CLASSROOM.mkdir(exist_ok=True)
    with open(CLASSROOM / "grade.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError("Another `ser grade` is at work in this folder. Wait until it is done.") from None
        yield


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


def _fingerprint(folder: Path, lesson: str) -> str:
    """Of everything a score depends on: the submission, the lesson with its checks, the course's seed."""
    digest = hashlib.sha256(seed.environment()[seed.VARIABLE].encode())
    course = [Path(room, lesson, f"{lesson}.ipynb") for room in ("lessons", "solutions")]
    for file in (preflight.find_notebook(folder, lesson)[0], folder / "timestamp.txt", *course):
        with contextlib.suppress(OSError):  # what cannot be read is said when it is graded
            if stat.S_ISREG(file.lstat().st_mode):
                with open(file, "rb") as content:
                    digest.update(content.read(preflight.LARGEST))
        digest.update(b"\0")
    return digest.hexdigest()


def _finished(lesson: str, student: str, fingerprint: str) -> bool:
    """Whether this very submission has its grade, and its marked notebook is still there."""
    record = records.load(lesson, student)
    if record is None or record.fingerprint != fingerprint:
        return False
    return record.status != "graded" or (CLASSROOM / "autograded" / student / lesson / f"{lesson}.ipynb").exists()


@dataclass
class _Shard:
    """A process that grades, the wire to it, and the student it is busy with."""

    process: Any
    wire: Connection
    student: str
    deadline: float


def _spread(lesson: str, todo: dict[str, str], n_jobs: int, limit: float) -> Iterator[str]:
    """Have shards grade; each student's name as soon as there is a record."""
    waiting, shards = deque(todo), []

    def give(shard: _Shard) -> None:
        shard.student, shard.deadline = waiting.popleft(), time.monotonic() + limit
        shard.wire.send((shard.student, todo[shard.student]))

    def give_up(shard: _Shard, why: str) -> str:
        shard.process.kill()
        shard.process.join()
        shards.remove(shard)
        record = records.Record(lesson, shard.student, "not graded", why, fingerprint=todo[shard.student])
        records.save(record)
        return shard.student

    try:
        while waiting or shards:
            while waiting and len(shards) < n_jobs:
                shards.append(_start(lesson))
                give(shards[-1])
            ready = wait([shard.wire for shard in shards], timeout=1)
            for shard in list(shards):
                if shard.wire in ready:
                    try:
                        answer = shard.wire.recv()
                    except EOFError:
                        yield give_up(shard, f"The process that graded it ended. {TRY_AGAIN}")
                        continue
                    yield answer
                    if waiting:
                        give(shard)
                    else:
                        shard.wire.send(None)
                        shards.remove(shard)
                elif time.monotonic() > shard.deadline:
                    yield give_up(shard, f"Grading took more than {limit:g} s and was stopped. {TRY_AGAIN}")
    finally:
        for shard in shards:
            shard.process.kill()


TRY_AGAIN = "Open the notebook and see what it does; `ser grade LESSON --students NAME --again` tries once more."


def _start(lesson: str) -> _Shard:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_shard, args=(lesson, theirs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about threads: those of numpy, which expects this
        process.start()
    theirs.close()
    return _Shard(process, ours, "", 0)


def _shard(lesson: str, wire: Connection) -> None:
    """Grade students whose names come through the wire, until None comes or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")  # nbgrader's and nbconvert's own
    converter = OneByOne(lesson)
    for student, fingerprint in iter(wire.recv, None):
        _grade(converter, student, fingerprint)
        wire.send(student)


def _end_with_parent() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def coursedir(lesson: str) -> tuple[CourseDirectory, Config]:
    """nbgrader's view of this folder, patient when several processes write."""
    config = PyFileConfigLoader("nbgrader_config.py", os.getcwd()).load_config()
    config.CourseDirectory.db_url += "?timeout=60"
    return CourseDirectory(config=config, assignment_id=lesson), config


class OneByOne(Autograde):
    """nbgrader's Autograde on a folder that is named, and not searched for; remembers what went wrong."""

    def __init__(self, lesson: str):
        where, config = coursedir(lesson)
        super().__init__(coursedir=where, config=config, force=True)
        self.log.setLevel("CRITICAL")  # what went wrong is in the record

    def run(self, student: str) -> None:
        self.student, self.trouble = student, None
        self.start()

    def init_notebooks(self) -> None:
        folder = self._format_source(self.coursedir.assignment_id, self.student)
        self.assignments = {folder: [os.path.join(folder, f"{self.coursedir.assignment_id}.ipynb")]}

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.trouble = error
            raise


def _grade(converter: OneByOne, student: str, fingerprint: str) -> None:
    """Grade one submission and finish its record."""
    lesson, started, why = converter.coursedir.assignment_id, time.monotonic(), ""
    records.path(lesson, student).unlink(missing_ok=True)
    try:
        converter.run(student)
    except Exception as error:  # NbGraderException, and whatever else must not stop the class
        cause = converter.trouble or error
        why = (
            str(cause)
            if isinstance(cause, preflight.NotGradable)
            else f"nbgrader gave up: {type(cause).__name__}: {cause}"
        )
    record = records.load(lesson, student)
    if record is None or (why and record.status == "graded"):
        record = records.Record(lesson, student, "not graded", why or "nbgrader left no score.")
    record.fingerprint, record.seconds = fingerprint, round(time.monotonic() - started, 2)
    records.save(record)


def report(lesson: str, as_json: bool, **options: Any) -> int:
    """The command: 0 when every submission has its grade and no flag."""
    done = grade(lesson, progress=not as_json, **options)
    files = reports.write(lesson)
    print(json.dumps([asdict(record) for record in done]) if as_json else summary(done, files[0]))
    return 0 if all(record.status == "graded" and not record.flags for record in done) else 1


def summary(done: list[records.Record], overview: Path) -> str:
    """What a person reads after a run."""
    graded = [record for record in done if record.status == "graded"]
    groups = {
        "repaired": [(one.student, note) for one in graded for note in one.repairs],
        "flagged, please decide": [(one.student, note) for one in graded for note in one.flags],
        "not graded": [(one.student, one.reason) for one in done if one.status != "graded"],
    }
    lines = [f"{done[0].lesson}: {len(graded)} of {len(done)} submissions have their grade."]
    for title, notes in groups.items():
        lines += [f"{title} ({len({student for student, _ in notes})}):"] if notes else []
        lines += [f"  {reports.shown(student)}: {note}" for student, note in notes]
    return "\n".join([*lines, f"Where to look: {overview}. What the words mean: solutions/README.md."])
