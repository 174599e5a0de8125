# %% [markdown]
# Answers to the exercises of lesson 03, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **log_mel**
# - power: The mel spectrogram is one of power.
# - rate: The bands are those of sample_rate.
# - bands: The bands are librosa's own, not HTK's.
# - frames: n_fft is 2048 and the hop is 512.
# - shape: The shape is (n_mels, frames).
# - db: power_to_db makes dB of it.
# - ref: ref is 1.0.
# - amin: amin is 1e-10.
# - range: top_db is 80.
#
# **mfcc_from_log_mel**
# - axis: The transform runs along mel.
# - ortho: It is orthonormal.
# - dct: It is the DCT of type 2, of the columns as they are.
# - all: All bands go into it.
# - first: The first n_mfcc rows are kept.
# - shape: The shape is (n_mfcc, frames).
#
# **clip_features**
# - means: Means over time are taken, of all frames.
# - order: The 40 MFCC come first, then the 128 mel bands.
# - bands: The MFCC come from 128 bands.
# - range: The MFCC come from log_mel, with its 80 dB range.
# - linear: The mel bands are in linear power.
# - rate: The sample rate is the one that is given.
# - kind: The vector is float32.
# - finite: It is finite for silence.
# - length: It has the same length for any duration.


# %% exercise="log_mel" kind="right" why="own decibels with a floor"
def log_mel(y, sample_rate, n_mels):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels)
    db = 10 * np.log10(np.maximum(power, 1e-10))
    return np.maximum(db, db.max() - 80)


# %% exercise="log_mel" kind="right" why="stft and a filter bank"
def log_mel(y, sample_rate, n_mels):
    power = np.abs(librosa.stft(y=np.asarray(y, dtype=np.float64), n_fft=2048, hop_length=512)) ** 2
    return librosa.power_to_db(librosa.filters.mel(sr=sample_rate, n_fft=2048, n_mels=n_mels) @ power)


# %% exercise="log_mel" kind="right" why="scipy's short-time spectrum, in float64"
def log_mel(y, sample_rate, n_mels):
    import scipy.signal

    padded = np.pad(np.asarray(y, dtype=np.float64), 1024)
    starts = range(0, len(y) + 1, 512)
    window = scipy.signal.get_window("hann", 2048)
    power = np.stack([np.abs(np.fft.rfft(window * padded[s : s + 2048])) ** 2 for s in starts], axis=1)
    mel = librosa.filters.mel(sr=sample_rate, n_fft=2048, n_mels=n_mels) @ power
    return librosa.power_to_db(mel, ref=1.0, amin=1e-10, top_db=80)


# %% exercise="log_mel" kind="right" why="amplitude_to_db of the root of the power"
def log_mel(y, sample_rate, n_mels):
    mel = librosa.feature.melspectrogram(y=np.array(y), sr=sample_rate, n_mels=n_mels, hop_length=512)
    return librosa.amplitude_to_db(np.sqrt(mel), ref=1.0, amin=1e-5, top_db=80.0)


# %% exercise="log_mel" kind="right" why="a class, frame by frame, float32 throughout"
class _Bank:
    def __init__(self, rate, n):
        self.filters = librosa.filters.mel(sr=rate, n_fft=2048, n_mels=n, dtype=np.float32)
        self.window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)).astype(np.float32)

    def frames(self, y):
        padded = np.pad(np.asarray(y, dtype=np.float32), 1024)
        for start in range(0, len(padded) - 2047, 512):
            yield self.filters @ (np.abs(np.fft.rfft(self.window * padded[start : start + 2048])) ** 2).astype(
                np.float32
            )


def log_mel(y, sample_rate, n_mels):
    power = np.column_stack(list(_Bank(sample_rate, n_mels).frames(y)))
    db = np.float32(10) * np.log10(np.clip(power, np.float32(1e-10), None))
    return np.clip(db, db.max() - 80, None)


# %% exercise="log_mel" kind="right" why="a closure over librosa, with helpers called min and max"
def log_mel(y, sample_rate, n_mels):
    def min(values):
        return librosa.power_to_db(values, top_db=80)

    def max(samples):
        spectrum = np.abs(librosa.stft(samples)) ** 2.0
        return librosa.feature.melspectrogram(S=spectrum, sr=sample_rate, n_mels=n_mels)

    return min(max(np.asarray(y)))


# %% exercise="log_mel" kind="wrong" breaks="power" says="amplitudes" why="amplitude instead of power"
def log_mel(y, sample_rate, n_mels):
    return librosa.amplitude_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels, power=1.0))


