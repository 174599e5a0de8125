"""Where a student's code runs: under bubblewrap, without network, files of others, or a way to stay alive.

`ForkServer` starts the process of `inside` once and asks it for a child per task. `KernelManager` lets nbgrader's own
Execute start such a child as its kernel; `Execute` bounds the time of a whole notebook and survives the end of a kernel.
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
import time
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.preprocessors
import zmq
from jupyter_client.provisioning import KernelProvisionerBase
from nbclient.client import CellExecutionComplete
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output
from traitlets import Integer

from ...errors import CourseError
from ...places import CHECKOUT as ROOT
from .. import kernel
from . import inside, seed

PYTHONS = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
SYSTEM = ("/usr", "/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime")
UNSAFE = "SER_UNSAFE"  # environment variable: an instructor has decided to go on without a sandbox
RISK = "submissions run with all your rights: they can read the solutions, change marks and use the network"
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
MOST_OUTPUT = 20 * 2**20  # characters that a notebook may print or draw
MOST_MESSAGE = 32 * 2**20  # bytes of a single message from the kernel


class SandboxError(CourseError):
    """The sandbox could not be started; the message says what to do."""


def confined() -> bool:
    """Whether submissions run in a sandbox.

    Raises
    ------
    SandboxError
        When there is no bubblewrap and nobody has accepted to go on without.
    """
    if os.environ.get(UNSAFE) == "1":
        return False
    if not shutil.which("bwrap"):
        raise SandboxError(NO_BWRAP)
    return True


def bwrap_command(runtime: Path) -> list[str]:
    """The sandbox around `inside`: the system, Python and the course to read, a runtime folder to write, nothing else."""
    command = [
        shutil.which("bwrap"),
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
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
    warm = os.environ.get("NUMBA_CACHE_DIR", str(Path(sys.prefix, "numba-cache")))  # as start.py makes it
    command += ["--ro-bind-try", warm, str(inside.WARM)]
    to_read = sorted({*PYTHONS, ROOT / "ser_helpers", ROOT / "data"})
    for parent in sorted({parent for folder in (*to_read, runtime) for parent in folder.parents}):
        command += ["--perms", "0755", "--dir", str(parent)]  # or bwrap makes them for their owner only
    for folder in to_read:
        command += ["--ro-bind", str(folder), str(folder)]
    return [*command, "--bind", str(runtime), str(runtime), "--remount-ro", "/", "--chdir", str(inside.HOME)]


class ForkServer:
    """The process inside the sandbox that has everything loaded, and the folder that it and nbgrader share."""

    def __init__(self):
        short = len(tempfile.gettempdir()) < 60  # the path of a socket has 107 characters at most
        self.runtime = Path(tempfile.mkdtemp(prefix="ser-", dir=None if short else "/tmp"))
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = bwrap_command(self.runtime)
        command += [sys.executable, "-m", inside.__name__, str(theirs.fileno()), str(self.runtime)]
        environment = {
            "HOME": str(inside.HOME),
            "IPYTHONDIR": str(inside.HOME),
            "LANG": "C.UTF-8",
            "MPLBACKEND": "agg",
            "NUMBA_CACHE_DIR": str(inside.NUMBA),
            "OMP_NUM_THREADS": "1",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        _hand_over(self.runtime)
        with tempfile.TemporaryFile() as log:
            self.process = subprocess.Popen(
                command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            theirs.close()
            atexit.register(self.close)
            self.socket.settimeout(180)
            if self.socket.recv(16) != b"ready":
                log.seek(0)
                last = (log.read().decode(errors="replace").strip().splitlines() or ["it ended without a word"])[-1]
                self.close()
                raise SandboxError(NO_START.format(last.rstrip(".")))
        self.socket.settimeout(None)  # or `gone` would wait

    def start(self, task: dict, *wires: Connection) -> Connection:
        """Have a child do a task; a connection to its guard, which takes signal numbers and tells how it ended."""
        control, theirs = Pipe()
        task.setdefault("env", {})
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


_servers: list[ForkServer] = []


def fork_server() -> ForkServer:
    """This process's sandbox, started when first needed, and again when it is gone."""
    if not _servers or _servers[-1].gone():
        _servers[:] = [ForkServer()]
    return _servers[-1]


class Provisioner(KernelProvisionerBase):
    """Starts a kernel as a child of the fork server, and speaks to its guard."""

    control: Connection | None = None
    ended: dict | None = None

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
        return self.ended and self.ended["exit"]

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

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        folder = str(Path(self.parent.connection_file).parent)
        task = {"do": "kernel", "runtime": folder, "env": {"NBGRADER_EXECUTION": "autograde", **seed.environment()}}
        self.control = fork_server().start(task)
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        shutil.rmtree(Path(self.parent.connection_file).parent, ignore_errors=True)


