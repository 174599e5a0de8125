"""The recipe "everyday": the model that is handed out, for recordings as people have them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import audio, pitch, places
from ...errors import CourseError
from ...features import FEATURES
from ..base import version_of
from ..skops_files import worked_example
from .copies import levelled, normalised

if TYPE_CHECKING:
    from tqdm import tqdm

MEMBERS = 3
SHORTEST, LEAST_VOICE, MOST_CLIPPED = 0.6, 0.15, 0.02  # seconds, seconds, share of the samples
REJECTED = 0.02  # of clips of new speakers, by the limit of `Everyday.calibrate`


class Networks:
    """Networks that answer together, trained by Keras and run by ONNX Runtime.

    Parameters
    ----------
    seed : int
    epochs : int, optional
    members : int
        How many networks; each begins with other weights and hears the clips in another order.

    Attributes
    ----------
    classes_ : ndarray of str
    temperature_ : float
        By which the logits are divided: above 1 where the networks are surer than they are right.
    limit_ : float
        Clips whose `distance` is larger are like nothing in training.
    """

    def __init__(self, seed: int = 0, epochs: int | None = None, members: int = MEMBERS):
        self.seed, self.epochs, self.members = seed, epochs, members
        self.temperature_, self.limit_ = 1.0, float("inf")

    def fit(self, X: Sequence[np.ndarray], y: Sequence[str]) -> Networks:
        """Train on frames of `logmel64`; with the same rows again, or after a kill, it goes on where it was.

        Raises
        ------
        CourseError
            Where Keras is not installed.
        """
        from . import network

        epochs = self.epochs or network.EPOCHS
        self.classes_, targets = np.unique(np.asarray(y, dtype=str), return_inverse=True)
        clips = [network.quantised(frames) for frames in X]
        digest = sha256(json.dumps([network.VERSION, epochs, targets.tolist()]).encode())
        for clip in clips:
            digest.update(clip.tobytes())
        folder = places.cache_folder("networks") / digest.hexdigest()[:16]
        weights = []
        with network.progress(epochs * self.members) as bar:
            for seed in range(self.seed * self.members, (self.seed + 1) * self.members):
                options = {"seed": seed, "epochs": epochs, "folder": folder, "bar": bar}
                weights.append(network.learned(clips, targets, len(self.classes_), **options))
        return self.built(weights, X)

    def built(self, weights: Sequence[dict[str, np.ndarray]], X: Sequence[np.ndarray]) -> Networks:
        """The answering form of trained networks; `X` says what is near: the clips that they were trained on."""
        from .graph import graph

        self._graph = graph(weights)
        self._open()
        near = _around(np.concatenate([self._run("pooled", frames) for frames in X]))
        self._graph = graph(weights, near)
        self._open()
        return self

    def predict_proba(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """Probabilities (n, n_labels) for frames of `logmel64`, each as long as it is."""
        return _softmax(self.logits(X) / self.temperature_)

    def logits(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """(n, n_labels); the mean over each clip as it is and at a steady level, as if a recorder had kept it."""
        return np.stack([self._run("logits", frames).mean(axis=0) for frames in X])

    def distance(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """How far clips (n,) lie from those in training, in spreads: about 1 for those."""
        return np.stack([self._run("distance", frames)[0] for frames in X])

    def _run(self, what: str, frames: np.ndarray) -> np.ndarray:
        frames = np.asarray(frames, dtype=np.float32)
        seen = np.stack([normalised(frames), normalised(levelled(frames))])
        return np.asarray(self._session.run([what], {"frames": seen})[0])

    def _open(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a clip takes milliseconds: threads would wait for one another
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(self._graph, options, providers=["CPUExecutionProvider"])

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "_session"}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state)
        self._open()


class Everyday:
    """Convolutional and recurrent networks on log-mel frames, trained on copies of what microphones do. See `base.Recipe`."""

    name = "everyday"
    title = "convolutions and a GRU on log-mel frames, trained with copies of what microphones, rooms and formats do"
    features = FEATURES["logmel64"]
    suffix = ".onnx"
    makes_copies = True

    def __init__(self, epochs: int | None = None, members: int = MEMBERS):
        self.epochs, self.members = epochs, members

    def build(self, seed: int, labels: Sequence[str]) -> Networks:
        return Networks(seed, self.epochs, self.members)
