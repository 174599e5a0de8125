"""What happens to a recording between a mouth and a model: one list of ways, each a function on samples.

Every way takes 16 kHz mono samples and gives as many, at the same times (Opus: within one sample), so that two spectra
can be laid over each other. What a file does is done by writing one, in memory, and reading it as every recording is read (`read_clip`).
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import soundfile as sf
import soxr

from .. import places
from ..registry import Registry
from .files import read_clip
from .samples import SAMPLE_RATE, add_noise, one_sound

KBITS = {  # lowest and highest rate of an encoder, which soundfile's compression_level 1..0 stands for
    "MP3": (32, 320),
    "MP3 below 32 kHz": (8, 160),
    "OPUS": (6, 256),
}
AGC_TARGET, AGC_REACH, AGC_GATE = -20.0, 20.0, -50.0  # dBFS, dB up and down, dBFS below which the gain stays
N_VOICES = 6  # in babble: more sound like a hum, fewer can be understood


def recoded(
    y: np.ndarray, *, rate: int, format: str = "WAV", subtype: str | None = None, kbits: float | None = None
) -> np.ndarray:
    """A copy that was written to a file of another rate or kind, and read again.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
        16 kHz mono.
    rate : int
        Of the file, in Hz.
    format, subtype : str
        As soundfile names them: ``"MP3"``, or ``"OGG"`` with ``"VORBIS"`` or ``"OPUS"``.
    kbits : float, optional
        Constant kbit/s of an MP3, or about the kbit/s of Opus; the encoder's own choice if not given.

    Returns
    -------
    ndarray of float32, shape (n_samples,)

    Examples
    --------
    >>> y = np.sin(np.arange(16000) / 5)
    >>> recoded(y, rate=44100, format="MP3", kbits=64).shape
    (16000,)
    """
    y = one_sound(y)
    samples = _as_long(y.astype(np.float32), max(len(y), SAMPLE_RATE // 10))  # encoders want some
    options: dict = {"format": format, "subtype": subtype}
    if kbits is not None:
        kind = subtype or format
        low, high = KBITS["MP3 below 32 kHz" if kind == "MP3" and rate < 32000 else kind]
        options["compression_level"] = (high - kbits) / (high - low)
        if kind == "MP3":
            options["bitrate_mode"] = "CONSTANT"
    file = io.BytesIO()
    sf.write(file, soxr.resample(samples, SAMPLE_RATE, rate), rate, **options)
    file.seek(0)
    return _as_long(read_clip(file), len(y))


def band(y: np.ndarray, *, low: float = 0, high: float = SAMPLE_RATE / 2) -> np.ndarray:
    """A copy with the frequencies from `low` to `high` Hz; an edge loses 6 dB, an octave beyond it 48.

    Examples
    --------
    >>> hum = np.sin(2 * np.pi * 50 * np.arange(16000) / 16000)
    >>> float(np.abs(band(hum, low=200)[4000:12000]).max()) < 0.01
    True
    """
    from scipy.signal import butter, sosfiltfilt  # takes a while to import

    filtered = one_sound(y).astype(np.float64)
    for edge, kind in ((low, "highpass"), (high, "lowpass")):
        if 0 < edge < SAMPLE_RATE / 2:
            sections = butter(4, edge, kind, fs=SAMPLE_RATE, output="sos")
            filtered = sosfiltfilt(sections, filtered, padlen=min(1000, len(filtered) - 1))
    return filtered.astype(np.float32)


def telephone(y: np.ndarray) -> np.ndarray:
    """A copy as an ordinary telephone carries it: 300 to 3,400 Hz, 8,000 samples a second in 8 bits (mu-law, ITU-T G.711).

    Examples
    --------
    >>> telephone(np.sin(np.arange(16000) / 5)).shape
    (16000,)
    """
    return recoded(band(y, low=300, high=3400), rate=8000, subtype="ULAW")


def gain(y: np.ndarray, *, db: float) -> np.ndarray:
    """A louder (or, below 0 dB, quieter) copy, cut at full scale as every file cuts it.

    Examples
    --------
    >>> gain([0.05, -0.5], db=20).tolist()
    [0.5, -1.0]
    """
    return np.clip(one_sound(y) * 10 ** (db / 20), -1, 1).astype(np.float32)


def automatic_gain(y: np.ndarray) -> np.ndarray:
    """A copy whose level a recorder keeps near -20 dBFS: it turns down within 30 ms and up within half a second.

    Notes
    -----
    As telephones and browsers do (``autoGainControl``). Pauses below -50 dBFS leave the gain where it was, and it stays
    within 20 dB.

    Examples
    --------
    >>> quiet = 0.02 * np.sin(np.arange(80000) / 5)  # -37 dBFS
    >>> round(float(np.std(automatic_gain(quiet)[64000:])), 2)
    0.1
    """
    y, hop = one_sound(y), SAMPLE_RATE // 100
    power = np.add.reduceat(np.square(y, dtype=np.float64), np.arange(0, len(y), hop)) / hop
    levels = 10 * np.log10(np.maximum(power, 1e-10))
    gains, level = np.zeros(len(levels)), AGC_TARGET
    for i, now in enumerate(levels):
        if now > AGC_GATE:
            level += (now - level) / (3 if now > level else 50)
        gains[i] = np.clip(AGC_TARGET - level, -AGC_REACH, AGC_REACH)
    smooth = np.interp(np.arange(len(y)) / hop, np.arange(len(gains)), gains)
    return np.clip(y * 10 ** (smooth / 20), -1, 1).astype(np.float32)


def clipped(y: np.ndarray, *, share: float = 0.5) -> np.ndarray:
    """A copy whose peaks are cut at a share of the largest one, as by an input that is set too high.

    Examples
    --------
    >>> clipped([0.25, -1.0, 0.75]).tolist()
    [0.25, -0.5, 0.5]
    """
    y = one_sound(y)
    peak = share * np.abs(y).max()
    return np.clip(y, -peak, peak).astype(np.float32)


def offset(y: np.ndarray, *, by: float = 0.05) -> np.ndarray:
    """A copy from a file of a sound card that adds a constant; `read_clip` takes it away again.

    Examples
    --------
    >>> float(np.abs(offset(np.sin(np.arange(16000) / 5) / 2).mean())) < 0.001
    True
    """
    return recoded(np.clip(one_sound(y) + by, -1, 1), rate=SAMPLE_RATE)


def babble(
    y: np.ndarray, *, snr_db: float = 15, rng: np.random.Generator, voices: Sequence[np.ndarray] = ()
) -> np.ndarray:
    """A copy with six people talking behind, as in a canteen, at a signal-to-noise ratio.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
    snr_db : float
        As for `add_noise`.
    rng : numpy.random.Generator
        Chooses who talks and where in the sentence they are.
    voices : sequence of ndarray
        Clips to draw from; the practice voices that come with the course if not given.

    Examples
    --------
    >>> y = np.ones(16000)
    >>> noise = babble(y, rng=np.random.default_rng(0)) - y
    >>> round(float(10 * np.log10(np.mean(y**2) / np.mean(noise**2))), 1)
    15.0
    """
    y = one_sound(y)
    files = () if voices else _practice_files()
    talk = np.zeros(len(y))
    for number in rng.choice(len(voices or files), N_VOICES, replace=len(voices or files) < N_VOICES):
        voice = np.asarray(voices[number] if voices else read_clip(files[number]), dtype=np.float64)
        turned = np.resize(np.roll(voice, rng.integers(len(voice))), len(y))
        talk += turned / max(np.sqrt(np.mean(turned**2)), 1e-9)
    wanted = np.mean(np.square(y, dtype=np.float64)) / 10 ** (snr_db / 10)
    return (y + talk * np.sqrt(wanted / max(np.mean(talk**2), 1e-18))).astype(np.float32)


def room(y: np.ndarray, *, rt60: float, direct_db: float, rng: np.random.Generator) -> np.ndarray:
    """A copy as a microphone hears it in a room, at the level it had.

    Parameters
    ----------
    y : ndarray of floats, shape (n_samples,)
    rt60 : float
        Seconds in which the sound of the room falls by 60 dB.
    direct_db : float
        How much stronger the voice itself is than what the walls send back, in dB: less from farther away.
    rng : numpy.random.Generator
        Where the walls are.

    Notes
    -----
    Noise that decays exponentially, from 3 ms after the voice (Polack 1988, thesis, Le Mans): no image of one room, but of
    rooms as they are on average. Voice and walls are equally strong 0.057 sqrt(2 V / rt60) metres from a mouth in V cubic
    metres (Kuttruff, Room Acoustics), and the voice 6 dB stronger at half of that.

    Examples
    --------
    >>> click = np.eye(1, 16000, 1000)[0]
    >>> heard = room(click, rt60=0.35, direct_db=4, rng=np.random.default_rng(0))
    >>> int(np.argmax(np.abs(heard))), bool(np.abs(heard[5000:6000]).max() > 0)
    (1000, True)
    """
    from scipy.signal import fftconvolve  # takes a while to import

    y = one_sound(y)
    time = np.arange(round(1.2 * rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / rt60) * (time >= 0.003)
    tail *= np.sqrt(10 ** (-direct_db / 10) / np.sum(tail**2))
    tail[0] = 1
    heard = fftconvolve(y, tail)[: len(y)]
    was, now = (np.mean(np.square(sound, dtype=np.float64)) for sound in (y, heard))
    return (heard * np.sqrt(was / max(now, 1e-30))).astype(np.float32)


def untouched(y: np.ndarray) -> np.ndarray:
    """A copy, as it came.

    Examples
    --------
    >>> untouched([0.5]).tolist()
    [0.5]
    """
    return one_sound(y).astype(np.float32)


@dataclass(frozen=True)
class Chain:
    """A way that a recording can go.

    Attributes
    ----------
    name : str
        In results and code: ``"mp3_64"``.
    title : str
        In tables and figures: "MP3, 64 kbit/s".
    group : str
        What it changes: one of `GROUPS`, or "" for the clip as it is.
    reason : str
        Where people meet it, or what it follows.
    way : callable
        From samples to as many samples; takes ``rng`` where `random`.
    random : bool

    Examples
    --------
    >>> from .samples import clip_rng
    >>> CHAINS["white"](np.ones(16000), rng=clip_rng("1001_DFA_ANG_XX")).shape
    (16000,)
    """

    name: str
    title: str
    group: str
    reason: str
    way: Callable[..., np.ndarray]
    random: bool = False

    def __call__(self, y: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        """The samples at the end of the way, in steps of 16 bits and within full scale, as recorders write them.

        `rng` is for ways that are random; `audio.clip_rng` gives each clip its own.
        """
        chance = {"rng": rng or np.random.default_rng(0)} if self.random else {}
        steps = np.round(self.way(one_sound(y), **chance) * np.float64(2**15))
        return (np.clip(steps, -(2**15), 2**15 - 1) / 2**15).astype(np.float32)


GROUPS = ("codec/rate", "level", "band", "noise", "room")
_FILE, _LEVEL, _BAND, _NOISE, _ROOM = GROUPS
_of = functools.partial
CHAINS: Registry[Chain] = Registry(
    "chain",
    Chain("untouched", "untouched", "", "the corpus's own file", untouched),
    Chain("rate_44100", "44.1 kHz and back", _FILE, "audio editors, telephones", _of(recoded, rate=44100)),
    Chain("rate_48000", "48 kHz and back", _FILE, "browsers, video", _of(recoded, rate=48000)),
    Chain(
        "mp3_64_16k",
        "MP3, 64 kbit/s, 16 kHz",
        _FILE,
        "a corpus made smaller",
        _of(recoded, rate=16000, format="MP3", kbits=64),
    ),
    Chain("mp3_64", "MP3, 64 kbit/s", _FILE, "podcasts (44.1 kHz)", _of(recoded, rate=44100, format="MP3", kbits=64)),
    Chain("mp3_128", "MP3, 128 kbit/s", _FILE, "music (44.1 kHz)", _of(recoded, rate=44100, format="MP3", kbits=128)),
    Chain(
        "vorbis",
        "Vorbis",
        _FILE,
        "OGG files of games and editors (44.1 kHz)",
        _of(recoded, rate=44100, format="OGG", subtype="VORBIS"),
    ),
    Chain(
        "opus",
        "Opus, 32 kbit/s",
        _FILE,
        "what browsers and messengers send (48 kHz)",
        _of(recoded, rate=48000, format="OGG", subtype="OPUS", kbits=32),
    ),
    Chain("quieter_12", "12 dB quieter", _LEVEL, "a microphone four times as far away", _of(gain, db=-12)),
    Chain("quieter_6", "6 dB quieter", _LEVEL, "a microphone twice as far away", _of(gain, db=-6)),
    Chain("louder_6", "6 dB louder", _LEVEL, "a microphone half as far away; may clip", _of(gain, db=6)),
    Chain("automatic_gain", "automatic gain", _LEVEL, "telephones and browsers (autoGainControl)", automatic_gain),
    Chain("clipped", "clipped at half its peak", _LEVEL, "an input that is set too high", clipped),
    Chain("offset", "constant offset", _LEVEL, "a sound card's fault, which read_clip mends", offset),
    Chain("high_pass", "nothing below 200 Hz", _BAND, "the wind filter of a headset", _of(band, low=200)),
    Chain("low_pass", "nothing above 4 kHz", _BAND, "a hand or a scarf over the microphone", _of(band, high=4000)),
    Chain("telephone", "telephone", _BAND, "ITU-T G.711: 300-3,400 Hz, 8 kHz, mu-law", telephone),
    Chain("white", "white noise, 15 dB", _NOISE, "lesson 04's noise", _of(add_noise, snr_db=15), random=True),
    Chain("babble", "babble, 15 dB", _NOISE, "six practice voices, as in a canteen", babble, random=True),
    Chain(
        "small_room",
        "small room",
        _ROOM,
        "a study of 30 cubic metres, RT60 0.35 s, half a metre from a laptop",
        _of(room, rt60=0.35, direct_db=4),
        random=True,
    ),
    Chain(
        "large_room",
        "large room",
        _ROOM,
        "a classroom of 200 cubic metres, RT60 0.8 s, one metre from the microphone",
        _of(room, rt60=0.8, direct_db=2),
        random=True,
    ),
)


def _as_long(y: np.ndarray, n: int) -> np.ndarray:
    """`n` samples: those at the beginning, then zeros where there are fewer."""
    return np.pad(y[:n], (0, max(0, n - len(y))))


@functools.cache
def _practice_files() -> list:
    return sorted((places.DATA / "practice").glob("*.flac"))
