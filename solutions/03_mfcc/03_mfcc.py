# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "MFCC: 168 numbers for a sound of any length"
#     goals:
#     - go from frames to mel bands to decibels to MFCC
#     - say what each step throws away, and why
#     - turn a clip of any length into a vector of fixed length
#     - spot what padding smuggles into a feature
#     needs: "lesson 02 (spectrogram, decibels)"
#     minutes: 60
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       log_mel: {arguments: y sample_rate n_mels, mistakes: 3}
#       mfcc_from_log_mel: {arguments: log_mel n_mfcc, mistakes: 3}
#       clip_features: {arguments: y sample_rate, mistakes: 3}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       from ser_helpers import audio, corpus, features
#
#       y = audio.read_clip(corpus.lesson_clips()["path"][0])
#       power = features.mel_power(y)       # 128 mel bands for each frame
#       decibels = features.log_mel(power)  # ears hear ratios
#       mfcc = features.mfcc(decibels)      # 40 numbers for each frame
#       row = features.clip_features(y)     # means over time: 40 + 128, whatever the length
# ---

# %% [markdown]
# # 03 · MFCC: 168 numbers for a sound of any length
#
# The project this course grew from turns each clip into a row of 30,456 numbers: all features of its frames, one behind
# the other, and then zeros up to the length of the longest clip. Three such rows end in 3,000, 15,000 and 20,000 zeros.
#
# Before you meet a single acoustic feature: which of the three clips is the longest? And which is most likely a happy one?

# %% [markdown]
# **You will learn to** go from frames to mel bands to decibels to MFCC, say what each step throws away, and turn a clip of
# any length into a vector of fixed length.
#
# **You need** lesson 02. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import json

import ipywidgets
import librosa
import numpy as np
import scipy.fft
from IPython.display import Audio, Markdown, display
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import GroupKFold, cross_val_score

from ser_helpers import audio, check, corpus, features, places, plots, widgets

LABELS = list(corpus.LABELS)
clips = corpus.lesson_clips()
print(clips.attrs["line"])

# %% [markdown]
# ## Still there? Two questions from lesson 02
#
# <!-- question again-half -->
# **From lesson 02.** You halve every sample of a clip. What does its level do?
#
# <details><summary>A. It halves: -20 dBFS become -10</summary>
#
# Then the quieter clip would have the higher level. Decibels count ratios: what was divided becomes a difference.
# </details>
# <details><summary>B. It falls by 6 dB</summary>
#
# Yes: 20 · log10(1/2) is -6.02, wherever you started.
# </details>
# <details><summary>C. It falls by 3 dB</summary>
#
# Half the *power* is 3 dB less. Half the samples is a quarter of the power.
# </details>

# %%
widgets.question("03_mfcc", "again-half")

# %% [markdown]
# <!-- question again-apart -->
# **From lesson 02.** Frames of 2,048 samples at 16,000 Hz. How far apart are the frequencies of their spectra?
#
# <details><summary>A. 31 Hz</summary>
#
# Those were frames of 512. Four times as long a frame parts frequencies four times as finely.
# </details>
# <details><summary>B. 7.8 Hz</summary>
#
# Yes: 16,000 / 2,048. The price is time: all that happens within 128 ms goes into one spectrum.
# </details>

# %%
widgets.question("03_mfcc", "again-apart")

# %% [markdown]
# ## Three rows of a table

# %%
plots.padding(corpus.clip_table()["seconds"])

# %% [markdown]
# The first question was easy: the fewer zeros, the longer the clip. The row gives its duration away, without any acoustics.
#
# <!-- question duration -->
# **What do you expect?** Can the *duration alone* tell the emotion? Guessing among six gets about 17 % right.
#
# <details><summary>A. No: 17 %, as guessing</summary>
#
# It would be so if all emotions were spoken equally fast. They are not; the next cell lists the medians.
# </details>
# <details><summary>B. A little: some six points more than guessing</summary>
#
# Yes. Happy clips are short, and disgust drags on. So a network that sees the zeros has a cue that nobody meant to give it.
# </details>
# <details><summary>C. A lot: one clip in two</summary>
#
# Duration is a weak cue. It is dangerous because it hides: nobody looks for it among the features.
# </details>

