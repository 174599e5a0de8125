# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Predict: a new recording, end to end"
#     goals:
#     - bring any recording to the form the model was trained on
#     - predict a label and say how sure the model is
#     - save a model so that opening it runs nobody's code
#     - say which uses to refuse, and why
#     needs: "lesson 03 (the 168 features) and lesson 06 (the network)"
#     minutes: 60
# ---

# %% [markdown]
# # 08 · Predict: a new recording, end to end
#
# Below is one recording, twice. To your ears the two are the same voice saying the same words. To the model they are
# not, and nothing will complain. Listen to both, and guess which one it gets.

# %% [markdown]
# **You will learn to** bring any recording into the model's form, predict from it, save and load a model safely, and say
# which uses to refuse.
#
# **You need** lessons 03 and 06. **Reading and exercises take about 60 minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import pickle
import tempfile
from pathlib import Path

import numpy as np
import soxr
from IPython.display import Audio, display

from ser_helpers import audio, corpus, features, model, plots, widgets
from ser_helpers.course import expect


def clip_features(y, sample_rate):
    """The 168 features of lesson 03: 40 MFCC means, then 128 mel-power means (the course's version)."""
    if sample_rate != 16000:
        raise ValueError(f"These features are for 16,000 Hz; {sample_rate} came.")
    return features.clip_features(y)


clips = corpus.lesson_clips()
print(clips.attrs["line"])
fitted = model.load_model()
print("Model: the course's own, trained on CREMA-D; its card is data/models/original.json.")

# %%
spoken = audio.read_clip(clips.query("emotion == 'angry'")["path"].iloc[0])
studio = soxr.resample(spoken, 16000, 44100)  # what a sound card would have recorded: 44,100 numbers a second
display(Audio(spoken, rate=16000, normalize=False), Audio(studio.clip(-1, 1), rate=44100, normalize=False))

# %% [markdown]
# **What do you expect?** The same sound as 16,000 numbers a second and as 44,100. If you hand both arrays to the model as
# they are, the answers ...
#
# <details><summary>A. are the same, because the sound is</summary>
#
# The model never meets the sound. It meets numbers, and it takes every 16,000 of them for one second.
# </details>
# <details><summary>B. differ, and nothing warns you</summary>
#
# Yes. To the model the second array is a slow, deep voice that speaks for almost three times as long.
# </details>
# <details><summary>C. differ, with an error for the second</summary>
#
# An error would be kind. But 168 features come out of an array of any length, so nothing notices.
# </details>

# %%
widgets.question("08_predict", 1)

# %%
for name, samples in (("16,000 numbers a second", spoken), ("44,100 numbers a second", studio)):
    answer = model.predict(fitted, samples)
    print(f"{name}: {answer.label}, {100 * answer.probability:.0f} %; the model takes it for "
          f"{len(samples) / 16000:.1f} s of sound")

# %% [markdown]
# Whether the label itself changes depends on the clip; the probabilities always do. That is mistake number one with new
# recordings, and it is silent. Two more come with phones and sound cards: two channels instead of one, and files in
# formats that a library cannot open.
#
# ## Into the model's form
#
# The model was trained on 16 kHz, one channel, float32. `prepare` brings anything into that form. Changing the sample
# rate is more than picking numbers: 16,000 numbers a second can hold pitches up to 8,000 Hz. What is higher has to be
# filtered out first.
#
# **What do you expect?** Somebody whistles at 10,000 Hz. You bring the recording to 16,000 numbers a second by picking, or
# interpolating, the values at the right times. What do you hear?
#
# <details><summary>A. Nothing: 10,000 Hz does not fit, so it is gone</summary>
#
# It is gone when you *filter*. Picking numbers takes nothing away.
# </details>
# <details><summary>B. The whistle, a little softer</summary>
#
# 16,000 numbers a second cannot say 10,000 Hz. They say something else instead.
# </details>
# <details><summary>C. Another tone, one that nobody whistled</summary>
#
# Yes: 16,000 - 10,000 = 6,000 Hz. This is called **aliasing**, and a model takes it for part of the voice.
# </details>

# %%
widgets.question("08_predict", 2)

