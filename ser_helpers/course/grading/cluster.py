"""`ser grade --dask`: a cluster's workers run the submissions, this machine writes down what came out.

A worker gets what is in a submission's cells, the lesson with its checks, and the course's seed: no student's name, and no
folder that both machines see. A process of its own runs the stages there (`python -m` this module, in its own sandbox), so
that no submission meets Dask. When a worker dies, Dask gives what it was at to another one.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, Pipe
from typing import Any, ClassVar

import nbformat

from ... import cluster
from ...errors import CourseError
from . import records, seed
from .adapters import SubmissionExporter, coursedir
from .admit import NotGradable, admit
from .box.choose import chosen
from .box.unconfined import Unconfined
from .pipeline import Lesson, grade_admitted
from .records import SUBMITTED, Record

TOO_LONG = "Grading took more than {:g} s and was stopped."
ENDED = "The process that graded it ended."
TRY_AGAIN = "Open the notebook and see what it does; `ser grade LESSON --students NAME --again` tries once more."
GOES_ON = "What is finished is kept: the same command goes on from there."
ALONE = 120  # seconds without any worker, after which nobody waits any more
IDLE = 60  # seconds that a process on a worker waits for the next submission


def shared(lesson: str, limit: float, unsafe: bool) -> dict[str, Any]:
    """What `answer` needs for every submission of a lesson, in the course's folder: the lesson with its checks, the seed, limits."""
    _, config = coursedir(lesson)
    traits = SubmissionExporter.class_own_traits(config=True).items()
    texts = Lesson.read(lesson)
    return {
        "lesson": [lesson, texts.release, texts.source],
        "seconds": {name: config.SubmissionExporter.get(name, trait.default_value) for name, trait in traits},
        "seed": seed.course_seed(),
        "limit": limit,
        "unsafe": unsafe,
        "course": cluster.about(),
    }


class Cluster:
    """The submissions that a cluster is to grade: `popleft` gives them back one by one, with their records.

    Parameters
    ----------
    client : distributed.Client
    lesson : str
    todo : dict
        {student: fingerprint}.
    common : dict
        What all submissions share, for `_grade`.
    """

    def __init__(self, client: Any, lesson: str, todo: dict[str, str], common: dict[str, Any]):
        self.client, self.lesson, self.todo, self.limit = client, lesson, todo, common["limit"]
        self.waiting = deque(todo)
        self.flying: dict[str, tuple[Any, list[str]]] = {}  # student: future, notes
        self.common = client.submit(_kept, json.dumps(common).encode(), pure=False)  # Dask makes it again if it is lost
        self.room, self.looked, self.seen = 0, 0.0, time.monotonic()

    @classmethod
    @contextlib.contextmanager
    def at(cls, address: str, lesson: str, todo: dict[str, str], limit: float, unsafe: bool) -> Iterator[Cluster]:
        """While the cluster is ours. Raises CourseError where it cannot be had."""
        with cluster.connect(address) as client:
            yield cls(client, lesson, todo, shared(lesson, limit, unsafe))

    def __bool__(self) -> bool:
        return bool(self.waiting or self.flying)

    def popleft(self) -> tuple[str, str, Record] | None:
        """A student, the fingerprint and the record, as soon as there is one; None where we have to wait.

        Raises
        ------
        CourseError
            When the cluster is gone, or a worker cannot grade.
        """
        self._look()
        while self.waiting and len(self.flying) < self.room:
            if refused := self._send(self.waiting.popleft()):
                return refused
        for student, (future, notes) in list(self.flying.items()):
            if future.done():
                del self.flying[student]
                record = self._record(future)
                made = replace(record, student=student, repairs=[*notes, *record.repairs])
                return student, self.todo[student], made
        return None

    def _look(self) -> None:
        """Every second: how many submissions the workers can take, two each so that none has to wait."""
        if time.monotonic() - self.looked < 1:
            return
        try:
            self.room = 2 * sum(self.client.nthreads().values())
        except Exception as error:  # whatever a connection can end in
            raise CourseError(
                f"The Dask scheduler does not answer any more ({type(error).__name__}). {GOES_ON}"
            ) from None
        self.looked = time.monotonic()
        self.seen = self.looked if self.room else self.seen
        if self.looked - self.seen > ALONE:
            raise CourseError(f"The cluster has had no worker for {ALONE} s. {GOES_ON}")

    def _send(self, student: str) -> tuple[str, str, Record] | None:
        """Read a submission and give it to the cluster; what cannot be read has its record at once."""
        try:
            handed_in, notes = admit(SUBMITTED / student / self.lesson, self.lesson)
        except NotGradable as error:
            return student, self.todo[student], Record(self.lesson, student, "not graded", str(error))
        text = json.dumps(handed_in).encode()
        self.flying[student] = self.client.submit(_grade, text, self.common, self.limit, pure=False), notes
        return None

    def _record(self, future: Any) -> Record:
        from distributed import KilledWorker

        try:
            said = json.loads(future.result())
        except KilledWorker as error:
            words = f"It ended its worker {error.allowed_failures + 1} times."
            return Record(self.lesson, "", "not graded", f"{words} {TRY_AGAIN}")
        except Exception as error:
            raise CourseError(f"The cluster lost what it was given ({type(error).__name__}). {GOES_ON}") from None
        if "refused" in said:
            raise CourseError(f"{said['refused']} {GOES_ON}")
        if "given up" in said:
            return Record(self.lesson, "", "not graded", f"{said['given up']} {TRY_AGAIN}")
        return replace(records.from_contents(said["record"]), marked=nbformat.from_dict(said["marked"]))


