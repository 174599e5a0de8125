"""Stored features are found by name: read rightly, or refused in a sentence that says what to do."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from ser_helpers import audio, corpus, features
from ser_helpers.errors import CourseError


def test_every_clip_has_features_or_a_reason():
    clips, clean, noisy = features.load_features()
    assert np.isfinite(clean).all() and np.isfinite(noisy).all()
    missing = features.missing_features()
    assert set(clips["clip"]) | set(missing.index) == set(corpus.clip_table()["clip"])
    assert len(clips) + len(missing) == 7442 and (missing.str.len() > 0).all()


def test_the_committed_numbers_are_those_of_every_published_score():
    """To the last bit, whatever the file around them looks like."""
    clips, *conditions = features.load_features()
    assert [hashlib.sha256(X.tobytes()).hexdigest()[:16] for X in conditions] == [
        "7ccdfb94f76b0c9c",
        "92b72a3f48cbce69",
    ]
    assert hashlib.sha256("\n".join(clips["clip"]).encode()).hexdigest()[:16] == "046cfeaab2be495a"
    for condition, X in zip(features.CONDITIONS, conditions, strict=True):
        assert np.array_equal(features.load(condition=condition)[1], X)


@pytest.mark.real
def test_the_committed_table_is_what_the_audio_gives(crema_d_home):
    clips, clean, noisy = features.load_features()
    rows = clips.iloc[::300]
    both = features.extract(corpus.find_audio(rows), snr_db=features.NOISY_SNR_DB)
    for committed, fresh in ((clean, both[:, 0]), (noisy, both[:, 1])):
        assert np.abs(committed[rows.index, :40] - fresh[:, :40]).max() < 1e-3
        assert np.allclose(committed[rows.index, 40:], fresh[:, 40:], rtol=1e-4, atol=1e-12)


# A table that grows


@pytest.fixture
def arriving(monkeypatch, tmp_path):
    """A folder for CREMA-D's audio, empty at first, and a way to put practice recordings there under other names."""
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    practice = corpus.find_audio(corpus.clip_table("practice"))

    def arrive(*clips):
        for clip in clips:
            (tmp_path / f"{clip}.flac").write_bytes(practice.iloc[0].read_bytes())

    return arrive


@pytest.mark.parametrize("kind", ["means168", "logmel64"])
def test_the_table_grows_as_audio_arrives(arriving, tmp_path, kind):
    """Two clips arrive, then one that stands before them: rows that were there stay as they were."""
    table = {"features": kind, "path": tmp_path / "table.npz"}
    arriving("1001_DFA_SAD_XX", "1091_WSI_SAD_XX")
    assert features.update(**table, progress=False).tolist() == ["", ""]
    _, first = features.load(**table)
    arriving("1001_DFA_ANG_XX")
    assert features.update(**table, progress=False).to_dict() == {"1001_DFA_ANG_XX": ""}
    assert features.update(**table, progress=False).empty
    assert len(features.missing_features(**table)) == 7442 - 3
    clips, X = features.load(**table)
    assert clips["clip"].tolist() == ["1001_DFA_ANG_XX", "1001_DFA_SAD_XX", "1091_WSI_SAD_XX"]
    assert np.array_equal(X[1], first[0]) and np.array_equal(X[2], first[1])


def test_a_bad_file_costs_nobody_else_and_is_tried_again(arriving, tmp_path):
    table, bad = tmp_path / "features.npz", tmp_path / "1001_DFA_SAD_XX.wav"
    arriving("1001_DFA_ANG_XX")
    bad.write_bytes(b"version https://git-lfs.github.com/spec/v1")
    tried = features.update(path=table, progress=False)
    assert tried["1001_DFA_ANG_XX"] == "" and "Git LFS pointer" in tried["1001_DFA_SAD_XX"]
    assert features.missing_features(path=table)["1001_DFA_SAD_XX"] == "audio file cannot be used"
    with pytest.raises(audio.AudioError, match="1 of 1 files cannot be used. The first: .*Git LFS pointer"):
        features.extract([bad])
    bad.unlink()
    arriving("1001_DFA_SAD_XX")
    assert features.update(path=table, progress=False).to_dict() == {"1001_DFA_SAD_XX": ""}


