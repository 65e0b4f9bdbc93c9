"""Answers with a text whose methods all hang or lie."""
# outcome: failed; rule: not-an-array


class Text(str):
    def hang(self, *_, **__):
        while True:
            pass

    __len__ = __iter__ = __getitem__ = __repr__ = __str__ = __hash__ = encode = hang
    __format__ = __eq__ = __contains__ = hang


def nn_vmap_forward(seed, x_batch, features):
    return Text("passed")
