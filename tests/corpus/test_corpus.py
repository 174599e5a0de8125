"""What lessons rely on when they ask for clips."""

import itertools
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
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


@pytest.mark.parametrize("name", ["iemocap", "", "9001"])
def test_unknown_corpus(name):
    with pytest.raises(CourseError, match=f"no corpus '{name}': crema-d, practice, ravdess, emodb"):
        corpus.clip_table(name)


def test_speakers_of_two_corpora_never_share_a_name():
    clips, voices = corpus.clip_table(), corpus.clip_table("practice")
    assert (clips["speaker"] == "crema-d/" + clips["actor_id"].astype(str)).all()
    assert (voices["speaker"] == "practice/" + voices["actor_id"].astype(str)).all()
    assert clips["speaker"].nunique() == 91 and voices["speaker"].nunique() == 12


@pytest.mark.parametrize(
    "speakers, people",
    [
        (["crema-d/1001", "crema-d/1002"], True),
        (["practice/9001"], False),
        (["crema-d/1001", "practice/9001"], False),  # not all of them
        (["ravdess/01", "emodb/03"], True),
        ([1001, 1002], True),
        (np.array([9001, 9012]), False),
        ("9001", False),
        ([9500], True),  # a big number makes nobody synthetic
        (range(1, 25), True),
        (["somebody/else"], True),
    ],
)
def test_whether_speakers_are_people_is_told_by_their_corpus(speakers, people):
    assert corpus.of_people(speakers) is people


class Toy:
    """A corpus from outside the package."""

    name, title, people, labels, licence, attribution = "toy", "Toy", False, ("happy", "sad", "bored"), "", ""

    def table(self):
        return pd.DataFrame({
            "clip": ["a", "b", "c"], "speaker": ["toy/1", "toy/1", "toy/2"], "emotion": ["sad", "bored", "sad"]
        })  # fmt: skip

    def find(self, clips):
        return pd.Series([Path(f"{clip}.wav") for clip in clips["clip"]], index=clips.index, dtype=object)

    def sources(self):
        return []


@pytest.fixture
def toy(monkeypatch):
    """A toy corpus that is known as long as a test runs."""
    monkeypatch.setattr(corpus.CORPORA, "_parts", dict(corpus.CORPORA._parts))
    part = Toy()
    corpus.register(part)
    return part


def test_a_corpus_from_outside_is_a_name_like_any_other(toy):
    assert corpus.named("toy") is toy and list(corpus.clip_table("toy")["emotion"]) == ["sad", "bored", "sad"]
    assert not corpus.of_people(["toy/1"])
    both = pd.concat([corpus.clip_table("practice")[:2], corpus.clip_table("toy")])
    assert [path.name for path in corpus.find_audio(both)][1:] == ["9001_DFA_DIS_XX.flac", "a.wav", "b.wav", "c.wav"]
    assert corpus.overview().set_index("name").loc["toy", ["clips", "speakers", "with_audio"]].tolist() == [3, 2, 3]
    with pytest.raises(CourseError, match="no votes of listeners"):
        corpus.crowd_label(corpus.clip_table("toy"))


def test_a_corpus_may_not_have_a_slash_in_its_name():
    toy = Toy()
    toy.name = "toys/one"
    with pytest.raises(CourseError, match="'toys/one' is no name"):
        corpus.register(toy)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda t: t.drop(columns=["speaker", "emotion"]), "no column speaker, emotion"),
        (lambda t: t[:0], "no rows"),
        (lambda t: t.assign(clip="a"), "clips twice: 'a'"),
        (lambda t: t[::-1], "not sorted"),
        (lambda t: t.assign(emotion=["sad", "glum", None]), "without a clip, a speaker or an emotion"),
        (lambda t: t.assign(emotion=["sad", "glum", "angry"]), "labels that toy does not name: 'angry', 'glum'"),
        (lambda t: t.assign(speaker=["toy/1", "2", "toys/3"]), "without toy/ in front of them: '2', 'toys/3'"),
    ],
)
def test_a_table_that_breaks_its_promise_is_refused(toy, monkeypatch, change, words):
    broken = change(toy.table())
    monkeypatch.setattr(toy, "table", lambda: broken)
    with pytest.raises(CourseError, match=words):
        corpus.clip_table("toy")


def test_what_is_at_hand_is_told_even_when_something_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("EMODB_HOME", str(tmp_path))
    monkeypatch.delenv("RAVDESS_HOME", raising=False)
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    at_hand = corpus.overview().set_index("name")
    assert at_hand.loc["crema-d", ["clips", "speakers", "with_audio"]].tolist() == [7442, 91, 0]
    assert at_hand.loc["practice", ["clips", "with_audio", "people", "note"]].tolist() == [288, 288, False, ""]
    assert at_hand.loc[["ravdess", "emodb"], "clips"].tolist() == [0, 0]
    assert "CREMA_D_HOME is" in at_hand["note"]["crema-d"] and "EMODB_HOME is" in at_hand["note"]["emodb"]
    assert "RAVDESS is not on this disk" in at_hand["note"]["ravdess"]
    assert (at_hand["licence"] != "").all() and at_hand["source"]["ravdess"].startswith("https://zenodo.org/")


