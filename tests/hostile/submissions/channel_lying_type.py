"""Forges an answer whose array is of a type that NumPy reads as objects, and of a negative size."""
# outcome: failed; rule: crashed; run: rarely
import gc
import time

from grader import wire
from grader.model.case import ArrayValue
from grader.model.observation import Completed, Observation


def nn_vmap_forward(seed, x_batch, features):
    channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
    lie = ArrayValue(dtype="O,(2,-3)M8[ns]\ud7ff", shape=(-1, -1), data=b"\0" * 8)
    forged = Observation(outcome=Completed(result=lie), seconds=float("nan"))
    channel.send(wire.Called(number=1, observation=forged))
    time.sleep(1000)
