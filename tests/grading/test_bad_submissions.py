"""One batch with everything that is wrong with real classes' submissions: it finishes, and nobody pays for a neighbour."""

import json
import os
import stat

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

LESSON = "04_noise"
ALL = 11  # points
BUG = "raise ValueError('not there yet')"


def position(notebook, grade_id: str) -> int:
    return next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def each_check(notebook) -> list:
    return [c for c in notebook.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("grade")]


def copied(room):
    notebook = room.solved(LESSON)
    place = position(notebook, "measure_snr")
    notebook.cells.insert(place, notebook.cells[place].copy())
    return notebook


def copied_unfinished(room):
    notebook = copied(room)
    first = notebook.cells[position(notebook, "measure_snr")] = notebook.cells[position(notebook, "measure_snr")].copy()
    first.source = "def measure_snr(clean, noisy):\n    return 10 *"
    return notebook


def split(room):
    notebook = room.solved(LESSON)
    place = position(notebook, "measure_snr")
    lines = notebook.cells[place].source.splitlines()
    second = notebook.cells[place].copy()
    second.source = "\n".join(lines[3:])
    notebook.cells[place].source = "\n".join(lines[:3])
    notebook.cells.insert(place + 1, second)
    return notebook


def emptied(room):
    notebook = room.solved(LESSON)
    notebook.cells[position(notebook, "measure_snr")].metadata["nbgrader"] = {}
    return notebook


def stripped(room):
    notebook = room.solved(LESSON)
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()
    return notebook


def in_a_new_cell(room, after: str = "measure_snr"):
    notebook, answers = room.untouched(LESSON), room.solved(LESSON)
    for name in ("add_noise", "augment_training"):
        notebook.cells[position(notebook, name)].source = answers.cells[position(answers, name)].source
    new = new_code_cell(answers.cells[position(answers, "measure_snr")].source)
    notebook.cells.insert(position(notebook, after) + 1, new)
    return notebook


def in_a_new_cell_at_the_end(room):
    return in_a_new_cell(room, "augment_training-more")


def talkative(room):
    noisy = "import sys, warnings\nwarnings.warn('careful')\nprint('to stderr', file=sys.stderr)\n"
    notebook = room.solved(LESSON)
    cell = notebook.cells[position(notebook, "measure_snr")]
    head, body = cell.source.split("### BEGIN SOLUTION", 1)
    cell.source = head + noisy.replace("\n", "\n    ") + "### BEGIN SOLUTION" + body
    return notebook


def checks_deleted(room):
    notebook = room.solved(LESSON)
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]
    return notebook


def checks_changed(room):
    notebook = room.untouched(LESSON)
    for cell in each_check(notebook):
        cell.source = "pass"
    return notebook


def checks_tagged(room):
    notebook = room.untouched(LESSON)
    for cell in each_check(notebook):
        cell.metadata["tags"] = ["skip-execution"]
    return notebook


def check_twice(room):
    notebook = room.solved(LESSON)
    notebook.cells.append(notebook.cells[position(notebook, "add_noise-check")].copy())
    return notebook


def metadata(room, **changes):
    notebook = room.solved(LESSON)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"].update(changes)
    return notebook


def worth_more(room):
    return metadata(room, points=1000, locked=False)


def schema_1(room):
    return metadata(room, schema_version=1)


def schema_99(room):
    return metadata(room, schema_version=99, something={"never": "seen"})


def huge_outputs(room):
    notebook = room.solved(LESSON)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="x" * 10**6)]
    return notebook


def turned_into_text(room):
    notebook = room.solved(LESSON)
    cell = notebook.cells[position(notebook, "measure_snr")]
    cell.cell_type = "raw"
    return json.dumps(notebook).encode()


def as_bytes(room) -> bytes:
    return json.dumps(room.solved(LESSON)).encode()


def not_utf8(room):
    return as_bytes(room).replace(b"def measure_snr", b"# caf\xe9\\ndef measure_snr")


