"""Copies of recordings as other microphones, rooms and file formats would have given them, made of log-mel frames.

A recording's way is a filter, a tail, a noise, a gain: on mel power each of them is a product or a sum, so a copy costs
a hundredth of what a round trip through samples would, and no two epochs hear the same one. Which ways there are, and
how far each goes, follows what was measured of real ones (lesson 08); `audio.CHAINS`, on which models are judged, are
other code on other data: real filters and codecs on samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...features.logmel import FLOOR, N_MELS

FLOOR_DB = np.float32(10 * np.log10(FLOOR))
DEPTH_DB = np.float32(50)
FRAMES_PER_SECOND = 100
BANDS = np.arange(N_MELS)
GRAIN = np.linspace(
    1.5, 6, N_MELS, dtype=np.float32
)  # how many independent values a band of noise has in a frame, about


def normalised(db: np.ndarray) -> np.ndarray:
    """Frames as the networks see them: decibels over the clip's own mean power, nothing below -50, about -2 to 4.

    Parameters
    ----------
    db : ndarray, shape (..., n_frames, 64)
        Of the feature set ``logmel64``.

    Returns
    -------
    ndarray of float32, same shape

    Notes
    -----
    The level of a recording says how far away a microphone was and how its gain was set. CREMA-D's actors had one
    distance and one gain; its listeners at home do not, so the networks are not told the level.

    Examples
    --------
    >>> quiet, loud = np.full((2, 64), -40.0), np.full((2, 64), -28.0)
    >>> bool(np.allclose(normalised(quiet), normalised(loud)))
    True
    """
    db = np.asarray(db, dtype=np.float32)
    mean = _db(_power(db).mean(axis=(-2, -1), keepdims=True))
    return (np.maximum(db - mean, -DEPTH_DB) + DEPTH_DB / 2) / np.float32(15)


def levelled(db: np.ndarray) -> np.ndarray:
    """A clip (n_frames, 64) as a recorder that keeps its level would have given it.

    Beside the clip itself, it is what the networks answer to: a telephone has done it already, a file has not.

    Examples
    --------
    >>> fading = np.linspace(0, -20, 300)[:, None] + np.zeros(64)
    >>> bool(np.ptp(levelled(fading)) < np.ptp(fading))
    True
    """
    now = _db(_power(db).sum(axis=1))[None]
    return db - _followed(now, 35, 0.33, 0.02, now.max(axis=1) - 10)[0][:, None].astype(np.float32)


def copies(db: np.ndarray, rng: np.random.Generator, share: float = 0.75) -> np.ndarray:
    """Some of the clips as another way of recording would have given them.

    Parameters
    ----------
    db : ndarray of float32, shape (n, n_frames, 64)
        Of the feature set ``logmel64``; a clip's neighbours serve as voices behind it.
    rng : numpy.random.Generator
    share : float
        Of the clips that become copies; the others stay as they are.

    Returns
    -------
    ndarray of float32, same shape

    Examples
    --------
    >>> db = np.zeros((4, 10, 64), dtype=np.float32)
    >>> copies(db, np.random.default_rng(0), share=1).shape, bool((copies(db, np.random.default_rng(0), share=0) == db).all())
    ((4, 10, 64), True)
    """
    chosen = np.flatnonzero(rng.random(len(db)) < share)
    if len(chosen) == 0:
        return db
    power = _power(db)
    heard = power[chosen] + _voices_behind(power, chosen, rng)
    heard = _room(heard, rng)
    heard = heard * _power(_colour(len(chosen), rng))[:, None]
    heard = heard + _noise(heard, rng)
    heard = heard * _power(_automatic_gain(heard, rng))[:, :, None]
    gain = _sometimes(0.7, len(chosen), rng) * rng.uniform(-18, 10, len(chosen))
    copied = db.copy()
    copied[chosen] = _as_a_codec_leaves_it(_db(heard) + gain[:, None, None].astype(np.float32), rng)
    return copied


def warped(db: np.ndarray, rng: np.random.Generator, most: float = 0.07) -> np.ndarray:
    """Clips whose frequency axis is stretched or pressed by up to `most`, as longer and shorter vocal tracts would."""
    places = np.minimum(BANDS * (1 + rng.uniform(-most, most, (len(db), 1))), N_MELS - 1)
    low = np.floor(places).astype(int)
    below = np.take_along_axis(db, low[:, None], axis=2)
    above = np.take_along_axis(db, np.minimum(low + 1, N_MELS - 1)[:, None], axis=2)
    return below + (above - below) * (places - low).astype(np.float32)[:, None]


def masked(x: np.ndarray, rng: np.random.Generator, frames: int = 25, bands: int = 8) -> np.ndarray:
    """Normalised clips without a stripe of up to so many frames and one of up to so many bands (Park et al., 2019)."""
    out = x.copy()
    for axis, most in ((1, frames), (2, bands)):
        width = rng.integers(0, most + 1, len(x))
        start = (rng.random(len(x)) * (x.shape[axis] - width)).astype(int)
        places = np.arange(x.shape[axis])
        stripe = (places >= start[:, None]) & (places < (start + width)[:, None])
        out *= ~np.expand_dims(stripe, 3 - axis)
    return out


def _power(db: np.ndarray) -> np.ndarray:
    return np.exp(np.asarray(db, dtype=np.float32) * np.float32(np.log(10) / 10))


def _db(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, np.float32(1e-12)))


def _sometimes(share: float, n: int, rng: np.random.Generator) -> np.ndarray:
    return (rng.random(n) < share).astype(np.float32)


def _smooth(n: int, m: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """Curves (n, m) in dB of four cosines each, mostly within +- `size`."""
    height = rng.normal(0, size / 4, (n, 4, 1))
    return (height * np.cos(np.arange(1, 5)[:, None] * np.linspace(0, np.pi, m))).sum(axis=1).astype(np.float32)


def _voices_behind(power: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Four other clips of the batch, 8 to 30 dB below the speaker, behind one copy in four."""
    others = np.sum([power[rng.permutation(len(power))][chosen] for _ in range(4)], axis=0)
    ratio = 10 ** (-rng.uniform(8, 30, len(chosen)) / 10) * _sometimes(0.25, len(chosen), rng)
    ratio = np.asarray(ratio * power[chosen].mean(axis=(1, 2)) / others.mean(axis=(1, 2)), dtype=np.float32)
    return others * ratio[:, None, None]


