"""Where a finding advises something else in words than what its edits do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from grader.model.finding import Finding

SEARCHES = re.compile(r"\b(print|look (for|at)|find where|check|compare|count|read its?)\b")
WRITTEN = re.compile(r"\b(\w+=(?:\{[^}]*\}|\([^)]*\)|\[[^\]]*\]|[\w.\"'-]+(?:\(\))?))")
KEYS = re.compile(r"(?:jax\.random\.\w+\((?:[^()]|\([^()]*\))*\)(?:\[\d\])?)")
INSTEAD = re.compile(r"write (?P<right>[\w.]+) instead of (?P<wrong>[\w.]+)")
GONE = re.compile(r"(?:remove|delete|leave) (?P<name>[\w.]+)(?:\(\))?(?=$|[:,;]| as)")


def plain(text: str) -> str:
    """Leave out what may be written in other ways: blanks, quotes, and what modules are called."""
    text = re.sub(r"[\s\"']|(?:jax\.)?\b(?:random|jr)\.", "", text)
    return text.replace(",)", ")").replace("PRNGKey(", "key(")


def told_code(finding: Finding) -> Iterator[str]:
    """Yield the code that the words name."""
    yield from (each for each in WRITTEN.findall(finding.help) if not each.startswith("rngs="))
    yield from KEYS.findall(finding.help)


def contradictions(finding: Finding, before: str, after: str) -> Iterator[str]:
    """Say in which ways the edits do something else than the words."""
    if SEARCHES.search(finding.help):
        yield "the words search for what the edits know"
    for code in told_code(finding):
        value = code.partition("=")[2] if WRITTEN.fullmatch(code) else code
        if not any(plain(each) in plain(after) for each in (value, *entries(value, finding))):
            yield f"{code} isn't written"
    instead = INSTEAD.search(finding.help)
    if instead is not None:
        right = instead["right"].rpartition(".")[2]
        if Counter(words(after))[right] <= Counter(words(before))[right]:
            yield f"{right} isn't written"
    gone = GONE.search(finding.help)
    if gone is not None and gone["name"] not in {"this", "the", "it"} and not_default(finding):
        name = gone["name"].rpartition(".")[2]
        if Counter(words(after))[name] >= Counter(words(before))[name]:
            yield f"{name} is still there"
    if "unchanged" in finding.help and not re.search(r"starter|pass it", finding.help):
        code = [each.text for each in finding.edits if not re.fullmatch(r"\w*", each.text)]
        if code:
            yield f"{code} aren't arguments"


def entries(value: str, finding: Finding) -> Iterator[str]:
    """Yield a dict's entries of which only the value is written."""
    written = {plain(each.text) for each in finding.edits}
    for name, entry in re.findall(r'"(\w+)": (\w+)', value):
        if entry in written:
            yield f"{name}: {entry}"
            yield entry


def not_default(finding: Finding) -> bool:
    """Whether something is left out, not set to what it is by default."""
    return "default" not in finding.help or not any(each.text for each in finding.edits)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
