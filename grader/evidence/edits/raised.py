"""What to write instead of a call into Flax or JAX that raised."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from grader.evidence.by_name import named_arguments
from grader.evidence.edits.arguments import left_out
from grader.evidence.edits.by_name import only_by_name
from grader.evidence.edits.failure import ENTRIES, Failure, is_call_of
from grader.evidence.edits.inputs import input_edits, rest_of_the_input
from grader.evidence.edits.keys import in_own_words, seed_edits
from grader.evidence.edits.statements import around, deleted
from grader.evidence.edits.text import (
    Advice,
    array_names,
    expression_at,
    name_of,
    put,
    replaced,
    segment,
)
from grader.evidence.edits.traced import made_a_number, numpys_function
from grader.evidence.edits.variables import called_itself, on_the_class, params_alone, params_twice
from grader.evidence.habits import keyword_here
from grader.evidence.keys import task_key
from grader.evidence.origins import called
from grader.model.edit import Edit
from grader.model.transforms import TRANSFORMS, Transform

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Root, Span
    from grader.model.source import Source

_NOT_A_FUNCTION: Final = re.compile(r"Expected a callable value|argument should be a callable")
_UNKNOWN_KEYWORD: Final = re.compile(r"unexpected keyword argument '(\w+)'")
_VMAP: Final = (
    "variable_axes",
    "split_rngs",
    "in_axes",
    "out_axes",
    "axis_size",
    "axis_name",
    "methods",
    "metadata_params",
)
_MEANT: Final = {
    "axis": ("in_axes",),
    "axes": ("in_axes",),
    "in_dims": ("in_axes",),
    "out_dims": ("out_axes",),
    "axis_size": ("length",),
    "steps": ("length",),
    "num_steps": ("length",),
    "carry": ("init",),
    "initial": ("init",),
    "inputs": ("xs",),
    "backward": ("reverse",),
    "go_backwards": ("reverse",),
}
"""Arguments as other functions have them, and what they may be called in a transform of these."""
_LINEN: Final = "flax.linen"
_LIFTED: Final = frozenset({"vmap", "scan", "remat", "checkpoint", "jit"})
_OF_VARIABLES: Final = frozenset(
    {"variable_axes", "variable_broadcast", "variable_carry", "split_rngs", "variables", "rngs"}
)
"""Arguments of lifted transforms alone: what becomes of a module's variables and streams."""
_NO_SUCH_AXIS: Final = "remove the call: the axis exists only in the mapped function"
_ARRAYS: Final = frozenset({"jnp", "np", "jax.numpy", "numpy"})
_OTHER_SHAPES: Final = frozenset({"ScopeParamShapeError", "IndexError", "ValueError", "TypeError"})


_NO_CALL: Final = ast.Call(func=ast.Name(id=""), args=[], keywords=[])


def failure_advice(evidence: Evidence, look: Look) -> Advice | None:
    """Say what to write instead of the call that raised; None if the text doesn't show that."""
    raised = look.raised
    call = _call(evidence.source, raised.place) if raised is not None else None
    if raised is None:
        return None
    failure = Failure(evidence, look, raised, call or _NO_CALL)
    advised = (each(failure) for each in (_ADVISERS if call is not None else (_missing_level,)))
    return next((each for each in advised if each is not None and each.edits), None)


def _call(source: Source, place: Span | None) -> ast.Call | None:
    """Return the call at a place, or the one of the method that is read there."""
    method = expression_at(source, place)
    calls = (e for e in source.nodes if isinstance(e, ast.Call) and e.func is method is not None)
    return source.call_at(place) or next(calls, None)


# ------------------------------------------------------------------------------------------ keys


def _float_seed(failure: Failure) -> Advice | None:
    """A key made from something else than the seed."""
    evidence, call = failure.evidence, failure.call
    function, seed = called(call), evidence.seed_name
    if function not in {"PRNGKey", "key"} or seed is None or len(call.args) != 1:
        return None
    edits = seed_edits(evidence, failure.raised.place)
    return Advice(f"pass it {seed} unchanged: jax.random.{function}({seed})", edits)


