"""Steps that make keys are recorded where the submission itself makes them."""

from __future__ import annotations

import pytest

from grader.model.exercise import Exercise
from grader.model.observation import Completed, Configured, KeyStep, Observation
from tests.observe import observe
from tests.worker.conftest import HEADER, Run, make_case

ZERO, FIRST, SECOND = "0" * 16, "6b20015999ba4efe", "375f238fcddb151d"


def steps(observation: Observation) -> tuple[KeyStep, ...]:
    assert isinstance(observation.outcome, Completed), observation.outcome
    assert not observation.record.truncated
    return observation.record.keys


@pytest.mark.parametrize(
    ("call", "operation", "operands", "keys"),
    [
        ("jax.random.PRNGKey(seed)", "PRNGKey", ("0",), ((), (ZERO,))),
        ("jax.random.PRNGKey(seed=258)", "PRNGKey", ("258",), ((), ("0000000000000102",))),
        ("jax.random.PRNGKey(np.int32(3))", "PRNGKey", ("3",), ((), ("0000000000000003",))),
        ("jax.random.PRNGKey(jnp.array(3))", "PRNGKey", ("3",), ((), ("0000000000000003",))),
        ("jax.random.key(seed)", "key", ("0",), ((), (ZERO,))),
        ("jax.random.split(zero)", "split", (), ((ZERO,), (FIRST, SECOND))),
        ("jax.random.split(zero, 1)", "split", ("1",), ((ZERO,), (FIRST,))),
        ("jax.random.split(typed, num=(1, 2))", "split", ("tuple",), ((ZERO,), (FIRST, SECOND))),
        ("jax.random.fold_in(zero, 1)", "fold_in", ("1",), ((ZERO,), (SECOND,))),
        ("jax.random.fold_in(data=0, key=typed)", "fold_in", ("0",), ((ZERO,), (FIRST,))),
        ("jax.random.clone(typed)", "clone", (), ((ZERO,), (ZERO,))),
        ("jax.random.wrap_key_data(zero)", "wrap_key_data", (), ((ZERO,), (ZERO,))),
        ("functools.partial(jax.random.fold_in, zero)(0)", "fold_in", ("0",), ((ZERO,), (FIRST,))),
    ],
)
def test_each_operation_is_recorded(
    call: str,
    operation: str,
    operands: tuple[str, ...],
    keys: tuple[tuple[str, ...], tuple[str, ...]],
    run_body: Run,
) -> None:
    body = f"zero = np.zeros(2, np.uint32)\ntyped = jax.jit(lambda: jax.random.key(0))()\n{call}"
    step = steps(run_body(body))[-1]
    assert (step.operation, (step.given, step.made)) == (operation, keys)
    assert len(step.operands) == len(operands)
    assert all(word in text for word, text in zip(operands, step.operands, strict=True))
    line = f"    {call}"
    assert step.span is not None
    assert line[step.span.column - 1 : step.span.end_column - 1] == call


def test_another_implementation_is_named(run_body: Run) -> None:
    (step,) = steps(run_body("jax.random.key(seed, impl='rbg')"))
    assert step.operands == ("0", "impl='rbg'")
    assert len(step.made[0]) == 32


def test_tracers_pass_through_unseen(run_body: Run) -> None:
    body = "jax.jit(lambda s: jax.random.split(jax.random.key(s)))(seed)"
    found = [
        (step.operation, step.operands, step.given, step.made) for step in steps(run_body(body))
    ]
    assert found == [("key", ("a traced int32",), (), ()), ("split", (), (), ())]


def test_only_the_submissions_own_calls_count(run_body: Run) -> None:
    body = (
        "right(seed, x_batch, features)\n"
        "layer = nn.Dropout(0.5, deterministic=False)\n"
        "layer.apply({}, x_batch, rngs={'dropout': np.zeros(2, 'u4')})"
    )
    assert [step.operation for step in steps(run_body(body))] == ["PRNGKey"]


@pytest.mark.parametrize("statement", ["from jax.random import split", "split = jax.random.split"])
def test_names_taken_while_loading_are_seen(statement: str, run: Run) -> None:
    text = (
        f"{statement}\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return [split(jax.random.key(0)) for _ in range(2)]\n"
    )
    assert [step.operation for step in steps(run(text))] == ["key", "split"] * 2


def test_steps_while_loading_are_in_every_record(exercise: Exercise) -> None:
    text = HEADER + (
        "KEY = jax.random.PRNGKey(7)\n"
        "def nn_vmap_forward(seed, x_batch, features): jax.random.fold_in(KEY, 0)\n"
    )
    _, observations = observe(text, exercise, [make_case(), make_case(seed=1)])
    for observation in observations:
        found = [(step.operation, step.while_loading) for step in steps(observation)]
        assert found == [("PRNGKey", True), ("fold_in", False)]


