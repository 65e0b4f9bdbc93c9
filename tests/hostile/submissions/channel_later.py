"""Is right, and has a thread answer the next calls before they are made."""
# outcome: failed; rule: crashed|wrong-values|stateful|nondeterministic|timed-out
import gc
import threading

import flax.linen as nn
import jax
import numpy as np

from grader import wire
from grader.model.case import ArrayValue
from grader.model.observation import Completed, Observation

calls = []


def answer_ahead(number):
    channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
    zeros = Completed(result=ArrayValue.of(np.zeros(6, np.float32)))
    channel.send(wire.Called(number=number, observation=Observation(outcome=zeros)))


def nn_vmap_forward(seed, x_batch, features):
    calls.append(seed)
    threading.Timer(0.01, answer_ahead, [len(calls) + 1]).start()
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
