"""What a program may use if it is to be proved.

A module is listed when what it gives depends on what it is given, and when its use changes nothing
that lasts. Denied names ask a stand-in something unseen, or reach outside the program. A name that
is missing, or denied without need, costs a proof, never its soundness.
"""

from __future__ import annotations

from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PACKAGES: Final = _names(
    """
    __future__ abc collections contextlib copy dataclasses enum flax functools inspect itertools jax
    json logging math numbers numpy operator pprint re string textwrap types typing
    typing_extensions warnings
    """
)

ONLY: Final = {
    "jax": _names(
        """
        Array ShapeDtypeStruct block_until_ready checkpoint custom_jvp custom_vjp eval_shape
        flatten_util grad hessian jacfwd jacrev jit jvp lax linearize named_scope nn numpy random
        remat scipy tree tree_util typing value_and_grad vjp vmap
        """
    ),
    "flax": _names("core linen nnx struct traverse_util typing"),
    "flax.nnx": _names(
        """
        All Any Carry DiffState Linear LinearGeneral Module Not Param PathContains Rngs StateAxes
        Variable elu gelu grad initializers jit leaky_relu log_softmax merge relu remat scan sigmoid
        silu softmax split split_rngs state tanh to_pure_dict value_and_grad vmap
        """
    ),
    "inspect": _names("Parameter Signature signature"),
    "types": _names("MappingProxyType MethodType NoneType SimpleNamespace"),
    "contextlib": _names(
        "AbstractContextManager ContextDecorator ExitStack closing contextmanager nullcontext"
    ),
}
"""What of a package; the rest of jax is its insides, its settings and its devices.

NNX's objects are changed in place. One that outlives a call can't be changed in a trace, since it
was made outside of it: Flax raises `TraceContextError`, and there is no proof.
"""

DENIED: Final = _names(
    """
    Formatter ForwardRef Handler JSONEncoder LogRecord StreamHandler all_leaves array_equal
    array_equiv array_repr array_str asyncio attrgetter bltns builtins codecs config ctypes debug
    errstate export extend frombuffer fromfile gc get_annotations get_printoptions get_type_hints
    importlib interpreters isscalar iterable jax jnp lastResort length_hint lib load memmap
    methodcaller module_paths os platform_dependent printoptions register_pytree_node
    register_pytree_node_class rng_uniform save savetxt savez setLogRecordFactory setLoggerClass
    set_printoptions seterr signal singledispatch singledispatchmethod socket subprocess suppress
    suppress_warnings sys tabulate tempfile test_util testing threading time tracers typeof uuid
    weakref
    """
)
"""What is denied wherever it stands in a library's dotted name."""
DENIED_OF: Final = {
    "numpy": _names(
        "DataSource core datetime64 empty empty_like fromregex genfromtxt loadtxt"
        " masked_print_option random set_default_printstyle setbufsize seterrcall"
    ),
    "logging": _names("addLevelName captureWarnings currentframe disable root"),
    "typing": _names("clear_overloads get_overloads"),
    "warnings": _names("filters"),
}
SHARED: Final = _names("abc array copy select struct trace")
"""Names that modules of the standard library have as well."""
MODULES: Final = _names(
    "jax.numpy jax.random jax.nn jax.lax jax.tree jax.tree_util jax.scipy flax.linen flax.core"
    " flax.nnx"
)
"""Modules that may have been imported by `from`; a module is not passed on."""

BUILTINS: Final = _names(
    """
    __import__ ascii breakpoint compile delattr dir eval exec globals hash id input locals
    memoryview open repr setattr vars
    """
)
QUESTIONS: Final = _names("isinstance type hasattr getattr")
"""Builtins that a traced program is given in another form: only where it calls them by name."""
ATTRIBUTES: Final = _names(
    """
    addressable_data addressable_shards aval cache_clear cache_info committed cr_frame delete device
    devices f_back f_globals findCaller gi_frame is_deleted is_fully_addressable
    is_fully_replicated push register sharding tb_frame traceback unsafe_buffer_pointer weak_type
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

METHODS: Final = _names(
    "__del__ __eq__ __getattr__ __getattribute__ __hash__ __instancecheck__ __len__ __length_hint__"
    " __lt__ __ne__ __subclasscheck__ __subclasshook__"
)
"""Methods that Python, or its library, calls unseen. It drops the error of some."""
TELLING: Final = _names("__doc__ __name__ __qualname__")
"""What tells a method of a stand-in from an array's."""
KEYWORDS: Final = _names(
    """
    _unsafe_bypass_check assigned backend compare compiler_options device donate donate_argnames
    donate_argnums donate_vars eval_str out out_sharding updated
    """
)
KEYWORDS_OF: Final = {"json": _names("cls default"), "warnings": _names("record")}
# The statements below only show something, so they don't matter for a proof.
SHOWING: Final = _names(
    """
    basicConfig critical debug error exception filterwarnings info log simplefilter warn warning
    """
)
PLAIN: Final = _names(
    """
    Attribute BinOp BoolOp Compare Constant Dict DictComp FormattedValue GeneratorExp IfExp
    JoinedStr List ListComp Name Slice Starred Subscript Tuple UnaryOp comprehension keyword
    """
)
TAME: Final = _names(
    """
    abs all any bool dict enumerate float format hasattr int isinstance len list max min range
    repr reversed round sorted str sum tuple type zip
    """
)
TAME_METHODS: Final = _names(
    """
    all any astype copy flatten format item items join keys ljust lower max mean min ravel replace
    reshape rjust round std strip sum title tolist transpose upper values var
    """
)
TAME_LIBRARIES: Final = (
    *("datetime.", "os.environ.get", "os.getenv", "os.path.", "platform.", "time."),
    *("jax.numpy.", "math.", "numpy."),
)
DRAWING: Final = frozenset(
    f"{module}.{name}"
    for module in ("numpy.random", "random")
    for name in ("seed", "rand", "randn", "random", "randint", "normal", "uniform")
)
"""What changes nothing but the state that later numbers are drawn from."""
CONFIGURED: Final = _names(
    """
    jax_compilation_cache_dir jax_default_prng_impl jax_enable_x64 jax_explain_cache_misses
    jax_log_compiles jax_logging_level jax_numpy_dtype_promotion jax_numpy_rank_promotion
    jax_platform_name jax_platforms jax_threefry_partitionable jax_traceback_filtering
    """
)
"""Settings of jax that don't change an answer, or that a trace shows when the top has set them."""
CALLING: Final = _names(
    "apply_along_axis apply_over_axes fromfunction fromiter frompyfunc piecewise testing vectorize"
)
"""What calls a function that it is given: that function has to be looked at."""
SETTINGS: Final = (
    r"os\.environ(\[|\.setdefault\()'(TF_CPP_MIN_LOG_LEVEL|JAX_PLATFORMS|JAX_PLATFORM_NAME"
    r"|CUDA_VISIBLE_DEVICES|XLA_PYTHON_CLIENT_PREALLOCATE)'(\] = |, )'\w*'\)?"
)
"""What sets a variable of the environment that jax, which is long imported, no longer reads."""
