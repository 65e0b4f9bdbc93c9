"""The settings that the layer was made with, and which of them have a visible effect."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from grader.compare import OtherType
from grader.evidence.look import Look, VariableDifference
from grader.evidence.setting_names import value_name
from grader.model.exercise import Exercise
from grader.model.observation import ModuleRun, Span, Variable
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_DTYPES = ("float", "bfloat", "int", "uint", "complex", "bool")


EVALUATION = frozenset({"deterministic", "use_running_average"})
"""Flax's own fields that select training (False) or evaluation mode (True)."""

AXIS_NAME = "axis_name"
"""Flax's own field that names the mapped axis along which a module sees other examples."""


_COMPUTED_IN = "dtype"
"""Flax's own field that says which type a layer computes in; None: that of its inputs."""

_WHICH = "which parameters there are"
_TYPES = "the type of the parameters"


class SettingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a module with a different value than in the reference.

    `run` is the module's run. `position` counts the fields. `by_default`: the reference leaves it
    out. `left_out`: so does the submission. `passed`: it passes it in the call. `effect` says what
    it changes, empty if that isn't known. `argument` is the argument of the task that the reference
    passes here. `certain`: it is a number of one of Flax's own modules, which differs whatever else
    is wrong.
    """

    name: str
    position: int
    expected: str
    actual: str
    effect: str
    run: ModuleRun
    by_default: bool = True
    argument: str | None = None
    certain: bool = False
    left_out: bool = False
    passed: bool = False

    @property
    def of_class(self) -> bool:
        """Whether the class has a different default."""
        return self.by_default and self.left_out

    @property
    def leaves_out(self) -> bool:
        """Whether parameters are missing, or there are more of them."""
        return self.effect.startswith(_WHICH)

    @property
    def changes_tree(self) -> bool:
        """Whether parameters are missing or of another type."""
        return self.leaves_out or self.effect == _TYPES

    @property
    def actual_text(self) -> str:
        """The value in short."""
        return value_name(self.actual)

    @property
    def expected_text(self) -> str:
        """The reference's value in short."""
        return value_name(self.expected)

    @property
    def inner(self) -> bool:
        """Whether it is the setting of a module inside the layer."""
        return bool(self.run.path)


def setting_differences(look: Look) -> tuple[SettingDifference, ...]:
    """Compare the settings of both sides' layers and of the modules in them.

    Only fields that both have are compared. If a layer passes a value on to a module inside it,
    only the layer differs.
    """
    found: list[SettingDifference] = []
    for wanted, run in _pairs(look):
        outer = {(each.expected, each.actual) for each in found}
        found.extend(each for each in _compared(wanted, run) if _texts(each) not in outer)
    return tuple(found)


def _texts(difference: SettingDifference) -> tuple[str, str]:
    return difference.expected, difference.actual


def _pairs(look: Look) -> Iterator[tuple[ModuleRun, ModuleRun]]:
    """Yield the corresponding runs of both sides, outer ones first.

    Inside the layer they correspond by path, or as the only run of one of Flax's classes.
    """
    wanted, found = look.expected.layer, look.actual.layer
    if wanted is None or found is None:
        return
    yield wanted, found
    theirs = {run.path: run for run in look.expected.within(wanted)}
    alone = _only_ones(theirs.values())
    ours = {run.path: run for run in look.actual.within(found)}
    for name, run in _only_ones(ours.values()).items():
        if name in alone and run.path not in theirs:
            yield theirs.pop(alone[name].path), run
    for run in ours.values():
        other = theirs.pop(run.path, None)
        if other is not None and other.class_name == run.class_name:
            yield other, run


def _only_ones(runs: Iterable[ModuleRun]) -> dict[str, ModuleRun]:
    """Return the runs of Flax's modules that are the only ones of their class, by its name."""
    own = [run for run in runs if run.defined_in.startswith("flax.linen.")]
    count = Counter(run.class_name for run in own)
    return {run.class_name: run for run in own if count[run.class_name] == 1}


