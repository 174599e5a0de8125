# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Evaluate: how good, how sure, and good for whom"
#     goals:
#     - count what is confused with what
#     - score so that a frequent label cannot hide a rare one
#     - put an honest interval on a score
#     - compare a model with the people who heard the same clips
#     - find out who is served worse, and whether you can tell
#     needs: "lesson 05 (why actors are kept apart); a little pandas"
#     minutes: 95
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       confusion: {arguments: y_true y_pred labels, mistakes: 2}
#       uar: {arguments: y_true y_pred, mistakes: 2}
#       actor_interval: {arguments: correct actors n_resamples rng, mistakes: 1}
#       human_accuracy: {arguments: votes intended, mistakes: 2}
#       recall_by_group: {arguments: y_true y_pred group, mistakes: 0}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       from ser_helpers import corpus, evaluate
#
#       answers = evaluate.load_predictions().query("protocol == 'actors' and tested_on == 'clean'")
#       exam = answers.merge(corpus.clip_table(), on="clip")
#       both = exam["emotion"], exam["predicted"]  # what was told, what was answered
#       low, high = evaluate.actor_interval(evaluate.uar, *both, exam["actor_id"])  # draws whole actors
#       print(f"UAR {evaluate.uar(evaluate.confusion(*both)):.3f} ({low:.3f} to {high:.3f})")
# ---

# %% [markdown]
# # 07 · Evaluate: how good, how sure, and good for whom
#
# More than two thousand strangers once listened to the clips of this course and named the emotion they heard. Then a small
# network took the same exam, on actors it had never met.
#
# Before you read on, write a number down: how often do *people*, with only the voice, name the emotion that the actor
# was asked to play? There are six to choose from, so guessing gives about 17 %.

# %% [markdown]
# **You will learn to** count confusions, score with unweighted average recall (UAR), draw an honest interval, hold a
# model against human listeners, and ask who is served worse.
#
# **You need** lesson 05 and a little pandas. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import ipywidgets
import numpy as np
import pandas as pd
from IPython.display import Audio, Markdown, display

from ser_helpers import audio, check, corpus, evaluate, features, plots, widgets

LABELS = list(corpus.LABELS)
sounds = corpus.lesson_clips()
print("Scores: CREMA-D, predictions measured for every clip in the fold that held its actor out (data/results).")
print(sounds.attrs["line"])

# %% [markdown]
# ## Still there? Two questions from earlier lessons
#
# <!-- question again-label -->
# **From lesson 01.** A clip of CREMA-D is called `1001_DFA_SAD_XX`. What does `SAD` say?
#
# <details><summary>A. That the actor was sad</summary>
#
# Nobody asked. The actor read a sentence about a jacket.
# </details>
# <details><summary>B. That the actor was told to sound sad</summary>
#
# Yes: the *intended* label. Keep it in mind, this lesson turns on it.
# </details>
# <details><summary>C. That listeners heard sadness</summary>
#
# They were asked, too, but their answers are in a table of their own and often differ.
# </details>

# %%
widgets.question("07_evaluate", "again-label")

# %% [markdown]
# <!-- question again-split -->
# **From lesson 05.** Which split tells you how well a model will do on somebody it has never heard?
#
# <details><summary>A. One that draws clips at random</summary>
#
# Then nearly every voice of the test has been in the training, too.
# </details>
# <details><summary>B. One that draws actors</summary>
#
# Yes. All scores of this lesson come from such a split: five folds, actors kept apart.
# </details>

# %%
widgets.question("07_evaluate", "again-split")

# %% [markdown]
# ## The exam
#
# Every row below is one clip. `intended` is what the actor was told to play. `predicted` is what the network said, in
# the one fold of five whose training had not heard this actor. `crowd` is what most listeners said; it is empty where
# two answers share the first place.

# %%
clips, _, _ = features.load_features()
answers = evaluate.load_predictions().query("protocol == 'actors' and tested_on == 'clean'")
exam = clips.merge(answers[["clip", "predicted"]], on="clip").rename(columns={"emotion": "intended"})
exam["crowd"] = corpus.crowd_label(exam)
exam[["clip", "sex", "level", "intended", "predicted", "crowd"]].sample(6, random_state=4)

# %% [markdown]
# <!-- question who-is-right -->
# **What do you expect?** Who is right more often about what the actor was told?
#
# <details><summary>A. The crowd, clearly: people have heard emotions all their lives</summary>
#
# Most readers say so. With face and voice together single ratings agree with the actor's instruction in 63.6 %, with the
# voice alone in 40.9 % (Cao and others, "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset", IEEE Transactions
# on Affective Computing 5(4), 2014, pages 377-390). With the voice alone, listeners mostly say "neutral".
# </details>
# <details><summary>B. The network, by a few points, if a tie of the crowd counts as a mistake</summary>
#
# Yes, as the next cell shows. Hold the conclusion back for a minute: that "if" will turn out to decide.
# </details>
# <details><summary>C. Both are at about 17 %, as guessing would be</summary>
#
# A fair doubt, but both do much better than that.
# </details>

# %%
widgets.question("07_evaluate", "who-is-right")

# %%
model_right, crowd_right = (exam["predicted"] == exam["intended"]).mean(), (exam["crowd"] == exam["intended"]).mean()
Markdown(
    f"On the same **{len(exam):,} clips of {exam['actor_id'].nunique()} actors**: the network names the intended emotion in "
    f"**{100 * model_right:.1f} %** (five folds, actors kept apart), the crowd's most frequent answer in "
    f"**{100 * crowd_right:.1f} %** (a tie counts as wrong)."
)

# %% [markdown]
# Has a network of one hundred units beaten people at hearing emotion? Some papers would print that sentence. By the end
# of this lesson you will be able to say what is wrong with it.
#
# Start with one clip on which they disagree. Listen before you look at the labels.

# %%
heard = sounds.query("emotion == 'sad'").iloc[0]
Audio(audio.read_clip(heard["path"]), rate=audio.SAMPLE_RATE, normalize=False)

# %%
print("The speaker was asked for:", heard["emotion"])
if sounds.attrs["source"] == "crema-d":
    print("The listeners' votes:", corpus.votes(sounds).loc[heard.name].to_dict())
else:
    print("A synthetic voice: a rule made it sad, and nobody has voted on it.")

