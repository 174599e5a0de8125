"""What all figures share: the picture with its sentence, the style, colours and markers, and the words for numbers."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from io import BytesIO
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
from matplotlib import rc_context, style
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from PIL import Image

from .. import audio, corpus, features
from ..corpus import LABELS
from ..errors import CourseError

COLOURS = dict(zip(LABELS, ("#A32C10", "#20A284", "#C66BD0", "#B88A00", "#3C3C3C", "#1F4A96"), strict=True))
MARKERS = dict(zip(LABELS, "^sDvoP", strict=True))
# For labels beyond the six, in the order in which they come; as far from one another and from the six, for all eyes.
FURTHER_COLOURS = ("#78A058", "#8800F8", "#300030", "#8868F8", "#806088", "#180050")
FURTHER_MARKERS = "X*p<h>d"  # seven to six colours, so that no pair comes twice before the 43rd label
TRAIN, TEST, GREY = "#1F4A96", "#D55E00", "#6B6B6B"
STYLE = {
    "axes.grid": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.titlesize": 12,
    "font.size": 10.5,
    "lines.linewidth": 1.5,
    "text.parse_math": False,  # a $ in a title is a $
}
Arguments = ParamSpec("Arguments")
Drawn = TypeVar("Drawn")
DPI = 144  # of the files; pages count 96
COLOUR = re.compile(r"#[0-9a-f]{6}(?![0-9A-Za-z_])")  # in an SVG, where names begin with other letters
# Of the two drawings the page shows the one for its theme. Where a page takes the style away, it is the light one.
SWITCH = (
    ':is([data-jp-theme-light="false"],.vscode-dark) .ser-figure img{display:none}'
    ':is([data-jp-theme-light="false"],.vscode-dark) .ser-figure img[hidden]{display:block!important}'
)
Keywords = dict[str, Any]  # of a function of matplotlib's


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A figure, and the sentence that says what this figure shows.

    As the last expression of a cell it shows as an HTML figure whose sentence is both its alternative text and its
    caption (JupyterLab drops the alternative text of bare images). It has no background of its own, and is drawn for
    light pages and for dark ones. Every lesson uses it.

    Examples
    --------
    >>> picture = describe(Figure(), "An empty figure: no axes, 0 lines.")
    >>> picture
    An empty figure: no axes, 0 lines.
    >>> picture._repr_html_()[:67]
    '<figure class="ser-figure" style="margin:0"><img alt="An empty figu'
    """

    figure: Figure
    sentence: str

    @property
    def axes(self) -> list[Axes]:
        """All axes of the figure, colour bars too."""
        return self.figure.axes

    @property
    def ax(self) -> Axes:
        """The first axes of the figure."""
        return self.figure.axes[0]

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        light, dark = _for_both_themes(self.figure)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close(self.figure)  # or the notebook would show a figure made by pyplot a second time
        text = escape(self.sentence)
        return (
            f'<figure class="ser-figure" style="margin:0">{_img(light, text)}{_img(dark, text, hidden=True)}'
            f"<figcaption>{text}</figcaption><style>{SWITCH}</style></figure>"
        )

    def svg(self) -> tuple[str, str]:
        """The figure as SVG for light pages and for dark ones, the same bytes each time; `ser report` shows it so.

        Spectrograms stay as they are in both.

        Examples
        --------
        >>> light, dark = describe(Figure(), "An empty figure: no axes, 0 lines.").svg()
        >>> light.count("<svg"), 'fill="#ffffff"' in dark
        (1, True)
        """
        raw, on_light = BytesIO(), min(to_rgb(self.figure.get_facecolor())) > 0.9
        with rc_context({"svg.hashsalt": "ser"}):
            self.figure.savefig(raw, format="svg", transparent=on_light, metadata={"Date": None})
        light = raw.getvalue().decode()
        if not on_light:
            return light, light
        dark = COLOUR.sub(lambda found: to_hex(tuple(for_dark(np.array(to_rgb(found[0]))).clip(0, 1))), light)
        return light, dark.replace("<svg ", '<svg fill="#ffffff" ', 1)  # what is black has no colour written to it