@pytest.mark.parametrize("broken", ["rows_of", "np.savez_compressed", "Table.digest"])
def test_an_interrupted_update_loses_nothing(arriving, tmp_path, monkeypatch, broken):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    table = tmp_path / "features.npz"
    arriving("1001_DFA_ANG_XX")
    features.update(path=table, progress=False)
    before = table.read_bytes()
    arriving("1001_DFA_SAD_XX")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(f"ser_helpers.features.store.{broken}", interrupt)
        features.update(path=table, progress=False)
    assert table.read_bytes() == before and [path.name for path in tmp_path.glob("*.npz")] == ["features.npz"]
    assert features.update(path=table, progress=False).to_dict() == {"1001_DFA_SAD_XX": ""}


def test_without_audio_there_is_one_sentence(monkeypatch, tmp_path):
    for variable in corpus.HOMES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "nothing here"))
    with pytest.raises(CourseError, match="no CREMA-D audio here. `ser fetch` brings it"):
        features.update(path=tmp_path / "features.npz")


# A table that is not what it should be


class Few(type(corpus.named("practice"))):
    """24 of the practice voices' clips."""

    def table(self):
        return super().table().iloc[::12].reset_index(drop=True)


@pytest.fixture(scope="module", params=["means168", "logmel64"])
def made(request, tmp_path_factory):
    """A table of a few clips, in the user's cache: its set, its file's arrays, what loads from it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_CACHE", str(tmp_path_factory.mktemp("cache")))
        assert features.update(Few(), request.param, progress=False).eq("").all()
        path = features.table_path(Few(), request.param)
        with np.load(path) as file:
            return request.param, dict(file), features.load(Few(), request.param)


@pytest.fixture
def table(made, tmp_path):
    """That table as a file of one's own, to be changed; `load` reads it."""
    name, arrays, (clips, X) = made
    path = tmp_path / "table.npz"

    class Changing:
        about = json.loads(str(arrays["about"]))

        def write(self, **changes):
            np.savez(path, **{**arrays, "about": json.dumps(self.about), **changes})

        def load(self, condition="clean"):
            return features.load(Few(), name, condition, path)

    changing = Changing()
    changing.name, changing.path, changing.arrays, changing.clips, changing.X = name, path, dict(arrays), clips, X
    changing.write()
    return changing


def assert_same(table):
    clips, X = table.load()
    pd.testing.assert_frame_equal(clips, table.clips)
    assert len(X) == len(table.X) and all(map(np.array_equal, X, table.X)) and X[0].dtype == table.X[0].dtype


def rows(table, order):
    """The arrays of the file, with clips in this order."""
    arrays = {"clip": table.arrays["clip"][order]}
    for condition in features.CONDITIONS:
        values = table.arrays[condition]
        if table.name == "logmel64":
            offsets = table.arrays[f"{condition}_offsets"]
            pieces = [values[offsets[i] : offsets[i + 1]] for i in order]
            arrays[f"{condition}_offsets"] = np.cumsum([0, *map(len, pieces)])
            arrays[condition] = np.concatenate(pieces)
        else:
            arrays[condition] = values[order]
    return arrays


def test_a_table_is_what_its_clips_give(table):
    some = slice(None, None, 8)
    both = features.extract(corpus.find_audio(table.clips[some]), snr_db=features.NOISY_SNR_DB, features=table.name)
    for place, condition in enumerate(features.CONDITIONS):
        assert all(map(np.array_equal, table.load(condition=condition)[1][some], both[:, place]))


def test_rows_and_columns_in_another_order_are_found_by_name(table):
    order = np.random.default_rng(0).permutation(len(table.clips))
    table.write(**rows(table, order))
    assert_same(table)
    shuffled = np.random.default_rng(1).permutation(len(table.about["columns"]))
    table.about["columns"] = [table.about["columns"][place] for place in shuffled]
    table.write(**{each: table.arrays[each][:, shuffled] for each in features.CONDITIONS})
    assert_same(table)


def test_names_that_moved_without_their_numbers_are_refused(table):
    table.write(clip=np.roll(table.arrays["clip"], 1))
    with pytest.raises(CourseError, match="damaged: what it holds is not what was stored. Restore it, or move it away"):
        table.load()
    table.about["columns"] = table.about["columns"][::-1]
    table.write()
    with pytest.raises(CourseError, match="damaged"):
        table.load()