def _compared(wanted: ModuleRun, run: ModuleRun) -> Iterator[SettingDifference]:
    theirs = {each.name: each for each in wanted.settings}
    for place, setting in enumerate(run.settings):
        other = theirs.get(setting.name)
        if other is not None and other.text != setting.text:
            yield SettingDifference(
                name=setting.name,
                position=place,
                expected=other.text,
                actual=setting.text,
                effect="the layer",
                run=run,
                by_default=other.default,
                left_out=setting.default,
                passed=setting.passed,
            )


def placed(evidence: Evidence, difference: SettingDifference) -> Span | None:
    """Return where the value of a setting was written."""
    if difference.passed:
        marks, name = evidence.landmarks, difference.name
        own = marks.passed(difference.run.span, name)
        return own or marks.turned_on(frozenset({name})) or difference.run.span
    return evidence.landmarks.setting(
        difference.run.span,
        difference.name,
        difference.position,
        difference.actual,
        default=difference.of_class,
    )


def unnamed_axes(look: Look) -> Iterator[SettingDifference]:
    """Yield the modules that name no mapped axis, or a different one than the mapped axis."""
    lifted = look.actual.lifted(look.actual.answer)
    names = {repr(run.call.axis_name) for run in lifted}
    for difference in setting_differences(look) if look.wrong else ():
        if difference.name == AXIS_NAME and difference.actual not in names - {"None"}:
            yield difference


def written(evidence: Evidence, path: tuple[str, ...], name: str, text: str) -> str:
    """Return what the reference passes for a setting: the argument if one is passed on."""
    return argument_of(evidence, path, name) or value_name(text)


def argument_of(evidence: Evidence, path: tuple[str, ...], name: str) -> str | None:
    """Return the argument whose value the reference's module uses for a setting in all cases.

    `path` leads from the layer to the module.
    """
    told = [(look, _reference_text(look, path, name)) for look in evidence.looks]
    return evidence.argument_for(((look, text) for look, text in told if text is not None), name)


def varies(evidence: Evidence, difference: SettingDifference) -> bool:
    """Whether the reference's value of a setting inside the layer differs from case to case."""
    path, name = difference.run.path, difference.name
    told = {_reference_text(look, path, name) for look in evidence.looks}
    return difference.inner and len(told - {None}) > 1


def _reference_text(look: Look, path: tuple[str, ...], name: str) -> str | None:
    layer = look.expected.layer
    if layer is None:
        return None
    for run in (layer, *look.expected.within(layer)):
        if run.path == (*layer.path, *path):
            return next((each.text for each in run.settings if each.name == name), None)
    return None


def settings_that_show(evidence: Evidence, look: Look) -> Iterator[SettingDifference]:
    """Yield the settings with a visible effect on the parameters or the output's type.

    Sizes and training mode are left out: other rules handle them. So are numbers that the text
    computes while the layer gets an input of another shape, from which they may follow.
    """
    known = {field for name in evidence.sizes() for field in size_settings(look, name)}
    known |= EVALUATION | {AXIS_NAME}
    for difference in setting_differences(look):
        left = difference.name in known or _may_follow(evidence, look, difference)
        effect = None if left else _effect(look, difference)
        if effect is not None:
            yield msgspec.structs.replace(
                difference,
                effect=effect,
                certain=_is_plain(look, difference),
                argument=argument_of(evidence, difference.run.path, difference.name),
            )


def _may_follow(evidence: Evidence, look: Look, difference: SettingDifference) -> bool:
    """Whether a number may come from the shape of an input that isn't the task's."""
    wanted, found = look.expected.layer, look.actual.layer
    if wanted is None or found is None or wanted.input_shapes == found.input_shapes:
        return False
    if not (_is_number(difference.expected) and _is_number(difference.actual)):
        return False
    span = placed(evidence, difference)
    constants = (each for each in evidence.source.nodes if isinstance(each, ast.Constant))
    return all(evidence.source.span(each) != span for each in constants)


