"""Functions of each element, as XLA defines them where NumPy does otherwise.

https://openxla.org/xla/operation_semantics
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported


def _plain(function: Callable[..., Array]) -> Kernel:
    """Return the kernel of a function that needs no parameters."""
    return lambda _parameters, *operands: function(*operands)


def _divide(numerator: Array, denominator: Array) -> Array:
    """Divide; integers towards 0, and by 0 give -1, which is the largest unsigned number."""
    if numerator.dtype.kind == "f":
        return np.true_divide(numerator, denominator)
    zero = denominator == 0
    safe = np.where(zero, denominator.dtype.type(1), denominator)
    quotient = (numerator - np.fmod(numerator, safe)) // safe
    return np.where(zero, np.array(-1).astype(numerator.dtype), quotient)


def _remainder(numerator: Array, denominator: Array) -> Array:
    """Return the rest of a division towards 0; of integers by 0, it is the numerator."""
    if numerator.dtype.kind == "f":
        return np.fmod(numerator, denominator)
    zero = denominator == 0
    safe = np.where(zero, denominator.dtype.type(1), denominator)
    return np.where(zero, numerator, np.fmod(numerator, safe))


def _power(base: Array, exponent: Array) -> Array:
    if base.dtype.kind != "f":
        raise Unsupported
    return np.power(base, exponent.astype(base.dtype))


def _integer_power(parameters: Parameters, base: Array) -> Array:
    exponent = parameters["y"]
    if type(exponent) is not int:
        raise Unsupported
    if base.dtype.kind != "f" and exponent < 0:
        raise Unsupported
    return np.power(base, base.dtype.type(exponent))


def _round(parameters: Parameters, operand: Array) -> Array:
    if parameters["rounding_method"].name == "TO_NEAREST_EVEN":
        return np.round(operand)
    whole = np.trunc(operand)
    return whole + np.copysign((np.abs(operand - whole) >= 0.5).astype(operand.dtype), operand)


def _not(operand: Array) -> Array:
    return np.logical_not(operand) if operand.dtype.kind == "b" else np.invert(operand)


def _bits(operand: Array) -> int:
    return int(operand.dtype.itemsize) * 8


def _unsigned(operand: Array) -> Array:
    return np.asarray(operand).view(f"u{operand.dtype.itemsize}")


def _shift_left(operand: Array, by: Array) -> Array:
    beyond = _unsigned(by) >= _bits(operand)
    shifted = np.left_shift(operand, np.where(beyond, 0, by).astype(by.dtype))
    return np.where(beyond, operand.dtype.type(0), shifted)


def _shift_right_logical(operand: Array, by: Array) -> Array:
    beyond = _unsigned(by) >= _bits(operand)
    shifted = np.right_shift(
        _unsigned(operand), _unsigned(np.where(beyond, 0, by).astype(by.dtype))
    )
    return np.where(beyond, 0, shifted).astype(operand.dtype)


def _shift_right_arithmetic(operand: Array, by: Array) -> Array:
    """Shift in the first bit, also of unsigned integers."""
    beyond = _unsigned(by) >= _bits(operand)
    signed = np.asarray(operand).view(f"i{operand.dtype.itemsize}")
    distance = np.where(beyond, _bits(operand) - 1, by).astype(signed.dtype)
    return np.right_shift(signed, distance).view(operand.dtype)


def _sign(operand: Array) -> Array:
    """Return -1, 0 or 1; the sign of -0.0 is -0.0."""
    signs = np.sign(operand)
    return np.copysign(signs, operand) if operand.dtype.kind == "f" else signs


def _select(which: Array, *cases: Array) -> Array:
    if which.dtype.kind != "b" or len(cases) != 2:
        raise Unsupported
    return np.where(which, cases[1], cases[0])


def _clamp(least: Array, operand: Array, most: Array) -> Array:
    return np.minimum(np.maximum(operand, least), most)


def _convert(parameters: Parameters, operand: Array) -> Array:
    """Convert; floats beyond an integer type become its ends, and what is no number 0."""
    target: np.dtype[Any] = np.dtype(parameters["new_dtype"])
    if operand.dtype.kind != "f" or target.kind not in "iu":
        return operand.astype(target)
    ends = np.iinfo(target)
    whole = np.trunc(np.nan_to_num(operand.astype(np.float64), nan=0.0))
    inside = np.clip(whole, float(ends.min), float(ends.max))
    if target.itemsize < 8:
        return inside.astype(target)
    raise Unsupported


def _bitcast(parameters: Parameters, operand: Array) -> Array:
    target = np.dtype(parameters["new_dtype"])
    if target.itemsize != operand.dtype.itemsize or "b" in (target.kind, operand.dtype.kind):
        raise Unsupported
    return np.asarray(operand).view(target)


def _rsqrt(operand: Array) -> Array:
    return operand.dtype.type(1) / np.sqrt(operand)


def _one_minus_square(operand: Array) -> Array:
    return operand.dtype.type(1) - operand * operand


def _each(function: Callable[[float], float], operand: Array) -> Array:
    """Apply a function of Python, which has double precision, to each element."""
    results = map(function, np.ravel(operand).tolist())
    return np.fromiter(results, operand.dtype, operand.size).reshape(operand.shape)


def _logistic(operand: Array) -> Array:
    one = operand.dtype.type(1)
    return one / (one + np.exp(-operand))


_CENTRAL: Final = """2.81022636e-08 3.43273939e-07 -3.5233877e-06 -4.39150654e-06 0.00021858087
-0.00125372503 -0.00417768164 0.246640727 1.50140941"""
_TAIL: Final = """-0.000200214257 0.000100950558 0.00134934322 -0.00367342844 0.00573950773
-0.0076224613 0.00943887047 1.00167406 2.83297682"""


def _erf_inv(operand: Array) -> Array:
    """Invert the error function as XLA does, in single precision.

    M. Giles, "Approximating the erfinv function" (GPU Computing Gems 2, 2010).
    """
    if operand.dtype != np.float32:
        raise Unsupported
    w = -np.log1p(-operand * operand)
    central = _polynomial(_CENTRAL, w - np.float32(2.5))
    tail = _polynomial(_TAIL, np.sqrt(w) - np.float32(3))
    inside = np.where(w < np.float32(5), central, tail) * operand
    return np.where(np.abs(operand) == 1, operand * np.float32(np.inf), inside)


def _polynomial(coefficients: str, x: Array) -> Array:
    first, *others = map(np.float32, coefficients.split())
    result = np.full_like(x, first)
    for each in others:
        result = result * x + each
    return result


_FUNCTIONS: Final[dict[str, Callable[..., Array]]] = {
    "abs": np.abs,
    "acos": np.arccos,
    "acosh": np.arccosh,
    "add": np.add,
    "add_any": np.add,
    "and": np.bitwise_and,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "atanh": np.arctanh,
    "cbrt": np.cbrt,
    "ceil": np.ceil,
    "clamp": _clamp,
    "cos": np.cos,
    "cosh": np.cosh,
    "div": _divide,
    "eq": np.equal,
    "erf": partial(_each, math.erf),
    "erf_inv": _erf_inv,
    "erfc": partial(_each, math.erfc),
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "floor": np.floor,
    "ge": np.greater_equal,
    "gt": np.greater,
    "is_finite": np.isfinite,
    "le": np.less_equal,
    "log": np.log,
    "log1p": np.log1p,
    "logistic": _logistic,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "nextafter": np.nextafter,
    "not": _not,
    "one_minus_square": _one_minus_square,
    "or": np.bitwise_or,
    "pow": _power,
    "rem": _remainder,
    "rsqrt": _rsqrt,
    "select_n": _select,
    "shift_left": _shift_left,
    "shift_right_arithmetic": _shift_right_arithmetic,
    "shift_right_logical": _shift_right_logical,
    "sign": _sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": np.square,
    "sub": np.subtract,
    "tan": np.tan,
    "tanh": np.tanh,
    "xor": np.bitwise_xor,
}

ELEMENTWISE: Final[dict[str, Kernel]] = {
    name: _plain(each) for name, each in _FUNCTIONS.items()
} | {
    "bitcast_convert_type": _bitcast,
    "convert_element_type": _convert,
    "integer_pow": _integer_power,
    "round": _round,
}
