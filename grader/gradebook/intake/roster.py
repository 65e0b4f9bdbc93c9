"""The roster: who is in the class, from a CSV file that a platform exports or a teacher keeps."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader.errors import CommandWrong, reason
from grader.gradebook.classroom import Student
from grader.gradebook.intake.heads import NAMING, Column, columns
from grader.gradebook.words import listed

_LARGEST: Final = 256 << 20
"""Bytes; a student takes about a hundred, with all their marks a thousand."""
_DELIMITERS: Final = ",;\t|"
_STAFF: Final = re.compile(
    r"(?i)instructor|(non-editing |course )?teacher|lecturer|ta|teaching assistant|(lead )?reader"
    r"|grader|designer|course (designer|creator)|observer|manager|admin(istrator)?|staff"
    r"|tutor|trainer(/in)?|enseignant|profesor|docente"
)
"""Roles of who is in a platform's list and hands nothing in, in some of Moodle's languages."""
_EXCEL_TEXT: Final = re.compile(r'="(?P<text>[^"]*)"')
"""How an export keeps a spreadsheet from taking an id for a number: `="0012"`."""
_END: Final = "end of the roster"
_FIRST_ROWS: Final = 6
"""A title may stand above the heads."""
_PARTICIPANT: Final = re.compile(
    r"(?i)(?:participant|teilnehm|participante|partecipante|deelnemer)[^\d\s]*\s*(\d+)"
)
"""Moodle's column `Identifier`, in some of its languages."""


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """The students, in the file's order, each with a unique key; and what is wrong."""

    students: tuple[Student, ...]
    problems: tuple[str, ...] = ()


class _Table(NamedTuple):
    """The rows that aren't blank, with their line numbers; `unclosed` is 0 or a line's number.

    In that line a quote is opened that isn't closed, so all that follows is in one cell.
    """

    rows: list[tuple[int, list[str]]]
    unclosed: int = 0


class _Row(msgspec.Struct, frozen=True):
    line: int
    cells: dict[Column, str]


def read_roster(path: Path) -> Roster:
    """Read a roster. Raises `CommandWrong` if there are no students in it."""
    problems: list[str] = []
    rows = list(_rows(path, _text(path), problems))
    if not rows:
        raise CommandWrong(f"there is no student in {path}")
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for row in rows:
        student = _student(row.cells)
        if student.key in students:
            start = f"{path.name}, line {row.line}"
            first = f"line {lines[student.key]}"
            if student.key != student.name or students[student.key] == student:
                problems.append(f"{start}: {student.key} is already in {first}, which is used")
                continue
            problems.append(f"{start}: {student.key} has the same name as in {first}, and no id")
            student = msgspec.structs.replace(student, key=f"{student.name} ({start})")
        students[student.key], lines[student.key] = student, row.line
    return Roster(students=tuple(students.values()), problems=tuple(problems))


def _text(path: Path) -> str:
    """Return the file's text: UTF-8, UTF-16 as Excel writes it, or Windows' own encoding."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise CommandWrong(f"the roster {path} can't be read: {reason(error)}") from error
    if not data.strip():
        raise CommandWrong(f"the roster {path} is empty")
    if len(data) > _LARGEST:
        raise CommandWrong(f"the roster {path} is larger than {_LARGEST >> 20} MB")
    if data.startswith(b"PK\x03\x04"):
        raise CommandWrong(f"the roster {path} is an Excel workbook: save it as CSV")
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if data[1:200:2].count(0) > 0.4 * len(data[1:200:2]):
        return ("utf-16-le",)
    return ("utf-8-sig",)


def _rows(path: Path, text: str, problems: list[str]) -> Iterator[_Row]:
    """Yield the students' rows; add to `problems` what is wrong with others."""
    lines, heads = _lines(path, text)
    long = [number for number, cells in lines if any(map(str.strip, cells[len(heads) :]))]
    if 0 < len(long) <= len(lines) / 2:  # else the heads are too few
        which = listed(f"line {number}" for number in long)
        problems.append(
            f"{path.name}, {which}: more cells than the heads have; "
            "a name that has a comma in it needs quotes around it"
        )
    staff: list[str] = []
    for number, cells in lines:
        found = {
            column: cell
            for column, text in zip(heads, cells, strict=False)
            if column is not None and (cell := _cell(text))
        }
        if not (found.keys() & NAMING) or _is_no_student(found):
            continue
        if _STAFF.fullmatch(found.get(Column.ROLE, "")):
            staff.append(_student(found).name or _student(found).key)
        else:
            yield _Row(number, found)
    if staff:
        problems.append(f"{path.name}: no students by their role: {listed(staff)}")


