# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Split and scale: the leak meter"
#     goals:
#     - tell a score on new clips from a score on new people
#     - split so that no actor stands on both sides
#     - scale with what the training rows know, and nothing else
#     - judge a published score by its split
#     needs: "lessons 03 (features) and 04 (noisy copies)"
#     minutes: 80
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       split_by_actor: {arguments: actors test_fraction seed, mistakes: 3}
#       shared_actors: {arguments: actors is_test, mistakes: 0}
#       fit_scaler: {arguments: X_train, mistakes: 4}
#       scale: {arguments: X mean std, mistakes: 0}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       from sklearn.model_selection import GroupKFold, cross_val_score
#       from sklearn.neighbors import KNeighborsClassifier
#       from sklearn.pipeline import make_pipeline
#       from sklearn.preprocessing import StandardScaler
#       from ser_helpers import features
#
#       table, X, _ = features.load_features()
#       y, who, apart = table["emotion"], table["actor_id"], GroupKFold(5)  # no actor on both sides
#       model = make_pipeline(StandardScaler(), KNeighborsClassifier(25))  # scales by training rows
#       scores = cross_val_score(model, X, y, groups=who, cv=apart)
#       print(scores.round(3))  # the spread belongs to the score
# ---

# %% [markdown]
# # 05 · Split and scale: the leak meter
#
# You rehearse with a quiz master. Next day the quiz has new questions, but the same quiz master asks them, with the same
# raised eyebrow before each trick. You do well. Then a stranger asks.
#
# In the first picture below every column is an actor: the blue dot counts the recordings that you train on, the orange one
# those that you test on.

# %% [markdown]
# **You will learn to** tell a score on new clips from a score on new people, split so that no actor stands on both sides,
# scale with what the training rows know, and judge a published score by its split.
#
# **You need** lessons 03 and 04. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ser_helpers import check, corpus, evaluate, features, plots, widgets

LABELS = list(corpus.LABELS)
print("Data: CREMA-D, scores and features measured beforehand (data/). This lesson needs no sound.")

# %% [markdown]
# ## Still there? Two questions from earlier lessons
#
# <!-- question again-decibels -->
# **From lesson 04.** Noise at 15 dB SNR: how strong is its power beside the clip's?
#
# <details><summary>A. A fifteenth</summary>
#
# Decibels are no divisor. Ten of them are a factor of ten in power, and the next five a factor of about three.
# </details>
# <details><summary>B. About a thirtieth</summary>
#
# Yes: 10 to the power of 1.5 is 31.6. That little cost the network more than half of what it knew beyond guessing.
# </details>
# <details><summary>C. About a sixth</summary>
#
# That is the ratio of the *amplitudes*. Powers are their squares.
# </details>

# %%
widgets.question("05_split_and_scale", "again-decibels")

# %% [markdown]
# <!-- question again-two-labels -->
# **From lesson 01.** A model is scored against the *intended* labels and names 46 % of them. Who decided what is right?
#
# <details><summary>A. The listeners</summary>
#
# They said what they heard, which is the other label. They found the instruction in fewer than half of the clips.
# </details>
# <details><summary>B. Whoever told the actors what to play</summary>
#
# Yes. Keep it in mind for every score below: it says how often a model finds an instruction again.
# </details>

# %%
widgets.question("05_split_and_scale", "again-two-labels")

# %% [markdown]
# ## Who stands on which side?
#
# <!-- question new-actors -->
# **What do you expect?** Ten actors, some eighty recordings each. You draw a fifth of all recordings for the test, at
# random. How many actors will you meet in the test whom you have *not* trained on?
#
# <details><summary>A. Two: a fifth of ten</summary>
#
# It would be two if you drew actors. You drew recordings.
# </details>
# <details><summary>B. One or none</summary>
#
# The second half of it is right. For an actor to be new, all eighty recordings would have to fall into the test.
# </details>
# <details><summary>C. None</summary>
#
# Yes. A fifth of *each* actor's recordings is in the test, and the other four fifths have been trained on.
# </details>

# %%
widgets.question("05_split_and_scale", "new-actors")

