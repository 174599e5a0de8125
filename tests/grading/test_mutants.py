"""The kill table is what the mutants say today, and the checks notice nearly all of them."""

import re
import subprocess
import sys

import mutants
import pytest


def test_the_table_of_contracts_is_what_the_bank_says_today():
    written = mutants.TABLE.read_text(encoding="utf-8")
    assert written.partition(mutants.CONTRACTS)[2] == mutants.sentences().partition(mutants.CONTRACTS)[2], (
        "Run `python tests/grading/mutants.py`: the bank has changed."
    )


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
