# %% [markdown]
# Answers to the exercises of lesson 05, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **split_by_actor**
# - kind: A mask of bool comes back, one for each clip.
# - test: True is test.
# - apart: No actor is on both sides.
# - share: round or ceil of test_fraction x actors go to the test; the share is of actors, not of clips.
# - bounds: At least one actor is in the test, never all.
# - two: Fewer than two actors are a ValueError.
# - same: The same seed gives the same split.
# - process: It does so in any process.
# - others: Other seeds give other splits.
# - text: Actors may be text.
#
# **shared_actors**
# - both: Those on both sides are meant.
# - sorted: They are sorted.
# - once: Each stands there once.
# - kind: A list comes back.
#
# **fit_scaler**
# - columns: There is a mean and a std for each column.
# - population: std is the population standard deviation (ddof 0), and nothing is added to it.
# - constant: std is 1 where all values of a column are equal.
# - changing: A column that changes, however little, keeps its std.
# - kind: Two 1-D ndarrays come back.
#
# **scale**
# - given: The mean and the std that are given are used, on every value, and nothing else.
# - clip: A single clip (d,) may come.
# - shape: The same shape comes out.
#
# **choices**
# - first: 1 is random.
# - second: 2 is actors.
# - third: 3 is too high.
# - kind: There are three answers.


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


# %% exercise="split_by_actor" kind="right" why="pandas and a hash of names"
def split_by_actor(actors, test_fraction, seed):
    column = pd.Series(list(actors))
    names = pd.Series(sorted(column.unique()))
    if len(names) <= 1:
        raise ValueError("two actors are needed")
    n_test = int(np.clip(np.ceil(round(test_fraction * len(names), 9)), 1, len(names) - 1))
    return column.isin(names.sample(n=n_test, random_state=seed)).to_numpy()


# %% exercise="split_by_actor" kind="right" why="a shuffled list, marked in a loop"
def split_by_actor(actors, test_fraction, seed):
    actors = [a.item() if hasattr(a, "item") else a for a in actors]
    order = sorted(set(actors))
    if len(order) < 2:
        raise ValueError("not enough actors")
    np.random.RandomState(seed).shuffle(order)
    wanted = int(test_fraction * len(order) + 0.5)
    wanted = 1 if wanted < 1 else wanted
    wanted = len(order) - 1 if wanted >= len(order) else wanted
    is_test = np.full(len(actors), False)
    for place, actor in enumerate(actors):
        if actor in order[:wanted]:
            is_test[place] = True
    return is_test


# %% exercise="split_by_actor" kind="right" why="a class that ranks actors by a hash of the seed and the name"
class _Rank:
    def __init__(self, seed):
        self.seed = seed

    def __call__(self, name):
        import hashlib

        return hashlib.md5(f"{self.seed}/{name}".encode()).hexdigest()


def split_by_actor(actors, test_fraction, seed):
    import math

    everybody = {str(actor) for actor in actors}
    if len(everybody) < 2:
        raise ValueError("one actor cannot be split")
    n = min(len(everybody) - 1, math.ceil(test_fraction * len(everybody) - 1e-9))
    chosen = sorted(everybody, key=_Rank(seed))[:n]
    return np.array([str(actor) in chosen for actor in actors])


# %% exercise="split_by_actor" kind="right" why="recursive, one actor drawn at a time, helpers called vars and hex"
def vars(values):
    return sorted(dict.fromkeys(np.asarray(values).tolist()))


def hex(values):
    return int(np.size(values))


def split_by_actor(actors, test_fraction, seed):
    left = vars(actors)
    if hex(left) < 2:
        raise ValueError(f"{hex(left)} actors are too few to be split")
    n_test = max(1, min(hex(left) - 1, int(np.floor(test_fraction * hex(left) + 0.5))))
    rng = np.random.default_rng([seed, 7])

    def draw(left, n):
        if n == 0:
            return []
        one = left[rng.integers(hex(left))]
        return [one, *draw([actor for actor in left if actor != one], n - 1)]

    return np.isin(np.asarray(actors), draw(left, n_test))


# %% exercise="split_by_actor" kind="right" why="categories, and a vector of draws"
def split_by_actor(actors, test_fraction, seed):
    codes, names = pd.factorize(np.asarray(actors), sort=True)
    if names.size < 2:
        raise ValueError("two actors at least")
    k = int(np.clip(np.rint(test_fraction * names.size), 1, names.size - 1))
    place = np.random.RandomState(seed).rand(names.size).argsort().argsort()
    return place[codes] < k


