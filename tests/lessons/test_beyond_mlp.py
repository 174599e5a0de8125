"""Lesson 10: its networks are the recipes', and it reads to the end where Keras is not installed."""

import json
import os
import re

import jupytext
import nbformat
import numpy as np
import pandas as pd
import pytest

from ser_helpers import evaluate, places
from ser_helpers.course.authoring import run
from ser_helpers.model import networks
from ser_helpers.model.everyday import network as shared

SOLVED = places.CHECKOUT / "solutions" / "10_beyond_mlp" / "10_beyond_mlp.ipynb"
CELLS = [cell.source for cell in jupytext.read(SOLVED.with_suffix(".py")).cells if cell.cell_type == "code"]


def cell(words):
    """The one code cell that holds these words."""
    (found,) = [source for source in CELLS if words in source]
    return found


@pytest.mark.parametrize("name", ["cnn", "gru"])
def test_the_networks_of_the_lesson_are_those_of_the_recipes(name):
    keras = shared.keras()
    scope = {"keras": keras}
    exec(cell(f"def {name}(n_labels, seed)"), scope)
    mine, theirs = scope[name](6, 3), networks.BUILDERS[name](6, 3)
    plans = [
        re.sub(r"_\d+\b", "", network.to_json()) for network in (mine, theirs)
    ]  # Keras numbers the layers it makes
    assert plans[0] == plans[1]
    assert all(np.array_equal(a, b) for a, b in zip(mine.get_weights(), theirs.get_weights(), strict=True))


def test_the_cycle_of_the_lesson_is_the_one_of_the_curves():
    definition = cell("def cycle(n_steps)").partition("\n\n\n")[0]
    scope = {"np": np, "PEAK": 2e-3}
    exec(definition, scope)
    for n_steps in (20, 108, 1000):
        assert np.allclose(scope["cycle"](n_steps), evaluate.cycle(n_steps), atol=1e-5)


def shown_by(*cells):
    """All that cells print and show, as text."""
    outputs = [output for each in cells for output in each.get("outputs", [])]
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


@pytest.mark.long
@pytest.mark.timeout(180)
def test_without_keras_it_says_so_once_and_reads_to_the_end(monkeypatch, tmp_path):
    (tmp_path / "keras.py").write_text("raise ImportError('hidden by a test', name='keras')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    notebook, _, _ = run.run_strictly(SOLVED)
    text = shown_by(*notebook.cells)
    assert (
        text.count("Keras is not installed here, so the networks below are to read") == 1
        and "Keras is here" not in text
    )
    assert "stderr" not in [output.get("name") for each in notebook.cells for output in each.get("outputs", [])]
    assert text.count("CREMA-D, recorded: Loss in training") == 1 and "live: UAR" not in text
    assert notebook.cells[-2].source.endswith('check("10_beyond_mlp")')


def test_the_ladder_is_shown_from_the_bottom_whatever_its_rungs(tmp_path, capsys):
    rungs = []
    for n, name in enumerate(("zero", "better", "a voice")):
        for tested_on in ("clean", "noisy", "chains"):
            uar = 0.4 + 0.05 * n
            rungs.append(
                {
                    "rung": name,
                    "title": f"rung {n}",
                    "tested_on": tested_on,
                    "uar": uar,
                    "seconds": [10.0, None, 2500.0][n],
                }
            )
            rungs[-1] |= {"uar_interval": [uar - 0.02, uar + 0.02], "enrolled": 6 * (n == 2)}
    (tmp_path / "crema-d").mkdir()
    (tmp_path / "crema-d" / "ladder.json").write_text(json.dumps(rungs))
    source, tables = cell("evaluate.load_ladder()"), []
    source = source.replace("load_ladder()", "load_ladder(folder=FOLDER)")
    scope = {"evaluate": evaluate, "CourseError": Exception, "display": tables.append, "pd": pd}
    exec(source, scope | {"FOLDER": tmp_path})
    assert tables[0].index.tolist() == ["zero", "better", "a voice"] and tables[0]["clean"].tolist() == [40, 45, 50]
    assert tables[0]["seconds of training"].tolist() == ["10", "", "2,500"]  # not known of what was trained elsewhere
    assert tables[0]["clips of the speaker"].tolist() == [0, 0, 6] and "2.0 to 2.0 points" in capsys.readouterr().out
    exec(source, scope | {"FOLDER": tmp_path / "nowhere"})
    assert len(tables) == 1 and "ladder" in capsys.readouterr().out


def test_every_published_score_says_who_when_on_which_split_and_at_what_cost():
    text = "\n".join(each.source for each in nbformat.read(SOLVED, as_version=4).cells)
    rows = [
        line.split(" | ") for line in text.splitlines() if line.startswith("|") and " % " in line and "million" in line
    ]
    assert len(rows) == 4
    for _, score, split, cost, where in rows:
        weights, size = cost.split(" million, ")
        assert float(size.split()[0]) == pytest.approx(
            float(weights.replace(",", "")) * 4 / 1000, abs=0.06
        )  # GB at four bytes a weight
        assert "UA" in score and "actor" in split and "(2024)" in where
