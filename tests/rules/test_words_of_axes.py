"""What is said of in_axes and out_axes: which argument or result, and what its axis counts."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.model.exercise import Array
from grader.model.observation import Axes, Axis, AxisTree, Observation, Span
from grader.rules import wrong_in_axes, wrong_out_axes
from tests.judge.made import (
    TASK,
    case,
    did,
    evidence,
    lifted,
    look,
    module,
    numbers,
    raised,
    root,
    typed,
    variable,
)

W: Final = variable("params/w", 2)
Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
PLAIN: Final = msgspec.structs.replace(TASK, module="nn.Dense")
FLAT: Final = msgspec.structs.replace(PLAIN, output=("batch", "width"))
TWO: Final = msgspec.structs.replace(
    PLAIN,
    parameters=(*TASK.parameters, Array(name="s", shape=("width", "batch"))),
)
TEXT: Final = """\
import flax.linen as nn
def forward(seed, x, width):
    return nn.vmap(nn.Dense, in_axes=1)(width).apply(v, x)
"""
CALL: Final = Span(line=3, column=12, end_line=3, end_column=40)
X: Final = (3, 2)
S: Final = (4, 3)


def axes(*values: Axes | int | None, **more: Any) -> AxisTree:
    items = tuple(
        each if isinstance(each, Axis | AxisTree) else Axis(value=each) for each in values
    )
    return AxisTree(items=items, **more)


def side(
    *inputs: tuple[int, ...],
    out: tuple[tuple[int, ...], ...] = ((3, 4),),
    answer: Any = Z,
    inner: Any = None,
    **call: Any,
) -> Observation:
    run = module(
        lifted=0,
        root=1,
        inputs=tuple(typed(*each) for each in inputs),
        outputs=tuple(typed(*each) for each in out),
    )
    one = module(root=1, inside=0, depth=1, inputs=tuple(typed(*each) for each in inner or ()))
    made = lifted(0, span=CALL, **call)
    roots = (root(0, kind="init", forward=False, made=(W,)), root(1, given=(W,)))
    return did(answer, roots=roots, lifted=(made,), modules=(run, *((one,) if inner else ())))


def told(
    rule: Any, ours: Observation, theirs: Observation, task: Any = PLAIN
) -> list[tuple[str, str, str]]:
    """Return message, label and help of each sighting, without the names of the arguments."""
    looks = [look(theirs, ours, case(3, 2, 4), task)]
    found = rule.find(evidence(looks, TEXT, task))
    return [(each.message, each.label, each.help) for each in found]


NO_AXIS: Final = Axis(value=None, invalid="'x'")
ONE: Final = {"in_axes": Axis(value=0)}
FIRST: Final = {"in_axes": axes(0, None)}
BOTH: Final = {"in_axes": axes(0, 1)}
WHOLE: Final = {"in_axes": Axis(value=None), "axis_size": 3}
ERROR: Final = raised("tree prefix", library="flax")
IN: Final[dict[str, tuple[Observation, Observation, Any, tuple[str, str, str]]]] = {
    "another axis": (
        side(X, in_axes=Axis(value=1)),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=1 maps over the inputs, not over the batch",
            "maps along the inputs",
            "set in_axes to the axis that counts the batch: in_axes=0",
        ),
    ),
    "no axis": (
        side(X, **WHOLE),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=None maps over nothing; it should map over the batch",
            "not the axis that counts the examples",
            "set in_axes to the axis that counts the batch: in_axes=0",
        ),
    ),
    "no number": (
        side(X, in_axes=NO_AXIS),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes='x' isn't an axis; Flax takes a number, None, or a tuple of them",
            "not the axis that counts the examples",
            "set in_axes to the axis that counts the batch: in_axes=0",
        ),
    ),
    "an axis where none is wanted": (
        side(X, **ONE),
        side(X, **WHOLE, answer=Y),
        PLAIN,
        (
            "in_axes=0 maps over the batch; no input should be mapped",
            "maps along the batch",
            "let all of them see the whole input: in_axes=None",
        ),
    ),
    "an axis of an unknown array where none is wanted": (
        side((9, 9), **ONE),
        side(X, **WHOLE, answer=Y),
        PLAIN,
        (
            "in_axes=0 maps over an axis of the input; no input should be mapped",
            "not the axis that counts the examples",
            "let all of them see the whole input: in_axes=None",
        ),
    ),
    "an axis of a turned array": (
        side((2, 3), **ONE),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=0 doesn't map over the batch",
            "not the axis that counts the examples",
            "pass the input as it comes, with its axes in their order",
        ),
    ),
    "another axis beside a flag": (
        side(X, inner=(X,), in_axes=axes(1, None)),
        side(X, **ONE, inner=((2,),), answer=Y),
        PLAIN,
        (
            "in_axes=(1, None) maps over the inputs, not over the batch",
            "maps along the inputs",
            "set in_axes to the axis that counts the batch: in_axes=(0, None)",
        ),
    ),
    "another axis beside another array": (
        side((7,), X, in_axes=axes(0, 1)),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=(0, 1) maps over the inputs, not over the batch",
            "maps along the inputs",
            "set in_axes to the axis that counts the batch: in_axes=(0, 0)",
        ),
    ),
    "nothing beside a flag": (
        side(X, in_axes=axes(None, None), out=(), answer=ERROR),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=(None, None) maps over nothing; it should map over the batch",
            "not the axis that counts the examples",
            "give the input its axis in in_axes, which counts the batch: 0",
        ),
    ),
    "another argument that is mapped": (
        side(X, S, in_axes=axes(0, 0)),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=(0, 0) takes argument 2 along the width, not along the batch",
            "another axis of argument 2 was expected",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "the first argument along another axis": (
        side(X, S, in_axes=axes(1, 1)),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=(1, 1) takes argument 1 along the inputs, not along the batch",
            "another axis of argument 1 was expected",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "an argument that isn't mapped": (
        side(X, S, **FIRST),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=(0, None) gives all of the batch the whole of argument 2",
            "argument 2 is not mapped",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "an argument that is mapped too": (
        side(X, S, **BOTH),
        side(X, S, **FIRST, answer=Y),
        TWO,
        (
            "in_axes=(0, 1) doesn't map over the batch",
            "another axis of argument 2 was expected",
            "set in_axes to the axis that counts the batch: in_axes=(0, None)",
        ),
    ),
    "an unknown argument along another axis": (
        side(X, (7, 7), in_axes=axes(0, 0)),
        side(X, (7, 7), **BOTH, answer=Y),
        TWO,
        (
            "in_axes=(0, 0) doesn't map over the batch",
            "another axis of argument 2 was expected",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "nothing that is mapped of two": (
        side(X, S, in_axes=axes(None, None), axis_size=3),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=(None, None) maps over nothing; it should map over the batch",
            "argument 1 is not mapped",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "a list": (
        side(X, S, answer=ERROR, in_axes=axes(0, 1, is_list=True)),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=[0, 1] is a list; Flax takes a tuple, with an entry for each argument",
            "must be a tuple",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "too few entries": (
        side(X, S, answer=ERROR, in_axes=axes(0)),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=(0,) doesn't have an entry for each argument",
            "needs an entry for each argument",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "an entry where a number would do": (
        side(X, answer=ERROR, in_axes=axes(0, 1)),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=(0, 1) doesn't have an entry for each argument",
            "needs an entry for each argument",
            "set in_axes to the axis that counts the batch: in_axes=0",
        ),
    ),
    "several axes for an argument": (
        side(X, S, answer=ERROR, in_axes=axes(axes(0, 1), 1)),
        side(X, S, **BOTH, answer=Y),
        TWO,
        (
            "in_axes=((0, 1), 1) has several axes for argument 1, which is one array",
            "needs one axis for each argument",
            "set in_axes to the axis that counts the batch: in_axes=(0, 1)",
        ),
    ),
    "another axis that raised": (
        side(X, answer=ERROR, in_axes=Axis(value=1)),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "in_axes=1 maps over the inputs, not over the batch",
            "maps along the inputs",
            "set in_axes to the axis that counts the batch: in_axes=0",
        ),
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "task", "words"), IN.values(), ids=IN)
def test_in_axes_is_told_by_what_it_maps_over(
    ours: Observation, theirs: Observation, task: Any, words: tuple[str, str, str]
) -> None:
    assert told(wrong_in_axes.RULE, ours, theirs, task) == [words]


OUT: Final[dict[str, tuple[Observation, Observation, Any, tuple[str, str, str]]]] = {
    "another axis": (
        side(X, **ONE, out_axes=Axis(value=1)),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "out_axes=1 puts the mapped axis in a different place than the task",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "another axis of what is flattened": (
        side(X, **ONE, out_axes=Axis(value=1)),
        side(X, **ONE, answer=Y),
        FLAT,
        (
            "out_axes=1 puts the batch in a different place than the task",
            "the batch belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "another axis beside another result": (
        side(X, **ONE, out_axes=axes(0, 1), out=((3, 7), (4, 3)), answer=numbers((4, 3))),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "out_axes=(0, 1) puts the mapped axis in a different place than the task",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=(0, 0)",
        ),
    ),
    "none": (
        side(X, **ONE, out_axes=Axis(value=None)),
        side(X, **ONE, answer=Y),
        FLAT,
        (
            "out_axes=None puts the batch nowhere",
            "the batch belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "no number": (
        side(X, **ONE, out_axes=NO_AXIS),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "out_axes='x' isn't an axis; Flax takes a number, None, or a tuple of them",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "an axis that isn't there": (
        side(X, **ONE, out_axes=Axis(value=5), out=(), answer=ERROR),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "out_axes=5 names an axis that the output doesn't have",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "a tuple for one array": (
        side(X, **ONE, out_axes=axes(0, 1), out=(), answer=ERROR),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "out_axes=(0, 1) is a tuple, and the module returns one array",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "a list for one array": (
        side(X, **ONE, out_axes=axes(0, is_list=True), out=(), answer=ERROR),
        side(X, **ONE, answer=Y),
        PLAIN,
        (
            "out_axes=[0] is a list, and the module returns one array",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "a list for two results": (
        side(X, **ONE, out_axes=axes(0, 0, is_list=True), out=(), answer=ERROR),
        side(X, **ONE, out_axes=axes(0, 0), out=((3, 4), (3, 5)), answer=Y),
        PLAIN,
        (
            "out_axes=[0, 0] is a list; Flax takes a tuple, with an entry for each result",
            "must be a tuple",
            "put the mapped axis where the task wants it: out_axes=(0, 0)",
        ),
    ),
    "a tuple where one number is for both": (
        side(X, **ONE, out_axes=axes(0), out=(), answer=ERROR),
        side(X, **ONE, out=((3, 4), (3, 5)), answer=Y),
        PLAIN,
        (
            "out_axes=(0,) doesn't have an entry for each result",
            "the mapped axis belongs on axis 0 of the output",
            "put the mapped axis where the task wants it: out_axes=0",
        ),
    ),
    "several axes for a result": (
        side(X, **ONE, out_axes=axes(axes(0, 1), 0), out=(), answer=ERROR),
        side(X, **ONE, out_axes=axes(0, 0), out=((3, 4), (3, 5)), answer=Y),
        PLAIN,
        (
            "out_axes=((0, 1), 0) has several axes for result 1, which is one array",
            "the mapped axis belongs on the axes (0, 0) of the results",
            "put the mapped axis where the task wants it: out_axes=(0, 0)",
        ),
    ),
    "none for a result": (
        side(X, **ONE, out_axes=axes(0, None), out=((3, 4), (5,))),
        side(X, **ONE, out_axes=axes(0, 0), out=((3, 4), (3, 5)), answer=Y),
        PLAIN,
        (
            "out_axes=(0, None) puts the mapped axis nowhere in result 2",
            "the mapped axis belongs on the axes (0, 0) of the results",
            "put the mapped axis where the task wants it: out_axes=(0, 0)",
        ),
    ),
    "another axis of a result": (
        side(X, **ONE, out_axes=axes(0, 1), out=((3, 4), (5, 3))),
        side(X, **ONE, out_axes=axes(0, 0), out=((3, 4), (3, 5)), answer=Y),
        FLAT,
        (
            "out_axes=(0, 1) puts the mapped axis in a different place than the task",
            "the mapped axis belongs on the axes (0, 0) of the results",
            "put the mapped axis where the task wants it: out_axes=(0, 0)",
        ),
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "task", "words"), OUT.values(), ids=OUT)
def test_out_axes_is_told_by_where_it_puts_the_axis(
    ours: Observation, theirs: Observation, task: Any, words: tuple[str, str, str]
) -> None:
    assert told(wrong_out_axes.RULE, ours, theirs, task) == [words]


@pytest.mark.parametrize(
    "ours",
    [
        side(X, inner=((2,),), in_axes=axes(0, None)),
        side(X, (3,), inner=((2,), ()), in_axes=axes(0, 0)),
        side((5,), X, inner=((5,), (2,)), in_axes=axes(None, 0)),
        side(X, S, inner=((2,), (4, 3)), in_axes=axes(0, None)),
    ],
)
def test_what_comes_beside_the_input_is_no_other_axis(ours: Observation) -> None:
    assert not told(wrong_in_axes.RULE, ours, side(X, **ONE, inner=((2,),), answer=Y))


@pytest.mark.parametrize("out", [((3, 4), (5, 3)), ((5, 3), (3, 4)), ((3, 4), (4, 3))])
def test_what_comes_beside_the_output_is_no_other_axis(out: tuple[tuple[int, ...], ...]) -> None:
    axis = [0 if each[0] == 3 else 1 for each in out]
    ours = side(X, **ONE, out_axes=axes(*axis), out=out)
    assert not told(wrong_out_axes.RULE, ours, side(X, **ONE, answer=Y))


def reasons(rule: Any, rows: dict[str, Any]) -> dict[str, str]:
    """Return the first words of why each is wrong."""
    found = {}
    for name, (ours, theirs, task, _) in rows.items():
        some = evidence([look(theirs, ours, case(3, 2, 4), task)], TEXT, task)
        (sighting,) = rule.find(some)
        found[name] = " ".join(sighting.why.split()[:4])
    return found


def test_why_other_axes_are_wrong() -> None:
    assert reasons(wrong_in_axes.RULE, IN) == {
        "another axis": "The module gets slices",
        "no axis": "What belongs to one",
        "no number": "The module gets slices",
        "an axis where none is wanted": "Then each of them",
        "an axis of an unknown array where none is wanted": "Then each of them",
        "an axis of a turned array": "The axes of the",
        "another axis beside a flag": "The module gets slices",
        "another axis beside another array": "The module gets slices",
        "nothing beside a flag": "What belongs to one",
        "another argument that is mapped": "The module gets slices",
        "the first argument along another axis": "The module gets slices",
        "an argument that isn't mapped": "What belongs to one",
        "an argument that is mapped too": "The module gets slices",
        "an unknown argument along another axis": "The module gets slices",
        "nothing that is mapped of two": "What belongs to one",
        "a list": "in_axes describes the tuple",
        "too few entries": "in_axes describes the tuple",
        "an entry where a number would do": "in_axes describes the tuple",
        "several axes for an argument": "in_axes describes the tuple",
        "another axis that raised": "The module gets slices",
    }
    assert reasons(wrong_out_axes.RULE, OUT) == {
        "another axis beside another result": "Code that uses the",
        "another axis": "Code that uses the",
        "another axis of what is flattened": "Flattening goes row by",
        "none": "None says that a",
        "no number": "None says that a",
        "an axis that isn't there": "Code that uses the",
        "a tuple for one array": "out_axes has the structure",
        "a list for one array": "out_axes has the structure",
        "a list for two results": "out_axes describes the tuple",
        "a tuple where one number is for both": "out_axes has the structure",
        "several axes for a result": "out_axes has the structure",
        "none for a result": "None says that a",
        "another axis of a result": "Flattening goes row by",
    }


def test_a_module_that_gets_all_at_once_is_not_mapped() -> None:
    def of_inner(shape: tuple[int, ...], **call: Any) -> Look:
        ours = side(X, inner=(shape,), **({"answer": Y} | call))
        return look(side(X, inner=((2,),), answer=Y, **ONE), ours, case(3, 2, 4), PLAIN)

    for one, words in (
        (
            of_inner((3, 2), **ONE),
            ["nn.vmap doesn't map over the batch: nn.Dense gets all of it at once"],
        ),
        (of_inner((2,), **ONE), []),
    ):
        found = list(wrong_in_axes.RULE.find(evidence([one], TEXT, PLAIN)))
        assert [each.message for each in found] == words


def test_an_input_that_was_turned_on_the_way_is_turned_back() -> None:
    one = look(side(X, **ONE, answer=Y), side((2, 3), **ONE), case(3, 2, 4), PLAIN)
    text = TEXT.replace("apply(v, x)", "apply(v, x.T)")
    (found,) = wrong_in_axes.RULE.find(evidence([one], text, PLAIN))
    (edit,) = found.edits
    line = text.splitlines()[edit.span.line - 1]
    assert line[edit.span.column - 1 : edit.span.end_column - 1] == "x.T"
    assert edit.text == "x"
