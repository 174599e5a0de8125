"""What the instructor reads, and what a gradebook imports: `ser report`, and the end of every `ser grade`.

    .classroom/reports/LESSON/overview.html    how the class did, what to teach again, which checks tell little
    .classroom/reports/LESSON/questions.csv    a row for every student and exercise
    .classroom/reports/LESSON/moodle.csv       for Moodle: Grades, Import, CSV file
    .classroom/reports/LESSON/canvas.csv       for Canvas: Gradebook, Import

Points come from nbgrader's gradebook, so what a person marked counts; words come from the records.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from nbgrader.api import Gradebook, MissingEntry

from ... import plots
from ...places import CLASSROOM
from ..check import exercise_of
from . import admit, decisions, records
from .feedback import render

FOLDER = CLASSROOM / "reports"
SUBMITTED = CLASSROOM / "submitted"
RETEACH = 0.2  # from this share of the class on
TELLS_LITTLE = 0.2  # correlation below which a check should be looked at
ITEM = ["student", "exercise"]


def shown(text: str) -> str:
    r"""Text that can be printed and written whatever it holds.

    Examples
    --------
    >>> shown("Zoë"), shown("a\nb"), shown("\udcff")
    ('Zoë', 'a\\nb', '\\udcff')
    """
    return text if text.isprintable() else ascii(text)[1:-1]


def cell_safe(value: object) -> object:
    """Text that a spreadsheet will not take for a formula; numbers stay numbers.

    Examples
    --------
    >>> cell_safe("=1+1"), cell_safe("-ann"), cell_safe(-1.5), cell_safe("ann")
    ("'=1+1", "'-ann", -1.5, 'ann')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def checks(lesson: str) -> pd.DataFrame:
    """A row for every student and graded cell: names, points, max, late (points off), hours late, status, flags, decision, words.

    Raises
    ------
    CourseError
        When nothing of this lesson has been graded.
    """
    known = records.load_graded(lesson)
    flagged = {(one.student, one.check): one.decision for one in decisions.flagged(lesson)}
    with Gradebook(decisions.GRADEBOOK, "ser") as gradebook:
        people = {one.id: one for one in gradebook.students}
        try:
            cells = [(cell.name, cell.max_score) for cell in gradebook.find_notebook(lesson, lesson).grade_cells]
        except MissingEntry:  # not one submission came as far as nbgrader
            cells = []
        marks: dict[tuple[str, str], Any] = {}
        late: dict[str, dict[str, float]] = {}
        for submission in gradebook.assignment_submissions(lesson) if cells else ():
            marks |= {(submission.student.id, grade.name): grade for grade in submission.notebooks[0].grades}
            off = submission.late_submission_penalty or 0.0
            late[submission.student.id] = {"late": off, "hours late": submission.total_seconds_late / 3600}
        rows = [
            _row(record, cell, most, marks.get(key), people.get(record.student), flagged.get(key))
            | late.get(record.student, {"late": 0.0, "hours late": 0.0})
            for record in known
            for cell, most in cells or [("", 0)]
            for key in [(record.student, cell)]
        ]
    return pd.DataFrame(rows).astype({"points": float})  # also where nobody has any


def _row(
    record: records.Record, cell: str, most: float, mark: Any, person: Any, decision: str | None
) -> dict[str, Any]:
    """Of nbgrader's Grade and Student, where they are, and the decision where one is needed."""
    known = record.cells.get(cell)
    graded = record.status == "graded" and mark is not None
    status = "graded" if graded else "not graded"
    if graded and decision == "":
        status = "waits for a decision"
    elif graded and mark.needs_manual_grade and mark.manual_score is None:
        status = "waits for a person"
    points = mark.score if status == "graded" else None
    says = known.says if known is not None and known.score is not None else ""
    return {
        "student": shown(record.student),
        "last name": (person and person.last_name) or "",
        "first name": (person and person.first_name) or "",
        "email": (person and person.email) or "",
        "lms id": (person and person.lms_user_id) or "",
        "check": cell,
        "exercise": exercise_of(cell),
        "points": points,
        "max": most,
        "status": status,
        "flags": " ".join(flag for flag in record.flags if flag.startswith(f"{cell}:")),
        "decision": decision or "",
        "words": record.reason if not graded else says if points is not None and points < most else "",
    }


def absent(lesson: str) -> tuple[dict[str, str], list[str]]:
    """What lies in a wrong place, with where it was expected, as `admit.misplaced`; and who is in the class and handed nothing in."""
    lessons = [path.parent.name for path in Path("solutions").glob("*/*.ipynb")]
    elsewhere = admit.misplaced(SUBMITTED, lesson, lessons) if SUBMITTED.exists() else {}
    with Gradebook(decisions.GRADEBOOK, "ser") as gradebook:
        people = {one.id for one in gradebook.students}
    here = {record.student for record in records.load_all(lesson)}
    return elsewhere, sorted(one for one in people - here if not (SUBMITTED / one / lesson).exists())


