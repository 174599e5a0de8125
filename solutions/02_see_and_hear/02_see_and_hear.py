# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "See and hear: waveform, spectrogram, loudness, pitch"
#     goals:
#     - put the right seconds under a waveform
#     - measure loudness in decibels, silence included
#     - draw a figure that says what it shows
#     - say what frame, hop, window and Fourier transform are, and compute a spectrogram with them
#     needs: "lesson 01; numpy arrays"
#     minutes: 95
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       time_axis: {arguments: n_samples sample_rate, mistakes: 2}
#       rms_db: {arguments: y frame_length hop_length, mistakes: 3}
#       plot_waveform: {arguments: y sample_rate ax, mistakes: 1}
#       plot_emotion_counts: {arguments: clips ax, mistakes: 2}
#       spectrogram_db: {arguments: y n_fft hop_length, mistakes: 3}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       from ser_helpers import audio, corpus, plots
#
#       y = audio.read_clip(corpus.lesson_clips()["path"][0])
#       plots.waveform(y)                         # never divided by its peak: its height is a cue
#       print(f"{audio.level_db(y):.0f} dBFS")    # half the pressure is 6 dB less
#       plots.spectrogram(y, n_fft=512, hop=128)  # longer frames show pitch, shorter ones moments
#       seconds, hz = plots.fundamental(y)        # trust its median: single values err by an octave
# ---

# %% [markdown]
# # 02 · See and hear: waveform, spectrogram, loudness, pitch
#
# One speaker, one sentence, six emotions. In a minute you play six sounds with the labels hidden, and write down which one
# is which. Then ask yourself what you listened to.

# %% [markdown]
# **You will learn to** put the right seconds under a waveform, measure loudness, draw a figure that speaks for itself,
# and make and read a spectrogram: frame, hop, window and Fourier transform.
#
# **You need** lesson 01 and numpy arrays. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import ipywidgets
import librosa
import matplotlib.pyplot as plt  # noqa: F401, for your own figures
import numpy as np
import pandas as pd
from IPython.display import Audio, Markdown, display

from ser_helpers import audio, check, corpus, plots, widgets

LABELS = list(corpus.LABELS)
clips = corpus.lesson_clips()
print(clips.attrs["line"])

# %% [markdown]
# ## Still there? Two questions from lesson 01
#
# <!-- question again-zero -->
# **From lesson 01.** A folder holds no clip of disgust. What does `value_counts` say about disgust?
#
# <details><summary>A. 0</summary>
#
# That would be useful. It counts what it meets, and what it never meets it does not mention.
# </details>
# <details><summary>B. Nothing: the label is not in the result</summary>
#
# Yes. So you ask for all six labels in your own order. In this lesson you draw them, and the gap keeps its place.
# </details>

# %%
widgets.question("02_see_and_hear", "again-zero")

# %% [markdown]
# <!-- question again-silent -->
# **From lesson 01.** One clip of CREMA-D is all zeros. Why did it matter before any model was trained?
#
# <details><summary>A. A player cannot open it</summary>
#
# It opens it gladly, and plays 2.6 seconds of nothing.
# </details>
# <details><summary>B. The logarithm of 0 is minus infinity, and that spoils every mean</summary>
#
# Yes. In this lesson you take logarithms of loudness, and you build a floor under them.
# </details>
# <details><summary>C. Its label is wrong</summary>
#
# Nobody can tell: what the actor said is lost. The trouble begins with the arithmetic.
# </details>

# %%
widgets.question("02_see_and_hear", "again-silent")

# %% [markdown]
# ## Six sounds

# %%
# A speaker in whom the differences are plain, when those recordings are here; else the first of whom all six are.
per_pair = clips.groupby(["actor_id", "sentence"])["emotion"].nunique()
complete = per_pair[per_pair == 6].index
ACTOR, SENTENCE = (1027, "DFA") if (1027, "DFA") in complete else complete[0]
six = clips.query("actor_id == @ACTOR and sentence == @SENTENCE").drop_duplicates("emotion").set_index("emotion")
sounds = {label: audio.read_clip(six["path"][label]) for label in LABELS}
order = np.random.default_rng(5).permutation(LABELS)
print(f"Speaker {ACTOR}: {corpus.SENTENCES[SENTENCE]}.")
for number, label in enumerate(order, start=1):
    print("sound", number)
    display(Audio(sounds[label], rate=audio.SAMPLE_RATE, normalize=False))

# %% [markdown]
# <!-- question six-in-order -->
# **What do you expect?** When the next cell shows the order: how many of the six will you have right?
#
# <details><summary>A. All six</summary>
#
# Then you hear better than the crowd of lesson 01: with real voices and the same six choices, fewer than half were right.
# </details>
# <details><summary>B. Two or three</summary>
#
# Yes, if you hear as the crowd of lesson 01 did. Angry was mostly among them, and sad was not: it was called neutral.
# </details>
# <details><summary>C. One, by luck</summary>
#
# That is what guessing gives. You have probably heard more than that: one of the six is much louder than the rest.
# </details>

# %%
widgets.question("02_see_and_hear", "six-in-order")

# %%
print({number: str(label) for number, label in enumerate(order, start=1)})

# %% [markdown]
# The words were the same six times, on purpose, so you used something else. Two things, mostly: how **loud** the voice is,
# and how **high** it is and moves. This lesson measures both, and the pictures in which you can see them.

# %% [markdown]
# ## The waveform
#
# Sound is pressure that changes. The file holds a number for the pressure 16,000 times a second: the **sample rate** is
# 16,000 Hz. Full scale is 1.0.

# %%
y = sounds["angry"]
print(f"{len(y):,} samples are {len(y) / audio.SAMPLE_RATE:.2f} seconds; the first five: {y[:5]}")

# %% [markdown]
# To draw it you need a second for each sample. The first sample is at 0 s, the next one sixteen-thousandth later, and so
# on. It sounds too easy for an exercise. It is the line in which most waveforms on the internet are wrong by one sample.
#
# ### Exercise 1: `time_axis`

