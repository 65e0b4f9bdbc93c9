"""Forges an exception with far too much of everything."""
# outcome: failed; rule: crashed|raised
import gc
import time

from grader import wire
from grader.model.observation import Frame, Observation, Raised, Span


def nn_vmap_forward(seed, x_batch, features):
    channel = next(each for each in gc.get_objects() if type(each) is wire.Channel)
    far = Span(line=0, column=0, end_line=-9, end_column=2**62)
    forged = Raised(
        exception="X" * 100_000 + "(" * 1000,
        module="\x1b[2J",
        bases=("B" * 1000,) * 1000,
        message="(((a+)+)+)+$" * 100_000,
        frames=(Frame(function="\n::error::x" * 1000, span=far),) * 1000,
        library="l" * 100_000,
    )
    channel.send(wire.Called(number=1, observation=Observation(outcome=forged)))
    time.sleep(1000)
