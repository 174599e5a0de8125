"""The instructor's first hour, as solutions/README.md tells it: on a fresh clone, and the marks' way back to the students."""

import os
import pwd
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from ser_helpers.course.grading import admit
from ser_helpers.errors import CourseError
from ser_helpers.places import CHECKOUT as ROOT

from .conftest import as_user

LESSON = "00_start_here"


@pytest.fixture
def clone(new_classroom):
    """A course's folder in which nothing has happened yet."""
    room = new_classroom()
    shutil.rmtree(room.folder / ".classroom")
    return room


def gradebook(room) -> Gradebook:
    return Gradebook(f"sqlite:///{room.folder}/.classroom/gradebook.db")


def test_the_first_commands_work_where_nothing_is_yet(clone):
    (clone.folder / ".classroom").mkdir()
    table = clone.folder / ".classroom" / "students.csv"
    table.write_text("id,first_name,last_name,email,lms_user_id\nlena,Lena,Meier,lena@example.org,12345\n")
    for words in (
        ("db", "student", "import", ".classroom/students.csv"),
        ("db", "assignment", "add", LESSON, "--duedate=2027-07-01 23:59:00 Europe/Berlin"),
    ):
        shutil.rmtree(clone.folder / "nowhere", ignore_errors=True)
        printed, code = clone.nbgrader(*words)
        assert code == 0 and "Traceback" not in printed, printed
    with gradebook(clone) as book:
        assert book.find_student("lena").lms_user_id == "12345"
        assert book.find_assignment(LESSON).duedate == datetime(2027, 7, 1, 21, 59)
