"""A clip as one row again: statistics of its log-mel frames that neither level nor length moves. Rungs of the ladder stand on them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from scipy.special import softmax

from .base import temperature
from .everyday.copies import normalised

Frames = Sequence[np.ndarray] | np.ndarray  # of clips, each (n_frames, 64)
N_CEPSTRA = 20
QUANTILES = (0.1, 0.5, 0.9)
OCTAVES = np.array([1, 3, 6, 11, 21, 41, 82, 164])  # of 100/512 Hz: edges from 0.2 to 32 Hz


def blocks(frames: np.ndarray) -> dict[str, np.ndarray]:
    """Statistics of a clip, by what they look at.

    Parameters
    ----------
    frames : ndarray, shape (n_frames, 64)
        Of the feature set ``logmel64``; decibels over the clip's own mean are taken of them (`everyday.copies.normalised`).

    Returns
    -------
    dict of str to ndarray
        ``bands`` (384: mean, spread, quantiles 0.1, 0.5, 0.9 and the mean of the louder half of each band), ``cepstra`` (80:
        mean, spread, quantiles 0.1 and 0.9 of 20 coefficients), ``movement`` (40: spread and mean size of their change
        from frame to frame), ``rhythm`` (21: how strongly loudness and tilt swing, in octaves from 0.2 to 32 Hz; length and
        spread of the loudness).

    Examples
    --------
    >>> {name: len(block) for name, block in blocks(np.random.default_rng(0).normal(-40, 9, (250, 64))).items()}
    {'bands': 384, 'cepstra': 80, 'movement': 40, 'rhythm': 21}
    """
    from scipy.fft import dct  # takes a while to import

    x = normalised(frames).astype(np.float64)
    x = x if len(x) > 1 else np.repeat(x, 2, axis=0)  # a change needs two
    loud = x[(peaks := x.max(axis=1)) >= np.median(peaks)].mean(axis=0)
    cepstra = dct(x, norm="ortho", axis=1)[:, :N_CEPSTRA]
    moves, level = np.gradient(cepstra, axis=0), x.mean(axis=1)
    steady = [np.log(len(x)), level.std(), *np.quantile(level, QUANTILES), np.mean(level > level.mean())]
    steady.append(np.abs(np.gradient(level)).mean())
    return {
        "bands": np.concatenate([x.mean(axis=0), x.std(axis=0), *np.quantile(x, QUANTILES, axis=0), loud]),
        "cepstra": np.concatenate(
            [cepstra.mean(axis=0), cepstra.std(axis=0), *np.quantile(cepstra, QUANTILES[::2], axis=0)]
        ),
        "movement": np.concatenate([moves.std(axis=0), np.abs(moves).mean(axis=0)]),
        "rhythm": np.concatenate([_swing(level), _swing(cepstra[:, 1]), steady]),
    }


def _swing(contour: np.ndarray) -> np.ndarray:
    """How strongly a contour (n_frames,) swings, in seven octaves; the logarithm."""
    spectrum = np.abs(np.fft.rfft(contour - contour.mean(), 512)) / len(contour)
    return np.log(np.add.reduceat(spectrum, OCTAVES)[:-1] + 1e-3)


def statistics(X: Frames, without: Collection[str] = ()) -> np.ndarray:
    """Rows (n, 525) of `blocks` for as many clips; fewer columns `without` some of them.

    Examples
    --------
    >>> frames = np.random.default_rng(0).normal(-40, 9, (250, 64))
    >>> louder, parts = frames + 6, ["bands", "cepstra"]
    >>> bool(np.allclose(statistics([frames]), statistics([louder]), atol=1e-4)), statistics([frames], without=parts).shape
    (True, (1, 61))
    """
    rows = [np.concatenate([part for name, part in blocks(each).items() if name not in without]) for each in X]
    return np.stack(rows).astype(np.float32)


class OnStatistics:
    """A classifier on `statistics` of clips and of one copy of each, as another recording would have it.

    Parameters
    ----------
    build : callable
        Makes an unfitted scikit-learn classifier of a seed.
    seed : int
    copied : bool
        Whether to learn from copies, too.
    without : collection of str
        Blocks to leave out.

    Attributes
    ----------
    classes_ : ndarray of str
    """

    def __init__(self, build: Callable[[int], Any], seed: int, copied: bool = True, without: Collection[str] = ()):
        self.build, self.seed, self.copied, self.without = build, seed, copied, without

    def fit(self, X: Frames, y: np.ndarray) -> OnStatistics:
        """Learn from frames of ``logmel64`` and their labels."""
        return self.fit_rows(*self.rows(X, y))

    def rows(self, X: Frames, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What is learned from, (n, n_statistics) and labels: clips, and behind them a copy of each."""
        from .everyday.recipe import copied

        plain = statistics(X, self.without)
        if not self.copied:
            return plain, y
        others = statistics(copied(X, np.random.default_rng(self.seed)), self.without)
        return np.concatenate([plain, others]), np.tile(y, 2)

    def fit_rows(self, rows: np.ndarray, y: np.ndarray) -> OnStatistics:
        """Learn from rows that are statistics already."""
        self.model_ = self.build(self.seed).fit(rows, y)
        self.classes_ = self.model_.classes_
        return self

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Answers (n, n_labels) to rows that are statistics already, the larger the likelier."""
        if hasattr(self.model_, "predict_proba"):
            return np.log(np.maximum(self.model_.predict_proba(rows), 1e-9))
        return np.asarray(self.model_.decision_function(rows))

    def predict_proba(self, X: Frames) -> np.ndarray:
        """Probabilities (n, n_labels) for frames of ``logmel64``; of support vectors, a softmax of their votes."""
        return np.asarray(softmax(self.logits(statistics(X, self.without)), axis=1))


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return _scaled(LogisticRegression(C=0.01, max_iter=500))


def _support_vectors(seed: int) -> Any:
    from sklearn.svm import SVC

    return _scaled(SVC(C=3))


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=80, learning_rate=0.15, max_features=0.2, random_state=seed)


def build_perceptron(seed: int) -> Any:
    """An unfitted scaler and a network with one hidden layer of 256, by Adam; the original's would take ten times as long."""
    from sklearn.neural_network import MLPClassifier

    return _scaled(MLPClassifier((256,), alpha=1.0, tol=1e-3, max_iter=2000, random_state=seed))


