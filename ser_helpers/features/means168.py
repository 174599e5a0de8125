"""The feature set "means168": 168 numbers for a clip of any length, means over time. Lesson 03 builds it."""

from __future__ import annotations

import numpy as np

from .spectrum import N_MELS, N_MFCC, log_mel, mel_power, mfcc

FEATURE_NAMES = tuple([f"mfcc_{i}" for i in range(N_MFCC)] + [f"mel_{i}" for i in range(N_MELS)])


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

    def compute(self, y: np.ndarray) -> np.ndarray:
        return clip_features(y)
