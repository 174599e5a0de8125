"""Marking with nbgrader, made safe. `pipeline.grade_one` is the way of one submission; its stages, in order:

admit       finds and reads the one notebook of a submission
../rebuild  puts its answers into the course's own notebook; the learner's `check` does the same
run         executes that in a box
recompute   has the checks run once more in the box, in a process that never ran the submission
settle      makes scores, flags and words of both runs

records     what is then known of a submission, and the one function that writes it down
box/        where a submission's code runs: what a box is, bubblewrap's, none at all, and what runs inside
shards      `ser grade`: all submissions of a lesson, several at a time; `ser decide`
adapters    nbgrader's classes: `nbgrader autograde`, Formgrader and `ser grade` come through them to `grade_one`
decisions   what an instructor decided about flags, and the deadline, as the gradebook has it
feedback    what the student reads
reports     what the instructor reads, and what a gradebook imports
seed        the course's private seed
"""
