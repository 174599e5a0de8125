"""Figures of scores: a model under several protocols, behind every chain, on groups and on single actors. Lessons 04-08."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from .. import corpus, evaluate
from ..corpus import LABELS
from ..errors import CourseError
from .picture import (
    GREY,
    TEST,
    TRAIN,
    Keywords,
    Picture,
    join,
    legend,
    light,
    looks,
    new_axes,
    percent,
    speakers,
    titled,
)


@light
def leak_meter(
    scores: pd.DataFrame,
    tested_on: str = "clean",
    score: str = "accuracy",
    target: str = "intended",
    people: float | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Picture:
    """Bars: the same model's score under each protocol, with its 95 % interval over actors.

    Parameters
    ----------
    scores : DataFrame
        From `evaluate.load_scores`, or a DataFrame of `evaluate.score_table`.
    tested_on : {"clean", "noisy"}
    score : {"accuracy", "uar"}
    target : {"intended", "crowd"}
    people : float, optional
        A score 0..1 of listeners to compare with, from `evaluate.human_yardstick`.

    Raises
    ------
    CourseError
        When no score fits, or more than one does: scores of two models in one table, say.

    Notes
    -----
    Lesson 05 and the README.

    Examples
    --------
    >>> scores = evaluate.load_scores()
    >>> picture = leak_meter(scores[scores["protocol"] == "actors"])
    >>> picture.sentence[:48]
    'Accuracy of one model against the intended label'
    """
    rows = _chosen(scores, target, tested_on=tested_on)
    ax = new_axes(ax, 0.9 + 0.62 * len(rows), 8)
    for place, (protocol, row) in enumerate(rows.iterrows()):
        low, high = row[f"{score}_interval"]
        bar: Keywords = {"color": TEST, "hatch": "//", "edgecolor": "white"} if protocol == "leak" else {"color": TRAIN}
        ax.barh(place, 100 * row[score], height=0.66, **bar)
        _interval(ax, place, low, high)
        ax.annotate(percent(row[score]), (100 * high, place), xytext=(8, 0), textcoords="offset points", va="center")
    _protocol_axis(ax, rows.index)
    ax.set_ylim(bottom=len(rows) - 0.1)
    _reference(ax, 1 / len(rows["recall"].iloc[0]), "guessing")
    if people is not None:
        _reference(ax, people, "listeners")
    name = {"uar": "UAR"}.get(score, score)
    ax.set(xlabel=f"{name} in %, with 95 % interval over actors", xlim=(0, 1.25 * 100 * rows[score].max()))
    values = "; ".join(f"{percent(row[score])} with {_in_words(protocol)}" for protocol, row in rows.iterrows())
    sentence = f"{name} of one model against the {target} label on {_tested(rows)}, "
    sentence += f"tested on {tested_on} clips: {values}"
    if people is not None:
        sentence += f"; listeners {percent(people)}"
    gap = 100 * (rows[score].iloc[0] - rows[score].iloc[-1])
    return titled(ax, title, f"{sentence}; {gap:.1f} points between the first bar and the last.")


CHAIN_SCORES = {"kept": "share of labels kept", "accuracy": "accuracy", "uar": "UAR"}


@light
def chain_meter(rows: pd.DataFrame, score: str = "kept", title: str = "", ax: Axes | None = None) -> Picture:
    """Dots: what is left of a recipe's answers behind everything that can happen to a recording.

    Parameters
    ----------
    rows : DataFrame
        From `evaluate.load_chains`: the recipes in it stand side by side.
    score : {"kept", "accuracy", "uar"}
        Kept is the share of clips with the label of their untouched copy.

    Raises
    ------
    CourseError
        When there are no rows, or two for one recipe and chain.

    Notes
    -----
    Lesson 08 and the README.

    Examples
    --------
    >>> from ser_helpers.audio import CHAINS
    >>> rows = [
    ...     {"recipe": "original", "corpus": "crema-d", "chain": name, "group": CHAINS[name].group, "tested_on": name,
    ...      "n_clips": 1500, "n_actors": 75, "kept": kept, "kept_interval": (kept - 0.02, kept), "vanished": gone}
    ...     for name, kept, gone in (("untouched", 1, []), ("mp3_64", 0.4, ["sad"]), ("opus", 0.52, []))
    ... ]
    >>> chain_meter(pd.DataFrame(rows))
    Share of labels kept on 1,500 clips of 75 actors, behind 2 chains: original from 40.0 % (mp3_64) to 52.0 % (opus), below
    one half in 1, some label lost in 1, most often sad.
    """
    if not len(rows) or rows.duplicated(["recipe", "chain"]).any():
        raise CourseError("A row per recipe and chain was expected, one or more: evaluate.load_chains() has them.")
    chains, recipes = rows.drop_duplicates("chain").set_index("chain"), rows["recipe"].unique()
    ax = new_axes(ax, 1.1 + 0.3 * len(chains), 8)
    places = pd.Series(np.arange(len(chains), dtype=float), chains.index)
    for number, recipe in enumerate(recipes):
        own = rows[rows["recipe"] == recipe]
        at = places[own["chain"]].to_numpy() + 0.56 * ((number + 0.5) / len(recipes) - 0.5)
        colour, marker = (TRAIN, TEST, GREY)[number % 3], "osD^v"[number % 5]
        low, high = 100 * np.array(own[f"{score}_interval"].tolist()).T
        ax.hlines(at, low, high, color=colour, linewidth=1.2)
        ax.plot(100 * own[score], at, marker, color=colour, markersize=5.5, label=recipe)
    groups = chains["group"].to_numpy()
    for place in np.flatnonzero(groups[1:] != groups[:-1]):
        ax.axhline(place + 0.5, color="#C8D3E6", linewidth=1, zorder=0)
    ax.set_yticks(range(len(chains)), chains["tested_on"], fontsize=9.5)
    ax.set(
        ylim=(len(chains) - 0.5, -0.5), xlim=(0, 103), xlabel=f"{CHAIN_SCORES[score]} in %, 95 % interval over actors"
    )
    legend(ax)
    words = "; ".join(_behind_chains(rows[rows["recipe"] == recipe], score) for recipe in recipes)
    sentence = (
        f"{CHAIN_SCORES[score]} on {_tested(rows)}, behind {len(chains.drop('untouched', errors='ignore'))} chains"
    )
    return titled(ax, title, f"{sentence}: {words}.")


def _behind_chains(rows: pd.DataFrame, score: str) -> str:
    """One recipe's worst and best chain in words, and what its answers lack."""
    plain, behind = (rows[(rows["chain"] == "untouched") == untouched] for untouched in (True, False))
    said = str(rows["recipe"].iloc[0])
    if score != "kept" and len(plain):
        said += f" {percent(plain[score].iloc[0])} untouched,"
    if behind.empty:
        return said.removesuffix(",")
    worst, best = behind.loc[behind[score].idxmin()], behind.loc[behind[score].idxmax()]
    said += f" from {percent(worst[score])} ({worst['tested_on']}) to {percent(best[score])} ({best['tested_on']})"
    if score == "kept":
        said += f", below one half in {(behind[score] < 0.5).sum()}"
    gone = behind["vanished"].explode().dropna()
    if gone.empty:
        return f"{said}, no label lost anywhere"
    return f"{said}, some label lost in {gone.index.nunique()}, most often {gone.mode().iloc[0]}"


