"""Every figure shows, says what it shows, and leaves everything else alone."""

import base64
import inspect
import io
import re
from html.parser import HTMLParser

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from ser_helpers import audio, corpus, evaluate, features, model, plots
from ser_helpers.errors import CourseError
from ser_helpers.plots.picture import FURTHER_COLOURS, MARKERS, TEST, TRAIN, for_dark, looks

RATE = audio.SAMPLE_RATE
SILENCE, ONE_SAMPLE = np.zeros(41108, dtype="float32"), np.ones(1, dtype="float32")
SCORES, CLIPS = evaluate.load_scores(), corpus.clip_table()
GROUPS = pd.DataFrame({"group": ["women", "men"], "score": [0.47, 0.43], "low": [0.44, 0.40], "high": [0.5, 0.46]})


def voice(seconds=1.5, hz=150, peak=0.3):
    """Eight harmonics that swell and fade."""
    t = np.arange(int(seconds * RATE)) / RATE
    y = sum(np.sin(2 * np.pi * k * hz * t) / k for k in range(1, 9)) * np.sin(np.pi * t / seconds)
    return (peak * y / np.abs(y).max()).astype("float32")


SOUNDS = {label: voice(1 + 0.2 * i, 100 + 40 * i, 0.8 / 2**i) for i, label in enumerate(corpus.LABELS)}
COUNTS = np.array(SCORES["confusion"][0])
ACTORS = np.repeat(np.arange(1001, 1092), 8)
BY_ACTOR, BY_CLIP = ACTORS % 5 == 0, np.arange(len(ACTORS)) % 5 == 0
PER_ACTOR = pd.DataFrame({"actor": np.arange(1001, 1076), "score": np.linspace(0.1, 0.7, 75)})
CHAIN_ROWS = pd.DataFrame(
    [
        {"corpus": "crema-d", "recipe": "original", "chain": chain.name, "group": chain.group, "tested_on": chain.title}
        | {"n_clips": 1500, "n_actors": 75, "vanished": ["neutral", "sad"][: place % 3]}
        | {score: 1 - place / 40 for score in ("kept", "accuracy", "uar")}
        | {f"{score}_interval": [0.98 - place / 40, 1 - place / 41] for score in ("kept", "accuracy", "uar")}
        for place, chain in enumerate(audio.CHAINS)
    ]
)
BINS = [
    {"said": said, "n_clips": 100, "accuracy": said - 0.1, "accuracy_interval": [said - 0.15, said - 0.05]}
    for said in (0.35, 0.55, 0.95)
]
BINS[:0] = [{"said": 0.25, "n_clips": 100, "accuracy": None, "too_few": True}]
TITLE = 'Actor 1001 & "angry" <$5_0$>'
UNSURE = dict.fromkeys(corpus.LABELS, 1 / 6)
FIVE = ("angry", "happy", "neutral", "sad", "calm")
EIGHT = (*corpus.LABELS, "calm", "surprised")


def clips_of(labels):
    """One clip of the first label, two of the second, and so on, by two actors of RAVDESS."""
    emotions = np.repeat(labels, range(1, len(labels) + 1))
    return pd.DataFrame({"speaker": np.resize(["ravdess/01", "ravdess/24"], len(emotions)), "emotion": emotions})


def heard_as(labels, intended):
    """A clip on which as many listeners chose each label as its place says."""
    return {"clip": "one", "emotion": intended, **{f"votes_{label}": n for n, label in enumerate(labels, 1)}}


def certain(labels):
    return 10 * np.eye(len(labels)) + np.eye(len(labels))[::-1]


