"""Any file comes out as 16 kHz mono, or as one sentence that says what to do."""

import io

import numpy as np
import pytest
import soundfile as sf

from ser_helpers import audio


def tone(hz: float, rate: int, seconds: float = 1.0, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)).astype("float32")


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg"])
def test_formats_and_rates(tmp_path, rate, suffix):
    path = tmp_path / f"tone.{suffix}"
    sf.write(path, np.stack([tone(440, rate)] * 2, axis=1), rate)
    y = audio.read_clip(path)
    assert y.dtype == np.float32 and y.ndim == 1
    assert len(y) == pytest.approx(16000, rel=0.1 if suffix == "mp3" else 0.001)
    middle = y[4000:12000]
    assert audio.level_db(middle) == pytest.approx(audio.level_db(tone(440, 16000)), abs=0.5)
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(220, abs=1)  # 440 Hz in half a second


def test_what_16_khz_cannot_hold_is_filtered_out():
    assert audio.level_db(audio.to_16k_mono(tone(11000, 44100), 44100)) < audio.level_db(tone(11000, 44100)) - 40


def test_a_file_object_works():
    buffer = io.BytesIO()
    sf.write(buffer, tone(440, 16000), 16000, format="WAV")
    buffer.seek(0)
    assert len(audio.read_clip(buffer)) == 16000


@pytest.mark.parametrize("shape", [(16000, 2), (2, 16000)])
def test_channels_are_averaged_whichever_axis_they_are_on(shape):
    samples = np.zeros(shape, dtype="float32")
    (samples[:, 0] if shape[1] == 2 else samples[0])[:] = 1
    assert np.allclose(audio.to_16k_mono(samples, 16000), 0.5)


MISTAKES = {
    "pointer.wav": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 72862\n", "Git LFS pointer"),
    "page.wav": (b"<!DOCTYPE html><html>quota</html>", "not audio"),
    "notes.txt": (b"these are my notes", "not audio"),
    "empty.wav": (b"", "is empty"),
    "voice.webm": (b"\x1aE\xdf\xa3" + bytes(100), "m4a or webm"),
    "cut.wav": (b"RIFF\x00\x00\x00\x00WAVE", "not audio"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_file_that_is_no_audio(tmp_path, name):
    content, sentence = MISTAKES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(audio.AudioError, match=sentence) as caught:
        audio.read_clip(tmp_path / name)
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_missing_file_folder_and_forbidden_file(tmp_path):
    with pytest.raises(audio.AudioError, match="There is no file"):
        audio.read_clip(tmp_path / "gone.wav")
    with pytest.raises(audio.AudioError, match="is a folder"):
        audio.read_clip(tmp_path)


def test_no_samples_and_samples_that_are_no_numbers(tmp_path):
    sf.write(tmp_path / "none.wav", np.zeros(0), 16000)
    with pytest.raises(audio.AudioError, match="no samples"):
        audio.read_clip(tmp_path / "none.wav")
    with pytest.raises(audio.AudioError, match="not finite"):
        audio.to_16k_mono(np.array([0.1, np.nan]), 16000)
    with pytest.raises(audio.AudioError, match="sample rate"):
        audio.to_16k_mono(np.zeros(5), 0)


@pytest.mark.parametrize("snr_db", [-5, 0, 15, 30])
def test_noise_has_the_power_that_was_asked_for(snr_db):
    y = tone(440, 16000)
    before = y.copy()
    noise = audio.add_noise(y, snr_db, np.random.default_rng(1)) - y
    assert audio.level_db(y) - audio.level_db(noise) == pytest.approx(snr_db, abs=0.2)
    assert (y == before).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_noise_keeps_dtype_and_leaves_silence_alone(dtype):
    silence = np.zeros(1000, dtype=dtype)
    noisy = audio.add_noise(silence, 15, np.random.default_rng(0))
    assert noisy.dtype == dtype and (noisy == 0).all() and noisy is not silence


def test_the_noise_of_a_clip_is_the_same_for_everyone():
    first, again, other = (audio.clip_rng(clip).standard_normal(3) for clip in ("a_clip", "a_clip", "b_clip"))
    assert (first == again).all() and (first != other).any()
    first_draw = 1.7196722  # the committed table of noisy features depends on it
    assert audio.clip_rng("1001_DFA_ANG_XX").standard_normal(dtype="float32") == pytest.approx(first_draw)
