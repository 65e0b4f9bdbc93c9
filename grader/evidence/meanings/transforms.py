"""What exceptions of jax's transforms mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"^TypeError: scan body (output|function output) must be a pair",
        why="What a step returns first goes to the next step, what it returns second is kept.",
        help="return a pair: (new carry, output)",
    ),
    Pattern(
        pattern=r"^TypeError: scan body function carry input and carry output",
        why="The carry that a step returns goes into the next step, so it has to be like the first "
        "one.",
        help="start with a carry of the shape, type and structure that a step returns",
    ),
    Pattern(
        pattern=r"Tracer\w*Error|^ConcretizationTypeError|^UnexpectedTracerError|traced array",
        why="Under jax.jit or jax.vmap, an argument has a shape but no value yet, so Python can't "
        "use it as a number, a size or a condition.",
        help="pass sizes as static arguments (static_argnums), or remove the transform",
    ),
)