def _only_the_input(failure: Failure) -> Advice | None:
    """The arrays alone, in a call of `init` or `apply`: the key or the variables are missing."""
    evidence, call = failure.evidence, failure.call
    names = array_names(evidence, call)
    if not names or None in names or not is_call_of(call, *ENTRIES):
        return None
    if [each.id if isinstance(each, ast.Name) else None for each in call.args] != names:
        return None
    arrays = " and ".join(map(str, names))
    made = task_key(evidence, "params") if called(call) != "apply" else None
    key = in_own_words(evidence, call, made) if made is not None else None
    if key is None:
        return None
    edit = put(f"{key}, ", evidence.source.span(call.args[0]).start)
    return Advice(
        f"pass the key first, then {arrays}: {key}, {', '.join(map(str, names))}", (edit,)
    )


def _behind_the_input(failure: Failure) -> Advice | None:
    """The key or the variables behind the arrays, in a call of `init` or `apply`."""
    evidence, call = failure.evidence, failure.call
    names = array_names(evidence, call)
    given = [each.id if isinstance(each, ast.Name) else None for each in call.args]
    if not is_call_of(call, *ENTRIES) or None in names or len(given) != len(names) + 1:
        return None
    if given[:-1] != names or given[-1] in names:
        return None
    texts = [segment(evidence.source, each) or "" for each in call.args]
    edits = _arguments_replaced(failure, [texts[-1], *texts[:-1]])
    first = "the variables" if is_call_of(call, "apply") else "the key"
    return Advice(f"pass {first} first, then the input", edits)


def _keys_by_position(failure: Failure) -> Advice | None:
    """The dict of keys by position in a call of `apply`."""
    evidence, call = failure.evidence, failure.call
    names = array_names(evidence, call)
    last = call.args[-1] if call.args else None
    if not is_call_of(call, "apply") or not isinstance(last, ast.Dict):
        return None
    if len(call.args) != len(names) + 2 or any(each.arg == "rngs" for each in call.keywords):
        return None
    edits = (put("rngs=", evidence.source.span(last).start),)
    return Advice("pass the keys by name: rngs=…", edits)


# ----------------------------------------------------------------------------------------- inputs


def _by_name(failure: Failure) -> Advice | None:
    """The module's arguments passed by name, in the right order."""
    evidence = failure.evidence
    names = set(array_names(evidence, failure.call))
    if not any(_named_arrays(failure.call, names)):
        return None
    edits: list[Edit] = []
    for call in _entering(evidence):
        named = list(_named_arrays(call, names))
        given = [*call.args[1:], *(each.value for each in named)]
        texts = [each.id if isinstance(each, ast.Name) else None for each in given]
        if named and (texts != array_names(evidence, call) or named != call.keywords[: len(named)]):
            return None
        edits += [_without_name(evidence.source, each) for each in named]
    return Advice("pass them by position, in every call", tuple(edits))


def _without_name(source: Source, keyword: ast.keyword) -> Edit:
    return put("", source.span(keyword).start, source.span(keyword.value).start)


def _named_arrays(call: ast.Call, names: set[str | None]) -> Iterator[ast.keyword]:
    for each in call.keywords:
        if isinstance(each.value, ast.Name) and each.value.id in names:
            yield each


def _entering(evidence: Evidence) -> list[ast.Call]:
    """Return the calls of `init` and `apply` in the function."""
    calls = [each for each in evidence.landmarks.own if isinstance(each, ast.Call)]
    return [each for each in calls if is_call_of(each, *ENTRIES)]


