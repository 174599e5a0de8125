"""What stands below a check cell: one exercise, judged in the notebook's own kernel, in one sentence.

`ser build` writes the checks that a learner may read into data/checks/, one file a lesson; the hidden ones stay in
solutions/. Where that folder is at hand, both run. A cell's sentence is shown where a person looks on; for nbgrader and
`ser check` a check that fails raises it, so that the cell scores nothing.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import difflib
import dis
import html
import json
import linecache
import os
import re
import sys
import textwrap
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import places
from ..errors import CourseError

LONGEST = 420  # characters of a sentence: about three lines of a notebook
LINE, REASON = 90, 200  # characters of a line of code, and of what Python says of it, inside that sentence
WIDTH = 80  # `nbgrader validate` cuts longer lines
CODE_WORD = re.compile(r"[a-z]\w*_\w+|[a-z]\w*(?==)|(?<=\w\.)[a-z]\w+")
MEANT = {  # what Python says to everybody once, and what it means to who meets it first
    "truth value of an array": "`if`, `and` and Python's max ask for one yes or no; numpy's functions go number by number.",
    "keyword-only argument": "This function wants its arguments by name, as in `y=y`.",
}
WAITS = "More checks run when your work is marked"


class _Sentence(Exception):
    """An exception of which IPython, and so Jupyter and nbgrader, show the sentence and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return textwrap.wrap(str(self), WIDTH)


class NotPassed(_Sentence, AssertionError):
    """A check that failed."""


class NoSuchExercise(_Sentence, CourseError):
    """A name that no lesson has."""


class NotSolved(NotPassed, NotImplementedError):
    """A check of an exercise that still holds its stub."""


@dataclass(frozen=True)
class Part:
    """A graded cell of an exercise: its code, and whether more of it is hidden."""

    grade_id: str
    points: float
    source: str
    waits: bool = False


@dataclass(frozen=True)
class Exercise:
    """An exercise as its lesson has it; `whole` where the hidden checks are there, too."""

    name: str
    parts: list[Part]
    hints: list[str]
    whole: bool

    @property
    def points(self) -> float:
        """What its checks can give."""
        return sum(part.points for part in self.parts)


def find(name: str) -> Exercise:
    """An exercise by its name, of the lesson whose folder we are in before any other.

    Raises
    ------
    NoSuchExercise
        When no lesson has it.

    Examples
    --------
    >>> [part.grade_id for part in find("log_mel").parts], len(find("log_mel").hints)
    (['log_mel-check', 'log_mel-more'], 3)
    """
    root = places.CHECKOUT
    with contextlib.suppress(CourseError):  # a notebook may lie anywhere
        root = places.course_folder()
    lessons = {file.stem for folder in _folders(root) for file in folder.glob("*.json")}
    seen = []
    for lesson in sorted(lessons, key=lambda lesson: (lesson != Path.cwd().name, lesson)):
        for exercise in of_lesson(lesson, root):
            if exercise.name == name:
                return exercise
            seen.append(exercise.name)
    near = difflib.get_close_matches(name.lower(), seen, 1) or seen[:1] or ["log_mel"]
    raise NoSuchExercise(f"No lesson has an exercise {name!r}. Give the name of its function: check({near[0]!r}).")


def of_lesson(lesson: str, root: Path) -> list[Exercise]:
    """The exercises of a lesson in their order, [] where nothing is known of it."""
    for folder in _folders(root):
        if (file := folder / f"{lesson}.json").is_file():
            known = json.loads(file.read_text(encoding="utf-8"))
            return [_exercise(name, about, _hidden(lesson, root)) for name, about in known.items()]
    return []


def _folders(root: Path) -> tuple[Path, Path]:
    return root / "data" / "checks", places.DATA / "checks"


