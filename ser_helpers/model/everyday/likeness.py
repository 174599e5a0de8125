"""How much a sound is like the clips that a model was trained on, told from how it moves in time and frequency.

The networks cannot say it: they sort whatever they hear into six labels, and a tone's place in front of their last layer
is not far from a voice's. So a clip is described by 120 plain numbers that other microphones change little, and those of
the copies in training by one Gaussian; far from its middle, in its own spreads (Mahalanobis, 1936), lies what no voice
in training was like.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from .copies import normalised

N_CEPSTRA, LITTLE = 24, 0.02


def manner(db: np.ndarray) -> np.ndarray:
    """How a clip moves: logarithms of spreads over time, of coarse and fine structure in frequency.

    Parameters
    ----------
    db : ndarray, shape (n_frames, 64)
        Of the feature set ``logmel64``; three frames or more.

    Returns
    -------
    ndarray of float64, shape (120,)

    Examples
    --------
    >>> manner(np.zeros((100, 64))).shape
    (120,)
    """
    seen = normalised(db).astype(np.float64)
    cepstra = scipy.fft.dct(seen, axis=1, norm="ortho")
    coarse, fine = cepstra[:, :N_CEPSTRA], cepstra[:, N_CEPSTRA:]
    step, stride = np.diff(cepstra, axis=0), coarse[4:] - coarse[:-4]
    bands = [scipy.fft.dct(_log_spread(x), norm="ortho")[:12] for x in (np.diff(seen, axis=0), seen)]
    fine_shape = [
        _eight(spread) for spread in (fine.std(axis=0), step[:, N_CEPSTRA:].std(axis=0), np.abs(fine.mean(axis=0)))
    ]
    return np.concatenate(
        [_log_spread(coarse), _log_spread(stride), _log_spread(step[:, :N_CEPSTRA]), *bands, *fine_shape]
    )


def _log_spread(x: np.ndarray) -> np.ndarray:
    return np.log(x.std(axis=0) + LITTLE)


def _eight(spread: np.ndarray) -> np.ndarray:
    """The 40 numbers of fine structure as eight, from coarser to finer."""
    return np.log(spread.reshape(8, 5).mean(axis=1) + LITTLE)


def gaussian(manners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middle (120,) and whitening (120, 120) of manners (n, 120); the length of a whitened one over sqrt(120) is its distance.

    The covariance is widened by 2 % of each number's own variance: what hardly moved in training counts little.
    """
    middle, spread = manners.mean(axis=0), manners.std(axis=0)
    covariance = np.cov(((manners - middle) / spread).T) + 0.02 * np.eye(manners.shape[1])
    return middle, np.linalg.cholesky(np.linalg.inv(covariance)) / spread[:, None]
