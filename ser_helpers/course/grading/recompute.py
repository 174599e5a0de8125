"""The fourth stage: the checks once more, in a process that never ran the submission.

Code in one kernel can always trick the tests that run beside it: drop their asserts, patch numpy, forge messages. So the box
repeats them where the submission never was. A check that cannot be repeated so says it by a tag in the lesson's source.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from ..rebuild import functions_of, grade_id, has_points, is_answer, skip_what_no_answer_needs
from .box.base import Box, SecondRun

RUN_ONCE = "run-once"  # tag of a check that looks at more than what functions return


def recompute(
    notebook: NotebookNode, source: NotebookNode, box: Box, environment: dict[str, str], seconds: int
) -> dict[str, str | None] | None:
    """What the checks say of a submission's functions, called from outside.

    Parameters
    ----------
    notebook : NotebookNode
        From `rebuild`.
    source : NotebookNode
        The lesson's; its own cells are the ground that the checks stand on.
    environment : dict
        Variables that the checks find set, and the submission does not.
    seconds : int
        For a cell, and for a call.

    Returns
    -------
    dict or None
        As `Box.judge` has it.
    """
    course = deepcopy(source)
    skip_what_no_answer_needs(course)
    code = [cell for cell in course.cells if _runs(cell)]
    task = SecondRun(
        own_cells=[cell.source for cell in notebook.cells if _runs(cell) and not has_points(cell)],
        checks=[(grade_id(cell), cell.source) for cell in code if not is_answer(cell)],
        functions=[name for cell in code if is_answer(cell) for name in functions_of(cell.source)],
        environment=environment,
        seconds=seconds,
    )
    return box.judge(task)


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not {"skip-execution", RUN_ONCE} & {*cell.metadata.get("tags", [])}
