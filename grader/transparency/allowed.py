"""What a transparent program may use, by name.

A name is listed when what it gives depends on its arguments alone, is the same for a stand-in as
for the value that it stands for, treats every size alike, and changes nothing. A name that is
missing costs a proof, never its soundness: `jnp.squeeze` treats size 1 apart, `functools.cache`
mixes up 2 and 2.0, `isinstance` tells a stand-in.
"""

from __future__ import annotations

import types
from typing import Final

import numpy as np

_LIBRARIES: Final = {
    "jax": """
        Array ShapeDtypeStruct checkpoint eval_shape grad jit named_scope remat value_and_grad vmap
    """,
    "jax.flatten_util": "ravel_pytree",
    "jax.lax": """
        batch_matmul collapse cond dot dot_general expand_dims fori_loop map reshape scan select
        stop_gradient switch transpose while_loop
    """,
    "jax.nn": """
        celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid
        log_softmax logsumexp mish one_hot relu relu6 selu sigmoid silu soft_sign softmax softplus
        sparse_plus standardize swish tanh
    """,
    "jax.nn.initializers": """
        constant glorot_normal glorot_uniform he_normal he_uniform kaiming_normal kaiming_uniform
        lecun_normal lecun_uniform normal ones orthogonal truncated_normal uniform variance_scaling
        xavier_normal xavier_uniform zeros
    """,
    "jax.numpy": """
        abs absolute add any all amax amin argmax argmin arange array asarray astype atleast_1d
        atleast_2d bfloat16 bool_ broadcast_to ceil clip concat concatenate cos cumsum divide dot
        dtype e einsum equal exp expand_dims expm1 eye finfo float16 float32 floor full full_like
        greater hstack identity inf int16 int32 int8 less log log1p matmul matrix_transpose max
        maximum mean median min minimum moveaxis multiply nan ndarray ndim negative newaxis ones
        ones_like outer permute_dims pi power prod ravel reshape roll round shape sign sin size
        sqrt square stack std subtract sum swapaxes take tanh tensordot tile trace transpose tri
        true_divide uint32 uint8 vdot vstack var where zeros zeros_like
    """,
    "jax.random": """
        PRNGKey bernoulli bits categorical clone exponential fold_in gumbel key key_data laplace
        normal randint rademacher split truncated_normal uniform wrap_key_data
    """,
    "jax.tree": "flatten leaves map reduce structure unflatten",
    "jax.tree_util": "tree_flatten tree_leaves tree_map tree_structure tree_unflatten Partial",
    "jax.typing": "ArrayLike DTypeLike",
    "flax": "",
    "flax.core": "FrozenDict freeze unfreeze",
    "flax.core.frozen_dict": "FrozenDict freeze unfreeze",
    "flax.linen": """
        BatchNorm Bidirectional Conv ConvTranspose Dense DenseGeneral DenyList Dropout Einsum Embed
        FrozenDict GRUCell GroupNorm InstanceNorm LSTMCell LayerNorm MGUCell Module
        MultiHeadDotProductAttention OptimizedLSTMCell PReLU RMSNorm RNN RNNCellBase SelfAttention
        Sequential SimpleCell WeightNorm apply avg_pool broadcast celu checkpoint compact elu gelu
        glu hard_sigmoid hard_silu hard_swish hard_tanh init init_with_output leaky_relu
        log_sigmoid log_softmax make_causal_mask max_pool nowrap one_hot relu relu6 remat remat_scan
        scan selu share_scope sigmoid silu soft_sign softmax softplus standardize swish tanh vmap
    """,
    "flax.linen.initializers": """
        constant glorot_normal glorot_uniform he_normal he_uniform kaiming_normal kaiming_uniform
        lecun_normal lecun_uniform normal ones ones_init orthogonal truncated_normal uniform
        variance_scaling xavier_normal xavier_uniform zeros zeros_init
    """,
    "flax.linen.linear": "Dense DenseGeneral Conv Einsum Embed",
    "flax.linen.module": "Module compact nowrap init apply share_scope",
    "flax.linen.transforms": "checkpoint remat scan vmap",
    "flax.typing": "Array Dtype PRNGKey Shape VariableDict",
    "numpy": """
        array asarray bool_ dtype e float16 float32 float64 inf int32 int64 int8 nan ndarray newaxis ones pi
        prod shape uint32 uint8 zeros
    """,
    "functools": "partial reduce wraps",
    "math": "e inf pi prod sqrt tau",
    "dataclasses": "asdict dataclass field replace",
    "typing": """
        Annotated Any Callable ClassVar Dict Final Iterable List Literal Mapping NamedTuple Optional
        Sequence Tuple Type TypeAlias TypeVar Union
    """,
    "collections.abc": "Callable Iterable Mapping Sequence",
    "__future__": "annotations",
}

