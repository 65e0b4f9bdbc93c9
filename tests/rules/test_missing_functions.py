"""What is said of a file that doesn't define what the task names."""

from __future__ import annotations

from typing import Final

import msgspec
import pytest

from grader.model.exercise import FlaxClass, Library
from grader.model.files import SeveralFiles
from grader.model.observation import FunctionMissing
from grader.model.source import Source
from grader.rules.missing_function import sighting
from tests.judge.made import TASK

DEF: Final = "def forward(x):\n    return x\n"
OTHER: Final = "def backward(x):\n    return x\n"
NEAR: Final = "def foward(x):\n    return x\n"
NESTED: Final = "`forward` is not at the top level when the file is imported"
NONE: Final = "there is no function `forward`"
MEANT: Final = "there is no function `forward`; did you mean `foward`?"
BESIDE: Final = "`forward` is in helpers.py, and not in your file"
NO_FUNCTION: Final = "`forward` exists, but it isn't a function"

SAID: Final = {
    "in a class": ("class A:\n    def forward(self):\n        pass\n", NESTED, 2),
    "in a function": ("def f():\n    class forward:\n        pass\n", NESTED, 2),
    "in a block": ("if False:\n    forward = f\n", NESTED, 2),
    "a coroutine in a function": (f"def f():\n    async {DEF[:-14]}pass\n", NESTED, 2),
    "deleted": (f"{DEF}del x, forward\n", "`forward` is deleted before it can be called", 3),
    "beside another that is deleted": (f"del x\nif x:\n    {DEF[:-14]}pass\n", NESTED, 3),
    "an item of that name": (f"del x.forward\nif x:\n    {DEF[:-14]}pass\n", NESTED, 3),
    "misspelt": (NEAR, MEANT, 1),
    "misspelt as a variable": ("foward = f\n", MEANT, 1),
    "misspelt in a class": (
        "class A:\n    def foward(self):\n        pass\n",
        MEANT,
        2,
    ),
    "in another case": ("def For_Ward(x):\n    pass\n", MEANT.replace("foward", "For_Ward"), 1),
    "quite another name": (OTHER, NONE, None),
    "nothing": ("", "the file is empty", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message", "line"), SAID.values(), ids=SAID)
def test_what_a_file_has_instead_is_told(text: str, message: str, line: int | None) -> None:
    names = tuple(name for name in ("foward", "backward") if f"def {name}" in text)
    found = sighting(Source("s.py", text), TASK, FunctionMissing(callables=names))
    assert found.message == message
    assert (found.span.line if found.span is not None else None) == line


FILES: Final = {
    "in another file": (OTHER, DEF, BESIDE),
    "a class in another file": (OTHER, "class forward:\n    pass\n", BESIDE),
    "a variable of another file": (OTHER, "forward = f\n", BESIDE),
    "imported by another file": (OTHER, "from task import forward\n", NONE),
    "in a block of another file": (OTHER, "if x:\n    forward = f\n", NONE),
    "in two other files": (OTHER, DEF, NONE),
    "another name in another file": (OTHER, "backwards = f\n", NONE),
    "misspelt in another file": (OTHER, NEAR, MEANT),
    "in its own block, too": (f"if x:\n    {DEF[:-14]}pass\n", DEF, NESTED),
}


@pytest.mark.parametrize(("main", "helpers", "message"), FILES.values(), ids=FILES)
def test_a_name_in_a_file_beside_the_program_is_told_as_that(
    main: str, helpers: str, message: str
) -> None:
    beside = [Source("helpers.py", helpers)]
    if helpers == DEF and message == NONE:
        beside.append(Source("more.py", DEF))
    names = ("foward",) if helpers == NEAR else ("backward",)
    found = sighting(
        SeveralFiles(Source("s.py", main), beside), TASK, FunctionMissing(callables=names)
    )
    assert found.message == message
    if message == MEANT:
        assert found.span is not None
        assert found.span.line == len(OTHER.splitlines()) + 3


@pytest.mark.parametrize(
    "source",
    [
        Source("s.py", "x = 1\nforward = 3\n"),
        SeveralFiles(Source("s.py", "from h import *\n"), [Source("h.py", "forward = 3\n")]),
    ],
    ids=["here", "beside"],
)
def test_what_cannot_be_called_is_told_as_what_it_is(source: Source) -> None:
    loaded = FunctionMissing(callables=(), found="3")
    function = sighting(source, TASK, loaded)
    assert (function.message, function.label) == (NO_FUNCTION, "this is 3")
    assert function.help == "make it a function: def forward(…)"
    wanted = msgspec.structs.replace(TASK, flax_class=FlaxClass(library=Library.NNX))
    assert sighting(source, wanted, loaded).help == "make it a class: class forward(nnx.Module)"


def test_the_last_definition_is_shown() -> None:
    text = "forward = 1\nclass A:\n    def forward(self):\n        pass\nforward = 2\n"
    found = sighting(Source("s.py", text), TASK, FunctionMissing(callables=(), found="2"))
    assert found.span is not None
    assert found.span.line == 5


def test_the_tasks_other_functions_are_not_meant() -> None:
    task = msgspec.structs.replace(TASK, beside=("foward",))
    both = FunctionMissing(callables=("foward", "backward"))
    found = sighting(Source("s.py", NEAR + OTHER), task, both)
    assert (found.message, found.details) == (NONE, ("It has `backward`.",))
    assert found.help == "name the function forward, exactly as in the task"
    alone = sighting(Source("s.py", NEAR), task, FunctionMissing(callables=("foward",)))
    assert (alone.message, alone.details) == (NONE, ())
    nothing = sighting(Source("s.py", "x = 1\n"), TASK, FunctionMissing(callables=()))
    assert nothing.help == "write the function forward, exactly as in the task"


def test_a_name_that_only_running_the_file_makes_may_be_meant() -> None:
    found = sighting(
        Source("s.py", "exec('def foward(x): pass')\n"),
        TASK,
        FunctionMissing(callables=("foward",)),
    )
    assert (found.message, found.span) == (MEANT, None)
