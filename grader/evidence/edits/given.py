"""Edits that use the class that the task provides, as the starter has it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from grader.evidence.edits.text import Edits, expression_at, is_inside, put, replaced, segment
from grader.model.edit import shifted, whole_lines
from grader.model.parsing import parsed
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import LiftedCall, Span


class _Class(NamedTuple):
    """A class that the task provides: its text, and what the names in it refer to."""

    text: str
    imports: dict[str, str]


def given_edits(evidence: Evidence, call: LiftedCall) -> Edits:
    """Write the task's class as the starter has it, and lift it."""
    source, name = evidence.source, evidence.exercise.module
    given = _given(evidence, name)
    if given is None:
        return ()
    written = _written(source, given, name)
    place = evidence.landmarks.target(call)
    node = expression_at(source, place) if place != call.span else None
    if call.target == name:
        return written
    if node is None or not isinstance(node, ast.Name | ast.Attribute):
        return ()
    lifted = replaced(source, node, name)
    if source.definition(name) is not None:
        return (*written, *lifted)
    return (*_added(source, given, evidence.landmarks.entry), *lifted)


def restored(evidence: Evidence, name: str) -> Edits:
    """Write the task's class `name` as the starter has it, where the text has its own."""
    given = _given(evidence, name)
    return _written(evidence.source, given, name) if given is not None else ()


def altered_class(evidence: Evidence) -> ast.ClassDef | None:
    """Return the text's own first class that the starter has in another form."""
    given = {each.name: said for each, said in _classes(Source("", evidence.exercise.given))}
    own = _classes(evidence.source)
    return next((each for each, said in own if given.get(each.name, said) != said), None)


def _classes(source: Source) -> list[tuple[ast.ClassDef, str]]:
    """Return the classes at the top of a text with what they say, without docstrings."""
    found = [each for each in source.body if isinstance(each, ast.ClassDef)]
    texts = ((each, segment(source, each)) for each in found)
    return [(each, ast.dump(parsed(_undocumented(text)))) for each, text in texts if text]


def import_replaced(evidence: Evidence, span: Span | None) -> Edits:
    """Write the task's class instead of a statement that imports just that."""
    source, given = evidence.source, _given(evidence, evidence.exercise.module)
    for node in source.body:
        if isinstance(node, ast.ImportFrom) and given is not None and source.span(node) == span:
            names = [each.asname or each.name for each in node.names]
            missing = _missing_imports(source, given)
            if names == [evidence.exercise.module] and missing is not None:
                text = "\n".join([*missing, "", "", given.text, ""] if missing else [given.text])
                return (put(text, source.span(node).start, source.span(node).end),)
    return ()


def _given(evidence: Evidence, name: str) -> _Class | None:
    """Return the task's class of a name, None if it is Flax's own or isn't in the starter."""
    starter = Source("starter.py", evidence.exercise.given)
    for node in starter.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            text = segment(starter, node)
            known = {name: dotted for name, dotted in starter.names.imports.items() if name in used}
            return _Class(text, known) if text is not None and not node.decorator_list else None
    return None


def _written(source: Source, given: _Class, name: str) -> Edits:
    """Write the class instead of the text's own, line by line."""
    own = [each for each in source.body if isinstance(each, ast.ClassDef) and each.name == name]
    if len(own) != 1 or own[0].decorator_list:
        return ()
    if _missing_imports(source.part(source.span(own[0])), given) != []:
        return ()
    file, span = source.place(source.span(own[0]))
    lines = list(file.lines)
    documented = any(map(_documented, ast.walk(own[0])))
    text = given.text if documented else _undocumented(given.text)
    lines[span.line - 1 : span.end_line] = text.split("\n")
    return shifted(source, file, whole_lines(file, "\n".join(lines)))


def _documented(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None


def _undocumented(text: str) -> str:
    """Leave the docstrings out of a class, and the empty line behind its own."""
    lines, tree = text.split("\n"), parsed(text)
    for node in [each for each in ast.walk(tree) if _documented(each)][::-1]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first, last = node.body[0].lineno - 1, node.body[0].end_lineno or 0
            empty = last < len(lines) and not lines[last].strip()
            del lines[first : last + empty]
    return "\n".join(lines)


def _added(source: Source, given: _Class, entry: ast.AST | None) -> Edits:
    """Write the class before the statement at the top that the function stands in."""
    before = next((each for each in source.body if is_inside(entry, each)), None)
    own = source.part(source.span(before)) if before is not None else source
    missing = _missing_imports(own, given)
    if before is None or missing is None:
        return ()
    line = min([before.lineno, *(e.lineno for e in getattr(before, "decorator_list", []))])
    return (*_imported(own, missing), put(f"{given.text}\n\n\n", (line, 1)))


def imported(source: Source, line: str) -> Edits:
    """Write an import behind the last one at the top of the text."""
    return _imported(source, [line])


def _imported(source: Source, lines: list[str]) -> Edits:
    imports = [each for each in source.body if isinstance(each, ast.Import | ast.ImportFrom)]
    if not lines or not imports:
        return ()
    number = source.span(imports[-1]).end_line
    return (put("".join(f"{each}\n" for each in lines), (number + 1, 1)),)


def _missing_imports(source: Source, given: _Class) -> list[str] | None:
    """Return the imports that the class needs; None if its names mean something else here."""
    names = source.names
    lines: list[str] = []
    for name, dotted in given.imports.items():
        found = names.imports.get(name)
        if found is None and name not in names.bound:
            lines.append(import_line(name, dotted))
        elif found != dotted:
            return None
    return lines


def import_line(name: str, dotted: str) -> str:
    """Write the import of a module by a name."""
    return f"import {dotted}" if name == dotted else f"import {dotted} as {name}"
