"""The names that an exercise's `exercise.py` imports."""

from grader.model.exercise import (
    Array,
    Arrays,
    Check,
    CheckSpec,
    Choice,
    Dict,
    Dimension,
    Exercise,
    Flag,
    Integers,
    Key,
    Number,
    Repairs,
    Seed,
    Size,
    Use,
)
from grader.model.seen import Seen

__all__ = [
    "Array",
    "Arrays",
    "Check",
    "CheckSpec",
    "Choice",
    "Dict",
    "Dimension",
    "Exercise",
    "Flag",
    "Integers",
    "Key",
    "Number",
    "Repairs",
    "Seed",
    "Seen",
    "Size",
    "Use",
]
