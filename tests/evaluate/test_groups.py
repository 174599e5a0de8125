"""What a card says by groups: counted by hand, silent about groups too small to mean anything, renewed by a command."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from ser_helpers import corpus, evaluate, model
from ser_helpers.__main__ import main


@pytest.fixture
def folder(tmp_path):
    """Results on practice voices: of twelve, the first nine are always understood, the others are all called sad."""
    clips = corpus.clip_table("practice")
    predicted = np.where(clips["actor_id"] <= 9009, clips["emotion"], "sad")
    said = {"clip": clips["clip"], "fold": 0, "predicted": predicted, "probability": 0.75}
    rows = [
        pd.DataFrame({"protocol": "actors_noisy", "tested_on": on, **said}).assign(fold=0) for on in ("clean", "noisy")
    ]
    predictions = pd.concat(rows, ignore_index=True)
    path = evaluate.result_path("practice", "logistic", tmp_path)
    path.parent.mkdir()
    path.write_text(json.dumps({"scores": evaluate.score_table(clips, predictions, "practice", "logistic")}))
    predictions.to_csv(evaluate.result_path("practice", "logistic", tmp_path, "_predictions.csv.gz"), index=False)
    return tmp_path


def test_groups_by_hand(folder):
    found = evaluate.measured("practice", "logistic", folder)
    groups = {(row["by"], row["group"]): row for row in found["groups"]}
    assert groups["all", "all clips"]["accuracy"] == pytest.approx((9 + 3 / 6) / 12)
    assert groups["emotion", "sad"]["accuracy"] == 1 and groups["emotion", "angry"]["accuracy"] == 0.75
    assert groups["emotion", "angry"]["n_clips"] == 48 and groups["emotion", "angry"]["n_actors"] == 12
    assert groups["emotion", "angry"]["accuracy_interval"][1] == 1
    assert [group for by, group in groups if by == "level"] == ["low", "medium", "high", "unspecified"]
    assert not [by for by, _ in groups if by in ("age", "chain")]  # their age is not told, no chain was measured
    for by, group in groups:
        if by == "sex":  # six voices each: no figure at all
            assert groups[by, group] == {"by": by, "group": group, "n_clips": 144, "n_actors": 6, "accuracy": None, "too_few": True}  # fmt: skip
    (one,) = found["calibration"]["bins"]
    assert one["between"] == [0.7, 0.8] and one["said"] == 0.75 and one["n_clips"] == 288
    assert found["calibration"]["ece"] == pytest.approx(abs(0.75 - 9.5 / 12))
    assert found["speakers"]["half_above"] == 1 and found["speakers"]["nine_in_ten_above"] == pytest.approx(1 / 6)
    assert json.loads(json.dumps(found)) == found


def test_whom_a_model_gives_no_label_is_counted_by_groups(folder):
    clips = corpus.clip_table("practice")
    path = evaluate.result_path("practice", "logistic", folder, "_refused.csv.gz")
    refused = (clips["emotion"] == "fear") & (clips["actor_id"] <= 9006)  # half of the voices in fear, and nobody else
    asked = clips[["clip", "speaker"]].assign(fold=0, reason=np.where(refused, "No voice is heard in it.", ""))
    asked.to_csv(path, index=False)
    found = evaluate.measured("practice", "logistic", folder)
    groups = {row["group"]: row for row in found["groups"]}
    assert groups["fear"]["refused"] == 0.5 and groups["sad"]["refused"] == 0
    assert groups["all clips"]["refused"] == pytest.approx(0.5 / 6)
    low, high = groups["fear"]["refused_interval"]
    assert 0.1 < low < 0.5 < high < 0.9
    (said,) = (limit for limit in found["limits"] if "no label to 8.3 %" in limit)
    assert said.endswith("More often, beyond chance, to those of: fear (50.0 %).")
    asked[1:].to_csv(path, index=False)  # not all of the clips: the shares would be those of others
    assert "refused" not in evaluate.measured("practice", "logistic", folder)["groups"][0]


def test_a_recipe_that_may_refuse_is_asked_about_every_clip(tmp_path, monkeypatch, capsys):
    recipe = model.named("everyday")
    voices = corpus.clip_table("practice")["speaker"].unique().tolist()
    short = lambda loud, y: (None, "" if len(y) > 2.2 * 16000 else "It is too short, 1 s.")  # noqa: E731
    monkeypatch.setattr(type(recipe), "answered", lambda self, loud, y: short(loud, y))
    folds = [evaluate.Fold(None, frozenset(voices[:6])), evaluate.Fold(None, frozenset(voices[6:]))]
    monkeypatch.setattr(evaluate, "read_folds", lambda *_: folds)
    words = [
        "evaluate",
        "--refused",
        "--corpus",
        "practice",
        "--recipe",
        "everyday",
        "--models",
        "there",
        "--jobs",
        "1",
    ]
    assert main([*words, "--out", str(tmp_path)]) == 0
    asked = evaluate.load_refusals("practice", "everyday", tmp_path)
    n = (asked["reason"] != "").sum()
    assert 0 < n < len(asked) == 288 and set(asked.groupby("speaker")["fold"].nunique()) == {1}
    assert (
        f"No label for {n} of 288 clips of 12 speakers" in (said := capsys.readouterr().out)
        and f"{n}  It is too short" in said
    )
    assert (
        main([*words[:5], "logistic", "--jobs", "1"]) == 2 and "gives a label to every voice" in capsys.readouterr().err
    )


def test_what_was_not_measured_is_not_said(folder, tmp_path):
    assert evaluate.measured("practice", "original", folder) == {}
    path = evaluate.result_path("practice", "logistic", folder, "_predictions.csv.gz")
    pd.read_csv(path).drop(columns="probability").to_csv(path, index=False)  # of an earlier version
    assert "calibration" not in evaluate.measured("practice", "logistic", folder)


@pytest.mark.parametrize("name", ["everyday", "original"])
def test_the_committed_cards_say_what_was_measured(name):
    card = model.read_card(model.model_file(name))
    assert card["expected"] == json.loads(json.dumps(evaluate.expected(recipe=name)))
    assert card["measured"] == json.loads(json.dumps(evaluate.measured(recipe=name)))
    by = {row["by"] for row in card["measured"]["groups"]}
    assert by == {"all", "emotion", "level", "sex", "age", "chain"}
    assert [row["group"] for row in card["measured"]["groups"] if "too_few" in row] == ["60 and older"]
    assert ("refused" in card["measured"]["groups"][0]) == (name == "everyday")


def test_everyday_does_what_it_was_made_for():
    """On speakers it has not heard: calibrated, no label gone, not blind to anybody, and at home behind microphones."""
    found = model.read_card(model.EVERYDAY)["measured"]
    assert found["calibration"]["ece"] < 0.05
    rows = {row["group"]: row for row in found["groups"]}
    assert all(row["accuracy"] > 0.5 for row in rows.values() if "too_few" not in row)
    assert rows["all clips"]["accuracy"] > 0.62
    chains = [row for row in found["groups"] if row["by"] == "chain"]
    assert all(row["ece"] < 0.08 and not row["vanished"] for row in chains)
    assert rows["telephone"]["lost"] < 0.05 and rows["48 kHz and back"]["kept"] >= 0.9


def test_a_person_reads_the_card(tmp_path, capsys):
    assert main(["card"]) == 0
    text = capsys.readouterr().out
    for words in (
        "by age of the speaker",
        "too few speakers to say",
        "telephone",
        "is it right in seven of ten",
        "5(1)(f)",
    ):
        assert words in text
    assert "Limits" in text and max(map(len, text.splitlines())) < 400
    assert main(["card", "original"]) == 0 and "Some labels hardly ever come behind" in capsys.readouterr().out


def test_a_card_is_renewed(tmp_path, capsys):
    for end in (".skops", ".json"):
        shutil.copy(model.MODEL.with_suffix(end), tmp_path / f"my{end}")
    file = tmp_path / "my.json"
    whole = json.loads(file.read_text())
    file.write_text(json.dumps(whole | {"measured": {}, "expected": []}))
    assert main(["card", str(tmp_path / "my.skops")]) == 0 and "was not measured" in capsys.readouterr().out
    assert main(["card", str(tmp_path / "my.skops"), "--renew", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(file.read_text()) == whole
    assert main(["card", str(tmp_path / "gone.skops")]) == 2 and "has no card" in capsys.readouterr().err
