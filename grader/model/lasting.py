"""What a text writes to that outlasts it: the libraries, which all programs of a process share."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

from grader.model.names import Names, binds

_MAKING: Final = frozenset({"setup", "__init__", "__post_init__"})
"""Methods in which an object gets its attributes, before anybody else has it."""
_SETTING: Final = frozenset(
    {"def_jvp", "def_partition", "def_vjp", "def_vmap", "defjvp", "defjvps", "defvjp"}
    | {"addFilter", "addHandler", "handlers", "setLevel"}
    | {"__enter__", "enter_context", "seterr", "setbufsize", "set_printoptions", "update_wrapper"}
    | {"setitem", "delitem", "__all__", "sctypeDict", "typecodes", "seed"}
)
"""What changes something of a library, or is something that can be changed."""
_SWITCHES: Final = ("disable_", "enable_", "set_")
"""How a library's function may begin that changes something for all."""
_MARKING: Final = frozenset(
    {"abstractmethod", "compact", "compact_name_scope", "dataclass", "dataclass_transform", "final"}
    | {"global_enum", "no_type_check", "nowrap", "override", "runtime_checkable", "total_ordering"}
    | {"update_abstractmethods", "wraps"}
)
"""Decorators that change what they are given. Above a definition, that is the text's own."""
_SETTINGS: Final = ("warnings", "logging")
"""Modules of which nearly each function sets something for all programs."""


def writes_to_libraries(node: ast.AST, names: Names) -> bool:
    """Whether a node names what changes a library for whoever uses it next."""
    match node:
        case ast.Attribute(attr=attr):
            return _sets(attr) or _is_setting(names.dotted(node))
        case ast.Name():
            dotted = names.dotted(node)
            return _sets(dotted.rpartition(".")[2]) or _is_setting(dotted)
        case _:
            return False


def marks_what_it_is_given(body: Iterable[ast.stmt], names: Names) -> bool:
    """Whether a decorator that changes what it is given may get something of a library."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    above = [each for node in nodes for each in getattr(node, "decorator_list", ())]
    own = {id(each.func if isinstance(each, ast.Call) else each) for each in above}
    return any(
        names.dotted(each).rpartition(".")[2] in _MARKING and id(each) not in own for each in nodes
    )


def _sets(name: str) -> bool:
    return name in _SETTING or name.startswith("register")


def _is_setting(dotted: str) -> bool:
    module, _, name = dotted.partition(".")
    switches = dotted.rpartition(".")[2].startswith(_SWITCHES)
    return switches or (module in _SETTINGS and bool(name) and dotted != "logging.getLogger")


def strange_stores(body: Iterable[ast.stmt]) -> bool:
    """Whether statements set attributes, beside those that an object sets while it is made.

    If such a method is called as a function, on anything, its attributes count as well.
    """
    nodes = [node for statement in body for node in ast.walk(statement)]
    made = {id(node) for each in _makers(nodes) for node in ast.walk(each)}
    if any(_lends(node) for node in nodes):
        made = set()
    return any(_stores(node) and not (id(node) in made and _is_of_self(node)) for node in nodes)


def _stores(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)


def _is_of_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"


def _makers(nodes: Iterable[ast.AST]) -> Iterable[ast.FunctionDef]:
    classes = (node for node in nodes if isinstance(node, ast.ClassDef))
    methods = (each for one in classes for each in one.body if isinstance(each, ast.FunctionDef))
    return (each for each in methods if each.name in _MAKING and _has_self(each))


def _has_self(method: ast.FunctionDef) -> bool:
    """Whether `self` is the object, and nothing else, in all of a method."""
    first = [*method.args.posonlyargs, *method.args.args][:1]
    bound = [name for node in ast.walk(method) for name in binds(node)]
    return [each.arg for each in first] == ["self"] and bound.count("self") == 1


def _lends(node: ast.AST) -> bool:
    """Whether a method that makes an object is asked for, beside that of the class above."""
    match node:
        case ast.Attribute(value=base, attr=attr) if attr in _MAKING:
            above = isinstance(base, ast.Call) and ast.unparse(base.func) == "super"
            return not above
        case ast.Name(id=name):
            return name in _MAKING
        case _:
            return False
