"""The lessons as learners and instructors meet them."""

import re
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from ser_helpers import corpus, evaluate, features, model, places
from ser_helpers.course.authoring import lint, release, run
from ser_helpers.errors import CourseError

ROOT = places.CHECKOUT
NAMES = release.lesson_names(ROOT)
COURSE = [name for name in NAMES if name < "90"]  # from 90 on they are trials
REAL = pytest.mark.real


def solution(name):
    return ROOT / "solutions" / name / f"{name}.ipynb"


def lesson(name):
    return ROOT / "lessons" / name / f"{name}.ipynb"


def test_there_are_eleven():
    assert [name[:2] for name in COURSE] == [f"{number:02}" for number in range(11)]


def test_everything_generated_is_as_a_fresh_build_makes_it():
    assert list(lint.findings(ROOT)) == []


@pytest.mark.parametrize("name", NAMES)
def test_check_knows_what_was_handed_out(name):
    """`ser check` works it out from the source, as the learner's notebook is written in."""
    source, handed_out = (nbformat.read(path, as_version=4) for path in (solution(name), lesson(name)))
    assert [cell.source for cell in release.outline(source).cells] == [cell.source for cell in handed_out.cells]


def choices(block: str) -> list[tuple[str, str]]:
    """The letter and the explanation of every choice of a question, up to the first that is not one."""
    found = []
    for summary, explained in re.findall(r"<details><summary>(.*?)</summary>\n\n(.*?)\n</details>", block, re.DOTALL):
        if not re.match(r"[A-F]\. ", summary):
            break
        found.append((summary[0], explained))
    return found


