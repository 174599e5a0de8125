"""What every test can ask for; what is missing is said in a sentence, and in CI on Linux it is a failure."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from ser_helpers import corpus

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
collect_ignore_glob = ["benchmarks/*", "submissions/*/answers.py"]  # commands and data, no tests
# On Linux, where a test that would be skipped fails; other systems have no bubblewrap and other signals.
IN_CI = os.environ.get("CI", "").lower() == "true" and sys.platform == "linux"
CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)


# What a shell runs in the background ignores Ctrl-C, and so would every program that a test starts there and ends like that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also the long tests: browser, cluster, whole environments")


def pytest_collection_modifyitems(config, items):
    """Leave out what was not asked for, or what this machine cannot have."""
    left_out = set()
    if not config.getoption("--all"):
        left_out |= {item for item in items if item.get_closest_marker("long") or item.get_closest_marker("browser")}
    if not os.environ.get("CREMA_D_HOME"):
        left_out |= {item for item in items if item.get_closest_marker("real")}
    if left_out:
        config.hook.pytest_deselected(items=sorted(left_out, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in left_out]
    # Files with long tests first, so that where files run side by side none of them is left over at the end.
    long = {item.path for item in items if item.get_closest_marker("long") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in long)


def _no_skips_in_ci(report):
    """A test that nobody runs protects nobody."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        report.outcome, report.longrepr = "failed", f"Skipped, which counts as a failure in CI: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _no_skips_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _no_skips_in_ci((yield))


@pytest.fixture(scope="module", autouse=True)
def own_corpora():
    """Each file of tests has the corpora that come with the course, whatever files before it in this process named."""
    before = dict(corpus.CORPORA._parts)
    yield
    corpus.CORPORA._parts = before


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that a test may drive."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return found or pytest.skip("No chromium here: install Debian's `chromium`.")


@pytest.fixture(scope="module")
def browser(chromium, flags):
    """A running Chromium. Playwright's event loop holds the thread, so it ends with its module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def flags() -> list[str]:
    """Chromium's options beyond the usual; a folder of tests may have its own."""
    return []


@pytest.fixture(scope="module")
def serve_lab():
    """Starts JupyterLab in a folder, serve_lab(folder, "--Option=value", NAME="in its environment"): address, token."""
    with contextlib.ExitStack() as servers:

        def serve(folder, *options: str, **environment: str) -> tuple[str, str]:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            token = secrets.token_hex(8)
            own = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.log_level=ERROR"]
            own += [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *own, *options], cwd=folder, env={**os.environ, **environment}
            )
            servers.callback(server.wait, timeout=60)
            servers.callback(server.terminate)
            base, opener = f"http://127.0.0.1:{port}", urllib.request.build_opener(urllib.request.ProxyHandler({}))
            end = time.monotonic() + 60
            while time.monotonic() < end and server.poll() is None:
                with contextlib.suppress(OSError), opener.open(f"{base}/api", timeout=2):
                    return base, token
                time.sleep(0.2)
            raise AssertionError(f"JupyterLab did not start in {folder}: its log is above.")

        yield serve


@pytest.fixture(scope="session")
def bubblewrap() -> str:
    """Path of bwrap."""
    return shutil.which("bwrap") or pytest.skip("No bubblewrap here: install Debian's `bubblewrap`.")


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """Path of ffmpeg, which makes the kinds of files that people have."""
    return shutil.which("ffmpeg") or pytest.skip("No ffmpeg here: install Debian's `ffmpeg`.")


@pytest.fixture(scope="session")
def crema_d_home():
    """The folder with real audio; tests that ask for it carry the mark `real`."""
    return corpus.audio_home()
