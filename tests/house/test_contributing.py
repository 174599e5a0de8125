"""CONTRIBUTING.md to the letter, in a scratch clone: its files are written, its commands run, and they say what it says.

What the test reads in a section, in order:

    `PATH`:                            and a block: the file's content
    `PATH`, at its end:                and a block: added to the file
    In `PATH`, `OLD` becomes `NEW`     a change within a line; \\n stands for a new line
    a block of sh                      commands, run with bash in the clone's folder
    a block of text                    lines that the commands of the section have printed by then
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (Add .+?)\n(.*?)(?=^## )", TEXT, re.MULTILINE | re.DOTALL))
STEP = re.compile(
    r"^ *(?:\d\. )?`(?P<file>[^`\n]+)`(?P<end>, at its end)?:\n\n(?P<indent> *)```\w+\n(?P<content>.*?)^ *```$"
    r"|In `(?P<changed>[^`]+)`,\s+`(?P<old>[^`]+)`\s+becomes\s+`(?P<new>[^`]+)`"
    r"|^ *(?:\d\. )?```(?P<kind>sh|text)\n(?P<lines>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
PARTS = ("ser_helpers", "data", "solutions", "lessons", "classroom", "tests/submissions", "tests/conftest.py")
FILES = ("nbgrader_config.py", "pyproject.toml", "LICENSE", "CITATION.cff", *(path.name for path in ROOT.glob("*.md")))


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """What a clone holds, as far as the sections need it."""
    folder = tmp_path_factory.mktemp("scratch") / "course"
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, folder / part)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def shell(clone):
    """Run commands there as a person would, with this environment active and the clone's own package."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SER_")}
    variables |= {"PATH": path, "PYTHONPATH": str(clone), "SER_CACHE": str(clone.parent / "cache"), "CI": ""}

    def run(commands: str) -> str:
        words = ["bash", "-euo", "pipefail", "-c", commands]
        done = subprocess.run(words, cwd=clone, env=variables, stdout=-1, stderr=-2, text=True, timeout=300)
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout

    return run


def follow(section: str, clone: Path, shell) -> None:
    """Do every step of a section."""
    printed = ""
    for step in STEP.finditer(SECTIONS[section]):
        if step["file"]:
            path = clone / step["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text(encoding="utf-8") if step["end"] else ""
            path.write_text(before + textwrap.dedent(step["content"]), encoding="utf-8")
        elif step["changed"]:
            path = clone / step["changed"]
            text = path.read_text(encoding="utf-8")
            assert text.count(step["old"]) == 1, (
                f"{step['changed']} holds {step['old']!r} {text.count(step['old'])} times."
            )
            path.write_text(text.replace(step["old"], step["new"].replace("\\n", "\n")), encoding="utf-8")
        elif step["kind"] == "sh":
            printed += shell(textwrap.dedent(step["lines"]))
        else:
            seen = " ".join(printed.split())
            for line in textwrap.dedent(step["lines"]).strip().splitlines():
                assert " ".join(line.split()) in seen, f"{line!r} is not in what was printed:\n{printed}"


def test_every_block_of_a_section_is_a_step():
    """A block that the pattern misses would be a step that nobody tries."""
    assert list(SECTIONS) == [
        f"Add {what}"
        for what in (
            "a lesson", "an exercise", "a message to a check", "a corpus", "a feature set", "a recipe", "a widget",
        )
    ]  # fmt: skip
    for section, text in SECTIONS.items():
        blocks = sum(1 for step in STEP.finditer(text) if not step["changed"])
        assert 2 * blocks == len(re.findall("^ *(?:\\d\\. )?```", text, re.MULTILINE)), section


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.skipif(sys.platform != "linux", reason="grades, which needs Linux")
def test_a_lesson_an_exercise_and_a_message(clone, shell, bubblewrap):
    for section in list(SECTIONS)[:3]:  # each goes on where the one before it ended
        follow(section, clone, shell)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="runs commands of a Linux shell")
@pytest.mark.parametrize("section", list(SECTIONS)[3:])
def test_a_part(section, clone, shell):
    follow(section, clone, shell)
