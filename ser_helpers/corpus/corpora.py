"""All corpora: by name, and what can be asked about clips of any of them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import CourseError
from ..registry import Registry
from . import own
from .base import LABELS, Corpus, check_table
from .crema_d import CREMA_D, VOTES
from .emodb import EMODB
from .practice import PRACTICE, voices
from .ravdess import RAVDESS

WIDTH = 88  # of a line that a lesson prints: a longer one breaks inside a word at the edge of the window
SMALLEST = 200  # bytes of a recording, the silent one as FLAC included; a Git LFS pointer has some 130
CORPORA: Registry[Corpus] = Registry("corpus", CREMA_D, PRACTICE, RAVDESS, EMODB)


def register(part: Corpus) -> None:
    """Make a corpus known by its name, in the place of its namesake if there is one.

    Raises
    ------
    CourseError
        When its name has a slash, which ends a corpus's name in a speaker's.
    """
    if "/" in part.name:
        raise CourseError(f"{part.name!r} is no name for a corpus: the slash stands between corpus and speaker.")
    CORPORA.register(part)


def named(name: str | Path) -> Corpus:
    """A corpus by its name, or one of your own by the path of its CSV, which is then known by the CSV's name.

    Raises
    ------
    CourseError
        When there is none; when something is wrong with the CSV, see `own.read_csv`; when another corpus has its name.

    Examples
    --------
    >>> named("practice").people, named("ravdess").labels[-2:]
    (False, ('calm', 'surprise'))
    """
    known = {part.name: part for part in CORPORA}
    path = Path(name).expanduser()
    if str(name) in known:
        return known[str(name)]
    if not (path.suffix or path.is_file()):
        raise CourseError(
            f"There is no corpus {str(name)!r}: {', '.join(known)}, or the path of a CSV that describes your own."
        )
    mine = own.read_csv(path)
    other = known.get(mine.name)
    if other and not (isinstance(other, own.Own) and other.path == mine.path):
        taken = other.path if isinstance(other, own.Own) else other.title
        raise CourseError(f"{path} would be called {mine.name!r}, as {taken} is already. Give the file another name.")
    register(mine)
    return mine


def clip_table(source: str | Path = "crema-d") -> pd.DataFrame:
    """All clips of a corpus, a row each, sorted by clip.

    Parameters
    ----------
    source : str or Path
        The name of a corpus, or the path of a CSV: see `named`.

    Returns
    -------
    DataFrame
        Columns clip, speaker (``"crema-d/1001"``), emotion (one of the corpus's labels) and others. CREMA-D and the
        practice voices have `COLUMNS`: actor_id, sentence, level, sha256 and bytes of the official WAV (of the FLAC for
        practice voices), seconds, six counts of crowd votes on the voice alone (``votes_angry`` and so on), age in years
        and sex of the actor, and ``defect`` ("" when none is known). Practice voices have no votes and no age.

    Raises
    ------
    CourseError
        As `named`; when the corpus is not on this disk; when its table breaks a promise, see `check_table`.

    Examples
    --------
    >>> clips = clip_table()
    >>> len(clips), clips["speaker"].nunique(), clips["speaker"].iloc[0]
    (7442, 91, 'crema-d/1001')
    """
    corpus = named(source)
    return check_table(corpus, corpus.table())


def find_audio(clips: pd.DataFrame) -> pd.Series:
    """The path of each clip's audio file, None where it is not on this disk; same index as `clips`.

    Each clip is looked for in the corpus that its speaker is of; in a table without speakers, among the practice voices
    and then in CREMA-D, by its name.

    Examples
    --------
    >>> find_audio(clip_table("practice")).iloc[0].suffix
    '.flac'
    """
    found = pd.Series(None, index=clips.index, dtype=object, name="path")
    if "speaker" in clips:
        corpora = clips["speaker"].astype(str).str.partition("/")[0].to_numpy()
        for name in pd.unique(corpora):
            found[corpora == name] = CORPORA[name].find(clips[corpora == name]).to_numpy()
        return found
    for part in (PRACTICE, CREMA_D):
        if (unknown := found.isna().to_numpy()).any():
            found[unknown] = part.find(clips[unknown]).to_numpy()
    return found


def of_people(speakers: Iterable) -> bool:
    """Whether all of these speakers are people, as far as their corpora say.

    Parameters
    ----------
    speakers : sequence
        Speaker ids, ``"practice/9001"``; or bare ones (actors' numbers), which are synthetic when a practice voice has
        them. A speaker of a corpus that nobody registered counts as a person.

    Examples
    --------
    >>> of_people(["crema-d/1001", "ravdess/01"]), of_people(["practice/9001"]), of_people([9001]), of_people([9500])
    (True, False, False, True)
    """
    synthetic = {part.name for part in CORPORA if not part.people}

    def is_synthetic(speaker: str) -> bool:
        corpus, slash, _ = speaker.partition("/")
        return corpus in synthetic if slash else speaker in voices()

    return not any(map(is_synthetic, set(map(str, np.asarray(speakers).ravel().tolist()))))


def votes(clips: pd.DataFrame) -> pd.DataFrame:
    """The crowd's votes on the voice of each clip, as columns `LABELS`; same index as `clips`.

    Raises
    ------
    CourseError
        When nobody was asked about this corpus.

    Examples
    --------
    >>> votes(clip_table()).iloc[0].to_dict()
    {'angry': 6, 'disgust': 2, 'fear': 0, 'happy': 0, 'neutral': 1, 'sad': 0}
    """
    if missing := [column for column in VOTES if column not in clips]:
        raise CourseError(f"These clips have no votes of listeners: there is no column {', '.join(missing)}.")
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


def lesson_clips() -> pd.DataFrame:
    """The clips a lesson works with: CREMA-D's when enough of them are on this disk, else the practice voices.

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
    clips = _with_audio(CREMA_D)
    if not clips.empty and not (lack := _lack(clips)):
        line = f"Data in use: CREMA-D, {len(clips):,} recordings of {clips['speaker'].nunique()} actors found on this disk."
        clips.attrs.update(source=CREMA_D.name, line=line)
        return clips
    why = f"The CREMA-D on this disk has {lack}, so it is left out. " if len(clips) else ""
    clips = _with_audio(PRACTICE)
    line = (
        f"{why}Data in use: {len(clips)} clips of {clips['speaker'].nunique()} synthetic practice voices. They are not "
        "people, and scores on them say nothing about people. For real recordings, type `ser fetch --mini` in a terminal "
        "(File > New > Terminal), then run this cell again."
    )
    clips.attrs.update(source=PRACTICE.name, line=textwrap.fill(line, WIDTH))
    return clips


def _lack(clips: pd.DataFrame) -> str:
    """What lessons would miss among these clips, "" when nothing."""
    sizes = clips["path"].map(lambda path: path.stat().st_size)
    if pointers := int((sizes < SMALLEST).sum()):
        return f"{pointers:,} file{'s' * (pointers > 1)} without sound (`ser doctor` looks into them)"
    count = clips["emotion"].value_counts().reindex(list(LABELS), fill_value=0)
    if scarce := [label for label in LABELS if count[label] < 3]:
        return f"fewer than three clips of {' and of '.join(scarce)}"
    if clips.groupby(["speaker", "sentence"])["emotion"].nunique().max() < len(LABELS):
        return "no speaker who says one sentence in all six emotions"
    return ""


def _with_audio(part: Corpus) -> pd.DataFrame:
    clips = part.table()
    return clips.assign(path=part.find(clips)).dropna(subset="path").reset_index(drop=True)


def overview() -> pd.DataFrame:
    """What is at hand, a row per corpus that is known: the table behind `ser corpora`.

    Returns
    -------
    DataFrame
        Columns name, title, people, labels, clips (rows of its table; 0 when it cannot be made), speakers, with_audio
        (clips whose audio is on this disk), licence, attribution, source (an address), and note ("" or a sentence on why
        it is not at hand).

    Examples
    --------
    >>> overview().set_index("name").loc["practice", ["clips", "speakers", "with_audio"]].tolist()
    [288, 12, 288]
    """
    return pd.DataFrame([_at_hand(part) for part in CORPORA])


def _at_hand(part: Corpus) -> dict:
    clips, audio, speakers, note = 0, 0, 0, ""
    try:
        table = part.table()
        clips, speakers = len(table), table["speaker"].nunique()
        audio = int(part.find(table).notna().sum())
    except (CourseError, OSError) as error:
        note = str(error)
    return {
        "name": part.name,
        "title": part.title,
        "people": part.people,
        "labels": part.labels,
        "clips": clips,
        "speakers": speakers,
        "with_audio": audio,
        "licence": part.licence,
        "attribution": part.attribution,
        "source": next((source.address for source in part.sources()), ""),
        "note": note,
    }
