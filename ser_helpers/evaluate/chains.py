"""What a recording's way does to the answers: a recipe on clips of speakers it has not heard, taken through each chain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from .. import audio, features, places
from .. import corpus as corpora
from ..audio import Chain
from ..corpus import Corpus
from ..errors import CourseError
from ..features.base import FeatureSet
from ..features.compute import stack
from ..model import Classifier, Recipe, calibrate_folds, fit_all, load, makes_copies, named, version_of
from .metrics import accuracy, actor_interval, calibration, confusion, ece, interval_over, recall, uar
from .protocols import N_FOLDS, PROTOCOLS, answers, splits
from .results import HOW_TRAINED, RESULTS

VANISHED = 0.1  # of the answers that a label has on untouched clips
CLIPS_PER_SPEAKER = 20


@dataclass(frozen=True)
class Fold:
    """A fitted model, and the speakers it was trained on."""

    model: Classifier
    heard: frozenset[str]


def sample_clips(clips: pd.DataFrame, per_speaker: int = CLIPS_PER_SPEAKER, seed: int = 0) -> pd.DataFrame:
    """As many clips of each speaker, and of each label as nearly as many.

    Parameters
    ----------
    clips : DataFrame with columns speaker and emotion
    per_speaker, seed : int

    Returns
    -------
    DataFrame
        Rows of `clips`, in their order; all of a speaker who has fewer.

    Examples
    --------
    >>> few = sample_clips(corpora.clip_table("practice"), per_speaker=6)
    >>> len(few), few.groupby(["speaker", "emotion"]).size().unique().tolist()
    (72, [1])
    """
    drawn = clips.iloc[np.random.default_rng(seed).permutation(len(clips))]
    turn = drawn.groupby(["speaker", "emotion"]).cumcount()
    few = drawn.assign(turn=turn).sort_values("turn", kind="stable").groupby("speaker").head(per_speaker)
    return clips.loc[clips.index.isin(few.index)]


def fit_folds(
    recipe: str | Recipe,
    corpus: str | Path,
    n_folds: int = N_FOLDS,
    seed: int = 0,
    n_jobs: int = -1,
    quick: bool = False,
) -> list[Fold]:
    """A model per fold over speakers, trained on the stored features of the other folds, clean and noisy.

    Parameters
    ----------
    recipe : str or Recipe
    corpus : str or Path
    n_folds, seed : int
    n_jobs : int
        Worker processes.
    quick : bool
        The first fold only.
    """
    recipe = named(recipe)
    clips, clean, noisy = features.load_features(corpus, recipe.features)
    y, speakers = clips["emotion"].to_numpy(dtype=str), clips["speaker"].to_numpy(dtype=str)
    X, n, y = np.concatenate([clean, noisy]), len(clips), np.tile(y, 2)
    rows = list(splits(_protocol(recipe), y[:n].tolist(), speakers, min(n_folds, len(set(speakers))), seed))[
        : 1 if quick else None
    ]
    models = fit_all(recipe, X, y, [train for train, _ in rows], seed, n_jobs, progress=False)
    calibrate_folds(recipe, X, y, models, [test[test < n] for _, test in rows])
    return [
        Fold(model, frozenset(speakers[train % n].tolist())) for model, (train, _) in zip(models, rows, strict=True)
    ]


def _protocol(recipe: Recipe) -> str:
    return HOW_TRAINED[makes_copies(recipe)]


def read_folds(folder: str | Path, recipe: str | Recipe) -> list[Fold]:
    """Models that were trained elsewhere: all of a recipe's files in a folder, each with its card, which names the speakers.

    Raises
    ------
    CourseError
        When there is none, or one was made by another recipe.
    """
    recipe = named(recipe)
    files = sorted(Path(folder).glob(f"*{recipe.suffix}"))
    if not files:
        raise CourseError(f"There is no model {Path(folder) / f'*{recipe.suffix}'}: one per fold was expected.")
    loaded = {file: load(file) for file in files}
    for file, one in loaded.items():
        if one.recipe.name != recipe.name:
            raise CourseError(f"{file} was made by the recipe {one.recipe.name!r}; {recipe.name!r} was expected.")
    return [Fold(one.model, frozenset(one.card["speakers"])) for one in loaded.values()]


def chain_answers(
    recipe: str | Recipe,
    folds: Sequence[Fold],
    clips: pd.DataFrame,
    chains: Iterable[Chain] = audio.CHAINS,
    n_jobs: int = -1,
    progress: bool = False,
) -> pd.DataFrame:
    """What each fold's model answers for the clips of speakers it has not heard, behind every chain.

    Parameters
    ----------
    recipe : str or Recipe
        Whose features the models look at.
    folds : sequence of Fold
    clips : DataFrame with columns clip, speaker, emotion and path
    chains : iterable of Chain
    n_jobs : int
        Worker processes; any number gives the same answers.
    progress : bool
        Show a bar with the time left.

    Returns
    -------
    DataFrame
        A row per chain and clip: chain, clip, speaker, fold, true, predicted, probability (of the predicted label).

    Raises
    ------
    CourseError
        When a speaker was heard by all models, or by fewer than all but one; `AudioError` when a file cannot be read.
    """
    from tqdm import tqdm

    recipe, chains = named(recipe), list(chains)
    clips = clips.assign(fold=unheard(folds, clips["speaker"]))
    n, frames = len(clips), []
    rows = joblib.Parallel(n_jobs=n_jobs, return_as="generator", batch_size=16)(
        joblib.delayed(behind)(chain, path, clip, recipe.features)
        for chain in chains
        for path, clip in zip(clips["path"], clips["clip"], strict=True)
    )
    with tqdm(total=n * len(chains), unit="clip", desc="Chains", disable=not progress) as bar:
        for chain in chains:
            heard = []
            for row in islice(rows, n):
                heard.append(row)
                bar.update()
            frames.append(_answered(chain, folds, clips, stack(heard, recipe.features)))
    return pd.concat(frames, ignore_index=True)


def unheard(folds: Sequence[Fold], speakers: pd.Series) -> list[int]:
    """For each clip the one model that has not heard its speaker."""
    fold_of = {}
    for speaker in speakers.unique():
        new = [number for number, fold in enumerate(folds) if speaker not in fold.heard]
        if len(new) != 1:
            raise CourseError(
                f"{speaker} is new to {len(new)} of the {len(folds)} models. One was expected: each speaker belongs to one "
                "fold, and the models of the others have heard them."
            )
        fold_of[speaker] = new[0]
    return [fold_of[speaker] for speaker in speakers]


def behind(chain: Chain, path: str | Path, clip: str, kind: FeatureSet) -> np.ndarray:
    """The features of one clip behind one chain, whose chance belongs to the clip."""
    return kind.compute(chain(audio.read_clip(path), rng=audio.clip_rng(clip)))


def _answered(chain: Chain, folds: Sequence[Fold], clips: pd.DataFrame, X: np.ndarray) -> pd.DataFrame:
    answered = clips[["clip", "speaker", "fold"]].assign(chain=chain.name, true=clips["emotion"])
    answered["predicted"], answered["probability"] = "", np.nan
    for number, fold in enumerate(folds):
        rows = (clips["fold"] == number).to_numpy()
        if not rows.any():
            continue
        answered.loc[rows, "predicted"], answered.loc[rows, "probability"] = answers(fold.model, X[rows])
    return answered


def chain_scores(answered: pd.DataFrame, corpus: str | Path, recipe: str | Recipe, **about: Any) -> list[dict]:
    """A record per chain, with everything a reader needs to judge it.

    Parameters
    ----------
    answered : DataFrame
        From `chain_answers`; the chain "untouched" must be among them.
    corpus : str or Path
    recipe : str or Recipe
    **about
        What else every record is to say, as ``clips_per_speaker=20, seed=0``.

    Returns
    -------
    list of dict
        corpus, recipe, features, protocol, split (in words), tested_on (the chain in words), target, chain, group, n_clips,
        n_actors, n_folds; accuracy, uar, kept (share of clips with the label of their untouched copy), gained (accuracy less
        that of the untouched copies) and ece, each with its 95 % interval over speakers; answers (share of each label),
        vanished (labels answered at most a tenth as often as on untouched clips), recall, confusion (rows true, the
        corpus's order).
    """
    part, recipe = corpora.named(corpus), named(recipe)
    plain = answered[answered["chain"] == "untouched"].set_index("clip")["predicted"]
    if plain.empty:
        raise CourseError("Labels are kept or lost against the untouched clips: take the chain 'untouched' too.")
    records = []
    for name, rows in answered.groupby("chain", sort=False):
        chain = audio.CHAINS[str(name)]
        record = {
            "corpus": part.name,
            "recipe": recipe.name,
            "features": version_of(recipe.features),
            "protocol": _protocol(recipe),
            "split": PROTOCOLS[_protocol(recipe)],
            "tested_on": chain.title,
            "target": "intended",
            "chain": chain.name,
            "group": chain.group,
            **about,
        }
        records.append(record | _counted(rows.assign(untouched=rows["clip"].map(plain)), part.labels))
    return records


def _counted(rows: pd.DataFrame, labels: Sequence[str]) -> dict:
    """What is counted in one record of `chain_scores`."""
    true, predicted, speakers = rows["true"], rows["predicted"], rows["speaker"]
    counts = confusion(true, predicted, labels)
    record: dict[str, Any] = {
        "n_clips": len(rows),
        "n_actors": int(speakers.nunique()),
        "n_folds": int(rows["fold"].nunique()),
    }
    for name, score, against in (
        ("accuracy", accuracy, true),
        ("uar", uar, true),
        ("kept", accuracy, rows["untouched"]),
    ):
        record[name] = float(score(confusion(against, predicted, labels)))
        record[f"{name}_interval"] = actor_interval(score, against, predicted, speakers, labels=labels)
    bins, right = [], []
    for _, part in rows.groupby("speaker"):
        bins.append(calibration(part["probability"], part["predicted"] == part["true"]))
        right.append([(part["predicted"] == part["true"]).sum(), (part["untouched"] == part["true"]).sum(), len(part)])
    for name, by_speaker, measure in (("gained", np.array(right), _gained), ("ece", np.stack(bins), ece)):
        record[name] = float(measure(by_speaker.sum(axis=0)))
        record[f"{name}_interval"] = interval_over(measure, by_speaker)
    before, now = ({label: int((said == label).sum()) for label in labels} for said in (rows["untouched"], predicted))
    shares = [None if np.isnan(share) else share for share in recall(counts).tolist()]
    return record | {
        "answers": {label: now[label] / len(rows) for label in labels},
        "vanished": [label for label in labels if now[label] <= VANISHED * before[label]],
        "recall": dict(zip(labels, shares, strict=True)),
        "confusion": counts.tolist(),
    }


def _gained(right: np.ndarray) -> np.ndarray:
    """Accuracy behind a chain less that before it; the last axis counts right, right before, and all clips."""
    return (right[..., 0] - right[..., 1]) / right[..., 2]


def run_chains(
    corpus: str | Path = "crema-d",
    recipe: str | Recipe = "original",
    per_speaker: int = CLIPS_PER_SPEAKER,
    seed: int = 0,
    folds: Sequence[Fold] | None = None,
    quick: bool = False,
    folder: Path = RESULTS,
    n_jobs: int = -1,
    progress: bool = True,
) -> pd.DataFrame:
    """Every chain on a sample of a corpus; puts the rows in the place of the recipe's in ``chains.json``, and returns them.

    Parameters
    ----------
    corpus : str or Path
    recipe : str or Recipe
    per_speaker, seed : int
        As for `sample_clips`.
    folds : sequence of Fold, optional
        From `read_folds`; trained here if not given, which takes stored features.
    quick : bool
        The speakers of one fold only; nothing is written.
    folder : Path
        Gets the file of `chains_path`.
    n_jobs : int
    progress : bool

    Raises
    ------
    CourseError
        When there is no audio of the corpus on this disk, or no features to train on, or the folder cannot be written.
    """
    part, recipe = corpora.named(corpus), named(recipe)
    clips = sample_clips(with_audio(part), per_speaker, seed)
    path = chains_path(part.name, folder)
    if not quick:
        places.writable_folder(path.parent, option="--out")
    folds = fit_folds(recipe, part.name, seed=seed, n_jobs=n_jobs, quick=quick) if folds is None else folds
    if quick:
        folds = folds[:1]
        clips = clips[~clips["speaker"].isin(folds[0].heard)]
    answered = chain_answers(recipe, folds, clips, n_jobs=n_jobs, progress=progress)
    rows = pd.DataFrame(chain_scores(answered, part.name, recipe, clips_per_speaker=per_speaker, seed=seed))
    if not quick:
        others = load_chains(part.name, folder) if path.exists() else rows[:0]
        both = pd.concat([others[others["recipe"] != recipe.name], rows]) if len(others) else rows
        lines = ",\n".join(json.dumps(row) for row in both.to_dict("records"))
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return rows


def with_audio(part: Corpus) -> pd.DataFrame:
    """The clips of a corpus whose sound is on this disk, with its path."""
    table = corpora.check_table(part, part.table())
    clips = table.assign(path=part.find(table)).dropna(subset="path").reset_index(drop=True)
    if clips.empty:
        raise CourseError(f"There is no {part.title} audio here, and chains need the sound. `ser corpora` says more.")
    return clips


def chains_path(corpus: str, folder: Path = RESULTS, suffix: str = ".json") -> Path:
    """Where the rows of all recipes on a corpus are kept, and beside them their picture.

    Examples
    --------
    >>> chains_path("crema-d", Path("results"), "_meter.png").as_posix()
    'results/crema-d/chains_meter.png'
    """
    return folder / corpus / f"chains{suffix}"


def load_chains(corpus: str = "crema-d", folder: Path = RESULTS) -> pd.DataFrame:
    """The measured rows that lesson 08 and the README quote, one per recipe and chain.

    Raises
    ------
    CourseError
        When they were not measured.
    """
    path = chains_path(corpus, folder)
    if not path.exists():
        raise CourseError(
            f"No recipe was taken through the chains on {corpus} yet: there is no {path}. "
            f"`ser evaluate --chains --corpus {corpus}` does it."
        )
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def chain_text(rows: pd.DataFrame) -> str:
    """The rows as a person reads them: per cent, with the interval of what was kept."""
    one = rows.iloc[0]
    lines = [
        f"{one['corpus']}, recipe {one['recipe']} on {one['features']}: {one['n_clips']:,} clips of {one['n_actors']} "
        f"speakers, {one['n_folds']} folds, {one['split']}.",
        "kept: share of clips with the label of their untouched copy (95 % interval over speakers); lost: labels that come at "
        "most a tenth as often",
        "",
    ]
    for row in rows.to_dict("records"):
        low, high = (100 * value for value in row["kept_interval"])
        gone = f"   lost: {', '.join(row['vanished'])}" if row["vanished"] else ""
        lines.append(
            f"  {row['tested_on']:26} accuracy {100 * row['accuracy']:4.1f} %   UAR {100 * row['uar']:4.1f} %   "
            f"kept {100 * row['kept']:5.1f} % ({low:.1f}-{high:.1f})   ECE {row['ece']:.3f}{gone}"
        )
    return "\n".join(lines)
