"""The prediction explorer: hear a clip, guess, then see what a model says and what moved it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import audio, corpus, features
from ..corpus.labels import labels_in
from ..errors import CourseError
from . import draw, quick
from .panel import Buttons, Choice, ClipPanel, Slider

if TYPE_CHECKING:
    from ..features.base import FeatureSet
    from ..model import Prediction, Recipe

BANDS = features.mel_to_hz(np.linspace(0, features.hz_to_mel(audio.SAMPLE_RATE / 2), features.N_MELS + 2))[1:-1]


def explorer(clips: pd.DataFrame | None = None, model: Any = None) -> Explorer:
    """Choose a clip, hear it, guess, and see what a model makes of it, also with noise and another gain.

    Parameters
    ----------
    clips : DataFrame, optional
        With the columns of `corpus.lesson_clips`, which is taken if not given; of any corpus, with a column ``path``.
    model : fitted Pipeline, or what `model.load` gives, optional
        A StandardScaler, then a classifier, over `features.FEATURE_NAMES`; or a model of any recipe. If not given: the
        course's own model for CREMA-D; for the synthetic practice voices, which that model is not meant for, small
        models trained at once, each voice predicted by one that has not heard it.

    Returns
    -------
    Explorer
        Shows as the last expression of a cell.

    Raises
    ------
    CourseError
        When there are no clips, or when the model is none of these kinds.

    Notes
    -----
    "Why" is an ablation: one group of features at a time is set to its average over the training clips, and the new
    probability of the predicted label is shown. It describes the model at this clip, and not the voice. A model on frames
    has no such groups, and the panel says so.

    Lessons 00, 02, 04 and 08. To think about: which emotion do you hear and the model does not, and is the crowd on
    your side? At which SNR does the answer change, and could you still understand the words?

    Examples
    --------
    >>> explorer()
    Prediction explorer: run this cell to use it.
    """
    return Explorer(clips, model)


class Explorer(ClipPanel):
    """See `explorer`."""

    title = "Prediction explorer"
    room = 630
    any_emotion = "any, not told"
    frame = (
        ClipPanel.picker + '<div class="ser-columns"><div><div data-part="picture"></div>'
        '<p class="ser-quiet" data-part="level"></p><div data-part="why"></div><p class="ser-quiet" data-part="about"></p></div>'
        '<div><p data-part="heading"></p><audio controls aria-label="The clip as it is set below"></audio>'
        '<div class="ser-row">{snr}{gain}</div><p data-part="question"></p>{guess}'
        '<p class="ser-lines-5" data-part="status" role="status"></p><div data-part="answer"></div></div></div>'
    )

    def __init__(self, clips: pd.DataFrame | None = None, model: Any = None):
        clips = corpus.lesson_clips() if clips is None else clips
        self.labels = labels_in([*getattr(getattr(model, "model", model), "classes_", ()), *clips["emotion"]])
        super().__init__(
            clips,
            snr=Choice(
                "White noise",
                {"none": "none", **{db: f"{db} dB SNR".replace("-", "−") for db in (30, 20, 15, 10, 5, 0, -5)}},
                "none",
            ),
            gain=Slider("Gain", -30, 30, 5, 0, "dB"),
            guess=Buttons("Your guess", {**{label: label for label in self.labels}, "show": "Show me"}),
        )
        self._votes = corpus.votes(self.clips) if set(corpus.VOTES) <= set(self.clips) else None
        if model is not None:
            self._known = _own_model(model)
        else:
            self._known = _small_models() if self.synthetic else _course_model(self.clips)

    def update(self, name: str) -> tuple[dict[str, str], np.ndarray | None]:
        note = ""
        if name in self.moves:
            before = self.clip.name
            note = self.choose(name)
            if self.clip.name != before:
                self.values["guess"] = ""
        y, clipped = self._sound()
        models = self._known.models
        model = models.get(self.clip.get("actor_id"), next(iter(models.values())))
        heard, without = _ask(model, self._known.recipe, y)
        parts = {
            "heading": self.heading(),
            "question": self._question(),
            "status": note + (self._verdict(heard) if self.values["guess"] else "The answer waits for your guess."),
            "answer": self._answer(heard),
            "why": self._why(heard, without),
            "about": self._known.about,
        }
        if name == "guess":
            return parts, None
        power = features.mel_power(y)
        facts = _describe(y, power) + (f" · {100 * clipped:.1f} % cut off" if clipped else "")
        return parts | {
            "picture": draw.sound(y, power, f"Waveform and mel spectrogram: {facts}.", width=480),
            "level": facts,
        }, y

    def _sound(self) -> tuple[np.ndarray, float]:
        """The clip with its gain and noise as a sound card would play it, and the share of samples it cuts off."""
        y = self.read(self.clip["path"]) * np.float32(10 ** (self.values["gain"] / 20))
        if self.values["snr"] != "none":
            y = audio.add_noise(y, self.values["snr"], audio.clip_rng(self.clip["clip"]))
        return np.clip(y, -1, 1), float(np.mean(np.abs(y) > 1))

    def _question(self) -> str:
        if self.values["emotion"] == "any":
            return "Which emotion do you hear? Guess, then see."
        return f"{self._asked()}. What will the model say?"

    def _asked(self) -> str:
        verb = "The rules were told to make it" if self.synthetic else "The actor was asked for"
        return f"{verb} <b>{escape(str(self.clip['emotion']))}</b>"

    def _verdict(self, heard: Prediction) -> str:
        guess = self.values["guess"]
        setting = [f"at {self.values['snr']} dB SNR".replace("-", "−")] * (self.values["snr"] != "none")
        setting += [f"with {self.values['gain']:+d} dB gain".replace("-", "−")] * (self.values["gain"] != 0)
        says = (
            f"says <b>{escape(heard.label)}</b> ({100 * heard.probability:.0f} %)" if heard.label else "gives no label"
        )
        text = f"The model {says}{' ' if setting else ''}{' and '.join(setting)}. "
        text += "" if heard.label else f"{escape(heard.reason)} "
        text += self._asked() + ("." if guess == "show" else f"; you guessed <b>{escape(guess)}</b>.")
        if votes := self._heard():
            most = [label for label, n in votes.items() if n == max(votes.values())]
            text += f" {max(votes.values())} of {sum(votes.values())} listeners heard {' or '.join(most)}"
            text += " (a tie)." if len(most) > 1 else "."
        if label := self._known.unheard.get(self.clip["clip"]):
            text += (
                f" This model was trained on this actor; one that was not says <b>{label}</b> to the clip as recorded."
            )
        return text

    def _heard(self) -> dict[str, int]:
        """The crowd's votes on this clip; empty where nobody was asked."""
        heard = {} if self._votes is None else self._votes.loc[self.clip.name].astype(int).to_dict()
        return heard if sum(heard.values()) else {}

    def _answer(self, heard: Prediction) -> str:
        shown, votes, p = bool(self.values["guess"]), self._heard(), heard.probabilities
        css, rows = "" if heard.label else "ser-unsure", []
        for label in self.labels:
            name = f"<b>{escape(label)}</b> · asked" if shown and label == self.clip["emotion"] else escape(label)
            row = [name, draw.bar(0) + "?"]
            if shown:
                row[1] = draw.bar(p[label], css) + f"{100 * p[label]:.0f} %" if label in p else "not among its answers"
            if votes:
                n = votes.get(label, 0)
                row.append(draw.bar(n / sum(votes.values()), "ser-test") + f"{n}" if shown else "?")
            rows.append(row)
        columns = ["emotion", "model", *([f"{sum(votes.values())} listeners"] if votes else [])]
        return draw.table("Answer", columns, rows, "ser-answer")

    def _why(self, heard: Prediction, without: dict[str, dict[str, float]]) -> str:
        shown, p = bool(self.values["guess"]), heard.probabilities
        top = max(p, key=p.__getitem__)
        if not without:
            return f'<p class="ser-quiet">{_no_groups(self._known.recipe.features)}</p>'
        moved = [100 * (q[top] - p[top]) for q in without.values()]
        most = int(np.argmax(np.abs(moved)))
        rows = []
        for number, (name, change) in enumerate(zip(without, moved, strict=True)):
            points = f"{change:+.0f} points".replace("-", "−") if abs(change) >= 0.5 else "no change"
            bold = number == most and abs(change) >= 0.5
            rows.append((name, "?" if not shown else f"<b>{points}</b>" if bold else points))
        what = f"“{escape(top)}”" if shown else "the answer"
        caption = f"Why {what}{f' ({100 * p[top]:.0f} %)' if shown else ''}?"
        return (
            draw.table(caption, ["without its own ...", f"{what} moves by"], rows, "ser-why")
            + '<p class="ser-quiet">One group of features at a time is set to its training average.</p>'
        )


