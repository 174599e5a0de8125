"""One page for a model: what it is, what it reaches and for whom, how sure it is, and clips to hear beside what it says.

    the model's card, data/results -> a dictionary, section by section -> report.html.j2 -> one file

No number is written down here or in the template: each comes from the card, from a file of results that a command rewrites,
or from the clips themselves. What is not measured is left out with a sentence that says which command measures it.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd
import soundfile as sf
from markupsafe import Markup, escape

from . import audio, corpus, evaluate, features, model, places, plots
from .errors import CourseError
from .evaluate.results import HOW_TRAINED
from .model import Loaded, Prediction, makes_copies
from .plots.picture import light, new_axes, percent

SIGN = '<meta name="generator" content="ser report">'  # a file with it may be replaced
LESSON = re.compile(r"\d\d_\w+")
VOICE, SENTENCE, ACTED = (
    "practice/9001",
    "DFA",
    ("angry", "neutral", "sad"),
)  # the clips that stand for all practice voices
WAYS = ("telephone", "clipped")
TOLD = ("model", "trained_on", "predicts", "not_for", "licence")  # by the card, if nobody made it by hand
CONDITIONS = ("clean", "noisy", "chains")


def make(
    name: str | Path = model.EVERYDAY.stem,
    out: str | Path | None = None,
    recordings: bool = False,
    results: Path = evaluate.RESULTS,
) -> tuple[Path, dict[str, str]]:
    """Write the page of a model.

    Parameters
    ----------
    name : str or Path
        Of a recipe whose model comes with the course, or a saved model's file.
    out : str or Path, optional
        ``NAME_report.html`` in the present folder if not given. A file that is there is replaced only if it is such a page.
    recordings : bool
        Also embed recordings of the corpus that the model learned from.
    results : Path
        Folder of the measured results.

    Returns
    -------
    path : Path
    left_out : dict of str to str
        By section: why it is not there, and what brings it.

    Raises
    ------
    CourseError
        When there is no such model or its file is damaged, when the page cannot be written, or when recordings are asked for
        and not on this disk.

    Examples
    --------
    >>> make("tomorrow")
    Traceback (most recent call last):
    ser_helpers.errors.CourseError: There is no model tomorrow: everyday, original, or a file that `ser train` saved.
    """
    path = _model_path(name)
    file = _free(Path(out) if out else Path(f"{path.stem}_report.html"))
    html, left_out = page(model.load(path), path, recordings, results)
    fresh = file.with_name(f"{file.name}.part")
    fresh.write_text(html, encoding="utf-8")
    os.replace(fresh, file)
    return file, left_out


def page(
    loaded: Loaded, path: Path = model.EVERYDAY, recordings: bool = False, results: Path = evaluate.RESULTS
) -> tuple[str, dict[str, str]]:
    """The page as HTML, and what was left out of it; see `make`.

    Examples
    --------
    >>> html, left_out = page(model.load(model.EVERYDAY))
    >>> html.startswith("<!DOCTYPE html>"), "leak" in left_out
    (True, False)
    """
    found = Found(loaded, results)
    sections: dict[str, Callable[[], Any]] = {
        "scores": found.scores,
        "ladder": found.ladder,
        "leak": found.leak,
        "chains": found.chains,
        "confusion": found.confusion,
        "groups": found.groups,
        "calibration": found.calibration,
    }
    told: dict[str, Any] = dict.fromkeys(sections)
    told["examples"] = list(practice_examples(loaded))
    told["recordings"] = list(recorded_examples(found)) if recordings else []
    left_out = {}
    for name, load in sections.items():
        try:
            told[name] = load()
        except CourseError as error:
            left_out[name] = str(error).replace(
                f"{results}{os.sep}", ""
            )  # where it lay on this disk is nobody's business
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("ser_helpers", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    templates.filters |= {"percent": percent, "interval": _interval, "figure": _figure, "code": _code}
    about: dict[str, Any] = {
        "card": dict.fromkeys(TOLD, "what its card does not tell") | loaded.card,
        "name": path.stem,
        "sign": SIGN,
        "part": found.part,
        "left_out": left_out,
        "limits": found.limits(),
    }
    about |= {"noise": features.NOISY_SNR_DB, "practice": corpus.named("practice"), "acted": ACTED}
    return templates.get_template("report.html.j2").render(**about, **told), left_out


def _model_path(name: str | Path) -> Path:
    path = model.model_file(name)
    if path.exists():
        return path
    if LESSON.fullmatch(str(name)):
        raise CourseError(f"`ser report` makes a model's page; a class's reports come from `ser overview {name}`.")
    there = sorted(recipe.name for recipe in model.RECIPES if model.model_path(recipe=recipe).exists())
    raise CourseError(f"There is no model {name}: {', '.join(there)}, or a file that `ser train` saved.")


def _free(file: Path) -> Path:
    """The file, if it may be written."""
    if file.suffix.lower() not in (".html", ".htm"):
        raise CourseError(f"{file} would not open in a browser. Give --out a name that ends in .html.")
    places.writable_folder(file.parent, option="--out")
    if file.is_dir() or file.exists() and SIGN not in file.read_text("utf-8", errors="replace")[:2000]:
        raise CourseError(f"{file} is there and is no page of `ser report`. Name another with --out, or move it away.")
    return file


# What was measured


class Found:
    """What is known of a model, a method per section; each raises `CourseError` where nothing was measured."""

    def __init__(self, loaded: Loaded, results: Path) -> None:
        self.card, self.recipe, self.results = loaded.card, loaded.recipe, results
        self.about = self.card["corpus"], self.card["recipe"]
        self.mend = "`ser evaluate --corpus {} --recipe {}`".format(*self.about)
        self.part = next((part for part in corpus.CORPORA if part.name == self.about[0]), None)

    def scores(self) -> dict[str, Any]:
        """How often it is right on speakers that were not heard, on clean clips and with noise; people on the same clips."""
        scores = self._scores()
        asked = {"protocol": HOW_TRAINED[makes_copies(self.recipe)], "target": "intended"}
        found = {name: evaluate.pick(scores, tested_on=name, **asked).to_dict() for name in ("clean", "noisy")}
        found["guessing"] = 1 / len(self.card["labels"])
        found["people"] = evaluate.human_yardstick(self._answered()) if self._heard() else None
        return found

    def _scores(self) -> pd.DataFrame:
        """The recipe's, if this file was trained on the clips that they are about, by today's features."""
        scores = evaluate.load_scores(*self.about, self.results)
        clips = scores[scores["target"] == "intended"].iloc[0]
        if clips["features"] != self.card["features"]:
            raise CourseError(
                f"It was measured on {clips['features']}. {self.mend} measures it on {self.card['features']}."
            )
        if f" {clips['n_clips']} clips of {clips['n_actors']} speakers" not in self.card.get("trained_on", ""):
            raise CourseError(
                f"This file learned from {self.card.get('trained_on', 'unknown clips')}, and what was measured is about models "
                f"of {clips['n_clips']} clips of {clips['n_actors']} speakers. `ser train` makes one of all clips."
            )
        return scores

    def _answered(self) -> pd.DataFrame:
        """Untouched clips of speakers that were not heard: the corpus's columns, and what was said."""
        self._scores()
        said = evaluate.load_unheard(*self.about, self.results)
        return said.merge(corpus.clip_table(self.about[0]), on="clip", validate="1:1", suffixes=("", "_of_clip"))

    def _heard(self) -> bool:
        """Whether a crowd listened to the corpus."""
        return (
            self.part is not None and any(name.startswith("votes_") for name in self.part.table()) and self.part.people
        )

    def ladder(self) -> dict[str, Any]:
        """All rungs from the bottom, and which is this model's."""
        rows = evaluate.load_ladder(self.about[0], self.results)
        rungs = [
            {
                "rung": name,
                **some.iloc[0].to_dict(),
                "by": dict.fromkeys(rows["tested_on"])
                | dict(zip(some["tested_on"], some.to_dict("records"), strict=True)),
            }
            for name, some in rows.groupby("rung", sort=False)
        ]
        names = [rung["rung"] for rung in rungs]
        mine = (self.recipe.name, self.card["features"])
        own = [rung["rung"] for rung in rungs if (rung["recipe"], rung["features"]) == mine]
        return {
            "rungs": rungs,
            "own": self.recipe.name if self.recipe.name in names else next(iter(own), None),
            "conditions": [name for name in CONDITIONS if name in set(rows["tested_on"])],
        }

    def leak(self) -> dict[str, Any]:
        """The leak meter of this recipe, or where it was measured in one way alone, of the network that was in all of them."""
        scores, own = self._scores(), True
        if scores["protocol"].nunique() < 2:
            scores, own = evaluate.load_scores(self.about[0], model.MODEL.stem, self.results), False
        rows = scores[(scores["tested_on"] == "clean") & (scores["target"] == "intended")].to_dict("records")
        title = scores["recipe"].iloc[0]
        return {
            "own": own,
            "of": title,
            "split": self._scores()["split"].iloc[0],
            "row": rows[0],
            "figure": plots.leak_meter(scores, title=title),
        }

    def chains(self) -> dict[str, Any]:
        """The chain meter, beside that of the lessons' network."""
        self._scores()
        rows = evaluate.load_chains(self.about[0], self.results)
        own = rows[(rows["recipe"] == self.recipe.name) & (rows["features"] == self.card["features"])]
        if own.empty:
            raise CourseError(f"It was not taken through the chains. {self.mend.removesuffix('`')} --chains` does it.")
        other = rows[rows["recipe"] == model.MODEL.stem]
        both = own if self.recipe.name == model.MODEL.stem else pd.concat([own, other])
        worst = own.loc[own["accuracy"].idxmin()].to_dict()
        return {"row": own.iloc[0].to_dict(), "worst": worst, "figure": plots.chain_meter(both)}

    def confusion(self) -> dict[str, Any]:
        """What it takes for what, beside the crowd on the same clips where one has listened; clips on which it is tied are left out."""
        rows, labels = self._answered(), self.card["labels"]
        if not self._heard():
            counts = evaluate.confusion(rows["emotion"], rows["predicted"], labels)
            return {"n_clips": len(rows), "crowd": False, "figure": plots.confusion(counts, labels=labels)}
        rows = rows.assign(crowd=corpus.crowd_label(rows)).query("crowd != ''")
        its, theirs = (evaluate.confusion(rows["emotion"], rows[who], labels) for who in ("predicted", "crowd"))
        figure = plots.confusion_pair(its, theirs, titles=(self.recipe.name, "the crowd"), labels=labels)
        return {"n_clips": len(rows), "crowd": True, "figure": figure}

    @cached_property
    def _measured(self) -> dict[str, Any]:
        self._scores()
        return evaluate.measured(*self.about, self.results)

    def groups(self) -> list[tuple[str, list[dict]]]:
        """How often it is right by emotion, level, sex and age; each group's name with its rows."""
        rows = [row for row in self._measured["groups"] if row["by"] != "chain"]
        return [(by, [row for row in rows if row["by"] == by]) for by in dict.fromkeys(row["by"] for row in rows)]

    def calibration(self) -> dict[str, Any]:
        """Whether its probabilities mean what they say."""
        found = self._measured.get("calibration")
        if not found:
            raise CourseError(f"Its stored predictions hold no probabilities. {self.mend} measures anew.")
        return found | {"figure": plots.reliability(found)}

    def limits(self) -> list[str]:
        """From the card: they are the model's, whatever was measured since."""
        return list((self.card.get("measured") or {}).get("limits", ()))


