"""Binder and Colab: repo2docker finds what it needs, links come from one address, and a copy for Colab is the lesson."""

import json
import os
import re
import subprocess
import sys
import sysconfig

import nbformat
import pytest

from ser_helpers.course.authoring import elsewhere
from ser_helpers.course.rebuild import grade_id, is_answer, is_own, notebook_of, rebuild
from ser_helpers.places import CHECKOUT as ROOT

LESSONS = sorted(path.stem for path in ROOT.glob("lessons/*/*.ipynb") if path.stem == path.parent.name)


def read(*parts: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT.joinpath(*parts), as_version=4)


def test_repo2docker_finds_the_environment_and_installs_the_course_into_it():
    guide = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8")
    words = re.search(r"\$ (repo2docker .*)", guide)[1].split()
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    dockerfile = done.stdout + done.stderr
    steps = (
        r"COPY --chown=\S+ src/",
        '--file "environment.yml"',
        "RUN ./postBuild",
    )  # `-e .` needs the course beside the list
    places = [re.search(step, dockerfile).start() for step in steps]
    assert places == sorted(places) and "python=3.12" in dockerfile


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.skipif(os.name == "nt", reason="Binder is Linux")
def test_what_binder_runs_after_installing_leaves_no_panels_of_an_instructor(tmp_path):
    env = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True, timeout=60)
    theirs = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (next(env.glob("lib/python*/site-packages")) / "borrowed.pth").write_text("\n".join([*theirs, str(ROOT)]))
    variables = {**os.environ, "PATH": f"{env}/bin:{os.environ['PATH']}", "HOME": str(tmp_path)}
    subprocess.run(["./postBuild"], cwd=ROOT, env=variables, check=True)
    disabled = json.loads((env / "etc/jupyter/labconfig/page_config.json").read_text())["disabledExtensions"]
    learner = re.findall(
        r'"([a-z-]+)", ?',
        re.search(r"for panel in \((.*?)\)", (ROOT / "start.py").read_text(encoding="utf-8"))[1] + ", ",
    )
    assert {name for name, off in disabled.items() if off} == {f"@jupyter/nbgrader:{panel}" for panel in learner}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_copy_for_colab_is_handed_in_and_graded_like_the_lesson(lesson):
    handed_in, _ = notebook_of((ROOT / elsewhere.FOLDER / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    release, source = read("lessons", lesson, f"{lesson}.ipynb"), read("solutions", lesson, f"{lesson}.ipynb")
    for cell in handed_in.cells:
        if cell.metadata["grade_id"] and cell.cell_type == "code" and "not answered yet" in cell.source:
            truth = next(one for one in source.cells if is_answer(one) and grade_id(one) == cell.metadata["grade_id"])
            cell.source = truth.source
    notebook, repairs = rebuild(handed_in, release, source)
    own = [cell for cell in notebook.cells if is_own(cell) and cell.cell_type == "code"]
    assert not repairs
    assert [cell.source.splitlines()[0][:33] for cell in own] == ["# In Google Colab, run this first"]
    exec(own[0].source, {})  # anywhere else it does nothing
    assert "google.colab" not in sys.modules


def test_links_of_a_copy_lead_to_other_copies_and_to_the_repository():
    where = elsewhere.address(ROOT)
    text = "".join(cell.source for cell in read(elsewhere.FOLDER, "01_load_crema_d.ipynb").cells)
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert elsewhere.colab(where, "02_see_and_hear") in links and f"{where}/blob/main/lessons/README.md" in links
    assert all(re.match(r"https?://|#", link) for link in links), links


def test_the_address_of_the_repository_stands_in_one_place(tmp_path):
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    where = elsewhere.address(ROOT)
    assert project.count(where) == 1
    (tmp_path / "pyproject.toml").write_text(project.replace(where, "https://github.com/school/course"))
    page = elsewhere.links("<!-- launch -->old<!-- /launch -->", tmp_path)
    assert "old" not in page and "OWNER" not in page
    assert (
        "mybinder.org/v2/gh/school/course/HEAD" in page and "github/school/course/blob/main/classroom/colab/00" in page
    )
    lesson = LESSONS[0]
    first = elsewhere.for_colab(read("lessons", lesson, f"{lesson}.ipynb"), lesson, "https://github.com/school/course")
    assert "git+https://github.com/school/course" in first.cells[0].source and "OWNER" not in str(first)


def test_what_a_large_course_takes_comes_from_the_measurement(tmp_path):
    (tmp_path / "data" / "results" / "classroom").mkdir(parents=True)
    assert elsewhere.on_a_cluster(tmp_path) == "not measured yet"
    measured = {"lesson": "03_mfcc", "seconds_a_submission": 2.04, "seconds_to_write": 0.256}
    large = {"submissions": 30000, "cores": 100, "core_hours": 17.0, "hours": 2.1}
    file = tmp_path / "data" / "results" / "classroom" / "grading.json"
    file.write_text(json.dumps({**measured, "large": large}))
    assert elsewhere.on_a_cluster(tmp_path) == (
        "30,000 submissions of 03_mfcc take 17 core hours, on 100 cores 2.1 hours by the clock: 2.0 s a submission on a worker's "
        "core, and 0.26 s to write it down, which one process does for all"
    )
