"""Programs that return NumPy arrays: those that only return them are traced, others aren't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from equivalence_programs import RIGHT, look, program, traces

from grader.model.trace import Untraceable
from grader.worker.numpy_answers import NumpyAnswers

TOP = "import numpy as np\nfrom numpy import array"

RETURNED = {
    "flattened by NumPy": program(top=TOP, result="np.asarray(outputs).ravel()"),
    "flattened before": program(top=TOP, result="np.asarray(outputs.reshape(-1))"),
    "a copy, flattened": program(top=TOP, result="np.array(outputs, copy=True).flatten()"),
    "reshaped": program(top=TOP, result="array(outputs).reshape(-1)"),
    "reshaped to a tuple": program(top=TOP, result="array(outputs).reshape((-1,))"),
    "named first": program(top=TOP, end="y = np.asarray(outputs)", result="y.ravel()"),
    "named, then flattened, then named": program(
        top=TOP, end="y = np.asarray(outputs)\nflat = y.ravel()", result="flat"
    ),
    "contiguous": program(top=TOP, result="np.ascontiguousarray(outputs).ravel()"),
}

USED = {
    "transposed": program(top=TOP, result="np.asarray(outputs).T.ravel()"),
    "by columns": program(top=TOP, result="np.asarray(outputs).ravel('F')"),
    "by columns, named": program(top=TOP, result="np.asarray(outputs).ravel(order='F')"),
    "to another shape": program(top=TOP, result="np.asarray(outputs).reshape(1, -1)"),
    "of a list": program(top=TOP, result="np.asarray([outputs]).ravel()"),
    "the largest": program(top=TOP, result="np.asarray(outputs).max(keepdims=True).ravel()"),
    "sorted": program(top=TOP, result="np.sort(np.asarray(outputs)).ravel()"),
    "a function of NumPy's": program(top=TOP, result="np.sin(outputs).ravel()"),
    "a sum": program(top=TOP, result="(np.asarray(outputs) + 0).ravel()"),
    "another dtype": program(top=TOP, result="np.asarray(outputs, np.float64).ravel()"),
    "more dimensions": program(top=TOP, result="np.array(outputs, ndmin=3)"),
    "decided by": program(top=TOP, end="if np.asarray(outputs).any():\n    outputs *= 2"),
    "used and returned": program(
        top=TOP,
        end="y = np.asarray(outputs)\ny = y if y.shape[0] != 7 else 2 * y",
        result="y.ravel()",
    ),
    "of a helper": program(
        top=f"{TOP}\ndef flat(y):\n    return np.asarray(y).ravel()", result="2 * flat(outputs)"
    ),
    "of another function's frame": program(
        top=TOP, result="jax.vmap(lambda y: np.asarray(y))(outputs).reshape(-1)"
    ),
    "returned from a block that goes on": program(
        top=TOP,
        end="try:\n    return np.asarray(outputs).ravel()\nfinally:\n    print(1)",
    ),
}


@pytest.mark.parametrize("name", RETURNED)
def test_a_returned_array_is_what_it_is_made_of(name: str) -> None:
    looked = look(RETURNED[name])
    assert looked.proved, looked
    assert looked.equivalence.scope == look(RIGHT).equivalence.scope


@pytest.mark.parametrize("name", USED)
def test_an_array_that_is_used_is_not_traced(name: str) -> None:
    assert not look(USED[name]).proved
    last = traces(USED[name])[-1]
    assert isinstance(last, Untraceable)
    assert last.reason.startswith("TracerArrayConversionError")


def pair(x: Any, values: dict[str, int]) -> Any:
    return np.asarray(x), x + values["a"]


def in_a_dict(x: Any, values: dict[str, int]) -> Any:
    return {"x": np.asarray(x).ravel(), "more": np.array(x), "last": values["a"]}


def listed(x: Any, values: dict[str, int]) -> Any:
    return [np.asarray(x), values["a"] * 2, np.array(x, copy=True)]


def under_an_operator(x: Any, values: dict[str, int]) -> Any:
    return np.asarray(x) * x, values


def as_an_index(x: Any, values: dict[str, int]) -> Any:
    return values[np.asarray(x)], 1  # type: ignore[index]


def in_an_inner_tuple(x: Any, values: dict[str, int]) -> Any:
    return (np.asarray(x), values["a"]), 1


def used_by_its_name(x: Any, values: dict[str, int]) -> Any:
    y = np.asarray(x)
    return y, y.T, values


def steps(function: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> str:
    def traced(x: Any) -> Any:
        return answers.taken_back(function(x, {"a": 3}))

    answers = NumpyAnswers(traced.__code__)
    tracer = jax.core.Tracer
    monkeypatch.setattr(tracer, "__array__", answers.converting(tracer.__array__))
    return str(jax.make_jaxpr(traced)(jnp.ones((2, 3))))


CONTAINERS: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (pair, lambda x, values: (x, x + values["a"])),
    (in_a_dict, lambda x, values: {"x": x.reshape(-1), "more": x, "last": values["a"]}),
    (listed, lambda x, values: [x, 2 * values["a"], x]),
]


@pytest.mark.parametrize(("function", "plain"), CONTAINERS)
def test_arrays_in_a_container_are_what_they_are_made_of(
    function: Callable[..., Any], plain: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert steps(function, monkeypatch) == steps(plain, monkeypatch)


@pytest.mark.parametrize(
    "function", [under_an_operator, as_an_index, in_an_inner_tuple, used_by_its_name]
)
def test_what_follows_must_not_use_the_array(
    function: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(jax.errors.TracerArrayConversionError):
        steps(function, monkeypatch)
