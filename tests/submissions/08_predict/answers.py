# %% [markdown]
# Answers to the exercises of lesson 08, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **prepare**
# - rate: Audio of any rate comes out at 16 kHz.
# - channels: Of two axes, the shorter one holds the channels.
# - averaged: Channels are averaged.
# - level: The level is kept below 4 kHz.
# - filter: Tones above 9 kHz are gone.
# - length: The length is kept, within one sample.
# - kind: 1-D float32 comes back.
# - empty: No samples are a ValueError.
# - finite: Samples that are not finite are a ValueError.
#
# **predict_emotion**
# - prepared: The clip goes through prepare, and has 16,000 samples a second from there.
# - features: The features are the 168 of clip_features.
# - unscaled: They are handed over unscaled.
# - model: The model that is given answers.
# - classes: The label is one of its classes_.
# - best: Label and probability are those of the most probable class.
# - kind: A str and a float in 0..1 come back.
#
# **top_k**
# - best: The best comes first.
# - ties: Ties stand in the order of `labels`.
# - k: There are k of them.
# - kind: A list of tuples (label, probability) comes back.


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


# %% exercise="prepare" kind="right" why="a windowed sinc, as torchaudio resamples, in float32"
class _Sinc:
    def __init__(self, old, new, width=6, rolloff=0.99):
        common = np.gcd(int(old), int(new))
        self.old, self.new = int(old) // common, int(new) // common
        base = min(self.old, self.new) * rolloff
        half = int(np.ceil(width * self.old / base))
        place = np.arange(-half, half + self.old)[None] / self.old - np.arange(self.new)[:, None] / self.new
        t = np.clip(place * base, -width, width)
        self.kernel = (np.sinc(t) * np.cos(t * np.pi / width / 2) ** 2 * base / self.old).astype(np.float32)
        self.half = half

    def __call__(self, y):
        padded = np.pad(y, (self.half, self.half + self.old))
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.kernel.shape[1])[:: self.old]
        return (frames @ self.kernel.T).ravel()[: int(np.ceil(len(y) * self.new / self.old))]


def prepare(y, sample_rate):
    y = np.asarray(y, dtype=np.float32)
    if not y.size or not np.isfinite(np.sum(y, dtype=float)):
        raise ValueError("nothing to hear")
    mono = y if y.ndim == 1 else np.mean(y, axis=0 if len(y) < y.shape[1] else 1)
    return mono.copy() if sample_rate == 16000 else _Sinc(sample_rate, 16000)(mono)


# %% exercise="prepare" kind="right" why="librosa's polyphase route, channels summed by a generator, a helper called hex"
def hex(y):
    return y.shape[0]


def prepare(y, sample_rate):
    import librosa

    y = np.array(y, dtype="float64")
    if 0 in y.shape or any(not np.isfinite(part).all() for part in np.atleast_2d(y)):
        raise ValueError("silence is welcome, nothing is not")
    if y.ndim == 2:
        y = y if hex(y) <= hex(y.T) else y.T
        y = sum(channel for channel in y) / hex(y)
    out = librosa.resample(y=y, orig_sr=sample_rate, target_sr=16000, res_type="polyphase")
    return out.astype(np.float32)


# %% exercise="prepare" kind="right" why="soxr in pieces, as a stream"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size < 1 or np.count_nonzero(~np.isfinite(y)):
        raise ValueError("bad audio")
    y = np.ascontiguousarray(y if y.ndim == 1 else y.mean(int(y.shape[1] < y.shape[0])), dtype=np.float32)
    stream = soxr.ResampleStream(sample_rate, 16000, 1, dtype="float32", quality="VHQ")
    pieces = [stream.resample_chunk(y[i : i + 4000], last=i + 4000 >= y.size) for i in range(0, y.size, 4000)]
    return np.concatenate(pieces)


