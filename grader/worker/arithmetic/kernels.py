"""The table of the primitives that can run here, by name."""

from __future__ import annotations

from typing import Final

from grader.worker.arithmetic.elementwise import ELEMENTWISE
from grader.worker.arithmetic.indexing import INDEXING
from grader.worker.arithmetic.products import PRODUCTS
from grader.worker.arithmetic.random_numbers import RANDOM
from grader.worker.arithmetic.reducing import REDUCING
from grader.worker.arithmetic.shaping import SHAPING
from grader.worker.arithmetic.step import Kernel

KERNELS: Final[dict[str, Kernel]] = {
    **ELEMENTWISE,
    **INDEXING,
    **PRODUCTS,
    **RANDOM,
    **REDUCING,
    **SHAPING,
}

TAKE_KEYS: Final = frozenset(RANDOM)
"""Those that are made for key arrays. Others would take a key for an array of 2; see `KEYED`."""
