"""What the rules look at: everything that can be derived from a transcript, prepared once."""

from grader.evidence.evidence import Evidence
from grader.evidence.look import Look

__all__ = ["Evidence", "Look"]
