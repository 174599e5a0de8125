"""The recorder in a real browser: a microphone, seven formats, what can go wrong, and that no voice is left behind."""

import base64
import io
import json
import re
import subprocess
import wave

import numpy as np
import pytest
import scipy.signal
import soundfile
import soxr

from ser_helpers import audio, corpus, model

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LABEL = re.compile(r"says \w+|gives no label")
FORMATS = ("wav", "mp3", "m4a", "webm", "ogg", "opus", "flac")
# Keeps every microphone that a page opens where a test can look at it.
WITNESS = """
window.streams = [];
const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (open) navigator.mediaDevices.getUserMedia = async (wish) => (window.streams.push(await open(wish)), window.streams.at(-1));
"""
LIVE = "window.streams.flatMap(stream => stream.getTracks()).filter(track => track.readyState === 'live').length"


@pytest.fixture(scope="module")
def page(lab, browser):
    """A notebook with a recorder; its microphone is allowed."""
    yield opened(lab, browser, "recorder", ["microphone"])


def opened(lab, browser, name: str, permissions: list[str], cell: str = "widgets.recorder()", **where):
    """A notebook with a recorder, and below it a panel that brings its own rules; all run, in a page of its own."""
    lab.write(name, "from ser_helpers import widgets", cell, "widgets.leak_meter()")
    context = browser.new_context(viewport={"width": 1300, "height": 1100})
    context.grant_permissions(permissions)
    context.add_init_script(WITNESS)
    page = context.new_page()
    lab.run(page, name, **where)
    page.locator(".ser-recorder").wait_for()
    return page


def take(page, name: str):
    return page.locator(f".ser-recorder section[aria-label='Take {name}']")


def press(page, name: str, what: str = "Record or stop take") -> None:
    page.get_by_role("button", name=f"{what} {name}").click()


def wait_for_answer(page, name: str, words: str, timeout: int = 20_000) -> str:
    """The status line of a take, once it holds these words."""
    status = take(page, name).get_by_role("status").filter(has_text=re.compile(words))
    status.wait_for(timeout=timeout)
    return status.inner_text()


def record(page, name: str, seconds: float) -> str:
    press(page, name)
    wait_for_answer(page, name, "Recording")
    page.wait_for_timeout(1000 * seconds)
    press(page, name)
    return wait_for_answer(page, name, "Quality")


def choose(page, name: str, path) -> None:
    take(page, name).locator("[type=file]").set_input_files(path)


def heard(page, name: str) -> bytes:
    """The WAV behind the player of a take."""
    script = """async player => {
        const bytes = new Uint8Array(await (await fetch(player.src)).arrayBuffer());
        return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
    }"""
    return base64.b64decode(take(page, name).locator("audio").evaluate(script))


def likeness(wav: bytes, original: np.ndarray) -> float:
    """The largest normalised correlation of a take with any stretch of a sound that is played in a loop."""
    y, rate = soundfile.read(io.BytesIO(wav))
    assert (rate, y.ndim) == (16000, 1)
    loop = np.resize(original, len(y) + len(original))
    products = scipy.signal.correlate(loop, y, mode="valid")
    energies = scipy.signal.correlate(np.square(loop), np.ones(len(y)), mode="valid")
    heard = energies > 1e-6 * energies.max()  # beside the stretches of silence, whose energy is rounding alone
    return float(np.max(products[heard] / np.sqrt(energies[heard] * np.sum(np.square(y)))))


