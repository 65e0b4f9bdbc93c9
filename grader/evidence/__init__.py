"""The facts that rules use: everything derived from a transcript, computed once."""

from grader.evidence.evidence import Evidence
from grader.evidence.look import Look

__all__ = ["Evidence", "Look"]
