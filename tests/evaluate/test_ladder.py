"""The ladder: what each rung says comes from models that never heard the speaker, is kept, and is the same however it was made."""

import json
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from joblib.externals.loky import get_reusable_executor

from ser_helpers import corpus, evaluate, features
from ser_helpers.__main__ import main
from ser_helpers.errors import CourseError
from ser_helpers.evaluate import ladder_table, rungs
from ser_helpers.evaluate.ladder import Judged, acquaintances
from ser_helpers.model import statistics

FEW = ("means", "statistics-no-copies", "centred")
MIXED = rungs.Rung("mixed", "both, and the speaker known", members=FEW, enrolled=4)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache with the frames of the practice voices, for this file alone."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_CACHE", str(place))
        patch.setitem(rungs.BY_NAME, "mixed", MIXED)
        features.update("practice", "logmel64", progress=False)
        yield place


@pytest.fixture
def anew(cache, measured, tmp_path, monkeypatch):
    """Folders of kept folds in a cache that has everything but them."""
    shutil.copytree(cache, tmp_path / "cache", ignore=shutil.ignore_patterns("_fold"))
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    get_reusable_executor().shutdown()  # workers of an earlier test would look into its cache
    return tmp_path / "cache" / "ladder" / "ser_helpers" / "evaluate" / "ladder" / "_fold"


@pytest.fixture(scope="module")
def measured(cache):
    return evaluate.ladder("practice", [*FEW, "mixed"])


def test_every_clip_is_judged_once_by_models_that_have_not_heard_its_speaker(measured):
    judged, answers = measured
    assert sorted(judged.clips["clip"]) == sorted(corpus.clip_table("practice")["clip"])
    assert (judged.clips.groupby("speaker")["fold"].nunique() == 1).all() and judged.clips["fold"].nunique() == 5
    for said in answers.values():
        assert set(said.said) == {"clean", "noisy", "chains"} and said.seconds > 0
        assert all(np.isfinite(logits).all() and logits.shape == (288, 6) for logits in said.said.values())
    told = judged.blended([answers["means"].said])
    assert np.allclose(np.exp(told["clean"]).sum(axis=1), 1)
    right = (told["clean"].argmax(axis=1) == judged.right).mean()
    assert right > 0.5  # the practice voices are easy; a row in another's place would be one in six


def test_a_speakers_known_clips_are_others_of_the_same_speaker_and_their_labels_are_not_asked_for(measured):
    judged, answers = measured
    speakers = judged.clips["speaker"].to_numpy(dtype=str)
    for row, known in enumerate(acquaintances(speakers, 4)):
        assert row not in known and set(speakers[known]) == {speakers[row]} and len(set(known.tolist())) == 4
    blind = Judged(judged.clips.drop(columns="emotion"), judged.labels)
    assert blind.of_known(answers["means"].said, 4, 0)["clean"].shape == (288, 6)
    assert [len(rows) for rows in acquaintances(["lena", "omar", "omar"], 4)] == [0, 1, 1]


def test_a_weight_is_learned_on_the_other_folds_alone(measured):
    judged, answers = measured
    parts = [answers[name].said for name in FEW]
    before = judged.blended(parts)["clean"]
    for fold in range(5):  # of other labels in one fold that fold's own answers know nothing
        clips = judged.clips.assign(emotion=judged.clips["emotion"].where(judged.clips["fold"] != fold, "angry"))
        now = Judged(clips, judged.labels).blended(parts)["clean"]
        assert np.array_equal(now[clips["fold"] == fold], before[clips["fold"] == fold])
    assert not np.array_equal(now, before)


def test_any_number_of_workers_says_the_same_and_what_was_measured_is_kept(measured, anew):
    _, others = evaluate.ladder("practice", [*FEW, "mixed"], n_jobs=2)
    for name, said in measured[1].items():
        for condition, logits in said.said.items():
            assert np.array_equal(logits, others[name].said[condition])
    before = {path: path.stat().st_mtime_ns for path in anew.glob("*/output.pkl")}
    evaluate.ladder("practice", [*FEW, "mixed"])
    assert len(before) == 15 and {path: path.stat().st_mtime_ns for path in anew.glob("*/output.pkl")} == before


def test_an_evaluation_that_is_killed_goes_on_where_it_stopped(measured, anew):
    script = "from ser_helpers import evaluate; evaluate.ladder('practice', ['means', 'centred'])"
    process = subprocess.Popen([sys.executable, "-c", script])
    while len(list(anew.glob("*/output.pkl"))) < 2 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    before = {path: path.stat().st_mtime_ns for path in anew.glob("*/output.pkl")}
    assert 2 <= len(before) < 10, "it was ended before the end"
    _, answers = evaluate.ladder("practice", ["means", "centred"])
    assert {path: path.stat().st_mtime_ns for path in before} == before and len(list(anew.glob("*/output.pkl"))) == 10
    for name in ("means", "centred"):
        assert np.array_equal(answers[name].said["chains"], measured[1][name].said["chains"])


@pytest.mark.long
def test_a_dask_cluster_gives_the_same_folds(measured, anew):
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as workers:
        _, answers = evaluate.ladder("practice", [*FEW, "mixed"], dask=workers.scheduler_address)
    for name, said in measured[1].items():
        assert all(np.array_equal(logits, answers[name].said[condition]) for condition, logits in said.said.items())


