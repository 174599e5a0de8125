"""EMO-DB, the Berlin Database of Emotional Speech: ten actors say ten German sentences in seven emotions."""

from __future__ import annotations

import re

from .base import LABELS, Source
from .by_name import ByName

_SPEAKERS = {
    "03": ("male", 31),
    "08": ("female", 34),
    "09": ("female", 21),
    "10": ("male", 32),
    "11": ("male", 26),
    "12": ("male", 30),
    "13": ("female", 32),
    "14": ("female", 35),
    "15": ("male", 25),
    "16": ("female", 31),
}
_SENTENCES = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}
# Wut, Langeweile, Ekel, Angst, Freude, Trauer
_EMOTIONS = {"W": "angry", "L": "boredom", "E": "disgust", "A": "fear", "F": "happy", "T": "sad", "N": "neutral"}
_NAME = re.compile(f"({'|'.join(_SPEAKERS)})({'|'.join(_SENTENCES)})([WLEAFTN])([a-z]?)", re.IGNORECASE)


def read_name(name: str) -> dict | None:
    """What a file's name says, None for one that is none of EMO-DB's.

    Follows emodb.bilderbar.info: speaker, sentence, emotion (its letter in German), and a letter where one was said
    more than once.

    Examples
    --------
    >>> read_name("03a01Fa")["emotion"], read_name("03a01Xa")
    ('happy', None)
    """
    if not (match := _NAME.fullmatch(name)):
        return None
    speaker, sentence, emotion, version = match.groups()
    sex, age = _SPEAKERS[speaker]
    return {
        "clip": f"{speaker}{sentence.lower()}{emotion.upper()}{version.lower()}",
        "speaker": speaker,
        "sentence": _SENTENCES[sentence.lower()],
        "emotion": _EMOTIONS[emotion.upper()],
        "age": age,
        "sex": sex,
    }


EMODB = ByName(
    name="emodb",
    title="EMO-DB",
    labels=(*LABELS, "boredom"),
    licence="EMO-DB is published under CC0 1.0 by audEERING; its makers ask to be cited.",
    attribution="Burkhardt, Paeschke, Rolfes, Sendlmeier and Weiss (2005), A Database of German Emotional Speech, Interspeech.",
    variable="EMODB_HOME",
    example="03a01Fa.wav",
    read=read_name,
    source=Source("http://emodb.bilderbar.info/download/download.zip", "535 recordings of 10 actors, 40 MB"),
    skip="laryng",  # a later edition has the larynx's signal under the same names
)
