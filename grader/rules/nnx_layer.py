"""NNX's layers that are made in another way than the task's: of another class, size or setting."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import argument_edits, field_edits, left_out
from grader.evidence.nnx import NnxLook, indices, layer_looks
from grader.evidence.nnx_axes import mapped_otherwise
from grader.evidence.notation import array_text
from grader.evidence.sized import Sized, one_wrong, taken_instead, unlike
from grader.model.finding import ShapeRow
from grader.model.nnx import NnxLayer
from grader.model.observation import Setting
from grader.model.transforms import Does, transform
from grader.rules.rule import Sighting

_LONGEST = 60


def changed(evidence: Evidence) -> Iterator[Sighting]:
    """Yield each setting that differs where it shows, in the answer or in the weights."""
    seen: set[str] = set()
    for each in layer_looks(evidence):
        other = _other_class(each)
        if other is not None and not seen:
            yield _another(evidence, each, other)
            return
        for layer, theirs, ours in _settings(each):
            if ours.name not in seen:
                seen.add(ours.name)
                yield _setting(evidence, each, layer, theirs, ours)


def _other_class(each: NnxLook) -> str | None:
    """Return the class of the only layer that was called, if it isn't the task's."""
    ours, theirs = set(each.actual.classes), set(each.expected.classes)
    if not each.look.answer_wrong or len(ours) != 1 or len(theirs) != 1 or ours == theirs:
        return None
    return next(iter(ours))


def _another(evidence: Evidence, each: NnxLook, other: str) -> Sighting:
    wanted = each.expected.classes[0]
    made = next(iter(each.actual.layers(other)), None)
    return Sighting(
        message=f"the answer comes from nnx.{other}, but the task's layer is nnx.{wanted}",
        label=f"this is nnx.{other}",
        why="Another layer has other weights, or does something else with them.",
        help=f"make the layer with nnx.{wanted}",
        span=(made.span if made is not None else None) or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": wanted, "actual": other},
    )


def _settings(each: NnxLook) -> Iterator[tuple[NnxLayer, Setting, Setting]]:
    """Yield the settings of the same layers that differ, with the layer that the program made."""
    if not each.pairs or not (each.look.answer_wrong or _other_weights(each)):
        return
    for theirs, ours in each.made:
        given = {setting.name: setting for setting in ours.settings}
        for wanted in theirs.settings:
            found = given.get(wanted.name)
            if found is not None and found.text != wanted.text and not _is_size(wanted, found):
                yield ours, wanted, found


def _is_size(wanted: Setting, found: Setting) -> bool:
    return wanted.text.isdigit() and found.text.isdigit()


def _other_weights(each: NnxLook) -> bool:
    """Whether the layers that were called have other variables."""
    return any(
        {(v.path, v.type.dtype) for v in theirs.variables}
        != {(v.path, v.type.dtype) for v in ours.variables}
        for theirs, ours in each.pairs
    )


def _setting(
    evidence: Evidence, each: NnxLook, layer: NnxLayer, theirs: Setting, ours: Setting
) -> Sighting:
    made = layer.span
    span = evidence.landmarks.keyword(made, ours.name)
    found = _short(ours)
    return Sighting(
        message=f"the layer has another {ours.name} than the task's",
        label=f"{ours.name} is {found}" if found else f"another {ours.name}",
        shapes=tuple(_rows(each)),
        why="A layer whose weights are missing, have another type or are drawn in another way is "
        "a different layer, even if a fresh one gives the same output.",
        help=f"leave {ours.name} out: the task's layer has the default"
        if theirs.default
        else f"set {ours.name} to {_short(theirs) or 'what the task says'}",
        span=span or evidence.landmarks.head,
        edits=left_out(evidence, made, ours.name) if theirs.default else (),
        case=each.look.case,
        evidence={"setting": ours.name, "expected": theirs.text, "actual": ours.text},
    )


def _short(setting: Setting) -> str:
    return setting.text if len(setting.text) <= _LONGEST and "." not in setting.text else ""


def _rows(each: NnxLook) -> Iterator[ShapeRow]:
    """Yield the weights that only one side has, or that have another type."""
    for theirs, ours in each.pairs:
        wanted = {v.path: v.type for v in theirs.variables}
        found = {v.path: v.type for v in ours.variables}
        for path in sorted(wanted.keys() | found.keys()):
            one, other = wanted.get(path), found.get(path)
            if one != other:
                yield ShapeRow(
                    name=".".join(path),
                    expected=array_text(one.dtype, one.shape) if one is not None else None,
                    actual=array_text(other.dtype, other.shape) if other is not None else None,
                )


class _Sized(Sized, frozen=True, kw_only=True):
    """A case with the size of its layer, or of its map, which has no layer."""

    each: NnxLook
    layer: NnxLayer | None = None


def ignored(evidence: Evidence) -> Iterator[Sighting]:
    """Yield each size argument that the layer doesn't follow."""
    looks = tuple(layer_looks(evidence))
    for name in evidence.sizes():
        over = _map_sized(looks, name)
        if over:
            yield from _map_ignored(evidence, name, over)
            continue
        field = _field(looks, name)
        sized = tuple(_sized(looks, field)) if field is not None else ()
        instead = taken_instead(evidence, sized, name)
        pair = _showing(sized, name, instead)
        if pair is None or field is None:
            continue
        other = _taken_for(sized, name)
        if other is not None and instead is not None:
            yield _exchanged(evidence, name, field[1], pair, other)
        else:
            yield _ignored(evidence, name, field[1], pair, instead)