# What a lesson draws, and the ends of what it could draw. Names before the colon are functions of plots.
CASES = {
    "emotion_counts": lambda **kw: plots.emotion_counts(CLIPS, **kw),
    "emotion_counts: one clip": lambda **kw: plots.emotion_counts(CLIPS[:1], **kw),
    "emotion_counts: five labels": lambda **kw: plots.emotion_counts(clips_of(FIVE), **kw),
    "emotion_counts: eight": lambda **kw: plots.emotion_counts(clips_of(EIGHT), labels=EIGHT, **kw),
    "emotion_counts: one label": lambda **kw: plots.emotion_counts(clips_of(["calm"]), **kw),
    "emotion_counts: none": lambda **kw: plots.emotion_counts(CLIPS[:0], **kw),
    "waveform": lambda **kw: plots.waveform(voice(), **kw),
    "waveform: silence": lambda **kw: plots.waveform(SILENCE, **kw),
    "waveform: one sample": lambda **kw: plots.waveform(ONE_SAMPLE, **kw),
    "waveform: five seconds": lambda **kw: plots.waveform(voice(5.005), **kw),
    "waveforms": lambda **kw: plots.waveforms(SOUNDS, **kw),
    "waveforms: one": lambda **kw: plots.waveforms({"sad": voice()}, **kw),
    "waveforms: silence": lambda **kw: plots.waveforms({"sad": SILENCE, "my own": SILENCE}, **kw),
    "waveforms: seven": lambda **kw: plots.waveforms({**SOUNDS, "mine": ONE_SAMPLE}, **kw),
    "levels": lambda **kw: plots.levels(SOUNDS, **kw),
    "levels: eight": lambda **kw: plots.levels(dict.fromkeys(EIGHT, voice()), **kw),
    "levels: one silent": lambda **kw: plots.levels({**SOUNDS, "sad": SILENCE}, **kw),
    "levels: silence": lambda **kw: plots.levels({"sad": SILENCE}, **kw),
    "spectrogram": lambda **kw: plots.spectrogram(voice(), **kw),
    "spectrogram: silence": lambda **kw: plots.spectrogram(SILENCE, **kw),
    "spectrogram: one sample": lambda **kw: plots.spectrogram(ONE_SAMPLE, **kw),
    "spectrogram: five seconds": lambda **kw: plots.spectrogram(voice(5.005), n_fft=2048, hop=512, **kw),
    "frames": lambda **kw: plots.frames(voice(), at=30, **kw),
    "frames: a hop longer than the frame": lambda **kw: plots.frames(voice(), 64, 512, at=10**6, **kw),
    "frames: silence": lambda **kw: plots.frames(SILENCE, **kw),
    "frames: a single one": lambda **kw: plots.frames(voice()[:512], **kw),
    "sines": lambda **kw: plots.sines(voice(), at=8000, kept=9, **kw),
    "sines: one": lambda **kw: plots.sines(voice(), at=8000, kept=1, **kw),
    "sines: silence": lambda **kw: plots.sines(SILENCE, **kw),
    "windows": lambda **kw: plots.windows(voice()[8000:16000], **kw),
    "windows: one": lambda **kw: plots.windows(voice(), (512,), **kw),
    "windows: silence": lambda **kw: plots.windows(SILENCE, **kw),
    "windows: one sample": lambda **kw: plots.windows(ONE_SAMPLE, **kw),
    "mel_spectrogram": lambda **kw: plots.mel_spectrogram(voice(), **kw),
    "mel_spectrogram: silence": lambda **kw: plots.mel_spectrogram(SILENCE, **kw),
    "mel_spectrogram: one sample": lambda **kw: plots.mel_spectrogram(ONE_SAMPLE, **kw),
    "spectrum_pair": lambda **kw: plots.spectrum_pair(voice(), 0.1 * voice(), **kw),
    "spectrum_pair: silence": lambda **kw: plots.spectrum_pair(SILENCE, SILENCE, ("untouched", "as MP3"), **kw),
    "spectrum_pair: one sample": lambda **kw: plots.spectrum_pair(voice(), ONE_SAMPLE, **kw),
    "pitch": lambda **kw: plots.pitch(voice(), **kw),
    "pitch: silence": lambda **kw: plots.pitch(SILENCE, **kw),
    "pitch: one sample": lambda **kw: plots.pitch(ONE_SAMPLE, **kw),
    "pitches": lambda **kw: plots.pitches(SOUNDS, **kw),
    "pitches: silence": lambda **kw: plots.pitches({"sad": SILENCE}, **kw),
    "mel_filter_bank": lambda **kw: plots.mel_filter_bank(**kw),
    "mel_filter_bank: 128": lambda **kw: plots.mel_filter_bank(128, **kw),
    "mel_filter_bank: one": lambda **kw: plots.mel_filter_bank(1, **kw),
    "mel_filter_bank: empty filters": lambda **kw: plots.mel_filter_bank(128, n_fft=200, **kw),
    "mfcc_steps": lambda **kw: plots.mfcc_steps(voice(), **kw),
    "mfcc_steps: silence": lambda **kw: plots.mfcc_steps(SILENCE, **kw),
    "mfcc_steps: one sample": lambda **kw: plots.mfcc_steps(ONE_SAMPLE, **kw),
    "cosines": lambda **kw: plots.cosines(np.linspace(-20, -60, 128), **kw),
    "cosines: one": lambda **kw: plots.cosines(np.full(12, -100), kept=1, **kw),
    "padding": lambda **kw: plots.padding(CLIPS["seconds"], **kw),
    "padding: one clip": lambda **kw: plots.padding([2.5], **kw),
    "snr_ladder": lambda **kw: plots.snr_ladder(voice(), clip="1001_DFA_ANG_XX", **kw),
    "snr_ladder: silence": lambda **kw: plots.snr_ladder(SILENCE, **kw),
    "snr_ladder: only clean": lambda **kw: plots.snr_ladder(voice(), (None,), **kw),
    "split_dots": lambda **kw: plots.split_dots(ACTORS, BY_CLIP, **kw),
    "split_dots: apart": lambda **kw: plots.split_dots(ACTORS, BY_ACTOR, **kw),
    "split_dots: one actor": lambda **kw: plots.split_dots([7], [True], **kw),
    "split_dots: text": lambda **kw: plots.split_dots(list("abba"), [True, False, True, False], **kw),
    "leak_meter": lambda **kw: plots.leak_meter(SCORES, **kw),
    "leak_meter: people": lambda **kw: plots.leak_meter(SCORES, "noisy", score="uar", people=0.41, **kw),
    "leak_meter: one": lambda **kw: plots.leak_meter(SCORES[SCORES["protocol"] == "actors"], **kw),
    "chain_meter": lambda **kw: plots.chain_meter(CHAIN_ROWS, **kw),
    "chain_meter: three recipes": lambda **kw: plots.chain_meter(
        pd.concat(CHAIN_ROWS.assign(recipe=recipe) for recipe in ("original", "logistic", "everyday")), "uar", **kw
    ),
    "chain_meter: untouched": lambda **kw: plots.chain_meter(CHAIN_ROWS[:1], score="accuracy", **kw),
    "clean_and_noisy": lambda **kw: plots.clean_and_noisy(SCORES, **kw),
    "clean_and_noisy: crowd": lambda **kw: plots.clean_and_noisy(SCORES, score="uar", target="crowd", **kw),
    "loss_curve": lambda **kw: plots.loss_curve(1 / np.arange(1, 300), marks=[100, (200, "rate / 5")], **kw),
    "loss_curve: three": lambda **kw: plots.loss_curve({"a": [2, 1], "b": [2, 1.5], "c": [1, 2]}, **kw),
    "loss_curve: one epoch": lambda **kw: plots.loss_curve([1.7], **kw),
    "confusion": lambda **kw: plots.confusion(COUNTS, **kw),
    "confusion: one clip": lambda **kw: plots.confusion(np.eye(6)[[0, 0, 0, 0, 0, 1]] * np.eye(6)[:, [0]], **kw),
    "confusion: five labels": lambda **kw: plots.confusion(certain(FIVE), labels=FIVE, **kw),
    "confusion: eight": lambda **kw: plots.confusion(certain(EIGHT), labels=EIGHT, **kw),
    "confusion: one label": lambda **kw: plots.confusion([[3]], labels=["calm"], **kw),
    "confusion_pair: eight": lambda **kw: plots.confusion_pair(certain(EIGHT), np.eye(8), labels=EIGHT, **kw),
    "confusion_pair": lambda **kw: plots.confusion_pair(COUNTS, COUNTS.T, ("model", "listeners"), **kw),
    "recall_bars": lambda **kw: plots.recall_bars(GROUPS, **kw),
    "recall_bars: one, no interval": lambda **kw: plots.recall_bars(GROUPS.loc[:0, ["group", "score"]], **kw),
    "recall_bars: emotions": lambda **kw: plots.recall_bars(
        pd.DataFrame({"group": corpus.LABELS, "score": [0, 0.1, 0.2, 0.3, 0.4, 1]}), score="recall", **kw
    ),
    "recall_bars: eight": lambda **kw: plots.recall_bars(
        pd.DataFrame({"group": EIGHT, "score": [0, 0.1, 0.2, 0.3, 0.4, 1, 0.5, np.nan]}), score="recall", **kw
    ),
    "feature_maps": lambda **kw: plots.feature_maps({"one": np.arange(12.0).reshape(4, 3)}, **kw),
    "learning_curves": lambda **kw: plots.learning_curves(
        pd.DataFrame([{"recipe": "cnn", "schedule": "cycle", "loss": [1.8, 1.2], "uar": [0.2, 0.5]}]), **kw
    ),
    "reliability": lambda **kw: plots.reliability({"ece": 0.083, "n_clips": 400, "bins": BINS}, **kw),
    "reliability: one": lambda **kw: plots.reliability({"ece": 0.1, "n_clips": 100, "bins": BINS[-1:]}, **kw),
    "actor_scores": lambda **kw: plots.actor_scores(PER_ACTOR, **kw),
    "actor_scores: one": lambda **kw: plots.actor_scores(PER_ACTOR[:1], **kw),
    "probabilities": lambda **kw: plots.probabilities(model.Prediction("sad", UNSURE), **kw),
    "probabilities: sure": lambda **kw: plots.probabilities({**dict.fromkeys(corpus.LABELS, 0), "sad": 1}, **kw),
    "probabilities: eight": lambda **kw: plots.probabilities(dict.fromkeys(EIGHT, 0.125), **kw),
    "probabilities: three": lambda **kw: plots.probabilities({"calm": 0.2, "loud": 0.7, "sad": 0.1}, **kw),
    "probabilities: one": lambda **kw: plots.probabilities({"calm": 1.0}, **kw),
    "votes: eight": lambda **kw: plots.votes(heard_as(EIGHT, "surprised"), **kw),
    "votes: not asked for": lambda **kw: plots.votes(heard_as(corpus.LABELS, "calm"), **kw),
    "votes: one": lambda **kw: plots.votes(heard_as(["calm"], "calm"), **kw),
    "votes": lambda **kw: plots.votes(CLIPS.iloc[3], **kw),
    "votes: practice": lambda **kw: plots.votes(corpus.clip_table("practice").iloc[:1], **kw),
    "network": lambda **kw: plots.network(**kw),
    "network: eight": lambda **kw: plots.network(64, labels=EIGHT, **kw),
    "network: small": lambda **kw: plots.network(2, (3, 4), 3, **kw),
}  # fmt: skip
ONE_AXES = [name for name in CASES if "ax" in inspect.signature(getattr(plots, name.split(":")[0])).parameters]


