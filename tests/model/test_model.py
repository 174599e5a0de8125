"""A model that is saved comes back the same, and nothing else gets in."""

import json
import pickle
import warnings

import numpy as np
import pytest
import skops.io
import soundfile as sf
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ser_helpers import audio, corpus, features, model
from ser_helpers.errors import CourseError
from ser_helpers.model import training
from ser_helpers.model.card import NAMES

CARD = {"corpus": "practice", "recipe": "original", "features": "means168 v1", "labels": list(corpus.LABELS)}


@pytest.fixture(scope="module")
def fitted():
    """Trained on what seven voices say, for a moment only: what is saved need not be good."""
    clips = corpus.clip_table("practice").query("actor_id <= 9007")
    X = features.extract(corpus.find_audio(clips))
    pipeline = model.build_model(seed=1).set_params(network__max_iter=20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return pipeline.fit(X, clips["emotion"].to_numpy(dtype=str)), X


def test_the_configuration_is_the_original_one():
    scaler, network = (step for _, step in model.build_model(seed=5).steps)
    assert isinstance(scaler, StandardScaler)
    changed = {k: v for k, v in network.get_params().items() if v != type(network)().get_params()[k]}
    assert changed == {
        "solver": "sgd", "alpha": 0.839903176695813, "batch_size": 150, "learning_rate": "adaptive",
        "max_iter": 100000, "random_state": 5,
    }  # fmt: skip


@pytest.fixture
def saved(fitted, tmp_path):
    """A model file with its card, to be spoilt by a test."""
    model.save_model(fitted[0], tmp_path / "m.skops", CARD)
    return tmp_path / "m.skops"


def spoil(file, **changes):
    """Change a card; None takes a name away."""
    card = json.loads(file.with_suffix(".json").read_text()) | changes
    file.with_suffix(".json").write_text(json.dumps({name: said for name, said in card.items() if said is not None}))


def test_saved_and_loaded_it_predicts_the_same(fitted, saved):
    pipeline, X = fitted
    loaded = model.load(saved)
    assert np.array_equal(loaded.model.predict_proba(X), pipeline.predict_proba(X))
    assert np.array_equal(model.load_model(saved).predict_proba(X), pipeline.predict_proba(X))
    assert loaded.card == CARD and loaded.recipe is model.named("original")
    assert sorted(path.name for path in saved.parent.iterdir()) == ["m.json", "m.skops"]


def test_a_pickle_and_other_files_are_refused(saved):
    for content in (pickle.dumps(print), b"", b"hello"):
        saved.write_bytes(content)
        with pytest.raises(CourseError, match="not a model saved by this course"):
            model.load(saved)
    with pytest.raises(CourseError, match="There is no model.*ser train"):
        model.load(saved.with_name("gone.skops"))


def test_types_that_no_model_needs_are_refused_by_name(saved):
    hostile = make_pipeline(FunctionTransformer(func=exec), StandardScaler())
    skops.io.dump({"model": hostile}, saved)
    with pytest.raises(CourseError, match="not opened: it would build builtins.exec"):
        model.load(saved)
    saved.with_suffix(".json").unlink()  # found somewhere, without a card
    with pytest.raises(CourseError, match="not opened: it would build builtins.exec"):
        model.load(saved)


def test_a_model_without_its_card_is_refused(saved):
    saved.with_suffix(".json").unlink()
    with pytest.raises(CourseError, match=r"no card m.json beside it.*ser train"):
        model.load(saved)
    saved.with_suffix(".json").write_text("a card")
    with pytest.raises(CourseError, match="not the card of a model.*ser train"):
        model.load(saved)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_of_before_the_names_is_refused(saved, name):
    spoil(saved, **{name: None})
    with pytest.raises(CourseError, match=f"older form and does not name {name}. `ser train`"):
        model.load(saved)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"recipe": "rnn"}, "made by the recipe 'rnn', which is not at hand: original, logistic"),
        ({"recipe": "logistic"}, "it would build|model of 'original' on means168 v1.*'logistic'.*ser train"),
        ({"features": "means168 v0"}, "its card says means168 v0.*'original' looks at means168 v1 today.*ser train"),
        ({"labels": ["calm", "excited"]}, r"other labels \(angry, .*\) than its card says \(calm, excited\)"),
    ],
)
def test_a_card_that_does_not_belong_to_the_file_is_refused(saved, changes, words):
    spoil(saved, **changes)
    with pytest.raises(CourseError, match=words):
        model.load(saved)


@pytest.mark.parametrize("changed", [{"version": 2}, {"columns": features.FEATURE_NAMES[::-1]}])
def test_a_model_for_features_of_another_version_or_order_is_refused(saved, monkeypatch, changed):
    for name, value in changed.items():
        monkeypatch.setattr(features.FEATURES["means168"], name, value, raising=False)
    with pytest.raises(CourseError, match="trained on other features.*ser train"):
        model.load(saved)


def dump(fitted, **changes):
    names = {"recipe": "original", "version": "means168 v1", "features": list(features.FEATURE_NAMES)}
    return {"model": fitted[0], **names, "probe": np.full((1, 6), 1 / 6)} | changes


def test_a_file_that_another_version_reads_differently_is_refused(fitted, saved):
    skops.io.dump(dump(fitted), saved)
    with pytest.raises(CourseError, match="predicts otherwise.*ser train"):
        model.load(saved)


