"""What a program's text decides by the sizes of its arguments."""

from __future__ import annotations

from grader.evidence.sizes.conditions import Condition, conditions

__all__ = ["Condition", "conditions"]
