"""The model that is handed out: it answers, it stands a browser's way, and it says when no label should be given."""

import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from ser_helpers import audio, corpus, features, model
from ser_helpers.__main__ import main
from ser_helpers.audio import SAMPLE_RATE
from ser_helpers.errors import CourseError
from ser_helpers.model.everyday import Everyday, copies, graph, likeness, network

KIND = features.FEATURES["logmel64"]


@pytest.fixture(scope="module")
def everyday():
    return model.load(model.EVERYDAY)


@pytest.fixture(scope="module")
def practice():
    clips = corpus.clip_table("practice")
    return clips.assign(path=corpus.find_audio(clips))


def some_music(rng, seconds=3.0):
    """Chords of a few harmonics, that fade."""
    y, beat = np.zeros(int(seconds * SAMPLE_RATE)), int(rng.uniform(0.2, 0.5) * SAMPLE_RATE)
    for start in range(0, len(y), beat):
        time = np.arange(len(y) - start) / SAMPLE_RATE
        for _ in range(3):
            pitch = 110 * 2 ** (rng.integers(0, 24) / 12)
            tone = sum(np.sin(2 * np.pi * pitch * h * time + rng.uniform(0, 6)) / h for h in range(1, 6))
            y[start:] += np.exp(-time * rng.uniform(1, 6)) * tone
    return y


def some_noise(rng, seconds=3.0):
    spectrum = np.fft.rfft(rng.standard_normal(int(seconds * SAMPLE_RATE)))
    return np.fft.irfft(spectrum * np.arange(1, len(spectrum) + 1.0) ** -rng.choice([0, 0.5]))


def some_tone(rng, seconds=3.0):
    return np.sin(2 * np.pi * rng.uniform(100, 3000) * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


def test_it_is_small(everyday):
    assert model.EVERYDAY.stat().st_size < 10e6
    assert everyday.recipe.name == "everyday" and list(everyday.model.classes_) == sorted(corpus.LABELS)


@pytest.mark.parametrize(("kind", "least"), [(some_music, 0.9), (some_noise, 0.8), (some_tone, 0.9)])
def test_what_is_no_voice_gets_no_label(everyday, kind, least):
    rng = np.random.default_rng(1)
    sounds = [kind(rng) for _ in range(30)]
    answers = [
        model.predict(everyday.model, (0.3 * y / abs(y).max()).astype("float32"), everyday.recipe) for y in sounds
    ]
    assert np.mean([answer.label is None for answer in answers]) >= least
    assert all(answer.reason.endswith(".") for answer in answers if answer.label is None)
    assert all(sum(answer.probabilities.values()) == pytest.approx(1) for answer in answers)


def test_a_computers_voice_is_unlike_any_in_training(everyday, practice):
    answers = [model.predict(everyday.model, path, everyday.recipe) for path in practice["path"][::6]]
    assert np.mean([answer.label is None for answer in answers]) > 0.8


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda y: np.zeros_like(y), "no sound"),
        (lambda y: y[8000:14000], "too short"),
        (lambda y: np.clip(y, -0.1 * abs(y).max(), 0.1 * abs(y).max()), "clipped"),
        (lambda y: 0.1 * np.random.default_rng(0).standard_normal(len(y)).astype("float32"), "No voice"),
    ],
)
def test_it_says_why_it_gives_no_label(everyday, practice, change, word):
    y = change(audio.read_clip(practice["path"].iloc[0]))
    answer = model.predict(everyday.model, y, everyday.recipe)
    assert answer.label is None and word in answer.reason