def test_many_keys_and_steps_are_truncated(run_body: Run) -> None:
    record = run_body("for i in range(250): keys = jax.random.split(jax.random.key(i), 99)").record
    assert record.truncated
    assert len(record.keys) == 200
    assert len(record.keys[1].made) == 32


@pytest.mark.parametrize(
    ("call", "transform", "place"),
    [
        ("jax.vmap(jnp.sin)(x_batch)", "jax.vmap", "jax.vmap(jnp.sin)"),
        ("jax.lax.map(jnp.sin, x_batch)", "jax.lax.map", None),
        ("jax.lax.scan(lambda c, x: (c, x), 0, x_batch)", "jax.lax.scan", None),
        ("jax.lax.fori_loop(0, 3, lambda i, c: c, 0)", "jax.lax.fori_loop", None),
        ("jnp.vectorize(jnp.sin)(x_batch)", "jnp.vectorize", "jnp.vectorize(jnp.sin)"),
        ("functools.partial(jax.vmap, in_axes=0)(jnp.sin)", "jax.vmap", None),
    ],
)
def test_other_batching_transforms_are_recorded(
    call: str, transform: str, place: str | None, run_body: Run
) -> None:
    (found,) = run_body(f"right(seed, x_batch, features)\n{call}").record.batch_calls
    assert found.transform == transform
    line = f"    {call}"
    assert line[found.span.column - 1 : found.span.end_column - 1] == (place or call)


def test_an_object_identifies_the_step_that_made_it(exercise: Exercise) -> None:
    """Two steps may make equal keys: `KEY` is the one that was passed, by itself or in a dict."""
    text = HEADER + (
        "KEY = jax.random.PRNGKey(1)\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    key = jax.random.PRNGKey(seed)\n"
        "    half = jax.random.split(KEY)[0]\n"
        "    nn.Dense(2).init({'params': key, 'a': KEY, 'b': half}, x_batch)\n"
    )
    _, (observation,) = observe(text, exercise, [make_case(seed=1)])
    constant, own, split = steps(observation)
    assert constant.made == own.made
    assert (constant.taken, own.taken, split.taken) == (None, None, constant.id)
    (root,) = observation.record.roots
    assert [each.made_by for each in root.keys] == [own.id, constant.id, None]


def test_a_traced_key_is_known_by_its_object(run_body: Run) -> None:
    body = (
        "jax.jit(lambda s: nn.Dense(2).init(jax.random.split(jax.random.key(s))[0], x_batch))(seed)"
    )
    key, split = steps(run_body(body))
    assert (key.taken, split.taken) == (None, key.id)


@pytest.mark.parametrize("key", ["jax.random.key(0)", "jax.random.PRNGKey(0)"])
@pytest.mark.parametrize("several", [True, False])
def test_an_array_of_keys_is_not_one_key(key: str, several: bool, run_body: Run) -> None:
    made = f"jax.random.split({key}, 1)" if several else key
    observation = run_body(
        f"try: nn.Dense(2).init({{'params': {made}}}, x_batch)\nexcept ValueError: pass"
    )
    assert [each.in_array for each in observation.record.roots[0].keys] == [several]


@pytest.mark.parametrize(
    ("key", "implementation"),
    [
        ("jax.random.PRNGKey(0)", "threefry2x32"),
        ("jax.random.key(0)", "threefry2x32"),
        ("jax.random.key(0, impl='rbg')", "rbg"),
        ("jax.jit(lambda: jax.random.key(0, impl='unsafe_rbg'))()", "unsafe_rbg"),
    ],
)
def test_the_kind_of_a_key_is_recorded(key: str, implementation: str, run_body: Run) -> None:
    (root,) = run_body(f"nn.Dense(2).init({key}, x_batch)").record.roots
    assert [each.implementation for each in root.keys] == [implementation]


def test_settings_are_recorded_while_they_are_in_force(exercise: Exercise) -> None:
    text = HEADER + (
        "jax.config.update('jax_debug_nans', True)\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    with jax.enable_x64(True):\n"
        "        jax.random.PRNGKey(seed)\n"
        "    with jax.default_matmul_precision('highest'):\n"
        "        pass\n"
    )
    _, (observation,) = observe(text, exercise, [make_case()])
    assert observation.record.configured == (
        Configured(name="jax_debug_nans", value="True", usual="False"),
        Configured(name="jax_enable_x64", value="True", usual="False"),
    )
    _, (usual,) = observe(HEADER + "def nn_vmap_forward(*_): pass\n", exercise, [make_case()])
    assert usual.record.configured == ()
