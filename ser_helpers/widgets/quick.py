"""A model that trains in milliseconds, for widgets that train while a person waits."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .. import corpus, features

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

NAME = "logistic regression on the 168 features"


def build() -> Pipeline:
    """An unfitted scaler and logistic regression; the course's network takes a hundred times as long."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=1e-3, max_iter=1000))


def fit(X: np.ndarray, labels: np.ndarray) -> Pipeline:
    """`build`, fitted on one thread: the tables are small, and more threads wait for one another."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return build().fit(X, labels)


@cache
def practice_models() -> tuple[dict, str]:
    """For each synthetic voice a model that was not trained on it, and a sentence that says how often they are right."""
    from sklearn.model_selection import GroupKFold

    from .. import evaluate

    clips = corpus.clip_table("practice")
    X, y = features.extract(corpus.find_audio(clips)), clips["emotion"].to_numpy(dtype=str)
    voices, models, predicted = clips["actor_id"].to_numpy(), {}, y.copy()
    for train, test in GroupKFold(4).split(X, y, voices):
        fitted = fit(X[train], y[train])
        predicted[test] = fitted.predict(X[test])
        models.update(dict.fromkeys(voices[test].tolist(), fitted))
    right = float(evaluate.accuracy(evaluate.confusion(y, predicted)))
    low, high = evaluate.actor_interval(evaluate.accuracy, y, predicted, voices)
    return models, (
        f"{100 * right:.0f} % right ({100 * low:.0f} to {100 * high:.0f}, 95 % interval over voices) on {len(clips)} clips "
        f"of {len(models)} synthetic voices, voices kept apart, four folds"
    )
