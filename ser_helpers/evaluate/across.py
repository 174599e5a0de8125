"""From corpus to corpus: what a recipe that learned from one knows of another, on the labels that both have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from .. import corpus as corpora
from .. import features, places
from ..corpus import Corpus
from ..errors import CourseError
from ..model import Recipe, fit_all, makes_copies, named, training_rows, version_of
from .metrics import actor_interval, confusion, recall, uar
from .protocols import N_FOLDS, answers, out_of_fold
from .results import HOW_TRAINED, RESULTS

Stored = tuple[Corpus, pd.DataFrame, np.ndarray, np.ndarray]  # a corpus, its clips, their features, clean and noisy


def shared_labels(one: Corpus, other: Corpus) -> tuple[str, ...]:
    """The labels that two corpora have in common, in the order of the first.

    Examples
    --------
    >>> shared_labels(corpora.named("emodb"), corpora.named("ravdess"))
    ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad')
    """
    return tuple(label for label in one.labels if label in other.labels)


def across(
    names: Sequence[str | Path] = (), recipe: str | Recipe = "original", seed: int = 0, n_jobs: int = 1
) -> pd.DataFrame:
    """A recipe trained on each corpus and tested on each, clean clips; features that are not stored yet are computed first.

    Parameters
    ----------
    names : sequence of str or Path
        Corpora, or CSVs of one's own; every corpus that has features or audio on this disk if none is given.
    recipe : str or Recipe
        Trained as `ser train` does, with noisy copies or with its own.
    seed, n_jobs : int

    Returns
    -------
    DataFrame
        A row per pair: trained_on, tested_on, recipe, features, split, labels (those that count), only_trained and
        only_tested (labels that one of the two lacks; their clips are left out), n_train, n_clips, n_actors, uar,
        uar_interval (95 %, over speakers of the tested corpus), chance (one over the number of labels), recall.

    Raises
    ------
    CourseError
        For fewer than two corpora, or two that share fewer than two labels.

    Notes
    -----
    Within a corpus five folds keep speakers apart; from one to another every clip of the first is trained on and no
    speaker can be in both. Models choose among the shared labels only. Schuller et al. (2010), "Cross-Corpus Acoustic
    Emotion Recognition", IEEE Transactions on Affective Computing 1(2), is where such tables come from. Lesson 09.

    Examples
    --------
    >>> across(["practice"], "logistic")
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: From corpus to corpus takes two of them or more; at hand: practice. `ser corpora` \
says where others come from.
    """
    recipe = named(recipe)
    parts = [corpora.named(name) for name in names or _at_hand()]
    if len(parts) < 2:
        there = ", ".join(part.name for part in parts) or "none"
        raise CourseError(
            f"From corpus to corpus takes two of them or more; at hand: {there}. `ser corpora` says where others come from."
        )
    stored = [_stored(part, recipe, n_jobs) for part in parts]
    rows = [_pair(one, other, recipe, seed, n_jobs) for one in stored for other in stored]
    return pd.DataFrame(rows)


def _at_hand() -> list[str]:
    """Corpora with audio on this disk, and CREMA-D, whose features come with the course."""
    table = corpora.overview()
    return table.loc[(table["with_audio"] > 0) | (table["name"] == "crema-d"), "name"].tolist()


def _stored(part: Corpus, recipe: Recipe, n_jobs: int) -> Stored:
    if not features.table_path(part, recipe.features).exists():
        features.update(part, recipe.features, n_jobs=n_jobs)
    return part, *features.load_features(part, recipe.features)


def _only(stored: Stored, labels: Sequence[str]) -> Stored:
    """The clips with one of these labels."""
    part, clips, clean, noisy = stored
    kept = clips["emotion"].isin(labels).to_numpy()
    return part, clips[kept].reset_index(drop=True), clean[kept], noisy[kept]


def _within(stored: Stored, recipe: Recipe, seed: int, n_jobs: int) -> tuple[pd.DataFrame, list[str]]:
    """The clips of one corpus, and what models say to them that have not heard their speakers."""
    _, clips, clean, noisy = stored
    protocols, n_folds = [HOW_TRAINED[makes_copies(recipe)]], min(N_FOLDS, clips["speaker"].nunique())
    found = out_of_fold(clips, clean, noisy, protocols, n_folds, seed=seed, n_jobs=n_jobs, recipe=recipe)
    said = found[found["tested_on"] == "clean"].set_index("clip")["predicted"]
    return clips, said.loc[clips["clip"]].tolist()


def _between(one: Stored, other: Stored, recipe: Recipe, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """The clips of the other corpus, and what a model of the first says to them."""
    _, clips, clean, noisy = one
    X, y = training_rows(recipe, clean, noisy, clips["emotion"].to_numpy(dtype=str))
    (model,) = fit_all(recipe, X, y, [np.arange(len(X))], seed, n_jobs=1, progress=False)
    return other[1], answers(model, other[2])[0].tolist()


def _pair(one: Stored, other: Stored, recipe: Recipe, seed: int, n_jobs: int) -> dict:
    """One row of `across`."""
    (part, *_), (tested_on, *_) = one, other
    labels, apart = shared_labels(part, tested_on), part.name != tested_on.name
    if len(labels) < 2:
        raise CourseError(
            f"{part.name} and {tested_on.name} share {len(labels)} labels: there is nothing to tell apart."
        )
    one, other = _only(one, labels), _only(other, labels)
    clips, said = _between(one, other, recipe, seed) if apart else _within(one, recipe, seed, n_jobs)
    counts = confusion(clips["emotion"], said, labels)
    shares = [None if np.isnan(share) else share for share in recall(counts).tolist()]
    return {
        "trained_on": part.name,
        "tested_on": tested_on.name,
        "recipe": recipe.name,
        "features": version_of(recipe.features),
        "split": "corpora kept apart" if apart else "speakers kept apart",
        "labels": list(labels),
        "only_trained": [label for label in part.labels if label not in labels],
        "only_tested": [label for label in tested_on.labels if label not in labels],
        "n_train": len(one[1]),
        "n_clips": len(clips),
        "n_actors": int(clips["speaker"].nunique()),
        "uar": float(uar(counts)),
        "uar_interval": actor_interval(uar, clips["emotion"], said, clips["speaker"], labels=labels),
        "chance": 1 / len(labels),
        "recall": dict(zip(labels, shares, strict=True)),
    }


def across_path(folder: Path = RESULTS) -> Path:
    """Where `ser evaluate --across` keeps its table.

    Examples
    --------
    >>> across_path(Path("results")).as_posix()
    'results/across.json'
    """
    return folder / "across.json"


def write_across(rows: pd.DataFrame, folder: Path = RESULTS) -> Path:
    """Keep the table, for `load_across`."""
    path = across_path(places.writable_folder(folder, option="--out"))
    path.write_text(json.dumps(rows.to_dict("records"), indent=1) + "\n", encoding="utf-8")
    return path


def load_across(folder: Path = RESULTS) -> pd.DataFrame:
    """The table as it was measured, a row per pair of corpora; see `across`.

    Examples
    --------
    >>> rows = load_across().set_index(["trained_on", "tested_on"])["uar"]
    >>> bool(rows["crema-d", "crema-d"] > rows["practice", "crema-d"])
    True
    """
    path = across_path(folder)
    if not path.exists():
        raise CourseError(f"There is no {path} yet. `ser evaluate --across` measures it.")
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def across_text(rows: pd.DataFrame) -> str:
    """The table as a person reads it: corpora in words, UAR with its interval, and what labels it is about."""
    lines = [
        f"Recipe {rows['recipe'].iloc[0]} on {rows['features'].iloc[0]}, clean clips, UAR (95 % interval over speakers):"
    ]
    for row in rows.to_dict("records"):
        low, high = (100 * value for value in row["uar_interval"])
        left_out = sorted({*row["only_trained"], *row["only_tested"]})
        lines.append(
            f"  {row['trained_on'] + ' -> ' + row['tested_on']:24} {100 * row['uar']:4.1f} % ({low:.1f}-{high:.1f}), "
            f"chance {100 * row['chance']:.0f} %, {row['n_clips']:,} clips, {len(row['labels'])} labels"
            + (f" (without {', '.join(left_out)})" if left_out else "")
        )
    return "\n".join(lines)
