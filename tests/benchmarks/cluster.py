"""Grading on a cluster: 60 submissions, a worker killed half-way, beside `ser grade` alone; and what a large course takes.

    python tests/benchmarks/cluster.py [--lesson 03_mfcc] [--students 60] [--write]

Two workers on this machine run the submissions; when half of them have their grade, one worker is killed. Scores and records
must be those of `ser grade`, and none may be missing: exit code 1 otherwise. Then submissions are graded one after the other, as
a worker does it and as the gradebook takes them in, for what each of the two costs. `--write` puts that into data/results/classroom/grading.json.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from distributed import LocalCluster
from grade import ROOT, SETTINGS, classroom, records, run, scores

from ser_helpers.course.grading.adapters import SubmissionGrader, coursedir, register
from ser_helpers.course.grading.admit import admit
from ser_helpers.course.grading.cluster import answer, shared
from ser_helpers.course.grading.records import SUBMITTED, from_contents
from ser_helpers.course.grading.shards import SECONDS

LARGE, CORES = 30_000, 100  # submissions, cores of the cluster
ASSUMED = [
    "a core of the cluster is as fast as one of this machine, and runs one submission at a time",
    "submissions are like those of the bank of answers; an endless loop costs a minute for each cell that calls it",
    "one process writes the gradebook, while the cluster is at work",
    "the network is never the bottleneck",
]


def start(folder: Path, lesson: str, address: str, jobs: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "ser_helpers", "grade", lesson, "--dask", address, "--jobs", str(jobs)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=folder, env={**os.environ, **SETTINGS}, **quiet)


def cluster(n_workers: int) -> LocalCluster:
    return LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1")


def known(folder: Path, lesson: str) -> dict[str, dict]:
    """The records, without what differs from run to run: the time."""
    return {student: {**one, "seconds": 0} for student, one in records(folder, lesson).items()}


def killed(work: Path, lesson: str, n_students: int) -> bool:
    """One worker of two is killed half-way; whether all is as on one machine."""
    here, there = (classroom(work / name, lesson, n_students) for name in ("here", "there"))
    alone = run(here, "ser_helpers", "grade", lesson, "--jobs", "2")
    with cluster(2) as two:
        begun = time.perf_counter()
        running = start(there, lesson, two.scheduler_address, 1)
        while len(records(there, lesson)) < n_students // 2 and running.poll() is None:
            time.sleep(0.1)
        half, victim = len(records(there, lesson)), two.workers[0].process.pid
        psutil.Process(victim).kill()
        running.wait()
        seconds = time.perf_counter() - begun
    same = scores(here, lesson) == scores(there, lesson) and known(here, lesson) == known(there, lesson)
    whole = len(known(there, lesson)) == n_students
    print(f"{n_students} submissions of {lesson}")
    print(f"  ser grade --jobs 2        {alone:7.1f} s")
    print(f"  ser grade --dask, two     {seconds:7.1f} s   one worker killed after {half}")
    print(f"  records {len(known(there, lesson))} of {n_students}, scores and records the same: {same}")
    return same and whole


def cost(work: Path, lesson: str, n_students: int) -> dict[str, float]:
    """Seconds a submission: on the core of a worker, and beside the gradebook. The first is left out: it starts the sandbox."""
    seconds = []
    with contextlib.chdir(classroom(work / "cost", lesson, n_students + 1)):
        register(*coursedir(lesson))
        common, grader = shared(lesson, SECONDS, unsafe=False), SubmissionGrader(lesson, None)
        for folder in sorted(SUBMITTED.glob("*/*")):
            begun = time.perf_counter()
            said = answer(admit(folder, lesson)[0], common)
            graded = time.perf_counter()
            made = from_contents({**said["record"], "student": folder.parent.name})
            grader.grade(folder.parent.name, replace(made, marked=said["marked"]))
            seconds.append((graded - begun, time.perf_counter() - graded))
    on_worker, to_write = np.mean(seconds[1:], axis=0)
    return {"seconds_a_submission": round(float(on_worker), 2), "seconds_to_write": round(float(to_write), 3)}


def large(measured: dict[str, float]) -> dict[str, Any]:
    """What a public course takes, from what one submission costs: the workers and the one who writes are at it together."""
    core, write = (LARGE * measured[name] / 3600 for name in ("seconds_a_submission", "seconds_to_write"))
    return {
        "submissions": LARGE,
        "cores": CORES,
        "core_hours": round(core, 1),
        "hours": round(max(core / CORES, write), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="03_mfcc")
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument(
        "--write", action="store_true", help="into data/results/classroom/grading.json; then `ser build`"
    )
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # nbconvert's own
    with tempfile.TemporaryDirectory(prefix="ser-benchmark-") as folder:
        kept = killed(Path(folder), args.lesson, args.students)
        measured = cost(Path(folder), args.lesson, args.students)
    result = {
        "lesson": args.lesson,
        "measured_on": args.students,
        **measured,
        "large": large(measured),
        "assumed": ASSUMED,
    }
    print(json.dumps(result, indent=1))
    if args.write and kept:
        file = ROOT / "data" / "results" / "classroom" / "grading.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