# %%
whistle = 0.3 * np.sin(2 * np.pi * 10_000 * np.arange(44_100) / 44_100)
picked = np.interp(np.arange(16_000) / 16_000, np.arange(44_100) / 44_100, whistle)
filtered = soxr.resample(whistle, 44_100, 16_000)
loudest = np.abs(np.fft.rfft(picked)).argmax()  # one second of sound, so row n of its spectrum is n Hz
print(f"A whistle at 10,000 Hz, brought to 16 kHz. Interpolated: {audio.level_db(picked):.0f} dBFS, at {loudest:,} Hz. "
      f"Filtered and resampled: {audio.level_db(filtered[1000:-1000]):.0f} dBFS.")
Audio(picked, rate=16_000, normalize=False)

# %% [markdown]
# A resampler (librosa, soxr, `scipy.signal.resample_poly`) filters first; linear interpolation does not.
#
# ### Exercise 1: `prepare`

# %% nbgrader={"grade_id": "prepare", "solution": true}
def prepare(y, sample_rate):
    """Any float audio as 16 kHz mono float32, its level kept.

    y: ndarray of floats, 1-D, or 2-D with the shorter axis as the channels (they are averaged); full scale 1.0.
    sample_rate: in Hz, of y.
    Returns a 1-D float32 ndarray; its length is len * 16000 / sample_rate within one sample.
    Raises ValueError for no samples, and for samples that are not finite.
    """
    ### BEGIN SOLUTION
    y = np.asarray(y)
    if y.size == 0:
        raise ValueError("There are no samples.")
    if not np.isfinite(y).all():
        raise ValueError("Some samples are nan or infinite.")
    if y.ndim == 2:
        y = y.mean(axis=int(np.argmin(y.shape)))
    return soxr.resample(y, sample_rate, 16000).astype(np.float32)
    ### END SOLUTION


# %% nbgrader={"grade_id": "prepare-check", "grade": true, "points": 1, "locked": true}
_y = np.linspace(-0.5, 0.5, 8000)
_got = prepare(_y, 16000)
expect.array(_got, "prepare(y, 16000)", shape=(8000,), dtype="float32", why="At 16 kHz already, as many samples come out as went in.")
expect.close(_got, _y, "prepare(y, 16000)", atol=1e-3, look="At 16 kHz nothing has to change but the dtype.")
_two = np.stack([np.full(8000, 0.2), np.full(8000, 0.4)], axis=1)
_got = prepare(_two, 16000)
expect.true(
    np.asarray(_got).shape != (2,),
    "Your two-channel clip came out with 2 samples: you averaged over time. This array is (samples, channels); the shorter axis "
    "holds the channels, whichever comes first.",
)
expect.array(_got, "prepare(two channels, 16000)", shape=(8000,), dtype="float32", why="Average the channels: the shorter of the two axes.")
expect.close(_got[100:-100], np.full(7800, 0.3), "prepare(two channels, 16000)", atol=1e-3, look="The mean of 0.2 and 0.4 is 0.3.")
_n = len(prepare(np.zeros(44100), 44100))
expect.true(
    _n != 44100, "One second at 44,100 Hz came out with 44,100 samples. The model takes 16,000 samples for a second: resample."
)
expect.true(abs(_n - 16000) <= 1, f"One second at 44,100 Hz came out with {_n} samples; 16,000 were expected (within one).")

# %% nbgrader={"grade_id": "prepare-more", "grade": true, "points": 3, "locked": true}
expect.array(prepare(np.zeros(480), 48000), "prepare(10 ms of silence, 48000)", dtype="float32")
# More checks run here when your work is marked.
### BEGIN HIDDEN TESTS
_rng = expect.rng("prepare")


def _tone(hz, rate, seconds=1.0):
    return 0.3 * np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)


def _level(x):
    return 10 * np.log10(np.mean(np.square(np.asarray(x, dtype=float))) + 1e-20)


