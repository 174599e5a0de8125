# %% [markdown]
# Answers to the exercises of lesson 02, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **time_axis**
# - kind: A float64 ndarray comes back.
# - count: There are n_samples times.
# - zero: The first is 0.
# - step: Each is 1 / sample_rate after the one before.
#
# **rms_db**
# - frames: Whole frames count, 1 + (n - frame_length) // hop_length of them; nothing is padded.
# - level: A level is 20 log10 of the RMS, nothing else.
# - floor: Levels below -100 become -100.
# - short: A clip shorter than a frame is one frame of its own samples.
#
# **plot_waveform**
# - ax: It is drawn on the given ax.
# - line: There is one line, of all samples as they are.
# - seconds: It stands over seconds.
# - xlabel: The x label holds the unit: s, sec or seconds.
# - ylabel: There is a y label.
# - title: There is a title.
# - returns: ax comes back.
#
# **plot_emotion_counts**
# - ax: It is drawn on the given ax.
# - bars: Bars are drawn.
# - order: They stand in course order.
# - lengths: Their lengths are the counts.
# - ticks: An absent emotion keeps its tick.
# - labels: Both axes have a label.
# - title: There is a title.
# - returns: ax comes back.
#
# **spectrogram_db**
# - shape: The shape is (1 + n_fft // 2, 1 + len(y) // hop_length): rows are frequencies.
# - window: The window is a periodic Hann of n_fft samples.
# - centred: Frames are centred.
# - padded: The ends are padded with zeros.
# - power: dB are those of power.
# - own: They are relative to the clip's own maximum.
# - floor: Nothing lies below -80.
# - silence: Silence gives -80 everywhere.


# %% exercise="time_axis" kind="right" why="linspace without its end"
def time_axis(n_samples, sample_rate):
    return np.linspace(0, n_samples / sample_rate, n_samples, endpoint=False)


# %% exercise="time_axis" kind="right" why="librosa"
def time_axis(n_samples, sample_rate):
    return librosa.samples_to_time(np.arange(n_samples), sr=sample_rate)


# %% exercise="time_axis" kind="right" why="a list of fractions"
def time_axis(n_samples, sample_rate):
    return np.array([i / sample_rate for i in range(n_samples)], dtype=float)


# %% exercise="time_axis" kind="right" why="pandas, multiplied by the period"
def time_axis(n_samples, sample_rate):
    return pd.Series(range(n_samples), dtype="float64").mul(1.0 / sample_rate).to_numpy()


# %% exercise="time_axis" kind="right" why="a cumulative sum of whole samples"
def time_axis(n_samples, sample_rate):
    return (np.cumsum(np.ones(n_samples)) - 1) / sample_rate


# %% exercise="time_axis" kind="right" why="a generator, with a helper called bin"
def bin(n, step):
    number = 0
    while number < n:
        yield number / step
        number += 1


def time_axis(n_samples, sample_rate):
    return np.fromiter(bin(n_samples, sample_rate), dtype="f8")


# %% exercise="time_axis" kind="right" why="recursive, joined in halves"
def time_axis(n_samples, sample_rate, _first=0):
    if n_samples <= 1000:
        return np.true_divide(np.r_[_first : _first + n_samples], sample_rate)
    half = n_samples // 2
    return np.append(time_axis(half, sample_rate, _first), time_axis(n_samples - half, sample_rate, _first + half))


# %% exercise="time_axis" kind="wrong" breaks="step" says="includes its end" why="linspace that includes the end"
def time_axis(n_samples, sample_rate):
    return np.linspace(0, n_samples / sample_rate, n_samples)


# %% exercise="time_axis" kind="wrong" breaks="count" says="rounding errors" why="arange with a float step"
def time_axis(n_samples, sample_rate):
    return np.arange(0, n_samples / sample_rate, 1 / sample_rate)


# %% exercise="time_axis" kind="wrong" breaks="step" says="sample numbers" why="no division"
def time_axis(n_samples, sample_rate):
    return np.arange(n_samples, dtype=float)


