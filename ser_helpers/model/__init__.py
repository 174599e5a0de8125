"""The course's model: scale 168 features, one hidden layer of 100, six probabilities."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from .. import audio, corpus, features, places
from ..errors import CourseError

MODEL = places.DATA / "models" / "original.skops"
# What skops may build besides numpy arrays and scikit-learn estimators: the trained network keeps its optimiser.
TRUSTED = ["sklearn.neural_network._stochastic_optimizers.SGDOptimizer"]


@dataclass(frozen=True)
class Prediction:
    """A label and the six probabilities behind it, in course order."""

    label: str
    probabilities: dict[str, float]

    @property
    def probability(self) -> float:
        """The probability of `label`, 0..1."""
        return self.probabilities[self.label]


def build_model(seed: int = 0) -> Pipeline:
    """The original project's configuration, to the letter: an unfitted scaler and network.

    Parameters
    ----------
    seed : int
        Of the network's first weights and of the order of its batches.

    Returns
    -------
    Pipeline
        StandardScaler, then MLPClassifier.

    Notes
    -----
    Lesson 06 takes it apart.

    Examples
    --------
    >>> build_model(seed=3)[-1].hidden_layer_sizes
    (100,)
    """
    network = MLPClassifier(
        activation="relu",
        solver="sgd",
        hidden_layer_sizes=(100,),
        alpha=0.839903176695813,
        batch_size=150,
        learning_rate="adaptive",
        max_iter=100000,
        random_state=seed,
    )
    return Pipeline([("scale", StandardScaler()), ("network", network)])


def train(path: str | Path = MODEL, seed: int = 0, expected: list[dict] | None = None) -> dict:
    """Fit the course's model on all committed CREMA-D features, clean and noisy, and save it with its card.

    Parameters
    ----------
    path : str or Path
        See `save_model`.
    seed : int
    expected : list of dict, optional
        What such a model reaches on new actors, for the card: `evaluate.expected`. The fitted model itself has heard
        every actor, so it cannot be scored on them.

    Returns
    -------
    dict
        The model card.
    """
    places.writable_folder(Path(path).parent, option="--out")
    clips, clean, noisy = features.load_features()
    labels = clips["emotion"].to_numpy(dtype=str)
    with threadpool_limits(1):  # sums in another order would end in another network
        model = build_model(seed).fit(np.concatenate([clean, noisy]), np.tile(labels, 2))
    card = {
        "model": "StandardScaler and MLPClassifier (relu, sgd, 100 hidden units), 168 features at 16 kHz",
        "trained_on": f"CREMA-D, {len(clips)} clips of {clips['actor_id'].nunique()} actors, clean and at 15 dB SNR",
        "actors": sorted(set(clips["actor_id"].tolist())),
        "seed": seed,
        "epochs": int(model[-1].n_iter_),
        "expected": expected or [],
        "predicts": "the emotion an English-speaking actor was asked to act, not what a person feels",
        "not_for": "inferring anyone's emotions at work or in education, which Regulation (EU) 2024/1689 Article "
        "5(1)(f) forbids, or any decision about a person",
        "licence": "Derived from CREMA-D (Cao et al. 2014): Open Database License 1.0",
    }
    save_model(model, path, card)
    return card


def save_model(model: Pipeline, path: str | Path, card: dict) -> None:
    """Write a fitted model as skops, and its model card as JSON beside it.

    Parameters
    ----------
    model : fitted Pipeline over `features.FEATURE_NAMES`
    path : str or Path
        Ends in ``.skops``; the card is the same name with ``.json``.
    card : dict
        What it was trained on, how it scores and what it must not be used for.

    Notes
    -----
    The file carries the names of its features and one worked example, so that `load_model` can tell a model for other
    features, or one that another version of scikit-learn reads differently.
    """
    import skops.io

    probe = np.linspace(-1, 1, len(features.FEATURE_NAMES), dtype=np.float32)[None]
    contents = {"model": model, "features": list(features.FEATURE_NAMES), "probe": model.predict_proba(probe)}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    skops.io.dump(contents, fresh)
    path.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def load_model(path: str | Path = MODEL) -> Pipeline:
    """Read a model that `save_model` wrote; nothing in the file can run code.

    Parameters
    ----------
    path : str or Path
        The course's own model if not given, trained on the 75 CREMA-D actors at hand.

    Returns
    -------
    Pipeline
        Fitted; its ``classes_`` are `corpus.LABELS`.

    Raises
    ------
    CourseError
        When the file is missing, is no skops file, holds a type outside a short named list, expects other features
        or labels, or predicts otherwise than when it was saved (another version of scikit-learn).

    Notes
    -----
    A pickle could run anything on load; skops refuses what is not named. Lesson 08 shows both.

    Examples
    --------
    >>> [str(label) for label in load_model().classes_]
    ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad']
    """
    import skops.io

    path = Path(path)
    if not path.exists():
        raise CourseError(f"There is no model {path}. `ser train` makes one.")
    try:
        strangers = set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED)
    except Exception:  # skops raises whatever zipfile and json do on a file that is something else
        raise CourseError(f"{path} is not a model saved by this course (skops). `ser train` makes one.") from None
    if strangers:
        raise CourseError(
            f"{path} was not opened: it would build {', '.join(sorted(strangers))}, which no model of this course needs."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InconsistentVersionWarning)  # the worked example below decides instead
        try:
            contents = skops.io.load(path, trusted=TRUSTED)
            model, names, probe = contents["model"], contents["features"], contents["probe"]
            vector = np.linspace(-1, 1, len(names), dtype=np.float32)[None]
            labels, answer = model.classes_.tolist(), model.predict_proba(vector)
        except Exception as error:
            raise CourseError(
                f"{path} was saved by another version and cannot be read ({error}). `ser train` makes a new one."
            ) from None
    if names != list(features.FEATURE_NAMES) or labels != list(corpus.LABELS):
        raise CourseError(
            f"{path} was trained on other features ({len(names)}) or labels ({', '.join(map(str, labels))}). `ser train` "
            "makes a new one."
        )
    if not np.allclose(answer, probe, atol=1e-3):
        raise CourseError(
            f"{path} predicts otherwise than when it was saved: this scikit-learn reads it differently. Train a new "
            "one with `ser train`."
        )
    return model


def predict(model: Pipeline, sound: str | Path | BinaryIO | np.ndarray) -> Prediction:
    """What the model makes of one clip.

    Parameters
    ----------
    model : Pipeline
        From `load_model`, or fitted on rows of `features.clip_features`.
    sound : str, Path, binary file or ndarray
        An audio file of any rate and number of channels, or samples that are 16 kHz mono already.

    Returns
    -------
    Prediction

    Raises
    ------
    AudioError
        When there is no audio to read; see `audio.read_clip`.

    Notes
    -----
    The features are computed here, so they are the ones the model was trained on. Lesson 00 uses it, lesson 08 builds
    it.

    Examples
    --------
    >>> clip = corpus.lesson_clips()["path"][0]
    >>> predict(load_model(), clip).label in corpus.LABELS
    True
    """
    y = audio.to_16k_mono(sound, audio.SAMPLE_RATE) if isinstance(sound, np.ndarray) else audio.read_clip(sound)
    probabilities = model.predict_proba(features.clip_features(y)[None])[0]
    by_label = dict(zip(map(str, model.classes_), map(float, probabilities), strict=True))
    return Prediction(label=max(by_label, key=by_label.get), probabilities=by_label)


def track_record(path: str | Path = MODEL) -> str:
    """Which model it is, and how often it is right on speakers it has never heard: its card in two sentences.

    Examples
    --------
    >>> print(track_record())  # doctest: +ELLIPSIS
    Model: the course's own, trained on CREMA-D, ... it is right in ... % of clean clips (... to ..., ...).
    """
    card = json.loads(Path(path).with_suffix(".json").read_text(encoding="utf-8"))
    score = next(row for row in card["expected"] if row["tested_on"] == "clean")
    low, high = (100 * share for share in score["accuracy_interval"])
    return (
        f"Model: the course's own, trained on {card['trained_on']}. On speakers it has never heard, it is right "
        f"in {100 * score['accuracy']:.0f} % of clean clips ({low:.0f} to {high:.0f}, "
        f"95 % interval over actors; {score['split']})."
    )
