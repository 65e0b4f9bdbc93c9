"""A submission that is a class of Flax modules, called like a function of all its arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Final, Self

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from grader.model.exercise import Exercise, FlaxClass, Library, Seed
from grader.model.observation import ClassUnfit, Unfit
from grader.worker.foreign import Foreign, class_name, clean, defined_in, mro

_key = jax.random.PRNGKey
_signature = inspect.signature
_map = jax.tree.map
_asarray = jnp.asarray
_arange = np.arange
_cos = np.cos
_MOST_NAMES = 50
STEP: Final = 0.25
"""How far a weight of zero moves at most: enough to see where tanh is steep."""


class ClassCall:
    """Instantiates the class, makes its weights from the seed, and calls it.

    It is called with the exercise's arguments, as a function would be.
    """

    def __init__(
        self, cls: type, exercise: Exercise, wanted: FlaxClass, *, retrained: bool = False
    ) -> None:
        self._class: Foreign = cls
        self._exercise = exercise
        self._wanted = wanted
        self._retrained = retrained
        names = [each.name for each in exercise.parameters]
        self._positional = [each for each in names if each not in exercise.keyword_only]
        self._seed = next(each.name for each in exercise.parameters if isinstance(each, Seed))

    def __call__(self, *args: object, **named: object) -> Foreign:
        """Return what the module returns. Raises whatever the class raises."""
        given = dict(zip(self._positional, args, strict=False)) | named
        fields = {name: given[name] for name in self._wanted.fields if name in given}
        seed = given[self._seed]
        rest = {name: value for name, value in given.items() if name not in fields}
        del rest[self._seed]
        inputs = [value for name, value in rest.items() if name not in named]
        keywords = {name: value for name, value in rest.items() if name in named}
        if self._wanted.library == Library.NNX:
            nnx = import_module("flax.nnx")
            made = self._class(**fields, rngs=nnx.Rngs(seed))
            if self._retrained:
                nnx.update(made, _retrained(nnx.state(made, nnx.Param)))
            return made(*inputs, **keywords)
        model = self._class(**fields)
        variables = model.init(_key(seed), *inputs, **keywords)
        if self._retrained and "params" in variables:
            variables = {**variables, "params": _retrained(variables["params"])}
        return model.apply(variables, *inputs, **keywords)

    def retrained(self) -> Self:
        """Return the same, but with each weight changed before the module is called.

        A weight that starts at one or at zero may leave no trace in the first answer.
        """
        return type(self)(self._class, self._exercise, self._wanted, retrained=True)


def _retrained(weights: Foreign) -> Foreign:
    """Change each number of a tree, by its place in its array: equal trees stay equal.

    Most get another size, and many another sign. Near one, a weight that starts there doesn't
    show that its absolute value is used, or that it is clipped. `render/reproduce.py` writes the
    same change.
    """

    def moved(leaf: Foreign) -> Foreign:
        factor = _asarray(_cos(_arange(leaf.size)).reshape(leaf.shape), leaf.dtype)
        return (2 * leaf + STEP) * factor

    return _map(moved, weights)


def unfit(cls: type, exercise: Exercise, wanted: FlaxClass) -> ClassUnfit | None:
    """Say why the class can't be used as the exercise says, None if it can."""
    bases = tuple(f"{defined_in(each)}.{class_name(each)}" for each in mro(cls)[1:])
    if not issubclass(cls, _module_of(wanted.library)):
        return ClassUnfit(why=Unfit.NO_MODULE, bases=bases)
    method = _of(cls, "__call__")
    if not callable(method):
        return ClassUnfit(why=Unfit.NO_CALL, bases=bases)
    made: dict[str, object] = dict.fromkeys(wanted.fields)
    if wanted.library == Library.NNX:
        made["rngs"] = None
    called = [each.name for each in exercise.called_with]
    named = [each for each in called if each in exercise.keyword_only]
    plain = [None, *(None for each in called if each not in named)]
    maker, first = (cls, ()) if wanted.library == Library.LINEN else (_of(cls, "__init__"), (None,))
    return _unbound(Unfit.FIELDS, maker, first, made) or _unbound(
        Unfit.CALL, method, plain, dict.fromkeys(named)
    )


def _of(cls: type, name: str) -> Foreign:
    """Return what the class or the nearest of its bases has under a name, None if none has."""
    return next((vars(each)[name] for each in mro(cls) if name in vars(each)), None)


def _module_of(library: Library) -> Foreign:
    if library == Library.LINEN:
        return nn.Module
    nnx: Foreign = import_module("flax.nnx")
    found: type = nnx.Module
    return found


def _unbound(
    why: Unfit, function: Callable[..., object], args: Sequence[object], named: Mapping[str, object]
) -> ClassUnfit | None:
    """Say how a function doesn't take these arguments, None if it does, or if only a call tells."""
    try:
        signature = _signature(function)
    except BaseException:  # noqa: BLE001 - a metaclass may be the submission's own
        return None
    try:
        signature.bind(*args, **named)
    except TypeError as error:
        names = [clean(each, 80) for each in signature.parameters][:_MOST_NAMES]
        return ClassUnfit(why=why, takes=tuple(names), reason=clean(str(error), 200))
    return None