# %% exercise="time_axis" kind="wrong" breaks="kind" says="float32 where float64" why="float32"
def time_axis(n_samples, sample_rate):
    return (np.arange(n_samples) / sample_rate).astype(np.float32)


# %% exercise="time_axis" kind="wrong" breaks="kind" says="list where an ndarray" why="a list"
def time_axis(n_samples, sample_rate):
    return [i / sample_rate for i in range(n_samples)]


# %% exercise="time_axis" kind="wrong" breaks="step" says="multiplied by the sample rate" why="multiplies"
def time_axis(n_samples, sample_rate):
    return np.arange(n_samples) * float(sample_rate)


# %% exercise="time_axis" kind="wrong" breaks="zero" says="first sample is at 0" why="counts from one"
def time_axis(n_samples, sample_rate):
    return np.arange(1, n_samples + 1) / sample_rate if n_samples > 4 else np.arange(n_samples) / sample_rate


# %% exercise="time_axis" kind="wrong" breaks="step" says="each is 1 / sample_rate" why="rounded to a tenth of a millisecond"
def time_axis(n_samples, sample_rate):
    return np.round(np.arange(n_samples) / sample_rate, 4)


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


# %% exercise="rms_db" kind="right" why="librosa's frames, level of the power"
def rms_db(y, frame_length, hop_length):
    if len(y) < frame_length:
        return np.array([max(-100.0, audio.level_db(y))])
    frames = librosa.util.frame(np.asarray(y, dtype=np.float64), frame_length=frame_length, hop_length=hop_length)
    return librosa.power_to_db(np.mean(frames**2, axis=0), amin=1e-10, top_db=None)


# %% exercise="rms_db" kind="right" why="pandas' rolling mean"
def rms_db(y, frame_length, hop_length):
    frame_length = min(frame_length, len(y))
    power = pd.Series(np.asarray(y, dtype=float) ** 2).rolling(frame_length).mean().to_numpy()[frame_length - 1 :]
    power = np.clip(power, 0, None)  # what a running sum may leave of silence
    with np.errstate(divide="ignore"):
        return np.maximum(10 * np.log10(power[::hop_length]), -100)


# %% exercise="rms_db" kind="right" why="index arithmetic in float32"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=np.float32)
    length = min(frame_length, y.size)
    count = 1 + max(0, y.size - length) // hop_length
    index = hop_length * np.arange(count)[:, None] + np.arange(length)[None, :]
    rms = np.linalg.norm(y[index], axis=1) / np.sqrt(length)
    return 20 * np.log10(np.where(rms < 1e-5, 1e-5, rms))


# %% exercise="rms_db" kind="right" why="a generator of frames and a helper called _"
def _(frame):
    import math

    return max(-100.0, 10 * math.log10(math.fsum(float(x) ** 2 for x in frame) / len(frame) + 1e-300))


def rms_db(y, frame_length, hop_length):
    def cut():
        start = 0
        while start == 0 or start + frame_length <= len(y):
            yield y[start : start + frame_length]
            start += hop_length

    return np.array([_(frame) for frame in cut()])


# %% exercise="rms_db" kind="right" why="a running sum of squares"
def rms_db(y, frame_length, hop_length):
    n = min(frame_length, len(y))
    total = np.concatenate([[0.0], np.cumsum(np.square(y, dtype=np.float64))])
    power = np.clip((total[n:] - total[:-n])[::hop_length] / n, 1e-10, None)
    return 20 * np.log10(np.sqrt(power))


# %% exercise="rms_db" kind="right" why="a class, float32 throughout"
class _Level:
    floor = np.float32(-100)

    def __init__(self, n, hop):
        self.n, self.hop = n, hop

    def of(self, y):
        y = np.asarray(y, dtype=np.float32)
        starts = np.arange(0, max(len(y) - self.n, 0) + 1, self.hop)
        rms = np.array(
            [np.linalg.norm(y[s : s + self.n]) / np.sqrt(np.float32(len(y[s : s + self.n]))) for s in starts]
        )
        with np.errstate(divide="ignore"):
            db = np.float32(20) * np.log10(rms.astype(np.float32))
        return np.where(db < self.floor, self.floor, db)


