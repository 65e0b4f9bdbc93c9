"""Has the encoder send another message than the one that it is given."""
# outcome: failed; rule: crashed|wrong-shape|not-flattened
import msgspec

import grader.wire as wire


class Encoder:
    def encode(self, message):
        return b"\xc1" * 100


def nn_vmap_forward(seed, x_batch, features):
    import gc

    msgspec.msgpack.Encoder = Encoder
    msgspec.msgpack.encode = Encoder().encode
    for each in gc.get_objects():
        if type(each) is wire.Channel:
            each._encoder = Encoder()
    return x_batch
