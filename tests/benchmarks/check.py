"""How long a learner waits for a verdict: `ser check` on every solved lesson, and one check cell in a running notebook.

    python tests/benchmarks/check.py [LESSON ...] [--rounds 3]

Prints, per lesson, the quickest of some rounds and the slowest check cell of a notebook whose set-up and answers above have
run; of each the processor's seconds, too, which say more on a busy machine. Aim on two quiet cores: 3 s a lesson, 1.5 s a
cell; exit code 1 where one takes longer.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import run_kernel

from ser_helpers.course import rebuild
from ser_helpers.course.authoring import release

ROOT = Path(__file__).resolve().parents[2]
LESSON_AIM, CELL_AIM = 3.0, 1.5


def lesson_seconds(path: Path) -> tuple[float, float]:
    """Seconds on the clock and of the processor for `ser check` on a solved lesson."""
    used, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "ser_helpers", "check", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{path.stem} is not solved:\n{done.stdout}{done.stderr}")
    return seconds, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def cell_seconds(path: Path) -> tuple[float, float, str]:
    """The same of the slowest check cell of a solved lesson, as a learner runs it, and the cell's name."""
    lesson = nbformat.read(ROOT / "lessons" / path.stem / path.name, as_version=4)
    solved = nbformat.read(path, as_version=4)
    times = []
    with run_kernel(kernel_name="python3", cwd=str(path.parent), stderr=subprocess.DEVNULL) as client:
        kernel = psutil.Process().children()[-1]
        for shown, cell in zip(lesson.cells, solved.cells, strict=True):
            name = rebuild.grade_id(shown)
            if cell.cell_type != "code" or not (name or "setup" in cell.metadata.get("tags", [])):
                continue
            code = shown.source if rebuild.has_points(shown) else cell.source
            start, used = time.perf_counter(), sum(kernel.cpu_times()[:2])
            reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=120)
            if reply["content"]["status"] != "ok":
                sys.exit(f"{path.stem}, {name or 'set-up'}: {reply['content']['evalue']}")
            if rebuild.has_points(shown):
                times.append((time.perf_counter() - start, sum(kernel.cpu_times()[:2]) - used, name))
    return max(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", default=release.lesson_names(ROOT), metavar="LESSON")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.environ.pop("SER_CHECK", None)
    kept = True
    print(f"{'lesson':20} {'ser check':>10} {'processor':>10} {'one cell':>10} {'processor':>10}")
    for name in args.lessons:
        path = ROOT / "solutions" / name / f"{name}.ipynb"
        seconds, used = min(lesson_seconds(path) for _ in range(args.rounds))
        slowest, busy, cell = cell_seconds(path)
        kept &= seconds <= LESSON_AIM and slowest <= CELL_AIM
        print(f"{name:20} {seconds:8.2f} s {used:8.2f} s {slowest:8.2f} s {busy:8.2f} s  {cell}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
