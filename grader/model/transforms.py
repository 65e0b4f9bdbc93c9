"""The table of transforms: where each is found, which arguments are its knobs, how its runs show.

A new transform is an entry here. The recorder watches the entries that an exercise asks for, the
rules read titles and knobs, and an exercise's `Use` names a title.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

import msgspec

from grader.model.exercise import Exercise, Library


@unique
class Kind(StrEnum):
    """How a transform is used, and so what counts as its run.

    `GIVES`: it returns a function, which runs later. `RUNS`: the call itself is the run, and it
    calls a function for each step. `LIFTS`: it returns a Flax class, or a function of a module,
    which runs later. `LIFTED`: the same, and the recorder knows what each knob does
    (`Record.lifted`). `CHANGES`: the call itself is the run, and changes its argument; without one,
    it returns a decorator.
    """

    GIVES = "gives"
    RUNS = "runs"
    CHANGES = "changes"
    LIFTS = "lifts"
    LIFTED = "lifted"


@unique
class Does(StrEnum):
    """What a transform does with the function, as a sentence says it: it maps, it loops."""

    MAPS = "maps"
    LOOPS = "loops"
    DIFFERENTIATES = "differentiates"
    RECOMPUTES = "recomputes"
    COMPILES = "compiles"
    CHOOSES = "chooses"
    REARRANGES = "rearranges"
    SPLITS = "splits"

    @property
    def purpose(self) -> str:
        """Why one would use such a transform, in one or two sentences."""
        return _PURPOSES[self]


_PURPOSES: Final = {
    Does.MAPS: "A mapped function is written for one example. The transform adds the axis of the "
    "examples to each of its operations, so all examples are computed at once.",
    Does.LOOPS: "The transform traces the step once, however many there are. A Python loop traces "
    "and compiles each step again, and the program grows with their number.",
    Does.DIFFERENTIATES: "The transform derives the gradient from the function itself, so it stays "
    "right when the function changes. A formula of your own has to be changed with it.",
    Does.RECOMPUTES: "The transform doesn't change any number. It keeps fewer intermediate results "
    "for the gradient and computes them again, which saves memory.",
    Does.COMPILES: "The compiler sees the whole function at once, and later calls with the same "
    "shapes don't run its Python again.",
    Does.CHOOSES: "Both branches are traced, and the program chooses when it runs. A Python `if` "
    "chooses while it is traced, when no number is known yet.",
    Does.REARRANGES: "The module sees its variables changed, for example transposed or tied, while "
    "they are stored as they were.",
    Does.SPLITS: "Each index of the mapped axis gets its own key, so each draws other numbers.",
}


class Transform(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the table.

    `title` is its usual name in code. It's patched at `holder`, a module. `target` is the parameter
    that takes the function or class. `knobs` are the parameters that control it and that have a
    normal form: axes, positions of arguments, lengths, flags. `operands` are the parameters with
    the arrays that a loop runs over, or that a branch gets. `noted`: calls are noted for every
    exercise, to say what a program did instead of `nn.vmap`. `only_named`: runs are recorded only
    where an exercise names it, since nobody uses it in place of another one. `inside` are Flax's
    own modules that use it themselves.
    """

    title: str
    holder: str
    name: str
    kind: Kind
    does: Does
    target: str
    knobs: tuple[str, ...] = ()
    operands: tuple[str, ...] = ()
    noted: bool = False
    only_named: bool = False
    link: str = ""
    inside: tuple[str, ...] = ()

    @property
    def gives_loops(self) -> bool:
        """Whether it makes a loop of a function, or of a class, for each step."""
        return self.does is Does.LOOPS and self.kind in {Kind.GIVES, Kind.LIFTS}

    @property
    def of_nnx(self) -> bool:
        """Whether it is one of NNX's, which is imported only where an exercise asks for it."""
        return self.holder == _NNX


