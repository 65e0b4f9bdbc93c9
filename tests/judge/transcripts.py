"""Random transcripts that are well formed, and as odd as a submission could make them."""

from __future__ import annotations

from hypothesis import strategies as st

from grader.model.case import Argument, ArrayValue, Case, Container, IntValue
from grader.model.exercise import Exercise
from grader.model.observation import (
    ArrayType,
    Axis,
    AxisEntry,
    AxisTree,
    BatchCall,
    Completed,
    Configured,
    Crashed,
    Deny,
    Everything,
    Frame,
    FunctionMissing,
    KeyStep,
    LiftedCall,
    Loaded,
    MappingResult,
    ModuleRun,
    Names,
    Observation,
    OpaqueResult,
    OutOfMemory,
    OversizedResult,
    Raised,
    Record,
    Root,
    SequenceResult,
    Setting,
    SignatureWrong,
    Span,
    SplitEntry,
    StreamKey,
    TimedOut,
    Variable,
)
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript

small = st.integers(0, 3)
words = st.sampled_from(["params", "batch_stats", "dropout", "kernel", "bias", "features", "x"])
shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)
dtypes = st.sampled_from(["float32", "float32", "float16", "int32", "bfloat16", "bool", "strange"])
hexes = st.sampled_from(["00", "0000000000000007", "ff"])

spans = st.builds(
    lambda line, column, lines, width: Span(
        line=line, column=column, end_line=line + lines, end_column=column + width
    ),
    st.integers(1, 30),
    st.integers(1, 90),
    st.integers(0, 2),
    st.integers(0, 30),
)
maybe_span = st.none() | spans


@st.composite
def arrays(draw: st.DrawFn) -> ArrayValue:
    shape, dtype = draw(shapes), draw(dtypes)
    size = 1
    for each in shape:
        size *= each
    width = {"float32": 4, "int32": 4, "bool": 1, "strange": 3}.get(dtype, 2)
    data = draw(st.binary(min_size=size * width, max_size=size * width))
    return ArrayValue(dtype=dtype, shape=shape, data=data)


results = st.recursive(
    arrays()
    | st.builds(OpaqueResult, type_name=words, text=words)
    | st.builds(OversizedResult, dtype=dtypes, shape=shapes),
    lambda inner: (
        st.builds(SequenceResult, type_name=words, items=st.lists(inner, max_size=2).map(tuple))
        | st.builds(MappingResult, type_name=words, items=st.dictionaries(words, inner, max_size=2))
    ),
    max_leaves=3,
)
frames = st.lists(st.builds(Frame, function=words, span=spans), max_size=2).map(tuple)
raised = st.builds(
    Raised,
    exception=st.sampled_from(["ValueError", "InvalidRngError", "NotImplementedError", "X"]),
    module=words,
    bases=st.just(("Exception",)),
    message=st.sampled_from(["", "got axis spec None", "dot_general\nshapes", "immutable"]),
    frames=frames,
    library=st.none() | words,
)
failures = (
    raised
    | st.builds(TimedOut, seconds=st.floats(0, 9), frames=frames)
    | st.builds(OutOfMemory, limit=small, frames=frames)
    | st.builds(Crashed, reason=words)
)
outcomes = st.builds(Completed, result=results) | failures