@light
def clean_and_noisy(
    scores: pd.DataFrame, score: str = "accuracy", target: str = "intended", title: str = "", ax: Axes | None = None
) -> Picture:
    """Pairs of dots: each protocol tested on clean clips and on the same clips with noise.

    Parameters
    ----------
    scores : DataFrame
        From `evaluate.load_scores`.
    score : {"accuracy", "uar"}
    target : {"intended", "crowd"}

    Raises
    ------
    CourseError
        As for `leak_meter`.

    Notes
    -----
    Lesson 04: what noisy copies in training cost on clean clips, and what they save on noisy ones.

    Examples
    --------
    >>> clean_and_noisy(evaluate.load_scores()).sentence[:46]
    'Accuracy on clean and noisy (15 dB SNR) copies'
    """
    clean, noisy = (_chosen(scores, target, tested_on=condition) for condition in ("clean", "noisy"))
    ax = new_axes(ax, 1.1 + 0.62 * len(clean), 8)
    for place, protocol in enumerate(clean.index):
        pair = 100 * np.array([clean[score][protocol], noisy[score][protocol]])
        ax.plot(pair, [place, place], color=GREY, linewidth=1, zorder=1)
        for value, other, marker, colour in zip(pair, pair[::-1], "os", (TRAIN, TEST), strict=True):
            ax.plot(value, place, marker, color=colour, markersize=12 if marker == "o" else 6)
            side = 1 if (value, marker) > (other, "p") else -1  # where they are equal, the square's number stands right
            beside: Keywords = {
                "xytext": (9 * side, 0),
                "textcoords": "offset points",
                "ha": "left" if side > 0 else "right",
            }
            ax.annotate(f"{value:.1f}", (value, place), va="center", color=colour, **beside)
    for marker, size, text in (("o", 12, "tested on clean clips"), ("s", 6, "on noisy clips (15 dB SNR)")):
        ax.plot([], [], marker, color=TRAIN if marker == "o" else TEST, markersize=size, label=text)
    legend(ax)
    _protocol_axis(ax, clean.index)
    name = {"uar": "UAR"}.get(score, score)
    both = pd.concat([clean[score], noisy[score]])
    ax.set(xlabel=f"{name} in %", xlim=(100 * both.min() - 7, 100 * both.max() + 7))
    values = "; ".join(
        f"{100 * clean[score][protocol]:.1f} and {percent(noisy[score][protocol])} with {_in_words(protocol)}"
        for protocol in clean.index
    )
    return titled(ax, title, f"{name} on clean and noisy (15 dB SNR) copies of {_tested(clean)}: {values}.")


