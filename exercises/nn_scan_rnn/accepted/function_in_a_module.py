"""nn.scan lifts a function of a module, whose layers keep their names."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Network(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        def step(module, carry, x):
            joined = jnp.concatenate([carry, x], axis=-1)
            carry = nn.tanh(nn.Dense(module.features, name="state")(joined))
            return carry, nn.Dense(module.features, name="output")(carry)

        scanned = nn.scan(
            step,
            in_axes=1,
            out_axes=1,
            variable_broadcast="params",
            split_rngs={"params": False},
        )
        _, outputs = scanned(self, jnp.zeros((x.shape[0], self.features)), x)
        return outputs


def scanned_rnn(seed, x, features):
    outputs, _ = Network(features).init_with_output(jax.random.PRNGKey(seed), x)
    return outputs
