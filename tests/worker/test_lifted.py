"""Every spelling of a call of nn.vmap is recorded with what it means and where it stands."""

from __future__ import annotations

import pytest

from grader.model.exercise import Exercise
from grader.model.observation import (
    Axis,
    AxisEntry,
    AxisTree,
    Completed,
    Deny,
    Everything,
    LiftedCall,
    Names,
    Observation,
    Raised,
    SplitEntry,
)
from tests.observe import observe
from tests.worker.conftest import HEADER, Run, make_case

KNOBS = 'variable_axes={"params": None}, split_rngs={"params": False}'
APPLY = """\
model = {make}
variables = model.init(jax.random.PRNGKey(seed), x_batch)
return model.apply(variables, x_batch).reshape(-1)
"""
PARAMS = Names(names=("params",))


def only_call(observation: Observation) -> LiftedCall:
    calls = observation.record.lifted
    assert len(calls) == 1, calls
    return calls[0]


def place(text: str, call: LiftedCall) -> str:
    """Cut the source of a call out of the text."""
    assert call.span is not None
    lines = (HEADER + text).split("\n")[call.span.line - 1 : call.span.end_line]
    lines[-1] = lines[-1][: call.span.end_column - 1]
    lines[0] = lines[0][call.span.column - 1 :]
    return "\n".join(lines)


