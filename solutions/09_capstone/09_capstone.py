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
#     minutes: 120
# ---

# %% [markdown]
# # 09 · Capstone: beat the baseline honestly
#
# Behind a door in this notebook wait fifteen actors. You may knock once.
#
# Everything up to the knock is yours: other models, other features, as many tries as you like, on the sixty actors on this
# side of the door. Then you fix one model, knock, and report what you find, whether you like it or not.
#
# **The score earns no points.** What counts is the way: nobody here is paid for a leak.

# %% [markdown]
# **You will learn to** choose a model by folds over actors, look at the test once, put an interval on a *difference*, and
# write a model card.
#
# **You need** lessons 05 to 07. **Reading and work take two hours, or as long as you enjoy it.**

# %% tags=["setup"]
import ipywidgets as widgets
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from ser_helpers import corpus, evaluate, features, model
from ser_helpers.course import expect

LABELS = list(corpus.LABELS)
clips, X_clean, X_noisy = features.load_features()
TEST_ACTORS = sorted(clips["actor_id"].unique().tolist())[::5]
final_test = evaluate.FinalTest(clips, X_clean, TEST_ACTORS)
development, X = final_test.development
y, actors = development["emotion"].to_numpy(dtype=str), development["actor_id"].to_numpy()
print(f"Data in use: CREMA-D's committed features. {len(development):,} clips of {len(set(actors))} actors to work with;")
print(f"behind the door: actors {', '.join(map(str, TEST_ACTORS))}.")

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
_actors = np.repeat(np.arange(12), 4)
_got = list(actor_folds(_actors, 3, 0))
expect.equal(len(_got), 3, "the number of folds")
for _train, _test in _got:
    _shared = sorted(set(_actors[_train].tolist()) & set(_actors[_test].tolist()))
    expect.true(not _shared, f"Actors {_shared} are on both sides of a fold: rows were dealt, not actors.")
expect.true(sorted(np.concatenate([_test for _, _test in _got]).tolist()) == list(range(48)), "Every row should be in exactly one test.")

# %% nbgrader={"grade_id": "actor_folds-more", "grade": true, "points": 2, "locked": true}
expect.equal(len(list(actor_folds([1, 1, 2, 3], 2, 0))), 2, "the number of folds for four rows")
# More checks run here when your work is marked.
### BEGIN HIDDEN TESTS
_names = np.array([f"actor {i}" for i in np.random.default_rng(1).integers(0, 25, 300)])
for _form in (list, np.asarray, lambda v: pd.Series(v, index=np.arange(len(v))[::-1])):
    _a, _b = list(actor_folds(_form(_names), 5, 3)), list(actor_folds(_form(_names), 5, 3))
    for (_train, _test), (_train2, _test2) in zip(_a, _b):
        expect.true(not set(_names[_train]) & set(_names[_test]), "An actor is on both sides of a fold: rows were dealt, not actors.")
        expect.true(np.array_equal(np.sort(_test), np.sort(_test2)), "The same seed gave other folds.")
        expect.true(sorted([*_train, *_test]) == list(range(300)), "Training and test of a fold should hold every row once.")
    expect.true(sorted(np.concatenate([_t for _, _t in _a]).tolist()) == list(range(300)), "Every row should be in exactly one test.")
_tests = [frozenset(map(int, list(actor_folds(_names, 5, _s))[0][1])) for _s in range(6)]
expect.true(len(set(_tests)) > 1, "Six seeds give the same folds: hand the seed on.")
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
# ## Your workshop
#
# Try ideas here. The cell compares a few on three folds and a third of the clips, to be quick. (The course's own folds
# stand in, so that it runs before you have solved the exercise.) Add yours: another model, another C, the logarithm of the
# mel bands, fewer features.

# %%
CANDIDATES = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)),
    "support vectors, C=1": make_pipeline(StandardScaler(), SVC(C=1)),
    "support vectors, C=5": make_pipeline(StandardScaler(), SVC(C=5)),
}
third = np.arange(len(y)) % 3 == 0
Xs, ys, actors_s = X[third], y[third], actors[third]
rows = []
for name, candidate in CANDIDATES.items():
    for train, test in GroupKFold(3, shuffle=True, random_state=0).split(Xs, ys, actors_s):
        predicted = clone(candidate).fit(Xs[train], ys[train]).predict(Xs[test])
        rows.append({"candidate": name, "UAR": float(evaluate.uar(evaluate.confusion(ys[test], predicted)))})
tried = pd.DataFrame(rows)
print(f"UAR in %, CREMA-D, {len(ys):,} clips of {len(set(actors_s))} development actors, three folds, actors kept apart:")
(100 * tried.groupby("candidate")["UAR"].agg(["mean", "min", "max"])).round(1)

