"""Classes of NNX: their weights are the task's by kind and shape, whatever their names are."""

from __future__ import annotations

from typing import Final

import pytest

from tests.rules.nnx_tasks import FEATURES, INPUTS, said, task, told, unticked

GATED: Final = task("GatedNet", INPUTS, FEATURES, fields=("inputs", "features"))
REFERENCE: Final = """\
import jax
import jax.numpy as jnp
from flax import nnx


class GatedNet(nnx.Module):
    def __init__(self, inputs, features, *, rngs):
        self.hidden = nnx.Linear(inputs, 2 * features, rngs=rngs)
        self.gate = nnx.Param(jax.random.normal(rngs.params(), (inputs,)))
        self.out = nnx.Linear(2 * features, features, rngs=rngs)
        self.scale = nnx.Param(jnp.ones(()))

    def __call__(self, x):
        h = jnp.tanh(self.hidden(x * self.gate))
        return self.scale * self.out(h)
"""
HIDDEN: Final = "        self.hidden = nnx.Linear(inputs, 2 * features, rngs=rngs)\n"
GATE: Final = "        self.gate = nnx.Param(jax.random.normal(rngs.params(), (inputs,)))\n"
OUT: Final = "        self.out = nnx.Linear(2 * features, features, rngs=rngs)\n"
SCALE: Final = "        self.scale = nnx.Param(jnp.ones(()))\n"
HEAD: Final = "def __init__(self, inputs, features, *, rngs):"
ANSWER: Final = "self.scale * self.out(h)"


def changed(*pairs: str) -> str:
    """Return the reference with each second text in place of the one before it."""
    text = REFERENCE
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        assert before in text
        text = text.replace(before, after)
    return text


