"""What a declaration imports: the vocabulary of an exercise's `exercise.py`."""

from grader.model.exercise import (
    Array,
    Arrays,
    Check,
    CheckSpec,
    Dimension,
    Exercise,
    Number,
    Seed,
    Size,
)

__all__ = [
    "Array",
    "Arrays",
    "Check",
    "CheckSpec",
    "Dimension",
    "Exercise",
    "Number",
    "Seed",
    "Size",
]
