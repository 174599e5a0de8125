"""How nbgrader sees the course: `nbgrader` commands run in this folder use it, and so does `ser build`."""

c = get_config()  # noqa: F821, nbgrader provides it

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

# What stands in the place of a solution: it runs, and says so when it is called.
c.ClearSolutions.code_stub = {"python": '# Your answer goes here.\nraise NotImplementedError("not answered yet")'}
c.ClearSolutions.text_stub = "*Your answer goes here: double-click, write, and run the cell.*"

# A loop without an end costs this many seconds, once per cell that calls it.
c.Execute.timeout = 60
# A deleted check cell comes back and is scored, so that it is no way around it.
c.OverwriteCells.add_missing_cells = True
