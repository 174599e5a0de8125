"""The last stage: what each check cell's score is, by its outputs and by the second run, and what is odd about it.

Where the two runs differ, both scores are recorded and an instructor decides; nbgrader's, the first, stands until then. What
the second run says is also what the student reads.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ..check import exercise_of, said, unreadable
from ..rebuild import grade_id, has_points
from .recompute import RUN_ONCE
from .records import Cell

OWN_CLASS = (
    "own-class"  # tag of a check: a right answer may return a class of the student's own, which cannot be carried
)


def settle(
    executed: NotebookNode, second: dict[str, str | None] | None
) -> tuple[NotebookNode, dict[str, Cell], list[str]]:
    """Scores, flags and words of a submission.

    Parameters
    ----------
    executed : NotebookNode
        From `run`.
    second : dict or None
        From `recompute`; None when there was no second run.

    Returns
    -------
    marked : NotebookNode
        The notebook whose outputs give nbgrader these scores.
    cells : dict of Cell
        By grade_id.
    flags : list of str
        For an instructor to look at.
    """
    marked = deepcopy(executed)
    cells: dict[str, Cell] = {}
    flags: list[str] = []
    not_read = unreadable(marked)
    for cell in filter(has_points, marked.cells):
        name, points = grade_id(cell), float(cell.metadata["nbgrader"]["points"])
        if cell.cell_type == "code":
            flags += _without_forged_scores(cell)
            cells[name] = _score(cell, points, (second or {}).get(name), not_read.get(exercise_of(name), ""))
            if second is not None:
                flags += _differences(cell, cells[name], said(cell), second.get(name))
        else:
            cells[name] = Cell(points, None, None, "written: marked by a person")
    return marked, cells, flags


def _without_forged_scores(cell: NotebookNode) -> list[str]:
    """Leave of a check's outputs only errors, in place; a flag when there was a score among them."""
    forged = any(output.output_type == "execute_result" for output in cell.outputs)
    cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
    words = said(cell)
    if words and not cell.outputs:  # it never ran, and nbgrader would give all points for that
        cell.outputs = [new_output("error", ename="KernelEnded", evalue=words, traceback=[])]
    if not forged:
        return []
    return [f"{grade_id(cell)}: a score was sent as a message; the check itself never gives one. It does not count."]


def _score(cell: NotebookNode, points: float, there: str | None, not_read: str) -> Cell:
    here = said(cell)
    second = None if there is None else 0.0 if there else points
    words = there or here
    return Cell(points, 0.0 if here else points, second, words and (not_read or words))


def _differences(cell: NotebookNode, found: Cell, here: str, there: str | None) -> list[str]:
    """A flag when a second run was made and does not say the same."""
    name, points, score = grade_id(cell), found.points, found.score
    if found.recomputed is None:
        if not score or {RUN_ONCE, OWN_CLASS} & {*cell.metadata.get("tags", [])}:
            return []
        return [
            f"{name}: {score:g} of {points:g} points could not be confirmed from outside: what a function returned is no plain "
            "data (numbers, text, arrays, tables), or its process ended."
        ]
    if found.recomputed == score:
        return []
    return [
        f"{name}: {score:g} of {points:g} points in the submission's own kernel ({here or 'passed'}), {found.recomputed:g} when the "
        f"same functions were called from outside ({there or 'passed'}). Not exported until you decide."
    ]
