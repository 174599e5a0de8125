"""Bring CREMA-D's recordings to this disk, each one checked against its official hash. The command is `ser fetch`."""

from __future__ import annotations

import errno
import importlib.util
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pandas as pd
import pooch
import requests
import urllib3
from requests.adapters import HTTPAdapter
from tqdm import tqdm
from urllib3.util import Retry

from .. import places
from ..errors import CourseError
from .crema_d import CREMA_D, HOMES, RENAMED, home

OFFICIAL, MIRROR = (source.address for source in CREMA_D.sources())
MINI_SENTENCE = "DFA"  # every actor said it in all six emotions
PARTIAL = ".partial"  # unfinished clips live here and nowhere else
ROUNDS = 2  # what failed is asked for once more when all else is there
HOPELESS = 16  # so many failures in a row: the quota is used up or the network is down
ABSENT = 200  # so many clips that are not there, and none that is: the address is a wrong one
ELSEWHERE = (
    f"Try again tomorrow, or another source: --from {MIRROR}, or --from with a classmate's or teacher's address."
)


def _unseen(folder: Path) -> str:
    """A sentence when the lessons would not find what is in the folder."""
    place, variable = home()
    if folder.resolve() in (place.resolve(), (place / "AudioWAV").resolve()):
        return ""
    return f"The lessons look in {place}{f' ({variable})' if variable else ''}: set {HOMES[0]} to {folder} for them."


class Refused(Exception):
    """The server answered, but not with audio; asking again at once would not help."""


class NotThere(Refused):
    """The server does not have this clip; it may have the next one."""


@dataclass
class FetchReport:
    """What became of each clip."""

    folder: Path
    done: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: str = ""

    @property
    def complete(self) -> bool:
        """Whether every clip that was asked for is there."""
        return not (self.failed or self.stopped)

    def as_dict(self) -> dict:
        """For --json."""
        counts = {"done": len(self.done), "already": len(self.already)}
        return {"folder": str(self.folder), **counts, "failed": self.failed, "stopped": self.stopped}

    def sentence(self) -> str:
        """For people."""
        lines = [f"{len(self.done):,} clips fetched, {len(self.already):,} were there, in {self.folder}."]
        for reason, clips in pd.Series(self.failed, dtype=object).groupby(self.failed.get):
            lines.append(
                f"{len(clips):,} failed ({', '.join(clips.index[:3])}{' ...' if len(clips) > 3 else ''}): {reason}"
            )
        lines += [self.stopped] if self.stopped else []
        if not self.complete:
            lines.append("The same command goes on where this one stopped.")
        lines += [unseen] if (unseen := _unseen(self.folder)) else []
        return "\n".join(lines)


def select(actors: list[int] | None = None, mini: bool = False, everything: bool = False) -> pd.DataFrame:
    """The clips to fetch: some actors', the mini set (every actor, one sentence, six emotions) or all.

    Examples
    --------
    >>> len(select(actors=[1001])), len(select(mini=True)), len(select(everything=True))
    (82, 546, 7442)
    """
    clips = CREMA_D.table()
    if everything:
        return clips
    if mini:
        return clips[clips["sentence"] == MINI_SENTENCE]
    unknown = sorted(set(actors or []) - set(clips["actor_id"].tolist()))
    if unknown or not actors:
        raise CourseError(f"There is no actor {', '.join(map(str, unknown))}: CREMA-D's are 1001 to 1091.")
    return clips[clips["actor_id"].isin(actors)]


class _Source:
    """One address that serves clips: keeps connections, looks at what comes, counts bytes, stops when told to."""

    def __init__(self, base: str, timeout: float, bar: tqdm):
        self.base, self.timeout, self.bar = base.rstrip("/") + "/", timeout, bar
        self.stop = threading.Event()
        busy = (429, 500, 502, 503, 504)  # asked again with growing pauses, or when Retry-After says
        retry = Retry(connect=0, read=0, status=4, backoff_factor=0.5, backoff_jitter=0.5, status_forcelist=busy)
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=retry, pool_maxsize=16))

    def __call__(self, url: str, output_file: str, _pooch) -> None:
        """Called by pooch, which checks the hash of what this writes and calls again after a broken transfer."""
        folder, _, file = url.rpartition("/")
        get = self._copy if url.startswith("file:") else self._get
        try:
            get(url, output_file)
        except NotThere:  # an old copy may have it by its old name
            if not (old := RENAMED.get(file.removesuffix(".wav"))):
                raise
            get(f"{folder}/{old}.wav", output_file)

    def _copy(self, url: str, output_file: str) -> None:
        path = Path(url2pathname(urlsplit(url).path))
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise NotThere(f"{path.parent} does not have it.") from None
        _look_at(content)
        Path(output_file).write_bytes(content)
        self.bar.update(len(content))

    def _get(self, url: str, output_file: str) -> None:
        started, written = time.monotonic(), 0
        try:
            with self.session.get(url, stream=True, timeout=self.timeout) as answer, open(output_file, "wb") as stream:
                if answer.status_code >= 400:
                    raise (NotThere if answer.status_code == 404 else Refused)(
                        f"the server answers {answer.status_code} {answer.reason}. {ELSEWHERE}"
                    )
                for chunk in _as_it_comes(answer):
                    if not written:
                        _look_at(chunk)
                    written += stream.write(chunk)
                    self.bar.update(len(chunk))
                    if self.stop.is_set():
                        raise Refused("stopped")
                    if time.monotonic() - started > 6 * self.timeout:
                        raise requests.Timeout("too slow")
        except requests.exceptions.RetryError:
            raise Refused(f"the server keeps answering that it is busy or broken. {ELSEWHERE}") from None
        except (ValueError, requests.RequestException):
            self.bar.update(-written)
            raise


