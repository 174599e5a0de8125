"""RAVDESS: 24 actors say two sentences in eight emotions, in North American English. The spoken clips without video."""

from __future__ import annotations

import re

from .base import LABELS, Source
from .by_name import ByName

# modality (03 audio only), channel (01 speech), emotion, intensity, statement, repetition, actor
_NAME = re.compile(r"03-01-(0[1-8])-(0[12])-(0[12])-(0[12])-(0[1-9]|1\d|2[0-4])")
_EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fear", "disgust", "surprise")
_LEVELS = ("normal", "strong")
_SENTENCES = ("Kids are talking by the door", "Dogs are sitting by the door")


def read_name(name: str) -> dict | None:
    """What a file's name says, None for one that is no spoken clip of RAVDESS: song and video are in files of their own.

    Follows "Filename identifiers" at zenodo.org/records/1188976.

    Examples
    --------
    >>> read_name("03-01-06-01-02-01-12")["emotion"], read_name("03-02-06-01-02-01-12")
    ('fear', None)
    """
    if not (match := _NAME.fullmatch(name)):
        return None
    emotion, level, sentence, repetition, actor = match.groups()
    if (emotion, level) == ("01", "02"):  # neutral was not acted at strong intensity
        return None
    return {
        "clip": name,
        "speaker": actor,
        "sentence": _SENTENCES[int(sentence) - 1],
        "emotion": _EMOTIONS[int(emotion) - 1],
        "level": _LEVELS[int(level) - 1],
        "repetition": int(repetition),
        "sex": "male" if int(actor) % 2 else "female",
    }


RAVDESS = ByName(
    name="ravdess",
    title="RAVDESS",
    labels=(*LABELS, "calm", "surprise"),
    licence="RAVDESS is under CC BY-NC-SA 4.0: not for commercial use.",
    attribution="Livingstone and Russo (2018), PLoS ONE 13(5), e0196391.",
    variable="RAVDESS_HOME",
    example="03-01-06-01-02-01-12.wav",
    read=read_name,
    source=Source(
        "https://zenodo.org/records/1188976", "Audio_Speech_Actors_01-24.zip, 1,440 recordings of 24 actors, 215 MB"
    ),
)
