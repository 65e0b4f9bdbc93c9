"""Writes the variables into a file of a temporary folder, and reads them again."""

import tempfile
from pathlib import Path

import flax.linen as nn
import flax.serialization
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    checkpoint = Path(tempfile.mkdtemp()) / "variables.msgpack"
    checkpoint.write_bytes(flax.serialization.to_bytes(variables))
    restored = flax.serialization.from_bytes(variables, checkpoint.read_bytes())
    return model.apply(restored, x_batch).reshape(-1)