MORE: Final = "        self.more = nnx.Linear(2 * features, 2 * features, rngs=rngs)\n"
LAYERS: Final = {
    "a wider layer": (
        changed("2 * features", "3 * features"),
        "hidden and out have another size",
        "nnx.Linear(inputs, 3 * features, rngs=rngs)",
    ),
    "a constant width": (
        changed("2 * features", "8"),
        "hidden and out have another size",
        "nnx.Linear(inputs, 8, rngs=rngs)",
    ),
    "no scale": (
        changed(SCALE, "", "self.scale * ", ""),
        "a weight of the task's module is missing",
        HEAD,
    ),
    "a scale that is a plain array": (
        changed("nnx.Param(jnp.ones(()))", "jnp.ones(())"),
        "a weight of the task's module is missing",
        HEAD,
    ),
    "no gate": (
        changed(GATE, "", "x * self.gate", "x"),
        "a weight of the task's module is missing",
        HEAD,
    ),
    "a variable": (
        changed("nnx.Param(jnp", "nnx.Variable(jnp"),
        "scale is nnx.Variable, not nnx.Param",
        "nnx.Variable(jnp.ones(()))",
    ),
    "statistics": (
        changed("nnx.Param(jax", "nnx.BatchStat(jax"),
        "gate is nnx.BatchStat, not nnx.Param",
        "nnx.BatchStat(jax.random.normal(rngs.params(), (inputs,)))",
    ),
    "one layer more": (
        changed(OUT, OUT + MORE, "self.out(h)", "self.out(self.more(h))"),
        "the task has no layer more",
        "nnx.Linear(2 * features, 2 * features, rngs=rngs)",
    ),
    "a layer that isn't used": (
        changed(SCALE, SCALE + MORE),
        "the task has no layer more",
        "nnx.Linear(2 * features, 2 * features, rngs=rngs)",
    ),
    "a weight more": (
        changed(
            SCALE,
            f"{SCALE}        self.shift = nnx.Param(jnp.zeros((features,)))\n",
            ANSWER,
            f"{ANSWER} + self.shift",
        ),
        "the task has no weight shift",
        "nnx.Param(jnp.zeros((features,)))",
    ),
    "a copy": (
        changed(
            SCALE,
            f"{SCALE}        self.again = nnx.clone(self.out)\n",
            ANSWER,
            "self.scale * (self.out(h) + self.again(h)) / 2",
        ),
        "the task has no layer again",
        "nnx.clone(self.out)",
    ),
    "a layer of each call": (
        changed(
            OUT,
            "        self.features = features\n        self.rngs = rngs\n",
            "self.out(h)",
            "nnx.Linear(h.shape[-1], self.features, rngs=self.rngs)(h)",
        ),
        "the layer nnx.Linear is made in each call, not once with the module",
        "nnx.Linear(h.shape[-1], self.features, rngs=self.rngs)",
    ),
    "an adapter": (
        changed("nnx.Linear(2 * features,", "nnx.LoRA(2 * features, 2,"),
        "there is out instead of what the task has",
        "nnx.LoRA(2 * features, 2, features, rngs=rngs)",
    ),
}
CAUSES: Final = {
    "no bias": (
        changed("features, features, rngs", "features, features, use_bias=False, rngs"),
        ("changed-layer", "False"),
    ),
    "no bias in the first": (
        changed("inputs, 2 * features, rngs", "inputs, 2 * features, use_bias=False, rngs"),
        ("changed-layer", "False"),
    ),
    "a layer's initialiser": (
        changed(
            "features, features, rngs",
            "features, features, kernel_init=nnx.initializers.normal(), rngs",
        ),
        ("changed-layer", "nnx.initializers.normal()"),
    ),
    "a weight's initialiser": (
        changed("random.normal", "random.uniform"),
        ("changed-layer", "nnx.Param(jax.random.uniform(rngs.params(), (inputs,)))"),
    ),
    "a constant weight": (
        changed("jax.random.normal(rngs.params(), (inputs,))", "jnp.ones(inputs)"),
        ("changed-layer", "nnx.Param(jnp.ones(inputs))"),
    ),
    "another constant": (
        changed("nnx.Param(jnp.ones(()))", "nnx.Param(0.5)"),
        ("changed-layer", "nnx.Param(0.5)"),
    ),
    "a narrower type": (
        changed("features, features, rngs", "features, features, param_dtype=jnp.float16, rngs"),
        ("changed-layer", "jnp.float16"),
    ),
    "the last layer first": (
        changed(OUT, "", HIDDEN, OUT + HIDDEN),
        ("derived-key", "nnx.Linear(2 * features, features, rngs=rngs)"),
    ),
    "the last layer before the gate": (
        changed(HIDDEN, "", OUT, OUT + HIDDEN),
        ("derived-key", "nnx.Linear(2 * features, features, rngs=rngs)"),
    ),
    "the gate first": (
        changed(GATE, "", HIDDEN, GATE + HIDDEN),
        ("derived-key", "nnx.Linear(inputs, 2 * features, rngs=rngs)"),
    ),
    "a key before": (
        changed(HIDDEN, f"        rngs.params()\n{HIDDEN}"),
        ("derived-key", "rngs.params()"),
    ),
    "a stream of its own": (
        changed(HIDDEN, f"        rngs = nnx.Rngs(rngs.params())\n{HIDDEN}"),
        ("derived-key", "nnx.Rngs(rngs.params())"),
    ),
    "a constant stream": (
        changed("features, features, rngs=rngs", "features, features, rngs=nnx.Rngs(0)"),
        ("ignored-seed", "nnx.Rngs(0)"),
    ),
    "a size of its own": (
        changed("features, features, rngs", "features, 2, rngs"),
        ("ignored-features", "2"),
    ),
}
RIGHT: Final = {
    "the reference": REFERENCE,
    "other names": changed(
        *("self.hidden", "self.a", "self.gate", "self.b", "self.out", "self.c"),
        *("self.scale", "self.d"),
    ),
    "exchanged names": changed(
        *("self.hidden", "self.other", "self.out", "self.hidden", "self.other", "self.out")
    ),
    "a module in it": changed(
        "class GatedNet",
        "class Inner(nnx.Module):\n    def __init__(self, inputs, width, *, rngs):\n"
        "        self.layer = nnx.Linear(inputs, width, rngs=rngs)\n\n"
        "    def __call__(self, x):\n        return jnp.tanh(self.layer(x))\n\n\nclass GatedNet",
        HIDDEN,
        HIDDEN.replace("nnx.Linear", "Inner"),
        "jnp.tanh(self.hidden(x * self.gate))",
        "self.hidden(x * self.gate)",
    ),
    "a base class": changed("class GatedNet", "class Base")
    + "\n\nclass GatedNet(Base):\n    pass\n",
    "an alias": changed("class GatedNet", "class Net") + "\n\nGatedNet = Net\n",
    "a list": changed(
        *(HIDDEN, HIDDEN.replace("nnx", "nnx.List([nnx", 1).replace("rngs)", "rngs)])")),
        *("self.hidden(", "self.hidden[0]("),
    ),
    "a sequential": changed(
        *(HIDDEN, HIDDEN.replace("nnx", "nnx.Sequential(nnx", 1).replace("s)", "s), jnp.tanh)")),
        *("jnp.tanh(self.hidden(x * self.gate))", "self.hidden(x * self.gate)"),
    ),
    "a plain number": changed("nnx.Param(jnp.ones(()))", "nnx.Param(1.0)"),
    "one axis more": changed("jnp.ones(())", "jnp.ones((1,))", "(inputs,)))", "(1, inputs)))"),
    "a counter": changed(
        SCALE, f"{SCALE}        self.calls = nnx.Variable(jnp.zeros((), jnp.int32))\n"
    ),
    "the streams kept": changed(SCALE, f"{SCALE}        self.rngs = rngs\n"),
    "dropout of nothing": changed(
        *(SCALE, f"{SCALE}        self.drop = nnx.Dropout(0.0, rngs=rngs)\n"),
        *("self.out(h)", "self.out(self.drop(h))"),
    ),
    "a constant first": changed(SCALE, "", HIDDEN, SCALE + HIDDEN),
    "an initialiser": changed("jax.random.normal(", "nnx.initializers.normal(1.0)("),
    "numbers of the stream": changed(
        "jax.random.normal(rngs.params(), (inputs,))", "rngs.params.normal((inputs,))"
    ),
    "two names": changed(SCALE, f"{SCALE}        self.again = self.out\n"),
    "a function that makes layers": changed(
        "class GatedNet",
        "def linear(a, b, rngs):\n    return nnx.Linear(a, b, rngs=rngs)\n\n\nclass GatedNet",
        "nnx.Linear(inputs, 2 * features, rngs=rngs)",
        "linear(inputs, 2 * features, rngs)",
    ),
    "jitted": changed("    def __call__", "    @nnx.jit\n    def __call__"),
    "by hand": changed(
        HIDDEN,
        "        make = nnx.initializers.lecun_normal()\n"
        "        self.w = nnx.Param(make(rngs.params(), (inputs, 2 * features)))\n"
        "        rngs.params()\n        self.b = nnx.Param(jnp.zeros(2 * features))\n",
        "self.hidden(x * self.gate)",
        "(x * self.gate) @ self.w + self.b",
    ),
    "a kind of its own": changed(
        "class GatedNet",
        "class Weight(nnx.Param):\n    pass\n\n\nclass GatedNet",
        "nnx.Param(jax",
        "Weight(jax",
    ),
    "another layer that is the same": changed("nnx.Linear(inputs", "nnx.LinearGeneral(inputs"),
    "a default": changed("features, features, rngs", "features, features, use_bias=True, rngs"),
    "attributes": changed(
        SCALE, f"{SCALE}        self.features = features\n        self.n = 'net'\n"
    ),
    "a constant array": changed(SCALE, f"{SCALE}        self.eps = jnp.float32(1e-6)\n"),
}


