"""How often a model that may doubt gives no label to a true voice: each clip asked of the fold that has not heard its speaker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import joblib
import pandas as pd

from .. import audio, places
from .. import corpus as corpora
from ..errors import CourseError
from ..model import Classifier, Recipe, named
from .chains import Fold, fit_folds, unheard, with_audio
from .metrics import mean_interval
from .results import RESULTS, result_path

SUFFIX = "_refused.csv.gz"


def run_refusals(
    corpus: str | Path = "crema-d",
    recipe: str | Recipe = "everyday",
    folds: Sequence[Fold] | None = None,
    quick: bool = False,
    folder: Path = RESULTS,
    n_jobs: int = -1,
    progress: bool = True,
) -> pd.DataFrame:
    """Ask about every clip as it is, and keep why there was no label; `measured` counts it by groups for the card.

    Parameters
    ----------
    corpus : str or Path
    recipe : str or Recipe
        One that may refuse, as everyday does.
    folds : sequence of Fold, optional
        From `read_folds`; trained here if not given.
    quick : bool
        The speakers of one fold only; nothing is written.
    folder : Path
        Gets the file that `load_refusals` reads.
    n_jobs : int
        Worker processes; any number gives the same answers.
    progress : bool

    Returns
    -------
    DataFrame
        A row per clip: clip, speaker, fold, and reason ("" where there was a label).

    Raises
    ------
    CourseError
        When the recipe always gives a label, there is no audio of the corpus, or the folder cannot be written.
    """
    from tqdm import tqdm

    part, recipe = corpora.named(corpus), named(recipe)
    if not hasattr(recipe, "answered"):
        raise CourseError(
            f"{recipe.name} gives a label to every voice, so there is nothing to count. everyday may refuse."
        )
    clips, path = with_audio(part), result_path(part.name, recipe.name, folder, SUFFIX)
    if not quick:
        places.writable_folder(path.parent, option="--out")
    folds = fit_folds(recipe, part.name, n_jobs=n_jobs, quick=quick) if folds is None else folds[: 1 if quick else None]
    if quick:
        clips = clips[~clips["speaker"].isin(folds[0].heard)]
    asked = clips[["clip", "speaker"]].assign(fold=unheard(folds, clips["speaker"]))
    reasons = joblib.Parallel(n_jobs=n_jobs, return_as="generator", batch_size=16)(
        joblib.delayed(_reason)(recipe, folds[fold].model, path)
        for fold, path in zip(asked["fold"], clips["path"], strict=True)
    )
    asked["reason"] = list(tqdm(reasons, total=len(asked), unit="clip", desc="Asking", disable=not progress))
    if not quick:
        asked.to_csv(path, index=False, compression={"method": "gzip", "mtime": 0})
    return asked


def _reason(recipe: Recipe, model: Classifier, path: str | Path) -> str:
    return recipe.answered(model, audio.read_clip(path))[1]  # type: ignore[attr-defined]


def load_refusals(corpus: str = "crema-d", recipe: str | Recipe = "everyday", folder: Path = RESULTS) -> pd.DataFrame:
    """What `run_refusals` kept; no rows where it was not measured.

    Examples
    --------
    >>> asked = load_refusals()
    >>> len(asked), bool((asked["reason"] != "").mean() < 0.05)
    (6130, True)
    """
    path = result_path(corpus, named(recipe).name, folder, SUFFIX)
    if not path.exists():
        return pd.DataFrame({"clip": [], "speaker": [], "fold": [], "reason": []})
    return pd.read_csv(path, keep_default_na=False)


def refusals_text(asked: pd.DataFrame) -> str:
    """How many clips got no label, and for which reasons, as a person reads it.

    Examples
    --------
    >>> reasons = ["", "No voice is heard in it. Come closer.", "", ""]
    >>> print(refusals_text(pd.DataFrame({"speaker": [1, 1, 2, 2], "reason": reasons})))
    No label for 1 of 4 clips of 2 speakers: 25.0 % (0.0 to 50.0, 95 % interval over speakers).
         1  No voice is heard in it
    """
    refused = asked["reason"] != ""
    mean, low, high = (100 * share for share in mean_interval(refused, asked["speaker"]))
    why = asked.loc[refused, "reason"].str.split(r"[.,:]", n=1, regex=True).str[0].value_counts()
    return "\n".join(
        [
            f"No label for {refused.sum():,} of {len(asked):,} clips of {asked['speaker'].nunique()} speakers: "
            f"{mean:.1f} % ({low:.1f} to {high:.1f}, 95 % interval over speakers).",
            *(f"{n:6,}  {reason}" for reason, n in why.items()),
        ]
    )
