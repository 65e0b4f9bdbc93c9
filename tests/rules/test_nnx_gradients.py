"""Tasks that ask for `nnx.grad`: by which object, by which of its variables, and for the answer."""

from __future__ import annotations

from typing import Final

import pytest

from tests.rules.nnx_tasks import (
    FEATURES,
    RATE,
    Y,
    said,
    task,
    told,
    unticked,
    using,
)

GRAD: Final = using("nnx.grad", "nnx.value_and_grad", of="loss")
STEP: Final = task("grad_step", Y, RATE, uses=GRAD)
HEAD: Final = """\
import functools
import jax
import jax.numpy as jnp
from flax import nnx


def loss(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def grad_step(seed, x, y, rate):
    model = nnx.Linear(x.shape[1], y.shape[1], rngs=nnx.Rngs(seed))
"""
TAIL: Final = """\
    params = nnx.state(model, nnx.Param)
    return nnx.to_pure_dict(jax.tree.map(lambda p, g: p - rate * g, params, grads))
"""
REFERENCE: Final = f"{HEAD}    grads = nnx.grad(loss)(model, x, y)\n{TAIL}"
BY_HAND: Final = """\
error = 2 * (model(x) - y) / y.size
return {'kernel': model.kernel - rate * x.T @ error, 'bias': model.bias - rate * error.sum(0)}
"""


def program(body: str, head: str = HEAD, tail: str = "") -> str:
    return head + "".join(f"    {line}\n" for line in body.splitlines()) + tail


SECOND: Final = HEAD.replace("loss(model, x, y)", "loss(x, model, y)")
MODEL: Final = "nnx.Linear(x.shape[1], y.shape[1], rngs=nnx.Rngs(seed))"

