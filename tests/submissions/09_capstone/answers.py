# %% [markdown]
# Answers to the exercises of lesson 09, right and wrong, with what a wrong one must be told.

# %% exercise="actor_folds" kind="right" why="dealing shuffled actors by hand"
def actor_folds(actors, n_folds, seed):
    actors = np.asarray(actors)
    hands = np.array_split(np.random.default_rng(seed).permutation(np.unique(actors)), n_folds)
    return [(np.flatnonzero(~np.isin(actors, hand)), np.flatnonzero(np.isin(actors, hand))) for hand in hands]


# %% exercise="actor_folds" kind="right" why="stratified by nothing, as a tuple"
def actor_folds(actors, n_folds, seed):
    actors = np.asarray(actors)
    folds = GroupKFold(n_splits=n_folds, shuffle=True, random_state=seed)
    return tuple(folds.split(actors.reshape(-1, 1), groups=actors))


# %% exercise="actor_folds" kind="wrong" says="rows were dealt" why="deals rows"
def actor_folds(actors, n_folds, seed):
    from sklearn.model_selection import KFold

    return list(KFold(n_folds, shuffle=True, random_state=seed).split(np.zeros(len(actors))))


# %% exercise="actor_folds" kind="wrong" says="hand the seed on" why="ignores the seed"
def actor_folds(actors, n_folds, seed):
    return list(GroupKFold(n_folds).split(np.zeros(len(actors)), groups=np.asarray(actors)))


# %% exercise="paired_interval" kind="right" why="rows of drawn actors"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):

    y_true, new, baseline, actors = map(np.asarray, (y_true, new, baseline, actors))
    names = np.unique(actors)
    rows_of = [np.flatnonzero(actors == name) for name in names]

    def uar(rows, predicted):
        return np.mean([np.mean(predicted[rows][y_true[rows] == k] == k) for k in np.unique(y_true[rows])])

    every = np.arange(len(y_true))
    drawn = []
    for _ in range(n_resamples):
        rows = np.concatenate([rows_of[i] for i in rng.integers(len(names), size=len(names))])
        drawn.append(uar(rows, new) - uar(rows, baseline))
    return (uar(every, new) - uar(every, baseline), *np.percentile(drawn, [2.5, 97.5]))


# %% exercise="paired_interval" kind="right" why="confusion matrices per actor"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    frame = pd.DataFrame({"t": list(y_true), "n": list(new), "b": list(baseline), "a": list(actors)})
    parts = [part for _, part in frame.groupby("a")]
    both = [np.stack([evaluate.confusion(part["t"], part[column]) for part in parts]) for column in "nb"]
    times = rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), n_resamples)
    gain = evaluate.uar(np.tensordot(times, both[0], axes=1)) - evaluate.uar(np.tensordot(times, both[1], axes=1))
    difference = evaluate.uar(both[0].sum(axis=0)) - evaluate.uar(both[1].sum(axis=0))
    return [float(difference), *np.percentile(gain, [2.5, 97.5])]


# %% exercise="paired_interval" kind="wrong" says="baseline minus new" why="the wrong way round"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    frame = pd.DataFrame({"t": list(y_true), "n": list(new), "b": list(baseline), "a": list(actors)})
    parts = [part for _, part in frame.groupby("a")]
    both = [np.stack([evaluate.confusion(part["t"], part[column]) for part in parts]) for column in "bn"]
    times = rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), n_resamples)
    gain = evaluate.uar(np.tensordot(times, both[0], axes=1)) - evaluate.uar(np.tensordot(times, both[1], axes=1))
    difference = evaluate.uar(both[0].sum(axis=0)) - evaluate.uar(both[1].sum(axis=0))
    return [float(difference), *np.percentile(gain, [2.5, 97.5])]


# %% exercise="paired_interval" kind="wrong" says="same drawn actors" why="drawn separately"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    frame = pd.DataFrame({"t": list(y_true), "n": list(new), "b": list(baseline), "a": list(actors)})
    parts = [part for _, part in frame.groupby("a")]
    share, scores = np.full(len(parts), 1 / len(parts)), []
    for column in "nb":
        counts = np.stack([evaluate.confusion(part["t"], part[column]) for part in parts])
        scores.append(evaluate.uar(np.tensordot(rng.multinomial(len(parts), share, n_resamples), counts, axes=1)))
    true = [evaluate.uar(evaluate.confusion(frame["t"], frame[column])) for column in "nb"]
    return [float(true[0] - true[1]), *np.percentile(scores[0] - scores[1], [2.5, 97.5])]


# %% exercise="paired_interval" kind="wrong" says="whole actors" why="draws clips"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    y_true, new, baseline = map(np.asarray, (y_true, new, baseline))

    def uar(rows, predicted):
        return np.mean([np.mean(predicted[rows][y_true[rows] == k] == k) for k in np.unique(y_true[rows])])

    every = np.arange(len(y_true))
    drawn = []
    for _ in range(n_resamples):
        rows = rng.integers(len(y_true), size=len(y_true))
        drawn.append(uar(rows, new) - uar(rows, baseline))
    return (uar(every, new) - uar(every, baseline), *np.percentile(drawn, [2.5, 97.5]))
