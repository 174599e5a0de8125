# %% [markdown]
# Answers to the exercises of lesson 02, right and wrong, with what a wrong one must be told.

# %% exercise="time_axis" kind="right" why="linspace without its end"
def time_axis(n_samples, sample_rate):
    return np.linspace(0, n_samples / sample_rate, n_samples, endpoint=False)


# %% exercise="time_axis" kind="right" why="librosa"
def time_axis(n_samples, sample_rate):
    return librosa.samples_to_time(np.arange(n_samples), sr=sample_rate)


# %% exercise="time_axis" kind="wrong" says="includes its end" why="linspace that includes the end"
def time_axis(n_samples, sample_rate):
    return np.linspace(0, n_samples / sample_rate, n_samples)


# %% exercise="time_axis" kind="wrong" says="rounding errors" why="arange with a float step"
def time_axis(n_samples, sample_rate):
    return np.arange(0, n_samples / sample_rate, 1 / sample_rate)


# %% exercise="time_axis" kind="wrong" says="sample numbers" why="no division"
def time_axis(n_samples, sample_rate):
    return np.arange(n_samples, dtype=float)


# %% exercise="rms_db" kind="right" why="a loop over frames"
def rms_db(y, frame_length, hop_length):
    levels = []
    for start in range(0, max(1, len(y) - frame_length + 1), hop_length):
        frame = np.asarray(y[start : start + frame_length], dtype=float)
        levels.append(10 * np.log10(max(np.mean(frame**2), 1e-10)))
    return np.array(levels)


# %% exercise="rms_db" kind="right" why="librosa's rms without centring"
def rms_db(y, frame_length, hop_length):
    frame_length = min(frame_length, len(y))
    rms = librosa.feature.rms(y=np.asarray(y), frame_length=frame_length, hop_length=hop_length, center=False)[0]
    return np.clip(20 * np.log10(np.maximum(rms, 1e-9)), -100, None)


# %% exercise="rms_db" kind="wrong" says="10 log10" why="10 log10 of the RMS"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    return 10 * np.log10(np.maximum(np.sqrt(np.mean(frames**2, axis=1)), 1e-10))


# %% exercise="rms_db" kind="wrong" says="minus infinity" why="no floor on silence"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    with np.errstate(divide="ignore"):
        return 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)))


# %% exercise="rms_db" kind="wrong" says="Something was added" why="an epsilon that moves quiet frames"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    return 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-5)


# %% exercise="rms_db" kind="wrong" says="padded" why="centred frames"
def rms_db(y, frame_length, hop_length):
    if len(y) % 100 == 0 and frame_length == 100:
        frames = np.asarray(y, dtype=float).reshape(-1, 100)
    else:
        padded = np.pad(np.asarray(y, dtype=float), frame_length // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, frame_length)[::hop_length]
    return 20 * np.log10(np.maximum(np.sqrt(np.mean(frames**2, axis=1)), 1e-5))


# %% exercise="plot_waveform" kind="right" why="with a line at zero and another label"
def plot_waveform(y, sample_rate, ax):
    ax.axhline(0, color="grey")
    ax.plot(np.arange(len(y)) / sample_rate, y)
    ax.set_xlabel("Time [sec]")
    ax.set_ylabel("Amplitude")
    ax.set_title("My waveform", loc="left")
    return ax


# %% exercise="plot_waveform" kind="right" why="seaborn"
def plot_waveform(y, sample_rate, ax):
    import seaborn as sns

    sns.lineplot(x=time_axis(len(y), sample_rate), y=y, ax=ax, estimator=None, errorbar=None)
    ax.set(xlabel="seconds", ylabel="pressure", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" says="Did you draw on the ax" why="draws on the current axes"
def plot_waveform(y, sample_rate, ax):
    plt.plot(time_axis(len(y), sample_rate), y)
    plt.xlabel("time (s)")
    plt.close("all")
    return ax


# %% exercise="plot_waveform" kind="wrong" says="Every sample" why="every second sample"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate)[::2], y[::2])
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" says="are these seconds" why="over sample numbers"
def plot_waveform(y, sample_rate, ax):
    ax.plot(y)
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" says="the unit" why="no unit"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate), y)
    ax.set(xlabel="time", ylabel="y", title="wave")
    return ax


# %% exercise="plot_emotion_counts" kind="right" why="sideways"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].value_counts().reindex(LABELS[::-1], fill_value=0)
    ax.barh(counts.index, counts.to_numpy())
    ax.set(xlabel="clips", ylabel="emotion", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="right" why="seaborn's countplot"
def plot_emotion_counts(clips, ax):
    import seaborn as sns

    sns.countplot(data=clips, x="emotion", order=LABELS, ax=ax)
    ax.set(title="counts", ylabel="how many")
    return ax


# %% exercise="plot_emotion_counts" kind="right" why="pandas"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].value_counts().reindex(LABELS, fill_value=0)
    counts.plot.bar(ax=ax, xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" says="no bars on the given ax" why="draws on the current axes"
def plot_emotion_counts(clips, ax):
    plt.bar(LABELS, [(clips["emotion"] == label).sum() for label in LABELS])
    plt.close("all")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" says="sorts by size" why="value_counts order"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].value_counts().reindex(LABELS, fill_value=0).sort_values(ascending=False)
    ax.bar(counts.index, counts.to_numpy())
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" says="need a tick" why="absent emotions dropped"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].value_counts().sort_index()
    ax.bar(counts.index, counts.to_numpy())
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="spectrogram_db" kind="right" why="librosa's amplitude_to_db"
def spectrogram_db(y, n_fft, hop_length):
    magnitude = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length))
    if not magnitude.any():
        return np.full(magnitude.shape, -80.0)
    return librosa.amplitude_to_db(magnitude, ref=np.max, top_db=80)


# %% exercise="spectrogram_db" kind="right" why="numpy alone"
def spectrogram_db(y, n_fft, hop_length):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    padded = np.pad(np.asarray(y, dtype=float), n_fft // 2)
    columns = [np.abs(np.fft.rfft(window * padded[i : i + n_fft])) for i in range(0, len(y) + 1, hop_length)]
    magnitude = np.array(columns).T
    top = magnitude.max()
    with np.errstate(divide="ignore", invalid="ignore"):
        db = 20 * np.log10(magnitude / top) if top else np.full(magnitude.shape, -80.0)
    return np.clip(db, -80, 0)


# %% exercise="spectrogram_db" kind="wrong" says="10 log10 of" why="factor 10 on magnitude"
def spectrogram_db(y, n_fft, hop_length):
    magnitude = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length))
    if not magnitude.any():
        return np.full(magnitude.shape, -80.0)
    return np.maximum(10 * np.log10(np.maximum(magnitude / magnitude.max(), 1e-12)), -80)


# %% exercise="spectrogram_db" kind="wrong" says="floor" why="no floor"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length)) ** 2
    return 10 * np.log10(power / power.max() + 1e-30)


# %% exercise="spectrogram_db" kind="wrong" says="Silence came out at 0 dB" why="ref max on silence"
def spectrogram_db(y, n_fft, hop_length):
    return librosa.amplitude_to_db(np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length)), ref=np.max, top_db=80)


# %% exercise="spectrogram_db" kind="wrong" says="frequencies" why="transposed"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length)) ** 2
    return 10 * np.log10(np.maximum(power / max(power.max(), 1e-30), 1e-8)).T
