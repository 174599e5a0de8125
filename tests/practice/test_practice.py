"""The synthetic voices are complete and as the manifest says; the datasheet's counts hold; no recording is committed."""

import hashlib
import re
import subprocess

import pandas as pd
import pytest
import soundfile as sf

from ser_helpers import audio, corpus, features, places

ROOT = places.CHECKOUT


def test_every_voice_says_every_sentence_in_every_emotion_once():
    clips = corpus.clip_table("practice")
    assert len(clips) == 288 and clips["actor_id"].min() >= 9001
    cells = clips.groupby(["actor_id", "sentence", "emotion"]).size()
    assert (cells == 1).all() and len(cells) == 12 * 4 * 6
    assert set(clips["sentence"]) <= set(corpus.SENTENCES) and set(clips["emotion"]) == set(corpus.LABELS)


def test_files_are_as_the_manifest_says():
    clips = corpus.clip_table("practice")
    for path, sha, size, seconds in zip(
        corpus.find_audio(clips), clips["sha256"], clips["bytes"], clips["seconds"], strict=True
    ):
        content = path.read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha, size)
        about = sf.info(path)
        assert (about.samplerate, about.channels, about.subtype) == (16000, 1, "PCM_16")
        assert about.frames / 16000 == pytest.approx(seconds)
    assert clips["bytes"].sum() <= 15e6


def test_no_clip_is_silent_and_anger_is_louder_than_sadness():
    clips = corpus.clip_table("practice")
    level = clips.assign(db=[audio.level_db(audio.read_clip(path)) for path in corpus.find_audio(clips)])
    assert level["db"].min() > -60
    median = level.groupby("emotion")["db"].median()
    assert median["angry"] > median["sad"] + 6


def test_no_recording_of_crema_d_is_committed():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    recordings = re.compile(r"(^|/)1\d{3}_[A-Z]{3}_[A-Z]{3}_[A-Z]{1,2}\.\w+$")
    assert not [path for path in tracked if recordings.search(path)]


def test_the_datasheet_counts_what_is_there():
    sheet = " ".join((places.DATA / "README.md").read_text(encoding="utf-8").split())
    clips = corpus.clip_table()
    actors = clips.drop_duplicates("actor_id")
    per_actor = clips.groupby("actor_id").size().value_counts()
    crowd = corpus.crowd_label(clips)
    votes = corpus.votes(clips)
    single = sum(votes.loc[clips["emotion"] == label, label].sum() for label in corpus.LABELS) / votes.to_numpy().sum()
    missing = features.missing_features()
    held = sorted({int(clip[:4]) for clip in missing.index})
    for words in (
        f"{len(clips):,} recordings of {len(actors)} actors ({(actors['sex'] == 'male').sum()} men, "
        f"{(actors['sex'] == 'female').sum()} women, aged {actors['age'].min()} to {actors['age'].max()})",
        f"in {100 * (crowd == clips['emotion']).mean():.1f} % of the clips (ties, {(crowd == '').sum()} of them",
        f"a single vote agrees with it in {100 * single:.1f} %",
        f"{clips['bytes'].sum() / 1e6:.0f} MB, {clips['seconds'].sum() / 3600:.2f} hours",
        f"clips of {clips['seconds'].min():.2f} to {clips['seconds'].max():.2f} seconds",
        f"82 clips for {per_actor[82]} actors, 81 for two, 76 for three",
        f"{91 - len(held)} actors have features; {len(held)} actors ({', '.join(map(str, held))})",
    ):
        assert words in sheet, words
    assert (per_actor[81], per_actor[76]) == (2, 3)
    assert sorted(pd.Series(clips["emotion"]).value_counts().unique()) == [1087, 1271]
