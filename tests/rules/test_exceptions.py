"""What is said of an exception, by its class and text as Python, JAX and Flax write them."""

from __future__ import annotations

import msgspec
import pytest

from grader.evidence.exceptions import meaning, text_lines
from grader.evidence.waiting import removal
from grader.model.observation import Frame, Raised, Span
from grader.model.source import Source


@pytest.mark.parametrize(
    ("classes", "text", "says"),
    [
        ("PermissionError OSError", "[Errno 13] Permission denied: '/data/seed.npy'", "remove it"),
        ("PermissionError OSError", "[Errno 1] Operation not permitted", "remove it"),
        ("URLError OSError", "<urlopen error [Errno 1] Operation not permitted>", "remove it"),
        ("gaierror OSError", "[Errno -3] Temporary failure in name resolution", "remove it"),
        ("FileNotFoundError OSError", "[Errno 2] No such file: 'weights.npy'", "into the program"),
        ("EOFError Exception", "EOF when reading a line", "the function's arguments"),
        ("ModuleNotFoundError ImportError", "No module named 'flaxx'", "write flax instead"),
        ("ModuleNotFoundError ImportError", "No module named 'flax.linnen'", "write flax.linen"),
        ("ModuleNotFoundError ImportError", "No module named 'torch'", "delete the import"),
        ("ModuleNotFoundError ImportError", "No module named 'helpers'", "from helpers into it"),
        ("ModuleNotFoundError ImportError", "No module named 'flax.optim'", "optax"),
        ("ImportError Exception", "cannot import name 'linear_util' from 'jax' (x)", "jax.extend"),
        ("ImportError Exception", "attempted relative import with no known parent", "one file"),
        ("AttributeError Exception", "module 'jax' has no attribute 'tree_map'", "jax.tree.map"),
        ("AttributeError Exception", "module 'jax.numpy' has no attribute 'DeviceArray'", "Array"),
        ("AttributeError Exception", "jax.tree_map is deprecated: use jax.tree.map", "tree.map"),
        ("AttributeError Exception", "module 'jax.random' has no attribute 'x'", "spelling"),
        ("AttributeError Exception", "Unrecognized config option: jax_foo", "delete the line"),
        ("ModifyScopeVariableError FlaxError", "because collection is immutable", "mutable="),
        ("TypeError Exception", "JAX arrays are immutable and do not support", "x.at[i].set"),
        ("ValueError Exception", "assignment destination is read-only", "np.array(x)"),
        ("NameError Exception", "Found an unbound axis name: rows. To fix this", "axis_name="),
        ("NameError Exception", "unbound axis name: rows", 'axis_name="rows"'),
        (
            "RuntimeError Exception",
            "Unknown backend tpu. Available backends are",
            "let jax choose the device",
        ),
        (
            "RuntimeError Exception",
            "Unable to initialize backend 'cuda': x",
            "let jax choose the device",
        ),
        ("BdbQuit Exception", "", "delete the call"),
        ("NameError Exception", "name 'get_ipython' is not defined", "grade the notebook itself"),
        ("NameError Exception", "name 'get_ipythom' is not defined", "check its spelling"),
        ("StopIteration Exception", "", "pass next a default"),
        (
            "ApplyScopeInvalidVariablesStructureError Error",
            'Expect {"params": ...}, but got a dict with an extra params layer',
            "what init returned as it is",
        ),
        ("ApplyScopeInvalidVariablesTypeError Error", "should be a dict", "the whole dict"),
        (
            "TypeError Exception",
            "Array.__contains__: unsupported operand type <class 'str'>.",
            "call init with the key first",
        ),
        ("CallShareScopeOnUnboundModuleError Error", "on unbound modules", "assign it to self"),
        ("TypeError Exception", "Cannot interpret '-1' as a data type", "reshape(-1)"),
        (
            "TypeError Exception",
            "Shapes must be 1D sequences of concrete values of integer type, got (1, (1,)).",
            "which value goes to which",
        ),
        (
            "ValueError Exception",
            "fold_in accepts a single key, but was given a key array of shape (2,)",
            "pass one of them",
        ),
        (
            "TypeError Exception",
            "Shapes must be 1D sequences of concrete values of integer type, got (1, 0.5).",
            "which value goes to which",
        ),
        ("ValueError Exception", "Inconsistent batch axis sizes: {1, 2}", "what in_axes says"),
        ("ValueError Exception", "Inconsistent scan lengths: {1, 2}", "what in_axes says"),
        ("ValueError Exception", "incompatible shapes for broadcasting: (1,), (2,)", "the shapes"),
        (
            "TypeError Exception",
            "Cannot concatenate arrays with different numbers of dimensions: got (1,), (1, 1).",
            "print the shapes",
        ),
        (
            "TypeError Exception",
            "keyword arguments could not be resolved to positions",
            "by position",
        ),
        ("TypeError Exception", "unhashable type: 'ArrayImpl'", "a number, a string"),
        ("UnparsedFlagAccessError Error", "Trying to access flag --a", "instead of the flag"),
        ("TypeError Exception", "vmap() got multiple values for argument 'out_axes'", "by name"),
        ("TypeError Exception", "vmap() got multiple values for argument 'split_rngs'", "out_"),
        ("TypeError Exception", "scan() got multiple values for argument 'split_rngs'", "in_"),
        ("TypeError Exception", "scan body output must be a pair, got float32[1].", "a pair: ("),
        (
            "TypeError Exception",
            "scan body function carry input and carry output must have equal types, but",
            "start with a carry",
        ),
        ("IncorrectPostInitOverrideError Error", "Overrode `.__post_init__()`", "as fields"),
        ("ScopeCollectionNotFound Error", 'Tried to access "kernel"', '{"params": …}'),
        ("NameError Exception", "name 'jnp' is not defined", "assigned before"),
        ("TypeError Exception", "'NoneType' object is not subscriptable", "and return it there"),
        ("TypeError Exception", "'NoneType' object is not iterable", "and return it there"),
        ("TypeError Exception", "'Adapted' object is not subscriptable", "what this line expects"),
        ("TypeError Exception", "'float' object is not iterable", "what this line expects"),
        ("OwnError KeyError", "'kernel'", "print its keys"),
        ("ValueError Exception", "something of your own", "read the last line"),
    ],
)
def test_one_next_step_for_each_exception(classes: str, text: str, says: str) -> None:
    name, *bases = classes.split()
    raised = Raised(exception=name, module="builtins", bases=tuple(bases), message=text, frames=())
    assert says in meaning(raised, Source("a.py", "")).help


