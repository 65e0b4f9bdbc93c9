"""What a program's text decides by the sizes of its arguments."""

from __future__ import annotations

from grader.evidence.sizes.conditions import Condition, conditions
from grader.evidence.sizes.returns import reached

__all__ = ["Condition", "conditions", "reached"]