def test_tables_without_speakers_are_looked_for_by_their_clips(monkeypatch, tmp_path, some_audio):
    shutil.copy(some_audio["1001_DFA_ANG_XX"], tmp_path / "1001_DFA_ANG_XX.flac")
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    names = ["9001_DFA_ANG_XX", "1001_DFA_ANG_XX", "1001_DFA_SAD_XX"]
    found = corpus.find_audio(pd.DataFrame({"clip": names}, index=[7, 7, 8]))
    assert found.index.tolist() == [7, 7, 8] and found.iloc[1].parent == tmp_path and found.iloc[2] is None
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path / "nowhere"))  # of no concern to practice voices
    assert corpus.find_audio(pd.DataFrame({"clip": names[:1]})).notna().all()


@pytest.fixture
def some_audio():
    """Three practice recordings under names of CREMA-D clips, so that no real recording is needed."""
    clips = corpus.clip_table("practice")
    paths = corpus.find_audio(clips).iloc[:3]
    return dict(zip(["1001_DFA_ANG_XX", "1001_DFA_SAD_XX", "1040_ITH_SAD_X"], paths, strict=True))


def with_audio() -> pd.DataFrame:
    """CREMA-D's clips that are found on this disk."""
    clips = corpus.clip_table()
    return clips.assign(path=corpus.find_audio(clips)).dropna(subset="path")


@pytest.fixture
def one_actor(monkeypatch, tmp_path, some_audio):
    """A folder as people have it: three sentences of an actor in six emotions, in lower case."""
    sound = next(iter(some_audio.values()))
    for sentence, emotion in itertools.product(("DFA", "IOM", "TIE"), corpus.EMOTION_CODES):
        shutil.copy(sound, tmp_path / f"1001_{sentence}_{emotion}_XX.flac".lower())
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    return tmp_path


def test_one_actors_clips_are_enough_for_the_lessons(one_actor):
    clips = corpus.lesson_clips()
    assert clips.attrs["source"] == "crema-d" and "18 recordings of 1 actors" in clips.attrs["line"]


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda path: path.unlink() if "_sad_" in path.name else None, "fewer than three clips of sad"),
        (
            lambda path: (
                path.write_text("version https://git-lfs.github.com/spec/v1\n") if "tie" in path.name else None
            ),
            "6 files without sound",
        ),
        (
            lambda path: (
                path.rename(path.with_name(path.name.replace("1001", "1002"))) if "_ang_" in path.name else None
            ),
            "no speaker who says one sentence in all six emotions",
        ),
    ],
)
def test_lessons_say_what_recordings_lack_and_go_on_with_practice_voices(one_actor, spoil, words):
    for path in sorted(one_actor.iterdir()):
        spoil(path)
    clips = corpus.lesson_clips()
    line = clips.attrs["line"]
    assert clips.attrs["source"] == "practice" and words in " ".join(line.split())
    assert "`ser fetch --mini` in a terminal" in " ".join(line.split())
    assert max(map(len, line.splitlines())) <= 88  # or it breaks inside a word at the edge of a window


@pytest.mark.parametrize("folder", ["", "flac", "AudioWAV", "audiowav", "FLAC"])
@pytest.mark.parametrize("variable", ["CREMA_D_HOME", "SER_CLASS_FOLDER"])
def test_audio_is_found_wherever_it_may_be(monkeypatch, tmp_path, some_audio, folder, variable):
    monkeypatch.delenv("CREMA_D_HOME", raising=False)
    (tmp_path / folder).mkdir(exist_ok=True)
    for clip, path in some_audio.items():
        shutil.copy(path, tmp_path / folder / f"{clip}.flac")
    monkeypatch.setenv(variable, str(tmp_path))
    clips = with_audio()
    assert set(clips["clip"]) == {"1001_DFA_ANG_XX", "1001_DFA_SAD_XX", "1040_ITH_SAD_XX"}  # under today's name


def test_names_in_any_case_are_found(monkeypatch, tmp_path, some_audio):
    for clip, name in zip(
        some_audio, ("1001_dfa_ang_xx.flac", "1001_DFA_SAD_XX.FLAC", "1040_ith_sad_x.Flac"), strict=True
    ):
        shutil.copy(some_audio[clip], tmp_path / name)
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    clips = with_audio()
    assert set(clips["clip"]) == {"1001_DFA_ANG_XX", "1001_DFA_SAD_XX", "1040_ITH_SAD_XX"}
    assert [corpus.clip_of(path) for path in clips["path"]] == clips["clip"].tolist()


def test_a_link_to_nothing_is_no_clip(monkeypatch, tmp_path):
    try:
        (tmp_path / "1001_DFA_ANG_XX.wav").symlink_to("/nowhere/1001_DFA_ANG_XX.wav")
    except OSError:
        pytest.skip("This system makes no links for its users.")
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    with pytest.raises(CourseError, match="no CREMA-D clip was found"):
        corpus.lesson_clips()


def test_wav_goes_before_flac(monkeypatch, tmp_path, some_audio):
    for suffix in ("flac", "wav"):
        (tmp_path / f"1001_DFA_ANG_XX.{suffix}").touch()
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    assert with_audio()["path"].iloc[0].suffix == ".wav"


def test_a_folder_without_clips_is_an_error_and_not_an_empty_table(monkeypatch, tmp_path):
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match="CREMA_D_HOME is .*nowhere.*Correct"):
        corpus.lesson_clips()


def test_without_audio_the_lessons_use_practice_voices(monkeypatch, tmp_path):
    monkeypatch.delenv("CREMA_D_HOME", raising=False)
    monkeypatch.delenv("SER_CLASS_FOLDER", raising=False)
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "nothing here"))
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
