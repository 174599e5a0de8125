"""The recipes "cnn" and "gru": networks small enough to read, on the frames that `everyday` looks at. Lesson 10 writes them out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from .. import places
from ..errors import CourseError
from ..features import FEATURES
from ..features.logmel import N_MELS
from .base import version_of
from .everyday import network as shared
from .everyday.copies import copies, masked, normalised

VERSION = 1  # another number, and networks begun by an older one are not gone on with
ROUND = 100  # frames: clips are filled up to a multiple of it, so that a handful of lengths is compiled


def cnn(n_labels: int, seed: int) -> Any:
    """An untrained network of three convolutions: normalised frames (n, n_frames, 64) to logits (n, n_labels).

    Notes
    -----
    It sees steps of 40 ms and 32 bands. Each convolution looks at three neighbours in time and three in frequency, and what
    it finds is halved in both. Of what is left come mean and spread over time, not over frequency. Lesson 10 builds it.
    """
    k = shared.keras()
    k.utils.set_random_seed(seed)
    layers, ops = k.layers, k.ops
    frames = layers.Input((None, N_MELS))
    x = layers.AveragePooling2D((4, 2))(layers.Reshape((-1, N_MELS, 1))(frames))
    for width in (32, 64, 96):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.95)(x))
        x = layers.MaxPooling2D(2)(x)
    x = layers.Reshape((-1, x.shape[2] * x.shape[3]))(x)
    x = layers.Concatenate()([ops.mean(x, axis=1), ops.sqrt(ops.var(x, axis=1) + 1e-5)])
    return k.Model(frames, layers.Dense(n_labels)(layers.Dropout(0.4, name="dropout")(x)))


def gru(n_labels: int, seed: int) -> Any:
    """An untrained network that reads a clip in order, from both ends: normalised frames (n, n_frames, 64) to logits.

    Notes
    -----
    A gated recurrent unit (Cho et al., 2014) over steps of 40 ms; its states are averaged over time. Lesson 10 builds it.
    """
    k = shared.keras()
    k.utils.set_random_seed(seed)
    layers = k.layers
    frames = layers.Input((None, N_MELS))
    x = layers.Dense(64, activation="relu")(layers.AveragePooling1D(4)(frames))
    x = layers.Bidirectional(layers.GRU(64, return_sequences=True))(x)
    x = k.ops.mean(x, axis=1)
    return k.Model(frames, layers.Dense(n_labels)(layers.Dropout(0.4, name="dropout")(x)))


def batch(clips: list[np.ndarray], targets: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What a training step sees of some clips, as `everyday.network.batch`: half of them as copies, all with stripes."""
    return masked(normalised(copies(shared.crops(clips, rng), rng, share=0.5)), rng, frames=20, bands=6), targets


class FrameNetwork:
    """A Keras network as scikit-learn has models.

    Parameters
    ----------
    build : callable
        `cnn` or `gru`.
    seed, epochs : int

    Attributes
    ----------
    classes_ : ndarray of str
    weights_ : list of ndarray
    seconds_ : float
        It took to train; nan where that happened elsewhere.
    """

    def __init__(self, build: Callable[[int, int], Any], seed: int, epochs: int):
        self.build, self.seed, self.epochs = build, seed, epochs

    def fit(self, X: Sequence[np.ndarray], y: Sequence[str]) -> FrameNetwork:
        """Train on frames of `logmel64`. With the same rows again, or after a kill, it goes on where it was."""
        from tqdm import tqdm

        self.classes_, targets = np.unique(np.asarray(y, dtype=str), return_inverse=True)
        clips = [shared.quantised(frames) for frames in X]
        digest = sha256(json.dumps([VERSION, self.build.__name__, targets.tolist()]).encode())
        for clip in clips:
            digest.update(clip.tobytes())
        folder = places.cache_folder("networks") / digest.hexdigest()[:16]
        with tqdm(total=self.epochs, unit="epoch", desc=self.build.__name__.upper(), leave=False) as bar:
            n_labels, build = len(self.classes_), self.build
            learned = shared.learned(clips, targets, n_labels, self.seed, self.epochs, folder, bar, build, batch)
        self.weights_ = list(learned.values())
        self.seconds_ = shared.spent(folder, self.seed, self.epochs)
        return self

    def predict_proba(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """Probabilities (n, n_labels) for frames of `logmel64`, each clip as long as it is."""
        network = self.build(len(self.classes_), self.seed)
        network.set_weights(self.weights_)
        seen = [normalised(frames) for frames in X]
        lengths = np.array([-(-len(frames) // ROUND) * ROUND for frames in seen])
        logits = np.zeros((len(seen), len(self.classes_)), dtype=np.float32)
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            for start in range(0, len(rows), shared.BATCH):
                some = np.resize(rows[start : start + shared.BATCH], shared.BATCH)
                filled = np.stack([seen[row].take(np.arange(length), axis=0, mode="wrap") for row in some])
                logits[some] = network.predict_on_batch(filled)
        return np.asarray(softmax(logits, axis=1))


class _Frames:
    """What "cnn" and "gru" have in common; see `base.Recipe`."""

    name: str
    features = FEATURES["logmel64"]
    suffix = ".npz"
    makes_copies = True  # so it is given the clean clips alone

    epochs: int

    def __init__(self, epochs: int | None = None):
        self.epochs = epochs or self.epochs

    def smaller(self) -> _Frames:
        """For a quick try: two epochs."""
        return type(self)(epochs=2)

    def build(self, seed: int, labels: Sequence[str]) -> FrameNetwork:
        return FrameNetwork(BUILDERS[self.name], seed, self.epochs)

    def save(self, model: FrameNetwork, path: Path) -> None:
        weights = {f"weight_{number:02d}": each for number, each in enumerate(model.weights_)}
        about = {"recipe": self.name, "features": version_of(self.features), "labels": model.classes_.tolist()}
        with path.open("wb") as file:  # given a name, numpy would add a suffix of its own
            np.savez(file, about=np.array(json.dumps(about)), **weights)  # type: ignore[arg-type]

    def load(self, path: Path) -> FrameNetwork:
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                model = self.build(0, about["labels"])
                model.classes_ = np.array(about["labels"])
                model.weights_ = [file[name] for name in sorted(file.files) if name != "about"]
            same = (about["recipe"], about["features"]) == (self.name, version_of(self.features))
        except Exception as error:  # of a damaged file numpy, zip and JSON say whatever they find
            raise CourseError(f"{path} is no model of the recipe {self.name!r}, or is damaged.") from error
        if not same:
            raise CourseError(
                f"{path} holds {about['recipe']} on {about['features']}; {self.name} on {version_of(self.features)} was expected."
            )
        return model


class Cnn(_Frames):
    """Three convolutions on log-mel frames; trains on 4,900 clips for seven minutes of a core."""

    name = "cnn"
    title = "a small convolutional network on log-mel frames"
    epochs = 24


class Gru(_Frames):
    """A recurrent network on log-mel frames; trains on 4,900 clips for three minutes of a core."""

    name = "gru"
    title = "a small recurrent network (GRU) on log-mel frames"
    epochs = 24


BUILDERS = {"cnn": cnn, "gru": gru}
