"""Small tasks about NNX for tests: a declaration, its reference, and what is said of a program."""

from __future__ import annotations

from typing import Final

import msgspec

from grader.judge import Assessment, assess, judge, static_findings
from grader.model.case import Argument, Case, Container, IntValue
from grader.model.exercise import (
    Array,
    Check,
    CheckSpec,
    Dimension,
    Exercise,
    FlaxClass,
    Library,
    Number,
    Parameter,
    Seed,
    Size,
    Use,
)
from grader.model.finding import Finding
from grader.model.observation import Span
from grader.model.report import Status
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from tests.observe import example_case
from tests.recordings.programs import observe

SEED: Final = Seed(name="seed")
X: Final = Array(name="x", shape=("batch", "inputs"), largest_scale=1.0)
_LENGTHS: Final = {
    3: ((3, 4, 2), (2, 3, 4), (1, 2, 3), (1, 1, 1)),
    4: ((3, 4, 2, 5), (2, 3, 4, 3), (1, 2, 3, 1), (1, 1, 1, 1), (4, 4, 2, 2)),
}
"""By the number of dimensions."""
_CHECKS: Final = (
    *(Check.LOADS, Check.RUNS, Check.SHAPE, Check.VALUES, Check.TRANSFORM),
    *(Check.PARAMS, Check.RNG, Check.PURE),
)


def task(
    function: str,
    *parameters: Parameter,
    uses: tuple[Use, ...] = (),
    fields: tuple[str, ...] | None = None,
    params: bool = True,
    x: Array = X,
    dimensions: tuple[str, ...] = ("batch", "inputs", "features"),
) -> Exercise:
    """Declare a task; with `fields` it's a class that is made with these.

    `params`: whether it has the check of that name.
    """
    return Exercise(
        slug=function.lower().replace("_", "-"),
        title="",
        topic="",
        level=1,
        function=function,
        parameters=(SEED, x, *parameters),
        dimensions=tuple(
            Dimension(name=each, noun=f"the {each}", largest=6, weights=True) for each in dimensions
        ),
        checks=tuple(
            CheckSpec(check=each, title=each.value)
            for each in _CHECKS
            if (uses or each is not Check.TRANSFORM) and (params or each is not Check.PARAMS)
        ),
        takeaway="",
        uses=uses,
        tolerance=64.0,
        flax_class=None if fields is None else FlaxClass(library=Library.NNX, fields=fields),
    )


def using(*titles: str, of: str) -> tuple[Use, ...]:
    return (Use(any_of=titles, of=of),)


FEATURES: Final = Size(name="features")
INPUTS: Final = Size(name="inputs")
Y: Final = Array(name="y", shape=("batch", "features"), largest_scale=1.0)
RATE: Final = Number(name="rate", choices=(0.125, 0.5))


def cases(exercise: Exercise) -> tuple[Case, ...]:
    """Return cases on which every mistake shows: other sizes, other seeds, NumPy, a repeat."""
    first, *others = (
        example_case(exercise, seed=n, lengths=each)
        for n, each in enumerate(_LENGTHS[len(exercise.dimensions)])
    )
    seeded = tuple(
        Argument(name="seed", value=IntValue(value=9)) if each.name == "seed" else each
        for each in first.arguments
    )
    reseeded = msgspec.structs.replace(first, arguments=seeded)
    numpy = msgspec.structs.replace(first, container=Container.NUMPY)
    return (first, *others, reseeded, numpy, first)


def transcript(exercise: Exercise, reference: str, text: str) -> Transcript:
    """Play a program beside the reference, and once more with other numbers in the transforms."""
    played = cases(exercise)
    _, expected = observe(reference, exercise, played)
    loaded, actual = observe(text, exercise, played)
    exchanges = tuple(
        Exchange(case=case, expected=theirs, actual=ours)
        for case, theirs, ours in zip(played, expected, actual, strict=False)
    )
    found = Transcript(
        exercise=exercise, source=Source("mine.py", text), loaded=loaded, exchanges=exchanges
    )
    if not exchanges or judge(found) or not exercise.uses:
        return found
    _, (after,) = observe(text, exercise, played[:1], alters=True)
    altered = Exchange(case=played[0], expected=expected[0], actual=after, process=1)
    return msgspec.structs.replace(found, altered=altered)


def said(exercise: Exercise, reference: str, text: str) -> tuple[Finding, ...]:
    static = static_findings(Source("mine.py", text), exercise)
    return static or judge(transcript(exercise, reference, text))


def assessed(exercise: Exercise, reference: str, text: str) -> Assessment:
    found = transcript(exercise, reference, text)
    return assess(judge(found), found)


def unticked(exercise: Exercise, reference: str, text: str) -> list[str]:
    """Return the checks of a program that aren't passed."""
    found = assessed(exercise, reference, text).checks
    return [each.check.value for each in found if each.status is not Status.PASSED]


def quoted(text: str, span: Span | None) -> str:
    """Return the text at a span; of several lines the first one."""
    if span is None:
        return ""
    line = text.splitlines()[span.line - 1]
    return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None]


def told(exercise: Exercise, reference: str, text: str) -> list[tuple[str, str]]:
    """Return the rule of each finding, and the characters that it points at."""
    return [(each.rule, quoted(text, each.span)) for each in said(exercise, reference, text)]
