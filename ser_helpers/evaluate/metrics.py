"""What is counted, and how sure the count is: plain functions over labels and confusion matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from ..corpus import LABELS
from ..errors import CourseError


def confusion(y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str] = LABELS) -> np.ndarray:
    """Counts with a row per true label and a column per predicted one, both in the order of `labels`.

    Raises
    ------
    CourseError
        For a label that is not among `labels`: it would count nowhere, and the rest would look better than it is.

    Examples
    --------
    >>> confusion(["angry", "sad"], ["angry", "neutral"])[5].tolist()
    [0, 0, 0, 0, 1, 0]
    >>> confusion(["calm", "sad"], ["sad", "sad"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: True label 'calm' is none of angry, disgust, fear, happy, neutral, sad. Leave ...
    """
    for which, given in (("True", y_true), ("Predicted", y_pred)):
        if strangers := set(given) - set(labels):
            raise CourseError(
                f"{which} label {', '.join(sorted(repr(str(label)) for label in strangers))} is none of "
                f"{', '.join(labels)}. Leave these clips out, or pass labels= with every label there is."
            )
    from sklearn.metrics import confusion_matrix  # takes a while to import

    return confusion_matrix(y_true, y_pred, labels=list(labels))


def accuracy(counts: np.ndarray) -> np.ndarray:
    """Share of clips on the diagonal of one confusion matrix, or of each in a stack (..., n_labels, n_labels).

    Examples
    --------
    >>> float(accuracy([[3, 1], [0, 4]]))
    0.875
    """
    counts = np.asarray(counts)
    return np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1))


def recall(counts: np.ndarray) -> np.ndarray:
    """Share of each true label that was found, (..., n_labels); nan for a label that has no clips.

    Examples
    --------
    >>> recall([[3, 1], [0, 4]]).tolist()
    [0.75, 1.0]
    """
    counts = np.asarray(counts)
    with np.errstate(invalid="ignore"):
        return np.diagonal(counts, axis1=-2, axis2=-1) / counts.sum(axis=-1)


def uar(counts: np.ndarray) -> np.ndarray:
    """Unweighted average recall: the mean of `recall` over the labels that have clips.

    Notes
    -----
    The usual score of the field (Schuller et al., Interspeech 2009 Emotion Challenge). Lesson 07 builds it.

    Examples
    --------
    >>> float(uar([[3, 1], [0, 4]]))
    0.875
    """
    return np.nanmean(recall(counts), axis=-1)


def calibration(probability: Sequence[float], right: Sequence[bool], n_bins: int = 10) -> np.ndarray:
    """What `ece` needs of clips: for each bin of probability its clips, the sum of their probabilities, the right ones.

    Parameters
    ----------
    probability : sequence of float
        Of the label that was answered, 0..1.
    right : sequence of bool
        Whether that label was right.
    n_bins : int
        Of equal width.

    Returns
    -------
    ndarray of float, shape (n_bins, 3)

    Examples
    --------
    >>> calibration([0.9, 0.95, 0.3], [True, False, False], n_bins=2).round(2).tolist()
    [[1.0, 0.3, 0.0], [2.0, 1.85, 1.0]]
    """
    p = np.asarray(probability, dtype=float)
    bins = np.minimum((p * n_bins).astype(int), n_bins - 1)
    columns = (np.ones(len(p)), p, np.asarray(right, dtype=float))
    return np.stack([np.bincount(bins, weights=column, minlength=n_bins) for column in columns], axis=1)


def ece(bins: np.ndarray) -> np.ndarray:
    """Expected calibration error, 0..1: how far a stated probability lies from the share of right answers, on average.

    Parameters
    ----------
    bins : ndarray, shape (..., n_bins, 3)
        From `calibration`, one or a stack.

    Notes
    -----
    Guo et al. 2017, "On Calibration of Modern Neural Networks". With few clips it is too high: chance alone parts the
    two within a bin.

    Examples
    --------
    >>> round(float(ece(calibration([0.9, 0.95, 0.3], [True, False, False], n_bins=2))), 3)
    0.383
    """
    bins = np.asarray(bins)
    return np.abs(bins[..., 1] - bins[..., 2]).sum(axis=-1) / bins[..., 0].sum(axis=-1)


def actor_interval(
    score: Callable[[np.ndarray], np.ndarray],
    y_true: Sequence[str],
    y_pred: Sequence[str],
    actors: Sequence,
    n_resamples: int = 2000,
    seed: int = 0,
    labels: Sequence[str] = LABELS,
) -> tuple[float, float]:
    """95 % interval of a score when whole actors (speakers) are drawn again with replacement.

    Parameters
    ----------
    score : callable
        `accuracy` or `uar`, over a stack of confusion matrices.
    y_true, y_pred, actors : sequences of equal length
    n_resamples, seed : int
    labels : sequence of str
        As for `confusion`, which refuses others.

    Returns
    -------
    low, high : float
        Percentiles 2.5 and 97.5.

    Notes
    -----
    Clips of one actor resemble each other, so the actor is what is drawn (a cluster bootstrap; Davison and Hinkley
    1997, section 3.8). It leaves out how the score changes when the model is trained anew, and is too narrow below
    some ten actors. Lesson 07 builds it.

    Examples
    --------
    >>> actor_interval(accuracy, ["sad"] * 4, ["sad"] * 4, actors=[1, 1, 2, 2])
    (1.0, 1.0)
    """
    frame = pd.DataFrame({"true": list(y_true), "predicted": list(y_pred), "actor": list(actors)})
    per_actor = np.stack([confusion(rows["true"], rows["predicted"], labels) for _, rows in frame.groupby("actor")])
    return interval_over(score, per_actor, n_resamples, seed)


def interval_over(
    score: Callable[[np.ndarray], np.ndarray], per_actor: np.ndarray, n_resamples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """As `actor_interval`, from what was counted for each actor: a stack of confusion matrices or of `calibration`.

    Examples
    --------
    >>> interval_over(ece, np.stack([calibration([1.0], [True])] * 3))
    (0.0, 0.0)
    """
    draws = np.random.default_rng(seed).multinomial(
        len(per_actor), np.full(len(per_actor), 1 / len(per_actor)), n_resamples
    )
    low, high = np.percentile(score(np.tensordot(draws, per_actor, axes=1)), [2.5, 97.5])
    return float(low), float(high)


def paired_difference(pairs: np.ndarray) -> tuple[float, tuple[float, float]]:
    """UAR of one model less that of another on the same clips, and its 95 % interval when whole actors are drawn again.

    Parameters
    ----------
    pairs : ndarray of int, shape (n_actors, 2, n_labels, n_labels)
        For each actor the confusion matrix of the one, then of the other.

    Notes
    -----
    The ladder and the board of lesson 09 compare with it; lesson 09 builds one.

    Examples
    --------
    >>> right, half = np.diag([2, 2]), np.ones((2, 2), dtype=int)
    >>> paired_difference(np.array([[right, half], [right, half]]))
    (0.5, (0.5, 0.5))
    """

    def ahead(counts: np.ndarray) -> np.ndarray:
        return uar(counts[..., 0, :, :]) - uar(counts[..., 1, :, :])

    return float(ahead(pairs.sum(axis=0))), interval_over(ahead, pairs)


def mean_interval(
    values: Sequence[float], actors: Sequence, n_resamples: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """The mean over clips, and its 95 % interval when whole actors are drawn again with replacement.

    Parameters
    ----------
    values : sequence of numbers
        One per clip. For how far one model is ahead of another on the same clips: right by the first (0 or 1) minus right
        by the second.
    actors : sequence of equal length
    n_resamples, seed : int

    Returns
    -------
    mean, low, high : float

    Notes
    -----
    See `actor_interval` for what it leaves out. Lessons 04 and 05 compare protocols with it, lesson 09 builds one.

    Examples
    --------
    >>> mean_interval([1, 1, 0, 0], actors=[7, 7, 8, 8])
    (0.5, 0.0, 1.0)
    """
    by_actor = pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(actors))
    sums, sizes = by_actor.sum().to_numpy(), by_actor.size().to_numpy()
    draws = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), n_resamples)
    low, high = np.percentile(draws @ sums / (draws @ sizes), [2.5, 97.5])
    return float(sums.sum() / sizes.sum()), float(low), float(high)
