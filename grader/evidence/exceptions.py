"""What beginners' exceptions usually mean here, and what to do about them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import msgspec

from grader.evidence.axis_names import unbound
from grader.evidence.devices import unavailable
from grader.evidence.imports import Beside, missing
from grader.evidence.libraries import ALIASES
from grader.evidence.meaning import Meaning
from grader.evidence.waiting import waiting
from grader.model.observation import Raised, Span
from grader.model.source import Source

_MOST_LINES = 3
_LONGEST_LINE = 300
_LINK = re.compile(r"\s*\(https://flax[\w.-]*\.io/\S*\)?\s*$")
"""Flax's messages end with a link to a page that repeats them."""
_INSTALLED = re.compile(r" \(\S*/site-packages/\S*\)")
"""Where a library is on this machine."""
_IDENTITY = re.compile(r" with id=\d+")
"""Flax tells traced arrays apart by numbers that are others in each run."""


class _Pattern(Meaning, frozen=True, kw_only=True):
    """A meaning of all exceptions with `pattern` in their `Class: text`.

    `own` restricts it to those that the submission itself raised, `library` to those from frames
    whose names contain it.
    """

    pattern: str
    own: bool = False
    library: str = ""

    def fits(self, raised: Raised, text: str) -> bool:
        """Whether this is the meaning of an exception, with `text` for its class and text."""
        if self.own and raised.library is not None:
            return False
        return bool(re.search(self.pattern, text) and re.search(self.library, raised.library or ""))