def half_a_character(room):
    return as_bytes(room).replace(b"def measure_snr", b"# \\ud83d\\ndef measure_snr")


def nan_inside(room):
    return as_bytes(room).replace(b'"metadata": {}', b'"metadata": {"level": NaN}', 1)


def without_source(room):
    notebook = json.loads(as_bytes(room))
    notebook["cells"] += [{"cell_type": "code", "metadata": {}}, {}]
    return json.dumps(notebook).encode()


def format_3(room):
    return json.dumps(nbformat.convert(room.solved(LESSON), 3)).encode()


def called(name: str):
    def put(room):
        def into(folder):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(as_bytes(room))

        return into

    return put


def beside(make):
    """A right answer with something else in its folder."""

    def put(room):
        def into(folder):
            (folder / f"{LESSON}.ipynb").write_bytes(as_bytes(room))
            make(folder)

        return into

    return put


def instead(make):
    return lambda room: lambda folder: make(folder / f"{LESSON}.ipynb")


def sparse(path):
    with open(path, "wb") as file:
        file.truncate(3 * 2**29)


def many(folder):
    for number in range(20_000):
        (folder / f"{number}").touch()


def linked(folder):
    (folder / "answers").symlink_to(folder.parents[3] / "solutions")


def launcher(folder):
    (folder / "ipykernel_launcher.py").write_text("raise SystemExit('this ran instead of the kernel')")


# student: (what is handed in, points or None when it cannot be graded, a word of the reason or of a repair)
RIGHT = {
    "honest": (lambda room: room.solved(LESSON), ALL, ""),
    "untouched": (lambda room: room.untouched(LESSON), 0, ""),
    "copied": (copied, ALL, "measure_snr: the answer's cell was there more than once"),
    "copied-unfinished": (copied_unfinished, ALL, "more than once"),
    "split": (split, ALL, "more than once"),
    "emptied": (emptied, ALL, "measure_snr: the answer stood in another cell"),
    "stripped": (stripped, ALL, "the check had lost its mark"),
    "new-cell": (in_a_new_cell, ALL, "measure_snr: the answer stood in another cell"),
    "new-cell-late": (in_a_new_cell_at_the_end, ALL, "measure_snr: the answer stood in another cell"),
    "talkative": (talkative, ALL, ""),
    "checks-deleted": (checks_deleted, ALL, "the check was missing; it was put back"),
    "checks-changed": (checks_changed, 0, "the check had been changed"),
    "checks-tagged": (checks_tagged, 0, ""),
    "check-twice": (check_twice, ALL, "add_noise-check: the check was there twice"),
    "worth-more": (worth_more, ALL, ""),
    "schema-1": (schema_1, ALL, ""),
    "schema-99": (schema_99, ALL, ""),
    "huge-outputs": (huge_outputs, ALL, ""),
    "turned-into-text": (turned_into_text, ALL, ""),
    "not-utf8": (not_utf8, ALL, "no UTF-8"),
    "half-a-character": (half_a_character, ALL, ""),
    "nan": (nan_inside, ALL, ""),
    "no-source": (without_source, ALL, ""),
    "format-3": (format_3, ALL, "format 3"),
    "wrong-name": (called("my solution (1).ipynb"), ALL, "was called my solution (1).ipynb"),
    "capitals": (called("04_Noise.IPYNB"), ALL, "was called 04_Noise.IPYNB"),
    "nested": (called(f"{LESSON}/{LESSON}.ipynb"), ALL, f"was called {LESSON}/{LESSON}.ipynb"),
    "bad-timestamp": (beside(lambda f: (f / "timestamp.txt").write_text("yesterday")), ALL, "timestamp.txt holds no date"),
    "timestamp-pipe": (beside(lambda f: os.mkfifo(f / "timestamp.txt")), ALL, "timestamp.txt holds no date"),
    "big-neighbour": (beside(lambda f: sparse(f / "data.bin")), ALL, ""),
    "many-files": (beside(many), ALL, ""),
    "linked-folder": (beside(linked), ALL, ""),
    "launcher": (beside(launcher), ALL, ""),
}  # fmt: skip
UNREADABLE = {
    "not-json": (b"<html>Please log in</html>", "no notebook: it is not the JSON"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "It begins with 'version https://git-lfs"),
    "utf-16": ("{}".encode("utf-16"), "no notebook"),
    "a-list": (b"[1, 2]", "no notebook"),
    "endless": (b"[" * 100_000, "no notebook"),
    "empty-file": (b"", "is empty"),
    "empty-folder": (lambda folder: None, "The folder is empty"),
    "other-file": (lambda folder: (folder / "answers.docx").touch(), "There is answers.docx"),
    "two-candidates": (lambda folder: [(folder / name).touch() for name in ("a.ipynb", "b.ipynb")], "There are 2 notebooks (a.ipynb, b.ipynb)"),
    "link": (lambda folder: (folder / f"{LESSON}.ipynb").symlink_to(folder.parents[3] / "solutions" / LESSON / f"{LESSON}.ipynb"), "a link called 04_noise.ipynb"),
    "pipe": (lambda folder: os.mkfifo(folder / f"{LESSON}.ipynb"), "device or pipe"),
    "sparse": (lambda folder: sparse(folder / f"{LESSON}.ipynb"), "has 1536 MB"),
    "line\nbreak": (b"", "Rename the folder"),
    "glob[1]": (b"", "Rename the folder"),
    ".dot": (b"", "Rename the folder"),
}  # fmt: skip
QUICK = ("honest", "stripped", "copied-unfinished", "checks-changed", "timestamp-pipe")