@pytest.mark.parametrize(
    ("exception", "text", "library", "says"),
    [
        ("AttributeError", "'int' object has no attribute 'items'", "flax.core.lift.", "spelling"),
        (
            "AttributeError",
            "'int' object has no attribute 'items'",
            "flax.core.lift._split_in_out_axes",
            "a dict as variable_axes",
        ),
        (
            "ValueError",
            "Found data on value of type '<class 'list'>' assigned to static attribute 'layers'",
            "flax.nnx.pytreelib.Pytree._check_value",
            "nnx.List(…)",
        ),
        ("ValueError", "x assigned to static attribute", "mine", "read the last line"),
        *(
            ("TraceContextError", f"Cannot mutate {name} different trace level", where, says)
            for name, where, says in (
                ("RngCount from a", "flax.nnx.variablelib.f", "nnx.split_rngs"),
                ("BatchStat from a", "flax.nnx.variablelib.f", "as an argument or as a result"),
                ("'Holder' from", "flax.nnx.pytreelib.f", "as an argument or as a result"),
                ("'Holder' from", "mine", "read the last line"),
            )
        ),
        *(
            ("ValueError", f"{verb} graph node from different trace level", "flax.nnx.f", "every")
            for verb in ("Cannot extract", "Trying to extract")
        ),
        ("ValueError", "Invalid rng value: VmapTracer(", "flax.nnx.rnglib.f", "jax.random.key"),
    ],
)
def test_where_a_library_raises_tells_what_it_means(
    exception: str, text: str, library: str, says: str
) -> None:
    raised = Raised(
        exception=exception,
        module="builtins",
        bases=("Exception",),
        message=text,
        frames=(),
        library=library,
    )
    assert says in meaning(raised, Source("a.py", "")).help


def raised_at(text: str, piece: str, exception: str, message: str = "", **fields: str) -> Raised:
    """Make an exception whose innermost place is `piece`, the last such in the text."""
    start = text.rindex(piece)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    end_line = line + piece.count("\n")
    span = Span(line=line, column=column, end_line=end_line, end_column=column + len(piece))
    return Raised(
        exception=exception,
        module="builtins",
        bases=("Exception",),
        message=message,
        frames=(Frame(function="f", span=span),),
        **fields,
    )


