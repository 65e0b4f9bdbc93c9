"""Reads a text statement by statement, and notes what a trace of it might not show."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from grader.proof.transparency import allowed
from grader.proof.transparency.bindings import imported
from grader.proof.transparency.doubts import Doubts, words
from grader.proof.transparency.expressions import Expressions, defaults

_WORDS: Final = {
    ast.Try: "try",
    ast.TryStar: "try",
    ast.With: "with",
    ast.Match: "match",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
    ast.Delete: "del",
    ast.AsyncFunctionDef: "async",
    ast.AsyncFor: "async",
    ast.AsyncWith: "async",
}


@dataclass(slots=True)
class Statements:
    """Reads statements one after the other."""

    doubts: Doubts
    expressions: Expressions = field(init=False)

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.doubts)

    def read(self, tree: ast.Module) -> None:
        """Read a whole text."""
        for name in sorted(self.doubts.bindings.hidden_builtins):
            self.doubts.hides(tree, f"gives `{name}` another meaning")
        with self.doubts.within(tree):
            self._body(tree.body)

    def _body(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Break() | ast.Continue() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr(value=value) | ast.Return(value=ast.expr() as value):
                self.expressions.read(value)
            case ast.Return():
                pass
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                self._assignment(node)
            case ast.FunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
                self._definition(node)
            case _:
                self._control(node)

    # ------------------------------------------------------------------------------------- control

    def _control(self, node: ast.stmt) -> None:
        match node:
            case ast.If(test=test) | ast.While(test=test):
                word = "if" if isinstance(node, ast.If) else "while"
                self.doubts.decides(node, f"decides by `{word}`", by=[test])
                self.expressions.read(test)
                self._body([*node.body, *node.orelse])
            case ast.For():
                self.expressions.gone_through(node.iter)
                self._target(node.target)
                self._body([*node.body, *node.orelse])
            case ast.Assert(test=test, msg=message):
                self.expressions.asserted(test)
                self.expressions.shown(message)
            case ast.Raise(exc=error, cause=cause):
                self.expressions.shown(error)
                self.expressions.shown(cause)
            case ast.With(items=items, body=body) if all(map(self._names_a_scope, items)):
                for item in items:
                    self.expressions.read(item.context_expr)
                self._body(body)
            case ast.Delete(targets=targets) if all(isinstance(t, ast.Name) for t in targets):
                pass
            case _:
                word = _WORDS.get(type(node), type(node).__name__.lower())
                self.doubts.hides(node, f"uses `{word}`")

    def _names_a_scope(self, item: ast.withitem) -> bool:
        call = item.context_expr
        return (
            isinstance(call, ast.Call)
            and self.doubts.bindings.dotted(call.func) == "jax.named_scope"
            and item.optional_vars is None
        )

    # --------------------------------------------------------------------------------- assignments

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                self.expressions.kept([value])
                for target in targets:
                    self._target(target)
            case ast.AnnAssign(target=target, annotation=annotation, value=assigned):
                self._annotation(annotation)
                self._target(target)
                self.expressions.kept([] if assigned is None else [assigned])
            case ast.AugAssign(target=target, op=op, value=value):
                self.expressions.read(value)
                self.expressions.arithmetic(node, op, target, value)
                known = isinstance(target, ast.Name) and self.doubts.here.always_number(target.id)
                if not known:
                    self.doubts.hides(node, f"changes {words(target)} in place")

    def _target(self, node: ast.expr) -> None:
        match node:
            case ast.Name(id=name):
                self.expressions.binds(node, name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._target(part)
            case ast.Starred(value=value):
                self._target(value)
            case ast.Subscript(value=ast.Name(id=name), slice=key) if self.doubts.here.always_new(
                name
            ):
                self.expressions.read(key)
                self.doubts.decides(node, "makes a dict by computed keys", by=[key])
            case ast.Attribute(value=ast.Name(id="self"), attr=attr) if self.doubts.in_setup:
                self.expressions.binds(node, attr)
            case _:
                self.doubts.hides(node, f"changes {words(node)}, which may live on")

    # --------------------------------------------------------------------------------- definitions

    def _definition(
        self, node: ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    ) -> None:
        match node:
            case ast.FunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case _:
                self._import(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            unknown = {alias.name for alias in node.names} - allowed.MODULES
        else:
            dotted = {name for _, name in imported(node)}
            unknown = dotted - allowed.MODULES - allowed.KNOWN - allowed.SIZE_KNOWN
        for name in sorted(unknown):
            self.doubts.hides(node, f"imports `{name}`")
        for name, _ in imported(node):
            self.expressions.binds(node, name)
            if name in self.doubts.bindings.clashing:
                self.doubts.hides(node, f"gives `{name}` more than one meaning")

    def _function(self, node: ast.FunctionDef) -> None:
        self.expressions.binds(node, node.name)
        self.expressions.kept([*node.decorator_list, *defaults(node.args)])
        given = node.args
        for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            self._annotation(each.annotation)
        self._annotation(node.returns)
        with self.doubts.within(node):
            self._body(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        self.expressions.binds(node, node.name)
        self.expressions.kept([*node.decorator_list, *node.bases])
        if node.keywords:
            self.doubts.hides(node, "makes a class in an unusual way")
        for name in sorted(self.doubts.bindings.fields & allowed.TELLING - allowed.ATTRIBUTES):
            self.doubts.hides(node, f"has a class with `{name}`")
        with self.doubts.within(node):
            self._body(node.body)

    def _annotation(self, node: ast.expr | None) -> None:
        """Note an annotation that does more than name a type, since it is evaluated too."""
        for part in ast.walk(node) if node is not None else ():
            if isinstance(part, ast.Call | ast.Lambda | ast.NamedExpr | ast.comprehension):
                self.doubts.hides(part, "computes an annotation")
                return
