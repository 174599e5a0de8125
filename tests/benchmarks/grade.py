"""How fast a class is graded, beside stock nbgrader: same submissions, same machine, one run.

    python tests/benchmarks/grade.py [--lesson 03_mfcc] [--students 30] [--growth 300]

First `nbgrader autograde` with its own preprocessors and no sandbox against `ser grade` with its sandbox and the second
run of the checks; scores must be identical. Then a larger class: seconds and memory a submission as it grows, ended with
kill -9 half-way and started again; nothing may be lost; then what reading and marking it takes. Prints ratios; exit
code 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import psutil
from nbgrader.api import Gradebook

from ser_helpers.course.grading import mark
from ser_helpers.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
STOCK = '\ndel c["Autograde"], c["Execute"]\n'  # appended to the course's settings
SETTINGS = {"SER_COURSE_SEED": "20", "PYTHONWARNINGS": "ignore"}  # a warning costs a cell in stock nbgrader
AIM = 6


def classroom(folder: Path, lesson: str, n_students: int, settings: str = "") -> Path:
    """A course folder in which students hand in different mixtures of the bank's answers, right and wrong."""
    folder.mkdir()
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(config + settings, encoding="utf-8")
    for room in ("solutions", "lessons"):
        shutil.copytree(ROOT / room / lesson, folder / room / lesson)
    bank: dict[str, list[str]] = {}
    for cell in jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py").cells:
        if cell.cell_type == "code":
            bank.setdefault(cell.metadata["exercise"], []).append(cell.source)
    mixtures = itertools.cycle(
        zip(*(itertools.islice(itertools.cycle(answers), 60) for answers in bank.values()), strict=True)
    )
    for number, mixture in zip(range(n_students), mixtures, strict=False):
        notebook = nbformat.read(ROOT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
        answers = dict(zip(bank, mixture, strict=True))
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        place = folder / ".classroom" / "submitted" / f"student{number:03}" / lesson
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{lesson}.ipynb")
    return folder


def run(folder: Path, *command: str) -> float:
    """Seconds of a command in a course folder."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, **SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def scores(folder: Path, lesson: str) -> dict[tuple[str, str], float | None]:
    with Gradebook(f"sqlite:///{folder}/.classroom/gradebook.db", "ser") as gradebook:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in gradebook.assignment_submissions(lesson)
            for grade in submission.notebooks[0].grades
        }


def records(folder: Path, lesson: str) -> dict[str, dict]:
    """What is finished."""
    files = (folder / ".classroom" / "records" / lesson).glob("*.json")
    contents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {one["student"]: one for one in contents if one["fingerprint"]}


def compare(work: Path, lesson: str, n_students: int, jobs: int) -> bool:
    """Stock against ours; whether ours is fast enough and gives the same scores."""
    stock, ours = (classroom(work / name, lesson, n_students, text) for name, text in (("stock", STOCK), ("ours", "")))
    run(stock, "nbgrader", "generate_assignment", lesson, "--force")
    slow = run(stock, "nbgrader", "autograde", lesson)
    fast = run(ours, "ser_helpers", "grade", lesson, "--jobs", str(jobs))
    theirs, mine = scores(stock, lesson), scores(ours, lesson)
    differ = {key for key in theirs.keys() | mine.keys() if theirs.get(key) != mine.get(key)}
    print(f"{n_students} submissions of {lesson}, {jobs} shards")
    print(f"  stock nbgrader autograde  {slow:7.1f} s   {slow / n_students:5.2f} s a submission, no sandbox")
    print(f"  ser grade                 {fast:7.1f} s   {fast / n_students:5.2f} s a submission, in the sandbox")
    print(f"  ratio                     {slow / fast:7.1f}     (at least {AIM})")
    print(f"  scores                    {len(mine):7}     {len(differ)} differ {sorted(differ)[:3] or ''}")
    print(f"  flagged                   {sum(bool(one['flags']) for one in records(ours, lesson).values()):7}")
    return slow / fast >= AIM and not differ and len(mine) == len(theirs) > 0


def watch(
    running: subprocess.Popen, folder: Path, lesson: str, n_students: int, until: int
) -> list[tuple[int, float, float]]:
    """(finished, seconds, MB) each time another tenth of the class is finished, up to a number of submissions."""
    marks: list[tuple[int, float, float]] = []
    start, step = time.perf_counter(), max(1, n_students // 10)
    begun = len(records(folder, lesson))
    while running.poll() is None:
        done = len(list((folder / ".classroom" / "records" / lesson).glob("*.json")))
        if done >= begun + step * (len(marks) + 1):
            marks.append((done, time.perf_counter() - start, memory(running.pid)))
        if done >= until:
            break
        time.sleep(0.2)
    return marks


def memory(pid: int) -> float:
    """MB of a process and all below it, shared pages counted once."""
    total = 0
    for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:  # it has just ended
            continue
    return total / 1e6


def growth(work: Path, lesson: str, n_students: int, jobs: int) -> bool:
    """A large class, killed half-way and started again; whether all grades are there and cost is even."""
    folder = classroom(work / "large", lesson, n_students)
    command = [sys.executable, "-m", "ser_helpers", "grade", lesson, "--jobs", str(jobs)]
    options: dict[str, Any] = {
        "cwd": folder,
        "env": {**os.environ, **SETTINGS},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    first = subprocess.Popen(command, start_new_session=True, **options)
    marks = watch(first, folder, lesson, n_students, n_students // 2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    kept = records(folder, lesson)
    second = subprocess.Popen(command, **options)
    more = watch(second, folder, lesson, n_students, n_students + 1)
    second.wait()
    after = records(folder, lesson)
    print(f"{n_students} submissions, kill -9 after {len(kept)}, then again")
    for part in (marks, more):
        for (n_before, before, _), (n, seconds, megabytes) in itertools.pairwise(part):
            print(f"  {n:4} finished   {(seconds - before) / (n - n_before):5.2f} s a submission   {megabytes:6.0f} MB")
    lost = [student for student, record in kept.items() if after.get(student) != record]
    whole = len(after) == n_students and len({student for student, _ in scores(folder, lesson)}) == n_students
    print(
        f"  kept by the second run: {len(kept) - len(lost)} of {len(kept)}; in the end {len(after)} of {n_students} have a grade"
    )
    paces = [(b[1] - a[1]) / (b[0] - a[0]) for part in (marks, more) for a, b in itertools.pairwise(part)]
    sizes = [mark[2] for part in (marks, more) for mark in part]
    print(
        f"  slowest tenth / fastest tenth: {max(paces) / min(paces):.2f}; memory last / first: {sizes[-1] / sizes[0]:.2f}"
    )
    reading(folder, lesson)
    return not lost and whole


def reading(folder: Path, lesson: str) -> None:
    """What an instructor waits for in a class that is graded: comparing all pairs, the reports, the pages of marking."""
    for command in ("alike", "overview"):
        start = time.perf_counter()
        running = subprocess.Popen(
            [sys.executable, "-m", "ser_helpers", command, lesson], cwd=folder, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        print(f"  ser {command:8} {seconds:7.1f} s {used.ru_maxrss / 1000:6.0f} MB, exit code {running.returncode}")
    with contextlib.chdir(folder):
        start = time.perf_counter()
        try:
            marking = mark.Marking(lesson)
        except CourseError as error:
            print(f"  ser mark   {error}")
            return
        opened, task = time.perf_counter() - start, marking.tasks[0]
        for place, student in enumerate(task.students[:20]):
            marking.page(0, place)
            marking.save(task, student, mark.Mark(1.0, "A number with its unit."))
        a_page = (time.perf_counter() - start - opened) / max(1, len(task.students[:20]))
        print(
            f"  ser mark   {opened:7.1f} s to open with {len(task.students)} answers, {a_page:.2f} s to show and save one"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="03_mfcc")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--growth", type=int, default=300, help="0 leaves the second part out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ser-benchmark-") as folder:
        kept = [compare(Path(folder), args.lesson, args.students, args.jobs)]
        if args.growth:
            kept.append(growth(Path(folder), args.lesson, args.growth, args.jobs))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
