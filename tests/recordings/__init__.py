"""Recorded transcripts of the labelled submissions, which the judge's tests replay.

A recording is what a run observed, so that judging it again takes milliseconds. It is made anew by
`make record` when its submission, the solution or the declaration has changed.
"""

from __future__ import annotations

import gzip
import hashlib
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from grader.labels import Labelled
from grader.model.exercise import Dimension, Exercise, ExerciseFolder
from grader.model.observation import LoadOutcome, Observation
from grader.model.transcript import Exchange, Known, Transcript

FOLDER: Final = Path(__file__).resolve().parent.parent / "transcripts"
PROGRAMS: Final = FOLDER / "programs"
"""The recordings of programs that tests have in them, which have no labels."""

ROOT: Final = FOLDER.parent.parent
LIBRARIES: Final = sysconfig.get_path("purelib")
OLDEST: Final = "0.10"
"""The jax that the plain recordings are made with: the oldest that is supported."""

MEND: Final = "run `make record`, and commit tests/transcripts"


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A transcript as it is stored: without what the checkout has, the source and the exercise.

    `made_of` is the digest of what it was recorded from; `jax` and `flax` are the versions that
    the submission ran with.
    """

    made_of: str
    jax: str
    flax: str
    loaded: LoadOutcome
    exchanges: tuple[Exchange, ...]
    known: Known | None
    altered: Exchange | None = None


_YOUNG: Final = ("flax_class", "functions", "beside", "files")
_YOUNG_OF_DIMENSIONS: Final = ("multiple_of", "at_most", "equal_to", "times", "plus")
_YOUNG_OF_LEAVES: Final = {"array": ("exact",), "integers": ("below", "at_most")}


class Stale(Exception):
    """There is no recording, or it was made of something else than what is there now."""


def path_of(each: Labelled, variant: str = "") -> Path:
    """Return where a submission's recording is; `variant` names a jax that does otherwise."""
    folder = FOLDER / each.folder.exercise.slug
    return folder / f"{each.stem}{variant}.msgpack.gz"


def recordings_of(each: Labelled) -> tuple[Path, ...]:
    """Return where its recordings are: the plain one, and those of other versions of jax."""
    plain = path_of(each)
    return plain, *sorted(plain.parent.glob(f"{each.stem}.jax-*.msgpack.gz"))


def replayed(each: Labelled, path: Path) -> Transcript:
    """Return the transcript of a labelled submission as it was recorded; `Stale` if it can't."""
    try:
        recording = msgspec.msgpack.decode(gzip.decompress(path.read_bytes()), type=Recording)
    except FileNotFoundError:
        raise Stale(f"{each} has no recording: {MEND}") from None
    except msgspec.DecodeError as error:
        raise Stale(f"{each} was recorded as other data than a transcript is: {MEND}") from error
    if recording.made_of != made_of(each):
        raise Stale(f"{each}, its solution or its declaration has changed since: {MEND}")
    return Transcript(
        exercise=each.folder.exercise,
        source=each.submission.source,
        loaded=recording.loaded,
        exchanges=recording.exchanges,
        known=recording.known,
        altered=recording.altered,
    )


def encoded(each: Labelled, transcript: Transcript, *, jax: str, flax: str) -> bytes:
    """Return a transcript as the bytes of a recording: the same for the same observations."""
    recording = Recording(
        made_of=made_of(each),
        jax=jax,
        flax=flax,
        loaded=transcript.loaded,
        exchanges=tuple(_timeless(exchange) for exchange in transcript.exchanges),
        known=transcript.known,
        altered=_timeless(transcript.altered) if transcript.altered is not None else None,
    )
    return packed(recording)


def packed(recorded: msgspec.Struct) -> bytes:
    """Return what was recorded as compressed bytes, without the folders of this machine."""
    plain = msgspec.to_builtins(recorded, builtin_types=(bytes,))
    return gzip.compress(msgspec.msgpack.encode(_placeless(plain)), mtime=0)


def _placeless(value: object) -> object:
    """Replace what texts say of the folders of this machine."""
    match value:
        case str(text):
            return text.replace(LIBRARIES, "/libraries").replace(str(ROOT), "/grader")
        case list(items) | tuple(items):
            return [_placeless(each) for each in items]
        case dict(items):
            return {_placeless(key): _placeless(each) for key, each in items.items()}
        case other:
            return other


def _timeless(exchange: Exchange) -> Exchange:
    expected, actual = timeless((exchange.expected, exchange.actual))
    return msgspec.structs.replace(exchange, expected=expected, actual=actual)


def timeless(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return the observations without how long they took."""
    return tuple(msgspec.structs.replace(each, seconds=0.0) for each in observations)


def made_of(each: Labelled) -> str:
    """Return the digest of a submission's text, the solution's, and what the cases depend on."""
    digest = hashlib.sha256(_digest_of_exercise(each.folder))
    digest.update(each.path.read_bytes())
    if each.submission.digests:
        digest.update(each.submission.sha256.encode())
    return digest.hexdigest()[:20]


@cache
def _digest_of_exercise(folder: ExerciseFolder) -> bytes:
    fields = msgspec.to_builtins(without_words(folder.exercise))
    for each in ("repairs", "given"):
        del fields[each]
    # Exercises that don't have these need no new recordings because others do.
    for each in ("uses", "forbids", "keyword_only", "optional"):
        if not fields[each]:
            del fields[each]
    declared = msgspec.msgpack.encode(fields)
    own = folder.own_check.read_bytes() if folder.exercise.has_own_check else b""
    return hashlib.sha256(declared + folder.solution.read_bytes() + own).digest()


def without_words(exercise: Exercise) -> dict[str, object]:
    """Leave out what only a report's reader sees: another title needs no other recording.

    What is younger than the recordings, and isn't set, is left out, too.
    """
    plain = msgspec.structs.replace(
        exercise, title="", topic="", takeaway="", checks=(), untaught=(), level=0
    )
    fields: dict[str, object] = msgspec.to_builtins(plain, builtin_types=(bytes,))
    fields["dimensions"] = [_without_young(each) for each in exercise.dimensions]
    return {
        name: _without_young_leaves(value)
        for name, value in fields.items()
        if name not in _YOUNG or value
    }


def _without_young_leaves(value: object) -> object:
    """Leave out what arrays, at any depth, didn't always have, unless it is set."""
    match value:
        case list(items) | tuple(items):
            return [_without_young_leaves(each) for each in items]
        case dict(items):
            return {
                name: _without_young_leaves(each)
                for name, each in items.items()
                if name not in _YOUNG_OF_LEAVES.get(str(items.get("type")), ()) or each
            }
        case other:
            return other


def _without_young(dimension: Dimension) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(dimension)
    usual = {each.name: each.default for each in msgspec.structs.fields(Dimension)}
    return {
        name: value
        for name, value in fields.items()
        if name not in _YOUNG_OF_DIMENSIONS or value != usual[name]
    }
