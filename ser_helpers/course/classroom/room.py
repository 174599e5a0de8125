"""A laptop that serves a room: its address, the address as a QR code, and a server that ends with Ctrl-C.

Pages and files are handlers of Tornado, on which Jupyter itself stands: whoever stalls holds nobody up.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import signal
import socket
import threading
import time
import webbrowser
from collections.abc import Iterator

import psutil
import segno
from tornado.httpserver import HTTPServer
from tornado.web import Application

from ...errors import CourseError

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
ELSEWHERE = "192.0.2.1"  # an address that documents use and nobody has; nothing is sent to it


def addresses() -> list[str]:
    """This machine's IPv4 addresses, the one that a room most likely sees first; `127.0.0.1` alone without a network.

    Used by the servers of `ser kit` and `ser game`. First comes the address from which this machine would reach others;
    it is not the room's where a VPN is on, and then one of the others is.

    Examples
    --------
    >>> all(address.count(".") == 3 for address in addresses())
    True
    """
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect((ELSEWHERE, 9))
        found.append(probe.getsockname()[0])
    for interface in psutil.net_if_addrs().values():
        found += [part.address for part in interface if part.family == socket.AF_INET]
    seen = [one for one in dict.fromkeys(found) if not one.startswith(("127.", "169.254."))]
    return seen or [HERE]


def address() -> str:
    """This machine's address in the room; `127.0.0.1` without a network.

    Examples
    --------
    >>> address() == addresses()[0]
    True
    """
    return addresses()[0]


def qr(url: str) -> str:
    """An address as a QR code for a terminal, in half blocks.

    Examples
    --------
    >>> len(qr("http://192.168.0.10:8000/").splitlines()) < 20
    True
    """
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def qr_svg(url: str) -> str:
    """The same as an SVG element as wide as its place in a page, dark on white whatever the page's colours, its title the address.

    Examples
    --------
    >>> qr_svg("http://192.168.0.10:8000/").startswith("<svg")
    True
    """
    return segno.make(url, micro=False).svg_inline(omitsize=True, light="white", title=url)


@contextlib.contextmanager
def answering(app: Application, host: str = HERE, port: int = 0) -> Iterator[int]:
    """Let an application answer, in a thread of its own, as long as the block runs.

    Parameters
    ----------
    app : tornado.web.Application
    host : str
        `HERE` for this machine alone, `EVERYWHERE` for its whole network.
    port : int
        0 for any that is free.

    Yields
    ------
    int
        The port.

    Raises
    ------
    CourseError
        When the port is in use, or not ours to take.

    Examples
    --------
    >>> with answering(Application([])) as port:
    ...     socket.create_connection((HERE, port)).close()
    """
    try:
        listening = socket.create_server((host, port), backlog=256)
    except OSError as error:
        raise CourseError(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.") from None
    listening.setblocking(False)
    logging.getLogger("tornado.access").setLevel(logging.ERROR)  # a page that is not there is no news
    ready, ended, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def run() -> None:
        server = HTTPServer(app, idle_connection_timeout=60)  # who says nothing for a minute is let go
        server.add_socket(listening)
        ready.set()
        await ended.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.Runner(loop_factory=lambda: loop).run(run()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield listening.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def _many_files() -> None:
    """Let this process have as many connections as a room opens: macOS gives 256 unless asked."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= soft < 4096:
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096 if hard < 0 else min(4096, hard), hard))


def serve(
    app: Application,
    title: str,
    port: int = 0,
    only_here: bool = False,
    path: str = "/",
    own_page: str = "",
    browser: bool = True,
) -> None:
    """Answer a room until Ctrl-C; print where, with a QR code to point a phone at.

    Parameters
    ----------
    app : tornado.web.Application
    title : str
        What is served, the beginning of a sentence: ``"The kit"``.
    port : int
        0 for any that is free.
    only_here : bool
        Answer this machine alone, to try it; else everybody in its network.
    path : str
        The page that the code leads to.
    own_page : str
        A page for this machine alone; its address is printed.
    browser : bool
        Open that page.

    Raises
    ------
    CourseError
        When the port cannot be used.
    """
    _many_files()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` ends it as Ctrl-C does
    with answering(app, HERE if only_here else EVERYWHERE, port) as port:
        hosts = [HERE] if only_here else addresses()
        url, *others = (f"http://{host}:{port}{path}" for host in hosts)
        if only_here:
            whom = "Only this computer can open it."
        elif hosts == [HERE]:
            whom = "No other device can open it: this computer is in no network. Join the Wi-Fi or switch on a hotspot, then start again."
        else:
            whom = "Everybody in this network can open it, and nobody elsewhere. Allow it when a firewall asks."
        try:
            print(qr(url), f"{title} can be had at {url}", whom, sep="\n")
            for other in others:
                print(f"If that address does not open, try {other}")
            if own_page:
                print(f"For this computer's own screen: http://{HERE}:{port}{own_page}")
                if browser:
                    webbrowser.open(f"http://{HERE}:{port}{own_page}")
            print("Keep this window open; Ctrl-C ends it.", flush=True)
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("\nEnded: nothing is served any more.")
