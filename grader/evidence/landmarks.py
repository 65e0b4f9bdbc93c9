"""The places in a submission that findings point at, told from its syntax tree alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeGuard

import msgspec

from grader.evidence.lifting import Knob
from grader.observation import LiftedCall, Span
from grader.source import Function, Source

# The parameters of `flax.linen.vmap`, in their order.
_VMAP = ("target", "variable_axes", "split_rngs", "in_axes", "out_axes", "axis_size", "axis_name")
_REORDERING = frozenset(
    {"T", "mT", "transpose", "swapaxes", "moveaxis", "rollaxis", "permute_dims", "einsum"}
)


class Landmarks:
    """Look-ups in one source; `function` is the name that the exercise asks for."""

    def __init__(self, source: Source, function: str) -> None:
        self.source = source
        self.name = function

    @cached_property
    def entry(self) -> Function | None:
        """The function that is called, if its definition can be found."""
        return self.source.function(self.name)

    @cached_property
    def head(self) -> Span | None:
        """The line that defines the function."""
        if isinstance(self.entry, ast.FunctionDef | ast.AsyncFunctionDef):
            return self.source.head(self.entry)
        return self.source.definition(self.name)

    def returned(self, place: str = "") -> Span | None:
        """Return the expression that the function returns; of several the last one.

        `place` is that of an item in it, such as `[1]`, where the tuple is written out.
        """
        node = self._value
        for index in map(int, re.findall(r"\[(\d+)\]", place)):
            items = node.elts if isinstance(node, ast.Tuple | ast.List) else []
            if index >= len(items) or any(isinstance(each, ast.Starred) for each in items):
                break
            node = items[index]
        return self.source.span(node) if node is not None else None

    @cached_property
    def _value(self) -> ast.expr | None:
        if isinstance(self.entry, ast.Lambda):
            return self.entry.body
        body = self.entry.body if self.entry is not None else []
        returns = [node for part in body for node in _own(part) if isinstance(node, ast.Return)]
        values = [node.value for node in returns if node.value is not None]
        return values[-1] if values else None

    # ------------------------------------------------------------------------------ lifted calls

    def knob(self, call: LiftedCall, knob: Knob, name: str = "") -> Span | None:
        """Return where an argument of nn.vmap is written in the call, else the call.

        Of a dict over several lines, it is the value for the collection or stream `name`.
        """
        node = self.source.call_at(call.span)
        value = None if node is None else _argument(node, knob)
        if value is None:
            return call.span
        entry = _entry(value, name)
        if entry is not None and value.lineno != value.end_lineno:
            return self.source.span(entry)
        return self.source.span(value)

    def target(self, call: LiftedCall) -> Span | None:
        """Return where the module class is handed to nn.vmap, else the call."""
        node = self.source.call_at(call.span)
        value = None if node is None else _argument(node, "target")
        return call.span if value is None else self.source.span(value)

    def setting(self, made: Span | None, name: str, position: int) -> Span | None:
        """Return the value of a module's field where the instance is made, else the call.

        Of a call of what a call over several lines returned, only the arguments are meant.
        """
        node = self.source.call_at(made)
        if node is None:
            return made
        for keyword in node.keywords:
            if keyword.arg == name:
                return self.source.span(keyword.value)
        before = node.args[: position + 1]
        if len(before) <= position or any(isinstance(each, ast.Starred) for each in before):
            return self._arguments(node)
        return self.source.span(before[position])

    def setting_text(self, made: Span | None, name: str, position: int) -> str | None:
        """Return how the value of a module's field is written, None for a name or if it isn't seen.

        On one line, however it was broken.
        """
        node = self.source.call_at(made)
        given = {each.arg: each.value for each in node.keywords} if node is not None else {}
        values = node.args[: position + 1] if node is not None else []
        if name not in given and len(values) > position:
            given[name] = values[position]
        value = given.get(name)
        return None if value is None or isinstance(value, ast.Name) else ast.unparse(value)

    def _arguments(self, call: ast.Call) -> Span:
        whole = self.source.span(call)
        if not isinstance(call.func, ast.Call) or whole.line == whole.end_line:
            return whole
        made = self.source.span(call.func)
        return msgspec.structs.replace(whole, line=made.end_line, column=made.end_column)

    def keyword(self, call: Span | None, name: str) -> Span | None:
        """Return the value of a keyword in the call at `call`, else the call."""
        node = self.source.call_at(call)
        for keyword in node.keywords if node is not None else ():
            if keyword.arg == name:
                return self.source.span(keyword.value)
        return call

    def computes(self, made: Span | None) -> bool:
        """Whether the call at `made` is given the result of arithmetic, not a plain value."""
        node = self.source.call_at(made)
        values = [*node.args, *(each.value for each in node.keywords)] if node is not None else []
        names = {each.id for value in values for each in ast.walk(value) if _is_name(each)}
        for statement in ast.walk(self.source.tree) if self.source.tree is not None else ():
            if isinstance(statement, ast.Assign):
                targets = {each.id for each in statement.targets if isinstance(each, ast.Name)}
                values.extend([statement.value] if targets & names else [])
        arithmetic = (ast.BinOp, ast.BoolOp, ast.UnaryOp)
        return any(isinstance(each, arithmetic) for value in values for each in ast.walk(value))

    @cached_property
    def constant_key(self) -> Span | None:
        """The one call that makes a key of a constant, None if there are several or none."""
        tree = self.source.tree
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
        keys = [node for node in calls if _called(node) in {"PRNGKey", "key"}]
        made = [each for each in keys if each.args and isinstance(each.args[0], ast.Constant)]
        return self.source.span(made[0]) if len(made) == 1 else None

    # ----------------------------------------------------------------------------------- bodies

    @cached_property
    def reorders(self) -> bool:
        """Whether the file says anything that puts axes in another order."""
        tree = self.source.tree
        names = _names(tree) if tree is not None else iter(())
        return any(name in _REORDERING for name in names)

    @cached_property
    def fortran(self) -> bool:
        """Whether the file asks for Fortran's order anywhere: `order="F"`."""
        tree = self.source.tree
        keywords = [n for n in ast.walk(tree) if isinstance(n, ast.keyword)] if tree else []
        return any(
            each.arg == "order" and isinstance(each.value, ast.Constant) and each.value.value == "F"
            for each in keywords
        )


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement and what is in it, without the functions and classes nested in it."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _own(child)


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return the expression given for a parameter of nn.vmap, by keyword or by position.

    A call of `functools.partial` hands its further arguments on.
    """
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    shift = 1 if _called(call) == "partial" else 0
    place = _VMAP.index(name) + shift if name in _VMAP else len(call.args)
    before = call.args[: place + 1]
    if len(before) <= place or any(isinstance(each, ast.Starred) for each in before):
        return None
    return before[place]


def _called(call: ast.Call) -> str:
    """Return the last name of what is called: `vmap` of `nn.vmap(...)`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _entry(value: ast.expr, name: str) -> ast.expr | None:
    """Return the value for the key `name` in a dict display or a call of `dict`."""
    if isinstance(value, ast.Dict):
        for key, item in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == name:
                return item
    if isinstance(value, ast.Call):
        return next((each.value for each in value.keywords if each.arg == name), None)
    return None


def _names(tree: ast.AST) -> Iterator[str]:
    """Yield the names and attributes that a tree mentions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