def _as_a_tuple(failure: Failure) -> Advice | None:
    """The module's arguments passed as one tuple or list."""
    evidence = failure.evidence
    edits: list[Edit] = []
    found: list[ast.expr] = []
    for call in _entering(evidence):
        names = array_names(evidence, call)
        for each in call.args[1:]:
            value = _value(evidence, each)
            items = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            if items and [ast.unparse(e) for e in items] == names:
                found.append(value)
                edits += replaced(evidence.source, each, ", ".join(map(str, names)))
    kind = "list" if any(isinstance(each, ast.List) for each in found) else "tuple"
    return Advice(f"pass the arguments one by one, not as a {kind}", tuple(edits))


def _value(evidence: Evidence, node: ast.expr) -> ast.expr:
    """Return what a name of the function was given, or another expression itself."""
    for each in evidence.landmarks.own if isinstance(node, ast.Name) else ():
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if isinstance(node, ast.Name) and node.id == name:
                    return value
            case _:
                continue
    return node


def _missing_input(failure: Failure) -> Advice | None:
    """Too few of the module's arguments."""
    entered = failure.raised.library is not None and not named_arguments(failure.call)
    return rest_of_the_input(failure.evidence, failure.call) if entered else None


def _other_input(failure: Failure) -> Advice | None:
    """Another input than the task's, in the call of `init` or of `apply`."""
    if failure.raised.exception not in _OTHER_SHAPES or failure.raised.library is None:
        return None
    if named_arguments(failure.call):
        return None  # that one is missing may be for its name
    trail = failure.look.actual
    roots = [
        each for each in trail.record.roots if each.kind in ENTRIES and _differs(failure, each)
    ]
    edits = [edit for each in roots[:1] for edit in input_edits(failure.evidence, each)]
    kind = roots[0].kind if roots else ""
    return Advice(f"pass the arguments to {kind} as they came", tuple(edits))


def _differs(failure: Failure, root: Root) -> bool:
    """Whether a call got an input of another shape than the task's, as far as was seen."""
    wanted, run = failure.look.expected.layer, failure.look.actual.top(root)
    if run is None:
        return root.raised
    return wanted is not None and run.input_shapes != wanted.input_shapes


# ------------------------------------------------------------------------------------- arguments


def _instance_lifted(failure: Failure) -> Advice | None:
    """`nn.vmap` of an instance: lift its class, and make the instance from the result."""
    source, call = failure.evidence.source, failure.call
    made = call.args[0] if call.args else None
    if failure.raised.exception != "TransformTargetError" or not isinstance(made, ast.Call):
        return None
    function, whole = source.span(made.func), source.span(made)
    given = source.text_between(function.end, whole.end)
    edits = [put("", function.end, whole.end)]
    if not _is_made_later(failure):
        edits.append(put(given, source.span(call).end))
    return Advice("lift the class, and make the instance from the result", tuple(edits))


def _called_early(failure: Failure) -> Advice | None:
    """A transform of what a function returns: pass the function, and its arguments afterwards."""
    source, call = failure.evidence.source, failure.call
    made = call.args[0] if call.args else None
    if not _NOT_A_FUNCTION.search(failure.raised.message) or not isinstance(made, ast.Call):
        return None
    function, whole = source.span(made.func), source.span(made)
    edits = [put("", function.end, whole.end)]
    given, end = source.text_between(function.end, whole.end), source.span(call).end
    then = next((each for each in _calls(failure) if each.func is call), None)
    if then is not None and len(then.args) < len(made.args):
        same = list(map(ast.dump, then.args)) == list(map(ast.dump, made.args[: len(then.args)]))
        edits = [*edits, put(given, end, source.span(then).end)] if same else []
    elif not _is_made_later(failure) and not _is_passed_on(failure):
        edits.append(put(given, end))
    name, inner = (segment(source, each) for each in (call.func, made.func))
    text = f"pass the function itself, without calling it: {name}({inner}, …)"
    return Advice(text, tuple(edits))


def _is_passed_on(failure: Failure) -> bool:
    """Whether the call gets arrays as well, or what it returns is called or transformed."""
    source, call = failure.evidence.source, failure.call
    names = _assigned(failure)
    for each in _calls(failure):
        first = each.args[0] if each.args else None
        taken = first is call or (isinstance(first, ast.Name) and first.id in names)
        if each.func is call or (taken and _row(source, each.func) is not None):
            return True
    return len(call.args) > 1