class Tags(HTMLParser):
    """Attributes of each tag, and the text between."""

    def __init__(self, html):
        super().__init__()
        self.attributes, self.text = {}, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.attributes[tag] = dict(attrs)

    def handle_data(self, data):
        self.text += data if self.get_starttag_text() != "<style>" else ""  # the caption alone


def overlaps(figure):
    """Pairs of texts that cover each other."""
    figure.draw_without_rendering()
    boxes = []
    for ax in figure.axes:
        texts = [child for child in ax.get_children() if isinstance(child, Text)]
        texts += ax.get_legend().get_texts() if ax.get_legend() else []
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            texts += [axis.label, *(tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)]
        for text in texts:
            if text.get_visible() and text.get_text():
                boxes.append((text.get_text(), text.get_window_extent().padded(-1)))
    return [(a, b) for i, (a, box) in enumerate(boxes) for b, other in boxes[:i] if box.overlaps(other)]


def test_every_function_is_tried_here():
    drawing = {
        name
        for name, thing in vars(plots).items()
        if inspect.isfunction(thing) and thing.__annotations__.get("return") == "Picture" and name[0] != "_"
    }
    assert {name.split(":")[0] for name in CASES} == drawing - {"describe"}


@pytest.mark.parametrize("name", CASES)
def test_shows_as_a_figure_with_its_sentence(name):
    picture = CASES[name]()
    assert isinstance(picture, plots.Picture) and repr(picture) == picture.sentence
    assert re.search(r"\d", picture.sentence) and picture.sentence.endswith(".") and "nan" not in picture.sentence
    assert picture.sentence[0] == picture.sentence[0].upper()
    html = Tags(picture._repr_html_())
    assert html.attributes["img"]["alt"] == html.text == picture.sentence
    assert html.attributes["img"]["src"].startswith("data:image/png;base64,iVBOR")
    assert 200 < int(html.attributes["img"]["width"]) < 1000
    assert overlaps(picture.figure) == []
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", CASES)
def test_a_title_stands_in_the_figure_and_in_the_sentence(name):
    picture = CASES[name](title=TITLE)
    titles = [picture.figure.get_suptitle(), *(ax.get_title(loc="left") for ax in picture.axes)]
    assert TITLE in titles and picture.sentence.startswith(f"{TITLE}: ")
    assert overlaps(picture.figure) == []


