"""A hub as `ser hub` makes it, with real Unix users, in a course folder of its own: for the test and the benchmark."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def reachable() -> list[str]:
    """Words before a command in whose eyes Python can be read by everybody, also where it lies in root's closed home."""
    home, base = Path.home(), Path(sys.base_prefix).resolve()
    steps = ["set -e"]
    if home in base.parents:
        steps += [f"mkdir /dev/shm/keep-$$ && mount --bind {base} /dev/shm/keep-$$", f"mount -t tmpfs none {home}"]
        steps += [f"mkdir -p {base} && mount --move /dev/shm/keep-$$ {base} && rmdir /dev/shm/keep-$$"]
        steps += [f"chmod 755 {home}"]
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join([*steps, 'exec "$@"']), "sh"]


@dataclass
class RealHub:
    """A running hub."""

    folder: Path  # everybody can reach it; the course's folder and the exchange lie in it
    port: int
    process: subprocess.Popen
    passwords: dict[str, str]

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def inbound(self) -> Path:
        return self.folder / "exchange" / "ser" / "inbound"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def home(self, user: str) -> Path:
        return Path("/home", user)

    def run(
        self, user: str, *command: str, folder: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess:
        """Run a command as a user, where the hub is; in their home if nothing else is said."""
        words = ["nsenter", f"--target={self.process.pid}", "--mount", f"--wd={folder or self.home(user)}"]
        words += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *command]
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        own = {"HOME": str(self.home(user)), "USER": user, "PATH": path, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        own["SER_EXCHANGE"] = str(self.folder / "exchange")
        return subprocess.run(words, env={**own, **variables}, capture_output=True, text=True, timeout=600)

    def teach(self, instructor: str, *command: str) -> str:
        """A command of the course, run as the instructor in the course's folder; what it printed."""
        done = self.run(instructor, sys.executable, "-m", *command, folder=self.course, NUMBA_CACHE_DIR=warm())
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def warm() -> str:
    return os.environ.get("NUMBA_CACHE_DIR", str(Path(sys.prefix, "numba-cache")))


def _free_ports() -> int:
    """The first of three in a row."""
    for port in range(18000, 19000, 3):
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for number in range(port, port + 3):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", number))
            return port
    raise AssertionError("no three free ports")


@contextlib.contextmanager
def real_hub(instructor: str, learners: list[str]) -> Iterator[RealHub]:
    """Run `ser hub` for these people; afterwards their accounts are gone, and all that was theirs."""
    folder = Path(tempfile.mkdtemp(prefix="ser-hub-"))
    folder.chmod(0o755)
    for name in ("lessons", "solutions", "classroom"):
        shutil.copytree(ROOT / name, folder / "course" / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder / "course")
    passwords = {name: f"password-of-{name}" for name in (instructor, *learners)}
    rows = [f"{name},{'instructor' if name == instructor else ''},{word}" for name, word in passwords.items()]
    (folder / "users.csv").write_text("\n".join(["id,role,password", *rows]), encoding="utf-8")
    port = _free_ports()
    command = [*reachable(), sys.executable, "-m", "ser_helpers", "hub", "--users", "../users.csv"]
    command += ["--exchange", "../exchange", "--port", str(port)]
    with open(folder / "log", "w") as log:
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=folder / "course", env=variables, stdout=log, stderr=log)
    hub = RealHub(folder, port, process, passwords)
    try:
        _wait(hub)
        yield hub
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        for name in passwords:
            subprocess.run(["userdel", "--force", "--remove", name], capture_output=True)
        shutil.rmtree(folder)


def _wait(hub: RealHub) -> None:
    opener, end = urllib.request.build_opener(urllib.request.ProxyHandler({})), time.monotonic() + 90
    while time.monotonic() < end and hub.process.poll() is None:
        with contextlib.suppress(OSError), opener.open(f"{hub.base}/hub/login", timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError((hub.folder / "log").read_text())
