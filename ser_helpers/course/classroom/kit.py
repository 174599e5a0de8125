"""`ser kit`: the course in one folder, for a USB stick or a laptop that serves a room, where there is no internet.

The folder holds `course.zip`, the packages of the lock as wheels, recordings, the readable site and one page that says what to
do. `kit.json` says what else: versions, for which computers, and the SHA-256 of each file. start.py reads it.
"""

from __future__ import annotations

import datetime
import errno
import fnmatch
import hashlib
import json
import os
import shlex
import shutil
import struct
import subprocess
import tomllib
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import soundfile
from tqdm import tqdm

from ... import corpus, places
from ...corpus import crema_d
from ...corpus.fetch import select
from ...errors import CourseError
from . import wheels
from .wheels import SYSTEMS, Target, sha256

KIT, COURSE, SHEET = "kit.json", "course.zip", "START-HERE.html"
WHEELS, RECORDINGS, SITE = "wheels", "AudioWAV", "site"
INSTALLERS = "python"  # what a teacher lays there of python.org's installers is part of the kit
PARTS = (COURSE, SHEET, WHEELS, RECORDINGS, SITE, INSTALLERS)
LOCK = "requirements.lock"
TEMPLATES = jinja2.Environment(loader=jinja2.PackageLoader(__name__, "."), autoescape=True, trim_blocks=True)


