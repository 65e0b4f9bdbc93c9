"""Names everything that a report repeats with what turns text around, hides it or acts."""
# outcome: failed
import flax.linen as nn
import jax

ACT = "\x1b[2J\u202e\n::error::owned\r[bold]<script>]]>\x00\ud800"


def nn_vmap_forward(seed, x_batch, features):
    Odd = type("Dense" + "\u202e\u2066", (nn.Dense,), {"__module__": ACT.encode("utf-8", "replace").decode()})
    Lifted = nn.vmap(
        Odd,
        variable_axes={"params": 0, ACT[:-1]: 0},
        split_rngs={"params": False, ACT[:-1]: True},
        metadata_params={ACT: ACT},
    )
    model = Lifted(features, name="a\u202eb")
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    print(ACT)
    return {ACT: model.apply(variables, x_batch)}
