"""Makes a module from a submission's text, and finds the function in it."""

from __future__ import annotations

import inspect
import io
import linecache
import sys
import tokenize
import types
from collections.abc import Sequence

from flax import linen as nn

from grader.model.exercise import Exercise, FlaxClass
from grader.model.files import SeveralFiles
from grader.model.observation import ClassUnfit, FunctionMissing, SignatureWrong, Span
from grader.model.source import Source, SyntaxFault
from grader.worker.flax_classes import ClassCall, unfit
from grader.worker.foreign import MODULE_NAME, Foreign, clean, describe
from grader.worker.neighbours import Neighbours

_NEVER = frozenset({*sys.stdlib_module_names, "jax", "jaxlib", "flax", "numpy", "grader"})
"""What a program's own name never hides, whatever its file is called."""

_MOST_CALLABLES = 50
_signature = inspect.signature


class Program:
    """The submission as a module: with its own name, and its source where tools look for it."""

    def __init__(self, filename: str, source: Source, beside: Sequence[Source] = ()) -> None:
        self._filename = filename
        self._source = source
        self._program = SeveralFiles(source, beside) if beside else source
        self._neighbours = Neighbours(_importable(source, beside))
        self.module = types.ModuleType(MODULE_NAME)
        self.module.__file__ = filename
        self._displaced: types.ModuleType | None = None
        self._code: types.CodeType | None = None

    def register(self) -> None:
        """Let `inspect`, `pickle`, dataclasses and tracebacks find the module and its text."""
        self._neighbours.install()
        present = sys.modules.get(MODULE_NAME)
        if present is self.module:
            return
        self._displaced = present
        sys.modules[MODULE_NAME] = self.module
        text = self._source.text
        lines = text.splitlines(keepends=True)
        linecache.cache[self._filename] = (len(text), None, lines, self._filename)

    def unregister(self) -> None:
        """Undo `register`."""
        self._neighbours.remove()
        linecache.cache.pop(self._filename, None)
        if sys.modules.get(MODULE_NAME) is self.module:
            del sys.modules[MODULE_NAME]
            if self._displaced is not None:
                sys.modules[MODULE_NAME] = self._displaced

    def compile(self) -> SyntaxFault | None:
        """Compile the text, or say why that fails."""
        if self._source.syntax_fault is not None:
            return self._source.syntax_fault
        try:
            self._code = compile(self._source.text, self._filename, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
            return self._source.fault(error)
        return None

    def execute(self) -> None:
        """Run the compiled text. Raises whatever that raises."""
        assert self._code is not None
        exec(self._code, vars(self.module))  # noqa: S102 - running it is what this program is for

    def find(self, exercise: Exercise) -> Foreign | FunctionMissing | SignatureWrong | ClassUnfit:
        """Return the exercise's function, or why it can't be called."""
        namespace = vars(self.module)
        function = namespace.get(exercise.function)
        if exercise.flax_class is not None:
            return self._class(exercise, exercise.flax_class)
        if not callable(function):
            found = describe(function) if exercise.function in namespace else None
            return FunctionMissing(callables=self._callables(), found=found)
        if isinstance(function, type) and issubclass(function, nn.Module):
            return FunctionMissing(callables=self._callables(), found="a class of modules")
        wrong = self._check_signature(function, exercise)
        return function if wrong is None else wrong

    def _class(
        self, exercise: Exercise, wanted: FlaxClass
    ) -> Foreign | FunctionMissing | ClassUnfit:
        """Return a function that instantiates the class and calls it, or why that can't be."""
        namespace = vars(self.module)
        cls: Foreign = namespace.get(exercise.function)
        if not issubclass(type(cls), type):
            found = describe(cls) if exercise.function in namespace else None
            return FunctionMissing(callables=self._callables(), found=found)
        return unfit(cls, exercise, wanted) or ClassCall(cls, exercise, wanted)

    def _callables(self) -> tuple[str, ...]:
        """Names of the functions and classes that the text itself defines, in order."""
        own = [
            clean(name, 80)
            for name, value in vars(self.module).items()
            if type(name) is str
            and callable(value)
            and not name.startswith("__")
            and _module_name(value) == MODULE_NAME
        ]
        return tuple(own[:_MOST_CALLABLES])

    def _check_signature(self, function: Foreign, exercise: Exercise) -> SignatureWrong | None:
        try:
            signature = _signature(function)
        except BaseException:  # noqa: BLE001 - without a signature, only a call can tell
            return None
        try:
            named = dict.fromkeys(exercise.keyword_only)
            signature.bind(*exercise.parameters[: len(exercise.parameters) - len(named)], **named)
        except TypeError as error:
            return SignatureWrong(
                signature=_signature_text(signature),
                reason=clean(str(error), 200),
                span=self._definition(function, exercise.function),
            )
        return None

    def _definition(self, function: Foreign, name: str) -> Span | None:
        """Return the head of the function's definition, in the file that has it."""
        file = function.__code__.co_filename if type(function) is types.FunctionType else ""
        for number, source in enumerate(self._program.files):
            if source.name == file and number:
                found = definition_span(source, name)
                return self._program.shifted(number, found) if found is not None else None
        return definition_span(self._source, name)


def _importable(main: Source, beside: Sequence[Source]) -> dict[str, Source]:
    """Return the files that can be imported by name; a program without others can't be."""
    files = (main, *beside) if beside else ()
    names = [each.base.removesuffix(".py") for each in files]
    found = {name: each for name, each in zip(names, files, strict=True) if name.isidentifier()}
    return {name: each for name, each in found.items() if name not in _NEVER}


def _module_name(value: Foreign) -> str | None:
    try:
        name = value.__module__
    except BaseException:  # noqa: BLE001 - the text doesn't define an object that lies
        return None
    return name if type(name) is str else None


def _signature_text(signature: inspect.Signature) -> str:
    try:
        return clean(str(signature), 200)
    except BaseException:  # noqa: BLE001 - a default's __repr__ may be the submission's own
        return "(" + ", ".join(clean(name, 80) for name in signature.parameters) + ")"


def definition_span(source: Source, name: str) -> Span | None:
    """Span of the last `def name(…)` in the text, from `def` to the colon, exclusive."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source.text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    found = None
    for index in range(len(tokens) - 1):
        if tokens[index].string == "def" and tokens[index + 1].string == name:
            found = _header_span(tokens[index:])
    return found


def _header_span(tokens: list[tokenize.TokenInfo]) -> Span | None:
    depth = 0
    for token in tokens:
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                (line, column), (end_line, end) = tokens[0].start, token.start
                return Span(line=line, column=column + 1, end_line=end_line, end_column=end + 1)
    return None
