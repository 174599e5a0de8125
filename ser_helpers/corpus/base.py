"""What a corpus is to this course: a name, its speakers and labels, a table of clips, and where the sound is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from ..errors import CourseError

LABELS = (
    "angry",
    "disgust",
    "fear",
    "happy",
    "neutral",
    "sad",
)  # the course's six; a corpus may lack some and add others
SUFFIXES = (".wav", ".flac")  # in this order when a clip is there twice


@dataclass(frozen=True)
class Source:
    """Where a corpus can be had from: an address, and what it holds in a few words."""

    address: str
    holds: str


class Corpus(Protocol):
    """A collection of labelled clips."""

    @property
    def name(self) -> str:
        """In files, results and on the command line, and before the slash of each speaker: ``"crema-d"``."""

    @property
    def title(self) -> str:
        """In figures and sentences: ``"CREMA-D"``."""

    @property
    def people(self) -> bool:
        """Whether its speakers are people; False for synthetic voices."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label its clips may have, in the order of figures and tables."""

    @property
    def licence(self) -> str:
        """A sentence."""

    @property
    def attribution(self) -> str:
        """A sentence on who made it; "" when there is nothing to say."""

    def table(self) -> pd.DataFrame:
        """A row per clip, sorted by clip: ``clip`` (unique), ``speaker`` (``"crema-d/1001"``), ``emotion`` (of `labels`);
        more columns are free, ``votes_angry`` and so on where a crowd has listened."""

    def find(self, clips: pd.DataFrame) -> pd.Series:
        """The path of each clip's audio, None where it is not on this disk; same index as `clips`."""

    def sources(self) -> list[Source]:
        """Where its audio can be had from."""


def check_table(corpus: Corpus, table: pd.DataFrame) -> pd.DataFrame:
    """The table as it came, when it keeps to what `Corpus.table` promises.

    Raises
    ------
    CourseError
        For a missing column or value, no rows, a clip that is there twice, rows in another order than by clip, a label that is
        not one of the corpus's, a speaker without the corpus's name in front.

    Examples
    --------
    >>> from ser_helpers.corpus import named
    >>> table = check_table(named("practice"), named("practice").table())
    >>> check_table(named("crema-d"), table)
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: The table of crema-d has speakers without crema-d/ in front of them: 'practice/9001', \
'practice/9002', 'practice/9003' and 9 more. Two corpora's speakers must never share a name.
    """
    what = f"The table of {corpus.name}"
    if missing := [column for column in ("clip", "speaker", "emotion") if column not in table]:
        raise CourseError(f"{what} has no column {', '.join(missing)}: clip, speaker and emotion were expected.")
    if table.empty:
        raise CourseError(f"{what} has no rows: a row per clip was expected.")
    if table[["clip", "speaker", "emotion"]].isna().any(axis=None):
        raise CourseError(f"{what} has rows without a clip, a speaker or an emotion.")
    clips = table["clip"].astype(str)
    if clips.duplicated().any():
        raise CourseError(f"{what} has clips twice: {first(clips[clips.duplicated()])}. A clip's name must be its own.")
    if not clips.is_monotonic_increasing:
        raise CourseError(f"{what} is not sorted by clip: results would depend on the order of files on a disk.")
    if foreign := sorted(set(table["emotion"].astype(str)) - set(corpus.labels)):
        raise CourseError(
            f"{what} has labels that {corpus.name} does not name: {first(foreign)}. Add them to its labels."
        )
    speakers = table["speaker"].astype(str)
    stray = speakers[~speakers.str.startswith(f"{corpus.name}/")]
    if len(stray):
        raise CourseError(
            f"{what} has speakers without {corpus.name}/ in front of them: {first(stray)}. Two corpora's speakers must "
            "never share a name."
        )
    return table


def first(values: Iterable, n: int = 3) -> str:
    """The first few of some values, for a message, and how many more there are.

    Examples
    --------
    >>> first(["b", "a", "b", "c", "d"])
    "'b', 'a', 'c' and 1 more"
    """
    known = list(dict.fromkeys(map(str, values)))
    more = f" and {len(known) - n:,} more" if len(known) > n else ""
    return ", ".join(map(repr, known[:n])) + more


def sound_files(folder: Path, pattern: str = "*") -> list[Path]:
    """WAV and FLAC files of a folder, WAV first, whatever the case of their suffixes; dead links and folders are none."""
    found = [path for path in folder.glob(pattern) if path.suffix.lower() in SUFFIXES and path.is_file()]
    return sorted(found, key=lambda path: (SUFFIXES.index(path.suffix.lower()), str(path)))


def paths_of(clips: pd.DataFrame, found: dict[str, Path]) -> pd.Series:
    """What `Corpus.find` returns, of the files that were found: clip -> path."""
    return pd.Series([found.get(clip) for clip in clips["clip"]], index=clips.index, dtype=object, name="path")
