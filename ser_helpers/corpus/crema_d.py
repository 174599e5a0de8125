"""CREMA-D: 7,442 clips of 91 actors. Its tables ship with the course; its audio is fetched, see `fetch`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

from .. import places
from ..errors import CourseError
from .base import LABELS, Source, paths_of, sound_files

EMOTION_CODES = dict(zip(("ANG", "DIS", "FEA", "HAP", "NEU", "SAD"), LABELS, strict=True))
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
    ["clip", "actor_id", "speaker", "sentence", "emotion", "level", "sha256", "bytes", "seconds", *VOTES, "age", "sex",
     "defect"]
)  # fmt: skip
HOMES = ("CREMA_D_HOME", "SER_CLASS_FOLDER")  # variables that name a folder with audio, the first one set counts
RENAMED = {"1040_ITH_SAD_XX": "1040_ITH_SAD_X"}  # today's name, and the one in copies made before October 2022
_NAME = re.compile(r"\d+_[A-Z]{3}_[A-Z]{3}_[A-Z]{1,2}", re.IGNORECASE)


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

    Some copies have their names in lower case. A name that is none of CREMA-D's comes back without its suffix.

    Examples
    --------
    >>> clip_of("AudioWAV/1040_ITH_SAD_X.wav"), clip_of("1001_dfa_ang_xx.WAV"), clip_of("hello.wav")
    ('1040_ITH_SAD_XX', '1001_DFA_ANG_XX', 'hello')
    """
    stem = Path(path).stem
    if not _NAME.fullmatch(stem):
        return stem
    return stem.upper() + ("X" if stem.upper().endswith("_X") else "")


def home() -> tuple[Path, str]:
    """The folder where CREMA-D's audio is looked for, and the variable that names it, "" for the user's cache."""
    variable = next(filter(os.environ.get, HOMES), "")
    return Path(os.environ[variable]).expanduser() if variable else places.cache_folder("crema-d"), variable


def audio_home() -> Path | None:
    """The folder with CREMA-D's audio, or None when there is none.

    Looked for in ``CREMA_D_HOME``, then in ``SER_CLASS_FOLDER`` (a folder that a class shares), then in the user's
    cache. The audio may be official WAV or FLAC, in ``AudioWAV/``, in ``flac/`` or in the folder itself, in upper or
    lower case.

    Raises
    ------
    CourseError
        When one of the two variables names a folder without clips: silence would leave you wondering.
    """
    return home()[0] if _clips_at_home() else None


def _clips_at_home() -> dict[str, Path]:
    folder, variable = home()
    found = _clips_in(folder)
    if variable and not found:
        raise CourseError(
            f"{variable} is {str(folder)!r}, where no CREMA-D clip was found (looked for names like "
            f"1001_DFA_ANG_XX.wav or .flac there, in AudioWAV and in flac). Correct {variable} or remove it."
        )
    return found


def _clips_in(folder: Path) -> dict[str, Path]:
    """Every audio file with a clip name in `folder`, its ``AudioWAV`` or its ``flac``: clip -> path, WAV first."""
    if not folder.is_dir():
        return {}
    within = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.name.lower() in ("audiowav", "flac")}
    found: dict[str, Path] = {}
    for place in (within.get("audiowav"), within.get("flac"), folder):
        for path in sound_files(place, "[0-9]*_*_*_*") if place else []:
            if _NAME.fullmatch(path.stem):
                found.setdefault(clip_of(path), path)
    return found


class CremaD:
    """The corpus as the course sees it; the columns of its table are `COLUMNS`."""

    name = "crema-d"
    title = "CREMA-D"
    people = True
    labels = LABELS
    licence = "CREMA-D is under the Open Database License 1.0, its contents under the Database Contents License 1.0."
    attribution = (
        "Cao, Cooper, Keutmann, Gur, Nenkova and Verma (2014), IEEE Transactions on Affective Computing 5(4), 377-390. "
        "The authors ask users to fill in the form that the README at github.com/CheyneyComputerScience/CREMA-D links to."
    )

    def table(self) -> pd.DataFrame:
        """See `Corpus`."""
        with np.load(places.DATA / "crema-d" / "clips.npz", allow_pickle=False) as columns:
            clips = pd.DataFrame({name: columns[name] for name in COLUMNS if name != "speaker"})
        return with_speaker(clips, self.name)

    def find(self, clips: pd.DataFrame) -> pd.Series:
        """See `Corpus`."""
        return paths_of(clips, _clips_at_home())

    def sources(self) -> list[Source]:
        """See `Corpus`. The first is the authors' own; each serves ``<clip>.wav``."""
        return [
            Source(
                "https://media.githubusercontent.com/media/CheyneyComputerScience/CREMA-D/master/AudioWAV/",
                "7,442 WAV files, 606 MB: the authors' own",
            ),
            Source(
                "https://gitlab.com/cs-cooper-lab/crema-d-mirror/-/raw/HEAD/AudioWAV/",
                "the same files: the authors' mirror",
            ),
        ]


def with_speaker(clips: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table of a corpus that is named like CREMA-D, its speakers named by corpus and actor, columns as `COLUMNS`."""
    return clips.assign(speaker=f"{name}/" + clips["actor_id"].astype(str))[COLUMNS]


CREMA_D = CremaD()
