"""A subclass with its own name, made from the lifted one."""
import flax.linen as nn
import jax


def ensemble_of(size):
    class DenseEnsemble(nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, size)):
        """Several dense layers side by side."""

    return DenseEnsemble


def nn_vmap_ensemble(seed, x, members, features):
    model = ensemble_of(members)(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
