"""Every figure of the course: a function each, which takes the data first and returns a `Picture`.

A `Picture` is a matplotlib figure and the sentence that says what it shows, for those who see it and those who do not.
The emotions have a colour each (`COLOURS`), chosen to differ from one another also for colour-blind eyes, and a marker
or a written label besides, so that colour is never the only cue. All sounds are 16 kHz mono.

Every function takes ``title``, which names what is drawn in the figure and in its sentence ("Actor 1001, angry"; for
practice voices say so: "Synthetic voice 9001, angry"). With ``ax`` it draws on those axes instead of on a new figure.
"""

from __future__ import annotations

import base64
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import scipy.fft
import scipy.ndimage
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, NullLocator

from .. import audio, evaluate, features
from ..audio import SAMPLE_RATE
from ..corpus import LABELS
from ..errors import CourseError

COLOURS = dict(zip(LABELS, ("#A32C10", "#20A284", "#C66BD0", "#B88A00", "#3C3C3C", "#1F4A96"), strict=True))
MARKERS = dict(zip(LABELS, "^sDvoP", strict=True))
TRAIN, TEST, GREY = "#1F4A96", "#D55E00", "#6B6B6B"
FLOOR_DB = -80.0  # where pictures of decibels end
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


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A figure, and the sentence that says what this figure shows.

    As the last expression of a cell it shows as an HTML figure whose sentence is both its alternative text and its
    caption (JupyterLab drops the alternative text of bare images). Every lesson uses it.

    Examples
    --------
    >>> picture = describe(Figure(), "An empty figure: no axes, 0 lines.")
    >>> picture
    An empty figure: no axes, 0 lines.
    >>> picture._repr_html_()[:48]
    '<figure style="margin:0"><img alt="An empty figu'
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
        png = BytesIO()
        self.figure.savefig(png, format="png", dpi=144, bbox_inches="tight", transparent=False)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close(self.figure)  # or the notebook would show a figure made by pyplot a second time
        width = int.from_bytes(png.getvalue()[16:20]) * 96 // 144  # 1.5 pixels of the file to one of the page
        data = base64.b64encode(png.getvalue()).decode()
        text = escape(self.sentence)
        return (
            f'<figure style="margin:0"><img alt="{text}" width="{width}" style="max-width:100%;height:auto" '
            f'src="data:image/png;base64,{data}"><figcaption>{text}</figcaption></figure>'
        )


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


# What the figures share


def _light(draw):
    """Draw in the course's light style, whatever style the notebook is in."""

    @wraps(draw)
    def drawn(*args, **kwargs):
        with style.context(["default", STYLE]):
            return draw(*args, **kwargs)

    return drawn


def _figure(height: float, width: float = 7.2) -> Figure:
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def _axes(ax: Axes | None, height: float, width: float = 7.2) -> Axes:
    return _figure(height, width).add_subplot() if ax is None else ax


def _picture(drawn: Axes | Figure, title: str, sentence: str) -> Picture:
    if title and isinstance(drawn, Axes):
        drawn.set_title(title, pad=26 if drawn.get_legend() else None)  # above the legend
    elif title:
        drawn.suptitle(title, x=0.02, ha="left")
    sentence = f"{title}: {sentence}" if title else sentence[0].upper() + sentence[1:]
    return Picture(drawn.get_figure(root=True), sentence)


def _samples(y: np.ndarray) -> np.ndarray:
    """`y`, or a sentence why it cannot be drawn."""
    y = np.asarray(y)
    if y.ndim != 1 or not y.size or not np.isfinite(y).all():
        raise audio.AudioError(
            f"Samples of one sound were expected, a 1-D array of finite numbers; shape {y.shape} came. "
            "audio.read_clip gives them."
        )
    return y


