"""One exercise's verdict, as it is shown below a check cell: with the solutions at hand, in a class, and for nbgrader."""

import linecache
import sys
import time
import types

import numpy as np
import pytest
from bank import LESSONS, answers, cells, ground

from ser_helpers import check, places
from ser_helpers.course import verdict
from ser_helpers.errors import CourseError

# Typical answers that pass the checks a learner may read, and what must be said where the others are at hand.
SILENT = {
    "time_axis": (
        "02_see_and_hear",
        "rounding errors",
        "return np.arange(0, n_samples / sample_rate, 1 / sample_rate)",
    ),
    "log_mel": (
        "03_mfcc",
        "amplitude_to_db",
        "return librosa.amplitude_to_db(librosa.feature.melspectrogram(y=y, sr=sample_rate, n_mels=n_mels))",
    ),
    "clip_features": (
        "03_mfcc",
        "in dB",
        "db = log_mel(y, sample_rate, 128)\n"
        "    return np.concatenate([mfcc_from_log_mel(db, 40).mean(axis=1), db.mean(axis=1)]).astype(np.float32)",
    ),
    "add_noise": (
        "04_noise",
        "Your noise is not Gaussian",
        "power = np.mean(y.astype(float) ** 2) / 10 ** (snr_db / 10)\n"
        "    return (y + np.sqrt(power) * rng.choice([-1.0, 1.0], len(y))).astype(y.dtype)",
    ),
    "split_by_actor": (
        "05_split_and_scale",
        "The order of a set changes",
        "import random\n    found = list(set(actors))\n    if len(found) < 2:\n        raise ValueError('one actor')\n"
        "    random.Random(seed).shuffle(found)\n    n = min(max(1, round(test_fraction * len(found))), len(found) - 1)\n"
        "    return np.isin(actors, found[:n])",
    ),
    "fit_scaler": (
        "05_split_and_scale",
        "A column of tiny mel powers",
        "std = X_train.std(axis=0)\n    return X_train.mean(axis=0), np.where(std < 1e-6, 1, std)",
    ),
}


