"""Questions are read from the lessons, rendered safely, and stand right below their text."""

import importlib
import json
import re

import pytest

from ser_helpers import places, widgets
from ser_helpers.widgets.question import questions

module = importlib.import_module("ser_helpers.widgets.question")  # the room has a function of that name

CALL = re.compile(r"""widgets\.question\(["'](\w+)["'],\s*["']([^"']+)["']\)""")
LESSONS = sorted(path.name for path in (places.CHECKOUT / "lessons").glob("[0-9][0-9]_*"))
LESSON = """<!-- question window -->
**What do you expect?** Some of it is
in a second line.

<details><summary>A. `x < 1` & <b>more</b></summary>

Yes. *Really*, <script>alert(1)</script> and [this](javascript:alert(2)).

A second paragraph.
</details>
<details><summary>B. nothing</summary>

No.
</details>

<details><summary>Hint 1: a nudge</summary>

Not a choice.
</details>
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of a notebook, and a kernel that has seen no guess."""
    monkeypatch.setattr(module, "_guesses", {})
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A function that puts a lesson of that markdown where lessons are."""
    monkeypatch.setenv("SER_COURSE", str(tmp_path))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)

    def write(*texts: str) -> str:
        folder = tmp_path / "lessons" / "99_test"
        folder.mkdir(parents=True, exist_ok=True)
        cells = [{"cell_type": "markdown", "source": text.splitlines(keepends=True)} for text in texts]
        (folder / "99_test.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return "99_test"

    return write


def test_a_question_comes_from_the_text_and_brings_no_code_along(lesson):
    name = lesson("# A title\n\n**Bold**, but no question.", "Some text.\n\n" + LESSON)
    first, second = widgets.question(name, "window").choices[:2]
    assert first["right"] and not second["right"]
    assert first["label"] == "A. <code>x &lt; 1</code> &amp; &lt;b&gt;more&lt;/b&gt;"
    assert first["explanation"].startswith("<p>Yes. <em>Really</em>, &lt;script&gt;")
    assert "<script" not in first["explanation"] and 'href="javascript' not in first["explanation"]
    assert "<p>A second paragraph.</p>" in first["explanation"]
    assert second == {"label": "B. nothing", "explanation": "<p>No.</p>\n", "right": False}


def test_the_guess_stays_in_the_folder_and_never_in_the_notebook(lesson, folder):
    name = lesson(LESSON, LESSON.replace("window", "hop"))
    form = widgets.question(name, "window")
    form.answers = []
    form.send = form.answers.append
    form._handle_custom_msg({}, [])
    form._handle_custom_msg({"guess": 1}, [])
    form._handle_custom_msg({"guess": 0}, [])  # the first one counts
    assert form.answers == [{"guess": -1}, {"guess": 1}, {"guess": 1}]
    assert "guess" not in form.get_state()
    assert json.loads((folder / ".guesses.json").read_text()) == {name: {"window": 1}}
    assert widgets.question(name, "window").guess == 1, "the cell ran again"
    assert widgets.question(name, "hop").guess == -1, "another question"
    lesson(LESSON.replace("window", "first"), LESSON)
    assert widgets.question(name, "window").guess == 1, "a question that was put before it shifts nothing"
    module._guesses.clear()  # the kernel starts again
    assert widgets.question(name, "window").guess == 1
    module._guesses.clear()
    (folder / ".guesses.json").write_text(json.dumps({name: {"window": 7, "first": 0}}))
    assert [widgets.question(name, question).guess for question in ("window", "first")] == [-1, 0]


@pytest.mark.parametrize("content", ["", "[1]", '{"99_test": 3}', None])
def test_a_guess_works_where_it_cannot_be_kept(lesson, folder, content):
    (folder / ".guesses.json").mkdir() if content is None else (folder / ".guesses.json").write_text(content)
    name = lesson(LESSON)
    assert widgets.question(name, "window").guess == -1
    widgets.question(name, "window").guess = 0
    assert widgets.question(name, "window").guess == 0


def test_a_question_that_is_not_there_costs_a_sentence(lesson, capsys):
    assert widgets.question("98_none", "window") is None
    assert "98_none" in capsys.readouterr().out
    name = lesson(*(LESSON.replace("window", other) for other in ("hop", "window", "windows-and-hops")))
    for wrong, nearest in (("widow", "window, windows-and-hops, hop"), (2, "hop")):
        assert widgets.question(name, wrong) is None
        said = capsys.readouterr().out
        assert f"{name} has no question {wrong!r}, but {nearest}" in said and said.count("\n") == 1
    lesson(LESSON.split("\n", 1)[1])
    assert widgets.question(name, "window") is None
    assert "none with a name" in capsys.readouterr().out
    (places.course_folder() / "lessons" / name / f"{name}.ipynb").write_text("{")
    assert widgets.question(name, "window") is None
    assert "the text above" in capsys.readouterr().out


def test_it_is_the_notebook_that_is_open_whatever_else_lies_in_lessons(lesson, tmp_path, monkeypatch):
    name = lesson(LESSON)
    kept = tmp_path / f"{name}-mine.ipynb"
    kept.write_text((tmp_path / "lessons" / name / f"{name}.ipynb").read_text().replace("window", "mine"))
    monkeypatch.setenv("JPY_SESSION_NAME", str(kept))
    assert list(questions(name)) == ["mine"]
    for other in (tmp_path / "98_other.ipynb", tmp_path / f"{name}-gone.ipynb"):
        monkeypatch.setenv("JPY_SESSION_NAME", str(other))
        assert list(questions(name)) == ["window"]


def test_where_widgets_cannot_show_a_sentence_does(lesson):
    data, _ = widgets.question(lesson(LESSON), "window")._repr_mimebundle_()
    assert "Open the choice above" in data["text/plain"]


@pytest.mark.parametrize("name", LESSONS)
def test_each_question_of_a_lesson_stands_right_below_its_text(name):
    cells = json.loads((places.CHECKOUT / "lessons" / name / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    found, asked = questions(name), []
    for above, cell in zip(cells, cells[1:], strict=False):
        for lesson, question in CALL.findall("".join(cell["source"])):
            assert lesson == name and above["cell_type"] == "markdown"
            assert found[question].strip() in "".join(above["source"])
            asked.append(question)
            assert [choice["right"] for choice in widgets.question(lesson, question).choices].count(True) == 1
    assert asked == list(found) and asked
