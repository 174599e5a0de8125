"""A corpus of one's own without programming: a CSV with the columns file, speaker and label, beside a folder of clips."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import CourseError
from .base import LABELS, Source, first, paths_of

NEEDED = ("file", "speaker", "label")
MADE_HERE = ("clip", "emotion", "path")  # further columns may not have these names


@dataclass
class Own:
    """A `Corpus` read from a CSV; its speakers count as people."""

    name: str
    path: Path
    labels: tuple[str, ...]
    clips: pd.DataFrame
    audio: dict[str, Path]
    people: bool = True
    licence: str = "A corpus of your own: whoever recorded it says what may be done with it."
    attribution: str = ""

    @property
    def title(self) -> str:
        """The name, as it is."""
        return self.name

    def table(self) -> pd.DataFrame:
        """See `Corpus`; ``file`` and further columns of the CSV are kept, as text."""
        return self.clips.copy()

    def find(self, clips: pd.DataFrame) -> pd.Series:
        """See `Corpus`."""
        return paths_of(clips, self.audio)

    def sources(self) -> list[Source]:
        """See `Corpus`."""
        return [Source(str(self.path), f"{len(self.clips):,} clips")]


def read_csv(path: str | Path) -> Own:
    """The corpus that a CSV describes.

    Parameters
    ----------
    path : str or Path
        Of a CSV in UTF-8, its values apart by commas or semicolons. Its first line names the columns: ``file`` (a path,
        from the CSV's folder), ``speaker``, ``label``, and any others. Labels are best the course's own where they mean
        the same: angry, disgust, fear, happy, neutral, sad.

    Returns
    -------
    Own
        Named as the CSV without its suffix. A clip is the file's path without its suffix.

    Raises
    ------
    CourseError
        The first thing that keeps it from being a corpus that one can train and test on, with the rows where it is.
        The line with the columns' names is row 1.

    Examples
    --------
    >>> read_csv("my_voices.csv")
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: my_voices.csv: there is no such file.
    """
    path = Path(path).expanduser()
    try:
        rows = _rows(_text(path))
        files = [os.path.normpath(file.replace("\\", "/")) for file in rows["file"]]
        rows["clip"] = [Path(os.path.splitext(file)[0]).as_posix() for file in files]
        rows["path"] = [Path(os.path.abspath(path.parent / file)) for file in files]
        if complaint := next(_complaints(rows, path.parent), None):
            raise CourseError(complaint)
    except CourseError as error:
        raise CourseError(f"{path}: {error}") from None
    rows = rows.sort_values("clip", ignore_index=True)
    known = set(rows["label"])
    table = rows.drop(columns="path").rename(columns={"label": "emotion"})
    table["speaker"] = f"{path.stem}/" + table["speaker"]
    front = ["clip", "speaker", "emotion"]
    return Own(
        name=path.stem,
        path=path.resolve(),
        labels=tuple(sorted(known, key=lambda label: (LABELS.index(label) if label in LABELS else len(LABELS), label))),
        clips=table[front + [column for column in table if column not in front]],
        audio=dict(zip(rows["clip"], rows["path"], strict=True)),
    )


def _text(path: Path) -> str:
    """What is in the file, when it is text."""
    if not path.exists():
        raise CourseError("there is no such file.")
    if path.is_dir():
        raise CourseError("this is a folder. A CSV with the columns file, speaker, label was expected.")
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise CourseError("this is a spreadsheet and no CSV. Save it as CSV (UTF-8) in your spreadsheet program.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise CourseError("this is no text in UTF-8. Save it as CSV (UTF-8) in your spreadsheet program.")
    return text


def read_rows(path: Path, needed: Sequence[str] = NEEDED) -> pd.DataFrame:
    """The rows of a CSV as text, with a column for each name in `needed` at least.

    Raises
    ------
    CourseError
        When it is no CSV, has no rows, or lacks a column.
    """
    try:
        return _rows(_text(path), needed)
    except CourseError as error:
        raise CourseError(f"{path}: {error}") from None


def _rows(text: str, needed: Sequence[str] = NEEDED) -> pd.DataFrame:
    """The rows that hold something, as text without spaces around it; the index is a row's number in a spreadsheet."""
    head = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    try:
        cells = {number: [cell.strip() for cell in row] for number, row in enumerate(reader, start=1)}
    except csv.Error as error:
        raise CourseError(f"this cannot be read as a CSV: {error} (line {reader.line_num}).") from None
    header = cells.pop(1, [])
    while header and not header[-1]:  # as spreadsheets write columns that once held something
        header.pop()
    header = [name.lower() if name.lower() in NEEDED else name for name in header]
    if missing := [name for name in needed if name not in header]:
        raise CourseError(
            f"the first line has no {' and no '.join(missing)}: a line with {', '.join(needed)} was expected"
            + (f", {first(header, 6)} came." if header else ".")
        )
    if wrong := [name for name in header if name in MADE_HERE or header.count(name) > 1]:
        raise CourseError(f"the course cannot tell columns {first(wrong)} from others. Give each a name of its own.")
    cells = {number: row for number, row in cells.items() if any(row)}
    if not cells:
        raise CourseError("there are no rows below the first line. A row per clip was expected.")
    if ragged := [number for number, row in cells.items() if len(row) < len(header) or any(row[len(header) :])]:
        raise CourseError(
            f"{_in_rows(ragged)} other than {len(header)} values. A value with a comma or semicolon in it needs quotes."
        )
    return pd.DataFrame([row[: len(header)] for row in cells.values()], index=list(cells), columns=header)


def _complaints(rows: pd.DataFrame, folder: Path) -> Iterator[str]:
    """What keeps the rows from being a corpus, the plainest first."""
    for column in NEEDED:
        if empty := rows.index[rows[column] == ""].tolist():
            yield f"{_in_rows(empty)} no {column}. Fill it in, or leave the rows out."
    twice = rows[rows["clip"].duplicated(keep=False)]
    if len(twice):
        yield (
            f"{_in_rows(twice.index)} a file that stands there twice: {first(twice['file'])}. One row per clip was "
            "expected, and two files may not differ in their suffix only."
        )
    gone = rows[[not os.path.isfile(path) for path in rows["path"]]]
    if len(gone):
        yield (
            f"{len(gone):,} of {len(rows):,} files are not there: {first(gone['file'])} ({_in_rows(gone.index, '')}). "
            f"Paths count from {folder.resolve()}."
        )
    for column, course in (("speaker", ()), ("label", LABELS)):
        if alike := _alike([*course, *rows[column]]):
            yield f"{column}s {first(alike)} differ in capitals only. Write them alike."
    speakers, labels = rows["speaker"].unique(), rows["label"].unique()
    if len(speakers) == 1:
        yield f"there is one speaker only, {first(speakers)}. A model is tested on people it has not heard: add another."
    if len(labels) == 1:
        yield f"there is one label only, {first(labels)}. Add clips of another."
    counts = rows["label"].value_counts()
    if len(single := counts.index[counts == 1]):
        yield f"there is one clip only with the label {first(single)}. Add others, or leave it out."
    voices = rows.groupby("label")["speaker"].nunique()
    if len(alone := voices.index[voices == 1]):
        yield (
            f"one speaker only has the label {first(alone)}: nobody could tell whether a model knows it from new "
            "speakers. Add clips of others, or leave it out."
        )


def _alike(values: Iterable[str]) -> list[str]:
    """Those that are the same but for capitals."""
    spellings: dict[str, set[str]] = {}
    for value in values:
        spellings.setdefault(value.casefold(), set()).add(value)
    return sorted(value for group in spellings.values() if len(group) > 1 for value in group)


def _in_rows(numbers: Iterable[int], verb: str = " has| have") -> str:
    """The first few row numbers, for a message: "row 3 has", "rows 3, 4, 7 and 2 more have"."""
    known = list(numbers)
    one, _, many = verb.partition("|")
    if len(known) == 1:
        return f"row {known[0]}{one}"
    more = f" and {len(known) - 3:,} more" if len(known) > 3 else ""
    return f"rows {', '.join(map(str, known[:3]))}{more}{many}"
