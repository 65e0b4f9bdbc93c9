"""What a class got wrong, for the terminal: lines that read well at 60 cells and without colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from grader.gradebook.classroom import Student
from grader.gradebook.outcome.insight import NO_PROOF, ExerciseInsight, Insight, Mistake
from grader.render.layout import NO_BREAK, Line, Page, Piece, Role, command, paragraph, wrap
from grader.render.visible import cut, visible
from grader.render.words import counted

_MOST_RULES = 10
_MOST_NAMES = 6


def insight_lines(
    seen: Insight, page: Page, name: Callable[[Student], str] | None = None
) -> list[Line]:
    """Return the lines. `name` is what to call a student; without it nobody is named."""
    blocks = [list(_exercise(each, page)) for each in seen.exercises]
    blocks.append(list(_outsiders(seen, page, name)))
    lines: list[Line] = []
    for block in filter(None, blocks):
        lines += [[], *block] if lines else block
    return lines


def _exercise(seen: ExerciseInsight, page: Page) -> Iterator[Line]:
    graded = len(seen.passed) + len(seen.missed)
    words = [f"{len(seen.passed)} of {counted(graded, 'student')} passed"]
    if seen.tries:
        words.append(f"{len(seen.tries)} handed in more than once")
    dot = visible(" \u00b7 ", page.encoding)
    title = Piece(visible(seen.exercise or "no exercise recognised", page.encoding), Role.STRONG)
    yield from wrap([title, Piece(dot + dot.join(words))], page.width, 1)
    shown = seen.mistakes[:_MOST_RULES]
    width = len(str(len(shown[0].results))) if shown else 0
    if shown:
        yield []
        yield from paragraph("What they got wrong, by the number of students:", page, Role.FAINT)
    for mistake in shown:
        yield []
        yield from _mistake(mistake, seen.exercise, width, page)
    if len(seen.mistakes) > len(shown):
        rest = counted(len(seen.mistakes) - len(shown), "more rule")
        yield []
        yield from paragraph(f"{rest}: see --html", page, Role.FAINT)
    yield from _alike(seen, page)


def _mistake(mistake: Mistake, exercise: str, width: int, page: Page) -> Iterator[Line]:
    """Yield how many made it, what it is, a line of code, and what teaches it."""
    indent = width + 3
    count = f"{len(mistake.results):>{width}}".replace(" ", NO_BREAK)
    yield from wrap(
        [
            Piece(f"{count}{NO_BREAK}{NO_BREAK}", Role.ERROR),
            Piece(visible(mistake.title or mistake.rule, page.encoding), Role.STRONG),
        ],
        page.width,
        1,
        indent,
    )
    if mistake.example:
        shown = cut(
            visible(mistake.example, page.encoding),
            page.width - indent - 2,
            page.glyphs.ellipsis,
        )
        yield [Piece(" " * (indent + 2)), Piece(shown, Role.NOTE)]
    yield from wrap([*_teaches(mistake, exercise, page)], page.width, indent)


def _teaches(mistake: Mistake, exercise: str, page: Page) -> Iterator[Piece]:
    """Yield the rule and where to read on: the lesson's section, or the rule's own page."""
    if mistake.section:
        dot = visible(" \u00b7 ", page.encoding)
        yield Piece(f"{mistake.rule}{dot}", Role.FAINT)
        yield Piece(f'lesson "{visible(mistake.section, page.encoding)}", ', Role.FAINT)
        yield command(f"grade show {exercise}", Role.FAINT)
    else:
        yield command(f"grade explain {mistake.rule}", Role.FAINT)


def _alike(seen: ExerciseInsight, page: Page) -> Iterator[Line]:
    for each in seen.alike:
        if each.known:
            yield []
            some = counted(len(each.results), "student")
            yield from paragraph(f"{some} handed in {each.known}.", page)
    sizes = [len(each.results) for each in seen.alike if not each.known]
    if not sizes:
        return
    most, count = max(sizes), len(sizes)
    groups = f"1 group of {most}" if count == 1 else f"{count} groups of up to {most}"
    yield []
    yield from paragraph(f"{groups} students wrote the same program. {NO_PROOF}", page)


def _outsiders(seen: Insight, page: Page, name: Callable[[Student], str] | None) -> Iterator[Line]:
    late = [each.handed.student for each in seen.late if each.handed.student]
    yield from _people("no file from", seen.absent, page, name)
    yield from _people("late from", late, page, name)
    paths = [each.handed.path for each in seen.nobody]
    yield from _listed(
        f"{counted(len(paths), 'file')} of nobody",
        paths if name else [],
        page,
        shown=bool(paths),
    )
    broken = [each.handed.path for each in seen.broken]
    yield from _listed(
        f"{counted(len(broken), 'file')} not graded, the grader's fault",
        broken if name else [],
        page,
        shown=bool(seen.broken),
    )


def _people(
    what: str, people: Sequence[Student], page: Page, name: Callable[[Student], str] | None
) -> Iterator[Line]:
    if people:
        some = counted(len(people), "student")
        listed = [name(each) for each in people] if name else []
        yield from _listed(f"{what} {some}", listed, page, shown=True)


def _listed(what: str, names: Iterable[str], page: Page, *, shown: bool = False) -> Iterator[Line]:
    listed = list(names)
    if not listed and not shown:
        return
    some = ", ".join(listed[:_MOST_NAMES])
    more = f" and {len(listed) - _MOST_NAMES} more" if len(listed) > _MOST_NAMES else ""
    text = f"{what}: {some}{more}" if some else what
    yield from wrap([Piece(visible(text, page.encoding), Role.WARNING)], page.width, 1, 3)
