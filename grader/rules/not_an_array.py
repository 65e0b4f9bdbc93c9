"""not-an-array: what came back is no array."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherKind
from grader.evidence import Evidence
from grader.exercise import Check
from grader.observation import MappingResult, OpaqueResult, Result, SequenceResult
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.compared(OtherKind)[:1]:
        comparison = look.comparison
        result = look.result
        if isinstance(comparison, OtherKind) and result is not None:
            yield Sighting(
                message=f"the function returns {comparison.actual}, not {comparison.expected}",
                label=f"this is {comparison.actual}",
                help=_help(result),
                span=evidence.landmarks.returned or evidence.landmarks.head,
                case=look.case,
                evidence={"expected": comparison.expected, "actual": comparison.actual},
            )


def _help(result: Result) -> str:
    match result:
        case OpaqueResult(type_name="NoneType"):
            return "return the result: without a return statement a function gives None"
        case OpaqueResult(type_name=name) if "method" in name or "function" in name:
            return "call it: the parentheses are missing"
        case SequenceResult(type_name="list"):
            return "return the array itself, not a list of its numbers"
        case SequenceResult():
            return "return the output alone; a trailing comma makes a tuple, too"
        case MappingResult():
            return "return what apply gives; the variables are not the answer"
        case _:
            return "return the array that apply gives"


RULE = Rule(
    id="not-an-array",
    check=Check.SHAPE,
    title="the function doesn't return an array",
    explanation="""\
The task asks for an array, of JAX or NumPy. Something else came back: `None` because the `return`
is missing, a tuple of the output and the parameters, the dict of variables, a list of Python
floats, a method that wasn't called.

In training, the loss is computed from what the model returns; a tuple or a list there either
raises at once or, worse, is turned into an array of another shape.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1), variables
""",
    right=RIGHT,
    link="https://docs.python.org/3/reference/simple_stmts.html#the-return-statement",
    find=_find,
    explains=frozenset({"not-flattened", "wrong-shape", "wrong-dtype", "wrong-values"}),
)
