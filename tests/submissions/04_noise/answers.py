# %% [markdown]
# Answers to the exercises of lesson 04, right and wrong, with what a wrong one must be told.

# %% exercise="add_noise" kind="right" why="the exact ratio"
def add_noise(y, snr_db, rng):
    noise = rng.normal(size=y.shape)
    power = np.mean(y.astype(np.float64) ** 2)
    noise *= np.sqrt(power / 10 ** (snr_db / 10) / np.mean(noise**2))
    return (y.copy() + noise).astype(y.dtype)


# %% exercise="add_noise" kind="right" why="the course's helper"
def add_noise(y, snr_db, rng):
    return audio.add_noise(y, snr_db, rng)


# %% exercise="add_noise" kind="wrong" says="divided amplitudes" why="amplitude ratio for power"
def add_noise(y, snr_db, rng):
    rms = np.sqrt(np.mean(y.astype(float) ** 2))
    return (y + rng.standard_normal(len(y)) * rms / 10 ** (snr_db / 10)).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" says="global random state" why="global seed"
def add_noise(y, snr_db, rng):
    np.random.seed(0)
    power = np.mean(y.astype(float) ** 2)
    return (y + np.random.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" says="changed its input" why="works in place"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    y += (rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)
    return y


# %% exercise="add_noise" kind="wrong" says="seed nothing yourself" why="a generator of its own"
def add_noise(y, snr_db, rng):
    rng = np.random.default_rng(0)
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" says="not Gaussian" why="uniform noise"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.uniform(-1, 1, len(y)) * np.sqrt(3 * power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" says="upside down" why="the ratio inverted"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.standard_normal(len(y)) * np.sqrt(power * 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="measure_snr" kind="right" why="sums instead of means"
def measure_snr(clean, noisy):
    noise = noisy.astype(float) - clean
    if not noise.any():
        return np.inf
    return 10 * np.log10(np.sum(clean.astype(float) ** 2) / np.sum(noise**2))


# %% exercise="measure_snr" kind="right" why="a difference of levels"
def measure_snr(clean, noisy):
    if np.array_equal(clean, noisy):
        return float("inf")
    return audio.level_db(clean) - audio.level_db(np.asarray(noisy, dtype=float) - clean)


# %% exercise="measure_snr" kind="wrong" says="20 log10" why="20 log10 of a power ratio"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(20 * np.log10(np.mean(clean**2) / noise))


# %% exercise="measure_snr" kind="wrong" says="noisy recording for the signal" why="power of the noisy signal"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(10 * np.log10(np.mean(noisy**2) / noise))


# %% exercise="measure_snr" kind="wrong" says="No noise at all" why="nan for equal recordings"
def measure_snr(clean, noisy):
    with np.errstate(all="ignore"):
        ratio = np.mean(np.asarray(clean, dtype=float) ** 2) / np.mean((np.asarray(noisy, dtype=float) - clean) ** 2)
    return float(10 * np.log10(ratio)) if np.isfinite(ratio) else float("nan")


# %% exercise="augment_training" kind="right" why="row numbers"
def augment_training(X_clean, X_noisy, labels, is_train):
    rows = np.flatnonzero(np.asarray(is_train))
    return np.vstack([X_clean[rows], X_noisy[rows]]), np.tile(np.asarray(labels)[rows], 2)


# %% exercise="augment_training" kind="right" why="plain lists, a list out"
def augment_training(X_clean, X_noisy, labels, is_train):
    keep = [i for i, train in enumerate(list(is_train)) if train]
    labels = list(labels)
    X = np.array([X_clean[i] for i in keep] + [X_noisy[i] for i in keep])
    return [X, np.array([labels[i] for i in keep] * 2)]


# %% exercise="augment_training" kind="wrong" says="That is the leak" why="noisy rows of test clips"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    labels = np.asarray(labels)
    return np.concatenate([X_clean[train], X_noisy]), np.concatenate([labels[train], labels])


# %% exercise="augment_training" kind="wrong" says="once more" why="labels not repeated"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    return np.concatenate([X_clean[train], X_noisy[train]]), np.asarray(labels)[train]


# %% exercise="augment_training" kind="wrong" says="training rows" why="the first n rows taken for training"
def augment_training(X_clean, X_noisy, labels, is_train):
    n = int(np.sum(is_train))
    labels = np.asarray(labels)[:n]
    return np.concatenate([X_clean[:n], X_noisy[:n]]), np.concatenate([labels, labels])
