"""Is right, and sends a record of megabytes with each answer, for the judge to keep them all."""
# outcome: failed; rule: crashed
import flax.linen as nn
import jax
import msgspec

from grader.model.observation import BatchCall, Record, Span
from grader.worker.subject import Subject

SPAN = Span(line=1, column=1, end_line=1, end_column=1)
LONG = Record(batch_calls=(BatchCall(transform="jax.vmap" * 60, span=SPAN),) * 4000)
call = Subject.call
Subject.call = lambda self, case: msgspec.structs.replace(call(self, case), record=LONG)


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
