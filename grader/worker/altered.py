"""Other numbers instead of what a lifted module returned, to see whether an answer uses them."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from grader.worker.foreign import Foreign
from grader.worker.nodes import is_node


def altered(result: Foreign, *, objects: bool = False) -> tuple[Foreign, int]:
    """Return the result with each number `x` as `1 - 2 * x`, and how many arrays have numbers.

    An answer that is only put into another order or shape changes in the same way, and that
    formula adds no rounding beyond the subtraction, so the judge can compute it. Integers and
    flags are left alone: a program may index or decide by them. So are NNX's objects, which a later
    run uses; but not as `objects` that are the numbers themselves, such as a gradient's state.
    """
    leaves, structure = jax.tree.flatten(result, is_leaf=None if objects else is_node)
    changed = [1 - 2 * leaf if _has_numbers(leaf) else leaf for leaf in leaves]
    return jax.tree.unflatten(structure, changed), sum(map(_has_numbers, leaves))


def _has_numbers(leaf: Foreign) -> bool:
    is_array = isinstance(leaf, jax.Array)
    return is_array and bool(leaf.size) and jnp.issubdtype(leaf.dtype, jnp.inexact)
