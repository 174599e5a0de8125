"""How fast the features come, beside the usual notebook loop: same clips, same machine, one run.

    CREMA_D_HOME=... python tests/benchmarks/extract.py [--clips 400]

The usual loop is librosa.load at 22,050 Hz, then mfcc and melspectrogram, clean and noisy. Both read the same official
WAV files, each in a process of its own, after a warm-up. Prints ratios, a breakdown, and the memory that the whole
corpus needs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile as sf
from joblib.externals.loky import get_reusable_executor

from ser_helpers import audio, corpus, features


def usual_loop(paths: list[Path]) -> float:
    """Seconds of the notebook way."""
    import librosa

    def both(y):
        mel = librosa.feature.melspectrogram(y=y, sr=22050)
        return np.concatenate([librosa.feature.mfcc(y=y, sr=22050, n_mfcc=40).mean(axis=1), mel.mean(axis=1)])

    def clip(path):
        y, _ = librosa.load(path, sr=22050)
        noise = np.random.default_rng(0).standard_normal(len(y))
        return both(y), both(y + noise * np.sqrt(np.mean(y**2) / 10**1.5))

    clip(paths[0])
    start = time.perf_counter()
    for path in paths:
        clip(path)
    return time.perf_counter() - start


def course(paths: list[Path], n_jobs: int) -> float:
    """Seconds of `features.extract`, clean and noisy; the worker processes are started before the clock."""
    features.extract(paths[:64], snr_db=features.NOISY_SNR_DB, n_jobs=n_jobs)
    start = time.perf_counter()
    features.extract(paths, snr_db=features.NOISY_SNR_DB, n_jobs=n_jobs)
    spent = time.perf_counter() - start
    if n_jobs > 1:
        get_reusable_executor().shutdown()  # else this process waits minutes for its idle workers to end
    return spent


def breakdown(paths: list[Path]) -> dict[str, float]:
    """Milliseconds per clip of each step (the transform is counted for the clean and for the noisy copy)."""
    seconds = dict.fromkeys(["read", "resample from 44.1 kHz (not needed for CREMA-D)", "noise", "transform"], 0.0)
    for path in paths:
        marks = [time.perf_counter()]
        y = audio.read_clip(path)
        marks.append(time.perf_counter())
        audio.to_16k_mono(y, 44100)
        marks.append(time.perf_counter())
        noisy = audio.add_noise(y, features.NOISY_SNR_DB, audio.clip_rng(path.stem))
        marks.append(time.perf_counter())
        features.clip_features(y)
        features.clip_features(noisy)
        marks.append(time.perf_counter())
        for step, spent in zip(seconds, np.diff(marks), strict=True):
            seconds[step] += 1000 * spent / len(paths)
    return seconds


def whole_corpus_memory(paths: list[Path]) -> float:
    """GiB at the peak of a process that extracts every clip at hand."""
    features.extract(paths, snr_db=features.NOISY_SNR_DB)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def in_own_process(function, *args):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:  # not a Pool: its workers may have no workers of their own
        return pool.submit(function, *args).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=1200)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if not corpus.audio_home():
        sys.exit("This benchmark needs CREMA-D's audio: set CREMA_D_HOME.")
    everything = corpus.lesson_clips()["path"].tolist()
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for source in everything[:: max(1, len(everything) // args.clips)][: args.clips]:
            paths.append(Path(folder) / f"{source.stem}.wav")
            sf.write(paths[-1], sf.read(source, dtype="int16")[0], audio.SAMPLE_RATE, subtype="PCM_16")
        usual, one, two = (
            min(in_own_process(*job) for _ in range(args.rounds))
            for job in ((usual_loop, paths), (course, paths, 1), (course, paths, 2))
        )
        print(f"{len(paths)} official WAV files, best of {args.rounds} rounds, milliseconds per clip:")
        for name, spent in (("usual notebook loop", usual), ("course, one process", one), ("course, two workers", two)):
            print(f"  {name:22} {1000 * spent / len(paths):6.2f}   {usual / spent:5.1f} times as fast")
        print("where the course's time goes, ms per clip:")
        for step, spent in in_own_process(breakdown, paths).items():
            print(f"  {step:48} {spent:5.2f}")
    peak = in_own_process(whole_corpus_memory, everything)
    print(f"whole corpus ({len(everything):,} clips, clean and noisy), one process: peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
