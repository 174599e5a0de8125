"""What the instructor reads, and what a gradebook imports: `ser overview`, and the end of every `ser grade`.

    .classroom/reports/LESSON/overview.html    how the class did, what to teach again, which checks tell little
    .classroom/reports/LESSON/questions.csv    a row for every student and exercise
    .classroom/reports/LESSON/moodle.csv       for Moodle: Grades, Import, CSV file
    .classroom/reports/LESSON/canvas.csv       for Canvas: Gradebook, Import

Points come from nbgrader's gradebook, so what a person marked counts; words come from the records.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from nbgrader.api import Gradebook, MissingEntry

from ... import plots
from ...places import CLASSROOM
from ..check import exercise_of
from . import admit, decisions, late, records
from .feedback import render
from .records import GRADEBOOK, SUBMITTED, shown

FOLDER = CLASSROOM / "reports"
RETEACH = 0.2  # from this share of the class on
TELLS_LITTLE = 0.2  # correlation below which a check should be looked at
ENOUGH = 15  # students; a correlation among fewer says nothing
NOT_STARTED = ("not started", "not written yet")  # no mistake
MANY = 8  # names that stand in a table without being unfolded
ITEM = ["student", "exercise"]


def cell_safe(value: object) -> object:
    """Text that a spreadsheet will not take for a formula; numbers stay numbers.

    Examples
    --------
    >>> cell_safe("=1+1"), cell_safe("-ann"), cell_safe(-1.5), cell_safe("ann")
    ("'=1+1", "'-ann", -1.5, 'ann')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


@dataclass(frozen=True)
class Standing:
    """How a lesson stands, asked once: `checks`, flags with what was decided, what lies elsewhere, who handed nothing in."""

    lesson: str
    table: pd.DataFrame
    flagged: list[decisions.Flagged]
    elsewhere: dict[str, str]
    missing: list[str]


def look(lesson: str) -> Standing:
    """How a lesson stands, with lateness and penalties as they are by now.

    Raises
    ------
    CourseError
        When nothing of this lesson has been graded.
    """
    late.work_out(lesson)
    flagged = decisions.flagged(lesson)
    return Standing(lesson, checks(lesson, flagged), flagged, *absent(lesson))


def checks(lesson: str, flagged: list[decisions.Flagged]) -> pd.DataFrame:
    """A row for every student and graded cell: names, points, max, late (points off), hours late, status, flags, decision, words ..."""
    known = records.load_graded(lesson)
    decided = {(one.student, one.check): one.decision for one in flagged}
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        people = {one.id: one for one in gradebook.students}
        try:
            cells = [(cell.name, cell.max_score) for cell in gradebook.find_notebook(lesson, lesson).grade_cells]
        except MissingEntry:  # not one submission came as far as nbgrader
            cells = []
        marks: dict[tuple[str, str], Any] = {}
        came: dict[str, dict[str, Any]] = {}
        for submission in gradebook.assignment_submissions(lesson) if cells else ():
            marks |= {(submission.student.id, grade.name): grade for grade in submission.notebooks[0].grades}
            came[submission.student.id] = _came(submission)
        rows = [
            _row(record, cell, most, marks.get(key), people.get(record.student), decided.get(key))
            | came.get(record.student, _came(None))
            for record in known
            for cell, most in cells or [("", 0)]
            for key in [(record.student, cell)]
        ]
    return pd.DataFrame(rows).astype({"points": float})  # also where nobody has any


def _came(submission: Any) -> dict[str, Any]:
    """When it came, by nbgrader's SubmittedAssignment, and what that costs."""
    if submission is None:
        return {"late": 0.0, "hours late": 0.0, "handed in": "", "longer": ""}
    when, longer = submission.timestamp, submission.extension and submission.duedate
    return {
        "late": submission.late_submission_penalty or 0.0,
        "hours late": submission.total_seconds_late / 3600,
        "handed in": f"{when:%Y-%m-%d %H:%M}" if when else "",
        "longer": f"{longer:%Y-%m-%d %H:%M}" if longer else "",
    }


def _row(
    record: records.Record, cell: str, most: float, mark: Any, person: Any, decision: str | None
) -> dict[str, Any]:
    """Of nbgrader's Grade and Student, where they are, and the decision where one is needed."""
    known = record.cells.get(cell)
    graded = record.status == "graded" and mark is not None
    status = "graded" if graded else "not graded"
    if graded and decision == "":
        status = "waits for a decision"
    elif graded and mark.needs_manual_grade:  # also where a mark is about what was handed in before
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
        "repaired": len(record.repairs),
        "words": record.reason if not graded else says if points is not None and points < most else "",
    }


