"""The practice voices: 288 synthetic clips that ship with the course and are named like CREMA-D's."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd

from .. import places
from .base import LABELS, Source, paths_of
from .crema_d import VOTES, with_speaker


class Practice:
    """Computer voices: no people, no votes, no age. `data/practice/make_practice_voices.py` makes them."""

    name = "practice"
    title = "practice voices"
    people = False
    labels = LABELS
    licence = "The practice voices are under CC BY 4.0."
    attribution = "Made by this project with espeak-ng and the WORLD vocoder."

    def table(self) -> pd.DataFrame:
        """See `Corpus`; the columns are CREMA-D's, sha256 and bytes those of the FLAC files."""
        manifest = pd.read_csv(_folder() / "manifest.csv")
        return with_speaker(manifest.assign(**dict.fromkeys(VOTES, 0), age=0, defect=""), self.name)

    def find(self, clips: pd.DataFrame) -> pd.Series:
        """See `Corpus`."""
        return paths_of(clips, {path.stem: path for path in _folder().glob("*.flac")})

    def sources(self) -> list[Source]:
        """See `Corpus`."""
        return [Source(str(_folder()), "288 FLAC files that come with the course")]


def _folder() -> Path:
    return places.DATA / "practice"


@functools.cache
def voices() -> frozenset[str]:
    """The bare numbers of the voices, as text: "9001" and so on."""
    return frozenset(PRACTICE.table()["actor_id"].astype(str))


PRACTICE = Practice()