SPELLINGS = {
    "keywords": f"nn.vmap(nn.Dense, in_axes=0, out_axes=0, {KNOBS})(features)",
    "defaults": f"nn.vmap(nn.Dense, {KNOBS})(features)",
    "positions": 'nn.vmap(nn.Dense, {"params": None}, {"params": False}, 0, 0)(features)',
    "target by name": f"nn.vmap({KNOBS}, target=nn.Dense)(features)",
    "a dict": f"nn.vmap(nn.Dense, **dict({KNOBS}))(features)",
    "partial": f"functools.partial(nn.vmap, {KNOBS})(nn.Dense)(features)",
    "partial of the class": f"nn.vmap(functools.partial(nn.Dense, features), {KNOBS})()",
    "transforms": f"nn.transforms.vmap(nn.Dense, {KNOBS})(features)",
    "getattr": f"getattr(nn, 'vmap')(nn.Dense, {KNOBS})(features)",
    "map": f"list(map(lambda c: nn.vmap(c, {KNOBS}), [nn.Dense]))[0](features)",
    "tree": f"jax.tree.map(lambda c: nn.vmap(c, {KNOBS}), [nn.Dense])[0](features)",
    "methods": f"nn.vmap(nn.Dense, {KNOBS}, methods=['__call__'])(features)",
    "methods by name": f"nn.vmap(nn.Dense, methods={{'__call__': dict({KNOBS})}})(features)",
    "named axis": f"nn.vmap(nn.Dense, {KNOBS}, axis_name='batch', axis_size=3)(features)",
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_all_spellings_give_the_same_record(spelling: str, run_body: Run) -> None:
    observation = run_body(APPLY.format(make=spelling))
    assert isinstance(observation.outcome, Completed), observation.outcome
    call = only_call(observation)
    assert (call.target, call.defined_in, call.transform) == ("Dense", "flax.linen.linear", "vmap")
    assert (call.in_axes, call.out_axes) == (Axis(value=0), Axis(value=0))
    assert call.variable_axes == (AxisEntry(filter=PARAMS, axis=None),)
    assert call.split_rngs == (SplitEntry(filter=PARAMS, split=False),)
    assert call.methods == ("__call__",)
    runs = observation.record.modules
    assert [(run.lifted, run.inside, run.depth) for run in runs] == [
        (call.id, None, 0),
        (None, call.id, 1),
    ] * 2
    assert not observation.record.truncated


def test_the_span_is_the_call(run: Run) -> None:
    call = f"nn.vmap(\n        nn.Dense,\n        {KNOBS},\n    )"
    text = f"def nn_vmap_forward(seed, x_batch, features):\n    é, B = 'ßü', {call}\n"
    assert place(text, only_call(run(text))) == call


@pytest.mark.parametrize("prefix", ["nn", "flax.linen", "flax.linen.transforms"])
def test_the_name_may_be_imported_from_anywhere(prefix: str, run: Run) -> None:
    module = prefix.replace("nn", "flax.linen")
    text = (
        f"from {module} import vmap as lift\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        f"    lift(nn.Dense, {KNOBS})\n"
    )
    assert place(text, only_call(run(text))) == f"lift(nn.Dense, {KNOBS})"


def test_a_decorators_span_excludes_the_at_sign(run: Run) -> None:
    decorator = f"functools.partial(nn.vmap, {KNOBS})"
    text = (
        f"@{decorator}\nclass BatchDense(nn.Dense):\n    pass\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        + "".join(f"    {line}\n" for line in APPLY.format(make="BatchDense(3)").splitlines())
    )
    observation = run(text)
    call = only_call(observation)
    assert place(text, call) == decorator
    assert (call.target, call.defined_in) == ("BatchDense", "submission")
    assert call.bases == ("flax.linen.linear.Dense", "flax.linen.module.Module")
    assert call.while_loading
    assert [run.lifted for run in observation.record.modules] == [call.id, None] * 2


METHOD = f"""
class Layer(nn.Module):
    features: int
    @functools.partial(nn.vmap, {KNOBS})
    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features)(x)
def nn_vmap_forward(seed, x_batch, features):
    return Layer(features).init_with_output(jax.random.PRNGKey(seed), x_batch)[0].reshape(-1)
"""


def test_a_lifted_method_runs_on_the_batch(run: Run) -> None:
    observation = run(METHOD)
    call = only_call(observation)
    assert not call.is_class
    assert place(METHOD, call) == f"functools.partial(nn.vmap, {KNOBS})"
    found = [
        (run.class_name, run.method, run.lifted, run.inside, run.inputs[0].shape)
        for run in observation.record.modules
    ]
    assert found == [
        ("Layer", "__call__", call.id, None, (3, 4)),
        ("Layer", "__call__", None, call.id, (4,)),
        ("Dense", "__call__", None, call.id, (4,)),
    ]


FUNCTION = f"""
class Layer(nn.Module):
    features: int
    @nn.compact
    def __call__(self, x):
        def one(module, row):
            return module(row)
        return nn.vmap(one, {KNOBS})(nn.Dense(self.features), x)
def nn_vmap_forward(seed, x_batch, features):
    return Layer(features).init_with_output(jax.random.PRNGKey(seed), x_batch)[0].reshape(-1)
"""


def test_a_lifted_function_is_a_run_of_its_module(run: Run) -> None:
    observation = run(FUNCTION)
    call = only_call(observation)
    assert (call.target, call.defined_in, call.is_class) == ("one", "submission", False)
    found = [
        (run.class_name, run.method, run.path, run.lifted, run.inside, run.depth)
        for run in observation.record.modules
    ]
    assert found == [
        ("Layer", "__call__", (), None, None, 0),
        ("Dense", "one", ("Dense_0",), call.id, None, 1),
        ("Dense", "one", ("Dense_0",), None, call.id, 2),
        ("Dense", "__call__", ("Dense_0",), None, call.id, 3),
    ]


def test_filters_and_axes_are_normalised(run_body: Run) -> None:
    observation = run_body(
        "from flax.core import DenyList, freeze\n"
        "from flax.core.lift import In, Out\n"
        "nn.vmap(nn.Dense, in_axes=(0, None, [-1, {'b': 1, 'a': 0}]), out_axes={'y': np.int8(0)},\n"
        "    variable_axes=freeze({'params': In(0), ('a', 'b'): Out(None), True: 2,\n"
        "                          DenyList(('x',)): -1, False: None, frozenset('ab'): 'oops'}),\n"
        "    split_rngs={'params': np.True_, 'dropout': 0, DenyList('params'): None,\n"
        "                ('x', 'y'): jnp.array(False), True: True})\n"
    )
    call = only_call(observation)
    zero, one = Axis(value=0), Axis(value=1)
    assert call.in_axes == AxisTree(
        items=(
            zero,
            Axis(value=None),
            AxisTree(
                items=(Axis(value=-1), AxisTree(items=(one, zero), keys=("b", "a"))),
                is_list=True,
            ),
        )
    )
    assert call.out_axes == AxisTree(items=(zero,), keys=("y",))
    assert [
        (entry.filter, entry.axis, entry.direction, entry.invalid) for entry in call.variable_axes
    ] == [
        (PARAMS, 0, "in", None),
        (Names(names=("a", "b")), None, "out", None),
        (Everything(matches=True), 2, "both", None),
        (Deny(names=Names(names=("x",))), -1, "both", None),
        (Everything(matches=False), None, "both", None),
        (Names(names=("a", "b")), None, "both", "'oops'"),
    ]
    assert [(entry.filter, entry.split) for entry in call.split_rngs] == [
        (PARAMS, True),
        (Names(names=("dropout",)), False),
        (Deny(names=PARAMS), False),
        (Names(names=("x", "y")), False),
        (Everything(matches=True), True),
    ]


def test_given_are_the_names_that_the_call_set(run_body: Run) -> None:
    assert only_call(run_body("nn.vmap(nn.Dense, {'params': 0}, out_axes=1)")).given == (
        "target",
        "variable_axes",
        "out_axes",
    )


BAD_CALLS = [
    "nn.vmap()",
    "nn.vmap(nn.Dense, in_axis=0)",
    "nn.vmap(nn.Dense, {}, {}, 0, 0, None, None, None, None, None, 1)",
    "nn.vmap(nn.Dense(3))",
    "nn.vmap(3)",
    "nn.vmap(nn.Dense, methods=3)",
    "nn.vmap(nn.Dense, methods=['nothing'])",
]


@pytest.mark.parametrize("call", BAD_CALLS)
def test_a_bad_call_raises_like_flax(call: str, run_body: Run) -> None:
    from flax import linen as nn

    with pytest.raises(Exception) as caught:
        eval(call, {"nn": nn})
    outcome = run_body(call).outcome
    assert isinstance(outcome, Raised)
    assert outcome.exception == type(caught.value).__name__
    assert outcome.message == str(caught.value)
    assert [frame.function for frame in outcome.frames] == ["nn_vmap_forward"]


def test_a_call_that_raised_is_marked(run_body: Run) -> None:
    assert only_call(run_body("nn.vmap(nn.Dense(3))")).raised


def test_calls_while_loading_are_in_every_record_that_could_use_them(exercise: Exercise) -> None:
    text = HEADER + (
        f"Lifted = nn.vmap(nn.Dense, {KNOBS})\n"
        "nn.vmap(lambda module, x: module(x))\n"  # gone at once
        "def nn_vmap_forward(seed, x_batch, features): nn.vmap(nn.Dense)\n"
    )
    _, observations = observe(text, exercise, [make_case(), make_case(seed=1)])
    for observation in observations:
        assert [call.while_loading for call in observation.record.lifted] == [True, False]
    first, second = (observation.record.lifted[1].id for observation in observations)
    assert first != second


def test_a_class_that_an_earlier_call_made_keeps_its_mark(exercise: Exercise) -> None:
    text = HEADER + (
        "@functools.cache\n"
        "def lifted():\n"
        f"    return nn.vmap(nn.Dense, {KNOBS})\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return lifted()(features).init_with_output(jax.random.PRNGKey(seed), x_batch)[0]\n"
    )
    _, observations = observe(text, exercise, [make_case(), make_case(seed=1)])
    for observation in observations:
        assert only_call(observation).id == observation.record.modules[0].lifted


def test_a_subclass_of_a_lifted_class_is_lifted(run: Run) -> None:
    text = (
        f"class Named(nn.vmap(nn.Dense, {KNOBS})):\n    extra: int = 0\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return Named(features).init_with_output(jax.random.PRNGKey(seed), x_batch)[0]\n"
    )
    observation = run(text)
    assert observation.record.modules[0].class_name == "Named"
    assert observation.record.modules[0].lifted == only_call(observation).id


def test_other_methods_of_a_lifted_class_are_not_lifted(run: Run) -> None:
    text = f"""
class Layer(nn.Module):
    features: int
    def setup(self):
        self.dense = nn.Dense(self.features)
    def __call__(self, x):
        return self.dense(x)
    def plain(self, x):
        return self.dense(x)
def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(Layer, {KNOBS})(features)
    return model.init_with_output(jax.random.PRNGKey(seed), x_batch, method="plain")[0]
"""
    observation = run(text)
    assert isinstance(observation.outcome, Completed), observation.outcome
    assert {run.lifted for run in observation.record.modules} == {None}


def test_too_many_calls_truncate_the_record(run_body: Run) -> None:
    body = "for _ in range(250): nn.vmap(nn.Dense)\nreturn right(seed, x_batch, features)"
    record = run_body(body).record
    assert record.truncated
    assert len(record.lifted) <= 201
    used = record.modules[0].lifted
    assert used in {call.id for call in record.lifted}
