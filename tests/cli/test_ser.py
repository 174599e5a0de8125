"""`ser` as people type it: an answer, or one line and exit code 2."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from ser_helpers import audio, corpus, places
from ser_helpers.__main__ import main
from ser_helpers.corpus import fetch as download

README = (places.CHECKOUT / "README.md").read_text(encoding="utf-8")


def ser(*words):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "ser_helpers", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def practice_clip():
    return corpus.find_audio(corpus.clip_table("practice")).iloc[0]


def test_predict_reads_what_people_have(tmp_path, practice_clip):
    y = np.repeat(audio.read_clip(practice_clip), 3)  # 48 kHz
    sf.write(tmp_path / "stereo.wav", np.stack([y, y], axis=1), 44100)
    sf.write(tmp_path / "song.mp3", y, 48000)
    files = [practice_clip, tmp_path / "stereo.wav", tmp_path / "song.mp3"]
    done = ser("predict", *files)
    assert done.returncode == 0 and done.stderr == ""
    assert all(f"{file}: " in done.stdout for file in files) and "%" in done.stdout
    answers = json.loads(ser("predict", "--json", *files).stdout)
    for answer in answers.values():
        assert answer["label"] is None and "a computer's voice" in answer["reason"]
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
    answers = json.loads(ser("predict", "--json", "--model", "original", *files).stdout)
    assert all(answer["label"] in corpus.LABELS for answer in answers.values())


@pytest.mark.real
def test_predict_on_a_real_clip(crema_d_home):
    done = ser("predict", corpus.lesson_clips()["path"][0])
    assert done.returncode == 0 and "%" in done.stdout


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("pointer.wav", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        ("notes.txt", b"some words", "not audio"),
        ("empty.wav", b"", "empty"),
        ("gone.wav", None, "no file"),
    ],
)
def test_predict_says_what_is_wrong_in_one_line(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = ser("predict", tmp_path / name)
    assert done.returncode == 2 and done.stdout == ""
    assert words in done.stderr and done.stderr.count("\n") == 1 and done.stderr.startswith("ser: ")


def test_predict_answers_for_the_good_files_among_bad_ones(tmp_path, practice_clip):
    done = ser("predict", "--json", tmp_path / "gone.wav", practice_clip)
    assert done.returncode == 2 and list(json.loads(done.stdout)) == [str(practice_clip)]
    assert "no file" in done.stderr and done.stderr.count("\n") == 1


def test_a_long_recording_is_said_to_be_one_and_answered_piece_by_piece(tmp_path, practice_clip):
    y = np.tile(audio.read_clip(practice_clip), 20)[: 20 * audio.SAMPLE_RATE]
    y[5 * audio.SAMPLE_RATE : 11 * audio.SAMPLE_RATE] = 0  # somebody thinks
    sf.write(tmp_path / "long.wav", y, audio.SAMPLE_RATE)
    done = ser("predict", tmp_path / "long.wav")
    assert done.returncode == 2 and "lasts 20 s" in done.stderr and "--every 2.5" in done.stderr
    done = ser("predict", "--json", "--every", "5", tmp_path / "long.wav")
    answers = {name.split(" from ")[1]: answer for name, answer in json.loads(done.stdout).items()}
    assert list(answers) == ["0 s", "5 s", "10 s", "15 s"] and "There is no sound in it" in answers["5 s"]["reason"]
    done = ser("predict", "--json", "--model", "original", "--every", "5", tmp_path / "long.wav")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "from 5 s: There is no sound in it" in done.stderr
    assert [name.split(" from ")[1] for name in json.loads(done.stdout)] == ["0 s", "10 s", "15 s"]


@pytest.mark.skipif(os.name != "posix", reason="names that are no text, and pipes, are Unix's")
def test_predict_takes_a_pattern_that_no_shell_has_opened(tmp_path, practice_clip, monkeypatch, capsys):
    for name in ("a.flac", "[b].flac"):
        (tmp_path / name).write_bytes(practice_clip.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "*.flac", "[b].flac", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["[b].flac", "a.flac"]
    assert main(["predict", "*.wav"]) == 2 and "There is no file *.wav" in capsys.readouterr().err


def test_predict_takes_a_pipe_and_a_name_that_is_no_text(tmp_path, practice_clip):
    y = audio.read_clip(practice_clip)
    name = os.fsencode(tmp_path) + b"/caf\xe9.wav"
    with open(name, "wb") as file:
        sf.write(file, y, audio.SAMPLE_RATE, format="WAV")
    plain = ser("predict", "--json", practice_clip)
    for command in ([os.fsdecode(name)], ["/dev/stdin"]):
        with open(name, "rb") as stream:
            done = subprocess.run(
                [sys.executable, "-m", "ser_helpers", "predict", "--json", *command],
                stdin=stream, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"},
            )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert [a["label"] for a in json.loads(done.stdout).values()] == [
            a["label"] for a in json.loads(plain.stdout).values()
        ]


COMMANDS = [
    "doctor",
    "corpora",
    "fetch",
    "predict",
    "check",
    "reset",
    "features",
    "train",
    "card",
    "evaluate",
    "report",
    "build",
    "grade",
]
COMMANDS += ["decide", "extend", "mark", "return", "alike", "overview", "kit", "game", "slides", "site", "hub"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as done:
        main([command, "--help"])
    assert done.value.code == 0 and f"example: ser {command}" in capsys.readouterr().out


def test_no_command_is_left_out(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.findall(r"^    (\w+)  ", printed := capsys.readouterr().out, re.MULTILINE)
    assert listed == COMMANDS and "Exit codes: 0 all is well" in printed


def test_readme_says_of_each_command_what_its_help_says(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = re.findall(r"^    (\w+)  +(.+(?:\n {8,}\S.*)*)", capsys.readouterr().out, re.MULTILINE)
    rows = README.replace("\\*", "*")
    for name, words in told:
        assert f"`ser {name}" in rows, name
        if name not in (
            "decide",
            "extend",
            "mark",
            "return",
            "alike",
            "overview",
        ):  # the instructor's guide tells of them
            assert re.search(rf"^\| `ser {name}\b[^|]*\| {re.escape(' '.join(words.split()))}", rows, re.MULTILINE), (
                name
            )


def test_features_say_what_was_added_and_what_could_not_be_read(tmp_path, practice_clip, monkeypatch, capsys):
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    (tmp_path / "1001_DFA_ANG_XX.flac").write_bytes(practice_clip.read_bytes())
    (tmp_path / "1001_DFA_DIS_XX.wav").touch()
    assert main(["features", "--json", "--jobs", "1", "--out", str(tmp_path / "table.npz")]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["added"] == 1 and "is empty" in said["failed"]["1001_DFA_DIS_XX"]
    assert said["without_features"] == {"audio not at hand yet": 7440, "audio file cannot be used": 1}


def test_corpora_are_listed(capsys):
    assert main(["corpora"]) == 0 and "CREMA-D" in capsys.readouterr().out
    assert main(["corpora", "--json"]) == 0
    assert {"crema-d", "practice"} <= {row["name"] for row in json.loads(capsys.readouterr().out)}


def test_a_corpus_and_a_recipe_by_name_from_features_to_prediction(tmp_path, practice_clip, monkeypatch, capsys):
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    names = ["--corpus", "practice", "--recipe", "logistic"]
    assert main(["features", "--corpus", "practice", "--features", "means168", "--jobs", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 288, "failed": {}, "without_features": {}}
    assert main(["evaluate", *names, "--jobs", "1", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(
        "practice voices, 288 clips of 12 speakers; recipe logistic on means168 v1"
    )
    made = sorted(path.name for path in (tmp_path / "practice").iterdir())
    assert made == ["logistic.json", "logistic_leak_meter.png", "logistic_predictions.csv.gz"]
    assert main(["train", *names, "--json", "--out", str(tmp_path / "quick.skops")]) == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["corpus"], card["recipe"], card["features"]) == ("practice", "logistic", "means168 v1")
    assert main(["predict", "--model", str(tmp_path / "quick.skops"), str(practice_clip)]) == 0
    assert f"{practice_clip}: {practice_clip.stem.split('_')[2][:3].lower()}" in capsys.readouterr().out


def test_a_corpus_of_ones_own_is_a_csv(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    monkeypatch.setattr(corpus.CORPORA, "_parts", dict(corpus.CORPORA._parts))
    clips = corpus.clip_table("practice").groupby(["actor_id", "emotion"]).head(1).iloc[:36]
    mine = pd.DataFrame({"file": corpus.find_audio(clips), "speaker": clips["actor_id"], "label": clips["emotion"]})
    mine.replace({"label": {"neutral": "calm"}}).to_csv(tmp_path / "mine.csv", index=False)
    table = str(tmp_path / "mine.csv")
    assert main(["features", "--corpus", table, "--jobs", "1"]) == 0
    assert "36 clips added" in capsys.readouterr().out
    words = ["evaluate", "--quick", "--corpus", table, "--recipe", "logistic", "--jobs", "1", "--json"]
    assert main(words) == 0
    rows = json.loads(capsys.readouterr().out)["scores"]
    assert {(row["corpus"], row["recipe"]) for row in rows} == {("mine", "logistic")}
    assert all("calm" in row["recall"] and "neutral" not in row["recall"] for row in rows)


@pytest.mark.parametrize(
    "words, said",
    [
        (
            ["evaluate", "--quick", "--recipe", "rnn"],
            "There is no recipe 'rnn': original, logistic, everyday, cnn, gru.",
        ),
        (["train", "--recipe", "rnn"], "There is no recipe 'rnn': original, logistic, everyday, cnn, gru."),
        (["features", "--features", "mfcc"], "There is no feature set 'mfcc'"),
        (["evaluate", "--quick", "--corpus", "gone.csv"], "gone.csv"),
        (["predict", "--model", "gone.skops", "x.wav"], "There is no model gone.skops."),
    ],
)
def test_a_name_that_is_not_there_is_said_in_one_line(words, said, capsys):
    assert main(words) == 2
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.count("\n") == 1 and printed.out == ""


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_workers_are_counted_from_one(number):
    with pytest.raises(SystemExit) as done:
        main(["evaluate", "--jobs", number])
    assert done.value.code == 2


def test_sizes_in_words_are_the_tables(capsys):
    clips = download.select(everything=True)
    with pytest.raises(SystemExit):
        main(["fetch", "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    for name, which in {"--mini": download.select(mini=True), "--all": clips}.items():
        megabytes = f"{which['bytes'].sum() / 1e6:.0f} MB"
        assert f"{len(which):,} clips, {megabytes}" in printed
        assert megabytes in next(line for line in README.splitlines() if line.startswith("| `ser fetch")), name


def test_a_wrong_word_is_a_usage_error():
    assert ser("predcit").returncode == 2 and ser().returncode == 2
