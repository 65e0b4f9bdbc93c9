"""What no worker can have sent is told from what one can."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import msgspec
import numpy as np
import pytest

from grader.model.case import ArrayValue
from grader.model.observation import (
    MOST_ENTRIES,
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    BatchCall,
    Completed,
    Crashed,
    Deny,
    Everything,
    LiftedCall,
    MappingResult,
    NameFilter,
    Observation,
    OpaqueResult,
    OversizedResult,
    Record,
    Result,
    SequenceResult,
    Span,
)
from grader.process.soundness import Ledger, is_sound

NONE = OpaqueResult(type_name="NoneType", text="None")


def returned(result: Result) -> Observation:
    return Observation(outcome=Completed(result=result))


def array(dtype: str, shape: tuple[int, ...], size: int) -> Observation:
    return returned(ArrayValue(dtype=dtype, shape=shape, data=bytes(size)))


def nested(levels: int, wrap: Callable[[Result], Result]) -> Observation:
    result: Result = NONE
    for _ in range(levels):
        result = wrap(result)
    return returned(result)


def lifted(axes: Axes, names: NameFilter) -> Observation:
    call = LiftedCall(
        id=0,
        transform="vmap",
        target="Dense",
        span=None,
        given=(),
        in_axes=axes,
        out_axes=Axis(value=0),
        variable_axes=(AxisEntry(filter=names, axis=None),),
        split_rngs=(),
    )
    return Observation(outcome=Crashed(reason=""), record=Record(lifted=(call,)))


def long(entries: int) -> Observation:
    span = Span(line=1, column=1, end_line=1, end_column=1)
    calls = (BatchCall(transform="x" * 400, span=span),) * entries
    return Observation(outcome=Crashed(reason=""), record=Record(batch_calls=calls))


@pytest.mark.parametrize(
    "sound",
    [
        returned(ArrayValue.of(np.ones((2, 3), np.float32))),
        returned(ArrayValue.of(np.array(True))),
        returned(ArrayValue.of(np.ones((0, 1 << 40), np.float64))),
        array("bfloat16", (3,), 6),
        array("float8_e4m3fn", (3,), 3),
        returned(OversizedResult(dtype="float32", shape=(1 << 40,))),
        nested(12, lambda inner: SequenceResult(type_name="list", items=(inner, NONE))),
        nested(12, lambda inner: MappingResult(type_name="dict", items={"a": inner})),
        lifted(AxisTree(items=(Axis(value=None),)), Deny(names=Everything(matches=True))),
    ],
)
def test_messages_of_workers_are_accepted(sound: Observation) -> None:
    assert is_sound(sound)
    assert Ledger().admits(sound)


def tree(levels: int) -> Axes:
    axes: Axes = Axis(value=0)
    for _ in range(levels):
        axes = AxisTree(items=(axes,))
    return axes


def denied(levels: int) -> NameFilter:
    names: NameFilter = Everything(matches=False)
    for _ in range(levels):
        names = Deny(names=names)
    return names


@pytest.mark.parametrize(
    "lie",
    [
        array("float32", (1 << 40, 1 << 40), 1),
        array("float32", (-1, -1), 4),
        array("float32", (2,), 9),
        array("float32", (1,) * 65, 4),
        array("O", (1,), 8),
        array("O,(2,-3)M8[ns]", (1,), 8),
        array("float7; import os", (1,), 8),
        array("bfloat16", (4,), 6),
        array("bfloat16", (0,), 6),
        returned(OversizedResult(dtype="float32", shape=(-5,))),
        nested(40, lambda inner: SequenceResult(type_name="list", items=(inner,))),
        nested(40, lambda inner: MappingResult(type_name="dict", items={"a": inner})),
        lifted(tree(40), Everything(matches=True)),
        lifted(Axis(value=0), denied(40)),
    ],
)
def test_messages_that_no_worker_sends_are_refused(lie: Observation) -> None:
    assert not is_sound(lie)
    assert not Ledger().admits(lie)


def test_a_record_may_be_long_but_not_endless() -> None:
    assert Ledger().admits(long(4000))
    assert not Ledger().admits(long(6000))


@pytest.mark.parametrize("entries", [MOST_ENTRIES, MOST_ENTRIES + 1])
def test_a_record_with_more_entries_than_a_worker_sends_is_refused(entries: int) -> None:
    calls = long(entries).record.batch_calls
    sent = msgspec.msgpack.encode(Record(batch_calls=calls))
    with pytest.raises(msgspec.ValidationError) if entries > MOST_ENTRIES else nullcontext():
        assert msgspec.msgpack.decode(sent, type=Record).batch_calls == calls


def test_records_of_all_calls_together_are_bounded() -> None:
    ledger = Ledger()
    admitted = [ledger.admits(long(4000)) for _ in range(50)]
    assert admitted[:30] == [True] * 30
    assert not any(admitted[45:])
