"""The `ser` command: one function per word, each a thin shell around a function of the package.

Exit codes: 0 all is well, 1 something to mend was found, 2 the command could not be done (one line says why).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path


def doctor(args: argparse.Namespace) -> int:
    from .course import doctor

    return doctor.report(as_json=args.json)


def fetch(args: argparse.Namespace) -> int:
    from . import download

    clips = download.select(actors=args.actors, mini=args.mini, everything=args.all)
    report = download.fetch(clips, folder=args.to, base=args.source, progress=not args.json)
    print(json.dumps(report.as_dict(), indent=1) if args.json else report.sentence())
    return 0 if report.complete else 1


def tables(args: argparse.Namespace) -> int:
    from . import features

    added = features.update_table(path=args.out, n_jobs=args.jobs, dask=args.dask, progress=not args.json)
    missing = features.missing_features(args.out)
    if args.json:
        print(json.dumps({"added": added, "without_features": len(missing)}))
    else:
        print(f"{added} clips added; {len(missing)} of 7,442 have no features yet (audio not on this disk).")
    return 0


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
    answers = {str(file): model.predict(fitted, file) for file in args.files}
    if args.json:
        print(json.dumps({file: {"label": a.label, "probabilities": a.probabilities} for file, a in answers.items()}))
        return 0
    for file, answer in answers.items():
        print(f"{file}: {answer.label}")
        for label, probability in answer.probabilities.items():
            print(f"  {label:8} {probability:6.1%} {'#' * round(40 * probability)}")
    return 0


def check(args: argparse.Namespace) -> int:
    from .course import check

    return check.report(args.lesson, as_json=args.json)


def reset(args: argparse.Namespace) -> int:
    from .course import build

    return build.reset(args.lesson)


def build(args: argparse.Namespace) -> int:
    from .course import build

    return build.check_build() if args.check else build.measure() if args.measure else build.build()


def parser() -> argparse.ArgumentParser:
    """Every command with its options; `ser COMMAND --help` shows an example of each."""
    top = argparse.ArgumentParser(prog="ser", description="The speech emotion recognition course, from the terminal.")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(run, summary: str, example: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            run.__name__ if run is not tables else "features",
            help=summary,
            description=summary,
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    def workers(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="worker processes")

    from . import evaluate as _evaluate
    from . import features as _features
    from . import model as _model

    sub = command(doctor, "Check the set-up, a line each.", "ser doctor")
    sub = command(fetch, "Bring CREMA-D's recordings to this disk.", "ser fetch --actors 1001 1002")
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--actors", type=int, nargs="+", metavar="ID", help="all clips of these actors")
    which.add_argument("--mini", action="store_true", help="every actor, one sentence: a balanced small set")
    which.add_argument("--all", action="store_true", help="all 7,442 clips, 606 MB")
    sub.add_argument("--from", dest="source", metavar="URL", help="another address that serves the clips")
    sub.add_argument("--to", type=Path, metavar="FOLDER", help="another folder than the user's cache")

    sub = command(tables, "Compute the features of clips that have none yet.", "ser features --jobs 2")
    sub.add_argument("--out", type=Path, default=_features.TABLE, help="the table to complete or begin")
    sub.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://host:8786, whose workers do the work")
    workers(sub)

    sub = command(train, "Train the course's model on all committed features.", "ser train --out my.skops")
    sub.add_argument("--out", type=Path, default=_model.MODEL, help="where to save it (.skops)")
    sub.add_argument("--seed", type=int, default=0)

    sub = command(evaluate, "Score the model under every protocol.", "ser evaluate --quick")
    sub.add_argument("--quick", action="store_true", help="one fold per protocol; writes nothing")
    sub.add_argument("--out", type=Path, default=_evaluate.RESULTS, help="folder for the results")
    workers(sub)

    sub = command(predict, "Which emotion does the model hear?", "ser predict my_voice.wav")
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="audio files of any rate")
    sub.add_argument("--model", type=Path, default=_model.MODEL, help="another model saved by `ser train`")

    sub = command(check, "Run a lesson's checks on your saved notebook.", "ser check 03_mfcc")
    sub.add_argument("lesson", nargs="?", metavar="LESSON", help="without it: all lessons at a glance")

    sub = command(reset, "Make a lesson as new; your version is kept beside it.", "ser reset 03_mfcc")
    sub.add_argument("lesson", metavar="LESSON")

    sub = command(build, "Make everything generated from solutions/*/*.py.", "ser build --check")
    only = sub.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="change nothing; say what differs from a fresh build")
    only.add_argument("--measure", action="store_true", help="run every solution, note seconds and memory, then build")

    for sub in commands.choices.values():
        sub.add_argument("--json", action="store_true", help="print JSON for a program to read")
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; mistakes that a person can mend end in one line and exit code 2."""
    from .corpus import CourseError

    args = parser().parse_args(argv)
    try:
        return args.run(args)
    except (CourseError, OSError) as error:
        print(f"ser: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ser: stopped. What was finished is kept; the same command goes on from there.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
