"""What `ser grade`, `ser decide`, `ser extend`, `ser return`, `ser alike` and `ser overview` do and print."""

from __future__ import annotations

import contextlib
import json
import webbrowser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import admit, alike, decisions, late, mark, records, reports, returns, shards
from .box.unconfined import Unconfined
from .records import Record, shown
from .reports import Standing


def grade_command(lesson: str, as_json: bool, unsafe: bool = False, **options: Any) -> int:
    """`ser grade`: 0 when every submission has its grade and no open flag, and none lies in a wrong place."""
    done = shards.grade(lesson, progress=not as_json, box=Unconfined() if unsafe else None, **options)
    standing = reports.look(lesson)
    overview = reports.write(standing)[0]
    print(json.dumps(plain(done, standing)) if as_json else summary(done, standing, overview))
    fine = all(record.status == "graded" for record in done) and not standing.elsewhere
    return 0 if fine and all(decision for decision, *_ in _flags(done, standing)) else 1


def plain(done: list[Record], standing: Standing) -> list[dict[str, Any]]:
    """Records as JSON has them; what is not among the submissions and should be is a record, too, without a score."""
    lesson = standing.lesson
    nowhere = [
        Record(lesson, found.rpartition("/")[0], "misplaced", f"{found}: expected at {where}")
        for found, where in standing.elsewhere.items()
    ]
    nowhere += [Record(lesson, student, "not handed in") for student in standing.missing]
    return [records.contents(record) for record in [*done, *nowhere]]


MANY = 20  # names in a row that somebody reads


def few(names: list[str]) -> list[str]:
    """What is to be printed one by one, if there are not too many; then the first, and how many more there are.

    Examples
    --------
    >>> few(["ann", "bob"]), few(["x"] * 300)[-2:]
    (['ann', 'bob'], ['x', 'and 280 more'])
    """
    return names if len(names) <= MANY else [*names[:MANY], f"and {len(names) - MANY} more"]


def decide_command(lesson: str, student: str | None, decision: str | None, as_json: bool) -> int:
    """`ser decide`: 0 when nothing is left to decide among what it lists."""
    if student and decision:
        with records.alone():
            decisions.decide(lesson, student, decision)
            reports.write(reports.look(lesson))
    listed = [one for one in decisions.flagged(lesson) if student in (None, one.student)]
    listed = [one for one in listed if student or not one.decision]
    lines = [
        f"{shown(one.student)}, {one.check}: {one.own:g} of {one.points:g} points in the submission's own kernel (accept), "
        f"{one.second:g} when called from outside (reject; {one.says}). Decided: {one.decision or 'not yet'}."
        for one in listed
    ]
    how = f"ser decide {lesson} {student or 'STUDENT'} accept|reject"
    lines += [how] if any(not one.decision for one in listed) else []
    print(json.dumps([asdict(one) for one in listed]) if as_json else "\n".join(lines) or "There is nothing to decide.")
    return 1 if any(not one.decision for one in listed) else 0


def extend_command(lesson: str, student: str | None, date: str, as_json: bool) -> int:
    """`ser extend`: give a student time until a date ("none" takes it back), and list who has longer."""
    if student and date:
        with records.alone():
            late.extend(lesson, student, None if date == "none" else admit.as_utc(date))
            if records.load_all(lesson):
                reports.write(reports.look(lesson))
    longer = {name: until for name, until in late.extensions(lesson).items() if until and student in (None, name)}
    lines = [f"{shown(name)} has time until {until} UTC." for name, until in longer.items()]
    plain = {name: f"{until} UTC" for name, until in longer.items()}
    print(json.dumps(plain) if as_json else "\n".join(lines) or "Nobody has longer.")
    return 0


def return_command(lesson: str, as_json: bool) -> int:
    """`ser return`: everybody's feedback, and the ZIP that Moodle or Canvas takes back; 0 when all of it has its way."""
    with records.alone():
        pages = returns.write_feedback(lesson, progress=not as_json)
        standing = reports.look(lesson)
        folder = reports.write(standing)[0].parent  # with links to the feedback
        packed = returns.pack(lesson, pages, folder)
    total = reports.totals(standing.table)
    open_ones = total.index[total["waits"] | total["undecided"]].tolist()
    taken = {student for _, students in packed.values() for student in students}
    failed = [one.student for one in records.load_all(lesson) if one.status == "graded" and one.student not in pages]
    if as_json:
        zips = {system: str(file) for system, (file, _) in packed.items()}
        print(json.dumps({"pages": {s: str(page) for s, page in pages.items()}, "zips": zips, "failed": failed}))
        return 1 if failed else 0
    print(f"{lesson}: feedback for {len(pages)}, in {returns.FEEDBACK}/NAME/{lesson}/{lesson}.html.")
    for system, (file, students) in packed.items():
        print(f"{file}: {len(students)} pages. In {system.capitalize()}: {returns.HOW[system]}.")
    lists = {"not in a ZIP, as they came another way": sorted({*pages} - taken)}
    lists |= {"whose page says that a mark or a decision is still to come": open_ones}
    lists |= {f"without a page; see `nbgrader generate_feedback {lesson} --force`": failed}
    print(
        *(
            f"{words} ({len(names)}): {', '.join(few([shown(one) for one in names]))}"
            for words, names in lists.items()
            if names
        ),
        sep="\n",
    )
    return 1 if failed else 0


