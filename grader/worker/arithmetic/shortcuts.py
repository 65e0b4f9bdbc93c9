"""Runs an operation before jax looks for how it was compiled; the second hook into jax.

An operation, or a jitted function that is called within `vmap`, comes to `Tiers` by way of two or
three of jax's caches. On a few numbers that takes longer than the operation. So what would be
called first is replaced. What doesn't run here goes jax's way, as if there were no hook.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from jax._src import core, dispatch, pjit
from jax.extend.core import Primitive, primitives

from grader.worker.arithmetic.control import CONTROL
from grader.worker.arithmetic.evaluation import Program
from grader.worker.arithmetic.kernels import KERNELS
from grader.worker.arithmetic.tiers import installed, numbers_of

_PUT_TOGETHER: Final = frozenset(
    {"add_any", "random_bits", "random_fold_in", "random_seed", "random_split", "slice"}
)
"""What jax makes of several operations, or of another one."""

Run = Callable[..., Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Variable:
    """A variable of a jaxpr."""

    aval: Any


def shorten_paths() -> None:
    """Let operations run here at once, in this process and in its forks.

    Does nothing if this version of jax has no such places.
    """
    jit = getattr(pjit, "jit_p", None)
    if jit is not None and not isinstance(jit.impl, _Jitted):
        jit.impl = _Jitted(jit.impl)
    for each in vars(primitives).values():
        if isinstance(each, Primitive) and _may_run_here(each):
            each.impl = _Operation(each)


def _may_run_here(primitive: Primitive) -> bool:
    usual, name = primitive.impl, primitive.name
    if isinstance(usual, partial) and usual.func is getattr(dispatch, "apply_primitive", None):
        return name in KERNELS or name in CONTROL
    return name in _PUT_TOGETHER and not isinstance(usual, _Operation)


class _Jitted:
    """Runs a jitted function that is called within a transform."""

    def __init__(self, usual: Run) -> None:
        self._usual = usual

    def __call__(self, *args: Any, jaxpr: Any, **options: Any) -> Any:  # noqa: ANN401
        """Return the list of its results."""
        tiers = installed()
        results = tiers.results(args, jaxpr, options) if tiers is not None else None
        return self._usual(*args, jaxpr=jaxpr, **options) if results is None else results


class _Operation:
    """Runs a primitive that isn't part of a jitted function.

    What its parameters and the settings of jax make of it has a name in jax's own cache, and so
    has its programs here, one for each combination of types.
    """

    def __init__(self, primitive: Primitive) -> None:
        self._primitive = primitive
        self._usual: Run = primitive.impl
        self._is_put_together = primitive.name in _PUT_TOGETHER
        self._programs: weakref.WeakKeyDictionary[Run, dict[object, Program | None]] = (
            weakref.WeakKeyDictionary()
        )

    def __call__(self, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401
        """Return the result, or the list of results of a primitive that has several."""
        results = self._results(args, parameters)
        if results is None:
            return self._usual(*args, **parameters)
        return results if self._primitive.multiple_results else results[0]

    def _results(self, args: tuple[Any, ...], parameters: dict[str, Any]) -> list[Any] | None:
        tiers = installed()
        if tiers is None or not self._takes(parameters):
            return None
        try:
            operation = dispatch.xla_primitive_callable(self._primitive, **parameters)
            known = self._programs.setdefault(operation, {})
            types = tuple([_type(each) for each in args])
            if types not in known:
                known[types] = None
                known[types] = self._program(args, parameters)
            program = known[types]
        except Exception:  # noqa: BLE001  # whatever isn't as expected is for jax
            return None
        return tiers.run(program, args) if program is not None else None

    def _takes(self, parameters: dict[str, Any]) -> bool:
        """Whether jax's cache can tell these parameters from others: 3 and 3.0 are equal there.

        Where jax itself asks its cache, it takes the one for the other, too.
        """
        return not self._is_put_together or all(
            type(size) is int
            for each in parameters.values()
            if type(each) in (tuple, float)
            for size in (each if type(each) is tuple else (each,))
        )

    def _program(self, args: tuple[Any, ...], parameters: dict[str, Any]) -> Program:
        """Return the program of this operation alone."""
        given = [_Variable(each.aval) for each in args]
        made, effects = self._primitive.abstract_eval(*(each.aval for each in given), **parameters)
        several = self._primitive.multiple_results
        results = [_Variable(each) for each in (made if several else [made])]
        equation = SimpleNamespace(
            primitive=self._primitive,
            params=parameters,
            invars=given,
            outvars=results,
            effects=effects,
            ctx=core.current_jaxpr_eqn_context(),
        )
        alone = SimpleNamespace(
            constvars=(), invars=given, eqns=[equation], outvars=results, effects=effects
        )
        return Program(alone)


def _type(arg: Any) -> object:  # noqa: ANN401  # an array of jax
    """Return what an argument is. Of keys, it's their numbers': jax takes long to say their own."""
    numbers = numbers_of(arg)
    return arg.aval if numbers is arg else (arg._impl, numbers.aval)  # noqa: SLF001
