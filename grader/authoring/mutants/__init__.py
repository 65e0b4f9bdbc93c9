"""Mutants of a program: the same text with one thing changed, for a judge that should see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from grader.authoring.mutants import constants, flow, keys, operands, sizes
from grader.authoring.mutants.program import Mutant, Program
from grader.model.exercise import Exercise
from grader.model.sameness import same_program

__all__ = ["Mutant", "mutants"]

_MAKERS: Final[tuple[Callable[[Program], Iterable[Mutant]], ...]] = (
    constants.changes,
    operands.changes,
    keys.changes,
    sizes.changes,
    flow.changes,
)


def mutants(text: str, exercise: Exercise) -> tuple[Mutant, ...]:
    """Change one thing in `text` in every way that is known here; no two are the same program.

    Raises `SyntaxError` if the text isn't Python.
    """
    programs = [Program(text, part) for part in exercise.parts]
    seen = {same_program(text)}
    made = (each for program in programs for make in _MAKERS for each in make(program))
    found = [each for each in made if _is_new(each.text, seen)]
    return tuple(sorted(found, key=lambda each: each.line))


def _is_new(text: str, seen: set[str]) -> bool:
    try:
        program = same_program(text)
    except (SyntaxError, ValueError):
        return False
    before = len(seen)
    seen.add(program)
    return len(seen) > before