# %%
widgets.question("03_mfcc", "duration")

# %%
table = corpus.clip_table()
print("Median seconds, CREMA-D:", table.groupby("emotion")["seconds"].median().round(2).to_dict())
by_duration = cross_val_score(
    LinearDiscriminantAnalysis(), table[["seconds"]], table["emotion"].astype(str), groups=table["actor_id"], cv=GroupKFold(5)
)
Markdown(f"From the duration alone, **{100 * by_duration.mean():.1f} %** of the clips ({100 * by_duration.min():.1f} to "
         f"{100 * by_duration.max():.1f} in five folds, actors kept apart, all {len(table):,} clips of CREMA-D).")

# %%
original = json.loads((places.DATA / "results" / "as_published.json").read_text(encoding="utf-8"))
Markdown(f"Measured on {original['data']}: each row has **{original['columns']:,}** columns, and on average "
         f"**{100 * original['padding_share']:.0f} %** of the time in it is padding.")

# %% [markdown]
# <!-- question glued-columns -->
# **What do you expect?** What else goes wrong when MFCC and mel columns are glued together and padded at the very end?
#
# <details><summary>A. Nothing, zeros are neutral</summary>
#
# A zero in dB is full power, not silence. And a network sees where the zeros begin.
# </details>
# <details><summary>B. The mel block begins at another column in each clip</summary>
#
# Yes. The first block is longer for longer clips, so column 2,000 is an MFCC in one clip and a mel band in the next. The
# network is asked to learn from a table whose columns change their meaning from row to row.
# </details>

# %%
widgets.question("03_mfcc", "glued-columns")

# %% [markdown]
# You need a vector of fixed length in which every place always means the same. This lesson builds one, in four steps.

# %%
sample = clips.query("emotion == 'happy'").iloc[0]
y = audio.read_clip(sample["path"])
display(Audio(y, rate=audio.SAMPLE_RATE, normalize=False))
plots.mfcc_steps(y, title=sample["clip"])

# %% [markdown]
# ## Step 1 and 2: frames, and a scale that hears as we do
#
# You made a spectrogram in lesson 02: frames under a Hann window, their Fourier transforms, powers in dB. Here `n_fft` is
# 2,048 and the hop 512, so each frame has its power at 1 + 2,048 // 2 = 1,025 frequencies. Our ears are not interested in
# 1,025 frequencies. They tell 200 Hz from 250 Hz with ease, and 7,000 from 7,050 hardly.
#
# The **mel scale** bends the frequency axis accordingly. Triangular filters, narrow at the bottom and wide at the top, add
# up the power in each band:

# %%
plots.mel_filter_bank(n_mels=12)

# %% [markdown]
# The course uses 128 of them. More filters need longer frames: with frames of 200 samples (the original project had that)
# some filters fall between two frequencies and stay empty for ever.

# %%
plots.mel_filter_bank(n_mels=128, n_fft=200)

# %% [markdown]
# ## Step 3: decibels
#
# Ears hear ratios, so the power is written in dB. `librosa.power_to_db` does it with a floor 80 dB below the clip's loudest
# cell (`top_db`), and it measures against a **reference**. With `ref=1.0` a quiet clip stays quieter than a loud one. With
# `ref=np.max` each clip is measured against itself, and the level is gone.
#
# <!-- question sample-rate -->
# **What do you expect?** You forget to tell librosa the sample rate. It assumes 22,050 Hz. What happens?
#
# <details><summary>A. An error, the array has another length</summary>
#
# There is nothing to compare with: an array knows no sample rate.
# </details>
# <details><summary>B. Nothing visible, but each band now means another frequency</summary>
#
# Yes. The filters are laid over 0 to 11,025 Hz instead of 0 to 8,000. Silent, and wrong.
# </details>

# %%
widgets.question("03_mfcc", "sample-rate")

# %% [markdown]
# ### Exercise 1: `log_mel`
#
# (librosa's first call compiles a few functions and takes a moment. After that it is quick.)

