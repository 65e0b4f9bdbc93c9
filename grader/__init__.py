"""Grade JAX and Flax exercises: what is wrong, which idea it is, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.notebook.grading import grade

__all__ = ["grade"]


def __getattr__(name: str) -> object:
    """Import `grade` when it is asked for: the command needs none of what it brings."""
    if name == "grade":
        from grader.notebook.grading import grade

        return grade
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