_NNX: Final = "flax.nnx"
_NN: Final = "flax.linen"
_PREFIXES: Final = {_NNX: "nnx", _NN: "nn"}
"""How code calls these modules."""
_NNX_LINK: Final = "https://flax.readthedocs.io/en/latest/api_reference/flax.nnx"
_JAX: Final = "https://docs.jax.dev/en/latest/_autosummary"
_LINEN: Final = "https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen"
_MAPPED: Final = ("in_axes", "out_axes", "axis_size")
_ARGUMENTS: Final = ("argnums", "has_aux")
_JITTED: Final = ("static_argnums", "donate_argnums")


def _jax(
    name: str, does: Does, *knobs: str, noted: bool = False, only_named: bool = False
) -> Transform:
    return Transform(
        title=f"jax.{name}",
        holder="jax",
        name=name,
        kind=Kind.GIVES,
        does=does,
        target="fun",
        knobs=knobs,
        noted=noted,
        only_named=only_named,
        link=f"{_JAX}/jax.{name}.html",
    )


def _runs(
    name: str,
    does: Does,
    target: str,
    operands: tuple[str, ...],
    *knobs: str,
    holder: str = "jax.lax",
    noted: bool = False,
    only_named: bool = False,
) -> Transform:
    """Make the entry of one whose call is the run: jax.lax's, or Flax's for modules."""
    title = f"{_PREFIXES.get(holder, holder)}.{name}"
    return Transform(
        title=title,
        holder=holder,
        name=name,
        kind=Kind.RUNS,
        does=does,
        target=target,
        knobs=knobs,
        operands=operands,
        noted=noted,
        only_named=only_named,
        link=_run_link(holder, name),
    )


def _run_link(holder: str, name: str) -> str:
    if holder == _NNX:
        return _nnx_link("transforms", name)
    return _linen_link(name) if holder == _NN else f"{_JAX}/{holder}.{name}.html"


def _linen_link(name: str) -> str:
    return f"{_LINEN}/transformations.html#flax.linen.{name}"


def _linen(
    name: str,
    does: Does,
    *knobs: str,
    kind: Kind = Kind.LIFTS,
    noted: bool = False,
    only_named: bool = False,
    inside: tuple[str, ...] = (),
) -> Transform:
    return Transform(
        title=f"nn.{name}",
        holder=_NN,
        name=name,
        kind=kind,
        does=does,
        target="target",
        knobs=knobs,
        noted=noted,
        only_named=only_named,
        link=_linen_link(name),
        inside=inside,
    )


def _nnx(
    name: str,
    does: Does,
    *knobs: str,
    kind: Kind = Kind.GIVES,
    target: str = "f",
    page: str = "transforms",
    inside: tuple[str, ...] = (),
) -> Transform:
    return Transform(
        title=f"nnx.{name}",
        holder=_NNX,
        name=name,
        kind=kind,
        does=does,
        target=target,
        knobs=knobs,
        link=_nnx_link(page, name),
        inside=inside,
    )


def _nnx_link(page: str, name: str) -> str:
    return f"{_NNX_LINK}/{page}.html#flax.nnx.{name}"


