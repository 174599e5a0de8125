"""nbgrader, for a learner on the hub: which course, where lessons lie, where they are handed in."""

import os
from pathlib import Path

c = get_config()  # noqa: F821, nbgrader provides it

c.CourseDirectory.course_id = "ser"
c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
c.Exchange.root = os.environ["SER_EXCHANGE"]
# Released lessons are looked for where all lessons lie, so nobody works in one copy and hands in another.
c.Exchange.assignment_dir = str(Path.home() / "ser" / "lessons")
c.Exchange.cache = str(
    Path.home() / "ser" / ".handed-in"
)  # copies of what was handed in, in a folder that is closed to others
# Earlier feedback is not handed in again, nor what the lessons keep beside the notebook.
c.CourseDirectory.ignore = [".*", "feedback", "__pycache__", "*.mine-*.ipynb"]
c.Execute.timeout = 60  # Validate waits as long for a cell