def _exercise(name: str, about: dict, hidden: dict[str, str]) -> Exercise:
    parts = [Part(**part) for part in about["parts"]]
    whole = all(part.grade_id in hidden for part in parts)
    if whole:
        parts = [Part(part.grade_id, part.points, hidden[part.grade_id]) for part in parts]
    return Exercise(name, parts, about["hints"], whole)


def _hidden(lesson: str, root: Path) -> dict[str, str]:
    """The whole checks of a lesson by grade_id, where the solutions are at hand."""
    with contextlib.suppress(OSError, ValueError):
        cells = json.loads((root / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))["cells"]
        graded = [(cell["metadata"].get("nbgrader", {}), "".join(cell["source"])) for cell in cells]
        return {about["grade_id"]: source for about, source in graded if about.get("grade")}
    return {}


def judge(part: Part) -> NotPassed | None:
    """Run a graded cell's check on what the notebook holds; what it says, None when it passed.

    Nothing that it prints, draws, warns of or binds reaches the notebook.
    """
    from . import expect  # brings numpy and pandas, which who only asks for names can do without

    notebook = sys.modules["__main__"].__dict__
    try:
        with quiet():
            exec(compile(part.source, f"<{part.grade_id}>", "exec"), {**notebook, "expect": expect})
    except BaseException as error:
        words = _in_words(error, notebook)
        if type(error) is AssertionError:
            words = _never_used(notebook.get(part.grade_id.rpartition("-")[0])) + words
        said = NotSolved if isinstance(error, NotImplementedError) else NotPassed
        failed = said(_cut(words, LONGEST))
        if isinstance(error, KeyboardInterrupt):
            raise failed from None  # and what was to run after it does not
        return failed
    return None


def _never_used(function: Any) -> str:
    """The arguments that a function's code never looks at, in a sentence; "" when there are none.

    Examples
    --------
    >>> _never_used(lambda y, rate: y * 2)
    'Your function never uses its argument `rate`. '
    """
    code = getattr(function, "__code__", None)
    if code is None or {"locals", "vars", "eval"} & {*code.co_names}:
        return ""
    read: set[Any] = {*code.co_cellvars}
    for step in dis.get_instructions(code):
        if "LOAD" in step.opname:  # Python 3.13 loads two at once
            read.update(step.argval if isinstance(step.argval, tuple) else (step.argval,))
    unread = [f"`{name}`" for name in code.co_varnames[: code.co_argcount] if name not in read]
    return f"Your function never uses its argument{'s' * (len(unread) > 1)} {' and '.join(unread)}. " if unread else ""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep prints, displays, warnings and new figures away from the cell."""
    from IPython.utils.capture import capture_output

    pyplot = sys.modules.get("matplotlib.pyplot")
    figures = set(pyplot.get_fignums()) if pyplot else set()
    ask = builtins.input
    builtins.input = _nobody_types
    try:
        with warnings.catch_warnings(), capture_output():
            warnings.simplefilter("ignore")
            yield
    finally:
        builtins.input = ask
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            for number in set(pyplot.get_fignums()) - figures:
                pyplot.close(number)


def _nobody_types(*_: Any) -> str:
    raise EOFError("input() waits for somebody to type. A function gets what it needs as its arguments")


def _in_words(error: BaseException, notebook: dict) -> str:
    """An exception as a learner reads it, with the line of their own code that it comes from."""
    if isinstance(error, NotImplementedError):
        return (
            "Not solved yet. Write your answer in the place of the line `raise NotImplementedError` above and run its cell; "
            "then run this one again."
        )
    if isinstance(error, AssertionError):
        where = next(filter(None, (_own_line(one, notebook) for one in (error, error.__context__) if one)), "")
        said = re.sub(r"^the ", "The ", str(error)) or "An assert without a message failed."
        return f"{said}{f' It came from {where}.' if where else ''}"
    where = _own_line(error, notebook)
    if isinstance(error, NameError) and not where:
        return (
            f"Python does not know `{error.name}` yet. Run the cells above this one first: Run > Run All Above Selected "
            "Cell. If the cell of your answer shows an error, mend that one."
        )
    if isinstance(error, SystemExit):
        return f"exit() or sys.exit() ended it{f' in {where}' if where else ''}."
    if isinstance(error, KeyboardInterrupt):
        return f"It was stopped{f' in {where}' if where else ''}. Is there a loop without an end?"
    python = re.sub(r"_\.<locals>\.(course_)?", "", f"{type(error).__name__}: {error}")  # what stands in for an answer
    said = _cut(" ".join(python.split()).rstrip(".: "), REASON)
    what = f"Your code stopped in {where}" if where else "The check could not go on with your answer"
    meant = next((f" {words}" for sign, words in MEANT.items() if sign in python), "")
    return f"{what}: {said}{'' if said.endswith('...') else '.'}{meant}"


def _own_line(error: BaseException, notebook: dict) -> str:
    """The last line of the notebook's own code that an exception went through."""
    own = [
        (frame.f_code.co_name, frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is notebook
    ]
    if not own:
        return ""
    name, file, line = own[-1]
    source = _cut(linecache.getline(file, line).strip(), LINE)
    return f"line {line} of the cell with `{name}`" + (f", `{source}`" if source else "")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 4].rstrip() + " ..."


