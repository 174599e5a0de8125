"""Figures of sound: waveforms, levels, spectrograms and pitch. Lessons 00, 02 to 04 and 08."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from .. import audio, features
from ..audio import SAMPLE_RATE
from ..pitch import fundamental
from .picture import (
    GREY,
    TEST,
    TRAIN,
    Picture,
    image,
    join,
    legend,
    light,
    looks,
    mel_ticks,
    named_sounds,
    new_axes,
    new_figure,
    percent,
    titled,
)  # fmt: skip

FLOOR_DB = -80.0  # where pictures of decibels end


@light
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
    y = audio.one_sound(y)
    ax = new_axes(ax, 2.4)
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
    return titled(ax, title, sentence)


@light
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
    sounds = named_sounds(sounds)
    seconds = {name: len(y) / SAMPLE_RATE for name, y in sounds.items()}
    peaks = {name: float(np.abs(y).max()) for name, y in sounds.items()}
    height = 1.05 * (max(peaks.values()) or 1)
    figure = _panels(sounds, "amplitude (full scale = 1)")
    colours = looks(sounds, other=GREY)
    for ax, (name, y) in zip(figure.axes, sounds.items(), strict=True):
        ax.plot(np.arange(len(y)) / SAMPLE_RATE, y, color=colours[name][0], linewidth=0.6)
        ax.set(title=f"{name} ({seconds[name]:.1f} s)", xlim=(0, max(seconds.values())))
        ax.set_ylim(-height, height)
    tall, low = max(peaks, key=peaks.__getitem__), min(peaks, key=peaks.__getitem__)
    short, long = min(seconds, key=seconds.__getitem__), max(seconds, key=seconds.__getitem__)
    if len(sounds) == 1:
        return titled(figure, title, f"waveform of {tall}, {seconds[tall]:.2f} s, peak {peaks[tall]:.3f}.")
    if peaks[tall] <= 1.01 * peaks[low]:
        heights = "all are equally tall"
    elif peaks[low]:
        heights = f"{tall} is the tallest, {_times(peaks[tall] / peaks[low])} as tall as {low}, the lowest"
    else:
        heights = f"{tall} is the tallest, {low} is silent"
    return titled(
        figure,
        title,
        f"waveforms at one scale: {heights}; the shortest lasts {seconds[short]:.2f} s ({short}), "
        f"the longest {seconds[long]:.2f} s ({long}).",
    )


@light
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
    db = {name: audio.level_db(y) for name, y in named_sounds(sounds).items()}
    floor = min([x for x in db.values() if x > FLOOR_DB], default=0) - 6
    ax = new_axes(ax, 1.0 + 0.33 * len(db))
    marks = looks(db, other=GREY)
    for row, (name, level) in enumerate(db.items()):
        colour, marker = marks[name]
        x, text = (level, f"{level:.1f}") if level > FLOOR_DB else (floor, "silent")
        ax.plot(x, row, marker, color=colour, markersize=9)
        ax.annotate(text, (x, row), xytext=(9, 0), textcoords="offset points", va="center")
    ax.set(xlabel="level in dBFS (0 = full scale)", xlim=(floor - 1, 3), ylim=(len(db) - 0.5, -0.5))
    ax.set_yticks(range(len(db)), list(db))
    ax.grid(axis="x", color="#DDDDDD")
    ax.set_axisbelow(True)
    loud, quiet = max(db, key=db.__getitem__), min(db, key=db.__getitem__)
    if not db[loud] > FLOOR_DB:
        return titled(ax, title, f"silence: {join(db)} below {FLOOR_DB:.0f} dBFS.")
    sentence = f"{loud} is the loudest with {db[loud]:.1f} dBFS"
    if len(db) > 1 and db[quiet] > FLOOR_DB:
        gap = db[loud] - db[quiet]
        sentence += f", {quiet} the quietest with {db[quiet]:.1f} dBFS: {gap:.1f} dB between them, or "
        sentence += f"{_times(10 ** (gap / 20))} the amplitude"
    elif len(db) > 1:
        sentence += f", {quiet} is silent"
    return titled(ax, title, sentence + ".")


@light
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
    Draws `features.power_spectrum`. Lesson 02.

    Examples
    --------
    >>> spectrogram(np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000))
    Spectrogram of 1.00 s: half of the power lies at 1,000 Hz or below, 95 % at 1,031 Hz or below.
    """
    power = features.power_spectrum(audio.one_sound(y), n_fft, hop).T
    peak = power.max()
    db = 10 * np.log10(np.maximum(power / peak, 1e-8)) if peak else np.full_like(power, FLOOR_DB)
    ax = new_axes(ax, 3)
    image(ax, db, hop / SAMPLE_RATE, SAMPLE_RATE / 2000, "dB below the loudest", vmin=FLOOR_DB, vmax=0)
    ax.set(xlabel="time in s", ylabel="frequency in kHz")
    seconds = f"spectrogram of {len(y) / SAMPLE_RATE:.2f} s"
    if not peak:
        return titled(ax, title, f"{seconds} of silence: no cell has any power.")
    share = np.cumsum(power.sum(axis=1, dtype=float))
    half, most = (np.argmax(share >= part * share[-1]) * SAMPLE_RATE / n_fft for part in (0.5, 0.95))
    return titled(
        ax, title, f"{seconds}: half of the power lies at {half:,.0f} Hz or below, 95 % at {most:,.0f} Hz or below."
    )


