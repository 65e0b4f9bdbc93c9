"""A notebook with `%%grade` loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from notebook_shell import Notebook


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    made = Notebook()
    # jax in this process would have threads when others fork: the worker imports it, not the cells
    made.shell.user_ns.update({"nn": None, "jax": None})
    yield made
    InteractiveShell.clear_instance()
