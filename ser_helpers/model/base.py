"""What a recipe is to this course: a name, the features it looks at, and a way to build, save and load a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..features.base import FeatureSet


class Classifier(Protocol):
    """A model as scikit-learn has them; ``classes_`` are its labels once it is fitted."""

    classes_: np.ndarray

    def fit(self, X: Any, y: Any) -> Any:
        """Learn from rows (or a sequence of frame matrices) and their labels."""

    def predict_proba(self, X: Any) -> np.ndarray:
        """A row per clip, a column per label of ``classes_``."""


class Recipe(Protocol):
    """How a model is made.

    Attributes
    ----------
    name : str
        In files, results and on the command line: ``"original"``.
    title : str
        In sentences: "StandardScaler and MLPClassifier ...".
    features : FeatureSet
        What it is fitted on.
    suffix : str
        Of its files: ``".skops"``. Not ``".json"``, which is the card's.
    """

    name: str
    title: str
    features: FeatureSet
    suffix: str

    def build(self, seed: int, labels: Sequence[str]) -> Classifier:
        """An unfitted model; the same seed and rows give the same model again."""

    def save(self, model: Any, path: Path) -> None:
        """Write a fitted model to a file."""

    def load(self, path: Path) -> Any:
        """Read what `save` wrote; nothing in the file can run code.

        Raises
        ------
        CourseError
            When it is another kind of file, or the model in it is not what `save` wrote.
        """


def makes_copies(recipe: Recipe) -> bool:
    """Whether a recipe makes noisy and other copies of clips itself, and so is given the clean clips alone."""
    return bool(getattr(recipe, "makes_copies", False))


def version_of(features: FeatureSet) -> str:
    """A feature set and its version, as cards and score rows name them.

    Examples
    --------
    >>> from ser_helpers.features import FEATURES
    >>> version_of(FEATURES["means168"])
    'means168 v1'
    """
    return f"{features.name} v{features.version}"
