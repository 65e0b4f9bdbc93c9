"""What to write instead of a call that raised: read off the text, or not said at all."""

from __future__ import annotations

import importlib
from typing import Any, Final

import msgspec
import pytest

from grader.evidence.edits import failure_advice
from grader.evidence.edits.traced import _NOT_IN_JAX
from grader.model.edit import Edited
from grader.model.observation import Frame, Setting, Span
from tests.judge.made import (
    TASK,
    did,
    evidence,
    look,
    module,
    raised,
    root,
    typed,
    variable,
)

HEAD: Final = "import jax\nimport flax.linen as nn\ndef forward(seed, x, width):\n"
FLAT: Final = msgspec.structs.replace(TASK, output=("batch", "width"))


def place_of(text: str, part: str, after: str = "") -> Span:
    start = text.index(part, text.index(after) if after else 0)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Span(line=line, column=column, end_line=line, end_column=column + len(part))


def advised(
    body: str,
    at: str,
    error: str = "TypeError",
    message: str = "no",
    *,
    task: Any = FLAT,
    library: str | None = "flax.linen",
    at_root: str = "",
    head: str = HEAD,
    written: bool = False,
    **entered: Any,
) -> tuple[str, str] | None:
    """Return the advice on a body that raised at a part of it, and the body as it is then."""
    text = head + "".join(f"    {line}\n" for line in body.splitlines())
    frames = (Frame(function="forward", span=place_of(text, at)),)
    outcome = raised(message, error, library=library, frames=frames)
    entry = root(0, span=place_of(text, at_root) if at_root else None, raised=True, **entered)
    run = module(
        inputs=(typed(3, 2),), settings=(Setting(name="features", text="4", default=False),)
    )
    stats = (variable("stats/norm/mean", 4),)
    theirs = root(0, made=stats, given=stats if written else ())
    expected = did(roots=(theirs,), modules=(run,))
    one = look(expected, did(outcome, roots=(entry,)), task=task)
    some = evidence([one], text, task)
    advice = failure_advice(some, one)
    if advice is None:
        return None
    edited = Edited(some.source, advice.edits).text
    lines = edited.removeprefix(head).splitlines()
    return advice.help, "\n".join(line.removeprefix("    ") for line in lines)


SEEDS: Final = {
    "a number": (
        "k = jax.random.key(float(seed))",
        "jax.random.key(float(seed))",
        "k = jax.random.key(seed)",
    ),
    "an old key": (
        "k = jax.random.PRNGKey(str(seed))",
        "jax.random.PRNGKey(str(seed))",
        "k = jax.random.PRNGKey(seed)",
    ),
    "two arguments": ("k = jax.random.key(0.5, 1)", "jax.random.key(0.5, 1)", None),
    "another function": ("k = jax.random.split(0.5)", "jax.random.split(0.5)", None),
}


@pytest.mark.parametrize(("body", "at", "after"), SEEDS.values(), ids=SEEDS)
def test_a_key_is_made_of_the_seed(body: str, at: str, after: str | None) -> None:
    found = advised(body, at, library="jax.random.key")
    assert (found[1] if found else None) == after
    unseeded = msgspec.structs.replace(TASK, parameters=TASK.parameters[1:])
    assert advised(body, at, library="jax.random.key", task=unseeded) is None


EARLY: Final = {
    "a gradient": (
        "g = jax.grad(loss(p, x))",
        "jax.grad(loss(p, x))",
        "g = jax.grad(loss)(p, x)",
    ),
    "a gradient that is called with some of it": (
        "g = jax.grad(loss(p, x))(p)",
        "jax.grad(loss(p, x))",
        "g = jax.grad(loss)(p, x)",
    ),
    "a gradient that is called with something else": (
        "g = jax.grad(loss(p, x))(q)",
        "jax.grad(loss(p, x))",
        None,
    ),
    "a map that is called at once": (
        "y = jax.vmap(f(x), in_axes=0)(x)",
        "jax.vmap(f(x), in_axes=0)",
        "y = jax.vmap(f, in_axes=0)(x)",
    ),
    "a map that is called later": (
        "g = jax.vmap(f(x))\ny = g(x)",
        "jax.vmap(f(x))",
        "g = jax.vmap(f)\ny = g(x)",
    ),
    "a map in a map": (
        "g = jax.vmap(jax.vmap(f(x)))(x)",
        "jax.vmap(f(x))",
        "g = jax.vmap(jax.vmap(f))(x)",
    ),
    "a map that is mapped later": (
        "g = jax.vmap(f(x))\ny = jax.vmap(g)(x)",
        "jax.vmap(f(x))",
        "g = jax.vmap(f)\ny = jax.vmap(g)(x)",
    ),
    "a gradient that is used later": (
        "g = jax.grad(f(x))\ny = jnp.sum(g)",
        "jax.grad(f(x))",
        "g = jax.grad(f)(x)\ny = jnp.sum(g)",
    ),
    "a loop": (
        "y = jax.lax.scan(f(x), x, x)",
        "jax.lax.scan(f(x), x, x)",
        "y = jax.lax.scan(f, x, x)",
    ),
    "no call": ("g = jax.grad(x)", "jax.grad(x)", None),
}


