"""When a command's output is coloured."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Color(StrEnum):
    """When to colour; `auto` follows the terminal, NO_COLOR and FORCE_COLOR."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"
