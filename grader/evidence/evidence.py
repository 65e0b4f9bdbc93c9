"""A transcript, and derived facts that several rules need."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property

from grader.compare import OtherKind, OtherShape, OtherType, OtherValues, Same
from grader.evidence.deviation import Arrangement, Deviation
from grader.evidence.impurity import Impurity
from grader.evidence.landmarks import Landmarks
from grader.evidence.lifting import Knob
from grader.evidence.look import Look, look_at
from grader.evidence.notation import value_text
from grader.evidence.other_libraries import NNX, OtherLibrary, other_library
from grader.evidence.repeats import Repeat, first_difference, repeats, unlike_keys
from grader.evidence.sizes import reached
from grader.evidence.symptom import shown
from grader.model.case import Case, Container, IntValue
from grader.model.exercise import Exercise, Number, Seed, Size
from grader.model.observation import LoadOutcome, Outcome, Span
from grader.model.transcript import Transcript
from grader.model.transforms import needs_nnx


class Evidence:
    """A transcript, prepared once; the rules only read it."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.exercise: Exercise = transcript.exercise
        self.source = transcript.source
        self.landmarks = Landmarks(transcript.source, transcript.exercise.entry)
        self._looks = tuple(look_at(self.exercise, each) for each in transcript.exchanges)

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """The exchanges that count, smallest case first.

        An exception that only NumPy arrays cause doesn't count: the task promises JAX arrays. The
        answers with changed weights are `retrained`, apart from these.
        """
        jax = [look for look in self._looks if look.case.container is Container.JAX]
        raised = {_raising(look) for look in jax or self._looks}
        kept = [look for look in self._looks if look.raised is None or _raising(look) in raised]
        return _by_size(look for look in kept if not _is_retrained(look))

    @cached_property
    def retrained(self) -> tuple[Look, ...]:
        """The exchanges in which both sides returned with changed weights, smallest case first."""
        return _by_size(filter(_is_retrained, self._looks))

    @property
    def endings(self) -> Iterator[tuple[LoadOutcome | Outcome, Case | None]]:
        """The outcome of loading the file, which isn't a case, then of each case that counts."""
        yield self.transcript.loaded, None
        for look in self.looks:
            yield look.exchange.actual.outcome, look.case

    @cached_property
    def wrong(self) -> tuple[Look, ...]:
        """The looks in which something is visibly wrong."""
        return tuple(look for look in self.looks if look.wrong)

    @cached_property
    def answered_wrong(self) -> tuple[Look, ...]:
        """The looks in which the answer differs from the expected one."""
        return tuple(look for look in self.looks if look.answer_wrong)

    @cached_property
    def completed(self) -> tuple[Look, ...]:
        """The looks in which both sides returned."""
        return tuple(look for look in self.looks if look.comparison is not None)

    def compared(
        self, kind: type[OtherKind | OtherShape | OtherType | OtherValues]
    ) -> tuple[Look, ...]:
        """Return the looks with answers that differ in this way."""
        return tuple(look for look in self.looks if isinstance(look.comparison, kind))

    def blamed(self, knob: Knob) -> Iterator[tuple[Look, Deviation]]:
        """Yield each deviation of `knob` that has an effect, with the smallest case that shows it.

        There is one for each collection or stream and each place in the file. A batch of one shows
        little, so it's only used if there is no other case.
        """
        if knob is Knob.IN_AXES and any(
            look.arguments_exchanged or look.inputs_replaced for look in self.looks
        ):
            return  # the axes fit the arguments, and at some sizes nothing shows it
        if knob is Knob.IN_AXES and self._fits_turned:
            return
        seen: set[tuple[Span | None, str]] = set()
        more = any((look.mapped_size or 0) > 1 for look in self.looks)
        for look in sorted(self.looks, key=lambda look: look.mapped_size == 1):
            for each in shown(look, reorders=self.landmarks.reorders):
                place = each.call.span, each.name
                if look.mapped_size == 1 and more and knob is Knob.IN_AXES:
                    continue  # an array of one example looks the same transposed
                if knob is Knob.IN_AXES and each.call.span in self._fit_turned:
                    continue
                if each.knob is knob and place not in seen:
                    seen.add(place)
                    yield look, each

    @cached_property
    def _fits_turned(self) -> bool:
        """Whether in_axes fits arrays that were transposed, which equal sizes don't show."""
        turned = [look for look in self.looks if look.inputs_turned]
        deviations = [each for look in turned for each in look.deviations]
        return bool(turned) and all(each.knob is not Knob.IN_AXES for each in deviations)

    @cached_property
    def _fit_turned(self) -> frozenset[Span | None]:
        """The places of calls whose in_axes was right where it shows that an array was turned."""
        return frozenset().union(*(look.fits_turned for look in self.looks))

    @cached_property
    def arguments_swapped(self) -> bool:
        """Whether a case shows that the arguments are merely in the wrong order."""
        found = {look.arrangement for look in self.looks if look.wrong}
        raised = any(look.raised for look in self.looks)
        return raised and Arrangement.SWAPPED in found and Arrangement.OTHER not in found

    @cached_property
    def other_library(self) -> OtherLibrary | None:
        """The library that the program uses, if no Flax Linen module ever ran.

        NNX isn't another one where the task is about it.
        """
        records = [each.actual.record for each in self._looks]
        seen = any(each.modules or each.roots or each.lifted or each.truncated for each in records)
        found = None if seen else other_library(self.source)
        own = found is not None and found.title == NNX and needs_nnx(self.exercise)
        return None if own else found

    @cached_property
    def impurity(self) -> Impurity:
        """Where the text could be impure."""
        return Impurity(*self.source.home(self.exercise.entry))

    @cached_property
    def _unlike(self) -> tuple[Repeat, ...]:
        """Different answers to one case, or at least different keys for one seed."""
        return tuple(repeats(self._looks)) or tuple(unlike_keys(self._looks, self.seed))

    @cached_property
    def _is_chance(self) -> bool:
        """Whether differing answers are random: fresh processes differ, or the text shows it."""
        if self.differs_afresh:
            return True
        return self.impurity.chance is not None and self.impurity.memory is None

    @property
    def differs_afresh(self) -> bool:
        """Whether a case got different answers as the first one of two processes."""
        return any(each.fresh for each in self._unlike)

    @property
    def differs_within(self) -> bool:
        """Whether a case got different answers in one process."""
        return any(each.same_process for each in self._unlike)

    @property
    def by_chance(self) -> Repeat | None:
        """Two answers to one case that differ randomly."""
        return min(self._unlike, key=_repeat_size, default=None) if self._is_chance else None

    @property
    def by_memory(self) -> Repeat | None:
        """Two answers to one case that differ because of earlier calls."""
        return None if self._is_chance else min(self._unlike, key=_repeat_size, default=None)

    @cached_property
    def mutates(self) -> bool:
        """Whether an argument was changed in place."""
        return any(look.exchange.actual.mutated for look in self.looks)

    @property
    def impure(self) -> bool:
        """Whether one case got different answers."""
        return bool(self._unlike)

    def unlike(self, repeat: Repeat) -> tuple[str, ...]:
        """Show two answers to one case."""
        if repeat.keys is not None:
            seed = self.seed(repeat.second.case)
            return (f"Seed {seed} gave the keys {' and '.join(repeat.keys)}.",)
        one, other = repeat.first.found, repeat.second.found
        where = "in the same process" if repeat.same_process else "in a fresh process"
        if one is None or other is None:
            return (f"The second call, {where}, ended differently.",)
        return (f"The second call, {where}, gave {first_difference(one, other)}.",)

    def returned(self, look: Look, place: str = "") -> Span | None:
        """Return the expression that the function returns in a case, or its item at `place`.

        If nothing tells which of several it is, and some answers are right, it is the whole
        function: what is wrong may be another one than what most cases get to.
        """
        found = self._reached(look)
        if found is None and len(self.landmarks.results) > 1 and self._some_right:
            return self.landmarks.head
        return self.landmarks.returned(place, found)

    @cached_property
    def _some_right(self) -> bool:
        return any(isinstance(look.comparison, Same) for look in self.completed)

    def given(self, look: Look) -> ast.expr | None:
        """Return the only expression that the function returns, or the one that a case gets to."""
        results = self.landmarks.results
        if len(results) == 1:
            return results[0]
        found = self._reached(look)
        return found.value if found is not None else None

    def _reached(self, look: Look) -> ast.Return | None:
        """Return the statement that a case gets to, of several, if its sizes tell."""
        several = len(self.landmarks.results) > 1
        return reached(self.exercise, self.source, look.case.sizes) if several else None

    def sizes(self) -> Iterable[str]:
        """Return the names of the sizes that are passed as numbers."""
        return (each.name for each in self.exercise.parameters if isinstance(each, Size))

    def passed_on(self) -> tuple[str, ...]:
        """Return the names of the arguments that a module can be made with: plain numbers."""
        kinds = Size | Number
        return tuple(each.name for each in self.exercise.parameters if isinstance(each, kinds))

    def argument_for(self, values: Iterable[tuple[Look, str]], name: str = "") -> str | None:
        """Return the argument that has these values, written as text, in all of these looks.

        If there are several, it is the one called `name`.
        """
        told = tuple(values)
        fitting = [
            argument
            for argument in self.passed_on()
            if told and all(value_text(look.case[argument]) == text for look, text in told)
        ]
        return name if name in fitting else fitting[0] if fitting else None

    @cached_property
    def seed_name(self) -> str | None:
        """The name of the argument from which the key must be made."""
        names = [each.name for each in self.exercise.parameters if isinstance(each, Seed)]
        return names[0] if names else None

    def seed(self, case: Case) -> int | None:
        """Return the seed of a case."""
        value = case[self.seed_name] if self.seed_name is not None else None
        return value.value if isinstance(value, IntValue) else None


def _repeat_size(repeat: Repeat) -> tuple[object, ...]:
    return (*repeat.second.size, not repeat.same_process)


def _raising(look: Look) -> tuple[str, Span | None] | None:
    """Return which exception was raised, and where."""
    raised = look.raised
    return (raised.exception, raised.place) if raised is not None else None


def _is_retrained(look: Look) -> bool:
    """Whether both sides returned with changed weights."""
    return look.case.retrained and look.comparison is not None


def _by_size(looks: Iterable[Look]) -> tuple[Look, ...]:
    return tuple(sorted(looks, key=lambda look: look.size))
