"""How nbgrader sees the course: `nbgrader` commands run in this folder use it, and so do Formgrader and `ser build`."""

import contextlib
import os
import sys
from pathlib import Path

import nbgrader.utils
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import Exchange

from ser_helpers.course.grading import admit
from ser_helpers.places import CLASSROOM

c = get_config()  # noqa: F821, nbgrader provides it

# nbgrader calls `alembic` by its name; it lies beside Python, also where nobody activated an environment.
if (beside := str(Path(sys.executable).parent)) not in os.environ["PATH"].split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([beside, os.environ["PATH"]])

c.CourseDirectory.course_id = "ser"
c.CourseDirectory.source_directory = "solutions"  # what people edit is the .py beside each notebook
c.CourseDirectory.release_directory = "lessons"
# What a running class leaves behind stays together, out of sight and out of git. The gradebook needs the folder; where only
# reading is allowed, there is no class to run.
with contextlib.suppress(OSError):
    (Path(__file__).parent / CLASSROOM).mkdir(exist_ok=True)
c.CourseDirectory.submitted_directory = str(CLASSROOM / "submitted")
c.CourseDirectory.autograded_directory = str(CLASSROOM / "autograded")
c.CourseDirectory.feedback_directory = str(CLASSROOM / "feedback")
c.CourseDirectory.db_url = f"sqlite:///{CLASSROOM}/gradebook.db"
c.ExportPlugin.to = str(CLASSROOM / "grades.csv")
# nbgrader copies every other file of a source folder into the release: the solution's script must not be one.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.py", "*.mine-*.ipynb"]
c.CourseDirectory.ignore += [".guesses.json", ".board.jsonl"]  # what a learner's clicks and runs leave behind
# And every other file of a submission, links followed, into what it grades. A folder's own name makes it skip all of them; the
# two that the way back needs, the time and the secret, are handed on by the exporters below.
c.CourseDirectory.ignore += sorted(path.parent.name for path in Path(__file__).parent.glob("solutions/*/*.py"))

# `zip_collect` on what Moodle ("Download all submissions") and Canvas ("Download Submissions") pack: the student is the name
# in the one, the user's number in the other. What a student called a file inside says nothing about whose it is.
#     Lena Meier_4711_assignsubmission_file_/03_mfcc.ipynb     Lena Meier_4711_assignsubmission_file_03_mfcc.ipynb
#     meierlena_12345_67890_03_mfcc.ipynb                      meierlena_LATE_12345_67890_03_mfcc-1.ipynb
c.ZipCollectApp.downloaded_directory = str(CLASSROOM / "downloaded")
c.ZipCollectApp.extractor_plugin = "ser_helpers.course.grading.returns.Extractor"
c.FileNameCollectorPlugin.named_regexp = (
    r".*?/extracted/[^/]+/"  # the ZIP's own folder
    r"([^/]+?_(?=\d+_\d+_))?(?P<student_id>[^/_]+)_\d+_(?(1)|assignsubmission_file(?:_?/|_))"
    r"(?P<file_id>.+\.ipynb)$"  # with its folders: one name can be there twice
)

# nbgrader reads CEST as UTC, +0100 as a hundred seconds and 01.03. as the third of January, and says nothing. Here a date
# is read where it is certain, and else not: of a deadline in a sentence, of timestamp.txt in a note to the grade.
nbgrader.utils.parse_utc = admit.parse_deadline
CourseDirectory.get_existing_timestamp = lambda self, folder: admit.submitted_at(folder)
NbGraderAPI.get_submitted_timestamp = lambda self, lesson, student: admit.submitted_at(
    self.coursedir.format_path(self.coursedir.submitted_directory, student, lesson)
)

# The exchange, where the hub or somebody else has named one; and whose a submission in it is, its owner says, not its name.
c.Exchange.root = os.environ.get("SER_EXCHANGE", Exchange.root.default_value)
c.ExchangeFactory.collect = "ser_helpers.course.grading.exchange.Collect"

# What late work costs: nothing, as it stands here. 10 takes a tenth of the points earned for each day begun, grace days are
# free and not counted, and `penalty_method = "zero"` takes all points. `ser overview` goes by a change, and so does Formgrader.
c.AssignLatePenalties.plugin_class = "ser_helpers.course.grading.late.LateRule"
c.LateRule.percent_a_day = 0
c.LateRule.grace_days = 0

# What stands in the place of a solution: it runs, and says so when it is called.
c.ClearSolutions.code_stub = {"python": '# Your answer goes here.\nraise NotImplementedError("not answered yet")'}
c.ClearSolutions.text_stub = "*Your answer goes here: double-click, write, and run the cell.*"

# In a lesson a check is one line, as `ser build` makes it; the gradebook has the check itself before that.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "ser_helpers.course.grading.adapters.OneLine",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A submission is read, repaired, run in a sandbox and judged by the course: the stock steps stop a whole class for one copied
# cell. A loop without an end costs a minute, once per cell that calls it; all cells together have five.
c.Autograde.exporter_class = "ser_helpers.course.grading.adapters.SubmissionExporter"
c.SubmissionExporter.cell_seconds = 60
c.SubmissionExporter.notebook_seconds = 300
c.Execute.timeout = 60  # `nbgrader validate` waits as long for a cell
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.OverwriteCells",  # knows which answers are untouched
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What a student reads: words and points, no hidden test, no output, nothing from another host.
c.GenerateFeedback.exporter_class = "ser_helpers.course.grading.adapters.FeedbackExporter"
# And what Formgrader shows of a submission does not act in the instructor's browser either.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": "ser_helpers.course.grading.feedback.safe_html"}
