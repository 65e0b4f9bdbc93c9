"""Runs of modules are told with their shapes, their settings, and where the module was made."""

from __future__ import annotations

import numpy as np
import pytest

from grader.model.observation import ArrayType, Completed, ModuleRun, Observation, Setting, digest
from tests.worker.conftest import HEADER, Run


def runs(observation: Observation) -> tuple[ModuleRun, ...]:
    assert isinstance(observation.outcome, Completed), observation.outcome
    assert not observation.record.truncated
    return observation.record.modules


NESTED = """
class Block(nn.Module):
    features: int
    def setup(self):
        self.dense = nn.Dense(self.features, name="inner")
    def __call__(self, x, scale=1.0):
        return {"y": self.shifted(x) * scale, "pair": (x, 3)}
    def shifted(self, x):
        return self.dense(x) + 1
class Own(Block):
    pass
def nn_vmap_forward(seed, x_batch, features):
    model = Own(features)
    out, _ = model.init_with_output(
        jax.random.PRNGKey(seed), x_batch, scale=jnp.ones(2)
    )
    return out["y"]
"""


def test_outer_runs_come_before_inner_ones(run: Run) -> None:
    observation = run(NESTED)
    found = [(each.class_name, each.method, each.path, each.depth) for each in runs(observation)]
    assert found == [
        ("Own", "__call__", (), 0),
        ("Own", "shifted", (), 1),
        ("Dense", "__call__", ("inner",), 2),
    ]
    own, shifted, dense = runs(observation)
    f32 = "float32"
    assert own.inputs == (ArrayType(dtype=f32, shape=(3, 4)), ArrayType(dtype=f32, shape=(2,)))
    # In jax's order: that of a dict's names.
    assert own.outputs == (ArrayType(dtype=f32, shape=(3, 4)), ArrayType(dtype=f32, shape=(3, 2)))
    assert own.digest is None
    assert (own.defined_in, dense.defined_in) == ("submission", "flax.linen.linear")
    assert own.bases == ("submission.Block", "flax.linen.module.Module")
    assert dense.bases == ("flax.linen.module.Module",)
    result = observation.outcome
    assert isinstance(result, Completed)
    assert shifted.digest == digest(result.result.data)


def test_modules_are_placed_where_the_program_made_them(run: Run) -> None:
    lines = (HEADER + NESTED).split("\n")
    found = []
    for each in runs(run(NESTED)):
        assert each.span is not None
        assert each.span.line == each.span.end_line
        line = lines[each.span.line - 1]
        found.append(line[each.span.column - 1 : each.span.end_column - 1])
    assert found == ["Own(features)", "Own(features)", 'nn.Dense(self.features, name="inner")']


CONSTRUCTED = """
class Layer(nn.Dense):
    scale: float = 1.0
    def __post_init__(self):
        super().__post_init__()
def make(features):
    return Layer(features)  # here
def nn_vmap_forward(seed, x_batch, features):
    lifted = nn.vmap(Layer, variable_axes={"params": None}, split_rngs={"params": False})
    model = functools.partial(lifted, features)()  # and here
    other = make(features).clone().copy()
    model.init(jax.random.PRNGKey(seed), x_batch)
    return other.init(jax.random.PRNGKey(seed), x_batch)["params"]["bias"]
"""


def test_constructors_and_clones_do_not_hide_the_place(run: Run) -> None:
    lines = (HEADER + CONSTRUCTED).split("\n")
    found = [lines[each.span.line - 1].strip() for each in runs(run(CONSTRUCTED)) if each.span]
    assert found == ["model = functools.partial(lifted, features)()  # and here"] * 2 + [
        "return Layer(features)  # here"
    ]


@pytest.mark.parametrize("copying", ["clone(scale=2.0).copy()", "clone().copy(scale=2.0)"])
def test_a_clone_with_other_fields_is_made_where_it_is_cloned(run: Run, copying: str) -> None:
    program = CONSTRUCTED.replace("clone().copy()", copying)
    lines = (HEADER + program).split("\n")
    found = [lines[each.span.line - 1].strip() for each in runs(run(program)) if each.span]
    assert found[-1] == f"other = make(features).{copying}"


