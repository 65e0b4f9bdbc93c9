"""The class page: how many passed, what they got wrong, and links to everybody's report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from statistics import fmean

from grader.gradebook.classroom import Result
from grader.gradebook.outcome.insight import NO_PROOF, Alike, ExerciseInsight, Insight, Mistake
from grader.gradebook.outcome.page.people import People
from grader.gradebook.outcome.page.plots import Bar, Curve, Part, bars, curves
from grader.model.report import Verdict
from grader.render.html import page, text_html
from grader.render.words import VERDICT_WORDS, counted

_STYLE = Path(__file__).with_name("page.css")
_MOST_BARS = 20
_MOST_PAIRS = 12
_MOST_GROUPS = 20
_MOST_CURVES = 40
_MOST_PEOPLE = 2_000
"""More names than anybody reads; the csv export has all of them."""


def style() -> str:
    """Return the style that the class's pages have beside that of a report."""
    return _STYLE.read_text(encoding="utf-8")


def class_page(seen: Insight, people: People) -> str:
    """Return the page. All names are `people`'s, and no path is shown to who may see none."""
    students = {
        each.handed.student.key
        for exercise in seen.exercises
        for each in exercise.counted
        if each.handed.student
    }
    title = f"A class of {counted(len(students) + len(seen.absent), 'student')}"
    several = len(seen.exercises) > 1
    body = [f"<h1>{text_html(title)}</h1>", _overview(seen)]
    for index, exercise in enumerate(seen.exercises):
        body += [*_exercise(exercise, f"e{index}-", people, several=several)]
    body += [*_outsiders(seen, people)]
    return page(title, "".join(body), style())


def _overview(seen: Insight) -> str:
    """Return a bar for each exercise, whose parts lead to the students."""
    rows = [
        Bar(
            each.exercise or "no exercise",
            (
                Part(len(each.passed), f"#e{index}-passed"),
                Part(len(each.missed), f"#e{index}-missed"),
                Part(
                    len(seen.absent) + len(each.missing),
                    f"#e{index}-none" if each.missing else "#absent",
                ),
            ),
        )
        for index, each in enumerate(seen.exercises)
    ]
    if not rows:
        return "<p>Nobody handed in anything.</p>"
    keys = [("passed", "passed"), ("failed", "not passed"), ("skipped", "no file")]
    legend = "".join(f'<span class="key {css}"></span>{word}' for css, word in keys)
    figure = bars("passed, not passed, no file", rows, [word for _, word in keys])
    return f'{figure}<p class="faint">{legend}</p>'


def _exercise(
    seen: ExerciseInsight, prefix: str, people: People, *, several: bool
) -> Iterator[str]:
    if several:
        name = seen.exercise or "No exercise was recognised"
        yield f'<h2 class="exercise" id="{prefix}top">{text_html(name)}</h2>'
    graded = len(seen.passed) + len(seen.missed)
    share = f" ({100 * len(seen.passed) / graded:.0f} %)" if graded else ""
    words = f"{len(seen.passed)} of {counted(graded, 'student')} passed{share}."
    if seen.tries:
        words += f" {counted(len(seen.tries), 'student')} handed in more than once."
    yield f'<p class="lead">{text_html(words)}</p>'
    yield from _mistakes(seen, prefix, people)
    yield from _together(seen, prefix)
    yield from _alike(seen, people)
    yield from _tries(seen, people)
    yield from _table("Passed", f"{prefix}passed", seen.passed, people)
    yield from _table("Not passed", f"{prefix}missed", seen.missed, people)
    if seen.missing:
        some = counted(len(seen.missing), "student")
        yield f'<h2 id="{prefix}none">No file for this exercise: {some}</h2>'
        yield _links({(people.label(each), people.link(each)) for each in seen.missing})


def _mistakes(seen: ExerciseInsight, prefix: str, people: People) -> Iterator[str]:
    if not seen.mistakes:
        return
    yield "<h2>What they got wrong</h2>"
    shown = seen.mistakes[:_MOST_BARS]
    rows = [Bar(each.rule, (Part(len(each.results), f"#{prefix}{each.rule}"),)) for each in shown]
    yield bars("students by mistake", rows).replace('class="chart"', 'class="chart one"')
    yield '<p class="faint">Students for each mistake. A student may have made several.</p>'
    for each in seen.mistakes:
        yield _mistake(each, prefix, people, seen.exercise)


