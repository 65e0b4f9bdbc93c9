"""A side's program under observation: loaded once, called with cases."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Self

from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.filekind import Unfit
from grader.model.files import SeveralFiles
from grader.model.observation import (
    ClassUnfit,
    Completed,
    Frame,
    FunctionMissing,
    Loaded,
    LoadOutcome,
    Observation,
    Outcome,
    SignatureWrong,
)
from grader.model.source import Source
from grader.model.transforms import needs_nnx, recorded
from grader.wire import FileText
from grader.worker.arguments import Arguments
from grader.worker.arithmetic.tiers import begin_case
from grader.worker.failures import failure, syntax_failure
from grader.worker.flax_classes import ClassCall
from grader.worker.foreign import Foreign
from grader.worker.interpreter import Interpreter
from grader.worker.loader import Program
from grader.worker.places import Places
from grader.worker.recorder import Recorder
from grader.worker.recording import Recording
from grader.worker.results import Converter

_clock = time.perf_counter


def _source(file: FileText) -> Source:
    filename = os.path.abspath(file.name)  # noqa: PTH100 - a plain string, without looking at files
    unread = Unfit(file.fault, "") if file.fault else None
    return Source(filename, file.text.removeprefix("\ufeff"), unread)  # of editors on Windows


class Subject:
    """Runs a program's text and reports what it did. No exception of the program gets out.

    The recorder's patches and the program's module stay in place from the first `load` or `protect`
    until `restore`, also between calls; use a `with` block if others share the process.
    """

    def __init__(
        self,
        exercise: Exercise,
        name: str,
        text: str,
        *,
        alters: bool = False,
        files: Sequence[FileText] = (),
    ) -> None:
        self._exercise = exercise
        source, *beside = (_source(each) for each in (FileText(name=name, text=text), *files))
        self._places = Places(source.name, SeveralFiles(source, beside) if beside else source)
        self._program = Program(source.name, source, beside)
        asked = frozenset(title for use in exercise.uses for title in use.any_of)
        self._recorder = Recorder(
            self._places,
            alters=alters,
            asked=asked,
            recorded=recorded(exercise),
            of_nnx=needs_nnx(exercise),
        )
        self._interpreter = Interpreter()
        self._function: Callable[..., Foreign] | None = None

    def __enter__(self) -> Self:
        self.protect()
        return self

    def __exit__(self, *_: object) -> None:
        self.restore()

    @property
    def function(self) -> Callable[..., Foreign]:
        """The exercise's function; `RuntimeError` unless `load` returned `Loaded`."""
        if self._function is None:
            raise RuntimeError("the program is not loaded")
        return self._function

    @property
    def namespace(self) -> dict[str, Foreign]:
        """The globals of the program's text."""
        return vars(self._program.module)

    def load(self) -> LoadOutcome:
        """Run the text, and find the exercise's function and its parameters."""
        self.protect()
        fault = self._program.compile()
        if fault is not None:
            return syntax_failure(fault)
        try:
            self._run(Recording(loading=True), self._program.execute)
        except BaseException as error:  # noqa: BLE001 - the program's, even SystemExit
            return failure(error, self._places)
        return self.turn(self._exercise)

    def turn(self, exercise: Exercise) -> LoadOutcome:
        """Find the function of an exercise in the program that was run, to be called from now."""
        try:
            found = self._program.find(exercise)
        except BaseException as error:  # noqa: BLE001 - the program's, even SystemExit
            return failure(error, self._places)
        if isinstance(found, (FunctionMissing, SignatureWrong, ClassUnfit)):
            return found
        self._function = found
        return Loaded()

    def call(self, case: Case) -> Observation:
        """Call the function with a case, and return the outcome."""
        self.protect()
        function = self.function
        if case.retrained and isinstance(function, ClassCall):
            function = function.retrained()
        recording = Recording()
        arguments: Arguments | None = None
        began = _clock()
        try:
            arguments = Arguments(case)
            began = _clock()
            returned = self._run(recording, function, *arguments.values, **arguments.named)
            seconds = _clock() - began
            outcome: Outcome = Completed(result=Converter().convert(returned))
        except BaseException as error:  # noqa: BLE001 - the program's, even SystemExit
            seconds = _clock() - began
            outcome = failure(error, self._places)
        return Observation(
            outcome=outcome,
            record=self._recorder.record(recording),
            mutated=() if arguments is None else arguments.mutated(),
            seconds=seconds,
        )

    def where(self, thread_id: int) -> tuple[Frame, ...]:
        """Return the program's frames in a thread now; for a watchdog in another thread."""
        return self._places.where(thread_id)

    def protect(self) -> None:
        """Install the patches and the module, unless they already are."""
        self._recorder.patches.install()
        self._program.register()

    def restore(self) -> None:
        """Remove the patches and the module, if they are installed."""
        self._recorder.patches.remove()
        self._program.unregister()

    def _run(
        self, recording: Recording, code: Callable[..., Foreign], *args: object, **named: object
    ) -> Foreign:
        """Give the program its turn: recorded, and with the interpreter state that it left."""
        self._recorder.begin(recording)
        begin_case()
        try:
            self._interpreter.lend()
            return code(*args, **named)
        finally:
            # A trace or profile function of theirs may raise in any of our frames, but each only
            # once: Python drops one that does.
            try:
                self._interpreter.silence()
            finally:
                try:
                    self._interpreter.silence()
                finally:
                    self._interpreter.take_back()
                    self._recorder.end()
