"""Figures of labels: how many clips have each, what listeners heard, what a model answers, and what it takes for what.

Labels beyond the six get a colour and a marker of their own, and none is dropped. Lessons 00 to 02, 07 and 08.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..corpus import LABELS
from ..corpus.labels import labels_in
from ..errors import CourseError
from .picture import Picture, join, light, looks, new_axes, new_figure, percent, speakers, titled


@light
def emotion_counts(
    clips: pd.DataFrame, title: str = "", ax: Axes | None = None, labels: Sequence[str] | None = None
) -> Picture:
    """Bars: how many clips each intended emotion has.

    Parameters
    ----------
    clips : DataFrame with a column emotion
    labels : sequence of str, optional
        The bars, as ``corpus.named("ravdess").labels``; the six where no other label comes, else those that come.

    Raises
    ------
    CourseError
        When a clip has none of `labels`.

    Notes
    -----
    Lessons 01 and 02.

    Examples
    --------
    >>> emotion_counts(pd.DataFrame({"emotion": ["angry", "sad", "sad"]}))
    3 clips by intended emotion: 1 angry, 0 disgust, fear, happy and neutral, 2 sad.
    >>> emotion_counts(pd.DataFrame({"emotion": ["calm", "sad", "calm"]}))
    3 clips by intended emotion: 1 sad, 2 calm.
    """
    emotions = clips["emotion"].astype(str)
    labels = labels_in(emotions, labels)
    counts = emotions.value_counts().reindex(list(labels), fill_value=0)
    ax = new_axes(ax, 3.2)
    ax.bar_label(ax.bar(labels, counts, color=_colours(labels)), fmt="{:,.0f}", padding=2)
    ax.set(xlabel="intended emotion", ylabel="clips", ylim=(0, 1.12 * max(counts.max(), 1)))
    groups = counts.groupby(counts, sort=False)
    parts = (f"{n:,} {'each of ' if n and len(g) > 1 else ''}{join(g.index)}" for n, g in groups)
    column = next((column for column in ("speaker", "actor_id") if column in clips and len(clips)), None)
    whose = f" of {speakers(clips[column])}" if column else ""
    return titled(ax, title, f"{len(clips):,} clips{whose} by intended emotion: {', '.join(parts)}.")


@light
def votes(clip_row: Mapping | pd.Series, title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: what the crowd heard in one clip, beside what the actor was asked to act.

    Parameters
    ----------
    clip_row : Series or mapping
        One row of `corpus.clip_table`: clip, emotion, and the votes on each label that listeners could choose.

    Raises
    ------
    CourseError
        When there are more rows than one, or no votes.

    Notes
    -----
    Lessons 01 and 07.

    Examples
    --------
    >>> from ser_helpers import corpus
    >>> votes(corpus.clip_table().iloc[0])
    Listeners on 1001_DFA_ANG_XX, intended angry: 6 of 9 heard angry, 2 disgust, 1 neutral.
    """
    if isinstance(clip_row, pd.DataFrame):
        if len(clip_row) != 1:
            raise CourseError(f"votes draws one clip; {len(clip_row)} rows came. clips.iloc[0] is one row.")
        clip_row = clip_row.iloc[0]
    heard = {str(key)[len("votes_") :]: int(n) for key, n in clip_row.items() if str(key).startswith("votes_")}
    if not heard:
        raise CourseError("This clip has no votes: a row with columns like votes_angry was expected.")
    intended, total = str(clip_row["emotion"]), sum(heard.values())
    shown = {**heard, intended: heard.get(intended, 0)}
    names = list(shown)
    ax = new_axes(ax, _height(names))
    bars = ax.barh(names, list(shown.values()), color=_colours(names))
    bars[names.index(intended)].set(hatch="//", edgecolor="white")
    ax.bar_label(bars, padding=4)
    ax.set_yticks(range(len(names)), [f"intended: {name}" if name == intended else name for name in names])
    ax.yaxis.get_major_ticks()[names.index(intended)].label1.set_fontweight("bold")
    ax.set(xlabel="votes on the voice alone", xlim=(0, 1.1 * max(*heard.values(), 1)))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.invert_yaxis()
    sentence = f"listeners on {clip_row['clip']}, intended {intended}: "
    if not total:
        return titled(ax, title, sentence + "0 votes, for nobody was asked about this clip.")
    counts = [(n, label) for label, n in sorted(heard.items(), key=lambda item: -item[1]) if n]
    rest = "".join(f", {n} {label}" for n, label in counts[1:])
    rest += "" if intended in heard else f"; {intended} was not among their choices"
    return titled(ax, title, f"{sentence}{counts[0][0]} of {total} heard {counts[0][1]}{rest}.")


