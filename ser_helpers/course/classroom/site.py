"""The executed lessons as pages to read and hear without Jupyter: `ser site`.

    solutions/NN/NN.py -> run on the practice voices, once for each change -> NN.html, glossary, search

A page shows what `release.outline` hands out with the outputs of the solved lesson: exercises stand there unsolved.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from markdown_it import MarkdownIt
from nbformat import NotebookNode

from ... import corpus, places
from ...errors import CourseError
from ...plots.picture import DPI, SWITCH
from ...widgets.question import QUESTION
from ..authoring import pages, release, run

HERE = Path(__file__).parent
COURSE = "Speech emotion recognition, honestly"
SIGN = 'content="ser site"'  # in each page: a folder with it may be made anew
STILL = "from ser_helpers.course.classroom import still\nstill.stand_still()"
NO_KERNEL = re.compile(r"^(check\(|check\.more\(|widgets\.question\()")  # cells that say nothing without a kernel
OF_THIS_MACHINE = re.compile(r"\bdoctor\.")
INLINE = re.compile(r'src="data:(image/png|audio/wav);base64,([^"]+)"')
PLAYER = re.compile(r'<audio[^>]*>\s*<source ([^>]*?) type="[^"]*" ?/>.*?</audio>', re.DOTALL)
STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
PAGE = re.compile(r"(?:\.\./)?(?:(README|glossary)\.md|(\w+)/\2\.ipynb)$")  # seen from a lesson, or from beside them
HEADING = re.compile(r'<h([123]) id="([^"]*)">(.*?)</h\1>', re.DOTALL)


@dataclass
class Lesson:
    """What the pages say of a lesson, and its text as HTML."""

    name: str
    about: dict[str, Any]
    body: str = ""

    @property
    def number(self) -> str:
        return self.name[:2]

    @property
    def short(self) -> str:
        return self.about["title"].partition(":")[0]

    @property
    def goals(self) -> str:
        words = "; ".join(self.about["goals"])
        return words[:1].upper() + words[1:]


@dataclass
class Site:
    """The files of the pages by their names, and what turns cells into HTML and files."""

    solutions: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    sections: list[dict[str, str]] = field(default_factory=list)

    def keep(self, data: bytes, ending: str) -> str:
        """Keep a picture or a sound once, whatever page it comes from; its address."""
        name = f"files/{hashlib.sha256(data).hexdigest()[:12]}{ending}"
        self.files[name] = data
        return name

    def page(self, name: str, title: str, body: str, kind: str, template: str = "site.html.j2", **more: Any) -> None:
        """Add a page, and its sections to what the search knows."""
        contents = [(place, words) for level, place, words in HEADING.findall(body) if level == "2"]
        html = (
            _templates()
            .get_template(template)
            .render(name=name, title=title, body=body, kind=kind, course=COURSE, contents=contents, **more)
        )
        self.files[f"{name}.html"] = html.encode()
        self.sections += sections(name, title, body)


def make(folder: Path | None = None, solutions: bool = False, root: Path | None = None) -> int:
    """Run all lessons that changed, and write the pages.

    Parameters
    ----------
    folder : Path, optional
        Made anew when it holds such pages; ``site/`` in the course's folder if not given.
    solutions : bool
        Also show how each exercise is solved, and the model answers; never the hidden tests.

    Raises
    ------
    CourseError
        When there are no sources, a lesson does not run, the folder holds something else, or a link leads nowhere.
    """
    root = root or places.course_folder()
    names = [name for name in release.lesson_names(root) if name < pages.TRIALS]
    if not names:
        raise CourseError(
            f"The pages are made from solutions/, which {root} does not have. Ask whoever gave you the course."
        )
    folder = (folder or root / "site").resolve()
    _refuse_what_is_not_ours(folder)
    scripts = [root / "solutions" / name / f"{name}.py" for name in names]
    sources = {script.stem: release.source_notebook(script) for script in scripts}
    site, lessons = Site(solutions), []
    ground = _ground()
    for script in scripts:
        source = sources[script.stem]
        body = text_of(source, _executed(script, source, ground), site)
        lessons.append(Lesson(script.stem, source.metadata["ser"], body))
    for place, lesson in enumerate(lessons):
        site.page(
            lesson.name, lesson.about["title"], lesson.body, "lesson", lessons=lessons, place=place, about=lesson.about
        )
    _around(site, lessons, sources, root)
    if broken := list(broken_links(site.files)):
        raise CourseError("These pages are not written, as links in them lead nowhere: " + " ".join(broken))
    _write(site.files, folder)
    size = sum(map(len, site.files.values())) / 1e6
    print(f"{len(lessons)} lessons, glossary and search, {size:.0f} MB. Open {folder / 'index.html'}")
    return 0


# From a notebook to HTML


def text_of(source: NotebookNode, executed: NotebookNode, site: Site) -> str:
    """The cells of a lesson as HTML, without what leads to its neighbours, which each page has anyway."""
    handed_out = release.outline(source)
    exercises = release.open_checks(source)
    if handed_out.cells[0].cell_type == "markdown":
        handed_out.cells[0].source = handed_out.cells[0].source.partition("\n\n")[2]
    seen: dict[str, int] = {}
    parts = []
    for mine, solved, ran in zip(handed_out.cells[:-1], source.cells, executed.cells, strict=False):
        if mine.cell_type == "markdown":
            parts.append(_answer(solved, site) if mine.source == release.TEXT_STUB else markdown(mine.source, seen))
        elif not NO_KERNEL.match(mine.source):
            parts.append(_code(mine, solved, site, exercises))
            if OF_THIS_MACHINE.search(mine.source):
                parts.append('<p class="ser-note">In JupyterLab the lines about your computer stand here.</p>')
            else:
                parts += [_output(output, site, seen) for output in _joined(ran.outputs)]
    if keep := source.metadata["ser"].get("keep"):
        parts.append(markdown(f"## Code worth keeping\n\n```python\n{keep.strip()}\n```", seen))
    return "\n".join(parts)


def _code(mine: NotebookNode, solved: NotebookNode, site: Site, exercises: dict[str, Any]) -> str:
    """A cell of code: as it is, behind a click where it only gets things ready, or as an exercise."""
    code = highlight(mine.source)
    if "setup" in mine.metadata.get("tags", []):
        return f"<details><summary>What this lesson imports</summary>{code}</details>"
    about = mine.metadata.get("nbgrader", {})
    if not about.get("solution"):
        return code
    name = about["grade_id"]
    ask = f' Then <code>check("{name}")</code> says whether it is right, and why not.' if name in exercises else ""
    shown = _behind("Solution", highlight(release.REGION.sub(r"\3", solved.source))) if site.solutions else ""
    return f'<div class="exercise">{code}<p class="ser-note">In JupyterLab you write your answer here.{ask}</p>{shown}</div>'


def _answer(solved: NotebookNode, site: Site) -> str:
    shown = _behind("Model answer and mark scheme", markdown(solved.source, {})) if site.solutions else ""
    return f'<div class="exercise"><p class="ser-note">In JupyterLab you write your answer here.</p>{shown}</div>'


def _behind(summary: str, html: str) -> str:
    return f'<details class="solution"><summary>{summary}</summary>{html}</details>'


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs without warnings and logs, and with what was printed in a row as one."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.get("name") == "stdout" and joined and joined[-1].get("name") == "stdout":
            joined[-1] = nbformat.v4.new_output("stream", name="stdout", text=joined[-1].text + output.text)
        elif output.get("name") != "stderr":
            joined.append(output)
    return joined


def _output(output: NotebookNode, site: Site, seen: dict[str, int]) -> str:
    """An output of a cell as HTML; its pictures and sounds become files of the site."""
    data = output.get("data", {})
    if "text/html" in data:
        return _html(data["text/html"], site)
    if "text/markdown" in data:
        return markdown(data["text/markdown"], seen)
    if "image/png" in data:
        return _html(f'<figure><img alt="" src="data:image/png;base64,{data["image/png"].strip()}"></figure>', site)
    return f'<pre class="out">{escape(output.get("text") or data.get("text/plain", ""))}</pre>'


def _html(html: str, site: Site) -> str:
    """HTML of an output: styles are the page's, tables may scroll, pictures and sounds are files."""

    def out(match: re.Match[str]) -> str:
        data = base64.b64decode(match[2])
        if match[1] == "audio/wav":
            return f'src="{site.keep(data, ".wav")}"'
        from PIL import Image

        high = Image.open(io.BytesIO(data)).height * 96 // DPI
        return f'src="{site.keep(data, ".png")}" height="{high}" loading="lazy"'

    html = INLINE.sub(out, STYLE.sub("", html))
    html = PLAYER.sub(r'<audio controls preload="metadata" aria-label="The sound of this cell" \1></audio>', html)
    if "<table" in html and "ser-panel" not in html:
        html = f'<div class="wide" role="group" aria-label="Table">{html}</div>'
    return html


