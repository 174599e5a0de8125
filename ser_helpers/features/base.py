"""What a feature set is to this course: a name, a version, a shape, and numbers computed from samples."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class FeatureSet(Protocol):
    """Numbers that stand for a clip.

    Attributes
    ----------
    name : str
        ``"means168"``.
    version : int
        Goes up whenever the same samples give other numbers; a stored table of another version is refused.
    shape : tuple of int or None
        Of one clip's numbers; None first where that changes with the length of the clip: ``(168,)``, ``(None, 64)``.
    columns : tuple of str
        A name for each number along the last axis.
    dtype : str
        Of those numbers, as `compute` gives them and a store keeps them.

    Notes
    -----
    A set may also have ``groups``, a dict of a title to names of columns: what the explorer sets to its average together.
    """

    name: str
    version: int
    shape: tuple[int | None, ...]
    columns: tuple[str, ...]
    dtype: str

    def compute(self, y: np.ndarray) -> np.ndarray:
        """The numbers of 16 kHz mono samples.

        Raises
        ------
        AudioError
            For no samples.
        """
