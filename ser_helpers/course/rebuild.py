"""A lesson's notebook, put together anew: the course's own cells, and in their places what a learner wrote.

The notebook is not patched but built: explanations, checks, points, ids and tags come from the release and its source, and
only answers and cells of their own come from the learner. So nothing that happened to a check, a tag or an id, on purpose or
not, gets through. The learner's `check` and the grader both begin here, so they judge the same notebook.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
import symtable
import warnings
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from ..errors import CourseError

ATTACHED = re.compile(r"attachment:([^)\s\"'>]+)")  # where a picture stands that was pasted into a text
LINE_END = re.compile("\r\n?")
MAGIC = re.compile(r"\A\s*%%\w.*\n")  # a first line such as %%time
BASE64 = re.compile("[A-Za-z0-9+/]+={0,2}")


class NotANotebook(CourseError):
    """Text that is no notebook, in words that fit after a file's name."""


def notebook_of(text: str) -> tuple[NotebookNode, list[str]]:
    """A learner's notebook in today's format, of each cell no more than its text and nbgrader's mark; and notes on what was odd.

    Raises
    ------
    NotANotebook
        The message goes on after the file's name.

    Examples
    --------
    >>> notebook, notes = notebook_of('{"cells": [{"cell_type": "code", "source": ["1 +", " 1"]}]}')
    >>> notebook.cells[0].source, notes
    ('1 + 1', [])
    """
    if not text.strip():
        raise NotANotebook("is empty. It was probably not saved before it was handed in.")
    notes = ["The notebook held bytes that are no UTF-8; each became a \ufffd."] if "\ufffd" in text else []
    try:
        notebook = json.loads(text)
        version = int(notebook.get("nbformat", 4))
        if version < 4:
            notebook = nbformat.convert(nbformat.from_dict(notebook), 4)
            notes.append(f"The notebook was in format {version} and was brought to format 4.")
        return nbformat.v4.new_notebook(cells=[_plain_cell(cell) for cell in notebook["cells"]]), notes
    except Exception as error:  # whatever a file may hold
        shown, where = text[:60], "It begins with"
        if isinstance(error, json.JSONDecodeError) and error.lineno > 1:
            shown, where = (
                text.split("\n")[error.lineno - 1][:60],
                f"It begins well, and is damaged in line {error.lineno}:",
            )
        raise NotANotebook(
            f"is no notebook: it is not the JSON that Jupyter writes. {where} {' '.join(shown.split())!r}."
        ) from None


def _plain_cell(cell: dict) -> NotebookNode:
    """Source, type and nbgrader's mark of a cell, its pictures inside the text; nothing else of it goes on."""
    source = cell.get("source") or ""
    source = "".join(source) if isinstance(source, list) else str(source)
    source = LINE_END.sub("\n", source)
    if cell.get("cell_type") == "markdown":
        source = ATTACHED.sub(partial(_picture, cell.get("attachments")), source)
    make = new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell
    kept = make(source.encode("utf-8", "replace").decode())  # half a character, which no file can hold
    given = (cell.get("metadata") or {}).get("nbgrader")
    kept.metadata["grade_id"] = str(given.get("grade_id")) if isinstance(given, dict) else None
    kept.metadata["nbgrader"] = given
    return kept


def _picture(attachments: dict | None, where: re.Match) -> str:
    """The picture itself; without one the place is no link any more, which would stop whoever shows the page."""
    with contextlib.suppress(AttributeError, KeyError, TypeError):  # anything may stand where pictures should
        for kind, parts in (attachments or {})[unquote(where[1])].items():
            data = "".join("".join(parts).split())
            if kind in ("image/png", "image/jpeg", "image/gif", "image/webp") and BASE64.fullmatch(data):
                return f"data:{kind};base64,{data}"
    return f"attachment: {where[1]}"


@dataclass
class _Answers:
    """A submission's cells, told apart: by grade_id, or own, each own one with the course's cell that stands before it.

    What was found amiss is kept as {sentence: names it is true of}.
    """

    by_id: dict[str, list[str]] = field(default_factory=dict)
    own: dict[int, list[NotebookNode]] = field(default_factory=dict)
    amiss: dict[str, list[str]] = field(default_factory=dict)

    def note(self, sentence: str, name: str) -> None:
        self.amiss.setdefault(sentence, []).append(name)