@pytest.mark.parametrize(("body", "at", "after"), EARLY.values(), ids=EARLY)
def test_a_transform_gets_the_function_itself(body: str, at: str, after: str | None) -> None:
    found = advised(body, at, message="Expected a callable value, got 1.0", library="jax._src")
    assert (found[1] if found else None) == after


ORDERS: Final = {
    "init": ("v = m.init(x, k)", "m.init(x, k)", "v = m.init(k, x)"),
    "apply": ("y = m.apply(x, v)", "m.apply(x, v)", "y = m.apply(v, x)"),
    "init with output": (
        "y, v = m.init_with_output(x, k)",
        "m.init_with_output(x, k)",
        "y, v = m.init_with_output(k, x)",
    ),
    "the right order": ("v = m.init(k, x)", "m.init(k, x)", None),
    "the input twice": ("v = m.init(x, x)", "m.init(x, x)", None),
    "three of them": ("v = m.init(x, k, z)", "m.init(x, k, z)", None),
    "another method": ("v = m.call(x, k)", "m.call(x, k)", None),
    "a function": ("v = init(x, k)", "init(x, k)", None),
}


@pytest.mark.parametrize(("body", "at", "after"), ORDERS.values(), ids=ORDERS)
def test_the_key_or_the_variables_come_before_the_input(
    body: str, at: str, after: str | None
) -> None:
    found = advised(body, at, library=None)
    assert (found[1] if found else None) == after
    assert not found or found[0].startswith(
        "pass the variables" if "apply" in at else "pass the key"
    )


KEYED: Final = {
    "behind the input": ('y = m.apply(v, x, {"a": k})', 'y = m.apply(v, x, rngs={"a": k})'),
    "by name already": ('y = m.apply(v, x, {"a": k}, rngs=k)', None),
    "not a dict": ("y = m.apply(v, x, k)", None),
    "before the input": ('y = m.apply(v, {"a": k})', None),
    "in init": ('y = m.init(v, x, {"a": k})', None),
}


@pytest.mark.parametrize(("body", "after"), KEYED.values(), ids=KEYED)
def test_keys_are_passed_by_name(body: str, after: str | None) -> None:
    found = advised(body, body.removeprefix("y = "), library=None)
    assert (found[1] if found else None) == after


NAMED: Final = {
    "by name": ("y = m.apply(v, inputs=x)", "y = m.apply(v, x)"),
    "by name twice": (
        "v = m.init(k, inputs=x)\ny = m.apply(v, inputs=x)",
        "v = m.init(k, x)\ny = m.apply(v, x)",
    ),
    "behind another name": ("y = m.apply(v, mutable=True, inputs=x)", None),
    "before another name": (
        "y = m.apply(v, inputs=x, mutable=True)",
        "y = m.apply(v, x, mutable=True)",
    ),
    "more than the task's": ("y = m.apply(v, z, inputs=x)", None),
    "another value by name": ("y = m.apply(v, inputs=z)", None),
}


@pytest.mark.parametrize(("body", "after"), NAMED.values(), ids=NAMED)
def test_the_input_is_passed_by_position(body: str, after: str | None) -> None:
    found = advised(body, body.splitlines()[-1].removeprefix("y = "), library=None)
    assert (found[1] if found else None) == after


TUPLES: Final = {
    "a tuple": ("y = m.apply(v, (x,))", "y = m.apply(v, x)"),
    "a name": ("t = (x,)\ny = m.apply(v, t)", "t = (x,)\ny = m.apply(v, x)"),
    "another name": ("u = (x,)\ny = m.apply(v, t)", None),
    "of others": ("y = m.apply(v, (z,))", None),
    "a list": ("y = m.apply(v, [x])", "y = m.apply(v, x)"),
    "first": ("y = m.apply((x,))", None),
}


