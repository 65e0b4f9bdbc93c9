"""A recurrent cell over time by `nnx.scan`: its axes, carry, length, weights and steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest

from grader.model.exercise import Array
from tests.rules.nnx_tasks import FEATURES, said, task, told, unticked, using

RNN: Final = task(
    "rnn",
    FEATURES,
    uses=using("nnx.scan", of="forward"),
    x=Array(name="x", shape=("batch", "time", "inputs"), largest_scale=1.0),
    dimensions=("batch", "time", "inputs", "features"),
)
CELL: Final = """\
import functools
import jax
import jax.numpy as jnp
from flax import nnx


class Cell(nnx.Module):
    def __init__(self, inputs, features, *, rngs):
        self.state = nnx.Linear(inputs + features, features, rngs=rngs)
        self.output = nnx.Linear(features, features, rngs=rngs)

    def __call__(self, carry, x):
        carry = jnp.tanh(self.state(jnp.concatenate([carry, x], axis=-1)))
        return carry, self.output(carry)


"""
HEAD: Final = "def rnn(seed, x, features):\n"
MAKE: Final = """\
    cell = Cell(x.shape[2], features, rngs=nnx.Rngs(seed))
    start = jnp.zeros((x.shape[0], features))
"""
RUN: Final = """\
    @nnx.scan(in_axes=(None, nnx.Carry, 1), out_axes=(nnx.Carry, 1))
    def forward(cell, carry, x):
        return cell(carry, x)

    _, outputs = forward(cell, start, x)
    return outputs
