"""A trial run at the end, for python my_solution.py."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)


def main():
    x = jnp.arange(6.0).reshape(3, 2)
    out = nn_vmap_forward(0, x, 4)
    assert out.shape == (12,)
    print(out)


if __name__ == "__main__":
    main()
