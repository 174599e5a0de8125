"""What a submission's code can reach, and what it can leave behind: nothing; as root and as an ordinary user."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_output

from ser_helpers.course.grading.box.bubblewrap import Bubblewrap
from ser_helpers.course.grading.box.podman import Podman
from ser_helpers.course.grading.run import valid
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT as ROOT

LESSON = "00_start_here"
LIMITS = ("--SubmissionExporter.cell_seconds=8", "--SubmissionExporter.notebook_seconds=60")
SLEEPER = "sleep 98765.4"

# Runs in the kernel: every attempt that works out is printed with what it got.
PROBE = r"""
import ctypes, glob, json, os, pathlib, signal, socket, subprocess, sys, tempfile
libc, got = ctypes.CDLL(None, use_errno=True), {}

def attempt(name, call):
    try:
        result = call()
    except BaseException as error:
        result = None
    if result:
        got[name] = str(result)[:200]

def write(path):
    with open(path, "w") as file:
        return file.write("mine")

def checked(result):
    return "done" if result == 0 else None

def connect(family, address):
    with socket.socket(family) as one:
        one.settimeout(2)
        one.connect(address)
        return "connected"

def fill(folder, n_files, size):
    for number in range(n_files):
        with open(f"{folder}/{number}.fill", "wb") as file:
            file.write(bytes(size))
    return n_files

for path in FORBIDDEN:
    attempt(f"read {path}", lambda: os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(20))
    attempt(f"write {path}", lambda: write(os.path.join(path, "mine") if os.path.isdir(path) else path))
for folder in ("/", "/usr", "/usr/bin", "/etc", sys.prefix, os.path.dirname(os.__file__), PACKAGE, "/proc/sys/kernel"):
    attempt(f"write into {folder}", lambda: write(os.path.join(folder, "mine")))
runtime = pathlib.Path(get_ipython().config.IPKernelApp.connection_file or get_ipython().kernel.parent.connection_file).parent
attempt("write into the shared folder", lambda: write(runtime / "mine"))
attempt("see other kernels' sockets", lambda: [p for p in runtime.parent.iterdir() if p != runtime])
attempt("find a secret in the environment", lambda: [k for k, v in os.environ.items() if SECRET in v])
me = {os.getpid(), int(os.readlink("/proc/self"))}
others = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in me]
attempt("find a secret in another process", lambda: [p for p in others if SECRET.encode() in open(f"/proc/{p}/environ", "rb").read()])
for number in others:
    for file in ("environ", "mem", "maps", "cwd", "root", "fd"):
        attempt(f"open /proc/N/{file}", lambda: os.listdir(f"/proc/{number}/{file}") if file in ("fd", "cwd", "root") else open(f"/proc/{number}/{file}", "rb").read(1))
    attempt("trace another process", lambda: checked(libc.ptrace(16, number, 0, 0)))
