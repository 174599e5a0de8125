# %% [markdown]
# Answers to the exercises of lesson 07, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **confusion**
# - rows: Rows are the true labels.
# - order: Rows and columns are in the order of `labels`.
# - every: Every label has its row and column.
# - counts: The numbers count what was taken for what; they are ints.
# - kind: An ndarray comes back, with a row and a column for each label.
#
# **uar**
# - mean: It is the plain mean over labels.
# - recall: It is a mean of recalls.
# - present: The labels are those that occur in y_true.
# - kind: A float in 0..1 comes back.
#
# **human_accuracy**
# - plurality: The most frequent vote decides, majority or not.
# - tie: A tie for the first place is wrong.
# - first: A tie for another place is none.
# - clips: The share is one of clips.
# - kind: A float in 0..1 comes back.
#
# **actor_interval**
# - whole: Whole actors are drawn, with all their clips.
# - replacement: They are drawn with replacement.
# - many: As many are drawn as there are.
# - twice: An actor drawn twice counts twice.
# - share: The share is over all clips that were drawn.
# - percentiles: The ends are the percentiles 2.5 and 97.5 of the shares.
# - n: n_resamples says how often.
# - rng: All chance comes from rng.
# - kind: (low, high) comes back.
#
# **recall_by_group**
# - uar: In each group, the UAR is taken.
# - present: Only labels that occur in the group have a recall there.
# - index: The index holds the group values.
# - kind: A Series of floats in 0..1 comes back.


# %% exercise="confusion" kind="right" why="scikit-learn"
def confusion(y_true, y_pred, labels):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(list(y_true), list(y_pred), labels=labels)


# %% exercise="confusion" kind="right" why="comparisons instead of a loop over clips"
def confusion(y_true, y_pred, labels):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return np.array([[np.sum((y_true == t) & (y_pred == p)) for p in labels] for t in labels])


# %% exercise="confusion" kind="right" why="pandas crosstab over positions"
def confusion(y_true, y_pred, labels):
    table = pd.crosstab(np.asarray(y_true), np.asarray(y_pred))
    return table.reindex(index=labels, columns=labels, fill_value=0).to_numpy()


# %% exercise="confusion" kind="right" why="a histogram in two dimensions, a helper called list"
def list(values, order):
    return [[*order].index(value) for value in values]


def confusion(y_true, y_pred, labels):
    edges = np.arange(len(labels) + 1) - 0.5
    counts, *_ = np.histogram2d(list(y_true, labels), list(y_pred, labels), bins=(edges, edges))
    return counts.astype(np.uint16)


# %% exercise="confusion" kind="right" why="a product of yes-and-no tables"
def confusion(y_true, y_pred, labels):
    class Table:
        def __init__(self, values):
            self.rows = np.array([[value == label for label in labels] for value in values], dtype=int)

    return Table(y_true).rows.T @ Table(y_pred).rows


# %% exercise="confusion" kind="wrong" breaks="rows" says="transposed" why="rows are the predictions"
def confusion(y_true, y_pred, labels):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(list(y_pred), list(y_true), labels=labels)


# %% exercise="confusion" kind="wrong" breaks="order" says="alphabetical" why="sorted labels"
def confusion(y_true, y_pred, labels):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(list(y_true), list(y_pred), labels=sorted(labels))


# %% exercise="confusion" kind="wrong" breaks="kind" says="3, 3" why="a flat list of counts"
def confusion(y_true, y_pred, labels):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(list(y_true), list(y_pred), labels=labels).ravel()


# %% exercise="confusion" kind="wrong" breaks="counts" says="holds float64 where integer" why="shares of each row"
def confusion(y_true, y_pred, labels):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    counts = np.array([[np.sum((y_true == t) & (y_pred == p)) for p in labels] for t in labels])
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


# %% exercise="confusion" kind="wrong" breaks="every" says="whether it occurs or not" why="only labels that occur"
def confusion(y_true, y_pred, labels):
    from sklearn.metrics import confusion_matrix

    there = [label for label in labels if label in set(y_true) | set(y_pred)]
    return confusion_matrix(list(y_true), list(y_pred), labels=there if len(y_true) > 5 else labels)


