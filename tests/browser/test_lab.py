"""Two solved lessons in a real JupyterLab in Chromium, cell by cell: no error, no warning, sound and figures there."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ser_helpers.course import build

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of two lessons, as start.py sets it up; its address."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("00_start_here", "05_split_and_scale"):
        shutil.copytree(build.ROOT / "solutions" / name, folder / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}", "--ServerApp.log_level=ERROR"]
    server = subprocess.Popen(command, env={**os.environ, "SER_CHECK": "1"})
    base = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(300):
        try:
            opener.open(f"{base}/api", timeout=2).close()
            break
        except OSError:
            time.sleep(0.2)
    yield f"{base}/lab/workspaces/{{name}}/tree/{{name}}/{{name}}.ipynb?token={token}", folder
    server.terminate()
    server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["00_start_here", "05_split_and_scale"])
def test_a_solved_lesson_runs_in_jupyterlab(lab, browser, name):
    address, folder = lab
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(address.format(name=name))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(
        "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'", timeout=60_000
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    path = folder / name / f"{name}.ipynb"
    cells = executed(page, path)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    pages = "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert re.search(r'<img [^>]*alt="[^"]{30,}"', pages)
    if name == "00_start_here":
        assert "<audio" in pages
        page.locator("audio").first.scroll_into_view_if_needed()
        assert page.locator("audio").first.is_visible()
    page.locator("figure img").first.scroll_into_view_if_needed()
    assert page.locator("figure img").first.evaluate("image => image.complete && image.naturalWidth > 300")
    if shots := os.environ.get("SER_SCREENSHOTS"):
        page.screenshot(path=Path(shots) / f"{name}.png")
    page.close()


def executed(page, path: Path) -> list[dict]:
    """Save until the file on the disk has run to its last cell; its code cells."""
    for _ in range(120):
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1000)
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        if all(cell["execution_count"] for cell in cells):
            return cells
    raise AssertionError(f"{path.name} did not run to its end")