@pytest.mark.parametrize(
    ("text", "stops_at", "points_at", "says"),
    [
        ("def f(x):\n    breakpoint()\n    y = x\n", "y", "breakpoint()", "delete"),
        ("def f(x):\n    y = x\n    breakpoint()\n    return y\n", "y", "breakpoint()", "delete"),
        ("import pdb\npdb.set_trace()\nx = 1\n", "x", "pdb.set_trace()", "delete"),
        ("def f(x):\n    if x: breakpoint()\n    y = x\n", "y", "breakpoint()", "write pass"),
        ("for i in range(9):\n    x = i\n    breakpoint()\n", "i in range(9)", "breakpoint()", ""),
        ("def g():\n    breakpoint()\n    x\ndef f():\n    breakpoint()\n    y\n", "y", "", ""),
    ],
)
def test_a_leftover_breakpoint_is_pointed_at(
    text: str, stops_at: str, points_at: str, says: str
) -> None:
    told = meaning(raised_at(text, stops_at, "BdbQuit"), Source("a.py", text))
    wanted = raised_at(text, points_at or "breakpoint()", "BdbQuit").place
    assert told.span == wanted
    assert says in told.help
    assert "is still in the program" in told.message


def test_a_missing_debugger_is_deleted_with_its_calls() -> None:
    text = "import ipdb\n\nipdb.set_trace()\n"
    raised = raised_at(text, "import ipdb", "ModuleNotFoundError", "No module named 'ipdb'")
    told = meaning(msgspec.structs.replace(raised, bases=("ImportError",)), Source("a.py", text))
    assert told.help == "delete the import, and ipdb.set_trace() with it"


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("y = jax.lax.pmean(z, 'rows')\n", "jax.lax.pmean(z, 'rows')", "remove the call"),
        ("y = m.apply(v, x)\n", "m.apply(v, x)", "where the module is lifted"),
        ("M = nn.vmap(A, axis_name='rows')\ny = pmean(z, 'rows')\n", "pmean(z, 'rows')", "remove"),
        (
            "class A(nn.Module):\n    def __call__(self, x):\n        return pmean(x, 'rows')\n",
            "pmean(x, 'rows')",
            "where the module is lifted",
        ),
        (
            "def f(x):\n    return jax.vmap(lambda r: jax.lax.psum(r, 'rows'), axis_name='row')(x)",
            "jax.lax.psum(r, 'rows')",
            'gives: "row"',
        ),
    ],
)
def test_an_unbound_axis_name_is_not_a_python_name(text: str, at: str, says: str) -> None:
    raised = raised_at(text, at, "NameError", "unbound axis name: rows", library="jax._src.core.f")
    told = meaning(raised, Source("a.py", text))
    assert told.message == 'no axis is called "rows" here'
    assert says in told.help


@pytest.mark.parametrize(
    ("library", "says"),
    [
        (None, "One of your own assertions"),
        ("jax._src.core.check", "not one of yours"),
        ("flax.core.scope.Scope.param", "not one of yours"),
        ("numpy.testing._private.utils.assert_allclose", "A check that the program calls"),
        ("jax._src.xla_bridge.backends", "graded on a CPU"),
    ],
)
def test_a_librarys_assertion_is_not_blamed_on_the_learner(library: str | None, says: str) -> None:
    raised = Raised(
        exception="AssertionError",
        module="builtins",
        bases=("Exception",),
        message="",
        frames=(),
        library=library,
    )
    assert says in meaning(raised, Source("a.py", "")).why


def test_a_missing_device_is_pointed_at() -> None:
    text = "import jax\n\njax.config.update('jax_platforms', 'cuda')\n"
    raised = raised_at(text, "jax", "AssertionError", library="jax._src.xla_bridge.backends")
    told = meaning(msgspec.structs.replace(raised, frames=()), Source("a.py", text))
    assert told.message == 'the program asks for the device "cuda", which isn\'t there'
    assert told.span is not None
    assert told.span.line == 3


