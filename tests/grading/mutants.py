"""How many small mistakes in the course's own answers do the checks notice?

    python tests/grading/mutants.py            rewrites solutions/kill_table.md
    python tests/grading/mutants.py --check    says whether it would change

The table ends with the contracts, sentence by sentence, and the answers of the bank (tests/submissions) that break each.

Every mutant is an answer with one thing changed. It is run against the checks of its exercise, hidden ones included, in
a process of its own with a time limit. A mutant that no check can notice, because it does the same, is listed with the
reason in equivalent_mutants.json.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import difflib
import io
import json
import os
import signal
import subprocess
import sys
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "submissions"))
from bank import LESSONS, ROOT, cells, checks, contract, contracts_in_markdown, ground

TABLE = ROOT / "solutions" / "kill_table.md"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.json")
SECONDS = 30
OUTCOMES = ("survived", "visible check", "hidden check", "time limit")
EXERCISES = [(lesson, name) for lesson in LESSONS for name in contract(lesson)] + [("09_capstone", "final_report")]
COMPARISONS = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
OTHER_NAMES = {"max": "min", "min": "max", "argmax": "argmin", "maximum": "minimum", "mean": "sum", "all": "any"}


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """(kind, what stands there instead); None for a node that is left out."""
    match node:
        case ast.Constant(value=bool(value)):
            yield "boolean", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "off by one", ast.Constant(value + 1)
            yield "off by one", ast.Constant(value - 1)
        case ast.Constant(value=float(value)):
            yield "constant", ast.Constant(value * 2)
        case ast.Constant(value=str(value)):
            yield "text", ast.Constant(value + "x")
        case ast.Compare(left=left, ops=[operator], comparators=right) if type(operator) in COMPARISONS:
            yield "comparison", ast.Compare(left, [COMPARISONS[type(operator)]()], right)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            yield "operator", ast.BinOp(left, OPERATORS[type(operator)](), right)
        case ast.BoolOp(op=operator, values=values):
            yield "operator", ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(operand=operand):
            yield "operator", operand
        case ast.Call(func=function, args=arguments, keywords=keywords):
            for i, keyword in enumerate(keywords):
                yield "keyword dropped", ast.Call(function, arguments, keywords[:i] + keywords[i + 1 :])
                if keyword.arg == "axis" and not isinstance(keyword.value, ast.Call):
                    other = ast.Constant(1 if ast.unparse(keyword.value) == "0" else 0)
                    swapped = [*keywords[:i], ast.keyword("axis", other), *keywords[i + 1 :]]
                    yield "axis swapped", ast.Call(function, arguments, swapped)
            plain = getattr(function, "id", "") in ("int", "float", "str")  # numpy's own numbers and text count
            if len(arguments) == 1 and not plain and not isinstance(arguments[0], (ast.Starred, ast.GeneratorExp)):
                yield "call dropped", arguments[0]
            if isinstance(function, ast.Attribute) and not arguments:
                yield "call dropped", function.value
        case ast.Attribute(value=value, attr=name) if name in OTHER_NAMES:
            yield "other function", ast.Attribute(value, OTHER_NAMES[name], ast.Load())
        case ast.Name(id="rng", ctx=ast.Load()):
            yield "chance ignored", ast.parse("np.random.default_rng(0)", mode="eval").body
        case ast.Name(id="seed", ctx=ast.Load()):
            yield "chance ignored", ast.Constant(0)
        case ast.If(test=test, body=body, orelse=other):
            yield "condition", ast.If(ast.UnaryOp(ast.Not(), test), body, other)
        case ast.IfExp(test=test, body=body, orelse=other):
            yield "condition", ast.IfExp(test, other, body)
        case ast.comprehension(target=target, iter=values, ifs=[test], is_async=is_async):
            yield "condition", ast.comprehension(target, values, [], is_async)
            yield "condition", ast.comprehension(target, values, [ast.UnaryOp(ast.Not(), test)], is_async)
        case ast.Slice(lower=lower, upper=upper, step=step):
            if upper is not None:
                yield "slice", ast.Slice(lower, ast.BinOp(upper, ast.Add(), ast.Constant(1)), step)
            for i, part in enumerate((lower, upper, step)):
                if part is not None:
                    yield "slice", ast.Slice(*(None if i == j else p for j, p in enumerate((lower, upper, step))))
        case ast.Return(value=ast.Tuple(elts=[first, second])):
            yield "swapped", ast.Return(ast.Tuple([second, first], ast.Load()))
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Raise, ast.Continue)) or (
        isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ):
        yield "statement dropped", None


def mutants(source: str, name: str) -> Iterator[tuple[str, str, str]]:
    """(kind, the changed lines, source) of every mutant of a function, each text once."""
    tree = ast.parse(source)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    before, seen = ast.unparse(function), set()
    words = [error for error in ast.walk(function) if isinstance(error, ast.Raise)]  # what an error says is free
    free = {id(part) for error in words for part in ast.walk(error) if isinstance(part, ast.Constant)}
    if ast.get_docstring(function) is not None:
        del function.body[0]
        before = ast.unparse(function)
    for number, node in enumerate(ast.walk(function)):
        for kind, instead in changes(node) if id(node) not in free else ():
            changed = copy.deepcopy(function)
            there = list(ast.walk(changed))[number]
            instead = ast.Pass() if instead is None else copy.deepcopy(instead)
            after = ast.unparse(ast.fix_missing_locations(_Replace(there, instead).visit(changed)))
            if after not in seen | {before}:
                seen.add(after)
                lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "-+"]
                yield kind, "  ".join(f"{line[0]} {line[2:].strip()}" for line in lines), after


class _Replace(ast.NodeTransformer):
    def __init__(self, node: ast.AST, instead: ast.AST):
        self.node, self.instead = node, instead

    def visit(self, node: ast.AST) -> ast.AST:
        return self.instead if node is self.node else self.generic_visit(node)


def judge(lesson: str) -> list[tuple[str, str, str, str]]:
    """(exercise, kind, changed lines, outcome) of all mutants of a lesson."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    warnings.simplefilter("ignore")

    def run(sources: list[str]) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            for source in sources:
                exec(compile(source, "<cell>", "exec"), module.__dict__)

    def outcome(source: str, tests: list[str]) -> int:
        """Run one mutant in a fork; a place in OUTCOMES."""
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(SECONDS)
            for place, code in enumerate([source, *tests]):
                try:
                    run([code])
                except BaseException:
                    os._exit(min(max(place, 1), 2))
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return status if status >= 0 else 3

    run(ground(lesson))
    found = []
    mine = [name for where, name in EXERCISES if where == lesson]
    for name in mine:
        run(checks(lesson, name))  # everything is loaded and compiled before the first fork
    for name in mine:
        source = next(text for graded, _, text in cells(lesson) if graded.get("grade_id") == name)
        for kind, lines, mutant in mutants(source, name):
            found.append((name, kind, lines, OUTCOMES[outcome(mutant, checks(lesson, name))]))
    return found