def _kept(common: bytes) -> bytes:
    return common


def _grade(submission: bytes, common: bytes, limit: float) -> bytes:
    """On a worker: JSON of the record, or of why there is none."""
    grader = _Grader.idle()
    said = grader.ask(submission, common, limit)
    if b"given up" in said[:12]:
        grader.end()
    else:
        grader.rest()
    return said


class _Grader:
    """On a worker: a process that grades one submission after another, and what it hears and says."""

    waiting: ClassVar[list[_Grader]] = []

    def __init__(self) -> None:
        self.wire, theirs = Pipe()
        command = [sys.executable, "-m", __name__, str(theirs.fileno()), str(os.getpid())]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()

    @classmethod
    def idle(cls) -> _Grader:
        """One that is at hand; a new one where there is none, or it is about to end."""
        with contextlib.suppress(IndexError):  # asked in the same moment, another thread of the worker may get the last
            while time.monotonic() - (grader := cls.waiting.pop()).since > IDLE / 2:
                grader.end()
            return grader
        return cls()

    def ask(self, submission: bytes, common: bytes, limit: float) -> bytes:
        """Have a submission graded; {"given up": why} when that came to no end."""
        try:
            self.wire.send_bytes(common)
            self.wire.send_bytes(submission)
            if self.wire.poll(limit):
                return self.wire.recv_bytes()
            why = TOO_LONG.format(limit)
        except (EOFError, OSError):
            why = ENDED
        return json.dumps({"given up": why}).encode()

    def rest(self) -> None:
        self.since = time.monotonic()
        self.waiting.append(self)

    def end(self) -> None:
        """End the process, whatever it does."""
        self.wire.close()
        self.process.kill()
        self.process.wait()


def answer(submission: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """In the process that grades: what is said of a submission."""
    name, *texts = common["lesson"]
    if words := cluster.difference(common["course"], _about()):
        return {"refused": f"The worker on {platform.node()} {words}"}
    started = time.monotonic()
    try:
        box = Unconfined() if common["unsafe"] else chosen()
        box.open()
    except CourseError as error:
        return {"refused": f"The worker on {platform.node()} cannot grade. {error}"}
    lesson = Lesson(name, *map(nbformat.from_dict, texts))
    record = grade_admitted(nbformat.from_dict(submission), lesson, box, common["seed"], **common["seconds"])
    record = replace(record, seconds=round(time.monotonic() - started, 2))
    return {"record": records.contents(record), "marked": record.marked}


@functools.cache
def _about() -> dict[str, str]:
    return cluster.about()


def main(number: int, parent: int) -> None:
    """Grade what comes through the wire, until the worker is gone or has had nothing for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C on a worker is the worker's
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    warnings.simplefilter("ignore")  # nbconvert's own
    wire = Connection(number)
    with contextlib.suppress(EOFError, OSError):  # nobody listens any more
        while wire.poll(IDLE):
            common, submission = wire.recv_bytes(), wire.recv_bytes()
            wire.send_bytes(json.dumps(answer(json.loads(submission), json.loads(common))).encode())


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
