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


def test_foreign_packages_and_an_editors_variables_stay_out(start, monkeypatch):
    foreign = {"PYTHONPATH": "/opt/other", "PIP_TARGET": "/opt/other", "MPLBACKEND": "module://backend_interagg"}
    for name, value in {**foreign, "PIP_USER": "1"}.items():
        monkeypatch.setenv(name, value)
    variables = start.environment()
    assert not foreign.keys() & variables.keys() and variables["PIP_USER"] == "0"
    assert variables["PATH"].startswith(str(start.PYTHON.parent))


def test_a_home_that_cannot_be_written_is_not_needed(start, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "JUPYTER_RUNTIME_DIR" not in start.environment()  # the usual case: everything as it is
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IPYTHONDIR", "/mine")
    variables = start.environment()
    assert Path(variables["JUPYTER_RUNTIME_DIR"]).is_relative_to(start.ENV) and variables["IPYTHONDIR"] == "/mine"


@pytest.mark.parametrize(
    "spoil, words",
    [
        (
            lambda start, patch: patch.setattr(start, "HERE", start.HERE.rename(start.HERE.parent / "course 100%")),
            "stumble over a % there",
        ),
        (lambda start, patch: patch.setattr(start.os, "access", lambda *_: False), "cannot be written"),
        (lambda start, patch: patch.setenv("ALL_PROXY", "socks5h://127.0.0.1:7890"), "SOCKS proxy"),
    ],
)
def test_what_would_fail_later_is_said_before_anything_is_installed(dry, monkeypatch, spoil, words):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    spoil(dry, monkeypatch)
    monkeypatch.setattr(dry, "LOCKS", {"course": dry.HERE / "requirements.lock"})
    with pytest.raises(dry.Trouble, match=words):
        dry.install("course")
    assert not dry.steps and not dry.ENV.exists()


@pytest.fixture
def lessons(course):
    """That folder with three lessons as they are handed out, all as old as each other."""
    for name in ("00_start_here", "01_load_crema_d", "02_see_and_hear"):
        copy = course / "lessons" / name / f"{name}.ipynb"
        copy.parent.mkdir(parents=True)
        shutil.copy(ROOT / "lessons" / name / copy.name, copy)
        os.utime(copy, (1e9, 1e9))
    return course / "lessons"


def work_on(lesson: Path, seconds: float, change) -> None:
    """Save a change of the first code cell, at a time."""
    content = json.loads(lesson.read_text(encoding="utf-8"))
    change(next(cell for cell in content["cells"] if cell["cell_type"] == "code"))
    lesson.write_text(json.dumps(content), encoding="utf-8")
    os.utime(lesson, (seconds, seconds))


def test_it_opens_the_first_lesson_and_later_the_one_that_was_worked_on_last(start, lessons, monkeypatch):
    opened = []
    monkeypatch.setattr(start, "install", lambda *_: None)
    monkeypatch.setattr(start, "open_lab", lambda page, **_: opened.append(page.stem))
    first, second, third = sorted(lessons.glob("*/*.ipynb"))
    start.main([])
    work_on(second, 1e9 + 10, lambda cell: cell.update(execution_count=1))  # ran a cell
    start.main([])
    work_on(third, 1e9 + 20, lambda cell: cell.update(source=["# mine\n", "1"]))  # as Jupyter writes it: lines
    start.main(["--no-browser"])
    work_on(second, 1e9 + 30, lambda cell: cell.update(execution_count=2))
    os.utime(first, (1e9 + 40, 1e9 + 40))  # unpacked anew, not worked on
    third.with_name("02_see_and_hear.mine-1.ipynb").write_text(second.read_text())
    start.main([])
    start.main([str(third)])  # by name
    second.write_text("no notebook")
    start.main([])
    start.main(["--instructor"])  # the guide, which opens rendered
    assert opened == [*(path.stem for path in (first, second, third, second, third, third)), "README"]


def test_a_notebook_that_cannot_be_opened_is_said(start, tmp_path):
    with pytest.raises(start.Trouble, match="There is no notebook .*nothing.ipynb"):
        start.main(["nothing.ipynb"])
    (tmp_path / "elsewhere.ipynb").touch()
    with pytest.raises(start.Trouble, match="not inside the course's folder"):
        start.main([str(tmp_path / "elsewhere.ipynb")])


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


def where_it_opened(process: subprocess.Popen, printed: Path) -> str:
    """The address that start.py prints once JupyterLab answers."""
    address, end = None, time.monotonic() + 300
    while address is None and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
        address = re.search(r"http://127\.0\.0\.1:\S+", printed.read_text())
    assert address, printed.read_text()
    return address[0]


# What people have in their own configuration, and on a server of a university: each kept start.py from opening, or hid it.
OWN_SETTINGS = """
c.ServerApp.base_url = "/jupyter/"
c.ServerApp.certfile = "/nowhere/cert.pem"
c.ServerApp.keyfile = "/nowhere/key.pem"
c.ServerApp.sock = "/nowhere/socket"
c.ServerApp.preferred_dir = "/"
c.ServerApp.token = c.IdentityProvider.token = "mine"
c.ServerApp.default_url = c.LabApp.default_url = "/doc"
"""


@pytest.fixture
def opened(lessons, start, tmp_path):
    """start.py on three lessons, in an environment that borrows this one's packages, for a person with settings, an editor's
    variables and a home that cannot be written: the address that it prints."""
    if os.name == "nt":
        pytest.skip("borrows the environment by links, and ends the server with a signal")
    shared = Path(sys.prefix) / "share" / "jupyter"
    for path in (*map(Path(sys.prefix).joinpath, ("bin", "lib", "etc")), *shared.glob("*"), *shared.glob("lab/*")):
        link = start.ENV / path.relative_to(sys.prefix)
        if path.name not in ("lab", "settings", "kernels"):  # the ones with settings of its own
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", start.ENV)
    shutil.copytree(shared / "kernels", start.ENV / "share/jupyter/kernels")
    start.configure_jupyter()
    start.READY.write_text(json.dumps({**start.identity(), "course": start.fingerprint(start.LOCKS["course"])}))
    for name in ("README.md", "glossary.md"):
        shutil.copy(ROOT / "lessons" / name, lessons)
    shutil.copytree(ROOT / "lessons" / "sheets", lessons / "sheets")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "jupyter_server_config.py").write_text(OWN_SETTINGS)
    variables = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "settings"),
        "HOME": str(tmp_path / "printed.txt" / "home"),
    }
    printed = tmp_path / "printed.txt"
    with printed.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "start.py", "--no-browser"], cwd=lessons.parent, stdout=stream, stderr=stream,
            env={**variables, "MPLBACKEND": "module://backend_interagg"},
        )  # fmt: skip
    yield where_it_opened(process, printed)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_learner_finds_the_way_in_and_on(opened, browser):
    """Whatever their own settings say: lesson 00 is open, its end leads to 01, words to the glossary, the list is rendered."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(opened)
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    notebook.get_by_role("heading", name="00 · Start here").wait_for(timeout=60_000)
    notebook.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached", timeout=60_000)
    notebook.get_by_role("strong").filter(has_text="lesson 1 of 11").wait_for()
    notebook.get_by_role("link", name="all lessons").first.click()
    rendered = page.locator(".jp-MarkdownViewer")
    rendered.get_by_role("heading", name="The lessons").wait_for()
    rendered.get_by_role("link", name="Load CREMA-D").click()
    notebook.get_by_role("heading", name="01 · Load CREMA-D").wait_for()
    follow(notebook, "crowd")
    term = rendered.locator("[data-jupyter-id=crowd]").first
    term.wait_for(state="attached")
    page.wait_for_function("box => box.getBoundingClientRect().top < 400", arg=term.element_handle())
    page.get_by_role("tab", name="01_load_crema_d.ipynb").click()
    follow(notebook, "One page to keep")
    sheet = page.frame_locator(".jp-HTMLViewer iframe")
    sheet.get_by_role("heading", name="What you can do now").wait_for()
    page.get_by_role("tab", name="01_load_crema_d.ipynb").click()
    follow(notebook, "On to lesson 02")
    notebook.get_by_role("heading", name="02 · See and hear").wait_for()
    page.close()


def follow(notebook, name: str) -> None:
    """Scroll down to a link and click it: JupyterLab draws only the cells that are near."""
    link = notebook.get_by_role("link", name=name, exact=len(name) < 10)
    for _ in range(200):
        if link.count():
            return link.first.click()
        notebook.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollBy(0, 400)")
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"There is no link {name!r}.")


@pytest.mark.browser
def test_each_sheet_prints_on_one_page(browser):
    page = browser.new_page()
    sheets = sorted((ROOT / "lessons" / "sheets").glob("*.html"))
    for sheet in sheets:
        page.goto(sheet.as_uri())
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, sheet.name
        assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed, sheet.name  # A4
    assert len(sheets) == 11
    page.close()
