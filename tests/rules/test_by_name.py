"""What is said of arguments that a lifted module gets by name."""

from __future__ import annotations

import pytest

from grader.evidence.by_name import passed_by_name
from grader.evidence.meaning import Meaning
from grader.model.observation import Frame, LiftedCall, ModuleRun, Raised, Record, Root, Span
from grader.model.source import Source
from tests.judge.made import ran, root

CELL = "class Cell(nn.Module):\n    def __call__(self, carry, x):\n        return carry, x\n"


def lifted(target: str) -> LiftedCall:
    return LiftedCall(
        id=0,
        transform="vmap",
        target=target,
        span=None,
        given=(),
        in_axes=None,
        out_axes=None,
        variable_axes=(),
        split_rngs=(),
    )


RUN = ModuleRun(
    class_name="VmapCell",
    bases=(),
    method="__call__",
    path=(),
    lifted=0,
    inside=None,
    root=0,
    inputs=(),
    outputs=(),
    depth=0,
    digest=None,
    settings=(),
    span=None,
)


def told(
    call: str,
    before: str = CELL,
    *,
    after: str = "",
    library: str | None = "flax.linen.apply",
    record: Record = Record(lifted=(lifted("Cell"),), modules=(RUN,)),  # noqa: B008 - it is frozen
) -> Meaning | None:
    """Explain an exception in the one call after `before`."""
    line = before.count("\n") + 1
    span = Span(line=line, column=1, end_line=line, end_column=len(call) + 1)
    raised = Raised(
        exception="TypeError",
        module="builtins",
        bases=(),
        message="",
        frames=(Frame(function="f", span=span),),
        library=library,
    )
    return passed_by_name(raised, record, Source("a.py", f"{before}{call}\n{after}"))


@pytest.mark.parametrize(
    ("call", "before", "advised"),
    [
        ("m.apply(v, inputs=x)", "", "pass by position: x"),
        ("m.apply(v, x=a, carry=b)", CELL, "pass by position: b, a"),
        ("m.apply(v, carry=b, x=a)", CELL, "pass by position: b, a"),
        ("m.apply(v, x=a, carry=b)", "", "pass them by position, in the order"),
        ("m.apply(v, x=a, hidden=b)", CELL, "pass them by position, in the order"),
        ("m.apply(v, x=a, carry=b)", CELL.replace("Cell", "Other"), "pass them by position"),
        ("m.apply(v, x=a, carry=b)", CELL + CELL, "pass them by position"),
        ("m.apply(v, x=a, carry=b)", CELL.replace("__call__", "step"), "pass them by position"),
    ],
)
def test_the_order_is_the_modules_if_that_is_known(call: str, before: str, advised: str) -> None:
    meaning = told(call, before)
    assert meaning is not None
    assert meaning.help.startswith(advised)


@pytest.mark.parametrize("raised", [True, False])
def test_a_lifted_loop_that_raised_drops_what_has_a_name(*, raised: bool) -> None:
    run = ran(transform="nn.scan", target="Cell", raised=raised)
    record = Record(transforms=(run,), roots=(root(0, raised=True),))
    meaning = told("m.apply(v, x=a, carry=b)", record=record)
    assert (meaning.help if meaning else None) == ("pass by position: b, a" if raised else None)


@pytest.mark.parametrize(
    ("after", "also"),
    [
        ("", "pass by position: x"),
        ("m.init(k, inputs=x)\n", "pass by position, also on line 2: x"),
        ("m.init(k, inputs=x)\nm.apply(v, inputs=x)\n", "pass by position, in every call: x"),
        ("m.init(k, other=x)\n", "pass by position: x"),
        ("m.show(k, inputs=x)\n", "pass by position: x"),
        ("show(k, inputs=x)\n", "pass by position: x"),
    ],
)
def test_other_calls_with_the_argument_are_named(after: str, also: str) -> None:
    meaning = told("m.apply(v, inputs=x)", "", after=after)
    assert meaning is not None
    assert meaning.help == also


@pytest.mark.parametrize("call", ["m.init(k, inputs=x)", "m(inputs=x)"])
def test_every_way_into_the_module_counts(call: str) -> None:
    assert told(call, "") is not None


@pytest.mark.parametrize(
    "call",
    ["m.apply(v, x)", "m.apply(v, x, rngs=k, mutable=c)", "m.apply(v, x, **more)", "m.show(x=x)"],
)
def test_other_calls_are_not_explained(call: str) -> None:
    assert told(call, "") is None


def test_nothing_is_said_if_the_exception_has_another_origin() -> None:
    call = "m.apply(v, inputs=x)"
    assert told(call, "", library=None) is None
    assert told(call, "", record=Record(modules=(RUN,))) is None
    assert told(call, "", record=Record(lifted=(lifted("Cell"),))) is None


def test_flax_may_raise_before_any_module_runs() -> None:
    root = Root(
        number=0, kind="apply", forward=True, given=(), made=(), keys=(), span=None, raised=True
    )
    record = Record(lifted=(lifted("Cell"),), roots=(root,))
    assert told("m.apply(v, inputs=x)", "", record=record) is not None


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ("m.apply(v, x=a)", "`x`"),
        ("m.apply(v, x=a, carry=b)", "`x` and `carry`"),
        ("m.apply(v, x=a, carry=b, hidden=c)", "3 arguments"),
    ],
)
def test_up_to_two_arguments_are_named(call: str, named: str) -> None:
    meaning = told(call)
    assert meaning is not None
    assert meaning.message == f"the lifted module gets {named} by name"
