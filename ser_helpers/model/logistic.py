"""The recipe "logistic": a model that trains in milliseconds, for widgets that train while a person waits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..features import FEATURES
from . import skops_files

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Logistic:
    """Scaler and logistic regression; the original network takes a hundred times as long. See `base.Recipe`."""

    name = "logistic"
    title = "logistic regression on the 168 features"
    features = FEATURES["means168"]
    suffix = ".skops"

    def build(self, seed: int, labels: Sequence[str]) -> Pipeline:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=1e-3, max_iter=1000))

    def save(self, model: Pipeline, path: Path) -> None:
        skops_files.save(model, path, self)

    def load(self, path: Path) -> Pipeline:
        return skops_files.load(path, self)