@pytest.fixture
def short(cache, monkeypatch):
    """A ladder of three rungs and one part taken away."""
    monkeypatch.setattr(ladder_table, "RUNGS", (*(rungs.BY_NAME[name] for name in FEW[:2]), MIXED))
    part = rungs.Rung("mixed-no-centred", "the mean", members=FEW[:2], enrolled=4, of="mixed", without="the mean")
    monkeypatch.setitem(rungs.BY_NAME, part.name, part)
    monkeypatch.setattr(ladder_table, "PARTS", (part,))


def test_the_command_writes_both_tables_and_goes_on_from_a_rung(short, tmp_path, capsys):
    words = ["evaluate", "--ladder", "--corpus", "practice", "--out", str(tmp_path), "--jobs", "1"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    table = evaluate.load_ladder("practice", tmp_path)
    assert list(table.groupby("rung", sort=False).size().items()) == [(name, 3) for name in (*FEW[:2], "mixed")]
    first = table[table["tested_on"] == "clean"].iloc[0]
    low, high = first["uar_interval"]
    assert f"{100 * first['uar']:5.1f} ({100 * low:.1f}-{100 * high:.1f})" in printed and low < first["uar"] < high
    assert np.mean(first["uar_folds"]) == pytest.approx(first["uar"], abs=0.05)
    (lost,) = evaluate.load_ablations("practice", tmp_path).query("tested_on == 'clean'").to_dict("records")
    assert lost["difference"] == pytest.approx(lost["uar"] - lost["uar_without"])
    low, high = lost["difference_interval"]
    assert low <= lost["difference"] <= high and "mixed       without the mean" in printed
    path = tmp_path / "practice" / "ladder.json"
    rows, whole = json.loads(path.read_text()), path.read_bytes()
    rows[0]["uar"] = 0.123  # a lower rung is not measured again, so what the file says of it stays
    path.write_text(json.dumps(rows))
    assert main([*words, "--from", "2"]) == 0
    assert json.loads(path.read_text())[0]["uar"] == 0.123 and main([*words, "--from", FEW[0]]) == 0
    assert path.read_bytes() == whole
    assert main([*words, "--from", "9"]) == 2 and "From the bottom, 1 to 3: means" in capsys.readouterr().err


def test_what_is_missing_is_said(cache, tmp_path, monkeypatch, capsys):
    with pytest.raises(CourseError, match="There is no rung 'penthouse': published, means"):
        evaluate.ladder("practice", ["penthouse"])
    with pytest.raises(CourseError, match="was not measured on practice yet.*ser evaluate --ladder"):
        evaluate.load_ladder("practice", tmp_path)
    assert main(["evaluate", "--from", "3"]) == 2 and "--from and --dask go with --ladder" in capsys.readouterr().err
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "empty"))
    with pytest.raises(CourseError, match="There are no logmel64 features .* `ser features --corpus practice"):
        evaluate.ladder("practice", ["means"])


def test_a_model_is_chosen_by_folds_that_keep_speakers_apart(monkeypatch):
    table, frames = features.load("practice", "logmel64")
    speakers = table["speaker"].to_numpy(dtype=str)
    seen = []

    class Spy:
        def fit(self, rows, y):
            self.classes_ = np.unique(y)
            seen.append(rows)
            return self

        def decision_function(self, rows):
            seen.append(rows)
            return np.tile(np.arange(6.0), (len(rows), 1))

    monkeypatch.setattr(statistics, "CANDIDATES", {"spy": lambda seed: Spy()})
    model = statistics.Chosen(0, ("spy",)).fit_apart(frames, table["emotion"].to_numpy(dtype=str), speakers)
    of = {row.tobytes(): speaker for row, speaker in zip(statistics.statistics(frames), speakers, strict=True)}
    for train, test in zip(seen[:-1:2], seen[1:-1:2], strict=True):
        assert not {of[row.tobytes()] for row in train} & {of[row.tobytes()] for row in test}
    assert len(seen[-1]) == 2 * len(frames) and model.choice_ == "spy"


@pytest.mark.parametrize("n_frames", [1, 2, 3, 40, 400])
def test_statistics_are_finite_and_know_neither_level_nor_gain(n_frames):
    frames = np.random.default_rng(n_frames).normal(-30, 8, (n_frames, 64)).astype(np.float16)
    row, louder = statistics.statistics([frames, frames + np.float16(8)])
    assert row.shape == (525,) and np.isfinite(row).all() and np.allclose(row, louder, atol=0.05)
    silence = statistics.statistics([np.full((n_frames, 64), -70, dtype=np.float16)])
    assert np.isfinite(silence).all()


def test_the_committed_ladder_is_the_one_in_the_code():
    table, lost = evaluate.load_ladder(), evaluate.load_ablations()
    assert list(dict.fromkeys(table["rung"])) == [rung.name for rung in rungs.RUNGS]
    assert set(zip(lost["rung"], lost["without"], strict=True)) == {(part.of, part.without) for part in rungs.PARTS}
    assert (table["n_folds"] == 5).all() and (table["n_actors"] == 75).all() and (table["n_clips"] == 6130).all()
    for row in table.to_dict("records"):
        counts = np.array(row["confusion"])
        assert float(evaluate.uar(counts)) == pytest.approx(row["uar"]) and counts.sum() == row["n_clips"]
    clean = table[table["tested_on"] == "clean"].set_index("rung")["uar"]
    gained = table[table["tested_on"] == "clean"].set_index("rung")["gained"]
    assert np.allclose(clean.diff().iloc[1:], gained.iloc[1:]) and pd.isna(gained.iloc[0])
