"""Make the practice voices: 288 synthetic clips that are named like CREMA-D's (a maintainer's command).

    python data/practice/make_practice_voices.py            # write the clips and manifest.csv
    python data/practice/make_practice_voices.py --check    # render again and compare with manifest.csv

espeak-ng says each sentence once per voice in its flat way. WORLD takes that apart into pitch, spectral envelope and
breathiness every 5 ms, the rules below bend each of them for an emotion, and WORLD puts the clip together again.
The course itself only reads the result. On top of the course (``pip install -e .``) this file needs

    pip install espeakng-loader==0.2.4 pyworld==0.3.5 "setuptools<81"

(pyworld is compiled, so a C++ compiler too). espeak-ng is GPL-3.0-or-later and stays outside the course's
dependencies. The committed clips were made on Linux x86-64, Python 3.11, with numpy 2.4.6, scipy 1.17.1,
soundfile 0.14.0 and soxr 1.1.0. The same versions give the same bytes; others may round a sample differently.

The direction of each cue follows the literature: Juslin and Laukka (2003), "Communication of emotions in vocal
expression and music performance", Psychological Bulletin 129, 770-814, table 7; Banse and Scherer (1996), "Acoustic
profiles in vocal emotion expression", Journal of Personality and Social Psychology 70, 614-636; Murray and Arnott
(1993), "Toward the simulation of emotion in synthetic speech", JASA 93, 1097-1108, table I. Where they disagree the
first counts; it leaves out disgust, which is Murray and Arnott's. The sizes, the breath of fear and sadness and the
formants of disgust are this project's own: chosen so that a small set shows what a big one would (a model does
better than chance on new voices, and better still where the split leaks), not measured on people.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import io
import multiprocessing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy.signal
import soundfile as sf
import soxr

from ser_helpers.corpus import SENTENCES, parse_clip_name

HERE = Path(__file__).resolve().parent
RATE = 16000
FRAME_SECONDS = 0.005  # WORLD's default


class Voice(NamedTuple):
    name: str  # espeak-ng's; only those that come out the same in every run (f2, f3, f5 and Alicia do not)
    sex: str  # the one it is meant to suggest
    pitch: float  # median F0 of neutral speech, Hz
    formants: float  # spectral envelope stretched by this: above 1 is a shorter vocal tract


VOICES = {
    9001: Voice("en-us+m3", "male", 112, 1.00),
    9002: Voice("en-us+linda", "female", 196, 1.00),
    9003: Voice("en-us+m7", "male", 128, 1.03),
    9004: Voice("en-us+f4", "female", 212, 1.02),
    9005: Voice("en-us-nyc+m1", "male", 98, 0.97),
    9006: Voice("en-us+steph", "female", 182, 0.98),
    9007: Voice("en-us+m6", "male", 121, 0.95),
    9008: Voice("en-us+f1", "female", 225, 1.05),
    9009: Voice("en-029+m2", "male", 105, 1.01),
    9010: Voice("en-us+belinda", "female", 203, 0.96),
    9011: Voice("en-gb-x-rp+m4", "male", 134, 1.05),
    9012: Voice("en-gb-x-rp+f4", "female", 188, 1.04),
}
SAID = ("DFA", "IEO", "TAI", "WSI")
EMOTIONS = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
LEVELS = ("LO", "MD", "HI")
INTENSITY = {"LO": 0.7, "MD": 1.0, "HI": 1.3}

# What an emotion adds to neutral speech at intensity 1, and below it how far clips and voices stray (one SD).
RULES = pd.read_csv(
    io.StringIO("""
            pace   pitch   range   slope   final    tilt   level  breath  tremor  jitter contrast formants
