"""What beginners' exceptions usually mean here, and what to do about them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Final

import msgspec

from grader.evidence.axis_names import unbound
from grader.evidence.devices import unavailable
from grader.evidence.habits import habit
from grader.evidence.imports import Beside, missing
from grader.evidence.in_context import in_context
from grader.evidence.libraries import ALIASES
from grader.evidence.meaning import Meaning
from grader.evidence.meanings import MEANINGS
from grader.evidence.unpacked import unpacked
from grader.evidence.waiting import waiting
from grader.model.observation import Raised, Span
from grader.model.source import Source

Explain = Callable[[Raised, Source], Meaning | None]

_MOST_LINES = 3
_LONGEST_LINE = 300
_LINK = re.compile(r"\s*\(https://flax[\w.-]*\.io/\S*\)?\s*$")
"""Flax's messages end with a link to a page that repeats them."""
_INSTALLED = re.compile(r" \(\S*/site-packages/\S*\)")
"""Where a library is on this machine."""
_IDENTITY = re.compile(r" with (object )?id[= ]\d+")
"""Flax tells traced arrays apart by numbers that are others in each run."""

_ITSELF = Meaning(
    message="the function raises its own exception instead of returning an answer",
    why="Every case of the task has an answer, this one too.",
    help="handle this case, or delete the raise",
)
_OVERRIDDEN = "IncorrectPostInitOverrideError"
_CONSTRUCTED = re.compile(r"\b__init__\(\) (takes|got|missing)")
_UNKNOWN = Meaning(
    why="",
    help="run the function with these arguments, and read the last line of the exception first",
)


def meaning(raised: Raised, source: Source, allowed: tuple[str, ...] = ()) -> Meaning:
    """Return the usual meaning of an exception; `allowed` are files that may be beside the file."""
    for explain in _EXPLAINING:
        told = explain(raised, source)
        if told is not None:
            return told
    if raised.exception == "NotImplementedError" and raised.library is None:
        name = raised.frames[-1].function if len(raised.frames) > 1 else ""
        if name and not name.startswith("<"):
            return _unfilled(name)
    own = _ITSELF if raises_itself(raised, source) else None
    beside = Beside(allowed, tuple(each.base for each in source.files[1:]))
    told = habit(raised) or missing(raised, beside) or _misspelt(raised)
    told = told or own or _by_pattern(raised) or _UNKNOWN
    called = _CONSTRUCTED.search(raised.message) if raised.exception == "TypeError" else None
    if called is not None and _constructor(source, _is_linen) is not None:
        told = next(each for each in MEANINGS if _OVERRIDDEN in each.pattern)
    elif raised.exception != _OVERRIDDEN:
        return told
    span = _constructor(source)
    label = "takes the place of Flax's constructor"
    return told if span is None else msgspec.structs.replace(told, span=span, label=label)


def _unfilled(name: str) -> Meaning:
    """Speak of another function than the task's that isn't filled in."""
    return Meaning(
        message=f"{name} isn't filled in yet",
        why="The program calls it, and it raises instead of returning something.",
        help=f"write what {name} should do, or call something else",
    )


def _initialiser(raised: Raised, source: Source) -> Meaning | None:
    """Explain an exception of `self.param`, unless its initialiser is one of Flax's or JAX's."""
    call = source.call_at(raised.place) if raised.exception == "TypeError" else None
    if call is None or ast.unparse(call.func) != "self.param" or len(call.args) < 2:
        return None
    if "initializers" in ast.unparse(call.args[1]):
        return None
    return Meaning(
        why="self.param calls its second argument to make the parameter: with a key first, then "
        "with what comes after it, such as the shape.",
        help="pass a function of a key and a shape, such as nn.initializers.ones",
    )


_EXPLAINING: Final[tuple[Explain, ...]] = (
    *(waiting, unbound, unavailable, in_context, _initialiser, unpacked),
)


def _is_linen(cls: ast.ClassDef) -> bool:
    return any(ast.unparse(base) in {"nn.Module", "linen.Module"} for base in cls.bases)


def _constructor(
    source: Source, among: Callable[[ast.ClassDef], bool] = lambda _: True
) -> Span | None:
    """Return the one method that takes the place of the constructor that Flax writes."""
    classes = (node for node in source.nodes if isinstance(node, ast.ClassDef) and among(node))
    methods = (each for cls in classes for each in cls.body if isinstance(each, ast.FunctionDef))
    own = [each for each in methods if each.name in {"__init__", "__post_init__"}]
    without = [each for each in own if not any(map(_calls_flax, ast.walk(each)))]
    return source.head(without[0]) if len(without) == 1 else None


def _calls_flax(node: ast.AST) -> bool:
    """Whether a node is `super().__post_init__`, or that of a base class."""
    return isinstance(node, ast.Attribute) and node.attr == "__post_init__"


def _misspelt(raised: Raised) -> Meaning | None:
    """Explain an undefined name that is similar to a defined one."""
    name = re.match(r"name '(\w+)' is not defined", raised.message)
    if raised.exception != "NameError" or name is None or raised.meant is None:
        return None
    if name[1] in ALIASES:
        return None  # it isn't misspelt, but not imported
    return Meaning(
        message=f"the name {name[1]} isn't defined; did you mean {raised.meant}?",
        label="has no value",
        why="This name has no value at this point.",
        help=f"write {raised.meant}, or give {name[1]} a value before this line",
        misspelt=(name[1], raised.meant),
    )


def is_across_border(raised: Raised) -> bool:
    """Whether NNX refuses an object that comes from outside of a transform, or from inside.

    Which axes the transform goes over has nothing to do with it.
    """
    nnx = raised.library is not None and raised.library.startswith("flax.nnx.")
    return nnx and "different trace level" in raised.message


def raises_itself(raised: Raised, source: Source) -> bool:
    """Whether the innermost place is a `raise` in the submission with the submission's own text."""
    if raised.library is not None or raised.exception == "NotImplementedError":
        return False
    raises = (node for node in source.nodes if isinstance(node, ast.Raise) and node.exc is not None)
    return any(source.span(node) == raised.place for node in raises)


def _by_pattern(raised: Raised) -> Meaning | None:
    for name in (raised.exception, *raised.bases):
        text = f"{name}: {raised.message}"
        for each in MEANINGS:
            if each.fits(raised, text):
                return each
    return None


def text_lines(raised: Raised) -> tuple[str, ...]:
    """Return the exception's class and the first lines of its text, without Flax's link.

    If the text is longer, it ends in an ellipsis.
    """
    plain = (
        _IDENTITY.sub("", _INSTALLED.sub("", _LINK.sub("", each))).strip()
        for each in raised.message.splitlines()
    )
    lines = [line for line in plain if line]
    head = f"{raised.exception}: {lines[0]}" if lines else raised.exception
    if raised.meant is not None:
        head = f"{head.rstrip('.?')}. Did you mean: {raised.meant}?"
    kept = [_cut(line) for line in (head, *lines[1:_MOST_LINES])]
    if len(lines) > _MOST_LINES:
        kept[-1] = f"{kept[-1].rstrip('…')} …"
    return tuple(kept)


def _cut(line: str) -> str:
    """Cut a long line after a word, and add an ellipsis."""
    if len(line) <= _LONGEST_LINE:
        return line
    start = line[: _LONGEST_LINE - 2]
    words = start.rsplit(maxsplit=1)[0] if " " in start[_LONGEST_LINE // 2 :] else start
    return f"{words} …"
