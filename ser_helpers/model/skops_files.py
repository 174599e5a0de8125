"""scikit-learn models in files that cannot run code: skops, with what a reader needs to trust the model.

A pickle could run anything on load; skops refuses what is not named. Lesson 08 shows both.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CourseError
from ..features.base import FeatureSet
from ..features.compute import stack
from .base import Classifier, version_of

if TYPE_CHECKING:
    from .base import Recipe

# What skops may build besides numpy arrays and scikit-learn estimators: a trained network keeps its optimiser.
TRUSTED = ("sklearn.neural_network._stochastic_optimizers.SGDOptimizer",)
N_FRAMES = 50  # of the worked example, where a clip's length is free


def worked_example(features: FeatureSet) -> np.ndarray:
    """One made-up clip's numbers, as a model takes them: what it answers is kept in the file.

    Examples
    --------
    >>> from ser_helpers.features import FEATURES
    >>> worked_example(FEATURES["means168"]).shape
    (1, 168)
    """
    shape = [size or N_FRAMES for size in features.shape]
    return stack([np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)], features)


def save(model: Classifier, path: Path, recipe: Recipe) -> None:
    """Write a fitted model.

    Parameters
    ----------
    model : fitted scikit-learn estimator with ``predict_proba``
    path : Path
    recipe : Recipe
        Its name and its features go into the file with one worked example, so that `load` can tell a model for other
        features, or one that another version of scikit-learn reads differently.
    """
    import skops.io

    features = recipe.features
    contents = {
        "model": model,
        "recipe": recipe.name,
        "version": version_of(features),
        "features": list(features.columns),
        "probe": model.predict_proba(worked_example(features)),
    }
    skops.io.dump(contents, path)


def refuse_strangers(path: Path, trusted: Sequence[str] = TRUSTED) -> None:
    """Let a file pass that is skops and builds only numpy arrays, scikit-learn estimators and what is trusted.

    Raises
    ------
    CourseError
        When it is another kind of file, or would build anything else: the message names it.
    """
    import skops.io

    try:
        strangers = set(skops.io.get_untrusted_types(file=path)) - set(trusted)
    except Exception:  # skops raises whatever zipfile and json do on a file that is something else
        raise CourseError(f"{path} is not a model saved by this course (skops). `ser train` makes one.") from None
    if strangers:
        raise CourseError(
            f"{path} was not opened: it would build {', '.join(sorted(strangers))}, which no model of this course needs."
        )


def load(path: Path, recipe: Recipe, trusted: Sequence[str] = TRUSTED) -> Any:
    """Read a model that `save` wrote.

    Parameters
    ----------
    path : Path
    recipe : Recipe
        Whose model is expected.
    trusted : sequence of str
        Types to build besides numpy arrays and scikit-learn estimators.

    Raises
    ------
    CourseError
        When the file is no skops file, holds a type outside a short named list, is of another recipe or other features,
        or predicts otherwise than when it was saved (another version of scikit-learn).
    """
    import skops.io
    from sklearn.exceptions import InconsistentVersionWarning

    refuse_strangers(path, trusted)
    features = recipe.features
    expected = recipe.name, version_of(features), list(features.columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InconsistentVersionWarning)  # the worked example below decides instead
        try:
            contents = skops.io.load(path, trusted=list(trusted))
            names = contents["recipe"], contents["version"], contents["features"]
            model, probe = contents["model"], contents["probe"]
            same = names == expected and np.allclose(model.predict_proba(worked_example(features)), probe, atol=1e-3)
        except Exception as error:
            raise CourseError(
                f"{path} was saved by another version and cannot be read ({error}). `ser train` makes a new one."
            ) from None
    if names != expected:
        raise CourseError(
            f"{path} was trained on other features: it is a model of {names[0]!r} on {names[1]}, and the recipe "
            f"{recipe.name!r} looks at {version_of(features)} today. `ser train` makes a new one."
        )
    if not same:
        raise CourseError(
            f"{path} predicts otherwise than when it was saved: this scikit-learn reads it differently. Train a new "
            "one with `ser train`."
        )
    return model
