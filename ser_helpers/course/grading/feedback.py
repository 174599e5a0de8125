"""What a student reads: points, the first thing that went wrong in words, where to read again, and the own answers.

No line of a hidden test, no output and no script gets into the page: its words come from the submission's record, its
text from the lesson, and of the submission it shows what was typed. `nbgrader generate_feedback` and Formgrader write it.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import bleach
import jinja2
from markupsafe import Markup
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from ..check import exercise_of
from . import records

HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)
LONGEST = 600  # characters of a message
TAGS = {
    *bleach.ALLOWED_TAGS, "br", "caption", "del", "details", "div", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "img", "p", "pre", "span", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr",
}  # fmt: skip


def safe_html(markdown: str) -> Markup:
    """Markdown as HTML without anything that acts, hides, or comes from elsewhere.

    Examples
    --------
    >>> safe_html("*mine* <script>alert(1)</script><img src='https://a.b/c.png' onerror='alert(1)' alt='c'>")
    Markup('<p><em>mine</em> alert(1)<img alt="c"></p>')
    """

    def allowed(tag: str, name: str, value: str) -> bool:
        if (tag, name) == ("img", "src"):
            return value.startswith("data:image/")
        if (tag, name) == ("a", "href"):  # of a page that came as data nobody sees where it comes from
            return bool(re.match("https?://|mailto:|[^:]*$", html.unescape(value).strip(), re.IGNORECASE))
        return (tag, name) in {("img", "alt"), ("td", "align"), ("th", "align"), ("th", "scope")}

    text = re.sub(r'<a class="anchor-link".*?</a>', "", markdown2html(markdown))
    text = re.sub("(</?h)([1-4])", lambda tag: f"{tag[1]}{int(tag[2]) + 2}", text)  # below the page's own headings
    return Markup(bleach.clean(text, TAGS, allowed, {"http", "https", "mailto", "data"}, strip=True).strip())


def without_hidden(says: str, source: NotebookNode) -> str:
    """A check's words in one line; nothing of them when a submission has made them quote a hidden test."""
    hidden = [
        line.strip() for cell in source.cells for part in HIDDEN.findall(cell.source) for line in part.split("\n")
    ]
    if any(line in says for line in hidden if len(line) > 12):
        return "A check failed."
    says = " ".join(says.split())
    return says if len(says) <= LONGEST else says[: LONGEST - 4] + " ..."


def exercises(notebook: NotebookNode, record: records.Record, marks: dict, source: NotebookNode) -> dict[str, dict]:
    """A row an exercise: points, what was found, and the part of the lesson that explains it.

    Parameters
    ----------
    marks : {grade_id: nbgrader's Grade}
    """
    rows: dict[str, dict] = {}
    answers, heading = {}, None
    for number, cell in enumerate(notebook.cells):
        about, anchor = cell.metadata.get("nbgrader", {}), f"cell-{number}"
        if cell.cell_type == "markdown" and not about and "ser" not in cell.metadata:
            for text in re.findall(r"^## (.+)$", cell.source, re.MULTILINE):
                heading = {"anchor": anchor, "text": re.sub("[*`]", "", text)}
        if about.get("solution"):
            answers[about["grade_id"]] = anchor
        if not about.get("grade") or about["grade_id"] not in marks:
            continue
        mark, name = marks[about["grade_id"]], exercise_of(about["grade_id"])
        row = rows.setdefault(
            name,
            {"name": name, "anchor": answers.get(name, anchor), "heading": heading, "points": 0.0, "possible": 0.0}
            | {"waits": False, "says": ""},
        )
        row["points"] += mark.score
        row["possible"] += mark.max_score
        row["waits"] |= mark.needs_manual_grade
        known = record.cells.get(about["grade_id"])
        if known and not row["says"] and mark.score < mark.max_score and cell.cell_type == "code":
            row["says"] = without_hidden(known.says, source)
    for row in rows.values():
        row["lost"] = row["points"] < row["possible"] and not row["waits"]
        row["score"] = f"{'?' if row['waits'] else format(row['points'], 'g')} of {row['possible']:g}"
        row["says"] = row["says"] or (
            "A person has yet to read it." if row["waits"] else "" if row["lost"] else "passed"
        )
    return rows


def page(notebook: NotebookNode, record: records.Record, submission, source: NotebookNode) -> str:
    """The whole page, for nbgrader's SubmittedNotebook and its autograded notebook."""
    rows = exercises(notebook, record, {grade.name: grade for grade in submission.grades}, source)
    for comment in submission.comments:
        row = rows.get(exercise_of(comment.name))
        said_by_hand = comment.comment != comment.auto_comment  # nbgrader's own is "No response."
        if row and comment.comment and (said_by_hand or row["lost"] or row["waits"]):
            row["says"] = f"{row['says']} {comment.comment}".strip()
    cells, shown = [], set()
    for number, cell in enumerate(notebook.cells):
        about = cell.metadata.get("nbgrader", {})
        name = exercise_of(about.get("grade_id", ""))
        yours = bool(about.get("solution") or "ser" in cell.metadata)
        one = {"anchor": f"cell-{number}", "yours": yours, "code": None, "exercise": None}
        if cell.cell_type == "markdown":
            cells.append(one | {"html": safe_html(cell.source)})
        elif not about.get("grade"):
            cells.append(one | {"code": cell.source})
        if about.get("grade") and name in rows and name not in shown:
            shown.add(name)
            cells.append(one | {"anchor": f"checks-{number}", "yours": False, "exercise": rows[name]})
    penalty = submission.late_submission_penalty or 0
    return render(
        "feedback.html.j2", title=source.metadata["ser"]["title"], student=record.student,
        points=submission.score - penalty, possible=submission.max_score, penalty=penalty, repairs=record.repairs,
        waiting=[row["name"] for row in rows.values() if row["waits"]], exercises=[*rows.values()], cells=cells,
    )  # fmt: skip


def render(template: str, **values: object) -> str:
    """A page from a template beside this file; what is not `Markup` cannot act in it."""
    folder = Path(__file__).parent
    environment = jinja2.Environment(autoescape=True, loader=jinja2.FileSystemLoader(folder), trim_blocks=True)
    return environment.get_template(template).render(css=Markup((folder / "page.css").read_text("utf-8")), **values)
