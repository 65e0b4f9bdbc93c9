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


class SettingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a module that was given another value than the reference gives it.

    `position` counts the fields. `effect` says what it changes.
    """

    name: str
    position: int
    expected: str
    actual: str
    effect: str

    @property
    def actual_text(self) -> str:
        """The value in short: a function by its name alone."""
        head = self.actual.partition("(")[0].replace(".<locals>", "").split(".")
        names = [each for each in head if each not in {"init", ""}]
        return names[-1] if len(head) > 1 and names else self.actual


def setting_differences(look: Look) -> tuple[SettingDifference, ...]:
    """Compare the settings of both sides' layers, where they have the same fields."""
    wanted, found = _settings(look.expected.layer), _settings(look.actual.layer)
    return tuple(
        SettingDifference(
            name=name,
            position=place,
            expected=wanted[name],
            actual=text,
            effect="the layer",
        )
        for place, (name, text) in enumerate(found.items())
        if name in wanted and wanted[name] != text
    )


def _settings(run: ModuleRun | None) -> dict[str, str]:
    return {each.name: each.text for each in run.settings} if run is not None else {}


def settings_that_show(evidence: Evidence, look: Look) -> Iterator[SettingDifference]:
    """Yield the settings whose effect can be seen: in the parameters, or in the output's type.

    Sizes are not looked at: another rule knows them.
    """
    sizes = {field for name in evidence.sizes() for field in size_settings(look, name)}
    for difference in setting_differences(look):
        effect = None if difference.name in sizes else _effect(look, difference)
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
        missing = [each for each in look.variables if each.expected is None or each.actual is None]
        return f"which parameters there are: {missing[0].name}" if missing else _numbers(look)
    if difference.actual.startswith(_DTYPES):
        return _type(look)
    stem = difference.name.removesuffix("_init")
    if stem != difference.name:
        return f"how {stem} is drawn" if _drawn_otherwise(look, stem) else None
    return _numbers(look)


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


def _drawn_otherwise(look: Look, name: str) -> bool:
    """Whether the parameter `name` has other numbers, as far as they are known."""
    wanted = _values(look.expected.variables, name)
    found = _values(look.actual.variables, name)
    if wanted is None or found is None:
        return look.answer_wrong
    return wanted != found


def _values(variables: tuple[Variable, ...], name: str) -> str | None:
    return next((each.digest for each in variables if each.path[-1:] == (name,)), None)


def _numbers(look: Look) -> str | None:
    """Say that the numbers change, if they do and no other key was used."""
    return "the numbers" if look.answer_wrong and not look.other_key else None
