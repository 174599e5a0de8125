"""Every file that people have gives the right samples or one sentence, in bounded memory: kinds, faults, and a fuzz.

What needs a process of its own, this file does as a command: ``python test_files.py FOLDER`` is the fuzz, and with
files for FOLDER it prints the memory that reading them took.
"""

import io
import json
import os
import re
import struct
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from ser_helpers import audio, corpus

POSIX = pytest.mark.skipif(os.name == "nt", reason="pipes have names on POSIX")
CLIPS = corpus.find_audio(corpus.clip_table("practice"))
CONTAINERS = {  # how soundfile writes it, and the bytes of its header that the fuzz spoils
    "WAV": ("WAV", "PCM_16", 64),
    "FLAC": ("FLAC", "PCM_16", 128),
    "Vorbis": ("OGG", "VORBIS", 4400),
    "Opus": ("OGG", "OPUS", 900),
    "MP3": ("MP3", "MPEG_LAYER_III", 700),
    "AIFF": ("AIFF", "PCM_16", 64),
    "CAF": ("CAF", "PCM_16", 120),
    "AU": ("AU", "PCM_16", 28),
    "W64": ("W64", "PCM_16", 112),
}
LOSSY = ("Vorbis", "Opus", "MP3")


@pytest.fixture(scope="module")
def voice():
    return sf.read(CLIPS.iloc[10], dtype="float32")[0]


def encoded(y, kind, subtype, rate=16000, endian=None):
    file = io.BytesIO()
    sf.write(file, y, rate, format=kind, subtype=subtype, endian=endian)
    return bytearray(file.getvalue())


def read(content):
    return audio.read_clip(io.BytesIO(bytes(content)))


def refused(file, sentence):
    """The file is refused in one line that says this."""
    with pytest.raises(audio.AudioError, match=sentence) as caught:
        audio.read_clip(io.BytesIO(bytes(file)) if isinstance(file, (bytes, bytearray)) else file)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None  # no library's traceback above it
    return str(caught.value)


# What was right stays as it was


def same_bits(path):
    pcm, rate = sf.read(path, dtype="int16")
    y = audio.read_clip(path)
    return rate == 16000 and y.dtype == np.float32 and np.array_equal(y, pcm / np.float32(32768))


def test_practice_clips_come_bit_for_bit():
    assert len(CLIPS) == 288 and all(map(same_bits, CLIPS))


@pytest.mark.real
def test_real_clips_come_bit_for_bit(crema_d_home):
    assert all(map(same_bits, corpus.find_audio(corpus.clip_table()).dropna()))


@pytest.mark.parametrize("rate", [4000, 8000, 22050, 44100, 48000, 192000])
def test_parts_are_resampled_as_the_whole(voice, rate):
    import soxr

    stereo = np.tile(np.stack([voice, np.roll(voice, 9)], axis=1), (3, 1))
    content = encoded(stereo, "WAV", "FLOAT", rate)
    expected = soxr.resample(stereo.mean(axis=1), rate, 16000)
    assert np.array_equal(read(content), expected) and np.array_equal(audio.to_16k_mono(stereo, rate), expected)


# Kinds of files


