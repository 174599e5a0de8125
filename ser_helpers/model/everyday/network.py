"""The network of `everyday`, how it learns, and the form in which it is handed out.

Keras builds and trains it, on whichever of its backends is installed (the extra ``train`` brings JAX). What is handed
out is an ONNX graph, and nothing that answers a question imports Keras. This module does, inside its functions.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ... import places
from ...errors import CourseError
from ...features.logmel import N_MELS
from .copies import FLOOR_DB, copies, masked, normalised, warped

WIDTHS, POOLS, UNITS = (32, 64, 96, 128), ((2, 2), (2, 2), (1, 2)), 96
EPSILON, SPREAD_FLOOR = 1e-3, 1e-5
EPOCHS, BATCH, CROP = 45, 64, 240
STEP_DB = 0.5  # training clips stay in memory to half a decibel, in a byte a cell
VERSION = 1  # another number, and networks begun by an older one are not gone on with


def keras() -> Any:
    """Keras, with JAX as its backend unless ``KERAS_BACKEND`` names another.

    Raises
    ------
    CourseError
        When it is not installed.
    """
    os.environ.setdefault("KERAS_BACKEND", "jax")
    # the networks are alike: what is compiled for one, in ten seconds, serves the next, and after a kill
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(places.cache_folder("networks") / "compiled"))
    try:
        import keras
    except ImportError as error:
        raise CourseError(
            f"Training this network needs {error.name}, which is not installed here. `{sys.executable} -m pip install "
            "keras jax onnx` brings what is missing; answering with a trained one needs none of it."
        ) from None
    return keras


def quantised(db: np.ndarray) -> np.ndarray:
    """Decibels of `logmel64` as bytes, half a decibel a step, from the floor at 0.

    Examples
    --------
    >>> quantised(np.array([-70.0, -69.6, 10.0])).tolist()
    [0, 1, 160]
    """
    return np.clip(np.round((np.asarray(db, dtype=np.float32) - FLOOR_DB) / STEP_DB), 0, 255).astype(np.uint8)


def network(n_labels: int, seed: int) -> Any:
    """An untrained network: normalised frames (n, n_frames, 64) to logits (n, n_labels).

    Residual convolutions over time and frequency (He et al., 2016), a GRU that reads the sequence in both directions
    (Cho et al., 2014), mean and spread of its states over time, and one layer for the labels.
    """
    k = keras()
    k.utils.set_random_seed(seed)
    layers, ops = k.layers, k.ops

    def conv(x: Any, name: str, width: int, strides: int = 1, kernel: int = 3) -> Any:
        options = {"strides": strides, "padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
        x = layers.Conv2D(width, kernel, name=name, **options)(x)
        return layers.BatchNormalization(momentum=0.95, epsilon=EPSILON, name=f"{name}_norm")(x)

    frames = layers.Input((None, N_MELS))
    x = layers.ReLU()(conv(layers.Reshape((-1, N_MELS, 1))(frames), "first", WIDTHS[0], strides=2))
    for number, (width, pool) in enumerate(zip(WIDTHS[1:], POOLS, strict=True)):
        inner = layers.ReLU()(conv(x, f"block{number}_a", width))
        inner = conv(inner, f"block{number}_b", width)
        x = layers.ReLU()(layers.Add()([conv(x, f"block{number}_past", width, kernel=1), inner]))
        x = layers.MaxPooling2D(pool)(x)
    x = layers.Reshape((-1, x.shape[2] * x.shape[3]))(x)
    x = layers.Dense(WIDTHS[-1], activation="relu", name="narrow")(x)
    x = layers.Bidirectional(layers.GRU(UNITS, return_sequences=True, name="gru"), name="both")(x)
    mean = ops.mean(x, axis=1)
    spread = ops.sqrt(ops.var(x, axis=1) + SPREAD_FLOOR)
    pooled = layers.Dropout(0.4, name="dropout")(layers.Concatenate()([mean, spread]))
    return k.Model(frames, layers.Dense(n_labels, name="labels")(pooled))


def learned(
    clips: list[np.ndarray],
    targets: np.ndarray,
    n_labels: int,
    seed: int,
    epochs: int,
    folder: Path,
    bar: tqdm,
    build: Callable[[int, int], Any] = network,
    see: Callable[..., tuple[np.ndarray, np.ndarray]] | None = None,
) -> dict[str, np.ndarray]:
    """The weights, by name, of a network that has learned from these clips; goes on where an earlier call was ended.

    Parameters
    ----------
    clips : list of ndarray of uint8, shape (n_frames, 64)
        See `quantised`.
    targets : ndarray of int, shape (n,)
        A label's number per clip.
    n_labels, seed, epochs : int
    folder : Path
        Of these clips alone: here stands the network after each epoch, with what its optimizer knows, and in the end
        its weights.
    bar : tqdm
        Moves on by one each epoch.
    build : callable
        Makes the untrained network of (n_labels, seed); its dropout is called so.
    see : callable, optional
        What a training step sees of some clips; `batch` if not given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept, done = folder / f"{seed}-{epochs}.keras", folder / f"{seed}-{epochs}.npz"
    if done.exists():
        bar.update(epochs)
        with np.load(done) as weights:
            return dict(weights)
    k = keras()
    steps = max(1, len(clips) // BATCH)
    model = k.saving.load_model(kept) if kept.exists() else _compiled(build(n_labels, seed), epochs * steps)
    first = int(model.optimizer.iterations) // steps
    bar.update(first)
    clock, before = folder / f"{seed}-{epochs}.seconds", spent(folder, seed, epochs) if first else 0.0
    start = time.perf_counter()
    for epoch in range(first, epochs):
        # a network that was read from a file would else drop other cells than one that was not
        model.get_layer("dropout").seed_generator.state.assign([seed, epoch])
        rows = _epoch(clips, np.eye(n_labels, dtype=np.float32)[targets], seed, epoch, see or batch)
        model.fit(rows, shuffle=False, verbose=0)
        fresh = folder / f"{seed}.part.keras"
        model.save(fresh)
        fresh.replace(kept)
        clock.write_text(f"{before + time.perf_counter() - start:.1f}")
        bar.update()
    # a network that was read from a file has lost the wrapper of its GRU from the names
    weights = {each.path.removeprefix("both/"): np.asarray(each.value, np.float32) for each in model.weights}
    fresh = folder / f"{seed}.part.npz"
    np.savez(fresh, **weights)
    fresh.replace(done)
    kept.unlink()
    return weights


def spent(folder: Path, seed: int, epochs: int) -> float:
    """Seconds in which `learned` has learned what stands in this folder; nan where it was learned elsewhere."""
    clock = folder / f"{seed}-{epochs}.seconds"
    return float(clock.read_text()) if clock.exists() else float("nan")


def _compiled(model: Any, steps: int) -> Any:
    """With AdamW, a rate that rises for a twentieth of the steps and falls along a cosine, and cross-entropy."""
    k = keras()
    rising = max(1, steps // 20)
    rate = k.optimizers.schedules.CosineDecay(
        1e-5, max(1, steps - rising), alpha=0.01, warmup_target=2e-3, warmup_steps=rising
    )
    loss = k.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=k.optimizers.AdamW(rate, weight_decay=0.02), loss=loss)
    return model


def _epoch(clips: list[np.ndarray], targets: np.ndarray, seed: int, epoch: int, see: Callable[..., Any]) -> Any:
    """The batches of one epoch; each depends on its number alone, so it does not matter who makes it when."""
    order = np.random.default_rng([seed, epoch]).permutation(len(clips))

    base: Any = keras().utils.PyDataset

    class Batches(base):
        def __len__(self) -> int:
            return max(1, len(clips) // BATCH)

        def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
            rows = order[number * BATCH : (number + 1) * BATCH]
            return see([clips[row] for row in rows], targets[rows], np.random.default_rng([seed, epoch, number]))

    return Batches()


def batch(clips: list[np.ndarray], targets: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What a training step sees of some clips: (n, 240, 64) normalised frames and (n, n_labels) targets.

    Of the `crops` come copies, warps and stripes, and in a
    quarter of the batches two clips are laid over each other with a share of both labels (mixup, Zhang et al., 2018).
    """
    db = crops(clips, rng)
    x = masked(normalised(copies(warped(db, rng), rng)), rng)
    if rng.random() < 0.25:
        share, other = np.float32(rng.beta(0.3, 0.3)), rng.permutation(len(x))
        x, targets = share * x + (1 - share) * x[other], share * targets + (1 - share) * targets[other]
    return x, targets


def crops(clips: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Decibels (n, 240, 64) of `quantised` clips, each from a random frame on; a clip begins anew where it ends."""
    starts = [int(rng.integers(len(clip))) for clip in clips]
    rows = [clip.take(start + np.arange(CROP), axis=0, mode="wrap") for clip, start in zip(clips, starts, strict=True)]
    return np.stack(rows).astype(np.float32) * np.float32(STEP_DB) + FLOOR_DB
