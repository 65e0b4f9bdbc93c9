"""What a class got wrong: counted per student, with an example, and what teaches it.

Pure. Each report is read once and not kept, since a class may have more than fit into memory.
Only a student's newest file for an exercise counts. Files without an owner are separate.
Those that don't count are older ones of the same student, or aren't there any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import msgspec

from grader.gradebook.classroom import Result, Student
from grader.gradebook.outcome.examples import Examples
from grader.gradebook.outcome.programs import program_in
from grader.model.report import Report, Verdict
from grader.rules import rule_by_id

NO_PROOF: Final = (
    "There are few ways to write a short right answer, so equal programs don't prove copying."
)

Lessons = Mapping[str, Mapping[str, str]]
"""For each exercise and rule, the heading of the section that teaches it, if a lesson says so."""


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that somebody broke. `results` has one for each student.

    `example` is a line of code at which it was found, the one that most wrote or else the
    shortest; empty if none is without names. `section` is a heading of the lesson, empty if the
    lesson doesn't say which.
    """

    rule: str
    title: str
    results: tuple[Result, ...]
    example: str = ""
    section: str = ""


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Two rules that the same students broke: `count` of those who broke one and the other."""

    rules: tuple[str, str]
    count: int
    each: tuple[int, int]


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """Several students' files that are the same program; also one's, if it is `known`.

    A file that a group handed in together is one file.
    `identical` if they are the same bytes; else comments, layout or names differ. `known` says
    what else it is the same as, such as the starter file.
    """

    results: tuple[Result, ...]
    statements: int
    identical: bool
    known: str = ""


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """A student's files for an exercise, in the order in which they were handed in; two or more."""

    student: Student
    results: tuple[Result, ...]


class ExerciseInsight(msgspec.Struct, frozen=True, kw_only=True):
    """What a class did with one exercise. `counted` has one result for each student.

    `missing` handed in something, but not for this exercise.
    """

    exercise: str
    counted: tuple[Result, ...]
    missing: tuple[Student, ...]
    mistakes: tuple[Mistake, ...]
    together: tuple[Together, ...]
    alike: tuple[Alike, ...]
    tries: tuple[Tries, ...]

    def having(self, *verdicts: Verdict) -> tuple[Result, ...]:
        """Return those with one of these verdicts."""
        return tuple(each for each in self.counted if each.verdict in verdicts)

    @property
    def passed(self) -> tuple[Result, ...]:
        """Those who passed."""
        return self.having(Verdict.PASSED)

    @property
    def missed(self) -> tuple[Result, ...]:
        """Those who didn't, not counting what the grader itself failed to grade."""
        return self.having(Verdict.FAILED, Verdict.UNGRADABLE)


class Insight(msgspec.Struct, frozen=True, kw_only=True):
    """What a class did. `nobody` are results of files that belong to no student."""

    exercises: tuple[ExerciseInsight, ...]
    absent: tuple[Student, ...] = ()
    nobody: tuple[Result, ...] = ()
    late: tuple[Result, ...] = ()
    broken: tuple[Result, ...] = ()


def insight(
    results: Sequence[Result],
    absent: Sequence[Student] = (),
    lessons: Lessons | None = None,
    known: Mapping[str, str] | None = None,
) -> Insight:
    """Look at a whole class. `known` names programs by their fingerprint: the starter's.

    A file of which nobody knows what it is for belongs to the only exercise, if there is one.
    """
    owned = [each for each in results if each.handed.student is not None]
    counted = [each for each in owned if each.counts]
    slugs = sorted({each.exercise for each in counted if each.exercise}) or [""]
    if len(slugs) > 1 and not all(each.exercise for each in counted):
        slugs.append("")
    students = _students(counted)
    examples = Examples([*students.values(), *absent])
    return Insight(
        exercises=tuple(
            _of_exercise(
                exercise,
                mine=[each for each in owned if each.exercise in _also(exercise, slugs)],
                students=students if exercise else {},
                examples=examples,
                sections=(lessons or {}).get(exercise, {}),
                known=known or {},
            )
            for exercise in slugs
            if counted
        ),
        absent=tuple(absent),
        nobody=tuple(each for each in results if each.counts and each.handed.student is None),
        late=tuple(each for each in counted if each.handed.late),
        broken=tuple(each for each in results if each.counts and each.verdict is Verdict.ERROR),
    )


