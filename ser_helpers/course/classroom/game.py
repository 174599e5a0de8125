"""`ser game`: a room hears ten clips and guesses on its phones, then sees crowd, model and instruction beside its own votes.

A phone has a token that its browser draws by chance; the votes are kept under it, in memory, until the game ends. Nobody's
name, address or phone is written down.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd
import soundfile
from markupsafe import Markup
from matplotlib.colors import to_hex, to_rgb
from tornado.web import Application, HTTPError, RequestHandler

from ... import audio, corpus, evaluate, model, places
from ...corpus import LABELS
from ...errors import CourseError
from ...plots.picture import COLOURS, for_dark, join
from . import room

SIGNS = dict(zip(LABELS, "▲■◆▼●✚", strict=True))  # the plots' markers: a colour alone is not for all eyes
TOKEN = re.compile(r"[0-9a-f]{32}")
MOST_PHONES = 1000  # a stranger in the network cannot fill the memory
HERE_FOR = 10  # seconds after its last question a phone counts as in the room
PAGES = jinja2.Environment(
    autoescape=True, loader=jinja2.FileSystemLoader(Path(__file__).parent), trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Clip:
    """What is played, and what is shown afterwards: the crowd's votes ({} where nobody was asked), the model's label."""

    name: str
    path: Path
    words: str
    asked: str
    crowd: dict[str, int]
    model: str


def choose(n: int = 10, seed: int = 1) -> tuple[list[Clip], bool]:
    """Clips by chance, the emotions as equally often as `n` allows, no speaker twice while there are others.

    Parameters
    ----------
    n : int
    seed : int
        The same number chooses the same clips.

    Returns
    -------
    clips : list of Clip
        Of people where recordings of enough of them are on this disk, each with what a model says that has never heard the
        actor (`evaluate.load_predictions` of "everyday"); else practice voices, with the models of practice voices.
    people : bool

    Raises
    ------
    CourseError
        When there are fewer than `n` clips.

    Examples
    --------
    >>> clips, _ = choose()
    >>> len(clips), len({clip.asked for clip in clips})
    (10, 6)
    """
    table, people = _unheard()
    if not 1 <= n <= len(table):
        raise CourseError(f"A game has 1 to {len(table)} clips here; {n} were asked for.")
    rng = np.random.default_rng(seed)
    table = table.sample(frac=1, random_state=rng)
    order = [label for _ in range(n) for label in rng.permutation(LABELS)]
    used: Counter[str] = Counter()
    rows: dict[str, pd.Series] = {}
    for label in order:
        left = table[(table["emotion"] == label) & ~table["clip"].isin(list(rows))]
        if len(rows) == n or left.empty:
            continue
        row = left.loc[left["speaker"].map(used).idxmin()]
        used[row["speaker"]] += 1
        rows[row["clip"]] = row
    votes = corpus.votes(table) if people else None
    return [_clip(row, votes) for row in rows.values()], people


def _unheard() -> tuple[pd.DataFrame, bool]:
    """Clips with what a model says to them that was not trained on their speakers, and whether these are people."""
    clips = corpus.lesson_clips()
    if clips.attrs["source"] == "crema-d":
        said = evaluate.load_unheard(recipe=model.EVERYDAY.stem)
        clips = clips.merge(said[["clip", "predicted"]], on="clip").query("defect == ''").reset_index(drop=True)
        if set(clips["emotion"]) == set(LABELS):
            return clips, True
    clips = model.practice_models()[1]
    return clips.assign(path=corpus.find_audio(clips)), False


def _clip(row: pd.Series, votes: pd.DataFrame | None) -> Clip:
    heard = {} if votes is None else {label: int(count) for label, count in votes.loc[row.name].items()}
    words = corpus.SENTENCES[row["sentence"]]
    return Clip(row["clip"], Path(row["path"]), words, str(row["emotion"]), heard, str(row["predicted"]))


def most(counts: dict[str, int]) -> str:
    """The label with most votes; "" without votes, or where two share the first place.

    Examples
    --------
    >>> most({"sad": 3, "fear": 1}), most({"sad": 1, "fear": 1}), most({})
    ('sad', '', '')
    """
    first = [label for label, count in counts.items() if count and count == max(counts.values())]
    return first[0] if len(first) == 1 else ""


class Game:
    """Where the room is, and who said what.

    `step` counts what the screen shows: 0 the way in; for clip k first 2k - 1, while it is guessed, then 2k, with the
    answer; at last the table.

    Parameters
    ----------
    clips : list of Clip
    people : bool
        Whether people speak.
    save : Path, optional
        Gets the counts, and nothing else, each time an answer is shown.

    Examples
    --------
    >>> game = Game([Clip("a", Path("a.wav"), "Hello", "sad", {"sad": 2, "fear": 7}, "fear")], people=True)
    >>> game.go_on(0)
    >>> game.vote("0" * 32, 1, "fear")
    >>> game.vote("0" * 32, 1, "sad")
    >>> game.go_on(1)
    >>> game.counts(1)["sad"], game.right()
    (1, {'room': 1, 'crowd': 0, 'model': 0})
    """

    def __init__(self, clips: list[Clip], people: bool, save: Path | None = None):
        self.clips, self.people, self.file = clips, people, save
        self.told = "The actor was asked for" if people else "The computer voice was set to"
        self.key, self.name = secrets.token_urlsafe(12), secrets.token_hex(4)
        self.step = 0
        self._votes: list[dict[str, str]] = [{} for _ in clips]
        self._seen: dict[str, float] = {}

    @property
    def number(self) -> int:
        """Of the clip that is on, from 1; 0 before the first."""
        return min((self.step + 1) // 2, len(self.clips))

    @property
    def open(self) -> bool:
        """Whether a clip is being guessed."""
        return self.step % 2 == 1 and not self.ended

    @property
    def ended(self) -> bool:
        """Whether the table of all clips is shown."""
        return self.step > 2 * len(self.clips)

    def go_on(self, step: int) -> None:
        """One step further than `step`; nothing when it was left already: a key that was pressed twice skips nothing."""
        if step == self.step and not self.ended:
            self.step += 1
            if self.file and not self.open:
                try:
                    self.file.write_text(json.dumps(self.saved(), indent=1) + "\n", encoding="utf-8")
                except OSError as error:  # a room does not wait for a disk
                    again = "the next answer tries again" if not self.ended else "make room before you end the game"
                    print(f"{self.file} cannot be written ({error.strerror}). The game goes on; {again}.", flush=True)

    def enter(self, token: str) -> None:
        """A phone is in the room.

        Raises
        ------
        CourseError
            When it has no proper token, or the room is full.
        """
        if not TOKEN.fullmatch(token):
            raise CourseError("This is not a phone of this game: open the address on the screen.")
        if token not in self._seen and len(self._seen) >= MOST_PHONES:
            raise CourseError(f"The room is full: {MOST_PHONES:,} phones are in the game.")
        self._seen[token] = time.monotonic()

    def vote(self, token: str, number: int, label: str) -> None:
        """Count what a phone says of clip `number`; until the answer is shown the last word counts.

        Raises
        ------
        CourseError
            When the label is none, or the clip is not on (any more).
        """
        self.enter(token)
        if label not in LABELS:
            raise CourseError(f"That is none of the answers: {', '.join(LABELS)}.")
        if number < self.number or (number == self.number and not self.open):
            raise CourseError("Too late: the answer was on the screen already. Your vote was not counted.")
        if number != self.number:
            raise CourseError("That clip has not been played yet. Your vote was not counted.")
        self._votes[number - 1][token] = label

    def counts(self, number: int) -> dict[str, int]:
        """The room's votes on a clip."""
        counted = Counter(self._votes[number - 1].values())
        return {label: counted[label] for label in LABELS}

    def present(self) -> int:
        """How many phones are in the room: they asked a moment ago, or have answered this clip."""
        here = {token for token, when in self._seen.items() if time.monotonic() - when < HERE_FOR}
        return len(here | set(self._votes[self.number - 1] if self.open else ()))

    def right(self) -> dict[str, int]:
        """For how many clips the most frequent answer, or the model's, is the instruction."""
        clips = list(enumerate(self.clips, 1))
        return {
            "room": sum(most(self.counts(k)) == clip.asked for k, clip in clips),
            "crowd": sum(most(clip.crowd) == clip.asked for _, clip in clips),
            "model": sum(clip.model == clip.asked for _, clip in clips),
        }

    def for_phone(self, token: str) -> dict:
        """What a phone shows: a heading, a sentence, the answer that counts, and whether one is awaited."""
        self.enter(token)
        return {
            "step": self.step,
            "number": self.number,
            "open": self.open,
            "ended": self.ended,
            "mine": self._votes[self.number - 1].get(token, "") if self.number and not self.ended else "",
            "heading": "The table" if self.ended else f"Clip {self.number} of {len(self.clips)}" if self.step else "You are in",
            "says": self._to_phone(token),
        }  # fmt: skip

    def _to_phone(self, token: str) -> str:
        mine = [votes.get(token, "") for votes in self._votes]
        if not self.step:
            return "The clips are played in the room. After each, tap what you hear. Nobody sees who said what."
        if self.ended:
            answered = sum(map(bool, mine))
            hits = sum(label == clip.asked for label, clip in zip(mine, self.clips, strict=True))
            return f"You heard the instruction in {hits} of your {answered} answers. The screen shows room, crowd and model."
        label, clip = mine[self.number - 1], self.clips[self.number - 1]
        if self.open:
            return f"Counted: {label}. You may change it until the answer is shown." if label else "What do you hear?"
        return f"{self.told} {clip.asked}. " + (f"You heard {label}." if label else "There is no answer of yours.")

    def sentences(self) -> list[str]:
        """What room, crowd and model found hard."""
        n, right = len(self.clips), self.right()
        room_counts = [self.counts(k) for k in range(1, n + 1)]
        crowd = [clip.crowd for clip in self.clips]
        wrong = [(k, clip.model) for k, clip in enumerate(self.clips, 1) if clip.model != clip.asked]
        often = most(Counter(label for _, label in wrong)) if len(wrong) > 1 else ""
        missed = f"It missed {'clips' if len(wrong) > 1 else 'clip'} {join(k for k, _ in wrong)}" if wrong else ""
        return [
            self._hardest("The room", right["room"], room_counts, "Nobody in the room has answered."),
            self._hardest("The crowd", right["crowd"], crowd, "No crowd has listened to these voices."),
            f"The model, which had never heard {'these actors' if self.people else 'these voices'}, gave the instruction for "
            f"{right['model']} of {n} clips. {missed}{f', most often saying {often}' if often else ''}{'.' if missed else ''}",
        ]  # fmt: skip

    def _hardest(self, who: str, right: int, heard: list[dict[str, int]], nobody: str) -> str:
        voted = [
            (counts[clip.asked] / sum(counts.values()), k, clip.asked, counts)
            for k, (clip, counts) in enumerate(zip(self.clips, heard, strict=True), 1)
            if sum(counts.values())
        ]
        if not voted:
            return nobody
        share, k, asked, counts = min(voted, key=lambda one: one[0])
        text = f"{who} most often heard the instruction in {right} of {len(voted)} clips. "
        if share == 1:
            return text + "Everybody heard it, each time."
        other = most({label: count for label, count in counts.items() if label != asked})
        instead = f", {counts[other]} heard {other}" if other else ""
        return text + f"Hardest was clip {k}: {counts[asked]} of {sum(counts.values())} heard {asked}{instead}."

    def answer(self) -> str:
        """What the screen says in a sentence when the answer of a clip is shown."""
        clip, counts = self.clips[self.number - 1], self.counts(self.number)
        heard = [
            f"{votes[clip.asked]} of {sum(votes.values())} {who}"
            for votes, who in ((counts, "in this room"), (clip.crowd, "of the crowd"))
            if sum(votes.values())
        ]
        return f"{self.told} {clip.asked}. {join(heard)}{' heard it. ' if heard else ''}The model says {clip.model}."

    def saved(self) -> dict:
        """The counts of all clips whose answer was shown."""
        shown = self.clips[: self.step // 2]
        return {
            "voices": "actors of CREMA-D" if self.people else "synthetic practice voices",
            "clips": [
                {"clip": clip.name, "instruction": clip.asked, "room": self.counts(k), "crowd": clip.crowd}
                | {"model": clip.model}
                for k, clip in enumerate(shown, 1)
            ],
        }


class Page(RequestHandler):
    """What all pages share: nothing is kept by browsers, nothing comes from elsewhere, and no log knows an address."""

    def initialize(self, game: Game, only_here: bool) -> None:
        self.game, self.only_here = game, only_here

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")

    def page(self, template: str, **values: object) -> None:
        nonce = secrets.token_urlsafe(8)
        self.set_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; media-src 'self'; base-uri 'none'; "
            f"form-action 'none'; frame-ancestors 'none'; script-src 'nonce-{nonce}'",
        )

        self.finish(
            PAGES.get_template(template).render(game=self.game, nonce=nonce, colours=_colours(), signs=SIGNS, **values)
        )

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        known = isinstance(error, HTTPError) and error.log_message
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(error.log_message if known else "There is nothing here: open the address on the screen.")

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, HTTPError):
            traceback.print_exception(typ, value, tb)  # Tornado would print the address of the phone, too