ANG        0.135     4.8     0.6     0.9       0     4.5    10.5  -0.075       0    0.15   0.375   0.015
DIS        -0.21    -2.4    0.15       0   -3.75     0.6   -2.25   0.075       0     0.3   0.075  -0.045
FEA         0.18       6  -0.225     1.5     1.5    -0.9   -2.25    0.27   0.525    0.24    0.15  -0.015
HAP         0.09     5.7    0.75     1.2    2.25    1.95    5.25       0       0       0    0.18   0.045
NEU            0       0       0       0       0       0       0       0       0       0       0       0
SAD       -0.225    -1.2  -0.525    -1.5    -1.5    -3.6    -7.5    0.33    0.18    0.09    -0.3  -0.015
per_clip   0.036    0.66    0.09    0.48    0.48    0.54    1.32   0.036    0.03   0.018    0.06   0.005
per_voice  0.042       0   0.084       0       0    0.56     1.4   0.035       0       0       0       0
"""),
    sep=r"\s+",
)
# pace: share faster. pitch, slope (from start to end), final (over the last quarter), tremor, jitter: semitones.
# range, contrast: share by which the swings of pitch and loudness grow. tilt: dB per octave. level: dB.
# breath: share of the voice that turns to noise. formants: share higher.
CUES = RULES.columns
OWN_WAY = 0.7  # of per_clip: how far a voice strays in its way of acting one emotion


def generator(*words: object) -> np.random.Generator:
    """The random generator that belongs to a clip or a voice, seeded by its name."""
    return np.random.default_rng(list(" ".join(["practice", *map(str, words)]).encode()))


def clip_names() -> list[str]:
    """One name per voice, sentence and emotion. Levels turn with voice and emotion, so that each is there equally."""
    names = []
    for actor in VOICES:
        for sentence in SAID:
            for turn, emotion in enumerate(EMOTIONS):
                has_level = sentence == "IEO" and emotion != "NEU"
                level = LEVELS[(actor + turn) % 3] if has_level else "XX"
                names.append(f"{actor}_{sentence}_{emotion}_{level}")
    return names


def cues(clip: str) -> pd.Series:
    """How one clip differs from the flat voice: its emotion's rule, the voice's habits, and chance."""
    actor, sentence, emotion, level = clip.split("_")
    own, chance = generator(actor), generator(clip)
    expressive = own.uniform(0.8, 1.2)
    habit = own.normal(0, RULES.loc["per_voice"])
    manner = generator(actor, emotion).normal(0, OWN_WAY * RULES.loc["per_clip"])  # how this voice acts this emotion
    intensity = INTENSITY.get(level) or chance.uniform(0.75, 1.25)
    return expressive * intensity * RULES.loc[emotion] + habit + manner + chance.normal(0, RULES.loc["per_clip"])


def say(text: str, voice: str) -> np.ndarray:
    """espeak-ng's samples at 16 kHz. Call it once per process: espeak-ng carries state into its next utterance."""
    import espeakng_loader

    espeak, pieces = ctypes.CDLL(espeakng_loader.get_library_path()), []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def keep(samples, n, _events):
        if n > 0:
            pieces.append(np.ctypeslib.as_array(samples, (n,)).copy())
        return 0

    wait, utf8, rate, pitch, swing = 2, 1, 1, 3, 4  # numbers of espeak-ng's speak_lib.h
    native_rate = espeak.espeak_Initialize(wait, 0, espeakng_loader.get_data_path().encode(), 0)
    espeak.espeak_SetSynthCallback(keep)
    if espeak.espeak_SetVoiceByName(voice.encode()):
        raise ValueError(f"espeak-ng has no voice {voice!r}.")
    for parameter, value in ((rate, 165), (pitch, 50), (swing, 55)):
        espeak.espeak_SetParameter(parameter, value, 0)
    words = text.encode() + b"\0"
    espeak.espeak_Synth(words, len(words), 0, 1, 0, utf8, None, None)
    return soxr.resample(np.concatenate(pieces) / 32768, native_rate, RATE)


