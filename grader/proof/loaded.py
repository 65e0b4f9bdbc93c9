"""What a statement at the top may do to the libraries while a text is loaded, whatever it binds.

A class or a function that the answer doesn't use may still replace `jax.lax.scan` for all: in the
body of a class, by a decorator, by a default. What does so is code of the text's own, which has to
be called or handed on; so those are what this looks for. Then a proof looks at the whole statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.model.names import Names, given, root
from grader.proof import known

_HOOKS: Final = frozenset(
    {"__class_getitem__", "__get__", "__init_subclass__", "__instancecheck__", "__mro_entries__"}
    | {"__prepare__", "__set_name__", "__subclasscheck__"}
)
"""Methods that Python calls where a class is defined, or used, without a call in the text."""
_CODE: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reaches_out(node: ast.AST, names: Names) -> bool:
    """Whether a node that runs while a text is loaded may change what isn't the text's own.

    It sets an attribute or an element, calls code of the text, or hands it to a library.
    """
    match node:
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            return True
        case ast.Attribute(attr=attr):
            harmless = known.UNDERSCORED - {"__setattr__"} | names.own
            operation = any(each.endswith("_p") for each in names.dotted(node).split("."))
            return operation or (attr.startswith("_") and attr not in harmless)
        case ast.Call(func=func):
            return _is_own_code(func, names) or any(_hands_on(each, names) for each in given(node))
        case _:
            return False


def makes_itself(statement: ast.stmt, names: Names) -> bool:
    """Whether a definition runs code of the text's own, by a decorator or by how classes are made.

    A library's decorator does if it isn't one that a proof knows.
    """
    return any(
        _is_made_by_hand(each, names)
        or any(_is_own_decorator(decorator, names) for decorator in each.decorator_list)
        for each in _definitions(statement)
    )


def _definitions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield what a statement defines, but not what a function would define in a call."""
    if isinstance(node, _CODE):
        yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for each in ast.iter_child_nodes(node):
            yield from _definitions(each)


def _is_made_by_hand(node: ast.AST, names: Names) -> bool:
    """Whether defining a class runs methods of the text: its own, or those of what makes it."""
    if not isinstance(node, ast.ClassDef):
        return False
    makers = [each.value for each in node.keywords if each.arg in ("metaclass", None)]
    bases = [names.surely(each) or names.builtin(each) for each in node.bases]
    hooks = {each.name for each in node.body if isinstance(each, ast.FunctionDef)} & _HOOKS
    called = any(each == "type" or each.startswith("enum.") for each in bases)
    return bool(hooks or makers) or called


def _is_own_decorator(decorator: ast.expr, names: Names) -> bool:
    func = decorator.func if isinstance(decorator, ast.Call) else decorator
    library = names.surely(func).partition(".")[0]
    return library not in known.PACKAGES if library else not names.builtin(func)


def _is_own_code(func: ast.expr, names: Names) -> bool:
    """Whether a call is of the text's own code. A method of an object was looked at with it."""
    match func:
        case ast.Name():
            return not names.surely(func) and not names.builtin(func)
        case ast.Attribute():
            head = root(func)
            return isinstance(head, ast.Name) and head.id in names.classes
        case ast.Call():
            return False  # that call is a node of its own
        case _:
            return True


def _hands_on(value: ast.expr, names: Names) -> bool:
    return any(
        isinstance(each, ast.Lambda)
        or (isinstance(each, ast.Name) and each.id in names.functions | names.classes)
        for each in ast.walk(value)
    )
