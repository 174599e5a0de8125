"""Two solved lessons in a real JupyterLab in Chromium, cell by cell: no error, no warning, sound and figures there."""

import os
import re
from pathlib import Path

import pytest


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