def highlight(code: str) -> str:
    """Python in the colours of the page.

    Examples
    --------
    >>> highlight("1")
    '<pre class="in"><code><span class="mi">1</span>\\n</code></pre>'
    """
    import pygments
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return f'<pre class="in"><code>{pygments.highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))}</code></pre>'


def markdown(text: str, seen: dict[str, int]) -> str:
    """Text as HTML: headings have a place to link to, links lead to pages, questions and hints look like that.

    Parameters
    ----------
    seen : dict
        How often each place stands on the page; it is kept up to date.

    Examples
    --------
    >>> markdown("See [04](../04_noise/04_noise.ipynb) and the [frame](../glossary.md#frame).", {})
    '<p>See <a href="04_noise.html">04</a> and the <a href="glossary.html#frame">frame</a>.</p>\\n'
    """
    writer = MarkdownIt("commonmark", {"html": True, "highlight": None}).enable("table")
    writer.add_render_rule("table_open", lambda *_: '<div class="wide" role="group" aria-label="Table"><table>\n')
    writer.add_render_rule("table_close", lambda *_: "</table></div>\n")
    writer.add_render_rule("fence", lambda _, tokens, at, *__: highlight(tokens[at].content))
    text = QUESTION.sub(lambda found: f'<div class="question">\n\n{found[2].rstrip()}\n\n</div>\n\n', text)
    text = re.sub(r"<details>(\s*<summary>Hint)", r'<details class="hint">\1', text)
    text = re.sub(
        r"<summary>(.*?)</summary>", lambda found: f"<summary>{writer.renderInline(found[1])}</summary>", text
    )
    tokens = writer.parse(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following:
            slug = re.sub(r"[^\w\- ]", "", following.content).lower().replace(" ", "-")
            seen[slug] = seen.get(slug, 0) + 1
            token.attrSet("id", slug if seen[slug] == 1 else f"{slug}-{seen[slug]}")
        for part in token.children or ():
            if part.type == "link_open":
                _lead(part)
    return writer.renderer.render(tokens, writer.options, {})


def _lead(link: Any) -> None:
    """Let a link of the course lead to its page; one to what is not on the pages is none."""
    address, mark, place = str(link.attrGet("href")).partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) or not address:
        return
    if found := PAGE.match(address):
        link.attrSet("href", f"{found[2] or found[1].replace('README', 'index')}.html{mark}{place}")
    else:
        del link.attrs["href"]