# %% [markdown]
# **What do you expect?** You try fifty candidates and keep the one with the best mean over the folds. Its score on new
# actors will be ...
#
# <details><summary>A. the same as in the folds</summary>
#
# On average lower: the best of fifty owes part of its place to luck.
# </details>
# <details><summary>B. a little lower</summary>
#
# Yes. That is what the door is for.
# </details>

# %% [markdown]
# ### Exercise 2: `chosen_model`
#
# Fix your choice. Everything that learns from data, scaling and feature selection included, has to be inside the pipeline:
# then it cannot be fitted on test rows by accident.

# %% nbgrader={"grade_id": "chosen_model", "solution": true}
def chosen_model(seed):
    """The model you chose: a new, unfitted scikit-learn Pipeline that takes the 168 features."""
    ### BEGIN SOLUTION
    return make_pipeline(StandardScaler(), SVC(C=5, random_state=seed))
    ### END SOLUTION


# %% nbgrader={"grade_id": "chosen_model-check", "grade": true, "points": 2, "locked": true}
from sklearn.exceptions import NotFittedError as _NotFitted
from sklearn.utils.validation import check_is_fitted as _check_is_fitted

_got = chosen_model(0)
expect.kind(_got, Pipeline, "chosen_model(0)")
try:
    _check_is_fitted(_got[-1])
    _fitted = True
except _NotFitted:
    _fitted = False
expect.true(not _fitted, "Your model is fitted already: on which rows? An unfitted one was asked for, so that everybody can see what it is fitted on.")
expect.true(chosen_model(0) is not chosen_model(0), "Each call should build a new model.")
_rows = np.arange(len(y)) % 12 == 0
_answer = chosen_model(0).fit(X[_rows], y[_rows]).predict(X[:5])
expect.true(set(_answer) <= set(LABELS), "Your model should answer with the six labels.")

# %% [markdown]
# ## Is it better?
#
# You will have two sets of answers to the same clips: the baseline's and yours. Do not compare two intervals. Ask for the
# interval of the *difference*: draw actors, and score both on the same drawn actors. What is hard about an actor is hard
# for both and cancels out.
#
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
_t = np.array(["sad", "happy"] * 20)
_who = np.repeat(np.arange(10), 4)
_all = np.where(np.arange(40) < 36, _t, "angry")
_got = paired_interval(_t, _t, _all, _who, 200, np.random.default_rng(0))
expect.equal(len(_got), 3, "the number of things in the answer (difference, low, high)")
expect.close(_got[0], 0.1, "the difference", atol=1e-9, mistakes=[(-0.1, "Your difference is baseline minus new. New minus baseline was asked for.")])
expect.true(_got[1] <= _got[0] <= _got[2], f"The interval {_got[1]:.3f} to {_got[2]:.3f} does not hold the difference {_got[0]:.3f}.")
_same = paired_interval(_t, _all, _all, _who, 200, np.random.default_rng(0))
expect.close(_same, (0, 0, 0), "paired_interval of a model with itself", atol=1e-9, look="Both have to be scored on the same drawn actors. Drawn separately, a model differs from itself.")

# %% nbgrader={"grade_id": "paired_interval-more", "grade": true, "points": 3, "locked": true}
expect.equal(len(paired_interval(_t, _t, _t, _who, 5, np.random.default_rng(1))), 3, "the number of things in the answer")
# More checks run here when your work is marked.
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(17)
_who = np.repeat([f"a{i}" for i in range(14)], _rng.integers(30, 60, 14))
_t = _rng.choice(["angry", "fear", "neutral", "sad"], len(_who), p=[0.1, 0.2, 0.3, 0.4])
_skill = dict(zip(np.unique(_who), _rng.choice([0.05, 0.95], 14)))
_base = np.where(_rng.random(len(_who)) < 0.5, _t, "angry")
_new = np.where(_rng.random(len(_who)) < [_skill[a] for a in _who], _t, "fear")


def _uar(t, p, weights):
    return np.mean([np.sum(weights * ((t == k) & (p == k))) / np.sum(weights * (t == k)) for k in np.unique(t)])


def _reference(n, rng):
    names = np.unique(_who)
    out = []
    for _ in range(n):
        times = dict(zip(names, rng.multinomial(14, np.full(14, 1 / 14))))
        w = np.array([times[a] for a in _who])
        out.append(_uar(_t, _new, w) - _uar(_t, _base, w))
    return np.percentile(out, [2.5, 97.5])