@light
def recall_bars(frame: pd.DataFrame, score: str = "UAR", title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: a score per group, with its interval.

    Parameters
    ----------
    frame : DataFrame with columns group, score, low and high, shares 0..1
        A row per group, drawn in this order; low and high may be missing. Groups that are labels have their colours.
    score : str
        What was counted, as "UAR" or "recall".

    Notes
    -----
    Lesson 07.

    Examples
    --------
    >>> rows = [("women", 0.5, 0.45, 0.55), ("men", 0.4, 0.38, 0.44)]
    >>> recall_bars(pd.DataFrame(rows, columns=["group", "score", "low", "high"]))
    UAR of 2 groups: women highest with 50.0 % (45.0-55.0), men lowest with 40.0 % (38.0-44.0); these two intervals do
    not overlap.
    """
    frame = pd.DataFrame(frame).reset_index(drop=True)
    if not len(frame) or not {"group", "score"} <= set(frame.columns):
        raise CourseError("A table with columns group, score, low and high was expected, one row or more.")
    frame = frame.reindex(columns=["group", "score", "low", "high"])
    ax = new_axes(ax, 1.0 + 0.42 * len(frame))
    colours = looks(frame["group"], other=TRAIN)
    for place, (group, value, low, high) in enumerate(frame.itertuples(index=False)):
        ax.barh(place, 100 * value, height=0.66, color=colours[group][0])
        _interval(ax, place, low, high)
        end = 100 * np.nanmax([value, high, 0])
        text = "no clips" if pd.isna(value) else percent(value)
        ax.annotate(text, (end, place), xytext=(8, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(frame)), frame["group"].astype(str))
    known = not frame[["low", "high"]].isna().to_numpy().all()
    ax.set(ylim=(len(frame) - 0.5, -0.5), xlabel=f"{score} in %" + ", with interval" * known)
    ax.set_xlim(0, 115 * max(np.nanmax(frame[["score", "high"]].to_numpy(dtype=float)), 0.1))
    best, worst = frame.loc[frame["score"].idxmax()], frame.loc[frame["score"].idxmin()]
    words = {
        row["group"]: f"{percent(row['score'])}"
        + (f" ({100 * row['low']:.1f}-{100 * row['high']:.1f})" if pd.notna(row["low"]) else "")
        for row in (best, worst)
    }
    if len(frame) == 1:
        return titled(ax, title, f"{score} of {best['group']}: {words[best['group']]}.")
    sentence = f"{score} of {len(frame)} groups: {best['group']} highest with {words[best['group']]}, "
    sentence += f"{worst['group']} lowest with {words[worst['group']]}"
    if pd.notna(best["low"]) and pd.notna(worst["high"]):
        sentence += f"; these two intervals {'overlap' if best['low'] <= worst['high'] else 'do not overlap'}"
    return titled(ax, title, sentence + ".")


@light
def reliability(calibration: Mapping[str, Any], title: str = "", ax: Axes | None = None) -> Picture:
    """Dots: how often a model is right where it says 60 %, 70 % and so on, beside the line where the two agree.

    Parameters
    ----------
    calibration : mapping
        Of `evaluate.measured`: ece, n_clips, and bins with said (the mean probability), accuracy, n_clips and n_actors. A
        bin of too few speakers has no accuracy, and no dot.

    Raises
    ------
    CourseError
        When no bin has an accuracy.

    Notes
    -----
    `ser report`.

    Examples
    --------
    >>> bins = [{"said": 0.35, "accuracy": 0.3, "accuracy_interval": [0.2, 0.4], "n_clips": 40},
    ...         {"said": 0.85, "accuracy": 0.7, "accuracy_interval": [0.6, 0.8], "n_clips": 60}]
    >>> reliability({"ece": 0.11, "n_clips": 100, "bins": bins})
    What a model says and how often it is right, on 100 clips: off by 11.0 points on average (ECE), most where it says 85 %
    and is right in 70 %, 60 clips.
    """
    bins = [one for one in calibration["bins"] if one["accuracy"] is not None]
    if not bins:
        raise CourseError("No bin has an accuracy to draw: each has too few speakers.")
    ax = new_axes(ax, 4.4, 5.2)
    ax.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1, zorder=0)
    ax.annotate("says what it is", (8, 8), xytext=(8, -6), textcoords="offset points", color=GREY, fontsize=9.5)
    said, right = (100 * np.array([one[name] for one in bins]) for name in ("said", "accuracy"))
    low, high = 100 * np.array([one["accuracy_interval"] for one in bins]).T
    most = max(one["n_clips"] for one in bins)
    ax.vlines(said, low, high, color="black", linewidth=1.2)
    ax.scatter(said, right, s=[30 + 170 * one["n_clips"] / most for one in bins], color=TRAIN, zorder=3)
    ax.set(xlim=(0, 100), ylim=(0, 100), aspect="equal")
    ax.set(xlabel="probability of its label in %", ylabel="right in %, 95 % interval over speakers")
    worst = bins[int(np.abs(right - said).argmax())]
    return titled(
        ax,
        title,
        f"what a model says and how often it is right, on {calibration['n_clips']:,} clips: off by "
        f"{100 * calibration['ece']:.1f} points on average (ECE), most where it says {percent(worst['said'], 0)} and is "
        f"right in {percent(worst['accuracy'], 0)}, {worst['n_clips']:,} clips.",
    )


@light
def actor_scores(
    frame: pd.DataFrame,
    score: str = "accuracy",
    title: str = "",
    ax: Axes | None = None,
    labels: Sequence[str] = LABELS,
) -> Picture:
    """Dots: the score of each actor's clips, lowest first.

    Parameters
    ----------
    frame : DataFrame with columns actor and score, shares 0..1
    score : str
        What was counted, as "accuracy".
    labels : sequence of str
        Among which was guessed.

    Notes
    -----
    Lesson 07: how much the same model differs from one actor to the next.

    Examples
    --------
    >>> actor_scores(pd.DataFrame({"actor": [1001, 1002, 1003], "score": [0.5, 0.3, 0.6]}))
    Accuracy of 3 actors: from 30.0 % (actor 1002) to 60.0 % (actor 1003), median 50.0 %; 0 of them at or below 16.7 %,
    what guessing reaches.
    """
    if not len(frame) or not {"actor", "score"} <= set(frame.columns):
        raise CourseError("A table with columns actor and score was expected, one row or more.")
    frame = frame.sort_values(["score", "actor"])
    values, names = frame["score"].to_numpy(dtype=float), frame["actor"].to_numpy()
    ax = new_axes(ax, 3, 8)
    place = np.arange(len(frame))
    ax.vlines(place, 0, 100 * values, color="#C8D3E6", linewidth=2, zorder=0)
    ax.plot(place, 100 * values, "o", color=TRAIN, markersize=5)
    guess = 1 / len(labels)
    for value, text, line in ((np.median(values), "median", "-"), (guess, "guessing", "--")):
        ax.axhline(100 * value, color="black", linestyle=line, linewidth=1, zorder=1)
        beside: Keywords = {"xycoords": ("axes fraction", "data"), "xytext": (4, 0), "textcoords": "offset points"}
        ax.annotate(text, (1, 100 * value), va="center", **beside)
    step = -(-len(frame) // 40)
    ax.set_xticks(place[::step], names[::step], rotation=90 if len(frame) > 10 else 0, fontsize=9)
    ax.set(xlabel=f"actor, lowest {score} first", ylabel=f"{score} in %", ylim=(0, max(100 * values.max() + 5, 25)))
    ax.set_xlim(-0.8, len(frame) - 0.2)
    low = f"{percent(values[0])} (actor {names[0]})"
    if len(frame) == 1:
        return titled(ax, title, f"{score} of {speakers(names)}: {low}.")
    return titled(
        ax,
        title,
        f"{score} of {speakers(names)}: from {low} to {percent(values[-1])} (actor {names[-1]}), "
        f"median {percent(np.median(values))}; {(values <= guess).sum()} of them at or below {percent(guess)}, what "
        "guessing reaches.",
    )


def _chosen(scores: pd.DataFrame, target: str, tested_on: str) -> pd.DataFrame:
    """The rows asked for, one per protocol, in the order of `evaluate.PROTOCOLS`."""
    fit = scores[(scores["target"] == target) & (scores["tested_on"] == tested_on)]
    found = fit["protocol"].unique()
    if not len(found):
        evaluate.pick(scores, target=target, tested_on=tested_on)  # says what there is
    for column in ("corpus", "recipe", "features"):
        if column in fit and len(several := fit[column].unique()) > 1:
            raise CourseError(
                f"A figure shows one model, and these scores have more than one {column}: {join(several)}. Choose one "
                f'first, as scores[scores["{column}"] == "{several[0]}"].'
            )
    order = [*(p for p in evaluate.PROTOCOLS if p in found), *(p for p in found if p not in evaluate.PROTOCOLS)]
    return pd.DataFrame([evaluate.pick(fit, protocol=protocol) for protocol in order]).set_index("protocol")


def _tested(rows: pd.DataFrame) -> str:
    people = corpus.of_people([f"{name}/" for name in rows.get("corpus", ())])
    return (
        f"{rows['n_clips'].iloc[0]:,} clips of {rows['n_actors'].iloc[0]} {'actors' if people else 'synthetic voices'}"
    )


def _in_words(protocol: str) -> str:
    return evaluate.PROTOCOLS.get(protocol, protocol)


def _protocol_axis(ax: Axes, protocols: Iterable[str]) -> None:
    names = [textwrap.fill(_in_words(protocol), 27) for protocol in protocols]
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)


def _interval(ax: Axes, place: float, low: float, high: float) -> None:
    """A horizontal interval, shares on an axis in per cent; nothing where it is not known."""
    halo = [withStroke(linewidth=3.5, foreground="white")]  # black alone would drown in a dark bar
    ends: Keywords = {"marker": "|", "markersize": 9, "markeredgewidth": 1.4}
    ax.plot([100 * low, 100 * high], [place, place], color="black", zorder=3, path_effects=halo, **ends)


def _reference(ax: Axes, share: float, text: str) -> None:
    """A dashed line at a share, behind the bars, named at its lower end."""
    ax.axvline(100 * share, color="black", linestyle="--", linewidth=1, zorder=0)
    foot: Keywords = {"xycoords": ("data", "axes fraction"), "xytext": (4, 3), "textcoords": "offset points"}
    ax.annotate(text, (100 * share, 0), fontsize=9.5, **foot)
