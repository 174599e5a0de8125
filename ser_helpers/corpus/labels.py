"""Which labels a figure or a widget has room for: the six of the course, and those that a corpus or a model adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import CourseError
from . import LABELS


def labels_in(found: Iterable, labels: Sequence[str] | None = None) -> tuple[str, ...]:
    """The labels to show: those asked for, else the six where no other was found, else those found, the six first.

    Raises
    ------
    CourseError
        When a label was found that was not asked for: none is dropped.

    Examples
    --------
    >>> labels_in(["sad", "angry"])
    ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad')
    >>> labels_in(["sad", "calm", "angry"])
    ('angry', 'sad', 'calm')
    """
    there = {str(label) for label in found}
    known, new = [label for label in LABELS if label in there], sorted(there - set(LABELS))
    if labels is None:
        return (*known, *new) if new else LABELS
    if strangers := [label for label in (*known, *new) if label not in labels]:
        raise CourseError(
            f"{', '.join(strangers)} came, and labels has no place for it. Add it to labels, or leave labels out."
        )
    return tuple(labels)
