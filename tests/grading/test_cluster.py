"""`ser grade --dask`: a cluster of two worker processes gives the scores of one machine, whatever happens to a worker."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from dataclasses import replace

import pytest

from ser_helpers import cluster, places
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
def workers():
    """A scheduler and two workers, each a process that comes back when it dies; two deaths are one too many."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # distributed's own deprecations
        import dask
        from distributed import LocalCluster

        about = {"threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
        with dask.config.set({"distributed.scheduler.allowed-failures": 1}), LocalCluster(n_workers=2, **about) as two:
            yield two


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
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets that the test's own cluster closes as it ends
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

    first = start(there, "--dask", workers.scheduler_address)
    wait_for(there, first, 2)  # one may be the one that cannot be read
    first.send_signal(signal.SIGINT)
    assert "stopped" in first.communicate()[1] and first.returncode == 130
    before = finished(there)
    second = start(there, "--dask", workers.scheduler_address)
    wait_for(there, second, len(before) + 1)
    os.kill(workers.workers[0].process.pid, signal.SIGKILL)
    through_dask, trouble = second.communicate()
    assert second.returncode == alone.returncode == 1 and "Traceback" not in trouble
    assert through_dask.splitlines()[:-1] == said.splitlines()[:-1]
    after = finished(there)
    assert all(after[student] == record for student, record in before.items())
    assert there.scores(LESSON) == here.scores(LESSON) and len(there.scores(LESSON)) == 5
    assert after == finished(here)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_submission_that_ends_its_worker_again_and_again_is_named(new_classroom, workers):
    course = new_classroom()
    course.submit("kim", LESSON, course.solved(LESSON, parse_clip_name=KILLS))
    running = start(course, "--dask", workers.scheduler_address, "--unsafe")
    said, trouble = running.communicate()
    assert running.returncode == 1 and "Traceback" not in trouble
    assert "not graded (1):\n  kim: It ended its worker 2 times." in said, said + trouble


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_workers_with_another_course_are_refused(workers, monkeypatch, tmp_path):
    ours = cluster.about()
    shutil.copytree(ROOT / "ser_helpers", tmp_path / "ser_helpers")
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "ser_helpers")
    assert cluster.about() == ours  # wherever it lies
    (tmp_path / "ser_helpers" / "pitch.py").write_text("changed = True\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(CourseError, match=f"The worker tcp://.* has the course {ours['the course']}, and you have"):
            cluster.connect(workers.scheduler_address)
    late = answer({}, {"lesson": [LESSON], "course": ours})  # on a worker that joins when all goes on
    assert "has the course" in late["refused"] and "Install the same there." in late["refused"]


@pytest.mark.long
def test_where_no_scheduler_answers_it_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for wrong in (address, "http://x"):
            with pytest.raises(CourseError, match=f"No Dask scheduler answers at {wrong}"):
                cluster.connect(wrong)


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
