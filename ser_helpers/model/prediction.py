"""What a model makes of one clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .. import audio
from ..features.compute import stack
from .base import Classifier, Recipe
from .recipes import named


@dataclass(frozen=True)
class Prediction:
    """A label and the probabilities behind it, in the model's order, which is the course's for its six labels."""

    label: str
    probabilities: dict[str, float]
    reason: str = ""  # why there is no label, where a model gives none

    @property
    def probability(self) -> float:
        """The probability of `label`, 0..1."""
        return self.probabilities[self.label]


def predict(
    model: Classifier, sound: str | Path | BinaryIO | np.ndarray, recipe: str | Recipe = "original"
) -> Prediction:
    """What the model makes of one clip.

    Parameters
    ----------
    model : fitted model
        From `load_model` or `load`, or fitted on rows of `features.clip_features`.
    sound : str, Path, binary file or ndarray
        An audio file of any rate and number of channels, or samples that are 16 kHz mono already.
    recipe : str or Recipe
        That made the model: it knows the features.

    Returns
    -------
    Prediction

    Raises
    ------
    AudioError
        When there is no audio to read (see `audio.read_clip`), or nothing but silence in it.

    Notes
    -----
    The features are computed here, so they are the ones the model was trained on. Lesson 00 uses it, lesson 08 builds
    it.

    Examples
    --------
    >>> from ser_helpers import corpus
    >>> from ser_helpers.model import load_for
    >>> clip = corpus.lesson_clips().iloc[0]
    >>> asked = load_for(clip)
    >>> predict(asked.model, clip["path"], asked.recipe).label in corpus.LABELS
    True
    """
    y = audio.to_16k_mono(sound, audio.SAMPLE_RATE) if isinstance(sound, np.ndarray) else audio.read_clip(sound)
    audio.refuse_silence(y)
    features = named(recipe).features
    probabilities = model.predict_proba(stack([features.compute(y)], features))[0]
    by_label = dict(zip(map(str, model.classes_), map(float, probabilities), strict=True))
    return Prediction(label=max(by_label, key=by_label.__getitem__), probabilities=by_label)
