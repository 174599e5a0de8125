# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Start here: hear a clip, ask the model"
#     goals:
#     - hear a clip and get a model's answer in three lines
#     - find out how cells, hints and checks work
#     - see that your set-up is right
#     needs: "nothing but this window"
#     minutes: 20
# ---

# %% [markdown]
# # 00 · Start here: hear a clip, ask the model
#
# Click into the grey cell below, press **Shift+Enter**, and a voice appears. Play it. Which emotion do you hear?

# %% tags=["setup"]
import ipywidgets as widgets
import pandas as pd
from IPython.display import Audio, Markdown, display

from ser_helpers import audio, corpus, evaluate, model, plots
from ser_helpers.course import expect

clips = corpus.lesson_clips()
print(clips.attrs["line"])

# %%
clip = clips.query("emotion == 'fear'").iloc[1]
y = audio.read_clip(clip["path"])
Audio(y, rate=audio.SAMPLE_RATE, normalize=False)

# %% [markdown]
# **What do you expect?** Open the one you hear. (Opening it is your bet. Nobody counts.)
#
# <details><summary>angry</summary>
#
# A tense voice is often taken for anger. Look at the answer two cells below.
# </details>
# <details><summary>disgust</summary>
#
# Disgust has hardly a voice of its own: people find it mostly in the face.
# </details>
# <details><summary>fear</summary>
#
# That is what the speaker was asked for (the synthetic voices: what a rule was told to produce).
# </details>
# <details><summary>happy</summary>
#
# Fear and joy are both high and lively. They are often confused.
# </details>
# <details><summary>neutral</summary>
#
# The most frequent answer of people who only hear the voice, whatever was asked for.
# </details>
# <details><summary>sad</summary>
#
# A trembling voice can be either. You are in good company.
# </details>

# %% [markdown]
# Now the model. It was trained on acted recordings of 75 people. Three lines:

# %%
trained = model.load_model()
answer = model.predict(trained, y)
print("The speaker was asked for:", clip["emotion"], "- the model says:", answer.label)

# %%
plots.probabilities(answer)

# %% [markdown]
# Was it right? Here is what to expect of it, measured on people it had never heard:

# %%
score = evaluate.load_scores().query("protocol == 'actors_noisy' and tested_on == 'clean' and target == 'intended'").iloc[0]
low, high = score["accuracy_interval"]
Markdown(f"**{100 * score['accuracy']:.0f} %** right ({100 * low:.0f} to {100 * high:.0f}) on {score['n_clips']:,} CREMA-D clips, {score['n_folds']} folds, "
         f"{score['split']}. Guessing would give about 17 %. On the synthetic practice voices it has no meaning at all: they are no people.")

# %% [markdown]
# That may be less than you have read elsewhere. By lesson 05 you will know why, and which of the numbers to believe.

# %% [markdown]
# ## What this course does
#
# | lesson | question |
# |---|---|
# | 01 | What does a file name know, and what is broken in the data? |
# | 02 | What do you hear, and where is it in the picture? |
# | 03 | How does a sound become 168 numbers? |
# | 04 | What does noise do, and what helps? |
# | 05 | Which score would you believe? |
# | 06 | What does the network compute? |
# | 07 | How good is it, how sure is that, and for whom? |
# | 08 | What happens with a new recording, and what must this not be used for? |
# | 09 | Can you beat it honestly? |

# %% [markdown]
# ## How a lesson works
#
# - **Shift+Enter** runs a cell and goes on. Run a lesson from top to bottom; nothing that you can do breaks it.
# - **Exercises** are cells with `raise NotImplementedError` in a function. Replace that line with your answer.
# - **Checks** stand right behind, two cells each. The first tells you what is wrong, in words. The second holds a first
#   small call, and more checks run there when your work is marked.
# - **Hints** wait below the checks, three steps: a nudge, the idea, nearly the code.
# - **`check("00_start_here")`** in the last cell runs all checks on the notebook *as you saved it*.
#
# ### What the checks accept
#
# - Lists, arrays and pandas Series are equally good where a function gets matched columns. They are matched by position.
# - Any float type is a float, any integer type is an integer, unless one is named. Text is compared as text.
# - A function never changes what it is given, and never touches the global random state.
# - Audio is a 1-D float array, full scale 1.0.
# - A warning of a library never costs a point. Rounding never does.
# - A mistake is paid for once: an exercise that builds on an earlier one is checked with the course's version of that one.

