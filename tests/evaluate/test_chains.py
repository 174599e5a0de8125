"""A recipe behind every chain: counted by hand, asked about new speakers only, written and read again."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from ser_helpers import audio, corpus, evaluate, features, model
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError


class Loud:
    """Says angry, surely, to a clip whose first number is above 0, and sad, less surely, to others."""

    classes_ = np.array(corpus.LABELS)

    def predict_proba(self, X):
        return np.array([[0.9, 0, 0, 0, 0, 0.1] if x[0] > 0 else [0.2, 0, 0, 0, 0, 0.8] for x in X])


def answered(chain, predicted, probability=0.9):
    """Four clips of two speakers: two angry and two sad."""
    clips = {"clip": list("abcd"), "speaker": [f"crema-d/{i}" for i in (1, 1, 2, 2)], "fold": [0, 0, 1, 1]}
    true = ["angry", "sad", "angry", "sad"]
    return pd.DataFrame({"chain": chain, **clips, "true": true, "predicted": predicted, "probability": probability})


def test_what_is_counted_by_hand():
    both = [answered("untouched", ["angry", "sad", "sad", "sad"]), answered("telephone", ["angry"] * 3 + ["happy"])]
    plain, behind = evaluate.chain_scores(pd.concat(both), "crema-d", "original", clips_per_speaker=2, seed=0)
    assert (plain["chain"], plain["group"], plain["kept"], plain["vanished"][:1]) == ("untouched", "", 1, ["disgust"])
    assert (behind["tested_on"], behind["group"], behind["n_clips"], behind["n_actors"]) == ("telephone", "band", 4, 2)
    assert behind["accuracy"] == 0.5 and behind["uar"] == 0.5 and plain["accuracy"] == 0.75
    assert behind["kept"] == 0.25 and behind["kept_interval"] == (0, 0.5)  # of speaker 1 a half, of speaker 2 none
    assert behind["gained"] == -0.25 and behind["gained_interval"] == (-0.5, 0)
    assert behind["ece"] == pytest.approx(0.4) and plain["ece"] == pytest.approx(0.15)
    assert "sad" in behind["vanished"] and not {"angry", "happy"} & set(behind["vanished"])
    assert behind["answers"]["angry"] == 0.75 and behind["recall"] == {
        "angry": 1, "disgust": None, "fear": None, "happy": None, "neutral": None, "sad": 0
    }  # fmt: skip
    assert json.loads(json.dumps(behind))["confusion"][5] == [1, 0, 0, 1, 0, 0]
    with pytest.raises(CourseError, match="take the chain 'untouched' too"):
        evaluate.chain_scores(both[1], "crema-d", "original")


def test_calibration_by_hand():
    sure = evaluate.calibration([0.95, 0.95, 0.55, 0.55, 1.0], [True, True, True, False, True])
    assert sure[9].tolist() == [3, pytest.approx(2.9), 3] and sure[5].tolist() == [2, pytest.approx(1.1), 1]
    assert evaluate.ece(sure) == pytest.approx((0.1 + 0.1) / 5)
    assert evaluate.ece(np.stack([sure, 3 * sure])) == pytest.approx([0.04, 0.04])


def test_a_sample_is_balanced_repeats_itself_and_takes_all_of_who_has_few():
    clips = corpus.clip_table()
    few = evaluate.sample_clips(clips)
    assert few.groupby("speaker").size().eq(20).all() and few["clip"].is_monotonic_increasing
    assert few.groupby(["speaker", "emotion"]).size().between(3, 4).all()
    assert few.equals(evaluate.sample_clips(clips)) and not few.equals(evaluate.sample_clips(clips, seed=1))
    assert len(evaluate.sample_clips(clips, per_speaker=1000)) == len(clips)


def test_a_speaker_is_asked_about_by_the_one_model_that_has_not_heard_them():
    clips = corpus.clip_table("practice").groupby("speaker").head(1)[:2]
    clips["path"] = corpus.find_audio(clips)
    one, two = clips["speaker"]
    folds = [evaluate.Fold(Loud(), frozenset({one})), evaluate.Fold(Loud(), frozenset({two}))]
    rows = evaluate.chain_answers("logistic", folds, clips, [audio.CHAINS["untouched"]], n_jobs=1)
    assert rows["fold"].tolist() == [1, 0] and rows["chain"].eq("untouched").all()
    for heard in (frozenset(), frozenset({one, two})):
        with pytest.raises(CourseError, match=f"{one} is new to . of the 2 models. One was expected"):
            evaluate.chain_answers("logistic", [evaluate.Fold(Loud(), heard)] * 2, clips, n_jobs=1)
    with pytest.raises(audio.AudioError, match="no file"):
        evaluate.chain_answers("logistic", folds, clips.assign(path="gone.wav"), n_jobs=1)


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """The practice voices' features, in a cache of these tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_CACHE", str(tmp_path_factory.mktemp("cache")))
        features.update("practice", "means168", progress=False)
        yield