def _img(pixels: np.ndarray, alt: str, hidden: bool = False) -> str:
    png = BytesIO()
    Image.fromarray(pixels).save(png, format="png")
    data = base64.b64encode(png.getvalue()).decode()
    hide = (";display:none", " hidden") if hidden else ("", "")  # pages override or strip either, not both
    return (
        f'<img alt="{alt}" width="{pixels.shape[1] * 96 // DPI}" style="max-width:100%;height:auto{hide[0]}"{hide[1]} '
        f'src="data:image/png;base64,{data}">'
    )


def _for_both_themes(figure: Figure) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of a figure without its background, for light pages and for dark ones.

    Images (spectrograms, tables in colours) and what is written on them stay as they are, and so does a figure that has
    a dark ground of its own.
    """
    on_light, raw = min(to_rgb(figure.get_facecolor())) > 0.9, BytesIO()
    box: Any = "tight"
    kept = []
    with_images = [ax for ax in figure.axes if ax.images or any(isinstance(part, QuadMesh) for part in ax.collections)]
    if with_images:
        usual, figure.dpi = figure.dpi, DPI
        figure.draw_without_rendering()
        box = figure.get_tightbbox().padded(0.1)  # in inches from the lower left; pixels count from the upper left
        for place in (ax.get_window_extent() for ax in with_images):
            rows = slice(round(DPI * box.y1 - place.y1), round(DPI * box.y1 - place.y0))
            kept.append((rows, slice(round(place.x0 - DPI * box.x0), round(place.x1 - DPI * box.x0))))
        figure.dpi = usual
    figure.savefig(raw, dpi=DPI, bbox_inches=box, transparent=on_light, pil_kwargs={"compress_level": 0})
    light = np.asarray(Image.open(raw))
    if not on_light:
        return light, light
    dark = np.dstack([(255 * for_dark(light[..., :3] / np.float32(255))).round().astype(np.uint8), light[..., 3]])
    for part in kept:
        dark[part] = light[part]
    return light, dark


def for_dark(rgb: np.ndarray) -> np.ndarray:
    """Colours for a dark page: of the same hue, and as light as they were dark; those differ still, to all eyes.

    Examples
    --------
    >>> for_dark(np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0.5], [1, 0, 1]])).round(2).tolist()
    [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.5, 0.5, 1.0], [1.0, 0.0, 1.0]]
    """
    high, low = rgb.max(axis=-1, keepdims=True), rgb.min(axis=-1, keepdims=True)
    chroma, lighter = high - low, 1 - high - low  # which turns the lightness (high + low) / 2 around
    dark_grey = 1 + 0.75 * np.maximum(1 - 10 * chroma, 0) * (high + low)  # lighter still, or it meets the green
    light = np.maximum(1 - 1.25 * chroma, 0)  # less dark, or a strong colour would drown
    return rgb + lighter * np.where(lighter > 0, dark_grey, light)


def describe(figure_or_axes: Figure | Axes | Any, sentence: str) -> Picture:
    """Give a figure of your own the sentence that says what it shows.

    Parameters
    ----------
    figure_or_axes : Figure, Axes, array of Axes, or anything of seaborn's that has a ``figure``
    sentence : str
        What a person who cannot see the figure should know of it: what is drawn, and what stands out, with numbers.

    Returns
    -------
    Picture

    Raises
    ------
    CourseError
        When there is no figure or no sentence.

    Notes
    -----
    Used in lesson 02 and wherever a learner draws.

    Examples
    --------
    >>> ax = Figure().add_subplot()
    >>> line = ax.plot([0, 1], [0, 8])
    >>> describe(ax, "A line that rises from 0 to 8.")
    A line that rises from 0 to 8.
    """
    first = np.ravel(np.asarray(figure_or_axes, dtype=object))[:1]
    if not len(first) or not hasattr(first[0], "figure"):
        raise CourseError(f"describe needs a figure or axes first; a {type(figure_or_axes).__name__} came.")
    if not isinstance(sentence, str) or not sentence.strip():
        raise CourseError("describe needs a sentence: what does the figure show to somebody who cannot see it?")
    return Picture(first[0].figure.get_figure(root=True), sentence.strip())


def light(draw: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn]:
    """Draw in the course's light style, whatever style the notebook is in."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Drawn:
        with style.context(["default", STYLE]):
            return draw(*args, **kwargs)

    return drawn