def _scaled(model: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), model)


CANDIDATES: dict[str, Callable[[int], Any]] = {
    "logistic regression": _logistic,
    "support vectors": _support_vectors,
    "gradient boosting": _boosting,
    "perceptron": build_perceptron,
}


class Chosen(OnStatistics):
    """Of `CANDIDATES` the one whose UAR is best over inner folds of the training speakers.

    Attributes
    ----------
    scores_ : dict of str to float
        The UAR of each over the inner folds, on untouched clips.
    choice_ : str

    Notes
    -----
    The choice is made without copies, in a quarter of the time. The inner folds also say how sure it may be: one
    temperature, the likeliest over their answers.
    """

    N_FOLDS = 3

    def __init__(self, seed: int, candidates: Collection[str] = tuple(CANDIDATES)):
        super().__init__(_logistic, seed)
        self.candidates = candidates

    def fit_apart(self, X: Frames, y: np.ndarray, speakers: np.ndarray) -> Chosen:
        """Choose by folds that keep these speakers apart, and learn from all of them."""
        from sklearn.metrics import balanced_accuracy_score
        from sklearn.model_selection import GroupKFold

        rows, labels = self.rows(X, y)
        right = np.searchsorted(np.unique(y), y)
        folds = list(GroupKFold(self.N_FOLDS, shuffle=True, random_state=self.seed).split(y, groups=speakers))
        said = {}
        for name in self.candidates:
            self.build = CANDIDATES[name]
            said[name] = np.empty((len(y), len(set(y))))
            for train, test in folds:
                said[name][test] = self.fit_rows(rows[train], labels[train]).logits(rows[test])
        self.scores_ = {name: float(balanced_accuracy_score(right, each.argmax(axis=1))) for name, each in said.items()}
        self.choice_ = max(self.scores_, key=lambda name: self.scores_[name])
        self.build, self.temperature_ = CANDIDATES[self.choice_], temperature(said[self.choice_], right)
        self.fit_rows(rows, labels)
        return self

    def predict_proba(self, X: Frames) -> np.ndarray:
        return np.asarray(softmax(self.logits(statistics(X)) / self.temperature_, axis=1))


class Centred(OnStatistics):
    """Support vectors on statistics less the speaker's own mean: only for speakers of whom one knows some clips."""

    def __init__(self, seed: int):
        super().__init__(_support_vectors, seed, copied=False)

    def fit_apart(self, X: Frames, y: np.ndarray, speakers: np.ndarray) -> Centred:
        """Learn from frames, labels and whose each clip is."""
        rows = statistics(X)
        for speaker in np.unique(speakers):
            rows[speakers == speaker] -= rows[speakers == speaker].mean(axis=0)
        self.fit_rows(rows, y)
        return self

    def knowing(self, X: Frames, known: Sequence[np.ndarray]) -> np.ndarray:
        """Answers (n, n_labels) to clips, for each of which `known` holds the rows in `X` of the speaker's known clips."""
        rows = statistics(X)
        return self.logits(np.stack([row - rows[others].mean(axis=0) for row, others in zip(rows, known, strict=True)]))
