"""Lifts a plain module, as the task does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.evidence.deviation import dict_text, wanted_axes, wanted_split
from grader.evidence.edits.text import Edits, name_of, own_name, replaced, segment
from grader.evidence.lifting import axes_text

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import ModuleRun


def lift_edits(evidence: Evidence, look: Look, top: ModuleRun) -> Edits:
    """Put `nn.vmap` with the task's arguments around Flax's class that a module is made of."""
    source = evidence.source
    call, linen = source.call_at(top.span), name_of(source, "flax.linen")
    lifted = look.expected.lifted(look.expected.answer)
    if call is None or linen is None or not lifted or not _is_plain(call):
        return ()
    if f"nn.{top.class_name}" != evidence.exercise.module or _is_mapped(look):
        return ()
    if not all(map(_takes_the_same, evidence.looks)):
        return ()
    made_by = segment(source, call.func)
    wanted = lifted[0].call
    given = [
        f"{linen}.vmap({made_by}",
        f"in_axes={axes_text(wanted.in_axes)}",
        f"out_axes={axes_text(wanted.out_axes)}",
        f"variable_axes={dict_text(wanted_axes(look.expected, lifted[0]))}",
        f"split_rngs={dict_text(wanted_split(look.expected, lifted[0]))}",
    ]
    if wanted.axis_name is not None:
        given.append(f'axis_name="{wanted.axis_name}"')
    size = size_argument(evidence) if wanted.axis_size is not None else None
    name = own_name(evidence, call, size) if size is not None else None
    if name is not None:
        given.append(f"axis_size={name}")
    return replaced(source, call.func, ", ".join(given) + ")")


def _is_plain(call: ast.Call) -> bool:
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


def size_argument(evidence: Evidence) -> str | None:
    """Return the argument that determines the size of the reference's mapped axis."""
    calls = [(look, look.expected.lifted(look.expected.answer)) for look in evidence.looks]
    return evidence.argument_for(
        [(look, str(runs[0].call.axis_size)) for look, runs in calls if runs]
    )
