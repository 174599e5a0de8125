# %% [markdown]
# Answers to the exercises of lesson 06, right and wrong, with what a wrong one must be told.

# %% exercise="relu" kind="right" why="a product with a mask"
def relu(z):
    return z * (z > 0)


# %% exercise="relu" kind="right" why="clip"
def relu(z):
    return np.clip(z, 0, None)


# %% exercise="relu" kind="wrong" says="absolute value" why="absolute value"
def relu(z):
    return np.abs(z)


# %% exercise="softmax" kind="right" why="scipy"
def softmax(z):
    from scipy.special import softmax as scipy_softmax

    return scipy_softmax(z, axis=-1)


# %% exercise="softmax" kind="right" why="through logarithms"
def softmax(z):
    from scipy.special import logsumexp

    return np.exp(z - logsumexp(z, axis=-1, keepdims=True))


# %% exercise="softmax" kind="wrong" says="overflowed" why="overflow"
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


# %% exercise="softmax" kind="wrong" says="over the batch" why="over the batch"
def softmax(z):
    powers = np.exp(z - z.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


# %% exercise="softmax" kind="wrong" says="on its own" why="over everything"
def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


# %% exercise="softmax" kind="wrong" says="row's own largest" why="the largest of the whole table taken away"
def softmax(z):
    powers = np.exp(z - z.max())
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


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


# %% exercise="mlp_forward" kind="wrong" says="output layer" why="relu on the output layer"
def mlp_forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = relu(X @ W + b)
    return softmax(X)


# %% exercise="mlp_forward" kind="wrong" says="relu is missing" why="no relu"
def mlp_forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = X @ W + b
    return softmax(X)


# %% exercise="mlp_forward" kind="wrong" says="any number of layers" why="one hidden layer only"
def mlp_forward(X, weights, biases):
    return softmax(relu(X @ weights[0] + biases[0])[:, : len(weights[-1])] @ weights[-1] + biases[-1])


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


# %% exercise="build_model" kind="wrong" says="batch_size" why="a parameter off"
def build_model(seed):
    return model.build_model(seed=seed).set_params(network__batch_size=256)


# %% exercise="build_model" kind="wrong" says="scaler is missing" why="no scaler"
def build_model(seed):
    return make_pipeline(model.build_model(seed=seed)[-1])


# %% exercise="build_model" kind="wrong" says="random_state" why="the seed ignored"
def build_model(seed):
    return model.build_model(seed=0)


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


# %% exercise="has_converged" kind="wrong" says="epoch before" why="compares with the epoch before"
def has_converged(loss_curve, tol, patience):
    losses = np.asarray(loss_curve, dtype=float)
    return bool(len(losses) > patience and (losses[1:] > losses[:-1] - tol)[-patience:].all())


# %% exercise="has_converged" kind="wrong" says="last epoch only" why="looks at the last epoch only"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    return len(losses) > patience and losses[-1] > min(losses[:-1]) - tol


# %% exercise="has_converged" kind="wrong" says="exactly tol" why="a gain of exactly tol does not count"
def has_converged(loss_curve, tol, patience):
    losses = list(loss_curve)
    if len(losses) <= patience:
        return False
    return all(losses[i] >= min(losses[:i]) - tol for i in range(len(losses) - patience, len(losses)))
