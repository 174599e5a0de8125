"""Every chain keeps length and time, and does what its name says."""

import numpy as np
import pytest
from scipy.signal import correlate

from ser_helpers import audio, corpus
from ser_helpers.audio import chains

NAMES = [chain.name for chain in audio.CHAINS]


@pytest.fixture(scope="module")
def voice():
    return audio.read_clip(corpus.find_audio(corpus.clip_table("practice")).iloc[0])


def tone(hz, level=0.3):
    return (level * np.sin(2 * np.pi * hz * np.arange(16000) / 16000)).astype("float32")


def share_left(chain, hz):
    """The level of a tone behind the chain, against before, in dB, without its first and last quarter."""
    return audio.level_db(audio.CHAINS[chain](tone(hz))[4000:12000]) - audio.level_db(tone(hz)[4000:12000])


@pytest.mark.parametrize("name", NAMES)
def test_every_chain_keeps_length_time_and_its_input(name, voice):
    before = voice.copy()
    after = audio.CHAINS[name](voice, rng=audio.clip_rng("one"))
    assert after.dtype == np.float32 and after.shape == voice.shape and np.isfinite(after).all()
    assert np.array_equal(voice, before) and not np.shares_memory(after, voice)
    later = np.argmax(correlate(after, voice, method="fft")) - (len(voice) - 1)
    assert abs(later) <= (name == "opus")
    again = audio.CHAINS[name](voice, rng=audio.clip_rng("one"))
    assert np.array_equal(after, again)
    other = audio.CHAINS[name](voice, rng=audio.clip_rng("another"))
    assert np.array_equal(after, other) != audio.CHAINS[name].random


@pytest.mark.parametrize("name", NAMES)
def test_every_chain_stands_the_ends_of_what_comes(name):
    for odd in (np.zeros(16000), np.ones(1), tone(440, level=3.0), tone(440)[:300].astype(np.float64)):
        after = audio.CHAINS[name](odd)
        assert after.shape == odd.shape and np.abs(after).max() <= 1
        assert np.array_equal(after * 2**15, np.round(after * 2**15))  # what a 16-bit file can hold
    with pytest.raises(audio.AudioError, match="Samples of one sound"):
        audio.CHAINS[name](np.zeros((2, 16000)))


def test_the_list_names_each_once_says_why_and_fills_every_group():
    assert len(set(NAMES)) == len(NAMES) and NAMES[0] == "untouched"
    assert {chain.group for chain in audio.CHAINS} == {"", *chains.GROUPS}
    assert all(chain.title and chain.reason for chain in audio.CHAINS)


def test_bands_end_where_they_say():
    for chain, kept, lost in (
        ("telephone", (500, 1000, 2500), (60, 5000, 7000)),
        ("high_pass", (400, 1000, 7000), (50, 100)),
        ("low_pass", (100, 1000, 3000), (6000, 7500)),
        ("rate_44100", (100, 1000, 7000), ()),
    ):
        assert all(abs(share_left(chain, hz)) < 1 for hz in kept), chain
        assert all(share_left(chain, hz) < -20 for hz in lost), chain


def test_a_trip_through_another_rate_takes_the_top_of_the_band_only():
    noise = 0.1 * np.random.default_rng(0).standard_normal(32000)
    hz = np.fft.rfftfreq(32000, 1 / 16000)
    for chain in ("rate_44100", "rate_48000"):
        before, after = (np.square(np.abs(np.fft.rfft(y))) for y in (noise, audio.CHAINS[chain](noise)))
        for low, high, kept in ((0, 1000, 1), (1000, 7000, 1), (7950, 8000, 0)):
            part = (hz >= low) & (hz < high)
            assert after[part].sum() / before[part].sum() == pytest.approx(kept, abs=0.02), (chain, low)


def test_levels_are_exact_and_full_scale_is_the_end():
    for chain, db in (("quieter_12", -12), ("quieter_6", -6), ("louder_6", 6)):
        assert share_left(chain, 440) == pytest.approx(db, abs=1e-3)
    assert np.abs(chains.gain(tone(440, level=0.9), db=6)).max() == 1
    assert audio.CHAINS["untouched"](tone(440, level=9)).max() == 1 - 2**-15
    cut = audio.CHAINS["clipped"](tone(440))
    assert np.abs(cut).max() == pytest.approx(0.15, abs=1e-4) and (np.abs(cut) > 0.1499).mean() > 0.5
    assert abs(audio.CHAINS["offset"](tone(440)).mean()) < 1e-3


def test_automatic_gain_brings_loud_and_quiet_together(voice):
    voice = np.tile(voice, 4)
    quiet, loud = (audio.CHAINS["automatic_gain"](voice * by)[-len(voice) // 2 :] for by in (0.3, 1))
    assert abs(audio.level_db(loud) - audio.level_db(quiet)) < 1
    assert np.array_equal(chains.automatic_gain(np.full(8000, 1e-4)), np.full(8000, 1e-4, "float32"))  # a pause stays


@pytest.mark.parametrize(
    "name, db", [("mp3_64_16k", 15), ("mp3_64", 15), ("mp3_128", 20), ("vorbis", 10), ("opus", 3), ("rate_44100", 20)]
)
def test_codecs_change_a_voice_a_little(name, db, voice):
    after = audio.CHAINS[name](voice)
    assert db < -audio.level_db(after - voice) + audio.level_db(voice) < 80


def test_more_bits_lose_less(voice):
    errors = [
        audio.level_db(chains.recoded(voice, rate=44100, format="MP3", kbits=kbits) - voice) for kbits in (48, 64, 320)
    ]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("name", ["white", "babble"])
def test_noise_lies_15_db_below(name, voice):
    noise = audio.CHAINS[name](voice, rng=audio.clip_rng("one")) - voice
    assert audio.level_db(voice) - audio.level_db(noise) == pytest.approx(15, abs=0.1)


def test_white_noise_is_the_noise_of_the_stored_features(voice):
    ours = audio.CHAINS["white"](voice, rng=audio.clip_rng("one"))
    assert np.allclose(ours, audio.add_noise(voice, 15, audio.clip_rng("one")), atol=2**-16, rtol=0)


def test_babble_is_made_of_the_voices_that_are_given(voice):
    after = chains.babble(voice, rng=np.random.default_rng(0), voices=[tone(1000)])
    spectrum = np.abs(np.fft.rfft(after - voice, 16000))
    assert np.argmax(spectrum) == pytest.approx(1000, abs=3)


@pytest.mark.parametrize("name, rt60", [("small_room", 0.35), ("large_room", 0.8)])
def test_a_room_decays_as_it_says_and_keeps_the_level(name, rt60, voice):
    click = np.zeros(32000)
    click[100] = 1
    heard = np.square(audio.CHAINS[name](click, rng=np.random.default_rng(0))[160:])  # what comes 3 ms later
    left = np.cumsum(heard[::-1])[::-1] / heard.sum()  # Schroeder's integral
    seconds = [np.argmax(left < 10 ** (db / 10)) / 16000 for db in (-5, -25)]
    assert 3 * (seconds[1] - seconds[0]) == pytest.approx(rt60, rel=0.1)
    after = audio.CHAINS[name](voice, rng=np.random.default_rng(0))
    assert audio.level_db(after) == pytest.approx(audio.level_db(voice), abs=0.01)
