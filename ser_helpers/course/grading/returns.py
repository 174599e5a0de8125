"""The way in and back through Moodle and Canvas: their ZIP files, unpacked for `zip_collect`, and packed with feedback.

Both systems find a student by the name that a file had in the ZIP of submissions, which `zip_collect` leaves below
.classroom/downloaded. Moodle's "Upload multiple feedback files in a zip" reads the folder (NAME_NUMBER_assignsubmission_file_),
Canvas' "Upload Submissions" the two numbers of student and attachment.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import zipfile
from pathlib import Path

import tqdm
from nbgrader.converters import GenerateFeedback
from nbgrader.plugins import ExtractorPlugin
from nbgrader.utils import unzip

from ...places import CLASSROOM
from . import late, records
from .adapters import coursedir

LARGEST = 4 * 2**30  # bytes that a ZIP may unpack to
FEEDBACK = CLASSROOM / "feedback"
HOW = {
    "moodle": "the assignment, Submissions, Upload multiple feedback files in a zip",
    "canvas": "the assignment's page, Upload Submissions",
}


class Extractor(ExtractorPlugin):
    """nbgrader's, and in words: a ZIP that cannot be read ends the command, one inside it costs its student alone."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack everything in one folder into another, also what was packed twice."""
        to = Path(extracted_path)
        for file in sorted(Path(archive_path).rglob("*")):
            if file.is_file():
                try:
                    self._take(file, to / file.parent.relative_to(archive_path))
                except Exception as error:  # zipfile, tarfile, zlib and setuptools have one each
                    shutil.rmtree(to)
                    self.parent.fail(
                        f"{file} cannot be unpacked ({error or type(error).__name__}), so nothing was collected. Take it away, or "
                        "download it again and do not open it on the way; then the same command once more."
                    )

    def _take(self, file: Path, to: Path) -> None:
        to.mkdir(parents=True, exist_ok=True)
        if file.suffix not in self.zip_ext:
            shutil.copy(file, to)
            return
        self._unpack(file, to)
        tried: set[Path] = set()
        while inner := {one for one in to.rglob("*") if one.suffix in self.zip_ext and one.is_file()} - tried:
            tried |= inner
            for one in sorted(inner):
                try:
                    self._unpack(one, one.parent)
                except Exception as error:
                    self.log.warning("%s cannot be unpacked (%s) and is left out: ask for a new one.", one, error)

    def _unpack(self, file: Path, to: Path) -> None:
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as packed:
                if (size := sum(one.file_size for one in packed.infolist())) > LARGEST:
                    raise ValueError(f"it holds {size / 2**30:.0f} GB")
                if broken := packed.testzip():
                    raise ValueError(f"{broken} in it is damaged")
        unzip(str(file), str(to), self.zip_ext, create_own_folder=True, tree=False)


def packed_as(lesson: str) -> dict[str, dict[str, str]]:
    """How feedback has to be called, {"moodle" or "canvas": {student: name in the ZIP}}, by what `zip_collect` left."""
    config = late.settings()
    pattern = re.compile(config.FileNameCollectorPlugin.named_regexp)
    extracted = Path(config.ZipCollectApp.downloaded_directory, lesson, "extracted").absolute()
    names: dict[str, dict[str, str]] = {}
    for file in sorted(extracted.rglob("*.ipynb")):
        if match := pattern.match(str(file)):
            first = file.relative_to(extracted).parts[1].removesuffix(".ipynb")
            moodle = re.match(r".*?_\d+_assignsubmission_file(?=_|$)", first)
            name = f"{moodle[0]}_/{lesson}.html" if moodle else f"{first}.html"
            names.setdefault("moodle" if moodle else "canvas", {}).setdefault(match["student_id"], name)
    return names


def write_feedback(lesson: str, progress: bool = False) -> dict[str, Path]:
    """Have nbgrader write everybody's feedback anew; {student: page}."""
    where, config = coursedir(lesson)
    graded = [record.student for record in records.load_graded(lesson) if record.status == "graded"]
    for student in tqdm.tqdm(graded, unit=" pages", disable=not progress):
        where.student_id = student
        writer = GenerateFeedback(coursedir=where, config=config, force=True)
        writer.log.setLevel("CRITICAL")  # a page that is not there is named
        with contextlib.suppress(Exception, SystemExit):
            writer.start()
    pages = {student: FEEDBACK / student / lesson / f"{lesson}.html" for student in graded}
    return {student: page for student, page in pages.items() if page.is_file()}


def pack(lesson: str, pages: dict[str, Path], to: Path) -> dict[str, tuple[Path, set[str]]]:
    """Pack pages of feedback as each system wants them; {system: (its ZIP, whose pages are in it)}."""
    done = {}
    for system, names in packed_as(lesson).items():
        theirs = {student: page for student, page in pages.items() if student in names}
        file = to / f"return-{system}.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for student, page in theirs.items():
                about = zipfile.ZipInfo(names[student])  # of no time: the same pages make the same file
                packed.writestr(about, page.read_bytes(), zipfile.ZIP_DEFLATED)
        done[system] = file, set(theirs)
    return done
