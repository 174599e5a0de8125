"""Train the model that a recipe describes on everything a corpus has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from .. import corpus as corpora
from .. import features, places
from .base import Recipe, makes_copies
from .card import MODELS, card_path, make_card
from .files import save_model
from .recipes import RECIPES, named

N_FOLDS = 5


def model_path(corpus: str = "crema-d", recipe: str | Recipe = "original") -> Path:
    """Where `train` saves a model if nothing else is asked for: the course's own under the name of its recipe alone.

    Examples
    --------
    >>> model_path().name, model_path("emodb", "logistic").parent.name
    ('original.skops', 'emodb')
    """
    recipe = named(recipe)
    return (MODELS if corpus == "crema-d" else MODELS / corpus) / f"{recipe.name}{recipe.suffix}"


def model_file(name: str | Path) -> Path:
    """The file of a model that comes with the course, by its recipe's name; a path is returned as it is.

    Examples
    --------
    >>> model_file("original").name, model_file("my.skops").name
    ('original.skops', 'my.skops')
    """
    known = [recipe.name for recipe in RECIPES]
    return model_path(recipe=str(name)) if str(name) in known else Path(name)


def _examined(recipe: Any, X: np.ndarray, y: np.ndarray, speakers: np.ndarray, seed: int) -> list:
    """What models of five folds, or fewer, say to the clips of the speakers that each has not heard."""
    from sklearn.model_selection import GroupKFold

    folds = GroupKFold(min(N_FOLDS, len(set(speakers))), shuffle=True, random_state=seed)
    found = []
    for train, test in folds.split(X, y, speakers):
        model = recipe.build(seed, sorted(set(y))).fit(X[train], y[train])
        found.append(recipe.examined(model, X[test], y[test]))
    return found


def train(
    corpus: str | Path = "crema-d",
    recipe: str | Recipe = "original",
    path: str | Path | None = None,
    seed: int = 0,
    expected: Sequence[dict] = (),
) -> Path:
    """Fit a model on all features of a corpus, clean and noisy, and save it with its card.

    Parameters
    ----------
    corpus : str or Path
        A name, or the CSV of a corpus of one's own.
    recipe : str or Recipe
    path : str or Path, optional
        `model_path` if not given; the card stands beside it, as JSON.
    seed : int
    expected : sequence of dict
        What such a model reaches on new speakers, for the card: `evaluate.expected`. The fitted model itself has heard
        every speaker, so it cannot be scored on them.

    Returns
    -------
    Path
        Of the model; `load` reads both.

    Raises
    ------
    CourseError
        When the folder cannot be written, or the corpus has no features yet.
    """
    part, recipe = corpora.named(corpus), named(recipe)
    path = Path(path or model_path(part.name, recipe))
    places.writable_folder(card_path(path).parent, option="--out")
    clips, clean, noisy = features.load_features(part, recipe.features)
    X, y = np.concatenate([clean, noisy]), np.tile(clips["emotion"].to_numpy(dtype=str), 2)
    if makes_copies(recipe):
        X, y = clean, y[: len(clean)]
    with threadpool_limits(1):  # sums in another order would end in another network
        model = recipe.build(seed, part.labels)
        model.fit(X, y)
        if hasattr(recipe, "calibrate"):
            recipe.calibrate(model, _examined(recipe, X, y, clips["speaker"].to_numpy(dtype=str), seed))
    labels = [str(label) for label in model.classes_]
    save_model(model, path, make_card(clips, part, recipe, labels, seed, expected))
    return path
