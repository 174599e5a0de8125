"""What the check cells of the lessons are written with.

Each function compares what a learner's function returned with what was expected. When they differ it raises an
AssertionError whose message says what came, what was expected and what to look at. A known mistake has a sentence of
its own. The rules of the course hold everywhere: positions count and not indices, values and not dtypes.
"""

from __future__ import annotations

import builtins
import hashlib
import os
import pickle
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd

from .rehearsal import protocol as protocol

ELSEWHERE = (
    "import pickle, sys; wire, sys.stdout = sys.stdout.buffer, sys.stderr; function, given = pickle.load(sys.stdin.buffer); "
    "wire.write(pickle.dumps(function(*given)))"
)
KINDS = {int: (int, np.integer), float: (float, np.floating), bool: (bool, np.bool_), str: (str,)}
DTYPES = {"float": np.floating, "integer": np.integer}


def check(function: Callable[[], None]) -> Any:
    """Run the code of a check cell at once; the decorator above its ``def _():``.

    Inside a function, no name that the check binds meets the learner's. Python's own names mean what they mean, whatever
    the notebook has made of ``sum``, and ``_`` gets back what it had.

    Examples
    --------
    >>> _ = "mine"
    >>> @check
    ... def _():
    ...     got = sum([1, 2])
    ...     equal(got, 3, "sum([1, 2])")
    >>> _
    'mine'
    """
    notebook = function.__globals__
    names = {name: value for name, value in notebook.items() if name.startswith("__") or not hasattr(builtins, name)}
    FunctionType(function.__code__, names)()
    return notebook.get("_")


def true(condition: bool, message: str) -> None:
    """Raise `message` unless the condition holds.

    Examples
    --------
    >>> true(1 < 2, "never seen")
    """
    if not condition:
        raise AssertionError(message)


def kind(got: Any, wanted: type | tuple[type, ...], what: str) -> None:
    """Check the type; numpy's own int, float, bool and str count as Python's.

    Examples
    --------
    >>> kind(np.float32(0.5), float, "uar(...)")
    """
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    allowed = tuple(accepted for one in wanted for accepted in KINDS.get(one, (one,)))
    missing = " Did the function end without `return`?" if got is None else ""
    a_bool_for_a_number = isinstance(got, (bool, np.bool_)) and not {bool, object} & set(wanted)
    true(
        isinstance(got, allowed) and not a_bool_for_a_number,
        f"{what} gave {_a(type(got))} where {' or '.join(map(_a, wanted))} was expected.{missing}",
    )


def _a(kind: type) -> str:
    name = kind.__name__
    return "None" if kind is type(None) else f"{'an' if name[0] in 'aeiouAEIOU' or name == 'ndarray' else 'a'} {name}"


def several(got: Any, what: str, *names: str) -> None:
    """Check that as many things came back as have a name here, in their order: what unpacks into so many.

    Examples
    --------
    >>> several((1.0, 2.0), "fit_scaler(...)", "mean", "std")
    >>> several(5.0, "fit_scaler(...)", "mean", "std")
    Traceback (most recent call last):
    AssertionError: fit_scaler(...) gave a float where 2 things were expected: mean, std.
    """
    there = [] if isinstance(got, (str, dict, set, frozenset)) or not hasattr(got, "__len__") else got
    came = _a(type(got)) + (f" of {len(there)}" if len(there) else "")
    missing = " Did the function end without `return`?" if got is None else ""
    true(
        len(there) == len(names),
        f"{what} gave {came} where {len(names)} things were expected: {', '.join(names)}.{missing}",
    )


