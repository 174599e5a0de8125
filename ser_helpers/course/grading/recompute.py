"""The checks once more, in a process that never ran the submission.

Code in one kernel can always trick the tests that run beside it: drop their asserts, patch numpy, forge messages. So a
second pair of processes, `judge.answer` and `judge.judge`, repeats them. Where the two scores differ, both are recorded and
an instructor decides; nbgrader's stands until then. What the judge says is also what the student reads.
"""

from __future__ import annotations

import json
from multiprocessing.connection import Pipe, wait
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Integer

from .. import check
from ..rebuild import functions_of, skip_what_no_answer_needs
from . import records, sandbox, seed

ALONE = {"final_report-check"}  # looks at more than what a function returns: how often the test was opened
MAY_STAY = {
    "chosen_model-check",
    "final_report-check",
}  # a right answer may be a model with a class of the student's own


def recompute(notebook: NotebookNode, source: NotebookNode, seconds: int) -> dict[str, str | None]:
    """Have both processes started, and wait for what the judge says."""

    def graded(cell):
        return cell.metadata.get("nbgrader", {})

    def runs(cell):
        skipped = "skip-execution" in cell.metadata.get("tags", []) or graded(cell).get("grade_id") in ALONE
        return cell.cell_type == "code" and not skipped

    skip_what_no_answer_needs(source)
    code = [cell for cell in source.cells if runs(cell)]
    task = {
        "do": "judge",
        "seconds": seconds,
        "cells": [(graded(cell).get("grade_id"), cell.source) for cell in code if not graded(cell).get("solution")],
        "functions": [name for cell in code if graded(cell).get("solution") for name in functions_of(cell.source)],
        "env": seed.environment(),
    }
    own = [cell.source for cell in notebook.cells if runs(cell) and not graded(cell).get("grade")]
    (one, other), (ours, theirs) = Pipe(), Pipe()
    server = sandbox.fork_server()
    guards = [
        server.start({"do": "answer", "cells": own, "seconds": seconds}, one),
        server.start(task, other, theirs),
    ]
    try:
        if wait([ours], timeout=5 * seconds):
            return json.loads(ours.recv_bytes(10_000_000))
    except (EOFError, OSError):
        pass  # a judge that ended early has said nothing
    finally:
        for guard in guards:
            guard.close()
    return {}


class Recompute(NbGraderPreprocessor):
    """nbgrader's step after Execute: judge again, throw forged scores out, and write the submission's record."""

    timeout = Integer(60, help="Seconds for a cell of the submission, and for a call of its functions.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lesson, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        source = nbformat.read(Path("solutions", lesson, f"{lesson}.ipynb"), as_version=4)
        again = recompute(nb, source, self.timeout) if sandbox.confined() else None
        record = records.Record(lesson, student, repairs=nb.metadata.get("ser", {}).get("repairs", []))
        for cell in nb.cells:
            graded = cell.metadata.get("nbgrader", {})
            if graded.get("grade"):
                name, points = graded["grade_id"], float(graded["points"])
                if cell.cell_type == "code":
                    record.cells[name], flags = _settle(cell, name, points, again)
                    record.flags += flags
                else:
                    record.cells[name] = records.Cell(points, None, None, "written: marked by a person")
        records.save(record)
        return nb, resources


def _settle(cell: NotebookNode, name: str, points: float, again: dict | None) -> tuple[records.Cell, list[str]]:
    """What a check cell's score is, by its outputs and by what the judge says, and what is odd about it."""
    flags, there = [], (again or {}).get(name)
    if any(output.output_type == "execute_result" for output in cell.outputs):
        flags.append(f"{name}: a score was sent as a message; the check itself never gives one. It does not count.")
    cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
    here = check.said(cell)
    if here and not cell.outputs:  # it never ran, and nbgrader would give all points for that
        cell.outputs = [new_output("error", ename="KernelEnded", evalue=here, traceback=[])]
    score, second = (0.0 if here else points), None if there is None else (0.0 if there else points)
    if score and again is not None and second is None and name not in MAY_STAY:
        flags.append(
            f"{name}: {score:g} of {points:g} points could not be confirmed from outside: what a function returned is no plain "
            "data (numbers, text, arrays, tables), or its process ended."
        )
    elif second is not None and second != score:
        flags.append(
            f"{name}: {score:g} of {points:g} points in the submission's own kernel ({here or 'passed'}), {second:g} when the "
            f"same functions were called from outside ({there or 'passed'}). nbgrader's {score:g} stands until you decide."
        )
    return records.Cell(points, score, second, (there or here)[:1000]), flags
