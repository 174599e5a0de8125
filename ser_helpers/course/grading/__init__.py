"""Marking with nbgrader, made safe: what each file does, in the order a submission meets them.

preflight   reads one notebook out of a submission and repairs it against the release
sandbox     starts and stops what runs a student's code, and sets the limits
inside      runs in the sandbox: the libraries are loaded once, every submission is a confined fork
judge       runs in the sandbox: the checks once more, in a process that never ran the submission
recompute   asks for that second run, compares both scores and writes the record
feedback    what the student reads
reports     what the instructor reads, and what a gradebook imports
shards      `ser grade`: all submissions of a lesson, several at a time

nbgrader_config.py hangs preflight, sandbox, recompute and feedback into nbgrader, so that `nbgrader autograde` and Formgrader use them too.
"""
