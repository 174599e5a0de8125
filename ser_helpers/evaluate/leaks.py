"""What a candidate has seen and must not have seen: the protocol check of lesson 09, a sentence for each leak it finds.

It looks at three things: the rows that a learner made, the folds they are dealt into, and the model while it is fitted on a
few training rows of the first fold. It cannot find every leak, and finds the ones that people make.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import FunctionType, MappingProxyType
from typing import Any
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

Folds = Sequence[tuple[np.ndarray, np.ndarray]]
MOST = 0.75  # of the columns, or of the actors: features as they come have less than half of that
FEW_ROWS = 800  # are enough to watch a fit


def find_leaks(
    model: Any,
    X: np.ndarray,
    y: Sequence[str],
    speakers: Sequence,
    folds: Folds,
    forms: Sequence[np.ndarray] = (),
    behind: Sequence[np.ndarray] = (),
) -> list[str]:
    """What is wrong with how a candidate would be measured, a sentence each with what to do; nothing found is [].

    Parameters
    ----------
    model : estimator or function
        An unfitted scikit-learn model, or a function that takes row numbers of training clips and returns a model fitted
        on them.
    X : ndarray, shape (n, d)
        The features that it is measured on, a row per clip.
    y, speakers : sequences of length n
    folds : sequence of (train, test)
        Row numbers, where n + i is the noisy copy of row i (as in `splits`), or masks.
    forms : sequence of ndarray, shape (n, ...)
        The same clips in other forms: their noisy copies, the features that X was made of.
    behind : sequence of ndarray
        Rows of test actors in any form.

    Returns
    -------
    list of str

    Notes
    -----
    Lesson 09: `Board.run` asks before anything comes to the board.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X, y, who = np.random.default_rng(0).gamma(2, size=(12, 2)), ["sad", "happy"] * 6, np.repeat([1, 2, 3], 4)
    >>> (leak,) = find_leaks(GaussianNB().fit(X, y), X, y, who, [(np.arange(8), np.arange(8, 12))])
    >>> leak[:35]
    'Your model is fitted already (Gauss'
    """
    X, labels, people = np.asarray(X), np.asarray(y), np.asarray(speakers)
    if X.ndim != 2 or len(X) != len(labels):
        return [
            f"X has the shape {X.shape}; a row for each of the {len(labels):,} development clips, in their order, was expected. "
            "Rows beyond them belong to test actors: leave those behind the door."
        ]
    folds = [(_rows(train), _rows(test)) for train, test in folds]
    if found := list(_fold_leaks(folds, len(labels), people)):
        return found  # everything below would repeat it
    found = [*_fitted(model), *_row_leaks(X, labels, people, folds, forms, behind)]
    return found or _fit_leaks(model, X, labels, folds[0], forms, behind)


def _rows(some: Any) -> np.ndarray:
    """Row numbers; of a mask, those of its rows."""
    some = np.asarray(some)
    return np.flatnonzero(some) if some.dtype == bool else some.astype(int)


# The folds


def _fold_leaks(folds: Folds, n: int, speakers: np.ndarray) -> Iterator[str]:
    if not folds:
        yield "There are no folds: without a test that the model has not seen, nothing can be said. actor_folds makes some."
    for number, (train, test) in enumerate(folds, 1):
        if not len(train) or not len(test):
            yield f"Fold {number} has no clips {'to train on' if not len(train) else 'to test on'}. Each side needs some."
        elif twice := len(np.intersect1d(train, test)):
            yield f"In fold {number}, {_clips(twice)} in training and in the test. Each row belongs to one of the two."
        elif copied := len(np.intersect1d(train % n, test % n)):
            yield (
                f"In fold {number}, {_clips(copied)} in training and in the test, once clean and once as a noisy copy: the "
                "copy gives the answer away. Split first, then copy the training clips."
            )
        elif both := np.intersect1d(speakers[train % n], speakers[test % n]).tolist():
            yield (
                f"In fold {number}, {len(both)} actors ({', '.join(map(str, both[:3]))}{', ...' * (len(both) > 3)}) are on "
                "both sides: rows were dealt, not actors. GroupKFold with the actors as groups keeps them apart."
            )
        else:
            continue
        return  # the other folds were made the same way


def _clips(n: int) -> str:
    return f"{n:,} clip{' is' if n == 1 else 's are'}"


# The model before it is fitted


def _fitted(model: Any) -> Iterator[str]:
    """Parts that are fitted before anything was, and would bring along what they have seen."""
    from sklearn.base import clone  # takes a while to import

    for part in _parts(model).values():
        if learned := _learned(part) - _learned(clone(part, safe=False)):
            yield (
                f"Your model is fitted already ({type(part).__name__} has {min(learned)}): on which rows? Hand over an unfitted "
                "one; each fold fits it anew, on its own training rows."
            )
            return


def _parts(model: Any, known: Mapping[int, Any] = MappingProxyType({})) -> dict[int, Any]:
    """A model and all models inside it, frozen ones too, each once."""
    found = dict(known)
    if (
        not isinstance(model, type)
        and hasattr(model, "fit")
        and hasattr(model, "get_params")
        and id(model) not in found
    ):
        found[id(model)] = model
        for part in model.get_params().values():
            found = _parts(part, found)
    return found


def _learned(part: Any) -> set[str]:
    """scikit-learn's sign of what was learned: attributes that end in an underscore."""
    return {name for name in getattr(part, "__dict__", {}) if name.endswith("_") and not name.startswith("_")}