def test_record_stop_predict_compare_and_save(lab, page, spoken, tmp_path, axe, themes, moves):
    """Also: what Python got is what the microphone heard, and the saved notebook holds nothing of it."""
    moved = moves(page.locator(".ser-recorder"))
    said = record(page, "A", seconds=4)
    wav = heard(page, "A")
    correlation = likeness(wav, soundfile.read(spoken)[0])
    print(f"\nThe take and the microphone's input correlate at {correlation:.3f}.")
    assert correlation > 0.9
    course = model.load(model.EVERYDAY)
    expected = model.predict(course.model, audio.read_clip(io.BytesIO(wav)), recipe=course.recipe)
    label = f"says {expected.label}, {100 * expected.probability:.0f} %" if expected.label else "gives no label"
    assert f"The model {label}." in said
    rows = take(page, "A").locator("tbody tr").all_inner_texts()
    assert [row.split()[0] for row in rows] == list(expected.probabilities)
    assert [int(re.search(r"(\d+) %", row)[1]) for row in rows] == [
        round(100 * p) for p in expected.probabilities.values()
    ]

    page.get_by_label("stop by itself after a pause").check()
    press(page, "B")
    wait_for_answer(page, "B", "Quality")  # nobody pressed Stop
    assert page.locator("[data-part=compared]").inner_text().startswith("Beside take A, take B is")
    assert page.evaluate(LIVE) == 0 and moved() == []
    for theme in themes(page, ".ser-recorder", "recorder"):
        assert axe(page, ".ser-recorder") == [], theme

    page.get_by_label("Save takes to").fill(str(tmp_path / "mine"))
    for number in ("", "-2"):
        press(page, "A", "Save take")
        assert str(tmp_path / "mine" / f"take-A{number}.wav") in wait_for_answer(page, "A", f"take-A{number}.wav")
    assert [file.read_bytes() for file in sorted((tmp_path / "mine").iterdir())] == [wav, wav]

    path = lab.folder / "recorder" / "recorder.ipynb"
    lab.saved(page, path)
    text = path.read_text(encoding="utf-8")
    state = json.loads(text)["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    code = {widget["state"].pop("_esm", ""): widget["state"] for widget in state.values()}
    mine = next((held for esm, held in code.items() if "MediaRecorder" in esm), None)
    assert mine, "the state is in the file, so a voice in it would be, too"
    assert not any(widget.get("buffers") for widget in state.values())
    assert (expected.label or "gives no label") not in json.dumps(
        {name: value for name, value in mine.items() if name != "labels"}
    )
    for start in range(1000, len(wav) - 100, 1000):
        for shift in range(3):
            assert base64.b64encode(wav[start + shift : start + shift + 60]).decode() not in text
    assert "UklGR" not in text and wav[44:].hex()[:200] not in text


def test_a_first_turn_without_a_verdict(lab, browser, axe, themes, moves):
    """See and hear yourself: a picture for each take, in the place kept for it, and no table of probabilities."""
    page = opened(lab, browser, "first_turn", ["microphone"], "widgets.recorder(verdict=False)")
    recorder = page.locator(".ser-recorder")
    height, moved = recorder.bounding_box()["height"], moves(recorder)
    assert height <= 640, "whole in a window of 1366 x 768"
    assert "The model" not in record(page, "A", seconds=2)
    picture = take(page, "A").locator("svg")
    assert picture.is_visible() and "Waveform and mel spectrogram of take A" in picture.get_attribute("aria-label")
    assert not take(page, "A").locator("table").is_visible()
    assert take(page, "A").locator("audio").evaluate("player => player.duration > 1")
    assert recorder.bounding_box()["height"] == height and moved() == []
    for theme in themes(page, ".ser-recorder", "recorder-first-turn"):
        assert axe(page, ".ser-recorder") == [], theme
    page.context.close()


def test_every_format_is_read(page, spoken, ffmpeg, tmp_path):
    """Files of seven kinds, made of one clip in stereo at 44.1 kHz, come out as that clip."""
    original = soundfile.read(spoken)[0]
    for kind in FORMATS:
        path = tmp_path / f"clip.{kind}"
        subprocess.run([ffmpeg, "-v", "error", "-i", spoken, "-ac", "2", "-ar", "48000", path], check=True)
        choose(page, "A", path)
        wait_for_answer(page, "A", "listens|Quality")
        wait_for_answer(page, "A", "Quality")
        wav = heard(page, "A")
        correlation = likeness(wav, original)
        print(f"{kind}: {correlation:.3f}")
        assert correlation > 0.9 and abs(len(wav) / 32000 - len(original) / 16000) < 0.2, kind


def test_files_that_are_no_take(page, spoken, tmp_path):
    """Each of them in words, and the take before them stays."""
    choose(page, "A", spoken)
    wait_for_answer(page, "A", "Quality")
    before = heard(page, "A")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("This is no sound. " * 100)
    with wave.open(str(tmp_path / "no samples.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
    soundfile.write(tmp_path / "long.flac", np.resize(soundfile.read(spoken)[0], 20 * 16000), 16000)
    soundfile.write(tmp_path / "large.wav", np.zeros((2_000_000, 2)), 48000, subtype="PCM_24")
    soundfile.write(tmp_path / "silent.wav", np.zeros(32000), 16000)
    for name, words in {
        "empty.wav": "is empty",
        "text.wav": "no audio in that file",
        "no samples.wav": "no audio in that file",
        "long.flac": "lasts 20 s",
        "large.wav": "larger than 10 MB",
    }.items():
        choose(page, "A", tmp_path / name)
        wait_for_answer(page, "A", words)
        assert heard(page, "A") == before
    choose(page, "A", tmp_path / "silent.wav")
    wait_for_answer(page, "A", "no sound in it at all")
    press(page, "A"), press(page, "A")
    wait_for_answer(page, "A", "Nothing was recorded|too short|no audio in that file")


@pytest.mark.real
@pytest.mark.timeout(400)
def test_a_clip_through_the_microphone_gets_the_label_of_its_file(lab, page, spoken, crema_d_home):
    """Ten real clips, played into the microphone at 48 kHz and read from their files: the same label for nine or more."""
    clips, before, same = corpus.clip_table().query("defect == ''"), spoken.read_bytes(), 0
    clips = clips.assign(path=corpus.find_audio(clips)).dropna(subset="path").sample(frac=1, random_state=0)
    for path in clips.groupby("emotion").head(2)["path"].head(10):
        y = audio.read_clip(path)
        loud = np.pad(soxr.resample(y, audio.SAMPLE_RATE, 48000), (0, 48000 * 3))
        soundfile.write(spoken, loud, 48000)  # read anew each time the microphone is opened
        by_microphone = LABEL.search(record(page, "A", seconds=len(y) / audio.SAMPLE_RATE + 0.3))[0]
        assert likeness(heard(page, "A"), np.pad(y, (0, 3 * audio.SAMPLE_RATE))) > 0.9, "the microphone heard that clip"
        last = take(page, "B").locator("audio").get_attribute("src") or ""
        choose(page, "B", path)
        take(page, "B").locator(f"audio[src]:not([src='{last}'])").wait_for()
        from_file = LABEL.search(wait_for_answer(page, "B", "Quality"))[0]
        same += by_microphone == from_file
        print(f"{path}: the model {by_microphone} by microphone, {from_file} from the file")
    spoken.write_bytes(before)
    assert same >= 9


def test_no_microphone(lab, browser):
    """Refused, none there, held by another program, or plain http: each has its sentence."""
    refused = opened(lab, browser, "refused", [])
    press(refused, "A")
    wait_for_answer(refused, "A", "The microphone was refused")
    for name, words in {"NotFoundError": "No microphone was found", "NotReadableError": "another program"}.items():
        refused.evaluate(
            f"() => {{ navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{name}'); }}; }}"
        )
        press(refused, "A")
        wait_for_answer(refused, "A", words)
    refused.context.close()
    address = lab.address("untrusted").replace("127.0.0.1", "plain.test")
    untrusted = opened(lab, browser, "untrusted", [], address=address)
    assert untrusted.evaluate("navigator.mediaDevices === undefined")
    press(untrusted, "A")
    wait_for_answer(untrusted, "A", "https pages and to localhost only")
    untrusted.context.close()


def test_the_microphone_is_let_go(lab, browser, spoken):
    """The cell runs again, the output is cleared, the kernel restarts, each amid a recording; then the kernel dies."""
    page = opened(lab, browser, "again", ["microphone"])

    def menu(menu: str, item: str) -> None:
        page.get_by_role("menuitem", name=menu, exact=True).click()
        page.get_by_role("menuitem", name=re.compile(f"^{item}")).first.click()

    def start() -> None:
        press(page, "A")
        wait_for_answer(page, "A", "Recording")
        assert page.evaluate(LIVE) == 1

    start()
    page.locator(".jp-Cell").nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"{LIVE} === 0")
    page.locator(".ser-recorder").wait_for()
    assert page.locator(".ser-recorder").count() == 1
    start()
    menu("Edit", "Clear Cell Output")
    page.wait_for_function(f"{LIVE} === 0")
    page.locator(".jp-Cell").nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.locator(".ser-recorder").wait_for()
    start()
    menu("Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.wait_for_function(f"{LIVE} === 0")
    menu("Run", "Run All Cells")
    page.locator(".ser-recorder").wait_for()
    assert "Quality" in record(page, "A", seconds=2)

    page.locator(".jp-Cell").first.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("import os; os._exit(1)")
    page.keyboard.press("Control+Enter")
    page.locator(".jp-Dialog").get_by_text("appears to have died").wait_for()
    choose(page, "B", spoken)
    wait_for_answer(page, "B", "run this cell again")
    page.context.close()


def test_notebook_7(lab, browser):
    """The simpler interface shows the same recorder; here a take ends at its limit."""
    cell = "mine = widgets.recorder()\nmine.seconds = 2\nmine"
    page = opened(lab, browser, "simple", ["microphone"], cell, address=lab.address("simple", classic=True))
    press(page, "A")
    assert "The model" in wait_for_answer(page, "A", "Quality")
    assert 1.8 < (len(heard(page, "A")) - 44) / 32000 < 2.4
    page.context.close()
