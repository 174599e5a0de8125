"""What a student gets to read, written by `nbgrader generate_feedback`."""

import html
import re
import subprocess
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import PyFileConfigLoader

from ser_helpers.course.grading import feedback
from ser_helpers.course.grading.records import Record

LESSON = "02_see_and_hear"
LEAK = """
def time_axis(n_samples, sample_rate):
    raise AssertionError("\\n".join(get_ipython().user_ns["In"]))
"""
IN_DECIBELS = """
def rms_db(y, frame_length, hop_length):
    frames = np.lib.stride_tricks.sliding_window_view(y, min(len(y), frame_length))[::hop_length]
    return np.maximum(10 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-30), -100)
"""
HOSTILE = """*mine* <script>alert("markdown")</script> <a href="javascript:alert(1)">here</a>
<img src="https://example.org/pixel.png" onerror="alert(1)" alt="pixel"> <style>body {display: none}</style>
<iframe src="https://example.org"></iframe> ![](https://example.org/two.png)"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PRINTS = """
from IPython.display import HTML, Javascript, display
display(HTML("<script>alert('output')</script>"), Javascript("alert('output')"))
print(In, _ih, globals())
"""


@pytest.fixture(scope="module")
def course(shared_classroom):
    """One failed submission that tries everything, marked and with its feedback written."""
    notebook = shared_classroom.solved(LESSON, time_axis=LEAK, rms_db=IN_DECIBELS)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "plot_waveform-check"]
    notebook.cells += [new_markdown_cell(HOSTILE), new_code_cell(PRINTS)]
    for cell in notebook.cells:
        if cell.id == "angry-and-sad":
            cell.source = f"The angry one is **louder**. ![my sketch](attachment:sketch.png) ![lost](attachment:lost.png) {HOSTILE}"
            cell.attachments = {"sketch.png": {"image/png": DOT}}
    shared_classroom.submit("ann", LESSON, notebook)
    assert shared_classroom.nbgrader("autograde", LESSON)[1] == 0
    words, code = shared_classroom.nbgrader("generate_feedback", LESSON)
    assert code == 0, words
    return shared_classroom


@pytest.fixture(scope="module")
def file(course):
    return course.folder / ".classroom" / "feedback" / "ann" / LESSON / f"{LESSON}.html"


@pytest.fixture(scope="module")
def page(file):
    return file.read_text("utf-8")


def test_no_line_of_a_hidden_test_is_in_it(course, page):
    source = nbformat.read(course.folder / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    hidden = [
        line.strip()
        for cell in source.cells
        for part in feedback.HIDDEN.findall(cell.source)
        for line in part.split("\n")
    ]
    hidden = {line for line in hidden if len(line) > 12}
    assert len(hidden) > 30
    text = html.unescape(re.sub("<[^>]+>", "", page))
    assert not [line for line in hidden if line in text or line in page]
    assert "HIDDEN TESTS" not in text and "Traceback" not in text
    leaky = "x = 1\n" + max(hidden, key=len)
    assert feedback.without_hidden(leaky, source) == "A check failed."


def test_it_says_what_went_wrong_and_where_to_read(course, page):
    soup = BeautifulSoup(page, "html.parser")
    rows = {row.th.text: row for row in soup.table.tbody.find_all("tr")}
    assert list(rows) == [
        "time_axis",
        "plot_waveform",
        "plot_emotion_counts",
        "rms_db",
        "spectrogram_db",
        "angry-and-sad",
    ]
    points, says, again = rows["rms_db"].find_all("td")
    assert points.text == "0 of 4" and "10 log10" in says.text
    target = soup.find(id=again.a["href"].removeprefix("#"))
    assert again.a.text in target.find(re.compile("h[1-6]")).text
    assert rows["spectrogram_db"].find_all("td")[1].text == "passed" and not rows["spectrogram_db"].find_all("td")[2].a
    assert "yet to read" in rows["angry-and-sad"].text and "? of 3" in rows["angry-and-sad"].text
    assert "plot_waveform-check: the check was missing" in soup.find("section", {"aria-labelledby": "repairs"}).text
    for row in rows.values():
        assert soup.find(id=row.th.a["href"].removeprefix("#"))["class"] == ["yours"]
    assert soup.html["lang"] == "en" and soup.title.text and len(soup.find_all("h1")) == 1


def test_nothing_in_it_acts_or_comes_from_elsewhere(page):
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find_all(["script", "iframe", "object", "link", "form", "svg"])
    assert len(soup.find_all("style")) == 1  # the page's own
    assert all(image.get("src", "data:image/").startswith("data:image/") for image in soup.find_all("img"))
    attributes = [(name, value) for tag in soup.body.find_all(True) for name, value in tag.attrs.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
    assert not [value for _, value in attributes if "javascript:" in str(value)]
    assert "mine" in soup.text and "louder" in soup.text  # what was written stays, and what was pasted
    assert soup.find("img", alt="my sketch")["src"] == f"data:image/png;base64,{DOT}"


@pytest.mark.parametrize(
    "address", ["data:text/html,hello", " DATA:text/html,x", "data&#58;text/html,x", "java\tscript:x"]
)
def test_a_link_that_brings_its_page_along_is_no_link(address):
    assert "href" not in feedback.safe_html(f'<a href="{address}">here</a>')


def test_links_that_say_where_they_go_stay():
    for address in ("https://example.org/a?b=c:d", "mailto:ann@example.org", "#cell-3"):
        assert f'href="{address}"' in feedback.safe_html(f"[here]({address})")


@pytest.mark.parametrize("score, comment, stands", [(3, None, False), (3, "Well seen!", True), (1, None, True)])
def test_a_full_score_reads_like_one(score, comment, stands):
    """nbgrader writes "No response." where an answer is what the course's own was."""
    source = nbformat.v4.new_notebook(metadata={"ser": {"title": "Two"}})
    about = {"grade_id": "why", "grade": True, "solution": True, "points": 3}
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell("Because.", metadata={"nbgrader": about})])
    mark = SimpleNamespace(name="why", score=score, max_score=3, needs_manual_grade=False, manual_score=score)
    remark = SimpleNamespace(name="why", auto_comment="No response.", comment=comment or "No response.")
    submission = SimpleNamespace(
        grades=[mark], comments=[remark], score=score, max_score=3, late_submission_penalty=None
    )
    text = feedback.page(notebook, Record("two", "ann"), submission, source)
    assert ((comment or "No response.") in text) is stands
    assert ("The first thing that went wrong" in text) is (score < 3)


