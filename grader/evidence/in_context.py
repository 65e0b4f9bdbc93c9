"""Exceptions whose cause is in the text: in the call that raised, or in what it calls."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Iterator
from typing import Final

from grader.evidence.meaning import Meaning
from grader.evidence.origins import called
from grader.model.observation import Raised
from grader.model.source import Source

_ENTRIES: Final = frozenset({"init", "init_with_output", "apply", "lazy_init"})
_OTHER_NAMES: Final = ("forward", "call")
"""What other libraries call the method that runs when an instance is called."""
_METHODS: Final = frozenset({"init", "init_with_output", "apply", "bind", "clone", "tabulate"})
"""What code outside of a module calls on one of Linen's."""
_NO_METHOD: Final = re.compile(r'^"\w+" object has no attribute "(\w+)"\. If ')
_ENTERED: Final = re.compile(r"^'(\w+)' object has no attribute '(?:init|apply)'")
_NO_MODULES: Final = frozenset({"NoneType", "State", "GraphDef", "ArrayImpl", "function", "module"})
_NOT_CALLABLE: Final = re.compile(r"^'(\w+)' object is not callable")
_NO_ITEMS: Final = re.compile(
    r"^(?:object of type )?'(\w+)' (?:object is not (?:iterable|subscriptable)|has no len)"
)
_MAKES_INITIALISER: Final = re.compile(r"^(\w*initializers)\.(?!ones$|zeros$)(\w+)$")
_TREES: Final = re.compile(
    r"tree_map tree\s.*subtree of type\s+<class '([\w.]+)'>\s.*different type\s+<class '([\w.]+)'>",
    re.DOTALL,
)
_UNHASHABLE: Final = re.compile(r"Non-hashable static arguments .*of type <class '([\w.]+)'>")
_STATIC: Final = frozenset({"static_argnums", "static_argnames"})
_OF_OTHERS: Final = re.compile(
    r"got an unexpected keyword argument '(variable_\w+|split_rngs|methods|init|xs)'"
)
_OPERANDS: Final = frozenset({"init", "xs"})
"""What jax.lax.scan gets beside its function."""
_AXES_ARE_ARRAYS: Final = re.compile(
    r"^vmap (in|out)_axes must be .*but got (\[+\s*-?\d+\.|\S*Trace)", re.DOTALL
)
_TOO_FAR: Final = re.compile(r"axis -?\d+ is out of bounds for array of dimension")
_PARTS: Final = {
    "size": "how many numbers the array has",
    "shape": "a tuple",
    "ndim": "how many axes the array has",
    "dtype": "a type",
    "T": "an array",
}
"""What an array has, and other libraries have as methods."""
_ARRAY: Final = re.compile(r"ArrayImpl|Tracer|ndarray")


def in_context(raised: Raised, source: Source) -> Meaning | None:
    """Explain an exception by the text of the call that raised it; None if that shows nothing."""
    explainers = (
        _otherwise_called,
        _called_number,
        _argnums,
        _pmapped,
        _static,
        _several_layers,
        _trees,
    )
    told = (each(raised, source) for each in (*explainers, *_OF_CALLS))
    return next((each for each in told if each is not None), None)


def _otherwise_called(raised: Raised, source: Source) -> Meaning | None:
    """A class whose method has the name that another library gives it."""
    call, found = source.call_at(raised.place), _NOT_CALLABLE.match(raised.message)
    entered = call is not None and isinstance(call.func, ast.Attribute) and called(call) in _ENTRIES
    if found is None and not (entered and "__init__() takes" in raised.message):
        return None
    for cls in _classes(source, found[1] if found is not None else None):
        own = {each.name: each for each in cls.body if isinstance(each, ast.FunctionDef)}
        name = next((each for each in _OTHER_NAMES if each in own), None)
        if "__call__" not in own and name is not None:
            return Meaning(
                message=f"{cls.name} has no method __call__",
                label=f"isn't what runs when {cls.name} is called",
                why="The method of a module that runs when an instance is called, also by init and "
                "apply, is __call__. Other libraries name it otherwise.",
                help=f"call this method __call__ instead of {name}",
                span=source.head(own[name]),
                misspelt=(name, "__call__"),
            )
    return None


def _classes(source: Source, name: str | None) -> Iterator[ast.ClassDef]:
    """Yield the classes of this name, or all of Flax's modules if there is none."""
    for each in source.nodes:
        if isinstance(each, ast.ClassDef):
            modules = any(ast.unparse(base).endswith("Module") for base in each.bases)
            if each.name == name or (name is None and modules):
                yield each


def _called_number(raised: Raised, source: Source) -> Meaning | None:
    """A part of an array that is called like a method."""
    call = source.call_at(raised.place)
    if "object is not callable" not in raised.message or call is None:
        return None
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _PARTS:
        return None
    what, array = _PARTS[call.func.attr], ast.unparse(call.func.value)
    return Meaning(
        why=f"{ast.unparse(call.func)} is {what}, not a method.",
        help=f"leave the parentheses out; the size of an axis is {array}.shape[0]",
    )


