"""`ser grade --dask`: a cluster of two worker processes gives the scores of one machine, whatever happens to a worker."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, replace

import psutil
import pytest

from ser_helpers import cluster, places
from ser_helpers.__main__ import main
from ser_helpers.course.grading import records
from ser_helpers.course.grading.cluster import Cluster, answer
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT as ROOT

LESSON = "01_load_crema_d"
WRONG = "def count_emotions(clips):\n    return clips.emotion.value_counts()"
# Without a sandbox, a submission can find the worker above it. It ends that, and every one that tries again.
KILLS = """
import os, psutil, signal
def parse_clip_name(name):
    for one in psutil.Process().parents():
        if "ser_helpers" not in " ".join(one.cmdline()) and "spawn_main" in " ".join(one.cmdline()):
            os.kill(one.pid, signal.SIGKILL)
            raise SystemExit
"""


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """The guide's commands: a scheduler and two workers, each a process that comes back when it dies; its second death is too many."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    own = ["--host", "127.0.0.1", "--no-dashboard"]
    calm = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "PYTHONWARNINGS": "ignore"}
    with contextlib.ExitStack() as stack:

        def dask(*words):
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *own], env=calm, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait, timeout=60)
            stack.callback(process.terminate)
            return process

        scheduler = dask("scheduler", "--port", "0", "--scheduler-file", str(file))
        while not file.exists() or not file.read_text().endswith("}"):
            assert scheduler.poll() is None
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        guide = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8")
        words = (
            re.search(r"\$ dask (worker .*)", guide)[1]
            .replace("tcp://HOST:8786", address)
            .replace("--nworkers 4", "--nworkers 2")
        )
        nanny = dask(*words.split(), "--local-directory", str(file.parent))
        with quiet_dask():
            from distributed import Client

            with Client(address) as client:
                client.wait_for_workers(2, timeout=60)
        yield Workers(address, psutil.Process(nanny.pid))


@dataclass
class Workers:
    """A cluster: its address, and the process above the workers."""

    address: str
    above: psutil.Process

    def kill_one(self) -> None:
        next(one for one in self.above.children() if "spawn_main" in " ".join(one.cmdline())).kill()


@contextlib.contextmanager
def quiet_dask():
    """Its own deprecations, and sockets that are still open when a client has ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def start(course, *words, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "ser_helpers", "grade", LESSON, "--jobs", "1", *words],
        cwd=course.folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(course) -> dict[str, records.Record]:
    """What is known of each student, but for the time that it took."""
    with contextlib.chdir(course.folder):
        return {one.student: replace(one, seconds=0) for one in records.load_all(LESSON) if one.fingerprint}


def wait_for(course, running, number: int) -> None:
    while len(finished(course)) < number:
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_two_workers_give_the_scores_of_one_machine_when_all_is_ended_half_way(new_classroom, bubblewrap, workers):
    here, there = new_classroom(), new_classroom()
    for course in (here, there):
        for number in range(2):
            course.submit(f"right{number}", LESSON, course.solved(LESSON))
            course.submit(f"wrong{number}", LESSON, course.solved(LESSON, count_emotions=WRONG))
        course.submit("odd", LESSON, b"no notebook")
        course.submit("untouched", LESSON, course.untouched(LESSON))
    alone = start(here)
    said, _ = alone.communicate()
    assert "5 of 6 submissions have their grade" in said

    first = start(there, "--dask", workers.address)
    wait_for(there, first, 2)  # one may be the one that cannot be read
    first.send_signal(signal.SIGINT)
    assert "stopped" in first.communicate()[1] and first.returncode == 130
    before = finished(there)
    second = start(there, "--dask", workers.address)
    wait_for(there, second, len(before) + 1)
    workers.kill_one()
    through_dask, trouble = second.communicate()
    assert second.returncode == alone.returncode == 1 and "Traceback" not in trouble
    assert through_dask.splitlines()[:-1] == said.splitlines()[:-1]
    after = finished(there)
    assert all(after[student] == record for student, record in before.items())
    assert there.scores(LESSON) == here.scores(LESSON) and len(there.scores(LESSON)) == 5
    assert after == finished(here)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_submission_that_ends_its_worker_again_and_again_is_named(new_classroom, workers):
    course = new_classroom()
    course.submit("kim", LESSON, course.solved(LESSON, parse_clip_name=KILLS))
    running = start(course, "--dask", workers.address, "--unsafe")
    said, trouble = running.communicate()
    assert running.returncode == 1 and "Traceback" not in trouble
    assert "not graded (1):\n  kim: It ended its worker 2 times." in said, said + trouble


@pytest.mark.long
def test_workers_with_another_course_are_refused(workers, monkeypatch, tmp_path):
    ours = cluster.about()
    shutil.copytree(ROOT / "ser_helpers", tmp_path / "ser_helpers")
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "ser_helpers")
    assert cluster.about() == ours  # wherever it lies
    (tmp_path / "ser_helpers" / "pitch.py").write_text("changed = True\n")
    refused = f"The worker tcp://.* has the course {ours['the course']}, and you have"
    with quiet_dask(), pytest.raises(CourseError, match=refused):
        cluster.connect(workers.address)
    late = answer({}, {"lesson": [LESSON], "course": ours})  # on a worker that joins when all goes on
    assert "has the course" in late["refused"] and "Install the same there." in late["refused"]


@pytest.mark.long
def test_where_no_scheduler_answers_it_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with quiet_dask():
        for wrong in (address, "http://x"):
            with pytest.raises(CourseError, match=f"No Dask scheduler answers at {wrong}"):
                cluster.connect(wrong)


@pytest.mark.parametrize("command", [["grade", LESSON], ["features"]])
def test_an_empty_address_is_no_word_for_this_machine(command, capsys):
    with pytest.raises(SystemExit):
        main([*command, "--dask", ""])
    assert "an address was expected, such as tcp://host:8786" in capsys.readouterr().err


def test_a_worker_learns_no_name(new_classroom, monkeypatch):
    course = new_classroom()
    course.submit("Zoe Zimmermann", LESSON, course.solved(LESSON))
    monkeypatch.chdir(course.folder)
    sent = []

    class Client:
        def submit(self, function, *values, **options):
            sent.append(values)

        def nthreads(self):
            return {"tcp://worker": 1}

    grading = Cluster(Client(), LESSON, {"Zoe Zimmermann": ""}, {"limit": 60})
    grading._send(grading.waiting.popleft())
    assert b"def count_emotions" in sent[1][0] and "Zimmermann" not in str(sent)
