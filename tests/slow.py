"""The files that take longest: they are begun first, so that all processes end together."""

from __future__ import annotations

from typing import Final

import pytest

SLOW: Final = (
    "tests/test_repairs.py",
    "tests/test_labelled.py",
    "tests/rules/test_edits.py",
    "tests/judge/test_recorded_properties.py",
    "tests/hostile/test_hostile.py",
    "tests/test_modes.py",
    "tests/authoring/test_guide.py",
    "tests/rules/test_keys.py",
    "tests/rules/test_examples.py",
    "tests/cli/test_watch.py",
    "tests/process/test_side.py",
    "tests/sandbox/test_installs.py",
    "tests/recordings/test_replay.py",
    "tests/authoring/test_verify.py",
    "tests/hostile/test_command.py",
    "tests/fuzz/test_fuzz.py",
    "tests/search/test_coverage.py",
    "tests/cli/test_fixing.py",
    "tests/judge/test_properties.py",
    "tests/test_borders.py",
    "tests/cli/test_app.py",
    "tests/cli/test_cli_terminal.py",
    "tests/render/test_json.py",
    "tests/test_prewarmed.py",
    "tests/render/test_real_reports.py",
    "tests/authoring/test_mutants.py",
    "tests/worker/test_labelled.py",
    "tests/rules/test_next_steps.py",
    "tests/sandbox/test_confine.py",
    "tests/cli/test_jobs.py",
    "tests/judge/test_known.py",
    "tests/test_machine.py",
    "tests/search/test_cases.py",
    "tests/cli/test_interrupted.py",
)
"""Slowest first. A file that is missing here costs only time."""

_PLACES: Final = {name: place for place, name in enumerate(SLOW)}


def slow_first(items: list[pytest.Item]) -> None:
    """Sort tests by their files; within a file, and among those that are quick, none moves."""
    items.sort(key=lambda each: _PLACES.get(each.nodeid.partition("::")[0], len(SLOW)))