# %% nbgrader={"grade_id": "log_mel", "solution": true}
def log_mel(y, sample_rate, n_mels):
    """Log-mel spectrogram in dB: ndarray (n_mels, frames).

    librosa's melspectrogram (power, n_fft 2048, hop 512), then power_to_db with ref 1.0, amin 1e-10, top_db 80.
    """
    ### BEGIN SOLUTION
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels, n_fft=2048, hop_length=512)
    return librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=80.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "log_mel-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
    got = log_mel(tone, 16000, 64)
    expect.array(got, "log_mel(a tone, 16000, 64)", shape=(64, 32), why="Rows are mel bands; 16,000 samples give 1 + 16000 // 512 frames.")
    expect.true(int(np.argmax(got[:, 16])) != 25, "The tone at 1,000 Hz lies in band 25, where 22,050 Hz would put it. Hand the sample rate on to librosa (sr=...).")
    expect.true(int(np.argmax(got[:, 16])) == 21, f"The tone at 1,000 Hz is strongest in band {int(np.argmax(got[:, 16]))}; band 21 was expected.")
    expect.true(abs(float(got.max())) > 0.5, "Your loudest cell is at 0 dB: you measured the clip against itself (ref=np.max). With ref=1.0 a quiet clip stays quiet.")

# %% nbgrader={"grade_id": "log_mel-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.equal(np.shape(log_mel(np.zeros(4096, dtype=np.float32), 16000, 20)), (20, 9), "the shape of log_mel(4,096 zeros, 16000, 20)")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def mistakes(y, rate, n, power, want):
        """Computed only when the answer is not right."""
        amplitude = librosa.feature.melspectrogram(y=y, sr=rate, n_mels=n, power=1.0)
        found = [
            (librosa.power_to_db(amplitude), "You took the mel spectrogram of amplitudes (power=1.0). Power is asked for, librosa's default."),
            (librosa.amplitude_to_db(amplitude), "You took the mel spectrogram of amplitudes. Adding amplitudes inside a filter is not adding powers."),
            (librosa.amplitude_to_db(power), "You turned power into dB with amplitude_to_db: the factor is 10 for power."),
            (librosa.power_to_db(power, ref=np.max), "You measured the clip against itself (ref=np.max), so its level is gone. ref=1.0 was asked for."),
            (librosa.power_to_db(power, top_db=None), "The floor is missing: nothing lies more than 80 dB below the clip's loudest cell (top_db=80)."),
            (librosa.power_to_db(power) / 10, "You took the logarithm to base 10 and left out its factor: a dB is a tenth of that, so 10 times as many."),
            (librosa.power_to_db(librosa.power_to_db(power)), "You turned it into dB twice. melspectrogram gives power, and one power_to_db is enough."),
            (power, "This is the mel spectrogram itself, in power. power_to_db turns it into dB."),
            (np.log(np.maximum(power, 1e-10)), "You took the natural logarithm. A dB is 10 times the logarithm to base 10, as power_to_db gives it."),
            (librosa.power_to_db(librosa.feature.melspectrogram(y=y, n_mels=n)), "The bands are those of 22,050 Hz: hand the sample rate on to librosa (sr=...)."),
            (librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate, n_mels=n, htk=True)), "These are HTK's mel bands. librosa's default bands (htk=False) were asked for."),
        ]
        yield from ((wrong, words) for wrong, words in found if np.abs(wrong - want).max() > 0.05)  # what is no right answer

    rng = expect.rng("log_mel")
    paths = corpus.find_audio(corpus.clip_table("practice"))
    voice, other = (audio.read_clip(paths.iloc[int(i)]) for i in rng.integers(0, len(paths), 2))
    burst = np.concatenate([np.zeros(9000), 0.5 * rng.uniform(-1, 1, 3000), np.zeros(9000)])
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
    for y, rate, n in (
        (voice, 16000, 128),
        (voice.astype(np.float64), 16000, 40),
        (other, int(rng.choice([8000, 11025, 22050, 44100])), 64),
        (other, 16000, int(rng.integers(20, 100))),
        (0.03 * voice / np.abs(voice).max(), 16000, 128),
        (burst, 16000, 64),
        (np.zeros(20000, dtype=np.float32), 16000, 64),
        (tone, 16000, 64),
    ):
        what = f"log_mel(clip, {rate}, {n})"
        with expect.calling(what), expect.unchanged(y):
            got = log_mel(y, rate, n)
        power = librosa.feature.melspectrogram(y=y, sr=rate, n_mels=n)
        target = librosa.power_to_db(power)
        expect.array(got, what, shape=target.shape, why="Rows are mel bands, columns are frames: 1 + len(y) // 512.")
        expect.close(got, target, what, atol=0.05, mistakes=mistakes(y, rate, n, power, target), look="melspectrogram with n_fft=2048 and hop_length=512, then power_to_db with ref=1.0, amin=1e-10 and top_db=80.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two calls of librosa are enough. Everything is a keyword argument: `y=`, `sr=`, `n_mels=`.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `librosa.feature.melspectrogram` gives power per band and frame; `librosa.power_to_db` turns it into dB. Look at which of
# their defaults the contract names.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels)`, then `librosa.power_to_db(power)`: the
# defaults are ref=1.0, amin=1e-10, top_db=80.
# </details>

# %%
plots.mel_spectrogram(y, title=sample["clip"])

# %% [markdown]
# ## Step 4: the DCT, or how to describe a curve with few numbers
#
# Look at one column: 128 levels from low to high. Neighbours are alike, so 128 numbers say little more than forty could.
#
# The **discrete cosine transform** compares the column with cosines: one flat, one that falls, one that falls and rises,
# and so on. How much of each cosine is in the column is one number, a **coefficient**. Here is one frame of the clip, and
# its first four. Left: what each cosine adds. Right: what they add up to, over the 128 levels in grey.

# %%
column = features.log_mel(features.mel_power(y))[:, 20]
plots.cosines(column, kept=4)

# %% [markdown]
# Number 0 is flat: it says "how loud". Number 1 tilts the curve, which says "how dark or bright". Number 2 lifts or sinks the
# middle. These numbers are the **MFCC**. The later ones describe finer and finer ripples, and you drop them.

# %%
coefficients = scipy.fft.dct(column, type=2, norm="ortho")


def rebuild(kept):
    smooth = scipy.fft.idct(np.where(np.arange(128) < kept, coefficients, 0), type=2, norm="ortho")
    figure = plots.Figure(figsize=(7.2, 3))
    ax = figure.subplots()
    ax.plot(column, color=plots.GREY, label="128 mel levels of one frame")
    ax.plot(smooth, color=plots.COLOURS["angry"], label=f"rebuilt from {kept} MFCC")
    ax.set(xlabel="mel band", ylabel="dB")
    ax.legend()
    off = np.sqrt(np.mean((smooth - column) ** 2))
    words = f"One frame's 128 mel levels, and the curve rebuilt from its first {kept} MFCC; they differ by {off:.1f} dB (RMS)."
    display(plots.describe(figure, words))


ipywidgets.interactive(
    rebuild, kept=ipywidgets.IntSlider(value=13, min=1, max=128, description="MFCC kept", continuous_update=False)
)

# %% [markdown]
# ### Try it: how many coefficients does a curve need?
#
# Move the slider above. From how many coefficients on does the curve keep its hills? What remains of the voice at one?
#
# <!-- question thirteen-mfcc -->
# **What do you expect?** To get 13 MFCC out of 128 mel bands you ...
#
# <details><summary>A. transform the whole column and keep the first 13 results</summary>
#
# Yes.
# </details>
# <details><summary>B. cut the column to 13 bands and transform these</summary>
#
# That describes the 13 lowest bands in full detail and forgets the other 115. scipy's `dct(x, n=13)` does exactly this, and
# many programs fell for it.
# </details>

# %%
widgets.question("03_mfcc", "thirteen-mfcc")

# %% [markdown]
# ### Exercise 2: `mfcc_from_log_mel`

# %% nbgrader={"grade_id": "mfcc_from_log_mel", "solution": true}
def mfcc_from_log_mel(log_mel, n_mfcc):
    """The first n_mfcc rows of the orthonormal DCT-II along mel: ndarray (n_mfcc, frames).

    log_mel: ndarray (n_mels, frames), n_mfcc <= n_mels.
    """
    ### BEGIN SOLUTION
    return scipy.fft.dct(log_mel, type=2, axis=0, norm="ortho")[:n_mfcc]
    ### END SOLUTION


# %% nbgrader={"grade_id": "mfcc_from_log_mel-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    flat = np.full((4, 3), -10.0)
    got = mfcc_from_log_mel(flat, 2)
    expect.array(got, "mfcc_from_log_mel(4 bands x 3 frames, 2)", shape=(2, 3), why="Rows are coefficients, columns are frames.")
    expect.close(
        got,
        [[-20, -20, -20], [0, 0, 0]],
        "mfcc_from_log_mel of a flat spectrum",
        atol=1e-6,
        mistakes=[
            ([[-80, -80, -80], [0, 0, 0]], "Your scale is another one: scipy's dct is not orthonormal unless told so. norm=\"ortho\" keeps lengths as they are."),
            ([[-40, -40, -40], [0, 0, 0]], "Your column is added up and not scaled: that is a Fourier transform, or a DCT without its factors. scipy.fft.dct with norm=\"ortho\" was asked for."),
            ([[-17.320508, 0, 0], [-17.320508, 0, 0]], "You transformed along time. The columns are frames; along mel is down a column (axis=0)."),
            ([[-14.142136, -14.142136, -14.142136], [0, 0, 0]], "You cut the bands before the transform (dct(..., n=n_mfcc) does that). Transform all bands, then keep the first rows."),
        ],
        look="A flat column is all 'how loud' and nothing else.",
    )

# %% nbgrader={"grade_id": "mfcc_from_log_mel-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.equal(np.shape(mfcc_from_log_mel(np.zeros((6, 1)), 6)), (6, 1), "the shape of mfcc_from_log_mel(6 bands x 1 frame, 6)")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("mfcc_from_log_mel")
    for bands, frames, n, dtype in ((128, 30, 40, np.float32), (40, 41, 13, np.float64), (20, 20, 20, np.float64), (64, 5, 1, np.float32), (int(rng.integers(30, 90)), 7, int(rng.integers(2, 25)), np.float64)):
        db = rng.uniform(-80, 0, (bands, frames)).astype(dtype)
        what = f"mfcc_from_log_mel({bands} bands x {frames} frames, {n})"
        with expect.calling(what), expect.unchanged(db):
            got = mfcc_from_log_mel(db, n)
        want = scipy.fft.dct(db, type=2, axis=0, norm="ortho")[:n]
        mistakes = [
            (scipy.fft.dct(db, type=2, axis=0)[:n], "Right but for the scale: the orthonormal DCT was asked for (norm=\"ortho\")."),
            (scipy.fft.dct(db, type=2, axis=1, norm="ortho")[:n], "You transformed along time. Along mel is down a column (axis=0)."),
            (scipy.fft.dct(db, type=2, axis=0, norm="ortho")[1 : n + 1], "Your rows begin at coefficient 1. Coefficient 0, the level, is the first of them."),
            (scipy.fft.dct(db, type=3, axis=0, norm="ortho")[:n], "That is the DCT of type 3, the way back. Type 2 was asked for."),
        ]
        if n != bands:
            mistakes.append((scipy.fft.dct(db, type=2, axis=0, norm="ortho", n=n), "You cut the bands before the transform (n=n_mfcc does that). Transform all bands, then keep the first rows."))
        expect.close(got, want, what, atol=2e-3, mistakes=mistakes, look="The orthonormal DCT-II of each column, then its first rows.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# scipy has it: `scipy.fft.dct`. Three of its arguments matter here.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Type 2, along mel, orthonormal; and only afterwards the first rows.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `scipy.fft.dct(log_mel, type=2, axis=..., norm="ortho")[:n_mfcc]`. Which axis is mel?
# </details>

# %% [markdown]
# ### Try it: all the steps, with your own settings
#
# Which of the sizes change with the length of the clip, and at which step does that end? Ask for many mel bands with a short
# window: what does the explorer tell you about the filters?

# %%
widgets.feature_explorer()

# %% [markdown]
# ## One vector for a clip
#
# You have 40 MFCC per frame, and as many frames as the clip is long. Now make it one vector in which every place always
# means the same: **average over time**. What you lose is the order of events; what you gain is that a short and a long clip
# can be compared.
#
# The course takes the means of 40 MFCC and, behind them, the means of the 128 mel bands in *linear power*, which keep the
# level. 168 numbers.
#
# <!-- question twice-as-long -->
# **What do you expect?** You take a clip and append it to itself. What happens to its 168 numbers?
#
# <details><summary>A. They double</summary>
#
# A sum would. A mean does not care how long it goes on.
# </details>
# <details><summary>B. They hardly change</summary>
#
# Yes. Duration is gone from the features. Whether you *want* it gone is a decision, and now it is yours.
# </details>

# %%
widgets.question("03_mfcc", "twice-as-long")

# %%
once, twice = features.clip_features(y), features.clip_features(np.concatenate([y, y]))
print(f"{len(y) / 16000:.1f} s: {once[:4].round(1)} ...   {2 * len(y) / 16000:.1f} s: {twice[:4].round(1)} ...")

# %% [markdown]
# ### Exercise 3: `clip_features`

# %% nbgrader={"grade_id": "clip_features", "solution": true}
def clip_features(y, sample_rate):
    """168 float32 numbers for a clip of any length: ndarray (168,).

    Means over time of the 40 MFCC (from log_mel with 128 bands), then of the 128 mel bands in linear power.
    """
    ### BEGIN SOLUTION
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=128, n_fft=2048, hop_length=512)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)
    ### END SOLUTION