def _argnums(raised: Raised, source: Source) -> Meaning | None:
    """Names of arguments, in place of their positions."""
    call = source.call_at(raised.place)
    if "object cannot be interpreted as an integer" not in raised.message or call is None:
        return None
    if not any(each.arg == "argnums" for each in call.keywords):
        return None
    return Meaning(
        why="argnums are the places of arguments, as integers that are counted from 0.",
        help="write the place of the argument, such as argnums=0",
    )


def _pmapped(raised: Raised, source: Source) -> Meaning | None:
    """A map over devices, of which there is one."""
    if not re.search(r"squeeze|pmap", raised.message) or raised.library is None:
        return None
    call = source.call_at(raised.place)
    mapped = [each for each in source.nodes if source.names.dotted(each) == "jax.pmap"]
    if not mapped or call is None or isinstance(call.func, ast.Attribute):
        return None
    return Meaning(
        message="jax.pmap needs a device for each index, and there is one device",
        label="runs on one device",
        why="It runs each index on a device of its own. Programs are graded on a CPU.",
        help="use jax.vmap, which maps on one device",
        final=True,
    )


def _static(raised: Raised, source: Source) -> Meaning | None:
    """Something that is to be a static argument of `jax.jit`, and can't be compared."""
    found = _UNHASHABLE.search(raised.message)
    if found is None:
        return None
    kind = _kind(found[1])
    settings = [
        each for each in source.nodes if isinstance(each, ast.keyword) and each.arg in _STATIC
    ]
    return Meaning(
        message=f"{kind} is a static argument of jax.jit",
        label=f"names {kind}",
        why="A function is compiled again for each value of its static arguments, so they have to "
        "be hashable: numbers, texts, tuples. Arrays, lists and dicts aren't.",
        help="name only sizes and flags here, or leave it out",
        span=source.span(settings[0]) if len(settings) == 1 else None,
        final=True,
    )


def _several_layers(raised: Raised, source: Source) -> Meaning | None:
    """An object of NNX that is taken for a list of objects."""
    found = _NO_ITEMS.match(raised.message)
    if found is None or not any(source.names.dotted(e) == "flax.nnx.vmap" for e in source.nodes):
        return None
    if not any(
        source.names.dotted(base) == "flax.nnx.Module"
        for cls in _classes(source, found[1])
        for base in cls.bases
    ):
        return None
    return Meaning(
        why="This is one object of NNX, not a list of objects. Where nnx.vmap made it, its arrays "
        "have an axis that counts the objects.",
        help="run it in nnx.scan or nnx.vmap, which take the slices",
    )


def _trees(raised: Raised, source: Source) -> Meaning | None:
    """Trees of different kinds that the program's own `jax.tree.map` is to go through."""
    found, call = _TREES.search(raised.message), source.call_at(raised.place)
    if call is None or called(call) not in {"map", "tree_map"}:
        return None
    if found is None:
        return _TREES_DIFFER if "pytree structure error" in raised.message else None
    first, second = (_kind(each) for each in found.groups())
    if "a function" in {first, second}:
        step = "call the function, to get what it returns"
    elif "an array" in {first, second}:
        step = (
            "print both before this line; if a call returns several results, compare their order "
            "with the names that they get"
        )
    else:
        step = "print both before this line"
    return Meaning(
        why="jax.tree.map goes through trees of the same structure together. Here one has "
        f"{first} where the other has {second}.",
        help=step,
    )


_TREES_DIFFER: Final = Meaning(
    why="jax.tree.map goes through trees of the same structure together. These have other keys, or "
    "other lengths.",
    help="print both before this line",
)


def _kind(name: str) -> str:
    if _ARRAY.search(name):
        return "an array"
    return {"NoneType": "None"}.get(name, f"a {name.rpartition('.')[2]}")


def _like_linen(raised: Raised, source: Source) -> Meaning | None:
    """A module of NNX that is used like one of Linen's."""
    found = _ENTERED.match(raised.message)
    if found is None or hasattr(builtins, found[1]) or found[1] in _NO_MODULES:
        return None
    classes = list(_classes(source, found[1]))
    bases = [source.names.dotted(base) for cls in classes for base in cls.bases]
    if classes and not any(each.startswith("flax.nnx.") for each in bases):
        return None
    if not any(source.names.dotted(each).startswith("flax.nnx") for each in source.nodes):
        return None
    return Meaning(
        why="Modules of Linen have init and apply. One of NNX holds its parameters itself.",
        help="call a module of NNX like a function: model(x)",
    )


def _no_method(raised: Raised, source: Source) -> Meaning | None:
    """A method that a module of Linen doesn't have."""
    found = _NO_METHOD.match(raised.message)
    callees = (each.func for each in source.nodes if isinstance(each, ast.Call))
    if found is None or not any(source.span(each) == raised.place for each in callees):
        return None
    near = difflib.get_close_matches(found[1], sorted(_METHODS), n=1, cutoff=0.6)
    return Meaning(
        message=f"a module of Flax has no method {found[1]}"
        + (f"; did you mean {near[0]}?" if near else ""),
        label="no method of it",
        why="What runs it from outside are init, which makes the variables, and apply, which "
        "gives the answer.",
        help=f"write {near[0]}"
        if near
        else "call model.init(key, x), then model.apply(variables, x)",
        misspelt=(found[1], near[0]) if near else None,
    )


