"""A room's game: every vote counts once, whatever phones do, and nobody's name or address stays anywhere."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ser_helpers import corpus, evaluate, model
from ser_helpers.__main__ import main
from ser_helpers.course.classroom import game, room
from ser_helpers.errors import CourseError

OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))
CLIPS = [  # as of people, with the sound of a computer's voice
    game.Clip(f"clip {asked}", path, "It's eleven o'clock", asked, crowd, said)
    for path, asked, crowd, said in zip(
        corpus.find_audio(corpus.clip_table("practice").iloc[:3]),
        ("sad", "fear", "angry"),
        ({"sad": 1, "neutral": 8}, {"fear": 5, "sad": 5}, {"angry": 9}),
        ("sad", "angry", "angry"),
        strict=True,
    )
]


class Phone:
    """Somebody's: it has a token and keeps asking the same address."""

    def __init__(self, base: str):
        self.base, self.token = base, secrets.token_hex(16)

    def look(self) -> dict:
        return json.loads(get(f"{self.base}/now?me={self.token}"))

    def vote(self, number: int, label: str) -> dict:
        return json.loads(get(f"{self.base}/vote", {"me": self.token, "number": number, "label": label}))


class Room:
    """A game that is answering, and the screen's hand on it."""

    def __init__(self, port: int, played: game.Game):
        self.base, self.game = f"http://127.0.0.1:{port}", played
        self.screen = f"{self.base}/screen/{played.key}/"

    def go_on(self) -> dict:
        return json.loads(get(f"{self.screen}from/{self.game.step}", ""))


def get(address: str, sent: object = None) -> str:
    data = None if sent is None else sent.encode() if isinstance(sent, str) else json.dumps(sent).encode()
    with OPEN.open(address, data, timeout=30) as answer:
        return answer.read().decode()


def refused(address: str, sent: object = None) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as error:
        get(address, sent)
    with error.value as answer:
        return answer.code, answer.read().decode()


@pytest.fixture
def here(tmp_path):
    """A game of three clips that keeps its counts."""
    played = game.Game(CLIPS, True, tmp_path / "counts.json")
    with room.answering(game.application(played)) as port:
        yield Room(port, played)


