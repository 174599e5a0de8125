# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Capstone: beat the baseline honestly"
#     goals:
#     - choose a model by folds over actors
#     - look at the test actors once
#     - say whether it is better, with an interval on the difference
#     - write a model card
#     needs: "lessons 05 to 07"
#     minutes: 80
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       actor_folds: {arguments: actors n_folds seed, mistakes: 2}
#       paired_interval: {arguments: y_true new baseline actors n_resamples rng, mistakes: 3}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       from sklearn.feature_selection import SelectKBest
#       from sklearn.model_selection import GroupKFold, cross_val_score
#       from sklearn.neighbors import KNeighborsClassifier
#       from sklearn.pipeline import make_pipeline
#       from sklearn.preprocessing import StandardScaler
#       from ser_helpers import features
#
#       table, X, _ = features.load_features()
#       y, who, apart = table["emotion"], table["actor_id"], GroupKFold(5)
#       chosen = make_pipeline(StandardScaler(), SelectKBest(k=60), KNeighborsClassifier(25))
#       uar = cross_val_score(chosen, X, y, groups=who, cv=apart, scoring="balanced_accuracy")
#       print(f"{uar.mean():.3f} over folds of actors")  # choose by this; look at the test once
# ---

# %% [markdown]
# # 09 · Capstone: beat the baseline honestly
#
# Behind a door in this notebook wait fifteen actors. You may knock once.
#
# Everything up to the knock is yours: other models, other features, as many tries as you like, on the sixty actors on this
# side of the door. Then you fix one model, knock, and report what you find, whether you like it or not. The door counts
# your knocks.
#
# **The score earns no points.** What counts is the way: nobody here is paid for a leak.

# %% [markdown]
# **You will learn to** choose a model by folds over actors, look at the test once, put an interval on a *difference*, and
# write a model card.
#
# **You need** lessons 05 to 07. **Reading and work take about {minutes} minutes, or as long as you enjoy it;
# running all cells takes {seconds} seconds.**

# %% tags=["setup"]
import ipywidgets
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from ser_helpers import check, corpus, evaluate, features, model, widgets
from ser_helpers.errors import CourseError

threadpool_limits(1)  # these matrices are small: a second thread would only wait for the first
clips, X_clean, X_noisy = features.load_features()
TEST_ACTORS = sorted(clips["actor_id"].unique().tolist())[::5]
final_test = evaluate.FinalTest(clips, X_clean, TEST_ACTORS)
development, X = final_test.development
y, actors = development["emotion"].to_numpy(dtype=str), development["actor_id"].to_numpy()
print(f"Data in use: CREMA-D's committed features. {len(development):,} clips of {len(set(actors))} actors to work with;")
print(f"behind the door: actors {', '.join(map(str, TEST_ACTORS))}.")

# %% [markdown]
# ## Still there? Two questions from earlier lessons
#
# <!-- question again-copies -->
# **From lesson 04.** Your model should stand noise, so you want noisy copies. Of which clips may they be?
#
# <details><summary>A. Of all, so that the training set is as large as it can be</summary>
#
# A noisy copy of a test clip has the voice, the words and the label of that clip: it gives the answer away.
# </details>
# <details><summary>B. Of the training clips of each fold, and of no others</summary>
#
# Yes. Split first, copy then. And score on noisy clips, too, or nobody sees what the copies were good for.
# </details>

# %%
widgets.question("09_capstone", "again-copies")

# %% [markdown]
# <!-- question again-overlap -->
# **From lesson 07.** Two models were tested on the same clips. Their intervals, 43 to 48 % and 45 to 50 %, overlap. Does that
# mean that neither is better?
#
# <details><summary>A. Yes: intervals that overlap mean no difference</summary>
#
# They say how sure each score is alone. On hard actors both may fall together, and the difference stays.
# </details>
# <details><summary>B. One cannot tell from these two intervals</summary>
#
# Yes. Ask for the interval of the difference, on the same drawn actors. You will write it below.
# </details>

# %%
widgets.question("09_capstone", "again-overlap")

# %% [markdown]
# <!-- question anna-and-ben -->
# **What do you expect?** Two students try fifty models each. Anna looks at the fifteen actors after every model and keeps
# the best. Ben chooses on the sixty, and looks once. Anna reports 53 %, Ben 51 %. Whose model is better on *new* actors?
#
# <details><summary>A. Anna's: 53 is more than 51</summary>
#
# The best of fifty looks good on the actors it was chosen by, partly by luck. The luck stays behind when new actors come.
# </details>
# <details><summary>B. Ben's: he did it properly</summary>
#
# A proper way makes a number trustworthy, not a model better. Anna's may well be the better one. Nobody knows.
# </details>
# <details><summary>C. One cannot tell; but only Ben's number can be believed</summary>
#
# Yes. Ben's 51 % is an estimate for new actors. Anna's 53 % is a mixture of model and luck, and nothing can take it apart.
# </details>

# %%
widgets.question("09_capstone", "anna-and-ben")

