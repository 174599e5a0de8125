"""The sandbox: bubblewrap around one process that has everything loaded, and a confined child of it for every task.

There is no network in it, no file of others, and no way to stay alive. `ForkServer` starts the process of `inside`, once;
`SandboxedKernel` has it start a kernel for nbclient, `Bubblewrap.judge` the two sides of a second run.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase

from ....errors import CourseError
from ....places import DATA, PACKAGE
from ...apart import ORDER
from . import inside
from .base import Kernel, SecondRun
from .unconfined import RISK, UNSAFE

PYTHONS = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
SYSTEM = ("/usr", "/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime")
NO_BWRAP = (
    f"bubblewrap is not on this computer; without it {RISK}. Install it (Debian, Ubuntu: apt install bubblewrap; Fedora: "
    "dnf install bubblewrap; on macOS and Windows grade in a Linux virtual machine), or accept the risk: "
    f"ser grade --unsafe, or {UNSAFE}=1 for nbgrader."
)
NO_START = (
    "bubblewrap could not start the sandbox: {}. If it speaks of namespaces, have your administrator allow them to ordinary "
    "users (on Ubuntu 24.04: an AppArmor profile for bwrap), or grade in a virtual machine of your own. To go on without a "
    f"sandbox, while {RISK}: ser grade --unsafe, or {UNSAFE}=1 for nbgrader."
)
MOST_MESSAGE = 32 * 2**20  # bytes of a single message from the kernel


class SandboxError(CourseError):
    """The sandbox could not be started; the message says what to do."""


def _bwrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxError(NO_BWRAP)
    return found


def bwrap_command(runtime: Path) -> list[str]:
    """The sandbox around `inside`: the system, Python and the course to read, a runtime folder to write, nothing else."""
    command = [_bwrap(), *(f"--unshare-{what}" for what in ("ipc", "pid", "net", "uts", "cgroup-try"))]
    if os.getuid() == 0:  # `inside` becomes nobody itself, so that limits hold
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += ["--die-with-parent", "--new-session", "--hostname", "grader", "--proc", "/proc", "--dev", "/dev"]
    for folder in SYSTEM:
        command += ["--ro-bind-try", folder, folder]
    for folder in ("bin", "lib", "lib64", "sbin"):
        if Path("/", folder).is_symlink():
            command += ["--symlink", f"usr/{folder}", f"/{folder}"]
        else:
            command += ["--ro-bind-try", f"/{folder}", f"/{folder}"]
    for folder in ("/tmp", str(inside.HOME), "/dev/shm", str(inside.NUMBA)):
        command += ["--perms", "1777", "--tmpfs", folder]
    command += ["--ro-bind-try", warm_cache(), str(inside.WARM)]
    to_read = sorted({*PYTHONS, PACKAGE, DATA})
    for parent in sorted({parent for path in (*to_read, runtime) for parent in path.parents}):
        command += ["--perms", "0755", "--dir", str(parent)]  # or bwrap makes them for their owner only
    for path in to_read:
        command += ["--ro-bind", str(path), str(path)]
    return [*command, "--bind", str(runtime), str(runtime), "--remount-ro", "/", "--chdir", str(inside.HOME)]


def warm_cache() -> str:
    """What numba has compiled already, as start.py makes it."""
    return os.environ.get("NUMBA_CACHE_DIR", str(Path(sys.prefix, "numba-cache")))


def environment() -> dict[str, str]:
    """The variables of `inside`; the instructor's own stay outside."""
    return {
        "HOME": str(inside.HOME),
        "IPYTHONDIR": str(inside.HOME),
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "NUMBA_CACHE_DIR": str(inside.NUMBA),
        "OMP_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(PACKAGE.parent),  # a clone, or where the package is installed
        "PYTHONWARNINGS": "ignore",
        "SER_DATA": str(DATA),
        **ORDER,
    }


def program(number: int, runtime: Path) -> list[str]:
    """The words that run `inside`."""
    return [sys.executable, "-m", inside.__name__, str(number), str(runtime)]


class ForkServer:
    """The process inside the sandbox that has everything loaded, and the folder that it and nbgrader share."""

    no_start = NO_START

    def command(self, number: int) -> list[str]:
        """What starts `inside` in the sandbox, with the socket of this file number."""
        return [*bwrap_command(self.runtime), *program(number, self.runtime)]

    def __init__(self) -> None:
        short = len(tempfile.gettempdir()) < 60  # the path of a socket has 107 characters at most
        self.runtime = Path(tempfile.mkdtemp(prefix="ser-", dir=None if short else "/tmp"))
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = self.command(theirs.fileno())
        _hand_over(self.runtime)
        with tempfile.TemporaryFile() as log:
            self.process = subprocess.Popen(
                command,
                env=environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            theirs.close()
            atexit.register(self.close)
            self.socket.settimeout(180)
            if self.socket.recv(16) != b"ready":
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(10)  # it says why after it has let go of the socket
                log.seek(0)
                last = (log.read().decode(errors="replace").strip().splitlines() or ["it ended without a word"])[-1]
                self.close()
                raise SandboxError(self.no_start.format(last.rstrip(".")))
        self.socket.settimeout(None)  # or `gone` would wait

    def start(self, task: dict[str, Any], *wires: Connection) -> Connection:
        """Have a child do a task; a connection to its guard, which takes signal numbers and tells how it ended."""
        control, theirs = Pipe()
        socket.send_fds(self.socket, [b"task"], [theirs.fileno(), *(wire.fileno() for wire in wires)])
        control.send_bytes(json.dumps(task).encode())
        theirs.close()
        for wire in wires:
            wire.close()
        return control

    def gone(self) -> bool:
        """Whether it has ended; also for a process that was forked from the one that started it."""
        return self.socket.fileno() < 0 or bool(wait([self.socket], timeout=0))  # it says nothing more while it lives

    def close(self) -> None:
        """End the sandbox and everything in it."""
        self.socket.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.runtime, ignore_errors=True)


