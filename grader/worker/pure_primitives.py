"""The jax primitives that depend only on their parameters and operands, by name.

If one is missing here, fewer programs can be proved, but proofs stay sound.
"""

from __future__ import annotations

from typing import Final

CALLS: Final = (
    "jit_p",
    "closed_call_p",
    "call_p",
    "remat_p",
    "custom_jvp_call_p",
    "custom_vjp_call_p",
)
"""Calls to a jaxpr, by their names in `jax.extend.core.primitives`; they are inlined."""

IDENTITIES: Final = frozenset(
    {
        "copy",
        "copy_p",
        "device_put",
        "name",
        "optimization_barrier",
        "random_clone",
        "stop_gradient",
    }
)
"""Primitives that return the values of their operands."""

_ELEMENTWISE: Final = """
abs acos acosh add add_any and asin asinh atan atan2 atanh bessel_i0e bessel_i1e
bitcast_convert_type cbrt ceil clamp clz complex conj convert_element_type cos cosh digamma div eq
eq_to erf erf_inv erfc exp exp2 expm1 floor ge gt igamma igammac imag integer_pow is_finite le le_to
lgamma log log1p log2 logistic lt lt_to max min mul ne neg nextafter not one_minus_square or
polygamma population_count pow real reduce_precision rem round rsqrt select_n shift_left
shift_right_arithmetic shift_right_logical sign sin sinh sqrt square sub tan tanh xor zeta
"""

_SHAPES: Final = """
broadcast_in_dim concatenate dim_as_value dynamic_slice dynamic_update_slice gather iota pad reshape
rev scatter scatter-add scatter-max scatter-min scatter-mul slice split squeeze stack transpose
unstack
"""

_REDUCTIONS: Final = """
argmax argmin cumlogsumexp cummax cummin cumprod cumsum reduce_and reduce_max reduce_min reduce_or
reduce_prod reduce_sum reduce_xor reduce_window_max reduce_window_min reduce_window_sum sort top_k
"""

POSITIONAL: Final = frozenset({"pmax", "pmin", "psum"})
"""Reductions over the axes of a mapped array, once `vmap` has replaced names by numbers."""

_LINEAR: Final = """
cholesky conv_general_dilated dot_general eigh geqrf householder_product lu qr svd triangular_solve
"""

_RANDOM: Final = """
random_bits random_fold_in random_gamma random_seed random_split random_unwrap random_wrap
threefry2x32
"""

_CONTROL: Final = "cond scan while"

PURE: Final = frozenset(
    f"{_ELEMENTWISE} {_SHAPES} {_REDUCTIONS} {_LINEAR} {_RANDOM} {_CONTROL}".split()
)
"""The primitives that a program with a valid fingerprint may use."""
