"""Calls of a mapped or looped function of NNX that pass something else than the function takes.

Then its axes can't be judged: they belong to arguments that it doesn't get.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.meaning import Meaning
from grader.evidence.nnx import NnxLook, nnx_look, nnx_looks, nnx_use
from grader.model.observation import Raised, Span, TransformRun
from grader.model.source import Source


def passes_otherwise(evidence: Evidence) -> bool:
    """Whether any case shows a list of objects, or arguments in another order."""
    return any(
        _in_a_list(each.actual.run) or _called_array(evidence.source, each.actual.run) is not None
        for each in nnx_looks(evidence)
    )


def called_otherwise(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain an exception by what the function was passed."""
    use = nnx_use(evidence.exercise)
    if use is None or look.raised is None:
        return None
    run = nnx_look(look, use).actual.run
    if run is None or not run.raised:
        return None
    name = _called_array(evidence.source, run)
    if name is not None:
        return Meaning(
            message=f"{run.target} gets its arguments in another order than that of its parameters",
            label="in another order",
            why=f"It calls {name} like a function, but what it gets for {name} is an array.",
            help="pass the arguments in the order of the parameters; in_axes has an entry for "
            "each, in the same order",
            span=_call(evidence.source, run, look.raised),
        )
    looks = [each for each in nnx_looks(evidence) if _in_a_list(each.actual.run)]
    return _listed(looks[0], run) if looks else None


def _listed(each: NnxLook, run: TransformRun) -> Meaning:
    return Meaning(
        message=f"{run.target} gets a list of objects, and {run.transform} goes over arrays",
        label="not an object of NNX",
        why="It takes arrays apart along an axis. A list of objects has no axis that counts them.",
        help="make one object of all: in a function that nnx.vmap maps over split streams; then "
        f"{'map' if each.maps else 'scan'} that object",
    )


def _in_a_list(run: TransformRun | None) -> bool:
    """Whether one argument of a run holds several objects."""
    places = [state.argument for state in run.states if state.argument >= 0] if run else []
    return len(places) > len(set(places))


def _called_array(source: Source, run: TransformRun | None) -> str | None:
    """Return the parameter that the function calls, where the run got an array for it."""
    if run is None:
        return None
    objects = {state.argument for state in run.states if state.argument >= 0}
    called = _called(source, run.target)
    arrays = [name for place, name in called if place not in objects and _is_array(run, place)]
    return arrays[0] if objects and len(called) == len(arrays) == 1 else None


def _is_array(run: TransformRun, place: int) -> bool:
    return place < len(run.parts) and run.parts[place] == 1


@lru_cache(maxsize=64)
def _called(source: Source, name: str) -> tuple[tuple[int, str], ...]:
    """Return place and name of each parameter that the only function of this name calls.

    It is the same in all cases of a program.
    """
    found = [
        each for each in source.nodes if isinstance(each, ast.FunctionDef) and each.name == name
    ]
    if len(found) != 1:
        return ()
    calls = [each.func for each in ast.walk(found[0]) if isinstance(each, ast.Call)]
    names = {each.id for each in calls if isinstance(each, ast.Name)}
    parameters = (*found[0].args.posonlyargs, *found[0].args.args)
    return tuple((place, each.arg) for place, each in enumerate(parameters) if each.arg in names)


def _call(source: Source, run: TransformRun, raised: Raised) -> Span | None:
    """Return the call of the function that a traceback goes through; None if it has none."""
    for frame in raised.frames:
        call = source.call_at(frame.span)
        if call is not None and isinstance(call.func, ast.Name) and call.func.id == run.target:
            return frame.span
    return None
