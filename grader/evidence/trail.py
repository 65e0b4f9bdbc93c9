"""How a side got its answer: which Flax call returned it, and where its variables came from.

A submission may call Flax more often than necessary (to print shapes, to compare with a plain
layer). The calls that count are the one that gave the answer and the one that made its variables.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import msgspec

from grader.model.case import ArrayValue
from grader.model.observation import (
    Completed,
    LiftedCall,
    ModuleRun,
    Observation,
    Raised,
    Root,
    SequenceResult,
    Variable,
    digest,
)


class LiftedRun(msgspec.Struct, frozen=True, kw_only=True):
    """An outermost run of a lifted class or function, and what ran inside it.

    `run` is None if Flax gave up before the module ran.
    """

    call: LiftedCall
    root: Root
    run: ModuleRun | None
    inner: tuple[ModuleRun, ...] = ()


class Trail:
    """The part of an observation's record that led to the answer."""

    def __init__(self, observation: Observation) -> None:
        self.observation = observation
        self.record = observation.record

    @cached_property
    def _calls(self) -> dict[int, LiftedCall]:
        return {call.id: call for call in self.record.lifted}

    def runs(self, root: Root) -> tuple[ModuleRun, ...]:
        """Return the module runs that belong to `root`, in order."""
        return self._runs.get(root.number, ())

    @cached_property
    def _runs(self) -> dict[int | None, tuple[ModuleRun, ...]]:
        """The module runs by their root: a forged record may have hundreds of both."""
        found: defaultdict[int | None, list[ModuleRun]] = defaultdict(list)
        for run in self.record.modules:
            found[run.root].append(run)
        return {root: tuple(runs) for root, runs in found.items()}

    def top(self, root: Root) -> ModuleRun | None:
        """Return the outermost module run of `root`."""
        return min(self.runs(root), key=lambda run: run.depth, default=None)

    def failed(self, root: Root) -> bool:
        """Whether `root` raised, or a later run that belongs to it, as for a bound module."""
        top = self.top(root)
        return root.raised or (top is not None and top.raised)

    @property
    def tried(self) -> bool:
        """Whether the call that should give the answer ran: a lifted one, if there is one."""
        return not self.record.lifted or any(map(self.lifted, (self.maker, self.answer)))

    def is_lifted(self, root: Root) -> bool:
        """Whether anything lifted ran in `root`."""
        return any(is_lifted(run) for run in self.runs(root))

    @cached_property
    def forward(self) -> tuple[Root, ...]:
        """The calls of Flax that could have given the answer."""
        return tuple(root for root in self.record.roots if root.forward)

    @cached_property
    def answer_digest(self) -> str | None:
        """The hash of the answer's numbers, None if there is no array."""
        outcome = self.observation.outcome
        if isinstance(outcome, Completed) and isinstance(outcome.result, ArrayValue):
            return digest(outcome.result.data)
        return None

    @cached_property
    def _answer_digests(self) -> frozenset[str]:
        """The hashes of each array of the answer, and of all of them if there are several."""
        outcome = self.observation.outcome
        if not isinstance(outcome, Completed):
            return frozenset()
        items = outcome.result.items if isinstance(outcome.result, SequenceResult) else ()
        arrays = [each for each in (outcome.result, *items) if isinstance(each, ArrayValue)]
        digests = [digest(each.data) for each in arrays]
        return frozenset({*digests, digest("".join(digests).encode())} if digests else ())

    @cached_property
    def answer(self) -> Root | None:
        """The call that gave the answer; if the submission raised, the call that raised.

        If there are several: a lifted one that gave exactly these numbers, with most of them as
        updated variables; else a lifted one, one that gave the numbers, or the last one.
        """
        if isinstance(self.observation.outcome, Raised):
            raised = [root for root in self.record.roots if root.raised]
            if raised:
                return raised[-1]
        candidates = [root for root in self.forward if not root.raised]
        if isinstance(self.observation.outcome, Raised):
            candidates = candidates or [root for root in self.record.roots if not root.raised]
        return max(candidates, key=self._likeness, default=None)

    @cached_property
    def doubtful(self) -> bool:
        """Whether another call with other variables may have given the answer just as well.

        As for zeros, or if the answer has the numbers of no call.
        """
        answer = self.answer
        if answer is None:
            return False
        roots = [root for root in self.forward if not root.raised]
        alike = [each for each in roots if self._likeness(each)[:2] == self._likeness(answer)[:2]]
        return any(not _known_same(root.given, answer.given) for root in alike if root != answer)

    @cached_property
    def written(self) -> frozenset[str]:
        """The collections that were passed to the call that gave the answer, possibly updated."""
        if self.answer is None or not self.answer.given:
            return frozenset()
        return frozenset(each.collection for each in self.answer.made)

    @cached_property
    def late_streams(self) -> frozenset[str]:
        """The streams that the answer was drawn from, after the variables were made."""
        if self.answer is None or self.answer is self.maker:
            return frozenset()
        return frozenset(key.stream for key in self.answer.keys)

    def _likeness(self, root: Root) -> tuple[bool, bool, int, int]:
        top = self.top(root)
        gave = self._answer_digests & ({top.digest, top.given} if top is not None else set())
        updated = self._answer_digests & {each.digest for each in root.made}
        lifted = self.is_lifted(root) or self._has_steps(root)
        return lifted, bool(gave), len(updated), root.number

    def _has_steps(self, root: Root) -> bool:
        """Whether a lifted loop ran in `root`."""
        loops = (each for each in self.record.transforms if each.collections is not None)
        return any(each.ran and each.root == root.number for each in loops)

    @cached_property
    def maker(self) -> Root | None:
        """The call that made the variables for the answer; None if it wasn't seen."""
        answer = self.answer
        if answer is None or not answer.given:
            return answer
        makers = [root for root in self.record.roots if root.made and root.number < answer.number]
        wanted = _fingerprint(answer.given)
        return max(
            makers,
            key=lambda root: (len(wanted & _fingerprint(root.made)), root.number),
            default=None,
        )

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that the answer was computed with, or that were made for it."""
        if self.answer is None:
            return ()
        return self.answer.given or self.answer.made

    def lifted(self, root: Root | None) -> tuple[LiftedRun, ...]:
        """Return the outermost lifted runs of `root`."""
        if root is None:
            return ()
        runs = self.runs(root)
        inner: defaultdict[int | None, list[ModuleRun]] = defaultdict(list)
        for run in runs:
            inner[run.inside].append(run)
        found = [
            LiftedRun(
                call=self._calls[run.lifted].of_method(run.method),
                root=root,
                run=run,
                inner=tuple(inner[run.lifted]),
            )
            for run in runs
            if run.lifted in self._calls and run.inside is None
        ]
        if not found and root.raised and self.record.lifted and not runs:
            return (LiftedRun(call=self.record.lifted[-1], root=root, run=None),)
        return tuple(found)

    @cached_property
    def decisive(self) -> tuple[LiftedRun, ...]:
        """The lifted runs of the calls that gave the answer and made its variables."""
        if self.maker is None or self.maker is self.answer:
            return self.lifted(self.answer)
        return self.lifted(self.maker) + self.lifted(self.answer)

    @cached_property
    def layer(self) -> ModuleRun | None:
        """The module that computed the answer: the lifted one, or what ran instead."""
        for run in self.lifted(self.answer) or self.lifted(self.maker):
            if run.run is not None:
                return run.run
        return self.top(self.answer) if self.answer is not None else None

    def innermost(self, root: Root | None) -> ModuleRun | None:
        """Return the run of the module that was lifted, as one example sees it."""
        runs = [each for lifted in self.lifted(root) for each in lifted.inner]
        return min(runs, key=lambda run: run.depth, default=None)

    def within(self, layer: ModuleRun) -> tuple[ModuleRun, ...]:
        """Return the runs of the modules inside `layer`, in its root."""
        return tuple(
            run
            for run in self._runs.get(layer.root, ())
            if len(run.path) > len(layer.path) and run.path[: len(layer.path)] == layer.path
        )


def is_lifted(run: ModuleRun) -> bool:
    """Whether a run is lifted, or inside a lifted one. A class's name proves nothing."""
    return run.lifted is not None or run.inside is not None


def _known_same(some: tuple[Variable, ...], others: tuple[Variable, ...]) -> bool:
    """Whether two variable trees are known to have the same numbers."""
    known = all(each.digest is not None for each in (*some, *others))
    return known and _fingerprint(some) == _fingerprint(others)


def _fingerprint(variables: tuple[Variable, ...]) -> frozenset[tuple[object, ...]]:
    """Return what distinguishes two variable trees, as far as it was recorded."""
    return frozenset(
        (each.collection, each.path, each.type.shape, each.type.dtype, each.digest)
        for each in variables
    )