def _map_sized(looks: tuple[NnxLook, ...], name: str) -> tuple[_Sized, ...]:
    """Return the cases with the length of the map, if the reference maps over this size.

    A map over a wrong axis has another length, too, and is another mistake.
    """
    if any(each.loops or mapped_otherwise(each) for each in looks):
        return ()
    wanted = [(indices(each.expected), each.look.case.sizes[name]) for each in looks]
    if len({size for _, size in wanted}) < 2 or any(length != size for length, size in wanted):
        return ()
    return tuple(
        _Sized(look=each.look, each=each, size=indices(each.actual))
        for each in looks
        if indices(each.actual)
    )


def _map_ignored(evidence: Evidence, name: str, sized: tuple[_Sized, ...]) -> Iterator[Sighting]:
    """Yield a map that has the same number of indices, whatever the argument is."""
    instead = taken_instead(evidence, sized, name)
    pair = _showing(sized, name, instead)
    if pair is None:
        return
    shown = next(each for each in pair if each.look.failed)
    sizes = sorted(each.look.case.sizes[name] for each in pair)
    runs = shown.each.actual.trail.record.transforms
    split = next((one for one in runs if transform(one.transform).does is Does.SPLITS), None)
    span = evidence.landmarks.keyword(split.span, "splits") if split is not None else None
    noun = evidence.exercise.dimension(name).noun
    yield Sighting(
        message=f"{name} is ignored: there are as many as in {instead}"
        if instead is not None
        else f"{name} is ignored: {sizes[0]} and {sizes[1]} give the same number of layers",
        label=f"this is {instead}" if instead is not None else f"{shown.size}, whatever {name} is",
        why="The number of layers must follow the argument; otherwise the function only works for "
        "one value of it.",
        help=f"split the stream into as many keys as {name} says, which counts {noun}",
        span=span or evidence.landmarks.head,
        edits=argument_edits(evidence, split.span, "splits", name) if split is not None else (),
        case=shown.look.case,
        evidence={"size": name, "values": sizes},
    )


def _field(looks: tuple[NnxLook, ...], name: str) -> tuple[int, str] | None:
    """Return which of the reference's layers has which setting of this size, if sizes vary."""
    if len({each.look.case.sizes[name] for each in looks}) < 2:
        return None
    fitting: set[tuple[int, str]] | None = None
    for each in looks:
        size = str(each.look.case.sizes[name])
        found = {
            (place, setting.name)
            for place, (theirs, _) in enumerate(each.made)
            for setting in theirs.settings
            if setting.text == size
        }
        fitting = found if fitting is None else fitting & found
    return next(iter(sorted(fitting or ())), None)


def _sized(looks: tuple[NnxLook, ...], field: tuple[int, str]) -> Iterator[_Sized]:
    place, name = field
    for each in looks:
        layer = each.made[place][1]
        texts = [setting.text for setting in layer.settings if setting.name == name]
        if texts and texts[0].isdigit():
            yield _Sized(look=each.look, each=each, layer=layer, size=int(texts[0]))


def _taken_for(sized: tuple[_Sized, ...], name: str) -> str | None:
    """Return the setting of the layer that always has this size, though it should have another."""
    fitting = [
        {one.name for one in each.layer.settings if one.text == str(each.look.case.sizes[name])}
        for each in sized
        if each.layer is not None
    ]
    return min(set[str].intersection(*fitting), default=None) if fitting else None


def _exchanged(
    evidence: Evidence, name: str, field: str, pair: tuple[_Sized, _Sized], other: str
) -> Sighting:
    shown = next(each for each in pair if each.look.failed)
    made = shown.layer.span if shown.layer is not None else None
    return Sighting(
        message=f"{name} is the layer's {other}, but should be its {field}",
        label=f"{name} is {other} here",
        why="By position, the arguments of a layer come in the order in which it takes them.",
        help=f"write {field}={name}, and give {other} the size of the input",
        span=made or evidence.landmarks.head,
        case=shown.look.case,
        evidence={"size": name, "expected": field, "actual": other},
    )


def _showing(
    sized: tuple[_Sized, ...], name: str, instead: str | None
) -> tuple[_Sized, _Sized] | None:
    """Return two cases with other arguments, one of them wrong, if the size doesn't follow.

    It has to be the same in all cases, or always `instead`.
    """
    same = len({each.size for each in sized}) == 1
    return one_wrong(unlike(sized, name)) if same or instead else None


def _ignored(
    evidence: Evidence,
    name: str,
    field: str,
    pair: tuple[_Sized, _Sized],
    instead: str | None,
) -> Sighting:
    noun = evidence.exercise.dimension(name).noun
    shown = next(each for each in pair if each.look.failed)
    sizes = sorted(each.look.case.sizes[name] for each in pair)
    made = shown.layer.span if shown.layer is not None else None
    return Sighting(
        message=f"{name} is ignored: the layer has the size of {instead}"
        if instead is not None
        else f"{name} is ignored: {sizes[0]} and {sizes[1]} give layers of the same size",
        label=f"this is {instead}" if instead is not None else f"{shown.size}, whatever {name} is",
        why="The size of the layer must follow the argument; otherwise the function only works "
        "for one value of it.",
        help=f"make the layer with the {evidence.exercise.sort(name)} "
        f"{evidence.exercise.in_text(name)}, which counts {noun}",
        span=evidence.landmarks.keyword(made, field, 1) or evidence.landmarks.head,
        edits=field_edits(evidence, made, field, 1, name),
        case=shown.look.case,
        evidence={"size": name, "values": sizes},
    )
