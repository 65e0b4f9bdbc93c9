"""A program that is moved to a helper gets what it got: the same findings, in the other file."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.judge import judge
from grader.labels import Labelled
from grader.model.edit import Edited
from grader.model.files import SeveralFiles
from grader.model.finding import Finding
from grader.model.names import stored
from grader.model.source import Source
from grader.model.transcript import Transcript
from tests.labelled import labelled
from tests.recordings import path_of, replayed

LABELLED = [each for each in labelled() if path_of(each).exists()]
EVERY = 6
"""All take ten minutes: one of six runs, and most of those with the slow tests."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "each" not in metafunc.fixturenames:
        return
    everything = metafunc.config.getoption("--everything")
    some = LABELLED if everything else LABELLED[::EVERY]
    metafunc.parametrize(
        "each",
        [
            pytest.param(each, id=str(each), marks=pytest.mark.slow if number % EVERY else ())
            for number, each in enumerate(some)
        ],
    )


def moved(each: Labelled, main: str) -> Transcript:
    """What was recorded, as if the program had been beside another one that imports it."""
    found = replayed(each, Path(path_of(each)))
    source = SeveralFiles(Source("hw/mine.py", main), [Source("hw/helpers.py", found.source.text)])
    before = source.lines_before(1)
    plain = msgspec.to_builtins(
        (found.loaded, found.exchanges, found.altered), builtin_types=(bytes,)
    )
    loaded, exchanges, altered = _down(plain, before)
    return as_recorded(found, source, loaded, exchanges, altered)


def as_recorded(
    found: Transcript, source: SeveralFiles, loaded: object, exchanges: object, altered: object
) -> Transcript:
    there = msgspec.structs.replace(found, source=source)
    types = {each.name: each.type for each in msgspec.structs.fields(Transcript)}
    return msgspec.structs.replace(
        there,
        loaded=msgspec.convert(loaded, types["loaded"]),
        exchanges=msgspec.convert(exchanges, types["exchanges"]),
        altered=msgspec.convert(altered, types["altered"]),
    )


def _down(value: object, lines: int, kept: frozenset[int] = frozenset()) -> Any:
    """Move every span in a record down, but those that start in the lines that stay."""
    match value:
        case {"line": int(line), "end_line": int(end), "column": _, "end_column": _}:
            down = 0 if line in kept else lines
            return {**value, "line": line + down, "end_line": end + down}
        case dict():
            return {key: _down(each, lines, kept) for key, each in value.items()}
        case list() | tuple():
            return [_down(each, lines, kept) for each in value]
        case _:
            return value


def told(found: Finding, source: Source) -> tuple[object, ...]:
    place = source.place(found.span) if found.span is not None else None
    where = (place.span, place.file.base) if place is not None else None
    message = found.message.removeprefix("helpers.py: ").replace("helpers.py", "the file")
    return found.rule, where, message, found.label, found.help


def expected(found: Finding, name: str = "helpers.py") -> tuple[object, ...]:
    where = (found.span, name) if found.span is not None else None
    return found.rule, where, found.message, found.label, found.help


UNLIKE = {
    "nn-vmap-shared/mistakes/deleted_at_the_end": "importing it raises",
    "nn-vmap-shared/mistakes/function_under_main_guard": "importing it raises",
    "nn-vmap-shared/mistakes/web_page_saved": "the line that imports it is marked",
}


def test_a_program_that_is_imported_gets_the_same(each: Labelled) -> None:
    names = ", ".join(each.folder.exercise.written)
    there = moved(each, f"from helpers import {names}\n")
    for part in each.folder.exercise.parts if str(each) not in UNLIKE else ():
        here = replayed(each, path_of(each))
        before = judge(msgspec.structs.replace(here, exercise=part))
        after = judge(msgspec.structs.replace(there, exercise=part))
        assert [told(e, there.source) for e in after] == [expected(e) for e in before]
        for one, other in zip(before, after, strict=True):
            edited = Edited(there.source, other.edits)
            assert edited.texts[1] == Edited(here.source, one.edits).text
            assert edited.texts[0] == there.source.text


