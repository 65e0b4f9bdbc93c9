"""Rows of shape evidence for variables that differ between both sides."""

from __future__ import annotations

from grader.evidence.look import Look, VariableDifference
from grader.evidence.notation import array_text
from grader.model.finding import ShapeRow
from grader.model.observation import Variable


def shape_row(difference: VariableDifference) -> ShapeRow:
    """Return the types of a variable on both sides, None for a side without it."""
    return ShapeRow(
        name=difference.name,
        expected=_type(difference.expected),
        actual=_type(difference.actual),
    )


def _type(variable: Variable | None) -> str | None:
    return None if variable is None else array_text(variable.type.dtype, variable.type.shape)


def one_sided(look: Look) -> tuple[ShapeRow, ...]:
    """Return the variables that only one side has."""
    return tuple(shape_row(each) for each in look.variables if each.one_sided)


def common(look: Look, collection: str | None = None) -> tuple[ShapeRow, ...]:
    """Return the variables that both sides have, of other types; of one collection, if named."""
    return tuple(
        shape_row(each)
        for each in look.variables
        if not each.one_sided and collection in {None, each.collection}
    )