def hints_for(exercise: Exercise, says: str, passed: int) -> list[str]:
    """The hints that help from here on: the first that speaks of what the sentence names, else by how far one is.

    Parameters
    ----------
    says : str
        What the check says, "" for an exercise that is not begun.
    passed : int
        How many parts have passed.

    Examples
    --------
    >>> log_mel = find("log_mel")
    >>> [hint[:6] for hint in hints_for(log_mel, "", 0)], hints_for(log_mel, "... (sr=...)", 1)[0][:6]
    (['Hint 1', 'Hint 2', 'Hint 3'], 'Hint 1')
    """
    words = {*CODE_WORD.findall(says)} - {exercise.name}
    fits = [i for i, hint in enumerate(exercise.hints[:-1]) if says and words & {*CODE_WORD.findall(hint)}]
    start = fits[0] if fits else min(passed, len(exercise.hints) - 1)
    return exercise.hints[max(start, 0) :]


class Verdict:
    """A sentence below a check cell, with the hints that fit behind a button; as text where there is no HTML."""

    def __init__(self, head: str, says: str = "", hints: list[str] | None = None, colour: str = "success"):
        self.head, self.says, self.hints, self.colour = head, says, hints or [], colour

    def __repr__(self) -> str:
        return f"{self.head} {self.says}".strip()

    def _repr_html_(self) -> str:
        colour = {"success": "#2e7d32", "warn": "#b26a00", "info": "#1565c0"}[self.colour]
        return (
            f"<div class='ser-verdict' style='border-left:4px solid var(--jp-{self.colour}-color1,{colour});padding:2px 10px;overflow-wrap:anywhere'>"
            f"<div role='status'><b>{html.escape(self.head)}</b> {code_in(self.says)}</div>{_nested(self.hints)}</div>"
        )


def _nested(hints: list[str]) -> str:
    """A hint that opens, and inside it the next."""
    from markdown_it import MarkdownIt

    inner = ""
    for hint in reversed(hints):
        title, _, text = hint.partition("\n")
        summary = f"<summary style='cursor:pointer'>{html.escape(title)}</summary>"
        inner = f"<details>{summary}{MarkdownIt('commonmark', {'html': False}).render(text.strip())}{inner}</details>"
    return inner


