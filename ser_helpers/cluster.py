"""A Dask cluster that does the work: one way in, which says in a sentence what is missing."""

from __future__ import annotations

import hashlib
import logging
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from . import places
from .errors import CourseError

COMPUTE = ("numpy", "scipy", "pandas", "scikit-learn", "librosa", "soxr", "soundfile", "matplotlib")


def connect(address: str) -> Any:
    """A client of a cluster whose workers have this very course.

    Parameters
    ----------
    address : str
        Of the scheduler, ``tcp://host:8786``; ``tls://`` with the certificates that Dask's own settings name.

    Returns
    -------
    distributed.Client
        Closed by the caller, who uses it as a context.

    Raises
    ------
    CourseError
        When Dask is not installed, nobody answers, there is no worker, or one that has another course or other libraries.

    Notes
    -----
    `ser features --dask` and `ser grade --dask` come through here.
    """
    try:
        from distributed import Client
    except ImportError:
        raise CourseError(
            f"Dask is not installed here. `{sys.executable} -m pip install distributed` brings it."
        ) from None
    for name in ("client", "utils"):  # what they have to tell is said in a sentence here
        logging.getLogger(f"distributed.{name}").setLevel(logging.CRITICAL)
    try:
        client = Client(address, set_as_default=True, timeout=5)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        why = str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__
        raise CourseError(
            f"No Dask scheduler answers at {address} ({why}). `dask scheduler` prints its address, such as tcp://host:8786."
        ) from None
    try:
        _compare(address, client.run(about, on_error="return"))
    except BaseException:
        client.close()
        raise
    return client


def _compare(address: str, workers: dict[str, Any]) -> None:
    """Refuse a cluster of which a worker would compute something else, or nothing."""
    if not workers:
        raise CourseError(
            f"The cluster at {address} has no worker. On each machine: dask worker {address} --nthreads 1."
        )
    ours = about()
    for worker, theirs in workers.items():
        if said := difference(ours, theirs):
            raise CourseError(f"The worker {worker} {said}")


def difference(ours: dict[str, str], theirs: Any) -> str:
    """What a worker's `about` has other than ours, as the rest of a sentence; "" for nothing.

    Examples
    --------
    >>> difference({"numpy": "2.4"}, {"numpy": "2.4"})
    ''
    >>> difference({"numpy": "2.4"}, {"numpy": "2.1"})
    'has numpy 2.1, and you have 2.4: what it computes could differ. Install the same there.'
    """
    if not isinstance(theirs, dict):
        return f"does not have this course ({theirs}). Install the same there: the same wheel, or the same clone."
    for name, wanted in ours.items():
        if theirs.get(name) != wanted:
            return f"has {name} {theirs.get(name)}, and you have {wanted}: what it computes could differ. Install the same there."
    return ""


def about() -> dict[str, str]:
    """What results depend on: this course with its data, Python, and the libraries that compute.

    Examples
    --------
    >>> sorted(about())[:2]
    ['Python', 'librosa']
    """
    digest = hashlib.sha256()
    for name, file in sorted({**_files(places.PACKAGE, ""), **_files(places.DATA, "data/")}.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    here = {name: _version(name) for name in COMPUTE}
    return {"the course": digest.hexdigest()[:12], "Python": ".".join(platform.python_version_tuple()[:2]), **here}


def _files(folder: Path, prefix: str) -> dict[str, Path]:
    """What a wheel holds of a folder, by the names that clone and wheel share."""
    left_out = {"__pycache__"} | ({"data"} if folder == places.PACKAGE else set())
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file() and not left_out & {*path.relative_to(folder).parts} and not path.name.startswith(".")
        if not (prefix and (path.suffix == ".py" or ".part" in path.name))
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
