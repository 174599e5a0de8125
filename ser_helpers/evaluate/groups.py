"""What a model's card says beside one score: whom and what it is right about, behind which way, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import corpus as corpora
from ..corpus import Corpus
from ..model import Recipe, named, version_of
from .chains import chains_path, load_chains
from .metrics import calibration, ece, interval_over, mean_interval
from .refusals import load_refusals
from .results import RESULTS, expected, load_unheard

FEWEST = 10  # speakers: an interval over fewer is too narrow, see `actor_interval`
BINS = 10
LEVELS = {"low": 1, "medium": 2, "high": 3, "unspecified": 4}
MUCH = 0.05  # of accuracy lost behind a chain


def measured(corpus: str | Path = "crema-d", recipe: str = "original", folder: Path = RESULTS) -> dict:
    """What `ser evaluate` found of a recipe on speakers it has not heard, by groups, for its model's card.

    Parameters
    ----------
    corpus : str or Path
        A name, or the CSV of a corpus of one's own.
    recipe : str
    folder : Path
        With scores, predictions, and if there are any, the rows of the chains.

    Returns
    -------
    dict
        ``groups``: a record per emotion, level, sex and age (of the speaker) and chain, with ``by``, ``group``, n_clips,
        n_actors, accuracy and its 95 % interval over speakers; of fewer than ten speakers no accuracy, but ``too_few``.
        Of a model that may refuse, refused too: the share of clips that got no label, with its interval.
        Of a chain also ``lost`` (accuracy against untouched copies), ``kept``, ``ece`` and ``vanished``.
        ``speakers``: accuracy that nine in ten single speakers, half of them, and one in ten exceed.
        ``calibration``: ece and its interval, and for each bin of probability what was said and how often it was right.
        ``limits``: in sentences. Empty where nothing was measured on the features of today.

    Notes
    -----
    `ser card` shows it, and renews it in a card; speakers kept apart, trained as `ser train` trains, untouched clips.

    Examples
    --------
    >>> record = next(row for row in measured()["groups"] if row["group"] == "female")
    >>> record["n_actors"], record["accuracy_interval"][0] < record["accuracy"] < record["accuracy_interval"][1]
    (35, True)
    """
    part, maker = corpora.named(corpus), named(recipe)
    if not expected(part.name, recipe, folder):
        return {}
    rows = _answers(part, maker, folder)
    groups = [*_by_clips(rows), *_by_chain(part.name, maker, folder)]
    single = rows.groupby("speaker")["right"].mean().quantile([0.1, 0.5, 0.9]).tolist()
    found: dict[str, Any] = {"groups": groups}
    if rows["speaker"].nunique() >= FEWEST:
        found["speakers"] = dict(zip(("nine_in_ten_above", "half_above", "one_in_ten_above"), single, strict=True))
    if "probability" in rows:  # results of an earlier version of the course lack it
        found["calibration"] = _calibration(rows)
    return found | {"limits": _limits(part, maker, rows, found)}


def _answers(part: Corpus, recipe: Recipe, folder: Path) -> pd.DataFrame:
    """Untouched clips of speakers that were not heard: the corpus's columns, probability, and whether it was right."""
    rows = load_unheard(part.name, recipe, folder).merge(part.table(), on="clip", validate="1:1")
    rows = rows.assign(right=rows["predicted"] == rows["emotion"])
    asked = load_refusals(part.name, recipe, folder).set_index("clip")["reason"]
    return rows.assign(refused=rows["clip"].map(asked) != "") if rows["clip"].isin(asked.index).all() else rows


def _share(rows: pd.DataFrame) -> dict[str, Any]:
    """Clips, speakers, how often it was right or gave no label: with fewer than ten speakers that is not said."""
    counted: dict[str, Any] = {"n_clips": len(rows), "n_actors": int(rows["speaker"].nunique())}
    if counted["n_actors"] < FEWEST:
        return counted | {"accuracy": None, "too_few": True}
    for name, column in (("accuracy", "right"), ("refused", "refused")):
        if column in rows:
            counted[name], *counted[f"{name}_interval"] = mean_interval(rows[column], rows["speaker"])
    return counted


def _by_clips(rows: pd.DataFrame) -> Iterator[dict]:
    """A record for all clips, then for each emotion, level, sex and age that the corpus tells."""
    yield {"by": "all", "group": "all clips", **_share(rows)}
    rows = rows.assign(age=_decade(_years(rows)))
    for by in ("emotion", "level", "sex", "age"):
        there = sorted(set(rows.get(by, ())) - {""}, key=lambda group: (LEVELS.get(group, 0), group))
        for group in there if len(there) > 1 else ():
            yield {"by": by, "group": group, **_share(rows[rows[by] == group])}


