"""The board of a learner's own runs: measured one way, kept beside the notebook whatever happens to the file."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ser_helpers import evaluate, features
from ser_helpers.errors import CourseError
from ser_helpers.evaluate import board as module

clips, CLEAN, NOISY = (part[::6] for part in features.load_features())
clips = clips.reset_index(drop=True)
N_DEV = int((~clips["actor_id"].isin(sorted(clips["actor_id"].unique())[::5])).sum())
DOOR = sorted(clips["actor_id"].unique().tolist())[::5]
NB, SCALED = GaussianNB(), make_pipeline(StandardScaler(), GaussianNB(var_smoothing=0.1))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of a notebook, and a kernel that has kept nothing."""
    monkeypatch.setattr(module, "_here", [])
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new_board(every=1):
    return evaluate.Board(clips, CLEAN, NOISY, DOOR, every=every)


def test_a_run_is_measured_by_folds_over_actors_and_says_how_far_it_is_ahead(folder):
    board = new_board().run("plain", NB, changed="nothing")
    board.run("scaled", SCALED, changed="a scaler")
    plain, scaled = board.runs
    said, true = np.full(len(board.clips), "", dtype=object), board.clips["emotion"].to_numpy(dtype=str)
    for train, test in board.folds:
        assert not set(board.clips["actor_id"][train]) & set(board.clips["actor_id"][test])
        said[test] = GaussianNB().fit(board.X[train], true[train]).predict(board.X[test])
    asked = said != ""
    assert plain["uar"] == pytest.approx(evaluate.uar(evaluate.confusion(true[asked], said[asked])))
    assert plain["n_clips"] == asked.sum() and len(plain["uar_folds"]) == 5 and 0 < plain["noisy_uar"] < 1
    assert plain["uar_interval"][0] < plain["uar"] < plain["uar_interval"][1]
    assert plain["against"].startswith("baseline") and scaled["against"] == "plain"
    assert scaled["ahead"][0] == pytest.approx(scaled["uar"] - plain["uar"])
    assert scaled["ahead"][1] < scaled["ahead"][0] < scaled["ahead"][2]
    assert not set(board.clips["actor_id"]) & set(DOOR)
    table = board.table()
    assert table["UAR"].astype(float).is_monotonic_decreasing and set(table["tried as"]) == {"", 1, 2}
    assert "Tried so far: 2 candidates." in repr(board) and "luck" in repr(board)
    assert "<table" in board._repr_html_() and "learned from 60" in board._repr_html_()


def test_names_are_text_and_a_candidate_counts_once(folder, capsys):
    board = new_board().run("<script>alert(1)</script>", NB, changed="<b>")
    board.run("again", GaussianNB())
    assert "counted once" in capsys.readouterr().out and len(board.runs) == 1
    assert "luck" not in repr(board)
    assert "<script>" not in board._repr_html_() and "<b>" not in board._repr_html_()


def test_a_run_with_a_leak_is_not_put_there_and_says_why(folder, capsys):
    board = new_board()
    board.run("tidy", NB, X=StandardScaler().fit_transform(board.X))
    board.run("fitted", GaussianNB().fit(board.X, board.clips["emotion"]))
    board.run("peeks", lambda rows: GaussianNB().fit(board.X, board.clips["emotion"]))
    board.run("by rows", NB, folds=[(np.arange(0, N_DEV, 2), np.arange(1, N_DEV, 2))])
    board.run("test actors", NB, X=CLEAN)
    printed = capsys.readouterr().out
    for words in (
        "tidy is not on",
        "standardised on all",
        "fitted already",
        "the fold holds out",
        "not actors",
        "door",
    ):
        assert words in printed
    assert board.runs == [] and not (folder / ".board.jsonl").exists()


def test_functions_own_features_and_own_folds_are_measured_too(folder):
    board = new_board()
    y = board.clips["emotion"].to_numpy(dtype=str)

    def with_copies(rows):
        return clone_of(SCALED).fit(np.concatenate([board.X[rows], board.noisy[rows]]), np.tile(y[rows], 2))

    board.run("copies", with_copies)
    board.run("mfcc", SCALED, X=board.X[:, :40])
    own = list(evaluate.splits("actors", y.tolist(), board.clips["actor_id"], 3, seed=1))
    n = len(board.clips)
    board.run("three folds", SCALED, folds=[(train, test[test < n]) for train, test in own])
    board.run("masks", NB, folds=[(~side, side) for side in halves(board)])
    copies, mfcc, three, masks = board.runs
    assert copies["model"] == "with_copies" and mfcc["noisy_uar"] is None
    assert (three["n_folds"], masks["n_folds"]) == (3, 2)
    with pytest.raises(CourseError, match="test each clip once"):
        board.run("half", NB, folds=[(~halves(board)[0], halves(board)[0])])


def clone_of(model):
    return make_pipeline(*(type(part)(**part.get_params()) for part in model))


def halves(board):
    first = (board.clips["actor_id"] < 1040).to_numpy()
    return first, ~first


class Calm(GaussianNB):
    def predict(self, X):
        return np.full(len(X), "calm")


