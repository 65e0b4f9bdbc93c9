"""What came of an exception: its class, its text and the submission's own frames."""

from __future__ import annotations

from types import FrameType, TracebackType

import jax

from grader.observation import Frame, OutOfMemory, Raised
from grader.worker.foreign import class_name, clean, defined_in, mro
from grader.worker.places import Places

try:
    import resource
except ImportError:  # there is none on Windows
    resource = None  # type: ignore[assignment]

_TRACEBACK = BaseException.__dict__["__traceback__"]
_LONGEST_MESSAGE = 2000
_MOST_BASES = 20
_OWN_PACKAGE = "grader"
_SYNTAX_ERRORS = frozenset({SyntaxError, IndentationError, TabError})
_XLA_ERROR = jax.errors.JaxRuntimeError


def failure(error: BaseException, places: Places) -> Raised | OutOfMemory:
    """Turn what a submission raised into data. Only the error's own `__str__` is called."""
    message = _message(error)
    frames = places.in_traceback(_traceback(error)) or _syntax_frames(error, places)
    cls = type(error)
    exhausted = issubclass(cls, _XLA_ERROR) and message.startswith("RESOURCE_EXHAUSTED")
    if issubclass(cls, MemoryError) or exhausted:
        return OutOfMemory(limit=_memory_limit(), frames=frames)
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
    fault = places.source.syntax_fault
    if type(error) not in _SYNTAX_ERRORS or fault is None:
        return ()
    return (Frame(function="<module>", span=fault.span),)


def _message(error: BaseException) -> str:
    try:
        # A syntax error's text repeats the place, which its frame says already.
        text = str(error.msg) if isinstance(error, SyntaxError) else str(error)
        parts = [str.__str__(text), *_notes(error)]
    except BaseException:  # noqa: BLE001 - the text of the submission's own exception can fail
        return "(the exception's text can't be shown)"
    return clean("\n".join(parts), _LONGEST_MESSAGE)


def _traceback(error: BaseException) -> TracebackType | None:
    """Return the traceback, whatever the class of the error makes of that attribute."""
    found: TracebackType | None = _TRACEBACK.__get__(error)
    return found


def _notes(error: BaseException) -> list[str]:
    notes = BaseException.__getattribute__(error, "__dict__").get("__notes__", ())
    if type(notes) is not list:
        return []
    return [clean(note, _LONGEST_MESSAGE) for note in notes if type(note) is str]


def _library(error: BaseException, places: Places) -> str | None:
    """Innermost frame that is neither the grader's nor the submission's, if it is the innermost."""
    innermost: FrameType | None = None
    traceback = _traceback(error)
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