def test_the_command_measures_and_draws_and_keeps_other_recipes_rows(tmp_path, practice, capsys):
    path = evaluate.chains_path("practice", tmp_path)
    path.parent.mkdir()
    plain = {"corpus": "practice", "chain": "untouched", "group": "", "tested_on": "untouched", "n_clips": 12}
    plain |= {"n_actors": 12, "kept": 1, "kept_interval": [1, 1], "vanished": []}
    path.write_text(json.dumps([plain | {"recipe": recipe} for recipe in ("original", "logistic")]))
    words = ["evaluate", "--chains", "--corpus", "practice", "--recipe", "logistic", "--clips-per-actor", "1"]
    assert main([*words, "--jobs", "1", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert "12 clips of 12 speakers, 5 folds, actors kept apart" in printed.out and "telephone" in printed.out
    assert "100%" in printed.err and "Chains" in printed.err  # a bar with the time left
    read = evaluate.load_chains("practice", tmp_path)
    rows = read[read["recipe"] == "logistic"]
    assert rows["chain"].tolist() == [chain.name for chain in audio.CHAINS] and len(read) == len(rows) + 1
    assert set(rows["n_clips"]) == {12} and set(rows["clips_per_speaker"]) == {1} and set(rows["seed"]) == {0}
    assert set(rows["features"]) == {"means168 v1"} and set(rows["corpus"]) == {"practice"}
    assert rows["kept"].iloc[0] == 1 and rows["kept"].min() < 0.6  # behind some of them, most labels are others
    assert (tmp_path / "practice" / "chains_meter.png").stat().st_size > 10_000


def test_models_that_were_trained_elsewhere_are_asked(tmp_path, practice, capsys, monkeypatch):
    monkeypatch.setattr(audio.CHAINS, "_parts", {name: audio.CHAINS[name] for name in ("untouched", "quieter_12")})
    part, recipe = corpus.named("practice"), model.named("logistic")
    clips = corpus.clip_table("practice")
    folds = evaluate.fit_folds("logistic", "practice", n_jobs=1)
    for number, fold in enumerate(folds):
        rows = clips[clips["speaker"].isin(fold.heard)]
        card = model.make_card(rows, part, recipe, part.labels, 0, [])
        model.save_model(fold.model, tmp_path / f"{number}.skops", card)
    words = ["evaluate", "--chains", "--corpus", "practice", "--jobs", "1", "--clips-per-actor", "1", "--json"]
    words += ["--models", str(tmp_path), "--out", str(tmp_path)]
    assert main([*words, "--recipe", "logistic"]) == 0
    given = json.loads(capsys.readouterr().out)
    fitted = evaluate.run_chains("practice", "logistic", 1, folds=folds, quick=True, n_jobs=1, progress=False)
    assert given[0]["n_clips"] == 12 and given[0]["n_folds"] == 5 and fitted["n_folds"].eq(1).all()
    assert not (tmp_path / "practice" / "logistic.json").exists()
    assert main([*words, "--recipe", "original"]) == 2
    assert "made by the recipe 'logistic'; 'original' was expected" in capsys.readouterr().err
    for file in tmp_path.glob("*.skops"):
        file.unlink()
    assert main([*words, "--recipe", "logistic"]) == 2 and "one per fold was expected" in capsys.readouterr().err


def test_what_chains_need_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    monkeypatch.delenv("CREMA_D_HOME", raising=False)
    monkeypatch.delenv("SER_CLASS_FOLDER", raising=False)
    with pytest.raises(CourseError, match="There is no CREMA-D audio here, and chains need the sound"):
        evaluate.run_chains(folder=tmp_path)
    with pytest.raises(CourseError, match="`ser evaluate --chains --corpus emodb` does it"):
        evaluate.load_chains("emodb", tmp_path)
    shutil.rmtree(tmp_path / "crema-d", ignore_errors=True)


def test_what_the_course_says_about_chains():
    rows = evaluate.load_chains().query("recipe == 'original'").set_index("chain")
    assert list(rows.index) == [chain.name for chain in audio.CHAINS]
    assert set(rows["n_clips"]) == {1500} and set(rows["n_actors"]) == {75}
    # a mere trip through another rate gives another label to every second clip, and two labels are never said
    for name in ("rate_44100", "rate_48000", "mp3_64", "mp3_128"):
        assert rows["kept"][name] < 0.6 and {"neutral", "sad"} <= set(rows["vanished"][name])
    assert rows["kept"]["offset"] > 0.98  # what the reader mends is mended