"""
REFERENCE: Final = CELL + HEAD + MAKE + RUN
IN: Final = "(None, nnx.Carry, 1)"
OUT: Final = "(nnx.Carry, 1)"
STEP: Final = "return cell(carry, x)"
STATE: Final = "        self.state = nnx.Linear(inputs + features, features, rngs=rngs)\n"
CALL: Final = f"nnx.scan(in_axes={IN}, out_axes={OUT})"


def changed(*pairs: str) -> str:
    """Return the reference with each second text in place of the one before it."""
    text = REFERENCE
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        assert before in text, before
        text = text.replace(before, after)
    return text


def program(body: str, *, make: str = MAKE, before: str = "") -> str:
    return CELL + before + HEAD + make + "".join(f"    {line}\n" for line in body.splitlines())


def made(head: str) -> str:
    """Write a function that makes a cell for each step."""
    return (
        f"    {head}\n    def make(rngs):\n        return Cell(x.shape[2], features, rngs=rngs)\n\n"
        "    cell = make(nnx.Rngs(seed))\n    start = jnp.zeros((x.shape[0], features))\n"
    )


COPIES: Final = made("@nnx.vmap(in_axes=None, axis_size=x.shape[1])")
CELLS: Final = made("@nnx.split_rngs(splits=x.shape[1])\n    @nnx.vmap")
AXES: Final = {
    "over the batch": ("(None, nnx.Carry, 0)", "goes over axis 0 of x, the batch"),
    "over the inputs": ("(None, nnx.Carry, 2)", "goes over axis 2 of x, the inputs"),
    "from the end": ("(None, nnx.Carry, -1)", "goes over axis 2 of x, the inputs"),
    "over nothing": ("(None, nnx.Carry, None)", "gives each step all of x"),
    "over the cell": ("(0, nnx.Carry, 1)", "goes over axis 0 of the weights"),
    "the cell as the carry": ("(nnx.Carry, None, 1)", "makes the weights the carry"),
    "x as the carry": ("(None, None, nnx.Carry)", "makes x the carry"),
    "a missing entry": ("(nnx.Carry, 1)", "doesn't have an entry for each argument"),
    "the carry alone": ("nnx.Carry", "doesn't have an entry for each argument"),
    "a list": ("[None, nnx.Carry, 1]", "isn't a tuple"),
    "no carry": ("(None, None, 1)", "has no nnx.Carry"),
    "two carries": ("(nnx.Carry, nnx.Carry, 1)", "has more than one nnx.Carry"),
    "the carry inside": ("(None, (nnx.Carry,), 1)", "has nnx.Carry inside an entry"),
    "a word": ("(None, 'carry', 1)", "has no nnx.Carry"),
}
OUTPUTS: Final = {
    "the batch last": ("(nnx.Carry, 0)", "puts the axis that counts the time at the wrong place"),
    "time last": ("(nnx.Carry, -1)", "puts the axis that counts the time at the wrong place"),
    "the carry alone": ("nnx.Carry", "doesn't fit what forward returns"),
    "no carry": ("1", "has no nnx.Carry"),
    "two carries": ("(nnx.Carry, nnx.Carry)", "has more than one nnx.Carry"),
    "an output without an axis": ("(nnx.Carry, None)", "gives a result no axis"),
}
WRONG: Final = {
    "axes left out": (changed(CALL, "nnx.scan"), ("wrong-axis-in", "nnx.scan")),
    "out_axes left out": (
        changed(f", out_axes={OUT}", ""),
        ("wrong-axis-out", f"nnx.scan(in_axes={IN})"),
    ),
    "turned only before": (
        changed(IN, "(None, nnx.Carry, 0)", OUT, "(nnx.Carry, 0)",
        "start, x)", "start, x.swapaxes(0, 1))"),
        ("wrong-axis-out", "(nnx.Carry, 0)"),
    ),
    "cells that aren't gone over": (changed(MAKE, CELLS), ("wrong-axis-in", IN)),
    "a copy for each step": (
        changed(MAKE, COPIES, IN, "(0, nnx.Carry, 1)"),
        ("per-step-params", "nnx.vmap(in_axes=None, axis_size=x.shape[1])"),
    ),
    "nothing handed on": (
        changed(IN, "(None, None, 1)", OUT, "1"),
        ("carry-lost", "(None, None, 1)"),
    ),
    "the old carry": (
        changed(STEP, "_, y = cell(carry, x)\n        return carry, y"),
        ("carry-lost", "carry, y"),
    ),
    "the old carry second": (
        changed(OUT, "(1, nnx.Carry)", STEP, "_, y = cell(carry, x)\n        return y, carry",
        "_, outputs", "outputs, _"),
        ("carry-lost", "y, carry"),
    ),
    "exchanged results": (
        changed(STEP, "carry, y = cell(carry, x)\n        return y, carry"),
        ("wrong-step", "y, carry"),
    ),
    "another step": (changed("jnp.tanh", "nnx.relu"), ("wrong-step", "cell(carry, x)")),
    "backwards": (changed(f"={OUT}", f"={OUT}, reverse=True"), ("wrong-direction", "True")),
    "reversed steps": (changed("start, x)", "start, x[:, ::-1])"), ("wrong-direction", CALL)),
    "a constant length": (changed(f"={OUT}", f"={OUT}, length=3"), ("wrong-length", "3")),
    "the first step left out": (changed("start, x)", "start, x[:, 1:])"), ("wrong-length", CALL)),
    "other layers' order": (
        changed(STATE, "", "    def __call__", f"{STATE}\n    def __call__"),
        ("derived-key", "nnx.Linear(features, features, rngs=rngs)"),
    ),
    "a key before": (
        changed("cell = Cell", "rngs = nnx.Rngs(seed)\n    rngs()\n    cell = Cell",
        "rngs=nnx.Rngs(seed)", "rngs=rngs"),
        ("derived-key", "rngs()"),
    ),
    "a constant size": (
        changed("x.shape[2], features", "x.shape[2], 4", "x.shape[0], features", "x.shape[0], 4"),
        ("ignored-features", "features"),
    ),
    "a loop of Python": (
        program("ys = []\nfor n in range(x.shape[1]):\n    start, y = cell(start, x[:, n])\n"
        "    ys.append(y)\nreturn jnp.stack(ys, 1)"),
        ("missing-transform", "for n in range(x.shape[1]):"),
    ),
    "jax.lax.scan": (
        program("g, s = nnx.split(cell)\n"
        "_, ys = jax.lax.scan(lambda h, x: nnx.merge(g, s)(h, x), start, x.swapaxes(0, 1))\n"
        "return ys.swapaxes(0, 1)"),
        ("missing-transform",
        "jax.lax.scan(lambda h, x: nnx.merge(g, s)(h, x), start, x.swapaxes(0, 1))"),
    ),
}  # fmt: skip
SEVERAL: Final = {
    "a cell for each step": (
        changed(MAKE, CELLS, IN, "(0, nnx.Carry, 1)"),
        [
            ("per-step-params", "nnx.vmap"),
            ("split-params-rng", "nnx.split_rngs(splits=x.shape[1])"),
        ],
    ),
    "mapped over the steps": (
        program("f = nnx.vmap(lambda h, x: cell(h, x)[1], in_axes=(None, 1), out_axes=1)\n"
        "return f(start, x)"),
        [
            ("missing-transform",
            "nnx.vmap(lambda h, x: cell(h, x)[1], in_axes=(None, 1), out_axes=1)"),
            ("wrong-values", "f(start, x)"),
        ],
    ),
    "nnx.RNN": (
        program("own = nnx.SimpleCell(x.shape[2], features, rngs=nnx.Rngs(seed))\n"
        "return nnx.RNN(own)(x)"),
        [("missing-transform", "nnx.RNN(own)(x)"), ("wrong-values", "nnx.RNN(own)(x)")],
    ),
    "axes and a constant key": (
        changed(IN, "(None, nnx.Carry, 0)", OUT, "(nnx.Carry, 0)", "Rngs(seed)", "Rngs(0)"),
        [
            ("wrong-axis-in", "(None, nnx.Carry, 0)"),
            ("wrong-axis-out", "(nnx.Carry, 0)"),
            ("ignored-seed", "nnx.Rngs(0)"),
        ],
    ),
}  # fmt: skip
RIGHT: Final = {
    "the reference": REFERENCE,
    "the carry first": changed(
        *(IN, "(nnx.Carry, None, 1)", "forward(cell, carry, x)", "forward(carry, cell, x)"),
        *("forward(cell, start, x)", "forward(start, cell, x)"),
    ),
    "the cell from outside": changed(
        *(IN, "(nnx.Carry, 1)", "forward(cell, carry, x)", "forward(carry, x)"),
        *("forward(cell, start, x)", "forward(start, x)"),
    ),
    "the default axes": changed(
        *(CALL, "nnx.scan", "forward(cell, carry, x)", "forward(carry, x)"),
        *("forward(cell, start, x)", "forward(start, x.swapaxes(0, 1))"),
        *("return outputs", "return outputs.swapaxes(0, 1)"),
    ),
    "outputs moved": changed(
        *(OUT, "(nnx.Carry, 0)", "return outputs", "return outputs.swapaxes(0, 1)")
    ),
    "axes from the end": changed(IN, "(None, nnx.Carry, -2)", OUT, "(nnx.Carry, -2)"),
    "weights carried": changed(IN, "(nnx.StateAxes({...: nnx.Carry}), nnx.Carry, 1)"),
    "axes by kind": changed(IN, "(nnx.StateAxes({nnx.Param: None}), nnx.Carry, 1)"),
    "a method": program(f"f = nnx.scan(Cell.__call__, in_axes={IN}, out_axes={OUT})\n"
        "return f(cell, start, x)[1]"),
    "a partial": program(f"scan = functools.partial(nnx.scan, in_axes={IN}, out_axes={OUT})\n"
        "return scan(lambda c, h, x: c(h, x))(cell, start, x)[1]"),
    "arguments by name": changed("(cell, start, x)\n", "(x=x, carry=start, cell=cell)\n"),
    "jitted": changed("    @nnx.scan", "    @nnx.jit\n    @nnx.scan"),
    "outputs first": changed(
        *(OUT, "(1, nnx.Carry)", "_, outputs", "outputs, _"),
        *(STEP, "carry, y = cell(carry, x)\n        return y, carry"),
    ),
    "outputs afterwards": changed(
        *(STEP, "carry, _ = cell(carry, x)\n        return carry, carry"),
        *("return outputs", "return cell.output(outputs)"),
    ),
    "the length, too": changed(f"={OUT}", f"={OUT}, length=x.shape[1]"),
    "steps by number": program(
        "@nnx.scan(in_axes=(None, nnx.Carry, None, 0), out_axes=(nnx.Carry, 1))\n"
        "def forward(cell, carry, x, n):\n    return cell(carry, x[:, n])\n"
        "return forward(cell, start, x, jnp.arange(x.shape[1]))[1]"),
    "mapped over the examples": program(
        "@nnx.scan(in_axes=(None, nnx.Carry, 0), out_axes=(nnx.Carry, 0))\n"
        "def forward(cell, carry, x):\n    return cell(carry, x)\n"
        "each = nnx.vmap(lambda c, h, x: forward(c, h, x)[1], in_axes=(None, 0, 0))\n"
        "return each(cell, start, x)"),
    "a carry in a dict": changed(
        *("forward(cell, carry, x)", "forward(cell, kept, x)", "start, x)", "{'h': start}, x)"),
        *(STEP, "carry, y = cell(kept['h'], x)\n        return {'h': carry}, y"),
    ),
}  # fmt: skip
UNSEEN: Final = {
    "a cell made in each step": program(
        f"@nnx.scan(in_axes={OUT}, out_axes={OUT})\ndef forward(carry, x):\n"
        "    return Cell(x.shape[-1], features, rngs=nnx.Rngs(seed))(carry, x)\n"
        "return forward(start, x)[1]"),
    "two loops": program(
        f"@{CALL}\ndef forward(cell, carry, x):\n    return cell(carry, x)\n"
        "h, first = forward(cell, start, x[:, :1])\nif x.shape[1] == 1:\n    return first\n"
        "return jnp.concatenate([first, forward(cell, h, x[:, 1:])[1]], 1)"),
    "a variable that is carried": program(
        "return Net(x.shape[2], features, x.shape[0], rngs=nnx.Rngs(seed))(x)",
        make="",
        before="class Net(nnx.Module):\n    def __init__(self, inputs, features, batch, *, rngs):\n"
        "        self.cell = Cell(inputs, features, rngs=rngs)\n"
        "        self.h = nnx.BatchStat(jnp.zeros((batch, features)))\n\n"
        "    AXES = nnx.StateAxes({nnx.BatchStat: nnx.Carry, ...: None})\n\n"
        "    @nnx.scan(in_axes=(AXES, 1), out_axes=1)\n    def __call__(self, x):\n"
        "        self.h[...], y = self.cell(self.h[...], x)\n        return y\n\n\n"),
}  # fmt: skip
"""Right programs that leave something unseen, so some check of theirs has no tick."""


@pytest.mark.parametrize(("axes", "does"), AXES.values(), ids=AXES)
def test_other_axes_of_the_arguments_are_named(axes: str, does: str) -> None:
    text = changed(f"in_axes={IN}", f"in_axes={axes}")
    (finding,) = said(RNN, REFERENCE, text)
    assert told(RNN, REFERENCE, text) == [("wrong-axis-in", axes)]
    assert does in finding.message


@pytest.mark.parametrize(("axes", "does"), OUTPUTS.values(), ids=OUTPUTS)
def test_other_axes_of_the_results_are_named(axes: str, does: str) -> None:
    text = changed(f"out_axes={OUT}", f"out_axes={axes}")
    (finding,) = said(RNN, REFERENCE, text)
    assert told(RNN, REFERENCE, text) == [("wrong-axis-out", axes)]
    assert does in finding.message


@pytest.mark.parametrize("axes", [axes for axes, does in AXES.values() if "no nnx" not in does])
def test_what_to_write_is_what_the_reference_has(axes: str) -> None:
    (finding,) = said(RNN, REFERENCE, changed(f"in_axes={IN}", f"in_axes={axes}"))
    if "more than one" not in finding.message and "inside" not in finding.message:
        assert finding.help == f"set in_axes={IN}"
        assert [each.text for each in finding.edits] == [IN]


@pytest.mark.parametrize(("text", "wanted"), WRONG.values(), ids=WRONG)
def test_a_mistake_has_its_name_and_its_place(text: str, wanted: tuple[str, str]) -> None:
    assert told(RNN, REFERENCE, text) == [wanted]


@pytest.mark.parametrize(("text", "wanted"), SEVERAL.values(), ids=SEVERAL)
def test_several_mistakes_are_told_together(text: str, wanted: list[tuple[str, str]]) -> None:
    assert told(RNN, REFERENCE, text) == wanted


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_programs_pass_all_checks(text: str) -> None:
    assert told(RNN, REFERENCE, text) == []
    assert unticked(RNN, REFERENCE, text) == []


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_right_programs_that_leave_something_unseen_have_no_findings(text: str) -> None:
    assert told(RNN, REFERENCE, text) == []
    assert set(unticked(RNN, REFERENCE, text)) <= {"params", "transform"}


def _doubled(text: str) -> str:
    before, _, last = text.rpartition("return ")
    return f"{before}return 2 * ({last.rstrip()})\n"


def _without_bias(text: str) -> str:
    return re.sub(r"(nnx\.Linear\([^)]*), rngs=rngs\)", r"\1, use_bias=False, rngs=rngs)", text)


ALTERATIONS: Final[dict[str, tuple[Callable[[str], str], set[str]]]] = {
    "doubled": (_doubled, {"wrong-values"}),
    "another activation": (
        lambda text: text.replace("jnp.tanh", "jnp.sin"),
        {"wrong-step", "wrong-values"},
    ),
    "a constant key": (lambda text: text.replace("Rngs(seed)", "Rngs(0)"), {"ignored-seed"}),
    "another key": (lambda text: text.replace("Rngs(seed)", "Rngs(seed + 1)"), {"derived-key"}),
    "another start": (lambda text: text.replace("jnp.zeros", "jnp.ones"), {"wrong-values"}),
    "no bias": (_without_bias, {"changed-layer"}),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_another_mistake_is_not_blamed_on_the_loop(text: str, alteration: str) -> None:
    alter, rules = ALTERATIONS[alteration]
    found = told(RNN, REFERENCE, alter(text))
    assert found
    assert {rule for rule, _ in found} <= rules


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_another_answer_of_what_is_unseen_is_not_blamed_on_the_loop(text: str) -> None:
    assert [rule for rule, _ in told(RNN, REFERENCE, _doubled(text))] == ["wrong-values"]


# ------------------------------------------------------------------------ layers that are gone over

DEEP: Final = task("deep", FEATURES, uses=using("nnx.scan", of="forward"))
STACK: Final = """\
import jax
import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def deep(seed, x, features):
    @nnx.split_rngs(splits=features)
    @nnx.vmap
    def make(rngs):
        return Layer(x.shape[1], rngs=rngs)

    layers = make(nnx.Rngs(seed))

    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
    def forward(layer, x):
        return layer(x)

    return forward(layers, x)