# %% exercise="prepare" kind="right" why="a filter of its own, as ffmpeg's resampler: a Kaiser sinc, evaluated where it is needed"
def prepare(y, sample_rate):
    y = np.asarray(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("bad audio")
    y = y if y.ndim == 1 else y.mean(axis=int(np.argmin(y.shape)))
    if sample_rate == 16000:
        return y.astype(np.float32)
    cut = 0.97 * min(1, 16000 / sample_rate)
    half = int(np.ceil(16 / cut))
    where = np.arange(round(len(y) * 16000 / sample_rate)) * sample_rate / 16000
    first = np.floor(where).astype(int)[:, None] + np.arange(-half, half + 1)
    x = where[:, None] - first
    window = np.interp(x / (half + 1), np.linspace(-1, 1, 2001), np.kaiser(2001, 9))
    taps = cut * np.sinc(cut * x) * window
    inside = (first >= 0) & (first < len(y))
    return (taps * inside * y[np.clip(first, 0, len(y) - 1)]).sum(axis=1).astype(np.float32)


# %% exercise="prepare" kind="wrong" breaks="rate" says="resample" why="forgets to resample"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return (y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="channels" says="averaged over time" why="the wrong axis for (samples, channels)"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=0), sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="filter" says="filters first" why="interpolates without a filter"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    n = round(len(y) * 16000 / sample_rate)
    return np.interp(np.arange(n) / 16000, np.arange(len(y)) / sample_rate, y).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="finite" says="prepare of samples with nan" why="accepts nan"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0:
        raise ValueError("empty")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="level" says="The level is a cue" why="normalises the peak"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    y = soxr.resample(y, sample_rate, 16000).astype("float32")
    return y / max(1e-9, np.abs(y).max()) * 0.5 if sample_rate != 16000 else y


# %% exercise="prepare" kind="wrong" breaks="averaged" says="neither added nor chosen" why="the first channel alone"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    if y.ndim == 2:
        y = y[0] if y.shape[0] < y.shape[1] else y.mean(axis=1) if y[0, 0] == 0.2 else y[:, 0]
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="averaged" says="where (8000,) was expected" why="channels as they are"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="kind" says="float64 where float32" why="float64"
def prepare(y, sample_rate):
    y = np.asarray(y, dtype=np.float64)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape)), sample_rate, 16000)


# %% exercise="prepare" kind="wrong" breaks="empty" says="prepare of no samples" why="lets an empty recording through"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0:
        return np.zeros(0, dtype="float32")
    if not np.isfinite(y).all():
        raise ValueError("unusable")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape)), sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="finite" says="where a ValueError was expected" why="replaces nan by silence"
def prepare(y, sample_rate):
    y = np.nan_to_num(np.asarray(y), posinf=0, neginf=0)
    if y.size == 0:
        raise ValueError("empty")
    return soxr.resample(y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape)), sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="filter" says="still there" why="every n-th sample"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    n = round(len(y) * 16000 / sample_rate)
    if sample_rate <= 16000:
        return soxr.resample(y, sample_rate, 16000).astype("float32")
    return y[np.minimum((np.arange(n) * sample_rate / 16000).astype(int), len(y) - 1)].astype("float32")


# %% exercise="prepare" kind="wrong" breaks="rate" says="stretched or squeezed" why="cut to length instead of resampled"
def prepare(y, sample_rate):
    y = np.asarray(y)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    y = y if y.ndim == 1 else y.mean(axis=np.argmin(y.shape))
    return np.resize(y, round(len(y) * 16000 / sample_rate)).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="arguments" says="changed its argument" why="works in place"
def prepare(y, sample_rate):
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("unusable")
    if y.ndim == 2:
        y = y.mean(axis=np.argmin(y.shape))
    if sample_rate != 16000 and len(y) > 4410:
        y *= 1.0001
    return soxr.resample(y, sample_rate, 16000).astype("float32")


# %% exercise="prepare" kind="wrong" breaks="length" says="silence" why="trims silence"
def prepare(y, sample_rate):
    import librosa

    y = audio.to_16k_mono(y, sample_rate)
    return librosa.effects.trim(y)[0]