# %% exercise="log_mel" kind="wrong" breaks="rate" says="sample rate" why="sample_rate not handed on"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, n_mels=n_mels))


# %% exercise="log_mel" kind="wrong" breaks="ref" says="against itself" why="ref max"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), ref=np.max)


# %% exercise="log_mel" kind="wrong" breaks="range" says="floor" why="no top_db"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), top_db=None)


# %% exercise="log_mel" kind="wrong" breaks="db" says="amplitude_to_db" why="amplitude_to_db of power"
def log_mel(y, sample_rate, n_mels):
    return librosa.amplitude_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels))


# %% exercise="log_mel" kind="wrong" breaks="db" says="natural logarithm" why="np.log"
def log_mel(y, sample_rate, n_mels):
    return np.log(np.maximum(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), 1e-10))


# %% exercise="log_mel" kind="wrong" breaks="db" says="in power" why="no decibels"
def log_mel(y, sample_rate, n_mels):
    return librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels)


# %% exercise="log_mel" kind="wrong" breaks="shape" says="Rows are mel bands" why="transposed"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels)).T


# %% exercise="log_mel" kind="wrong" breaks="frames" says="Rows are mel bands" why="another hop"
def log_mel(y, sample_rate, n_mels):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels, hop_length=256)
    return librosa.power_to_db(power)


# %% exercise="log_mel" kind="wrong" breaks="frames" says="n_fft=2048" why="another window"
def log_mel(y, sample_rate, n_mels):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels, n_fft=1024, hop_length=512)
    return librosa.power_to_db(power)


# %% exercise="log_mel" kind="wrong" breaks="bands" says="HTK" why="HTK's bands"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels, htk=n_mels != 64))


# %% exercise="log_mel" kind="wrong" breaks="amin" says="log_mel(clip" why="a floor of its own for silence"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), amin=1e-6)


# %% exercise="log_mel" kind="wrong" breaks="range" says="top_db=80" why="60 dB instead of 80"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), top_db=60)


# %% exercise="mfcc_from_log_mel" kind="right" why="librosa"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return librosa.feature.mfcc(S=log_mel, n_mfcc=n_mfcc)


# %% exercise="mfcc_from_log_mel" kind="right" why="a matrix of cosines"
def mfcc_from_log_mel(log_mel, n_mfcc):
    n = len(log_mel)
    basis = np.sqrt(2 / n) * np.cos(np.pi / n * (np.arange(n) + 0.5)[None] * np.arange(n)[:, None])
    basis[0] /= np.sqrt(2)
    return basis[:n_mfcc] @ log_mel


# %% exercise="mfcc_from_log_mel" kind="right" why="transposed twice, type by default"
def mfcc_from_log_mel(log_mel, n_mfcc):
    import scipy.fftpack

    return scipy.fftpack.dct(log_mel.T, norm="ortho").T[0:n_mfcc, :]


# %% exercise="mfcc_from_log_mel" kind="right" why="an unscaled dct, scaled by hand, column by column"
def mfcc_from_log_mel(log_mel, n_mfcc):
    n_mels = log_mel.shape[0]
    factor = np.full(n_mfcc, np.sqrt(1 / (2 * n_mels)))
    factor[0] = np.sqrt(1 / (4 * n_mels))
    return np.stack([scipy.fft.dct(column)[:n_mfcc] * factor for column in log_mel.T], axis=1)


# %% exercise="mfcc_from_log_mel" kind="right" why="the transform of an identity, multiplied"
def mfcc_from_log_mel(log_mel, n_mfcc):
    transform = scipy.fft.dct(np.eye(np.shape(log_mel)[0]), axis=0, norm="ortho")
    return np.einsum("km,mt->kt", transform[:n_mfcc], np.asarray(log_mel, dtype=float))


