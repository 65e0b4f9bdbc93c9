"""A course of small exercises, and how a command ran."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]

DECLARATION = """
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed

EXERCISE = Exercise(
    slug="{slug}",
    title="{title}",
    topic="sums",
    level={level},
    function="{function}",
    parameters=(Seed(name="seed"), Array(name="x", shape=("n",))),
    dimensions=(Dimension(name="n", noun="the numbers", largest=3),),
    output=("n",),
    module="nn.Dense",
    checks=(CheckSpec(check=Check.RUNS, title="it runs"),),
    takeaway="Sums add up.",
)
"""
README = "# {title}\n\nAdd `x` to itself.\n\n| a | b |\n|---|---|\n| `1` | two |\n"
HINTS = "## Hint 1\n\nThink.\n\n## Hint 2\n\n```python\n## no heading\nx + x\n```\n"
STARTER = "def {function}(seed, x):\n    raise NotImplementedError\n"
SOLUTION = "def {function}(seed, x):\n    # Twice.\n    return x + x\n"


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Grade = Callable[..., Ran]


def add_exercise(root: Path, slug: str, title: str, function: str, level: int = 1) -> Path:
    folder = root / "exercises" / slug.replace("-", "_")
    folder.mkdir(parents=True)
    (root / "solutions").mkdir(exist_ok=True)
    words = {"slug": slug, "title": title, "function": function, "level": level}
    for name, text in (
        ("exercise.py", DECLARATION),
        ("README.md", README),
        ("hints.md", HINTS),
        ("starter.py", STARTER),
    ):
        (folder / name).write_text(text.format(**words), encoding="utf-8")
    solution = root / "solutions" / f"{folder.name}.py"
    solution.write_text(SOLUTION.format(**words), encoding="utf-8")
    return folder


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONIOENCODING"}
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": "error", **changes}