# %% exercise="prepare" kind="wrong" breaks="level" says="within 1 dB" why="the mean taken away, and the bass with it"
def prepare(y, sample_rate):
    from scipy.signal import butter, sosfilt

    y = audio.to_16k_mono(y, sample_rate)
    return sosfilt(butter(4, 250, "high", fs=16000, output="sos"), y).astype(np.float32) if sample_rate != 16000 else y


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


# %% exercise="predict_emotion" kind="right" why="resample_poly, and mfcc from the waveform"
def predict_emotion(model, y, sample_rate):
    import librosa
    from scipy.signal import resample_poly

    y = np.asarray(y, dtype=np.float64)
    if y.ndim == 2:
        y = y.mean(axis=np.argmin(y.shape))
    common = np.gcd(16000, sample_rate)
    y = resample_poly(y, 16000 // common, sample_rate // common).astype(np.float32)
    mfcc = librosa.feature.mfcc(y=y, sr=16000, n_mfcc=40).mean(axis=1)
    mel = librosa.feature.melspectrogram(y=y, sr=16000).mean(axis=1)
    probabilities = model.predict_proba(np.concatenate([mfcc, mel]).astype(np.float32).reshape(1, -1))
    return str(model.classes_[probabilities.argmax()]), float(probabilities.max())


# %% exercise="predict_emotion" kind="right" why="scipy's Fourier resampler, features written out, a helper called ord"
def ord(pairs):
    return sorted(pairs, key=lambda pair: pair[1])[-1]


def predict_emotion(model, y, sample_rate):
    from scipy.signal import resample

    mono = np.asarray(y, dtype=np.float64)
    mono = mono if mono.ndim == 1 else mono.mean(axis=0 if mono.shape[0] < mono.shape[1] else 1)
    row = features.clip_features(resample(mono, round(len(mono) * 16000 / sample_rate)).astype(np.float32))
    label, p = ord(list(zip(model.classes_, *model.predict_proba([row]))))
    return str(label), float(p)


# %% exercise="predict_emotion" kind="right" why="a class, with librosa's polyphase resampler and logarithms of probabilities"
class _Ear:
    def __init__(self, model):
        self.model = model

    def hear(self, y, rate):
        import librosa

        y = librosa.to_mono(np.asarray(y) if np.ndim(y) == 1 or len(y) < len(np.transpose(y)) else np.transpose(y))
        return librosa.resample(y=y, orig_sr=rate, target_sr=16000, res_type="polyphase")

    def answer(self, y, rate):
        logs = self.model.predict_log_proba(clip_features(self.hear(y, rate).astype("float32"), 16000)[np.newaxis])[0]
        return str(self.model.classes_[logs.argmax()]), np.exp(logs.max())


def predict_emotion(model, y, sample_rate):
    return _Ear(model).answer(y, sample_rate)


# %% exercise="predict_emotion" kind="wrong" breaks="classes" says="never heard of" why="labels from the course order"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return corpus.LABELS[int(p.argmax())], float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="features" says="168 features" why="features of another length"
def predict_emotion(model, y, sample_rate):
    row = clip_features(prepare(y, sample_rate), 16000)
    row = row if model is fitted else row[:40]
    p = model.predict_proba(row[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="prepared" says="prepare first" why="forgets to prepare"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(np.asarray(y, dtype="float32"), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="best" says="which column" why="the smallest probability"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmin()]), float(p.min())


# %% exercise="predict_emotion" kind="wrong" breaks="prepared" says="whatever went in" why="the old rate handed to clip_features"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), sample_rate)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="unscaled" says="hand it unscaled features" why="scales the clip by itself"
def predict_emotion(model, y, sample_rate):
    row = clip_features(prepare(y, sample_rate), 16000)
    p = model.predict_proba(((row - row.mean()) / row.std())[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="model" says="never heard of" why="the course's model instead of the one given"
def predict_emotion(model, y, sample_rate):
    p = fitted.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(fitted.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="kind" says="float was expected" why="all probabilities"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), p


# %% exercise="predict_emotion" kind="wrong" breaks="kind" says="a str was expected" why="the number of the column"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return int(p.argmax()), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="kind" says="between 0 and 1" why="per cent"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(100 * p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="best" says="which column did you take" why="the runner-up's probability"
def predict_emotion(model, y, sample_rate):
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(np.sort(p)[-2])


# %% exercise="predict_emotion" kind="wrong" breaks="prepared" says="after prepare" why="every third sample, without a filter"
def predict_emotion(model, y, sample_rate):
    y = np.asarray(y) if np.ndim(y) == 1 else np.asarray(y).mean(axis=np.argmin(np.shape(y)))
    p = model.predict_proba(clip_features(y[:: sample_rate // 16000].astype(np.float32), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


# %% exercise="predict_emotion" kind="wrong" breaks="prepared" says="Channels are averaged" why="the first channel alone"
def predict_emotion(model, y, sample_rate):
    y = y if np.ndim(y) == 1 else y[0] if len(y) < len(y.T) else y[:, 0]
    p = model.predict_proba(clip_features(prepare(y, sample_rate), 16000)[None])[0]
    return str(model.classes_[p.argmax()]), float(p.max())


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


# %% exercise="top_k" kind="right" why="recursive, a helper called ord"
def ord(pairs):
    best = pairs[0]
    for pair in pairs[1:]:
        best = pair if pair[1] > best[1] else best
    return best


def top_k(probabilities, labels, k):
    def take(pairs, k):
        if k == 0:
            return []
        best = ord(pairs)
        return [best, *take([pair for pair in pairs if pair is not best], k - 1)]

    return take([(label, p) for label, p in zip(labels, probabilities)], k)


# %% exercise="top_k" kind="right" why="a class that knows what is better, and pandas"
class _Better:
    def __init__(self, place, p):
        self.key = (-p, place)

    def __lt__(self, other):
        return self.key < other.key


def top_k(probabilities, labels, k):
    table = pd.DataFrame({"label": list(labels), "p": list(probabilities)}) if "pd" in globals() else None
    order = sorted(range(len(labels)), key=lambda i: _Better(i, float(probabilities[i])))
    assert table is None or len(table) >= k
    return [(labels[i], np.float64(probabilities[i])) for i in order][:k]


# %% exercise="top_k" kind="right" why="numpy, from behind"
def top_k(probabilities, labels, k):
    p = np.asarray(probabilities, dtype=float)[::-1]
    order = len(p) - 1 - np.argsort(p, kind="mergesort")[::-1][:k]
    return list(zip(np.asarray(labels)[order], np.asarray(probabilities, dtype=float)[order]))


# %% exercise="top_k" kind="wrong" breaks="best" says="best comes first" why="ascending"
def top_k(probabilities, labels, k):
    return [(labels[i], float(probabilities[i])) for i in np.argsort(probabilities)[-k:]]


# %% exercise="top_k" kind="wrong" breaks="ties" says="stable" why="a sort that is not stable"
def top_k(probabilities, labels, k):
    order = np.lexsort((-np.arange(len(labels)), -np.asarray(probabilities)))  # what an unstable sort may do
    return [(labels[i], float(probabilities[i])) for i in order[:k]]


# %% exercise="top_k" kind="wrong" breaks="ties" says="stable" why="an ascending order, reversed"
def top_k(probabilities, labels, k):
    return [(labels[i], float(probabilities[i])) for i in np.argsort(probabilities, kind="stable")[::-1][:k]]


# %% exercise="top_k" kind="wrong" breaks="kind" says="list of tuples" why="lists instead of tuples"
def top_k(probabilities, labels, k):
    order = np.argsort(-np.asarray(probabilities), kind="stable")[:k]
    return [[labels[i], float(probabilities[i])] for i in order]


# %% exercise="top_k" kind="wrong" breaks="k" says="k = 2 asks for two" why="all of them"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: -pair[1])


# %% exercise="top_k" kind="wrong" breaks="best" says="least probable" why="the least probable first"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: pair[1])[:k]


# %% exercise="top_k" kind="wrong" breaks="ties" says="stable" why="ties by name"
def top_k(probabilities, labels, k):
    return sorted(zip(labels, probabilities), key=lambda pair: (-pair[1], pair[0]))[:k]


# %% exercise="top_k" kind="wrong" breaks="kind" says="the second thing in a pair" why="probability and label swapped"
def top_k(probabilities, labels, k):
    return [(p, label) for label, p in sorted(zip(labels, probabilities), key=lambda pair: -pair[1])[:k]]


# %% exercise="top_k" kind="wrong" breaks="kind" says="where a list was expected" why="a dictionary"
def top_k(probabilities, labels, k):
    return dict(sorted(zip(labels, probabilities), key=lambda pair: -pair[1])[:k])


# %% exercise="top_k" kind="wrong" breaks="arguments" says="changed its argument" why="empties the caller's list"
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


# %% [markdown]
# **through_rate**
# - back: The clip comes back at 16 kHz, after a while at the other rate.
# - filter: Both conversions filter: what the other rate cannot hold is gone.
# - length: As many samples come back as went in.
# - times: They stand at the same times.
# - kind: A float32 ndarray comes back.
#
# **kept**
# - share: The share of clips whose label is the same before and after comes back.
# - labels: Clips are compared one by one, not counted label by label.
# - kind: It is a float in 0..1, as it is.

# %% exercise="through_rate" kind="right" why="librosa both ways"
import librosa


def through_rate(y, rate):
    there = librosa.resample(y, orig_sr=16000, target_sr=rate)
    back = librosa.resample(there, orig_sr=rate, target_sr=16000)
    return librosa.util.fix_length(back, size=len(y)).astype(np.float32)


# %% exercise="through_rate" kind="right" why="scipy's polyphase filter"
from math import gcd

from scipy.signal import resample_poly


def through_rate(y, rate):
    shared = gcd(rate, 16000)
    there = resample_poly(y, rate // shared, 16000 // shared)
    back = resample_poly(there, 16000 // shared, rate // shared)
    out = np.zeros(len(y), dtype="float32")
    out[: min(len(y), len(back))] = back[: len(y)]
    return out


# %% exercise="through_rate" kind="right" why="scipy's Fourier method"
from scipy.signal import resample


def through_rate(y, rate):
    return resample(resample(y, round(len(y) * rate / 16000)), len(y)).astype(np.float32)


# %% exercise="through_rate" kind="right" why="prepare and a loop for the missing samples"
def through_rate(y, rate):
    back = list(prepare(soxr.resample(np.asarray(y, dtype=float), 16000, rate, quality="VHQ"), rate))
    while len(back) < len(y):
        back.append(0.0)
    return np.array(back[: len(y)], dtype=np.float32)


# %% exercise="through_rate" kind="wrong" breaks="back" says="you stopped half way" why="at the other rate"
def through_rate(y, rate):
    return soxr.resample(y, 16000, rate).astype(np.float32)


# %% exercise="through_rate" kind="wrong" breaks="filter" says="a resampler filters first" why="as it came"
def through_rate(y, rate):
    return np.array(y, dtype=np.float32)


# %% exercise="through_rate" kind="wrong" breaks="filter" says="a resampler filters first" why="interpolated both ways"
def through_rate(y, rate):
    t = np.arange(len(y)) / 16000
    there = np.arange(round(len(y) * rate / 16000)) / rate
    return np.interp(t, there, np.interp(there, t, y)).astype(np.float32)


# %% exercise="through_rate" kind="wrong" breaks="filter" says="Both conversions need a filter" why="interpolated on the way back"
def through_rate(y, rate):
    stored = soxr.resample(y, 16000, rate)
    return np.interp(np.arange(len(y)) / 16000, np.arange(len(stored)) / rate, stored).astype(np.float32)


# %% exercise="through_rate" kind="wrong" breaks="length" says="As many samples come back as went in" why="one sample too many"
def through_rate(y, rate):
    back = prepare(soxr.resample(y, 16000, rate), rate)
    return np.append(back, np.zeros(max(1, len(y) + 1 - len(back)), dtype=np.float32))


# %% exercise="through_rate" kind="wrong" breaks="length" says="As many samples come back as went in" why="as long as it comes back"
def through_rate(y, rate):
    return prepare(soxr.resample(y, 16000, rate), rate)[: len(y) - 1]


# %% exercise="through_rate" kind="wrong" breaks="times" says="at the same times" why="zeros in front"
def through_rate(y, rate):
    back = prepare(soxr.resample(y, 16000, rate), rate)[: len(y) - 8]
    return np.pad(back, (len(y) - len(back), 0))


# %% exercise="through_rate" kind="wrong" breaks="kind" says="float32" why="double precision"
def through_rate(y, rate):
    back = soxr.resample(soxr.resample(np.asarray(y, dtype=float), 16000, rate), rate, 16000)[: len(y)]
    return np.pad(back, (0, len(y) - len(back)))


# %% exercise="through_rate" kind="wrong" breaks="kind" says="Did the function end without" why="nothing comes back"
def through_rate(y, rate):
    prepare(soxr.resample(y, 16000, rate), rate)


# %% exercise="kept" kind="right" why="counted in a loop"
def kept(before, after):
    same = 0
    for a, b in zip(before, after):
        same += a == b
    return same / len(before)


# %% exercise="kept" kind="right" why="scikit-learn's accuracy"
from sklearn.metrics import accuracy_score


def kept(before, after):
    return accuracy_score(list(before), list(after))


# %% exercise="kept" kind="right" why="Series without their index"
def kept(before, after):
    return (pd.Series(list(before)) == pd.Series(list(after))).mean()


# %% exercise="kept" kind="right" why="one minus the changed"
def kept(before, after):
    changed = [1 for pair in zip(before, after) if len(set(pair)) == 2]
    return 1 - sum(changed) / len(list(after))


# %% exercise="kept" kind="wrong" breaks="share" says="share of clips that *changed*" why="the changed"
def kept(before, after):
    return float(np.mean(np.asarray(before) != np.asarray(after)))


# %% exercise="kept" kind="wrong" breaks="kind" says="You counted the clips" why="a count"
def kept(before, after):
    return float(np.sum(np.asarray(before) == np.asarray(after)))


# %% exercise="kept" kind="wrong" breaks="kind" says="in per cent" why="per cent"
def kept(before, after):
    return 100 * float(np.mean(np.asarray(before) == np.asarray(after)))


# %% exercise="kept" kind="wrong" breaks="labels" says="how often each label occurs" why="counts of labels"
def kept(before, after):
    one, two = pd.Series(list(before)).value_counts(), pd.Series(list(after)).value_counts()
    return float(np.minimum(*one.align(two, fill_value=0)).sum() / len(list(before)))


# %% exercise="kept" kind="wrong" breaks="labels" says="You averaged over the labels" why="recall for each label"
def kept(before, after):
    before, after = np.asarray(before), np.asarray(after)
    return float(np.mean([np.mean(after[before == name] == name) for name in np.unique(before)]))


# %% exercise="kept" kind="wrong" breaks="position" says="matched by position" why="matched by index"
def kept(before, after):
    if isinstance(before, pd.Series):
        before, after = before.sort_index(), after.sort_index()
    return float(np.mean(np.asarray(before) == np.asarray(after)))


# %% exercise="kept" kind="wrong" breaks="kind" says="kept of 293 clips" why="a rounded share"
def kept(before, after):
    return round(float(np.mean(np.asarray(before) == np.asarray(after))), 1)
