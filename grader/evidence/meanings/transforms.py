"""What exceptions of jax's transforms mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

_NO_VALUE: Final = (
    "Inside a transform, such as jax.jit, jax.vmap or jax.grad, an array has a shape but may have "
    "no value yet"
)

MEANINGS: Final = (
    Pattern(
        pattern=r"^TypeError: scan body (output|function output) must be a pair",
        why="What a step returns first goes to the next step, what it returns second is kept.",
        help="return a pair: (new carry, output)",
    ),
    Pattern(
        pattern=r"^TypeError: scan body function carry input and carry output",
        why="The carry that a step returns goes into the next step, so it has to be like the first "
        "one.",
        help="start with a carry of the shape, type and structure that a step returns",
    ),
    Pattern(
        pattern=r"^UnexpectedTracerError",
        message="a value from inside a transform is used after it",
        label="uses a value from inside a transform",
        why="Inside a transform, an array only stands for its values, and only while the transform "
        "runs. One that is put into a list, a global or an attribute there is of no use later.",
        help="return it from the function that is transformed, instead of storing it",
    ),
    Pattern(
        pattern=r"^TracerArrayConversionError",
        why=f"{_NO_VALUE}, and NumPy's functions and arrays want values.",
        help="use the functions of jax.numpy, not NumPy's, in what is transformed",
    ),
    Pattern(
        pattern=r"^TracerBoolConversionError",
        why=f"{_NO_VALUE}, so Python can't decide by it.",
        help="compute both and choose with jnp.where, or use jax.lax.cond or jax.lax.while_loop; a "
        "flag or a size that jax.jit gets may be a static argument (static_argnums)",
    ),
    Pattern(
        pattern=r"^NonConcreteBooleanIndexError",
        why=f"{_NO_VALUE}, so it isn't known how many elements a condition selects.",
        help="keep the shape: jnp.where(condition, x, 0), in place of x[condition]",
    ),
    Pattern(
        pattern=r"^TracerIntegerConversionError",
        why=f"{_NO_VALUE}, so Python can't count with it, or look something up in a list.",
        help="look it up in a JAX array, loop with jax.lax.fori_loop, or pass jax.jit a size as a "
        "static argument (static_argnums)",
    ),
    Pattern(
        pattern=r"^ConcretizationTypeError(?s:.*)(The problem arose with the `(?!bool)\w+` function"
        r"|item\(\) method|tolist\(\) method)",
        why=f"{_NO_VALUE}, so Python can't make a number of it.",
        help="keep the array, which you can calculate with: leave out float(…), int(…) or .item()",
    ),
    Pattern(
        pattern=r"Tracer\w*Error|^ConcretizationTypeError|traced array",
        why=f"{_NO_VALUE}, so Python can't use it as a number, a size or a condition.",
        help="take sizes from shapes, or pass jax.jit a size as a static argument (static_argnums)",
    ),
    Pattern(
        pattern=r"Shapes must be .*Trac|must be static integers|indices must have static"
        r"|parameters to jaxpr equations must have __hash__",
        why=f"{_NO_VALUE}, so Python can't use it as a size.",
        help="take sizes from shapes, or pass jax.jit a size as a static argument (static_argnums)",
    ),
    Pattern(
        pattern=r"^TypeError: Gradient only defined .*Output was None",
        why="The function that is differentiated returns None.",
        help="return its number at the end: a function without a return gives None",
    ),
    Pattern(
        pattern=r"^TypeError: differentiating with respect to argnums=.* requires at least",
        why="argnums counts the arguments that are passed by position, from 0 on. This call passes "
        "fewer.",
        help="pass by position what the gradient is by: jax.grad(loss)(params, x=x); or correct "
        "argnums",
    ),
    Pattern(
        pattern=r"^TypeError: Gradient only defined for scalar-output functions",
        why="A gradient belongs to one number, such as a loss. The function that is differentiated "
        "here returns something else.",
        help="return one number, such as a mean; what else it returns goes with has_aux=True",
    ),
    Pattern(
        pattern=r"requires real-.*valued (in|out)puts",
        why="A gradient goes from a float to floats. An integer is among them here.",
        help="differentiate by another argument (argnums), or make it floats: "
        "x.astype(jnp.float32)",
    ),
    Pattern(
        pattern=r"^TypeError: lax\.\w+: \w+ argument should be a callable",
        why="A loop takes a function. It got something else.",
        help="pass the function itself, without calling it: jax.lax.scan(step, carry, x)",
    ),
    Pattern(
        pattern=r"^TypeError: Expected a callable value|argument should be a callable",
        why="A transform takes a function. It got something else.",
        help="pass the function itself, without calling it; what it gets comes afterwards: "
        "jax.vmap(f)(x), not jax.vmap(f(x))",
    ),
    Pattern(
        pattern=r"object cannot be interpreted as an integer",
        why="argnums are the places of arguments, as integers.",
        help="pass jax.grad the function, and its arguments afterwards: jax.grad(loss)(w)",
        library=r"^jax\._src\.api",
    ),
    Pattern(
        pattern=r"expected function with aux output to return a two-element tuple",
        why="With has_aux=True, the function returns a pair: the number that is differentiated, "
        "and whatever else it gives.",
        help="return such a pair, or leave out has_aux",
    ),
    Pattern(
        pattern=r"vmap in_axes must be an int, None, or a tuple",
        why="in_axes is one entry for all arguments, or a tuple with one for each.",
        help="compare the entries with the arguments of the call: give each of them an entry, in "
        "their order, or pass what is missing",
    ),
    Pattern(
        pattern=r"vmap (in|out)_axes must be an int, None, or \(nested\)",
        why="An entry of in_axes or out_axes is a number, or None for what isn't mapped. This one "
        "is something else.",
        help="write the axis as a number, such as 0, or None",
    ),
    Pattern(
        pattern=r"got axis spec None but output was batched",
        why="None in out_axes is for a result that is the same for all. This one differs.",
        help="say at which axis the results are put, such as out_axes=0",
    ),
    Pattern(
        pattern=r"vmap out_axes specification must be a tree prefix",
        why="out_axes is one entry for all results, or it has the form of what the function "
        "returns, with an entry for each.",
        help="write one number, such as out_axes=0, or an entry for each result",
    ),
    Pattern(
        pattern=r"Inconsistent (batch axis sizes|scan lengths)|inconsistent sizes for array axes",
        why="A transform goes through its arguments together, each along the axis that in_axes "
        "says. Here these axes have different lengths.",
        help="compare the shape of each argument with what in_axes says of it; None is for one "
        "that goes in whole",
    ),
    Pattern(
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
    Pattern(
        pattern=r"rank should be at least 1, but is only 0|"
        r"^AttributeError: '(bool|int|float|str)' object has no attribute 'shape'",
        message="an argument is mapped that has no axis",
        label="gets a number, a flag or a single key to map over",
        why="in_axes says for each argument along which axis it is mapped. A single number there "
        "is for all of them, also for numbers, flags and keys.",
        help="give in_axes an entry for each argument: None for numbers, flags and a single key",
        library=r"axis_size",
    ),
    Pattern(
        pattern=r"keyword arguments could not be resolved to positions",
        why="A map takes the arguments of its function by position. This function has some that "
        "can only be given by name.",
        help="map a function whose arguments can all be given by position",
    ),
    Pattern(
        pattern=r"vmap was requested to map its argument along axis",
        why="An argument has fewer axes than its entry of in_axes says.",
        help="print its shape before this line, and compare it with in_axes",
    ),
    Pattern(
        pattern=r"scan got values with different leading axis sizes",
        why="A scan goes over all its inputs together, along their first axes. Those have to be of "
        "one size.",
        help="print the shapes, and leave out what the steps don't take apart",
    ),
    Pattern(
        pattern=r"scan got `length` argument of",
        why="length is the fourth argument, and counts the steps. It has to be the size of the "
        "first axis of what the loop goes over.",
        help="leave length out; what else the step needs it can use from outside",
    ),
    Pattern(
        pattern=r"scan got no values to scan over",
        why="Nothing says how many steps there are.",
        help="pass what the loop goes over, or length=…",
    ),
    Pattern(
        pattern=r"scan got value with no leading axis to scan over",
        why="A scan goes over the first axis of an array. This is a single number, without axes.",
        help="leave out what is the same in each step, since the step can use it from outside; a "
        "number of steps is length=…",
    ),
    Pattern(
        pattern=r"cond branches must have|branches must have equal|true_fun and false_fun output",
        why="Both branches have to return the same structure, of the same shapes and types.",
        help="print the shape and type of what each of them returns",
    ),
    Pattern(
        pattern=r"body_fun output and input must have|while_loop body function carry",
        why="What a step returns goes into the next one, so it has to be like what it got.",
        help="start with a value of the shape, type and structure that a step returns",
    ),
    Pattern(
        pattern=r"(?s)(returned a value of type|Output from batched function|output .* was).*"
        r"not a valid JAX type",
        why="A function that jax transforms has to return arrays. A module's class returns a "
        "module.",
        help="return arrays from it; for a Flax module, use the transform of its library",
    ),
    Pattern(
        pattern=r"(?s)pytree structure error.* tuple of length \d+, but .* of length 0",
        why="A lifted module that is called without apply raises this: it has no variables.",
        help="call it with model.apply(variables, …)",
    ),
    Pattern(
        pattern=r"pytree structure error|Dict key mismatch|arity mismatch"
        r"|Custom node type mismatch",
        why="Two structures, such as in_axes and the arguments, should have the same keys and "
        "lengths, but don't.",
        help="print both before this line",
    ),
)
