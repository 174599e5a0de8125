"""The commands of `ser` for those who write the course and those who teach with it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType

from .commands import Commands, jobs_option, json_option, lesson_option, one_or_more, scheduler
from .errors import CourseError

COMMANDS = Commands()
command = COMMANDS.add


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
    lesson_option(sub)
    sub.add_argument("--students", nargs="+", metavar="NAME", help="these alone")
    sub.add_argument("--again", action="store_true", help="also what has not changed since it was graded")
    sub.add_argument("--unsafe", action="store_true", help="without a sandbox: submissions run with all your rights")
    sub.add_argument(
        "--dask",
        type=scheduler,
        metavar="ADDRESS",
        help="a Dask scheduler, tcp://host:8786, whose workers run the submissions; hidden checks and seed travel there",
    )
    jobs_option(sub)
    json_option(sub)


@command(
    "grade",
    _grade_options,
    "Grade everything that was handed in for a lesson, with nbgrader.",
    "ser grade 03_mfcc",
    "ser grade 03_mfcc --dask tcp://127.0.0.1:8786",
)
def grade(args: argparse.Namespace) -> int:
    options = {"students": args.students, "n_jobs": args.jobs, "again": args.again, "dask": args.dask}
    return _grading().grade_command(args.lesson, args.json, unsafe=args.unsafe, **options)


def _decide_options(sub: argparse.ArgumentParser) -> None:
    lesson_option(sub)
    sub.add_argument("student", nargs="?", metavar="STUDENT", help="without it: everything that is not decided yet")
    sub.add_argument("decision", nargs="?", choices=["accept", "reject"], help="of all this student's flagged checks")
    json_option(sub)


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
    lesson_option(sub)
    sub.add_argument("student", nargs="?", metavar="STUDENT", help="without it: everybody who has longer")
    sub.add_argument("date", nargs="*", metavar="DATE", help='the new deadline with its zone, or "none"')
    json_option(sub)


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
    lesson_option(sub)
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
    lesson_option(sub)
    json_option(sub)


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


@command("overview", _report_like, "Write a lesson's reports and gradebook files again.", "ser overview 03_mfcc")
def overview(args: argparse.Namespace) -> int:
    return _grading().overview_command(args.lesson, args.json)


def _kit_options(sub: argparse.ArgumentParser) -> None:
    from .course.classroom import wheels

    sub.add_argument("folder", type=Path, metavar="FOLDER", help="new, empty, or a kit to go on with")
    sub.add_argument("--platforms", nargs="+", choices=wheels.SYSTEMS, default=list(wheels.SYSTEMS), metavar="NAME")
    sub.add_argument("--pythons", nargs="+", choices=wheels.PYTHONS, default=wheels.PYTHONS, metavar="3.N")
    sub.add_argument("--recordings", choices=("none", "mini", "all"), default="mini", help="that are on this disk")
    sub.add_argument("--serve", action="store_true", help="serve this kit to everybody in the network, until Ctrl-C")
    sub.add_argument("--port", type=int, default=8000, help="of --serve (%(default)s)")
    sub.add_argument("--only-here", action="store_true", help="with --serve: for this computer alone, to try it")


@command(
    "kit",
    _kit_options,
    "Put the course into one folder, for a room without internet. Packages for linux, macos and windows with Python 3.11 to "
    "3.14, the lessons, recordings, and a page that says what to do: copy it to a stick, or let this laptop serve it.",
    "ser kit /media/stick/ser-kit",
    "ser kit ser-kit --platforms windows macos --pythons 3.12 3.13 --recordings all",
    "ser kit --serve ser-kit",
)
def kit(args: argparse.Namespace) -> int:
    if args.serve:
        from .course.classroom import serving

        serving.serve(args.folder, args.port, args.only_here)
    else:
        from .course.classroom import kit

        print(kit.make(args.folder, args.platforms, args.pythons, args.recordings))
    return 0


def _game_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--clips", type=one_or_more, default=10, metavar="N", help="how many (%(default)s)")
    sub.add_argument("--seed", type=int, default=1, metavar="N", help="another number, other clips (%(default)s)")
    sub.add_argument("--save", type=Path, metavar="FILE", help="keep the counts, as JSON; else nothing is kept")
    sub.add_argument("--port", type=int, default=8080, help="of the phones' address (%(default)s)")
    sub.add_argument("--only-here", action="store_true", help="answer this computer alone, to try it")
    sub.add_argument("--no-browser", action="store_true", help="print the screen's address, and open no browser")


@command(
    "game",
    _game_options,
    "Let a room guess: everybody hears the same clips and votes by phone. Beside the room's votes stand the crowd's, a model's "
    "answer and what the actor was told. No account, no name, no internet; Ctrl-C ends it.",
    "ser game",
    "ser game --only-here --seed 7",
    "ser game --save counts.json",
)
def game(args: argparse.Namespace) -> int:
    from .course.classroom import game as classroom

    return classroom.play(args.clips, args.seed, args.port, args.save, not args.no_browser, args.only_here)


def _slides_options(sub: argparse.ArgumentParser) -> None:
    from .places import CLASSROOM

    sub.add_argument("lessons", nargs="*", metavar="LESSON", help="which ones; without a name, all")
    sub.add_argument("--to", type=Path, default=CLASSROOM / "slides", metavar="FOLDER", help="(%(default)s)")
    sub.add_argument(
        "--recordings",
        action="store_true",
        help="with CREMA-D's recordings that are on this disk, not the practice voices; the deck then says their licence",
    )


@command(
    "slides",
    _slides_options,
    "Make slides of lessons: headings, questions, pictures, sounds and exercises, as the lesson has them. Runs each lesson on the "
    "practice voices; a deck is one file that opens without a network.",
    "ser slides 05_split_and_scale",
    "ser slides --recordings --to talk",
)
def slides(args: argparse.Namespace) -> int:
    from .course.classroom import slides as classroom

    return classroom.make(args.lessons, args.to, recordings=args.recordings)


def _site_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="where to write them (site/ in the course)")
    sub.add_argument("--solutions", action="store_true", help="also show how each exercise is solved")


@command(
    "site",
    _site_options,
    "Make pages of the lessons, to read and hear on a phone or on paper. Runs each lesson that changed on the practice "
    "voices; the pages open from a file and ask no other host. Solutions are not in them unless you ask.",
    "ser site",
    "ser site ~/public_html/ser",
)
def site(args: argparse.Namespace) -> int:
    from .course.classroom import site

    return site.make(args.folder, args.solutions)


def _hub_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--users", type=Path, required=True, metavar="CSV", help="id,role: who may log in")
    sub.add_argument(
        "--exchange", type=Path, metavar="FOLDER", help="where work is handed in, if not where nbgrader looks"
    )
    sub.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="to answer at (%(default)s: this machine alone)"
    )
    sub.add_argument("--port", type=int, default=8000, help="and the two above it (%(default)s)")
    sub.add_argument("--certificate", type=Path, nargs=2, default=[], metavar=("FILE", "KEY"), help="for https")


@command(
    "hub",
    _hub_options,
    "Run a JupyterHub for a class on this machine. As root it makes a Unix account for everybody in the table, keeps them apart, "
    "and shares package, recordings and nbgrader's exchange; as anybody else it is a trial without protection.",
    "ser hub --users users.csv",
    "ser hub --users users.csv --host 0.0.0.0 --port 443 --certificate fullchain.pem privkey.pem",
)
def hub(args: argparse.Namespace) -> int:
    from .course.classroom import hub

    return hub.start(args.users, args.exchange, args.host, args.port, args.certificate)
