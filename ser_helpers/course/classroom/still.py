"""What stands on a page without a kernel where JupyterLab shows a widget; loaded by the first cell of a run for `ser site`."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from html import escape
from typing import Any

import ipywidgets
import numpy as np
import soundfile
from IPython.display import HTML, display

from ... import audio, corpus
from ...errors import CourseError
from ...plots.picture import join
from ...widgets.panel import READY, Action, Panel
from ...widgets.question import Question
from ...widgets.recorder import Recorder

SHOWING = {"guess": "show", "protocol": "leak"}  # what has to be chosen before a panel shows everything it has
AFTER_A_GUESS = ("status", "answer", "why")  # parts that wait in a panel that asks for a guess
OF_THIS_DISK = {"RealVoices": ("progress", "status", "without")}  # parts that say how it is where the page was made
SPEAK = (
    "In JupyterLab a recorder stands here: speak a sentence into take A and another into take B, and compare the two."
)


def stand_still() -> None:
    """Let every widget of this kernel show as it stands; refuse to run on recordings that may not be handed on.

    Raises
    ------
    CourseError
        When the lessons of this kernel would use other recordings than the practice voices.

    """
    if (source := corpus.lesson_clips().attrs["source"]) != "practice":
        raise CourseError(f"The lessons run on {source!r}, whose recordings the pages must not hand on.")
    ipywidgets.Widget._ipython_display_ = show


def show(widget: ipywidgets.Widget) -> None:
    """Display a widget as a picture of itself; a question not at all, as its choices stand in the text."""
    if isinstance(widget, Panel):
        display(HTML(of_panel(widget)))
    elif isinstance(widget, ipywidgets.interactive):
        controls = widget.kwargs_widgets
        widget.f(**{control._kwarg: control.value for control in controls})
        display(HTML(note(control.description or control._kwarg for control in controls)))
    elif isinstance(widget, Recorder):
        display(HTML(f'<p class="ser-note">{SPEAK}</p>'))
    elif not isinstance(widget, Question):
        display(HTML('<p class="ser-note">In JupyterLab something to move stands here.</p>'))


def note(labels: Iterable[str]) -> str:
    """A line that says what a reader could move; where that is nothing, there is a button.

    Examples
    --------
    >>> note(["Window, samples", "MFCC"])
    '<p class="ser-note">In JupyterLab you can move this yourself: window and MFCC.</p>'
    """
    names = [label.partition(",")[0].rstrip(":") for label in labels]
    if not names:
        return '<p class="ser-note">In JupyterLab a button stands here.</p>'
    words = join(escape(name if name[:2].isupper() else name[:1].lower() + name[1:]) for name in names)
    return f'<p class="ser-note">In JupyterLab you can move this yourself: {words}.</p>'


def of_panel(panel: Panel) -> str:
    """A panel as HTML: its parts in the order of its frame, its sound; what waits for a guess, behind a click."""
    for name in set(SHOWING) & set(panel.controls):
        panel.values[name] = SHOWING[name]
    parts, sound = panel.update(READY)
    left_out = OF_THIS_DISK.get(type(panel).__name__, ())
    shown: list[str] = []
    waits: list[str] = []
    for name, player in re.findall(r'data-part="(\w+)"|(<audio)', panel.frame):
        if player and sound is not None:
            shown.append(
                f'<audio controls aria-label="The clip of this panel" src="data:audio/wav;base64,{_wav(sound)}"></audio>'
            )
        elif name and name not in left_out:
            behind = waits if "guess" in panel.controls and name in AFTER_A_GUESS else shown
            behind.append(f'<div data-part="{name}">{parts[name]}</div>')
    if waits:
        shown.append(f"<details><summary>Guess first, then open</summary>{''.join(waits)}</details>")
    labels = note(control.label for control in panel.controls.values() if not isinstance(control, Action))
    body = f'<p class="ser-title">{panel.title}</p>{"".join(shown)}{labels}'
    return f'<section class="ser-panel" aria-label="{panel.title}">{body}</section>'


def _wav(y: np.ndarray) -> str:
    file: Any = io.BytesIO()
    soundfile.write(file, y, audio.SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return base64.b64encode(file.getvalue()).decode()
