"""wrong-signature: the function takes other arguments than the task says, or another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import parameter_edits
from grader.evidence.notation import listing, shortened
from grader.model.exercise import Check
from grader.model.observation import SignatureWrong
from grader.model.source import Function
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    loaded = evidence.transcript.loaded
    wanted = evidence.exercise.call_text.strip("()")
    span = evidence.landmarks.head
    if isinstance(loaded, SignatureWrong):
        yield Sighting(
            message=f"the function can't be called with ({wanted})",
            label=f"takes {shortened(loaded.signature, 60)}",
            details=(f"{shortened(loaded.reason)}.",) if loaded.reason else (),
            help=f"change its arguments to ({wanted}), in this order{_inside(evidence)}",
            span=span or loaded.span,
            edits=parameter_edits(evidence),
            evidence={"expected": f"({wanted})", "actual": loaded.signature},
        )
    elif evidence.wrong and (function := _taking(evidence)) and _swapped(evidence, function):
        yield Sighting(
            message="the function takes its arguments in the wrong order",
            label=f"expected ({wanted})",
            why="Arguments are passed by position, so the names get each other's values.",
            help=f"change its arguments to ({wanted}), in this order",
            span=evidence.source.head(function),
            edits=parameter_edits(evidence),
            case=evidence.wrong[0].case,
            evidence={"expected": f"({wanted})"},
        )


def _inside(evidence: Evidence) -> str:
    """Say what has to be made in the function, since it can't be passed."""
    entry = evidence.landmarks.entry
    wanted = {each.name for each in evidence.exercise.parameters}
    given = [each.arg for each in (*entry.args.args, *entry.args.kwonlyargs)] if entry else []
    extra = [each for each in given if each not in wanted]
    return f", and make {listing(extra)} inside the function" if len(given) > len(wanted) else ""


def _taking(evidence: Evidence) -> ast.FunctionDef | None:
    """Return the function that names the arguments.

    It's the one that the task asks for, or the one that this passes them on to as `*args`.
    """
    found = evidence.landmarks.entry or _call_of_instance(evidence)
    seen: list[Function] = []
    while found is not None and found not in seen and found.args.vararg is not None:
        seen.append(found)
        found = _passed_on_to(evidence, found, found.args.vararg.arg)
    return found if isinstance(found, ast.FunctionDef) else None


def _call_of_instance(evidence: Evidence) -> Function | None:
    """Return the `__call__` of the class whose instance the task's name is."""
    source, own = evidence.source.home(evidence.landmarks.name)
    match [node for name, node in source.bindings() if name == own]:
        case [ast.Assign(value=ast.Call(func=ast.Name(id=name)))]:
            return source.function(f"{name}.__call__")
    return None


def _passed_on_to(evidence: Evidence, function: Function, name: str) -> Function | None:
    """Return the function of the file that gets all arguments of a function that takes `*name`."""
    if function.args.posonlyargs or function.args.args:
        return None
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    names = {
        call.func.id
        for call in calls
        if isinstance(call.func, ast.Name) and call.args and _is_spread(call.args[0], name)
    }
    source = evidence.source.reading(evidence.source.span(function))
    return source.function(names.pop()) if len(names) == 1 else None


def _is_spread(node: ast.expr, name: str) -> bool:
    return (
        isinstance(node, ast.Starred) and isinstance(node.value, ast.Name) and node.value.id == name
    )


def _swapped(evidence: Evidence, function: ast.FunctionDef) -> bool:
    """Whether an argument's name is in another argument's place."""
    wanted = [each.name for each in evidence.exercise.parameters]
    given = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if function is not evidence.landmarks.entry and function.name == "__call__":
        given = given[1:]
    pairs = zip(given, wanted, strict=False)
    return len(given) >= len(wanted) and any(a != b and a in wanted for a, b in pairs)


RULE = Rule(
    id="wrong-signature",
    check=Check.LOADS,
    title="the function doesn't take the arguments that the task says",
    explanation="""\
Your function is called with the arguments that the task names, by position and in that order. It
must take exactly these. More arguments are fine if they have defaults; the call fails if one is
missing, if there is an extra required one, or if some are keyword-only. In another order, the names
silently get each other's values.
""",
    wrong="""\
def forward(seed, x):
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/controlflow.html#more-on-defining-functions",
    find=_find,
    hides=frozenset(
        {
            "raised",
            "wrong-in-axes",
            "wrong-axis-size",
            "ignored-features",
            "ignored-seed",
            "derived-key",
        }
    ),
)
