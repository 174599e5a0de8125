"""`ser doctor`: a line each, OK or what to do."""

import json

import pytest

from ser_helpers import corpus
from ser_helpers.course import doctor


def check(name: str) -> doctor.Check:
    return next(found for found in doctor.checks() if found.name == name)


def test_a_line_for_every_part(capsys):
    code = doctor.report()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8 and all(line.startswith(("OK  ", "MEND")) for line in lines)
    assert code == (1 if any(line.startswith("MEND") for line in lines) else 0)
    doctor.report(as_json=True)
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == [found.name for found in doctor.checks()]


def test_other_versions_are_named(monkeypatch):
    monkeypatch.setattr(doctor, "locked_versions", lambda lock: {"numpy": "1.0.0", "no-such-thing": "2"})
    found = check("packages")
    assert (
        not found.ok
        and "(lock: 1.0.0)" in found.text
        and "no-such-thing missing" in found.text
        and "start.py" in found.text
    )


def test_numba_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert "NUMBA_CACHE_DIR is not set" in check("numba cache").text
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert "nothing is compiled yet" in check("numba cache").text
    (tmp_path / "a.nbc").touch()
    assert check("numba cache").ok


def test_a_damaged_practice_clip_is_found(monkeypatch):
    table = corpus.clip_table("practice")
    table.loc[0, "sha256"] = "0" * 64
    monkeypatch.setattr(corpus, "clip_table", lambda source="crema-d": table)
    found = check("practice voices")
    assert not found.ok and table["clip"][0] in found.text


def test_a_wrong_audio_folder_is_something_to_mend(monkeypatch, tmp_path):
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    found = check("CREMA-D audio")
    assert not found.ok and "CREMA_D_HOME" in found.text


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("usage", (), {"free": 2e8})())
    assert "make room" in check("disk").text


def test_the_lock_is_read_with_its_markers(tmp_path):
    lock = tmp_path / "a.lock"
    lock.write_text(
        "numpy==2.4.6 \\\n    --hash=sha256:0\npywin32==3 ; sys_platform == 'nowhere' \\\n    --hash=sha256:0\n"
    )
    assert doctor.locked_versions(lock) == {"numpy": "2.4.6"}


@pytest.mark.parametrize("name", ["tables", "kernel", "nbgrader"])
def test_this_environment_has_what_lessons_need(name):
    assert check(name).ok, check(name).text