def make(
    folder: Path,
    platforms: Sequence[str] = tuple(SYSTEMS),
    pythons: Sequence[str] = wheels.PYTHONS,
    recordings: str = "mini",
) -> str:
    """Make a kit, or bring one up to date; run again, it goes on where it stopped.

    Parameters
    ----------
    folder : Path
        A new or empty one, or a kit.
    platforms : sequence of str
        Keys of `wheels.SYSTEMS`.
    pythons : sequence of str
        Of `wheels.PYTHONS`.
    recordings : str
        ``"none"``, ``"mini"`` or ``"all"``; those that are on this disk are taken.

    Returns
    -------
    str
        What it holds, in sentences.

    Raises
    ------
    CourseError
        When the folder holds something else or cannot be written, when the disk is full or the network is cut, or when
        this is no whole course.
    """
    course = places.course_folder()
    if not (course / LOCK).is_file() or not (course / "start.py").is_file():
        raise CourseError(f"A kit is made of the whole course; {course} has no {LOCK}. Take a clone, or its ZIP.")
    _ready(folder)
    try:
        _write(folder, {"complete": False})
        _pack(course, folder)
        stock = wheels.Stock(folder / WHEELS, wheels.read_lock(course / LOCK))
        targets = [Target(system, python) for system in platforms for python in pythons]
        wheels.fetch(stock, targets)
        needed = {target.key: [f"{WHEELS}/{file}" for file in stock.of(target)] for target in targets}
        stock.keep(Path(file).name for files in needed.values() for file in files)
        clips = _take_recordings(folder / RECORDINGS, recordings)
        _take_site(course / SITE, folder / SITE)
        about = {
            "complete": True,
            "made": datetime.date.today().isoformat(),
            "version": tomllib.loads((course / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"],
            "fingerprint": fingerprint(course),
            "recordings": {"asked": recordings, "clips": clips},
            "systems": [SYSTEMS[name].name for name in platforms],
            "pythons": list(pythons),
            "targets": needed,
        }
        (folder / SHEET).write_text(page(folder, about), encoding="utf-8")
        about["files"] = _hashes(folder)
        _write(folder, about)
    except OSError as error:
        raise CourseError(_in_words(error, folder)) from None
    return _summary(folder, about, recordings)


def fingerprint(course: Path) -> str:
    """What start.py's function of this name says of the lock: it changes when what is to be installed changes."""
    return hashlib.sha256((course / LOCK).read_bytes() + (course / "pyproject.toml").read_bytes()).hexdigest()


def _ready(folder: Path) -> None:
    """Refuse a folder that holds something else."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / KIT).is_file():
        raise CourseError(f"{folder} holds other files, and is no kit. Name a folder that is new or empty.")
    places.writable_folder(folder, option="ser kit FOLDER")


def _write(folder: Path, about: dict[str, Any]) -> None:
    part = folder / f"{KIT}.part"
    part.write_text(json.dumps(about, indent=1), encoding="utf-8")
    part.replace(folder / KIT)


def _in_words(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):  # Windows knows no quota
        return f"The disk of {folder} is full. Make room, and give the same command: it goes on where this one stopped."
    return f"{error.filename or folder} cannot be read or written ({error.strerror}). Is the stick still there?"


def course_files(course: Path, kit: Path | None = None) -> list[Path]:
    """What belongs to the course: what git tracks; in a ZIP's folder without git, all but what `.gitignore` names.

    Parameters
    ----------
    course : Path
    kit : Path, optional
        A folder that is left out.

    Returns
    -------
    list of Path
        Relative to the course.

    Examples
    --------
    >>> Path("start.py") in course_files(places.CHECKOUT)
    True
    """
    if (course / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=course, capture_output=True, text=True
        )
        if listed.returncode == 0:
            found = {Path(name) for name in listed.stdout.split("\0") if name}
            return sorted(path for path in found if (course / path).is_file())
    lines = (course / ".gitignore").read_text(encoding="utf-8").split("\n")
    ignored = [line.strip("/").removeprefix("lessons/**/") for line in lines if line and not line.startswith("#")]
    ignored += [".git", SITE]

    def belongs(path: Path) -> bool:
        names = [*path.parts, path.as_posix()]
        return not any(fnmatch.fnmatch(name, pattern) for name in names for pattern in ignored)

    files = [Path(root, name) for root, _, names in os.walk(course) for name in names]
    files = [path for path in files if not (kit and path.resolve().is_relative_to(kit.resolve()))]
    return sorted(filter(belongs, (path.relative_to(course) for path in files)))


def _pack(course: Path, kit: Path) -> None:
    """The course as a ZIP that unpacks into one folder."""
    part = kit / f"{COURSE}.part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in tqdm(course_files(course, kit), desc="The course", unit=" files"):
            archive.write(course / path, Path("ser-course", path))
    part.replace(kit / COURSE)


def _take_recordings(folder: Path, which: str) -> int:
    """Copy the recordings that are on this disk, as the official WAV files that they are; says how many are there."""
    clips = select(mini=which == "mini", everything=which == "all") if which != "none" else select(mini=True)[:0]
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.stem not in set(clips["clip"]):
            path.unlink()
    found = corpus.find_audio(clips) if len(clips) else pd.Series(dtype=object)
    taken = 0
    for row in tqdm(clips.assign(path=found).itertuples(), total=len(clips), desc="Recordings", unit=" clips"):
        target = folder / f"{row.clip}.wav"
        if target.is_file() and sha256(target) == row.sha256:
            taken += 1
        elif (
            isinstance(row.path, Path | str)
            and hashlib.sha256(wav := _official(Path(row.path))).hexdigest() == row.sha256
        ):
            folder.mkdir(exist_ok=True)
            target.write_bytes(wav)
            taken += 1
        else:
            target.unlink(missing_ok=True)
    return taken


def _official(path: Path) -> bytes:
    """A recording as CREMA-D's own file: 16 kHz mono 16 bit behind a header of 44 bytes. Some keep them as FLAC."""
    if path.suffix.lower() == ".wav":
        return path.read_bytes()
    samples, rate = soundfile.read(path, dtype="int16")
    sound = samples.astype("<i2").tobytes()
    form = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return form + struct.pack("<4sI", b"data", len(sound)) + sound


def _take_site(site: Path, target: Path) -> None:
    """Take the readable site along if it was built."""
    shutil.rmtree(target, ignore_errors=True)
    if (site / "index.html").is_file():
        shutil.copytree(site, target)


def _hashes(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and hash of each file that is part of the kit, as they are on its disk."""
    found = [path for part in PARTS for path in (folder / part, *(folder / part).rglob("*"))]
    paths = [path for path in found if path.is_file() and not path.name.startswith(".")]  # macOS adds hidden ones
    with ThreadPoolExecutor() as pool:
        values = list(tqdm(pool.map(sha256, paths), total=len(paths), desc="Hashes", unit=" files"))
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": value}
        for path, value in zip(paths, values, strict=True)
    }


def page(folder: Path, about: dict[str, Any], address: str = "", qr: str = "") -> str:
    """The one page of a kit: what a learner does, with the stick or with the address of the laptop that serves it."""
    installers = sorted(path.relative_to(folder).as_posix() for path in (folder / INSTALLERS).glob("*"))
    return TEMPLATES.get_template("kit.html.j2").render(
        address=address, qr=qr, installers=installers, recordings=about["recordings"]["clips"],
        megabytes=round((folder / COURSE).stat().st_size / 1e6), site=(folder / SITE / "index.html").is_file(),
        licence=crema_d.CREMA_D.licence, attribution=crema_d.CREMA_D.attribution,
        **{name: about[name] for name in ("pythons", "systems", "version", "made")},
    )  # fmt: skip


def typed(path: Path) -> str:
    """A path as it is typed in a terminal.

    Examples
    --------
    >>> typed(Path("ser-kit"))
    'ser-kit'
    """
    return (subprocess.list2cmdline if os.name == "nt" else shlex.join)([str(path)])


def _summary(folder: Path, about: dict[str, Any], asked: str) -> str:
    size = sum(file["bytes"] for file in about["files"].values()) / 1e9
    lines = [
        f"{folder} is complete: {size:.1f} GB for {', '.join(about['systems'])}, Python {', '.join(about['pythons'])}.",
        f"It opens with {SHEET}. Copy the whole folder to a stick, or serve it: ser kit --serve {typed(folder)}",
    ]
    clips, wanted = about["recordings"]["clips"], {"none": 0, "mini": 546, "all": 7442}[asked]
    if clips < wanted:
        lines.append(
            f"{clips:,} of {wanted:,} recordings were on this disk, and are in it. For the others: ser fetch --{asked}, "
            "then the same command again."
        )
    if not (folder / SITE).is_dir():
        lines.append("The readable site was not built, and is not in it: ser site, then the same command again.")
    return "\n".join(lines)


def read(folder: Path) -> dict[str, Any]:
    """What a kit's `kit.json` says, after every file was compared with it.

    Raises
    ------
    CourseError
        When there is no kit, it is not finished, or a file is missing or damaged; the sentence names it.
    """
    try:
        about = json.loads((folder / KIT).read_text(encoding="utf-8"))
        files = about["files"] if about["complete"] else None
    except (OSError, ValueError, KeyError, TypeError):
        raise CourseError(f"{folder} is no kit, or its {KIT} is damaged. Make one: ser kit {typed(folder)}") from None
    if files is None:
        raise CourseError(f"The kit in {folder} is not finished. Finish it: ser kit {typed(folder)}")
    with ThreadPoolExecutor() as pool:
        paths = [folder / name for name in files]
        values = list(pool.map(lambda path: sha256(path) if path.is_file() else "", paths))
    wrong = {name: value for (name, file), value in zip(files.items(), values, strict=True) if value != file["sha256"]}
    if wrong:
        missing = [name for name, value in wrong.items() if not value]
        what = (
            f"{len(missing)} files are missing from"
            if len(missing) == len(wrong)
            else f"{len(wrong)} files are damaged in"
        )
        raise CourseError(
            f"{what} the kit in {folder}: {', '.join([*wrong][:3])}{' ...' if len(wrong) > 3 else ''}. "
            f"Mend it: ser kit {typed(folder)}"
        )
    return about
