"""What is said of names that a library hasn't, of missing modules and of devices: to the word."""

from __future__ import annotations

import pytest

from grader.evidence.devices import unavailable
from grader.evidence.edits import name_advice
from grader.evidence.imports import missing
from grader.model.observation import Frame, Raised, Span
from grader.model.source import Source
from tests.judge.made import TASK, evidence

OLD = "was removed from"


def raised(
    exception: str, message: str, *, meant: str | None = None, library: str | None = None
) -> Raised:
    return Raised(
        exception=exception,
        module="builtins",
        bases=("Exception",),
        message=message,
        frames=(),
        meant=meant,
        library=library,
    )


@pytest.mark.parametrize(
    ("exception", "text", "message", "misspelt"),
    [
        ("AttributeError", "module 'jax' has no attribute 'tree_map'", f"jax.tree_map {OLD} jax",
         ("tree_map", "tree.map")),
        ("ImportError", "cannot import name 'in1d' from 'jax.numpy' (x.py)",
         f"jax.numpy.in1d {OLD} jax", ("in1d", "isin")),
        ("ImportError", "cannot import name 'trapz' from 'jax.numpy' (x.py)",
         f"jax.numpy.trapz {OLD} jax", None),
        ("AttributeError", "module 'jax.ops' has no attribute 'index'", f"jax.ops.index {OLD} jax",
         None),
        ("ImportError", "No module named 'flax.optim'", f"flax.optim {OLD} flax", None),
        ("ImportError", "No module named 'flax.nn.initializers'", f"flax.nn {OLD} flax",
         None),
        ("AttributeError", "module 'flax.nn' has no attribute 'Dense'", f"flax.nn {OLD} flax",
         None),
        ("AttributeError", "module 'flax.nnn' has no attribute 'Dense'", "flax.nnn has no Dense",
         None),
        ("AttributeError", "module 'flax' has no attribute 'linenn'",
         "there is no module flax.linenn; did you mean flax.linen?", ("linenn", "linen")),
        ("AttributeError", "module 'flax' has no attribute 'Dense'",
         "flax has no Dense: it is in flax.linen", ("flax", "flax.linen")),
        ("AttributeError", "module 'flax' has no attribute 'Conv9'", "flax has no Conv9", None),
        ("AttributeError", "module 'jax' has no attribute 'Dense'", "jax has no Dense", None),
        ("AttributeError", "jax.tree_leaves is deprecated: use jax.tree", f"jax.tree_leaves {OLD}",
         ("tree_leaves", "tree.leaves")),
        ("ImportError", "attempted relative import with no known parent package",
         "the file imports another file from its folder", None),
        ("ImportError", "No module named 'torch'",
         "the package torch isn't installed where the file is graded", None),
        ("ImportError", "No module named 'jaxx'",
         "there is no module jaxx; did you mean jax?", ("jaxx", "jax")),
        ("ImportError", "No module named 'homework'",
         "there is no module homework where the file is graded", None),
    ],
)  # fmt: skip
def test_missing_names_and_modules(
    exception: str, text: str, message: str, misspelt: tuple[str, str] | None
) -> None:
    told = missing(raised(exception, text))
    assert told is not None
    assert told.message.startswith(message)
    assert told.misspelt == misspelt


def test_what_python_suggests_comes_before_a_guess_of_the_library() -> None:
    told = missing(
        raised("AttributeError", "module 'flax' has no attribute 'Module'", meant="module")
    )
    assert told is not None
    assert told.message == "flax has no Module; did you mean module?"
    assert told.misspelt == ("Module", "module")


@pytest.mark.parametrize(
    ("exception", "text"),
    [
        ("TypeError", "module 'jax' has no attribute 'tree_map'"),
        ("AttributeError", "'int' object has no attribute 'items'"),
        ("ImportError", "dynamic module does not define module export function"),
    ],
)
def test_nothing_is_said_of_other_exceptions(exception: str, text: str) -> None:
    assert missing(raised(exception, text)) is None


