"""The tools that look at the house."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def finds_nothing():
    """A function that runs a tool of this environment in the clone, and fails with what it has found."""

    def run(name: str, *options: str) -> None:
        tool = shutil.which(name, path=Path(sys.executable).parent)
        assert tool, f"{name} is not in this environment: `python3 start.py test` brings it."
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([tool, *options], cwd=ROOT, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return run