def _mistake(mistake: Mistake, prefix: str, people: People, exercise: str) -> str:
    count = len(mistake.results)
    parts = [
        f'<section class="mistake" id="{prefix}{escape(mistake.rule)}">',
        f'<h3><span class="count">{count}</span>{text_html(mistake.title or mistake.rule)}</h3>',
        f'<p class="rule"><code>{text_html(mistake.rule)}</code></p>',
    ]
    if mistake.example:
        parts.append(f'<pre class="plain">{text_html(mistake.example)}</pre>')
    parts.append(f"<p>{_teaches(mistake, exercise)}</p>")
    summary = f"<summary>{counted(count, 'student')}</summary>"
    names = _people(mistake.results, people)
    return "".join([*parts, f"<details>{summary}{names}</details></section>"])


def _teaches(mistake: Mistake, exercise: str) -> str:
    explain = f"<code>grade explain {text_html(mistake.rule)}</code>"
    if not mistake.section:
        return f"Read on: {explain}"
    show = f"<code>grade show {text_html(exercise)}</code>"
    return (
        f"The lesson teaches it under \u201c{text_html(mistake.section)}\u201d ({show}). "
        f"The mistake itself: {explain}"
    )


def _people(results: Iterable[Result], people: People) -> str:
    """Return a list of links to reports, sorted as they are shown."""
    return _links({(label, link) for label, link, _ in _labelled(results, people)})


def _links(found: set[tuple[str, str]]) -> str:
    items = [
        f'<li><a href="{escape(link)}">{text_html(label)}</a></li>' for label, link in sorted(found)
    ]
    more = f"<p>{_more(len(items))}</p>" if len(items) > _MOST_PEOPLE else ""
    return f'<ul class="people">{"".join(items[:_MOST_PEOPLE])}</ul>{more}'


def _more(count: int) -> str:
    return f"And {count - _MOST_PEOPLE} more, which --export csv lists."


def _together(seen: ExerciseInsight, prefix: str) -> Iterator[str]:
    if not seen.together:
        return
    yield "<h2>Mistakes that go together</h2>"
    yield (
        '<table><thead><tr><th class="number">both</th><th>mistakes, and how many made each'
        "</th></tr></thead><tbody>"
    )
    for each in seen.together[:_MOST_PAIRS]:
        links = " and ".join(
            f'<a href="#{prefix}{escape(rule)}">{text_html(rule)}</a> ({count})'
            for rule, count in zip(each.rules, each.each, strict=True)
        )
        yield f'<tr><td class="number">{each.count}</td><td>{links}</td></tr>'
    yield "</tbody></table>"


def _alike(seen: ExerciseInsight, people: People) -> Iterator[str]:
    if not seen.alike:
        return
    yield "<h2>The same program</h2>"
    yield (
        "<p>These files are equal, or differ only in comments, layout and the names that a file "
        f"chooses itself. {text_html(NO_PROOF)}</p>"
    )
    for each in seen.alike[:_MOST_GROUPS]:
        yield f"<details><summary>{_group(each)}</summary>{_people(each.results, people)}</details>"
    if len(seen.alike) > _MOST_GROUPS:
        yield f"<p>And {counted(len(seen.alike) - _MOST_GROUPS, 'group')} of shorter programs.</p>"


def _group(alike: Alike) -> str:
    passed = sum(each.verdict is Verdict.PASSED for each in alike.results)
    count = len(alike.results)
    verdict = {0: "not passed", count: "passed"}.get(passed, f"{passed} passed")
    how = "identical files" if alike.identical else "the same except for names, layout and comments"
    if count == 1:
        return f"1 student, {verdict}, {text_html(alike.known)}"
    size = counted(alike.statements, "statement") if alike.statements else "no Python"
    known = f", {text_html(alike.known)}" if alike.known else ""
    return f"{counted(count, 'student')}, {size}, {how}, {verdict}{known}"


