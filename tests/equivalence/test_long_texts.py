"""A text is read in a moment, whatever is in it."""

from __future__ import annotations

import time

import pytest

from grader.proof.reading import read

CHAIN = "".join(f" a{i + 1}=a{i}\n" for i in range(1500))
SETS = "".join(f" s{i + 1}=s{i}; s{i + 1}=s{i}\n" for i in range(40))
CALLS = "".join(f"def g{i}(x): return g{i + 1}(x)\n" for i in range(600))

TEXTS = {
    "names that are read by one another": f"def f(a0):\n{CHAIN} return a1500\n",
    "sets by many names": f"def f(x):\n s0={{1,2}}\n{SETS} return len(s40)\n",
    "functions that call one another": f"def f(x): return g0(x)\n{CALLS}",
    "more than is looked at": "x = 1\n" * 100_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_in_a_moment(name: str) -> None:
    began = time.process_time()
    read(TEXTS[name], "f")
    assert time.process_time() - began < 5  # a slow machine
