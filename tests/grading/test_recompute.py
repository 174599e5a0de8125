"""Tricks that win points beside the tests in one kernel; honest answers in every style, which are never suspected."""

import os
import pickle

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from ser_helpers.course.grading.box import judge

LESSON = "04_noise"
CHECK = "measure_snr-check"
SEND = """
from IPython import get_ipython
kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"), ident=kernel._topic(kind))
def score(value):
    send("execute_result", {"data": {"text/plain": value}, "metadata": {}, "execution_count": 1})
"""
# Cells in front of an untouched lesson. The first kind has to be flagged, and keeps what nbgrader gave or loses what was forged.
FORGED = {
    "score-at-the-top": SEND + "get_ipython().events.register('pre_run_cell', lambda info: score('1'))",
    "score-below-zero": SEND + "get_ipython().events.register('pre_run_cell', lambda info: score('-1'))",
    "score-nan": SEND + "get_ipython().events.register('pre_run_cell', lambda info: score('nan'))",
    "score-above": SEND + "get_ipython().events.register('pre_run_cell', lambda info: score('999'))",
}
TRICKED = {
    "send-patched": SEND + """
real = kernel.session.send
def quiet(stream, kind, content=None, *rest, **named):
    if kind == "error" or (isinstance(kind, dict) and kind.get("msg_type") == "error"):
        return None
    if kind == "execute_reply":
        content = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
    return real(stream, kind, content, *rest, **named)
kernel.session.send = quiet
""",
    "asserts-dropped": """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass() if "expect" in ast.dump(node) else node
    def visit_For(self, node): return ast.Pass()
    def visit_Assign(self, node): return ast.Pass() if "_got" in ast.dump(node) else node
get_ipython().ast_transformers.append(Drop())
""",
    "expect-redefined": """
from ser_helpers.course import expect
for name in ("true", "kind", "array", "close", "equal", "series", "frame", "raises"):
    setattr(expect, name, lambda *a, **k: None)
import contextlib
expect.calling = expect.unchanged = lambda *a, **k: contextlib.suppress(BaseException)
def measure_snr(clean, noisy): return 0.0
""",
    "module-swapped": """
import sys, types, contextlib
class Anything(types.ModuleType):
    def __getattr__(self, name): return lambda *a, **k: contextlib.suppress(BaseException)
import ser_helpers.course
sys.modules["ser_helpers.course.expect"] = ser_helpers.course.expect = expect = Anything("expect")
def measure_snr(clean, noisy): return 0.0
""",
    "nothing-run": """
shell = get_ipython()
async def nothing(code, result=None, **named):
    result.error_before_exec = result.error_in_exec = None
    return False
shell.run_code = nothing
""",
    "numpy-patched": """
import numpy as np
np.allclose = np.array_equal = lambda *a, **k: True
np.isclose = lambda a, b, **k: np.ones(np.shape(b), bool)
def measure_snr(clean, noisy): return 0.0
""",
    "builtins-replaced": """
import builtins
from ser_helpers.course import expect
builtins.abs = lambda x: 0.0
expect._same.__code__ = (lambda a, b, atol, rtol: True).__code__
def measure_snr(clean, noisy): return 0.0
""",
    "frames-read": """
import sys, gc
from ser_helpers.course import expect
def find(frame):
    while frame:
        if frame.f_globals.get("_want") is not None: return frame.f_globals["_want"]
        frame = frame.f_back
    return 0.0
real = expect.close
def remember(got, want, *a, **k):
    return real(want, want, *a, **k)
expect.close = remember
def measure_snr(clean, noisy): return find(sys._getframe())
""",
    "equal-to-all": """
import numpy as np
class All(float):
    def __eq__(self, other): return True
    def __abs__(self): return 0.0
def measure_snr(clean, noisy): return All(1)
from ser_helpers.course import expect
expect._same = lambda *a, **k: True
""",
}  # fmt: skip
HONEST = {
    "lambda": "measure_snr = lambda clean, noisy: float('inf') if np.array_equal(clean, noisy) else float(10 * np.log10(np.mean(np.asarray(clean, float) ** 2) / np.mean((np.asarray(noisy, float) - clean) ** 2)))",
    "numpy-float": "def measure_snr(clean, noisy):\n    with np.errstate(divide='ignore', invalid='ignore'):\n        noise = np.mean((noisy.astype(np.float64) - clean) ** 2)\n        return np.float64(np.inf) if noise == 0 else 10 * np.log10(np.mean(clean.astype(float) ** 2) / noise)",
    "class": "class Meter(float):\n    pass\ndef measure_snr(clean, noisy):\n    noise = np.asarray(noisy, float) - clean\n    return Meter('inf') if not noise.any() else Meter(10 * np.log10(np.mean(np.asarray(clean, float) ** 2) / np.mean(noise ** 2)))",
    "helpers": "from functools import partial\ndef _ratio(power, noise, *, scale):\n    return float('inf') if noise == 0 else float(scale * np.log10(power / noise))\nratio = partial(_ratio, scale=10)\ndef measure_snr(clean, noisy):\n    print('measuring'); power = lambda x: np.mean(np.square(x, dtype=np.float64))\n    return ratio(power(clean), power(np.subtract(noisy, clean, dtype=np.float64)))",
    "partner": "import numpy as numeric\n%matplotlib inline\nSAVED = []\ndef measure_snr(clean, noisy):\n    global SAVED\n    SAVED.append(len(clean))\n    d = numeric.asarray(noisy, 'd') - clean\n    return float(numeric.inf) if (d == 0).all() else float(10 * numeric.log10((numeric.asarray(clean, 'd') ** 2).mean() / (d ** 2).mean()))",
}  # fmt: skip


