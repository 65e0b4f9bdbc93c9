"""Says, while it is loaded, that loading it failed in a way of its own choice."""
# outcome: failed|ungradable
import gc
import time

from grader import wire
from grader.model.observation import Span, SignatureWrong

far = Span(line=10**9, column=10**9, end_line=-1, end_column=-1)
channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
forged = SignatureWrong(signature="(" * 100_000, reason="r" * 100_000, span=far)
channel.send(wire.Started(loaded=forged, seconds=-1.0))
time.sleep(1000)


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