TRANSFORMS: Final = (
    _jax("vmap", Does.MAPS, *_MAPPED, noted=True),
    _jax("pmap", Does.MAPS, *_MAPPED, noted=True),
    _runs("map", Does.MAPS, "f", ("xs",), "batch_size", noted=True),
    _runs("scan", Does.LOOPS, "f", ("init", "xs"), "length", "reverse", noted=True),
    _runs("fori_loop", Does.LOOPS, "body_fun", ("init_val",), "lower", "upper", noted=True),
    _runs("while_loop", Does.LOOPS, "body_fun", ("init_val",)),
    _runs("associative_scan", Does.LOOPS, "fn", ("elems",), "reverse", "axis"),
    Transform(
        title="jnp.vectorize",
        holder="jax.numpy",
        name="vectorize",
        kind=Kind.GIVES,
        does=Does.MAPS,
        target="pyfunc",
        noted=True,
        link=f"{_JAX}/jax.numpy.vectorize.html",
    ),
    _jax("grad", Does.DIFFERENTIATES, *_ARGUMENTS),
    _jax("value_and_grad", Does.DIFFERENTIATES, *_ARGUMENTS),
    _jax("jacfwd", Does.DIFFERENTIATES, *_ARGUMENTS),
    _jax("jacrev", Does.DIFFERENTIATES, *_ARGUMENTS),
    _jax("checkpoint", Does.RECOMPUTES, "prevent_cse", "static_argnums"),
    _jax("remat", Does.RECOMPUTES, "prevent_cse", "static_argnums"),
    _jax("jit", Does.COMPILES, *_JITTED, only_named=True),
    _runs("cond", Does.CHOOSES, "true_fun", ("operands",), only_named=True),
    _runs("switch", Does.CHOOSES, "branches", ("operands",), only_named=True),
    _linen("vmap", Does.MAPS, *_MAPPED, kind=Kind.LIFTED),
    _linen(
        "scan",
        Does.LOOPS,
        "in_axes",
        "out_axes",
        "length",
        "reverse",
        noted=True,
        inside=("RNN", "Bidirectional"),
    ),
    _linen("remat", Does.RECOMPUTES, "prevent_cse", "static_argnums"),
    _linen("checkpoint", Does.RECOMPUTES, "prevent_cse", "static_argnums"),
    _linen("jit", Does.COMPILES, *_JITTED, only_named=True),
    _linen("map_variables", Does.REARRANGES, "init", "mutable", only_named=True),
    _runs("while_loop", Does.LOOPS, "body_fn", ("init",), holder=_NN),
    _runs("cond", Does.CHOOSES, "true_fun", ("operands",), holder=_NN, only_named=True),
    _runs("switch", Does.CHOOSES, "branches", ("operands",), holder=_NN, only_named=True),
    _nnx("vmap", Does.MAPS, *_MAPPED),
    _nnx(
        "scan",
        Does.LOOPS,
        "in_axes",
        "out_axes",
        "length",
        "reverse",
        inside=("RNN", "Bidirectional"),
    ),
    _nnx("remat", Does.RECOMPUTES, "prevent_cse", "static_argnums"),
    _nnx("jit", Does.COMPILES, *_JITTED, target="fun"),
    _nnx("grad", Does.DIFFERENTIATES, *_ARGUMENTS),
    _nnx("value_and_grad", Does.DIFFERENTIATES, *_ARGUMENTS),
    _runs("while_loop", Does.LOOPS, "body_fun", ("init_val",), holder=_NNX),
    _runs("fori_loop", Does.LOOPS, "body_fun", ("init_val",), "lower", "upper", holder=_NNX),
    _runs("cond", Does.CHOOSES, "true_fun", ("operands",), holder=_NNX, only_named=True),
    _runs("switch", Does.CHOOSES, "branches", ("operands",), holder=_NNX, only_named=True),
    _nnx(
        "split_rngs",
        Does.SPLITS,
        "splits",
        "squeeze",
        kind=Kind.CHANGES,
        target="node",
        page="rnglib",
    ),
)
"""In the order in which the recorder patches them."""


def transform(title: str) -> Transform:
    """Return the entry called `title`; `KeyError` if there is none."""
    for each in TRANSFORMS:
        if each.title == title:
            return each
    raise KeyError(title)


def needs_nnx(exercise: Exercise) -> bool:
    """Whether an exercise is about NNX: its modules, or transforms that it uses or forbids."""
    if exercise.flax_class is not None and exercise.flax_class.library == Library.NNX:
        return True
    named = _named(exercise)
    return any(each.of_nnx and each.title in named for each in TRANSFORMS)


def recorded(exercise: Exercise) -> frozenset[str]:
    """Return the titles of the transforms whose runs are recorded; none if nobody asks for any."""
    named, of_nnx = _named(exercise), needs_nnx(exercise)
    return frozenset(
        each.title
        for each in TRANSFORMS
        if (named or exercise.has_own_check) and each.kind is not Kind.LIFTED
        if each.title in named or not each.only_named
        if of_nnx or not each.of_nnx
    )


def _named(exercise: Exercise) -> frozenset[str]:
    return frozenset((*exercise.forbids, *(title for use in exercise.uses for title in use.any_of)))
