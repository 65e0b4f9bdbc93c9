"""Lifts a plain module, as the task does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.evidence.deviation import dict_text, wanted_axes, wanted_split
from grader.evidence.edits.text import (
    Edits,
    indentation,
    name_of,
    own_name,
    put,
    replaced,
    segment,
)
from grader.evidence.lifting import axes_text
from grader.evidence.settings import written

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import ModuleRun, Span


_WIDTH: Final = 100
"""How long a line may get."""


def lift_edits(evidence: Evidence, look: Look, top: ModuleRun) -> Edits:
    """Put `nn.vmap` with the task's arguments around the class that a module is made of."""
    call = evidence.source.call_at(top.span)
    if call is None or not is_tasks(evidence, top) or not is_plain(call) or _is_mapped(look):
        return ()
    if not all(map(_takes_the_same, evidence.looks)):
        return ()
    text = lifted_text(evidence, look, call, segment(evidence.source, call.func))
    return replaced(evidence.source, call.func, text) if text is not None else ()


def lifted_text(evidence: Evidence, look: Look, at: ast.Call, made_by: str | None) -> str | None:
    """Write `nn.vmap` with the task's arguments around a class, in the names that hold at a place.

    It takes several lines where one would be too long.
    """
    linen = name_of(evidence.source, "flax.linen")
    lifted = look.expected.lifted(look.expected.answer)
    if linen is None or not lifted or made_by is None:
        return None
    wanted = lifted[0].call
    given = [
        made_by,
        f"in_axes={axes_text(wanted.in_axes)}",
        f"out_axes={axes_text(wanted.out_axes)}",
        f"variable_axes={dict_text(wanted_axes(look.expected, lifted[0]))}",
        f"split_rngs={dict_text(wanted_split(look.expected, lifted[0]))}",
    ]
    if wanted.axis_name is not None:
        given.append(f'axis_name="{wanted.axis_name}"')
    size = size_argument(evidence) if wanted.axis_size is not None else None
    name = own_name(evidence, at, size) if size is not None else None
    if name is not None:
        given.append(f"axis_size={name}")
    return _laid_out(f"{linen}.vmap", given, evidence.source.lines[at.lineno - 1], at)


def _laid_out(function: str, given: list[str], line: str, at: ast.Call) -> str:
    """Write a call in one line, or with a line for each argument."""
    text = f"{function}({', '.join(given)})"
    if len(line) + len(text) <= _WIDTH or at.lineno != at.end_lineno:
        return text
    indent = indentation(line)
    arguments = "".join(f"\n{indent}    {each}," for each in given)
    return f"{function}({arguments}\n{indent})"


def is_tasks(evidence: Evidence, run: ModuleRun) -> bool:
    """Whether the task's own class ran."""
    return evidence.exercise.module in {f"nn.{run.class_name}", run.class_name}


def is_plain(call: ast.Call) -> bool:
    """Whether a module is made of a class by its name, and of plain values."""
    values = [*call.args, *(each.value for each in call.keywords)]
    named = isinstance(call.func, ast.Name | ast.Attribute)
    return named and all(isinstance(each, ast.Name | ast.Constant) for each in values)


def _is_mapped(look: Look) -> bool:
    return bool(look.exchange.actual.record.batch_calls)


def _takes_the_same(look: Look) -> bool:
    """Whether the module got what the task's gets, as far as that was seen: its axes fit that."""
    answer, lifted = look.actual.answer, look.expected.lifted(look.expected.answer)
    ours = look.actual.top(answer) if answer is not None else None
    theirs = lifted[0].run if lifted else None
    if ours is None or theirs is None:
        return True
    return ours.input_shapes == theirs.input_shapes


def settings_text(evidence: Evidence, look: Look, at: ast.Call) -> str | None:
    """Write the arguments that the task makes its module with."""
    layer = look.expected.layer
    texts: list[str] = []
    for each in layer.settings if layer is not None else ():
        if not each.default:
            value = written(evidence, (), each.name, each.text)
            own = own_name(evidence, at, value) if value in evidence.passed_on() else value
            if own is None:
                return None
            texts.append(f"{each.name}={own}")
    return ", ".join(texts)


def made_as_the_task(evidence: Evidence, look: Look, made: Span | None) -> Edits:
    """Make the module at a place with the task's arguments, if it is made with others."""
    source, call = evidence.source, evidence.source.call_at(made)
    text = settings_text(evidence, look, call) if call is not None else None
    if call is None or text is None:
        return ()
    passed = [f"{each.arg}={segment(source, each.value)}" for each in call.keywords]
    if not call.args and sorted(passed) == sorted(text.split(", ")):
        return ()
    return (put(f"({text})", source.span(call.func).end, source.span(call).end),)


def size_argument(evidence: Evidence) -> str | None:
    """Return the argument that determines the size of the reference's mapped axis."""
    calls = [(look, look.expected.lifted(look.expected.answer)) for look in evidence.looks]
    return evidence.argument_for(
        [(look, str(runs[0].call.axis_size)) for look, runs in calls if runs]
    )
