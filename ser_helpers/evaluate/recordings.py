"""A saved model on any folder of recordings whose labels are known: nothing is trained, and no file is left unsaid."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import audio
from .. import corpus as corpora
from .. import model as models
from ..corpus import Corpus, own
from ..corpus.base import first
from ..corpus.by_name import ByName
from ..errors import CourseError
from ..model import Loaded, version_of
from .metrics import accuracy, actor_interval, calibration, confusion, ece, recall, uar

NEEDED = ("file", "label")
KNOWN = {label: label for label in corpora.LABELS} | {code.lower(): la for code, la in corpora.EMOTION_CODES.items()}


def run_recordings(
    model: str | Path,
    folder: str | Path,
    labels: str | Path | None = None,
    corpus: str = "crema-d",
    progress: bool = True,
) -> dict:
    """What a saved model answers to every recording in a folder, against labels that are known.

    Parameters
    ----------
    model : str or Path
        A recipe's name, or the file of a model.
    folder : str or Path
        Every file below it counts, but hidden ones.
    labels : str or Path, optional
        A CSV with the columns file (a path, from `folder`) and label, best with speaker too.
    corpus : str
        Without such a CSV: whose names the files have, which say speaker and label.
    progress : bool

    Returns
    -------
    dict
        ``data`` (a sentence), ``scores`` (one record, see `_score`), ``refused`` (recordings that got no label) and
        ``left_out`` (what could not be asked): lists of a file and a reason. Every file is in one of the three.

    Raises
    ------
    CourseError
        When there is no folder, nothing in it that could be asked about, or something is wrong with model or table.
    """
    loaded, place = models.load(models.model_file(model)), Path(folder).expanduser()
    if not place.is_dir():
        raise CourseError(f"There is no folder {audio.printable(place)}.")
    files = [path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    if labels:
        name, (said, left_out) = Path(labels).stem, _by_table(files, Path(labels), place)
    else:
        name, (said, left_out) = corpus, _by_name(files, corpora.named(corpus))
    rows, unread = _asked(loaded, said, progress)
    left_out |= unread
    if rows.empty:
        why = f": {next(iter(left_out.values()))}" if left_out else ", it is empty"
        raise CourseError(f"No recording in {audio.printable(place)} could be asked about{why}")
    score = _score(rows, name, loaded, place.name)
    return {
        "data": f"{audio.printable(place)}: {len(rows):,} labelled recordings of {score['n_actors'] or 'unknown'} speakers; "
        f"model {loaded.recipe.name} on {score['features']}",
        "scores": [score],
        "refused": _listed(dict(rows.loc[rows["predicted"].isna(), ["path", "reason"]].to_numpy().tolist()), place),
        "left_out": _listed(left_out, place),
    }


def _listed(reasons: dict[Path, str], place: Path) -> list[dict[str, str]]:
    return [{"file": audio.printable(os.path.relpath(path, place)), "reason": why} for path, why in reasons.items()]


def _by_name(files: Sequence[Path], part: Corpus) -> tuple[dict[Path, tuple[str, str]], dict[Path, str]]:
    """Speaker and label of the files whose names say them, and why the others' do not."""
    said, left_out = {}, {}
    read = _reader(part)
    for path in files:
        try:
            speaker, label = read(path)
            said[path] = f"{part.name}/{speaker}", label
        except CourseError as error:
            left_out[path] = str(error)
    return said, left_out


def _reader(part: Corpus) -> Callable[[Path], tuple[str, str]]:
    """A function that reads a speaker and a label out of a file's name."""

    def by_name(path: Path) -> tuple[str, str]:
        if row := part.read(path.stem):  # type: ignore[attr-defined]
            return row["speaker"], row["emotion"]
        raise CourseError(f"{audio.printable(path.stem)!r} is no name of {part.title}, like {part.example}.")  # type: ignore[attr-defined]

    def by_parts(path: Path) -> tuple[str, str]:
        parts = corpora.parse_clip_name(corpora.clip_of(path))
        return str(parts["actor_id"]), parts["emotion"]

    if not (isinstance(part, ByName) or part.name in ("crema-d", "practice")):
        raise CourseError(
            f"The names of {part.title} do not say their labels. --labels CSV does, in the columns file, label."
        )
    return by_name if isinstance(part, ByName) else by_parts


def _by_table(files: Sequence[Path], table: Path, place: Path) -> tuple[dict[Path, tuple[str, str]], dict[Path, str]]:
    """Speaker ("" where there is none) and label of the files in a table; and what is in one place only."""
    rows, there = own.read_rows(table, NEEDED), {Path(os.path.abspath(path)): path for path in files}
    rows["path"] = [Path(os.path.abspath(place / file.replace("\\", "/"))) for file in rows["file"]]
    if rows["path"].duplicated().any():
        raise CourseError(f"{table}: there are two rows for {first(rows.loc[rows['path'].duplicated(), 'file'])}.")
    said, left_out = {}, {path: "It is not in the table." for path in files if path.resolve() != table.resolve()}
    for row in rows.to_dict("records"):
        path = there.get(row["path"], row["path"])
        speaker = row.get("speaker", "")
        left_out.pop(path, None)
        if row["path"] not in there or not row["label"]:
            left_out[path] = "It has no label in the table." if row["path"] in there else "It is in the table only."
        else:
            said[path] = (
                speaker if "/" in speaker or not speaker else f"{table.stem}/{speaker}",
                KNOWN.get(row["label"].lower(), row["label"]),
            )
    return said, left_out


