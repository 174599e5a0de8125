"""RAVDESS and EMO-DB, as their documentation names their files: made-up names, generated clips."""

import itertools

import numpy as np
import pytest
import soundfile as sf

from ser_helpers import audio, corpus
from ser_helpers.corpus import emodb, ravdess
from ser_helpers.errors import CourseError

ALL_OF_RAVDESS = [  # as its documentation counts them: 1,440 of speech
    f"03-01-{emotion}-{level}-{sentence}-{repetition}-{actor:02}"
    for emotion, level, sentence, repetition, actor in itertools.product(
        [f"0{n}" for n in range(1, 9)], ["01", "02"], ["01", "02"], ["01", "02"], range(1, 25)
    )
    if (emotion, level) != ("01", "02")
]


def place(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for n, name in enumerate(names):
        sf.write(
            folder / name, 0.1 * np.random.default_rng(n).normal(size=1600), 16000, format=name[-4:].strip(".").upper()
        )


def test_ravdess_is_as_its_authors_counted_it(monkeypatch, tmp_path):
    for name in ALL_OF_RAVDESS:
        (tmp_path / f"Actor_{name[-2:]}").mkdir(exist_ok=True)
        (tmp_path / f"Actor_{name[-2:]}" / f"{name}.wav").touch()
    monkeypatch.setenv("RAVDESS_HOME", str(tmp_path))
    clips = corpus.clip_table("ravdess")
    assert len(clips) == 1440 and clips.groupby("speaker").size().eq(60).all() and clips["speaker"].nunique() == 24
    assert clips["emotion"].value_counts().to_dict() == {"neutral": 96} | dict.fromkeys(
        ("angry", "calm", "disgust", "fear", "happy", "sad", "surprise"), 192
    )
    assert clips.groupby("sex")["speaker"].nunique().to_dict() == {"female": 12, "male": 12}
    assert corpus.named("ravdess").labels == (*corpus.LABELS, "calm", "surprise")
    assert corpus.find_audio(clips).notna().all()
    assert corpus.of_people(clips["speaker"])


def test_what_a_ravdess_name_says():
    assert ravdess.read_name("03-01-06-01-02-01-12") == {
        "clip": "03-01-06-01-02-01-12",
        "speaker": "12",
        "sentence": "Dogs are sitting by the door",
        "emotion": "fear",
        "level": "normal",
        "repetition": 1,
        "sex": "female",
    }


@pytest.mark.parametrize(
    "name",
    [
        "03-02-06-01-02-01-12",  # song
        "01-01-06-01-02-01-12",  # with video
        "03-01-01-02-02-01-12",  # neutral is never strong
        "03-01-09-01-02-01-12",
        "03-01-06-01-02-01-25",
        "03-01-06-01-02-01-00",
        "03-01-06-01-02-01",
        "._03-01-06-01-02-01-12",
        "",
    ],
)
def test_other_names_are_not_of_ravdess(name):
    assert ravdess.read_name(name) is None


def test_what_an_emodb_name_says():
    assert emodb.read_name("03a01Fa") == {
        "clip": "03a01Fa",
        "speaker": "03",
        "sentence": "Der Lappen liegt auf dem Eisschrank.",
        "emotion": "happy",
        "age": 31,
        "sex": "male",
    }
    letters = {"W": "angry", "L": "boredom", "E": "disgust", "A": "fear", "F": "happy", "T": "sad", "N": "neutral"}
    assert {letter: emodb.read_name(f"16b10{letter}b")["emotion"] for letter in letters} == letters
    assert corpus.named("emodb").labels == (*corpus.LABELS, "boredom")


@pytest.mark.parametrize("name", ["04a01Fa", "03a03Fa", "03c01Fa", "03a01Xa", "03a01Faa", "3a01Fa", "03a01", ""])
def test_other_names_are_not_of_emodb(name):
    assert emodb.read_name(name) is None


def test_emodb_is_found_at_any_depth_and_in_any_case(monkeypatch, tmp_path):
    place(tmp_path / "wav", "03a01Fa.wav", "08b10Tb.WAV", "16a07lc.Wav", "notes.wav", "03a03Fa.wav")
    place(tmp_path / "wav" / "flac", "03a01Fa.flac", "09a02W.flac")  # one twice; one said once only
    place(tmp_path / "wav_laryng", "03a01Fa.wav", "10a02Wa.wav")  # no sound of a voice
    (tmp_path / "readme.txt").touch()
    monkeypatch.setenv("EMODB_HOME", str(tmp_path))
    clips = corpus.clip_table("emodb")
    assert clips["clip"].tolist() == ["03a01Fa", "08b10Tb", "09a02W", "16a07Lc"]
    assert clips["speaker"].tolist() == ["emodb/03", "emodb/08", "emodb/09", "emodb/16"]
    assert clips["emotion"].tolist() == ["happy", "sad", "angry", "boredom"]
    paths = corpus.find_audio(clips)
    assert paths[0] == tmp_path / "wav" / "03a01Fa.wav" and len(audio.read_clip(paths[3])) == 1600


@pytest.mark.parametrize("name, variable", [("ravdess", "RAVDESS_HOME"), ("emodb", "EMODB_HOME")])
def test_what_is_not_there_can_be_had(monkeypatch, tmp_path, name, variable):
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(variable, raising=False)
    address = corpus.named(name).sources()[0].address
    with pytest.raises(CourseError, match=f"not on this disk. {address} has it.*set {variable}"):
        corpus.clip_table(name)
    for folder in (tmp_path, tmp_path / "nowhere"):
        monkeypatch.setenv(variable, str(folder))
        with pytest.raises(CourseError, match=f"{variable} is .*no clip of .*names like .*set {variable}"):
            corpus.clip_table(name)


def test_the_cache_is_looked_in_last(monkeypatch, tmp_path):
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    monkeypatch.delenv("RAVDESS_HOME", raising=False)
    place(tmp_path / "ravdess" / "Actor_01", "03-01-05-02-01-02-01.wav")
    clips = corpus.clip_table("ravdess")
    assert clips["speaker"].tolist() == ["ravdess/01"] and corpus.find_audio(clips).notna().all()
