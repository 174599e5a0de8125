"""The ladder: the course's own rungs from the published network upwards, as they were measured."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from ..errors import CourseError
from .results import RESULTS


def load_ladder(corpus: str = "crema-d", folder: Path = RESULTS) -> pd.DataFrame:
    """What each rung reaches, from the bottom: a row per rung and what it was tested on.

    Raises
    ------
    CourseError
        When it was not measured.

    Notes
    -----
    Lesson 09.

    Examples
    --------
    >>> load_ladder("nowhere", Path("results"))
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: The ladder was not measured yet: there is no results/nowhere/ladder.json. `ser \
evaluate --ladder` does it.
    """
    path = folder / corpus / "ladder.json"
    if not path.exists():
        raise CourseError(
            f"The ladder was not measured yet: there is no {path.as_posix()}. `ser evaluate --ladder` does it."
        )
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
