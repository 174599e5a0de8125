"""Which box it is, when nobody hands one over."""

from __future__ import annotations

import functools
import os

from .base import Box
from .bubblewrap import Bubblewrap, SandboxError
from .podman import Podman
from .unconfined import UNSAFE, Unconfined

BOX = "SER_BOX"  # environment variable: which sandbox, bubblewrap or podman


def chosen() -> Box:
    """The sandbox; or none, where an instructor has said so in `SER_UNSAFE`.

    Raises
    ------
    SandboxError
        When it is not on this computer, or there is none of that name, and nobody has accepted to go on without.
    """
    return Unconfined() if os.environ.get(UNSAFE) == "1" else _sandbox()


@functools.cache
def _sandbox() -> Bubblewrap:
    """This process's, and that of those forked from it: Formgrader need not start one for every button."""
    kinds, wanted = {"bubblewrap": Bubblewrap, "podman": Podman}, os.environ.get(BOX) or "bubblewrap"
    if wanted not in kinds:
        raise SandboxError(f"{BOX} is {wanted!r}; it is {' or '.join(kinds)}. Correct it or remove it.")
    return kinds[wanted]()
