"""Questions are read from the lessons, rendered safely, and stand right below their text."""

import json
import re

import pytest

from ser_helpers import places, widgets
from ser_helpers.course.authoring import build
from ser_helpers.widgets.question import questions

CALL = re.compile(r"""widgets\.question\(["'](\w+)["'],\s*(\d+)\)""")
LESSON = """**What do you expect?** Some of it is
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
def lesson(tmp_path, monkeypatch):
    """A function that puts a lesson of that markdown where lessons are."""
    monkeypatch.setattr(places, "DATA", tmp_path / "data")

    def write(*texts: str) -> str:
        folder = tmp_path / "lessons" / "99_test"
        folder.mkdir(parents=True, exist_ok=True)
        cells = [{"cell_type": "markdown", "source": text.splitlines(keepends=True)} for text in texts]
        (folder / "99_test.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return "99_test"

    return write


def test_a_question_comes_from_the_text_and_brings_no_code_along(lesson):
    name = lesson("# A title\n\n**Bold**, but no question.", "Some text.\n\n" + LESSON)
    first, second = widgets.question(name, 1).choices[:2]
    assert first["label"] == "A. <code>x &lt; 1</code> &amp; &lt;b&gt;more&lt;/b&gt;"
    assert first["explanation"].startswith("<p>Yes. <em>Really</em>, &lt;script&gt;")
    assert "<script" not in first["explanation"] and 'href="javascript' not in first["explanation"]
    assert "<p>A second paragraph.</p>" in first["explanation"]
    assert second == {"label": "B. nothing", "explanation": "<p>No.</p>\n"}


def test_the_guess_stays_with_the_kernel(lesson):
    name = lesson(LESSON)
    widgets.question(name, 1).guess = 1
    assert widgets.question(name, 1).guess == 1, "the cell ran again"


def test_a_question_that_is_not_there_costs_a_sentence(lesson, capsys):
    assert widgets.question("98_none", 1) is None
    assert "98_none" in capsys.readouterr().out
    name = lesson(LESSON)
    for number in (0, 2):
        assert widgets.question(name, number) is None
        assert f"no number {number}" in capsys.readouterr().out
    (places.CHECKOUT / "lessons" / name / f"{name}.ipynb").write_text("{")
    assert widgets.question(name, 1) is None
    assert "the text above" in capsys.readouterr().out


def test_where_widgets_cannot_show_a_sentence_does(lesson):
    data, _ = widgets.question(lesson(LESSON), 1)._repr_mimebundle_()
    assert "Open the choice above" in data["text/plain"]


@pytest.mark.parametrize("name", build.lesson_names())
def test_each_question_of_a_lesson_stands_right_below_its_text(name):
    cells = json.loads((places.CHECKOUT / "lessons" / name / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    found = questions(name)
    assert found
    for above, cell in zip(cells, cells[1:], strict=False):
        for lesson, number in CALL.findall("".join(cell["source"])):
            assert lesson == name and above["cell_type"] == "markdown"
            assert found[int(number) - 1].strip() in "".join(above["source"])
