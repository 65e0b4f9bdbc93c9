"""Grading from a notebook: a function of its cells becomes a program of its own."""

from grader.notebook.gather import NotSelfContained, source_of

__all__ = ["NotSelfContained", "source_of"]
