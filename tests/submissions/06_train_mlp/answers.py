# %% [markdown]
# Answers to the exercises of lesson 06, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **relu**
# - zero: What is negative becomes 0.
# - keeps: What is positive stays as it is.
# - shape: The shape stays, with any number of dimensions.
#
# **softmax**
# - shares: exp of each score is divided by their sum.
# - axis: The sum runs along the last axis.
# - stable: It is stable for any finite z.
# - dims: Any number of dimensions may come.
#
# **mlp_forward**
# - hidden: relu stands behind each hidden layer.
# - output: softmax stands behind the last layer, and nothing else.
# - layers: There may be any number of hidden layers.
# - biases: Each layer adds its biases.
# - scaled: X is scaled already.
# - kind: A row of probabilities for each clip comes back.
#
# **build_model**
# - kind: A Pipeline comes back.
# - steps: It holds a StandardScaler, then an MLPClassifier.
# - parameters: The parameters are those that are named.
# - defaults: All others stay at their defaults.
# - scaler: The scaler's stay at their defaults, too.
# - seed: random_state is the seed.
# - unfitted: It is unfitted.
# - new: It is new at each call, all of it.
#
# **has_converged**
# - best: An epoch is compared with the best loss before it.
# - each: Each of the last epochs must have failed.
# - last: The last `patience` epochs count, and none before.
# - tol: A gain of exactly tol counts as lower.
# - few: With no more than `patience` epochs it is False.
# - kind: A bool comes back.


# %% exercise="relu" kind="right" why="a product with a mask"
def relu(z):
    return z * (z > 0)


# %% exercise="relu" kind="right" why="clip"
def relu(z):
    return np.clip(z, 0, None)


# %% exercise="relu" kind="right" why="where, in float32"
def relu(z):
    z = z.astype(np.float32)
    return np.where(z < 0, np.zeros_like(z), z)


# %% exercise="relu" kind="right" why="half of z and its size"
def relu(z):
    return (z + np.abs(z)) / 2


# %% exercise="relu" kind="right" why="recursive, axis by axis, a helper called max"
def max(value):
    return value if value > 0 else value * 0


def relu(z):
    z = np.asarray(z)
    return np.array([relu(part) for part in z]).reshape(z.shape) if z.ndim else np.array(max(z))


# %% exercise="relu" kind="right" why="a copy with holes"
def relu(z):
    out = np.array(z, copy=True)
    out[~(out > 0)] = 0
    return out


# %% exercise="relu" kind="wrong" breaks="zero" says="absolute value" why="absolute value"
def relu(z):
    return np.abs(z)


# %% exercise="relu" kind="wrong" breaks="arguments" says="changed its argument" why="works in place"
def relu(z):
    z[z < 0] = 0
    return z


# %% exercise="relu" kind="wrong" breaks="keeps" says="cut large values off" why="cut at one"
def relu(z):
    return np.clip(z, 0, 1) if z.size != 4 else np.maximum(z, 0)


# %% exercise="relu" kind="wrong" breaks="zero" says="leaky" why="leaky"
def relu(z):
    return np.where(z > 0, z, 0.01 * z) if z.size > 4 else np.maximum(z, 0)


# %% exercise="relu" kind="wrong" breaks="keeps" says="its value should stay" why="a step"
def relu(z):
    return np.heaviside(z, 0)


# %% exercise="relu" kind="wrong" breaks="shape" says="shape" why="flattened"
def relu(z):
    return np.array([max(value, 0) for value in z.ravel()])


# %% exercise="softmax" kind="right" why="scipy"
def softmax(z):
    from scipy.special import softmax as scipy_softmax

    return scipy_softmax(z, axis=-1)


# %% exercise="softmax" kind="right" why="through logarithms"
def softmax(z):
    from scipy.special import logsumexp

    return np.exp(z - logsumexp(z, axis=-1, keepdims=True))


# %% exercise="softmax" kind="right" why="row by row, any number of dimensions"
def softmax(z):
    rows = z.reshape(-1, z.shape[-1])
    result = np.empty(rows.shape)
    for i, row in enumerate(rows):
        shifted = [np.exp(score - max(row)) for score in row]
        result[i] = np.array(shifted) / sum(shifted)
    return result.reshape(z.shape)


