"""Pictures for the explorers as SVG and HTML text: quick to make, in the colours of the theme they stand in.

A matplotlib figure takes 60 to 250 ms; these take a few. `plots` remains the place for every other figure.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike
from PIL import Image

from .. import audio, features

WIDTH = 760  # of every picture, in units of its viewBox
_MAGMA = (255 * colormaps["magma"](np.arange(256))).astype(np.uint8)


class Area:
    """A plotting area inside a picture; data of `x` and `y` limits in, SVG out.

    Parameters
    ----------
    left, top, width, height : float
        Where it stands, in units of the viewBox.
    x, y : (low, high)
        Limits of the data.
    """

    def __init__(self, left: float, top: float, width: float, height: float, x: tuple, y: tuple):
        self.left, self.top, self.width, self.height, self.x, self.y = left, top, width, height, x, y

    def at(self, x, y) -> tuple[np.ndarray, np.ndarray]:
        """Data as units of the viewBox."""
        span_x, span_y = self.x[1] - self.x[0] or 1, self.y[1] - self.y[0] or 1
        across = self.left + (np.asarray(x, dtype=float) - self.x[0]) / span_x * self.width
        return across, self.top + (self.y[1] - np.asarray(y, dtype=float)) / span_y * self.height

    def line(self, x: ArrayLike, y: ArrayLike, css: str = "ser-line") -> str:
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(*self.at(x, y), strict=True))
        return f'<polyline class="{css}" points="{points}"/>'

    def wave(self, y: np.ndarray, seconds: float, css: str = "ser-line") -> str:
        """Samples as a line when they are few, else the lowest and the highest in each column of pixels."""
        if len(y) > 2 * self.width:
            edges = np.linspace(0, len(y), int(self.width), endpoint=False).astype(int)
            y = np.stack([np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)], axis=1).ravel()
        return self.line(np.linspace(0, seconds, len(y)), np.clip(y, *self.y), css)

    def bars(self, values: np.ndarray, css: str = "ser-bar-line") -> str:
        """Upright bars from zero, one per unit of x."""
        place, end = self.at(np.arange(len(values)) + 0.5, np.clip(values, *self.y))
        _, zero = self.at(0, np.clip(0, *self.y))
        width = max(0.8 * self.width / max(len(values), 1), 0.5)
        path = "".join(f"M{a:.1f},{zero:.1f}V{b:.1f}" for a, b in zip(place, end, strict=True))
        return f'<path class="{css}" stroke-width="{width:.2f}" d="{path}"/>'

    def image(self, values: np.ndarray, low: float, high: float) -> str:
        """Rows from the bottom up, columns over the whole width, in the colours of `plots`."""
        steps = [max(1, size // limit) for size, limit in zip(values.shape, (256, 400), strict=True)]
        levels = np.nan_to_num((values[:: steps[0], :: steps[1]][::-1] - low) / ((high - low) or 1))
        file = io.BytesIO()
        Image.fromarray(_MAGMA[(255 * levels.clip(0, 1)).astype(np.uint8)]).convert("RGB").save(
            file, format="png", compress_level=1
        )
        return (
            f'<image x="{self.left}" y="{self.top}" width="{self.width}" height="{self.height}" '
            f'preserveAspectRatio="none" href="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"/>'
        )

    def frame(self, title: str = "", xlabel: str = "", ylabel: str = "", xticks=None, yticks=None) -> str:
        """The axes with their names; ticks are values, or a dict of value to text."""
        bottom, right = self.top + self.height, self.left + self.width
        svg = [f'<path class="ser-axis" d="M{self.left},{self.top}V{bottom}H{right}"/>']
        for value, text in _ticks(self.x, xticks, self.width / 60):
            place = self.at(value, 0)[0]
            svg.append(f'<text x="{place:.1f}" y="{bottom + 13}" text-anchor="middle">{text}</text>')
        for value, text in _ticks(self.y, yticks, self.height / 30):
            place = self.at(0, value)[1]
            svg.append(f'<text x="{self.left - 5}" y="{place + 4:.1f}" text-anchor="end">{text}</text>')
        middle = self.left + self.width / 2
        svg.append(f'<text x="{middle}" y="{bottom + 27}" text-anchor="middle">{xlabel}</text>')
        svg.append(
            f'<text transform="translate({self.left - 42},{self.top + self.height / 2}) rotate(-90)" '
            f'text-anchor="middle">{ylabel}</text>'
        )
        svg.append(f'<text class="ser-heading" x="{self.left}" y="{self.top - 7}">{title}</text>')
        return "".join(svg)


def _ticks(limits: tuple, ticks, most: float) -> Iterable[tuple[float, str]]:
    if isinstance(ticks, dict):
        return ticks.items()
    if ticks is None:
        ticks = MaxNLocator(max(2, int(most)), steps=[1, 2, 5, 10]).tick_values(*limits)
    low, high = limits
    return [(v, f"{v:,.6g}".replace("-", "−")) for v in ticks if low - 1e-9 <= v <= high + 1e-9]


def picture(height: float, alt: str, *shapes: str, width: float = WIDTH) -> str:
    """Shapes as one figure of fixed proportions, with the sentence that describes it."""
    return f'<figure><svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(alt)}">{"".join(shapes)}</svg></figure>'


def sound(y: np.ndarray, power: np.ndarray, sentence: str, width: float = WIDTH) -> str:
    """A clip as a waveform above its mel spectrogram (`power` of `features.mel_power`), on one axis of time."""
    seconds = len(y) / audio.SAMPLE_RATE
    wave = Area(62, 12, width - 70, 60, (0, seconds), (-1, 1))
    mel = Area(62, 88, width - 70, 112, (0, seconds), (0, features.N_MELS))
    hz = np.array([0, 500, 1000, 2000, 4000, 8000])
    places = features.hz_to_mel(hz) / features.hz_to_mel(8000) * features.N_MELS
    return picture(
        234,
        sentence,
        wave.wave(y, seconds),
        wave.frame(ylabel="amplitude", xticks=()),
        mel.image(features.log_mel(power), -60, 30),
        mel.frame(
            xlabel="time in s", ylabel="Hz (mel)", yticks={at: f"{f:,}" for f, at in zip(hz, places, strict=True)}
        ),
        width=width,
    )


def bar(share: float, css: str = "") -> str:
    """A bar of a share 0..1 for a cell of a table whose number stands beside it."""
    return f'<span class="ser-track"><span class="ser-bar {css}" style="width:{100 * share:.1f}%"></span></span>'


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], css: str = "") -> str:
    """A table whose first column names the row; cells are HTML."""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    return f'<table class="ser-table {css}"><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
