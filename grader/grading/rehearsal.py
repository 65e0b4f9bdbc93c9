"""What a prewarmed process runs before it gets a submission: nobody's program, nor the answer.

On the way to an answer the libraries compile much that is the same for every program: drawing
keys and weights, a dense layer under `nn.vmap`, at sizes that are new to the process. This program
does that at an exercise's own sizes. It knows of the exercise what the declaration says, no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grader.model.exercise import Exercise, FlaxClass, Library, Number, Seed, Size

_PROGRAM: Final = """
import jax
from flax import linen as nn

class Layer(nn.Module):
    size: int

    @nn.compact
    def __call__(self, x):
        y = nn.Dense(self.size)(x)
        return nn.Dropout(0.5, deterministic=not {random})(y)

def {function}({parameters}):
    values = [{names}]
    sizes = [values[each] for each in {sizes} if values[each] is not None]
    seeds = [values[each] for each in {seeds} if values[each] is not None]
    key = jax.random.PRNGKey(sum(seeds))
    keys = dict(zip(("params", "dropout"), jax.random.split(key))) if {random} else key
    for x in jax.tree.leaves(values):
        if not isinstance(x, jax.Array) or x.ndim < 2:
            continue
        for size in sizes or [1]:
            layer = nn.vmap(
                Layer,
                variable_axes={{"params": None}},
                split_rngs={{"params": False, "dropout": True}},
            )(size)
            variables = layer.init(keys, x)
            rngs = {{"dropout": keys["dropout"]}} if {random} else None
            nn.relu(layer.apply(variables, x, rngs=rngs)).reshape(-1)
"""

_LINEN: Final = """
import jax
from flax import linen as nn

class {name}(nn.Module):
{fields}
    @nn.compact
    def __call__(self, {parameters}):
        sizes = [each for each in [{values}] if type(each) is int] or [1]
        for x in jax.tree.leaves([{names}]):
            for size in sizes if isinstance(x, jax.Array) and x.ndim > 1 else ():
                x = nn.relu(nn.Dense(size)(x))
"""
_NNX: Final = """
from flax import nnx

class {name}(nnx.Module):
    def __init__(self, *, rngs, **fields):
        sizes = [each for each in fields.values() if type(each) is int] or [1]
        self.layers = nnx.data([nnx.Linear(size, size, rngs=rngs) for size in sizes])

    def __call__(self, {parameters}):
        pass
"""


def rehearsal(exercise: Exercise) -> str:
    """Return the program, as a submission to the exercise."""
    if exercise.flax_class is not None:
        return _of_class(exercise, exercise.flax_class)
    kinds = [type(each) for each in exercise.parameters]
    names = [each.name for each in exercise.parameters]
    return _PROGRAM.format(
        function=exercise.function,
        parameters=", ".join(_parameters(exercise)),
        names=", ".join(names),
        seeds=[place for place, kind in enumerate(kinds) if kind is Seed],
        sizes=[place for place, kind in enumerate(kinds) if kind is Size],
        random=Number in kinds,
    )


def _of_class(exercise: Exercise, wanted: FlaxClass) -> str:
    program = _LINEN if wanted.library == Library.LINEN else _NNX
    return program.format(
        name=exercise.function,
        fields="".join(f"    {name}: object = None\n" for name in wanted.fields),
        values=", ".join(f"self.{name}" for name in wanted.fields),
        parameters=", ".join(_parameters(exercise)),
        names=", ".join(each.name for each in exercise.called_with),
    )


def _parameters(exercise: Exercise) -> Iterator[str]:
    """Yield the parameters as a program declares them; a case may leave out any that has a default.

    Those that are passed by name come last.
    """
    names = [each.name for each in exercise.called_with]
    yield from (f"{name}=None" for name in names if name not in exercise.keyword_only)
    if any(name in exercise.keyword_only for name in names):
        yield "*"
    yield from (f"{name}=None" for name in names if name in exercise.keyword_only)
