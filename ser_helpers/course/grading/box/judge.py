"""Both sides of the second run, inside the sandbox: who answers for a submission, and who judges the answers.

`answer` runs the submission's own cells and calls its functions when asked. `judge` runs the checks, hidden inputs and all,
on stand-ins that send each call over; only plain data comes back, so no student's code has ever been near the tests.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import pickle
import random
import re
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ... import check, expect
from . import drawing

BASES: tuple[type[Any], ...] = (str, bytes, float, int, complex, tuple, list, dict, set, frozenset)
PLAIN = {
    "builtins": "set frozenset complex bytearray slice range object",
    "collections": "OrderedDict Counter defaultdict",
    "pathlib": "PosixPath PurePosixPath Path",
    "copyreg": "_reconstructor",
    "datetime": "timedelta datetime date",
    "functools": "partial",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy._core.numeric": "_frombuffer",
    "numpy.ma.core": "_mareconstruct MaskedArray",
    "numpy.random._pickle": "__generator_ctor __bit_generator_ctor __randomstate_ctor",
    "numpy.random.bit_generator": "__pyx_unpickle_SeedSequence SeedSequence",
    "pandas": "DataFrame Series Index RangeIndex MultiIndex CategoricalIndex Categorical CategoricalDtype StringDtype",
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas._libs.internals": "_unpickle_block",
    "pandas.core.indexes.base": "_new_Index Index",
    "pandas.core.indexes.interval": "_new_IntervalIndex IntervalIndex",
    drawing.__name__: "Panel",
}
PLAIN_CLASSES = re.compile(
    r"numpy(\.dtypes|\.ma|\.random\.\w+)?|pandas\.(arrays|_libs|core\.(frame|series|indexes|internals|arrays|dtypes))(\..+)?"
    r"|sklearn\.(?!utils|datasets|externals).+"
)


class NotCarried(BaseException):
    """A value that is no plain data, a function say, cannot go to the other process; its check is not compared."""


class PlainData(pickle.Unpickler):
    """Reads arrays, tables, models and Python's own containers, and refuses what could run code."""

    def find_class(self, module: str, name: str) -> Any:
        if name in PLAIN.get(module, "").split():
            return super().find_class(module, name)
        if PLAIN_CLASSES.fullmatch(module) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise NotCarried(f"{module}.{name}")


def plain(data: bytes) -> Any:
    """Unpickle plain data.

    Raises
    ------
    NotCarried
        When there is anything else in it.

    Examples
    --------
    >>> plain(pickle.dumps([1, "two"]))
    [1, 'two']
    """
    return PlainData(io.BytesIO(data)).load()


def _dumps(value: Any) -> bytes:
    try:
        return pickle.dumps(value)
    except Exception as error:
        raise NotCarried(str(error)) from None


def _random_state() -> bytes:
    return pickle.dumps((np.random.get_state(), random.getstate()))  # noqa: NPY002, the global state is what is watched


def answer(cells: list[str], seconds: int, wire: Connection) -> None:
    """Run a submission's own cells, then call its functions for whoever asks through the wire."""
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Nothing is shown here; `%matplotlib inline` asks for it."""

    shell = Shell.instance(user_module=sys.modules["__main__"])
    history: Any = shell.history_manager
    history.enabled = False
    shell.user_ns.update(exit=sys.exit, quit=sys.exit)  # as in `kernel.Shell`
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for source in cells:
            signal.alarm(seconds)
            shell.run_cell(source, silent=True)
        signal.alarm(0)
    wire.send_bytes(b"ready")
    while True:
        try:
            name, values, keys, references, elsewhere = pickle.loads(wire.recv_bytes())
        except EOFError:
            return
        with _referring(shell.user_ns, references, wire):
            wire.send_bytes(_answer_one(shell.user_ns, name, values, keys, elsewhere))


@contextlib.contextmanager
def _referring(scope: dict, names: list[str], wire: Connection) -> Iterator[None]:
    """What `expect.standing_in` does, here: the course's version, which is over there, in the place of an earlier function."""

    def referring(name: str) -> Callable:
        def call(*arguments, **named):
            wire.send_bytes(pickle.dumps(("asks", name, arguments, named)))
            return _value(pickle.loads(wire.recv_bytes()))

        return call

    own = {name: scope[name] for name in names if getattr(scope.get(name), "__module__", None) == "__main__"}
    scope.update({name: referring(name) for name in own})
    try:
        yield
    finally:
        scope.update(own)


def _answer_one(scope: dict, name: str, values: tuple, keys: tuple[str, ...], elsewhere: bool) -> bytes:
    """A reply to the judge: what came back, which arguments are not as they were, what was drawn, whether global chance was touched.

    The last `values` are the arguments named in `keys`; `elsewhere` is for `expect.in_new_processes`.
    """
    panels = next((drawing.empty(value) for value in values if isinstance(value, drawing.Panel)), [])
    given = [panels[value.place] if isinstance(value, drawing.Panel) else value for value in values]
    np.random.seed(2_718_281_828)  # noqa: NPY002, a state that nobody else sets: seeding again would not show
    random.seed("a state that nobody else sets")
    before, chance = [pickle.dumps(value) for value in values], _random_state()
    plain_ones, last = [i for i, value in enumerate(given) if value is values[i]], len(given) - len(keys)
    try:
        if name not in scope:
            raise NameError(f"name {name!r} is not defined")
        function: Any = partial(expect.in_new_processes, scope[name]) if elsewhere else scope[name]
        value = function(*given[:last], **dict(zip(keys, given[last:], strict=True)))
        said = ("returned", drawing.panel(value) if any(value is ax for ax in panels) else value)
    except BaseException as error:
        said = _raised(error)
    changed = {i: given[i] for i in plain_ones if pickle.dumps(given[i]) != before[i]}
    seen = (changed, [drawing.drawn(ax) for ax in panels], _random_state() != chance)
    for ax in panels[:1]:
        plt.close(ax.get_figure(root=True))
    also = (
        [("returned", type(said[1]).__name__)] if panels else []
    )  # a line, say: not the Axes, and that is all one asks
    for carried in (said, (said[0], _as_plain(said[1])), *also):
        with contextlib.suppress(Exception, NotCarried):
            reply = pickle.dumps((*carried, *seen))
            plain(reply)
            return reply
    return pickle.dumps(("not carried", f"{name} returned a {type(said[1]).__name__}", {}, [], False))


