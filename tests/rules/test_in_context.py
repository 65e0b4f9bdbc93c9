"""What is said of exceptions whose cause is in the text around the call that raised."""

from __future__ import annotations

from functools import cache
from typing import Final

import msgspec
import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.case import Container
from grader.model.exercise import Exercise
from grader.model.finding import Finding
from tests.observe import example_case, solution_text
from tests.recordings.programs import transcript_of

PAIRS: Final = "jax-vmap-pairwise"
STEP: Final = "jax-grad-step"
DECAY: Final = "lax-scan-decay"
LAYERS: Final = "nn-scan-layers"
STACK: Final = "nnx-scan-layers"
BLOCK: Final = "nn-remat-block"
ADAPTER: Final = "nnx-grad-adapter"


@cache
def exercise(slug: str) -> Exercise:
    return next(each.exercise for each in exercises() if each.exercise.slug == slug)


def judged(slug: str, *changes: tuple[str, str]) -> list[Finding]:
    """Judge the solution with some of its text replaced, in a case of sizes that all differ."""
    text = solution_text(exercise(slug))
    for old, new in changes:
        assert old in text, (slug, old)
        text = text.replace(old, new)
    task = exercise(slug)
    cases = [example_case(task, seed=seed, lengths=(3, 4, 2, 5)) for seed in range(2)]
    return list(judge(transcript_of(text, cases, task)))


GRADIENT: Final = "jax.grad(loss)(params, x, y)"
OUTER: Final = "jax.vmap(to_each, in_axes=(0, None))"
SCAN: Final = "nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)"
FOR_ALL: Final = "    return forward(layers, x)\n"

