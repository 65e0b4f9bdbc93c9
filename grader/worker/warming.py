"""What the nursery traces before many gradings of one exercise, so that each of them needn't.

Most of what a small program costs the first time is that jax traces its own functions and Flax's
layers for new shapes. What jax keeps of that, the forks inherit. Tracing starts no XLA.
"""

from __future__ import annotations

import contextlib

import jax
import numpy as np
from jax.extend.random import threefry_prng_impl

from grader.model.exercise import Exercise
from grader.model.source import Source
from grader.worker.loader import Program
from grader.worker.trace import Rung, fingerprint, fingerprints, scopes

Sizes = tuple[dict[str, int], ...]


def warm(exercise: Exercise, text: str, traced: Sizes, sizes: Sizes) -> None:
    """Trace a program, which is nobody's: as a submission for its proof, and at `sizes`."""
    program = Program("rehearsal.py", Source("rehearsal.py", text))
    program.register()
    try:
        program.compile()
        program.execute()
        function = program.find(exercise)
        if not callable(function):
            return
        fingerprints(function, exercise, traced)
        for each in sizes:
            fingerprint(function, exercise, next(scopes(exercise, [each], Rung.SIZES_AS_GIVEN)))
        _draw_keys()
    finally:
        program.unregister()


def _draw_keys() -> None:
    """Trace what makes keys. As part of a program, it is only traced when that is compiled."""
    draw = threefry_prng_impl
    with contextlib.suppress(Exception):  # later versions of jax may call these in another way
        jax.make_jaxpr(lambda seed: draw.fold_in(draw.seed(seed), seed))(np.int32(0))
        jax.make_jaxpr(lambda seed: draw.split(draw.seed(seed), (2,)))(np.int32(0))
