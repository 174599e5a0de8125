"""From samples to a spectrum, and from a spectrum to mel bands and MFCC: what feature sets and figures share.

The steps are librosa's (0.11, its defaults at 16 kHz), written with numpy and scipy so that nothing waits for numba to
compile: frames of 2,048 samples every 512, periodic Hann window, power spectrum, 128 Slaney mel filters, decibels,
orthonormal DCT. `tests/features` holds them against librosa on real clips.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy.fft
import scipy.sparse
from numpy.typing import ArrayLike

from .. import audio

N_FFT, HOP, N_MELS, N_MFCC = 2048, 512, 128, 40
AMIN, TOP_DB = 1e-10, 80.0


def hz_to_mel(hz: ArrayLike) -> np.ndarray:
    """Slaney's mel scale: linear below 1 kHz, logarithmic above.

    Examples
    --------
    >>> hz_to_mel([0, 1000, 6400]).round(6).tolist()
    [0.0, 15.0, 42.0]
    """
    hz = np.asarray(hz, dtype=float)
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def mel_to_hz(mel: ArrayLike) -> np.ndarray:
    """The inverse of `hz_to_mel`.

    Examples
    --------
    >>> mel_to_hz([0, 15, 42]).round(6).tolist()
    [0.0, 1000.0, 6400.0]
    """
    mel = np.asarray(mel, dtype=float)
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((np.maximum(mel, 15) - 15) * np.log(6.4) / 27))


def mel_filters(
    sample_rate: int = audio.SAMPLE_RATE,
    n_fft: int = N_FFT,
    n_mels: int = N_MELS,
    low: float = 0,
    high: float | None = None,
) -> np.ndarray:
    """Triangular mel filters, each of unit area over Hz.

    Parameters
    ----------
    sample_rate, n_fft : int
        Of the sound, and samples in a frame of it.
    n_mels : int
    low, high : float
        Where the first filter begins and the last one ends, in Hz; half the sample rate if not given.

    Returns
    -------
    ndarray of float32, shape (n_mels, 1 + n_fft // 2)

    Notes
    -----
    Follows Slaney's Auditory Toolbox (1998), as ``librosa.filters.mel`` does. Drawn in lesson 03.

    Examples
    --------
    >>> mel_filters().shape
    (128, 1025)
    """
    top = sample_rate / 2 if high is None else high
    centre = mel_to_hz(np.linspace(hz_to_mel(low), hz_to_mel(top), n_mels + 2))
    width = np.diff(centre)[:, None]
    distance = centre[:, None] - np.fft.rfftfreq(n_fft, 1 / sample_rate)
    triangles = np.maximum(0, np.minimum(-distance[:-2] / width[:-1], distance[2:] / width[1:]))
    return (triangles * 2 / (centre[2:] - centre[:-2])[:, None]).astype(np.float32)


@cache
def _filters(n_fft: int, n_mels: int, low: float, high: float | None) -> scipy.sparse.csr_array:
    filters = mel_filters(n_fft=n_fft, n_mels=n_mels, low=low, high=high)
    return scipy.sparse.csr_array(filters)  # of the usual ones, 98 in 100 weights are zeros


def hann(n: int) -> np.ndarray:
    """The periodic Hann window of n samples, to the last digit as scipy.signal's, which takes half a second to import.

    Notes
    -----
    ``scipy.signal.get_window("hann", n)``. Drawn in lesson 02.

    Examples
    --------
    >>> hann(4).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    return 0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, n + 1))[:-1]


@cache
def _window(n_fft: int) -> np.ndarray:
    return hann(n_fft).astype(np.float32)


def power_spectrum(y: np.ndarray, n_fft: int = N_FFT, hop: int = HOP) -> np.ndarray:
    """Power of each centred, Hann-windowed frame at each frequency.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
    n_fft, hop : int
        Samples in a frame, and from one frame to the next.

    Returns
    -------
    ndarray of float32, shape (1 + n_samples // hop, 1 + n_fft // 2)
        A row per frame.

    Raises
    ------
    AudioError
        For no samples.

    Notes
    -----
    ``numpy.abs(librosa.stft(y, n_fft=n_fft, hop_length=hop)) ** 2``, transposed. Lessons 02 and 03, and every figure of a spectrum.

    Examples
    --------
    >>> import numpy as np
    >>> power_spectrum(np.ones(16000), n_fft=512, hop=160).shape
    (101, 257)
    """
    if len(y) == 0:
        raise audio.AudioError("A clip without samples has no features. Record or fetch it again.")
    spectrum = scipy.fft.rfft(audio.frames(y, n_fft, hop) * _window(n_fft), axis=1)
    return spectrum.real**2 + spectrum.imag**2


def mel_power(
    y: np.ndarray, n_fft: int = N_FFT, hop: int = HOP, n_mels: int = N_MELS, low: float = 0, high: float | None = None
) -> np.ndarray:
    """Mel power spectrogram of 16 kHz samples.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
    n_fft, hop, n_mels, low, high
        As for `power_spectrum` and `mel_filters`.

    Returns
    -------
    ndarray of float32, shape (n_mels, 1 + n_samples // hop)
        Power (full scale squared) per mel band and frame.

    Raises
    ------
    AudioError
        For no samples.

    Notes
    -----
    ``librosa.feature.melspectrogram(y=y, sr=16000)``. Lesson 03.

    Examples
    --------
    >>> import numpy as np
    >>> mel_power(np.ones(16000, dtype="float32")).shape
    (128, 32)
    """
    return np.ascontiguousarray(_filters(n_fft, n_mels, low, high) @ power_spectrum(y, n_fft, hop).T)


def log_mel(power: np.ndarray) -> np.ndarray:
    """Power in dB re 1.0, at least 1e-10 (-100 dB), at most 80 dB below the clip's loudest cell.

    Notes
    -----
    ``librosa.power_to_db`` with its defaults. Lesson 03.

    Examples
    --------
    >>> import numpy as np
    >>> log_mel(np.array([[1.0, 0.1, 0.0]])).tolist()
    [[0.0, -10.0, -80.0]]
    """
    db = 10 * np.log10(np.maximum(power, AMIN))
    return np.maximum(db, db.max() - TOP_DB)


def mfcc(log_mel_db: np.ndarray, n_mfcc: int = N_MFCC) -> np.ndarray:
    """The first rows of the orthonormal DCT-II along mel: (n_mels, frames) -> (n_mfcc, frames).

    Notes
    -----
    Davis and Mermelstein (1980); ``librosa.feature.mfcc``. Lesson 03.

    Examples
    --------
    >>> import numpy as np
    >>> mfcc(np.ones((128, 3)), n_mfcc=2).round(3).tolist()
    [[11.314, 11.314, 11.314], [0.0, 0.0, 0.0]]
    """
    return scipy.fft.dct(log_mel_db, axis=0, type=2, norm="ortho")[:n_mfcc]