for _rate in (44100, 48000, 22050, 11025, 8000):
    for _dtype in ("float32", "float64"):
        _hz = int(_rng.integers(150, min(3900, 0.35 * _rate)))
        _y = _tone(_hz, _rate, float(_rng.uniform(0.8, 1.2))).astype(_dtype)
        with expect.calling(f"prepare(a tone, {_rate})", "Audio comes at any rate."), expect.unchanged(_y):
            _got = prepare(_y, _rate)
        expect.array(_got, f"prepare(a tone, {_rate})", dtype="float32")
        expect.true(np.ndim(_got) == 1, f"prepare(a tone, {_rate}) has {np.ndim(_got)} axes; one was expected.")
        expect.true(
            len(_got) != len(_y) or _rate == 16000,
            f"{_rate} samples a second came out as they went in. The model takes 16,000 samples for a second: resample.",
        )
        expect.true(abs(len(_got) - len(_y) * 16000 / _rate) <= 1, f"prepare(a tone, {_rate}) has {len(_got)} samples; {len(_y) * 16000 / _rate:.0f} were expected (within one).")
        _mid = slice(len(_got) // 5, -(len(_got) // 5))
        _gain = _level(_got[_mid]) - _level(_y)
        expect.true(
            abs(_gain) < 1,
            f"A tone at {_hz:,} Hz, recorded at {_rate:,} Hz, changed its level by {_gain:+.1f} dB; within 1 dB was asked for. The level is a cue: keep it.",
        )
        _turns = np.sum(np.diff(np.signbit(_got[_mid]))) / 2 / (len(_got[_mid]) / 16000)
        expect.true(abs(_turns - _hz) < 0.02 * _hz + 5, f"A tone at {_hz:,} Hz, recorded at {_rate:,} Hz, came out at about {_turns:,.0f} Hz: its samples were stretched or squeezed in time.")
    for _hz in (9500, int(_rng.integers(9300, 20000))) if _rate > 40000 else ():
        _gain = _level(prepare(_tone(_hz, _rate), _rate)[2000:-2000]) - _level(_tone(_hz, _rate))
        expect.true(
            _gain < -20,
            f"A tone at {_hz:,} Hz is still there ({_gain:+.0f} dB) although 16 kHz cannot hold it: it came back as another tone. "
            "Interpolating picks numbers without a filter; use a resampler, which filters first.",
        )
for _hz in (200, 3900):
    _gain = _level(prepare(_tone(_hz, 44100), 44100)[2000:-2000]) - _level(_tone(_hz, 44100))
    expect.true(abs(_gain) < 1, f"A tone at {_hz:,} Hz changed its level by {_gain:+.1f} dB; within 1 dB was asked for.")
_stereo = np.stack([_tone(440, 44100), 0 * _tone(440, 44100)])
for _form, _axes in (
    (_stereo.T, "(samples, channels)"), (_stereo, "(channels, samples)"), (_stereo[:1], "(1, samples)"), (_stereo[:1].T, "(samples, 1)"),
    (np.concatenate([_stereo, _stereo]).astype(np.float32), "(4 channels, samples)"),
):
    with expect.calling(f"prepare of an array {_axes}"), expect.unchanged(_form):
        _got = prepare(_form, 44100)
    expect.true(
        np.ndim(_got) == 1 and abs(len(_got) - 16000) <= 1,
        f"An array {_axes} of one second came out with shape {np.shape(_got)}. The shorter axis holds the channels, whichever comes first.",
    )
    expect.array(_got, f"prepare of an array {_axes}", dtype="float32")
    _change = _level(_got[2000:-2000]) - _level(np.mean(_form, axis=int(np.argmin(_form.shape))))
    expect.true(abs(_change) < 1, f"An array {_axes} came out {_change:+.1f} dB off. The channels should be averaged, neither added nor chosen from: a voice on one of two comes out at half its height.")
for _bad, _what in (
    (np.zeros(0), "no samples"),
    (np.array([0.1, np.nan, 0.1] * 100), "samples with nan"),
    (np.array([0.1, np.inf, 0.1] * 100), "samples with inf"),
    (np.array([0.1, -np.inf, 0.1] * 100, dtype=np.float32), "samples with minus inf"),
    (np.stack([np.zeros(300), np.full(300, np.nan)]), "two channels, one of them nan"),
):
    for _rate in (16000, 44100):
        expect.raises(ValueError, lambda: prepare(_bad, _rate), f"prepare of {_what}", look="A model would answer all the same, with a label for nothing.")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three separate questions: is there anything to work with, how many channels, which rate? Answer them in this order.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Refuse what is empty or not finite. Average over the shorter axis if there are two. Then let a resampler do its work
# and turn the result into float32.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.argmin(y.shape)` is the channel axis of a 2-D array. `soxr.resample(y, sample_rate, 16000)` or
# `librosa.resample(y=y, orig_sr=sample_rate, target_sr=16000)` filters and resamples.
# </details>

# %% [markdown]
# ## From samples to an answer
#
# Now the chain is short: prepare, 168 features, the network. The pipeline brings its own scaler, so the features go in
# as they are.
#
# One trap is left. `predict_proba` gives a row of numbers without names. Which number belongs to which label?
#
# **What do you expect?** The columns of `predict_proba` follow ...
#
# <details><summary>A. the order in which the course lists the labels</summary>
#
# Here it happens to be the same. A model trained on two of the labels, or on labels in another language, has another
# order.
# </details>
# <details><summary>B. the order of model.classes_</summary>
#
# Yes, always. scikit-learn sorts the labels it saw in training and keeps them there.
# </details>

# %%
widgets.question("08_predict", 3)

# %%
row = fitted.predict_proba(features.clip_features(spoken)[None])[0]
print("classes_:     ", [str(label) for label in fitted.classes_])
print("predict_proba:", row.round(3).tolist())

# %% [markdown]
# ### Exercise 2: `predict_emotion`

# %% nbgrader={"grade_id": "predict_emotion", "solution": true}
def predict_emotion(model, y, sample_rate):
    """The most probable label and its probability, (str, float in 0..1).

    model: a fitted Pipeline over the 168 features of clip_features, with classes_ and predict_proba.
    y, sample_rate: audio as `prepare` takes it.
    """
    ### BEGIN SOLUTION
    row = clip_features(prepare(y, sample_rate), 16000)
    probabilities = model.predict_proba(row[None])[0]
    best = int(np.argmax(probabilities))
    return str(model.classes_[best]), float(probabilities[best])
    ### END SOLUTION


# %% nbgrader={"grade_id": "predict_emotion-check", "grade": true, "points": 1, "locked": true}
def _course_features(y, sample_rate):
    expect.true(sample_rate == 16000, f"clip_features was called with the rate {sample_rate}. What comes out of prepare has 16,000 samples a second, whatever went in.")
    expect.true(np.ndim(y) == 1, f"clip_features was called with an array of shape {np.shape(y)}. Call prepare first: it gives mono.")
    return features.clip_features(np.asarray(y, dtype=np.float32))


_y = np.sin(np.arange(24000) / 20) * np.linspace(0, 0.5, 24000)
with expect.standing_in(prepare=audio.to_16k_mono, clip_features=_course_features):
    _got = predict_emotion(fitted, _y, 16000)
with expect.calling("`label, probability = predict_emotion(...)`", "Two things were asked for: a label and its probability."):
    _label, _p = _got
expect.kind(_label, str, "the label of predict_emotion(...)")
expect.kind(_p, float, "the probability of predict_emotion(...)")
expect.true(_label in set(map(str, fitted.classes_)), f"{_label!r} is none of the model's labels.")
expect.true(0 <= _p <= 1, f"The probability is {_p}; a number between 0 and 1 was expected.")
expect.true(_p >= 1 / 6, f"The probability is {_p:.3f}. The best of six cannot be below one sixth: which column did you take?")

# %% nbgrader={"grade_id": "predict_emotion-more", "grade": true, "points": 3, "locked": true}
expect.true(len(predict_emotion(fitted, 0.1 * np.ones(16000), 16000)) == 2, "Two things were asked for: a label and its probability.")
# More checks run here when your work is marked.
### BEGIN HIDDEN TESTS
from sklearn.linear_model import LogisticRegression as _Logistic
from sklearn.pipeline import make_pipeline as _pipe
from sklearn.preprocessing import StandardScaler as _Scaler

_rng = expect.rng("predict_emotion")
_names = [str(_n) for _n in _rng.permutation(["whisper", "shout", "hum", "beep"])]
_voices = [_rng.standard_normal(16000) * g for g in (0.01, 0.02, 0.2, 0.3)] + [
    0.3 * np.sin(2 * np.pi * f * np.arange(16000) / 16000) for f in (150, 200, 1500, 2000)
]
_X = np.stack([features.clip_features(v.astype(np.float32)) for v in _voices])
_loud = _pipe(_Scaler(), _Logistic(max_iter=5000)).fit(_X, np.repeat(_names, 2))
for _number, _voice in enumerate(_voices):
    _y48 = np.repeat(_voice, 3) if _number % 2 else np.stack([np.repeat(_voice, 3)] * 2).astype(np.float32)
    _raw = _y48 if _y48.ndim == 1 else _y48.mean(axis=0)
    _probabilities = _loud.predict_proba(features.clip_features(audio.to_16k_mono(_y48, 48000))[None])[0]
    _best = int(np.argmax(_probabilities))
    try:
        with expect.standing_in(prepare=audio.to_16k_mono, clip_features=_course_features), expect.unchanged(_y48):
            _got = predict_emotion(_loud, _y48, 48000)
    except ValueError as _error:
        expect.true("expecting" not in str(_error), "The model asked for 168 features and got another number. Use clip_features, which gives the ones it was trained on.")
        expect.true("16,000 Hz" not in str(_error), "clip_features was called with another rate. What comes out of prepare has 16,000 samples a second, whatever went in.")
        expect.true(False, f"predict_emotion at 48,000 Hz raised ValueError: {str(_error)[:150]}. Call prepare first: it gives mono at 16,000 Hz, whatever went in.")
    except IndexError:
        expect.true(False, "This model has four labels of its own, and your answer looked beyond them. Take the names from model.classes_.")
    expect.true(
        str(_got[0]) in _names,
        f"You answered {str(_got[0])!r}, which this model has never heard of. Its columns follow model.classes_, not the course's order.",
    )
    _unprepared = _loud.predict_proba(features.clip_features(_raw.astype(np.float32))[None])[0]
    expect.true(
        not (abs(float(_got[1]) - _unprepared.max()) < 1e-6 < abs(_unprepared.max() - _probabilities[_best])),
        "Your features were computed at 48,000 Hz as if it were 16,000. Call prepare first.",
    )
    expect.equal(str(_got[0]), str(_loud.classes_[_best]), "the label", look="Which column is the largest, and which name in classes_ belongs to it?")
    expect.kind(_got[1], float, "the probability")
    expect.close(float(_got[1]), float(_probabilities[_best]), "the probability", atol=1e-3, look="Of the label you answer; the scaler is inside the pipeline, so hand it unscaled features.")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the three steps as three lines: samples, features, probabilities. Print the shape after each.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A model wants a table: one row of 168 columns has shape (1, 168). The largest probability and the label at the same
# place in `model.classes_` are the answer.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `row = clip_features(prepare(y, sample_rate), 16000)`; `p = model.predict_proba(row[None])[0]`;
# `best = p.argmax()`; return `str(model.classes_[best])` and `float(p[best])`.
# </details>

# %% [markdown]
# ## The runner-up matters
#
# A label alone hides how close it was. Show the best few, with their probabilities.

# %%
plots.probabilities(model.predict(fitted, spoken))

# %% [markdown]
# ### Exercise 3: `top_k`

# %% nbgrader={"grade_id": "top_k", "solution": true}
def top_k(probabilities, labels, k):
    """The k most probable labels: a list of tuples (label, probability), best first; ties in the order of `labels`.

    probabilities, labels: matched lists or arrays; 1 <= k <= len(labels).
    """
    ### BEGIN SOLUTION
    probabilities, labels = np.asarray(probabilities), list(labels)
    order = np.argsort(-probabilities, kind="stable")[:k]
    return [(labels[i], float(probabilities[i])) for i in order]
    ### END SOLUTION


# %% nbgrader={"grade_id": "top_k-check", "grade": true, "points": 1, "locked": true}
_got = top_k([0.1, 0.6, 0.3], ["happy", "sad", "angry"], 2)
expect.kind(_got, list, "top_k(...)")
expect.true(all(isinstance(_pair, tuple) and len(_pair) == 2 for _pair in _got), "A list of tuples (label, probability) was asked for.")
expect.kind(_got[0][1], float, "the second thing in a pair, the probability,")
expect.equal(
    [(str(_a), round(float(_b), 6)) for _a, _b in _got],
    [("sad", 0.6), ("angry", 0.3)],
    "top_k([0.1, 0.6, 0.3], ['happy', 'sad', 'angry'], 2)",
    mistakes=[
        ([("happy", 0.1), ("angry", 0.3)], "Your list begins with the least probable label. The best comes first."),
        ([("angry", 0.3), ("sad", 0.6)], "These are the best two, but in ascending order. The best comes first."),
        ([("sad", 0.6), ("angry", 0.3), ("happy", 0.1)], "You gave all of them; k = 2 asks for two."),
    ],
)

# %% nbgrader={"grade_id": "top_k-more", "grade": true, "points": 2, "locked": true}
expect.equal(len(top_k([1.0], ["sad"], 1)), 1, "the length of top_k([1.0], ['sad'], 1)")
# More checks run here when your work is marked.
### BEGIN HIDDEN TESTS
_rng = expect.rng("top_k")
_names = [f"label {i:02}" for i in _rng.permutation(20)]
_p = _rng.permutation([0.04] * 6 + [0.1] * 2 + [0.03] * 8 + [0.08] * 4)
_want = [(_names[i], float(_p[i])) for i in sorted(range(20), key=lambda i: -_p[i])]
for _k in (1, 3, 7, 20):
    for _form, _what in ((np.asarray, "arrays"), (list, "lists")):
        _p_in, _names_in = _form(_p), _form(_names)
        with expect.calling(f"top_k with {_what}", "They come as lists or as arrays."), expect.unchanged(_p_in, _names_in):
            _got = top_k(_p_in, _names_in, _k)
        expect.kind(_got, list, "top_k(...)")
        expect.equal(len(_got), _k, f"the length of top_k(..., k={_k})", look="The k best, whatever k is.")
        expect.kind(_got[0][1], float, "the second thing in a pair, the probability,")
        _got = [(str(a), float(b)) for a, b in _got]
        expect.equal(
            [b for _, b in _got], [b for _, b in _want[:_k]], f"the probabilities of top_k with {_what}, k={_k},",
            look="The k largest, from the largest down.",
        )
        expect.true(
            set(_got) <= set(zip(_names, _p.tolist())),
            f"top_k with {_what} gave {_got[0]}: this label has another probability. Labels and probabilities belong together by their position.",
        )
        expect.true(
            _got == _want[:_k],
            "Labels with equal probabilities came out in another order than in `labels`. Your sort is not stable (or it was reversed, "
            "which turns ties around): look at the argument kind of np.argsort, or at sorted().",
        )
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Python's `sorted` keeps equal things in their order. Does `np.argsort`?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Sort places, not values: from the largest probability down. Reversing an ascending order also reverses the ties.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.argsort(-np.asarray(probabilities), kind="stable")[:k]`, or
# `sorted(range(len(labels)), key=lambda i: -probabilities[i])[:k]`.
# </details>

# %% [markdown]
# ## Try it: a clip, some noise, an answer
#
# Hear a clip, guess, then see. Add noise or turn the level down: at which ratio does the answer change, and would *you*
# still understand the words there? "Why" shows which features hold the answer up. (The course's own version stands in for
# your functions.)

# %%
widgets.explorer()

# %% [markdown]
# ## Your own voice, if you like
#
# This part is optional and carries no points, and nobody sees the result but you. *Act*: say one of the course's sentences
# as an angry character would, then as a sad one. Do not test how you really feel. Which of your takes is louder, and does the
# model hear more than that?

# %%
mine = widgets.recorder()
mine

# %% [markdown]
# Your own function can listen, too, once it is written. This asks it about take A; without a take it does nothing.

# %%
if "A" in mine.takes:
    print(predict_emotion(fitted, mine.takes["A"], audio.SAMPLE_RATE))

# %% [markdown]
# Does it always say the same thing of you? That is the most common disappointment of people who try. The network heard
# some seventy actors, in one room, at one distance from one microphone. Your room, your distance and your level are new
# to it, and loudness is one of its strongest cues. Lesson 07's number for *new* people is the one that holds for you.

# %% [markdown]
# ## Saving and loading safely
#
# Many tutorials save a model with `pickle`.
#
# **What do you expect?** A stranger sends you a pickled model. You load it, in order to look what is inside. When can it do
# you harm?
#
# <details><summary>A. When you call its predict</summary>
#
# It need not wait so long.
# </details>
# <details><summary>B. While it is being loaded</summary>
#
# Yes. Before you have looked at anything, as the next cell shows.
# </details>
# <details><summary>C. Never: a model is numbers</summary>
#
# The numbers would be harmless. A pickle also says how to build the objects around them, and that is a program.
# </details>

# %%
widgets.question("08_predict", 4)

# %%
class Surprise:
    def __reduce__(self):
        return (print, ("This line ran while the file was being opened. It could have been any command.",))


pickle.loads(pickle.dumps(Surprise()))

# %% [markdown]
# A pickle is a program. Opening a stranger's pickle means running a stranger's program. The course saves with
# [skops](https://skops.readthedocs.io): a file that lists the types it needs, and a loader that refuses what it does not
# know. Let us hand it something it should refuse.

# %%
import skops.io
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

with tempfile.TemporaryDirectory() as folder:
    trap = Path(folder) / "found_on_the_internet.skops"
    skops.io.dump({"model": make_pipeline(FunctionTransformer(func=print))}, trap)
    try:
        model.load_model(trap)
    except ValueError as error:
        print(str(error).replace(folder, ""))

# %% [markdown]
# Safe loading is half of it. A model that loads and then predicts nonsense is no better: another version of scikit-learn
# may read the same numbers differently, and a model trained on other features cannot know it. That is why the course's
# file carries the names of its features and one worked example, which `load_model` computes again.

# %% [markdown]
# ## What this must not be used for
#
# The model tells you what an actor was probably told to play. It does not tell you what anyone feels: even people, asked
# what they hear, agree with each other in only a part of the clips (lesson 07).
#
# In the European Union, Regulation 2024/1689 forbids systems that infer emotions from biometric data, the voice
# included, at work and in education, except for medical or safety reasons (Article 5(1)(f), in force since 2 February
# 2025). That includes a teacher who would like to know whether the class is bored. It is why the part with your own voice
# is acted, optional and unmarked.
#
# ### Written: one use you refuse, one you allow
#
# Describe one use of such a model that you would refuse and one that you would allow, with a reason for each. Name who
# could be harmed, and what the score of lesson 07 means for them.

# %% [markdown] nbgrader={"grade_id": "refuse-and-allow", "grade": true, "solution": true, "points": 4}
# Model answer: I refuse a call centre that scores its employees' moods. They cannot refuse, the law of the European Union
# forbids it at work, and with actors kept apart fewer than half of the clips are recognised, unevenly over groups, so people
# would be judged by errors. I allow a game in which players act emotions and see how the model hears them: they choose it,
# nothing follows from the answer, and the error rate is part of the fun. I would show the score and store no voice.
#
# Mark scheme: 1 point for a use to refuse and who is harmed; 1 point for a reason that rests on consent, law (Article 5(1)(f))
# or error rates; 1 point for a use to allow with the condition that makes it acceptable; 1 point for using a figure of
# lesson 07 with its split.

# %% [markdown]
# ## Quiz
#
# **1. A model gets 60 % on your test set and always says "fear" on your laptop. What do you check first?**
#
# <details><summary>A. Sample rate, channels and level of the recording</summary>
#
# Yes. They change every feature, silently.
# </details>
# <details><summary>B. Whether the network has enough layers</summary>
#
# It had enough for the test set. What has changed is the input.
# </details>

# %%
widgets.question("08_predict", 5)

# %% [markdown]
# **2. `model.classes_` is `['happy', 'sad']` and predict_proba gives `[0.2, 0.8]`. The answer is ...**
#
# <details><summary>A. "disgust", the second label of the course</summary>
#
# The columns follow the model's own labels, not the course's list.
# </details>
# <details><summary>B. "sad", 0.8</summary>
#
# Yes: the second column belongs to the second entry of `classes_`.
# </details>

# %%
widgets.question("08_predict", 6)

# %% [markdown]
# **3. Somebody sends you `best_model.pkl`. You ...**
#
# <details><summary>A. load it and look at it</summary>
#
# Loading is running. Whatever it wanted to do is done before you look.
# </details>
# <details><summary>B. ask for another format, or for the code and data to train it</summary>
#
# Yes.
# </details>

# %%
widgets.question("08_predict", 7)

# %% [markdown]
# ## Take-away
#
# - You can bring any recording into the form a model was trained on, and you know what goes wrong silently if you do not.
# - You can give an answer with its probability and its runner-up, under the model's own labels.
# - You can store a model without asking others to run your code, and say no to a use, with a reason.
#
# **Where next:** lesson 09, the capstone: beat the baseline honestly. One thing to try first: play the clip of the
# beginning at half its level (`0.5 * spoken`) and predict again. Which label gains?

# %%
from ser_helpers import check

check("08_predict")
