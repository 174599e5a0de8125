"""The recipes at hand, by name."""

from __future__ import annotations

from ..registry import Registry
from .base import Recipe
from .everyday import Everyday
from .logistic import Logistic
from .networks import Cnn, Gru
from .original import Original

RECIPES: Registry[Recipe] = Registry("recipe", Original(), Logistic(), Everyday(), Cnn(), Gru())


def named(recipe: str | Recipe) -> Recipe:
    """The recipe of this name; a recipe is returned as it is.

    Raises
    ------
    CourseError
        For a name that is not there; the message lists those that are.

    Examples
    --------
    >>> named("logistic").features.name
    'means168'
    """
    return RECIPES[recipe] if isinstance(recipe, str) else recipe


def register(recipe: Recipe) -> None:
    """Add a recipe of your own: from then on every function and command knows its name."""
    RECIPES.register(recipe)
