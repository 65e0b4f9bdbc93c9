"""PRNG keys: their data in hex, and the steps with which a submission makes them."""

from __future__ import annotations

import functools
import itertools
import sys
from collections.abc import Callable
from types import FrameType

import jax
import numpy as np
from flax.core import FrozenDict
from jax import random

from grader.model.observation import KeyStep, StreamKey
from grader.worker.arrays import (
    Host,
    array_type,
    base_view,
    is_jax_array,
    is_key,
    is_tracer,
    on_host,
)
from grader.worker.foreign import Foreign, clean, describe
from grader.worker.origins import Origins
from grader.worker.places import Places
from grader.worker.recording import Session, harmless

_MOST_KEYS = 32
_MOST_STREAMS = 20
_MOST_OPERANDS = 8
_key_data = random.key_data
_key_impl = random.key_impl


class Keys:
    """Observes the submission's own calls to functions that make keys."""

    # Each with the name of its key parameter, None if it has none.
    OPERATIONS = {  # noqa: RUF012
        "PRNGKey": None,
        "key": None,
        "split": "key",
        "fold_in": "key",
        "clone": "key",
        "wrap_key_data": "key_bits_array",
    }

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places
        self._numbers = itertools.count()

    def observed(self, operation: str, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap one function of `jax.random`."""

        @functools.wraps(original)
        def wrapper(*args: Foreign, **kwargs: Foreign) -> Foreign:
            made = original(*args, **kwargs)
            if self._session.recording is not None:
                self._note(operation, args, kwargs, made, sys._getframe(1))  # noqa: SLF001
            return made

        return wrapper

    @harmless
    def _note(
        self,
        operation: str,
        args: Foreign,
        kwargs: Foreign,
        made: Foreign,
        frame: FrameType,
    ) -> None:
        recording = self._session.recording
        span = self._places.caller(frame)
        if recording is None or span is None:
            return
        place = recording.keys.open()
        if place is None:
            return
        self._session.configuration.note()
        given, operands = _arguments(self.OPERATIONS[operation], args, kwargs)
        number = next(self._numbers)
        step = KeyStep(
            id=number,
            taken=self._session.origins.of(given),
            operation=operation,
            operands=operands,
            given=() if given is None else key_hex(given),
            made=key_hex(made),
            span=span,
            while_loading=recording.loading,
        )
        recording.keys.close(place, step)
        self._session.origins.note(made, number)


def _arguments(
    key_name: str | None, args: tuple[Foreign, ...], kwargs: dict[str, Foreign]
) -> tuple[object, tuple[str, ...]]:
    """Take the key out of a call's arguments and describe the others."""
    others = list(args)
    key = None
    named = dict(kwargs)
    if key_name is not None:
        key = others.pop(0) if others else named.pop(key_name, None)
    texts = [operand(value) for value in others]
    for name, value in named.items():
        if value is not None:
            texts.append(
                operand(value) if name in ("seed", "num", "data") else f"{name}={operand(value)}"
            )
    return key, tuple(texts[:_MOST_OPERANDS])


def operand(value: Foreign) -> str:
    """Describe what a key is made with: a number by its value, a tracer by its type."""
    if is_tracer(value):
        type_ = array_type(value)
        return f"a traced {type_.dtype}" if type_ is not None else "a traced value"
    array = on_host(value)
    if array is not None and array.ndim == 0:
        return clean(str(array.item()), 80)
    type_ = array_type(value)
    if type_ is not None:
        return clean(f"{type_.dtype}{list(type_.shape)}", 80)
    if isinstance(value, np.integer) and type(value).__module__ == "numpy":
        return str(int(value))
    return describe(value, 80)


def key_hex(key: Foreign) -> tuple[str, ...]:
    """Return the data of each key in an array, eight hex digits per word; empty for a tracer."""
    words = words_of(key)
    if words is None or words.ndim == 0 or words.dtype.kind not in "ui":
        return ()
    rows = words.reshape(-1, words.shape[-1])[:_MOST_KEYS]
    return tuple("".join(f"{int(word) & 0xFFFFFFFF:08x}" for word in row) for row in rows)


def words_of(key: Foreign) -> Host | None:
    """Return the words of a concrete key, or of several, along the last axis."""
    if is_key(key):
        words = getattr(key, "_base_array", None)  # the same as key_data, but without compiling
        return on_host(_key_data(key) if words is None else words)
    if is_jax_array(key) or base_view(key) is not None:
        return on_host(key)
    return None


def stream_keys(rngs: Foreign, origins: Origins) -> tuple[StreamKey, ...]:
    """Keys that a root run got: by stream, or one key for `params`."""
    if rngs is None:
        return ()
    named: Foreign = {"params": rngs}
    if type(rngs) is FrozenDict:
        named = dict(rngs.items())
    elif issubclass(type(rngs), dict):
        named = dict(dict.items(rngs))
    found = []
    for stream, key in list(named.items())[:_MOST_STREAMS]:
        data = key_hex(key)
        name = clean(stream, 80) if type(stream) is str else describe(stream, 80)
        found.append(
            StreamKey(
                stream=name,
                data=data[0] if data else None,
                made_by=origins.of(key),
                implementation=_implementation(key),
                in_array=_in_array(key),
            )
        )
    return tuple(found)


def _in_array(key: Foreign) -> bool:
    """Whether a value is an array of keys; a key of plain numbers has an axis itself."""
    type_ = array_type(key)
    if type_ is None:
        return False
    return len(type_.shape) > (0 if type_.dtype.startswith("key<") else 1)


def _implementation(key: Foreign) -> str:
    """Name the kind of a key; a key of plain numbers has the configured kind."""
    type_ = array_type(key)
    if type_ is not None and type_.dtype.startswith("key<"):
        return clean(str(_key_impl(key)), 80)
    return clean(str(jax.config.jax_default_prng_impl), 80)
