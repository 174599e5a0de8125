"""A class on a real JupyterHub, with real Unix users and a real Chromium: from logging in to the feedback, and what nobody may."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from real_hub import ROOT, real_hub

from ser_helpers.course.authoring import readme
from ser_helpers.course.classroom import hub as course_hub
from ser_helpers.errors import CourseError

LESSON = "03_mfcc"
ADA, LENA, OMAR, MIA = "ser-test-ada", "ser-test-lena", "ser-test-omar", "ser-test-mia"
ANSWER = "log_mel"  # the exercise that is solved
SLOW = 60_000  # a busy machine is no failure


def real(test):
    """A test that needs the running hub."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for mark in (pytest.mark.long, pytest.mark.browser, pytest.mark.timeout(400)):
        test = mark(test)
    return test if root else pytest.mark.skip("Only root can make Unix users: sudo python3 start.py test --all")(test)


@pytest.fixture(scope="module")
def hub(bubblewrap):
    with real_hub(ADA, [LENA, OMAR, MIA]) as hub:
        yield hub


@pytest.fixture(scope="module")
def pages(hub, browser):
    """Everybody's page, logged in at once."""
    pages = {name: browser.new_context().new_page() for name in hub.passwords}
    for name, page in pages.items():
        page.set_default_timeout(SLOW)
        page.goto(f"{hub.base}/hub/login")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(hub.passwords[name])
        page.get_by_role("button", name="Sign in").click(no_wait_after=True)
    for page in pages.values():
        page.wait_for_url("**/lab/tree/**")
    return pages


def assignments(page):
    """The assignment list, opened from the menu as a learner does, or looked at anew."""
    panel = page.locator("#nbgrader-assignment-list")
    if not panel.count():
        page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        page.get_by_text("Assignment List", exact=True).click()
    panel.wait_for(state="attached")
    listed, end = panel.get_by_text(LESSON, exact=True).first, time.monotonic() + SLOW / 1000
    while not listed.is_visible() and time.monotonic() < end:  # a notebook that opens late comes to the front
        page.get_by_role("tab", name="Assignments", exact=True).click()
        page.wait_for_timeout(500)
    listed.wait_for()
    return panel


