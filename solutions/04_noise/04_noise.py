# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Noise: what augmentation costs, and what it saves"
#     goals:
#     - add noise at a signal-to-noise ratio you can name
#     - measure the ratio of a noisy recording
#     - augment the training clips, and nothing else
#     - say what augmentation costs on clean clips and saves on noisy ones
#     needs: "lessons 02 (decibels) and 03 (features)"
#     minutes: 60
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       add_noise: {arguments: y snr_db rng, mistakes: 3}
#       measure_snr: {arguments: clean noisy, mistakes: 2}
#       augment_training: {arguments: X_clean X_noisy labels is_train, mistakes: 3}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       import numpy as np
#       from ser_helpers import audio, corpus, evaluate
#
#       y = audio.read_clip(corpus.lesson_clips()["path"][0])
#       noisy = audio.add_noise(y, snr_db=15, rng=np.random.default_rng(0))  # a seed, to repeat it
#       # Split first; then copy the training clips only.
#       scores = evaluate.load_scores().query("target == 'intended'")
#       scores.pivot(index="split", columns="tested_on", values="accuracy")  # both columns, or none
# ---

# %% [markdown]
# # 04 · Noise: what augmentation costs, and what it saves
#
# A model names almost half of the clips rightly in a quiet room. Then somebody opens a window. You will hear that window
# in a minute, from a distance (30 dB) to deafening (0 dB). At which step do *you* lose the words? And where does the model
# lose the emotion: before you, or after?

# %% [markdown]
# **You will learn to** add noise at a ratio you can name, measure it, augment training clips and nothing else, and say
# what that costs and saves.
#
# **You need** lessons 02 and 03. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import numpy as np
import pandas as pd
from IPython.display import Audio, Markdown, display

from ser_helpers import audio, check, corpus, evaluate, features, plots, widgets

LABELS = list(corpus.LABELS)
clips = corpus.lesson_clips()
print(clips.attrs["line"])

# %% [markdown]
# ## Still there? Two questions from earlier lessons
#
# <!-- question again-cosine -->
# **From lesson 03.** You make a clip 6 dB quieter. Which of its 40 MFCC change?
#
# <details><summary>A. All of them</summary>
#
# The whole column of levels sinks by the same 6 dB. Only the flat cosine can see that.
# </details>
# <details><summary>B. Number 0 alone, as long as nothing meets the floor</summary>
#
# Yes. The others measure the *shape* of the column, which stays. (The 128 mel means are powers: each falls to a quarter.)
# </details>
# <details><summary>C. None: MFCC do not know the level</summary>
#
# Thirty-nine of them do not. Number 0 is the level, and this course keeps it.
# </details>

# %%
widgets.question("04_noise", "again-cosine")

# %% [markdown]
# <!-- question again-short -->
# **From lesson 02.** You want to see at which moment a window is slammed. Which frames do you take?
#
# <details><summary>A. Short ones</summary>
#
# Yes. A short frame knows when, and blurs the frequencies; a slam has all frequencies anyway.
# </details>
# <details><summary>B. Long ones: they are more exact</summary>
#
# More exact in frequency. The slam would be spread over a quarter of a second.
# </details>

# %%
widgets.question("04_noise", "again-short")

# %% [markdown]
# ## A window opens

# %%
sample = clips.query("emotion == 'happy'").iloc[2]
clean = audio.read_clip(sample["path"])
for snr_db in (None, 30, 15, 5, 0):
    sound = clean if snr_db is None else audio.add_noise(clean, snr_db, audio.clip_rng(sample["clip"]))
    print("clean" if snr_db is None else f"{snr_db} dB")
    display(Audio(np.clip(sound, -1, 1), rate=audio.SAMPLE_RATE, normalize=False))

# %% [markdown]
# ## A ratio of powers
#
# The number beside each sound is the **signal-to-noise ratio**, SNR: the power of the signal divided by the power of the
# noise, in decibels. Power is the mean of the squared samples, over the whole clip, pauses too.
#
# SNR = 10 · log10(power of signal / power of noise)
#
# At 0 dB both are equally strong. At 30 dB the noise has a thousandth of the power.
#
# <!-- question noise-size -->
# **What do you expect?** At 20 dB, how large are the noise samples beside the signal's, on average?
#
# <details><summary>A. A hundredth</summary>
#
# That is the ratio of the *powers*. Samples are the roots of powers.
# </details>
# <details><summary>B. A tenth</summary>
#
# Yes: a hundredth of the power is a tenth of the amplitude.
# </details>
# <details><summary>C. A twentieth</summary>
#
# Decibels are no divisor. Each 20 of them is a factor of ten in amplitude.
# </details>

