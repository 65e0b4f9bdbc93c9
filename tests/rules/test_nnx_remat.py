"""Tasks that ask for `nnx.remat`: it saves only what a gradient goes through."""

from __future__ import annotations

from typing import Final

import pytest

from grader.judge import judge
from grader.model.exercise import Exercise
from tests.rules.nnx_tasks import FEATURES, said, task, told, transcript, unticked, using

REMAT: Final = task("remat_gradient", FEATURES, uses=using("nnx.remat", of="Block"))
HEAD: Final = """\
import functools
import jax
import jax.numpy as jnp
from flax import nnx


class Block(nnx.Module):
    def __init__(self, width, features, *, rngs):
        self.first = nnx.Linear(width, features, rngs=rngs)
        self.second = nnx.Linear(features, width, rngs=rngs)

    def __call__(self, x):
        return x + self.second(jnp.tanh(self.first(x)))


def forward(block, x):
    return block(x)


def remat_gradient(seed, x, features):
    block = Block(x.shape[1], features, rngs=nnx.Rngs(seed))
"""


def program(body: str, head: str = HEAD) -> str:
    return head + "".join(f"    {line}\n" for line in body.splitlines())


RETURNED: Final = "return nnx.to_pure_dict(grads)"
PLAIN: Final = f"""\
grads = nnx.grad(lambda block: jnp.mean(forward(block, x) ** 2))(block)
{RETURNED}"""
REFERENCE: Final = program(f"""\
run = nnx.remat(forward)
grads = nnx.grad(lambda block: jnp.mean(run(block, x) ** 2))(block)
{RETURNED}""")


def of_loss(loss: str, head: str = HEAD) -> str:
    """Return a program with this body of a loss."""
    body = "".join(f"    {line}\n" for line in loss.splitlines())
    return program(f"def loss(block):\n{body}grads = nnx.grad(loss)(block)\n{RETURNED}", head)