def test_files_of_older_layouts_are_refused(fitted, saved):
    last_year = {"model": fitted[0], "features": list(features.FEATURE_NAMES), "probe": np.full((1, 6), 1 / 6)}
    for contents in (fitted[0], last_year, dump(fitted, model=fitted[0][0])):
        skops.io.dump(contents, saved)
        with pytest.raises(CourseError, match="another version.*ser train"):
            model.load(saved)


def test_a_model_may_have_labels_of_its_own(fitted, tmp_path):
    pipeline = make_pipeline(StandardScaler(), DummyClassifier())
    pipeline.fit(fitted[1], np.tile(["calm", "excited"], len(fitted[1]) // 2))
    model.save_model(pipeline, tmp_path / "m.skops", CARD | {"labels": ["calm", "excited"]})
    loaded = model.load(tmp_path / "m.skops")
    assert list(model.predict(loaded.model, np.linspace(-0.1, 0.1, 16000)).probabilities) == ["calm", "excited"]


def test_a_folder_that_cannot_be_written_is_said_before_the_training(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(training, "features", None)
    with pytest.raises(CourseError, match="cannot be written.*--out"):
        model.train(path=tmp_path / "file" / "m.skops")
    with pytest.raises(CourseError, match="what the model's card is called"):
        model.train(path=tmp_path / "m.json")


def test_every_recipe_trains_saves_and_loads(tmp_path, fitted):
    for recipe in model.RECIPES:
        build = recipe.build(0, corpus.LABELS)
        assert build is not recipe.build(0, corpus.LABELS)
        with pytest.raises(CourseError, match="There is no recipe 'rnn': original, logistic"):
            model.named("rnn")
        assert model.named(recipe.name) is model.named(recipe) is recipe
    pipeline = (
        model.named("logistic").build(0, corpus.LABELS).fit(fitted[1], np.tile(corpus.LABELS, len(fitted[1]) // 6))
    )
    model.save_model(pipeline, tmp_path / "quick.skops", CARD | {"recipe": "logistic"})
    assert np.array_equal(
        model.load_model(tmp_path / "quick.skops").predict_proba(fitted[1]), pipeline.predict_proba(fitted[1])
    )


def test_the_committed_model_and_its_card():
    loaded = model.load()
    assert tuple(loaded.model.classes_) == tuple(loaded.card["labels"]) == corpus.LABELS
    assert (loaded.card["corpus"], loaded.card["recipe"]) == ("crema-d", "original")
    assert set(loaded.card["speakers"]) == set(features.load_features()[0]["speaker"])
    assert {row["tested_on"] for row in loaded.card["expected"]} == {"clean", "noisy"}
    assert "5(1)(f)" in loaded.card["not_for"]


def test_the_track_record_is_the_cards_or_says_that_there_is_none(saved):
    score = next(row for row in model.load().card["expected"] if row["tested_on"] == "clean")
    assert f"right in {100 * score['accuracy']:.0f} % of clean clips" in model.track_record()
    spoil(saved, trained_on="seven voices", expected=[])
    assert model.track_record(saved).startswith("Model: m.skops (original), trained on seven voices. How often")


def test_any_file_gets_a_label_and_six_probabilities(tmp_path):
    pipeline = model.load_model()
    path = corpus.find_audio(corpus.clip_table("practice")).iloc[0]
    y = audio.read_clip(path)
    answer = model.predict(pipeline, path)
    assert list(answer.probabilities) == list(corpus.LABELS)
    assert sum(answer.probabilities.values()) == pytest.approx(1)
    assert answer.probability == max(answer.probabilities.values())
    assert model.predict(pipeline, y) == answer
    sf.write(tmp_path / "stereo.wav", np.stack([y, y], axis=1), 16000, subtype="FLOAT")
    assert model.predict(pipeline, tmp_path / "stereo.wav").probabilities == pytest.approx(answer.probabilities)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.predict(pipeline, np.linspace(-0.1, 0.1, 100)).label in corpus.LABELS
    with pytest.raises(audio.AudioError, match="no sound in it at all"):
        model.predict(pipeline, np.zeros(16000))


def test_a_practice_voice_is_asked_of_a_model_of_other_practice_voices_and_a_person_of_the_courses_own():
    for _, clip in corpus.clip_table("practice").groupby("speaker").head(1).iterrows():
        loaded = model.load_for(clip)
        assert loaded.card["corpus"] == "practice" and clip["speaker"] not in loaded.card["speakers"]
        assert "synthetic practice voices" in loaded.card["trained_on"]
        assert (
            model.predict(loaded.model, corpus.find_audio(clip.to_frame().T).iloc[0], loaded.recipe).label
            in corpus.LABELS
        )
    assert model.load_for(corpus.clip_table().iloc[0]).card["corpus"] == "crema-d"
    assert model.load_for({"speaker": "ravdess/01"}).card["corpus"] == "crema-d"


def test_the_models_of_practice_voices_know_more_than_chance_about_voices_they_never_heard():
    models, clips = model.practice_models()
    assert set(models) == set(clips["speaker"])
    assert 0.45 < (clips["predicted"] == clips["emotion"]).mean() < 0.75
