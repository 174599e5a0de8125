"""Taking in what was handed in through the exchange, a folder where everybody may write under any name.

`nbgrader collect` and Formgrader use it (`nbgrader_config.py`); nbgrader's own class believes the name and follows links.
"""

from __future__ import annotations

import datetime
import fnmatch
import os
import pwd
import stat
from pathlib import Path
from typing import Any

from nbgrader.exchange.default.collect import ExchangeCollect

from .admit import LARGEST

KEPT = ("*.ipynb", "timestamp.txt", "submission_secret.txt")  # what grading and the way back need


class Collect(ExchangeCollect):
    """Takes in plain files of the person whom the folder belongs to, and nothing else.

    What the instructor owns goes by its name: they may put in what came by e-mail, and in a trial everybody is one user.
    """

    def _path_to_record(self, path: str) -> dict[str, Any]:
        owner, name = os.lstat(path).st_uid, Path(path).name.rsplit("+", 3)
        try:
            when = super()._path_to_record(path)["timestamp"]
        except (ValueError, OverflowError):  # a name that nbgrader did not give: it counts as the oldest
            when = datetime.datetime.min
        return {
            "username": name[0] if owner == os.geteuid() else _user(owner),
            "filename": Path(path).name,
            "timestamp": when,
        }

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the few files that count, each opened without following a link."""
        try:
            folder = os.open(src, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            self.log.error("Left out: %s (%s)", src, error.strerror)
            return
        try:
            owner = os.fstat(folder).st_uid
            files = {name: _read(folder, name, owner) for name in sorted(os.listdir(folder)) if self._counts(name)}
        finally:
            os.close(folder)
        Path(dest).mkdir()
        for name, content in files.items():
            if content is None:
                self.log.error("Left out, as no plain file of its owner, or too large: %s in %s", name, src)
            else:
                Path(dest, name).write_bytes(content)

    def _counts(self, name: str) -> bool:
        ignored = any(fnmatch.fnmatch(name, pattern) for pattern in self.coursedir.ignore)
        return not ignored and any(fnmatch.fnmatch(name, pattern) for pattern in KEPT)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid{number}"


def _read(folder: int, name: str, owner: int) -> bytes | None:
    """A file's content, if it is one."""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    with open(file, "rb") as stream:
        about = os.fstat(file)
        plain = stat.S_ISREG(about.st_mode) and about.st_uid == owner and about.st_size <= LARGEST
        return stream.read(LARGEST) if plain else None