@pytest.mark.parametrize(("body", "after"), TUPLES.values(), ids=TUPLES)
def test_the_input_is_no_tuple(body: str, after: str | None) -> None:
    found = advised(body, body.splitlines()[-1].removeprefix("y = "), library=None)
    assert (found[1] if found else None) == after


INVALID: Final = "ApplyScopeInvalidVariablesTypeError"
PARAMS: Final = {
    "an entry": ('y = m.apply(v["params"], x)', INVALID, "y = m.apply(v, x)"),
    "a name": ("y = m.apply(p, x)", INVALID, 'y = m.apply({"params": p}, x)'),
    "another entry": ('y = m.apply(v["stats"], x)', INVALID, None),
    "a call": ("y = m.apply(p(), x)", INVALID, None),
    "nothing": ("y = m.apply()", INVALID, None),
    "another method": ("y = m.init(p, x)", INVALID, None),
    "another exception": ("y = m.apply(p, x)", "ValueError", None),
}


TWICE: Final = {
    "a name in a dict": ('y = m.apply({"params": v}, x)', "y = m.apply(v, x)"),
    "a call in a dict": ('y = m.apply({"params": f(k)}, x)', "y = m.apply(f(k), x)"),
    "a name": ("y = m.apply(v, x)", None),
    "two entries": ('y = m.apply({"params": v, "stats": v}, x)', None),
    "another entry": ('y = m.apply({"stats": v}, x)', None),
}


@pytest.mark.parametrize(("body", "after"), TWICE.values(), ids=TWICE)
def test_a_dict_around_the_dict_is_left_out(body: str, after: str | None) -> None:
    message = "but got a dict with an extra params layer"
    error = "ApplyScopeInvalidVariablesStructureError"
    found = advised(body, body.removeprefix("y = "), error, message)
    assert (found[1] if found else None) == after


@pytest.mark.parametrize(("body", "error", "after"), PARAMS.values(), ids=PARAMS)
def test_the_whole_dict_is_passed(body: str, error: str, after: str | None) -> None:
    found = advised(body, body.removeprefix("y = "), error)
    assert (found[1] if found else None) == after


CALLED: Final = {
    "with the variables": ("v = m.init(k, x)\ny = m(v, x)", "y = m.apply(v, x)"),
    "with the input": ("v = m.init(k, x)\ny = m(x)", "y = m.apply(v, x)"),
    "without arguments": ("v = m.init(k, x)\ny = m()", None),
    "of another": ("v = n.init(k, x)\ny = m(x)", None),
    "a method": ("v = m.init(k, x)\ny = m.f(x)", None),
    "without variables": ("m.init(k, x)\ny = m(x)", None),
}


@pytest.mark.parametrize(("body", "after"), CALLED.values(), ids=CALLED)
def test_a_module_is_applied(body: str, after: str | None) -> None:
    found = advised(body, body.splitlines()[-1].removeprefix("y = "), library=None)
    assert (found[1].splitlines()[-1] if found else None) == after


LIFTED: Final = {
    "an instance": ("L = nn.vmap(nn.Dense(4))", "L = nn.vmap(nn.Dense)(4)"),
    "an instance that is called": (
        "L = nn.vmap(nn.Dense(4))\nm = L()",
        "L = nn.vmap(nn.Dense)\nm = L()",
    ),
    "one of which another is called": (
        "L = nn.vmap(nn.Dense(4))\nm = M()",
        "L = nn.vmap(nn.Dense)(4)\nm = M()",
    ),
    "a class": ("L = nn.vmap(nn.Dense)", None),
    "nothing": ("L = nn.vmap()", None),
}


@pytest.mark.parametrize(("body", "after"), LIFTED.values(), ids=LIFTED)
def test_a_class_is_lifted(body: str, after: str | None) -> None:
    at = body.splitlines()[0].removeprefix("L = ")
    found = advised(body, at, "TransformTargetError")
    assert (found[1] if found else None) == after
    assert advised(body, at, "ValueError") is None


def unknown(name: str) -> str:
    return f"f() got an unexpected keyword argument '{name}'"


