"""Samples of a clip: any rate and number of channels as 16 kHz mono, levels, frames, and noise at a chosen ratio."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import soxr

from ..errors import CourseError

SAMPLE_RATE = 16000
RATES = (4000, 192_000)  # below, no voice is left (telephones have 8,000); above, no microphone goes
LOUDEST = 100  # times full scale (40 dB): floats beyond it are whole numbers, or no sound


class AudioError(CourseError):
    """An audio file that cannot be read, or samples that cannot be used."""


def to_16k_mono(y: np.ndarray, sample_rate: float) -> np.ndarray:
    """Bring samples of any rate and number of channels to 16 kHz mono float32.

    Parameters
    ----------
    y : ndarray, shape (n_samples,), (n_samples, channels) or (channels, n_samples)
        Full scale 1.0. Of two axes, the shorter one is taken for the channels, which are averaged.
    sample_rate : float
        In Hz.

    Returns
    -------
    ndarray of float32, shape (n_samples at 16 kHz,)

    Raises
    ------
    AudioError
        For no samples, samples that are not finite or far beyond full scale, more than two axes, or a sample rate at
        which there is no voice (`RATES`).

    Notes
    -----
    Resamples with soxr (high quality), whose filter removes what 16 kHz cannot hold. Lesson 08 builds it.

    Examples
    --------
    >>> import numpy as np
    >>> to_16k_mono(np.zeros((44100, 2)), sample_rate=44100).shape
    (16000,)
    """
    name = "The audio"
    samples = some(np.asarray(y), name)
    if samples.ndim == 2 and samples.shape[0] < samples.shape[1]:
        samples = samples.T
    if samples.ndim > 2:
        raise AudioError(f"{name} has {samples.ndim} axes; samples, or samples and channels, were expected.")
    resample = resampler(sample_rate, name)
    with np.errstate(over="ignore", invalid="ignore"):  # the check tells
        mono = (samples if samples.ndim == 1 else samples.mean(axis=1)).astype(np.float32, copy=False)
    check_values(mono, name)
    return some(resample(mono, last=True), name)


def resampler(rate: float, name: str) -> Callable[..., np.ndarray]:
    """A function of one part after the other (and of `last`) that brings samples to 16 kHz."""
    if not RATES[0] <= rate <= RATES[1]:
        meant = f" ({rate} instead of {rate * 1000}?)" if RATES[0] <= rate * 1000 <= RATES[1] else ""
        raise AudioError(
            f"{name} has a sample rate of {rate:,} Hz{meant}. Rates from {RATES[0]:,} to {RATES[1]:,} Hz can be used. "
            "If it is wrong, write the file again with the right rate, in Hz."
        )
    if rate == SAMPLE_RATE:
        return lambda part, last=False: part
    return soxr.ResampleStream(rate, SAMPLE_RATE, 1).resample_chunk


def check_values(samples: np.ndarray, name: str) -> None:
    """Refuse numbers that are no samples."""
    peak = np.maximum(samples.max(), -samples.min())
    if not np.isfinite(peak):
        raise AudioError(f"{name} has samples that are not finite numbers (nan or inf). Record or fetch it again.")
    if peak > LOUDEST:
        raise AudioError(
            f"{name} has samples up to {peak:.3g}, where full scale is 1. Divide whole numbers of 16 bits by 32768 "
            "before you write them as floats."
        )


def some(samples: np.ndarray, name: str) -> np.ndarray:
    """`samples`, if there are any."""
    if not samples.size:
        raise AudioError(f"{name} has no samples, or less than one at 16 kHz. Record or fetch it again.")
    return samples


def one_sound(y: np.ndarray) -> np.ndarray:
    """`y` as an array, or a sentence why it is not the samples of one sound.

    Raises
    ------
    AudioError
        For anything but a 1-D array of finite numbers, one or more.

    Examples
    --------
    >>> one_sound([0.0, 0.5]).shape
    (2,)
    """
    y = np.asarray(y)
    if y.ndim != 1 or not y.size or not np.isfinite(y).all():
        raise AudioError(
            f"Samples of one sound were expected, a 1-D array of finite numbers; shape {y.shape} came. "
            "audio.read_clip gives them."
        )
    return y


def frames(y: np.ndarray, length: int, hop: int) -> np.ndarray:
    """Overlapping pieces of a sound, each centred on its time, with zeros before the start and after the end.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
    length, hop : int
        Samples in a frame, and from one frame to the next.

    Returns
    -------
    ndarray of float32, shape (1 + n_samples // hop, length)
        A view; do not write to it.

    Examples
    --------
    >>> import numpy as np
    >>> frames(np.ones(4), length=4, hop=2).tolist()
    [[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]]
    """
    padded = np.pad(np.asarray(y, dtype=np.float32), length // 2)
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


def level_db(y: np.ndarray) -> float:
    """Level of a clip in dBFS, 20 log10 of its RMS; -inf for silence. A full-scale sine is at -3.01.

    Examples
    --------
    >>> import numpy as np
    >>> round(level_db(np.full(100, 0.1)), 2)
    -20.0
    """
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(np.mean(np.square(y, dtype=np.float64))))


def refuse_silence(y: np.ndarray) -> None:
    """Raise `AudioError` where a clip holds nothing but silence, which any model would find some emotion in.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        Full scale 1.0. Two steps of 16 bits up and down still count as silence: the noise of a sound card.

    Notes
    -----
    `read_clip` does not refuse it, since corpora hold silent clips too (CREMA-D has one).

    Examples
    --------
    >>> import numpy as np
    >>> refuse_silence(np.zeros(16000))
    Traceback (most recent call last):
    ser_helpers.audio.samples.AudioError: There is no sound in it at all. Is the microphone muted, or another one chosen?
    """
    if not len(y) or np.ptp(y) <= 4 / 2**15:
        raise AudioError("There is no sound in it at all. Is the microphone muted, or another one chosen?")


def pieces(y: np.ndarray, seconds: float) -> list[np.ndarray]:
    """Cut a long recording, for an answer to every piece of it: `ser predict --every`.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        16 kHz mono.
    seconds : float
        Length of a piece; one at least, since less says too little.

    Returns
    -------
    list of ndarray
        Piece i begins at ``i * seconds``. All sound is in one of them: what is left at the end is a piece of its own
        if it has half the length, and else belongs to the one before. So they last from 0.5 to 1.5 times `seconds`;
        a recording that is shorter stays whole.

    Examples
    --------
    >>> import numpy as np
    >>> [len(piece) / SAMPLE_RATE for piece in pieces(np.zeros(6 * SAMPLE_RATE), seconds=2.5)]
    [2.5, 3.5]
    """
    if not 1 <= seconds < math.inf:
        raise CourseError(
            f"A piece of {seconds:g} s says too little, or never ends. Take one second or more, like 2.5."
        )
    count = max(1, math.floor(len(y) / (seconds * SAMPLE_RATE) + 0.5))
    return np.split(y, [round(i * seconds * SAMPLE_RATE) for i in range(1, count)])


def clip_rng(clip: str) -> np.random.Generator:
    """The generator that belongs to a clip, seeded by its name: anyone who adds noise to it adds the same noise.

    Examples
    --------
    >>> float(clip_rng("1001_DFA_ANG_XX").random()) == float(clip_rng("1001_DFA_ANG_XX").random())
    True
    """
    return np.random.default_rng(list(clip.encode()))


def add_noise(y: np.ndarray, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """A copy of `y` with white Gaussian noise at a signal-to-noise ratio.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        Not changed. Its power is the mean square over the whole clip, pauses too.
    snr_db : float
        Ratio of the two powers in dB: 0 is noise as strong as the clip, 30 is hardly heard.
    rng : numpy.random.Generator
        The only source of chance. `clip_rng` gives each clip its own.

    Returns
    -------
    ndarray, same shape and dtype as `y`
        Not clipped to full scale; an all-zero clip comes back as a copy.

    Notes
    -----
    Lesson 04 builds it. The ratio holds in expectation, within a few hundredths of a dB on a second of audio.

    Examples
    --------
    >>> import numpy as np
    >>> noisy = add_noise(np.ones(16000), snr_db=20, rng=np.random.default_rng(0))
    >>> round(float(np.std(noisy)), 2)
    0.1
    """
    y = np.asarray(y)
    power = np.mean(np.square(y, dtype=np.float64))
    noise = rng.standard_normal(len(y), dtype=np.float32)
    return y + (noise * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)
