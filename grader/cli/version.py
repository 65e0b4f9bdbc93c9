"""The versions of the grader and of what it grades with, read without importing any of it."""

from __future__ import annotations

import platform
import re
from pathlib import Path

DISTRIBUTION = "jax-exercise-grader"
_BESIDE = ("jax", "flax", "hypothesis")


def grader_version() -> str:
    """Return the installed version, or in a checkout the one that its pyproject.toml declares."""
    return _installed(DISTRIBUTION) or _checkout_version()


def _checkout_version() -> str:
    declaration = Path(__file__).resolve().parents[2] / "pyproject.toml"
    try:
        text = declaration.read_text(encoding="utf-8")
    except OSError:
        return "unknown"
    found = re.search(r'^version = "([^"]+)"', text, flags=re.MULTILINE)
    return found[1] if found else "unknown"


def package_version(name: str) -> str:
    """Return the version of an installed package, or `not installed`."""
    return _installed(name) or "not installed"


def _installed(name: str) -> str:
    """Return the version of a package, empty if it is not installed."""
    from importlib import metadata  # it imports the email package

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def version_line() -> str:
    """Return what `grade --version` prints."""
    beside = ", ".join(f"{name} {package_version(name)}" for name in _BESIDE)
    return f"grade {grader_version()} (Python {platform.python_version()}, {beside})"
