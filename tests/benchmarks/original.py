"""The project this course grows from, as it was published, measured on real audio beside the course's own features.

    CREMA_D_HOME=... python tests/benchmarks/original.py [--minutes 10] [--course-only]

Each step is the published one: clips read at 22,050 Hz, noise that replaces the clip (test clips too), MFCC and mel
spectrogram ravelled into one row and padded with zeros to the longest clip, a random 80/20 split, scaling, the MLP.
The only additions are seeds, float32 rows, a time limit, and the same rows once more with actors kept apart. Then the
same network on the course's 168 features of the same clips, with the same splits.
Writes data/results/as_published.json.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
import warnings

import joblib
import librosa
import numpy as np
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit
from tqdm import tqdm

from ser_helpers import audio, corpus, evaluate, features
from ser_helpers.model import build_model

SAMPLE_RATE = 22050
SPLITS = {
    "random clips, 80/20": ShuffleSplit(1, test_size=0.2, random_state=0),
    "actors kept apart, 80/20": GroupShuffleSplit(1, test_size=0.2, random_state=0),
}


def published_noise(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise of a random share of the clip's maximum."""
    return y + 0.035 * rng.uniform() * np.max(y) * rng.standard_normal(len(y))


def published_features(path) -> np.ndarray:
    """One ravelled row: 13 MFCC per frame, then 64 mel bands per frame in dB of the power squared again."""
    y, _ = librosa.load(path, sr=SAMPLE_RATE)
    y = published_noise(y, audio.clip_rng(path.stem))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Empty filters")  # n_fft 200 is too short for librosa's 128 bands
        mfcc = librosa.feature.mfcc(y=y, sr=SAMPLE_RATE, n_mfcc=13, n_fft=200, hop_length=512)
        mel = librosa.feature.melspectrogram(y=y, sr=SAMPLE_RATE, n_fft=512, hop_length=256, n_mels=64)
    mel_db = librosa.power_to_db(mel**2) if mel.any() else np.full_like(mel, -100.0)
    return np.concatenate([mfcc.ravel(), mel_db.ravel()]).astype(np.float32)


def padded(rows: list[np.ndarray]) -> np.ndarray:
    """Rows of different lengths as one matrix, zeros behind the shorter ones."""
    X = np.zeros((len(rows), max(map(len, rows))), dtype=np.float32)
    for target, row in zip(X, rows, strict=True):
        target[: len(row)] = row
    return X


def fit_for(model, X: np.ndarray, y: np.ndarray, seconds: float) -> float:
    """Fit until it stops by itself or the time is up (scikit-learn ends an interrupted fit cleanly)."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(max(1, round(seconds)))
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Training interrupted")
        model.fit(X, y)
    signal.alarm(0)
    return time.perf_counter() - start


def measure(X: np.ndarray, clips, split: str, tested_on: str, minutes: float) -> dict:
    """One fit and what its test clips say; rows of X belong to `clips`."""
    y, actors = clips["emotion"].to_numpy(dtype=str), clips["speaker"].to_numpy()
    train, test = next(SPLITS[split].split(X, y, actors if "actors" in split else None))
    model = build_model(seed=0)
    seconds = fit_for(model, X[train], y[train], 60 * minutes)
    predicted = model.predict(X[test])
    counts = evaluate.confusion(y[test], predicted)
    return {
        "split": split,
        "tested_on": tested_on,
        "accuracy": float(evaluate.accuracy(counts)),
        "accuracy_interval": evaluate.actor_interval(evaluate.accuracy, y[test], predicted, actors[test]),
        "uar": float(evaluate.uar(counts)),
        "training_accuracy": float(np.mean(model.predict(X[train]) == y[train])),
        "epochs": int(model[-1].n_iter_),
        "converged": seconds < 60 * minutes,
        "fit_seconds": round(seconds),
    }


def published(clips, minutes: float) -> dict:
    """Features and fits as they were published."""
    start = time.perf_counter()
    rows = joblib.Parallel(n_jobs=-1, return_as="generator")(map(joblib.delayed(published_features), clips["path"]))
    X = padded(list(tqdm(rows, total=len(clips), unit="clip", desc="Published features", disable=None)))
    feature_seconds = time.perf_counter() - start
    seconds = clips["seconds"]
    return {
        "data": f"CREMA-D, {len(clips)} clips of {clips['actor_id'].nunique()} actors",
        "columns": X.shape[1],
        "padding_share": float(1 - (seconds / seconds.max()).mean()),
        "feature_seconds": round(feature_seconds),
        "minutes_allowed": minutes,
        "runs": [measure(X, clips, split, "noisy clips, as published", minutes) for split in SPLITS],
    }


def text_table(result: dict) -> str:
    """Both ways, a line per split."""
    lines = [f"{result['data']}, each fit stopped after {result['minutes_allowed']:g} minutes"]
    for name, columns, seconds, runs in (
        ("as published", result["columns"], result["feature_seconds"], result["runs"]),
        ("the course", result["course_columns"], result["course_feature_seconds"], result["course_runs"]),
    ):
        lines.append(f"{name}: {columns:,} columns, computed in {seconds} s")
        for run in runs:
            low, high = (100 * share for share in run["accuracy_interval"])
            lines.append(
                f"  {run['split']:25} {100 * run['accuracy']:4.1f} % "
                f"({low:.1f}-{high:.1f}) on {run['tested_on']}; training clips {100 * run['training_accuracy']:.0f} %, "
                f"{run['epochs']:,} epochs in {run['fit_seconds']} s, {'converged' if run['converged'] else 'stopped'}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10, help="time limit of each fit")
    parser.add_argument("--course-only", action="store_true", help="keep the published runs that were measured before")
    args = parser.parse_args()
    if not corpus.audio_home():
        sys.exit("This benchmark needs CREMA-D's audio: set CREMA_D_HOME.")

    clips, path = corpus.lesson_clips(), evaluate.RESULTS / "as_published.json"
    result = json.loads(path.read_text(encoding="utf-8")) if args.course_only else published(clips, args.minutes)
    start = time.perf_counter()
    X = features.extract(clips["path"], n_jobs=-1)
    result["course_columns"], result["course_feature_seconds"] = X.shape[1], round(time.perf_counter() - start)
    result["course_runs"] = [measure(X, clips, split, "clean clips", args.minutes) for split in SPLITS]
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(text_table(result))


if __name__ == "__main__":
    main()
