"""Grading from a notebook: a function in its cells becomes a separate program."""

from grader.notebook.gather import CannotGrade, NotSelfContained, source_of

__all__ = ["CannotGrade", "NotSelfContained", "source_of"]
