"""An offline kit from both ends: what `ser kit` makes and serves, and what start.py installs, or refuses in words."""

import base64
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_helpers.__main__ import main, parser
from ser_helpers.corpus import fetch
from ser_helpers.course.classroom import kit, room, serving

ROOT = Path(__file__).resolve().parents[2]
THIS = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHER = "3.12" if THIS != "3.12" else "3.13"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def make_wheel(folder: Path, name: str, tag: str) -> str:
    """A package with nothing in it, for one kind of computer; returns its hash as a lock writes it."""
    files = {
        f"{name}.py": f"TAG = {tag!r}\n",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = f"{name}-1.0.dist-info/RECORD"
    for file, text in list(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        files[record] = files.get(record, f"{record},,\n") + f"{file},sha256={digest},{len(text)}\n"
    path = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return f"--hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def tags(python: str) -> list[str]:
    """A package's own wheels for the systems of the tests' kit."""
    cp = "cp" + python.replace(".", "")
    return [f"{cp}-{cp}-manylinux_2_17_x86_64", f"{cp}-{cp}-win_amd64"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with a lock of three packages: one for every computer, one for each kind, and one for Windows alone."""
    folder = tmp_path_factory.mktemp("teacher") / "course"
    index = folder.parent / "index"
    index.mkdir()
    entries = {
        "tone==1.0": [make_wheel(index, "tone", "py3-none-any")],
        "hiss==1.0": [make_wheel(index, "hiss", tag) for python in (THIS, OTHER) for tag in tags(python)],
        "pane==1.0 ; sys_platform == 'win32'": [make_wheel(index, "pane", "py3-none-any")],
    }
    (folder / "lessons" / "00_start_here").mkdir(parents=True)
    (folder / "lessons" / "00_start_here" / "00_start_here.ipynb").write_text("{}")
    for name in ("start.py", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "requirements.lock").write_text(
        "\n".join(" \\\n    ".join([entry, *hashes]) for entry, hashes in entries.items()) + "\n"
    )
    return folder


@pytest.fixture
def teacher(course, monkeypatch, tmp_path):
    """Makes a kit of that course, with pip sent to those wheels alone: teacher(folder, ...)."""
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(course.parent / "index"), "PIP_CONFIG_FILE": os.devnull}
    for name, value in {**settings, "SER_COURSE": str(course), "SER_CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    for name in ("PIP_EXTRA_INDEX_URL", "CREMA_D_HOME", "SER_CLASS_FOLDER"):
        monkeypatch.delenv(name, raising=False)

    def make(folder: Path, *options: str) -> int:
        return main(["kit", str(folder), "--platforms", "linux", "windows", "--pythons", THIS, OTHER, *options])

    return make


@pytest.fixture(scope="module")
def made(course, tmp_path_factory):
    """A kit of it; tests that spoil one take a copy."""
    folder = tmp_path_factory.mktemp("stick") / "ser-kit"
    with pytest.MonkeyPatch.context() as patch:
        teacher.__wrapped__(course, patch, folder.parent)(folder)
    return folder


@pytest.fixture
def stick(made, tmp_path):
    """A copy of the kit."""
    return Path(shutil.copytree(made, tmp_path / "ser-kit"))


def about(folder: Path) -> dict:
    return json.loads((folder / "kit.json").read_text())


def test_each_computer_has_what_it_needs_and_what_all_share_is_there_once(made):
    said = about(made)
    assert len(said["targets"]) == 4 and len(list((made / "wheels").iterdir())) == 6
    cp = "cp" + THIS.replace(".", "")
    assert said["targets"][f"Linux-x86_64-{THIS}"] == [
        f"wheels/hiss-1.0-{cp}-{cp}-manylinux_2_17_x86_64.whl",
        "wheels/tone-1.0-py3-none-any.whl",
    ]
    assert "wheels/pane-1.0-py3-none-any.whl" in said["targets"][f"Windows-AMD64-{OTHER}"]
    files = {path.relative_to(made).as_posix(): path for path in made.rglob("*") if path.is_file()}
    assert files.keys() - said["files"].keys() == {"kit.json"}
    for name, known in said["files"].items():
        content = files[name].read_bytes()
        assert known == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    sheet = (made / "START-HERE.html").read_text()
    assert sheet.count("<li>") == 3 and f"Python {THIS}, {OTHER}" in sheet and "cannot bring Python itself" in sheet


def test_what_it_says_to_type_can_be_typed(tmp_path):
    assert kit.typed(tmp_path / "USB stick") == ('"{}"' if os.name == "nt" else "'{}'").format(tmp_path / "USB stick")


def test_it_goes_on_where_it_stopped_and_mends_what_is_damaged(teacher, stick, capsys):
    tone, old, extra = (stick / "wheels" / name for name in ("tone-1.0-py3-none-any.whl", "old-1.0.whl", "x.part"))
    (stick / "kit.json").write_text('{"complete": false}')
    tone.write_bytes(tone.read_bytes()[:-1])
    old.touch(), extra.touch()
    (stick / "python").mkdir()
    (stick / "python" / "python-3.12-amd64.exe").write_bytes(b"an installer")
    assert teacher(stick) == 0
    assert kit.read(stick)["complete"] and not old.exists() and not extra.exists()
    assert "python/python-3.12-amd64.exe" in (stick / "START-HERE.html").read_text()
    printed = capsys.readouterr().out
    assert "is complete" in printed and "0 of 546 recordings" in printed and "site was not built" in printed


def test_the_course_is_what_git_tracks_or_without_git_what_is_not_ignored(course, tmp_path):
    clone = Path(shutil.copytree(course, tmp_path / "clone"))
    (clone / ".venv").mkdir()
    for name in (".venv/pyvenv.cfg", "grades.csv", "lessons/00_start_here/00.mine-1.ipynb", ".guesses.json"):
        (clone / name).touch()
    (clone / "lessons" / "__pycache__").mkdir()
    (clone / "lessons" / "__pycache__" / "x.pyc").touch()
    expected = sorted(path.relative_to(course) for path in course.rglob("*") if path.is_file())
    (clone / "kits").mkdir()
    (clone / "kits" / "course.zip").touch()
    assert kit.course_files(clone, clone / "kits") == expected
    for words in (["init", "-q"], ["add", "start.py", "pyproject.toml"]):
        subprocess.run(["git", *words], cwd=clone, check=True)
    assert kit.course_files(clone) == [Path("pyproject.toml"), Path("start.py")]


def test_the_course_in_the_kit_unpacks_into_one_folder(made, tmp_path):
    zipfile.ZipFile(made / "course.zip").extractall(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ser-course"]
    assert (tmp_path / "ser-course" / "start.py").read_bytes() == (ROOT / "start.py").read_bytes()


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda folder, patch: (folder.mkdir(), (folder / "thesis.docx").touch()), "holds other files, and is no kit"),
        (lambda folder, patch: patch.setenv("SER_COURSE", str(folder.parent / "lone")), "made of the whole course"),
        (lambda folder, patch: patch.setattr(kit.zipfile, "ZipFile", full), "full. Make room, and give the same"),
        (
            lambda folder, patch: [
                patch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple"),
                patch.setenv("PIP_FIND_LINKS", ""),
                patch.setenv("PIP_NO_INDEX", "0"),
                patch.setenv("PIP_RETRIES", "1"),
                patch.setenv("NO_PROXY", "*"),
            ],
            "The network cannot be reached. The same command goes on",
        ),
        (lambda folder, patch: patch.setenv("PIP_FIND_LINKS", ""), "There is no ready-made package of .* for Linux on"),
    ],
    ids=["folder", "course", "disk", "network", "package"],
)
def test_what_goes_wrong_is_said(teacher, tmp_path, monkeypatch, capsys, spoil, words):
    (tmp_path / "lone" / "lessons").mkdir(parents=True)
    spoil(tmp_path / "kit", monkeypatch)
    assert teacher(tmp_path / "kit") == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("ser: ") and re.search(words, said), said


def full(*_, **__):
    raise OSError(28, "No space left on device")


@pytest.fixture
def recordings(teacher, tmp_path, monkeypatch):
    """Three official recordings on this disk, one of them kept as FLAC, in a CREMA-D of four: clip -> content."""
    home = tmp_path / "recordings"
    home.mkdir()
    table = fetch.select(actors=[1001]).head(4)
    contents = {}
    for number, clip in enumerate(table["clip"]):
        sound = np.random.default_rng(number).integers(-2000, 2000, 16000).astype("int16")
        soundfile.write(home / f"{clip}.wav", sound, 16000)
        contents[clip] = (home / f"{clip}.wav").read_bytes()
        if number == 2:
            soundfile.write(home / f"{clip}.flac", sound, 16000)
        if number > 1:
            (home / f"{clip}.wav").unlink()
    table = table.assign(
        sha256=[hashlib.sha256(wav).hexdigest() for wav in contents.values()], bytes=[*map(len, contents.values())]
    )
    for module in (fetch, kit):
        monkeypatch.setattr(module, "select", lambda **_: table)
    monkeypatch.setenv("CREMA_D_HOME", str(home))
    return dict(list(contents.items())[:3])


def test_recordings_on_this_disk_come_along_as_the_official_files(teacher, stick, recordings, capsys):
    assert teacher(stick) == 0
    assert {path.stem: path.read_bytes() for path in (stick / "AudioWAV").iterdir()} == recordings
    assert "3 of 546 recordings were on this disk" in capsys.readouterr().out
    sheet = (stick / "START-HERE.html").read_text()
    assert "3 recordings of CREMA-D come along" in sheet and "Open Database License" in sheet
    assert teacher(stick, "--recordings", "none") == 0 and not list((stick / "AudioWAV").iterdir())


def test_fetch_takes_recordings_from_a_stick(teacher, stick, recordings, tmp_path, monkeypatch, capsys):
    assert teacher(stick) == 0
    assert main(["fetch", "--mini", "--from", str(stick), "--to", str(tmp_path / "mine")]) == 1
    assert {path.stem: path.read_bytes() for path in (tmp_path / "mine").glob("*.wav")} == recordings
    assert "1 failed" in (said := capsys.readouterr().out) and "AudioWAV does not have it" in said


def spoiled(folder: Path, change) -> None:
    said = about(folder)
    change(said)
    (folder / "kit.json").write_text(json.dumps(said))


def one_byte(folder: Path) -> None:
    """Of a wheel that every computer needs."""
    path = folder / "wheels" / "tone-1.0-py3-none-any.whl"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


SPOILED = {
    "byte": (one_byte, "tone-1.0-py3-none-any.whl is damaged in the kit"),
    "wheel": (lambda stick: (stick / "wheels" / "tone-1.0-py3-none-any.whl").unlink(), "is missing from the kit"),
    "version": (
        lambda stick: spoiled(stick, lambda said: said.update(version="0.0.9")),
        r"for another state of the course \(version 0.0.9\)",
    ),
    "lock": (
        lambda stick: spoiled(stick, lambda said: said.update(fingerprint="0")),
        "for another state of the course",
    ),
    "computer": (
        lambda stick: spoiled(stick, lambda said: said.update(targets={})),
        f"has nothing for this computer, .*-{THIS}. It is for Linux on x86_64, .*Python {THIS}",
    ),
    "unfinished": (lambda stick: spoiled(stick, lambda said: said.update(complete=False)), "is not finished"),
    "list": (lambda stick: (stick / "kit.json").write_text("{"), "kit.json cannot be read. Copy it anew"),
    "nothing": (lambda stick: (stick / "kit.json").unlink(), "There is no kit in .*ser-kit"),
}


@pytest.fixture
def start(course, tmp_path, monkeypatch):
    """start.py of a learner's copy of the course, where the steps of an installation only note what they would run."""
    copy = Path(shutil.copytree(course, tmp_path / "learner" / "course"))
    spec = importlib.util.spec_from_file_location("start", copy / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.steps = {}

    def note(what, *command):
        module.steps[what] = list(map(str, command))
        module.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        module.PYTHON.touch()

    monkeypatch.setattr(module, "run", note)
    monkeypatch.setattr(module, "configure_jupyter", lambda: None)
    monkeypatch.setattr(module, "open_lab", lambda *_, **__: 0)
    monkeypatch.setattr(
        module.platform, "system", lambda: "Linux"
    )  # for which the kit has packages, wherever tests run
    monkeypatch.setattr(module.platform, "machine", lambda: "x86_64")
    return module


@pytest.mark.parametrize("spoil, words", SPOILED.values(), ids=SPOILED)
def test_start_py_refuses_a_spoiled_kit_before_anything_is_installed(start, stick, spoil, words):
    spoil(stick)
    with pytest.raises(start.Trouble, match=words):
        start.main(["--kit", str(stick)])
    assert not start.steps and not start.ENV.exists()


@pytest.mark.parametrize("place", ["kit", "ser-kit", "../ser-kit"])
def test_start_py_finds_a_kit_beside_itself_and_asks_no_network(start, stick, place):
    kit = stick.rename((start.HERE / place).resolve())
    assert start.main([]) == 0
    options = start.steps["installing packages"]
    assert "--no-index" in options and options[options.index("--find-links") + 1] == str(kit / "wheels")
    assert "copying recordings" not in start.steps  # it has none
    start.steps.clear()
    assert start.main(["--kit", "/media/stick/gone"]) == 0 and not start.steps  # all is installed


def test_start_py_takes_what_people_name_for_the_kit(start, stick):
    for named in (stick, stick.parent, stick / "START-HERE.html", stick / "kit.json"):
        assert start.find_kit(str(named)) == str(stick)
    assert start.find_kit("192.168.0.10:8000") == "http://192.168.0.10:8000"
    assert start.find_kit("http://laptop:8000/") == "http://laptop:8000/"
    with pytest.raises(start.Trouble, match=r"There is no kit in http://laptop:80o0 .*nonnumeric port"):
        start.main(["--kit", "http://laptop:80o0"])


def test_a_kit_that_nobody_named_and_that_does_not_fit_keeps_nobody_from_the_internet(start, stick, capsys):
    spoiled(stick, lambda said: said.update(version="0.0.9"))
    stick.rename(start.HERE / "ser-kit")
    assert start.main([]) == 0 and "--no-index" not in start.steps["installing packages"]
    assert re.search("for another state of the course.*\n.*left out", capsys.readouterr().out)


def test_start_py_copies_recordings_and_opens_without_them_if_it_must(start, stick, monkeypatch, capsys):
    spoiled(stick, lambda said: said.update(recordings={"asked": "mini", "clips": 450}))

    def run(what, *command):
        note(what, *command)
        if what == "copying recordings":
            raise start.Trouble("96 failed")

    note = start.run
    monkeypatch.setattr(start, "run", run)
    assert start.main(["--kit", str(stick)]) == 0
    assert start.steps["copying recordings"][-4:] == ["fetch", "--mini", "--from", str(stick)]
    assert "96 failed" in capsys.readouterr().out and start.installed()


def test_the_fingerprint_is_that_of_start_py(start, made):
    assert about(made)["fingerprint"] == start.fingerprint(start.LOCKS["course"])


@pytest.fixture
def lent(stick, course, monkeypatch):
    """A kit with some large recordings, served on this machine: folder, address."""
    (stick / "AudioWAV").mkdir()
    for number in range(20):
        (stick / "AudioWAV" / f"{number}.wav").write_bytes(os.urandom(70_000))
    (stick / "AudioWAV" / "large.wav").write_bytes(bytes(30_000_000))
    (stick / "site").mkdir()
    (stick / "site" / "index.html").write_text("<h1>The lessons</h1>")
    (stick / "students.csv").write_text("of a teacher's, by mistake")
    spoiled(stick, lambda said: said.update(files=kit._hashes(stick), recordings={"asked": "mini", "clips": 21}))
    with room.answering(serving.application(stick)) as port:
        yield stick, f"http://127.0.0.1:{port}"


def get(address: str, **headers: str) -> bytes:
    with OPENER.open(urllib.request.Request(address, headers=headers), timeout=60) as answer:
        return answer.read()


def test_thirty_fetch_at_once_and_one_that_stalls_holds_nobody_up(lent):
    folder, address = lent
    files = about(folder)["files"]
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as stalls:
        stalls.sendall(b"GET /AudioWAV/large.wav HTTP/1.1\r\nHost: x\r\n\r\n")  # and reads nothing

        def client(_):
            return all(
                hashlib.sha256(get(f"{address}/{name}")).hexdigest() == file["sha256"]
                for name, file in files.items()
                if name != "AudioWAV/large.wav"
            )

        begun = time.monotonic()
        with ThreadPoolExecutor(30) as clients:
            assert all(clients.map(client, range(30)))
        assert time.monotonic() - begun < 60
        print(f"30 clients: {time.monotonic() - begun:.1f} s")


def test_who_takes_nothing_for_long_is_let_go(lent, monkeypatch):
    monkeypatch.setattr(serving, "STALLED", 0.3)
    _, address = lent
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as stalls:
        stalls.sendall(b"GET /AudioWAV/large.wav HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)
        stalls.settimeout(20)
        taken = 0
        try:
            while piece := stalls.recv(1_000_000):
                taken += len(piece)
        except ConnectionResetError:
            pass
    assert taken < 30_000_000


def test_a_download_goes_on_where_it_broke(lent):
    folder, address = lent
    assert get(f"{address}/AudioWAV/7.wav", Range="bytes=69000-") == (folder / "AudioWAV/7.wav").read_bytes()[69000:]
    assert get(f"{address}/7.wav") == (folder / "AudioWAV/7.wav").read_bytes()  # as `ser fetch --from` asks


def test_nothing_but_the_kit_is_served(lent):
    """No other file of the folder, none above it, none by a trick."""
    for path in ("students.csv", "wheels/", "%2e%2e/x", "..%2fkit.json", "/etc/passwd", ".git/config", "kit.json%00"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(f"{lent[1]}/{path}")
        refused.value.close()
        assert refused.value.code in (400, 403, 404), path


def test_the_page_of_the_room_says_what_to_do_with_its_own_address(lent):
    folder, address = lent
    page = get(address).decode()
    assert f"python3 start.py --kit {address}" in page and f"py start.py --kit {address}" in page and "<svg" in page
    for link in re.findall(r'href="([^"]+)"', page):
        assert get(link if link.startswith("http") else f"{address}/{link}")
    assert get(f"{address}/site/") == (folder / "site" / "index.html").read_bytes()


def test_start_py_installs_from_the_rooms_laptop_and_takes_up_a_broken_download(start, lent):
    folder, address = lent
    (tone,) = (name for name in about(folder)["files"] if "tone" in name)
    part = start.FETCHED / f"{tone}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes((folder / tone).read_bytes()[:100])
    fetched = []
    note = start.run
    start.run = lambda *words: (fetched.extend(start.FETCHED.rglob("*.whl")), note(*words))
    assert start.main(["--kit", address]) == 0
    assert {path.name.split("-")[0] for path in fetched} == {"tone", "hiss"}
    assert {"--no-index", str(start.FETCHED / "wheels")} <= set(start.steps["installing packages"])
    assert not start.FETCHED.exists()


def test_start_py_says_when_the_laptop_is_gone_or_lends_something_damaged(start, lent, monkeypatch):
    folder, address = lent
    with pytest.raises(start.Trouble, match="There is no kit in http://127.0.0.1:9"):
        start.main(["--kit", "http://127.0.0.1:9"])
    one_byte(folder)  # after the laptop looked
    with pytest.raises(start.Trouble, match="tone-1.0-py3-none-any.whl is damaged"):
        start.main(["--kit", address])
    assert not start.steps and not start.ENV.exists()


# Runs where there is no network: begins start.py twice, asks JupyterLab for the lessons, prints the seconds until it answers.
TWICE = """
import re, socket, subprocess, sys, time, urllib.request
try:
    socket.create_connection(("192.0.2.1", 80), 5)
except OSError:
    pass
else:
    sys.exit("There is a network here.")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for words in sys.argv[1:], []:
    begun, printed = time.monotonic(), ""
    command = [sys.executable, "start.py", "--no-browser", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        while server.poll() is None and not (found := re.search(r"(http://127\\S+)/lab/tree/\\S+(\\?token=\\S+)", printed)):
            printed += server.stdout.readline()
        if not found:
            sys.exit(printed + server.stdout.read())
        with opener.open(f"{found[1]}/api/contents/lessons{found[2]}", timeout=30) as answer:
            assert "00_start_here" in answer.read().decode()
        print(time.monotonic() - begun)
        server.terminate()
"""
LESSON = """
from pathlib import Path
from ser_helpers.course.authoring import run
run.run_strictly(Path("solutions", "01_load_crema_d", "01_load_crema_d.ipynb").resolve())
"""


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_newcomer_without_internet_is_in_jupyterlab_and_the_second_time_at_once(tmp_path, monkeypatch, bubblewrap):
    """What the guide says, step by step: a kit for this computer, its course unpacked, start.py, a lesson; no environment around."""
    folder, clone = tmp_path / "ser-kit", tmp_path / "ser-course"
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    assert main(["kit", str(folder), "--platforms", "linux", "--pythons", THIS, "--recordings", "none"]) == 0
    zipfile.ZipFile(folder / "course.zip").extractall(tmp_path)

    def offline(*command: str | Path) -> str:
        cage = [bubblewrap, "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]
        done = subprocess.run([*cage, *command], cwd=clone, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    first, second = map(float, offline(sys.executable, "-c", TWICE, "--kit", folder).split())
    assert first < 240 and second < 10, (first, second)
    assert offline(sys.executable, "start.py", "doctor").count("OK") == 8
    offline(clone / ".venv/bin/python", "-c", LESSON)


@pytest.mark.parametrize("name", ["byte", "wheel", "unfinished", "list", "nothing"])
def test_a_laptop_lends_no_spoiled_kit(stick, name, capsys):
    SPOILED[name][0](stick)
    assert main(["kit", "--serve", str(stick), "--only-here", "--port", "0"]) == 2
    assert re.search("damaged|missing|not finished|no kit", capsys.readouterr().err)


def guide() -> list[str]:
    """The commands that the guide's section on kits has in its blocks."""
    section = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8").split("\n## A room without internet")[1]
    return re.findall(r"^python3 start\.py (.*)$", section.split("\n## ")[0], re.MULTILINE)


def test_every_command_of_the_guide_runs(teacher, start, stick, recordings, tmp_path, monkeypatch):
    """In the guide's order, beside a kit; the address, and where recordings come from and go to, are those of this test."""
    monkeypatch.chdir(tmp_path)
    address, seen = "", []
    with contextlib.ExitStack() as laptop:
        for line in guide():
            seen.append(line.replace("http://LAPTOP:8000", "ADDRESS"))
            match words := line.replace("http://LAPTOP:8000", address).split():
                case ["fetch", "--mini"]:
                    assert main([*words, "--from", "recordings", "--to", "home"]) == 1  # the fourth is nowhere
                case ["fetch", "--mini", "--from", _]:
                    assert main([*words, "--to", "learner"]) == 1
                    assert {path.stem: path.read_bytes() for path in Path("learner").glob("*.wav")} == recordings
                case ["kit", "--serve", folder]:
                    port = laptop.enter_context(room.answering(serving.application(Path(folder))))
                    address = f"http://127.0.0.1:{port}"
                case ["kit", folder]:
                    assert teacher(Path(folder)) == 0
                case ["kit", folder, "--platforms", *_]:
                    assert parser(words).parse_args(words).platforms == ["windows", "macos"]
                case ["--kit", place]:
                    shutil.rmtree(start.ENV, ignore_errors=True)
                    start.steps.clear()
                    assert start.main(words) == 0 and start.steps["copying recordings"][-1].endswith(place)
    assert len(seen) == 7 and "kit --serve ser-kit" in seen and "--kit ADDRESS" in seen, seen


def test_the_figures_of_the_guide_are_measured():
    text = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8")
    measured = json.loads((ROOT / "data" / "results" / "kit.json").read_text(encoding="utf-8"))
    assert f"is {measured['kit_gb']:.1f} GB and takes\n{measured['make_seconds'] / 60:.0f} minutes" in text
    assert f"about {measured['mb_each']:.0f} MB" in text and f"in {measured['seconds']:.0f} s" in text
    assert measured["clients"] == 30 and not measured["wrong_files"]