def other_size(evidence: Evidence, look: Look) -> SettingDifference | None:
    """Return the size that a module was made with instead of the argument for it."""
    sizes = frozenset(evidence.sizes())
    for difference in setting_differences(look):
        argument = argument_of(evidence, difference.run.path, difference.name)
        if argument in sizes:
            return msgspec.structs.replace(difference, argument=argument)
    return None


def given_class(exercise: Exercise) -> str:
    """Name the class that the task gives: the one to lift, or the only one in the starter."""
    body = Source("starter.py", exercise.given).body
    classes = [each.name for each in body if isinstance(each, ast.ClassDef)]
    return exercise.module or (classes[0] if len(classes) == 1 else "the module")


def size_settings(look: Look, size: str) -> Iterator[str]:
    """Yield the fields that the reference sets to a size of the case."""
    wanted = str(look.case.sizes.get(size))
    for setting in look.expected.layer.settings if look.expected.layer is not None else ():
        if setting.text == wanted and not setting.default:
            yield setting.name


def _effect(look: Look, difference: SettingDifference) -> str | None:
    """Say what a setting changes, None if it has no visible effect."""
    if difference.actual in {"True", "False"}:
        missing = [
            each
            for each in look.variables
            if each.one_sided and each.path[: len(difference.run.path)] == difference.run.path
        ]
        return f"{_WHICH}: {missing[0].name}" if missing else _numbers(look)
    if difference.actual.startswith(_DTYPES):
        return None if _is_computed_in(look, difference) else _type(look)
    stem = difference.name.removesuffix("_init")
    if stem != difference.name:
        path = (*difference.run.path, stem)
        return f"how {stem} is drawn" if _drawn_otherwise(look, path) else None
    numbers = _numbers(look) if difference.actual != "None" else None
    return numbers or ("" if look.failed and _is_plain(look, difference) else None)


def _is_computed_in(look: Look, difference: SettingDifference) -> bool:
    """Whether it is the type that the reference computes in anyway, said once more."""
    layer = look.expected.layer
    outputs = {each.dtype for each in layer.outputs} if layer is not None else set()
    return difference.name == _COMPUTED_IN and outputs == {difference.actual}


def _is_plain(look: Look, difference: SettingDifference) -> bool:
    """Whether one of Flax's own modules has another number there, which is proof enough."""
    return (
        _is_number(difference.expected)
        and _is_number(difference.actual)
        and any(
            run.defined_in.startswith("flax.linen.")
            and run.lifted is None
            and _texts(each) == _texts(difference)
            for wanted, run in _pairs(look)
            for each in _compared(wanted, run)
        )
    )


def _type(look: Look) -> str | None:
    """Say what another dtype changes."""
    if any(_other_dtype(each) for each in look.variables):
        return _TYPES
    if isinstance(look.comparison, OtherType):
        return "the type of the output"
    return _numbers(look)


def _other_dtype(difference: VariableDifference) -> bool:
    wanted, found = difference.expected, difference.actual
    return wanted is not None and found is not None and wanted.type.dtype != found.type.dtype


def _drawn_otherwise(look: Look, path: tuple[str, ...]) -> bool:
    """Whether the parameter at `path` is known to have other numbers."""
    wanted = _values(look.expected.variables, path)
    found = _values(look.actual.variables, path)
    if wanted is None or found is None:
        return look.answer_wrong
    return wanted != found


def _values(variables: tuple[Variable, ...], path: tuple[str, ...]) -> str | None:
    named = [each for each in variables if each.path[-1:] == path[-1:]]
    exact = [each for each in named if each.path == path]
    return next((each.digest for each in exact or named), None)


def _numbers(look: Look) -> str | None:
    """Say that the numbers change, if they do although key and parameters are the same."""
    renamed = any(each.one_sided for each in look.variables)
    return "the numbers" if look.answer_wrong and not look.other_key and not renamed else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
