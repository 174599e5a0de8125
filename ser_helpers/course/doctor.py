"""Is my set-up right? A line per check: OK, or what to do. The command is `ser doctor`; lesson 00 uses it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from .. import corpus, features, model

ROOT = corpus.DATA.parent
AGAIN = "run `python3 start.py` again"


class Check(NamedTuple):
    """One line of the report."""

    name: str
    ok: bool
    text: str


def locked_versions(lock: Path) -> dict[str, str]:
    """Package and version of every line of a lock that applies to this Python and system."""
    versions = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#", "-")):
            wanted = Requirement(line.removesuffix("\\").strip())
            if wanted.marker is None or wanted.marker.evaluate():
                versions[wanted.name] = str(wanted.specifier).removeprefix("==")
    return versions


def _versions() -> Check:
    lock = ROOT / "requirements.lock"
    if not lock.exists():
        return Check("packages", False, "requirements.lock is missing; fetch the course again")
    here = {dist.name.lower().replace("_", "-"): dist.version for dist in metadata.distributions()}
    locked = locked_versions(lock)
    other = [
        f"{name} {here.get(name, 'missing')} (lock: {want})" for name, want in locked.items() if here.get(name) != want
    ]
    if other:
        return Check("packages", False, f"{len(other)} of {len(locked)} differ: {', '.join(other[:3])}; {AGAIN}")
    return Check("packages", True, f"{len(locked)} packages as in requirements.lock, Python {sys.version.split()[0]}")


def _kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().find_kernel_specs().get("python3")
    if spec is None:
        return Check("kernel", False, f"Jupyter has no Python kernel here; {AGAIN}")
    kernel = json.loads((Path(spec) / "kernel.json").read_text(encoding="utf-8"))
    python = shutil.which(kernel["argv"][0]) or kernel["argv"][0]
    if kernel["argv"][0] != "python" and not Path(python).exists():
        return Check("kernel", False, f"the kernel's Python {python} is gone; {AGAIN}")
    return Check("kernel", True, f"{kernel['display_name']} in {spec}")


def _nbgrader() -> Check:
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions

    found = get_federated_extensions(jupyter_path("labextensions")).get("@jupyter/nbgrader")
    if found is None:
        return Check("nbgrader", False, f"nbgrader's extension for JupyterLab is missing; {AGAIN}")
    return Check("nbgrader", True, f"JupyterLab extension {found['version']} (Validate is in its menu)")


def _numba() -> Check:
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    if not folder:
        return Check(
            "numba cache", False, "NUMBA_CACHE_DIR is not set, so librosa compiles anew; open with `python3 start.py`"
        )
    if not os.access(folder, os.W_OK):
        return Check("numba cache", False, f"{folder} cannot be written; {AGAIN}")
    compiled = sum(1 for _ in Path(folder).rglob("*.nbc"))
    if not compiled:
        return Check("numba cache", False, f"nothing is compiled yet in {folder}; {AGAIN}")
    return Check("numba cache", True, f"{compiled} compiled functions")


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
    return Check("tables", True, f"7,442 clips, features of {len(clips):,}, a trained model that predicts as it should")


def _audio() -> Check:
    home = corpus.audio_home()
    if home is None:
        return Check(
            "CREMA-D audio", True, "none here, lessons use practice voices; `ser fetch --mini` brings real ones"
        )
    found = corpus.find_audio(corpus.clip_table()).notna().sum()
    return Check("CREMA-D audio", True, f"{found:,} of 7,442 clips in {home}")


def _disk() -> Check:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < 1:
        return Check("disk", False, f"{free:.1f} GB free; make room for at least 1 GB")
    return Check("disk", True, f"{free:.0f} GB free")


def checks() -> Iterator[Check]:
    """Every check in turn; one that cannot be carried out is itself something to mend."""
    for name, check in {
        "packages": _versions, "kernel": _kernel, "nbgrader": _nbgrader, "numba cache": _numba,
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
        print(json.dumps([check._asdict() for check in done], indent=1))
    return 0 if all(check.ok for check in done) else 1