filters = st.recursive(
    st.builds(Everything, matches=st.booleans())
    | st.builds(Names, names=st.lists(words, max_size=2).map(tuple)),
    lambda inner: st.builds(Deny, names=inner),
    max_leaves=3,
)
axis_numbers = st.none() | st.integers(-3, 3)
axes = st.recursive(
    st.builds(Axis, value=axis_numbers),
    lambda inner: st.builds(AxisTree, items=st.lists(inner, max_size=2).map(tuple)),
    max_leaves=3,
)
lifted_calls = st.builds(
    LiftedCall,
    id=small,
    transform=st.just("vmap"),
    target=st.sampled_from(["Dense", "Layer"]),
    span=maybe_span,
    given=st.just(()),
    in_axes=axes,
    out_axes=axes,
    variable_axes=st.lists(
        st.builds(
            AxisEntry,
            filter=filters,
            axis=axis_numbers,
            direction=st.sampled_from(["in", "out", "both"]),
        ),
        max_size=2,
    ).map(tuple),
    split_rngs=st.lists(st.builds(SplitEntry, filter=filters, split=st.booleans()), max_size=2).map(
        tuple
    ),
)
array_types = st.builds(ArrayType, dtype=dtypes, shape=shapes)
many_types = st.lists(array_types, max_size=2).map(tuple)
module_runs = st.builds(
    ModuleRun,
    class_name=st.sampled_from(["Dense", "VmapDense", "Layer"]),
    bases=st.just(("flax.linen.linear.Dense",)),
    method=st.just("__call__"),
    path=st.just(()),
    lifted=st.none() | small,
    inside=st.none() | small,
    root=st.none() | small,
    depth=small,
    inputs=many_types,
    outputs=many_types,
    digest=st.none() | hexes,
    settings=st.lists(
        st.builds(
            Setting,
            name=st.sampled_from(["features", "use_bias", "kernel_init", "dtype"]),
            text=st.sampled_from(["2", "True", "float32", "None", "a.<locals>.init(b)", ""]),
            default=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    span=maybe_span,
    raised=st.booleans(),
)
variables = st.lists(
    st.builds(
        Variable,
        collection=words,
        path=st.lists(words, max_size=2).map(tuple),
        type=array_types,
        largest=st.none() | st.floats(0, 9) | st.just(float("inf")),
        digest=st.none() | hexes,
    ),
    max_size=3,
).map(tuple)
configured = st.builds(
    Configured,
    name=st.sampled_from(["jax_enable_x64", "jax_default_prng_impl", "jax_debug_nans"]),
    value=st.sampled_from(["True", "rbg", ""]),
    usual=words,
)
roots = st.builds(
    Root,
    number=small,
    kind=st.sampled_from(["init", "apply"]),
    forward=st.booleans(),
    given=variables,
    made=variables,
    keys=st.lists(
        st.builds(
            StreamKey,
            stream=words,
            data=st.none() | hexes,
            made_by=st.none() | small,
            implementation=st.sampled_from(["", "threefry2x32", "rbg"]),
            in_array=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    span=maybe_span,
    raised=st.booleans(),
    configured=st.lists(configured, max_size=2).map(tuple),
)
key_steps = st.builds(
    KeyStep,
    operation=st.sampled_from(["PRNGKey", "key", "split", "fold_in", "clone"]),
    operands=st.lists(words, max_size=2).map(tuple),
    given=st.lists(hexes, max_size=2).map(tuple),
    made=st.lists(hexes, max_size=3).map(tuple),
    span=maybe_span,
    id=small,
    taken=st.none() | small,
)
records = st.builds(
    Record,
    lifted=st.lists(lifted_calls, max_size=2).map(tuple),
    roots=st.lists(roots, max_size=3).map(tuple),
    modules=st.lists(module_runs, max_size=4).map(tuple),
    keys=st.lists(key_steps, max_size=3).map(tuple),
    batch_calls=st.lists(
        st.builds(BatchCall, transform=st.sampled_from(["jax.vmap", "nn.scan"]), span=spans),
        max_size=1,
    ).map(tuple),
    configured=st.lists(configured, max_size=2).map(tuple),
    truncated=st.booleans(),
)
observations = st.builds(
    Observation,
    outcome=outcomes,
    record=records,
    mutated=st.sampled_from([(), ("x_batch",)]),
)


@st.composite
def cases(draw: st.DrawFn, exercise: Exercise) -> Case:
    """Cases of the first exercise's form, whose arrays have the shapes of their sizes."""
    sizes = {each.name: draw(st.integers(1, 3)) for each in exercise.dimensions}
    batch, in_dim, features = sizes.values()
    data = draw(st.binary(min_size=4 * batch * in_dim, max_size=4 * batch * in_dim))
    x = ArrayValue(dtype="float32", shape=(batch, in_dim), data=data)
    values = (IntValue(value=draw(small)), x, IntValue(value=features))
    names = [each.name for each in exercise.parameters]
    return Case(
        arguments=tuple(Argument(name=n, value=v) for n, v in zip(names, values, strict=True)),
        sizes=sizes,
        container=draw(st.sampled_from(list(Container))),
    )


TEXTS = (
    "",
    "def nn_vmap_forward(seed, x_batch, features):\n    return x_batch\n",
    "def nn_vmap_forward(x_batch, seed, features, m={}):\n"  # noqa: ISC004 - one text
    "    global n\n    n = 1; m[0] = id(x_batch); x_batch += 1\n    return\n",
    "nn_vmap_forward = lambda *a: nn.vmap(nn.Dense, {'params': 0}, **k)(jax.random.PRNGKey(0))\n",
    "def broken(:\n",
    "class A:\n    def nn_vmap_forward(self): pass\n",
    "\0",
    "é = '批次'; nn_vmap_forward = é\n",
)
loads = (
    st.just(Loaded())
    | st.builds(
        FunctionMissing, callables=st.lists(words, max_size=2).map(tuple), found=st.none() | words
    )
    | st.builds(SignatureWrong, signature=words, reason=words, span=maybe_span)
    | failures
)


@st.composite
def transcripts(draw: st.DrawFn, exercise: Exercise) -> Transcript:
    """Draw a transcript; often both sides are the same, and often a case comes twice."""
    shown = draw(st.lists(cases(exercise), min_size=1, max_size=2))
    exchanges = []
    for _ in range(draw(st.integers(0, 4))):
        expected = draw(observations)
        actual = draw(st.just(expected) | observations)
        exchanges.append(
            Exchange(
                case=draw(st.sampled_from(shown)),
                expected=expected,
                actual=actual,
                process=draw(st.integers(0, 2)),
            )
        )
    return Transcript(
        exercise=exercise,
        source=Source("submission.py", draw(st.sampled_from(TEXTS))),
        loaded=draw(loads),
        exchanges=tuple(exchanges),
    )
