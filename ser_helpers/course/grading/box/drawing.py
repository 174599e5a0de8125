"""Figures between the two processes of the second run: an Axes goes over as its place, and comes back as what was drawn.

Lesson 02 asks for functions that draw on the Axes they are given. The process that answers makes an empty figure of the same
number of panels; what stands on them afterwards is told in numbers and words, and drawn again where the checks look.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle


class Panel(NamedTuple):
    """An Axes on its way: its place in its figure, how many are there, and the one that pyplot draws on (-1: none)."""

    place: int
    panels: int
    current: int


def panel(ax: Axes) -> Panel:
    """The place of an Axes.

    Examples
    --------
    >>> panel(Figure().subplots())
    Panel(place=0, panels=1, current=-1)
    """
    panels = ax.figure.axes
    current = panels.index(plt.gca()) if plt.get_fignums() and plt.gcf() is ax.figure else -1
    return Panel(panels.index(ax), len(panels), current)


def empty(panel: Panel) -> list[Axes]:
    """The panels of a new figure like the one that was meant."""
    figure = Figure() if panel.current < 0 else plt.figure()
    panels = list(figure.subplots(1, panel.panels, squeeze=False)[0])
    if panel.current >= 0:
        plt.sca(panels[panel.current])
    return panels


def drawn(ax: Axes) -> dict[str, Any]:
    """What the checks look at, as arrays and text: curves, boxes, ticks, limits, labels and titles."""
    return {
        "lines": [np.asarray(line.get_xydata(), dtype=float) for line in ax.get_lines()],
        "boxes": [tuple(map(float, patch.get_bbox().bounds)) for patch in ax.patches if hasattr(patch, "get_bbox")],
        "ticks": {
            name: (
                np.asarray(axis.get_ticklocs(), dtype=float),
                [str(text.get_text()) for text in axis.get_ticklabels()],
            )
            for name, axis in (("x", ax.xaxis), ("y", ax.yaxis))
        },
        "limits": {"xlim": tuple(map(float, ax.get_xlim())), "ylim": tuple(map(float, ax.get_ylim()))},
        "labels": {"xlabel": str(ax.get_xlabel()), "ylabel": str(ax.get_ylabel())},
        "titles": {place: str(ax.get_title(loc=place)) for place in ("left", "center", "right")},
    }


def draw(ax: Axes, what: dict[str, Any]) -> None:
    """Draw on an empty Axes what `drawn` told of another.

    Examples
    --------
    >>> ax, again = Figure().subplots(1, 2)
    >>> bars = ax.bar(["sad", "happy"], [2, 1])
    >>> draw(again, drawn(ax))
    >>> [patch.get_height() for patch in again.patches], [text.get_text() for text in again.get_xticklabels()]
    ([2.0, 1.0], ['sad', 'happy'])
    """
    for line in what["lines"]:
        ax.plot(line[:, 0], line[:, 1])
    for x, y, width, height in what["boxes"]:
        ax.add_patch(Rectangle((x, y), width, height))
    for axis, (places, words) in ((ax.xaxis, what["ticks"]["x"]), (ax.yaxis, what["ticks"]["y"])):
        axis.set_ticks(places, words)
    ax.set(**what["limits"], **what["labels"])
    for place, words in what["titles"].items():
        ax.set_title(words, loc=place)
