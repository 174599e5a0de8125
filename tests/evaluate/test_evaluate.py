"""Splits that keep their promise, scores that can be checked by hand, and committed results that hold."""

import json

import numpy as np
import pandas as pd
import pytest

from ser_helpers import corpus, evaluate, features, places
from ser_helpers.errors import CourseError
from ser_helpers.evaluate import results


@pytest.fixture(scope="module")
def small():
    """Four hundred clips of eight actors with features that give the label away."""
    rng = np.random.default_rng(0)
    labels = np.tile(corpus.LABELS[:4], 100)
    names, speakers = [f"c{i:03}" for i in range(400)], np.repeat([f"practice/{i}" for i in range(8)], 50)
    clips = pd.DataFrame({"clip": names, "speaker": speakers, "emotion": labels})
    X = (pd.get_dummies(labels).to_numpy(float) * 5 + rng.standard_normal((400, 4))).astype("float32")
    return clips, X, X + rng.standard_normal(X.shape, dtype="float32")


def folds(small, protocol):
    clips, clean, _ = small
    return list(evaluate.splits(protocol, clips["emotion"], clips["speaker"], n_folds=4)), len(clips)


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
    speakers = small[0]["speaker"].to_numpy()
    assert all(not set(speakers[train % n]) & set(speakers[test % n]) for train, test in pairs)


@pytest.mark.parametrize("protocol", evaluate.PROTOCOLS)
def test_folds_over_speakers_are_the_folds_over_actors(protocol):
    clips, _, _ = features.load_features()
    for speakers, actors in zip(
        evaluate.splits(protocol, clips["emotion"], clips["speaker"]),
        evaluate.splits(protocol, clips["emotion"], clips["actor_id"]),
        strict=True,
    ):
        assert all(np.array_equal(*rows) for rows in zip(speakers, actors, strict=True))


def test_speakers_are_needed_and_enough_of_them(small):
    clips, clean, noisy = small
    with pytest.raises(CourseError, match="The clips lack speaker"):
        evaluate.out_of_fold(clips.drop(columns="speaker"), clean, noisy)
    with pytest.raises(CourseError, match="9 folds that keep speakers apart need as many speakers; here are 8"):
        evaluate.out_of_fold(*small, protocols=["actors"], n_folds=9, n_jobs=1)


def test_another_recipe_is_measured_on_the_same_folds(small):
    quick = evaluate.out_of_fold(*small, protocols=["actors"], n_folds=2, n_jobs=1, recipe="logistic")
    network = evaluate.out_of_fold(*small, protocols=["actors"], n_folds=2, n_jobs=1)
    same = ["protocol", "tested_on", "clip", "fold"]
    assert quick[same].equals(network[same])
    assert (quick.merge(small[0])["predicted"] == quick.merge(small[0])["emotion"]).mean() > 0.9


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
    monkeypatch.setattr(results, "features", None)
    with pytest.raises(CourseError, match="cannot be written.*--out"):
        evaluate.run(folder=tmp_path / "file")


def test_scores_by_hand():
    true, predicted = ["angry", "angry", "sad", "sad", "sad"], ["angry", "sad", "sad", "sad", "happy"]
    counts = evaluate.confusion(true, predicted)
    assert counts[0].tolist() == [1, 0, 0, 0, 0, 1] and counts[5].tolist() == [0, 0, 0, 1, 0, 2]
    assert evaluate.accuracy(counts) == pytest.approx(3 / 5)
    assert evaluate.uar(counts) == pytest.approx((1 / 2 + 2 / 3) / 2)  # labels without clips do not count


def test_a_label_that_is_not_counted_is_refused_by_name():
    """True calm, predicted sad: dropped, it left one clip of one right."""
    for which, true, predicted in (
        ("True", ["calm", "sad"], ["sad", "sad"]),
        ("Predicted", ["sad", "sad"], ["calm", "sad"]),
    ):
        with pytest.raises(CourseError, match=f"{which} label 'calm' is none of angry, disgust"):
            evaluate.confusion(true, predicted)
        with pytest.raises(CourseError, match=f"{which} label 'calm' is none of"):
            evaluate.actor_interval(evaluate.accuracy, true, predicted, [1, 2])


def test_labels_of_another_corpus_are_counted_when_named():
    labels = ("calm", "sad", "surprised")
    counts = evaluate.confusion(["calm", "sad"], ["sad", "sad"], labels)
    assert counts.tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert evaluate.accuracy(counts) == evaluate.uar(counts) == 0.5
    assert evaluate.actor_interval(evaluate.uar, ["calm"] * 4, ["calm"] * 4, [1, 1, 2, 2], labels=labels) == (1, 1)


def test_the_interval_draws_actors_and_not_clips():
    """Ten clips of each actor all right or all wrong: the interval is that of twenty draws, not of two hundred."""
    actors, right = np.repeat(range(20), 10), np.repeat([True, False] * 10, 10)
    low, high = evaluate.actor_interval(
        evaluate.accuracy, ["sad"] * 200, np.where(right, "sad", "fear"), actors, n_resamples=4000
    )
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 20), abs=0.06)


def test_the_committed_scores_follow_from_the_committed_predictions():
    clips, _, _ = features.load_features()
    fresh = pd.DataFrame(evaluate.score_table(clips, evaluate.load_predictions(), "crema-d", "original"))
    committed = evaluate.load_scores()
    assert list(fresh) == list(committed)
    for column in (*results.ABOUT, "n_clips", "n_actors", "n_folds", "confusion"):
        assert fresh[column].tolist() == committed[column].tolist()
    for column in ("accuracy", "uar"):
        assert np.allclose(fresh[column], committed[column])
        assert np.allclose(fresh[f"{column}_interval"].tolist(), committed[f"{column}_interval"].tolist(), atol=1e-6)


