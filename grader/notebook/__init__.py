"""Grading from a notebook: a function of its cells becomes a program of its own."""

from grader.notebook.gather import CannotGrade, NotSelfContained, source_of

__all__ = ["CannotGrade", "NotSelfContained", "source_of"]
