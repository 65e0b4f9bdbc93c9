"""What exceptions of Flax's Linen mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"^TransformTargetError",
        why="A lifted transform takes a module class, or a function that takes a module. It got "
        "an instance, or something else.",
        help="lift the class, without parentheses after it, and make the instance from the result",
    ),
    Pattern(
        pattern=r"^AssignSubModuleError",
        why="A method may only create other modules if Flax knows about it.",
        help="put @nn.compact above the method",
    ),
    Pattern(
        pattern=r"^NameInUseError",
        why="A module creates two submodules of the same name, or runs the method that creates "
        "them twice.",
        help="give each its own name, and make sure that a compact method runs once",
    ),
    Pattern(
        pattern=r"^ApplyScopeInvalidVariables.*extra params layer",
        why='What init returns has the entry "params" already. Here it was put into another dict '
        "under the same name.",
        help="pass what init returned as it is",
    ),
    Pattern(
        pattern=r"^TypeError: Array\.__contains__: unsupported operand type <class 'str'>",
        why="apply takes the variables first, a dict with an entry for each collection. It got an "
        "array, such as a key or the input.",
        help="call init with the key first, and pass what it returns to apply",
    ),
    Pattern(
        pattern=r"^CallShareScopeOnUnboundModuleError",
        why="nn.share_scope needs two modules that Flax has given their places. One that was just "
        "made in setup has none before it is assigned to self, and one with parent=None never has.",
        help="make the module without parent=None, and in setup assign it to self before "
        "nn.share_scope",
    ),
    Pattern(
        pattern=r"^ApplyScopeInvalidVariables|in the call to `?apply",
        why='apply takes all the variables, as init returned them: {"params": …}. It got only a '
        "part of them, or something else.",
        help='pass the whole dict that init returned, not its "params" entry',
    ),
    Pattern(
        pattern=r"^ScopeParamShapeError",
        why="The variables were made for an input of a different shape than the input of apply.",
        help="pass init an input of the same shape as apply, with the same axis for the examples",
    ),
    Pattern(
        pattern=r"^ScopeParamNotFoundError|^ScopeVariableNotFoundError",
        why="The variables that apply got lack a parameter that the module needs. They were made "
        "by another module, or changed since.",
        help="apply the module to the variables that its own init returned",
        in_module="make the same parameters in every call, the first one too",
    ),
    Pattern(
        pattern=r"^IncorrectPostInitOverrideError",
        why="Flax writes the constructor of a Linen module, from its fields. Your own __init__ or "
        "__post_init__ takes its place.",
        help="declare what it takes as fields, such as features: int; compute the rest in setup",
    ),
    Pattern(
        pattern=r"^TypeError: (vmap|scan)\(\) got multiple values for argument "
        r"'(variable_\w+|split_rngs)'",
        why="The arguments of nn.vmap and nn.scan are in another order than those of jax.vmap: "
        "variable_axes comes first after the module, in_axes later.",
        help="pass all of them by name: in_axes=…, out_axes=…",
    ),
    Pattern(
        pattern=r"^AttributeError: '\w+' object has no attribute 'items'",
        message="variable_axes isn't a dict",
        why="It gives each collection its axis, or None. By position, it comes first after the "
        "module, in another order than that of jax.vmap.",
        help="pass all arguments by name, and a dict as variable_axes",
        library=r"^flax\.core\.lift\._split_in_out_axes",
    ),
    Pattern(
        pattern=r"^AttributeError: '\w+' object has no attribute '(items|get)'",
        message="split_rngs isn't a dict",
        why="It says of each stream of keys whether it is split: True or False.",
        help='pass a dict with an entry for each stream: split_rngs={"params": …}',
        library=r"^flax\.core\.lift\.(scan|vmap|pack)\b",
    ),
    Pattern(
        pattern=r"^ValueError: (not enough|too many) values to unpack",
        why="nn.scan takes apart what a step returns: a pair of the new carry and the output.",
        help="return a pair: (new carry, output), with None if there is no output",
        library=r"^flax\.core\.lift\.scan",
    ),
    Pattern(
        pattern=r"^AttributeError: type object '\w+' has no attribute 'partial'",
        why="Older releases of Flax had Module.partial. Now a module gets its fields when its "
        "instance is made.",
        help="pass them to the class: Layer(features=…), or use functools.partial",
    ),
    Pattern(
        pattern=r"^TypeError: unsupported operand .*'Variable'",
        why="self.variable returns a variable, not its array.",
        help="use its array: variable.value; what is trained is made with self.param",
    ),
    Pattern(
        pattern=r"^ScopeCollectionNotFound",
        why="The module looked for its parameters, but apply got no collection of that name.",
        help='pass apply all variables in the form that init returns: {"params": …}',
        in_module="make the same parameters in every call, the first one too",
    ),
    Pattern(
        pattern=r"^InvalidRngError",
        why="The module needs a random key for this stream but got none.",
        help="pass a key from jax.random.PRNGKey as the first argument of init",
        in_module="leave out what draws from it: the task's module gets no key for it",
    ),
    Pattern(
        pattern=r"^TypeError: argument of type .* is not iterable",
        why="apply takes the variables first, as init returned them, and then the input.",
        help="pass the variables first: model.apply(variables, x)",
        library=r"^flax\.",
    ),
    Pattern(
        pattern=r"has no attribute '_state'|^TypeError: grad\(\) missing .*'mdl'",
        why="The transforms of flax.linen lift a module's class, or a function whose first "
        "argument is a module. This is a function of arrays alone.",
        help="lift the module's class; for a function of arrays alone, use the transform of jax, "
        "such as jax.vmap or jax.grad",
    ),
    Pattern(
        pattern=r"If \"\w+\" is defined in '\.setup\(\)'",
        why="A Flax module doesn't hold its parameters or its parts: outside of init and apply, it "
        "has its fields alone.",
        help='read a parameter in the variables: variables["params"]["kernel"]',
    ),
    Pattern(
        pattern=r"'dict' object has no attribute '(unfreeze|pretty_repr|copy_and_\w+)'"
        r"|^TypeError: (dict\.)?copy\(\) takes no keyword",
        why="init returns a plain dict. In older releases of Flax it was a FrozenDict, which has "
        "methods of its own.",
        help="leave that out, and use it as a dict: {**variables, name: value}",
    ),
    Pattern(
        pattern=r"^JaxTransformError",
        why="A plain JAX transform was used on a Flax module. Inside a module, only the lifted "
        "transforms of flax.linen know its variables.",
        help="use nn.vmap instead of jax.vmap",
    ),
    Pattern(
        pattern=r"^CallCompactUnboundModuleError|unbound module|^CallUnboundModuleError",
        why="A Flax module holds no parameters itself, so it can't be called like a function.",
        help="call model.init and then model.apply with the variables",
        in_module="make it in setup or in a method with @nn.compact, as a part of the module",
    ),
    Pattern(
        pattern=r"^ModifyScopeVariableError",
        why="apply only changes collections that you allow it to change. It returns them next to "
        "the output.",
        help='name the collection that the module writes in the call: mutable=["…"]',
    ),
    Pattern(
        pattern=r"FrozenDict is immutable|'FrozenDict' object has no attribute "
        r"'(update|setdefault|clear|popitem)'|^SetAttribute\w*Error|^FrozenInstanceError"
        r"|is frozen|frozen instance",
        why="This object can't be changed after it was created.",
        help="create a new one with the other value: {**old, name: value}, or module.clone(…)",
    ),
)