def _years(rows: pd.DataFrame) -> pd.Series:
    """Of the speaker of each clip, 0 where it is not told."""
    ages = rows.get("age", pd.Series(0, index=rows.index))
    return pd.to_numeric(ages, errors="coerce").fillna(0).astype(int)


def _decade(age: pd.Series) -> pd.Series:
    """ "20 to 29", up to "60 and older"; "" where it is not known (0)."""
    start = (age // 10 * 10).clip(upper=60)
    words = start.astype(str) + " to " + (start + 9).astype(str)
    return words.where(start < 60, "60 and older").where(age > 0, "")


def _by_chain(corpus: str, recipe: Recipe, folder: Path) -> Iterator[dict]:
    if not chains_path(corpus, folder).exists():
        return
    rows = load_chains(corpus, folder)
    rows = rows[(rows["recipe"] == recipe.name) & (rows["features"] == version_of(recipe.features))]
    for row in rows.to_dict("records"):
        kept = ("n_clips", "n_actors", "accuracy", "accuracy_interval", "kept", "kept_interval", "ece", "vanished")
        yield {"by": "chain", "group": row["tested_on"], "lost": -row["gained"], **{name: row[name] for name in kept}}


def _calibration(rows: pd.DataFrame) -> dict:
    """Whether 70 % means seven in ten: over all answers, and in each bin of the probability that was stated."""
    by_speaker = np.stack(
        [calibration(some["probability"], some["right"], BINS) for _, some in rows.groupby("speaker")]
    )
    bins = []
    for number, some in rows.groupby((rows["probability"] * BINS).astype(int).clip(upper=BINS - 1)):
        between = [int(number) / BINS, (int(number) + 1) / BINS]
        bins.append({"between": between, "said": float(some["probability"].mean()), **_share(some)})
    low, high = interval_over(ece, by_speaker)
    return {"ece": float(ece(by_speaker.sum(axis=0))), "ece_interval": [low, high], "n_clips": len(rows), "bins": bins}


def _more_often(groups: list[dict]) -> str:
    """Whom a model refuses more often than all, beyond chance, in a sentence."""
    more = [
        f"{'level ' if row['by'] == 'level' else ''}{row['group']} ({100 * row['refused']:.1f} %)"
        for row in groups
        if row["by"] != "all" and "refused" in row and row["refused_interval"][0] > groups[0]["refused"]
    ]
    return f" More often, beyond chance, to those of: {', '.join(more)}." if more else ""


def _limits(part: Corpus, recipe: Recipe, rows: pd.DataFrame, found: dict) -> list[str]:
    """What the figures mean for whoever asks the model, in sentences."""
    groups, ages = found["groups"], _years(rows)
    aged = f", aged {ages[ages > 0].min()} to {ages.max()}" if ages.any() else ""
    limits = [
        f"All speakers are those of {part.title}{aged}, who acted given sentences. Nothing is known of other languages, "
        "other ages, or people who do not act."
    ]
    if hasattr(recipe, "answered"):
        limits.append(
            "Where it doubts, it gives no label but the reason; these figures count its likeliest label all the same."
        )
    if "refused" in groups[0]:
        share, (least, most) = groups[0]["refused"], groups[0]["refused_interval"]
        limits.append(
            f"It gives no label to {100 * share:.1f} % ({100 * least:.1f} to {100 * most:.1f}) of true voices that it has not "
            f"heard, as they are.{_more_often(groups)}"
        )
    if "speakers" in found:
        low, high = (f"{100 * found['speakers'][name]:.0f}" for name in ("nine_in_ten_above", "one_in_ten_above"))
        limits.append(
            f"People differ: it is right in fewer than {low} % of the clips of one speaker in ten, and in more than {high} % "
            "of another one in ten. A figure over many says little about one voice."
        )
    overall = groups[0]["accuracy"]
    below = [
        row["group"]
        for row in groups
        if row["by"] not in ("all", "chain") and "accuracy_interval" in row and row["accuracy_interval"][1] < overall
    ]
    chains = [row for row in groups if row["by"] == "chain"]
    weak = [f"{row['group']} (-{100 * row['lost']:.0f})" for row in chains if row["lost"] > MUCH]
    gone = [f"{row['group']} ({', '.join(row['vanished'])})" for row in chains if row["vanished"]]
    for start, those in (
        ("Less often right than on all clips, beyond chance, are those of: ", below),
        ("More than 5 points are lost behind: ", weak),
        ("Some labels hardly ever come behind: ", gone),
    ):
        limits += [f"{start}{', '.join(those)}."] if those else []
    return limits
