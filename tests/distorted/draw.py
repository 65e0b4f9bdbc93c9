"""Draws distorted recordings at random, close to what programs do."""

from __future__ import annotations

import ast
from functools import cache
from random import Random
from typing import Any, Final

import msgspec

from grader.labels import Labelled
from grader.model.source import Source
from tests.distorted import Distorted
from tests.distorted.changes import (
    Alter,
    Answer,
    Change,
    Graft,
    Mix,
    Path,
    Put,
    Side,
    Text,
    Write,
    span_of,
)
from tests.judge.perturbed import ALL, ANSWERS, CHANGES, NO_ANSWERS, WORDS, plain_of, recorded

SIDES: Final[tuple[Side, ...]] = ("actual", "actual", "expected")
MOST: Final = 6


def draw(random: Random, each: Labelled) -> Distorted:
    """Change one to four things in a recording."""
    count = random.choice((1, 1, 1, 2, 2, 3, 4))
    kinds = [random.choice(_KINDS) for _ in range(count)]
    changes = [change for kind in kinds if (change := kind(random, each)) is not None]
    return Distorted(
        recording=str(each),
        exchanges=random.choice((1, 2, MOST, MOST)),
        changes=tuple(changes),
    )


def _place(random: Random) -> int | None:
    return random.choice((None, None, 0, 0, 1, 2))


def _observed(random: Random, each: Labelled, side: Side) -> Any:
    exchanges = recorded(each).exchanges[:MOST]
    return plain_of(getattr(random.choice(exchanges), side)) if exchanges else {}


def _alter(random: Random, each: Labelled) -> Change | None:
    side = random.choice(SIDES)
    path = _path(random, _observed(random, each, side))
    if not path:
        return None
    return Alter(
        side=side,
        path=path,
        kind=random.choice(CHANGES),
        exchange=_place(random),
        word=random.choice(WORDS),
        number=random.randint(-2, 3),
    )


def _graft(random: Random, each: Labelled) -> Change | None:
    """Take what another recording has at a like place, or this one's other side."""
    side, other = random.choice(SIDES), random.choice(SIDES)
    donor = random.choice((each, random.choice(_near(each)), random.choice(ALL)))
    path = _path(random, _observed(random, each, side))
    source = _like(random, _observed(random, donor, other), path)
    if not path or not recorded(donor).exchanges or source is None:
        return None
    return Graft(
        side=side,
        path=path,
        donor=str(donor),
        donor_side=other,
        source=source,
        exchange=_place(random),
    )


def _put(random: Random, each: Labelled) -> Change | None:
    """Put there what some recording has in a field of the same name."""
    side = random.choice(SIDES)
    path = _path(random, _observed(random, each, side))
    names = [step for step in path if isinstance(step, str)]
    values = _values().get(names[-1], ()) if names else ()
    if not values:
        return None
    last = len(path) - 1 - path[::-1].index(names[-1])
    return Put(
        side=side,
        path=path[: last + 1],
        value=msgspec.json.decode(random.choice(values)),
        exchange=_place(random),
    )


@cache
def _values() -> dict[str, tuple[bytes, ...]]:
    """Return the short values of each field that recordings have, and some that none has."""
    found: dict[str, set[bytes]] = {
        name: {msgspec.json.encode(value) for value in values} for name, values in _ODD.items()
    }

    def note(plain: Any) -> None:
        for name, value in plain.items() if isinstance(plain, dict) else ():
            if len(text := msgspec.json.encode(value)) < _SHORT:
                found.setdefault(name, set()).add(text)
        for value in plain.values() if isinstance(plain, dict) else plain:
            if isinstance(value, dict | list):
                note(value)

    for each in ALL[::3]:
        for exchange in recorded(each).exchanges[:2]:
            note(plain_of(exchange.actual))
            note(plain_of(exchange.expected))
    return {name: tuple(sorted(values)) for name, values in found.items()}


def _axis(value: int | None) -> dict[str, Any]:
    return {"type": "axis", "value": value}


def _tree(*items: int | None, **more: Any) -> dict[str, Any]:
    return {"type": "tree", "items": [_axis(each) for each in items], **more}


_SHORT: Final = 300
_AXES: Final = (
    *(_axis(each) for each in (None, 0, 1, 2, -1, -2, 5, -7)),
    {"type": "axis", "value": None, "invalid": "'0'"},
    _tree(),
    _tree(0),
    _tree(None),
    _tree(0, 0),
    _tree(None, 0),
    _tree(0, None),
    _tree(1, 0),
    _tree(0, 1),
    _tree(None, None),
    _tree(0, 0, 0),
    _tree(0, None, None),
    _tree(-1, 0),
    _tree(9, 0),
    _tree(0, 0, is_list=True),
    _tree(1, is_list=True),
    _tree(0, 1, keys=["a", "b"]),
    {"type": "tree", "items": [_tree(0, 1), _axis(None)]},
)
_ODD: Final[dict[str, Any]] = {
    "in_axes": _AXES,
    "out_axes": _AXES,
    "shape": ([], [1], [2], [3, 1], [1, 3], [2, 3, 4], [0, 3], [4, 3], [3, 3], [1] * 9),
    "dtype": ("float16", "bfloat16", "int32", "uint32", "bool", "float64"),
    "digest": (None, "x"),
    "taken": (None, "x"),
    "given": ([], "x", None),
    "data": (None, "00"),
    "span": (None,),
    "library": (None, "builtins.compile", "jax._src.numpy.x"),
    "axis": (None, 0, 1, -1, 7),
    "axis_size": (None, 1, 2, 3, 7),
    "axis_name": (None, "batch", "b"),
    "split": (True, False),
    "outputs": ([],),
    "inputs": ([],),
    "modules": ([],),
    "roots": ([],),
    "lifted": ([], None, 0, 1),
    "keys": ([],),
    "transforms": ([],),
    "frames": ([],),
    "inside": (None, 0, 1),
    "root": (None, 0, 1),
    "altered": (0, 1, 2),
    "mutated": ([], ["x_batch"]),
    "made_by": (None, 0, 1),
    "path": ([], ["Dense_0"], ["a", "b"]),
    "collection": ("params", "x"),
}