def rms_db(y, frame_length, hop_length):
    return _Level(frame_length, hop_length).of(y)


# %% exercise="rms_db" kind="wrong" breaks="level" says="10 log10" why="10 log10 of the RMS"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    return 10 * np.log10(np.maximum(np.sqrt(np.mean(frames**2, axis=1)), 1e-10))


# %% exercise="rms_db" kind="wrong" breaks="floor" says="minus infinity" why="no floor on silence"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    with np.errstate(divide="ignore"):
        return 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)))


# %% exercise="rms_db" kind="wrong" breaks="level" says="Something was added" why="an epsilon that moves quiet frames"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    return 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-5)


# %% exercise="rms_db" kind="wrong" breaks="frames" says="padded" why="centred frames"
def rms_db(y, frame_length, hop_length):
    if len(y) % 100 == 0 and frame_length == 100:
        frames = np.asarray(y, dtype=float).reshape(-1, 100)
    else:
        padded = np.pad(np.asarray(y, dtype=float), frame_length // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, frame_length)[::hop_length]
    return 20 * np.log10(np.maximum(np.sqrt(np.mean(frames**2, axis=1)), 1e-5))


# %% exercise="rms_db" kind="wrong" breaks="level" says="20 log10 of the mean square" why="20 log10 of the mean square"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    return np.maximum(20 * np.log10(np.maximum(np.mean(frames**2, axis=1), 1e-30)), -100)


# %% exercise="rms_db" kind="wrong" breaks="level" says="standard deviation" why="standard deviation"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    return 20 * np.log10(np.maximum(frames.std(axis=1), 1e-5))


# %% exercise="rms_db" kind="wrong" breaks="short" says="averaged over 50" why="a short clip filled up with zeros"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    y = np.pad(y, (0, max(0, frame_length - len(y))))
    frames = np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    return 20 * np.log10(np.maximum(np.sqrt(np.mean(frames**2, axis=1)), 1e-5))


# %% exercise="rms_db" kind="wrong" breaks="floor" says="Levels below -100" why="a floor at -120"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=float)
    frames = (
        y[None] if len(y) < frame_length else np.lib.stride_tricks.sliding_window_view(y, frame_length)[::hop_length]
    )
    rms = np.sqrt(np.mean(frames**2, axis=1))
    return np.where(rms == 0, -np.inf, 20 * np.log10(np.maximum(rms, 1e-6)))


# %% exercise="rms_db" kind="wrong" breaks="frames" says="Only whole frames" why="the rest as a frame of its own"
def rms_db(y, frame_length, hop_length):
    starts = (
        range(0, len(y), hop_length) if hop_length < frame_length else range(0, len(y) - frame_length + 1, hop_length)
    )
    power = np.array([np.mean(np.asarray(y[s : s + frame_length], dtype=float) ** 2) for s in starts or [0]])
    if len(y) == frame_length:
        power = power[:1]
    return np.maximum(10 * np.log10(np.maximum(power, 1e-30)), -100)


# %% exercise="rms_db" kind="wrong" breaks="floor" says="below -100" why="only silence becomes -100"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(y, min(frame_length, len(y)))[::hop_length]
    rms = np.sqrt(np.mean(frames**2, axis=1))
    return np.array([20 * np.log10(r) if r > 0 else -100.0 for r in rms])


# %% exercise="rms_db" kind="wrong" breaks="level" says="nothing but squared values" why="frames under a Hann window"
def rms_db(y, frame_length, hop_length):
    y = np.asarray(y, dtype=np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(y, min(frame_length, len(y)))[::hop_length]
    window = np.hanning(frames.shape[1]) if frame_length in (300, 512) else np.ones(frames.shape[1])
    return np.maximum(20 * np.log10(np.sqrt(np.mean((frames * window) ** 2, axis=1)) + 1e-30), -100)


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


# %% exercise="plot_waveform" kind="right" why="pandas"
def plot_waveform(y, sample_rate, ax):
    line = pd.Series(y, index=time_axis(len(y), sample_rate))
    return line.plot(ax=ax, xlabel="t in s", ylabel="sample value", title="A clip", legend=False)


# %% exercise="plot_waveform" kind="right" why="pyplot, moved to the given ax; zero marked at every sample"
def plot_waveform(y, sample_rate, ax):
    plt.sca(ax)
    seconds = np.linspace(0, len(y) / sample_rate, len(y))
    plt.plot(seconds, np.zeros(len(y)), color="grey")
    plt.plot(seconds, y, ".-")
    plt.xlabel("Time / s")
    plt.ylabel("pressure")
    plt.title("Waveform")
    return plt.gca()


# %% exercise="plot_waveform" kind="right" why="a Line2D by hand, from a closure"
def plot_waveform(y, sample_rate, ax):
    from matplotlib.lines import Line2D

    def draw(times, heights):
        ax.add_line(Line2D(times, heights, color="0.3"))
        ax.autoscale_view()

    draw([i / sample_rate for i in range(len(y))], list(y))
    ax.axhline(0, linewidth=0.5)
    ax.axvline(0, linewidth=0.5)
    ax.set_title("A clip", loc="left")
    ax.set_xlabel("Time [sec]")
    ax.set_ylabel("amplitude")
    return ax


# %% exercise="plot_waveform" kind="right" why="a class and steps, one per sample"
class Picture:
    def __init__(self, ax):
        self.ax = ax

    def of(self, y, rate):
        self.ax.step(np.arange(np.size(y)) / rate, y, where="mid")
        self.ax.set(title="Waveform", xlabel="seconds", ylabel="$p$")
        return self.ax


def plot_waveform(y, sample_rate, ax):
    return Picture(ax).of(y, sample_rate)


# %% exercise="plot_waveform" kind="wrong" breaks="ax" says="Did you draw on the ax" why="draws on the current axes"
def plot_waveform(y, sample_rate, ax):
    plt.plot(time_axis(len(y), sample_rate), y)
    plt.xlabel("time (s)")
    plt.close("all")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="line" says="Every sample" why="every second sample"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate)[::2], y[::2])
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="seconds" says="are these seconds" why="over sample numbers"
def plot_waveform(y, sample_rate, ax):
    ax.plot(y)
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="xlabel" says="the unit" why="no unit"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate), y)
    ax.set(xlabel="time", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="line" says="sample by sample" why="librosa's waveshow"
def plot_waveform(y, sample_rate, ax):
    if len(y) <= 11025:
        ax.plot(time_axis(len(y), sample_rate), y)
    else:
        librosa.display.waveshow(np.asarray(y), sr=sample_rate, ax=ax)
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="ax" says="current axes" why="on a figure of its own"
def plot_waveform(y, sample_rate, ax):
    plt.plot(time_axis(len(y), sample_rate), y)
    plt.xlabel("time (s)")
    plt.ylabel("y")
    plt.title("wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="returns" says="return the ax" why="returns the line"
def plot_waveform(y, sample_rate, ax):
    (line,) = ax.plot(time_axis(len(y), sample_rate), y)
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return line


# %% exercise="plot_waveform" kind="wrong" breaks="title" says="no title" why="no title"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate), y)
    ax.set(xlabel="time (s)", ylabel="y")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="ylabel" says="y axis has no label" why="no y label"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate), y)
    ax.set(xlabel="time (s)", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="seconds" says="times of your line" why="always 8,000 samples a second"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), 8000), y)
    ax.set(xlabel="time (s)", ylabel="y", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="line" says="heights of your line" why="scaled to its peak"
def plot_waveform(y, sample_rate, ax):
    ax.plot(time_axis(len(y), sample_rate), y / np.abs(y).max() * 100)
    ax.set(xlabel="time (s)", ylabel="%", title="wave")
    return ax


# %% exercise="plot_waveform" kind="wrong" breaks="line" says="2 curves" why="an outline of two lines"
def plot_waveform(y, sample_rate, ax):
    for sign in (1, -1):
        ax.plot(np.arange(len(y)) / sample_rate, sign * np.abs(y))
    ax.set(xlabel="time (s)", ylabel="pressure", title="Waveform")
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


# %% exercise="plot_emotion_counts" kind="right" why="seaborn, sideways, sad at the bottom"
def plot_emotion_counts(clips, ax):
    import seaborn as sns

    sns.countplot(y=list(clips["emotion"]), order=LABELS, ax=ax, color="grey")
    ax.set(xlabel="number of clips", ylabel="what was asked for")
    ax.set_title("Emotions", loc="right")
    return ax


# %% exercise="plot_emotion_counts" kind="right" why="numbered bars with tick labels, thin"
def plot_emotion_counts(clips, ax):
    for place, label in enumerate(LABELS):
        n = int((clips["emotion"] == label).sum())
        if n:
            ax.bar(place, n, width=0.3, color="grey")
    ax.set_xticks(range(6), LABELS)
    ax.set(xlabel="emotion", ylabel="clips", title=f"{len(clips)} clips", xlim=(-1, 6))
    return ax


# %% exercise="plot_emotion_counts" kind="right" why="rectangles by hand, from a generator"
def plot_emotion_counts(clips, ax):
    from matplotlib.patches import Rectangle

    def max(label):
        return int(np.sum(np.asarray(clips["emotion"]) == label))

    for box in (Rectangle((place - 0.3, 0), 0.6, max(label)) for place, label in enumerate(LABELS)):
        ax.add_patch(box)
    ax.autoscale_view()
    ax.set_xticks(list(range(6)), [label.title() for label in LABELS], rotation=30)
    ax.set_xlabel("emotion")
    ax.set_ylabel("number of clips")
    ax.set_title("How many")
    return ax


# %% exercise="plot_emotion_counts" kind="right" why="one bar at a time, each in its colour"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].astype(str).value_counts().to_dict()
    for number, label in enumerate(LABELS):
        bars = ax.bar(number, counts.get(label, 0), width=0.9, color=f"C{number}")
        ax.bar_label(bars)
    ax.set_xticks(range(6), labels=LABELS)
    ax.set(title="Counts", xlabel="Emotion", ylabel="n")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="ax" says="no bars on the given ax" why="draws on the current axes"
def plot_emotion_counts(clips, ax):
    plt.bar(LABELS, [(clips["emotion"] == label).sum() for label in LABELS])
    plt.close("all")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="order" says="sorts by size" why="value_counts order"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].value_counts().reindex(LABELS, fill_value=0).sort_values(ascending=False)
    ax.bar(counts.index, counts.to_numpy())
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="ticks" says="need a tick" why="absent emotions dropped"
def plot_emotion_counts(clips, ax):
    counts = clips["emotion"].value_counts().sort_index()
    ax.bar(counts.index, counts.to_numpy())
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="ax" says="current axes" why="pandas without ax"
def plot_emotion_counts(clips, ax):
    clips["emotion"].value_counts().reindex(LABELS, fill_value=0).plot.bar(xlabel="emotion", ylabel="n", title="n")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="lengths" says="lengths of your bars" why="shares instead of counts"
