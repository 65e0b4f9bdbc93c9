"""The recorder changes nothing that a program can notice, and a program can't stop it."""

from __future__ import annotations

import builtins
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import core
from flax import linen as nn

from grader.model.case import Container
from grader.model.exercise import Exercise
from grader.model.observation import Completed, Loaded, Raised
from grader.worker.subject import Subject
from tests.observe import observe
from tests.worker.conftest import HEADER, Run, make_case

PATCHED = [
    (nn, "vmap"),
    (nn.transforms, "vmap"),
    (nn.Module, "__post_init__"),
    (nn.Module, "clone"),
    (core, "init"),
    (core, "apply"),
    (core, "bind"),
    (jax.random, "PRNGKey"),
    (jax.random, "split"),
    (jax.lax, "scan"),
    (jax, "vmap"),
    (jnp, "vectorize"),
]


def holders() -> list[object]:
    return [vars(holder)[name] for holder, name in PATCHED]


def test_everything_is_restored(exercise: Exercise) -> None:
    before = holders()
    interceptors = len(nn.module._global_interceptor_stack)
    with Subject(exercise, "a.py", HEADER + "nn_vmap_forward = right") as subject:
        assert all(new is not old for new, old in zip(holders(), before, strict=True))
        assert subject.load() == Loaded()
        subject.call(make_case())
    assert all(new is old for new, old in zip(holders(), before, strict=True))
    assert len(nn.module._global_interceptor_stack) == interceptors


def test_patches_do_not_leave_the_program(exercise: Exercise) -> None:
    text = HEADER + (
        "kept = nn.vmap\n"
        "nn.vmap = lambda *args, **knobs: kept(*args, **knobs)\n"
        "del jax.pmap\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    assert nn.vmap is not kept and not hasattr(jax, 'pmap')\n"
        "    return right(seed, x_batch, features)\n"
    )
    vmap, pmap = nn.vmap, jax.pmap
    with Subject(exercise, "a.py", text) as subject:
        assert subject.load() == Loaded()
        subject.restore()
        assert (nn.vmap, jax.pmap) == (vmap, pmap)
        observation = subject.call(make_case())
        assert isinstance(observation.outcome, Completed), observation.outcome
        assert len(observation.record.lifted) == 1
    assert (nn.vmap, jax.pmap) == (vmap, pmap)


NOTICED = """\
import inspect
for function, names in (
    (nn.vmap, ["target", "variable_axes", "split_rngs", "in_axes"]),
    (jax.vmap, ["fun", "in_axes", "out_axes"]),
    (jax.random.split, ["key", "num"]),
    (jax.random.PRNGKey, ["seed", "impl"]),
    (nn.Module.clone, ["self", "parent"]),
):
    assert list(inspect.signature(function).parameters)[: len(names)] == names
    assert function.__doc__ and function.__name__ and inspect.getsource(function)
key = jax.jit(jax.random.PRNGKey)(seed)
assert jax.vmap(jax.random.split)(jnp.stack([key, key])).shape == (2, 2, 2)
assert jax.jit(jax.random.split, static_argnums=1)(key, 3).shape == (3, 2)
assert jax.jit(jax.random.split, static_argnames="num")(key, num=3).shape == (3, 2)
assert jax.vmap(functools.partial(jax.random.fold_in, key))(jnp.arange(3)).shape == (3, 2)
assert jax.vmap(jax.random.key)(jnp.arange(3)).shape == (3,)
assert jax.make_jaxpr(jax.random.fold_in)(key, 1).out_avals[0].shape == (2,)
assert hash(jax.random.split) and {jax.random.split: 1}[jax.random.split] == 1
assert jax.eval_shape(jax.random.split, key).shape == (2, 2)
Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
assert issubclass(Lifted, nn.Dense) and Lifted.__name__ == "VmapDense"
assert list(inspect.signature(Lifted.__call__).parameters) == ["self", "inputs"]
assert Lifted(3) == Lifted(3) and hash(Lifted(3)) == hash(Lifted(3))
assert vars(Lifted(3)).keys() == vars(nn.Dense(3)).keys()
assert repr(Lifted(3)).startswith("VmapDense(")
lifted = nn.vmap(lambda module, x: module(x))
assert lifted.__name__ == "<lambda>" and lifted.method_handler_wrapped
with nn.intercept_methods(lambda f, args, kwargs, context: f(*args, **kwargs) * 2):
    twice = nn.Dense(2).init_with_output(key, x_batch)[0]
assert np.array_equal(twice, nn.Dense(2).init_with_output(key, x_batch)[0] * 2)
assert "VmapDense" in Lifted(2).tabulate(key, x_batch)
return right(seed, x_batch, features)
"""


def test_a_program_notices_nothing(run_body: Run) -> None:
    outcome = run_body(NOTICED).outcome
    assert isinstance(outcome, Completed), outcome


