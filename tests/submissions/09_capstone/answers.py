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


# %% exercise="actor_folds" kind="right" why="actors numbered and dealt in turn"
def actor_folds(actors, n_folds, seed):
    codes, names = pd.factorize(pd.Series(list(actors)), sort=True)
    fold_of = np.random.RandomState(seed).permutation(len(names)) % n_folds
    rows = np.arange(len(codes))
    return [(rows[fold_of[codes] != fold], rows[fold_of[codes] == fold]) for fold in range(n_folds)]


# %% exercise="actor_folds" kind="wrong" says="rows were dealt" why="deals rows"
def actor_folds(actors, n_folds, seed):
    from sklearn.model_selection import KFold

    return list(KFold(n_folds, shuffle=True, random_state=seed).split(np.zeros(len(actors))))


# %% exercise="actor_folds" kind="wrong" says="hand the seed on" why="ignores the seed"
def actor_folds(actors, n_folds, seed):
    return list(GroupKFold(n_folds).split(np.zeros(len(actors)), groups=np.asarray(actors)))


# %% exercise="actor_folds" kind="wrong" says="global random state" why="np.random.seed"
def actor_folds(actors, n_folds, seed):
    actors = np.asarray(actors)
    np.random.seed(seed)
    hands = np.array_split(np.random.permutation(np.unique(actors)), n_folds)
    return [(np.flatnonzero(~np.isin(actors, hand)), np.flatnonzero(np.isin(actors, hand))) for hand in hands]


# %% exercise="actor_folds" kind="wrong" says="exactly one test" why="actors drawn anew for each fold"
def actor_folds(actors, n_folds, seed):
    from sklearn.model_selection import GroupShuffleSplit

    splits = GroupShuffleSplit(n_folds, test_size=1 / n_folds, random_state=seed)
    return list(splits.split(np.zeros(len(actors)), groups=np.asarray(actors)))


# %% exercise="actor_folds" kind="wrong" says="integer was expected" why="masks instead of row numbers"
def actor_folds(actors, n_folds, seed):
    actors = np.asarray(actors)
    hands = np.array_split(np.random.default_rng(seed).permutation(np.unique(actors)), n_folds)
    return [(~np.isin(actors, hand), np.isin(actors, hand)) for hand in hands]


# %% exercise="actor_folds" kind="wrong" says="number of folds" why="one split only"
def actor_folds(actors, n_folds, seed):
    folds = GroupKFold(n_folds, shuffle=True, random_state=seed)
    return list(folds.split(np.zeros(len(actors)), groups=np.asarray(actors)))[:1]


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


# %% exercise="paired_interval" kind="right" why="a loop with pandas and weights"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    from sklearn.metrics import balanced_accuracy_score

    frame = pd.DataFrame({"t": list(y_true), "n": list(new), "b": list(baseline), "a": list(actors)})
    places = frame["a"].astype("category").cat.codes.to_numpy()

    codes, labels = pd.factorize(frame["t"])

    def by_label(weights):
        return np.bincount(codes, weights, len(labels))

    hits = [(frame["t"] == frame[column]).to_numpy(float) for column in "nb"]
    drawn = []
    for _ in range(n_resamples):
        w = np.bincount(rng.integers(places.max() + 1, size=places.max() + 1), minlength=places.max() + 1)[places]
        total = by_label(w)
        drawn.append(np.nanmean((by_label(w * hits[0]) - by_label(w * hits[1])) / np.where(total, total, np.nan)))
    difference = balanced_accuracy_score(frame["t"], frame["n"]) - balanced_accuracy_score(frame["t"], frame["b"])
    return pd.Series([difference, *np.quantile(drawn, [0.025, 0.975])]).tolist()


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


# %% exercise="paired_interval" kind="wrong" says="difference of accuracies" why="accuracies"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    y_true, new, baseline, actors = map(np.asarray, (y_true, new, baseline, actors))
    names, which = np.unique(actors, return_inverse=True)
    gain = np.bincount(which, (y_true == new).astype(float) - (y_true == baseline))
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), n_resamples)
    drawn = times @ gain / (times @ np.bincount(which))
    return gain.sum() / len(actors), *np.percentile(drawn, [2.5, 97.5])


