"""Clips and what is known of them: names, tables, votes, and where the audio is.

Two corpora have the same columns: ``"crema-d"`` (7,442 clips of 91 actors, its tables ship with the course, its audio
is fetched) and ``"practice"`` (288 synthetic clips that ship with the course).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import CourseError
from ..places import DATA, cache_folder

EMOTION_CODES = {"ANG": "angry", "DIS": "disgust", "FEA": "fear", "HAP": "happy", "NEU": "neutral", "SAD": "sad"}
LABELS = tuple(EMOTION_CODES.values())
LEVEL_CODES = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified", "X": "unspecified"}
SENTENCES = {
    "DFA": "Don't forget a jacket",
    "IEO": "It's eleven o'clock",
    "IOM": "I'm on my way to the meeting",
    "ITH": "I think I have a doctor's appointment",
    "ITS": "I think I've seen this before",
    "IWL": "I would like a new alarm clock",
    "IWW": "I wonder what this is about",
    "MTI": "Maybe tomorrow it will be cold",
    "TAI": "The airplane is almost full",
    "TIE": "That is exactly what happened",
    "TSI": "The surface is slick",
    "WSI": "We'll stop in a couple of minutes",
}
VOTES = tuple(f"votes_{label}" for label in LABELS)
COLUMNS = (
    ["clip", "actor_id", "sentence", "emotion", "level", "sha256", "bytes", "seconds", *VOTES, "age", "sex", "defect"]
)  # fmt: skip
SUFFIXES = (".wav", ".flac")  # in this order when a clip is there twice
HOMES = ("CREMA_D_HOME", "SER_CLASS_FOLDER")  # variables that name a folder with audio, the first one set counts


def parse_clip_name(name: str | Path) -> dict:
    """Read what a CREMA-D clip name says.

    Parameters
    ----------
    name : str or Path
        ``ACTOR_SENTENCE_EMOTION_LEVEL``, with or without folder and extension.

    Returns
    -------
    dict
        ``actor_id`` (int), ``sentence`` (three letters), ``emotion`` (one of `LABELS`), ``level`` (``"low"``,
        ``"medium"``, ``"high"`` or ``"unspecified"``).

    Raises
    ------
    CourseError
        When the name has another number of parts, or a part that CREMA-D does not use; the message names it.

    Notes
    -----
    Follows the naming scheme in CREMA-D's own README. Lesson 01 teaches it. ``X`` for the level is how one clip was
    called in copies made before October 2022.

    Examples
    --------
    >>> parse_clip_name("AudioWAV/1001_IEO_ANG_HI.wav")
    {'actor_id': 1001, 'sentence': 'IEO', 'emotion': 'angry', 'level': 'high'}
    """
    bare = Path(name).stem
    parts = bare.split("_")
    if len(parts) != 4:
        raise CourseError(f"{bare!r} is not a clip name: four parts joined by _ were expected, {len(parts)} came.")
    actor, sentence, emotion, level = parts
    if not (actor.isascii() and actor.isdigit()):
        raise CourseError(f"{actor!r} in {bare!r} is not an actor: digits were expected.")
    for part, known, what in (
        (sentence, SENTENCES, "sentence"),
        (emotion, EMOTION_CODES, "emotion"),
        (level, LEVEL_CODES, "level"),
    ):
        if part not in known:
            raise CourseError(f"{part!r} in {bare!r} is not a {what}: one of {', '.join(known)} was expected.")
    return {
        "actor_id": int(actor),
        "sentence": sentence,
        "emotion": EMOTION_CODES[emotion],
        "level": LEVEL_CODES[level],
    }


def clip_of(path: str | Path) -> str:
    """The clip that an audio file holds, by its present name: one was renamed in October 2022, and copies are older.

    Examples
    --------
    >>> clip_of("AudioWAV/1040_ITH_SAD_X.wav")
    '1040_ITH_SAD_XX'
    """
    stem = Path(path).stem
    return stem + "X" if stem.endswith("_X") else stem


def clip_table(source: str = "crema-d") -> pd.DataFrame:
    """All clips of a corpus, a row each, sorted by clip.

    Parameters
    ----------
    source : {"crema-d", "practice"}

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: clip, actor_id, sentence, emotion, level, sha256 and bytes of the official WAV (of the FLAC
        for practice voices), seconds, six counts of crowd votes on the voice alone (``votes_angry`` and so on), age in
        years and sex of the actor, and ``defect`` ("" when none is known). Practice voices have no votes and no age.

    Examples
    --------
    >>> clips = clip_table()
    >>> len(clips), clips["actor_id"].nunique()
    (7442, 91)
    """
    if source == "crema-d":
        with np.load(DATA / "crema-d" / "clips.npz", allow_pickle=False) as columns:
            return pd.DataFrame({name: columns[name] for name in COLUMNS})
    if source == "practice":
        manifest = pd.read_csv(DATA / "practice" / "manifest.csv")
        return manifest.assign(**dict.fromkeys(VOTES, 0), age=0, defect="")[COLUMNS]
    raise CourseError(f"There is no corpus {source!r}: choose 'crema-d' or 'practice'.")


def votes(clips: pd.DataFrame) -> pd.DataFrame:
    """The crowd's votes on the voice of each clip, as columns `LABELS`; same index as `clips`.

    Examples
    --------
    >>> votes(clip_table()).iloc[0].to_dict()
    {'angry': 6, 'disgust': 2, 'fear': 0, 'happy': 0, 'neutral': 1, 'sad': 0}
    """
    return clips[list(VOTES)].set_axis(list(LABELS), axis="columns")


def crowd_label(clips: pd.DataFrame) -> pd.Series:
    """The label that most listeners chose for each clip; "" where two or more labels share the first place.

    Used in lessons 01 and 07.

    Examples
    --------
    >>> int((crowd_label(clip_table()) == "").sum())
    644
    """
    counts = votes(clips)
    top = counts.max(axis="columns")
    tied = counts.eq(top, axis="index").sum(axis="columns") > 1
    return counts.idxmax(axis="columns").mask(tied, "")


def _clips_in(folder: Path) -> dict[str, Path]:
    """Every audio file with a clip name in `folder`, its ``AudioWAV`` or its ``flac``: clip -> path, WAV first."""
    found: dict[str, Path] = {}
    for place in (folder / "AudioWAV", folder / "flac", folder):
        if not place.is_dir():
            continue
        for suffix in SUFFIXES:
            for path in place.glob(f"[0-9]*_*_*_*{suffix}"):
                found.setdefault(clip_of(path), path)
    return found


def audio_home() -> Path | None:
    """The folder with CREMA-D's audio, or None when there is none.

    Looked for in ``CREMA_D_HOME``, then in ``SER_CLASS_FOLDER`` (a folder that a class shares), then in the user's
    cache. The audio may be official WAV or FLAC, in ``AudioWAV/``, in ``flac/`` or in the folder itself.

    Raises
    ------
    CourseError
        When one of the two variables names a folder without clips: silence would leave you wondering.
    """
    for variable in HOMES:
        if not os.environ.get(variable):
            continue
        folder = Path(os.environ[variable]).expanduser()
        if not _clips_in(folder):
            raise CourseError(
                f"{variable} is {str(folder)!r}, where no CREMA-D clip was found (looked for names like "
                f"1001_DFA_ANG_XX.wav or .flac there, in AudioWAV and in flac). Correct {variable} or remove it."
            )
        return folder
    return cache_folder("crema-d") if _clips_in(cache_folder("crema-d")) else None


def find_audio(clips: pd.DataFrame) -> pd.Series:
    """The path of each clip's audio file, None where it is not on this disk; same index as `clips`.

    Examples
    --------
    >>> find_audio(clip_table("practice")).iloc[0].suffix
    '.flac'
    """
    found = _clips_in(DATA / "practice")
    if (clips["actor_id"] < 9000).any() and (home := audio_home()):
        found |= _clips_in(home)
    return pd.Series([found.get(clip) for clip in clips["clip"]], index=clips.index, dtype=object, name="path")


def lesson_clips() -> pd.DataFrame:
    """The clips a lesson works with: CREMA-D's when its audio is on this disk, else the practice voices.

    Returns
    -------
    DataFrame
        `clip_table` with a column ``path``; only clips whose audio is there, fresh 0..n-1 index.
        ``.attrs["source"]`` is ``"crema-d"`` or ``"practice"``; ``.attrs["line"]`` says in a sentence which data are
        in use, and every lesson shows it.

    Examples
    --------
    >>> lesson_clips().attrs["source"] in ("crema-d", "practice")
    True
    """
    source = "crema-d" if audio_home() else "practice"
    clips = clip_table(source)
    clips = clips.assign(path=find_audio(clips)).dropna(subset="path").reset_index(drop=True)
    actors = clips["actor_id"].nunique()
    line = {
        "crema-d": f"Data in use: CREMA-D, {len(clips):,} recordings of {actors} actors found on this disk.",
        "practice": f"Data in use: synthetic practice voices, {len(clips)} clips of {actors} computer voices. "
        "They are not people, and scores on them say nothing about people. `ser fetch --mini` brings real recordings.",
    }[source]
    clips.attrs.update(source=source, line=line)
    return clips
