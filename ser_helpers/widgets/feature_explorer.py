"""The feature explorer: every step from the samples of a clip to its feature vector, drawn with sizes and units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import audio, features
from . import draw
from .panel import Choice, ClipPanel

RATE = audio.SAMPLE_RATE


def feature_explorer(clips: pd.DataFrame | None = None) -> FeatureExplorer:
    """Follow a clip from its samples through frames, spectrum, mel bands and decibels to MFCC and means over time.

    Parameters
    ----------
    clips : DataFrame, optional
        With the columns of `corpus.lesson_clips`, which is taken if not given.

    Returns
    -------
    FeatureExplorer
        Shows as the last expression of a cell.

    Raises
    ------
    CourseError
        When there are no clips.

    Notes
    -----
    The steps are those of `features`, with window, hop, mel bands and coefficients free. Filters that catch no frequency
    are counted and told.

    Lesson 03. To think about: which numbers depend on the length of the clip, and at which step does that end?
    What do you gain and what do you lose with a window of 8 ms?

    Examples
    --------
    >>> feature_explorer()
    From samples to features: run this cell to use it.
    """
    return FeatureExplorer(clips)


class FeatureExplorer(ClipPanel):
    """See `feature_explorer`."""

    title = "From samples to features"
    room = 630
    frame = (
        ClipPanel.picker + '<div class="ser-row">{window}{hop}{mels}{coefficients}'
        '<div class="ser-fill"><p data-part="heading"></p><audio controls aria-label="The clip"></audio></div></div>'
        '<p class="ser-lines-3" data-part="status" role="status"></p><div data-part="picture"></div><div data-part="sizes"></div>'
    )

    def __init__(self, clips: pd.DataFrame | None = None):
        def samples(counts):
            return {n: f"{n:,} ({1000 * n / RATE:g} ms)" for n in counts}

        super().__init__(
            clips,
            window=Choice("Window, samples", samples((64, 128, 256, 512, 1024, 2048, 4096)), features.N_FFT),
            hop=Choice("Hop, samples", samples((64, 128, 256, 512, 1024, 2048, 4096)), features.HOP),
            mels=Choice("Mel bands", {n: str(n) for n in (4, 8, 16, 40, 64, 128, 256)}, features.N_MELS),
            coefficients=Choice("MFCC", {n: str(n) for n in (1, 2, 4, 13, 20, 40, 80)}, features.N_MFCC),
        )

    def update(self, name: str) -> tuple[dict[str, str], np.ndarray | None]:
        moved = name in self.moves
        note = self.choose(name) if moved else ""
        y = self.read(self.clip["path"])
        steps = Steps(y, *(self.values[key] for key in ("window", "hop", "mels", "coefficients")))
        return {
            "heading": f"{self.heading()} · {self.clip['emotion']}",
            "status": note + steps.remark(),
            "picture": steps.picture(),
            "sizes": steps.table(),
        }, (y if moved or name == "ready" else None)


class Steps:
    """What comes out of each step for one clip: arrays, a picture, a table of sizes, and what to know of them."""

    def __init__(self, y: np.ndarray, window: int, hop: int, n_mels: int, n_mfcc: int):
        self.y, self.window, self.hop, self.asked = y, window, hop, n_mfcc
        self.filters = features.mel_filters(n_fft=window, n_mels=n_mels)
        self.power = features.power_spectrum(y, window, hop)  # (frames, frequencies)
        self.mel = self.filters @ self.power.T
        self.db = features.log_mel(self.mel)
        self.mfcc = features.mfcc(self.db, min(n_mfcc, n_mels))
        self.best = int(self.power.sum(axis=1).argmax())

    def remark(self) -> str:
        """What these settings do, and what goes wrong with them."""
        n_mels, n_frames = self.db.shape
        empty = int((self.filters.max(axis=1) == 0).sum())
        step = RATE / self.window
        text = f"{n_frames:,} frames, {1000 * self.hop / RATE:g} ms apart; frequencies {step:.3g} Hz apart. "
        if self.hop > self.window:
            text += f"The hop is longer than the window: {100 - 100 * self.window / self.hop:.0f} % of the samples are in no frame. "
        if empty:
            text += f"<b>{empty} of {n_mels} filters are empty</b>: narrower than {step:.3g} Hz, they catch no frequency and stay "
            text += "at the lowest level. A longer window or fewer bands help. "
        if self.asked > n_mels:
            text += f"{n_mels} bands give {n_mels} coefficients at most. "
        if not self.y.any():
            text += "All samples are zero: every level is −100 dB."
        return text.strip()

    def table(self) -> str:
        """Sizes and units, a row per step."""
        n_mels, n_frames = self.db.shape
        n_mfcc, n_hz = len(self.mfcc), self.power.shape[1]
        rows = [
            ("1 samples", f"{len(self.y):,}", f"full scale = 1, {RATE:,} a second"),
            ("2 frames", f"{n_frames:,} × {self.window:,}", "full scale = 1, faded by a Hann window"),
            ("3 power spectrum", f"{n_frames:,} × {n_hz:,}", "power per frequency, 0 to 8,000 Hz"),
            ("4 mel bands", f"{n_mels} × {n_frames:,}", "power, weighted by triangles"),
            ("5 decibels", f"{n_mels} × {n_frames:,}", "dB re 1.0, down to 80 dB below the loudest"),
            ("6 MFCC, a DCT along the bands", f"{n_mfcc} × {n_frames:,}", "no unit"),
            ("7 means over time", f"{n_mfcc} + {n_mels} = {n_mfcc + n_mels}", "the same size for every clip"),
        ]
        return draw.table("What comes out of each step", ["step", "size", "unit"], rows, "ser-sizes")

    def picture(self) -> str:
        """Eight panels in two rows; steps 2 to 4 show the loudest frame."""
        seconds, n_mels, best = len(self.y) / RATE, len(self.db), self.best
        middle, half = best * self.hop / RATE, self.window / 2 / RATE
        padded = np.pad(self.y, self.window // 2)[best * self.hop :][: self.window]
        places = [(54, 206), (318, 146), (522, 146), (726, 146)]  # left edge and width, the same in both rows
        upper, lower = (
            [draw.Area(left, top, width, 72, (0, 1), (0, 1)) for left, width in places] for top in (20, 148)
        )
        (one, two, three, four), (five, six, seven, eight) = upper, lower
        one.x, one.y = (0, seconds), (-1, 1)
        five.x = six.x = (0, seconds)
        left, right = one.at(np.clip([middle - half, middle + half], 0, seconds), 0)[0]
        peak, mel, mean = float(np.abs(padded).max()) or 1, self.mel[:, best], self.mel.mean(axis=1)
        top = float(self.power[best].max()) or 1
        two.x, two.y = (0, 1000 * self.window / RATE), (-peak, peak)
        three.x, three.y = (0, 8), (0, top)
        four.x, four.y = (0, n_mels), (0, float(mel.max()) or 1)
        five.y, six.y = (0, n_mels), (0, len(self.mfcc))
        means = self.mfcc.mean(axis=1)
        swing = float(np.abs(self.mfcc[1:] if len(self.mfcc) > 1 else self.mfcc).max()) or 1
        seven.x, seven.y = (0, len(means)), (min(0, means.min()), max(0, means.max()) or 1)
        eight.x, eight.y = (0, n_mels), (0, float(mean.max()) or 1)
        floor = max(self.db.max() - features.TOP_DB, -100)
        window = peak * np.hanning(60)
        return draw.picture(
            250,
            self.sentence(),
            f'<rect class="ser-shade" x="{left:.1f}" y="{one.top}" width="{max(right - left, 2):.1f}" height="{one.height}"/>',
            one.wave(self.y, seconds),
            one.frame(f"1 · {len(self.y):,} samples", "time in s; the loudest frame is marked", "", yticks=(-1, 0, 1)),
            two.wave(padded, two.x[1]),
            two.line(np.linspace(0, two.x[1], 60), window, "ser-line-test"),
            two.frame(f"2 · a frame of {self.window:,}", "ms, with its window", "", yticks=(0,)),
            three.line(np.linspace(0, 8, self.power.shape[1]), self.power[best]),
            three.frame(f"3 · {self.power.shape[1]:,} powers", "kHz", "power", xticks=range(0, 9, 2), yticks=()),
            four.bars(mel),
            four.frame(f"4 · {n_mels} mel bands", "band", "power", yticks=()),
            five.image(self.db, floor, floor + features.TOP_DB),
            five.frame("5 · decibels, all frames", "time in s", "band"),
            six.image(self.mfcc, -swing, swing),
            six.frame(f"6 · {len(self.mfcc)} MFCC, all frames", "time in s", "coefficient"),
            seven.bars(means),
            seven.frame(f"7 · means: {len(means)} MFCC ...", "coefficient", ""),
            eight.bars(mean),
            eight.frame(f"... and {n_mels} mel bands", "band", "power", yticks=()),
            width=880,
        )

    def sentence(self) -> str:
        """What the picture shows, in words."""
        shape = f"{len(self.y):,} samples become {self.power.shape[0]:,} frames of {self.window:,} samples"
        text = f"{shape}, {self.power.shape[1]:,} powers, {len(self.db)} mel bands, and {len(self.mfcc)} MFCC"
        if not self.y.any():
            return f"{text}; all samples are zero."
        hz = self.power[self.best].argmax() * RATE / self.window
        return f"{text}; the loudest frame is at {self.best * self.hop / RATE:.2f} s, its strongest frequency {hz:,.0f} Hz."
