"""Short names for the values of settings, as a learner would write them.

The record of a function says where it is defined and what it closes over. All of jax's named
initialisers are made by `variance_scaling`.
"""

from __future__ import annotations

import re
from typing import Final

_CLOSURE = re.compile(r"(?P<name>[\w.<>]+)(?:\((?P<held>.*)\))?", re.DOTALL)
_HELD = re.compile(r"(\w+)=('[^']*'|[^,()]+)")
_SCALED: Final = {
    ("1.0", "fan_in", "truncated_normal"): "lecun_normal",
    ("1.0", "fan_in", "uniform"): "lecun_uniform",
    ("2.0", "fan_in", "truncated_normal"): "he_normal",
    ("2.0", "fan_in", "uniform"): "he_uniform",
    ("1.0", "fan_avg", "truncated_normal"): "glorot_normal",
    ("1.0", "fan_avg", "uniform"): "glorot_uniform",
}
"""By scale, mode and distribution (`jax.nn.initializers`)."""


def value_name(text: str) -> str:
    """Return a short form of a recorded value: for a function its name, otherwise the value."""
    match = _CLOSURE.fullmatch(text)
    if match is None or not text[:1].isalpha() or "." not in match["name"]:
        return text
    words = match["name"].replace(".<locals>", "").split(".")
    names = [each for each in words if each not in {"init", ""}]
    name = names[-1] if names else text
    if name == "<lambda>":
        return "lambda …"
    held = dict(_HELD.findall(match["held"] or ""))
    return _initialiser(name, held) if words[-1] == "init" else name


def _initialiser(name: str, held: dict[str, str]) -> str:
    """Write the call that makes an initialiser of jax."""
    scaled = tuple(held.get(each, "").strip("'") for each in ("scale", "mode", "distribution"))
    if name == "variance_scaling" and scaled in _SCALED:
        return f"{_SCALED[scaled]}()"
    if name == "variance_scaling":
        return f"variance_scaling({', '.join(scaled)})"
    told = ", ".join(
        f"{key}={value}" for key, value in held.items() if key in {"stddev", "value", "scale"}
    )
    return f"{name}({told})"