KEYWORDS: Final = {
    "a field": ("m = nn.Dense(feature=4)", "feature", "m = nn.Dense(features=4)"),
    "a field's value": ("m = nn.Dense(units=features)", "units", "m = nn.Dense(features=features)"),
    "another value": ("m = nn.Dense(units=width)", "units", "m = nn.Dense()"),
    "an argument of vmap": ("m = nn.vmap(f, in_axis=0)", "in_axis", "m = nn.vmap(f, in_axes=0)"),
    "one that is given": (
        "m = nn.Dense(feature=4, features=4)",
        "feature",
        "m = nn.Dense(features=4)",
    ),
    "one too many": ("m = nn.Dense(4, z=4)", "z", "m = nn.Dense(4)"),
    "another one": ("m = nn.Dense(feature=4)", "other", None),
}


@pytest.mark.parametrize(("body", "name", "after"), KEYWORDS.values(), ids=KEYWORDS)
def test_a_keyword_is_spelt_or_removed(body: str, name: str, after: str | None) -> None:
    found = advised(body, body.removeprefix("m = "), message=unknown(name), library=None)
    assert (found[1] if found else None) == after


SIZES: Final = {
    "a method": ("y = z.reshape(width, 9)", "y = z.reshape(-1)"),
    "a function": ("y = jnp.reshape(z, (width, 9))", "y = jnp.reshape(z, -1)"),
    "one already": ("y = z.reshape(-1)", None),
    "no size": ("y = z.reshape()", None),
    "another method": ("y = z.resize(9)", None),
}


@pytest.mark.parametrize(("body", "after"), SIZES.values(), ids=SIZES)
def test_reshape_computes_the_size(body: str, after: str | None) -> None:
    found = advised(body, body.removeprefix("y = "), library=None)
    assert (found[1] if found else None) == after
    assert advised(body, body.removeprefix("y = "), library=None, task=TASK) is None


PAIR: Final = "'tuple' object has no attribute 'reshape'"
APPLY: Final = 'm.apply(v, x, mutable=["s"])'


def test_the_pair_of_apply_is_avoided_where_nothing_is_written() -> None:
    body = f"y = {APPLY}\nz = f(y)"
    found = advised(body, "f(y)", "AttributeError", PAIR, at_root=APPLY)
    assert found == (
        "remove mutable: with it, apply returns a pair of output and updates",
        "y = m.apply(v, x)\nz = f(y)",
    )
    assert advised(body, "f(y)", "AttributeError", "no", at_root=APPLY) is None
    assert advised(body, "f(y)", "AttributeError", PAIR, at_root=APPLY, written=True) is None


OUTSIDE: Final = {
    "a statement": ("x = jax.lax.pmean(x, 'b')\nreturn x", "return x"),
    "a value": ("y = jax.lax.pmean(x, 'b')\nreturn y", "y = x\nreturn y"),
    "a sum": ("y = jax.lax.psum(x + 1, 'b')\nreturn y", "y = x + 1\nreturn y"),
    "nothing": ("y = jax.lax.pmean()\nreturn y", None),
    "another function": ("y = jax.lax.pall(x)\nreturn y", None),
}


@pytest.mark.parametrize(("body", "after"), OUTSIDE.values(), ids=OUTSIDE)
def test_a_mean_over_no_axis_is_left_out(body: str, after: str | None) -> None:
    at = body.splitlines()[0].partition(" = ")[2]
    found = advised(body, at, "NameError", "unbound axis name: b", library=None)
    assert (found[1] if found else None) == after
    assert advised(body, at, "NameError", "no", library=None) is None


def test_a_jitted_function_has_no_plain_sizes() -> None:
    body, message = "y = f(width)", "Shapes must be 1D sequences, got Traced<ShapedArray>"
    for decorators, count in (
        ("@jax.jit\n", 1),
        ("@jit\n", 1),
        ("", 0),
        ("@jax.jit\n@jit\n", 0),
        ("@other\n", 0),
    ):
        head = HEAD.replace("def ", f"{decorators}def ")
        found = advised(body, "f(width)", message=message, library=None, head=head)
        assert (found is not None) is bool(count)
        assert advised(body, "f(width)", message="no", library=None, head=head) is None