ASKS = 'import jax\njax.config.update("jax_platforms", "tpu")\nd = jax.devices("gpu")\n'
PLACE = Frame(function="f", span=Span(line=3, column=5, end_line=3, end_column=23))


@pytest.mark.parametrize(
    ("exception", "text", "library", "program", "device", "line"),
    [
        ("RuntimeError", "Unknown backend tpu", None, ASKS, "tpu", 2),
        ("RuntimeError", "unable to initialize backend 'x'", None, ASKS, "tpu", 2),
        ("RuntimeError", "Unknown backend gpu", None, 'd = jax.devices("gpu")\n', "gpu", 1),
        ("RuntimeError", "no visible GPU devices", None, "import jax\n", None, None),
        ("AssertionError", "", "jax._src.xla_bridge.backends", 'x = "gpu"\n', "gpu", 1),
    ],
)
def test_a_device_that_is_not_there(
    exception: str, text: str, library: str | None, program: str, device: str | None,
    line: int | None,
) -> None:  # fmt: skip
    told = unavailable(raised(exception, text, library=library), Source("a.py", program))
    assert told is not None
    wanted = "jax for a device" if device is None else f'the device "{device}"'
    assert wanted in told.message
    assert (told.span.line if told.span is not None else None) == line


def test_the_line_that_raised_is_the_place_if_there_is_one() -> None:
    told = unavailable(
        Raised(
            exception="RuntimeError",
            module="builtins",
            bases=(),
            message="Unknown backend gpu",
            frames=(PLACE,),
        ),
        Source("a.py", ASKS),
    )
    assert told is not None
    assert told.span is None


@pytest.mark.parametrize(
    ("exception", "text", "library"),
    [
        ("RuntimeError", "something else", "jax._src.xla_bridge.backends"),
        ("AssertionError", "", "jax._src.lax"),
        ("AssertionError", "", None),
    ],
)
def test_other_exceptions_are_about_no_device(
    exception: str, text: str, library: str | None
) -> None:
    assert unavailable(raised(exception, text, library=library), Source("a.py", ASKS)) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("class Net(Base):\n        width: int = width", True),
        ("class Net(Base):\n        width = width + 1", True),
        ("class Net(Base):\n        size: int = width", False),
        ("width = width + 1", False),
    ],
)
def test_a_class_does_not_look_up_a_name_that_it_assigns(body: str, told: bool) -> None:
    text = f"def forward(seed, x, width):\n    {body}\n"
    start = text.rindex("width") - text.rindex("\n", 0, text.rindex("width"))
    line = text.count("\n", 0, text.rindex("width")) + 1
    place = Span(line=line, column=start, end_line=line, end_column=start + 5)
    some = evidence([], text, TASK)
    found = name_advice(some, "width", place)
    assert ("give the outer width another name" in found.help if found else False) is told
    assert found is None or found.help != "write width"


@pytest.mark.parametrize(
    ("imports", "name", "written"),
    [
        ("import jax", "vmap", "jax.vmap"),
        ("import jax", "scan", "jax.lax.scan"),
        ("from jax import lax", "scan", "lax.scan"),
        ("import flax.linen as nn", "scan", "nn.scan"),
        ("import jax as j", "grad", "j.grad"),
        ("import jax\nimport flax.linen as nn", "vmap", None),
        ("import numpy", "vmap", None),
        ("import jax", "vmapped", None),
    ],
)
def test_a_transform_is_written_with_its_module(
    imports: str, name: str, written: str | None
) -> None:
    text = f"{imports}\ndef forward(seed, x, width):\n    return {name}(f)(x)\n"
    line = text.count("\n")
    place = Span(line=line, column=12, end_line=line, end_column=12 + len(name))
    found = name_advice(evidence([], text, TASK), name, place)
    assert (found.help if found else None) == (f"write {written}" if written else None)
