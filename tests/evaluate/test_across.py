"""From corpus to corpus, on generated clips that are named as RAVDESS's and EMO-DB's are: each emotion is a tone."""

import itertools

import numpy as np
import pytest
import soundfile as sf

from ser_helpers import evaluate, features
from ser_helpers.__main__ import main
from ser_helpers.corpus import LABELS, emodb, ravdess
from ser_helpers.errors import CourseError

PITCH = {label: 200.0 * 1.5**n for n, label in enumerate([*LABELS, "calm", "surprise", "boredom"])}
RAVDESS = [
    f"03-01-0{emotion}-01-0{sentence}-01-{actor:02}"
    for emotion, sentence, actor in itertools.product(range(1, 9), (1, 2), range(1, 7))
]
EMODB = [
    f"{speaker}{sentence}{letter}a"
    for speaker, sentence, letter in itertools.product(("03", "08", "09", "10", "11"), ("a01", "b02"), "WLEAFTN")
]


def say(folder, names, read_name):
    """A clip per name: its emotion's tone with a second's worth of overtones, in a little noise."""
    folder.mkdir(parents=True)
    seconds = np.arange(8000) / 16000
    for n, name in enumerate(names):
        tones = sum(np.sin(2 * np.pi * k * PITCH[read_name(name)["emotion"]] * seconds) / k for k in (1, 2))
        sf.write(folder / f"{name}.wav", 0.1 * tones + np.random.default_rng(n).normal(0, 0.003, 8000), 16000)


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Folders with both corpora, and one for features."""
    folder = tmp_path_factory.mktemp("corpora")
    say(folder / "ravdess", RAVDESS, ravdess.read_name)
    say(folder / "emodb", EMODB, emodb.read_name)
    return folder


@pytest.fixture
def at_hand(homes, monkeypatch):
    monkeypatch.setenv("RAVDESS_HOME", str(homes / "ravdess"))
    monkeypatch.setenv("EMODB_HOME", str(homes / "emodb"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(homes / "cache"))


def test_only_labels_that_both_have_count_and_they_are_named(at_hand):
    rows = evaluate.across(["ravdess", "emodb"], "logistic").set_index(["trained_on", "tested_on"])
    there, back, within = rows.loc[("ravdess", "emodb")], rows.loc[("emodb", "ravdess")], rows.loc[("emodb", "emodb")]
    assert there["labels"] == back["labels"] == list(LABELS) and there["chance"] == pytest.approx(1 / 6)
    assert (there["only_trained"], there["only_tested"]) == (["calm", "surprise"], ["boredom"])
    assert (there["n_train"], there["n_clips"], there["n_actors"]) == (72, 60, 5)
    assert (
        within["labels"] == [*LABELS, "boredom"]
        and within["n_clips"] == 70
        and within["split"] == "speakers kept apart"
    )
    assert (
        min(there["uar"], back["uar"]) > 0.9 and there["split"] == "corpora kept apart"
    )  # a tone means the same in both


def test_a_corpus_in_which_the_labels_mean_something_else_is_not_recognised(at_hand, homes, monkeypatch, tmp_path):
    swapped = {"W": "N", "N": "W", "E": "A", "A": "E", "F": "T", "T": "F", "L": "L"}
    say(tmp_path / "emodb", EMODB, lambda name: emodb.read_name(name[:5] + swapped[name[5]] + name[6:]))
    monkeypatch.setenv("EMODB_HOME", str(tmp_path / "emodb"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = evaluate.across(["ravdess", "emodb"], "logistic").set_index(["trained_on", "tested_on"])
    assert rows.loc[("ravdess", "emodb"), "uar"] < 0.1 and rows.loc[("emodb", "emodb"), "uar"] > 0.9


def test_one_command_gives_the_table(at_hand, tmp_path, capsys):
    words = ["evaluate", "--across", "ravdess", "emodb", "--recipe", "logistic", "--out", str(tmp_path), "--jobs", "1"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "ravdess -> emodb" in printed and "without boredom, calm, surprise" in printed and "chance 17 %" in printed
    kept = evaluate.load_across(tmp_path)
    assert len(kept) == 4 and f"{100 * kept['uar'].iloc[1]:4.1f} %" in printed
    assert main([*words, "--quick", "--out", str(tmp_path / "new")]) == 0
    assert not (tmp_path / "new").exists()


def test_what_is_not_on_this_disk_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("EMODB_HOME", str(tmp_path))
    with pytest.raises(CourseError, match="EMO-DB"):
        evaluate.across(["practice", "emodb"], "logistic")
    with pytest.raises(CourseError, match="ser evaluate --across"):
        evaluate.load_across(tmp_path)


def test_the_table_that_comes_with_the_course_is_of_the_features_of_today():
    rows = evaluate.load_across()
    assert set(rows["features"]) == {"means168 v1"} and set(rows["recipe"]) == {"original"}
    one = rows.set_index(["trained_on", "tested_on"]).loc[("crema-d", "crema-d")]
    asked = {"protocol": "actors_noisy", "tested_on": "clean", "target": "intended"}
    assert one["uar"] == pytest.approx(evaluate.pick(evaluate.load_scores(), **asked)["uar"])
    assert one["n_clips"] == len(features.load_features()[0])