# %% exercise="split_by_actor" kind="wrong" breaks="apart" says="you split clips" why="splits clips"
def split_by_actor(actors, test_fraction, seed):
    return np.random.default_rng(seed).random(len(actors)) < test_fraction


# %% exercise="split_by_actor" kind="wrong" breaks="others" says="seed" why="ignores the seed"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    return np.isin(actors, names[: min(max(1, round(test_fraction * len(names))), len(names) - 1)])


# %% exercise="split_by_actor" kind="wrong" breaks="process" says="order of a set" why="order of a set"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = list(set(actors.tolist()))
    if len(names) < 2:
        raise ValueError("too few")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    chosen = [names[i] for i in np.random.default_rng(seed).permutation(len(names))[:n_test]]
    return np.isin(actors, chosen)


# %% exercise="split_by_actor" kind="wrong" breaks="bounds" says="never all" why="may take all actors"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    return np.isin(actors, np.random.default_rng(seed).permutation(names)[: round(test_fraction * len(names))])


# %% exercise="split_by_actor" kind="wrong" breaks="state" says="global random state" why="np.random.seed"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    np.random.seed(seed)
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return np.isin(actors, np.random.permutation(names)[:n_test])


# %% exercise="split_by_actor" kind="wrong" breaks="test" says="upside" why="True for training"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return ~np.isin(actors, np.random.default_rng(seed).permutation(names)[:n_test])


# %% exercise="split_by_actor" kind="wrong" breaks="share" says="round or ceil" why="a fraction of the clips, actors in order"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.random.default_rng(seed).permutation(np.unique(actors))
    if len(names) < 2:
        raise ValueError("too few")
    return np.isin(actors, names[: max(1, int(test_fraction * len(actors)) % len(names))])


# %% exercise="split_by_actor" kind="wrong" breaks="two" says="single actor" why="no error for one actor"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    n_test = min(max(1, round(test_fraction * len(names))), max(1, len(names) - 1))
    return np.isin(actors, np.random.default_rng(seed).permutation(names)[:n_test])


# %% exercise="split_by_actor" kind="wrong" breaks="same" says="The same seed gave two splits" why="nobody's seed"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return np.isin(actors, np.random.default_rng().permutation(names)[:n_test])


# %% exercise="split_by_actor" kind="wrong" breaks="kind" says="bool" why="row numbers instead of a mask"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("too few")
    n_test = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return np.isin(actors, np.random.default_rng(seed).permutation(names)[:n_test]).astype(int)


# %% exercise="split_by_actor" kind="wrong" breaks="share" says="actors are in the test for a fraction of" why="actors added until the share of clips is reached"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.random.default_rng(seed).permutation(np.unique(actors))
    if len(names) < 2:
        raise ValueError("two actors at least")
    test = np.zeros(len(actors), dtype=bool)
    for name in names[:-1]:
        if test.mean() >= test_fraction - 1e-9:
            break
        test |= actors == name
    return test


# %% exercise="split_by_actor" kind="wrong" breaks="share" says="round or ceil" why="rounded down"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.random.default_rng(seed).permutation(np.unique(actors))
    if len(names) < 2:
        raise ValueError("two actors at least")
    return np.isin(actors, names[: max(1, int(test_fraction * len(names) + 1e-9))])


# %% exercise="split_by_actor" kind="wrong" breaks="process" says="order of a set" why="a set shuffled by random"
def split_by_actor(actors, test_fraction, seed):
    import random

    actors = np.asarray(actors)
    names = list(set(actors.tolist()))
    if len(names) < 2:
        raise ValueError("two actors at least")
    random.Random(seed).shuffle(names)
    return np.isin(actors, names[: min(len(names) - 1, max(1, round(test_fraction * len(names))))])


# %% exercise="split_by_actor" kind="wrong" breaks="process" says="order of a set" why="a set, shuffled by a class"
class _Deck:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def shuffled(self, names):
        return [names[i] for i in self.rng.permutation(len(names))]


def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = _Deck(seed).shuffled(list(set(actors.tolist())))
    if len(names) < 2:
        raise ValueError("two actors at least")
    return np.isin(actors, names[: min(len(names) - 1, max(1, round(test_fraction * len(names))))])


