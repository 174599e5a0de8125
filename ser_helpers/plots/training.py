"""Figures of training: who is trained on and who tested, how the loss falls, and the network. Lessons 05, 06 and 10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from ..corpus import LABELS
from ..errors import CourseError
from .picture import (
    COLOURS,
    TEST,
    TRAIN,
    Keywords,
    Picture,
    join,
    legend,
    light,
    looks,
    new_axes,
    new_figure,
    percent,
    speakers,
    titled,
)


@light
def split_dots(actors: Sequence, is_test: Sequence[bool], title: str = "", ax: Axes | None = None) -> Picture:
    """Dots: how many clips of each actor are trained on, and how many tested; an actor on both sides is joined.

    Parameters
    ----------
    actors : sequence, length n
        The actor of each clip, numbers or text.
    is_test : sequence of bool, length n

    Notes
    -----
    Lesson 05.

    Examples
    --------
    >>> split_dots([1, 1, 2, 3], [False, True, False, True])
    3 actors, 4 clips, 50 % of them in test: 1 (2) only in training, 1 (3) only in test, 1 (1) on both sides.
    """
    whose, tested = np.asarray(actors), np.asarray(is_test, dtype=bool)
    if whose.ndim != 1 or whose.shape != tested.shape or not len(whose):
        raise CourseError(f"An actor and a True or False per clip were expected; {whose.shape}, {tested.shape} came.")
    names, actor = np.unique(whose, return_inverse=True)
    train, test = (np.bincount(actor[side], minlength=len(names)) for side in (~tested, tested))
    both = (train > 0) & (test > 0)
    ax = new_axes(ax, 3, 8.5)
    place = np.arange(len(names))
    ax.vlines(place[both], np.minimum(train, test)[both], np.maximum(train, test)[both], color="black", linewidth=1)
    for counts, colour, marker, text in ((train, TRAIN, "o", "in training"), (test, TEST, "D", "in test")):
        there = counts > 0
        edges = ["black" if shared else colour for shared in both[there]]
        ax.scatter(
            place[there], counts[there], s=42, zorder=3, color=colour, marker=marker, edgecolors=edges, label=text
        )
    ax.plot([], [], "|", color="black", markersize=12, label="actor on both sides")
    legend(ax)
    ax.set(ylabel="clips", ylim=(0, 1.12 * max(train.max(), test.max())), xlim=(-1, len(names)))
    step = -(-len(names) // 25)
    ax.set_xticks(place[::step], names[::step], rotation=90 if len(names) > 12 else 0)
    ax.set_xlabel("actor")
    if len(names) <= 6:
        sides = [(train > 0) & ~both, (test > 0) & ~both, both]
        only_train, only_test, shared = (f"{sum(side)} ({join(names[side])})" if any(side) else 0 for side in sides)
    else:
        only_train, only_test, shared = len(names) - (test > 0).sum(), len(names) - (train > 0).sum(), both.sum()
    return titled(
        ax,
        title,
        f"{speakers(whose)}, {len(whose):,} clips, {percent(tested.mean(), 0)} of them in test: "
        f"{only_train} only in training, {only_test} only in test, {shared} on both sides.",
    )


@light
def loss_curve(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    marks: Iterable = (),
    first: int = 1,
    title: str = "",
    ax: Axes | None = None,
) -> Picture:
    """Lines: training loss after each epoch.

    Parameters
    ----------
    losses : sequence of float, or dict of str to sequence
        ``model[-1].loss_curve_``; several by name.
    marks : iterable of int, or of (int, str)
        Epochs to mark, with a word on each.
    first : int
        The epoch of the first loss: 1, or more when only the end of a curve is drawn.

    Notes
    -----
    Lesson 06.

    Examples
    --------
    >>> loss_curve([1.8, 1.2, 1.0, 0.9], marks=[(3, "slower")])
    Training loss falls from 1.800 to 0.900 in 4 epochs, half of the way by epoch 2. Marked: epoch 3 (slower).
    """
    named = losses if isinstance(losses, Mapping) else {"training loss": losses}
    curves = {name: np.asarray(values, dtype=float) for name, values in named.items()}
    if not curves or not all(len(values) for values in curves.values()):
        raise CourseError("Losses were expected, one per epoch; none came. model[-1].loss_curve_ holds them after fit.")
    ax = new_axes(ax, 3.2)
    for n, (name, values) in enumerate(curves.items()):
        line: Keywords = {"color": list(COLOURS.values())[-1 - n % 6], "linestyle": ("-", "--", ":", "-.")[n % 4]}
        epochs = np.arange(first, first + len(values))
        ax.plot(epochs, values, marker="o" if len(values) < 3 else None, label=name, **line)
    marked = [(mark, "") if np.ndim(mark) == 0 else tuple(mark) for mark in marks]
    _mark_epochs(ax, marked, max(map(len, curves.values())))
    if len(curves) > 1:
        legend(ax)
    ax.set(xlabel="epoch", ylabel="training loss")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    sentence = "; ".join(_how_it_falls(name, values, first) for name, values in curves.items()) + "."
    if marked:
        sentence += " Marked: " + join(f"epoch {epoch}" + f" ({text})" * bool(text) for epoch, text in marked) + "."
    return titled(ax, title, sentence)


def _how_it_falls(name: str, values: np.ndarray, first: int) -> str:
    last = first + len(values) - 1
    if values[-1] >= values[0]:
        return f"{name} does not fall: {values[0]:.3f} after epoch {first:,}, {values[-1]:.3f} after {last:,}"
    middle = first + int(np.argmax(values <= (values[0] + values[-1]) / 2))
    span = f"{len(values):,} epochs" if first == 1 else f"epochs {first:,} to {last:,}"
    return f"{name} falls from {values[0]:.3f} to {values[-1]:.3f} in {span}, half of the way by epoch {middle:,}"


def _mark_epochs(ax: Axes, marked: Sequence[tuple], n_epochs: int) -> None:
    """A dotted line at each epoch, its word beside it."""
    gaps = np.diff([*(epoch for epoch, _ in marked), np.inf])
    crowded = gaps < n_epochs / 40  # the next mark would cover the word
    for (epoch, text), left in zip(marked, crowded, strict=True):
        ax.axvline(epoch, color="black", linestyle=":", linewidth=1)
        beside = {"xytext": (-3, -3), "ha": "right"} if left else {"xytext": (3, -3)}
        ax.annotate(
            text, (epoch, 1), xycoords=("data", "axes fraction"), textcoords="offset points", va="top", rotation=90,
            fontsize=9, **beside,
        )  # fmt: skip


@light
def learning_curves(curves: pd.DataFrame, title: str = "") -> Picture:
    """Two panels of lines: the loss of training batches, and the UAR on watched speakers, after each epoch.

    Parameters
    ----------
    curves : DataFrame with columns recipe, schedule, loss and uar
        A row per network, as `evaluate.load_curves` has them; loss and uar hold a number per epoch.

    Notes
    -----
    Lesson 10.

    Examples
    --------
    >>> rows = [{"recipe": "cnn", "schedule": "cycle", "loss": [1.8, 1.5, 1.2], "uar": [0.2, 0.3, 0.5]}]
    >>> learning_curves(pd.DataFrame(rows))
    Loss in training and UAR on watched speakers in 3 epochs. Cnn, cycle: loss from 1.80 to 1.20; UAR at best 50.0 %
    after epoch 3, 50.0 % at the end.
    """
    if not len(curves):
        raise CourseError("A row per network was expected, as evaluate.load_curves() gives them; none came.")
    figure = new_figure(3.2, 8.5)
    falls, rises = figure.subplots(1, 2)
    said = []
    for n, row in enumerate(curves.to_dict("records")):
        name, epochs = f"{row['recipe']}, {row['schedule']}", np.arange(1, len(row["uar"]) + 1)
        line: Keywords = {"color": list(COLOURS.values())[-1 - n % 6], "linestyle": ("-", "--", ":", "-.")[n % 4]}
        falls.plot(epochs, row["loss"], label=name, **line)
        rises.plot(epochs, 100 * np.asarray(row["uar"]), label=name, **line)
        best, loss = int(np.argmax(row["uar"])), row["loss"]
        said.append(
            f"{name}: loss from {loss[0]:.2f} to {loss[-1]:.2f}; UAR at best {percent(row['uar'][best])} after epoch "
            f"{best + 1}, {percent(row['uar'][-1])} at the end."
        )
    falls.set(xlabel="epoch", ylabel="loss, training batches")
    rises.set(xlabel="epoch", ylabel="UAR in %, watched speakers")
    rises.axhline(100 / len(LABELS), color="black", linewidth=0.8, linestyle=":")
    for ax in (falls, rises):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    rises.legend(frameon=False)
    longest = max(len(row) for row in curves["uar"])
    sentence = f"Loss in training and UAR on watched speakers in {longest} epochs. "
    return titled(figure, title, sentence + " ".join(each[0].upper() + each[1:] for each in said))


@light
def network(
    n_inputs: int = 168,
    n_hidden: int | Sequence[int] = 100,
    n_classes: int = 6,
    title: str = "",
    ax: Axes | None = None,
    labels: Sequence[str] | None = None,
) -> Picture:
    """Drawing: a network of fully connected layers, from features to probabilities.

    Parameters
    ----------
    n_inputs, n_classes : int
    n_hidden : int or sequence of int
        Units of the hidden layer, or of each.
    labels : sequence of str, optional
        What the outputs stand for, in place of `n_classes`; the six of the course where there are six outputs.

    Notes
    -----
    Lesson 06.

    Examples
    --------
    >>> network()
    A network of 168 inputs, 100 hidden units and 6 outputs, each joined to all of the layer before: 17,506 numbers to
    learn.
    """
    names = tuple(labels or (LABELS if n_classes == len(LABELS) else ()))
    n_classes = len(names) or n_classes
    sizes = [n_inputs, *np.atleast_1d(n_hidden).tolist(), n_classes]
    ax = new_axes(ax, 3.6)
    shown = [np.arange(min(size, 8)) - (min(size, 8) - 1) / 2 for size in sizes]
    for x in range(len(sizes) - 1):
        lines = [((x, a), (x + 1, b)) for a in shown[x] for b in shown[x + 1]]
        ax.add_collection(LineCollection(lines, colors="#B9C4D6", linewidths=0.5))
    for x, (size, rows) in enumerate(zip(sizes, shown, strict=True)):
        _units(ax, x, size, rows[::-1], names if x == len(sizes) - 1 else ())
        kind = "features" if not x else "probabilities" if x == len(sizes) - 1 else "hidden units"
        ax.text(x, -4.3, f"{size:,} {kind}", ha="center", va="top")
    ax.set(xlim=(-0.4, len(sizes) - 0.5), ylim=(-5, 4))
    ax.axis("off")
    weights = sum((before + 1) * after for before, after in zip(sizes, sizes[1:], strict=False))
    hidden = join(f"{size:,}" for size in sizes[1:-1])
    return titled(
        ax,
        title,
        f"a network of {n_inputs:,} inputs, {hidden} hidden units and {n_classes:,} outputs, each joined to all of the "
        f"layer before: {weights:,} numbers to learn.",
    )


def _units(ax: Axes, x: float, size: int, rows: np.ndarray, names: Sequence[str]) -> None:
    """The units of a layer from the top; of more than eight a few, with dots for the others; names where all are drawn."""
    named = len(names) == len(rows)
    colours = [colour for colour, _ in looks(names).values()] if named else [TRAIN] * len(rows)
    ax.scatter(np.full(len(rows), x), rows, s=170, color=colours, edgecolors="white", zorder=2)
    if size > len(rows):
        middle = rows[len(rows) // 2]
        ax.scatter([x], [middle], s=200, color="white", zorder=3)
        ax.scatter([x] * 3, middle + np.array([-0.22, 0, 0.22]), s=6, color="black", zorder=4)
    for row, name in zip(rows, names if named else (), strict=False):
        ax.annotate(name, (x, row), xytext=(11, 0), textcoords="offset points", va="center")
