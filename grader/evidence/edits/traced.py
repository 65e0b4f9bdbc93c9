"""What to write instead of a call that wants a value, where an array has none yet."""

from __future__ import annotations

import ast
from typing import Final

from grader.evidence.edits.failure import Failure
from grader.evidence.edits.text import Advice, name_of, replaced, segment


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NUMPY: Final = "numpy"
_NOT_IN_JAX: Final = _words(
    "array2string asanyarray asarray_chkfinite ascontiguousarray asfortranarray asmatrix base_repr "
    "binary_repr bmat broadcast common_type copyto fix half may_share_memory matrix ndenumerate "
    "ndindex nditer poly1d putmask random real_if_close require row_stack savetxt "
    "savez_compressed shares_memory str_ testing"
)
"""Names of NumPy that jax.numpy doesn't have, among those that may get an array."""
_FUNCTION: Final = "The problem arose with the `float` function"


def numpys_function(failure: Failure) -> Advice | None:
    """NumPy's function in place of jax.numpy's."""
    source, call = failure.evidence.source, failure.call
    package, _, name = source.names.dotted(call.func).partition(".")
    if failure.raised.exception != "TracerArrayConversionError" or package != _NUMPY:
        return None
    home = name_of(source, "jax.numpy")
    if home is None or not name or name.partition(".")[0] in _NOT_IN_JAX:
        return None
    text = f"{home}.{name}"
    return Advice(
        f"call {text} in place of {ast.unparse(call.func)}", replaced(source, call.func, text)
    )


def made_a_number(failure: Failure) -> Advice | None:
    """An array that is made a float, and might stay what it is."""
    source, call = failure.evidence.source, failure.call
    if _FUNCTION not in failure.raised.message or source.names.builtin(call.func) != "float":
        return None
    if len(call.args) != 1 or call.keywords:
        return None
    text = segment(source, call.args[0]) or ""
    edits = replaced(source, call, f"({text})" if not _is_closed(call.args[0]) else text)
    return Advice("leave out float(…): the array is a number that you can calculate with", edits)


def _is_closed(node: ast.expr) -> bool:
    """Whether an expression needs no brackets, whatever stands beside it."""
    return isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.Constant)
