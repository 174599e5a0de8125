"""What a recipe is to this course: a name, the features it looks at, and a way to build, save and load a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import scipy.special

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


def temperature(logits: np.ndarray, right: np.ndarray) -> float:
    """What to divide logits by so that a softmax of them says how often they are right.

    Parameters
    ----------
    logits : ndarray, shape (n, n_labels)
        Answers to clips that were not learned from.
    right : ndarray of int, shape (n,)
        The number of the label that each should have.

    Returns
    -------
    float
        The likeliest of 0.05 to 20: above 1 where the answers are surer than they are right.

    Notes
    -----
    Guo et al. 2017, "On Calibration of Modern Neural Networks".

    Examples
    --------
    >>> too_sure = np.array([[9.0, 0.0], [9.0, 0.0], [9.0, 0.0], [9.0, 0.0]])
    >>> round(float(scipy.special.softmax(too_sure / temperature(too_sure, np.array([0, 0, 0, 1])), axis=1)[0, 0]), 2)
    0.75
    """
    from scipy.optimize import minimize_scalar  # takes a while to import

    def surprise(log_temperature: float) -> float:
        chances = scipy.special.log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-chances[np.arange(len(right)), right].mean())

    return float(np.exp(minimize_scalar(surprise, bounds=np.log([0.05, 20]), method="bounded").x))