def test_silence_that_an_editor_put_around_a_voice_changes_nothing(everyday, practice):
    y = audio.read_clip(practice["path"].iloc[0])
    answers = [
        everyday.recipe.answered(everyday.model, np.pad(y, [(n, 2 * n)])) for n in (SAMPLE_RATE // 4, SAMPLE_RATE * 4)
    ]
    assert np.allclose(answers[0][0], answers[1][0], atol=1e-5) and answers[0][1] == answers[1][1]


def test_the_command_gives_null_and_all_probabilities(tmp_path, capsys):
    import soundfile as sf

    sf.write(tmp_path / "quiet.wav", np.zeros(SAMPLE_RATE * 2), SAMPLE_RATE)
    assert main(["predict", "--json", str(tmp_path / "quiet.wav")]) == 0
    (answer,) = json.loads(capsys.readouterr().out).values()
    assert answer["label"] is None and "no sound" in answer["reason"] and len(answer["probabilities"]) == 6


@pytest.mark.real
def test_a_persons_voice_is_answered_the_same_behind_a_browser_and_in_an_mp3(everyday, crema_d_home):
    """Of actors it was trained on, so it says nothing of how often it is right: `ser evaluate --chains` does."""
    clips = corpus.clip_table().sample(60, random_state=0)
    paths = corpus.find_audio(clips).dropna()
    same, labels = [], []
    for path in paths[:30]:
        y = audio.read_clip(path)
        before = model.predict(everyday.model, y, everyday.recipe)
        labels.append(before.label)
        for chain in ("rate_48000", "mp3_64", "quieter_6"):
            after = model.predict(everyday.model, audio.CHAINS[chain](y), everyday.recipe)
            same.append(
                max(before.probabilities, key=before.probabilities.get)
                == max(after.probabilities, key=after.probabilities.get)
            )
    assert np.mean(same) > 0.9 and labels.count(None) <= 3


def test_a_copy_keeps_shape_and_floor_and_depends_on_its_generator_alone():
    db = np.random.default_rng(0).uniform(-70, 0, (8, 50, 64)).astype(np.float32)
    one, two = (copies.copies(db, np.random.default_rng(3), share=1) for _ in range(2))
    assert one.shape == db.shape and one.dtype == np.float32 and one.min() >= -70.001 and np.array_equal(one, two)
    assert not np.allclose(one, db)


def test_the_level_of_a_recording_changes_nothing():
    db = np.random.default_rng(0).uniform(-30, 0, (50, 64))
    assert np.allclose(copies.normalised(db), copies.normalised(db - 12), atol=1e-4)
    assert np.allclose(likeness.manner(db), likeness.manner(db - 12), atol=1e-4)


def test_a_damaged_file_and_a_file_of_something_else_are_refused(tmp_path):
    recipe, path = Everyday(), tmp_path / "broken.onnx"
    for content in (b"", b"no model", model.EVERYDAY.read_bytes()[:100_000]):
        path.write_bytes(content)
        with pytest.raises(CourseError, match="is no model of the recipe 'everyday'"):
            recipe.load(path)


@pytest.fixture(scope="module")
def trained(practice, tmp_path_factory):
    """`ser train --recipe everyday --quick` on a table of 24 recordings: killed and begun again, and in one go elsewhere."""
    place = tmp_path_factory.mktemp("quick")
    few = practice[practice["actor_id"] <= 9004].groupby(["speaker", "emotion"]).head(1)
    table = few.rename(columns={"path": "file", "emotion": "label"})[["file", "speaker", "label"]]
    table.to_csv(place / "mine.csv", index=False)

    def begun(cache):
        words = ["train", "--recipe", "everyday", "--quick", "--corpus", place / "mine.csv"]
        compiled = {"JAX_COMPILATION_CACHE_DIR": str(place / "compiled")}  # once for all three runs
        environment = compiled | os.environ | {"SER_CACHE": str(place / cache)}
        command = [sys.executable, "-m", "ser_helpers", *map(str, words), "--out", str(place / f"{cache}.onnx")]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_CACHE", str(place / "a"))
        assert main(["features", "--corpus", str(place / "mine.csv"), "--features", "logmel64", "--json"]) == 0
    shutil.copytree(place / "a", place / "b")
    networks, run = place / "a" / "networks", begun("a")
    while not (list(networks.glob("*/0-2.npz")) and list(networks.glob("*/0-2.keras"))):
        assert run.poll() is None, run.communicate()[1]
        time.sleep(0.05)
    run.kill()
    run.communicate()
    (first,) = networks.glob("*/0-2.npz")
    before = first.stat().st_mtime_ns
    assert not (place / "a.onnx").exists()
    runs = {}
    for cache in ("a", "b"):
        runs[cache] = begun(cache)
        runs[cache].told = runs[cache].communicate()
        assert runs[cache].returncode == 0, runs[cache].told[1]
    assert first.stat().st_mtime_ns == before  # what had been learned was not learned again
    return place, first, runs["b"].told


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_quick_training_goes_on_after_a_kill_to_the_same_model(trained, capsys):
    place, _, (out, err) = trained
    assert "24 clips of 4 speakers" in out and "Networks" in err and "epoch" in err and "3/3" in err
    assert (place / "a.onnx").read_bytes() == (place / "b.onnx").read_bytes()
    loaded = model.load(place / "a.onnx")
    assert (
        loaded.card["expected"] == [] and loaded.card["measured"] == {}
    )  # it reaches nothing of what the real one does
    assert 0 < loaded.model.limit_ < float("inf") and loaded.model.temperature_ != 1
    assert main(["card", str(place / "a.onnx")]) == 0 and "was not measured" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_graph_says_what_keras_says(trained):
    import onnxruntime

    _, file, _ = trained
    keras, net = network.keras(), network.network(6, seed=0)
    with np.load(file) as weights:
        learned = dict(weights)
    for each in net.weights:
        each.assign(learned[each.path.removeprefix("both/")])
    session = onnxruntime.InferenceSession(graph.graph([learned, learned], np.zeros(120), np.eye(120)))
    for n_frames in (64, 131):
        x = np.random.default_rng(0).normal(size=(2, n_frames, 64)).astype(np.float32)
        (logits,) = session.run(["logits"], {"frames": x, "manner": np.zeros((2, 120), np.float32)})
        assert np.allclose(logits, keras.ops.convert_to_numpy(net(x, training=False)), atol=1e-4)
