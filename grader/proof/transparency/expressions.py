"""Reads the expressions of a text, and notes what a trace of them might not show."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.proof.transparency import allowed
from grader.proof.transparency.doubts import Doubts, words

_PARTIAL: Final = (
    ast.Sub,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.LShift,
    ast.RShift,
)
_PRINT_KEYWORDS: Final = frozenset({"sep", "end", "flush"})
_COMPUTED_KEYS: Final = "makes a dict by computed keys"
_LASTING: Final = (ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(slots=True)
class Expressions:
    """Reads expressions one inside the other."""

    doubts: Doubts
    _consumed: set[ast.AST] = field(default_factory=set)

    def read(self, node: ast.expr) -> None:
        """Read an expression whose value may be used for anything."""
        match node:
            case ast.Constant():
                self._constant(node)
            case ast.Name():
                self._name(node)
            case ast.Attribute():
                self._attribute(node)
            case ast.Call():
                self._call(node)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self._all(parts)
            case ast.Subscript(value=value, slice=key):
                self._all([value, key])
            case ast.Slice(lower=lower, upper=upper, step=step):
                self._all(each for each in (lower, upper, step) if each is not None)
            case ast.Starred(value=value):
                self.gone_through(value)
            case ast.Set(elts=[ast.Constant()]):
                pass
            case _:
                self._composed(node)

    def _composed(self, node: ast.expr) -> None:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                self._all([left, right])
                self.arithmetic(node, op, left, right)
            case ast.UnaryOp(op=op, operand=operand):
                self.read(operand)
                self._sign(node, op, operand)
            case ast.Lambda(body=body, args=given):
                self.kept(default for default in defaults(given))
                with self.doubts.within(node):
                    self.read(body)
            case ast.NamedExpr(target=target, value=value):
                self.binds(target, target.id)
                self.read(value)
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                self._comprehension(node)
            case ast.Dict(keys=keys, values=values):
                self._keys(node, [key for key in keys if key is not None])
                self._all(values)
            case _:
                self._deciding(node)

    def _deciding(self, node: ast.expr) -> None:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                self._all([left, *others])
                self._comparison(node, ops, [left, *others])
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                self.doubts.decides(node, f"decides by `{word}`", by=values)
                self._all(values)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.doubts.decides(node, "decides by `if`", by=[test])
                self._all([test, body, orelse])
            case ast.JoinedStr():
                self.doubts.hides(node, "makes text of values")
            case _:
                self.doubts.hides(node, f"uses {words(node)}")

    def _all(self, nodes: Iterable[ast.expr]) -> None:
        for node in nodes:
            self.read(node)

    # --------------------------------------------------------------- where it makes a difference

    def gone_through(self, node: ast.expr) -> None:
        """Read what is iterated over right here, so that nobody keeps a half-used iterator."""
        self._consumed.add(node)
        self.read(node)

    def kept(self, nodes: Iterable[ast.expr]) -> None:
        """Read what lives on from call to call if it stands at the top of the file.

        A bound module must not: it counts the keys that it hands out.
        """
        for node in nodes:
            self.read(node)
            if self.doubts.in_function or "bind" not in self.doubts.bindings.attributes:
                continue
            calls = (each for each in ast.walk(node) if isinstance(each, ast.Call))
            if any(self._library_name(call.func) not in allowed.WRAPPERS for call in calls):
                self.doubts.hides(node, "may keep a bound module")

    def binds(self, node: ast.AST, name: str) -> None:
        """Note a name that Python itself gives a meaning."""
        if name.startswith("__") and name not in ("__all__", "__call__"):
            self.doubts.hides(node, f"defines `{name}`")

    def shown(self, node: ast.expr | None) -> None:
        """Read what is printed or raised only, where text made of values is harmless."""
        match node:
            case None:
                pass
            case ast.Constant():
                self._word(node)
            case ast.JoinedStr(values=values):
                self._all(v.value for v in values if isinstance(v, ast.FormattedValue))
            case ast.BinOp(
                left=ast.Constant(value=str()) | ast.JoinedStr() as left, op=ast.Mod(), right=right
            ):
                self.shown(left)
                self.read(right)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                self.shown(left)
                self.shown(right)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
                self._arguments(node)
            case ast.Call(func=ast.Name() as func, args=args, keywords=[]) if (
                self.doubts.bindings.builtin(func) or ""
            ).endswith("Error"):
                self.read(func)
                for each in args:
                    self.shown(each)
            case _:
                self.read(node)

    def asserted(self, node: ast.expr) -> None:
        """Read an assertion: what holds for a symbolic size holds for all, if it isn't negated."""
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                for value in values:
                    self.asserted(value)
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                isinstance(op, _LASTING) for op in ops
            ):
                self._all([left, *others])
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                self.read(left)
            case ast.Call(
                func=ast.Name(id="all") as func,
                args=[ast.GeneratorExp(elt=element, generators=loops)],
                keywords=[],
            ) if self.doubts.bindings.builtin(func):
                self._loops(loops)
                self.asserted(element)
            case _:
                self.doubts.decides(node, "decides by `assert`", by=[node])
                self.read(node)

    def arithmetic(self, node: ast.AST, op: ast.operator, *operands: ast.expr) -> None:
        """Note arithmetic that can raise or change sign for some sizes only."""
        if isinstance(op, _PARTIAL):
            self.doubts.decides(node, "calculates with a size", by=operands)

    def _sign(self, node: ast.AST, op: ast.unaryop, operand: ast.expr) -> None:
        if isinstance(op, ast.Not):
            self.doubts.decides(node, "decides by `not`", by=[operand])
        elif not isinstance(op, ast.UAdd):
            self.doubts.decides(node, "calculates with a size", by=[operand])

    # --------------------------------------------------------------------------------- the names

    def _constant(self, node: ast.Constant) -> None:
        text = node.value if isinstance(node.value, str | bytes) else ""
        if "%" in str(text):
            self.doubts.hides(node, "makes text of values")
        self._word(node)

    def _word(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value in allowed.DENIED_WORDS:
            self.doubts.hides(node, f"uses `{node.value}`")

    def _library_name(self, node: ast.expr) -> str | None:
        return self.doubts.bindings.dotted(node)

    def _library(self, node: ast.expr, dotted: str) -> None:
        if dotted in allowed.SIZE_KNOWN:
            self.doubts.decides(node, f"uses `{dotted}`")
        elif dotted not in allowed.KNOWN:
            self.doubts.hides(node, f"uses `{dotted}`")

    def _name(self, node: ast.Name) -> None:
        dotted = self._library_name(node)
        name = self.doubts.bindings.builtin(node)
        if dotted is not None:
            self._library(node, dotted)
        elif name is not None and name in allowed.SIZE_BUILTINS:
            self.doubts.decides(node, f"uses `{name}`")
        elif name is not None and name not in allowed.BUILTINS - allowed.ITERATORS:
            self.doubts.hides(node, f"uses `{name}`")

    def _attribute(self, node: ast.Attribute) -> None:
        dotted = self._library_name(node)
        if dotted is not None:
            self._library(node, dotted.removesuffix(".__call__"))
            return
        self.read(node.value)
        own = node.attr in self.doubts.bindings.fields - {"setup"} - allowed.TELLING
        if node.attr in allowed.SIZE_ATTRIBUTES:
            self.doubts.decides(node, f"uses `.{node.attr}`")
        elif node.attr not in allowed.ATTRIBUTES and not own:
            self.doubts.hides(node, f"uses `.{node.attr}`")
        if node.attr == "bind" and not self.doubts.in_function:
            self.doubts.hides(node, "keeps a bound module")

    # --------------------------------------------------------------------------------- the calls

    def _call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg in allowed.DENIED_WORDS:
                self.doubts.hides(node, f"uses `{keyword.arg}`")
            if keyword.arg is None and not self._takes_any_keyword(node.func):
                self.doubts.hides(node, "uses `**`")
        name = self.doubts.bindings.builtin(node.func)
        match node.func:
            case ast.Name() if name is not None:
                self._builtin(node, name)
                return
            case ast.Attribute(value=ast.Name(id=owner), attr=attr) if attr in allowed.GROWING:
                self._growing(node, owner, attr)
            case _:
                self.read(node.func)
        if (self._library_name(node.func) or "").endswith(".share_scope"):
            self._sharing(node)
        self._arguments(node)

    def _takes_any_keyword(self, func: ast.expr) -> bool:
        """Say whether a call is harmless with any keyword, which `jax.jit` is not."""
        library = (self._library_name(func) or "").startswith("flax.linen.")
        return library or not self.doubts.bindings.uses_jit

    def _arguments(self, node: ast.Call) -> None:
        self._all(node.args)
        self._all(keyword.value for keyword in node.keywords)

    def _growing(self, node: ast.Call, owner: str, attr: str) -> None:
        if not self.doubts.here.always_new(owner):
            self.doubts.hides(node, f"changes `{owner}`, which may live on")
        if attr in ("setdefault", "update"):
            self.doubts.decides(node, _COMPUTED_KEYS, by=node.args)

    def _sharing(self, node: ast.Call) -> None:
        """Note a shared scope that outlives the call: sharing changes both modules."""
        for each in node.args:
            root = each.value if isinstance(each, ast.Attribute) else each
            name = root.id if isinstance(root, ast.Name) else ""
            if name != "self" and not (self.doubts.in_function and self.doubts.here.has(name)):
                self.doubts.hides(node, "shares a scope that may live on")

    def _builtin(self, node: ast.Call, name: str) -> None:
        if name == "print":
            for keyword in node.keywords:
                if keyword.arg not in _PRINT_KEYWORDS:
                    self.doubts.hides(node, "prints in an unusual way")
                self.read(keyword.value)
            for each in node.args:
                self.shown(each)
            return
        if name in ("set", "frozenset"):
            self._set(node, name)
        elif name in allowed.ITERATORS:
            self._once(node)
        elif name in allowed.SIZE_BUILTINS:
            self.doubts.decides(node, f"uses `{name}`", by=node.args)
        else:
            self.read(node.func)
        if name == "dict":
            self.doubts.decides(node, _COMPUTED_KEYS, by=node.args)
        if name in allowed.CONSUMERS:
            self._consumed.update(node.args)
        self._arguments(node)

    def _set(self, node: ast.Call, name: str) -> None:
        """Note a set of several elements, whose order differs from process to process."""
        match node.args:
            case [ast.Set(elts=[_]) | ast.Tuple(elts=[_]) | ast.List(elts=[_])]:
                pass
            case _:
                self.doubts.hides(node, f"uses `{name}`")

    def _once(self, node: ast.expr) -> None:
        """Note an iterator that is not gone through where it is made."""
        if node not in self._consumed:
            self.doubts.hides(node, "keeps an iterator")

    # --------------------------------------------------------------------- dicts and comparisons

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> None:
        if isinstance(node, ast.GeneratorExp):
            self._once(node)
        self._loops(node.generators)
        if isinstance(node, ast.DictComp):
            self.doubts.decides(node, _COMPUTED_KEYS, by=[node.key])
            self._all([node.key, node.value])
        else:
            self.read(node.elt)

    def _loops(self, loops: list[ast.comprehension]) -> None:
        for loop in loops:
            self.gone_through(loop.iter)
            if not _is_plain(loop.target):
                self.doubts.hides(loop.target, f"changes {words(loop.target)}")
            for test in loop.ifs:
                self.doubts.decides(test, "decides by `if`", by=[test])
                self.read(test)

    def _keys(self, node: ast.Dict, keys: Sequence[ast.expr]) -> None:
        self._all(keys)
        self.doubts.decides(node, _COMPUTED_KEYS, by=keys)

    def _comparison(self, node: ast.Compare, ops: list[ast.cmpop], sides: list[ast.expr]) -> None:
        self.doubts.decides(node, "compares sizes", by=sides)
        by_identity = any(isinstance(op, ast.Is | ast.IsNot) for op in ops)
        singleton = any(
            isinstance(side, ast.Constant) and side.value in (None, True, False) for side in sides
        )
        if by_identity and not singleton:
            self.doubts.hides(node, "compares by `is`")


def defaults(given: ast.arguments) -> list[ast.expr]:
    """Return the defaults of a function's parameters."""
    return [each for each in (*given.defaults, *given.kw_defaults) if each is not None]


def _is_plain(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(map(_is_plain, parts))
        case ast.Starred(value=value):
            return _is_plain(value)
        case _:
            return False