def rebuild(submitted: NotebookNode, release: NotebookNode, source: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The course's notebook with a student's answers and own cells in their places.

    Parameters
    ----------
    submitted : NotebookNode
        From `notebook_of`.
    release, source : NotebookNode
        The lesson as handed out, and its source with the hidden tests. Their cells correspond one to one.

    Returns
    -------
    notebook : NotebookNode
    repairs : list of str
    """
    stubs = {grade_id(cell): cell.source for cell in release.cells if is_answer(cell)}
    answers = _sort_out(submitted, release, stubs)
    _adopt(answers, release, stubs)
    cells = []
    for place, (given, truth) in enumerate(zip(release.cells, source.cells, strict=True)):
        cell = deepcopy(truth)
        if is_answer(given):
            name = grade_id(given)
            cell.source = _answer(answers, name, stubs[name], given.cell_type == "code")
        cells += [cell, *answers.own.get(place, [])]
    notebook = nbformat.v4.new_notebook(cells=[*answers.own.get(-1, []), *cells], metadata=deepcopy(source.metadata))
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "grade_id" in cell.metadata:
            cell.metadata = NotebookNode({"ser": {"own": True}})
            cell.id = f"own-{number}"
    skip_what_no_answer_needs(notebook)
    repairs = [f"{', '.join(dict.fromkeys(names))}: {sentence}" for sentence, names in answers.amiss.items()]
    return notebook, repairs


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of a cell; "" for one that nbgrader does not look at."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_answer(cell: NotebookNode) -> bool:
    """Whether a student writes into this cell: code or text."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_own(cell: NotebookNode) -> bool:
    """Whether a cell of a notebook from `rebuild` is the learner's own."""
    return "ser" in cell.metadata


def has_points(cell: NotebookNode) -> bool:
    """Whether a cell is marked: a check, or a written task."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def _sort_out(submitted: NotebookNode, release: NotebookNode, stubs: dict[str, str]) -> _Answers:
    """Tell the course's cells, the answers and a student's own cells apart."""
    answers, place, met, before = _Answers(), -1, set(), ""
    known = {grade_id(cell): i for i, cell in enumerate(release.cells) if grade_id(cell)}
    texts: dict[str, list[int]] = {}
    for i, cell in enumerate(release.cells):
        texts.setdefault(cell.source.strip(), []).append(i)
    for cell in submitted.cells:
        name, text = cell.metadata["grade_id"], cell.source.strip()
        if name in known:
            place = known[name]
            if name not in stubs and name in met:
                answers.note("the check was there twice; it ran once.", name)
            elif name not in stubs and text != release.cells[place].source.strip() and not _as_handed_out(cell):
                answers.note("the check had been changed; the course's own ran.", name)
        elif text in texts:
            place = next((i for i in texts[text] if i > place), texts[text][0])
            name = grade_id(release.cells[place])
            if name and name not in stubs:
                answers.note("the check had lost its mark; the course's own ran.", name)
        elif before in stubs and _goes_on(cell, answers.by_id[before]):
            name = before
        elif text:
            answers.own.setdefault(place, []).append(cell)
        if name in stubs:
            answers.by_id.setdefault(name, []).append(cell.source)
        met.add(name)
        before = name or ""
    for name in known:
        if name not in stubs and name not in met:
            answers.note("the check was missing; it was put back and ran.", name)
    return answers


def _as_handed_out(cell: NotebookNode) -> bool:
    """Whether a check is what nbgrader released, though the course has mended it since: its own checksum fits it."""
    given = cell.metadata["nbgrader"]
    if not isinstance(given, dict) or "checksum" not in given:
        return False
    from nbgrader.utils import compute_checksum  # takes a second to load, and is rarely needed

    try:
        return compute_checksum(cell) == given["checksum"]
    except Exception:  # whatever a notebook may hold in that place
        return False


def _goes_on(cell: NotebookNode, parts: list[str]) -> bool:
    """Whether a cell is the rest of the answer right above it: code that begins indented, and fits there."""
    begins_indented = cell.source.lstrip("\n")[:1] in ("\t", " ") and cell.source.strip()
    return bool(cell.cell_type == "code" and begins_indented and _is_python("\n\n".join([*parts, cell.source])))


def _adopt(answers: _Answers, release: NotebookNode, stubs: dict[str, str]) -> None:
    """Find the answer to an exercise that has none: it was written into another cell, or its cell has lost its mark."""
    for exercise, stub in stubs.items():
        if any(part.strip() != stub.strip() for part in answers.by_id.get(exercise, [])):
            continue
        names = set(functions_of(stub))
        found = [
            (place, cell)
            for place, cells in answers.own.items()
            for cell in cells
            if (names and cell.cell_type == "code" and names & set(functions_of(cell.source)))
            or (not names and cell.cell_type == "markdown" and exercise not in answers.by_id)
        ]
        if not found or (not names and len(found) > 1):  # which of several texts, nobody can tell
            continue
        here = next(i for i, cell in enumerate(release.cells) if grade_id(cell) == exercise)
        check = next((i for i, cell in enumerate(release.cells) if i > here and grade_id(cell)), here)
        place, cell = found[0]
        answers.note("the answer stood in another cell; it counts.", exercise)
        if not (names and here <= place < check):  # where it stands, it would come too late, or the stub after it
            answers.own[place].remove(cell)
            answers.by_id[exercise] = [cell.source]


def _answer(answers: _Answers, name: str, stub: str, code: bool) -> str:
    """One answer from what was there: nothing, one cell, a split cell, or copies."""
    parts = answers.by_id.get(name, [])
    if not parts:
        answers.note("the answer's cell was missing.", name)
        return stub
    written = [part for part in dict.fromkeys(parts) if part.strip() != stub.strip()]
    if len(parts) == 1 or not written:
        return parts[0]
    answers.note(
        "the answer's cell was there more than once, copied or split; the parts were joined in their order.", name
    )
    together = "\n\n".join(written)
    if code and not _is_python(together):  # copies, one of them unfinished
        together = "\n\n".join(filter(_is_python, written)) or together
    return together


def syntax_error(source: str) -> SyntaxError | None:
    """Why Python cannot read a cell; %magics, !commands, help? and await are fine.

    Examples
    --------
    >>> print(syntax_error("%time y = await x"), syntax_error("def f(x)").msg, sep=", ")
    None, expected ':'
    """
    try:
        return _unreadable(_plain(source))
    except SyntaxError as error:
        return error


def _plain(source: str) -> str:
    """A cell with its magics and commands as calls, as Python reads them; SyntaxError where IPython cannot read it either."""
    if not _unreadable(source):
        return source
    from IPython.core.inputtransformer2 import TransformerManager  # takes a moment, and few cells need it

    return TransformerManager().transform_cell(source)


def _unreadable(code: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error
    return None


def _is_python(source: str) -> bool:
    return syntax_error(source) is None


def skip_what_no_answer_needs(notebook: NotebookNode) -> None:
    """Leave out the course's explanations whose names neither a check nor a student's cell uses: figures nobody looks at."""
    needed: set[str] = set()
    for cell in reversed(notebook.cells):
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.setdefault("tags", [])
        explains = not cell.metadata.get("nbgrader") and "ser" not in cell.metadata and "setup" not in tags
        made, used = _names(cell.source)
        if explains and made is not None and not made & needed:
            tags.append("skip-execution")
        else:
            needed |= used


def what_the_checks_need(notebook: NotebookNode, checks: list[str]) -> list[tuple[str, str]]:
    """The cells to run before the checks, as (grade_id or id, code): answers, own cells, and of the set-up what they use."""
    needed = set().union(*(_names(check)[1] for check in checks))
    cells = []
    for cell in reversed(notebook.cells):
        if cell.cell_type != "code" or has_points(cell) or "skip-execution" in cell.metadata.get("tags", []):
            continue
        source = cell.source
        if "setup" in cell.metadata.get("tags", []):
            source, used = _statements(source, needed)
        else:
            used = _names(source)[1]
        needed |= used
        cells.append((grade_id(cell) or cell.id, source))
    return cells[::-1]


def _statements(source: str, needed: set[str]) -> tuple[str, set[str]]:
    """Those statements of a set-up that make something needed, or that only do something; and the names they use."""
    try:
        parts = [part for statement in ast.parse(source).body for part in _one_by_one(statement)]
    except SyntaxError:  # a magic
        return source, _names(source)[1]
    kept, needed = [], set(needed)
    for part in reversed(parts):
        text = ast.unparse(part)
        made, used = _names(text)
        prints = isinstance(part, ast.Expr) and text.startswith(("print(", "display("))
        if not prints and (not made or made & needed):
            kept.append(text)
            needed |= used
    return "\n".join(kept[::-1]), needed


def _one_by_one(statement: ast.stmt) -> list[ast.stmt]:
    """An import of several names as one of each."""
    if isinstance(statement, ast.Import):
        return [ast.Import([name]) for name in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [ast.ImportFrom(statement.module, [name], statement.level) for name in statement.names]
    return [statement]


def _names(source: str) -> tuple[set[str] | None, set[str]]:
    """Global names that a cell makes or changes, and those that it uses; (None, words) when that cannot be told."""
    words = set(re.findall(r"[A-Za-z_]\w*", source))
    try:
        todo, tree = [symtable.symtable(source, "<cell>", "exec")], ast.parse(source)
    except SyntaxError:  # a magic, or unfinished
        return None, words
    made, used = set(), set()
    while todo:
        table = todo.pop()
        todo += table.get_children()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                made |= {symbol.get_name()} if symbol.is_assigned() or symbol.is_imported() else set()
                used |= {symbol.get_name()} if symbol.is_referenced() else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            made |= {name.id for name in ast.walk(node.value) if isinstance(name, ast.Name)}
    return made, words if used & {"eval", "exec", "globals", "get_ipython"} else used


def functions_of(source: str) -> list[str]:
    """Names of the functions that a cell defines, [] when Python cannot read it.

    Examples
    --------
    >>> functions_of("%%time\\n!pip install x\\ndef relu(z):\\n    return z")
    ['relu']
    """
    if "def" not in source:  # a text, most often, which Python cannot read either
        return []
    try:
        tree = ast.parse(_plain(MAGIC.sub("", source)))
        return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    except SyntaxError:
        return []
