"""unfit-class: the class that the task names can't be instantiated or called as the task says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import assert_never

from grader.evidence import Evidence
from grader.evidence.notation import listing, shortened
from grader.model.exercise import Check, Exercise, FlaxClass, Library
from grader.model.observation import ClassUnfit, Span, Unfit
from grader.rules.rule import Rule, Sighting
from grader.suggestion import did_you_mean


def _find(evidence: Evidence) -> Iterator[Sighting]:
    loaded, wanted = evidence.transcript.loaded, evidence.exercise.flax_class
    if isinstance(loaded, ClassUnfit) and wanted is not None:
        yield _sighting(evidence, loaded, wanted)


def _sighting(evidence: Evidence, loaded: ClassUnfit, wanted: FlaxClass) -> Sighting:
    name, call = evidence.exercise.function, f"__call__(self{_called(evidence.exercise)})"
    head = evidence.source.definition(name)
    match loaded.why:
        case Unfit.NO_MODULE:
            return _no_module(evidence, loaded, wanted)
        case Unfit.NO_CALL:
            return Sighting(
                message=f"`{name}` has no method `__call__`",
                label="nothing says what it does with its input",
                help=f"write it in the class: def {call}",
                span=head,
            )
        case Unfit.FIELDS:
            return Sighting(
                message=f"`{name}` can't be made with {_made_with(wanted)}",
                label=f"takes {shortened(listing(_without_self(loaded)) or 'nothing', 60)}",
                details=_details(loaded, wanted.fields),
                help=_advice(wanted),
                span=_constructor(evidence, name) or head,
                evidence={"takes": list(loaded.takes)},
            )
        case Unfit.CALL:
            return Sighting(
                message=f"`{name}` can't be called with ({_called(evidence.exercise)[2:]})",
                label=f"takes ({shortened(', '.join(loaded.takes), 60)})",
                details=_details(loaded, [each.name for each in evidence.exercise.called_with]),
                help=f"change its arguments: def {call}",
                span=evidence.landmarks.head,
                evidence={"takes": list(loaded.takes)},
            )
    assert_never(loaded.why)


def _no_module(evidence: Evidence, loaded: ClassUnfit, wanted: FlaxClass) -> Sighting:
    name, module = evidence.exercise.function, wanted.library.module
    of_nnx = any(each.startswith("flax.nnx.") for each in loaded.bases)
    of_linen = "flax.linen.module.Module" in loaded.bases
    other = "an NNX module" if of_nnx else "a Linen module" if of_linen else "no Flax module"
    return Sighting(
        message=f"`{name}` is {other}, and the task asks for `{module}`",
        label=f"doesn't derive from {module}",
        help=f"derive it from {module}: class {name}({module})",
        span=evidence.source.definition(name),
        evidence={"bases": list(loaded.bases)},
    )


def _called(exercise: Exercise) -> str:
    """Return the arguments of `__call__` as they follow `self`."""
    inner = exercise.call_text.strip("()")
    return f", {inner}" if inner else ""


def _made_with(wanted: FlaxClass) -> str:
    names = [*wanted.fields, *(["rngs"] if wanted.library == Library.NNX else [])]
    return listing(names) or "no arguments"


def _without_self(loaded: ClassUnfit) -> list[str]:
    return [each for each in loaded.takes if each not in {"self", "parent", "name"}]


def _advice(wanted: FlaxClass) -> str:
    if wanted.library == Library.NNX:
        inner = ", ".join(("self", *wanted.fields, "*", "rngs"))
        return f"let its constructor take them: def __init__({inner})"
    fields = listing(wanted.fields)
    if not fields:
        return "give each of its fields a default, or leave it out"
    return f"let its only fields without a default be {fields}, such as {wanted.fields[0]}: int"


def _details(loaded: ClassUnfit, wanted: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Say what Python says, and which name may have been meant."""
    said = f"{loaded.reason[:1].upper()}{loaded.reason[1:]}." if loaded.reason else ""
    taken = [each for each in _without_self(loaded) if each not in wanted]
    near = ((each, did_you_mean(each, taken)) for each in wanted if each not in loaded.takes)
    meant = next((f"The task says {each}{text}" for each, text in near if text), "")
    return tuple(filter(None, (said, meant)))


def _constructor(evidence: Evidence, name: str) -> Span | None:
    """Return the head of the class's own `__init__`, None if it has none."""
    found = evidence.source.function(f"{name}.__init__")
    return evidence.source.head(found) if isinstance(found, ast.FunctionDef) else None


RULE = Rule(
    id="unfit-class",
    check=Check.LOADS,
    title="the class can't be made or called as the task says",
    explanation="""\
The task asks for a class of Flax modules. The grader makes an instance with the fields that the
task names, makes its weights from the seed, and calls it. So the class has to derive from
`nn.Module` (or `nnx.Module`, if the task is about NNX), take these fields and no others without a
default, and have a method `__call__` with the task's arguments.

In Linen, a field is an annotated name in the class: `features: int`. In NNX, the fields are the
arguments of `__init__`, which also gets `rngs`.
""",
    wrong="""\
import flax.linen as nn


class Forward(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.width)(x)
""",
    right="""\
import flax.linen as nn


class Forward(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features)(x)
""",
    link="https://flax-linen.readthedocs.io/en/latest/guides/flax_fundamentals/flax_basics.html",
    find=_find,
    flax_class=FlaxClass(library=Library.LINEN, fields=("features",)),
)
