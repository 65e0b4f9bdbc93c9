"""What the exceptions that beginners meet usually mean here, and what to do about them."""

from __future__ import annotations

import ast
import re

from grader.evidence.axis_names import unbound
from grader.evidence.devices import unavailable
from grader.evidence.imports import missing
from grader.evidence.meaning import Meaning
from grader.evidence.waiting import waiting
from grader.model.observation import Raised
from grader.model.source import Source

_MOST_LINES = 3
_LONGEST_LINE = 300
_LINK = re.compile(r"\s*\(https://flax[\w.-]*\.io/\S*\)?\s*$")
"""Flax ends its texts with a link to a page that says the same again."""
_INSTALLED = re.compile(r" \(\S*/site-packages/\S*\)")
"""Where a library lies on this machine."""


class _Pattern(Meaning, frozen=True, kw_only=True):
    """A meaning of all exceptions in which `pattern` is found, in `Class: text`.

    `own` restricts it to those that the submission itself raised, `library` to those from frames
    whose names it is found in.
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
        why="This is the starter as it was handed out. Nothing is wrong so far.",
        help="replace the line that raises; the hints say how to begin",
        own=True,
    ),
    _Pattern(
        pattern=r"^NotImplementedError",
        why="The library can't do this, or not in this way.",
        help="read its text above, and do it in another way",
    ),
    _Pattern(
        pattern=r"^PermissionError: .*Errno|Operation not permitted|Permission denied|resolution",
        message="the program does something that isn't allowed here",
        label="not allowed",
        why="A submission runs in a sandbox: it can't read your files, remove or rename any, reach "
        "the network or start processes. Code that needs that may run on your own machine, but not "
        "here.",
        help="leave it out; the arguments are all that the function needs",
    ),
    _Pattern(
        pattern=r"^FileNotFoundError: .*No such file",
        message="the program reads a file that isn't there",
        label="not there",
        why="A submission is run by itself, in an empty folder: no other file is there.",
        help="put what the function needs into the program itself",
    ),
    _Pattern(
        pattern=r"^UnparsedFlagAccessError",
        message="a command-line flag is read, and there is no command line",
        why="The file is imported and its function called, so main doesn't run and no flags are "
        "parsed.",
        help="write the value into the program, in place of the flag",
    ),
    _Pattern(
        pattern=r"^KeyError",
        message="an environment variable is read that isn't set",
        why="A submission runs in an environment of its own, with hardly any variables set.",
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
        why="A lifted transform takes a class of modules, or a function that takes a module. It "
        "was given an instance, or something else.",
        help="lift the class, without parentheses behind it, and make the instance of what comes",
    ),
    _Pattern(
        pattern=r"^AssignSubModuleError",
        why="A method may only make other modules where Flax is told so.",
        help="put @nn.compact above the method",
    ),
    _Pattern(
        pattern=r"^NameInUseError",
        why="A module makes two others of one name, or runs twice what makes them.",
        help="give each a name of its own, and see that a compact method runs once",
    ),
    _Pattern(
        pattern=r"^ApplyScopeInvalidVariables|in the call to `?apply",
        why='apply takes all the variables, as init returned them: {"params": …}. It was given '
        "what is inside of them, or something else.",
        help='pass the whole dict that init returned, not its "params" entry',
    ),
    _Pattern(
        pattern=r"^ScopeParamShapeError",
        why="The variables were made for an input of another shape than the one that apply gets.",
        help="give init an input of the same shape as apply, with the same axis for the examples",
    ),
    _Pattern(
        pattern=r"^ScopeParamNotFoundError|^ScopeVariableNotFoundError",
        why="apply was given variables that lack a parameter the module needs. They were made by "
        "another module, or changed since.",
        help="apply the module to the variables that its own init returned",
    ),
    _Pattern(
        pattern=r"^ScopeCollectionNotFound",
        why="The module looked for its parameters and was given none.",
        help="initialise first, and pass what init returned to apply",
    ),
    _Pattern(
        pattern=r"^InvalidRngError",
        why="The module needs a random key for this stream and was given none.",
        help="pass a key of jax.random.PRNGKey as the first argument of init",
    ),
    _Pattern(
        pattern=r"^JaxTransformError",
        why="A plain JAX transform was put around a Flax module. Inside of a module only the "
        "lifted ones of flax.linen know its variables.",
        help="use nn.vmap in place of jax.vmap",
    ),
    _Pattern(
        pattern=r"^CallCompactUnboundModuleError|unbound module|^CallUnboundModuleError",
        why="A Flax module holds no parameters itself, so it can't be called like a function.",
        help="call model.init and then model.apply with the variables",
    ),
    _Pattern(
        pattern=r"dot_general|contracting dimensions",
        why="A matrix product got two arrays whose inner sizes differ. Usually an input was "
        "transposed, or has an axis too many or too few.",
        help="print the shapes of the input and of the parameters, and compare them with the task",
    ),
    _Pattern(
        pattern=r"Tracer\w*Error|^ConcretizationTypeError|^UnexpectedTracerError|traced array",
        why="Under jax.jit or jax.vmap an argument has a shape but no value yet, so Python can't "
        "use it as a number, a size or a condition.",
        help="pass sizes as static arguments (static_argnums), or leave the transform out",
    ),
    _Pattern(
        pattern=r"^ModifyScopeVariableError",
        why="apply changes nothing that it isn't allowed to. What it may change, it returns beside "
        "the output.",
        help='name the collection that the module writes in the call: mutable=["…"]',
    ),
    _Pattern(
        pattern=r"FrozenDict|^SetAttribute\w*Error|^FrozenInstanceError|frozen",
        why="This object can't be changed once it is made.",
        help="make a new one with the other value: {**old, name: value}, or module.clone(…)",
    ),
    _Pattern(
        pattern=r"read-only",
        message="an array that can't be changed is changed in place",
        label="read-only",
        why="NumPy's view of a JAX array (np.asarray) shows JAX's own memory, which never changes.",
        help="make a copy that may change: np.array(x)",
    ),
    _Pattern(
        pattern=r"immutable",
        message="a JAX array is changed in place",
        label="JAX arrays can't be assigned into",
        why="The arguments are JAX arrays, and so is what is made of them, also x.copy().",
        help="make a new array: x = x.at[i].set(value) in place of x[i] = value",
    ),
    _Pattern(
        pattern=r"reshape|total size must be unchanged",
        why="The new shape holds another number of elements than the array has.",
        help="let reshape work the size out: reshape(-1)",
    ),
    _Pattern(
        pattern=r"unexpected keyword argument",
        why="The function that is called has no argument of this name.",
        help="compare the name with the documentation; a letter may be missing",
    ),
    _Pattern(
        pattern=r"multiple values for (keyword )?argument",
        why="A call gives one argument twice, by its position and by its name.",
        help="count the arguments before it, or write all of them by name",
    ),
    _Pattern(
        pattern=r"positional arguments? but",
        why="A call has more arguments than the function takes.",
        help="compare the arguments with what the function takes, and remove the extra ones",
    ),
    _Pattern(
        pattern=r"missing \d+ required (positional|keyword)",
        why="A call has too few arguments. A method called on a class instead of an instance is "
        "one short, too: the class has to be instantiated first.",
        help="make an instance of the class before calling its methods, and count the arguments",
    ),
    _Pattern(
        pattern=r"has no attribute 'shape'|abstract array|valid JAX (array )?type",
        why="Something that isn't an array was passed where an array is needed.",
        help="check which value goes to which argument",
    ),
    _Pattern(
        pattern=r"^AttributeError: module 'jax(\.random)?' has no attribute '(?i:prng)",
        why="The name is spelt differently, or is in another module.",
        help="write it as it is called: jax.random.PRNGKey",
    ),
    _Pattern(
        pattern=r"iteration over a 0-d key",
        why="jax.random.key makes one key, and one key can't be unpacked.",
        help="split it first: jax.random.split makes two of it",
    ),
    _Pattern(
        pattern=r"does not accept dtypes key<",
        why="A key of jax.random.key isn't a number, so there is no arithmetic with it.",
        help="pass the key as it is, or derive another one with split or fold_in",
    ),
    _Pattern(
        pattern=r"PRNG|random key|\bkey data\b|\bseed\b",
        why="Something that isn't a random key was passed as one, or a key was passed as "
        "something else.",
        help="print what is passed, and compare it with what jax.random.PRNGKey returns",
    ),
    _Pattern(
        pattern=r"incompatible shapes|could not be broadcast|inconsistent sizes",
        why="Two arrays are combined whose sizes don't match.",
        help="print the shapes before this line, and compare them with the task",
    ),
    _Pattern(
        pattern=r"to unpack",
        why="There are more names on the left than values on the right, or fewer.",
        help="print what is unpacked",
    ),
    _Pattern(
        pattern=r"not callable",
        why="You called something that isn't a function. A missing operator or comma before "
        "parentheses does that too, and so does a variable with the function's name.",
        help="print what is in front of the parentheses",
    ),
    _Pattern(
        pattern=r"not subscriptable|not iterable",
        why="This is another kind of object than you expect. A function without return gives None.",
        help="print its type",
    ),
    _Pattern(
        pattern=r"^NameError|^UnboundLocalError",
        why="A name is used that hasn't been given a value at this point.",
        help="check its spelling, and that it is imported or assigned before",
    ),
    _Pattern(
        pattern=r"^AttributeError",
        why="The object has no attribute of this name: it is misspelt, or this is another kind of "
        "object than you expect.",
        help="check the spelling, and print the type of what is in front of the dot",
    ),
    _Pattern(
        pattern=r"^KeyError",
        why="The dict has no such key.",
        help="print its keys",
    ),
    _Pattern(
        pattern=r"^IndexError",
        why="An array or a tuple has fewer axes or elements than were asked for.",
        help="print the shape or the length before this line",
    ),
    _Pattern(
        pattern=r"^RecursionError",
        why="Calls go deeper than Python allows: a function keeps calling itself.",
        help="look for the call that leads back to the same function",
    ),
    _Pattern(
        pattern=r"^AssertionError",
        why="An assertion of your own doesn't hold for this case.",
        help="every case of the task has to be handled, also sizes of 1",
        own=True,
    ),
    _Pattern(
        pattern=r"^AssertionError",
        why="A check that the program calls doesn't hold for this case.",
        help="leave the check out, or make it hold for every case of the task",
        library=r"^(numpy\.testing|chex|unittest|absl\.testing|jax\.test_util|jax\._src\.test_util)",
    ),
    _Pattern(
        pattern=r"^AssertionError",
        why="An assertion inside the library failed, not one of yours, and it doesn't say more.",
        help="look at what this line passes to the library: shapes, types, names",
    ),
    _Pattern(
        pattern=r"^StopIteration",
        why="next was called when no item was left.",
        help="give next a default, or see that there is an item",
    ),
    _Pattern(
        pattern=r"unhashable",
        why="A dict's key, a set's item and a static argument have to be hashable. Arrays, lists "
        "and dicts aren't.",
        help="use a number, a string or a tuple there",
    ),
)
_ITSELF = Meaning(
    message="the function raises an exception of its own instead of answering",
    why="Every case of the task has an answer, this one too.",
    help="handle this case, or delete the raise",
)
_UNKNOWN = Meaning(
    why="",
    help="run the function with these arguments, and read the exception from its last line",
)


def meaning(raised: Raised, source: Source) -> Meaning:
    """Return what an exception usually means."""
    for explain in (waiting, unbound, unavailable):
        told = explain(raised, source)
        if told is not None:
            return told
    own = _ITSELF if _raises_itself(raised, source) else None
    return missing(raised) or _misspelt(raised) or own or _by_pattern(raised) or _UNKNOWN


def _misspelt(raised: Raised) -> Meaning | None:
    """Explain a name without a value that is nearly one with a value."""
    name = re.match(r"name '(\w+)' is not defined", raised.message)
    if raised.exception != "NameError" or name is None or raised.meant is None:
        return None
    return Meaning(
        message=f"there is no name {name[1]}; did you mean {raised.meant}?",
        label="has no value",
        why="A name is used that hasn't been given a value at this point.",
        help=f"write {raised.meant}, or give {name[1]} a value before this line",
    )


def _raises_itself(raised: Raised, source: Source) -> bool:
    """Whether the innermost place is a `raise` of the submission's own, with a text of its own."""
    if raised.library is not None or raised.exception == "NotImplementedError":
        return False
    nodes = ast.walk(source.tree) if source.tree is not None else iter(())
    raises = (node for node in nodes if isinstance(node, ast.Raise) and node.exc is not None)
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

    A text that is longer ends in a mark.
    """
    plain = (
        _INSTALLED.sub("", _LINK.sub("", each)).strip() for each in raised.message.splitlines()
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
    """Cut a long line behind a word, and mark it."""
    if len(line) <= _LONGEST_LINE:
        return line
    start = line[: _LONGEST_LINE - 2]
    words = start.rsplit(maxsplit=1)[0] if " " in start[_LONGEST_LINE // 2 :] else start
    return f"{words} …"
