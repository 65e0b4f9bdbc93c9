"""A program that is moved to a helper gets what it got: the same findings, in the other file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.judge import judge
from grader.labels import Labelled
from grader.model.edit import Edited
from grader.model.files import SeveralFiles
from grader.model.finding import Finding
from grader.model.source import Source
from grader.model.transcript import Transcript
from tests.labelled import labelled
from tests.recordings import path_of, replayed

LABELLED = [each for each in labelled() if path_of(each).exists()]
IDS = list(map(str, LABELLED))


def moved(each: Labelled, main: str) -> Transcript:
    """What was recorded, as if the program had been beside another one that imports it."""
    found = replayed(each, Path(path_of(each)))
    source = SeveralFiles(Source("hw/mine.py", main), [Source("hw/helpers.py", found.source.text)])
    before = source.lines_before(1)
    plain = msgspec.to_builtins(
        (found.loaded, found.exchanges, found.altered), builtin_types=(bytes,)
    )
    loaded, exchanges, altered = _down(plain, before)
    there = msgspec.structs.replace(found, source=source)
    types = {each.name: each.type for each in msgspec.structs.fields(Transcript)}
    return msgspec.structs.replace(
        there,
        loaded=msgspec.convert(loaded, types["loaded"]),
        exchanges=msgspec.convert(exchanges, types["exchanges"]),
        altered=msgspec.convert(altered, types["altered"]),
    )


def _down(value: object, lines: int) -> object:
    match value:
        case {"line": int(line), "end_line": int(end), "column": _, "end_column": _}:
            return {**value, "line": line + lines, "end_line": end + lines}
        case dict():
            return {key: _down(each, lines) for key, each in value.items()}
        case list() | tuple():
            return [_down(each, lines) for each in value]
        case _:
            return value


def told(found: Finding, source: Source) -> tuple[object, ...]:
    place = source.place(found.span) if found.span is not None else None
    where = (place.span, place.file.base) if place is not None else None
    message = found.message.removeprefix("helpers.py: ").replace("helpers.py", "the file")
    return found.rule, where, message, found.label, found.help


def expected(found: Finding) -> tuple[object, ...]:
    where = (found.span, "helpers.py") if found.span is not None else None
    return found.rule, where, found.message, found.label, found.help


UNLIKE = {
    "nn-vmap-shared/mistakes/function_under_main_guard": "importing it raises",
    "nn-vmap-shared/mistakes/web_page_saved": "the line that imports it is marked",
}


@pytest.mark.parametrize("each", LABELLED, ids=IDS)
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


@pytest.mark.parametrize("each", LABELLED, ids=IDS)
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
