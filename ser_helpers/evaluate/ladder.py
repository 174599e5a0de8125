"""Measuring rungs: each on the same folds and conditions, every fold kept in the cache.

An evaluation that was ended goes on where it stopped, here or on a cluster. What is kept belongs to this very code: another
version of the course measures anew.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from scipy.special import log_softmax
from threadpoolctl import threadpool_limits

from .. import audio, cluster, features, places
from .. import corpus as corpora
from ..errors import CourseError
from ..features.compute import stack
from .chains import behind
from .protocols import N_FOLDS, splits
from .rungs import BY_NAME, RUNGS, Known, Rung

CONDITIONS = ("clean", "noisy", "chains")
MADE_BY = (
    "audio/chains.py",
    "audio/samples.py",
    "features/*.py",
    "model/base.py",
    "model/everyday/*.py",
    "model/networks.py",
    "model/original.py",
    "model/statistics.py",
    "evaluate/ladder.py",
    "evaluate/protocols.py",
    "evaluate/rungs.py",
)


def memory() -> joblib.Memory:
    """Where what was measured is kept: folds, and features behind chains."""
    return joblib.Memory(places.cache_folder("ladder"), mmap_mode="r", verbose=0)


@functools.cache
def _code() -> str:
    """A digest of the code that makes an answer: where it changed, what is kept is measured anew."""
    files = sorted(file for pattern in MADE_BY for file in places.PACKAGE.glob(pattern))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _ways(clips: pd.DataFrame, condition: str) -> list[str]:
    """The chain behind which each clip is heard: one a speaker as they are tested, one a clip as copies to learn from."""
    others = [chain.name for chain in audio.CHAINS if chain.name != "untouched"]
    if condition == "copies":
        return [others[audio.clip_rng(clip).integers(len(others))] for clip in clips["clip"]]
    if condition == "chains":
        shuffled = np.random.default_rng(0).permutation(clips["speaker"].unique())
        own = {speaker: others[number % len(others)] for number, speaker in enumerate(shuffled)}
        return [own[speaker] for speaker in clips["speaker"]]
    return [{"clean": "untouched", "noisy": "white"}[condition]] * len(clips)


class _Heard:
    """The clips of a corpus and their features in each condition; each is read or computed once in a process."""

    def __init__(self, corpus: str | Path):
        self.part = corpora.named(corpus)
        clips = features.load(self.part, "logmel64")[0]
        clips = clips.assign(path=self.part.find(clips).astype(object))
        self.clips = clips.dropna(subset="path").reset_index(drop=True)
        if self.clips.empty:
            raise CourseError(
                f"There is no {self.part.title} audio here, and the ladder needs the sound. `ser corpora` says more."
            )
        self._rows: dict[tuple[str, str], np.ndarray] = {}

    @classmethod
    def of(cls, corpus: str | Path) -> _Heard:
        return _heard(corpus, places.cache_folder("ladder"))

    def rows(self, kind: str, condition: str, n_jobs: int = 1) -> np.ndarray:
        """Features aligned with `clips`: of the store where it holds them, else computed once and kept in the cache."""
        if (kind, condition) not in self._rows:
            self._rows[kind, condition] = self._read(kind, condition, n_jobs)
        return self._rows[kind, condition]

    def _read(self, kind: str, condition: str, n_jobs: int) -> np.ndarray:
        if condition in features.CONDITIONS and features.table_path(self.part, kind).exists():
            stored, X = features.load(self.part, kind, condition)
            rows = pd.Index(stored["clip"]).get_indexer(self.clips["clip"])
            if (rows >= 0).all():
                return X[rows]
        kept = memory().cache(_behind_all, ignore=["n_jobs"])
        paths, names = (tuple(map(str, self.clips[column])) for column in ("path", "clip"))
        return kept(paths, names, tuple(_ways(self.clips, condition)), kind, _code(), n_jobs)


@functools.lru_cache(maxsize=2)
def _heard(corpus: str | Path, cache: Path) -> _Heard:
    return _Heard(corpus)


def _behind_all(
    paths: Sequence[str], names: Sequence[str], ways: Sequence[str], kind: str, code: str, n_jobs: int
) -> np.ndarray:
    """Features of each clip at the end of its way."""
    rows = joblib.Parallel(n_jobs=n_jobs, batch_size=32)(
        joblib.delayed(behind)(audio.CHAINS[way], path, name, features.FEATURES[kind])
        for path, name, way in zip(paths, names, ways, strict=True)
    )
    return stack(rows, features.FEATURES[kind])


def acquaintances(speakers: Sequence[str], n: int, seed: int = 0) -> list[np.ndarray]:
    """For each clip, the rows of up to `n` other clips of its speaker, drawn without looking at anything else.

    Examples
    --------
    >>> [rows.tolist() for rows in acquaintances(["a", "a", "b", "b"], n=3)]
    [[1], [0], [3], [2]]
    """
    drawn: list[np.ndarray] = [np.empty(0, dtype=int)] * len(speakers)
    for speaker, rows in pd.Series(np.arange(len(speakers))).groupby(np.asarray(speakers)):
        rng, rows = np.random.default_rng([seed, *str(speaker).encode()]), rows.to_numpy()
        for row in rows:
            drawn[row] = rng.permutation(rows[rows != row])[:n]
    return drawn


def _fold(name: str, corpus: str, fold: int, seed: int, quick: bool, code: str) -> dict[str, Any]:
    """What a rung trained on all folds but one says to that fold: log-probabilities by condition, and seconds to train."""
    rung, data = BY_NAME[name], _Heard.of(corpus)
    y, speakers = (data.clips[column].to_numpy(dtype=str) for column in ("emotion", "speaker"))
    train, test = _folds(y, speakers, seed)[fold]
    rows = {each: data.rows(rung.features, each)[train] for each in rung.conditions}
    said, start = {}, time.perf_counter()
    with threadpool_limits(1):  # sums in another order would end in another network
        model = rung.learn(Known(rows, y[train], speakers[train], seed, quick))  # type: ignore[misc]
        seconds = getattr(model, "seconds_", time.perf_counter() - start)  # networks may have been trained before
        for condition in CONDITIONS:
            X = data.rows(rung.features, condition)[test]
            if rung.enrolled:
                said[condition] = model.knowing(X, acquaintances(speakers[test], rung.enrolled, seed))
            else:
                said[condition] = np.log(np.maximum(model.predict_proba(X), 1e-9))
    return {"said": said, "seconds": seconds}


def _folds(y: np.ndarray, speakers: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    n_folds = min(N_FOLDS, len(set(speakers.tolist())))
    return [
        (train, test[test < len(y)]) for train, test in splits("actors", y.tolist(), speakers.tolist(), n_folds, seed)
    ]


@dataclass
class Said:
    """What a rung says to clips of speakers that it has not heard: log-probabilities (n, n_labels) by condition."""

    said: dict[str, np.ndarray]
    seconds: float


@dataclass
class Judged:
    """The clips that were judged, in the order of all answers."""

    clips: pd.DataFrame  # clip, speaker, emotion, fold
    labels: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """The number of the label that each clip should have."""
        return np.searchsorted(self.labels, self.clips["emotion"].to_numpy(dtype=str))

    def blended(self, parts: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        """Log-probabilities from several answers: a weight for each, for every fold the likeliest on all other folds.

        One answer alone is calibrated by it: its weight is one over a temperature.
        """
        fold, told = self.clips["fold"].to_numpy(), {}
        weights = np.ones((len(parts), len(fold), 1)) / len(parts)
        for one in np.unique(fold):
            if (others := fold != one).any():
                learned = blend([part["clean"][others] for part in parts], self.right[others])
                weights[:, fold == one] = learned[:, None, None]
        for condition in CONDITIONS:
            stacked = np.stack([part[condition] for part in parts])
            told[condition] = np.asarray(log_softmax((weights * stacked).sum(axis=0), axis=1))
        return told

    def of_known(self, said: dict[str, np.ndarray], n: int, seed: int) -> dict[str, np.ndarray]:
        """For each clip, what was said on average to `n` other clips of its speaker."""
        known = acquaintances(self.clips["speaker"].to_numpy(dtype=str), n, seed)
        return {
            condition: np.stack([logits[rows].mean(axis=0) if len(rows) else 0 * logits[0] for rows in known])
            for condition, logits in said.items()
        }

    def combined(self, rung: Rung, answers: dict[str, Said], seed: int) -> Said:
        """What a rung's members say together; where the speaker is known, weighed against what they say to that speaker."""
        parts = [answers[name].said for name in rung.members]
        if rung.enrolled:
            free = [name for name in rung.members if not BY_NAME[name].enrolled]
            parts += [self.of_known(answers[name].said, rung.enrolled, seed) for name in free]
        return Said(self.blended(parts), sum(answers[name].seconds for name in rung.members))


