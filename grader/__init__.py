"""Grade JAX and Flax exercises: what is wrong, which idea it is, and where."""

from __future__ import annotations

TYPE_CHECKING = False  # not from typing: a learner's own typing.py may still come first here
if TYPE_CHECKING:
    from grader.notebook.grading import grade

__all__ = ["grade"]


def __getattr__(name: str) -> object:
    """Import `grade` lazily: the command doesn't need it or its imports."""
    if name == "grade":
        from grader.notebook.grading import grade

        return grade
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