def new_figure(height: float, width: float = 7.2) -> Figure:
    """An empty figure of that size in inches."""
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def new_axes(ax: Axes | None, height: float, width: float = 7.2) -> Axes:
    """The axes that were given, or those of a new figure."""
    return new_figure(height, width).add_subplot() if ax is None else ax


def titled(drawn: Axes | Figure, title: str, sentence: str) -> Picture:
    """What was drawn as a picture, its title in the figure and before the sentence."""
    figure = drawn.get_figure(root=True)
    assert figure is not None, "nothing draws on axes that were taken out of their figure"
    if not title:
        return Picture(figure, sentence[0].upper() + sentence[1:])
    if isinstance(drawn, Axes):
        drawn.set_title(title, pad=26 if drawn.get_legend() else None)  # above the legend
    else:
        drawn.suptitle(title, x=0.02, ha="left")
    return Picture(figure, f"{title}: {sentence}")


# What is drawn


def named_sounds(sounds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Samples by name, or a sentence why they cannot be drawn."""
    if not isinstance(sounds, Mapping) or not len(sounds):
        raise CourseError("A dictionary of sounds was expected, like {'angry': samples, 'sad': samples}.")
    return {str(name): audio.one_sound(y) for name, y in sounds.items()}


def looks(names: Iterable[str], other: str | None = None) -> dict[str, tuple[str, str]]:
    """A colour and a marker for each label; the six keep theirs, and each further one gets one of its own.

    Parameters
    ----------
    names : iterable of str
    other : str, optional
        The colour of all names where none of the six is among them: then they are no labels, but "my voice" or "women".

    Examples
    --------
    >>> looks(["sad", "calm"])
    {'sad': ('#1F4A96', 'P'), 'calm': ('#78A058', 'X')}
    >>> looks(["my voice", "yours"], other=GREY)
    {'my voice': ('#6B6B6B', 'o'), 'yours': ('#6B6B6B', 'o')}
    """
    names = list(names)
    if other and not set(names) & set(LABELS):
        return dict.fromkeys(names, (other, "o"))
    place = {name: n for n, name in enumerate(name for name in names if name not in COLOURS)}
    further = {
        name: (FURTHER_COLOURS[n % len(FURTHER_COLOURS)], FURTHER_MARKERS[n % len(FURTHER_MARKERS)])
        for name, n in place.items()
    }
    return {name: further.get(name) or (COLOURS[name], MARKERS[name]) for name in names}


# Words and numbers


def join(words: Iterable) -> str:
    """Words as a list in a sentence."""
    *first, last = map(str, words)
    return f"{', '.join(first)} and {last}" if first else last


def percent(share: float, digits: int = 1) -> str:
    """A share 0..1 in per cent."""
    return f"{100 * share:.{digits}f} %"


def speakers(ids: Sequence | np.ndarray | pd.Series) -> str:
    """How many there are, and whether they are people."""
    names = np.unique(np.asarray(ids))
    return f"{len(names)} {'actor' if corpus.of_people(names) else 'synthetic voice'}{'s' * (len(names) != 1)}"


# Parts of figures


def image(ax: Axes, values: np.ndarray, seconds_per_frame: float, top: float, label: str, **limits: Any) -> None:
    """A time-frequency picture with its colour bar; rows span 0..top on the y axis."""
    half, end = seconds_per_frame / 2, (values.shape[1] - 0.5) * seconds_per_frame
    drawn = ax.imshow(values, aspect="auto", origin="lower", cmap="magma", extent=(-half, end, 0, top), **limits)
    if label:
        ax.figure.colorbar(drawn, ax=ax, label=label, pad=0.02)


def mel_ticks(ax: Axes, n_mels: int) -> None:
    """Hz at the height of their mel band."""
    hz = np.array([0, 500, 1000, 2000, 4000, 8000])
    ax.set_yticks(features.hz_to_mel(hz) / features.hz_to_mel(8000) * n_mels, [f"{f:,}" for f in hz])


def legend(ax: Axes) -> None:
    """In a row above the axes, where it covers nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderaxespad=0.1, handletextpad=0.5)
