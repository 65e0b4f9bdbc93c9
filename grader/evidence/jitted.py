"""Whether Flax's own `nn.jit` made the same key give different random numbers.

Flax derives the key of a parameter from its place in the tree. Under `nn.jit` it does that
differently (`LazyRng.clear_suffix` in `flax.core.lift.jit`), so the same key gives other weights
and masks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.configuration import gave_otherwise
from grader.evidence.keys import drawn_otherwise
from grader.evidence.look import Look
from grader.evidence.settings import setting_differences
from grader.model.observation import Span
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_FLAX = frozenset({"nn", "linen", "flax.linen"})


def jitted(evidence: Evidence, look: Look) -> Span | None:
    """Return the only `nn.jit` of the file, if nothing else can explain the numbers."""
    if look.other_key or look.deviations or any(setting_differences(look)):
        return None
    drawn = any(drawn_otherwise(look, pair) for pair in look.keys)
    masked = bool(look.expected.late_streams) and gave_otherwise(look)
    traced = bool(look.expected.late_streams) and look.answer_wrong and _is_traced(look)
    hidden = traced and _is_only_transform(evidence.source)
    places = tuple(_places(evidence.source)) if drawn or masked or hidden else ()
    return places[0] if len(places) == 1 else None


def _is_traced(look: Look) -> bool:
    """Whether the module that gave the answer ran on tracers, but its variables are known."""
    answer = look.actual.answer
    run = look.actual.top(answer) if answer is not None else None
    ours = [each.digest for each in look.actual.variables]
    theirs = [each.digest for each in look.expected.variables]
    return run is not None and run.given is None and None not in ours and ours == theirs


_TRANSFORMS = re.compile(r"p?jit|pmap|grad|value_and_grad|vjp|jvp|scan|remat|checkpoint|eval_shape")


def _is_only_transform(source: Source) -> bool:
    """Whether one `nn.jit` is the only thing in the file that traces."""
    nodes = [each for each in source.nodes if isinstance(each, ast.Attribute | ast.Name)]
    names = [each.attr if isinstance(each, ast.Attribute) else each.id for each in nodes]
    return sum(_TRANSFORMS.fullmatch(name) is not None for name in names) == 1


def _places(source: Source) -> Iterator[Span]:
    """Yield where `nn.jit` is called or used as a decorator."""
    names = {name for node in source.nodes for name in _imported(node)}
    called = {id(node.func): node for node in source.nodes if isinstance(node, ast.Call)}
    for node in source.nodes:
        if isinstance(node, ast.Attribute | ast.Name) and _is_jit(node, names):
            yield source.span(called.get(id(node), node))


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the names that `from flax.linen import jit` gives it."""
    if isinstance(node, ast.ImportFrom) and node.module == "flax.linen":
        yield from (each.asname or each.name for each in node.names if each.name == "jit")


def _is_jit(node: ast.Attribute | ast.Name, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    return node.attr == "jit" and ast.unparse(node.value) in _FLAX