# %%
table, X, _ = features.load_features()
ten = table[table["actor_id"].isin(table["actor_id"].unique()[:10])]
random_test = np.random.default_rng(0).random(len(ten)) < 0.2
plots.split_dots(ten["actor_id"], random_test, title="Ten actors, a random fifth of the clips for the test")

# %% [markdown]
# None. Every voice of the test has been rehearsed with. The score that comes out answers the question *how well does it do
# on new recordings of people it knows?*

# %%
apart_test = ten["actor_id"].isin(ten["actor_id"].unique()[:2])  # two actors: all their recordings
plots.split_dots(ten["actor_id"], apart_test, title="The same ten actors, two of them kept for the test")

# %% [markdown]
# This split answers the other question: *how well does it do on people it has never heard?* That is the one you have when
# you speak into a microphone.
#
# <!-- question two-scores -->
# **What do you expect?** How far are the two scores apart, for one and the same network on one and the same recordings?
#
# <details><summary>A. Less than a point: emotion is emotion</summary>
#
# It would be, if voices were alike. The network learns *how this actor does anger*, too.
# </details>
# <details><summary>B. Some six points</summary>
#
# Yes, as the next figure shows, with its intervals.
# </details>
# <details><summary>C. Twenty points or more</summary>
#
# Not with this small network and these averages over time. How it is with large networks, nobody can read from a single score:
# you would need the same network with both splits, and most papers print one.
# </details>

# %%
widgets.question("05_split_and_scale", "two-scores")

# %%
widgets.leak_meter()

# %% [markdown]
# Choose each protocol once and guess its score first. Which of the five would you print in a leaflet for people who have
# never spoken to the system? Then run the next cell: all five side by side, with their intervals.

# %%
scores = evaluate.load_scores()
plots.leak_meter(scores)

# %% [markdown]
# This is the **leak meter**: one network, one set of recordings, five ways to report. Nothing in the code of any of them
# looks wrong. Read it from the bottom:
#
# 1. *actors kept apart*: the honest one for new people (with noisy copies in training it gives away a little on clean
#    clips, see lesson 04);
# 2. *random clips*: the same voices on both sides;
# 3. *noisy copies made before a random split*: even the same recordings on both sides.

# %% [markdown]
# How sure are the steps between them? In each protocol every clip is a test clip once, so two protocols can be compared clip by
# clip, as in lesson 04: 1 where only the first names the emotion, -1 where only the second does. Actors are drawn again.

# %%
answers = evaluate.load_predictions().query("tested_on == 'clean'")
answers = answers.pivot(index="clip", columns="protocol", values="predicted")
asked = corpus.clip_table().set_index("clip").loc[answers.index]
hits = answers.eq(asked["emotion"].astype(str), axis=0).astype(int)


def lead(first, second):
    """How many points the first protocol's score lies above the second's, with its interval."""
    mean, low, high = (100 * x for x in evaluate.mean_interval(hits[first] - hits[second], asked["actor_id"]))
    return f"{mean:.1f} points ({low:.1f} to {high:.1f})"


Markdown(f"The copies are worth **{lead('leak', 'random')}**, known voices **{lead('random', 'actors')}**, both together "
         f"**{lead('leak', 'actors')}**, which no new user would ever see. (Accuracy on {len(asked):,} clean clips of "
         f"{asked['actor_id'].nunique()} actors, five folds; in brackets the 95 % interval over actors. One answer and one "
         "intended label per clip: nothing is tied.)")

# %% [markdown]
# ### Try it: split it yourself
#
# Twenty actors, and a small model that trains while you wait. Split by clip, then by actor, and shuffle again for other
# seeds. How far apart do two splits *of one kind* lie? How many seeds do you need before you believe that the two kinds
# differ?

# %%
widgets.split_explorer()

# %% [markdown]
# ## Split by actor
#
# scikit-learn can do this (`GroupShuffleSplit`, `GroupKFold`). Write it once yourself, and you will always recognise when it
# is missing.
#
# One trap hides in Python itself. A `set` of texts has no order of its own, and the order changes *from one run of Python
# to the next*. A split that walks over a set gives you other test actors tomorrow, with the same seed.
#
# ### Exercise 1: `split_by_actor`

