"""What exceptions of Flax's NNX mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"missing \d+ required keyword-only argument: 'rngs'",
        why="A module of NNX draws its parameters when it is made, from the nnx.Rngs that it gets.",
        help="pass them by name: rngs=nnx.Rngs(seed)",
    ),
    Pattern(
        pattern=r"No RngStream named '\w+' found in Rngs",
        message="the nnx.Rngs has no stream to draw from",
        label="draws from a stream that isn't there",
        why="nnx.Rngs() has no stream at all, and nnx.Rngs(dropout=seed) has only that one. A seed "
        "without a name makes a stream for all that have none of their own.",
        help="make the stream from a seed: nnx.Rngs(seed)",
    ),
    Pattern(
        pattern=r"'SplitBackups' object is not callable",
        message="nnx.split_rngs gets the function, and makes no new one",
        label="not a function",
        why="With something as its first argument, nnx.split_rngs splits the streams in that, at "
        "once. Without, it returns a decorator.",
        help="call it in two steps: nnx.split_rngs(splits=…)(function), or use it as a decorator",
    ),
    Pattern(
        pattern=r"'VariableMeta' object (is not iterable|cannot be interpreted as an integer)",
        why="argnums are places of arguments, or an nnx.DiffState of a place and a filter.",
        help="give the place first, then the type: argnums=nnx.DiffState(0, nnx.Param)",
    ),
    Pattern(
        pattern=r"^TypeError: scan\(\) takes from 0 to 1 positional arguments",
        why="nnx.scan takes a function and returns another one, unlike jax.lax.scan.",
        help="pass the arguments to what it returns: nnx.scan(step)(carry, layers)",
    ),
    Pattern(
        pattern=r"^TypeError: Missing required argument `wrt`",
        why="In newer releases of Flax, an optimizer has to know which variables it trains.",
        help="name their type: nnx.Optimizer(model, …, wrt=nnx.Param)",
    ),
    Pattern(
        pattern=r"has no attribute 'params'",
        message="a module of NNX gets something else than an nnx.Rngs",
        label="not an nnx.Rngs",
        why="It draws its parameters from a stream of the nnx.Rngs that it gets. A key or a number "
        "has no streams.",
        help="pass rngs=nnx.Rngs(seed)",
        library=r"^flax\.nnx\.nn\.",
    ),
    Pattern(
        pattern=r"assigned to static attribute",
        message="a plain list, tuple or dict holds arrays or modules of NNX",
        why="NNX looks for them in attributes and in its own containers alone.",
        help="wrap it: nnx.List(…) for a list or tuple, nnx.Dict(…) for a dict",
        library=r"^flax\.nnx\.",
    ),
    Pattern(
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
    Pattern(
        pattern=r"Cannot mutate .* from (a )?different trace level",
        message="an object of NNX is changed across the border of a transform",
        label="changed across the border of a transform",
        why="A transform's function can only change an object that it got as an argument or made "
        "itself, and only while it runs.",
        help="pass the object through the transform, as an argument or as a result",
        library=r"^flax\.nnx\.",
    ),
    Pattern(
        pattern=r"extract graph node from (a )?different trace level",
        message="an object of NNX is passed on across the border of a transform",
        label="passed on across the border of a transform",
        why="A transform's function can call an object from outside, but not pass it to another "
        "transform, or return it. Nor can an object from inside be used after it.",
        help="pass the object through every transform around it, as an argument or as a result",
        library=r"^flax\.nnx\.",
    ),
    Pattern(
        pattern=r"If one of in_axes or out_axes has Carry, the other must",
        message="only one of in_axes and out_axes has nnx.Carry",
        label="has nnx.Carry in one of them alone",
        why="nnx.Carry marks the argument that a step gets from the one before, and the result "
        "that it hands on. What a step hands on comes out once, without an axis for the steps.",
        help="mark the carry in both, or in neither if no step gets anything from another one",
        library=r"^flax\.nnx\.",
    ),
    Pattern(
        pattern=r"Invalid rng value",
        message="a stream of nnx.Rngs is made from something that is neither an int nor a key",
        label="neither an int nor a key",
        why="It makes its key from a Python int, or takes a key. An array of numbers, a float, or "
        "a number that a transform traces is none of these.",
        help="pass an int; of another integer, such as a traced one, make a key first: "
        "nnx.Rngs(jax.random.key(number))",
        library=r"^flax\.nnx\.",
    ),
)
