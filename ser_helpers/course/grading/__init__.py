"""Marking with nbgrader, made safe. `pipeline.grade_one` is the way of one submission; its stages, in order:

admit       finds and reads the one notebook of a submission
../rebuild  puts its answers into the course's own notebook; the learner's `check` does the same
run         executes that in a box
recompute   has the checks run once more in the box, in a process that never ran the submission
settle      makes scores, flags and words of both runs

records     what is then known of a submission, and the one function that writes it down
box/        where a submission's code runs: what a box is, bubblewrap's, none at all, and what runs inside
shards      `ser grade`: all submissions of a lesson, several at a time
commands    what `ser grade`, `ser decide`, `ser overview` and the others for instructors do and print
adapters    nbgrader's classes: `nbgrader autograde`, Formgrader and `ser grade` come through them to `grade_one`
decisions   what an instructor decided about flags, as the gradebook has it
late        what late work costs, and who has longer
mark        written answers, one after another
feedback    what the student reads
returns     the way in and back through Moodle and Canvas
reports     what the instructor reads, and what a gradebook imports
alike       answers that resemble each other
seed        the course's private seed
"""
