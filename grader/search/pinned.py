"""Hypothesis, pinned: the same seed draws the same examples on every machine.

By default Hypothesis also uses constants from the modules of the program under test, a database of
earlier failures, and a different profile in CI. None of these may influence which cases a learner's
file is graded on.
"""

from __future__ import annotations

from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, strategies
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

Example = TypeVar("Example")

_NO_CONSTANTS = Constants()
BACKEND = "grader"


class PinnedProvider(providers.HypothesisProvider):
    """Hypothesis's own source of randomness, without the constants of loaded modules.

    Which of our modules count as local depends on whether the grader runs from a checkout:
    https://github.com/HypothesisWorks/hypothesis, `_get_local_constants` in providers.py.
    """

    @property
    def _local_constants(self) -> Constants:
        return _NO_CONSTANTS


providers.AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.PinnedProvider"


_SETTINGS = hypothesis.settings(
    phases=(Phase.generate,),
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=False,
    report_multiple_bugs=False,
    stateful_step_count=50,
    suppress_health_check=list(HealthCheck),
    verbosity=hypothesis.Verbosity.quiet,
    backend=BACKEND,
)
"""All that could depend on the environment."""


def draw(strategy: strategies.SearchStrategy[Example], *, count: int, seed: int) -> list[Example]:
    """Draw `count` different examples, or as many as there are; none for a count below 1."""
    found: list[Example] = []
    if count < 1:
        return found

    @hypothesis.seed(seed)
    @hypothesis.settings(_SETTINGS, max_examples=count)
    @hypothesis.given(strategy)
    def collect(example: Example) -> None:
        if len(found) < count:
            found.append(example)

    collect()
    return found


def draw_one(strategy: strategies.SearchStrategy[Example], *, seed: int) -> Example:
    """Draw one example. Hypothesis begins with the simplest, such as zeros: that is passed over."""
    return draw(strategy, count=2, seed=seed)[-1]