def test_thirty_phones_vote_at_once_and_each_counts_once(here):
    phones, says = [Phone(here.base) for _ in range(30)], [corpus.LABELS[n % 4] for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        assert {state["heading"] for state in pool.map(Phone.look, phones)} == {"You are in"}
        for number, clip in enumerate(CLIPS, 1):
            here.go_on()
            states = list(pool.map(lambda phone, says, number=number: phone.vote(number, says), phones, says))
            assert [state["mine"] for state in states] == says
            list(pool.map(lambda phone, number=number: phone.vote(number, "sad"), phones[:6]))  # another mind
            list(pool.map(lambda phone, number=number: phone.vote(number, "sad"), phones[:3]))  # tapped twice
            counted = {label: count for label, count in here.game.counts(number).items() if count}
            assert counted == Counter(says[6:]) + Counter(["sad"] * 6) and sum(counted.values()) == 30
            now = json.loads(get(f"{here.screen}now"))
            assert (now["answered"], now["present"]) == (30, 30)
            assert clip.asked not in now["html"]  # who has answered is shown, what they said and what is right is not
            assert here.go_on()["html"].count("<b") == 0 and here.game.answer().startswith("The actor was asked for")
    table = here.go_on()
    assert table["ended"] and "Nobody" not in table["html"]
    assert phones[0].look()["says"].startswith("You heard the instruction in 1 of your 3 answers.")


def test_a_late_vote_is_not_counted_and_a_phone_is_told(here):
    phone, other = Phone(here.base), Phone(here.base)
    vote = f"{here.base}/vote"
    assert refused(vote, {"me": phone.token, "number": 1, "label": "sad"})[0] == 409  # none is on yet
    here.go_on()
    phone.vote(1, "sad")
    here.go_on()
    late = {"me": other.token, "number": 1, "label": "fear"}
    assert refused(vote, late) == (409, "Too late: the answer was on the screen already. Your vote was not counted.")
    assert refused(vote, late | {"me": phone.token})[0] == 409  # nor is a mind changed after it
    here.go_on()
    assert refused(vote, late)[0] == 409
    assert "not been played" in refused(vote, late | {"number": 3})[1]
    assert here.game.counts(1) == dict.fromkeys(corpus.LABELS, 0) | {"sad": 1} and not sum(here.game.counts(2).values())


def test_a_phone_that_slept_is_the_same_phone(here):
    phone = Phone(here.base)
    here.go_on()
    phone.vote(1, "fear")
    here.game._seen[phone.token] -= 3600  # asleep for an hour: still one who has answered
    assert json.loads(get(f"{here.screen}now"))["present"] == 1
    assert phone.look()["mine"] == "fear" and phone.vote(1, "sad")["says"].startswith("Counted: sad.")
    assert sum(here.game.counts(1).values()) == 1
    here.go_on()
    assert phone.look()["says"] == "The actor was asked for sad. You heard sad."


@pytest.mark.parametrize(
    "sent, status",
    [
        ("", 400), ("[]", 400), ("{", 400), ('{"me": 1}', 400), (b"\xff\xfe".decode("latin-1"), 400),
        ({"me": "0" * 32, "number": "two", "label": "sad"}, 400),
        ({"me": "0" * 32, "number": None, "label": "sad"}, 400),
        ({"me": "0" * 32, "number": 1, "label": "bored"}, 409),
        ({"me": "0" * 32, "number": 1, "label": ["sad"]}, 409),
        ({"me": "0" * 32, "number": -1, "label": "sad"}, 409),
        ({"me": "0" * 32, "number": 4, "label": "sad"}, 409),
        ({"me": "0" * 32, "number": 10**30, "label": "sad"}, 409),
        ({"me": "../../etc", "number": 1, "label": "sad"}, 409),
        ({"me": "", "number": 1, "label": "sad"}, 409),
    ],
)  # fmt: skip
def test_what_is_no_vote_is_refused_in_a_sentence(here, sent, status):
    here.go_on()
    code, said = refused(f"{here.base}/vote", sent)
    assert code == status and said.endswith(".") and "Traceback" not in said and "\n" not in said
    assert not sum(here.game.counts(1).values())


def test_only_the_screen_goes_on_and_twice_pressed_skips_nothing(here):
    for path in ("screen/", "screen/guessed/", "screen/guessed/clip/1", f"screen/{here.game.key}/clip/4",
                 f"screen/{here.game.key}/clip/0", f"screen/{here.game.key}/x", "clip/1", "votes"):  # fmt: skip
        assert refused(f"{here.base}/{path}")[0] == 404, path
    assert refused(f"{here.base}/screen/guessed/from/0", "")[0] == 404 and here.game.step == 0
    for _ in range(2):
        get(f"{here.screen}from/0", "")
    assert here.game.step == 1
    assert here.game.key not in get(f"{here.base}/")
    with OPEN.open(f"{here.screen}clip/1", timeout=30) as sound:
        assert sound.headers["Content-Type"] == "audio/wav" and sound.read(4) == b"RIFF"


def test_the_room_has_an_end_to_its_places(here, monkeypatch):
    monkeypatch.setattr(game, "MOST_PHONES", 2)
    phones = [Phone(here.base) for _ in range(3)]
    phones[0].look(), phones[1].look()
    assert "full" in refused(f"{here.base}/now?me={phones[2].token}")[1]
    assert phones[0].look()["heading"] == "You are in"


def test_nothing_that_names_a_person_is_kept(here, tmp_path, capfd):
    phone = Phone(here.base)
    here.go_on()
    phone.vote(1, "sad")
    refused(f"{here.base}/vote", "nonsense")
    with socket.create_connection(("127.0.0.1", int(here.base.rpartition(":")[2]))) as stranger:
        stranger.sendall(b"no request at all\r\n\r\n")
        assert b"400" in stranger.recv(1000)
    here.game.counts = None  # an accident inside: its traceback names no address either
    assert refused(f"{here.screen}now")[0] == 500
    del here.game.counts
    here.go_on()
    kept = (tmp_path / "counts.json").read_text()
    printed = "".join(capfd.readouterr())
    assert "TypeError" in printed and not re.search(r"127\.0\.0\.1|" + phone.token, printed + kept)
    saved = json.loads(kept)
    assert saved["clips"] == [
        {"clip": "clip sad", "instruction": "sad", "room": dict.fromkeys(corpus.LABELS, 0) | {"sad": 1}}
        | {"crowd": {"sad": 1, "neutral": 8}, "model": "sad"}
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["counts.json"]
    with OPEN.open(here.base, timeout=30) as page:
        assert page.headers["Set-Cookie"] is None and page.headers["Cache-Control"] == "no-store"


def test_a_game_goes_on_where_its_counts_cannot_be_written(here, tmp_path, capfd):
    here.go_on()
    (tmp_path / "counts.json").mkdir()  # as when a stick is pulled out
    assert here.go_on()["step"] == 2
    assert "cannot be written" in capfd.readouterr().out
    (tmp_path / "counts.json").rmdir()
    here.go_on(), here.go_on()
    assert len(json.loads((tmp_path / "counts.json").read_text())["clips"]) == 2


def test_the_table_says_what_was_hard(here):
    phones = [Phone(here.base) for _ in range(4)]
    for number, labels in enumerate((["sad", "neutral", "neutral", "neutral"], ["fear"] * 4, ["angry"] * 4), 1):
        here.go_on()
        for phone, label in zip(phones, labels, strict=True):
            phone.vote(number, label)
        here.go_on()
    assert here.game.sentences() == [
        "The room most often heard the instruction in 2 of 3 clips. Hardest was clip 1: 1 of 4 heard sad, 3 heard neutral.",
        "The crowd most often heard the instruction in 1 of 3 clips. Hardest was clip 1: 1 of 9 heard sad, 8 heard neutral.",
        "The model, which had never heard these actors, gave the instruction for 2 of 3 clips. It missed clip 2.",
    ]
    assert all(sentence.replace("'", "&#39;") in here.go_on()["html"] for sentence in here.game.sentences())


def test_practice_voices_have_no_crowd_and_say_what_they_are(monkeypatch, tmp_path):
    monkeypatch.delenv("CREMA_D_HOME", raising=False)
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    clips, people = game.choose(10, seed=4)
    assert not people and not any(clip.crowd for clip in clips) and len({clip.name for clip in clips}) == 10
    assert [clip.name for clip in clips] == [clip.name for clip in game.choose(10, seed=4)[0]]
    assert {Counter(clip.asked for clip in clips)[label] for label in corpus.LABELS} <= {1, 2}
    said = model.practice_models()[1].set_index("clip")["predicted"]
    assert all(clip.model == said[clip.name] for clip in clips)
    played = game.Game(clips, people)
    page = game.PAGES.get_template("now.html.j2").render(game=played, most=game.most, signs=game.SIGNS)
    assert "synthetic practice voices" in page and "No crowd" in played.sentences()[1]
    assert len({clip.name for clip in game.choose(70)[0]}) == 70
    with pytest.raises(CourseError, match="1 to 288 clips here; 289"):
        game.choose(289)


@pytest.mark.real
def test_a_model_that_has_not_heard_the_actor_answers(crema_d_home):
    clips, people = game.choose()
    table = corpus.clip_table().set_index("clip").loc[[clip.name for clip in clips]]
    assert people and table["speaker"].is_unique and (table["defect"] == "").all()
    assert [sum(clip.crowd.values()) for clip in clips] == table[list(corpus.VOTES)].sum(axis="columns").tolist()
    said = evaluate.load_predictions(recipe="everyday").query("tested_on == 'clean'").set_index("clip")["predicted"]
    assert [clip.model for clip in clips] == said[table.index].tolist()


def test_counts_of_another_game_are_not_written_over(tmp_path, capsys):
    (tmp_path / "counts.json").write_text("{}")
    assert main(["game", "--only-here", "--save", str(tmp_path / "counts.json")]) == 2
    assert "counts of another game" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="ends the server with a signal")
def test_the_command_says_where_and_ends_in_words():
    root = Path(__file__).resolve().parents[2]
    words = [sys.executable, "-m", "ser_helpers", "game", "--only-here", "--no-browser", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=root) as server:
        printed = ""
        while "Ctrl-C" not in printed:
            printed += server.stdout.readline()
        page = get(re.search(r"own screen: (\S+)", printed)[1])
        server.send_signal(signal.SIGINT)
        rest = server.stdout.read()
    assert "10 clips of" in printed and "<svg" in page and server.returncode == 0 and "nothing is served" in rest


@pytest.mark.long
@pytest.mark.browser
def test_a_phone_and_the_screen(here, browser):
    from axe_playwright_python.sync_playwright import Axe

    errors: list[str] = []
    themes = {"light": browser.new_context(color_scheme="light"), "dark": browser.new_context(color_scheme="dark")}
    screen, phone = themes["light"].new_page(), themes["dark"].new_page()
    screen.set_viewport_size({"width": 1366, "height": 768})
    phone.set_viewport_size({"width": 390, "height": 760})
    for page in (screen, phone):
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))

    def until(expression: str) -> None:  # Playwright's own waits evaluate text, which the page's policy forbids
        for _ in range(100):
            if screen.evaluate(expression):
                return
            screen.wait_for_timeout(50)
        raise AssertionError(expression)

    def fine(name: str) -> None:
        for page, what in ((screen, "screen"), (phone, "phone")):
            if folder := os.environ.get("SER_SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"game-{what}-{name}.png", full_page=True)
            assert not [(one["id"], one["nodes"]) for one in Axe().run(page).response["violations"]]
            wide, inside = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide <= inside

    screen.goto(here.screen)
    phone.goto(here.base)
    screen.get_by_text("Phones in the room: 1").wait_for()
    fine("way-in")
    screen.keyboard.press("Space")
    phone.get_by_role("heading", name="Clip 1 of 3").wait_for()
    until("document.querySelector('#sound').currentTime > 0")  # the clip is heard
    fear = phone.get_by_role("button", name="fear")
    fear.focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("status").filter(has_text="Counted: fear.").wait_for()
    assert fear.get_attribute("aria-pressed") == "true"
    screen.locator("[data-count=answered]").filter(has_text="1").wait_for()
    fine("open")

    token = phone.evaluate("me")
    themes["dark"].set_offline(True)  # the phone sleeps, or leaves the Wi-Fi
    phone.get_by_role("status").filter(has_text="No connection to the laptop").wait_for()
    screen.keyboard.press("ArrowRight")
    screen.get_by_role("heading", name="Clip 1 of 3: sad").wait_for()
    themes["dark"].set_offline(False)
    phone.get_by_role("status").filter(has_text="asked for sad. You heard fear.").wait_for()
    phone.reload()
    phone.get_by_role("status").filter(has_text="You heard fear.").wait_for()
    assert phone.evaluate("me") == token
    assert phone.get_by_role("button", name="fear").get_attribute("aria-disabled") == "true"
    fine("shown")
    screen.keyboard.press("Space")
    phone.get_by_role("heading", name="Clip 2 of 3").wait_for()
    phone.route("**/now?*", lambda route: route.abort())  # what the phone shows is old when it votes
    here.go_on()
    phone.get_by_role("button", name="sad").click()
    phone.get_by_role("status").filter(has_text="Too late").wait_for()
    phone.unroute("**/now?*")
    for _ in range(3):
        before = here.game.step
        until(f"now.step === {before}")
        screen.keyboard.press("Space")
        until(f"now.step > {before}")
    phone.get_by_role("heading", name="The table").wait_for()
    fine("table")
    assert screen.get_by_role("list").get_by_role("listitem").count() == 3
    provoked = "ERR_INTERNET_DISCONNECTED|ERR_FAILED|409"
    assert not [one for one in errors if not re.search(provoked, one)]