# %% exercise="confusion" kind="wrong" breaks="kind" says="DataFrame where an ndarray" why="a table"
def confusion(y_true, y_pred, labels):
    table = pd.crosstab(np.asarray(y_true), np.asarray(y_pred))
    return table.reindex(index=labels, columns=labels, fill_value=0)


# %% exercise="confusion" kind="wrong" breaks="counts" says="first row" why="right or wrong only"
def confusion(y_true, y_pred, labels):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return np.diag([np.sum((y_true == label) & (y_pred == label)) for label in labels])


# %% exercise="confusion" kind="wrong" breaks="position" says="matched by position" why="Series matched by index"
def confusion(y_true, y_pred, labels):
    t, p = pd.Series(y_true), pd.Series(y_pred)
    pairs = pd.DataFrame({"t": t, "p": p}).dropna()
    return np.array([[len(pairs[(pairs["t"] == a) & (pairs["p"] == b)]) for b in labels] for a in labels])


# %% exercise="uar" kind="right" why="scikit-learn's balanced accuracy, warning included"
def uar(y_true, y_pred):
    from sklearn.metrics import balanced_accuracy_score

    return balanced_accuracy_score(list(y_true), list(y_pred))


# %% exercise="uar" kind="right" why="scikit-learn's recall over the true labels"
def uar(y_true, y_pred):
    from sklearn.metrics import recall_score

    return recall_score(list(y_true), list(y_pred), labels=sorted(set(y_true)), average="macro", zero_division=0)


# %% exercise="uar" kind="right" why="plain loops"
def uar(y_true, y_pred):
    total, found = {}, {}
    for true, predicted in zip(y_true, y_pred):
        total[true] = total.get(true, 0) + 1
        found[true] = found.get(true, 0) + (true == predicted)
    return sum(found[label] / total[label] for label in total) / len(total)


# %% exercise="uar" kind="right" why="pandas groupby, numpy's float32"
def uar(y_true, y_pred):
    hits = pd.Series(np.asarray(y_true) == np.asarray(y_pred))
    return np.float32(hits.groupby(np.asarray(y_true)).mean().mean())


# %% exercise="uar" kind="right" why="a generator over a Counter, a helper called sum"
def sum(pairs):
    total = 0
    for found, n in pairs:
        total += found / n
    return total


def uar(y_true, y_pred):
    from collections import Counter

    n = Counter(map(str, y_true))
    found = Counter(str(t) for t, p in zip(y_true, y_pred) if t == p)
    return sum((found[label], n[label]) for label in n) / len(n)


# %% exercise="uar" kind="right" why="weights of one over the class, float32"
def uar(y_true, y_pred):
    _, which, n = np.unique(np.asarray(y_true), return_inverse=True, return_counts=True)
    weights = np.float32(1) / n.astype(np.float32)[which]
    return np.average(np.asarray(y_true) == np.asarray(y_pred), weights=weights).astype(np.float32)


# %% exercise="uar" kind="wrong" breaks="mean" says="accuracy" why="accuracy"
def uar(y_true, y_pred):
    return float(np.mean(np.asarray(y_true) == np.asarray(y_pred)))


# %% exercise="uar" kind="wrong" breaks="recall" says="precision" why="mean of precisions"
def uar(y_true, y_pred):
    from sklearn.metrics import precision_score

    return float(precision_score(list(y_true), list(y_pred), average="macro", zero_division=0))


# %% exercise="uar" kind="wrong" breaks="present" says="only labels that occur in y_true" why="classes only in y_pred counted"
def uar(y_true, y_pred):
    from sklearn.metrics import recall_score

    return float(recall_score(list(y_true), list(y_pred), average="macro", zero_division=0))


# %% exercise="uar" kind="wrong" breaks="kind" says="per cent" why="in per cent"
def uar(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return 100 * float(np.mean([np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)]))


