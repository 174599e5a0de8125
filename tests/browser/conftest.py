"""A real JupyterLab and a real Chromium, with a microphone that plays a practice clip again and again."""

import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest
import soundfile

from ser_helpers import audio, corpus, places

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},  # what a widget lets into the notebook shows
}


@dataclass
class Lab:
    """A running JupyterLab: its folder, its address and its token."""

    folder: Path
    base: str
    token: str

    def address(self, name: str, classic: bool = False) -> str:
        """Where the notebook <name>/<name>.ipynb opens, in a workspace of its own, or in Notebook 7."""
        view = "notebooks" if classic else f"lab/workspaces/{name}/tree"
        return f"{self.base}/{view}/{name}/{name}.ipynb?token={self.token}"

    def write(self, name: str, *cells: str) -> Path:
        """Put a notebook with these code cells into the folder; its path."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.folder / name / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def run(self, page, name: str, timeout: float = 60, address: str = ""):
        """Open the notebook in a page, run all its cells, and wait for the last."""
        page.goto(address or self.address(name))
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached", timeout=60_000)
        path, end, asked = self.folder / name / f"{name}.ipynb", time.monotonic() + timeout, 0.0
        while time.monotonic() < end:
            counts = [cell["execution_count"] for cell in self.saved(page, path)]
            if all(counts):
                return page
            waits = page.locator(".jp-InputPrompt").filter(has_text="*").count()
            if not any(counts) and not waits and time.monotonic() > asked + 5:  # a kernel still connecting may forget
                page.get_by_role("menuitem", name="Run", exact=True).click()
                page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
                asked = time.monotonic()
        raise AssertionError(f"{path.name} did not run to its end in {timeout} s")

    @staticmethod
    def saved(page, path: Path) -> list[dict]:
        """Save the notebook that is open; the code cells of the file on the disk."""
        page.keyboard.press("Control+s")
        for _ in range(5):
            page.wait_for_timeout(500)
            with suppress(ValueError):  # it is being written
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                return [cell for cell in cells if cell["cell_type"] == "code"]
        raise AssertionError(f"{path.name} is no notebook after it was saved")


@pytest.fixture(scope="module")
def lab(tmp_path_factory, serve_lab):
    """JupyterLab, as start.py sets it up, on a folder with two solved lessons."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("00_start_here", "05_split_and_scale"):
        shutil.copytree(places.CHECKOUT / "solutions" / name, folder / name)
    settings = tmp_path_factory.mktemp("settings")
    (settings / "overrides.json").write_text(json.dumps(SETTINGS))
    options = [f"--LabApp.app_settings_dir={settings}", f"--LabApp.user_settings_dir={settings / 'user'}"]
    options += [f"--LabApp.workspaces_dir={settings / 'workspaces'}", "--ServerApp.local_hostnames=plain.test"]
    return Lab(folder, *serve_lab(folder, *options, SER_CHECK="1"))


@pytest.fixture(scope="session")
def spoken(tmp_path_factory) -> Path:
    """The WAV that the fake microphone plays in a loop: a practice clip, and a pause."""
    clips = corpus.clip_table("practice")
    sound = audio.read_clip(corpus.find_audio(clips.iloc[:1]).iloc[0])
    path = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    soundfile.write(path, np.pad(sound, (0, 3 * audio.SAMPLE_RATE)), audio.SAMPLE_RATE)
    return path


@pytest.fixture(scope="session")
def flags(spoken) -> list[str]:
    """A page may use the microphone after `context.grant_permissions(["microphone"])`; it hears `spoken`."""
    return [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}",
        "--host-resolver-rules=MAP plain.test 127.0.0.1",  # the same server under a name that browsers do not trust
    ]


@pytest.fixture(scope="session")
def axe():
    """Looks for what keeps people out: axe(page, ".ser-recorder") is a line per serious or critical finding inside."""
    from axe_playwright_python.sync_playwright import Axe

    def findings(page, inside: str) -> list[str]:
        return [
            f"{found['id']}: {node['html']} {node['failureSummary']}"
            for found in Axe().run(page, inside).response["violations"]
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]

    return findings


WATCH = """panel => {
  window.moved = [];
  new PerformanceObserver(list => list.getEntries().forEach(entry => entry.sources.forEach(
    ({ node }) => panel.contains(node) && window.moved.push(`${node.outerHTML.slice(0, 80)} ${entry.value}`)
  ))).observe({ type: "layout-shift" });
}"""


@pytest.fixture(scope="session")
def moves():
    """moves(panel) begins to watch it; called later, what it gives lists the parts that have changed their place."""

    def watch(panel):
        panel.page.wait_for_timeout(500)  # what is still being drawn is no move
        panel.evaluate(WATCH)
        return lambda: panel.page.evaluate("window.moved")

    return watch


@pytest.fixture(scope="session")
def themes():
    """See `in_both_themes`."""
    return in_both_themes


def in_both_themes(page, what: str, name: str):
    """For each theme of JupyterLab in turn: switch to it, and picture the element where SER_SCREENSHOTS names a folder."""
    for theme in ("Dark", "Light"):
        page.get_by_role("menuitem", name="Settings", exact=True).click()
        for item in ("Theme", f"JupyterLab {theme}"):
            page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()
        page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']").wait_for(state="attached")
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        if folder := os.environ.get("SER_SCREENSHOTS"):
            page.locator(what).first.screenshot(path=Path(folder) / f"{name}-{theme.lower()}.png")
        yield theme
