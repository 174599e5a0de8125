"""No box: a submission runs as any program of the instructor's does. For `--unsafe`."""

from __future__ import annotations

import os
import shutil
import tempfile

from ...apart import ORDER
from .base import Kernel, SecondRun

UNSAFE = "SER_UNSAFE"  # environment variable: an instructor has decided to go on without a sandbox
RISK = "submissions run with all your rights: they can read the solutions, change marks and use the network"


class OpenKernel(Kernel):
    """An ordinary kernel, in an empty folder of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="ser-")
        self.start_options = {"env": {**os.environ, **ORDER, **environment}, "cwd": self.folder}

    def end(self) -> None:
        process = getattr(self.provisioner, "process", None)
        if process is not None:
            process.kill()

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]  # theirs is async, too
        await super().cleanup_resources(restart=restart)
        shutil.rmtree(self.folder, ignore_errors=True)


class Unconfined:
    """This computer as it is."""

    risk = RISK

    def open(self) -> None:
        """Nothing has to be started."""

    def kernel(self, environment: dict[str, str]) -> OpenKernel:
        return OpenKernel(environment)

    def judge(self, task: SecondRun) -> None:
        """There is none: what may do anything in one process may do it in the other."""
