"""The axis comes from a dataclass."""
from dataclasses import dataclass

import flax.linen as nn
import jax


@dataclass(frozen=True)
class Config:
    batch_axis: int = 0
    params_axis: int | None = 0
    split: bool = False


def nn_vmap_forward(seed, x_batch, features, config=Config()):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=config.batch_axis,
        out_axes=config.batch_axis,
        variable_axes={"params": config.params_axis},  # expect: per-example-params
        split_rngs={"params": config.split},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