# What stands around the lessons


def _around(site: Site, lessons: list[Lesson], sources: dict[str, NotebookNode], root: Path) -> None:
    """The front page, the glossary, the search, and what all pages load."""
    words = root / "solutions" / "glossary.md"
    text = (
        pages.glossary(words.read_text(encoding="utf-8"), sources)
        if words.exists()
        else "# Glossary\n\nNo words yet.\n\n"
    )
    text = re.sub(r'<a id="[^"]*"></a>\n\n', "", text).rpartition("\n\n")[
        0
    ]  # headings have their place, pages their footer
    site.page("glossary", "Glossary", markdown(text, {}), "glossary", lessons=lessons)
    clips = corpus.clip_table("practice")
    clip = clips[clips["emotion"] == "fear"].iloc[[1]]
    voice = site.keep(corpus.find_audio(clip).iloc[0].read_bytes(), ".flac")
    front = {"voice": voice, "emotion": clip["emotion"].iloc[0], **_picture(site, root)}
    site.page("index", COURSE, "", "front", "index.html.j2", lessons=lessons, **front)
    found = '<h1>Search</h1><p id="count" role="status">The search needs JavaScript.</p><ol id="found"></ol><script src="sections.js"></script>'
    site.page("search", "Search", found, "search", lessons=lessons)
    known = json.dumps(site.sections, ensure_ascii=False, indent=0)
    site.files["sections.js"] = f"const SECTIONS = {known};\n".encode()
    site.files["site.js"] = (HERE / "site.js").read_bytes()
    panel = (Path(places.PACKAGE) / "widgets" / "panel.css").read_text(encoding="utf-8")
    site.files["site.css"] = f"{panel}\n{SWITCH}\n{(HERE / 'site.css').read_text(encoding='utf-8')}".encode()


def _picture(site: Site, root: Path) -> dict[str, Any]:
    """The first picture of README.md with its description, where there is one."""
    from PIL import Image

    readme = root / "README.md"
    found = re.search(r"!\[([^\]]*)\]\(([^)]*\.png)\)", readme.read_text(encoding="utf-8")) if readme.exists() else None
    if not found or not (root / found[2]).exists():
        return {}
    data = (root / found[2]).read_bytes()
    return {"picture": site.keep(data, ".png"), "described": found[1], "size": Image.open(io.BytesIO(data)).size}


