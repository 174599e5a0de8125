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
#     minutes: 25
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       from ser_helpers import audio, corpus, model, plots
#
#       path = corpus.lesson_clips()["path"][0]           # or the path of any recording
#       y = audio.read_clip(path)                         # 16,000 samples a second, one channel
#       answer = model.predict(model.load_model(), y)
#       print(answer.label, f"{answer.probability:.0%}")  # below half: one of several guesses
#       plots.probabilities(answer)
# ---

# %% [markdown]
# # 00 · Start here: hear a clip, ask the model
#
# Click into the grey cell below and press **Shift+Enter** twice. The first cell takes a few seconds to get ready, the
# second one shows a voice. Play it. Which emotion do you hear?
#
# **You will learn to** get a model's answer in three lines, work with cells, checks and hints, and see that your set-up is
# right. **You need** nothing but this window. **Reading takes about {minutes} minutes, running all cells {seconds} seconds.**

# %% tags=["setup"]
from IPython.display import Audio, Markdown, display

from ser_helpers import audio, check, corpus, evaluate, model, plots, widgets

clips = corpus.lesson_clips()
print(clips.attrs["line"])

# %%
clip = clips.query("emotion == 'fear'").iloc[1]
y = audio.read_clip(clip["path"])
Audio(y, rate=audio.SAMPLE_RATE, normalize=False)

# %% [markdown]
# <!-- question first-guess -->
# **What do you expect?** What was this speaker asked to play? Bet on one. Nobody counts.
#
# <details><summary>A. angry</summary>
#
# A tense voice is often taken for anger. This one was asked for something else.
# </details>
# <details><summary>B. disgust</summary>
#
# Disgust has hardly a voice of its own: people find it mostly in the face. It was not asked for here.
# </details>
# <details><summary>C. fear</summary>
#
# Yes, that is what the speaker was asked for (with a synthetic voice: what a rule was told to produce).
# </details>
# <details><summary>D. happy</summary>
#
# Fear and joy are both high and lively, so they are often confused. It was the other one of the two.
# </details>
# <details><summary>E. neutral</summary>
#
# The most frequent answer of people who hear a voice without a face, whatever was asked for. Here it was not.
# </details>
# <details><summary>F. sad</summary>
#
# A trembling voice can be either. You are in good company, and it was the other one.
# </details>

# %%
widgets.question("00_start_here", "first-guess")

# %% [markdown]
# Now a model. A model that learned from people knows nothing of a computer's voice, so `load_for` looks first at who speaks
# and takes the one that fits. Three lines:

# %%
asked = model.load_for(clip)
answer = model.predict(asked.model, y, asked.recipe)
print("The speaker was asked for:", clip["emotion"], "- the model says:", answer.label)

# %%
was = "was" if clip["speaker"] in asked.card["speakers"] else "was not"
display(Markdown(f"This model learned from {asked.card['trained_on']}. This speaker {was} among them."))
plots.probabilities(answer)

# %% [markdown]
# Right or wrong, that was one clip.
#
# <!-- question new-voices -->
# **What do you expect?** How often is a model of people right about those whom it has never heard?
#
# <details><summary>A. Nine times in ten</summary>
#
# Such numbers are in print. Most of them come from tests on voices that the model had been trained on. Lesson 05 shows
# how that happens, to careful people, too.
# </details>
# <details><summary>B. Fewer than five times in ten</summary>
#
# Yes. The next cell says it with its interval. Listeners do no better on the same voices, as you will see in lesson 01.
# </details>
# <details><summary>C. Once or twice in ten</summary>
#
# That is what guessing among six gives. There is something to hear, and the model hears some of it.
# </details>

# %%
widgets.question("00_start_here", "new-voices")

# %%
asked = "protocol == 'actors_noisy' and tested_on == 'clean' and target == 'intended'"
score = evaluate.load_scores().query(asked).iloc[0]
low, high = score["accuracy_interval"]
Markdown(f"**{100 * score['accuracy']:.0f} %** right (interval {100 * low:.0f} to {100 * high:.0f}) on "
         f"{score['n_clips']:,} CREMA-D clips, {score['n_folds']} folds, {score['split']}. Guessing gives about 17 %. "
         "On the synthetic practice voices such a number would mean nothing: they are no people.")

# %% [markdown]
# That may be less than you have read elsewhere. By lesson 05 you will know why, and which of the numbers to believe.

# %% [markdown]
# ## Real voices
#
# The course comes with synthetic practice voices, so that everything works at once and without a network. People sound
# better. One button brings some:

# %%
widgets.real_voices()

# %% [markdown]
# Are they here? Then the next cell uses them, and with them the model that learned from people. If not, it takes another
# practice voice. Say what you hear before you look at the answer.

# %%
clips = corpus.lesson_clips()
print(clips.attrs["line"])
clip = clips.query("emotion == 'happy'").iloc[-1]
y = audio.read_clip(clip["path"])
display(Audio(y, rate=audio.SAMPLE_RATE, normalize=False))

# %%
asked = model.load_for(clip)
answer = model.predict(asked.model, y, asked.recipe)
Markdown(f"Asked for: {clip['emotion']}. The model says: {answer.label}, {100 * answer.probability:.0f} %. "
         f"It learned from {asked.card['trained_on']}.")

# %% [markdown]
# ### Try it: see and hear yourself
#
# And how does *your* voice look? Say one sentence into take A as if you were bored, and the same into take B as if you had won
# something. Compare the pictures: where are they taller, where brighter? No model listens here, and nothing is kept.

