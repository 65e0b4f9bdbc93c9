"""Every format, of every report, against something that we did not write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
import jsonschema
import msgspec
import pytest
import xmlschema
from markdown_it import MarkdownIt
from markdown_it.token import Token
from reports import (
    BAD,
    ERROR,
    MISTAKEN,
    NASTY,
    PER_EXAMPLE,
    PROVED,
    REPORTS,
    UNGRADABLE,
    report,
    results,
)

from grader.model.exercise import Check
from grader.model.finding import Severity
from grader.model.observation import Span
from grader.model.report import Output, Report, Status, Verdict
from grader.model.source import Source
from grader.render import RENDERERS
from grader.render.layout import Page
from grader.render.markdown import fenced, prose
from grader.render.summary import summary_table
from grader.render.text import as_text
from grader.render.tool import tool_version
from grader.render.visible import cells, visible, visible_lines

Golden = Callable[[str, str], None]

SCHEMAS = Path(__file__).parent / "schemas"
EVERY = tuple(REPORTS.values())
SEVERAL = [name for name, renderer in RENDERERS.items() if renderer.several]


@pytest.fixture(scope="module")
def junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


@pytest.fixture(scope="module")
def sarif() -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


# ---------------------------------------------------------------------------------- all formats


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("one", REPORTS)
def test_text_is_plain(name: str, one: str) -> None:
    """Nothing that acts on a terminal, and no lone surrogate, in any document."""
    text = RENDERERS[name](REPORTS[one])
    text.encode("utf-8")
    assert text == "" or text.endswith("\n")
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text
    )


@pytest.mark.parametrize("name", sorted(RENDERERS.keys() - {"sarif"}))  # that has all rules' texts
def test_golden_of_each_format(name: str, golden: Golden) -> None:
    suffix = {"junit": "xml", "html": "html"}.get(name, "txt")
    text = RENDERERS[name](msgspec.structs.replace(NASTY, path="my solution.py"))
    golden(f"format-{name}.{suffix}", text.replace(f'"{tool_version()}"', '"0"'))


@pytest.mark.parametrize("name", SEVERAL)
def test_several_reports_contain_each_single_one(name: str) -> None:
    text = RENDERERS[name].combined([MISTAKEN, PROVED, UNGRADABLE])
    assert "my_solution.py" in text
    assert "broken.py" in text
    assert "syntax-error" in text


@pytest.mark.parametrize("name", sorted(RENDERERS.keys() - set(SEVERAL)))
def test_formats_for_one_submission_refuse_several(name: str) -> None:
    with pytest.raises(ValueError, match="one submission"):
        RENDERERS[name].combined([MISTAKEN, PROVED])


# ---------------------------------------------------------------------------- concise and GitLab

# Vim's errorformat `%f:%l:%c: %m`, and the usual problem matcher of VS Code.
CONCISE = re.compile(r"(?P<path>.+?):(?P<line>[1-9]\d*):(?P<column>[1-9]\d*): (?P<rule>[\w-]+) .+")


@pytest.mark.parametrize("one", REPORTS)
def test_concise_has_a_line_for_each_finding(one: str) -> None:
    graded = REPORTS[one]
    lines = RENDERERS["concise"](graded).splitlines()
    found = [CONCISE.fullmatch(line) for line in lines]
    rules = [each["rule"] for each in found if each is not None]
    broken = ["grader-error"] if graded.verdict is Verdict.ERROR else []
    assert rules == [*broken, *(finding.rule for finding in graded.findings)]


def test_concise_points_where_the_finding_does() -> None:
    [line] = RENDERERS["concise"](UNGRADABLE).splitlines()
    assert line == "broken.py:3:45: syntax-error Python can't read the file: expected ':'"


# As https://docs.gitlab.com/ci/testing/code_quality/ describes the report.
POINT = {
    "type": "object",
    "required": ["line"],
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"minimum": 1}},
}
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^[a-z-]+$"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {"required": ["begin"]},
                    "positions": {"required": ["begin"], "properties": {"begin": POINT}},
                },
                "oneOf": [{"required": ["lines"]}, {"required": ["positions"]}],
            },
        },
    },
}


def test_gitlab_is_valid_and_fingerprints_are_unique() -> None:
    found = json.loads(RENDERERS["gitlab"].combined([*EVERY, MISTAKEN]))
    jsonschema.validate(found, CODE_QUALITY)
    fingerprints = [each["fingerprint"] for each in found]
    assert len(set(fingerprints)) == len(fingerprints)
    assert json.loads(RENDERERS["gitlab"](PROVED)) == []


def test_gitlab_fingerprints_stay_when_lines_are_added_above() -> None:
    source = Source(MISTAKEN.path, f"# a comment\n{MISTAKEN.source.text}")
    moved = msgspec.structs.replace(
        MISTAKEN,
        source=source,
        findings=tuple(
            msgspec.structs.replace(
                each,
                span=msgspec.structs.replace(
                    each.span, line=each.span.line + 1, end_line=each.span.end_line + 1
                ),
            )
            for each in MISTAKEN.findings
            if each.span is not None
        ),
    )
    before, after = (json.loads(RENDERERS["gitlab"](each)) for each in (MISTAKEN, moved))
    assert [each["fingerprint"] for each in before] == [each["fingerprint"] for each in after]
    assert before != after


# ---------------------------------------------------------------------------------------- JUnit


@pytest.mark.parametrize("one", REPORTS)
def test_junit_is_valid(one: str, junit: xmlschema.XMLSchema) -> None:
    junit.validate(RENDERERS["junit"](REPORTS[one]))


def test_junit_of_several_is_valid(junit: xmlschema.XMLSchema) -> None:
    text = RENDERERS["junit"].combined(EVERY)
    junit.validate(text)
    root = ET.fromstring(text)
    suites = root.findall("testsuite")
    assert len(suites) == len(EVERY)
    for key in ("tests", "failures", "errors"):
        assert int(root.get(key, "")) == sum(int(suite.get(key, "")) for suite in suites)


def test_junit_counts_its_tests() -> None:
    for one in EVERY:
        [suite] = ET.fromstring(RENDERERS["junit"](one))
        counted = {
            "tests": len(suite.findall("testcase")),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        assert {key: int(suite.get(key, "")) for key in counted} == counted


def test_junit_says_where_and_shows_the_source() -> None:
    [failure] = ET.fromstring(RENDERERS["junit"](MISTAKEN)).iter("failure")
    assert failure.get("type") == "per-example-params"
    assert failure.get("message", "").startswith("my_solution.py:9:23: every example")
    assert 'variable_axes={"params": 0}' in (failure.text or "")


def test_a_check_that_follows_from_another_says_so() -> None:
    checks = results(PER_EXAMPLE.check, Check.VALUES)
    one = report(MISTAKEN.source.text, PER_EXAMPLE, checks=checks)
    said = "this follows from per-example-params: every example has its own copy of the weights"
    values, _ = ET.fromstring(RENDERERS["junit"](one)).iter("failure")
    assert values.get("message") == said
    assert said in RENDERERS["gradescope"](one)
    assert said in RENDERERS["exercism"](one)


def test_junit_has_the_output() -> None:
    [out] = ET.fromstring(RENDERERS["junit"](NASTY)).findall("testsuite/system-out")
    plain = BAD.split("\x00", maxsplit=1)[0].replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert plain in (out.text or "")


# ---------------------------------------------------------------------------------------- SARIF


@pytest.mark.parametrize("one", REPORTS)
def test_sarif_is_valid(one: str, sarif: jsonschema.Draft202012Validator) -> None:
    sarif.validate(json.loads(RENDERERS["sarif"](REPORTS[one])))


def test_sarif_of_several_is_one_run(sarif: jsonschema.Draft202012Validator) -> None:
    log = json.loads(RENDERERS["sarif"].combined(EVERY))
    sarif.validate(log)
    [run] = log["runs"]
    assert len(run["results"]) == sum(len(one.findings) for one in EVERY)
    assert len(run["artifacts"]) == len({one.path for one in EVERY})


def test_sarif_results_point_at_their_rules() -> None:
    [run] = json.loads(RENDERERS["sarif"](NASTY))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_region() -> None:
    [run] = json.loads(RENDERERS["sarif"](MISTAKEN))["runs"]
    [result] = run["results"]
    [location] = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "my_solution.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 9, "startColumn": 23, "endLine": 9, "endColumn": 36},
    }


def test_sarif_fingerprints_survive_a_moved_line() -> None:
    def prints(text: str, line: int) -> object:
        assert PER_EXAMPLE.span is not None
        at = msgspec.structs.replace(PER_EXAMPLE.span, line=line, end_line=line)
        one = report(text, msgspec.structs.replace(PER_EXAMPLE, span=at))
        [run] = json.loads(RENDERERS["sarif"](one))["runs"]
        return [result["partialFingerprints"] for result in run["results"]]

    text = MISTAKEN.source.text
    assert prints(text, 9) == prints("\n\n" + text, 11)
    assert prints(text, 9) != prints(text, 10)


def test_sarif_says_that_the_grader_failed() -> None:
    [run] = json.loads(RENDERERS["sarif"](ERROR))["runs"]
    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"]


# --------------------------------------------------------------------------------------- GitHub

COMMAND = re.compile(r"::(?P<name>error|warning|notice) (?P<properties>[^:]*)::(?P<data>.*)")


def _commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does: split at `::`, then at `,` and `=`, unescape."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = dict(pair.split("=", 1) for pair in match["properties"].split(","))
        plain = {key: _unescaped(value, ":,") for key, value in pairs.items()}
        found.append((match["name"], plain, _unescaped(match["data"], "")))
    return found


def _unescaped(text: str, more: str) -> str:
    for char in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(char):02X}", char)
    return text


def test_github_escapes_everything() -> None:
    [first, *_] = _commands(RENDERERS["github"](NASTY))
    name, properties, data = first
    assert name == "error"
    assert properties["file"] == visible(NASTY.path)
    assert data.splitlines()[:2] == visible_lines(NASTY.findings[0].message)
    assert "100 % of the time" in data


def test_github_puts_errors_first_and_stops_at_ten() -> None:
    many = report("", *NASTY.findings * 4)
    commands = _commands(RENDERERS["github"](many))
    assert [name for name, _, _ in commands] == ["error"] * 10
    few = [name for name, _, _ in _commands(RENDERERS["github"](NASTY))]
    assert few == ["error", "error", "error", "warning", "notice"]


def test_github_gives_columns_on_one_line_only() -> None:
    for _, properties, _ in _commands(RENDERERS["github"](NASTY)):
        several = properties["line"] != properties["endLine"]
        assert several != ("col" in properties)
        assert several != ("endColumn" in properties)


def test_github_reports_failures_of_the_grader() -> None:
    [(name, properties, data)] = _commands(RENDERERS["github"](ERROR))
    assert (name, properties["title"], data) == ("error", "grader error", ERROR.summary)


def test_github_is_silent_about_passed_checks() -> None:
    assert RENDERERS["github"](PROVED) == ""


# ----------------------------------------------------------------------------------- Gradescope


def test_gradescope_scores_by_weight() -> None:
    document = json.loads(RENDERERS["gradescope"](MISTAKEN))
    tests = document["tests"]
    assert sum(test["max_score"] for test in tests) == 8.0
    assert sum(test["score"] for test in tests) == 7.0
    assert [test["status"] for test in tests].count("failed") == 1
    assert "score" not in document


def test_gradescope_without_checks_has_a_score() -> None:
    document = json.loads(RENDERERS["gradescope"](ERROR))
    assert (document["score"], document["tests"]) == (0.0, [])
    assert ERROR.summary in document["output"]


@pytest.mark.parametrize("one", REPORTS)
def test_gradescope_has_only_specified_fields(one: str) -> None:
    document = json.loads(RENDERERS["gradescope"](REPORTS[one]))
    formats = [value for key, value in document.items() if key.endswith("_format")]
    assert set(formats) == {"text"}
    for test in document["tests"]:
        assert test["status"] in ("passed", "failed")
        assert 0 <= test["score"] <= test["max_score"]
        assert test["visibility"] == "visible"


# ------------------------------------------------------------------------------------- Exercism


@pytest.mark.parametrize("one", REPORTS)
def test_exercism(one: str) -> None:
    document = json.loads(RENDERERS["exercism"](REPORTS[one]))
    assert document["version"] == 3
    statuses = {test["status"] for test in document["tests"]}
    match REPORTS[one].verdict:
        case Verdict.PASSED:
            assert (document["status"], statuses) == ("pass", {"pass"})
        case Verdict.FAILED:
            assert document["status"] == "fail"
            assert "fail" in statuses
        case _:
            assert document["status"] == "error"
            assert document["message"]
    for test in document["tests"]:
        assert (test["status"] == "pass") == (test["message"] is None)
        assert len(test["output"] or "") <= 500


# ------------------------------------------------------------------------------------- Markdown


def test_markdown_fits_a_comment() -> None:
    loud = report("", *[PER_EXAMPLE] * 200, output=Output(stdout="`" * 10**6))
    for text in (RENDERERS["markdown"](loud), RENDERERS["markdown"].combined([loud] * 3)):
        assert len(text) < 65_536
        assert "left out" in text


def _markdown_tokens(text: str) -> list[Token]:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    return [inner for token in tokens for inner in [token, *(token.children or ())]]


@pytest.mark.parametrize("one", REPORTS)
def test_the_learners_markdown_is_escaped(one: str) -> None:
    tokens = _markdown_tokens(RENDERERS["markdown"](REPORTS[one]))
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "em_open", "s_open", "code_block", "hr", "list_open"}
    assert sum(token.type == "heading_open" for token in tokens) == 1 + len(REPORTS[one].findings)
    for token in tokens:
        if token.type == "html_inline":
            assert token.content in ("<br>", "<!-- -->")
        if token.type == "html_block":
            assert re.fullmatch(r"(</?details>|<summary>[^<]*</summary>)+", token.content.strip())


HOSTILE = [
    "# a",
    "1. a",
    "2) a",
    "- a",
    "+ a",
    "> a",
    "=====",
    "    a",
    "| a | b |",
    "*a* __b__ ~~c~~ $d$",
    "[a](b) ![c](d) [e]: f",
    "<b>a</b> &lt; &copy;",
    "a ` b `` c ``` d",
    "`a` and `b|c`",
    "\\ \\* \\`",
    "<!-- a -->",
    "a\n\n# b\n```\nc",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_prose_reads_as_it_was_written(text: str) -> None:
    tokens = _markdown_tokens(prose(text))
    assert {token.type for token in tokens} <= {
        "paragraph_open",
        "inline",
        "text",
        "text_special",
        "code_inline",
        "paragraph_close",
    }
    kinds = ("text", "text_special", "code_inline")
    words = "".join(token.content for token in tokens if token.type in kinds)
    assert words == " ".join(re.sub(r"(?<!`)`([^`]+)`(?!`)", r"\1", " ".join(text.split())).split())


def test_markdown_prose_has_no_mentions_or_links() -> None:
    assert prose("@all #1 a@b.c") == "@<!-- -->all #<!-- -->1 a@<!-- -->b.c"
    assert prose("https://a.b www.c.d :tada:") == "https\\://a.b www\\.c.d \\:tada:"


def test_markdown_fence_is_longer_than_any_run_inside() -> None:
    [token] = _markdown_tokens(fenced("```\n````text\n~~~~~\n# a"))
    assert (token.type, token.content) == ("fence", "```\n````text\n~~~~~\n# a\n")


# ------------------------------------------------------------------------------------------ HTML


def _elements(text: str) -> list[ET.Element]:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return list(parser.parse(text).iter())


@pytest.mark.parametrize("one", REPORTS)
def test_html_parses_and_runs_nothing(one: str) -> None:
    text = RENDERERS["html"](REPORTS[one])
    for element in _elements(text):
        tag = str(element.tag).rpartition("}")[2]
        assert tag not in ("script", "iframe", "object", "embed", "link", "img", "form", "base")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("style", "src")
            assert name != "href" or value.startswith("#")


def test_html_shows_the_learners_text_and_no_more() -> None:
    text = RENDERERS["html"](NASTY)
    words = "".join(_elements(text)[0].itertext())
    assert "</pre></script><script>alert(1)</script>" in words
    assert "[bold red]no[/]" in words


def test_html_of_several_has_unique_ids_and_no_dead_links() -> None:
    elements = _elements(RENDERERS["html"].combined([*EVERY, NASTY]))
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids))
    links = {element.get("href") for element in elements if element.get("href")}
    assert {str(link)[1:] for link in links} <= set(ids)


def test_html_allows_its_own_style_only() -> None:
    text = RENDERERS["html"](MISTAKEN)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_html_marks_the_span() -> None:
    marks = re.findall(r'<mark class="error">(.*?)</mark>', RENDERERS["html"](MISTAKEN))
    shown = re.sub("<[^>]*>", "", "".join(marks))
    assert shown == "{&quot;params&quot;: 0}" * 2


@pytest.mark.parametrize("text", ["x = '" + "a" * 500_000 + "'\n", "x = 1\n" * 50_000])
def test_html_of_a_huge_file_is_small(text: str) -> None:
    end = len(text.split("\n", maxsplit=1)[0]) + 1
    at = Span(line=1, column=end - 3, end_line=1, end_column=end)
    page = RENDERERS["html"](report(text, msgspec.structs.replace(PER_EXAMPLE, span=at)))
    _elements(page)
    assert len(page) < 50_000
    assert "^^^" in page


# ------------------------------------------------------------------------------------------ text


def test_text_of_several_ends_in_a_table() -> None:
    text = RENDERERS["text"].combined(EVERY)
    table = text[text.rindex(" \u2717 my_solution.py") :]
    assert not re.search(r" \d s\b", table)
    assert table.splitlines()[-1].startswith(f" 2 of {len(EVERY)} passed")
    assert "broken.py" in table


def test_statuses_agree_with_findings() -> None:
    """The fixture itself: an error's check failed."""
    for one in EVERY:
        failed = {check.check for check in one.checks if check.status is Status.FAILED}
        assert failed == {f.check for f in one.findings if f.severity is Severity.ERROR}


def test_no_report_is_too_large_for_any_format() -> None:
    huge: Report = msgspec.structs.replace(
        NASTY, findings=NASTY.findings * 20, output=Output(stdout="\x00" * 200_000)
    )
    for name, renderer in RENDERERS.items():
        assert len(renderer(huge)) < 5_000_000, name


def test_the_table_names_the_common_folder_once() -> None:
    each = [msgspec.structs.replace(MISTAKEN, path=f"course/week 1/{name}.py") for name in "ab"]
    table = as_text(summary_table(each, Page(60)))
    assert table.splitlines() == [
        " course/week 1/",
        " \u2717 a.py   7 of 8   per-example-params",
        " \u2717 b.py   7 of 8   per-example-params",
        "",
        " 0 of 2 passed",
    ]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_table_fits_the_page(width: int) -> None:
    for line in as_text(summary_table([*EVERY, NASTY], Page(width))).splitlines():
        assert cells(line) <= width