# %% nbgrader={"grade_id": "split_by_actor", "solution": true}
def split_by_actor(actors, test_fraction, seed):
    """Which clips are test clips: an ndarray of bool, no actor on both sides.

    actors: the actor of each clip (ints or text), matched by position.
    test_fraction: 0..1 (both excluded); round or ceil of test_fraction x number of actors go to the test, at least one,
    never all. The same seed gives the same split in any run, other seeds generally others.
    Raises ValueError for fewer than two actors.
    """
    ### BEGIN SOLUTION
    actors = np.asarray(actors)
    names = np.unique(actors)  # sorted, so the same in every run
    if len(names) < 2:
        raise ValueError("A split by actor needs two actors at least.")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    chosen = np.random.default_rng(seed).permutation(names)[:n_test]
    return np.isin(actors, chosen)
    ### END SOLUTION


# %% nbgrader={"grade_id": "split_by_actor-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    actors = np.repeat(np.arange(20), 5)
    got = split_by_actor(actors, 0.25, 0)
    expect.array(got, "split_by_actor(100 clips, 0.25, 0)", shape=(100,), dtype="bool", why="One True or False per clip.")
    both = sorted(set(actors[got].tolist()) & set(actors[~got].tolist()))
    expect.true(not both, f"Actor {both[0] if both else ''} stands on both sides: you split clips. Draw actors first, then mark all their clips.")
    expect.true(len(set(actors[got].tolist())) != 15, "15 of 20 actors are in the test where 5 were asked for: is your mask upside down? True means test.")
    expect.true(len(set(actors[got].tolist())) == 5, f"{len(set(actors[got].tolist()))} of 20 actors are in the test; a quarter, 5, was asked for.")
    expect.true(any(not np.array_equal(split_by_actor(actors, 0.25, s), got) for s in range(1, 6)), "Six seeds give one and the same split: hand the seed to a Generator and draw from it.")

# %% nbgrader={"grade_id": "split_by_actor-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.equal(int(np.sum(split_by_actor([1, 1, 2], 0.5, 3))) in (1, 2), True, "one of two actors in the test")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("split_by_actor")
    text = np.array([f"actor {i}" for i in rng.permutation(100)[:30]])[rng.integers(0, 30, 400)]
    actors = np.repeat(np.arange(20), 5)
    seed = int(rng.integers(1000))
    for form, what in ((list, "a list"), (np.asarray, "an array"), (lambda v: pd.Series(v, index=np.arange(len(v))[::-1]), "a Series")):
        for given, fraction in ((actors, 0.2), (actors, 0.29), (actors, float(rng.uniform(0.05, 0.95))), (text, 0.3), (np.array([7, 7, 8, 9]), 0.01), (np.array([7, 7, 8, 9]), 0.99), (np.array([1, 2]), 0.5)):
            given_in = form(given)
            with expect.calling(f"split_by_actor({what} of {len(given)} clips, {fraction:.3g}, {seed})"), expect.unchanged(given_in):
                got = split_by_actor(given_in, fraction, seed)
            expect.array(got, "split_by_actor(...)", shape=(len(given),), dtype="bool", why="One True or False per clip.")
            test, train = set(given[got].tolist()), set(given[~got].tolist())
            by_index = "Lists and arrays came out right, this Series did not: actors are matched by position, never by index." if what == "a Series" else ""
            expect.true(not test & train, by_index or "An actor stands on both sides: you split clips. Draw actors first, then mark all their clips.")
            n = len(test | train)
            allowed = {min(max(1, int(k)), n - 1) for k in (round(fraction * n), np.ceil(fraction * n - 1e-9), np.floor(fraction * n + 0.5))}
            expect.true(len(test) in allowed, f"{len(test)} of {n} actors are in the test for a fraction of {fraction:.3g}; {' or '.join(map(str, sorted(allowed)))} was expected (round or ceil; at least one, never all).")
    uneven = np.repeat(np.arange(10), [1, 1, 1, 1, 1, 90, 90, 90, 90, 90])
    for s in range(seed, seed + 8):
        chosen = set(uneven[split_by_actor(uneven, 0.5, s)].tolist())
        expect.true(len(chosen) == 5, f"{len(chosen)} of 10 actors are in the test for a fraction of 0.5, where five actors have 1 clip and five have 90. The fraction is of the actors, not their clips.")
    expect.true(np.array_equal(split_by_actor(text, 0.3, seed), split_by_actor(text, 0.3, seed)), "The same seed gave two splits.")
    expect.true(len({split_by_actor(text, 0.3, s).tobytes() for s in range(seed, seed + 8)}) > 4, "Eight seeds give hardly any different splits: your function ignores the seed.")
    expect.raises(ValueError, lambda: split_by_actor(["only one"] * 5, 0.5, 0), "split_by_actor with a single actor", look="There is nobody to keep apart.")
    expect.raises(ValueError, lambda: split_by_actor([], 0.5, 0), "split_by_actor without clips", look="Fewer than two actors cannot be split.")

    said = expect.in_new_processes(split_by_actor, [f"actor {i * 7 % 30}" for i in range(300)], 0.3, 5)
    expect.true(
        not said or np.array_equal(*said),
        "Two fresh runs of Python split the same text ids differently, with the same seed. The order of a set changes from one process to the next: sort the actors first.",
    )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many things do you draw: as many as there are clips, or as many as there are actors?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Find the different actors, in an order that is always the same. Shuffle them with a Generator made from the seed. The