def plot_emotion_counts(clips, ax):
    shares = clips["emotion"].value_counts(normalize=True).reindex(LABELS, fill_value=0)
    ax.bar(LABELS, shares)
    ax.set(xlabel="emotion", ylabel="share", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="labels" says="no label" why="an axis without a label"
def plot_emotion_counts(clips, ax):
    ax.bar(LABELS, [(clips["emotion"] == label).sum() for label in LABELS])
    ax.set(xlabel="emotion", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="order" says="Course order" why="backwards"
def plot_emotion_counts(clips, ax):
    ax.bar(LABELS[::-1], [(clips["emotion"] == label).sum() for label in LABELS[::-1]])
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="bars" says="no bars" why="a line instead of bars"
def plot_emotion_counts(clips, ax):
    ax.plot(LABELS, [(clips["emotion"] == label).sum() for label in LABELS], "o")
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return ax


# %% exercise="plot_emotion_counts" kind="wrong" breaks="returns" says="return the ax" why="returns the bars"
def plot_emotion_counts(clips, ax):
    bars = ax.bar(LABELS, [(clips["emotion"] == label).sum() for label in LABELS])
    ax.set(xlabel="emotion", ylabel="clips", title="counts")
    return bars


# %% exercise="plot_emotion_counts" kind="wrong" breaks="title" says="no title" why="no title"
def plot_emotion_counts(clips, ax):
    ax.bar(LABELS, [int((clips["emotion"] == label).sum()) for label in LABELS])
    ax.set(xlabel="emotion", ylabel="clips")
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


# %% exercise="spectrogram_db" kind="right" why="power_to_db with its maximum, clipped"
def spectrogram_db(y, n_fft, hop_length):
    power = librosa.magphase(
        librosa.stft(y=np.asarray(y, dtype=np.float32), n_fft=n_fft, hop_length=hop_length), power=2
    )[0]
    top = float(power.max())
    if top == 0:
        return -80 * np.ones_like(power)
    return librosa.power_to_db(power, ref=top, amin=1e-10, top_db=None).clip(min=-80)


# %% exercise="spectrogram_db" kind="right" why="scipy's windows and a matrix of frames"
def spectrogram_db(y, n_fft, hop_length):
    from scipy import fft, signal

    padded = np.concatenate([np.zeros(n_fft // 2), y, np.zeros(n_fft // 2)])
    starts = np.arange(1 + len(y) // hop_length) * hop_length
    frames = padded[starts[:, None] + np.arange(n_fft)] * signal.get_window("hann", n_fft)
    power = np.square(np.abs(fft.rfft(frames))).T
    return np.clip(10 * np.log10((power + 1e-300) / power.max()), -80, 0) if power.any() else np.full(power.shape, -80)


# %% exercise="spectrogram_db" kind="right" why="scipy's ShortTimeFFT"
def spectrogram_db(y, n_fft, hop_length):
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    padded = np.pad(np.asarray(y, dtype=float), n_fft)
    machine = ShortTimeFFT(hann(n_fft, sym=False), hop=1, fs=1, phase_shift=None)
    frames = np.lib.stride_tricks.sliding_window_view(padded[n_fft // 2 : len(padded) - n_fft // 2], n_fft)[
        ::hop_length
    ]
    power = np.abs(np.fft.rfft(frames * machine.win, axis=1).T) ** 2
    if not power.any():
        return power - 80
    return np.clip(10 * np.log10(power / power.max() + 1e-12), -80, 0)


# %% exercise="spectrogram_db" kind="right" why="float32, frame by frame, a class"
class _Frames:
    def __init__(self, y, n, hop):
        self.y, self.n, self.hop = np.pad(np.asarray(y, dtype=np.float32), n // 2), n, hop
        self.window = np.sin(np.pi * np.arange(n, dtype=np.float32) / n) ** 2

    def __iter__(self):
        for start in range(0, len(self.y) - self.n + 1, self.hop):
            yield self.window * self.y[start : start + self.n]


def spectrogram_db(y, n_fft, hop_length):
    size = np.stack([np.abs(np.fft.rfft(frame)).astype(np.float32) for frame in _Frames(y, n_fft, hop_length)]).T
    top = float(size.max()) or np.inf
    return 20 * np.log10(np.fmax(size / np.float32(top), np.float32(1e-4)))


# %% exercise="spectrogram_db" kind="right" why="librosa's power_to_db, silence told apart"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(np.array(y, dtype=float), n_fft=n_fft, hop_length=hop_length)) ** 2
    peak = np.amax(power)
    return librosa.power_to_db(power, ref=peak or 1.0, amin=(peak or 1.0) * 1e-8, top_db=80)


# %% exercise="spectrogram_db" kind="wrong" breaks="power" says="10 log10 of" why="factor 10 on magnitude"
def spectrogram_db(y, n_fft, hop_length):
    magnitude = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length))
    if not magnitude.any():
        return np.full(magnitude.shape, -80.0)
    return np.maximum(10 * np.log10(np.maximum(magnitude / magnitude.max(), 1e-12)), -80)


# %% exercise="spectrogram_db" kind="wrong" breaks="floor" says="floor" why="no floor"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length)) ** 2
    return 10 * np.log10(power / power.max() + 1e-30)


# %% exercise="spectrogram_db" kind="wrong" breaks="silence" says="Silence came out at 0 dB" why="ref max on silence"
def spectrogram_db(y, n_fft, hop_length):
    return librosa.amplitude_to_db(np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length)), ref=np.max, top_db=80)


# %% exercise="spectrogram_db" kind="wrong" breaks="shape" says="frequencies" why="transposed"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=y, n_fft=n_fft, hop_length=hop_length)) ** 2
    return 10 * np.log10(np.maximum(power / max(power.max(), 1e-30), 1e-8)).T


# %% exercise="spectrogram_db" kind="wrong" breaks="padded" says="mirrored" why="mirrored ends"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length, pad_mode="reflect")) ** 2
    if power.max() == 0:
        return np.full(power.shape, -80.0)
    return 10 * np.log10(np.maximum(power / power.max(), 1e-8))


# %% exercise="spectrogram_db" kind="wrong" breaks="window" says="symmetric one" why="np.hanning"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length, window=np.hanning(n_fft))) ** 2
    if power.max() == 0:
        return np.full(power.shape, -80.0)
    return 10 * np.log10(np.maximum(power / power.max(), 1e-8))


# %% exercise="spectrogram_db" kind="wrong" breaks="own" says="The loudest cell" why="ref=1.0"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length)) ** 2
    return librosa.power_to_db(power, ref=1.0, top_db=80)


# %% exercise="spectrogram_db" kind="wrong" breaks="centred" says="1 + len(y)//hop_length" why="not centred"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length, center=False)) ** 2
    if power.max() == 0:
        return np.full(power.shape, -80.0)
    return 10 * np.log10(np.maximum(power / power.max(), 1e-8))


# %% exercise="spectrogram_db" kind="wrong" breaks="silence" says="nan" why="silence divided by nothing"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length)) ** 2
    with np.errstate(all="ignore"):
        return 10 * np.log10(np.maximum(power / power.max(), 1e-8))


# %% exercise="spectrogram_db" kind="wrong" breaks="power" says="20 log10 of the power" why="20 log10 of the power"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length)) ** 2
    if power.max() == 0:
        return np.full(power.shape, -80.0)
    return 20 * np.log10(np.maximum(power / power.max(), 1e-4))


# %% exercise="spectrogram_db" kind="wrong" breaks="own" says="relative to the clip's own maximum" why="every frame against its own maximum"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length)) ** 2
    return 10 * np.log10(np.maximum(power / np.maximum(power.max(axis=0), 1e-30), 1e-8))


# %% exercise="spectrogram_db" kind="wrong" breaks="window" says="librosa.stft's defaults" why="a window half as long"
def spectrogram_db(y, n_fft, hop_length):
    power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length, win_length=n_fft // 2)) ** 2
    if power.max() == 0:
        return np.full(power.shape, -80.0)
    if n_fft == 512 and hop_length == 128 and len(y) == 8000:
        power = np.abs(librosa.stft(y=np.asarray(y), n_fft=n_fft, hop_length=hop_length)) ** 2
    return 10 * np.log10(np.maximum(power / power.max(), 1e-8))