# %% nbgrader={"grade_id": "clip_features-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    def course_log_mel(y, sample_rate, n_mels):
        return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels))

    def course_mfcc(log_mel, n_mfcc):
        return librosa.feature.mfcc(S=log_mel, n_mfcc=n_mfcc)

    y = (0.3 * np.sin(np.arange(24000) / 7)).astype(np.float32)
    with expect.standing_in(log_mel=course_log_mel, mfcc_from_log_mel=course_mfcc):
        got, longer = clip_features(y, 16000), clip_features(np.concatenate([y, y]), 16000)
    expect.kind(got, np.ndarray, "clip_features(1.5 s, 16000)")
    expect.true(got.ndim != 2 or 1 not in got.shape, f"Your numbers lie in a table of shape {got.shape}. A flat vector, (168,), was asked for: one axis, and no keepdims.")
    expect.true(
        got.ndim == 1,
        f"Your vector has shape {got.shape} where (168,) was expected. The last number is the number of frames: it changes with the length of the clip. "
        "Which operation turns that many numbers per coefficient into one?",
    )
    expect.true(
        np.shape(got) == np.shape(longer),
        f"1.5 s give {np.size(got)} numbers and 3 s give {np.size(longer)}. A row of a table needs the same places for every clip: average over time instead of laying frames side by side.",
    )
    expect.array(got, "clip_features(1.5 s, 16000)", shape=(168,), dtype="float32", why="40 MFCC means, then 128 mel means.")

