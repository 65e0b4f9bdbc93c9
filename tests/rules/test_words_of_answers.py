"What is said of an answer from its numbers alone: of its shape, its order, its kind, its values."

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np
import pytest

from grader.judge import judge
from grader.model.case import ArrayValue
from tests.judge.made import TASK, case, did, evidence, look, module, of, root, typed, variable

Table = Any
Said = list[tuple[str, str, str, str]]
FLAT: Final = msgspec.structs.replace(TASK, output=("batch", "width"))
TEXT: Final = """\
def forward(seed, x, width):
    return y
"""
SIZES: Final = ((2, 3), (3, 3), (4, 2), (2, 5))


def answer_of(value: Any) -> Any:
    """Return arrays as an answer has them."""
    if isinstance(value, tuple):
        return tuple(map(answer_of, value))
    return ArrayValue.of(np.asarray(value))


def said(
    change: Callable[[Table], Any],
    task: Any = TASK,
    *,
    seen: bool = False,
    expected: Callable[[Table], Any] = lambda table: table,
) -> Said:
    """Judge an answer that does something else with a table of numbers (batch, width)."""
    looks = []
    for seed, (batch, width) in enumerate(SIZES):
        random = np.random.default_rng(seed)
        table = random.normal(size=(batch, width)).astype(np.float32) + 3
        plain = table.reshape(-1) if task is FLAT else expected(table)
        of_case = case(batch, 2, width, seed=seed)
        parts: dict[str, Any] = {}
        if seen:
            weights = variable("params/w", 2, digest="w")
            run = module(root=0, outputs=(typed(batch, width),), digest=of(answer_of(table)))
            parts = {
                "roots": (root(0, kind="init_with_output", made=(weights,)),),
                "modules": (run,),
            }
        theirs, ours = (did(answer_of(each), **parts) for each in (plain, change(table)))
        looks.append(look(theirs, ours, of_case, task))
    found = judge(evidence(looks, TEXT, task).transcript)
    return [(each.rule, each.message, each.label, each.help) for each in found]


