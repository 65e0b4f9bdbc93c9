"""Every way into Flax is one root: its kind, its place, its keys and its variables."""

from __future__ import annotations

import numpy as np
import pytest

from grader.model.observation import Completed, Observation, Root, digest
from tests.worker.conftest import Run, make_case

MODEL = 'model = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})(2)'
KEY = "jax.random.PRNGKey(seed)"
PLAIN = f"nn.Dense(2).init({KEY}, x_batch)"

INITS = {
    "init": (f"model.init({KEY}, x_batch)", "init", False),
    "init by stream": (
        f"model.init({{'params': {KEY}}}, x_batch, method='__call__')",
        "init",
        False,
    ),
    "init by name": (f"nn.Dense(2).init(rngs={KEY}, inputs=x_batch)", "init", False),
    "init_with_output": (f"model.init_with_output({KEY}, x_batch)[1]", "init_with_output", True),
    "lazy_init": (f"model.lazy_init({KEY}, x_batch)", "lazy_init", False),
    "nn.init": (f"nn.init(lambda m, x: m(x), model)({KEY}, x_batch)", "init", False),
    "nn.init_with_output": (
        f"nn.init_with_output(lambda m, x: m(x), model)({KEY}, x_batch)[1]",
        "init_with_output",
        True,
    ),
    "apply that makes them": (
        f"model.apply({{}}, x_batch, rngs={{'params': {KEY}}}, mutable=['params'])[1]",
        "apply",
        True,
    ),
}


def roots(observation: Observation) -> tuple[Root, ...]:
    assert isinstance(observation.outcome, Completed), observation.outcome
    assert not observation.record.truncated
    return observation.record.roots


@pytest.mark.parametrize(("call", "kind", "forward"), INITS.values(), ids=INITS)
@pytest.mark.parametrize("jitted", [False, True], ids=["eager", "jitted"])
def test_ways_to_make_variables(
    call: str, kind: str, forward: bool, jitted: bool, run_body: Run
) -> None:
    body = f"{MODEL}\nreturn jax.tree.leaves({call})[0]"
    if jitted:
        made = f"jax.jit(lambda seed, x_batch: {call})(seed, x_batch)"
        body = f"{MODEL}\nreturn jax.tree.leaves({made})[0]"
    (root,) = roots(run_body(body, make_case(seed=5)))
    assert (root.number, root.kind, root.forward) == (0, kind, forward)
    made = sorted(root.made, key=lambda each: each.path)
    assert [(each.collection, each.path, each.type.shape) for each in made] == [
        ("params", ("bias",), (2,)),
        ("params", ("kernel",), (4, 2)),
    ]
    assert root.given == ()
    assert [(each.stream, each.data) for each in root.keys] == [
        ("params", None if jitted else "0000000000000005")
    ]
    if not jitted:
        assert [each.largest == 0 for each in made] == [True, False]
        assert all(each.digest is not None for each in made)


APPLIES = {
    "apply": ("model.apply(variables, x_batch)", "apply"),
    "nn.apply": ("nn.apply(lambda m, x: m(x), model)(variables, x_batch)", "apply"),
    "bind": ("model.bind(variables)(x_batch)", "bind"),
    "unbind": (
        "(lambda pair: pair[0].apply(pair[1], x_batch))(model.bind(variables).unbind())",
        "bind",
    ),
    "mutable": ("model.apply(variables, x_batch, mutable=['batch_stats'])[0]", "apply"),
}


@pytest.mark.parametrize(("call", "kind"), APPLIES.values(), ids=APPLIES)
def test_ways_to_use_variables(call: str, kind: str, run_body: Run) -> None:
    found = roots(run_body(f"{MODEL}\nvariables = {PLAIN}\nreturn {call}"))
    assert [root.kind for root in found][:2] == ["init", kind]
    made, root = found[0].made, found[1]
    assert root.forward
    assert {each.digest for each in root.given} == {each.digest for each in made}
    assert root.made == ()


def test_runs_belong_to_their_root(run_body: Run) -> None:
    record = run_body(f"{MODEL}\nbound = model.bind({PLAIN})\nbound(x_batch)\n{PLAIN}").record
    assert [root.kind for root in record.roots] == ["init", "bind", "init"]
    assert [(run.class_name, run.root) for run in record.modules] == [
        ("Dense", 0),
        ("VmapDense", 1),
        ("Dense", 1),
        ("Dense", 2),
    ]


