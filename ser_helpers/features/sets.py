"""The feature sets, by name. Another one is a file beside this one and a word in the line below, or `register`."""

from __future__ import annotations

from ..registry import Registry
from .base import FeatureSet
from .logmel import LogMel64
from .means168 import Means168
from .published import Published

FEATURES: Registry[FeatureSet] = Registry("feature set", Means168(), LogMel64(), Published())
register = FEATURES.register


def named(features: str | FeatureSet) -> FeatureSet:
    """The feature set of a name; a feature set comes back as it is.

    Raises
    ------
    CourseError
        When there is none of that name; the message lists them.

    Examples
    --------
    >>> named("logmel64").shape
    (None, 64)
    """
    return FEATURES[features] if isinstance(features, str) else features