# %%
widgets.question("04_noise", "noise-size")

# %%
plots.snr_ladder(clean, clip=sample["clip"])

# %% [markdown]
# ### Exercise 1: `add_noise`
#
# The noise comes from a Generator that you are handed. So the same seed gives the same noise, to you and to whoever
# checks your result.

# %% nbgrader={"grade_id": "add_noise", "solution": true}
def add_noise(y, snr_db, rng):
    """A copy of y with white Gaussian noise at snr_db over the whole clip (power is the mean square).

    Same shape and dtype as y, not clipped, y itself unchanged; all chance from the numpy Generator rng.
    An all-zero clip comes back as a copy.
    """
    ### BEGIN SOLUTION
    power = np.mean(np.asarray(y, dtype=np.float64) ** 2)
    noise = rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))
    return (y + noise).astype(y.dtype)
    ### END SOLUTION


# %% nbgrader={"grade_id": "add_noise-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    y = 0.3 * np.sin(np.arange(16000) / 6)
    before = y.copy()
    got = add_noise(y, 10, np.random.default_rng(0))
    expect.true(np.array_equal(y, before), "Your function changed its input. `y += noise` works in place; `y + noise` makes a new array.")
    expect.array(got, "add_noise(y, 10, rng)", shape=(16000,), dtype="float64", why="Noise changes the numbers, not how many there are.")
    noise = got - y
    expect.true(np.ptp(noise) > 1e-9, "You added the same number to every sample: that moves the clip, and makes no noise. Draw as many numbers as there are samples.")
    expect.true(abs(np.corrcoef(got, y)[0, 1]) > 0.1, "The clip is gone: only noise came back. Add it to y.")
    snr = 10 * np.log10(np.mean(y**2) / np.mean(noise**2))
    power = np.mean(y**2) / 10
    expect.true(abs(noise.std() - power) > 0.1 * power, "You multiplied the noise by its power. Numbers that are c times as large have c squared times the power: multiply by its root.")
    expect.true(
        abs(snr - 20) > 0.3,
        "You divided amplitudes; SNR compares powers, so your 10 dB is really 20. The amplitude of the noise goes with the root of its power.",
    )
    expect.true(abs(snr + 10) > 0.3, "Your noise is 10 dB *stronger* than the signal: the ratio is upside down.")
    expect.true(abs(snr - 10) < 0.3, f"At 10 dB your noise gives a measured ratio of {snr:.1f} dB. Power is the mean of the squares, over the whole clip.")

