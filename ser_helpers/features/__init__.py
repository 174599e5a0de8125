"""MFCC and mel features: 168 numbers for a clip of any length, and the table of the whole corpus.

The steps are librosa's (0.11, its defaults at 16 kHz), written with numpy and scipy so that nothing waits for numba to
compile: frames of 2,048 samples every 512, periodic Hann window, power spectrum, 128 Slaney mel filters, decibels,
orthonormal DCT. `tests/features` holds them against librosa on real clips.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.fft
import scipy.signal
import scipy.sparse

from .. import audio, corpus, places
from ..errors import CourseError

N_FFT, HOP, N_MELS, N_MFCC = 2048, 512, 128, 40
AMIN, TOP_DB = 1e-10, 80.0
FEATURE_NAMES = tuple([f"mfcc_{i}" for i in range(N_MFCC)] + [f"mel_{i}" for i in range(N_MELS)])
NOISY_SNR_DB = 15.0
TABLE = places.DATA / "crema-d" / "features.npz"


def hz_to_mel(hz: np.ndarray | float) -> np.ndarray:
    """Slaney's mel scale: linear below 1 kHz, logarithmic above.

    Examples
    --------
    >>> hz_to_mel([0, 1000, 6400]).round(6).tolist()
    [0.0, 15.0, 42.0]
    """
    hz = np.asarray(hz, dtype=float)
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def mel_to_hz(mel: np.ndarray | float) -> np.ndarray:
    """The inverse of `hz_to_mel`.

    Examples
    --------
    >>> mel_to_hz([0, 15, 42]).round(6).tolist()
    [0.0, 1000.0, 6400.0]
    """
    mel = np.asarray(mel, dtype=float)
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((np.maximum(mel, 15) - 15) * np.log(6.4) / 27))


def mel_filters(sample_rate: int = audio.SAMPLE_RATE, n_fft: int = N_FFT, n_mels: int = N_MELS) -> np.ndarray:
    """Triangular mel filters, each of unit area over Hz.

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
    centre = mel_to_hz(np.linspace(0, hz_to_mel(sample_rate / 2), n_mels + 2))
    width = np.diff(centre)[:, None]
    distance = centre[:, None] - np.fft.rfftfreq(n_fft, 1 / sample_rate)
    triangles = np.maximum(0, np.minimum(-distance[:-2] / width[:-1], distance[2:] / width[1:]))
    return (triangles * 2 / (centre[2:] - centre[:-2])[:, None]).astype(np.float32)


@cache
def _default_filters() -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array(mel_filters())  # 98 in 100 of the dense matrix are zeros


