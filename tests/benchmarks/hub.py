"""A whole class on the hub at once: how long everybody waits, what memory it takes, and what gives way first.

    sudo python tests/benchmarks/hub.py [--learners 30] [--submissions 300] [--write]

Everybody logs in, fetches lesson 03, runs the solved notebook, and hands it in, twice, each step by all at the same moment,
through the hub's own addresses and kernels as a browser does it. One learner alone comes first, for comparison. Then the
exchange alone: 300 submissions are collected, three graded, and feedback released. Prints a table; with --write, into
data/results/classroom/hub.json, from which `ser build` makes the sizes in classroom/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import requests
import websocket

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "classroom"), str(ROOT)]

from real_hub import RealHub, real_hub  # noqa: E402

LESSON = "03_mfcc"
TEACHER = "ser-bench-teacher"
PATH = f"lessons/{LESSON}/{LESSON}.ipynb"
RESULTS = ROOT / "data" / "results" / "classroom" / "hub.json"
STEPS = ("log in", "fetch", "run", "hand in", "hand in again")


class Learner:
    """Somebody with a browser, as the hub sees them."""

    def __init__(self, hub: RealHub, name: str) -> None:
        self.hub, self.name, self.session = hub, name, requests.Session()
        self.session.trust_env = False  # this machine needs no proxy
        self.mine = f"{hub.base}/user/{name}"

    def log_in(self) -> None:
        """Until JupyterLab answers."""
        page = f"{self.hub.base}/hub/login"
        token = self.session.get(page).cookies["_xsrf"]
        form = {"username": self.name, "password": self.hub.passwords[self.name], "_xsrf": token}
        self.session.post(page, data=form).raise_for_status()
        while not self.session.get(f"{self.mine}/lab").url.startswith(f"{self.mine}/lab"):
            time.sleep(0.5)

    def ask(self, method: str, path: str, **what):
        token = next(
            cookie.value for cookie in self.session.cookies if cookie.name == "_xsrf" and self.name in cookie.path
        )
        answer = self.session.request(method, f"{self.mine}/{path}", headers={"X-XSRFToken": token}, **what)
        answer.raise_for_status()
        return answer.json()

    def assignment(self, action: str) -> None:
        answer = self.ask("POST", f"assignments/{action}", data={"course_id": "ser", "assignment_id": LESSON})
        if not answer["success"]:
            raise RuntimeError(answer["value"])

    def fetch(self) -> None:
        self.assignment("fetch")

    def hand_in(self) -> None:
        self.assignment("submit")

    def run(self) -> None:
        """Every code cell of the solved notebook, one after the other; an error counts."""
        solved = json.loads((ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
        self.ask("PUT", f"api/contents/{PATH}", json={"type": "notebook", "content": solved})
        wanted = {"path": PATH, "name": LESSON, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.ask("POST", "api/sessions", json=wanted)["kernel"]["id"]
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.session.cookies if self.name in c.path or c.path == "/")
        address = f"{self.mine.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
        wire = websocket.create_connection(address, cookie=cookies, timeout=600, http_no_proxy=["127.0.0.1"])
        for cell in solved["cells"]:
            if cell["cell_type"] == "code":
                self._execute(wire, "".join(cell["source"]))
        wire.close()

    def _execute(self, wire: websocket.WebSocket, code: str) -> None:
        number = uuid.uuid4().hex
        header = {
            "msg_id": number,
            "msg_type": "execute_request",
            "username": self.name,
            "session": number,
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        wire.send(json.dumps(message))
        while True:
            got = wire.recv()
            if isinstance(got, bytes):  # a widget's own message
                continue
            heard = json.loads(got)
            if heard["channel"] == "shell" and heard["parent_header"].get("msg_id") == number:
                if heard["content"]["status"] != "ok":
                    raise RuntimeError(f"{heard['content'].get('ename')}: {heard['content'].get('evalue')}")
                return


def all_at_once(learners: list[Learner], step: str) -> dict[str, float | list[str]]:
    """Have everybody do a step; seconds of the middle one and the last, and what went wrong."""
    gate, seconds, wrong = threading.Barrier(len(learners)), [], []

    def go(learner: Learner) -> None:
        gate.wait()
        start = time.perf_counter()
        try:
            getattr(learner, {"hand in again": "hand_in"}.get(step, step.replace(" ", "_")))()
            seconds.append(time.perf_counter() - start)
        except Exception as error:
            wrong.append(f"{learner.name}: {type(error).__name__}: {str(error)[:200]}")

    with ThreadPoolExecutor(len(learners)) as pool:
        list(pool.map(go, learners))
    last, middle = (max(seconds), statistics.median(seconds)) if seconds else (0.0, 0.0)
    return {"median_s": round(middle, 2), "last_s": round(last, 2), "failed": wrong}


def use(names: set[str]) -> tuple[float, float]:
    """MB and CPU seconds of all processes of these users; shared pages are counted once."""
    memory = seconds = 0.0
    for one in psutil.process_iter(["username"]):
        if one.info["username"] in names:
            try:
                memory += one.memory_full_info().pss / 1e6
                times = one.cpu_times()
                seconds += times.user + times.system
            except psutil.Error:  # it has just ended
                continue
    return memory, seconds


def the_class(hub: RealHub, names: list[str]) -> dict:
    """One alone, then all the others; what each step took, and what a learner takes."""
    first, *others = [Learner(hub, name) for name in names]
    alone = {step: all_at_once([first], step) for step in STEPS}
    together = {}
    for step in STEPS:
        together[step] = all_at_once(others, step)
        print(f"  {step:14} {together[step]}", flush=True)
    memory, seconds = use(set(names[1:]))
    return {
        "learners": len(others),
        "alone": alone,
        "together": together,
        "mb_a_learner": round(memory / len(others)),
        "cpu_s_a_learner": round(seconds / len(others), 1),
        "hub_mb": round(psutil.Process(hub.process.pid).memory_full_info().pss / 1e6),
    }


def the_exchange(hub: RealHub, count: int, names: list[str]) -> dict:
    """Collect, grade and return with a large class, of which only the exchange is there."""
    notebook = (ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_bytes()
    for number in range(count):
        folder = (
            hub.inbound / f"student{number:03}+{LESSON}+2027-03-01 18:{number // 60:02}:{number % 60:02}.000000 UTC+x"
        )
        folder.mkdir()
        (folder / f"{LESSON}.ipynb").write_bytes(notebook)
        (folder / "timestamp.txt").write_text("2027-03-01 18:30:00 UTC", encoding="utf-8")
        (folder / "submission_secret.txt").write_text(uuid.uuid4().hex, encoding="utf-8")
        for path in (folder, *folder.iterdir()):
            os.chown(path, hub.course.stat().st_uid, -1)
    three, seconds = [f"student{number:03}" for number in range(3)], {}
    for what, *words in (
        ("collect", "nbgrader", "collect", LESSON),
        ("grade three", "ser_helpers", "grade", LESSON, "--students", *three),
        ("return", "ser_helpers", "return", LESSON),
        ("release feedback", "nbgrader", "release_feedback", LESSON),
    ):
        start = time.perf_counter()
        hub.teach(TEACHER, *words)
        seconds[what] = round(time.perf_counter() - start, 1)
        print(f"  {what:14} {seconds[what]} s", flush=True)
    collected = len(list((hub.course / ".classroom" / "submitted").glob(f"*/{LESSON}/{LESSON}.ipynb")))
    return {"submissions": count, "seconds": seconds, "lost": count + len(names) - collected}


def gives_way(found: dict) -> str:
    """In words, what a larger class would feel first."""
    if failed := [step for step, done in found["together"].items() if done["failed"]]:
        return f"{failed[0]}: {found['together'][failed[0]]['failed'][0]}"
    slower = {step: found["together"][step]["last_s"] / max(0.1, found["alone"][step]["last_s"]) for step in STEPS}
    step = max(STEPS, key=lambda step: found["together"][step]["last_s"])
    full = int((1000 * found["memory_gb"] - found["hub_mb"]) / found["mb_a_learner"])
    waits = f"the last one waits {found['together'][step]['last_s']:.0f} s to {step}, {slower[step]:.1f} times as long as one alone"
    return f"the cores ({waits}); the {found['memory_gb']:.0f} GB of memory would be full with {full} such learners"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--submissions", type=int, default=300, help="0 leaves the exchange out")
    parser.add_argument("--write", action="store_true", help=f"into {RESULTS.relative_to(ROOT)}")
    args = parser.parse_args()
    if os.geteuid():
        sys.exit("Only root can make Unix users.")
    names = [f"ser-bench-{number:03}" for number in range(args.learners + 1)]
    with real_hub(TEACHER, names) as hub:
        hub.teach(TEACHER, "nbgrader", "release_assignment", LESSON)
        lesson, aside = hub.course / "lessons" / LESSON, hub.folder / LESSON
        lesson.rename(aside)  # so that nobody has it before they fetch it
        found = {"cores": os.cpu_count(), "memory_gb": round(psutil.virtual_memory().total / 1e9, 1)}
        found |= the_class(hub, names)
        aside.rename(lesson)
        if args.submissions:
            found["exchange"] = the_exchange(hub, args.submissions, names)
    found["gives_way_first"] = gives_way(found)
    print(json.dumps(found, indent=1))
    if args.write:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    wrong = [step for part in ("alone", "together") for step in STEPS if found[part][step]["failed"]]
    return 1 if wrong or found.get("exchange", {}).get("lost") else 0


if __name__ == "__main__":
    sys.exit(main())
