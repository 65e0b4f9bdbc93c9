"""Answers with containers that never come to an end when they are iterated over."""
# outcome: failed; rule: not-an-array


class Items(list):
    def __iter__(self):
        while True:
            yield self

    def __len__(self):
        return 1 << 60


class Table(dict):
    def items(self):
        while True:
            yield Table(), Table()

    keys = values = __iter__ = items


def nn_vmap_forward(seed, x_batch, features):
    return Items([Table(a=Items([1])), Items([x_batch])])