def _asked(loaded: Loaded, said: dict[Path, tuple[str, str]], progress: bool) -> tuple[pd.DataFrame, dict[Path, str]]:
    """A row per recording (predicted is None, with a reason, where the model refused), and what could not be read."""
    from tqdm import tqdm

    progress = progress and bool(said)
    rows: list[dict[str, Any]] = []
    unread = {}
    for path, (speaker, label) in tqdm(said.items(), unit="clip", desc="Asking", disable=not progress):
        row = {"path": path, "speaker": speaker, "true": label, "predicted": None, "probability": np.nan, "reason": ""}
        try:
            y = audio.read_clip(path)
        except audio.AudioError as error:
            unread[path] = str(error)
            continue
        try:
            answer = models.predict(loaded.model, y, loaded.recipe)
            row |= {"predicted": answer.label, "reason": getattr(answer, "reason", "")}
            if answer.label is not None:
                row["probability"] = answer.probabilities[answer.label]
        except audio.AudioError as error:  # it holds no voice, and no model should find an emotion in it
            row["reason"] = str(error)
        rows.append(row)
    return pd.DataFrame(rows), unread


def _score(rows: pd.DataFrame, corpus: str, loaded: Loaded, tested_on: str) -> dict:
    """The columns of `score_table` for the recordings that got a label, and those that a model which may refuse needs.

    These are n_labelled (all that were asked), n_refused, accuracy_of_all and uar_of_all (a refusal is a mistake), refused
    (its share), refused_per_label, ece, and heard: speakers that the model was trained on, which makes it no test.
    """
    answered = rows[rows["predicted"].notna()]
    labels = list(dict.fromkeys([*map(str, loaded.model.classes_), *sorted(rows["true"])]))
    known = (rows["speaker"] != "").all()
    right = rows["predicted"] == rows["true"]
    heard = sorted(set(rows["speaker"]) & set(loaded.card["speakers"]))
    met = f"speakers the model has {'' if heard else 'not '}heard" if known else "speakers unknown"
    record: dict[str, Any] = {
        "corpus": corpus,
        "recipe": loaded.recipe.name,
        "features": version_of(loaded.recipe.features),
        "protocol": "recordings",
        "split": met,
        "tested_on": tested_on,
        "target": "intended",
        "n_clips": len(answered),
        "n_actors": int(rows["speaker"].nunique()) if known else None,
        "n_folds": 1,
    }
    none = np.zeros((len(labels), len(labels)), dtype=int)
    counts = confusion(answered["true"], answered["predicted"], labels) if len(answered) else none
    for name, score in (("accuracy", accuracy), ("uar", uar)):
        record[name] = float(score(counts)) if len(answered) else None
        if known and len(answered):
            sides = answered["true"], answered["predicted"], answered["speaker"]
            record[f"{name}_interval"] = actor_interval(score, *sides, labels=labels)
    bins = calibration(answered["probability"], answered["predicted"] == answered["true"])
    shares = [None if np.isnan(share) else share for share in recall(counts).tolist()]
    return record | {
        "recall": dict(zip(labels, shares, strict=True)),
        "confusion": counts.tolist(),
        "ece": float(ece(bins)) if len(answered) else None,
        "n_labelled": len(rows),
        "n_refused": len(rows) - len(answered),
        "refused": 1 - len(answered) / len(rows),
        "refused_per_label": rows["predicted"].isna().groupby(rows["true"]).mean().to_dict(),
        "accuracy_of_all": float(right.mean()),
        "uar_of_all": float(right.groupby(rows["true"]).mean().mean()),
        "heard": heard,
    }


def recordings_text(results: dict) -> str:
    """What `run_recordings` found, as a person reads it: the score, then every file that has none."""
    score = results["scores"][0]
    lines = [results["data"]]
    if score["n_clips"]:
        low, high = (100 * value for value in score.get("uar_interval", (score["uar"],) * 2))
        lines.append(
            f"Of {score['n_clips']:,} answered: accuracy {100 * score['accuracy']:.1f} %, UAR {100 * score['uar']:.1f} % "
            f"({low:.1f}-{high:.1f}), ECE {score['ece']:.3f}."
        )
        found = ", ".join(f"{la} {100 * share:.0f} %" for la, share in score["recall"].items() if share is not None)
        lines.append(f"Found of each label: {found}.")
    if score["n_refused"]:
        lines.append(
            f"No answer to {score['n_refused']:,} ({100 * score['refused']:.1f} %). With them as mistakes: accuracy "
            f"{100 * score['accuracy_of_all']:.1f} %, UAR {100 * score['uar_of_all']:.1f} %."
        )
    if score["heard"]:
        lines.append(f"The model was trained on {len(score['heard'])} of these speakers: this is no test of it.")
    for what, kind in (("No answer to", "refused"), ("Left out", "left_out")):
        lines += [f"{what} {entry['file']}: {entry['reason']}" for entry in results[kind]]
    return "\n".join(lines)