def test_names_in_the_way_accuse_nobody_else(each: Labelled) -> None:
    names = each.folder.exercise.written
    here = replayed(each, path_of(each))
    own = {name for name, _ in here.source.bindings()} - {*names, "*"}
    main = "".join(f"{name} = None\n" for name in sorted(own))
    there = moved(each, f"from helpers import {', '.join(names)}\n{main}")
    for part in each.folder.exercise.parts if str(each) not in UNLIKE else ():
        before = judge(msgspec.structs.replace(here, exercise=part))
        after = judge(msgspec.structs.replace(there, exercise=part))
        assert [e.rule for e in after] == [e.rule for e in before]
        for finding in after:
            assert finding.span is None or there.source.number(finding.span) == 1
            edited = Edited(there.source, finding.edits)
            assert edited.texts[0] == there.source.text


LESS_IS_KNOWN = {
    "calls_counted": "what is kept stands in another file than the function, so no edit moves it",
    "steps_counted": "what is kept stands in another file than the function, so no edit moves it",
    "nnx_remat": "of two places in two files, the program's is named",
}


# ------------------------------------------------------------------------------- in two halves


def halves(each: Labelled) -> SeveralFiles | None:
    """Leave the functions of the task in the program, and move all other definitions to a helper.

    Lines stay where they are in both. None if there is nothing to move, or no line to import it in.
    """
    text = each.submission.source
    lines, names = list(text.lines), set(each.folder.exercise.written)
    kinds = ast.FunctionDef | ast.ClassDef
    kept = [e for e in text.body if isinstance(e, kinds) and e.name in names]
    imports = [e for e in text.body if isinstance(e, ast.Import | ast.ImportFrom)]
    others = [e for e in text.body if e not in kept and e not in imports]
    moved = sorted({name for e in others for name in stored_at_top(e)})
    if len(kept) != len(names) or not moved or not set(moved).isdisjoint(names):
        return None
    if mentioned(others) & names:
        return None  # the helper would need the program
    main, helper = list(lines), list(lines)
    for part in others:
        blank(main, part)
    for part in kept:
        blank(helper, part)
    free = [n for n, line in enumerate(main) if not line.strip() and n >= last_line(imports)]
    before = [n for n in free if n < min(first_line(e) for e in kept) - 1]
    if not before:
        return None
    main[before[0]] = f"from helpers import {', '.join(moved)}"
    source = SeveralFiles(
        Source("hw/mine.py", "\n".join(main)), [Source("hw/helpers.py", "\n".join(helper))]
    )
    return source if source.syntax_fault is None else None


def blank(lines: list[str], part: ast.stmt) -> None:
    for number in range(first_line(part), (part.end_lineno or part.lineno) + 1):
        lines[number - 1] = ""


def first_line(part: ast.stmt) -> int:
    return min([part.lineno, *(e.lineno for e in getattr(part, "decorator_list", []))])


def last_line(parts: Sequence[ast.stmt]) -> int:
    return max((each.end_lineno or each.lineno for each in parts), default=0)


def stored_at_top(part: ast.stmt) -> set[str]:
    if isinstance(part, ast.FunctionDef | ast.ClassDef):
        return {part.name}
    return set(stored(part)) if isinstance(part, ast.Assign | ast.AnnAssign) else set()


def mentioned(parts: Sequence[ast.stmt]) -> set[str]:
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}


def in_halves(each: Labelled) -> Transcript | None:
    source = halves(each)
    if source is None:
        return None
    kept = [n for n, line in enumerate(source.files[0].lines, 1) if line.strip()]
    found = replayed(each, path_of(each))
    plain = msgspec.to_builtins(
        (found.loaded, found.exchanges, found.altered), builtin_types=(bytes,)
    )
    loaded, exchanges, altered = _down(plain, source.lines_before(1), frozenset(kept))
    return as_recorded(found, source, loaded, exchanges, altered)


def test_a_program_in_two_halves_gets_the_same(each: Labelled) -> None:
    there = in_halves(each)
    if there is None or each.stem in LESS_IS_KNOWN:
        return
    assert isinstance(there.source, SeveralFiles)
    kept = {n for n, line in enumerate(there.source.files[0].lines, 1) if line.strip()}
    for part in each.folder.exercise.parts:
        here = replayed(each, path_of(each))
        before = judge(msgspec.structs.replace(here, exercise=part))
        after = judge(msgspec.structs.replace(there, exercise=part))
        assert [told(e, there.source) for e in after] == [
            expected(e, "mine.py" if e.span and e.span.line in kept else "helpers.py")
            for e in before
        ]