def test_the_learners_own_exceptions_are_named_as_such() -> None:
    text = "def f(x):\n    raise ValueError('no')\n"
    told = meaning(raised_at(text, "raise ValueError('no')", "ValueError"), Source("a.py", text))
    assert told.help == "handle this case, or delete the raise"


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("short", ("E: short",)),
        ("a\nb\nc", ("E: a", "b", "c")),
        ("a\nb\nc\nd", ("E: a", "b", "c …")),
        ("word " * 100, ("E: " + "word " * 58 + "…",)),
        ("x" * 400, ("E: " + "x" * 295 + " …",)),
        ("no 'a' from 'b' (/home/me/site-packages/b.py)", ("E: no 'a' from 'b'",)),
        (
            "JitTracer(float32[1]) with id=140315757688480 there",
            ("E: JitTracer(float32[1]) there",),
        ),
    ],
)
def test_a_long_text_is_cut_at_a_word_and_marked(message: str, lines: tuple[str, ...]) -> None:
    raised = Raised(exception="E", module="m", bases=(), message=message, frames=())
    assert text_lines(raised) == lines


@pytest.mark.parametrize(
    ("text", "piece", "exception", "message"),
    [
        ("import sys\nx = sys.argv[1]\n", "sys.argv[1]", "IndexError", "list index out of range"),
        ("_, x = sys.argv\n", "_, x", "ValueError", "not enough values to unpack (expected 2)"),
    ],
)
def test_a_missing_command_line_is_named(
    text: str, piece: str, exception: str, message: str
) -> None:
    told = meaning(raised_at(text, piece, exception, message), Source("a.py", text))
    assert told.message == "the program reads a command line, but there is none"


def test_another_index_on_a_line_without_argv_is_just_an_index() -> None:
    text = "import sys\nname = sys.argv\nx = name[3]\n"
    raised = raised_at(text, "name[3]", "IndexError", "list index out of range")
    assert "command line" not in meaning(raised, Source("a.py", text)).message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def f(x):\n    return jax.lax.pmean(x, 'rows')\n", "remove the call"),
        (
            "def f(x):\n    return jax.vmap(lambda y: jax.lax.pmean(y, 'rows'))(x)\n",
            'axis_name="rows", or remove',
        ),
    ],
)
def test_help_for_a_reduction_over_an_unknown_axis(text: str, says: str) -> None:
    piece = text[text.index("jax.lax") : text.index("'rows')") + len("'rows')")]
    raised = raised_at(text, piece, "NameError", "unbound axis name: rows")
    assert says in meaning(raised, Source("a.py", text)).help


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("if not x:\n    sys.exit(1)\n", "write pass instead of this line"),
        ("print(1)\nsys.exit(1)\n", "delete this line"),
    ],
)
def test_removing_an_exit_leaves_valid_python(text: str, says: str) -> None:
    source = Source("a.py", text)
    call = source.call_at(raised_at(text, "sys.exit(1)", "SystemExit").place)
    assert call is not None
    assert removal(source, call, "this line") == says


@pytest.mark.parametrize(
    ("library", "text", "says"),
    [
        ("flax.core.axes_scan.scan.trans", "'bool' object has no attribute 'ndim'", "nn.broadcast"),
        ("flax.core.lift.scan.find_length", "'int' object has no attribute 'shape'", "broadcast"),
        (
            "flax.core.lift.vmap.find_axis_size",
            "'bool' object has no attribute 'shape'",
            "None for",
        ),
        ("flax.linen.linear.Dense", "'int' object has no attribute 'shape'", "which value goes"),
        ("flax.linen.linear.Dense", "'list' object has no attribute 'shape'", "which value goes"),
    ],
)
def test_a_flag_among_the_arguments_is_told_by_who_asked_for_its_shape(
    library: str, text: str, says: str
) -> None:
    raised = Raised(
        exception="AttributeError",
        module="builtins",
        bases=("Exception",),
        message=text,
        frames=(),
        library=library,
    )
    assert says in meaning(raised, Source("a.py", "")).help