def test_any_title_is_safe_in_html():
    picture = CASES["votes"](title=TITLE)
    assert Tags(picture._repr_html_()).attributes["img"]["alt"] == picture.sentence


@pytest.mark.parametrize("name", ONE_AXES)
def test_draws_on_the_given_axes_and_on_no_other(name):
    left, right = Figure(figsize=(12, 4)).subplots(1, 2)
    before = len(right.get_children())
    picture = CASES[name](ax=left)
    assert picture.figure is left.figure and picture.ax is left
    assert left.has_data() or left.texts
    assert not right.has_data() and len(right.get_children()) == before


def test_leaves_the_current_axes_settings_arguments_and_chance_alone():
    current, settings = plt.figure().add_subplot(), dict(mpl.rcParams)
    np.random.seed(0)  # noqa: NPY002
    state, sound, scores = np.random.get_state()[1].copy(), voice(), SCORES.copy()  # noqa: NPY002
    for draw in CASES.values():
        draw()
    plots.snr_ladder(sound)
    assert not current.has_data() and plt.gca() is current
    assert dict(mpl.rcParams) == settings
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    assert (sound == voice()).all()
    pd.testing.assert_frame_equal(scores, SCORES)
    plt.close("all")


def test_one_drawing_for_light_pages_and_one_for_dark_ones_and_the_light_one_where_no_style_is_kept():
    html = CASES["spectrogram"]()._repr_html_()
    light, dark = re.findall("<img[^>]*>", html)
    assert "hidden" not in light and 'display:none" hidden' in dark
    pixels = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(img.split("base64,")[1][:-2])))) for img in (light, dark)
    ]
    assert [shown[0, 0, 3] for shown in pixels] == [0, 0], "no ground"
    solid = pixels[0][..., 3] == 255
    greys = [shown[solid][..., :3].astype(int) for shown in pixels]
    ink = np.abs(greys[0]).max(axis=1) < 10
    assert (greys[1][ink].min(axis=1) > 240).any(), "black on the page turns white"
    assert (greys[0] == greys[1]).all(axis=1).mean() > 0.8, "the image stays"


