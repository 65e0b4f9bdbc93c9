"""Grade JAX and Flax exercises: what is wrong, which idea it is, and where."""

from __future__ import annotations

TYPE_CHECKING = False  # not from typing: a learner's own typing.py may still come first here
if TYPE_CHECKING:
    from grader.notebook.grading import grade
    from grader.notebook.magic import Shell

__all__ = ["grade", "load_ipython_extension"]


def load_ipython_extension(shell: Shell) -> None:
    """Give a notebook the cell magic `%%grade`; IPython calls this for `%load_ext grader`."""
    from grader.notebook.magic import load

    load(shell)


def __getattr__(name: str) -> object:
    """Import `grade` lazily: the command doesn't need it or its imports."""
    if name == "grade":
        from grader.notebook.grading import grade

        return grade
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
