"""The rungs of the ladder, from the published notebook to networks and a speaker whom one knows, and their parts taken away."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..model import build_model, named
from ..model.statistics import Centred, Chosen, OnStatistics, build_perceptron

ENROLLED = 12  # clips of a speaker, without their labels
CEILING = (
    100  # epochs of the published network: it knows its training clips by heart long before, and goes on for hours
)
NETWORKS = ("cnn", "gru", "everyday")
ON_FRAMES = ("chosen", *NETWORKS)


@dataclass(frozen=True)
class Known:
    """What a rung may learn from: the training clips of one fold."""

    rows: dict[str, np.ndarray]  # by condition, each (n, ...)
    y: np.ndarray
    speakers: np.ndarray
    seed: int
    quick: bool


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, or a step with one part taken away.

    Attributes
    ----------
    name, title : str
        In files and on the command line; in tables.
    features : str
        The feature set that it looks at.
    learn : callable, optional
        From `Known` to a fitted model. A rung without it is made of what its `members` said.
    conditions : tuple of str
        In which it hears its training clips.
    members : tuple of str
        Rungs whose calibrated answers it averages.
    enrolled : int
        Clips of the speaker that are known, without labels, before a clip is judged.
    of, without : str
        For a part taken away: of which rung, and which part in words.
    """

    name: str
    title: str
    features: str = "logmel64"
    learn: Callable[[Known], Any] | None = None
    conditions: tuple[str, ...] = ("clean",)
    members: tuple[str, ...] = ()
    enrolled: int = 0
    of: str = ""
    without: str = ""


def _published(known: Known) -> Any:
    model = build_model(known.seed)
    model[-1].set_params(max_iter=2 if known.quick else CEILING)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Stochastic Optimizer: Maximum iterations")  # the ceiling is meant, and said
        return model.fit(known.rows["clean"], known.y)


def _means(known: Known) -> Any:
    return build_model(known.seed).fit(known.rows["clean"], known.y)


def _copies(known: Known) -> Any:
    rows = np.concatenate([known.rows["clean"], known.rows["copies"]])
    return build_model(known.seed).fit(rows, np.tile(known.y, 2))


def _statistics(known: Known, copied: bool = True, without: Sequence[str] = ()) -> Any:
    return OnStatistics(build_perceptron, known.seed, copied, without).fit(known.rows["clean"], known.y)


def _chosen(known: Known, candidates: Sequence[str] = ()) -> Any:
    options = {"candidates": candidates} if candidates else {}
    return Chosen(known.seed, **options).fit_apart(known.rows["clean"], known.y, known.speakers)


def _centred(known: Known) -> Any:
    return Centred(known.seed).fit_apart(known.rows["clean"], known.y, known.speakers)


def _network(known: Known, name: str, members: int | None = None) -> Any:
    recipe: Any = named(name)
    if known.quick:
        recipe = recipe.smaller()
    elif members:
        recipe = type(recipe)(recipe.epochs, members)
    return recipe.build(known.seed, sorted(set(known.y.tolist()))).fit(known.rows["clean"], known.y)


_with = functools.partial
RUNGS = (
    Rung("published", "the published notebook: every frame in a row, its network", "published", _published),
    Rung("means", "its network on 168 means over time", "means168", _means),
    Rung("copies", "the same, with copies that went other ways", "means168", _copies, ("clean", "copies")),
    Rung("statistics", "robust statistics of log-mel frames, and copies", learn=_statistics),
    Rung("chosen", "the model chosen by folds over training speakers", learn=_chosen),
    Rung("cnn", "three convolutions on log-mel frames", learn=_with(_network, name="cnn")),
    Rung("gru", "a recurrent network (GRU) on log-mel frames", learn=_with(_network, name="gru")),
    Rung("everyday", "three larger networks, convolutions and GRU", learn=_with(_network, name="everyday")),
    Rung("together", "the calibrated mean of the last four", members=ON_FRAMES),
    Rung(
        "enrolled",
        f"the same, knowing {ENROLLED} unlabelled clips of the speaker",
        members=("together", "centred"),
        enrolled=ENROLLED,
    ),
)
CENTRED = Rung("centred", "statistics less the speaker's own mean", learn=_centred, enrolled=ENROLLED)


def _part(of: str, name: str, without: str, **how: Any) -> Rung:
    return Rung(f"{of}-{name}", without, of=of, without=without, **how)


PARTS = (
    _part("statistics", "no-copies", "copies in training", learn=_with(_statistics, copied=False)),
    _part("statistics", "no-bands", "the mel bands", learn=_with(_statistics, without=("bands",))),
    _part("statistics", "no-cepstra", "the cepstra", learn=_with(_statistics, without=("cepstra",))),
    _part("statistics", "no-time", "movement and rhythm", learn=_with(_statistics, without=("movement", "rhythm"))),
    _part(
        "chosen", "logistic", "a choice: logistic regression", learn=_with(_chosen, candidates=("logistic regression",))
    ),
    _part("everyday", "one", "two of its networks", learn=_with(_network, name="everyday", members=1)),
    *(
        _part("together", f"no-{name}", f"the rung {name}", members=tuple(each for each in ON_FRAMES if each != name))
        for name in ON_FRAMES
    ),
    _part("enrolled", "no-centred", "statistics less the speaker's mean", members=("together",), enrolled=ENROLLED),
    _part("enrolled", "4", f"that, and with 4 clips for {ENROLLED}", members=("together",), enrolled=4),
)
BY_NAME = {rung.name: rung for rung in (*RUNGS, CENTRED, *PARTS)}
