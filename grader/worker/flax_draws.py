"""What Flax draws from a key, remembered: the same key always gives the same.

A parameter's first value is two fifths of a small program's time: Flax folds its key out of the
stream's, and one of jax's initialisers draws from that. A process that runs several programs, or a
program several times, does so with the same few seeds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, Final, NamedTuple

import flax
import jax
import numpy as np
from flax.core import scope
from jax._src.array import ArrayImpl

from grader.worker.arithmetic.evaluation import Kind, kind_of
from grader.worker.arithmetic.step import Unsupported
from grader.worker.arithmetic.tiers import installed, numbers_of

_MOST: Final = 2000
"""How many arrays are remembered."""
_LARGEST: Final = 4096
"""Elements of one."""
_SETTINGS: Final = (
    "jax_debug_infs",
    "jax_debug_nans",
    "jax_default_prng_impl",
    "jax_enable_x64",
    "jax_numpy_dtype_promotion",
    "jax_numpy_rank_promotion",
    "jax_threefry_partitionable",
)
"""What changes a draw, or says whether it may be made; `flax_fix_rng_separator` does, too."""
FIXED: Final = frozenset(
    {bool, int, float, str, type(None), type, np.dtype, type(jax.numpy.float32)}
)
"""Types of what nobody can change."""

Draw = Callable[..., Any]


class _Drawn(NamedTuple):
    """An array, and how many operations of a case it took (`Tiers.left`)."""

    numbers: np.ndarray[Any, Any]
    kind: Kind
    operations: int


class Draws:
    """Remembers what was drawn in this process."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Drawn] = {}

    def remember_keys(self) -> None:
        """Let Flax remember the keys that it folds out of others.

        Does nothing if this version of Flax has no such place.
        """
        fold: Draw | None = getattr(scope, "_fold_in_static", None)
        if fold is not None:
            scope._fold_in_static = partial(self._folded, fold)  # noqa: SLF001

    def of(self, initializer: Draw) -> Draw:
        """Return an initialiser of jax's that remembers what it drew."""
        held = _held(initializer)
        if not all(type(part) in FIXED for part in held):
            return initializer
        what = (initializer, initializer.__code__, *held)
        return lambda key, *args: self._drawn(initializer, key, args, (*what, *args))

    def _folded(self, fold: Draw, key: Any, data: Any) -> Any:  # noqa: ANN401  # as Flax has it
        if not all(type(each) in (str, int) for each in data):  # 1.0 would be equal to 1
            return fold(key, data)
        how = scope.random.fold_in
        return self._drawn(fold, key, (data,), (getattr(how, "__wrapped__", how), data))

    def _drawn(
        self,
        draw: Draw,
        key: Any,  # noqa: ANN401
        args: tuple[Any, ...],
        what: tuple[Hashable, ...],
    ) -> Any:  # noqa: ANN401
        """Return `draw(key, *args)`, which depends on the key's numbers and on `what`."""
        tiers, numbers = installed(), numbers_of(key)
        if tiers is None or type(numbers) is not ArrayImpl or numbers.committed:
            return draw(key, *args)
        settings = [getattr(jax.config, each, None) for each in _SETTINGS]
        settings.append(getattr(flax.config, "flax_fix_rng_separator", None))
        name = (np.asarray(numbers).tobytes(), key.shape, key.dtype, *settings, *what)
        try:
            found = self._known.get(name)
        except TypeError:  # it can't be remembered, and Flax says what is wrong with it
            return draw(key, *args)
        if found is not None and tiers.left > found.operations:
            tiers.left -= found.operations
            return tiers.array(found.numbers, found.kind)
        before = tiers.left
        made = draw(key, *args)
        if 0 < tiers.left < before and len(self._known) < _MOST:
            self._keep(name, made, before - tiers.left)
        return made

    def _keep(self, name: Hashable, made: Any, operations: int) -> None:  # noqa: ANN401
        numbers = numbers_of(made)
        if type(numbers) is ArrayImpl and not numbers.committed and numbers.size <= _LARGEST:
            with contextlib.suppress(Unsupported):
                self._known[name] = _Drawn(np.array(numbers), kind_of(made.aval), operations)


def _held(initializer: Draw) -> list[Any]:
    """Return what an initialiser closes over now, each part of a tuple by itself."""
    held = [each.cell_contents for each in initializer.__closure__ or ()]
    return [part for each in held for part in (each if type(each) is tuple else (each,))]