# What can be heard


def practice_examples(loaded: Loaded) -> Iterator[dict[str, Any]]:
    """A practice voice in some emotions, then the last of these clips as it comes out of things that happen, then no voice."""
    clips = corpus.clip_table("practice").query("speaker == @VOICE and sentence == @SENTENCE and emotion in @ACTED")
    clips = clips.assign(path=corpus.find_audio(clips)).reset_index(drop=True)
    voice = f"Computer voice {VOICE.partition('/')[2]}"
    for clip in clips.to_dict("records"):
        yield _asked(loaded, audio.read_clip(clip["path"]), f"{voice}, {clip['emotion']}")
    last, y = clips.iloc[-1], audio.read_clip(clips["path"].iloc[-1])
    for way in (audio.CHAINS[name] for name in WAYS):
        title = f"{voice}, {last['emotion']}, {way.title}"
        yield _asked(loaded, way(y, rng=audio.clip_rng(last["clip"])), title, way.reason)
    noise = audio.clip_rng(last["clip"]).standard_normal(len(y), dtype=np.float32)
    yield _asked(loaded, noise * y.std(), "White noise", "no voice at all")


def _asked(loaded: Loaded, y: np.ndarray, title: str, about: str = "") -> dict[str, Any]:
    """What the model says to samples."""
    try:
        answer = model.predict(loaded.model, y, loaded.recipe)
    except CourseError as error:  # a recipe without doubts of its own refuses silence alone
        answer = Prediction(None, dict.fromkeys(loaded.card["labels"], 0.0), str(error))
    likeliest = max(answer.probabilities, key=answer.probabilities.__getitem__)
    about_answer = {
        "label": answer.label,
        "reason": answer.reason,
        "likeliest": likeliest,
        "probability": answer.probability,
    }
    return {"title": title, "about": about, **_sound(y, title), **about_answer}