@dataclass
class Known:
    """What the explorer asks, and what is known of it: models by actor (under None: for all others), their recipe, a word on
    both, and labels by models that never heard the actor of a clip."""

    models: dict
    recipe: Recipe
    about: str
    unheard: dict[str, str] = field(default_factory=dict)


def _small_models() -> Known:
    fitted, score = quick.practice_models()
    return Known(
        fitted,
        quick.RECIPE,
        "Data: synthetic practice voices, which are not people. "
        f"Model: of practice voices ({quick.NAME}), trained just now on the other ones: {score}. "
        "The model of people is not asked about them; <code>ser fetch --mini</code> brings real recordings.",
    )


def _course_model(clips: pd.DataFrame) -> Known:
    from .. import model as models

    course = models.load(models.EVERYDAY)
    others = sorted({str(speaker).partition("/")[0] for speaker in clips.get("speaker", ())} - {"crema-d"})
    data = f"{', '.join(others)}, on which it was not measured" if others else "CREMA-D, acted emotions"
    return Known(
        {None: course.model},
        course.recipe,
        f"Data: {data}. {models.track_record(models.EVERYDAY)}",
        _unheard(course.recipe),
    )


def _unheard(recipe: Recipe) -> dict[str, str]:
    """What models of a recipe say to the clips of CREMA-D whose actors they have not heard, where that was measured."""
    from .. import evaluate

    try:
        return evaluate.load_unheard(recipe=recipe).set_index("clip")["predicted"].to_dict()
    except CourseError:
        return {}