# %% [markdown]
# ## What is confused with what
#
# One number hides *how* an answer is wrong. A **confusion matrix** shows it: a row for each true label, a column for
# each answer, and in each cell how many clips went that way. The diagonal is what was right.
#
# Rows true, columns predicted: half the libraries and papers do it the other way round, so always say which.
#
# ### Exercise 1: `confusion`

# %% nbgrader={"grade_id": "confusion", "solution": true}
def confusion(y_true, y_pred, labels):
    """Count what was taken for what.

    y_true, y_pred: matched lists, arrays or Series of labels (matched by position).
    labels: a list that holds every label.
    Returns an ndarray of ints: a row per true label, a column per predicted one, both in the order of `labels`.
    """
    ### BEGIN SOLUTION
    place = {label: i for i, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    for true, predicted in zip(y_true, y_pred):
        counts[place[true], place[predicted]] += 1
    return counts
    ### END SOLUTION


# %% nbgrader={"grade_id": "confusion-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    true = ["sad", "sad", "sad", "happy", "angry"]
    pred = ["sad", "happy", "happy", "happy", "sad"]
    got = confusion(true, pred, ["sad", "happy", "angry"])
    expect.array(
        got, "confusion(...)", shape=(3, 3), dtype="integer", why="Each of the three labels needs a row and a column of counts."
    )
    expect.close(
        got,
        [[1, 2, 0], [0, 1, 0], [1, 0, 0]],
        "confusion(...)",
        mistakes=[
            ([[1, 0, 1], [2, 1, 0], [0, 0, 0]], "Your matrix is transposed: its rows are the predictions. Rows are the true labels here."),
            ([[0, 0, 1], [0, 1, 0], [0, 2, 1]], "Your rows are in alphabetical order. They should follow `labels`, whatever its order."),
        ],
        look="Three clips are truly sad: one was called sad and two were called happy. That is the first row.",
    )

# %% nbgrader={"grade_id": "confusion-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.array(confusion(["sad"], ["sad"], ["sad", "happy"]), "confusion(...)", shape=(2, 2))
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    from sklearn.metrics import confusion_matrix as reference

    rng = expect.rng("confusion")
    names = ["sad", "neutral", "happy", "fear", "disgust", "angry"]
    orders = [names, [names[int(i)] for i in rng.permutation(6)], [*names[::2], "bored", *names[1::2]]]
    forms = ((list, "lists"), (np.asarray, "arrays"), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series"), (lambda v: pd.Series(v, dtype=object), "Series"))
    for order in orders:
        t, p = rng.choice(names[:5], 300), rng.choice(names, 300)
        want = reference(t, p, labels=order)
        for form, what in forms:
            t_in, p_in, order_in = form(t), form(p), list(order)
            with expect.calling(f"confusion of 300 clips as {what}", "A label without clips keeps its row of zeros; Series are matched by position, not by index."), expect.unchanged(t_in, p_in, order_in):
                got = confusion(t_in, p_in, order_in)
            expect.array(got, "confusion(...) on 300 clips", shape=(len(order),) * 2, dtype="integer", why=f"Each of the {len(order)} labels needs a row and a column, whether it occurs or not.")
            expect.close(
                got,
                want,
                "confusion(...) on 300 clips",
                mistakes=[
                    (want.T, "Your matrix is transposed: its rows are the predictions. Rows are the true labels here."),
                    (reference(t, p, labels=sorted(order)), "Your rows are in alphabetical order. They should follow `labels`."),
                ],
                look="A label without true clips keeps its row of zeros; Series are matched by position, not by index.",
            )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Make a square of zeros first. Then walk through the clips, one pair of labels at a time.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Each label has a place in `labels`. A clip that is truly `t` and was called `p` adds one to row *place of t*, column
# *place of p*. scikit-learn has a function for it, too: read what its argument `labels` does.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `place = {label: i for i, label in enumerate(labels)}`, then for each pair
# `counts[place[true], place[predicted]] += 1`.
# </details>

# %% [markdown]
# Here is the picture for the exam: the network on the left, the crowd on the right, in the same clips. Each row is
# shown as shares of its clips, so that rows can be compared. (The course's own version stands in here, so that this
# runs before you have solved it.)

# %%
decided = exam[exam["crowd"] != ""]
plots.confusion_pair(
    evaluate.confusion(decided["intended"], decided["predicted"]),
    evaluate.confusion(decided["intended"], decided["crowd"]),
    titles=("the network", "the crowd"),
)

# %% [markdown]
# Look at the column "neutral" on the right. The crowd calls more than half of the clips neutral, and more than half of
# every emotion but anger. The network spreads its answers over all six: it was *trained* to, on clips in which the six
# labels are about equally frequent.
#
# The network knows the exam. The crowd was asked a different question: what do you hear?

# %% [markdown]
# ## A score in which each emotion counts the same
#
# Suppose a lazy system answers "neutral" to everything, on a day when three clips in four are neutral.
#
# <!-- question useless-model -->
# **What do you expect?** Which score tells you that it is useless?
#
# <details><summary>A. Accuracy</summary>
#
# No: it is right for three clips in four, 75 %. The frequent label pays for everything.
# </details>
# <details><summary>B. The mean of its recalls</summary>
#
# Yes. Recall is the share of a label's clips that was found: 100 % for neutral, 0 % for the others. With two labels the
# mean is 50 %, which is what a coin gets.
# </details>
# <details><summary>C. The mean of its precisions</summary>
#
# Not this one: precision asks how many of its *answers* are right. It never answered "sad", so the precision of "sad"
# is 0/0, and libraries differ in what they make of that.
# </details>

# %%
widgets.question("07_evaluate", "useless-model")

# %% [markdown]
# That mean has a name: **unweighted average recall**, UAR. It is the field's usual score, and on balanced data it equals
# accuracy.
#
# ### Exercise 2: `uar`

# %% nbgrader={"grade_id": "uar", "solution": true}
def uar(y_true, y_pred):
    """Unweighted average recall, a float in 0..1: the mean recall over the labels that occur in y_true.

    y_true, y_pred: matched lists, arrays or Series of labels (matched by position).
    """
    ### BEGIN SOLUTION
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return float(np.mean([np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)]))
    ### END SOLUTION


# %% nbgrader={"grade_id": "uar-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = uar(["neutral"] * 6 + ["sad"] * 2, ["neutral"] * 8)
    expect.kind(got, float, "uar(...)")
    expect.close(
        got,
        0.5,
        "uar of a system that says neutral to six neutral and two sad clips",
        atol=1e-9,
        mistakes=[
            (0.75, "0.75 is the accuracy (and the precision of neutral). UAR asks each label for its recall first, and then takes the plain mean."),
            (50.0, "Right, but in per cent: a score between 0 and 1 was asked for."),
            (0.375, "You averaged precisions (of the answers, how many are right). Recall asks: of the clips, how many were found?"),
        ],
        look="neutral: all 6 found, recall 1. sad: 0 of 2 found, recall 0. Their mean?",
    )

# %% nbgrader={"grade_id": "uar-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.close(uar(["sad", "happy"], ["sad", "happy"]), 1.0, "uar of a perfect answer", atol=1e-6)
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    t, p = ["angry", "angry", "sad", "sad"], ["angry", "fear", "sad", "sad"]
    expect.close(
        uar(t, p),
        0.75,
        "uar when 'fear' is answered but never true",
        atol=1e-6,
        mistakes=[
            (0.5, "You gave 'fear' a recall of 0, but no clip is truly fear: only labels that occur in y_true have a recall."),
            (2 / 3, "You averaged precisions (of the answers, how many are right). Recall asks: of the clips, how many were found?"),
            (1.0, "You averaged precisions (of the answers, how many are right). Recall asks: of the clips, how many were found?"),
        ],
        look="angry: 1 of 2 found; sad: 2 of 2 found. Their mean?",
    )
    rng = expect.rng("uar")
    names = np.array(["angry", "disgust", "fear", "happy", "neutral", "sad"])
    share = rng.permutation([0.05, 0.1, 0.15, 0.2, 0.2, 0.3])
    t = rng.choice(names, 400, p=share)
    p = np.where(rng.random(400) < rng.uniform(0.2, 0.9, 6)[np.searchsorted(names, t)], t, rng.choice(names, 400))
    recalls = [np.mean(p[t == n] == n) for n in names]
    precisions = [np.mean(t[p == n] == n) for n in names]
    mistakes = [
        (np.mean(t == p), "That is the accuracy: frequent labels count more in it. UAR is the plain mean of the recalls."),
        (np.mean(precisions), "You averaged precisions. Recall asks: of the clips of a label, how many were found?"),
        (np.mean([2 * p * r / (p + r) for p, r in zip(precisions, recalls)]), "That is the mean F1 score, which mixes recall with precision. UAR is the mean of the recalls."),
    ]
    for form, what in ((list, "lists"), (np.asarray, "arrays"), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series")):
        t_in, p_in = form(t), form(p)
        with expect.calling(f"uar of 400 clips as {what}", "They come as lists, arrays or Series; np.asarray makes arrays of them."), expect.unchanged(t_in, p_in):
            got = uar(t_in, p_in)
        expect.kind(got, float, "uar(...)")
        expect.close(
            got,
            np.mean(recalls),
            f"uar on 400 clips as {what}",
            atol=1e-6,
            mistakes=[(w, s) for w, s in mistakes if abs(w - np.mean(recalls)) > 1e-4],
            look="Lists, arrays and Series come, matched by position and not by index; np.asarray makes arrays of them.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How would you compute the recall of one label, sad say?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Keep the clips that are truly sad. Which share of them was called sad? Do that for every label that occurs in
# `y_true`, and average.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.mean(y_pred[y_true == label] == label)` for each `label in np.unique(y_true)`, after `np.asarray` on both.
# </details>

# %%
rows = []
for who in ("predicted", "crowd"):
    counts = evaluate.confusion(decided["intended"], decided[who])
    scored = {"accuracy": evaluate.accuracy(counts), "UAR": evaluate.uar(counts)}
    rows.append(scored | dict(zip(LABELS, evaluate.recall(counts))))
table = pd.DataFrame(rows, index=["the network", "the crowd"])
print(f"Against the intended label, in %: {len(decided):,} clips on which the crowd is not tied (five folds, actors kept apart),")
print("accuracy and UAR, then the recall of each label.")
(100 * table).round(1)

# %% [markdown]
# Read the row of the crowd from left to right. People find nearly all neutral clips, and fewer than one sad clip in five. Is
# sadness hard to hear, or did these actors, told "be sad" for a sentence about a jacket, mostly *not sound sad*?
#
# You cannot tell from this table. That is the trouble with the intended label: it is an instruction to an actor.

# %% [markdown]
# ## Two targets
#
# There are two different questions you can ask of a model:
#
# - **intended**: what was the actor told to play?
# - **perceived**: what do people hear?
#
# The network was trained on the first. Let us mark its answers on the second.
#
# <!-- question crowd-label -->
# **What do you expect?** Against the crowd's label, the network's accuracy ...
#
# <details><summary>A. stays about the same</summary>
#
# It would, if the two targets were nearly the same thing. They agree on fewer than half of the clips.
# </details>
# <details><summary>B. falls</summary>
#
# Yes. It was taught to recover an instruction, and it does that better than it does what people do.
# </details>

# %%
widgets.question("07_evaluate", "crowd-label")

# %%
scores = evaluate.load_scores().query("protocol == 'actors' and tested_on == 'clean'").set_index("target")
for target in ("intended", "crowd"):
    row = scores.loc[target]
    low, high = row["accuracy_interval"]
    print(f"against the {target:8} label: {100 * row['accuracy']:.1f} % ({100 * low:.1f} to {100 * high:.1f}), "
          f"{row['n_clips']:,} clips, five folds, actors kept apart")

# %% [markdown]
# Two intervals say how sure each score is. They do not say how sure the *difference* is. For that, both answers are compared
# on the same clips, and whole actors are drawn again and again: each draw gives one difference, and the middle 95 % of these
# differences are its interval. (Such a comparison is called **paired**. You build the drawing in exercise 4, the paired one
# in lesson 09.)

# %%
def paired_points(ahead):
    """A difference clip by clip (1, 0 or -1), as a sentence: points, 95 % interval over actors, clips."""
    mean, low, high = evaluate.mean_interval(ahead, exam.loc[ahead.index, "actor_id"])
    return (f"{100 * mean:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}, paired 95 % interval over actors), "
            f"{len(ahead):,} clips")


network_right = (exam["predicted"] == exam["intended"]).astype(int)
network_heard_so = (exam["predicted"] == exam["crowd"]).astype(int)
untied = exam["crowd"] != ""
print("The network against the crowd's label, minus against the intended one, tied clips left out:")
print(paired_points((network_heard_so - network_right)[untied]))

# %% [markdown]
# And is the network's lead over the crowd more than chance? Both answered the same clips, so this is a paired comparison,
# too. One rule sounds harmless and decides: what does a tie of the crowd count as?

# %%
ahead = network_right - (exam["crowd"] == exam["intended"]).astype(int)
print("The network minus the crowd, on the intended label:")
print("a tie counts as wrong:", paired_points(ahead))
print("tied clips left out:  ", paired_points(ahead[untied]))

# %% [markdown]
# So here is the honest sentence: *this network recovers what the actor was told more often than untrained listeners do where
# their ties count as wrong; where tied clips are left out, no difference can be told; and it agrees with what those listeners
# hear less often than with the instruction.* It did not out-hear anyone.
#
# To say how good the listeners were you need one more function. Each clip has about nine votes.
#
# ### Exercise 3: `human_accuracy`

# %% nbgrader={"grade_id": "human_accuracy", "solution": true}
def human_accuracy(votes, intended):
    """Share (float, 0..1) of clips whose most frequent vote is the intended label; a tie for first place is wrong.

    votes: DataFrame of counts, a row per clip, the six labels as columns in course order, at least one vote per row.
    intended: the intended labels, list, array or Series, matched to the rows by position.
    """
    ### BEGIN SOLUTION
    counts = votes.to_numpy()
    top = counts.max(axis=1, keepdims=True)
    winner = np.asarray(votes.columns)[counts.argmax(axis=1)]
    alone = (counts == top).sum(axis=1) == 1
    return float(np.mean(alone & (winner == np.asarray(intended))))
    ### END SOLUTION


# %% nbgrader={"grade_id": "human_accuracy-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    votes = pd.DataFrame(
        [[3, 0, 0, 0, 1, 0], [2, 0, 0, 0, 2, 0], [0, 0, 1, 0, 5, 0], [0, 0, 0, 0, 1, 4]],
        columns=["angry", "disgust", "fear", "happy", "neutral", "sad"],
    )
    got = human_accuracy(votes, ["angry", "angry", "fear", "sad"])
    expect.kind(got, float, "human_accuracy(...)")
    expect.close(
        got,
        0.5,
        "human_accuracy on four clips",
        atol=1e-9,
        mistakes=[
            (0.75, "You counted the tie as right, as when it goes to the label that stands first. In the second clip angry and neutral have two votes each: that counts as wrong."),
            (10 / 19, "You counted votes. The share asked for is of clips: a clip is right when its most frequent vote is the intended label."),
            (2 / 3, "You left the tied clip out. It stays in, as a wrong one."),
            (2, "You counted the clips. A share between 0 and 1 was asked for."),
        ],
        look="Clip by clip: angry wins; a tie; neutral wins over fear; sad wins.",
    )

# %% nbgrader={"grade_id": "human_accuracy-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.close(human_accuracy(pd.DataFrame([[3, 0, 0, 0, 1, 0]], columns=LABELS), ["angry"]), 1.0, "human_accuracy on one clip", atol=1e-6)
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("human_accuracy")
    names = ["angry", "disgust", "fear", "happy", "neutral", "sad"]
    counts = rng.integers(0, 5, (500, 6)) + np.eye(6, dtype=int)[rng.integers(0, 6, 500)]
    intended = np.where(rng.random(500) < 0.5, np.array(names)[counts.argmax(axis=1)], rng.choice(names, 500))
    right = [(c == c.max()).sum() == 1 and names[c.argmax()] == i for c, i in zip(counts, intended)]
    alone = [(c == c.max()).sum() == 1 for c in counts]
    first = [names[c.argmax()] == i for c, i in zip(counts, intended)]
    share = counts[np.arange(500), [names.index(i) for i in intended]].sum() / counts.sum()
    last = [names[5 - c[::-1].argmax()] == i for c, i in zip(counts, intended)]
    among = [c[names.index(i)] == c.max() for c, i in zip(counts, intended)]
    majority = [c[names.index(i)] > c.sum() / 2 for c, i in zip(counts, intended)]
    shuffled = pd.DataFrame(counts, columns=names, index=rng.permutation(500))
    mistakes = [
        (np.mean(first), "You let a tie go to the label that stands first. A tie for the first place counts as wrong."),
        (np.mean(last), "You let a tie go to the label that stands last. A tie for the first place counts as wrong."),
        (np.mean(among), "You let a tie count when the intended label is among the winners. A tie counts as wrong."),
        (np.sum(right) / np.sum(alone), "You left the tied clips out. They stay in, as wrong ones."),
        (np.mean(majority), "You asked for more than half of the votes. The most frequent vote is enough, if it stands alone."),
        (share, "You counted votes. The share asked for is of clips."),
        (np.mean([r and len(set(c[c > 0])) == np.count_nonzero(c) for r, c in zip(right, counts)]), "You took any two equal counts for a tie. Only a tie for the first place counts: 4, 1, 1 has a winner."),
        (np.mean([r and len(set(c)) == 6 for r, c in zip(right, counts)]), "You took any two equal counts for a tie. Only a tie for the first place counts: 4, 1, 1 has a winner."),
    ]
    for form, what in ((list, "a list"), (np.asarray, "an array"), (pd.Series, "a Series"), (lambda v: pd.Series(v, index=rng.permutation(500)), "a Series")):
        intended_in = form(intended)
        with expect.calling(f"human_accuracy with `intended` as {what}", "It comes as a list, an array or a Series, matched by position."), expect.unchanged(shuffled, intended_in):
            got = human_accuracy(shuffled, intended_in)
        expect.kind(got, float, "human_accuracy(...)")
        expect.close(
            got,
            np.mean(right),
            "human_accuracy on 500 clips",
            atol=1e-6,
            mistakes=[(w, s) for w, s in mistakes if abs(w - np.mean(right)) > 1e-4],
            look="Rows and labels are matched by position; the index of the table says nothing here.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which number is the largest in a row, and how many times does it stand there?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A clip is right when two things hold: the column with the most votes is the intended label, and no other column has as
# many. `idxmax` alone gives the first of several winners.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `counts = votes.to_numpy()`; `alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1`; the winner is
# `votes.columns[counts.argmax(axis=1)]`; then the mean of `alone & (winner == np.asarray(intended))`.
# </details>

# %%
people = evaluate.human_yardstick(corpus.clip_table())
Markdown(
    f"On all **{people['n_clips']:,} clips** of CREMA-D, voice only: the crowd's most frequent answer is the intended emotion in "
    f"**{100 * people['plurality']:.1f} %** (ties wrong), a single rating in **{100 * people['single_rating']:.1f} %**; "
    f"the crowd's UAR is {100 * people['plurality_uar']:.1f} %."
)

# %% [markdown]
# ## How sure is that number?
#
# Run the exam again with other actors and the score will be another. How different? You have one set of actors, so you
# do the next best thing: draw actors from it *with replacement*, as many as there are, score again, and repeat. This is
# a **bootstrap**; the middle 95 % of the scores is the interval.
#
# <!-- question wider-interval -->
# **What do you expect?** You could also draw single clips. There are thousands of them. Which interval will be wider?
#
# <details><summary>A. Drawing actors gives the wider one</summary>
#
# Yes. Clips of one actor resemble each other: some actors are easy, some are hopeless. Thousands of clips of a few dozen
# people hold about as much news as a few dozen people do.
# </details>
# <details><summary>B. Drawing clips gives the wider one</summary>
#
# It is the narrower one, and it is too narrow: it treats eighty clips of one person as eighty independent witnesses.
# </details>
# <details><summary>C. They are the same</summary>
#
# They would be if the clips of an actor were no more alike than clips of different actors. Look at the next figure.
# </details>

# %%
widgets.question("07_evaluate", "wider-interval")

# %%
per_actor = exam.assign(right=exam["predicted"] == exam["intended"]).groupby("actor_id")["right"].mean().reset_index()
plots.actor_scores(per_actor.rename(columns={"actor_id": "actor", "right": "score"}))

# %% [markdown]
# Before you write the bootstrap, do it once by hand, on four actors. Ada is right in 3 of her 4 clips, Ben in 1 of 2, Cem in
# 0 of 3, Dee in 4 of 5: together 8 of 14, 57 %. Now put four slips of paper into a hat, draw one, *put it back*, and
# draw again, four times in all. Say the slips are Ben, Dee, Ben, Ada.
#
# Ben counts twice, with all his clips. Cem does not count at all. Right: 1 + 4 + 1 + 3 = 9. Clips: 2 + 5 + 2 + 4 = 13. This
# draw's share is 9 of 13, 69 %. The cell draws six times more.

# %%
hat = {"Ada": (3, 4), "Ben": (1, 2), "Cem": (0, 3), "Dee": (4, 5)}  # right, clips
chance = np.random.default_rng(3)
for _ in range(6):
    slips = chance.choice(list(hat), size=4)  # each slip goes back into the hat
    of_them, in_all = sum(hat[name][0] for name in slips), sum(hat[name][1] for name in slips)
    print(f"{', '.join(slips)}: {of_them} of {in_all} right, {100 * of_them / in_all:.0f} %")

# %% [markdown]
# Six draws, and shares far apart: four actors cannot say much. With two thousand draws you sort the shares and leave out the
# lowest and the highest 2.5 %. What is left is the interval. Your function does the same for any number of actors.
#
# ### Exercise 4: `actor_interval`

# %% nbgrader={"grade_id": "actor_interval", "solution": true}
def actor_interval(correct, actors, n_resamples, rng):
    """Percentiles 2.5 and 97.5 of the share of correct clips when whole actors are drawn with replacement.

    correct: right or wrong for each clip (booleans); actors: whose clip it is. Matched by position.
    n_resamples: how often to draw as many actors as there are. An actor drawn twice counts twice; the share is over
    all clips of the drawn actors.
    rng: numpy Generator, the only source of chance.
    Returns (low, high), shares in 0..1.
    """
    ### BEGIN SOLUTION
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    n_right = np.bincount(which, weights=correct)
    n_clips = np.bincount(which)
    drawn = rng.integers(len(names), size=(n_resamples, len(names)))
    shares = n_right[drawn].sum(axis=1) / n_clips[drawn].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(low), float(high)
    ### END SOLUTION


# %% nbgrader={"grade_id": "actor_interval-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    actors, right = np.repeat(np.arange(20), 10), np.repeat([True, False] * 10, 10)
    got = actor_interval(right, actors, 2000, np.random.default_rng(0))
    expect.true(np.size(got) == 2, f"Two numbers were asked for, low and high; {np.size(got)} came.")
    low, high = got
    expect.true(low <= high, f"Your interval runs from {low:.3f} down to {high:.3f}. Low comes first.")
    expect.true(low >= 0 and high <= 1, f"Your interval is {low:.3f} to {high:.3f}. Shares lie between 0 and 1.")
    expect.true(low != high, f"Low and high are both {low:.3f}: every resample gave the same. Did you draw without replacement, so that every actor is in it once?")
    expect.true(
        high - low > 0.2,
        f"Your interval is {low:.2f} to {high:.2f}, which is what drawing single clips gives. Ten actors are always right and ten "
        "always wrong here: twenty witnesses, not two hundred. Draw actors, and take all their clips along.",
    )
    expect.true(
        0.24 <= low <= 0.345 and 0.655 <= high <= 0.76,
        f"Your interval is {low:.2f} to {high:.2f}; about 0.30 to 0.70 was expected for twenty actors of whom half are always right. "
        "Did an actor that was drawn twice count twice, and did you take percentiles 2.5 and 97.5?",
    )

# %% nbgrader={"grade_id": "actor_interval-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.close(actor_interval([True, True, True], [1, 1, 2], 10, np.random.default_rng(0)), (1, 1), "actor_interval when all is right", atol=1e-6)
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def reference_interval(correct, actors, n_resamples, rng, percentiles=(2.5, 97.5), n_drawn=None):
        correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
        names, which = np.unique(actors, return_inverse=True)
        right, n = np.bincount(which, weights=correct), np.bincount(which)
        times = rng.multinomial(n_drawn or len(names), np.full(len(names), 1 / len(names)), n_resamples)
        return np.percentile((times @ right) / (times @ n), percentiles)

    rng = expect.rng("actor_interval")
    sizes = np.concatenate([rng.integers(40, 62, 10), rng.integers(4, 9, 10)])  # ten with many clips, ten with few
    rates = np.concatenate([np.linspace(0.35, 0.95, 10) + rng.uniform(-0.03, 0.03, 10), rng.uniform(0.05, 0.3, 10)])
    actors = np.repeat([f"actor {i}" for i in rng.permutation(40)[:20]], sizes)
    right = np.concatenate([np.arange(n) < round(n * r) for n, r in zip(sizes, rates)])
    mix = rng.permutation(len(right))
    actors, right = actors[mix], right[mix]
    want = reference_interval(right, actors, 40000, rng)
    tolerance = 0.06 * (want[1] - want[0])

    def near(other):
        return np.abs(np.asarray(got, dtype=float) - other).max() <= tolerance

    means = np.array([np.mean(right[actors == a]) for a in np.unique(actors)])
    error = np.std(reference_interval(right, actors, 20000, rng, np.linspace(0, 100, 2001)))
    wrong = [
        (np.percentile(means[rng.integers(20, size=(20000, 20))].mean(axis=1), [2.5, 97.5]), "You averaged the actors' shares. The share asked for is over all clips of the drawn actors: an actor with more clips weighs more."),
        (np.percentile(rng.binomial(len(right), right.mean(), 20000) / len(right), [2.5, 97.5]), "Your interval is the one that drawing single clips gives: it is too narrow. Draw whole actors, and take all their clips along."),
        (reference_interval(right, actors, 20000, rng, (5, 95)), "Your interval is a little too narrow. Does an actor that was drawn twice count twice, and do you end at percentiles 2.5 and 97.5, not 5 and 95?"),
        (reference_interval(right, actors, 20000, rng, n_drawn=10), "Your interval is too wide, as if half of the actors were drawn. Draw as many as there are."),
        (right.mean() + 1.96 * error * np.array([-1, 1]), "You went 1.96 standard errors to both sides. The percentiles 2.5 and 97.5 of the shares were asked for."),
    ]

    def bring_all_clips():
        alike, who = np.tile([True, True, True, False], 24), np.repeat(np.arange(12), 8)
        expect.close(
            actor_interval(alike, who, 200, np.random.default_rng(0)), (0.75, 0.75), "actor_interval when each actor has six of eight clips right", atol=1e-6,
            look="Whichever actors are drawn, the share is the same, unless clips are drawn within actors as well. An actor who is drawn brings all clips, each once.",
        )

    draws = int(rng.integers(2**32))  # the same for each form: what differs then is how columns are matched
    for form, what in ((list, "lists"), (np.asarray, "arrays"), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series")):
        right_in, actors_in = form(right), form(actors)
        with expect.calling(f"actor_interval with {what}", "They come as lists, arrays or Series; np.asarray makes arrays of them."), expect.unchanged(right_in, actors_in):
            got = actor_interval(right_in, actors_in, 6000, np.random.default_rng(draws))
        expect.true(near(want) or what != "Series", "Lists and arrays came out right, Series did not: they are matched by position, never by index.")
        for other, words in wrong:
            expect.true(near(want) or not near(other), words)
        if not near(want):
            bring_all_clips()  # says more, where that is why
        expect.true(
            near(want),
            f"On 20 actors with 4 to 61 clips your interval is {got[0]:.3f} to {got[1]:.3f}; {want[0]:.3f} to {want[1]:.3f} was expected "
            f"(within {tolerance:.3f}). Draw as many actors as there are, with replacement; an actor drawn twice counts twice.",
        )
    bring_all_clips()
    one_fails, who = np.arange(100) >= 10, np.repeat(np.arange(10), 10)
    expect.close(
        actor_interval(one_fails, who, 4000, np.random.default_rng(rng.integers(2**32))), (0.7, 1.0), "actor_interval of ten actors, nine always right and one never,", atol=1e-6,
        look="Percentiles 2.5 and 97.5 are shares that were drawn, from 3 times the one who fails to not at all. So many standard errors to both sides are another interval, which need not fit between 0 and 1.",
    )
    seed = int(rng.integers(2**31))
    again = [actor_interval(right, actors, 50, np.random.default_rng(seed)) for seed in (seed, seed, seed + 1)]
    expect.true(tuple(again[0]) == tuple(again[1]), "Two calls with the same Generator seed differ: draw from `rng` only.")
    expect.true(tuple(again[0]) != tuple(again[2]), "Another seed gives the same interval: draw from `rng`, not from a generator of your own.")
    one = actor_interval(right, actors, 1, np.random.default_rng(seed))
    expect.close(one[0], one[1], "low and high of a single resample (n_resamples=1)", atol=1e-12, look="n_resamples says how often to draw.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What do you need to know about an actor to score a set of drawn actors? Two numbers are enough.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# For each actor, count the clips and the right ones. One resample: draw as many actors as there are
# (`rng.integers` or `rng.choice`, with replacement), add up both counts, divide. Repeat, then take percentiles.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `drawn = rng.integers(n_actors, size=n_actors)`, `share = right[drawn].sum() / clips[drawn].sum()`; collect
# `n_resamples` of them and use `np.percentile(shares, [2.5, 97.5])`.
# </details>

# %% [markdown]
# Now the two intervals side by side on the exam. (The course's own version stands in for the one over actors.)

# %%
right = (exam["predicted"] == exam["intended"]).to_numpy()
rng = np.random.default_rng(0)
by_clips = np.percentile(rng.binomial(len(right), right.mean(), 5000) / len(right), [2.5, 97.5])
by_actors = evaluate.actor_interval(evaluate.accuracy, exam["intended"], exam["predicted"], exam["actor_id"])
for name, (low, high) in (("drawing clips", by_clips), ("drawing actors", by_actors)):
    print(f"{name:15} {100 * low:.1f} to {100 * high:.1f} %   width {100 * (high - low):.1f} points")

# %% [markdown]
# The honest interval is the wider one. It still leaves something out: the **training**. The network was trained once per
# fold, and the bootstrap draws only from the answers of these networks. Other training actors, or another seed, would move
# the score as well.
#
# And with few test actors it is too narrow in any case: below some ten of them, so few people cannot show how much people
# differ.

# %% [markdown]
# ### Try it: how many actors does it take?

# %%
def interval_for(n_actors):
    chosen = exam["actor_id"].drop_duplicates().sample(n_actors, random_state=1)
    part = exam[exam["actor_id"].isin(chosen)]
    low, high = evaluate.actor_interval(evaluate.accuracy, part["intended"], part["predicted"], part["actor_id"])
    share = (part["predicted"] == part["intended"]).mean()
    print(f"{n_actors} actors, {len(part):,} clips: {100 * share:.1f} %, interval {100 * low:.1f} to {100 * high:.1f}, "
          f"{100 * (high - low):.1f} points wide (actors kept apart, five folds)")


ipywidgets.interactive(
    interval_for,
    n_actors=ipywidgets.IntSlider(value=8, min=2, max=75, description="Actors", continuous_update=False),
)

# %% [markdown]
# Think about it: a paper tests on 8 actors and reports that its new feature adds 2 points. What would you ask its authors?
# (And what if *both* models were scored on the same 8? Lesson 09 comes back to that.)

# %% [markdown]
# ## Good for whom?
#
# An average can hide that a system works for some people and not for others. Score each group on its own, always with
# an interval.
#
# ### Exercise 5: `recall_by_group`

# %% nbgrader={"grade_id": "recall_by_group", "solution": true}
def recall_by_group(y_true, y_pred, group):
    """UAR within each group: a Series of floats 0..1, indexed by the group values, in any order.

    y_true, y_pred, group: matched lists, arrays or Series (matched by position).
    """
    ### BEGIN SOLUTION
    y_true, y_pred, group = np.asarray(y_true), np.asarray(y_pred), np.asarray(group)
    return pd.Series({g: uar(y_true[group == g], y_pred[group == g]) for g in np.unique(group)})
    ### END SOLUTION


# %% nbgrader={"grade_id": "recall_by_group-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    def course_uar(y_true, y_pred):
        return evaluate.uar(evaluate.confusion(y_true, y_pred))

    with expect.standing_in(uar=course_uar):
        got = recall_by_group(
            ["sad", "sad", "sad", "sad", "happy", "sad", "happy"],
            ["sad", "sad", "sad", "happy", "happy", "happy", "happy"],
            ["women", "women", "women", "women", "women", "men", "men"],
        )
    expect.kind(got, pd.Series, "recall_by_group(...)")
    expect.series(
        got,
        pd.Series({"men": 0.5, "women": 0.875}),
        "recall_by_group(...)",
        atol=1e-6,
        order=False,
        mistakes=[
            (pd.Series({"men": 0.5, "women": 0.8}), "That is the accuracy in each group. UAR averages the recalls: for the women 3/4 (sad) and 1 (happy)."),
            (pd.Series({"men": 50.0, "women": 87.5}), "Right, but in per cent: scores between 0 and 1 were asked for."),
        ],
        look="Keep the clips of one group, take their UAR, and go on to the next group.",
    )

# %% nbgrader={"grade_id": "recall_by_group-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    def course_uar(y_true, y_pred):
        return evaluate.uar(evaluate.confusion(y_true, y_pred))

    with expect.standing_in(uar=course_uar):
        expect.series(recall_by_group(["sad"], ["sad"], ["all"]), pd.Series({"all": 1.0}), "recall_by_group of one clip", atol=1e-6)
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("recall_by_group")
    names = np.array(["angry", "disgust", "fear", "happy", "neutral", "sad"])

    def uar(t, p, labels):
        return np.mean([np.mean(p[t == n] == n) if (t == n).any() else 0 for n in labels])

    for groups in ([20, 30, 40], ["low", "medium", "high"]):
        _t = rng.choice(names, 600, p=[0.3, 0.25, 0.2, 0.1, 0.1, 0.05])
        _p = np.where(rng.random(600) < 0.5, _t, rng.choice(names, 600))
        _g = rng.choice(groups, 600)
        _t[(_g == groups[2]) & (_t == "neutral")] = "angry"  # a group without neutral clips, as low, medium and high are
        want = pd.Series({g: uar(_t[_g == g], _p[_g == g], np.unique(_t[_g == g])) for g in groups})
        six = pd.Series({g: uar(_t[_g == g], _p[_g == g], names) for g in groups})
        acc = pd.Series({g: np.mean(_t[_g == g] == _p[_g == g]) for g in groups})
        for form, what in ((list, "lists"), (np.asarray, "arrays"), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series")):
            t_in, p_in, g_in = form(_t), form(_p), form(_g)
            with expect.standing_in(uar=course_uar), expect.calling(f"recall_by_group with {what}", "They come as lists, arrays or Series; np.asarray makes arrays of them."), expect.unchanged(t_in, p_in, g_in):
                got = recall_by_group(t_in, p_in, g_in)
            expect.series(
                got,
                want,
                "recall_by_group on 600 clips in three groups",
                atol=1e-6,
                order=False,
                mistakes=[
                    (acc, "That is the accuracy in each group. UAR is the plain mean of the recalls."),
                    (six, "A group without neutral clips got a recall of 0 for neutral. Only labels that occur in the group have a recall there."),
                ],
                look="Series are matched by position, not by index.",
            )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You have `uar`. What remains is to hand it the clips of one group at a time.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# With arrays, `group == "men"` picks the clips of a group, in `y_true` and `y_pred` alike. A DataFrame and `groupby`
# do the same.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `pd.Series({g: uar(y_true[group == g], y_pred[group == g]) for g in np.unique(group)})`, with `np.asarray` on all
# three first.
# </details>

# %%
def group_scores(column):
    rows = []
    for value, part in exam.groupby(column):
        low, high = evaluate.actor_interval(evaluate.uar, part["intended"], part["predicted"], part["actor_id"])
        score = float(evaluate.uar(evaluate.confusion(part["intended"], part["predicted"])))
        rows.append({"group": f"{value} ({part['actor_id'].nunique()} actors)", "score": score, "low": low, "high": high})
    return pd.DataFrame(rows)


# %% [markdown]
# <!-- question served-worse -->
# **What do you expect?** Whom does the network serve worse?
#
# <details><summary>A. Women</summary>
#
# A fair suspicion: many speech systems were built on men's voices. In CREMA-D women are nearly half of the actors.
# </details>
# <details><summary>B. Men</summary>
#
# The bar is a little shorter. Look at the intervals before you say it.
# </details>
# <details><summary>C. One cannot tell from these clips</summary>
#
# Yes: the interval of the difference, below, holds zero. "No difference found" is not "no difference", though: any gap
# inside that interval could hide here.
# </details>

# %%
widgets.question("07_evaluate", "served-worse")

# %%
plots.recall_bars(group_scores("sex"))

# %% [markdown]
# Two intervals that overlap do not prove that the groups are equal, and two that hardly touch do not prove a cause. Ask for
# the interval of the difference. Women and men are different people, so nothing can be paired here: actors are drawn in each
# group on its own.
#
# Ask the same of the people who listened: whom does the *crowd* understand better?

# %%
def drawn_uar(part, answered):
    """The UAR in each of 2,000 draws of the actors of `part`."""
    per_actor = np.stack([evaluate.confusion(rows["intended"], rows[answered]) for _, rows in part.groupby("actor_id")])
    times = rng.multinomial(len(per_actor), np.full(len(per_actor), 1 / len(per_actor)), 2000)
    return evaluate.uar(np.tensordot(times, per_actor, axes=1))


women, men = (decided[decided["sex"] == sex] for sex in ("female", "male"))
print("UAR, clips on which the crowd is not tied, the same for both:")
for who, answered in (("the network", "predicted"), ("the crowd", "crowd")):
    scores_of = [100 * evaluate.uar(evaluate.confusion(part["intended"], part[answered])) for part in (women, men)]
    low, high = np.percentile(100 * (drawn_uar(women, answered) - drawn_uar(men, answered)), [2.5, 97.5])
    print(f"{who:11} women {scores_of[0]:.1f} %, men {scores_of[1]:.1f} %; difference {scores_of[0] - scores_of[1]:+.1f} points "
          f"({low:+.1f} to {high:+.1f}, 95 % interval, actors drawn in each group)")

# %% [markdown]
# The crowd recovers what women played more often than what men played: its interval lies above zero, the network's holds it.
# If it is the voices, the acting or the listeners, these figures cannot say. But note what follows: had you trained on the
# crowd's labels, this difference would have become part of the *target*, and no score against that target would show it.
#
# ### Try it: other groups
#
# Choose a grouping. One of them compares things that cannot be compared. Which one, and why?

# %%
def show_groups(by):
    frame = group_scores({"sex": "sex", "acted level": "level", "sentence": "sentence"}[by])
    display(plots.recall_bars(frame))


ipywidgets.interactive(show_groups, by=ipywidgets.Dropdown(options=["sex", "acted level", "sentence"], description="Group by"))

# %% [markdown]
# <details><summary>Which one?</summary>
#
# The acted level. Low, medium and high exist for one sentence only, and never for neutral: those UARs average five
# recalls. "Unspecified" is eleven more sentences and all neutral clips, six recalls. Low, medium and high may be
# compared with each other; none of them with unspecified.
# </details>

# %% [markdown]
# ### Written: who is served worse?
#
# Write about 150 words. Which group of speakers does the network serve worse, and is the evidence enough to say so?
# Name the number of actors, the interval, and one thing other than the network that could explain the difference. Then
# say which of the groupings above may be compared, and which may not.

# %% [markdown] nbgrader={"grade_id": "who-is-served-worse", "grade": true, "solution": true, "points": 4}
# Model answer: by sex the network reaches a UAR of about 46 % for women (35 actors) and for men (40 actors), with intervals
# some six points wide that overlap almost entirely. The interval of the difference (women minus men, actors drawn in each
# group) runs from about -5 to +5 points. That is no evidence that either is served worse; a gap of a few points could still
# hide in it. The crowd does differ, by 7 points (2 to 12, ties left out) in favour of women, so the clips (acting, loudness,
# recording) or the listeners differ, and that could explain a difference of a network as well. A comparison of the same
# sentences, and more actors, would help. Low, medium and high may be compared with each other (same sentence, same five
# labels); unspecified may not be compared with them (other sentences, and it has neutral clips).
#
# Mark scheme: 1 point names a group with its score, interval and number of actors; 1 point judges whether that is enough
# (overlap, few actors); 1 point gives another explanation (acting, recording, what the crowd shows, loudness); 1 point says
# that levels without neutral clips cannot be compared with unspecified.

# %% [markdown]
# ## Quiz
#
# <!-- question mostly-neutral -->
# **1. A model reaches 60 % accuracy on a test set of which 60 % is neutral. What do you ask first?**
#
# <details><summary>A. Its UAR</summary>
#
# Yes. Saying "neutral" to everything gives that accuracy; its UAR would be one divided by the number of labels.
# </details>
# <details><summary>B. Its number of parameters</summary>
#
# Interesting, but it does not tell you whether it hears anything.
# </details>

# %%
widgets.question("07_evaluate", "mostly-neutral")

# %% [markdown]
# <!-- question drawn-clips -->
# **2. An interval was computed by drawing single clips of 10 actors. It is ...**
#
# <details><summary>A. too wide</summary>
#
# No: it takes clips of one actor for independent, so it believes to know more than it does.
# </details>
# <details><summary>B. too narrow</summary>
#
# Yes. The number of actors, not of clips, decides how sure you can be about a new actor.
# </details>

# %%
widgets.question("07_evaluate", "drawn-clips")

# %% [markdown]
# <!-- question beats-listeners -->
# **3. "Our model beats human listeners on CREMA-D." What is the fair reading?**
#
# <details><summary>A. It hears emotions better than people do</summary>
#
# The listeners were never asked what the actor had been told. They said what they heard.
# </details>
# <details><summary>B. It recovers the actor's instruction at least as often as untrained listeners who were asked another question</summary>
#
# Yes. Held against what people hear, the same model does worse than against the instruction.
# </details>

# %%
widgets.question("07_evaluate", "beats-listeners")

# %% [markdown]
# ## Take-away
#
# - You can count confusions, score with UAR, and say in which split and against which label.
# - Your intervals draw actors, so they say how sure you are about somebody new.
# - You can tell "what the actor was told" from "what people hear", and a gap between groups from a proof.
#
# One thing to try first: in the cell that makes `answers`, change `'actors'` to `'random'`, run the lesson again, and
# see how much better, and how much more wrong, the report becomes.

# %% [markdown]
# ## Further reading
#
# - Efron and Tibshirani (1993). *An introduction to the bootstrap.* Chapman and Hall.
#   [doi:10.1007/978-1-4899-4541-9](https://doi.org/10.1007/978-1-4899-4541-9): the book on drawing again.
# - Schuller, Steidl and Batliner (2009). *The INTERSPEECH 2009 emotion challenge.* Interspeech, 312-315.
#   [doi:10.21437/Interspeech.2009-103](https://doi.org/10.21437/Interspeech.2009-103): where UAR became the field's
#   score.
# - Buolamwini and Gebru (2018). *Gender shades: Intersectional accuracy disparities in commercial gender
#   classification.* Proceedings of Machine Learning Research 81, 77-91.
#   [proceedings.mlr.press/v81/buolamwini18a.html](https://proceedings.mlr.press/v81/buolamwini18a.html): good for
#   whom: the study that made many ask.

# %%
check("07_evaluate")
