"""The feature set "means168": 168 numbers for a clip of any length, means over time. Lesson 03 builds it."""

from __future__ import annotations

import numpy as np

from ..audio import SAMPLE_RATE
from .spectrum import N_MELS, N_MFCC, hz_to_mel, log_mel, mel_power, mel_to_hz, mfcc

FEATURE_NAMES = tuple([f"mfcc_{i}" for i in range(N_MFCC)] + [f"mel_{i}" for i in range(N_MELS)])
BANDS = mel_to_hz(np.linspace(0, hz_to_mel(SAMPLE_RATE / 2), N_MELS + 2))[1:-1]  # Hz of their middles
# What the explorer explains together.
GROUPS = {
    "level (MFCC 0)": ("mfcc_0",),
    "broad shape (MFCC 1–12)": tuple(f"mfcc_{i}" for i in range(1, 13)),
    "fine shape (MFCC 13–39)": tuple(f"mfcc_{i}" for i in range(13, N_MFCC)),
    "mel power below 1 kHz": tuple(f"mel_{i}" for i in np.flatnonzero(BANDS < 1000)),
    "mel power from 1 to 3 kHz": tuple(f"mel_{i}" for i in np.flatnonzero((BANDS >= 1000) & (BANDS < 3000))),
    "mel power above 3 kHz": tuple(f"mel_{i}" for i in np.flatnonzero(BANDS >= 3000)),
}


def clip_features(y: np.ndarray) -> np.ndarray:
    """168 numbers for one clip: means over time of 40 MFCC, then of 128 mel bands in linear power.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono; `audio.read_clip` gives it.

    Returns
    -------
    ndarray of float32, shape (168,)
        Named by `FEATURE_NAMES`; finite for silence too.

    Raises
    ------
    AudioError
        For no samples.

    Notes
    -----
    Lesson 03 builds it.

    Examples
    --------
    >>> import numpy as np
    >>> clip_features(np.zeros(16000)).shape
    (168,)
    """
    power = mel_power(y)
    return np.concatenate([mfcc(log_mel(power)).mean(axis=1), power.mean(axis=1)]).astype(np.float32)


class Means168:
    """`clip_features` as a feature set."""

    name = "means168"
    version = 1
    shape: tuple[int | None, ...] = (len(FEATURE_NAMES),)
    columns = FEATURE_NAMES
    dtype = "float32"
    groups = GROUPS

    def compute(self, y: np.ndarray) -> np.ndarray:
        return clip_features(y)