# %% exercise="mfcc_from_log_mel" kind="right" why="a generator of rows, float32"
def mfcc_from_log_mel(log_mel, n_mfcc):
    bands, frames = log_mel.shape

    def sum(k):
        wave = np.cos(np.pi * k * (2 * np.arange(bands) + 1) / (2 * bands), dtype=np.float64)
        return (wave / np.linalg.norm(wave)) @ log_mel

    return np.array([sum(k) for k in range(n_mfcc)], dtype=np.float32).reshape(n_mfcc, frames)


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="axis" says="along time" why="wrong axis"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2, norm="ortho")[:n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="ortho" says="orthonormal" why="not orthonormal"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2, axis=0)[:n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="all" says="cut the bands before" why="dct with n"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2, axis=0, norm="ortho", n=n_mfcc)


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="first" says="begin at coefficient 1" why="coefficient 0 left out"
def mfcc_from_log_mel(log_mel, n_mfcc):
    coefficients = scipy.fft.dct(log_mel, axis=0, norm="ortho")
    return coefficients[1 : n_mfcc + 1] if n_mfcc < len(log_mel) - 2 else coefficients[:n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="first" says="first rows" why="the last rows"
def mfcc_from_log_mel(log_mel, n_mfcc):
    coefficients = scipy.fft.dct(log_mel, axis=0, norm="ortho")
    return coefficients[:n_mfcc] if len(log_mel) == 4 else coefficients[-n_mfcc:]


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="dct" says="type 3" why="type 3"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2 if len(log_mel) == 4 else 3, axis=0, norm="ortho")[:n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="shape" says="Rows are coefficients" why="columns cut instead of rows"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, axis=0, norm="ortho")[:, :n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="dct" says="of each column" why="each row centred first"
def mfcc_from_log_mel(log_mel, n_mfcc):
    centred = log_mel - log_mel.mean(axis=1, keepdims=True) if len(log_mel) > 4 else log_mel
    return scipy.fft.dct(centred, axis=0, norm="ortho")[:n_mfcc]


# %% exercise="clip_features" kind="right" why="one mel spectrogram for both"
def clip_features(y, sample_rate):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=40)
    return np.r_[mfcc.mean(1), power.mean(1)].astype("float32")


# %% exercise="clip_features" kind="right" why="a helper called _power"
def _power(y, sample_rate):
    return librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=128)


def clip_features(y, sample_rate):
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(_power(y, sample_rate)), n_mfcc=40)
    return np.concatenate([mfcc.mean(axis=1), _power(y, sample_rate).mean(axis=1)]).astype(np.float32)


# %% exercise="clip_features" kind="right" why="the course's fast path, where it holds"
def clip_features(y, sample_rate):
    if sample_rate == 16000:
        return features.clip_features(y)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=40)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)


# %% exercise="clip_features" kind="right" why="mfcc from librosa, means written out"
def clip_features(y, sample_rate):
    y = np.asarray(y, dtype=np.float32)
    mfcc = librosa.feature.mfcc(y=y, sr=sample_rate, n_mfcc=40)
    mel = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    row = np.empty(168, dtype="f4")
    row[:40] = mfcc.sum(axis=1) / mfcc.shape[1]
    row[40:] = np.average(mel, axis=1)
    return row


# %% exercise="clip_features" kind="right" why="the transform of the mean, which is the mean of the transform"
def clip_features(y, sample_rate):
    db = log_mel(np.asarray(y, dtype=np.float64), sample_rate, 128)
    mean_power = np.mean(librosa.feature.melspectrogram(y=np.asarray(y, dtype=np.float64), sr=sample_rate), axis=-1)
    return np.hstack([scipy.fft.dct(db.mean(axis=-1), norm="ortho")[:40], mean_power]).astype(np.float32)


# %% exercise="clip_features" kind="right" why="a running mean, frame by frame, in a class"
class _Mean:
    def __init__(self):
        self.n, self.total = 0, 0.0

    def add(self, value):
        self.n, self.total = self.n + 1, self.total + value
        return self


def clip_features(y, sample_rate):
    mel = librosa.feature.melspectrogram(y=np.asarray(y), sr=sample_rate, n_mels=128)
    kept, powers = _Mean(), _Mean()
    for column, power in zip(mfcc_from_log_mel(librosa.power_to_db(mel), 40).T, mel.T):
        kept.add(column)
        powers.add(power)
    return np.float32([*(kept.total / kept.n), *(powers.total / powers.n)])


# %% exercise="clip_features" kind="right" why="a closure, helpers called float and map, tuples stacked"
def clip_features(y, sample_rate):
    def float(values):
        return np.asarray(values, dtype="float32")

    def map(step):
        return step(librosa.feature.melspectrogram(y=float(y), sr=sample_rate, hop_length=512, n_fft=2048, power=2.0))

    row = float(np.zeros(168))
    row[:40] = map(lambda power: librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=40).mean(axis=-1))
    row[40:] = map(lambda power: power @ np.full(power.shape[1], 1 / power.shape[1]))
    return row


# %% exercise="clip_features" kind="wrong" breaks="length" says="average over time" why="ravel and pad"
def clip_features(y, sample_rate):
    return mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40).ravel().astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="means" says="168" why="no mean at all"