TOLD: Final = {
    "names in argnums": (
        (STEP, ("jax.grad(loss)", 'jax.grad(loss, argnums="params")')),
        "such as argnums=0",
    ),
    "arguments in the call that makes the gradient": (
        (STEP, (GRADIENT, "jax.grad(loss, params, x, y)")),
        "pass jax.grad the function",
    ),
    "the value and the gradient exchanged": (
        (STEP, ("gradient = jax.grad(loss)", "gradient, _ = jax.value_and_grad(loss)")),
        "several results",
    ),
    "a gradient that isn't called": ((STEP, (GRADIENT, "jax.grad(loss)")), "call the function"),
    "a map over devices": ((PAIRS, (OUTER, OUTER.replace("vmap", "pmap"))), "use jax.vmap"),
    "an array as a static argument": (
        (PAIRS, ("def pairwise", "@jax.jit(static_argnums=0)\ndef pairwise")),
        "only sizes and flags",
    ),
    "arguments in the call that maps": (
        (PAIRS, (OUTER, "jax.vmap(to_each, x, y)")),
        "to what jax.vmap returns",
    ),
    "mapped arguments by name": (
        (PAIRS, ("from_each(x, y)", "from_each(a=x, b=y)")),
        "pass the arguments by position",
    ),
    "an axis behind the last": (
        (PAIRS, ("in_axes=(None, 0)", "in_axes=(None, 0), out_axes=1")),
        "as large as their number",
    ),
    "a format of an array without a value": (
        (PAIRS, ("    return jnp.sum(", '    print("%.2f" % a.sum())\n    return jnp.sum(')),
        "jax.debug.print",
    ),
    "the shape as a method": (
        (PAIRS, ("from_each(x, y)", "from_each(x, y)[: x.size(0)]")),
        "x.shape[0]",
    ),
    "a method of Flax, misspelt": ((LAYERS, ("model.apply(", "model.aply(")), "write apply"),
    "a method that Flax doesn't have": (
        (LAYERS, ("model.apply(", "model.predict(")),
        "model.apply(variables, x)",
    ),
    "a helper to be written": (
        (
            LAYERS,
            ("def deep", "def todo():\n    raise NotImplementedError\n\n\ndef deep"),
            ("    model = Stack()", "    model = todo()"),
        ),
        "write what todo should do",
    ),
    "trees of other lengths": (
        (STEP, ("params, gradient)", "(params, x), (params,))")),
        "print both before",
    ),
    "a list as a static argument": (
        (PAIRS, ("from_each(x, y)", "jax.jit(from_each, static_argnums=1)(x, [y])")),
        "only sizes and flags",
    ),
    "a method called forward": ((STACK, ("__call__", "forward")), "__call__ instead of forward"),
    "a module of Linen with forward": (
        (LAYERS, ("__call__", "forward")),
        "__call__ instead of forward",
    ),
    "layers in a loop": (
        (STACK, (FOR_ALL, "    for each in layers:\n        x = each(x)\n    return x\n")),
        "in nnx.scan or nnx.vmap",
    ),
    "the number of layers": (
        (STACK, (FOR_ALL, "    return x * len(layers)\n")),
        "in nnx.scan or nnx.vmap",
    ),
    "Linen's arguments": (
        (STACK, (SCAN, 'nnx.scan(variable_axes={"params": 0})')),
        "an entry for each object",
    ),
    "a loop like jax's": (
        (STACK, (FOR_ALL, "    return nnx.scan(forward, init=layers, xs=x)\n")),
        "to what it returns",
    ),
    "the key by another name": (
        (LAYERS, ("(jax.random.PRNGKey(seed), x, None)", "(key=jax.random.key(seed), x=x)")),
        "model.init(key, …)",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_the_text_shows_the_cause(name: str) -> None:
    (slug, *changes), step = TOLD[name]
    found = [each for each in judged(slug, *changes) if each.rule == "raised"]
    assert len(found) == 1
    assert step in found[0].help, found[0].help


ALIKE: Final = {
    "squeeze beside a map": (
        (PAIRS, ("from_each(x, y)", "jnp.squeeze(from_each(x, y), 0)")),
        "take an element",
    ),
    "another axis that isn't there": (
        (PAIRS, ("jnp.sum(jnp.abs(a - b))", "jnp.sum(jnp.abs(a - b), axis=1)")),
        "print the shape of the array",
    ),
    "a class of the text that is no module": (
        (LAYERS, ("model = Stack()", "model = type('Model', (), {})()")),
        "check the spelling",
    ),
    "a parameter of a module": (
        (LAYERS, ("variables = model.init", "variables = model.kernel, model.init")),
        'variables["params"]',
    ),
    "too few entries": (
        (PAIRS, ("in_axes=(0, None)", "in_axes=(0,)")),
        "give each of them an entry",
    ),
    "something else that isn't a function": (
        (STEP, ("return jax.tree.map(", "return params(")),
        "print what is before the parentheses",
    ),
    "one object, and no map": (
        (ADAPTER, ("model.scale[...]", 'model["scale"]')),
        "print it and its type",
    ),
    "an array without items": ((STACK, (FOR_ALL, "    return [*depth]\n")), "print it and its"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_other_causes_are_told_otherwise(name: str) -> None:
    (slug, *changes), step = ALIKE[name]
    found = [each for each in judged(slug, *changes) if each.rule == "raised"]
    assert len(found) == 1
    assert step in found[0].help, found[0].help


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("return from_each(x, y)", "for each in x.size:\n        pass", "x.size"),
        ("return from_each(x, y)", "if jnp.any(x > y[:1]) == x:\n        pass", "jnp.any"),
        (
            "    return jnp.sum(",
            "    if jnp.any(a):\n        return a\n    return jnp.sum(",
            "jnp.any(a)",
        ),
        (
            "    return jnp.sum(",
            "    while jnp.any(a):\n        a = b\n    return jnp.sum(",
            "jnp.any(a)",
        ),
    ],
)
def test_what_a_loop_or_an_if_looks_at_is_marked(old: str, new: str, marked: str) -> None:
    (found,) = judged(PAIRS, (old, new))
    span = found.span
    assert span is not None
    text = solution_text(exercise(PAIRS)).replace(old, new).splitlines()
    assert text[span.line - 1][span.column - 1 :].startswith(marked)
    assert span.line == span.end_line


def test_what_only_numpys_arrays_raise_is_no_second_mistake() -> None:
    """The task promises JAX arrays, also in a program that raises for another reason."""
    task = exercise(DECAY)
    changes = (
        ("scan(step, start, x)", "scan(step, start, x.at[0].add(0))"),
        ("return sums", "sums.a"),
    )
    text = solution_text(task)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    jax, other = (
        msgspec.structs.replace(example_case(task, lengths=(3, 4)), container=each)
        for each in (Container.JAX, Container.NUMPY)
    )
    (found,) = judge(transcript_of(text, [other, jax], task))
    assert found.evidence["text"] != "'numpy.ndarray' object has no attribute 'at'"
    assert "no attribute 'a'" in str(found.evidence["text"])
    (alone,) = judge(transcript_of(text, [other], task))
    assert "no attribute 'at'" in str(alone.evidence["text"])


@pytest.mark.parametrize(
    ("slug", "old", "new"),
    [
        (PAIRS, "jax.vmap(distance,", "jax.vmap(distance(x, y),"),
        (STEP, "jax.grad(loss)", "jax.grad(loss(params, y, x))"),
    ],
)
def test_a_function_that_is_called_too_early_is_one_mistake(slug: str, old: str, new: str) -> None:
    """In cases of some shapes it raises itself, and in others it returns no function."""
    task = exercise(slug)
    cases = [
        example_case(task, seed=seed, lengths=lengths)
        for seed, lengths in enumerate([(3, 4, 2), (3, 3, 3), (1, 1, 1)])
    ]
    text = solution_text(exercise(slug))
    assert old in text
    found = judge(transcript_of(text.replace(old, new), cases, task))
    assert [each.rule for each in found] == ["raised"]
    assert "the function itself" in found[0].help