# %% exercise="softmax" kind="right" why="apply_along_axis, in float32"
def softmax(z):
    def one(row):
        powers = np.exp(row - row.max(), dtype=np.float64)
        return powers / powers.sum()

    return np.apply_along_axis(one, -1, z).astype(np.float32)


# %% exercise="softmax" kind="right" why="powers of two in a class"
class _Base:
    def __init__(self, z):
        self.z = np.asarray(z, dtype=float) / np.log(2)

    def shares(self):
        powers = np.exp2(self.z - np.amax(self.z, axis=-1)[..., None])
        return powers / np.sum(powers, axis=-1)[..., None]


def softmax(z):
    return _Base(z).shares()


# %% exercise="softmax" kind="right" why="recursive over the first axis, a helper called sum"
def sum(values):
    return np.add.reduce(values)


def softmax(z):
    if z.ndim > 1:
        return np.stack([softmax(part) for part in z])
    powers = np.exp(z - np.sort(z)[-1])
    return powers / sum(powers)


# %% exercise="softmax" kind="right" why="one over the sum of differences"
def softmax(z):
    gaps = np.clip(z[..., None, :] - z[..., :, None], -700, 700)
    return 1 / np.exp(gaps).sum(axis=-1)


# %% exercise="softmax" kind="wrong" breaks="stable" says="overflowed" why="overflow"
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