@light
def probabilities(prediction: Any, title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: the probabilities behind a prediction.

    Parameters
    ----------
    prediction : model.Prediction, or dict of label to probability

    Notes
    -----
    Lessons 00 and 08.

    Examples
    --------
    >>> probabilities({"angry": 0.7, "disgust": 0.05, "fear": 0.05, "happy": 0.2, "neutral": 0, "sad": 0})
    The model gives angry 70 %, happy 20 % and the other 4 emotions 10 % together.
    >>> probabilities({"calm": 0.7, "loud": 0.3})
    The model gives calm 70 % and loud 30 %.
    """
    shares = dict(getattr(prediction, "probabilities", prediction))
    ranked = sorted(shares, key=lambda name: -shares[name])
    ax = new_axes(ax, _height(ranked))
    bars = ax.barh(list(shares), [100 * p for p in shares.values()], color=_colours(shares))
    ax.bar_label(bars, [percent(p, 0) for p in shares.values()], padding=4)
    ax.set(xlabel="probability in %", xlim=(0, 108))
    ax.invert_yaxis()
    words = [f"{name} {percent(shares[name], 0)}" for name in ranked[: 2 if len(ranked) > 3 else 3]]
    if len(ranked) > 3:
        rest = sum(shares[name] for name in ranked[2:])
        words.append(f"the other {len(ranked) - 2} emotions {percent(rest, 0)} together")
    return titled(ax, title, f"the model gives {join(words)}.")


@light
def confusion(counts: np.ndarray, title: str = "", ax: Axes | None = None, labels: Sequence[str] = LABELS) -> Picture:
    """Heat map: what each true emotion is taken for, in per cent of its clips.

    Parameters
    ----------
    counts : ndarray, shape (n_labels, n_labels)
        Rows true, columns predicted, in the order of `labels`: `evaluate.confusion`. A row without clips stays blank.
    labels : sequence of str

    Notes
    -----
    Lesson 07.

    Examples
    --------
    >>> confusion(8 * np.eye(6) + 2 * np.eye(6)[[1, 1, 2, 3, 4, 5]])
    Confusion of 60 clips: UAR 96.7 %, disgust found best (100 %), angry worst (80 %), 20 % of angry taken for disgust.
    """
    more = max(0.45 * (len(labels) - 6), 0)
    ax = new_axes(ax, 4.2 + more, 5.6 + more)
    sentence = _heat_map(ax, counts, labels, "predicted", bar=True)
    return titled(ax, title, f"confusion of {np.sum(counts):,.0f} clips: {sentence}.")


@light
def confusion_pair(
    left: np.ndarray,
    right: np.ndarray,
    titles: Sequence[str] = ("model", "listeners"),
    title: str = "",
    labels: Sequence[str] = LABELS,
) -> Picture:
    """Two heat maps side by side, as the model's beside the crowd's.

    Parameters
    ----------
    left, right : ndarray, shape (n_labels, n_labels)
        As for `confusion`.
    titles : two str
    labels : sequence of str

    Notes
    -----
    Lesson 07.

    Examples
    --------
    >>> confusion_pair(np.eye(6), np.eye(6)[[4] * 6])
    Two confusions. model: UAR 100.0 %, angry found best (100 %). listeners: UAR 16.7 %, neutral found best (100 %),
    angry worst (0 %), 100 % of angry taken for neutral.
    """
    more = max(0.45 * (len(labels) - 6), 0)
    figure = new_figure(4.3 + more, 9.6)
    sentences = []
    for ax, counts, name in zip(figure.subplots(1, 2), (left, right), titles, strict=True):
        sentences.append(f"{name}: {_heat_map(ax, counts, labels, 'answer', bar=False)}.")
        ax.set_title(name)
    figure.axes[1].set_ylabel("")
    figure.supxlabel("numbers: per cent of the row", fontsize="small")
    return titled(figure, title, f"two confusions. {' '.join(sentences)}")


def _heat_map(ax: Axes, counts: np.ndarray, labels: Sequence[str], xlabel: str, bar: bool) -> str:
    """Draw per cent of each row; say what was found best, worst, and mistaken most."""
    import seaborn as sns

    counts, n = np.asarray(counts, dtype=float), len(labels)
    if counts.shape != (n, n) or not counts.sum():
        raise CourseError(
            f"Counts of {n} true by {n} predicted labels were expected ({join(labels)}; evaluate.confusion gives them); "
            f"an array of shape {counts.shape} with {counts.sum():g} clips came. Name other labels with labels=."
        )
    clips = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, clips, out=np.full_like(counts, np.nan), where=clips > 0)
    sns.heatmap(
        data=pd.DataFrame(100 * share, index=list(labels), columns=list(labels)),
        annot=True, fmt=".0f", cmap="Blues", vmin=0, vmax=100, square=True, linewidths=0.5, cbar=bar,
        cbar_kws={"label": "per cent of the row", "shrink": 0.8} if bar else None, ax=ax,
    )  # fmt: skip
    ax.set(xlabel=xlabel, ylabel="true")
    ax.tick_params(rotation=0, length=0)
    ax.tick_params(axis="x", rotation=45 if n <= 6 else 90)
    right, wrong = np.diag(share), np.where(np.eye(n, dtype=bool), -1, np.nan_to_num(share, nan=-1))
    best, worst = int(np.nanargmax(right)), int(np.nanargmin(right))
    true, taken = divmod(int(wrong.argmax()), n)
    sentence = f"UAR {percent(float(np.nanmean(right)))}, {labels[best]} found best ({percent(right[best], 0)})"
    if best != worst:
        sentence += f", {labels[worst]} worst ({percent(right[worst], 0)})"
    if wrong[true, taken] > 0:
        sentence += f", {percent(wrong[true, taken], 0)} of {labels[true]} taken for {labels[taken]}"
    return sentence


def _colours(labels: Iterable[str]) -> list[str]:
    return [colour for colour, _ in looks(labels).values()]


def _height(names: Sequence[str]) -> float:
    """Inches of a figure with a lying bar for each name."""
    return max(2.6 + 0.35 * (len(names) - 6), 1.2)
