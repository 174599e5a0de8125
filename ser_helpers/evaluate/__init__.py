"""Honest scores: how clips are split, what is counted, how sure the count is, and what people reach.

Rows are clips; the noisy copy of each clip is a second block of rows in the same order. Every score names its
protocol, the clips it was tested on (clean or noisy) and the label it was held against (intended or the crowd's).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import GroupKFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from .. import corpus, features, places
from ..model import build_model

PROTOCOLS = {
    "leak": "noisy copies made before a random split (leak)",
    "random": "random clips",
    "random_noisy": "random clips, noisy copies in training only",
    "actors": "actors kept apart",
    "actors_noisy": "actors kept apart, noisy copies in training only",
}
RESULTS = places.DATA / "results"
N_FOLDS = 5


def splits(
    protocol: str, labels: np.ndarray, actors: np.ndarray, n_folds: int = N_FOLDS, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training and test rows of each fold, over n clean rows followed by their n noisy copies.

    Parameters
    ----------
    protocol : one of `PROTOCOLS`
    labels, actors : array-like, shape (n,)
    n_folds, seed : int

    Yields
    ------
    train, test : ndarray of int
        Row numbers 0..2n-1. Each of the 2n rows is tested in one fold.

    Notes
    -----
    Lesson 05 draws them as dots. ``leak`` is there to be measured, not to be used.

    Examples
    --------
    >>> train, test = next(splits("actors", ["sad", "sad", "happy", "happy"], [1, 2, 3, 3], n_folds=3))
    >>> len(set(train) & set(test))
    0
    """
    labels, actors = np.asarray(labels), np.asarray(actors)
    n = len(labels)
    if protocol == "leak":
        yield from StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(np.zeros(2 * n), np.tile(labels, 2))
        return
    kind, _, noisy_training = protocol.partition("_")
    fold = {"random": StratifiedKFold, "actors": GroupKFold}[kind](n_folds, shuffle=True, random_state=seed)
    for train, test in fold.split(np.zeros(n), labels, actors if kind == "actors" else None):
        yield (np.concatenate([train, train + n]) if noisy_training else train), np.concatenate([test, test + n])


def _fit_and_predict(X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray, seed: int) -> np.ndarray:
    with threadpool_limits(1):  # the matrices are small, and sums in another order would end in another network
        return build_model(seed).fit(X[train], y[train]).predict(X[test])


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
) -> pd.DataFrame:
    """What a model that never saw the clip in training predicts for it, under each protocol.

    Parameters
    ----------
    clips : DataFrame with columns clip, actor_id and emotion
    clean, noisy : ndarray, shape (n, n_features)
    protocols : names out of `PROTOCOLS`
    n_folds : int
    first_fold_only : bool
        Train once per protocol instead of `n_folds` times; only the clips of that fold come back.
    seed : int
        Of the split and of the network.
    n_jobs : int
        Worker processes; any number gives the same predictions.
    progress : bool

    Returns
    -------
    DataFrame
        Columns protocol, tested_on ("clean" or "noisy"), clip, fold, predicted.

    Notes
    -----
    Lessons 05 and 06 run it on practice voices; `ser evaluate` on CREMA-D.
    """
    import joblib
    from tqdm import tqdm

    n, y = len(clips), clips["emotion"].to_numpy(dtype=str)
    X, both_y = np.concatenate([clean, noisy]), np.tile(y, 2)
    jobs = [
        (protocol, fold, train, test)
        for protocol in protocols
        for fold, (train, test) in enumerate(splits(protocol, y, clips["actor_id"], n_folds, seed))
        if fold == 0 or not first_fold_only
    ]
    predictions = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(
        joblib.delayed(_fit_and_predict)(X, both_y, train, test, seed) for _, _, train, test in jobs
    )
    predictions = list(tqdm(predictions, total=len(jobs), unit="fit", desc="Training", disable=not progress))
    names = clips["clip"].to_numpy()
    return pd.concat(
        pd.DataFrame(
            {
                "protocol": protocol,
                "tested_on": np.where(test < n, "clean", "noisy"),
                "clip": names[test % n],
                "fold": fold,
                "predicted": predicted,
            }
        )
        for (protocol, fold, _, test), predicted in zip(jobs, predictions, strict=True)
    ).reset_index(drop=True)


def confusion(y_true: Sequence[str], y_pred: Sequence[str]) -> np.ndarray:
    """Counts with a row per true label and a column per predicted one, both in course order.

    Examples
    --------
    >>> confusion(["angry", "sad"], ["angry", "neutral"])[5].tolist()
    [0, 0, 0, 0, 1, 0]
    """
    return confusion_matrix(y_true, y_pred, labels=list(corpus.LABELS))