def test_formgrader_does_not_run_it_in_the_instructors_browser(course):
    config = PyFileConfigLoader("nbgrader_config.py", str(course.folder)).load_config()
    config.HTMLExporter.merge({"template_name": "formgrade", "extra_template_basedirs": [handlers.template_path]})
    about = dict.fromkeys(["submission_id", "notebook_id", "assignment_id", "base_url", "student"], "x")
    autograded = course.folder / ".classroom" / "autograded" / "ann" / LESSON / f"{LESSON}.ipynb"
    page, _ = HTMLExporter(config=config).from_filename(str(autograded), resources=about | {"index": 0, "total": 1})
    soup = BeautifulSoup(page, "html.parser")
    theirs = [script.text for script in soup.find_all("script") if "alert(" in script.text]
    assert not theirs and not soup.find("iframe") and not soup.find(onerror=True) and "javascript:" not in page
    assert not [image for image in soup.find_all("img") if "example.org" in image.get("src", "")]
    assert soup.find("strong", string="louder")
    assert soup.find("img", alt="my sketch")["src"] == f"data:image/png;base64,{DOT}"


@pytest.mark.long
def test_a_browser_opens_it_without_the_network(file, chromium, tmp_path):
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--enable-logging=stderr",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "Exercise by exercise" in done.stdout
    assert "CONSOLE" not in done.stderr  # nothing was blocked, for nothing was asked