@pytest.mark.parametrize("name", COURSE)
def test_rhythm(name):
    """Goals, needs, minutes; a bet before a result; three hints per exercise; a quiz that explains; an end."""
    notebook = nbformat.read(solution(name), as_version=4)
    about = notebook.metadata["ser"]
    assert 2 <= len(about["goals"]) <= 5 and about["needs"] and about["minutes"]
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "## Take-away" in text and 2 <= text.partition("## Further reading")[2].count("\n- ") <= 4
    assert "[On to lesson " in notebook.cells[-1].source or name == "10_beyond_mlp"
    assert "One thing to try first:" in text and "{seconds}" not in text
    bets, quiz = text.count("**What do you expect?**"), text.partition("## Quiz")[2]
    asked = [choices(block) for block in re.split(r"\*\*What do you expect\?\*\*", text.partition("## Quiz")[0])[1:]]
    quizzed = [choices(block) for block in re.split(r"^\*\*\d\. ", quiz.partition("## Take-away")[0], flags=re.M)[1:]]
    assert bets == len(asked) >= 3 and len(quizzed) >= 3
    for answers in asked + quizzed:
        assert [letter for letter, _ in answers] == list("ABCDEF"[: len(answers)]) and len(answers) >= 2, answers
        assert all(explained.strip() for _, explained in answers)
        assert sum(explained.startswith("Yes") for _, explained in answers) == 1, answers
    exercises = [c for c in notebook.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")]
    for step in ("Hint 1: a nudge", "Hint 2: the idea", "Hint 3: nearly the code"):
        assert text.count(step) >= len(exercises) - (name == "09_capstone")  # the choice of a model needs no hint
    assert notebook.cells[-2].source.endswith(f'check("{name}")')
    assert text.count("<details>") == text.count("</details>")
    assert not re.search(r"\b(simply|just|obviously)\b", text, re.IGNORECASE)
    written = [
        c for c in notebook.cells if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("solution")
    ]
    assert all("Mark scheme:" in cell.source for cell in written)


@pytest.mark.parametrize("name", COURSE)
def test_minutes(name):
    """They follow the rule that CONTRIBUTING.md gives, in the header and, through it, in the text."""
    notebook = nbformat.read(lesson(name), as_version=4)
    needed = 3 * sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "<summary>Hint" not in cell.source:
            needed += len(re.findall(r"[A-Za-z0-9][\w'.,-]*", re.sub(r"<[^>]+>|\(http[^)]*\)", "", cell.source))) / 200
        elif cell.cell_type == "code" and "nbgrader" not in cell.metadata:
            needed += len(re.findall(r"^ *[^#\s]", cell.source, re.MULTILINE)) / 10
            needed += cell.source.count("widgets.question(")
    minutes = nbformat.read(solution(name), as_version=4).metadata["ser"]["minutes"]
    assert abs(minutes - needed) <= 10, f"about {needed:.0f} minutes by the rule, {minutes} in the header"
    assert any(re.search(rf"takes?\s+about {minutes} minutes", cell.source) for cell in notebook.cells[:6])


def test_what_lesson_07_says_of_network_and_crowd():
    """Its sentences without a number beside them; those with one are printed from the same files."""
    answers = evaluate.load_predictions().query("protocol == 'actors' and tested_on == 'clean'")
    clips = corpus.clip_table().merge(answers[["clip", "predicted"]], on="clip")
    clips["crowd"] = corpus.crowd_label(clips)
    told = clips[clips["crowd"] != ""]
    assert (told["crowd"] == told["emotion"]).mean() < 0.5  # the two targets agree on fewer than half of the clips
    neutral = (told["crowd"] == "neutral").groupby(told["emotion"]).mean()
    assert (told["crowd"] == "neutral").mean() > 0.5 and set(neutral[neutral < 0.5].index) == {"angry"}
    recall = (told["crowd"] == told["emotion"]).groupby(told["emotion"]).mean()
    assert recall["neutral"] > 0.9 and recall["sad"] < 0.2

    ahead = (clips["predicted"] == clips["emotion"]).astype(int) - (clips["crowd"] == clips["emotion"])
    untied = clips["crowd"] != ""
    _, low, _ = evaluate.mean_interval(ahead, clips["actor_id"])
    assert low > 0  # more often where a tie counts as wrong, and only there
    _, low, high = evaluate.mean_interval(ahead[untied], clips.loc[untied, "actor_id"])
    assert low < 0 < high


def test_what_lesson_08_says_of_the_courses_network():
    text = solution("08_predict").with_suffix(".py").read_text(encoding="utf-8")
    clips, X, _ = features.load_features()
    remembered = model.load_model().predict(X) == clips["emotion"].to_numpy(dtype=str)
    assert remembered.mean() == pytest.approx(2 / 3, abs=0.05) and "right in two clips of three of the actors" in text
    score = evaluate.pick(evaluate.load_scores(), protocol="actors", tested_on="clean", target="intended")
    assert f"the network of lesson 06 recognises {100 * score['accuracy']:.0f} % of the clips" in text
    chains = evaluate.load_chains().query("recipe == 'original'").set_index("chain")
    assert (
        len(chains) - 1 == 20
        and chains["n_clips"].eq(1500).all()
        and "sent 1,500 of CREMA-D through twenty chains" in text
    )
    before, browser = chains.loc["untouched", "answers"], chains.loc["rate_48000"]
    assert browser["answers"]["neutral"] == browser["answers"]["sad"] == 0  # neither comes once
    assert browser["answers"]["angry"] == pytest.approx(3 * before["angry"], rel=0.1)
    assert browser["answers"]["angry"] + browser["answers"]["disgust"] > 0.5 > browser["answers"]["happy"] > 0
    assert 1 - browser["kept"] == pytest.approx(3 / 5, abs=0.03)
    assert chains.loc["white", "gained_interval"][0] < 0 < chains.loc["white", "gained_interval"][1]


@pytest.mark.parametrize("name", COURSE)
def test_further_reading_says_who_when_what_and_where(name):
    """Author (year). *Title.* Where, and a link: the network is not asked."""
    text = "\n".join(cell.source for cell in nbformat.read(solution(name), as_version=4).cells)
    for source in text.partition("## Further reading")[2].partition("\n\n")[2].split("\n- "):
        assert re.match(
            r"(- )?[^(]+ \((19|20)\d\d\)\. \*[^*]+[.]\* .+\]\(<?https://[^)]+\)", source.replace("\n", " ")
        ), source


@pytest.mark.long
@pytest.mark.parametrize("name", COURSE)
def test_the_code_on_a_sheet_is_five_lines_and_runs_by_itself(name, capsys):
    keep = nbformat.read(solution(name), as_version=4).metadata["ser"]["keep"]
    lines = [line for line in keep.splitlines() if line.strip() and not re.match("from|import|#", line)]
    assert len(lines) <= 5 and max(map(len, lines)) <= 100
    exec(compile(keep, name, "exec"), {})


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_the_solved_lesson_runs_without_the_internet_and_without_a_warning(name):
    notebook, seconds, _ = run.run_strictly(solution(name))
    print(f"{name}: {seconds:.1f} s")
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output.text for output in shown if output.output_type == "stream" and output.name == "stderr"]
    pictures = [
        output.data for output in shown if "data" in output and any(kind.startswith("image/") for kind in output.data)
    ]
    assert not pictures  # a figure without a sentence; those with one are HTML
    for output in shown:
        for page in re.findall(r"<img[^>]*>", output.get("data", {}).get("text/html", "")):
            assert re.search(r'alt="[^"]{30,}"', page)


@pytest.mark.long
@pytest.mark.real
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_the_solved_lesson_runs_on_real_recordings(name, crema_d_home):
    run.run_strictly(solution(name))


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_in_an_untouched_lesson_every_cell_but_the_checks_runs(name):
    notebook, _, _ = run.run_strictly(lesson(name), allow_errors=True)
    for cell in notebook.cells:
        failed = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        is_check = cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
        assert bool(failed) == bool(is_check), (cell.source[:80], failed)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_nbgraders_own_validation(name, monkeypatch, tmp_path):
    """Every check passes on the solution; on the untouched lesson none does. Checks stand on the set-up alone."""
    from nbgrader.validator import Validator
    from traitlets.config import Config

    monkeypatch.setenv("SER_CHECK", "1")
    monkeypatch.setenv("SER_COURSE", str(ROOT))
    config = Config()
    config.Execute.timeout = 120
    for file in (solution(name), lesson(name)):
        notebook = nbformat.read(file, as_version=4)
        notebook.cells = [
            c for c in notebook.cells if "nbgrader" in c.metadata or "setup" in c.metadata.get("tags", [])
        ]
        nbformat.write(notebook, tmp_path / f"{file.parents[1].name}.ipynb")
    solved = Validator(config=config).validate(str(tmp_path / "solutions.ipynb"))
    assert not solved.get("failed") and not solved.get("changed"), solved
    untouched = Validator(config=config, invert=True).validate(str(tmp_path / "lessons.ipynb"))
    assert not untouched.get("passed") and not untouched.get("changed"), untouched