def test_the_recorder_does_not_change_results(run_body: Run) -> None:
    outcome = run_body("return right(seed, x_batch, features)").outcome
    assert isinstance(outcome, Completed)
    model = nn.Dense(2)
    x = make_case()["x_batch"].numpy()
    expected = model.apply(model.init(jax.random.PRNGKey(0), x), x).reshape(-1)
    assert np.array_equal(outcome.result.numpy(), expected)


@pytest.mark.parametrize("container", Container)
def test_arguments_are_of_the_kind_that_the_case_says(run: Run, container: Container) -> None:
    text = (
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    assert type(seed) is int and type(features) is int\n"
        "    return isinstance(x_batch, jax.Array), isinstance(x_batch, np.ndarray)\n"
    )
    outcome = run(text, make_case(container=container)).outcome
    assert isinstance(outcome, Completed), outcome
    is_jax = container is Container.JAX
    assert [item.text for item in outcome.result.items] == [str(is_jax), str(not is_jax)]


@pytest.mark.parametrize(
    ("statement", "mutated"),
    [
        ("x_batch + 1", ()),
        ("x_batch[0, 0] += 1", ("x_batch",)),
        ("x_batch *= -0.0", ("x_batch",)),
        ("x_batch.shape = (-1,)", ("x_batch",)),
        ("x_batch.sort(axis=0)", ("x_batch",)),
        ("x_batch[0, 0] = np.nan\nraise ValueError", ("x_batch",)),
        ("x_batch = np.zeros(3)", ()),
    ],
)
def test_arguments_changed_in_place_are_named(
    statement: str, mutated: tuple[str, ...], run_body: Run
) -> None:
    assert run_body(statement, make_case(container=Container.NUMPY)).mutated == mutated


SABOTAGE = {
    "builtins": "builtins.isinstance = builtins.len = lambda *a: 0\nbuiltins.type = None",
    "deleted builtins": "del builtins.getattr, builtins.issubclass, builtins.tuple, builtins.str",
    "trace": "sys.settrace(lambda *a: sys.exit('traced'))",
    "profile": "sys.setprofile(lambda *a: sys.exit('traced'))",
    "recursion": "sys.setrecursionlimit(60)",
    "both": "sys.settrace(lambda *a: 1 / 0)\nsys.setprofile(lambda *a: 1 / 0)",
    "our frames": "sys._getframe(1).f_trace = lambda *a: 1 / 0\nsys.settrace(lambda *a: None)",
    "interceptor": "nn.module._global_interceptor_stack.push(lambda f, a, k, c: f(*a, **k))",
    "no interceptor": "nn.module._global_interceptor_stack.pop()",
    "module": "del sys.modules['submission']",
    "numpy": "np.asarray = np.ascontiguousarray = np.abs = None",
    "stack": "from flax.linen import module\nmodule._context.module_stack.append(3)",
}


@pytest.mark.parametrize("statement", SABOTAGE.values(), ids=SABOTAGE)
def test_sabotage_leaves_the_observer_intact(
    statement: str, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("asarray", "ascontiguousarray", "abs"):
        monkeypatch.setattr(np, name, getattr(np, name))
    stack = list(nn.module._context.module_stack)
    before = dict(vars(builtins)), sys.gettrace(), sys.getrecursionlimit()
    body = "\n".join(f"    {line}" for line in statement.splitlines())
    text = HEADER + (
        "import builtins\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    out = right(seed, x_batch, features)\n"
        f"{body}\n"
        "    return out\n"
    )
    _, (observation,) = observe(text, exercise, [make_case()])
    nn.module._context.module_stack[:] = stack
    assert (dict(vars(builtins)), sys.gettrace(), sys.getrecursionlimit()) == before
    if any(word in statement for word in ("settrace", "setprofile", "np.asarray")):
        assert isinstance(observation.outcome, Raised)  # it has broken its own last step
    else:
        assert isinstance(observation.outcome, Completed), observation.outcome
        assert len(observation.outcome.result.data) == 24
    assert [root.kind for root in observation.record.roots] == ["init", "apply"]


def test_replaced_builtins_are_back_in_the_programs_next_turn(
    exercise: Exercise,
) -> None:
    text = HEADER + (
        "import builtins\n"
        "builtins.answer, builtins.len = 42, lambda value: answer\n"
        "def nn_vmap_forward(seed, x_batch, features): return len('abc')\n"
    )
    _, observations = observe(text, exercise, [make_case(), make_case()])
    for observation in observations:
        assert isinstance(observation.outcome, Completed), observation.outcome
        assert observation.outcome.result.text == "42"
    assert not hasattr(builtins, "answer")
    assert len("abc") == 3


def test_a_failing_hook_loses_only_its_entry(
    run_body: Run, hook_failures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("a bug of ours")

    monkeypatch.setattr("grader.worker.runs.settings_of", fail)
    observation = run_body("return right(seed, x_batch, features)")
    assert isinstance(observation.outcome, Completed)
    assert observation.record.modules == ()
    assert observation.record.truncated
    assert len(observation.record.roots) == 2
    assert "a bug of ours" in hook_failures[0]
    hook_failures.clear()
