"""A saved model on a folder of recordings: every file is answered, refused or left out, and none is forgotten."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from ser_helpers import corpus, evaluate, model, places
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError
from ser_helpers.evaluate import recordings

VOICES = sorted((places.DATA / "practice").glob("900[12]_*.flac"))


@pytest.fixture
def folder(tmp_path):
    """48 practice voices, one of them in a folder below, and what else people have lying about."""
    place = tmp_path / "recordings"
    (place / "more").mkdir(parents=True)
    for voice in VOICES:
        shutil.copy(voice, place / ("more" if voice.name == VOICES[0].name else "."))
    (place / "notes.txt").write_text("hello")
    (place / ".DS_Store").touch()
    (place / "1001_DFA_ANG_XX.wav").touch()
    sf.write(place / "1002_DFA_SAD_XX.wav", np.zeros(16000), 16000)
    return place


def test_names_say_the_labels_and_every_file_is_accounted_for(folder, capsys):
    assert main(["evaluate", "--audio", str(folder), "--model", "original", "--json"]) == 1
    results = json.loads(capsys.readouterr().out)
    (score,) = results["scores"]
    assert score["n_labelled"] == 49 and score["n_clips"] == 48 and score["n_refused"] == 1 and score["n_actors"] == 3
    assert [entry["file"] for entry in results["refused"]] == ["1002_DFA_SAD_XX.wav"]
    assert "no sound in it" in results["refused"][0]["reason"]
    left = {entry["file"]: entry["reason"] for entry in results["left_out"]}
    assert set(left) == {"notes.txt", "1001_DFA_ANG_XX.wav"}
    assert "not a clip name" in left["notes.txt"] and "is empty" in left["1001_DFA_ANG_XX.wav"]

    loaded = model.load()
    said = {path.stem: model.predict(loaded.model, path, loaded.recipe).label for path in VOICES}
    true = {path.stem: corpus.parse_clip_name(path)["emotion"] for path in VOICES}
    right = sum(said[clip] == true[clip] for clip in said)
    assert score["accuracy"] == pytest.approx(right / 48) and score["accuracy_of_all"] == pytest.approx(right / 49)
    assert np.sum(score["confusion"]) == 48 and score["refused"] == pytest.approx(1 / 49)
    assert score["refused_per_label"]["sad"] == pytest.approx(1 / 9) and score["refused_per_label"]["angry"] == 0
    assert set(evaluate.load_scores()) - {"n_folds"} <= set(score) and 0 < score["ece"] < 1
    assert score["heard"] == ["crema-d/1002"] and score["split"] == "speakers the model has heard"

    assert main(["evaluate", "--audio", str(folder), "--model", "original"]) == 1
    printed = capsys.readouterr().out
    assert "49 labelled recordings of 3 speakers; model original on means168 v1" in printed
    assert "No answer to 1 (2.0 %)" in printed and "Left out notes.txt: " in printed
    assert "trained on 1 of these speakers: this is no test" in printed


def test_a_table_says_the_labels(folder, tmp_path):
    names = [f"more/{VOICES[0].name}", *(voice.name for voice in VOICES[1:12])]
    labels = ["ANG", "Disgust", *(corpus.parse_clip_name(voice)["emotion"] for voice in VOICES[2:10]), "calm", ""]
    rows = pd.DataFrame({"file": [*names, "gone.wav"], "speaker": "lena", "label": [*labels, "sad"]})
    rows.to_csv(tmp_path / "mine.csv", index=False, sep=";")
    results = evaluate.run_recordings("original", folder, tmp_path / "mine.csv", progress=False)
    (score,) = results["scores"]
    assert score["corpus"] == "mine" and score["n_clips"] == 11 and score["n_actors"] == 1 and score["heard"] == []
    assert (
        list(score["recall"]) == [*corpus.LABELS, "calm"] and score["recall"]["calm"] == 0
    )  # counts against the model
    reasons = {entry["file"]: entry["reason"] for entry in results["left_out"]}
    assert reasons["gone.wav"] == "It is in the table only." and reasons["notes.txt"] == "It is not in the table."
    assert reasons[VOICES[11].name] == "It has no label in the table."
    assert len(reasons) + 11 == 48 + 3 + 1  # the table's own row too

    pd.concat([rows, rows[:1]]).to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(CourseError, match="two rows for 'more/9001_"):
        evaluate.run_recordings("original", folder, tmp_path / "mine.csv", progress=False)
    rows.drop(columns="speaker").to_csv(tmp_path / "mine.csv", index=False)
    (score,) = evaluate.run_recordings("original", folder, tmp_path / "mine.csv", progress=False)["scores"]
    assert score["n_actors"] is None and "uar_interval" not in score and score["split"] == "speakers unknown"
    rows[["file"]].to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(CourseError, match="the first line has no label: a line with file, label was expected"):
        evaluate.run_recordings("original", folder, tmp_path / "mine.csv", progress=False)


def test_a_model_that_gives_no_label_has_refused(folder, monkeypatch):
    def no_label(fitted, y, recipe):
        answer = predict(fitted, y, recipe)
        if len(y) % 2:
            object.__setattr__(answer, "label", None)
            object.__setattr__(answer, "reason", "It is like nothing that the model knows.")
        return answer

    predict = model.predict
    monkeypatch.setattr(recordings.models, "predict", no_label)
    results = evaluate.run_recordings("original", folder, progress=False)
    (score,) = results["scores"]
    assert 0 < score["n_clips"] < 48 and score["n_clips"] + score["n_refused"] == 49 == score["n_labelled"]
    assert len(results["refused"]) == score["n_refused"]
    assert {"It is like nothing that the model knows."} < {entry["reason"] for entry in results["refused"]}
    assert score["accuracy_of_all"] == pytest.approx(score["accuracy"] * score["n_clips"] / 49)


def test_when_all_is_refused_there_is_no_accuracy(tmp_path):
    sf.write(tmp_path / "1002_DFA_SAD_XX.wav", np.zeros(16000), 16000)
    results = evaluate.run_recordings("original", tmp_path, progress=False)
    (score,) = results["scores"]
    assert score["accuracy"] is None and score["uar"] is None and score["ece"] is None and score["refused"] == 1
    assert score["accuracy_of_all"] == 0 and "No answer to 1 (100.0 %)" in evaluate.recordings_text(results)


def test_names_of_another_corpus(tmp_path):
    shutil.copy(VOICES[0], tmp_path / "03a01Fa.flac")
    shutil.copy(VOICES[0], tmp_path / "03a01La.flac")
    shutil.copy(VOICES[0], tmp_path / "mine.flac")
    results = evaluate.run_recordings("original", tmp_path, corpus="emodb", progress=False)
    assert results["scores"][0]["n_clips"] == 2 and results["scores"][0]["recall"]["boredom"] == 0
    assert results["left_out"] == [{"file": "mine.flac", "reason": "'mine' is no name of EMO-DB, like 03a01Fa.wav."}]


@pytest.mark.parametrize(
    "words, said",
    [
        (["--audio", "gone"], "There is no folder gone."),
        (["--audio", "."], "No recording in . could be asked about, it is empty"),
        (["--audio", ".", "--model", "gone.skops"], "There is no model gone.skops."),
        (["--audio", ".", "--labels", "gone.csv"], "gone.csv: there is no such file."),
        (["--model", "original"], "--model and --labels go with --audio FOLDER"),
        (["--models", "folder"], "--models with --chains"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.count("\n") == 1 and printed.out == ""
