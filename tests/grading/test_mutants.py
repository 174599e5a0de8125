"""The kill table is what the mutants say today, and the checks notice nearly all of them."""

import re
import subprocess
import sys

import pytest


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_checks_notice_small_mistakes_and_the_table_says_so(request):
    mutants = request.path.with_name("mutants.py")
    done = subprocess.run([sys.executable, mutants, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"Run `python {mutants.name}`: the kill table would change.\n{done.stdout}{done.stderr}"
    )
    assert float(re.search(r"([\d.]+)% are noticed", done.stdout)[1]) >= 97
    assert "No reason is known" not in done.stdout