def analyse(y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """WORLD's three views, a row per 5 ms: F0 in Hz (0 = unvoiced), power envelope, aperiodicity (0..1)."""
    import pyworld

    f0, seconds = pyworld.harvest(y, RATE, f0_floor=60, f0_ceil=500)
    return f0, pyworld.cheaptrick(y, f0, seconds, RATE), pyworld.d4c(y, f0, seconds, RATE)


def rows_at(matrix: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Rows of `matrix` at fractional positions, interpolated linearly."""
    below = np.clip(where.astype(int), 0, len(matrix) - 2)
    weight = (where - below)[:, None]
    return matrix[below] * (1 - weight) + matrix[below + 1] * weight


def timing(n_frames: int, cue: pd.Series) -> np.ndarray:
    """Which frame of the flat voice stands in each frame of the clip: faster or slower, slow speech longest at its end."""
    u = np.linspace(0, 1, int(n_frames / np.clip(1 + cue.pace, 0.6, 1.5)))
    return u ** (1 + 1.7 * max(-cue.pace, 0)) * (n_frames - 1)


def pitch_track(f0: np.ndarray, where: np.ndarray, cue: pd.Series, base: float, rng: np.random.Generator) -> np.ndarray:
    """F0 in Hz of each frame of the clip, 0 where the flat voice is unvoiced."""
    frames, voiced = np.arange(len(f0)), f0 > 0
    melody = np.interp(frames, frames[voiced], 12 * np.log2(f0[voiced]))
    melody = np.interp(where, frames, scipy.signal.savgol_filter(melody, 9, 1)) - np.median(melody[voiced])
    seconds, u = np.arange(len(where)) * FRAME_SECONDS, np.linspace(0, 1, len(where))
    beats = np.arange(0, seconds[-1] + 0.5, 0.25)
    accents = 1 + np.interp(seconds, beats, rng.normal(0, 0.3, len(beats)))  # some are stronger than others
    drift = smooth_noise(len(u), 121, rng)  # as people's pitch does
    shake = np.sin(2 * np.pi * (rng.uniform(5, 7) * seconds + rng.uniform())) * max(cue.tremor, 0)
    rough = smooth_noise(len(u), 3, rng) * max(cue.jitter, 0.02)
    semitones = 1.2 * max(1 + cue["range"], 0.2) * accents * melody + 0.5 * drift + shake + rough
    semitones += cue.pitch + cue.slope * (u - 0.5) + cue.final * np.clip(4 * u - 3, 0, 1)
    return np.where(f0[where.round().astype(int)] > 0, np.clip(base * 2 ** (semitones / 12), 62, 600), 0)


def smooth_noise(n: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Random numbers of SD 1 that change over about `width` frames."""
    noise = scipy.signal.fftconvolve(rng.normal(size=n + width), scipy.signal.windows.hann(width + 2), "same")[:n]
    return noise / noise.std()


def colour(envelope: np.ndarray, cue: pd.Series, formants: float, rng: np.random.Generator) -> np.ndarray:
    """The power envelope with moved formants, tilted spectrum, and louder or flatter swings of loudness."""
    n_bins = envelope.shape[1]
    bins = np.clip(np.arange(n_bins) / (formants * (1 + cue.formants)), 0, n_bins - 1)
    log_power = rows_at(np.log(envelope + 1e-12).T, bins).T
    octaves = np.clip(np.log2(np.maximum(np.linspace(0, RATE / 2, n_bins), 250) / 500), -1, 3.5)
    log_power += np.log(10) / 10 * np.clip(cue.tilt, -5, 5) * octaves
    loudness = np.log(np.exp(log_power).sum(axis=1))
    swing = np.clip(loudness - loudness[loudness > loudness.max() - 8].mean(), -6, 6) * cue.contrast
    shimmer = smooth_noise(len(envelope), 3, rng) * (0.03 + max(cue.jitter, 0))
    return np.ascontiguousarray(np.exp(log_power + (swing + shimmer)[:, None]))  # WORLD takes rows in C order


def breathe(aperiodicity: np.ndarray, cue: pd.Series) -> np.ndarray:
    """The share of noise in each frame and band, more of it in the treble, with breath added."""
    treble = np.clip(np.linspace(0, RATE / 2, aperiodicity.shape[1]) / 3000, 0.1, 1)
    return np.clip(1 - (1 - aperiodicity) * (1 - np.clip(cue.breath, 0, 0.6) * treble), 1e-4, 1 - 1e-6)


def in_a_room(y: np.ndarray, level: float, actor: int, rng: np.random.Generator) -> np.ndarray:
    """Speech at `level` dB over the usual one, pauses around it, in this voice's small room with its faint noise."""
    speech = np.abs(y) > 0.05 * np.abs(y).max()
    y = y * 10 ** ((-28 + np.clip(level, -10, 10)) / 20) / np.sqrt(np.mean(y[speech] ** 2))
    before, after = (RATE * rng.uniform([0.15, 0.2], [0.3, 0.4])).astype(int)
    y = np.pad(y, (before, after))
    room = generator(actor, "room")
    echo = room.normal(size=RATE // 6) * np.exp(-np.arange(RATE // 6) / (0.035 * RATE))
    echo *= 0.1 / np.linalg.norm(echo)
    y = y + scipy.signal.fftconvolve(y, echo)[: len(y)]
    y = y + 10 ** (room.uniform(-64, -58) / 20) * rng.normal(size=len(y))
    return y * min(1, 0.95 / np.abs(y).max())


def render(clip: str, flat: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """Samples of a clip, 16 kHz, full scale 1.0, from the `analyse`d flat voice."""
    import pyworld

    f0, envelope, aperiodicity = flat
    actor, rng, cue = int(clip[:4]), generator(clip, "sound"), cues(clip)
    where = timing(len(f0), cue)
    y = pyworld.synthesize(
        pitch_track(f0, where, cue, VOICES[actor].pitch, rng),
        colour(rows_at(envelope, where), cue, VOICES[actor].formants, rng),
        breathe(rows_at(aperiodicity, where), cue),
        RATE,
        1000 * FRAME_SECONDS,
    )
    return in_a_room(y, cue.level, actor, rng)


def flac_files(clips: list[str]) -> dict[str, bytes]:
    """The FLAC files of clips that share voice and sentence; one call per process (see `say`)."""
    described = parse_clip_name(clips[0])
    flat = analyse(say(SENTENCES[described["sentence"]] + ".", VOICES[described["actor_id"]].name))
    files = {}
    for clip in clips:
        stream = io.BytesIO()
        sf.write(stream, render(clip, flat), RATE, format="FLAC", subtype="PCM_16", compression_level=1.0)
        files[clip] = stream.getvalue()
    return files


def manifest_row(clip: str, data: bytes) -> dict:
    """What manifest.csv says of a clip."""
    described = parse_clip_name(clip)
    voice = VOICES[described["actor_id"]]
    return {
        "clip": clip,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "seconds": sf.info(io.BytesIO(data)).duration,
        **described,
        "voice": voice.name,
        "sex": voice.sex,
    }


def main() -> None:
    options = argparse.ArgumentParser(description="Write the practice voices, or check that they come out the same.")
    options.add_argument("--check", action="store_true", help="write nothing; compare with manifest.csv")
    options.add_argument("--to", type=Path, default=HERE, metavar="FOLDER", help="write somewhere else")
    arguments = options.parse_args()
    names = clip_names()
    together = [names[i : i + len(EMOTIONS)] for i in range(0, len(names), len(EMOTIONS))]
    with multiprocessing.get_context("spawn").Pool(maxtasksperchild=1) as pool:
        files = {clip: data for part in pool.imap(flac_files, together) for clip, data in part.items()}
    manifest = pd.DataFrame([manifest_row(clip, files[clip]) for clip in sorted(files)])
    if arguments.check:
        known = pd.read_csv(HERE / "manifest.csv").set_index("clip")["sha256"]
        others = [clip for clip, sha in manifest.set_index("clip")["sha256"].items() if known.get(clip) != sha]
        raise SystemExit(f"{len(others)} clips differ, {others[0]} first." if others else None)
    arguments.to.mkdir(parents=True, exist_ok=True)
    for clip, data in files.items():
        (arguments.to / f"{clip}.flac").write_bytes(data)
    manifest.to_csv(arguments.to / "manifest.csv", index=False, lineterminator="\n")
    print(f"{len(files)} clips, {manifest['seconds'].sum():.0f} s, {manifest['bytes'].sum() / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
