"""Decides for each compiled program whether it runs here or in XLA; the hook into jax."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import numpy as np
from jax._src import pjit
from jax._src.interpreters import pxla
from jax.random import wrap_key_data

from grader.worker.arithmetic.evaluation import Jaxpr, Kind, Program
from grader.worker.arithmetic.step import Array, Budget, Unsupported, flushed

_OF_A_CASE: Final = 10_000
"""How many operations a case may run here, those of loops counted each time: less than 0.1 s. All
labelled programs that are right need at most 2,200. In a program that needs more, what comes after
is compiled, and stays so: then it takes microseconds, here a hundred times as long. It is a number
of operations, not of seconds, so that a submission always gets the same numbers."""

_OF_A_RUN: Final = 4000
"""How many operations a program may run: a long loop would only use up what others need."""

_CALL: Final = 20
"""How many operations it takes as long as to get into a program and out of it."""

_USUAL: Final = {
    "jax_default_device": None,
    "jax_log_compiles": False,
    "jax_no_execution": False,
    "jax_transfer_guard": None,
}
"""Settings that change what running a program does."""

_TINY: Final = {np.dtype(each): np.finfo(each).tiny for each in (np.float32, np.float64)}
"""Where the numbers begin that are no longer exact, which XLA doesn't compute with on the CPU."""

Run = Callable[..., Any]


def prefer_numpy() -> None:
    """Let small programs run in NumPy, in this process and in its forks.

    Does nothing if this version of jax has no such place.
    """
    compiled: Run | None = getattr(pjit, "_pjit_call_impl_python", None)
    if compiled is not None and not isinstance(compiled, Tiers):
        pjit._pjit_call_impl_python = Tiers(compiled)  # noqa: SLF001  # there is no public hook


def begin_case() -> None:
    """Let the programs of a new case run here again."""
    tiers = installed()
    if tiers is not None:
        tiers.begin_case()


def compile_all() -> None:
    """Let everything run in XLA from now on, in this process."""
    tiers = installed()
    if tiers is not None:
        pjit._pjit_call_impl_python = tiers.compiled  # noqa: SLF001
        _forget_paths()


def installed() -> Tiers | None:
    """Return what decides in this process; None if everything is for XLA."""
    hook = getattr(pjit, "_pjit_call_impl_python", None)
    return hook if isinstance(hook, Tiers) else None


class Tiers:
    """Runs a program in NumPy, or as `compiled` does: jax's own function."""

    def __init__(self, compiled: Run) -> None:
        self.compiled = compiled
        self._programs: weakref.WeakKeyDictionary[Jaxpr, Program | None] = (
            weakref.WeakKeyDictionary()
        )
        self._home: _Home | None = None
        self.left = _OF_A_CASE

    def begin_case(self) -> None:
        """Forget what ran before."""
        self.left = _OF_A_CASE

    def __call__(self, *args: Any, jaxpr: Jaxpr, **options: Any) -> Any:  # noqa: ANN401
        """Return the results, and what jax would need to run it faster next time: nothing."""
        results = self.results(args, jaxpr, options)
        if results is None:
            return self.compiled(*args, jaxpr=jaxpr, **options)
        return results, None, None, []

    def results(
        self, args: Sequence[Any], jaxpr: Jaxpr, options: dict[str, Any]
    ) -> list[Any] | None:
        """Return a jaxpr's results; None if it's for XLA, which then says what is wrong."""
        program = self._find(jaxpr, options)
        return self.run(program, args) if program is not None else None

    def run(self, program: Program, args: Sequence[Any]) -> list[Any] | None:
        """Return a program's results; None if it's for XLA, this time or always."""
        if program.failed or self.left <= 0 or not _is_usual():
            return None
        budget = Budget(_OF_A_RUN)
        try:
            return self._place().results(program, args, budget)
        except Exception:  # noqa: BLE001  # whatever isn't as expected is for XLA
            program.failed = True
            return None
        finally:
            self.left -= _CALL + _OF_A_RUN - budget.left
            if self.left <= 0:
                _forget_paths()

    def array(self, numbers: Array, kind: Kind) -> Any:  # noqa: ANN401
        """Return numbers as an array of jax with its own memory, or as a key array."""
        return self._place().array(numbers, kind)

    def _place(self) -> _Home:
        self._home = self._home or _Home()
        return self._home

    def _find(self, jaxpr: Jaxpr, options: dict[str, Any]) -> Program | None:
        """Return a program that may run here, None if it's one for XLA."""
        try:
            return self._programs[jaxpr]
        except KeyError:
            self._programs[jaxpr] = program = _prepared(jaxpr, options)
            return program


class _Home:
    """The device where the results belong; `Unsupported` if it isn't the CPU."""

    def __init__(self) -> None:
        if jax.default_backend() != "cpu":
            raise Unsupported
        self._device = jax.local_devices()[0]
        self._sharding = jax.sharding.SingleDeviceSharding(self._device)

    def results(self, program: Program, args: Sequence[Any], budget: Budget) -> list[Any]:
        """Run a program on arrays of jax, and return its results as such."""
        with np.errstate(all="ignore", under="call", call=budget.note_underflow):
            operands = [_operand(arg, aval) for arg, aval in zip(args, program.takes, strict=True)]
            results = program.run(operands, budget)
            if any(map(_is_refused, results)):
                raise Unsupported
        return [self.array(*each) for each in zip(results, program.gives, strict=True)]

    def array(self, numbers: Array, kind: Kind) -> Any:  # noqa: ANN401
        """Return numbers as an array of jax with its own memory, or as a key array."""
        made = pxla.batched_device_put(
            kind.aval, self._sharding, [np.array(numbers)], [self._device], committed=False
        )
        return wrap_key_data(made, impl="threefry2x32") if kind.keys else made


def _is_refused(result: Array) -> bool:
    """Whether a setting makes jax raise for a number in it."""
    if result.dtype.kind != "f":
        return False
    nans = jax.config.jax_debug_nans and bool(np.isnan(result).any())
    return nans or (jax.config.jax_debug_infs and bool(np.isinf(result).any()))


def _operand(arg: Any, kind: Kind) -> Array:  # noqa: ANN401  # anything that jax takes
    """Return an argument as an array of NumPy; `Unsupported` if it was put on a device."""
    data = numbers_of(arg)
    if isinstance(data, jax.Array) and data.committed:
        raise Unsupported
    numbers = kind.as_numpy(data)
    return flushed(numbers) if _is_tiny(numbers) else numbers


def _is_tiny(number: Array) -> bool:
    """Whether it's a single number, as one that a text names, which XLA takes for zero."""
    return number.ndim == 0 and bool(0 < abs(number.item()) < _TINY.get(number.dtype, 0))


def numbers_of(array: Any) -> Any:  # noqa: ANN401  # private to jax
    """Return the numbers of a key array; any other is its own.

    `jax.random.key_data` takes a dozen microseconds for that.
    """
    return getattr(array, "_base_array", array)


def _forget_paths() -> None:
    """Make jax ask once more for each program: it takes the slow path for what has run here."""
    for name in ("_cpp_pjit_cache_fun_only", "_cpp_pjit_cache_explicit_attributes"):
        paths = getattr(pjit, name, None)
        if paths is not None:
            paths.clear()


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
