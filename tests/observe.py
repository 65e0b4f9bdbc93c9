"""Runs a program in the test's own process and returns what a worker would have sent."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jax

from grader.case import Case
from grader.catalogue import shipped
from grader.exercise import Exercise
from grader.observation import Loaded, LoadOutcome, Observation
from grader.source import Source
from grader.transcript import Exchange, Transcript
from grader.worker.subject import Subject

_SETTINGS = ("jax_enable_x64", "jax_default_prng_impl", "jax_disable_jit", "jax_debug_nans")


def observe(
    text: str, exercise: Exercise, cases: Iterable[Case], name: str = "submission.py"
) -> tuple[LoadOutcome, tuple[Observation, ...]]:
    """Load a program and call it on cases; no observations when it does not load."""
    with _undisturbed(), Subject(exercise, name, text) as subject:
        loaded = subject.load()
        if not isinstance(loaded, Loaded):
            return loaded, ()
        return loaded, tuple(subject.call(case) for case in cases)


def transcript_of(text: str, cases: Iterable[Case], exercise: Exercise) -> Transcript:
    """Observe the solution and a program on the same cases, and put the two side by side."""
    cases = tuple(cases)
    expected = reference_observations(exercise, cases)
    loaded, actual = observe(text, exercise, cases)
    return Transcript(
        exercise=exercise,
        source=Source("submission.py", text),
        loaded=loaded,
        exchanges=tuple(
            Exchange(case=case, expected=theirs, actual=ours)
            for case, theirs, ours in zip(cases, expected, actual, strict=False)
        ),
    )


def solution_text(exercise: Exercise) -> str:
    """Text of an exercise's solution."""
    _, solutions = shipped()
    return (solutions / f"{exercise.folder_name}.py").read_text(encoding="utf-8")


def reference_observations(exercise: Exercise, cases: tuple[Case, ...]) -> tuple[Observation, ...]:
    """Observe the solution; each case once in a test run, since it costs a compilation."""
    missing = [case for case in cases if _key(exercise, case) not in _REFERENCE]
    if missing:
        name = str(Path("solutions", f"{exercise.folder_name}.py"))
        loaded, observed = observe(solution_text(exercise), exercise, missing, name)
        assert isinstance(loaded, Loaded), loaded
        for case, observation in zip(missing, observed, strict=True):
            _REFERENCE[_key(exercise, case)] = observation
    return tuple(_REFERENCE[_key(exercise, case)] for case in cases)


_REFERENCE: dict[tuple[str, str], Observation] = {}


def _key(exercise: Exercise, case: Case) -> tuple[str, str]:
    return exercise.slug, repr(case)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep what a program sets in jax, and the warnings that it causes, out of the test run."""
    before = {name: getattr(jax.config, name) for name in _SETTINGS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for name, value in before.items():
                jax.config.update(name, value)
