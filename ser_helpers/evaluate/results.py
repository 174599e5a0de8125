"""Measured scores: made by `run`, kept in a file per corpus and recipe, read by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import corpus as corpora
from .. import features, places
from ..errors import CourseError
from ..model import Recipe, makes_copies, named, version_of
from .metrics import accuracy, actor_interval, confusion, recall, uar
from .protocols import N_FOLDS, PROTOCOLS, out_of_fold

RESULTS = places.DATA / "results"
ABOUT = (
    "corpus",
    "recipe",
    "features",
    "protocol",
    "tested_on",
    "target",
)  # together they tell one score from all others


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
    >>> round(human_yardstick(corpora.clip_table())["plurality"], 3)
    0.416
    """
    counts = corpora.votes(clips)
    right = corpora.crowd_label(clips) == clips["emotion"]
    if unheard := set(clips["emotion"]) - set(counts):
        raise CourseError(
            f"Nobody could vote for {', '.join(sorted(unheard))}: there are votes for {', '.join(counts)}."
        )
    intended = counts.to_numpy()[np.arange(len(clips)), counts.columns.get_indexer(clips["emotion"])]
    return {
        "n_clips": len(clips),
        "plurality": float(right.mean()),
        "plurality_uar": float(right.groupby(clips["emotion"]).mean().mean()),
        "single_rating": float(intended.sum() / counts.to_numpy().sum()),
    }


def _heard(clips: pd.DataFrame) -> bool:
    """Whether a crowd has voted on these clips."""
    return set(corpora.VOTES) <= set(clips) and bool(clips[list(corpora.VOTES)].to_numpy().any())


def score_table(clips: pd.DataFrame, predictions: pd.DataFrame, corpus: str | Path, recipe: str | Recipe) -> list[dict]:
    """A record per protocol, test condition and target label, with everything a reader needs to judge it.

    Parameters
    ----------
    clips : DataFrame
        The clips that were predicted; where it has votes, the crowd's label is a second target.
    predictions : DataFrame
        From `out_of_fold`.
    corpus : str or Path
        What was measured: a name, or the CSV of a corpus of one's own. The labels are the corpus's.
    recipe : str or Recipe

    Returns
    -------
    list of dict
        corpus, recipe, features (with version), protocol, split (in words), tested_on, target, n_clips, n_actors (its
        speakers), n_folds, accuracy and uar with their 95 % intervals, recall per label (None for one without clips),
        confusion (rows true, the corpus's order).

    Raises
    ------
    CourseError
        For a true or predicted label that the corpus does not have.
    """
    part, recipe = corpora.named(corpus), named(recipe)
    targets = {"intended": clips["emotion"]} | ({"crowd": corpora.crowd_label(clips)} if _heard(clips) else {})
    known = clips[["clip", "speaker"]].assign(**targets).set_index("clip")
    records = []
    for (protocol, tested_on), rows in predictions.groupby(["protocol", "tested_on"], sort=False):
        rows = rows.join(known, on="clip")
        for target in targets:
            judged = rows[rows[target] != ""]  # clips on which the crowd is tied have no crowd label
            record = {
                "corpus": part.name,
                "recipe": recipe.name,
                "features": version_of(recipe.features),
                "protocol": protocol,
                "split": PROTOCOLS[protocol],
                "tested_on": tested_on,
                "target": target,
            }
            records.append(record | _counted(judged.rename(columns={target: "true"}), part.labels))
    return records


def _counted(judged: pd.DataFrame, labels: Sequence[str]) -> dict:
    """What is counted in one record of `score_table`; `judged` has true, predicted, speaker and fold."""
    counts = confusion(judged["true"], judged["predicted"], labels)
    record: dict[str, Any] = {
        "n_clips": len(judged),
        "n_actors": int(judged["speaker"].nunique()),
        "n_folds": int(judged["fold"].nunique()),
    }
    for name, score in (("accuracy", accuracy), ("uar", uar)):
        record[name] = float(score(counts))
        record[f"{name}_interval"] = actor_interval(
            score, judged["true"], judged["predicted"], judged["speaker"], labels=labels
        )
    shares = [None if np.isnan(share) else share for share in recall(counts).tolist()]
    return record | {"recall": dict(zip(labels, shares, strict=True)), "confusion": counts.tolist()}


