"""`ser fetch` against a real server on this machine that cuts, stalls, lies and refuses."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

from ser_helpers import corpus
from ser_helpers.corpus import fetch as download
from ser_helpers.errors import CourseError

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"
PAGE = b"<!DOCTYPE html><html><body>This repository is over its data quota.</body></html>"


class Server(ThreadingHTTPServer):
    """Serves `files`; `faults` holds, per clip, what to do at each attempt ("ok" when the list is used up)."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], faults: dict[str, list[str]] | None = None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.faults, self.asked = files, faults or {}, Counter()
        self.address = f"http://127.0.0.1:{self.server_port}/AudioWAV"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that goes away is part of these tests."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        clip = self.path.rpartition("/")[2].removesuffix(".wav")
        attempt = self.server.asked[clip]
        self.server.asked[clip] += 1
        faults = self.server.faults.get(clip, [])
        fault = (
            faults[min(attempt, len(faults) - 1)] if faults and (attempt < len(faults) or faults[-1] != "ok") else "ok"
        )
        body = self.server.files.get(clip)
        if body is None or fault == "404":
            return self.answer(404, b"not here")
        if fault in ("429", "500"):
            return self.answer(int(fault), b"later", {"Retry-After": "0"})
        body = {"pointer": POINTER, "page": PAGE, "lie": body[:-2] + b"xx"}.get(fault, body)
        if fault == "cut":
            return self.answer(200, body[: len(body) // 2], {"Content-Length": str(len(body))})
        if fault == "stall":
            self.answer(200, body[:100], {"Content-Length": str(len(body))})
            return threading.Event().wait(3)
        if fault == "trickle":
            self.answer(200, body[:100], {"Content-Length": str(len(body))})
            while self.wfile.write(b"x"):  # until the client goes away
                threading.Event().wait(0.05)
        self.answer(200, body)

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch):
    """pooch pauses 1, 2 and 3 s between its tries; here a moment is enough."""
    import pooch.core

    monkeypatch.setattr(pooch.core.time, "sleep", lambda seconds, sleep=time.sleep: sleep(0.01))


def some_clips(n: int) -> tuple[pd.DataFrame, dict[str, bytes]]:
    rng = np.random.default_rng(0)
    files = {clip: b"RIFF" + rng.bytes(2000 + 10 * i) for i, clip in enumerate(corpus.clip_table()["clip"][:n])}
    table = pd.DataFrame({"clip": list(files), "bytes": [len(body) for body in files.values()]})
    table["sha256"] = [hashlib.sha256(body).hexdigest() for body in files.values()]
    return table, files


@pytest.fixture
def serve():
    servers = []

    def start(files, faults=None) -> Server:
        servers.append(Server(files, faults))
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def fetch(clips, folder, server, **kwargs):
    return download.fetch(clips, folder=folder, base=server.address, progress=False, **kwargs)


def assert_only_whole_clips(folder, files, expected):
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{clip}.wav" for clip in expected)
    assert all((folder / f"{clip}.wav").read_bytes() == files[clip] for clip in expected)


def test_all_is_well_and_the_second_run_asks_for_nothing(serve, tmp_path):
    clips, files = some_clips(20)
    server = serve(files)
    report = fetch(clips, tmp_path, server)
    assert report.complete and len(report.done) == 20
    assert_only_whole_clips(tmp_path, files, files)
    again = fetch(clips, tmp_path, server)
    assert again.complete and len(again.already) == 20 and not again.done
    assert sum(server.asked.values()) == 20


@pytest.mark.parametrize("fault", ["cut", "lie", "429", "500", "pointer", "page", "404"])
def test_a_passing_fault_is_tried_again(serve, tmp_path, fault):
    clips, files = some_clips(4)
    report = fetch(clips, tmp_path, serve(files, {clips["clip"][1]: [fault, "ok"]}))
    assert report.complete and len(report.done) == 4, report.sentence()
    assert_only_whole_clips(tmp_path, files, files)


@pytest.mark.parametrize("fault", ["stall", "trickle"])
def test_a_stall_is_broken_off(serve, tmp_path, fault):
    clips, files = some_clips(3)
    report = fetch(clips, tmp_path, serve(files, {clips["clip"][0]: [fault, "ok"]}), timeout=0.3)
    assert report.complete, report.sentence()
    assert_only_whole_clips(tmp_path, files, files)


@pytest.mark.parametrize(
    "fault, words",
    [
        ("pointer", "Git LFS pointers"),
        ("page", "web page instead of audio"),
        ("404", "answers 404"),
        ("429", "busy or broken"),
        ("lie", "not the official recording"),
        ("cut", "broke off"),
        ("stall", "went silent"),
    ],
)
def test_a_lasting_fault_has_a_reason_and_leaves_no_file(serve, tmp_path, fault, words, monkeypatch):
    monkeypatch.setattr("urllib3.util.retry.Retry.get_backoff_time", lambda self: 0)
    clips, files = some_clips(3)
    bad = clips["clip"][1]
    report = fetch(clips, tmp_path, serve(files, {bad: [fault]}), timeout=0.3)
    assert words in report.failed[bad] and list(report.failed) == [bad]
    assert words in report.sentence() and "goes on where this one stopped" in report.sentence()
    assert_only_whole_clips(tmp_path, files, set(files) - {bad})
    healed = fetch(clips, tmp_path, serve(files))
    assert healed.complete and healed.done == [bad]


def test_a_source_that_only_refuses_is_left_early(serve, tmp_path):
    clips, files = some_clips(200)
    server = serve(files, {clip: ["pointer"] for clip in files})
    report = fetch(clips, tmp_path, server)
    assert "Stopped early" in report.stopped and "--from" in report.stopped
    assert sum(server.asked.values()) < 60


def test_a_quota_that_ends_half_way_ends_the_run(serve, tmp_path):
    clips, files = some_clips(200)
    server = serve(files, {clip: ["pointer"] for clip in clips["clip"][50:]})
    report = fetch(clips, tmp_path, server)
    assert "Stopped early: the server sends Git LFS pointers" in report.stopped
    assert 40 < len(report.done) <= 50  # what was under way when it stopped is left for the next run
    assert_only_whole_clips(tmp_path, files, report.done)
    assert sum(server.asked.values()) < 110


def test_a_source_that_has_only_some_clips_gives_them(serve, tmp_path):
    """A teacher's laptop with the first and the last of 100 clips."""
    clips, files = some_clips(100)
    there = {clip: files[clip] for clip in (clips["clip"].iloc[0], clips["clip"].iloc[-1])}
    report = fetch(clips, tmp_path, serve(there))
    assert sorted(report.done) == sorted(there) and len(report.failed) == 98
    assert_only_whole_clips(tmp_path, files, there)


def test_a_wrong_file_under_a_clips_name_is_replaced(serve, tmp_path):
    """As after a clone without Git LFS: pointers that look like recordings."""
    clips, files = some_clips(3)
    (tmp_path / f"{clips['clip'][0]}.wav").write_bytes(POINTER)
    (tmp_path / f"{clips['clip'][1]}.wav").write_bytes(bytes(clips["bytes"][1]))
    assert fetch(clips, tmp_path, serve(files)).complete
    assert_only_whole_clips(tmp_path, files, files)


def test_an_old_copy_has_one_clip_by_its_old_name(serve, tmp_path):
    body = b"RIFF and what is in it"
    clips = pd.DataFrame({
        "clip": ["1040_ITH_SAD_XX"], "bytes": [len(body)], "sha256": [hashlib.sha256(body).hexdigest()]
    })  # fmt: skip
    server = serve({"1040_ITH_SAD_X": body})
    assert fetch(clips, tmp_path, server).complete and dict(server.asked) == {"1040_ITH_SAD_XX": 1, "1040_ITH_SAD_X": 1}
    assert_only_whole_clips(tmp_path, {"1040_ITH_SAD_XX": body}, ["1040_ITH_SAD_XX"])


def test_addresses_are_those_of_the_corpus():
    assert [source.address for source in corpus.named("crema-d").sources()] == [download.OFFICIAL, download.MIRROR]


def test_nobody_answers(tmp_path):
    clips, _ = some_clips(2)
    report = download.fetch(clips, folder=tmp_path, base="http://127.0.0.1:9/", progress=False)
    assert all("cannot be reached" in reason for reason in report.failed.values()) and len(report.failed) == 2


@pytest.mark.parametrize("base", ["my laptop", "ftp://laptop/", "laptop:8000", "http://"])
def test_what_is_no_address_is_said_at_once(tmp_path, base):
    with pytest.raises(CourseError, match="is no address"):
        download.fetch(some_clips(1)[0], folder=tmp_path / "new", base=base, progress=False)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written(tmp_path):
    clips, _ = some_clips(1)
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="cannot be written.*--to"):
        download.fetch(clips, folder=tmp_path / "file" / "AudioWAV", progress=False)