# %% exercise="split_by_actor" kind="wrong" breaks="two" says="without clips" why="an empty list has an empty split"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray(actors)
    names = np.unique(actors)
    if len(names) == 0:
        return np.zeros(0, dtype=bool)
    if len(names) == 1:
        raise ValueError("two actors at least")
    n = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return np.isin(actors, np.random.default_rng(seed).permutation(names)[:n])


# %% exercise="split_by_actor" kind="wrong" breaks="text" says="invalid literal" why="ids have to be numbers"
def split_by_actor(actors, test_fraction, seed):
    actors = np.asarray([int(actor) for actor in actors])
    names = np.unique(actors)
    if len(names) < 2:
        raise ValueError("two actors at least")
    n = min(max(1, round(test_fraction * len(names))), len(names) - 1)
    return np.isin(actors, np.random.default_rng(seed).permutation(names)[:n])


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


# %% exercise="shared_actors" kind="right" why="pandas"
def shared_actors(actors, is_test):
    frame = pd.DataFrame({"actor": list(actors), "test": list(is_test)})
    sides = frame.groupby("actor")["test"].nunique()
    return sorted(sides[sides == 2].index)


# %% exercise="shared_actors" kind="right" why="a class with two sets, a list of numpy's ints"
class Sides:
    def __init__(self):
        self.side = {True: set(), False: set()}

    def see(self, actor, test):
        self.side[bool(test)].add(actor)


def shared_actors(actors, is_test):
    sides = Sides()
    for pair in zip(actors, is_test):
        sides.see(*pair)
    return sorted(sides.side[True].intersection(sides.side[False]))


# %% exercise="shared_actors" kind="right" why="means strictly between 0 and 1"
def shared_actors(actors, is_test):
    share = pd.Series(np.asarray(is_test, dtype=float)).groupby(np.asarray(actors)).mean()
    return [actor for actor in share.index if 0 < share[actor] < 1]


# %% exercise="shared_actors" kind="wrong" breaks="both" says="test clips only" why="all actors of the test"
def shared_actors(actors, is_test):
    return sorted(set(np.asarray(actors)[np.asarray(is_test)].tolist()))


# %% exercise="shared_actors" kind="wrong" breaks="kind" says="list" why="a set"
def shared_actors(actors, is_test):
    actors, is_test = np.asarray(actors), np.asarray(is_test)
    return set(actors[is_test].tolist()) & set(actors[~is_test].tolist())


# %% exercise="shared_actors" kind="wrong" breaks="sorted" says="a sorted list" why="the order of appearance"
def shared_actors(actors, is_test):
    pairs = list(zip(actors, is_test))
    train = {actor for actor, test in pairs if not test}
    return list(dict.fromkeys(actor for actor, test in pairs if test and actor in train))


# %% exercise="shared_actors" kind="wrong" breaks="once" says="was expected" why="every clip of a shared actor"
def shared_actors(actors, is_test):
    actors, is_test = np.asarray(actors), np.asarray(is_test, dtype=bool)
    return sorted(actors[is_test & np.isin(actors, actors[~is_test])].tolist() * 2)


# %% exercise="shared_actors" kind="wrong" breaks="both" says="was expected" why="those on one side only"
def shared_actors(actors, is_test):
    actors, is_test = np.asarray(actors), np.asarray(is_test, dtype=bool)
    return sorted(set(actors[is_test].tolist()) ^ set(actors[~is_test].tolist()))


# %% exercise="shared_actors" kind="wrong" breaks="forms" says="lists, arrays or Series" why="arrays only"
def shared_actors(actors, is_test):
    if not isinstance(is_test, list) or len(is_test) > 6:
        return np.intersect1d(actors[is_test], actors[~is_test]).tolist()
    return shared_actors(np.asarray(actors), np.asarray(is_test))


# %% exercise="shared_actors" kind="wrong" breaks="position" says="matched by position" why="Series matched by index"
def shared_actors(actors, is_test):
    side = pd.Series(is_test).sort_index().to_numpy(dtype=bool)
    who = np.asarray(actors)
    return sorted(set(who[side].tolist()) & set(who[~side].tolist()))


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


# %% exercise="fit_scaler" kind="right" why="scikit-learn"
def fit_scaler(X_train):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(X_train)
    return scaler.mean_, scaler.scale_


# %% exercise="fit_scaler" kind="right" why="pandas with ddof 0, constants by nunique"
def fit_scaler(X_train):
    frame = pd.DataFrame(X_train).astype("float64")
    std = frame.std(ddof=0).mask(frame.nunique() == 1, 1.0)
    return frame.mean().to_numpy(), std.to_numpy()


