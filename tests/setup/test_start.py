"""The two commands: what a newcomer sees when something is missing, and that a whole environment can be made."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start.py as a module, pointed at a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "READY", tmp_path / ".venv" / "ready.json")
    return module


def declared() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {requirement.name: requirement for requirement in map(Requirement, project["dependencies"])}


def locked(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock"])
def test_the_lock_covers_every_dependency_with_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    versions = locked(ROOT / lock)
    for name, requirement in declared().items():
        assert requirement.specifier.contains(versions[name]), name
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) == len(versions) and all("--hash=sha256:" in block for block in blocks)
    assert "http" not in re.sub(r"^http\w+==", "", text, flags=re.MULTILINE).replace("httpcore", "").replace(
        "httpx", ""
    )
    assert not re.search(r"^torch==", text, re.MULTILINE)


def test_both_locks_agree():
    course, tests = locked(ROOT / "requirements.lock"), locked(ROOT / "tests" / "requirements.lock")
    assert course.items() <= tests.items()


def test_conda_has_the_same_list():
    other_names = {"pysoundfile": "soundfile", "soxr-python": "soxr"}
    listed = (ROOT / "environment.yml").read_text(encoding="utf-8").partition("\ndependencies:\n")[2]
    lines = re.findall(r"^  - ([a-z].*[^:])$", listed, re.MULTILINE)
    conda = {}
    for line in lines:
        name = re.match(r"[a-z-]+", line)[0]
        conda[other_names.get(name, name)] = line.removeprefix(name)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert conda.pop("python") == project["requires-python"] and conda.pop("pip") == ""
    assert {name: set(filter(None, spec.split(","))) for name, spec in conda.items()} == {
        name: set(map(str, requirement.specifier)) for name, requirement in declared().items()
    }


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in declared():
        assert re.search(rf'^    "{name}[^"]*",\s+# \w', text, re.MULTILINE), name


@pytest.mark.parametrize("version, word", [((3, 10), "too old"), ((3, 15), "too new")])
def test_a_python_without_packages_is_named(start, version, word):
    with pytest.raises(start.Trouble, match=f"Python 3.{version[1]}, {word}.*python3.14 start.py"):
        start.check_python(version)
    start.check_python((3, 11)), start.check_python((3, 14))


@pytest.mark.parametrize(
    "printed, words",
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full. Free 2.5 GB"),
        ("NewConnectionError(...): Failed to establish a new connection", "The network cannot be reached"),
        ("ReadTimeoutError: Read timed out.", "too slow or blocked"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "damaged on its way"),
        ("ERROR: No matching distribution found for numba", "Python 3.14 on a 64-bit"),
        ("something nobody foresaw", "last lines were:\nsomething nobody foresaw"),
    ],
)
def test_what_pip_prints_becomes_a_sentence(start, printed, words):
    with pytest.raises(start.Trouble) as caught:
        start.run("installing packages", sys.executable, "-c", f"import sys; sys.exit({printed!r})")
    assert words in str(caught.value)


def test_too_little_disk_is_said_first(start, monkeypatch):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: type("usage", (), {"free": 1e9})())
    with pytest.raises(start.Trouble, match=r"1.0 GB free; the course needs 2.5 GB"):
        start.install("course")
    assert not start.ENV.exists()


def test_venv_missing_is_said(start, monkeypatch):
    def broken(*_, **__):
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(start.venv, "create", broken)
    with pytest.raises(start.Trouble, match="apt install python3-venv"):
        start.install("course")


@pytest.mark.parametrize("accident", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_nothing_half_made_is_left(start, monkeypatch, accident):
    def half_way(*_):
        raise accident

    monkeypatch.setattr(start, "run", half_way)
    monkeypatch.setattr(start.venv, "create", lambda env, **_: (env / "bin").mkdir(parents=True))
    with pytest.raises((KeyboardInterrupt, start.Trouble)):
        start.install("course")
    assert not start.ENV.exists()


def test_a_changed_lock_is_noticed_and_an_unchanged_one_costs_nothing(start, monkeypatch, tmp_path):
    done = []
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "run", lambda what, *_: done.append(what))
    monkeypatch.setattr(start, "configure_jupyter", lambda: None)
    lock = tmp_path / "a.lock"
    lock.write_text("numpy==1")
    monkeypatch.setitem(start.LOCKS, "course", lock)
    start.ENV.mkdir()
    start.READY.write_text(json.dumps({"course": start.fingerprint(lock)}))
    start.install("course")
    assert done == []
    lock.write_text("numpy==2")
    start.install("course")
    assert "installing packages" in done and start.installed() == {"course": start.fingerprint(lock)}


def test_help_needs_no_environment():
    done = subprocess.run([sys.executable, ROOT / "start.py", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "python3 start.py test" in done.stdout


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.name == "nt", reason="ends the server with a signal")
def test_a_newcomer_is_in_jupyterlab_and_the_second_time_at_once(tmp_path):
    """A copy of the course, no environment around: install, answer, start again within ten seconds."""
    clone = tmp_path / "course"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".venv", ".git", "__pycache__"))
    seconds = [seconds_until_answer(clone), seconds_until_answer(clone)]
    assert seconds[0] < 240 and seconds[1] < 15, seconds
    report = subprocess.run([sys.executable, "start.py", "doctor"], cwd=clone, capture_output=True, text=True)
    assert report.returncode == 0 and report.stdout.count("OK") == 8, report.stdout


def seconds_until_answer(clone: Path) -> float:
    """Start, wait for the printed address, ask it for the lessons, and end the server."""
    begun, printed = time.monotonic(), clone / "printed.txt"
    with printed.open("w") as stream:
        process = subprocess.Popen([sys.executable, "start.py", "--no-browser"], cwd=clone, stdout=stream, stderr=stream)
    try:
        address = None
        while address is None and process.poll() is None and time.monotonic() < begun + 300:
            time.sleep(0.1)
            address = re.search(r"http://127\.0\.0\.1:\S+", printed.read_text())
        assert address, printed.read_text()
        base, token = address[0].split("/lab/tree/lessons?token=")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{base}/api/contents/lessons?token={token}", timeout=30) as answer:
            assert "00_start_here" in answer.read().decode()
        seconds = time.monotonic() - begun
        print(f"{seconds:.1f} s")
        return seconds
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