# first few are the test actors; a clip is a test clip when its actor is one of them.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `names = np.unique(actors)` is sorted; `np.random.default_rng(seed).permutation(names)[:n_test]`; `np.isin(actors, chosen)`.
# Mind "at least one, never all".
# </details>

# %% [markdown]
# Whatever somebody hands you, you can check it in one line. Write that line.
#
# ### Exercise 2: `shared_actors`

# %% nbgrader={"grade_id": "shared_actors", "solution": true}
def shared_actors(actors, is_test):
    """The actors that stand on both sides of a split: a sorted list, each once."""
    ### BEGIN SOLUTION
    actors, is_test = np.asarray(actors), np.asarray(is_test, dtype=bool)
    return sorted(set(actors[is_test].tolist()) & set(actors[~is_test].tolist()))
    ### END SOLUTION


# %% nbgrader={"grade_id": "shared_actors-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = shared_actors([3, 3, 1, 1, 2, 2], [True, False, True, True, False, True])
    expect.kind(got, list, "shared_actors(...)")
    expect.equal(
        got, [2, 3], "shared_actors([3, 3, 1, 1, 2, 2], [T, F, T, T, F, T])",
        mistakes=[([3, 2], "Right, but a sorted list was asked for."), ([1, 2, 3], "Actor 1 has test clips only; on both sides are those with test and training clips.")],
    )

