"""The files that take longest: they are begun first, so that all processes end together."""

from __future__ import annotations

from typing import Final

import pytest

SLOW: Final = (
    "tests/test_repairs.py",
    "tests/test_labelled.py",
    "tests/hostile/test_hostile.py",
    "tests/test_modes.py",
    "tests/authoring/test_guide.py",
    "tests/rules/test_keys.py",
    "tests/judge/test_recorded_properties.py",
    "tests/test_prewarmed.py",
    "tests/cli/test_watch.py",
    "tests/render/test_real_reports.py",
    "tests/process/test_side.py",
    "tests/authoring/test_verify.py",
    "tests/worker/test_labelled.py",
    "tests/recordings/test_replay.py",
    "tests/rules/test_examples.py",
    "tests/authoring/test_mutants.py",
    "tests/rules/test_next_steps.py",
    "tests/rules/test_edits.py",
    "tests/cli/test_fixing.py",
    "tests/search/test_cases.py",
    "tests/fuzz/test_fuzz.py",
    "tests/cli/test_interrupted.py",
)
"""Slowest first. A file that is missing here costs only time."""

_PLACES: Final = {name: place for place, name in enumerate(SLOW)}


def slow_first(items: list[pytest.Item]) -> None:
    """Sort tests by their files; within a file, and among those that are quick, none moves."""
    items.sort(key=lambda each: _PLACES.get(each.nodeid.partition("::")[0], len(SLOW)))
