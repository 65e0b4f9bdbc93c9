"""Which of JAX's settings a program changed, and which exceptions and numbers they explain."""

from __future__ import annotations

import msgspec
import pytest

from grader.evidence.configuration import changed_within, gave_otherwise, provoked
from grader.evidence.look import Look
from grader.model.observation import Configured, Raised, Root
from tests.judge.perturbed import ALL, recorded

RIGHT = next(each for each in ALL if str(each) == "nn-vmap-shared/accepted/positional_knobs")
WRONG = next(each for each in ALL if str(each) == "nn-vmap-shared/mistakes/weights_replaced")


def root(**settings: str) -> Root:
    return Root(
        number=0,
        kind="apply",
        forward=True,
        given=(),
        made=(),
        keys=(),
        span=None,
        configured=configured(settings),
    )


def configured(settings: dict[str, str]) -> tuple[Configured, ...]:
    return tuple(Configured(name=name, value=text, usual="") for name, text in settings.items())


@pytest.mark.parametrize(
    ("ours", "theirs", "name"),
    [
        ({"x64": "1"}, {}, "x64"),
        ({"x64": "1"}, {"x64": "0"}, "x64"),
        ({"x64": "1"}, {"x64": "1"}, None),
        ({"other": "1"}, {}, None),
        ({}, {"x64": "1"}, None),
        ({"prng": "1", "x64": "1"}, {}, "x64"),
        ({"x64": "1", "prng": "1"}, {"x64": "1"}, "prng"),
    ],
)
def test_the_first_setting_that_only_one_side_changed(
    ours: dict[str, str], theirs: dict[str, str], name: str | None
) -> None:
    found = changed_within(root(**ours), root(**theirs), "x64", "prng")
    assert (found.name if found is not None else None) == name


def a_look(settings: dict[str, str], raised: Raised | None) -> Look:
    transcript = recorded(RIGHT)
    exchange = transcript.exchanges[0]
    record = msgspec.structs.replace(exchange.actual.record, configured=configured(settings))
    actual = msgspec.structs.replace(exchange.actual, record=record)
    if raised is not None:
        actual = msgspec.structs.replace(actual, outcome=raised)
    return Look(transcript.exercise, msgspec.structs.replace(exchange, actual=actual))


NAN = "invalid value (nan) encountered in mul"


@pytest.mark.parametrize(
    ("name", "exception", "message", "library", "setting"),
    [
        ("jax_debug_nans", "FloatingPointError", NAN, "jax.f", "jax_debug_nans"),
        ("jax_debug_nans", "FloatingPointError", NAN, None, None),
        ("jax_debug_nans", "ValueError", "no number", "jax.f", None),
        ("jax_debug_infs", "FloatingPointError", NAN, "jax.f", None),
        ("jax_debug_key_reuse", "KeyReuseError", "used twice", "jax.f", "jax_debug_key_reuse"),
    ],
)
def test_which_setting_made_jax_raise(
    name: str, exception: str, message: str, library: str | None, setting: str | None
) -> None:
    raised = Raised(
        frames=(), exception=exception, module="", bases=(), message=message, library=library
    )
    found = provoked(a_look({name: "True"}, raised))
    assert (found.name if found is not None else None) == setting
    assert provoked(a_look({name: "True"}, None)) is None


def test_other_numbers_from_the_same_input_and_variables() -> None:
    right, wrong = recorded(RIGHT), recorded(WRONG)
    assert not any(gave_otherwise(Look(right.exercise, each)) for each in right.exchanges)
    looks = [Look(wrong.exercise, each) for each in wrong.exchanges]
    assert any(look.answer_wrong for look in looks)
    assert not any(gave_otherwise(look) for look in looks)
