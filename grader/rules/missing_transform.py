"""missing-transform: the answer was computed without the transform that the task asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.compare import OtherKind, Same
from grader.evidence import Evidence, Look
from grader.evidence.altered import Part
from grader.evidence.nnx import beside, nnx_looks
from grader.evidence.nnx_axes import unmapped
from grader.evidence.recomputed import without_gradient, without_layers
from grader.evidence.uses import (
    Chain,
    asked,
    chains,
    made,
    part,
    passed_on,
    shallow,
    unseen,
    used,
)
from grader.model.exercise import Check, Use
from grader.model.nnx import NnxCall
from grader.model.observation import ModuleRun, Span, TransformRun
from grader.model.transforms import Does, transform
from grader.rules.example import ROWS, ROWS_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING

_BESIDE = {Does.SPLITS, Does.COMPILES, Does.CHOOSES, Does.REARRANGES}
"""Nobody uses these in place of a map, a loop or a gradient."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp)


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Accuse where every record is complete: a compiled function shows in its first call alone.

    How a transform was used is only looked at if all answers are right: else other rules say more.
    """
    if unseen(evidence):
        return
    if _unfinished(evidence):
        yield from _before_it_raised(evidence)
        return
    right = all(isinstance(look.comparison, Same) for look in evidence.looks)
    for use in evidence.exercise.uses:
        wanted, found = asked(evidence, use), used(evidence, use)
        if not wanted or (not found and _is_unmapped(evidence, use)):
            continue
        if not found:
            yield _missing(evidence, use)
        elif shallow(evidence, use):
            yield _shallow(evidence, use, found, wanted)
        elif part(evidence) is Part.NONE:
            yield _idle(evidence, use, found)
        elif right and passed_on(evidence, use):
            yield _passing(evidence, use, found)
        elif right:
            yield from _beside(evidence, use)
            yield from _saves_nothing(evidence, use)


def _is_unmapped(evidence: Evidence, use: Use) -> bool:
    """Whether an object with several layers was called like one of them, which says more."""
    looks = [each for each in nnx_looks(evidence) if each.look in evidence.completed]
    return bool(looks) and all(each.use == use and unmapped(each) is not None for each in looks)


def _unfinished(evidence: Evidence) -> bool:
    """Whether no case got an answer that could have come from anything."""
    return all(isinstance(look.comparison, OtherKind) for look in evidence.completed)


def _before_it_raised(evidence: Evidence) -> Iterator[Sighting]:
    """Speak of another transform for the same purpose, where no text has the task's."""
    for use in evidence.exercise.uses if not evidence.completed else ():
        if not asked(evidence, use) or _is_written(evidence, use):
            continue
        for look in evidence.looks:
            found = next(
                (each for each in look.actual.record.transforms if _is_alike(each, use)), None
            )
            if found is not None:
                yield _in_place(evidence, use, look, found.transform, found.span)
                break


def _is_alike(run: TransformRun, use: Use) -> bool:
    return transform(run.transform).does is transform(use.title).does


def _is_written(evidence: Evidence, use: Use) -> bool:
    """Whether the text may name the transform, which may not have come to run."""
    rows = [transform(each) for each in use.any_of]
    full = {f"{row.holder}.{row.name}" for row in rows}
    names = {row.name for row in rows}
    return any(
        part.names.dotted(node) in full or (isinstance(node, ast.Constant) and node.value in names)
        for part in evidence.source.readings
        for node in part.nodes
    ) or any("*" in part.names.imports for part in evidence.source.readings)


def _missing(evidence: Evidence, use: Use) -> Sighting:
    look = evidence.completed[0]
    other = _other(evidence, use)
    lifted = next(iter(look.actual.record.lifted), None)
    unused = next((each for each in made(look.actual, use)), None)
    inside = _inside(evidence, use)
    if inside is not None:
        return _built_on(evidence, use, look, inside)
    loop = _loop(evidence)
    if other is not None:
        return _in_place(evidence, use, look, other.transform, other.span)
    if lifted is not None:
        return _in_place(evidence, use, look, f"nn.{lifted.transform}", lifted.span)
    label = f"what this returns is never called: {use.title} only makes a function"
    span = unused.span if unused is not None else loop
    if unused is None:
        label = "this loop runs in Python" if loop is not None else f"no {use.title} runs here"
    return Sighting(
        message=f"{use.title} doesn't take part in the answer",
        label=label,
        why=transform(use.title).does.purpose,
        help="call what it returns, and return the result"
        if unused is not None
        else f"compute the answer with {use.title}({use.of}, …)",
        span=span or evidence.landmarks.head,
        case=look.case,
        evidence={"expected": use.title, "actual": None},
    )