def _room(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A tail that falls by 60 dB in 0.15 to 1 s, from 12 dB below to 4 dB above the direct sound, behind half of the copies."""
    n, n_frames, n_bands = power.shape
    decay = np.power(10.0, -6 / (FRAMES_PER_SECOND * rng.uniform(0.15, 1, n)))
    ratio = 10 ** (-rng.uniform(-4, 12, n) / 10) * _sometimes(0.5, n, rng)
    first = ((1 - decay) / decay * ratio).astype(np.float32)[:, None]
    decay = decay.astype(np.float32)[:, None]
    tail, wet = np.zeros((n, n_bands), dtype=np.float32), power.copy()
    for frame in range(n_frames):
        tail *= decay
        wet[:, frame] += first * tail
        tail += power[:, frame]
    return wet


def _colour(n: int, rng: np.random.Generator) -> np.ndarray:
    """Gain per band (n, 64) in dB: a microphone's curve, a cut above or below, for some both, as a telephone has."""
    gain = _smooth(n, N_MELS, 9, rng) * _sometimes(0.7, n, rng)[:, None]
    telephone = rng.random(n) < 0.2
    top = np.where(rng.random(n) < 0.35, rng.uniform(38, 62, n), np.inf)
    bottom = np.where(rng.random(n) < 0.35, rng.uniform(0, 12, n), -np.inf)
    top = np.where(telephone, rng.uniform(43, 48, n), top)[:, None]
    bottom = np.where(telephone, rng.uniform(4, 9, n), bottom)[:, None]
    beyond = np.maximum(0, BANDS - top) + np.maximum(0, bottom - BANDS)
    return gain - np.minimum(60, rng.uniform(3, 30, (n, 1)) * beyond)


def _automatic_gain(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gain per frame (n, n_frames) in dB of a recorder that keeps its level, for three copies in ten.

    It follows a rising level within 10 to 100 ms and a falling one within 0.2 to 2 s, wholly or in part, and waits in pauses.
    """
    n = len(power)
    now = _db(power.sum(axis=2))
    gate = rng.uniform(25, 55, n)
    rise, fall = 10.0 ** -rng.uniform(0, 1, n), 10.0 ** -rng.uniform(1.3, 2.3, n)
    strength = _sometimes(0.3, n, rng) * rng.uniform(0.4, 1, n)
    start = now.max(axis=1) - rng.uniform(0, 25, n)
    return strength[:, None] * np.clip(start[:, None] - _followed(now, gate, rise, fall, start), -20, 20)


def _followed(now: np.ndarray, gate: ArrayLike, rise: ArrayLike, fall: ArrayLike, start: np.ndarray) -> np.ndarray:
    """The level (n, n_frames) that a recorder takes a clip to have; it waits while a frame is `gate` dB below the loudest."""
    pause, level, levels = now.max(axis=1) - gate, start.copy(), np.empty_like(now)
    for frame, heard in enumerate(now.T):
        level = level + np.where(heard > level, rise, fall) * (heard - level) * (heard > pause)
        levels[:, frame] = level
    return levels


def _noise(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Steady noise of some colour, 5 to 45 dB below the clip, in half of the copies."""
    n = len(power)
    colour = _power(_smooth(n, N_MELS, 10, rng) - rng.uniform(-3, 15, (n, 1)) * BANDS / N_MELS)
    level: np.ndarray = 10 ** (-rng.uniform(5, 45, n) / 10) * power.mean(axis=(1, 2)) * _sometimes(0.5, n, rng)
    level = level[:, None] * colour / colour.mean(axis=1, keepdims=True)
    return level[:, None].astype(np.float32) * rng.standard_gamma(GRAIN, power.shape, dtype=np.float32) / GRAIN


def _as_a_codec_leaves_it(db: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Nothing below the floor; in a quarter of the copies nothing 30 to 60 dB below the loudest cell either."""
    depth = np.where(rng.random(len(db)) < 0.25, rng.uniform(30, 60, len(db)), np.inf)
    kept = db >= np.maximum(FLOOR_DB, db.max(axis=(1, 2)) - depth)[:, None, None]
    return np.where(kept, db, FLOOR_DB)
