"""missing-function: the file doesn't define the function that is called."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from functools import partial

from grader.evidence import Evidence
from grader.evidence.edits import renamed
from grader.evidence.notation import listing
from grader.model.exercise import Check, Exercise
from grader.model.observation import FunctionMissing, Span
from grader.model.source import Source
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    loaded = evidence.transcript.loaded
    if isinstance(loaded, FunctionMissing):
        yield sighting(evidence.source, evidence.exercise, loaded)


def sighting(source: Source, exercise: Exercise, loaded: FunctionMissing) -> Sighting:
    """Say that the function or class is missing, and what may have been meant."""
    names, name, kind = _defined(source), exercise.function, exercise.kind
    if name in names:
        return _out_of_reach(source, exercise, names[name], loaded)
    elsewhere = _at_the_top_of_another(source, name)
    if elsewhere is not None and loaded.found is None:
        return _elsewhere(source, exercise, elsewhere)
    if elsewhere is not None:
        return _out_of_reach(source, exercise, elsewhere, loaded)
    defined = [each for each in loaded.callables if each not in exercise.beside]
    near = _near(name, [*(each for each in names if each not in exercise.beside), *defined])
    if near is None:
        others = listing(f"`{each}`" for each in defined[:4])
        details = (f"It has {others}.",) if defined else ()
        if not source.text.strip():
            help_text = f"write the {kind} {name}; if you already have, save the file first"
            return Sighting(message="the file is empty", help=help_text)
        verb = "name" if loaded.callables else "write"
        help_text = f"{verb} the {kind} {name}, exactly as in the task"
        return Sighting(message=f"there is no {kind} `{name}`", details=details, help=help_text)
    span = names.get(near) or _at_the_top_of_another(source, near)
    return Sighting(
        message=f"there is no {kind} `{name}`; did you mean `{near}`?",
        label=f"the task calls it {name}",
        help=f"rename `{near}` to `{name}`",
        span=span,
        edits=renamed(source, span, near, name),
        evidence={"meant": near},
    )


def _elsewhere(source: Source, exercise: Exercise, span: Span) -> Sighting:
    """Say that only a file beside the program has the name."""
    name, file = exercise.function, source.place(span).file.base
    line = f"from {file.removesuffix('.py')} import {name}"
    return Sighting(
        message=f"`{name}` is in {file}, and not in your file",
        label=f"your file doesn't import this {exercise.kind}",
        help=f"import it into your file: {line}",
        span=span,
        evidence={"file": file},
    )


def _at_the_top_of_another(source: Source, name: str) -> Span | None:
    """Return where the only other file that defines a name at its top does so."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Assign)
    places = [
        source.shifted(number, each.head(statement))
        for number, each in enumerate(source.files)
        for bound, statement in each.bindings()
        if number and bound == name and statement in each.body and isinstance(statement, kinds)
    ]
    return places[0] if len(places) == 1 else None


def _out_of_reach(
    source: Source, exercise: Exercise, span: Span, loaded: FunctionMissing
) -> Sighting:
    """Say that the name is in the text, but not as a top-level definition of the module."""
    name = exercise.function
    place = source.definition(name) or span
    if loaded.found is not None:
        wanted, kind = exercise.flax_class, exercise.kind
        head = f"class {name}({wanted.library.module})" if wanted else f"def {name}(…)"
        return Sighting(
            message=f"`{name}` exists, but it isn't a {kind}",
            label=f"this is {loaded.found}",
            help=f"make it a {kind}: {head}",
            span=place,
        )
    deleted = next(filter(partial(_deletes, name), source.nodes), None)
    if isinstance(deleted, ast.Delete):
        return Sighting(
            message=f"`{name}` is deleted before it can be called",
            label="deletes it",
            help=f"remove `{name}` from this del",
            span=source.span(deleted),
        )
    return Sighting(
        message=f"`{name}` is not at the top level when the file is imported",
        label="not at the top level",
        details=("It is inside a class, another function or a block that doesn't run.",),
        help=f"define `{name}` at the left margin",
        span=place,
    )


def _deletes(name: str, node: ast.AST) -> bool:
    """Whether a statement takes the name away."""
    targets = node.targets if isinstance(node, ast.Delete) else []
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)


def _defined(source: Source) -> dict[str, Span]:
    """Return every function and class that the main file defines, however deep, and its line."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = [node for node in source.nodes if isinstance(node, kinds)]
    found = {node.name: source.head(node) for node in nodes}
    for name, statement in source.bindings():
        found.setdefault(name, source.head(statement))
    return {name: span for name, span in found.items() if source.number(span) == 0}


def _near(name: str, candidates: list[str]) -> str | None:
    """Return the candidate that was probably meant: the name apart from case and `_`."""
    plain = {each: each.replace("_", "").lower() for each in candidates}
    wanted = name.replace("_", "").lower()
    close = difflib.get_close_matches(wanted, plain.values(), n=1, cutoff=0.7)
    return next((each for each in candidates if close and plain[each] == close[0]), None)


RULE = Rule(
    id="missing-function",
    check=Check.LOADS,
    title="the function that the task names is missing",
    explanation="""\
The grader imported the file, but the function that the task asks for isn't in it. Its name must be
spelt exactly as in the task, and it must be at the top level of the file: a method of a class,
a function inside a function or one under `if __name__ == "__main__":` isn't visible from outside.
""",
    wrong="""\
def foward(seed, x, features):
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
    find=_find,
)
