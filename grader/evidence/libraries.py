"""What is known about libraries that programs import: their current and former names."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PACKAGES: Final = _words(
    "absl blackjax brax chex click clu cupy cv2 dask datasets diffrax distrax einops equinox "
    "gym gymnasium h5py haiku hypothesis imageio jaxtyping keras lineax matplotlib "
    "ml_collections networkx nnx numba numpyro objax optax optuna orbax pandas penzai PIL "
    "plotly polars pydantic pytest ray requests rich rlax scipy seaborn sentencepiece skimage "
    "sklearn statsmodels sympy tensorboard tensorboardX tensorflow tensorflow_datasets "
    "tensorflow_probability torch torchvision tqdm transformers trax wandb yaml "
)
"""Packages that similar programs import, but that a Flax exercise doesn't need."""

USUAL: Final = _words(
    "jax flax numpy functools typing math itertools dataclasses collections random contextlib "
)
"""Modules that an exercise is likely to import."""

PARTS: Final = _words(
    "flax.linen flax.core flax.training flax.traverse_util flax.struct flax.nnx flax.errors "
    "jax.numpy jax.random jax.lax jax.nn jax.tree jax.tree_util jax.scipy jax.experimental "
    "jax.debug numpy.random numpy.linalg "
)

REMOVED: Final = {
    "jax.tree_map": "jax.tree.map",
    "jax.tree_multimap": "jax.tree.map",
    "jax.tree_leaves": "jax.tree.leaves",
    "jax.tree_flatten": "jax.tree.flatten",
    "jax.tree_unflatten": "jax.tree.unflatten",
    "jax.tree_structure": "jax.tree.structure",
    "jax.tree_transpose": "jax.tree.transpose",
    "jax.tree_reduce": "jax.tree.reduce",
    "jax.tree_util.tree_multimap": "jax.tree.map",
    "jax.numpy.DeviceArray": "jax.Array",
    "jax.interpreters.xla.DeviceArray": "jax.Array",
    "jax.abstract_arrays": "jax.core.ShapedArray",
    "jax.random.KeyArray": "jax.Array",
    "jax.random.PRNGKeyArray": "jax.Array",
    "jax.linear_util": "jax.extend.linear_util",
    "jax.core.Primitive": "jax.extend.core.Primitive",
    "jax.xla_computation": "jax.jit(f).lower(…)",
    "jax.config": "jax.config, which is an object: from jax import config",
    "jax.lib.xla_bridge": "jax.extend.backend",
    "jax.numpy.row_stack": "jax.numpy.vstack",
    "jax.numpy.in1d": "jax.numpy.isin",
    "jax.numpy.product": "jax.numpy.prod",
    "jax.numpy.trapz": "jax.scipy.integrate.trapezoid",
    "jax.numpy.msort": "jax.numpy.sort(x, axis=0)",
    "jax.experimental.stax": "flax.linen",
    "jax.experimental.optimizers": "jax.example_libraries.optimizers",
    "jax.experimental.maps": "jax.vmap, or jax.shard_map",
    "jax.experimental.host_callback": "jax.pure_callback, or jax.debug.callback",
    "jax.experimental.global_device_array": "jax.Array",
    "jax.ops.index_update": "x.at[i].set(value)",
    "jax.ops.index_add": "x.at[i].add(value)",
    "jax.ops.index_mul": "x.at[i].multiply(value)",
    "jax.ops.index": "x.at[i]",
    "flax.nn": "flax.linen",
    "flax.deprecated": "flax.linen",
    "flax.optim": "the package optax",
    "flax.linen.optimizers": "the package optax",
    "numpy.asscalar": "x.item()",
    "numpy.product": "numpy.prod",
    "numpy.in1d": "numpy.isin",
    "numpy.row_stack": "numpy.vstack",
    "numpy.trapz": "numpy.trapezoid",
    "numpy.float": "float",
    "numpy.int": "int",
    "numpy.bool": "bool",
    "numpy.object": "object",
}
"""Names from older releases of the libraries, and their replacements."""

ALIASES: Final = {
    "jax": "jax",
    "jnp": "jax.numpy",
    "np": "numpy",
    "nn": "flax.linen",
    "random": "jax.random",
    "partial": "functools.partial",
}
"""What short names usually refer to in programs with JAX."""