def _sounds(sounds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    if not isinstance(sounds, Mapping) or not len(sounds):
        raise CourseError("A dictionary of sounds was expected, like {'angry': samples, 'sad': samples}.")
    return {str(name): _samples(y) for name, y in sounds.items()}


def _join(words: Iterable[str]) -> str:
    *first, last = map(str, words)
    return f"{', '.join(first)} and {last}" if first else last


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def _times(ratio: float) -> str:
    return f"{ratio:.2g} times" if ratio < 9.95 else f"{ratio:.0f} times"


def _speakers(actors: Sequence) -> str:
    """How many there are, and whether they are people."""
    names = np.unique(np.asarray(actors))
    practice = np.issubdtype(names.dtype, np.number) and names.min() >= 9000
    return f"{len(names)} {'synthetic voice' if practice else 'actor'}{'s' * (len(names) != 1)}"


def _frames(y: np.ndarray, n_fft: int, hop: int) -> np.ndarray:
    """Centred frames, (1 + n_samples // hop, n_fft)."""
    padded = np.pad(np.asarray(y, dtype=np.float32), n_fft // 2)
    return np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]


def _image(ax: Axes, values: np.ndarray, seconds_per_frame: float, top: float, label: str, **limits) -> None:
    """A time-frequency picture with its colour bar; rows span 0..top on the y axis."""
    half, end = seconds_per_frame / 2, (values.shape[1] - 0.5) * seconds_per_frame
    drawn = ax.imshow(values, aspect="auto", origin="lower", cmap="magma", extent=(-half, end, 0, top), **limits)
    if label:
        ax.figure.colorbar(drawn, ax=ax, label=label, pad=0.02)


def _mel_ticks(ax: Axes, n_mels: int) -> None:
    """Hz at the height of their mel band."""
    hz = np.array([0, 500, 1000, 2000, 4000, 8000])
    ax.set_yticks(features.hz_to_mel(hz) / features.hz_to_mel(8000) * n_mels, [f"{f:,}" for f in hz])


def _legend(ax: Axes) -> None:
    """In a row above the axes, where it covers nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderaxespad=0.1, handletextpad=0.5)


def _reference(ax: Axes, share: float, text: str) -> None:
    """A dashed line at a share, behind the bars, named at its lower end."""
    ax.axvline(100 * share, color="black", linestyle="--", linewidth=1, zorder=0)
    foot = {"xycoords": ("data", "axes fraction"), "xytext": (4, 3), "textcoords": "offset points"}
    ax.annotate(text, (100 * share, 0), fontsize=9.5, **foot)


# Sound: lessons 00 and 02


@_light
def emotion_counts(clips: pd.DataFrame, title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: how many clips each intended emotion has.

    Parameters
    ----------
    clips : DataFrame with a column emotion

    Notes
    -----
    Lessons 01 and 02.

    Examples
    --------
    >>> emotion_counts(pd.DataFrame({"emotion": ["angry", "sad", "sad"]}))
    3 clips by intended emotion: 1 angry, 0 disgust, fear, happy and neutral, 2 sad.
    """
    counts = clips["emotion"].astype(str).value_counts().reindex(LABELS, fill_value=0)
    ax = _axes(ax, 3.2)
    ax.bar_label(ax.bar(LABELS, counts, color=list(COLOURS.values())), fmt="{:,.0f}", padding=2)
    ax.set(xlabel="intended emotion", ylabel="clips", ylim=(0, 1.12 * max(counts.max(), 1)))
    groups = counts.groupby(counts, sort=False)
    parts = (f"{n:,} {'each of ' if n and len(g) > 1 else ''}{_join(g.index)}" for n, g in groups)
    whose = f" of {_speakers(clips['actor_id'])}" if "actor_id" in clips and len(clips) else ""
    return _picture(ax, title, f"{len(clips):,} clips{whose} by intended emotion: {', '.join(parts)}.")


@_light
def waveform(y: np.ndarray, sample_rate: float = SAMPLE_RATE, title: str = "", ax: Axes | None = None) -> Picture:
    """Line: every sample of a sound over time.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        Full scale 1.0.
    sample_rate : float
        In Hz.

    Notes
    -----
    Lessons 00 and 02.

    Examples
    --------
    >>> waveform(np.array([0.0, 0.5, -0.25, 0.0]), sample_rate=4, title="Four samples")
    Four samples: waveform of 1.00 s, highest at 0.500 of full scale after 0.25 s, level -11.1 dBFS.
    """
    y = _samples(y)
    ax = _axes(ax, 2.4)
    ax.plot(np.arange(len(y)) / sample_rate, y, color=TRAIN, linewidth=0.6)
    peak = int(np.argmax(np.abs(y)))
    height = 1.1 * abs(y[peak]) or 1
    ax.set(xlabel="time in s", ylabel="amplitude\n(full scale = 1)")
    ax.set(xlim=(0, len(y) / sample_rate), ylim=(-height, height))
    sentence = f"waveform of {len(y) / sample_rate:.2f} s, "
    if y[peak]:
        sentence += f"highest at {abs(y[peak]):.3f} of full scale after {peak / sample_rate:.2f} s, "
        sentence += f"level {audio.level_db(y):.1f} dBFS."
    else:
        sentence += f"a flat line: all {len(y):,} samples are zero."
    return _picture(ax, title, sentence)


@_light
def waveforms(sounds: Mapping[str, np.ndarray], title: str = "") -> Picture:
    """Small panels: several sounds at one scale of time and amplitude.

    Parameters
    ----------
    sounds : dict of str to ndarray
        Samples by label.

    Notes
    -----
    Lesson 02.

    Examples
    --------
    >>> waveforms({"angry": np.full(16000, 0.8), "sad": np.full(24000, 0.1)})
    Waveforms at one scale: angry is the tallest, 8 times as tall as sad, the lowest; the shortest lasts 1.00 s (angry),
    the longest 1.50 s (sad).
    """
    sounds = _sounds(sounds)
    seconds = {name: len(y) / SAMPLE_RATE for name, y in sounds.items()}
    peaks = {name: float(np.abs(y).max()) for name, y in sounds.items()}
    figure = _panels(sounds, "amplitude (full scale = 1)")
    for ax, (name, y) in zip(figure.axes, sounds.items(), strict=True):
        ax.plot(np.arange(len(y)) / SAMPLE_RATE, y, color=COLOURS.get(name, GREY), linewidth=0.6)
        ax.set(title=f"{name} ({seconds[name]:.1f} s)", xlim=(0, max(seconds.values())))
        ax.set_ylim(np.array([-1.05, 1.05]) * (max(peaks.values()) or 1))
    tall, low = max(peaks, key=peaks.get), min(peaks, key=peaks.get)
    short, long = min(seconds, key=seconds.get), max(seconds, key=seconds.get)
    if len(sounds) == 1:
        return _picture(figure, title, f"waveform of {tall}, {seconds[tall]:.2f} s, peak {peaks[tall]:.3f}.")
    if peaks[tall] <= 1.01 * peaks[low]:
        heights = "all are equally tall"
    elif peaks[low]:
        heights = f"{tall} is the tallest, {_times(peaks[tall] / peaks[low])} as tall as {low}, the lowest"
    else:
        heights = f"{tall} is the tallest, {low} is silent"
    return _picture(
        figure,
        title,
        f"waveforms at one scale: {heights}; the shortest lasts {seconds[short]:.2f} s ({short}), "
        f"the longest {seconds[long]:.2f} s ({long}).",
    )


def _panels(names: Iterable[str], ylabel: str) -> Figure:
    """Panels for `names`, up to three in a row, with shared axes."""
    n = len(list(names))
    columns = min(n, 3)
    rows = -(-n // columns)
    figure = _figure(height=0.6 + 1.6 * rows, width=2.6 * max(columns, 2))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for unused in grid[n:]:
        unused.remove()
    for ax in grid[max(0, n - columns) : n]:
        ax.xaxis.set_tick_params(labelbottom=True)
    figure.supxlabel("time in s", fontsize="medium")
    figure.supylabel(ylabel, fontsize="medium")
    return figure


@_light
def levels(sounds: Mapping[str, np.ndarray], title: str = "", ax: Axes | None = None) -> Picture:
    """Dots: the level of each sound in dB relative to full scale (dBFS).

    Parameters
    ----------
    sounds : dict of str to ndarray

    Notes
    -----
    Lesson 02. Dots and not bars, because a dB scale has no zero from which a bar could grow.

    Examples
    --------
    >>> levels({"angry": np.full(100, 0.1), "sad": np.full(100, 0.01)})
    Angry is the loudest with -20.0 dBFS, sad the quietest with -40.0 dBFS: 20.0 dB between them, or 10 times the
    amplitude.
    """
    db = {name: audio.level_db(y) for name, y in _sounds(sounds).items()}
    floor = min([x for x in db.values() if x > FLOOR_DB], default=0) - 6
    ax = _axes(ax, 1.0 + 0.33 * len(db))
    for row, (name, level) in enumerate(db.items()):
        x, text = (level, f"{level:.1f}") if level > FLOOR_DB else (floor, "silent")
        ax.plot(x, row, MARKERS.get(name, "o"), color=COLOURS.get(name, GREY), markersize=9)
        ax.annotate(text, (x, row), xytext=(9, 0), textcoords="offset points", va="center")
    ax.set(xlabel="level in dBFS (0 = full scale)", xlim=(floor - 1, 3), ylim=(len(db) - 0.5, -0.5))
    ax.set_yticks(range(len(db)), list(db))
    ax.grid(axis="x", color="#DDDDDD")
    ax.set_axisbelow(True)
    loud, quiet = max(db, key=db.get), min(db, key=db.get)
    if not db[loud] > FLOOR_DB:
        return _picture(ax, title, f"silence: {_join(db)} below {FLOOR_DB:.0f} dBFS.")
    sentence = f"{loud} is the loudest with {db[loud]:.1f} dBFS"
    if len(db) > 1 and db[quiet] > FLOOR_DB:
        gap = db[loud] - db[quiet]
        sentence += f", {quiet} the quietest with {db[quiet]:.1f} dBFS: {gap:.1f} dB between them, or "
        sentence += f"{_times(10 ** (gap / 20))} the amplitude"
    elif len(db) > 1:
        sentence += f", {quiet} is silent"
    return _picture(ax, title, sentence + ".")


@_light
def spectrogram(y: np.ndarray, title: str = "", n_fft: int = 512, hop: int = 128, ax: Axes | None = None) -> Picture:
    """Image: power over time and frequency, in dB below the loudest cell.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.
    n_fft, hop : int
        Samples in a frame, and from one frame to the next.

    Notes
    -----
    Periodic Hann window, centred frames, zero padding, as ``librosa.stft``. Lesson 02.

    Examples
    --------
    >>> spectrogram(np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000))
    Spectrogram of 1.00 s: half of the power lies at 1,000 Hz or below, 95 % at 1,031 Hz or below.
    """
    y = _samples(y)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    power = np.abs(scipy.fft.rfft(_frames(y, n_fft, hop) * window, axis=1).T) ** 2
    peak = power.max()
    db = 10 * np.log10(np.maximum(power / peak, 1e-8)) if peak else np.full_like(power, FLOOR_DB)
    ax = _axes(ax, 3)
    _image(ax, db, hop / SAMPLE_RATE, SAMPLE_RATE / 2000, "dB below the loudest", vmin=FLOOR_DB, vmax=0)
    ax.set(xlabel="time in s", ylabel="frequency in kHz")
    seconds = f"spectrogram of {len(y) / SAMPLE_RATE:.2f} s"
    if not peak:
        return _picture(ax, title, f"{seconds} of silence: no cell has any power.")
    share = np.cumsum(power.sum(axis=1)) / power.sum()
    half, most = (np.argmax(share >= part) * SAMPLE_RATE / n_fft for part in (0.5, 0.95))
    return _picture(
        ax, title, f"{seconds}: half of the power lies at {half:,.0f} Hz or below, 95 % at {most:,.0f} Hz or below."
    )


@_light
def mel_spectrogram(y: np.ndarray, title: str = "", ax: Axes | None = None) -> Picture:
    """Image: log-mel power over time and 128 mel bands, in dB.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.

    Notes
    -----
    Draws `features.log_mel`. Lessons 03 and 04.

    Examples
    --------
    >>> mel_spectrogram(np.zeros(16000))
    Log-mel spectrogram of 1.00 s, 128 bands and 32 frames, of silence: every cell is at -100 dB.
    """
    db = features.log_mel(features.mel_power(_samples(y)))
    ax = _axes(ax, 3)
    floor = max(db.max() - features.TOP_DB, -100)
    _image(ax, db, features.HOP / SAMPLE_RATE, len(db), "dB re 1.0", vmin=floor, vmax=floor + features.TOP_DB)
    _mel_ticks(ax, len(db))
    ax.set(xlabel="time in s", ylabel="frequency in Hz (mel scale)")
    size = f"log-mel spectrogram of {len(y) / SAMPLE_RATE:.2f} s, {db.shape[0]} bands and {db.shape[1]} frames"
    if db.max() <= -100:
        return _picture(ax, title, f"{size}, of silence: every cell is at -100 dB.")
    band, frame = np.unravel_index(db.argmax(), db.shape)
    centre = features.mel_to_hz(features.hz_to_mel(SAMPLE_RATE / 2) * (band + 1) / (len(db) + 1))
    return _picture(
        ax,
        title,
        f"{size}: the strongest cell is at {centre:,.0f} Hz after {frame * features.HOP / SAMPLE_RATE:.2f} s, and "
        f"{_percent((db > db.max() - 40).mean(), 0)} of the cells are within 40 dB of it.",
    )


def fundamental(y: np.ndarray, low: float = 65, high: float = 600) -> tuple[np.ndarray, np.ndarray]:
    """Fundamental frequency every 10 ms, nan where no voice is heard.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.
    low, high : float
        Range that is searched, in Hz.

    Returns
    -------
    seconds, hz : ndarray, shape (1 + n_samples // 160,)

    Notes
    -----
    The first high peak of the normalised autocorrelation in frames of 40 ms (McLeod and Wyvill 2005, "A smarter way to
    find pitch"). A frame is voiced when that peak is at least 0.55, its level within 25 dB of the loudest frame and
    above -70 dBFS, and the voice lasts 50 ms. Single frames jump by an octave now and then; the median over a clip does
    not: on 73 CREMA-D clips it lies within 3 semitones of where pYIN and Harvest agree. Lesson 02.

    Examples
    --------
    >>> seconds, hz = fundamental(np.sin(2 * np.pi * 220 * np.arange(16000) / 16000))
    >>> round(float(np.nanmedian(hz)), 1)
    220.0
    """
    n, hop, shortest, longest = 640, 160, int(SAMPLE_RATE / high), int(SAMPLE_RATE / low)
    frames = _frames(_samples(y), n, hop).astype(np.float64)
    power = np.pad(np.cumsum(frames**2, axis=1), ((0, 0), (1, 0)))
    lags = np.arange(shortest - 1, longest + 2)
    together = scipy.fft.irfft(np.abs(scipy.fft.rfft(frames, 2 * n, axis=1)) ** 2, axis=1)[:, lags]
    likeness = 2 * together / np.maximum(power[:, n - lags] + power[:, [n]] - power[:, lags], 1e-12)
    before, here, after = likeness[:, :-2], likeness[:, 1:-1], likeness[:, 2:]
    shift = (
        0.5 * (before - after) / np.minimum(before - 2 * here + after, -1e-12)
    )  # top of a parabola through three lags
    peaks = np.where((here >= before) & (here > after), here - 0.25 * (before - after) * shift, 0)
    first = np.argmax(peaks >= 0.97 * peaks.max(axis=1, keepdims=True), axis=1)
    row = np.arange(len(frames))
    db = 10 * np.log10(np.maximum(power[:, n] / n, 1e-12))
    voiced = (peaks[row, first] >= 0.55) & (db > max(db.max() - 25, -70))
    voiced = scipy.ndimage.binary_opening(voiced, np.ones(5))
    return row * hop / SAMPLE_RATE, np.where(voiced, SAMPLE_RATE / (shortest + first + shift[row, first]), np.nan)


def _pitch_line(ax: Axes, y: np.ndarray, colour: str) -> np.ndarray:
    """Draw the pitch of `y` on a logarithmic axis; the Hz of its voiced frames."""
    seconds, hz = fundamental(y)
    ax.plot(seconds, hz, ".", color=colour, markersize=3.5)
    ax.set(yscale="log", ylim=(60, 640))
    ax.set_yticks([75, 150, 300, 600], ["75", "150", "300", "600"])
    ax.yaxis.set_minor_locator(NullLocator())
    return hz[~np.isnan(hz)]


@_light
def pitch(y: np.ndarray, title: str = "", ax: Axes | None = None) -> Picture:
    """Dots: the fundamental frequency of a voice over time.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.

    Notes
    -----
    Draws `fundamental`. Lesson 02.

    Examples
    --------
    >>> pitch(np.sin(2 * np.pi * 220 * np.arange(16000) / 16000))
    Pitch over 1.00 s: 100 % of the frames are voiced, median 220 Hz, half of them from 220 to 220 Hz.
    """
    ax = _axes(ax, 2.6)
    voiced = _pitch_line(ax, y, TRAIN)
    ax.set(xlabel="time in s", ylabel="pitch in Hz", xlim=(0, len(y) / SAMPLE_RATE))
    sentence = f"pitch over {len(y) / SAMPLE_RATE:.2f} s: "
    if not len(voiced):
        return _picture(ax, title, sentence + "no frame is voiced.")
    low, middle, high = np.percentile(voiced, [25, 50, 75])
    share = len(voiced) / (1 + len(y) // 160)
    sentence += (
        f"{_percent(share, 0)} of the frames are voiced, median {middle:.0f} Hz, half of them from {low:.0f} to "
    )
    return _picture(ax, title, sentence + f"{high:.0f} Hz.")


@_light
def pitches(sounds: Mapping[str, np.ndarray], title: str = "") -> Picture:
    """Small panels: the pitch of several voices at one scale, each with its median.

    Parameters
    ----------
    sounds : dict of str to ndarray

    Notes
    -----
    Lesson 02.

    Examples
    --------
    >>> t = np.arange(16000) / 16000
    >>> pitches({"angry": np.sin(2 * np.pi * 300 * t), "sad": np.sin(2 * np.pi * 150 * t)})
    Median pitch: angry 300 Hz, sad 150 Hz; the highest, angry, is 12.0 semitones above the lowest, sad.
    """
    sounds = _sounds(sounds)
    figure = _panels(sounds, "pitch in Hz")
    medians = {}
    for ax, (name, y) in zip(figure.axes, sounds.items(), strict=True):
        voiced = _pitch_line(ax, y, COLOURS.get(name, GREY))
        ax.set(title=f"{name} (unvoiced)", xlim=(0, max(map(len, sounds.values())) / SAMPLE_RATE))
        if len(voiced):
            medians[name] = float(np.median(voiced))
            ax.axhline(medians[name], color="black", linestyle=":", linewidth=1)
            ax.set_title(f"{name} (median {medians[name]:.0f} Hz)")
    if not medians:
        return _picture(figure, title, f"pitch of {_join(sounds)}: no voiced frame in {len(sounds)} sounds.")
    sentence = "median pitch: " + ", ".join(f"{name} {hz:.0f} Hz" for name, hz in medians.items())
    high, low = max(medians, key=medians.get), min(medians, key=medians.get)
    if high != low:
        semitones = 12 * np.log2(medians[high] / medians[low])
        sentence += f"; the highest, {high}, is {semitones:.1f} semitones above the lowest, {low}"
    return _picture(figure, title, sentence + ".")


# Features: lessons 03 and 04


@_light
def mel_filter_bank(n_mels: int = 12, n_fft: int = features.N_FFT, title: str = "", ax: Axes | None = None) -> Picture:
    """Lines: the triangular filters that turn a power spectrum into mel bands.

    Parameters
    ----------
    n_mels : int
        128 in the course's features; few show the idea.
    n_fft : int
        Samples in a frame. Small ones leave filters empty, and the sentence counts them.

    Notes
    -----
    Draws `features.mel_filters`. Lesson 03.

    Examples
    --------
    >>> mel_filter_bank(12)
    12 mel filters from 0 to 8,000 Hz: the lowest spans 464 Hz, the highest 3,043 Hz, and all have the same area.
    >>> mel_filter_bank(128, n_fft=200).sentence.split("; ")[1]
    '23 of them catch no frequency of a 200-sample frame.'
    """
    filters = features.mel_filters(n_fft=n_fft, n_mels=n_mels)
    ax = _axes(ax, 2.8)
    hz = np.linspace(0, SAMPLE_RATE / 2, filters.shape[1])
    for band, weights in enumerate(filters):
        near = np.flatnonzero(weights)
        if len(near):
            near = np.arange(max(near[0] - 1, 0), min(near[-1] + 2, len(hz)))
        dashes = "-" if band % 2 or n_mels > 40 else "--"
        ax.plot(hz[near], weights[near], dashes, color=TEST if band % 2 else TRAIN, linewidth=1.2)
    ax.set(xlabel="frequency in Hz", ylabel="weight", xlim=(0, SAMPLE_RATE / 2), ylim=(0, None))
    edges = features.mel_to_hz(np.linspace(0, features.hz_to_mel(SAMPLE_RATE / 2), n_mels + 2))
    sentence = f"{n_mels} mel filters from 0 to 8,000 Hz: the lowest spans {edges[2]:,.0f} Hz, the highest "
    sentence += f"{edges[-1] - edges[-3]:,.0f} Hz"
    if empty := int((filters.max(axis=1) == 0).sum()):
        sentence += f"; {empty} of them catch no frequency of a {n_fft}-sample frame."
    else:
        sentence += ", and all have the same area."
    return _picture(ax, title, sentence)


@_light
def mfcc_steps(y: np.ndarray, title: str = "") -> Picture:
    """Six panels: from a waveform through its loudest frame to 40 MFCC, with sizes and units.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.

    Notes
    -----
    Lesson 03. Every step is that of `features`.

    Examples
    --------
    >>> mfcc_steps(np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000))
    From sound to MFCC: of 32 frames in 1.00 s, the loudest (at 0.06 s) has 2,048 samples, whose 1,025 powers become 128
    mel bands, 128 decibels and 40 MFCC; its strongest band is at 1,006 Hz.
    """
    y = _samples(y)
    n_fft, hop = features.N_FFT, features.HOP
    mel = features.mel_power(y)
    db = features.log_mel(mel)
    best = int(mel.sum(axis=0).argmax())
    frame = _frames(y, n_fft, hop)[best]
    spectrum = np.abs(scipy.fft.rfft(frame * np.hanning(n_fft + 1)[:-1])) ** 2
    figure = _figure(4.8, 9)
    one, two, three, four, five, six = figure.subplots(2, 3).ravel()
    one.plot(np.arange(len(y)) / SAMPLE_RATE, y, color=GREY, linewidth=0.6)
    start = best * hop / SAMPLE_RATE
    one.axvspan(start - 0.064, start + 0.064, color=TEST, alpha=0.4)
    one.set(title=f"1 · waveform: {len(y):,} samples", xlabel="time in s", ylabel="amplitude")
    two.plot(np.arange(n_fft) / 16, frame, color=TEST, linewidth=0.8)
    two.set(title="2 · one frame: 2,048 samples", xlabel="time in ms", ylabel="amplitude")
    three.plot(np.linspace(0, 8, len(spectrum)), spectrum, color=TRAIN, linewidth=0.8)
    three.set(title="3 · its spectrum: 1,025 powers", xlabel="frequency in kHz", ylabel="power")
    four.plot(mel[:, best], color=TRAIN)
    four.set(title="4 · through the filters: 128 bands", xlabel="mel band", ylabel="power")
    five.plot(db[:, best], color=TRAIN)
    five.set(title="5 · logarithm: 128 levels", xlabel="mel band", ylabel="dB re 1.0")
    six.bar(np.arange(features.N_MFCC), features.mfcc(db)[:, best], color=TRAIN)
    six.set(title="6 · DCT: 40 MFCC", xlabel="coefficient", ylabel="value")
    sentence = (
        f"from sound to MFCC: of {mel.shape[1]} frames in {len(y) / SAMPLE_RATE:.2f} s, the loudest (at {start:.2f} s) "
        "has 2,048 samples, whose 1,025 powers become 128 mel bands, 128 decibels and 40 MFCC"
    )
    if not mel.any():
        return _picture(figure, title, sentence + "; all samples are zero, so every level is -100 dB.")
    centre = features.mel_to_hz(features.hz_to_mel(8000) * (mel[:, best].argmax() + 1) / 129)
    return _picture(figure, title, f"{sentence}; its strongest band is at {centre:,.0f} Hz.")


@_light
def padding(seconds: Sequence[float], title: str = "", ax: Axes | None = None) -> Picture:
    """Areas: how much of the original project's feature matrix is sound, and how much zero padding.

    Parameters
    ----------
    seconds : sequence of float
        Duration of each clip.

    Notes
    -----
    The original project resampled to 22,050 Hz, ravelled 13 MFCC (hop 512) and 64 mel bands (hop 256) and filled each
    row with zeros up to the longest clip's. Lesson 03.

    Examples
    --------
    >>> padding([1.5, 2.5, 5.005])
    The longest of 3 clips fills 30,456 columns, the shortest 30 %, the median clip 50 %; 40 % of the matrix are zeros,
    and counting the zeros of a row gives its duration to within 12 ms.
    """
    seconds = np.sort(np.asarray(seconds, dtype=float).ravel())
    if not len(seconds) or not (seconds > 0).all():
        raise CourseError("Durations in seconds were expected, one or more, all above zero.")
    samples = np.ceil(seconds * 22050)
    filled = 13 * (1 + samples // 512) + 64 * (1 + samples // 256)
    share = filled / filled.max()
    ax = _axes(ax, 3)
    edges = np.linspace(0, 100, len(share) + 1)
    ax.stairs(100 * share, edges, fill=True, color=TRAIN)
    zeros = {"facecolor": "#F3D9C4", "edgecolor": TEST, "hatch": "//"}
    ax.stairs(np.full(len(share), 100), edges, baseline=100 * share, fill=True, **zeros)
    ax.set(xlabel="share of the clips in %, shortest first", ylabel=f"share of the\n{filled.max():,.0f} columns in %")
    ax.set(xlim=(0, 100), ylim=(0, 100))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    ax.text(97, 8, "sound", ha="right", bbox=box)
    if share.min() < 0.9:
        ax.text(3, 88, "zeros", bbox=box)
    if len(share) == 1:
        return _picture(ax, title, f"one clip of {seconds[0]:.2f} s fills its {filled[0]:,.0f} columns: no padding.")
    return _picture(
        ax,
        title,
        f"the longest of {len(share):,} clips fills {filled.max():,.0f} columns, the shortest {_percent(share[0], 0)}, "
        f"the median clip {_percent(np.median(share), 0)}; {_percent(1 - share.mean(), 0)} of the matrix are zeros, "
        "and counting the zeros of a row gives its duration to within 12 ms.",
    )


@_light
def snr_ladder(
    y: np.ndarray, snrs_db: Sequence[float | None] = (None, 30, 15, 5, 0), clip: str = "clip", title: str = ""
) -> Picture:
    """Panels: a clip with more and more white noise, as waveform and log-mel spectrogram.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.
    snrs_db : sequence of float or None
        None is the clip as it is.
    clip : str
        Its name, which decides the noise: see `audio.clip_rng`.

    Notes
    -----
    Lesson 04.

    Examples
    --------
    >>> snr_ladder(np.sin(np.arange(16000) / 4), (None, 15), clip="tone")
    White noise on tone adds 3 dB or more to this share of the log-mel cells: 95 % at 15 dB SNR.
    """
    y, steps = _samples(y), list(snrs_db)
    noisy = [y if snr is None else audio.add_noise(y, snr, audio.clip_rng(clip)) for snr in steps]
    db = [features.log_mel(features.mel_power(sound)) for sound in noisy]
    clean = features.log_mel(features.mel_power(y))
    top, height = max(map(np.max, db)), 1.05 * max(float(np.abs(sound).max()) for sound in noisy) or 1
    figure = _figure(3.8, max(1.9 * len(steps), 4))
    grid = figure.subplots(2, len(steps), sharex=True, sharey="row", squeeze=False)
    changed = []
    for (wave, mel), snr, sound, cells in zip(grid.T, steps, noisy, db, strict=True):
        wave.plot(np.arange(len(y)) / SAMPLE_RATE, sound, color=TRAIN, linewidth=0.4)
        wave.set(title="as recorded" if snr is None else f"{snr:g} dB SNR", ylim=(-height, height))
        _image(mel, cells, features.HOP / SAMPLE_RATE, 128, "", vmin=top - features.TOP_DB, vmax=top)
        mel.set_xlim(0, len(y) / SAMPLE_RATE)
        if snr is not None:
            changed.append(f"{_percent((cells >= clean + 3).mean(), 0)} at {snr:g} dB")
    _mel_ticks(grid[1, 0], 128)
    grid[0, 0].set_ylabel("amplitude")
    grid[1, 0].set_ylabel("frequency in Hz")
    figure.supxlabel("time in s", fontsize="medium")
    if not changed:
        return _picture(figure, title, f"{clip} as recorded, {len(y) / SAMPLE_RATE:.2f} s, without noise.")
    if not y.any():
        return _picture(figure, title, f"{clip} is silent: its {len(y):,} zeros stay zeros at every SNR.")
    return _picture(
        figure,
        title,
        f"white noise on {clip} adds 3 dB or more to this share of the log-mel cells: {_join(changed)} SNR.",
    )


# Splits, training and scores: lessons 05 to 07


@_light
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
    actors, is_test = np.asarray(actors), np.asarray(is_test, dtype=bool)
    if actors.ndim != 1 or actors.shape != is_test.shape or not len(actors):
        raise CourseError(f"An actor and a True or False per clip were expected; {actors.shape}, {is_test.shape} came.")
    names, actor = np.unique(actors, return_inverse=True)
    train, test = (np.bincount(actor[side], minlength=len(names)) for side in (~is_test, is_test))
    both = (train > 0) & (test > 0)
    ax = _axes(ax, 3, 8.5)
    place = np.arange(len(names))
    ax.vlines(place[both], np.minimum(train, test)[both], np.maximum(train, test)[both], color="black", linewidth=1)
    for counts, colour, marker, text in ((train, TRAIN, "o", "in training"), (test, TEST, "D", "in test")):
        there = counts > 0
        looks = {"color": colour, "marker": marker, "edgecolors": np.where(both[there], "black", colour), "label": text}
        ax.scatter(place[there], counts[there], s=42, zorder=3, **looks)
    ax.plot([], [], "|", color="black", markersize=12, label="actor on both sides")
    _legend(ax)
    ax.set(ylabel="clips", ylim=(0, 1.12 * max(train.max(), test.max())), xlim=(-1, len(names)))
    step = -(-len(names) // 25)
    ax.set_xticks(place[::step], names[::step], rotation=90 if len(names) > 12 else 0)
    ax.set_xlabel("actor")
    if len(names) <= 6:
        sides = [(train > 0) & ~both, (test > 0) & ~both, both]
        only_train, only_test, shared = (f"{sum(side)} ({_join(names[side])})" if any(side) else 0 for side in sides)
    else:
        only_train, only_test, shared = len(names) - (test > 0).sum(), len(names) - (train > 0).sum(), both.sum()
    return _picture(
        ax,
        title,
        f"{_speakers(actors)}, {len(actors):,} clips, {_percent(is_test.mean(), 0)} of them in test: "
        f"{only_train} only in training, {only_test} only in test, {shared} on both sides.",
    )


def _chosen(scores: pd.DataFrame, target: str, **conditions) -> pd.DataFrame:
    """The rows asked for, one per protocol, in the order of `evaluate.PROTOCOLS`."""
    rows = scores[scores["target"] == target]
    for column, value in conditions.items():
        rows = rows[rows[column] == value]
    rows = rows.drop_duplicates("protocol").set_index("protocol")
    rows = rows.reindex([protocol for protocol in evaluate.PROTOCOLS if protocol in rows.index])
    if not len(rows):
        asked = ", ".join([*map(str, conditions.values()), target])
        raise CourseError(f"No score fits {asked}. evaluate.load_scores() has: {', '.join(scores['target'].unique())}.")
    return rows


def _protocol_axis(ax: Axes, protocols: Iterable[str]) -> None:
    names = [textwrap.fill(evaluate.PROTOCOLS[protocol], 27) for protocol in protocols]
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)


def _tested(rows: pd.DataFrame) -> str:
    return f"{rows['n_clips'].iloc[0]:,} clips of {rows['n_actors'].iloc[0]} actors"


@_light
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
    ax = _axes(ax, 0.9 + 0.62 * len(rows), 8)
    for place, (protocol, row) in enumerate(rows.iterrows()):
        low, high = row[f"{score}_interval"]
        looks = {"color": TEST, "hatch": "//", "edgecolor": "white"} if protocol == "leak" else {"color": TRAIN}
        ax.barh(place, 100 * row[score], height=0.66, **looks)
        _interval(ax, place, low, high)
        ax.annotate(_percent(row[score]), (100 * high, place), xytext=(8, 0), textcoords="offset points", va="center")
    _protocol_axis(ax, rows.index)
    ax.set_ylim(bottom=len(rows) - 0.1)
    _reference(ax, 1 / len(LABELS), "guessing")
    if people is not None:
        _reference(ax, people, "listeners")
    name = {"uar": "UAR"}.get(score, score)
    ax.set(xlabel=f"{name} in %, with 95 % interval over actors", xlim=(0, 1.25 * 100 * rows[score].max()))
    values = "; ".join(
        f"{_percent(row[score])} with {evaluate.PROTOCOLS[protocol]}" for protocol, row in rows.iterrows()
    )
    sentence = f"{name} of one model against the {target} label on {_tested(rows)}, "
    sentence += f"tested on {tested_on} clips: {values}"
    if people is not None:
        sentence += f"; listeners {_percent(people)}"
    gap = 100 * (rows[score].iloc[0] - rows[score].iloc[-1])
    return _picture(ax, title, f"{sentence}; {gap:.1f} points between the first bar and the last.")


def _interval(ax: Axes, place: float, low: float, high: float) -> None:
    """A horizontal interval, shares on an axis in per cent; nothing where it is not known."""
    halo = [withStroke(linewidth=3.5, foreground="white")]  # black alone would drown in a dark bar
    ends = {"marker": "|", "markersize": 9, "markeredgewidth": 1.4}
    ax.plot([100 * low, 100 * high], [place, place], color="black", zorder=3, path_effects=halo, **ends)


@_light
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

    Notes
    -----
    Lesson 04: what noisy copies in training cost on clean clips, and what they save on noisy ones.

    Examples
    --------
    >>> clean_and_noisy(evaluate.load_scores()).sentence[:46]
    'Accuracy on clean and noisy (15 dB SNR) copies'
    """
    clean, noisy = (_chosen(scores, target, tested_on=condition) for condition in ("clean", "noisy"))
    ax = _axes(ax, 1.1 + 0.62 * len(clean), 8)
    for place, protocol in enumerate(clean.index):
        pair = 100 * np.array([clean[score][protocol], noisy[score][protocol]])
        ax.plot(pair, [place, place], color=GREY, linewidth=1, zorder=1)
        for value, other, marker, colour in zip(pair, pair[::-1], "os", (TRAIN, TEST), strict=True):
            ax.plot(value, place, marker, color=colour, markersize=12 if marker == "o" else 6)
            side = 1 if (value, marker) > (other, "p") else -1  # where they are equal, the square's number stands right
            beside = {"xytext": (9 * side, 0), "textcoords": "offset points", "ha": "left" if side > 0 else "right"}
            ax.annotate(f"{value:.1f}", (value, place), va="center", color=colour, **beside)
    for marker, size, text in (("o", 12, "tested on clean clips"), ("s", 6, "on noisy clips (15 dB SNR)")):
        ax.plot([], [], marker, color=TRAIN if marker == "o" else TEST, markersize=size, label=text)
    _legend(ax)
    _protocol_axis(ax, clean.index)
    name = {"uar": "UAR"}.get(score, score)
    both = pd.concat([clean[score], noisy[score]])
    ax.set(xlabel=f"{name} in %", xlim=(100 * both.min() - 7, 100 * both.max() + 7))
    values = "; ".join(
        f"{100 * clean[score][protocol]:.1f} and {_percent(noisy[score][protocol])} with {evaluate.PROTOCOLS[protocol]}"
        for protocol in clean.index
    )
    return _picture(ax, title, f"{name} on clean and noisy (15 dB SNR) copies of {_tested(clean)}: {values}.")


@_light
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
    curves = dict(losses) if isinstance(losses, Mapping) else {"training loss": losses}
    curves = {name: np.asarray(values, dtype=float) for name, values in curves.items()}
    if not curves or not all(len(values) for values in curves.values()):
        raise CourseError("Losses were expected, one per epoch; none came. model[-1].loss_curve_ holds them after fit.")
    ax = _axes(ax, 3.2)
    parts = []
    for n, (name, values) in enumerate(curves.items()):
        looks = {"color": list(COLOURS.values())[-1 - n % 6], "linestyle": ("-", "--", ":", "-.")[n % 4]}
        last = first + len(values) - 1
        ax.plot(np.arange(first, last + 1), values, marker="o" if len(values) < 3 else None, label=name, **looks)
        if values[-1] < values[0]:
            middle = first + int(np.argmax(values <= (values[0] + values[-1]) / 2))
            span = f"{len(values):,} epochs" if first == 1 else f"epochs {first:,} to {last:,}"
            part = (
                f"{name} falls from {values[0]:.3f} to {values[-1]:.3f} in {span}, half of the way by epoch {middle:,}"
            )
            parts.append(part)
        else:
            words = f"{values[0]:.3f} after epoch {first:,}, {values[-1]:.3f} after {last:,}"
            parts.append(f"{name} does not fall: {words}")
    marked = [(mark, "") if np.ndim(mark) == 0 else tuple(mark) for mark in marks]
    gaps = np.diff([*(epoch for epoch, _ in marked), np.inf])
    crowded = gaps < max(map(len, curves.values())) / 40  # the next mark would cover the word
    for (epoch, text), left in zip(marked, crowded, strict=True):
        ax.axvline(epoch, color="black", linestyle=":", linewidth=1)
        beside = {"xytext": (-3, -3), "ha": "right"} if left else {"xytext": (3, -3)}
        ax.annotate(
            text, (epoch, 1), xycoords=("data", "axes fraction"), textcoords="offset points", va="top", rotation=90,
            fontsize=9, **beside,
        )  # fmt: skip
    if len(curves) > 1:
        _legend(ax)
    ax.set(xlabel="epoch", ylabel="training loss")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    sentence = "; ".join(parts) + "."
    if marked:
        sentence += " Marked: " + _join(f"epoch {epoch}" + f" ({text})" * bool(text) for epoch, text in marked) + "."
    return _picture(ax, title, sentence)


def _heat_map(ax: Axes, counts: np.ndarray, xlabel: str, bar: bool) -> str:
    """Draw per cent of each row; say what was found best, worst, and mistaken most."""
    import seaborn as sns

    counts = np.asarray(counts, dtype=float)
    if counts.shape != (6, 6) or not counts.sum():
        raise CourseError(f"Six rows of six counts were expected (evaluate.confusion gives them); {counts.shape} came.")
    clips = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, clips, out=np.full_like(counts, np.nan), where=clips > 0)
    sns.heatmap(
        data=pd.DataFrame(100 * share, index=LABELS, columns=LABELS),
        annot=True, fmt=".0f", cmap="Blues", vmin=0, vmax=100, square=True, linewidths=0.5, cbar=bar,
        cbar_kws={"label": "per cent of the row", "shrink": 0.8} if bar else None, ax=ax,
    )  # fmt: skip
    ax.set(xlabel=xlabel, ylabel="true")
    ax.tick_params(rotation=0, length=0)
    ax.tick_params(axis="x", rotation=45)
    right, wrong = np.diag(share), np.where(np.eye(6, dtype=bool), -1, np.nan_to_num(share, nan=-1))
    best, worst = np.nanargmax(right), np.nanargmin(right)
    true, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    sentence = f"UAR {_percent(np.nanmean(right))}, {LABELS[best]} found best ({_percent(right[best], 0)})"
    if best != worst:
        sentence += f", {LABELS[worst]} worst ({_percent(right[worst], 0)})"
    if wrong[true, taken] > 0:
        sentence += f", {_percent(wrong[true, taken], 0)} of {LABELS[true]} taken for {LABELS[taken]}"
    return sentence


@_light
def confusion(counts: np.ndarray, title: str = "", ax: Axes | None = None) -> Picture:
    """Heat map: what each true emotion is taken for, in per cent of its clips.

    Parameters
    ----------
    counts : ndarray, shape (6, 6)
        Rows true, columns predicted, course order: `evaluate.confusion`. A row without clips stays blank.

    Notes
    -----
    Lesson 07.

    Examples
    --------
    >>> confusion(8 * np.eye(6) + 2 * np.eye(6)[[1, 1, 2, 3, 4, 5]])
    Confusion of 60 clips: UAR 96.7 %, disgust found best (100 %), angry worst (80 %), 20 % of angry taken for disgust.
    """
    ax = _axes(ax, 4.2, 5.6)
    sentence = _heat_map(ax, counts, "predicted", bar=True)
    return _picture(ax, title, f"confusion of {np.sum(counts):,.0f} clips: {sentence}.")


@_light
def confusion_pair(
    left: np.ndarray, right: np.ndarray, titles: Sequence[str] = ("model", "listeners"), title: str = ""
) -> Picture:
    """Two heat maps side by side, as the model's beside the crowd's.

    Parameters
    ----------
    left, right : ndarray, shape (6, 6)
        As for `confusion`.
    titles : two str

    Notes
    -----
    Lesson 07.

    Examples
    --------
    >>> confusion_pair(np.eye(6), np.eye(6)[[4] * 6])
    Two confusions. model: UAR 100.0 %, angry found best (100 %). listeners: UAR 16.7 %, neutral found best (100 %),
    angry worst (0 %), 100 % of angry taken for neutral.
    """
    figure = _figure(4.3, 9.6)
    sentences = []
    for ax, counts, name in zip(figure.subplots(1, 2), (left, right), titles, strict=True):
        sentences.append(f"{name}: {_heat_map(ax, counts, 'answer', bar=False)}.")
        ax.set_title(name)
    figure.axes[1].set_ylabel("")
    figure.supxlabel("numbers: per cent of the row", fontsize="small")
    return _picture(figure, title, f"two confusions. {' '.join(sentences)}")


@_light
def recall_bars(frame: pd.DataFrame, score: str = "UAR", title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: a score per group, with its interval.

    Parameters
    ----------
    frame : DataFrame with columns group, score, low and high, shares 0..1
        A row per group, drawn in this order; low and high may be missing.
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
    ax = _axes(ax, 1.0 + 0.42 * len(frame))
    for place, (group, value, low, high) in enumerate(frame.itertuples(index=False)):
        ax.barh(place, 100 * value, height=0.66, color=COLOURS.get(group, TRAIN))
        _interval(ax, place, low, high)
        end = 100 * np.nanmax([value, high])
        ax.annotate(_percent(value), (end, place), xytext=(8, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(frame)), frame["group"].astype(str))
    known = not frame[["low", "high"]].isna().to_numpy().all()
    ax.set(ylim=(len(frame) - 0.5, -0.5), xlabel=f"{score} in %" + ", with interval" * known)
    ax.set_xlim(0, 115 * max(np.nanmax(frame[["score", "high"]].to_numpy(dtype=float)), 0.1))
    best, worst = frame.loc[frame["score"].idxmax()], frame.loc[frame["score"].idxmin()]
    words = {
        row["group"]: f"{_percent(row['score'])}"
        + (f" ({100 * row['low']:.1f}-{100 * row['high']:.1f})" if pd.notna(row["low"]) else "")
        for row in (best, worst)
    }
    if len(frame) == 1:
        return _picture(ax, title, f"{score} of {best['group']}: {words[best['group']]}.")
    sentence = f"{score} of {len(frame)} groups: {best['group']} highest with {words[best['group']]}, "
    sentence += f"{worst['group']} lowest with {words[worst['group']]}"
    if pd.notna(best["low"]) and pd.notna(worst["high"]):
        sentence += f"; these two intervals {'overlap' if best['low'] <= worst['high'] else 'do not overlap'}"
    return _picture(ax, title, sentence + ".")


@_light
def actor_scores(frame: pd.DataFrame, score: str = "accuracy", title: str = "", ax: Axes | None = None) -> Picture:
    """Dots: the score of each actor's clips, lowest first.

    Parameters
    ----------
    frame : DataFrame with columns actor and score, shares 0..1
    score : str
        What was counted, as "accuracy".

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
    ax = _axes(ax, 3, 8)
    place = np.arange(len(frame))
    ax.vlines(place, 0, 100 * values, color="#C8D3E6", linewidth=2, zorder=0)
    ax.plot(place, 100 * values, "o", color=TRAIN, markersize=5)
    guess = 1 / len(LABELS)
    for value, text, line in ((np.median(values), "median", "-"), (guess, "guessing", "--")):
        ax.axhline(100 * value, color="black", linestyle=line, linewidth=1, zorder=1)
        beside = {"xycoords": ("axes fraction", "data"), "xytext": (4, 0), "textcoords": "offset points"}
        ax.annotate(text, (1, 100 * value), va="center", **beside)
    step = -(-len(frame) // 40)
    ax.set_xticks(place[::step], names[::step], rotation=90 if len(frame) > 10 else 0, fontsize=9)
    ax.set(xlabel=f"actor, lowest {score} first", ylabel=f"{score} in %", ylim=(0, max(100 * values.max() + 5, 25)))
    ax.set_xlim(-0.8, len(frame) - 0.2)
    low = f"{_percent(values[0])} (actor {names[0]})"
    if len(frame) == 1:
        return _picture(ax, title, f"{score} of {_speakers(names)}: {low}.")
    return _picture(
        ax,
        title,
        f"{score} of {_speakers(names)}: from {low} to {_percent(values[-1])} (actor {names[-1]}), "
        f"median {_percent(np.median(values))}; {(values <= guess).sum()} of them at or below {_percent(guess)}, what "
        "guessing reaches.",
    )


@_light
def probabilities(prediction: Any, title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: the six probabilities behind a prediction.

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
    """
    shares = dict(getattr(prediction, "probabilities", prediction))
    ranked = sorted(shares, key=shares.get, reverse=True)
    ax = _axes(ax, 2.6)
    bars = ax.barh(list(shares), [100 * p for p in shares.values()], color=[COLOURS.get(name, GREY) for name in shares])
    ax.bar_label(bars, [_percent(p, 0) for p in shares.values()], padding=4)
    ax.set(xlabel="probability in %", xlim=(0, 108))
    ax.invert_yaxis()
    first, second, rest = ranked[0], ranked[1], sum(shares[name] for name in ranked[2:])
    return _picture(
        ax,
        title,
        f"the model gives {first} {_percent(shares[first], 0)}, {second} {_percent(shares[second], 0)} and the other "
        f"{len(ranked) - 2} emotions {_percent(rest, 0)} together.",
    )


@_light
def votes(clip_row: Mapping | pd.Series, title: str = "", ax: Axes | None = None) -> Picture:
    """Bars: what the crowd heard in one clip, beside what the actor was asked to act.

    Parameters
    ----------
    clip_row : Series or mapping
        One row of `corpus.clip_table`.

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
    heard = {label: int(clip_row[f"votes_{label}"]) for label in LABELS}
    intended, total = clip_row["emotion"], sum(heard.values())
    ax = _axes(ax, 2.6)
    bars = ax.barh(LABELS, heard.values(), color=list(COLOURS.values()))
    bars[LABELS.index(intended)].set(hatch="//", edgecolor="white")
    ax.bar_label(bars, padding=4)
    ax.set_yticks(range(6), [f"intended: {label}" if label == intended else label for label in LABELS])
    ax.yaxis.get_major_ticks()[LABELS.index(intended)].label1.set_fontweight("bold")
    ax.set(xlabel="votes on the voice alone", xlim=(0, 1.1 * max(max(heard.values()), 1)))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.invert_yaxis()
    sentence = f"listeners on {clip_row['clip']}, intended {intended}: "
    if not total:
        return _picture(ax, title, sentence + "0 votes, for nobody was asked about this clip.")
    counts = [(n, label) for label, n in sorted(heard.items(), key=lambda item: -item[1]) if n]
    rest = "".join(f", {n} {label}" for n, label in counts[1:])
    return _picture(ax, title, f"{sentence}{counts[0][0]} of {total} heard {counts[0][1]}{rest}.")


@_light
def network(
    n_inputs: int = 168,
    n_hidden: int | Sequence[int] = 100,
    n_classes: int = 6,
    title: str = "",
    ax: Axes | None = None,
) -> Picture:
    """Drawing: a network of fully connected layers, from features to probabilities.

    Parameters
    ----------
    n_inputs, n_classes : int
    n_hidden : int or sequence of int
        Units of the hidden layer, or of each.

    Notes
    -----
    Lesson 06.

    Examples
    --------
    >>> network()
    A network of 168 inputs, 100 hidden units and 6 outputs, each joined to all of the layer before: 17,506 numbers to
    learn.
    """
    sizes = [n_inputs, *np.atleast_1d(n_hidden).tolist(), n_classes]
    ax = _axes(ax, 3.6)
    shown = [np.arange(min(size, 8)) - (min(size, 8) - 1) / 2 for size in sizes]
    for x in range(len(sizes) - 1):
        lines = [((x, a), (x + 1, b)) for a in shown[x] for b in shown[x + 1]]
        ax.add_collection(LineCollection(lines, colors="#B9C4D6", linewidths=0.5))
    for x, (size, rows) in enumerate(zip(sizes, shown, strict=True)):
        last = x == len(sizes) - 1
        colours = list(COLOURS.values()) if last and size == 6 else [TRAIN] * len(rows)
        rows = rows[::-1]
        hidden = (rows == rows[len(rows) // 2]) if size > 8 else np.zeros(len(rows), dtype=bool)
        ax.scatter(np.full(len(rows), x), rows, s=170, color=colours, edgecolors="white", zorder=2)
        if hidden.any():
            middle = rows[hidden][0]
            ax.scatter([x], [middle], s=200, color="white", zorder=3)
            ax.scatter([x] * 3, middle + np.array([-0.22, 0, 0.22]), s=6, color="black", zorder=4)
        if last and size == 6:
            for row, label in zip(rows, LABELS, strict=True):
                ax.annotate(label, (x, row), xytext=(11, 0), textcoords="offset points", va="center")
        kind = "features" if not x else "probabilities" if last else "hidden units"
        ax.text(x, -4.3, f"{size:,} {kind}", ha="center", va="top")
    ax.set(xlim=(-0.4, len(sizes) - 0.5), ylim=(-5, 4))
    ax.axis("off")
    weights = sum((before + 1) * after for before, after in zip(sizes, sizes[1:], strict=False))
    hidden = _join(f"{size:,}" for size in sizes[1:-1])
    return _picture(
        ax,
        title,
        f"a network of {n_inputs:,} inputs, {hidden} hidden units and {n_classes:,} outputs, each joined to all of the "
        f"layer before: {weights:,} numbers to learn.",
    )
