"""Whether an exercise is right: each of its parts looked at, what has to be run is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from functools import partial

from grader.authoring import parts
from grader.authoring.course import Found
from grader.authoring.coverage import rules
from grader.authoring.declaration import declaration, obstacles
from grader.authoring.grades import Grades
from grader.authoring.line import Line
from grader.authoring.mutants import Mutant, mutants
from grader.authoring.own_check import own_check
from grader.authoring.solution import Solution, solution_line, unanswered
from grader.authoring.submissions import accepted, mistakes, repairs, starter
from grader.authoring.survivors import Survivor, Survivors, as_submission
from grader.beside import with_files
from grader.catalogue import BrokenExercise
from grader.errors import ReferenceBroken
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import ACCEPTED, MISTAKES, Labelled, labelled, places
from grader.model.effort import Effort
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import read_submission
from grader.rules import RULES

Tell = Callable[[int, int], None]

_CAUSES = frozenset(each.id for each in RULES if each.shows is None)
"""The rules that say why an answer is wrong, not only what is wrong with it."""

_GRADED = ("starter", "solution", MISTAKES, "repairs", ACCEPTED, "mutants", "rules")


class Verification:
    """The verification of one exercise.

    `known` are all exercises that it will be listed with.
    """

    def __init__(self, found: Found, known: Sequence[ExerciseFolder], session: Session) -> None:
        self._found = found
        self._known = known
        self._session = session
        self._solution: Future[tuple[str, ...]] | None = None

    def begin(self, background: Executor) -> None:
        """Grade the solution in the background: it takes one processor while others are idle."""
        if isinstance(self._found, ExerciseFolder) and not obstacles(self._found, self._known):
            solution = Solution(self._found, self._session)
            self._solution = background.submit(lambda: tuple(solution.problems()))

    def lines(
        self,
        tell: Tell = lambda _done, _total: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Iterator[Line]:
        """Yield a line for each part of the exercise, as soon as it is known.

        `tell` is called with how many submissions have been graded and how many there are;
        `meanwhile` once all are queued. Raises `NurseryBroken`.
        """
        found = self._found
        if isinstance(found, BrokenExercise):
            problem = f"{found.reason}: fix it, and verify again"
            yield Line(name="declaration", said="", problems=(problem,))
            yield from _skipped(("files", "lesson", "hints", *_GRADED), "the declaration")
            return
        yield declaration(found, self._known)
        yield parts.files(found)
        yield parts.lesson(found)
        yield parts.hints(found)
        if obstacles(found, self._known):
            yield from _skipped(_GRADED, "the declaration")
        else:
            yield from self._graded(found, tell, meanwhile)

    def _graded(
        self, folder: ExerciseFolder, tell: Tell, meanwhile: Callable[[], None]
    ) -> Iterator[Line]:
        solution = Solution(folder, self._session)
        begun = self._solution
        problems = tuple(solution.problems()) if begun is None else begun.result()
        yield solution_line(*problems)
        left = [each for each in _GRADED if each != "solution"]
        if problems:
            yield from _skipped(left, "the solution")
            return
        try:
            for line in _Run(folder, self._session, tell, meanwhile).lines():
                left = [each for each in left if each != line.name]
                yield line
        except ReferenceBroken as error:  # on a case that only another file led to
            yield solution_line(unanswered(folder, error))
            yield from _skipped(left, "the solution")


def _skipped(names: Sequence[str], before: str) -> Iterator[Line]:
    for name in names:
        yield Line(name=name, said=f"not looked at: {before} has to be right first", skipped=True)


class _Run:
    """The grading of all that is judged by the solution."""

    def __init__(
        self,
        folder: ExerciseFolder,
        session: Session,
        tell: Tell,
        meanwhile: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._session = session
        self._asked = GradingRequest()
        self._survivors = Survivors(session, folder, self._asked)
        self._tell = tell
        self._meanwhile = meanwhile
        self._total = 0
        self._done = 0

    def lines(self) -> Iterator[Line]:
        """Grade everything, and look at it part by part."""
        with Grades(self._session, self._asked, self._graded) as grades:
            yield from self._judged(grades)

    def _judged(self, grades: Grades) -> Iterator[Line]:
        folder = self._folder
        every = labelled(folder)
        made = mutants(folder.solution.read_text(encoding="utf-8"), folder.exercise)
        starters = [folder.starter] if folder.starter.is_file() else []
        self._total = len(starters) + len(every) + len(made)
        read = [with_files(read_submission(path), folder.exercise) for path in starters]
        begun = [grades.begin(folder, each) for each in read]
        begun_labelled = [self._begin_labelled(grades, each) for each in every]
        futures = [graded for graded, _ in begun_labelled]
        graded = self._begin_mutants(grades, made, every)
        self._meanwhile()
        yield starter(folder, begun[0].result() if begun else None)
        pairs = [(each, future.result()) for each, future in _of(MISTAKES, every, futures)]
        yield mistakes(pairs)
        fixed = [it for _, it in begun_labelled if it is not None]
        yield repairs([(each, it.result()) for (each, _), it in zip(pairs, fixed, strict=True)])
        yield accepted([(each, future.result()) for each, future in _of(ACCEPTED, every, futures)])
        reports = [future.result() for future in graded]
        yield self._mutants(made, reports)
        names = [f"the solution with line {each.line} changed ({each.name})" for each in made]
        named = [(str(each), it.result()) for each, it in zip(every, futures, strict=True)]
        line = own_check(folder, pairs, [*named, *zip(names, reports, strict=True)])
        if line is not None:
            yield line
        yield rules(folder.exercise, pairs, list(zip(made, reports, strict=True)))

    def _begin_labelled(
        self, grades: Grades, each: Labelled
    ) -> tuple[Future[Report], Future[Report] | None]:
        """Grade it as closely as it takes to see that it's as its label says, or why it isn't.

        The first wrong answers can show a cause, but not that there is none. A mistake is also
        fixed, which is the second result.
        """
        submission = each.submission

        def enough(report: Report) -> bool:
            return places(report) == each.expected

        if each.kind == ACCEPTED:
            closer = (Effort.PASSES, Effort.EVERYTHING)
            return grades.begin(self._folder, submission, closer, enough), None
        named = all(rule in _CAUSES for _, rule in each.expected)
        efforts = (*([Effort.CAUGHT] if named else []), Effort.RULES, Effort.EVERYTHING)
        return grades.begin_fixing(self._folder, submission, efforts, enough)

    def _begin_mutants(
        self, grades: Grades, made: Sequence[Mutant], every: Sequence[Labelled]
    ) -> list[Future[Report]]:
        """Grade mutants, and more closely those that pass, or have no cause that is labelled."""
        labelled_rules = {rule for each in every for _, rule in each.expected}
        known = labelled_rules | {*self._folder.exercise.untaught}

        def is_known(mutant: Mutant, report: Report) -> bool:
            survivor = self._survivors.of(mutant, report)
            if survivor is not None:
                return survivor.right
            found = {rule for _, rule in places(report)}
            return found <= known & _CAUSES

        efforts = (Effort.CAUGHT, Effort.RULES)
        return [
            grades.begin(
                self._folder, as_submission(each, self._folder), efforts, partial(is_known, each)
            )
            for each in made
        ]

    def _graded(self) -> None:
        self._done += 1
        self._tell(self._done, self._total)

    # --------------------------------------------------------------------------------- mutants

    def _mutants(self, made: Sequence[Mutant], reports: Sequence[Report]) -> Line:
        found = [
            survivor
            for mutant, report in zip(made, reports, strict=True)
            if (survivor := self._survivors.of(mutant, report)) is not None
        ]
        wrong = [each for each in found if not each.right]
        caught = f"{len(made) - len(found)} of {len(made)} caught"
        right = len(found) - len(wrong)
        said = f"{caught}, {right} {'is' if right == 1 else 'are'} right" if right else caught
        return Line(name="mutants", said=said, problems=tuple(_survived(each) for each in wrong))


def _survived(survivor: Survivor) -> str:
    mutant = survivor.mutant
    return (
        f"the solution with line {mutant.line} changed ({mutant.name}) passes; {survivor.reason}: "
        f"if it is right, put it into {ACCEPTED}/, else change the task so that it shows"
    )


def _of(
    kind: str, every: Sequence[Labelled], futures: Sequence[Future[Report]]
) -> Iterator[tuple[Labelled, Future[Report]]]:
    for each, future in zip(every, futures, strict=True):
        if each.kind == kind:
            yield each, future
