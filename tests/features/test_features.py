"""The fast path equals librosa; the table is the same however it is computed."""

import warnings

import numpy as np
import pytest

from ser_helpers import audio, corpus, features
from ser_helpers.errors import CourseError


def librosa_features(y):
    import librosa

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "n_fft=2048 is too large")  # for a clip of one sample
        mel = librosa.feature.melspectrogram(y=y, sr=16000)
    return librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=40).mean(axis=1), mel.mean(axis=1)


def assert_equals_librosa(y):
    mfcc, mel = librosa_features(y)
    ours = features.clip_features(y)
    assert np.abs(ours[:40] - mfcc).max() < 1e-3
    assert (np.abs(ours[40:] - mel) <= 1e-4 * mel + 1e-12).all()


def test_equals_librosa_on_practice_voices():
    for path in corpus.find_audio(corpus.clip_table("practice")).iloc[::48]:
        assert_equals_librosa(audio.read_clip(path))


@pytest.mark.real
def test_equals_librosa_on_real_clips(crema_d_home):
    for path in corpus.lesson_clips()["path"].iloc[::200]:
        assert_equals_librosa(audio.read_clip(path))


@pytest.mark.parametrize(
    "y",
    [
        np.zeros(41108, dtype="float32"),
        np.ones(1, dtype="float32"),
        np.random.default_rng(0).uniform(-1, 1, 5 * 16000),
        np.full(16000, 1e-30),
    ],
    ids=["silence", "one sample", "five seconds", "denormal"],
)
def test_any_clip_gives_168_finite_numbers(y):
    row = features.clip_features(y)
    assert row.shape == (168,) and row.dtype == np.float32 and np.isfinite(row).all()
    assert_equals_librosa(np.asarray(y, dtype="float32"))


def test_no_samples_is_an_error():
    with pytest.raises(ValueError, match="without samples"):
        features.clip_features(np.zeros(0))


def test_mel_filters_are_librosas():
    import librosa

    assert np.allclose(features.mel_filters(), librosa.filters.mel(sr=16000, n_fft=2048, n_mels=128), atol=1e-8)


def test_any_number_of_workers_gives_the_same_table():
    paths = corpus.find_audio(corpus.clip_table("practice")).iloc[:70]
    one, two = (features.extract(paths, snr_db=15, n_jobs=n) for n in (1, 2))
    assert one.shape == (70, 2, 168) and np.array_equal(one, two)
    assert np.array_equal(features.extract(paths), one[:, 0])
    assert features.extract([]).shape == (0, 168)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets that the test's own cluster closes as it ends
def test_a_dask_cluster_gives_the_same_table():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # distributed's own deprecations
        from distributed import LocalCluster

        paths = corpus.find_audio(corpus.clip_table("practice")).iloc[:70]
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
            through_dask = features.extract(paths, snr_db=15, dask=cluster.scheduler_address)
    assert np.array_equal(through_dask, features.extract(paths, snr_db=15))


def test_every_clip_has_features_or_a_reason():
    clips, clean, noisy = features.load_features()
    assert np.isfinite(clean).all() and np.isfinite(noisy).all()
    missing = features.missing_features()
    assert set(clips["clip"]) | set(missing.index) == set(corpus.clip_table()["clip"])
    assert len(clips) + len(missing) == 7442 and (missing.str.len() > 0).all()


@pytest.mark.real
def test_the_committed_table_is_what_the_audio_gives(crema_d_home):
    clips, clean, noisy = features.load_features()
    rows = clips.iloc[::300]
    both = features.extract(corpus.find_audio(rows), snr_db=features.NOISY_SNR_DB)
    for committed, fresh in ((clean, both[:, 0]), (noisy, both[:, 1])):
        assert np.abs(committed[rows.index, :40] - fresh[:, :40]).max() < 1e-3
        assert np.allclose(committed[rows.index, 40:], fresh[:, 40:], rtol=1e-4, atol=1e-12)


@pytest.fixture
def arriving(monkeypatch, tmp_path):
    """A folder for CREMA-D's audio, empty at first, and a way to put practice recordings there under other names."""
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))
    practice = corpus.find_audio(corpus.clip_table("practice"))

    def arrive(*clips):
        for clip in clips:
            (tmp_path / f"{clip}.flac").write_bytes(practice.iloc[0].read_bytes())

    return arrive


def test_the_table_grows_as_audio_arrives(arriving, tmp_path):
    """Two clips arrive, then a third: rows that were there stay as they were."""
    table = tmp_path / "features.npz"
    arriving("1001_DFA_ANG_XX", "1001_DFA_SAD_XX")
    assert features.update_table(path=table, progress=False).tolist() == ["", ""]
    first = features._read_table(table)
    arriving("1091_WSI_SAD_XX")
    assert features.update_table(path=table, progress=False).to_dict() == {"1091_WSI_SAD_XX": ""}
    assert features.update_table(path=table, progress=False).empty
    assert len(features.missing_features(table)) == 7442 - 3
    assert np.array_equal(features._read_table(table)["clean"][0], first["clean"][0])


def test_a_bad_file_costs_nobody_else_and_is_tried_again(arriving, tmp_path):
    table, bad = tmp_path / "features.npz", tmp_path / "1001_DFA_SAD_XX.wav"
    arriving("1001_DFA_ANG_XX")
    bad.write_bytes(b"version https://git-lfs.github.com/spec/v1")
    tried = features.update_table(path=table, progress=False)
    assert tried["1001_DFA_ANG_XX"] == "" and "Git LFS pointer" in tried["1001_DFA_SAD_XX"]
    assert features.missing_features(table)["1001_DFA_SAD_XX"] == "audio file cannot be used"
    with pytest.raises(audio.AudioError, match="1 of 1 files cannot be used. The first: .*Git LFS pointer"):
        features.extract([bad])
    bad.unlink()
    arriving("1001_DFA_SAD_XX")
    assert features.update_table(path=table, progress=False).to_dict() == {"1001_DFA_SAD_XX": ""}


def test_an_older_copy_of_the_renamed_clip_gets_the_same_noise(arriving, tmp_path):
    arriving("1040_ITH_SAD_X", "1040_ITH_SAD_XX")
    old, new = features.extract(sorted(tmp_path.glob("1040*"), key=lambda path: len(path.stem)), snr_db=15)
    assert np.array_equal(old, new)


def test_without_audio_there_is_one_sentence(monkeypatch, tmp_path):
    for variable in corpus.HOMES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(corpus, "cache_folder", lambda: tmp_path / "nothing here")
    with pytest.raises(CourseError, match="no CREMA-D audio here. `ser fetch` brings it"):
        features.update_table(path=tmp_path / "features.npz")
