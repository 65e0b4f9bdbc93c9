"""What a new exercise can be like; the commands' help lists it, so nothing else is imported."""

from enum import StrEnum, unique


@unique
class Like(StrEnum):
    """Each is a folder of templates: a small exercise that works."""

    LINEN = "linen"
    PAIRWISE = "pairwise"
    NNX = "nnx"
    CLASS = "class"
    FUNCTIONS = "functions"
