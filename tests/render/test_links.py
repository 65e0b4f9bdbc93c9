"""Where reports link to if there is a website: each read by something that we did not write."""

from __future__ import annotations

import json
from pathlib import Path

import html5lib
import jsonschema
import pytest
from markdown_it import MarkdownIt
from reports import MISTAKEN

from grader.render import RENDERERS

PAGE = "https://course.example/grade/rules/per-example-params.html"
SCHEMAS = Path(__file__).parent / "schemas"
OWN = Path(__file__).resolve().parents[2] / "grader" / "render" / "schema.json"


@pytest.fixture(autouse=True)
def website(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SITE", "https://course.example/grade/")


def validator(schema: Path) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads(schema.read_text(encoding="utf-8")),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def test_json() -> None:
    document = json.loads(RENDERERS["json"](MISTAKEN))
    validator(OWN).validate(document)
    assert [each["link"] for each in document["findings"]] == [PAGE]


def test_json_has_no_link_without_a_website(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRADER_SITE")
    assert "link" not in json.loads(RENDERERS["json"](MISTAKEN))["findings"][0]


def test_sarif() -> None:
    document = json.loads(RENDERERS["sarif"](MISTAKEN))
    validator(SCHEMAS / "sarif-2.1.0.json").validate(document)
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    links = {rule["id"]: rule["helpUri"] for rule in rules}
    assert links["per-example-params"] == PAGE
    assert all(link == PAGE.replace("per-example-params", rule) for rule, link in links.items())


def test_html() -> None:
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        RENDERERS["html"](MISTAKEN)
    )
    links = {each.get("href"): "".join(each.itertext()) for each in page.iter("a")}
    assert links[PAGE] == "per-example-params"


def test_markdown() -> None:
    tokens = MarkdownIt("commonmark").parse(RENDERERS["markdown"](MISTAKEN))
    inner = [child for token in tokens for child in token.children or ()]
    assert [each.attrGet("href") for each in inner if each.type == "link_open"] == [PAGE]
