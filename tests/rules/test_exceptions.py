"""What is said of an exception, by its class and text as Python, JAX and Flax write them."""

from __future__ import annotations

import pytest

from grader.evidence.exceptions import meaning
from grader.observation import Raised


@pytest.mark.parametrize(
    ("classes", "text", "says"),
    [
        ("PermissionError OSError", "[Errno 13] Permission denied: '/data/seed.npy'", "leave it"),
        ("PermissionError OSError", "[Errno 1] Operation not permitted", "leave it"),
        ("URLError OSError", "<urlopen error [Errno 1] Operation not permitted>", "leave it"),
        ("gaierror OSError", "[Errno -3] Temporary failure in name resolution", "leave it"),
        ("FileNotFoundError OSError", "[Errno 2] No such file: 'weights.npy'", "into the program"),
        ("EOFError Exception", "EOF when reading a line", "from the arguments"),
        ("ModuleNotFoundError ImportError", "No module named 'flaxx'", "spelling of the import"),
        ("TypeError Exception", "vmap() got multiple values for argument 'out_axes'", "by name"),
        ("NameError Exception", "name 'jnp' is not defined", "assigned before"),
        ("TypeError Exception", "'NoneType' object is not subscriptable", "print its type"),
        ("OwnError KeyError", "'kernel'", "print its keys"),
        ("ValueError Exception", "something of your own", "read the exception"),
    ],
)
def test_one_next_step_for_each_exception(classes: str, text: str, says: str) -> None:
    name, *bases = classes.split()
    raised = Raised(exception=name, module="builtins", bases=tuple(bases), message=text, frames=())
    assert says in meaning(raised).help
