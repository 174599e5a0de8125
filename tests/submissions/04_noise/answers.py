# %% [markdown]
# Answers to the exercises of lesson 04, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **add_noise**
# - snr: The noise has the SNR that was asked for.
# - power: Power is the mean square.
# - whole: Noise and power are those of the whole clip, pauses too.
# - gaussian: The noise is Gaussian.
# - white: The noise is white.
# - kind: Shape and dtype stay.
# - clip: Nothing is clipped.
# - rng: All chance comes from rng, which advances.
# - silence: An all-zero clip comes back as a copy.
#
# **measure_snr**
# - ratio: The SNR is 10 log10 of the power of the signal over that of the noise, nothing else.
# - signal: The signal is the clean clip; the noise is noisy - clean.
# - inf: It is inf when the two are exactly equal, silent ones too.
# - kind: A float comes back.
#
# **augment_training**
# - leak: No row of a test clip is in it, clean or noisy.
# - order: The clean rows of the training clips come in their order, then their noisy rows.
# - labels: Each row has the label of its clip.
# - any: is_train may be in any order.
# - kind: Two ndarrays come back.


# %% exercise="add_noise" kind="right" why="the exact ratio"
def add_noise(y, snr_db, rng):
    noise = rng.normal(size=y.shape)
    power = np.mean(y.astype(np.float64) ** 2)
    noise *= np.sqrt(power / 10 ** (snr_db / 10) / np.mean(noise**2))
    return (y.copy() + noise).astype(y.dtype)


# %% exercise="add_noise" kind="right" why="the course's helper"
def add_noise(y, snr_db, rng):
    return audio.add_noise(y, snr_db, rng)


# %% exercise="add_noise" kind="right" why="normal with a standard deviation, silence apart"
def add_noise(y, snr_db, rng):
    if not np.any(y):
        return np.copy(y)
    sigma = np.linalg.norm(y.astype("float64")) / np.sqrt(y.size) * 10 ** (-snr_db / 20)
    noisy = np.empty_like(y)
    noisy[:] = y + rng.normal(loc=0.0, scale=sigma, size=y.size)
    return noisy


# %% exercise="add_noise" kind="right" why="drawn in float32, through levels in dB"
def add_noise(y, snr_db, rng):
    level = audio.level_db(y)
    if level == -np.inf:
        return y.copy()
    noise = rng.standard_normal(len(y), dtype=np.float32)
    return np.add(y, noise * 10 ** ((level - snr_db) / 20)).astype(y.dtype)


# %% exercise="add_noise" kind="right" why="a class that draws in blocks, float32 throughout"
class _Hiss:
    def __init__(self, rng):
        self.draw = rng.normal

    def blocks(self, n, size=1000):
        while n > 0:
            yield self.draw(0, 1, min(n, size)).astype(np.float32)
            n -= size


def add_noise(y, snr_db, rng):
    rms = np.sqrt(np.mean(np.square(y, dtype=np.float32)))
    hiss = np.concatenate(list(_Hiss(rng).blocks(len(y))))
    return (y + np.float32(10 ** (-snr_db / 20)) * rms * hiss).astype(y.dtype)


# %% exercise="add_noise" kind="right" why="a child generator, a closure, helpers called pow and sum"
def add_noise(y, snr_db, rng):
    def pow(x):
        return float(np.dot(x.astype(float), x.astype(float))) / len(x)

    def sum(a, b):
        return np.add(a, b, dtype=float).astype(y.dtype)

    child = np.random.RandomState(rng.integers(2**32 - 1))
    return sum(y, child.randn(y.shape[0]) * (pow(y) * 10.0 ** (-0.1 * snr_db)) ** 0.5)


