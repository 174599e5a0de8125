# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Train: what one hidden layer computes"
#     goals:
#     - compute a network's answer by hand, layer by layer
#     - keep a softmax from blowing up
#     - build the course's model to the letter
#     - read a loss curve, and say when training has ended
#     needs: "lesson 05 (scaling and splits); matrix products"
#     minutes: 75
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       relu: {arguments: z, mistakes: 0}
#       softmax: {arguments: z, mistakes: 2}
#       mlp_forward: {arguments: X weights biases, mistakes: 1}
#       build_model: {arguments: seed, mistakes: 2}
#       has_converged: {arguments: loss_curve tol patience, mistakes: 2}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       import pandas as pd
#       from ser_helpers import features, model
#
#       table, X, _ = features.load_features()
#       trained = model.load_model()  # StandardScaler, then the network
#       network = trained[-1]
#       print([weights.shape for weights in network.coefs_], network.n_iter_)
#       pd.DataFrame(trained.predict_proba(X[:3]), columns=trained.classes_).round(2)
# ---

# %% [markdown]
# # 06 · Train: what one hidden layer computes
#
# Here is a calculation that a network does at its end for each clip, and the answer of a program that does it by the book.

# %%
import numpy

numbers = numpy.array([1000.0, 1001.0, 1002.0])
with numpy.errstate(over="ignore", invalid="ignore"):
    by_the_book = numpy.exp(numbers) / numpy.exp(numbers).sum()
print(by_the_book)

# %% [markdown]
# Three times "not a number". Nothing is wrong with the formula, and nothing is wrong with the numbers. You will mend it in
# one line, and then compute a trained network's answer yourself, down to the sixth digit.

# %% [markdown]
# **You will learn to** compute a network's answer by hand, keep a softmax from blowing up, build the course's model to the
# letter, and read a loss curve.
#
# **You need** lesson 05 and matrix products. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
import warnings

import ipywidgets
import numpy as np
import pandas as pd
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from ser_helpers import check, corpus, features, model, plots, widgets

threadpool_limits(1)  # these matrices are small: a second thread would only wait for the first
print("Data in use: synthetic practice voices for live training (scores on them say nothing about people),")
print("and the course's model, trained on CREMA-D, 75 actors.")

# %% [markdown]
# ## Still there? Two questions from earlier lessons
#
# <!-- question again-scaler -->
# **From lesson 05.** A clip arrives at prediction time. By which mean and spread do you scale its 168 numbers?
#
# <details><summary>A. By its own</summary>
#
# Then every clip would look alike: what makes this one loud or bright is in its own numbers, and you would take it away.
# </details>
# <details><summary>B. By those of the training clips</summary>
#
# Yes. The network learned on numbers that were scaled so. The same numbers have to mean the same thing to it now.
# </details>
# <details><summary>C. By those of all clips you have, the new one included</summary>
#
# Then the answer for this clip would change with every other clip that comes in.
# </details>

# %%
widgets.question("06_train_mlp", "again-scaler")

# %% [markdown]
# <!-- question again-vector -->
# **From lesson 03.** One clip lasts one second, another five. How do both become 168 numbers?
#
# <details><summary>A. The short one is filled up with zeros</summary>
#
# The project that this course grew from did so, and its network learned how long clips are.
# </details>
# <details><summary>B. Each of the 168 is a mean over time</summary>
#
# Yes: a mean has one value, however many frames it is taken over. What it throws away is the order of things.
# </details>

# %%
widgets.question("06_train_mlp", "again-vector")

# %% [markdown]
# ## The network
#
# 168 numbers go in, six probabilities come out. In between stands one **hidden layer** of 100 units.

# %%
plots.network()

