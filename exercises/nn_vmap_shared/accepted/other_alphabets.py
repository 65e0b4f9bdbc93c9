"""Не только латиница: 批次, größe, 🧪, é."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    # 每个样本共享同一组参数 → None; ключ не делится → False
    Größe = features  # é in two code points
    слой = nn.vmap(nn.Dense, axis_name="批次🧪", variable_axes={"params": None}, split_rngs={"params": False})(Größe)
    λ = слой.init(jax.random.PRNGKey(seed), x_batch)
    return слой.apply(λ, x_batch).reshape(-1)
