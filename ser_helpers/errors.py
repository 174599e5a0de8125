"""The errors that are sentences: something a person can mend, said in their words."""


class CourseError(ValueError):
    """Something a person can mend; the message says what happened and what to do."""