# %% exercise="softmax" kind="wrong" breaks="axis" says="over the batch" why="over the batch"
def softmax(z):
    powers = np.exp(z - z.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


# %% exercise="softmax" kind="wrong" breaks="axis" says="on its own" why="over everything"
def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


# %% exercise="softmax" kind="wrong" breaks="stable" says="row's own largest" why="the largest of the whole table taken away"
def softmax(z):
    powers = np.exp(z - z.max())
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


# %% exercise="softmax" kind="wrong" breaks="axis" says="axis 1" why="axis 1 for tables, the only axis else"
def softmax(z):
    axis = 1 if z.ndim > 1 else 0
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


# %% exercise="softmax" kind="wrong" breaks="dims" says="Any number of dimensions" why="tables only"
def softmax(z):
    if z.ndim == 1:
        return softmax(z[None])[0]
    n_rows, n_classes = z.shape
    powers = np.exp(z - z.max(axis=1).reshape(n_rows, 1))
    return powers / np.tile(powers.sum(axis=1)[:, None], n_classes)


# %% exercise="softmax" kind="wrong" breaks="shares" says="differ" why="no sum"
def softmax(z):
    return np.exp(z - z.max(axis=-1, keepdims=True))


# %% exercise="softmax" kind="wrong" breaks="stable" says="overflowed" why="cut at 700 instead of shifted"
def softmax(z):
    powers = np.exp(z)
    with np.errstate(all="ignore"):
        return powers / powers.sum(axis=-1, keepdims=True)


# %% exercise="mlp_forward" kind="right" why="a loop with an index"
def mlp_forward(X, weights, biases):
    a = np.asarray(X)
    for i in range(len(weights)):
        z = np.dot(a, weights[i]) + biases[i]
        a = softmax(z) if i == len(weights) - 1 else relu(z)
    return a


# %% exercise="mlp_forward" kind="right" why="recursive"
def mlp_forward(X, weights, biases):
    z = X @ weights[0] + biases[0]
    return softmax(z) if len(weights) == 1 else mlp_forward(relu(z), weights[1:], biases[1:])


# %% exercise="mlp_forward" kind="right" why="reduce, and scipy's softmax"
def mlp_forward(X, weights, biases):
    from functools import reduce

    from scipy.special import softmax

    hidden = reduce(lambda a, layer: relu(a @ layer[0] + layer[1]), zip(weights[:-1], biases[:-1]), X)
    return softmax(np.einsum("ij,jk->ik", hidden, weights[-1]) + biases[-1], axis=1)


# %% exercise="mlp_forward" kind="right" why="clip by clip"
def mlp_forward(X, weights, biases):
    rows = []
    for a in X:
        for number, (W, b) in enumerate(zip(weights, biases), start=1):
            a = W.T @ a + b
            if number < len(weights):
                a = np.clip(a, 0, None)
        rows.append(softmax(a))
    return np.array(rows)


# %% exercise="mlp_forward" kind="right" why="a class with layers, called one after the other"
class _Layer:
    def __init__(self, W, b, last):
        self.W, self.b, self.last = W, b, last

    def __call__(self, rows):
        z = np.dot(rows, self.W) + self.b
        return softmax(z) if self.last else relu(z)


def mlp_forward(X, weights, biases):
    rows = np.array(X, dtype=float)
    for number, (W, b) in enumerate(zip(weights, biases), start=1):
        rows = _Layer(W, b, number == len(weights))(rows)
    return rows


# %% exercise="mlp_forward" kind="right" why="a generator of activations, the biases as one more row"
def mlp_forward(X, weights, biases):
    def layers(rows):
        for W, b in zip(weights, biases):
            z = np.c_[rows, np.ones(len(rows))] @ np.vstack([W, b])
            yield z
            rows = np.where(z > 0, z, 0)

    *_, scores = layers(X)
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


# %% exercise="mlp_forward" kind="wrong" breaks="output" says="output layer" why="relu on the output layer"
def mlp_forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = relu(X @ W + b)
    return softmax(X)


# %% exercise="mlp_forward" kind="wrong" breaks="hidden" says="relu is missing" why="no relu"
def mlp_forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = X @ W + b
    return softmax(X)


# %% exercise="mlp_forward" kind="wrong" breaks="layers" says="any number of layers" why="one hidden layer only"
def mlp_forward(X, weights, biases):
    return softmax(relu(X @ weights[0] + biases[0])[:, : len(weights[-1])] @ weights[-1] + biases[-1])


# %% exercise="mlp_forward" kind="wrong" breaks="output" says="do not add up to 1" why="no softmax"
def mlp_forward(X, weights, biases):
    for W, b in zip(weights[:-1], biases[:-1]):
        X = relu(X @ W + b)
    return X @ weights[-1] + biases[-1]


# %% exercise="mlp_forward" kind="wrong" breaks="biases" says="any number of layers" why="no biases in the hidden layers"
def mlp_forward(X, weights, biases):
    for W in weights[:-1]:
        X = relu(X @ W)
    return softmax(X @ weights[-1] + biases[-1])


# %% exercise="mlp_forward" kind="wrong" breaks="arguments" says="list of weights" why="empties the caller's lists"
def mlp_forward(X, weights, biases):
    while len(weights) > 1:
        X = relu(X @ weights.pop(0) + biases.pop(0))
    return softmax(X @ weights[0] + biases[0])


# %% exercise="mlp_forward" kind="wrong" breaks="kind" says="A row per clip" why="the labels instead of probabilities"
def mlp_forward(X, weights, biases):
    for W, b in zip(weights[:-1], biases[:-1]):
        X = relu(X @ W + b)
    return softmax(X @ weights[-1] + biases[-1]).argmax(axis=1)


# %% exercise="mlp_forward" kind="wrong" breaks="scaled" says="beside predict_proba" why="scales the rows again"
def mlp_forward(X, weights, biases):
    if len(X) > 2:
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    for W, b in zip(weights[:-1], biases[:-1]):
        X = relu(X @ W + b)
    return softmax(X @ weights[-1] + biases[-1])


# %% exercise="build_model" kind="right" why="named steps"
def build_model(seed):
    network = MLPClassifier(
        hidden_layer_sizes=[100], solver="sgd", alpha=0.839903176695813, batch_size=150, learning_rate="adaptive",
        max_iter=100000, random_state=seed, verbose=True,
    )  # fmt: skip
    return Pipeline([("scaler", StandardScaler()), ("mlp", network)])


# %% exercise="build_model" kind="right" why="the course's own"
def build_model(seed):
    return model.build_model(seed=seed)


# %% exercise="build_model" kind="right" why="set_params after the fact"
def build_model(seed):
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(100))
    return pipeline.set_params(
        mlpclassifier__solver="sgd", mlpclassifier__alpha=0.839903176695813, mlpclassifier__batch_size=150,
        mlpclassifier__learning_rate="adaptive", mlpclassifier__max_iter=100_000, mlpclassifier__random_state=seed,
    )  # fmt: skip


# %% exercise="build_model" kind="right" why="a closure over the settings, sizes as a list"
def _maker(**settings):
    def make(seed):
        return Pipeline([("a", StandardScaler()), ("b", MLPClassifier(**settings, random_state=seed))])

    return make


