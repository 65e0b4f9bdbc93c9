"""The smallest case of a finding as a few lines of Python, ready to paste and run."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    TextValue,
    TupleValue,
    Value,
)
from grader.model.exercise import Exercise, FlaxClass, Library, Seed
from grader.model.finding import Finding
from grader.model.report import Report

# A longer snippet is too long to paste.
_MOST_CHARACTERS = 4000

# What the worker does to the weights of such a case.
_RETRAINED = (
    "jax.tree.map(lambda w: (2 * w + 0.25) * jnp.cos(jnp.arange(w.size)).reshape(w.shape), {})"
)


def reproduce(report: Report, finding: Finding) -> str | None:
    """Return the snippet; None without a case or an exercise, or if arrays are too large."""
    if finding.case is None or report.exercise is None:
        return None
    exercise = report.exercise.part_for(finding.function)
    function = exercise.function
    try:
        call = _call(finding.case, exercise)
    except TypeError:  # NumPy doesn't have this dtype
        return None
    jax = ["import jax"] if "jax." in call else []
    jax += ["import jax.numpy as jnp"] if "jnp." in call else []
    jax += ["from flax import nnx"] if "nnx." in call else []
    numpy = ["import numpy as np"] if re.search(r"\bnp\.", call) else []
    imports = [*numpy, *jax, *_imports(report.path, function)]
    snippet = "\n".join(["\n".join(imports), "", call, ""])
    return snippet if len(snippet) <= _MOST_CHARACTERS else None


def _imports(path: str, function: str) -> list[str]:
    """Import from the file as a module, or run the file if its name can't be imported."""
    name = Path(path).stem
    if name.isidentifier() and not keyword.iskeyword(name):
        where = "  # from the folder that it is in" if "/" in path else ""
        return [f"from {name} import {function}{where}"]
    return ["import runpy", f"{function} = runpy.run_path({path!a})[{function!r}]"]


def _call(case: Case, exercise: Exercise) -> str:
    """Return the lines that make the arrays, and the call that prints the result."""
    if exercise.flax_class is None:
        made, names = _arguments(case, case.arguments)
        return "\n".join([*made, f"print({exercise.function}({', '.join(names)}))"])
    return _class_call(case, exercise, exercise.flax_class)


def _class_call(case: Case, exercise: Exercise, wanted: FlaxClass) -> str:
    """Return the lines that make an instance, its weights, and the call."""
    taken = {each.name for each in exercise.called_with}
    seeds = {each.name for each in exercise.parameters if isinstance(each, Seed)}
    made, names = _arguments(case, [each for each in case.arguments if each.name in taken])
    fields = {
        each.name: _literal(each.value, case.container)
        for each in case.arguments
        if each.name not in taken
    }
    (seed,) = (fields.pop(name) for name in seeds)
    given = [f"{name}={text}" for name, text in fields.items()]
    if wanted.library == Library.NNX:
        instance = f"{exercise.function}({', '.join([*given, f'rngs=nnx.Rngs({seed})'])})"
        if not case.retrained:
            return "\n".join([*made, f"print({instance}({', '.join(names)}))"])
        changed = f"nnx.update(model, {_RETRAINED.format('nnx.state(model, nnx.Param)')})"
        return "\n".join(
            [*made, f"model = {instance}", changed, f"print(model({', '.join(names)}))"]
        )
    init = f"variables = model.init({', '.join([f'jax.random.PRNGKey({seed})', *names])})"
    weights = 'variables["params"]'
    return "\n".join(
        [
            *made,
            f"model = {exercise.function}({', '.join(given)})",
            init,
            *([f"{weights} = {_RETRAINED.format(weights)}"] if case.retrained else []),
            f"print(model.apply({', '.join(['variables', *names])}))",
        ]
    )


def _arguments(case: Case, arguments: Sequence[Argument]) -> tuple[list[str], list[str]]:
    """Return the lines that make the long ones, and the text of each in the call."""
    made, names = [], []
    for argument in arguments:
        literal = _literal(argument.value, case.container)
        made += [f"{argument.name} = {literal}"] if _is_long(argument.value) else []
        text = argument.name if _is_long(argument.value) else literal
        names.append(f"{argument.name}={text}" if argument.by_name else text)
    return made, names


def _is_long(value: Value) -> bool:
    return isinstance(value, ArrayValue | TupleValue | DictValue | KeyValue)


def _literal(value: Value, container: Container) -> str:
    match value:
        case ArrayValue():
            text = _array(value.numpy())
            return text if container is Container.NUMPY else f"jnp.asarray({text})"
        case TupleValue(items=items):
            inner = ", ".join(_literal(item, container) for item in items)
            return f"({inner},)" if len(items) == 1 else f"({inner})"
        case DictValue(items=entries):
            pairs = (f"{key!r}: {_literal(item, container)}" for key, item in entries.items())
            return f"{{{', '.join(pairs)}}}"
        case KeyValue(seed=seed, typed=typed):
            return f"jax.random.{'key' if typed else 'PRNGKey'}({seed})"
        case FloatValue() | IntValue() | BoolValue() | TextValue():
            return _number(value.value) if isinstance(value, FloatValue) else repr(value.value)


def _array(array: NDArray[np.generic]) -> str:
    dtype = f"np.{'bool_' if array.dtype.name == 'bool' else array.dtype.name}"
    if array.size == 0:
        return f"np.zeros({array.shape}, {dtype})"
    first = array.reshape(-1)[0]
    if array.size > 1 and bool(np.all(array == first)):
        return f"np.full({array.shape}, {_number(first)}, {dtype})"
    return f"np.array({_nested(array)}, {dtype})"


def _nested(array: NDArray[np.generic]) -> str:
    if array.ndim == 0:
        return _number(array[()])
    return "[" + ", ".join(_nested(item) for item in array) + "]"


def _number(number: object) -> str:
    """Return the shortest text for the same number: `0.1`, `np.nan`, `-np.inf`."""
    text = str(number)
    for name in ("nan", "inf"):
        text = text.replace(name, f"np.{name}")
    return text
