"""Where the package finds its data and the course: by itself in a clone, by two variables, and in words where it cannot."""

import os
import subprocess
import sys

import pytest

from ser_helpers import places
from ser_helpers.errors import CourseError


@pytest.fixture
def course(tmp_path):
    """A folder of a learner's with one lesson, and a place of theirs below it."""
    (tmp_path / "my course" / "lessons" / "03_mfcc").mkdir(parents=True)
    return tmp_path / "my course"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in ("SER_DATA", "SER_COURSE"):
        monkeypatch.delenv(name, raising=False)


def test_a_clone_finds_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert places.data_folder() == places.CHECKOUT / "data"
    assert places.course_folder() == places.CHECKOUT


def test_an_installed_package_has_its_data_inside(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(places, "PACKAGE", tmp_path)
    assert places.data_folder() == tmp_path / "data"


def test_the_course_is_the_nearest_folder_above_with_lessons(course, monkeypatch):
    monkeypatch.chdir(course / "lessons" / "03_mfcc")
    assert places.course_folder() == course


def test_variables_come_first(course, monkeypatch):
    data = course / "data"
    (data / "practice").mkdir(parents=True)
    (data / "practice" / "manifest.csv").touch()
    monkeypatch.setenv("SER_COURSE", str(course))
    monkeypatch.setenv("SER_DATA", str(data))
    assert places.course_folder() == course and places.data_folder() == data
    done = subprocess.run(
        [sys.executable, "-c", "from ser_helpers import places; print(places.DATA)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(data)


def test_an_empty_variable_counts_as_none(monkeypatch):
    monkeypatch.setenv("SER_COURSE", "")
    monkeypatch.setenv("SER_DATA", "")
    assert places.course_folder() == places.data_folder().parent == places.CHECKOUT


@pytest.mark.parametrize("value", ["/no/such/folder", "here"])
@pytest.mark.parametrize("variable, find", [("SER_DATA", places.data_folder), ("SER_COURSE", places.course_folder)])
def test_a_wrong_variable_is_said(variable, find, value, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, str(tmp_path) if value == "here" else value)
    with pytest.raises(CourseError, match=f"Correct {variable} or remove it"):
        find()


def test_no_course_anywhere_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "CHECKOUT", tmp_path)
    with pytest.raises(CourseError, match="There is no course in .* set SER_COURSE"):
        places.course_folder()


def test_the_command_says_it_in_a_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ser_helpers", "predict", "x.wav"],
        env={**os.environ, "SER_DATA": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2 and done.stderr.startswith("ser: SER_DATA is "), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("named", [True, False])
def test_numba_gets_a_folder_where_none_of_its_own_can_be_written(named, monkeypatch, tmp_path):
    if named:
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "read-only"))
    else:
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    before = os.environ.get("NUMBA_CACHE_DIR")
    places.keep_numba_a_cache()
    assert os.environ.get("NUMBA_CACHE_DIR") == before  # one that can be written, or made
    monkeypatch.setattr(places.os, "access", lambda *_: False)
    monkeypatch.setattr(places.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    places.keep_numba_a_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "ser-numba-")
