"""The script's command line is read at the top, and an option is required."""
import flax.linen as nn
import jax
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, required=True)
OPTIONS = parser.parse_args()  # expect: import-failed


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
