"""The kernel's half of the recorder: what a take is worth, what it says, and where it may be written."""

import io
import os
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from ser_helpers import audio, corpus, features, model, widgets
from ser_helpers.widgets.recorder import QUALITY, compare, quality


@pytest.fixture
def spoken():
    return audio.read_clip(corpus.find_audio(corpus.clip_table("practice")).iloc[0])


@pytest.fixture
def recorder():
    return listening(widgets.recorder())


def listening(widget):
    """The same widget, which keeps its answers in a list instead of sending them."""
    widget.answers = []
    widget.send = widget.answers.append
    return widget


def wav(y: np.ndarray) -> memoryview:
    """As the browser sends it."""
    file = io.BytesIO()
    soundfile.write(file, y, audio.SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return memoryview(file.getvalue())


def ask(widget, take: str, **message) -> dict:
    buffers = [wav(message.pop("y"))] if "y" in message else []
    widget._handle_custom_msg({"take": take, **message}, buffers)
    return widget.answers[-1]


def test_each_quality_is_told_from_the_others(spoken):
    loud = spoken / np.abs(spoken).max()
    takes = {
        "fine": spoken,
        "too short": spoken[:12000],
        "too quiet": 0.02 * spoken,
        "clipped": np.clip(4 * loud, -1, 1),
        "mostly silence": np.pad(spoken, (0, 8 * audio.SAMPLE_RATE)),
    }
    assert {name: quality(y) for name, y in takes.items()} == {name: name for name in QUALITY}
    assert quality(0.98 * loud) == "fine"
    assert quality(np.pad(spoken, (0, audio.SAMPLE_RATE))) == "fine"
    assert quality(np.zeros(0)) == "too short"


@pytest.mark.real
def test_almost_all_of_crema_d_is_fine(crema_d_home):
    clips = corpus.clip_table().query("defect == ''").iloc[::40]
    found = [quality(audio.read_clip(path)) for path in corpus.find_audio(clips).dropna()]
    assert found.count("fine") / len(found) > 0.96
    assert set(found) <= {"fine", "clipped"}


def test_a_take_is_predicted_and_kept_in_memory_only(recorder, spoken, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = ask(recorder, "A", ask="predict", y=spoken)
    course, wav_samples = model.load(model.EVERYDAY), audio.read_clip(io.BytesIO(wav(spoken)))
    expected = model.predict(course.model, wav_samples, recipe=course.recipe)
    assert answer["take"] == "A" and answer["probabilities"] == expected.probabilities
    assert (
        (expected.label or "gives no label") in answer["answer"]
        and "fine" in answer["says"]
        and answer["compared"] == ""
    )
    assert np.array_equal(recorder.takes["A"], wav_samples)
    answer = ask(recorder, "B", ask="predict", y=0.1 * spoken)
    assert answer["compared"] == compare(*recorder.takes.values()) and "20 dB quieter and as long" in answer["compared"]
    state = recorder.get_state()
    assert {type(value) for value in state.values()} <= {str, list, tuple, int, bool, type(None)}, (
        "a voice could be in anything else"
    )
    assert (expected.label or "gives no label") not in str(
        {k: v for k, v in state.items() if k not in ("labels", "_esm", "_css")}
    )
    assert list(tmp_path.iterdir()) == []


def test_without_a_verdict_a_take_is_drawn_and_no_model_is_asked(spoken, monkeypatch):
    monkeypatch.setattr(model, "predict", None)
    widget = listening(widgets.recorder(verdict=False))
    answer = ask(widget, "A", ask="predict", y=spoken)
    assert answer["picture"].startswith("<figure><svg") and "dBFS" in answer["picture"] and "fine" in answer["says"]
    assert "probabilities" not in answer and "answer" not in answer
    assert "dB quieter" in ask(widget, "B", ask="predict", y=0.1 * spoken)["compared"]
    assert "No model listens" in widget.about and len(widget.takes) == 2


def test_what_is_no_take_is_said(recorder, spoken):
    ask(recorder, "A", ask="predict", y=spoken)
    for y, words in ((np.zeros(16000), "no sound in it at all"), (np.zeros(0), "no samples")):
        assert words in ask(recorder, "A", ask="predict", y=y)["says"]
        assert "answer" not in recorder.answers[-1]
    recorder._handle_custom_msg({"take": "A", "ask": "predict"}, [memoryview(b"RIFF")])
    assert "not audio that can be read" in recorder.answers[-1]["says"]
    assert len(recorder.takes["A"]) == len(spoken)


def test_saving_writes_beside_and_never_over(recorder, spoken, tmp_path, monkeypatch):
    lesson = tmp_path / "lessons" / "08_predict"
    lesson.mkdir(parents=True)
    monkeypatch.chdir(lesson)
    ask(recorder, "A", ask="predict", y=spoken)
    for name in ("take-A.wav", "take-A-2.wav", "take-A-3.wav"):
        assert str(tmp_path / "mine" / name) in ask(recorder, "A", ask="save", folder=str(tmp_path / "mine"))["says"]
        assert (tmp_path / "mine" / name).read_bytes() == bytes(wav(spoken))
    for folder in ("", ".", "takes", str(lesson / "deep" / "down")):  # nbgrader hands the whole folder in
        assert "handed in" in ask(recorder, "A", ask="save", folder=folder)["says"]
    (tmp_path / "file").touch()
    assert "file" in ask(recorder, "A", ask="save", folder=str(tmp_path / "file"))["says"]
    assert os.listdir(lesson) == []


def test_another_model_brings_its_own_labels(spoken):
    class Two:
        classes_ = np.array(["calm", "loud"])

        def predict_proba(self, rows):
            return np.tile([0.25, 0.75], (len(rows), 1))

    widget = listening(widgets.recorder(Two()))
    assert widget.labels == ["calm", "loud"] and "your own" in widget.about
    assert ask(widget, "B", ask="predict", y=spoken)["answer"] == "The model says loud, 75 %."


def test_no_label_has_its_reason(recorder, spoken, monkeypatch):
    refused = SimpleNamespace(
        label=None, reason="That is no voice of a person.", probabilities={"sad": 0.5, "fear": 0.5}
    )
    monkeypatch.setattr(model, "predict", lambda *_, **__: refused)
    answer = ask(recorder, "A", ask="predict", y=spoken)
    assert answer["answer"] == "The model gives no label. That is no voice of a person." and answer["sure"] is False
    assert answer["probabilities"] == refused.probabilities and "Quality: fine" in answer["says"]


def test_a_model_of_any_recipe_hears_its_own_features(spoken):
    class Certain:
        classes_ = np.array(["calm", "loud"])

        def predict_proba(self, X):
            assert X[0].shape[1] == 64
            return np.array([[0.9, 0.1]])

    recipe = SimpleNamespace(name="certain", title="a certain model", features=features.named("logmel64"))
    widget = listening(widgets.recorder(model.Loaded(Certain(), recipe, {})))
    assert ask(widget, "A", ask="predict", y=spoken)["answer"] == "The model says calm, 90 %."
