"""An exception as data: its class, its text and the submission's own frames."""

from __future__ import annotations

import re
from types import FrameType, TracebackType

import jax

from grader.model.observation import COMPILER, Frame, OutOfMemory, Raised
from grader.model.source import SyntaxFault
from grader.worker.foreign import class_name, clean, defined_in, mro
from grader.worker.places import Places
from grader.worker.suggestions import suggestion

_TRACEBACK = BaseException.__dict__["__traceback__"]
_LONGEST_MESSAGE = 2000
_LONGEST_SEARCHED = 100_000
_FRAME_TEXT = re.compile(
    r'^  File "(?P<file>[^"\n]*)", line \d+, in .*\n(?:    .*\n)*', re.MULTILINE
)
_MOST_BASES = 20
_OWN_PACKAGE = "grader"
_XLA_ERROR = jax.errors.JaxRuntimeError
_NO_MEMORY = "RESOURCE_EXHAUSTED: Out of memory"


def failure(error: BaseException, places: Places) -> Raised | OutOfMemory:
    """Turn an exception of a submission into data. Only the exception's own `__str__` is called."""
    message = _message(error, places)
    frames = places.in_traceback(_traceback(error))
    cls = type(error)
    stops = None
    if type(error) is SyntaxError and (stops := places.fault(error)) is not None:
        frames = (*frames, Frame(function="<module>", span=stops))
        message = clean(error.msg, _LONGEST_MESSAGE) if type(error.msg) is str else message
    if issubclass(cls, MemoryError) or _exhausted(cls, message):
        return OutOfMemory(limit=0, frames=frames)
    return Raised(
        exception=class_name(cls),
        module=defined_in(cls),
        bases=tuple(class_name(base) for base in mro(cls)[1:_MOST_BASES] if base is not object),
        message=message,
        frames=frames,
        library=_library(error, places) if stops is None else COMPILER,
        meant=_meant(error, message),
    )


def _meant(error: BaseException, message: str) -> str | None:
    """Suggest what a missing name may have meant; a suggestion is optional, so failing is fine."""
    innermost = _innermost(error)
    try:
        return suggestion(error, message, innermost.f_globals if innermost is not None else {})
    except BaseException:  # noqa: BLE001 - the exception's attributes may be the submission's own
        return None


def _exhausted(cls: type, message: str) -> bool:
    """Whether XLA ran out of memory, for a single buffer or for a whole program."""
    return issubclass(cls, (_XLA_ERROR, ValueError)) and message.startswith(_NO_MEMORY)


def syntax_failure(fault: SyntaxFault) -> Raised:
    """Return what Python would raise for a text that does not compile."""
    return Raised(
        exception="SyntaxError",
        module="builtins",
        bases=("Exception", "BaseException"),
        message=clean(fault.message, _LONGEST_MESSAGE),
        frames=(Frame(function="<module>", span=fault.span),),
        library=COMPILER,
    )


def _message(error: BaseException, places: Places) -> str:
    try:
        parts = [str.__str__(str(error)), *_notes(error)]
    except BaseException:  # noqa: BLE001 - the text of the submission's own exception can fail
        return "(the exception's text can't be shown)"
    return clean(_without_others("\n".join(parts), places), _LONGEST_MESSAGE)


def _without_others(message: str, places: Places) -> str:
    """Remove frames that are not the submission's from a traceback inside a message.

    jax reports exceptions of callbacks this way, including the grader's frames.
    """
    if len(message) > _LONGEST_SEARCHED:
        return message
    return _FRAME_TEXT.sub(lambda found: found[0] if places.is_own(found["file"]) else "", message)


def _traceback(error: BaseException) -> TracebackType | None:
    """Return the traceback, even if the exception's class overrides that attribute."""
    found: TracebackType | None = _TRACEBACK.__get__(error)
    return found


def _notes(error: BaseException) -> list[str]:
    notes = BaseException.__getattribute__(error, "__dict__").get("__notes__", ())
    if type(notes) is not list:
        return []
    return [clean(note, _LONGEST_MESSAGE) for note in notes if type(note) is str]


def _library(error: BaseException, places: Places) -> str | None:
    """The innermost frame (leaving out the grader's), if it isn't the submission's."""
    innermost = _innermost(error)
    if innermost is None or places.covers(innermost):
        return None
    return clean(f"{_module_of(innermost)}.{innermost.f_code.co_qualname}", 200)


def _innermost(error: BaseException) -> FrameType | None:
    """Return the innermost frame that isn't the grader's."""
    innermost: FrameType | None = None
    traceback = _traceback(error)
    while traceback is not None:
        if _module_of(traceback.tb_frame).partition(".")[0] != _OWN_PACKAGE:
            innermost = traceback.tb_frame
        traceback = traceback.tb_next
    return innermost


def _module_of(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__", "")
    return name if type(name) is str else ""