def recorded_examples(found: Found, seed: int = 0) -> Iterator[dict[str, Any]]:
    """A recording of each emotion, drawn by chance, with what the model that had not heard its speaker said.

    Raises
    ------
    CourseError
        When none of the corpus's recordings are on this disk, or it was not measured.
    """
    part, rows = found.part, found._answered()
    if part is None or not part.people:
        raise CourseError(f"--audio is for recordings of people; this model learned from {found.card['trained_on']}.")
    rows = rows.assign(path=corpus.find_audio(rows)).dropna(subset="path")
    if rows.empty:
        raise CourseError(
            f"None of {part.title}'s clips that were measured is on this disk. `ser corpora` says where they come from."
        )
    drawn = (
        rows.iloc[np.random.default_rng(seed).permutation(len(rows))].drop_duplicates("emotion").sort_values("emotion")
    )
    for row in drawn.to_dict("records"):
        title = f"{'Actor' if 'actor_id' in row else 'Speaker'} {row['speaker'].partition('/')[2]}, {row['emotion']}"
        crowd = plots.votes(row).sentence if found._heard() else ""
        yield {
            "title": title,
            "about": crowd.partition(": ")[2],
            **_sound(audio.read_clip(row["path"]), title),
            "label": row["predicted"],
            "reason": "",
            "likeliest": row["predicted"],
            "probability": row.get("probability"),
            "right": row["predicted"] == row["emotion"],
        }