def table(found: dict[str, list[tuple[str, str, str, str]]], reasons: dict[str, str]) -> str:
    """The kill table in Markdown."""
    every = [row for rows in found.values() for row in rows]
    alive = [row for row in every if row[3] == "survived"]
    same = [row for row in alive if f"{row[0]}: {row[2]}" in reasons]
    killed, real = len(every) - len(alive), len(every) - len(same)
    text = [
        "# What the checks notice\n",
        "Every answer of the course, changed in one small place at a time, and whether the checks notice. Rewritten by "
        "`python tests/grading/mutants.py`.\n",
        f"**{len(every)} mutants. {killed} are noticed; {len(same)} do the same as the answer, and no check can notice "
        f"them. Of the other {real}, {killed / real:.1%} are noticed.**\n",
        "| lesson | exercise | mutants | noticed by the visible check | by hidden checks | by the time limit | not noticed |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for lesson, rows in found.items():
        for name in dict.fromkeys(row[0] for row in rows):
            ends = Counter(row[3] for row in rows if row[0] == name)
            numbers = [ends[outcome] for outcome in ("visible check", "hidden check", "time limit", "survived")]
            text.append(f"| {lesson} | `{name}` | {ends.total()} | {' | '.join(map(str, numbers))} |")
    text += ["\n| kind of change | mutants | noticed |", "|---|---:|---:|"]
    for kind, n in sorted(Counter(row[1] for row in every).items()):
        text.append(f"| {kind} | {n} | {n - sum(row[1] == kind for row in alive)} |")
    text.append("\n## Not noticed\n")
    for name, kind, lines, _ in alive:
        reason = reasons.get(f"{name}: {lines}", "**No reason is known: a check is missing.**")
        text.append(f"- `{name}`, {kind}: `{lines}`. {reason}")
    return "\n".join(text) + "\n"


def main() -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of a set would change the table from run to run
        fixed = {"PYTHONHASHSEED": "0", "SER_COURSE_SEED": "0", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
        return subprocess.run([sys.executable, *sys.argv], env={**os.environ, **fixed}, check=False).returncode
    lessons = list(dict.fromkeys(lesson for lesson, _ in EXERCISES))
    slow_first = sorted(lessons, key=lambda lesson: lesson[:2] not in ("09", "03", "02", "08"))
    with ProcessPoolExecutor(2, max_tasks_per_child=1) as pool:
        jobs = {lesson: pool.submit(judge, lesson) for lesson in slow_first}
        found = {lesson: jobs[lesson].result() for lesson in lessons}
    text = table(found, json.loads(EQUIVALENT.read_text(encoding="utf-8"))) + "\n" + contracts_in_markdown()
    print(text)
    if "--check" in sys.argv:
        return 0 if TABLE.read_text(encoding="utf-8") == text else 1
    TABLE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