@pytest.mark.parametrize(
    "about, sentence",
    [
        ({"version": 2}, "version 2; this course computes version 1, whose numbers are others"),
        ({"columns": ["f0"]}, "The columns in .* are not those of"),
        ({"corpus": "ravdess"}, "features of ravdess; .* of practice was expected"),
        ({"features": "mfcc13"}, "holds mfcc13 features of practice"),
        ({"sha256": {"noisy": ""}}, "There is no condition 'clean' in .*: noisy"),
        ({"sha256": None}, "damaged"),
    ],
)
def test_another_kind_of_table_is_refused(table, about, sentence):
    table.about = {**table.about, **about}
    table.write()
    with pytest.raises(CourseError, match=sentence):
        table.load()


def test_another_condition_is_refused(table):
    with pytest.raises(CourseError, match="no condition 'loud' in .*: clean, noisy"):
        table.load(condition="loud")


def test_clips_that_the_corpus_does_not_have_are_refused(table):
    table.write(clip=np.where(table.arrays["clip"] == "9001_DFA_ANG_XX", "9099_DFA_ANG_XX", table.arrays["clip"]))
    with pytest.raises(
        CourseError, match="holds the clip 9099_DFA_ANG_XX, which is not in practice voices. Restore it"
    ):
        table.load()


def test_a_clip_twice_is_refused(table):
    table.write(**rows(table, [0, *range(len(table.clips))]))
    with pytest.raises(CourseError, match="holds the clip 9001_DFA_ANG_XX, twice"):
        table.load()
    table.write(without=np.array(["9001_DFA_ANG_XX"]), reason=np.array(["audio not at hand yet"]))
    with pytest.raises(CourseError, match="holds the clip 9001_DFA_ANG_XX, twice"):
        table.load()


@pytest.mark.parametrize("condition", features.CONDITIONS)
def test_a_changed_number_is_refused(table, condition):
    values = table.arrays[condition].copy()
    values[20, 3] += 1
    table.write(**{condition: values})
    with pytest.raises(CourseError, match="damaged"):
        table.load(condition=condition)


def test_more_or_fewer_rows_than_clips_are_refused(table):
    for values in (table.arrays["clean"][:-1], np.repeat(table.arrays["clean"], 2, axis=0), np.array(3.0)):
        table.write(clean=values)
        with pytest.raises(CourseError, match="damaged"):
            table.load()


def test_a_file_damaged_anywhere_is_refused_or_read_rightly(table):
    """Bytes turned over, cut off and left out, all along the file."""
    whole, rng = table.path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for place in [*range(0, 200, 7), *rng.integers(len(whole), size=20), *(len(whole) - 1 - np.arange(0, 900, 31))]:
        turned = bytearray(whole)
        turned[place] ^= 0xFF
        for damaged in (bytes(turned), whole[:place], whole[:place] + whole[place + 1 :]):
            table.path.write_bytes(damaged)
            try:
                assert_same(table)
            except CourseError as error:
                assert "Restore it, or move it away" in str(error)
                refused += 1
    assert refused > 150


def test_the_old_form_without_names_is_refused_in_words(tmp_path):
    path, clips = tmp_path / "features.npz", corpus.clip_table()["clip"].to_numpy(dtype=str)
    empty = np.zeros((len(clips), 168), dtype=np.float32)
    np.savez(path, clip=clips, clean=empty, noisy=empty, reason=np.full(len(clips), ""))
    for read in (features.load, features.missing_features, features.update):
        with pytest.raises(CourseError, match="made by an older version .* `ser features` makes it again"):
            read(path=path)


@pytest.mark.parametrize("content", [b"", b"clip,mfcc_0\n1001_DFA_ANG_XX,1.0\n", b"\x93NUMPY\x01\x00v\x00{'descr'"])
def test_something_else_is_refused(tmp_path, content):
    path = tmp_path / "features.npz"
    path.write_bytes(content)
    with pytest.raises(CourseError, match="damaged, or no table of features at all"):
        features.load(path=path)
    np.save(tmp_path / "one.npy", np.ones(3))
    with pytest.raises(CourseError, match="damaged, or no table of features at all"):
        features.load(path=tmp_path / "one.npy")
    with pytest.raises(CourseError, match="cannot be read"):
        features.load(path=tmp_path)


