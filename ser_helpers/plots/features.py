"""Figures of features: mel filters, the steps to MFCC, padding, noise, and kernels. Lessons 03, 04 and 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from .. import audio, features
from ..audio import SAMPLE_RATE
from ..errors import CourseError
from .picture import (
    GREY,
    TEST,
    TRAIN,
    Keywords,
    Picture,
    image,
    join,
    light,
    mel_ticks,
    new_axes,
    new_figure,
    percent,
    titled,
)


@light
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
    ax = new_axes(ax, 2.8)
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
    return titled(ax, title, sentence)


@light
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
    y = audio.one_sound(y)
    n_fft, hop = features.N_FFT, features.HOP
    mel = features.mel_power(y)
    db = features.log_mel(mel)
    best = int(mel.sum(axis=0).argmax())
    frame, spectrum = audio.frames(y, n_fft, hop)[best], features.power_spectrum(y)[best]
    figure = new_figure(4.8, 9)
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
        return titled(figure, title, sentence + "; all samples are zero, so every level is -100 dB.")
    centre = features.mel_to_hz(features.hz_to_mel(8000) * (mel[:, best].argmax() + 1) / 129)
    return titled(figure, title, f"{sentence}; its strongest band is at {centre:,.0f} Hz.")


@light
def cosines(levels: np.ndarray, kept: int = 4, title: str = "") -> Picture:
    """Rows of two panels: a cosine of the DCT as tall as its coefficient, and the sum of all so far over the levels.

    Parameters
    ----------
    levels : ndarray of floats, shape (n_bands,)
        One frame in dB, from low bands to high ones.
    kept : int
        How many cosines, from 0 on.

    Raises
    ------
    CourseError
        When the levels are no row of numbers, or there are fewer of them than cosines.

    Notes
    -----
    The orthonormal DCT-II, as for the MFCC. Lesson 03.

    Examples
    --------
    >>> cosines(-40 + 10 * np.cos(np.pi * (np.arange(128) + 0.5) / 128), kept=2)
    The first 2 cosines of 128 levels, one after the other: with cosine 0 (coefficient -453) the sum misses them by 7.1 dB,
    with 1 (+80) by 0.0 dB (RMS).
    """
    levels = np.asarray(levels, dtype=float)
    if levels.ndim != 1 or not 0 < kept <= len(levels):
        raise CourseError(f"One frame of {kept} levels or more was expected; an array of shape {levels.shape} came.")
    band = np.arange(len(levels))
    waves = np.cos(np.pi * np.outer(np.arange(kept), band + 0.5) / len(levels)) * np.sqrt(2 / len(levels))
    waves[0] /= np.sqrt(2)
    coefficients = waves @ levels
    figure = new_figure(0.5 + 1.25 * kept)
    grid = figure.subplots(kept, 2, sharex=True, squeeze=False)
    adds = coefficients[:, None] * waves
    height = 1.15 * (float(np.abs(adds[1:]).max()) if kept > 1 else float(np.abs(adds).max())) or 1
    parts = []
    for k, (one, so_far) in enumerate(grid):
        middle = adds[0].mean() if k == 0 else 0
        one.axhline(middle, color=GREY, linewidth=0.6)
        one.plot(band, adds[k], color=TEST)
        one.set(title=f"cosine {k} times {coefficients[k]:.0f}", ylim=(middle - height, middle + height))
        so_far.plot(band, levels, color=GREY, linewidth=1)
        so_far.plot(band, adds[: k + 1].sum(axis=0), color=TRAIN)
        so_far.set_title(f"sum of {k + 1}" if k else "what it adds up to")
        off = np.sqrt(np.mean((adds[: k + 1].sum(axis=0) - levels) ** 2))
        sign = f"{coefficients[k]:.0f}" if k == 0 else f"{coefficients[k]:+.0f}"
        parts.append(
            f"with {'cosine ' if k == 0 else ''}{k} ({'coefficient ' if k == 0 else ''}{sign}) {'the sum misses them ' if k == 0 else ''}by {off:.1f} dB"
        )
    figure.supxlabel("mel band", fontsize="medium")
    figure.supylabel("dB", fontsize="medium")
    some = f"{kept} cosines" if kept > 1 else "cosine"
    return titled(
        figure,
        title,
        f"the first {some} of {len(levels)} levels, one after the other: {', '.join(parts)} (RMS).",
    )


@light
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
    durations = np.sort(np.asarray(seconds, dtype=float).ravel())
    if not len(durations) or not (durations > 0).all():
        raise CourseError("Durations in seconds were expected, one or more, all above zero.")
    samples = np.ceil(durations * 22050)
    filled = 13 * (1 + samples // 512) + 64 * (1 + samples // 256)
    share = filled / filled.max()
    ax = new_axes(ax, 3)
    edges = np.linspace(0, 100, len(share) + 1)
    ax.stairs(100 * share, edges, fill=True, color=TRAIN)
    zeros: Keywords = {"facecolor": "#F3D9C4", "edgecolor": TEST, "hatch": "//"}
    ax.stairs(np.full(len(share), 100), edges, baseline=100 * share, fill=True, **zeros)
    ax.set(xlabel="share of the clips in %, shortest first", ylabel=f"share of the\n{filled.max():,.0f} columns in %")
    ax.set(xlim=(0, 100), ylim=(0, 100))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    ax.text(97, 8, "sound", ha="right", bbox=box)
    if share.min() < 0.9:
        ax.text(3, 88, "zeros", bbox=box)
    if len(share) == 1:
        return titled(ax, title, f"one clip of {durations[0]:.2f} s fills its {filled[0]:,.0f} columns: no padding.")
    return titled(
        ax,
        title,
        f"the longest of {len(share):,} clips fills {filled.max():,.0f} columns, the shortest {percent(share[0], 0)}, "
        f"the median clip {percent(np.median(share), 0)}; {percent(1 - share.mean(), 0)} of the matrix are zeros, "
        "and counting the zeros of a row gives its duration to within 12 ms.",
    )


@light
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
    y, steps = audio.one_sound(y), list(snrs_db)
    noisy = [y if snr is None else audio.add_noise(y, snr, audio.clip_rng(clip)) for snr in steps]
    db = [features.log_mel(features.mel_power(sound)) for sound in noisy]
    clean = features.log_mel(features.mel_power(y))
    top, height = max(map(np.max, db)), 1.05 * max(float(np.abs(sound).max()) for sound in noisy) or 1
    figure = new_figure(3.8, max(1.9 * len(steps), 4))
    grid = figure.subplots(2, len(steps), sharex=True, sharey="row", squeeze=False)
    changed = []
    for (wave, mel), snr, sound, cells in zip(grid.T, steps, noisy, db, strict=True):
        wave.plot(np.arange(len(y)) / SAMPLE_RATE, sound, color=TRAIN, linewidth=0.4)
        wave.set(title="as recorded" if snr is None else f"{snr:g} dB SNR", ylim=(-height, height))
        image(mel, cells, features.HOP / SAMPLE_RATE, 128, "", vmin=top - features.TOP_DB, vmax=top)
        mel.set_xlim(0, len(y) / SAMPLE_RATE)
        if snr is not None:
            changed.append(f"{percent((cells >= clean + 3).mean(), 0)} at {snr:g} dB")
    mel_ticks(grid[1, 0], 128)
    grid[0, 0].set_ylabel("amplitude")
    grid[1, 0].set_ylabel("frequency in Hz")
    figure.supxlabel("time in s", fontsize="medium")
    if not changed:
        return titled(figure, title, f"{clip} as recorded, {len(y) / SAMPLE_RATE:.2f} s, without noise.")
    if not y.any():
        return titled(figure, title, f"{clip} is silent: its {len(y):,} zeros stay zeros at every SNR.")
    return titled(
        figure,
        title,
        f"white noise on {clip} adds 3 dB or more to this share of the log-mel cells: {join(changed)} SNR.",
    )


@light
def feature_maps(maps: Mapping[str, np.ndarray], title: str = "") -> Picture:
    """Pictures side by side: frames to the right, bands upwards, each in its own range of colours.

    Parameters
    ----------
    maps : mapping of str to ndarray, shape (n_frames, n_bands)
        Log-mel frames, or what a kernel makes of them.

    Notes
    -----
    Lesson 10.

    Examples
    --------
    >>> rising = np.zeros((30, 20))
    >>> rising[12, 5] = 1
    >>> feature_maps({"a dot": rising})
    One picture. A dot: 30 frames, 20 bands, largest at frame 12, band 5.
    """
    if not maps or any(np.ndim(each) != 2 for each in maps.values()):
        raise CourseError("A dictionary of pictures with frames and bands was expected, like {'clip': frames}.")
    figure = new_figure(2.9, 9)
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    said = []
    for ax, (name, values) in zip(panels, maps.items(), strict=True):
        ax.imshow(np.asarray(values, dtype=float).T, aspect="auto", origin="lower", cmap="magma")
        ax.set(title=name, xlabel="frame", ylabel="band" if ax is panels[0] else "")
        frame, band = np.unravel_index(np.argmax(values), np.shape(values))
        n_frames, n_bands = np.shape(values)
        said.append(
            f"{name[0].upper()}{name[1:]}: {n_frames} frames, {n_bands} bands, largest at frame {frame}, band {band}."
        )
    sentence = "One picture. " if len(maps) == 1 else f"{len(maps)} pictures. "
    return titled(figure, title, sentence + " ".join(said))