def test_a_folder_that_may_only_be_read(bubblewrap, serve, tmp_path):
    clips, files = some_clips(1)
    clips.to_csv(tmp_path / "clips.csv", index=False)
    (tmp_path / "AudioWAV").mkdir()
    read_only = [bubblewrap, "--dev-bind", "/", "/", "--ro-bind", tmp_path, tmp_path]
    printed, _ = fetching(tmp_path, serve(files), read_only).communicate(timeout=60)
    assert "AudioWAV cannot be written (Read-only file system). Choose another with --to" in printed
    assert not list((tmp_path / "AudioWAV").iterdir())


@pytest.mark.parametrize("variable", ["CREMA_D_HOME", ""])
def test_a_folder_where_the_lessons_do_not_look_is_told(serve, tmp_path, monkeypatch, variable):
    clips, files = some_clips(1)
    for name in corpus.HOMES:
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "other"))
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "other"))
    home = tmp_path / "other" / ("" if variable else "crema-d")
    server = serve(files)
    assert f"set CREMA_D_HOME to {tmp_path}" in fetch(clips, tmp_path, server).sentence()
    assert "CREMA_D_HOME" not in fetch(clips, home / "AudioWAV", server).sentence()


def test_too_little_disk_is_said_before_anything_is_asked_for(serve, tmp_path, monkeypatch):
    clips, files = some_clips(2)
    server = serve(files)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: shutil_usage(free=1000))
    with pytest.raises(CourseError, match="0 MB free.*--to"):
        fetch(clips, tmp_path, server)
    assert not server.asked and not list(tmp_path.iterdir())