attempt("see others' command lines", lambda: [p for p in others if b"nbgrader" in open(f"/proc/{p}/cmdline", "rb").read()])
attempt("signal another process", lambda: [os.kill(p, 0) for p in others if p > 1] and "done")
attempt("connect to the host", lambda: connect(socket.AF_INET, ("127.0.0.1", PORT)))
attempt("connect to the host's abstract socket", lambda: connect(socket.AF_UNIX, ABSTRACT))
attempt("resolve a name", lambda: socket.gethostbyname("example.org"))
attempt("become root", lambda: os.setuid(0) or "done")
attempt("unmount", lambda: checked(libc.umount2(b"/tmp", 2)) or checked(libc.umount2(b"/home/student", 2)))
attempt("mount", lambda: checked(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
attempt("find another student's file", lambda: glob.glob("/tmp/*.mark") + glob.glob("/home/student/*.mark") + glob.glob("/dev/shm/*.mark"))
for folder in ("/tmp", "/home/student", "/dev/shm"):
    write(f"{folder}/left.mark")
attempt("write a file of 150 MB", lambda: fill("/tmp", 1, 150 * 2**20))
attempt("write 400 MB", lambda: fill("/tmp", 5, 80 * 2**20))
attempt("write 30,000 files", lambda: fill("/home/student", 30_000, 0))
attempt("open 1,000 files", lambda: [open("/dev/null") for _ in range(1000)] and "done")
subprocess.Popen(SLEEPER.split(), start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", SLEEPER.split())
    os._exit(0)
print("GOT" + json.dumps(got))
"""
ATTACKS = {
    "memory": "hog = [bytes(2**28) for _ in range(100)]",
    "many-hogs": "import os\nfor _ in range(8):\n    if os.fork() == 0:\n        hog = bytearray(2**30)\n        while True: pass\nwhile True: pass",
    "fork-bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "thread-bomb": "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()",
    "ignores-interrupts": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    "holds-on": "sum(range(10**15))",
    "exits": "import os\nos._exit(0)",
    "stops": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nos.kill(os.getppid(), signal.SIGKILL)",
    "kills-all": "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(0, signal.SIGKILL)",
    "floods": "while True: print('x' * 10**6)",
}  # fmt: skip


def ending(student: str) -> str:
    """What the record has to say of the checks that came after."""
    return {
        "ignores-interrupts": "could not be interrupted", "holds-on": "could not be interrupted", "exits": "the code ended it",
        "many-hogs": "GiB of memory", "floods": "printed or drew more than",
    }.get(student, "")  # fmt: skip


def with_cell(room, source: str) -> nbformat.NotebookNode:
    """A right answer, with one more cell behind the answer."""
    notebook = room.solved(LESSON)
    notebook.cells.insert(
        1 + next(i for i, c in enumerate(notebook.cells) if "nbgrader" in c.metadata), new_code_cell(source)
    )
    return notebook


@pytest.fixture
def host():
    """What a submission would like to reach: a server on this computer, by name and by number."""
    called = []
    tcp, abstract = socket.create_server(("127.0.0.1", 0)), f"\0ser-test-{os.getpid()}"
    local = socket.socket(socket.AF_UNIX)
    local.bind(abstract)
    local.listen()

    def listen(server):
        try:
            while True:
                called.append(server.accept()[1])
        except OSError:
            pass  # closed: the test is over

    for server in (tcp, local):
        threading.Thread(target=listen, args=(server,), daemon=True).start()
    yield tcp.getsockname()[1], abstract, called
    for server in (tcp, local):
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.fixture
def podman() -> list[str]:
    """Words before a command that wants podman: none, or some that hide the old kind of cgroups, which it does not take."""
    if not shutil.which("podman"):
        pytest.skip("No podman here: install Debian's `podman` and `crun`.")
    hidden = [
        "unshare",
        "--mount",
        "--propagation=private",
        "sh",
        "-c",
        'mount -t tmpfs none /sys/fs/cgroup; exec "$@"',
        "sh",
    ]
    old = os.getuid() == 0 and not Path("/sys/fs/cgroup/cgroup.controllers").exists()
    return hidden if old else []


def hand_in_probes(room, host) -> None:
    classroom = room.folder / ".classroom"
    rooms = [ROOT / name for name in ("solutions", "lessons", "tests", ".git")]
    if Path("/tmp") in ROOT.parents:  # the sandbox has a /tmp of its own, where writing is allowed and stays inside
        rooms = []
    forbidden = [
        room.folder, room.folder / "solutions" / LESSON / f"{LESSON}.ipynb", classroom, classroom / "gradebook.db", classroom / "seed.txt",
        classroom / "submitted" / "honest" / LESSON / f"{LESSON}.ipynb", classroom / "autograded", classroom / "records",
        *rooms, Path.home() / ".profile", Path.home() / ".ssh", "/etc/passwd", "/etc/shadow", "/var",
    ]  # fmt: skip
    given = {
        "FORBIDDEN": [str(path) for path in forbidden],
        "PACKAGE": str(ROOT / "ser_helpers"), "SECRET": "s3cr3t-of-the-instructor", "PORT": host[0], "ABSTRACT": host[1], "SLEEPER": SLEEPER,
    }  # fmt: skip
    source = "\n".join(f"{name} = {value!r}" for name, value in given.items()) + PROBE
    for student in ("probe", "probe-again"):
        room.submit(student, LESSON, with_cell(room, source))
    room.submit("honest", LESSON, room.solved(LESSON))


def assert_contained(room, host) -> None:
    """The probes ran to their end and got nothing, nobody called the host, nobody lives on, and all have their points."""
    for student in ("probe", "probe-again"):
        marked = room.folder / ".classroom" / "autograded" / student / LESSON / f"{LESSON}.ipynb"
        text = "".join(o.get("text", "") for c in nbformat.read(marked, 4).cells for o in c.get("outputs", []))
        got = json.loads(text.partition("GOT")[2] or '"the probe did not reach its end"')
        assert got == {}
    assert host[2] == []
    assert [p for p in psutil.process_iter(["cmdline"]) if " ".join(p.info["cmdline"] or ()) == SLEEPER] == []
    for student in ("honest", "probe", "probe-again"):
        record = room.record(LESSON, student)
        assert [cell.score for cell in record.cells.values()] == [1.0] and record.flags == [], record


def test_code_reaches_nothing_and_leaves_nothing(classroom, host):
    hand_in_probes(classroom, host)
    printed, code = classroom.nbgrader("autograde", LESSON, *LIMITS, SER_TEST="s3cr3t-of-the-instructor")
    assert code == 0, printed
    assert_contained(classroom, host)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_as_an_ordinary_user_too(classroom, host):
    if os.getuid() != 0:
        pytest.skip("The test before ran as an ordinary user already.")
    hand_in_probes(classroom, host)
    folder = Path(tempfile.mkdtemp(prefix="ser-ordinary-", dir="/tmp"))  # pytest's own are closed to others
    try:
        shutil.copytree(classroom.folder, folder, dirs_exist_ok=True)
        subprocess.run(["chown", "-R", "65534:65534", folder], check=True)
        folder.chmod(0o755)
        classroom.folder = folder
        printed, code = classroom.nbgrader(
            "autograde", LESSON, *LIMITS, SER_TEST="s3cr3t-of-the-instructor", user="nobody"
        )
        assert code == 0, printed
        assert_contained(classroom, host)
    finally:
        shutil.rmtree(folder)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_in_a_container_too(classroom, host, podman):
    hand_in_probes(classroom, host)
    command = [*podman, sys.executable, "-m", "nbgrader", "autograde", LESSON, *LIMITS]
    variables = {**os.environ, "SER_BOX": "podman", "SER_TEST": "s3cr3t-of-the-instructor"}
    done = subprocess.run(command, cwd=classroom.folder, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_contained(classroom, host)


def test_why_a_container_does_not_start_is_told_however_late_it_says_so(tmp_path, monkeypatch):
    program = tmp_path / "podman"
    program.write_text("#!/bin/sh\nexec 3<&-\nsleep 0.5\necho Error: cgroups in hybrid mode >&2\nexit 126\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with contextlib.ExitStack() as busy:
        for _ in range(12):  # so that the socket's number has two digits, which not every shell knows
            busy.enter_context(open(os.devnull))
        with pytest.raises(CourseError, match="could not start the container: Error: cgroups in hybrid mode"):
            Podman().open()


def test_without_podman_it_says_what_to_do(classroom, tmp_path):
    classroom.submit("honest", LESSON, classroom.solved(LESSON))
    for box, words in {"podman": "apt install podman", "cardboard": "bubblewrap or podman"}.items():
        printed, code = classroom.nbgrader("autograde", LESSON, PATH=str(tmp_path), SER_BOX=box)
        assert code == 1 and words in printed and "Traceback" not in printed
    assert classroom.record(LESSON, "honest") is None


@pytest.mark.long
@pytest.mark.timeout(900)
def test_what_takes_too_much_is_ended_and_its_neighbours_are_not(classroom):
    for student, source in ATTACKS.items():
        classroom.submit(student, LESSON, with_cell(classroom, source))
    for student in ("aaa", "zzz"):
        classroom.submit(student, LESSON, classroom.solved(LESSON))
    printed, code = classroom.nbgrader("autograde", LESSON, *LIMITS)
    assert code == 0, printed
    found = {student: classroom.record(LESSON, student) for student in ATTACKS}
    assert {record.status for record in found.values()} == {"graded"}
    for student, record in found.items():
        (cell,) = record.cells.values()
        if words := ending(student):
            assert cell.score == 0 and words in " ".join([cell.says, *record.flags]), found
    assert [classroom.scores(LESSON)[student] for student in ("aaa", "zzz")] == [{"seconds_of-check": 1.0}] * 2
    assert classroom.record(LESSON, "aaa").flags == classroom.record(LESSON, "zzz").flags == []


def test_without_bubblewrap_it_says_what_to_do(classroom, tmp_path):
    classroom.submit("honest", LESSON, classroom.solved(LESSON))
    (tmp_path / "python").symlink_to(sys.executable)
    printed, code = classroom.nbgrader("autograde", LESSON, PATH=str(tmp_path))
    assert code == 1 and "apt install bubblewrap" in printed and "Traceback" not in printed
    assert classroom.record(LESSON, "honest") is None
    printed, code = classroom.nbgrader("autograde", LESSON, PATH=str(tmp_path), SER_UNSAFE="1")
    assert code == 0, printed
    assert "WITHOUT a sandbox" in printed
    assert classroom.scores(LESSON) == {"honest": {"seconds_of-check": 1.0}}


def test_where_the_system_forbids_namespaces_it_says_what_to_do(classroom, tmp_path):
    refuses = tmp_path / "bwrap"
    refuses.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    refuses.chmod(0o755)
    classroom.submit("honest", LESSON, classroom.solved(LESSON))
    printed, code = classroom.nbgrader("autograde", LESSON, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (
        code == 1
        and "No permissions to create new namespace" in printed
        and "AppArmor" in printed
        and "--unsafe" in printed
    )
    assert "Traceback" not in printed


def test_the_sandbox_starts_again_when_it_is_gone(bubblewrap):
    box = Bubblewrap()
    first = box.server()
    first.process.kill()
    first.process.wait()
    end = time.monotonic() + 20
    while not first.gone() and time.monotonic() < end:  # what it held inside ends a moment later
        time.sleep(0.05)
    second = box.server()
    assert second is not first and second.process.poll() is None and second is box.server()
    second.close()


def test_an_output_that_jupyter_could_not_have_made_is_left_out():
    made = new_output("error", ename="ValueError", evalue="JOY", traceback=[])
    forged = [{"output_type": "nonsense"}, {"output_type": "stream", "name": 1, "text": float("nan")}]
    assert valid([*forged, made]) == [made]
