"""Skips: a sentence on one's own machine, a failure in CI."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING = """
import pytest

def test_fixture(chromium): ...

@pytest.mark.skipif(True, reason="not today")
def test_mark(): ...

@pytest.mark.xfail(reason="known")
def test_known(): assert False

@pytest.mark.real
def test_real(crema_d_home): assert False
"""


@pytest.mark.skipif(sys.platform != "linux", reason="where CI holds every test to run")
@pytest.mark.parametrize(
    "ci, summary", [("", "2 skipped, 1 deselected, 1 xfailed"), ("true", "1 deselected, 1 xfailed, 2 errors")]
)
def test_what_is_missing(tmp_path, ci, summary):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_missing.py").write_text(MISSING)
    variables = {name: value for name, value in os.environ.items() if name != "CREMA_D_HOME"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-c",
            ROOT / "pyproject.toml",
            "--rootdir",
            tmp_path,
            tmp_path,
        ],
        env={**variables, "CI": ci, "PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert summary in done.stdout.splitlines()[-1], done.stdout
    assert "No chromium here: install Debian's `chromium`." in done.stdout and "not today" in done.stdout