class KernelManager(kernel.KernelManager):
    """Runs its kernel in the sandbox; speaks to it through sockets in a folder of its own."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        folder = Path(tempfile.mkdtemp(dir=fork_server().runtime))
        _hand_over(folder)
        self.transport, self.ip = "ipc", str(folder / "k")
        self.connection_file = str(folder / "kernel.json")
        self.provisioner = Provisioner(parent=self, kernel_id="student", kernel_spec=self.kernel_spec)
        self.context.setsockopt(zmq.MAXMSGSIZE, MOST_MESSAGE)


def _valid(outputs: list) -> list:
    """Those outputs that Jupyter could have made, without what no file can hold."""
    kept = []
    for output in outputs:
        with contextlib.suppress(nbformat.ValidationError, TypeError, ValueError):
            text = json.dumps(output, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
            output = nbformat.from_dict(json.loads(text))
            nbformat.validate(output, ref="output", version=4)
            kept.append(output)
    return kept


class Execute(nbgrader.preprocessors.Execute):
    """nbgrader's Execute in the sandbox.

    It is bounded as a whole, it believes no message that a kernel should not send, and what an ended kernel leaves unrun
    gets a word, not an abort.
    """

    notebook_timeout = Integer(300, help="Seconds that all cells of one notebook may take together.").tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any):
        self.confined = confined()
        kwargs["kernel_manager_class"] = KernelManager if self.confined else kernel.KernelManager
        super().__init__(*args, **kwargs)
        self.shutdown_kernel = "immediate"

    def preprocess(self, nb, resources, km=None):
        self.why_ended, self.heard, self.deadline = "", 0, time.monotonic() + self.notebook_timeout
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell, resources, index):
        runs = (
            cell.cell_type == "code" and cell.source.strip() and "skip-execution" not in cell.metadata.get("tags", [])
        )
        if runs and not self.why_ended:
            self.seconds = min(self.timeout, max(1, self.deadline - time.monotonic()))
            try:
                super().preprocess_cell(cell, resources, index)
                cell.outputs, cell.execution_count = _valid(cell.outputs), self.code_cells_executed
            except Exception as error:  # the kernel has ended, or says what no kernel says
                self._end(f"{self._last_words(error)} while it ran code cell {self.code_cells_executed}")
            if time.monotonic() > self.deadline:
                self._end(f"all cells together took more than {self.notebook_timeout} s")
            if not self.why_ended:
                return cell, resources
        if runs:
            words = f"Python was ended: {self.why_ended}. What came after it did not run."
            cell.outputs = [
                *_valid(cell.get("outputs", [])),
                new_output("error", ename="KernelEnded", evalue=words, traceback=[]),
            ]
        return cell, resources

    def _last_words(self, error: Exception) -> str:
        ended = getattr(self.km.provisioner, "ended", None) or {}
        if isinstance(error, DeadKernelError):
            return ended.get("why") or "the code ended it"
        return f"it did not answer as Jupyter does ({type(error).__name__})"

    def _end(self, why: str) -> None:
        self.why_ended = self.why_ended or why
        if self.confined:
            self.km.provisioner.send(signal.SIGKILL)

    def _get_timeout(self, cell):
        return self.timeout if cell is None else self.seconds

    def process_message(self, msg, cell, cell_index):
        """A message that makes no sense is left out, and a kernel that floods is ended."""
        self.heard += len(str(msg.get("content"))) + sum(map(len, msg.get("buffers", ())))
        if self.heard > MOST_OUTPUT:
            self._end(f"it printed or drew more than {MOST_OUTPUT // 2**20} million characters")
            return None
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception as error:
            self.log.warning("A message of the kernel was left out: %r", error)
            return None

    def set_widgets_metadata(self):
        """Nobody moves a slider in a marked notebook."""

    async def _async_handle_timeout(self, timeout, cell=None):
        """After the interrupt: a kernel that does not answer is ended, or every later cell would wait as long."""
        reply = await super()._async_handle_timeout(timeout, cell)
        self.kc.kernel_info()
        end = time.monotonic() + 5
        while time.monotonic() < end:
            with contextlib.suppress(Exception):  # queue.Empty, in one of two libraries
                message = await self.kc.shell_channel.get_msg(timeout=1)
                if message["msg_type"] == "kernel_info_reply":
                    return reply
        self._end(f"it ran longer than {timeout:g} s and could not be interrupted")
        raise DeadKernelError
