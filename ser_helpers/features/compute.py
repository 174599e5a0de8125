"""Features of many files, on this machine's workers or a cluster's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from .. import audio, cluster, corpus
from ..errors import CourseError
from .base import FeatureSet
from .sets import named


def extract(
    paths: Iterable[str | Path],
    snr_db: float | None = None,
    n_jobs: int = 1,
    dask: str | None = None,
    progress: bool = False,
    features: str | FeatureSet = "means168",
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
    features : str or FeatureSet
        Which ones: a name out of `FEATURES`, or a feature set of your own.

    Returns
    -------
    ndarray
        Of the set's dtype and shape: (n, 168), or (n, 2, 168) with noise: clean, noisy. For frames, whose number
        changes from clip to clip, an array (n,) or (n, 2) of arrays (frames, 64).

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
    >>> extract(clips["path"][:2], features="logmel64")[0].shape[1]
    64
    """
    kind, paths = named(features), list(paths)
    rows = rows_of(paths, [corpus.clip_of(path) for path in paths], kind, snr_db, n_jobs, dask, progress)
    unreadable = [row for row in rows if isinstance(row, audio.AudioError)]
    if unreadable:
        raise audio.AudioError(f"{len(unreadable)} of {len(paths)} files cannot be used. The first: {unreadable[0]}")
    clean = stack([row[0] for row in rows], kind)
    return clean if snr_db is None else np.stack([clean, stack([row[1] for row in rows], kind)], axis=1)


def rows_of(
    paths: Sequence[str | Path],
    clips: Sequence[str],
    kind: FeatureSet,
    snr_db: float | None,
    n_jobs: int,
    dask: str | None,
    progress: bool,
) -> list[Any]:
    """For each file, in order: a list of its features, clean and (with `snr_db`) noisy, or the `AudioError` it gave."""
    import joblib
    from tqdm import tqdm

    with ExitStack() as stack:
        if dask:
            stack.enter_context(cluster.connect(dask))
            stack.enter_context(joblib.parallel_config(backend="dask"))
            n_jobs = -1
        rows = joblib.Parallel(n_jobs=n_jobs, return_as="generator", batch_size=32)(
            joblib.delayed(_file_rows)(path, clip, kind, snr_db) for path, clip in zip(paths, clips, strict=True)
        )
        return list(tqdm(rows, total=len(paths), unit="clip", desc="Features", disable=not progress))


def _file_rows(
    path: str | Path, clip: str, kind: FeatureSet, snr_db: float | None
) -> list[np.ndarray] | audio.AudioError:
    try:
        y = audio.read_clip(path)
        sounds = [y] if snr_db is None else [y, audio.add_noise(y, snr_db, audio.clip_rng(clip))]
        return [_computed(sound, kind) for sound in sounds]
    except audio.AudioError as error:
        return error  # one bad file in thousands must not cost the others


def _computed(y: np.ndarray, kind: FeatureSet) -> np.ndarray:
    """What the set computes, of the shape and dtype that it promises."""
    row = np.asarray(kind.compute(y), dtype=kind.dtype)
    if len(row.shape) != len(kind.shape) or any(n not in (None, m) for n, m in zip(kind.shape, row.shape, strict=True)):
        raise CourseError(
            f"Feature set {kind.name!r} gave shape {row.shape} for a clip; its own `shape` says {kind.shape}."
        )
    return row


def stack(rows: Sequence[np.ndarray], kind: FeatureSet) -> np.ndarray:
    """Rows of one feature set as one array: (n, 168), or an array (n,) of arrays (frames, 64)."""
    if kind.shape[0] is not None:
        return np.array(rows, dtype=kind.dtype).reshape(-1, *kind.shape)
    stacked = np.empty(len(rows), dtype=object)
    for place, row in enumerate(rows):
        stacked[place] = row
    return stacked
