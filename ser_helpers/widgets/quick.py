"""Models that train while a person waits: the recipe "logistic", fitted by the widgets themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

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
    from .. import evaluate, model

    models, clips = model.practice_models()
    right = float(evaluate.accuracy(evaluate.confusion(clips["emotion"], clips["predicted"])))
    low, high = evaluate.actor_interval(evaluate.accuracy, clips["emotion"], clips["predicted"], clips["actor_id"])
    return {int(name.partition("/")[2]): loaded.model for name, loaded in models.items()}, (
        f"{100 * right:.0f} % right ({100 * low:.0f} to {100 * high:.0f}, 95 % interval over voices) on {len(clips)} clips "
        f"of {len(models)} synthetic voices, voices kept apart, four folds"
    )
