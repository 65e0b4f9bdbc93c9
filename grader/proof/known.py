"""What a program may use that is to be proved, by module.

A module is listed when what it gives depends on what it is given, and when its use changes nothing
that lasts. The traces see most of what a program does with it; the names that are left out ask of a
stand-in what nobody sees, or reach what is outside the program. A name that is left out without
need costs a proof, never its soundness.
"""

from __future__ import annotations

from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULES: Final = _names(
    """
    __future__ abc collections contextlib copy dataclasses enum flax functools inspect itertools
    jax json logging math numbers numpy operator pprint re string textwrap types typing
    typing_extensions warnings
    """
)
"""Packages that may have a part in the answer."""

JAX: Final = _names(
    """
    Array ShapeDtypeStruct checkpoint custom_jvp custom_vjp eval_shape flatten_util grad hessian
    jacfwd jacrev jit jvp lax linearize named_call named_scope nn numpy random remat scipy tree
    tree_util typing value_and_grad vjp vmap
    """
)
"""What of `jax` itself; the rest is its insides, its settings and its devices."""

FLAX: Final = _names("core linen struct traverse_util typing")
INSPECT: Final = _names("Parameter Signature signature")
TYPES: Final = _names("MappingProxyType MethodType ModuleType NoneType SimpleNamespace")
CONTEXTLIB: Final = _names(
    "AbstractContextManager ContextDecorator ExitStack closing contextmanager nullcontext"
)

ONLY: Final = {
    "jax": JAX,
    "flax": FLAX,
    "inspect": INSPECT,
    "types": TYPES,
    "contextlib": CONTEXTLIB,
}

PARTS: Final = _names(
    """
    all_leaves array_equal array_equiv array_repr array_str asyncio attrgetter builtins cmp
    codecs config ctypes debug export extend fromfile frombuffer gc get_printoptions
    importlib interpreters isscalar iterable lib load memmap methodcaller os platform_dependent
    printoptions register_pytree_node register_pytree_node_class rng_uniform save savetxt savez
    set_printoptions seterr signal singledispatch singledispatchmethod socket subprocess suppress
    sys tabulate tempfile test_util threading time typeof uuid weakref
    """
)
"""Names within a module that are denied, wherever they stand in a dotted name."""

DENIED: Final = _names(
    """
    logging.Formatter logging.Handler logging.LogRecord logging.StreamHandler logging.lastResort
    logging.setLogRecordFactory logging.setLoggerClass numpy.core numpy.errstate numpy.random
    numpy.testing.suppress_warnings flax.core.tracers flax.linen.module_paths
    """
)

BUILTINS: Final = _names(
    """
    __import__ ascii breakpoint compile delattr dir eval exec globals hash id input locals
    memoryview open repr setattr vars
    """
)
"""Builtins that tell, or reach, what no trace shows."""

QUESTIONS: Final = _names("isinstance type hasattr getattr")
"""Builtins that a traced program is given in another form: only when it calls them by name."""

ATTRIBUTES: Final = _names(
    """
    aval weak_type sharding committed device devices addressable_data addressable_shards
    is_fully_addressable is_fully_replicated is_deleted delete unsafe_buffer_pointer
    block_until_ready traceback gi_frame tb_frame f_back f_globals cr_frame cache_clear cache_info
    """
)
"""Attributes by which a stand-in can be told from an array, or that reach frames and caches."""

UNDERSCORED: Final = _names(
    """
    _ __all__ __call__ __debug__ __doc__ __enter__ __exit__ __file__ __init__ __init_subclass__
    __main__ __members__ __name__ __new__ __post_init__ __qualname__ __setattr__ __version__
    __wrapped__ _asdict _fields _make _replace
    """
)
"""Names with an underscore in front that a program may use without defining them."""

METHODS: Final = _names("__eq__ __ne__ __hash__ __del__ __instancecheck__ __subclasscheck__")
"""Methods that decide what is the same, what is of a kind, or that run when memory is freed."""

KEYWORDS: Final = _names(
    """
    assigned backend compare compiler_options device donate donate_argnames donate_argnums
    donate_vars out out_sharding updated
    """
)
"""Keywords that make a call do more than compute, or a class compare less than it holds."""

KEYWORDS_OF: Final = {"json": _names("cls default"), "warnings": _names("record")}
"""Keywords that are denied to the functions of one module."""

VALUES: Final = _names(
    """
    jax jax.numpy jax.random jax.nn jax.lax jax.tree jax.tree_util flax.linen numpy math operator
    itertools functools
    """
)
"""Modules that may be passed on; the rest are used by their names only."""

SHOWING: Final = _names("debug info warning warn error exception critical log")
"""Functions of a logger, and `warnings.warn`."""

TAME: Final = _names(
    """
    all any dict enumerate float format int isinstance len list max min print range repr reversed
    round sorted str sum tuple type zip bool abs hasattr
    """
)
TAME_METHODS: Final = _names(
    """
    all any astype copy flatten format item items join keys ljust lower max mean min ravel replace
    reshape rjust round std strip sum title tolist transpose upper values var
    """
)
"""Builtins and methods that change nothing, so that they cost nothing where nobody looks."""

CLOCKS: Final = ("time.", "datetime.", "os.environ.get", "os.getenv", "os.path.", "platform.")
"""What may be read where it can't reach the answer."""

SETTINGS: Final = _names(
    """
    TF_CPP_MIN_LOG_LEVEL JAX_PLATFORMS JAX_PLATFORM_NAME CUDA_VISIBLE_DEVICES
    XLA_PYTHON_CLIENT_PREALLOCATE PYTHONHASHSEED
    """
)
"""Variables of the environment that jax, which is long imported, no longer reads."""
