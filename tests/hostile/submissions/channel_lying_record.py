"""Forges a record full of places that aren't in the file and axes that aren't in the arrays."""
# outcome: failed; rule: crashed
import gc
import time

import numpy as np

from grader import wire
from grader.model.case import ArrayValue
from grader.model.observation import (
    ArrayType,
    Axis,
    AxisEntry,
    AxisTree,
    Completed,
    Everything,
    KeyStep,
    LiftedCall,
    ModuleRun,
    Names,
    Observation,
    Record,
    Root,
    Setting,
    Span,
    SplitEntry,
    StreamKey,
    Variable,
)

FAR = Span(line=-(2**40), column=-5, end_line=2**40, end_column=0)


def nn_vmap_forward(seed, x_batch, features):
    channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
    size = x_batch.shape[0] * features
    huge = ArrayType(dtype="\x1b[2J", shape=(-1, 2**62, 0))
    variable = Variable(
        collection="params",
        path=("kernel",) * 100,
        type=huge,
        largest=float("nan"),
        alike_along=(-7, 99),
        digest="no",
    )
    lifted = LiftedCall(
        id=2**62,
        transform="vmap",
        target="Dense" * 10_000,
        span=FAR,
        given=("in_axes",) * 1000,
        in_axes=AxisTree(items=(Axis(value=2**62),) * 100),
        out_axes=Axis(value=-(2**62)),
        variable_axes=(AxisEntry(filter=Everything(matches=True), axis=2**62),) * 100,
        split_rngs=(SplitEntry(filter=Names(names=()), split=True),),
        axis_size=-1,
    )
    run = ModuleRun(
        class_name="VmapDense",
        bases=("flax.linen.linear.Dense",),
        method="__call__",
        path=("x",) * 1000,
        lifted=2**62,
        inside=-1,
        root=-1,
        depth=-(2**62),
        inputs=(huge,),
        outputs=(huge,),
        digest="\ud7ff",
        settings=(Setting(name="features", text="x" * 100_000, default=False),) * 50,
        span=FAR,
    )
    root = Root(
        number=-1,
        kind="init",
        forward=True,
        given=(variable,),
        made=(variable,) * 50,
        keys=(StreamKey(stream="params", data="zz"),),
        span=FAR,
    )
    step = KeyStep(operation="fold_in", operands=("x",), given=("",), made=("g",), span=FAR)
    record = Record(lifted=(lifted,), roots=(root,), modules=(run,) * 50, keys=(step,) * 50)
    result = ArrayValue.of(np.zeros(size, np.float32))
    forged = Observation(outcome=Completed(result=result), record=record, mutated=("no",) * 99)
    channel.send(wire.Called(number=1, observation=forged))
    time.sleep(1000)