def alike_command(lesson: str, as_json: bool) -> int:
    """`ser alike`: write the page of answers that resemble each other, and name the pairs."""
    page, found = alike.write(lesson)
    if as_json:
        print(json.dumps({"page": str(page), "pairs": [two for *two, _ in found]}))
        return 0
    print(*few([f"{shown(one)} and {shown(other)}" for one, other, _ in found]), sep="\n", end="\n" if found else "")
    print(
        f"{len(found)} pairs share more than the exercises explain: a place to look, no verdict. Side by side: {page}"
    )
    return 0


def mark_command(lesson: str, port: int, browser: bool) -> int:
    """`ser mark`: serve the marking page until Ctrl-C, then write the reports; 0 when nothing waits any more."""
    marking = mark.Marking(lesson)
    served, address = mark.server(marking, port)
    with served, contextlib.suppress(KeyboardInterrupt):
        print(f"Marking {lesson}: {address}\nCtrl-C ends it and writes the reports.", flush=True)
        if browser:
            webbrowser.open(address)
        served.serve_forever()
    reports.write(reports.look(lesson))
    waits = sum(len(task.open) for task in marking.tasks)
    print(f"\n{waits} answers still wait for a mark." if waits else "\nEvery written answer has its mark.")
    return 1 if waits else 0


def overview_command(lesson: str, as_json: bool) -> int:
    """`ser overview`: write the reports again, after marking by hand say."""
    files = reports.write(reports.look(lesson))
    print(json.dumps([str(file) for file in files]) if as_json else "\n".join(map(str, files)))
    return 0


def _flags(done: list[Record], standing: Standing) -> list[tuple[str | None, str, str]]:
    """Every flag: what was decided ("" for nothing yet, None where there is nothing to decide), student, words."""
    known = {(one.student, one.check): one.decision for one in standing.flagged}
    return [
        (known.get((record.student, flag.partition(":")[0])), record.student, flag)
        for record in done
        for flag in record.flags
    ]


def summary(done: list[Record], standing: Standing, overview: Path) -> str:
    """What a person reads after a run."""
    lesson, graded = standing.lesson, [record for record in done if record.status == "graded"]
    flags, names = _flags(done, standing), {shown(record.student) for record in done}
    total = reports.totals(standing.table).loc[lambda rows: rows.index.isin(names)]
    groups = {
        "repaired": [(one.student, note) for one in graded for note in one.repairs],
        f"flagged, not exported until you decide with `ser decide {lesson} STUDENT accept|reject`": [
            (student, note) for decision, student, note in flags if decision == ""
        ],
        "flagged and decided": [(student, f"{decision}: {note}") for decision, student, note in flags if decision],
        "flagged, nothing to decide": [(student, note) for decision, student, note in flags if decision is None],
        "late": [
            (student, f"{reports.span(row['hours late'])}, {row['late']:g} points off")
            for student, row in total[total["hours late"] > 0].iterrows()
        ],
        "without a name, e-mail or number in the list of students": [
            (one, "a folder's name that is not quite theirs, or an import that is due (nbgrader db student import)")
            for one in reports.strangers(standing.table)
        ],
        "not graded": [(one.student, one.reason) for one in done if one.status != "graded"],
        "misplaced, so not graded": [
            (found, f"expected at {expected}") for found, expected in standing.elsewhere.items()
        ],
    }
    missing = ", ".join(few([shown(one) for one in standing.missing]))
    more = f" Not handed in ({len(standing.missing)}): {missing}." if missing else ""
    lines = [f"{lesson}: {len(graded)} of {len(done)} submissions have their grade.{more}"]
    for title, notes in groups.items():
        lines += [f"{title} ({len({student for student, _ in notes})}):"] if notes else []
        lines += [f"  {shown(str(student))}: {note}" for student, note in notes]
    if waits := int(total["waits"].sum()):
        lines.append(f"written answers of {waits} wait for a mark: ser mark {lesson}")
    return "\n".join([*lines, f"Where to look: {overview}. What the words mean: solutions/README.md."])