class Nowhere(Page):
    """Any other address."""

    def prepare(self) -> None:
        raise HTTPError(404)


class Phone(Page):
    """The page of a phone."""

    def get(self) -> None:
        self.page("phone.html.j2")


class Now(Page):
    """What a phone should show now."""

    def get(self) -> None:
        try:
            self.finish(self.game.for_phone(self.get_query_argument("me", "")))
        except CourseError as error:
            raise HTTPError(400, str(error)) from None


class Vote(Page):
    """Takes a vote."""

    def post(self) -> None:
        try:
            sent = json.loads(self.request.body)
            token, number, label = str(sent["me"]), int(sent["number"]), str(sent["label"])
        except (ValueError, TypeError, KeyError):
            raise HTTPError(400, "That was no vote: me, number and label were expected.") from None
        try:
            self.game.vote(token, number, label)
        except CourseError as error:
            raise HTTPError(409, str(error)) from None
        self.finish(self.game.for_phone(token))


class Screen(Page):
    """What is projected, and how it goes on: for this machine's browser alone, which has the key."""

    def prepare(self) -> None:
        if self.request.remote_ip != room.HERE or not secrets.compare_digest(
            self.path_args[0].encode(), self.game.key.encode()
        ):
            raise HTTPError(404)

    def get(self, _key: str, what: str) -> None:
        if not what:
            port = self.request.host.partition(":")[2] or "80"
            hosts = [room.HERE] if self.only_here else room.addresses()
            first, *others = [f"http://{host}:{port}/" for host in hosts]
            self.page("screen.html.j2", address=first, others=others, code=Markup(room.qr_svg(first)))
        elif what == "now":
            self._now()
        elif re.fullmatch(r"clip/\d{1,4}", what) and 1 <= int(what[5:]) <= len(self.game.clips):
            self.set_header("Content-Type", "audio/wav")
            self.finish(_wav(self.game.clips[int(what[5:]) - 1].path))
        else:
            raise HTTPError(404)

    def _now(self) -> None:
        game, template = self.game, PAGES.get_template("now.html.j2")
        self.finish(
            {"step": game.step, "number": game.number, "open": game.open, "ended": game.ended}
            | {"present": game.present(), "answered": sum(game.counts(game.number).values()) if game.number else 0}
            | {"html": template.render(game=game, most=most, signs=SIGNS)}
        )

    def post(self, _key: str, what: str) -> None:
        if not re.fullmatch(r"from/\d{1,4}", what):
            raise HTTPError(404)
        self.game.go_on(int(what[5:]))
        self._now()


