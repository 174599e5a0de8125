"""How nbgrader sees the course: `nbgrader` commands run in this folder use it, and so do Formgrader and `ser build`."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821, nbgrader provides it

# nbgrader calls `alembic` by its name; it lies beside Python, also where nobody activated an environment.
if (beside := str(Path(sys.executable).parent)) not in os.environ["PATH"].split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([beside, os.environ["PATH"]])

c.CourseDirectory.course_id = "ser"
c.CourseDirectory.source_directory = "solutions"  # what people edit is the .py beside each notebook
c.CourseDirectory.release_directory = "lessons"
# What a running class leaves behind stays together, out of sight and out of git.
c.CourseDirectory.submitted_directory = ".classroom/submitted"
c.CourseDirectory.autograded_directory = ".classroom/autograded"
c.CourseDirectory.feedback_directory = ".classroom/feedback"
c.CourseDirectory.db_url = "sqlite:///.classroom/gradebook.db"
# nbgrader copies every other file of a source folder into the release: the solution's script must not be one.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.py", "*.mine-*.ipynb"]
# And every other file of a submission, links followed, into what it grades. A folder's own name makes it skip all of them.
c.CourseDirectory.ignore += sorted(path.parent.name for path in Path(__file__).parent.glob("solutions/*/*.py"))

# What stands in the place of a solution: it runs, and says so when it is called.
c.ClearSolutions.code_stub = {"python": '# Your answer goes here.\nraise NotImplementedError("not answered yet")'}
c.ClearSolutions.text_stub = "*Your answer goes here: double-click, write, and run the cell.*"

# A submission is read, and repaired, by the course: the stock steps stop a whole class for one copied cell.
c.Autograde.exporter_class = "ser_helpers.course.grading.preflight.Exporter"
# It runs in a sandbox, and its checks run again where it never was.
c.Autograde.autograde_preprocessors = [
    "ser_helpers.course.grading.sandbox.Execute",
    "ser_helpers.course.grading.recompute.Recompute",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# A loop without an end costs this many seconds, once per cell that calls it; all cells together have five minutes.
c.Execute.timeout = 60
# A deleted check cell comes back and is scored, so that it is no way around it.
c.OverwriteCells.add_missing_cells = True

# What a student reads: words and points, no hidden test, no output, nothing from another host.
c.GenerateFeedback.exporter_class = "ser_helpers.course.grading.feedback.Exporter"
# And what Formgrader shows of a submission does not act in the instructor's browser either.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": "ser_helpers.course.grading.feedback.safe_html"}
