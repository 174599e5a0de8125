"""Is my set-up right? A line per check: OK, or what to do. The command is `ser doctor`; lesson 00 uses it.

`ser doctor --json` adds the versions that whoever helps you will ask for.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from .. import audio, corpus, features, model, places
from ..corpus import crema_d

PACKAGE = "ser-helpers"  # as pip calls it
LOCK = places.CHECKOUT / "requirements.lock"
OURS = Path(sys.prefix).resolve() == (places.CHECKOUT / ".venv").resolve()  # else conda's, or one's own
AGAIN = "run `python3 start.py` again" if OURS else "update this environment, or start with `python3 start.py`"


class Check(NamedTuple):
    """One line of the report."""

    name: str
    ok: bool
    text: str


def wanted_versions(requirements: Iterable[str]) -> dict[str, SpecifierSet]:
    """Name and versions of every requirement that applies to this Python and system.

    Examples
    --------
    >>> wanted_versions(["numpy>=2.1", "pywin32==3 ; sys_platform == 'nowhere'"])
    {'numpy': <SpecifierSet('>=2.1')>}
    """
    found = map(Requirement, requirements)
    return {canonicalize_name(one.name): one.specifier for one in found if one.marker is None or one.marker.evaluate()}


def _ranges() -> list[str]:
    """This package and what it asks for; the package alone where it only lies on the path."""
    try:
        return [PACKAGE, *(metadata.requires(PACKAGE) or [])]
    except metadata.PackageNotFoundError:
        return [PACKAGE]


def _required() -> tuple[str, list[str]]:
    """What start.py installs exactly; in another environment, the ranges that the course can live with."""
    if OURS:
        lines = LOCK.read_text(encoding="utf-8").splitlines()
        return LOCK.name, [line.removesuffix("\\") for line in lines if line[:1].isalnum()]
    return f"the list of {PACKAGE}", _ranges()


def _installed() -> dict[str, str]:
    return {canonicalize_name(dist.name): dist.version for dist in metadata.distributions()}


def versions() -> dict[str, str]:
    """Python, system, this package and those that it asks for, each with its version.

    Examples
    --------
    >>> versions()["Python"] == platform.python_version()
    True
    """
    here = _installed()
    packages = {name: here.get(name, "missing") for name in wanted_versions(_ranges())}
    return {"Python": platform.python_version(), "system": platform.platform(), **packages}


def _packages() -> Check:
    source, requirements = _required()
    wanted = wanted_versions(requirements)
    here = _installed()
    wrong = [
        f"{name} {here.get(name, 'is missing')} (wanted: {allowed or 'any version'})"
        for name, allowed in wanted.items()
        if name not in here or not allowed.contains(here[name], prereleases=True)
    ]
    if wrong:
        return Check("packages", False, f"{len(wrong)} of {len(wanted)} differ: {', '.join(wrong[:3])}; {AGAIN}")
    return Check("packages", True, f"{len(wanted)} packages as in {source}, Python {sys.version.split()[0]}")


def _kernel_spec() -> tuple[Path, dict]:
    """Folder and content of the kernel that lessons open with."""
    from jupyter_client.kernelspec import KernelSpecManager

    folder = Path(KernelSpecManager().find_kernel_specs()["python3"])
    return folder, json.loads((folder / "kernel.json").read_text(encoding="utf-8"))


def _kernel() -> Check:
    try:
        folder, spec = _kernel_spec()
    except (KeyError, OSError, ValueError):
        return Check("kernel", False, f"Jupyter has no Python kernel here; {AGAIN}")
    python = spec["argv"][0]  # a bare `python` stands for the one that runs Jupyter
    if not python.startswith("python") and not Path(python).exists():
        return Check("kernel", False, f"the kernel's Python {python} is gone; {AGAIN}")
    return Check("kernel", True, f"{spec['display_name']} in {folder}")


def _nbgrader() -> Check:
    from jupyter_core.paths import jupyter_config_path, jupyter_path
    from jupyter_server.extension.config import ExtensionConfigManager
    from jupyterlab_server.config import get_federated_extensions

    panel = get_federated_extensions(jupyter_path("labextensions")).get("@jupyter/nbgrader")
    server = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    if panel is None or not server.get("nbgrader.server_extensions.validate_assignment"):
        return Check("nbgrader", False, f"nbgrader's extension for JupyterLab is missing or switched off; {AGAIN}")
    return Check("nbgrader", True, f"JupyterLab extension {panel['version']} (Validate is above each notebook)")


def _numba() -> Check:
    """Where kernels keep what numba compiles: else librosa's first call takes some ten seconds in each of them."""
    named = os.environ.get("NUMBA_CACHE_DIR") or _kernel_spec()[1].get("env", {}).get("NUMBA_CACHE_DIR")
    folder = Path(named or str(metadata.distribution("librosa").locate_file("librosa")))
    compiled = sum(1 for _ in folder.rglob("*.nbc"))
    if OURS and not (named and compiled and os.access(folder, os.W_OK)):
        return Check("numba cache", False, f"nothing is compiled in {folder}, or it cannot be written; {AGAIN}")
    return Check(
        "numba cache", True, f"{compiled} compiled functions" + ("" if compiled else "; the first use compiles")
    )


