"""The page about a model: each number on it comes from a file, and it opens, sounds and reads wherever it is taken."""

import dataclasses
import json
import re
import shutil
from html import unescape

import pandas as pd
import pytest

from ser_helpers import corpus, evaluate, model, plots, report
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
RUNGS = [  # of a ladder as `ser evaluate --ladder` writes it
    ("means", "The network on means", "original", "means168 v1", 0.44, 0),
    ("everyday", "Convolutions and a GRU", "everyday", "logmel64 v1", 0.66, 0),
    ("enrolled", "With clips of the speaker", "enrolled", "logmel64 v1", 0.78, 8),
]


def ladder():
    about = {
        "corpus": "crema-d",
        "protocol": "actors",
        "split": "actors kept apart",
        "n_clips": 6130,
        "n_actors": 75,
        "n_folds": 5,
    }
    return [
        about
        | {"rung": rung, "title": title, "recipe": recipe, "features": features, "tested_on": condition, "enrolled": enrolled}
        | {"uar": uar - lost, "uar_interval": [uar - lost - 0.021, uar - lost + 0.019], "seconds": None if enrolled else 1234.5 * uar}
        for rung, title, recipe, features, uar, enrolled in RUNGS
        for condition, lost in (("clean", 0), ("noisy", 0.05), ("chains", 0.07))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The course's results, and a ladder."""
    folder = tmp_path_factory.mktemp("results")
    shutil.copytree(evaluate.RESULTS / "crema-d", folder / "crema-d")
    (folder / "crema-d" / "ladder.json").write_text(json.dumps(ladder()), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(results, tmp_path_factory):
    """The page of the model that is handed out."""
    file, left_out = report.make(out=tmp_path_factory.mktemp("page") / "everyday.html", results=results)
    assert left_out == {}
    return file


def section(html, place):
    """The text of a section, without its card and the alternative texts of pictures."""
    body = re.search(rf'<section aria-labelledby="{place}">(.*?)</section>', html, re.DOTALL)[1]
    return unescape(re.sub(r"<details>.*?</details>|<[^>]*>", " ", body, flags=re.DOTALL))


def numbers(text):
    return NUMBER.findall(text)


def tenths(*shares):
    return [f"{100 * share:.1f}" for share in shares]


def counted(row):
    return [f"{row['n_clips']:,}", str(row["n_actors"])]


# Every number


def test_no_number_is_written_in_the_template():
    source = (report.places.PACKAGE / "report.html.j2").read_text(encoding="utf-8")
    text = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", source, flags=re.DOTALL)
    assert set(numbers(text)) == {"95"}, "the level of all intervals; nothing else is known before anything is measured"


def test_what_it_reaches_is_what_was_measured(made, results):
    scores = evaluate.load_scores("crema-d", "everyday", results)
    clean, noisy = (
        evaluate.pick(scores, protocol="actors", tested_on=on, target="intended") for on in ("clean", "noisy")
    )
    sure = evaluate.measured("crema-d", "everyday", results)["calibration"]
    clips = evaluate.load_unheard("crema-d", "everyday", results)["clip"]
    people = evaluate.human_yardstick(corpus.clip_table().set_index("clip").loc[clips].reset_index())
    assert numbers(section(made.read_text("utf-8"), "reaches")) == [
        *tenths(clean["accuracy"], *clean["accuracy_interval"], 1 / 6),
        *tenths(clean["uar"], *clean["uar_interval"]),
        "15", *tenths(noisy["accuracy"], *noisy["accuracy_interval"]),
        *tenths(sure["ece"], *sure["ece_interval"]),
        *counted(clean), str(clean["n_folds"]), "95",
        f"{people['n_clips']:,}", *tenths(people["single_rating"], people["plurality"]),
    ]  # fmt: skip


def test_the_ladder_is_the_files_and_the_models_rung_is_marked(made):
    html = made.read_text("utf-8")
    rows = pd.DataFrame(ladder()).set_index(["rung", "tested_on"])
    expected = [*counted(rows.iloc[0]), "5"]
    for rung, *_, enrolled in RUNGS:
        clean, noisy, chains = (rows.loc[(rung, on)] for on in ("clean", "noisy", "chains"))
        expected += [str(enrolled)] if enrolled else []
        expected += tenths(clean["uar"], *clean["uar_interval"], noisy["uar"], chains["uar"])
        expected += [] if enrolled else [f"{clean['seconds']:,.0f}"]  # those trained elsewhere have no seconds
    assert numbers(section(html, "ladder")) == expected
    assert re.findall(r'<tr class="own"><th scope="row">([^<]*?) <span', html) == ["Convolutions and a GRU"]


def test_meters_and_confusions_say_what_their_files_say(made, results):
    html = made.read_text("utf-8")
    leak = plots.leak_meter(evaluate.load_scores("crema-d", "original", results), title="original").sentence
    assert numbers(section(html, "leak")) == numbers(leak) and leak in section(html, "leak")
    chains = evaluate.load_chains("crema-d", results)
    own = chains[chains["recipe"] == "everyday"]
    worst = own.loc[own["accuracy"].idxmin()]
    said = plots.chain_meter(pd.concat([own, chains[chains["recipe"] == "original"]])).sentence
    figures = tenths(worst["accuracy"], *worst["accuracy_interval"], worst["kept"])
    assert numbers(section(html, "chains")) == [*counted(worst), "5", *figures, *numbers(said)]
    exam = evaluate.load_unheard("crema-d", "everyday", results).merge(corpus.clip_table(), on="clip")
    exam = exam.assign(crowd=corpus.crowd_label(exam)).query("crowd != ''")
    pair = [evaluate.confusion(exam["emotion"], exam[who]) for who in ("predicted", "crowd")]
    said = plots.confusion_pair(*pair, titles=("everyday", "the crowd")).sentence
    assert numbers(section(html, "confusion")) == [f"{len(exam):,}", *numbers(said)]


def test_groups_calibration_and_limits_are_the_measured_ones(made, results):
    html, found = made.read_text("utf-8"), evaluate.measured("crema-d", "everyday", results)
    expected = ["5"]
    for row in found["groups"]:
        if row["by"] != "chain":
            expected += numbers(row["group"])
            expected += tenths(row["accuracy"], *row["accuracy_interval"]) if row["accuracy"] else []
            expected += counted(row)
    assert numbers(section(html, "groups")) == expected and "too few speakers to say" in html
    said = plots.reliability(found["calibration"]).sentence
    assert numbers(section(html, "sure")) == ["5", *numbers(said)]
    card = model.read_card(model.EVERYDAY)
    limits = section(html, "limits")
    assert all(limit in limits for limit in (*card["measured"]["limits"], card["not_for"], card["predicts"]))
    assert numbers(limits) == numbers(" ".join([*card["measured"]["limits"], card["not_for"]]))


def test_other_results_make_other_numbers(made, results, tmp_path):
    shutil.copytree(results, tmp_path / "other")
    for name in ("everyday.json", "ladder.json", "chains.json"):
        file = tmp_path / "other" / "crema-d" / name
        halved = re.sub(r"0\.\d+", lambda share: str(float(share[0]) / 2), file.read_text("utf-8"))
        file.write_text(halved, encoding="utf-8")
    html, _ = report.page(model.load(model.EVERYDAY), results=tmp_path / "other")
    for place in ("reaches", "ladder", "chains"):
        before, after = (numbers(section(text, place)) for text in (made.read_text("utf-8"), html))
        assert len(set(before) - set(after)) > 5, place


# What one hears, and what is left out


def test_examples_are_computers_voices_and_say_so(made):
    html = made.read_text("utf-8")
    text = section(html, "hear")
    assert text.count("Computer voice 9001") == 5 and "A computer's voice is not one" in text
    assert "no label" in text and "It is unlike any recording in training" in text and "No voice is heard in it" in text
    assert html.count("data:audio/flac;base64,") == 6 and "No recording of a person is in this page." in html
    assert "recordings of CREMA-D" not in html


@pytest.fixture
def some_recordings(tmp_path, monkeypatch):
    """A disk with a recording of each emotion by one of CREMA-D's actors; the sounds are a practice voice's."""
    for path in corpus.find_audio(corpus.clip_table("practice").query("actor_id == 9001 and sentence == 'DFA'")):
        shutil.copy(path, tmp_path / path.name.replace("9001", "1001"))
    monkeypatch.setenv("CREMA_D_HOME", str(tmp_path))


def test_recordings_of_people_come_when_asked_for_with_their_licence_and_what_unheard_models_said(some_recordings):
    html, _ = report.page(model.load(model.EVERYDAY), recordings=True)
    part = corpus.named("crema-d")
    assert "This page holds 6 recordings of CREMA-D." in html and "No recording of a person" not in html
    assert part.attribution in unescape(html) and html.count("data:audio/flac;base64,") == 12
    said = evaluate.load_unheard("crema-d", "everyday").set_index("clip").loc["1001_DFA_SAD_XX"]
    listeners = plots.votes(corpus.clip_table().set_index("clip", drop=False).loc["1001_DFA_SAD_XX"]).sentence
    shown = re.search(r"<h3>Actor 1001, sad</h3>(.*?)</li>", html, re.DOTALL)[1]
    words = " ".join(re.sub("<[^>]*>", " ", shown).split())
    assert f"says {said['predicted']} , {100 * said['probability']:.0f} %" in words
    assert words.startswith(listeners.partition(": ")[2])


def test_recordings_that_are_not_here_are_said(some_recordings, tmp_path):
    for path in tmp_path.glob("1001_*"):
        path.rename(path.with_name(path.name.replace("1001", "1003")))  # an actor on whom nothing was measured
    with pytest.raises(CourseError, match="None of CREMA-D's clips that were measured is on this disk"):
        report.page(model.load(model.EVERYDAY), recordings=True)


def test_a_model_that_was_never_measured_gets_its_page_and_the_commands(tmp_path):
    loaded = model.practice_models()[0]["practice/9001"]
    html, left_out = report.page(loaded, results=tmp_path)
    assert set(left_out) == {"scores", "ladder", "leak", "chains", "confusion", "groups", "calibration"}
    assert "<code>ser evaluate --corpus practice --recipe logistic</code>" in html and str(tmp_path) not in html
    assert "Such a voice is no person" in html and html.count("data:audio/flac") == 6
    with pytest.raises(CourseError, match="not measured on practice"):
        report.page(loaded, recordings=True, results=tmp_path)


def test_a_model_of_the_practice_voices_is_measured_on_them_without_people_beside(tmp_path):
    models, clips = model.practice_models()
    said = clips[["clip", "predicted"]].assign(fold=0, probability=0.5, protocol="actors_noisy")
    said = pd.concat([said.assign(tested_on=condition) for condition in ("clean", "noisy")])
    scores = evaluate.score_table(clips, said, "practice", "logistic")
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / "logistic.json").write_text(json.dumps({"scores": scores}), encoding="utf-8")
    said.to_csv(tmp_path / "practice" / "logistic_predictions.csv.gz", index=False)
    card = models["practice/9001"].card | {"trained_on": "practice voices, 288 clips of 12 speakers, clean"}
    html, left_out = report.page(dataclasses.replace(models["practice/9001"], card=card), results=tmp_path)
    assert set(left_out) == {"ladder", "leak", "chains"} and "People who heard" not in html
    assert "288 clips of 12 computer voices" in html
    assert tenths(scores[0]["accuracy"])[0] in section(html, "reaches")


def test_scores_of_other_clips_are_not_lent_to_a_model_of_a_few():
    whole = model.load(model.EVERYDAY)
    few = dataclasses.replace(whole, card=whole.card | {"trained_on": "CREMA-D, 36 clips of 6 speakers, as they are"})
    html, left_out = report.page(few)
    assert "This file learned from CREMA-D, 36 clips of 6 speakers" in left_out["scores"]
    assert set(left_out) == {"scores", "leak", "chains", "confusion", "groups", "calibration"}
    assert "right on clean clips" not in html


def test_a_card_that_tells_little_makes_a_page_and_a_corpus_of_that_name_is_looked_for():
    whole = model.load(model.EVERYDAY)
    little = {name: whole.card[name] for name in ("recipe", "features", "labels")} | {"corpus": "<b>mine</b>"}
    html, left_out = report.page(dataclasses.replace(whole, card=little))
    assert "It learned from what its card does not tell." in html and "<b>mine" not in html and "&lt;b&gt;mine" in html
    assert "`ser evaluate --corpus <b>mine</b> --recipe everyday`" in left_out["scores"]


# In words


def test_what_cannot_be_made_is_one_sentence(tmp_path, capsys):
    (tmp_path / "thesis.html").write_text("<p>mine</p>")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(model.EVERYDAY.read_bytes()[:1000])
    shutil.copy(model.EVERYDAY.with_suffix(".json"), damaged.with_suffix(".json"))
    for words, said in {
        ("tomorrow",): "There is no model tomorrow: everyday, original, or a file that `ser train` saved.",
        ("03_mfcc",): "a class's reports come from `ser overview 03_mfcc`",
        ("03_mfcc", "--json"): "`ser overview 03_mfcc`",
        (str(damaged),): "damaged.onnx",
        ("--out", str(tmp_path / "thesis.html")): "is no page of `ser report`",
        ("--out", str(tmp_path)): "ends in .html",
        ("--out", str(tmp_path / "thesis.html" / "page.html")): "Choose another with --out",
    }.items():
        assert main(["report", *words]) == 2
        printed = capsys.readouterr()
        assert said in printed.err and printed.err.count("\n") == 1 and printed.out == ""
    assert (tmp_path / "thesis.html").read_text() == "<p>mine</p>"


def test_the_command_says_where_the_page_is_and_replaces_its_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "original_report.html").write_text(report.SIGN)
    assert main(["report", "original", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["page"] == "original_report.html" and "ser evaluate" in said["left_out"]["calibration"]
    assert [path.name for path in tmp_path.iterdir()] == ["original_report.html"]
    assert "<h1>original</h1>" in (tmp_path / "original_report.html").read_text("utf-8")


# In a browser


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1366, "dark")])
def test_opens_from_a_file_without_a_network_and_keeps_nobody_out(made, browser, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else asked.append(one.url))
    page.on("console", lambda one: complaints.append(one.text))
    page.goto(made.as_uri())
    page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for sound in page.locator("audio").all():
        sound.evaluate("async sound => { sound.muted = true; await sound.play(); }")
        assert sound.evaluate("sound => sound.duration") > 1
    for picture in page.locator("figure img").all():
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 100
    ink = page.locator("h1").evaluate("title => getComputedStyle(title).color")
    assert (int(re.search(r"\d+", ink)[0]) > 128) == (scheme == "dark")
    pages = re.findall(rb"/Type /Pages\n/Count (\d+)", page.pdf(prefer_css_page_size=True))
    assert 3 <= int(pages[0]) <= 12 and not asked and not complaints
    context.close()
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()  # axe is a script, which the page itself lets nobody run
    page.goto(made.as_uri())
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")
    ] == []
    context.close()


def test_nothing_in_it_is_fetched_or_run(made):
    html = made.read_text("utf-8")
    assert "<script" not in html and "default-src 'none'" in html
    assert {address.partition(",")[0] for address in re.findall(r'(?:src|href|srcset)="([^"]*)"', html)} == {
        "#main", "data:", "data:audio/flac;base64", "data:image/svg+xml;base64",
    }  # fmt: skip
    assert all(re.findall(r'<img [^>]*alt="([^"]*)"', html))
