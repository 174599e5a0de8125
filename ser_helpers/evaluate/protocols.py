"""How clips are split for training and test, and what models that never heard a clip predict for it.

Rows are clips; the noisy copy of each clip is a second block of rows in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ..errors import CourseError
from ..model import Classifier, Recipe, calibrate_folds, fit_all, named

PROTOCOLS = {
    "leak": "noisy copies made before a random split (leak)",
    "random": "random clips",
    "random_noisy": "random clips, noisy copies in training only",
    "actors": "actors kept apart",
    "actors_noisy": "actors kept apart, noisy copies in training only",
}
N_FOLDS = 5


def splits(
    protocol: str, labels: Sequence[str], speakers: Sequence, n_folds: int = N_FOLDS, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training and test rows of each fold, over n clean rows followed by their n noisy copies.

    Parameters
    ----------
    protocol : one of `PROTOCOLS`
    labels, speakers : array-like, shape (n,)
    n_folds, seed : int

    Yields
    ------
    train, test : ndarray of int
        Row numbers 0..2n-1. Each of the 2n rows is tested in one fold.

    Raises
    ------
    CourseError
        For fewer speakers than folds, where they are to be kept apart.

    Notes
    -----
    Lesson 05 draws them as dots. ``leak`` is there to be measured, not to be used.

    Examples
    --------
    >>> train, test = next(splits("actors", ["sad", "sad", "happy", "happy"], [1, 2, 3, 3], n_folds=3))
    >>> len(set(train) & set(test))
    0
    """
    from sklearn.model_selection import GroupKFold, StratifiedKFold  # takes a while to import

    y, groups = np.asarray(labels), np.asarray(speakers)
    n = len(y)
    if protocol == "leak":
        yield from StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(np.zeros(2 * n), np.tile(y, 2))
        return
    kind, _, noisy_training = protocol.partition("_")
    if kind == "actors" and (there := len(set(groups.tolist()))) < n_folds:
        raise CourseError(f"{n_folds} folds that keep speakers apart need as many speakers; here are {there}.")
    fold = {"random": StratifiedKFold, "actors": GroupKFold}[kind](n_folds, shuffle=True, random_state=seed)
    for train, test in fold.split(np.zeros(n), y, groups if kind == "actors" else None):
        yield (np.concatenate([train, train + n]) if noisy_training else train), np.concatenate([test, test + n])


def out_of_fold(
    clips: pd.DataFrame,
    clean: np.ndarray,
    noisy: np.ndarray,
    protocols: Sequence[str] = tuple(PROTOCOLS),
    n_folds: int = N_FOLDS,
    first_fold_only: bool = False,
    seed: int = 0,
    n_jobs: int = -1,
    progress: bool = False,
    recipe: str | Recipe = "original",
) -> pd.DataFrame:
    """What a model that never saw the clip in training predicts for it, under each protocol.

    Parameters
    ----------
    clips : DataFrame with columns clip, speaker and emotion
    clean, noisy : ndarray, shape (n, n_features), or (n,) of matrices with a row per frame
    protocols : names out of `PROTOCOLS`
    n_folds, seed : int
        The seed is the split's and the model's.
    first_fold_only : bool
        Train once per protocol instead of `n_folds` times; only the clips of that fold come back.
    n_jobs : int
        Worker processes; any number gives the same predictions.
    progress : bool
    recipe : str or Recipe

    Returns
    -------
    DataFrame
        Columns protocol, tested_on ("clean" or "noisy"), clip, fold, predicted, probability (of what is predicted).

    Raises
    ------
    CourseError
        For a table without speakers, or with fewer of them than folds.

    Notes
    -----
    Lessons 05 and 06 run it on practice voices; `ser evaluate` on CREMA-D.
    """
    if missing := {"clip", "speaker", "emotion"} - set(clips):
        raise CourseError(f"The clips lack {', '.join(sorted(missing))}: take rows of corpus.clip_table().")
    n, y, speakers = len(clips), clips["emotion"].to_numpy(dtype=str), clips["speaker"].to_numpy(dtype=str)
    jobs = [
        (protocol, fold, *rows)
        for protocol in protocols
        for fold, rows in enumerate(splits(protocol, y, speakers, n_folds, seed))
        if fold == 0 or not first_fold_only
    ]
    X, y, recipe = np.concatenate([clean, noisy]), np.tile(y, 2), named(recipe)
    models = fit_all(recipe, X, y, [train for *_, train, _ in jobs], seed, n_jobs, progress)
    for protocol in protocols:
        own = [(model, job[-1][job[-1] < n]) for model, job in zip(models, jobs, strict=True) if job[0] == protocol]
        calibrate_folds(recipe, X, y, *zip(*own, strict=True))
    names = clips["clip"].to_numpy()
    told = [_told(model, X, names, *job) for model, job in zip(models, jobs, strict=True)]
    return pd.concat(told, ignore_index=True)


