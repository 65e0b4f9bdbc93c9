"""Dataclasses whose code is shared keep their own defaults, types and names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from grader.worker import dataclass_code
from grader.worker.dataclass_code import share_code


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(dataclasses, "exec", exec, raising=False)  # puts it back
    dataclass_code._compiled.cache_clear()
    share_code()
    yield


def _made(default: Any) -> Any:
    @dataclasses.dataclass(order=True)
    class Point:
        x: int
        y: Any = default

    return Point


def test_equal_fields_share_their_code() -> None:
    first, second = _made(1), _made([1][0])
    assert first.__init__.__code__ is second.__init__.__code__
    assert first.__init__ is not second.__init__


def test_each_class_has_its_own_default() -> None:
    makers = [_made(default) for default in (1, "b", None, 2.5)]
    assert [make(0).y for make in makers] == [1, "b", None, 2.5]
    assert repr(makers[1](3)) == "_made.<locals>.Point(x=3, y='b')"
    assert makers[0](3) == makers[0](3)
    assert makers[0](3) != makers[1](3)
    assert makers[0](3) < makers[0](4)


def test_other_fields_have_other_code() -> None:
    @dataclasses.dataclass(frozen=True)
    class Frozen:
        x: int
        z: list[int] = dataclasses.field(default_factory=list)

    assert Frozen(1).z == []
    assert Frozen(1).z is not Frozen(1).z
    with pytest.raises(dataclasses.FrozenInstanceError):
        Frozen(1).x = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'y'"):
        Frozen(1, y=2)  # type: ignore[call-arg]
