"""Answers with arrays that are deleted, donated or still traced when somebody looks at them."""
# outcome: failed; rule: not-an-array|raised
import jax
import jax.numpy as jnp

leaked = []


def nn_vmap_forward(seed, x_batch, features):
    gone = jnp.ones(6)
    gone.delete()
    jax.jit(leaked.append)(x_batch)
    key = jax.random.key(seed)
    return {"gone": gone, "traced": leaked[-1], "key": key, "shape": jax.ShapeDtypeStruct((6,), "f")}