@pytest.fixture
def notebook(monkeypatch):
    """notebook(lesson, more cells): what a kernel holds after the set-up, the course's answers, and these."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)

    def run(lesson: str, *sources: str) -> types.ModuleType:
        for number, source in enumerate([*ground(lesson), *sources]):
            file = f"<cell {number}>"
            linecache.cache[file] = len(source), None, source.splitlines(True), file
            exec(compile(source, file, "exec"), main.__dict__)
        return main

    return run


@pytest.fixture
def seen(monkeypatch):
    """What a person would see, and a person who looks."""
    shown: list[verdict.Verdict] = []
    monkeypatch.setattr(verdict, "somebody_looks", lambda: True)
    monkeypatch.setattr(verdict, "_show", shown.append)
    return shown


@pytest.fixture
def in_a_class(tmp_path, monkeypatch):
    """The lessons without the solutions."""
    (tmp_path / "lessons").mkdir()
    monkeypatch.setenv("SER_COURSE", str(tmp_path))


def answered(exercise: str, body: str) -> str:
    lesson = SILENT[exercise][0]
    source = next(text for about, _, text in cells(lesson) if about.get("grade_id") == exercise)
    return f"{source.strip().splitlines()[0]}\n    {body}"


@pytest.mark.parametrize("exercise", SILENT)
def test_a_mistake_that_the_open_checks_miss_is_named_beside_the_exercise(exercise, notebook, seen):
    lesson, says, body = SILENT[exercise]
    notebook(lesson, answered(exercise, body))
    check(exercise)
    assert seen[0].head == "Not yet." and says in seen[0].says and "So far 1 of" in seen[0].says


@pytest.mark.parametrize("exercise", SILENT)
def test_in_a_class_it_says_that_more_will_be_checked(exercise, notebook, seen, in_a_class):
    lesson, _, body = SILENT[exercise]
    notebook(lesson, answered(exercise, body))
    check(exercise)
    check.more(exercise)
    points = verdict.find(exercise).points
    assert str(seen[0]) == f"Passed so far. More checks run when your work is marked; {points:g} points in all."
    assert str(seen[1]) == "Passed. More checks run when your work is marked."


def test_passed_unsolved_and_the_cell_below(notebook, seen):
    main = notebook("06_train_mlp")
    check("relu")
    check.more("relu")
    assert [str(one) for one in seen] == ["Passed: 2 of 2 points.", "Passed. Other inputs, too."]
    exec("def relu(z):\n    raise NotImplementedError('not answered yet')", main.__dict__)
    check("relu")
    check.more("relu")
    assert str(seen[2]).startswith("Not solved yet. Write your answer") and "Hint 1" in seen[2].hints[0]
    assert str(seen[3]) == "Not yet. The cell above says what is missing."


def test_code_that_stops_is_shown_by_the_learners_own_line(notebook, seen):
    notebook("06_train_mlp", "def helper(z):\n    return z.no_such()\n\n\ndef relu(z):\n    return helper(z)")
    check("relu")
    assert "line 2 of the cell with `helper`, `return z.no_such()`: AttributeError" in seen[0].says
    notebook("06_train_mlp", "def softmax(z):\n    return [][3]")
    check("softmax")
    assert "in line 2 of the cell with `softmax`, `return [][3]`: IndexError" in seen[1].says
    notebook("06_train_mlp", "def relu(z):\n    assert z.size > 99\n    return z")
    check("relu")
    assert "line 2 of the cell with `relu`, `assert z.size > 99`" in seen[2].says
    assert "ser_helpers" not in str(seen) and "<code>return [][3]</code>" in seen[1]._repr_html_()


@pytest.mark.parametrize(
    "exercise, answer, says",
    [
        ("log_mel", "def log_mel(y, rate, n_mels):\n    return librosa.feature.melspectrogram(y=y)", "uses its arguments `rate` and `n_mels`."),
        ("log_mel", "def log_mel(y, sr, n):\n    S = librosa.feature.melspectrogram(y=y, sr=sr, n_mels=n)\n    return S.T if n else [n for _ in [sr]]", "Not yet. log_mel("),
        ("log_mel", "def log_mel(y, sample_rate, n_mels):\n    return librosa.feature.melspectrogram(y, sr=sample_rate)", "wants its arguments by name, as in `y=y`"),
        ("log_mel", "def log_mel(y, sample_rate, n_mels):\n    if y > 0:\n        return y", "numpy's functions go number by number"),
        ("log_mel", "def log_mel(y, sample_rate, n_mels):\n    S = y\n    raise NotImplementedError", "in the place of the line `raise NotImplementedError`"),
        ("clip_features", "def clip_features(y, sample_rate):\n    return log_mel(y, sample_rate)", "TypeError: log_mel() missing 1"),
        ("clip_features", "clip_features = lambda y, sample_rate: [y, sample_rate] and np", "Not yet. clip_features(1.5 s, 16000) gave a module"),
    ],
)  # fmt: skip
def test_what_a_beginner_did_is_said_before_what_came_of_it(exercise, answer, says, notebook, seen):
    notebook("03_mfcc", answer)
    check(exercise)
    assert says in repr(seen[0]) and "locals" not in repr(seen[0])


def test_what_cannot_be_judged_is_not_called_code_that_stopped(notebook, seen):
    notebook("08_predict", "def through_rate(y, rate):\n    return y, rate")
    check("through_rate")
    assert "The check could not go on with your answer: ValueError" in seen[0].says


def test_a_function_that_is_not_there_and_a_name_that_is_none(notebook, seen):
    del notebook("06_train_mlp").relu
    check("relu")
    assert "does not know `relu` yet. Run the cells above" in seen[0].says
    with pytest.raises(CourseError, match="No lesson has an exercise 'rellu'"):
        check("rellu")


def test_an_answer_that_was_not_read_or_lost_its_name_is_named(notebook, seen, monkeypatch):
    """What the kernel still holds under the name is an older answer, or none: no sentence about that."""
    main = notebook("04_noise")
    main.In = ["", "def measure_snr(clean, noisy)", "measure_snr(1, 2)"]
    check("measure_snr")
    assert "cannot read the cell with `measure_snr` that you ran last: expected ':', line 1" in repr(seen.pop())
    main.In.append("await later()\ndef measure_snr(clean, noisy):\n    return 1.0")
    verdict._last.clear()
    check("measure_snr")
    assert "Passed" in repr(seen.pop())
    main.measure_snr = main.measure_snr(np.ones(4), np.zeros(4))
    verdict._last.clear()
    check("measure_snr")
    assert "`measure_snr` is no function any more" in repr(seen.pop())


def test_pythons_own_words_and_lines_are_short_and_nobody_is_asked(notebook, seen):
    words, line = "raise ValueError('a' * 5000)", "return y[10**9] " + "+ 1 " * 200
    for body, say in {words: "aaa ...", line: " ...`: IndexError", "input('?')": "waits for somebody to type"}.items():
        notebook("04_noise", answered("add_noise", body))
        verdict._last.clear()
        check("add_noise")
        said = repr(seen.pop())
        assert say in said and len(said) < 400 and not said.endswith("....")


def test_a_function_serves_as_its_name_and_a_slip_gets_the_nearest(notebook, seen):
    main = notebook("04_noise")
    check(main.measure_snr)
    assert "Passed" in repr(seen.pop())
    with pytest.raises(CourseError, match="check\\('measure_snr'\\)"):
        check("Measure_SNR")
    with pytest.raises(CourseError, match="Give the name of its function"):
        check()


def test_for_nbgrader_each_cell_raises_for_its_own_part(notebook):
    notebook("03_mfcc", answered("log_mel", SILENT["log_mel"][2]))
    check("log_mel")
    with pytest.raises(verdict.NotPassed, match="amplitude_to_db") as caught:
        check.more("log_mel")
    lines = caught.value._render_traceback_()
    assert " ".join(lines) == str(caught.value) and max(map(len, lines)) <= verdict.WIDTH
    notebook("03_mfcc", "def log_mel(y, sample_rate, n_mels):\n    raise NotImplementedError")
    with pytest.raises(NotImplementedError, match="Not solved yet"):
        check("log_mel")


def test_nothing_of_a_check_reaches_the_notebook(notebook, seen, capsys):
    main = notebook("02_see_and_hear")
    loud = "import warnings\nwhole = plot_waveform\ndef plot_waveform(y, sample_rate, ax):\n    print('in'); warnings.warn('w'); plt.figure()\n    return whole(y, sample_rate, ax)"
    exec(loud, main.__dict__)
    before = {name: value for name, value in main.__dict__.items() if name != "__warningregistry__"}
    capsys.readouterr()  # the set-up's own words
    check("plot_waveform")
    assert {name: value for name, value in main.__dict__.items() if name != "__warningregistry__"} == before
    assert main.plt.get_fignums() == [] and capsys.readouterr() == ("", "")


def test_hints_come_one_by_one_and_begin_where_one_stands(notebook, capsys, monkeypatch):
    monkeypatch.setattr(verdict, "_opened", set())
    notebook("03_mfcc", "def log_mel(y, sample_rate, n_mels):\n    raise NotImplementedError")
    for number in (1, 2, 3, 3):
        check.hint("log_mel")
        assert f"Hint {number}" in capsys.readouterr().out
    exercise = verdict.find("log_mel")
    assert verdict.hints_for(exercise, "nothing that a hint names", 1)[0].startswith("Hint 2")
    assert verdict.hints_for(exercise, "You turned power into dB with amplitude_to_db", 1)[0].startswith("Hint 2")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_warm_kernel_knows_in_a_second_and_a_half(lesson, notebook):
    """The course's answers, everything loaded: all parts of each exercise."""
    notebook(lesson)
    for exercise in verdict.of_lesson(lesson, places.CHECKOUT):
        taken = []
        for _ in range(2):
            start = time.process_time()
            assert [verdict.judge(part) for part in exercise.parts] == [None] * len(exercise.parts)
            taken.append(time.process_time() - start)
        print(f"{exercise.name}: {taken[0]:.2f} s, then {taken[1]:.2f} s")
        assert min(taken) < 1.5


def test_sentences_of_the_bank_fit_three_lines(notebook):
    """Lines of a notebook hold about 140 characters."""
    main = notebook("03_mfcc")
    for answer in answers("03_mfcc"):
        exec(answer["source"], main.__dict__)
        failed = [verdict.judge(part) for part in verdict.find(answer["exercise"]).parts]
        assert all(len(str(one)) <= verdict.LONGEST for one in failed if one)
        assert any(failed) == (answer["kind"] == "wrong")
        main = notebook("03_mfcc")
