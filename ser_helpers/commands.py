"""What the commands of `ser` share: how one is listed, and options that several have."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

Run = Callable[[argparse.Namespace], int]
Options = Callable[[argparse.ArgumentParser], None]


class Commands(dict[str, tuple[Run, Options, str, tuple[str, ...]]]):
    """Commands by name, in the order of the help: what runs, its options, what it is for, examples."""

    def add(self, name: str, options: Options, summary: str, *examples: str) -> Callable[[Run], Run]:
        """Make a function the command `name`; the first sentence of `summary` stands in the list of commands."""

        def listed(run: Run) -> Run:
            self[name] = run, options, summary, examples
            return run

        return listed


def json_option(sub: argparse.ArgumentParser) -> None:
    """``--json``."""
    sub.add_argument("--json", action="store_true", help="print JSON for a program to read")


def jobs_option(sub: argparse.ArgumentParser) -> None:
    """``--jobs N``, all cores if not given."""
    cores = os.cpu_count() or 1
    sub.add_argument("--jobs", type=one_or_more, default=cores, metavar="N", help="worker processes (%(default)s)")


def one_or_more(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more was expected")
    return number


def scheduler(text: str) -> str:
    """The address of a Dask scheduler, for argparse: an empty one, of a variable that is not set, means no machine at all."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an address was expected, such as tcp://host:8786")
    return text.strip()


def lesson_option(sub: argparse.ArgumentParser) -> None:
    """The name of a lesson."""
    sub.add_argument("lesson", metavar="LESSON")