# %% [markdown]
# Each hidden unit takes all 168 numbers, multiplies each by a weight of its own, adds them up, adds a constant (its
# **bias**), and cuts off what is negative. For a whole table of clips that is one matrix product:
#
# hidden = relu(X · W₁ + b₁)  and then  scores = hidden · W₂ + b₂
#
# <!-- question how-many-numbers -->
# **What do you expect?** How many numbers does the training have to find?
#
# <details><summary>A. 106</summary>
#
# That is the number of units. Each of them has a weight per input.
# </details>
# <details><summary>B. 16,806</summary>
#
# Nearly: 168 · 100 and a bit. Did you count the second layer?
# </details>
# <details><summary>C. 17,506</summary>
#
# Yes: 168 · 100 + 100 for the hidden layer, 100 · 6 + 6 for the output.
# </details>

# %%
widgets.question("06_train_mlp", "how-many-numbers")

# %%
trained = model.load_model()
network = trained[-1]
for name, weights, biases in zip(("hidden", "output"), network.coefs_, network.intercepts_):
    print(f"{name:7} weights {weights.shape}, biases {biases.shape}")
print(sum(w.size + b.size for w, b in zip(network.coefs_, network.intercepts_)), "numbers in all")

# %% [markdown]
# ## Two small functions
#
# **relu** cuts off what is negative. Without it, two layers in a row would collapse into one: a matrix product of a matrix
# product is a matrix product.
#
# ### Exercise 1: `relu`