@pytest.mark.parametrize("name", ["leak_meter", "confusion_pair", "mel_spectrogram"])
def test_as_svg_it_is_the_same_each_time_without_a_ground_and_turns_light_for_a_dark_page(name):
    light, dark = CASES[name]().svg()
    assert (light, dark) == CASES[name]().svg() and light.count("<svg") == dark.count("<svg") == 1
    assert dark.count("<path") == light.count("<path") and 'fill="#ffffff"' in dark
    assert light.count("stroke: #000000") == dark.count("stroke: #ffffff")
    pixels = [re.findall(r"data:image/png;base64,\s*([^\"]*)", drawn) for drawn in (light, dark)]
    assert pixels[0] == pixels[1] and bool(pixels[0]) == (name == "mel_spectrogram"), "the image stays"
    assert re.search(r'id="patch_1">\s*<path[^>]*style="([^"]*)"', light)[1] == "fill: none"


def test_light_in_a_dark_notebook():
    with plt.style.context("dark_background"):
        picture = CASES["leak_meter"]()
    assert to_hex(picture.figure.get_facecolor()) == to_hex(picture.ax.get_facecolor()) == "#ffffff"
    assert {to_hex(label.get_color()) for label in picture.ax.get_yticklabels()} == {"#000000"}


def test_describe_takes_whatever_a_learner_drew():
    figure, axes = plt.subplots(1, 2)
    for drawn in (figure, axes[0], axes):
        assert plots.describe(drawn, " Two empty axes. ").figure is figure
    plots.describe(figure, "Two empty axes.")._repr_html_()
    assert plt.get_fignums() == []  # so the notebook does not show it a second time


