"""The right programs that most rules show next to their wrong ones."""

from typing import Final

from grader.model.exercise import Use

RIGHT = """\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
"""

ENSEMBLE = """\
import flax.linen as nn
import jax


def forward(seed, x, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=3,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
"""

DROPOUT = """\
import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(0.5, deterministic=self.deterministic)(x)


def forward(seed, x, features):
    BatchLayer = nn.vmap(
        Layer,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x)
    return model.apply(variables, x, rngs={"dropout": dropout_key})
"""

NORM = """\
import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features)(x)
        return nn.BatchNorm(use_running_average=False, axis_name="batch")(x)


def forward(seed, x, features):
    BatchLayer = nn.vmap(
        Layer,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    y, updates = model.apply(variables, x, mutable=["batch_stats"])
    return y, updates["batch_stats"]["BatchNorm_0"]["mean"]
"""

ROWS = """\
import jax
import jax.numpy as jnp


def total(row):
    return jnp.sum(row * row)


def forward(seed, x, features):
    return jax.vmap(total)(x)
"""
ROWS_USES: Final = (Use(any_of=("jax.vmap",), of="total"),)

ROWS_OF_ROWS = """\
import jax


def double(number):
    return 2 * number


def forward(seed, x, features):
    return jax.vmap(jax.vmap(double))(x)
"""

STEPS = """\
import jax
import jax.numpy as jnp


def step(carry, row):
    total = carry / 2 + row
    return total, total


def forward(seed, x, features):
    _, totals = jax.lax.scan(step, jnp.zeros(x.shape[1]), x)
    return totals
"""
STEPS_USES: Final = (Use(any_of=("jax.lax.scan",), of="step"),)

DEEP = """\
import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1])(x)), None


def forward(seed, x, features):
    Stack = nn.scan(
        Layer,
        length=features,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Stack()
    variables = model.init(jax.random.PRNGKey(seed), x, None)
    y, _ = model.apply(variables, x, None)
    return y
"""
DEEP_USES: Final = (Use(any_of=("nn.scan",), of="Layer"),)

CELL = """\
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    @nn.compact
    def __call__(self, carry, x):
        carry = nn.tanh(nn.Dense(carry.shape[-1])(jnp.concatenate([carry, x])))
        return carry, carry


def forward(seed, x, features):
    Steps = nn.scan(
        Cell,
        variable_broadcast="params",
        split_rngs={"params": False},
    )
    model, carry = Steps(), jnp.zeros(features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x)
    _, outputs = model.apply(variables, carry, x)
    return outputs
"""
CELL_USES: Final = (Use(any_of=("nn.scan",), of="Cell"),)

SLOPE = """\
import jax
import jax.numpy as jnp


def energy(x, weights):
    return jnp.sum(weights * x**2)


def forward(seed, x, features):
    return jax.grad(energy, argnums=0)(x, jnp.ones_like(x))
"""
SLOPE_USES: Final = (Use(any_of=("jax.grad", "jax.value_and_grad"), of="energy"),)

LAYER = """\
from flax import nnx


def forward(seed, x, features):
    model = nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(seed))
    return nnx.vmap(lambda model, x: model(x), in_axes=(None, 0))(model, x)
"""
LAYER_USES: Final = (Use(any_of=("nnx.vmap",), of="forward"),)