# %% [markdown]
# ## Folds over actors
#
# To compare two ideas you test both on actors that neither was trained on. With only one such split, two points of
# difference may be luck. So the sixty actors are dealt into **folds**; each is the test once.
#
# ### Exercise 1: `actor_folds`

# %% nbgrader={"grade_id": "actor_folds", "solution": true}
def actor_folds(actors, n_folds, seed):
    """A list of n_folds pairs (train, test) of row numbers (int ndarrays).

    No actor is on both sides of a pair; every row is in exactly one test; the same seed gives the same folds.
    """
    ### BEGIN SOLUTION
    folds = GroupKFold(n_folds, shuffle=True, random_state=seed)
    rows = np.zeros(len(actors))
    return list(folds.split(rows, groups=np.asarray(actors)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "actor_folds-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    actors = np.repeat(np.arange(12), 4)
    got = actor_folds(actors, 3, 0)
    expect.true(hasattr(got, "__iter__"), f"actor_folds(...) gave {type(got).__name__}. Its .split(rows, groups=...) makes the pairs." if hasattr(got, "split") else f"actor_folds(...) gave {type(got).__name__}; a list of pairs (train, test) was asked for.")
    got = list(got)
    expect.equal(len(got), 3, "the number of folds")
    for train, test in got:
        expect.array(np.asarray(test), "the test rows of a fold", dtype="integer", why="Row numbers were asked for.")
        shared = sorted(set(actors[train].tolist()) & set(actors[test].tolist()))
        expect.true(not shared, f"Actors {shared} are on both sides of a fold: rows were dealt, not actors.")
    expect.true(sorted(np.concatenate([test for _, test in got]).tolist()) == list(range(48)), "Every row should be in exactly one test.")

# %% nbgrader={"grade_id": "actor_folds-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.equal(len(list(actor_folds([1, 1, 2, 3], 2, 0))), 2, "the number of folds for four rows")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("actor_folds")
    names = np.array([f"actor {i}" for i in rng.permutation(60)[:25]])[rng.integers(0, 25, 300)]
    seed = int(rng.integers(10000))
    for form, what in ((list, "a list"), (np.asarray, "an array"), (lambda v: pd.Series(v, index=np.arange(len(v))[::-1]), "a Series")):
        for n in (2, 5):
            names_in = form(names)
            with expect.calling(f"actor_folds({what} of 300 clips, {n}, {seed})", "Actors come as a list, an array or a Series."), expect.unchanged(names_in):
                a, b = list(actor_folds(names_in, n, seed)), list(actor_folds(names_in, n, seed))
            expect.equal(len(a), n, f"the number of folds of actor_folds(..., {n}, {seed})")
            by_index = "Lists and arrays came out right, this Series did not: actors are matched by position, never by index." if what == "a Series" else ""
            for (train, test), (train2, test2) in zip(a, b):
                expect.true(not set(names[train]) & set(names[test]), by_index or "An actor is on both sides of a fold: rows were dealt, not actors.")
                expect.true(np.array_equal(np.sort(test), np.sort(test2)), "The same seed gave other folds: hand the seed on to what shuffles.")
                expect.true(sorted([*train, *test]) == list(range(300)), "Training and test of a fold should hold every row once.")
                expect.true(0 < len(test) < 300, "A fold has nothing on one of its sides.")
            expect.true(sorted(np.concatenate([t for _, t in a]).tolist()) == list(range(300)), "Every row should be in exactly one test.")
    tests = [frozenset(map(int, list(actor_folds(names, 5, seed + s))[0][1])) for s in range(6)]
    expect.true(len(set(tests)) > 1, "Six seeds give the same folds: hand the seed on.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# scikit-learn deals groups: `GroupKFold`.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Since version 1.6 it can shuffle, with a seed. The actor is the group.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `list(GroupKFold(n_folds, shuffle=True, random_state=seed).split(rows, groups=np.asarray(actors)))`
# </details>

# %% [markdown]
# ## Others have climbed before you
#
# The network of lesson 06 is the baseline, and far from the end. The course went on from it, a step at a time: its own
# ladder, five folds over all 75 actors, no rung with a network that somebody else has trained.

# %%
def ladder():
    """The rungs from the bottom: UAR in % by what they were tested on, and what each added on clean clips."""
    try:
        rungs = evaluate.load_ladder()
    except CourseError as missing:
        return print(missing)
    uar = 100 * rungs.pivot(index="title", columns="tested_on", values="uar").loc[rungs["title"].unique()]
    ends = rungs[rungs["tested_on"] == "clean"].set_index("title")["uar_interval"]
    uar.insert(0, "added", uar["clean"].diff())
    uar.insert(1, "interval of clean", [f"{100 * low:.1f} to {100 * high:.1f}" for low, high in ends.loc[uar.index]])
    return uar.round(1).astype(object).where(uar.notna(), "").rename_axis(index="rung", columns="UAR in %")


ladder()

# %% [markdown]
# Read it as an aim, not as a recipe. Which step added much, which little? And which one helps most where there is noise? The
# lower rungs need no more than you know; the upper ones are for an evening with time.

# %% [markdown]
# ## Your workshop
#
# Here is a first step, and a **board** for all that come after it. `board.run` measures a candidate one way: five folds over
# the sixty actors, clean and noisy, with an interval, and says how far it is ahead of the best before it.
#
# The board stays beside this notebook, in `.board.jsonl`, when you close it. It knows nothing of the actors behind the door.

# %%
board = evaluate.Board(clips, X_clean, X_noisy, TEST_ACTORS)
first_step = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
board.run("first step", first_step, changed="nothing yet: a line to start from")

# %% [markdown]
# Now improve it. **Change one thing, run, read the line it gets.** A change that you cannot name teaches you nothing.
#
# 1. *Copies.* Lesson 04: train on noisy copies too. What happens to the two scores?
# 2. *Features that bear more.* The mel bands are powers, and a few loud clips rule them. What tames them?
# 3. *Another model.* Support vectors, boosting, a network: which suits 168 numbers? `SVC` takes a quarter of a minute.
# 4. *Its settings*, and last, for they add least.
#
# A candidate that needs more than rows and labels, copies for one, is a function. It gets the numbers of a fold's training
# rows and returns a fitted model:

# %%
def with_copies(rows):
    """Fitted on the clips of these rows, and on their noisy copies."""
    return clone(first_step).fit(np.concatenate([X[rows], board.noisy[rows]]), np.tile(y[rows], 2))


board.run("with copies", with_copies, changed="noisy copies of the training clips")

# %% [markdown]
# <!-- question tidy-first -->
# **What do you expect?** To save time, somebody standardises all 4,900 rows once, before the folds, and leaves the scaler out of
# the pipeline. The board ...
#
# <details><summary>A. shows a higher UAR: the scaler has seen the held-out actors</summary>
#
# It might, by a little, and nobody could say by how much. So it shows none.
# </details>
# <details><summary>B. shows the same UAR: a scaler knows no labels</summary>
#
# It needs no labels to learn how loud the held-out actors are. Here that is worth little; with a selection of features, which
# does use labels, it is worth much. The board does not wait to find out.
# </details>
# <details><summary>C. shows nothing, and says why</summary>
#
# Yes. Each run is looked through for leaks first, and the sentence says what to do instead.
# </details>

# %%
widgets.question("09_capstone", "tidy-first")

# %%
leaky = evaluate.find_leaks(LogisticRegression(), StandardScaler().fit_transform(X), y, actors, board.folds)
print(*leaky, sep="\n")

# %% [markdown]
# `board.run` asks the same of everything that you give it. It finds the leaks that people make: rows of test actors, an actor
# or a clip's copy on both sides, a column that tells the label, a part that was fitted too early. It cannot find all. That one
# of your ideas was accused of nothing is no proof.
#
# Features of your own are a row per development clip: `board.run("name", model, X=mine, noisy=mine_of_noisy_copies)`. Your own
# folds from exercise 1: `folds=actor_folds(actors, 5, 0)`. This cell is yours; make more of them.

# %%
# board.run("name of my step", make_pipeline(...), changed="one thing")
board

# %% [markdown]
# <!-- question fifty-candidates -->
# **What do you expect?** You, too, try fifty candidates and keep the one with the best mean over the folds. Its score behind
# the door will be ...
#
# <details><summary>A. about the same as in the folds</summary>
#
# On average a little lower: folds over actors are honest for one model, but the best of fifty owes part of its place to
# luck.
# </details>
# <details><summary>B. a little lower</summary>
#
# Yes, on average. That is what the door is for.
# </details>
# <details><summary>C. higher, as it is trained on more actors than in the folds</summary>
#
# A good thought, and it works against the other effect. With sixty actors instead of forty it gains a little.
# </details>

# %%
widgets.question("09_capstone", "fifty-candidates")

# %% [markdown]
# ### Exercise 2: `chosen_model`
#
# Fix your choice. Everything that learns from data, scaling and feature selection included, has to be inside the pipeline:
# then it cannot be fitted on test rows by accident. (Copies are no part of the pipeline; they come in where it is fitted.)

# %% nbgrader={"grade_id": "chosen_model", "solution": true}
def chosen_model(seed):
    """The model you chose: a new, unfitted scikit-learn Pipeline that takes the 168 features."""
    ### BEGIN SOLUTION
    return make_pipeline(StandardScaler(), SVC(C=5, random_state=seed))
    ### END SOLUTION


# %% tags=["own-class"] nbgrader={"grade_id": "chosen_model-check", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    from sklearn.exceptions import NotFittedError
    from sklearn.frozen import FrozenEstimator
    from sklearn.utils.validation import check_is_fitted

    got = chosen_model(0)
    expect.kind(got, Pipeline, "chosen_model(0)")
    try:
        check_is_fitted(got[-1])
        fitted = True
    except NotFittedError:
        fitted = False
    expect.true(not fitted, "Your model is fitted already: on which rows? An unfitted one was asked for, so that everybody can see what it is fitted on.")
    frozen = [name for name, part in got.get_params().items() if isinstance(part, FrozenEstimator)]
    expect.true(not frozen, f"The part {', '.join(frozen)} of your model is frozen: whatever it was fitted on before, it keeps. Put it in unfitted, so that it learns from the rows that fit is given.")
    expect.true(chosen_model(0) is not chosen_model(0), "Each call should build a new model.")
    rows = np.arange(len(y)) % 12 == 0
    with expect.calling("chosen_model(0).fit(X, y).predict(X)", "It takes rows of 168 features and answers with labels."):
        answer = chosen_model(0).fit(X[rows], y[rows]).predict(X[:5])
    expect.true(set(answer) <= set(y), f"Your model answered {list(answer)[:3]}; it should answer with the six labels.")

# %% [markdown]
# ## Is it better?
#
# You will have two sets of answers to the same clips: the baseline's and yours. Do not compare two intervals. Ask for the
# interval of the *difference*: draw actors, and score both on the same drawn actors.
#
# <!-- question paired-width -->
# **What do you expect?** Beside the interval of a single score on these fifteen actors, the interval of the difference is ...
#
# <details><summary>A. wider: it has the uncertainty of two scores</summary>
#
# It would be if the two were tested on different actors. Then their uncertainties would add up.
# </details>
# <details><summary>B. narrower</summary>
#
# Yes, mostly. What is hard about an actor is hard for both models, and cancels out in the difference.
# </details>

# %%
widgets.question("09_capstone", "paired-width")

# %% [markdown]
# ### Exercise 3: `paired_interval`

# %% nbgrader={"grade_id": "paired_interval", "solution": true}
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    """UAR of `new` minus UAR of `baseline`, and its 95 % interval: (difference, low, high).

    All four sequences are matched by position. Whole actors are drawn with replacement, as many as there are, the same for
    both; percentiles 2.5 and 97.5. The difference itself is on all clips. Randomness from rng only.
    """
    ### BEGIN SOLUTION
    y_true, new, baseline, actors = map(np.asarray, (y_true, new, baseline, actors))
    labels = np.unique(y_true)
    names = np.unique(actors)

    def found(predicted):  # per actor and label: clips, and clips found
        return np.array([[np.sum((actors == a) & (y_true == k) & (predicted == k)) for k in labels] for a in names])

    n = np.array([[np.sum((actors == a) & (y_true == k)) for k in labels] for a in names])
    gain = found(new) - found(baseline)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), n_resamples)
    with np.errstate(invalid="ignore"):
        drawn = np.nanmean((times @ gain) / (times @ n), axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(np.mean(gain.sum(axis=0) / n.sum(axis=0))), float(low), float(high)
    ### END SOLUTION


# %% nbgrader={"grade_id": "paired_interval-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    t = np.array(["sad", "happy"] * 20)
    who = np.repeat(np.arange(10), 4)
    _all = np.where(np.arange(40) < 36, t, "angry")
    got = paired_interval(t, t, _all, who, 200, np.random.default_rng(0))
    expect.several(got, "paired_interval(...)", "difference", "low", "high")
    expect.close(got[0], 0.1, "the difference", atol=1e-9, mistakes=[(-0.1, "Your difference is baseline minus new. New minus baseline was asked for.")])
    expect.true(got[1] <= got[0] <= got[2], f"The interval {got[1]:.3f} to {got[2]:.3f} does not hold the difference {got[0]:.3f}.")
    same = paired_interval(t, _all, _all, who, 200, np.random.default_rng(0))
    expect.close(same, (0, 0, 0), "paired_interval of a model with itself", atol=1e-9, look="Both have to be scored on the same drawn actors. Drawn separately, a model differs from itself.")

# %% nbgrader={"grade_id": "paired_interval-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.equal(len(paired_interval(["sad", "happy"], ["sad", "sad"], ["sad", "happy"], [1, 1], 5, np.random.default_rng(1))), 3, "the number of things in the answer")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("paired_interval")
    names = np.array([f"a{i}" for i in rng.permutation(50)[:16]])
    who = rng.permutation(np.repeat(names, rng.integers(25, 60, 16)))
    t = rng.choice(["angry", "fear", "neutral", "sad"], len(who), p=[0.15, 0.2, 0.3, 0.35])
    skill = dict(zip(names, rng.permutation(np.linspace(0.05, 0.95, 16))))
    base = np.where(rng.random(len(who)) < 0.5, t, "angry")
    new = np.where(rng.random(len(who)) < [skill[a] for a in who], t, "fear")

    def found(predicted):
        """Clips of each actor (rows) and label (columns) that were found."""
        return np.array([[np.sum((who == a) & (t == k) & (predicted == k)) for k in np.unique(t)] for a in names])

    def reference(times):
        return np.mean(times @ (found(new) - found(base)) / (times @ found(t)), axis=1)

    times = rng.multinomial(16, np.full(16, 1 / 16), 30000)
    drawn = reference(times)
    want, difference = np.percentile(drawn, [2.5, 97.5]), reference(np.ones((1, 16)))[0]
    tolerance = 0.065 * (want[1] - want[0])
    wrong = [
        (np.percentile(reference(np.minimum(times, 1)), [2.5, 97.5]), "Your interval is a little too narrow. Does an actor that was drawn twice count twice, and do you end at percentiles 2.5 and 97.5?"),
        (difference + 1.96 * drawn.std() * np.array([-1, 1]), "You went 1.96 standard errors to both sides. The percentiles 2.5 and 97.5 of the differences were asked for."),
        (np.percentile(drawn, [5, 95]), "Your interval is a little too narrow. Does an actor that was drawn twice count twice, and do you end at percentiles 2.5 and 97.5?"),
    ]
    for form, what, n in ((list, "lists", 300), (lambda v: pd.Series(v, index=rng.permutation(len(v))), "Series", 300), (np.asarray, "arrays", 4000)):
        inputs = [form(values) for values in (t, new, base, who)]
        with expect.calling(f"paired_interval with {what}", "They come as lists, arrays or Series, matched by position."), expect.unchanged(*inputs):
            got = paired_interval(*inputs, n, np.random.default_rng(rng.integers(2**32)))
        expect.close(got[0], difference, f"the difference, with {what},", atol=1e-6, look="UAR of new minus UAR of baseline, on all clips; matched by position.",
                     mistakes=[(np.mean(t == new) - np.mean(t == base), "That is a difference of accuracies; UAR was asked for."), (-difference, "Your difference is baseline minus new.")])
    ends = np.asarray(got[1:], dtype=float)
    seed = int(rng.integers(2**31))
    for other, words in wrong:
        expect.true(np.abs(ends - want).max() <= tolerance or np.abs(ends - other).max() > tolerance, words)
    expect.true(
        np.abs(ends - want).max() <= tolerance,
        f"Your interval is {ends[0]:.3f} to {ends[1]:.3f}; about {want[0]:.3f} to {want[1]:.3f} was expected (within {tolerance:.3f}). Draw whole actors (not clips), the same for both models, and let an actor drawn twice count twice.",
    )
    words, people = np.tile(["fear", "fear", "sad", "sad"], 20), np.repeat(np.arange(10), 8)
    half = np.where(np.arange(80) % 2 == 0, words, "angry")  # one of two right, whoever speaks
    expect.close(
        paired_interval(words, words, half, people, 100, np.random.default_rng(seed)), (0.5, 0.5, 0.5), "paired_interval when all actors gain alike", atol=1e-6,
        look="Whichever actors are drawn, the difference is the same, unless clips are drawn within actors as well. An actor who is drawn brings all clips, each once.",
    )
    fails = np.where(people == 0, "angry", words)
    expect.close(
        paired_interval(words, words, fails, people, 1000, np.random.default_rng(seed)), (0.1, 0, 0.3), "paired_interval when one actor of ten gains", atol=1e-6,
        look="Percentiles 2.5 and 97.5 are differences that were drawn, from 0 to 3 times that actor. So many standard errors to both sides are another interval.",
    )
    again = [tuple(map(float, paired_interval(t, new, base, who, 20, np.random.default_rng(seed)))) for seed in (seed, seed, seed + 1)]
    expect.true(again[0] == again[1], "Two calls with the same Generator seed differ: draw from `rng` only.")
    expect.true(again[0] != again[2], "Another seed gives the same interval: draw from `rng`, not from a generator of your own.")
    one = paired_interval(t, new, base, who, 1, np.random.default_rng(seed))
    expect.close(one[1], one[2], "low and high of a single resample (n_resamples=1)", atol=1e-12, look="n_resamples says how often to draw.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# In lesson 07 you drew actors for one score. What has to be the same for both scores here?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# In each resample: draw actors once, collect the rows of the drawn actors (twice, if drawn twice), compute both UARs on
# these rows, keep the difference.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `rows = np.concatenate([rows_of[a] for a in rng.choice(names, len(names))])`, then
# `uar(y_true[rows], new[rows]) - uar(y_true[rows], baseline[rows])`; percentiles over all resamples.
# </details>

# %% [markdown]
# ## Knock, once
#
# `final_test(yours, baseline)` tests both fitted models on the fifteen actors, and `final_test.calls` says how often it was
# called. Write a function that does everything: fit both on the development rows, knock, and report. The check rehearses it
# with a quick model and a made-up interval, so it shows you no score. Your own knock comes afterwards.
#
# ### Exercise 4: `final_report`

# %% nbgrader={"grade_id": "final_report", "solution": true}
def final_report(seed):
    """Fit chosen_model(seed) and the course's model.build_model(seed) on the development rows (X, y), call final_test once
    with both, and return a dict with

    uar_new, uar_baseline, difference, low, high (floats; the interval from paired_interval with 2000 resamples),
    n_clips, n_actors (ints, of the test).
    """
    ### BEGIN SOLUTION
    new, baseline = chosen_model(seed).fit(X, y), model.build_model(seed).fit(X, y)
    seen = final_test(new, baseline)
    true, mine, theirs = seen["emotion"], seen["0"], seen["1"]
    difference, low, high = paired_interval(true, mine, theirs, seen["actor_id"], 2000, np.random.default_rng(seed))
    return {
        "uar_new": float(evaluate.uar(evaluate.confusion(true, mine))),
        "uar_baseline": float(evaluate.uar(evaluate.confusion(true, theirs))),
        "difference": difference,
        "low": low,
        "high": high,
        "n_clips": len(seen),
        "n_actors": int(seen["actor_id"].nunique()),
    }
    ### END SOLUTION


# %% tags=["run-once"] nbgrader={"grade_id": "final_report-check", "grade": true, "points": 4, "locked": true}
@expect.check
def _():
    from sklearn.naive_bayes import GaussianNB

    drawn = []

    def course_paired_interval(y_true, new, baseline, actors, n_resamples, rng):
        expect.true(isinstance(rng, np.random.Generator), f"paired_interval was called with {type(rng).__name__} for rng; it draws from a numpy Generator.")
        drawn.append(n_resamples)
        uar = [evaluate.uar(evaluate.confusion(y_true, answers)) for answers in (new, baseline)]
        return float(uar[0] - uar[1]), float(uar[0] - uar[1] - 0.0625), float(uar[0] - uar[1] + 0.0625)  # stands in for your interval

    def course_chosen_model(seed):
        return Pipeline([("scaler", StandardScaler()), (f"seed {seed}", GaussianNB())])  # quick; stands in for your choice

    with expect.protocol() as seen, expect.standing_in(paired_interval=course_paired_interval, chosen_model=course_chosen_model):
        before = final_test.calls
        report = final_report(3)
    knocks = final_test.calls - before
    expect.kind(report, dict, "final_report(3)")
    for key in ("uar_new", "uar_baseline", "difference", "low", "high", "n_clips", "n_actors"):
        expect.true(key in report, f"The report has no {key!r}; it has {', '.join(map(repr, report)) or 'no keys'}.")
    expect.true(knocks == 1, f"final_test was called {knocks} times. One look, with both models: each further one is a choice made with the test.")
    behind = clips["actor_id"].isin(TEST_ACTORS).to_numpy()
    forbidden = {row.tobytes() for row in np.concatenate([X_clean[behind], X_noisy[behind]])}
    for _, rows, _ in seen.fits:
        leaked = sum(row.tobytes() in forbidden for row in np.asarray(rows, dtype=X.dtype))
        expect.true(not leaked, f"{leaked} of the {len(rows)} rows that a model was fitted on belong to test actors. Fit on X and y, the development rows.")
    expect.true(len(seen.fits) >= 2, f"{len(seen.fits)} pipelines were fitted; two were expected: chosen_model(seed) and model.build_model(seed).")
    fewest = sorted(len(rows) for _, rows, _ in seen.fits)[-2]
    expect.true(fewest >= len(X), f"A model was fitted on {fewest:,} of the {len(X):,} development rows. Fit both on all of them, X and y.")
    names, nets = [pipeline.steps[-1][0] for pipeline, _, _ in seen.fits], [pipeline[-1] for pipeline, _, _ in seen.fits]
    expect.true("seed 3" in names, "chosen_model was not called with the seed that final_report was given, and fitted.")
    expect.true(any(getattr(net, "random_state", None) == 3 for net in nets), "model.build_model was not called with the seed that final_report was given, and fitted.")
    table = seen.tables[-1]
    expect.true("1" in table, "final_test was called with one model. Call it once, with both: final_test(new, baseline).")
    uar = [float(evaluate.uar(evaluate.confusion(table["emotion"], table[column]))) for column in ("0", "1")]
    expect.close(
        (report["uar_new"], report["uar_baseline"]), uar, "(uar_new, uar_baseline)", atol=1e-6,
        mistakes=[(uar[::-1], "uar_new and uar_baseline are swapped, or final_test was called with the baseline first.")],
        look="The UAR of each column that final_test gave.",
    )
    expect.equal((int(report["n_clips"]), int(report["n_actors"])), (len(clips) - len(development), 15), "the numbers of test clips and actors")
    expect.true(abs(report["uar_new"] - report["uar_baseline"] - report["difference"]) < 1e-6, "The difference is not the one between the two UARs.")
    expect.true(len(drawn) > 0 and drawn[-1] == 2000, "The interval comes from paired_interval with n_resamples = 2000.")
    expect.close((report["low"], report["high"]), (report["difference"] - 0.0625, report["difference"] + 0.0625), "(low, high)", atol=1e-6, look="Report the two ends that paired_interval gave, low first.")

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two fits, one knock, then arithmetic.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `final_test(new, baseline)` gives a table with the true labels, the actors and a column of answers per model, called "0"
# and "1". Hand these columns to `paired_interval`.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `seen = final_test(chosen_model(seed).fit(X, y), model.build_model(seed).fit(X, y))`, then
# `paired_interval(seen["emotion"], seen["0"], seen["1"], seen["actor_id"], 2000, np.random.default_rng(seed))`.
# </details>

# %% [markdown]
# Your check has passed, your choice is made? Then knock. The button fits both models, which takes half a minute, and can be
# used once. Copy what it prints: it belongs in your model card, the number of calls too.

# %%
button, door = ipywidgets.Button(description="Knock"), ipywidgets.Output()


@door.capture()
def knock(_):
    button.disabled = True
    print("Fitting both models ...")
    report = final_report(0)
    print(f"{report['n_clips']:,} clips of {report['n_actors']} test actors, UAR in %: yours {100 * report['uar_new']:.1f}, "
          f"baseline {100 * report['uar_baseline']:.1f}; difference {100 * report['difference']:.1f} points, "
          f"interval {100 * report['low']:.1f} to {100 * report['high']:.1f}.")
    print(f"final_test has been called {final_test.calls} times, rehearsals of the check included.")
    board.knocked(report, final_test.calls)


button.on_click(knock)
ipywidgets.VBox([button, door])

# %% [markdown]
# ### Try it: how wide is the interval of a difference?
#
# Two made-up models that differ by a given number of points, on as many actors as you like. From how many actors on can
# you tell a difference of two points from none?

# %%
def made_up(points, n_actors):
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(n_actors), 82)
    hard = np.repeat(rng.normal(0, 0.08, n_actors), 82)
    draw = rng.random(len(who))
    base, new = draw < 0.46 + hard, draw < 0.46 + points / 100 + hard + rng.normal(0, 0.02, n_actors).repeat(82)
    gain = pd.Series(new.astype(float) - base).groupby(who).mean().to_numpy()
    drawn = gain[rng.integers(n_actors, size=(3000, n_actors))].mean(axis=1)
    low, high = np.percentile(100 * drawn, [2.5, 97.5])
    print(f"{n_actors} actors: difference {100 * gain.mean():.1f} points, interval {low:.1f} to {high:.1f} (made-up answers)")


ipywidgets.interactive(
    made_up,
    points=ipywidgets.IntSlider(value=2, min=0, max=10, description="Points", continuous_update=False),
    n_actors=ipywidgets.IntSlider(value=15, min=2, max=90, description="Actors", continuous_update=False),
)

# %% [markdown]
# ## One door further: another corpus
#
# Your fifteen actors were strangers to the model. But they stood in the same room as the sixty, before the same microphone,
# and said the same twelve sentences. What if *everything* is new?
#
# <!-- question another-corpus -->
# **What do you expect?** The network of lesson 06, trained on the practice voices, is right in two clips of three of voices that
# it has not heard. Now it is asked about CREMA-D's actors: the same six labels, the same sentences. It reaches a UAR ...
#
# <details><summary>A. of about two thirds as well, since the labels are the same</summary>
#
# The labels have the same names. That an "angry" of the one sounds like an "angry" of the other was never promised.
# </details>
# <details><summary>B. that is lower, but above that of a network trained on CREMA-D</summary>
#
# A network that learned from the same kind of recordings has every advantage here.
# </details>
# <details><summary>C. not far above guessing, which is one in six</summary>
#
# Yes. Most of what it learned was about its own corpus: its voices, its room, its way of acting.
# </details>

# %%
widgets.question("09_capstone", "another-corpus")

# %%
table = evaluate.load_across().pivot(index="trained_on", columns="tested_on", values="uar")
print("UAR in %, the network of lesson 06, clean clips; on the diagonal five folds, speakers kept apart.")
(100 * table).round(1)

# %% [markdown]
# Read it by columns: on the same test clips, the model from home is far ahead. Kept-apart actors were the honest test
# *within* a corpus. The diagonal says nothing about the world outside of it, and neither does your report.
#
# The practice voices are no people, so this table is a drastic one. Between two corpora of people the fall is smaller, and it
# is there: other microphones, another language, other ideas of what "disgust" sounds like. Even the labels differ:

# %%
sets = {name: set(corpus.named(name).labels) for name in ("crema-d", "ravdess", "emodb")}
shared = set.intersection(*sets.values())
for name, labels in sets.items():
    print(f"{name:8} has {len(labels)} labels; nobody else's: {', '.join(sorted(labels - shared)) or 'none'}")
print("All three:", ", ".join(sorted(shared)))

# %% [markdown]
# A fair comparison keeps the clips of shared labels, in training and in test, and says which were left out. With RAVDESS or
# EMO-DB on your disk (`ser corpora` says where they come from), `ser evaluate --across` makes your own table.

# %% [markdown]
# ### Written: a model card
#
# What the notebook knows of your model, it can fill in. The next cell prints the card's template: figures stand in it, and a
# blank (`____`) where only you can say. `board.card("name")` takes another candidate than the best.

# %%
print(board.card())

# %% [markdown]
# Copy it below, fill in the blanks, and mend what is not as it was: about 200 words. What does the interval of the difference
# let you say? Where does the model fail, and on whom was it never tried? What must it not be used for? And is the number of
# candidates true, those you tried elsewhere included?

# %% [markdown] nbgrader={"grade_id": "model-card", "grade": true, "solution": true, "points": 6}
# Model answer: *Model.* Support vectors (RBF, C = 5) behind a StandardScaler, on 168 features (40 MFCC and 128 mel means): how a
# clip sounds on average, not how it runs. *Data.* CREMA-D, 4,900 clips of 60 actors, acted emotions, intended labels: what
# listeners heard is left out. *Choice.* Four candidates, five folds over development actors; the one with the best mean UAR was
# kept, though with noisy copies the logistic regression lost less in noise. *Result.* One look at 15 other actors: UAR of the
# model and of the baseline MLP, and their difference with its 95 % interval from a paired bootstrap over the 15 actors (figures
# from final_report). If the interval holds 0, I cannot say that it is better. *Limits.* Fear, disgust and sadness are often
# confused; in noise the folds' UAR falls to about a quarter; English sentences read by actors in a quiet room; other
# microphones and file formats were not tested (in lesson 08 they change most answers of such a model); fifteen actors give a
# wide interval. *Not for* inferring what anyone feels, least of all at work or in education (Regulation (EU) 2024/1689, Article
# 5(1)(f)), or for any decision about a person.
#
# Mark scheme: 1 point model and data; 1 point how it was chosen, with the number of candidates; 1 point result with split and
# number of actors; 1 point the interval of the difference, read rightly; 1 point limits; 1 point what it must not be used for.
# Figures that the template filled in count; a blank that was left open does not.

# %% [markdown]
# ## Quiz
#
# <!-- question holds-zero -->
# **1. Your interval of the difference is -0.4 to 4.1 points. What do you write?**
#
# <details><summary>A. "Our model is 1.9 points better"</summary>
#
# That is the middle. The interval says it may as well be nothing.
# </details>
# <details><summary>B. "1.9 points, interval -0.4 to 4.1; fifteen actors do not settle it"</summary>
#
# Yes.
# </details>

# %%
widgets.question("09_capstone", "holds-zero")

# %% [markdown]
# <!-- question second-knock -->
# **2. You knocked, the result is poor, and you have a new idea. What now?**
#
# <details><summary>A. Improve it and knock again</summary>
#
# From now on the fifteen actors are development actors. You need new ones for the next report.
# </details>
# <details><summary>B. Report it, and take the idea to new actors</summary>
#
# Yes. The second look is where the leak begins.
# </details>

# %%
widgets.question("09_capstone", "second-knock")

# %% [markdown]
# <!-- question chosen-columns -->
# **3. To save time you select the 40 best of the 168 features on all sixty actors, and then run the folds. What is wrong?**
#
# <details><summary>A. Nothing: the fifteen actors were not touched</summary>
#
# The report behind the door stays honest. But your folds do not: the features were chosen with the help of each fold's
# test rows, so the folds flatter, and you may choose the wrong model by them.
# </details>
# <details><summary>B. The selection has seen every fold's test rows</summary>
#
# Yes. Put it inside the pipeline, and it is fitted anew in each fold, on training rows only.
# </details>

# %%
widgets.question("09_capstone", "chosen-columns")

# %% [markdown]
# ## Take-away
#
# - You can choose without looking at the test, and look once.
# - You can say "better", "worse" or "I cannot tell", with an interval that belongs to the difference.
# - You can write down what your model is for, and what it is not.
#
# **Where next:** lesson 10, an extra: networks that look at time, and what large speech models would add. Or take the same
# protocol to a corpus of another language.
#
# One thing to try first: set the sliders of this lesson to 0 points and 15 actors. How far does chance alone carry the
# difference, and does its interval know?

# %% [markdown]
# ## Further reading
#
# - Mitchell and others (2019). *Model cards for model reporting.* Conference on Fairness, Accountability, and
#   Transparency, 220-229. [doi:10.1145/3287560.3287596](https://doi.org/10.1145/3287560.3287596): the page that you
#   wrote.
# - Cawley and Talbot (2010). *On over-fitting in model selection and subsequent selection bias in performance
#   evaluation.* Journal of Machine Learning Research 11, 2079-2107.
#   [jmlr.org/papers/v11/cawley10a.html](https://www.jmlr.org/papers/v11/cawley10a.html): why choosing is fitting,
#   too.
# - Wagner and others (2023). *Dawn of the transformer era in speech emotion recognition: Closing the valence gap.*
#   IEEE Transactions on Pattern Analysis and Machine Intelligence 45(9), 10745-10759.
#   [doi:10.1109/TPAMI.2023.3263585](https://doi.org/10.1109/TPAMI.2023.3263585): what large speech models add, and
#   where.

# %%
check("09_capstone")