def absent(lesson: str) -> tuple[dict[str, str], list[str]]:
    """What lies in a wrong place, with where it was expected, as `admit.misplaced`; and who is in the class and handed nothing in."""
    lessons = [path.parent.name for path in Path("solutions").glob("*/*.ipynb")]
    elsewhere = admit.misplaced(SUBMITTED, lesson, lessons) if SUBMITTED.exists() else {}
    with Gradebook(GRADEBOOK, "ser") as gradebook:
        people = {one.id for one in gradebook.students}
    here = {record.student for record in records.load_all(lesson)}
    return elsewhere, sorted(one for one in people - here if not (SUBMITTED / one / lesson).exists())


def strangers(table: pd.DataFrame) -> list[str]:
    """Of whom the list of students has no name, address or number, where it has some of others; from `checks`.

    Examples
    --------
    >>> nobody = {"last name": "", "first name": "", "email": "", "lms id": ""}
    >>> strangers(pd.DataFrame([{"student": "ann", **nobody, "lms id": "7"}, {"student": "anne", **nobody}]))
    ['anne']
    """
    known = table.groupby("student")[["last name", "first name", "email", "lms id"]].first().ne("").any(axis=1)
    return sorted(known.index[~known]) if known.any() else []


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
    """How each check did: share of its points that the class got, who had not started, and its correlation with the rest.

    The correlation (point-biserial, of a check with the sum of all others) says whether those who pass it do well
    elsewhere. Missing where everybody has the same points, and for everything below 15 students.
    """
    points = table.pivot(index="student", columns="check", values="points").dropna(how="all")
    most = table.groupby("check", sort=False)["max"].first()
    rest = -points.sub(points.sum(axis=1), axis=0)
    varies = (points.std() > 0) & (rest.std() > 0) & (len(points) >= ENOUGH)
    idle = table["words"].isin(NOT_STARTED).groupby(table["check"], sort=False).sum()
    related = pd.Series({check: points[check].corr(rest[check]) for check in points.columns[varies]}, dtype=float)
    return pd.DataFrame(
        {"max": most, "students": points.count(), "not started": idle, "share": points.mean() / most}
        | {"discrimination": related}
    ).reindex(most.index)


def mistakes(table: pd.DataFrame) -> pd.DataFrame:
    """The first thing that went wrong in each exercise and who did it, most frequent first; numbers in the words do not count.

    What was not started is no mistake.
    """
    rows = questions(table).query("status != 'not graded' and words != '' and words not in @NOT_STARTED")
    kinds = rows.assign(kind=rows["words"].str.replace(r"-?\d[\d.,]*", "#", regex=True)).groupby(
        ["exercise", "kind"], sort=False
    )
    counted = kinds.agg(students=("student", "count"), words=("words", "first"), who=("student", list)).reset_index()
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


def write(standing: Standing) -> list[Path]:
    """Write all four files.

    Returns
    -------
    list of Path
        The overview first.
    """
    lesson, table = standing.lesson, standing.table
    folder = FOLDER / lesson
    folder.mkdir(parents=True, exist_ok=True)
    overview = folder / "overview.html"
    overview.write_text(overview_page(standing), encoding="utf-8")
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


def overview_page(standing: Standing) -> str:
    """The class overview as a page that needs nothing but itself."""
    lesson, table = standing.lesson, standing.table
    source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
    total = totals(table)
    have = total["points"].dropna()
    picture = distribution(have, total["max"].max())._repr_html_() if len(have) else ""
    return render(
        "overview.html.j2", title=source.metadata["ser"]["title"], n_submissions=len(total), n_graded=len(have),
        n_waiting=total["waits"].sum(), n_undecided=total["undecided"].sum(), lesson=lesson, picture=Markup(picture),
        n_missing=len(standing.missing), sections=_sections(standing),
    )  # fmt: skip


def roster(standing: Standing) -> pd.DataFrame:
    """A row for everybody in the class, by name: how the work came in, and what is still to be done about it.

    Points are missing until they are final.
    """
    table = standing.table
    grouped = table.groupby("student", sort=False)
    rows = totals(table).join(grouped[["handed in", "longer", "repaired"]].first())
    flags = table[table["flags"] != ""].groupby("student")["decision"].agg(list)
    seen = pd.DataFrame(
        {
            "state": grouped["status"].first().where(lambda state: state == "not graded", "graded"),
            "handed in": rows["handed in"],
            "late": rows["hours late"].map(span),
            "time until": rows["longer"],
            "points off": rows["late"].where(rows["late"] > 0),
            "points": rows["final"],
            "repaired": rows["repaired"].where(rows["repaired"] > 0),
            "flagged": flags.map(lambda all_of: ", ".join(one or "open" for one in all_of)).reindex(rows.index),
            "waits": rows["waits"].map({True: "for a mark", False: ""}),
        }
    )
    nowhere = dict.fromkeys(map(shown, standing.missing), "not handed in")
    for found in standing.elsewhere:
        if (student := shown(found.rpartition("/")[0])) not in seen.index:
            nowhere[student or shown(found)] = "misplaced"
    absentees = pd.DataFrame({"state": nowhere}, dtype=object)
    everybody = pd.concat([seen, absentees]).sort_index() if nowhere else seen.sort_index()
    return everybody.rename_axis("student").reset_index()


