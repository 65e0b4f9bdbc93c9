"""Small records that tests write down: a task, its cases, and what both sides were seen to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
import numpy as np

from grader.evidence import Evidence, Look
from grader.model.case import Argument, ArrayValue, Case, Container, IntValue
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size
from grader.model.nnx import (
    Held,
    NnxCall,
    NnxDraw,
    NnxLayer,
    NnxRecord,
    NnxStream,
    NodeState,
)
from grader.model.observation import (
    ArrayType,
    Axis,
    Completed,
    LiftedCall,
    ModuleRun,
    Observation,
    Outcome,
    Raised,
    Record,
    Result,
    Root,
    SequenceResult,
    Span,
    TransformRun,
    Variable,
    digest,
)
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript

TASK: Final = Exercise(
    slug="a-task",
    title="",
    topic="",
    level=1,
    function="forward",
    parameters=(Seed(name="seed"), Array(name="x", shape=("batch", "inputs")), Size(name="width")),
    dimensions=tuple(
        Dimension(name=each, noun=f"the {each}", largest=6) for each in ("batch", "inputs", "width")
    ),
    checks=tuple(CheckSpec(check=each, title="") for each in Check),
    takeaway="",
)


def numbers(*values: float, shape: tuple[int, ...] | None = None) -> ArrayValue:
    """Return an array of these numbers; of three that count up without any."""
    array = np.asarray(values or (1, 2, 3), dtype=np.float32)
    return ArrayValue.of(array if shape is None else array.reshape(shape))


def of(array: ArrayValue) -> str:
    """Return an array's digest."""
    return digest(array.data)


def typed(*shape: int, dtype: str = "float32") -> ArrayType:
    return ArrayType(dtype=dtype, shape=shape)


def at(line: int) -> Span:
    """Return the first character of a line."""
    return Span(line=line, column=1, end_line=line, end_column=2)


def variable(name: str, *shape: int, digest: str | None = None, **more: Any) -> Variable:
    """Return a variable by its name: `params/kernel`."""
    collection, *path = name.split("/")
    dtype = more.pop("dtype", "float32")
    return Variable(
        collection=collection,
        path=tuple(path),
        type=typed(*shape, dtype=dtype),
        digest=digest,
        **more,
    )


def root(number: int = 0, **more: Any) -> Root:
    plain = {"kind": "apply", "forward": True, "given": (), "made": (), "keys": (), "span": None}
    return Root(number=number, **(plain | more))


def lifted(number: int = 0, **more: Any) -> LiftedCall:
    plain = {
        "transform": "vmap",
        "target": "Dense",
        "span": None,
        "given": (),
        "in_axes": Axis(value=0),
        "out_axes": Axis(value=0),
        "variable_axes": (),
        "split_rngs": (),
        "defined_in": "flax.linen.linear",
    }
    return LiftedCall(id=number, **(plain | more))


def module(**more: Any) -> ModuleRun:
    plain = {
        "class_name": "Dense",
        "bases": (),
        "method": "__call__",
        "path": (),
        "lifted": None,
        "inside": None,
        "root": 0,
        "depth": 0,
        "inputs": (),
        "outputs": (),
        "digest": None,
        "settings": (),
        "span": None,
        "defined_in": "flax.linen.linear",
    }
    return ModuleRun(**(plain | more))


def ran(number: int = 0, transform: str = "jax.vmap", **more: Any) -> TransformRun:
    plain = {
        "call": number,
        "target": "f",
        "span": None,
        "given": (),
        "knobs": (),
        "parts": (),
        "inputs": (),
        "digests": (),
    }
    return TransformRun(number=number, transform=transform, **(plain | more))


def raised(message: str = "no", exception: str = "ValueError", **more: Any) -> Raised:
    plain = {"module": "builtins", "bases": ("Exception",), "frames": ()}
    return Raised(exception=exception, message=message, **(plain | more))


def did(outcome: Outcome | Result | tuple[Result, ...] | None = None, **record: Any) -> Observation:
    """Return what a side did: its answer, three numbers if none is given, and its record."""
    match outcome:
        case None:
            outcome = Completed(result=numbers())
        case tuple():
            outcome = Completed(result=SequenceResult(type_name="tuple", items=outcome))
        case ArrayValue():
            outcome = Completed(result=outcome)
    return Observation(outcome=outcome, record=Record(**record))


def case(batch: int = 3, inputs: int = 2, width: int = 4, *, seed: int = 0, **more: Any) -> Case:
    """Return a case of the task, whose array counts up."""
    x = np.arange(batch * inputs, dtype=np.float32).reshape(batch, inputs)
    arguments = (
        Argument(name="seed", value=IntValue(value=seed)),
        Argument(name="x", value=ArrayValue.of(x)),
        Argument(name="width", value=IntValue(value=width)),
    )
    sizes = {"batch": batch, "inputs": inputs, "width": width}
    return Case(arguments=arguments, sizes=sizes, container=Container.JAX, **more)


def look(
    expected: Observation, actual: Observation, of: Case | None = None, task: Exercise = TASK
) -> Look:
    return Look(task, Exchange(case=of or case(), expected=expected, actual=actual))


def evidence(looks: Iterable[Look], text: str = "", task: Exercise = TASK) -> Evidence:
    exchanges = tuple(each.exchange for each in looks)
    return Evidence(Transcript(exercise=task, source=Source("s.py", text), exchanges=exchanges))


# ------------------------------------------------------------------------------------------- NNX


def node(argument: int, *variables: Variable, name: str = "Net", **more: Any) -> NodeState:
    return NodeState(argument=argument, class_name=name, variables=variables, **more)


def layer(number: int, *variables: Variable, **more: Any) -> NnxLayer:
    plain = {
        "class_name": "Linear",
        "defined_in": "flax.nnx.nn.linear",
        "settings": (),
        "span": None,
        "inside": None,
    }
    return NnxLayer(number=number, variables=variables, **(plain | more))


def call(*variables: Variable, **more: Any) -> NnxCall:
    plain = {
        "class_name": "Linear",
        "defined_in": "flax.nnx.nn.linear",
        "held": tuple(Held.ONE for _ in variables),
        "inputs": (typed(2),),
        "outputs": (typed(4),),
        "digest": None,
        "span": None,
        "inside": None,
    }
    return NnxCall(variables=variables, **(plain | more))


def stream(data: str | None = "key", **more: Any) -> NnxStream:
    plain = {"stream": "params", "span": None, "inside": None}
    return NnxStream(data=data, **(plain | more))


def draw(data: str | None = "key", count: int = 0, **more: Any) -> NnxDraw:
    plain = {"stream": "params", "layer": None, "span": None, "inside": None}
    return NnxDraw(data=data, count=count, **(plain | more))


NOTHING: Final = NnxRecord()


def model(*variables: Variable, of: NnxRecord = NOTHING, **more: Any) -> NnxRecord:
    """Return the record of a class that is made with these variables, and of all else."""
    own = layer(0, *variables, class_name="Net", defined_in="submission", **more)
    return msgspec.structs.replace(of, layers=(own, *of.layers))