def questions(table: pd.DataFrame) -> pd.DataFrame:
    """A row for every student and exercise, from `checks`."""

    def first(words: pd.Series) -> str:
        return next((word for word in words if word), "")

    grouped = table.groupby(ITEM, sort=False)
    rows = grouped[["last name", "first name", "max", "status", "flags", "decision", "words"]].agg(
        {
            "last name": "first",
            "first name": "first",
            "max": "sum",
            "status": "max",
            "flags": " ".join,
            "decision": first,
        }
        | {"words": first}
    )
    rows.insert(2, "points", grouped["points"].agg(lambda points: points.sum(skipna=False)))
    return rows.assign(flags=rows["flags"].str.strip()).reset_index()


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """A row for every student: points (missing when not graded), max, whether a person has yet to mark or decide something, final."""
    grouped = table.groupby("student", sort=False)
    rows = grouped[["last name", "first name", "email", "lms id", "late", "hours late"]].first()
    rows["points"] = (grouped["points"].sum(min_count=1) - rows["late"]).clip(lower=0)
    by_student = table["status"].groupby(table["student"], sort=False)
    rows["waits"] = by_student.agg(lambda status: status.eq("waits for a person").any())
    rows["undecided"] = by_student.agg(lambda status: status.eq("waits for a decision").any())
    return rows.assign(max=grouped["max"].sum(), final=rows["points"].mask(rows["waits"] | rows["undecided"]))


def items(table: pd.DataFrame) -> pd.DataFrame:
    """How each check did: share of its points that the class got, and its correlation with the rest of the points.

    The correlation (point-biserial, of a check with the sum of all others) says whether those who pass it do well
    elsewhere. Missing where everybody has the same points.
    """
    points = table.pivot(index="student", columns="check", values="points").dropna(how="all")
    most = table.groupby("check", sort=False)["max"].first()
    rest = -points.sub(points.sum(axis=1), axis=0)
    varies = (points.std() > 0) & (rest.std() > 0)
    related = pd.Series({check: points[check].corr(rest[check]) for check in points.columns[varies]}, dtype=float)
    return pd.DataFrame(
        {"max": most, "students": points.count(), "share": points.mean() / most, "discrimination": related}
    ).reindex(most.index)


def mistakes(table: pd.DataFrame) -> pd.DataFrame:
    """The first thing that went wrong in each exercise, most frequent first; numbers in the words do not count."""
    rows = questions(table).query("status != 'not graded' and words != ''")
    kinds = rows.assign(kind=rows["words"].str.replace(r"-?\d[\d.,]*", "#", regex=True)).groupby(
        ["exercise", "kind"], sort=False
    )
    counted = kinds.agg(students=("student", "count"), words=("words", "first")).reset_index()
    counted.insert(3, "share", counted["students"] / max(1, table.query("status != 'not graded'")["student"].nunique()))
    return counted.drop(columns="kind").sort_values("students", ascending=False, kind="stable")


def moodle(lesson: str, table: pd.DataFrame) -> pd.DataFrame:
    """Moodle maps a user by name, e-mail or ID number, and any other column to a grade item."""
    rows = totals(table)
    return pd.DataFrame({"Username": rows.index, "Email address": rows["email"], lesson: rows["final"]})


def canvas(lesson: str, table: pd.DataFrame) -> pd.DataFrame:
    """Canvas wants these five columns first; a second line holds the points possible. Empty cells change nothing there."""
    rows = totals(table).reset_index()
    names = (rows["last name"] + ", " + rows["first name"]).str.strip(", ")
    grades = pd.DataFrame(
        {"Student": names.where(names != "", rows["student"]), "ID": rows["lms id"], "SIS User ID": ""}
    )
    grades = grades.assign(**{"SIS Login ID": rows["student"], "Section": "", lesson: rows["final"]})
    possible = {"Student": "    Points Possible", lesson: rows["max"].max()}
    return pd.concat([pd.DataFrame([possible], columns=grades.columns), grades], ignore_index=True)


def write(lesson: str) -> list[Path]:
    """Write all four files.

    Returns
    -------
    list of Path
        The overview first.
    """
    decisions.late_penalties(lesson)
    table = checks(lesson)
    folder = FOLDER / lesson
    folder.mkdir(parents=True, exist_ok=True)
    overview = folder / "overview.html"
    overview.write_text(overview_page(lesson, table), encoding="utf-8")
    files = {"questions": questions(table), "moodle": moodle(lesson, table), "canvas": canvas(lesson, table)}
    for name, frame in files.items():
        safe = frame.rename(columns=cell_safe).map(cell_safe)
        safe.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\r\n")
    return [overview, *(folder / f"{name}.csv" for name in files)]


