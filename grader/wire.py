"""The messages between the judge and a worker, and their encoding.

A frame is four bytes of length, big endian, and that many bytes of msgpack. Nothing on the wire
can name a class or a function: a message is one of the types below, or it is refused.
"""

from __future__ import annotations

import os
import threading
from typing import Generic, TypeVar

import msgspec

from grader.errors import WireBroken
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Few, Frame, LoadOutcome, Observation, Result, Text
from grader.model.seen import Seen
from grader.model.trace import Trace as ProgramTrace
from grader.model.transcript import Said
from grader.sandbox.limits import Excess, Limits
from grader.sandbox.policy import Policy, Protection

LARGEST_FRAME = 16 * 1024 * 1024
"""Bytes. Observations are smaller: a worker sends at most 8 MB of arrays."""

FAILED = 70
"""Exit status if a worker's own code failed (EX_SOFTWARE); a program can exit with it, too."""

CUT_OFF = 74
"""Exit status of a worker that can't reach the judge: its descriptors were closed (EX_IOERR)."""


# ------------------------------------------------------------------------------- judge to worker


class Start(msgspec.Struct, frozen=True, kw_only=True, tag="start"):
    """Become a side: shut yourself in, and say how well that went.

    `policy` is None for the reference, which is trusted. `compile_cache` is a folder or None;
    only a side with a `shared_cache` adds to it, and puts there what submissions may read.
    `scratch` is the working folder.
    """

    exercise: Exercise
    policy: Policy | None
    compile_cache: str | None
    shared_cache: str | None
    scratch: str


class FileText(msgspec.Struct, frozen=True, kw_only=True):
    """A file beside a program, which it may import; `fault` says why it can't be read."""

    name: str
    text: str
    fault: str = ""


class Load(msgspec.Struct, frozen=True, kw_only=True, tag="load"):
    """Load a program within `seconds`, replacing the one that was loaded before.

    `name` is the name of its file, and `files` are those beside it. With `discard_output`, what it
    prints is dropped. With `alters`, everything that its lifted modules return is changed, to see
    whether its answers depend on that. With `compiled`, everything runs in XLA.
    """

    name: str
    text: str
    seconds: float
    files: tuple[FileText, ...] = ()
    discard_output: bool = False
    alters: bool = False
    compiled: bool = False


class Trace(msgspec.Struct, frozen=True, kw_only=True, tag="trace"):
    """Fingerprint the program; if no symbolic trace is possible, use these `sizes`."""

    sizes: tuple[dict[str, int], ...]


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """Call the function. `number` comes back with the answer; `seconds` is the deadline."""

    number: int
    case: Case
    seconds: float


class Turn(msgspec.Struct, frozen=True, kw_only=True, tag="turn"):
    """Call another function of the loaded program from now on: the one that `exercise` is about.

    What is recorded stays what it was.
    """

    exercise: Exercise
    seconds: float


class LoadCheck(msgspec.Struct, frozen=True, kw_only=True, tag="load-check"):
    """Load an exercise's `checks.py`: this process runs no submission, before or after."""

    name: str
    text: str
    seconds: float


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag="ask"):
    """Call the author's check with what another process observed."""

    number: int
    case: Case
    answer: Result
    seen: Seen
    seconds: float


Request = Start | Load | Trace | Call | Turn | LoadCheck | Ask

# ------------------------------------------------------------------------------- worker to judge


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker runs on."""

    python: str
    jax: str
    flax: str
    platform: str


class Confined(msgspec.Struct, frozen=True, kw_only=True, tag="confined"):
    """The process is sandboxed. The judge sends it a program only after this message."""

    versions: Versions
    protections: tuple[Protection, ...]


class Started(msgspec.Struct, frozen=True, kw_only=True, tag="started"):
    """The result of loading the file, or of a turn. `seconds` is the wall time of that."""

    loaded: LoadOutcome
    seconds: float


class Traced(msgspec.Struct, frozen=True, kw_only=True, tag="traced"):
    """The fingerprints, widest scope first. `seconds` is wall time.

    `touched` says that the program keeps something from the traces.
    """

    fingerprints: Few[ProgramTrace]
    seconds: float
    touched: bool = False


class Called(msgspec.Struct, frozen=True, kw_only=True, tag="called"):
    """The result of a call.

    `seconds` is the worker's wall time for it, including the observation; `compiling` is how much
    of it jax spent compiling.
    """

    number: int
    observation: Observation
    seconds: float = 0.0
    compiling: float = 0.0


class Stuck(msgspec.Struct, frozen=True, kw_only=True, tag="stuck"):
    """The deadline has passed, and the program is at `frames`."""

    frames: Few[Frame]


class CheckSaid(msgspec.Struct, frozen=True, kw_only=True, tag="check-said"):
    """What the author's check said; `number` is 0 for having loaded it."""

    number: int
    said: Said