MODULES: Final = frozenset(_LIBRARIES)
"""What may be imported, and be the head of a dotted name."""

KNOWN: Final = frozenset(
    f"{module}.{name}" for module, names in _LIBRARIES.items() for name in names.split()
)
"""Dotted names that may be used."""

SIZE_KNOWN: Final = frozenset({"jax.numpy.squeeze", "jax.lax.squeeze"})
"""Library functions that treat some sizes apart."""

SIZE_ATTRIBUTES: Final = frozenset({"squeeze"})
"""Methods that do."""

WRAPPERS: Final = frozenset(
    """
    jax.jit jax.vmap jax.checkpoint jax.remat jax.numpy.array jax.numpy.asarray jax.numpy.ones
    jax.numpy.zeros functools.partial flax.linen.vmap flax.linen.transforms.vmap flax.linen.remat
    flax.linen.checkpoint dataclasses.dataclass dataclasses.field
    """.split()
)
"""Those of `KNOWN` that call none of the functions they are given while they make something."""

SIZE_MAKERS: Final = frozenset({"jax.numpy.shape", "jax.numpy.size", "math.prod", "numpy.prod"})
"""Those of `KNOWN` that give sizes for sizes; the rest give arrays, modules or functions."""

ITERATORS: Final = frozenset({"enumerate", "filter", "map", "reversed", "zip"})
"""Builtins whose result can be gone through once, so that it must not be kept."""

BUILTINS: Final = ITERATORS | frozenset(
    """
    AssertionError AttributeError Ellipsis Exception IndexError KeyError NotImplemented
    NotImplementedError RuntimeError TypeError ValueError abs classmethod dict len list object print
    property range slice staticmethod sum super tuple
    """.split()
)

SIZE_BUILTINS: Final = frozenset("all any bool float int max min pow round sorted divmod".split())
"""Builtins that compare or convert: fine on a stand-in for a value, which refuses, not on a size."""

ATTRIBUTES: Final = frozenset(
    """
    T __call__ apply argmax argmin astype bind clip clone conj copy cumsum dot dtype features flatten imag
    init init_with_output is_initializing items keys lazy_init mT make_rng max mean min ndim param
    prod ravel real repeat reshape round shape size std sum swapaxes transpose values var variable
    variables
    """.split()
)
"""Attributes of arrays, modules and dicts."""

GROWING: Final = frozenset({"append", "extend", "insert", "setdefault", "update"})
"""Methods that change a list or a dict; fine on one that the function has just made."""

_BUILTIN_TYPES = (
    int, float, str, bytes, list, dict, tuple, set, slice, np.ndarray, types.FunctionType, object,
)

TELLING: Final = frozenset(
    name for each in _BUILTIN_TYPES for name in dir(each)
) | frozenset(
    """
    addressable_data addressable_shards at aval block_until_ready committed copy_to_host_async
    delete device device_buffer device_buffers devices format global_shards is_deleted
    is_fully_addressable is_fully_replicated itemsize layout mesh nbytes on_device_size_in_bytes
    platform sharding spec traceback unsafe_buffer_pointer vma weak_type primal_dtype scope
    evaluate update manual_axis_type is_ref is_high to_concrete_value full_lower id dim_vars
    """.split()
)
"""Attributes that arrays, sizes or stand-ins have: no class may give these names another meaning."""

DENIED_WORDS: Final = frozenset(
    """
    backend compiler_options device donate donate_argnames donate_argnums donate_vars file out
    out_sharding
    """.split()
)
"""Keywords that make a call do more than compute, as keyword or as text (`**options`)."""