def warm_numba() -> None:
    """Load all of librosa and use what compiles: start.py fills the cache with it once, the grader before it forks."""
    import librosa
    import numpy as np

    for part in (librosa, librosa.core, librosa.feature, librosa.util):
        for name in dir(part):  # loaded at their first use; EAGER_IMPORT would do it in an order that can fail
            getattr(part, name)
    noise = np.random.default_rng(0).standard_normal(audio.SAMPLE_RATE).astype(np.float32)
    librosa.feature.mfcc(y=noise, sr=audio.SAMPLE_RATE)
    librosa.yin(y=noise, sr=audio.SAMPLE_RATE, fmin=65, fmax=600)


def _practice() -> Check:
    clips = corpus.clip_table("practice")
    paths = corpus.find_audio(clips)
    wrong = [
        clip
        for clip, path, want in zip(clips["clip"], paths, clips["sha256"], strict=True)
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != want
    ]
    if wrong:
        return Check(
            "practice voices", False, f"{len(wrong)} clips are missing or damaged ({wrong[0]}); fetch the course again"
        )
    return Check("practice voices", True, f"{len(clips)} synthetic clips, hashes as in the manifest")


def _tables() -> Check:
    clips, _, _ = features.load_features()
    model.load_model()
    every = len(corpus.clip_table())
    return Check(
        "tables", True, f"{every:,} clips, features of {len(clips):,}, a trained model that predicts as it should"
    )


def _audio() -> Check:
    """Looks into the files it counts: what lies there under a clip's name is not always a recording."""
    name, fetch = "CREMA-D audio", "`ser fetch --mini` brings real ones"
    folder, variable = crema_d.home()
    dead = [path for path in folder.glob("**/[0-9]*_*_*_*") if path.is_symlink() and not path.exists()]
    if dead:
        return Check(
            name, False, f"{len(dead):,} clips in {folder} are links that lead nowhere ({dead[0].name}); {fetch}"
        )
    if corpus.audio_home() is None:
        return Check(name, True, f"none here, lessons use practice voices; {fetch}")
    clips = corpus.clip_table()
    clips = clips.assign(path=corpus.find_audio(clips))
    here = clips.dropna(subset="path")
    wrong = pd.Series(list(map(_no_recording, here["path"])), dtype=object)
    usable = here[wrong.eq("").to_numpy()]
    said = f"{len(usable):,} of {len(clips):,} clips usable in {folder}"
    if len(usable) < len(here):
        kinds = "; ".join(f"{count:,} {what}" for what, count in wrong[wrong != ""].value_counts().items())
        return Check(name, False, f"{said}: {kinds}. {fetch}")
    if missing := [label for label in corpus.LABELS if label not in set(usable["emotion"])]:
        return Check(name, False, f"{said}, and none is {' or '.join(missing)}: lessons use practice voices. {fetch}")
    return Check(name, True, said)


def _no_recording(path: Path) -> str:
    """What lies in the place of a recording, "" when it looks like one."""
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"version https://git-lfs"):
        return "are pointers instead of audio (a clone or ZIP without Git LFS)"
    if not start.startswith((b"RIFF", b"fLaC")):
        return "are no audio (a web page, or nothing at all)"
    return ""


def _disk() -> Check:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < 1:
        return Check("disk", False, f"{free:.1f} GB free; make room for at least 1 GB")
    return Check("disk", True, f"{free:.0f} GB free")


def checks() -> Iterator[Check]:
    """Every check in turn; one that cannot be carried out is itself something to mend."""
    for name, check in {
        "packages": _packages, "kernel": _kernel, "nbgrader": _nbgrader, "numba cache": _numba,
        "practice voices": _practice, "tables": _tables, "CREMA-D audio": _audio, "disk": _disk,
    }.items():  # fmt: skip
        try:
            yield check()
        except Exception as error:  # whatever is broken, the other lines are wanted too
            yield Check(name, False, f"{error} ({type(error).__name__})")


def report(as_json: bool = False) -> int:
    """Print the report; 0 when all is well, 1 when something must be mended."""
    done = []
    for check in checks():
        done.append(check)
        if not as_json:
            print(f"{'OK  ' if check.ok else 'MEND'} {check.name:16} {check.text}", flush=True)
    if as_json:
        print(json.dumps({"versions": versions(), "checks": [check._asdict() for check in done]}, indent=1))
    return 0 if all(check.ok for check in done) else 1
