"""Models of the practice voices, for the practice voices: each is asked only about voices it has not heard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from .. import corpus, features
from .card import make_card
from .files import Loaded, load
from .logistic import Logistic

RECIPE = Logistic()
N_FOLDS = 4


@cache
def practice_models() -> tuple[dict[str, Loaded], pd.DataFrame]:
    """For each practice voice a model that learned from the others, and what these models say to every practice clip.

    Returns
    -------
    models : dict of str to Loaded
        By speaker. Four models for twelve voices: each has heard nine, and is asked about the other three.
    clips : DataFrame
        `corpus.clip_table("practice")` with the column predicted.

    Notes
    -----
    Logistic regression on clean clips: half a second, once in a kernel.

    Examples
    --------
    >>> models, clips = practice_models()
    >>> len(models), bool((clips["predicted"] == clips["emotion"]).mean() > 0.4)
    (12, True)
    """
    from sklearn.model_selection import GroupKFold

    part = corpus.named("practice")
    clips = corpus.clip_table(part.name)
    X, y = features.extract(corpus.find_audio(clips)), clips["emotion"].to_numpy(dtype=str)
    speakers, predicted = clips["speaker"].to_numpy(dtype=str), np.empty_like(y)
    models: dict[str, Loaded] = {}
    for train, test in GroupKFold(N_FOLDS).split(X, y, speakers):
        with threadpool_limits(1):  # the table is small: more threads would wait for one another
            fitted = RECIPE.build(0, part.labels).fit(X[train], y[train])
        predicted[test] = fitted.predict(X[test])
        heard = clips.iloc[train]
        about = f"synthetic practice voices, {len(heard)} clips of {heard['speaker'].nunique()} computer voices"
        card = make_card(heard, part, RECIPE, part.labels, 0, ()) | {"trained_on": about}
        models.update(dict.fromkeys(speakers[test].tolist(), Loaded(fitted, RECIPE, card)))
    return models, clips.assign(predicted=predicted)


def load_for(clip: Mapping[str, Any] | pd.Series) -> Loaded:
    """The model to ask about a clip: the course's own for people, a model of practice voices for a practice voice.

    Parameters
    ----------
    clip : Series or mapping
        A row of `corpus.lesson_clips` or `corpus.clip_table`.

    Returns
    -------
    Loaded
        ``.card["trained_on"]`` says in words what it learned from: show it beside its answer.

    Notes
    -----
    A model of people knows nothing of a computer's voice, and the other way round. Lessons 00 and 08.

    Examples
    --------
    >>> load_for(corpus.clip_table().iloc[0]).card["corpus"]
    'crema-d'
    >>> load_for(corpus.clip_table("practice").iloc[0]).card["trained_on"]
    'synthetic practice voices, 216 clips of 9 computer voices'
    """
    speaker = str(clip["speaker"])
    return load() if corpus.of_people([speaker]) else practice_models()[0][speaker]