@cache
def _window(n_fft: int) -> np.ndarray:
    return scipy.signal.get_window("hann", n_fft).astype(np.float32)


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
    ``numpy.abs(librosa.stft(y, n_fft=n_fft, hop_length=hop)) ** 2``, transposed. Lesson 03.

    Examples
    --------
    >>> import numpy as np
    >>> power_spectrum(np.ones(16000), n_fft=512, hop=160).shape
    (101, 257)
    """
    if len(y) == 0:
        raise audio.AudioError("A clip without samples has no features. Record or fetch it again.")
    padded = np.pad(np.asarray(y, dtype=np.float32), n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    spectrum = scipy.fft.rfft(frames * _window(n_fft), axis=1)
    return spectrum.real**2 + spectrum.imag**2


def mel_power(y: np.ndarray) -> np.ndarray:
    """Mel power spectrogram of 16 kHz samples.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)

    Returns
    -------
    ndarray of float32, shape (128, 1 + n_samples // 512)
        Power (full scale squared) per mel band and frame.

    Raises
    ------
    ValueError
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
    return np.ascontiguousarray(_default_filters() @ power_spectrum(y).T)


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


def _file_features(path: Path, snr_db: float | None) -> np.ndarray | audio.AudioError:
    try:
        y = audio.read_clip(path)
    except audio.AudioError as error:
        return error  # one bad file in thousands must not cost the others
    if snr_db is None:
        return clip_features(y)
    noisy = audio.add_noise(y, snr_db, audio.clip_rng(corpus.clip_of(path)))
    return np.stack([clip_features(y), clip_features(noisy)])


def _rows(
    paths: list, snr_db: float | None, n_jobs: int, dask: str | None, progress: bool
) -> list[np.ndarray | audio.AudioError]:
    """`_file_features` of every path, in order, on this machine's workers or a cluster's."""
    import joblib
    from tqdm import tqdm

    with ExitStack() as stack:
        if dask:
            stack.enter_context(_dask_client(dask))
            stack.enter_context(joblib.parallel_config(backend="dask"))
            n_jobs = -1
        rows = joblib.Parallel(n_jobs=n_jobs, return_as="generator", batch_size=32)(
            joblib.delayed(_file_features)(path, snr_db) for path in paths
        )
        return list(tqdm(rows, total=len(paths), unit="clip", desc="Features", disable=not progress))


def _dask_client(address: str):
    try:
        from distributed import Client
    except ImportError:
        raise CourseError(
            f"Dask is not installed here. `{sys.executable} -m pip install distributed` brings it."
        ) from None
    return Client(address, set_as_default=True, timeout=10)


def extract(
    paths: Iterable[str | Path],
    snr_db: float | None = None,
    n_jobs: int = 1,
    dask: str | None = None,
    progress: bool = False,
) -> np.ndarray:
    """Features of many files, in parallel.

    Parameters
    ----------
    paths : iterable of str or Path
    snr_db : float, optional
        Also compute each clip with white noise at this ratio, from the generator that belongs to the clip's name.
    n_jobs : int
        Worker processes on this machine (joblib). Any number gives the same table.
    dask : str, optional
        Address of a Dask scheduler whose workers see the same files; they do the work instead.
    progress : bool
        Show a bar with clips per second and the time left.

    Returns
    -------
    ndarray of float32, shape (n, 168), or (n, 2, 168) with noise: clean, noisy

    Raises
    ------
    AudioError
        When files cannot be read: how many, and why the first one.

    Notes
    -----
    Memory stays at the size of the result: a clip's samples live in one worker for a few milliseconds.

    Examples
    --------
    >>> clips = corpus.lesson_clips()
    >>> extract(clips["path"][:2]).shape
    (2, 168)
    """
    paths = list(paths)
    rows = _rows(paths, snr_db, n_jobs, dask, progress)
    unreadable = [row for row in rows if isinstance(row, audio.AudioError)]
    if unreadable:
        raise audio.AudioError(f"{len(unreadable)} of {len(paths)} files cannot be used. The first: {unreadable[0]}")
    shape = (len(FEATURE_NAMES),) if snr_db is None else (2, len(FEATURE_NAMES))
    return np.array(rows, dtype=np.float32).reshape(-1, *shape)


def load_features() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The committed CREMA-D features: clips that have them, clean rows, noisy rows.

    Returns
    -------
    clips : DataFrame
        `corpus.clip_table` of those clips, fresh 0..n-1 index.
    clean, noisy : ndarray of float32, shape (n, 168)
        Aligned with `clips`; noisy is white noise at 15 dB SNR from `audio.clip_rng`.

    Notes
    -----
    `missing_features` names the clips that have none. Lessons 05 to 07 and 09 start here.

    Examples
    --------
    >>> clips, clean, noisy = load_features()
    >>> clean.shape == noisy.shape == (len(clips), 168)
    True
    """
    columns = _read_table()
    there = columns["reason"] == ""
    clips = corpus.clip_table()[there].reset_index(drop=True)
    return clips, columns["clean"][there], columns["noisy"][there]


def missing_features(path: Path | None = None) -> pd.Series:
    """Why a clip has no committed features: a reason for each such clip, indexed by clip.

    Examples
    --------
    >>> len(missing_features()) + len(load_features()[0])
    7442
    """
    columns = _read_table(path)
    reason = pd.Series(columns["reason"], index=columns["clip"], name="reason")
    return reason[reason != ""]


def _read_table(path: Path | None = None) -> dict[str, np.ndarray]:
    path = path or TABLE
    if not path.exists():
        raise CourseError(f"{path.name} is missing from {path.parent}. Restore it, or run `ser features`.")
    with np.load(path, allow_pickle=False) as table:
        return dict(table)


def update_table(
    path: Path | None = None, n_jobs: int = 1, dask: str | None = None, progress: bool = True
) -> pd.Series:
    """Compute the features of every CREMA-D clip whose audio is here and whose row is still empty.

    Parameters
    ----------
    path : Path, optional
        The table to complete; the committed one if not given. A new one is begun where there is none.
    n_jobs, dask, progress
        As for `extract`.

    Returns
    -------
    Series
        The clips that were tried, and for each "" when its features were added, else what is wrong with its file.
        Rows that were there are not touched; the file is replaced as a whole at the end.

    Raises
    ------
    CourseError
        When there is no CREMA-D audio on this disk, or the table cannot be written.
    """
    path = path or TABLE
    if not corpus.audio_home():
        raise CourseError(f"There is no CREMA-D audio here. `ser fetch` brings it, or {corpus.HOMES[0]} names it.")
    places.writable_folder(path.parent, option="--out")
    clips = corpus.clip_table()
    if path.exists():
        columns = _read_table(path)
    else:
        empty = np.full((len(clips), len(FEATURE_NAMES)), np.nan, dtype=np.float32)
        columns = {"clip": clips["clip"].to_numpy(dtype=str), "clean": empty, "noisy": empty.copy()}
        columns["reason"] = np.full(len(clips), "audio not at hand yet")
    paths = corpus.find_audio(clips)
    todo = np.flatnonzero((columns["reason"] != "") & paths.notna())
    rows = _rows(paths.iloc[todo].tolist(), NOISY_SNR_DB, n_jobs, dask, progress)
    reason = columns["reason"].astype(object)
    for place, row in zip(todo, rows, strict=True):
        if isinstance(row, audio.AudioError):
            reason[place] = "audio file cannot be used"
        else:
            columns["clean"][place], columns["noisy"][place] = row
            reason[place] = ""
    if len(todo):
        fresh = path.with_suffix(".part.npz")
        np.savez_compressed(fresh, **{**columns, "reason": reason.astype(str)})
        fresh.replace(path)
    wrong = [str(row) if isinstance(row, audio.AudioError) else "" for row in rows]
    return pd.Series(wrong, index=clips["clip"].iloc[todo], dtype=object)
