"""Raises an exception whose class, text and traceback all lie or raise themselves."""
# outcome: failed; rule: raised|crashed


class Meta(type):
    __module__ = property(lambda cls: 1 / 0)
    __name__ = property(lambda cls: 1 / 0)
    __mro__ = property(lambda cls: 1 / 0)

    def __getattribute__(cls, name):
        raise SystemExit(0)

    def __subclasscheck__(cls, other):
        raise SystemExit(0)


class Lying(BaseException, metaclass=Meta):
    def __str__(self):
        raise Lying

    __repr__ = __str__

    def __getattribute__(self, name):
        raise SystemExit(0)


def nn_vmap_forward(seed, x_batch, features):
    raise Lying