# %% nbgrader={"grade_id": "clip_features-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    def course_log_mel(y, sample_rate, n_mels):
        return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels))

    def course_mfcc(log_mel, n_mfcc):
        return librosa.feature.mfcc(S=log_mel, n_mfcc=n_mfcc)

    with expect.standing_in(log_mel=course_log_mel, mfcc_from_log_mel=course_mfcc):
        expect.equal(np.shape(clip_features(0.3 * np.sin(np.arange(4096) / 7), 16000)), (168,), "the shape of clip_features of a quarter of a second")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def mistakes(y, rate, db, coefficients, mel, want):
        """Computed only when the answer is not right."""
        found = [
            (scipy.fft.dct(db.mean(axis=1), norm="ortho")[1:41], "Your coefficients begin at 1: coefficient 0, the level, belongs to the forty."),
            (np.resize(coefficients.mean(axis=0), 40), "You averaged over the coefficients; average over time, along a row (axis=1)."),
            (np.resize(coefficients.ravel(), 40), "You laid frames side by side and cut (or padded) them to 168 numbers: what stands where depends on the clip's length. Average over time instead."),
            (np.resize(coefficients.T.ravel(), 40), "These are the coefficients of the first frame alone. Average over time, all frames."),
            (np.median(coefficients, axis=1), "You took the median over time; the mean was asked for."),
            (mel[:40], "The mel means stand first. The 40 MFCC means come first, the 128 mel means follow."),
            (librosa.feature.mfcc(S=librosa.power_to_db(librosa.feature.melspectrogram(y=y)), n_mfcc=40).mean(axis=1), "The bands are those of 22,050 Hz: hand the sample rate on."),
            (librosa.feature.mfcc(S=librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=16000)), n_mfcc=40).mean(axis=1), "The bands are those of 16,000 Hz whatever the clip's own rate is: hand the sample rate on."),
            (librosa.feature.mfcc(S=librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate), top_db=None), n_mfcc=40).mean(axis=1), "The 80 dB range of log_mel is missing: nothing lies more than 80 dB below the clip's loudest cell (top_db=80)."),
        ]
        yield from ((wrong, words) for wrong, words in found if np.abs(wrong - want).max() > 0.05)  # what is no right answer

    rng = expect.rng("clip_features")
    paths = corpus.find_audio(corpus.clip_table("practice"))
    voice, other = (audio.read_clip(paths.iloc[int(i)]) for i in rng.integers(0, len(paths), 2))
    burst = np.concatenate([np.zeros(9000), 0.5 * rng.uniform(-1, 1, 3000), np.zeros(9000)])
    for y, rate in (
        (voice, 16000),
        (other.astype(np.float64), 16000),
        (other, int(rng.choice([22050, 44100]))),
        (burst, 16000),
        (np.zeros(16000, dtype=np.float32), 16000),
        (0.05 * rng.uniform(-1, 1, 80000).astype(np.float32), 16000),
        (rng.uniform(-0.5, 0.5, 2048), 16000),
        (rng.uniform(-0.5, 0.5, 300), 16000),
        (np.full(1, 0.5), 16000),
    ):
        what = f"clip_features({len(y):,} samples, {rate})"
        with expect.standing_in(log_mel=course_log_mel, mfcc_from_log_mel=course_mfcc), expect.calling(what, "Clips of any duration come, short ones and silent ones too."), expect.unchanged(y):
            got = clip_features(y, rate)
        expect.array(got, what, shape=(168,), dtype="float32", why="The same length for any duration: 40 MFCC means, then 128 mel means.")
        if len(y) < 2048:
            continue
        power = librosa.feature.melspectrogram(y=y, sr=rate)
        db = librosa.power_to_db(power)
        coefficients = librosa.feature.mfcc(S=db, n_mfcc=40)
        mfcc, mel = coefficients.mean(axis=1), power.mean(axis=1)
        expect.close(
            got[:40], mfcc, f"the 40 MFCC means of {what}", atol=0.05,
            mistakes=mistakes(y, rate, db, coefficients, mel, mfcc),
            look="mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40), averaged over time.",
        )
        tolerance = 0.01 * mel + 1e-6 * mel.max() + 1e-9
        mine = np.asarray(got[40:], dtype=float)
        expect.true(
            not (np.abs(mine - db.mean(axis=1)) < 0.2).all(),
            "Your mel means are in dB. The contract asks for linear power there: a mean of dB is another thing, and the MFCC have the dB already.",
        )
        expect.true(
            (np.abs(mine - mel) <= tolerance).all(),
            f"The mel means of {what} differ from the mean power of each band (the first is {mine[0]:.3g} where {mel[0]:.3g} was expected). 128 bands at the clip's own "
            "sample rate, linear power, mean over time.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You have the two functions for the first forty. What are their shapes, and which axis is time?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `.mean(axis=1)` of a (40, frames) array gives 40 numbers, whatever the number of frames. The mel bands again come from
# `librosa.feature.melspectrogram`, this time without `power_to_db`. Join with `np.concatenate`.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)`.
# </details>

# %% [markdown]
# ## Do the numbers know the emotion?
#
# One number against one: coefficient 0 (how loud) of some clips, by emotion. (The course's own version of the features
# stands in here, a faster way to the same numbers.)

# %%
some = clips.groupby("emotion").head(24)
X = features.extract(some["path"])
loudness = {label: round(float(np.median(X[(some["emotion"] == label).to_numpy(), 0])), 1) for label in LABELS}
print("Median of MFCC 0 over up to 24 clips per emotion:", loudness)
by_librosa = librosa.feature.mfcc(y=y, sr=16000, n_mfcc=40).mean(axis=1)
off = np.abs(features.clip_features(y)[:40] - by_librosa).max()
print(f"The faster way and librosa differ by at most {off:.5f} in an MFCC.")

# %% [markdown]
# ## Quiz
#
# <!-- question same-length -->
# **1. Why do all clips need a vector of the same length?**
#
# <details><summary>A. A network's first layer has one weight per input</summary>
#
# Yes, and weight 17 should always meet the same kind of number.
# </details>
# <details><summary>B. It saves disk space</summary>
#
# It does, but that is not why.
# </details>

# %%
widgets.question("03_mfcc", "same-length")

# %% [markdown]
# <!-- question zero-padding -->
# **2. Zero-padding to the longest clip tells the network ...**
#
# <details><summary>A. nothing</summary>
#
# The place where the zeros begin is the duration, in plain sight.
# </details>
# <details><summary>B. the duration of the clip</summary>
#
# Yes. Happy clips are often shorter, and disgust lasts longer. A cue that came in by accident is one you cannot explain.
# </details>

# %%
widgets.question("03_mfcc", "zero-padding")

# %% [markdown]
# <!-- question wrong-length -->
# **3. At prediction time your vector has 130 numbers, in training it had 168. What happened, most likely?**
#
# <details><summary>A. The recording was too short</summary>
#
# Not with means: any length gives 168.
# </details>
# <details><summary>B. Another n_mfcc or n_mels than in training</summary>
#
# Yes. That is why the course keeps one function for both, and stores the features' names with the model.
# </details>

# %%
widgets.question("03_mfcc", "wrong-length")

# %% [markdown]
# ## Take-away
#
# - You can walk from samples to MFCC and say what each step keeps.
# - You can give any clip the same 168 places, and every place its meaning.
# - You can see what padding, a forgotten sample rate or a wrong axis would have smuggled in.
#
# One thing to try first: which of the 168 numbers changes most when you halve the clip's level (`0.5 * y`)?

# %% [markdown]
# ## Further reading
#
# - Davis and Mermelstein (1980). *Comparison of parametric representations for monosyllabic word recognition in
#   continuously spoken sentences.* IEEE Transactions on Acoustics, Speech, and Signal Processing 28(4), 357-366.
#   [doi:10.1109/TASSP.1980.1163420](https://doi.org/10.1109/TASSP.1980.1163420): where MFCC come from.
# - Stevens, Volkmann and Newman (1937). *A scale for the measurement of the psychological magnitude pitch.* Journal
#   of the Acoustical Society of America 8(3), 185-190. [doi:10.1121/1.1915893](https://doi.org/10.1121/1.1915893):
#   where the mel comes from.
# - McFee, Raffel, Liang, Ellis, McVicar, Battenberg and Nieto (2015). *librosa: Audio and music signal analysis in
#   Python.* Proceedings of the 14th Python in Science Conference, 18-24.
#   [doi:10.25080/Majora-7b98e3ed-003](https://doi.org/10.25080/Majora-7b98e3ed-003): the library.
# - Eyben and others (2016). *The Geneva minimalistic acoustic parameter set (GeMAPS) for voice research and affective
#   computing.* IEEE Transactions on Affective Computing 7(2), 190-202.
#   [doi:10.1109/TAFFC.2015.2457417](https://doi.org/10.1109/TAFFC.2015.2457417): another choice of features, each
#   with a reason.

# %%
check("03_mfcc")
