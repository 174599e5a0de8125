"""The fast path equals librosa; the table is the same however it is computed."""

import warnings

import numpy as np
import pytest

from ser_helpers import audio, corpus, features


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


def test_the_window_is_scipys_to_the_last_digit():
    from scipy.signal import get_window

    for n in (16, 400, 511, 2048):
        assert np.array_equal(features.hann(n), get_window("hann", n))


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


def test_mel_filters_between_two_frequencies_are_librosas():
    import librosa

    ours, theirs = (
        features.mel_filters(n_fft=400, n_mels=64, low=60, high=7000),
        librosa.filters.mel(sr=16000, n_fft=400, n_mels=64, fmin=60, fmax=7000),
    )
    assert np.allclose(ours, theirs, atol=1e-8) and ours.any(axis=1).all()


@pytest.mark.parametrize("n_fft, hop", [(512, 128), (64, 4096), (4096, 64), (400, 160)])
def test_the_power_spectrum_is_librosas_at_any_frame(n_fft, hop):
    import librosa

    y = audio.read_clip(corpus.find_audio(corpus.clip_table("practice")).iloc[0])
    theirs = np.abs(librosa.stft(y, n_fft=n_fft, hop_length=hop)).T ** 2
    assert np.allclose(features.power_spectrum(y, n_fft, hop), theirs, rtol=1e-4, atol=1e-6 * theirs.max())


def test_log_mel_frames_are_librosas_above_the_floor():
    import librosa

    y = audio.read_clip(corpus.find_audio(corpus.clip_table("practice")).iloc[0])
    mel = librosa.feature.melspectrogram(y=y, sr=16000, n_fft=400, hop_length=160, n_mels=64, fmin=60, fmax=7000)
    frames = features.named("logmel64").compute(y)
    assert frames.shape == (1 + len(y) // 160, 64) and frames.dtype == np.float16
    assert np.abs(frames - librosa.power_to_db(mel, amin=1e-7, top_db=None).T).max() < 0.04
    assert frames.min() == -70 and features.named("logmel64").compute(np.zeros(1)).tolist() == [[-70.0] * 64]


@pytest.mark.parametrize("kind", ["means168", "logmel64"])
def test_any_number_of_workers_gives_the_same_table(kind):
    paths = corpus.find_audio(corpus.clip_table("practice")).iloc[:70]
    one, two = (features.extract(paths, snr_db=15, n_jobs=n, features=kind) for n in (1, 2))
    assert one.shape[:2] == (70, 2)
    for condition in (0, 1):
        assert all(map(np.array_equal, one[:, condition], two[:, condition]))
    assert all(map(np.array_equal, features.extract(paths, features=kind), one[:, 0]))


def test_no_files_give_no_rows():
    assert features.extract([]).shape == (0, 168) and features.extract([], snr_db=15).shape == (0, 2, 168)
    assert features.extract([], features="logmel64").shape == (0,)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets that the test's own cluster closes as it ends
def test_a_dask_cluster_gives_the_same_table():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # distributed's own deprecations
        from distributed import LocalCluster

        paths = corpus.find_audio(corpus.clip_table("practice")).iloc[:70]
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
            through_dask = features.extract(paths, snr_db=15, dask=cluster.scheduler_address)
            frames = features.extract(paths, dask=cluster.scheduler_address, features="logmel64")
    assert np.array_equal(through_dask, features.extract(paths, snr_db=15))
    assert all(map(np.array_equal, frames, features.extract(paths, features="logmel64")))


def test_an_older_copy_of_the_renamed_clip_gets_the_same_noise(tmp_path):
    recording = corpus.find_audio(corpus.clip_table("practice")).iloc[0].read_bytes()
    paths = [tmp_path / "1040_ITH_SAD_X.flac", tmp_path / "1040_ITH_SAD_XX.flac"]
    for path in paths:
        path.write_bytes(recording)
    old, new = features.extract(paths, snr_db=15)
    assert np.array_equal(old, new)
