"""The `ser` command: one function per word, each a thin shell around a function of the package.

Exit codes: 0 all is well, 1 something to mend was found, 2 the command could not be done (one line says why).
"""

from __future__ import annotations

import argparse
import glob
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import instructors, modelling
from .commands import Commands, json_option, lesson_option
from .errors import CourseError

if TYPE_CHECKING:
    import numpy as np


A_SENTENCE = 15  # seconds: nobody says one sentence for longer
COMMANDS = Commands()
command = COMMANDS.add


@command("doctor", json_option, "Check the set-up, a line each: OK or what to do.", "ser doctor")
def doctor(args: argparse.Namespace) -> int:
    from .course import doctor

    return doctor.report(as_json=args.json)


@command("corpora", json_option, "List the corpora, and what of each is on this disk.", "ser corpora")
def corpora(args: argparse.Namespace) -> int:
    from . import corpus

    table = corpus.overview()
    if args.json:
        print(json.dumps(table.to_dict("records"), indent=1))
    for row in () if args.json else table.to_dict("records"):
        print(f"{row['name']:10} {row['title']}: {row['clips']:,} clips of {row['speakers']} speakers", end="")
        print(f", {row['with_audio']:,} with their audio on this disk. Labels: {', '.join(row['labels'])}.")
        print(f"{'':10} {row['note'] or row['licence']}")
    return 0


def _fetch_options(sub: argparse.ArgumentParser) -> None:
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--actors", type=int, nargs="+", metavar="ID", help="all clips of these actors")
    which.add_argument("--mini", action="store_true", help="every actor, one sentence: 546 clips, 40 MB")
    which.add_argument("--all", action="store_true", help="all 7,442 clips, 606 MB")
    sub.add_argument(
        "--from", dest="source", metavar="URL|FOLDER", help="another address that serves the clips, or a kit's folder"
    )
    sub.add_argument("--to", type=Path, metavar="FOLDER", help="another folder than AudioWAV in your cache")
    json_option(sub)


@command(
    "fetch",
    _fetch_options,
    "Bring CREMA-D's recordings to this disk. Each clip is checked against its official hash; run again, it goes on where "
    "it stopped.",
    "ser fetch --mini",
    "ser fetch --actors 1001 1002 --from http://LAPTOP:8000",
)
def fetch(args: argparse.Namespace) -> int:
    from .corpus import fetch as download

    clips = download.select(actors=args.actors, mini=args.mini, everything=args.all)
    report = download.fetch(clips, folder=args.to, base=args.source, progress=not args.json)
    print(json.dumps(report.as_dict(), indent=1) if args.json else report.sentence())
    return 0 if report.complete else 1


def _predict_options(sub: argparse.ArgumentParser) -> None:
    from .model import EVERYDAY

    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WAV, FLAC, MP3, OGG ... of any sample rate")
    sub.add_argument(
        "--model",
        default=EVERYDAY.stem,
        metavar="NAME|FILE",
        help="the course's, or one saved by `ser train` (%(default)s)",
    )
    sub.add_argument("--every", type=float, metavar="SECONDS", help="answer to a long recording piece by piece")
    json_option(sub)


@command(
    "predict",
    _predict_options,
    "Say which emotion the model hears. A label and the probability of each: what an actor may have been asked to act, not "
    "what a person feels.",
    "ser predict my_voice.wav",
    "ser predict --every 2.5 a_long_one.mp3",
    "ser predict --json *.mp3",
)
def predict(args: argparse.Namespace) -> int:
    from . import audio, model

    loaded = model.load(model.model_file(args.model))
    answers, code = {}, 0
    for file in _found(args.files):
        name = audio.printable(file)
        try:
            for start, piece in _pieces(file, args.every):
                what = f"{name} from {start:g} s" if args.every else name
                try:
                    answer = model.predict(loaded.model, piece, loaded.recipe)
                except CourseError as error:  # the other files and pieces are wanted all the same
                    print(f"ser: {what}: {error}", file=sys.stderr)
                    code = 2
                    continue
                answers[what] = {"label": answer.label, "reason": answer.reason, "probabilities": answer.probabilities}
                if not args.json:
                    print(f"{what}: {answer.label or 'no label. ' + answer.reason}")
                    for label, probability in answer.probabilities.items():
                        print(f"  {label:8} {probability:6.1%} {'#' * round(40 * probability)}")
        except CourseError as error:
            print(f"ser: {error}", file=sys.stderr)
            code = 2
    if args.json:
        print(json.dumps(answers, indent=1))
    return code


def _found(files: Sequence[Path]) -> list[Path]:
    """The files, and those that a pattern like *.wav stands for, which a terminal on Windows hands on as it is."""
    found = [[file] if file.exists() else sorted(map(Path, glob.glob(str(file)))) or [file] for file in files]
    return [file for files in found for file in files]


def _pieces(file: Path, seconds: float | None) -> list[tuple[float, np.ndarray]]:
    """What is to be predicted: a recording, or each piece of it with the second at which it begins."""
    from . import audio

    y = audio.read_clip(file)
    lasts = len(y) / audio.SAMPLE_RATE
    if seconds:
        return [(number * seconds, piece) for number, piece in enumerate(audio.pieces(y, seconds))]
    if lasts > A_SENTENCE:
        raise CourseError(
            f"{audio.printable(file)} lasts {lasts:.0f} s, and the model knows single sentences (CREMA-D's last 1.3 to 5 s). "
            "--every 2.5 answers piece by piece."
        )
    return [(0, y)]


def _check_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("lesson", nargs="?", metavar="LESSON", help="without it: all lessons at a glance")
    json_option(sub)


@command("check", _check_options, "Run a lesson's checks on your saved notebook.", "ser check 03_mfcc")
def check(args: argparse.Namespace) -> int:
    from .course import check

    return check.report(args.lesson, as_json=args.json)


@command("reset", lesson_option, "Make a lesson as new; your version is kept beside it.", "ser reset 03_mfcc")
def reset(args: argparse.Namespace) -> int:
    from .course.authoring import release

    return release.reset(args.lesson)


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Every command, with the options of those among the words: some options load what they list, and take a second."""
    top = argparse.ArgumentParser(
        prog="ser",
        description="The speech emotion recognition course, from the terminal.",
        epilog="example: ser predict my_voice.wav\n\n`ser COMMAND --help` shows an example of each. Exit codes: 0 all is "
        "well, 1 something to mend\nwas found, 2 the command could not be done (one line says why), 130 stopped by Ctrl-C.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (run, options, summary, examples) in (COMMANDS | modelling.COMMANDS | instructors.COMMANDS).items():
        sub = commands.add_parser(
            name,
            help=summary.partition(". ")[0].removesuffix("."),
            description=textwrap.fill(summary, 78),
            epilog="\n".join(f"example: {example}" for example in examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        if name in words:
            options(sub)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; mistakes that a person can mend end in one line and exit code 2."""
    try:
        words = sys.argv[1:] if argv is None else argv
        args = parser(words).parse_args(words)
        return args.run(args)
    except (CourseError, OSError) as error:
        print(f"ser: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ser: stopped. No file was left half-written.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