# %% nbgrader={"grade_id": "time_axis", "solution": true}
def time_axis(n_samples, sample_rate):
    """The time of each sample in seconds: float64 ndarray of n_samples (>= 1), first 0, step 1/sample_rate."""
    ### BEGIN SOLUTION
    return np.arange(n_samples) / sample_rate
    ### END SOLUTION


# %% nbgrader={"grade_id": "time_axis-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = time_axis(4, 2)
    expect.array(got, "time_axis(4, 2)", shape=(4,), dtype="float64", why="Four samples need four times.")
    expect.close(
        got,
        [0, 0.5, 1.0, 1.5],
        "time_axis(4, 2)",
        mistakes=[
            ([0, 2 / 3, 4 / 3, 2], "Your last sample is at 2 s, where the *next* one would begin. np.linspace includes its end unless told otherwise."),
            ([0, 1, 2, 3], "These are sample numbers. How long does one sample last at 2 samples a second?"),
            ([0, 2, 4, 6], "You multiplied by the sample rate. At 2 samples a second, one sample lasts half a second."),
        ],
    )

# %% nbgrader={"grade_id": "time_axis-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.equal(len(time_axis(1, 16000)), 1, "the length of time_axis(1, 16000)")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("time_axis")
    drawn = [(int(rng.integers(2, 90000)), int(rng.choice([8000, 11025, 16000, 22050, 44100, 48000]))) for _ in range(12)]
    for n, rate in ((1, 8000), (4001, 16000), (4003, 16000), (32001, 16000), (44101, 44100), (50001, 44100), (7, 22050), (80080, 16000), *drawn):
        with expect.calling(f"time_axis({n}, {rate})"), expect.unchanged():
            got = time_axis(n, rate)
        expect.true(
            np.size(got) == n,
            f"time_axis({n}, {rate}) has {np.size(got)} times for {n} samples. Counting up in steps of a fraction collects rounding errors, and now "
            "and then one step too many: count whole samples, then divide.",
        )
        expect.array(got, f"time_axis({n}, {rate})", shape=(n,), dtype="float64")
        expect.close(
            got, np.arange(n) / rate, f"time_axis({n}, {rate})", atol=1e-9,
            mistakes=[(np.linspace(0, n / rate, n), "Your last sample is where the next one would begin: linspace includes its end.")] if n > 1 else (),
            look="The first sample is at 0, and each is 1 / sample_rate after the one before.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# At which time is sample number 3, at 2 samples a second?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Number the samples with whole numbers first; turn the numbers into seconds afterwards.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.arange(n_samples)` divided by the sample rate.
# </details>

# %% [markdown]
# ## A figure that speaks for itself
#
# A good figure has a unit on each axis and a title. It is also drawn where you want it: a function that draws takes the
# axes as an argument (`ax`) and returns them. Then six waveforms can stand side by side, on one scale:

# %%
plots.waveforms(sounds, title=f"Speaker {ACTOR}" + (" (synthetic voice)" if clips.attrs["source"] == "practice" else ""))

# %% [markdown]
# Look at the heights. The loudness of an acted emotion is there before any fancy feature. Many programs now divide each
# clip by its peak, "to normalise it". All six get the same height, and the cue is gone:

# %%
plots.waveforms({label: y / np.abs(y).max() for label, y in sounds.items()}, title="The same, each clip divided by its peak")

# %% [markdown]
# You will draw one panel of the first figure. librosa has a function for it, `librosa.display.waveshow`. For clips longer
# than a moment it draws an *envelope*, the outline of the samples, and not the samples. That is fine for a quick look; here
# every sample counts, so plot them as a line.
#
# ### Exercise 2: `plot_waveform`

# %% nbgrader={"grade_id": "plot_waveform", "solution": true}
def plot_waveform(y, sample_rate, ax):
    """Draw all samples of y over seconds as one line on the given ax, and return ax.

    The x label holds the unit (s, sec or seconds); there are a y label and a title.
    """
    ### BEGIN SOLUTION
    ax.plot(time_axis(len(y), sample_rate), y, linewidth=0.6)
    ax.set(xlabel="time (s)", ylabel="pressure (full scale = 1)", title="Waveform")
    return ax
    ### END SOLUTION


# %% nbgrader={"grade_id": "plot_waveform-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    def course_time_axis(n_samples, sample_rate):
        return np.linspace(0, n_samples / sample_rate, n_samples, endpoint=False)

    def lines(ax):
        """Curves, without constant reference lines."""
        data = [np.asarray(line.get_xydata(), dtype=float) for line in ax.get_lines()]
        return [xy for xy in data if len(xy) > 1 and np.ptp(xy[:, 0]) > 0 and np.ptp(xy[:, 1]) > 0]

    y = np.sin(np.arange(800) / 9)
    with expect.two_panels() as (ax, other), expect.standing_in(time_axis=course_time_axis):
        got = plot_waveform(y, 8000, ax)
    expect.true(not lines(other), "You drew on the current axes (plt.plot) and not on the ax that was given. Did you draw on the ax, with ax.plot?")
    expect.true(got is ax, "plot_waveform should return the ax it was given, so that the caller can go on with it.")
    expect.true(len(lines(ax)) == 1, f"There are {len(lines(ax))} curves on the given ax; one was expected. Did you draw on the ax, with ax.plot?")
    xy = lines(ax)[0]
    expect.true(len(xy) == 800, f"Your line has {len(xy)} points for 800 samples. Every sample is asked for, not an outline of them.")
    expect.close(xy[:, 1], y, "the heights of your line", atol=1e-6, look="The samples as they are: not scaled, not absolute.")
    expect.true(xy[-1, 0] < 1, f"Your last sample stands at x = {xy[-1, 0]:g}. 800 samples at 8,000 a second end at 0.1 s: are these seconds?")
    expect.true(bool({"s", "sec", "seconds", "second"} & set("".join(c if c.isalpha() else " " for c in ax.get_xlabel().lower()).split())), f"The x label is {ax.get_xlabel()!r}; it should say the unit: s, sec or seconds.")
    expect.true(ax.get_ylabel().strip() != "", "The y axis has no label: what is drawn upwards?")
    expect.true(any(ax.get_title(loc=loc).strip() for loc in ("center", "left", "right")), "The axes have no title: ax.set_title gives them one.")

# %% nbgrader={"grade_id": "plot_waveform-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    def course_time_axis(n_samples, sample_rate):
        return np.linspace(0, n_samples / sample_rate, n_samples, endpoint=False)

    with expect.standing_in(time_axis=course_time_axis):
        expect.true(plot_waveform(np.array([0.0, 0.5]), 2, plots.Figure().subplots()) is not None, "plot_waveform should return the ax.")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def lines(ax):
        """Curves, without constant reference lines."""
        data = [np.asarray(line.get_xydata(), dtype=float) for line in ax.get_lines()]
        return [xy for xy in data if len(xy) > 1 and np.ptp(xy[:, 0]) > 0 and np.ptp(xy[:, 1]) > 0]

    rng = expect.rng("plot_waveform")
    for n, rate in ((40000, 16000), (int(rng.integers(12000, 30000)), int(rng.choice([11025, 22050, 44100])))):
        y = rng.uniform(-1, 1, n).astype(np.float32)
        with expect.two_panels() as (ax, other), expect.standing_in(time_axis=course_time_axis), expect.unchanged(y):
            plot_waveform(y, rate, ax)
        found = lines(ax)
        expect.true(not lines(other), "You drew on the current axes (plt.plot) and not on the ax that was given. With two panels the picture lands in the wrong one.")
        expect.true(len(found) == 1 and len(found[0]) == n, f"A clip of {n:,} samples was not drawn sample by sample: librosa's waveshow draws an envelope of longer clips.")
        expect.close(found[0][:, 0], np.arange(n) / rate, f"the times of your line at {rate:,} samples a second", atol=1.001 / rate, look="The time of a sample is its number divided by the sample rate.")
        expect.close(found[0][:, 1], y, "the heights of your line", atol=1e-6, look="The samples as they are: not scaled, not absolute.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `ax` can draw: it has a method `plot`, as `plt` does.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Plot the samples over `time_axis(len(y), sample_rate)`, set three texts, return `ax`.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `ax.plot(time_axis(...), y)`, then `ax.set(xlabel="time (s)", ylabel=..., title=...)`.
# </details>

# %% [markdown]
# ### Exercise 3: `plot_emotion_counts`
#
# Bars for the six emotions, in course order. An emotion that does not occur keeps its place: a gap is news, too. Draw with
# matplotlib, seaborn or pandas, upwards or sideways. This is the picture a right answer makes:

# %%
plots.emotion_counts(clips)

# %% nbgrader={"grade_id": "plot_emotion_counts", "solution": true}
def plot_emotion_counts(clips, ax):
    """Bars of how many clips each emotion has, in course order, on the given ax; return ax.

    Both axes are labelled and there is a title; an absent emotion keeps its tick.
    """
    ### BEGIN SOLUTION
    counts = [int((clips["emotion"] == label).sum()) for label in LABELS]
    ax.bar(LABELS, counts)
    ax.set(xlabel="intended emotion", ylabel="clips", title="Clips per emotion")
    return ax
    ### END SOLUTION


# %% nbgrader={"grade_id": "plot_emotion_counts-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    def bars(ax):
        """(labels along the axis of the bars, the length of each bar); sideways bars may begin at the top or at the bottom."""
        ax.figure.canvas.draw()
        boxes = [patch.get_bbox() for patch in ax.patches if hasattr(patch, "get_bbox")]
        sideways = "angry" in [text.get_text().strip().lower() for text in ax.get_yticklabels()]
        axis = ax.yaxis if sideways else ax.xaxis
        ticks = {text.get_text().strip().lower(): place for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels()) if text.get_text().strip()}
        middle = {id(b): (b.y0 + b.y1 if sideways else b.x0 + b.x1) / 2 for b in boxes}
        lengths = {label: max([float(b.width if sideways else b.height) for b in boxes if abs(middle[id(b)] - place) < 0.45], default=0.0) for label, place in ticks.items()}
        order = sorted(ticks, key=ticks.get)
        return (order[::-1] if sideways and order == LABELS[::-1] else order), lengths

    table = pd.DataFrame({"emotion": ["sad"] * 4 + ["happy"] * 2 + ["angry", "neutral", "fear"]})
    with expect.two_panels() as (ax, other):
        got = plot_emotion_counts(table, ax)
        order, lengths = bars(ax)
    expect.true(not other.patches, "There are no bars on the given ax: they went to the current axes. Pass ax=ax on, or call ax.bar.")
    expect.true(got is ax, "plot_emotion_counts should return the ax it was given.")
    expect.true(len(ax.patches) > 0, "There are no bars on the given ax. Did you draw on the ax, with ax.bar or ax=ax?")
    expect.true(set(order) == set(LABELS), f"The ticks say {order}. All six labels need a tick, 'disgust' too, of which there is no clip here.")
    expect.true(
        order == LABELS,
        f"Your bars stand in the order {order}. Course order was asked for; value_counts sorts by size instead.",
    )
    expect.close([lengths[label] for label in LABELS], [1, 0, 1, 2, 1, 4], "the lengths of your bars, in course order,", look="The length of a bar is the number of clips.")
    expect.true(ax.get_xlabel().strip() != "" and ax.get_ylabel().strip() != "", "One of the axes has no label.")
    expect.true(any(ax.get_title(loc=loc).strip() for loc in ("center", "left", "right")), "The axes have no title: ax.set_title gives them one.")

# %% nbgrader={"grade_id": "plot_emotion_counts-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.true(plot_emotion_counts(pd.DataFrame({"emotion": ["sad"]}), plots.Figure().subplots()) is not None, "plot_emotion_counts should return the ax.")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def bars(ax):
        """(labels along the axis of the bars, the length of each bar); sideways bars may begin at the top or at the bottom."""
        ax.figure.canvas.draw()
        boxes = [patch.get_bbox() for patch in ax.patches if hasattr(patch, "get_bbox")]
        sideways = "angry" in [text.get_text().strip().lower() for text in ax.get_yticklabels()]
        axis = ax.yaxis if sideways else ax.xaxis
        ticks = {text.get_text().strip().lower(): place for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels()) if text.get_text().strip()}
        middle = {id(b): (b.y0 + b.y1 if sideways else b.x0 + b.x1) / 2 for b in boxes}
        lengths = {label: max([float(b.width if sideways else b.height) for b in boxes if abs(middle[id(b)] - place) < 0.45], default=0.0) for label, place in ticks.items()}
        order = sorted(ticks, key=ticks.get)
        return (order[::-1] if sideways and order == LABELS[::-1] else order), lengths

    rng = expect.rng("plot_emotion_counts")
    crema = corpus.clip_table()
    mixed = crema.iloc[rng.permutation(len(crema))[:300]]
    for part, what in ((crema, "CREMA-D"), (mixed, "300 clips"), (mixed[mixed["emotion"].isin(["sad", "happy"])], "happy and sad clips only")):
        with expect.two_panels() as (ax, other):
            with expect.calling(f"plot_emotion_counts of {what}"), expect.unchanged(part):
                plot_emotion_counts(part, ax)
            order, lengths = bars(ax)
        expect.true(not other.patches, "You drew on the current axes and not on the ax that was given. Pass ax=ax on, or call ax.bar.")
        expect.true(set(order) == set(LABELS), f"For {what} the ticks say {order}: all six labels need a tick, and an absent emotion keeps its own.")
        expect.true(order == LABELS, f"Your bars stand in the order {order}. Course order was asked for.")
        expect.close(
            [lengths[label] for label in LABELS], [int((part["emotion"] == label).sum()) for label in LABELS], f"the lengths of your bars for {what}, in course order,",
            look="The length of a bar is the number of clips.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# In lesson 01 you made counts in course order, zeros included. That is the list of heights.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `ax.bar(labels, heights)` puts the labels under the bars in the order you give. seaborn's `countplot` has `order=` and
# `ax=`.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `ax.bar(LABELS, [(clips["emotion"] == label).sum() for label in LABELS])`, then `ax.set(...)`, then `return ax`.
# </details>

# %% [markdown]
# ## How loud, in numbers
#
# Ears hear *ratios*: twice the pressure sounds like one step up, wherever you start. So loudness is written in
# **decibels**. Square the samples, average, take the root: that is the RMS. Then
#
# level = 20 · log10(RMS), in dB relative to full scale (dBFS).
#
# A full-scale sine has an RMS of 1/√2 and is at -3.01 dB. Half the pressure is 6 dB less.
#
# <!-- question silence -->
# **What do you expect?** What is the level of silence?
#
# <details><summary>A. 0 dB</summary>
#
# 0 dB is full scale, the loudest there is.
# </details>
# <details><summary>B. minus infinity</summary>
#
# Yes, as mathematics. As a number in your feature table it spoils every mean it enters. This course stops at -100 dB.
# </details>
# <details><summary>C. Python refuses to take the logarithm of 0</summary>
#
# numpy does take it: it warns and gives `-inf`, and goes on.
# </details>

# %%
widgets.question("02_see_and_hear", "silence")

# %% [markdown]
# ### Frames: one number is not enough
#
# A sentence is loud here and quiet there, so one level for all of it says little. Cut it into short pieces, **frames**, and
# take the level of each. Two numbers say how: a frame has `frame_length` samples, and the next one begins `hop_length`
# samples after it. If the hop is shorter than the frame, neighbours share samples.
#
# ### A worked example: the peak of each frame
#
# Ten samples, frames of four, a hop of three. Where does each frame begin? The last whole frame must end inside the clip.

# %%
ten = np.array([0.0, 0.3, -0.5, 0.1, 0.0, 0.2, -0.1, 0.4, -0.9, 0.2])


def frame_peaks(y, frame_length, hop_length):
    """The largest distance from rest in each whole frame."""
    starts = range(0, len(y) - frame_length + 1, hop_length)  # + 1: the last place that fits counts
    return np.array([np.abs(y[start : start + frame_length]).max() for start in starts])


pd.DataFrame(
    {
        "begins at": range(0, 10 - 4 + 1, 3),
        "its four samples": [str(ten[start : start + 4]) for start in range(0, 10 - 4 + 1, 3)],
        "peak": frame_peaks(ten, 4, 3),
    }
)

# %% [markdown]
# Three whole frames: 1 + (10 - 4) // 3. Count them before you write code. And now the levels of two of these frames, by hand:

# %%
for frame in (ten[0:4], ten[6:10]):
    squares = frame**2
    rms = np.sqrt(squares.mean())
    print(f"squares {squares.round(2)}, mean {squares.mean():.4f},", end=" ")
    print(f"root {rms:.3f}, level {20 * np.log10(rms):.1f} dBFS")

# %% [markdown]
# ### Exercise 4: `rms_db`
#
# Cut the clip into frames and give the level of each. Two cases the example leaves to you: a silent frame, and a clip that is
# shorter than one frame.

# %% nbgrader={"grade_id": "rms_db", "solution": true}
def rms_db(y, frame_length, hop_length):
    """Level of each whole frame in dBFS, no padding: ndarray of 1 + (len(y) - frame_length) // hop_length.

    20 log10 of the RMS; levels below -100 become -100. A clip shorter than a frame is one frame of its own samples.
    """
    ### BEGIN SOLUTION
    y = np.asarray(y, dtype=np.float64)
    if len(y) < frame_length:
        frames = y[None]
    else:
        frames = np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    rms = np.sqrt(np.mean(frames**2, axis=1))
    return 20 * np.log10(np.maximum(rms, 1e-5))
    ### END SOLUTION


# %% nbgrader={"grade_id": "rms_db-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    y = np.concatenate([np.ones(100), np.full(100, 0.1), np.zeros(100)])
    got = rms_db(y, 100, 100)
    expect.array(got, "rms_db(y, 100, 100)", shape=(3,), finite=False, why="300 samples hold three whole frames of 100 when nothing is padded.")
    expect.true(not np.isinf(np.asarray(got, dtype=float)).any(), "Silence came out as minus infinity. Levels below -100 dB become -100.")
    expect.close(
        got,
        [0, -20, -100],
        "rms_db of full scale, a tenth of it, and silence",
        atol=0.01,
        mistakes=[
            ([0, -10, -50], "You took 10 log10 of the RMS. RMS is a pressure, and pressures take 20 (or 10 log10 of the mean square)."),
            ([0, -10, -100], "You took 10 log10 of the RMS. RMS is a pressure, and pressures take 20 (or 10 log10 of the mean square)."),
            ([0, -40, -100], "You took 20 log10 of the mean square. 20 belongs to the RMS, its root."),
            ([-100, -100, -100], "A constant came out as silence: you took the standard deviation, which takes the mean away first. RMS is the root of the mean of the squares."),
        ],
        look="20 log10 of the RMS of each frame, and nothing below -100.",
    )

# %% nbgrader={"grade_id": "rms_db-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.true(np.size(rms_db(np.ones(10), 10, 5)) == 1, "Ten samples hold one whole frame of ten, and nothing is padded: one level was expected.")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def reference_db(y, frame, hop):
        y = np.asarray(y, dtype=float)
        starts = range(0, len(y) - frame + 1, hop) if len(y) >= frame else [0]
        power = np.array([np.mean(y[s : s + frame] ** 2) for s in starts])
        return np.maximum(10 * np.log10(np.maximum(power, 1e-30)), -100)

    rng = expect.rng("rms_db")
    quiet = 10 ** (-85 / 20) * np.sqrt(2) * np.sin(np.arange(4000) / 5)
    faint = 10 ** (-25 / 20) * quiet  # -110 dB: not silence, and below the floor all the same
    drawn = [(rng.uniform(-1, 1, int(rng.integers(600, 5000))) * 10 ** rng.uniform(-3, 0), int(rng.integers(2, 600)), int(rng.integers(1, 300))) for _ in range(4)]
    for _y, _frame, hop in (
        (rng.uniform(-1, 1, 5000), 400, 160),
        (rng.uniform(-1, 1, 5000).astype(np.float32), 512, 512),
        (rng.uniform(-0.01, 0.01, 999), 300, 7),
        (np.zeros(2000), 400, 160),
        (quiet, 1000, 500),
        (0.2 * quiet, 1000, 500),
        (faint, 1000, 500),
        (0.2 + rng.uniform(-0.1, 0.1, 1000), 100, 100),
        (rng.uniform(-1, 1, 50), 400, 160),
        (np.ones(400), 400, 160),
        (np.full(1, 0.5), 2048, 512),
        *drawn,
    ):
        with expect.calling(f"rms_db of {len(_y)} samples in frames of {_frame} every {hop}", "A clip shorter than a frame is one frame of its own samples."), expect.unchanged(_y):
            got = rms_db(_y, _frame, hop)
        want = reference_db(_y, _frame, hop)
        expect.true(
            np.shape(got) == want.shape,
            f"{len(_y)} samples in frames of {_frame} every {hop} gave {np.shape(got)} levels where {want.shape} were expected. Only whole frames count, nothing is "
            "padded, and a clip shorter than a frame is one frame.",
        )
        got = np.asarray(got, dtype=float)
        expect.true(not np.isinf(got).any(), "Silence came out as minus infinity. Levels below -100 dB become -100.")
        if _y is faint:
            expect.true((got > -100.5).all(), f"A tone at -110 dB came out at {got.min():.1f} dB. Every level below -100 becomes -100, not that of silence alone.")
        error = np.abs(got - want).max()
        if _y is quiet and error > 0.05:
            expect.true(False, f"A quiet tone at -85 dB came out {error:.1f} dB off. Something was added before the logarithm; a floor (np.maximum) leaves quiet frames where they are.")
        expect.close(
            got, want, f"rms_db of {len(_y)} samples with frames of {_frame} every {hop}", atol=0.02,
            look=f"{len(_y)} samples, shorter than the frame, are averaged over {len(_y)}." if len(_y) < _frame else "Is every sample in the frame that it belongs to, and is nothing but squared values averaged?",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which samples are in the first frame, in the second, in the last whole one?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Make a table with a frame per row, square it, average along the row. Put a floor under the result before you take the
# logarithm: -100 dB is an RMS of 0.00001.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `frames = np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]`, `rms = np.sqrt(np.mean(frames**2, axis=1))`,
# `20 * np.log10(np.maximum(rms, 1e-5))`, and `y[None]` as the only frame of a short clip.
# </details>

# %%
plots.levels(sounds, title=f"Speaker {ACTOR}" + (" (synthetic voice)" if clips.attrs["source"] == "practice" else ""))

# %% [markdown]
# One speaker is an anecdote, and this one was chosen because the differences are plain. Here is the median level of clips
# of many speakers. A voice that is always loud would blur the comparison, so angry and sad are compared within each speaker:

# %%
from ser_helpers import evaluate

part = clips.sample(frac=1, random_state=0).groupby("emotion").head(40)
part = part.assign(level=[audio.level_db(audio.read_clip(path)) for path in part["path"]])
heard = part[np.isfinite(part["level"])]
median = heard.groupby("emotion")["level"].median()
per_speaker = heard.pivot_table(index="speaker", columns="emotion", values="level", aggfunc="median")
gap = (per_speaker["angry"] - per_speaker["sad"]).dropna()
mean, low, high = evaluate.mean_interval(gap, gap.index)  # the same speakers, drawn again 2,000 times
Markdown("Median level of up to 40 clips per emotion, in dBFS: "
         + ", ".join(f"{label} {median[label]:.1f}" for label in LABELS)
         + f". Angry minus sad, each speaker beside themselves: **{mean:.1f} dB** on average "
         f"(95 % interval {low:.1f} to {high:.1f}, {len(gap)} speakers with clips of both).")

# %% [markdown]
# ## The spectrogram: which frequencies, when
#
# A waveform hides pitch and vowels. To see them you take the sound apart twice: into frames, and each frame into sines.
#
# **Frames and hop.** You have them from exercise 4. For spectra a frame has `n_fft` samples, here 512, and the next begins a
# hop of 128 samples later. Move the slider: the orange frame slides over the samples, and its picture below changes.
#
# **Window.** A frame that is cut out with scissors begins and ends with a jump, and a jump is a click, which has all
# frequencies in it. So each frame is faded in and out first, by the dotted curve, the **Hann window**. Nothing is lost: what is
# faint at the edge of one frame is in the middle of a neighbour. That is why the hop is shorter than the frame.

# %%
y = sounds["angry"]
power_of_frame = [np.mean(y[start : start + 512] ** 2) for start in range(0, len(y) - 512 + 1, 128)]
loudest = int(np.argmax(power_of_frame))


def slide(frame):
    display(plots.frames(y, n_fft=512, hop=128, at=frame))


ipywidgets.interactive(
    slide,
    frame=ipywidgets.IntSlider(
        value=loudest, min=0, max=len(power_of_frame) - 1, description="frame", continuous_update=False
    ),
)

# %% [markdown]
# **Fourier.** How does a frame become a spectrum? Joseph Fourier's discovery: *every* frame is a sum of sines, each with a
# strength and a starting point of its own. For 512 samples it takes 257 of them, 1 + `n_fft` // 2, from 0 Hz to half the
# sample rate: 0, 31.25, 62.5 ... 8,000 Hz. How strong each one is, the **Fourier transform** computes. The square of that is
# the power, which the spectrum above shows in dB.
#
# Build the loudest frame again from its sines, the strongest first. From how many on do you recognise it? Frequencies
# that lie side by side mostly belong to one tone that falls between them.

# %%
def build(kept):
    display(plots.sines(y, n_fft=512, at=128 * loudest, kept=kept))


ipywidgets.interactive(
    build, kept=ipywidgets.IntSlider(value=6, min=1, max=100, description="sines", continuous_update=False)
)

# %% [markdown]
# **The spectrogram** puts the spectra of all frames side by side: time to the right, frequency upwards, brightness for power
# in dB. A column of this picture is one frame, one spectrum.

# %%
plots.spectrogram(sounds["angry"], title="angry")

# %% [markdown]
# <!-- question stripes -->
# **What do you expect?** The stripes are multiples of the voice's pitch. If the same sentence is spoken higher, the
# stripes ...
#
# <details><summary>A. lie further apart</summary>
#
# Yes: they are at 1, 2, 3 ... times the pitch.
# </details>
# <details><summary>B. move up together, as close as they were</summary>
#
# The distance between them *is* the pitch, so it grows too.
# </details>

# %%
widgets.question("02_see_and_hear", "stripes")

# %%
plots.spectrogram(sounds["sad"], title="sad")

# %% [markdown]
# ### Exercise 5: `spectrogram_db`
#
# librosa's `stft` does all three steps: it cuts into frames, fades each with a Hann window and takes the Fourier transform. You
# make dB of it: power relative to the clip's own maximum, with a floor at -80 dB, so that two clips can be drawn with the same colours.

# %% nbgrader={"grade_id": "spectrogram_db", "solution": true}
def spectrogram_db(y, n_fft, hop_length):
    """Power in dB relative to the clip's maximum, between -80 and 0: ndarray (1 + n_fft//2, 1 + len(y)//hop_length).

    librosa.stft's defaults (periodic Hann window of n_fft, centred, zero padded). Silence gives -80 everywhere.
    """
    ### BEGIN SOLUTION
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length)) ** 2
    if power.max() == 0:
        return np.full(power.shape, -80.0)
    return 10 * np.log10(np.maximum(power / power.max(), 1e-8))
    ### END SOLUTION


