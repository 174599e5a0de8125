"""Model files: a fitted model and its card, saved and loaded together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CourseError
from . import skops_files
from .base import Recipe, version_of
from .card import MODEL, card_path, read_card, write_card
from .recipes import RECIPES, named


@dataclass(frozen=True)
class Loaded:
    """A fitted model, the recipe that made it, and its card."""

    model: Any
    recipe: Recipe
    card: dict


def save_model(model: Any, path: str | Path, card: dict) -> None:
    """Write a fitted model, and its card as JSON beside it.

    Parameters
    ----------
    model : fitted by the recipe that the card names
    path : str or Path
        Ends in the recipe's suffix; the card is the same name with ``.json``.
    card : dict
        From `make_card`: what it is, what it was trained on, how it scores and what it must not be used for.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".part{path.suffix}")
    named(card["recipe"]).save(model, fresh)
    write_card(path, card)
    fresh.replace(path)


def load(path: str | Path = MODEL) -> Loaded:
    """Read a model that `save_model` wrote, by the recipe that its card names; nothing in the file can run code.

    Parameters
    ----------
    path : str or Path
        The course's own model if not given, trained on the 75 CREMA-D actors at hand.

    Raises
    ------
    CourseError
        When the file or its card is missing, the card names a recipe that is not at hand or other features than the
        recipe looks at today, the labels of the two differ, or the recipe refuses the file.

    Examples
    --------
    >>> loaded = load()
    >>> loaded.recipe.name, loaded.card["features"]
    ('original', 'means168 v1')
    """
    path = Path(path)
    if not path.exists():
        raise CourseError(f"There is no model {path}. `ser train` makes one.")
    if path.suffix == ".skops" and not card_path(path).exists():
        skops_files.refuse_strangers(path)  # that a file would run code says more than that it has no card
    card = read_card(path)
    if card["recipe"] not in [recipe.name for recipe in RECIPES]:
        raise CourseError(
            f"{path} was made by the recipe {card['recipe']!r}, which is not at hand: "
            f"{', '.join(recipe.name for recipe in RECIPES)}. model.register() adds one."
        )
    recipe = named(card["recipe"])
    if card["features"] != version_of(recipe.features):
        raise CourseError(
            f"{path} was trained on other features: its card says {card['features']}, and the recipe {recipe.name!r} looks "
            f"at {version_of(recipe.features)} today. `ser train` makes a new one."
        )
    model = recipe.load(path)
    labels = [str(label) for label in model.classes_]
    if labels != card["labels"]:
        raise CourseError(
            f"{path} answers with other labels ({', '.join(labels)}) than its card says ({', '.join(card['labels'])}): the "
            "two do not belong together. `ser train` makes both."
        )
    return Loaded(model, recipe, card)


def load_model(path: str | Path = MODEL) -> Any:
    """The fitted model of `load`.

    Notes
    -----
    Lessons 00, 06 and 08.

    Examples
    --------
    >>> [str(label) for label in load_model().classes_]
    ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad']
    """
    return load(path).model