@pytest.mark.long
def test_a_notebook_shows_each_figure_once():
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "import matplotlib.pyplot as plt\nfrom ser_helpers import plots\nfigure, ax = plt.subplots()\nax.plot([0, 8])\n"
        "plots.describe(figure, 'A line from 0 to 8.')",
        "plots.network()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3").execute()
    for cell, alt in zip(notebook.cells, ("A line from 0 to 8.", plots.network().sentence), strict=True):
        (output,) = cell.outputs
        assert output["data"]["text/plain"] == alt and f'<img alt="{alt}"' in output["data"]["text/html"]


@pytest.mark.parametrize("drawn, sentence", [(None, "A figure."), ([], "A figure."), (Figure(), ""), (Figure(), None)])
def test_describe_says_what_it_needs(drawn, sentence):
    with pytest.raises(CourseError, match="describe needs a"):
        plots.describe(drawn, sentence)


@pytest.mark.parametrize("wrong", [np.zeros((2, 100)), np.zeros(0), np.array([0.1, np.nan])])
@pytest.mark.parametrize("name", ["waveform", "spectrogram", "mel_spectrogram", "pitch", "mfcc_steps", "snr_ladder"])
def test_says_so_when_it_is_no_sound(name, wrong):
    with pytest.raises(audio.AudioError, match="1-D array of finite numbers"):
        getattr(plots, name)(wrong)


@pytest.mark.parametrize(
    "draw, message",
    [
        (lambda: plots.waveforms({}), "dictionary of sounds"),
        (lambda: plots.levels([voice()]), "dictionary of sounds"),
        (lambda: plots.padding([]), "Durations"),
        (lambda: plots.split_dots([1, 2], [True]), "per clip"),
        (lambda: plots.leak_meter(SCORES, tested_on="loud"), "No score fits target 'intended', tested_on 'loud'"),
        (lambda: plots.chain_meter(CHAIN_ROWS[:0]), "row per recipe and chain"),
        (lambda: plots.chain_meter(pd.concat([CHAIN_ROWS, CHAIN_ROWS])), "row per recipe and chain"),
        (lambda: plots.loss_curve([]), "Losses"),
        (lambda: plots.confusion(np.eye(5)), r"6 true by 6 predicted labels.*shape \(5, 5\).*labels="),
        (lambda: plots.confusion(np.zeros((6, 6))), "with 0 clips"),
        (lambda: plots.emotion_counts(clips_of(FIVE), labels=corpus.LABELS), "calm came"),
        (lambda: plots.votes({"clip": "one", "emotion": "calm"}), "no votes"),
        (lambda: plots.recall_bars(GROUPS[:0]), "columns group, score"),
        (lambda: plots.actor_scores(PER_ACTOR[["score"]]), "columns actor and score"),
        (lambda: plots.votes(CLIPS[:2]), "one clip"),
    ],
)
def test_says_what_it_needs(draw, message):
    with pytest.raises(CourseError, match=message):
        draw()