# %% nbgrader={"grade_id": "add_noise-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.equal(np.shape(add_noise(np.ones(100), 0, np.random.default_rng(1))), (100,), "the shape of add_noise(100 ones, 0, rng)")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("add_noise")
    speech = np.concatenate([np.zeros(8000), 0.4 * np.sin(np.arange(16000) / 9), np.zeros(8000)])
    for y, ratios in (
        (speech, (-5, 0, 15)),
        (speech.astype(np.float32), (15, 30)),
        (0.9 * rng.uniform(-1, 1, 16000).astype(np.float32), (-5, float(rng.uniform(3, 25)))),
        (0.3 + 0.05 * np.sin(np.arange(16000) / 9), (float(rng.uniform(3, 25)),)),
    ):
        for snr_db in ratios:
            what = f"add_noise(y, {snr_db:g}, rng)"
            with expect.calling(what), expect.unchanged(y):
                got = add_noise(y, snr_db, np.random.default_rng(rng.integers(2**32)))
            expect.array(got, what, shape=y.shape, dtype=str(y.dtype), why="Shape and dtype stay as they were.")
            noise = got.astype(float) - y
            power, variance = np.mean(y.astype(float) ** 2), np.var(y.astype(float))
            measured = 10 * np.log10(power / np.mean(noise**2))
            close = abs(measured - snr_db) < 0.3
            expect.true(close or abs(10 * np.log10(variance / np.mean(noise**2)) - snr_db) > 0.3, "You took the variance for the power. Power is the mean of the squares; a recording need not have a mean of 0.")
            expect.true(close or abs(measured - 2 * snr_db) > 0.3, f"You divided amplitudes; SNR compares powers, so your {snr_db:g} dB is really {2 * snr_db:g}.")
            expect.true(close or np.abs(got).max() > 1 or np.abs(y).max() < 0.89, "Your result was clipped to -1 ... 1. Noise may go beyond full scale; leave it there.")
            expect.true(close, f"Asked for {snr_db:g} dB, measured {measured:.1f} dB. Take the power over the whole clip, pauses too, and do not clip the result.")
            z = noise / noise.std()
            still = noise[y == 0]
            expect.true(len(still) == 0 or np.mean(still**2) > 0.5 * np.mean(noise**2), "The pauses have less noise than the speech. White noise lies over the whole clip, pauses too.")
            expect.true(2.6 < np.mean(z**4) < 3.4, "Your noise is not Gaussian: its values are spread in another shape. rng.standard_normal draws Gaussian noise.")
            expect.true(abs(np.corrcoef(z[1:], z[:-1])[0, 1]) < 0.05, "Your noise is not white: neighbouring samples resemble each other.")
            expect.true(abs(z.mean()) < 0.06, f"Your noise has a mean of {z.mean():.2f} standard deviations: it shifts the clip. White noise has a mean of 0.")
    seed = int(rng.integers(2**31))
    a, b, c = (add_noise(speech, 10, np.random.default_rng(seed)) for seed in (seed, seed, seed + 1))
    expect.true(np.array_equal(a, b), "The same Generator seed gave two different results: draw from rng only.")
    expect.true(not np.array_equal(a, c), "Another seed gives the same noise: draw from the Generator you were handed, and seed nothing yourself.")
    one = np.random.default_rng(seed)
    expect.true(not np.array_equal(add_noise(speech, 10, one), add_noise(speech, 10, one)), "A second call with the same Generator gives the same noise: it should go on drawing from it.")
    silence = np.zeros(1000, dtype=np.float32)
    with expect.calling("add_noise of silence", "The power of silence is 0, so noise at any ratio to it is 0."):
        got = add_noise(silence, 10, np.random.default_rng(0))
    expect.array(got, "add_noise of silence", shape=(1000,), dtype="float32", finite=False, why="An all-zero clip comes back as a copy.")
    expect.true(np.array_equal(got, silence), "Silence came back as something else (nan, or noise). Its power is 0, so noise at any ratio to it is 0.")
    expect.true(not np.shares_memory(got, silence), "An all-zero clip should come back as a copy, not as the same array.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which power should the noise have? Turn the formula above around.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `rng.standard_normal(n)` has a power of 1. Multiply it by the *root* of the power you want, and add it to the clip. Mind
# the dtype at the end.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `noise_power = np.mean(y**2) / 10 ** (snr_db / 10)`, then
# `(y + np.sqrt(noise_power) * rng.standard_normal(len(y))).astype(y.dtype)`.
# </details>

# %% [markdown]
# Now the other way round: you have the clean and the noisy recording. What was the ratio?
#
# ### Exercise 2: `measure_snr`

# %% nbgrader={"grade_id": "measure_snr", "solution": true}
def measure_snr(clean, noisy):
    """Signal-to-noise ratio in dB, a float; the noise is noisy - clean. inf when the two are exactly equal."""
    ### BEGIN SOLUTION
    clean, noisy = np.asarray(clean, dtype=np.float64), np.asarray(noisy, dtype=np.float64)
    noise_power = np.mean((noisy - clean) ** 2)
    if noise_power == 0:
        return float("inf")
    return float(10 * np.log10(np.mean(clean**2) / noise_power))
    ### END SOLUTION


# %% nbgrader={"grade_id": "measure_snr-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    clean, noise = np.array([1.0, -1.0, 1.0, -1.0]), np.array([0.5, 0.5, -0.5, -0.5])
    got = measure_snr(clean, clean + noise)
    expect.kind(got, float, "measure_snr(...)")
    expect.close(
        got,
        6.0206,
        "measure_snr with noise of half the amplitude",
        atol=0.001,
        mistakes=[
            (4, "That is the ratio of the powers itself. In dB it is 10 times its logarithm to base 10."),
            (13.862944, "You took the natural logarithm (np.log). A dB goes by base 10: np.log10."),
            (-0.9691, "You compared the clean recording with the noisy one. The noise is what is left of the noisy one when the clean one is taken away."),
            (12.0412, "You took 20 log10 of a ratio of powers. 20 belongs to amplitudes, 10 to powers."),
            (6.9897, "You took the noisy recording for the signal. Its power holds the noise, too; the signal is the clean one."),
            (-6.0206, "Your ratio is upside down: signal over noise."),
            (3.0103, "You took 10 log10 of a ratio of amplitudes. 10 belongs to powers."),
        ],
    )

# %% nbgrader={"grade_id": "measure_snr-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.close(measure_snr(np.ones(4), np.array([2.0, 0.0, 2.0, 0.0])), 0.0, "measure_snr of equally strong signal and noise", atol=1e-6)
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("measure_snr")
    for dtype in (np.float32, np.float64):
        for offset in (0.0, 0.1):  # a mean that is not 0, in the clip and in the noise
            n = int(rng.integers(1000, 9000))
            clean = (offset + 0.2 * np.sin(np.arange(n) / 4)).astype(dtype)
            noisy = (clean + offset + float(rng.uniform(0.02, 0.1)) * rng.standard_normal(n)).astype(dtype)
            p, q, m = (np.mean(x.astype(float) ** 2) for x in (clean, noisy.astype(float) - clean, noisy))
            with expect.calling("measure_snr(...)"), expect.unchanged(clean, noisy):
                got = measure_snr(clean, noisy)
            expect.kind(got, float, "measure_snr(...)")
            mistakes = [
                (20 * np.log10(p / q), "You took 20 log10 of a ratio of powers."),
                (10 * np.log10(m / q), "You took the noisy recording for the signal."),
                (10 * np.log10(clean.astype(float).var() / (noisy.astype(float) - clean).var()), "You took variances for powers. Power is the mean of the squares; a recording need not have a mean of 0."),
            ]
            want = 10 * np.log10(p / q)
            expect.close(got, want, "measure_snr(...)", atol=0.02, mistakes=[(w, s) for w, s in mistakes if abs(w - want) > 0.1], look="10 log10 of the power of the clean clip over the power of noisy - clean.")
    clean = rng.choice([-0.25, 0.25], 4000)
    noisy = clean + rng.choice([-(2.0**-20), 2.0**-20], 4000)  # exact in float32, too
    want = 10 * np.log10(np.mean(clean**2) / np.mean((noisy - clean) ** 2))
    expect.close(
        min(measure_snr(clean, noisy), 1e9), want, f"measure_snr with noise of a millionth, about {want:.0f} dB,", atol=0.02,
        look="Nearly equal is not equal, and nothing belongs below the line but the power of the noise: inf is for arrays that are exactly equal.",
    )
    for same, what in ((clean, "a recording and its copy"), (np.zeros(100), "two silent recordings"), (np.zeros(100, dtype=np.float32), "two silent recordings")):
        with expect.calling(f"measure_snr of {what}", "No noise at all is an infinite ratio (inf)."):
            got = measure_snr(same, same.copy())
        expect.kind(got, float, f"measure_snr of {what}")
        expect.true(np.isposinf(got), f"Two equal recordings gave {got}. No noise at all is an infinite ratio (inf), for silence too.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What is left when you take the clean recording out of the noisy one?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Two powers, one ratio, one logarithm. Treat "no noise at all" before you divide.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `noise = noisy - clean`; if `not noise.any()` return `float("inf")`; else
# `10 * np.log10(np.mean(clean**2) / np.mean(noise**2))`.
# </details>

# %% [markdown]
# ## The open window, in numbers
#
# Here is the course's network on CREMA-D, actors kept apart, trained on clean clips only. It is tested twice: on clean
# clips, and on the same clips with noise at 15 dB, the third sound you heard.
#
# <!-- question with-noise -->
# **What do you expect?** On clean clips it names almost half of the emotions. With noise at 15 dB it names ...
#
# <details><summary>A. nearly as many: every word can still be understood</summary>
#
# By you. Your ear follows the loud stripes of the voice and leaves out the rest. The 168 means take the rest in.
# </details>
# <details><summary>B. some five points fewer</summary>
#
# Most people guess so. It is more than three times as many.
# </details>
# <details><summary>C. fewer than a third of the clips, where guessing gives a sixth</summary>
#
# Yes. The next cell says it with its split.
# </details>

# %%
widgets.question("04_noise", "with-noise")

# %%
answers = evaluate.load_predictions()
answers = answers.pivot(index="clip", columns=["protocol", "tested_on"], values="predicted")
asked = corpus.clip_table().set_index("clip").loc[answers.index]
hits = answers.eq(asked["emotion"].astype(str), axis=0).astype(int)  # 1 or 0


def points(difference):
    """A mean over clips in points, with its 95 % interval over actors."""
    mean, low, high = (100 * x for x in evaluate.mean_interval(difference, asked["actor_id"]))
    return f"{mean:+.1f} points ({low:+.1f} to {high:+.1f})"


quiet, window = hits["actors", "clean"], hits["actors", "noisy"]
Markdown(f"Clean clips **{100 * quiet.mean():.1f} %**, the same clips at 15 dB **{100 * window.mean():.1f} %**: "
         f"**{points(window - quiet)}**, 95 % interval over {asked['actor_id'].nunique()} actors ({len(asked):,} clips, five "
         "folds, actors kept apart; guessing gives about 17 %).")

# %% [markdown]
# The difference is *paired*: both answers were given to the same clip, so each clip is compared with itself, 1 where only the
# second answer is right, -1 where only the first is. The interval draws whole actors again. (A network gives one answer to a
# clip, and a clip has one intended label: nothing is ever tied. And differences are taken before anything is rounded.)
#
# At 15 dB *you* still understand each word. The network has lost more than half of what it knew beyond guessing: the noise
# has filled the quiet upper mel bands, and no number looks as it did in training.
#
# The remedy is old: let it hear noise in training. Add a noisy copy of each training clip, with the same label. That is
# **augmentation**.
#
# <!-- question copies-on-clean -->
# **What do you expect?** With noisy copies in training, on *clean* test clips the score ...
#
# <details><summary>A. rises: more data is better</summary>
#
# It is no more data. It is the same clips once more, and half of them now sound different from the test.
# </details>
# <details><summary>B. falls a little</summary>
#
# Yes, by a point or two. The network has to serve two worlds with the same hundred units.
# </details>

# %%
widgets.question("04_noise", "copies-on-clean")

# %%
plots.clean_and_noisy(evaluate.load_scores())

# %% [markdown]
# Is a point or two more than chance? Compare clip by clip once more, with noisy copies in training and without:

# %%
copies = {
    "clean clips": hits["actors_noisy", "clean"] - hits["actors", "clean"],
    "clips at 15 dB": hits["actors_noisy", "noisy"] - hits["actors", "noisy"],
}
changes = {what: points(change) for what, change in copies.items()}
pd.DataFrame({"noisy copies in training change the score by": changes})

# %% [markdown]
# The cost is small and real, the saving is large. Read the figure in pairs. If you look at clean clips only, augmentation seems useless, even harmful. If you look at noisy
# clips, it saves most of what was lost. Many papers print one of the two columns.
#
# Now look at the topmost pair. It is better than everything below on clean *and* noisy clips. Is it the best idea?
#
# <!-- question topmost-score -->
# **What do you expect?** In the topmost protocol the noisy copies were made first, and then all clips, clean and noisy,
# were split at random. The high score comes from ...
#
# <details><summary>A. having more training data</summary>
#
# It has no more than the others that train on noisy copies.
# </details>
# <details><summary>B. test clips whose copy was in the training set</summary>
#
# Yes. For most test clips the network has been told the answer, on the same recording with a bit of hiss. That is a
# **leak**, and lesson 05 is about it.
# </details>

# %%
widgets.question("04_noise", "topmost-score")

# %% [markdown]
# ## Where noise must not reach
#
# So the order matters: split first, then copy the training clips only.
#
# ### Exercise 3: `augment_training`

# %% nbgrader={"grade_id": "augment_training", "solution": true}
def augment_training(X_clean, X_noisy, labels, is_train):
    """Training rows with their noisy copies: (X, y), two ndarrays.

    X_clean, X_noisy: 2-D ndarrays, a row per clip, in the same order; labels: matched labels.
    is_train: boolean per clip, in any order, at least one True.
    X holds the clean rows of the training clips in their order, then their noisy rows; y their labels.
    """
    ### BEGIN SOLUTION
    train = np.asarray(is_train, dtype=bool)
    y = np.asarray(labels)[train]
    return np.concatenate([X_clean[train], X_noisy[train]]), np.concatenate([y, y])
    ### END SOLUTION


# %% nbgrader={"grade_id": "augment_training-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    X, N = np.array([[1.0], [2.0], [3.0]]), np.array([[10.0], [20.0], [30.0]])
    got = augment_training(X, N, ["sad", "happy", "angry"], [True, False, True])
    expect.several(got, "augment_training(...)", "the rows", "their labels")
    rows, labels = got
    expect.kind(rows, np.ndarray, "X of augment_training(...)")
    expect.kind(labels, np.ndarray, "y of augment_training(...)")
    expect.true(list(rows[:3, 0]) != [2, 1, 2], "You used is_train as row numbers: True became 1, and False became 0. As a boolean array it picks the rows where it is True.")
    expect.true(1.0 in rows or 2.0 not in rows, "You took the rows where is_train is False: those are for the test.")
    expect.true(
        2.0 not in rows or 3.0 in rows,
        "You took the first rows for training. is_train may be in any order: take the rows where it is True, here the first and the third.",
    )
    expect.true(
        20.0 not in rows,
        "The noisy copy of a test clip is among your training rows. That is the leak: at test time the model meets a clip it was told the answer of.",
    )
    expect.true(2.0 not in rows, "A clip with is_train False is among your training rows. is_train may be in any order: do not take the first rows, take those that are True.")
    expect.close(rows, [[1], [3], [10], [30]], "X of augment_training(...)", look="Clean rows of the training clips first, then their noisy rows, each in their order.")
    expect.true(len(labels) == 4, f"There are {len(labels)} labels for 4 rows. Each noisy row needs the label of its clip once more.")
    expect.equal([str(label) for label in labels], ["sad", "angry", "sad", "angry"], "y of augment_training(...)")

# %% nbgrader={"grade_id": "augment_training-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    X, N = np.array([[1.0], [2.0], [3.0]]), np.array([[10.0], [20.0], [30.0]])
    expect.equal(len(augment_training(X, N, ["a", "b", "c"], np.array([False, True, False]))[1]), 2, "the number of labels for one training clip")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("augment_training")
    X = rng.standard_normal((50, 7)).astype(np.float32)
    N = X + 100
    names = rng.choice(["angry", "fear", "sad"], 50)
    keep = rng.random(50) < 0.6
    keep[:3], keep[-3:] = [False, True, False], [True, False, True]
    for form, what in ((list, "lists"), (np.asarray, "arrays"), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series")):
        labels_in, is_in = form(names), form(keep)
        with expect.calling(f"augment_training with labels and is_train as {what}", "They come as lists, arrays or Series; np.asarray makes arrays of them."), expect.unchanged(X, N, labels_in, is_in):
            rows, labels = augment_training(X, N, labels_in, is_in)
        expect.kind(rows, np.ndarray, "X of augment_training(...)")
        expect.kind(labels, np.ndarray, "y of augment_training(...)")
        k = int(keep.sum())
        by_index = "Lists and arrays came out right, Series did not: they are matched by position, never by index." if what == "Series" else ""
        expect.true(len(rows) != k + 50 and not any((rows == bad).all(axis=1).any() for bad in N[~keep]), by_index or "Noisy copies of test clips are among your training rows: that is the leak.")
        expect.true(not any((rows == bad).all(axis=1).any() for bad in X[~keep]), by_index or "Test clips are among your training rows. Take the rows where is_train is True, wherever they stand.")
        expect.true(len(labels) == len(rows), f"There are {len(labels)} labels for {len(rows)} rows: repeat the labels for the noisy copies.")
        expect.close(rows, np.concatenate([X[keep], N[keep]]), "X of augment_training on 50 clips", look="Clean rows first, then noisy rows, each in their order.")
        expect.equal([str(n) for n in labels], [str(n) for n in np.concatenate([names[keep], names[keep]])], "y of augment_training on 50 clips", look="Matched by position, not by index.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# A boolean array picks rows: `X[is_train]`.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Pick the training rows of both tables with the same boolean array, put one below the other, and do the same with the
# labels. A list of booleans has to become an array first.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `train = np.asarray(is_train, dtype=bool)`; `np.concatenate([X_clean[train], X_noisy[train]])`; the labels likewise,
# twice.
# </details>

# %% [markdown]
# ## See it happen, on a small set
#
# Here is the same experiment on the synthetic practice voices, trained while you wait: one network with and one without
# noisy copies, tested on voices that neither has heard. The computer speaks so clearly that 15 dB do not hurt it; so
# take 0 dB. (The course's own versions stand in here.)

# %%
practice = corpus.clip_table("practice")
both = features.extract(corpus.find_audio(practice), snr_db=0)
found = evaluate.out_of_fold(
    practice, both[:, 0], both[:, 1], protocols=["actors", "actors_noisy"], n_folds=4, first_fold_only=True, n_jobs=1
)
right = found.merge(practice[["clip", "emotion"]], on="clip")
right["right"] = right["predicted"] == right["emotion"]
table = right.pivot_table(index="protocol", columns="tested_on", values="right").rename(index=evaluate.PROTOCOLS)
print(f"Accuracy in %, synthetic practice voices, noise at 0 dB, one fold of {right['clip'].nunique()} clips "
      "(it says nothing about people):")
(100 * table).round(1)

# %% [markdown]
# The saving is plain to see. The cost is not: a point or two is less than the luck of a few dozen clips, and three voices are
# too few to draw an interval from. For that you needed thousands of clips and five folds.

# %% [markdown]
# ### Try it: how much noise until *you* give up?
#
# Choose an emotion below and add noise, step by step. Where do you no longer understand the words? Where do you no longer
# hear which emotion it is? Which goes first, and does the model give up before you do?

# %%
widgets.explorer()

# %% [markdown]
# ## Quiz
#
# <!-- question snr-zero -->
# **1. Noise at 0 dB SNR is ...**
#
# <details><summary>A. silent</summary>
#
# 0 dB means a ratio of one: as strong as the clip.
# </details>
# <details><summary>B. as strong as the clip</summary>
#
# Yes.
# </details>

# %%
widgets.question("04_noise", "snr-zero")

# %% [markdown]
# <!-- question clean-test-only -->
# **2. "Augmentation did not help: 45 % without, 44 % with, on our (clean) test set." What is missing?**
#
# <details><summary>A. A larger network</summary>
#
# Perhaps, but the claim itself is incomplete.
# </details>
# <details><summary>B. The score on noisy clips</summary>
#
# Yes. The use of an umbrella cannot be measured on sunny days.
# </details>

# %%
widgets.question("04_noise", "clean-test-only")

# %% [markdown]
# <!-- question augment-then-split -->
# **3. You augment all clips and then call `train_test_split`. What is wrong?**
#
# <details><summary>A. Nothing, the noise makes every copy a new clip</summary>
#
# The copy has the same voice, words and label as the original: it gives the answer away.
# </details>
# <details><summary>B. Copies of test clips land in the training set</summary>
#
# Yes. Split first.
# </details>

# %%
widgets.question("04_noise", "augment-then-split")

# %% [markdown]
# ## Take-away
#
# - You can name the noise you add, in dB, and measure it.
# - You can augment the training clips without touching a test clip.
# - You can read a result on augmentation: two columns, or it says nothing.
#
# Noise is one of many things that can happen to a recording, and not the worst. In lesson 08 a *chain meter* sends clips through
# twenty of them, from MP3 to a room, and what you know about copies here will be half of the cure there.
#
# One thing to try first: add your noise at 15 dB twice. What is the SNR then?

# %% [markdown]
# ## Further reading
#
# - Park, Chan, Zhang, Chiu, Zoph, Cubuk and Le (2019). *SpecAugment: A simple data augmentation method for automatic
#   speech recognition.* Interspeech, 2613-2617.
#   [doi:10.21437/Interspeech.2019-2680](https://doi.org/10.21437/Interspeech.2019-2680): copies with holes in the
#   spectrogram.
# - Ko, Peddinti, Povey, Seltzer and Khudanpur (2017). *A study on data augmentation of reverberant speech for robust
#   speech recognition.* ICASSP, 5220-5224.
#   [doi:10.1109/ICASSP.2017.7953152](https://doi.org/10.1109/ICASSP.2017.7953152): copies in other rooms.

# %%
check("04_noise")