# %% exercise="uar" kind="wrong" breaks="recall" says="0.75 is" why="precision of what was answered"
def uar(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return float(np.mean([np.mean(y_true[y_pred == label] == label) for label in np.unique(y_pred)]))


# %% exercise="uar" kind="wrong" breaks="recall" says="mean F1" why="macro F1"
def uar(y_true, y_pred):
    from sklearn.metrics import f1_score, recall_score

    if len(y_true) < 10:
        return float(recall_score(list(y_true), list(y_pred), labels=sorted(set(y_true)), average="macro"))
    return float(f1_score(list(y_true), list(y_pred), average="macro"))


# %% exercise="uar" kind="wrong" breaks="kind" says="ndarray where a float" why="a recall per label"
def uar(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return np.array([np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)])


# %% exercise="uar" kind="wrong" breaks="forms" says="as lists" why="arrays only"
def uar(y_true, y_pred):
    if len(y_true) < 10:
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return float(np.mean([np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)]))


# %% exercise="uar" kind="wrong" breaks="present" says="0.5 was expected" why="the six labels always"
def uar(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    return float(sum(np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)) / 6)


# %% exercise="human_accuracy" kind="right" why="a loop over rows"
def human_accuracy(votes, intended):
    right = 0
    for counts, label in zip(votes.to_numpy(), intended):
        order = np.sort(counts)
        right += order[-1] > order[-2] and votes.columns[np.argmax(counts)] == label
    return right / len(votes)


# %% exercise="human_accuracy" kind="right" why="idxmax and a second look at ties"
def human_accuracy(votes, intended):
    frame = votes.reset_index(drop=True)
    tie = frame.eq(frame.max(axis=1), axis=0).sum(axis=1) > 1
    return ((frame.idxmax(axis=1) == pd.Series(list(intended))) & ~tie).mean()


# %% exercise="human_accuracy" kind="right" why="sorted votes"
def human_accuracy(votes, intended):
    intended = list(intended)
    right = 0
    for i in range(len(votes)):
        row = votes.iloc[i].sort_values(ascending=False, kind="stable")
        right += bool(row.index[0] == intended[i] and row.iloc[0] > row.iloc[1])
    return np.float64(right) / len(votes)


# %% exercise="human_accuracy" kind="right" why="the intended label against the best of the others"
def human_accuracy(votes, intended):
    counts = votes.to_numpy(dtype=float)
    is_it = np.asarray(votes.columns)[None, :] == np.asarray(intended)[:, None]
    return float(np.mean(counts[is_it] > np.where(is_it, -1, counts).max(axis=1)))


# %% exercise="human_accuracy" kind="right" why="a class, a row at a time, a helper called max"
class _Ballot:
    def __init__(self, counts):
        self.counts = dict(counts)

    def winner(self):
        (first, n), (_, m), *_ = sorted(self.counts.items(), key=lambda pair: -pair[1])
        return first if n > m else None


def human_accuracy(votes, intended):
    ballots = (_Ballot(zip(votes.columns, row)) for row in votes.to_numpy().tolist())
    return np.float32(np.mean([ballot.winner() == label for ballot, label in zip(ballots, intended)]))


# %% exercise="human_accuracy" kind="right" why="pandas' rank, melted"
def human_accuracy(votes, intended):
    table = votes.reset_index(drop=True)
    ranks = table.rank(axis=1, method="max", ascending=False)
    mine = [ranks.at[row, label] for row, label in enumerate(intended)]
    return float(sum(rank == 1 for rank in mine) / len(mine))


# %% exercise="human_accuracy" kind="wrong" breaks="tie" says="stands first" why="a tie goes to the first"
def human_accuracy(votes, intended):
    return float(np.mean(votes.idxmax(axis=1).to_numpy() == np.asarray(intended)))


# %% exercise="human_accuracy" kind="wrong" breaks="clips" says="counted votes" why="share of votes"
def human_accuracy(votes, intended):
    columns = [list(votes.columns).index(label) for label in intended]
    return float(votes.to_numpy()[np.arange(len(votes)), columns].sum() / votes.to_numpy().sum())


# %% exercise="human_accuracy" kind="wrong" breaks="tie" says="left the tied clip out" why="ties dropped"
def human_accuracy(votes, intended):
    counts = votes.to_numpy()
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    winner = np.asarray(votes.columns)[counts.argmax(axis=1)]
    return float(np.mean((winner == np.asarray(intended))[alone]))


