"""Helpers for the speech emotion recognition course: what a lesson imports, and nothing else."""
