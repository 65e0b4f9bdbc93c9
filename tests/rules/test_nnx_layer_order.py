"""Equal layers of NNX that are made in another order than the task's, and that aren't."""

from __future__ import annotations

from typing import Final

import pytest

from tests.rules.nnx_tasks import FEATURES, INPUTS, said, task, told

STACK: Final = task("Stack", INPUTS, FEATURES, fields=("inputs", "features"))
REFERENCE: Final = """\
import jax
import jax.numpy as jnp
from flax import nnx


class Stack(nnx.Module):
    def __init__(self, inputs, features, *, rngs):
        self.into = nnx.Linear(inputs, features, rngs=rngs)
        self.first = nnx.Linear(features, features, rngs=rngs)
        self.second = nnx.Linear(features, features, rngs=rngs)

    def __call__(self, x):
        x = jnp.tanh(self.into(x))
        x = jnp.tanh(self.first(x))
        return self.second(x)

"""
FIRST: Final = "        self.first = nnx.Linear(features, features, rngs=rngs)\n"
SECOND: Final = "        self.second = nnx.Linear(features, features, rngs=rngs)\n"
CALLS: Final = "        x = jnp.tanh(self.first(x))\n        return self.second(x)\n"
LAYER: Final = "nnx.Linear(features, features, rngs=rngs)"


def made(layers: str, calls: str = CALLS) -> str:
    return REFERENCE.replace(FIRST + SECOND, layers).replace(CALLS, calls)


PAIR: Final = f"        self.pair = nnx.List([{LAYER} for _ in range(2)])\n"
WRONG: Final = {
    "made in another order": made(SECOND + FIRST),
    "called in another order": made(
        FIRST + SECOND, "        x = jnp.tanh(self.second(x))\n        return self.first(x)\n"
    ),
    "a list from its end": made(
        PAIR, "        x = jnp.tanh(self.pair[1](x))\n        return self.pair[0](x)\n"
    ),
    "a list that is turned": made(
        PAIR, "        last, first = self.pair\n        return last(jnp.tanh(first(x)))\n"
    ),
    "unpacked the other way round": made(
        f"        self.second, self.first = ({LAYER} for _ in range(2))\n"
    ),
    "in an assignment of both": made(f"        self.second, self.first = {LAYER}, {LAYER}\n"),
    "exchanged when they are there": made(
        FIRST + SECOND + "        self.first, self.second = self.second, self.first\n"
    ),
    "by a helper": made(
        "        def layer():\n            return " + LAYER + "\n\n"
        "        self.second = layer()\n        self.first = layer()\n"
    ),
    "one of them outside": made(SECOND + "        self.first = first or " + LAYER + "\n").replace(
        "features, *, rngs", "features, *, rngs, first=None"
    ),
    "by names": made(
        f"        for name in ('second', 'first'):\n            setattr(self, name, {LAYER})\n"
    ),
}
RIGHT: Final = {
    "the reference": REFERENCE,
    "other names": REFERENCE.replace("first", "b").replace("second", "a"),
    "a list": made(
        PAIR, "        first, last = self.pair\n        return last(jnp.tanh(first(x)))\n"
    ),
    "a loop": made(
        PAIR,
        "        for layer in self.pair:\n"
        "            x = layer(x if layer is self.pair[0] else jnp.tanh(x))\n        return x\n",
    ),
    "unpacked": made(f"        self.first, self.second = {LAYER}, {LAYER}\n"),
    "by names": made(
        f"        for name in ('first', 'second'):\n            setattr(self, name, {LAYER})\n"
    ),
    "exchanged twice": made(SECOND.replace("second", "first") + FIRST.replace("first", "second")),
    "stored in another order": made(
        f"        first, second = {LAYER}, {LAYER}\n"
        "        self.second = second\n        self.first = first\n"
    ),
    "stored under each other's names": made(
        SECOND + FIRST, "        x = jnp.tanh(self.second(x))\n        return self.first(x)\n"
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_layer_that_is_drawn_at_another_time_is_named(name: str) -> None:
    (found,) = said(STACK, REFERENCE, WRONG[name])
    assert (found.rule, found.help) == ("derived-key", "make the layers in the task's order")
    assert found.evidence == {"expected": 2, "actual": 3}
    assert found.label == (
        "is called second and drawn third; the task's layer that is called second is drawn second"
    )
    assert found.span is not None
    assert "nnx.Linear" in WRONG[name].splitlines()[found.span.line - 1]


@pytest.mark.parametrize("name", RIGHT)
def test_right_programs_are_told_nothing(name: str) -> None:
    assert told(STACK, REFERENCE, RIGHT[name]) == []


OTHERWISE: Final = {
    "another function between them": REFERENCE.replace("jnp.tanh(self.first", "jnp.sin(self.first"),
    "one layer twice": REFERENCE.replace("self.second(x)", "self.first(x)"),
    "without one": REFERENCE.replace("self.second(x)", "x"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_other_mistakes_are_not_blamed_on_the_order(name: str) -> None:
    found = said(STACK, REFERENCE, OTHERWISE[name])
    assert found
    assert all(each.help != "make the layers in the task's order" for each in found)


BRANCHES: Final = REFERENCE.replace(
    CALLS, "        return self.first(x) + jnp.sin(self.second(x))\n"
)
BESIDE: Final = {
    "twice as much": "        return 2 * (jnp.sin(self.second(x)) + self.first(x))\n",
    "without a function": "        y = self.second(x)\n        return y + self.first(x)\n",
    "a difference": "        return jnp.sin(self.second(x)) - self.first(x)\n",
    "exchanged": "        return self.second(x) + jnp.sin(self.first(x))\n",
    "in a list": "        found = [layer(x) for layer in (self.second, self.first)]\n"
    "        return sum(found)\n",
}


AFTER: Final = {
    "another input": "        x = jnp.sin(x)\n"
    "        return jnp.sin(self.second(x)) + self.first(x)\n",
    "one after the other": "        x = jnp.sin(self.second(x))\n        return self.first(x)\n",
}
IN_TURN: Final = {
    "beside each other": "        y = self.second(x)\n        return jnp.tanh(self.first(x)) + y\n",
    "another input": "        x = jnp.tanh(self.second(jnp.sin(x)))\n"
    "        return self.first(x)\n",
}
"""What is called in another order gets something else, so that isn't sure to be the mistake."""


@pytest.mark.parametrize(
    ("reference", "calls"),
    [
        *((BRANCHES, each) for each in AFTER.values()),
        *((REFERENCE, each) for each in IN_TURN.values()),
    ],
)
def test_layers_that_get_something_else_are_not_said_to_be_exchanged(
    reference: str, calls: str
) -> None:
    found = said(STACK, reference, made(FIRST + SECOND, calls))
    assert found
    assert all(each.help != "make the layers in the task's order" for each in found)


@pytest.mark.parametrize("name", BESIDE)
def test_layers_beside_each_other_may_be_called_in_any_order(name: str) -> None:
    """What is wrong with these is something else."""
    found = said(STACK, BRANCHES, made(FIRST + SECOND, BESIDE[name]))
    assert found
    assert all(each.help != "make the layers in the task's order" for each in found)
