"""A container in the place of bubblewrap, where podman is what an administrator allows: `SER_BOX=podman`.

The same process runs in it (`inside`), on this computer's own Python and course, so the same versions grade. Podman keeps the
rest out: no network, no file but those, no right but to become nobody.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from ....places import DATA, PACKAGE
from . import inside
from .bubblewrap import PYTHONS, SYSTEM, Bubblewrap, ForkServer, SandboxError, environment, program, warm_cache

NO_PODMAN = (
    "SER_BOX is podman, which is not on this computer. Install it (Debian, Ubuntu: apt install podman crun; Fedora: dnf install "
    "podman), or remove SER_BOX to use bubblewrap."
)
NO_START = (
    "podman could not start the container: {}. `podman run --rm --network none docker.io/library/alpine true` as the same user shows "
    "whether it is podman itself; that is for your administrator. Or remove SER_BOX to use bubblewrap."
)
LIMITS = ("nofile=1024:1024", "nproc=1024:1024")  # of the container; each student's are tighter, and set inside
SOCKET = 3  # the first file number that podman hands on
# Moves the socket to there. In Python, as some shells know no file numbers of two digits.
MOVE = f"import os, sys; number, *command = sys.argv[1:]; os.dup2(int(number), {SOCKET}); "
MOVE += f"number == '{SOCKET}' or os.close(int(number)); os.execvp(command[0], command)"


def podman() -> str:
    """Its path.

    Raises
    ------
    SandboxError
        When there is none.
    """
    found = shutil.which("podman")
    if found is None:
        raise SandboxError(NO_PODMAN)
    return found


def podman_command(runtime: Path) -> list[str]:
    """The container around `inside`: the same to read and to write as in `bwrap_command`."""
    root = runtime / "root"  # an empty system, into which that is laid
    root.mkdir()
    command = [podman(), "run", "--rm", "--network=none", "--cgroups=disabled", "--hostname=grader"]
    command += ["--preserve-fds=1", "--security-opt=no-new-privileges", "--cap-drop=all"]
    command += [f"--ulimit={limit}" for limit in LIMITS]
    if os.getuid() == 0:  # `inside` becomes nobody itself, so that limits hold
        command += ["--cap-add=SETUID", "--cap-add=SETGID"]
    else:
        command += ["--userns=keep-id"]
    command += [f"--env={name}={value}" for name, value in environment().items()]
    command += ["--read-only", "--read-only-tmpfs=false"]
    command += [f"--tmpfs={folder}:rw,mode=1777" for folder in ("/tmp", inside.HOME, inside.NUMBA)]
    to_read = {Path(name): name for name in (*SYSTEM, "/bin", "/lib", "/lib64", "/sbin") if Path(name).exists()}
    to_read |= {path: str(path) for path in (*PYTHONS, PACKAGE, DATA)} | {inside.WARM: warm_cache()}
    for place, source in to_read.items():
        if Path(source).is_symlink() and len(place.parts) == 2:
            (root / place.name).symlink_to(os.readlink(source))
        elif Path(source).exists():
            command += [f"--volume={source}:{place}:ro"]
    return [*command, f"--volume={runtime}:{runtime}", f"--workdir={inside.HOME}", "--rootfs", str(root)]


class PodmanServer(ForkServer):
    """The same process, in a container."""

    no_start = NO_START

    def command(self, number: int) -> list[str]:
        """Podman hands on the files from number 3 on, so the socket moves there first."""
        move = [sys.executable, "-I", "-S", "-c", MOVE, str(number)]
        return [*move, *podman_command(self.runtime), *program(SOCKET, self.runtime)]


class Podman(Bubblewrap):
    """A container as a box: like the sandbox in all but what confines it."""

    kind = PodmanServer

    def needs(self) -> None:
        """See that podman is on this computer."""
        podman()