def array(
    got: Any, what: str, shape: tuple | None = None, dtype: str | None = None, finite: bool = True, why: str = ""
) -> None:
    """Check for an ndarray of numbers (or booleans) of a shape and dtype.

    Parameters
    ----------
    shape : tuple, optional
        ``None`` in a place allows any length there.
    dtype : str, optional
        "float" or "integer" for any of these, or a name such as "float32" or "bool".
    why : str
        Added to the message about the shape.

    Examples
    --------
    >>> array(np.zeros((3, 2)), "log_mel(...)", shape=(3, None), dtype="float")
    """
    kind(got, np.ndarray, what)
    if shape is not None:
        fits = got.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, got.shape, strict=True))
        asked = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"
        true(fits, f"{what} has shape {got.shape} where {asked} was expected. {why}".rstrip())
    if dtype is not None:
        fits = np.issubdtype(got.dtype, DTYPES[dtype]) if dtype in DTYPES else got.dtype == np.dtype(dtype)
        true(fits, f"{what} holds {got.dtype} where {dtype} was expected.")
    elif got.dtype.kind not in "biuf":
        raise AssertionError(f"{what} holds {got.dtype} where real numbers were expected.")
    if finite and got.dtype.kind == "f":
        bad = np.count_nonzero(~np.isfinite(got))
        true(not bad, f"{bad} of the {got.size} numbers of {what} are nan or infinite. Which input made them so?")


def _numbers(values: Any) -> np.ndarray | None:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        return None


def _same(a: Any, b: Any, atol: float, rtol: float) -> bool:
    a, b = _numbers(a), _numbers(b)
    return (
        a is not None
        and b is not None
        and a.shape == b.shape
        and np.allclose(a, b, atol=atol, rtol=rtol, equal_nan=True)
    )


def close(
    got: Any,
    want: Any,
    what: str,
    atol: float = 0,
    rtol: float = 1e-7,
    mistakes: Iterable[tuple[Any, str]] = (),
    look: str = "",
) -> None:
    """Check numbers within a tolerance, first against the answer, then against the known mistakes.

    Parameters
    ----------
    mistakes : pairs of (value that the mistake gives, sentence that names it)
    look : str
        What to look at when the mistake is not a known one.

    Examples
    --------
    >>> close(1.0, 2.0, "measure_snr(...)", mistakes=[(1.0, "You divided amplitudes; SNR compares powers.")])
    Traceback (most recent call last):
    AssertionError: You divided amplitudes; SNR compares powers.
    """
    if _same(got, want, atol, rtol):
        return
    for wrong, sentence in mistakes:
        true(not _same(got, wrong, atol, rtol), sentence)
    ours, theirs = np.asarray(want, dtype=float), _numbers(got)
    if theirs is None:
        raise AssertionError(f"{what} gave {_short(got)} where numbers were expected. {look}".rstrip())
    true(
        ours.shape == theirs.shape, f"{what} has shape {theirs.shape} where {ours.shape} was expected. {look}".rstrip()
    )
    if ours.ndim == 0:
        raise AssertionError(f"{what} is {float(theirs):.6g} where {float(ours):.6g} was expected. {look}".rstrip())
    wrong = ~np.isclose(theirs, ours, atol=atol, rtol=rtol, equal_nan=True)
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = ", ".join(map(str, place))
    raise AssertionError(
        f"{wrong.sum()} of the {wrong.size} numbers of {what} differ, the first at [{where}]: it is {theirs[place]:.6g} "
        f"where {ours[place]:.6g} was expected. {look}".rstrip()
    )