LEVELS: Final = {
    "an entry": ('m = u["stats"]["mean"]', 'u["stats"]["mean"]', 'm = u["stats"]["norm"]["mean"]'),
    "an entry of a name": (
        's = u["stats"]\nm = s["mean"]',
        's["mean"]',
        's = u["stats"]["norm"]\nm = s["mean"]',
    ),
    "of something else": ('m = s["mean"]', 's["mean"]', None),
    "another entry": ('m = u["stats"]["var"]', 'u["stats"]["var"]', None),
}


@pytest.mark.parametrize(("body", "at", "after"), LEVELS.values(), ids=LEVELS)
def test_the_name_of_the_module_around_is_written(body: str, at: str, after: str | None) -> None:
    key = "'mean'" if "mean" in at else "'var'"
    found = advised(body, at, "KeyError", key, library=None)
    assert (found[1] if found else None) == after
    assert advised(body, at, "IndexError", key, library=None) is None


def test_init_on_a_class_is_called_on_an_instance() -> None:
    body = "v = nn.Dense.init(k, x)\nw = Layer.init(k, x)"
    name = "InvalidInstanceModuleError"
    assert advised(body, "Layer.init(k, x)", name) == (
        "make an instance of the class first: Layer(features=width)",
        "v = nn.Dense.init(k, x)\nw = Layer(features=width).init(k, x)",
    )
    assert advised(body, "nn.Dense.init(k, x)", name) is None
    assert advised(body, "Layer.init(k, x)", "ValueError") is None


def test_nothing_is_advised_where_nothing_raised_or_nothing_is_called() -> None:
    text = f"{HEAD}    return x\n"
    one = look(did(), did())
    assert failure_advice(evidence([one], text), one) is None
    unplaced = look(did(), did(raised()))
    assert failure_advice(evidence([unplaced], text), unplaced) is None


VALUES: Final = {
    "NumPy's function": (
        "y = np.abs(x).sum()",
        "np.abs(x)",
        "TracerArrayConversionError",
        "y = jnp.abs(x).sum()",
    ),
    "one of a part of NumPy": (
        "y = np.linalg.norm(x)",
        "np.linalg.norm(x)",
        "TracerArrayConversionError",
        "y = jnp.linalg.norm(x)",
    ),
    "one that jax doesn't have": (
        "y = np.asanyarray(x)",
        "np.asanyarray(x)",
        "TracerArrayConversionError",
        None,
    ),
    "random numbers": (
        "y = np.random.permutation(x)",
        "np.random.permutation(x)",
        "TracerArrayConversionError",
        None,
    ),
    "another library's": ("y = other(x)", "other(x)", "TracerArrayConversionError", None),
    "a float": (
        "y = 2 * float(x + 1)",
        "float(x + 1)",
        "ConcretizationTypeError",
        "y = 2 * (x + 1)",
    ),
    "a float of a call": (
        "y = float(x.sum())",
        "float(x.sum())",
        "ConcretizationTypeError",
        "y = x.sum()",
    ),
    "an int": ("y = int(x.sum())", "int(x.sum())", "ConcretizationTypeError", None),
}


@pytest.mark.parametrize(("body", "at", "error", "after"), VALUES.values(), ids=VALUES)
def test_what_has_no_value_yet_stays_an_array(
    body: str, at: str, error: str, after: str | None
) -> None:
    message = "The problem arose with the `float` function. If trying …"
    head = HEAD.replace("import jax\n", "import jax\nimport jax.numpy as jnp\nimport numpy as np\n")
    found = advised(body, at, error, message, head=head, library="jax._src.core")
    assert (found[1] if found else None) == after


def test_numpys_names_are_written_as_jax_calls_them() -> None:
    """Each name that isn't passed on is really missing in jax.numpy."""
    jax_numpy = importlib.import_module("jax.numpy")
    modules = {"random", "testing"}
    assert not [each for each in _NOT_IN_JAX - modules if hasattr(jax_numpy, each)]