def _as_plain(value: Any) -> Any:
    """A value of a class of the student's own as the nearest plain one: a named tuple, a generator, an array with a name."""
    if isinstance(value, np.ndarray):
        return np.array(value, subok=False)
    for base in BASES:
        if isinstance(value, base):
            value = base(value)
            return base(map(_as_plain, value)) if base in (tuple, list) else value
    if isinstance(value, pd.DataFrame | pd.Series | np.generic):
        return value
    return tuple(map(_as_plain, value)) if hasattr(value, "__iter__") else value


def _raised(error: BaseException) -> tuple[str, Any]:
    return "raised", ([kind.__name__ for kind in type(error).__mro__], str(error)[:2000])


def _value(said: tuple[str, Any]) -> Any:
    """What the other side returned; or raise what it raised, as the nearest of Python's own errors."""
    how, what = said[:2]
    if how == "returned":
        return what
    if how == "raised":
        names, words = what
        for name in names:
            kind = getattr(builtins, name, None)
            if isinstance(kind, type) and issubclass(kind, Exception | SystemExit):
                with contextlib.suppress(TypeError):  # UnicodeDecodeError wants more than words
                    raise type(names[0], (kind,), {})(words)
        raise RuntimeError(f"{names[0]}: {words}")
    raise NotCarried(what)


def _take_over(mine: Any, theirs: Any) -> None:
    """What the call did to an argument, done to ours."""
    if isinstance(mine, np.ndarray):
        np.copyto(mine, theirs, casting="unsafe")
    elif isinstance(mine, np.random.Generator):
        mine.bit_generator.state = theirs.bit_generator.state
    elif isinstance(mine, list):
        mine[:] = theirs
    elif isinstance(mine, dict):
        mine.clear()
        mine.update(theirs)
    elif hasattr(mine, "__setstate__"):  # pandas and scikit-learn
        mine.__setstate__(theirs.__getstate__())
    else:
        raise NotCarried(type(mine).__name__)


class StandIns:
    """Functions that have their work done in the other process."""

    def __init__(self, names: list[str], wire: Connection, seconds: int, scope: dict):
        self.wire, self.seconds, self.scope = wire, seconds, scope
        self.own = {name: self._stand_in(name) for name in names}
        scope.update(self.own)

    def _stand_in(self, name: str) -> Callable:
        def call(*arguments, **named):
            return self.ask(name, arguments, named)

        call.__name__, call.__module__ = name, "__main__"
        call.in_new_processes = lambda *arguments: self.ask(name, arguments, {}, elsewhere=True)  # type: ignore[attr-defined]
        return call

    def ask(self, name: str, arguments: tuple, named: dict, elsewhere: bool = False) -> Any:
        replaced = [other for other, stand_in in self.own.items() if self.scope.get(other) is not stand_in]
        values = (*arguments, *named.values())
        panels = next((value.figure.axes for value in values if isinstance(value, Axes)), [])
        sent = _dumps(
            (
                name,
                tuple(drawing.panel(v) if isinstance(v, Axes) else v for v in values),
                (*named,),
                replaced,
                elsewhere,
            )
        )
        plain(sent)  # a function can be sent, but what it does on the other side is not seen here
        said = self.hear(sent)
        while said[0] == "asks":
            try:
                reply = "returned", self.scope[said[1]](*said[2], **said[3])
            except Exception as error:
                reply = _raised(error)
            said = self.hear(_dumps(reply))
        changed, drawn, touched = said[2:]
        for place, value in changed.items():
            _take_over(values[place], value)
        for ax, what in zip(panels, drawn, strict=False):
            drawing.draw(ax, what)
        if touched is True:
            np.random.random(), random.random()  # noqa: NPY002, so that `expect.unchanged` sees it
        value = _value(said)
        return panels[value.place] if isinstance(value, drawing.Panel) else value

    def hear(self, sent: bytes) -> tuple:
        """Send something and wait for what comes back."""
        try:
            self.wire.send_bytes(sent)
            if self.wire.poll(self.seconds):
                return plain(self.wire.recv_bytes())
        except (EOFError, OSError):
            raise NotCarried("the other process ended") from None
        self.wire.close()  # whoever asks again is not kept waiting
        raise KeyboardInterrupt


def judge(task: dict, wire: Connection, result: Connection) -> None:
    """Run the checks on stand-ins; send {grade_id: what it says, "" when passed, None when it could not be compared}."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    says: dict[str, str | None] = {}
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        stand_ins = StandIns(task["functions"], wire, task["seconds"], module.__dict__)
        wire.poll(4 * task["seconds"]) and wire.recv_bytes()  # the submission's own cells have run
        for name, source in task["cells"]:
            try:
                exec(compile(source, f"<{name}>", "exec"), module.__dict__)
                said = ""
            except NotCarried:
                said = None
            except BaseException as error:
                said = check.in_words(type(error).__name__, str(error))
            module.__dict__.update(stand_ins.own)
            if name:
                says[name] = said
    result.send_bytes(json.dumps(says).encode())
