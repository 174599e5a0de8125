"""A corpus whose file names say everything: its table is made from the files that are on this disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import places
from ..errors import CourseError
from .base import Source, paths_of, sound_files


@dataclass
class ByName:
    """A `Corpus` of files that are looked for in a folder, at any depth: name it, say how to read a name, register it.

    Attributes
    ----------
    variable : str
        Of the environment; names the folder. Without it the user's cache is looked in.
    example : str
        A file's name, for messages.
    read : callable
        From a bare file name to a row: clip, speaker (without the corpus's name), emotion and what else the name says;
        None for a name that is none of this corpus's.
    source : Source
        Where the files can be had from.
    skip : str
        Files below a folder with this in its name, in lower case, are left out.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    licence: str
    attribution: str
    variable: str
    example: str
    read: Callable[[str], dict | None]
    source: Source
    skip: str = ""
    people: bool = True

    def table(self) -> pd.DataFrame:
        """See `Corpus`: the clips that are there.

        Raises
        ------
        CourseError
            When none is; the message says where they can be had from and which variable to set.
        """
        found = self._files()
        if not found:
            raise CourseError(self._nothing())
        rows = pd.DataFrame([self.read(path.stem) for _, path in sorted(found.items())])
        return rows.assign(speaker=f"{self.name}/" + rows["speaker"])

    def find(self, clips: pd.DataFrame) -> pd.Series:
        """See `Corpus`."""
        return paths_of(clips, self._files())

    def sources(self) -> list[Source]:
        """See `Corpus`."""
        return [self.source]

    def _folder(self) -> Path:
        named = os.environ.get(self.variable)
        return Path(named).expanduser() if named else places.cache_folder(self.name)

    def _files(self) -> dict[str, Path]:
        """Clip -> path, WAV before FLAC; some archives hold each file twice."""
        folder, found = self._folder(), dict[str, Path]()
        for path in sound_files(folder, "**/*") if folder.is_dir() else []:
            row = self.read(path.stem)
            if row and not (self.skip and self.skip in str(path.parent.relative_to(folder)).lower()):
                found.setdefault(row["clip"], path)
        return found

    def _nothing(self) -> str:
        get = f"{self.source.address} has it ({self.source.holds}): unpack that and set {self.variable} to its folder."
        if os.environ.get(self.variable):
            return (
                f"{self.variable} is {str(self._folder())!r}, where no clip of {self.title} was found (looked for names "
                f"like {self.example}, at any depth). {get}"
            )
        return f"{self.title} is not on this disk. {get}"
