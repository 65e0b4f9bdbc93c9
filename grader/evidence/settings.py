"""With which settings the layer was made, and which of them show in what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from grader.compare import OtherType
from grader.evidence.look import Look, VariableDifference
from grader.observation import ModuleRun, Variable

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_DTYPES = ("float", "bfloat", "int", "uint", "complex", "bool")


EVALUATION = frozenset({"deterministic", "use_running_average"})
"""Flax's own fields that say whether a module runs as in training (False) or in evaluation."""

AXIS_NAME = "axis_name"
"""Flax's own field that says over which mapped axis a module looks at the other examples."""


class SettingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a module that was given another value than the reference gives it.

    `run` is the module's run. `position` counts the fields. `by_default`: the reference leaves it
    out. `effect` says what it changes.
    """

    name: str
    position: int
    expected: str
    actual: str
    effect: str
    run: ModuleRun
    by_default: bool = True

    @property
    def actual_text(self) -> str:
        """The value in short: a function by its name alone, anything else as it is."""
        if not self.actual[:1].isalpha():
            return self.actual
        head = self.actual.partition("(")[0].replace(".<locals>", "").split(".")
        names = [each for each in head if each not in {"init", ""}]
        return names[-1] if len(head) > 1 and names else self.actual


def setting_differences(look: Look) -> tuple[SettingDifference, ...]:
    """Compare the settings of both sides' layers and of the modules in them.

    Only fields that both have are compared. What a layer hands on to a module in it is a
    difference of the layer alone.
    """
    found: list[SettingDifference] = []
    for wanted, run in _pairs(look):
        outer = {(each.expected, each.actual) for each in found}
        found.extend(each for each in _compared(wanted, run) if _texts(each) not in outer)
    return tuple(found)


def _texts(difference: SettingDifference) -> tuple[str, str]:
    return difference.expected, difference.actual


def _pairs(look: Look) -> Iterator[tuple[ModuleRun, ModuleRun]]:
    """Yield the runs of both sides that answer to each other, outer ones first."""
    wanted, found = look.expected.layer, look.actual.layer
    if wanted is None or found is None:
        return
    yield wanted, found
    theirs = {run.path: run for run in look.expected.within(wanted)}
    for run in look.actual.within(found):
        other = theirs.pop(run.path, None)
        if other is not None and other.class_name == run.class_name:
            yield other, run


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
            )


def unnamed_axes(look: Look) -> Iterator[SettingDifference]:
    """Yield the modules that look along no mapped axis, or not along the one that has the name."""
    lifted = look.actual.lifted(look.actual.answer)
    names = {repr(run.call.axis_name) for run in lifted}
    for difference in setting_differences(look) if look.wrong else ():
        if difference.name == AXIS_NAME and difference.actual not in names - {"None"}:
            yield difference


def settings_that_show(evidence: Evidence, look: Look) -> Iterator[SettingDifference]:
    """Yield the settings whose effect can be seen: in the parameters, or in the output's type.

    Sizes are not looked at, nor what says how a module runs: other rules know them.
    """
    known = {field for name in evidence.sizes() for field in size_settings(look, name)}
    known |= EVALUATION | {AXIS_NAME}
    for difference in setting_differences(look):
        effect = None if difference.name in known else _effect(look, difference)
        if effect is not None:
            yield msgspec.structs.replace(difference, effect=effect)


def size_settings(look: Look, size: str) -> Iterator[str]:
    """Yield the fields that the reference fills with a size of the case, by its number."""
    wanted = str(look.case.sizes.get(size))
    for setting in look.expected.layer.settings if look.expected.layer is not None else ():
        if setting.text == wanted and not setting.default:
            yield setting.name


def _effect(look: Look, difference: SettingDifference) -> str | None:
    """Say what a setting changes, None if nothing of it can be seen."""
    if difference.actual in {"True", "False"}:
        missing = [
            each
            for each in look.variables
            if (each.expected is None or each.actual is None)
            and each.path[: len(difference.run.path)] == difference.run.path
        ]
        return f"which parameters there are: {missing[0].name}" if missing else _numbers(look)
    if difference.actual.startswith(_DTYPES):
        return _type(look)
    stem = difference.name.removesuffix("_init")
    if stem != difference.name:
        path = (*difference.run.path, stem)
        return f"how {stem} is drawn" if _drawn_otherwise(look, path) else None
    return _numbers(look) if difference.actual != "None" else None


def _type(look: Look) -> str | None:
    """Say what another dtype changes."""
    if any(_other_dtype(each) for each in look.variables):
        return "the type of the parameters"
    if isinstance(look.comparison, OtherType):
        return "the type of the output"
    return _numbers(look)


def _other_dtype(difference: VariableDifference) -> bool:
    wanted, found = difference.expected, difference.actual
    return wanted is not None and found is not None and wanted.type.dtype != found.type.dtype


def _drawn_otherwise(look: Look, path: tuple[str, ...]) -> bool:
    """Whether the parameter at `path` has other numbers, as far as they are known."""
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
    """Say that the numbers change, if they do and no other key was used."""
    return "the numbers" if look.answer_wrong and not look.other_key else None
