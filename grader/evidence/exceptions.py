"""What the exceptions that beginners meet usually mean here, and what to do about them."""

from __future__ import annotations

import re

import msgspec

from grader.evidence.notation import shortened
from grader.observation import Raised

_MOST_LINES = 3
_LINK = re.compile(r"\s*\(https://flax[\w.-]*\.io/\S*\)?\s*$")
"""Flax ends its texts with a link to a page that says the same again."""


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What an exception usually means, and one next step.

    `pattern` is searched in `Class: text`. `message`, where there is one, says more than that an
    exception was raised.
    """

    pattern: str
    why: str
    help: str
    message: str = ""


_MEANINGS = (
    Meaning(
        pattern=r"^NotImplementedError",
        message="the function is not filled in yet",
        why="This is the starter as it was handed out. Nothing is wrong so far.",
        help="replace the line that raises; the hints say how to begin",
    ),
    Meaning(
        pattern=r"^ModuleNotFoundError|^ImportError: attempted relative import",
        why="Python found no module of this name.",
        help="check the spelling of the import; a submission is one file, so what it needs of "
        "another file beside it has to stand in it",
    ),
    Meaning(
        pattern=r"^ImportError",
        why="The module was found, and has no such name in it.",
        help="check the spelling of the import",
    ),
    Meaning(
        pattern=r"^PermissionError|Operation not permitted|Permission denied|name resolution",
        why="A submission is run shut in: it can't read your files, reach the network or start "
        "processes. What needs them may well run on your own machine, and doesn't here.",
        help="leave it out; the arguments are all that the function needs",
    ),
    Meaning(
        pattern=r"^FileNotFoundError",
        why="A submission is run by itself, in an empty folder: no other file is there.",
        help="put what the function needs into the program itself",
    ),
    Meaning(
        pattern=r"^EOFError",
        why="A submission is run without a keyboard, so there is nothing to read.",
        help="take the values from the arguments",
    ),
    Meaning(
        pattern=r"^ApplyScopeInvalidVariables|in the call to `?apply",
        why='apply takes all the variables, as init returned them: {"params": …}. It was given '
        "what is inside of them, or something else.",
        help='pass the whole dict that init returned, not its "params" entry',
    ),
    Meaning(
        pattern=r"^ScopeParamShapeError",
        why="The variables were made for an input of another shape than the one they now meet.",
        help="give init an input of the same shape as apply, with the same axis for the examples",
    ),
    Meaning(
        pattern=r"^ScopeParamNotFoundError|^ScopeVariableNotFoundError",
        why="apply was given variables that lack a parameter the module needs. They were made by "
        "another module, or changed since.",
        help="apply the module to the variables that its own init returned",
    ),
    Meaning(
        pattern=r"^ScopeCollectionNotFound",
        why="The module looked for its parameters and was given none.",
        help="initialise first, and pass what init returned to apply",
    ),
    Meaning(
        pattern=r"^InvalidRngError",
        why="The module needs a random key for this stream and was given none.",
        help="pass a key of jax.random.PRNGKey as the first argument of init",
    ),
    Meaning(
        pattern=r"^JaxTransformError",
        why="A plain JAX transform was put around a Flax module. Inside of a module only the "
        "lifted ones of flax.linen know its variables.",
        help="use nn.vmap in place of jax.vmap",
    ),
    Meaning(
        pattern=r"^CallCompactUnboundModuleError|unbound module|^CallUnboundModuleError",
        why="A Flax module holds no parameters itself, so it can't be called like a function.",
        help="call model.init and then model.apply with the variables",
    ),
    Meaning(
        pattern=r"dot_general|contracting dimensions",
        why="A matrix product met two arrays whose inner sizes differ. Usually an input was "
        "transposed, or has an axis too many or too few.",
        help="print the shapes of the input and of the parameters, and compare them with the task",
    ),
    Meaning(
        pattern=r"Tracer\w*Error|^ConcretizationTypeError|^UnexpectedTracerError|traced array",
        why="Under jax.jit or jax.vmap an argument has a shape but no value yet, so Python can't "
        "use it as a number, a size or a condition.",
        help="pass sizes as static arguments (static_argnums), or leave the transform out",
    ),
    Meaning(
        pattern=r"immutable|read-only",
        why="JAX arrays can't be changed in place.",
        help="make a new array: x.at[i].set(value), or an expression",
    ),
    Meaning(
        pattern=r"reshape|total size must be unchanged",
        why="The new shape holds another number of elements than the array has.",
        help="let reshape work the size out: reshape(-1)",
    ),
    Meaning(
        pattern=r"unexpected keyword argument",
        why="The function that is called has no argument of this name.",
        help="compare the name with the documentation; a letter may be missing",
    ),
    Meaning(
        pattern=r"multiple values for (keyword )?argument",
        why="A call gives one argument twice, by its position and by its name.",
        help="count the arguments that stand before it, or write all of them by name",
    ),
    Meaning(
        pattern=r"missing \d+ required (positional|keyword)|positional arguments? but",
        why="A call has too few or too many arguments. A method called on a class instead of an "
        "instance is one short, too: the class has to be instantiated first.",
        help="make an instance of the class before calling its methods, and count the arguments",
    ),
    Meaning(
        pattern=r"has no attribute 'shape'|abstract array|valid JAX (array )?type",
        why="Something that is no array was passed where an array is needed.",
        help="check which value goes to which argument",
    ),
    Meaning(
        pattern=r"PRNG|random key|\bkey data\b|\bseed\b",
        why="What was passed as a random key is none, or the other way round.",
        help="make the key with jax.random.PRNGKey, and pass it first to init",
    ),
    Meaning(
        pattern=r"incompatible shapes|could not be broadcast|inconsistent sizes",
        why="Two arrays meet whose sizes don't go together.",
        help="print the shapes before this line, and compare them with the task",
    ),
    Meaning(
        pattern=r"to unpack",
        why="There are more names on the left than values on the right, or fewer.",
        help="print what is unpacked",
    ),
    Meaning(
        pattern=r"not callable",
        why="Something that is no function is called. A missing operator or comma before "
        "parentheses does that, too, and so does a name that is used twice.",
        help="print what stands before the parentheses",
    ),
    Meaning(
        pattern=r"not subscriptable|not iterable",
        why="What stands here is of another kind than you think. A function without return gives "
        "None.",
        help="print its type",
    ),
    Meaning(
        pattern=r"^NameError|^UnboundLocalError",
        why="A name is used that hasn't been given a value at this point.",
        help="check its spelling, and that it is imported or assigned before",
    ),
    Meaning(
        pattern=r"^AttributeError",
        why="The object has nothing of this name: a spelling mistake, or another kind of object "
        "than you think.",
        help="check the spelling, and print the type of what stands before the dot",
    ),
    Meaning(
        pattern=r"^KeyError",
        why="The dict has no such key.",
        help="print its keys",
    ),
    Meaning(
        pattern=r"^IndexError",
        why="An array or a tuple has fewer axes or elements than were asked for.",
        help="print the shape or the length before this line",
    ),
    Meaning(
        pattern=r"^RecursionError",
        why="The function calls itself without an end.",
        help="look for the call that leads back to the same function",
    ),
    Meaning(
        pattern=r"^AssertionError",
        why="An assertion of your own doesn't hold for this case.",
        help="every case of the task has to be handled, also sizes of 1",
    ),
)
_UNKNOWN = Meaning(
    pattern="",
    why="",
    help="run the function with these arguments, and read the exception from its last line",
)


def meaning(raised: Raised) -> Meaning:
    """Return what an exception usually means."""
    for name in (raised.exception, *raised.bases):
        text = f"{name}: {raised.message}"
        for each in _MEANINGS:
            if re.search(each.pattern, text):
                return each
    return _UNKNOWN


def text_lines(raised: Raised) -> tuple[str, ...]:
    """Return the exception's class and the first lines of its text, without Flax's link."""
    plain = (_LINK.sub("", line).strip() for line in raised.message.splitlines())
    lines = [line for line in plain if line]
    head = f"{raised.exception}: {lines[0]}" if lines else raised.exception
    return tuple(shortened(line, 300) for line in (head, *lines[1:_MOST_LINES]))
