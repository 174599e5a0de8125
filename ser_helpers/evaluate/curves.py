"""How networks on frames learn, epoch by epoch, watched on actors that they do not learn from. Lesson 10 draws it.

One fold's training actors are dealt once more: most are learned from, the others are watched. Nothing here touches the
fold's test actors, so nothing that is read off these curves can leak into a score.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from .. import corpus as corpora
from .. import features, places
from ..errors import CourseError
from ..model import named, version_of
from ..model.everyday import network as shared
from ..model.everyday.copies import normalised
from ..model.networks import BUILDERS, batch
from .chains import sample_clips
from .metrics import confusion, uar
from .protocols import splits
from .results import RESULTS, result_path

EPOCHS, CLIPS_PER_SPEAKER = 20, 24  # of 82 or so, for five minutes of one core
PEAK, LOWEST = 2e-3, 1e-5
RUNS = (("cnn", "cycle"), ("gru", "cycle"), ("gru", "constant"))


def cycle(n_steps: int) -> np.ndarray:
    """The learning rate of each step: up in a straight line for a twentieth of them, down along half a cosine.

    Notes
    -----
    Smith and Topin (2018), "Super-convergence". A learning rate that stays high stays restless. Lesson 10.

    Examples
    --------
    >>> rate = cycle(100)
    >>> int(rate.argmax()), bool(rate[-1] < 0.01 * rate.max())
    (5, True)
    """
    rising = max(1, n_steps // 20)
    falling = PEAK / 2 * (1 + np.cos(np.linspace(0, np.pi, max(1, n_steps - rising), endpoint=False)))
    return np.maximum(np.concatenate([np.linspace(LOWEST, PEAK, rising, endpoint=False), falling]), LOWEST)[:n_steps]


def measure_curves(
    corpus: str | Path = "crema-d", seed: int = 0, quick: bool = False, progress: bool = False
) -> pd.DataFrame:
    """Train the small networks and watch them.

    Parameters
    ----------
    corpus : str or Path
        A name, or the CSV of a corpus of one's own, whose `logmel64` features are stored.
    seed : int
    quick : bool
        Two epochs on six clips of each speaker.
    progress : bool

    Returns
    -------
    DataFrame
        A row per network and course of the learning rate ("cycle" or "constant"): corpus, recipe, features, split (in
        words), schedule, epochs, n_clips and n_actors (learned from), n_watched_clips, n_watched (actors), rate, loss
        and uar (one per epoch; loss on training batches, UAR on the watched clips), backwards (UAR on the same clips
        played backwards, at the end), seconds (of one core).

    Raises
    ------
    CourseError
        Where Keras is not installed, or the features are not stored.
    """
    part = corpora.named(corpus)
    clips, frames = features.load(part, "logmel64")
    learn, _ = next(splits("actors", clips["emotion"], clips["speaker"], seed=seed))
    few = sample_clips(clips.iloc[learn[learn < len(clips)]], 6 if quick else CLIPS_PER_SPEAKER, seed)
    inner, watch = next(splits("actors", few["emotion"], few["speaker"], seed=seed))
    inner, watch = few.iloc[inner[inner < len(few)]], few.iloc[watch[watch < len(few)]]
    runs, epochs = (RUNS[:1], 2) if quick else (RUNS, EPOCHS)
    rows = []
    with tqdm(total=len(runs) * epochs, unit="epoch", leave=False, disable=not progress) as bar:
        for name, schedule in runs:
            seen: dict[str, Any] = {"corpus": part.name, "recipe": name, "features": version_of(named(name).features)}
            seen |= {"split": "one fold's training actors: a fifth of them watched", "schedule": schedule}
            seen |= {"epochs": epochs, "n_clips": len(inner), "n_actors": inner["speaker"].nunique()}
            seen |= {"n_watched_clips": len(watch), "n_watched": watch["speaker"].nunique()}
            rows.append(seen | _watched(name, schedule, (inner, watch), frames, part.labels, epochs, seed, bar))
    return pd.DataFrame(rows)


def _watched(
    name: str,
    schedule: str,
    sides: tuple[pd.DataFrame, pd.DataFrame],
    frames: np.ndarray,
    labels: tuple[str, ...],
    epochs: int,
    seed: int,
    bar: tqdm,
) -> dict[str, Any]:
    """One network: trained on one side, watched on the other."""
    began, (inner, watch) = time.process_time(), sides
    clips = [shared.quantised(frames[row]) for row in inner.index]
    targets = np.eye(len(labels), dtype=np.float32)[[labels.index(label) for label in inner["emotion"]]]
    heard = np.stack([normalised(frames[row]).take(np.arange(shared.CROP), axis=0, mode="wrap") for row in watch.index])
    k, network = shared.keras(), BUILDERS[name](len(labels), seed)
    loss = k.losses.CategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=k.optimizers.AdamW(PEAK, weight_decay=0.02), loss=loss)
    steps = max(1, len(clips) // shared.BATCH)
    rate = cycle(epochs * steps) if schedule == "cycle" else np.full(epochs * steps, PEAK)
    found: dict[str, Any] = {"rate": rate[::steps].tolist(), "loss": [], "uar": []}
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(clips))
        losses = []
        for step in range(steps):
            rows = order[step * shared.BATCH : (step + 1) * shared.BATCH]
            network.optimizer.learning_rate = rate[epoch * steps + step]
            rng = np.random.default_rng([seed, epoch, step])
            seen = batch([clips[row] for row in rows], targets[rows], rng)
            network.reset_metrics()  # else the loss would be the mean since the beginning
            losses.append(float(network.train_on_batch(*seen)))
        found["loss"].append(float(np.mean(losses)))
        found["uar"].append(_score(watch["emotion"], _logits(network, heard), labels))
        bar.update()
    found["backwards"] = _score(watch["emotion"], _logits(network, heard[:, ::-1]), labels)
    return found | {"seconds": round(time.process_time() - began, 1)}


def _logits(network: Any, heard: np.ndarray) -> np.ndarray:
    """Answers (n, n_labels), in batches of one size, so that one is compiled."""
    parts = range(0, len(heard), shared.BATCH)
    filled = (np.resize(heard[start : start + shared.BATCH], (shared.BATCH, *heard.shape[1:])) for start in parts)
    return np.concatenate([np.asarray(network.predict_on_batch(some)) for some in filled])[: len(heard)]


def _score(true: pd.Series, logits: np.ndarray, labels: tuple[str, ...]) -> float:
    return float(uar(confusion(true, np.array(labels)[logits.argmax(axis=1)], labels)))


def write_curves(rows: pd.DataFrame, folder: Path = RESULTS) -> Path:
    """Keep the curves, for `load_curves`."""
    path = result_path(rows["corpus"].iloc[0], "curves", folder)
    places.writable_folder(path.parent, option="--out")
    path.write_text(json.dumps(rows.to_dict("records"), indent=1) + "\n", encoding="utf-8")
    return path


def load_curves(corpus: str = "crema-d", folder: Path = RESULTS) -> pd.DataFrame:
    """The curves as they were measured, a row per network and course of the learning rate; see `measure_curves`.

    Raises
    ------
    CourseError
        When they were not measured.
    """
    path = result_path(corpus, "curves", folder)
    if not path.exists():
        raise CourseError(f"There is no {path} yet. `ser evaluate --curves --corpus {corpus}` measures it.")
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def curves_text(rows: pd.DataFrame) -> str:
    """The curves as a person reads them: UAR on the watched actors in the middle, at its best and at the end."""
    first = rows.iloc[0]
    lines = [
        f"{first['corpus']}, {first['n_clips']:,} clips of {first['n_actors']} actors learned from; UAR on "
        f"{first['n_watched_clips']:,} clips of {first['n_watched']} other actors, {first['epochs']} epochs:"
    ]
    for row in rows.to_dict("records"):
        scores = [100 * score for score in row["uar"]]
        lines.append(
            f"  {row['recipe']:4} {row['schedule']:9} middle {scores[(len(scores) - 1) // 2]:.1f} %, best {max(scores):.1f} %, "
            f"end {scores[-1]:.1f} %, backwards {100 * row['backwards']:.1f} %; {row['seconds']:,.0f} s of a core"
        )
    return "\n".join(lines)
