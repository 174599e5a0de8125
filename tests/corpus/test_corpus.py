"""What lessons rely on when they ask for clips."""

import shutil

import numpy as np
import pytest

from ser_helpers import corpus
from ser_helpers.errors import CourseError


def test_crema_d_as_its_authors_counted_it():
    clips = corpus.clip_table()
    assert len(clips) == clips["clip"].nunique() == 7442
    assert clips["emotion"].value_counts().to_dict() == {
        "angry": 1271, "disgust": 1271, "fear": 1271, "happy": 1271, "sad": 1271, "neutral": 1087,
    }  # fmt: skip
    assert clips["clip"].is_monotonic_increasing
    assert clips.groupby("sex")["actor_id"].nunique().to_dict() == {"female": 43, "male": 48}
    assert clips["seconds"].sum() / 3600 == pytest.approx(5.257, abs=0.001)
    assert clips["bytes"].sum() == 605_899_936
    assert corpus.votes(clips).to_numpy().min() >= 0 and (corpus.votes(clips).sum(axis=1) > 0).all()


def test_known_defects_are_named():
    defects = corpus.clip_table().set_index("clip")["defect"]
    assert defects["1076_MTI_SAD_XX"] == "silent"
    assert defects["1006_TIE_HAP_XX"] == "same audio as 1006_TIE_NEU_XX"
    assert (defects != "").sum() == 8


def test_every_table_row_agrees_with_its_name():
    for source in ("crema-d", "practice"):
        clips = corpus.clip_table(source)
        for row in clips[["clip", "actor_id", "sentence", "emotion", "level"]].to_dict("records"):
            assert corpus.parse_clip_name(row.pop("clip")) == row


def test_both_corpora_have_the_same_columns():
    assert list(corpus.clip_table().columns) == list(corpus.clip_table("practice").columns) == corpus.COLUMNS


@pytest.mark.parametrize(
    "name, culprit",
    [
        ("1001_DFA_JOY_XX", "JOY"),
        ("1001_dfa_ANG_XX", "dfa"),
        ("1001_DFA_ANG_XL", "XL"),
        ("abc_DFA_ANG_XX", "abc"),
        ("AudioWAV/1001_DFA_ANG.wav", "1001_DFA_ANG"),
        ("", "''"),
    ],
)
def test_a_wrong_name_is_quoted(name, culprit):
    with pytest.raises(CourseError, match=culprit):
        corpus.parse_clip_name(name)


def test_unknown_corpus():
    with pytest.raises(CourseError, match="choose 'crema-d' or 'practice'"):
        corpus.clip_table("ravdess")


@pytest.fixture
def some_audio():
    """Three practice recordings under names of CREMA-D clips, so that no real recording is needed."""
    clips = corpus.clip_table("practice")
    paths = corpus.find_audio(clips).iloc[:3]
    return dict(zip(["1001_DFA_ANG_XX", "1001_DFA_SAD_XX", "1040_ITH_SAD_X"], paths, strict=True))


@pytest.mark.parametrize("folder", ["", "flac", "AudioWAV"])
@pytest.mark.parametrize("variable", ["CREMA_D_HOME", "SER_CLASS_FOLDER"])
def test_audio_is_found_wherever_it_may_be(monkeypatch, tmp_path, some_audio, folder, variable):
    monkeypatch.delenv("CREMA_D_HOME", raising=False)
    (tmp_path / folder).mkdir(exist_ok=True)
    for clip, path in some_audio.items():
        shutil.copy(path, tmp_path / folder / f"{clip}.flac")
    monkeypatch.setenv(variable, str(tmp_path))
    clips = corpus.lesson_clips()
    assert clips.attrs["source"] == "crema-d" and "3 recordings of 2 actors" in clips.attrs["line"]
    assert set(clips["clip"]) == {"1001_DFA_ANG_XX", "1001_DFA_SAD_XX", "1040_ITH_SAD_XX"}  # under today's name


def test_wav_goes_before_flac(monkeypatch, tmp_path, some_audio):
    for suffix in ("flac", "wav"):
        (tmp_path / f"1001_DFA_ANG_XX.{suffix}").touch()
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    assert corpus.lesson_clips()["path"].iloc[0].suffix == ".wav"


def test_a_folder_without_clips_is_an_error_and_not_an_empty_table(monkeypatch, tmp_path):
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match="CREMA_D_HOME is .*nowhere.*Correct"):
        corpus.lesson_clips()


def test_without_audio_the_lessons_use_practice_voices(monkeypatch, tmp_path):
    monkeypatch.delenv("CREMA_D_HOME", raising=False)
    monkeypatch.delenv("SER_CLASS_FOLDER", raising=False)
    monkeypatch.setattr(corpus, "cache_folder", lambda: tmp_path / "nothing here")
    clips = corpus.lesson_clips()
    assert clips.attrs["source"] == "practice" and "synthetic" in clips.attrs["line"]
    assert len(clips) == 288 and clips["path"].map(lambda path: path.exists()).all()


def test_a_tie_of_the_crowd_has_no_label():
    clips = corpus.clip_table()
    tied = corpus.crowd_label(clips) == ""
    counts = np.sort(corpus.votes(clips).to_numpy(), axis=1)
    assert ((counts[:, -1] == counts[:, -2]) == tied).all()


@pytest.mark.real
def test_real_audio_covers_its_actors(crema_d_home):
    clips = corpus.lesson_clips()
    assert clips.attrs["source"] == "crema-d"
    per_actor = corpus.clip_table().groupby("actor_id").size()
    assert clips.groupby("actor_id").size().eq(per_actor, fill_value=None).loc[clips["actor_id"].unique()].all()