def _first_by_name(raised: Raised, source: Source) -> Meaning | None:
    """A key or variables by another name than Flax's, or by none."""
    call = source.call_at(raised.place)
    if not re.search(r"Module\.\w+\(\) missing .*'(rngs|variables)'", raised.message):
        return None
    if call is None or called(call) not in _ENTRIES or call.args:
        return None
    first = "variables" if called(call) == "apply" else "key"
    return Meaning(
        why=f"What is passed by name goes to the module, and Flax needs the {first} before that.",
        help=f"pass the {first} first and by position, then the input: "
        f"{ast.unparse(call.func)}({first}, …)",
    )


def _of_linen(raised: Raised, source: Source) -> Meaning | None:
    """A transform of NNX that gets an argument of Linen's, or of a loop of jax's."""
    call, found = source.call_at(raised.place), _OF_OTHERS.search(raised.message)
    if found is None or call is None:
        return None
    name = source.names.dotted(call.func)
    if not name.startswith("flax.nnx."):
        return None
    if found[1] in _OPERANDS:
        return Meaning(
            why="nnx.scan takes a function and returns another one, unlike jax.lax.scan.",
            help="pass the arguments to what it returns: nnx.scan(step)(carry, layers)",
            final=True,
        )
    return Meaning(
        why=f"{found[1]} is an argument of Linen's transforms. In NNX, the variables are in the "
        "objects, and the keys in an nnx.Rngs.",
        help="leave it out; in_axes has an entry for each object, and nnx.split_rngs splits keys",
        final=True,
    )


def _arrays_too_early(raised: Raised, source: Source) -> Meaning | None:
    """The arguments of a mapped function, in the call that makes it."""
    call = source.call_at(raised.place)
    if call is None or not _AXES_ARE_ARRAYS.search(raised.message):
        return None
    name = ast.unparse(call.func)
    return Meaning(
        why=f"{name} takes the function and its axes, and returns a function. Here an array is in "
        "the place of the axes.",
        help=f"pass the arguments to what {name} returns: {name}(f, in_axes=…)(x, y)",
    )


def _mapped_by_name(raised: Raised, source: Source) -> Meaning | None:
    """Arguments by name, of which `in_axes` says nothing."""
    call = source.call_at(raised.place)
    if "len(in_axes)=" not in raised.message or call is None or not call.keywords:
        return None
    return Meaning(
        why="The entries of in_axes belong to the arguments that are passed by position. Those "
        "passed by name have none: they are mapped along axis 0.",
        help="pass the arguments by position",
    )


def _formatted(raised: Raised, source: Source) -> Meaning | None:
    """A format with `%` of an array that has no value yet."""
    made = (each for each in source.nodes if isinstance(each, ast.BinOp))
    if raised.exception != "ConcretizationTypeError" or not any(
        isinstance(each.op, ast.Mod)
        and isinstance(each.left, ast.Constant)
        and isinstance(each.left.value, str)
        and source.span(each) == raised.place
        for each in made
    ):
        return None
    return Meaning(
        why="Inside a transform, an array may have no value yet, so it can't be written as a "
        "number.",
        help="print it without the format, or with jax.debug.print",
    )


def _axis_too_far(raised: Raised, source: Source) -> Meaning | None:
    """A mapped function's result that has fewer axes than `out_axes` says."""
    call = source.call_at(raised.place)
    if not _TOO_FAR.search(raised.message) or call is None or raised.library is None:
        return None
    given = [each for each in source.nodes if isinstance(each, ast.keyword)]
    if isinstance(call.func, ast.Attribute) or source.names.dotted(call.func):
        return None
    if not any(each.arg == "out_axes" for each in given):
        return None
    return Meaning(
        why="out_axes says at which axis of the result the new one is put. The result has too few "
        "axes for that.",
        help="count the axes of what the function returns for one index, from 0 on: out_axes can "
        "be as large as their number",
    )


def _uncalled(raised: Raised, source: Source) -> Meaning | None:
    """A function that makes an initialiser, in the place of one."""
    call = source.call_at(raised.place) if raised.exception == "TypeError" else None
    if call is None or called(call) != "param" or len(call.args) < 2:
        return None
    text = ast.unparse(call.args[1])
    if not _MAKES_INITIALISER.match(text.removeprefix("nn.").removeprefix("jax.nn.")):
        return None
    return Meaning(
        why=f"{text} makes an initialiser when it is called. self.param calls the initialiser, "
        "with a key and the shape.",
        help=f"call it: {text}()",
    )


_OF_CALLS: Final = (
    _like_linen,
    _no_method,
    _first_by_name,
    _of_linen,
    _uncalled,
    _arrays_too_early,
    _axis_too_far,
    _mapped_by_name,
    _formatted,
)