@pytest.mark.parametrize(
    "name, parts",
    [
        ("waveforms", ["angry is the tallest, 32 times as tall as sad", "1.00 s (angry)", "2.00 s (sad)"]),
        ("emotion_counts", ["7,442 clips of 91 actors", "1,271 each of angry", "1,087 neutral"]),
        ("split_dots", ["0 only in training", "91 on both sides"]),
        ("split_dots: apart", ["73 only in training", "18 only in test", "0 on both sides"]),
        ("padding", ["30,456 columns", "7,442 clips"]),
        ("pitches", ["angry 100 Hz", "sad 300 Hz", "19.0 semitones"]),
        (
            "chain_meter",
            [
                "1,500 clips of 75 actors, behind 20 chains",
                "original from 50.0 % (large room)",
                "some label lost in 14, most often neutral",
            ],
        ),
        ("network", ["17,506 numbers"]),
        ("network: eight", ["8 outputs"]),
        ("emotion_counts: five labels", ["15 clips of 2 actors", "1 angry, 2 happy, 3 neutral, 4 sad, 5 calm"]),
        ("emotion_counts: eight", ["36 clips", "7 calm, 8 surprised"]),
        ("confusion: eight", ["88 clips", "9 % of angry taken for surprised"]),
        ("recall_bars: eight", ["sad highest with 100.0 %"]),
        ("reliability", ["400 clips", "8.3 points", "says 35 % and is right in 25 %"]),
        ("probabilities: three", ["loud 70 %, calm 20 % and sad 10 %"]),
        ("probabilities: one", ["gives calm 100 %"]),
        ("votes: eight", ["8 of 36 heard surprised, 7 calm", "1 angry"]),
        ("votes: not asked for", ["6 of 21 heard sad", "calm was not among their choices"]),
    ],
)
def test_sentences_hold_the_data(name, parts):
    sentence = CASES[name]().sentence
    assert [part for part in parts if part not in sentence] == []


def words_of(figure):
    figure.draw_without_rendering()
    return {text.get_text() for text in figure.findobj(Text)}


@pytest.mark.parametrize("name", [name for name in CASES if name.endswith(("five labels", "eight"))])
def test_no_label_is_dropped(name):
    missing = set(FIVE if name.endswith("five labels") else EIGHT) - words_of(CASES[name]().figure)
    assert missing <= {"surprised"} and (not missing or "intended: surprised" in words_of(CASES[name]().figure))


def test_people_are_told_from_synthetic_voices_by_their_corpus():
    for speakers, words in ((["ravdess/01", "ravdess/24"], "2 actors"), (["practice/9001"], "1 synthetic voice")):
        assert plots.split_dots(speakers, [True] * len(speakers)).sentence.startswith(words)
    assert plots.split_dots([1, 24], [True, False]).sentence.startswith("2 actors")
    assert "12 synthetic voices" in plots.emotion_counts(corpus.clip_table("practice")).sentence


@pytest.mark.parametrize("column, other", [("recipe", "everyday"), ("corpus", "emodb"), ("features", "means168 v2")])
@pytest.mark.parametrize("draw", [plots.leak_meter, plots.clean_and_noisy])
def test_scores_of_two_models_are_refused_until_one_is_chosen(draw, column, other):
    mixed = pd.concat([SCORES, SCORES.assign(**{column: other, "accuracy": 0.99})], ignore_index=True)
    with pytest.raises(CourseError, match=rf"more than one {column}: .* and {other}\. Choose one"):
        draw(mixed)
    with pytest.raises(CourseError, match=f"more than one {column}"):  # also where no two rows are of one protocol
        draw(
            pd.concat([SCORES.query("protocol == 'leak'"), mixed[mixed[column] == other].query("protocol == 'actors'")])
        )
    first = SCORES[column].iloc[0]
    assert draw(mixed[mixed[column] == first]).sentence == draw(SCORES).sentence
    with pytest.raises(CourseError, match="2 scores fit protocol 'leak'"):
        draw(pd.concat([SCORES, SCORES[:4]]))


def test_guessing_is_one_in_as_many_as_there_are_labels():
    scores = SCORES.assign(recall=[dict.fromkeys(FIVE, 0.5)] * len(SCORES))
    for picture, place in ((plots.leak_meter(scores), 0), (plots.actor_scores(PER_ACTOR, labels=FIVE), 1)):
        line = next(line for line in picture.ax.lines if line.get_linestyle() == "--")
        assert line.get_data()[place][0] == pytest.approx(20)


def test_an_actor_on_both_sides_is_outlined():
    picture = plots.split_dots([1, 1, 2, 3], [False, True, False, True])
    edges = [to_hex(edge) for dots in picture.ax.collections[-2:] for edge in dots.get_edgecolors()]
    assert edges.count("#000000") == 2 and len(edges) == 4