def _plain(value: Any) -> Any:
    """numpy scalars and paths inside lists, tuples and dicts as plain Python, so that == compares values."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_plain, value)) if type(value) in (list, tuple) else tuple(map(_plain, value))
    return value


def _short(value: Any) -> str:
    text = " ".join(repr(_plain(value)).split())
    return text if len(text) <= 120 else text[:115] + " ..."


def equal(got: Any, want: Any, what: str, mistakes: Iterable[tuple[Any, str]] = (), look: str = "") -> None:
    """Check with ==, numbers by value; for text, lists, dicts and tuples.

    Examples
    --------
    >>> equal([np.int64(3), "sad"], [3, "sad"], "find_missing(...)")
    """
    mine = _plain(got)
    if type(mine) is type(_plain(want)) and mine == _plain(want):
        return
    for wrong, sentence in mistakes:
        true(not (type(mine) is type(_plain(wrong)) and mine == _plain(wrong)), sentence)
    raise AssertionError(f"{what} gave {_short(got)} where {_short(want)} was expected. {look}".rstrip())


def series(
    got: Any,
    want: pd.Series,
    what: str,
    atol: float = 0,
    order: bool = True,
    mistakes: Iterable[tuple[pd.Series, str]] = (),
    look: str = "",
) -> None:
    """Check a Series: its index labels (in order unless ``order=False``) and values; names and dtypes are free.

    Examples
    --------
    >>> series(pd.Series({"sad": 1.0}, name="n"), pd.Series({"sad": 1}), "count_emotions(...)")
    """
    kind(got, pd.Series, what)

    def same(other: pd.Series) -> bool:
        labels, wanted = [_plain(x) for x in got.index], [_plain(x) for x in other.index]
        if sorted(labels, key=str) != sorted(wanted, key=str) or (order and labels != wanted):
            return False
        values = got.to_numpy(), (other if order else other.loc[got.index]).to_numpy()
        return _same(*values, atol, 1e-7) or [_plain(x) for x in values[0]] == [_plain(x) for x in values[1]]

    if same(want):
        return
    for wrong, sentence in mistakes:
        true(not same(wrong), sentence)
    raise AssertionError(
        f"{what} gave {_short(got.to_dict())} where {_short(want.to_dict())} was expected. {look}".rstrip()
    )


def frame(
    got: Any, want: pd.DataFrame, what: str, mistakes: Iterable[tuple[pd.DataFrame, str]] = (), look: str = ""
) -> None:
    """Check a DataFrame: columns, order, an index from 0, and values; dtypes are free.

    Examples
    --------
    >>> frame(pd.DataFrame({"a": ["x"]}, dtype=object), pd.DataFrame({"a": ["x"]}), "build_clip_table(...)")
    """
    kind(got, pd.DataFrame, what)

    def rows(table: pd.DataFrame) -> list:
        return [[_plain(value) for value in row] for row in table.to_numpy(dtype=object)]

    def same(other: pd.DataFrame) -> bool:
        heads = list(got.columns) == list(other.columns) and list(got.index) == list(other.index)
        return heads and rows(got) == rows(other)

    if same(want):
        return
    for wrong, sentence in mistakes:
        true(not same(wrong), sentence)
    columns = list(want.columns)
    true(
        list(got.columns) == columns,
        f"{what} has the columns {list(got.columns)} where {columns} were expected. {look}".rstrip(),
    )
    true(len(got) == len(want), f"{what} has {len(got)} rows where {len(want)} were expected. {look}".rstrip())
    true(
        list(got.index) == list(want.index),
        f"The index of {what} begins {list(got.index)[:4]} where 0, 1, 2, ... was expected: it still has the order from "
        f"before. {look}".rstrip(),
    )
    number, (mine, theirs) = next(
        (i, pair) for i, pair in enumerate(zip(rows(got), rows(want), strict=True)) if pair[0] != pair[1]
    )
    raise AssertionError(f"Row {number} of {what} is {mine} where {theirs} was expected. {look}".rstrip())


def raises(
    error: type[BaseException], call: Callable[[], Any], what: str, contains: str | None = None, look: str = ""
) -> None:
    """Check that a call without arguments raises this error, with a word in its message.

    Examples
    --------
    >>> raises(ValueError, lambda: int("JOY"), "int('JOY')", contains="JOY")
    """
    try:
        value = call()
    except error as caught:
        if contains is not None:
            said = str(caught)
            true(
                contains in said,
                f"{what} raised the right error, but its message {said!r} does not contain {contains!r}. {look}".rstrip(),
            )
        return
    except NotImplementedError:
        raise
    except Exception as caught:
        other = f"{type(caught).__name__}: {caught}".rstrip(": ")
        raise AssertionError(f"{what} raised {other} where {_a(error)} was expected. {look}".rstrip()) from None
    raise AssertionError(f"{what} gave {_short(value)} where {_a(error)} was expected. {look}".rstrip())


def _copy(value: Any) -> Any:
    return value.copy() if hasattr(value, "copy") else value


def _changed(before: Any, after: Any) -> bool:
    if isinstance(after, (pd.DataFrame, pd.Series)):
        return not after.equals(before)
    if isinstance(after, np.ndarray) and after.dtype.kind == "f":
        return not np.array_equal(before, after, equal_nan=True)
    return not np.array_equal(before, after) if isinstance(after, np.ndarray) else before != after


def rng(salt: str) -> np.random.Generator:
    """Chance for hidden inputs: from the course's private seed (SER_COURSE_SEED, "0" without one) and a word of the check's own.

    Examples
    --------
    >>> rng("relu").random() == rng("relu").random()
    True
    """
    text = f"{os.environ.get('SER_COURSE_SEED') or 0} {salt}"
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()))


@contextmanager
def calling(what: str, look: str = "") -> Iterator[None]:
    """Say which call it was when a learner's function raises something: a hidden check has no traceback to look at.

    Examples
    --------
    >>> with calling("relu([])", look="Nothing in, nothing out."):
    ...     [].pop()
    Traceback (most recent call last):
    AssertionError: relu([]) raised IndexError: pop from empty list. Nothing in, nothing out.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a library's warning never costs points, whatever filters are set
            yield
    except (AssertionError, NotImplementedError):
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200].rstrip(".: ")
        raise AssertionError(f"{what} raised {said}. {look}".rstrip()) from None


