"""What exceptions of calls whose arguments don't fit the function mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

_MISSING: Final = r"missing \d+ required (positional|keyword)|missing a required argument"

MEANINGS: Final = (
    Pattern(
        pattern=r"invalid keyword argument for (sum|max|min|abs|round|any|all)\(\)"
        r"|(sum|max|min|abs|any|all)\(\) (takes no keyword|got an unexpected .*'axis')",
        why="This is Python's own function, which knows nothing of axes.",
        help="use that of jax.numpy, such as jnp.sum",
    ),
    Pattern(
        pattern=r"unexpected keyword argument",
        why="The called function has no argument with this name.",
        help="compare the name with the documentation; a letter may be missing",
    ),
    Pattern(
        pattern=r"multiple values for (keyword )?argument",
        why="A call passes one argument twice, by position and by name.",
        help="count the arguments before it, or pass all of them by name",
    ),
    Pattern(
        pattern=r"positional arguments? but",
        why="A call passes more arguments than the function takes.",
        help="compare the arguments with what the function takes, and remove the extra ones",
    ),
    Pattern(
        pattern=r"missing \d+ required keyword-only",
        why="A call leaves out an argument that is passed by name.",
        help="pass it by name, as the last line of the exception has it",
    ),
    Pattern(
        pattern=r"__init__\(\) missing \d+ required positional",
        why="An instance is made without a value that its class asks for: a field of a Linen "
        "module, or an argument of __init__.",
        help="pass it where the instance is made; the last line of the exception names it",
    ),
    Pattern(
        pattern=_MISSING,
        why="A transform calls the function with what is passed to it, and with nothing else.",
        help="let the function do without it: what is the same in each call it can use from "
        "outside; what differs goes through the transform",
        library=r"^jax\b",
    ),
    Pattern(
        pattern=_MISSING,
        why="A call passes too few arguments. The exception's last line names what is missing.",
        help="pass what is missing, too",
        library=r"^(flax|inspect)\b",
    ),
    Pattern(
        pattern=_MISSING,
        why="A call passes too few arguments. This also happens if you call a method on a class "
        "instead of an instance.",
        help="count the arguments, and create an instance of the class before you call its methods",
    ),
)