def _also(exercise: str, slugs: Sequence[str]) -> tuple[str, ...]:
    """Return which exercises' files belong to one: also those for none, if it is the only one."""
    return (exercise, "") if len(slugs) == 1 else (exercise,)


def _students(results: Iterable[Result]) -> dict[str, Student]:
    return {each.handed.student.key: each.handed.student for each in results if each.handed.student}


def _of_exercise(
    exercise: str,
    *,
    mine: Sequence[Result],
    students: Mapping[str, Student],
    examples: Examples,
    sections: Mapping[str, str],
    known: Mapping[str, str],
) -> ExerciseInsight:
    counted = tuple(each for each in mine if each.counts)
    here = _students(mine)
    programs = _Programs()
    lines = examples.collection()
    for result in counted:
        if result.verdict is not Verdict.ERROR:
            report = result.report()
            programs.add(result, report)
            lines.add(report)
    return ExerciseInsight(
        exercise=exercise,
        counted=counted,
        missing=tuple(student for key, student in students.items() if key not in here),
        mistakes=tuple(
            Mistake(
                rule=rule,
                title=_title(rule),
                results=tuple(broke),
                example=lines.of(rule),
                section=sections.get(rule, ""),
            )
            for rule, broke in _by_rule(counted)
        ),
        together=_together(counted),
        alike=tuple(programs.alike(known)),
        tries=tuple(_tries(mine)),
    )


def _title(rule: str) -> str:
    """Return a rule's title; another version of the grader may have had other rules."""
    try:
        return rule_by_id(rule).title
    except KeyError:
        return ""


def _by_rule(counted: Iterable[Result]) -> list[tuple[str, list[Result]]]:
    broke: dict[str, list[Result]] = defaultdict(list)
    for result in counted:
        for rule in dict.fromkeys(result.rules):
            broke[rule].append(result)
    return sorted(broke.items(), key=lambda item: (-len(item[1]), item[0]))


def _together(counted: Iterable[Result]) -> tuple[Together, ...]:
    """Return the pairs that two students or more have in common, the most frequent first."""
    alone: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for result in counted:
        rules = sorted(set(result.rules))
        alone.update(rules)
        pairs.update(combinations(rules, 2))
    return tuple(
        Together(rules=pair, count=count, each=(alone[pair[0]], alone[pair[1]]))
        for pair, count in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
        if count > 1
    )


def _tries(mine: Iterable[Result]) -> Iterator[Tries]:
    handed: dict[str, list[Result]] = defaultdict(list)
    for result in mine:
        if result.handed.student is not None and result.verdict is not Verdict.ERROR:
            handed[result.handed.student.key].append(result)
    for results in handed.values():
        student = results[0].handed.student
        if len(results) > 1 and student is not None:
            yield Tries(student=student, results=tuple(sorted(results, key=in_order)))


def in_order(result: Result) -> tuple[int, bool]:
    """Sort a student's files from the oldest to the one that counts."""
    return result.handed.order, result.counts


class _Programs:
    """The programs of a class, with who wrote each."""

    def __init__(self) -> None:
        self._wrote: dict[str, list[Result]] = defaultdict(list)
        self._statements: dict[str, int] = {}
        self._texts: dict[str, str] = {}

    def add(self, result: Result, report: Report) -> None:
        """Note a program; a text that isn't Python counts as a separate one."""
        fingerprint = self._texts.get(result.sha256)
        if fingerprint is None:
            program = program_in(report.source)
            fingerprint = program.fingerprint if program else result.sha256
            self._texts[result.sha256] = fingerprint
            self._statements[fingerprint] = program.statements if program else 0
        self._wrote[fingerprint].append(result)

    def alike(self, known: Mapping[str, str]) -> Iterator[Alike]:
        """Yield the programs that several students wrote, the longest first."""
        groups = [
            (key, results)
            for key, results in self._wrote.items()
            if len({each.handed.path for each in results}) > 1 or key in known
        ]
        for key, results in sorted(groups, key=lambda item: (-self._statements[item[0]], item[0])):
            yield Alike(
                results=tuple(results),
                statements=self._statements[key],
                identical=len({each.sha256 for each in results}) == 1,
                known=known.get(key, ""),
            )
