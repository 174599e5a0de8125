"""What the explorers share: native controls, parts of HTML that the kernel sends, and the choice of a clip.

A `Panel` has named controls, a frame that holds them beside empty parts, and `update`, which fills the parts. Everything
travels in messages, so that a saved notebook holds no sound, no picture and no choice; `panel.js` is the other end. The
frame goes once to each page that asks, everything else when it changes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import soundfile as sf

from .. import audio, corpus
from ..corpus.labels import labels_in
from ..errors import CourseError

HERE = Path(__file__).parent
ANY = "any"
READY = "ready"  # what a page says when it shows a panel anew: it needs the frame, every part and the sound


def page_code(*names: str) -> str:
    """Files of this folder, one after the other, as the page gets them."""
    return "".join((HERE / name).read_text(encoding="utf-8") for name in names)


@dataclass
class Choice:
    """A menu of values, each with the text that stands in it."""

    label: str
    options: dict
    value: object

    def read(self, text: str):
        return {str(value): value for value in self.options}.get(text, self.value)

    def html(self, name: str) -> str:
        options = "".join(
            f'<option value="{escape(str(v))}">{escape(text)}</option>' for v, text in self.options.items()
        )
        return f'<label class="ser-control"><span>{self.label}</span><select name="{name}">{options}</select></label>'


@dataclass
class Slider:
    """A range of whole numbers; the kernel hears of it when the thumb is let go."""

    label: str
    low: int
    high: int
    step: int
    value: int
    unit: str

    def read(self, text: str) -> int:
        return min(max(round(float(text)), self.low), self.high)

    def html(self, name: str) -> str:
        return (
            f'<label class="ser-control"><span>{self.label}</span><span class="ser-slider"><input type="range" '
            f'name="{name}" min="{self.low}" max="{self.high}" step="{self.step}" data-unit="{self.unit}">'
            '<span aria-hidden="true"></span></span></label>'
        )


@dataclass
class Buttons:
    """A row of buttons of which one is pressed, or none while the value is ""."""

    label: str
    options: dict
    value: str = ""

    def read(self, text: str) -> str:
        return text if text in self.options else ""

    def html(self, name: str) -> str:
        buttons = "".join(
            f'<button type="button" name="{name}" value="{escape(value)}" aria-pressed="false">{escape(text)}</button>'
            for value, text in self.options.items()
        )
        return f'<div class="ser-buttons" role="group" aria-label="{self.label}">{buttons}</div>'


@dataclass
class Action:
    """A button that does something once."""

    label: str
    value: str = field(default="", init=False)

    def read(self, text: str) -> str:
        return ""

    def html(self, name: str) -> str:
        return f'<button type="button" name="{name}" class="ser-action">{self.label}</button>'


class Panel(anywidget.AnyWidget):
    """Controls and parts; a subclass gives `title`, `frame` and `update`."""

    _esm = page_code("stay.js", "panel.js")
    _css = page_code("panel.css")
    title = ""
    css = ""  # classes of the frame
    room = 0  # pixels that are kept for it until it is there, so that nothing below jumps
    frame = ""  # HTML in which {name} stands for a control; data-part marks what `update` fills

    def __init__(self, **controls):
        super().__init__(layout={"min_height": f"{self.room}px"})
        self.controls = controls
        self.values = {name: control.value for name, control in controls.items()}
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return f"{self.title}: run this cell to use it."

    def update(self, name: str) -> tuple[dict[str, str], np.ndarray | None]:
        """What is new after control `name` was moved: parts as HTML, and a sound to hear."""
        raise NotImplementedError

    def _hear(self, _, content: dict, buffers) -> None:
        name, sound = content["name"], None
        try:
            if name in self.controls:
                self.values[name] = self.controls[name].read(content["value"])
            parts, sound = self.update(name)
        except Exception as error:  # whatever a model of one's own raises too: silence would leave a person wondering
            kind = "" if isinstance(error, CourseError) else f"{type(error).__name__}: "
            parts = {"status": escape(kind + str(error))}
        answer: dict[str, Any] = {"parts": parts, "values": {name: str(value) for name, value in self.values.items()}}
        if name == READY:
            answer["frame"] = self._whole_frame()
        self.send(answer, [] if sound is None else [_wav(sound)])

    def _whole_frame(self) -> str:
        controls = {name: control.html(name) for name, control in self.controls.items()}
        body = f'<p class="ser-title">{self.title}</p>{self.frame}'.format(**controls)
        return f'<section class="{self.css}" aria-label="{self.title}">{body}</section>'


def _wav(y: np.ndarray) -> bytes:
    file = io.BytesIO()
    sf.write(file, y, audio.SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


class ClipPanel(Panel):
    """A panel about one clip, chosen by actor, sentence and emotion; a corpus without sentences has an empty menu for them."""

    css = "ser-wide"
    any_emotion = "any emotion"
    moves = ("actor", "sentence", "emotion", "another")  # controls after which another clip may be meant
    picker = '<div class="ser-row">{actor}{sentence}{emotion}{another}</div>'

    def __init__(self, clips: pd.DataFrame | None = None, **controls):
        self.clips = (corpus.lesson_clips() if clips is None else clips).reset_index(drop=True)
        if not len(self.clips):
            raise CourseError("There is no clip to explore: the table has no rows.")
        self.columns = {"actor": "actor_id" if "actor_id" in self.clips else "speaker", "emotion": "emotion"}
        if "sentence" in self.clips:
            self.columns["sentence"] = "sentence"
        self.synthetic = not corpus.of_people(self.clips.get("speaker", self.clips[self.columns["actor"]]))
        who = "voice" if self.synthetic else "actor"
        actors = sorted(self.clips[self.columns["actor"]].unique())
        sentences = sorted(self.clips["sentence"].unique()) if "sentence" in self.columns else []
        super().__init__(
            actor=Choice(who.capitalize(), {ANY: f"any {who}", **{str(a): str(a) for a in actors}}, ANY),
            sentence=Choice(
                "Sentence", {ANY: "any sentence", **{s: corpus.SENTENCES.get(s, s) for s in sentences}}, ANY
            ),
            emotion=Choice(
                "Emotion", {ANY: self.any_emotion, **{label: label for label in labels_in(self.clips["emotion"])}}, ANY
            ),
            another=Action("Another clip"),
            **controls,
        )
        self.read = lru_cache(8)(audio.read_clip)
        self._order = np.random.default_rng(0).permutation(len(self.clips))
        self.clip = self.clips.iloc[self._order[0]]

    def choose(self, name: str) -> str:
        """Go on to a clip that the menus allow; a sentence when they allowed none and were opened."""
        note, fits = "", self._fits()
        if not fits.any():
            note = (
                f"There is no such clip here, so this one is free in all but the {self.controls[name].label.lower()}. "
            )
            self.values.update({other: ANY for other in self.columns if other != name})
            fits = self._fits()
        if name == "another" or not fits[self.clip.name]:
            ahead = np.roll(self._order, -1 - int(np.flatnonzero(self._order == self.clip.name)[0]))
            self.clip = self.clips.iloc[ahead[fits[ahead]][0]]
        return note

    def _fits(self) -> np.ndarray:
        fits = np.ones(len(self.clips), dtype=bool)
        for name, column in self.columns.items():
            if self.values[name] != ANY:
                fits &= (self.clips[column].astype(str) == self.values[name]).to_numpy()
        return fits

    def heading(self) -> str:
        """Whose clip this is, and what is said in it."""
        who = f"{'Synthetic voice' if self.synthetic else 'Actor'} {escape(str(self.clip[self.columns['actor']]))}"
        if "sentence" not in self.columns:
            return who
        return f"{who} · “{escape(str(corpus.SENTENCES.get(self.clip['sentence'], self.clip['sentence'])))}”"
