"""A model's card, the JSON beside its file: what it is, what it was trained on, how often it is right, what it is not for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .. import places
from ..corpus.base import Corpus
from ..errors import CourseError
from .base import Recipe, makes_copies, version_of

MODELS = places.DATA / "models"
MODEL = MODELS / "original.skops"  # which the lessons build
EVERYDAY = MODELS / "everyday.onnx"  # which people's own recordings are asked of
NAMES = ("corpus", "recipe", "features", "labels")  # without them nobody knows what a model may be asked


def make_card(
    clips: pd.DataFrame,
    corpus: Corpus,
    recipe: Recipe,
    labels: Sequence[str],
    seed: int,
    expected: Sequence[dict],
    measured: dict | None = None,
) -> dict:
    """The card of a model that was trained on these clips, clean and with noise.

    Parameters
    ----------
    clips : DataFrame
        With the column speaker.
    corpus, recipe
    labels : sequence of str
        In the order of the model's probabilities.
    seed : int
    expected : sequence of dict
        See `evaluate.expected`.
    measured : dict, optional
        See `evaluate.measured`.
    """
    speakers = sorted(set(clips["speaker"]))
    how = "as they are and as copies" if makes_copies(recipe) else "clean and at 15 dB SNR"
    return {
        "model": recipe.title,
        "corpus": corpus.name,
        "recipe": recipe.name,
        "features": version_of(recipe.features),
        "labels": list(labels),
        "trained_on": f"{corpus.title}, {len(clips)} clips of {len(speakers)} speakers, {how}",
        "speakers": speakers,
        "seed": seed,
        "expected": list(expected),
        "measured": measured or {},
        "predicts": f"the label that a clip of {corpus.title} would carry, not what a person feels",
        "not_for": "inferring anyone's emotions at work or in education, which Regulation (EU) 2024/1689 Article "
        "5(1)(f) forbids, or any decision about a person",
        "licence": f"Derived from {corpus.title}. {corpus.attribution} {corpus.licence}",
    }


def card_path(path: Path) -> Path:
    """Where the card of the model file `path` is: the same name with ``.json``.

    Raises
    ------
    CourseError
        When the model itself has that name.

    Examples
    --------
    >>> card_path(Path("my.skops")).name
    'my.json'
    """
    if path.suffix == ".json":
        raise CourseError(f"{path} is what the model's card is called. Give the model another suffix, .skops say.")
    return path.with_suffix(".json")


def read_card(path: Path) -> dict:
    """The card of the model file `path`.

    Raises
    ------
    CourseError
        When it is not there, is no JSON, or does not name corpus, recipe, features and labels.
    """
    file = card_path(path)
    if not file.exists():
        raise CourseError(
            f"{path} has no card {file.name} beside it, so its recipe is unknown. `ser train` makes both."
        )
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
        missing = [name for name in NAMES if name not in card]
    except (ValueError, TypeError):
        raise CourseError(f"{file} is not the card of a model (JSON). `ser train` makes a new one.") from None
    if missing:
        raise CourseError(
            f"{file} is of an older form and does not name {', '.join(missing)}. `ser train` makes a new model and card."
        )
    return card


def write_card(path: Path, card: dict) -> None:
    """Put a card beside the model file `path`."""
    card_path(path).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def card_text(card: dict) -> str:
    """A card as a person reads it: what it is, whom and what it is right about, how sure it is, what it is not for.

    Examples
    --------
    >>> print(card_text(read_card(EVERYDAY)))  # doctest: +ELLIPSIS
    everyday: three networks of convolutions ...
    Trained on CREMA-D, 6130 clips of 75 speakers, as they are and as copies.
    ...
    """
    found = card.get("measured") or {}
    lines = [
        f"{card['recipe']}: {card['model']}.",
        f"Trained on {card['trained_on']}.",
        f"It predicts {card['predicts']}.",
        f"It must not be used for {card['not_for']}.",
        "",
    ]
    if not found:
        lines += ["How often it is right on speakers it has never heard was not measured: `ser evaluate` does.", ""]
    else:
        split = card["expected"][0]["split"] if card["expected"] else ""
        lines += [f"Right on speakers it has never heard ({split}; 95 % interval over speakers):", *_groups(found)]
        lines += ["", *_calibration(found["calibration"])] if "calibration" in found else []
        lines += ["", "Limits", *(f"  {limit}" for limit in found["limits"]), ""]
    return "\n".join([*lines, card["licence"]])


TITLES = {
    "emotion": "by emotion that was to be acted",
    "level": "by level that was asked for (in one sentence of CREMA-D, and never for neutral)",
    "sex": "by sex of the speaker",
    "age": "by age of the speaker",
    "chain": "behind a recording's way (of the clips in that test; kept: the label of their untouched copy)",
}


def _groups(found: dict) -> list[str]:
    lines, before = [], "all"
    for row in found["groups"]:
        if row["by"] != before:
            before = row["by"]
            lines.append(TITLES[before])
        kept = f"   kept {100 * row['kept']:5.1f} %   ECE {row['ece']:.3f}" if "kept" in row else ""
        without = f"   no label to {100 * row['refused']:4.1f} %" if "refused" in row else ""
        lines.append(f"  {row['group']:26}{_right(row)}{without}{kept}")
    return lines


def _right(row: dict) -> str:
    counted = f"{row['n_clips']:6,} clips of {row['n_actors']:2} speakers"
    if "too_few" in row:
        return f"{'too few speakers to say':24}{counted}"
    low, high = (100 * share for share in row["accuracy_interval"])
    return f"{100 * row['accuracy']:5.1f} % ({low:.1f} to {high:.1f})".ljust(24) + counted


def _calibration(found: dict) -> list[str]:
    low, high = found["ece_interval"]
    lines = [
        f"When it says 70 %, is it right in seven of ten? Off by {100 * found['ece']:.1f} points on average "
        f"(ECE; {100 * low:.1f} to {100 * high:.1f}; {found['n_clips']:,} clips)."
    ]
    return lines + [f"  said {100 * row['said']:4.0f} %                right in {_right(row)}" for row in found["bins"]]


def track_record(path: str | Path = MODEL) -> str:
    """Which model it is, and how often it is right on speakers it has never heard: its card in two sentences.

    Examples
    --------
    >>> print(track_record())  # doctest: +ELLIPSIS
    Model: the course's own, trained on CREMA-D, ... it is right in ... % of clean clips (... to ..., ...).
    """
    path = Path(path)
    card = read_card(path)
    model = "the course's own" if path in (MODEL, EVERYDAY) else f"{path.name} ({card['recipe']})"
    about = f"Model: {model}, trained on {card['trained_on']}."
    score = next((row for row in card["expected"] if row["tested_on"] == "clean"), None)
    if score is None:
        return f"{about} How often it is right on speakers it has never heard was not measured: `ser evaluate` does."
    low, high = (100 * share for share in score["accuracy_interval"])
    return (
        f"{about} On speakers it has never heard, it is right in {100 * score['accuracy']:.0f} % of clean clips "
        f"({low:.0f} to {high:.0f}, 95 % interval over actors; {score['split']})."
    )
