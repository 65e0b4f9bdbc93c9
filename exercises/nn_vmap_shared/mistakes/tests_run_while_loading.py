"""The file's own tests run when it is loaded, and end the program."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)


import unittest


class ShapeTest(unittest.TestCase):
    def test_shape(self):
        assert True


unittest.main()  # expect: import-failed