_low, _high = _reference(1500, np.random.default_rng(2))
_one = np.ones(len(_who))
for _form in (list, np.asarray):
    with expect.unchanged(_t, _new, _base, _who):
        _got = paired_interval(_form(_t), _form(_new), _form(_base), _form(_who), 1500, np.random.default_rng(3))
    expect.close(_got[0], _uar(_t, _new, _one) - _uar(_t, _base, _one), "the difference", atol=1e-9,
                 mistakes=[(np.mean(_t == _new) - np.mean(_t == _base), "That is a difference of accuracies; UAR was asked for.")])
    expect.true(
        abs(_got[1] - _low) < 0.04 and abs(_got[2] - _high) < 0.04,
        f"Your interval is {_got[1]:.3f} to {_got[2]:.3f}; about {_low:.3f} to {_high:.3f} was expected. Draw whole actors (not clips), the same for both models, and let an actor drawn twice count twice.",
    )
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
# `final_test(yours, baseline)` tests both fitted models on the fifteen actors and counts its calls. Write a function that
# does everything: fit both on the development rows, knock, and report.
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


# %% nbgrader={"grade_id": "final_report-check", "grade": true, "points": 4, "locked": true}
_before = final_test.calls
_report = final_report(0)
_knocks = final_test.calls - _before
expect.kind(_report, dict, "final_report(0)")
for _key in ("uar_new", "uar_baseline", "difference", "low", "high", "n_clips", "n_actors"):
    expect.true(_key in _report, f"The report has no {_key!r}.")
expect.true(_knocks == 1, f"final_test was called {_knocks} times. One look: each further one is a choice made with the test.")
expect.equal((int(_report["n_clips"]), int(_report["n_actors"])), (len(clips) - len(development), 15), "the numbers of test clips and actors")
expect.true(abs(_report["uar_new"] - _report["uar_baseline"] - _report["difference"]) < 1e-6, "The difference is not the one between the two UARs.")
expect.true(_report["low"] <= _report["difference"] <= _report["high"], "The interval does not hold the difference.")
expect.true(0.3 < _report["uar_baseline"] < 0.6, f"The baseline reaches {_report['uar_baseline']:.2f} on the test actors; between 0.3 and 0.6 was expected. Was it fitted on X and y, unscaled, and nothing else?")

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


widgets.interactive(
    made_up,
    points=widgets.IntSlider(value=2, min=0, max=10, description="Points", continuous_update=False),
    n_actors=widgets.IntSlider(value=15, min=2, max=90, description="Actors", continuous_update=False),
)

# %% [markdown]
# ### Written: a model card
#
# Write the card of your model, about 200 words: what it is and what it was trained on; how it was chosen, and how many
# candidates you tried; what it reaches, on which split, with the interval of the difference; where it fails; what it must
# not be used for.

# %% [markdown] nbgrader={"grade_id": "model-card", "grade": true, "solution": true, "points": 6}
# Model answer: *Model.* Support vectors (RBF, C = 5) behind a StandardScaler, on 168 features (40 MFCC and 128 mel means).
# *Data.* CREMA-D, 60 actors, acted emotions, intended labels. *Choice.* Three candidates, three folds over development actors
# on a third of the clips; the one with the best mean UAR was kept. *Result.* One look at 15 other actors: UAR of the model
# and of the baseline MLP, and their difference with its 95 % interval from a paired bootstrap over the 15 actors (figures
# from final_report). If the interval holds 0, I cannot say that it is better. *Limits.* Fear, disgust and sadness are often
# confused; English sentences read by actors in a quiet room; noise at 15 dB takes most of it away; fifteen actors give a wide
# interval. *Not for* inferring what anyone feels, least of all at work or in education (Regulation (EU) 2024/1689, Article
# 5(1)(f)), or for any decision about a person.
#
# Mark scheme: 1 point model and data; 1 point how it was chosen, with the number of candidates; 1 point result with split and
# number of actors; 1 point the interval of the difference, read rightly; 1 point limits; 1 point what it must not be used for.

# %% [markdown]
# ## Quiz
#
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
#
# **2. You knocked, the result is poor, and you have a new idea. What now?**
#
# <details><summary>A. Improve it and knock again</summary>
#
# From now on the fifteen actors are development actors. You need new ones for the next report.
# </details>
# <details><summary>B. Report it, and take the idea to new actors</summary>
#
# Yes.
# </details>

# %% [markdown]
# ## Take-away
#
# - You can choose without looking at the test, and look once.
# - You can say "better", "worse" or "I cannot tell", with an interval that belongs to the difference.
# - You can write down what your model is for, and what it is not.
#
# **Where next:** take the same protocol to your own recordings, or to features of a large speech model. The door stays the
# most valuable part of your notebook.

# %%
from ser_helpers import check

check("09_capstone")
