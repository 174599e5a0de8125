"""The rules of the house: its tools find nothing, its layers hold, and everything fits on a screen or two."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_OF_A_FUNCTION, LINES_OF_A_MODULE = 60, 500  # docstrings and decorators included


@pytest.mark.parametrize("words", ["ruff check", "ruff format --check", "mypy", "lint-imports --no-logo", "codespell"])
def test_the_tools_find_nothing(words, finds_nothing):
    finds_nothing(*words.split())


def test_functions_and_modules_are_short():
    too_long = []
    for path in sorted((ROOT / "ser_helpers").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(ROOT).as_posix()
        if (lines := len(text.splitlines())) > LINES_OF_A_MODULE:
            too_long.append(f"{where}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                if (lines := node.end_lineno - first + 1) > LINES_OF_A_FUNCTION:
                    too_long.append(f"{where}:{first} {node.name}: {lines} lines")
    assert not too_long, "\n".join(too_long)
