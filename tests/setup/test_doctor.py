"""`ser doctor`: a line each, OK or what to do."""

import json
import re
import shutil

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
    printed = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in printed["checks"]] == [found.name for found in doctor.checks()]


def test_json_tells_the_versions_that_a_helper_asks_for(capsys):
    doctor.report(as_json=True)
    text = capsys.readouterr().out
    versions = json.loads(text)["versions"]
    assert {"Python", "system", "ser-helpers", "numpy", "librosa", "nbgrader"} <= versions.keys()
    assert all(f'  "{name}": "{version}"' in text for name, version in versions.items())  # a line each
    assert not {"pytest", "distributed"} & versions.keys()  # of the course, not of its tests


def test_other_versions_are_named(monkeypatch):
    monkeypatch.setattr(doctor, "_required", lambda: ("requirements.lock", ["numpy==1.0.0", "no-such-thing==2"]))
    found = check("packages")
    assert not found.ok and "2 of 2 differ" in found.text and "start.py" in found.text
    assert "(wanted: ==1.0.0)" in found.text and "no-such-thing is missing" in found.text


def test_start_py_is_held_to_the_lock_and_other_environments_to_the_ranges(monkeypatch):
    monkeypatch.setattr(doctor, "OURS", True)
    source, requirements = doctor._required()
    exact = doctor.wanted_versions(requirements)
    assert source == "requirements.lock" and len(exact) > 100
    assert all(str(versions).startswith("==") for versions in exact.values())
    monkeypatch.setattr(doctor, "OURS", False)
    source, requirements = doctor._required()
    ranges = doctor.wanted_versions(requirements)
    assert source == "the list of ser-helpers" and ranges.keys() - exact.keys() == {"ser-helpers"}


def test_a_package_that_only_lies_on_the_path_is_said(monkeypatch, capsys):
    def nothing(_):
        raise doctor.metadata.PackageNotFoundError("ser-helpers")

    monkeypatch.setattr(doctor, "OURS", False)
    monkeypatch.setattr(doctor.metadata, "requires", nothing)
    monkeypatch.setattr(doctor.metadata, "distributions", lambda: [])
    found = check("packages")
    assert not found.ok and "ser-helpers is missing (wanted: any version)" in found.text
    doctor.report(as_json=True)
    assert json.loads(capsys.readouterr().out)["versions"]["ser-helpers"] == "missing"


def test_numba_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "OURS", True)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    found = check("numba cache")
    assert not found.ok and "nothing is compiled" in found.text and "start.py" in found.text
    (tmp_path / "a.nbc").touch()
    assert check("numba cache").ok
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(doctor, "_kernel_spec", lambda: (tmp_path, {"env": {"NUMBA_CACHE_DIR": str(tmp_path)}}))
    assert check("numba cache").ok


def test_a_kernel_whose_python_is_gone(monkeypatch, tmp_path):
    spec = {"argv": [str(tmp_path / "bin/python3.9"), "-m", "ipykernel_launcher"], "display_name": "Python 3"}
    monkeypatch.setattr(doctor, "_kernel_spec", lambda: (tmp_path, spec))
    found = check("kernel")
    assert not found.ok and "is gone" in found.text


def test_nbgrader_switched_off(monkeypatch, tmp_path):
    (tmp_path / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.validate_assignment": False}}})
    )
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    found = check("nbgrader")
    assert not found.ok and "switched off" in found.text


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


@pytest.mark.parametrize("name", ["tables", "kernel", "nbgrader"])
def test_this_environment_has_what_lessons_need(name):
    assert check(name).ok, check(name).text


@pytest.fixture
def recordings(monkeypatch, tmp_path):
    """A folder with six recordings of an actor, one of each emotion."""
    sound = corpus.find_audio(corpus.clip_table("practice")).iloc[0]
    for code in corpus.EMOTION_CODES:
        shutil.copy(sound, tmp_path / f"1001_dfa_{code}_xx.flac".lower())
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    return tmp_path


def test_recordings_in_lower_case_are_usable(recordings):
    assert check("CREMA-D audio").ok and "6 of 7,442 clips usable" in check("CREMA-D audio").text


@pytest.mark.parametrize(
    "content, words",
    [
        ("version https://git-lfs.github.com/spec/v1\n", "0 of 7,442 clips usable .* 6 are pointers instead of audio"),
        ("", "0 of 7,442 clips usable .* 6 are no audio"),
        ("<!DOCTYPE html>", "6 are no audio"),
    ],
)
def test_what_lies_in_the_place_of_recordings_is_named(recordings, content, words):
    for path in recordings.iterdir():
        path.write_text(content)
    found = check("CREMA-D audio")
    assert not found.ok and re.search(words, found.text) and "ser fetch --mini" in found.text


def test_links_that_lead_nowhere_are_named(recordings):
    for path in list(recordings.iterdir()):
        path.unlink()
        try:
            path.symlink_to(f"/nowhere/{path.name}")
        except OSError:
            pytest.skip("This system makes no links for its users.")
    found = check("CREMA-D audio")
    assert not found.ok and "6 clips" in found.text and "lead nowhere" in found.text


def test_an_emotion_without_recordings_is_named(recordings):
    (recordings / "1001_dfa_sad_xx.flac").unlink()
    found = check("CREMA-D audio")
    assert not found.ok and "5 of 7,442 clips usable" in found.text and "none is sad" in found.text