def _is_made_later(failure: Failure) -> bool:
    """Whether what the call returns is called later on."""
    names = _assigned(failure)
    called = [each.func for each in _calls(failure)]
    return any(isinstance(each, ast.Name) and each.id in names for each in called)


def _calls(failure: Failure) -> list[ast.Call]:
    return [each for each in failure.evidence.source.nodes if isinstance(each, ast.Call)]


def _assigned(failure: Failure) -> set[str]:
    """Return the names that get what the call returns."""
    return {
        target.id
        for node in failure.evidence.source.nodes
        if isinstance(node, ast.Assign) and node.value is failure.call
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _unknown_keyword(failure: Failure) -> Advice | None:
    """An argument that a function doesn't have: misspelt, or too much."""
    evidence, call = failure.evidence, failure.call
    found = _UNKNOWN_KEYWORD.search(failure.raised.message)
    keyword = next((each for each in call.keywords if found and each.arg == found[1]), None)
    if keyword is None or keyword.arg is None:
        return None
    lifting = _lifting(evidence.source, call, keyword.arg)
    if lifting is not None:
        return lifting
    known = set(_known_keywords(failure)) - {each.arg for each in call.keywords}
    value = keyword.value.id if isinstance(keyword.value, ast.Name) else ""
    near = difflib.get_close_matches(keyword.arg, sorted(known), n=1, cutoff=0.7)
    near = near or [value] * (value in known)  # a field has the name of what is passed
    name = next(iter(near), None) or keyword_here(failure.raised.message, keyword.arg)
    name = name or _meant(failure, keyword.arg, known)
    if name is not None:
        start = evidence.source.span(keyword).start
        edit = put(name, start, (start[0], start[1] + len(keyword.arg)))
        return Advice(f"write {name} instead of {keyword.arg}", (edit,))
    edits = left_out(evidence, evidence.source.span(call), keyword.arg)
    return Advice(f"remove {keyword.arg}: the called function doesn't take it", edits)


def _transform(failure: Failure) -> Transform | None:
    """Return the entry of a transform that is called by its full name."""
    return _row(failure.evidence.source, failure.call.func)


def _row(source: Source, func: ast.expr) -> Transform | None:
    name = source.names.dotted(func)
    return next((each for each in TRANSFORMS if f"{each.holder}.{each.name}" == name), None)


def _meant(failure: Failure, keyword: str, known: set[str]) -> str | None:
    """Return what a transform calls an argument that has another name elsewhere."""
    meant = _MEANT.get(keyword, ()) if _transform(failure) is not None else ()
    return next((each for each in meant if each in known), None)


def _lifting(source: Source, call: ast.Call, keyword: str) -> Advice | None:
    """A plain transform that gets an argument that only Flax's lifted one has."""
    module, name = name_of(source, _LINEN), source.names.dotted(call.func).rpartition(".")[2]
    if keyword not in _OF_VARIABLES or name not in _LIFTED or module is None:
        return None
    lifted = f"{module}.{name}"
    edits = replaced(source, call.func, lifted)
    return Advice(f"use {lifted}, which takes {keyword}", edits) if edits else None


def _known_keywords(failure: Failure) -> tuple[str, ...]:
    """Return the arguments of the called function, as far as they are known."""
    row = _transform(failure)
    if row is not None:
        lifted = _OF_VARIABLES if row.holder == _LINEN else ()
        return (row.target, *row.operands, *row.knobs, *lifted)
    if called(failure.call) == "vmap":
        return _VMAP
    layer = failure.look.expected.layer
    return tuple(each.name for each in layer.settings) if layer is not None else ()


def _wrong_size(failure: Failure) -> Advice | None:
    """A size that doesn't fit, where the task asks for a single axis."""
    source, call = failure.evidence.source, failure.call
    library = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in _ARRAYS
    sizes = call.args[1 if library else 0 :]
    if called(call) != "reshape" or not failure.evidence.exercise.output or not sizes:
        return None
    first, last = source.span(sizes[0]), source.span(sizes[-1])
    if source.text_between(first.start, last.end) == "-1":
        return None
    return Advice("let reshape compute the size: reshape(-1)", (put("-1", first.start, last.end),))


def _tuple_of_updates(failure: Failure) -> Advice | None:
    """The pair that `apply` returns with `mutable`, used as the output."""
    root = failure.look.actual.answer
    if "'tuple' object has no attribute" not in failure.raised.message or root is None:
        return None
    if failure.look.expected.written:
        return None
    edits = left_out(failure.evidence, root.span, "mutable")
    return Advice("remove mutable: with it, apply returns a pair of output and updates", edits)


def _outside(failure: Failure) -> Advice | None:
    """A mean over an axis that has no name there."""
    call = failure.call
    if not re.fullmatch(r"p(mean|sum|max|min)", called(call)) or not call.args:
        return None
    if "unbound axis name" not in failure.raised.message:
        return None
    statement = around(failure.evidence.landmarks.entry, call)
    text = segment(failure.evidence.source, call.args[0]) or ""
    if isinstance(statement, ast.Assign) and [ast.unparse(e) for e in statement.targets] == [text]:
        return Advice(_NO_SUCH_AXIS, deleted(failure.evidence.source, statement))
    return Advice(_NO_SUCH_AXIS, replaced(failure.evidence.source, call, text))


def _traced_sizes(failure: Failure) -> Advice | None:
    """A function that is jitted as a whole, so that no argument is a plain number."""
    source, entry = failure.evidence.source, failure.evidence.landmarks.entry
    decorators = entry.decorator_list if isinstance(entry, ast.FunctionDef) else []
    found = [each for each in decorators if ast.unparse(each) in {"jax.jit", "jit"}]
    if not re.search(r"Tracer|[Tt]raced", failure.raised.message) or len(found) != 1:
        return None
    line = source.span(found[0]).line
    edits = (put("", (line, 1), (line + 1, 1)),)
    return Advice("remove jax.jit: with it, the arguments are traced, not plain numbers", edits)


def _missing_level(failure: Failure) -> Advice | None:
    """The name of an updated variable, without that of the module around it."""
    source, answer = failure.evidence.source, failure.look.expected.answer
    node = expression_at(source, failure.raised.place)
    key = failure.raised.message.strip("'")
    if failure.raised.exception != "KeyError" or not isinstance(node, ast.Subscript):
        return None
    paths = {each.path for each in (answer.made if answer is not None else ())}
    levels = {each[:-1] for each in paths if each[-1] == key}
    level = levels.pop() if len(levels) == 1 else ()
    text = "".join(f'["{each}"]' for each in level)
    value = _value(failure.evidence, node.value)
    if not level or not isinstance(value, ast.Subscript):
        return None
    edits = (put(text, source.span(value).end),)
    return Advice(f"name the module that has {key}, too: {text}", edits)


def _arguments_replaced(failure: Failure, texts: list[str]) -> tuple[Edit, ...]:
    pairs = zip(failure.call.args, texts, strict=True)
    return tuple(e for node, text in pairs for e in replaced(failure.evidence.source, node, text))


_ADVISERS: Final[tuple[Callable[[Failure], Advice | None], ...]] = (
    _float_seed,
    _only_the_input,
    _behind_the_input,
    _keys_by_position,
    _by_name,
    _as_a_tuple,
    _missing_input,
    params_twice,
    params_alone,
    on_the_class,
    _instance_lifted,
    only_by_name,
    _unknown_keyword,
    _tuple_of_updates,
    _wrong_size,
    _outside,
    numpys_function,
    made_a_number,
    _traced_sizes,
    called_itself,
    _called_early,
    _other_input,
)
