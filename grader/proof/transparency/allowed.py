"""What a transparent program may use, by name.

A name is listed when what it gives depends on its arguments alone, is the same for a stand-in as
for the value that it stands for, treats every size alike, and changes nothing. A name that is
missing costs a proof, never its soundness: `isinstance` tells a stand-in, `functools.cache` mixes
up 2 and 2.0, the order of a set differs between processes.
"""

from __future__ import annotations

import types
from typing import Final

import numpy as np


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --------------------------------------------------------------------------------- the libraries

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
        celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu
        log_sigmoid log_softmax logsumexp mish one_hot relu relu6 selu sigmoid silu soft_sign
        softmax softplus sparse_plus standardize swish tanh
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
        log_sigmoid log_softmax make_causal_mask max_pool nowrap one_hot relu relu6 remat
        remat_scan scan selu share_scope sigmoid silu soft_sign softmax softplus standardize swish
        tanh vmap
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
        array asarray bool_ dtype e float16 float32 float64 inf int32 int64 int8 nan ndarray
        newaxis ones pi prod shape uint32 uint8 zeros
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

SIZE_MAKERS: Final = frozenset({"jax.numpy.shape", "jax.numpy.size"})
"""Those of `ARRAY_MODULES` that give sizes for sizes."""

ARRAY_MODULES: Final = ("jax.numpy.", "jax.random.", "jax.nn.", "jax.lax.", "flax.linen.")
"""Where all else gives arrays or modules, never sizes."""

WRAPPERS: Final = _names(
    """
    jax.jit jax.vmap jax.checkpoint jax.remat jax.numpy.array jax.numpy.asarray jax.numpy.ones
    jax.numpy.zeros functools.partial flax.linen.vmap flax.linen.transforms.vmap flax.linen.remat
    flax.linen.checkpoint dataclasses.dataclass dataclasses.field
    """
)
"""Those of `KNOWN` that call none of the functions they are given while they make something."""

DENIED_WORDS: Final = _names(
    """
    backend compiler_options device donate donate_argnames donate_argnums donate_vars file out
    out_sharding
    """
)
"""Keywords that make a call do more than compute, as keyword or as text (`**options`)."""

# ----------------------------------------------------------------------------------- the builtins

ITERATORS: Final = _names("enumerate filter map reversed zip")
"""Builtins whose result can be gone through once, so that it must not be kept."""

CONSUMERS: Final = ITERATORS | _names("all any dict list max min sorted sum tuple")
"""Builtins that go through what they are given."""

BUILTINS: Final = ITERATORS | _names(
    """
    AssertionError AttributeError Ellipsis Exception IndexError KeyError NotImplemented
    NotImplementedError RuntimeError TypeError ValueError abs classmethod dict len list object print
    property range slice staticmethod sum super tuple
    """
)
"""Builtins that may be used."""

SIZE_BUILTINS: Final = _names("all any bool divmod float int max min pow round sorted")
"""Builtins that compare or convert: a stand-in for a value refuses, a size need not."""

# --------------------------------------------------------------------------------- the attributes

ARRAY_METHODS: Final = _names(
    """
    argmax argmin astype clip conj cumsum dot flatten imag max mean min prod ravel real repeat
    reshape round std sum swapaxes transpose var
    """
)
"""Methods of arrays that give arrays."""

MODULE_METHODS: Final = _names("apply bind clone init init_with_output lazy_init")
"""Methods of modules; what `apply` gives is up to the module."""

_OTHER_ATTRIBUTES: Final = _names(
    """
    T __call__ copy dtype features is_initializing items keys mT make_rng ndim param shape size
    values variable variables
    """
)

ATTRIBUTES: Final = ARRAY_METHODS | MODULE_METHODS | _OTHER_ATTRIBUTES
"""Attributes of arrays, modules and dicts."""

SIZE_ATTRIBUTES: Final = frozenset({"squeeze"})
"""Methods that treat some sizes apart."""

GROWING: Final = _names("append extend insert setdefault update")
"""Methods that change a list or a dict; fine on one that the function has just made."""

_BUILTIN_TYPES: Final = (
    int,
    float,
    str,
    bytes,
    list,
    dict,
    tuple,
    set,
    slice,
    object,
    types.FunctionType,
    np.ndarray,
)

TELLING: Final = frozenset(name for each in _BUILTIN_TYPES for name in dir(each)) | _names(
    """
    addressable_data addressable_shards array_abstraction_level at at_least_vspace aval
    aval_mutable_qdd batch_dim block_until_ready broadcast committed copy_to_host_async cur_qdd
    dec_rank delete device device_buffer device_buffers devices dim_vars dimension_as_value
    evaluate format full_lower get_const get_referent get_vars global_shards has_qdd id inc_rank
    is_deleted is_fully_addressable is_fully_replicated is_high is_ready is_ref itemsize layout
    leading_axis_spec like lo_ty lo_ty_qdd lower_val lower_val2 manual_axis_type mat memory_space
    mesh mutable_qdd nbytes normalize nospec on_device_size_in_bytes parent platform pprint primal
    primal_dtype ptp raise_val raise_val2 reshard rmax rmin scope shard sharding source_info spec
    str_short strip_weak_type tangent to_concrete_value to_ct_aval to_tangent_aval traceback
    type_state unsafe_buffer_pointer unsafe_raw_buffer unshard update update_manual_axis_type
    update_weak_type val vma vspace_add weak_type
    """
)
"""Attributes that arrays, sizes or stand-ins have: no class may give them another meaning."""