# %% nbgrader={"grade_id": "shared_actors-more", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    expect.equal(shared_actors(["a", "b"], [True, False]), [], "shared_actors of an honest split")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("shared_actors")
    for names in (["zoe", "ada", "kim", "lee", "bob", "una"], [1030, 9, 77, 1002, 500, 1001]):
        who, side = rng.choice(names, 40), rng.random(40) < 0.3
        who[:4], side[:4] = [names[0], names[0], names[1], names[1]], [True, False, False, True]
        side[who == names[2]] = True
        side[who == names[3]] = False
        for form, what in ((list, "lists"), (np.asarray, "arrays"), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series")):
            who_in, side_in = form(who), form(side)
            with expect.calling(f"shared_actors with {what}", "They come as lists, arrays or Series; np.asarray makes arrays of them."), expect.unchanged(who_in, side_in):
                got = shared_actors(who_in, side_in)
            want = sorted(set(who[side].tolist()) & set(who[~side].tolist()))
            expect.equal(got, want, f"shared_actors of 40 clips, {what},", look="A list, each actor once, sorted; matched by position.")
    expect.equal(shared_actors([1, 1], [True, True]), [], "shared_actors when everything is test", look="Nobody stands on the other side.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two sets and one operation between them.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The actors of the test clips, the actors of the others, and what the two have in common.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `sorted(set(actors[is_test]) & set(actors[~is_test]))`, with arrays made of both arguments first.
# </details>

# %% [markdown]
# ## Scale
#
# Look at four of the 168 features:

# %%
names = list(features.FEATURE_NAMES)
pd.DataFrame(X, columns=names)[["mfcc_0", "mfcc_20", "mel_5", "mel_120"]].describe().loc[["mean", "std", "min", "max"]]

# %% [markdown]
# One is in the hundreds, another in the thousandths. A network that adds them up, weight by weight, hears only the first. So
# each column is **standardised**: take away its mean, divide by its standard deviation.
#
# <!-- question whose-mean -->
# **What do you expect?** Whose mean and standard deviation?
#
# <details><summary>A. Those of all rows, before the split: more data, better estimates</summary>
#
# Then the test rows have helped to shape the training rows. Here it is a small leak. With feature selection or scaling per
# actor it is a large one, so keep the habit clean.
# </details>
# <details><summary>B. Those of the training rows, for both</summary>
#
# Yes. The test rows are treated as the future will be.
# </details>
# <details><summary>C. Each side its own</summary>
#
# Then one and the same clip has other numbers in training than in test, and a single new recording could not be scaled at
# all: its standard deviation is 0.
# </details>

# %%
widgets.question("05_split_and_scale", "whose-mean")

# %% [markdown]
# ### Exercise 3: `fit_scaler`
#
# One thing can go wrong: a column that never changes has a standard deviation of 0, or of 0.0000000149 when rounding has
# its way. Dividing by it gives infinity, or noise blown up. Such a column gets a 1 instead. But beware of "nearly 0": the
# mel powers of quiet bands are *all* tiny, and they do change.

# %% nbgrader={"grade_id": "fit_scaler", "solution": true}
def fit_scaler(X_train):
    """Mean and standard deviation of each column: (mean, std), two 1-D ndarrays.

    Population standard deviation (ddof 0, as scikit-learn's StandardScaler); std is 1 where all values of a column are
    equal.
    """
    ### BEGIN SOLUTION
    mean, std = X_train.mean(axis=0, dtype=np.float64), X_train.std(axis=0, dtype=np.float64)
    constant = X_train.max(axis=0) == X_train.min(axis=0)
    return mean, np.where(constant, 1.0, std)
    ### END SOLUTION


# %% nbgrader={"grade_id": "fit_scaler-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = fit_scaler(np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]]))
    expect.several(got, "fit_scaler(...)", "mean", "std")
    expect.array(got[0], "the mean", shape=(2,), why="One number per column.")
    expect.array(got[1], "the std", shape=(2,), why="One number per column.")
    expect.close(got[0], [3, 5], "the mean", atol=1e-6, mistakes=[([1.6329932, 1], "Your std comes first. The mean, then the std, was asked for.")])
    expect.true(float(got[1][1]) != 0, "The second column never changes, and its std is 0: dividing by it gives infinity or nan. It gets a 1.")
    expect.close(
        got[1], [1.6329932, 1], "the std", atol=1e-5,
        mistakes=[([2, 1], "You divided by n - 1 (ddof 1, which pandas does). StandardScaler divides by n."), ([2.6666667, 1], "That is the variance; its root was asked for.")],
        look="The root of the mean square distance from the mean, and exactly 1 where all values are equal.",
    )

# %% nbgrader={"grade_id": "fit_scaler-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.equal(len(fit_scaler(np.array([[1.0], [2.0]]))), 2, "the number of arrays from fit_scaler")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("fit_scaler")
    for dtype, rtol in ((np.float64, 1e-6), (np.float32, 2e-3)):
        A = rng.normal(3, 2, (int(rng.integers(40, 80)), 6)).astype(dtype)
        A[:, 1] = 0.1
        A[:, 3] = -7
        A[:, 4] = (1e-9 * (1 + rng.random(len(A)))).astype(dtype)
        with expect.calling(f"fit_scaler of {len(A)} rows, {dtype.__name__},"), expect.unchanged(A):
            mean, std = fit_scaler(A)
        expect.array(mean, "the mean", shape=(6,), why="One number per column.")
        expect.array(std, "the std", shape=(6,), why="One number per column.")
        wide = A.astype(np.float64)
        expect.close(mean, wide.mean(axis=0), f"the mean ({dtype.__name__})", rtol=rtol, atol=1e-12, look="The mean of each column.")
        for column in (1, 3):
            expect.true(
                abs(float(std[column]) - 1) < 1e-6,
                f"A column whose values all are {A[0, column]:g} has std {float(std[column]):.3g} where 1 was expected. Rounding makes its computed std not exactly 0: compare the values themselves, not the std.",
            )
        expect.true(
            abs(float(std[4]) - 1) > 0.5,
            "A column of tiny mel powers, which do change, was taken for constant. np.isclose calls everything below 0.00000001 zero; compare the values exactly.",
        )
        varying = [0, 2, 4, 5]
        want = wide.std(axis=0)[varying]
        expect.close(
            np.asarray(std)[varying], want, f"the std ({dtype.__name__})", rtol=rtol,
            mistakes=[
                (want * np.sqrt(len(A) / (len(A) - 1)), "You divided by n - 1 (ddof 1). StandardScaler divides by n."),
                (want**2, "That is the variance; its root was asked for."),
            ],
            look="The population standard deviation of each column; nothing is added to it.",
        )
    with expect.calling("fit_scaler of a single row", "In one row every column has all its values equal: std 1."):
        mean, std = fit_scaler(np.array([[2.0, -1.0]]))
    expect.close(mean, [2, -1], "the mean of a single row", look="It is that row.")
    expect.close(std, [1, 1], "the std of a single row", look="In one row every column has all its values equal: std 1.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `X.mean(axis=0)` and `X.std(axis=0)` are nearly everything. How can you tell for certain that a column never changes?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A column is constant when its largest and its smallest value are the same number. Put a 1 there with `np.where`.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.where(X_train.max(axis=0) == X_train.min(axis=0), 1, X_train.std(axis=0))`.
# </details>

# %% [markdown]
# ### Exercise 4: `scale`

# %% nbgrader={"grade_id": "scale", "solution": true}
def scale(X, mean, std):
    """Standardise with a mean and std that are given: rows (n, d), or a single clip (d,). Same shape out."""
    ### BEGIN SOLUTION
    return (X - mean) / std
    ### END SOLUTION


# %% nbgrader={"grade_id": "scale-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = scale(np.array([[4.0, 5.0], [0.0, 7.0]]), np.array([2.0, 5.0]), np.array([2.0, 1.0]))
    expect.array(got, "scale(...)", shape=(2, 2))
    expect.close(
        got, [[1, 0], [-1, 2]], "scale(...)", atol=1e-6,
        mistakes=[
            ([[1, -1], [-1, 1]], "You standardised the rows by their own mean and std. Use the ones you are given: those of the training rows."),
            ([[0, 0], [-2, 2]], "You divided first and subtracted afterwards: take the mean away, then divide."),
        ],
    )

# %% nbgrader={"grade_id": "scale-more", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    expect.equal(np.shape(scale(np.array([4.0, 5.0]), np.array([2.0, 5.0]), np.array([2.0, 1.0]))), (2,), "the shape of scale for a single clip")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("scale")
    for dtype in (np.float32, np.float64):
        A, m, s = rng.normal(size=(9, 4)), rng.normal(size=4), rng.uniform(0.5, 2, 4)
        A[2, 0], A[3, 1] = 50, -50  # far from the training rows
        A[:, 3], m[3], s[3] = 1e-9 * A[:, 3], 1e-9 * m[3], 1e-9 * s[3]  # as mel powers are
        A = A.astype(dtype)
        for X, what in ((A, "nine rows"), (A[:1], "one row"), (A[:4], "as many rows as columns"), (A[2], "a single clip")):
            with expect.calling(f"scale of {what}", "Rows (n, d) come, and a single clip (d,)."), expect.unchanged(X, m, s):
                got = scale(X, m, s)
            expect.array(got, f"scale of {what}", shape=X.shape, why="The same shape comes out.")
            want = (X.astype(float) - m) / s
            expect.close(
                got, want, f"scale of {what}", atol=1e-4,
                mistakes=[(np.clip(want, -k, k), f"You cut off what lies more than {k} standard deviations away. A clip unlike the training clips should look unlike them.") for k in (3, 4, 5, 10)],
                look="Take away the mean that is given, then divide by the std that is given, not the rows' own; nothing is added to it.",
            )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# numpy lines up the last axis by itself, for rows and for a single clip.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Take the mean away, then divide.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `(X - mean) / std`
# </details>

# %% [markdown]
# ## Which question does a split answer?
#
# ### Exercise 5: three choices
#
# 1. You build a voice diary that one person trains on their own recordings, and uses alone. Which split tells how well it
#    will do? **"random"** or **"actors"**
# 2. You build a demo for visitors of a fair. Which one? **"random"** or **"actors"**
# 3. A paper makes five noisy copies of each clip, shuffles, and splits. What does its test score tell about new
#    recordings? **"too high"**, **"too low"** or **"right"**

# %% nbgrader={"grade_id": "choices", "solution": true}
def choices():
    """Your three answers, a tuple of three texts from those in quotes above."""
    ### BEGIN SOLUTION
    return "random", "actors", "too high"
    ### END SOLUTION


# %% nbgrader={"grade_id": "choices-check", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    got = choices()
    expect.several(got, "choices()", "the answers to 1", "to 2", "to 3")
    for number, given in enumerate(got, 1):
        known = ("random", "actors") if number < 3 else ("too high", "too low", "right")
        expect.true(given in known, f"Answer {number} is {given!r}. It is one of {known}, as text and in small letters.")
    ### BEGIN HIDDEN TESTS
    expect.true(got[0] == "random", "1: the diary will meet new recordings of a voice it knows. Keeping speakers apart would answer a question that its one user never asks.")
    expect.true(got[1] == "actors", "2: every visitor is new. A random split would let the test voices be rehearsed.")
    expect.true(got[2] == "too high", "3: copies of test clips were trained on, so the score is too high for new recordings.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Who will speak when the system is in use?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A test should resemble the use: known voices if it is used by known voices, new ones if by new ones.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# Only one of the two systems meets strangers.
# </details>

# %% [markdown]
# ## What others report
#
# Seven published scores on CREMA-D follow, 55 to 95 %.
#
# <!-- question how-many-apart -->
# **What do you expect?** In how many of the seven were actors kept apart?
#
# <details><summary>A. In most of them: it is well known</summary>
#
# It is. It is also more work, and it gives a lower number to print.
# </details>
# <details><summary>B. In two or three</summary>
#
# There are such papers. None of them is among these seven, which are not hard to find.
# </details>
# <details><summary>C. In none</summary>
#
# Yes. Each of these systems was tested on voices that it had heard in training.
# </details>

# %%
widgets.question("05_split_and_scale", "how-many-apart")

# %% [markdown]
# | system | score | split | where it stands |
# |---|---|---|---|
# | DeepCRF and BiLSTM | 95.1 % | random clips, augmented | Chowdhury, Banik, Hoque and Banerjee (2025), *A Novel Hybrid Deep Learning Technique for Speech Emotion Detection using Feature Engineering*, [10.48550/arXiv.2507.07046](https://doi.org/10.48550/arXiv.2507.07046) |
# | 1D-CNN with attention | 89.3 % | random clips, augmented | Lee and Nadeem (2025), *Toward Efficient Speech Emotion Recognition via Spectral Learning and Attention*, [10.48550/arXiv.2507.03251](https://doi.org/10.48550/arXiv.2507.03251) |
# | Whisper-large-v3 | 76.8 % (mean over emotions) | every actor on both sides | Ma and others (2024), *EmoBox: Multilingual Multi-corpus Speech Emotion Recognition Toolkit and Benchmark*, [10.48550/arXiv.2406.07162](https://doi.org/10.48550/arXiv.2406.07162) |
# | the best entry of HEAR | 75.2 % | random clips | Turian and others (2022), *HEAR: Holistic Evaluation of Audio Representations*, [10.48550/arXiv.2203.03022](https://doi.org/10.48550/arXiv.2203.03022) |
# | wav2vec2-base | 62.0 % (mean over emotions) | every actor on both sides | Ma and others (2024), as above |
# | 2D CNN-LSTM | 59.1 % | random clips | Eric Anak Naweam (2024), *Emotion Recognition from Adult Speech Using Machine Learning: A Study Based on the CREMA-D Dataset*, thesis, Universiti Malaysia Sarawak, [scholarhub.unimas.my](https://scholarhub.unimas.my/items/a5e85393-3943-4ba6-bb24-9ecf9d299a70/full) |
# | OpenL3 | 55.0 % | random clips | Turian and others (2022), as above |
#
# How much would these systems lose with new people? The table cannot say: no system stands in it with both splits. Of this
# course's small network you know it, because it was measured both ways. That second figure is what to ask every author for;
# and where copies were made, whether before the split or after it.
#
# ### Written: which of two scores do you believe?
#
# Take one row of this table and one bar of the leak meter that keeps actors apart. In about 120 words: which of the two would
# you expect to hold on *your* voice, and why? Say what each split lets through, and what you would ask the authors.

# %% [markdown] nbgrader={"grade_id": "two-scores", "grade": true, "solution": true, "points": 4}
# Model answer: I compare DeepCRF and BiLSTM (95.1 %, Chowdhury and others 2025, random clips, augmented) with this course's
# network (46.0 %, actors kept apart, five folds). The first split lets all test voices into training, and if copies were made
# before it, the test recordings too; the figure says how well the system does on people it knows. The second keeps actors apart,
# so it holds for a new speaker. I would expect the second to hold on my voice, although its number is lower. The first system may
# still be the better one: its network is larger, and in our own meter the copies and the known voices together are worth about
# ten points, far less than the gap of 49. I would ask the authors for the score with actors kept apart, with an interval over
# actors, and whether they augmented before or after the split.
#
# Mark scheme: 1 point names what a random split or early augmentation lets through; 1 point says which score holds for a new
# speaker; 1 point uses a measured figure (from the leak meter, with its split) to judge the size of the leak; 1 point asks a
# question that would settle it (score by actor, interval, seed, the code of the split).

# %% [markdown]
# ## Quiz
#
# <!-- question which-is-wrong -->
# **1. 52 % on random clips, 46 % with actors kept apart. Which one is wrong?**
#
# <details><summary>A. The 52 %</summary>
#
# It is a right answer to another question: known voices. It is wrong only when it is sold as a score for new people.
# </details>
# <details><summary>B. Neither; they answer two questions</summary>
#
# Yes. Say which one you answer.
# </details>

# %%
widgets.question("05_split_and_scale", "which-is-wrong")

# %% [markdown]
# <!-- question at-prediction -->
# **2. Where do mean and standard deviation come from at prediction time?**
#
# <details><summary>A. From the new recording</summary>
#
# One row has no spread.
# </details>
# <details><summary>B. From the training rows, stored with the model</summary>
#
# Yes. That is why the scaler is inside the pipeline.
# </details>

# %%
widgets.question("05_split_and_scale", "at-prediction")

# %% [markdown]
# <!-- question two-names -->
# **3. Your split is right, but two files in the collection are the same recording under two names. What can happen?**
#
# <details><summary>A. Nothing, the split is right</summary>
#
# With random clips the twin of a test clip can be in the training set.
# </details>
# <details><summary>B. A leak, if the twins land on both sides</summary>
#
# Yes. With actors kept apart, twins of one actor stay together: one more reason.
# </details>

# %%
widgets.question("05_split_and_scale", "two-names")

# %% [markdown]
# ## Take-away
#
# - You can say which question a split answers, and choose the split that your use asks for.
# - You can keep actors apart, prove it in one line, and scale without looking at the test.
# - You can read a score in a paper and ask the question that settles it.
#
# One thing to try first: find a paper or notebook that reports more than 80 % on CREMA-D, and look for the line that
# splits the data. Which question does its score answer?

# %% [markdown]
# ## Further reading
#
# - Kapoor and Narayanan (2023). *Leakage and the reproducibility crisis in machine-learning-based science.* Patterns
#   4(9), 100804. [doi:10.1016/j.patter.2023.100804](https://doi.org/10.1016/j.patter.2023.100804): leaks in seventeen
#   fields of science.
# - Kaufman, Rosset, Perlich and Stitelman (2012). *Leakage in data mining: Formulation, detection, and avoidance.*
#   ACM Transactions on Knowledge Discovery from Data 6(4), 15.
#   [doi:10.1145/2382577.2382579](https://doi.org/10.1145/2382577.2382579): how to find one.
# - Saeb, Lonini, Jayaraman, Mohr and Kording (2017). *The need to approximate the use-case in clinical machine
#   learning.* GigaScience 6(5). [doi:10.1093/gigascience/gix019](https://doi.org/10.1093/gigascience/gix019): the
#   same mistake with patients in the place of actors.

# %%
check("05_split_and_scale")