# %% exercise="paired_interval" kind="wrong" says="drawn twice" why="a set of the drawn actors"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    frame = pd.DataFrame({"t": list(y_true), "n": list(new), "b": list(baseline), "a": list(actors)})
    parts = [part for _, part in frame.groupby("a")]
    both = [np.stack([evaluate.confusion(part["t"], part[column]) for part in parts]) for column in "nb"]
    times = np.minimum(rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), n_resamples), 1)
    gain = evaluate.uar(np.tensordot(times, both[0], axes=1)) - evaluate.uar(np.tensordot(times, both[1], axes=1))
    difference = evaluate.uar(both[0].sum(axis=0)) - evaluate.uar(both[1].sum(axis=0))
    return [float(difference), *np.percentile(gain, [2.5, 97.5])]


# %% exercise="paired_interval" kind="wrong" says="not from a generator of your own" why="own generator"
def paired_interval(y_true, new, baseline, actors, n_resamples, rng):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"t": list(y_true), "n": list(new), "b": list(baseline), "a": list(actors)})
    parts = [part for _, part in frame.groupby("a")]
    both = [np.stack([evaluate.confusion(part["t"], part[column]) for part in parts]) for column in "nb"]
    times = rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), n_resamples)
    gain = evaluate.uar(np.tensordot(times, both[0], axes=1)) - evaluate.uar(np.tensordot(times, both[1], axes=1))
    difference = evaluate.uar(both[0].sum(axis=0)) - evaluate.uar(both[1].sum(axis=0))
    return [float(difference), *np.percentile(gain, [2.5, 97.5])]


# %% exercise="chosen_model" kind="right" why="logistic regression"
def chosen_model(seed):
    return Pipeline([("scale", StandardScaler()), ("regression", LogisticRegression(C=0.1, max_iter=200))])


# %% exercise="chosen_model" kind="right" why="the course's network, wider"
def chosen_model(seed):
    return model.build_model(seed=seed).set_params(network__hidden_layer_sizes=(200,), network__max_iter=5)


# %% exercise="chosen_model" kind="right" why="a random forest"
def chosen_model(seed):
    from sklearn.ensemble import RandomForestClassifier

    return make_pipeline(RandomForestClassifier(n_estimators=20, random_state=seed))


# %% exercise="chosen_model" kind="wrong" says="fitted already" why="fitted"
def chosen_model(seed):
    return make_pipeline(StandardScaler(), SVC(C=5)).fit(X[::20], y[::20])


# %% exercise="chosen_model" kind="wrong" says="where a Pipeline" why="no Pipeline"
def chosen_model(seed):
    return LogisticRegression(max_iter=200)


# %% exercise="chosen_model" kind="wrong" says="six labels" why="numbers for labels"
def chosen_model(seed):
    from sklearn.linear_model import Ridge

    class Numbers(Ridge):
        def fit(self, X, y):
            return super().fit(X, np.searchsorted(np.unique(y), y))

    return make_pipeline(StandardScaler(), Numbers())


# %% exercise="chosen_model" kind="wrong" says="new model" why="one model for all"
_my_model = make_pipeline(StandardScaler(), SVC(C=5))


def chosen_model(seed):
    return _my_model


# %% exercise="final_report" kind="right" why="step by step"
def final_report(seed):
    models = [chosen_model(seed), model.build_model(seed=seed)]
    for one in models:
        one.fit(X, y)
    answers = final_test(*models)
    truth = answers.pop("emotion")
    scores = [evaluate.uar(evaluate.confusion(truth, answers[column])) for column in ("0", "1")]
    report = dict(zip(("uar_new", "uar_baseline"), map(float, scores)))
    interval = paired_interval(
        truth, answers["0"], answers["1"], answers["actor_id"], 2000, np.random.default_rng(seed)
    )
    report |= dict(zip(("difference", "low", "high"), interval))
    return report | {"n_clips": len(truth), "n_actors": len(set(answers["actor_id"])), "seed": seed}


# %% exercise="final_report" kind="right" why="lists, clones and a sum by hand"
def final_report(seed):
    new, baseline = clone(chosen_model(seed)), clone(model.build_model(seed))
    table = final_test(new.fit(X, y), baseline.fit(np.array(X), list(y)))
    true = table["emotion"].tolist()

    def score(column):
        found = {label: [a == label for t, a in zip(true, table[column]) if t == label] for label in set(true)}
        return sum(sum(hits) / len(hits) for hits in found.values()) / len(found)

    _, low, high = paired_interval(
        true, table["0"].tolist(), table["1"].tolist(), table["actor_id"].tolist(), 2000, np.random.default_rng(seed)
    )
    return {
        "n_clips": np.int64(len(table)), "n_actors": table["actor_id"].nunique(), "uar_new": score("0"),
        "uar_baseline": score("1"), "difference": score("0") - score("1"), "low": low, "high": high,
    }  # fmt: skip