@light
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
    db = features.log_mel(features.mel_power(audio.one_sound(y)))
    ax = new_axes(ax, 3)
    floor = max(db.max() - features.TOP_DB, -100)
    image(ax, db, features.HOP / SAMPLE_RATE, len(db), "dB re 1.0", vmin=floor, vmax=floor + features.TOP_DB)
    mel_ticks(ax, len(db))
    ax.set(xlabel="time in s", ylabel="frequency in Hz (mel scale)")
    size = f"log-mel spectrogram of {len(y) / SAMPLE_RATE:.2f} s, {db.shape[0]} bands and {db.shape[1]} frames"
    if db.max() <= -100:
        return titled(ax, title, f"{size}, of silence: every cell is at -100 dB.")
    band, frame = np.unravel_index(db.argmax(), db.shape)
    centre = features.mel_to_hz(features.hz_to_mel(SAMPLE_RATE / 2) * (band + 1) / (len(db) + 1))
    return titled(
        ax,
        title,
        f"{size}: the strongest cell is at {centre:,.0f} Hz after {frame * features.HOP / SAMPLE_RATE:.2f} s, and "
        f"{percent((db > db.max() - 40).mean(), 0)} of the cells are within 40 dB of it.",
    )


@light
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
    ax = new_axes(ax, 2.6)
    voiced = _pitch_line(ax, y, TRAIN)
    ax.set(xlabel="time in s", ylabel="pitch in Hz", xlim=(0, len(y) / SAMPLE_RATE))
    sentence = f"pitch over {len(y) / SAMPLE_RATE:.2f} s: "
    if not len(voiced):
        return titled(ax, title, sentence + "no frame is voiced.")
    low, middle, high = np.percentile(voiced, [25, 50, 75])
    share = len(voiced) / (1 + len(y) // 160)
    sentence += f"{percent(share, 0)} of the frames are voiced, median {middle:.0f} Hz, half of them from {low:.0f} to "
    return titled(ax, title, sentence + f"{high:.0f} Hz.")


@light
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
    sounds = named_sounds(sounds)
    figure = _panels(sounds, "pitch in Hz")
    colours = looks(sounds, other=GREY)
    medians = {}
    for ax, (name, y) in zip(figure.axes, sounds.items(), strict=True):
        voiced = _pitch_line(ax, y, colours[name][0])
        ax.set(title=f"{name} (unvoiced)", xlim=(0, max(map(len, sounds.values())) / SAMPLE_RATE))
        if len(voiced):
            medians[name] = float(np.median(voiced))
            ax.axhline(medians[name], color="black", linestyle=":", linewidth=1)
            ax.set_title(f"{name} (median {medians[name]:.0f} Hz)")
    if not medians:
        return titled(figure, title, f"pitch of {join(sounds)}: no voiced frame in {len(sounds)} sounds.")
    sentence = "median pitch: " + ", ".join(f"{name} {hz:.0f} Hz" for name, hz in medians.items())
    high, low = max(medians, key=medians.__getitem__), min(medians, key=medians.__getitem__)
    if high != low:
        semitones = 12 * np.log2(medians[high] / medians[low])
        sentence += f"; the highest, {high}, is {semitones:.1f} semitones above the lowest, {low}"
    return titled(figure, title, sentence + ".")


@light
def spectrum_pair(
    first: np.ndarray,
    second: np.ndarray,
    names: tuple[str, str] = ("before", "after"),
    title: str = "",
    ax: Axes | None = None,
) -> Picture:
    """Two lines: the mean power of the 128 mel bands of two sounds in dB, to see at which pitches they differ.

    Parameters
    ----------
    first, second : ndarray of floats, shape (n_samples,)
    names : pair of str
        Whose lines they are.

    Notes
    -----
    Lesson 08: what a file format takes away. Power below 1e-10 counts as -100 dB, where the MFCC of lesson 03 end, too.

    Examples
    --------
    >>> high = np.sin(2 * np.pi * 7600 * np.arange(16000) / 16000)
    >>> spectrum_pair(high + 0.01, 0 * high + 0.01)  # doctest: +ELLIPSIS
    Mean power of 128 mel bands, before and after: they differ most at 7,623 Hz, 33 dB before and -66 dB after; half of
    the bands differ by no more than ... dB.
    """
    floor, hz = 1e-10, features.BANDS
    ax = new_axes(ax, 2.8)
    db = [
        10 * np.log10(np.maximum(features.mel_power(audio.one_sound(y)).mean(axis=1), floor)) for y in (first, second)
    ]
    for name, level, colour, line in zip(names, db, (TRAIN, TEST), ("-", "--"), strict=True):
        ax.plot(hz, level, line, color=colour, label=name)
    ax.set(xlabel="frequency in Hz", ylabel="mean power in dB", xlim=(0, SAMPLE_RATE / 2))
    ax.set_xticks(range(0, 8001, 1000), [f"{f:,}" for f in range(0, 8001, 1000)])
    legend(ax)
    apart = np.abs(db[0] - db[1])
    most = int(np.argmax(apart))
    return titled(
        ax,
        title,
        f"mean power of {len(hz)} mel bands, {names[0]} and {names[1]}: they differ most at {hz[most]:,.0f} Hz, "
        f"{db[0][most]:.0f} dB {names[0]} and {db[1][most]:.0f} dB {names[1]}; half of the bands differ by no more than "
        f"{np.ceil(10 * np.median(apart)) / 10:.1f} dB.",
    )


def _panels(names: Iterable[str], ylabel: str) -> Figure:
    """Panels for `names`, up to three in a row, with shared axes."""
    n = len(list(names))
    columns = min(n, 3)
    rows = -(-n // columns)
    figure = new_figure(height=0.6 + 1.6 * rows, width=2.6 * max(columns, 2))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for unused in grid[n:]:
        unused.remove()
    for ax in grid[max(0, n - columns) : n]:
        ax.xaxis.set_tick_params(labelbottom=True)
    figure.supxlabel("time in s", fontsize="medium")
    figure.supylabel(ylabel, fontsize="medium")
    return figure


def _pitch_line(ax: Axes, y: np.ndarray, colour: str) -> np.ndarray:
    """Draw the pitch of `y` on a logarithmic axis; the Hz of its voiced frames."""
    seconds, hz = fundamental(y)
    ax.plot(seconds, hz, ".", color=colour, markersize=3.5)
    ax.set(yscale="log", ylim=(60, 640))
    ax.set_yticks([75, 150, 300, 600], ["75", "150", "300", "600"])
    ax.yaxis.set_minor_locator(NullLocator())
    return hz[~np.isnan(hz)]


def _times(ratio: float) -> str:
    return f"{ratio:.2g} times" if ratio < 9.95 else f"{ratio:.0f} times"
