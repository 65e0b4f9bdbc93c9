"""What exceptions of arrays and their shapes mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"dot_general|contracting dimensions",
        why="A matrix product got two arrays with different inner sizes. Usually an input was "
        "transposed, or has one axis too many or too few.",
        help="print the shapes of the input and of the parameters, and compare them with the task",
    ),
    Pattern(
        pattern=r"read-only",
        message="the program changes a read-only array in place",
        label="read-only",
        why="NumPy's view of a JAX array (np.asarray) shows JAX's own memory, which never changes.",
        help="make a copy that may change: np.array(x)",
    ),
    Pattern(
        pattern=r"immutable",
        message="the program changes a JAX array in place",
        label="JAX arrays can't be assigned into",
        why="The arguments are JAX arrays, and so is everything computed from them, even x.copy().",
        help="make a new array: x = x.at[i].set(value) instead of x[i] = value",
    ),
    Pattern(
        pattern=r"(?s)^(?!AttributeError).*(reshape|total size must be unchanged)",
        why="The new shape has a different number of elements than the array.",
        help="let reshape compute the size: reshape(-1)",
    ),
    Pattern(
        pattern=r"has no attribute 'shape'|abstract array|valid JAX (array )?type",
        why="The call needs an array but got something else.",
        help="check which value goes to which argument",
    ),
    Pattern(
        pattern=r"incompatible shapes|could not be broadcast|inconsistent sizes",
        why="The program combines two arrays with sizes that don't match.",
        help="print the shapes before this line, and compare them with the task",
    ),
)
