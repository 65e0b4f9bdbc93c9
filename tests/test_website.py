"""The website: what its pages are made of, how links are turned, and what reports link to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.catalogue import exercises
from grader.cli.run import run
from grader.errors import Exit
from grader.render import RENDERERS
from grader.rules import RULES
from grader.website import rule_address, site
from website.check import faults
from website.links import rewritten
from website.pages import NAVIGATION, ROOT, Page, pages

EVERY = {page.path: page for page in pages()}


def test_every_rule_and_every_lesson_has_a_page() -> None:
    assert {f"rules/{rule.id}.md" for rule in RULES} <= EVERY.keys()
    assert {f"lessons/{each.exercise.slug}.md" for each in exercises()} <= EVERY.keys()
    assert {page.section for page in EVERY.values()} == set(NAVIGATION)


def test_pages_hold_the_texts_that_commands_show() -> None:
    for rule in RULES:
        text = EVERY[f"rules/{rule.id}.md"].text
        assert all(part.strip() in text for part in (rule.explanation, rule.wrong, rule.right))
    assert "| 130 | interrupted" in EVERY["contract.md"].text
    assert all(f"### {name}\n" in EVERY["contract.md"].text for name in RENDERERS)
    assert all(f"| {code.value} |" in EVERY["contract.md"].text for code in Exit)
    assert "--skip" in EVERY["commands.md"].text


def test_pages_hold_no_solution_and_nothing_for_teachers() -> None:
    for each in exercises():
        text = EVERY[f"lessons/{each.exercise.slug}.md"].text
        assert each.solution.read_text(encoding="utf-8").strip() not in text
        assert "<!--" not in text


def test_every_key_of_the_json_report_is_described() -> None:
    schema = json.loads((ROOT / "grader/render/schema.json").read_text(encoding="utf-8"))
    described = set(re.findall(r"^\| `(\w+)` \|", EVERY["json.md"].text, re.MULTILINE))
    parts = [schema, *schema["$defs"].values()]
    assert described == {key for part in parts for key in part.get("properties", ())}


PLACES = {"README.md": "index.md", "docs/a.md": "deep/a.md", "docs/b.md": "b.md"}


@pytest.mark.parametrize(
    ("source", "text", "turned"),
    [
        ("README.md", "[a](docs/a.md#x)", "[a](deep/a.md#x)"),
        ("docs/a.md", "[r](../README.md), [b](b.md)", "[r](../index.md), [b](../b.md)"),
        (
            "docs/a.md",
            "[here](#x) [out](https://x.org/b.md)",
            "[here](#x) [out](https://x.org/b.md)",
        ),
        ("docs/a.md", "```md\n[b](b.md)\n```", "```md\n[b](b.md)\n```"),
    ],
)
def test_links_lead_to_pages(source: str, text: str, turned: str) -> None:
    assert rewritten(text, source, PLACES) == turned


def test_a_link_to_no_page_is_refused() -> None:
    with pytest.raises(ValueError, match=r"gone\.md, which is no page"):
        rewritten("[a](gone.md)", "README.md", PLACES)


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="b.html#there">', []),
        ('<a href="b.html#gone">', ["a.html: b.html#gone leads nowhere"]),
        ('<a href="c.html">', ["a.html: c.html leads nowhere"]),
        ('<a href="#x"><p id="x">', []),
        ('<a href="https://x.org/c.html">', []),
        ('<script src="https://x.org/a.js">', ["a.html loads https://x.org/a.js"]),
        ('<link rel="stylesheet" href="//x.org/a.css">', ["a.html loads //x.org/a.css"]),
        ('<link rel="canonical" href="https://x.org">', []),
        ('<img src="data:image/png;base64,">', []),
    ],
)
def test_what_is_wrong_with_a_site(tmp_path: Path, html: str, found: list[str]) -> None:
    (tmp_path / "a.html").write_text(html)
    (tmp_path / "b.html").write_text('<p id="there">')
    assert faults(tmp_path) == found


def test_an_empty_site_is_wrong(tmp_path: Path) -> None:
    assert faults(tmp_path)


@pytest.mark.slow
def test_it_builds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "website"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(EVERY)} pages" in done.stdout


# ----------------------------------------------------------------------------------- its address

BASE = "https://course.example/grade"


@pytest.mark.parametrize(
    ("given", "base"),
    [
        (BASE, BASE),
        (f" {BASE}// ", BASE),
        ("file:///srv/site", "file:///srv/site"),
        ("", None),
        ("javascript:alert(1)", None),
        ("https://a b", None),
        ('https://a"onclick="', None),
        ("https://a\x1b[31m", None),
        ("https://<b>", None),
    ],
)
def test_only_an_address_is_one(
    monkeypatch: pytest.MonkeyPatch, given: str, base: str | None
) -> None:
    monkeypatch.setenv("GRADER_SITE", given)
    assert site() == base


def test_links_lead_to_pages_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SITE", BASE)
    for name in (None, *(rule.id for rule in RULES)):
        address = rule_address(name)
        assert address is not None
        assert address.removeprefix(f"{BASE}/").replace(".html", ".md") in EVERY


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr("webbrowser.open", found.append)
    return found


def test_explain_opens_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: list[str]
) -> None:
    monkeypatch.setenv("GRADER_SITE", BASE)
    assert run(["explain", "wrong-in-axes", "--web"]) == 0
    assert run(["explain", "--web"]) == 0
    assert opened == [f"{BASE}/rules/wrong-in-axes.html", f"{BASE}/rules/index.html"]
    assert capsys.readouterr().out.split() == opened
    run(["explain", "wrong-in-axes"])
    assert opened[0] in capsys.readouterr().out


def test_without_a_website_explain_opens_the_librarys_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: list[str]
) -> None:
    monkeypatch.delenv("GRADER_SITE", raising=False)
    assert run(["explain", "wrong-in-axes", "--web"]) == 0
    assert opened[0].startswith("https://flax")
    assert "GRADER_SITE isn't set" in capsys.readouterr().err
    assert run(["explain", "--web"]) == 2
    assert len(opened) == 1


def test_a_page_is_written_below_its_folder(tmp_path: Path) -> None:
    Page("Start", "A", "deep/a.md", "text\n\n").write(tmp_path)
    assert (tmp_path / "deep/a.md").read_text() == "text\n"
