"""A corpus that the package knows nothing of goes the whole way, with no edit inside: sound, table, ..., figure."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from ser_helpers import corpus, evaluate, features, model, plots
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError

PITCH = {"angry": 700, "calm": 200, "happy": 500, "neutral": 300, "sad": 130}  # calm is new to the course


class Toy:
    """Forty hums of four whistles."""

    name = "toy"
    title = "Toy whistles"
    people = False
    labels = tuple(PITCH)
    licence = "Nobody's: it is generated."
    attribution = "A test."

    def __init__(self, folder):
        self.folder = folder

    def make(self):
        rng = np.random.default_rng(0)
        time = np.arange(22050 // 2) / 22050  # another rate than the course's
        for speaker, (label, pitch), take in itertools.product("abcd", PITCH.items(), "12"):
            hum = 0.1 * np.sin(2 * np.pi * pitch * (1 + 0.05 * rng.standard_normal()) * time)
            y = hum + 1e-3 * rng.standard_normal(len(time))
            sf.write(self.folder / f"{speaker}-{label}-{take}.wav", y, 22050)

    def table(self):
        clips = pd.DataFrame({"clip": sorted(path.stem for path in self.folder.glob("*.wav"))})
        parts = clips["clip"].str.split("-", expand=True)
        return clips.assign(speaker="toy/" + parts[0], emotion=parts[1])

    def find(self, clips):
        return (str(self.folder) + "/" + clips["clip"] + ".wav").rename("path")

    def sources(self):
        return []


def test_a_corpus_from_outside_goes_the_whole_way(tmp_path, capsys):
    toy = Toy(tmp_path)
    toy.make()
    corpus.register(toy)
    clips = corpus.clip_table("toy")  # checked against what a table promises
    assert len(clips) == 40 and clips["speaker"].nunique() == 4 and "calm" in set(clips["emotion"])
    assert not corpus.of_people(clips["speaker"]) and corpus.find_audio(clips).notna().all()
    assert main(["corpora"]) == 0 and "Toy whistles: 40 clips of 4 speakers, 40 with" in capsys.readouterr().out

    assert main(["features", "--corpus", "toy", "--jobs", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 40
    stored, X = features.load("toy")
    assert stored["clip"].tolist() == clips["clip"].tolist() and X.shape == (40, 168)

    names = ["--corpus", "toy", "--recipe", "logistic"]
    assert main(["evaluate", *names, "--jobs", "1", "--out", str(tmp_path / "results")]) == 0
    assert "Toy whistles, 40 clips of 4 speakers" in capsys.readouterr().out
    scores = evaluate.load_scores("toy", "logistic", tmp_path / "results")
    assert set(scores["corpus"]) == {"toy"} and set(scores["target"]) == {"intended"}  # nobody has voted
    apart = evaluate.pick(scores, protocol="actors", tested_on="clean")
    assert (apart["n_clips"], apart["n_actors"], apart["n_folds"]) == (40, 4, 4)  # as many folds as speakers
    assert list(apart["recall"]) == list(PITCH) and np.sum(apart["confusion"]) == 40 and apart["uar"] > 0.9
    assert "calm" in plots.confusion(np.array(apart["confusion"]), labels=toy.labels).figure.axes[0].get_yticklabels()[1].get_text()

    assert main(["train", *names, "--out", str(tmp_path / "toy.skops")]) == 0
    loaded = model.load(tmp_path / "toy.skops")
    assert loaded.card["corpus"] == "toy" and loaded.card["labels"] == list(PITCH)
    capsys.readouterr()
    assert main(["predict", "--model", str(tmp_path / "toy.skops"), str(tmp_path / "a-calm-1.wav"), "--json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out).values()
    assert answer["label"] == "calm" and list(answer["probabilities"]) == list(PITCH)
    assert "calm" in plots.probabilities(model.predict(loaded.model, tmp_path / "a-calm-1.wav")).sentence


def test_its_new_label_is_never_dropped(tmp_path):
    """A model of the six labels, held against a corpus with calm: refused by name."""
    Toy(tmp_path).make()
    corpus.register(Toy(tmp_path))
    clips = corpus.clip_table("toy")
    course = model.load_model()
    heard = [model.predict(course, path).label for path in corpus.find_audio(clips)]
    with pytest.raises(CourseError, match="True label 'calm' is none of angry"):
        evaluate.confusion(clips["emotion"], heard)
    predictions = pd.DataFrame({"protocol": "actors", "tested_on": "clean", "clip": clips["clip"], "fold": 0, "predicted": heard})
    if strangers := set(heard) - set(PITCH):
        with pytest.raises(CourseError, match=f"Predicted label .*{min(strangers)}.* is none of angry, calm"):
            evaluate.score_table(clips, predictions, "toy", "original")