def code_in(text: str) -> str:
    """Text as HTML, what stands in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))


def somebody_looks() -> bool:
    """Whether this is a notebook that a person works in, and not nbgrader, `ser check` or a test."""
    if os.environ.get("SER_CHECK") or os.environ.get("NBGRADER_EXECUTION"):
        return False
    ipython = sys.modules.get("IPython")
    return bool(ipython and ipython.get_ipython())


def check(name: str) -> None:
    """The first check cell of an exercise: the verdict on all of it.

    Raises
    ------
    NotPassed
        For nbgrader and `ser check`: when this cell's own part fails.
    """
    exercise = find(name)
    if not somebody_looks():
        _raise(judge(exercise.parts[0]))
        return
    failures = _judged(exercise)
    first = next((failed for failed in failures if failed), None)
    _show(_verdict(exercise, first, failures))


def more(name: str) -> None:
    """The second check cell of an exercise, which has points of its own; raises as `check` does."""
    exercise = find(name)
    if not somebody_looks():
        _raise(judge(exercise.parts[-1]))
    elif _judged(exercise)[-1] is None:
        says = "Other inputs, too." if exercise.whole else f"{WAITS}."
        _show(Verdict("Passed.", says))
    else:
        _show(Verdict("Not yet.", "The cell above says what is missing.", colour="info"))


def hint(name: str) -> None:
    """The next hint that fits where an answer stands; each call opens one more."""
    exercise = find(name)
    failures = _judged(exercise)
    first = next((failed for failed in failures if failed), None)
    begun = "" if first is None or isinstance(first, NotSolved) else str(first)
    hints = hints_for(exercise, begun, failures.index(first) if first else 0)
    left = [one for one in hints if one not in _opened] or hints[-1:]
    _opened.update(left[:1])
    print("\n".join(left[:1]) or f"{name} has no hints.")


_opened: set[str] = set()
_last: dict[str, tuple[int, list[NotPassed | None]]] = {}


def _judged(exercise: Exercise) -> list[NotPassed | None]:
    """What its parts say; not asked again in the cell right after one that asked."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    now = shell.execution_count if shell else -1
    if exercise.name not in _last or _last[exercise.name][0] not in (now, now - 1) or not shell:
        lost = _lost(exercise.name, sys.modules["__main__"].__dict__)
        _last[exercise.name] = now, [NotPassed(lost) if lost else judge(part) for part in exercise.parts]
    return _last[exercise.name][1]


def _lost(name: str, notebook: dict) -> str:
    """Why what the notebook holds under an exercise's name is not the answer that was run last; "" when it is."""
    ran = (cell for cell in reversed(notebook.get("In", [])) if re.search(rf"^def {name}\b", cell, re.MULTILINE))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(next(ran, ""), "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        return f"Python cannot read the cell with `{name}` that you ran last: {error.msg}, line {error.lineno}. Mend it, and run it again."
    if name in notebook and not callable(notebook[name]):
        kind = type(notebook[name]).__name__
        return f"`{name}` is no function any more: a cell has given its name to a value ({kind}). Run the cell of your answer again."
    return ""


def _verdict(exercise: Exercise, first: NotPassed | None, failures: list[NotPassed | None]) -> Verdict:
    """All of an exercise in a sentence."""
    if first is None:
        if exercise.whole or not any(part.waits for part in exercise.parts):
            return Verdict(f"Passed: {exercise.points:g} of {exercise.points:g} points.")
        return Verdict("Passed so far.", f"{WAITS}; {exercise.points:g} points in all.")
    passed = failures.index(first)
    if isinstance(first, NotSolved):
        return Verdict("Not solved yet.", str(first).partition("yet. ")[2], hints_for(exercise, "", passed), "info")
    earned = sum(part.points for part, failed in zip(exercise.parts, failures, strict=True) if not failed)
    so_far = f" So far {earned:g} of {exercise.points:g} points." if earned and exercise.whole else ""
    return Verdict("Not yet.", f"{first}{so_far}", hints_for(exercise, str(first), passed), "warn")


def _raise(failed: NotPassed | None) -> None:
    if failed:
        raise failed


def _show(verdict: Verdict) -> None:
    from IPython.display import display

    display(verdict)
