"""Products with a mask, of which XLA makes a choice: what is masked may be infinite, or NaN.

`mask * jnp.inf` is 0 where the mask is false. In NumPy, 0 times infinity is NaN.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jax.extend.core import Literal

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported

_SAME_NUMBERS: Final = frozenset(
    {"broadcast_in_dim", "expand_dims", "reshape", "squeeze", "transpose"}
)
"""Operations that XLA looks through."""


class Masks:
    """The variables of a program that hold truth values as floats."""

    def __init__(self) -> None:
        self._found: set[Any] = set()

    def note(self, equation: Any) -> None:  # noqa: ANN401  # a private class
        """Add what the equation makes if it is a mask."""
        name = equation.primitive.name
        if name == "convert_element_type":
            types = (each.aval.dtype for each in (*equation.invars, *equation.outvars))
            made = [each.kind for each in types] == ["b", "f"]
        else:
            same = name in _SAME_NUMBERS or (name == "mul" and any(map(_is_one, equation.invars)))
            made = same and any(map(self._is_mask, equation.invars))
        if made:
            self._found.update(equation.outvars)

    def kernel(self, equation: Any, kernel: Kernel | None) -> Kernel | None:  # noqa: ANN401
        """Return what computes the equation: if it is a product with a mask, as XLA does."""
        masks = [self._is_mask(each) for each in equation.invars] if self._found else []
        if kernel is None or not any(masks):
            return kernel
        match equation.primitive.name:
            case "mul":
                return _choice if masks[0] else _choice_by_second
            case "dot_general":
                return _of_finite(kernel)
            case _:
                return kernel

    def _is_mask(self, atom: Any) -> bool:  # noqa: ANN401  # a variable or a literal
        return not isinstance(atom, Literal) and atom in self._found


def _is_one(atom: Any) -> bool:  # noqa: ANN401  # a variable or a literal
    return isinstance(atom, Literal) and np.ndim(atom.val) == 0 and bool(atom.val == 1)


def _choice(_: Parameters, mask: Array, numbers: Array) -> Array:
    return np.where(mask != 0, numbers, numbers.dtype.type(0))


def _choice_by_second(parameters: Parameters, numbers: Array, mask: Array) -> Array:
    return _choice(parameters, mask, numbers)


def _of_finite(kernel: Kernel) -> Kernel:
    """Leave a product of matrices to XLA where it may choose: what it does depends on the shape."""

    def product(parameters: Parameters, *operands: Array) -> Array:
        if not all(np.isfinite(each).all() for each in operands):
            raise Unsupported
        return kernel(parameters, *operands)

    return product
