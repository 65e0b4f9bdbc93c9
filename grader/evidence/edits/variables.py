"""What to write instead of a call that raised, since a module got its variables otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.evidence.edits.failure import Failure, is_call_of
from grader.evidence.edits.lift import settings_text
from grader.evidence.edits.text import Advice, put, replaced, segment
from grader.evidence.unnamed_params import unnamed_params

_EXTRA_LEVEL: Final = "extra params layer"
_GRADIENTS: Final = frozenset({"jax.grad", "jax.value_and_grad"})

_Function = ast.Lambda | ast.FunctionDef


def params_twice(failure: Failure) -> Advice | None:
    """`apply` with the whole dict as the entry "params" of another one."""
    evidence, call = failure.evidence, failure.call
    if _EXTRA_LEVEL not in failure.raised.message or not is_call_of(call, "apply"):
        return None
    match call.args:
        case [ast.Dict(keys=[ast.Constant(value="params")], values=[value]) as given, *_]:
            text = segment(evidence.source, value) or ""
            edits = replaced(evidence.source, given, text)
            return Advice(f"pass what init returned as it is: {text}", edits)
        case _:
            return None


def params_alone(failure: Failure) -> Advice | None:
    """`apply` with the entry "params" instead of the whole dict."""
    evidence, call = failure.evidence, failure.call
    entered = unnamed_params(failure.look)
    if entered is not None:
        call = evidence.source.call_at(entered.span) or call
    elif not failure.raised.exception.startswith("ApplyScopeInvalidVariables"):
        return None
    if _EXTRA_LEVEL in failure.raised.message:
        return None
    given = call.args[0] if is_call_of(call, "apply") and call.args else None
    if isinstance(given, ast.Subscript) and _is_params(given):
        text = segment(evidence.source, given.value) or ""
        return Advice(
            'pass the whole dict, not its "params" entry', replaced(evidence.source, given, text)
        )
    if not isinstance(given, ast.Name):
        return None
    text = f'{{"params": {given.id}}}'
    return Advice(
        f"pass the parameters by the name of their collection: {text}",
        replaced(evidence.source, given, text),
    )


def _is_params(node: ast.Subscript) -> bool:
    return isinstance(node.slice, ast.Constant) and node.slice.value == "params"


def called_itself(failure: Failure) -> Advice | None:
    """A module called like a function."""
    source, call = failure.evidence.source, failure.call
    if not isinstance(call.func, ast.Name) or not call.args:
        return None
    model = call.func.id
    losses = [each for each in _losses(failure) if any(e is call for e in ast.walk(each[0]))]
    if losses:
        return _called_in_a_loss(failure, *losses[0])
    for node in failure.evidence.landmarks.own:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=variables)],
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="init")),
            ) if owner == model:
                first = source.span(call.args[0]).start
                edits = [put(".apply", source.span(call.func).end)]
                if ast.unparse(call.args[0]) != variables:
                    edits.append(put(f"{variables}, ", first))
                text = f"call {model}.apply with the variables that init returned"
                return Advice(text, tuple(edits))
            case _:
                continue
    return None


def on_the_class(failure: Failure) -> Advice | None:
    """`init` or `apply` called on a class."""
    evidence, call = failure.evidence, failure.call
    if failure.raised.exception != "InvalidInstanceModuleError":
        return None
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    settings = settings_text(evidence, failure.look, call)
    if not isinstance(owner, ast.Name) or settings is None:
        return None
    edits = (put(f"({settings})", evidence.source.span(owner).end),)
    return Advice(f"make an instance of the class first: {owner.id}({settings})", edits)


def _losses(failure: Failure) -> Iterator[tuple[_Function, ast.expr | None]]:
    """Yield each function that is differentiated, and what it's called with first, if that shows.

    A gradient by another argument than the first shows nothing.
    """
    nodes = failure.evidence.source.nodes
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    for gradient in calls:
        if failure.evidence.source.names.dotted(gradient.func) not in _GRADIENTS:
            continue
        function = _function(failure, gradient.args[0]) if gradient.args else None
        given = [each.args[0] for each in calls if each.func is gradient and each.args]
        plain = all(each.arg == "has_aux" for each in gradient.keywords)
        if function is not None:
            yield function, given[0] if given and plain else None


def _function(failure: Failure, node: ast.expr) -> _Function | None:
    if isinstance(node, ast.Lambda) or not isinstance(node, ast.Name):
        return node if isinstance(node, ast.Lambda) else None
    found = [e for e in failure.evidence.source.nodes if isinstance(e, ast.FunctionDef)]
    named = [each for each in found if each.name == node.id]
    return named[0] if len(named) == 1 else None


def _called_in_a_loss(
    failure: Failure, function: _Function, given: ast.expr | None
) -> Advice | None:
    """The module called where a gradient goes through: its variables are the function's argument.

    Those that init returned are constant there, so their gradient would be zero.
    """
    source, call = failure.evidence.source, failure.call
    parameters = function.args.posonlyargs + function.args.args
    if given is None or not parameters:
        return None
    name = parameters[0].arg
    part = isinstance(given, ast.Subscript) and _is_params(given)
    if not part and not _is_all_variables(failure, given):
        return None
    variables = f'{{"params": {name}}}' if part else name
    edits = [put(".apply", source.span(call.func).end)]
    if ast.unparse(call.args[0]) != name:
        edits.append(put(f"{variables}, ", source.span(call.args[0]).start))
    else:
        edits += replaced(source, call.args[0], variables)
    text = f"call {ast.unparse(call.func)}.apply with the variables that the gradient is by"
    return Advice(f"{text}: {variables}", tuple(edits))


def _is_all_variables(failure: Failure, node: ast.expr) -> bool:
    """Whether a name has what init returned."""
    return any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Call)
        and is_call_of(each.value, "init")
        and [ast.unparse(target) for target in each.targets] == [ast.unparse(node)]
        for each in failure.evidence.landmarks.own
    )