def result_path(corpus: str, recipe: str, folder: Path = RESULTS, suffix: str = ".json") -> Path:
    """Where the scores of a recipe on a corpus are kept, and beside them its predictions and picture.

    Examples
    --------
    >>> result_path("crema-d", "original", Path("results"), "_predictions.csv.gz").as_posix()
    'results/crema-d/original_predictions.csv.gz'
    """
    return folder / corpus / f"{recipe}{suffix}"


# how `ser train` trains, the speakers kept apart: with noisy copies, or where a recipe makes its own copies, without them
HOW_TRAINED = {False: "actors_noisy", True: "actors"}


def run(
    corpus: str | Path = "crema-d",
    recipe: str | Recipe = "original",
    quick: bool = False,
    folder: Path = RESULTS,
    n_jobs: int = -1,
    progress: bool = True,
) -> dict:
    """Every protocol on all features of a corpus; writes scores and predictions, returns the scores.

    Parameters
    ----------
    corpus : str or Path
        A name, or the CSV of a corpus of one's own.
    recipe : str or Recipe
    quick : bool
        One fold per protocol; nothing is written, so that a quick look never replaces a measurement.
    folder : Path
        Gets the files of `result_path`.
    n_jobs : int
        Worker processes.
    progress : bool

    Returns
    -------
    dict
        ``scores`` (see `score_table`) and ``people`` (see `human_yardstick`) on all clips and on the same clips, where a
        crowd has listened.

    Notes
    -----
    Five folds, or as many as there are speakers.
    """
    part, recipe = corpora.named(corpus), named(recipe)
    files = [result_path(part.name, recipe.name, folder, suffix) for suffix in (".json", "_predictions.csv.gz")]
    if not quick:
        places.writable_folder(files[0].parent, option="--out")
    clips, clean, noisy = features.load_features(part, recipe.features)
    n_speakers = clips["speaker"].nunique()
    how = {"n_folds": min(N_FOLDS, n_speakers), "first_fold_only": quick, "n_jobs": n_jobs, "progress": progress}
    if makes_copies(recipe):
        how["protocols"] = (HOW_TRAINED[True],)  # the others would train, for hours, on copies of copies
    predictions = out_of_fold(clips, clean, noisy, recipe=recipe, **how)
    heard = {"all clips": part.table(), "same clips": clips} if _heard(clips) else {}
    results = {
        "data": f"{part.title}, {len(clips)} clips of {n_speakers} speakers; recipe {recipe.name} on "
        f"{version_of(recipe.features)}",
        "people": {which: human_yardstick(listened) for which, listened in heard.items()},
        "scores": score_table(clips, predictions, part.name, recipe),
    }
    if not quick:
        files[0].write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        packed = {"method": "gzip", "mtime": 0}
        predictions.to_csv(files[1], index=False, float_format="%.3f", compression=packed)
    return results


def text_table(results: dict) -> str:
    """The scores as a person reads them: per cent, interval, split and data in every line."""
    lines, scores = [results["data"], ""], results["scores"]
    for target, tested_on in dict.fromkeys((row["target"], row["tested_on"]) for row in scores):
        lines.append(f"Tested on {tested_on} clips against the {target} label (95 % interval over speakers):")
        for row in scores:
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


def load_scores(corpus: str = "crema-d", recipe: str = "original", folder: Path = RESULTS) -> pd.DataFrame:
    """The measured scores that the lessons and the README quote, a row per protocol, test condition and target.

    Raises
    ------
    CourseError
        When they were not measured, or the file holds rows that do not say what they are about, rows of another corpus
        or recipe, or two for one thing measured.

    Examples
    --------
    >>> scores = load_scores().query("tested_on == 'clean' and target == 'intended'").set_index("protocol")["accuracy"]
    >>> bool(scores["leak"] > scores["random"] > scores["actors"])
    True
    """
    path, mend = result_path(corpus, recipe, folder), f"`ser evaluate --corpus {corpus} --recipe {recipe}`"
    if not path.exists():
        raise CourseError(f"{recipe} was not measured on {corpus} yet: there is no {path}. {mend} does it.")
    scores = pd.DataFrame(json.loads(path.read_text(encoding="utf-8"))["scores"])
    if not set(ABOUT) <= set(scores) or scores[list(ABOUT)].isna().any(axis=None):
        raise CourseError(
            f"{path} has scores that do not say what they are about ({', '.join(ABOUT)}). {mend} measures anew."
        )
    about = set(zip(scores["corpus"], scores["recipe"], strict=True))
    if about != {(corpus, recipe)} or scores["features"].nunique() > 1:
        found = "; ".join(sorted({" ".join(row) for row in scores[list(ABOUT[:3])].to_numpy().tolist()}))
        raise CourseError(f"{path} should hold one recipe on one corpus, and holds {found}. {mend} measures anew.")
    if scores.duplicated(list(ABOUT)).any():
        raise CourseError(f"{path} holds two scores for one thing measured. {mend} measures anew.")
    return scores