def _as_it_comes(answer: requests.Response) -> Iterator[bytes]:
    """The body in pieces of any size: waiting for full ones, as `iter_content` does, would hide a trickle."""
    try:
        yield from iter(lambda: answer.raw.read1(65536, decode_content=True), b"")
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.Timeout(error) from None
    except urllib3.exceptions.ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from None


def _look_at(start: bytes) -> None:
    """Refuse what servers send in the place of audio."""
    head = start[:200].lstrip().lower()
    if head.startswith(b"version https://git-lfs"):
        raise Refused(f"the server sends Git LFS pointers instead of audio: its LFS quota is used up. {ELSEWHERE}")
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"{")):
        raise Refused(f"the server sends a web page instead of audio (a quota or login page). {ELSEWHERE}")


def fetch(
    clips: pd.DataFrame,
    folder: str | Path | None = None,
    base: str | None = None,
    workers: int = 8,
    timeout: float = 20,
    progress: bool = True,
    bar: Callable[..., tqdm] = tqdm,
) -> FetchReport:
    """Download clips, going on where an earlier run stopped.

    Parameters
    ----------
    clips : DataFrame
        Rows of `corpus.clip_table`: clip, sha256, bytes.
    folder : str or Path, optional
        Where the WAV files go; ``AudioWAV`` in the user's cache if not given.
    base : str, optional
        A folder with ``<clip>.wav``, a kit, or an address that serves either, as ``ser kit --serve`` does; CREMA-D's own if not given.
    workers : int
        Downloads at a time.
    timeout : float
        Seconds without a byte after which a transfer is broken off and tried again; one that only trickles gets six
        times as long for a clip.
    progress : bool
        Print the licence, and show a bar with speed and time left.
    bar : callable
        Makes that bar, as tqdm does: a notebook has another.

    Returns
    -------
    FetchReport
        A clip has its name only when its SHA-256 is right; everything else has a reason.

    Raises
    ------
    CourseError
        When the address is none, the way there is a proxy that cannot be used, the folder cannot be written or the
        disk has too little room.

    Notes
    -----
    pooch checks hashes and repeats broken transfers; urllib3 waits and asks again after 429 and 5xx.
    """
    base = _address(base) if base else OFFICIAL
    folder = Path(folder) if folder else places.cache_folder("crema-d") / "AudioWAV"
    _refuse_a_socks_proxy(base)
    report = FetchReport(folder)
    partial = _ready(folder)
    try:
        todo = _missing(clips, folder, report)
        need = _room(todo, folder)
        if len(todo):
            if progress:
                print(CREMA_D.licence, CREMA_D.attribution)
            with bar(total=need, unit="B", unit_scale=True, desc="CREMA-D", disable=not progress) as shown:
                _fetch_all(todo, folder, partial, _Source(base, timeout, shown), workers, report)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return report


def _address(base: str) -> str:
    if Path(base).is_dir():
        return next(folder for folder in (Path(base, "AudioWAV"), Path(base)) if folder.is_dir()).resolve().as_uri()
    if not (urlsplit(base).scheme in ("http", "https") and urlsplit(base).hostname):
        raise CourseError(
            f"{base!r} is no address and no folder: http:// or https:// and a server's name were expected."
        )
    return base


def _proxy(base: str) -> str:
    """The proxy that stands between here and an address, "" when there is none."""
    return requests.utils.select_proxy(base, requests.utils.get_environ_proxies(base)) or ""