def sections(name: str, title: str, body: str) -> list[dict[str, str]]:
    """What the search looks through: for each heading of a page its address and the words below it.

    Examples
    --------
    >>> sections("a", "A", '<p>one</p><h2 id="b">B</h2><p>two</p>')[1]
    {'address': 'a.html#b', 'title': 'A', 'heading': 'B', 'text': 'two'}
    """
    first, *others = HEADING.split(re.sub(r"<(svg|script).*?</\1>", "", body, flags=re.DOTALL))
    found = [("", "", "", first), *zip(*[iter(others)] * 4, strict=True)]
    return [
        {
            "address": f"{name}.html{'#' * bool(place)}{place}",
            "title": title,
            "heading": _words(heading) if level != "1" else "",
            "text": _words(text),
        }
        for level, place, heading, text in found
        if _words(text)
    ]


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def broken_links(files: dict[str, bytes]) -> Iterator[str]:
    """Links, pictures and sounds of pages that lead nowhere, a sentence each; no host is asked.

    Examples
    --------
    >>> list(broken_links({"a.html": b'<a href="b.html">b</a> <a href="#c">c</a>'}))
    ['a.html: #c is no place there.', 'a.html: b.html is missing.']
    """
    texts = {name: data.decode() for name, data in files.items() if name.endswith(".html")}
    ids = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in texts.items()}
    for name, text in texts.items():
        for address in sorted(set(re.findall(r'\b(?:href|src|action)="([^"]*)"', text))):
            path, _, place = unescape(address).partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:", path, re.IGNORECASE):
                continue
            if path and path not in files:
                yield f"{name}: {address} is missing."
            elif place and place not in ids.get(path or name, ()):
                yield f"{name}: {address} is no place there."


def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(HERE),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


# Running and writing


def _ground() -> str:
    """A fingerprint of all that lessons compute with: this package without its course, its data, and Python."""
    mark = hashlib.sha256(sys.version.encode())
    package = [path for path in places.PACKAGE.rglob("*") if path.is_relative_to(places.PACKAGE / "course")]
    for path in sorted({*places.PACKAGE.rglob("*"), *places.DATA.rglob("*")} - set(package)) + [HERE / "still.py"]:
        if path.is_file() and path.suffix != ".pyc":
            mark.update(path.name.encode() + path.read_bytes())
    return mark.hexdigest()


def _executed(script: Path, source: NotebookNode, ground: str) -> NotebookNode:
    """A solved lesson with its outputs on the practice voices, from the cache when nothing has changed since."""
    mark = hashlib.sha256((ground + release.text_of(source)).encode()).hexdigest()[:16]
    cache = places.writable_folder(places.cache_folder("ser-site"), "SER_CACHE")
    kept = cache / f"{script.stem}-{mark}.ipynb"
    if kept.exists():
        print(f"{script.stem:22} as before", flush=True)
        return nbformat.read(kept, as_version=4)
    start = time.perf_counter()
    notebook = nbformat.from_dict(json.loads(release.text_of(source)))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STILL))
    run.run_for_readers(notebook, script.parent)
    del notebook.cells[0]
    for old in cache.glob(f"{script.stem}-*.ipynb"):
        old.unlink(missing_ok=True)
    half = kept.with_suffix(".part")
    nbformat.write(notebook, half)
    half.replace(kept)
    print(f"{script.stem:22} ran in {time.perf_counter() - start:.0f} s", flush=True)
    return notebook


def _refuse_what_is_not_ours(folder: Path) -> None:
    index = folder / "index.html"
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not index.is_file()):
        raise CourseError(f"{folder} holds other things. Name a folder that is new or empty: ser site FOLDER.")
    if index.is_file() and SIGN not in index.read_text(encoding="utf-8", errors="replace"):
        raise CourseError(f"{folder} holds other pages. Name a folder that is new or empty: ser site FOLDER.")


def _write(files: dict[str, bytes], folder: Path) -> None:
    """Write everything beside the folder first, then in its place: a reader never meets half of it."""
    places.writable_folder(folder.parent, "ser site FOLDER")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as work:
        fresh = Path(work) / "new"
        for name, data in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            if folder.exists():
                folder.replace(Path(work) / "old")
            fresh.replace(folder)
        except OSError as error:  # on Windows, while a program shows one of its files
            raise CourseError(f"{folder} cannot be replaced ({error.strerror}). Close what has it open.") from None
