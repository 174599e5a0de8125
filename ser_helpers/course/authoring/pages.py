"""What stands around a lesson: the way in and on, links to the glossary, and a sheet to print.

All of it is made from the order of the folders, from solutions/glossary.md and from the lesson's own source; `release` asks
for it. `broken_links` says which links of all pages lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TRIALS = "90"  # lessons from this number on are for trying things out, and no part of the way
PAGES = ("*.md", "solutions/*.md", "classroom/**/*.md", "data/**/*.md")  # that people write; the others are generated
LATE = ("## Take", "## Furt")  # how cells begin that end a lesson: they bring nothing new
TERM = re.compile(r"^## (?P<term>.+)\n(?:<!-- also:(?P<also>.*) -->\n)?", re.MULTILINE)
# Where a link to the glossary must not stand: code, formulas, links, tags and comments, headings, tables; and a false friend.
KEPT = re.compile(
    r"```.*?```|`[^`]*`|\$[^$\n]*\$|!?\[[^\]]*\]\([^)]*\)|<[^>]*>|^#.*?$|^\|.*?$|\bvocal folds?\b",
    re.DOTALL | re.MULTILINE,
)
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}: one page to keep</title>
<style>
@page {{ size: A4; margin: 15mm; }}
:root {{ color-scheme: light dark; }}
body {{ font: 12pt/1.45 system-ui, sans-serif; max-width: 180mm; margin: 2em auto; padding: 0 1em; }}
h1 {{ font-size: 1.5em; }}
h2 {{ font-size: 1.1em; margin-top: 1.6em; }}
pre {{ font-size: 8.4pt; line-height: 1.7; border: 1px solid; border-radius: 4px; padding: 0.8em 1em; white-space: pre-wrap; }}
li {{ margin: 0.4em 0; }}
footer {{ font-size: 0.8em; margin-top: 2em; }}
@media print {{ body {{ margin: 0; padding: 0; }} .screen {{ display: none; }} }}
</style>
<h1>{title}</h1>
<h2>What you can do now</h2>
{can}
<h2>Code worth keeping</h2>
<pre><code>{code}</code></pre>
<h2>One thing to try</h2>
{task}
<footer>
<p class="screen">To print this page from JupyterLab, choose <em>Open in New Browser Tab</em> where the file is listed on the
left (lessons/sheets, right click), and print there. It fits on one sheet.</p>
<p>Lesson {number} of "Speech emotion recognition, honestly". Text CC BY 4.0, code BSD-3-Clause.</p>
</footer>
</html>
"""


def title_of(script: Path) -> str:
    """A lesson's title, from the header of its source."""
    import jupytext

    header = script.read_text(encoding="utf-8").partition("\n# %%")[0]
    return jupytext.reads(header, "py:percent").metadata["ser"]["title"]


def the_way(script: Path) -> list[Path]:
    """The sources of all lessons in order; a trial, which lies beside the way, has only itself."""
    if script.stem >= TRIALS:
        return [script]
    beside = script.parents[1].glob("[0-9][0-9]_*/[0-9][0-9]_*.py")
    return sorted(path for path in beside if path.stem == path.parent.name and path.stem < TRIALS)


def frame(notebook: NotebookNode, script: Path) -> None:
    """Put the way in above a lesson's title and the way on below its end, and link what the glossary explains."""
    way = the_way(script)
    here = way.index(script)
    before, after = way[max(here - 1, 0) : here], way[here + 1 : here + 2]  # one or none
    words = terms(script.parents[1] / "glossary.md")
    around = ["[all lessons](../README.md)", *["[glossary](../glossary.md)"][: len(words)]]
    above = [
        *(_link(lesson, "← {number} {short}") for lesson in before),
        f"**{script.stem[:2]}: lesson {here + 1} of {len(way)}**",
        *(_link(lesson, "{number} {short} →") for lesson in after),
    ]
    below = [f"**{_link(lesson, 'On to lesson {number}: {title} →')}**" for lesson in after]
    if has_sheet(notebook):
        page = f"[One page to keep](../sheets/{script.stem}.html)"
        below.append(f"{page}: what you can do now, and five lines of code, to print")
    link_terms(notebook, words)
    if notebook.cells and notebook.cells[0].cell_type == "markdown":
        notebook.cells[0].source = " · ".join([*above, *around]) + f"\n\n{notebook.cells[0].source}"
    notebook.cells.append(nbformat.v4.new_markdown_cell("\n\n".join([*below, " · ".join(around)])))


def _link(lesson: Path, words: str) -> str:
    name, title = lesson.stem, title_of(lesson)
    words = words.format(number=name[:2], title=title, short=title.partition(":")[0])
    return f"[{words}](../{name}/{name}.ipynb)"


def anchor(term: str) -> str:
    """Where a term of the glossary is found on its page.

    Examples
    --------
    >>> anchor("mel scale"), anchor("MFCC")
    ('mel-scale', 'mfcc')
    """
    return term.lower().replace(" ", "-")


def terms(glossary: Path) -> dict[str, str]:
    """Every word that the glossary explains, and its anchor; longer ones first, since they hold shorter ones."""
    if not glossary.exists():
        return {}
    found = {}
    for entry in TERM.finditer(glossary.read_text(encoding="utf-8")):
        for word in [entry["term"], *(entry["also"] or "").split(",")]:
            if word.strip():
                found[word.strip()] = anchor(entry["term"])
    return dict(sorted(found.items(), key=lambda word: -len(word[0])))