def _own_model(model: Any) -> Known:
    from .. import model as models

    if isinstance(model, models.Loaded):
        about = f"Model: {model.recipe.title}, trained on {model.card['trained_on']}. How often it is right was not measured here."
        return Known({None: model.model}, model.recipe, about)
    recipe = models.named("original")
    if _training_means(model, recipe.features) is None or not hasattr(model, "predict_proba"):
        raise CourseError(
            f"explorer needs a fitted Pipeline: a StandardScaler over the {len(recipe.features.columns)} features of "
            "features.clip_features first, a classifier with probabilities last. model.load_model() gives one."
        )
    about = "Model: the one that was handed over. How often it is right was not measured here."
    return Known({None: model}, recipe, about)


def _training_means(model: Any, looked_at: FeatureSet) -> np.ndarray | None:
    """What a scaler in front of the model has kept of its training clips."""
    steps = getattr(model, "steps", ())
    means = getattr(steps[0][1], "mean_", ()) if steps else ()
    return np.asarray(means) if len(means) == len(looked_at.columns) else None


def _ask(model: Any, recipe: Recipe, y: np.ndarray) -> tuple[Prediction, dict[str, dict[str, float]]]:
    """What the model makes of a clip, and its probabilities with each group of features at the training mean; {} where
    there are no groups."""
    from .. import model as models

    groups = _groups(recipe.features)
    means = _training_means(model, recipe.features)
    if not groups or means is None:
        return models.predict(model, y, recipe=recipe), {}
    values = recipe.features.compute(y)
    rows = np.stack([values] + [np.where(group, means, values) for group in groups.values()])
    first, *others = [
        dict(zip(map(str, model.classes_), row, strict=True)) for row in model.predict_proba(rows.astype(np.float32))
    ]
    return models.Prediction(max(first, key=first.__getitem__), first), dict(zip(groups, others, strict=True))


def _groups(looked_at: FeatureSet) -> dict[str, np.ndarray]:
    """Which columns are explained together, as masks: the `groups` of the feature set, where it has any."""
    groups = {} if len(looked_at.shape) > 1 else getattr(looked_at, "groups", {})
    return {title: np.isin(looked_at.columns, names) for title, names in groups.items()}


def _no_groups(looked_at: FeatureSet) -> str:
    what = "frames over time" if len(looked_at.shape) > 1 else "numbers that have no groups"
    return f"Why? No explanation by groups of features is given here: this model looks at {what}."


def _describe(y: np.ndarray, power: np.ndarray) -> str:
    seconds = f"{len(y) / audio.SAMPLE_RATE:.2f} s"
    if not y.any():
        return f"{seconds} of silence · every sample is zero"
    strongest = BANDS[power.mean(axis=1).argmax()]
    level = f"{audio.level_db(y):.1f}".replace("-", "−")
    return f"{seconds} · peak {np.abs(y).max():.2f} · {level} dBFS · strongest near {strongest:,.0f} Hz"
