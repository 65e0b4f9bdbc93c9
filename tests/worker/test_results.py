"""What a function returns becomes data, and nothing that it returns is trusted."""

from __future__ import annotations

import functools
import sys

import numpy as np
import pytest

from grader.model.case import ArrayValue
from grader.model.observation import (
    Completed,
    MappingResult,
    OpaqueResult,
    OversizedResult,
    Result,
    SequenceResult,
)
from tests.worker.conftest import Run


@pytest.fixture
def returned(run_body: Run):
    def returned(expression: str, before: str = "") -> Result:
        outcome = run_body(f"{before}\nreturn {expression}").outcome
        assert isinstance(outcome, Completed), outcome
        return outcome.result

    return returned


def array(dtype: str, shape: tuple[int, ...], data: bytes) -> ArrayValue:
    return ArrayValue(dtype=dtype, shape=shape, data=data)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("jnp.arange(3.)", ArrayValue.of(np.arange(3, dtype=np.float32))),
        ("np.arange(3)", ArrayValue.of(np.arange(3))),
        ("np.arange(3, dtype='>f4')", ArrayValue.of(np.arange(3, dtype=np.float32))),
        ("np.asfortranarray(np.eye(2))[:, ::-1]", ArrayValue.of(np.eye(2)[:, ::-1])),
        ("jnp.array([True, False])", ArrayValue.of(np.array([True, False]))),
        ("jnp.float32(2)", ArrayValue.of(np.array(2, np.float32))),
        ("jnp.ones((0, 3), jnp.int8)", ArrayValue.of(np.ones((0, 3), np.int8))),
        ("jnp.ones(2, jnp.bfloat16)", array("bfloat16", (2,), b"\x80?\x80?")),
        ("jnp.ones(1, jnp.float16)", ArrayValue.of(np.ones(1, np.float16))),
        ("np.matrix([[1., 2.]])", ArrayValue.of(np.array([[1.0, 2.0]]))),
    ],
)
def test_arrays_are_sent_as_bytes(returned, expression: str, expected: Result) -> None:
    assert returned(expression) == expected


@pytest.mark.parametrize(
    ("expression", "type_name", "text"),
    [
        ("None", "NoneType", "None"),
        ("2.5", "float", "2.5"),
        ("np.float32(2.5)", "float32", "np.float32(2.5)"),
        ("'a' * 1000", "str", "'" + "a" * 198 + "…"),
        ("'\\ud800'", "str", "'\\ud800'"),
        ("10 ** 5000", "int", "an int of 16610 bits"),
        ("nn.Dense(3)", "Dense", "a Dense module"),
        ("nn.Dense", "type", "the class Dense"),
        ("right", "function", "the function right"),
        ("jnp.ones(3).reshape", "method", "the method reshape"),
        ("np.ones(3).reshape", "builtin_function_or_method", "the method reshape"),
        ("jax.random.key(0)", "PRNGKeyArray", "a PRNG key"),
        ("np.array(['a'])", "ndarray", "an array of dtype <U1"),
        ("np.array([None])", "ndarray", "an array of dtype object"),
        ("np.zeros(2, 'f4,i4')", "ndarray", "an array of dtype [('f0', '<f4'), ('f1', '<i4')]"),
        ("(i for i in range(3))", "generator", "a generator"),
    ],
)
def test_other_values_are_described(
    returned,
    expression: str,
    type_name: str,
    text: str,
) -> None:
    assert returned(expression) == OpaqueResult(type_name=type_name, text=text)


def test_containers_keep_their_types_and_texts_of_their_keys(returned) -> None:
    assert returned("[None, (None,)]") == SequenceResult(
        type_name="list",
        items=(
            OpaqueResult(type_name="NoneType", text="None"),
            SequenceResult(
                type_name="tuple", items=(OpaqueResult(type_name="NoneType", text="None"),)
            ),
        ),
    )
    result = returned("flax.core.freeze({'a': {1: None}})", "import flax")
    assert isinstance(result, MappingResult)
    assert result.type_name == "FrozenDict"
    assert isinstance(result.items["a"], MappingResult)
    assert list(result.items["a"].items) == ["1"]