@pytest.mark.parametrize("name", COURSE[1:])
def test_it_begins_with_two_questions_from_earlier_lessons(name):
    text = "\n".join(cell.source for cell in nbformat.read(solution(name), as_version=4).cells)
    opening = text.partition("**What do you expect?**")[0]
    asked = re.findall(r"<!-- question again-\S+ -->\n\*\*From lesson (\d\d)\.\*\*", opening)
    assert len(asked) == 2 and all(earlier < name[:2] for earlier in asked)
    assert len(re.findall(r"^(?:Yes)[.:,]", opening, re.MULTILINE)) == 2


def test_every_published_score_says_where_it_stands():
    text = "\n".join(cell.source for cell in nbformat.read(solution("05_split_and_scale"), as_version=4).cells)
    rows = re.findall(r"^\| (?!system)[^|]+ \| (\d\d\.\d) %[^|]* \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)
    assert len(rows) == 7
    for _, source in rows:
        assert re.search(r"\(20\d\d\)", source) and ("](https://" in source or source.endswith("as above"))


def test_what_lessons_04_and_05_say_of_protocols():
    """Their sentences without a number beside them; those with one are printed from the same file."""
    answers = evaluate.load_predictions().pivot(index="clip", columns=["protocol", "tested_on"], values="predicted")
    clips = corpus.clip_table().set_index("clip").loc[answers.index]
    hits = answers.eq(clips["emotion"].astype(str), axis=0).astype(int)

    def lead(first, second):
        return [100 * x for x in evaluate.mean_interval(hits[first] - hits[second], clips["actor_id"])]

    clean, noisy = hits["actors", "clean"].mean(), hits["actors", "noisy"].mean()
    assert 0.40 < clean < 0.50 and noisy < 1 / 3  # almost half; fewer than a third
    assert clean - noisy > (clean - 1 / 6) / 2  # more than half of what it knew beyond guessing
    cost = lead(("actors_noisy", "clean"), ("actors", "clean"))
    assert -2 < cost[0] < -1 and cost[2] < 0  # a point or two, small and real
    assert lead(("actors_noisy", "noisy"), ("actors", "noisy"))[1] > 10  # large
    assert 5.5 < lead(("random", "clean"), ("actors", "clean"))[0] < 7  # some six points
    assert 9 < lead(("leak", "clean"), ("actors", "clean"))[0] < 11  # about ten


def test_what_lesson_09_says_of_another_corpus():
    uar = evaluate.load_across().set_index(["trained_on", "tested_on"])["uar"]
    assert uar["practice", "practice"] == pytest.approx(2 / 3, abs=0.03)
    assert (
        1 / 6 < uar["practice", "crema-d"] < uar["crema-d", "crema-d"] - 0.1
    )  # not far above guessing; far behind home
    assert uar["crema-d", "practice"] < uar["practice", "practice"] - 0.1


def test_lesson_09_shows_the_ladder_from_the_bottom_with_what_each_rung_added():
    (cell,) = [c.source for c in nbformat.read(lesson("09_capstone"), as_version=4).cells if "def ladder" in c.source]
    heights = (("published", 0.44), ("z, on means", 0.46), ("a, enrolled", 0.51))
    rungs = [
        {"rung": title, "title": title, "tested_on": on, "uar": uar - less, "uar_interval": [uar - 0.03, uar + 0.03]}
        for title, uar in heights
        for on, less in (("clean", 0), ("noisy", 0.2))
        if title != "a, enrolled" or on == "clean"
    ]
    names = {"evaluate": SimpleNamespace(load_ladder=lambda: pd.DataFrame(rungs)), "CourseError": CourseError}
    exec(cell, names)
    table = names["ladder"]()
    assert table.index.tolist() == [title for title, _ in heights]
    assert table["clean"].tolist() == [44, 46, 51] and table["added"].tolist() == ["", 2, 5]
    assert table["noisy"].tolist() == [24, 26, ""] and table["interval of clean"].iloc[0] == "41.0 to 47.0"


@pytest.mark.parametrize("name", NAMES)
def test_a_check_cell_is_one_line(name):
    checks = [cell.source for cell in nbformat.read(lesson(name), as_version=4).cells if release.is_check(cell)]
    assert checks and all(re.fullmatch(r"check(\.more)?\(\"\w+\"\)", source) for source in checks)
