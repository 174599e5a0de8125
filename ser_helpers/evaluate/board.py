"""A learner's own board: what they tried on the development actors, measured one way, kept beside the notebook. Lesson 09.

A run is a line of a small file that is only ever added to, so that two kernels lose nothing of each other, and a line that
was damaged costs that line alone. Test actors are not in it, but for what the learner reports of a knock.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from .. import places
from ..errors import CourseError
from .leaks import Folds, find_leaks, fit_on
from .metrics import confusion, interval_over, paired_difference, uar
from .protocols import splits
from .results import load_predictions

FILE = ".board.jsonl"  # git and nbgrader leave it out
_here: list[dict] = []  # lines of this kernel, for a folder that cannot be written
RUN = {
    "when": str, "clips": str, "name": str, "changed": str, "model": str, "n_clips": int, "n_folds": int, "uar": float,
    "uar_interval": list, "uar_folds": list, "noisy_uar": (float, type(None)), "seconds": float, "said": str,
    "against": str, "ahead": list,
}  # fmt: skip
KNOCK = {
    "knock": str, "clips": str, "calls": int, "uar_new": float, "uar_baseline": float, "difference": float, "low": float,
    "high": float, "n_clips": int, "n_actors": int,
}  # fmt: skip
LUCK = (
    "The best of many owes part of its place to luck, and the more you try, the larger that part: on new actors expect a "
    "little less of it."
)


class Board:
    """The development actors, folds over them, and every candidate that was measured on them.

    Parameters
    ----------
    clips : DataFrame
        With columns clip, actor_id and emotion.
    clean, noisy : ndarray, shape (n, d)
        Their features; see `features.load_features`.
    test_actors : sequence of int
        Whose clips take no part. Only their features are looked at, to find them where they should not be.
    n_folds : int
    every : int
        Measure on every so many-th clip of the development actors, to be quick. Runs on other clips are on another board.
    seed : int
        Of the folds.

    Attributes
    ----------
    clips, X, noisy : the development clips and their features, a row each in the same order
    folds : list of (train, test), row numbers of them
    runs, knocks : list of dict, the oldest first

    Notes
    -----
    The baseline on it is the network of lesson 06, from the committed answers of models that had not heard the clip's
    speaker (five folds over all 75 actors, so it learned from a few more actors than a candidate does).

    Examples
    --------
    >>> from ser_helpers import features
    >>> clips, clean, noisy = features.load_features()
    >>> board = Board(clips, clean, noisy, test_actors=[1003], every=40)
    >>> len(board.folds), 1003 in set(board.clips["actor_id"])
    (5, False)
    """

    def __init__(
        self,
        clips: pd.DataFrame,
        clean: np.ndarray,
        noisy: np.ndarray,
        test_actors: Sequence,
        n_folds: int = 5,
        every: int = 1,
        seed: int = 0,
    ):
        behind = clips["actor_id"].isin(test_actors).to_numpy()
        self.clips = clips[~behind].reset_index(drop=True)
        self.X, self.noisy, self._behind = clean[~behind], noisy[~behind], [clean[behind], noisy[behind]]
        self._y, self._actors = self.clips["emotion"].to_numpy(dtype=str), self.clips["actor_id"].to_numpy()
        self._labels = sorted(set(self._y))
        self._asked = np.arange(len(self.clips)) % every == 0
        n = len(self.clips)
        dealt = splits("actors", self._y.tolist(), self._actors, n_folds, seed)
        self.folds = [(train[self._asked[train]], test[self._asked[test % n] & (test < n)]) for train, test in dealt]
        told = "\n".join([*self.clips.loc[self._asked, "clip"], *self._y[self._asked]])
        self._key = hashlib.sha256(told.encode()).hexdigest()[:16]

    def run(
        self,
        name: str,
        model: Any,
        X: np.ndarray | None = None,
        noisy: np.ndarray | None = None,
        changed: str = "",
        folds: Folds | None = None,
    ) -> Board:
        """Look for leaks, measure a candidate on held-out actors, and put it on the board; with a leak it is not put there.

        Parameters
        ----------
        name : str
        model : estimator or function
            See `find_leaks`: an unfitted model, or a function of row numbers that returns a fitted one.
        X, noisy : ndarray, shape (n, d), optional
            Features of your own for the development clips and for their noisy copies, a row each in the order of `clips`.
            With X alone, noise is not measured.
        changed : str
            What is different from the one before, in your words.
        folds : sequence of (train, test), optional
            Your own; the board's if none are given.

        Returns
        -------
        Board
            Itself, so that the last line of a cell shows it.
        """
        if os.environ.get("NBGRADER_EXECUTION"):  # where work is marked, nobody waits for a board
            return self
        if isinstance(model, type) or not (hasattr(model, "fit") or callable(model)):
            raise CourseError(
                f"A model was expected, SVC() say, or a function of row numbers; {getattr(model, '__name__', model)!r} came."
            )
        X, noisy = (self.X, self.noisy) if X is None else (np.asarray(X), noisy if noisy is None else np.asarray(noisy))
        folds = self.folds if folds is None else [self._asked_of(fold) for fold in folds]
        forms = [form for form in (noisy, self.X, self.noisy) if form is not None]
        if leaks := find_leaks(model, X, self._y, self._actors, folds, forms, self._behind):
            print(f"{name} is not on the board. " + "\n".join(leaks))
            return self
        self._measure({"name": str(name), "changed": str(changed), "model": _text(model)}, model, X, noisy, folds)
        return self

    def _asked_of(self, fold: tuple) -> tuple[np.ndarray, np.ndarray]:
        """A fold of the learner's, on the clips that the board measures on."""
        sides = (
            np.flatnonzero(side) if np.asarray(side).dtype == bool else np.asarray(side, dtype=int) for side in fold
        )
        train, test = (side[self._asked[side % len(self._asked)]] for side in sides)
        return train, test

    def _measure(self, run: dict, model: Any, X: np.ndarray, noisy: np.ndarray | None, folds: Folds) -> None:
        n = len(self.clips)
        tested = np.concatenate([test for _, test in folds])
        if any(rows.max(initial=0) >= n for fold in folds for rows in fold) or (
            sorted(tested.tolist()) != np.flatnonzero(self._asked).tolist()
        ):
            raise CourseError(
                f"The folds should hold row numbers below {n:,} and test each clip once; make noisy copies in a function of rows."
            )
        said, behind_noise = np.full((2, n), "", dtype=object)
        start = time.perf_counter()
        for train, test in folds:
            fitted = fit_on(model, X, self._y, train)
            said[test] = np.asarray(fitted.predict(X[test])).astype(str)
            if noisy is not None:
                behind_noise[test] = np.asarray(fitted.predict(noisy[test])).astype(str)
        seconds = time.perf_counter() - start
        told = self._counted(said[self._asked].tolist())
        of_folds = [
            float(uar(confusion(self._y[test].tolist(), said[test].tolist(), self._labels))) for _, test in folds
        ]
        noise = None if noisy is None else self._counted(behind_noise[self._asked].tolist())["uar"]
        run |= told | {"n_folds": len(folds), "uar_folds": of_folds, "noisy_uar": noise, "seconds": round(seconds, 1)}
        for old in self.runs:
            if (old["model"], old["said"]) == (run["model"], run["said"]):
                print(
                    f"This candidate has been on the board since {old['when'][:16].replace('T', ' ')}, as {old['name']}: counted once."
                )
                return
        best = self._best()
        run |= {"against": best["name"], "ahead": list(self._ahead(run["said"], best["said"]))}
        self._keep({"when": datetime.now().isoformat(timespec="microseconds"), "clips": self._key} | run)

    def _counted(self, said: Sequence[str]) -> dict:
        """UAR of answers to the clips that are asked, its interval, and the answers as a letter each."""
        if strangers := sorted(set(said) - set(self._labels)):
            raise CourseError(f"Your model answered {strangers[0]!r}; one of {', '.join(self._labels)} was expected.")
        letters = "".join(chr(ord("a") + self._labels.index(label)) for label in said)
        per_actor = self._per_actor(letters)
        return {
            "n_clips": len(said),
            "uar": float(uar(per_actor.sum(axis=0))),
            "uar_interval": list(interval_over(uar, per_actor)),
            "said": letters,
        }

    def _per_actor(self, letters: str) -> np.ndarray:
        """A confusion matrix for each actor."""
        k, told = len(self._labels), np.frombuffer(letters.encode(), dtype=np.uint8) - ord("a")
        true = np.searchsorted(self._labels, self._y[self._asked])
        people, actor = np.unique(self._actors[self._asked], return_inverse=True)
        cells = np.bincount((actor * k + true) * k + told, minlength=len(people) * k * k)
        return cells.reshape(len(people), k, k)

    def _ahead(self, new: str, old: str) -> tuple[float, float, float]:
        """How far the UAR of one is above that of the other, with the interval of the difference over the same drawn actors."""
        difference, interval = paired_difference(np.stack([self._per_actor(new), self._per_actor(old)], axis=1))
        return difference, *interval

    @cached_property
    def _baseline(self) -> dict:
        """The network of lesson 06 on these clips, as a row of the board."""
        answers = _of_lesson_06()
        asked = self.clips.loc[self._asked, "clip"]
        clean, noisy = (self._counted(answers[on].loc[asked].tolist()) for on in ("clean", "noisy"))
        return clean | {"name": "baseline (lesson 06)", "noisy_uar": noisy["uar"], "uar_folds": [], "changed": ""}

    def _best(self) -> dict:
        """The best of what was measured here so far; before the first, the baseline."""
        return max(self.runs, key=lambda run: run["uar"], default=self._baseline)

    def knocked(self, report: Mapping[str, Any], calls: int) -> None:
        """Keep what the test actors said, the one thing of them that is kept: the report of lesson 09, and how often it was asked."""
        figures = {name: kind(report[name]) for name, kind in KNOCK.items() if name in report and name != "calls"}
        self._keep(
            {"knock": datetime.now().isoformat(timespec="microseconds"), "clips": self._key, "calls": calls} | figures
        )

    # What is kept

    @property
    def runs(self) -> list[dict]:
        """Every candidate that was measured on these clips, the oldest first."""
        n = int(self._asked.sum())
        kept = [line for line in _lines()[0] if _is(line, RUN) and line["clips"] == self._key]
        letters = {chr(ord("a") + place) for place in range(len(self._labels))}
        return [run for run in kept if len(run["said"]) == n and set(run["said"]) <= letters]

    @property
    def knocks(self) -> list[dict]:
        """What was reported of the test actors, the oldest first."""
        return [line for line in _lines()[0] if _is(line, KNOCK)]

    def _keep(self, line: dict) -> None:
        path = places.notebook_folder() / FILE
        try:
            torn = path.exists() and not path.read_bytes().endswith(b"\n")
            with path.open("a", encoding="utf-8") as file:
                file.write("\n" * torn + json.dumps(line) + "\n")
        except OSError:  # then it lasts as long as the kernel
            _here.append(line)

    # What is shown

    def table(self) -> pd.DataFrame:
        """The board, best first: figures in per cent, and what a candidate was ahead of the best before it."""
        numbered = [self._baseline | {"number": ""}, *(run | {"number": n} for n, run in enumerate(self.runs, 1))]
        rows = [
            {
                "tried as": run["number"],
                "candidate": run["name"],
                "UAR": f"{100 * run['uar']:.1f}",
                "interval": _span(*run["uar_interval"]),
                "folds": _span(min(run["uar_folds"]), max(run["uar_folds"])) if run["uar_folds"] else "",
                "noisy": "" if run["noisy_uar"] is None else f"{100 * run['noisy_uar']:.1f}",
                "ahead": f"{100 * run['ahead'][0]:+.1f} ({_span(*run['ahead'][1:])})" if "ahead" in run else "",
                "of": run.get("against", ""),
                "seconds": f"{run['seconds']:.1f}" if "seconds" in run else "",
                "changed": run["changed"],
                "when": run.get("when", "")[:16].replace("T", " "),
            }
            for run in sorted(numbered, key=lambda run: -run["uar"])
        ]
        return pd.DataFrame(rows)

    def sentences(self) -> list[str]:
        """What a reader of the table should know."""
        n, actors = int(self._asked.sum()), len(np.unique(self._actors[self._asked]))
        tried = len(self.runs)
        told = [
            f"UAR in %, {n:,} clips of {actors} development actors, kept apart in {len(self.folds)} folds; 95 % intervals over "
            "actors. Ahead: points before the best that stood here when it came, on the same actors. The baseline's answers come "
            "from five folds over all 75 actors: it learned from 60, a candidate from 48, and is a little ahead by that alone.",
            f"Tried so far: {_candidates(tried)}." + (f" {LUCK}" if tried > 1 else ""),
        ]
        for knock in self.knocks:
            later = sum(run["when"] > knock["knock"] for run in self.runs)
            told.append(
                f"Knocked on {knock['knock'][:10]}: {100 * knock['uar_new']:.1f} %, baseline {100 * knock['uar_baseline']:.1f} %."
                + (f" Tried since: {_candidates(later)}, which would need new test actors." if later else "")
            )
        if damaged := _lines()[1]:
            told.append(f"{damaged} line{'s' * (damaged > 1)} of {FILE} cannot be read and is left as it is.")
        return told

    def card(self, name: str | None = None) -> str:
        """The template of a model card with what the board knows filled in, and blanks (____) for what only you can say.

        Parameters
        ----------
        name : str, optional
            Of the candidate that you chose; the best on the board if none is named.

        Raises
        ------
        CourseError
            For a name that is not on the board.
        """
        runs = {run["name"]: run for run in self.runs}
        if name is not None and name not in runs:
            raise CourseError(f"{name!r} is not on the board; {', '.join(map(repr, runs)) or 'nothing'} is.")
        chosen = runs[name] if name else max(runs.values(), key=lambda run: run["uar"], default=None)
        n_actors = len(np.unique(self._actors))
        what = f"{chosen['name']}: {chosen['model']}." if chosen else "____ (there is no candidate on the board)."
        return "\n\n".join(
            [
                f"**Model.** {what} What it looks at, in words: ____",
                f"**Data.** CREMA-D, {len(self.clips):,} clips of {n_actors} actors; acted emotions, and the label is what "
                "the actor was told to act. What that leaves out: ____",
                f"**Choice.** {self._choice(chosen)} Why this one: ____",
                f"**Result.** {self._result()}",
                f"**Limits.** {self._noise(chosen)}Which emotions it confuses, on whom it was never tried: ____",
                "**Not for.** ____",
            ]
        )

    def _choice(self, chosen: dict | None) -> str:
        if chosen is None:
            return "____ candidates."
        return (
            f"{_candidates(len(self.runs))} tried, {chosen['n_folds']} folds over development actors, kept apart. This one: UAR "
            f"{100 * chosen['uar']:.1f} % (95 % interval over actors {_span(*chosen['uar_interval'])}) on {chosen['n_clips']:,} clips."
        )

    def _noise(self, chosen: dict | None) -> str:
        if chosen is None or chosen["noisy_uar"] is None:
            return ""
        return f"With noise at 15 dB SNR the UAR in the folds falls from {100 * chosen['uar']:.1f} to {100 * chosen['noisy_uar']:.1f} %. "

    def _result(self) -> str:
        if not self.knocks:
            return "Not known: I have not knocked yet."
        first, n = self.knocks[0], len(self.knocks)
        looks = "One look" if n == 1 else f"{n} looks, of which the first counts; that one was"
        return (
            f"{looks} at {first['n_clips']:,} clips of {first['n_actors']} other actors: UAR {100 * first['uar_new']:.1f} %, "
            f"baseline {100 * first['uar_baseline']:.1f} %; difference {100 * first['difference']:.1f} points, 95 % interval "
            f"{_span(first['low'], first['high'])} (paired, over actors). What this interval lets me say: ____"
        )

    def __repr__(self) -> str:
        return "\n".join([self.table().to_string(index=False), *self.sentences()])

    def _repr_html_(self) -> str:
        below = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences())
        return f'<div class="ser-board">{self.table().to_html(index=False, border=0, justify="left")}{below}</div>'


