"""What exceptions of Python mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"'float' object cannot be interpreted as an integer",
        why="A size, a number of steps or a place is an int. A division by / gives a float, also "
        "where nothing is left over.",
        help="divide with //, or make it an int: int(…)",
    ),
    Pattern(
        pattern=r"unsupported format string passed to",
        why="A format such as :.2f is for a single number. This is an array with axes, or one that "
        "has no value yet.",
        help="print it without the format; inside a transform, use jax.debug.print",
    ),
    Pattern(
        pattern=r"to unpack",
        why="The number of names on the left differs from the number of values on the right.",
        help="print what is unpacked",
    ),
    Pattern(
        pattern=r"'[\w.]*(ArrayImpl|Tracer)' object is not callable",
        why="This is an array. A function's arguments may come in another order than its "
        "parameters.",
        help="compare the order of the arguments with that of the parameters",
    ),
    Pattern(
        pattern=r"not callable",
        why="You called something that isn't a function. The cause may also be a missing operator "
        "or comma before parentheses, or a variable with the function's name.",
        help="print what is before the parentheses",
    ),
    Pattern(
        pattern=r"'NoneType' object (is not (subscriptable|iterable)|has no)|operand.*'NoneType'",
        why="This is None. A function without return gives None, and so do methods that change "
        "their object in place.",
        help="find where this value comes from, and return it there",
    ),
    Pattern(
        pattern=r"'[\w.]*([fF]unction|method|partial)' object"
        r" (is not (subscriptable|iterable)|has no)|operand.*'([\w.]*[fF]unction|method)'",
        why="This is a function, not what it returns. A transform returns a function as well.",
        help="if you mean what it returns, call it: put its arguments in parentheses after it",
    ),
    Pattern(
        pattern=r"'(map|zip|enumerate|filter|reversed|generator|dict_\w+)' object is not "
        r"subscriptable|object of type '(map|zip|enumerate|filter|generator)' has no len",
        why="It gives its elements one after another, and has no places.",
        help="make a list of it first: list(…)",
    ),
    Pattern(
        pattern=r"string indices must be integers",
        why="This is a text, not a dict. Going over a dict gives its keys, and so does taking it "
        "apart into names.",
        help="print it; go over both, keys and values, with .items()",
    ),
    Pattern(
        pattern=r"'tuple' object (does not support item assignment|has no attribute "
        r"'(append|extend|insert|remove|pop|sort)')",
        why="A tuple can't be changed after it was made.",
        help="make a new one of its parts, or a list of it first: list(…)",
    ),
    Pattern(
        pattern=r"object does not support item assignment",
        why="An object of this type can't be changed in place.",
        help="make a new one with the other value",
    ),
    Pattern(
        pattern=r"'dict' object has no attribute '(iteritems|iterkeys|itervalues|has_key)'",
        why="That is a method of Python 2's dicts.",
        help="write items(), keys() or values(), or name in the_dict",
    ),
    Pattern(
        pattern=r"(tuple|list) indices must be integers|'(tuple|list)' object has no attribute",
        why="This is a tuple or a list: it has parts with numbers, not with names.",
        help="print it; if a call returns several results, give each its name: first, second = …",
    ),
    Pattern(
        pattern=r"'(dict|FrozenDict)' object has no attribute",
        why="The entries of a dict are read with brackets, not with a dot.",
        help='write the entry in brackets, such as variables["params"]',
    ),
    Pattern(
        pattern=r"type '\w+' is not subscriptable|'type' object is not subscriptable",
        why="This is a class. Its instances are made with parentheses.",
        help="write parentheses instead of brackets",
    ),
    Pattern(
        pattern=r"not subscriptable|not iterable|must be an iterable, not",
        why="Only objects that hold others, such as arrays, tuples and dicts, have items. This one "
        "is of another kind, which the last line of the exception names.",
        help="print it and its type, and compare them with what this line expects",
    ),
    Pattern(
        pattern=r"^NameError|^UnboundLocalError",
        why="This name has no value at this point.",
        help="check its spelling, and that it is imported or assigned before",
    ),
    Pattern(
        pattern=r"^AttributeError",
        why="The object has no attribute with this name: it is misspelt, or this is a different "
        "kind of object than you expect.",
        help="check the spelling, and print the type of what is before the dot",
    ),
    Pattern(
        pattern=r"^KeyError",
        why="The dict doesn't have this key.",
        help="print its keys",
    ),
    Pattern(
        pattern=r"^IndexError",
        why="An array or a tuple has fewer axes or elements than this line uses.",
        help="print the shape or the length before this line",
    ),
    Pattern(
        pattern=r"^ZeroDivisionError",
        why="The divisor is 0 in this case. Sizes can be 1, so a size less 1 can be 0.",
        help="find out what is 0 here, and handle that case",
    ),
    Pattern(
        pattern=r"unsupported operand type\(s\) for \^|^TypeError: (bitwise_)?xor does not accept|"
        r"ufunc 'bitwise_xor' not supported",
        why="In Python, ^ compares the bits of whole numbers. A power is written **.",
        help="write ** for a power",
    ),
    Pattern(
        pattern=r"unsupported operand type|can only concatenate|bad operand type"
        r"|can't multiply sequence",
        why="This operator can't be used with values of these types, which the last line of the "
        "exception names.",
        help="print both sides; of a dict or a tuple, take the entry that you mean, or go through "
        "all with jax.tree.map",
    ),
    Pattern(
        pattern=r"^RecursionError",
        why="Calls go deeper than Python allows: a function keeps calling itself.",
        help="look for the call that leads back to the same function",
    ),
    Pattern(
        pattern=r"^AssertionError",
        why="One of your own assertions fails in this case.",
        help="handle every case of the task, also sizes of 1",
        own=True,
    ),
    Pattern(
        pattern=r"^AssertionError",
        why="A check that the program calls fails in this case.",
        help="remove the check, or make it hold in every case of the task",
        library=r"^(numpy\.testing|chex|unittest|absl\.testing|jax\.test_util|jax\._src\.test_util)",
    ),
    Pattern(
        pattern=r"^AssertionError",
        why="An assertion inside the library failed, not one of yours, and it gives no more "
        "details.",
        help="check what this line passes to the library: shapes, types, names",
    ),
    Pattern(
        pattern=r"^StopIteration",
        why="next was called when no item was left.",
        help="pass next a default, or make sure that there is an item",
    ),
    Pattern(
        pattern=r"unhashable type: '(?!dict|list|set|ndarray|ArrayImpl|\w*Tracer)\w+'",
        why="jax remembers what it has traced by the function. If that is an object with fields, "
        "it must be hashable, and a dataclass isn't unless it is frozen.",
        help="pass a plain function, or freeze the class: @dataclass(frozen=True)",
        library=r"^(jax|weakref|functools)\b",
    ),
    Pattern(
        pattern=r"unhashable",
        why="Keys of dicts, items of sets and static arguments must be hashable. Arrays, lists "
        "and dicts aren't.",
        help="use a number, a string or a tuple there",
    ),
)
