"""The JSON Schema of the JSON report, made from its types.

After changing the types, run `python -m grader.render.schema` to update it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from grader.render.json import JsonReport

SCHEMA_PATH = Path(__file__).with_name("schema.json")


def json_schema() -> dict[str, Any]:
    """Return the schema, in Draft 2020-12."""
    schema = msgspec.json.schema(JsonReport)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Report of grader on one submission, version 1",
        **schema,
    }


def schema_text() -> str:
    """Return the text of the schema file."""
    encoded = msgspec.json.encode(json_schema(), order="sorted")
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(schema_text(), encoding="utf-8")
