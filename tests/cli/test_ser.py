"""`ser` as people type it: an answer, or one line and exit code 2."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile as sf

from ser_helpers import audio, corpus


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
        assert answer["label"] in corpus.LABELS and sum(answer["probabilities"].values()) == pytest.approx(1)


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


@pytest.mark.parametrize("command", ["doctor", "fetch", "features", "train", "evaluate", "predict", "build", "check"])
def test_every_command_explains_itself(command):
    done = ser(command, "--help")
    assert done.returncode == 0 and f"example: ser {command}" in done.stdout


def test_a_wrong_word_is_a_usage_error():
    assert ser("predcit").returncode == 2 and ser().returncode == 2
