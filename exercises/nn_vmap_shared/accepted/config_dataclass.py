"""The knobs are the fields of a dataclass."""
from __future__ import annotations

from dataclasses import asdict, dataclass, field

import flax.linen as nn
import jax


@dataclass(frozen=True)
class Axes:
    in_axes: int = 0
    out_axes: int = 0
    variable_axes: dict[str, int | None] = field(default_factory=lambda: {"params": None})
    split_rngs: dict[str, bool] = field(default_factory=lambda: {"params": False})


def nn_vmap_forward(seed: int, x_batch: jax.Array, features: int) -> jax.Array:
    model = nn.vmap(nn.Dense, **asdict(Axes()))(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