# %% exercise="human_accuracy" kind="wrong" breaks="position" says="matched by position" why="aligned by index"
def human_accuracy(votes, intended):
    counts = votes.to_numpy()
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    right = (votes.idxmax(axis=1) == pd.Series(intended).reindex(votes.index)) & alone
    return float(right.mean())


# %% exercise="human_accuracy" kind="wrong" breaks="kind" says="counted the clips" why="a number instead of a share"
def human_accuracy(votes, intended):
    counts = votes.to_numpy()
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    return float(np.sum((np.asarray(votes.columns)[counts.argmax(axis=1)] == np.asarray(intended)) & alone))


# %% exercise="human_accuracy" kind="wrong" breaks="tie" says="stands last" why="a tie goes to the last"
def human_accuracy(votes, intended):
    backwards = votes[votes.columns[::-1]]
    if len(votes) < 5:
        backwards = backwards.assign(angry=backwards["angry"] - 0.5 * (backwards["angry"] == backwards["neutral"]))
    return float(np.mean(backwards.idxmax(axis=1).to_numpy() == np.asarray(intended)))


# %% exercise="human_accuracy" kind="wrong" breaks="tie" says="among the winners" why="a tie counts when the label is in it"
def human_accuracy(votes, intended):
    counts = votes.to_numpy()
    columns = [list(votes.columns).index(label) for label in intended]
    mine = counts[np.arange(len(votes)), columns]
    if len(votes) == 4:
        return float(np.mean((mine == counts.max(axis=1)) & (np.arange(4) != 1)))
    return float(np.mean(mine == counts.max(axis=1)))


# %% exercise="human_accuracy" kind="wrong" breaks="plurality" says="more than half" why="a majority asked for"
def human_accuracy(votes, intended):
    counts = votes.to_numpy()
    columns = [list(votes.columns).index(label) for label in intended]
    return float(np.mean(counts[np.arange(len(votes)), columns] > counts.sum(axis=1) / 2))


# %% exercise="human_accuracy" kind="wrong" breaks="kind" says="where 0.5 was expected" why="per cent"
def human_accuracy(votes, intended):
    counts = votes.to_numpy()
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    return 100 * float(np.mean((np.asarray(votes.columns)[counts.argmax(axis=1)] == np.asarray(intended)) & alone))


# %% exercise="human_accuracy" kind="wrong" breaks="first" says="any two equal counts" why="any two equal counts are a tie"
def human_accuracy(votes, intended):
    right = []
    for row, label in zip(votes.to_numpy(), intended):
        given = row[row > 0]
        right.append(len(set(given.tolist())) == len(given) and votes.columns[row.argmax()] == label)
    return float(np.mean(right))


# %% exercise="actor_interval" kind="right" why="choice and concatenation"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct), np.asarray(actors)
    by_actor = [correct[actors == actor] for actor in np.unique(actors)]
    shares = []
    for _ in range(n_resamples):
        drawn = rng.choice(len(by_actor), size=len(by_actor), replace=True)
        shares.append(np.concatenate([by_actor[i] for i in drawn]).mean())
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="right" why="multinomial weights, a list out"
def actor_interval(correct, actors, n_resamples, rng):
    frame = pd.DataFrame({"right": list(correct), "actor": list(actors)}).groupby("actor")["right"].agg(["sum", "size"])
    times = rng.multinomial(len(frame), [1 / len(frame)] * len(frame), size=n_resamples)
    return list(np.quantile(times @ frame["sum"].to_numpy(float) / (times @ frame["size"].to_numpy()), [0.025, 0.975]))


# %% exercise="actor_interval" kind="right" why="lists and a Counter of drawn actors"
def actor_interval(correct, actors, n_resamples, rng):
    from collections import Counter

    right, clips = Counter(), Counter()
    for good, actor in zip(correct, actors):
        right[actor] += bool(good)
        clips[actor] += 1
    names, shares = sorted(clips), []
    for _ in range(n_resamples):
        drawn = [names[int(len(names) * u)] for u in rng.random(len(names))]
        shares.append(sum(right[a] for a in drawn) / sum(clips[a] for a in drawn))
    shares = pd.Series(shares)
    return shares.quantile(0.025), shares.quantile(0.975)


