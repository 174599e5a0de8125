#!/usr/bin/env python3
"""Start here: makes an environment in .venv, installs the course into it, and opens JupyterLab on the lessons.

    python3 start.py                     open the lessons   (--no-browser, --port N, --instructor): lesson 00 the first
                                         time, later the one that you worked on last
    python3 start.py NOTEBOOK.ipynb      open that one
    python3 start.py --kit FOLDER|URL    install without the internet, from a kit that `ser kit` made: on a stick, or served
                                         in the room (http://LAPTOP:8000); one that lies beside this folder is found
    python3 start.py test [--all]        run the tests      (further words go to pytest)
    python3 start.py nbgrader ...        run nbgrader       (in the course's folder; for instructors)
    python3 start.py doctor              any other word is a command of `ser`: doctor, fetch, check, predict ...

Needs nothing but Python 3.11 to 3.14. Run it again whenever you like: it starts at once, and installs anew only when
requirements.lock has changed.
"""

import argparse
import contextlib
import errno
import hashlib
import http.client
import importlib.util
import itertools
import json
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENV = HERE / ".venv"
READY = ENV / "ready.json"  # what the environment holds; empty while it is being made
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NUMBA_CACHE = ENV / "numba-cache"
OLDEST, NEWEST = (3, 11), (3, 14)  # the packages of the lock exist for these
DISK_GB = 2.5
# A file of tests stays with one process, since its tests share what is dear to make.
IN_PARALLEL = ("--numprocesses=logical", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")
KIT = "kit.json"  # says what a kit holds
KITS = [folder / name for folder in (HERE, HERE.parent) for name in ("kit", "ser-kit", ".")]  # where one is looked for
FETCHED = HERE / ".venv-kit"  # what came from a laptop that serves one
LOCKS = {
    "course": HERE / "requirements.lock",
    "tests": HERE / "tests" / "requirements.lock",
    "hub": HERE / "classroom" / "hub" / "requirements.lock",
}

# librosa's first call compiles for 10 to 20 s; done here once, it is quick in every lesson.
WARM_NUMBA = "from ser_helpers.course import doctor; doctor.warm_numba()"

FULL = f"The disk is full. Free {DISK_GB} GB and run this again."
SOCKS = "The packages cannot come through a SOCKS proxy. Set HTTPS_PROXY to an http:// one or remove it, and run this again."
OFFLINE = "The network cannot be reached. Connect (or set HTTPS_PROXY) and run this again."
NO_VENV = "Python's module `venv` is incomplete here. On Debian or Ubuntu: sudo apt install python3-venv"
CLOSED = "A file cannot be written: close JupyterLab if it is open, see that this folder is yours, and run this again."
# Variables of editors and of other Pythons, which would meddle with this one.
NOT_OURS = {
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "MPLBACKEND", "JUPYTERLAB_DIR",
}  # fmt: skip
# What pip or the system prints, and what it means to a person; the first that fits counts.
TROUBLES = {
    "Errno 28]": FULL,
    "Errno 122]": FULL,
    "WinError 112]": FULL,
    "ensurepip": NO_VENV,
    "Windows Long Path": "This folder's path is too long for Windows. Move the course to a short one, such as C:\\ser.",
    "CERTIFICATE_VERIFY_FAILED": "A proxy or virus scanner stands between you and the packages. Ask who runs it for its "
    "certificate, set PIP_CERT to that file, and run this again.",
    "timed out": "The network is too slow or blocked. Try again, or try another network.",
    "Missing dependencies for SOCKS": SOCKS,
    "connection broken by": OFFLINE,
    "NewConnectionError": OFFLINE,
    "ProxyError": OFFLINE,
    "DO NOT MATCH THE HASHES": "A download was damaged on its way. Run this again; if it stays so, try another network.",
    "No matching distribution": f"There are no ready-made packages for {platform.system()} on {platform.machine()} with "
    f"Python {platform.python_version()}. 64-bit Linux, Macs with Apple silicon and 64-bit (x64) Python on Windows have "
    "them all; elsewhere conda may serve: conda env create --file environment.yml",
    "Errno 13]": CLOSED,
    "Errno 30]": CLOSED,
    "WinError 5]": CLOSED,
    "WinError 32]": CLOSED,
}


class Trouble(Exception):
    """Something a person can mend, in a sentence."""


def wrong_python(version) -> str:
    """Why this Python cannot serve, or nothing. Kept to what Python 3.6 can read, which ends at the call below."""
    if OLDEST <= version <= NEWEST:
        return ""
    return (
        f"start.py: This is Python {version[0]}.{version[1]}, too {'old' if version < OLDEST else 'new'} for the course's "
        f"packages. Install Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]} (python.org, or your system's "
        f"packages) and start with it, for example: python{NEWEST[0]}.{NEWEST[1]} start.py"
    )


if __name__ == "__main__" and wrong_python(sys.version_info[:2]):
    sys.exit(wrong_python(sys.version_info[:2]))


def in_words(printed: str) -> str | None:
    """The sentence for what pip or the system printed, where there is one."""
    return next((sentence for sign, sentence in TROUBLES.items() if sign in printed), None)


def environment() -> dict[str, str]:
    """The variables under which everything of the course runs: packages of this environment, and of no other."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", "")])  # `ser` in JupyterLab's terminal
    own = {"PATH": path, "NUMBA_CACHE_DIR": str(NUMBA_CACHE), "PYTHONUTF8": "1", "PIP_USER": "0"}
    return {**inherited, **own, **without_a_home(inherited)}


def without_a_home(variables: dict[str, str]) -> dict[str, str]:
    """Where Jupyter, IPython and matplotlib may write when the home folder cannot be written, as on some lab machines."""
    with contextlib.suppress(OSError, RuntimeError):  # of a home that is not there, or not known
        home = Path(variables["HOME"]) if variables.get("HOME") else Path.home()
        if os.access(home, os.W_OK):
            return {}
    folders = {
        "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config",
        "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib", "XDG_CACHE_HOME": "cache",
    }  # fmt: skip
    return {name: str(ENV / "home" / folder) for name, folder in folders.items() if name not in variables}


def fingerprint(lock: Path) -> str:
    """Changes when what is to be installed changes."""
    return hashlib.sha256(lock.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()


def identity() -> dict[str, str]:
    """What an environment depends on: it cannot move, and the system's Python behind it can become another one."""
    return {"place": str(HERE), "python": PYTHON.resolve().name}


def installed() -> dict[str, str]:
    """What the environment holds, a fingerprint per lock; empty when it is half-made or not what it was."""
    try:
        have = json.loads(READY.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return have if PYTHON.exists() and have.items() >= identity().items() else {}


def run(what: str, *command: str | Path) -> None:
    """Run one step of the installation, in a terminal with its progress; a failure becomes a sentence."""
    terminal, lines = sys.stdout.isatty(), []
    print(f"  {what} ...", end="" if terminal else "\n", flush=True)
    with subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment(), cwd=HERE,
        close_fds=False,
    ) as process:  # fmt: skip
        try:
            for line in process.stdout:
                lines.append(line.rstrip())
                if terminal and line.startswith(("Collecting", "Installing")):
                    print(f"\r  {what} ... {line.split(' (from')[0].strip()[:40]:40}", end="", flush=True)
        except BaseException:  # Ctrl-C too
            process.kill()
            raise
    if terminal:
        print(f"\r  {what} ... {'failed' if process.returncode else 'done':40}", flush=True)
    if process.returncode:
        raise Trouble(in_words("\n".join(lines)) or f"{what} failed. The last lines were:\n" + "\n".join(lines[-8:]))


@contextlib.contextmanager
def one_at_a_time():
    """A second start.py waits here until the first has installed."""
    with open(HERE / ".venv.lock", "w", encoding="utf-8") as handle:
        os.set_inheritable(handle.fileno(), True)  # a pip that outlives this process still holds the lock
        if os.name == "nt":
            import msvcrt

            take, arguments = msvcrt.locking, (msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            take, arguments = fcntl.flock, (fcntl.LOCK_EX | fcntl.LOCK_NB,)
        for attempt in itertools.count():
            try:
                take(handle.fileno(), *arguments)
                break
            except (BlockingIOError, PermissionError):
                if not attempt:
                    print("Another start.py is installing; waiting for it ...", flush=True)
                time.sleep(0.5)
        yield


def discard_environment() -> None:
    """Remove .venv, by a rename first: a deletion that is cut short would leave half of it under its name."""
    if ENV.exists():
        ENV.rename(HERE / f".venv-old-{os.getpid()}")
    for old in HERE.glob(".venv-old-*"):
        shutil.rmtree(old, ignore_errors=True)


def must_be_writable() -> None:
    """Before an installation, and before somebody works for an hour on what cannot be saved."""
    if not os.access(HERE, os.W_OK):
        raise Trouble(
            f"The course's folder cannot be written: {HERE}. Copy it into a folder of yours, and start there."
        )


def refuse_in_words() -> None:
    """What would end in a traceback later is said before anything is installed."""
    if "%" in str(HERE):
        raise Trouble(f"The course lies in {HERE}. Some of its packages stumble over a % there: rename that folder.")
    must_be_writable()
    proxies = urllib.request.getproxies()
    if proxies.get("https", proxies.get("all", "")).lower().startswith("socks"):
        raise Trouble(SOCKS)


def find_kit(named: str | None) -> str | None:
    """Where packages lie for a room without internet: the folder or address that was named, or a folder beside the course.

    Whoever names the stick, or a file of the kit, means the kit.
    """
    if not named:
        return next((str(folder.resolve()) for folder in KITS if (folder / KIT).is_file()), None)
    place = Path(named).resolve()
    if is_address(named):
        return named
    if not place.exists():
        return (
            f"http://{named}" if re.fullmatch(r"[\w.-]+:\d+/?", named) else str(place)
        )  # an address as people type it
    kits = (place / KIT, place.parent / KIT, *sorted(place.glob(f"*/{KIT}")))
    return str(next((found.parent for found in kits if found.is_file()), place))


def is_address(kit: str) -> bool:
    """A laptop's, where no folder is meant."""
    return kit.startswith(("http://", "https://"))


def course_version() -> str:
    """The number in pyproject.toml."""
    import tomllib  # not above: Python 3.10, which is refused in words, has none

    return tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def read_kit(kit: str) -> dict:
    """What a kit says of itself, if it is one for this course and this computer; its "wheels" are what is needed here."""
    here = f"{platform.system()}-{platform.machine()}-{sys.version_info[0]}.{sys.version_info[1]}"
    try:
        with ask(kit, KIT) if is_address(kit) else open(Path(kit, KIT), "rb") as stream:
            about = json.load(stream)
        if not about["complete"]:
            raise Trouble(f"The kit in {kit} is not finished. Where it was made, `ser kit` finishes it.")
        wheels = {
            f"wheels/{Path(name).name}": about["files"][name]["sha256"] for name in about["targets"].get(here, ())
        }
        made_for = (about["fingerprint"], about["version"])
        about = {
            **about,
            "wheels": wheels,
            "for": f"{', '.join(about['systems'])}; Python {', '.join(about['pythons'])}",
        }
    except (OSError, http.client.HTTPException) as error:
        raise Trouble(f"There is no kit in {kit} ({error}). It is a folder with {KIT} in it, or its address.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Trouble(f"The kit in {kit} is damaged: its {KIT} cannot be read. Copy it anew.") from None
    if made_for != (fingerprint(LOCKS["course"]), course_version()):
        raise Trouble(
            f"The kit in {kit}, made on {about['made']}, is for another state of the course (version {about['version']}) than "
            f"this folder's (version {course_version()}). Unpack the kit's own course.zip and start there, or get a new kit; where there is "
            "internet, start without it."
        )
    if not wheels:
        raise Trouble(f"The kit in {kit} has nothing for this computer, {here}. It is for {about['for']}.")
    return about


def wheels_of(kit: str) -> Path:
    """The folder with a kit's packages for this computer; every one is looked at before any is installed."""
    wheels = read_kit(kit)["wheels"]
    folder = FETCHED if is_address(kit) else Path(kit)
    what = f"{'fetching' if is_address(kit) else 'looking at'} the packages of the kit in {kit}"
    print(f"  {what} ...", flush=True)
    for number, (name, sha256) in enumerate(wheels.items(), start=1):
        if sys.stdout.isatty():
            print(f"\r  {number} of {len(wheels)}", end="\n" if number == len(wheels) else "", flush=True)
        if is_address(kit) and hash_of(folder / name) != sha256:
            fetch_from(kit, name)
        if not (folder / name).is_file():
            raise Trouble(f"{name} is missing from the kit in {kit}. Copy it anew.")
        if hash_of(folder / name) != sha256:
            raise Trouble(f"{name} is damaged in the kit in {kit}. Copy it anew.")
    return folder / "wheels"


def hash_of(path: Path) -> str:
    """A file's SHA-256; nothing for one that is not there."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def ask(kit: str, name: str, begin: int = 0):
    """The laptop that serves a kit for a file, from a byte on. No proxy stands between the two."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    address = f"{kit.rstrip('/')}/{urllib.parse.quote(name)}"
    return opener.open(urllib.request.Request(address, headers={"Range": f"bytes={begin}-"}), timeout=30)


def fetch_from(kit: str, name: str) -> None:
    """Bring a file from the laptop that serves a kit; what breaks off goes on from there, three times."""
    part = FETCHED / f"{name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(4):
        try:
            begin = part.stat().st_size if part.exists() else 0
            with ask(kit, name, begin) as answer, part.open("ab" if begin else "wb") as stream:
                shutil.copyfileobj(answer, stream)
            if not answer.length:  # nothing is left to come
                part.replace(FETCHED / name)
                return
        except urllib.error.HTTPError as error:
            error.close()
            part.unlink(missing_ok=True)  # 416: more than there is
            if error.code == 404:
                return
        except (OSError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise
        time.sleep(attempt)
    raise Trouble(f"{kit} does not answer any more. Run this again when it does: it goes on where it stopped.")


def make_environment() -> None:
    """An empty virtual environment in .venv."""
    if ENV.exists() and any(ENV.iterdir()) and not READY.exists():
        raise Trouble("There is a .venv here that start.py did not make. Rename or delete it, then run this again.")
    discard_environment()
    free = shutil.disk_usage(HERE).free / 1e9
    if free < DISK_GB:
        raise Trouble(f"The disk has {free:.1f} GB free; the course needs {DISK_GB} GB. Free some and run this again.")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble(NO_VENV)
    ENV.mkdir()
    READY.write_text("{}", encoding="utf-8")
    run("making .venv", sys.executable, "-m", "venv", ENV)


def install(lock: str, named_kit: str | None = None) -> None:
    """Bring the environment up to a lock, from a kit if there is one; nothing half-made is left behind, nor taken for whole."""
    want = fingerprint(LOCKS[lock])
    if installed().get(lock) == want:
        return
    refuse_in_words()
    with one_at_a_time():
        have = installed()
        if have.get(lock) == want:  # another start.py did it meanwhile
            return
        print(
            "Bringing .venv up to date." if have else "Setting up the course in .venv (once; a few minutes).",
            flush=True,
        )
        kit = find_kit(named_kit) if lock == "course" else None  # a kit has none of the tests' tools
        offline = ()
        try:
            offline = ("--no-index", "--find-links", wheels_of(kit)) if kit else ()
        except Trouble as trouble:
            if named_kit:
                raise
            print(f"  {trouble}\n  Nobody asked for it, so it is left out; packages come through the internet.")
            kit = None
        try:
            if have:
                READY.write_text(json.dumps({**have, lock: "under way"}), encoding="utf-8")
            else:
                make_environment()
            words = "--disable-pip-version-check install --no-input --only-binary :all:"
            pip = (PYTHON, "-m", "pip", *words.split())
            run("installing packages", *pip, *offline, "--no-deps", "--require-hashes", "-r", LOCKS[lock])
            if lock == "course":
                run("installing the course", *pip, "--no-deps", "--no-build-isolation", "--editable", HERE)
                configure_jupyter()
                run("compiling numba's functions once", PYTHON, "-c", WARM_NUMBA)
            READY.write_text(json.dumps({**have, **identity(), lock: want}), encoding="utf-8")
            shutil.rmtree(FETCHED, ignore_errors=True)
        except BaseException:  # Ctrl-C too
            if not have and READY.exists():
                discard_environment()
            raise
    if kit:
        take_recordings(kit)


def take_recordings(kit: str) -> None:
    """Copy a kit's recordings to where lessons look for them; without them they use the practice voices."""
    try:
        held = read_kit(kit)["recordings"]
        if held["clips"]:
            run("copying recordings", PYTHON, "-m", "ser_helpers", "fetch", f"--{held['asked']}", "--from", kit)
    except Trouble as trouble:
        print(f"  {trouble}")


def configure_jupyter() -> None:
    """Settings of this environment alone: kernel, no news pop-up, and no instructor's panels for learners.

    An instructor opens JupyterLab with `python3 start.py --instructor`, which leaves the `learner` settings out.
    """
    kernel = ENV / "share/jupyter/kernels/python3/kernel.json"
    spec = json.loads(kernel.read_text(encoding="utf-8"))
    spec["env"] = {"NUMBA_CACHE_DIR": str(NUMBA_CACHE)}  # else each kernel compiles anew
    files = {
        kernel: spec,
        ENV / "share/jupyter/lab/settings/overrides.json": {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
            "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
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
            if os.name != "nt":  # where a port that was left a moment ago counts as free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise Trouble(
        f"Port {wanted or '8888 to 8987'} is in use. Close the other JupyterLab, or choose another with --port."
    )


def where_to_begin() -> Path:
    """The lesson that was worked on last; the first one when none was, or the folder where there are no lessons."""
    lessons = sorted(HERE.glob("lessons/[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))
    lessons = [path for path in lessons if path.stem == path.parent.name]
    begun = [path for path in lessons if was_begun(path)]
    return max(begun, key=lambda path: path.stat().st_mtime) if begun else next(iter(lessons), HERE / "lessons")


def was_begun(notebook: Path) -> bool:
    """Whether somebody has run or changed a cell: a lesson as it was handed out knows its own fingerprint."""
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        texts = ["".join(cell["source"]) for cell in content["cells"]]
        same = content["metadata"]["ser"]["fingerprint"] == hashlib.sha256("\0".join(texts).encode()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        return False  # damaged: no place to begin
    return not same or any(cell.get("execution_count") for cell in content["cells"])


def within(notebook: str) -> Path:
    """A notebook that a person names, which JupyterLab can only open inside the course's folder."""
    path = Path(notebook).resolve()
    if not path.is_file():
        raise Trouble(f"There is no notebook {path}.")
    if not path.is_relative_to(HERE):
        raise Trouble(f"{path} is not inside the course's folder, {HERE}. Copy it there first.")
    return path


def settings_of_lab(port: int, token: str, place: str, browser: bool) -> dict[str, object]:
    """What decides whether the server can be reached, named in full, so that a person's own settings do not."""
    return {
        "ServerApp.root_dir": HERE,
        "ServerApp.preferred_dir": HERE,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.sock": "",
        "ServerApp.base_url": "/",
        "ServerApp.certfile": "",
        "ServerApp.keyfile": "",
        "ServerApp.client_ca": "",
        "ServerApp.custom_display_url": "",
        "ServerApp.open_browser": browser,
        "ServerApp.identity_provider_class": "jupyter_server.auth.PasswordIdentityProvider",
        "IdentityProvider.token": token,
        "LabApp.default_url": place,
        "Application.log_level": "ERROR",
        "KernelManager.transport_encryption": "auto",
    }


def open_lab(page: Path, browser: bool, port: int | None, instructor: bool) -> int:
    """JupyterLab on a lesson or page, on this machine only; says where as soon as it answers."""
    must_be_writable()
    port, token = free_port(port), secrets.token_hex(16)
    place = "/lab/tree/" + urllib.parse.quote(page.relative_to(HERE).as_posix())
    options = settings_of_lab(port, token, place, browser)
    command = [str(PYTHON), "-m", "jupyterlab", "-y", *(f"--{name}={value}" for name, value in options.items())]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    env = {**environment(), "JUPYTERLAB_WORKSPACES_DIR": str(ENV / "workspaces")}  # no tabs from elsewhere
    if not instructor:
        env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
            filter(None, [str(ENV / "learner"), env.get("JUPYTER_CONFIG_PATH")])
        )
    server = subprocess.Popen(command, env=env, cwd=HERE)
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server)
        print(f"JupyterLab is ready: http://127.0.0.1:{port}{place}?token={token}", flush=True)
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


def hand_over(*words: str) -> int:
    """Let the environment's Python do the rest in this program's place."""
    command = [str(PYTHON), "-m", *words]
    if os.name == "nt":
        return subprocess.call(command, env=environment())
    os.execve(command[0], command, environment())


def main(words: list[str]) -> int:
    """Install what is needed, then do what was asked for."""
    if words and words[0] == "test":
        install("course")
        install("tests")
        os.chdir(HERE)
        return hand_over("pytest", *IN_PARALLEL, *words[1:])
    if words and words[0] == "nbgrader":
        install("course")
        os.chdir(HERE)  # where its settings lie
        return hand_over("nbgrader", *words[1:])
    if words and not words[0].startswith("-") and not words[0].endswith(".ipynb"):
        install("course")
        if words[0] == "hub":
            install("hub")
        return hand_over("ser_helpers", *words)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", nargs="?", help="the notebook to open (default: where you were, or lesson 00)")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")
    parser.add_argument("--port", type=int, help="the port to answer on (default: the first free one from 8888)")
    parser.add_argument("--kit", metavar="FOLDER|URL", help="install from this kit, without the internet")
    parser.add_argument("--instructor", action="store_true", help="with nbgrader's panels for instructors")
    args = parser.parse_args(words)
    guide = HERE / "solutions" / "README.md"
    page = within(args.notebook) if args.notebook else guide if args.instructor else where_to_begin()
    install("course", args.kit)
    return open_lab(page, browser=not args.no_browser, port=args.port, instructor=args.instructor)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` ends it as Ctrl-C does
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(f"start.py: {trouble}")
    except OSError as error:
        sys.exit(f"start.py: {in_words(str(error)) or error}")
    except KeyboardInterrupt:
        sys.exit("\nstart.py: stopped. Nothing half-made was left; run it again when you like.")
