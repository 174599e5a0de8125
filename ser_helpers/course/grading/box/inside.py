"""What runs inside the sandbox: one process that has the libraries loaded, and forks a confined child for every task.

Started by `bubblewrap.ForkServer`; a task is a kernel, or one of the two sides of a second run. The process that forks
never runs a student's code. Each child has its own process and mount namespace, so nothing it starts outlives it
and nothing it writes is there for the next one.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ....places import DATA, PACKAGE

MEMORY = 4 * 2**30  # bytes, a student's processes together
SPACE = "size=200m,nr_inodes=20k"  # of each folder that can be written
# Of each process; NPROC holds for all of a student's together, and threads count.
LIMITS = {"AS": MEMORY, "FSIZE": 100 * 2**20, "NOFILE": 512, "NPROC": 128, "CORE": 0}
HOME, NUMBA, WARM = Path("/home/student"), Path("/opt/numba"), Path("/opt/numba-warm")
# linux/sched.h: NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET
OWN = 0x20000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000
READ_ONLY, NOSUID_NODEV, REMOUNT_BIND, BIND = 0x1, 0x6, 0x1020, 0x5000  # linux/mount.h; BIND with what is below
SET_DUMPABLE, NO_NEW_PRIVILEGES, DROP_BOUNDING, CAPABILITIES = 4, 38, 24, 41  # linux/prctl.h


def call_c(name: str, *arguments: Any) -> None:
    """Call a function of the C library, which Python 3.11 has no name for."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{arguments}: {os.strerror(number)}")


def preload() -> None:
    """Import and use everything a lesson needs, so that each child finds it ready."""
    import ipykernel.ipkernel
    import ipykernel.kernelapp
    import ipywidgets
    import joblib
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas
    import psutil  # noqa: F401
    import scipy.signal
    import seaborn
    import sklearn.model_selection
    import sklearn.neural_network
    import soundfile

    from ser_helpers import corpus, evaluate, features, model, plots  # noqa: F401
    from ser_helpers.course import doctor, expect, kernel  # noqa: F401

    from . import judge  # noqa: F401

    # joblib's worker processes look themselves up in /proc, which is not that of their own namespace; and to start some for
    # every submission takes longer than their work. What is to run in parallel runs one after the other.
    for backend in ("loky", "multiprocessing"):
        joblib.register_parallel_backend(backend, joblib.parallel.SequentialBackend)
    doctor.warm_numba()
    sound = np.zeros(16_000, "float32")
    sound[::50] = 0.1
    features.clip_features(sound)
    plots.waveform(sound)._repr_html_()
    plt.close("all")
    del ipykernel, ipywidgets, joblib, pandas, scipy, seaborn, sklearn, soundfile

    import gc

    gc.collect()
    gc.freeze()  # else the first collection in a child copies every page


def main(number: int, runtime: str) -> None:
    """Fork a child for each task that comes through the socket with this file number."""
    Path("/proc/self/oom_score_adj").write_text("1000")  # when the computer runs short, these go first
    if os.getuid() == 0:  # started by root: go on as nobody, whose limits the system enforces
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    _copy_warm_cache()
    preload()
    if os.fork() == 0:  # a trial, so that it is said now and once when the system forbids it
        call_c("unshare", OWN)
        os._exit(0)
    if os.wait()[1]:
        sys.exit("the system does not allow user namespaces inside bubblewrap.")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    call_c("prctl", SET_DUMPABLE, 0, 0, 0, 0)  # no child may look into this process
    listener = socket.socket(fileno=number)
    listener.send(b"ready")
    while True:
        message, files, _, _ = socket.recv_fds(listener, 65536, 4)
        if not message:
            return
        if os.fork() == 0:
            listener.close()
            try:
                guard([Connection(file) for file in files], runtime)
            finally:
                os._exit(0)
        for file in files:
            os.close(file)


def _copy_warm_cache() -> None:
    for file in WARM.rglob("*.nb*"):
        target = NUMBA / file.relative_to(WARM)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