def _like(random: Random, plain: Any, path: Path) -> Path | None:
    """Return a path of the same names, with other numbers where a list has them."""
    found: list[str | int] = []
    for step in path:
        match plain:
            case dict() if step in plain:
                found.append(step)
            case list() if plain:
                found.append(random.randrange(len(plain)))
            case _:
                return None
        plain = plain[found[-1]]
    return tuple(found)


def _near(each: Labelled) -> list[Labelled]:
    return [other for other in ALL if other.folder is each.folder]


def _answer(random: Random, _: Labelled) -> Change:
    return Answer(kind=random.choice([*ANSWERS, *NO_ANSWERS]), exchange=_place(random))


def _mix(random: Random, each: Labelled) -> Change:
    return Mix(donor=str(random.choice(_near(each))), exchange=random.randrange(MOST))


def _text(random: Random, each: Labelled) -> Change:
    return Text(donor=str(random.choice(_near(each))))


def _write(random: Random, each: Labelled) -> Change | None:
    """Write one expression or statement of the file at another's place, or something small."""
    source = recorded(each).source
    if source.tree is None:
        return None
    kind = random.choice((ast.expr, ast.expr, ast.stmt, ast.keyword))
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, kind)]
    if not nodes:
        return None
    span = source.span(random.choice(nodes))
    donor = random.choice((source, source, recorded(random.choice(_near(each))).source))
    new = _piece(random, donor, kind)
    lines = span.end_line - span.line
    if random.random() < 0.3 and kind is ast.stmt:
        here = (span.end_line, span.end_column, span.end_line, span.end_column)
        return Write(span=here, text=f"; {new}")
    if random.random() < 0.3 and kind is ast.expr:
        here = (span.end_line, span.end_column, span.end_line, span.end_column)
        return Write(span=here, text=random.choice(_AFTER))
    return Write(span=span_of(span), text=new + "\n" * lines)


def _piece(random: Random, source: Source, kind: Any) -> str:
    small = {ast.stmt: _STATEMENTS, ast.expr: _EXPRESSIONS, ast.keyword: _KEYWORDS}[kind]
    nodes = (
        [node for node in ast.walk(source.tree) if isinstance(node, kind)] if source.tree else []
    )
    texts = [ast.unparse(node) for node in nodes]
    short = [text for text in texts if "\n" not in text and len(text) < 90]
    return random.choice(short) if short and random.random() < 0.6 else random.choice(small)


_STATEMENTS: Final = (
    "pass",
    "return None",
    "del x",
    "x = 1",
    "import jax",
    "raise",
    "y = y",
    "return",
)
_EXPRESSIONS: Final = (
    "None",
    "0",
    "1",
    "-1",
    "x",
    "{}",
    "()",
    "(x, y)",
    "[]",
    "True",
    "False",
    "'params'",
    "lambda x: x",
    "jnp",
    "nn.Dense",
    "y.T",
    "**x",
    "*x",
    "(y := 1)",
    "x[0]",
    "{'params': 0}",
    "partial(f, x)",
    "f(x)",
)
_AFTER: Final = (
    ".T",
    "[0]",
    ".reshape(-1)",
    " + 1",
    "()",
    ".ravel()",
    " or x",
    ", x",
    "['params']",
    " if x else y",
    "[..., 0]",
    ".x",
    "(x)",
)
_KEYWORDS: Final = (
    "**x",
    "x=1",
    "in_axes=0",
    "axis_size=2",
    "rngs={}",
    "mutable=True",
    "features=features",
)


def _path(random: Random, plain: Any) -> Path:
    """Go down a tree of builtins, a branch at a time: each branch is as likely as its siblings."""
    path: Path = ()
    while steps := _steps(plain):
        if path and random.random() < 0.2:
            break
        step = random.choice(steps)
        path, plain = (*path, step), plain[step]
    return path


def _steps(plain: Any) -> list[str | int]:
    if isinstance(plain, dict):
        return [each for each in plain if each != "seconds"]
    return list(range(len(plain))) if isinstance(plain, list) else []


_KINDS: Final = (
    _alter,
    _alter,
    _graft,
    _graft,
    _put,
    _put,
    _put,
    _put,
    _answer,
    _mix,
    _text,
    _write,
    _write,
    _write,
    _write,
)