OTHER: Final = {
    "by position 1": (
        program("g = nnx.grad(loss, argnums=1)(model, x, y)\n"
        "return {'kernel': model.kernel - g.sum(), 'bias': model.bias - g.mean()}"),
        ("other-gradient", "1"),
    ),
    "by the first argument": (
        program("g = nnx.grad(loss)(x, model, y)\n"
        "return {'kernel': model.kernel - g.sum(), 'bias': model.bias - g.mean()}", SECOND),
        ("other-gradient", "nnx.grad(loss)"),
    ),
    "the value too": (
        program("_, g = nnx.value_and_grad(loss, argnums=1)(model, x, y)\n"
        "return {'kernel': model.kernel - g.sum(), 'bias': model.bias - g.mean()}"),
        ("other-gradient", "1"),
    ),
    "a decorator": (
        program("@nnx.grad(argnums=1)\ndef slope(model, x):\n    return loss(model, x, y)\n"
        "g = slope(model, x)\n"
        "return {'kernel': model.kernel - g.sum(), 'bias': model.bias - g.mean()}"),
        ("other-gradient", "1"),
    ),
    "a filter for one weight": (
        program("kernel = nnx.DiffState(0, nnx.PathContains('kernel'))\n"
        "g = nnx.grad(loss, argnums=kernel)(model, x, y)\n"
        "return {'kernel': model.kernel - rate * g['kernel'], 'bias': model.bias[...]}"),
        ("other-gradient", "kernel"),
    ),
    "a filter for another type": (
        program("g = nnx.grad(loss, argnums=nnx.DiffState(0, nnx.BatchStat))(model, x, y)\n"
        "return nnx.to_pure_dict(nnx.state(model, nnx.Param)) | nnx.to_pure_dict(g)"),
        ("other-gradient", "nnx.DiffState(0, nnx.BatchStat)"),
    ),
    "a filter in a constant": (
        program("g = nnx.grad(loss, argnums=STATS)(model, x, y)\n"
        "return nnx.to_pure_dict(nnx.state(model, nnx.Param)) | nnx.to_pure_dict(g)",
        HEAD.replace("def grad", "STATS = nnx.DiffState(0, nnx.BatchStat)\n\n\ndef grad")),
        ("other-gradient", "STATS"),
    ),
}  # fmt: skip
MISSING: Final = {
    "by hand": (program(BY_HAND), "def grad_step(seed, x, y, rate):"),
    "called for nothing": (
        program(f"nnx.grad(loss)(model, x, y)\n{BY_HAND}"),
        "nnx.grad(loss)",
    ),
    "value and gradient for nothing": (
        program(f"_, g = nnx.value_and_grad(loss)(model, x, y)\n{BY_HAND}"),
        "nnx.value_and_grad(loss)",
    ),
    "times zero": (
        program(
            "g = nnx.grad(loss)(model, x, y)\n"
            + BY_HAND.replace("model.kernel -", "0 * g['kernel'] + model.kernel -")
        ),
        "nnx.grad(loss)",
    ),
    "a whole gradient without its objects, for nothing": (
        program(f"g = nnx.grad(loss, graph=False)(model, x, y)\n{BY_HAND}"),
        "nnx.grad(loss, graph=False)",
    ),
    "never called": (program(f"g = nnx.grad(loss)\n{BY_HAND}"), "nnx.grad(loss)"),
    "jax.grad of a state": (
        program(
            "graph, state = nnx.split(model)\n"
            "grads = jax.grad(lambda s: loss(nnx.merge(graph, s), x, y))(state)",
            tail=TAIL,
        ),
        "jax.grad(lambda s: loss(nnx.merge(graph, s), x, y))",
    ),
    "jax.grad of a module": (
        program("grads = nnx.state(jax.grad(loss)(model, x, y))", tail=TAIL),
        "jax.grad(loss)",
    ),
    "jax.value_and_grad": (
        program("grads = nnx.state(jax.value_and_grad(loss)(model, x, y)[1])", tail=TAIL),
        "jax.value_and_grad(loss)",
    ),
    "jax.vjp": (
        program(
            "graph, state = nnx.split(model)\n"
            "_, back = jax.vjp(lambda s: loss(nnx.merge(graph, s), x, y), state)\n"
            "grads = back(jnp.ones(()))[0]",
            tail=TAIL,
        ),
        "def grad_step(seed, x, y, rate):",
    ),
}
LAYERS: Final = {
    "a constant key": ("nnx.Rngs(seed)", "nnx.Rngs(0)", "ignored-seed", "nnx.Rngs(0)"),
    "another key": ("nnx.Rngs(seed)", "nnx.Rngs(seed + 1)", "derived-key", "nnx.Rngs(seed + 1)"),
    "a key too late": (
        f"model = {MODEL}",
        f"rngs = nnx.Rngs(seed)\n    rngs.params()\n    model = {MODEL[:-15]}rngs)",
        "derived-key",
        "rngs.params()",
    ),
    "another initialiser": (
        "rngs=nnx",
        "kernel_init=nnx.initializers.ones, rngs=nnx",
        "changed-layer",
        "nnx.initializers.ones",
    ),
}
RIGHT: Final = {
    "the reference": REFERENCE,
    "the default filter": REFERENCE.replace(
        "grad(loss)", "grad(loss, argnums=nnx.DiffState(0, nnx.Param))"
    ),
    "a filter for everything": REFERENCE.replace(
        "grad(loss)", "grad(loss, argnums=nnx.DiffState(0, ...))"
    ),
    "the value too": program("_, grads = nnx.value_and_grad(loss)(model, x, y)", tail=TAIL),
    "another result": program(
        "def both(model):\n    out = model(x)\n    return jnp.mean((out - y) ** 2), out\n"
        "grads, out = nnx.grad(both, has_aux=True)(model)",
        tail=TAIL,
    ),
    "a decorator": program(
        "@nnx.grad\ndef slope(model):\n    return loss(model, x, y)\ngrads = slope(model)",
        tail=TAIL,
    ),
    "a decorator with a position": program(
        "@nnx.grad(argnums=1)\ndef slope(x, model):\n    return loss(model, x, y)\n"
        "grads = slope(x, model)",
        tail=TAIL,
    ),
    "the module second": program("grads = nnx.grad(loss, argnums=1)(x, model, y)", SECOND, TAIL),
    "a tuple": program("(grads,) = nnx.grad(loss, argnums=(0,))(model, x, y)", tail=TAIL),
    "one of two": program("grads, _ = nnx.grad(loss, argnums=(0, 1))(model, x, y)", tail=TAIL),
    "two of three": program("_, grads = nnx.grad(loss, argnums=(0, 1))(x, model, y)", SECOND, TAIL),
    "jitted": program("grads = nnx.jit(nnx.grad(loss))(model, x, y)", tail=TAIL),
    "a partial": program(
        "grads = functools.partial(nnx.grad, argnums=0)(loss)(model, x, y)", tail=TAIL
    ),
    "without a graph": program(
        "grads = nnx.state(nnx.grad(loss, graph=False)(model, x, y), nnx.Param)", tail=TAIL
    ),
    "of parameters alone": program(
        "graph, own = nnx.split(model, nnx.Param)\n"
        "grads = nnx.grad(lambda p: loss(nnx.merge(graph, p), x, y))(own)",
        tail=TAIL,
    ),
    "weight by weight": program(
        "g = nnx.grad(loss)(model, x, y)\n"
        "return {n: getattr(model, n)[...] - rate * g[n][...] for n in ('kernel', 'bias')}"
    ),
    "in place": program(
        "g = nnx.grad(loss)(model, x, y)\nmodel.kernel[...] -= rate * g.kernel[...]\n"
        "model.bias[...] = model.bias - rate * g.bias\n"
        "return nnx.to_pure_dict(nnx.state(model, nnx.Param))"
    ),
    "a mean of gradients": program(
        "each = [nnx.grad(loss)(model, x[n], y[n]) for n in range(len(x))]\n"
        "grads = jax.tree.map(lambda *g: sum(g) / len(g), *each)",
        tail=TAIL,
    ),
}


