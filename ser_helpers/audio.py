"""Any clip as 16 kHz mono samples, and noise at a chosen signal-to-noise ratio.

Samples are float32, full scale 1.0. Levels are in dB relative to full scale (dBFS).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile as sf
import soxr

from .errors import CourseError

SAMPLE_RATE = 16000


class AudioError(CourseError):
    """An audio file that cannot be read, or samples that cannot be used."""


def read_clip(file: str | Path | BinaryIO) -> np.ndarray:
    """Read an audio file as 16 kHz mono.

    Parameters
    ----------
    file : str, Path or binary file
        WAV, FLAC, MP3, OGG, Opus or whatever else libsndfile reads, at any sample rate, with any number of channels.

    Returns
    -------
    ndarray of float32, shape (n_samples,)

    Raises
    ------
    AudioError
        When the file is missing, empty, a Git LFS pointer or no audio, or when its samples cannot be used.

    Notes
    -----
    Reads with soundfile; `to_16k_mono` does the rest. Used in every lesson that plays or measures a clip.

    Examples
    --------
    >>> from ser_helpers import corpus
    >>> y = read_clip(corpus.lesson_clips()["path"][0])
    >>> y.dtype, y.ndim
    (dtype('float32'), 1)
    """
    name = (
        file.name if hasattr(file, "name") else str(file) if isinstance(file, (str, os.PathLike)) else "the recording"
    )
    try:
        if isinstance(file, (str, os.PathLike)):
            _check_file(Path(file))
        samples, rate = sf.read(file, dtype="float32", always_2d=True)
    except OSError as error:
        raise AudioError(f"{name} cannot be opened: {error.strerror or error}.") from None
    except sf.LibsndfileError:
        raise AudioError(
            f"{name} is not audio that can be read here. WAV, FLAC, MP3, OGG and Opus can; for m4a or webm use the "
            "recorder of lesson 08, whose browser reads them, or convert the file to WAV."
        ) from None
    return _usable(samples, rate, name)


def _check_file(path: Path) -> None:
    """Say what stands in the place of audio, for the mistakes that are common."""
    if path.is_dir():
        raise AudioError(f"{path} is a folder; name one audio file in it.")
    if not path.exists():
        raise AudioError(f"There is no file {path}. Check the name and the folder it is in.")
    with path.open("rb") as stream:
        start = stream.read(64)
    if not start:
        raise AudioError(f"{path} is empty (0 bytes). Fetch or record it again.")
    if start.startswith(b"version https://git-lfs"):
        raise AudioError(f"{path} is a Git LFS pointer, a short text that stands for the audio. `ser fetch` brings it.")


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
        For no samples, samples that are not finite, more than two axes, or a sample rate that is not positive.

    Notes
    -----
    Resamples with soxr (high quality), whose filter removes what 16 kHz cannot hold. Lesson 08 builds it.

    Examples
    --------
    >>> import numpy as np
    >>> to_16k_mono(np.zeros((44100, 2)), sample_rate=44100).shape
    (16000,)
    """
    samples = np.asarray(y)
    if samples.ndim == 2 and samples.shape[0] < samples.shape[1]:
        samples = samples.T
    return _usable(samples, sample_rate, "The audio")


def _usable(samples: np.ndarray, rate: float, name: str) -> np.ndarray:
    """(n,) or (n, channels) samples at `rate` as 16 kHz mono float32, or a sentence why not."""
    if samples.size == 0:
        raise AudioError(f"{name} has no samples. Record or fetch it again.")
    if samples.ndim > 2:
        raise AudioError(f"{name} has {samples.ndim} axes; samples, or samples and channels, were expected.")
    if not rate > 0:
        raise AudioError(f"{name} has a sample rate of {rate}; a positive number of Hz was expected.")
    mono = (samples if samples.ndim == 1 else samples.mean(axis=1)).astype(np.float32, copy=False)
    if not np.isfinite(mono).all():
        raise AudioError(f"{name} has samples that are not finite numbers (nan or inf). Record or fetch it again.")
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE)
        if mono.size == 0:
            raise AudioError(f"{name} is shorter than one sample at 16 kHz. Record or fetch it again.")
    return mono


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


def clip_rng(clip: str) -> np.random.Generator:
    """The generator that belongs to a clip, seeded by its name: anyone who adds noise to it adds the same noise.

    Examples
    --------
    >>> float(clip_rng("1001_DFA_ANG_XX").random()) == float(clip_rng("1001_DFA_ANG_XX").random())
    True
    """
    return np.random.default_rng(list(clip.encode()))


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
