"""Which calls of a text belong to another library than Flax Linen."""

from __future__ import annotations

import pytest

from grader.evidence.other_libraries import other_library
from grader.model.source import Source
from tests.judge.test_places import marked

FOUND = [
    ("from flax import nnx\nm = nnx.Linear(2, 3)\n", "NNX", "nnx.Linear(2, 3)"),
    ("import flax.nnx as nn\nm = nn.Linear(2, 3)\nf = nn.vmap(m)\n", "NNX", "nn.vmap(m)"),
    ("import flax.nnx\nm = flax.nnx.Linear(2, 3)\n", "NNX", "flax.nnx.Linear(2, 3)"),
    ("from flax.nnx import vmap as lift\nf = lift(print)\n", "NNX", "lift(print)"),
    ("from flax import nnx\n@nnx.vmap\ndef f(m):\n    return m\n", "NNX", "nnx.vmap"),
    ("import haiku as hk\nf = hk.transform(print)\n", "Haiku", "hk.transform(print)"),
    ("import equinox as eqx\nf = eqx.filter_vmap(print)\n", "Equinox", "eqx.filter_vmap(print)"),
    ("from torch import nn\nm = nn.Linear(2, 3)\n", "PyTorch", "nn.Linear(2, 3)"),
]
NONE = [
    "import flax.linen as nn\nm = nn.Dense(2)\n",
    "from flax import nnx\nimport flax.linen as nn\nm = nn.Dense(2)\n",
    "import flax.nnx as nn\nimport flax.linen as nn\nm = nn.Dense(2)\n",
    "import flax\nm = flax.linen.Dense(2)\n",
    "nnx = 3\nprint(nnx)\n",
]


@pytest.mark.parametrize(("text", "title", "place"), FOUND)
def test_calls_of_another_library_are_found(text: str, title: str, place: str) -> None:
    source = Source("submission.py", text)
    found = other_library(source)
    assert found is not None
    assert (found.title, marked(source, found.span)) == (title, place)
    assert found.covers(found.span)


@pytest.mark.parametrize("text", NONE)
def test_linen_does_not_count_as_another_library(text: str) -> None:
    assert other_library(Source("submission.py", text)) is None