"""
LAST: Final = "return forward(layers, x)"
REPEATED: Final = (
    "graph, state = nnx.split(layers)\n"
    "    first = jax.tree.map(lambda a: jnp.repeat(a[:1], features, 0), state)\n"
    "    return forward(nnx.merge(graph, first), x)"
)
TURNED: Final = (
    "graph, state = nnx.split(layers)\n"
    "    turned = nnx.merge(graph, jax.tree.map(lambda a: a[::-1], state))\n"
    "    return forward(turned, x)"
)
BY_STEPS: Final = (
    "@nnx.scan(in_axes=nnx.Carry, out_axes=nnx.Carry, length=features)\n    def forward(x):\n"
    "        return Layer(x.shape[1], rngs=nnx.Rngs(seed))(x)\n\n    return forward(x)\n"
)
AT: Final = "(0, nnx.Carry)"


def deep(*pairs: str) -> str:
    """Return the stack with each second text in place of the one before it."""
    text = STACK
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        assert before in text, before
        text = text.replace(before, after)
    return text


IN_DEPTH: Final = {
    "arguments in another order": (
        deep("forward(layers, x)", "forward(x, layers)"),
        [("raised", "forward(x, layers)")],
    ),
    "an argument too few": (
        deep("forward(layers, x)", "forward(layers)"),
        [("raised", "forward(layers)")],
    ),
    "a pair for the carry": (
        deep("return layer(x)", "return layer(x), None"),
        [("wrong-axis-out", "layer(x), None")],
    ),
    "two arrays for the carry": (
        deep("return layer(x)", "return layer(x), x"),
        [("wrong-axis-out", "layer(x), x")],
    ),
    "x gone over, too": (
        deep(AT, "(0, 0)", "out_axes=nnx.Carry", "out_axes=0"),
        [("carry-lost", "(0, 0)")],
    ),
    "an entry too many": (
        deep(AT, "(0, nnx.Carry, None)"),
        [("wrong-axis-in", "(0, nnx.Carry, None)")],
    ),
    "weights by kind along another axis": (
        deep(AT, "(nnx.StateAxes({nnx.Param: 1}), nnx.Carry)"),
        [("wrong-axis-in", "(nnx.StateAxes({nnx.Param: 1}), nnx.Carry)")],
    ),
    "a kind that is carried and no axis for the result": (
        deep(AT, "(nnx.StateAxes({nnx.Param: 0, ...: nnx.Carry}), nnx.Carry)",
        "out_axes=nnx.Carry", "out_axes=None"),
        [("wrong-axis-out", "None")],
    ),
    "the first layer repeated": (
        deep(LAST, REPEATED),
        [("wrong-values", "forward(nnx.merge(graph, first), x)")],
    ),
    "layers in another order": (deep(LAST, TURNED), [("wrong-values", "forward(turned, x)")]),
    "one layer made in each step": (
        STACK[: STACK.index("    @nnx.split_rngs")] + "    " + BY_STEPS,
        [("shared-params", "nnx.scan(in_axes=nnx.Carry, out_axes=nnx.Carry, length=features)")],
    ),
    "nothing says how many": (
        STACK[: STACK.index("    @nnx.split_rngs")]
        + "    "
        + BY_STEPS.replace(", length=features", ""),
        [("wrong-length", "nnx.scan(in_axes=nnx.Carry, out_axes=nnx.Carry)")],
    ),
}  # fmt: skip
OTHERWISE: Final = {
    "the sign changed in each step": deep(
        *("return layer(x)", "return -layer(x)", LAST, f"{LAST} * (-1) ** features")
    ),
    "turned twice": deep(LAST, TURNED, "=nnx.Carry)", "=nnx.Carry, reverse=True)"),
    "a model": STACK[: STACK.index("def deep")]
    + "class Model(nnx.Module):\n    def __init__(self, width, depth, *, rngs):\n"
    "        split = nnx.split_rngs(splits=depth)\n"
    "        self.layers = split(nnx.vmap(lambda rngs: Layer(width, rngs=rngs)))(rngs)\n\n"
    "    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)\n"
    "    def __call__(self, x):\n        return self.layers(x)\n\n\n"
    "def deep(seed, x, features):\n"
    "    return Model(x.shape[1], features, rngs=nnx.Rngs(seed))(x)\n",
}


@pytest.mark.parametrize(("text", "wanted"), IN_DEPTH.values(), ids=IN_DEPTH)
def test_mistakes_with_layers_that_are_gone_over(text: str, wanted: list[tuple[str, str]]) -> None:
    assert told(DEEP, STACK, text) == wanted


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_another_way_through_the_layers_is_right_and_blamed_for_nothing_else(text: str) -> None:
    assert told(DEEP, STACK, text) == []
    assert unticked(DEEP, STACK, text) == []
    assert [rule for rule, _ in told(DEEP, STACK, _doubled(text))] == ["wrong-values"]


def test_what_a_reference_makes_of_its_loop_is_not_blamed_on_the_step() -> None:
    assert [rule for rule, _ in told(DEEP, _doubled(STACK), STACK)] == ["wrong-values"]
