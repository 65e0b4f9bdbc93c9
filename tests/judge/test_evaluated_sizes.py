"""What expressions of sizes and numbers come to, and which say nothing."""

from __future__ import annotations

from typing import Final

import msgspec
import pytest

from grader.evidence.sizes import conditions
from grader.evidence.sizes.evaluate import Evaluation
from grader.evidence.sizes.scope import Unknown
from grader.evidence.sizes.visit import Visit
from grader.model.exercise import Array, Arrays, Dict, FlaxClass, Integers, Library, Size
from grader.model.source import Source
from tests.judge.made import TASK

EXERCISE: Final = msgspec.structs.replace(
    TASK,
    parameters=(
        *TASK.parameters,
        Dict(name="params", items=(Array(name="w", shape=("inputs", "width")),)),
        Arrays(name="carry", items=(Integers(name="c", shape=("batch",), low=0, high=3),)),
    ),
)
HEAD: Final = "def forward(seed, x, width, params, carry):\n"
SIZES: Final = {"batch": 9, "inputs": 5, "width": 4}
VALUES: Final = {
    "width": 4,
    "x.shape": (9, 5),
    "x.shape[-1]": 5,
    "x.shape[1:] + (1,)": (5, 1),
    "x.T.shape[::-1][0]": 9,
    "(1, 2, 3)[1:]": (2, 3),
    "x.size": 45,
    "x.ndim": 2,
    "len(x)": 9,
    "len(x.shape)": 2,
    "len((1, width))": 2,
    "len(params['w'])": 5,
    "carry[0].shape": (9,),
    "-width + 2 * 3 - 7 // 2 + 7 % 2": 0,
    "width / 8": 0.5,
    "width ** 2": 16,
    "6 & width | 1": 5,
    "6 ^ width": 2,
    "not width": False,
    "1 < width <= 4": True,
    "1 < width < 4": False,
    "width in (3, 4) and width not in {5}": True,
    "width == 3 or len(x) == 9": True,
    "(9, 5) == x.shape": True,
    "{(9, 4): 1}": frozenset({(9, 4)}),
    "1 if width == 4 else 2": 1,
    "(y := width) + 1": 5,
    "min(width, 3) + max(1, 2) + abs(-1)": 6,
    "divmod(len(x), width)": (2, 1),
    "sorted([3, 1])": (1, 3),
    "[k + 1 for k in range(3) if k != 1]": (1, 3),
    "sum(a * b for a, b in zip(x.shape, (1, 2)))": 19,
    "all(a == b for a, b in [(1, 1), (2, width)])": False,
    "np.prod(x.shape)": 45,
    "jnp.shape(jnp.asarray(x))": (9, 5),
    "np.size(x)": 45,
    "np.array_equal(x.shape, (9, 5))": True,
    "np.logical_and(width == 4, len(x) == 8)": False,
    "np.logical_or(width == 4, len(x) == 8)": True,
    "np.logical_not(width == 4)": False,
}
UNKNOWN: Final = [
    "seed",
    "y",
    "None",
    "'text'",
    "x",
    "x == 3",
    "not x",
    "x.mean",
    "x[0]",
    "params['v']",
    "params[0]",
    "x.shape[2]",
    "x.shape['a']",
    "x.shape[0.5]",
    "-x",
    "-x.shape",
    "x + 1",
    "~width",
    "width << 2",
    "width is 4",
    "width ** 9",
    "width ** 0.5",
    "2 ** 8 ** 2 * 10**8 * 10**8",
    "1e30",
    "len(width)",
    "np.prod(x)",
    "np.shape(width)",
    "f(width)",
    "x.sum()",
    "max(width, key=len)",
    "min(x.shape, 3)",
    "range(width)[10]",
    "[a for a in width]",
    "[a for a, b in x.shape]",
    "[a for a in x.shape for b in x.shape]",
    "{a for a in x.shape}",
    "{**params}['w'][0]",
    "helper(width)",
    "lambda: 3",
    "(lambda: 3)()",
    "f'{width}'",
]
BODIES: Final = {
    "a name": ("y = width + 1\n    return y", 5),
    "a typed name": ("y: int = width + 1\n    return y", 5),
    "names": ("b, d = x.shape\n    return b - d", 4),
    "a name in a list": ("[b, d] = x.shape\n    return b - d", 4),
    "a name with a star": ("b, *d = x.shape\n    return b", None),
    "a name in a name": ("(b, c), d = x.shape, 3\n    return b", None),
    "a sum": ("y = 1\n    y += width\n    return y", None),
    "a name of a with": ("with open('a') as y:\n        return y", None),
    "an import": ("import y.z\n    return y", None),
    "an import by another name": ("from a import b as y\n    return y", None),
    "a function": (
        "def f(a, b=2, *, c=1):\n        return a + b * c\n    return f(width, c=3)",
        10,
    ),
    "a function with a docstring": (
        "def f():\n        'Four.'\n        return width\n    return f()",
        4,
    ),
    "a function of too little": ("def f(a):\n        return a\n    return f()", None),
    "a function of too much": ("def f(a):\n        return a\n    return f(1, 2)", None),
    "a function of a dict": ("def f(a):\n        return a\n    return f(**params)", None),
    "a function that does more": (
        "def f(a):\n        g()\n        return a\n    return f(1)",
        None,
    ),
    "an async function": ("async def f(a):\n        return a\n    return f(1)", None),
    "a function as a value": ("def f(a):\n        return a\n    return f", None),
    "a lambda": ("f = lambda a: a + width\n    return f(3)", 7),
    "a name that names itself": ("y = z\n    z = y\n    return y", None),
    "a class's field": ("class A:\n        width = 3\n    return A.width", None),
    "a global name": ("return Y\nY = 3", 3),
    "a global name that a function changes": (
        "return Y\nY = 3\ndef g():\n    global Y\n    Y = 4",
        None,
    ),
    "a division by zero": ("return width % (width - 4)", None),
}


