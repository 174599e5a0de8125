"""The whole bank of answers through the real `nbgrader autograde`, in the sandbox.

A submission holds one answer for each exercise of its lesson: the first holds the first of each, and so on. Mistakes are
paid for once, so the exercises of a submission are judged apart.
"""

import itertools
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from bank import LESSONS, answers

HEAD = f"{'lesson':20} {'submissions':>11} {'right kept':>12} {'wrong caught':>12} {'messages seen':>13}"


def submissions(lesson: str) -> list[list[dict]]:
    """For each submission, its answers."""
    by_exercise: dict[str, list[dict]] = {}
    for answer in answers(lesson):
        by_exercise.setdefault(answer["exercise"], []).append(answer)
    return [[one for one in row if one] for row in itertools.zip_longest(*by_exercise.values())]


@pytest.fixture(scope="module")
def graded(new_classroom, bubblewrap, request) -> Iterator[dict[str, Future]]:
    """For each lesson asked for, its classroom and what nbgrader said: two lessons at a time, as there are two cores."""

    def grade(lesson: str, classroom):
        for number, row in enumerate(submissions(lesson)):
            sources = {answer["exercise"]: answer["source"] for answer in row}
            classroom.submit(f"student{number:02}", lesson, classroom.solved(lesson, **sources))
        return classroom, *classroom.nbgrader("autograde", lesson)

    here = [item for item in request.session.items if item.path == request.path]
    with ThreadPoolExecutor(2) as pool:
        yield {
            lesson: pool.submit(grade, lesson, new_classroom())
            for lesson in (item.callspec.params["lesson"] for item in here)
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_bank_through_nbgrader(lesson, graded, capsys):
    classroom, printed, code = graded[lesson].result()
    assert code == 0, printed[-2000:]

    handed_in, scores, wrongly = submissions(lesson), classroom.scores(lesson), []
    kept = caught = seen = n_right = n_wrong = 0
    for number, row in enumerate(handed_in):
        student = f"student{number:02}"
        record = classroom.record(lesson, student)
        assert record.status == "graded", record.reason
        for answer in row:
            mine = {
                name: cell
                for name, cell in record.cells.items()
                if name in (f"{answer['exercise']}-check", f"{answer['exercise']}-more")
            }
            score = sum(scores[student][name] for name in mine)
            full = score == sum(cell.points for cell in mine.values())
            says = " | ".join(cell.says for cell in mine.values())
            flagged = [flag for flag in record.flags if flag.partition(":")[0] in mine]
            if answer["kind"] == "right":
                n_right, kept = n_right + 1, kept + full
                good = full and not flagged  # and the second run of the checks agrees
            else:
                n_wrong, caught, seen = n_wrong + 1, caught + (not full), seen + (answer["says"] in says)
                good = not full and answer["says"] in says
            if not good:
                wrongly.append(
                    f"{answer['exercise']}, {answer['kind']}, {answer['why']}: {score:g} points, {says} {flagged}"
                )
    with capsys.disabled():
        print(
            f"\n{HEAD}\n{lesson:20} {len(handed_in):11} {kept:5} of {n_right:3} {caught:5} of {n_wrong:3} {seen:6} of {n_wrong:3}"
        )
    assert not wrongly, "\n".join(wrongly)