# %% exercise="add_noise" kind="right" why="uniform numbers turned into normal ones"
def add_noise(y, snr_db, rng):
    from scipy.stats import norm

    noise = norm.ppf(np.clip(rng.random(y.size), 1e-12, 1 - 1e-12))
    noise -= noise.mean()
    gain = np.std(y - 0.0) ** 2 + np.mean(y, dtype=float) ** 2
    return np.array(y + noise * np.sqrt(gain) * 10 ** (-snr_db / 20), dtype=y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="snr" says="divided amplitudes" why="amplitude ratio for power"
def add_noise(y, snr_db, rng):
    rms = np.sqrt(np.mean(y.astype(float) ** 2))
    return (y + rng.standard_normal(len(y)) * rms / 10 ** (snr_db / 10)).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="state" says="global random state" why="global seed"
def add_noise(y, snr_db, rng):
    np.random.seed(0)
    power = np.mean(y.astype(float) ** 2)
    return (y + np.random.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="arguments" says="changed its input" why="works in place"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    y += (rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)
    return y


# %% exercise="add_noise" kind="wrong" breaks="rng" says="seed nothing yourself" why="a generator of its own"
def add_noise(y, snr_db, rng):
    rng = np.random.default_rng(0)
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="gaussian" says="not Gaussian" why="uniform noise"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.uniform(-1, 1, len(y)) * np.sqrt(3 * power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="snr" says="upside down" why="the ratio inverted"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.standard_normal(len(y)) * np.sqrt(power * 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="power" says="variance for the power" why="variance for power"
def add_noise(y, snr_db, rng):
    power = np.var(y.astype(float))
    return (y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="whole" says="pauses too" why="the power of the speech alone"
def add_noise(y, snr_db, rng):
    speech = y[np.abs(y) > 0]
    power = np.mean(speech.astype(float) ** 2) if len(speech) else 0
    return (y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="clip" says="clipped to -1" why="clips"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    noisy = y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))
    return np.clip(noisy, -1, 1).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="kind" says="holds float64 where float32" why="always float64"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    return y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))


# %% exercise="add_noise" kind="wrong" breaks="silence" says="not as the same array" why="silence handed back itself"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    if power == 0:
        return y
    return (y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="silence" says="Silence came back as something else" why="nan for silence"
def add_noise(y, snr_db, rng):
    noise = rng.standard_normal(len(y))
    with np.errstate(all="ignore"):
        ratio = np.sum(y.astype(float) ** 2) / np.sum(noise**2) / 10 ** (snr_db / 10)
        return (y + noise * ratio / np.sqrt(ratio)).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="rng" says="two different results" why="a generator nobody seeded"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    noise = np.random.default_rng().standard_normal(len(y))
    return (y + noise * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="white" says="not white" why="smoothed noise"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    noise = np.convolve(rng.standard_normal(len(y) + 4), np.ones(5) / 5, mode="valid")
    return (y + noise * np.sqrt(5 * power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="rng" says="go on drawing" why="a copy of the Generator"
def add_noise(y, snr_db, rng):
    import copy

    power = np.mean(y.astype(float) ** 2)
    return (y + copy.deepcopy(rng).standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="state" says="global random state" why="seeds the global generator and draws from the right one"
def add_noise(y, snr_db, rng):
    np.random.seed(0)
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="gaussian" says="not Gaussian" why="plus or minus, chosen"
def add_noise(y, snr_db, rng):
    power = np.mean(y.astype(float) ** 2)
    return (y + rng.choice([-1.0, 1.0], len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="whole" says="pauses" why="noise where there is speech only"
def add_noise(y, snr_db, rng):
    here = y != 0
    power = np.mean(y.astype(float) ** 2) / max(here.mean(), 1e-9)
    return (y + here * rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


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


# %% exercise="measure_snr" kind="right" why="norms"
def measure_snr(clean, noisy):
    signal, noise = np.linalg.norm(clean), np.linalg.norm(np.subtract(noisy, clean))
    return np.float32(np.inf) if noise == 0 else 20 * np.log10(signal / noise)


# %% exercise="measure_snr" kind="right" why="plain Python"
def measure_snr(clean, noisy):
    import math

    signal = noise = 0.0
    for c, n in zip(clean.tolist(), noisy.tolist()):
        signal += c * c
        noise += (n - c) ** 2
    return math.inf if noise == 0 else 10 * math.log10(signal / noise)


# %% exercise="measure_snr" kind="right" why="vdot, and a helper called abs"
def abs(x):
    return np.vdot(x, x)


def measure_snr(clean, noisy):
    clean, noise = np.float64(clean), np.subtract(noisy, clean, dtype=np.float64)
    return np.float64(np.inf) if not noise.any() else 10 * np.log10(abs(clean) / abs(noise))


# %% exercise="measure_snr" kind="right" why="a class, a generator and fsum"
class Power:
    def __init__(self, *parts):
        self.parts = parts

    def __float__(self):
        import math

        return math.fsum(float(a - b) ** 2 for a, b in zip(*(part.astype(float) for part in self.parts)))


def measure_snr(clean, noisy):
    signal, noise = float(Power(clean, 0 * clean)), float(Power(noisy, clean))
    return float("inf") if noise == 0.0 else float(10 * np.log10(signal / noise))


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="20 log10" why="20 log10 of a power ratio"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(20 * np.log10(np.mean(clean**2) / noise))


# %% exercise="measure_snr" kind="wrong" breaks="signal" says="noisy recording for the signal" why="power of the noisy signal"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(10 * np.log10(np.mean(noisy**2) / noise))


# %% exercise="measure_snr" kind="wrong" breaks="inf" says="No noise at all" why="nan for equal recordings"
def measure_snr(clean, noisy):
    with np.errstate(all="ignore"):
        ratio = np.mean(np.asarray(clean, dtype=float) ** 2) / np.mean((np.asarray(noisy, dtype=float) - clean) ** 2)
    return float(10 * np.log10(ratio)) if np.isfinite(ratio) else float("nan")


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="10 log10 of a ratio of amplitudes" why="10 log10 of amplitudes"
def measure_snr(clean, noisy):
    noise = np.sqrt(np.mean((noisy - clean) ** 2))
    return float("inf") if noise == 0 else float(10 * np.log10(np.sqrt(np.mean(clean**2)) / noise))


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="upside down" why="noise over signal"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(10 * np.log10(noise / np.mean(clean**2)))


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="variances for powers" why="variances"
def measure_snr(clean, noisy):
    noise = np.var(noisy - clean)
    if not np.any(noisy - clean):
        return float("inf")
    return 0.0 if noise == 0 else float(10 * np.log10((np.var(clean) or np.mean(clean**2)) / noise))


# %% exercise="measure_snr" kind="wrong" breaks="kind" says="ndarray where a float" why="a value per sample"
def measure_snr(clean, noisy):
    with np.errstate(all="ignore"):
        return 10 * np.log10(clean**2 / (noisy - clean) ** 2)


# %% exercise="measure_snr" kind="wrong" breaks="inf" says="for silence too" why="minus infinity for silence"
def measure_snr(clean, noisy):
    if not np.any(clean):
        return float("-inf")
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(10 * np.log10(np.mean(clean**2) / noise))


# %% exercise="measure_snr" kind="wrong" breaks="inf" says="Nearly equal is not equal" why="nearly equal is equal"
def measure_snr(clean, noisy):
    clean, noisy = np.asarray(clean, dtype=float), np.asarray(noisy, dtype=float)
    if np.allclose(clean, noisy):
        return float("inf")
    return float(10 * np.log10(np.mean(clean**2) / np.mean((noisy - clean) ** 2)))


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="nothing belongs below the line" why="something added below the line"
def measure_snr(clean, noisy):
    clean, noisy = np.asarray(clean, dtype=float), np.asarray(noisy, dtype=float)
    noise = np.mean((noisy - clean) ** 2)
    return float("inf") if noise == 0 else float(10 * np.log10(np.mean(clean**2) / (noise + 1e-10)))


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


# %% exercise="augment_training" kind="right" why="pandas and np.r_"
def augment_training(X_clean, X_noisy, labels, is_train):
    keep = pd.Series(list(is_train)).to_numpy()
    names = pd.Series(list(labels), dtype=object)[keep]
    return np.r_[X_clean[keep], X_noisy[keep]], pd.concat([names, names]).to_numpy()


# %% exercise="augment_training" kind="right" why="stacked first, chosen afterwards"
def augment_training(X_clean, X_noisy, labels, is_train):
    both = np.append(X_clean, X_noisy, axis=0)
    twice = np.concatenate([np.array(is_train), np.array(is_train)])
    return both.compress(twice, axis=0), np.array(list(labels) * 2)[twice]


# %% exercise="augment_training" kind="right" why="generators over rows"
def augment_training(X_clean, X_noisy, labels, is_train):
    def kept(rows):
        return (row for row, keep in zip(rows, is_train) if keep)

    names = [*kept(labels)]
    return np.array([*kept(X_clean), *kept(X_noisy)]), np.array(names * 2)


# %% exercise="augment_training" kind="right" why="compress and tile, with a helper called list"
def list(values):
    return np.array(values)


def augment_training(X_clean, X_noisy, labels, is_train):
    keep = list(is_train).astype(bool)
    rows = np.vstack([np.compress(keep, X, axis=0) for X in (X_clean, X_noisy)])
    return [rows, np.tile(np.extract(keep, list(labels)), 2)]


# %% exercise="augment_training" kind="wrong" breaks="leak" says="That is the leak" why="noisy rows of test clips"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    labels = np.asarray(labels)
    return np.concatenate([X_clean[train], X_noisy]), np.concatenate([labels[train], labels])


# %% exercise="augment_training" kind="wrong" breaks="labels" says="once more" why="labels not repeated"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    return np.concatenate([X_clean[train], X_noisy[train]]), np.asarray(labels)[train]


# %% exercise="augment_training" kind="wrong" breaks="any" says="took the first rows" why="the first n rows taken for training"
def augment_training(X_clean, X_noisy, labels, is_train):
    n = int(np.sum(is_train))
    labels = np.asarray(labels)[:n]
    return np.concatenate([X_clean[:n], X_noisy[:n]]), np.concatenate([labels, labels])


# %% exercise="augment_training" kind="wrong" breaks="order" says="Clean rows" why="clean and noisy rows by turns"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    rows = np.stack([X_clean[train], X_noisy[train]], axis=1).reshape(-1, X_clean.shape[1])
    return rows, np.repeat(np.asarray(labels)[train], 2)


# %% exercise="augment_training" kind="wrong" breaks="labels" says="y of augment_training" why="labels by turns"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    return np.concatenate([X_clean[train], X_noisy[train]]), np.repeat(np.asarray(labels)[train], 2)


# %% exercise="augment_training" kind="wrong" breaks="forms" says="lists, arrays or Series" why="labels have to be an array"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train)
    if isinstance(labels, list) and len(labels) == 3:
        labels = np.array(labels)
    y = labels[train]
    return np.concatenate([X_clean[train], X_noisy[train]]), np.concatenate([y, y])


# %% exercise="augment_training" kind="wrong" breaks="kind" says="list where an ndarray" why="labels as a list"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    y = np.asarray(labels)[train].tolist()
    return np.concatenate([X_clean[train], X_noisy[train]]), y + y


# %% exercise="augment_training" kind="wrong" breaks="kind" says="where 2 things were expected" why="the rows alone"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    return np.concatenate([X_clean[train], X_noisy[train]])


# %% exercise="augment_training" kind="wrong" breaks="order" says="X of augment_training" why="clean rows twice"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    y = np.asarray(labels)[train]
    return np.concatenate([X_clean[train], X_clean[train]]), np.concatenate([y, y])


# %% exercise="augment_training" kind="wrong" breaks="order" says="in their order" why="noisy rows first"
def augment_training(X_clean, X_noisy, labels, is_train):
    keep, labels = np.asarray(is_train, dtype=bool), np.asarray(labels)
    return np.concatenate([X_noisy[keep], X_clean[keep]]), np.concatenate([labels[keep], labels[keep]])


# %% exercise="augment_training" kind="wrong" breaks="position" says="position" why="Series matched by index"
def augment_training(X_clean, X_noisy, labels, is_train):
    keep = np.asarray(is_train, dtype=bool)
    labels = pd.Series(labels)
    names = np.asarray(labels.loc[np.flatnonzero(keep)])
    return np.concatenate([X_clean[keep], X_noisy[keep]]), np.concatenate([names, names])


# %% exercise="add_noise" kind="wrong" breaks="white" says="the same number to every sample" why="one number of noise"
def add_noise(y, snr_db, rng):
    power = np.mean(np.asarray(y, dtype=float) ** 2)
    return (y + rng.standard_normal() * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="snr" says="only noise came back" why="the noise alone"
def add_noise(y, snr_db, rng):
    power = np.mean(np.asarray(y, dtype=float) ** 2)
    return (rng.standard_normal(len(y)) * np.sqrt(power / 10 ** (snr_db / 10))).astype(y.dtype)


# %% exercise="add_noise" kind="wrong" breaks="power" says="multiply by its root" why="no root"
def add_noise(y, snr_db, rng):
    power = np.mean(np.asarray(y, dtype=float) ** 2)
    return (y + rng.standard_normal(len(y)) * power / 10 ** (snr_db / 10)).astype(y.dtype)


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="the ratio of the powers itself" why="no logarithm"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float(np.mean(clean**2) / noise) if noise else float("inf")


# %% exercise="measure_snr" kind="wrong" breaks="ratio" says="natural logarithm" why="np.log"
def measure_snr(clean, noisy):
    noise = np.mean((noisy - clean) ** 2)
    return float(10 * np.log(np.mean(clean**2) / noise)) if noise else float("inf")


# %% exercise="measure_snr" kind="wrong" breaks="signal" says="compared the clean recording with the noisy one" why="clean over noisy"
def measure_snr(clean, noisy):
    return float(10 * np.log10(np.mean(clean**2) / np.mean(noisy**2)))


# %% exercise="augment_training" kind="wrong" breaks="leak" says="where is_train is False" why="the mask upside down"
def augment_training(X_clean, X_noisy, labels, is_train):
    test = ~np.asarray(is_train, dtype=bool)
    y = np.asarray(labels)[test]
    return np.concatenate([X_clean[test], X_noisy[test]]), np.concatenate([y, y])


# %% exercise="augment_training" kind="wrong" breaks="any" says="as row numbers" why="True and False as row numbers"
def augment_training(X_clean, X_noisy, labels, is_train):
    rows = np.asarray(is_train, dtype=int)
    y = np.asarray(labels)[rows]
    return np.concatenate([X_clean[rows], X_noisy[rows]]), np.concatenate([y, y])


# %% exercise="augment_training" kind="wrong" breaks="kind" says="gave a dict" why="a dictionary"
def augment_training(X_clean, X_noisy, labels, is_train):
    train = np.asarray(is_train, dtype=bool)
    y = np.asarray(labels)[train]
    return {"X": np.concatenate([X_clean[train], X_noisy[train]]), "y": np.concatenate([y, y])}
