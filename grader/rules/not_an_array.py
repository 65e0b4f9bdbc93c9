"""not-an-array: the function returned something that isn't an array."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.compare import OtherKind
from grader.evidence import Evidence, Look
from grader.evidence.edits import (
    answer_edits,
    called_too,
    expression_at,
    missing_return,
    not_async,
)
from grader.evidence.held import held, held_edits
from grader.evidence.loop_results import loop_result
from grader.evidence.notation import output_name
from grader.model.case import ArrayValue
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.observation import MappingResult, OpaqueResult, Result, SequenceResult, Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting

_APPLIED: Final = "return the array that apply gives"
_HELP: Final = "return the array that the task asks for"
_NUMBERS: Final = frozenset({"bool", "complex", "float", "int"})
_ITERATORS: Final = frozenset({"enumerate", "filter", "map", "reversed", "zip"})
_NONE: Final = "NoneType"
_CALLED_LATER: Final = {
    "coroutine": "remove async: the function is called, and nobody awaits it",
    "async_generator": "remove async and yield, and return the array",
    "generator": "yield turns the function into a generator: join the parts and return them",
}
"""What generators and coroutines return instead of their result, and what to do about it."""


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.compared(OtherKind)[:1]:
        comparison = look.comparison
        result = look.result
        if isinstance(comparison, OtherKind) and result is not None:
            what = f"{comparison.actual}, not {_wanted(comparison)}"
            of_loop = None if held(evidence) is not None else loop_result(evidence)
            yield Sighting(
                message=f"{output_name(comparison.place)} is {what}"
                if comparison.place
                else evidence.exercise.told(f"the function returns {what}"),
                label=f"this is {comparison.actual}",
                why=of_loop.why if of_loop is not None else "",
                help=_no_return(evidence, look, result)
                or (of_loop.help if of_loop is not None else "")
                or _returned_none(evidence, look, result)
                or _returned_held(evidence, result)
                or _help(result, comparison, applies=bool(look.expected.record.roots)),
                span=_place(evidence, look, result, comparison.place),
                edits=_edits(evidence, look, result),
                case=look.case,
                evidence={"expected": comparison.expected, "actual": comparison.actual},
            )


def _no_return(evidence: Evidence, look: Look, result: Result) -> str:
    """Say what to write if the function has no return at all; empty if it has one."""
    is_none = isinstance(result, OpaqueResult) and result.type_name == _NONE
    marks = evidence.landmarks
    if not is_none or marks.results or not marks.ends_without_return:
        return ""
    if missing_return(evidence, look):
        return "return the answer at the end: without a return the function gives None"
    return "compute the answer, and return it at the end: a function without a return gives None"


def _returned_none(evidence: Evidence, look: Look, result: Result) -> str:
    """Say what to look for if the value of a call or a name is None; empty if it isn't."""
    is_none = isinstance(result, OpaqueResult) and result.type_name == _NONE
    span = evidence.returned(look, "") if is_none else None
    node = expression_at(evidence.source, span)
    if not isinstance(node, ast.Call | ast.Subscript | ast.Name | ast.Attribute):
        return ""
    if evidence.landmarks.ends_without_return:
        return ""
    return "find where this None comes from, and return the array that the task asks for"


def _returned_held(evidence: Evidence, result: Result) -> str:
    """Say which item of the answer is the right one; empty if none is, several are, or all."""
    only = isinstance(result, SequenceResult) and len(result.items) == 1
    found = None if only else held(evidence)
    return f"return {found.told()} alone, which is right" if found is not None else ""


def _wanted(comparison: OtherKind) -> str:
    """Say what is expected: of objects, or of what was deleted, there are arrays as well."""
    both = comparison.actual.startswith("an array") and comparison.expected == "an array"
    return "an array of numbers" if both else comparison.expected


def _edits(evidence: Evidence, look: Look, result: Result) -> tuple[Edit, ...]:
    """Return the array, by the smallest change."""
    kind = result.type_name if isinstance(result, OpaqueResult) else ""
    if kind == "coroutine":
        return not_async(evidence)
    if "method" in kind or "function" in kind:
        return called_too(evidence, look)
    if evidence.landmarks.ends_without_return:
        return missing_return(evidence, look)
    found = held(evidence)
    alone = held_edits(evidence, look, found) if found is not None else ()
    return answer_edits(evidence, look) or alone


def _place(evidence: Evidence, look: Look, result: Result, place: str) -> Span | None:
    """Return what is returned, or the whole function if no return needs to have given this."""
    if isinstance(result, OpaqueResult):
        later = result.type_name in _CALLED_LATER
        if later or (
            result.type_name == _NONE and not place and evidence.landmarks.ends_without_return
        ):
            return evidence.landmarks.head
    return evidence.returned(look, place) or evidence.landmarks.head


def _help(result: Result, comparison: OtherKind, *, applies: bool) -> str:
    """Return the next step; `applies` says that Linen's apply gives the reference's answer."""
    if comparison.place:
        return f"return {comparison.expected} there, as the task says"
    plain = comparison.expected == "an array"
    if isinstance(result, OpaqueResult) and (plain or not _is_iterator(result)):
        return _help_by_type(result.type_name, applies=applies)
    if comparison.expected.startswith("a dict"):
        return f"return {comparison.expected}: these keys, and no others"
    if not plain:
        return f"return {comparison.expected}: what the task lists, in the same order"
    return _help_by_container(result, applies=applies)


def _is_iterator(result: OpaqueResult) -> bool:
    """Whether it gives its items one by one, and only once."""
    return result.type_name in _ITERATORS


def _help_by_container(result: Result, *, applies: bool) -> str:
    match result:
        case SequenceResult(type_name="list") if _holds_arrays(result):
            return "combine the arrays of the list into the array that the task names"
        case SequenceResult(type_name="list"):
            return "return the array itself, not a list of its numbers"
        case SequenceResult(items=items):
            comma = "; a trailing comma makes a tuple, too" if len(items) == 1 else ""
            return f"return only the output{comma}"
        case MappingResult() if applies:
            return "return what apply returns; the variables are not the answer"
        case MappingResult():
            return "return the array itself, not a dict with it"
        case _:
            return _APPLIED if applies else _HELP


def _holds_arrays(result: SequenceResult) -> bool:
    return any(isinstance(each, ArrayValue) and each.shape for each in result.items)


def _help_by_type(name: str, *, applies: bool) -> str:
    if name == _NONE:
        return (
            "return the result on every path through the function: without a return it gives None"
        )
    if "method" in name or "function" in name:
        return "call it: the parentheses are missing"
    if name in _NUMBERS:
        return f"return the array itself: leave out what makes it a number, such as {name}(…)"
    return _CALLED_LATER.get(name, _APPLIED if applies else _HELP)


RULE = Rule(
    id="not-an-array",
    check=Check.SHAPE,
    title="the function doesn't return an array",
    explanation="""\
The task asks for a JAX or NumPy array. Your function returned something else: `None` because the
`return` is missing, a tuple of the output and the parameters, the dict of variables, a list of
Python floats, a method that wasn't called.

In training, the loss is computed from what the model returns. If that is a tuple or a list, it
either raises at once or, worse, is turned into an array of another shape.
""",
    wrong=RIGHT.replace(".reshape(-1)", ".reshape(-1), variables"),
    right=RIGHT,
    link="https://docs.python.org/3/reference/simple_stmts.html#the-return-statement",
    find=_find,
    hides=frozenset({"not-flattened", "wrong-dtype"}),
)
