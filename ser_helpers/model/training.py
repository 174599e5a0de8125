"""Train the model that a recipe describes on everything a corpus has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from .. import corpus as corpora
from .. import features, places
from .base import Classifier, Recipe, makes_copies
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


def quick_path(corpus: str | Path, recipe: str | Recipe) -> Path:
    """Where a quick model goes if nothing else is asked for: into the cache, so that it never replaces a real one.

    Examples
    --------
    >>> quick_path("practice", "everyday").name
    'practice-everyday.onnx'
    """
    recipe = named(recipe)
    return places.cache_folder("quick") / f"{corpora.named(corpus).name}-{recipe.name}{recipe.suffix}"


def model_file(name: str | Path) -> Path:
    """The file of a model that comes with the course, by its recipe's name; a path is returned as it is.

    Examples
    --------
    >>> model_file("original").name, model_file("my.skops").name
    ('original.skops', 'my.skops')
    """
    known = [recipe.name for recipe in RECIPES]
    return model_path(recipe=str(name)) if str(name) in known else Path(name)


def _fitted(recipe: Recipe, X: np.ndarray, y: np.ndarray, seed: int) -> Classifier:
    with threadpool_limits(1):  # the matrices are small, and sums in another order would end in another network
        model = recipe.build(seed, sorted(set(y.tolist())))
        model.fit(X, y)
    return model


def fit_all(
    recipe: Recipe, X: np.ndarray, y: np.ndarray, parts: Sequence[np.ndarray], seed: int, n_jobs: int, progress: bool
) -> list[Classifier]:
    """A model for each list of rows, in as many processes.

    Parameters
    ----------
    recipe : Recipe
    X, y : ndarray, shape (n, ...)
        Features and labels.
    parts : sequence of ndarray of int
        The training rows of each model.
    seed, n_jobs : int
    progress : bool
        Show a bar with the time left.
    """
    import joblib
    from tqdm import tqdm

    models = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(
        joblib.delayed(_fitted)(recipe, X[rows], y[rows], seed) for rows in parts
    )
    return list(tqdm(models, total=len(parts), unit="fit", desc="Training", disable=not progress))


def training_rows(recipe: Recipe, clean: np.ndarray, noisy: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a recipe learns from, X and labels: clips and their noisy copies, or the clips alone where it makes its own."""
    return (clean, y) if makes_copies(recipe) else (np.concatenate([clean, noisy]), np.tile(y, 2))


def calibrate_folds(
    recipe: Recipe, X: np.ndarray, y: np.ndarray, models: Sequence[Classifier], tests: Sequence[np.ndarray]
) -> list:
    """Calibrate each fold's model by what the others say to the clips that they have not heard; its own are its test.

    Parameters
    ----------
    recipe : Recipe
        Nothing is done where it has no ``calibrate``.
    X, y : ndarray, shape (n, ...)
        Features and labels.
    models : sequence of Classifier
        One per fold.
    tests : sequence of ndarray of int
        The rows that each model has not heard, as they are.

    Returns
    -------
    list
        What each said (``recipe.examined``), for a model that has heard all.
    """
    maker: Any = recipe
    if not hasattr(maker, "calibrate"):
        return []
    found = [maker.examined(model, X[test], y[test]) for model, test in zip(models, tests, strict=True)]
    if len(found) > 1:
        for number, model in enumerate(models):
            maker.calibrate(model, found[:number] + found[number + 1 :])
    return found


def _folds(speakers: np.ndarray, most: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training and test rows that keep speakers apart; none where there are not two to be kept apart."""
    from sklearn.model_selection import GroupKFold

    if (n_folds := min(most, len(set(speakers)))) < 2:
        return []
    return list(GroupKFold(n_folds, shuffle=True, random_state=seed).split(speakers, groups=speakers))


def _few(clips: pd.DataFrame) -> np.ndarray:
    """The rows of a clip of each label of each of the first four speakers."""
    of_four = clips["speaker"].isin(clips["speaker"].unique()[:4])
    return np.flatnonzero(of_four & (clips.groupby(["speaker", "emotion"]).cumcount() == 0))


def train(
    corpus: str | Path = "crema-d",
    recipe: str | Recipe = "original",
    path: str | Path | None = None,
    seed: int = 0,
    expected: Sequence[dict] = (),
    measured: dict | None = None,
    quick: bool = False,
    progress: bool = False,
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
    expected, measured
        What such a model reaches on new speakers, for the card: `evaluate.expected`, `evaluate.measured`. The fitted
        model itself has heard every speaker, so it cannot be scored on them.
    quick : bool
        On a few clips, and where a recipe has a smaller form by that: to see that everything works.
    progress : bool

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
    if quick:
        few = _few(clips)
        recipe = recipe.smaller() if hasattr(recipe, "smaller") else recipe
        clips, clean, noisy = clips.iloc[few], clean[few], noisy[few]
    X, y = training_rows(recipe, clean, noisy, clips["emotion"].to_numpy(dtype=str))
    speakers = np.tile(clips["speaker"].to_numpy(dtype=str), len(X) // len(clips))
    folds = _folds(speakers, 2 if quick else N_FOLDS, seed) if hasattr(recipe, "calibrate") else []
    parts = [np.arange(len(X)), *(train for train, _ in folds)]
    model, *others = fit_all(recipe, X, y, parts, seed, n_jobs=1, progress=progress)
    if found := calibrate_folds(recipe, X, y, others, [test for _, test in folds]):
        maker: Any = recipe
        maker.calibrate(model, found)
    labels = [str(label) for label in model.classes_]
    save_model(model, path, make_card(clips, part, recipe, labels, seed, expected, measured))
    return path
