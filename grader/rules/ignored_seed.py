"""ignored-seed: two seeds give the same key, so the same weights."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import given_name, key_edits, not_overwritten, seed_edits
from grader.evidence.keys import (
    Fault,
    SeedPair,
    fault,
    making_step,
    seed_pairs,
    task_key,
    task_seed_key,
)
from grader.evidence.look import KeyPair
from grader.evidence.notation import listing
from grader.evidence.provenance import way
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.observation import Span
from grader.rules import nnx_class_keys, nnx_keys
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    of_nnx = tuple(nnx_keys.ignored_seed(evidence))
    yield from of_nnx or nnx_class_keys.ignored_seed(evidence)
    groups: dict[Span | None, list[SeedPair]] = {}
    for pair in seed_pairs(evidence):
        groups.setdefault(_place(evidence, pair), []).append(pair)
        if pair.stream is None:
            break
    for span, pairs in groups.items():
        yield _sighting(evidence, span, pairs)


def _sighting(evidence: Evidence, span: Span | None, pairs: list[SeedPair]) -> Sighting:
    """Describe the key that one place makes: often for two streams."""
    first, second = pairs[0].first, pairs[0].second
    seeds = evidence.seed(first.case), evidence.seed(second.case)
    name, streams = evidence.seed_name, [each.stream for each in pairs if each.stream is not None]
    unused = not streams and _names_the_seed(evidence, span)
    return Sighting(
        message=f"{name} is ignored: {name} {seeds[0]} and {name} {seeds[1]} give {_same(streams)}",
        label="made from the seed, but the answer doesn't depend on it"
        if unused
        else f"the key doesn't depend on {name}",
        details=tuple(_detail(each) for each in pairs),
        why=_why(streams),
        help="apply the model with the variables that init returns for this key"
        if unused
        else _help(evidence, pairs),
        span=span,
        edits=() if unused else _edits(evidence, pairs),
        case=second.case if second.failed else first.case,
        evidence={"seeds": list(seeds)},
        certain=bool(streams),
    )


def _names_the_seed(evidence: Evidence, span: Span | None) -> bool:
    """Whether the key is made from the argument itself, which has no other value anywhere."""
    call, name, entry = evidence.source.call_at(span), evidence.seed_name, evidence.landmarks.entry
    own = given_name(evidence, call, name) if call is not None and name is not None else None
    if call is None or own is None or entry is None:
        return False
    names = [each for each in ast.walk(entry) if isinstance(each, ast.Name) and each.id == own]
    again = [each for each in ast.walk(entry) if isinstance(each, ast.arg) and each.arg == own]
    read = all(isinstance(each.ctx, ast.Load) for each in names) and len(again) == 1
    return read and any(each in call.args for each in names)


def _same(streams: list[str]) -> str:
    if not streams:
        return "the same answer"
    named = listing(f'"{each}"' for each in streams)
    return f"the same {'keys' if len(streams) > 1 else 'key'} for {named}"


def _why(streams: list[str]) -> str:
    if not streams:
        return "Runs with different seeds should differ. Here they are the same run."
    if streams == ["params"]:
        return "Runs with different seeds should start from different weights."
    named = listing(f'"{each}"' for each in streams)
    return f"Runs with different seeds should draw different random numbers from {named}."


def _help(evidence: Evidence, pairs: list[SeedPair]) -> str:
    """Say how the task makes the key; if the derivation is right, only its first key."""
    stream = pairs[0].stream
    if stream is None:
        return f"make the key from {evidence.seed_name}"
    faults = {fault(each) for pair in pairs for each in _keys(pair)}
    alike = faults == {Fault.FIRST} or len(pairs) > 1
    task = (task_seed_key if alike else task_key)(evidence, stream)
    if task is None:
        return f"make the key from {evidence.seed_name}"
    where = " in the function," if _is_loaded(pairs) else ""
    return f"make the key{where} from the argument: {task}"


def _is_loaded(pairs: list[SeedPair]) -> bool:
    """Whether the key is made while the file is loaded, before there is a seed."""
    made = [making_step(each.actual) for pair in pairs for each in _keys(pair)]
    return any(step is not None and step.while_loading for step in made)


def _keys(pair: SeedPair) -> list[KeyPair]:
    """Return what is known about the stream, or all streams, in the second look."""
    return [each for each in pair.second.keys if pair.stream in {None, each.stream}]


def _edits(evidence: Evidence, pairs: list[SeedPair]) -> tuple[Edit, ...]:
    """Make the first key from the seed if the rest is right, otherwise the key of each stream."""
    overwritten = _overwritten(evidence)
    if overwritten:
        return overwritten
    keys = [each for pair in pairs for each in _keys(pair)]
    made = [making_step(each.actual) for each in keys]
    if {fault(each) for each in keys} == {Fault.FIRST} and made[0] is not None:
        found = seed_edits(evidence, made[0].span)
        if found:
            return found
    return key_edits(evidence, keys)


def _overwritten(evidence: Evidence) -> tuple[Edit, ...]:
    """Delete the statements that give the seed another value."""
    entry, name = evidence.landmarks.entry, evidence.seed_name
    own = given_name(evidence, entry, name) if name is not None else None
    return (not_overwritten(evidence, [own]) if own is not None else None) or ()


def _detail(pair: SeedPair) -> str:
    if pair.stream is None:
        return "Both outputs were the same, to the last digit."
    key = _keys(pair)[0].actual
    told = f"the key {key.data}" if key.data else f"the key of {way(key)}"
    return f'Both times "{pair.stream}" was drawn from {told}.'


def _place(evidence: Evidence, pair: SeedPair) -> Span | None:
    """Return where the key was made, or else where it was used."""
    keys = _keys(pair)
    for each in keys or [each for look in evidence.looks for each in look.keys]:
        made = making_step(each.actual)
        if made is not None and made.span is not None:
            return evidence.landmarks.seeded(made.span, "".join(made.operands[:1]))
    constant = evidence.landmarks.constant_key
    if constant is not None:
        return constant
    return keys[0].actual.root.span if keys else evidence.landmarks.head


RULE = Rule(
    id="ignored-seed",
    check=Check.RNG,
    title="the seed has no effect",
    explanation="""\
The key isn't made from the seed argument, but from something else, usually a constant. So every
seed gives the same weights.

With a seed you can repeat a run exactly, and see how much of a result is luck. If the seed is
ignored, five runs with five seeds are one run, reported five times.
""",
    wrong=RIGHT.replace("PRNGKey(seed)", "PRNGKey(0)"),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    alters=NUMBERS,
)