@pytest.mark.parametrize(("text", "wanted"), OTHER.values(), ids=OTHER)
def test_another_gradient_is_named(text: str, wanted: tuple[str, str]) -> None:
    assert told(STEP, REFERENCE, text) == [wanted]


def test_a_gradient_by_the_input_tells_both() -> None:
    (finding,) = said(STEP, REFERENCE, OTHER["by position 1"][0])
    assert finding.message == "nnx.grad differentiates with respect to x, not the module"
    assert [each.text for each in finding.edits] == ["0"]


@pytest.mark.parametrize(("text", "at"), MISSING.values(), ids=MISSING)
def test_an_answer_without_the_gradient_is_named(text: str, at: str) -> None:
    assert told(STEP, REFERENCE, text) == [("missing-transform", at)]


@pytest.mark.parametrize(("before", "after", "rule", "at"), LAYERS.values(), ids=LAYERS)
def test_a_layer_is_named_without_a_map(before: str, after: str, rule: str, at: str) -> None:
    assert told(STEP, REFERENCE, REFERENCE.replace(before, after)) == [(rule, at)]


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_gradients_pass_all_checks(text: str) -> None:
    assert told(STEP, REFERENCE, text) == []
    assert unticked(STEP, REFERENCE, text) == []


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_another_mistake_is_not_blamed_on_the_gradient(text: str) -> None:
    wrong = text.replace("- rate", "+ rate").replace("-= rate", "+= rate")
    assert [rule for rule, _ in told(STEP, REFERENCE, wrong)] == ["wrong-values"]


# -------------------------------------------------------------------------- some of the variables

LORA: Final = task("lora_gradient", FEATURES, uses=GRAD)
ADAPTED: Final = """\
import jax
import jax.numpy as jnp
from flax import nnx


def loss(model, x):
    return jnp.mean(model(x) ** 2)


def lora_gradient(seed, x, features):
    model = nnx.LoRALinear(x.shape[1], features, lora_rank=2, rngs=nnx.Rngs(seed))
    model.lora.lora_b[...] = jnp.ones((2, features))
    grads = nnx.grad(loss, argnums=nnx.DiffState(0, nnx.LoRAParam))(model, x)
    return jax.tree.leaves(nnx.to_pure_dict(grads))
"""
FILTER: Final = ", argnums=nnx.DiffState(0, nnx.LoRAParam)"
FILTERS: Final = {
    "none": (
        "",
        "nnx.grad differentiates with respect to LoRAParam and Param, not LoRAParam alone",
        "set argnums=nnx.DiffState(0, nnx.LoRAParam)",
    ),
    "every kind": (
        ", argnums=nnx.DiffState(0, nnx.Param)",
        "nnx.grad differentiates with respect to LoRAParam and Param, not LoRAParam alone",
        "set argnums=nnx.DiffState(0, nnx.LoRAParam)",
    ),
    "one of them": (
        ", argnums=nnx.DiffState(0, nnx.PathContains('lora_a'))",
        "nnx.grad differentiates with respect to lora.lora_a, not lora.lora_a and lora.lora_b",
        "give nnx.DiffState in argnums a filter that matches lora.lora_a and lora.lora_b",
    ),
    "a name, which filters tags": (
        ", argnums=nnx.DiffState(0, 'lora')",
        "nnx.grad differentiates with respect to nothing, not LoRAParam",
        "set argnums=nnx.DiffState(0, nnx.LoRAParam)",
    ),
}
SAME_FILTERS: Final = {
    "a path": ", argnums=nnx.DiffState(0, nnx.PathContains('lora'))",
    "all of two": ", argnums=nnx.DiffState(0, nnx.All(nnx.Param, nnx.LoRAParam))",
    "a path in two parts": ", argnums=nnx.DiffState(0, nnx.Any('lora', nnx.LoRAParam))",
}


@pytest.mark.parametrize(("given", "message", "help_"), FILTERS.values(), ids=FILTERS)
def test_other_variables_are_named(given: str, message: str, help_: str) -> None:
    found = said(LORA, ADAPTED, ADAPTED.replace(FILTER, given))
    assert [(each.rule, each.message, each.help) for each in found] == [
        ("other-gradient", message, help_)
    ]


@pytest.mark.parametrize("given", SAME_FILTERS.values(), ids=SAME_FILTERS)
def test_a_filter_of_the_same_variables_is_right(given: str) -> None:
    assert told(LORA, ADAPTED, ADAPTED.replace(FILTER, given)) == []