def _wav(path: Path) -> bytes:
    """A clip as every browser plays it, at the level at which it was recorded."""
    file = io.BytesIO()
    soundfile.write(file, audio.read_clip(path), audio.SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _colours() -> dict[str, tuple[str, str]]:
    """The plots' colour of each label, on light pages and on dark ones."""
    found = {}
    for label in LABELS:
        red, green, blue = for_dark(np.array(to_rgb(COLOURS[label]))).clip(0, 1).tolist()
        found[label] = (COLOURS[label], to_hex((red, green, blue)))
    return found


def application(game: Game, only_here: bool = False) -> Application:
    """The pages of a game; the screen's is at ``/screen/KEY/``, with `Game.key`."""
    about = {"game": game, "only_here": only_here}
    return Application(
        [("/", Phone, about), ("/now", Now, about), ("/vote", Vote, about), ("/screen/([^/]+)/(.*)", Screen, about)],
        default_handler_class=Nowhere,
        default_handler_args=about,
        log_function=lambda handler: None,  # nobody's address is written down
    )


def play(
    n: int = 10,
    seed: int = 1,
    port: int = 8080,
    save: Path | None = None,
    browser: bool = True,
    only_here: bool = False,
) -> int:
    """`ser game`: choose the clips, answer the room until Ctrl-C.

    Raises
    ------
    CourseError
        When there are fewer clips, the port is in use, or `save` cannot be written or is there already.
    """
    if save:
        places.writable_folder(save.parent, "--save")
        if save.exists():
            raise CourseError(f"{save} is there already, with the counts of another game. Choose another name.")
    game = Game(*choose(n, seed), save)
    voices = "actors of CREMA-D" if game.people else "synthetic practice voices; `ser fetch --mini` brings people's"
    print(f"{n} clips of {voices}. The screen's keys: space goes on, P plays again.")
    screen = f"/screen/{game.key}/"
    room.serve(application(game, only_here), "The game", port, only_here, own_page=screen, browser=browser)
    return 0