def _inside(evidence: Evidence, use: Use) -> ModuleRun | NnxCall | None:
    """Return the run of one of Flax's modules that uses the transform itself."""
    row = transform(use.title)
    for look in evidence.completed:
        ran: tuple[ModuleRun | NnxCall, ...] = look.actual.record.modules
        for run in (*ran, *look.actual.record.nnx.calls):
            if run.class_name in row.inside and run.defined_in.startswith(f"{row.holder}."):
                return run
    return None


def _built_on(evidence: Evidence, use: Use, look: Look, run: ModuleRun | NnxCall) -> Sighting:
    row = transform(use.title)
    name = f"{use.title.removesuffix(row.name)}{run.class_name}"
    return Sighting(
        message=f"{name} is used, but the task asks for {use.title} itself",
        label=f"{name} calls {use.title} for you",
        why=f"{name} is built on {use.title}, and hides what this task practises.",
        help=f"use {use.title}({use.of}, …) itself"
        if row.of_nnx
        else f"lift {use.of} with {use.title}, and run that",
        span=run.span or evidence.landmarks.head,
        case=look.case,
        evidence={"expected": use.title, "actual": name},
    )


def _in_place(evidence: Evidence, use: Use, look: Look, other: str, span: Span | None) -> Sighting:
    return Sighting(
        message=f"{other} is used, but the task asks for {use.title}",
        label=f"this is {other}",
        why=_difference(use, other),
        help=f"use {use.title}({use.of}, …) in its place",
        span=span or evidence.landmarks.head,
        case=look.case,
        evidence={"expected": use.title, "actual": other},
    )


def _difference(use: Use, other: str) -> str:
    wanted, found = transform(use.title).does, transform(other).does
    if wanted is found:
        return f"Both transforms have the same purpose, but the task practises {use.title}."
    return wanted.purpose


def _shallow(evidence: Evidence, use: Use, found: Chain, wanted: Chain) -> Sighting:
    look = max(evidence.completed, key=lambda look: _calls(look, use))
    calls = _calls(look, use)
    count = {1: "once", 2: "twice"}
    ours = count.get(len(found), f"{len(found)} times")
    theirs = count.get(len(wanted), f"{len(wanted)} times")
    return Sighting(
        message=f"{use.title} is used {ours}, but the task asks for it {theirs}, nested",
        label=f"runs {calls} times in this case" if calls > 1 else "the only one",
        why=transform(use.title).does.purpose,
        help=f"apply {use.title} to what {use.title} returns, once for each axis that is mapped",
        span=found[0].span or evidence.landmarks.head,
        case=look.case,
        evidence={"expected": len(wanted), "actual": len(found), "transform": use.title},
    )


def _calls(look: Look, use: Use) -> int:
    return len(tuple(chains(look.actual, use)))


def _idle(evidence: Evidence, use: Use, found: Chain) -> Sighting:
    exchange = evidence.transcript.altered
    return Sighting(
        message=f"{use.title} runs, but doesn't take part in the answer",
        label="the answer doesn't depend on what this gives",
        details=("Its result was replaced by other numbers, and the same answer came back.",),
        why=transform(use.title).does.purpose,
        help=f"make the answer from what {use.title} gives, and from nothing else",
        span=_giving(evidence, use, found).span or evidence.landmarks.head,
        case=exchange.case if exchange is not None else None,
        evidence={"expected": use.title, "actual": None},
    )


def _giving(evidence: Evidence, use: Use, found: Chain) -> TransformRun:
    """Return the first run that gives numbers: one that makes NNX's objects wasn't changed."""
    every = (chain[0] for look in evidence.completed for chain in chains(look.actual, use))
    return (
        found[0] if found[0].outputs else next((each for each in every if each.outputs), found[0])
    )