# %% exercise="final_report" kind="right" why="augmented with noisy development rows"
def final_report(seed):
    there = ~clips["actor_id"].isin(TEST_ACTORS).to_numpy()
    new = chosen_model(seed).fit(np.concatenate([X, X_noisy[there]])[::2], np.concatenate([y, y])[::2])
    baseline = model.build_model(seed).fit(X, y)
    seen = final_test(new, baseline)
    true, mine, theirs = seen["emotion"], seen["0"], seen["1"]
    difference, low, high = paired_interval(true, mine, theirs, seen["actor_id"], 2000, np.random.default_rng(seed))
    return {
        "uar_new": float(evaluate.uar(evaluate.confusion(true, mine))),
        "uar_baseline": float(evaluate.uar(evaluate.confusion(true, theirs))),
        "difference": difference, "low": low, "high": high, "n_clips": len(seen), "n_actors": len(TEST_ACTORS),
    }  # fmt: skip


# %% exercise="final_report" kind="wrong" says="belong to test actors" why="fitted on all clips"
def final_report(seed):
    everything = clips["emotion"].to_numpy(dtype=str)
    new, baseline = chosen_model(seed).fit(X_clean, everything), model.build_model(seed).fit(X, y)
    seen = final_test(new, baseline)
    true, mine, theirs = seen["emotion"], seen["0"], seen["1"]
    difference, low, high = paired_interval(true, mine, theirs, seen["actor_id"], 2000, np.random.default_rng(seed))
    return {
        "uar_new": float(evaluate.uar(evaluate.confusion(true, mine))),
        "uar_baseline": float(evaluate.uar(evaluate.confusion(true, theirs))),
        "difference": difference, "low": low, "high": high, "n_clips": len(seen), "n_actors": 15,
    }  # fmt: skip


# %% exercise="final_report" kind="wrong" says="2 times" why="two looks"
def final_report(seed):
    new, baseline = chosen_model(seed).fit(X, y), model.build_model(seed).fit(X, y)
    seen, other = final_test(new), final_test(baseline)
    true, mine, theirs = seen["emotion"], seen["0"], other["0"]
    difference, low, high = paired_interval(true, mine, theirs, seen["actor_id"], 2000, np.random.default_rng(seed))
    return {
        "uar_new": float(evaluate.uar(evaluate.confusion(true, mine))),
        "uar_baseline": float(evaluate.uar(evaluate.confusion(true, theirs))),
        "difference": difference, "low": low, "high": high, "n_clips": len(seen), "n_actors": 15,
    }  # fmt: skip


# %% exercise="final_report" kind="wrong" says="swapped" why="the baseline first"
def final_report(seed):
    new, baseline = chosen_model(seed).fit(X, y), model.build_model(seed).fit(X, y)
    seen = final_test(baseline, new)
    true, mine, theirs = seen["emotion"], seen["0"], seen["1"]
    difference, low, high = paired_interval(true, theirs, mine, seen["actor_id"], 2000, np.random.default_rng(seed))
    return {
        "uar_new": float(evaluate.uar(evaluate.confusion(true, theirs))),
        "uar_baseline": float(evaluate.uar(evaluate.confusion(true, mine))),
        "difference": difference, "low": low, "high": high, "n_clips": len(seen), "n_actors": 15,
    }  # fmt: skip


# %% exercise="final_report" kind="wrong" says="2000" why="a hundred resamples"
def final_report(seed):
    new, baseline = chosen_model(seed).fit(X, y), model.build_model(seed).fit(X, y)
    seen = final_test(new, baseline)
    true, mine, theirs = seen["emotion"], seen["0"], seen["1"]
    difference, low, high = paired_interval(true, mine, theirs, seen["actor_id"], 100, np.random.default_rng(seed))
    return {
        "uar_new": float(evaluate.uar(evaluate.confusion(true, mine))),
        "uar_baseline": float(evaluate.uar(evaluate.confusion(true, theirs))),
        "difference": difference,
        "low": low,
        "high": high,
        "n_clips": len(seen),
        "n_actors": 15,
    }  # fmt: skipfrom ser_helpers import places
