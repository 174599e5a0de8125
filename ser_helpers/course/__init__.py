"""What runs the course: checks, grading, building, looking after a machine."""

import sys

# jsonschema, which nbformat stands on, compiles a grammar of web addresses when it is loaded: two thirds of a second, each
# time, for a kind of text that no notebook has. Without the package it does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