def span(hours: float) -> str:
    """A time in days, hours and minutes, the two largest of them.

    Examples
    --------
    >>> span(0), span(1.5), span(51.2)
    ('', '1 h 30 min', '2 d 3 h')
    """
    minutes = math.ceil(hours * 60)
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "min": minutes % 60}
    return " ".join([f"{number} {unit}" for unit, number in parts.items() if number][:2])


def _sections(standing: Standing) -> list[dict[str, object]]:
    """The tables of the overview, each with a title and what its columns mean."""
    lesson, table = standing.lesson, standing.table
    wrong, per_question = mistakes(table), questions(table)
    wrong["who"] = wrong["who"].map(lambda names: _unfolding([_linked(lesson, name) for name in names]))
    flagged = per_question.loc[per_question["flags"] != "", [*ITEM, "points", "flags", "decision"]]
    failed = table[table["status"] == "not graded"].drop_duplicates("student")
    misplaced = {"found": map(shown, standing.elsewhere), "expected": map(shown, standing.elsewhere.values())}
    everybody = roster(standing).assign(student=lambda rows: rows["student"].map(lambda name: _linked(lesson, name)))
    return [
        _section(
            "Flagged",
            "Where the two runs of a check disagree, decide with `ser decide`; until then the student's grade is not exported. "
            "A score that came as a message does not count: talk to the student.",
            flagged,
        ),
        _section("Not graded", "No score was given; ask for a new submission.", failed[["student", "words"]]),
        _section(
            "Misplaced", f"Nobody grades these. Move them, below {SUBMITTED}, and grade again.", pd.DataFrame(misplaced)
        ),
        _section(
            "Teach this again",
            f"Mistakes that {RETEACH:.0%} of the class or more made, in the words of the check. What was not started is no mistake.",
            wrong[wrong["share"] >= RETEACH],
        ),
        _section(
            "The class",
            f"Times are in UTC. {late.LateRule(config=late.settings()).in_words()} Names lead to the feedback, once it is written; "
            "Ctrl+F finds one.",
            everybody,
        ),
        _checks_section(table),
        _section("All mistakes", "Everything a check said, most frequent first.", wrong),
    ]


def _checks_section(table: pd.DataFrame) -> dict[str, object]:
    """How the checks did; a correlation only with what it is worth."""
    item, n_graded = items(table), totals(table)["points"].count()
    words = "share: points that the class got, of those possible, with nothing for what was not started. "
    if n_graded < ENOUGH:
        words += f"How well a check tells students apart cannot be said of {n_graded}; from {ENOUGH} on it stands here."
        return _section("The checks", words, item.drop(columns="discrimination").reset_index())
    worth = 1.96 / math.sqrt(n_graded - 3)  # half of Fisher's interval, near zero
    told = item["discrimination"].map(
        lambda r: "all alike" if pd.isna(r) else f"{r:.2f}" + (", look" if r < TELLS_LITTLE else "")
    )
    words += (
        f"discrimination: correlation of a check with the rest of the points, uncertain by about {worth:.1f} with {n_graded} "
        f"students. Below {TELLS_LITTLE} (marked “look”) those who pass it may do hardly better elsewhere: read the check and its text."
    )
    return _section("The checks", words, item.assign(discrimination=told).reset_index())


def _linked(lesson: str, student: str) -> str:
    """A name that leads from the overview to the student's feedback, where that is written."""
    page = Path("feedback", student, lesson, f"{lesson}.html")
    if not (CLASSROOM / page).is_file():
        return student
    return Markup('<a href="../../{}">{}</a>').format(quote(page.as_posix()), student)


def _unfolding(names: list[str]) -> Markup:
    """Names in a row; many of them only when they are asked for."""
    row = Markup(", ").join(names)
    if len(names) <= MANY:
        return row
    return Markup("<details><summary>{} students</summary>{}</details>").format(len(names), row)


def _section(title: str, words: str, rows: pd.DataFrame) -> dict[str, object]:
    written = {name: [_written(name, value) for value in column] for name, column in rows.items()}
    return {"title": title, "words": words, "columns": list(written), "rows": list(zip(*written.values(), strict=True))}


def _written(column: object, value: Any) -> str:
    """A value as it stands in a table: shares as percentages, numbers short, what is missing as nothing."""
    if pd.isna(value):
        return ""
    if column == "share":
        return f"{value:.0%}"
    return value if isinstance(value, str) else f"{value:g}"
