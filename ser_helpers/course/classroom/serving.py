"""`ser kit --serve`: a laptop lends a kit to the room: the page that says what to do, and every file that belongs to it.

`python3 start.py --kit` and `ser fetch --from` fetch from here. A download that broke goes on where it stopped (Range).
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler

from . import kit, room

STALLED = 60.0  # seconds without a byte after which a client is let go


class Files(StaticFileHandler):
    """The files that `kit.json` lists, and no others. Each piece waits until its client has taken the one before."""

    def parse_url_path(self, url_path: str) -> str:
        """A folder is its page; recordings can be asked for at the address that everything else has."""
        if url_path.endswith("/"):
            url_path += "index.html"
        elif url_path.endswith(".wav") and "/" not in url_path:
            url_path = f"{kit.RECORDINGS}/{url_path}"
        return super().parse_url_path(url_path)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:
        """Refuse whatever the kit does not list, wherever a path leads."""
        name = Path(absolute_path).relative_to(root).as_posix() if Path(absolute_path).is_relative_to(root) else ""
        if name != kit.KIT and name not in self.settings["about"]["files"]:
            raise HTTPError(404)
        return absolute_path

    def compute_etag(self) -> str | None:
        """The known hash: hashing a large file anew would hold the others up."""
        name = Path(self.absolute_path or "").relative_to(self.root).as_posix()
        known = self.settings["about"]["files"].get(name)
        return f'"{known["sha256"]}"' if known else None

    def flush(self, include_footers: bool = False) -> asyncio.Future[None]:
        """Send a piece; who takes none of it for long is let go."""
        sent = super().flush(include_footers)
        connection: Any = self.request.connection
        patience = asyncio.get_running_loop().call_later(STALLED, connection.stream.close)
        sent.add_done_callback(lambda _: patience.cancel())
        return sent


class Page(RequestHandler):
    """What to do, with the address under which this page was opened."""

    def get(self) -> None:
        """Answer with the page."""
        address = f"http://{self.request.host}"
        self.write(kit.page(self.settings["folder"], self.settings["about"], address, room.qr_svg(address)))


def application(folder: Path) -> Application:
    """The pages of a kit.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    CourseError
        As `kit.read`: a damaged kit is not handed on.
    """
    handlers = [("/", Page), ("/(.+)", Files, {"path": str(folder.resolve())})]
    return Application(handlers, folder=folder, about=kit.read(folder))  # type: ignore[arg-type]


def serve(folder: Path, port: int, only_here: bool) -> None:
    """Lend a kit until Ctrl-C."""
    print("Looking at every file of the kit ...", flush=True)
    room.serve(application(folder), "The kit", port, only_here)