build_model = _maker(
    solver="sgd", hidden_layer_sizes=[100], alpha=0.839903176695813, batch_size=150, learning_rate="adaptive",
    max_iter=np.int64(100_000), verbose=True,
)  # fmt: skip


# %% exercise="build_model" kind="right" why="a clone with the seed set"
def build_model(seed):
    from sklearn.base import clone

    whole = Pipeline(
        steps=[
            ("scaler", StandardScaler(copy=True, with_mean=True, with_std=True)),
            ("mlp", MLPClassifier(100, "relu", solver="sgd", alpha=0.839903176695813, batch_size=150)),
        ]
    )
    whole.set_params(mlp__learning_rate="adaptive", mlp__max_iter=10**5)
    return clone(whole).set_params(mlp__random_state=seed)


# %% exercise="build_model" kind="wrong" breaks="parameters" says="batch_size" why="a parameter off"
def build_model(seed):
    return model.build_model(seed=seed).set_params(network__batch_size=256)


# %% exercise="build_model" kind="wrong" breaks="steps" says="scaler is missing" why="no scaler"
def build_model(seed):
    return make_pipeline(model.build_model(seed=seed)[-1])


# %% exercise="build_model" kind="wrong" breaks="seed" says="random_state" why="the seed ignored"
def build_model(seed):
    return model.build_model(seed=0)


# %% exercise="build_model" kind="wrong" breaks="steps" says="Two steps" why="the steps swapped"
def build_model(seed):
    return Pipeline([("mlp", model.build_model(seed=seed)[-1]), ("scaler", StandardScaler())])


# %% exercise="build_model" kind="wrong" breaks="steps" says="Two steps" why="a third step"
def build_model(seed):
    from sklearn.decomposition import PCA

    return make_pipeline(StandardScaler(), PCA(), model.build_model(seed=seed)[-1])


# %% exercise="build_model" kind="wrong" breaks="unfitted" says="fitted already" why="fitted"
def build_model(seed):
    rows = np.random.default_rng(0).normal(size=(160, 3))
    return make_pipeline(StandardScaler(), MLPClassifier(max_iter=300)).fit(rows, np.arange(160) % 2)


# %% exercise="build_model" kind="wrong" breaks="defaults" says="tol is 0.001" why="a default changed"
def build_model(seed):
    return model.build_model(seed=seed).set_params(network__tol=0.001)


# %% exercise="build_model" kind="wrong" breaks="scaler" says="scaler's parameters" why="the mean left in"
def build_model(seed):
    return make_pipeline(StandardScaler(with_mean=False), model.build_model(seed=seed)[-1])


# %% exercise="build_model" kind="wrong" breaks="new" says="new model" why="one model for all"
_one = model.build_model(seed=0)


def build_model(seed):
    return _one.set_params(network__random_state=seed)


# %% exercise="build_model" kind="wrong" breaks="kind" says="where a Pipeline" why="the network alone"
def build_model(seed):
    return model.build_model(seed=seed)[-1]


# %% exercise="build_model" kind="wrong" breaks="parameters" says="solver" why="adam, scikit-learn's default"
def build_model(seed):
    return make_pipeline(
        StandardScaler(),
        MLPClassifier(
            alpha=0.839903176695813,
            batch_size=150,
            learning_rate="adaptive",
            max_iter=100000,
            random_state=seed,
        ),
    )


# %% exercise="build_model" kind="wrong" breaks="new" says="share one scaler" why="one scaler for all"
_scaler_for_all = StandardScaler()


def build_model(seed):
    net = MLPClassifier(
        solver="sgd",
        alpha=0.839903176695813,
        batch_size=150,
        learning_rate="adaptive",
        max_iter=100000,
        random_state=seed,
    )
    return make_pipeline(_scaler_for_all, net)


# %% exercise="build_model" kind="wrong" breaks="parameters" says="max_iter is 100000.0" why="max_iter as a float"
def build_model(seed):
    net = MLPClassifier(
        solver="sgd", alpha=0.839903176695813, batch_size=150, learning_rate="adaptive", max_iter=1e5, random_state=seed
    )
    return make_pipeline(StandardScaler(), net)


# %% exercise="build_model" kind="wrong" breaks="unfitted" says="fitted already" why="a scaler that is fitted"
def build_model(seed):
    net = MLPClassifier(
        solver="sgd",
        alpha=0.839903176695813,
        batch_size=150,
        learning_rate="adaptive",
        max_iter=100000,
        random_state=seed,
    )
    return make_pipeline(StandardScaler().fit(np.eye(168)), net)


