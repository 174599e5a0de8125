"""What the ladder's answers amount to: a table of rungs, a table of parts taken away."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import corpus as corpora
from .. import features, places
from ..errors import CourseError
from ..model import version_of
from .ladder import CONDITIONS, Judged, Said, ladder, with_members
from .metrics import accuracy, actor_interval, calibration, confusion, ece, paired_difference, recall, uar
from .protocols import PROTOCOLS
from .results import RESULTS, result_path
from .rungs import NETWORKS, PARTS, RUNGS, Rung


def _records(corpus: str | Path, rung: Rung, below: Said | None, said: Said, judged: Judged) -> list[dict]:
    """A record per condition: what a rung reaches, and what it gains over the one below."""
    part, records = corpora.named(corpus), []
    told, labels = judged.blended([said.said]), list(map(str, judged.labels))
    true, speakers = judged.clips["emotion"], judged.clips["speaker"]
    for condition in CONDITIONS:
        guess = told[condition].argmax(axis=1)
        counts = confusion(true, judged.labels[guess], labels)
        by_fold = judged.clips.assign(guess=judged.labels[guess]).groupby("fold")
        chances = np.exp(told[condition].max(axis=1))
        record: dict[str, Any] = {
            "corpus": part.name,
            "rung": rung.name,
            "title": rung.title,
            "recipe": rung.name if rung.name in NETWORKS else {"means": "original"}.get(rung.name, ""),
            "features": version_of(features.FEATURES[rung.features]) if rung.learn else "",
            "protocol": "actors",
            "split": PROTOCOLS["actors"],
            "tested_on": condition,
            "target": "intended",
            "enrolled": rung.enrolled,
            "n_clips": len(true),
            "n_actors": int(speakers.nunique()),
            "n_folds": len(by_fold),
            "seconds": None if np.isnan(said.seconds) else round(said.seconds, 1),
        }
        for name, score in (("accuracy", accuracy), ("uar", uar)):
            record[name] = float(score(counts))
            record[f"{name}_interval"] = actor_interval(score, true, judged.labels[guess], speakers, labels=labels)
        record["uar_folds"] = [float(uar(confusion(rows["emotion"], rows["guess"], labels))) for _, rows in by_fold]
        record["ece"] = float(ece(calibration(chances, guess == judged.right)))
        if below:
            record["gained"], record["gained_interval"] = paired_difference(_pairs(judged, said, below, condition))
        shares = [None if np.isnan(share) else share for share in recall(counts).tolist()]
        records.append(record | {"recall": dict(zip(labels, shares, strict=True)), "confusion": counts.tolist()})
    return records


def _pairs(judged: Judged, one: Said, other: Said, condition: str) -> np.ndarray:
    """For each speaker the confusions of both, as `paired_difference` takes them."""
    labels = list(map(str, judged.labels))
    guesses = [judged.labels[each.said[condition].argmax(axis=1)] for each in (one, other)]
    frame = judged.clips.assign(one=guesses[0], other=guesses[1])
    return np.stack(
        [
            np.stack([confusion(rows["emotion"], rows[which], labels) for which in ("one", "other")])
            for _, rows in frame.groupby("speaker")
        ]
    )


def run_ladder(
    corpus: str | Path = "crema-d",
    begin: str = "",
    seed: int = 0,
    quick: bool = False,
    folder: Path = RESULTS,
    n_jobs: int = 1,
    dask: str | None = None,
    progress: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure every rung and every part taken away; writes both tables, returns them.

    Parameters
    ----------
    corpus : str or Path
    begin : str
        The first rung to measure, by name or number from 1; those below keep what the file says.
    seed, quick, n_jobs, dask, progress
        As for `ladder`; what is quick is not written.
    folder : Path
        Gets the files of `load_ladder` and `load_ablations`.

    Returns
    -------
    rungs, ablations : DataFrame

    Raises
    ------
    CourseError
        As for `ladder`, or when the folder cannot be written.
    """
    part = corpora.named(corpus)
    first = _first(begin)
    path = result_path(part.name, "ladder", folder)
    kept = load_ladder(part.name, folder).to_dict("records") if first else []
    kept = [row for row in kept if row["rung"] in [rung.name for rung in RUNGS[:first]]]
    if not quick:
        places.writable_folder(path.parent, option="--out")
    rungs = [rung for rung in RUNGS[first:] if _can(rung)]
    parts = [rung for rung in PARTS if rung.of in [each.name for each in rungs] and _can(rung)]
    below = RUNGS[max(first - 1, 0) : first]
    wanted = [rung.name for rung in (*below, *rungs, *parts)]
    judged, answers = ladder(corpus, wanted, seed, quick, n_jobs, dask, progress)
    records, ablations = list(kept), []
    for lower, rung in zip([*(below or [None]), *rungs], rungs, strict=False):
        records += _records(corpus, rung, answers[lower.name] if lower else None, answers[rung.name], judged)
    for rung in parts:
        ablations += [_taken_away(part.name, rung, answers, judged, condition) for condition in CONDITIONS]
    if not quick:
        for name, rows in (("ladder", records), ("ablations", ablations)):
            lines = ",\n".join(json.dumps(row) for row in rows)
            result_path(part.name, name, folder).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return pd.DataFrame(records), pd.DataFrame(ablations)