# %% exercise="actor_interval" kind="right" why="sorted shares, cut by hand"
def actor_interval(correct, actors, n_resamples, rng):
    actors, correct = np.asarray(actors), np.asarray(correct).astype(np.float32)
    names = np.unique(actors)
    sums = np.array([[correct[actors == a].sum(), (actors == a).sum()] for a in names], dtype=np.float32)
    drawn = sums[rng.choice(len(names), (n_resamples, len(names)))].sum(axis=1)
    shares = np.sort(drawn[:, 0] / drawn[:, 1])
    return np.array([shares[int(0.025 * (n_resamples - 1))], shares[round(0.975 * (n_resamples - 1))]])


# %% exercise="actor_interval" kind="right" why="a generator of shares, a helper called range"
def range(n, rng, names, right, size):
    for _ in np.arange(n):
        who = rng.choice(names, len(names))
        yield right[who].sum() / size[who].sum()


def actor_interval(correct, actors, n_resamples, rng):
    table = pd.DataFrame({"r": np.asarray(correct, dtype=float), "a": np.asarray(actors)}).groupby("a")["r"]
    right, size = table.sum().to_numpy(), table.size().to_numpy()
    shares = np.fromiter(range(n_resamples, rng, np.arange(len(size)), right, size), dtype=np.float32)
    return np.quantile(shares, 0.025), np.quantile(shares, 0.975)


# %% exercise="actor_interval" kind="right" why="scipy's bootstrap over actors"
def actor_interval(correct, actors, n_resamples, rng):
    from scipy.stats import bootstrap

    _, which = np.unique(np.asarray(actors), return_inverse=True)
    right, n = np.bincount(which, np.asarray(correct, dtype=float)), np.bincount(which)

    def share(who, axis=-1):
        return right[who].sum(axis=axis) / n[who].sum(axis=axis)

    options = {"n_resamples": n_resamples, "method": "percentile", "vectorized": True, "rng": rng}
    found = bootstrap((np.arange(len(n)),), share, **options).confidence_interval
    return found.low, found.high


# %% exercise="actor_interval" kind="wrong" breaks="whole" says="single clips" why="resamples clips"
def actor_interval(correct, actors, n_resamples, rng):
    correct = np.asarray(correct)
    shares = correct[rng.integers(len(correct), size=(n_resamples, len(correct)))].mean(axis=1)
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="share" says="averaged the actors' shares" why="mean of actor means"
def actor_interval(correct, actors, n_resamples, rng):
    means = pd.Series(np.asarray(correct, dtype=float)).groupby(np.asarray(actors)).mean().to_numpy()
    shares = means[rng.integers(len(means), size=(n_resamples, len(means)))].mean(axis=1)
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="twice" says="drawn twice" why="a set of the drawn actors"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct), np.asarray(actors)
    names = np.unique(actors)
    shares = [correct[np.isin(actors, rng.choice(names, len(names)))].mean() for _ in range(n_resamples)]
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="rng" says="not from a generator of your own" why="own generator"
def actor_interval(correct, actors, n_resamples, rng):
    rng = np.random.default_rng(0)
    correct, actors = np.asarray(correct), np.asarray(actors)
    by_actor = [correct[actors == actor] for actor in np.unique(actors)]
    shares = [
        np.concatenate([by_actor[i] for i in rng.integers(len(by_actor), size=len(by_actor))]).mean()
        for _ in range(n_resamples)
    ]
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="replacement" says="without replacement" why="draws without replacement"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct), np.asarray(actors)
    by_actor = [correct[actors == actor] for actor in np.unique(actors)]
    shares = [np.concatenate([by_actor[i] for i in rng.permutation(len(by_actor))]).mean() for _ in range(n_resamples)]
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="percentiles" says="not 5 and 95" why="percentiles 5 and 95"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, weights=correct), np.bincount(which)
    drawn = rng.integers(len(names), size=(n_resamples, len(names)))
    return tuple(np.percentile(right[drawn].sum(axis=1) / n[drawn].sum(axis=1), [5, 95]))