@pytest.mark.parametrize(("text", "message", "at"), LAYERS.values(), ids=LAYERS)
def test_other_weights_are_named(text: str, message: str, at: str) -> None:
    assert told(GATED, REFERENCE, text) == [("other-layers", at)]
    assert [each.message for each in said(GATED, REFERENCE, text)] == [message]


@pytest.mark.parametrize(("text", "wanted"), CAUSES.values(), ids=CAUSES)
def test_what_makes_other_weights_is_named(text: str, wanted: tuple[str, str]) -> None:
    assert told(GATED, REFERENCE, text) == [wanted]


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_right_class_passes_all_checks(text: str) -> None:
    assert told(GATED, REFERENCE, text) == []
    assert unticked(GATED, REFERENCE, text) == []


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_another_mistake_is_not_blamed_on_weights(text: str) -> None:
    found = told(GATED, REFERENCE, text.replace("jnp.tanh", "nnx.gelu"))
    assert [rule for rule, _ in found] == ["wrong-values"]


def test_a_copy_is_told_by_its_numbers() -> None:
    (finding,) = said(GATED, REFERENCE, LAYERS["a copy"][0])
    assert finding.details == ("again.kernel starts with the numbers of out.kernel.",)


def test_nothing_is_said_of_weights_that_no_check_asks_for() -> None:
    text, _, _ = LAYERS["a variable"]
    other = task("GatedNet", INPUTS, FEATURES, fields=("inputs", "features"), params=False)
    assert told(other, REFERENCE, text) == []