def _first(begin: str) -> int:
    """The place of the rung to begin with, from 0."""
    names = [rung.name for rung in RUNGS]
    if begin in names:
        return names.index(begin)
    if not begin or begin.isdigit() and 1 <= int(begin) <= len(names):
        return int(begin or 1) - 1
    raise CourseError(f"There is no rung {begin!r}. From the bottom, 1 to {len(names)}: {', '.join(names)}.")


def _can(rung: Rung) -> bool:
    """Whether a rung can be measured here: networks need Keras."""
    needs = {each.name for each in with_members([rung.name])} | {rung.of}
    return not needs & set(NETWORKS) or importlib.util.find_spec("keras") is not None


def _taken_away(corpus: str, part: Rung, answers: dict[str, Said], judged: Judged, condition: str) -> dict:
    pairs = _pairs(judged, answers[part.of], answers[part.name], condition)
    scores = uar(pairs.sum(axis=0)).tolist()
    difference, interval = paired_difference(pairs)
    return {
        "corpus": corpus,
        "rung": part.of,
        "without": part.without,
        "split": PROTOCOLS["actors"],
        "tested_on": condition,
        "n_clips": len(judged.clips),
        "n_folds": int(judged.clips["fold"].nunique()),
        "uar": scores[0],
        "uar_without": scores[1],
        "difference": difference,
        "difference_interval": interval,
    }


def load_ladder(corpus: str = "crema-d", folder: Path = RESULTS) -> pd.DataFrame:
    """The measured rungs, one row per rung and condition, from the bottom.

    Raises
    ------
    CourseError
        When they were not measured.

    Examples
    --------
    >>> load_ladder()["rung"].iloc[0]
    'published'
    """
    return _load(corpus, "ladder", folder)


def load_ablations(corpus: str = "crema-d", folder: Path = RESULTS) -> pd.DataFrame:
    """What each part of a rung is worth: one row per part taken away and condition.

    Raises
    ------
    CourseError
        When they were not measured.
    """
    return _load(corpus, "ablations", folder)


def _load(corpus: str, name: str, folder: Path) -> pd.DataFrame:
    path = result_path(corpus, name, folder)
    if not path.exists():
        raise CourseError(
            f"The ladder was not measured on {corpus} yet: there is no {path}. `ser evaluate --ladder --corpus {corpus}` does it."
        )
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def ladder_text(rungs: pd.DataFrame, ablations: pd.DataFrame) -> str:
    """Both tables as a person reads them: UAR in per cent, with the interval over speakers."""
    one = rungs.iloc[0]
    lines = [
        f"{one['corpus']}: {one['n_clips']:,} clips of {one['n_actors']} speakers, {one['n_folds']} folds, {one['split']}. "
        "UAR in per cent (95 % interval over speakers); seconds to train a fold (elsewhere: networks that were trained on another machine).",
        "",
        f"  {'':62} {'untouched':>18} {'noise':>7} {'chains':>7} {'seconds':>9}",
    ]
    for number, (_, rows) in enumerate(rungs.groupby("rung", sort=False), start=1):
        by = rows.set_index("tested_on")
        low, high = (100 * value for value in by.loc["clean", "uar_interval"])
        noisy, chains = (100 * by.loc[condition, "uar"] for condition in ("noisy", "chains"))
        lines.append(
            f"  {number:2} {by['title'].iloc[0]:59} {100 * by.loc['clean', 'uar']:5.1f} ({low:.1f}-{high:.1f}) "
            f"{noisy:7.1f} {chains:7.1f} {_seconds(by['seconds'].iloc[0]):>9}"
        )
    if len(ablations):
        lines += [
            "",
            "What is lost without a part, in points of UAR on untouched clips (95 % interval of the difference):",
            "",
        ]
    for row in ablations.to_dict("records"):
        if row["tested_on"] == "clean":
            low, high = (100 * value for value in row["difference_interval"])
            lines.append(
                f"  {row['rung']:11} without {row['without']:52} {100 * row['difference']:5.1f} ({low:.1f} to {high:.1f})"
            )
    return "\n".join(lines)


def _seconds(spent: float | None) -> str:
    return "elsewhere" if spent is None or np.isnan(spent) else f"{spent:,.0f}"