# The rows


def _row_leaks(
    X: np.ndarray,
    y: np.ndarray,
    speakers: np.ndarray,
    folds: Folds,
    forms: Sequence[np.ndarray],
    behind: Sequence[np.ndarray],
) -> Iterator[str]:
    if strangers := len(_marks(X) & set().union(*map(_marks, behind))):
        yield (
            f"{strangers:,} of the rows of X belong to test actors, or are noisy copies of theirs. Take X of the development "
            "clips; behind the door nobody trains."
        )
    values = np.array(X, dtype=float)
    values[~np.isfinite(values)] = np.nan
    values[:, np.isnan(values).all(axis=0)] = 0
    values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    yield from _given_away(values, y, speakers)
    yield from _twice(X, folds)
    yield from _scaled(values, speakers)
    yield from _selected(X, y, forms)


def _given_away(X: np.ndarray, y: np.ndarray, speakers: np.ndarray) -> Iterator[str]:
    """Columns from which the label or the actor can be read."""
    from scipy.stats import rankdata  # takes a while to import

    varies = np.ptp(X, axis=0) > 0
    constant = varies & np.all([np.ptp(X[y == label], axis=0) == 0 for label in np.unique(y)], axis=0)
    ranks, n = rankdata(X, axis=0), len(y)
    for label in np.unique(y):  # the chance that a clip of this label has more in the column than one of another
        own = y == label
        if 0 < own.sum() < n:
            above = (ranks[own].mean(axis=0) - (own.sum() + 1) / 2) / (n - own.sum())
            constant |= varies & ((above > 0.995) | (above < 0.005))
    if constant.any():
        yield (
            f"Column {np.flatnonzero(constant)[0]} of X gives the label away: whoever reads it needs no sound. Leave out "
            "what was made from the labels."
        )
    people, first = np.unique(speakers, return_index=True)
    same = varies & ~constant & np.all([np.ptp(X[speakers == one], axis=0) == 0 for one in people], axis=0)
    for column in np.flatnonzero(same):
        values, n_people = np.unique(X[first, column], return_counts=True)
        if len(people) > 2 and (len(values) >= MOST * len(people) or (len(values) == 2 and min(n_people) == 1)):
            yield (
                f"Column {column} of X says which actor speaks, and so whom the model has met. Leave out what is the same in "
                "all clips of an actor."
            )
            return


def _twice(X: np.ndarray, folds: Folds) -> Iterator[str]:
    """Different clips with one row of features on the two sides of a fold, where features are fine enough to tell clips apart."""
    marks, n = np.array(_mark_each(X)), len(X)
    if np.median([len(np.unique(column)) for column in X.T]) < 0.2 * n:
        return
    train, test = folds[0]
    if same := int(np.isin(marks[test % n], marks[train % n]).sum()):
        yield (
            f"{_clips(same)} on both sides of a fold under two names: their rows are the same number for number. Keep one row "
            "of each, and make copies in training only."
        )


