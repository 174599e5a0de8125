"""Parts that one can add, by name: a corpus, a feature set and a recipe are kept in one registry each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from .errors import CourseError


class Named(Protocol):
    """What a registry keeps."""

    @property
    def name(self) -> str:
        """In files, in results and on the command line."""


Part = TypeVar("Part", bound=Named)


class Registry(Generic[Part]):
    """The parts of one kind.

    Parameters
    ----------
    what : str
        The kind, for messages: "corpus".
    *parts
        Those that come with the course.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> sets = Registry("feature set", SimpleNamespace(name="means168"))
    >>> [part.name for part in sets], sets["means168"].name
    (['means168'], 'means168')
    >>> sets["mfcc"]
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: There is no feature set 'mfcc': means168.
    """

    def __init__(self, what: str, *parts: Part):
        self.what = what
        self._parts = {part.name: part for part in parts}

    def __getitem__(self, name: str) -> Part:
        if name not in self._parts:
            raise CourseError(f"There is no {self.what} {name!r}: {', '.join(self._parts)}.")
        return self._parts[name]

    def __iter__(self) -> Iterator[Part]:
        return iter(self._parts.values())

    def register(self, part: Part) -> None:
        """Add a part, or put one in the place of its namesake."""
        self._parts[part.name] = part
