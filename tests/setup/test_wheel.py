"""A wheel of the package is all that lessons need: what is in it, and the course run from it, away from the clone."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"
# Runs every notebook below the present folder; prints where each one's kernel had the package from.
RUN_LESSONS = """
import sys
from pathlib import Path
from ser_helpers.course.authoring.run import run_strictly

for path in sorted(Path("lessons").glob("*/*.ipynb")):
    notebook, *_ = run_strictly(path.resolve())
    print(path.stem, notebook.cells[-1].outputs[0].text, sep="\\t", end="", flush=True)
"""


def tracked(*folders: str) -> list[Path]:
    """Files of the clone that are no one's leftovers, relative to it."""
    found = (path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts and ".part" not in path.name]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built in a copy of what it is made of: no leftover of another build gets in."""
    folder = tmp_path_factory.mktemp("source")
    for path in [*map(Path, ("pyproject.toml", "setup.py", "README.md", "LICENSE")), *tracked("ser_helpers", "data")]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    words = ["wheel", folder, "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = {path.as_posix() for path in tracked("ser_helpers")}
    data = {f"ser_helpers/{path.as_posix()}" for path in tracked("data") if path.suffix != ".py"}
    assert inside == package | data


def without_the_course(env: Path) -> Path:
    """Python of an environment in which the course's dependencies are borrowed from this one, and the course is not.

    A line in a .pth puts this environment's packages behind its own; .pth files among them, such as that of a
    course installed as editable, have no effect there.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True, timeout=60)
    theirs = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (own_packages(env / BIN / "python") / "borrowed.pth").write_text("\n".join(theirs), encoding="utf-8")
    return env / BIN / "python"


def own_packages(python: Path) -> Path:
    """Where an environment's own packages lie."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip())


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> Path:
    """Python of an environment with the wheel, and the course's dependencies."""
    env = tmp_path_factory.mktemp("somewhere") / "env"
    python = without_the_course(env)
    words = ["--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=60)
    for folder in ("share", "etc"):  # kernels and extensions of Jupyter
        (env / folder).mkdir(exist_ok=True)
        (env / folder / "jupyter").symlink_to(Path(sys.prefix) / folder / "jupyter", target_is_directory=True)
    return python


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """A folder of a learner's with the solved lessons, and a function that runs a program there."""
    folder = tmp_path_factory.mktemp("home") / "my course"
    shutil.copytree(ROOT / "lessons", folder / "lessons", ignore=shutil.ignore_patterns("*.mine-*", ".*"))
    for path in (folder / "lessons").glob("*/*.ipynb"):
        notebook = json.loads((ROOT / "solutions" / path.stem / path.name).read_text(encoding="utf-8"))
        where = {"cell_type": "code", "id": "where", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].append({**where, "source": "import ser_helpers\nprint(ser_helpers.__file__)"})
        path.write_text(json.dumps(notebook), encoding="utf-8")
    ours = ("PYTHON", "SER_", "CREMA_D_HOME", "VIRTUAL_ENV")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    variables["SER_CACHE"] = str(folder.parent / "cache")

    def run(*words, timeout: int = 60) -> str:
        done = subprocess.run(words, cwd=folder, env=variables, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.name == "nt", reason="borrows Jupyter's files through links")
def test_the_course_runs_from_the_wheel(python, learner):
    site = Path(learner(python, "-c", "import ser_helpers; print(ser_helpers.__file__)").strip()).parent
    assert python.parents[1] in site.parents
    said = learner(python.with_name("ser"), "doctor").splitlines()
    assert len(said) == 8 and all(line.startswith("OK") for line in said), said
    clip = site / "data" / "practice" / "9001_DFA_ANG_XX.flac"
    assert learner(python.with_name("ser"), "predict", clip).startswith(f"{clip}: ")
    came_from = dict(line.split("\t") for line in learner(python, "-c", RUN_LESSONS, timeout=500).splitlines())
    assert len(came_from) == 11 and set(came_from.values()) == {str(site / "__init__.py")}, came_from


# In the place of Colab: its package, loaded before anything else, and nothing there of what serves notebooks.
STAND_IN = """
import sys

class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ("nbgrader", "jupyterlab", "notebook", "jupytext"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import google.colab.output
"""
OUTPUT = """
class _widgets:
    _installed_url = None

def enable_custom_widget_manager():
    global enabled
    enabled = True
"""
MESSAGE = """
import json

def blocking_request(name, request, timeout_sec):
    return {"ipynb": json.load(open({"get_ipynb": "page.json"}[name]))}
"""


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.skipif(os.name == "nt", reason="Colab is Linux")
def test_a_lesson_runs_in_colab_from_its_first_cell_to_its_end(wheel, tmp_path, lesson="03_mfcc"):
    python = without_the_course(tmp_path / "env")
    own = own_packages(python)
    (own / "google" / "colab").mkdir(parents=True)
    (own / "google" / "colab" / "__init__.py").touch()
    (own / "google" / "colab" / "output.py").write_text(OUTPUT)  # for anywidget, so that questions and explorers show
    (own / "google" / "colab" / "_message.py").write_text(MESSAGE)
    (own / "stand_in.py").write_text(STAND_IN)
    (own / "colab.pth").write_text("import stand_in\n")

    notebook = nbformat.read(ROOT / "classroom" / "colab" / f"{lesson}.ipynb", as_version=4)
    solved = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell, truth in zip(notebook.cells[1:], solved.cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = truth.source
    address = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
    assert f"git+{address}" in notebook.cells[0].source
    notebook.cells[0].source = notebook.cells[0].source.replace(f"git+{address}", str(wheel))
    notebook.cells.append(
        nbformat.v4.new_code_cell("import google.colab, ser_helpers\nser_helpers.__file__, google.colab.output.enabled")
    )

    (tmp_path / "content").mkdir()
    nbformat.write(notebook, tmp_path / "content" / "page.json")
    manager = AsyncKernelManager(transport="ipc", ip=str(tmp_path / "k"))
    manager._kernel_spec = KernelSpec(argv=[str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    ours = ("PYTHON", "SER_", "CREMA_D_HOME", "VIRTUAL_ENV")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    client = NotebookClient(
        notebook, km=manager, timeout=120, resources={"metadata": {"path": str(tmp_path / "content")}}
    )
    client.execute(env=variables, cleanup_kc=True)

    first = "".join(one.text for one in notebook.cells[0].outputs)
    assert first.startswith("The course is here."), first
    where = notebook.cells[-1].outputs[0].data["text/plain"]
    assert f"'{own}/ser_helpers/__init__.py'" in where and where.endswith("True)")
    said = {
        cell.source: str([one.get("data", one) for one in cell.outputs])
        for cell in notebook.cells
        if cell.source[:5] == "check"
    }
    whole = said.pop(f'check("{lesson}")')
    assert said and all("Passed" in words for words in said.values()), said
    points = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in notebook.cells)
    assert f"{points} of {points} points" in whole, whole
