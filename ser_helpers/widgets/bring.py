"""One button that brings some real recordings to this disk: what `ser fetch` does, for who has no terminal open yet."""

from __future__ import annotations

import io
from html import escape
from typing import Any

import pandas as pd
from tqdm import tqdm

from .. import corpus
from ..corpus import fetch
from .panel import Action, Panel

# Twelve actors, six women and six men of 21 to 59 years, one sentence in six emotions: 72 clips, 5 MB.
ACTORS = (1001, 1002, 1010, 1015, 1024, 1027, 1037, 1048, 1054, 1064, 1073, 1083)
HERE = "They are on this disk: every lesson uses them when its first cells run."
WITHOUT = (
    "Without a network, go on: every lesson works on the practice voices. A teacher's computer or a USB stick serves as well: "
    "<code>ser fetch --mini --from ADDRESS</code>, or <code>CREMA_D_HOME</code> set to a folder that has the files."
)


def real_voices() -> RealVoices:
    """A button that fetches 72 recordings of 12 CREMA-D actors, 5 MB, and says what their licence asks for.

    Returns
    -------
    RealVoices
        Shows as the last expression of a cell. The kernel fetches, so other cells wait meanwhile.

    Notes
    -----
    Lesson 00. Each clip is checked against its official hash, and pressed again the button goes on where it stopped. All
    91 actors say the same sentence in ``ser fetch --mini``.

    Examples
    --------
    >>> real_voices()
    Real voices: run this cell to use it.
    """
    return RealVoices()


def chosen() -> pd.DataFrame:
    """The clips behind the button.

    Examples
    --------
    >>> clips = chosen()
    >>> len(clips), int(clips["bytes"].sum() // 1e6)
    (72, 5)
    """
    return fetch.select(mini=True).query("actor_id in @ACTORS")


class RealVoices(Panel):
    """See `real_voices`."""

    title = "Real voices"
    frame = (
        '<p data-part="about"></p><div class="ser-row">{bring}<span data-part="progress"></span></div>'
        '<p data-part="status" role="status"></p><p class="ser-quiet" data-part="without"></p>'
    )

    def __init__(self) -> None:
        super().__init__(bring=Action("Bring 72 recordings of 12 actors (5 MB)"))

    def update(self, name: str) -> tuple[dict[str, str], None]:
        parts = {"about": _about(), "progress": "", "status": "None of them is on this disk yet.", "without": WITHOUT}
        clips = corpus.lesson_clips()
        if clips.attrs["source"] == "crema-d":
            parts["status"] = f"{len(clips):,} recordings of {clips['speaker'].nunique()} actors are here. {HERE}"
        elif name == "bring":
            parts["status"] = self._fetch()
        return parts, None

    def _fetch(self) -> str:
        """Bring the clips; what became of it, in words."""
        self._tell({"status": "Fetching …"})
        clips = chosen()
        report = fetch.fetch(clips, timeout=8, progress=False, bar=self._bar)
        if report.complete:
            seen = corpus.lesson_clips().attrs["source"] == "crema-d"
            return f"{len(report.done)} recordings came. {f'{HERE} Run the next cell.' if seen else escape(report.sentence())}"
        why = escape(" ".join(dict.fromkeys(report.failed.values())))
        came = len(report.done) + len(report.already)
        return f"{came} of {len(clips)} recordings are here: {why} Press again to go on from there."

    def _bar(self, **given: Any) -> _Told:
        return _Told(self._tell, **given)

    def _tell(self, parts: dict[str, str]) -> None:
        self.send({"parts": parts, "values": {}}, [])


def _about() -> str:
    part = corpus.named("crema-d")
    return (
        f"The practice voices are a computer's. {part.title} holds people: actors who were asked to play an emotion. "
        f"{part.licence} So: name its authors wherever you show something made from it, and publish a changed collection "
        f"only under the same licence. <br>{part.attribution}"
    )


class _Told(tqdm):
    """A progress bar that goes to the page, as a bar that is read out."""

    def __init__(self, tell: Any, **given: Any) -> None:
        self._tell = tell
        super().__init__(**given | {"disable": False, "file": io.StringIO()})

    def display(self, *_: Any, **__: Any) -> None:
        done, total = self.n / 1e6, (self.total or 0) / 1e6
        bar = f'<progress aria-label="Recordings fetched" max="{total:.2f}" value="{done:.2f}"></progress>'
        self._tell({"progress": f"{bar} {done:.1f} of {total:.1f} MB"})
