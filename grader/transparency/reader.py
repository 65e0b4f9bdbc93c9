"""Reads a text statement by statement, and notes whatever a trace might not show."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from grader.transparency import allowed
from grader.transparency.bindings import (
    Bindings,
    Function,
    Scope,
    counted_here,
    imported,
    made_here,
    stored_names,
)
from grader.transparency.sizes import Sizes

_PARTIAL: Final = (
    ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift,
)  # fmt: skip
_LASTING: Final = (ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_CONSUMERS: Final = allowed.ITERATORS | frozenset(
    "all any dict list max min sorted sum tuple".split()
)
_PRINT_KEYWORDS: Final = frozenset({"sep", "end", "flush"})
_STATEMENTS: Final = {
    ast.Try: "`try`",
    ast.TryStar: "`try`",
    ast.With: "`with`",
    ast.Match: "`match`",
    ast.Global: "`global`",
    ast.Nonlocal: "`nonlocal`",
    ast.Delete: "`del`",
    ast.Yield: "`yield`",
    ast.YieldFrom: "`yield`",
    ast.Await: "`await`",
    ast.AsyncFunctionDef: "`async`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that a trace might not show. `hides`: even at given sizes."""

    hides: bool
    line: int
    reason: str


@dataclass(slots=True)
class Reader:
    """Collects the doubts about one text."""

    bindings: Bindings
    sizes: Sizes
    doubts: list[Doubt] = field(default_factory=list)
    _scopes: list[Scope] = field(default_factory=list)
    _consumed: set[ast.AST] = field(default_factory=set)

    def read(self, tree: ast.Module) -> None:
        """Read the whole text."""
        for name in sorted(self.bindings.hidden_builtins):
            self._hides(tree, f"gives `{name}` another meaning")
        with self._within(tree):
            self._body(tree.body)

    def _hides(self, node: ast.AST, reason: str) -> None:
        self.doubts.append(Doubt(hides=True, line=getattr(node, "lineno", 1), reason=reason))

    def _decides(self, node: ast.AST, reason: str) -> None:
        self.doubts.append(Doubt(hides=False, line=getattr(node, "lineno", 1), reason=reason))

    @contextmanager
    def _within(self, scope: Scope) -> Iterator[None]:
        self._scopes.append(scope)
        yield
        self._scopes.pop()

    @property
    def _in_function(self) -> bool:
        return any(isinstance(scope, Function) for scope in self._scopes)

    # -------------------------------------------------------------------------------- statements

    def _body(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Break() | ast.Continue() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr(value=value) | ast.Return(value=ast.expr() as value):
                self._expression(value)
            case ast.Return():
                pass
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.Assign(targets=targets, value=value):
                self._kept(value)
                for target in targets:
                    self._target(target)
            case ast.AnnAssign():
                self._annotation(node.annotation)
                self._target(node.target)
                if node.value is not None:
                    self._kept(node.value)
            case ast.AugAssign():
                self._in_place(node)
            case ast.FunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case _:
                self._control(node)

    def _control(self, node: ast.stmt) -> None:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                self._decides(node, "decides by `if`")
                self._expression(test)
                self._body([*body, *orelse])
            case ast.While(test=test, body=body, orelse=orelse):
                self._decides(node, "decides by `while`")
                self._expression(test)
                self._body([*body, *orelse])
            case ast.For():
                self._consumed.add(node.iter)
                self._expression(node.iter)
                self._target(node.target)
                self._body([*node.body, *node.orelse])
            case ast.Assert(test=test, msg=message):
                self._assertion(test)
                self._shown(message)
            case ast.Raise(exc=error, cause=cause):
                self._shown(error)
                self._shown(cause)
            case ast.With(items=items, body=body) if all(map(self._names_a_scope, items)):
                for item in items:
                    self._expression(item.context_expr)
                self._body(body)
            case ast.Delete(targets=targets) if all(isinstance(t, ast.Name) for t in targets):
                pass
            case _:
                self._unknown(node)

    def _unknown(self, node: ast.AST) -> None:
        self._hides(node, f"uses {_STATEMENTS.get(type(node), type(node).__name__.lower())}")

    def _names_a_scope(self, item: ast.withitem) -> bool:
        call = item.context_expr
        return (
            isinstance(call, ast.Call)
            and self.bindings.dotted(call.func) == "jax.named_scope"
            and item.optional_vars is None
        )

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name not in allowed.MODULES]
        else:
            known = allowed.MODULES | allowed.KNOWN | allowed.SIZE_KNOWN
            names = [dotted for _, dotted in imported(node) if dotted not in known]
        for name in names:
            self._hides(node, f"imports `{name}`")
        for name, _ in imported(node):
            if name in self.bindings.clashing:
                self._hides(node, f"gives `{name}` more than one meaning")

    def _kept(self, value: ast.expr) -> None:
        """What stands at the top of the file lives on from call to call, as a bound module must not.

        A bound module counts the keys that it hands out.
        """
        self._expression(value)
        if self._in_function or "bind" not in self.bindings.attributes:
            return
        for call in (node for node in ast.walk(value) if isinstance(node, ast.Call)):
            if self.bindings.dotted(call.func) not in allowed.WRAPPERS:
                self._hides(value, "may keep a bound module")

    def _target(self, node: ast.expr) -> None:
        match node:
            case ast.Name(id=name):
                if name.startswith("__") and name != "__all__":
                    self._hides(node, f"defines `{name}`")
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._target(part)
            case ast.Starred(value=value):
                self._target(value)
            case ast.Subscript(value=ast.Name(id=name), slice=key) if self._made_here(name):
                self._expression(key)
                if not isinstance(key, ast.Constant):
                    self._decides(node, f"puts something into `{name}` by a computed key")
            case ast.Attribute(value=ast.Name(id="self"), attr=attr) if self._in_setup():
                if attr.startswith("__"):
                    self._hides(node, f"defines `{attr}`")
            case _:
                self._hides(node, f"changes `{ast.unparse(node)}`, which may live on")

    def _made_here(self, name: str) -> bool:
        return made_here(name, self._scopes[-1])

    def _in_setup(self) -> bool:
        """Say whether this is the `setup` of a Flax module, which Flax runs on a fresh copy."""
        match self._scopes[-2:]:
            case [ast.ClassDef(bases=bases), ast.FunctionDef(name="setup")]:
                names = [self.bindings.dotted(base) or "" for base in bases]
                return any(name.startswith("flax.linen.") for name in names)
            case _:
                return False

    def _in_place(self, node: ast.AugAssign) -> None:
        self._expression(node.value)
        name = node.target.id if isinstance(node.target, ast.Name) else ""
        if not name or not counted_here(name, self._scopes[-1]):
            self._hides(node, f"changes `{ast.unparse(node.target)}` in place")
        self._arithmetic(node, node.op, node.target, node.value)

    def _function(self, node: ast.FunctionDef) -> None:
        special = node.name.startswith("__") and node.name != "__call__"
        if special:
            self._hides(node, f"defines `{node.name}`")
        for decorator in node.decorator_list:
            self._kept(decorator)
        self._signature(node.args)
        if node.returns is not None:
            self._annotation(node.returns)
        with self._within(node):
            self._body(node.body)

    def _signature(self, given: ast.arguments) -> None:
        for default in (*given.defaults, *given.kw_defaults):
            if default is not None:
                self._kept(default)
        for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            if each.annotation is not None:
                self._annotation(each.annotation)

    def _class(self, node: ast.ClassDef) -> None:
        if node.keywords:
            self._hides(node, "makes a class in an unusual way")
        for each in (*node.decorator_list, *node.bases):
            self._kept(each)
        telling = {name for name in self.bindings.fields if name in allowed.TELLING}
        for each in node.body:
            if not isinstance(each, ast.FunctionDef | ast.AnnAssign | ast.Assign | ast.Pass):
                if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                    continue
                self._unknown(each)
        for name in sorted(telling - {"__call__"} - allowed.ATTRIBUTES):
            self._hides(node, f"has a class with `{name}`")
        with self._within(node):
            self._body(node.body)

    def _annotation(self, node: ast.expr) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Call | ast.Lambda | ast.NamedExpr | ast.comprehension):
                self._hides(node, "computes an annotation")

    # ------------------------------------------------------------------------------- expressions

    def _shown(self, node: ast.expr | None) -> None:
        """Read what is printed or raised and nothing else: there text made of values does no harm."""
        match node:
            case None:
                pass
            case ast.Constant():
                self._word(node)
            case ast.JoinedStr(values=values):
                self._expressions(v.value for v in values if isinstance(v, ast.FormattedValue))
            case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=right):
                self._expression(right)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                self._shown(left)
                self._shown(right)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
                self._arguments(node)
            case ast.Call(func=ast.Name(), args=args, keywords=[]) if (
                self.bindings.builtin(node.func) or ""
            ).endswith("Error"):
                for each in args:
                    self._shown(each)
                self._expression(node.func)
            case _:
                self._expression(node)

    def _assertion(self, node: ast.expr) -> None:
        """What holds for a symbolic size holds for all, unless it is turned into its opposite."""
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                for value in values:
                    self._assertion(value)
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                isinstance(op, _LASTING) for op in ops
            ):
                for each in (left, *others):
                    self._expression(each)
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                self._expression(left)
            case ast.Call(
                func=ast.Name(id="all"),
                args=[ast.GeneratorExp(elt=element, generators=loops)],
                keywords=[],
            ) if self.bindings.builtin(node.func) == "all":
                self._loops(loops)
                self._assertion(element)
            case _:
                self._decides(node, "decides by `assert`")
                self._expression(node)

    def _expression(self, node: ast.expr) -> None:
        match node:
            case ast.Constant():
                self._constant(node)
            case ast.Name():
                self._name(node)
            case ast.Attribute():
                self._attribute(node)
            case ast.Call():
                self._call(node)
            case ast.BinOp(left=left, op=op, right=right):
                self._expression(left)
                self._expression(right)
                self._arithmetic(node, op, left, right)
            case ast.UnaryOp(op=op, operand=operand):
                self._expression(operand)
                self._sign(node, op, operand)
            case ast.Lambda(body=body, args=given):
                self._signature(given)
                with self._within(node):
                    self._expression(body)
            case ast.NamedExpr(value=value):
                self._expression(value)
            case ast.Starred(value=value):
                self._consumed.add(value)
                self._expression(value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self._expressions(parts)
            case ast.Subscript(value=value, slice=key):
                self._expressions([value, key])
            case ast.Slice(lower=lower, upper=upper, step=step):
                self._expressions([each for each in (lower, upper, step) if each is not None])
            case _:
                self._deciding(node)

    def _expressions(self, nodes: Iterable[ast.expr]) -> None:
        for node in nodes:
            self._expression(node)

    def _deciding(self, node: ast.expr) -> None:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                self._expressions([left, *others])
                self._comparison(node, ops, [left, *others])
            case ast.BoolOp(op=op, values=values):
                self._decides(node, f"decides by `{'and' if isinstance(op, ast.And) else 'or'}`")
                self._expressions(values)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._decides(node, "decides by `if`")
                self._expressions([test, body, orelse])
            case ast.Dict(keys=keys, values=values):
                self._keys(node, [key for key in keys if key is not None])
                self._expressions(values)
            case ast.ListComp(elt=element, generators=loops):
                self._loops(loops)
                self._expression(element)
            case ast.GeneratorExp(elt=element, generators=loops):
                self._once(node)
                self._loops(loops)
                self._expression(element)
            case ast.DictComp(key=key, value=value, generators=loops):
                self._decides(node, "makes a dict by computed keys")
                self._loops(loops)
                self._expressions([key, value])
            case ast.Set(elts=[ast.Constant()]):
                pass
            case ast.JoinedStr():
                self._hides(node, "makes text of values")
            case _:
                self._unknown(node)

    def _constant(self, node: ast.Constant) -> None:
        text = node.value if isinstance(node.value, str | bytes) else ""
        if "%" in str(text):
            self._hides(node, "makes text of values")
        self._word(node)

    def _word(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value in allowed.DENIED_WORDS:
            self._hides(node, f"uses `{node.value}`")

    def _name(self, node: ast.Name) -> None:
        dotted = self.bindings.dotted(node)
        name = self.bindings.builtin(node)
        if dotted is not None:
            self._library(node, dotted)
        elif name is not None and name in allowed.SIZE_BUILTINS:
            self._decides(node, f"uses `{name}`")
        elif name is not None and name not in allowed.BUILTINS - allowed.ITERATORS:
            self._hides(node, f"uses `{name}`")

    def _library(self, node: ast.expr, dotted: str) -> None:
        if dotted in allowed.SIZE_KNOWN:
            self._decides(node, f"uses `{dotted}`")
        elif dotted not in allowed.KNOWN:
            self._hides(node, f"uses `{dotted}`")

    def _attribute(self, node: ast.Attribute) -> None:
        dotted = self.bindings.dotted(node)
        if dotted is not None:
            self._library(node, dotted.removesuffix(".__call__"))
            return
        self._expression(node.value)
        own = node.attr in self.bindings.fields - {"setup"} - allowed.TELLING
        if node.attr in allowed.SIZE_ATTRIBUTES:
            self._decides(node, f"uses `.{node.attr}`")
        elif node.attr not in allowed.ATTRIBUTES and not own:
            self._hides(node, f"uses `.{node.attr}`")
        if node.attr == "bind" and not self._in_function:
            self._hides(node, "keeps a bound module")

    def _call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg in allowed.DENIED_WORDS:
                self._hides(node, f"uses `{keyword.arg}`")
        name = self.bindings.builtin(node.func)
        if name is not None:
            self._builtin_call(node, name)
            return
        match node.func:
            case ast.Attribute(value=ast.Name(id=owner), attr=attr) if attr in allowed.GROWING:
                if not self._made_here(owner):
                    self._hides(node, f"changes `{owner}`, which may live on")
            case _:
                self._expression(node.func)
        if (self.bindings.dotted(node.func) or "").endswith(".share_scope"):
            self._sharing(node)
        self._arguments(node)

    def _sharing(self, node: ast.Call) -> None:
        """Sharing a scope changes both modules, so they must be of this run."""
        for each in node.args:
            root = each.value if isinstance(each, ast.Attribute) else each
            name = root.id if isinstance(root, ast.Name) else ""
            if name != "self" and name not in stored_names(self._scopes[-1]):
                self._hides(node, "shares a scope that may live on")

    def _arguments(self, node: ast.Call) -> None:
        self._expressions(node.args)
        self._expressions(keyword.value for keyword in node.keywords)

    def _builtin_call(self, node: ast.Call, name: str) -> None:
        if name == "print":
            for keyword in node.keywords:
                if keyword.arg not in _PRINT_KEYWORDS:
                    self._hides(node, "prints in an unusual way")
            for each in (*node.args, *(keyword.value for keyword in node.keywords)):
                self._shown(each)
            return
        if name in ("set", "frozenset"):
            match node.args:
                case [ast.Set(elts=[_]) | ast.Tuple(elts=[_]) | ast.List(elts=[_])]:
                    pass
                case _:
                    self._hides(node, f"uses `{name}`")
        elif name in allowed.ITERATORS:
            self._once(node)
        else:
            assert isinstance(node.func, ast.Name)
            self._name(node.func)
        if name in _CONSUMERS:
            self._consumed.update(node.args)
        self._arguments(node)

    def _once(self, node: ast.expr) -> None:
        """What can be gone through once only must be gone through where it is made."""
        if node not in self._consumed:
            self._hides(node, "keeps an iterator")

    def _loops(self, loops: list[ast.comprehension]) -> None:
        for loop in loops:
            self._consumed.add(loop.iter)
            self._expression(loop.iter)
            self._target(loop.target)
            for test in loop.ifs:
                self._decides(test, "decides by `if`")
                self._expression(test)

    def _keys(self, node: ast.Dict, keys: list[ast.expr]) -> None:
        self._expressions(keys)
        names = (part for key in keys for part in ast.walk(key) if isinstance(part, ast.Name))
        if any(name.id in self.bindings.defined for name in names):
            self._decides(node, "makes a dict by computed keys")

    def _comparison(self, node: ast.Compare, ops: list[ast.cmpop], sides: list[ast.expr]) -> None:
        self._decides(node, "compares")
        identity = any(isinstance(op, ast.Is | ast.IsNot) for op in ops)
        if identity and not any(
            isinstance(side, ast.Constant) and not isinstance(side.value, int | float | str)
            for side in sides
        ):
            self._hides(node, "compares by `is`")

    def _arithmetic(
        self, node: ast.AST, op: ast.operator, left: ast.expr, right: ast.expr
    ) -> None:
        if isinstance(op, _PARTIAL) and (self.sizes.may_hold(left) or self.sizes.may_hold(right)):
            self._decides(node, "calculates with a size")

    def _sign(self, node: ast.AST, op: ast.unaryop, operand: ast.expr) -> None:
        if isinstance(op, ast.Not):
            self._decides(node, "decides by `not`")
        elif isinstance(op, ast.USub | ast.Invert) and self.sizes.may_hold(operand):
            self._decides(node, "calculates with a size")