def test_a_module_without_variables_runs_outside_any_root(run_body: Run) -> None:
    record = run_body(f"{MODEL}\nmodel(x_batch)").record
    assert [(run.root, run.raised) for run in record.modules] == [(None, True)]


def test_a_root_that_raised_is_marked(run_body: Run) -> None:
    record = run_body(f"{MODEL}\nmodel.init({KEY}, x_batch[0])").record
    assert [(root.kind, root.raised, root.made) for root in record.roots] == [("init", True, ())]
    assert record.modules[0].raised


def test_spans_are_the_calls(run_body: Run) -> None:
    observation = run_body(f"return jax.jit(nn.Dense(2).init)({KEY}, x_batch)['params']['bias']")
    span = roots(observation)[0].span
    assert span is not None
    line = f"    return jax.jit(nn.Dense(2).init)({KEY}, x_batch)['params']['bias']"
    assert (
        line[span.column - 1 : span.end_column - 1] == f"jax.jit(nn.Dense(2).init)({KEY}, x_batch)"
    )


def test_keys_of_all_streams_and_kinds_are_normalised(run_body: Run) -> None:
    found = roots(
        run_body(
            "key = jax.random.PRNGKey(258)\n"
            "typed = jax.random.key(258)\n"
            "by_hand = np.array([0, 258], np.uint32)\n"
            "model = nn.Dense(2)\n"
            "model.init({'params': key, 'dropout': typed}, x_batch)\n"
            "return model.init(by_hand, x_batch)['params']['bias']\n"
        )
    )
    assert [[(each.stream, each.data) for each in root.keys] for root in found] == [
        [("params", "0000000000000102"), ("dropout", "0000000000000102")],
        [("params", "0000000000000102")],
    ]


VARIABLES = """\
ones, many = jnp.ones((3, 1, 4)), jnp.arange(6.).reshape(1, 6) * -1
kept = {'params': {'a': {'b': ones}, 'c': [many, jnp.array(np.inf)]},
        'cache': {'i': jnp.zeros((), jnp.int32), 'n': jnp.zeros((0, 2)), 'text': 'no array',
                  'h': jnp.ones(2, jnp.bfloat16), 'k': jax.random.key(0)}}
nn.apply(lambda m: 1, nn.Dense(2))(kept)
nn.apply(lambda m: 1, nn.Dense(2))({'params': {'p': nn.Partitioned(ones, names=(None,) * 3)}})
return 1
"""


def test_variables_are_described_leaf_by_leaf(run_body: Run) -> None:
    first, boxed = roots(run_body(VARIABLES))
    found = {
        (each.collection, *each.path): (
            each.type.dtype,
            each.type.shape,
            each.largest,
            each.alike_along,
        )
        for each in first.given
    }
    assert found == {
        ("params", "a", "b"): ("float32", (3, 1, 4), 1.0, (0, 2)),
        ("params", "c", "0"): ("float32", (1, 6), 5.0, ()),
        ("params", "c", "1"): ("float32", (), np.inf, ()),
        ("cache", "i"): ("int32", (), 0.0, ()),
        ("cache", "n"): ("float32", (0, 2), 0.0, ()),
        ("cache", "h"): ("bfloat16", (2,), 1.0, (0,)),
        ("cache", "k"): ("key<fry>", (), None, ()),
    }
    assert [(each.path, each.digest) for each in boxed.given] == [
        (("p",), digest(np.ones(12, np.float32).tobytes()))
    ]


def test_large_variables_are_not_inspected(run_body: Run) -> None:
    body = "nn.apply(lambda m: 1, nn.Dense(2))({'params': {'a': jnp.ones(2_000_000)}})\nreturn 1"
    (variable,) = roots(run_body(body))[0].given
    assert (variable.type.shape, variable.largest, variable.digest) == ((2_000_000,), None, None)


def test_wide_trees_and_many_roots_are_bounded(run_body: Run) -> None:
    body = (
        "wide = {'params': {str(i): np.zeros(1) for i in range(5000)}}\n"
        "for _ in range(300): nn.apply(lambda m: 1, nn.Dense(2))(wide)\n"
    )
    record = run_body(body).record
    assert record.truncated
    assert len(record.roots) == 200
    assert {len(root.given) for root in record.roots} == {100}