def _hand_over(path: Path | str) -> None:
    """Give a file to whom the sandbox runs as: nobody, when it is started by root."""
    if os.getuid() == 0:
        shutil.chown(path, 65534, 65534)


class Provisioner(KernelProvisionerBase):
    """Starts a kernel as a child of the fork server, and speaks to its guard."""

    parent: SandboxedKernel
    control: Connection | None = None
    ended: dict[str, Any] | None = None

    @property
    def has_process(self) -> bool:
        return self.control is not None

    async def poll(self) -> int | None:
        """None while it runs, else its exit code."""
        if self.control is None:
            return 0
        if self.ended is None and self.control.poll():
            try:
                self.ended = json.loads(self.control.recv_bytes(10_000))
            except (EOFError, OSError):
                self.ended = {"exit": -signal.SIGKILL, "why": "the sandbox ended"}
        return self.ended["exit"] if self.ended else None

    async def wait(self) -> int | None:
        if self.control is not None and self.ended is None:
            wait([self.control], timeout=10)
        code = await self.poll()
        self.control = None
        return code

    def send(self, number: int) -> None:
        if self.control is not None and self.ended is None:
            with contextlib.suppress(OSError):
                self.control.send_bytes(str(int(number)).encode())

    async def send_signal(self, signum: int) -> None:
        self.send(signum)

    async def kill(self, restart: bool = False) -> None:
        self.send(signal.SIGKILL)

    terminate = kill

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        self.parent.write_connection_file()
        _hand_over(self.parent.connection_file)
        self.connection_info = self.parent.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        folder = str(Path(self.parent.connection_file).parent)
        self.control = self.parent.server.start({"do": "kernel", "runtime": folder, "env": self.parent.environment})
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        shutil.rmtree(Path(self.parent.connection_file).parent, ignore_errors=True)


class SandboxedKernel(Kernel):
    """Runs in the sandbox; nbclient speaks to it through sockets in a folder of its own."""

    provisioner: Provisioner

    def __init__(self, server: ForkServer, environment: dict[str, str]) -> None:
        super().__init__()
        self.server, self.environment, self.start_options = server, environment, {}
        folder = Path(tempfile.mkdtemp(dir=server.runtime))
        _hand_over(folder)
        self.transport, self.ip = "ipc", str(folder / "k")
        self.connection_file = str(folder / "kernel.json")
        self.provisioner = Provisioner(parent=self, kernel_id="student", kernel_spec=self.kernel_spec)
        self.context.setsockopt(zmq.MAXMSGSIZE, MOST_MESSAGE)

    def end(self) -> None:
        self.provisioner.send(signal.SIGKILL)

    def why_ended(self) -> str:
        return (self.provisioner.ended or {}).get("why", "")


class Bubblewrap:
    """The sandbox as a box: one process inside for all kernels and second runs.

    Raises
    ------
    SandboxError
        When there is no bubblewrap on this computer.
    """

    risk = ""
    kind = ForkServer

    def __init__(self) -> None:
        self.needs()
        self._server: ForkServer | None = None

    def needs(self) -> None:
        """See that what makes the sandbox is on this computer."""
        _bwrap()

    def server(self) -> ForkServer:
        """What runs inside, started when first needed, and again when it is gone."""
        if self._server is None or self._server.gone():
            self._server = self.kind()
        return self._server

    def open(self) -> None:
        self.server()

    def kernel(self, environment: dict[str, str]) -> SandboxedKernel:
        return SandboxedKernel(self.server(), environment)

    def judge(self, task: SecondRun) -> dict[str, str | None]:
        answers = {"do": "answer", "cells": task.own_cells, "seconds": task.seconds}
        checks = {"do": "judge", "cells": task.checks, "functions": task.functions, "seconds": task.seconds}
        checks["env"] = task.environment
        (one, other), (ours, theirs) = Pipe(), Pipe()
        server = self.server()
        guards = [server.start(answers, one), server.start(checks, other, theirs)]
        try:
            if wait([ours], timeout=5 * task.seconds):
                return json.loads(ours.recv_bytes(10_000_000))
        except (EOFError, OSError):
            pass  # a judge that ended early has said nothing
        finally:
            for guard in guards:
                guard.close()
        return {}
