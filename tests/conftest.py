"""What every test can ask for; what is missing is said in a sentence, and in CI it is a failure."""

import os
import shutil

import pytest

from ser_helpers import corpus

collect_ignore_glob = ["benchmarks/*", "submissions/*/answers.py"]  # commands and data, no tests
IN_CI = os.environ.get("CI", "").lower() == "true"
CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)


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


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that a test may drive."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return found or pytest.skip("No chromium here: install Debian's `chromium`.")


@pytest.fixture(scope="session")
def bubblewrap() -> str:
    """Path of bwrap."""
    return shutil.which("bwrap") or pytest.skip("No bubblewrap here: install Debian's `bubblewrap`.")


@pytest.fixture(scope="session")
def crema_d_home():
    """The folder with real audio; tests that ask for it carry the mark `real`."""
    return corpus.audio_home()
