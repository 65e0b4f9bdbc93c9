"""What is sent to a worker and comes back, as bytes: data of known types alone, no objects."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from grader.gradebook.cluster.facts import Facts
from grader.gradebook.request import ClassRequest
from grader.grading.packing import Text, made_of, plain_text
from grader.model.filekind import Unfit
from grader.model.submission import Submission


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a grading needs to know of the request. `courses` are folders, if they exist there."""

    courses: tuple[str, ...]
    cases: int
    seed: int
    timeout: float | None
    repair: bool
    prove: bool
    require_sandbox: bool

    @property
    def request(self) -> ClassRequest:
        """The request that the grading gets."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "courses"}
        return ClassRequest(**given)


def asked_of(request: ClassRequest) -> Asked:
    """Return what of a request is sent."""
    given = {name: getattr(request, name) for name in Asked.__struct_fields__ if name != "courses"}
    return Asked(courses=tuple(str(each.absolute()) for each in request.exercises), **given)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One command: its own name, what it asks for, and what has to be as it is here."""

    name: str
    asked: Asked
    facts: Facts


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to grade, and all that a worker has to know, which may have come just now."""

    run: Run
    slug: str
    path: str
    sha256: str
    text: str
    unread: Unfit | None
    beside: tuple[Text, ...] = ()
    digests: tuple[str, ...] = ()

    @property
    def submission(self) -> Submission:
        """The submission as it was read."""
        return Submission(
            path=self.path,
            sha256=self.sha256,
            source=made_of(Text(self.path, self.text, self.unread, self.beside)),
            digests=self.digests,
        )


def job(run: Run, slug: str, submission: Submission) -> Job:
    """Return what is sent for a submission."""
    return Job(
        run=run,
        slug=slug,
        path=submission.path,
        sha256=submission.sha256,
        text=submission.source.text,
        unread=submission.source.unread,
        beside=plain_text(submission.source).beside,
        digests=submission.digests,
    )


class Graded(msgspec.Struct, frozen=True, kw_only=True, tag="graded"):
    """A report, packed."""

    report: bytes


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The worker isn't like the machine that asks, so it graded nothing."""

    differences: tuple[str, ...]


Reply = Graded | Refused

_Kind = TypeVar("_Kind")
_ENCODER: Final = msgspec.msgpack.Encoder()
_REPLIES: Final[msgspec.msgpack.Decoder[Reply]] = msgspec.msgpack.Decoder(Reply)


def sent(message: Run | Job | Facts | Reply) -> bytes:
    """Return a message as bytes."""
    return _ENCODER.encode(message)


def received(data: bytes, kind: type[_Kind]) -> _Kind:
    """Return a message of one kind. Raises `msgspec.DecodeError`."""
    return msgspec.msgpack.decode(data, type=kind)


def reply(data: bytes) -> Reply:
    """Return what a worker has replied. Raises `msgspec.DecodeError`."""
    return _REPLIES.decode(data)