def pick(scores: pd.DataFrame, **asked: str) -> pd.Series:
    """The one score that was asked for.

    Parameters
    ----------
    scores : DataFrame
        From `load_scores`, or several of them in one frame.
    **asked
        Values of its columns: ``protocol="actors", tested_on="clean", target="intended"``.

    Raises
    ------
    CourseError
        When none fits or several do: a reader who took the first or the last would quote it for another.

    Examples
    --------
    >>> int(pick(load_scores(), protocol="actors", tested_on="clean", target="intended")["n_clips"])
    6130
    """
    if unknown := set(asked) - set(scores):
        raise CourseError(f"Scores have no {', '.join(sorted(unknown))}: {', '.join(scores)}.")
    rows = scores
    for name, value in asked.items():
        rows = rows[rows[name] == value]
    words = ", ".join(f"{name} {value!r}" for name, value in asked.items())
    if len(rows) == 1:
        return rows.iloc[0]
    if rows.empty:
        there = "; ".join(f"{name} {', '.join(scores[name].astype(str).unique())}" for name in asked)
        raise CourseError(f"No score fits {words}. There are: {there}.")
    differ = {name: rows[name].unique() for name in ABOUT if name in rows and rows[name].nunique() > 1}
    choice = "; ".join(f"{name} {', '.join(map(repr, values))}" for name, values in differ.items())
    raise CourseError(
        f"{len(rows)} scores fit {words}. " + (f"Say which: {choice}." if differ else "Nothing tells them apart.")
    )


def expected(corpus: str = "crema-d", recipe: str = "original", folder: Path = RESULTS) -> list[dict]:
    """What a recipe reaches on new speakers, for its model's card: trained with noisy copies, speakers kept apart.

    Returns
    -------
    list of dict
        For clean and for noisy clips; empty when it was not measured on the features it looks at today.

    Examples
    --------
    >>> [row["tested_on"] for row in expected()]
    ['clean', 'noisy']
    """
    if not result_path(corpus, recipe, folder).exists():
        return []
    scores = load_scores(corpus, recipe, folder)
    if set(scores["features"]) != {version_of(named(recipe).features)}:
        return []
    asked = {"protocol": HOW_TRAINED[makes_copies(named(recipe))], "target": "intended"}
    rows = [pick(scores, tested_on=tested_on, **asked) for tested_on in ("clean", "noisy")]
    keys = ["split", "tested_on", "target", "accuracy", "accuracy_interval", "uar"]
    return [row[keys].to_dict() for row in rows]


def load_predictions(corpus: str = "crema-d", recipe: str = "original", folder: Path = RESULTS) -> pd.DataFrame:
    """The out-of-fold predictions behind `load_scores`; see `out_of_fold` for the columns.

    Raises
    ------
    CourseError
        When they were not measured, or a clip was predicted twice for one thing measured.

    Examples
    --------
    >>> sorted(load_predictions()["tested_on"].unique())
    ['clean', 'noisy']
    """
    path = result_path(corpus, recipe, folder, "_predictions.csv.gz")
    mend = f"`ser evaluate --corpus {corpus} --recipe {recipe}`"
    if not path.exists():
        raise CourseError(f"{recipe} was not measured on {corpus} yet: there is no {path}. {mend} does it.")
    predictions = pd.read_csv(path)
    if predictions.duplicated(["protocol", "tested_on", "clip"]).any():
        raise CourseError(f"{path} holds two predictions of one clip for one thing measured. {mend} measures anew.")
    return predictions


def load_unheard(corpus: str = "crema-d", recipe: str | Recipe = "original", folder: Path = RESULTS) -> pd.DataFrame:
    """Of `load_predictions`, what models trained as `ser train` trains say to untouched clips of speakers not heard.

    Examples
    --------
    >>> len(load_unheard()), load_unheard()["clip"].is_unique
    (6130, True)
    """
    recipe = named(recipe)
    said = load_predictions(corpus, recipe.name, folder)
    return said[(said["protocol"] == HOW_TRAINED[makes_copies(recipe)]) & (said["tested_on"] == "clean")]
