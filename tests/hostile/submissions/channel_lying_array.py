"""Forges an answer whose array has a shape, a type and bytes that don't belong together."""
# outcome: failed; rule: crashed
import gc
import time

from grader import wire
from grader.model.case import ArrayValue
from grader.model.observation import Completed, Observation


def nn_vmap_forward(seed, x_batch, features):
    channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
    lie = ArrayValue(dtype="float32", shape=(1 << 40, 1 << 40), data=b"\0")
    forged = Observation(outcome=Completed(result=lie), seconds=-1e300)
    channel.send(wire.Called(number=1, observation=forged))
    time.sleep(1000)
