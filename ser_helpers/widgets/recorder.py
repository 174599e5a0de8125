"""One's own voice, or any audio file, and what the model makes of it: two takes side by side. Lessons 00 and 08.

The browser decodes and resamples (recorder.js), so every format it can play works and Python only ever sees 16 kHz mono
WAV. The voice comes as a message and stays in this kernel's memory: a synced trait could be saved with the notebook.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from .. import audio, corpus, features
from ..errors import CourseError
from . import draw
from .panel import page_code

SECONDS = 15  # a take's limit; CREMA-D's longest clip has 5
QUALITY = {
    "too short": "too short. Say a whole sentence: those of the corpus take 1.3 to 5 seconds.",
    "too quiet": "too quiet. Come closer, or raise the microphone's level.",
    "clipped": "clipped: the loudest parts are cut off. Go further away, or lower the microphone's level.",
    "mostly silence": "mostly silence. Press Stop right after the sentence.",
    "fine": "fine.",
}


def quality(y: np.ndarray) -> str:
    """What is wrong with a recording before any model hears it, a key of `QUALITY`.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        16 kHz mono, full scale 1.0.

    Notes
    -----
    The bounds lie just outside what CREMA-D holds, which the model learned from: its shortest clip has 1.3 s, its
    quietest voices reach -41 dBFS in their loudest frames, and 29 % of a clip, at least, is within 25 dB of those. Some of its
    clips are clipped, and count as such.

    Examples
    --------
    >>> quality(audio.read_clip(corpus.lesson_clips()["path"][0]))
    'fine'
    >>> quality(0.001 * np.ones(32000))
    'too quiet'
    """
    if len(y) < audio.SAMPLE_RATE:
        return "too short"
    frames = y[: len(y) // 320 * 320].reshape(-1, 320)  # of 20 ms
    with np.errstate(divide="ignore"):
        levels = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1))
    loud = np.percentile(levels, 98, method="nearest")
    if loud < -45:
        return "too quiet"
    if np.mean(np.abs(y) >= 0.99) > 0.001:
        return "clipped"
    if np.mean(levels > loud - 25) < 0.25:
        return "mostly silence"
    return "fine"


def compare(first: np.ndarray, second: np.ndarray) -> str:
    """How take B differs from take A in level and length, in a sentence.

    Examples
    --------
    >>> compare(np.full(16000, 0.1), np.full(24000, 0.05))
    'Beside take A, take B is 6 dB quieter and 0.5 s longer.'
    """
    louder = audio.level_db(second) - audio.level_db(first)
    longer = (len(second) - len(first)) / audio.SAMPLE_RATE
    level = f"{abs(louder):.0f} dB {'louder' if louder > 0 else 'quieter'}" if abs(louder) >= 1 else "as loud"
    length = f"{abs(longer):.1f} s {'longer' if longer > 0 else 'shorter'}" if abs(longer) >= 0.1 else "as long"
    return f"Beside take A, take B is {level} and {length}."


class Recorder(anywidget.AnyWidget):
    """The widget behind `recorder`.

    Attributes
    ----------
    takes : dict
        ``"A"`` and ``"B"``, as far as they are there: 16 kHz mono samples.
    """

    _esm = page_code("stay.js", "recorder.js")
    _css = page_code("panel.css", "recorder.css")
    about = traitlets.Unicode().tag(sync=True)
    labels: traitlets.List[str] = traitlets.List().tag(sync=True)
    seconds = traitlets.Int(SECONDS).tag(sync=True)
    verdict = traitlets.Bool().tag(sync=True)

    def __init__(self, model: Any = None, verdict: bool = True):
        from .. import model as models

        self._recipe: Any = "original"  # of a model that comes without its name
        if isinstance(model, models.Loaded):
            model, self._recipe = model.model, model.recipe
        self.takes: dict[str, np.ndarray] = {}
        self._wavs: dict[str, bytes] = {}
        self._model = model
        about = (
            models.track_record(models.EVERYDAY)
            if model is None
            else "Model: your own. Only a test on new speakers says how good it is."
        )
        labels = corpus.LABELS if model is None else map(str, model.classes_)
        if not verdict:
            about = "No model listens here."
        super().__init__(about=about, labels=list(labels), verdict=verdict)
        self.on_msg(self._receive)

    def __repr__(self) -> str:  # what shows where widgets cannot
        return "The recorder needs a running kernel: run this cell in JupyterLab or Notebook."

    def _receive(self, _, message: dict, buffers: list) -> None:
        """Answer the page: a take to predict, or one to save."""
        take = message["take"]
        try:
            answer = (
                self._hear(take, bytes(buffers[0]))
                if message["ask"] == "predict"
                else self._save(take, message["folder"])
            )
        except (ValueError, OSError) as error:  # a CourseError, or a model that wants other features
            answer = {"says": str(error)}
        self.send({"take": take, **answer})

    def _hear(self, take: str, wav: bytes) -> dict:
        """Keep a take in memory, and say what it is worth and what the model makes of it, or how it looks."""
        y = audio.read_clip(io.BytesIO(wav))
        audio.refuse_silence(y)
        answer = self._verdict(y) if self.verdict else {"picture": _picture(take, y)}
        self.takes[take], self._wavs[take] = y, wav
        compared = compare(self.takes["A"], self.takes["B"]) if len(self.takes) == 2 else ""
        return {"says": f"Quality: {QUALITY[quality(y)]}", "compared": compared} | answer

    def _verdict(self, y: np.ndarray) -> dict:
        """What the model says of a take."""
        from .. import model as models

        if self._model is None:
            course = models.load(models.EVERYDAY)
            self._model, self._recipe = course.model, course.recipe
        heard = models.predict(self._model, y, recipe=self._recipe)
        if heard.label:
            answer = f"The model says {heard.label}, {100 * heard.probability:.0f} %."
        else:
            answer = f"The model gives no label. {heard.reason}"
        return {"answer": answer, "probabilities": heard.probabilities, "sure": bool(heard.label)}

    def _save(self, take: str, folder: str) -> dict:
        """Write a take as a WAV file: the only way in which a voice gets onto a disk."""
        place = Path(folder.strip()).expanduser().resolve()
        if place.is_relative_to(Path.cwd()):
            raise CourseError("Not saved: that folder is handed in with the lesson. Name one outside of it.")
        place.mkdir(parents=True, exist_ok=True)
        numbers = ("", *(f"-{n}" for n in range(2, 1000)))
        path = next(p for n in numbers if not (p := place / f"take-{take}{n}.wav").exists())
        with path.open("xb") as file:  # never over another
            file.write(self._wavs[take])
        return {"says": f"Saved as {path} on the computer that runs Python. Delete it when you are done."}


def _picture(take: str, y: np.ndarray) -> str:
    """Waveform and spectrogram of a take, as wide as its column."""
    level = f"{audio.level_db(y):.0f}".replace("-", "−")
    facts = f"{len(y) / audio.SAMPLE_RATE:.1f} s, peak {np.abs(y).max():.2f} of full scale, level {level} dBFS"
    return draw.sound(y, features.mel_power(y), f"Waveform and mel spectrogram of take {take}: {facts}.", width=380)


def recorder(model: Any = None, verdict: bool = True) -> Recorder:
    """A microphone, or any audio file, and what a model makes of it: two takes to compare.

    Parameters
    ----------
    model : Pipeline, or what `model.load` gives, optional
        Fitted on rows of `features.clip_features`, or by any recipe; the course's own if not given.
    verdict : bool
        False: no model is asked. Each take is heard again, and seen as a waveform above its spectrogram.

    Returns
    -------
    Recorder
        Shows as the last expression of a cell. ``.takes["A"]`` and ``.takes["B"]`` are the samples, 16 kHz mono.

    Notes
    -----
    Lesson 08 uses it, and lesson 00 without a verdict. The browser reads wav, mp3, m4a, webm, ogg, opus and flac, as far as it knows them; the level is
    left as it is. A take is on no disk until its Save is pressed, and never in the notebook.

    Examples
    --------
    >>> recorder().takes
    {}
    """
    return Recorder(model, verdict)