LOSSES: Final = {
    "the parameters": (
        'v = model.init(key, x)\ng = jax.grad(lambda p: model(x).sum())(v["params"])',
        (
            "v = model.init(key, x)\n"
            'g = jax.grad(lambda p: model.apply({"params": p}, x).sum())(v["params"])'
        ),
    ),
    "all variables": (
        "v = model.init(key, x)\ng = jax.grad(lambda p: model(x).sum())(v)",
        "v = model.init(key, x)\ng = jax.grad(lambda p: model.apply(p, x).sum())(v)",
    ),
    "the parameters as the input": (
        'v = model.init(key, x)\ng = jax.value_and_grad(lambda p: model(p).sum())(v["params"])',
        (
            "v = model.init(key, x)\n"
            'g = jax.value_and_grad(lambda p: model.apply({"params": p}).sum())(v["params"])'
        ),
    ),
    "a gradient by something else": (
        "v = model.init(key, x)\ng = jax.grad(lambda p: model(x).sum())(x)",
        None,
    ),
    "by another argument": (
        "v = model.init(key, x)\ng = jax.grad(lambda x, p: model(x).sum(), argnums=1)(x, v)",
        None,
    ),
    "no gradient": (
        "v = model.init(key, x)\ng = jax.vmap(lambda row: model(x).sum())(x)",
        "v = model.init(key, x)\ng = jax.vmap(lambda row: model.apply(v, x).sum())(x)",
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_applies_the_model_to_its_own_argument(name: str) -> None:
    """With what init returned, the gradient would be zero."""
    before, after = LOSSES[name]
    at = "model(p)" if "model(p)" in before else "model(x)"
    found = advised(before, at, "CallCompactUnboundModuleError", library="flax.linen")
    assert (found[1] if found else None) == after


BY_NAME: Final = {
    "a layer of NNX": (
        "y = nnx.Linear(3, 2, nnx.Rngs(0))",
        "Linear.__init__() takes 3 positional arguments but 4 were given",
        "y = nnx.Linear(3, 2, rngs=nnx.Rngs(0))",
    ),
    "too many for a layer": (
        "y = nnx.Linear(3, 2, 1)",
        "Linear.__init__() takes 3 positional arguments but 4 were given",
        None,
    ),
    "a function of the text": (
        "def f(a, *, b, c): return a\ny = f(1, 2, 3)",
        "forward.<locals>.f() takes 1 positional argument but 3 were given",
        "def f(a, *, b, c): return a\ny = f(1, b=2, c=3)",
    ),
    "some by name already": (
        "def f(a, *, b, c): return a\ny = f(1, 2, c=3)",
        (
            "forward.<locals>.f() takes 1 positional argument but 2 positional arguments "
            "(and 1 keyword-only argument) were given"
        ),
        "def f(a, *, b, c): return a\ny = f(1, b=2, c=3)",
    ),
    "none by name": (
        "def f(a): return a\ny = f(1, 2)",
        "forward.<locals>.f() takes 1 positional argument but 2 were given",
        None,
    ),
}


@pytest.mark.parametrize(("body", "message", "after"), BY_NAME.values(), ids=BY_NAME)
def test_what_is_taken_by_name_alone_is_passed_by_name(
    body: str, message: str, after: str | None
) -> None:
    at = body[body.index("y = ") + 4 :]
    head = HEAD.replace("import jax\n", "import jax\nfrom flax import nnx\n")
    found = advised(body, at, message=message, head=head, library="flax.nnx.pytreelib")
    assert (found[1] if found else None) == after


TRANSFORMS: Final = {
    "PyTorch's axes": ("y = jax.vmap(f, in_dims=0)(x)", "jax.vmap(f, in_dims=0)", "in_axes"),
    "NumPy's axis": ("y = jax.vmap(f, axis=0)(x)", "jax.vmap(f, axis=0)", "in_axes"),
    "a letter too few": ("y = jax.grad(f, argnum=0)(x)", "jax.grad(f, argnum=0)", "argnums"),
    "the first carry": ("y = jax.lax.scan(f, carry=x)", "jax.lax.scan(f, carry=x)", "init"),
    "the size of a map": ("y = nn.scan(f, axis_size=3)", "nn.scan(f, axis_size=3)", "length"),
    "Linen's own": ("y = nn.scan(f, split_rng=3)", "nn.scan(f, split_rng=3)", "split_rngs"),
    "what none has": ("y = jax.lax.scan(f, axis=0)", "jax.lax.scan(f, axis=0)", None),
}


@pytest.mark.parametrize(("body", "at", "name"), TRANSFORMS.values(), ids=TRANSFORMS)
def test_a_transforms_arguments_have_their_names(body: str, at: str, name: str | None) -> None:
    keyword = at.rpartition("=")[0].rpartition(" ")[2]
    message = f"f() got an unexpected keyword argument '{keyword}'"
    found = advised(body, at, message=message)
    assert found is not None
    assert found[0].startswith(f"write {name} instead" if name else f"remove {keyword}")