def _cell(text: str) -> str:
    text = text.strip()
    match = _EXCEL_TEXT.fullmatch(text)
    return match["text"].strip() if match else text


def _lines(
    path: Path, text: str
) -> tuple[Sequence[tuple[int, list[str]]], tuple[Column | None, ...]]:
    """Return the lines below the heads, and what each column tells."""
    best: tuple[Column | None, ...] = ()
    below: Sequence[tuple[int, list[str]]] = ()
    first: list[str] = []
    unclosed = 0
    told = re.match(r"sep=(.)(?=\r?\n)", text)
    for delimiter in told[1] if told else _DELIMITERS:
        table = _table(path, text[told.end() :] if told else text, delimiter)
        first = first or (table.rows[0][1] if table.rows else [])
        for at, (_, cells) in enumerate(table.rows[:_FIRST_ROWS]):
            found = columns(cells)
            if _told(found) > _told(best):
                best, below, unclosed = found, table.rows[at + 1 :], table.unclosed
    if not _told(best):
        heads = ", ".join(each.strip() for each in first[:8]) or "none"
        raise CommandWrong(
            f"the roster {path} has no column for an id, a name or an email; its heads are: {heads}"
        )
    if unclosed:
        raise CommandWrong(f"the roster {path}, line {unclosed}, has a quote that isn't closed")
    return below, best


def _told(heads: Sequence[Column | None]) -> int:
    return sum(each in NAMING for each in heads)


def _table(path: Path, text: str, delimiter: str) -> _Table:
    reader = csv.reader(io.StringIO(f"{text}\n{_END}\n", newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    start = last = 1
    try:
        for row in reader:
            if row == [_END]:
                return _Table(rows)
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            start, last = reader.line_num + 1, start
    except csv.Error as error:
        message = f"the roster {path}, line {reader.line_num}, is not CSV: {error}"
        raise CommandWrong(message) from error
    return _Table(rows, last)


def _is_no_student(cells: dict[Column, str]) -> bool:
    """Whether it is Canvas' row of points, or the student that it makes for trying out."""
    name = cells.get(Column.NAME, "").casefold()
    trial = name in {"student, test", "test student"} and Column.ID not in cells
    return name.startswith("points possible") or trial


def _student(cells: dict[Column, str]) -> Student:
    cells = _identified(cells)
    whole = " ".join(cells[each] for each in (Column.FIRST, Column.LAST) if each in cells)
    name = cells.get(Column.NAME, whole)
    id_, number = cells.get(Column.ID, ""), cells.get(Column.NUMBER, "")
    login, email = cells.get(Column.LOGIN, ""), cells.get(Column.EMAIL, "")
    return Student(
        key=id_ or number or email or login or name,
        name=name,
        id=id_,
        email=email,
        number=number,
        login=login,
        section=cells.get(Column.SECTION, ""),
    )


def _identified(cells: dict[Column, str]) -> dict[Column, str]:
    """Return the cells, with `identifier` renamed to the column that it really is.

    Moodle's is `Participant 123`, GitHub Classroom's whatever the teacher gave it.
    """
    text = cells.get(Column.IDENTIFIER, "")
    if not text:
        return cells
    participant = _PARTICIPANT.fullmatch(text)
    if participant is not None:
        return {Column.NUMBER: participant[1], **cells}
    if "@" in text:
        return {Column.EMAIL: text, **cells}
    if any(each.isdigit() for each in text) and " " not in text:
        return {Column.ID: text, **cells}
    return {Column.NAME: text, **cells}