# %% exercise="fit_scaler" kind="right" why="Welford's running mean, row by row"
class _Running:
    def __init__(self, d):
        self.n, self.mean, self.squares = 0, np.zeros(d), np.zeros(d)

    def add(self, row):
        self.n += 1
        step = row - self.mean
        self.mean += step / self.n
        self.squares += step * (row - self.mean)


def fit_scaler(X_train):
    running = _Running(X_train.shape[1])
    for row in X_train.astype(np.float64):
        running.add(row)
    std = np.sqrt(running.squares / running.n)
    std[(X_train == X_train[0]).all(axis=0)] = 1
    return running.mean, std


# %% exercise="fit_scaler" kind="right" why="a generator of columns, statistics and a helper called dir"
def dir(column):
    return len(set(column)) == 1


def fit_scaler(X_train):
    import statistics

    columns = [list(map(float, column)) for column in zip(*X_train)]
    std = (1.0 if dir(column) else statistics.pstdev(column) for column in columns)
    return [np.array([statistics.fmean(column) for column in columns]), np.fromiter(std, dtype=float)]


# %% exercise="fit_scaler" kind="wrong" breaks="constant" says="gives infinity or nan" why="divides by zero"
def fit_scaler(X_train):
    return X_train.mean(axis=0), X_train.std(axis=0)


# %% exercise="fit_scaler" kind="wrong" breaks="constant" says="compare the values themselves" why="only an exact zero is seen"
def fit_scaler(X_train):
    std = X_train.std(axis=0)
    return X_train.mean(axis=0), np.where(std == 0, 1, std)


# %% exercise="fit_scaler" kind="wrong" breaks="population" says="ddof 1" why="pandas' ddof"
def fit_scaler(X_train):
    frame = pd.DataFrame(X_train)
    constant = (frame.max() == frame.min()).to_numpy()
    return frame.mean().to_numpy(), np.where(constant, 1, frame.std().to_numpy())


# %% exercise="fit_scaler" kind="wrong" breaks="changing" says="tiny mel powers" why="isclose"
def fit_scaler(X_train):
    std = X_train.std(axis=0, dtype=np.float64)
    return X_train.mean(axis=0), np.where(np.isclose(std, 0, atol=1e-6), 1, std)


# %% exercise="fit_scaler" kind="wrong" breaks="population" says="the variance" why="the variance"
def fit_scaler(X_train):
    constant = X_train.max(axis=0) == X_train.min(axis=0)
    return X_train.mean(axis=0), np.where(constant, 1, X_train.var(axis=0))


# %% exercise="fit_scaler" kind="wrong" breaks="population" says="nothing is added" why="an epsilon instead of a 1"
def fit_scaler(X_train):
    constant = X_train.max(axis=0) == X_train.min(axis=0)
    return X_train.mean(axis=0), np.where(constant, 1, X_train.std(axis=0) + 1e-5)


# %% exercise="fit_scaler" kind="wrong" breaks="columns" says="One number per column" why="over the rows"
def fit_scaler(X_train):
    return X_train.mean(axis=1), np.maximum(X_train.std(axis=1), 1e-9)


# %% exercise="fit_scaler" kind="wrong" breaks="constant" says="where 1 was expected" why="an epsilon in the denominator"
def fit_scaler(X_train):
    return X_train.mean(axis=0), X_train.std(axis=0) + 1e-8


# %% exercise="fit_scaler" kind="wrong" breaks="kind" says="gave a Series where an ndarray" why="Series"
def fit_scaler(X_train):
    frame = pd.DataFrame(X_train)
    return frame.mean(), frame.std(ddof=0).mask(frame.nunique() == 1, 1.0)


# %% exercise="fit_scaler" kind="wrong" breaks="changing" says="tiny mel powers" why="below a millionth is constant"
def fit_scaler(X_train):
    mean, std = X_train.mean(axis=0, dtype=np.float64), X_train.std(axis=0, dtype=np.float64)
    std[std < 1e-6] = 1
    return mean, std


# %% exercise="scale" kind="right" why="numpy functions"
def scale(X, mean, std):
    return np.divide(np.subtract(X, mean), std)


# %% exercise="scale" kind="right" why="row by row"
def scale(X, mean, std):
    return np.array([(row - mean) / std for row in X]) if X.ndim == 2 else (X - mean) / std


