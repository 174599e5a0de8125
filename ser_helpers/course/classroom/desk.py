"""What runs as the learner, before their JupyterLab: limits that nothing started later can lift, lessons, numba's cache.

JupyterHub starts it in the place of `jupyterhub-singleuser`, on one machine and in a container alike:

    python -m ser_helpers.course.classroom.desk jupyterhub-singleuser ...
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

MEMORY, PROCESSES = "SER_MEMORY_GB", "SER_PROCESSES"  # variables with the limits; without them there are none
FROM = "SER_LESSONS"  # variable with the folder that lessons are copied from
WORK = Path("ser")  # the learner's course folder, in their home


def set_limits() -> None:
    """Memory of each process, and how many processes and threads the learner may have in all."""
    import resource

    for variable, limit, unit in ((MEMORY, resource.RLIMIT_AS, 2**30), (PROCESSES, resource.RLIMIT_NPROC, 1)):
        if wanted := os.environ.get(variable):
            most = int(float(wanted) * unit)
            resource.setrlimit(limit, (most, most))


def lay_out(lessons: Path, work: Path) -> list[str]:
    """Copy what is not there yet; what is there is the learner's, and stays as it is.

    Returns
    -------
    list of str
        What was new.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     new = lay_out(Path("lessons"), Path(home, "ser")), lay_out(Path("lessons"), Path(home, "ser"))
    >>> "03_mfcc" in new[0], new[1]
    (True, [])
    """
    target, new = work / "lessons", []
    work.mkdir(mode=0o700, exist_ok=True)
    target.mkdir(exist_ok=True)
    for source in sorted(lessons.iterdir()):
        place = target / source.name
        if place.exists() or source.name.startswith("."):
            continue
        new.append(source.name)
        if source.is_dir():
            beside = target / f".{source.name}.part"  # a copy that is cut short is not taken for whole
            shutil.rmtree(beside, ignore_errors=True)
            shutil.copytree(source, beside, ignore=shutil.ignore_patterns(".*", "*.mine-*"))
            beside.rename(place)
        else:
            shutil.copyfile(source, place)
    return new


def warm_numba(warm: Path, own: Path) -> None:
    """Give the learner a copy of what numba has compiled: it takes no cache that it cannot write."""
    shutil.copytree(warm, own, dirs_exist_ok=True)
    os.environ["NUMBA_CACHE_DIR"] = str(own)


def main(command: list[str]) -> None:
    """Make the desk ready and become the command."""
    os.umask(0o077)
    set_limits()
    home = Path.home()
    lay_out(Path(os.environ[FROM]), home / WORK)
    with contextlib.suppress(OSError):  # it only costs seconds
        warm_numba(Path(os.environ.get("NUMBA_CACHE_DIR", "")), home / ".cache" / "ser-numba")
    os.environ["JUPYTER_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="ser-desk-")  # a kernel's files need a short path
    os.chdir(home / WORK)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