def value(body: str) -> object:
    visit = Visit(EXERCISE, Source("s.py", f"{HEAD}    {body}\n"))
    (found, _), *_ = visit.returns
    assert found.value is not None
    return Evaluation(SIZES).value(found.value, visit.entered)


@pytest.mark.parametrize("text", VALUES)
def test_what_is_made_of_sizes_has_a_value(text: str) -> None:
    assert value(f"return {text}") == VALUES[text]
    assert type(value(f"return {text}")) is type(VALUES[text])


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_made_of_more_has_none(text: str) -> None:
    visit = Visit(EXERCISE, Source("s.py", f"{HEAD}    return {text}\n"))
    ((found, _),) = visit.returns
    assert found.value is not None
    with pytest.raises(Unknown):
        Evaluation(SIZES).truth(found.value, visit.entered)


@pytest.mark.parametrize(("body", "wanted"), BODIES.values(), ids=BODIES)
def test_names_lead_to_what_they_are_given(body: str, wanted: int | None) -> None:
    if wanted is None:
        with pytest.raises((Unknown, ArithmeticError)):
            value(body)
    else:
        assert value(body) == wanted


def test_a_method_has_the_fields_of_its_class() -> None:
    task = msgspec.structs.replace(
        TASK,
        function="Net",
        flax_class=FlaxClass(library=Library.LINEN, fields=("width",)),
        parameters=(*TASK.parameters[:2], Size(name="width")),
    )
    text = (
        "class Net:\n"
        "    def __call__(self, y):\n        return y if self.width - len(y) == 2 else self.own()\n"
        "    def own(self):\n        return self.width - 3 == self.depth\n"
        "class Other:\n"
        "    def own(self):\n        return self.width * 2 == len(y)\n"
    )
    found = list(conditions(task, Source("s.py", text)))
    assert {each.dimensions for each in found} == {frozenset({"width", "batch"})}
    assert found[0].holds({"width": 5, "batch": 3})
    assert not found[0].holds({"width": 5, "batch": 4})


def test_a_lambda_is_a_function_as_well() -> None:
    found = list(conditions(TASK, Source("s.py", "forward = lambda s, y, n: len(y) - n == 2\n")))
    assert [each.holds({"batch": 5, "width": 3}) for each in found] == [True]
