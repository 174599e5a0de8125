"""The `ser` command: one function per word, each a thin shell around a function of the package.

Exit codes: 0 all is well, 1 something to mend was found, 2 the command could not be done (one line says why).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from .errors import CourseError

if TYPE_CHECKING:
    import numpy as np

    from .plots import Picture

Run = Callable[[argparse.Namespace], int]
Options = Callable[[argparse.ArgumentParser], None]
A_SENTENCE = 15  # seconds: nobody says one sentence for longer
COMMANDS: dict[str, tuple[Run, Options, str, tuple[str, ...]]] = {}  # in the order of the help


def command(name: str, options: Options, summary: str, *examples: str) -> Callable[[Run], Run]:
    """Make a function the command `name`; the first sentence of `summary` stands in the list of commands."""

    def listed(run: Run) -> Run:
        COMMANDS[name] = run, options, summary, examples
        return run

    return listed


def _json(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--json", action="store_true", help="print JSON for a program to read")


def _jobs(sub: argparse.ArgumentParser) -> None:
    cores = os.cpu_count() or 1
    sub.add_argument("--jobs", type=_one_or_more, default=cores, metavar="N", help="worker processes (%(default)s)")


def _one_or_more(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more was expected")
    return number


def _corpus(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--corpus", default="crema-d", metavar="NAME|CSV", help="a name that `ser corpora` lists, or your own table"
    )


def _recipe(sub: argparse.ArgumentParser) -> None:
    from .model import RECIPES

    names = ", ".join(recipe.name for recipe in RECIPES)
    sub.add_argument("--recipe", default="original", metavar="NAME", help=f"how a model is made: {names} (%(default)s)")


@command("doctor", _json, "Check the set-up, a line each: OK or what to do.", "ser doctor")
def doctor(args: argparse.Namespace) -> int:
    from .course import doctor

    return doctor.report(as_json=args.json)


@command("corpora", _json, "List the corpora, and what of each is on this disk.", "ser corpora")
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
    sub.add_argument("--from", dest="source", metavar="URL", help="another address that serves the clips")
    sub.add_argument("--to", type=Path, metavar="FOLDER", help="another folder than AudioWAV in your cache")
    _json(sub)


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


def _features_options(sub: argparse.ArgumentParser) -> None:
    from .features import FEATURES

    _corpus(sub)
    names = ", ".join(features.name for features in FEATURES)
    sub.add_argument("--features", default="means168", metavar="NAME", help=f"which ones: {names} (%(default)s)")
    sub.add_argument("--out", type=Path, metavar="FILE", help="another table to complete or begin (.npz)")
    sub.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://host:8786, whose workers do the work")
    _jobs(sub)
    _json(sub)


@command(
    "features",
    _features_options,
    "Compute the features of clips that have none yet. Needs their audio on this disk; rows that are there stay.",
    "ser features --jobs 2",
    "ser features --corpus my_clips.csv --features logmel64",
    "ser features --out my_features.npz --dask tcp://127.0.0.1:8786",
)
def features(args: argparse.Namespace) -> int:
    from . import features

    table = args.out or features.table_path(args.corpus, args.features)
    tried = features.update(
        args.corpus, args.features, path=table, n_jobs=args.jobs, dask=args.dask, progress=not args.json
    )
    wrong = tried[tried != ""]
    added = len(tried) - len(wrong)
    without = features.missing_features(args.corpus, args.features, table) if table.exists() else wrong
    reasons = without.value_counts().to_dict()
    if args.json:
        print(json.dumps({"added": added, "failed": wrong.to_dict(), "without_features": reasons}, indent=1))
    else:
        print(f"{added:,} clips added to {table}.", *wrong.head(3), sep="\n")
        print("\n".join(f"{count:,} clips have no features: {reason}." for reason, count in reasons.items()))
    return 1 if len(wrong) else 0


def _train_options(sub: argparse.ArgumentParser) -> None:
    _corpus(sub)
    _recipe(sub)
    sub.add_argument("--out", type=Path, metavar="FILE", help="where to save it, its card beside it as .json")
    sub.add_argument("--seed", type=int, default=0, help="of the first weights and batches (%(default)s)")
    _json(sub)


@command(
    "train",
    _train_options,
    "Train a model on all features of a corpus. Writes the model, and its card beside it; takes a minute.",
    "ser train --out my.skops",
    "ser train --corpus practice --recipe logistic",
)
def train(args: argparse.Namespace) -> int:
    from . import corpus, evaluate, model

    part = corpus.named(args.corpus)
    expected = evaluate.expected(part.name, args.recipe)
    path = model.train(part.name, args.recipe, path=args.out, seed=args.seed, expected=expected)
    card = model.load(path).card
    print(json.dumps(card, indent=1) if args.json else f"Saved {path}: {card['trained_on']}.")
    return 0


def _evaluate_options(sub: argparse.ArgumentParser) -> None:
    from .evaluate import CLIPS_PER_SPEAKER, RESULTS
    from .model import MODEL

    _corpus(sub)
    _recipe(sub)
    sub.add_argument("--quick", action="store_true", help="one fold (per protocol); writes nothing")
    sub.add_argument("--out", type=Path, default=RESULTS, metavar="FOLDER", help="folder for the results")
    what = sub.add_mutually_exclusive_group()
    what.add_argument(
        "--chains",
        action="store_true",
        help="behind MP3, telephone, rooms ...: needs the audio, takes a quarter of an hour",
    )
    what.add_argument("--audio", type=Path, metavar="FOLDER", help="a saved model on recordings whose labels are known")
    of_chains = sub.add_argument_group("with --chains")
    of_chains.add_argument(
        "--clips-per-actor", type=_one_or_more, default=CLIPS_PER_SPEAKER, metavar="N", help="of each (%(default)s)"
    )
    of_chains.add_argument("--models", type=Path, metavar="FOLDER", help="a model per fold, trained elsewhere")
    of_audio = sub.add_argument_group("with --audio")
    of_audio.add_argument("--model", metavar="NAME|FILE", help=f"which model ({MODEL.stem})")
    of_audio.add_argument("--labels", type=Path, metavar="CSV", help="with columns file and label; else names say them")
    _jobs(sub)
    _json(sub)


@command(
    "evaluate",
    _evaluate_options,
    "Score a recipe under every protocol. Five folds each, from stored features, in a few minutes; people's score on the "
    "same clips beside it. Writes scores, predictions and a picture. With --chains: behind everything that can happen to a "
    "recording. With --audio: a saved model on a folder of recordings.",
    "ser evaluate --quick",
    "ser evaluate --corpus practice --recipe logistic --out my_results --json",
    "ser evaluate --chains --recipe logistic",
    "ser evaluate --audio new_actors --model original --json",
)
def evaluate(args: argparse.Namespace) -> int:
    if not args.audio and (args.model or args.labels) or args.models and not args.chains:
        raise CourseError("--model and --labels go with --audio FOLDER, --models with --chains.")
    if args.audio:
        return _evaluate_audio(args)
    if args.chains:
        return _evaluate_chains(args)
    from . import corpus, evaluate

    part = corpus.named(args.corpus)
    results = evaluate.run(part.name, args.recipe, quick=args.quick, n_jobs=args.jobs, folder=args.out)
    if not args.quick:
        from . import plots

        picture = plots.leak_meter(evaluate.load_scores(part.name, args.recipe, args.out))
        _save(picture, evaluate.result_path(part.name, args.recipe, args.out, "_leak_meter.png"))
    print(json.dumps(results, indent=1) if args.json else evaluate.text_table(results))
    return 0


def _evaluate_chains(args: argparse.Namespace) -> int:
    from . import corpus, evaluate

    part = corpus.named(args.corpus)
    folds = evaluate.read_folds(args.models, args.recipe) if args.models else None
    options = {"quick": args.quick, "folder": args.out, "n_jobs": args.jobs, "progress": not args.json}
    rows = evaluate.run_chains(part.name, args.recipe, args.clips_per_actor, folds=folds, **options)
    if not args.quick:
        from . import plots

        picture = plots.chain_meter(evaluate.load_chains(part.name, args.out))
        _save(picture, evaluate.chains_path(part.name, args.out, "_meter.png"))
    print(json.dumps(rows.to_dict("records"), indent=1) if args.json else evaluate.chain_text(rows))
    return 0


def _evaluate_audio(args: argparse.Namespace) -> int:
    from . import evaluate, model

    results = evaluate.run_recordings(
        args.model or model.MODEL, args.audio, args.labels, args.corpus, progress=not args.json
    )
    print(json.dumps(results, indent=1) if args.json else evaluate.recordings_text(results))
    return 1 if results["left_out"] else 0


def _save(picture: Picture, file: Path) -> None:
    picture.figure.savefig(file, dpi=150, metadata={"Software": None})


def _predict_options(sub: argparse.ArgumentParser) -> None:
    from .model import MODEL

    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WAV, FLAC, MP3, OGG ... of any sample rate")
    sub.add_argument("--model", type=Path, default=MODEL, metavar="FILE", help="another model saved by `ser train`")
    sub.add_argument("--every", type=float, metavar="SECONDS", help="answer to a long recording piece by piece")
    _json(sub)


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

    loaded = model.load(args.model)
    answers, code = {}, 0
    for file in args.files:
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
                answers[what] = {"label": answer.label, "probabilities": answer.probabilities}
                if not args.json:
                    print(f"{what}: {answer.label}")
                    for label, probability in answer.probabilities.items():
                        print(f"  {label:8} {probability:6.1%} {'#' * round(40 * probability)}")
        except CourseError as error:
            print(f"ser: {error}", file=sys.stderr)
            code = 2
    if args.json:
        print(json.dumps(answers, indent=1))
    return code


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
    _json(sub)


@command("check", _check_options, "Run a lesson's checks on your saved notebook.", "ser check 03_mfcc")
def check(args: argparse.Namespace) -> int:
    from .course import check

    return check.report(args.lesson, as_json=args.json)


def _lesson(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("lesson", metavar="LESSON")


@command("reset", _lesson, "Make a lesson as new; your version is kept beside it.", "ser reset 03_mfcc")
def reset(args: argparse.Namespace) -> int:
    from .course.authoring import release

    return release.reset(args.lesson)


def _build_options(sub: argparse.ArgumentParser) -> None:
    only = sub.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="change nothing; say what differs from a fresh build")
    only.add_argument("--measure", action="store_true", help="run every solution, note seconds and memory, then build")


@command("build", _build_options, "Make everything generated from solutions/*/*.py.", "ser build --check")
def build(args: argparse.Namespace) -> int:
    from .course.authoring import lint, release, run

    return lint.report() if args.check else run.measure() if args.measure else release.build()


def _grading() -> ModuleType:
    """The commands of those who have a class."""
    if sys.platform == "win32":
        raise CourseError("Grading needs Linux: use a virtual machine, or Windows' own (WSL 2).")
    from .course.grading import commands

    return commands


def _grade_options(sub: argparse.ArgumentParser) -> None:
    _lesson(sub)
    sub.add_argument("--students", nargs="+", metavar="NAME", help="these alone")
    sub.add_argument("--again", action="store_true", help="also what has not changed since it was graded")
    sub.add_argument("--unsafe", action="store_true", help="without a sandbox: submissions run with all your rights")
    _jobs(sub)
    _json(sub)


@command(
    "grade", _grade_options, "Grade everything that was handed in for a lesson, with nbgrader.", "ser grade 03_mfcc"
)
def grade(args: argparse.Namespace) -> int:
    options = {"students": args.students, "n_jobs": args.jobs, "again": args.again}
    return _grading().grade_command(args.lesson, args.json, unsafe=args.unsafe, **options)


def _decide_options(sub: argparse.ArgumentParser) -> None:
    _lesson(sub)
    sub.add_argument("student", nargs="?", metavar="STUDENT", help="without it: everything that is not decided yet")
    sub.add_argument("decision", nargs="?", choices=["accept", "reject"], help="of all this student's flagged checks")
    _json(sub)


@command(
    "decide",
    _decide_options,
    "Decide what counts where the two runs of a check disagree. Accept keeps the score of the submission's own kernel, reject "
    "takes that of the second run; until then the student's grade is not exported. Handed in again, it is asked again.",
    "ser decide 03_mfcc",
    "ser decide 03_mfcc lena",
    "ser decide 03_mfcc lena reject",
)
def decide(args: argparse.Namespace) -> int:
    return _grading().decide_command(args.lesson, args.student, args.decision, args.json)


def _extend_options(sub: argparse.ArgumentParser) -> None:
    _lesson(sub)
    sub.add_argument("student", nargs="?", metavar="STUDENT", help="without it: everybody who has longer")
    sub.add_argument("date", nargs="*", metavar="DATE", help='the new deadline with its zone, or "none"')
    _json(sub)


@command(
    "extend",
    _extend_options,
    "Give one student a later deadline. It may be given before or after anything was handed in; reports, exports and Formgrader "
    "go by it without grading again.",
    "ser extend 03_mfcc lena 2027-03-08 23:59 Europe/Berlin",
    "ser extend 03_mfcc lena none",
    "ser extend 03_mfcc",
)
def extend(args: argparse.Namespace) -> int:
    return _grading().extend_command(args.lesson, args.student, " ".join(args.date), args.json)


def _mark_options(sub: argparse.ArgumentParser) -> None:
    _lesson(sub)
    sub.add_argument("--port", type=int, default=0, help="of the page's address; without it, any that is free")
    sub.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")


@command(
    "mark",
    _mark_options,
    "Mark the written answers of a lesson, one after another. A page on this computer with the mark scheme and your comments beside "
    "each answer, names hidden; it needs no mouse. Marks go into nbgrader's gradebook.",
    "ser mark 05_split_and_scale",
)
def mark(args: argparse.Namespace) -> int:
    return _grading().mark_command(args.lesson, args.port, not args.no_browser)


def _report_like(sub: argparse.ArgumentParser) -> None:
    _lesson(sub)
    _json(sub)


@command(
    "return",
    _report_like,
    "Write everybody's feedback, and pack what came through Moodle or Canvas for the way back. Decide and mark before; what is "
    "still open, the pages say.",
    "ser return 03_mfcc",
)
def return_(args: argparse.Namespace) -> int:
    return _grading().return_command(args.lesson, args.json)


@command(
    "alike",
    _report_like,
    "Show answers that resemble each other side by side. Passages that neither the lesson, its solution, known answers nor many of "
    "the class explain: a place to look, no verdict.",
    "ser alike 03_mfcc",
)
def alike(args: argparse.Namespace) -> int:
    return _grading().alike_command(args.lesson, args.json)


@command("report", _report_like, "Write a lesson's reports and gradebook files again.", "ser report 03_mfcc")
def report(args: argparse.Namespace) -> int:
    return _grading().report_command(args.lesson, args.json)


def parser() -> argparse.ArgumentParser:
    """Every command with its options; `ser COMMAND --help` shows an example of each."""
    top = argparse.ArgumentParser(
        prog="ser",
        description="The speech emotion recognition course, from the terminal.",
        epilog="example: ser predict my_voice.wav\n\n`ser COMMAND --help` shows an example of each. Exit codes: 0 all is "
        "well, 1 something to mend\nwas found, 2 the command could not be done (one line says why), 130 stopped by Ctrl-C.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (run, options, summary, examples) in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary.partition(". ")[0].removesuffix("."),
            description=textwrap.fill(summary, 78),
            epilog="\n".join(f"example: {example}" for example in examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        options(sub)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; mistakes that a person can mend end in one line and exit code 2."""
    try:
        args = parser().parse_args(argv)
        return args.run(args)
    except (CourseError, OSError) as error:
        print(f"ser: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ser: stopped. No file was left half-written.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