def _scaled(X: np.ndarray, speakers: np.ndarray) -> Iterator[str]:
    """Columns that were brought to one scale, or turned to be uncorrelated, with the help of all rows."""
    fine = [len(np.unique(column)) > 10 for column in X.T]
    Z = X[:, fine]
    if Z.shape[1] < 3:
        return
    mean, std = Z.mean(axis=0), Z.std(axis=0)
    centred = np.abs(mean) < 0.15 * std
    low, first, middle, third, high = np.percentile(Z, [0, 25, 50, 75, 100], axis=0)
    at_0, at_1 = np.abs(low) < 1e-6, np.abs(high - 1) < 1e-6  # an actor who is not here may have been at one end
    both = (at_0 & at_1).mean() > 0.4
    ways = {
        "standardised": centred & (np.abs(std - 1) < 0.3),
        "brought to 0 to 1": both & (at_0 | at_1) & (low > -1e-6) & (high < 1 + 1e-6),
        "divided by their quartiles": (np.abs(middle) < 0.1) & (np.abs(third - first - 1) < 0.1),
    }
    if centred.mean() >= MOST:
        apart = np.abs(np.corrcoef(Z.T))[~np.eye(Z.shape[1], dtype=bool)]
        ways["turned into principal components"] = np.full(len(mean), np.mean(apart < 0.2) > 0.95)
        own = np.array([Z[speakers == one].mean(axis=0) for one in np.unique(speakers)])
        if len(own) > 1 and np.mean(np.abs(own) < 0.05 * std) >= MOST:
            yield (
                "Each actor's clips were centred together, so that one answer needs all other clips of its speaker. That is "
                "enrolment, another task: the board measures single clips. Take the features as they come."
            )
            return
    for way, columns in ways.items():
        if columns.mean() >= MOST:
            yield (
                f"The columns of X were {way} on all rows, those of the held-out actors too. Hand over X as it was, and put "
                "that step into the pipeline: make_pipeline(StandardScaler(), ...). There each fold fits it on its training rows."
            )
            return


def _selected(X: np.ndarray, y: np.ndarray, forms: Sequence[np.ndarray]) -> Iterator[str]:
    """Columns that are the best of all when all labels are asked."""
    from sklearn.feature_selection import f_classif  # takes a while to import

    k = X.shape[1]
    own = set(_mark_each(X.T))
    for wide in map(np.asarray, forms):
        if wide.ndim != 2 or not 5 <= k <= 0.6 * wide.shape[1]:
            continue
        places = [place for place, mark in enumerate(_mark_each(wide.T)) if mark in own]
        with np.errstate(all="ignore"):
            scores = np.nan_to_num(f_classif(np.nan_to_num(wide), y)[0])
        best = np.argsort(-scores, kind="stable")[:k]
        if len(places) == k and len(np.intersect1d(places, best)) >= 0.95 * k:
            yield (
                f"The {k} columns of X are the best {k} when all labels are asked, those of the held-out actors too. Hand over "
                f"all columns, and put SelectKBest(k={k}) into the pipeline: there each fold selects by its training rows."
            )
            return


def _mark_each(rows: np.ndarray) -> list[bytes]:
    """Each row as bytes that are the same for the same numbers, whatever their type."""
    return [row.tobytes() for row in np.ascontiguousarray(rows, dtype=np.float32)]


def _marks(rows: Any) -> set[bytes]:
    return set(_mark_each(np.asarray(rows)))


# The model while it is fitted