@pytest.fixture
def settings(run_body: Run):
    def settings(arguments: str, before: str = "") -> dict[str, Setting]:
        body = (
            f"{before}\nmodel = nn.Dense({arguments})\n"
            "return model.init(jax.random.PRNGKey(seed), x_batch)['params']['kernel']"
        )
        return {each.name: each for each in runs(run_body(body))[0].settings}

    return settings


def test_defaults_are_distinguished_from_explicit_values(settings) -> None:
    found = settings("features, use_bias=False")
    assert {name for name, each in found.items() if not each.default} == {"features", "use_bias"}
    assert (found["features"].text, found["use_bias"].text) == ("2", "False")
    assert not {"parent", "name"} & set(found)
    assert not any("0x" in each.text for each in found.values())


@pytest.mark.parametrize(
    ("field", "same"),
    [
        ("kernel_init=nn.initializers.lecun_normal()", True),
        ("kernel_init=nn.initializers.variance_scaling(1.0, 'fan_in', 'truncated_normal')", True),
        ("kernel_init=nn.initializers.xavier_normal()", False),
        ("kernel_init=nn.initializers.ones", False),
        ("kernel_init=lambda *a: nn.initializers.lecun_normal()(*a)", False),
        ("bias_init=nn.initializers.zeros", True),
        ("bias_init=nn.initializers.zeros_init()", True),
        ("bias_init=nn.initializers.constant(1.0)", False),
        ("bias_init=functools.partial(nn.initializers.normal(1e-2))", False),
        ("param_dtype=np.float32", True),
        ("param_dtype=np.dtype('float32')", True),
        ("param_dtype=jnp.bfloat16", False),
        ("dtype=jnp.float32", False),
        ("precision=None", True),
        ("use_bias=True", True),
    ],
)
def test_an_explicit_default_is_a_default(settings, field: str, same: bool) -> None:
    found = settings(f"features, {field}")
    assert found[field.partition("=")[0]].default is same


VALUES = {
    "jnp.float32": "float32",
    "np.dtype('bfloat16')": "bfloat16",
    "nn.initializers.normal(0.5)": None,
    "functools.partial(max, 1, key=len)": "max(1, key=len)",
    "{'a': (1, 'x'), 'b': {2, 1}}": "dict('a': tuple(1, 'x'), 'b': set(1, 2))",
    "np.zeros(2, np.float32)": f"float32[2] {digest(bytes(8))}",
    "nn.Dense(3, use_bias=False)": None,
    "nn.Dense": "flax.linen.linear.Dense",
    "object()": "a value of type object",
    "max": "max",
}


@pytest.mark.parametrize(("value", "text"), VALUES.items())
def test_texts_of_values_have_no_addresses(run: Run, value: str, text: str | None) -> None:
    program = (
        "class Layer(nn.Module):\n"
        "    field: object\n"
        "    def __call__(self, x): return 1\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        f"    Layer({value}).init(jax.random.PRNGKey(0), x_batch)\n"
    )
    first, second = (runs(run(program))[0].settings[0] for _ in range(2))
    assert first == second
    assert "0x" not in first.text
    assert text is None or first.text == text


def test_many_runs_are_truncated(run_body: Run) -> None:
    body = (
        "variables = nn.Dense(2).init(jax.random.PRNGKey(seed), x_batch)\n"
        "for row in range(250): nn.Dense(2).apply(variables, x_batch)\n"
    )
    record = run_body(body).record
    assert record.truncated
    assert (len(record.modules), len(record.roots)) == (200, 200)


def test_runs_of_another_thread_do_not_mix_with_this_one(run: Run) -> None:
    text = (
        "import threading\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    threads = [threading.Thread(target=right, args=(n, x_batch, 2)) for n in range(3)]\n"
        "    for thread in threads: thread.start()\n"
        "    out = right(seed, x_batch, features)\n"
        "    for thread in threads: thread.join()\n"
        "    return out\n"
    )
    record = run(text).record
    assert len(record.roots) == 8
    assert all(each.depth == 0 for each in record.modules if each.lifted is not None)
    calls = {each.id for each in record.lifted}
    assert {each.lifted for each in record.modules if each.lifted is not None} == calls


def test_computed_values_are_not_changed(run_body: Run) -> None:
    outcome = run_body("return right(seed, x_batch, features)").outcome
    assert isinstance(outcome, Completed)
    assert outcome.result.numpy().dtype == np.float32
