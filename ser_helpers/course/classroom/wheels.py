"""The packages of the lock as files, for computers that are not this one: which wheels each needs, and fetching them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename
from tqdm import tqdm

from ...errors import CourseError

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
A_BATCH = 16  # packages that pip fetches at a time: what it has fetched stays when the next batch fails
OLDEST_GLIBC, OLDEST_MACOS = 28, (14, 0)  # of systems of 2018 and 2023: onnxruntime has no packages for older ones


class System(NamedTuple):
    """A kind of computer: how a person, start.py, wheels and the lock's conditions call it."""

    name: str
    known_to_start: str
    platforms: list[str]
    markers: dict[str, str]


SYSTEMS = {
    "linux": System(
        "Linux on x86_64",
        "Linux-x86_64",
        [f"manylinux_2_{minor}_x86_64" for minor in range(OLDEST_GLIBC, 4, -1)]
        + [f"manylinux{year}_x86_64" for year in ("2014", "2010", "1")],
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"},
    ),
    "macos": System(
        "macOS on Apple silicon",
        "Darwin-arm64",
        list(mac_platforms(OLDEST_MACOS, "arm64")),
        {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"},
    ),
    "windows": System(
        "Windows on x64",
        "Windows-AMD64",
        ["win_amd64"],
        {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"},
    ),
}
# What pip prints, and what it means to a person; the first that fits counts.
TROUBLES = {
    "Errno 28]": "The disk is full. Make room, or choose a folder on another disk.",
    "DO NOT MATCH THE HASHES": "A download was damaged on its way.",
    "NewConnectionError": "The network cannot be reached.",
    "ProxyError": "The network cannot be reached: the proxy does not answer.",
    "connection broken": "The network was cut.",
    "timed out": "The network is too slow or blocked.",
    "No module named pip": "This Python has no pip. Run it as `python3 start.py kit`.",
}


class Target(NamedTuple):
    """A system with a Python."""

    system: str
    python: str

    @property
    def key(self) -> str:
        """As start.py names the computer on which it runs.

        Examples
        --------
        >>> Target("windows", "3.12").key
        'Windows-AMD64-3.12'
        """
        return f"{SYSTEMS[self.system].known_to_start}-{self.python}"

    def rank(self) -> dict[Tag, int]:
        """Which kinds of wheels it takes, the most fitting first."""
        version, platforms = tuple(map(int, self.python.split("."))), SYSTEMS[self.system].platforms
        interpreter = "cp" + self.python.replace(".", "")
        tags = [*cpython_tags(version, [interpreter], platforms), *compatible_tags(version, interpreter, platforms)]
        return {tag: place for place, tag in enumerate(tags)}

    def needs(self, package: Package) -> bool:
        """Whether the lock's condition holds for it."""
        marker = package.requirement.marker
        version = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        cpython = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        return marker is None or marker.evaluate({**SYSTEMS[self.system].markers, **version, **cpython})

    def pip_options(self) -> list[str]:
        """The same for `pip download`."""
        platforms = [f"--platform={tag}" for tag in SYSTEMS[self.system].platforms]
        abis = [f"--abi={abi}" for abi in ("cp" + self.python.replace(".", ""), "abi3", "none")]
        return [*platforms, *abis, f"--python-version={self.python}", "--implementation=cp"]


class Package(NamedTuple):
    """An entry of a lock."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        """As wheels are called."""
        return canonicalize_name(self.requirement.name)

    def line(self) -> str:
        """The entry without its condition, which pip would ask of this computer."""
        hashes = " ".join(f"--hash=sha256:{value}" for value in sorted(self.hashes))
        return f"{self.requirement.name}{self.requirement.specifier} {hashes}"


def read_lock(lock: Path) -> list[Package]:
    """The entries of a lock.

    Examples
    --------
    >>> from ser_helpers import places
    >>> {"numpy", "jupyterlab"} <= {package.name for package in read_lock(places.CHECKOUT / "requirements.lock")}
    True
    """
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    return [
        Package(Requirement(entry.split(" \\\n")[0]), frozenset(re.findall(r"sha256:(\w+)", entry)))
        for entry in entries
    ]


def sha256(path: Path) -> str:
    """A file's SHA-256, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Stock:
    """A folder of wheels.

    Parameters
    ----------
    folder : Path
    packages : list of Package
        What the wheels are of; a file that is none of theirs, damaged or of another version is removed.
    """

    def __init__(self, folder: Path, packages: list[Package]):
        self.folder, self.packages = folder, packages
        self.hashes = {value for package in packages for value in package.hashes}
        self.known: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self.look()

    def look(self) -> None:
        """Take in what has come."""
        for path in self.folder.iterdir():
            if path.name not in self.known:
                if (value := sha256(path)) in self.hashes:
                    self.known[path.name] = value
                else:
                    path.unlink()

    def wheel(self, package: Package, rank: dict[Tag, int]) -> str | None:
        """The file that serves a target best, None when there is none."""
        fitting = []
        for file, value in self.known.items():
            if value in package.hashes:
                places = [rank[tag] for tag in parse_wheel_filename(file)[3] if tag in rank]
                fitting += [(min(places), file)] if places else []
        return min(fitting)[1] if fitting else None

    def lacks(self, target: Target) -> list[Package]:
        """What is to be fetched for a target."""
        rank = target.rank()
        return [one for one in self.packages if target.needs(one) and not self.wheel(one, rank)]

    def of(self, target: Target) -> list[str]:
        """The files that a target needs."""
        rank = target.rank()
        return sorted(filter(None, (self.wheel(one, rank) for one in self.packages if target.needs(one))))

    def keep(self, files: Iterable[str]) -> None:
        """Remove the others."""
        for file in self.known.keys() - set(files):
            (self.folder / file).unlink()
            del self.known[file]


def fetch(stock: Stock, targets: Sequence[Target]) -> None:
    """Bring what the targets need into the stock, by pip from where this computer's pip has its packages.

    Raises
    ------
    CourseError
        When pip cannot; what it has brought stays.
    """
    with tqdm(total=len(targets) * len(stock.packages), unit=" packages") as bar:
        for number, target in enumerate(targets, start=1):
            bar.set_description(f"{SYSTEMS[target.system].name}, Python {target.python}")
            waiting = stock.lacks(target)
            bar.update(number * len(stock.packages) - len(waiting) - bar.n)
            for begin in range(0, len(waiting), A_BATCH):
                for _ in _download(waiting[begin : begin + A_BATCH], target, stock.folder):
                    bar.update()
                stock.look()
            if missing := stock.lacks(target):
                raise CourseError(f"pip brought no package for {target.key}: {', '.join(one.name for one in missing)}.")


def _download(packages: list[Package], target: Target, folder: Path) -> Iterator[str]:
    """Run pip; yields a line for each package that it begins with."""
    words = "-m pip --disable-pip-version-check download --no-input --only-binary :all: --no-deps --require-hashes"
    printed = []
    with tempfile.TemporaryDirectory() as place:
        lock = Path(place, "requirements.lock")
        lock.write_text("\n".join(package.line() for package in packages), encoding="utf-8")
        command = [sys.executable, *words.split(), *target.pip_options(), "-r", str(lock), "-d", str(folder)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                printed.append(line.rstrip())
                if line.startswith("Collecting"):
                    yield line
    if process.returncode:
        raise CourseError(_in_words("\n".join(printed), target))


def _in_words(printed: str, target: Target) -> str:
    """Why pip failed."""
    if said := next((sentence for sign, sentence in TROUBLES.items() if sign in printed), ""):
        return f"{said} The same command goes on where this one stopped."
    if found := re.search(r"No matching distribution found for (\S+)", printed):
        return (
            f"There is no ready-made package of {found[1]} for {SYSTEMS[target.system].name} with Python "
            f"{target.python} where pip looks. Leave that Python or system out with --pythons or --platforms."
        )
    return "pip failed. Its last lines were:\n" + "\n".join(printed.splitlines()[-4:])
