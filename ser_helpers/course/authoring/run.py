"""Notebooks and their cells, run: `ser build` and the tests come here."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import nbformat
from nbformat import NotebookNode

from ... import corpus, places
from ...corpus import crema_d
from ...corpus.by_name import ByName
from ...errors import CourseError
from ..apart import OURS
from . import readme, release

MEASURE = """
import resource as _resource, sys as _sys
print(_resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss / (2**20 if _sys.platform == "darwin" else 2**10))
"""
# First cell of a run that must do without the internet and without warnings.
STRICT = """
import socket as _socket, warnings as _warnings
def _local_only(self, address, _connect=_socket.socket.connect):
    if self.family != getattr(_socket, "AF_UNIX", None) and address[0] not in ("127.0.0.1", "localhost", "::1"):
        raise OSError(f"The network is cut; something asked for {address}.")
    return _connect(self, address)
_socket.socket.connect = _local_only
_warnings.simplefilter("error")
_warnings.filterwarnings("ignore", message="unclosed", category=ResourceWarning)  # numba's and joblib's own
_warnings.filterwarnings("ignore", category=PendingDeprecationWarning, module="ipykernel")  # as the kernel ends
"""


def execute(
    notebook: NotebookNode,
    folder: Path,
    seconds_per_cell: int,
    allow_errors: bool = True,
    env: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Run a notebook in a fresh kernel; its cells get their outputs. A cell that takes too long is interrupted.

    Parameters
    ----------
    folder : Path
        Where the kernel works.
    allow_errors : bool
        Go on after an error, and say nothing when the kernel ends: cells that did not run have no output then.
    env : mapping
        What the kernel finds in its environment besides, or in place of, what is there.

    Raises
    ------
    nbclient.exceptions.CellExecutionError, nbclient.exceptions.DeadKernelError
        Unless errors are allowed.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    from ..kernel import KernelManager

    client = NotebookClient(
        notebook,
        kernel_manager_class=KernelManager,
        timeout=seconds_per_cell,
        interrupt_on_timeout=True,
        allow_errors=allow_errors,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    forgiven = (DeadKernelError,) if allow_errors else ()
    with contextlib.suppress(*forgiven):
        client.execute(env={**os.environ, **OURS, **env}, stderr=subprocess.DEVNULL)  # the kernel's own log


def run_for_readers(notebook: NotebookNode, folder: Path, recordings: bool = False) -> None:
    """Run a lesson whose outputs are handed on, as `ser site` and `ser slides` do.

    Parameters
    ----------
    folder : Path
        The lesson's, whose name it has.
    recordings : bool
        Run it on whatever is on this disk; else on the practice voices, since recordings of people have a licence of their own.

    Raises
    ------
    CourseError
        When the lesson does not run to its end; the sentence says why.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    homes = {*crema_d.HOMES, *(part.variable for part in corpus.CORPORA if isinstance(part, ByName))}
    with tempfile.TemporaryDirectory() as empty:
        alone = {} if recordings else {**dict.fromkeys(homes, ""), "SER_CACHE": empty}
        try:
            execute(notebook, folder, seconds_per_cell=120, allow_errors=False, env=alone)
        except (CellExecutionError, CellTimeoutError, DeadKernelError, AssertionError) as error:
            # nbclient asserts when the kernel is gone, and its watch over the kernel complains later
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)
            why = str(error).strip() or "its kernel ended: you stopped it, or the memory is full."
            raise CourseError(
                f"{folder.name} does not run to its end, so nothing of it is written: {why.splitlines()[-1]}"
            ) from None


def run_strictly(path: Path, allow_errors: bool = False) -> tuple[NotebookNode, float, float]:
    """Run a notebook's file, network cut and warnings as errors: (with outputs, seconds, peak MB)."""
    notebook = nbformat.read(path, as_version=4)
    strict, peak = (nbformat.v4.new_code_cell(source) for source in (STRICT, MEASURE))
    notebook.cells = [strict, *notebook.cells, peak]
    start = time.perf_counter()
    execute(notebook, path.parent, seconds_per_cell=120, allow_errors=allow_errors)
    seconds = time.perf_counter() - start
    notebook.cells = notebook.cells[1:-1]
    return notebook, seconds, float(peak.outputs[0].text)


def each_cell(sources: list[str]) -> Iterator[Exception | None]:
    """Run cells one after the other in a fresh ``__main__``, as a kernel would; what each raised, or None."""
    module = types.ModuleType("__main__")
    for source in sources:
        before, sys.modules["__main__"] = sys.modules["__main__"], module
        error = None
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")  # a library's warning never costs points
                exec(compile(source, "<cell>", "exec"), module.__dict__)
        except Exception as raised:
            error = raised
        finally:
            sys.modules["__main__"] = before
        yield error


def run_cells(sources: list[str]) -> Exception | None:
    """Run cells until one raises; what it raised, or None."""
    return next(filter(None, each_cell(sources)), None)


def measure(root: Path | None = None) -> int:
    """Run every solution, write seconds and peak memory to data/results/lessons.json, and build with them."""
    root = root or places.course_folder()
    release.build(root)
    measured = {}
    for name in release.lesson_names(root):
        _, seconds, peak = run_strictly(root / "solutions" / name / f"{name}.ipynb")
        measured[name] = {"seconds": round(seconds, 1), "peak_mb": round(peak)}
        print(f"{name:22} {seconds:5.1f} s  {peak:5.0f} MB", flush=True)
    print(f"{'all':22} {sum(row['seconds'] for row in measured.values()):5.1f} s")
    readme.measurements(root).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    return release.build(root)
