# %% [markdown]
# Answers to the exercises of lesson 08, right and wrong, with what a wrong one must be told.

# %% exercise="prepare" kind="right" why="scipy's polyphase resampler"
def prepare(y, sample_rate):
    from math import gcd

    from scipy.signal import resample_poly

    y = np.array(y, dtype=np.float64)
    if y.size == 0 or not np.all(np.isfinite(y)):
        raise ValueError("no usable samples")
    if y.ndim == 2:
        y = y.mean(axis=0 if y.shape[0] < y.shape[1] else 1)
    common = gcd(16000, int(sample_rate))
    return resample_poly(y, 16000 // common, int(sample_rate) // common).astype("float32")


# %% exercise="prepare" kind="right" why="librosa"
def prepare(y, sample_rate):
    import librosa

    y = np.asarray(y, dtype=np.float32)
    if len(y) == 0:
        raise ValueError("empty")
    if not np.isfinite(y).all():
        raise ValueError("nan or inf")
    if y.ndim == 2:
        y = librosa.to_mono(y if y.shape[0] < y.shape[1] else y.T)
    return librosa.resample(y=y, orig_sr=sample_rate, target_sr=16000)


# %% exercise="prepare" kind="right" why="the course's own helper"
def prepare(y, sample_rate):
    return audio.to_16k_mono(y, sample_rate)


# %% exercise="prepare" kind="wrong" says="resample" why="forgets to resample"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return (y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))).astype("float32")


# %% exercise="prepare" kind="wrong" says="averaged over time" why="the wrong axis for (samples, channels)"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=0), sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" says="filters first" why="interpolates without a filter"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    n = round(len(y) * 16000 / sample_rate)
    return np.interp(np.arange(n) / 16000, np.arange(len(y)) / sample_rate, y).astype("float32")


# %% exercise="prepare" kind="wrong" says="prepare of samples with nan" why="accepts nan"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0:
        raise ValueError("empty")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" says="The level is a cue" why="normalises the peak"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    y = soxr.resample(y, sample_rate, 16000).astype("float32")
    return y / max(1e-9, np.abs(y).max()) * 0.5 if sample_rate != 16000 else y


# %% exercise="predict_emotion" kind="right" why="predict and max"
def predict_emotion(model, y, sample_rate):
    X = clip_features(prepare(y, sample_rate), 16000).reshape(1, -1)
    return model.predict(X)[0], model.predict_proba(X).max()


# %% exercise="predict_emotion" kind="right" why="a dictionary of names, a list out"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba([clip_features(prepare(y, sample_rate), 16000)])[0]
    named = dict(zip(model.classes_.tolist(), p.tolist()))
    return [max(named, key=named.get), max(named.values())]


# %% exercise="predict_emotion" kind="wrong" says="never heard of" why="labels from the course order"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return corpus.LABELS[int(p.argmax())], float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="168 features" why="features of another length"
def predict_emotion(model, y, sample_rate):
    row = clip_features(prepare(y, sample_rate), 16000)
    row = row if model is fitted else row[:40]
    p = model.predict_proba(row[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="Call prepare first" why="forgets to prepare"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(np.asarray(y, dtype="float32"), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="which column" why="the smallest probability"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmin()]), float(p.min())


# %% exercise="top_k" kind="right" why="sorted, which is stable"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: -pair[1])[:k]


# %% exercise="top_k" kind="right" why="the best one at a time"
def top_k(probabilities, labels, k):
    left = list(probabilities)
    best = []
    for _ in range(k):
        i = int(np.argmax(left))
        best.append((labels[i], probabilities[i]))
        left[i] = -1
    return best


# %% exercise="top_k" kind="wrong" says="best comes first" why="ascending"
def top_k(probabilities, labels, k):
    return [(labels[i], float(probabilities[i])) for i in np.argsort(probabilities)[-k:]]


# %% exercise="top_k" kind="wrong" says="stable" why="a sort that is not stable"
def top_k(probabilities, labels, k):
    order = np.lexsort((-np.arange(len(labels)), -np.asarray(probabilities)))  # what an unstable sort may do
    return [(labels[i], float(probabilities[i])) for i in order[:k]]


# %% exercise="top_k" kind="wrong" says="stable" why="an ascending order, reversed"
def top_k(probabilities, labels, k):
    return [(labels[i], float(probabilities[i])) for i in np.argsort(probabilities, kind="stable")[::-1][:k]]


# %% exercise="top_k" kind="wrong" says="list of tuples" why="lists instead of tuples"
def top_k(probabilities, labels, k):
    order = np.argsort(-np.asarray(probabilities), kind="stable")[:k]
    return [[labels[i], float(probabilities[i])] for i in order]