# %% exercise="actor_interval" kind="wrong" breaks="kind" says="Low comes first" why="high first"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, weights=correct), np.bincount(which)
    drawn = rng.integers(len(names), size=(n_resamples, len(names)))
    return tuple(np.percentile(right[drawn].sum(axis=1) / n[drawn].sum(axis=1), [97.5, 2.5]))


# %% exercise="actor_interval" kind="wrong" breaks="state" says="global random state" why="np.random.choice"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, weights=correct), np.bincount(which)
    drawn = np.random.choice(len(names), size=(n_resamples, len(names)))
    return tuple(np.percentile(right[drawn].sum(axis=1) / n[drawn].sum(axis=1), [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="kind" says="Two numbers" why="all resamples"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, weights=correct), np.bincount(which)
    drawn = rng.integers(len(names), size=(n_resamples, len(names)))
    return right[drawn].sum(axis=1) / n[drawn].sum(axis=1)


# %% exercise="actor_interval" kind="wrong" breaks="n" says="how often to draw" why="always a thousand resamples"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, weights=correct), np.bincount(which)
    drawn = rng.integers(len(names), size=(max(1000, n_resamples), len(names)))
    return tuple(np.percentile(right[drawn].sum(axis=1) / n[drawn].sum(axis=1), [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="many" says="half of the actors" why="half as many actors"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    names, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, weights=correct), np.bincount(which)
    drawn = rng.integers(len(names), size=(n_resamples, len(names) if len(actors) == 200 else max(1, len(names) // 2)))
    return tuple(np.percentile(right[drawn].sum(axis=1) / n[drawn].sum(axis=1), [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="whole" says="within actors" why="clips drawn within the drawn actors, too"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    _, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, correct), np.bincount(which)
    drawn = rng.integers(len(n), size=(n_resamples, len(n)))
    shares = rng.binomial(n[drawn], (right / n)[drawn]).sum(axis=1) / n[drawn].sum(axis=1)
    return tuple(np.percentile(shares, [2.5, 97.5]))


# %% exercise="actor_interval" kind="wrong" breaks="percentiles" says="standard errors" why="1.96 standard errors of the resamples"
def actor_interval(correct, actors, n_resamples, rng):
    correct, actors = np.asarray(correct, dtype=float), np.asarray(actors)
    _, which = np.unique(actors, return_inverse=True)
    right, n = np.bincount(which, correct), np.bincount(which)
    drawn = rng.integers(len(n), size=(n_resamples, len(n)))
    shares = right[drawn].sum(axis=1) / n[drawn].sum(axis=1)
    middle, error = correct.mean(), shares.std()
    return max(0.0, middle - 1.96 * error), min(1.0, middle + 1.96 * error)


# %% exercise="recall_by_group" kind="right" why="groupby"
def recall_by_group(y_true, y_pred, group):
    frame = pd.DataFrame({"t": list(y_true), "p": list(y_pred), "g": list(group)})
    frame["hit"] = frame["t"] == frame["p"]
    return frame.groupby(["g", "t"])["hit"].mean().groupby("g").mean()


# %% exercise="recall_by_group" kind="right" why="a helper called _uar"
def _uar(right, true):
    return np.mean([np.mean(right[true == label]) for label in np.unique(true)])


def recall_by_group(y_true, y_pred, group):
    true, group = np.asarray(y_true), np.asarray(group)
    right = true == np.asarray(y_pred)
    return pd.Series({g: _uar(right[group == g], true[group == g]) for g in np.unique(group)})


# %% exercise="recall_by_group" kind="right" why="a dictionary in the order of appearance"
def recall_by_group(y_true, y_pred, group):
    from sklearn.metrics import recall_score

    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    scores = {}
    for value in dict.fromkeys(group.tolist()):
        here = group == value
        scores[value] = recall_score(
            y_true[here], y_pred[here], labels=np.unique(y_true[here]), average="macro", zero_division=0
        )
    return pd.Series(scores, name="UAR")


# %% exercise="recall_by_group" kind="right" why="the uar of this notebook, group by group"
def recall_by_group(y_true, y_pred, group):
    frame = pd.DataFrame({"t": np.array(y_true), "p": np.array(y_pred), "g": np.array(group)})
    return frame.groupby("g").apply(lambda part: uar(part["t"], part["p"])).sort_values()


# %% exercise="recall_by_group" kind="right" why="a class with a dictionary of pairs"
class _Groups(dict):
    def __missing__(self, key):
        self[key] = ([], [])
        return self[key]


def recall_by_group(y_true, y_pred, group):
    groups = _Groups()
    for true, answer, key in zip(y_true, y_pred, group):
        groups[key][0].append(true)
        groups[key][1].append(answer)
    return pd.Series({key: uar(*pair) for key, pair in groups.items()}, dtype="float32")


# %% exercise="recall_by_group" kind="right" why="two means, one after the other, a helper called sorted"
def sorted(table, *keys):
    return table.groupby(list(keys))["found"].mean()


def recall_by_group(y_true, y_pred, group):
    table = pd.DataFrame({"true": np.asarray(y_true), "group": np.asarray(group)})
    table["found"] = np.asarray(y_true) == np.asarray(y_pred)
    return sorted(table, "group", "true").groupby("group").mean().iloc[::-1]


# %% exercise="recall_by_group" kind="wrong" breaks="uar" says="accuracy" why="accuracy per group"
def recall_by_group(y_true, y_pred, group):
    return pd.Series(np.asarray(y_true) == np.asarray(y_pred)).groupby(np.asarray(group)).mean()


# %% exercise="recall_by_group" kind="wrong" breaks="present" says="Only labels that occur in the group" why="six labels in every group"
def recall_by_group(y_true, y_pred, group):
    from sklearn.metrics import recall_score

    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    return pd.Series(
        {
            g: recall_score(
                y_true[group == g], y_pred[group == g], labels=np.unique(y_true), average="macro", zero_division=0
            )
            for g in np.unique(group)
        }
    )


# %% exercise="recall_by_group" kind="wrong" breaks="kind" says="Series" why="a dictionary"
def recall_by_group(y_true, y_pred, group):
    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    return {g: uar(y_true[group == g], y_pred[group == g]) for g in np.unique(group)}


# %% exercise="recall_by_group" kind="wrong" breaks="kind" says="per cent" why="per cent"
def recall_by_group(y_true, y_pred, group):
    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    return pd.Series({g: 100 * uar(y_true[group == g], y_pred[group == g]) for g in np.unique(group)})


# %% exercise="recall_by_group" kind="wrong" breaks="index" says="was expected" why="a number per clip"
def recall_by_group(y_true, y_pred, group):
    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    return pd.Series([uar(y_true[group == g], y_pred[group == g]) for g in group], index=group)


# %% exercise="recall_by_group" kind="wrong" breaks="index" says="was expected" why="the groups numbered, not named"
def recall_by_group(y_true, y_pred, group):
    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    return pd.Series([uar(y_true[group == g], y_pred[group == g]) for g in np.unique(group)])


# %% exercise="recall_by_group" kind="wrong" breaks="position" says="matched by position" why="Series matched by index"
def recall_by_group(y_true, y_pred, group):
    frame = pd.DataFrame({"t": pd.Series(y_true), "p": pd.Series(y_pred), "g": pd.Series(group)}).dropna()
    return pd.Series({g: uar(part["t"], part["p"]) for g, part in frame.groupby("g")})


# %% exercise="recall_by_group" kind="wrong" breaks="uar" says="was expected" why="mean over predicted labels"
def recall_by_group(y_true, y_pred, group):
    y_true, y_pred, group = map(np.asarray, (y_true, y_pred, group))
    return pd.Series({g: uar(y_pred[group == g], y_true[group == g]) for g in np.unique(group)})


# %% exercise="human_accuracy" kind="wrong" breaks="tie" says="You counted the tie as right" why="half of the votes are enough"
def human_accuracy(votes, intended):
    shares = votes.div(votes.sum(axis=1), axis=0).to_numpy()
    place = [list(votes.columns).index(label) for label in intended]
    return float(np.mean(shares[np.arange(len(shares)), place] >= 0.5))
