"""The small networks: trained, saved and read again they say the same; what is no such file is refused in a sentence."""

import numpy as np
import pytest

from ser_helpers import corpus, features, model
from ser_helpers.errors import CourseError


@pytest.fixture(scope="module")
def few():
    """A clip of each label of four practice voices, as frames, and the labels."""
    clips = corpus.clip_table("practice").query("actor_id <= 9004").groupby(["actor_id", "emotion"]).head(1)
    return features.extract(corpus.find_audio(clips), features="logmel64"), clips["emotion"].to_numpy(dtype=str)


@pytest.mark.long
@pytest.mark.parametrize("name", ["cnn", "gru"])
def test_a_network_is_the_same_after_a_file(name, few, tmp_path, monkeypatch):
    clips, labels = few
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    recipe = model.named(name).smaller()
    trained = recipe.build(0, sorted(set(labels))).fit(clips, labels)
    assert trained.seconds_ > 0 and trained.classes_.tolist() == sorted(set(labels))
    said = trained.predict_proba(clips)
    assert said.shape == (len(clips), 6) and np.allclose(said.sum(axis=1), 1, atol=1e-5)
    recipe.save(trained, tmp_path / "net.npz")
    assert np.allclose(recipe.load(tmp_path / "net.npz").predict_proba(clips), said, atol=1e-6)
    again = recipe.build(0, sorted(set(labels))).fit(clips, labels)  # from what is kept
    assert np.allclose(again.predict_proba(clips), said, atol=1e-6) and again.seconds_ == trained.seconds_
    other = model.named({"cnn": "gru", "gru": "cnn"}[name])
    with pytest.raises(CourseError, match=f"holds {name} on logmel64 v1; {other.name} on logmel64 v1 was expected"):
        other.load(tmp_path / "net.npz")


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 broken"])
def test_a_file_of_something_else_is_refused(content, tmp_path):
    (tmp_path / "net.npz").write_bytes(content)
    with pytest.raises(CourseError, match="is no model of the recipe 'cnn', or is damaged"):
        model.named("cnn").load(tmp_path / "net.npz")
