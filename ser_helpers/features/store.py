"""The features of a corpus on disk, a file per corpus and feature set, joined with the corpus by the names of its clips.

A table is an ``.npz`` without pickle. ``about`` is JSON: corpus, features, version, columns, and for each condition the
SHA-256 of what it holds. ``clip`` names the rows of ``clean`` and ``noisy``; frames, whose number changes from clip to
clip, stand one clip after the other, those of clip `i` from ``clean_offsets[i]`` to ``clean_offsets[i + 1]``.
``without`` and ``reason`` are the clips that have no features, and why. The hash is taken with the clips sorted and the
columns in the set's own order, so it holds names and numbers together however the file arranges them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import audio, places
from .. import corpus as corpora
from ..corpus import Corpus
from ..corpus.own import Own
from ..errors import CourseError
from .base import FeatureSet
from .compute import rows_of, stack
from .sets import named

NOISY_SNR_DB = 15.0
CONDITIONS = ("clean", "noisy")
NOT_YET, UNUSABLE = "audio not at hand yet", "audio file cannot be used"
AGAIN = "Restore it, or move it away and `ser features` makes it again."


@dataclass(frozen=True)
class Table:
    """What a file holds: clips with features, sorted; their rows in each condition; why the others have none."""

    clips: list[str]
    rows: dict[str, np.ndarray]
    reasons: dict[str, str]

    def digest(self, corpus: str, kind: FeatureSet, condition: str) -> str:
        """SHA-256 of one condition, and of everything that says what its numbers are."""
        rows = self.rows[condition]
        pieces = rows if kind.shape[0] is None else [rows]  # frames clip by clip, so that no copy of all is made
        about = [corpus, kind.name, kind.version, list(kind.columns), kind.dtype, condition]
        shapes = [piece.shape for piece in pieces]
        digest = hashlib.sha256(json.dumps([about, self.clips, shapes, sorted(self.reasons.items())]).encode())
        for piece in pieces:
            digest.update(np.asarray(piece, dtype=np.dtype(kind.dtype).newbyteorder("<")).tobytes())
        return digest.hexdigest()


def table_path(corpus: str | Path | Corpus = "crema-d", features: str | FeatureSet = "means168") -> Path:
    """The file of a corpus and a feature set: the one that comes with the course, else one in your cache.

    Examples
    --------
    >>> table_path().name, table_path("practice", "logmel64").parent.name
    ('means168.npz', 'practice')
    """
    part, name = _corpus(corpus), f"{named(features).name}.npz"
    folder = part.name
    if isinstance(part, Own):  # two CSVs of one name, in two folders, are two corpora
        folder += "-" + hashlib.sha256(str(part.path).encode()).hexdigest()[:8]
    committed = places.DATA / folder / name
    return committed if committed.exists() else places.cache_folder("features") / folder / name


def load(
    corpus: str | Path | Corpus = "crema-d",
    features: str | FeatureSet = "means168",
    condition: str = "clean",
    path: str | Path | None = None,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Stored features, with the clips they belong to.

    Parameters
    ----------
    corpus : str, Path or Corpus
        A name, the path of a CSV, or a corpus of your own.
    features : str or FeatureSet
    condition : {"clean", "noisy"}
        Noisy is white noise at 15 dB SNR from `audio.clip_rng`.
    path : str or Path, optional
        The file to read; `table_path` if not given.

    Returns
    -------
    clips : DataFrame
        The corpus's table of the clips that have features, fresh 0..n-1 index.
    X : ndarray
        Aligned with `clips`: of the set's dtype and shape, (n, 168); for frames an array (n,) of arrays (frames, 64).

    Raises
    ------
    CourseError
        When there is no such file, or when it is not what was asked for: of another corpus, set, version or with other
        columns, made by an older version of this course, with a clip twice or one that the corpus does not have, or
        damaged. The order of its rows and columns is free: they are found by name.

    Notes
    -----
    `update` makes the file; `missing_features` names the clips that have no row.

    Examples
    --------
    >>> clips, X = load("crema-d", condition="noisy")
    >>> X.shape == (len(clips), 168)
    True
    """
    clips, rows = _load(corpus, features, (condition,), path)
    return clips, rows[0]


