"""What is taken out of a submission, and what is not; none of this runs a student's code but the last two."""

import json
import os
import warnings

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum

from ser_helpers.course.authoring import release
from ser_helpers.course.grading import adapters, admit
from ser_helpers.course.grading.pipeline import Lesson
from ser_helpers.course.rebuild import rebuild
from ser_helpers.places import CHECKOUT as ROOT

LESSON = "05_split_and_scale"
WRITTEN = "Forty-five: those actors are new to the model."


def place(notebook, grade_id: str) -> int:
    return next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def admitted(room, notebook) -> tuple[nbformat.NotebookNode, list[str]]:
    """The course's notebook with what was handed in, and what was repaired."""
    handed_in, notes = admit.admit(room.submit("ann", LESSON, notebook), LESSON)
    lesson = Lesson.read(LESSON, room.folder)
    made, repairs = rebuild(handed_in, lesson.release, lesson.source)
    return made, [*notes, *repairs]


@pytest.fixture
def room(shared_classroom):
    return shared_classroom


def written_id(notebook) -> str:
    """The grade_id of the lesson's written answer."""
    about = [c.metadata["nbgrader"] for c in notebook.cells if c.cell_type == "markdown" and "nbgrader" in c.metadata]
    return next(a["grade_id"] for a in about if a["solution"])


