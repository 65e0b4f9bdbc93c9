"""What an author's `checks.py` gets to see of each case.

A function that jax has compiled runs no Python, so its later calls leave less in the record. What
an earlier call in the same process showed still holds then, and no check may take it for missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from typing import Final, TypeVar

import msgspec

from grader.evidence.trail import Trail
from grader.model.case import BoolValue, Case, TextValue
from grader.model.nnx import NnxRecord
from grader.model.observation import Observation, Record, Setting, Span
from grader.model.recorded import Shape
from grader.model.seen import MadeKey, RunLayer, Seen, UsedTransform
from grader.model.source import Source
from grader.model.transcript import Exchange

_Part = TypeVar("_Part", bound=Sized)
_EARLIEST: Final = 3
"""Calls in which a function that jax compiles for all sizes at once can have run its Python."""


def seen_in(exchange: Exchange, before: Sequence[Exchange]) -> Seen:
    """Return what was seen in a case, completed by what came `before` it in the same process."""
    own = seen(exchange.actual)
    same = [each for each in before if each.process == exchange.process]
    same = [each for each in same if _path_of(each.case) == _path_of(exchange.case)]
    first = next((each for each in same if each.case.sizes == exchange.case.sizes), None)
    alike = seen(first.actual) if first is not None else own
    others = [seen(each.actual) for each in same[:_EARLIEST]]
    return Seen(
        parameters=_longer(own.parameters, alike.parameters),
        transforms=_most(own.transforms, alike.transforms, [each.transforms for each in others]),
        keys=_most(own.keys, alike.keys, [each.keys for each in others]),
        layers=_most(own.layers, alike.layers, [each.layers for each in others]),
        streams=_most(own.streams, alike.streams, [each.streams for each in others]),
    )


def in_files(found: Seen, source: Source) -> Seen:
    """Return what was seen with lines as people count them: in each file, not through all."""
    if len(source.files) == 1:
        return found

    def own(line: int | None) -> int | None:
        at = line and Span(line=line, column=1, end_line=line, end_column=1)
        return source.place(at).span.line if at else None

    return msgspec.structs.replace(
        found,
        transforms=tuple(msgspec.structs.replace(e, line=own(e.line)) for e in found.transforms),
        keys=tuple(msgspec.structs.replace(e, line=own(e.line)) for e in found.keys),
        layers=tuple(msgspec.structs.replace(e, line=own(e.line)) for e in found.layers),
    )


def _path_of(case: Case) -> list[BoolValue | TextValue]:
    """Return the arguments that a program may branch on."""
    values = (each.value for each in case.arguments)
    return [each for each in values if isinstance(each, BoolValue | TextValue)]


def _longer(own: _Part, other: _Part) -> _Part:
    return other if len(other) > len(own) else own


def _most(own: _Part, alike: _Part, others: Sequence[_Part]) -> _Part:
    found = _longer(own, alike)
    return found if len(found) else next((each for each in others if len(each)), found)


def seen(observation: Observation) -> Seen:
    """Return what the record of one call shows."""
    record = observation.record
    return Seen(
        parameters={**_variables(observation), **_nnx_variables(record.nnx)},
        transforms=tuple(_transforms(record)),
        keys=tuple(MadeKey(name=each.operation, line=_line(each.span)) for each in record.keys),
        layers=(*_layers(record), *_nnx_layers(record.nnx)),
        streams=tuple(dict.fromkeys(_streams(record))),
    )


def _line(span: Span | None) -> int | None:
    return span.line if span is not None else None


def _variables(observation: Observation) -> dict[str, Shape]:
    found = Trail(observation).variables
    return {"/".join((each.collection, *each.path)): each.type.shape for each in found}


def _nnx_variables(record: NnxRecord) -> dict[str, Shape]:
    """Return the arrays of the modules that were made; those of one class are numbered."""
    found: dict[str, Shape] = {}
    counts: dict[str, int] = {}
    for layer in record.layers:
        number = counts[layer.class_name] = counts.get(layer.class_name, -1) + 1
        name = f"{layer.class_name}_{number}"
        found |= {"/".join((name, *each.path)): each.type.shape for each in layer.variables}
    return found


def _transforms(record: Record) -> Iterator[UsedTransform]:
    ran = {run.lifted for run in record.modules}
    for call in record.lifted:
        if call.id in ran:
            yield UsedTransform(name=f"nn.{call.transform}", of=call.target, line=_line(call.span))
    runs = {each.call: each for each in reversed(record.transforms) if each.ran}
    for run in sorted(runs.values(), key=lambda each: each.number):
        yield UsedTransform(name=run.transform, of=run.target, line=_line(run.span))


def _layers(record: Record) -> Iterator[RunLayer]:
    runs = {each.path: each for each in reversed(record.modules)}
    for run in sorted(runs.values(), key=lambda each: len(each.path)):
        yield RunLayer(name=run.class_name, settings=_settings(run.settings), line=_line(run.span))


def _nnx_layers(record: NnxRecord) -> Iterator[RunLayer]:
    for layer in record.layers:
        yield RunLayer(
            name=layer.class_name, settings=_settings(layer.settings), line=_line(layer.span)
        )


def _settings(settings: Sequence[Setting]) -> dict[str, str]:
    return {each.name: each.text for each in settings}


def _streams(record: Record) -> Iterator[str]:
    for root in record.roots:
        yield from (key.stream for key in root.keys)
    yield from (each.stream for each in record.nnx.draws)