def _refuse_a_socks_proxy(base: str) -> None:
    """requests speaks to one only with the help of another package, and fails at each clip without it."""
    proxy = "" if base.startswith("file:") else _proxy(base)
    if proxy.lower().startswith("socks") and not importlib.util.find_spec("socks"):
        raise CourseError(
            f"The proxy {proxy} is a SOCKS proxy, which cannot be used here. Set HTTPS_PROXY to an http:// one, unset "
            "ALL_PROXY, or install PySocks in this environment."
        )


def _room(todo: pd.DataFrame, folder: Path) -> int:
    """How many bytes are to come, when there is room for them."""
    free, need = shutil.disk_usage(folder).free, int(todo["bytes"].sum())
    if free < need + 50e6:
        raise CourseError(
            f"{folder} has {free / 1e6:.0f} MB free and {need / 1e6:.0f} MB are needed. Make room, or choose "
            "another folder with --to."
        )
    return need


def _ready(folder: Path) -> Path:
    """Make the folder, and empty its corner for unfinished clips, where a killed run may have left some."""
    partial = places.writable_folder(folder, option="--to") / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    return partial


def _missing(clips: pd.DataFrame, folder: Path, report: FetchReport) -> pd.DataFrame:
    """The clips that are not there with the right size and hash."""

    def is_there(row) -> bool:
        path = folder / f"{row.clip}.wav"
        return path.is_file() and path.stat().st_size == row.bytes and pooch.file_hash(path) == row.sha256

    with ThreadPoolExecutor() as pool:
        there = pd.Series(list(pool.map(is_there, clips.itertuples())), index=clips.index, dtype=bool)
    report.already = clips.loc[there, "clip"].tolist()
    return clips[~there]


def _fetch_all(todo, folder: Path, partial: Path, source: _Source, workers: int, report: FetchReport) -> None:
    pooch.get_logger().setLevel("ERROR")  # pooch would print a line per clip
    registry = {f"{clip}.wav": f"sha256:{sha}" for clip, sha in zip(todo["clip"], todo["sha256"], strict=True)}
    stock = pooch.create(path=partial, base_url=source.base, registry=registry, retry_if_failed=3)

    def one(clip: str) -> bool:
        if source.stop.is_set():
            return False
        Path(stock.fetch(f"{clip}.wav", downloader=source)).replace(folder / f"{clip}.wav")
        return True

    waiting = todo["clip"].tolist()
    for _ in range(ROUNDS):
        if waiting and not report.stopped:
            _round(one, waiting, source, workers, report)
        waiting = list(report.failed) if report.done else []


def _round(one, clips: list[str], source: _Source, workers: int, report: FetchReport) -> None:
    """Ask for each clip, several at a time, and note what became of it."""
    came = in_a_row = absent = 0
    pool = ThreadPoolExecutor(workers)
    jobs = {pool.submit(one, clip): clip for clip in clips}
    try:
        for job in as_completed(jobs):
            if source.stop.is_set():
                break
            error = job.exception()
            if error is None:
                came, in_a_row = came + 1, 0
                continue
            reason, hopeless = _reason(error, source.base)
            report.failed[jobs[job]] = reason
            if isinstance(error, NotThere):
                absent += 1
            else:
                in_a_row += 1
            if hopeless or in_a_row >= HOPELESS or (absent >= ABSENT and not came):
                report.stopped = f"Stopped early: {reason}"
                source.stop.set()
    except KeyboardInterrupt:
        report.stopped = "Stopped by Ctrl-C."
        source.stop.set()
    finally:
        pool.shutdown(cancel_futures=True)
    done = [clip for job, clip in jobs.items() if not (job.cancelled() or job.exception()) and job.result()]
    report.done += done
    report.failed = {clip: reason for clip, reason in report.failed.items() if clip not in done}


def _reason(error: BaseException, base: str) -> tuple[str, bool]:
    """Why a clip failed, in words, and whether going on is pointless."""
    if isinstance(error, Refused):
        return str(error), False
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "the disk is full. Make room, or choose another folder with --to.", True
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS):
        return "the folder cannot be written any more. Choose another with --to.", True
    if isinstance(error, requests.exceptions.Timeout):
        return "the server went silent, four times in a row.", False
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "the transfer broke off, four times in a row.", False
    if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidProxyURL):
        return f"the proxy {_proxy(base)} cannot be reached. Correct HTTPS_PROXY, or unset it.", False
    if isinstance(error, requests.exceptions.ConnectionError):
        timed_out = "Read timed out" in str(error)
        return (
            "the server went silent, four times in a row."
            if timed_out
            else f"{base} cannot be reached. Is the network up?"
        ), False
    if isinstance(error, ValueError) and not isinstance(
        error, requests.RequestException
    ):  # pooch: the hash is another one
        return "what came is not the official recording (its SHA-256 differs), four times in a row.", False
    return f"{error} ({type(error).__name__})", False
