"""What a box has to do. Whoever writes one for containers needs these three methods and no change of a stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ...kernel import KernelManager


class Kernel(KernelManager):
    """A kernel in a box, not yet started: nbclient's manager, and what `run` has to know and do besides."""

    start_options: dict[str, Any]  # for `start_kernel`: its environment, and where its files lie

    def end(self) -> None:
        """Kill it at once, and all that it started; nobody waits for that."""
        raise NotImplementedError

    def why_ended(self) -> str:
        """Why its box has ended it, in words that fit after "Python was ended: "; "" when it ended itself."""
        return ""


@dataclass(frozen=True)
class SecondRun:
    """The checks once more: on functions that live in another process than the checks, and neither where the first run was.

    What the functions' process gets must not tell about the hidden checks: not their code, and not the environment.
    """

    own_cells: list[str]  # of the submission, which define its functions
    checks: list[tuple[str, str]]  # the course's cells: grade_id, "" for one without, and code
    functions: list[str]  # that the checks call
    environment: dict[str, str]  # of the checks
    seconds: int  # for a cell, and for a call


class Box(Protocol):
    """Where a submission's code runs."""

    @property
    def risk(self) -> str:
        """What an instructor should know before anything runs in it; "" when it holds."""

    def open(self) -> None:
        """Make it ready, so that what is amiss is said before anything is graded.

        Raises
        ------
        CourseError
            When it cannot be; the message says what to do.
        """

    def kernel(self, environment: dict[str, str]) -> Kernel:
        """A kernel for one notebook, with these variables set."""

    def judge(self, task: SecondRun) -> dict[str, str | None] | None:
        """Make a second run.

        Returns
        -------
        dict or None
            {grade_id: what the check says, "" when it passed, None when it could not be compared}, without those that
            were not reached. None for a box that cannot keep the two processes apart.
        """