@pytest.fixture
def measured(tmp_path):
    """The committed results in a folder of their own, and a way to write others into it."""
    path = evaluate.result_path("crema-d", "original", tmp_path)
    path.parent.mkdir()
    committed = json.loads(evaluate.result_path("crema-d", "original").read_text(encoding="utf-8"))

    def write(change):
        path.write_text(json.dumps(committed | {"scores": change(committed["scores"])}), encoding="utf-8")
        return tmp_path

    return write


def test_rows_of_an_invented_model_change_no_readers_figure(measured):
    def with_invented(rows):
        return rows + [row | {"recipe": "invented", "accuracy": 0.99, "uar": 0.99} for row in rows]

    with pytest.raises(CourseError, match="holds crema-d invented means168 v1; crema-d original means168 v1"):
        evaluate.load_scores(folder=measured(with_invented))
    with pytest.raises(CourseError, match="holds crema-d invented"):
        evaluate.expected(folder=measured(with_invented))


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda rows: rows + rows[:1], "two scores for one thing measured"),
        (
            lambda rows: [row | {"corpus": "emodb"} for row in rows],
            "should hold one recipe on one corpus, and holds emodb",
        ),
        (
            lambda rows: [{k: v for k, v in row.items() if k != "recipe"} for row in rows],
            "do not say what they are about",
        ),
        (
            lambda rows: [*rows, {"protocol": "actors", "tested_on": "clean", "target": "intended"}],
            "do not say what they",
        ),
        (lambda rows: [rows[0] | {"features": "means168 v2"}, *rows[1:]], "means168 v1; crema-d original means168 v2"),
    ],
)
def test_results_that_are_ambiguous_are_refused(measured, change, words):
    with pytest.raises(CourseError, match=f"{words}.*ser evaluate --corpus crema-d --recipe original"):
        evaluate.load_scores(folder=measured(change))


def test_scores_of_features_as_they_were_promise_nothing_about_a_new_model(measured):
    folder = measured(lambda rows: [row | {"features": "means168 v0"} for row in rows])
    assert evaluate.expected(folder=folder) == [] and len(evaluate.expected()) == 2
    assert evaluate.expected("practice", "logistic", folder) == []


def test_one_score_is_picked_or_none():
    scores = evaluate.load_scores()
    asked = {"protocol": "actors", "tested_on": "clean", "target": "intended"}
    assert evaluate.pick(scores, **asked)["split"] == "actors kept apart"
    both = pd.concat([scores, scores.assign(recipe="invented")])
    with pytest.raises(CourseError, match="2 scores fit protocol 'actors'.*Say which: recipe 'original', 'invented'"):
        evaluate.pick(both, **asked)
    assert evaluate.pick(both, recipe="original", **asked).equals(evaluate.pick(scores, **asked))
    with pytest.raises(CourseError, match="Say which: target 'intended', 'crowd'"):
        evaluate.pick(scores, protocol="actors", tested_on="clean")
    with pytest.raises(CourseError, match="Nothing tells them apart"):
        evaluate.pick(pd.concat([scores, scores]), **asked)
    with pytest.raises(CourseError, match="No score fits recipe 'cnn'. There are: recipe original"):
        evaluate.pick(scores, recipe="cnn")
    with pytest.raises(CourseError, match="Scores have no model"):
        evaluate.pick(scores, model="original")


def test_what_was_not_measured_is_said_with_the_command_that_measures_it(tmp_path):
    for load in (evaluate.load_scores, evaluate.load_predictions):
        with pytest.raises(
            CourseError, match="logistic was not measured on emodb yet.*--corpus emodb --recipe logistic"
        ):
            load("emodb", "logistic")
    file = evaluate.result_path("crema-d", "original", tmp_path, "_predictions.csv.gz")
    file.parent.mkdir()
    pd.concat([evaluate.load_predictions().head(3)] * 2).to_csv(file, index=False)
    with pytest.raises(CourseError, match="two predictions of one clip"):
        evaluate.load_predictions(folder=tmp_path)


def test_a_corpus_without_votes_is_measured_without_people(tmp_path, practice_features):
    measured = evaluate.run("practice", "logistic", folder=tmp_path, n_jobs=1, progress=False)
    assert measured["people"] == {} and {row["target"] for row in measured["scores"]} == {"intended"}
    assert "crowd" not in evaluate.text_table(measured) and "practice voices, 288 clips" in evaluate.text_table(
        measured
    )
    scores = evaluate.load_scores("practice", "logistic", tmp_path)
    assert scores["corpus"].eq("practice").all() and scores["recipe"].eq("logistic").all()
    predictions = evaluate.load_predictions("practice", "logistic", tmp_path)
    assert len(predictions) == 2 * 288 * len(evaluate.PROTOCOLS)


@pytest.fixture
def practice_features(tmp_path, monkeypatch):
    """The practice voices' features, in a cache of the test's own."""
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    features.update("practice", "means168", progress=False)


def test_what_the_course_says_about_its_scores():
    scores = evaluate.load_scores().query("target == 'intended'").set_index(["tested_on", "protocol"])["uar"]
    assert scores["clean", "leak"] > scores["clean", "random"] > scores["clean", "actors"] + 0.04
    # noise in training costs a little on clean clips and saves many noisy ones
    assert scores["clean", "actors"] > scores["clean", "actors_noisy"]
    assert scores["noisy", "actors_noisy"] > scores["noisy", "actors"] + 0.1


def test_the_readme_tells_the_original_project_as_measured():
    text = " ".join((places.CHECKOUT / "README.md").read_text(encoding="utf-8").split())
    measured = json.loads((evaluate.RESULTS / "as_published.json").read_text(encoding="utf-8"))
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
