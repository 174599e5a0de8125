"""The explorers on the kernel's side: what they answer to every control, to hard clips, and what they keep to themselves."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_helpers import audio, corpus, evaluate, features, model, widgets
from ser_helpers.errors import CourseError

PRACTICE = corpus.clip_table("practice")
PRACTICE["path"] = corpus.find_audio(PRACTICE)
SAID = '"([^"]*)"'


class Page:
    """The other end of a panel: moves controls, and holds what came."""

    def __init__(self, panel):
        self.panel, self.frames, self.parts, self.values, self.sound = panel, [], {}, {}, b""
        panel.send = self._take
        self.move("ready")

    def _take(self, content, buffers=()):
        self.frames += [content["frame"]] if "frame" in content else []
        self.values = content["values"]
        self.parts |= content["parts"]
        self.sound = buffers[0] if buffers else self.sound

    def move(self, name, value=""):
        self.panel._hear(self.panel, {"name": name, "value": str(value)}, [])
        return self

    def text(self):
        return re.sub('base64,[^"]*', "", "".join(self.parts.values()))

    def odd(self):
        return re.findall(r"\b(nan|inf|None)\b", self.text())

    @property
    def frame(self):
        return self.frames[0]

    @property
    def status(self):
        return re.sub("<[^>]*>", "", self.parts["status"])


def reach(control):
    """Both ends of a slider, everything in a menu or a row of buttons."""
    return (
        list(control.options)
        if hasattr(control, "options")
        else [control.low, control.high]
        if hasattr(control, "low")
        else [""]
    )


@pytest.fixture(params=["explorer", "feature_explorer", "leak_meter", "split_explorer"])
def page(request, monkeypatch):
    monkeypatch.setattr(corpus, "audio_home", lambda: None)  # practice voices, whatever is on this disk
    return Page(getattr(widgets, request.param)())


def hard_clips(folder):
    """Silence, five seconds at full scale, one sample, and a recording that is gone."""
    rng = np.random.default_rng(0)
    sounds = {
        "9001_DFA_SAD_XX": np.zeros(41108),
        "9001_IEO_SAD_XX": np.clip(rng.normal(size=80080), -1, 1),
        "9001_TAI_SAD_XX": np.ones(1),
    }
    for clip, sound in sounds.items():
        soundfile.write(folder / f"{clip}.wav", sound, audio.SAMPLE_RATE)
    clips = PRACTICE[PRACTICE["clip"].isin([*sounds, "9001_WSI_SAD_XX"])]
    return clips.assign(path=[folder / f"{clip}.wav" for clip in clips["clip"]])


def test_every_control_answers_everywhere(page):
    parts = set(re.findall(f"data-part={SAID}", page.frame))
    assert parts == set(page.parts) and page.sound[:4] in (b"RIFF", b"")
    for name, control in page.panel.controls.items():
        for value in reach(control):
            page.move(name, value)
            assert page.values[name] == str(value) or name == "again"
            assert page.status and "There is no clip" not in page.status
            assert not page.odd()
    page.move(name, "never heard of")
    assert page.status


def test_the_frame_is_sent_to_a_page_that_asks_and_not_with_every_answer(page):
    for name, control in page.panel.controls.items():
        page.move(name, reach(control)[-1])
    assert len(page.frames) == 1
    assert page.move("ready").frames == [page.frame] * 2  # another view of the same panel


def test_what_is_drawn_is_described_and_what_is_moved_is_named(page):
    for name, control in page.panel.controls.items():
        page.move(name, reach(control)[-1])
    drawn = "".join(page.parts.values())
    assert all(len(alt) > 40 for alt in re.findall(f'<svg [^>]*role="img" aria-label={SAID}', drawn))
    assert drawn.count("<svg") == drawn.count('role="img"') >= 1
    for control in re.findall("<(?:select|input)[^>]*>", page.frame):
        assert re.search(f"<label[^>]*><span>[^<]+</span>(<span[^>]*>)?{re.escape(control)}", page.frame)


def test_nothing_but_code_is_kept_in_the_notebook(page):
    page.move("ready")
    state = page.panel.get_state()
    kept = json.dumps({key: value for key, value in state.items() if key not in ("_esm", "_css")}, default=str)
    assert len(kept) < 1000 and "data:" not in kept and "<" not in kept.replace("<IPY", "")


@pytest.mark.parametrize("widget", [widgets.explorer, widgets.feature_explorer])
def test_hard_clips(widget, tmp_path):
    page = Page(widget(clips=hard_clips(tmp_path)))
    for sentence, said in (("DFA", "zero"), ("IEO", "5.0"), ("TAI", "0.0")):
        page.move("sentence", sentence)
        for name in set(page.values) - {"actor", "sentence", "emotion", "another"}:
            for value in reach(page.panel.controls[name]):
                page.move(name, value)
        assert said in page.text() and not page.odd()
    assert "There is no file" in page.move("sentence", "WSI").status
    assert "There is no file" not in page.move("sentence", "DFA").status
    with pytest.raises(CourseError, match="no rows"):
        widget(clips=PRACTICE[:0])


def test_the_answer_waits_for_a_guess(monkeypatch):
    monkeypatch.setattr(corpus, "audio_home", lambda: None)
    page = Page(widgets.explorer())
    hidden = page.parts["answer"] + page.parts["why"] + page.status
    assert "%" not in re.sub('style="[^"]*"', "", hidden) and "asked" not in hidden
    page.move("guess", "sad")
    assert "you guessed sad" in page.status and page.parts["answer"].count(" %") == 6
    page.move("snr", 5)
    assert "at 5 dB SNR" in page.status  # heard again, predicted again
    assert page.move("another").values["guess"] == ""
    assert "waits" in page.status


def test_it_says_what_the_model_says_and_why():
    fitted = model.load_model()
    page = Page(widgets.explorer(clips=PRACTICE, model=fitted)).move("guess", "show")
    y = audio.read_clip(page.panel.clip["path"])
    answer = model.predict(fitted, y)
    assert f"The model says {answer.label} ({100 * answer.probability:.0f} %)" in page.status
    vector = features.clip_features(y)
    vector[0] = fitted[0].mean_[0]
    moved = fitted.predict_proba(vector[None])[0][list(fitted.classes_).index(answer.label)] - answer.probability
    moved = f"{100 * moved:+.0f} points".replace("-", "−") if abs(moved) >= 0.005 else "no change"
    assert moved in page.parts["why"].split("</tr>")[1]
    assert "not measured" in page.parts["about"]
    with pytest.raises(CourseError, match="StandardScaler"):
        widgets.explorer(clips=PRACTICE, model=fitted[1:])
    page.panel._known.models = {None: None}
    assert "AttributeError" in page.move("another").status  # a model that breaks is told, not swallowed


def test_no_label_has_its_reason(monkeypatch):
    """A model that refuses still shows its probabilities, in grey."""
    page = Page(widgets.explorer(clips=PRACTICE, model=loaded_on_frames()))
    refused = SimpleNamespace(label=None, reason="There is no voice in it.", probabilities=dict.fromkeys(FIVE, 0.2))
    monkeypatch.setattr(model, "predict", lambda *_, **__: refused)
    page.move("guess", "sad").move("snr", 5)
    assert page.status.startswith("The model gives no label at 5 dB SNR. There is no voice in it. The rules were told")
    assert page.parts["answer"].count("ser-unsure") == 5 and not page.odd()


FIVE = ("angry", "happy", "neutral", "sad", "calm")


class Certain:
    """A model on frames that always gives the same answer to five labels, one of them new."""

    classes_ = np.array(FIVE)

    def predict_proba(self, X):
        assert X.shape == (1,) and X[0].shape[1] == 64
        return np.array([[0.1, 0.1, 0.1, 0.1, 0.6]])


def loaded_on_frames():
    recipe = SimpleNamespace(name="certain", title="a certain model", features=features.named("logmel64"))
    return model.Loaded(Certain(), recipe, {"trained_on": "nothing at all"})


def ravdess(n=6):
    """Practice clips under names of RAVDESS, with a table that says no more than every corpus does."""
    emotions = np.resize(["calm", "sad", "surprised"], n)
    return pd.DataFrame(
        {
            "clip": [f"03-{i}" for i in range(n)],
            "speaker": "ravdess/24",
            "emotion": emotions,
            "path": PRACTICE["path"][:n],
        }
    )


def test_a_model_of_any_recipe_and_clips_of_any_corpus():
    page = Page(widgets.explorer(clips=ravdess(), model=loaded_on_frames())).move("guess", "calm")
    assert "The model says calm (60 %)" in page.status and "you guessed calm" in page.status
    assert (
        page.parts["heading"] == "Actor ravdess/24"
        and "a certain model, trained on nothing at all" in page.parts["about"]
    )
    assert page.parts["why"].count("</p>") == 1 and "this model looks at frames over time" in page.parts["why"]
    assert re.findall('<button[^>]*name="guess" value="([^"]*)"', page.frame)[:-1] == [*FIVE[:4], "calm", "surprised"]
    assert page.parts["answer"].count(" %") == 5 and page.parts["answer"].count("not among its answers") == 1
    page.move("emotion", "surprised").move("sentence", "any").move("another")
    assert page.panel.clip["emotion"] == "surprised" and not page.odd()


def test_people_of_another_corpus_are_no_synthetic_voices():
    page = Page(widgets.explorer(clips=ravdess()))
    assert page.panel.synthetic is False and "ravdess, on which it was not measured" in page.parts["about"]
    assert Page(widgets.explorer(clips=PRACTICE)).panel.synthetic is True


def test_groups_of_columns_are_explained_by_name():
    from ser_helpers.widgets.explorer import _groups

    masks = _groups(features.named("means168"))
    assert np.sum([*masks.values()], axis=0).tolist() == [1] * 168  # each column in one group
    assert masks["level (MFCC 0)"].nonzero()[0].tolist() == [0]
    own = SimpleNamespace(name="own", shape=(2,), columns=("pitch", "level"), groups={"how high": ["pitch"]})
    assert _groups(own)["how high"].tolist() == [True, False]
    assert _groups(SimpleNamespace(name="other", shape=(2,), columns=("a", "b"))) == {}


def test_practice_voices_get_models_that_never_heard_them():
    page = Page(widgets.explorer(clips=PRACTICE))
    assert len({id(fitted) for fitted in page.panel._known.models.values()}) == 4
    assert page.panel._known.models.keys() == set(PRACTICE["actor_id"])
    assert "synthetic" in page.parts["about"] and re.search(r"\d\d % right \(\d\d to \d\d", page.parts["about"])


def test_noise_is_the_same_each_time_and_gain_is_what_it_says():
    page = Page(widgets.explorer(clips=PRACTICE))
    plain = np.frombuffer(page.sound[44:], dtype="<i2").astype(float)
    page.move("snr", 10)
    once = page.sound
    assert page.move("snr", "none").move("snr", 10).sound == once
    noise = np.frombuffer(once[44:], dtype="<i2") - plain
    assert 10 * np.log10(np.mean(plain**2) / np.mean(noise**2)) == pytest.approx(10, abs=0.3)
    quiet = np.frombuffer(page.move("snr", "none").move("gain", -20).sound[44:], dtype="<i2")
    assert np.abs(quiet - plain / 10).max() < 2
    assert "cut off" in page.move("gain", 30).parts["level"]


def test_menus_that_fit_no_clip_open_again():
    some = PRACTICE.query("(actor_id == 9001 and emotion == 'sad') or (actor_id == 9002 and emotion == 'happy')")
    page = Page(widgets.explorer(clips=some)).move("actor", 9001).move("emotion", "happy")
    assert page.values["actor"] == "any" and page.panel.clip["actor_id"] == 9002
    assert "no such clip" in page.status


def test_empty_filters_are_told_and_steps_have_the_sizes_of_the_features():
    page = Page(widgets.feature_explorer(clips=PRACTICE))
    assert "40 + 128 = 168" in page.parts["sizes"] and "empty" not in page.status
    page.move("window", 64).move("mels", 256)
    empty = (features.mel_filters(n_fft=64, n_mels=256).max(axis=1) == 0).sum()
    assert f"{empty} of 256 filters are empty" in page.status
    assert "98 % of the samples" in page.move("hop", 4096).status
    assert "4 bands give 4" in page.move("mels", 4).status


def test_the_steps_are_those_of_the_features():
    from ser_helpers.widgets.feature_explorer import Steps

    y = audio.read_clip(PRACTICE["path"].iloc[3])
    steps = Steps(y, features.N_FFT, features.HOP, features.N_MELS, features.N_MFCC)
    vector = np.concatenate([steps.mfcc.mean(axis=1), steps.mel.mean(axis=1)])
    np.testing.assert_allclose(vector, features.clip_features(y), rtol=1e-3, atol=1e-3)


def test_the_leak_meter_shows_what_was_measured_when_it_is_chosen():
    page = Page(widgets.leak_meter())
    assert page.parts["scores"].count("<td>?</td>") == 5
    scores = evaluate.load_scores().query("target == 'intended'").set_index(["protocol", "tested_on"])["accuracy"]
    for seen, protocol in enumerate(evaluate.PROTOCOLS, start=1):
        page.move("protocol", protocol)
        assert page.status.startswith(f"{100 * scores[protocol, 'clean']:.1f} %")
        assert page.parts["scores"].count("<td>?</td>") == 5 - seen
        both = re.search(r"(\d+) on both sides", page.status)[1]
        assert both == ("0" if protocol.startswith("actors") else "75")
        assert bool(re.search(r"side\w*\. 0 of the", page.status)) == (protocol != "leak")
    assert page.move("tested_on", "noisy").status.startswith(f"{100 * scores[protocol, 'noisy']:.1f} %")


def test_the_split_explorer_keeps_every_run():
    page = Page(widgets.split_explorer())
    assert "20 on both sides" in page.status
    first = page.status
    page.move("split", "actors")
    assert " 16 only in training, 4 only in test, 0 on both sides" in page.status
    page.move("again").move("again")
    assert page.values["seed"] == "2" and page.parts["runs"].count("<circle") == 4
    assert page.move("split", "random").move("seed", 0).status == first


def test_importing_widgets_does_not_wait_for_scikit_learn():
    code = "import sys; from ser_helpers import widgets; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.real
def test_real_clips_show_the_crowd_and_what_a_stranger_to_the_actor_says(crema_d_home):
    clips = corpus.lesson_clips()
    page = Page(widgets.explorer(clips=clips[clips["clip"] == "1001_DFA_ANG_XX"])).move("guess", "show")
    assert "9 listeners" in page.parts["answer"] and "6 of 9 listeners heard angry" in page.status
    unheard = evaluate.load_predictions(recipe="everyday").query("tested_on == 'clean'").set_index("clip")
    assert f"one that was not says {unheard['predicted']['1001_DFA_ANG_XX']}" in page.status
    assert model.track_record(model.EVERYDAY) in page.parts["about"]
