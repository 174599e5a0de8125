"""The recipe "everyday": the model that is handed out, for recordings as people have them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import scipy.special

from ... import audio, pitch, places
from ...errors import CourseError
from ...features import FEATURES
from ..base import temperature, version_of
from ..skops_files import worked_example
from .copies import copies, levelled, normalised
from .likeness import gaussian, manner

MEMBERS = 3
SHORTEST, LEAST_VOICE, MOST_CLIPPED = 0.6, 0.08, 0.02  # seconds, seconds, share of the samples
REJECTED = 0.02  # of the clips of new speakers lie further out than `Networks.limit_`


class Networks:
    """Networks that answer together: Keras trains them, ONNX Runtime runs them.

    Parameters
    ----------
    seed : int
    epochs : int, optional
    members : int
        How many; each begins with other weights and hears the clips in another order.

    Attributes
    ----------
    classes_ : ndarray of str
    temperature_ : float
        By which the logits are divided: above 1 where the networks are surer than they are right.
    limit_ : float
        A clip whose `distance` is larger is like nothing in training.
    seconds_ : float
        They took to train; nan where that happened elsewhere.
    """

    def __init__(self, seed: int = 0, epochs: int | None = None, members: int = MEMBERS):
        self.seed, self.epochs, self.members = seed, epochs, members
        self.temperature_, self.limit_ = 1.0, float("inf")

    def fit(self, X: Sequence[np.ndarray], y: Sequence[str]) -> Networks:
        """Train on frames of `logmel64`. With the same rows again, or after a kill, it goes on where it was.

        Raises
        ------
        CourseError
            Where Keras is not installed.
        """
        from tqdm import tqdm

        from . import network

        labels, targets = np.unique(np.asarray(y, dtype=str), return_inverse=True)
        epochs, clips = self.epochs or network.EPOCHS, [network.quantised(frames) for frames in X]
        digest = sha256(json.dumps([network.VERSION, targets.tolist()]).encode())
        for clip in clips:
            digest.update(clip.tobytes())
        folder = places.cache_folder("networks") / digest.hexdigest()[:16]
        seeds = range(self.seed * self.members, (self.seed + 1) * self.members)
        with tqdm(total=epochs * self.members, unit="epoch", desc="Networks", leave=False) as bar:
            weights = [network.learned(clips, targets, len(labels), seed, epochs, folder, bar) for seed in seeds]
        self.seconds_ = sum(network.spent(folder, seed, epochs) for seed in seeds)
        return self.built(weights, X, labels)

    def built(self, weights: Sequence[dict[str, np.ndarray]], X: Sequence[np.ndarray], labels: np.ndarray) -> Networks:
        """The answering form of trained networks. `X`, their training clips, say what is near: in copies, as trained."""
        from .graph import graph

        rng = np.random.default_rng(self.seed)
        self.classes_ = labels
        manners = [manner(copy) for copy in copied(X, rng)]
        return self._opened(graph(weights, *gaussian(np.array(manners))))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities (n, n_labels) for frames of `logmel64`, each clip as long as it is."""
        return self.tempered(self.heard(X)[0])

    def tempered(self, logits: np.ndarray) -> np.ndarray:
        """Probabilities from logits (n, n_labels)."""
        return np.asarray(scipy.special.softmax(logits / self.temperature_, axis=1))

    def heard(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Logits (n, n_labels), the mean over each clip as it is and at a steady level, and distances (n,) in spreads."""
        answers = []
        for frames in X:
            db = np.asarray(frames, dtype=np.float32)
            seen = {
                "frames": np.stack([normalised(db), normalised(levelled(db))]),
                "manner": np.tile(manner(db).astype(np.float32), (2, 1)),
            }
            logits, distance = self._session.run(["logits", "distance"], seen)
            answers.append((logits.mean(axis=0), distance[0]))
        return np.stack([logits for logits, _ in answers]), np.array([distance for _, distance in answers])

    def _opened(self, model: bytes) -> Networks:
        import onnxruntime

        self.graph_ = model
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a clip takes milliseconds: threads would wait for one another
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return self

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "_session"}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state)
        self._opened(self.graph_)


def copied(X: Any, rng: np.random.Generator) -> list[np.ndarray]:
    """A copy (240, 64) of each clip, as another recording would have it, made in batches as in training."""
    from .network import BATCH, CROP

    crops = [np.asarray(frames, dtype=np.float32).take(np.arange(CROP), axis=0, mode="wrap") for frames in X]
    batches = (np.stack(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH))
    return [copy for batch in batches for copy in copies(batch, rng, share=1)]


def _without_silent_ends(y: np.ndarray) -> np.ndarray:
    """A recording without the zeros that an editor or a telephone put before and after it, but for a quarter of a second."""
    heard = np.flatnonzero(np.abs(y) > 2 / 2**15)
    if len(heard) == 0:
        return y
    return y[max(0, heard[0] - audio.SAMPLE_RATE // 4) : heard[-1] + audio.SAMPLE_RATE // 4]


def _doubt(y: np.ndarray, unlike: bool) -> str:
    """Why no label should be given to samples that are unlike those in training, or not; "" if nothing speaks against one."""
    try:
        audio.refuse_silence(y)
    except audio.AudioError as error:
        return str(error)
    seconds = len(y) / audio.SAMPLE_RATE
    if seconds < SHORTEST:
        return f"The recording is too short, {seconds:.1f} s. Say a whole sentence: those in training take 1.3 to 5 s."
    if np.mean(np.abs(y) >= 0.999 * np.abs(y).max()) > MOST_CLIPPED:
        return "The recording is clipped: its loudest parts are cut off. Lower the microphone's level and say it again."
    if np.isfinite(pitch.fundamental(y)[1]).sum() / 100 < LEAST_VOICE:
        return "No voice is heard in it. Come closer to the microphone and say a sentence aloud."
    if unlike:
        return "It is unlike any recording in training: music, noise, a computer's voice, or a very unusual recording."
    return ""


class Everyday:
    """Convolutional and recurrent networks on log-mel frames, trained with copies of what recordings go through.

    Parameters
    ----------
    epochs : int, optional
        For a quick try; `network.EPOCHS` if not given.
    members : int
        Networks that answer together.

    Notes
    -----
    Trained on 6,130 clips it takes about a day on two cores, most of it for calibration: a step of 64 clips took 3.0 s of
    a core, 95 steps are an epoch and 45 epochs a network. Three networks are the model, 5.3 hours of two cores; those of
    five folds, whose answers say how sure it may be, are four times the work. `ser evaluate` needs the same folds, and
    takes them from the cache.
    """

    name = "everyday"
    title = (
        "three networks of convolutions and a GRU on log-mel frames, trained with copies of what recordings go through"
    )
    features = FEATURES["logmel64"]
    suffix = ".onnx"
    makes_copies = True  # so it is given the clean clips alone

    def __init__(self, epochs: int | None = None, members: int = MEMBERS):
        self.epochs, self.members = epochs, members

    def smaller(self) -> Everyday:
        """For a quick try: one network, two epochs."""
        return Everyday(epochs=2, members=1)

    def build(self, seed: int, labels: Sequence[str]) -> Networks:
        return Networks(seed, self.epochs, self.members)

    def examined(self, model: Networks, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What a model says to clips of speakers that it has not heard, for `calibrate`.

        Returns
        -------
        logits : ndarray, shape (2n, n_labels)
            To the clips as they are, then to a copy of each.
        right : ndarray of int, shape (2n,)
            The number of the label that each should have.
        distances : ndarray, shape (n,)
        """
        rng = np.random.default_rng(0)
        plain, distances = model.heard(X)
        right = np.tile(np.searchsorted(model.classes_, np.asarray(y, dtype=str)), 2)
        return np.concatenate([plain, model.heard(copied(X, rng))[0]]), right, distances

    def calibrate(self, model: Networks, found: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
        """Set a model's temperature and limit by what `examined` found of such models.

        Notes
        -----
        One `temperature` for all labels, the likeliest over clips as they are and over one copy of
        each. The limit is passed by 2 % of the clips as they are.
        """
        logits, right, distances = (np.concatenate(each) for each in zip(*found, strict=True))
        model.temperature_ = temperature(logits, right)
        model.limit_ = float(np.quantile(distances, 1 - REJECTED))

    def answered(self, model: Networks, y: np.ndarray) -> tuple[np.ndarray, str]:
        """Probabilities (n_labels,) for 16 kHz mono samples, and why no label should be given; "" if nothing speaks against one."""
        y = _without_silent_ends(y)
        logits, distances = model.heard([self.features.compute(y)])
        return model.tempered(logits)[0], _doubt(y, unlike=bool(distances[0] > model.limit_))

    def save(self, model: Networks, path: Path) -> None:
        from .graph import with_words

        words = {
            "recipe": self.name,
            "features": version_of(self.features),
            "labels": json.dumps(model.classes_.tolist()),
            "temperature": repr(model.temperature_),
            "limit": repr(model.limit_),
            "probe": json.dumps(model.predict_proba(worked_example(self.features))[0].tolist()),
        }
        path.write_bytes(with_words(model.graph_, words))

    def load(self, path: Path) -> Networks:
        again = "`ser train --recipe everyday` makes a new one."
        try:
            model = Networks()._opened(path.read_bytes())
            words = model._session.get_modelmeta().custom_metadata_map
            model.classes_ = np.array(json.loads(words["labels"]))
            model.temperature_, model.limit_ = float(words["temperature"]), float(words["limit"])
            probe = np.array(json.loads(words["probe"]))
            same = words["features"] == version_of(self.features)
        except Exception as error:  # of a damaged file ONNX Runtime says whatever it finds
            raise CourseError(f"{path} is no model of the recipe {self.name!r}, or is damaged. {again}") from error
        if not same or not np.allclose(model.predict_proba(worked_example(self.features))[0], probe, atol=0.01):
            raise CourseError(f"{path} answers otherwise here than where it was made. {again}")
        return model
