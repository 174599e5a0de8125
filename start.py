#!/usr/bin/env python3
"""Start here: makes an environment in .venv, installs the course into it, and opens JupyterLab on the lessons.

    python3 start.py                     open the lessons   (--no-browser, --port N, --instructor)
    python3 start.py test [--all]        run the tests      (further words go to pytest)
    python3 start.py doctor              any other word is a command of `ser`: doctor, fetch, check, predict ...

Needs nothing but Python 3.11 to 3.14. Run it again whenever you like: it starts at once, and installs anew only when
requirements.lock has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENV = HERE / ".venv"
READY = ENV / "ready.json"  # written last: an environment without it is half-made
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NUMBA_CACHE = ENV / "numba-cache"
OLDEST, NEWEST = (3, 11), (3, 14)
DISK_GB = 2.5
LOCKS = {"course": HERE / "requirements.lock", "tests": HERE / "tests" / "requirements.lock"}

# librosa's first call compiles for 10 to 20 s; done here once, it is quick in every lesson.
WARM_NUMBA = """
import librosa, numpy
noise = numpy.random.default_rng(0).standard_normal(16000).astype("float32")
librosa.feature.mfcc(y=noise, sr=16000)
librosa.yin(y=noise, sr=16000, fmin=65, fmax=600)
"""

# What pip prints, and what it means to a person.
TROUBLES = {
    "No space left on device": "The disk is full. Free {disk} GB and run this again.",
    "Errno 28": "The disk is full. Free {disk} GB and run this again.",
    "NewConnectionError": "The network cannot be reached. Connect (or set a proxy) and run this again.",
    "NameResolutionError": "The network cannot be reached. Connect (or set a proxy) and run this again.",
    "Temporary failure in name resolution": "The network cannot be reached. Connect and run this again.",
    "timed out": "The network is too slow or blocked. Try again, or try another network.",
    "DO NOT MATCH THE HASHES": "A download was damaged on its way. Run this again; if it stays so, try another network.",
    "No matching distribution": "There is no ready-made package for this Python on this machine. Python {newest} on a "
    "64-bit Linux, macOS or Windows has them all.",
}


class Trouble(Exception):
    """Something a person can mend, in a sentence."""


def check_python(version: tuple[int, int]) -> None:
    """Refuse a Python for which there are no packages."""
    if OLDEST <= version <= NEWEST:
        return
    old = "old" if version < OLDEST else "new"
    raise Trouble(
        f"This is Python {version[0]}.{version[1]}, too {old} for the course's packages. Install Python "
        f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]} and start with it, for example: python3.{NEWEST[1]} start.py"
    )


def fingerprint(lock: Path) -> str:
    """Changes when what is to be installed changes."""
    return hashlib.sha256(lock.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """What the environment holds, a fingerprint per lock; empty when it is not complete."""
    try:
        return json.loads(READY.read_text(encoding="utf-8")) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


def environment() -> dict[str, str]:
    """The variables under which everything of the course runs."""
    return {**os.environ, "NUMBA_CACHE_DIR": str(NUMBA_CACHE), "PYTHONUTF8": "1"}


def run(what: str, *command: str | Path) -> None:
    """Run one step of the installation; a failure becomes a sentence."""
    print(f"  {what} ...", flush=True)
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env=environment(), cwd=HERE, errors="replace"
    )
    if done.returncode == 0:
        return
    printed = done.stdout + done.stderr
    for sign, sentence in TROUBLES.items():
        if sign in printed:
            raise Trouble(sentence.format(disk=DISK_GB, newest=".".join(map(str, NEWEST))))
    raise Trouble(f"{what} failed. The last lines were:\n" + "\n".join(printed.strip().splitlines()[-8:]))


def make_environment() -> None:
    """An empty virtual environment in .venv."""
    free = shutil.disk_usage(HERE).free / 1e9
    if free < DISK_GB:
        raise Trouble(f"The disk has {free:.1f} GB free; the course needs {DISK_GB} GB. Free some and run this again.")
    shutil.rmtree(ENV, ignore_errors=True)
    try:
        venv.create(ENV, with_pip=True)
    except (subprocess.CalledProcessError, ImportError):
        raise Trouble(
            "Python's module `venv` is incomplete here. On Debian or Ubuntu install it with: sudo apt install python3-venv"
        ) from None


def install(lock: str) -> None:
    """Bring the environment up to a lock; nothing half-made is left behind."""
    have, want = installed(), fingerprint(LOCKS[lock])
    if have.get(lock) == want:
        return
    fresh = not have
    print(
        "Setting up the course in .venv (once; a few minutes)." if fresh else "Bringing .venv up to date.", flush=True
    )
    try:
        if fresh:
            make_environment()
        pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--no-input", "--only-binary", ":all:")
        run("installing packages", *pip, "--no-deps", "--require-hashes", "-r", LOCKS[lock])
        if lock == "course":
            run("installing the course", *pip, "--no-deps", "--no-build-isolation", "--editable", HERE)
            configure_jupyter()
            run("compiling numba's functions once", PYTHON, "-c", WARM_NUMBA)
        READY.write_text(json.dumps({**have, lock: want}), encoding="utf-8")
    except BaseException as error:  # Ctrl-C too
        if fresh:
            shutil.rmtree(ENV, ignore_errors=True)
        if isinstance(error, OSError) and error.errno == 28:
            raise Trouble(TROUBLES["Errno 28"].format(disk=DISK_GB)) from None
        raise


def configure_jupyter() -> None:
    """Settings of this environment alone: kernel, no news pop-up, and no instructor's panels for learners."""
    kernel = ENV / "share/jupyter/kernels/python3/kernel.json"
    spec = json.loads(kernel.read_text(encoding="utf-8"))
    spec["env"] = {"NUMBA_CACHE_DIR": str(NUMBA_CACHE)}  # else each kernel compiles anew
    files = {
        kernel: spec,
        ENV / "share/jupyter/lab/settings/overrides.json": {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
        },
        ENV / "learner/labconfig/page_config.json": {
            "disabledExtensions": {
                f"@jupyter/nbgrader:{panel}": True
                for panel in ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")
            }
        },
        ENV / "learner/jupyter_server_config.json": {
            "ServerApp": {
                "jpserver_extensions": {
                    f"nbgrader.server_extensions.{name}": False
                    for name in ("assignment_list", "course_list", "formgrader")
                }
            }
        },
    }
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one from 8888 on."""
    for port in [wanted] if wanted else range(8888, 8988):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Trouble(f"Port {wanted or 8888} is in use. Close the other JupyterLab, or choose another with --port.")


def open_lab(browser: bool, port: int | None, instructor: bool) -> int:
    """JupyterLab on the lessons, on this machine only; says where as soon as it answers."""
    port, token = free_port(port), secrets.token_hex(16)
    command = [str(PYTHON), "-m", "jupyterlab", f"--ServerApp.root_dir={HERE}", f"--port={port}", "--ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.default_url=/lab/tree/lessons"]
    command += ["--ServerApp.port_retries=0", "--ServerApp.log_level=ERROR", *([] if browser else ["--no-browser"])]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    env = environment()
    if not instructor:
        env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
            filter(None, [str(ENV / "learner"), env.get("JUPYTER_CONFIG_PATH")])
        )
    server = subprocess.Popen(command, env=env, cwd=HERE)
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server)
        print(f"JupyterLab is ready: http://127.0.0.1:{port}/lab/tree/lessons?token={token}", flush=True)
        print("Keep this window open while you work; Ctrl-C here ends it.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        print("\nClosing JupyterLab. Your notebooks are on the disk as you last saved them.")
        return 0
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, server: subprocess.Popen, seconds: float = 60) -> None:
    """Until the server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine needs no proxy
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise Trouble(
                "JupyterLab ended at once; what it printed above says why. `python3 start.py doctor` may help."
            )
        try:
            opener.open(address, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Trouble(f"JupyterLab did not answer within {seconds:.0f} s. Run `python3 start.py doctor`.")


def main(words: list[str]) -> int:
    """Install what is needed, then do what was asked for."""
    check_python(sys.version_info[:2])
    if words and words[0] == "test":
        install("course")
        install("tests")
        return subprocess.call([str(PYTHON), "-m", "pytest", *words[1:]], env=environment(), cwd=HERE)
    if words and not words[0].startswith("-"):
        install("course")
        return subprocess.call([str(PYTHON), "-m", "ser_helpers", *words], env=environment())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")
    parser.add_argument("--port", type=int, help="the port to answer on (default: the first free one from 8888)")
    parser.add_argument("--instructor", action="store_true", help="with nbgrader's panels for instructors")
    args = parser.parse_args(words)
    install("course")
    return open_lab(browser=not args.no_browser, port=args.port, instructor=args.instructor)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(f"start.py: {trouble}")
    except KeyboardInterrupt:
        sys.exit("\nstart.py: stopped. Nothing half-made was left; run it again when you like.")
