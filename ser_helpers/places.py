"""Where things are: the data that comes with the package, the course's folder, what a class leaves behind, the user's cache.

The package and the course are two places: a hub or a notebook in the cloud has the package installed, with its data inside,
and the lessons in a folder of the learner's.
"""

from __future__ import annotations

import os
import sysconfig
import tempfile
from pathlib import Path

from .errors import CourseError

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent  # in a clone: the folder with README.md, lessons/ and solutions/


def data_folder() -> Path:
    """The folder that holds the course's tables, voices, models and results.

    `SER_DATA` names it; else it lies inside the installed package; else it is the clone's ``data/``.

    Raises
    ------
    CourseError
        When `SER_DATA` names another folder.

    Examples
    --------
    >>> (data_folder() / "practice" / "manifest.csv").is_file()
    True
    """
    if named := os.environ.get("SER_DATA"):
        folder = Path(named).expanduser().resolve()
        if not (folder / "practice" / "manifest.csv").is_file():
            raise CourseError(
                f"SER_DATA is {named!r}, where the course's data are not (practice/manifest.csv is missing). "
                "Correct SER_DATA or remove it."
            )
        return folder
    return PACKAGE / "data" if (PACKAGE / "data").is_dir() else CHECKOUT / "data"


DATA = data_folder()
# What a running class leaves behind, in the course's folder, where nbgrader is at work.
CLASSROOM = Path(".classroom")


def course_folder() -> Path:
    """The folder that holds ``lessons/``, and for whoever has them ``solutions/``.

    `SER_COURSE` names it; else it is the nearest folder above the present one that has ``lessons/NN_topic``; else the
    clone that this package lies in.

    Raises
    ------
    CourseError
        When there is none.

    Examples
    --------
    >>> (course_folder() / "lessons").is_dir()
    True
    """
    if named := os.environ.get("SER_COURSE"):
        folder = Path(named).expanduser().resolve()
        if not (folder / "lessons").is_dir():
            raise CourseError(
                f"SER_COURSE is {named!r}, where there is no folder lessons. Correct SER_COURSE or remove it."
            )
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents, CHECKOUT):
        if next(folder.glob("lessons/[0-9][0-9]_*"), None):
            return folder
    raise CourseError(
        f"There is no course in {here} or above it: go to the folder that holds lessons/, or set SER_COURSE to it."
    )


def notebook_folder() -> Path:
    """Where the notebook of this kernel lies: the place for what a learner's own clicks and runs leave behind.

    Examples
    --------
    >>> notebook_folder().is_dir()
    True
    """
    opened = Path(os.environ.get("JPY_SESSION_NAME", ""))  # what Jupyter calls the notebook of this kernel
    return opened.parent if opened.is_file() else Path.cwd()


def cache_folder(name: str) -> Path:
    """The user's cache, for what can be fetched or computed again: `SER_CACHE`, or the system's place for caches.

    Examples
    --------
    >>> cache_folder("crema-d").name
    'crema-d'
    """
    import pooch

    named = os.environ.get("SER_CACHE")
    return Path(named).expanduser() / name if named else Path(pooch.os_cache(name))


def keep_numba_a_cache() -> None:
    """Name a folder for what numba compiles where none of its own can be written: librosa ends in an error without one.

    So it is where home, packages and course belong to somebody else, as on some machines of a lab. Called when this module
    is loaded, which every room does, and so before librosa asks.

    Examples
    --------
    >>> keep_numba_a_cache()
    """
    named = os.environ.get("NUMBA_CACHE_DIR")
    own = [named] if named else [sysconfig.get_path("purelib"), os.environ.get("XDG_CACHE_HOME") or "~/.cache"]
    if not any(_can_write(Path(os.path.expanduser(folder))) for folder in own):
        os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="ser-numba-")  # not one that others may have filled


def _can_write(folder: Path) -> bool:
    """Whether it can be written, or made."""
    return os.access(next(place for place in (folder, *folder.parents) if place.exists()), os.W_OK)


def writable_folder(folder: Path, option: str) -> Path:
    """The folder, made where it is not there yet; asked for before the work whose result it is to hold.

    Parameters
    ----------
    folder : Path
    option : str
        How a person chooses another folder; the message says it.

    Raises
    ------
    CourseError
        When it cannot be made or written.

    Examples
    --------
    >>> writable_folder(Path("."), option="--to").is_dir()
    True
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CourseError(
            f"{folder} cannot be written ({error.strerror}). Choose another with {option}, or mend its permissions."
        ) from None
    return folder


keep_numba_a_cache()