class CheckFaulty(msgspec.Struct, frozen=True, kw_only=True, tag="check-faulty"):
    """The author's check is at fault: why, and in which line if that's known."""

    reason: Text
    line: int | None


Reply = Confined | Started | Traced | Called | Stuck | CheckSaid | CheckFaulty

# ------------------------------------------------------------------------------ judge and nursery


class Warm(msgspec.Struct, frozen=True, kw_only=True, tag="warm"):
    """Trace a program of the grader's own, for what its forks will need of the libraries.

    `traced` are the sizes at which submissions will be traced, `sizes` those of cases.
    """

    exercise: Exercise
    text: str
    traced: tuple[dict[str, int], ...]
    sizes: tuple[dict[str, int], ...]


class Fork(msgspec.Struct, frozen=True, kw_only=True, tag="fork"):
    """Fork a worker; its channel, stdout and stderr are sent along as descriptors.

    `nnx`: its exercise needs NNX, which the nursery imports first, once.
    """

    limits: Limits
    scratch: str
    nnx: bool = False


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """Kill a worker and everything it started, unless it ends by itself within `grace` seconds."""

    pid: int
    grace: float


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The libraries are imported, which took `seconds`."""

    seconds: float


class Warmed(msgspec.Struct, frozen=True, kw_only=True, tag="warmed"):
    """The nursery has traced that program, or can't."""


class Forked(msgspec.Struct, frozen=True, kw_only=True, tag="forked"):
    """The new worker's process."""

    pid: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """How a worker ended.

    `status` is its exit status, or the negative number of the signal that ended it; None if it
    was still running and had to be killed. `excess` is the limit that it exceeded. `growing` is
    the resident memory, in bytes, if it was killed while its memory kept growing, else 0.
    """

    status: int | None
    excess: Excess | None = None
    growing: int = 0


NurseryRequest = Warm | Fork | End
NurseryReply = Ready | Warmed | Forked | Ended

# ---------------------------------------------------------------------------------------- frames

Incoming = TypeVar("Incoming")


class Channel(Generic[Incoming]):
    """A pair of descriptors, for reading and writing frames.

    One thread reads; any thread may send. `incoming` is the type to decode frames as.
    """

    def __init__(self, read_fd: int, write_fd: int, incoming: object) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._decoder: msgspec.msgpack.Decoder[Incoming] = msgspec.msgpack.Decoder(incoming)
        self._encoder = msgspec.msgpack.Encoder()
        self._sending = threading.Lock()
        self._closed = False

    def send(self, message: msgspec.Struct) -> None:
        """Write one frame; `OSError` if the other end is gone."""
        body = self._encoder.encode(message)
        data = memoryview(len(body).to_bytes(4, "big") + body)
        with self._sending:
            if self._closed:
                raise BrokenPipeError("the channel is closed")
            while data:
                data = data[os.write(self._write_fd, data) :]

    def receive(self) -> Incoming | None:
        """Read one frame, None at the end of the stream; otherwise raise `WireBroken`."""
        head = self._exactly(4)
        if head is None:
            return None
        length = int.from_bytes(head, "big")
        if length > LARGEST_FRAME:
            raise WireBroken(f"a message of {length} bytes")
        body = self._exactly(length)
        if body is None:
            raise WireBroken("half a message")
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise WireBroken("a message that is not in the protocol") from error

    def _exactly(self, length: int) -> bytes | None:
        """Read `length` bytes; None at the end of the stream before the first one."""
        parts: list[bytes] = []
        missing = length
        while missing:
            part = os.read(self._read_fd, min(missing, 1 << 20))
            if not part:
                if parts:
                    raise WireBroken("half a message")
                return None
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close both descriptors; sending after that is refused."""
        with self._sending:
            if not self._closed:
                self._closed = True
                for fd in {self._read_fd, self._write_fd}:
                    os.close(fd)
