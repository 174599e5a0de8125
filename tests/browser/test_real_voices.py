"""The button that brings real recordings, pressed in a real JupyterLab: progress in the notebook, and what came of it."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ser_helpers import corpus

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PANEL = ".ser-panel"
CLIPS = [f"{actor}_DFA_{code}_XX" for actor in (1001, 1002, 1027) for code in corpus.EMOTION_CODES]
CELL = """
import os, pandas as pd
for name in ("CREMA_D_HOME", "SER_CLASS_FOLDER"):
    os.environ.pop(name, None)
os.environ["SER_CACHE"] = {cache!r}
from ser_helpers import widgets
from ser_helpers.corpus import fetch
from ser_helpers.widgets import bring
fetch.OFFICIAL = {address!r}
bring.chosen = lambda: pd.DataFrame({clips!r})
widgets.real_voices()
"""


class Slowly(SimpleHTTPRequestHandler):
    """A server that takes a moment for each file."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        threading.Event().wait(0.2)
        super().do_GET()


@pytest.fixture
def served(tmp_path):
    """The address of a server with 18 files, and a table of them."""
    files = {clip: b"RIFF" + bytes([n]) * 20000 for n, clip in enumerate(CLIPS)}
    for clip, body in files.items():
        (tmp_path / f"{clip}.wav").write_bytes(body)
    table = {
        "clip": CLIPS,
        "bytes": [20004] * 18,
        "sha256": [hashlib.sha256(body).hexdigest() for body in files.values()],
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Slowly, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", table
    server.shutdown()
    server.server_close()


def test_one_press_brings_them(lab, browser, served, axe, themes, moves, tmp_path_factory):
    address, clips = served
    cache = str(tmp_path_factory.mktemp("cache"))
    lab.write("voices", CELL.format(cache=cache, address=address, clips=clips))
    page = lab.run(browser.new_page(viewport={"width": 1100, "height": 700}), "voices")
    panel = page.locator(PANEL).first
    panel.get_by_text("Open Database License").wait_for()
    for theme in themes(page, PANEL, "real-voices"):
        assert axe(page, PANEL) == [], theme
    moved = moves(panel)
    panel.get_by_role("button").press("Enter")
    panel.get_by_role("progressbar", name="Recordings fetched").wait_for()
    status = panel.get_by_role("status")
    status.get_by_text("18 recordings came.").wait_for()
    panel.get_by_role("button").press("Enter")
    status.get_by_text("18 recordings of 3 actors are here.").wait_for()
    assert moved() == []
    page.close()