def _passing(evidence: Evidence, use: Use, found: Chain) -> Sighting:
    return Sighting(
        message=f"{use.title} only passes on what was computed without it",
        label="returns the numbers that it got",
        why=transform(use.title).does.purpose,
        help=f"let {use.title} run {use.of}, and return what it computes",
        span=found[0].span or evidence.landmarks.head,
        case=evidence.completed[0].case,
        evidence={"expected": use.title, "actual": None},
    )


def _beside(evidence: Evidence, use: Use) -> Iterator[Sighting]:
    """Speak of a map of NNX that makes the layers, but doesn't run them in any case."""
    looks = [each for each in nnx_looks(evidence) if each.use == use and each.actual.every_call]
    calls = [beside(each) for each in looks]
    if not calls or calls[0] is None or None in calls:
        return
    yield Sighting(
        message=f"{use.title} makes the layers, but doesn't run them",
        label=f"runs outside of {use.title}",
        why=transform(use.title).does.purpose,
        help=f"call the layer in a function, and map that with {use.title}",
        span=calls[0].span or evidence.landmarks.head,
        case=looks[0].look.case,
        evidence={"expected": use.title, "actual": None},
    )


def _saves_nothing(evidence: Evidence, use: Use) -> Iterator[Sighting]:
    """Speak of `remat` that no gradient goes through, or that has none of the layers in it."""
    plain, empty = without_gradient(evidence, use), without_layers(evidence, use)
    told = plain or empty
    if told is None:
        return
    yield Sighting(
        message=f"{use.title} runs outside of the gradient, where it changes nothing"
        if plain is not None
        else f"{use.title} runs, but none of the layers runs in it",
        label="no gradient goes through this" if plain is not None else "no layer runs in this",
        why=transform(use.title).does.purpose,
        help=f"run {use.title}({use.of}, …) in the function that is differentiated"
        if plain is not None
        else f"let {use.title} run {use.of}",
        span=told.span or evidence.landmarks.head,
        case=evidence.completed[0].case,
        evidence={"expected": use.title, "actual": None},
    )


def _other(evidence: Evidence, use: Use) -> TransformRun | None:
    """Return the first run of a transform that the reference doesn't use, or not for the answer.

    Of several, it is one with the same purpose as the task's.
    """
    theirs = {each.transform for look in evidence.looks for each in look.expected.record.transforms}
    for look in evidence.completed:
        others = [
            each
            for each in look.actual.record.transforms
            if each.ran
            and transform(each.transform).does not in _BESIDE
            and each.transform not in use.any_of
            and (each.transform not in theirs or look.actual.answer_digest in each.given_back)
        ]
        purpose = transform(use.title).does
        alike = (each for each in others if transform(each.transform).does is purpose)
        if others:
            return next(alike, others[0])
    return None


def _loop(evidence: Evidence) -> Span | None:
    """Return the first loop of the function's own text."""
    loops = [node for node in evidence.landmarks.own if isinstance(node, _LOOPS)]
    first = min(loops, key=lambda node: (node.lineno, node.col_offset), default=None)
    if first is None:
        return None
    source = evidence.source
    return source.head(first) if isinstance(first, ast.stmt) else source.span(first)


RULE = Rule(
    id="missing-transform",
    check=Check.TRANSFORM,
    title="the transform that the task asks for isn't used",
    explanation="""\
The task names a transform, such as `jax.vmap` or `jax.lax.scan`. It has to run, as often in itself
as in the solution, and the answer has to come from it.

The same numbers can be computed in other ways: with a loop in Python, with another transform, or
with operations that take whole arrays. That is fine in a program of your own, but it doesn't
practise what this task is about.
""",
    wrong=ROWS.replace("jax.vmap(total)(x)", "jnp.stack([total(row) for row in x])"),
    right=ROWS,
    uses=ROWS_USES,
    link="https://docs.jax.dev/en/latest/key-concepts.html#transformations",
    find=_find,
    alters=NOTHING,
    hides=frozenset({"forbidden-transform"}),
)
