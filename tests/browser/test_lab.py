"""Two solved lessons in a real JupyterLab in Chromium: no error, no warning, sound and figures there, in both themes."""

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["00_start_here", "05_split_and_scale"])
def test_a_solved_lesson_runs_in_jupyterlab(lab, browser, name):
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    lab.run(page, name, timeout=120)
    cells = lab.saved(page, lab.folder / name / f"{name}.ipynb")
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    pages = "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert re.search(r'<img [^>]*alt="[^"]{30,}"', pages)
    if name == "00_start_here":
        assert "<audio" in pages
        page.locator("audio").first.scroll_into_view_if_needed()
        assert page.locator("audio").first.is_visible()
    page.locator("figure img").first.scroll_into_view_if_needed()
    assert page.locator("figure img").first.evaluate("image => image.complete && image.naturalWidth > 300")
    if shots := os.environ.get("SER_SCREENSHOTS"):
        page.screenshot(path=Path(shots) / f"{name}.png")
    page.close()


FIGURE = """from matplotlib.figure import Figure
from ser_helpers import plots
ax = Figure(figsize=(7, 4)).add_subplot()
for row, colour in enumerate(plots.COLOURS.values()):
    ax.barh(row, 1, color=colour)
ax.figure.colorbar(ax.imshow([[0, 1]], extent=(1.2, 1.8, 0, 5), cmap="magma"))
ax.set(xlim=(0, 2), ylim=(-1, 6), xlabel="seconds", aspect="auto")
plots.describe(ax, "Six bars, an image of black and light yellow, and axes with numbers.")"""
BARS = FIGURE.replace('ax.figure.colorbar(ax.imshow([[0, 1]], extent=(1.2, 1.8, 0, 5), cmap="magma"))\n', "")


def luminance(colour) -> float:
    share = np.asarray(colour)[:3] / 255
    return float(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_figure_follows_the_theme(lab, browser, themes):
    """No ground of its own, bars that stand out (3:1), text that is read (7:1), an image whose colours stay."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    lab.write("figures", BARS, FIGURE)
    lab.run(page, "figures", timeout=120)
    for theme in themes(page, ".ser-figure", "figure"):
        assert page.locator(".ser-figure img:visible").count() == 2
        bars, with_image = (
            np.asarray(Image.open(io.BytesIO(shown.screenshot())).convert("RGB"))
            for shown in page.locator(".ser-figure img:visible").all()
        )
        ground = bars[2, 2]
        assert (luminance(ground) > 0.9) == (theme == "Light") and (luminance(ground) < 0.02) == (theme == "Dark")
        colours, counts = np.unique(bars.reshape(-1, 3), axis=0, return_counts=True)
        drawn = [colour for colour, n in zip(colours, counts, strict=True) if n > 3000 and (colour != ground).any()]
        assert len(drawn) == 6

        def contrast(colour, ground=ground):
            low, high = sorted((luminance(colour) + 0.05, luminance(ground) + 0.05))
            return high / low

        print(
            theme, [round(contrast(colour), 1) for colour in drawn], max(contrast(c) for c in bars[-30:].reshape(-1, 3))
        )
        assert min(map(contrast, drawn)) >= 3
        assert max(contrast(colour) for colour in bars[-30:].reshape(-1, 3)) >= 7  # the name of the axis
        assert np.abs(with_image - np.array([252, 253, 191])).max(axis=-1).min() < 4, "the image keeps its light end"
    page.close()
