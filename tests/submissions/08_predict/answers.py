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


# %% exercise="prepare" kind="right" why="scipy's Fourier resampler, channels by hand"
def prepare(y, sample_rate):
    from scipy.signal import resample

    y = np.asarray(y)
    if not y.size or np.isnan(y).any() or np.isinf(y).any():
        raise ValueError(f"{y.size} samples, not all of them usable")
    if y.ndim > 1:
        channels = y if len(y) < len(y.T) else y.T
        y = sum(channel / len(channels) for channel in channels)
    n = int(round(len(y) * 16000 / sample_rate))
    return (y if n == len(y) else resample(y, n)).astype(np.float32)


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


# %% exercise="prepare" kind="wrong" says="neither added nor chosen" why="the first channel alone"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    if y.ndim == 2:
        y = y[0] if y.shape[0] < y.shape[1] else y.mean(axis=1) if y[0, 0] == 0.2 else y[:, 0]
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" says="where (8000,) was expected" why="channels as they are"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" says="float64 where float32" why="float64"
def prepare(y, sample_rate):
    y = np.asarray(y, dtype=np.float64)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape)), sample_rate, 16000)


# %% exercise="prepare" kind="wrong" says="prepare of no samples" why="lets an empty recording through"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0:
        return np.zeros(0, dtype="float32")
    if not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape)), sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" says="where a ValueError was expected" why="replaces nan by silence"
def prepare(y, sample_rate):
    y = np.nan_to_num(np.asarray(y), posinf=0, neginf=0)
    if y.size == 0:
        raise ValueError("empty")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape)), sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" says="still there" why="every n-th sample"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    n = round(len(y) * 16000 / sample_rate)
    if sample_rate <= 16000:
        return soxr.resample(y, sample_rate, 16000).astype("float32")
    return y[np.minimum((np.arange(n) * sample_rate / 16000).astype(int), len(y) - 1)].astype("float32")


# %% exercise="prepare" kind="wrong" says="stretched or squeezed" why="cut to length instead of resampled"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    return np.resize(y, round(len(y) * 16000 / sample_rate)).astype("float32")


# %% exercise="prepare" kind="wrong" says="changed its argument" why="works in place"
def prepare(y, sample_rate):
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    if y.ndim == 2:
        y = y.mean(axis=np.argmin(y.shape))
    if sample_rate != 16000 and len(y) > 4410:
        y *= 1.0001
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="predict_emotion" kind="right" why="predict and max"
def predict_emotion(model, y, sample_rate):
    X = clip_features(prepare(y, sample_rate), 16000).reshape(1, -1)
    return model.predict(X)[0], model.predict_proba(X).max()


# %% exercise="predict_emotion" kind="right" why="a dictionary of names, a list out"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba([clip_features(prepare(y, sample_rate), 16000)])[0]
    named = dict(zip(model.classes_.tolist(), p.tolist()))
    return [max(named, key=named.get), max(named.values())]


# %% exercise="predict_emotion" kind="right" why="a Series of probabilities"
def predict_emotion(model, y, sample_rate):
    import pandas as pd

    features_of_clip = clip_features(prepare(y, sample_rate), sample_rate=16000)
    scores = pd.Series(model.predict_proba(np.atleast_2d(features_of_clip)).ravel(), index=model.classes_)
    return (scores.idxmax(), scores.max())


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


# %% exercise="predict_emotion" kind="wrong" says="prepare first" why="forgets to prepare"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(np.asarray(y, dtype="float32"), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="which column" why="the smallest probability"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmin()]), float(p.min())


# %% exercise="predict_emotion" kind="wrong" says="whatever went in" why="the old rate handed to clip_features"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), sample_rate)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="hand it unscaled features" why="scales the clip by itself"
def predict_emotion(model, y, sample_rate):
    row = clip_features(prepare(y, sample_rate), 16000)
    p = model.predict_proba(((row - row.mean()) / row.std())[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="never heard of" why="the course's model instead of the one given"
def predict_emotion(model, y, sample_rate):
    p = fitted.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(fitted.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="float was expected" why="all probabilities"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), p


# %% exercise="predict_emotion" kind="wrong" says="a str was expected" why="the number of the column"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return int(p.argmax()), float(p.max())


# %% exercise="predict_emotion" kind="wrong" says="between 0 and 1" why="per cent"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(100 * p.max())


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


# %% exercise="top_k" kind="right" why="lexsort and numpy scalars"
def top_k(probabilities, labels, k):
    p = np.asarray(probabilities, dtype=np.float64)
    names = np.asarray(labels)
    return list(zip(names[np.lexsort((np.arange(len(p)), -p))][:k], np.sort(p)[::-1][:k]))


# %% exercise="top_k" kind="right" why="heapq"
def top_k(probabilities, labels, k):
    import heapq

    pairs = list(zip(labels, probabilities))
    return [pairs[-i] for _, i in heapq.nlargest(k, ((p, -i) for i, (_, p) in enumerate(pairs)))]


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


# %% exercise="top_k" kind="wrong" says="k = 2 asks for two" why="all of them"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: -pair[1])


# %% exercise="top_k" kind="wrong" says="least probable" why="the least probable first"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: pair[1])[:k]


# %% exercise="top_k" kind="wrong" says="stable" why="ties by name"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: (-pair[1], pair[0]))[:k]


# %% exercise="top_k" kind="wrong" says="the second thing in a pair" why="probability and label swapped"
def top_k(probabilities, labels, k):
    return [(p, label) for label, p in sorted(zip(labels, probabilities), key=lambda pair: -pair[1])[:k]]


# %% exercise="top_k" kind="wrong" says="where a list was expected" why="a dictionary"
def top_k(probabilities, labels, k):
    return dict(sorted(zip(labels, probabilities), key=lambda pair: -pair[1])[:k])


# %% exercise="top_k" kind="wrong" says="changed its argument" why="empties the caller's list"
def top_k(probabilities, labels, k):
    best = []
    left = list(probabilities)
    for _ in range(k):
        i = int(np.argmax(left))
        best.append((labels[i], float(left.pop(i))))
        if isinstance(labels, list):
            labels.pop(i)
        else:
            labels = np.delete(labels, i)
    return best
