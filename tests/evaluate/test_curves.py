"""Networks watched as they learn: the real command, on the practice voices."""

import json

import numpy as np
import pandas as pd
import pytest

from ser_helpers import corpus, evaluate, features
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A cache with the frames of the practice voices."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        features.update("practice", "logmel64", progress=False)
    return cache


@pytest.mark.long
def test_one_command_watches_a_network_on_speakers_that_it_does_not_learn_from(stored, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(stored))
    words = ["evaluate", "--curves", "--corpus", "practice", "--quick", "--json", "--out", str(tmp_path)]
    told = []
    for _ in range(2):
        assert main(words) == 0
        told.append([{**row, "seconds": 0} for row in json.loads(capsys.readouterr().out)])
    assert told[0] == told[1] and not list(tmp_path.iterdir())  # the same seed, the same curves; a try writes nothing
    (row,) = told[0]
    assert (row["recipe"], row["schedule"], row["epochs"]) == ("cnn", "cycle", 2)
    assert (row["n_actors"], row["n_watched"]) == (7, 2)  # of twelve, three are the fold's test and stay out of it
    assert (row["n_clips"], row["n_watched_clips"]) == (42, 12)
    assert len(row["loss"]) == len(row["uar"]) == len(row["rate"]) == 2 and np.isfinite(row["loss"]).all()


def test_frames_that_are_not_stored_are_asked_for_in_a_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["evaluate", "--curves", "--corpus", "practice", "--quick"]) == 2
    assert "`ser features --corpus practice --features logmel64` computes them" in capsys.readouterr().err


def test_curves_are_kept_and_read_again(tmp_path):
    about = {"corpus": "crema-d", "n_clips": 60, "n_actors": 4, "n_watched_clips": 12, "n_watched": 1, "epochs": 2}
    kept = {
        **about,
        "recipe": "cnn",
        "schedule": "cycle",
        "loss": [2, 1.5],
        "uar": [0.2, 0.4],
        "backwards": 0.3,
        "seconds": 9.0,
    }
    rows = pd.DataFrame([kept])
    assert evaluate.write_curves(rows, tmp_path).relative_to(tmp_path).as_posix() == "crema-d/curves.json"
    assert evaluate.load_curves(folder=tmp_path).equals(rows)
    assert "middle 20.0 %, best 40.0 %, end 40.0 %, backwards 30.0 %" in evaluate.curves_text(rows)
    with pytest.raises(CourseError, match="ser evaluate --curves --corpus practice"):
        evaluate.load_curves("practice", tmp_path)


def test_what_was_recorded_on_crema_d():
    """As the command does it: a fold's training actors, some of them watched, and nobody else."""
    rows = evaluate.load_curves()
    assert rows[["recipe", "schedule"]].to_numpy().tolist() == [["cnn", "cycle"], ["gru", "cycle"], ["gru", "constant"]]
    table = corpus.clip_table()
    assert (rows["n_actors"] + rows["n_watched"]).unique().tolist() == [60] and table["actor_id"].nunique() > 60
    for row in rows.to_dict("records"):
        assert len(row["uar"]) == len(row["loss"]) == row["epochs"] and row["loss"][-1] < row["loss"][0]
        assert row["uar"][-1] > 1.5 / 6 and 0 < row["backwards"] < 1
        if row["schedule"] == "cycle":  # lesson 10 says that much of the score comes at the end of a cycle
            assert row["uar"][-1] > row["uar"][row["epochs"] // 2 - 1]
        assert (row["rate"][-1] < 0.02 * max(row["rate"])) == (row["schedule"] == "cycle")


def test_the_rate_goes_up_in_a_twentieth_and_comes_down_to_nothing():
    rate = evaluate.cycle(1000)
    assert len(rate) == 1000 and rate.argmax() == 50 and rate.max() == pytest.approx(2e-3)
    assert (np.diff(rate[:51]) > 0).all() and (np.diff(rate[51:]) <= 0).all() and 0 < rate[-1] <= 2e-5
    assert len(evaluate.cycle(1)) == 1 and len(evaluate.cycle(2)) == 2  # a try may be as short
