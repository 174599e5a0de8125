"""The commands of `ser` for those who make models and measure them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from .commands import Commands, jobs_option, json_option, one_or_more, scheduler
from .errors import CourseError

if TYPE_CHECKING:
    from .plots import Picture

COMMANDS = Commands()
command = COMMANDS.add


def _corpus(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--corpus", default="crema-d", metavar="NAME|CSV", help="a name that `ser corpora` lists, or your own table"
    )


def _recipe(sub: argparse.ArgumentParser) -> None:
    from .model import RECIPES

    names = ", ".join(recipe.name for recipe in RECIPES)
    sub.add_argument("--recipe", default="original", metavar="NAME", help=f"how a model is made: {names} (%(default)s)")


def _features_options(sub: argparse.ArgumentParser) -> None:
    from .features import FEATURES

    _corpus(sub)
    names = ", ".join(features.name for features in FEATURES)
    sub.add_argument("--features", default="means168", metavar="NAME", help=f"which ones: {names} (%(default)s)")
    sub.add_argument("--out", type=Path, metavar="FILE", help="another table to complete or begin (.npz)")
    sub.add_argument(
        "--dask", type=scheduler, metavar="ADDRESS", help="a Dask scheduler, tcp://host:8786, whose workers do the work"
    )
    jobs_option(sub)
    json_option(sub)


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
    sub.add_argument(
        "--quick", action="store_true", help="on a few clips, to see that it works; never over the real one"
    )
    json_option(sub)


@command(
    "train",
    _train_options,
    "Train a model on all features of a corpus. Writes the model, and its card beside it; takes a minute. The recipe everyday "
    "needs Keras and about a day on two cores. Ended at any moment and begun again, it goes on where it was.",
    "ser train --out my.skops",
    "ser train --corpus practice --recipe logistic",
    "ser train --recipe everyday --quick",
)
def train(args: argparse.Namespace) -> int:
    from . import corpus, evaluate, model

    about: dict = {"quick": True, "path": args.out or model.quick_path(args.corpus, args.recipe)}
    if not args.quick:  # a model of a few clips reaches nothing of this
        about = {"path": args.out, "measured": evaluate.measured(args.corpus, args.recipe)}
        about["expected"] = evaluate.expected(corpus.named(args.corpus).name, args.recipe)
    path = model.train(args.corpus, args.recipe, seed=args.seed, progress=not args.json, **about)
    card = model.load(path).card
    print(json.dumps(card, indent=1) if args.json else f"Saved {path}: {card['trained_on']}.")
    return 0


def _model_option(sub: argparse.ArgumentParser) -> None:
    from .model import EVERYDAY

    about = "the course's, or one saved by `ser train` (%(default)s)"
    sub.add_argument("model", nargs="?", default=EVERYDAY.stem, metavar="NAME|FILE", help=about)


def _card_options(sub: argparse.ArgumentParser) -> None:
    _model_option(sub)
    sub.add_argument("--renew", action="store_true", help="write what `ser evaluate` measured since into the card")
    json_option(sub)


@command(
    "card",
    _card_options,
    "Show a model's card. How often it is right for each emotion, level, sex and age and behind telephone, MP3 and room; "
    "whether its probabilities mean what they say; its limits, and what it must not be used for.",
    "ser card",
    "ser card original",
)
def card(args: argparse.Namespace) -> int:
    from . import evaluate, model

    path = model.model_file(args.model)
    said = model.read_card(path)
    if args.renew:
        about = said["corpus"], said["recipe"]
        said |= {"expected": evaluate.expected(*about), "measured": evaluate.measured(*about)}
        model.write_card(path, said)
    print(json.dumps(said, indent=1) if args.json else model.card_text(said))
    return 0


def _evaluate_options(sub: argparse.ArgumentParser) -> None:
    from .evaluate import CLIPS_PER_SPEAKER, RESULTS
    from .model import EVERYDAY

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
    what.add_argument(
        "--across",
        nargs="*",
        metavar="CORPUS",
        help="from corpus to corpus: these, or all on this disk; takes a few minutes",
    )
    what.add_argument(
        "--curves", action="store_true", help="how the small networks learn, epoch by epoch; needs Keras, takes minutes"
    )
    what.add_argument(
        "--ladder",
        action="store_true",
        help="from the published notebook to networks, step by step; needs the audio, takes hours, goes on where it stopped",
    )
    what.add_argument(
        "--refused",
        action="store_true",
        help="how often a recipe that may gives no label, of all clips: needs the audio, takes some minutes",
    )
    what.add_argument("--audio", type=Path, metavar="FOLDER", help="a saved model on recordings whose labels are known")
    of_chains = sub.add_argument_group("with --chains")
    of_chains.add_argument(
        "--clips-per-actor", type=one_or_more, default=CLIPS_PER_SPEAKER, metavar="N", help="of each (%(default)s)"
    )
    of_chains.add_argument(
        "--models", type=Path, metavar="FOLDER", help="a model per fold, trained elsewhere; with --refused, too"
    )
    of_ladder = sub.add_argument_group("with --ladder")
    of_ladder.add_argument(
        "--from", dest="begin", default="", metavar="N", help="its first rung to measure: 3, or a name"
    )
    of_ladder.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="a Dask scheduler, tcp://host:8786, whose workers see the same files and cache",
    )
    of_audio = sub.add_argument_group("with --audio")
    of_audio.add_argument("--model", metavar="NAME|FILE", help=f"which model ({EVERYDAY.stem})")
    of_audio.add_argument("--labels", type=Path, metavar="CSV", help="with columns file and label; else names say them")
    jobs_option(sub)
    json_option(sub)


@command(
    "evaluate",
    _evaluate_options,
    "Score a recipe under every protocol. Five folds each, from stored features, in a few minutes; people's score on the "
    "same clips beside it. Writes scores, predictions and a picture. With --chains: behind everything that can happen to a "
    "recording. With --refused: whom it gives no label. With --across: trained on one corpus, tested on another. With --ladder: "
    "what each step from the published notebook on is worth. With --curves: networks watched as they learn. With --audio: a saved "
    "model on a folder of recordings.",
    "ser evaluate --quick",
    "ser evaluate --corpus practice --recipe logistic --out my_results --json",
    "ser evaluate --chains --recipe logistic",
    "ser evaluate --refused --recipe everyday",
    "ser evaluate --across practice crema-d",
    "ser evaluate --ladder --from everyday",
    "ser evaluate --audio new_actors --model original --json",
)
def evaluate(args: argparse.Namespace) -> int:
    if not args.audio and (args.model or args.labels) or args.models and not (args.chains or args.refused):
        raise CourseError("--model and --labels go with --audio FOLDER, --models with --chains and --refused.")
    if (args.begin or args.dask) and not args.ladder:
        raise CourseError("--from and --dask go with --ladder.")
    if args.audio:
        return _evaluate_audio(args)
    if args.chains:
        return _evaluate_chains(args)
    if args.refused:
        return _evaluate_refused(args)
    if args.across is not None or args.curves:
        return _evaluate_across_or_curves(args)
    if args.ladder:
        return _evaluate_ladder(args)
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


def _evaluate_refused(args: argparse.Namespace) -> int:
    from . import corpus, evaluate

    part = corpus.named(args.corpus)
    folds = evaluate.read_folds(args.models, args.recipe) if args.models else None
    options = {"quick": args.quick, "folder": args.out, "n_jobs": args.jobs, "progress": not args.json}
    asked = evaluate.run_refusals(part.name, args.recipe, folds, **options)
    print(json.dumps(asked.to_dict("records"), indent=1) if args.json else evaluate.refusals_text(asked))
    return 0


def _evaluate_across_or_curves(args: argparse.Namespace) -> int:
    from . import evaluate

    if args.curves:
        rows = evaluate.measure_curves(args.corpus, quick=args.quick, progress=not args.json)
        write, text = evaluate.write_curves, evaluate.curves_text
    else:
        rows = evaluate.across(args.across, args.recipe, n_jobs=args.jobs)
        write, text = evaluate.write_across, evaluate.across_text
    if not args.quick:
        write(rows, args.out)
    print(json.dumps(rows.to_dict("records"), indent=1) if args.json else text(rows))
    return 0


def _evaluate_ladder(args: argparse.Namespace) -> int:
    from . import evaluate

    options = {"quick": args.quick, "folder": args.out, "n_jobs": args.jobs, "dask": args.dask}
    rungs, ablations = evaluate.run_ladder(args.corpus, args.begin, **options)
    both = {"rungs": rungs.to_dict("records"), "ablations": ablations.to_dict("records")}
    print(json.dumps(both, indent=1) if args.json else evaluate.ladder_text(rungs, ablations))
    return 0


def _evaluate_audio(args: argparse.Namespace) -> int:
    from . import evaluate, model

    results = evaluate.run_recordings(
        args.model or model.EVERYDAY, args.audio, args.labels, args.corpus, progress=not args.json
    )
    print(json.dumps(results, indent=1) if args.json else evaluate.recordings_text(results))
    return 1 if results["left_out"] else 0


def _save(picture: Picture, file: Path) -> None:
    picture.figure.savefig(file, dpi=150, metadata={"Software": None})


def _report_options(sub: argparse.ArgumentParser) -> None:
    _model_option(sub)
    sub.add_argument("--out", type=Path, metavar="FILE", help="where to write it (MODEL_report.html)")
    sub.add_argument("--audio", action="store_true", help="also embed recordings of people that the model learned from")
    json_option(sub)


@command(
    "report",
    _report_options,
    "Write a page about a model. Card, ladder, leak and chain meter, confusion beside people's, groups, calibration, limits, and "
    "clips to hear with what it says: one file that opens without a network, every figure from the measured results.",
    "ser report",
    "ser report my.skops --out my_model.html",
    "ser report original --audio",
)
def report(args: argparse.Namespace) -> int:
    from . import report

    file, left_out = report.make(args.model, args.out, args.audio)
    if args.json:
        print(json.dumps({"page": str(file), "left_out": left_out}, indent=1))
        return 0
    print(f"Wrote {file} ({file.stat().st_size / 1e6:.1f} MB): open it in a browser.")
    for why in dict.fromkeys(left_out.values()):
        print(f"Left out ({', '.join(name for name in left_out if left_out[name] == why)}): {why}")
    return 0
