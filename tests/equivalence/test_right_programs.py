"""Right programs, each written in another way, which are proved to be the reference's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from equivalence_programs import RIGHT, exercise, look, program, traces

from grader.catalogue import exercises, shipped
from grader.model.trace import Fingerprint
from grader.proof.reading import read

SUBMODULE = """
class Batched(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x):
        layer = nn.Dense(self.width)
        nn.share_scope(self, layer)
        lifted = nn.vmap(
            lambda each, row: each(row),
            variable_axes={"params": None}, split_rngs={"params": False},
        )
        return lifted(layer, x)
"""

SETUP = """
class Batched(nn.Module):
    width: int

    def setup(self):
        self.layer = nn.Dense(self.width)
        nn.share_scope(self, self.layer)

    def __call__(self, x):
        assert x.ndim == 2, f"a batch, not {x.shape}"
        return self.layer(x)
"""

PROGRAMS = {
    "ravel": program(result="outputs.ravel()"),
    "flatten": program(result="outputs.flatten()"),
    "jnp.ravel": program(result="jnp.ravel(outputs)"),
    "reshape to a tuple": program(result="outputs.reshape((-1,))"),
    "reshape to the product": program(result="outputs.reshape(x_batch.shape[0] * features)"),
    "reshape to size": program(result="outputs.reshape(outputs.size)"),
    "lax.reshape": program(result="jax.lax.reshape(outputs, (x_batch.shape[0] * features,))"),
    "lax.collapse": program(result="jax.lax.collapse(outputs, 0)"),
    "two reshapes": program(result="outputs.reshape(1, -1).reshape(-1)"),
    "an axis added and taken": program(result="outputs[:, None, :].reshape(-1)"),
    "transposed twice": program(result="outputs.T.T.reshape(-1)"),
    "read by columns of the transpose": program(result="outputs.T.reshape(-1, order='F')"),
    "flattened by a vmap": program(result="jax.vmap(jnp.ravel)(outputs).reshape(-1)"),
    "typed key": program(key="jax.random.key(seed)"),
    "key wrapped again": program(
        key="jax.random.wrap_key_data(jax.random.key_data(jax.random.key(seed)))"
    ),
    "key under its stream": program(key='{"params": jax.random.PRNGKey(seed)}'),
    "seed through jnp": program(key="jax.random.PRNGKey(jnp.asarray(seed))"),
    "split for something else": program(
        begin="spare, _ = jax.random.split(jax.random.PRNGKey(seed))"
    ),
    "positional knobs": program(
        begin='model = nn.vmap(nn.Dense, {"params": None}, {"params": False}, 0, 0)(features)'
    ).replace("    model = BatchDense(features)\n", ""),
    "negative axes": program(
        top='KNOBS = dict(in_axes=-2, out_axes=-2, variable_axes={"params": None})',
        begin='Lifted = nn.vmap(nn.Dense, split_rngs={"params": False}, **KNOBS)',
    ).replace("BatchDense(features)", "Lifted(features)"),
    "columns of the transpose": program(
        top='C = nn.vmap(nn.Dense, {"params": None}, {"params": False}, in_axes=1, out_axes=1)',
        x="x_batch.T",
        result="outputs.T.reshape(-1)",
    ).replace("BatchDense(features)", "C(features)"),
    "jitted init and apply": RIGHT.replace("model.init(", "jax.jit(model.init)(").replace(
        "model.apply(", "jax.jit(model.apply)("
    ),
    "jitted as a whole": RIGHT.replace(
        "def nn_vmap", "@functools.partial(jax.jit, static_argnums=2)\ndef nn_vmap"
    ),
    "jitted by assignment": RIGHT.replace("def nn_vmap_forward", "def _forward")
    + "\n\nnn_vmap_forward = jax.jit(_forward, static_argnames='features')\n",
    "init_with_output": program(
        result="model.init_with_output(jax.random.PRNGKey(seed), x_batch)[0].reshape(-1)"
    ),
    "bound": program(result="model.bind(variables)(x_batch).reshape(-1)"),
    "plain init on one row": program(
        end="variables = nn.Dense(features).init(jax.random.PRNGKey(seed), x_batch[0])\n"
        "outputs = model.apply(variables, x_batch)"
    ),
    "init on a dummy": program(
        end="drawn = model.init(jax.random.PRNGKey(seed), jnp.zeros((1, x_batch.shape[-1])))\n"
        "outputs = model.apply(drawn, x_batch)"
    ),
    "rematerialised": program(
        top='R = nn.vmap(nn.remat(nn.Dense), {"params": None}, {"params": False})',
    ).replace("BatchDense(features)", "R(features)"),
    "no gradient": program(result="jax.lax.stop_gradient(outputs).reshape(-1)"),
    "same dtype": program(result="outputs.astype(jnp.float32).reshape(-1)"),
    "the input's length": program(result="outputs.reshape(len(x_batch) * features)"),
    "an output's length": program(end="n = len(outputs)", result="outputs.reshape(n * features)"),
    "lengths in helpers": program(
        top="def flat(y):\n    return y.reshape(len(y) * len(y[0]))", result="flat(outputs)"
    ),
    "lengths of other things": program(
        begin="assert len('ab') == len(x_batch.shape) == len([seed, features])",
        result="outputs.reshape(len(x_batch) * features)",
    ),
    "a scan's length": program(
        end="_, outputs = jax.lax.scan(lambda c, row: (c, row), 0, outputs, length=len(x_batch))"
    ),
    "a length that is checked": program(
        begin="assert isinstance(len(x_batch), int) and type(len(x_batch)) == int"
    ),
    "dead code": program(begin="unused = jnp.sin(x_batch) @ jnp.ones((x_batch.shape[1], 3))"),
    "variables taken apart": program(
        end='kernel, bias = variables["params"]["kernel"], variables["params"]["bias"]\n'
        'outputs = model.apply({"params": {"bias": bias, "kernel": kernel}}, x_batch)'
    ),
    "mapped over the variables": program(
        end="variables = jax.tree.map(lambda each: each, variables)\n"
        "outputs = model.apply(variables, x_batch)"
    ),
    "lifted function": program(top=SUBMODULE).replace("BatchDense(f", "Batched(f"),
    "setup": program(top=SETUP).replace("BatchDense(f", "Batched(f"),
    "prints and asserts": program(
        begin='"""A docstring with 100 %."""\n'
        'print(f"{x_batch.shape} of %s" % features, sep="")\n'
        "assert x_batch.ndim == 2 and len(x_batch.shape) == 2",
        end="assert outputs.shape == (x_batch.shape[0], features), 'shapes'",
    ),
    "main block and hints": RIGHT.replace(
        "(seed, x_batch, features)", "(seed: int, x_batch: jax.Array, features: int) -> jax.Array"
    )
    + "\nif __name__ == '__main__':\n    import sys\n    print(sys.argv, isinstance(1, int))\n",
    "a default decides": program(
        more=", flat=True", result="outputs.reshape(-1) if flat else outputs"
    ),
    "a helper that nobody uses": program(
        top="def train(steps=10, key=jax.random.PRNGKey(0)):\n"
        "    import time\n    return time.time()"
    ),
    "text put together": program(
        begin="print('x ' + str(x_batch.shape))\nprint(f'{x_batch.shape} of %s' % features)"
    ),
    "what a comparison gives is printed": program(
        begin="print('square' if x_batch.shape[0] == features else 'wide')"
    ),
    "a setting that turns printing on": program(
        top="DEBUG = False", begin="if DEBUG:\n    print(x_batch.shape, x_batch.mean())"
    ),
    "a list is filled": program(
        end="flat = []\nfor each in (outputs,):\n    flat.append(each.reshape(-1))",
        result="flat[0]",
    ),
    "einsum": program(result='jnp.einsum("bf->bf", outputs).reshape(-1)'),
    "plain Dense": program(top="").replace("BatchDense(features)", "nn.Dense(features)"),
    "jax.vmap of apply": program(
        end="plain = nn.Dense(features)\n"
        "outputs = jax.vmap(plain.apply, in_axes=(None, 0))(variables, x_batch)"
    ),
    "byte order mark": "\ufeff" + RIGHT,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_proved(name: str) -> None:
    looked = look(PROGRAMS[name])
    assert looked.proved, looked
    assert looked.equivalence.scope == look(RIGHT).equivalence.scope


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_proved_against_the_solution(name: str) -> None:
    _, solutions = shipped()
    solution = (solutions / "nn_vmap_shared.py").read_text(encoding="utf-8")
    assert look(PROGRAMS[name], solution).proved


def test_nothing_is_doubted_in_a_solution() -> None:
    _, solutions = shipped()
    for path in sorted(solutions.glob("*.py")):
        function = next(each.exercise.function for each in exercises() if each.solution == path)
        assert read(path.read_text(encoding="utf-8"), function).doubt == "", path.name


def test_the_widest_scope_is_every_size_or_every_batch() -> None:
    found = [trace for trace in traces(RIGHT) if isinstance(trace, Fingerprint)]
    symbolic = {trace.scope.symbolic for trace in found if trace.scope.symbolic}
    every = tuple(each.name for each in exercise().dimensions)
    assert symbolic in ({every}, {("batch",)})


@pytest.mark.skipif(sys.platform == "win32", reason="a link there needs rights")
def test_libraries_are_known_in_an_environment_behind_a_link(tmp_path: Path) -> None:
    """A home folder may be a link, and `/tmp` is one on macOS."""
    link = tmp_path / "linked"
    link.symlink_to(sys.prefix)
    folders = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
    script = "from equivalence_programs import RIGHT, look\nprint(look(RIGHT).equivalence)"
    done = subprocess.run(
        [link / Path(sys.executable).relative_to(sys.prefix), "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Equivalent.PROVED" in done.stdout, done.stdout + done.stderr