# %% nbgrader={"grade_id": "spectrogram_db-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    y = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(8000) / 16000)
    got = spectrogram_db(y, 512, 128)
    expect.array(got, "spectrogram_db(a tone, 512, 128)", shape=(257, 63), finite=False, why="Rows are frequencies, 1 + n_fft//2; columns are frames, 1 + len(y)//hop_length.")
    expect.true(np.isfinite(got).all(), "Some cells are minus infinity: what has no power at all belongs at the floor of -80 dB.")
    expect.true(abs(float(got.max())) < 0.01, f"The loudest cell is at {float(got.max()):.1f} dB. Relative to the clip's own maximum it is at 0.")
    expect.true(float(got.min()) >= -80.01, f"The quietest cell is at {float(got.min()):.0f} dB. The floor is at -80.")
    row = got[:, 30]
    expect.true(int(np.argmax(row)) == 32, f"A tone at 1,000 Hz is strongest in row {int(np.argmax(row))}; row 32 was expected (32 x 16,000 / 512 = 1,000).")
    expect.true(not np.isclose(row[31], -3.01, atol=0.3), "Your neighbouring row is at -3 dB: that is 10 log10 of a magnitude. Power is the magnitude squared (or take 20).")

# %% nbgrader={"grade_id": "spectrogram_db-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.equal(spectrogram_db(np.ones(600), 512, 256).shape, (257, 3), "the shape of spectrogram_db(600 ones, 512, 256)")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def reference_spectrogram(y, n_fft, hop, window=None, **pad):
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft) if window is None else window
        padded = np.pad(np.asarray(y, dtype=float), n_fft // 2, **pad)
        frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
        return np.abs(np.fft.rfft(frames * window, axis=1)).T ** 2

    def decibel(power, factor=10):
        return np.maximum(factor * np.log10(np.maximum(power / power.max(), 1e-30)), -80)

    def mistakes(y, n_fft, hop, power):
        """Computed only when the answer is not right."""
        yield (decibel(power, 5), "You took 10 log10 of the magnitude. Power is the magnitude squared (or take 20 log10).")
        yield (decibel(power, 20), "You took 20 log10 of the power. 20 belongs to the magnitude, 10 to its square.")
        yield (decibel(reference_spectrogram(y, n_fft, hop, mode="reflect")), "The clip's ends are mirrored (pad_mode='reflect'). librosa's default pads with zeros.")
        yield (decibel(reference_spectrogram(y, n_fft, hop, np.hanning(n_fft))), "Your Hann window is the symmetric one (np.hanning). For spectra the periodic one is used, librosa's default.")

    rng = expect.rng("spectrogram_db")
    paths = corpus.find_audio(corpus.clip_table("practice"))
    voice, other_voice = (audio.read_clip(paths.iloc[int(i)]) for i in rng.integers(0, len(paths), 2))
    for y, n_fft, hop in (
        (voice, 512, 128),
        (voice.astype(np.float64), 1024, 256),
        (other_voice, 2 * int(rng.integers(100, 400)), int(rng.integers(50, 200))),
        (0.03 * rng.uniform(-1, 1, 3000), 256, 64),
        (np.concatenate([np.zeros(4000), 0.8 * np.sin(np.arange(4000) / 3), np.zeros(4000)]), 512, 160),
    ):
        what = f"spectrogram_db(clip, {n_fft}, {hop})"
        with expect.calling(what), expect.unchanged(y):
            got = spectrogram_db(y, n_fft, hop)
        power = reference_spectrogram(y, n_fft, hop)
        expect.array(got, what, shape=power.shape, finite=False, why="Rows are frequencies, 1 + n_fft//2; columns are frames, 1 + len(y)//hop_length.")
        expect.close(
            got,
            decibel(power),
            what,
            atol=0.1,
            mistakes=mistakes(y, n_fft, hop, power),
            look="librosa.stft's defaults; values between -80 and 0, relative to the clip's own maximum.",
        )
    with expect.calling("spectrogram_db of silence", "There is no maximum to divide by; everything is at the floor."):
        got = spectrogram_db(np.zeros(2000, dtype=np.float32), 512, 128)
    expect.true(
        not np.allclose(np.nan_to_num(np.asarray(got, dtype=float), nan=-999, neginf=-999), 0),
        "Silence came out at 0 dB, as the loudest there is: relative to its own maximum everything is equal. Silence should be -80 everywhere.",
    )
    expect.close(got, np.full((257, 16), -80.0), "spectrogram_db of silence", atol=0.1, look="There is no maximum to divide by; everything is at the floor.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What does `np.abs(librosa.stft(y=y, n_fft=512, hop_length=128)) ** 2` hold, and where is its largest value?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Divide the power by its maximum, put a floor under it (-80 dB is a ratio of 0.00000001), take 10 log10. Silence has no
# maximum: treat it first.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `if power.max() == 0: return np.full(power.shape, -80.0)`, else
# `10 * np.log10(np.maximum(power / power.max(), 1e-8))`.
# </details>

# %% [markdown]
# ## Short windows, long windows
#
# How long should a frame be? A frame of 64 samples lasts 4 ms, one of 4,096 a quarter of a second. The hop follows, a quarter
# of the frame, so that each sample is in four of them. With a hop longer than the frame some samples would be in none.
#
# <!-- question window-length -->
# **What do you expect?** In which picture do the stripes of the voice lie across, one above the other: with the shortest
# frames, or with the longer ones?
#
# <details><summary>A. With the shortest: they are the sharpest</summary>
#
# Sharp in time. But its frequencies lie 16,000 / 64 = 250 Hz apart, and the stripes of most voices lie closer: they melt into
# one. What you see instead stands upright: each stroke is one opening of the vocal folds.
# </details>
# <details><summary>B. With the longer ones</summary>
#
# Yes. Frames of 512 samples tell frequencies 31 Hz apart, and the stripes part. With 4,096 samples they are fine as hairs, but a
# quarter of a second of speech is in each frame, so what changes within it is smeared.
# </details>
# <details><summary>C. In all: it is the same voice</summary>
#
# The same voice, asked another question each time. A frame cannot tell at which moment within it something happened, nor
# tell frequencies apart that differ by less than one wave in its length.
# </details>

# %%
widgets.question("02_see_and_hear", "window-length")

# %%
middle = 128 * loudest
half_second = y[max(middle - 4000, 0) : middle + 4000]
plots.windows(half_second, (64, 512, 4096), title="Half a second of the angry clip")

# %% [markdown]
# Short frames know *when*, long frames know *how high*, and no frame knows both: with `n_fft` samples, frequencies are
# 16,000 / `n_fft` Hz apart, and moments blur over `n_fft` / 16,000 s. The product of the two is always 1.
#
# ### Try it: find your own compromise
#
# Go through the lengths for the whole clip. Where do you still see the burst of a consonant *and* the stripes of the voice?
# (Most work on speech settles between 20 and 40 ms.)

# %%
def with_frames_of(n_fft):
    ms = 1000 * n_fft / audio.SAMPLE_RATE
    title = f"frames of {ms:g} ms, one every {ms / 4:g} ms"
    display(plots.spectrogram(y, title=title, n_fft=n_fft, hop=n_fft // 4))


lengths = [64, 128, 256, 512, 1024, 2048, 4096]
ipywidgets.interactive(
    with_frames_of, n_fft=ipywidgets.Dropdown(options=lengths, value=512, description="n_fft")
)

# %% [markdown]
# ## Pitch
#
# The other big cue is how fast the vocal folds open and close: the **fundamental frequency**, heard as pitch. It is the
# distance between two stripes of the spectrogram.
#
# <!-- question pitch-apart -->
# **What do you expect?** You heard the angry and the sad clip. By how much do their pitches differ?
#
# <details><summary>A. Hardly: it is the same voice</summary>
#
# A voice has a range of two octaves or so, and uses it. Look at the medians in the next figure.
# </details>
# <details><summary>B. The angry one is higher, and moves more</summary>
#
# Yes, in most voices. Fear and happiness go up as well, which is why these three are confused with one another.
# </details>
# <details><summary>C. The angry one is lower: it growls</summary>
#
# Cold anger does. In a collection of short acted sentences the hot kind is far more frequent.
# </details>

# %%
widgets.question("02_see_and_hear", "pitch-apart")

# %%
plots.pitches(sounds, title=f"Speaker {ACTOR}" + (" (synthetic voice)" if clips.attrs["source"] == "practice" else ""))

# %% [markdown]
# Finding the pitch is an art of its own. Every method errs now and then, mostly by an octave, so trust the middle of a
# curve (its median) more than its jumps. Here are both cues for several speakers at once:

# %%
def median_pitch(path):
    seconds, hz = plots.fundamental(audio.read_clip(path))  # nan where no voice is heard
    return np.nanmedian(hz) if np.isfinite(hz).any() else np.nan


few = part.groupby("emotion").head(20)
cues = few.assign(pitch=few["path"].map(median_pitch)).groupby("emotion")[["level", "pitch"]].median().loc[LABELS]
print(f"Medians over up to 20 clips per emotion, {few['actor_id'].nunique()} speakers:")
cues.round(1).rename(columns={"level": "level in dBFS", "pitch": "pitch in Hz"})

# %% [markdown]
# Which two emotions do these two columns leave closest together? A model that had nothing else would confuse them. It
# needs the finer picture, the one in the spectrogram; lesson 03 turns it into numbers.
#
# ### Try it: two emotions of one speaker
#
# Choose a speaker and two emotions. Which of the two cues separates them, loudness or pitch? Is there a pair that neither
# separates?

# %%
SPEAKERS = sorted(clips["actor_id"].unique())[:8]


def compare(speaker, one, other):
    here = clips.query("actor_id == @speaker").drop_duplicates("emotion").set_index("emotion")["path"]
    for label in (one, other):
        if label not in here.index:
            print(f"No {label} clip of speaker {speaker} is on this disk.")
            return
    pair = {label: audio.read_clip(here[label]) for label in dict.fromkeys([one, other])}
    for label, sound in pair.items():
        print(label)
        display(Audio(sound, rate=audio.SAMPLE_RATE, normalize=False))
    display(plots.levels(pair), plots.pitches(pair))


ipywidgets.interactive(
    compare,
    speaker=ipywidgets.Dropdown(options=SPEAKERS, description="Speaker"),
    one=ipywidgets.Dropdown(options=LABELS, value="angry", description="Emotion"),
    other=ipywidgets.Dropdown(options=LABELS, value="sad", description="and"),
)

# %% [markdown]
# ### Written: angry and sad
#
# In about 120 words: compare the angry and the sad clip of the first figures, in what you hear and in what you see. Name
# at least two cues with a number and its unit, and one thing that you hear and cannot find in any picture.

# %% [markdown] nbgrader={"grade_id": "angry-and-sad", "grade": true, "solution": true, "points": 3}
# Model answer: The angry clip is louder: its median level lies several dB above that of the sad one, which the waveforms on
# one scale show as height. Its pitch is higher and moves over a wider range (median in Hz from the pitch figure), where the
# sad one stays low and flat; the sad clip also takes longer for the same words, in seconds. In the spectrogram the angry one
# keeps power in the upper frequencies, the sad one is dark there. What I hear and do not see is a pressed, rough quality of
# the voice.
#
# Mark scheme: 1 point for a first cue with a number and unit taken from a figure; 1 point for a second cue with a number and
# unit; 1 point for something heard that the pictures do not show, or for an honest doubt about one that they do.

# %% [markdown]
# ## Quiz
#
# <!-- question level-of-a-tenth -->
# **1. A clip's RMS is 0.1. Its level is ...**
#
# <details><summary>A. -10 dBFS</summary>
#
# That would be 10 log10. RMS is a pressure, so the factor is 20.
# </details>
# <details><summary>B. -20 dBFS</summary>
#
# Yes: 20 · log10(0.1).
# </details>

# %%
widgets.question("02_see_and_hear", "level-of-a-tenth")

# %% [markdown]
# <!-- question divide-by-peak -->
# **2. Why is it a bad idea to divide every clip by its peak before training?**
#
# <details><summary>A. It changes the file's length</summary>
#
# It does not. It changes the heights only.
# </details>
# <details><summary>B. It throws away loudness, the strongest single cue</summary>
#
# Yes. If recordings have different gains there may be reasons to do it, but then say what it costs.
# </details>

# %%
widgets.question("02_see_and_hear", "divide-by-peak")

# %% [markdown]
# <!-- question waveshow -->
# **3. You want to see every sample. `waveshow` draws ...**
#
# <details><summary>A. every sample, always</summary>
#
# Only for short clips. Above about eleven thousand samples it draws an outline.
# </details>
# <details><summary>B. an outline of longer clips</summary>
#
# Yes.
# </details>

# %%
widgets.question("02_see_and_hear", "waveshow")

# %% [markdown]
# ## Take-away
#
# - You can measure how loud a clip is, and you know why silence needs a floor.
# - You can draw figures that have units, a place and a title.
# - You can make a spectrogram and say what frame, hop, window and Fourier transform do in it, and you can read pitch and
#   power from it. You have heard the cues that a model will look for.
#
# One thing to try first: whisper and shout the same word into any recorder, and look at both with `plots.spectrogram`.

# %% [markdown]
# ## Further reading
#
# - Scherer (2003). *Vocal communication of emotion: A review of research paradigms.* Speech Communication 40(1-2),
#   227-256. [doi:10.1016/S0167-6393(02)00084-5](<https://doi.org/10.1016/S0167-6393(02)00084-5>): what is known of
#   loudness, pitch and tempo.
# - de Cheveigné and Kawahara (2002). *YIN, a fundamental frequency estimator for speech and music.* Journal of the
#   Acoustical Society of America 111(4), 1917-1930. [doi:10.1121/1.1458024](https://doi.org/10.1121/1.1458024): the
#   pitch curves of this lesson.
# - Banse and Scherer (1996). *Acoustic profiles in vocal emotion expression.* Journal of Personality and Social
#   Psychology 70(3), 614-636. [doi:10.1037/0022-3514.70.3.614](https://doi.org/10.1037/0022-3514.70.3.614): fourteen
#   acted emotions, measured.

# %%
check("02_see_and_hear")