@pytest.mark.parametrize(
    ("kind", "subtype", "steps"),
    [
        ("WAV", "PCM_U8", 128),
        ("WAV", "PCM_24", 2**23),
        ("WAV", "PCM_32", 2**31),
        ("WAV", "FLOAT", np.inf),
        ("WAV", "DOUBLE", np.inf),
        ("WAVEX", "PCM_16", 2**15),
        ("RF64", "PCM_16", 2**15),
        ("W64", "PCM_16", 2**15),
        ("AIFF", "PCM_16", 2**15),
        ("AU", "PCM_16", 2**15),
        ("CAF", "ALAC_16", 2**15),
        ("FLAC", "PCM_S8", 128),
        ("FLAC", "PCM_24", 2**23),
        ("NIST", "PCM_16", 2**15),
        ("VOC", "PCM_16", 2**15),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_without_loss_gives_its_samples(voice, kind, subtype, steps, channels):
    content = encoded(np.repeat(voice[:, None], channels, axis=1), kind, subtype)
    assert np.abs(read(content) - voice).max() <= 1.01 / steps


@pytest.mark.parametrize("name", LOSSY)
@pytest.mark.parametrize("rate", [16000, 48000])
def test_a_file_with_loss_gives_the_same_sound(voice, name, rate):
    kind, subtype, _ = CONTAINERS[name]
    y = read(encoded(np.repeat(voice, rate // 16000), kind, subtype, rate))
    n = min(len(y), len(voice))
    low = np.hanning(33) / 16  # what all of them keep
    assert abs(len(y) - len(voice)) < 2400
    assert np.corrcoef(np.convolve(y[:n], low), np.convolve(voice[:n], low))[0, 1] > 0.9


def test_big_endian_wav(voice):
    assert np.array_equal(read(encoded(voice, "WAV", "PCM_16", endian="BIG")), voice)


@pytest.mark.parametrize("total", [0, 2**36 - 1])
def test_flac_of_unknown_length(tmp_path, voice, total):
    long = np.tile(voice, 5)  # of several blocks
    content = encoded(long, "FLAC", "PCM_16")
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    (tmp_path / "piped.flac").write_bytes(content)
    assert np.array_equal(audio.read_clip(tmp_path / "piped.flac"), long) and np.array_equal(read(content), long)


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC"])
def test_a_recorder_that_was_killed(tmp_path, voice, kind, subtype):
    path, copy = tmp_path / "take", tmp_path / "killed.wav"
    with sf.SoundFile(path, "w", 16000, 1, subtype="PCM_16" if kind == "FLAC" else subtype, format=kind) as recording:
        recording.write(voice)
        recording.flush()
        copy.write_bytes(path.read_bytes())  # the size is written at the end, which this copy never saw
    y = audio.read_clip(copy)
    assert np.array_equal(y, voice[: len(y)]) and len(y) > (0.9 if kind == "FLAC" else 0.999) * len(voice)
    assert np.array_equal(read(copy.read_bytes()), y)


@pytest.mark.parametrize("whole", [0, 36, 2**32 - 1])
@pytest.mark.parametrize("samples", [0, 2**32 - 1])
def test_wav_that_was_never_finished(voice, whole, samples):
    content = encoded(voice, "WAV", "PCM_16")
    content[4:8], content[40:44] = struct.pack("<I", whole), struct.pack("<I", samples)
    assert np.array_equal(read(content), voice)


@pytest.mark.parametrize("kind", ["WAV", "RF64", "AIFF", "AU", "W64", "CAF"])
def test_a_file_that_rightly_has_no_samples_is_not_read_on(kind):
    content = encoded(np.zeros(0), kind, "PCM_16")
    refused(content, "has no samples")
    if kind == "WAV":  # a note after the samples is no sound
        content += b"LIST" + struct.pack("<I", 400) + bytes(range(200)) * 2
        content[4:8] = struct.pack("<I", len(content) - 8)
        refused(content, "has no samples")


@pytest.mark.parametrize("kind", ["WAV", "RF64", "W64", "AIFF", "AU"])
def test_a_file_that_was_cut_gives_what_is_there(voice, kind):
    y = read(encoded(voice, kind, "PCM_16")[:-20001])
    assert np.array_equal(y, voice[: len(y)]) and len(y) > len(voice) - 10010


@pytest.mark.parametrize("name", ["FLAC", "Vorbis", "Opus"])
def test_packed_files_that_were_cut(voice, name):
    refused(encoded(voice, *CONTAINERS[name][:2])[:-4001], "damaged|has no samples")


NO_SOUND = {
    "text": b"Dear diary, these are my notes.\n" * 500,
    "16-bit text": ("Dear diary, these are my notes.\n" * 500).encode("utf-16"),
    "zeros": bytes(20000),
    "ones": b"\xff" * 20000,
    "random": np.random.default_rng(0).bytes(50000),
    "zip": b"PK\x03\x04" + np.random.default_rng(1).bytes(20000),
    "picture": b"\x89PNG\r\n\x1a\n" + np.random.default_rng(2).bytes(20000),
}


@pytest.mark.parametrize("suffix", ["wav", "mp3", "au", "snd", "vox", "gsm", "raw", "mat", "flac", "ogg", "txt", "caf"])
def test_no_name_makes_a_file_sound(tmp_path, suffix):
    for kind, content in NO_SOUND.items():
        (tmp_path / f"{kind}.{suffix}").write_bytes(content)
        refused(tmp_path / f"{kind}.{suffix}", "no header" if suffix in ("raw", "vox", "gsm") else "not audio")


def test_a_matrix_of_numbers_is_no_sound(voice):
    refused(encoded(voice, "MAT5", "DOUBLE"), "not audio")


def test_a_raw_file_is_told_how_to_get_a_header(tmp_path, voice):
    path = tmp_path / "voice.raw"
    sf.write(path, voice, 16000, subtype="PCM_16")
    code = re.search(r"soundfile: (.*)\.$", refused(path, "has no header")).group(1)
    exec(code.replace("FILE", "path").replace("'voice.wav'", "path.with_suffix('.wav')"), {"sf": sf, "path": path})
    assert np.array_equal(audio.read_clip(path.with_suffix(".wav")), voice)
    sf.write(tmp_path / "voice.wav", voice, 16000)
    (tmp_path / "voice.wav").replace(path)  # the name alone says nothing
    assert np.array_equal(audio.read_clip(path), voice)


@pytest.mark.parametrize("error", [TypeError, ValueError, RuntimeError, sf.SoundFileError])
def test_any_error_of_a_reader_is_a_sentence(tmp_path, voice, monkeypatch, error):
    def fails(*args, **options):
        raise error("array is too big")

    sf.write(tmp_path / "a.wav", voice, 16000)
    monkeypatch.setattr(sf.SoundFile, "read", fails)
    refused(tmp_path / "a.wav", "a.wav is (damaged|not audio)")


# Names and pipes


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text(tmp_path, voice):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    sf.write(os.fsencode(path), voice, 16000)
    assert np.array_equal(audio.read_clip(path), voice) and np.array_equal(audio.read_clip(Path(path)), voice)
    refused(os.path.join(path, "x"), r"caf\\udce9\.wav").encode("ascii")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_sentence_can_be_printed(tmp_path, monkeypatch, encoding):
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding, write_through=True))
    for name in ("你好.wav", "Käthe.wav", "two\nlines.wav", "caf\udce9.wav"):
        with pytest.raises(audio.AudioError) as caught:
            audio.read_clip(tmp_path / name)
        print(caught.value)
    lines = printed.getvalue().decode(encoding).splitlines()
    assert len(lines) == 4 and (("你好" if encoding == "utf-8" else r"\u4f60\u597d") in lines[0])
    assert ("Käthe" in lines[1]) == (encoding != "ascii")


@POSIX
def test_pipes(tmp_path, voice):
    path = tmp_path / "a.wav"
    sf.write(path, voice, 16000)
    say = [sys.executable, "-c", "import sys; from ser_helpers import audio; print(len(audio.read_clip(sys.argv[1])))"]
    for command in ('cat "$1" | "${@:2}" /dev/stdin', '"${@:2}" /dev/stdin < "$1"', '"${@:2}" <(cat "$1")'):
        ran = subprocess.run(["bash", "-c", command, "bash", path, *say], capture_output=True, text=True, timeout=60)
        assert (ran.stdout.strip(), ran.stderr) == (str(len(voice)), ""), command


@POSIX
@pytest.mark.parametrize("content", ["an endless pipe", "an empty one"])
def test_pipes_without_sound(tmp_path, monkeypatch, content):
    monkeypatch.setattr(audio.files, "IN_MEMORY", 2**20)
    refused("/dev/zero" if "endless" in content else "/dev/null", "more than 1 MB" if "endless" in content else "empty")


def test_a_stream_without_a_place_and_one_of_text(tmp_path, voice):
    class Stream(io.RawIOBase):  # as a socket is
        def __init__(self, content):
            self.content = io.BytesIO(content)

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.content.readinto(memoryview(buffer)[:1000])

    content = encoded(voice, "WAV", "PCM_16")
    assert np.array_equal(audio.read_clip(Stream(content)), voice)
    (tmp_path / "a.wav").write_bytes(content)
    with open(tmp_path / "a.wav", encoding="utf-8") as text:
        refused(text, "opened as text")


# Channels, offsets, rates, values


@pytest.mark.parametrize("rate", [16000, 48000])
def test_channels_that_cancel_each_other(voice, rate):
    opposite = np.stack([voice, -voice], axis=1)
    assert np.array_equal(read(encoded(opposite, "WAV", "FLOAT", rate)), audio.to_16k_mono(voice, rate))
    louder = np.stack([0.8 * voice, -voice], axis=1) + 0.1  # two offsets do not hide it
    assert np.abs(read(encoded(louder, "WAV", "FLOAT")) + voice - voice.mean()).max() < 1e-4


def test_other_channels_are_averaged(voice):
    delayed = np.stack([voice, np.roll(voice, 40)], axis=1)
    one_side = np.stack([voice, 0 * voice], axis=1)
    for two in (delayed, one_side):
        assert np.array_equal(read(encoded(two, "WAV", "FLOAT")), two.mean(axis=1))


def test_one_microphone_of_a_thousand(voice):
    many = np.zeros((2000, 1024), np.float32)
    many[:, 700] = voice[8000:10000]
    assert np.array_equal(read(encoded(many, "WAV", "FLOAT")), many[:, 700])


@pytest.mark.parametrize("rate", [16000, 48000])
def test_an_offset_is_taken_away(voice, rate):
    high = np.repeat(voice, rate // 16000)
    plain, shifted = (read(encoded(y, "WAV", "FLOAT", rate)) for y in (high, high + np.float32(0.05)))
    assert np.abs(shifted - plain).max() < 1e-4  # at the ends too, where a step would click
    assert np.array_equal(read(encoded(voice + np.float32(0.001), "WAV", "FLOAT")), voice + np.float32(0.001))


@pytest.mark.parametrize("value", [0.001, 0.02909375])
def test_a_constant_is_silence(value):
    """Its power is 0, or less where sums are rounded."""
    assert np.abs(read(encoded(np.full(4800, value, "float32"), "WAV", "FLOAT"))).max() < 2e-3


@pytest.mark.parametrize("rate", [1, 16, 3999, 192001, 2**31 - 1])
def test_rates_without_a_voice(voice, rate):
    sentence = refused(encoded(voice, "WAV", "PCM_16", rate), f"a sample rate of {rate:,} Hz")
    assert ("16 instead of 16000" in sentence) == (rate == 16)
    with pytest.raises(audio.AudioError, match="sample rate"):
        audio.to_16k_mono(voice, rate)


def test_a_rate_that_does_not_fit_a_number(voice):
    content = encoded(voice, "WAV", "PCM_16")
    content[24:28] = struct.pack("<I", 2**31)
    refused(content, "sample rate|not audio")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(np.nan, "not finite"), (-np.inf, "not finite"), (1e300, "not finite"), (-1e30, "1e\\+30"), (20000, "by 32768")],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_numbers_that_are_no_samples(voice, value, sentence, channels):
    samples = np.repeat(voice[:, None].astype(np.float64), channels, axis=1)
    samples[-3, -1] = value
    refused(encoded(samples, "WAV", "DOUBLE"), sentence)
    with pytest.raises(audio.AudioError, match=sentence):
        audio.to_16k_mono(samples * channels, 16000)


def test_values_beyond_full_scale_stay(voice):
    assert np.array_equal(read(encoded(8 * voice, "WAV", "DOUBLE")), 8 * voice)


def test_whole_numbers_are_no_samples():
    with pytest.raises(audio.AudioError, match="by 32768"):
        audio.to_16k_mono(np.array([-32768, 200, 32767], dtype="int16"), 16000)


# Length, silence, pieces


def test_a_long_file_says_how_long_it_is(tmp_path, voice, monkeypatch):
    monkeypatch.setattr(audio.files, "LONGEST", 60)
    minutes = np.zeros(125 * 16000)
    refused(encoded(minutes, "WAV", "PCM_16"), "lasts 2 minutes; up to 1 minutes are read")
    content = encoded(minutes, "FLAC", "PCM_16")
    content[21], content[22:26] = content[21] & 0xF0, bytes(4)
    refused(content, "does not end after 1 minutes")
    assert len(read(encoded(minutes[: 60 * 16000], "WAV", "PCM_16"))) == 60 * 16000


@pytest.mark.parametrize("y", [np.zeros(16000), np.full(16000, 0.05), np.tile([2 / 2**15, -2 / 2**15], 8000)])
def test_silence_is_read_and_refused(y):
    heard = read(encoded(y, "WAV", "PCM_16"))
    assert len(heard) == 16000 and np.abs(heard).max() < 1e-4
    for silence in (heard, y, y[:0]):
        with pytest.raises(audio.AudioError, match="no sound in it"):
            audio.refuse_silence(silence)


def test_a_quiet_voice_is_no_silence(voice):
    audio.refuse_silence(voice / 100)


@pytest.mark.parametrize("seconds", [1, 2.5, 3.3])
@pytest.mark.parametrize("length", [0.2, 2.5, 3.7, 3.75, 20, 61.3])
def test_pieces_hold_all_of_a_recording(seconds, length):
    y = np.arange(round(length * 16000), dtype=np.float32)
    cut = audio.pieces(y, seconds)
    assert np.array_equal(np.concatenate(cut), y)
    assert all(abs(piece[0] - i * seconds * 16000) <= 1 for i, piece in enumerate(cut))
    assert {len(piece) for piece in cut[:-1]} <= {round(seconds * 16000)}
    assert len(cut) == 1 or 0.5 * seconds <= len(cut[-1]) / 16000 <= 1.5 * seconds


@pytest.mark.parametrize("seconds", [0, -1, 0.5, np.nan, np.inf])
def test_pieces_of_no_length(seconds):
    with pytest.raises(ValueError, match="one second or more"):
        audio.pieces(np.zeros(16000), seconds)


# Headers that were changed at random


def spoiled(content: bytes, header: int, rng: np.random.Generator) -> bytes:
    """A file with one to three faults in its header: bits, bytes and sizes changed, bytes lost or put in."""
    b = bytearray(content)
    for _ in range(rng.integers(1, 4)):
        i, n = int(rng.integers(header)), int(rng.choice([1, 2, 4, 8]))
        faults = (bytes([b[i] ^ 1 << rng.integers(8)]), b"\xff" * n, bytes(n), rng.bytes(n), b"\x80".rjust(n, b"\0"))
        fault = rng.integers(len(faults) + 2)
        if fault < len(faults):
            b[i : i + len(faults[fault])] = faults[fault]
        else:
            b[i : i + (0 if fault == len(faults) else n)] = rng.bytes(n) if fault == len(faults) else b""
    return bytes(b)


def peak_memory() -> float:
    """Of this process so far, in MB; 0 where the system does not say."""
    status = Path("/proc/self/status")  # getrusage would count the parent's peak as well
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def fuzz(folder: Path) -> dict:
    """What came of 200 spoiled files of each container, half of them from memory."""
    rng = np.random.default_rng(12)
    t = np.arange(24000) / 16000
    y = 0.2 * np.sin(2 * np.pi * (200 + 100 * t) * t) * np.sin(9 * t) + 0.01 * rng.standard_normal(len(t))
    start, report = peak_memory(), {}
    for name, (kind, subtype, header) in CONTAINERS.items():
        whole = bytes(encoded(y, kind, subtype))
        came: Counter[str] = Counter()
        slowest = 0.0
        for n in range(200):
            content = spoiled(whole, header, rng)
            path = folder / f"{n}.{kind.lower()}"
            path.write_bytes(content)
            began = time.perf_counter()
            try:
                heard = audio.read_clip(path if n % 2 else io.BytesIO(content))
                good = heard.dtype == np.float32 and heard.ndim == 1 and heard.size and np.isfinite(heard).all()
                came["samples" if good else "nonsense"] += 1
            except audio.AudioError as error:
                came["a sentence" if "\n" not in str(error) else "nonsense"] += 1
            slowest = max(slowest, time.perf_counter() - began)
        report[name] = {"came": came, "slowest": slowest, "memory": peak_memory() - start}
    return report


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    command = [sys.executable, "-W", "error", __file__, tmp_path_factory.mktemp("fuzz")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr  # callbacks print theirs, and go on
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_spoiled_header_gives_samples_or_a_sentence(fuzzed, name):
    came = fuzzed[name]["came"]
    assert came.keys() == {"samples", "a sentence"} and sum(came.values()) == 200
    assert fuzzed[name]["memory"] < 100  # MB; 300 were promised
    assert fuzzed[name]["slowest"] < 10  # seconds


def test_minutes_of_sound_take_little_memory(tmp_path):
    second = np.random.default_rng(0).integers(-9, 9, (48000, 2)).astype("int16")
    for name in ("long.flac", "long.wav"):
        with sf.SoundFile(tmp_path / name, "w", 48000, 2) as file:
            for _ in range(150):
                file.write(second)
    command = [sys.executable, __file__, tmp_path / "long.flac", tmp_path / "long.wav"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert json.loads(ran.stdout) < 40  # MB; the samples of one of them, as they are, take 58


if __name__ == "__main__":
    if Path(sys.argv[1]).is_dir():
        print(json.dumps(fuzz(Path(sys.argv[1]))))
    else:
        before = peak_memory()
        for file in sys.argv[1:]:
            audio.read_clip(file)
        print(peak_memory() - before)
