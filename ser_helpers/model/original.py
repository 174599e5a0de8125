"""The recipe "original": scale 168 features, one hidden layer of 100, a probability per label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..features import FEATURES
from . import skops_files

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build_model(seed: int = 0) -> Pipeline:
    """The original project's configuration, to the letter: an unfitted scaler and network.

    Parameters
    ----------
    seed : int
        Of the network's first weights and of the order of its batches.

    Returns
    -------
    Pipeline
        StandardScaler, then MLPClassifier.

    Notes
    -----
    Lesson 06 takes it apart.

    Examples
    --------
    >>> build_model(seed=3)[-1].hidden_layer_sizes
    (100,)
    """
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPClassifier(
        activation="relu",
        solver="sgd",
        hidden_layer_sizes=(100,),
        alpha=0.839903176695813,
        batch_size=150,
        learning_rate="adaptive",
        max_iter=100000,
        random_state=seed,
    )
    return Pipeline([("scale", StandardScaler()), ("network", network)])


class Original:
    """The network that this course grows from; see `base.Recipe`."""

    name = "original"
    title = "StandardScaler and MLPClassifier (relu, sgd, 100 hidden units), 168 features at 16 kHz"
    features = FEATURES["means168"]
    suffix = ".skops"

    def build(self, seed: int, labels: Sequence[str]) -> Pipeline:
        return build_model(seed)

    def save(self, model: Pipeline, path: Path) -> None:
        skops_files.save(model, path, self)

    def load(self, path: Path) -> Pipeline:
        return skops_files.load(path, self)