_MEANINGS = (
    _Pattern(
        pattern=r"^NotImplementedError",
        message="the function is not filled in yet",
        why="This is the unchanged starter. Nothing is wrong so far.",
        help="replace the line that raises; the hints say how to start",
        own=True,
    ),
    _Pattern(
        pattern=r"^NotImplementedError",
        why="The library can't do this, or not in this way.",
        help="read its text above, and do it differently",
    ),
    _Pattern(
        pattern=r"^PermissionError: .*Errno|Operation not permitted|Permission denied|resolution",
        message="the program does something that isn't allowed here",
        label="not allowed",
        why="Submissions run in a sandbox: they can't read your files, delete or rename files, "
        "use the network or start processes. Code that needs that may run on your own machine, "
        "but not here.",
        help="remove it: the function needs nothing but its arguments",
    ),
    _Pattern(
        pattern=r"^FileNotFoundError: .*No such file",
        message="the program reads a file that isn't there",
        label="not there",
        why="A submission runs by itself, in an empty folder: there are no other files.",
        help="put what the function needs into the program itself",
    ),
    _Pattern(
        pattern=r"^UnparsedFlagAccessError",
        message="the program reads a command-line flag, but there is no command line",
        why="The file is imported and its function called, so main doesn't run and no flags are "
        "parsed.",
        help="write the value into the program instead of the flag",
    ),
    _Pattern(
        pattern=r"^KeyError",
        message="the program reads an environment variable that isn't set",
        why="Submissions run with hardly any environment variables.",
        help="write the value into the program",
        library=r"^os\._Environ",
    ),
    _Pattern(
        pattern=r"Unrecognized config option",
        message="jax has no setting of this name",
        why="The exercise needs no settings at all.",
        help="delete the line, or check the spelling of the name",
    ),
    _Pattern(
        pattern=r"^TransformTargetError",
        why="A lifted transform takes a module class, or a function that takes a module. It got "
        "an instance, or something else.",
        help="lift the class, without parentheses after it, and make the instance from the result",
    ),
    _Pattern(
        pattern=r"^AssignSubModuleError",
        why="A method may only create other modules if Flax knows about it.",
        help="put @nn.compact above the method",
    ),
    _Pattern(
        pattern=r"^NameInUseError",
        why="A module creates two submodules of the same name, or runs the method that creates "
        "them twice.",
        help="give each its own name, and make sure that a compact method runs once",
    ),
    _Pattern(
        pattern=r"^ApplyScopeInvalidVariables.*extra params layer",
        why='What init returns has the entry "params" already. Here it was put into another dict '
        "under the same name.",
        help="pass what init returned as it is",
    ),
    _Pattern(
        pattern=r"^TypeError: Array\.__contains__: unsupported operand type <class 'str'>",
        why="apply takes the variables first, a dict with an entry for each collection. It got an "
        "array, such as a key or the input.",
        help="call init with the key first, and pass what it returns to apply",
    ),
    _Pattern(
        pattern=r"^CallShareScopeOnUnboundModuleError",
        why="nn.share_scope needs two modules that Flax has given their places. One that was just "
        "made in setup has none before it is assigned to self, and one with parent=None never has.",
        help="make the module without parent=None, and in setup assign it to self before "
        "nn.share_scope",
    ),
    _Pattern(
        pattern=r"^ApplyScopeInvalidVariables|in the call to `?apply",
        why='apply takes all the variables, as init returned them: {"params": …}. It got only a '
        "part of them, or something else.",
        help='pass the whole dict that init returned, not its "params" entry',
    ),
    _Pattern(
        pattern=r"^ScopeParamShapeError",
        why="The variables were made for an input of a different shape than the input of apply.",
        help="pass init an input of the same shape as apply, with the same axis for the examples",
    ),
    _Pattern(
        pattern=r"^ScopeParamNotFoundError|^ScopeVariableNotFoundError",
        why="The variables that apply got lack a parameter that the module needs. They were made "
        "by another module, or changed since.",
        help="apply the module to the variables that its own init returned",
        in_module="make the same parameters in every call, the first one too",
    ),
    _Pattern(
        pattern=r"^IncorrectPostInitOverrideError",
        why="Flax writes the constructor of a Linen module, from its fields. Your own __init__ or "
        "__post_init__ takes its place.",
        help="declare what it takes as fields, such as features: int; compute the rest in setup",
    ),
    _Pattern(
        pattern=r"assigned to static attribute",
        message="a plain list, tuple or dict holds arrays or modules of NNX",
        why="NNX looks for them in attributes and in its own containers alone.",
        help="wrap it: nnx.List(…) for a list or tuple, nnx.Dict(…) for a dict",
        library=r"^flax\.nnx\.",
    ),
    _Pattern(
        pattern=r"Cannot mutate Rng\w+ from a different trace level",
        message="a key is drawn from an nnx.Rngs across the border of a transform",
        label="draws across the border of a transform",
        why="A stream counts its keys, so drawing one changes the nnx.Rngs. A transform's function "
        "can only change an object that it got as an argument or made itself, and only while it "
        "runs.",
        help="pass the nnx.Rngs to the transform as an argument; if each call needs keys of its "
        "own, split them before, with nnx.split_rngs",
        library=r"^flax\.nnx\.",
    ),
    _Pattern(
        pattern=r"Cannot mutate .* from (a )?different trace level",
        message="an object of NNX is changed across the border of a transform",
        label="changed across the border of a transform",
        why="A transform's function can only change an object that it got as an argument or made "
        "itself, and only while it runs.",
        help="pass the object through the transform, as an argument or as a result",
        library=r"^flax\.nnx\.",
    ),
    _Pattern(
        pattern=r"extract graph node from (a )?different trace level",
        message="an object of NNX is passed on across the border of a transform",
        label="passed on across the border of a transform",
        why="A transform's function can call an object from outside, but not pass it to another "
        "transform, or return it. Nor can an object from inside be used after it.",
        help="pass the object through every transform around it, as an argument or as a result",
        library=r"^flax\.nnx\.",
    ),
    _Pattern(
        pattern=r"If one of in_axes or out_axes has Carry, the other must",
        message="only one of in_axes and out_axes has nnx.Carry",
        label="has nnx.Carry in one of them alone",
        why="nnx.Carry marks the argument that a step gets from the one before, and the result "
        "that it hands on. What a step hands on comes out once, without an axis for the steps.",
        help="mark the carry in both, or in neither if no step gets anything from another one",
        library=r"^flax\.nnx\.",
    ),
    _Pattern(
        pattern=r"Invalid rng value",
        message="a stream of nnx.Rngs is made from something that is neither an int nor a key",
        label="neither an int nor a key",
        why="It makes its key from a Python int, or takes a key. An array of numbers, a float, or "
        "a number that a transform traces is none of these.",
        help="pass an int; of another integer, such as a traced one, make a key first: "
        "nnx.Rngs(jax.random.key(number))",
        library=r"^flax\.nnx\.",
    ),
    _Pattern(
        pattern=r"^TypeError: scan body (output|function output) must be a pair",
        why="What a step returns first goes to the next step, what it returns second is kept.",
        help="return a pair: (new carry, output)",
    ),
    _Pattern(
        pattern=r"^TypeError: scan body function carry input and carry output",
        why="The carry that a step returns goes into the next step, so it has to be like the first "
        "one.",
        help="start with a carry of the shape, type and structure that a step returns",
    ),
    _Pattern(
        pattern=r"^TypeError: (vmap|scan)\(\) got multiple values for argument "
        r"'(variable_\w+|split_rngs)'",
        why="The arguments of nn.vmap and nn.scan are in another order than those of jax.vmap: "
        "variable_axes comes first after the module, in_axes later.",
        help="pass all of them by name: in_axes=…, out_axes=…",
    ),
    _Pattern(
        pattern=r"^AttributeError: '\w+' object has no attribute 'items'",
        message="variable_axes isn't a dict",
        why="It gives each collection its axis, or None. By position, it comes first after the "
        "module, in another order than that of jax.vmap.",
        help="pass all arguments by name, and a dict as variable_axes",
        library=r"^flax\.core\.lift\._split_in_out_axes",
    ),
    _Pattern(
        pattern=r"^ScopeCollectionNotFound",
        why="The module looked for its parameters, but apply got no collection of that name.",
        help='pass apply all variables in the form that init returns: {"params": …}',
        in_module="make the same parameters in every call, the first one too",
    ),
    _Pattern(
        pattern=r"^InvalidRngError",
        why="The module needs a random key for this stream but got none.",
        help="pass a key from jax.random.PRNGKey as the first argument of init",
        in_module="leave out what draws from it: the task's module gets no key for it",
    ),
    _Pattern(
        pattern=r"^JaxTransformError",
        why="A plain JAX transform was used on a Flax module. Inside a module, only the lifted "
        "transforms of flax.linen know its variables.",
        help="use nn.vmap instead of jax.vmap",
    ),
    _Pattern(
        pattern=r"^CallCompactUnboundModuleError|unbound module|^CallUnboundModuleError",
        why="A Flax module holds no parameters itself, so it can't be called like a function.",
        help="call model.init and then model.apply with the variables",
        in_module="make it in setup or in a method with @nn.compact, as a part of the module",
    ),
    _Pattern(
        pattern=r"dot_general|contracting dimensions",
        why="A matrix product got two arrays with different inner sizes. Usually an input was "
        "transposed, or has one axis too many or too few.",
        help="print the shapes of the input and of the parameters, and compare them with the task",
    ),
    _Pattern(
        pattern=r"Tracer\w*Error|^ConcretizationTypeError|^UnexpectedTracerError|traced array",
        why="Under jax.jit or jax.vmap, an argument has a shape but no value yet, so Python can't "
        "use it as a number, a size or a condition.",
        help="pass sizes as static arguments (static_argnums), or remove the transform",
    ),
    _Pattern(
        pattern=r"^ModifyScopeVariableError",
        why="apply only changes collections that you allow it to change. It returns them next to "
        "the output.",
        help='name the collection that the module writes in the call: mutable=["…"]',
    ),
    _Pattern(
        pattern=r"FrozenDict|^SetAttribute\w*Error|^FrozenInstanceError|frozen",
        why="This object can't be changed after it was created.",
        help="create a new one with the other value: {**old, name: value}, or module.clone(…)",
    ),
    _Pattern(
        pattern=r"read-only",
        message="the program changes a read-only array in place",
        label="read-only",
        why="NumPy's view of a JAX array (np.asarray) shows JAX's own memory, which never changes.",
        help="make a copy that may change: np.array(x)",
    ),
    _Pattern(
        pattern=r"immutable",
        message="the program changes a JAX array in place",
        label="JAX arrays can't be assigned into",
        why="The arguments are JAX arrays, and so is everything computed from them, even x.copy().",
        help="make a new array: x = x.at[i].set(value) instead of x[i] = value",
    ),
    _Pattern(
        pattern=r"(?s)^(?!AttributeError).*(reshape|total size must be unchanged)",
        why="The new shape has a different number of elements than the array.",
        help="let reshape compute the size: reshape(-1)",
    ),
    _Pattern(
        pattern=r"unexpected keyword argument",
        why="The called function has no argument with this name.",
        help="compare the name with the documentation; a letter may be missing",
    ),
    _Pattern(
        pattern=r"multiple values for (keyword )?argument",
        why="A call passes one argument twice, by position and by name.",
        help="count the arguments before it, or pass all of them by name",
    ),
    _Pattern(
        pattern=r"positional arguments? but",
        why="A call passes more arguments than the function takes.",
        help="compare the arguments with what the function takes, and remove the extra ones",
    ),
    _Pattern(
        pattern=r"missing \d+ required (positional|keyword)",
        why="A call passes too few arguments. This also happens if you call a method on a class "
        "instead of an instance.",
        help="count the arguments, and create an instance of the class before you call its methods",
    ),
    _Pattern(
        pattern=r"^AttributeError: '(bool|int|float|str|NoneType)' object has no attribute "
        r"'(ndim|shape)'",
        message="nn.scan goes over an argument that isn't an array",
        label="gets a number or a flag to go over",
        why="nn.scan goes over every argument after the carry along an axis of it, unless in_axes "
        "says that each step gets all of it.",
        help="give it the entry nn.broadcast in in_axes, which has one for each argument after the "
        "carry",
        library=r"axes_scan|find_length",
    ),
    _Pattern(
        pattern=r"rank should be at least 1, but is only 0|"
        r"^AttributeError: '(bool|int|float|str)' object has no attribute 'shape'",
        message="an argument is mapped that has no axis",
        label="gets a number, a flag or a single key to map over",
        why="in_axes says for each argument along which axis it is mapped. A single number there "
        "is for all of them, also for numbers, flags and keys.",
        help="give in_axes an entry for each argument: None for numbers, flags and a single key",
        library=r"axis_size",
    ),
    _Pattern(
        pattern=r"has no attribute 'shape'|abstract array|valid JAX (array )?type",
        why="The call needs an array but got something else.",
        help="check which value goes to which argument",
    ),
    _Pattern(
        pattern=r"^AttributeError: module 'jax(\.random)?' has no attribute '(?i:prng)",
        why="The name is spelt differently, or is in another module.",
        help="write its full name: jax.random.PRNGKey",
    ),
    _Pattern(
        pattern=r"iteration over a 0-d key",
        why="jax.random.key makes a single key, which can't be unpacked.",
        help="split it first: jax.random.split makes two keys from it",
    ),
    _Pattern(
        pattern=r"does not accept dtypes key<",
        why="A key from jax.random.key isn't a number, so you can't calculate with it.",
        help="pass the key unchanged, or derive another one with split or fold_in",
    ),
    _Pattern(
        pattern=r"PRNG|random key|\bkey data\b|\bseed\b",
        why="Something that isn't a random key was used as one, or a key was used as something "
        "else.",
        help="print what is passed, and compare it with what jax.random.PRNGKey returns",
    ),
    _Pattern(
        pattern=r"^TypeError: Cannot interpret '-?\d+' as a data type",
        why="In JAX and NumPy, view reads the numbers of an array as another type. Another shape "
        "is what reshape gives.",
        help="use reshape in place of view: reshape(-1)",
    ),
    _Pattern(
        pattern=r"accepts a single key, but was given a key array",
        why="There are several keys where one is needed: jax.random.split returns an array of "
        "keys.",
        help="pass one of them, or the key before it was split",
    ),
    _Pattern(
        pattern=r"Shapes must be 1D sequences of concrete values of integer type, "
        r"got \((?!.*[Tt]race)",
        why="A size has to be an int, and here it is something else. It may be the value of "
        "another argument.",
        help="check which value goes to which argument, and pass them by name",
    ),
    _Pattern(
        pattern=r"Inconsistent (batch axis sizes|scan lengths)|inconsistent sizes for array axes",
        why="A transform goes through its arguments together, each along the axis that in_axes "
        "says. Here these axes have different lengths.",
        help="compare the shape of each argument with what in_axes says of it",
    ),
    _Pattern(
        pattern=r"keyword arguments could not be resolved to positions",
        why="A map takes the arguments of its function by position. This function has some that "
        "can only be given by name.",
        help="map a function whose arguments can all be given by position",
    ),
    _Pattern(
        pattern=r"incompatible shapes|could not be broadcast|inconsistent sizes|"
        r"Cannot concatenate arrays",
        why="The program combines two arrays with sizes that don't match.",
        help="print the shapes before this line, and compare them with the task",
    ),
    _Pattern(
        pattern=r"to unpack",
        why="The number of names on the left differs from the number of values on the right.",
        help="print what is unpacked",
    ),
    _Pattern(
        pattern=r"not callable",
        why="You called something that isn't a function. The cause may also be a missing operator "
        "or comma before parentheses, or a variable with the function's name.",
        help="print what is before the parentheses",
    ),
    _Pattern(
        pattern=r"'NoneType' object is not (subscriptable|iterable)",
        why="This is None. A function without return gives None, and so do methods that change "
        "their object in place.",
        help="find where this value comes from, and return it there",
    ),
    _Pattern(
        pattern=r"not subscriptable|not iterable",
        why="Only objects that hold others, such as arrays, tuples and dicts, have items. This one "
        "is of another kind, which the last line of the exception names.",
        help="print it and its type, and compare them with what this line expects",
    ),
    _Pattern(
        pattern=r"^NameError: name '(get_ipython|display)' is not defined",
        why="Only a notebook has this name, and here the file runs without one.",
        help="delete this line, or grade the notebook itself",
    ),
    _Pattern(
        pattern=r"^NameError|^UnboundLocalError",
        why="This name has no value at this point.",
        help="check its spelling, and that it is imported or assigned before",
    ),
    _Pattern(
        pattern=r"^AttributeError",
        why="The object has no attribute with this name: it is misspelt, or this is a different "
        "kind of object than you expect.",
        help="check the spelling, and print the type of what is before the dot",
    ),
    _Pattern(
        pattern=r"^KeyError",
        why="The dict doesn't have this key.",
        help="print its keys",
    ),
    _Pattern(
        pattern=r"^IndexError",
        why="An array or a tuple has fewer axes or elements than this line uses.",
        help="print the shape or the length before this line",
    ),
    _Pattern(
        pattern=r"^RecursionError",
        why="Calls go deeper than Python allows: a function keeps calling itself.",
        help="look for the call that leads back to the same function",
    ),
    _Pattern(
        pattern=r"^AssertionError",
        why="One of your own assertions fails in this case.",
        help="handle every case of the task, also sizes of 1",
        own=True,
    ),
    _Pattern(
        pattern=r"^AssertionError",
        why="A check that the program calls fails in this case.",
        help="remove the check, or make it hold in every case of the task",
        library=r"^(numpy\.testing|chex|unittest|absl\.testing|jax\.test_util|jax\._src\.test_util)",
    ),
    _Pattern(
        pattern=r"^AssertionError",
        why="An assertion inside the library failed, not one of yours, and it gives no more "
        "details.",
        help="check what this line passes to the library: shapes, types, names",
    ),
    _Pattern(
        pattern=r"^StopIteration",
        why="next was called when no item was left.",
        help="pass next a default, or make sure that there is an item",
    ),
    _Pattern(
        pattern=r"unhashable",
        why="Keys of dicts, items of sets and static arguments must be hashable. Arrays, lists "
        "and dicts aren't.",
        help="use a number, a string or a tuple there",
    ),
)
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
    for explain in (waiting, unbound, unavailable):
        told = explain(raised, source)
        if told is not None:
            return told
    own = _ITSELF if raises_itself(raised, source) else None
    beside = Beside(allowed, tuple(each.base for each in source.files[1:]))
    told = missing(raised, beside) or _misspelt(raised) or own or _by_pattern(raised) or _UNKNOWN
    special = _initialiser(raised, source) or _unpacked_init(raised, source)
    if special is not None:
        return special
    called = _CONSTRUCTED.search(raised.message) if raised.exception == "TypeError" else None
    if called is not None and _constructor(source, _is_linen) is not None:
        told = next(each for each in _MEANINGS if _OVERRIDDEN in each.pattern)
    elif raised.exception != _OVERRIDDEN:
        return told
    span = _constructor(source)
    label = "takes the place of Flax's constructor"
    return told if span is None else msgspec.structs.replace(told, span=span, label=label)


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


def _unpacked_init(raised: Raised, source: Source) -> Meaning | None:
    """Explain an exception of `y, variables = model.init(…)`."""
    for node in source.nodes if "to unpack" in raised.message else ():
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(attr="init"))):
                if raised.place in {source.span(target), source.span(node)}:
                    return Meaning(
                        why="init returns the variables alone, without the output.",
                        help="give them one name, and get the output from apply",
                    )
            case _:
                continue
    return None


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
        for each in _MEANINGS:
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
