"""A recipe that the package knows nothing of, on frames instead of means, goes the whole way, with no edit inside."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ser_helpers import corpus, evaluate, features, model, plots
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError


class MeanAndSpread:
    """Of each mel band over time, then logistic regression."""

    def fit(self, X, y):
        rows = self.rows(X)
        self.mean, self.spread = rows.mean(axis=0), rows.std(axis=0)
        line = LogisticRegression(C=0.1, tol=1e-3, max_iter=2000).fit((rows - self.mean) / self.spread, y)
        self.classes_, self.weights, self.start = line.classes_, line.coef_, line.intercept_
        return self

    def rows(self, X):
        return np.stack(
            [np.concatenate([clip.mean(axis=0), clip.std(axis=0)]) for clip in (x.astype(float) for x in X)]
        )

    def predict_proba(self, X):
        power = np.exp((self.rows(X) - self.mean) / self.spread @ self.weights.T + self.start)
        return power / power.sum(axis=1, keepdims=True)


class Frames:
    """The recipe: its files hold numbers and words, and nothing that could run."""

    name = "frames"
    title = "mean and spread of log-mel frames, logistic regression"
    features = features.FEATURES["logmel64"]
    suffix = ".npz"
    kept = ("mean", "spread", "weights", "start", "classes_")

    def build(self, seed, labels):
        return MeanAndSpread()

    def save(self, fitted, path):
        np.savez(path, **{name: np.array(getattr(fitted, name)) for name in self.kept})

    def load(self, path):
        fitted = MeanAndSpread()
        with np.load(path, allow_pickle=False) as numbers:
            for name in self.kept:
                setattr(fitted, name, numbers[name])
        return fitted


def test_a_recipe_from_outside_goes_the_whole_way(tmp_path, capsys):
    with pytest.raises(CourseError, match="There is no recipe 'frames': original, logistic"):
        model.named("frames")
    model.register(Frames())
    assert main(["features", "--corpus", "practice", "--features", "logmel64", "--jobs", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 288
    clips, X = features.load("practice", "logmel64")
    assert X.shape == (288,) and X[0].shape[1] == 64 and X[0].dtype == np.float16

    names = ["--corpus", "practice", "--recipe", "frames"]
    assert main(["evaluate", *names, "--jobs", "1", "--out", str(tmp_path / "results")]) == 0
    assert "recipe frames on logmel64 v1" in capsys.readouterr().out
    scores = evaluate.load_scores("practice", "frames", tmp_path / "results")
    apart = evaluate.pick(scores, protocol="actors", tested_on="clean", features="logmel64 v1")
    assert apart["n_clips"] == 288 and apart["n_actors"] == 12 and apart["uar"] > 0.5
    predictions = evaluate.load_predictions("practice", "frames", tmp_path / "results")
    folds = predictions[predictions["protocol"] == "actors"].merge(clips[["clip", "speaker"]], on="clip")
    assert folds.groupby("speaker")["fold"].nunique().eq(1).all()
    assert plots.confusion(np.array(apart["confusion"])).sentence.startswith("Confusion of 288 clips")
    assert (tmp_path / "results" / "practice" / "frames_leak_meter.png").exists()

    assert main(["evaluate", "--chains", "--quick", *names, "--clips-per-actor", "1", "--jobs", "1"]) == 0
    assert "recipe frames on logmel64 v1: 3 clips of 3 speakers" in capsys.readouterr().out

    assert main(["train", *names, "--out", str(tmp_path / "frames.npz")]) == 0
    loaded = model.load(tmp_path / "frames.npz")
    assert (loaded.recipe.name, loaded.card["features"]) == ("frames", "logmel64 v1")
    clip = corpus.find_audio(clips)[0]
    answer = model.predict(loaded.model, clip, loaded.recipe)
    assert list(answer.probabilities) == list(corpus.LABELS) and sum(answer.probabilities.values()) == pytest.approx(1)
    capsys.readouterr()
    assert main(["predict", "--model", str(tmp_path / "frames.npz"), str(clip)]) == 0
    assert f"{clip}: {answer.label}" in capsys.readouterr().out
    assert plots.probabilities(answer).sentence.startswith("The model gives")
