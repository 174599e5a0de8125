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
    """A label and the probabilities behind it, in the model's order, which is the course's for its six labels.

    Attributes
    ----------
    label : str or None
        None where the model gives none; the probabilities are there all the same.
    probabilities : dict of str to float
    reason : str
        Why there is no label.
    """

    label: str | None
    probabilities: dict[str, float]
    reason: str = ""

    @property
    def probability(self) -> float:
        """The largest probability, 0..1: that of `label`, if there is one."""
        return max(self.probabilities.values())


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
        When there is no audio to read (see `audio.read_clip`), or nothing but silence in it and the recipe has no
        doubts of its own.

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
    recipe = named(recipe)
    answered = getattr(recipe, "answered", None)
    if answered is None:
        audio.refuse_silence(y)
        probabilities, reason = model.predict_proba(stack([recipe.features.compute(y)], recipe.features))[0], ""
    else:
        probabilities, reason = answered(model, y)
    by_label = dict(zip(map(str, model.classes_), map(float, probabilities), strict=True))
    return Prediction(None if reason else max(by_label, key=by_label.__getitem__), by_label, reason)
