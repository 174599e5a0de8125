# %% [markdown]
# Answers to the exercises of lesson 03, right and wrong, with what a wrong one must be told.

# %% exercise="log_mel" kind="right" why="own decibels with a floor"
def log_mel(y, sample_rate, n_mels):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels)
    db = 10 * np.log10(np.maximum(power, 1e-10))
    return np.maximum(db, db.max() - 80)


# %% exercise="log_mel" kind="right" why="stft and a filter bank"
def log_mel(y, sample_rate, n_mels):
    power = np.abs(librosa.stft(y=np.asarray(y, dtype=np.float64), n_fft=2048, hop_length=512)) ** 2
    return librosa.power_to_db(librosa.filters.mel(sr=sample_rate, n_fft=2048, n_mels=n_mels) @ power)


# %% exercise="log_mel" kind="wrong" says="amplitudes" why="amplitude instead of power"
def log_mel(y, sample_rate, n_mels):
    return librosa.amplitude_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels, power=1.0))


# %% exercise="log_mel" kind="wrong" says="sample rate" why="sample_rate not handed on"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, n_mels=n_mels))


# %% exercise="log_mel" kind="wrong" says="against itself" why="ref max"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), ref=np.max)


# %% exercise="log_mel" kind="wrong" says="floor" why="no top_db"
def log_mel(y, sample_rate, n_mels):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels), top_db=None)


# %% exercise="mfcc_from_log_mel" kind="right" why="librosa"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return librosa.feature.mfcc(S=log_mel, n_mfcc=n_mfcc)


# %% exercise="mfcc_from_log_mel" kind="right" why="a matrix of cosines"
def mfcc_from_log_mel(log_mel, n_mfcc):
    n = len(log_mel)
    basis = np.sqrt(2 / n) * np.cos(np.pi / n * (np.arange(n) + 0.5)[None] * np.arange(n)[:, None])
    basis[0] /= np.sqrt(2)
    return basis[:n_mfcc] @ log_mel


# %% exercise="mfcc_from_log_mel" kind="wrong" says="along time" why="wrong axis"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2, norm="ortho")[:n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" says="orthonormal" why="not orthonormal"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2, axis=0)[:n_mfcc]


# %% exercise="mfcc_from_log_mel" kind="wrong" says="cut the bands before" why="dct with n"
def mfcc_from_log_mel(log_mel, n_mfcc):
    return scipy.fft.dct(log_mel, type=2, axis=0, norm="ortho", n=n_mfcc)


# %% exercise="clip_features" kind="right" why="one mel spectrogram for both"
def clip_features(y, sample_rate):
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=40)
    return np.r_[mfcc.mean(1), power.mean(1)].astype("float32")


# %% exercise="clip_features" kind="right" why="the course's fast path"
def clip_features(y, sample_rate):
    return features.clip_features(y)


# %% exercise="clip_features" kind="wrong" says="average over time" why="ravel and pad"
def clip_features(y, sample_rate):
    return mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40).ravel().astype("float32")


# %% exercise="clip_features" kind="wrong" says="168" why="no mean at all"
def clip_features(y, sample_rate):
    return mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)


# %% exercise="clip_features" kind="wrong" says="average over time" why="mean over the wrong axis"
def clip_features(y, sample_rate):
    mfcc = mfcc_from_log_mel(log_mel(y, sample_rate, 128), 40)
    power = librosa.feature.melspectrogram(y=y, sr=sample_rate)
    return np.concatenate([mfcc.mean(axis=0), power.mean(axis=0)]).astype("float32")


# %% exercise="clip_features" kind="wrong" says="in dB" why="mel in dB"
def clip_features(y, sample_rate):
    db = log_mel(y, sample_rate, 128)
    return np.concatenate([mfcc_from_log_mel(db, 40).mean(axis=1), db.mean(axis=1)]).astype("float32")
