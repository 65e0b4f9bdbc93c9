"""Which recordings and which unit tests run which line of the judge: a mutant shows in no other."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final, NamedTuple

import coverage
import pytest

from grader.labels import Labelled
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.transcript import Transcript
from tests import observe, recordings
from tests.recordings.findings import described, judge_again

UNIT_TESTS: Final = (
    "tests/rules",
    "tests/judge",
    "--ignore=tests/judge/test_known.py",
    "--ignore=tests/judge/test_properties.py",
    "--ignore=tests/judge/test_recorded_properties.py",
)
"""The quick tests of the judge: those of what Hypothesis draws take minutes, others grade live."""
OPTIONS: Final = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", "ignore:Module already")


class Replayed(NamedTuple):
    """A recording, what is said of it without any mutation, and which lines that runs."""

    each: Labelled
    transcript: Transcript
    said: str
    lines: Mapping[Path, frozenset[int]]

    def runs(self, path: Path, lines: range) -> bool:
        """Whether judging it runs one of these lines."""
        return not self.lines[path].isdisjoint(lines)


class UnitTests(NamedTuple):
    """The ids of the unit tests that run each line."""

    ids: Mapping[Path, Mapping[int, Sequence[str]]]

    def running(self, path: Path, lines: range) -> frozenset[str]:
        """Return the ids of those that run one of these lines."""
        return frozenset(name for line in lines for name in self.ids[path].get(line, ()) if name)

    def all(self) -> frozenset[str]:
        """Return the ids of those that run any of these files."""
        every = (names for lines in self.ids.values() for names in lines.values())
        return frozenset(name for names in every for name in names if name)


def replayed(each: Labelled, recording: Path, files: Sequence[Path]) -> Replayed:
    """Judge a recording and see which lines of `files` that runs."""
    transcript = recordings.replayed(each, recording)
    measured = _measured(files)
    with measured.collect():
        said = described(judge_again(transcript))
    data = measured.get_data()
    lines = {path: frozenset(data.lines(str(path)) or ()) for path in files}
    return Replayed(each, transcript, said, lines)


def unit_tests(files: Sequence[Path]) -> UnitTests:
    """Run the unit tests without any mutation, and see which lines of `files` each runs.

    What their programs were observed to do is kept: a mutant of the judge can't alter it.
    """
    _remember_observations()
    measured = _measured(files)
    with measured.collect(), silence():
        ended = pytest.main([*UNIT_TESTS, *OPTIONS], plugins=[_Contexts(measured)])
    if ended != pytest.ExitCode.OK:
        raise SystemExit("the tests of the judge fail without any mutation: run `make test`")
    data = measured.get_data()
    return UnitTests({path: data.contexts_by_lineno(str(path)) for path in files})


def _measured(files: Sequence[Path]) -> coverage.Coverage:
    measured = coverage.Coverage(
        data_file=None, config_file=False, include=[str(path) for path in files]
    )
    measured.set_option("run:disable_warnings", ["no-data-collected"])
    return measured


def _remember_observations() -> None:
    """Observe each program once: what it does is no mutant's affair."""
    seen: dict[str, Any] = {}
    real = observe.observe

    def remembered(text: str, exercise: Exercise, cases: Iterable[Case], *more: str, **on: bool):
        shown = tuple(cases)
        key = repr((text, exercise, shown, more, on))
        if key not in seen:
            seen[key] = real(text, exercise, shown, *more, **on)
        return seen[key]

    observe.observe = remembered


class _Contexts:
    """Tells coverage which test is running."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._measured.switch_context(item.nodeid)
        return (yield)


@contextmanager
def silence() -> Iterator[None]:
    """Drop what is printed."""
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        yield