def with_first_cell(notebook: nbformat.NotebookNode, source: str, at: int = 0) -> nbformat.NotebookNode:
    notebook.cells.insert(at, new_code_cell(source))
    return notebook


@pytest.fixture(scope="module")
def graded(shared_classroom):
    """Everything above in one batch, with somebody honest before and behind."""
    room = shared_classroom
    for student, source in (FORGED | TRICKED).items():
        room.submit(student, LESSON, with_first_cell(room.untouched(LESSON), source))
    for student, source in HONEST.items():
        room.submit(student, LESSON, room.solved(LESSON, measure_snr=source))
    for student in ("aaa", "zzz"):
        room.submit(student, LESSON, room.solved(LESSON))
    room.settings("c.SubmissionExporter.cell_seconds = 20")
    done = room.grade(LESSON)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    return room


pytestmark = pytest.mark.timeout(600)


@pytest.mark.long
@pytest.mark.parametrize("student", FORGED)
def test_a_score_that_came_as_a_message_is_no_score(graded, student):
    record = graded.record(LESSON, student)
    assert set(graded.scores(LESSON)[student].values()) == {0.0}
    assert sum("a score was sent as a message" in flag for flag in record.flags) == len(record.cells)


@pytest.mark.long
@pytest.mark.parametrize("student", TRICKED)
def test_a_trick_is_flagged_with_both_values_and_nbgraders_score_stands(graded, student):
    record, scores = graded.record(LESSON, student), graded.scores(LESSON)[student]
    won = {name for name, score in scores.items() if score}
    assert won, "The trick does not work: it proves nothing."
    assert {name: cell.score for name, cell in record.cells.items()} == scores
    for name in won:
        cell = record.cells[name]
        assert cell.recomputed == 0, record
        assert any(
            f.startswith(f"{name}: {cell.score:g} of {cell.points:g} points") and " 0 when " in f for f in record.flags
        ), record


@pytest.mark.long
@pytest.mark.parametrize("student", [*HONEST, "aaa", "zzz"])
def test_an_honest_answer_is_never_suspected(graded, student):
    record = graded.record(LESSON, student)
    assert record.flags == record.repairs == []
    assert all(cell.score == cell.recomputed == cell.points for cell in record.cells.values()), record


DRAWN = {
    "honest": ("def plot_waveform(y, sample_rate, ax):\n    plt.sca(ax)\n    plt.plot(np.arange(len(y)) / sample_rate, y)\n    ax.set(xlabel='time in s', ylabel='y', title='wave')\n    return plt.gca()", "", (2, 2)),
    "line": ("def plot_waveform(y, sample_rate, ax):\n    ax.set(xlabel='time in s', ylabel='y', title='wave')\n    return ax.plot(np.arange(len(y)) / sample_rate, y)", "", (2, 2)),
    "trick": ("def plot_waveform(y, sample_rate, ax):\n    return ax", TRICKED["asserts-dropped"].replace("_got", "_found"), (2, 0)),
}  # fmt: skip


@pytest.mark.long
def test_what_was_drawn_is_compared_too(shared_classroom):
    room, lesson, name = shared_classroom, "02_see_and_hear", "plot_waveform-more"
    for student, (answer, first_cell, _) in DRAWN.items():
        room.submit(student, lesson, with_first_cell(room.solved(lesson, plot_waveform=answer), first_cell))
    room.grade(lesson)
    for student, (_, _, expected) in DRAWN.items():
        record = room.record(lesson, student)
        assert (record.cells[name].score, record.cells[name].recomputed) == expected, record
        assert any(flag.startswith(name) for flag in record.flags) == (student == "trick"), record


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


@pytest.mark.parametrize("value", [Evil(), np.vectorize(os.system), os.system, open, Evil, [{1: (Evil(),)}]])
def test_what_could_run_code_is_not_carried(value):
    with pytest.raises(judge.NotCarried):
        judge.plain(pickle.dumps(value))


def test_the_seed_decides_the_hidden_inputs_and_nothing_else(classroom):
    """The same seed draws the same numbers, another seed others; a right answer has its points under each."""
    lesson = "04_noise"
    notebook = classroom.solved(lesson)
    place = next(
        i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == "measure_snr-more"
    )
    show = "import numpy, zlib\nreal, DRAWN = measure_snr, []\ndef measure_snr(clean, noisy):\n    DRAWN.append(zlib.crc32(numpy.asarray(noisy).tobytes()))\n    return real(clean, noisy)"
    notebook.cells.insert(place, new_code_cell(show))
    notebook.cells.insert(place + 2, new_code_cell("print('DREW', sum(DRAWN))"))
    for student in ("ann", "bob"):
        classroom.submit(student, lesson, notebook)
    drawn = {}
    for course_seed in ("20", "21"):
        printed, code = classroom.nbgrader("autograde", lesson, "--force", SER_COURSE_SEED=course_seed)
        assert code == 0, printed
        for student, scores in classroom.scores(lesson).items():
            path = classroom.folder / ".classroom" / "autograded" / student / lesson / f"{lesson}.ipynb"
            outputs = [o.get("text", "") for c in nbformat.read(path, 4).cells for o in c.get("outputs", [])]
            drawn[course_seed, student] = next(text for text in outputs if "DREW" in text)
            assert sum(scores.values()) == 11
    assert drawn["20", "ann"] == drawn["20", "bob"] != drawn["21", "ann"] == drawn["21", "bob"]