def _tries(seen: ExerciseInsight, people: People) -> Iterator[str]:
    """Yield the average of each try over all who got that far, and everybody's own line."""
    if not seen.tries:
        return
    scores = [[each.score for each in tries.results] for tries in seen.tries]
    most = max(map(len, scores))
    reached = [[each[index] for each in scores if len(each) > index] for index in range(most)]
    mean = Curve("average", tuple(fmean(each) for each in reached))
    own = [Curve("", (*each, *[None] * (most - len(each)))) for each in scores[:_MOST_CURVES]]
    yield "<h2>Scores from try to try</h2>"
    yield curves("score by try", [mean, *own], "try")
    counts = ", ".join(
        f"{len(each)} in try {number} (on average {fmean(each):.2f})"
        for number, each in enumerate(reached, 1)
    )
    drawn = f" {_MOST_CURVES} of {len(scores)} are drawn." if len(scores) > _MOST_CURVES else ""
    yield (
        f'<p class="faint">Only those who handed in more than once: {counts}. The thick line is '
        f"the average, a thin one a student.{drawn}</p>"
    )
    results = [each.results[-1] for each in seen.tries]
    summary = f"<summary>{counted(len(results), 'student')}</summary>"
    yield f"<details>{summary}{_people(results, people)}</details>"


def _table(title: str, identity: str, results: Sequence[Result], people: People) -> Iterator[str]:
    if not results:
        return
    yield f'<h2 id="{identity}">{title}: {counted(len(results), "student")}</h2>'
    said = any(each.rules or each.verdict is not Verdict.PASSED for each in results)
    mistakes = "<th>mistakes</th>" if said else ""
    yield (
        '<table><thead><tr><th>student</th><th class="number">score</th>'
        f"{mistakes}</tr></thead><tbody>"
    )
    rows = sorted(_labelled(results, people), key=lambda row: row[:2])
    for label, link, each in rows[:_MOST_PEOPLE]:
        yield _row(label, link, each, said=said)
    yield "</tbody></table>"
    if len(rows) > _MOST_PEOPLE:
        yield f"<p>{_more(len(rows))}</p>"


def _labelled(results: Iterable[Result], people: People) -> Iterator[tuple[str, str, Result]]:
    for each in results:
        student = each.handed.student
        if student is not None:
            yield people.label(student), people.link(student), each


def _row(label: str, link: str, result: Result, *, said: bool) -> str:
    late = ' <span class="warning">late</span>' if result.handed.late else ""
    mistakes = ", ".join(result.rules)
    if result.verdict is not Verdict.PASSED and not mistakes:
        mistakes = VERDICT_WORDS[result.verdict]
    cell = f"<td>{text_html(mistakes)}</td>" if said else ""
    return (
        f'<tr><td><a href="{escape(link)}">{text_html(label)}</a>{late}</td>'
        f'<td class="number">{result.score:.2f}</td>{cell}</tr>'
    )


def _outsiders(seen: Insight, people: People) -> Iterator[str]:
    if seen.absent:
        yield f'<h2 id="absent">No file: {counted(len(seen.absent), "student")}</h2>'
        labels = sorted(people.label(each) for each in seen.absent)
        items = "".join(f"<li>{text_html(label)}</li>" for label in labels[:_MOST_PEOPLE])
        yield f'<ul class="people">{items}</ul>'
        if len(labels) > _MOST_PEOPLE:
            yield f"<p>{_more(len(labels))}</p>"
    yield from _files("Files of nobody", "It isn't known whose these are.", seen.nobody, people)
    why = "The grader or an exercise is at fault, not the student. No points were given."
    yield from _files("Not graded", why, seen.broken, people)


def _files(title: str, why: str, results: Sequence[Result], people: People) -> Iterator[str]:
    if not results:
        return
    yield f"<h2>{title}: {counted(len(results), 'file')}</h2><p>{why}</p>"
    if not people.anonymous:
        paths = sorted(each.handed.path for each in results)[:_MOST_PEOPLE]
        yield f"<ul>{''.join(f'<li><code>{text_html(path)}</code></li>' for path in paths)}</ul>"
