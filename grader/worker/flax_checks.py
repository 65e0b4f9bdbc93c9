"""Flax's checks of each call, answered from memory where the answer can't change.

Flax traces a function each time that it asks what a key looks like, what shape an initialiser's
value has, and whether a module's `setup` works. In a small program that is a third of the time.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

import jax
from flax import linen as nn
from flax.core import scope

from grader.worker.flax_draws import FIXED, Draws

Check = Callable[[object], bool]
Initializer = Callable[..., Any]

_INITIALIZERS: Final = jax.nn.initializers.zeros.__globals__
"""The names of the module that jax's initialisers are defined in."""
_PLAIN: Final = FIXED | {types.FunctionType}
"""Types of fields that hold no module."""


def remember_checks(draws: Draws) -> None:
    """Let Flax remember, in this process and in its forks; first values are up to `draws`.

    A check that this version of Flax doesn't have is left out.
    """
    keys: Check | None = getattr(scope, "_is_valid_rng", None)
    if keys is not None:
        scope._is_valid_rng = _of_keys(keys)  # noqa: SLF001  # there are no public hooks
    setup: Callable[[nn.Module], None] | None = getattr(nn.Module, "_validate_setup", None)
    if setup is not None:
        nn.Module._validate_setup = _of_setups(setup)  # noqa: SLF001
    scope.Scope.param = _of_shapes(scope.Scope.param, draws)


def _of_keys(check: Check) -> Check:
    """Remember which kinds of keys are valid: three facts say it."""
    known: dict[object, bool] = {}

    def is_valid(key: object) -> bool:
        if not isinstance(key, jax.Array):
            return check(key)
        kind = key.shape, key.dtype, jax.config.jax_default_prng_impl
        if kind not in known:
            known[kind] = check(key)
        return known[kind]

    return is_valid


def _of_setups(check: Callable[[nn.Module], None]) -> Callable[[nn.Module], None]:
    """Leave out the check of a module that has no `setup` and holds no other module."""

    def validate(module: nn.Module) -> None:
        cls = type(module)
        if (
            cls.setup is not nn.Module.setup
            or cls.__post_init__ is not nn.Module.__post_init__
            or not all(_is_plain(name, value) for name, value in vars(module).items())
        ):
            check(module)

    return validate


def _is_plain(name: str, value: object) -> bool:
    return name in _OF_FLAX or type(value) in _PLAIN


_OF_FLAX: Final = frozenset({"parent", "scope", "_state", "_parent_ref", "_id"})
"""What Flax itself puts into a module."""


def _of_shapes(param: Callable[..., Any], draws: Draws) -> Callable[..., Any]:
    """Remember for each of jax's initialisers the shapes that a parameter was found to have."""
    known: WeakKeyDictionary[Initializer, dict[object, tuple[int, ...]]] = WeakKeyDictionary()

    @functools.wraps(param)
    def remembered(
        self: scope.Scope,
        name: str,
        init_fn: Initializer,
        *args: Any,  # noqa: ANN401
        unbox: bool = True,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        if kwargs or not _is_of_jax(init_fn, args):
            return param(self, name, init_fn, *args, unbox=unbox, **kwargs)
        args = tuple(args[0]), *args[1:]
        if not self.has_variable("params", name):
            return param(self, name, draws.of(init_fn), *args, unbox=unbox)
        shapes = known.setdefault(init_fn, {})
        value = self.get_variable("params", name)
        if isinstance(value, jax.Array) and shapes.get(args) == value.shape:
            self.reserve(name, "params")
            return value
        found = param(self, name, init_fn, *args, unbox=unbox)
        if isinstance(value, jax.Array):
            shapes[args] = value.shape
        return found

    return remembered


def _is_of_jax(init_fn: Initializer, args: tuple[Any, ...]) -> bool:
    """Whether a function of jax's is called with a shape of numbers, and at most a type."""
    return (
        type(init_fn) is types.FunctionType
        and init_fn.__globals__ is _INITIALIZERS
        and bool(args)
        and type(args[0]) in (tuple, list)
        and all(type(size) is int for size in args[0])
        and all(type(each) in _PLAIN for each in args[1:])
    )