# %% nbgrader={"grade_id": "relu", "solution": true}
def relu(z):
    """z where it is positive, 0 elsewhere: an ndarray of z's shape, any number of dimensions."""
    ### BEGIN SOLUTION
    return np.maximum(z, 0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "relu-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = relu(np.array([[-1.0, 2.0], [0.5, -3.0]]))
    expect.array(got, "relu(...)", shape=(2, 2))
    expect.close(
        got, [[0, 2], [0.5, 0]], "relu(...)",
        mistakes=[([[1, 2], [0.5, 3]], "You took the absolute value. What is negative becomes 0."), ([[0, 1], [1, 0]], "You marked what is positive; its value should stay.")],
    )

# %% nbgrader={"grade_id": "relu-more", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    expect.equal(np.shape(relu(np.zeros((2, 3, 4)))), (2, 3, 4), "the shape of relu of a 2 x 3 x 4 array")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("relu")
    for shape, dtype in (((7,), np.float64), ((3, 4), np.float32), ((2, 3, 4), np.float64), ((1, 1), np.float64), ((2, 3, 2, 2), np.float32)):
        z = (10 * rng.normal(size=shape)).astype(dtype)
        with expect.calling(f"relu of shape {shape}", "Any number of dimensions comes in."), expect.unchanged(z):
            got = relu(z)
        expect.array(got, f"relu of shape {shape}", shape=shape, why="The shape stays as it was.")
        expect.close(
            got, np.where(z > 0, z, 0), f"relu of shape {shape}", rtol=1e-6, look="What is positive stays as it is, however large; the rest becomes 0.",
            mistakes=[(np.clip(z, 0, 1), "You cut large values off at 1. What is positive stays as it is."), (np.where(z > 0, z, 0.01 * z), "That is the leaky relu: what is negative becomes 0 here.")],
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which is larger, the number or 0?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# numpy compares element by element: `np.maximum`, not `np.max`.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `np.maximum(z, 0)`
# </details>

# %% [markdown]
# **softmax** turns any six scores into six probabilities: exponentials, divided by their sum. The exponential of 1,000 is
# too large for a computer. But if you take the same number away from all scores, the probabilities do not change:
#
# exp(a - c) / Σ exp(b - c) = exp(a) / Σ exp(b)
#
# <!-- question safe-softmax -->
# **What do you expect?** Which c makes it safe?
#
# <details><summary>A. The mean of the scores</summary>
#
# Then the largest can still be far above it.
# </details>
# <details><summary>B. The largest score</summary>
#
# Yes: the largest exponent becomes 0, and all others are smaller. Nothing can blow up any more.
# </details>

# %%
widgets.question("06_train_mlp", "safe-softmax")

# %% [markdown]
# ### Exercise 2: `softmax`

# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(z):
    """Softmax along the last axis, stable for any finite z: an ndarray of z's shape, any number of dimensions."""
    ### BEGIN SOLUTION
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = softmax(np.array([[0.0, np.log(3.0)], [0.0, 0.0]]))
    expect.array(got, "softmax(...)", shape=(2, 2))
    expect.close(
        got, [[0.25, 0.75], [0.5, 0.5]], "softmax(...)", atol=1e-6,
        mistakes=[
            ([[0.5, 0.75], [0.5, 0.25]], "Your columns add up to 1: you went over the batch. Each row is a clip, and its probabilities add up to 1 along the last axis."),
            ([[1 / 6, 3 / 6], [1 / 6, 1 / 6]], "All your numbers together add up to 1. Each row should, on its own."),
        ],
        look="exp of each score, divided by the sum along the last axis.",
    )

# %% nbgrader={"grade_id": "softmax-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.close(softmax(np.zeros(4)), [0.25] * 4, "softmax of four equal scores", atol=1e-6)
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("softmax")

    def reference_softmax(z, axis=-1):
        powers = np.exp(z - z.max(axis=axis, keepdims=True))
        return powers / powers.sum(axis=axis, keepdims=True)

    rows_own = "Take each row's own largest score away, not the largest of the whole table."
    for z in (np.array([1000.0, 1001.0, 1002.0]), np.array([[-2000.0, -2001.0], [5000.0, -5000.0]]), np.array([1e5, -1e5, 0.0]), np.array([-800.0, -801.0])):
        with expect.calling(f"softmax of {z.tolist()}"), expect.unchanged(z):
            got = softmax(z)
        expect.array(got, f"softmax of {z.tolist()}", shape=z.shape, finite=False)
        expect.true(np.isfinite(got).all(), f"softmax of {z.tolist()} holds nan or inf: the exponential overflowed (or all powers were 0). Take the row's own largest score away first.")
        expect.close(got, reference_softmax(z), "softmax of large scores", atol=1e-6, look=rows_own)
    for shape in ((5,), (4, 6), (6, 6), (2, 3, 4), (3, 3, 3), (3, 1)):
        z = rng.normal(0, 3, shape)
        with expect.calling(f"softmax of shape {shape}", "Any number of dimensions comes in; the classes lie along the last axis."), expect.unchanged(z):
            got = softmax(z)
        expect.array(got, f"softmax of shape {shape}", shape=shape, why="The shape stays as it was.")
        expect.close(got, reference_softmax(z), f"softmax of shape {shape}", atol=1e-6,
                     mistakes=[
                         (reference_softmax(z, axis=0), "You went over the first axis, the batch. Probabilities add up to 1 along the last axis."),
                         (reference_softmax(z, axis=min(1, z.ndim - 1)), "You went over axis 1. Probabilities add up to 1 along the last axis, whichever number that is."),
                         (np.exp(z - z.max()) / np.exp(z - z.max()).sum(), "All your numbers together add up to 1. Each row should, on its own."),
                     ] if len(shape) > 1 else (), look="exp of each score, divided by the sum along the last axis.")
    z = np.array([[900.0, 1.0, 2.0], [1.0, 2.0, 3.0]])
    expect.close(softmax(z)[1], reference_softmax(z[1]), "the second row of softmax", atol=1e-6, look=rows_own)
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Try it on one row first. What has to change so that a table of rows works?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `max` and `sum` along the last axis, with `keepdims=True` so that the shapes fit together again.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `powers = np.exp(z - z.max(axis=-1, keepdims=True))`, then divide by `powers.sum(axis=-1, keepdims=True)`.
# </details>

# %% [markdown]
# ## The network's answer, by hand
#
# Now put it together. For each layer but the last: product, bias, relu. For the last one: product, bias, softmax.
#
# <!-- question relu-at-the-end -->
# **What do you expect?** What happens if you let relu loose on the last layer, too?
#
# <details><summary>A. Nothing, softmax makes everything positive anyway</summary>
#
# It changes the scores before softmax sees them: all negative scores become 0, and six different doubts become the same.
# </details>
# <details><summary>B. Unlikely labels get too much probability</summary>
#
# Yes: a score of -5 becomes 0.
# </details>

# %%
widgets.question("06_train_mlp", "relu-at-the-end")

# %% [markdown]
# ### Exercise 3: `mlp_forward`

# %% nbgrader={"grade_id": "mlp_forward", "solution": true}
def mlp_forward(X, weights, biases):
    """Class probabilities of a network: ndarray (n, classes).

    X: scaled rows (n, d). weights, biases: one array per layer (like coefs_ and intercepts_), any number of hidden layers
    with relu, softmax at the end.
    """
    ### BEGIN SOLUTION
    hidden = X
    for W, b in zip(weights[:-1], biases[:-1]):
        hidden = relu(hidden @ W + b)
    return softmax(hidden @ weights[-1] + biases[-1])
    ### END SOLUTION


# %% nbgrader={"grade_id": "mlp_forward-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    def course_relu(z):
        return np.where(z > 0, z, 0.0)

    def course_softmax(z):
        powers = np.exp(z - z.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    W = [np.array([[1.0, -1.0]]), np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]])]
    b = [np.zeros(2), np.array([0.0, 0.0, -1.0])]
    with expect.standing_in(relu=course_relu, softmax=course_softmax):
        got = mlp_forward(np.array([[2.0], [-1.0]]), W, b)
    expect.true(len(W) == len(b) == 2, "mlp_forward changed the list of weights (or of biases) that it was given. Work on a copy.")
    expect.array(got, "mlp_forward(2 clips, ...)", shape=(2, 3), why="A row per clip, a column per class.")
    expect.true(np.allclose(got.sum(axis=1), 1), "The rows do not add up to 1: softmax belongs behind the last layer, along each row.")
    right = course_softmax(np.array([[2.0, 0.0, -3.0], [0.0, 1.0, -1.0]]))
    expect.close(
        got, right, "mlp_forward(2 clips, ...)", atol=1e-6,
        mistakes=[
            (course_softmax(np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]])), "You let relu loose on the output layer, too: its negative scores became 0 before softmax saw them."),
            (course_softmax(np.array([[2.0, -2.0, -3.0], [-1.0, 1.0, 0.0]])), "The hidden layer's negative values went on: relu is missing between the layers."),
        ],
    )