# %% [markdown]
# ## A first exercise
#
# ### Practice: `seconds_of`
#
# How long is a clip? `y` is an array of samples, and there are 16,000 of them in a second.

# %% nbgrader={"grade_id": "seconds_of", "solution": true}
def seconds_of(y):
    """The length of a clip in seconds (float); y is an array of samples at 16,000 Hz."""
    ### BEGIN SOLUTION
    return len(y) / 16000
    ### END SOLUTION


# %% nbgrader={"grade_id": "seconds_of-check", "grade": true, "points": 1, "locked": true}
_got = seconds_of([0.0] * 8000)
expect.kind(_got, float, "seconds_of(8,000 samples)")
expect.close(
    _got, 0.5, "seconds_of(8,000 samples)",
    mistakes=[(8000, "That is the number of samples. How many of them are there in a second?"), (2.0, "Your fraction is upside down: 8,000 samples are half a second.")],
)

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `len(y)` is the number of samples.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Samples divided by samples per second are seconds.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `return len(y) / 16000`
# </details>

# %% [markdown]
# Try all three states once: run the check before you write anything, with a wrong answer (`return len(y)`), and with the
# right one. Then save (**Ctrl+S**) and run the last cell of this notebook.

# %% [markdown]
# ### Try it: other clips
#
# Choose an emotion and a number. Guess before you look. Which emotion does the model get wrong most often, to your ear?

# %%
def look_at(emotion, number):
    rows = clips[clips["emotion"] == emotion]
    chosen = rows.iloc[(number * 7) % len(rows)]
    sound = audio.read_clip(chosen["path"])
    display(Audio(sound, rate=audio.SAMPLE_RATE, normalize=False), plots.probabilities(model.predict(trained, sound)))


widgets.interactive(
    look_at,
    emotion=widgets.Dropdown(options=list(corpus.LABELS), description="Emotion"),
    number=widgets.IntSlider(value=1, min=1, max=20, description="Clip", continuous_update=False),
)

# %% [markdown]
# ## Is my set-up right?
#
# A line per part: OK, or what to do.

# %%
from ser_helpers.course import doctor

pd.DataFrame([{"part": check.name, "OK": check.ok, "what": check.text} for check in doctor.checks()]).set_index("part")

# %% [markdown]
# ## Handing in
#
# In a class, your teacher says where to put the saved notebook. Before that, **Validate** in the menu of the notebook (or
# `check(...)`) tells you how the visible checks do. You can hand in a notebook with unsolved exercises: solved ones count.
#
# If a lesson is in a muddle, type `python3 start.py reset 00_start_here` in a terminal. It makes the lesson as new and keeps
# yours beside it.

# %% [markdown]
# ## Quiz
#
# **What does the model tell you?**
#
# <details><summary>A. What the speaker feels</summary>
#
# Nobody in the recordings felt it: they were actors with an instruction. The model has never seen a feeling.
# </details>
# <details><summary>B. Which of six instructions an actor was probably given</summary>
#
# Yes. Keep that sentence; it protects you from most misuse.
# </details>

# %% [markdown]
# ## Take-away
#
# - You have heard a clip, bet on it, and asked a model.
# - You know how cells, checks and hints work, and that your set-up does.
#
# **Where next:** lesson 01, where a file name turns out to know a lot, and sometimes lies.

# %%
from ser_helpers import check

check("00_start_here")