def solve(hub, user: str) -> None:
    """Put the course's answer to one exercise into the learner's notebook, as the learner."""
    path = hub.home(user) / "ser" / "lessons" / LESSON / f"{LESSON}.ipynb"
    source = nbformat.read(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answer = next(c.source for c in source.cells if c.metadata.get("nbgrader", {}).get("grade_id") == ANSWER)
    write = "import json, sys; path, name, answer = sys.argv[1:]; book = json.load(open(path, encoding='utf-8'))\n"
    write += "for cell in book['cells']:\n    about = cell['metadata'].get('nbgrader', {})\n"
    write += "    if about.get('grade_id') == name: cell['source'] = answer\njson.dump(book, open(path, 'w', encoding='utf-8'))"
    done = hub.run(user, sys.executable, "-c", write, str(path), ANSWER, answer)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def graded(hub, pages) -> dict[str, float]:
    """Everybody has handed the lesson in, two with one exercise solved; it is graded, and the feedback is out. Scores."""
    hub.teach(ADA, "nbgrader", "release_assignment", LESSON)
    hub.run(LENA, "rm", "-r", f"ser/lessons/{LESSON}")  # she wants it as new
    listed = assignments(pages[LENA])
    listed.get_by_role("button", name="Fetch", exact=True).click()
    listed.get_by_role("button", name="Submit", exact=True).wait_for()
    for name in (LENA, MIA):
        solve(hub, name)
    for name in (LENA, OMAR, MIA):
        listed = assignments(pages[name])
        listed.get_by_role("button", name="Submit", exact=True).click()
        listed.get_by_text("There are no submitted assignments.").wait_for(state="hidden")
    hub.teach(ADA, "nbgrader", "collect", LESSON)
    records = json.loads(hub.teach(ADA, "ser_helpers", "grade", LESSON, "--json"))  # while their servers run
    hub.teach(ADA, "ser_helpers", "return", LESSON)
    hub.teach(ADA, "nbgrader", "release_feedback", LESSON)
    return {one["student"]: sum(cell["score"] or 0 for cell in one["cells"].values()) for one in records}


@real
def test_a_learner_lands_in_lesson_00_without_the_instructors_panels(hub, pages):
    for name in (LENA, OMAR, MIA):
        assert pages[name].url.endswith("/lab/tree/lessons/00_start_here/00_start_here.ipynb")
        pages[name].locator(".jp-Notebook .jp-Cell").first.wait_for()
    pages[OMAR].get_by_role("menuitem", name="Nbgrader", exact=True).click()
    offered = pages[OMAR].locator(".lm-Menu-itemLabel:visible").all_inner_texts()
    pages[OMAR].keyboard.press("Escape")
    assert list(filter(None, offered)) == ["Assignment List"]
    validate = pages[OMAR].get_by_role("button", name="Validate", exact=True)
    validate.wait_for()
    formgrader = {name: pages[name].request.get(f"{hub.base}/user/{name}/formgrader").status for name in (OMAR, ADA)}
    assert formgrader == {OMAR: 404, ADA: 200}


@real
def test_what_is_handed_in_is_graded_beside_them_and_the_feedback_comes_back(hub, pages, graded):
    assert graded[LENA] == graded[MIA] > graded[OMAR] == 0
    listed = assignments(pages[LENA])
    listed.get_by_title("Refresh assignments list").click()
    listed.get_by_text("Fetch Feedback", exact=True).click()
    listed.get_by_text("(view feedback)").first.wait_for()
    page = hub.run(LENA, "sh", "-c", f"cat ser/lessons/{LESSON}/feedback/*/{LESSON}.html").stdout
    assert ANSWER in page and "BEGIN HIDDEN" not in page


@real
def test_nobody_reads_what_is_others_or_writes_what_is_not_theirs(hub, pages, graded):
    room, exchange = hub.course / ".classroom", hub.inbound.parent
    server = subprocess.check_output(["pgrep", "--uid", LENA, "--full", "jupyterhub-singleuser"], text=True).split()[0]
    closed = [hub.home(LENA) / "ser" / "lessons" / LESSON / f"{LESSON}.ipynb", hub.inbound, exchange / "feedback"]
    closed += [room / "submitted" / LENA / LESSON / f"{LESSON}.ipynb", room / "gradebook.db", room / "seed.txt"]
    closed += [hub.course / "solutions" / LESSON / f"{LESSON}.ipynb", hub.folder / "users.csv"]
    closed += [room / "hub" / name for name in ("passwords.csv", "jupyterhub.sqlite", "jupyterhub_cookie_secret")]
    closed += [Path("/proc", server, "environ")]
    theirs = [exchange / "outbound" / LESSON / f"{LESSON}.ipynb", hub.course / "lessons" / LESSON / f"{LESSON}.ipynb"]
    theirs += [ROOT / "ser_helpers" / "__init__.py", hub.course / "classroom" / "hub" / "jupyterhub_config.py"]
    assert [path for path in [*closed, *theirs] if not path.exists()] == []
    tried = "import sys\nfor how, *paths in (line.split('\\t') for line in sys.argv[1:]):\n    for path in paths:\n"
    tried += (
        "        try:\n            import os; os.listdir(path) if os.path.isdir(path) else open(path, how).close()\n"
    )
    tried += "            print(how, path)\n        except PermissionError: pass"
    words = ["\t".join(["rb", *map(str, closed)]), "\t".join(["ab", *map(str, theirs)])]
    done = hub.run(OMAR, sys.executable, "-c", tried, *words)
    assert (done.stdout, done.stderr) == ("", "")
    assert pages[OMAR].request.get(f"{hub.base}/user/{LENA}/api/contents/lessons").status == 403


@real
def test_work_counts_for_whom_it_belongs_to_whatever_name_is_on_it(hub, graded):
    submitted = hub.course / ".classroom" / "submitted"
    before = (submitted / LENA / LESSON / f"{LESSON}.ipynb").read_bytes()
    solution = hub.course / "solutions" / LESSON / f"{LESSON}.ipynb"
    when = "2099-01-0{} 00:00:00.000000 UTC"
    forged, linked = f"{LENA}+{LESSON}+{when.format(1)}+x", f"{OMAR}+{LESSON}+{when.format(2)}+x"
    steps = (
        f"cd {hub.inbound} && mkdir '{forged}' '{linked}' '{OMAR}+{LESSON}+whenever+x' && chmod 777 *+x 2>/dev/null\n"
    )
    steps += f"for name in '{forged}' '{linked}'; do chmod 755 \"$name\"; echo '{when.format(1)}' > \"$name/timestamp.txt\"; done\n"
    steps += f"echo forged > '{forged}/{LESSON}.ipynb'; ln -s {solution} '{linked}/{LESSON}.ipynb'"
    assert hub.run(OMAR, "sh", "-c", steps).returncode == 0
    printed = hub.teach(ADA, "nbgrader", "collect", LESSON, "--update")
    assert "no plain file" in printed
    assert (submitted / LENA / LESSON / f"{LESSON}.ipynb").read_bytes() == before
    assert [path.name for path in (submitted / OMAR / LESSON).iterdir()] == ["timestamp.txt"]


@real
def test_a_learner_has_limits_and_numba_need_not_compile_again(hub, pages):
    server = subprocess.check_output(["pgrep", "--uid", MIA, "--full", "jupyterhub-singleuser"], text=True).split()[0]
    limits = Path("/proc", server, "limits").read_text()
    assert re.search(rf"Max address space +{4 * 2**30} ", limits) and re.search(r"Max processes +256 ", limits)
    warm = list(Path(hub.home(MIA), ".cache", "ser-numba").rglob("*.nbi"))
    assert warm


@pytest.mark.parametrize(
    "content, words",
    {
        "name\nlena": "no column id.*saved as CSV",
        "id,role\n,,\n": "no line below its first",
        "PK\x03\x04": "no column id",
        "id,role\nada,boss": "line 2: the role 'boss', which is learner or instructor",
        "id,role\nada,instructor\nlena,\nlena,": "lena more than once",
        "id,role\nlena,": "has 0 instructors. .*into the column role",
        "id,role\nada,instructor\nbob,Instructor": "has 2 instructors: ada, bob",
        "id;role\nLena Meier;instructor\n;;\nJürgen.Groß;\n7;": "line 2: 'Lena Meier' could be lena-meier; line 4: 'Jürgen.Groß' could be "
        "jurgen-gross; line 5: '7' is no id",
    }.items(),
)
def test_a_table_that_will_not_do_is_refused_in_words(tmp_path, content, words):
    table = tmp_path / "users.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        course_hub.read_people(table)
    with pytest.raises(CourseError, match="cannot be read"):
        course_hub.read_people(tmp_path / "none.csv")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", ",;\t")
def test_a_table_is_read_as_spreadsheets_save_it(tmp_path, encoding, mark):
    table, lines = (
        tmp_path / "users.csv",
        ["ID,First_name,Role,Password", "ada,Åsa,Instructor,", ' lena ,Jörg,,"grün"', ",,,"],
    )
    table.write_bytes("\r\n".join(lines).replace(",", mark).encode(encoding))
    people = course_hub.read_people(table)
    assert [(one.id, one.role, one.password) for one in people] == [
        ("ada", "instructor", ""),
        ("lena", "learner", "grün"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="accounts are Unix's")
def test_no_account_is_made_of_a_name_of_the_system_nor_left_without_a_password(tmp_path, monkeypatch, capsys):
    import grp
    import pwd

    mine, done = next(one.pw_name for one in pwd.getpwall() if one.pw_uid == 0), []
    group = next(one.gr_name for one in grp.getgrall() if one.gr_name not in {user.pw_name for user in pwd.getpwall()})

    def as_root(*command, stdin=""):
        done.append(command[0])
        if command[0] == "chpasswd":
            raise CourseError("chpasswd failed: too short")

    monkeypatch.setattr(course_hub, "_as_root", as_root)
    for name in (mine, "nobody", group):
        people = [course_hub.Person("ser-test-new"), course_hub.Person(name)]
        with pytest.raises(CourseError, match=f"{name}: a name of the system"):
            course_hub.make_accounts(people, tmp_path / "passwords.csv")
    assert not done
    with pytest.raises(CourseError, match="too short"):
        course_hub.make_accounts([course_hub.Person("ser-test-new", password="x")], tmp_path / "passwords.csv")
    assert done == ["useradd", "chpasswd", "userdel"] and not (tmp_path / "passwords.csv").read_text()


def test_the_guides_sizes_come_from_the_measurement(tmp_path):
    step = {"median_s": 3.0, "last_s": 9.0, "failed": []}
    measured = {
        "cores": 2, "learners": 7, "alone": {"run": step}, "together": {"run": {**step, "last_s": 41.0}}, "mb_a_learner": 400,
        "cpu_s_a_learner": 24.0, "hub_mb": 1000, "gives_way_first": "the cores",
        "exchange": {"submissions": 50, "seconds": {"collect": 8.0}, "lost": 0},
    }  # fmt: skip
    guide = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8")
    assert readme.hub_sizes(guide, tmp_path) == guide
    file = tmp_path / "data" / "results" / "classroom" / "hub.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(measured), encoding="utf-8")
    filled = readme.hub_sizes(guide, tmp_path)
    assert "| run | 9 s | 3 s | 41 s |" in filled and "50 submissions: collect 8 s; 0 lost" in filled
    assert "| 30 | 6 | 16 GB |" in filled and readme.hub_sizes(filled, tmp_path) == filled