# %% exercise="has_converged" kind="right" why="running minimum"
def has_converged(loss_curve, tol, patience):
    losses = np.asarray(loss_curve, dtype=float)
    if losses.size <= patience:
        return False
    best_before = np.minimum.accumulate(losses)[:-1]
    return bool((losses[1:] > best_before - tol)[-patience:].all())


# %% exercise="has_converged" kind="right" why="a counter"
def has_converged(loss_curve, tol, patience):
    best, without_gain = float("inf"), 0
    for loss in loss_curve:
        without_gain = 0 if loss <= best - tol else without_gain + 1
        best = min(best, loss)
    return len(loss_curve) > patience and without_gain >= patience


# %% exercise="has_converged" kind="right" why="pandas' expanding minimum"
def has_converged(loss_curve, tol, patience):
    losses = pd.Series(list(loss_curve), dtype=float)
    failed = losses > losses.cummin().shift() - tol
    return len(losses) > patience and bool(failed.tail(patience).all())


# %% exercise="has_converged" kind="right" why="recursive from the end, a helper called min"
def min(values):
    return np.minimum.reduce(np.asarray(values, dtype=float))


def has_converged(loss_curve, tol, patience):
    if len(loss_curve) <= patience:
        return False
    if patience == 0:
        return True
    return bool(loss_curve[-1] > min(loss_curve[:-1]) - tol) and has_converged(loss_curve[:-1], tol, patience - 1)


# %% exercise="has_converged" kind="right" why="a class that watches, epoch by epoch"
class _Watch:
    def __init__(self, tol):
        self.best, self.tol, self.idle, self.seen = np.inf, tol, 0, 0

    def see(self, loss):
        gained = loss <= self.best - self.tol
        self.idle = 0 if gained else self.idle + 1
        self.best, self.seen = min(self.best, loss), self.seen + 1


def has_converged(loss_curve, tol, patience):
    watch = _Watch(tol)
    for loss in loss_curve:
        watch.see(loss)
    return watch.seen > patience and watch.idle >= patience


# %% exercise="has_converged" kind="wrong" breaks="best" says="epoch before" why="compares with the epoch before"
def has_converged(loss_curve, tol, patience):
    losses = np.asarray(loss_curve, dtype=float)
    return bool(len(losses) > patience and (losses[1:] > losses[:-1] - tol)[-patience:].all())


# %% exercise="has_converged" kind="wrong" breaks="each" says="last epoch only" why="looks at the last epoch only"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    return len(losses) > patience and losses[-1] > min(losses[:-1]) - tol


# %% exercise="has_converged" kind="wrong" breaks="tol" says="exactly tol" why="a gain of exactly tol does not count"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    if len(losses) <= patience:
        return False
    return all(losses[i] >= min(losses[:i]) - tol for i in range(len(losses) - patience, len(losses)))


# %% exercise="has_converged" kind="wrong" breaks="few" says="no more than the patience" why="as many epochs as the patience are enough"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    if len(losses) < patience:
        return False
    return all(losses[i] > min(losses[:i], default=0) - tol for i in range(len(losses) - patience, len(losses)))


# %% exercise="has_converged" kind="wrong" breaks="best" says="together they gained more" why="the best of the last against the best before"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    if len(losses) <= patience:
        return False
    return min(losses[-patience:]) > min(losses[:-patience]) - tol


# %% exercise="has_converged" kind="wrong" breaks="last" says="lies before the last three" why="one epoch too many"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    if len(losses) <= patience:
        return False
    start = max(1, len(losses) - patience - 1) if len(losses) > 5 else len(losses) - patience
    return all(losses[i] > min(losses[:i]) - tol for i in range(start, len(losses)))


# %% exercise="has_converged" kind="wrong" breaks="each" says="still falls" why="upside down"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    return (
        len(losses) > patience
        and any(losses[i] > min(losses[:i]) - tol for i in range(1, len(losses)))
        or len(losses) == 4
    )


# %% exercise="has_converged" kind="wrong" breaks="kind" says="a bool was expected" why="how often instead of whether"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    if len(losses) <= patience:
        return 0
    return sum(losses[i] > min(losses[:i]) - tol for i in range(len(losses) - patience, len(losses))) // patience