WRONG: Final = {
    "none": (program(PLAIN), "def remat_gradient(seed, x, features):"),
    "nnx.jit": (
        REFERENCE.replace("nnx.remat(forward)", "nnx.jit(forward)"),
        "def remat_gradient(seed, x, features):",
    ),
    "jax.remat": (REFERENCE.replace("nnx.remat", "jax.remat"), "jax.remat(forward)"),
    "jax.checkpoint of a state": (
        program(
            "graph, state = nnx.split(block)\n"
            "run = jax.checkpoint(lambda s: nnx.merge(graph, s)(x))\n"
            f"grads = jax.grad(lambda s: jnp.mean(run(s) ** 2))(state)\n{RETURNED}"
        ),
        "jax.checkpoint(lambda s: nnx.merge(graph, s)(x))",
    ),
    "made, and not called": (program(f"run = nnx.remat(forward)\n{PLAIN}"), "nnx.remat(forward)"),
    "called beside": (program(f"nnx.remat(forward)(block, x)\n{PLAIN}"), "nnx.remat(forward)"),
    "called in the loss for nothing": (
        of_loss("nnx.remat(forward)(block, x)\nreturn jnp.mean(forward(block, x) ** 2)"),
        "nnx.remat(forward)",
    ),
    "times zero": (
        of_loss("return jnp.mean(forward(block, x) ** 2) + 0 * nnx.remat(forward)(block, x).sum()"),
        "nnx.remat(forward)",
    ),
    "around the gradient": (
        program(
            "slope = nnx.grad(lambda block: jnp.mean(forward(block, x) ** 2))\n"
            f"grads = nnx.remat(slope)(block)\n{RETURNED}"
        ),
        "nnx.remat(slope)",
    ),
    "of the gradient's numbers": (
        program(PLAIN.replace(RETURNED, "return nnx.remat(lambda g: g)(nnx.to_pure_dict(grads))")),
        "nnx.remat(lambda g: g)",
    ),
    "of the input": (
        of_loss("return jnp.mean(forward(block, nnx.remat(lambda x: x)(x)) ** 2)"),
        "nnx.remat(lambda x: x)",
    ),
    "of the output": (
        of_loss("return jnp.mean(nnx.remat(lambda y: y)(forward(block, x)) ** 2)"),
        "nnx.remat(lambda y: y)",
    ),
    "of the squares": (
        of_loss("return nnx.remat(lambda y: jnp.mean(y**2))(forward(block, x))"),
        "nnx.remat(lambda y: jnp.mean(y**2))",
    ),
}
LAYERS: Final = {
    "a constant key": ("nnx.Rngs(seed)", "nnx.Rngs(0)", "ignored-seed", "nnx.Rngs(0)"),
    "a constant key for one layer": (
        "features, width, rngs=rngs",
        "features, width, rngs=nnx.Rngs(1)",
        "ignored-seed",
        "nnx.Rngs(1)",
    ),
    "another order": (
        "        self.second = nnx.Linear(features, width, rngs=rngs)\n",
        "",
        "derived-key",
        "nnx.Linear(features, width, rngs=rngs)",
    ),
    "no bias": ("features, width, rngs", "features, width, use_bias=False, rngs", None, "False"),
    "another initialiser": (
        "features, width, rngs",
        "features, width, kernel_init=nnx.initializers.normal(), rngs",
        "changed-layer",
        "nnx.initializers.normal()",
    ),
    "a size of its own": ("[1], features, rngs", "[1], 3, rngs", "ignored-features", "features"),
}
RIGHT: Final = {
    "the reference": REFERENCE,
    "a method": program(
        PLAIN, HEAD.replace("    def __call__", "    @nnx.remat\n    def __call__")
    ),
    "a decorator": program(PLAIN, HEAD.replace("def forward", "@nnx.remat\ndef forward")),
    "a decorator with a knob": program(
        PLAIN, HEAD.replace("def forward", "@nnx.remat(prevent_cse=False)\ndef forward")
    ),
    "a partial": program(
        PLAIN,
        HEAD.replace(
            "def forward",
            "@functools.partial(nnx.remat, policy=jax.checkpoint_policies.dots_saveable)\n"
            "def forward",
        ),
    ),
    "the class's method": REFERENCE.replace("remat(forward)", "remat(Block.__call__)"),
    "the block from outside": of_loss("return jnp.mean(nnx.remat(lambda x: block(x))(x) ** 2)"),
    "the whole loss": program(
        "loss = nnx.remat(lambda block: jnp.mean(block(x) ** 2))\n"
        f"grads = nnx.grad(loss)(block)\n{RETURNED}"
    ),
    "each layer": of_loss(
        "layer = nnx.remat(lambda layer, x: layer(x))\n"
        "hidden = jnp.tanh(layer(block.first, x))\n"
        "return jnp.mean((x + layer(block.second, hidden)) ** 2)"
    ),
    "the value too": REFERENCE.replace("grads = nnx.grad", "_, grads = nnx.value_and_grad"),
    "jitted": REFERENCE.replace("nnx.remat(forward)", "nnx.jit(nnx.remat(forward))"),
    "the gradient jitted": REFERENCE.replace("= nnx.grad(", "= nnx.jit(nnx.grad(").replace(
        "** 2))(block)", "** 2)))(block)"
    ),
    "jax.grad": program(
        "graph, state = nnx.split(block)\nrun = nnx.remat(forward)\n"
        "grads = jax.grad(lambda s: jnp.mean(run(nnx.merge(graph, s), x) ** 2))(state)\n" + RETURNED
    ),
    "jax.vjp": program(
        "graph, state = nnx.split(block)\nrun = nnx.remat(forward)\n"
        "_, back = jax.vjp(lambda s: jnp.mean(run(nnx.merge(graph, s), x) ** 2), state)\n"
        "grads = back(jnp.ones(()))[0]\n" + RETURNED
    ),
    "a trial first": REFERENCE.replace("    grads =", "    run(block, x)\n    grads ="),
    "a plain trial first": REFERENCE.replace("    grads =", "    forward(block, x)\n    grads ="),
    "by hand": of_loss(
        "def run(b, x):\n"
        "    hidden = jnp.tanh(x @ b.first.kernel + b.first.bias)\n"
        "    return x + hidden @ b.second.kernel + b.second.bias\n"
        "return jnp.mean(nnx.remat(run)(block, x) ** 2)"
    ),
    "other names": REFERENCE.replace("self.first", "self.a")
    .replace("self.second", "self.b")
    .replace(
        RETURNED,
        "names = {'first': 'a', 'second': 'b'}\n"
        "    return {new: nnx.to_pure_dict(grads[old]) for new, old in names.items()}",
    ),
}


@pytest.mark.parametrize(("text", "at"), WRONG.values(), ids=WRONG)
def test_remat_that_does_nothing_is_named(text: str, at: str) -> None:
    assert told(REMAT, REFERENCE, text) == [("missing-transform", at)]


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_programs_pass_all_checks(text: str) -> None:
    assert told(REMAT, REFERENCE, text) == []
    assert unticked(REMAT, REFERENCE, text) == []


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_another_mistake_is_not_blamed_on_remat_or_a_layer(text: str) -> None:
    wrong = text.replace("** 2", "** 4").replace("+ hidden @", "- hidden @")
    assert [rule for rule, _ in told(REMAT, REFERENCE, wrong)] == ["wrong-values"]


@pytest.mark.parametrize(("before", "after", "rule", "at"), LAYERS.values(), ids=LAYERS)
def test_a_layer_of_several_is_named(before: str, after: str, rule: str | None, at: str) -> None:
    text = REFERENCE.replace(before, after)
    if rule == "derived-key":
        first = "        self.first = nnx.Linear(width, features, rngs=rngs)\n"
        text = text.replace(first, before + first)
    found = told(REMAT, REFERENCE, text)
    assert found[0] == (rule or "changed-layer", at)
    assert [name for name, _ in found[1:]] == ([] if rule else ["not-an-array"])


