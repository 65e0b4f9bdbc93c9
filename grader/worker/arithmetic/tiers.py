"""Decides for each compiled program whether it runs here or in XLA; the hook into jax."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import numpy as np
from jax._src import pjit
from jax._src.interpreters import pxla
from jax.random import key_data, wrap_key_data

from grader.worker.arithmetic.evaluation import Jaxpr, Program, as_numpy, is_key
from grader.worker.arithmetic.step import Array, Budget, Unsupported

_MOST_RUNS: Final = 1000
"""A program that runs more often in one case is compiled: then a run takes microseconds. It is a
number of runs, not of seconds, and a case isn't counted towards the next one, so that a submission
always gets the same numbers: the judge compares weights by their bytes."""

_MOST_STEPS: Final = 4000
"""Operations in one run, those of loops counted each time: some 10 ms."""

_USUAL: Final = {
    "jax_debug_infs": False,
    "jax_debug_nans": False,
    "jax_default_device": None,
    "jax_log_compiles": False,
    "jax_no_execution": False,
    "jax_transfer_guard": None,
}
"""Settings that change what running a program does."""

Run = Callable[..., Any]


def prefer_numpy() -> None:
    """Let small programs run in NumPy, in this process and in its forks.

    Does nothing if this version of jax has no such place.
    """
    compiled: Run | None = getattr(pjit, "_pjit_call_impl_python", None)
    if compiled is not None and not isinstance(compiled, Tiers):
        pjit._pjit_call_impl_python = Tiers(compiled)  # noqa: SLF001  # there is no public hook


def begin_case() -> None:
    """Count the runs of each program anew."""
    hook = getattr(pjit, "_pjit_call_impl_python", None)
    if isinstance(hook, Tiers):
        hook.case += 1


class _Tried:
    """A program that was seen: ready to run here, or not for here; and its runs in this case."""

    __slots__ = ("case", "program", "runs")

    def __init__(self, program: Program | None) -> None:
        self.program = program
        self.case = 0
        self.runs = 0

    def is_hot(self, case: int) -> bool:
        """Count a run, and say whether there are too many."""
        self.runs = self.runs + 1 if self.case == case else 1
        self.case = case
        return self.runs > _MOST_RUNS


class Tiers:
    """Runs a program in NumPy, or as `compiled` does: jax's own function."""

    def __init__(self, compiled: Run) -> None:
        self._compiled = compiled
        self._tried: weakref.WeakKeyDictionary[Jaxpr, _Tried] = weakref.WeakKeyDictionary()
        self._home: _Home | None = None
        self.case = 0

    def __call__(self, *args: Any, jaxpr: Jaxpr, **options: Any) -> Any:  # noqa: ANN401
        """Return the results, and what jax would need to run it faster next time: nothing."""
        results = self._results(args, jaxpr, options)
        if results is None:
            return self._compiled(*args, jaxpr=jaxpr, **options)
        return results, None, None, []

    def _results(
        self, args: Sequence[Any], jaxpr: Jaxpr, options: dict[str, Any]
    ) -> list[Any] | None:
        """Return the results; None if the program is for XLA, which then says what is wrong."""
        tried = self._find(jaxpr, options)
        if tried.program is None or tried.is_hot(self.case) or not _is_usual():
            return None
        try:
            self._home = self._home or _Home()
            return self._home.results(tried.program, args)
        except Exception:  # noqa: BLE001  # whatever isn't as expected is for XLA
            tried.program = None
            return None

    def _find(self, jaxpr: Jaxpr, options: dict[str, Any]) -> _Tried:
        try:
            return self._tried[jaxpr]
        except KeyError:
            self._tried[jaxpr] = tried = _Tried(_prepared(jaxpr, options))
            return tried


class _Home:
    """The device where the results belong; `Unsupported` if it isn't the CPU."""

    def __init__(self) -> None:
        if jax.default_backend() != "cpu":
            raise Unsupported
        self._device = jax.local_devices()[0]
        self._sharding = jax.sharding.SingleDeviceSharding(self._device)

    def results(self, program: Program, args: Sequence[Any]) -> list[Any]:
        """Run a program on arrays of jax, and return its results as such."""
        operands = [_operand(arg, aval) for arg, aval in zip(args, program.takes, strict=True)]
        with np.errstate(all="ignore"):
            results = program.run(operands, Budget(_MOST_STEPS))
        return [self._array(*each) for each in zip(results, program.gives, strict=True)]

    def _array(self, result: Array, aval: Any) -> Any:  # noqa: ANN401
        """Return a result as an array of jax with its own memory, or as a key array."""
        keys = is_key(aval)
        if keys:
            aval = jax.core.ShapedArray(result.shape, result.dtype)
        made = pxla.batched_device_put(
            aval, self._sharding, [np.array(result)], [self._device], committed=False
        )
        return wrap_key_data(made, impl="threefry2x32") if keys else made


def _operand(arg: Any, aval: Any) -> Array:  # noqa: ANN401  # anything that jax takes
    """Return an argument as an array of NumPy; `Unsupported` if it was put on a device."""
    data = key_data(arg) if is_key(aval) else arg
    if isinstance(data, jax.Array) and data.committed:
        raise Unsupported
    return as_numpy(data, aval)


def _prepared(jaxpr: Jaxpr, options: dict[str, Any]) -> Program | None:
    """Return a program that can run here, None if it can't."""
    try:
        return Program(jaxpr) if _is_plain(options) else None
    except Exception:  # noqa: BLE001  # jax's classes are private, and differ between versions
        return None


def _is_plain(options: dict[str, Any]) -> bool:
    """Whether it isn't said how to compile a program, or where."""
    shardings = (*options["in_shardings"], *options["out_shardings"])
    layouts = (*options["in_layouts"], *options["out_layouts"])
    return (
        all(type(each).__name__ == "UnspecifiedValue" for each in shardings)
        and all(each is None for each in layouts)
        and not any(options["donated_invars"])
        and options["ctx_mesh"].empty
        and not options["compiler_options_kvs"]
    )


def _is_usual() -> bool:
    return all(getattr(jax.config, name, value) == value for name, value in _USUAL.items())
