"""Every right answer passes the checks of its exercise; every wrong one is told what is wrong with it."""

import ast
import re
import warnings
from functools import cache
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.parent.name for path in ROOT.glob("tests/submissions/*/answers.py"))

# The contract: every graded function with its arguments, and how many mistakes it names at least.
CONTRACT = {
    "01_load_crema_d": {
        "parse_clip_name": ("name", 3), "build_clip_table": ("names", 3), "count_emotions": ("clips", 2),
        "find_missing": ("clips", 1),
    },
    "02_see_and_hear": {
        "time_axis": ("n_samples sample_rate", 2), "rms_db": ("y frame_length hop_length", 3),
        "plot_waveform": ("y sample_rate ax", 1), "plot_emotion_counts": ("clips ax", 2),
        "spectrogram_db": ("y n_fft hop_length", 3),
    },
    "03_mfcc": {
        "log_mel": ("y sample_rate n_mels", 3), "mfcc_from_log_mel": ("log_mel n_mfcc", 3),
        "clip_features": ("y sample_rate", 3),
    },
    "04_noise": {
        "add_noise": ("y snr_db rng", 3), "measure_snr": ("clean noisy", 2),
        "augment_training": ("X_clean X_noisy labels is_train", 3),
    },
    "05_split_and_scale": {
        "split_by_actor": ("actors test_fraction seed", 3), "shared_actors": ("actors is_test", 0),
        "fit_scaler": ("X_train", 4), "scale": ("X mean std", 0),
    },
    "06_train_mlp": {
        "relu": ("z", 0), "softmax": ("z", 2), "mlp_forward": ("X weights biases", 1), "build_model": ("seed", 2),
        "has_converged": ("loss_curve tol patience", 2),
    },
    "07_evaluate": {
        "confusion": ("y_true y_pred labels", 2), "uar": ("y_true y_pred", 2),
        "actor_interval": ("correct actors n_resamples rng", 1), "human_accuracy": ("votes intended", 2),
        "recall_by_group": ("y_true y_pred group", 0),
    },
    "08_predict": {
        "prepare": ("y sample_rate", 3), "predict_emotion": ("model y sample_rate", 2),
        "top_k": ("probabilities labels k", 2),
    },
}  # fmt: skip


@cache
def cells(lesson: str) -> list:
    """Code cells of a lesson's source: (grade_id, whether it is the set-up, source)."""
    notebook = jupytext.read(ROOT / "solutions" / lesson / f"{lesson}.py")
    return [
        (cell.metadata.get("nbgrader", {}), "setup" in cell.metadata.get("tags", []), cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def run(source: str, namespace: dict) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a library's warning never costs points
        exec(compile(source, "<cell>", "exec"), namespace)


def answers(lesson: str) -> list[dict]:
    notebook = jupytext.read(ROOT / "tests" / "submissions" / lesson / "answers.py")
    return [{**cell.metadata, "source": cell.source} for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def checked(monkeypatch):
    """Run an answer in the place of the solution, then the checks of its exercise; return what they say."""
    import __main__

    def check(lesson: str, exercise: str, source: str) -> str:
        before = dict(__main__.__dict__)
        namespace = __main__.__dict__  # as in a kernel: what cells define belongs to __main__
        try:
            for nbgrader, is_setup, text in cells(lesson):
                if is_setup or (nbgrader.get("solution") and not nbgrader.get("grade")):
                    run(text, namespace)
            run(source, namespace)
            for nbgrader, _, text in cells(lesson):
                if nbgrader.get("grade_id") in (f"{exercise}-check", f"{exercise}-more"):
                    run(text, namespace)
        except AssertionError as error:
            return str(error)
        finally:
            namespace.clear()
            namespace.update(before)
        return ""

    return check


def cases(kind: str) -> list:
    return [
        pytest.param(lesson, answer, id=f"{lesson}-{answer['exercise']}-{answer['why']}".replace(" ", "-"))
        for lesson in LESSONS
        for answer in answers(lesson)
        if answer["kind"] == kind
    ]


@pytest.mark.parametrize("lesson, answer", cases("right"))
def test_a_right_answer_passes(lesson, answer, checked):
    assert checked(lesson, answer["exercise"], answer["source"]) == ""


@pytest.mark.parametrize("lesson, answer", cases("wrong"))
def test_a_wrong_answer_is_told_what_is_wrong(lesson, answer, checked):
    said = checked(lesson, answer["exercise"], answer["source"])
    assert said, "The checks let this answer pass."
    assert answer["says"] in said
    assert "\n" not in said.strip() and len(said) < 600


@pytest.mark.parametrize("lesson", CONTRACT)
def test_the_lesson_keeps_the_contract(lesson):
    functions = {}
    for nbgrader, _, source in cells(lesson):
        if nbgrader.get("solution"):
            defined = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
            functions |= {node.name: [argument.arg for argument in node.args.args] for node in defined}
    for name, (arguments, _) in CONTRACT[lesson].items():
        assert functions.get(name) == arguments.split(), name
    ids = {nbgrader.get("grade_id"): nbgrader for nbgrader, _, _ in cells(lesson)}
    for name in CONTRACT[lesson]:
        for suffix in ("check", "more"):
            assert ids[f"{name}-{suffix}"]["points"] > 0


@pytest.mark.parametrize("lesson", CONTRACT)
def test_the_bank_has_right_answers_and_every_mistake(lesson):
    bank = answers(lesson)
    for exercise, (_, n_mistakes) in CONTRACT[lesson].items():
        mine = [answer for answer in bank if answer["exercise"] == exercise]
        assert sum(answer["kind"] == "right" for answer in mine) >= 2, exercise
        wrong = [answer for answer in mine if answer["kind"] == "wrong"]
        assert len(wrong) >= n_mistakes, exercise
        assert all(re.match(r"\w", answer["says"]) for answer in wrong), exercise