def guard(wires: list[Connection], runtime: str) -> None:
    """Start the one who does the task, pass signals on to it, end it when it takes too much; say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control, *own = wires
    task = json.loads(control.recv_bytes())
    uid, gid = os.getuid(), os.getgid()
    call_c("prctl", SET_DUMPABLE, 1, 0, 0, 0)  # or its own id maps could not be written
    call_c("unshare", OWN)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    call_c("prctl", SET_DUMPABLE, 0, 0, 0, 0)
    pid = os.fork()
    if pid == 0:
        control.close()
        work(task, own, runtime)
    for wire in own:
        wire.close()
    why = supervise(pid, control)
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):
        control.send_bytes(json.dumps({"exit": os.waitstatus_to_exitcode(status), "why": why}).encode())


def supervise(pid: int, control: Connection) -> str:
    """Wait for the end of a process; why it had to be ended, if it had."""
    import psutil

    ended, process, why = os.pidfd_open(pid), psutil.Process(pid), ""
    watched: list[Any] = [control, ended]
    while True:
        ready, _, _ = select.select(watched, [], [], 0.2)
        if ended in ready:
            return why
        if control in ready:
            try:
                asked = int(control.recv_bytes(16))
            except (EOFError, OSError):  # who asked for this is gone
                asked = signal.SIGKILL
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, asked)
        with contextlib.suppress(psutil.Error):
            family = [process, *process.children(recursive=True)]
            if sum(one.memory_info().rss for one in family) > MEMORY:
                why = f"it took more than {MEMORY // 2**30} GiB of memory"
                os.kill(pid, signal.SIGKILL)


def work(task: dict, wires: list[Connection], runtime: str) -> None:
    """Do a task and end; never returns."""
    code = 1
    try:
        os.setsid()
        os.environ.update(task.get("env", {}))
        for stream in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
        _empty((Path("/tmp"), Path(runtime), HOME, Path("/dev/shm"), NUMBA), task.get("runtime"))
        _copy_warm_cache()
        os.chdir(HOME)
        for name, most in LIMITS.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
        {"kernel": be_kernel, "answer": answer_calls, "judge": judge_answers}[task["do"]](task, wires)
        code = 0
    finally:
        os._exit(code)


def _empty(folders: tuple[Path, ...], runtime: str | None) -> None:
    """Lay empty folders over these, all but what Python, the course and the kernel's sockets need of them."""
    needed = {Path(sys.prefix), Path(sys.base_prefix), PACKAGE, DATA, Path(runtime or "/none")}
    kept = {path: os.open(path, os.O_PATH) for path in needed if path.exists() and {*folders} & {*path.parents}}
    for folder in folders:
        if folder.exists():  # not so when it lies in one that is empty now
            call_c("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", NOSUID_NODEV, SPACE.encode())
    for path, number in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        call_c("mount", b"/proc/self/fd/%d" % number, os.fsencode(path), None, BIND, None)
        os.close(number)


def _give_up_power(read_only: str | None) -> None:
    """Nothing that was mounted can be unmounted after this, and nothing more be written into the shared folder."""
    if read_only:
        call_c("mount", None, os.fsencode(read_only), None, REMOUNT_BIND | READ_ONLY | NOSUID_NODEV, None)
    for capability in range(CAPABILITIES):
        with contextlib.suppress(OSError):
            call_c("prctl", DROP_BOUNDING, capability, 0, 0, 0)
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    call_c("capset", header, none)
    call_c("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def be_kernel(task: dict, wires: list[Connection]) -> None:
    """An ipykernel; its sockets are made before the student's code can run."""
    from ipykernel.kernelapp import IPKernelApp

    from ...kernel import CourseKernel

    app = IPKernelApp.instance(kernel_class=CourseKernel)
    app.initialize(["-f", f"{task['runtime']}/kernel.json", "--HistoryManager.hist_file=:memory:"])
    shell: Any = app.shell
    shell.enable_matplotlib("inline")
    _give_up_power(task["runtime"])
    app.start()


def answer_calls(task: dict, wires: list[Connection]) -> None:
    """Run a submission's own cells, then call its functions for whoever asks."""
    from . import judge

    _give_up_power(None)
    judge.answer(task["cells"], task["seconds"], *wires)


def judge_answers(task: dict, wires: list[Connection]) -> None:
    """Run the checks on functions that live in another process; send what they say."""
    from . import judge

    _give_up_power(None)
    judge.judge(task, *wires)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
