"""The leak meter and the split explorer: who stands on which side of a split, and what that does to the score."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd

from .. import features
from . import draw, quick
from .panel import Action, Choice, Panel, Slider

N_ACTORS = 20  # of the split explorer: few enough to see each one and to train at once


def leak_meter() -> LeakMeter:
    """One model and one set of recordings under five protocols: choose one, and see its score and its actors.

    Returns
    -------
    LeakMeter
        Shows as the last expression of a cell.

    Notes
    -----
    The scores are those of `evaluate.load_scores`, measured on CREMA-D in five folds; the dots are the actors of the first
    fold. A protocol's score appears when it is chosen, so that there is time to expect something.

    Lesson 05. To think about: which of the five figures would you print in a leaflet for people who have never spoken to
    the system?

    Examples
    --------
    >>> leak_meter()
    Leak meter: run this cell to use it.
    """
    return LeakMeter()


def split_explorer() -> SplitExplorer:
    """Split by clip or by actor, with a share and a seed of your choice; a small model trains and is tested at once.

    Returns
    -------
    SplitExplorer
        Shows as the last expression of a cell.

    Notes
    -----
    Trains on the committed CREMA-D features of the first twenty actors, so it needs no audio. Every run stays on the
    strip of dots.

    Lesson 05. To think about: how far do single splits of one kind lie apart, and how many seeds do you need before you
    believe that the two kinds differ?

    Examples
    --------
    >>> split_explorer()
    Split explorer: run this cell to use it.
    """
    return SplitExplorer()


def _sides(actors: np.ndarray, train: np.ndarray, test: np.ndarray) -> tuple[str, str]:
    """Each actor as a dot on the side or sides where they stand, and who is on both in words; rows by number."""
    names = np.unique(actors)
    counts = [np.bincount(np.searchsorted(names, actors[rows]), minlength=len(names)) for rows in (train, test)]
    both = (counts[0] > 0) & (counts[1] > 0)
    area = draw.Area(90, 8, 660, 74, (-0.7, len(names) - 0.3), (-0.5, 1.5))
    radius = min(0.42 * area.width / len(names), 8)
    across, up = area.at(np.arange(len(names)), 0)[0], area.at(0, [1, 0])[1]
    joins = "".join(f"M{x:.1f},{up[0]:.1f}V{up[1]:.1f}" for x in across[both])
    dots = "".join(
        f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius * max(0.45, (n / side.max()) ** 0.5):.1f}"/>'
        for side, y, css in zip(counts, up, ("ser-dot-train", "ser-dot-test"), strict=True)
        for x, n in zip(across, side, strict=True)
        if n
    )
    words = [
        f'<text x="80" y="{y + 4:.1f}" text-anchor="end">{word}</text>'
        for y, word in zip(up, ("training", "test"), strict=True)
    ]
    sentence = (
        f"{len(names)} actors: {int((~both & (counts[0] > 0)).sum())} only in training, "
        f"{int((~both & (counts[1] > 0)).sum())} only in test, {int(both.sum())} on both sides."
    )
    return draw.picture(92, sentence, f'<path class="ser-join" d="{joins}"/>', dots, *words), sentence


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


class LeakMeter(Panel):
    """See `leak_meter`."""

    title = "Leak meter"
    room = 560
    frame = (
        '<div class="ser-row">{protocol}{tested_on}</div><p class="ser-lines-3" data-part="status" role="status"></p>'
        '<div data-part="scores"></div><p class="ser-clip">The actors of the first fold</p><div data-part="picture"></div>'
        '<p class="ser-quiet" data-part="about"></p>'
    )

    def __init__(self):
        from .. import evaluate

        self._evaluate = evaluate
        self._scores = evaluate.load_scores().query("target == 'intended'")
        table, _, _ = features.load_features()
        self._labels, self._actors = table["emotion"].to_numpy(dtype=str), table["actor_id"].to_numpy()
        self._seen = set()
        super().__init__(
            protocol=Choice("Protocol", {"": "choose one ...", **evaluate.PROTOCOLS}, ""),
            tested_on=Choice("Tested on", {"clean": "clean clips", "noisy": "the same with noise, 15 dB SNR"}, "clean"),
        )

    def update(self, name: str) -> tuple[dict[str, str], None]:
        protocol = self.values["protocol"]
        self._seen |= {protocol} - {""}
        picture, who = self._split(protocol)
        return {
            "status": self._say(protocol, who)
            if protocol
            else "Five ways to report one model. What do you expect of each?",
            "scores": self._table(protocol),
            "picture": picture,
            "about": self._about(),
        }, None

    def _split(self, protocol: str) -> tuple[str, str]:
        """The dots of the first fold, and who and what is on both sides; without a protocol nobody is anywhere yet."""
        if not protocol:
            return draw.picture(92, "No protocol is chosen yet."), ""
        n = len(self._actors)
        train, test = next(self._evaluate.splits(protocol, self._labels, self._actors))
        picture, sentence = _sides(np.tile(self._actors, 2), train, test)
        tested = test[test < n] if self.values["tested_on"] == "clean" else test[test >= n]
        copies = np.isin(tested % n, train % n).sum()
        return (
            picture,
            f"{sentence} {copies:,} of the {len(tested):,} recordings tested also stand in training, as a copy.",
        )

    def _score(self, protocol: str) -> pd.Series:
        return self._evaluate.pick(self._scores, protocol=protocol, tested_on=self.values["tested_on"])

    def _say(self, protocol: str, who: str) -> str:
        row = self._score(protocol)
        low, high = row["accuracy_interval"]
        return (
            f"<b>{_percent(row['accuracy'])}</b> accurate ({_percent(low)} to {_percent(high)}) with "
            f"{self._evaluate.PROTOCOLS[protocol]}. {who}"
        )

    def _table(self, chosen: str) -> str:
        rows = []
        for protocol, words in self._evaluate.PROTOCOLS.items():
            row = self._score(protocol)
            low, high = row["accuracy_interval"]
            seen = protocol in self._seen
            name = f"<b>{escape(words)}</b>" if protocol == chosen else escape(words)
            css = "ser-test" if protocol == "leak" else ""
            value = f"{_percent(row['accuracy'])} ({_percent(low)[:-2]} to {_percent(high)[:-2]})" if seen else "?"
            rows.append((name, draw.bar(row["accuracy"] / 0.7 if seen else 0, css), value))
        return draw.table(
            "Accuracy, with 95 % interval over actors", ["protocol", "from 0 to 70 %", "accuracy"], rows, "ser-scores"
        )

    def _about(self) -> str:
        row = self._scores.iloc[0]
        return (
            f"Data: CREMA-D, {row['n_clips']:,} clips of {row['n_actors']} actors, {row['n_folds']} folds, intended label; "
            "measured beforehand (data/results). Model: the course's network. Guessing gives about 17 %."
        )


class SplitExplorer(Panel):
    """See `split_explorer`."""

    title = "Split explorer"
    room = 580
    frame = (
        '<div class="ser-row">{split}{share}{seed}{again}</div><p data-part="status" role="status"></p>'
        '<div data-part="picture"></div><p class="ser-clip">Every split you tried</p><div data-part="runs"></div>'
        '<div data-part="table"></div><p class="ser-quiet" data-part="about"></p>'
    )
    KINDS = {"random": "random clips", "actors": "actors kept apart"}

    def __init__(self):
        table, clean, _ = features.load_features()
        rows = table["actor_id"].isin(table["actor_id"].unique()[:N_ACTORS]).to_numpy()
        self._X, self._labels = clean[rows], table["emotion"].to_numpy(dtype=str)[rows]
        self._actors = table["actor_id"].to_numpy()[rows]
        self._runs = {}
        super().__init__(
            split=Choice("Split", self.KINDS, "random"),
            share=Slider("In the test", 5, 50, 5, 20, "%"),
            seed=Slider("Seed", 0, 50, 1, 0, ""),
            again=Action("Shuffle again"),
        )

    def update(self, name: str) -> tuple[dict[str, str], None]:
        if name == "again":
            self.values["seed"] = (self.values["seed"] + 1) % (self.controls["seed"].high + 1)
        key = tuple(self.values[part] for part in ("split", "share", "seed"))
        is_test = self._draw(*key)
        if key not in self._runs:
            model = quick.fit(self._X[~is_test], self._labels[~is_test])
            self._runs[key] = float(np.mean(model.predict(self._X[is_test]) == self._labels[is_test]))
        picture, sentence = _sides(self._actors, np.flatnonzero(~is_test), np.flatnonzero(is_test))
        return {
            "status": f"<b>{_percent(self._runs[key])}</b> of {is_test.sum()} test clips right, {self.KINDS[key[0]]}. {sentence}",
            "picture": picture,
            "runs": self._strip(key),
            "table": self._table(),
            "about": f"Data: CREMA-D, {len(self._actors):,} clean clips of {N_ACTORS} actors, intended label. Model: {quick.NAME}, "
            "trained for each split just now. Guessing gives about 17 %.",
        }, None

    def _draw(self, split: str, share: int, seed: int) -> np.ndarray:
        """Which clips are tested: ndarray of bool."""
        rng = np.random.default_rng(seed)
        if split == "random":
            return rng.permutation(len(self._actors)) < round(share / 100 * len(self._actors))
        names = np.unique(self._actors)
        return np.isin(self._actors, rng.permutation(names)[: max(1, round(share / 100 * len(names)))])

    def _strip(self, current: tuple) -> str:
        area = draw.Area(130, 8, 620, 66, (0.2, 0.7), (-0.5, 1.5))
        shapes = []
        for key, right in self._runs.items():
            x, y = area.at(np.clip(right, *area.x), 1 - list(self.KINDS).index(key[0]))
            css, radius = ("ser-dot-test", 7) if key == current else ("ser-dot-past", 5)
            shapes.append(f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>')
        frame = area.frame(
            xlabel="test clips right in %",
            xticks={v / 100: str(v) for v in range(20, 71, 10)},
            yticks={1: self.KINDS["random"], 0: self.KINDS["actors"]},
        )
        return draw.picture(
            106, f"{len(self._runs)} scores of splits tried so far, as in the table below.", frame, *shapes
        )

    def _table(self) -> str:
        rows = []
        for kind, words in self.KINDS.items():
            scores = [right for (split, _, _), right in self._runs.items() if split == kind]
            spread = f"{_percent(min(scores))} to {_percent(max(scores))}" if scores else "none yet"
            rows.append((words, str(len(scores)), _percent(np.mean(scores)) if scores else "none yet", spread))
        return draw.table("So far", ["split", "tried", "mean", "lowest to highest"], rows)