def shutil_usage(free):
    return type("usage", (), {"total": free, "used": 0, "free": free})()


def test_the_disk_fills_up_half_way(serve, tmp_path, monkeypatch):
    clips, files = some_clips(30)
    real = download._look_at

    def look_until_full(chunk, left=[5]):  # noqa: B006, counts over calls
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        real(chunk)

    monkeypatch.setattr(download, "_look_at", look_until_full)
    report = fetch(clips, tmp_path, serve(files))
    assert "disk is full" in report.stopped
    assert_only_whole_clips(tmp_path, files, report.done)


@pytest.mark.parametrize("words, match", [(dict(actors=[1]), "There is no actor 1"), (dict(), "There is no actor")])
def test_select_refuses(words, match):
    with pytest.raises(CourseError, match=match):
        download.select(**words)


def test_the_mini_set_is_balanced():
    mini = download.select(mini=True)
    assert mini["actor_id"].nunique() == 91
    assert mini.groupby(["actor_id", "emotion"]).size().eq(1).all()


FETCH = """
import sys, pandas as pd
from ser_helpers.corpus import fetch as download
clips = pd.read_csv(sys.argv[1])
report = download.fetch(clips, folder=sys.argv[2], base=sys.argv[3], progress=False)
print(report.sentence())
sys.exit(0 if report.complete else 1)
"""


def fetching(tmp_path, server, within=()):
    command = [
        *within,
        sys.executable,
        "-c",
        FETCH,
        str(tmp_path / "clips.csv"),
        str(tmp_path / "AudioWAV"),
        server.address,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for_clips(folder, n):
    end = time.monotonic() + 30
    while time.monotonic() < end and len(list(folder.glob("*.wav"))) < n:
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 and Ctrl-C as signals are POSIX")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_fault_run(serve, tmp_path, how):
    """500 clips, 10 % cut, 5 % pointers, 5 % errors, the process killed or interrupted half-way; then once more."""
    clips, files = some_clips(500)
    clips.to_csv(tmp_path / "clips.csv", index=False)
    kinds = ["cut"] * 50 + ["pointer"] * 25 + ["500"] * 25
    unlucky = np.random.default_rng(1).permutation(clips["clip"])[: len(kinds)]
    server = serve(files, {clip: [kind, "ok"] for clip, kind in zip(unlucky, kinds, strict=True)})
    folder = tmp_path / "AudioWAV"
    first = fetching(tmp_path, server)
    wait_for_clips(folder, 200)
    first.send_signal(how)
    printed, _ = first.communicate(timeout=60)
    assert 0 < len(list(folder.glob("*.wav"))) < 500
    if how == signal.SIGINT:
        assert (
            "Stopped by Ctrl-C" in printed
            and "goes on where this one stopped" in printed
            and "Traceback" not in printed
        )
        assert not (folder / download.PARTIAL).exists()
    printed, _ = (second := fetching(tmp_path, server)).communicate(timeout=90)
    assert second.returncode == 0, printed
    assert_only_whole_clips(folder, files, files)


@pytest.mark.real
def test_official_recordings_have_their_official_hash(serve, tmp_path, crema_d_home):
    """The FLAC copies at hand, as the official WAV files, through the whole of fetch."""
    import io

    import soundfile as sf

    clips = download.select(actors=[1001]).iloc[:12]
    files = {}
    for clip, path in zip(clips["clip"], corpus.find_audio(clips), strict=True):
        buffer = io.BytesIO()
        sf.write(buffer, sf.read(path, dtype="int16")[0], 16000, format="WAV", subtype="PCM_16")
        files[clip] = buffer.getvalue()
    assert fetch(clips, tmp_path, serve(files)).complete


def test_a_socks_proxy_is_named_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:7890")
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="socks5h://127.0.0.1:7890 is a SOCKS proxy"):
        download.fetch(download.select(actors=[1001]), tmp_path / "AudioWAV", progress=False)
    assert not (tmp_path / "AudioWAV").exists()


def test_a_proxy_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    report = download.fetch(download.select(actors=[1001])[:1], tmp_path, progress=False)
    assert "the proxy http://127.0.0.1:9 cannot be reached" in report.sentence()