# %%
widgets.recorder(verdict=False)

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
# - **Checks** stand right behind. `check(...)` tries your answer and tells you in a sentence what is wrong, or that it
#   passed. `check.more(...)` below it holds the points for further inputs.
# - **Hints** open below that sentence and below the checks, three steps: a nudge, the idea, nearly the code.
# - **`check(...)`** with the lesson's name, in the last cell, runs all checks on the notebook *as you saved it*.
#
# An exercise that you skip stops nothing: the explanations use the course's own version of every function.

# %% [markdown]
# ## A first exercise
#
# ### Exercise 1: `seconds_of`
#
# How long is a clip? `y` is an array of samples, and there are 16,000 of them in a second.

# %% nbgrader={"grade_id": "seconds_of", "solution": true}
def seconds_of(y):
    """The length of a clip in seconds (float); y is an array of samples at 16,000 Hz."""
    ### BEGIN SOLUTION
    return len(y) / 16000
    ### END SOLUTION


# %% nbgrader={"grade_id": "seconds_of-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = seconds_of([0.0] * 8000)
    expect.kind(got, float, "seconds_of(8,000 samples)")
    expect.close(
        got, 0.5, "seconds_of(8,000 samples)",
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
# right one.
#
# <!-- question stale-cell -->
# **What do you expect?** You correct your function, do *not* run its cell, and run the check. What does it check?
#
# <details><summary>A. What stands in the cell now</summary>
#
# The check cannot see the cell. It calls the function that Python knows, and Python knows what was last *run*.
# </details>
# <details><summary>B. The version that you ran last</summary>
#
# Yes. Run the function's cell first, then the check. "I have mended it and it still fails" mostly means this.
# </details>

# %%
widgets.question("00_start_here", "stale-cell")

# %% [markdown]
# Now save (**Ctrl+S**) and run the last cell of this notebook. It reads the saved file, and it tells you when what you ran
# is not what you saved.

# %% [markdown]
# ### The rules of marking
#
# You have written your first answer. These rules hold for it and for all that follow; come back to them when a check puzzles
# you.
#
# - **What comes in.** Matched columns (labels, actors, right or wrong) come as list, array or Series. They belong together
#   by position, never by index. Tables of features are 2-D arrays. Audio is a 1-D float array, full scale 1.0.
# - **What goes out.** "ndarray" means a numpy array. A pair is anything that unpacks into two. Any float type is a float
#   and any integer type an integer, unless one is named. Text is compared as text; order counts where it is asked for.
# - **What stays as it was.** No function changes what it is given, and none touches the global random state.
# - **What costs nothing.** A library's warning, rounding, another way to write it, and whatever the task leaves open.
# - **A mistake is paid for once.** If your exercise 2 calls your exercise 1, its checks use the course's exercise 1.

# %% [markdown]
# ### Try it: other clips
#
# Hear a clip, guess, and only then see what a model says. Which emotion does it get wrong most often, to your ear? Which do
# *you* get wrong?

# %%
widgets.explorer()

# %% [markdown]
# ## Is my set-up right?
#
# A line per part: OK, or what to do.

# %%
from ser_helpers.course import doctor

doctor.report();

# %% [markdown]
# ## Handing in
#
# In a class, your teacher says where to put the saved notebook. Before that, the button **Validate** above the notebook
# runs the visible checks once more from a fresh start; `check(...)` does so, too, and adds points and a hint. You can
# hand in a notebook with unsolved exercises: the solved ones count. Written answers are marked by a person.
#
# If a lesson is in a muddle, type `python3 start.py reset 00_start_here` in a terminal. It makes the lesson as new and keeps
# yours beside it.

# %% [markdown]
# ## Quiz
#
# <!-- question model-says -->
# **1. What does the model tell you?**
#
# <details><summary>A. What the speaker feels</summary>
#
# Nobody in the recordings felt it: they were actors with an instruction. The model has never seen a feeling.
# </details>
# <details><summary>B. Which of six instructions an actor was probably given</summary>
#
# Yes. Keep that sentence; it protects you from most misuse.
# </details>

# %%
widgets.question("00_start_here", "model-says")

# %% [markdown]
# <!-- question not-answered-yet -->
# **2. A check says "Not solved yet", although you have written your answer. What do you do first?**
#
# <details><summary>A. Reset the lesson</summary>
#
# That costs you a new start, and the same would happen again.
# </details>
# <details><summary>B. Run the cell with your answer, then the check</summary>
#
# Yes. Python still has the empty function from before.
# </details>

# %%
widgets.question("00_start_here", "not-answered-yet")

# %% [markdown]
# <!-- question float-type -->
# **3. Your function returns a float32 where the course's version returns a float64. What does that cost?**
#
# <details><summary>A. Nothing</summary>
#
# Yes. Any float type counts unless the task names one.
# </details>
# <details><summary>B. The points of that check</summary>
#
# Only where the task names a type, as "float32 out" would.
# </details>

# %%
widgets.question("00_start_here", "float-type")

# %% [markdown]
# ## Take-away
#
# - You can ask a model for its answer in three lines, and you know how much that answer is worth.
# - You can run cells and checks, open hints, and hand in.
# - You know that your set-up works.
#
# One thing to try first: find a clip in the explorer on which you and the model disagree. Who is right?

# %% [markdown]
# ## Further reading
#
# - Cao, Cooper, Keutmann, Gur, Nenkova and Verma (2014). *CREMA-D: Crowd-sourced emotional multimodal actors
#   dataset.* IEEE Transactions on Affective Computing 5(4), 377-390.
#   [doi:10.1109/TAFFC.2014.2336244](https://doi.org/10.1109/TAFFC.2014.2336244): who made the recordings, and how.
# - Schuller (2018). *Speech emotion recognition: two decades in a nutshell, benchmarks, and ongoing trends.*
#   Communications of the ACM 61(5), 90-99. [doi:10.1145/3129340](https://doi.org/10.1145/3129340): ten pages on the
#   whole field.

# %%
check("00_start_here")