def blend(parts: Sequence[np.ndarray], right: np.ndarray) -> np.ndarray:
    """A weight for each of several answers, so that a softmax of their weighted sum is the likeliest.

    Parameters
    ----------
    parts : sequence of ndarray, shape (n, n_labels)
        Logits of clips that were not learned from.
    right : ndarray of int, shape (n,)
        The number of the label that each should have.

    Returns
    -------
    ndarray, shape (n_parts,)

    Notes
    -----
    Log-linear pooling; with one part it is temperature scaling (Guo et al. 2017). Few weights, one minimum.

    Examples
    --------
    >>> sure = np.log([[0.8, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.2]])  # and right in three of four
    >>> blend([sure], np.array([0, 0, 1, 1])).round(1).tolist()
    [0.8]
    """
    from scipy.optimize import minimize  # takes a while to import

    stacked, rows = np.stack(parts), np.arange(len(right))

    def surprise(weights: np.ndarray) -> tuple[float, np.ndarray]:
        chances = log_softmax(np.tensordot(weights, stacked, axes=1), axis=1)
        off = np.exp(chances)
        off[rows, right] -= 1
        return float(-chances[rows, right].mean()), (stacked * off).sum(axis=2).mean(axis=1)

    return np.asarray(minimize(surprise, np.full(len(parts), 1 / len(parts)), jac=True, method="L-BFGS-B").x)


