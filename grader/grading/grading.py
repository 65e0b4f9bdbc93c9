"""The grading of one function: load, search for mistakes and for a proof, judge, report."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from grader.errors import Cancelled, NurseryBroken, SandboxMissing
from grader.evidence.keeping import keeps_nothing
from grader.grading.assembly import (
    assembled,
    error_report,
    missing_protections,
    static_report,
    unknown,
)
from grader.grading.budget import Budget, TookTooLong
from grader.grading.confirmation import Another, depends_on_rounding
from grader.grading.handover import Handover
from grader.grading.machine import lacks
from grader.grading.own_check import OwnCheck
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.stopwatch import Stopwatch
from grader.judge import judge, static_findings
from grader.model.case import Case
from grader.model.effort import Effort
from grader.model.exercise import ExerciseFolder
from grader.model.finding import Finding, Severity
from grader.model.observation import Completed, Crashed, Loaded, LoadOutcome, Observation
from grader.model.report import CaseCount, Equivalence, Output, Report, Verdict
from grader.model.submission import Submission, defines_some, from_bytes, likenesses
from grader.model.transcript import Transcript
from grader.process.side import Side
from grader.proof.proof import Proof
from grader.proof.reading import Reading, read
from grader.rules import MISSING, UNEXPLAINED, rule_by_id
from grader.search.deadline import Deadline
from grader.search.named import named_cases
from grader.search.plan import Plan, covering, traced_sizes
from grader.search.run import Search, Second

Fresh = Callable[..., Side]
"""Starts a process that has loaded the program; takes `alters`, as `wire.Load` does."""

_JUDGING_SECONDS: Final = 10.0
"""Of processor time, for all judging of one submission with up to a hundred cases. Those of a
program that calls Flax often take one second; the longest records that a process can send, a
minute or more."""


def judging_seconds(cases: int) -> float:
    """Return how long judging may take: more cases are judged more often, and in pairs."""
    return _JUDGING_SECONDS * max(cases / 100, 1)


class Grading:
    """The grading of one submission's function; another thread can cancel it.

    `run` raises `ReferenceBroken` and `NurseryBroken`, which are not the submission's fault, and
    `SandboxMissing`. It goes on in a process of a `handover`, and leaves one there for the text
    that its findings' edits make. If it `is_awaited`, the report comes first, and the end of the
    processes after it.
    """

    def __init__(
        self,
        session: Session,
        submission: Submission,
        folder: ExerciseFolder,
        request: GradingRequest,
        handover: Handover | None = None,
        *,
        is_awaited: bool = False,
    ) -> None:
        self._session = session
        self._is_awaited = is_awaited
        self._handover = handover
        self._went_on = False
        self._goes_on: Side | None = None
        self._submission = submission
        self._exercise = folder.exercise
        self._request = request
        self._watch = Stopwatch()
        self._judging = Budget(judging_seconds(request.cases))
        self._folder = folder
        self._unhurried = 1.0
        self._sizes = traced_sizes(folder.exercise) if request.prove else ()
        self._sides: list[Side] = []
        self._own_check = OwnCheck(lambda: session.checker(folder))
        self._cancelled = False
        self._transcript: Transcript | None = None
        self._last: tuple[Transcript, tuple[Finding, ...]] | None = None

    @property
    def touched(self) -> bool:
        """Whether tracing the function for its proof left something behind in its program."""
        return any(side.touched for side in self._sides)

    @property
    def transcript(self) -> Transcript | None:
        """What was observed, after `run`; None if no process ever got the file."""
        return self._transcript

    def cancel(self) -> None:
        """Stop the processes; `run` then raises `Cancelled` instead of returning."""
        self._cancelled = True
        self._close()

    def run(self, tell: Callable[[int, int], None] = lambda _done, _total: None) -> Report:
        """Grade. Raises `Cancelled`, too. `tell` gets the number of cases that ran, and of all."""
        found = static_findings(self._submission.source, self._exercise)
        if found:
            report = static_report(self._submission, self._exercise, found, self._request)
            return self._with_guess(report)
        try:
            report = self._graded(tell)
        except NurseryBroken:
            if not self._cancelled:
                raise
        finally:
            if self._is_awaited:
                self._close_later()
            else:
                self._close()
        if self._cancelled:
            raise Cancelled
        return self._with_guess(self._with_fault(report))

    def _with_guess(self, report: Report) -> Report:
        """Say so where the file doesn't tell which exercise it is for."""
        source, slug = self._submission.source, self._exercise.slug
        if self._request.exercise is not None or defines_some(source, self._folder):
            return report
        if likenesses(source, [self._folder])[slug].sure:
            return report
        guess = (
            f"The file has no function that an exercise asks for, so {slug} is a guess. If it is "
            "for another one, name that with --exercise NAME; grade list shows the names."
        )
        told = [
            msgspec.structs.replace(each, why=guess) if each.rule == MISSING else each
            for each in report.findings
        ]
        return msgspec.structs.replace(report, findings=tuple(told))

    def _with_fault(self, report: Report) -> Report:
        """Don't let a program pass that the author's check had to look at and couldn't."""
        fault = self._own_check.fault
        if not fault:
            return report
        if report.verdict is Verdict.PASSED:
            reason = f"the exercise's own check is broken: {fault}"
            report = error_report(self._submission, self._exercise, reason, self._request)
        return msgspec.structs.replace(report, fault=fault)

    def _close(self) -> None:
        for side in tuple(self._sides):
            if side is not self._goes_on or self._cancelled:
                side.end()
        self._own_check.end()

    def _close_later(self) -> None:
        """Stop them without waiting: the kernel takes as long for one as a small case takes."""

        def close() -> None:
            with contextlib.suppress(NurseryBroken):  # the session has ended, and all with it
                self._close()

        threading.Thread(target=close, daemon=True).start()

    def _graded(self, tell: Callable[[int, int], None]) -> Report:
        """Load, search for mistakes and for a proof, judge."""
        with self._watch.part("plan"):
            drawn = self._session.plan(self._exercise, self._request)
            named = named_cases(self._exercise, self._submission.source, drawn.discriminating[0])
            few = self._request.effort.few_cases
            rest = tuple(covering(drawn.rest, self._exercise)) if few else drawn.rest
            cases = msgspec.structs.replace(drawn, named=named, rest=rest)
        with self._watch.part("imports"):
            self._session.access.policy(self._folder)  # while another process imports jax
            self._unhurried = self._session.unhurried()
            self._session.warm(self._exercise, cases)
        self._reference = self._session.reference(self._folder)
        self._reference.prepare((*cases.discriminating, *cases.edges), self._sizes)
        with self._watch.part("start"):
            side = self._taken_over() or self._start()
        with self._watch.part("load"):
            loaded = side.load(self._request.load_seconds)
        if not isinstance(loaded, Loaded):
            self._suspect_the_machine(cases.discriminating[0])
            return self._report_in_time(self._nothing_ran(loaded), cases)
        proof = self._begin_proof(side)
        second = None if self._traces_after else proof
        search = self._search(side, second, self._fresh, self._altering, tell)
        try:
            return self._searched(search, proof, cases)
        except TookTooLong:
            return self._overlong(search.transcript, cases)

    def _search(
        self,
        side: Side,
        second: Second | None,
        fresh: Fresh,
        altering: Callable[[], Side],
        tell: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Search:
        return Search(
            exercise=self._exercise,
            source=self._submission.source,
            reference=self._reference,
            submission=side,
            second=second,
            fresh=fresh,
            altering=altering,
            deadline=Deadline(self._request.timeout, self._unhurried),
            tell=tell,
            judge=self._judged,
            effort=self._request.effort,
            spare=self._spare if second is None else tuple,
            is_pure=self._is_pure,
        )

    def _searched(self, search: Search, proof: Proof, cases: Plan) -> Report:
        with self._watch.part("cases"):
            transcript = self._confirmed(search.run(cases, proof.proved, proof.fixed), cases)
        transcript = self._own_check.told(transcript)
        for each in transcript.exchanges:
            if not isinstance(each.actual.outcome, Completed):
                self._suspect_the_machine(each.case)
                break
        self._count_processes()
        return self._report(self._likened(transcript, proof), proof.equivalence(transcript), cases)

    def _confirmed(self, transcript: Transcript, cases: Plan) -> Transcript:
        """Run the cases in XLA alone if a finding may come of rounding; if all is right, say so."""
        if not self._request.effort.confirms:
            return transcript
        if not depends_on_rounding(self._judged(transcript), self._sides):
            return transcript
        fresh = partial(self._fresh, compiled=True)
        altering = partial(fresh, alters=True)
        again = self._search(fresh(), Another(fresh), fresh, altering).run(cases, lambda: False)
        errors = [each for each in self._judged(again) if each.severity is Severity.ERROR]
        return transcript if errors else again

    # ------------------------------------------------------------------------------- judging

    def _judged(self, transcript: Transcript) -> tuple[Finding, ...]:
        """Judge a transcript, once: the last one is asked for several times."""
        told = self._own_check.told(transcript)
        if self._last is None or self._last[0] != told:
            self._last = told, self._judging.spend(lambda: judge(told))
        return self._last[1]

    def _report_in_time(self, transcript: Transcript, cases: Plan) -> Report:
        try:
            return self._report(transcript, unknown(), cases)
        except TookTooLong:
            return self._overlong(transcript, cases)

    def _overlong(self, transcript: Transcript, cases: Plan) -> Report:
        """Report on a process that sent larger records than can be judged."""
        seconds = judging_seconds(self._request.cases)
        self._judging = Budget(seconds)
        why = f"the process sent records that take more than {seconds:g} s to judge"
        return self._report(
            without_records(transcript, Crashed(reason=why)),
            unknown("what the program did could not be judged"),
            cases,
            executed=len(transcript.exchanges),
        )

    def _suspect_the_machine(self, case: Case) -> None:
        """Run the reference like a submission, in case the machine lacks what any program needs.

        Raises `NurseryBroken` if it fails as well: then nothing is known about the submission.
        """
        if not lacks():
            return
        self._close()
        text = self._session.reference(self._folder).text
        reference = from_bytes(self._folder.solution.name, text.encode())
        side = self._session.submission_side(reference, self._folder)
        try:
            side.enter_sandbox()
            if isinstance(side.load(self._request.load_seconds), Loaded):
                side.begin(case, self._request.load_seconds)
                if isinstance(side.finish().outcome, Completed):
                    return
        finally:
            side.end()
        raise NurseryBroken("both the reference and your program fail here")

    def _likened(self, transcript: Transcript, proof: Proof) -> Transcript:
        """Compare with the known mistakes if no rule says why the answers are wrong."""
        if self._request.effort is Effort.CAUGHT:
            return transcript
        errors = {each.rule for each in self._judged(transcript) if each.severity is Severity.ERROR}
        explained = any(rule_by_id(each).shows is None for each in errors)
        if not errors or (explained and UNEXPLAINED not in errors):
            return transcript
        with self._watch.part("known mistakes"):
            mistakes = self._session.known(self._folder)
            known = mistakes.like(proof, self._sizes, transcript, errors)
        return msgspec.structs.replace(transcript, known=known)

    def _open(self) -> Side:
        if self._cancelled:
            raise Cancelled
        side = self._session.submission_side(self._submission, self._folder)
        self._sides.append(side)
        return side

    def _taken_over(self) -> Side | None:
        """Return the process in which another text ran, if it was kept and this one can't tell."""
        if self._handover is None or not self._is_plain:
            return None
        side = self._handover.take()
        if side is not None:
            self._session.give(side, self._submission, self._folder)
            self._sides.append(side)
            self._went_on = True
        return side

    def _hands_over(self, side: Side, findings: Sequence[Finding]) -> bool:
        """Whether the process will run another text as if it were a new one."""
        if self._handover is None or not side.can_go_on or not self._is_plain:
            return False
        return self._handover.for_any_text or any(each.edits for each in findings)

    @property
    def _is_plain(self) -> bool:
        """Whether the text is all of the program, and shows nothing that outlasts a call."""
        return self._is_alone and self._reading.stays_by_itself

    def _is_pure(self) -> bool:
        """Whether the text leaves nothing to state, nor to chance, which a proof would doubt."""
        plain = self._is_alone and not self._reading.doubt
        return plain and keeps_nothing(self._submission.source.tree)

    @property
    def _is_alone(self) -> bool:
        return len(self._submission.source.files) == 1 and not self._exercise.part

    @property
    def _reading(self) -> Reading:
        return read(self._submission.source.text, self._exercise.function)

    def _count_processes(self) -> None:
        """Count the time that the submission's processes took while the cases ran."""
        spent = [side.spent for side in self._sides]
        compiling = sum(each.compiling for each in spent)
        self._watch.add("trace", sum(each.trace for each in spent), within=True)
        self._watch.add("compile", compiling, within=True)
        self._watch.add("execute", sum(each.call for each in spent) - compiling, within=True)

    def _start(self) -> Side:
        """Get a process and check its sandbox, before it gets the file."""
        side = self._open()
        side.enter_sandbox()
        missing = missing_protections(side)
        if self._request.require_sandbox and missing:
            why = "; ".join(f"{each.name} ({each.detail})" for each in missing)
            raise SandboxMissing(
                f"--require-sandbox: a required protection isn't available here: {why}"
            )
        return side

    def _fresh(self, *, alters: bool = False, compiled: bool = False) -> Side:
        side = self._start()
        side.load(self._request.load_seconds, alters=alters, compiled=compiled)
        return side

    def _altering(self) -> Side:
        """Return a process in which lifted modules give other numbers.

        It is that of the cases, if it runs the text once more as if it were a new one.
        """
        side = self._sides[0]
        if not (side.can_go_on and self._is_plain):
            return self._fresh(alters=True)
        side.load(self._request.load_seconds, alters=True, discard_output=True)
        return side

    def _spare(self) -> tuple[Side, ...]:
        """Return a second process for the cases if processors have become idle."""
        if self._session.crowded:
            return ()
        side = self._start()
        return (side,) if isinstance(side.load(self._request.load_seconds), Loaded) else ()

    @property
    def _traces_after(self) -> bool:
        """Whether to trace in the process of the cases: processors are scarce, or it is warm.

        Of several functions, one is traced where nothing ran before: it is `touched` if its first
        call keeps something.
        """
        return (self._session.crowded or self._went_on) and not self._exercise.part

    def _begin_proof(self, side: Side) -> Proof:
        """Trace in a second process while the cases run, or in theirs."""
        proof = Proof(self._reference, self._submission.source, self._exercise, self._sizes)
        wanted, seconds = self._request.prove, self._request.load_seconds
        if self._traces_after:
            proof.begin_later(side, wanted=wanted, seconds=seconds)
        else:
            proof.begin(self._open, wanted=wanted, seconds=seconds)
        return proof

    def _nothing_ran(self, loaded: LoadOutcome) -> Transcript:
        return Transcript(exercise=self._exercise, source=self._submission.source, loaded=loaded)

    def _report(
        self,
        transcript: Transcript,
        equivalence: Equivalence,
        cases: Plan,
        executed: int | None = None,
    ) -> Report:
        """Judge, and put the report together. `executed`: more cases than the transcript has."""
        self._transcript = transcript
        with self._watch.part("judge"):
            findings = self._judged(transcript)
        side = self._sides[0]
        handover = self._handover if self._hands_over(side, findings) else None
        if handover is not None:
            self._goes_on = side
        goes_on = handover is not None or (self._is_awaited and side.answers)
        if not goes_on:
            self._close()
        out, err, truncated = side.printed(goes_on=goes_on)
        if handover is not None:
            handover.keep(side)
        return self._judging.spend(
            lambda: assembled(
                self._submission,
                transcript,
                findings,
                equivalence=equivalence,
                cases=CaseCount(
                    seed=self._request.seed,
                    generated=cases.total,
                    executed=len(transcript.exchanges) if executed is None else executed,
                ),
                output=Output(stdout=out, stderr=err, truncated=truncated),
                side=side,
                watch=self._watch,
            )
        )


def without_records(transcript: Transcript, instead: Crashed) -> Transcript:
    """Return what is left of a transcript that can't be judged: that its process went wrong."""
    if not transcript.exchanges:
        return msgspec.structs.replace(transcript, loaded=instead)
    first = transcript.exchanges[0]
    ended = msgspec.structs.replace(first, actual=Observation(outcome=instead))
    return msgspec.structs.replace(transcript, exchanges=(ended,))
