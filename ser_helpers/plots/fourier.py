"""Figures of how a spectrogram is made: frames, windows and sines. Lesson 02."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from .. import audio, features
from ..audio import SAMPLE_RATE
from ..errors import CourseError
from .picture import GREY, TEST, TRAIN, Picture, image, join, light, new_figure, percent, titled

FLOOR_DB = -80.0  # where the spectrum of a frame ends


@light
def frames(y: np.ndarray, n_fft: int = 512, hop: int = 128, at: int = 0, title: str = "") -> Picture:
    """Three panels: where a frame lies among its neighbours, the frame under its window, and its spectrum.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono, a frame at least.
    n_fft, hop : int
        Samples in a frame, and from the beginning of one to that of the next.
    at : int
        Which frame, counted from 0; beyond the last it is the last. Only whole frames count, as in `rms_db` of lesson 02.

    Raises
    ------
    CourseError
        When the sound is shorter than a frame.

    Notes
    -----
    Lesson 02.

    Examples
    --------
    >>> frames(np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000), at=2)
    Frame 2 of 0 to 121: samples 256 to 767 (0.016 to 0.048 s). The next begins 128 samples (8 ms) later, so the two share
    384 of their 512 samples. Its spectrum has 257 powers, 31.25 Hz apart; the strongest is at 1,000 Hz.
    """
    y = audio.one_sound(y)
    if len(y) < n_fft:
        raise CourseError(f"A frame of {n_fft:,} samples needs a sound at least as long; this one has {len(y):,}.")
    last = (len(y) - n_fft) // hop
    at = min(max(at, 0), last)
    start = at * hop
    frame, window = y[start : start + n_fft], features.hann(n_fft)
    power = np.abs(np.fft.rfft(frame * window)) ** 2
    figure = new_figure(4.6)
    whole, cut, spectrum = figure.subplot_mosaic([["whole", "whole"], ["cut", "spectrum"]]).values()
    _bracketed(whole, y, n_fft, hop, at, last)
    _faded(cut, frame, window)
    db = 10 * np.log10(np.maximum(power / (power.max() or 1), 10 ** (FLOOR_DB / 10)))
    spectrum.plot(np.fft.rfftfreq(n_fft, 1 / SAMPLE_RATE) / 1000, db, color=TEST, linewidth=1)
    spectrum.set(title=f"its spectrum: {len(power):,} powers", xlabel="frequency in kHz", ylabel="dB below the loudest")
    times = f"{start / SAMPLE_RATE:.3f} to {(start + n_fft) / SAMPLE_RATE:.3f} s"
    shared = (
        f"so the two share {n_fft - hop:,} of their {n_fft:,}"
        if hop < n_fft
        else f"{hop - n_fft:,} samples after this one ends"
    )
    sentence = f"frame {at:,} of 0 to {last:,}: samples {start:,} to {start + n_fft - 1:,} ({times}). The next begins {hop:,} samples "
    sentence += (
        f"({1000 * hop / SAMPLE_RATE:g} ms) later, {shared}{' samples' if hop < n_fft else ''}. Its spectrum has "
    )
    sentence += f"{len(power):,} powers, {SAMPLE_RATE / n_fft:g} Hz apart; "
    strongest = (
        f"the strongest is at {power.argmax() * SAMPLE_RATE / n_fft:,.0f} Hz." if power.any() else "all are zero."
    )
    return titled(figure, title, sentence + strongest)


@light
def sines(y: np.ndarray, n_fft: int = 512, at: int = 0, kept: int = 4, title: str = "") -> Picture:
    """Two panels: a frame with the sum of its strongest sines, and these sines one below the other.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono, a frame at least.
    n_fft : int
        Samples in the frame.
    at : int
        Its first sample.
    kept : int
        How many sines, strongest first; six of them are drawn at most.

    Raises
    ------
    CourseError
        When no whole frame begins there.

    Notes
    -----
    The Fourier transform of the frame under its Hann window: a sine (of any phase) for each of its frequencies. Lesson 02.

    Examples
    --------
    >>> t = np.arange(512) / 16000
    >>> sines(np.sin(2 * np.pi * 1000 * t) + 0.1 * np.sin(2 * np.pi * 3000 * t), kept=1)
    The strongest of 257 sines, at 1,000 Hz, holds 66.0 % of the power of the frame.
    """
    frame = audio.one_sound(y)[at : at + n_fft]
    if len(frame) < n_fft:
        raise CourseError(f"No frame of {n_fft:,} samples begins at sample {at:,}: {len(y):,} samples came.")
    frame = frame * features.hann(n_fft)
    spectrum = np.fft.rfft(frame)
    order = np.argsort(-np.abs(spectrum), kind="stable")[:kept]
    hz, ms = order * SAMPLE_RATE / n_fft, np.arange(n_fft) / SAMPLE_RATE * 1000
    waves = np.fft.irfft(np.eye(len(spectrum))[order] * spectrum, n_fft)
    total = waves.sum(axis=0)
    figure = new_figure(4.4)
    above, below = figure.subplots(2, 1, sharex=True)
    above.plot(ms, frame, color=GREY, linewidth=2.2, label="the frame, faded")
    above.plot(ms, total, color=TEST, linewidth=1.2, label=f"sum of {len(order)}")
    above.set(ylabel="amplitude")
    above.legend(loc="upper right", frameon=False, fontsize="small")
    step = 2.2 * float(np.abs(waves).max()) or 1
    for row, wave in enumerate(waves[:6]):
        below.plot(ms, wave - row * step, color=TRAIN, linewidth=1)
    below.set_yticks([-row * step for row in range(len(waves[:6]))], [f"{one:,.0f} Hz" for one in hz[:6]])
    below.set(xlabel="time in ms")
    if not frame.any():
        return titled(figure, title, "a frame of silence: every sine in it has amplitude 0.")
    share = 1 - np.mean((frame - total) ** 2) / np.mean(frame**2)
    which = join(f"{one:,.0f}" for one in hz[:6]) + (" Hz and others" if len(hz) > 6 else " Hz")
    some = (
        f"the {len(order)} strongest of {len(spectrum):,} sines, at {which}, hold"
        if kept > 1
        else f"the strongest of {len(spectrum):,} sines, at {which}, holds"
    )
    return titled(figure, title, f"{some} {percent(share)} of the power of the frame.")


@light
def windows(y: np.ndarray, n_ffts: Sequence[int] = (64, 512, 4096), top_hz: float = 4000, title: str = "") -> Picture:
    """Panels: the same sound with short and long frames, on one linear scale of frequency; the hop is a quarter of a frame.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono; half a second shows most.
    n_ffts : sequence of int
        Samples in a frame, a panel each.
    top_hz : float
        Where the panels end.

    Notes
    -----
    Draws `features.power_spectrum`. Lesson 02. On a mel scale a short frame would leave filters empty, which paints
    stripes that are in no voice.

    Examples
    --------
    >>> windows(np.sin(2 * np.pi * 1000 * np.arange(8000) / 16000), (64, 4096))
    0.50 s with frames of 64 samples (4 ms, frequencies 250 Hz apart) and 4,096 samples (256 ms, frequencies 3.91 Hz apart).
    """
    y = audio.one_sound(y)
    figure = new_figure(0.6 + 1.75 * len(n_ffts))
    parts = []
    for ax, n_fft in zip(figure.subplots(len(n_ffts), 1, sharex=True, squeeze=False)[:, 0], n_ffts, strict=True):
        power = features.power_spectrum(y, n_fft, n_fft // 4).T
        db = 10 * np.log10(np.maximum(power / (power.max() or 1), 1e-6))
        image(ax, db, n_fft / 4 / SAMPLE_RATE, SAMPLE_RATE / 2000, "dB", vmin=-60, vmax=0)
        ms, apart = f"{1000 * n_fft / SAMPLE_RATE:g} ms", f"{SAMPLE_RATE / n_fft:.3g} Hz apart"
        ax.set(title=f"frames of {ms}, frequencies {apart}", ylabel="kHz", ylim=(0, top_hz / 1000))
        ax.set_xlim(0, len(y) / SAMPLE_RATE)
        parts.append(
            f"{n_fft:,} samples ({1000 * n_fft / SAMPLE_RATE:g} ms, frequencies {SAMPLE_RATE / n_fft:.3g} Hz apart)"
        )
    figure.axes[len(n_ffts) - 1].set_xlabel("time in s")
    return titled(figure, title, f"{len(y) / SAMPLE_RATE:.2f} s with frames of {join(parts)}.")


def _faded(ax: Axes, frame: np.ndarray, window: np.ndarray) -> None:
    """A frame as it is cut out, its window, and what the window leaves of it."""
    ms, peak = np.arange(len(frame)) / SAMPLE_RATE * 1000, float(np.abs(frame).max()) or 1
    ax.plot(ms, frame, color=GREY, linewidth=0.8, label="cut out")
    ax.plot(ms, peak * window, ":", color=TRAIN, linewidth=1.2, label="Hann window")
    ax.plot(ms, frame * window, color=TEST, linewidth=1, label="faded by it")
    ax.set(title=f"{len(frame):,} samples", xlabel="time in ms", ylabel="amplitude", ylim=(-1.15 * peak, 1.9 * peak))
    ax.legend(loc="upper center", ncols=3, frameon=False, fontsize="x-small", handlelength=1.2, columnspacing=1)


def _bracketed(ax: Axes, y: np.ndarray, n_fft: int, hop: int, at: int, last: int) -> None:
    """A stretch of samples with a bar above for each frame that begins near frame `at`."""
    near = range(max(at - 2, 0), min(at + 3, last) + 1)
    low, high = near[0] * hop, near[-1] * hop + n_fft
    part = y[low:high]
    height = float(np.abs(part).max()) or 1
    ax.plot(np.arange(low, low + len(part)), part, color=TRAIN, linewidth=0.6)
    for row, one in enumerate(near):
        place, colour = (1.3 + 0.28 * row) * height, TEST if one == at else GREY
        ax.plot([one * hop, one * hop + n_fft], [place, place], color=colour, linewidth=4 if one == at else 2)
        ax.annotate(
            f"frame {one}",
            (one * hop, place),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=colour,
            fontsize="small",
        )
    ax.axvspan(at * hop, at * hop + n_fft, color=TEST, alpha=0.12, linewidth=0)
    room = 0.16 * (high - low)
    ax.set(
        title=f"a frame of {n_fft:,} samples begins every {hop:,}",
        xlabel="sample",
        ylabel="amplitude",
        xlim=(low - room, high),
    )