@light
def _sound(y: np.ndarray, title: str) -> dict[str, Any]:
    """Samples as a sound and a small picture that a page holds."""
    sound = BytesIO()
    sf.write(sound, y, audio.SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    picture = plots.mel_spectrogram(y, ax=new_axes(None, 2.4, 4.6))
    picture.ax.images[0].set_interpolation("none")  # as many pixels as there are numbers: the page stays small
    return {
        "sound": f"data:audio/flac;base64,{base64.b64encode(sound.getvalue()).decode()}",
        "seconds": len(y) / audio.SAMPLE_RATE,
        "figure": plots.describe(picture.figure, f"{title}: {picture.sentence}"),
    }


# How it is written


def _interval(pair: tuple[float, float]) -> str:
    """Two shares in per cent."""
    return " to ".join(f"{100 * share:.1f}" for share in pair)


def _code(sentence: str) -> Markup:
    """A sentence whose commands, between backticks, look like commands."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(sentence))))


def _figure(picture: plots.Picture) -> dict[str, str]:
    """The addresses of a picture for light pages and for dark ones, and its sentence."""
    on_light, on_dark = (base64.b64encode(svg.encode()).decode() for svg in picture.svg())
    head = "data:image/svg+xml;base64,"
    return {"light": head + on_light, "dark": head + on_dark, "sentence": picture.sentence}
