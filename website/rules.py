"""A page for each rule, from the text that `grade explain` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from grader.catalogue import exercises
from grader.gradebook.outcome.lessons import taught_in
from grader.model.exercise import Check, ExerciseFolder
from grader.rules import RULES
from grader.rules.rule import Rule
from website.pages import Page


def pages() -> Iterator[Page]:
    """Yield the list of rules, and then each of them."""
    order = list(Check)
    rules = sorted(RULES, key=lambda rule: order.index(rule.check))
    yield Page("Rules", "All rules", "rules/index.md", _overview(rules))
    teaching = {each: taught_in(each) for each in exercises()}
    for rule in rules:
        yield Page("Rules", rule.id, f"rules/{rule.id}.md", _text(rule, teaching))


def _overview(rules: list[Rule]) -> str:
    parts = ["# Rules"]
    for check, group in groupby(rules, key=lambda rule: rule.check):
        rows = "\n".join(f"| [{rule.id}]({rule.id}.md) | {rule.title} |" for rule in group)
        parts.append(f"## {check}\n\n| rule | mistake |\n|---|---|\n{rows}")
    return "\n\n".join(parts)


def _text(rule: Rule, teaching: Mapping[ExerciseFolder, Mapping[str, str]]) -> str:
    lessons = [
        f"[{each.exercise.title}](../lessons/{each.exercise.slug}.md) ({sections[rule.id]})"
        for each, sections in teaching.items()
        if rule.id in sections
    ]
    parts = [
        f"# {rule.id}",
        f"**{rule.title}** \u00b7 check `{rule.check}`",
        rule.explanation.strip(),
        f"## Wrong\n\n```python\n{rule.wrong.strip()}\n```",
        f"## Right\n\n```python\n{rule.right.strip()}\n```",
        f"## Read more\n\n- [Documentation]({rule.link})",
    ]
    return "\n\n".join(parts) + "".join(f"\n- {each}" for each in lessons)
