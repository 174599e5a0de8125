"""The `ser` command: one function per word, each a thin shell around a function of the package.

Exit codes: 0 all is well, 1 something to mend was found, 2 the command could not be done (one line says why).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from pathlib import Path

from .errors import CourseError


def doctor(args: argparse.Namespace) -> int:
    from .course import doctor

    return doctor.report(as_json=args.json)


def fetch(args: argparse.Namespace) -> int:
    from .corpus import fetch as download

    clips = download.select(actors=args.actors, mini=args.mini, everything=args.all)
    report = download.fetch(clips, folder=args.to, base=args.source, progress=not args.json)
    print(json.dumps(report.as_dict(), indent=1) if args.json else report.sentence())
    return 0 if report.complete else 1


def tables(args: argparse.Namespace) -> int:
    from . import features

    tried = features.update_table(path=args.out, n_jobs=args.jobs, dask=args.dask, progress=not args.json)
    wrong = tried[tried != ""]
    added = len(tried) - len(wrong)
    reasons = features.missing_features(args.out).value_counts().to_dict() if args.out.exists() else {}
    if args.json:
        print(json.dumps({"added": added, "failed": wrong.to_dict(), "without_features": reasons}, indent=1))
    else:
        print(f"{added:,} clips added to {args.out}.", *wrong.head(3), sep="\n")
        print("\n".join(f"{count:,} clips have no features: {reason}." for reason, count in reasons.items()))
    return 1 if len(wrong) else 0


def train(args: argparse.Namespace) -> int:
    from . import evaluate, model

    card = model.train(path=args.out, seed=args.seed, expected=evaluate.expected())
    print(json.dumps(card, indent=1) if args.json else f"Saved {args.out}: {card['trained_on']}.")
    return 0


def evaluate(args: argparse.Namespace) -> int:
    from . import evaluate

    results = evaluate.run(quick=args.quick, n_jobs=args.jobs, folder=args.out)
    if not args.quick:
        from . import plots

        picture = plots.leak_meter(evaluate.load_scores(args.out))
        picture.figure.savefig(args.out / "leak_meter.png", dpi=150, metadata={"Software": None})
    print(json.dumps(results, indent=1) if args.json else evaluate.text_table(results))
    return 0


def predict(args: argparse.Namespace) -> int:
    from . import model

    fitted = model.load_model(args.model)
    answers, code = {}, 0
    for file in args.files:
        try:
            answer = model.predict(fitted, file)
        except CourseError as error:  # the other files are wanted all the same
            print(f"ser: {error}", file=sys.stderr)
            code = 2
            continue
        answers[str(file)] = {"label": answer.label, "probabilities": answer.probabilities}
        if not args.json:
            print(f"{file}: {answer.label}")
            for label, probability in answer.probabilities.items():
                print(f"  {label:8} {probability:6.1%} {'#' * round(40 * probability)}")
    if args.json:
        print(json.dumps(answers, indent=1))
    return code


def check(args: argparse.Namespace) -> int:
    from .course import check

    return check.report(args.lesson, as_json=args.json)


def reset(args: argparse.Namespace) -> int:
    from .course.authoring import build

    return build.reset(args.lesson)


def build(args: argparse.Namespace) -> int:
    from .course.authoring import build

    return build.check_build() if args.check else build.measure() if args.measure else build.build()


def grade(args: argparse.Namespace) -> int:
    if sys.platform == "win32":
        raise CourseError("Grading needs Linux: use a virtual machine, or Windows' own (WSL 2).")
    from .course.grading import sandbox, shards

    if args.unsafe:
        os.environ[sandbox.UNSAFE] = "1"
    return shards.report(args.lesson, args.json, students=args.students, n_jobs=args.jobs, again=args.again)


def report(args: argparse.Namespace) -> int:
    from .course.grading import reports

    return reports.report(args.lesson, args.json)


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

    def command(run, summary: str, *examples: str) -> argparse.ArgumentParser:
        """`summary`: its first sentence stands in the list of commands."""
        sub = commands.add_parser(
            run.__name__ if run is not tables else "features",
            help=summary.partition(". ")[0].removesuffix("."),
            description=textwrap.fill(summary, 78),
            epilog="\n".join(f"example: {example}" for example in examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    def workers(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--jobs", type=_one_or_more, default=os.cpu_count() or 1, metavar="N", help="worker processes (%(default)s)"
        )

    from . import evaluate as _evaluate
    from . import features as _features
    from . import model as _model

    sub = command(doctor, "Check the set-up, a line each: OK or what to do.", "ser doctor")

    sub = command(
        fetch,
        "Bring CREMA-D's recordings to this disk. Each clip is checked against its official hash; run again, it goes on "
        "where it stopped.",
        "ser fetch --mini",
        "ser fetch --actors 1001 1002 --from http://LAPTOP:8000",
    )
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--actors", type=int, nargs="+", metavar="ID", help="all clips of these actors")
    which.add_argument("--mini", action="store_true", help="every actor, one sentence: 546 clips, 40 MB")
    which.add_argument("--all", action="store_true", help="all 7,442 clips, 606 MB")
    sub.add_argument("--from", dest="source", metavar="URL", help="another address that serves the clips")
    sub.add_argument("--to", type=Path, metavar="FOLDER", help="another folder than AudioWAV in your cache")

    sub = command(
        tables,
        "Compute the features of clips that have none yet. Needs their audio on this disk; rows that are there stay.",
        "ser features --jobs 2",
        "ser features --out my_features.npz --dask tcp://127.0.0.1:8786",
    )
    sub.add_argument(
        "--out", type=Path, default=_features.TABLE, metavar="FILE", help="the table to complete or begin (.npz)"
    )
    sub.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://host:8786, whose workers do the work")
    workers(sub)

    sub = command(
        train,
        "Train the course's model on all features in data/. Writes the model, and its card beside it; takes a minute.",
        "ser train --out my.skops",
    )
    sub.add_argument("--out", type=Path, default=_model.MODEL, metavar="FILE", help="where to save it (.skops)")
    sub.add_argument("--seed", type=int, default=0, help="of the network's first weights and batches (%(default)s)")

    sub = command(
        evaluate,
        "Score the model under every protocol. Five folds each, from the features in data/, in a few minutes; people's "
        "score on the same clips beside it. Writes scores, predictions and a picture.",
        "ser evaluate --quick",
        "ser evaluate --out my_results --json",
    )
    sub.add_argument("--quick", action="store_true", help="one fold per protocol; writes nothing")
    sub.add_argument("--out", type=Path, default=_evaluate.RESULTS, metavar="FOLDER", help="folder for the results")
    workers(sub)

    sub = command(
        predict,
        "Say which emotion the model hears. A label and six probabilities: what an actor may have been asked to act, not "
        "what a person feels.",
        "ser predict my_voice.wav",
        "ser predict --json *.mp3",
    )
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WAV, FLAC, MP3, OGG ... of any sample rate")
    sub.add_argument(
        "--model", type=Path, default=_model.MODEL, metavar="FILE", help="another model saved by `ser train`"
    )

    sub = command(check, "Run a lesson's checks on your saved notebook.", "ser check 03_mfcc")
    sub.add_argument("lesson", nargs="?", metavar="LESSON", help="without it: all lessons at a glance")

    sub = command(reset, "Make a lesson as new; your version is kept beside it.", "ser reset 03_mfcc")
    sub.add_argument("lesson", metavar="LESSON")

    sub = command(build, "Make everything generated from solutions/*/*.py.", "ser build --check")
    only = sub.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="change nothing; say what differs from a fresh build")
    only.add_argument("--measure", action="store_true", help="run every solution, note seconds and memory, then build")

    sub = command(grade, "Grade everything that was handed in for a lesson, with nbgrader.", "ser grade 03_mfcc")
    sub.add_argument("lesson", metavar="LESSON")
    sub.add_argument("--students", nargs="+", metavar="NAME", help="these alone")
    sub.add_argument("--again", action="store_true", help="also what has not changed since it was graded")
    sub.add_argument("--unsafe", action="store_true", help="without a sandbox: submissions run with all your rights")
    workers(sub)

    sub = command(report, "Write a lesson's reports and gradebook files again.", "ser report 03_mfcc")
    sub.add_argument("lesson", metavar="LESSON")

    for name, sub in commands.choices.items():
        if name not in ("build", "reset"):  # what they did, they say to people
            sub.add_argument("--json", action="store_true", help="print JSON for a program to read")
    return top


def _one_or_more(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more was expected")
    return number


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