def test_a_namedtuple_is_a_sequence(returned) -> None:
    before = "import collections\nPair = collections.namedtuple('Pair', 'a b')"
    result = returned("Pair(1, 2)", before)
    assert isinstance(result, SequenceResult)
    assert (result.type_name, len(result.items)) == ("Pair", 2)


@pytest.mark.parametrize(
    "expression",
    [
        "jnp.zeros(2**21)",
        "np.broadcast_to(np.float32(0), (2**40,))",
        "np.lib.stride_tricks.as_strided(np.zeros(1, 'f4'), (2**30, 2**30), (0, 0))",
    ],
)
def test_large_arrays_are_not_sent(returned, expression: str) -> None:
    assert isinstance(returned(expression), OversizedResult)


def test_many_arrays_together_are_bounded(returned) -> None:
    result = returned("[np.zeros(2**19, 'f4') for _ in range(6)]")
    kinds = [type(item) for item in result.items]
    assert kinds == [ArrayValue] * 4 + [OversizedResult] * 2


@pytest.mark.parametrize("expression", ["[0] * 10**6", "dict.fromkeys(range(10**6))"])
def test_long_containers_are_truncated(returned, expression: str) -> None:
    assert len(returned(expression).items) <= 501


@pytest.mark.parametrize(
    "before", ["v = ()\nfor _ in range(9999): v = (v,)", "v = []\nv += [v, v]"]
)
def test_deep_and_cyclic_containers_are_truncated(returned, before: str) -> None:
    depth = functools.reduce(lambda n, _: n + 1, _levels(returned("v", before)), 0)
    assert depth < 20


def _levels(result: Result):
    while isinstance(result, SequenceResult) and result.items:
        yield result
        result = result.items[0]


LIAR = """\
class Liar:
    shape, dtype, ndim = (6,), np.dtype("float32"), 1
    @property
    def __class__(self): sys.exit("asked for its class")
    def __array__(self, *args, **kwargs): sys.exit("converted")
    def __jax_array__(self): sys.exit("converted")
    def __repr__(self): sys.exit("shown")
    def __eq__(self, other): sys.exit("compared")
    def __len__(self): sys.exit("measured")
    def __iter__(self): sys.exit("iterated over")
    def __del__(self): pass
class LyingArray(np.ndarray):
    @property
    def shape(self): sys.exit("asked for its shape")
    def tobytes(self): sys.exit("copied")
    def __array__(self, *args): sys.exit("converted")
class Text(str):
    def __len__(self): sys.exit("measured")
    def __getitem__(self, index): sys.exit("cut")
class Items(tuple):
    def __iter__(self): sys.exit("iterated over")
    def __len__(self): sys.exit("measured")
class Table(dict):
    def items(self): sys.exit("iterated over")
class Meta(type):
    __name__ = property(lambda cls: sys.exit("asked for its name"))
    def __getattribute__(cls, name): sys.exit("asked for an attribute")
class Odd(metaclass=Meta): pass
"""


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("Liar()", OpaqueResult),
        ("[Liar()]", SequenceResult),
        ("{1: Liar()}", MappingResult),
        ("np.zeros(3).view(LyingArray)", ArrayValue),
        ("Text('abc')", OpaqueResult),
        ("{Text('abc'): 1}", MappingResult),
        ("Items((1, 2))", SequenceResult),
        ("Table(a=1)", MappingResult),
        ("Odd()", OpaqueResult),
        ("Odd", OpaqueResult),
    ],
)
def test_no_code_of_a_returned_object_runs(returned, expression: str, kind: type) -> None:
    assert isinstance(returned(expression, LIAR), kind)


def test_a_leaked_tracer_is_not_an_array(returned) -> None:
    result = returned("kept[0]", "kept = []\njax.jit(lambda x: kept.append(x))(x_batch)")
    assert isinstance(result, OpaqueResult)
    assert "leaked" in result.text


def test_a_deleted_array_is_reported(returned) -> None:
    result = returned("x_batch", "x_batch.delete()")
    assert isinstance(result, OpaqueResult)
    assert "deleted" in result.text


def test_a_coroutine_is_closed(run: Run) -> None:
    outcome = run("async def nn_vmap_forward(seed, x_batch, features): pass").outcome
    assert outcome == Completed(result=OpaqueResult(type_name="coroutine", text="a coroutine"))
    assert sys.exc_info() == (None, None, None)