def test_bars_and_dots_are_the_scores():
    scores = SCORES.query("target == 'intended'").set_index(["protocol", "tested_on"])["accuracy"]
    bars = [bar.get_width() for bar in CASES["leak_meter"]().ax.patches]
    assert bars == pytest.approx([100 * scores[protocol, "clean"] for protocol in evaluate.PROTOCOLS])
    words = {text.get_text() for text in CASES["clean_and_noisy"]().ax.texts}
    assert words == {f"{100 * score:.1f}" for score in scores}


def test_the_padded_matrix_is_the_original_projects():
    seconds = np.array([1.268, 2.5, 5.005])
    share = []
    for n in np.ceil(seconds * 22050).astype(int):  # librosa's centred frames: 1 + n // hop
        share.append((13 * len(range(0, n + 1, 512)) + 64 * len(range(0, n + 1, 256))) / 30456)
    drawn = plots.padding(seconds).ax.patches[0].get_data().values
    assert drawn == pytest.approx(100 * np.array(share))


@pytest.mark.parametrize("hz", [70, 120, 220, 440, 590])
def test_pitch_of_a_buzz(hz):
    found = plots.fundamental(voice(1, hz))[1]
    assert np.nanmedian(found) == pytest.approx(hz, rel=0.01)
    assert (np.abs(12 * np.log2(found[~np.isnan(found)] / hz)) < 0.5).mean() > 0.9


def test_noise_has_no_pitch():
    noise = np.random.default_rng(0).standard_normal(RATE) * 0.1
    assert np.isnan(plots.fundamental(noise)[1]).mean() > 0.95


@pytest.mark.real
def test_pitch_of_voices_agrees_with_pyin(crema_d_home):
    import librosa

    apart = []
    for path in corpus.lesson_clips()["path"].iloc[::700]:
        y = audio.read_clip(path)
        theirs = librosa.pyin(y=y, fmin=65, fmax=600, sr=RATE, frame_length=1024, hop_length=160)[0]
        ours = plots.fundamental(y)[1]
        if np.isfinite(ours).any() and np.isfinite(theirs).any():
            apart.append(12 * np.log2(np.nanmedian(ours) / np.nanmedian(theirs)))
    assert np.median(np.abs(apart)) < 1


# Colours


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear RGB, white D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


EYES = {  # Machado, Oliveira and Fernandes 2009, severity 1.0
    "usual": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


THEMES = {"light": ("#ffffff", np.asarray), "dark": ("#111111", for_dark)}  # the page of JupyterLab, the colours on it
APART = {"light": 18, "dark": 10}  # a difference of 2 or so is noticed side by side


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("colours", [(*plots.COLOURS.values(), *FURTHER_COLOURS), (TRAIN, TEST)])
def test_colours_differ_to_all_eyes(eyes, colours, theme):
    shown = [THEMES[theme][1](np.array(to_rgb(colour))) for colour in colours]
    seen = np.array([lab(EYES[eyes] @ linear(colour)) for colour in shown])
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[np.triu_indices(len(seen), 1)]
    assert apart.min() > APART[theme]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colour", [*plots.COLOURS.values(), *FURTHER_COLOURS, TRAIN, TEST, plots.GREY])
def test_colours_stand_out_in_both_themes(colour, theme):
    page, shown = THEMES[theme]
    light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (page, shown(np.array(to_rgb(colour)))))
    assert light[1] / light[0] >= 3  # WCAG 2.1, 1.4.11


def test_each_emotion_has_a_colour_and_a_marker_of_its_own():
    assert tuple(plots.COLOURS) == tuple(MARKERS) == corpus.LABELS
    labels = [*corpus.LABELS, *(f"label {n}" for n in range(42))]
    assert len(set(looks(labels).values())) == 48  # colours come again after twelve labels, with other markers
    for place in (0, 1):
        assert len({look[place] for look in looks(labels[:12]).values()}) == 12
    assert len(features.FEATURE_NAMES) == inspect.signature(plots.network).parameters["n_inputs"].default
