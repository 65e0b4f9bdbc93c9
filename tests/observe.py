"""Runs a program in the test's own process and returns what a worker would have sent."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

import jax
import numpy as np

from grader.catalogue import shipped
from grader.model.case import (
    Argument,
    ArrayValue,
    BoolValue,
    Case,
    Container,
    DictValue,
    FloatValue,
    IntValue,
    KeyValue,
    Nested,
    TextValue,
    TupleValue,
    Value,
)
from grader.model.exercise import (
    Array,
    Arrays,
    Choice,
    Dict,
    Exercise,
    Flag,
    Integers,
    Key,
    Leaves,
    Number,
    Parameter,
    Seed,
    Size,
)
from grader.model.observation import Loaded, LoadOutcome, Observation
from grader.worker.arithmetic.shortcuts import shorten_paths
from grader.worker.arithmetic.tiers import prefer_numpy
from grader.worker.configuration import WATCHED
from grader.worker.lowering import share_context
from grader.worker.subject import Subject

os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
"""What a test compiles runs once: jax reads this when it compiles something for the first time."""

share_context()
prefer_numpy()
shorten_paths()

_SETTINGS = tuple(name for name in WATCHED if hasattr(jax.config, name))


def observe(
    text: str,
    exercise: Exercise,
    cases: Iterable[Case],
    name: str = "submission.py",
    *,
    alters: bool = False,
) -> tuple[LoadOutcome, tuple[Observation, ...]]:
    """Load a program and call it on cases; no observations when it does not load."""
    with _undisturbed(), Subject(exercise, name, text, alters=alters) as subject:
        loaded = subject.load()
        if not isinstance(loaded, Loaded):
            return loaded, ()
        return loaded, tuple(subject.call(case) for case in cases)


def example_case(
    exercise: Exercise,
    seed: int = 0,
    container: Container = Container.JAX,
    lengths: Sequence[int] = (3, 4, 2, 5, 6),
) -> Case:
    """Make a case of any exercise with sizes of these lengths and values drawn from `seed`."""
    sizes = {each.name: lengths[n] for n, each in enumerate(exercise.dimensions)}
    random = np.random.default_rng(seed)

    def value(parameter: Parameter) -> Value:
        match parameter:
            case Array() | Integers() | Arrays() | Dict():
                return _nested(parameter, sizes, random)
            case Size():
                return IntValue(value=sizes[parameter.name])
            case _:
                return _plain(parameter, seed)

    arguments = tuple(
        Argument(name=each.name, value=value(each), by_name=each.name in exercise.keyword_only)
        for each in exercise.parameters
    )
    return Case(arguments=arguments, sizes=sizes, container=container)


def _nested(spec: Leaves, sizes: dict[str, int], random: np.random.Generator) -> Nested:
    match spec:
        case Array():
            shape = tuple(sizes[name] for name in spec.shape)
            return ArrayValue.of(random.normal(size=shape).astype(np.float32))
        case Integers():
            shape = tuple(sizes[name] for name in spec.shape)
            drawn = random.integers(spec.low, spec.highest(sizes) + 1, size=shape)
            return ArrayValue.of(drawn.astype(np.int32))
        case Arrays():
            return TupleValue(items=tuple(_nested(item, sizes, random) for item in spec.items))
        case Dict():
            items = {item.name: _nested(item, sizes, random) for item in spec.items}
            return DictValue(items=items)
    assert_never(spec)


def _plain(parameter: Seed | Number | Flag | Choice | Key, seed: int) -> Value:
    match parameter:
        case Seed():
            return IntValue(value=seed)
        case Number():
            return FloatValue(value=parameter.choices[0])
        case Flag():
            return BoolValue(value=True)
        case Choice():
            return TextValue(value=parameter.choices[0])
        case Key():
            return KeyValue(seed=seed, typed=parameter.typed)
    assert_never(parameter)


def solution_text(exercise: Exercise) -> str:
    """Text of an exercise's solution."""
    _, solutions = shipped()
    return (solutions / f"{exercise.folder_name}.py").read_text(encoding="utf-8")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep what a program sets in jax, and the warnings that it causes, out of the test run."""
    before = {name: getattr(jax.config, name) for name in _SETTINGS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for name, value in before.items():
                jax.config.update(name, value)