def ladder(
    corpus: str | Path = "crema-d",
    names: Iterable[str] = (),
    seed: int = 0,
    quick: bool = False,
    n_jobs: int = 1,
    dask: str | None = None,
    progress: bool = False,
) -> tuple[Judged, dict[str, Said]]:
    """What rungs say to every clip of a corpus, by folds that keep speakers apart.

    Parameters
    ----------
    corpus : str or Path
    names : iterable of str
        Rungs, and parts taken away (`RUNGS`, `PARTS`); all of them if not given. Their members come with them.
    seed : int
        Of the folds, the models and the clips of a speaker that are known.
    quick : bool
        One fold, and small forms of what is slow.
    n_jobs : int
        Worker processes; any number gives the same answers.
    dask : str, optional
        Address of a Dask scheduler whose workers see the same files and the same cache; they do the work instead.
    progress : bool

    Returns
    -------
    judged : Judged
        The clips.
    answers : dict of str to Said
        By rung.

    Raises
    ------
    CourseError
        For a name that is not there, a corpus without stored frames or audio, or a network where Keras is not installed.
    """
    from tqdm import tqdm

    wanted = with_members(names or BY_NAME)
    data = _Heard.of(corpus)
    y, speakers = (data.clips[column].to_numpy(dtype=str) for column in ("emotion", "speaker"))
    tests = [test for _, test in _folds(y, speakers, seed)][: 1 if quick else None]
    jobs = [(rung.name, fold) for rung in wanted if rung.learn for fold in range(len(tests))]
    for kind, condition in dict.fromkeys(
        (rung.features, each) for rung in wanted if rung.learn for each in (*rung.conditions, *CONDITIONS)
    ):
        data.rows(kind, condition, n_jobs)  # once, by all workers, before folds ask for it
    kept = memory().cache(_fold)
    with ExitStack() as workers:
        if dask:
            workers.enter_context(cluster.connect(dask))
            workers.enter_context(joblib.parallel_config(backend="dask"))
        told = joblib.Parallel(n_jobs=-1 if dask else n_jobs, return_as="generator")(
            joblib.delayed(kept)(name, str(corpus), fold, seed, quick, _code()) for name, fold in jobs
        )
        told = list(tqdm(told, total=len(jobs), unit="fold", desc="Ladder", disable=not progress))
    order = np.concatenate(tests)
    clips = data.clips.iloc[order][["clip", "speaker", "emotion"]].reset_index(drop=True)
    judged = Judged(clips.assign(fold=np.repeat(np.arange(len(tests)), [len(test) for test in tests])), np.unique(y))
    answers: dict[str, Said] = {}
    for rung in wanted:
        if rung.learn:
            folds = [one for one, (name, _) in zip(told, jobs, strict=True) if name == rung.name]
            said = {each: np.concatenate([np.asarray(fold["said"][each]) for fold in folds]) for each in CONDITIONS}
            answers[rung.name] = Said(said, float(np.mean([fold["seconds"] for fold in folds])))
        else:
            answers[rung.name] = judged.combined(rung, answers, seed)
    return judged, answers


def with_members(names: Iterable[str]) -> list[Rung]:
    """The rungs of these names, and before each those that it is made of, down to what was learned."""
    found: dict[str, Rung] = {}

    def add(name: str) -> None:
        if name not in BY_NAME:
            raise CourseError(f"There is no rung {name!r}: {', '.join(rung.name for rung in RUNGS)}.")
        for member in BY_NAME[name].members:
            add(member)
        found.setdefault(name, BY_NAME[name])

    for name in names:
        add(name)
    return list(found.values())
