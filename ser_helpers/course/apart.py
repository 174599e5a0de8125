"""A notebook's cells and checks in a process of their own, so that whatever they do ends there.

The process has loaded what every check needs before its job comes; it takes the job as JSON and tells of each exercise as
soon as it knows. Whoever waits puts an end to a loop without one.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

GRACE = 5  # seconds that an interrupted cell has to end in

ORDER = {"PYTHONHASHSEED": "0"}  # a set's: the same answer gets the same points each time, here and when it is graded
# A check of the whole lesson does nothing then; and figures are Jupyter's, whatever an editor has set for its own.
OURS = {"SER_CHECK": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline", **ORDER}


@dataclass
class Job:
    """What is to run: cells as (name, code), then the checks of each exercise, and seconds for each cell and check."""

    seconds: int
    cells: list[tuple[str, str]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)  # `verdict.Part` as a dict


class Process:
    """The process; start it early, as it takes a moment to load."""

    def __init__(self, folder: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=folder, env={**os.environ, **OURS, "NBGRADER_EXECUTION": "check"}, text=True, encoding="utf-8",
        )  # fmt: skip

    def run(self, job: Job) -> Iterator[tuple[str, str, str]]:
        """Each thing that ran, as (name, how it ended, what it says); what the process did not get to is left out."""
        assert self.process.stdin and self.process.stdout
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(self.process.stdout, lines), daemon=True).start()
        with contextlib.suppress(queue.Empty, BrokenPipeError):
            self.process.stdin.write(json.dumps(asdict(job)) + "\n")
            self.process.stdin.flush()
            while line := lines.get(timeout=job.seconds + GRACE + 10):
                name, ended, says = json.loads(line)
                yield name, ended, says

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        with contextlib.suppress(BrokenPipeError), self.process:
            pass


def _read(stream: Any, lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def main() -> None:
    """The process's own part."""
    gc.set_threshold(100_000)  # packages stay: looking for garbage in them takes a tenth of the time to load them
    wire = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "r+") as nothing:
        os.dup2(nothing.fileno(), 1)
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    shell = _shell(module)
    from . import expect, verdict  # noqa: F401, loaded before the job comes, with numpy and pandas

    job = json.loads(sys.stdin.readline())

    def tell(name: str, ended: str, says: str = "") -> None:
        wire.write(json.dumps([name, ended, says]) + "\n")
        wire.flush()

    for name, source in job["cells"]:
        with verdict.quiet(), _limit(job["seconds"]):
            done = shell.run_cell(source, silent=True)
        if error := done.error_before_exec or done.error_in_exec:
            tell(name, type(error).__name__, str(error))
    for part in job["checks"]:
        try:
            with _limit(job["seconds"]):
                failed = verdict.judge(verdict.Part(**part))
        except verdict.NotPassed as interrupted:
            failed = interrupted
        tell(part["grade_id"], type(failed).__name__ if failed else "passed", str(failed or ""))


def _shell(module: types.ModuleType) -> Any:
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui: Any = None) -> None:
            """Nothing is shown here; `%matplotlib inline` asks for it."""

        def showtraceback(self, *arguments: Any, **named: Any) -> None:
            """Nor is an error."""

    shell = Shell.instance(user_module=module)
    history: Any = shell.history_manager
    history.enabled = False
    shell.user_ns.update(exit=sys.exit, quit=sys.exit)  # a left-over one ends its cell
    return shell


@contextlib.contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer; what cannot be interrupted ends with the process."""
    import _thread

    clocks = [threading.Timer(seconds, _thread.interrupt_main), threading.Timer(seconds + GRACE, os._exit, [1])]
    for clock in clocks:
        clock.daemon = True
        clock.start()
    try:
        yield
    finally:
        for clock in clocks:
            clock.cancel()


if __name__ == "__main__":
    main()
