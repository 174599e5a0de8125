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


def test_saved_and_loaded_it_predicts_the_same(fitted, tmp_path):
    pipeline, X = fitted
    model.save_model(pipeline, tmp_path / "m.skops", card={"trained_on": "seven voices"})
    assert np.array_equal(model.load_model(tmp_path / "m.skops").predict_proba(X), pipeline.predict_proba(X))
    assert json.loads((tmp_path / "m.json").read_text())["trained_on"] == "seven voices"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.json", "m.skops"]


def test_a_pickle_and_other_files_are_refused(tmp_path):
    for name, content in {"a.skops": pickle.dumps(print), "b.skops": b"", "c.skops": b"hello"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CourseError, match="not a model saved by this course"):
            model.load_model(tmp_path / name)
    with pytest.raises(CourseError, match="There is no model.*ser train"):
        model.load_model(tmp_path / "gone.skops")


def test_types_that_no_model_needs_are_refused_by_name(tmp_path):
    hostile = make_pipeline(FunctionTransformer(func=exec), StandardScaler())
    skops.io.dump({"model": hostile}, tmp_path / "hostile.skops")
    with pytest.raises(CourseError, match="not opened: it would build builtins.exec"):
        model.load_model(tmp_path / "hostile.skops")


def test_a_model_for_other_features_is_refused(fitted, tmp_path, monkeypatch):
    pipeline, _ = fitted
    model.save_model(pipeline, tmp_path / "m.skops", card={})
    monkeypatch.setattr(features, "FEATURE_NAMES", features.FEATURE_NAMES[::-1])
    with pytest.raises(CourseError, match="trained on other features"):
        model.load_model(tmp_path / "m.skops")


def test_a_file_that_another_version_reads_differently_is_refused(fitted, tmp_path):
    pipeline, X = fitted
    contents = {"model": pipeline, "features": list(features.FEATURE_NAMES), "probe": np.full((1, 6), 1 / 6)}
    skops.io.dump(contents, tmp_path / "old.skops")
    with pytest.raises(CourseError, match="predicts otherwise.*ser train"):
        model.load_model(tmp_path / "old.skops")


@pytest.mark.parametrize("contents", ["no dictionary", "no classifier"])
def test_a_file_of_an_older_layout_is_refused(fitted, tmp_path, contents):
    pipeline, _ = fitted
    older = {"model": pipeline[0], "features": list(features.FEATURE_NAMES), "probe": np.full((1, 6), 1 / 6)}
    skops.io.dump(pipeline if contents == "no dictionary" else older, tmp_path / "older.skops")
    with pytest.raises(CourseError, match="another version.*ser train"):
        model.load_model(tmp_path / "older.skops")


def test_a_model_for_other_labels_is_refused(fitted, tmp_path):
    _, X = fitted
    pipeline = make_pipeline(StandardScaler(), DummyClassifier()).fit(X, np.tile(["calm", "excited"], len(X) // 2))
    model.save_model(pipeline, tmp_path / "m.skops", card={})
    with pytest.raises(CourseError, match=r"or labels \(calm, excited\)"):
        model.load_model(tmp_path / "m.skops")


def test_a_folder_that_cannot_be_written_is_said_before_the_training(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(model, "build_model", None)
    with pytest.raises(CourseError, match="cannot be written.*--out"):
        model.train(tmp_path / "file" / "m.skops")


def test_the_committed_model_and_its_card():
    card = json.loads(model.MODEL.with_suffix(".json").read_text(encoding="utf-8"))
    assert tuple(model.load_model().classes_) == corpus.LABELS
    assert set(card["actors"]) == set(features.load_features()[0]["actor_id"])
    assert {row["tested_on"] for row in card["expected"]} == {"clean", "noisy"}
    assert "5(1)(f)" in card["not_for"]


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
        assert model.predict(pipeline, np.zeros(100)).label in corpus.LABELS