def test_what_is_no_model_is_a_sentence(folder):
    with pytest.raises(CourseError, match="answered 'calm'; one of angry, disgust"):
        new_board().run("calm", Calm())
    for wrong, words in ((GaussianNB, "'GaussianNB' came"), ("svc", "'svc' came"), (None, "None came")):
        with pytest.raises(CourseError, match=words):
            new_board().run("wrong", wrong)


def test_the_file_survives_damage_and_two_kernels_and_a_folder_without_room(folder, monkeypatch):
    path = folder / ".board.jsonl"
    mine, theirs = new_board(), new_board()
    mine.run("mine", NB)
    theirs.run("theirs", SCALED)
    assert [run["name"] for run in mine.runs] == [run["name"] for run in theirs.runs] == ["mine", "theirs"]
    good = path.read_text(encoding="utf-8")
    run = json.loads(good.splitlines()[0])
    damaged = [{**run, "uar": "high"}, {**run, "uar_folds": []}, {**run, "ahead": [1.0]}, {"name": "x"}, [1], 3, None]
    torn = "\n".join([*map(json.dumps, damaged), "{", json.dumps({**run, "said": "abc"}), "\ufffd"])
    path.write_bytes(good.encode() + torn.encode() + b"\xff\xfe torn")
    assert [run["name"] for run in mine.runs] == ["mine", "theirs"]
    assert "9 lines of .board.jsonl cannot be read" in repr(mine) and mine.table() is not None
    mine.run("third", LogisticRegression(C=1e-9))
    assert [run["name"] for run in mine.runs] == ["mine", "theirs", "third"]
    assert path.read_bytes().startswith(good.encode()), "nothing is lost, what cannot be read neither"
    path.unlink()
    path.mkdir()  # it cannot be written: then it lasts as long as the kernel
    mine.run("fourth", NB)
    assert [run["name"] for run in new_board().runs] == ["fourth"] and "fourth" in repr(mine)


def test_other_clips_are_another_board(folder):
    new_board().run("few", NB)
    assert new_board(every=2).runs == [] and len(new_board().runs) == 1


def test_nobody_waits_for_it_where_work_is_marked(folder, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    board = new_board()
    assert board.run("slow", lambda rows: 1 / 0) is board and board.runs == []


def test_the_card_is_filled_in_with_what_is_known_and_blank_where_only_the_learner_can_say(folder):
    board = new_board()
    assert "there is no candidate" in board.card() and "I have not knocked yet" in board.card()
    board.run("plain", NB).run("scaled", SCALED)
    with pytest.raises(CourseError, match="'nb' is not on the board; 'plain', 'scaled' is"):
        board.card("nb")
    card = board.card("scaled")
    assert (
        "scaled: Pipeline(" in card and f"{N_DEV} clips of 60 actors" in card and "2 candidates tried, 5 folds" in card
    )
    assert f"{100 * board.runs[1]['uar']:.1f} %" in card and f"to {100 * board.runs[1]['noisy_uar']:.1f} %" in card
    report = {"uar_new": np.float64(0.5), "uar_baseline": 0.46, "difference": 0.04, "low": -0.01, "high": 0.08}
    board.knocked(report | {"n_clips": np.int64(1230), "n_actors": 15, "seed": 3}, calls=2)
    card = new_board().card("plain")
    assert "One look at 1,230 clips of 15 other actors: UAR 50.0 %, baseline 46.0 %" in card
    assert "difference 4.0 points, 95 % interval -1.0 to 8.0" in card and card.count("____") >= 5
    board.run("later", LogisticRegression(C=1e-9))
    assert "Tried since: 1 candidate, which would need new test actors" in repr(board)
    board.knocked(report | {"n_clips": 1230, "n_actors": 15, "uar_new": 0.6}, calls=3)
    assert "2 looks, of which the first counts" in board.card() and "50.0 %" in board.card()


def test_the_final_test_stands_on_speakers_and_takes_the_numbers_of_released_notebooks():
    answers = GaussianNB().fit(CLEAN, clips["emotion"])
    by_number = evaluate.FinalTest(clips, CLEAN, [DOOR[0]])
    by_speaker = evaluate.FinalTest(clips, CLEAN, [f"crema-d/{DOOR[0]}"])
    assert by_number(answers).equals(by_speaker(answers)) and list(by_number(answers)) == ["actor_id", "emotion", "0"]
    without = evaluate.FinalTest(clips.drop(columns="actor_id"), CLEAN, [f"crema-d/{DOOR[0]}"])
    assert list(without(answers, answers)) == ["speaker", "emotion", "0", "1"] and without.calls == 1
    with pytest.raises(CourseError, match=r"have clips: \d+, 4\. Take them from"):
        evaluate.FinalTest(clips, CLEAN, [DOOR[0], 4])


def test_a_ladder_that_is_there_is_read_and_one_that_is_not_is_a_sentence(tmp_path):
    (tmp_path / "crema-d").mkdir()
    rung = {"rung": "means", "title": "on 168 means", "tested_on": "clean", "uar": 0.46, "uar_interval": [0.43, 0.49]}
    (tmp_path / "crema-d" / "ladder.json").write_text(json.dumps([rung]), encoding="utf-8")
    assert evaluate.load_ladder(folder=tmp_path)["uar"].tolist() == [0.46]
    with pytest.raises(CourseError, match="ser evaluate --ladder"):
        evaluate.load_ladder("practice", tmp_path)