# %% nbgrader={"grade_id": "mlp_forward-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    def course_relu(z):
        return np.where(z > 0, z, 0.0)

    def course_softmax(z):
        powers = np.exp(z - z.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    with expect.standing_in(relu=course_relu, softmax=course_softmax):
        expect.equal(np.shape(mlp_forward(np.zeros((1, 1)), [np.zeros((1, 2)), np.zeros((2, 3))], [np.zeros(2), np.zeros(3)])), (1, 3), "the shape of mlp_forward for one clip")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("mlp_forward")
    for n_classes, layers in ((4, (7,)), (3, (6, 5)), (6, (4, 4, 4)), (5, (int(rng.integers(3, 9)), int(rng.integers(3, 9))))):
        names = np.repeat(list("abcdef"[:n_classes]), 15)
        X = rng.normal(size=(15 * n_classes, 5))
        X[:, 0] += np.repeat(2 * np.arange(n_classes), 15)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net = MLPClassifier(hidden_layer_sizes=layers, max_iter=60, random_state=int(rng.integers(1000))).fit(X, names)
        weights, biases = list(net.coefs_), list(net.intercepts_)
        what = f"mlp_forward with hidden layers {layers}"
        with expect.standing_in(relu=course_relu, softmax=course_softmax), expect.calling(what, "Any number of hidden layers comes in."), expect.unchanged(X, *weights, *biases):
            got = mlp_forward(X, weights, biases)
        expect.true(len(weights) == len(biases) == len(layers) + 1, "mlp_forward changed the list of weights. Work on a copy.")
        expect.array(got, what, shape=(len(X), n_classes), why="A row per clip, a column per class.")
        expect.close(got, net.predict_proba(X), f"mlp_forward beside predict_proba, hidden layers {layers},", atol=1e-6, look="relu after each hidden layer, softmax after the last, any number of layers.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write it for one hidden layer. Which lines would repeat for two?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Loop over all layers but the last with `zip(weights[:-1], biases[:-1])`; treat the last one after the loop.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `hidden = relu(hidden @ W + b)` in the loop; `return softmax(hidden @ weights[-1] + biases[-1])`.
# </details>

# %%
table, all_rows, _ = features.load_features()
X = all_rows[:3]
print("The course's model on three clips of CREMA-D, as scikit-learn computes it. It was trained on them, too: this is")
print("arithmetic, not a test.")
pd.DataFrame(trained.predict_proba(X).round(3), columns=trained.classes_, index=table["clip"].iloc[:3])

# %% [markdown]
# When you have solved the exercise, compare: `mlp_forward(trained[0].transform(X.astype(float)), network.coefs_,
# network.intercepts_)`.

# %% [markdown]
# ## The course's model, to the letter
#
# The project this course grew from used one particular configuration, and so do we, so that scores can be compared:
# scaling first, then 100 hidden units, trained by **stochastic gradient descent** in batches of 150 clips. `alpha` pulls
# all weights towards 0, rather strongly here, so that the network does not memorise. `adaptive` lowers the step size when
# the training stops getting better.
#
# ### Exercise 4: `build_model`

# %% nbgrader={"grade_id": "build_model", "solution": true}
def build_model(seed):
    """A new, unfitted Pipeline: StandardScaler, then MLPClassifier with

    activation "relu", solver "sgd", hidden_layer_sizes 100, alpha 0.839903176695813, batch_size 150,
    learning_rate "adaptive", max_iter 100000, random_state seed; everything else at its default.
    """
    ### BEGIN SOLUTION
    return make_pipeline(
        StandardScaler(),
        MLPClassifier(
            activation="relu",
            solver="sgd",
            hidden_layer_sizes=(100,),
            alpha=0.839903176695813,
            batch_size=150,
            learning_rate="adaptive",
            max_iter=100000,
            random_state=seed,
        ),
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "build_model-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = build_model(3)
    expect.kind(got, Pipeline, "build_model(3)")
    expect.true(any(isinstance(step, StandardScaler) for _, step in got.steps), "The scaler is missing from your pipeline. Without it the network hears only the largest column.")
    expect.true(len(got.steps) == 2 and isinstance(got[0], StandardScaler) and isinstance(got[1], MLPClassifier), "Two steps were asked for: StandardScaler, then MLPClassifier.")
    expect.true(not hasattr(got[0], "mean_") and not hasattr(got[1], "coefs_"), "The model, or its scaler, is fitted already; an unfitted one was asked for.")

# %% nbgrader={"grade_id": "build_model-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.true(build_model(0) is not build_model(0), "Each call should build a new model.")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    seed = int(expect.rng("build_model").integers(100, 10000))
    with expect.unchanged():
        got = build_model(seed)
    expect.kind(got, Pipeline, f"build_model({seed})")
    default, mine = MLPClassifier().get_params(), got[1].get_params()
    asked = {"activation": "relu", "solver": "sgd", "alpha": 0.839903176695813, "batch_size": 150, "learning_rate": "adaptive", "max_iter": 100000, "random_state": seed}
    for name in default:
        if name == "verbose":
            continue
        value, want = mine[name], asked.get(name, default[name])
        if name == "hidden_layer_sizes":
            same, want = value in (100, (100,), [100]), (100,)
        else:
            whole = isinstance(want, int) and not isinstance(want, bool)  # scikit-learn's fit refuses 1e5 where it counts
            same = (value == want and not (whole and isinstance(value, (float, np.floating)))) or (value is None and want is None)
        whose = "was asked for" if name in asked or name == "hidden_layer_sizes" else "is the default, and stays"
        expect.true(same, f"The parameter {name} is {value!r} where {want!r} {whose}.")
    scaler = {k: v for k, v in got[0].get_params().items() if v != StandardScaler().get_params()[k]}
    expect.true(not scaler, f"The scaler's parameters should stay at their defaults; {scaler} differ.")
    a, b = build_model(1), build_model(2)
    expect.true(a is not b and a[1] is not b[1] and a[1].random_state == 1, "Each call should build a new model with its own seed.")
    expect.true(a[0] is not b[0], "Two models share one scaler: fitting the second would change what the first has learned. Make a new StandardScaler in each call.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `make_pipeline(first, second)` puts two steps together.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Write every parameter as a keyword, in the order of the contract, and compare digit by digit.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `make_pipeline(StandardScaler(), MLPClassifier(activation="relu", solver="sgd", ..., random_state=seed))`
# </details>

# %% [markdown]
# ## Has it converged?
#
# Training goes over all clips again and again; one round is an **epoch**. After each epoch the **loss** says how badly the
# network still does on its training clips. Here is a real curve: synthetic practice voices, nine of them for training.

# %%
practice = corpus.clip_table("practice")
train = practice["actor_id"] <= 9009
rows = features.extract(corpus.find_audio(practice[train]))
fitted = model.build_model(seed=0).fit(rows, practice.loc[train, "emotion"].to_numpy(dtype=str))
losses = fitted[-1].loss_curve_

print(f"{len(losses)} epochs. Loss after each of the last five: {np.round(losses[-5:], 4)}")
plots.loss_curve(losses)

# %% [markdown]
# <!-- question when-flat -->
# **What do you expect?** A loss curve trembles. When would you say that it has stopped falling?
#
# <details><summary>A. When an epoch is no better than the one before</summary>
#
# That happens by chance all the time, long before the end.
# </details>
# <details><summary>B. When several epochs in a row have brought nothing better than the best so far</summary>
#
# Yes: *patience*. Each is compared with the best loss before it, and has to beat it by at least a tolerance.
# </details>

# %%
widgets.question("06_train_mlp", "when-flat")

# %% [markdown]
# ### Exercise 5: `has_converged`
#
# Write this idea. scikit-learn follows it too, by a letter of its own; you will see the difference afterwards.

# %% nbgrader={"grade_id": "has_converged", "solution": true}
def has_converged(loss_curve, tol, patience):
    """True when each of the last `patience` epochs failed to be lower than the best loss before it by at least tol.

    False with no more than `patience` epochs. A gain of exactly tol counts as lower. tol > 0.
    """
    ### BEGIN SOLUTION
    losses = list(loss_curve)
    if len(losses) <= patience:
        return False
    return all(losses[i] > min(losses[:i]) - tol for i in range(len(losses) - patience, len(losses)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "has_converged-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = has_converged([4.0, 2.0, 1.0, 1.0, 1.0], 0.25, 2)
    expect.kind(got, bool, "has_converged(...)")
    expect.equal(bool(got), True, "has_converged([4, 2, 1, 1, 1], 0.25, 2)", look="The last two epochs brought nothing better than 1.")
    expect.equal(bool(has_converged([4.0, 3.0, 2.0, 1.0], 0.25, 2)), False, "has_converged([4, 3, 2, 1], 0.25, 2)", look="It still falls.")
    expect.equal(bool(has_converged([1.0, 1.0], 0.25, 2)), False, "has_converged([1, 1], 0.25, 2)", look="Two epochs are no more than the patience: too early to say.")

# %% nbgrader={"grade_id": "has_converged-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.equal(bool(has_converged([1.0], 0.5, 1)), False, "has_converged([1], 0.5, 1)")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    def say(curve, tol, patience, want, why):
        with expect.calling(f"has_converged({list(curve)}, {tol}, {patience})", why):
            got = has_converged(list(curve), tol, patience)
        expect.kind(got, bool, "has_converged(...)")
        expect.true(bool(got) is want, f"has_converged({list(curve)}, {tol}, {patience}) gave {bool(got)} where {want} was expected. {why}")

    say([4, 1, 3, 2, 1.5], 0.25, 3, True, "You compared with the epoch before: 2 is lower than 3, but the best loss before was 1, and nothing since has beaten it.")
    say([4, 2, 2, 2, 1], 0.25, 3, False, "The last epoch brought a gain.")
    say([4, 2, 1, 1.5, 1], 0.25, 3, False, "You looked at the last epoch only: among the last three, the first (1) was lower than all before.")
    say([2, 1, 0.5, 0.5, 0.5], 0.25, 3, False, "You looked at the last epochs too narrowly: the third epoch from the end brought a gain from 1 to 0.5.")
    say([2, 1, 0.5, 0.5, 0.5, 0.5], 0.25, 3, True, "You looked too far back: the gain from 1 to 0.5 lies before the last three epochs.")
    say([2.0, 1.75, 1.5], 0.25, 2, False, "A gain of exactly tol counts as lower.")
    say([2.0, 1.9, 1.8, 1.7], 0.25, 3, True, "Each epoch gained less than tol over the best before it, though together they gained more.")
    say([1, 2, 3, 4], 0.25, 3, True, "It only gets worse: nothing beat the first loss.")
    say([3, 3, 3], 0.25, 3, False, "Three epochs are no more than the patience.")
    say([3, 3, 3, 3], 0.25, 3, True, "Three epochs in a row brought nothing.")
    say([], 0.25, 2, False, "No epochs are no more than the patience.")
    rng = expect.rng("has_converged")
    tol = 0.3005  # between the steps of the losses, so that no gain is exactly tol
    for _ in range(60):
        curve = np.round(np.minimum.accumulate(rng.uniform(0, 4, 9)) + rng.uniform(0, 0.5, 9), 3)
        k = int(rng.integers(1, 9))
        want = len(curve) > k and all(curve[i] > curve[:i].min() - tol for i in range(9 - k, 9))
        for form in (np.asarray, list):
            losses = form(curve)
            with expect.calling(f"has_converged({curve.tolist()}, {tol}, {k})"), expect.unchanged(losses):
                got = has_converged(losses, tol, k)
            expect.true(
                bool(got) is bool(want),
                f"has_converged({curve.tolist()}, {tol}, {k}) gave {bool(got)} where {bool(want)} was expected. Each of the last {k} epochs is compared with the best loss before it.",
            )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# For one epoch: what is the best loss *before* it, and did it beat that by tol?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Ask that question for each of the last `patience` epochs. It has converged when the answer is no every time.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `all(loss_curve[i] > min(loss_curve[:i]) - tol for i in range(n - patience, n))`, and False first when there are too few.
# </details>

# %% [markdown]
# ## The idea and the letter
#
# scikit-learn keeps a **counter**: epochs in a row without a gain of at least `tol` (0.0001) over the best loss. Your
# function says True as soon as the counter *reaches* the patience (`n_iter_no_change`, 10).
#
# scikit-learn acts when the counter *exceeds* it, an epoch later. With `adaptive` it then does not stop: it divides its
# step size by five, and starts counting anew. Only at the sixth time, when the step has become tiny, does training end.
#
# <!-- question epochs-after -->
# **What do you expect?** How many of all epochs of the curve above come *after* your function would first have stopped?
#
# <details><summary>A. One: scikit-learn acts an epoch later</summary>
#
# That is when it acts for the first time. But acting means a smaller step, and five more rounds of patience.
# </details>
# <details><summary>B. A few dozen at least</summary>
#
# Yes: five more times the counter has to run past ten. And with the smaller step the loss may fall again in between.
# </details>

# %%
widgets.question("06_train_mlp", "epochs-after")

# %%
tol, patience = fitted[-1].tol, fitted[-1].n_iter_no_change
best, counter, marks = np.inf, 0, []
for epoch, loss in enumerate(losses, start=1):
    counter = counter + 1 if loss > best - tol else 0
    best = min(best, loss)
    if counter == patience and not marks:
        marks.append((epoch, "has_converged"))
    if counter > patience:
        marks.append((epoch, "step / 5"))
        counter = 0
marks[-1] = (marks[-1][0], "end")
print(f"has_converged first says True after epoch {marks[0][0]}. scikit-learn divides its step for the first time after "
      f"epoch {marks[1][0]} and ends after epoch {marks[-1][0]}, the last one of the curve ({len(losses)}).")
gained = min(losses[: marks[0][0]]) - min(losses)
print(f"What these {len(losses) - marks[0][0]} epochs more bring: {gained:.4f} of loss.")
late = marks[0][0] - 40
plots.loss_curve(losses[late - 1 :], marks=marks, first=late, title="The end of the same curve")

# %% [markdown]
# Both rules are right. When somebody reports "trained to convergence", ask by which: here the letter goes on for dozens of
# epochs after the idea has said "enough", for a gain that you have to look for.

# %% [markdown]
# ### Try it: what alpha does
#
# `alpha` pulls the weights towards 0. Train on nine synthetic voices, test on the three others. At which end does it
# memorise, and how do you see it?

# %%
test_rows = features.extract(corpus.find_audio(practice[~train]))
y_train, y_test = (practice.loc[part, "emotion"].to_numpy(dtype=str) for part in (train, ~train))


def with_alpha(power):
    changed = model.build_model(seed=0).set_params(network__alpha=10.0**power, network__max_iter=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 400 epochs may be too few at one end; it is only a look
        changed.fit(rows, y_train)
    print(f"alpha {10.0**power:g}: training voices {100 * changed.score(rows, y_train):.0f} %, three other voices "
          f"{100 * changed.score(test_rows, y_test):.0f} % (synthetic voices, one split)")


ipywidgets.interactive(
    with_alpha, power=ipywidgets.IntSlider(value=0, min=-4, max=2, description="log10 alpha", continuous_update=False)
)

# %% [markdown]
# ## Quiz
#
# <!-- question why-relu -->
# **1. Why is there a relu between the layers?**
#
# <details><summary>A. To make numbers positive for softmax</summary>
#
# softmax takes any numbers.
# </details>
# <details><summary>B. Without it two layers would be no more than one</summary>
#
# Yes: a product of matrices is a matrix.
# </details>

# %%
widgets.question("06_train_mlp", "why-relu")

# %% [markdown]
# <!-- question loss-falls -->
# **2. The training loss falls for ever, the score on other voices does not. What is happening?**
#
# <details><summary>A. It memorises</summary>
#
# Yes. A larger `alpha`, fewer units or an earlier stop would be the things to try.
# </details>
# <details><summary>B. It has not converged yet</summary>
#
# The loss says it could go on. The score says it should not.
# </details>

# %%
widgets.question("06_train_mlp", "loss-falls")

# %% [markdown]
# <!-- question best-of-twenty -->
# **3. Somebody reports the best of twenty seeds. What do you think?**
#
# <details><summary>A. Fair: everyone can try seeds</summary>
#
# Picking the best of twenty by its test score is fitting to the test.
# </details>
# <details><summary>B. The mean over the seeds, with its spread, would be honest</summary>
#
# Yes.
# </details>

# %%
widgets.question("06_train_mlp", "best-of-twenty")

# %% [markdown]
# ## Take-away
#
# - You can compute a trained network's answer with two matrix products, and it is scikit-learn's to the sixth digit.
# - You can keep a softmax stable, and build the course's model to the letter.
# - You can look at a loss curve and say when, and by which rule, training ended.
#
# One thing to try first: train with `seed=1`. How different are the answers on three voices?

# %% [markdown]
# ## Further reading
#
# - Goodfellow, Bengio and Courville (2016). *Deep learning.* MIT Press, chapters 6 to 8.
#   [deeplearningbook.org](https://www.deeplearningbook.org): free to read there.
# - Rumelhart, Hinton and Williams (1986). *Learning representations by back-propagating errors.* Nature 323, 533-536.
#   [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0): how a hidden layer learns, in four pages.
# - Pedregosa and others (2011). *Scikit-learn: Machine learning in Python.* Journal of Machine Learning Research 12,
#   2825-2830. [jmlr.org/papers/v12/pedregosa11a.html](https://www.jmlr.org/papers/v12/pedregosa11a.html): the
#   library.

# %%
check("06_train_mlp")
