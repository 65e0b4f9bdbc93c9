"""The statements of a notebook's cells, and which names each one binds and needs.

Pure: texts in, data out. Python's symbol table says what a name means.
"""

from __future__ import annotations

import ast
import contextlib
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.notebook.ipython import holds_python, is_python, statements_of, without_magics

_MUTATORS = frozenset(
    [
        *("append", "extend", "insert", "update", "setdefault", "add", "pop", "popitem"),
        *("remove", "discard", "clear", "sort", "reverse"),
    ]
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
# Scopes with code that runs at once, in place.
_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A top-level statement.

    `is_definition` says that it only defines a function or a class, and calls none in it.
    `binds` are the names that it defines, `perhaps` those of them that it may leave as they were,
    `changes` those that it changes in place, and `same` those that name one value after it.
    `needs` are those that it reads as it runs, and `needs_later` those that the functions in it
    read when they are called; `sets_when_called` are those that they define then, and
    `changes_arguments` says that they change what they are given.
    """

    text: str
    is_definition: bool
    binds: frozenset[str]
    perhaps: frozenset[str]
    changes: frozenset[str]
    same: frozenset[str]
    sets_when_called: frozenset[str]
    changes_arguments: bool
    needs: frozenset[str]
    needs_later: frozenset[str]

    @property
    def is_import(self) -> bool:
        """Whether it is `import a.b`."""
        return self.text.startswith("import ")

    @property
    def is_future(self) -> bool:
        """Whether it is a `from __future__` import, which has to come first."""
        return self.text.startswith("from __future__ ")


def statements(cells: Iterable[str]) -> Iterator[Statement]:
    """Yield the statements of `cells`, in the order in which they ran; skip invalid Python."""
    for cell in cells:
        text = without_magics(cell)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for node in statements_of(text):
            inner = _magics_body(node)
            if inner is not None:
                yield from statements([inner])
            elif not (_is_deletion(node) or _is_main_guard(node)):
                with contextlib.suppress(SyntaxError):  # what parses and still isn't valid Python
                    yield _statement(node, lines)


def _is_deletion(node: ast.stmt) -> bool:
    """Tell `del name`, which defines nothing, from `del value[0]`, which changes a value."""
    return isinstance(node, ast.Delete) and any(isinstance(each, ast.Name) for each in node.targets)


def _is_main_guard(node: ast.stmt) -> bool:
    """Whether this is `if __name__ == "__main__":`, which isn't part of a submission."""
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def parses(cell: str) -> bool:
    """Whether a cell is Python, except for lines that only IPython understands."""
    return is_python(without_magics(cell))


def _magics_body(node: ast.stmt) -> str | None:
    """Return the Python inside `get_ipython().run_cell_magic("time", "", body)`, or of a line."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="run_cell_magic"),
                args=[ast.Constant(value=str(magic)), _, ast.Constant(value=str(body))],
            )
        ) if holds_python(magic, body):
            return body
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value="time"), ast.Constant(value=str(code))],
            )
        ):
            return code
    return None


def _statement(node: ast.stmt, lines: Sequence[str]) -> Statement:
    text = _segment(node, lines)
    binds, needs, later = set[str](), set[str](), set[str]()
    table = symtable.symtable(text, "<cell>", "exec")
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            needs.add(symbol.get_name())
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        needs.add(node.target.id)  # the symbol table counts `n += 1` as an assignment alone
    for child in table.get_children():
        _inner_needs(child, needs, later)
    return Statement(
        text=text,
        is_definition=isinstance(node, _DEFINITIONS) and not node.decorator_list,
        binds=frozenset(binds),
        perhaps=frozenset(binds) if isinstance(node, _BRANCHES) else frozenset(),
        changes=frozenset(_changed(node)),
        same=_same(node),
        sets_when_called=frozenset(_set_by_calls(table)),
        changes_arguments=_changes_arguments(node),
        needs=frozenset(needs),
        needs_later=frozenset(later),
    )


def _inner_needs(scope: symtable.SymbolTable, needs: set[str], later: set[str]) -> None:
    """Sort what an inner scope reads of the module: now, or when it is called."""
    at_once = scope.get_type() == "class" or scope.get_name() in _AT_ONCE
    target = needs if at_once else later
    for symbol in scope.get_symbols():
        if symbol.is_global() and (symbol.is_referenced() or symbol.is_assigned()):
            target.add(symbol.get_name())
    for child in scope.get_children():
        _inner_needs(child, target, later)


def _segment(node: ast.stmt, lines: Sequence[str]) -> str:
    """Return the text of a statement, with its decorators and the comment at its end."""
    first, last = node.lineno - 1, (node.end_lineno or 0) - 1
    above = [decorator.lineno for decorator in getattr(node, "decorator_list", [])]
    end = lines[last].encode()
    rest = end[node.end_col_offset or 0 :].decode()
    comment = rest if rest.lstrip().startswith("#") else ""
    within = [*lines[first:last], end[: node.end_col_offset or 0].decode()]
    within[0] = within[0].encode()[node.col_offset :].decode()
    decorators = lines[min(above) - 1 : first] if above else []
    return "\n".join([*decorators, *within]) + comment


def _changed(node: ast.stmt) -> Iterator[str]:
    """Yield the names of what a statement changes: `knobs["a"] = 1`, `y = x.pop()`."""
    for each in _run_at_once(node):
        match each:
            case ast.Import(names=names):  # `import a.b` adds to the `a` that may be there
                yield from (name.name.split(".")[0] for name in names if "." in name.name)
                continue
            case (
                ast.Subscript(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                changed: ast.expr = each
            case ast.AugAssign(target=target):
                changed = target
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _MUTATORS:
                changed = value
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[value, *_]):
                changed = value
            case _:
                continue
        base = _base(changed)
        if isinstance(base, ast.Name):
            yield base.id


def _base(place: ast.expr) -> ast.expr:
    """Return what a place is in: `a` of `a.b[0]` and of `a.get("b")["c"]`."""
    match place:
        case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.Starred(value=value):
            return _base(value)
        case ast.Call(func=ast.Attribute(value=value, attr="get" | "setdefault")):
            return _base(value)
        case _:
            return place


def _changes_arguments(node: ast.stmt) -> bool:
    """Whether it defines a function that changes what it is given."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    taken = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    changed = {name for each in node.body for name in _changed(each)}
    return any(each.arg in changed for each in taken)


def _run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement and all in it, but for the bodies of functions."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _run_at_once(child)


def _same(node: ast.stmt) -> frozenset[str]:
    """Return names of one value, or of a value in another: those of `a = b = {}`, `a = b["c"]`."""
    if not isinstance(node, ast.Assign):
        return frozenset()
    targets = [each.id for each in node.targets if isinstance(each, ast.Name)]
    names = frozenset([*targets, *_given(node.value)])
    return names if targets and len(names) > 1 else frozenset()


def _given(value: ast.expr) -> Iterator[str]:
    """Yield the names of values that an expression may give, or a part of them."""
    match _base(value):
        case ast.Name(id=name):
            yield name
        case ast.IfExp(body=body, orelse=orelse):
            yield from (name for each in (body, orelse) for name in _given(each))
        case ast.BoolOp(values=values):
            yield from (name for each in values for name in _given(each))
        case ast.NamedExpr(target=ast.Name(id=name), value=inner):
            yield from (name, *_given(inner))
        case _:
            return


def _set_by_calls(scope: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that functions of a scope declare `global` and assign."""
    for child in scope.get_children():
        for symbol in child.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                yield symbol.get_name()
        yield from _set_by_calls(child)