def test_the_courses_own_cells_come_from_the_course(room):
    notebook = room.solved(LESSON)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source, cell.metadata["nbgrader"]["points"] = "1 / 1", 100
    source = nbformat.read(room.folder / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    graded = [c for c in admitted(room, notebook)[0].cells if c.metadata.get("nbgrader", {}).get("grade")]
    truth = [c for c in source.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert [c.metadata["nbgrader"] for c in graded] == [c.metadata["nbgrader"] for c in truth]
    assert [c.source for c in graded if c.cell_type == "code"] == [c.source for c in truth if c.cell_type == "code"]
    assert not any("skip-execution" in c.metadata.get("tags", []) for c in graded)


def test_a_check_that_the_course_has_mended_since_was_not_changed_by_the_student(new_classroom):
    room, lesson = new_classroom(), Lesson.read(LESSON, ROOT)
    mended = lesson.source.cells[place(lesson.source, "fit_scaler-check")]
    mended.source += "\n# mended"
    mended.metadata["nbgrader"]["points"] = 2
    handed_in = room.solved(LESSON)
    check = handed_in.cells[place(handed_in, "fit_scaler-check")]
    check.source = "assert fit_scaler([[1.0], [3.0]])"  # as a whole check stood there once
    check.metadata["nbgrader"]["checksum"] = compute_checksum(check)
    changed = f"{check.metadata['nbgrader']['grade_id']}: the check had been changed; the course's own ran."
    for text, checksum, notes in (
        (check.source, check.metadata["nbgrader"]["checksum"], []),
        (check.source + " ", check.metadata["nbgrader"]["checksum"], [changed]),
        (check.source, [3], [changed]),
    ):
        check.source, check.metadata["nbgrader"]["checksum"] = text, checksum
        read, _ = admit.admit(room.submit("ann", LESSON, handed_in), LESSON)
        made, repairs = rebuild(read, lesson.release, lesson.source)
        assert repairs == rebuild(read, release.outline(lesson.source), lesson.source)[1] == notes  # as in `ser check`
        assert made.cells[place(made, "fit_scaler-check")].source.endswith("# mended")


def test_a_written_answer_keeps_its_place_when_its_mark_is_lost(room):
    notebook = room.untouched(LESSON)
    name = written_id(notebook)
    notebook.cells[place(notebook, name)] = new_markdown_cell(WRITTEN)
    marked, notes = admitted(room, notebook)
    assert marked.cells[place(marked, name)].source == WRITTEN
    assert notes == [f"{name}: the answer stood in another cell; it counts."]


def test_of_several_texts_nobody_guesses_the_answer(room):
    notebook = room.untouched(LESSON)
    name = written_id(notebook)
    notebook.cells[place(notebook, name)] = new_markdown_cell(WRITTEN)
    notebook.cells.append(new_markdown_cell("A note of my own."))
    marked, notes = admitted(room, notebook)
    assert [c.source for c in marked.cells if c.source == WRITTEN] == [WRITTEN]
    assert notes == [f"{name}: the answer's cell was missing."]


def test_an_answer_below_its_stub_stays_and_one_behind_the_check_is_moved(room):
    answer = "def fit_scaler(X_train):\n    return 'mine'"
    for behind in ("fit_scaler", "fit_scaler-more"):
        notebook = room.untouched(LESSON)
        notebook.cells.insert(place(notebook, behind) + 1, new_code_cell(answer))
        marked, _ = admitted(room, notebook)
        at = next(i for i, c in enumerate(marked.cells) if c.source == answer)
        assert place(marked, "fit_scaler") <= at < place(marked, "fit_scaler-check")


def test_a_survey_reads_everything_and_changes_nothing(classroom):
    for student, what in {"ann": classroom.solved(LESSON), "bob": b"", "eve": lambda folder: folder.rmdir()}.items():
        classroom.submit(student, LESSON, what)
    classroom.submit("dan", LESSON.upper(), b"")
    (classroom.submit("fay", LESSON, classroom.solved(LESSON)) / "timestamp.txt").write_text("soon")
    submitted = classroom.folder / ".classroom" / "submitted"
    before = {path: path.stat().st_mtime_ns for path in submitted.rglob("*")}
    found = admit.survey(submitted, LESSON)
    assert {path: path.stat().st_mtime_ns for path in submitted.rglob("*")} == before
    assert found["ann"] == found["fay"] == "" and "empty" in found["bob"] and "Rename" in found["dan"]
    assert "eve" not in found  # nothing was handed in
    assert list(admit.survey(submitted, LESSON, "a*")) == ["ann"]


def test_a_picture_in_a_written_answer_goes_on_and_other_keys_do_not(room):
    notebook = room.solved(LESSON)
    answer = notebook.cells[place(notebook, written_id(notebook))]
    answer.source = "".join(f"![{name}](attachment:{name}%20x.png)" for name in "abcd")
    answer["attachments"] = {
        "a x.png": {"image/svg+xml": "PHN2Zz4=", "image/png": "AA==\n"},
        "b x.png": {"image/png": '"><script>'},
        "c x.png": {"image/png": 3},
    }
    notebook.cells[1]["surprise"], notebook.cells[0]["attachments"] = [1], "none"
    made, _ = admitted(room, notebook)
    kept = made.cells[place(made, written_id(made))].source
    lost = "".join(f"![{name}](attachment: {name}%20x.png)" for name in "bcd")
    assert kept == f"![a](data:image/png;base64,AA==){lost}"
    assert "surprise" not in json.dumps(made) and "script>" not in kept


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_newer_submission_and_a_mended_check_are_graded_again(classroom):
    lesson = "00_start_here"
    folder = classroom.submit("ann", lesson, classroom.untouched(lesson))
    for date, notebook, points in (
        ("2026-03-01 10:00:00 UTC", classroom.untouched(lesson), 0),
        ("2026-03-02 10:00:00 UTC", classroom.solved(lesson), 1),
    ):
        (folder / "timestamp.txt").write_text(date)
        classroom.submit("ann", lesson, notebook)
        printed, code = classroom.nbgrader("autograde", lesson)
        assert code == 0, printed
        assert sum(classroom.scores(lesson)["ann"].values()) == points
    source, write = the_source(classroom, lesson)
    source.cells[place(source, "seconds_of-check")].source = "raise AssertionError('Now nobody passes.')"
    write()
    printed, code = classroom.nbgrader("autograde", lesson, "--force")
    assert code == 0, printed
    assert classroom.scores(lesson)["ann"] == {"seconds_of-check": 0}
    assert classroom.record(lesson, "ann").cells["seconds_of-check"].says == "Now nobody passes."


def test_points_that_changed_are_the_new_maximum(new_classroom, monkeypatch):
    room, lesson = new_classroom(), "00_start_here"
    source, write = the_source(room, lesson)
    monkeypatch.chdir(room.folder)
    for points in (1, 3):
        source.cells[place(source, "seconds_of-check")].metadata["nbgrader"]["points"] = points
        write()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own
            adapters.register(*adapters.coursedir(lesson))
            with Gradebook(f"sqlite:///{room.folder}/.classroom/gradebook.db", "ser") as gradebook:
                gradebook.update_or_create_student("ann")
                gradebook.update_or_create_submission(lesson, "ann")  # the second time, one is there
                assert gradebook.find_assignment(lesson).max_score == points


def the_source(classroom, lesson):
    """A lesson's source, and how to write it when it was changed."""
    path = classroom.folder / "solutions" / lesson / f"{lesson}.ipynb"
    source = nbformat.read(path, as_version=4)
    os.chmod(path, 0o644)
    return source, lambda: nbformat.write(source, path)
