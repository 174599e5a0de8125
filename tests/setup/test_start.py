"""The two commands: what a newcomer sees when something is missing, and that a whole environment can be made."""

import ast
import importlib.util
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def course(tmp_path):
    """A folder with what start.py needs to see, and no environment."""
    folder = tmp_path / "course"
    for name in ("start.py", "pyproject.toml", "requirements.lock", "tests/requirements.lock"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def start(course):
    """start.py of that folder, as a module."""
    spec = importlib.util.spec_from_file_location("start", course / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def dry(start, monkeypatch):
    """The same, where each step of an installation only notes its name, and Python appears with the first."""
    start.steps = []

    def note(what, *_):
        start.steps.append(what)
        start.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        start.PYTHON.touch()

    start.note = note
    monkeypatch.setattr(start, "run", note)
    monkeypatch.setattr(start, "configure_jupyter", lambda: None)
    return start


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


def test_both_locks_agree():
    course, tests = locked(ROOT / "requirements.lock"), locked(ROOT / "tests" / "requirements.lock")
    assert course.items() <= tests.items()


def test_conda_has_the_same_list():
    other_names = {"pysoundfile": "soundfile", "soxr-python": "soxr"}
    *lines, pip = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = {re.match(r"[a-z-]+", line)[0]: line for line in lines}
    conda = {other_names.get(name, name): set(line.removeprefix(name).split(",")) for name, line in conda.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (python,) = conda.pop("python")  # one version, since Binder reads no range
    assert SpecifierSet(project["requires-python"]).contains(python.removeprefix("="))
    assert conda.pop("pip") == {""} and pip == {"pip": ["-e ."]}  # the course alone: a requirements line, no options
    assert conda == {name: set(map(str, requirement.specifier)) for name, requirement in declared().items()}


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    for name in [*declared(), *(Requirement(line).name for lines in extras.values() for line in lines)]:
        assert re.search(rf'^.*"{name}[^"]*",?\]?\s+# \w', text, re.MULTILINE), name


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock"])
def test_the_lock_is_one_set_of_versions_for_every_system(lock):
    lines = re.findall(r"^[a-z0-9].*(?= \\$)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    names = [Requirement(line).name for line in lines]
    assert len(set(names)) == len(names)
    systems = {"linux": "posix", "darwin": "posix", "win32": "nt"}
    for (system, name), minor in itertools.product(systems.items(), range(11, 15)):
        here = {"sys_platform": system, "os_name": name, "python_full_version": f"3.{minor}.0"}
        chosen = {r.name for r in map(Requirement, lines) if r.marker is None or r.marker.evaluate(here)}
        assert {"numpy", "librosa", "jupyterlab"} < chosen
        assert ("colorama" in chosen) is (system == "win32") and ("ptyprocess" in chosen) is (system != "win32")
        assert ("standard-aifc" in chosen) is (minor >= 13)


@pytest.mark.parametrize("version, word", [((3, 6), "old"), ((3, 10), "old"), ((3, 15), "new"), ((4, 0), "new")])
def test_a_python_without_packages_is_named(start, version, word):
    sentence = start.wrong_python(version)
    assert f"Python {version[0]}.{version[1]}, too {word}" in sentence and "python3.14 start.py" in sentence
    assert start.wrong_python((3, 11)) == start.wrong_python((3, 14)) == ""


def test_an_old_python_can_read_start_py_far_enough_to_say_so():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    assert not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    refusal = source.index("sys.exit(wrong_python(")
    assert all("->" not in line for line in source[:refusal].splitlines() if "wrong_python" not in line)


@pytest.mark.parametrize(
    "printed, words",
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full. Free 2.5 GB"),
        ("NewConnectionError(...): Failed to establish a new connection", "The network cannot be reached"),
        ("ProxyError('Cannot connect to proxy.')", "HTTPS_PROXY"),
        ("ReadTimeoutError: Read timed out.", "too slow or blocked"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "damaged on its way"),
        ("ERROR: No matching distribution found for numba", "elsewhere conda may serve"),
        ("PermissionError: [WinError 5] Zugriff verweigert", "close JupyterLab"),
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
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    with pytest.raises(start.Trouble, match="apt install python3-venv"):
        start.install("course")
    assert not start.ENV.exists()


@pytest.mark.parametrize("accident", [KeyboardInterrupt(), OSError(28, "No space left on device"), "pip"])
@pytest.mark.parametrize("step", ["making .venv", "installing packages", "installing the course"])
def test_nothing_half_made_is_left(dry, monkeypatch, accident, step):
    note = dry.run

    def break_down(what, *command):
        note(what)
        if what == step:
            raise dry.Trouble("pip failed") if accident == "pip" else accident

    monkeypatch.setattr(dry, "run", break_down)
    with pytest.raises((KeyboardInterrupt, OSError, dry.Trouble)):
        dry.install("course")
    assert not list(dry.HERE.glob(".venv*/")) and not dry.installed()


def test_a_changed_lock_is_noticed_and_an_unchanged_one_costs_nothing(dry):
    dry.install("course")
    assert dry.steps[0] == "making .venv"
    dry.steps.clear()
    dry.install("course")
    assert dry.steps == []
    with dry.LOCKS["course"].open("a") as lock:
        lock.write("one-more==1\n")
    dry.install("course")
    assert dry.steps == ["installing packages", "installing the course", "compiling numba's functions once"]


def test_an_update_cut_short_is_taken_up_again_even_for_the_old_lock(dry, monkeypatch):
    dry.install("course")
    lock, old = dry.LOCKS["course"], dry.LOCKS["course"].read_text()
    lock.write_text(old + "one-more==1\n")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(dry, "run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        dry.install("course")
    lock.write_text(old)
    dry.steps.clear()
    dry.install("course")
    assert dry.steps[0] == "installing packages"


def test_test_tools_come_on_top_and_only_once(dry):
    dry.install("course")
    dry.steps.clear()
    dry.install("tests"), dry.install("course"), dry.install("tests")
    assert dry.steps == ["installing packages"]


@pytest.mark.parametrize(
    "words, handed_over, in_the_course",
    [
        (["nbgrader", "collect", "03_mfcc", "--update"], ("nbgrader", "collect", "03_mfcc", "--update"), True),
        (["nbgrader"], ("nbgrader",), True),
        (["doctor"], ("ser_helpers", "doctor"), False),  # whose paths are those of the person who types
    ],
)
def test_commands_run_in_the_environment_which_is_made_first(
    dry, monkeypatch, tmp_path, words, handed_over, in_the_course
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(dry, "hand_over", lambda *words: (words, Path.cwd()))
    assert dry.main(words) == (handed_over, dry.HERE if in_the_course else tmp_path)
    assert dry.installed()["course"] == dry.fingerprint(dry.LOCKS["course"])


def test_an_environment_that_was_moved_is_made_anew(dry):
    dry.install("course")
    ready = json.loads(dry.READY.read_text())
    dry.READY.write_text(json.dumps({**ready, "place": "/somewhere/else"}))
    assert not dry.installed()
    dry.steps.clear()
    dry.install("course")
    assert dry.steps[0] == "making .venv"


def test_an_environment_whose_python_became_another_is_made_anew(dry, tmp_path):
    """As after an upgrade of the system: python3 means 3.14 now, and the packages lie under python3.12."""
    dry.install("course")
    dry.PYTHON.unlink()
    (tmp_path / "python9.9").touch()
    dry.PYTHON.symlink_to(tmp_path / "python9.9")
    dry.steps.clear()
    dry.install("course")
    assert dry.steps[0] == "making .venv"


@pytest.mark.skipif(os.name == "nt", reason="takes the lock as POSIX does")
def test_a_second_start_waits_for_the_first_and_finds_it_done(dry, capsys, monkeypatch):
    def first():
        import fcntl

        with open(dry.HERE / ".venv.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            held.set()
            waiting.wait(20)
            dry.note("making .venv")
            ready = {**dry.identity(), "course": dry.fingerprint(dry.LOCKS["course"])}
            dry.READY.write_text(json.dumps(ready))

    held, waiting = threading.Event(), threading.Event()
    other = threading.Thread(target=first)
    other.start()
    held.wait(20)
    monkeypatch.setattr(dry.time, "sleep", lambda _: waiting.set())
    dry.install("course")
    other.join()
    assert dry.steps == ["making .venv"] and "waiting for it" in capsys.readouterr().out


def test_a_venv_of_ones_own_is_left_alone(start):
    (start.ENV / "mine").mkdir(parents=True)
    with pytest.raises(start.Trouble, match="did not make"):
        start.install("course")
    assert (start.ENV / "mine").exists()


def test_learners_do_not_see_the_instructors_panels(start):
    kernel = start.ENV / "share/jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["python"]}))
    start.configure_jupyter()
    assert json.loads(kernel.read_text())["env"] == {"NUMBA_CACHE_DIR": str(start.NUMBA_CACHE)}
    hidden = json.loads((start.ENV / "learner/labconfig/page_config.json").read_text())["disabledExtensions"]
    assert hidden["@jupyter/nbgrader:formgrader"] and hidden["@jupyter/nbgrader:create-assignment"]
    assert "@jupyter/nbgrader:validate-assignment" not in hidden


def test_a_port_in_use_is_said(start):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(start.Trouble, match=f"Port {port} is in use"):
            start.free_port(port)
    assert 8888 <= start.free_port(None) < 8988


def test_foreign_packages_stay_out(start, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/opt/other")
    monkeypatch.setenv("PIP_USER", "1")
    variables = start.environment()
    assert "PYTHONPATH" not in variables and variables["PIP_USER"] == "0"
    assert variables["PATH"].startswith(str(start.PYTHON.parent))


def begin(course: Path, *words: str, **variables: str) -> subprocess.Popen:
    """start.py as a person runs it."""
    return subprocess.Popen(
        [sys.executable, "start.py", *words],
        cwd=course,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_no_network_is_one_sentence_and_leaves_nothing(course):
    """A real pip that is sent to a port where nobody listens."""
    (course / "requirements.lock").write_text("no-such-package==1 --hash=sha256:" + 64 * "0")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1"}
    printed, _ = begin(course, "doctor", **nowhere, PIP_FIND_LINKS="", NO_PROXY="*").communicate(timeout=100)
    assert printed.splitlines()[-1].startswith("start.py: The network cannot be reached."), printed
    assert not list(course.glob(".venv*/"))


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_while_it_installs_leaves_nothing(course, sign):
    with begin(course, "doctor") as process:
        while "making" not in process.stdout.readline():
            assert process.poll() is None
        while not (course / ".venv" / "pyvenv.cfg").exists():
            time.sleep(0.01)
        process.send_signal(sign)
        printed = process.stdout.read()
    assert process.returncode == 1 and "start.py: stopped. Nothing half-made was left" in printed, printed
    assert not list(course.glob(".venv*/"))


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_after_a_power_cut_it_begins_anew(course, dry):
    with begin(course, "doctor") as process:
        while not (course / ".venv" / "pyvenv.cfg").exists():
            time.sleep(0.01)
        process.kill()
    assert not dry.installed()
    dry.install("course")
    assert dry.steps[0] == "making .venv" and dry.installed()


def test_help_needs_no_environment():
    done = subprocess.run([sys.executable, ROOT / "start.py", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "python3 start.py test" in done.stdout


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.name == "nt", reason="ends the server with a signal")
def test_a_newcomer_is_in_jupyterlab_and_the_second_time_at_once(tmp_path):
    """A copy of the course, no environment around: install, answer, start again within ten seconds."""
    clone = tmp_path / "course"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".venv*", ".git", "__pycache__", ".mine*"))
    seconds = [seconds_until_answer(clone), seconds_until_answer(clone)]
    assert seconds[0] < 240 and seconds[1] < 10, seconds
    report = subprocess.run([sys.executable, "start.py", "doctor"], cwd=clone, capture_output=True, text=True)
    assert report.returncode == 0 and report.stdout.count("OK") == 8, report.stdout


def seconds_until_answer(clone: Path) -> float:
    """Start, wait for the printed address, ask it for the lessons, and end the server."""
    begun, printed = time.monotonic(), clone / "printed.txt"
    with printed.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "start.py", "--no-browser"], cwd=clone, stdout=stream, stderr=stream
        )
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