def accuracy(counts: np.ndarray) -> np.ndarray:
    """Share of clips on the diagonal of one confusion matrix, or of each in a stack (..., 6, 6).

    Examples
    --------
    >>> float(accuracy([[3, 1], [0, 4]]))
    0.875
    """
    counts = np.asarray(counts)
    return np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1))


def recall(counts: np.ndarray) -> np.ndarray:
    """Share of each true label that was found, (..., 6); nan for a label that has no clips.

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


def actor_interval(
    score, y_true: Sequence[str], y_pred: Sequence[str], actors: Sequence, n_resamples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of a score when whole actors are drawn again with replacement.

    Parameters
    ----------
    score : callable
        `accuracy` or `uar`, over a stack of confusion matrices.
    y_true, y_pred, actors : sequences of equal length
    n_resamples, seed : int

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
    per_actor = np.stack([confusion(rows["true"], rows["predicted"]) for _, rows in frame.groupby("actor")])
    draws = np.random.default_rng(seed).multinomial(
        len(per_actor), np.full(len(per_actor), 1 / len(per_actor)), n_resamples
    )
    low, high = np.percentile(score(np.tensordot(draws, per_actor, axes=1)), [2.5, 97.5])
    return float(low), float(high)


class FinalTest:
    """Test actors that are looked at once: the labels stay in here, and every look is counted.

    Parameters
    ----------
    clips : DataFrame
        With columns actor_id and emotion.
    X : ndarray, shape (n, n_features)
        Their features.
    actors : sequence of int
        The test actors.

    Attributes
    ----------
    calls : int
        How many models were tested.

    Notes
    -----
    Lesson 09.

    Examples
    --------
    >>> clips = pd.DataFrame({"actor_id": [1, 2], "emotion": ["sad", "happy"]})
    >>> test = FinalTest(clips, np.zeros((2, 3)), actors=[2])
    >>> len(test.development[0]), test.calls
    (1, 0)
    """

    def __init__(self, clips: pd.DataFrame, X: np.ndarray, actors: Sequence[int]):
        is_test = clips["actor_id"].isin(actors).to_numpy()
        self.development = clips[~is_test].reset_index(drop=True), X[~is_test]
        self._clips, self._X = clips[is_test].reset_index(drop=True), X[is_test]
        self.actors, self.calls = sorted(actors), 0

    def __call__(self, *models) -> pd.DataFrame:
        """Test fitted models together: a row per clip with actor_id, emotion and a column per model (0, 1, ...)."""
        self.calls += 1
        answers = {number: model.predict(self._X) for number, model in enumerate(models)}
        return self._clips[["actor_id", "emotion"]].assign(**{str(n): a for n, a in answers.items()})


def human_yardstick(clips: pd.DataFrame) -> dict:
    """How often listeners name the intended emotion of these clips from the voice alone.

    Parameters
    ----------
    clips : DataFrame
        Rows of `corpus.clip_table` with votes.

    Returns
    -------
    dict
        ``plurality`` (share of clips whose most frequent vote is the intended label, a tie counting as wrong),
        ``plurality_uar``, ``single_rating`` (share of all votes) and ``n_clips``.

    Notes
    -----
    Votes of the CREMA-D authors' crowd listeners (Cao et al. 2014). Lesson 07.

    Examples
    --------
    >>> round(human_yardstick(corpus.clip_table())["plurality"], 3)
    0.416
    """
    counts = corpus.votes(clips)
    right = corpus.crowd_label(clips) == clips["emotion"]
    intended = counts.to_numpy()[np.arange(len(clips)), counts.columns.get_indexer(clips["emotion"])]
    return {
        "n_clips": len(clips),
        "plurality": float(right.mean()),
        "plurality_uar": float(right.groupby(clips["emotion"]).mean().mean()),
        "single_rating": float(intended.sum() / counts.to_numpy().sum()),
    }


def score_table(clips: pd.DataFrame, predictions: pd.DataFrame) -> list[dict]:
    """A record per protocol, test condition and target label, with everything a reader needs to judge it.

    Parameters
    ----------
    clips : DataFrame
        The clips that were predicted, with votes.
    predictions : DataFrame
        From `out_of_fold`.

    Returns
    -------
    list of dict
        protocol, split (in words), tested_on, target, n_clips, n_actors, n_folds, accuracy and uar with their 95 %
        intervals, recall per emotion, confusion (rows true, course order).
    """
    known = clips.assign(intended=clips["emotion"], crowd=corpus.crowd_label(clips)).set_index("clip")
    records = []
    for (protocol, tested_on), rows in predictions.groupby(["protocol", "tested_on"], sort=False):
        rows = rows.join(known, on="clip")
        for target in ("intended", "crowd") if known["crowd"].any() else ("intended",):
            judged = rows[rows[target] != ""]  # clips on which the crowd is tied have no crowd label
            counts = confusion(judged[target], judged["predicted"])
            record = {
                "protocol": protocol,
                "split": PROTOCOLS[protocol],
                "tested_on": tested_on,
                "target": target,
                "n_clips": len(judged),
                "n_actors": int(judged["actor_id"].nunique()),
                "n_folds": int(judged["fold"].nunique()),
            }
            for name, score in (("accuracy", accuracy), ("uar", uar)):
                record[name] = float(score(counts))
                record[f"{name}_interval"] = actor_interval(
                    score, judged[target], judged["predicted"], judged["actor_id"]
                )
            record["recall"] = dict(zip(corpus.LABELS, recall(counts).tolist(), strict=True))
            record["confusion"] = counts.tolist()
            records.append(record)
    return records


def run(quick: bool = False, folder: Path = RESULTS, n_jobs: int = -1, progress: bool = True) -> dict:
    """Every protocol on the committed CREMA-D features; writes scores and predictions, returns the scores.

    Parameters
    ----------
    quick : bool
        One fold per protocol instead of five; nothing is written, so that a quick look never replaces a measurement.
    folder : Path
        Gets ``scores.json`` and ``predictions.csv.gz``.
    n_jobs : int
        Worker processes.
    progress : bool

    Returns
    -------
    dict
        ``scores`` (see `score_table`) and ``people`` (see `human_yardstick`) on all clips and on the same clips.
    """
    if not quick:
        places.writable_folder(folder, option="--out")
    clips, clean, noisy = features.load_features()
    predictions = out_of_fold(clips, clean, noisy, first_fold_only=quick, n_jobs=n_jobs, progress=progress)
    results = {
        "data": f"CREMA-D, {len(clips)} clips of {clips['actor_id'].nunique()} actors, 168 features at 16 kHz",
        "people": {"all clips": human_yardstick(corpus.clip_table()), "same clips": human_yardstick(clips)},
        "scores": score_table(clips, predictions),
    }
    if not quick:
        (folder / "scores.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        predictions.to_csv(folder / "predictions.csv.gz", index=False, compression={"method": "gzip", "mtime": 0})
    return results


def text_table(results: dict) -> str:
    """The scores as a person reads them: per cent, interval, split and data in every line."""
    lines = [results["data"], ""]
    for target, tested_on in (("intended", "clean"), ("intended", "noisy"), ("crowd", "clean"), ("crowd", "noisy")):
        lines.append(f"Tested on {tested_on} clips against the {target} label (95 % interval over actors):")
        for row in results["scores"]:
            if (row["target"], row["tested_on"]) != (target, tested_on):
                continue
            low, high = (100 * value for value in row["uar_interval"])
            folds = f"{row['n_folds']} fold{'s' if row['n_folds'] > 1 else ''}, {row['n_clips']:,} clips"
            lines.append(
                f"  {row['split']:50} accuracy {100 * row['accuracy']:4.1f} %   "
                f"UAR {100 * row['uar']:4.1f} % ({low:.1f}-{high:.1f})   {folds}"
            )
        lines.append("")
    for which, people in results["people"].items():
        lines.append(
            f"People who only heard the voice ({which}, {people['n_clips']:,}): the crowd's plurality names the intended "
            f"emotion in {100 * people['plurality']:.1f} %, a single rating in {100 * people['single_rating']:.1f} %"
        )
    return "\n".join(lines)


def load_scores(folder: Path = RESULTS) -> pd.DataFrame:
    """The measured scores that the lessons and the README quote, a row per protocol, test condition and target.

    Examples
    --------
    >>> scores = load_scores().query("tested_on == 'clean' and target == 'intended'").set_index("protocol")["accuracy"]
    >>> bool(scores["leak"] > scores["random"] > scores["actors"])
    True
    """
    return pd.DataFrame(json.loads((folder / "scores.json").read_text(encoding="utf-8"))["scores"])


def expected(folder: Path = RESULTS) -> list[dict]:
    """What the course's model reaches on new actors, for its card: trained with noisy copies, actors kept apart.

    Examples
    --------
    >>> [row["tested_on"] for row in expected()]
    ['clean', 'noisy']
    """
    rows = load_scores(folder).query("protocol == 'actors_noisy' and target == 'intended'").sort_values("tested_on")
    keys = ["split", "tested_on", "target", "accuracy", "accuracy_interval", "uar"]
    return rows[keys].to_dict("records")


def load_predictions(folder: Path = RESULTS) -> pd.DataFrame:
    """The out-of-fold predictions behind `load_scores`; see `out_of_fold` for the columns.

    Examples
    --------
    >>> sorted(load_predictions()["tested_on"].unique())
    ['clean', 'noisy']
    """
    return pd.read_csv(folder / "predictions.csv.gz")
