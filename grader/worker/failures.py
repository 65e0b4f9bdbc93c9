"""What came of an exception: its class, its text and the submission's own frames."""

from __future__ import annotations

from types import FrameType

import jax

from grader.observation import Frame, OutOfMemory, Raised, Span
from grader.worker.foreign import class_name, clean, defined_in, mro
from grader.worker.places import Places

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

_LONGEST_MESSAGE = 2000
_MOST_BASES = 20
_OWN_PACKAGE = "grader"
_SYNTAX_ERRORS = frozenset({SyntaxError, IndentationError, TabError})
_XLA_ERROR = jax.errors.JaxRuntimeError


def failure(error: BaseException, places: Places) -> Raised | OutOfMemory:
    """Turn what a submission raised into data. Only the error's own `__str__` is called."""
    message = _message(error)
    frames = places.in_traceback(error.__traceback__) or _syntax_frames(error, places)
    exhausted = isinstance(error, _XLA_ERROR) and message.startswith("RESOURCE_EXHAUSTED")
    if isinstance(error, MemoryError) or exhausted:
        return OutOfMemory(limit=_memory_limit(), frames=frames)
    cls = type(error)
    return Raised(
        exception=class_name(cls),
        module=defined_in(cls),
        bases=tuple(class_name(base) for base in mro(cls)[1:_MOST_BASES] if base is not object),
        message=message,
        frames=frames,
        library=_library(error, places),
    )


def _syntax_frames(error: BaseException, places: Places) -> tuple[Frame, ...]:
    """Text that doesn't compile has no frames, but the error says where it stopped."""
    if type(error) not in _SYNTAX_ERRORS or not isinstance(error, SyntaxError):
        return ()
    if error.lineno is None or error.filename != places.filename:
        return ()
    return (Frame(function="<module>", span=_syntax_span(error, error.lineno, places)),)


def _syntax_span(error: SyntaxError, line: int, places: Places) -> Span:
    if not error.offset or error.offset < 1:
        return places.whole_line(max(line, 1))
    end_line = error.end_lineno or line
    end = error.end_offset or 0
    if end_line < line or (end_line == line and end <= error.offset):
        end_line, end = line, error.offset + 1
    return Span(line=line, column=error.offset, end_line=end_line, end_column=max(end, 1))


def _message(error: BaseException) -> str:
    try:
        text = error.msg if type(error) in _SYNTAX_ERRORS else str(error)  # type: ignore[attr-defined]
        parts = [str.__str__(text), *_notes(error)]
    except Exception:  # noqa: BLE001 - the text of the submission's own exception can fail
        return "(the exception's text can't be shown)"
    return clean("\n".join(parts), _LONGEST_MESSAGE)


def _notes(error: BaseException) -> list[str]:
    notes = BaseException.__getattribute__(error, "__dict__").get("__notes__", ())
    if type(notes) is not list:
        return []
    return [clean(note, _LONGEST_MESSAGE) for note in notes if type(note) is str]


def _library(error: BaseException, places: Places) -> str | None:
    """Innermost frame that is neither the grader's nor the submission's, if it is the innermost."""
    innermost: FrameType | None = None
    traceback = error.__traceback__
    while traceback is not None:
        if _module_of(traceback.tb_frame).partition(".")[0] != _OWN_PACKAGE:
            innermost = traceback.tb_frame
        traceback = traceback.tb_next
    if innermost is None or places.covers(innermost):
        return None
    return clean(f"{_module_of(innermost)}.{innermost.f_code.co_qualname}", 200)


def _module_of(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__", "")
    return name if type(name) is str else ""


def _memory_limit() -> int:
    if resource is None:
        return 0
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return 0 if soft == resource.RLIM_INFINITY else soft