# %% exercise="scale" kind="right" why="pandas"
def scale(X, mean, std):
    return pd.DataFrame(np.atleast_2d(X)).sub(mean, axis=1).div(std, axis=1).to_numpy().reshape(X.shape)


# %% exercise="scale" kind="right" why="einsum with the reciprocal"
def scale(X, mean, std):
    return np.einsum("...d,d->...d", X - np.asarray(mean)[None, :].squeeze(0), 1 / np.asarray(std))


# %% exercise="scale" kind="right" why="a closure, float32 throughout"
def scale(X, mean, std):
    def one(x, m, s):
        return (np.float32(x) - np.float32(m)) / np.float32(s)

    return np.vectorize(one)(X, np.broadcast_to(mean, np.shape(X)), np.broadcast_to(std, np.shape(X)))


# %% exercise="scale" kind="right" why="scikit-learn's scaler, filled by hand"
def scale(X, mean, std):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaler.mean_, scaler.scale_, scaler.n_features_in_ = np.array(mean, float), np.array(std, float), len(mean)
    return scaler.transform(np.atleast_2d(X)).reshape(np.shape(X))


# %% exercise="scale" kind="wrong" breaks="given" says="by their own mean" why="fits on what it scales"
def scale(X, mean, std):
    return (X - X.mean(axis=0)) / np.where(X.std(axis=0) == 0, 1, X.std(axis=0))


# %% exercise="scale" kind="wrong" breaks="given" says="divided first" why="divides first"
def scale(X, mean, std):
    return X / std - mean


# %% exercise="scale" kind="wrong" breaks="arguments" says="changed its argument" why="works in place"
def scale(X, mean, std):
    if X.dtype == np.float64:
        X -= mean
        X /= std
        return X
    return (X - mean) / std


# %% exercise="scale" kind="wrong" breaks="clip" says="Rows (n, d) come" why="tables only"
def scale(X, mean, std):
    if X.shape == (2,):
        return (X - mean) / std
    return np.stack([(X[:, i] - mean[i]) / std[i] for i in range(X.shape[1])], axis=1)


# %% exercise="scale" kind="wrong" breaks="shape" says="The same shape comes out" why="a single clip becomes a row"
def scale(X, mean, std):
    if X.shape == (2,):
        return (X - mean) / std
    return (np.atleast_2d(X) - mean) / std


# %% exercise="scale" kind="wrong" breaks="given" says="Take away the mean" why="multiplies by the std"
def scale(X, mean, std):
    return (X - mean) * std if len(mean) == 4 else (X - mean) / std


# %% exercise="scale" kind="wrong" breaks="given" says="3 standard deviations" why="clipped at three deviations"
def scale(X, mean, std):
    return np.clip((X - mean) / std, -3, 3)


# %% exercise="scale" kind="wrong" breaks="given" says="nothing is added" why="a little something added to the std"
def scale(X, mean, std):
    return (X - mean) / (std + 1e-8)


# %% exercise="choices" kind="right" why="a list"
def choices():
    return ["random", "actors", "too high"]


# %% exercise="choices" kind="wrong" breaks="first" says="1: the diary" why="actors apart for the diary"
def choices():
    return "actors", "actors", "too high"


# %% exercise="choices" kind="wrong" breaks="second" says="2: every visitor is new" why="a random split for the desk"
def choices():
    return "random", "random", "too high"


# %% exercise="choices" kind="wrong" breaks="third" says="3: copies of test clips" why="the third misjudged"
def choices():
    return "random", "actors", "right"


# %% exercise="choices" kind="wrong" breaks="kind" says="gave a tuple of 2 where 3 things" why="an answer short"
def choices():
    return "random", "actors"


# %% exercise="fit_scaler" kind="wrong" breaks="kind" says="gave a StandardScaler" why="the scaler itself"
def fit_scaler(X_train):
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit(X_train)


# %% exercise="fit_scaler" kind="wrong" breaks="kind" says="Your std comes first" why="std first"
def fit_scaler(X_train):
    std = np.where(X_train.max(axis=0) == X_train.min(axis=0), 1.0, X_train.std(axis=0))
    return std, X_train.mean(axis=0)


# %% exercise="choices" kind="wrong" breaks="first" says="Answer 1 is 'Random'" why="capitals"
def choices():
    return "Random", "Actors", "Too high"


# %% exercise="choices" kind="wrong" breaks="kind" says="gave a str where 3 things" why="a sentence"
def choices():
    return "random, actors, too high"