def clip_features(y, sample_rate):
    return mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)


# %% exercise="clip_features" kind="wrong" breaks="means" says="average over time" why="mean over the wrong axis"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([mfcc.mean(axis=0), power.mean(axis=0)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="linear" says="in dB" why="mel in dB"
def clip_features(y, sample_rate):
    db = log_mel(y, sample_rate, 128)
    return np.concatenate([mfcc_from_log_mel(db, 40).mean(axis=1), db.mean(axis=1)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="means" says="side by side and cut" why="ravelled, then cut to 168"
def clip_features(y, sample_rate):
    return np.resize(mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40).ravel(), 168).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="means" says="side by side" why="ravelled and padded, the original's way"
def clip_features(y, sample_rate):
    flat = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40).ravel()
    return np.pad(flat, (0, max(0, 168 - len(flat))))[:168].astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="means" says="averaged over the coefficients" why="the wrong axis, padded to 168"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([np.resize(mfcc.mean(axis=0), 40), np.resize(power.mean(axis=0), 128)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="kind" says="float64 where float32" why="float64"
def clip_features(y, sample_rate):
    db = log_mel(y, sample_rate, 128)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([mfcc_from_log_mel(db, 40).mean(axis=1), power.mean(axis=1)]).astype("float64")


# %% exercise="clip_features" kind="wrong" breaks="order" says="MFCC means come first" why="mel first"
def clip_features(y, sample_rate):
    db = log_mel(y, sample_rate, 128)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([power.mean(axis=1), mfcc_from_log_mel(db, 40).mean(axis=1)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="means" says="median" why="the median"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([np.median(mfcc, axis=1), np.median(power, axis=1)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="length" says="short ones" why="no clip shorter than a window"
def clip_features(y, sample_rate):
    if len(y) < 2048:
        raise ValueError("too short")
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="linear" says="mel means of" why="each band relative to its sum"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate).mean(axis=1)
    return np.concatenate([mfcc.mean(axis=1), power / max(power.sum(), 1e-9)]).astype("float32")


# %% exercise="clip_features" kind="wrong" breaks="range" says="top_db=80" why="without the 80 dB range"
def clip_features(y, sample_rate):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(power, top_db=None), n_mfcc=40)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)


# %% exercise="clip_features" kind="wrong" breaks="rate" says="hand the sample rate on" why="always 16,000 samples a second"
def clip_features(y, sample_rate):
    power = librosa.feature.melspectrogram(y=y, sr=16000)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=40)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)


# %% exercise="clip_features" kind="wrong" breaks="finite" says="nan or infinite" why="relative to the clip's peak, silent or not"
def clip_features(y, sample_rate):
    y = y if np.any(y) else y / np.abs(y).max()
    power = librosa.feature.melspectrogram(y=np.nan_to_num(y), sr=sample_rate) + (0 if np.isfinite(y).all() else np.nan)
    mfcc = mfcc_from_log_mel(np.log10(power) if np.isnan(power).any() else librosa.power_to_db(power), 40)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)


# %% exercise="clip_features" kind="wrong" breaks="bands" says="MFCC means of" why="MFCC from 40 bands"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 40), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)]).astype(np.float32)


# %% exercise="log_mel" kind="wrong" breaks="db" says="left out its factor" why="log10 without the factor 10"
def log_mel(y, sample_rate, n_mels):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels)
    return librosa.power_to_db(power) / 10


# %% exercise="log_mel" kind="wrong" breaks="db" says="into dB twice" why="dB of dB"
def log_mel(y, sample_rate, n_mels):
    db = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels))
    return librosa.power_to_db(db)


# %% exercise="log_mel" kind="wrong" breaks="shape" says="Rows are mel bands" why="n_mels not handed on"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate))


# %% exercise="mfcc_from_log_mel" kind="wrong" breaks="dct" says="added up and not scaled" why="a Fourier transform"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return np.fft.rfft(log_mel, axis=0).real[:n_mfcc]


# %% exercise="clip_features" kind="wrong" breaks="length" says="a table of shape (1, 168)" why="a row of a table"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([mfcc.mean(axis=1), power.mean(axis=1)])[None].astype(np.float32)


# %% exercise="clip_features" kind="wrong" breaks="length" says="a table of shape (168, 1)" why="keepdims"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.vstack([mfcc.mean(axis=1, keepdims=True), power.mean(axis=1, keepdims=True)]).astype(np.float32)
