"""Splits that keep their promise, scores that can be checked by hand, and committed results that hold."""

import json

import numpy as np
import pandas as pd
import pytest

from ser_helpers import corpus, evaluate, features, places
from ser_helpers.errors import CourseError


@pytest.fixture(scope="module")
def small():
    """Four hundred clips of eight actors with features that give the label away."""
    rng = np.random.default_rng(0)
    labels = np.tile(corpus.LABELS[:4], 100)
    names, actors = [f"c{i:03}" for i in range(400)], np.repeat(range(8), 50)
    clips = pd.DataFrame({"clip": names, "actor_id": actors, "emotion": labels})
    X = (pd.get_dummies(labels).to_numpy(float) * 5 + rng.standard_normal((400, 4))).astype("float32")
    return clips, X, X + rng.standard_normal(X.shape, dtype="float32")


def folds(small, protocol):
    clips, clean, _ = small
    return list(evaluate.splits(protocol, clips["emotion"], clips["actor_id"], n_folds=4)), len(clips)


@pytest.mark.parametrize("protocol", evaluate.PROTOCOLS)
def test_every_row_is_tested_once_and_never_trained_on_there(small, protocol):
    pairs, n = folds(small, protocol)
    assert sorted(np.concatenate([test for _, test in pairs])) == list(range(2 * n))
    assert all(not set(train) & set(test) for train, test in pairs)


@pytest.mark.parametrize("protocol", ["random", "random_noisy", "actors", "actors_noisy"])
def test_no_copy_of_a_test_clip_is_trained_on(small, protocol):
    pairs, n = folds(small, protocol)
    assert all(not set(train % n) & set(test % n) for train, test in pairs)
    assert all((train.max() >= n) == protocol.endswith("noisy") for train, _ in pairs)


@pytest.mark.parametrize("protocol", ["actors", "actors_noisy"])
def test_actors_are_kept_apart(small, protocol):
    pairs, n = folds(small, protocol)
    actors = small[0]["actor_id"].to_numpy()
    assert all(not set(actors[train % n]) & set(actors[test % n]) for train, test in pairs)


def test_the_leak_is_one(small):
    pairs, n = folds(small, "leak")
    assert all(set(train % n) & set(test % n) for train, test in pairs)


def test_workers_do_not_change_predictions(small):
    frames = [evaluate.out_of_fold(*small, protocols=["random", "actors"], n_folds=2, n_jobs=n) for n in (1, 2)]
    pd.testing.assert_frame_equal(*frames)
    assert len(frames[0]) == 2 * 2 * 400 and not frames[0].duplicated(["protocol", "tested_on", "clip"]).any()
    one_fold = evaluate.out_of_fold(*small, protocols=["actors"], n_folds=2, first_fold_only=True, n_jobs=1)
    assert set(one_fold["fold"]) == {0}


def test_a_folder_that_cannot_be_written_is_said_before_the_training(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(evaluate, "out_of_fold", None)
    with pytest.raises(CourseError, match="cannot be written.*--out"):
        evaluate.run(folder=tmp_path / "file")


def test_scores_by_hand():
    true, predicted = ["angry", "angry", "sad", "sad", "sad"], ["angry", "sad", "sad", "sad", "happy"]
    counts = evaluate.confusion(true, predicted)
    assert counts[0].tolist() == [1, 0, 0, 0, 0, 1] and counts[5].tolist() == [0, 0, 0, 1, 0, 2]
    assert evaluate.accuracy(counts) == pytest.approx(3 / 5)
    assert evaluate.uar(counts) == pytest.approx((1 / 2 + 2 / 3) / 2)  # labels without clips do not count


def test_the_interval_draws_actors_and_not_clips():
    """Ten clips of each actor all right or all wrong: the interval is that of twenty draws, not of two hundred."""
    actors, right = np.repeat(range(20), 10), np.repeat([True, False] * 10, 10)
    low, high = evaluate.actor_interval(
        evaluate.accuracy, ["sad"] * 200, np.where(right, "sad", "fear"), actors, n_resamples=4000
    )
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 20), abs=0.06)


def test_the_committed_scores_follow_from_the_committed_predictions():
    clips, _, _ = features.load_features()
    fresh = pd.DataFrame(evaluate.score_table(clips, evaluate.load_predictions()))
    committed = evaluate.load_scores()
    for column in ("protocol", "tested_on", "target", "n_clips", "n_folds", "confusion"):
        assert fresh[column].tolist() == committed[column].tolist()
    for column in ("accuracy", "uar"):
        assert np.allclose(fresh[column], committed[column])
        assert np.allclose(fresh[f"{column}_interval"].tolist(), committed[f"{column}_interval"].tolist(), atol=1e-6)


def test_what_the_course_says_about_its_scores():
    scores = evaluate.load_scores().query("target == 'intended'").set_index(["tested_on", "protocol"])["uar"]
    assert scores["clean", "leak"] > scores["clean", "random"] > scores["clean", "actors"] + 0.04
    # noise in training costs a little on clean clips and saves many noisy ones
    assert scores["clean", "actors"] > scores["clean", "actors_noisy"]
    assert scores["noisy", "actors_noisy"] > scores["noisy", "actors"] + 0.1


def test_the_readme_tells_the_original_project_as_measured():
    text = " ".join((places.CHECKOUT / "README.md").read_text(encoding="utf-8").split())
    measured = json.loads((evaluate.RESULTS / "original.json").read_text(encoding="utf-8"))
    assert f"{measured['columns']:,} columns of which half is padding, stopped after ten minutes" in text
    assert measured["padding_share"] == pytest.approx(0.5, abs=0.02) and measured["minutes_allowed"] == 10
    random, apart = measured["course_runs"]
    assert random["converged"] and apart["converged"]
    assert (
        f"{measured['course_columns']} columns of the same clips, without noise, the same network converges and reaches "
        f"{100 * random['accuracy']:.1f} % with random clips and {100 * apart['accuracy']:.1f} % with actors kept apart"
    ) in text


def test_people_on_the_same_clips():
    people = evaluate.human_yardstick(corpus.clip_table())
    assert people["n_clips"] == 7442
    assert people["plurality"] == pytest.approx(0.416, abs=0.0005)
    assert people["plurality_uar"] == pytest.approx(0.429, abs=0.0005)
    assert people["single_rating"] == pytest.approx(0.400, abs=0.0005)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_fresh_fold_agrees_with_the_committed_ones():
    """One fold of the cheapest protocol, trained again: the committed predictions come out of this code."""
    clips, clean, noisy = features.load_features()
    fresh = evaluate.out_of_fold(clips, clean, noisy, protocols=["actors"], first_fold_only=True, n_jobs=1)
    both = fresh.merge(evaluate.load_predictions(), on=["protocol", "tested_on", "clip", "fold"], validate="1:1")
    assert (both["predicted_x"] == both["predicted_y"]).mean() > 0.95  # other BLAS builds sum in another order
