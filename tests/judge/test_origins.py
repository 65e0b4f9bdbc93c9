"""Where the value of an argument was written: each way to pass it, and the characters pointed at.

`nn.vmap` is a stand-in here, which records what it is given as the recorder does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from grader.evidence.landmarks import Landmarks
from grader.evidence.lifting import Knob
from grader.model.observation import LiftedCall
from grader.model.source import Source
from grader.worker import axes
from grader.worker.places import Places
from tests.judge.marks import with_marks

NAME = "submission_of_the_test"
SPELLINGS = (Path(__file__).parent / "origins.txt").read_text(encoding="utf-8")
"""Programs with a mark around what is pointed at, each under its argument of `nn.vmap`."""


class Recorder(ModuleType):
    """Stands for `flax.linen`: its `vmap` remembers what it was given, and from where."""

    Dense = object

    def __init__(self, places: Places) -> None:
        super().__init__("nn")
        self.places = places
        self.calls: list[LiftedCall] = []

    FrozenDict = dict

    def vmap(  # as Flax has it
        self,
        target: object,
        variable_axes: object = None,
        split_rngs: object = None,
        in_axes: object = 0,
        out_axes: object = 0,
        axis_size: int | None = None,
        axis_name: str | None = None,
        methods: Mapping[str, Mapping[str, object]] | None = None,
    ) -> object:
        in_axes = (methods or {}).get("__call__", {}).get("in_axes", in_axes)
        self.calls.append(
            LiftedCall(
                id=0,
                transform="vmap",
                target=str(target),
                span=self.places.nearest(sys._getframe(1)),
                given=(),
                in_axes=axes.axes(in_axes),
                out_axes=axes.axes(out_axes),
                variable_axes=axes.variable_axes(variable_axes),
                split_rngs=axes.split_rngs(split_rngs),
                axis_size=axis_size,
                axis_name=axis_name,
            )
        )
        return lambda *_: None


@pytest.fixture
def module() -> Iterator[ModuleType]:
    module = ModuleType(NAME)
    sys.modules[NAME] = module
    yield module
    del sys.modules[NAME]


@pytest.mark.parametrize("spelling", re.split(r"\n\n(?=# )", SPELLINGS.strip()))
def test_a_value_is_followed_to_where_it_was_written(module: ModuleType, spelling: str) -> None:
    head, _, body = spelling.partition("\n")
    knob, _, name = head.removeprefix("# ").partition(" ")
    source = Source("s.py", body.replace("«", "").replace("»", ""))
    recorder = Recorder(Places("s.py", source))
    vars(module).update(nn=recorder, D=object)
    exec(compile(source.text, "s.py", "exec"), vars(module))
    span = Landmarks(source, "f").knob(recorder.calls[-1], Knob(knob), name)
    assert with_marks(source, span) == body