def hand_in(room, names) -> None:
    for student in names:
        room.submit(student, LESSON, RIGHT[student][0](room))
    for student, (what, _) in UNREADABLE.items():
        room.submit(student, LESSON, what)
    if os.getuid() == 0:
        room.submit(
            "device", LESSON, lambda folder: os.mknod(folder / f"{LESSON}.ipynb", stat.S_IFCHR, os.makedev(1, 5))
        )


def outcomes(room, names) -> dict:
    """What came out and is not as it should be, by student."""
    wrong, scores = {}, room.scores(LESSON)
    for student in names:
        _, points, word = RIGHT[student]
        record, earned = room.record(LESSON, student), sum(scores.get(student, {"": -1}).values())
        there = f"{earned} of {points} points, {record}"
        fits = earned == points and record.status == "graded" and not record.flags
        if not fits or not any(word in note for note in record.repairs or [""]) or (not word and record.repairs):
            wrong[student] = there
    for student, (_, word) in UNREADABLE.items():
        record = room.record(LESSON, student)
        if student in scores or record is None or record.status != "not graded" or word not in record.reason:
            wrong[student] = f"{scores.get(student)}, {record}"
    return wrong


def by_nbgrader(room) -> bool:
    return room.nbgrader("autograde", LESSON)[1] == 0


def by_shards(room) -> bool:
    done = room.grade(LESSON)
    return done.returncode == 1 and "Traceback" not in done.stderr


EVERYTHING = pytest.param(tuple(RIGHT), by_shards, id="everything", marks=[pytest.mark.long, pytest.mark.timeout(900)])


@pytest.mark.parametrize("names, by", [pytest.param(QUICK, by_nbgrader, id="the-most-common"), EVERYTHING])
def test_a_batch_with_bad_submissions_finishes_and_each_has_its_outcome(classroom, names, by):
    hand_in(classroom, names)
    assert by(classroom)
    assert outcomes(classroom, names) == {}
    marked = classroom.folder / ".classroom" / "autograded"
    ours = {"timestamp.txt", "submission_secret.txt"}  # written anew, never copied
    assert {path.name for path in marked.glob("*/*/*")} == {f"{LESSON}.ipynb"} | ours