_OWN = """\
class Net(nn.Module):
    def __init__(self, features):
        super().__init__()

    def __call__(self, x):
        return self.param("w", {}, (3,))
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("__init__() takes 1 positional argument but 2 were given", "as fields"),
        ("Net.__init__() got an unexpected keyword argument 'parent'", "as fields"),
        ("f() takes 1 positional argument but 2 were given", "remove the extra ones"),
    ],
)
def test_a_constructor_in_the_place_of_flaxes_is_told(text: str, says: str) -> None:
    for base, told in (("nn.Module", says), ("nnx.Module", None), ("Base", None)):
        found = meaning(_type_error(text), Source("a.py", _OWN.replace("nn.Module", base))).help
        assert (told in found) if told else ("as fields" not in found)


@pytest.mark.parametrize(
    ("initialiser", "told"),
    [
        ("jnp.ones", True),
        ("lambda: jnp.ones(3)", True),
        ("1.0", True),
        ("nn.initializers.ones", False),
        ("jax.nn.initializers.normal(0.1)", False),
    ],
)
def test_an_initialiser_that_takes_no_key_is_told(initialiser: str, told: bool) -> None:
    text = _OWN.format(initialiser)
    line = text.splitlines()[5]
    place = Span(line=6, column=line.index("self.p") + 1, end_line=6, end_column=len(line) + 1)
    raised = _type_error("Tuple must have size 2", frames=(Frame(function="f", span=place),))
    assert ("a function of a key and a shape" in meaning(raised, Source("a.py", text)).help) is told


def _type_error(text: str, frames: tuple[Frame, ...] = ()) -> Raised:
    return Raised(
        exception="TypeError",
        module="builtins",
        bases=("Exception",),
        message=text,
        frames=frames,
        library="flax.linen" if frames else None,
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("y, v = m.init(k, x)", True),
        ("y, v = m.apply(v, x)", False),
        ("y, v = init(k, x)", False),
        ("y, v = m.init(k, x)\nclass M:\n    def init(self, k, x): pass", False),
    ],
)
def test_init_gives_the_variables_alone(body: str, told: bool) -> None:
    place = Span(line=1, column=1, end_line=1, end_column=5)
    raised = Raised(
        exception="ValueError",
        module="builtins",
        bases=("Exception",),
        message="not enough values to unpack (expected 2, got 1)",
        frames=(Frame(function="f", span=place),),
    )
    assert ("from apply" in meaning(raised, Source("a.py", body)).help) is told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("dw, db = jax.grad(loss)(w, b)", True),
        ("dw, db = grad(loss)(w, b)", True),
        ("slope = jax.grad(loss)\ndw, db = slope(w, b)", True),
        ("(dw, db) = jax.grad(loss)(w, b)", True),
        ("dw, db = jax.grad(loss, argnums=(0, 1))(w, b)", False),
        ("dw, db = jax.grad(loss, (0, 1))(w, b)", False),
        ("dw, db = jax.grad(loss, has_aux=True)(w, b)", False),
        ("dw, db = jax.value_and_grad(loss)(w, b)", False),
        ("dw, db = slope(w, b)", False),
        ("from jax import grad\ndw, db = grad(loss)(w, b)", True),
        ("from mine import grad\ndw, db = grad(loss)(w, b)", False),
        ("def grad(f): pass\ndw, db = grad(loss)(w, b)", False),
        ("jax = Mine()\ndw, db = jax.grad(loss)(w, b)", False),
        ("slope = jax.grad(loss)\nslope = other\ndw, db = slope(w, b)", False),
        ("dw, db = loss(w, b)", False),
        ("x = jax.grad(loss)(w, b)\ndw, db = x", False),
    ],
)
def test_a_gradient_is_by_the_first_argument_alone(body: str, told: bool) -> None:
    message = "not enough values to unpack (expected 2, got 1)"
    piece = "(dw, db)" if "(dw" in body else "dw, db"
    found = meaning(raised_at(body, piece, "ValueError", message), Source("a.py", body))
    assert ("argnums=(0, 1)" in found.help) is told


@pytest.mark.parametrize(
    ("line", "message", "told"),
    [
        ("w - 0.1 * dw", "can't multiply sequence by non-int of type 'float'", True),
        ("w - dw", "unsupported operand type(s) for -: 'ArrayImpl' and 'str'", True),
        ("w - 0.1 * other", "can't multiply sequence by non-int of type 'float'", False),
        ("w - dw", "sub got incompatible shapes for broadcasting: (3,), (2,).", False),
    ],
)
def test_a_dict_that_is_unpacked_gives_its_keys(line: str, message: str, told: bool) -> None:
    text = f"dw, db = jax.grad(loss)(params)\nnew = {line}\n"
    found = meaning(raised_at(text, line, "TypeError", message), Source("a.py", text))
    assert ("get its keys" in found.why) is told