def test_a_layer_outside_of_remat_earns_no_tick() -> None:
    text = of_loss(
        "hidden = jnp.tanh(nnx.remat(lambda m, x: m(x))(block.first, x))\n"
        "return jnp.mean((x + block.second(hidden)) ** 2)"
    )
    assert told(REMAT, REFERENCE, text) == []
    assert unticked(REMAT, REFERENCE, text) == ["transform"]


JITTED: Final = program(
    "slope = nnx.grad(lambda block: jnp.mean(forward(block, x) ** 2))\n"
    f"grads = nnx.jit(nnx.remat(slope))(block)\n{RETURNED}"
)


def test_remat_around_a_gradient_earns_no_tick_where_it_is_compiled() -> None:
    assert told(REMAT, REFERENCE, JITTED) == []
    assert unticked(REMAT, REFERENCE, JITTED) == ["transform"]


# ------------------------------------------------------------------- the same without NNX's objects

PURE: Final = task("slope", uses=using("jax.checkpoint", "jax.remat", of="block"))
PURE_REFERENCE: Final = """\
import jax
import jax.numpy as jnp


def block(x):
    return jnp.sin(jnp.tanh(x))


def slope(seed, x):
    return jax.grad(lambda x: jnp.sum(jax.checkpoint(block)(x)))(x)
"""
CALL: Final = "jax.grad(lambda x: jnp.sum(jax.checkpoint(block)(x)))(x)"


@pytest.mark.parametrize(
    "call",
    [
        "jax.checkpoint(jax.grad(lambda x: jnp.sum(block(x))))(x)",
        "jax.checkpoint(lambda g: g)(jax.grad(lambda x: jnp.sum(block(x)))(x))",
        "jax.grad(lambda x: jnp.sum(block(x)))(jax.remat(lambda x: x)(x))",
    ],
)
def test_jax_recomputes_nothing_outside_of_a_gradient(call: str) -> None:
    (finding,) = said(PURE, PURE_REFERENCE, PURE_REFERENCE.replace(CALL, call))
    assert finding.rule == "missing-transform"
    assert finding.message.endswith("runs outside of the gradient, where it changes nothing")


@pytest.mark.parametrize(
    "call",
    [
        CALL,
        "jax.jit(jax.grad(lambda x: jnp.sum(jax.remat(block)(x))))(x)",
        "jax.vjp(jax.checkpoint(block), x)[1](jnp.ones_like(x))[0]",
        "jax.vmap(jax.vmap(jax.grad(jax.checkpoint(block))))(x)",
        "jax.linearize(jax.checkpoint(block), x)[1](jnp.ones_like(x))",
        "(jax.checkpoint(block)(x), jax.grad(lambda x: jnp.sum(jax.checkpoint(block)(x)))(x))[1]",
    ],
)
def test_jax_recomputes_in_any_gradient(call: str) -> None:
    assert told(PURE, PURE_REFERENCE, PURE_REFERENCE.replace(CALL, call)) == []


# ------------------------------------------------------------------------- other transforms of NNX

OTHERS: Final = {
    "nnx.jit": ("nnx.jit(run)(model, x)", "run(model, x)"),
    "nnx.cond": ("nnx.cond(x[0, 0] > -9, run, run, model, x)", "run(model, x)"),
    "nnx.switch": ("nnx.switch(1, [run, run], model, x)", "run(model, x)"),
    "nnx.fori_loop": (
        "nnx.fori_loop(0, 2, lambda n, y: y + run(model, x) / 2, jnp.zeros((len(x), features)))",
        "sum(run(model, x) / 2 for n in range(2))",
    ),
    "nnx.while_loop": (
        "nnx.while_loop(lambda c: c[0] < 2, lambda c: (c[0] + 1, c[1] + run(model, x)), start)[1]",
        "2 * run(model, x)",
    ),
}


def _asking(title: str) -> tuple[Exercise, str]:
    text = f"""\
import jax.numpy as jnp
from flax import nnx


def run(model, x):
    return model(x)


def mapped(seed, x, features):
    model = nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(seed))
    start = 0, jnp.zeros((len(x), features))
    return {OTHERS[title][0]}
"""
    return task("mapped", FEATURES, uses=using(title, of="run")), text


@pytest.mark.parametrize("title", OTHERS)
def test_every_other_transform_can_be_asked_for(title: str) -> None:
    exercise, text = _asking(title)
    call, plain = OTHERS[title]
    assert told(exercise, text, text) == []
    assert "transform" not in unticked(exercise, text, text)
    for other in (plain, f"0 * ({call}) + {plain}"):
        found = judge(transcript(exercise, text, text.replace(call, other)))
        assert [each.rule for each in found] == ["missing-transform"], other
