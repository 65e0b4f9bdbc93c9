"""What a finding advises in words is what its edits do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from grader.judge import judge
from grader.labels import Labelled
from grader.model.edit import Edited
from grader.model.finding import Finding
from tests.labelled import labelled
from tests.recordings import path_of, replayed

SEARCHES = re.compile(r"\b(print|look (for|at)|find where|check|compare|count|read its?)\b")
WRITTEN = re.compile(r"\b(\w+=(?:\{[^}]*\}|\([^)]*\)|\[[^\]]*\]|[\w.\"'-]+(?:\(\))?))")
KEYS = re.compile(r"(?:jax\.random\.\w+\((?:[^()]|\([^()]*\))*\)(?:\[\d\])?)")
INSTEAD = re.compile(r"write (?P<right>[\w.]+) instead of (?P<wrong>[\w.]+)")
GONE = re.compile(r"(?:remove|delete|leave) (?P<name>[\w.]+)(?:\(\))?(?=$|[:,;]| as)")


def mistakes() -> list[Labelled]:
    return [each for each in labelled() if each.path.parent.name == "mistakes"]


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


@pytest.mark.parametrize("slug", sorted({each.folder.slug for each in mistakes()}))
def test_edits_do_what_the_words_say(slug: str) -> None:
    followed = 0
    wrong: list[str] = []
    own = [each for each in mistakes() if each.folder.slug == slug]
    for each in own:
        transcript = replayed(each, path_of(each))
        for finding in judge(transcript):
            if finding.edits:
                followed += 1
                after = Edited(transcript.source, finding.edits).text
                found = contradictions(finding, transcript.source.text, after)
                wrong += [f"{each} {finding.rule}: {finding.help}: {text}" for text in found]
    assert not wrong, "\n".join(wrong)
    assert followed > (20 if own[0].folder.exercise.module else 0)


DISAGREEING = {
    "a search": ("print the shapes before this line", "x = 1\n", "x = 2\n"),
    "another value": ("name it: out_axes=(1, 0)", "x = 1\n", "out_axes=(0, 1)\n"),
    "another key": ("make the key: jax.random.PRNGKey(seed)", "x\n", "jax.random.key(0)\n"),
    "another name": ("write in_axes instead of in_axis", "in_axis=0\n", "out_axes=0\n"),
    "what stays": ("leave use_bias as it is by default", "use_bias=True\n", "use_bias=False\n"),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_a_contradiction_is_seen(name: str) -> None:
    text, before, after = DISAGREEING[name]
    transcript = replayed(mistakes()[0], path_of(mistakes()[0]))
    (finding, *_) = judge(transcript)
    told = msgspec.structs.replace(finding, help=text)
    assert list(contradictions(told, before, after))