def load_features(
    corpus: str | Path | Corpus = "crema-d", features: str | FeatureSet = "means168"
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Stored features in both conditions, the committed CREMA-D ones if not told otherwise, read once.

    Parameters
    ----------
    corpus, features
        As for `load`.

    Returns
    -------
    clips : DataFrame
        `corpus.clip_table` of those clips, fresh 0..n-1 index.
    clean, noisy : ndarray
        As X of `load`, each aligned with `clips`.

    Notes
    -----
    `missing_features` names the clips that have none. Lessons 05 to 07 and 09 start here.

    Examples
    --------
    >>> clips, clean, noisy = load_features()
    >>> clean.shape == noisy.shape == (len(clips), 168)
    True
    """
    clips, (clean, noisy) = _load(corpus, features, CONDITIONS, None)
    return clips, clean, noisy


def missing_features(
    corpus: str | Path | Corpus = "crema-d",
    features: str | FeatureSet = "means168",
    path: str | Path | None = None,
) -> pd.Series:
    """Why a clip has no stored features: a reason for each such clip, indexed by clip.

    Examples
    --------
    >>> len(missing_features()) + len(load_features()[0])
    7442
    """
    part, kind = _corpus(corpus), named(features)
    clips = corpora.check_table(part, part.table())["clip"]
    table = _read(Path(path or table_path(part, kind)), part, clips, kind, ("clean",))
    missing = clips[~clips.isin(table.clips)]
    return pd.Series([table.reasons.get(clip, NOT_YET) for clip in missing], index=missing, name="reason", dtype=object)


def update(
    corpus: str | Path | Corpus = "crema-d",
    features: str | FeatureSet = "means168",
    path: str | Path | None = None,
    n_jobs: int = 1,
    dask: str | None = None,
    progress: bool = True,
) -> pd.Series:
    """Compute the features, clean and noisy, of every clip of a corpus whose audio is here and which has none yet.

    Parameters
    ----------
    corpus, features, path
        As for `load`. A new file is begun where there is none.
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
        When there is no audio of this corpus on this disk, or the file cannot be written, or not be read (`load`).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     int(update("practice", path=f"{folder}/practice.npz", progress=False).eq("").sum())
    288
    """
    part, kind = _corpus(corpus), named(features)
    path = Path(path or table_path(part, kind))
    clips = corpora.check_table(part, part.table())
    paths = part.find(clips).set_axis(clips["clip"])
    held = Table([], {each: stack([], kind) for each in CONDITIONS}, {})
    if path.exists():
        held = _read(path, part, clips["clip"], kind, CONDITIONS)
    if paths.isna().all():
        raise CourseError(_no_audio(part))
    places.writable_folder(path.parent, option="--out")
    todo = paths[paths.notna() & ~paths.index.isin(held.clips)]
    rows = rows_of(todo.tolist(), todo.index.tolist(), kind, NOISY_SNR_DB, n_jobs, dask, progress)
    tried = dict(zip(todo.index, rows, strict=True))
    if tried:
        _write(path, part.name, kind, _grown(held, tried, paths.index, kind))
    wrong = [str(row) if isinstance(row, audio.AudioError) else "" for row in rows]
    return pd.Series(wrong, index=todo.index, dtype=object)


def _corpus(corpus: str | Path | Corpus) -> Corpus:
    return corpora.named(corpus) if isinstance(corpus, (str, Path)) else corpus


def _no_audio(part: Corpus) -> str:
    ways = [f"{source.address} has it." for source in part.sources()]
    if part.name == "crema-d":
        ways = [f"`ser fetch` brings it, or {corpora.HOMES[0]} names it."]
    return " ".join([f"There is no {part.title} audio here.", *ways])


def _load(
    corpus: str | Path | Corpus, features: str | FeatureSet, conditions: Sequence[str], path: str | Path | None
) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """The clips that have features, and their rows in each condition."""
    part, kind = _corpus(corpus), named(features)
    clips = corpora.check_table(part, part.table())
    table = _read(Path(path or table_path(part, kind)), part, clips["clip"], kind, conditions)
    clips = clips[clips["clip"].isin(table.clips)].reset_index(drop=True)
    order = pd.Index(table.clips).get_indexer(clips["clip"])
    return clips, [table.rows[condition][order] for condition in conditions]


def _grown(table: Table, tried: dict[str, Any], every: pd.Index, kind: FeatureSet) -> Table:
    """The table with the rows of the clips that were tried; `every` is all clips of the corpus."""
    new = {clip: row for clip, row in tried.items() if not isinstance(row, audio.AudioError)}
    clips, rows = sorted([*table.clips, *new]), {}
    for place, condition in enumerate(CONDITIONS):
        held = dict(zip(table.clips, table.rows[condition], strict=True))
        held |= {clip: row[place] for clip, row in new.items()}
        rows[condition] = stack([held[clip] for clip in clips], kind)
    without = every[~every.isin(clips)]
    reasons = {clip: UNUSABLE if clip in tried else table.reasons.get(clip, NOT_YET) for clip in without}
    return Table(clips, rows, reasons)


def _write(path: Path, corpus: str, kind: FeatureSet, table: Table) -> None:
    """Put the table in the place of the file, all of it or nothing."""
    about = {"corpus": corpus, "features": kind.name, "version": kind.version, "columns": kind.columns}
    sha256 = {condition: table.digest(corpus, kind, condition) for condition in table.rows}
    arrays = {"about": np.array(json.dumps({**about, "sha256": sha256})), "clip": np.array(table.clips, dtype=str)}
    arrays["without"] = np.array(list(table.reasons), dtype=str)
    arrays["reason"] = np.array(list(table.reasons.values()), dtype=str)
    for condition, rows in table.rows.items():
        arrays[condition] = rows
        if kind.shape[0] is None:
            arrays[f"{condition}_offsets"] = np.cumsum([0, *map(len, rows)])
            arrays[condition] = np.concatenate([np.empty((0, len(kind.columns)), kind.dtype), *rows])
    fresh = path.with_suffix(".part.npz")
    try:
        np.savez_compressed(fresh, **arrays)  # type: ignore[arg-type]  # numpy's own stub takes a name for an option
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _read(path: Path, part: Corpus, known: pd.Series, kind: FeatureSet, conditions: Sequence[str]) -> Table:
    """What the file holds in these conditions, found by name; a sentence where it is not what was asked for."""
    if not path.exists():
        command = f"`ser features --corpus {part.path if isinstance(part, Own) else part.name} --features {kind.name}`"
        raise CourseError(f"There are no {kind.name} features of {part.title} in {path}. {command} computes them.")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            wanted = {"about", "clip", "without", "reason", *conditions, *(f"{each}_offsets" for each in conditions)}
            held = {name: file[name] for name in wanted.intersection(file.files)}
        about = _about(path, held, part, kind, conditions)
        _check_clips(path, [*held["clip"].tolist(), *held["without"].tolist()], part, known)
        table = _table(held, about["columns"], kind, conditions)
        sound = all(table.digest(part.name, kind, each) == about["sha256"][each] for each in conditions)
    except (CourseError, MemoryError):
        raise
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror or error}). {AGAIN}") from None
    except Exception as error:  # out of a damaged file come whatever errors zip, numpy and JSON have
        raise CourseError(f"{path} is damaged, or no table of features at all. {AGAIN}") from error
    if not sound:
        raise CourseError(f"{path} is damaged: what it holds is not what was stored. {AGAIN}")
    return table


def _about(
    path: Path, held: dict[str, np.ndarray], part: Corpus, kind: FeatureSet, conditions: Sequence[str]
) -> dict[str, Any]:
    """What the file says of itself, checked against what is wanted of it."""
    if "about" not in held:
        raise CourseError(f"{path} was made by an older version of this course, without names. {AGAIN}")
    about = json.loads(str(held["about"]))
    if (about["corpus"], about["features"]) != (part.name, kind.name):
        raise CourseError(
            f"{path} holds {about['features']} features of {about['corpus']}; {kind.name} of {part.name} was expected."
        )
    if about["version"] != kind.version:
        raise CourseError(
            f"{path} holds {kind.name} version {about['version']}; this course computes version {kind.version}, whose "
            f"numbers are others. {AGAIN}"
        )
    if sorted(about["columns"]) != sorted(kind.columns):
        raise CourseError(f"The columns in {path} are not those of {kind.name} version {kind.version}. {AGAIN}")
    for condition in conditions:
        if condition not in about["sha256"]:
            raise CourseError(f"There is no condition {condition!r} in {path}: {', '.join(about['sha256'])}.")
    return about


def _check_clips(path: Path, names: list[str], part: Corpus, known: pd.Series) -> None:
    clips = pd.Series(names, dtype=object)
    for wrong, why in ((clips.duplicated(), "twice"), (~clips.isin(known), f"which is not in {part.title}")):
        if wrong.any():
            raise CourseError(f"{path} holds the clip {clips[wrong].iloc[0]}, {why}. {AGAIN}")


def _table(held: dict[str, np.ndarray], columns: list[str], kind: FeatureSet, conditions: Sequence[str]) -> Table:
    """The arrays of a file with clips sorted and columns in the set's order."""
    order, rows = np.argsort(held["clip"]), {}
    for condition in conditions:
        values: Any = np.asarray(held[condition], dtype=kind.dtype)
        if columns != list(kind.columns):
            values = values[..., [columns.index(name) for name in kind.columns]]
        if kind.shape[0] is None:
            values = stack([values[start:end] for start, end in pairwise(held[f"{condition}_offsets"])], kind)
        if len(values) != len(order):
            raise ValueError("rows and clips differ in number")
        rows[condition] = values[order]
    reasons = dict(zip(held["without"].tolist(), held["reason"].tolist(), strict=True))
    return Table(held["clip"][order].tolist(), rows, reasons)
