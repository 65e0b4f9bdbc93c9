"""Знаки шире одного байта стоят перед ошибкой (wide characters before the span)."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    # 批次轴 → 0, gewichte für jedes beispiel
    BatchDense = nn.vmap(nn.Dense, axis_name="примеры 批次 🧪", variable_axes={"params": 0}, split_rngs={"params": False})  # expect: per-example-params
    модель = BatchDense(features=features)
    variables = модель.init(jax.random.PRNGKey(seed), x_batch)
    return модель.apply(variables, x_batch).reshape(-1)
