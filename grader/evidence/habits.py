"""Names that are usual in other libraries, such as PyTorch's, and what to write here."""

from __future__ import annotations

import re
from typing import Final

from grader.evidence.meaning import Meaning
from grader.model.observation import Raised

_MISSING_METHOD: Final = re.compile(
    r"(?:'(?:[\w.]*\.)?(?:ArrayImpl|ndarray|\w*Tracer)' object|\w*Tracer) has no attribute '?(\w+)"
)
_MISSING_NAME: Final = re.compile(
    r"^(?:[mM]odule '?([\w.]+)'? has no attribute|cannot import name) '(\w+)'(?: from '([\w.]+)')?"
)
_UNKNOWN_KEYWORD: Final = re.compile(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")

_METHODS: Final = {
    "add_": "x + y, which makes a new array",
    "assign": "x = …: an array can't be changed",
    "backward": "jax.grad(loss)(params), where loss is a function",
    "contiguous": "x itself: a JAX array has no other layout",
    "cpu": "x itself: JAX chooses the device",
    "cuda": "x itself: JAX chooses the device",
    "detach": "jax.lax.stop_gradient(x)",
    "dim": "x.ndim",
    "double": "x.astype(jnp.float32)",
    "expand": "jnp.broadcast_to(x, shape)",
    "float": "x.astype(jnp.float32)",
    "get_shape": "x.shape",
    "index_add_": "x.at[i].add(y), which makes a new array",
    "long": "x.astype(jnp.int32)",
    "numel": "x.size",
    "numpy": "np.asarray(x)",
    "permute": "x.transpose(axes)",
    "requires_grad_": "jax.grad(loss)(params), where loss is a function",
    "to": "x.astype(dtype); JAX chooses the device",
    "type": "x.astype(dtype)",
    "unsqueeze": "jnp.expand_dims(x, axis)",
    "view_as": "x.reshape(other.shape)",
}
"""Methods of other libraries' arrays."""

_NAMES: Final = {
    "jax.numpy.cat": "jax.numpy.concatenate",
    "jax.numpy.tensor": "jax.numpy.array",
    "jax.numpy.Tensor": "jax.numpy.array",
    "jax.numpy.from_numpy": "jax.numpy.asarray",
    "jax.numpy.unsqueeze": "jax.numpy.expand_dims",
    "jax.numpy.permute": "jax.numpy.transpose",
    "jax.numpy.mm": "jax.numpy.matmul",
    "jax.numpy.bmm": "jax.numpy.matmul",
    "jax.numpy.random": "jax.random",
    "jax.numpy.randn": "jax.random.normal",
    "jax.numpy.rand": "jax.random.uniform",
    "jax.numpy.relu": "jax.nn.relu",
    "jax.numpy.sigmoid": "jax.nn.sigmoid",
    "jax.numpy.softmax": "jax.nn.softmax",
    "jax.numpy.gelu": "jax.nn.gelu",
    "jax.numpy.one_hot": "jax.nn.one_hot",
    "jax.numpy.vmap": "jax.vmap",
    "jax.numpy.grad": "jax.grad",
    "jax.numpy.jit": "jax.jit",
    "jax.numpy.scan": "jax.lax.scan",
    "jax.scan": "jax.lax.scan",
    "jax.cond": "jax.lax.cond",
    "jax.fori_loop": "jax.lax.fori_loop",
    "jax.while_loop": "jax.lax.while_loop",
    "jax.stop_gradient": "jax.lax.stop_gradient",
    "jax.array": "jax.numpy.array",
    "jax.zeros": "jax.numpy.zeros",
    "jax.ones": "jax.numpy.ones",
    "jax.tanh": "jax.numpy.tanh",
    "jax.relu": "jax.nn.relu",
    "jax.PRNGKey": "jax.random.PRNGKey",
    "jax.random.randn": "jax.random.normal",
    "jax.random.rand": "jax.random.uniform",
    "jax.random.seed": "jax.random.PRNGKey",
    "jax.nn.Dense": "flax.linen.Dense",
    "jax.nn.Linear": "flax.linen.Dense",
    "jax.nn.Module": "flax.linen.Module",
    "flax.linen.Linear": "flax.linen.Dense",
    "flax.linen.ReLU": "flax.linen.relu",
    "flax.linen.Tanh": "flax.linen.tanh",
    "flax.linen.Conv1d": "flax.linen.Conv",
    "flax.linen.Conv2d": "flax.linen.Conv",
    "flax.linen.BatchNorm1d": "flax.linen.BatchNorm",
    "flax.linen.BatchNorm2d": "flax.linen.BatchNorm",
    "flax.nnx.Dense": "flax.nnx.Linear",
}
"""Full names that don't exist, and those of what does the same."""

_LIFTED: Final = "Vmap"
"""What Flax puts before the name of a class that it lifts."""
_REDUCING: Final = (
    "sum mean max min prod std var any all argmax argmin cumsum cumprod norm logsumexp softmax "
    "log_softmax concatenate concat stack squeeze expand_dims flip roll sort argsort split repeat "
    "take"
)
_LAYERS: Final = "Dense Linear DenseGeneral LinearGeneral Conv Einsum Embed"
_KEYWORDS: Final = {
    **{(each, "dim"): "axis" for each in _REDUCING.split()},
    **{(each, "keepdim"): "keepdims" for each in _REDUCING.split()},
    **{
        (each, name): "features"
        for each in ("Dense", "DenseGeneral", "Conv", "Embed")
        for name in ("units", "out_features", "output_dim", "num_features", "feature", "dim")
    },
    **{(each, "bias"): "use_bias" for each in _LAYERS.split()},
    **{(each, "type"): "dtype" for each in ("zeros", "ones", "full", "array", "asarray", "arange")},
}
"""Arguments by the function or the class that gets them, and what they are called there."""


def habit(raised: Raised) -> Meaning | None:
    """Explain a name that another library has, but the called one hasn't."""
    kinds = {raised.exception, *raised.bases}
    if not kinds & {"AttributeError", "ImportError"}:
        return None
    method = _MISSING_METHOD.search(raised.message)
    if method is not None and method[1] in _METHODS:
        return Meaning(
            message=f"JAX's arrays have no {method[1]}",
            label="an attribute of another library's arrays",
            why="Their methods are those of NumPy's arrays.",
            help=f"write {_METHODS[method[1]]}",
        )
    found = _MISSING_NAME.match(raised.message)
    full = f"{found[1] or found[3]}.{found[2]}" if found is not None else ""
    if full not in _NAMES:
        return None
    return _called_otherwise(full, _NAMES[full], imported="ImportError" in kinds)


def _called_otherwise(full: str, here: str, *, imported: bool) -> Meaning:
    """Name what does the same; an import can only be of something in the same module."""
    home, _, name = full.rpartition(".")
    inside = here.startswith(f"{home}.")
    inside = inside and (here.count(".") == full.count(".") or not imported)
    return Meaning(
        message=f"{home} has no {name}; it is {here}",
        why="The module exists, but it has nothing with this name.",
        help=f"use {here}",
        misspelt=(name, here.removeprefix(f"{home}.")) if inside else None,
    )


def keyword_here(message: str, name: str) -> str | None:
    """Return what an argument is called by the function that doesn't take it as `name`."""
    found = _UNKNOWN_KEYWORD.search(message)
    if found is None or found[2] != name:
        return None
    called = found[1].removesuffix(".__init__").rpartition(".")[2].lstrip("_")
    return _KEYWORDS.get((called.removeprefix(_LIFTED), name))