def link_terms(notebook: NotebookNode, known: dict[str, str]) -> None:
    """Link each term to the glossary where a lesson first uses it, once its opening is over.

    Questions, hints and whatever is marked stay as they are, and so does the end, from the take-away on.
    """
    linked: set[str] = set()
    if not known:
        return
    words = "|".join(map(re.escape, known))
    pattern = re.compile(rf"(?P<kept>{KEPT.pattern})|(?<![\w-])(?P<word>{words})(?![\w-])", KEPT.flags | re.IGNORECASE)

    def link(match: re.Match[str]) -> str:
        word = match["word"]
        place = (known.get(word) or known.get(word[0].lower() + word[1:])) if word else None
        if place is None or place in linked:
            return match[0]
        linked.add(place)
        return f"[{word}](../glossary.md#{place})"

    begun = False
    for cell in notebook.cells:
        begun = begun or "setup" in cell.metadata.get("tags", [])
        if begun and cell.cell_type == "markdown" and not cell.metadata.get("nbgrader") and cell.source[:7] not in LATE:
            text, comment, question = cell.source.partition("<!-- question")
            text, tag, hint = text.partition("<details>")
            cell.source = pattern.sub(link, text) + tag + hint + comment + question


def glossary(source: str, lessons: dict[str, NotebookNode]) -> str:
    """lessons/glossary.md: the source with a place to link to at each term, and the lessons that use it."""
    texts = {name: "\n".join(cell.source for cell in notebook.cells) for name, notebook in lessons.items()}
    intro, *entries = TERM.split(source)  # then three by three: term, other words, text
    parts = [intro.strip()]
    for term, text in zip(entries[::3], entries[2::3], strict=True):
        place = anchor(term)
        used = [
            f"[{name[:2]}]({name}/{name}.ipynb)" for name, words in texts.items() if f"glossary.md#{place})" in words
        ]
        where = f" *In lesson{'s' * (len(used) > 1)} {', '.join(used)}.*" if used else ""
        parts.append(f'<a id="{place}"></a>\n\n## {term}\n\n{text.strip()}{where}')
    return "\n\n".join([*parts, "[All lessons](README.md). This file is generated by `ser build`.\n"])


def has_sheet(notebook: NotebookNode) -> bool:
    """Whether a lesson's source names code worth keeping."""
    return "keep" in notebook.metadata.get("ser", {})


def sheet(name: str, notebook: NotebookNode) -> str:
    """lessons/sheets/NAME.html: what the take-away says, and the code that the header keeps, on a page to print."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    away = re.split(r"^## ", text.partition("## Take-away\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    can, _, rest = away.partition("One thing to try first:")
    task = rest.strip().partition("\n\n")[0]
    about, html = notebook.metadata["ser"], _parser()
    points = "\n".join(line for line in can.splitlines() if line.startswith(("- ", "  ")))
    return PAGE.format(
        title=escape(about["title"]), number=name[:2], can=html.render(points).strip(),
        code=escape(about["keep"].strip()), task=html.render(task[:1].upper() + task[1:]).strip(),
    )  # fmt: skip


def around(notebooks: dict[str, NotebookNode], root: Path) -> dict[Path, str]:
    """The generated pages beside the lessons, and what they should hold."""
    source = root / "solutions" / "glossary.md"
    files = {
        root / "lessons" / "sheets" / f"{name}.html": sheet(name, one)
        for name, one in notebooks.items()
        if has_sheet(one)
    }
    if source.exists():
        files[root / "lessons" / "glossary.md"] = glossary(source.read_text(encoding="utf-8"), notebooks)
    return files


def broken_links(root: Path, files: dict[Path, str]) -> Iterator[str]:
    """Links inside the course that lead nowhere, a line each; no network is asked.

    Parameters
    ----------
    root : Path
    files : dict
        Generated files and what they should hold; other pages are read from the disk.
    """
    committed = [path for pattern in PAGES for path in root.glob(pattern)]
    texts = {path: path.read_text(encoding="utf-8") for path in committed} | files
    places: dict[Path, set[str]] = {}
    for page, text in sorted(texts.items()):
        if page.match("solutions/*/*.ipynb"):  # what leads from a lesson to its neighbours is right in lessons/
            continue
        for address in _addresses(_markdown(page, text)) if page.suffix in (".md", ".ipynb") else ():
            path, _, place = address.partition("#")
            target = (page.parent / unquote(path)).resolve() if path else page
            if target not in texts and not target.exists():
                yield f"{page.relative_to(root)}: the link to {address} leads nowhere."
            elif place and target.suffix in (".md", ".ipynb"):
                if target not in places:
                    text = texts.get(target) or target.read_text(encoding="utf-8")
                    places[target] = _places(_markdown(target, text))
                if place.lower() not in places[target]:
                    yield f"{page.relative_to(root)}: {address} names a place that is not on that page."


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # takes a moment, and `ser check` goes without

    return MarkdownIt()


def _markdown(page: Path, text: str) -> str:
    if page.suffix != ".ipynb":
        return text
    cells = nbformat.reads(text, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def _addresses(markdown: str) -> Iterator[str]:
    """What a page links to inside the course."""
    for token in _parser().enable("table").parse(markdown):
        for part in (token, *(token.children or ())):
            tags = re.findall(r"""(?:href|src)=["']([^"']+)""", part.content) if part.type.startswith("html") else []
            for address in filter(None, [part.attrGet("href"), part.attrGet("src"), *tags]):
                if not re.match(r"[a-z][a-z0-9+.-]*:", str(address), re.IGNORECASE):
                    yield str(address)


def _places(markdown: str) -> set[str]:
    """What a link to a page can name behind the #: headings, as GitHub names them, and elements with an id."""
    tokens = _parser().parse(markdown)
    heads = [text.content for head, text in zip(tokens, tokens[1:], strict=False) if head.type == "heading_open"]
    slugs = {re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in heads}
    return slugs | set(re.findall(r'id="([^"]+)"', markdown))