@cache
def _of_lesson_06() -> pd.Series:
    """What its network says to clips of actors it has not heard, by (clean or noisy, clip)."""
    return load_predictions().query("protocol == 'actors'").set_index(["tested_on", "clip"])["predicted"]


def _candidates(n: int) -> str:
    return f"{n} candidate{'' if n == 1 else 's'}"


def _text(model: Any) -> str:
    """A candidate in one line: a model with its settings, a function by its name."""
    return " ".join((repr(model) if hasattr(model, "fit") else getattr(model, "__name__", repr(model))).split())


def _span(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f}"


def _lines() -> tuple[list[dict], int]:
    """What the file and this kernel hold, and how many lines of the file cannot be read."""
    try:
        text = (places.notebook_folder() / FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return list(_here), 0
    found, damaged = [], 0
    for line in filter(str.strip, text.split("\n")):
        try:
            kept = json.loads(line)
        except ValueError:
            kept = None
        if _is(kept, RUN) or _is(kept, KNOCK):
            found.append(kept)
        else:
            damaged += 1
    return found + _here, damaged


def _is(line: Any, kinds: dict) -> bool:
    """Whether a line holds all these, and each of its kind; figures are numbers in the lists, too."""
    return (
        isinstance(line, dict)
        and all(isinstance(line.get(name), kind) for name, kind in kinds.items())
        and all(isinstance(x, float) for value in line.values() if isinstance(value, list) for x in value)
        and (kinds is KNOCK or (len(line["uar_interval"]) == 2 and len(line["ahead"]) == 3 and line["uar_folds"] != []))
    )
