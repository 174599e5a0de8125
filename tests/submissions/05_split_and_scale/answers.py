# %% [markdown]
# Answers to the exercises of lesson 05, right and wrong, with what a wrong one must be told.

# %% exercise="split_by_actor" kind="right" why="scikit-learn's GroupShuffleSplit"
def split_by_actor(actors, test_fraction, seed):
    from sklearn.model_selection import GroupShuffleSplit

    actors = np.asarray(actors)
    n = len(np.unique(actors))
    if n < 2:
        raise ValueError("too few")
    n_test = int(min(max(1, round(test_fraction * n)), n - 1))
    _, test = next(GroupShuffleSplit(1, test_size=n_test, random_state=seed).split(actors, groups=actors))
    is_test = np.zeros(len(actors), dtype=bool)
    is_test[test] = True
    return is_test


# %% exercise="split_by_actor" kind="right" why="Python's random and ceil"
def split_by_actor(actors, test_fraction, seed):
    import math
    import random

    actors = list(actors)
    names = sorted(set(actors))
    if len(names) < 2:
        raise ValueError(f"only {len(names)} actor")
    n_test = min(max(math.ceil(test_fraction * len(names) - 1e-9), 1), len(names) - 1)
    chosen = set(random.Random(seed).sample(names, n_test))
    return np.array([actor in chosen for actor in actors])


# %% exercise="split_by_actor" kind="wrong" says="you split clips" why="splits clips"
def split_by_actor(actors, test_fraction, seed):
    return np.random.default_rng(seed).random(len(actors)) < test_fraction


# %% exercise="split_by_actor" kind="wrong" says="seed" why="ignores the seed"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    return np.isin(actors, names[: min(max(1, round(test_fraction * len(names))), len(names) - 1)])


# %% exercise="split_by_actor" kind="wrong" says="order of a set" why="order of a set"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = list(set(actors.tolist()))
    if len(names) < 2:
        raise ValueError("too few")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    chosen = [names[i] for i in np.random.default_rng(seed).permutation(len(names))[:n_test]]
    return np.isin(actors, chosen)


# %% exercise="split_by_actor" kind="wrong" says="never all" why="may take all actors"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    return np.isin(actors, np.random.default_rng(seed).permutation(names)[: round(test_fraction * len(names))])


# %% exercise="shared_actors" kind="right" why="intersect1d"
def shared_actors(actors, is_test):
    actors, is_test = np.asarray(actors), np.asarray(is_test)
    return np.intersect1d(actors[is_test], actors[~is_test]).tolist()


# %% exercise="shared_actors" kind="right" why="a loop over pairs"
def shared_actors(actors, is_test):
    sides = {}
    for actor, test in zip(actors, is_test):
        sides.setdefault(actor, set()).add(bool(test))
    return sorted(actor for actor, seen in sides.items() if len(seen) == 2)


# %% exercise="shared_actors" kind="wrong" says="test clips only" why="all actors of the test"
def shared_actors(actors, is_test):
    return sorted(set(np.asarray(actors)[np.asarray(is_test)].tolist()))


# %% exercise="shared_actors" kind="wrong" says="list" why="a set"
def shared_actors(actors, is_test):
    actors, is_test = np.asarray(actors), np.asarray(is_test)
    return set(actors[is_test].tolist()) & set(actors[~is_test].tolist())


# %% exercise="fit_scaler" kind="right" why="loops over columns"
def fit_scaler(X_train):
    mean = np.array([np.mean(column, dtype=np.float64) for column in X_train.T])
    std = np.array([1.0 if len(np.unique(column)) == 1 else np.std(column.astype(float)) for column in X_train.T])
    return [mean, std]


# %% exercise="fit_scaler" kind="right" why="exactly equal to the first row"
def fit_scaler(X_train):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = std.copy()
    std[(X_train == X_train[0]).all(axis=0)] = 1
    return mean, std


# %% exercise="fit_scaler" kind="wrong" says="gives infinity or nan" why="divides by zero"
def fit_scaler(X_train):
    return X_train.mean(axis=0), X_train.std(axis=0)


# %% exercise="fit_scaler" kind="wrong" says="compare the values themselves" why="only an exact zero is seen"
def fit_scaler(X_train):
    std = X_train.std(axis=0)
    return X_train.mean(axis=0), np.where(std == 0, 1, std)


# %% exercise="fit_scaler" kind="wrong" says="ddof 1" why="pandas' ddof"
def fit_scaler(X_train):
    frame = pd.DataFrame(X_train)
    constant = (frame.max() == frame.min()).to_numpy()
    return frame.mean().to_numpy(), np.where(constant, 1, frame.std().to_numpy())


# %% exercise="fit_scaler" kind="wrong" says="tiny mel powers" why="isclose"
def fit_scaler(X_train):
    std = X_train.std(axis=0, dtype=np.float64)
    return X_train.mean(axis=0), np.where(np.isclose(std, 0, atol=1e-6), 1, std)


# %% exercise="scale" kind="right" why="numpy functions"
def scale(X, mean, std):
    return np.divide(np.subtract(X, mean), std)


# %% exercise="scale" kind="right" why="row by row"
def scale(X, mean, std):
    return np.array([(row - mean) / std for row in X]) if X.ndim == 2 else (X - mean) / std


# %% exercise="scale" kind="wrong" says="by their own mean" why="fits on what it scales"
def scale(X, mean, std):
    return (X - X.mean(axis=0)) / np.where(X.std(axis=0) == 0, 1, X.std(axis=0))


# %% exercise="scale" kind="wrong" says="divided first" why="divides first"
def scale(X, mean, std):
    return X / std - mean


# %% exercise="scale" kind="wrong" says="changed its argument" why="works in place"
def scale(X, mean, std):
    if X.dtype == np.float64:
        X -= mean
        X /= std
        return X
    return (X - mean) / std
