"""What a corpus is to this course: a name, its speakers and labels, a table of clips, and where the sound is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pandas as pd


@dataclass(frozen=True)
class Source:
    """Where a corpus can be had from: an address, and what it holds in a few words."""

    address: str
    holds: str


class Corpus(Protocol):
    """A collection of labelled clips.

    Attributes
    ----------
    name : str
        In files, results and on the command line, and before the slash of each speaker: ``"crema-d"``.
    title : str
        In figures and sentences: ``"CREMA-D"``.
    people : bool
        Whether its speakers are people; False for synthetic voices.
    labels : tuple of str
        Every label its clips may have, in the order of figures and tables.
    licence, attribution : str
        A sentence each.
    """

    name: str
    title: str
    people: bool
    labels: tuple[str, ...]
    licence: str
    attribution: str

    def table(self) -> pd.DataFrame:
        """A row per clip, sorted by clip: ``clip`` (unique), ``speaker`` (``"crema-d/1001"``), ``emotion`` (of `labels`);
        more columns are free, ``votes_angry`` and so on where a crowd has listened."""

    def find(self, clips: pd.DataFrame) -> pd.Series:
        """The path of each clip's audio, None where it is not on this disk; same index as `clips`."""

    def sources(self) -> list[Source]:
        """Where its audio can be had from."""
