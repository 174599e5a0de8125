"""Models that train while a person waits: the recipe "logistic", fitted by the widgets themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .. import corpus, features
from ..model.logistic import Logistic

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

RECIPE = Logistic()
NAME = RECIPE.title


def fit(X: np.ndarray, labels: np.ndarray) -> Pipeline:
    """A fitted model, on one thread: the tables are small, and more threads wait for one another."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return RECIPE.build(seed=0, labels=sorted(set(labels.tolist()))).fit(X, labels)


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
