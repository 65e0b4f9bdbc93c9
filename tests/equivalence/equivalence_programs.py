"""Small programs for nn-vmap-shared, and what the grader makes of them."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from grader.catalogue import load_exercise, shipped
from grader.model.exercise import Exercise
from grader.model.report import Equivalence, Equivalent
from grader.model.trace import Fingerprint, Trace
from grader.proof.equivalence import Side, compare
from grader.proof.reading import read
from grader.worker.kept import Pictures
from grader.worker.trace import fingerprints

SIZES = (
    {"batch": 3, "in_dim": 4, "features": 2},
    {"batch": 2, "in_dim": 3, "features": 5},
    {"batch": 1, "in_dim": 1, "features": 1},
)

_PROGRAM = """
import functools
import flax.linen as nn
import jax
import jax.numpy as jnp
{top}
BatchDense = nn.vmap(nn.Dense, variable_axes={{"params": None}}, split_rngs={{"params": False}})


def nn_vmap_forward(seed, x_batch, features{more}):
    {begin}
    model = BatchDense(features)
    variables = model.init({key}, {x})
    outputs = model.apply(variables, {x})
    {end}
    return {result}
"""


def program(
    *,
    top: str = "",
    more: str = "",
    begin: str = "",
    key: str = "jax.random.PRNGKey(seed)",
    x: str = "x_batch",
    end: str = "",
    result: str = "outputs.reshape(-1)",
) -> str:
    """Return a program that is right but for the parts given; `begin` and `end` are one block."""
    return _PROGRAM.format(
        top=top,
        more=more,
        begin=begin.replace("\n", "\n    "),
        key=key,
        x=x,
        end=end.replace("\n", "\n    "),
        result=result,
    )


RIGHT = program()


@cache
def exercise() -> Exercise:
    exercises, solutions = shipped()
    return load_exercise(exercises / "nn_vmap_shared", solutions).exercise


def function(text: str) -> Callable[..., Any]:
    """Run a program's text as a module and return the exercise's function.

    Dataclasses look their module up.
    """
    module = types.ModuleType("submission_under_test")
    sys.modules[module.__name__] = module
    exec(compile(text.removeprefix("\ufeff"), "<submission>", "exec"), vars(module))
    return vars(module)[exercise().function]


@cache
def traces(text: str) -> tuple[Trace, ...]:
    found = function(text)
    kept = Pictures(vars(sys.modules["submission_under_test"]))
    return fingerprints(found, exercise(), SIZES, pictures=kept)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was made of a pair. `same`: their fingerprints of all sizes at once are equal.

    `doubt` is what the text says, `decided` what the stand-ins noted, `detail` what a trace shows.
    """

    equivalence: Equivalence
    same: bool
    traced: bool
    doubt: str
    decided: str
    detail: str

    @property
    def proved(self) -> bool:
        return self.equivalence.status is Equivalent.PROVED


def look(submission: str, reference: str = RIGHT) -> Looked:
    reading = read(submission, exercise().function)
    expected = traces(reference)
    actual = () if reading.doubt else traces(submission)
    found = [trace for trace in actual if isinstance(trace, Fingerprint)]
    widest = [trace for trace in found if trace.scope.symbolic]
    known = {repr(t.scope): t.digest for t in expected if isinstance(t, Fingerprint)}
    decisions = tuple(each for trace in found for each in trace.decisions)
    return Looked(
        equivalence=compare(
            exercise(),
            Side(traces=expected, reading=read(reference, exercise().function)),
            Side(traces=actual, reading=reading),
        ),
        same=bool(widest) and all(known.get(repr(t.scope)) == t.digest for t in widest),
        traced=bool(found),
        doubt=reading.doubt,
        decided=reading.decided(decisions),
        detail="; ".join(t.detail for t in found if t.detail),
    )
