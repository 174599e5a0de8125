"""Make clips.npz from CREMA-D's own tables (a maintainer's command; the course itself only reads the result).

    python data/crema-d/make_tables.py FOLDER

FOLDER holds CREMA-D's ``VideoDemographics.csv`` and ``tabulatedVotes.csv`` and a manifest of its WAV files
(``wav_manifest.csv``: name, sha256, size). The three are joined into one row per clip; defects are found from the
hashes alone.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from ser_helpers import corpus

HEADER_BYTES = 44
STORED = [name for name in corpus.COLUMNS if name != "speaker"]  # which follows from the actor


def wav_header(n_bytes: int) -> bytes:
    """The 44 bytes before the samples of every official file: PCM-16, mono, 16 kHz."""
    rate = 16000
    fields = (b"RIFF", 36 + n_bytes, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", n_bytes)
    return struct.pack("<4sI4s4sIHHIIHH4sI", *fields)


def is_silent(sha256: str, size: int) -> bool:
    """Whether a file of this size and hash is a WAV of zeros, told without opening it."""
    n = size - HEADER_BYTES
    return hashlib.sha256(wav_header(n) + bytes(n)).hexdigest() == sha256


def defects(clips: pd.DataFrame) -> pd.Series:
    """A few words on what is wrong with each clip, "" for most."""
    words = pd.Series("", index=clips.index)
    for _, twins in clips[clips["sha256"].duplicated(keep=False)].groupby("sha256"):
        for row in twins.index:
            words[row] = "same audio as " + ", ".join(twins["clip"].drop(row))
    silent = [is_silent(sha, size) for sha, size in zip(clips["sha256"], clips["bytes"], strict=True)]
    words[silent] = "silent"
    words[clips["clip"] == "1040_ITH_SAD_XX"] = "named 1040_ITH_SAD_X before October 2022"
    return words


def clip_table(folder: Path) -> pd.DataFrame:
    """One row per clip with the columns `STORED`."""
    clips = pd.read_csv(folder / "wav_manifest.csv").rename(columns={"size": "bytes"})
    clips["clip"] = clips["name"].str.removesuffix(".wav")
    clips = clips.sort_values("clip", ignore_index=True)
    clips = clips.join(pd.DataFrame(map(corpus.parse_clip_name, clips["clip"])))
    clips["seconds"] = (clips["bytes"] - HEADER_BYTES) / 32000

    ratings = pd.read_csv(folder / "tabulatedVotes.csv", index_col=0)
    voice = ratings[ratings.index // 10000 == 10].set_index("fileName")  # 10... voice, 20... face, 30... both
    clips = clips.join(voice[list("ADFHNS")].set_axis(list(corpus.VOTES), axis=1), on="clip", validate="1:1")

    actors = pd.read_csv(folder / "VideoDemographics.csv", index_col="ActorID")
    clips = clips.join(actors[["Age", "Sex"]].rename(columns=str.lower), on="actor_id")
    clips["sex"] = clips["sex"].str.lower()
    clips["defect"] = defects(clips)
    return clips[STORED]


def main(folder: str) -> None:
    """Write clips.npz beside this file; the same bytes each time."""
    clips = clip_table(Path(folder))
    small = {"actor_id": "int16", "bytes": "int32", "seconds": "float64", "age": "int16"}
    small |= dict.fromkeys(corpus.VOTES, "int16")
    columns = {name: clips[name].to_numpy(dtype=small.get(name, str)) for name in STORED}
    np.savez_compressed(Path(__file__).with_name("clips.npz"), **columns)
    print(f"{len(clips)} clips, {(clips['defect'] != '').sum()} with a known defect")


if __name__ == "__main__":
    main(*sys.argv[1:])