ANSWERS: Final[dict[str, tuple[Callable[[Table], Any], Any, bool, Said]]] = {
    "transposed": (
        lambda y: y.T,
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (3, 2), not (2, 3)",
                "this is f32[3,2]",
                "put the axes back in their order: .transpose(1, 0)",
            )
        ],
    ),
    "transposed, from a module": (
        lambda y: y.T,
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (3, 2), not (2, 3)",
                "this is f32[3,2]",
                "put the axes back in their order: .transpose(1, 0)",
            )
        ],
    ),
    "flat": (
        lambda y: y.reshape(-1),
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (6,), not (2, 3)",
                "this is f32[6]",
                "keep the order of the numbers, and reshape them to (batch, width)",
            )
        ],
    ),
    "flat, from a module": (
        lambda y: y.reshape(-1),
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (6,), not (2, 3)",
                "this is f32[6]",
                "keep the order of the numbers, and reshape them to (batch, width)",
            )
        ],
    ),
    "flat by columns": (
        lambda y: y.T.reshape(-1),
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (6,), not (2, 3)",
                "this is f32[6]",
                "give the array the task's shape: (batch, width)",
            )
        ],
    ),
    "flat by columns, from a module": (
        lambda y: y.T.reshape(-1),
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (6,), not (2, 3)",
                "this is f32[6]",
                "give the array the task's shape: (batch, width)",
            ),
            (
                "wrong-order",
                "the numbers are in a different order than the module gave them",
                "its numbers run in the order (width, batch)",
                "return the numbers in the order in which the module gives them",
            ),
        ],
    ),
    "an axis more": (
        lambda y: y[None],
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (1, 2, 3), not (2, 3)",
                "this is f32[1,2,3]",
                "keep the order of the numbers, and reshape them to (batch, width)",
            )
        ],
    ),
    "an axis more, from a module": (
        lambda y: y[None],
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (1, 2, 3), not (2, 3)",
                "this is f32[1,2,3]",
                "keep the order of the numbers, and reshape them to (batch, width)",
            )
        ],
    ),
    "an axis more, transposed": (
        lambda y: y.T[None],
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (1, 3, 2), not (2, 3)",
                "this is f32[1,3,2]",
                "give the array the task's shape: (batch, width)",
            )
        ],
    ),
    "an axis more, transposed, from a module": (
        lambda y: y.T[None],
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (1, 3, 2), not (2, 3)",
                "this is f32[1,3,2]",
                "give the array the task's shape: (batch, width)",
            )
        ],
    ),
    "the first row": (
        lambda y: y[:1],
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (1, 3), not (2, 3)",
                "this is f32[1,3]",
                "it has 3 numbers, not 6: find where they get lost or repeated",
            )
        ],
    ),
    "the first row, from a module": (
        lambda y: y[:1],
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (1, 3), not (2, 3)",
                "this is f32[1,3]",
                "it has 3 numbers, not 6: find where they get lost or repeated",
            )
        ],
    ),
    "a mean": (
        lambda y: y.mean(axis=0),
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (3,), not (2, 3)",
                "this is f32[3]",
                "it has 3 numbers, not 6: find where they get lost or repeated",
            )
        ],
    ),
    "a mean, from a module": (
        lambda y: y.mean(axis=0),
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (3,), not (2, 3)",
                "this is f32[3]",
                "it has 3 numbers, not 6: find where they get lost or repeated",
            )
        ],
    ),
    "one number": (
        lambda y: y.sum(),
        TASK,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (), not (2, 3)",
                "this is f32[]",
                "it has 1 number, not 6: find where they get lost or repeated",
            )
        ],
    ),
    "one number, from a module": (
        lambda y: y.sum(),
        TASK,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (), not (2, 3)",
                "this is f32[]",
                "it has 1 number, not 6: find where they get lost or repeated",
            )
        ],
    ),
    "reversed": (
        lambda y: y[::-1].copy(),
        TASK,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along the batch",
                "put the numbers in the order that the task has",
            )
        ],
    ),
    "reversed, from a module": (
        lambda y: y[::-1].copy(),
        TASK,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along the batch",
                "return the numbers in the order in which the module gives them",
            )
        ],
    ),
    "reversed along the width": (
        lambda y: y[:, ::-1].copy(),
        TASK,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along the width",
                "put the numbers in the order that the task has",
            )
        ],
    ),
    "reversed along the width, from a module": (
        lambda y: y[:, ::-1].copy(),
        TASK,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along the width",
                "return the numbers in the order in which the module gives them",
            )
        ],
    ),
    "sorted": (
        lambda y: np.sort(y, axis=None).reshape(y.shape),
        TASK,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "these numbers are in the wrong order",
                "put the numbers in the order that the task has",
            )
        ],
    ),
    "sorted, from a module": (
        lambda y: np.sort(y, axis=None).reshape(y.shape),
        TASK,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "these numbers are in the wrong order",
                "return the numbers in the order in which the module gives them",
            )
        ],
    ),
    "doubled": (
        lambda y: 2 * y,
        TASK,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "doubled, from a module": (
        lambda y: 2 * y,
        TASK,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "shifted": (
        lambda y: y + 1,
        TASK,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "shifted, from a module": (
        lambda y: y + 1,
        TASK,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "negated": (
        lambda y: -y,
        TASK,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "negated, from a module": (
        lambda y: -y,
        TASK,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "squared": (
        lambda y: y * y,
        TASK,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "squared, from a module": (
        lambda y: y * y,
        TASK,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "one number changed": (
        lambda y: np.where(y == y.max(), 9, y).astype(np.float32),
        TASK,
        False,
        [
            (
                "wrong-values",
                "1 of 6 numbers of the output is wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "one number changed, from a module": (
        lambda y: np.where(y == y.max(), 9, y).astype(np.float32),
        TASK,
        True,
        [
            (
                "wrong-values",
                "1 of 6 numbers of the output is wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "no numbers": (
        lambda y: y * np.nan,
        TASK,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "no numbers, from a module": (
        lambda y: y * np.nan,
        TASK,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "zeros": (
        lambda y: 0 * y,
        TASK,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "zeros, from a module": (
        lambda y: 0 * y,
        TASK,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "in half precision": (
        lambda y: y.astype(np.float16),
        TASK,
        False,
        [
            (
                "wrong-dtype",
                "the output is float16, not float32",
                "this is float16",
                "keep float32 everywhere; don't convert the output",
            )
        ],
    ),
    "in half precision, from a module": (
        lambda y: y.astype(np.float16),
        TASK,
        True,
        [
            (
                "wrong-dtype",
                "the output is float16, not float32",
                "this is float16",
                "the module returns float32: don't convert it",
            )
        ],
    ),
    "whole numbers": (
        lambda y: y.astype(np.int32),
        TASK,
        False,
        [
            (
                "wrong-dtype",
                "the output is int32, not float32",
                "this is int32",
                "keep float32 everywhere; don't convert the output",
            )
        ],
    ),
    "whole numbers, from a module": (
        lambda y: y.astype(np.int32),
        TASK,
        True,
        [
            (
                "wrong-dtype",
                "the output is int32, not float32",
                "this is int32",
                "the module returns float32: don't convert it",
            )
        ],
    ),
    "truth": (
        lambda y: y > 3,
        TASK,
        False,
        [
            (
                "wrong-dtype",
                "the output is bool, not float32",
                "this is bool",
                "keep float32 everywhere; don't convert the output",
            ),
            (
                "wrong-values",
                "the numbers are wrong, not only their type",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            ),
        ],
    ),
    "truth, from a module": (
        lambda y: y > 3,
        TASK,
        True,
        [
            (
                "wrong-dtype",
                "the output is bool, not float32",
                "this is bool",
                "the module returns float32: don't convert it",
            ),
            (
                "wrong-values",
                "the numbers are wrong, not only their type",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            ),
        ],
    ),
    "a pair": (
        lambda y: (y, y),
        TASK,
        False,
        [
            (
                "not-an-array",
                "the function returns a tuple of 2, not an array",
                "this is a tuple of 2",
                "return only the output",
            )
        ],
    ),
    "a pair, from a module": (
        lambda y: (y, y),
        TASK,
        True,
        [
            (
                "not-an-array",
                "the function returns a tuple of 2, not an array",
                "this is a tuple of 2",
                "return only the output",
            )
        ],
    ),
    "not flattened": (
        lambda y: y,
        FLAT,
        False,
        [
            (
                "not-flattened",
                "the output still has 2 axes; the task wants a flat array",
                "this is f32[2,3]",
                "flatten it at the end: .reshape(-1)",
            )
        ],
    ),
    "not flattened, from a module": (
        lambda y: y,
        FLAT,
        True,
        [
            (
                "not-flattened",
                "the output still has 2 axes; the task wants a flat array",
                "this is f32[2,3]",
                "flatten it at the end: .reshape(-1)",
            )
        ],
    ),
    "flattened by columns": (
        lambda y: y.T.reshape(-1).copy(),
        FLAT,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "flattened in the order (width, batch)",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "flattened by columns, from a module": (
        lambda y: y.T.reshape(-1).copy(),
        FLAT,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "flattened in the order (width, batch)",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "flattened and reversed": (
        lambda y: y.reshape(-1)[::-1].copy(),
        FLAT,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along every axis",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "flattened and reversed, from a module": (
        lambda y: y.reshape(-1)[::-1].copy(),
        FLAT,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along every axis",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "flattened with rows reversed": (
        lambda y: y[::-1].reshape(-1).copy(),
        FLAT,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along the batch",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "flattened with rows reversed, from a module": (
        lambda y: y[::-1].reshape(-1).copy(),
        FLAT,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "reversed along the batch",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "transposed, not flattened": (
        lambda y: y.T.copy(),
        FLAT,
        False,
        [
            (
                "wrong-shape",
                "the output has shape (3, 2), not (6,)",
                "this is f32[3,2]",
                "give the array the task's shape: one axis: .reshape(-1)",
            )
        ],
    ),
    "transposed, not flattened, from a module": (
        lambda y: y.T.copy(),
        FLAT,
        True,
        [
            (
                "wrong-shape",
                "the output has shape (3, 2), not (6,)",
                "this is f32[3,2]",
                "give the array the task's shape: one axis: .reshape(-1)",
            )
        ],
    ),
    "flattened with an axis more": (
        lambda y: y.reshape(1, -1),
        FLAT,
        False,
        [
            (
                "not-flattened",
                "the output still has 2 axes; the task wants a flat array",
                "this is f32[1,6]",
                "flatten it at the end: .reshape(-1)",
            )
        ],
    ),
    "flattened with an axis more, from a module": (
        lambda y: y.reshape(1, -1),
        FLAT,
        True,
        [
            (
                "not-flattened",
                "the output still has 2 axes; the task wants a flat array",
                "this is f32[1,6]",
                "flatten it at the end: .reshape(-1)",
            )
        ],
    ),
    "rolled": (
        lambda y: np.roll(y.reshape(-1), 1),
        FLAT,
        False,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "these numbers are in the wrong order",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "rolled, from a module": (
        lambda y: np.roll(y.reshape(-1), 1),
        FLAT,
        True,
        [
            (
                "wrong-order",
                "the numbers are right, but in the wrong order",
                "these numbers are in the wrong order",
                "flatten it row by row, the batch first: .reshape(-1) on the module's output",
            )
        ],
    ),
    "doubled and flattened": (
        lambda y: 2 * y.reshape(-1),
        FLAT,
        False,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "doubled and flattened, from a module": (
        lambda y: 2 * y.reshape(-1),
        FLAT,
        True,
        [
            (
                "wrong-values",
                "all 6 numbers of the output are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "right": (lambda y: y.copy(), TASK, False, []),
    "right, from a module": (lambda y: y.copy(), TASK, True, []),
}


@pytest.mark.parametrize(("change", "task", "seen", "words"), ANSWERS.values(), ids=ANSWERS)
def test_a_wrong_answer_is_told_by_its_numbers(
    change: Callable[[Table], Any], task: Any, words: Said, *, seen: bool
) -> None:
    assert said(change, task, seen=seen) == words


def both(table: Table) -> tuple[Table, Table]:
    return table, table.sum(axis=0)


PAIRS: Final[dict[str, tuple[Callable[[Table], Any], Said]]] = {
    "exchanged": (
        lambda y: both(y)[::-1],
        [
            (
                "wrong-order",
                "the results are right, but in the wrong order",
                "these are the task's results 2 and 1",
                "return them in the task's order",
            )
        ],
    ),
    "the second alone": (
        lambda y: both(y)[1],
        [
            (
                "not-an-array",
                "the function returns an array, not a tuple of 2",
                "this is an array",
                "return a tuple of 2: what the task lists, in the same order",
            )
        ],
    ),
    "the first alone": (
        lambda y: both(y)[0],
        [
            (
                "not-an-array",
                "the function returns an array, not a tuple of 2",
                "this is an array",
                "return a tuple of 2: what the task lists, in the same order",
            )
        ],
    ),
    "the first twice": (
        lambda y: (y, y),
        [
            (
                "wrong-shape",
                "output[1] has shape (2, 3), not (3,)",
                "this is f32[2,3]",
                "it has 6 numbers, not 3: find where they get lost or repeated",
            )
        ],
    ),
    "the first transposed": (
        lambda y: (y.T.copy(), both(y)[1]),
        [
            (
                "wrong-shape",
                "output[0] has shape (3, 2), not (2, 3)",
                "this is f32[3,2]",
                "put the axes back in their order: .transpose(1, 0)",
            )
        ],
    ),
    "the second doubled": (
        lambda y: (y, 2 * both(y)[1]),
        [
            (
                "wrong-values",
                "all 3 numbers of output[1] are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "both doubled": (
        lambda y: (2 * y, 2 * both(y)[1]),
        [
            (
                "wrong-values",
                "all 6 numbers of output[0] are wrong",
                "not the expected numbers",
                "run the function on this case, and compare each step with the task",
            )
        ],
    ),
    "three": (
        lambda y: (*both(y), y),
        [
            (
                "not-an-array",
                "the function returns a tuple of 3, not a tuple of 2",
                "this is a tuple of 3",
                "return a tuple of 2: what the task lists, in the same order",
            )
        ],
    ),
    "the second reversed": (
        lambda y: (y, both(y)[1][::-1].copy()),
        [
            (
                "wrong-order",
                "the numbers of output[1] are right, but in the wrong order",
                "reversed along the width",
                "put the numbers in the order that the task has",
            )
        ],
    ),
}


@pytest.mark.parametrize(("change", "words"), PAIRS.values(), ids=PAIRS)
def test_a_wrong_pair_is_told_item_by_item(change: Callable[[Table], Any], words: Said) -> None:
    assert said(change, expected=both) == words
