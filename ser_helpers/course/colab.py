"""The first cell of a lesson in Google Colab: brings what Colab lacks, and says what is different there.

Nothing of this was tried in Colab itself, which is nobody's to install; a test puts a stand-in for it in its place.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from ..errors import CourseError

# What serves notebooks or makes them: Colab has its own, and a lesson does without.
NOT_HERE = {"jupyterlab", "notebook", "nbgrader", "ipywidgets", "jupytext", "setuptools"}
MODULES = {"scikit-learn": "sklearn", "markdown-it-py": "markdown_it"}  # whose name is another than the package's
WHOLE = "Colab did not hand your notebook over. The check cells above judge each exercise."
READY = """\
The course is here. You hear synthetic practice voices; real ones: !ser fetch --mini (40 MB, for this session).
Checks, questions and explorers work as in JupyterLab. What is different in Colab:
- Your answers are saved in your Google Drive: File > Save a copy in Drive.
- To hand in: File > Download > Download .ipynb, then as your instructor says. There is no Validate and no Submit button.
- The recorder may not get at your microphone. A recording of your own: upload it with the folder symbol on the left."""


def begin(lesson: str) -> None:
    """Make a Colab session ready for a lesson.

    Parameters
    ----------
    lesson : str
        For example ``"03_mfcc"``.

    Raises
    ------
    CourseError
        When a package cannot be had, or was loaded before a newer one came: the session has to be restarted then.

    Notes
    -----
    Called by the first cell of the lessons in classroom/colab/, which does nothing anywhere else.
    """
    wanted = lacking(metadata.requires("ser-helpers") or ())
    if wanted:
        command = [sys.executable, "-m", "pip", "install", "--quiet", *map(str, wanted)]
        if subprocess.run(command, check=False).returncode:
            raise CourseError("Some packages could not be installed; pip says why above. Run this cell once more.")
        importlib.invalidate_caches()
    early = [one.name for one in wanted if MODULES.get(one.name, one.name.replace("-", "_")) in sys.modules]
    if early:
        raise CourseError(
            f"Colab had loaded an older {' and '.join(early)}. Choose Runtime > Restart session, then run this cell once more."
        )
    keep(lesson)  # questions are read from it
    print(READY)


def keep(lesson: str) -> bool:
    """Write the notebook, as the page has it now, to where the course looks for one; whether Colab handed it over."""
    from google.colab import _message  # what others use for this, too: Colab has no public way

    try:
        notebook = _message.blocking_request("get_ipynb", request="", timeout_sec=30)["ipynb"]
    except Exception:  # whatever it may become
        return False
    place = Path("lessons", lesson, f"{lesson}.ipynb")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(notebook), encoding="utf-8")
    return True


def lacking(requirements: Iterable[str]) -> list[Requirement]:
    """Those that are not here, or in another version.

    Examples
    --------
    >>> [one.name for one in lacking(["numpy>=1", "numpy>=99", "no-such-package", "jupyterlab>=99", "keras; extra == 'train'"])]
    ['numpy', 'no-such-package']
    """
    found = []
    for one in map(Requirement, requirements):
        if one.name in NOT_HERE or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        try:
            fits = one.specifier.contains(metadata.version(one.name), prereleases=True)
        except metadata.PackageNotFoundError:
            fits = False
        if not fits:
            found.append(one)
    return found
