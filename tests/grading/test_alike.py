"""Answers alike: what is shown is shared and unexplained; what the exercise explains is not shown."""

import contextlib
import itertools
import re

import nbformat
import pytest
from bank import LESSONS, answers
from markupsafe import escape

from ser_helpers.course.grading import adapters, alike, records
from ser_helpers.course.grading.alike import Answer
from ser_helpers.places import CHECKOUT as ROOT

LESSON = "03_mfcc"
MINE = """def log_mel(y, sample_rate, n_mels):
    # the window slides along, quarter by quarter, and each stop gives one column
    spectrum = librosa.stft(y, n_fft=2048, hop_length=512)
    energy = (spectrum * spectrum.conj()).real
    bank = librosa.filters.mel(sr=sample_rate, n_fft=2048, n_mels=n_mels)
    bands = bank @ energy
    floor = 1e-10
    level = 10.0 * np.log10(np.where(bands < floor, floor, bands))
    return np.clip(level, level.max() - 80.0, None)"""
THEIRS = """def log_mel(y, sample_rate, n_mels):
    S = librosa.stft(y, n_fft=2048,  hop_length=512)
    P = (S * S.conj()).real   # power
    M = librosa.filters.mel(sr=sample_rate, n_fft=2048, n_mels=n_mels)
    out = M @ P
    tiny = 1e-10
    dB = 10.0*np.log10(np.where(out < tiny, tiny, out))
    return np.clip(dB, dB.max() - 80.0, None)"""
TEXT = "I hear that the angry clip is pressed and that her voice jumps up at the third word, about 6 dB louder than the sad one."


@pytest.fixture
def in_course(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_a_copy_with_other_names_is_found_and_marked_in_both(in_course):
    own = {name: [Answer("log_mel", code, True)] for name, code in {"ann": MINE, "bob": THEIRS}.items()}
    ((one, other, common),) = alike.pairs(own, alike.explained(LESSON))
    assert (one, other) == ("ann", "bob")
    for student, name in {"ann": "level", "bob": "dB"}.items():
        page = alike.marked(own[student][0], common)
        inside = "".join(re.findall("<mark>(.*?)</mark>", page, re.DOTALL))
        assert f"{name}.max() - 80.0" in inside and "the window" not in inside and "power" not in inside
        assert page.replace("<mark>", "").replace("</mark>", "") == escape(own[student][0].text)


def test_words_and_comments_are_compared_too(in_course):
    same = Answer("angry-and-sad", TEXT, False)
    assert len(alike.pairs({"ann": [same], "bob": [same]}, set())) == 1
    told = "The angry one sounds pressed to me, her voice jumps at the third word, and it is about 6 dB louder than the other."
    assert not alike.pairs({"ann": [same], "bob": [same._replace(text=told)]}, set())


def test_what_the_lesson_the_solution_or_the_bank_hold_shows_nobody(in_course):
    for lesson in LESSONS:
        known = alike.explained(lesson)
        for answer in answers(lesson):
            copied = [Answer(answer["exercise"], answer["source"], True)]
            assert not alike.pairs({"ann": copied, "bob": copied}, known)


def test_what_many_have_in_common_is_theirs_not_two_peoples(in_course):
    own = {f"student{number}": [Answer("log_mel", MINE, True)] for number in range(alike.MOST + 1)}
    assert not alike.pairs(own, set())
    del own["student0"]
    assert len(alike.pairs(own, set())) == alike.MOST * (alike.MOST - 1) / 2


def test_right_answers_written_apart_are_hardly_ever_shown(in_course):
    """The right answers of the bank, which is not subtracted here."""
    looked = found = 0
    for lesson in LESSONS:
        known = alike.explained(lesson, bank=False)
        right = sorted((one for one in answers(lesson) if one["kind"] == "right"), key=lambda one: one["exercise"])
        for exercise, group in itertools.groupby(right, key=lambda one: one["exercise"]):
            own = {str(number): [Answer(exercise, one["source"], True)] for number, one in enumerate(group)}
            looked += len(own) * (len(own) - 1) // 2
            found += len(alike.pairs(own, known))
    assert looked > 150 and found <= 0.02 * looked


def test_the_page_shows_both_side_by_side_and_gives_no_score(new_classroom):
    room = new_classroom()
    with contextlib.chdir(room.folder):
        adapters.register(*adapters.coursedir(LESSON))
        for student, code in {"ann": MINE, "bob": THEIRS, "cid": "", "<b>": MINE}.items():
            notebook = room.solved(LESSON, log_mel=code or "pass")
            records.save(records.Record(LESSON, student))
            file = room.folder / ".classroom" / "autograded" / student / LESSON / f"{LESSON}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_text(nbformat.writes(notebook), encoding="utf-8")
        page, found = alike.write(LESSON)
        text = page.read_text("utf-8")
    assert [two for *two, _ in found] == [["<b>", "ann"], ["<b>", "bob"], ["ann", "bob"]]
    assert "no verdict" in text and "<b>" not in text and "cid" not in text and "%" not in text.partition("<body>")[2]
    assert text.count("<mark>") >= 6 and "<h3>log_mel</h3>" in text and "mfcc_from_log_mel</h3>" not in text
