"""Edits for names that have no value: imported, or called what the function calls them."""

from __future__ import annotations

import ast
import difflib
import re
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.given import import_line, imported
from grader.evidence.edits.text import Advice, name_of, put
from grader.evidence.edits.words import renamed
from grader.evidence.libraries import ALIASES
from grader.model.transforms import TRANSFORMS

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import Span
    from grader.model.source import Source

_NO_VALUE: Final = re.compile(r"^name '(\w+)' is not defined")


def unbound_name(message: str) -> str | None:
    """Return the name that a NameError is about."""
    found = _NO_VALUE.match(message)
    return found[1] if found is not None else None


def name_advice(evidence: Evidence, name: str, place: Span | None) -> Advice | None:
    """Import a name that usually refers to a module, or write the similar one that has a value."""
    source, entry = evidence.source.part(place), evidence.landmarks.entry
    if name in source.names.imports:
        return None
    compared = _compared(evidence.source, name, place)
    if compared is not None:
        return compared
    if name in ALIASES:
        dotted = ALIASES[name]
        home, _, last = dotted.rpartition(".")
        line = f"from {home} import {last}" if name == last and home else import_line(name, dotted)
        return Advice(f"import it: {line}", imported(source, line))
    outside = entry is None or not _is_here(evidence, place)
    stored = {
        each.id
        for each in (source.nodes if outside or entry is None else ast.walk(entry))
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    near = difflib.get_close_matches(name, sorted(stored), n=1, cutoff=0.8)
    if not near:
        return _of_a_module(evidence, name, place)
    if near[0] == name:
        return _own_name_of_a_class(evidence, name, place)
    return Advice(f"write {near[0]}", renamed(source, place, name, near[0]))


def _of_a_module(evidence: Evidence, name: str, place: Span | None) -> Advice | None:
    """Write a transform with the module that has it, if just one that is imported does."""
    source = evidence.source.part(place)
    rows = [each for each in TRANSFORMS if each.name == name]
    titles = {title for use in evidence.exercise.uses for title in use.any_of}
    asked = [each for each in rows if each.title in titles]
    homes = {name_of(source, each.holder) for each in asked or rows} - {None}
    if len(homes) != 1:
        return None
    text = f"{homes.pop()}.{name}"
    return Advice(f"write {text}", renamed(source, place, name, text))


def _compared(source: Source, name: str, place: Span | None) -> Advice | None:
    """Give a name the value that a statement only compares it with."""
    for node in source.nodes:
        match node:
            case ast.Expr(
                value=ast.Compare(
                    left=ast.Name(id=own) as left, ops=[ast.Eq()], comparators=[value]
                )
            ) if own == name and place is not None and place.start == source.span(left).start:
                edit = put(" = ", source.span(left).end, source.span(value).start)
                return Advice("write = instead of ==, which only compares", (edit,))
            case _:
                continue
    return None


def _own_name_of_a_class(evidence: Evidence, name: str, place: Span | None) -> Advice | None:
    """Explain `name = name` in the body of a class, whose right side isn't looked up outside."""
    for node in evidence.source.nodes:
        body = node.body if isinstance(node, ast.ClassDef) else []
        for each in body:
            value = each.value if isinstance(each, ast.Assign | ast.AnnAssign) else None
            read = [n for n in ast.walk(value) if isinstance(n, ast.Name)] if value else []
            if any(n.id == name and evidence.source.span(n) == place for n in read):
                text = f"give the outer {name} another name: a class that assigns {name} itself "
                return Advice(f"{text}doesn't look it up in the function around it", ())
    return None


def _is_here(evidence: Evidence, place: Span | None) -> bool:
    """Whether a place is in the file that defines the function."""
    number, head = evidence.source.number, evidence.landmarks.head
    return place is None or head is None or number(place) == number(head)