def distribution(points: pd.Series, most: float) -> plots.Picture:
    """Histogram of the students' points, with its sentence."""
    figure = Figure(figsize=(7.2, 2.6), layout="constrained")
    ax = figure.subplots()
    ax.hist(points, bins=min(20, max(1, round(most))), range=(0, most), color="#0b4f8a", edgecolor="white")
    ax.set(xlabel="points", ylabel="students", title=f"Points of {len(points)} students")
    ax.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
    low, middle, high = points.quantile([0.25, 0.5, 0.75])
    return plots.describe(
        ax,
        f"Points of {len(points)} students, of {most:g} possible: half of them have {middle:g} or more, the middle half lies "
        f"between {low:g} and {high:g}, the lowest is {points.min():g}, the highest {points.max():g}.",
    )


def overview_page(lesson: str, table: pd.DataFrame) -> str:
    """The class overview as a page that needs nothing but itself."""
    source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
    total = totals(table)
    have = total["points"].dropna()
    elsewhere, missing = absent(lesson)
    picture = distribution(have, total["max"].max())._repr_html_() if len(have) else ""
    return render(
        "overview.html.j2", title=source.metadata["ser"]["title"], n_submissions=len(total), n_graded=len(have),
        n_waiting=total["waits"].sum(), n_undecided=total["undecided"].sum(), lesson=lesson, picture=Markup(picture),
        n_missing=len(missing), sections=[*_sections(table), *_nowhere(elsewhere, missing)],
    )  # fmt: skip


def _sections(table: pd.DataFrame) -> list[dict[str, object]]:
    """The tables of the overview, each with a title and what its columns mean."""
    wrong, item, per_question = mistakes(table), items(table), questions(table)
    told = item["discrimination"].map(
        lambda r: "all alike" if pd.isna(r) else f"{r:.2f}" + (", look" if r < TELLS_LITTLE else "")
    )
    flagged = per_question.loc[per_question["flags"] != "", [*ITEM, "points", "flags", "decision"]]
    missing = table[table["status"] == "not graded"].drop_duplicates("student")
    late = totals(table).query("`hours late` > 0").reset_index()[["student", "hours late", "late"]]
    return [
        _section(
            "Teach this again",
            f"Mistakes that {RETEACH:.0%} of the class or more made, in the words of the check.",
            wrong[wrong["share"] >= RETEACH],
        ),
        _section(
            "The checks",
            "share: points that the class got, of those possible. discrimination: correlation of a check with the rest of the "
            f"points; below {TELLS_LITTLE} (marked “look”) those who pass it do hardly better elsewhere, and the check or its text may be unclear.",
            item.assign(discrimination=told).reset_index(),
        ),
        _section("All mistakes", "Everything a check said, most frequent first.", wrong),
        _section(
            "Flagged",
            "Where the two runs of a check disagree, decide with `ser decide`; until then the student's grade is not exported. "
            "A score that came as a message does not count: talk to the student.",
            flagged,
        ),
        _section("Late", "By the deadline as it is now, with extensions.", late.rename(columns={"late": "points off"})),
        _section("Not graded", "No score was given; ask for a new submission.", missing[["student", "words"]]),
    ]


def _nowhere(elsewhere: dict[str, str], missing: list[str]) -> list[dict[str, object]]:
    """Tables of what is not among the submissions and should be."""
    misplaced = {"found": map(shown, elsewhere), "expected": map(shown, elsewhere.values())}
    return [
        _section(
            "Misplaced", f"Nobody grades these. Move them, below {SUBMITTED}, and grade again.", pd.DataFrame(misplaced)
        ),
        _section(
            "Not handed in", "In the class, and without a submission.", pd.DataFrame({"student": map(shown, missing)})
        ),
    ]


def _section(title: str, words: str, rows: pd.DataFrame) -> dict[str, object]:
    written = {name: [_written(name, value) for value in column] for name, column in rows.items()}
    return {"title": title, "words": words, "columns": list(written), "rows": list(zip(*written.values(), strict=True))}


def _written(column: object, value: Any) -> str:
    """A value as it stands in a table: shares as percentages, numbers short, what is missing as nothing."""
    if pd.isna(value):
        return ""
    if column == "share":
        return f"{value:.0%}"
    return str(value) if isinstance(value, str) else f"{value:g}"


def report_command(lesson: str, as_json: bool) -> int:
    """`ser report`: write the reports again, after marking by hand say."""
    files = write(lesson)
    print(json.dumps([str(file) for file in files]) if as_json else "\n".join(map(str, files)))
    return 0
