"""What programs can rely on: exit codes, report formats, and the JSON report's schema."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grader.render import RENDERERS
from website.pages import ROOT, Page

_EXIT_CODES: Final = re.compile(r"^\| exit code \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)
_SCHEMA: Final = "[schema.json](schema.json) says the same for programs (JSON Schema, 2020-12)."
_Schema = Mapping[str, Any]


def pages() -> Iterator[Page]:
    """Yield the exit codes with the formats, and the schema."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    codes = _EXIT_CODES.search(readme)
    if codes is None:
        raise ValueError("the README has no table of exit codes")
    text = f"# Exit codes and formats\n\n## Exit codes\n\n{codes.group().strip()}\n\n{_formats()}"
    yield Page("Reference", "Exit codes and formats", "contract.md", text)
    yield Page("Reference", "JSON report", "json.md", _json_report())


def _formats() -> str:
    parts = ["## Formats of `--report`"]
    for name, renderer in RENDERERS.items():
        module = importlib.import_module(f"grader.render.{renderer.module}")
        parts.append(f"### {name}\n\n{inspect.getdoc(module)}")
        parts.append(
            "Several files make one document."
            if renderer.several
            else "A document holds one file, so only one can be graded."
        )
    return "\n\n".join(parts)


def _json_report() -> str:
    schema = json.loads((ROOT / "grader/render/schema.json").read_text(encoding="utf-8"))
    definitions = schema["$defs"]
    parts = [
        "# The JSON report",
        schema.get("description", ""),
        _SCHEMA,
        _object(schema, definitions),
    ]
    for name, each in definitions.items():
        body = _object(each, definitions) if "properties" in each else _choices(each)
        parts.append(f"## {name}\n\n{each.get('description', '')}\n\n{body}")
    return "\n\n".join(parts)


def _object(schema: _Schema, definitions: _Schema) -> str:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    required = set(schema.get("required", ()))
    rows = [
        f"| `{name}` | {_kind(each)} | {'always' if name in required else 'sometimes'} |"
        for name, each in schema.get("properties", {}).items()
    ]
    return "\n".join(["| key | value | there |", "|---|---|---|", *rows])


def _kind(schema: _Schema) -> str:
    """Say what a value is, with a link to what has a name."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return _choices(schema)
    if schema.get("type") == "array":
        return f"array of {_kind(schema.get('items', {}))}"
    bounds = [f"{word} {schema[key]}" for key, word in _BOUNDS.items() if key in schema]
    return " ".join([str(schema.get("type", "any value")), *bounds])


_BOUNDS: Final = {"minimum": "\u2265", "maximum": "\u2264"}


def _choices(schema: _Schema) -> str:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return " or ".join(f"`{json.dumps(each)}`" for each in values)