def _told(
    model: Classifier, X: np.ndarray, names: np.ndarray, protocol: str, fold: int, train: np.ndarray, test: np.ndarray
) -> pd.DataFrame:
    """The rows of `out_of_fold` for one fold."""
    where = np.where(test < len(names), "clean", "noisy")
    tested = {"tested_on": where, "clip": names[test % len(names)], "fold": fold}
    said = dict(zip(("predicted", "probability"), answers(model, X[test]), strict=True))
    return pd.DataFrame({"protocol": protocol, **tested, **said})


def answers(model: Classifier, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The label that a model gives each row, and that label's probability."""
    with threadpool_limits(1):
        p = np.asarray(model.predict_proba(X))
    return np.asarray(model.classes_)[p.argmax(axis=1)].astype(str), p.max(axis=1)


class FinalTest:
    """Test actors that are looked at once: the labels stay in here, and every look is counted.

    Parameters
    ----------
    clips : DataFrame
        With columns speaker and emotion; with actor_id besides, actors may be named by it.
    X : ndarray, shape (n, n_features)
        Their features.
    actors : sequence
        The test actors, as they stand in the column speaker, or numbers out of actor_id.

    Attributes
    ----------
    calls : int
        How many models were tested.

    Raises
    ------
    CourseError
        For an actor who has no clips.

    Notes
    -----
    Lesson 09.

    Examples
    --------
    >>> clips = pd.DataFrame({"speaker": ["emodb/03", "emodb/08"], "emotion": ["sad", "happy"]})
    >>> test = FinalTest(clips, np.zeros((2, 3)), actors=["emodb/08"])
    >>> len(test.development[0]), test.calls
    (1, 0)
    """

    def __init__(self, clips: pd.DataFrame, X: np.ndarray, actors: Sequence):
        known = {column: set(clips[column]) for column in ("speaker", "actor_id") if column in clips}
        column = next((column for column, there in known.items() if set(actors) <= there), None)
        if column is None:
            raise CourseError(
                f"Not all of these actors have clips: {', '.join(map(str, actors))}. Take them from the table's own column, "
                f"{' or '.join(known) or 'speaker'}."
            )
        is_test = clips[column].isin(actors).to_numpy()
        self.development = clips[~is_test].reset_index(drop=True), X[~is_test]
        self._clips, self._X = clips[is_test].reset_index(drop=True), X[is_test]
        self._who = "actor_id" if "actor_id" in clips else "speaker"  # lessons ask for actor_id
        self.actors, self.calls = sorted(actors), 0

    def __call__(self, *models) -> pd.DataFrame:
        """Test fitted models together: a row per clip with actor_id (or speaker), emotion and a column per model (0, 1, ...)."""
        self.calls += 1
        answers = {number: model.predict(self._X) for number, model in enumerate(models)}
        return self._clips[[self._who, "emotion"]].assign(**{str(n): a for n, a in answers.items()})