def test_what_is_not_there_yet_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    with pytest.raises(CourseError, match="no logmel64 features of CREMA-D in .*npz. `ser features --corpus crema-d "):
        features.load("crema-d", "logmel64")
    with pytest.raises(CourseError, match="no feature set 'mfcc13': means168, logmel64"):
        features.load(features="mfcc13")


class Loudness:
    """A feature set of somebody else's."""

    name, version, shape, columns, dtype = "loudness", 3, (2,), ("rms", "peak"), "float64"

    def compute(self, y):
        if len(y) < 1000:
            raise audio.AudioError("The clip is shorter than 1,000 samples.")
        return [np.sqrt(np.mean(y**2)), np.abs(y).max()][: self.shape[0]]


def test_a_feature_set_of_ones_own_goes_all_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(features.FEATURES, "_parts", dict(features.FEATURES._parts))
    path = tmp_path / "own.npz"
    assert features.update("practice", Loudness(), path, progress=False).eq("").all()
    features.register(Loudness())
    clips, X = features.load("practice", "loudness", "noisy", path)
    assert X.shape == (len(clips), 2) == (288, 2) and X.dtype == np.float64
    short = tmp_path / "9001_DFA_ANG_XX.wav"
    sf.write(short, np.zeros(999), 16000)
    with pytest.raises(audio.AudioError, match="shorter than 1,000"):
        features.extract([short], features="loudness")
    wrong = Loudness()
    wrong.shape = (1,)
    wrong.compute = lambda y: np.zeros(3)
    with pytest.raises(CourseError, match=r"'loudness' gave shape \(3,\) for a clip; its own `shape` says \(1,\)"):
        features.extract(corpus.find_audio(clips)[:1], features=wrong)


def test_a_corpus_of_somebody_elses_goes_all_the_way(tmp_path):
    class Hums:
        name, title, people, labels, licence, attribution = "hums", "two hums", True, ("angry", "calm"), "", ""

        def table(self):
            names = ["a/1", "b/2"]
            return pd.DataFrame({"clip": names, "speaker": ["hums/a", "hums/b"], "emotion": ["angry", "calm"]})

        def find(self, clips):
            paths = clips["clip"].map(lambda clip: tmp_path / f"{clip[0]}.wav")
            return paths.where(paths.map(lambda path: path.exists()), None)

        def sources(self):
            return []

    with pytest.raises(CourseError, match="^There is no two hums audio here.$"):
        features.update(Hums(), path=tmp_path / "table.npz")
    sf.write(tmp_path / "b.wav", np.random.default_rng(0).normal(0, 0.1, 9000), 16000)
    assert features.update(Hums(), path=tmp_path / "table.npz", progress=False).to_dict() == {"b/2": ""}
    clips, noisy = features.load(Hums(), condition="noisy", path=tmp_path / "table.npz")
    y = audio.read_clip(tmp_path / "b.wav")
    assert clips["speaker"].tolist() == ["hums/b"]
    assert np.array_equal(noisy[0], features.clip_features(audio.add_noise(y, 15, audio.clip_rng("b/2"))))
    missing = features.missing_features(Hums(), path=tmp_path / "table.npz")
    assert missing.to_dict() == {"a/1": "audio not at hand yet"}


def test_two_corpora_of_ones_own_with_one_name_are_kept_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(corpus.CORPORA, "_parts", dict(corpus.CORPORA._parts))
    found = []
    for folder in (tmp_path / "monday", tmp_path / "tuesday"):
        folder.mkdir()
        table = folder / "voices.csv"
        files = [f"{speaker}_{label}" for speaker in ("ann", "bob") for label in ("angry", "sad")]
        table.write_text("file,speaker,label\n" + "".join(f"{file}.wav,{file.replace('_', ',')}\n" for file in files))
        for file in files:
            sf.write(folder / f"{file}.wav", np.random.default_rng(len(found)).normal(0, 0.1, 9000), 16000)
        own = corpus.own.read_csv(table)
        with pytest.raises(CourseError, match="no means168 features of voices in .*--corpus .*voices.csv --features"):
            features.load(own)
        assert features.update(table if not found else own, progress=False).eq("").all()
        found.append(features.load(own))
    (one, X), (other, Y) = found
    assert one["clip"].tolist() == other["clip"].tolist() and not np.isclose(X, Y).any()