def _fit_leaks(
    model: Any,
    X: np.ndarray,
    y: np.ndarray,
    fold: tuple[np.ndarray, np.ndarray],
    forms: Sequence[np.ndarray],
    behind: Sequence[np.ndarray],
) -> list[str]:
    """What is fitted on rows that are held out, and answers that hang on the other clips in the test."""
    n = len(y)
    train, test = (np.unique(rows % n) for rows in fold)
    thin = train[:: max(1, len(train) // FEW_ROWS)]
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few rows have warnings of their own
        try:
            fitted, seen = _watched_fit(model, X, y, thin)
            fitted.predict(X[test[:2]])
        except Exception:  # too few, for a hundred neighbours say; what goes wrong on all rows is the learner's to see
            fitted, seen = _watched_fit(model, X, y, train)
        return list(_told(model, fitted, seen, X, train, test, [X, *map(np.asarray, forms)], behind))


def _watched_fit(model: Any, X: np.ndarray, y: np.ndarray, rows: np.ndarray) -> tuple[Any, list]:
    with watched() as seen:
        fitted = fit_on(model, X, y, rows)
    return fitted, list(seen)


def _told(
    model: Any,
    fitted: Any,
    seen: list[tuple[str, np.ndarray]],
    X: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    forms: Sequence[np.ndarray],
    behind: Sequence[np.ndarray],
) -> Iterator[str]:
    """The first leak of a fit, if there is one."""
    if not hasattr(fitted, "predict"):
        yield (
            f"Your function returned {'nothing' if fitted is None else 'a ' + type(fitted).__name__}; a fitted model was "
            "expected. Does it end with `return`, and with .fit(...)?"
        )
        return
    if not hasattr(model, "fit") and not seen and _same_for(model, fitted, X, train):
        yield (
            "Your function returns a model that was fitted before it was given rows: on which ones? Build and fit a new one "
            "inside of the function."
        )
        return
    allowed = set().union(*(_marks(form[train]) for form in forms if form.ndim == 2))
    held_out = set().union(*(_marks(form[test]) for form in forms if form.ndim == 2)) - allowed
    for words, forbidden in (
        ("belong to test actors, behind the door", set().union(*map(_marks, behind)) - allowed),
        ("are clips that the fold holds out, or noisy copies of them", held_out),
    ):
        for name, rows in seen:
            if leaked := sum(mark in forbidden for mark in _mark_each(rows)):
                yield (
                    f"{leaked:,} of the {len(rows):,} rows that {name} was fitted on {words}. Fit on the training rows that "
                    "the fold gives you, and on nothing else."
                )
                return
    yield from _company(fitted, X[test[:: max(1, len(test) // 24)]])


def _same_for(model: Callable, fitted: Any, X: np.ndarray, rows: np.ndarray) -> bool:
    """Whether a function gives the same answers after any rows that it is given."""
    other = model(rows[: max(2, len(rows) // 2)])
    return other is fitted or np.array_equal(other.predict(X), fitted.predict(X))


def fit_on(model: Any, X: np.ndarray, y: np.ndarray, rows: np.ndarray) -> Any:
    """A candidate fitted on some rows: a function is asked for a model, of a model a clone is fitted."""
    from sklearn.base import clone  # takes a while to import

    return clone(model).fit(X[rows], y[rows]) if hasattr(model, "fit") else model(rows)


def _company(fitted: Any, X: np.ndarray) -> Iterator[str]:
    """An answer that is another one when other clips are asked beside it."""
    together = np.asarray(fitted.predict(X))
    alone = np.array([np.asarray(fitted.predict(X[[row]]))[0] for row in range(len(X))])
    if np.mean(together != alone) > 0.1 and len(set(np.asarray(fitted.predict(X[[0] * len(X)])).tolist())) == 1:
        yield (
            f"{np.mean(together != alone):.0%} of the answers change with the clips that are asked beside them: something is "
            "fitted again while the model answers, a fit_transform say. Fit in fit, and only use it in predict."
        )


@contextmanager
def watched() -> Iterator[list[tuple[str, np.ndarray]]]:
    """Note, while it lasts, what every scikit-learn model is fitted on, those inside others too: (its name, rows).

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> with watched() as seen:
    ...     scaler = StandardScaler().fit([[0.0], [1.0]])
    >>> seen[0][0], seen[0][1].shape
    ('StandardScaler', (2, 1))
    """
    from sklearn.base import BaseEstimator  # takes a while to import

    seen: list[tuple[str, np.ndarray]] = []
    with ExitStack() as patches:
        for kind in _kinds(BaseEstimator):
            for name in ("fit", "fit_transform", "partial_fit"):
                if isinstance(method := vars(kind).get(name), FunctionType):
                    patches.enter_context(patch.object(kind, name, _noting(method, seen)))
        yield seen


def _kinds(kind: type) -> set[type]:
    """A class and everything that is derived from it."""
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def _noting(fit: Callable, seen: list[tuple[str, np.ndarray]]) -> Callable:
    known: dict[int, Any] = {}

    @wraps(fit)
    def noting(self: Any, X: Any, *args: Any, **named: Any) -> Any:
        if id(X) not in known:
            known[id(X)] = X  # kept, or another array might get its number
            try:
                rows = np.asarray(X, dtype=np.float32)
            except (TypeError, ValueError):  # texts, frames of many lengths: no rows of features
                rows = np.empty(0, dtype=np.float32)
            if rows.ndim == 2:
                seen.append((type(self).__name__, rows))
        return fit(self, X, *args, **named)

    return noting
