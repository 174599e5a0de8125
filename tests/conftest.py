"""What every test can ask for; what is missing is said in a sentence, and in CI it is a failure."""

import os
import shutil

import pytest

from ser_helpers import corpus

collect_ignore_glob = ["benchmarks/*", "submissions/*/answers.py"]  # commands and data, no tests
IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also the long tests: browser, cluster, whole environments")


def pytest_collection_modifyitems(config, items):
    """Leave out what was not asked for, or what this machine cannot have."""
    left_out = set()
    if not config.getoption("--all"):
        left_out |= {item for item in items if item.get_closest_marker("long")}
    if not os.environ.get("CREMA_D_HOME"):
        left_out |= {item for item in items if item.get_closest_marker("real")}
    if left_out:
        config.hook.pytest_deselected(items=sorted(left_out, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in left_out]


def _need(found, sentence: str):
    if not found:
        (pytest.fail if IN_CI else pytest.skip)(sentence)
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that a test may drive."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return _need(next(filter(None, map(shutil.which, names)), None), "No chromium here: install Debian's `chromium`.")


@pytest.fixture(scope="session")
def bubblewrap() -> str:
    """Path of bwrap."""
    return _need(shutil.which("bwrap"), "No bubblewrap here: install Debian's `bubblewrap`.")


@pytest.fixture(scope="session")
def crema_d_home():
    """The folder with real audio; tests that ask for it carry the mark `real`."""
    return corpus.audio_home()