def in_new_processes(function: Callable, *arguments: Any) -> list:
    """What a function returns in two new processes of Python, in each of which a set of texts has another order.

    Returns
    -------
    list
        Both; [] when it cannot be carried over or does not return there, which is held against nobody.

    Examples
    --------
    >>> first, second = in_new_processes(sorted, {"a", "b", "c"})
    >>> first == second == ["a", "b", "c"]
    True
    """
    if hasattr(function, "in_new_processes"):  # a stand-in of the grader's, which asks where the function is
        return function.in_new_processes(*arguments)
    try:
        import cloudpickle  # comes with joblib

        job = cloudpickle.dumps((function, arguments))
    except Exception:
        return []
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", ELSEWHERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONHASHSEED": order},
        )
        for order in "12"
    ]  # fmt: skip
    said = [run.communicate(job)[0] for run in runs]
    return [] if any(run.returncode for run in runs) else [pickle.loads(one) for one in said]


@contextmanager
def two_panels() -> Iterator[tuple]:
    """An Axes to draw on and, beside it, the current Axes, where nothing should land; the figure is not shown.

    Examples
    --------
    >>> with two_panels() as (ax, other):
    ...     ax.set_title("here") is other.title
    False
    """
    import matplotlib.pyplot as plt

    _, (ax, other) = plt.subplots(1, 2)
    plt.sca(other)
    try:
        yield ax, other
    finally:
        plt.close("all")


@contextmanager
def _global_state_watched() -> Iterator[None]:
    """From a state that nobody else sets: seeding again what was seeded before would not show."""
    theirs = np.random.get_state(), random.getstate()  # noqa: NPY002, the global state is what is watched
    np.random.seed(2_718_281_828)  # noqa: NPY002
    random.seed("a state that nobody else sets")
    ours = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        yield
        now = np.random.get_state(), random.getstate()  # noqa: NPY002
    finally:
        np.random.set_state(theirs[0])  # noqa: NPY002
        random.setstate(theirs[1])
    touched = any(np.any(a != b) for a, b in zip(ours[0], now[0], strict=True)) or now[1] != ours[1]
    true(
        not touched,
        "Your function touched the global random state. Draw from the Generator it was given, and seed nothing.",
    )


@contextmanager
def unchanged(*values: Any) -> Iterator[None]:
    """Check that the block leaves these arguments, and the global random state, as they were.

    Examples
    --------
    >>> y = np.ones(3)
    >>> with unchanged(y):
    ...     z = y * 2
    """
    before = [_copy(value) for value in values]
    with _global_state_watched():
        yield
    for old, value in zip(before, values, strict=True):
        true(
            not _changed(old, value),
            "Your function changed its argument. Work on a copy, and leave the original as it was.",
        )


@contextmanager
def standing_in(**references: Callable) -> Iterator[None]:
    """Put the course's version in the place of functions that the notebook defines, so a mistake is paid for once.

    A name that was imported is left alone, and so is one that does not exist.

    Examples
    --------
    >>> with standing_in(parse_clip_name=len):
    ...     pass
    """
    scope = sys.modules["__main__"].__dict__
    own = {
        name: scope[name]
        for name in references
        if callable(scope.get(name)) and getattr(scope[name], "__module__", None) == "__main__"
    }
    scope.update({name: references[name] for name in own})
    try:
        yield
    finally:
        scope.update(own)
