"""From control to new picture, measured in Chromium: median and 95th percentile of each explorer.

    python tests/benchmarks/widgets.py

Practice clips always, real ones when CREMA-D is at hand. Aim on two quiet cores: a median under 150 ms, 95 % under 300 ms.
The explorer on practice clips is also pictured, for the README: data/results/explorer.png.
"""

import importlib.util
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ser_helpers import corpus

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 60
SETTINGS = {  # controls to move in turn, and what they move between
    "explorer": {"snr": ["30", "0"], "gain": ["-30", "30"], "emotion": ["sad", "angry"], "another": [""]},
    "feature_explorer": {"window": ["64", "4096"], "hop": ["64", "4096"], "mels": ["4", "256"], "another": [""]},
    "leak_meter": {"protocol": ["leak", "actors"], "tested_on": ["noisy", "clean"]},
    "split_explorer": {"split": ["actors", "random"], "share": ["5", "50"], "again": [""]},
}
CLOCK = """async ([name, value]) => {
  const panel = document.querySelector(".ser-panel"), control = panel.querySelector(`[name=${name}]`);
  const answered = new Promise(done => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(); });
    watch.observe(panel, { attributes: true, attributeFilter: ["data-answers"] });
  });
  const start = performance.now();
  if (control.tagName === "BUTTON") control.click();
  else { control.value = value; control.dispatchEvent(new Event("change", { bubbles: true })); }
  await answered;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); // it is on the screen
  return performance.now() - start;
}"""


class Folders:
    """What pytest's tmp_path_factory gives the fixtures of the browser tests."""

    def mktemp(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=name))


def fixture(module, name: str):
    """A fixture of the browser tests as a context."""
    return contextmanager(getattr(module, name).__wrapped__)


def measure(page, widget: str) -> np.ndarray:
    moves = [(name, values) for name, values in SETTINGS[widget].items()]
    times = []
    for number in range(ROUNDS):
        name, values = moves[number % len(moves)]
        times.append(page.evaluate(CLOCK, [name, values[number // len(moves) % len(values)]]))
    return np.array(times)


def picture(page) -> None:
    """The explorer as a learner leaves it: a clip as it is, a guess made."""
    panel = page.locator(".ser-panel")
    for name, value in {"snr": "none", "gain": "0"}.items():
        page.evaluate(CLOCK, [name, value])
    panel.get_by_role("button", name="sad", exact=True).click()
    panel.get_by_text("you guessed").wait_for()
    panel.screenshot(path=ROOT.parent / "data" / "results" / "explorer.png")


def conftest(path: Path, name: str):
    """A conftest.py of the tests as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def lab_and_browser():
    """A JupyterLab and a Chromium as the browser tests have them."""
    usual, own, folders = (
        conftest(ROOT / "conftest.py", "usual"),
        conftest(ROOT / "browser" / "conftest.py", "own"),
        Folders(),
    )
    chromium = shutil.which("chromium") or sys.exit("This needs Debian's chromium.")
    flags = own.flags.__wrapped__(own.spoken.__wrapped__(folders))
    with fixture(usual, "serve_lab")() as serve, fixture(usual, "browser")(chromium, flags) as browser:
        yield own.lab.__wrapped__(folders, serve), browser


def main() -> None:
    sources = ["practice"] + ["crema-d"] * bool(corpus.audio_home())
    print(f"{'widget':18} {'clips':10} {'median ms':>10} {'95 % ms':>8}")
    with lab_and_browser() as (lab, browser):
        for widget in SETTINGS:
            for source in sources if "clips" in CELL.get(widget, "") else sources[:1]:
                cell = CELL.get(widget, f"from ser_helpers import widgets\nwidgets.{widget}()").format(source=source)
                lab.write(f"{widget}_{source}", cell)
                page = lab.run(browser.new_page(viewport={"width": 1366, "height": 1400}), f"{widget}_{source}")
                page.wait_for_selector(".ser-panel[data-answers]")
                times = measure(page, widget)
                shown = source if widget in CELL else "-"
                print(f"{widget:18} {shown:10} {np.median(times):10.0f} {np.percentile(times, 95):8.0f}", flush=True)
                if (widget, source) == ("explorer", "practice"):
                    picture(page)
                page.close()


CELL = {
    name: "from ser_helpers import corpus, widgets\nclips = corpus.clip_table('{source}')\n"
    f"clips = clips.assign(path=corpus.find_audio(clips)).dropna(subset='path')\nwidgets.{name}(clips)"
    for name in ("explorer", "feature_explorer")
}

if __name__ == "__main__":
    main()
