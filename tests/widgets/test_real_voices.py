"""The button that brings real recordings: its kernel's half, against a server on this machine."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest

from ser_helpers import corpus, widgets
from ser_helpers.corpus import fetch
from ser_helpers.widgets import bring


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def panel(tmp_path, monkeypatch):
    """The panel on a machine without recordings, 18 clips behind its button, each of its messages in a list."""
    for name in (*corpus.HOMES, "SER_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    there = tmp_path / "served"
    there.mkdir()
    clips = [f"{actor}_DFA_{code}_XX" for actor in (1001, 1002, 1027) for code in corpus.EMOTION_CODES]
    files = {clip: b"RIFF" + bytes([n]) * 10000 for n, clip in enumerate(clips)}
    for clip, body in files.items():
        (there / f"{clip}.wav").write_bytes(body)
    hashes = [hashlib.sha256(body).hexdigest() for body in files.values()]
    table = pd.DataFrame({"clip": clips, "bytes": 10004, "sha256": hashes})
    monkeypatch.setattr(bring, "chosen", lambda: table)
    widget = widgets.real_voices()
    widget.messages = []
    widget.send = lambda content, buffers=None: widget.messages.append(content)
    widget.folder = there
    return widget


def press(widget, name="bring"):
    widget._handle_custom_msg({"name": name, "value": ""}, [])
    return widget.messages[-1]["parts"]


def test_it_says_what_the_licence_asks_for_and_what_to_do_without_a_network(panel):
    parts = press(panel, "ready")
    assert "Open Database License" in parts["about"] and "form" in parts["about"]
    assert "practice voices" in parts["without"] and parts["status"] == "None of them is on this disk yet."


def test_the_recordings_come_and_the_lessons_use_them(panel, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(panel.folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(fetch, "OFFICIAL", f"http://127.0.0.1:{server.server_port}")
    assert corpus.lesson_clips().attrs["source"] == "practice"
    parts = press(panel)
    server.shutdown()
    server.server_close()
    assert parts["status"].startswith("18 recordings came.")
    told = [message["parts"]["progress"] for message in panel.messages if "progress" in message["parts"]]
    assert any("0.2 of 0.2 MB" in words for words in told), told
    assert corpus.lesson_clips().attrs["source"] == "crema-d"
    assert press(panel)["status"].startswith("18 recordings of 3 actors are here.")


def test_without_a_network_it_says_so_and_the_practice_voices_stay(panel, monkeypatch):
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setattr(fetch, "OFFICIAL", "http://127.0.0.1:9")
    status = press(panel)["status"]
    assert status.startswith("0 of 18 recordings are here:") and "Is the network up?" in status
    assert corpus.lesson_clips().attrs["source"] == "practice"
