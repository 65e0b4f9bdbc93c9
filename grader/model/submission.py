"""A submission: a learner's files as they were read, and the exercise they are for."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader.errors import Exit, GraderError, reason
from grader.model.decoding import LARGEST, NoText, decode
from grader.model.exercise import ExerciseFolder
from grader.model.filekind import Unfit
from grader.model.files import SeveralFiles
from grader.model.linking import taken_whole
from grader.model.source import Source

_NEAR: Final = 0.6
_ALIKE: Final = 0.85
"""difflib's ratios from which two names are similar, and spellings of the same name."""

_ADVICE: Final = "put a regular file there that the grader may read"


class Unreadable(GraderError):
    """The file doesn't exist or can't be read: the command was wrong.

    `unfit` is what a report says if this is one of many files.
    """

    code = Exit.WRONG_COMMAND

    def __init__(self, message: str, advice: str = _ADVICE) -> None:
        super().__init__(message)
        self.unfit = Unfit(message, advice)


class Unrecognised(GraderError):
    """The file has the functions of several exercises, or there are no exercises.

    `choices` are the exercises that it could be for.
    """

    code = Exit.WRONG_COMMAND

    def __init__(self, message: str, choices: Sequence[ExerciseFolder] = ()) -> None:
        super().__init__(message)
        self.choices = tuple(choices)


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and those beside it that its exercise allows. `path` is as the user gave it.

    With files beside it, `sha256` is of all of them, and `digests` are those of each file, the one
    at `path` first. What is remembered of a submission is kept under `sha256`, so a changed helper
    is another submission.
    """

    path: str
    sha256: str
    source: Source
    digests: tuple[str, ...] = ()

    @property
    def alone(self) -> Submission:
        """The submission without the files beside it."""
        if not self.digests:
            return self
        return Submission(path=self.path, sha256=self.digests[0], source=self.source.files[0])

    def beside(self, others: Sequence[Submission]) -> Submission:
        """Return the submission with these files beside it, instead of those that it has."""
        alone = self.alone
        if not others:
            return alone
        named = [(each.source.base, each.sha256) for each in others]
        return Submission(
            path=alone.path,
            sha256=digest_of_all(alone.sha256, named),
            source=SeveralFiles(alone.source, [each.source for each in others]),
            digests=(alone.sha256, *(each.sha256 for each in others)),
        )

    def moved(self, path: str) -> Submission:
        """Return the submission under another path, and the files beside it with it."""
        return msgspec.structs.replace(self, path=path, source=self.source.moved(path))

    def rewritten(self, texts: Sequence[str]) -> Submission:
        """Return the submission with other texts in its files; what is unreadable stays so."""
        made = [
            from_bytes(file.name, text.encode("utf-8", "surrogatepass"))
            for file, text in zip(self.source.files, texts, strict=True)
        ]
        kept = [
            msgspec.structs.replace(each, source=file) if file.unread is not None else each
            for each, file in zip(made, self.source.files, strict=True)
        ]
        return kept[0].beside(kept[1:])


def digest_of_all(main: str, others: Sequence[tuple[str, str]]) -> str:
    """Return the digest of several files: the main one's, and each other's name and digest."""
    if not others:
        return main
    return hashlib.sha256(msgspec.json.encode([main, *others])).hexdigest()


def read_submission(path: Path) -> Submission:
    """Read a file; `Unreadable` if there is none. It doesn't have to be Python, or even text."""
    try:
        if path.is_dir():
            raise Unreadable(f"{path} is a folder")
        if path.exists() and not path.is_file():  # a pipe or a device may never come to an end
            raise Unreadable(f"{path} is not a regular file")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise Unreadable(f"{path} is a broken link") from None
        raise Unreadable(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} can't be read: {reason(error)}") from error
    return from_bytes(str(path), data)


def from_bytes(path: str, data: bytes) -> Submission:
    """Make a submission from a file's bytes."""
    try:
        return of_text(path, data, decode(data))
    except NoText as error:
        return of_text(path, data, error.text, error.unfit)


def of_text(path: str, data: bytes, text: str, unfit: Unfit | None = None) -> Submission:
    """Make a submission of this text; `unfit` says why it can't be graded."""
    digest = hashlib.sha256(data).hexdigest()
    return Submission(path=path, sha256=digest, source=Source(path, text, unfit))


def defines(source: Source, folder: ExerciseFolder) -> bool:
    """Whether the file binds the exercise's functions, all of them, at its top level."""
    return _wanted(folder) <= _bound(source)


def defines_some(source: Source, folder: ExerciseFolder) -> bool:
    """Whether the file binds at least one of the exercise's functions."""
    return not _wanted(folder).isdisjoint(_bound(source))


def _wanted(folder: ExerciseFolder) -> frozenset[str]:
    return frozenset(folder.exercise.written)


def _bound(source: Source) -> frozenset[str]:
    """Return what a file binds at its top level, and what it takes from those beside it by `*`."""
    modules = {each.base.removesuffix(".py"): each for each in source.files[1:]}
    main = source.files[0]
    found, waiting = {name for name, _ in main.bindings()}, [main]
    while waiting:
        tree = waiting.pop().tree
        named = taken_whole(tree) if tree is not None else set()
        for module in named & {*modules}:
            waiting.append(modules.pop(module))
            found |= _bound_or_begun(waiting[-1])
    return frozenset(found)


def _bound_or_begun(source: Source) -> set[str]:
    """Return what a file binds, or what it seems to if it isn't valid Python."""
    if source.tree is None:
        return {*re.findall(r"(?m)^(?:def|class)\s+(\w+)", source.text)}
    return {name for name, _ in source.bindings()}


def begins(source: Source, folder: ExerciseFolder) -> bool:
    """Whether a file that isn't valid Python has the start of one of the exercise's functions."""
    names = "|".join(map(re.escape, folder.exercise.written))
    start = rf"(?m)^(?:def|class)\s+(?:{names})\b"
    return source.tree is None and re.search(start, source.text) is not None


def recognise(source: Source, known: Sequence[ExerciseFolder]) -> ExerciseFolder:
    """Return the exercise whose functions the file binds, or else the most similar one.

    A file without all of an exercise's functions is graded anyway, so that the report says what is
    missing. Raises `Unrecognised` if there are several, or no exercises at all.
    """
    found = _largest([each for each in known if defines(source, each)])
    if len(found) > 1:
        called = _called_after(source.name, found)
        if called is not None:
            return called
        slugs = ", ".join(each.exercise.slug for each in found)
        raise Unrecognised(f"the file has the functions of several exercises: {slugs}", found)
    if not known:
        raise Unrecognised("there are no exercises")
    if found:
        return found[0]
    like = likenesses(source, known)
    return max(known, key=lambda each: like[each.exercise.slug])


def _largest(found: Sequence[ExerciseFolder]) -> list[ExerciseFolder]:
    """Leave out exercises that ask for some of another one's functions and nothing else."""
    asked = [_wanted(each) for each in found]
    return [each for each in found if not any(_wanted(each) < other for other in asked)]


class Likeness(NamedTuple):
    """How much a file looks like an answer, the strongest sign first.

    `alike` and `near` are how similar a function's name is, 0 if it isn't, and the mean of several;
    `called` says that the file is called after the exercise; `shared` is the part of the
    parameters' names in the text.
    """

    alike: float
    called: bool
    near: float
    shared: float

    @property
    def sure(self) -> bool:
        """Whether it is more than a guess: a misspelt function, or the exercise's name."""
        return self.alike > 0 or self.called


def likenesses(source: Source, known: Sequence[ExerciseFolder]) -> dict[str, Likeness]:
    """Return how much a file that has no exercise's function looks like an answer to each."""
    names = [name for name, _ in source.bindings()]
    wanted = {name for each in known for name in each.exercise.written}
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    inner = [node.name for node in source.nodes if isinstance(node, kinds)]
    names += [name for name in inner if name in wanted]  # in a class or another function
    called = _called_after(source.name, known)
    return {each.exercise.slug: _likeness(source, names, each, called) for each in known}


def _called_after(path: str, known: Sequence[ExerciseFolder]) -> ExerciseFolder | None:
    """Return the exercise named in the file's name, or else in its folder's.

    `a_sum.py`, `a-sum (2).py`, `a_sum/anna.py`. If several are, it is the longest name.
    """
    for part in reversed(Path(path).parts[-2:]):
        words = re.sub(r"[\W_]+", "_", f"_{part.removesuffix('.py')}_").lower()
        held = [each for each in known if f"_{each.exercise.folder_name.lower()}_" in words]
        if held:
            return max(held, key=lambda each: len(each.exercise.slug))
    return None


def _likeness(
    source: Source, names: Sequence[str], folder: ExerciseFolder, called: ExerciseFolder | None
) -> Likeness:
    exercise = folder.exercise
    nearest = [_nearest(source, names, each) for each in exercise.written]
    words = set(re.findall(r"\w+", source.text))
    parameters = [each.name for part in exercise.parts for each in part.parameters]
    shared = sum(each in words for each in parameters)
    return Likeness(
        alike=_mean_above(_ALIKE, nearest),
        called=folder is called,
        near=_mean_above(_NEAR, nearest),
        shared=shared / max(len(parameters), 1),
    )


def _nearest(source: Source, names: Sequence[str], function: str) -> float:
    """How similar the most similar name is; text that isn't Python has to have the name itself."""
    if source.tree is None and function in source.text:
        return 1.0
    return max((_ratio(name, function) for name in names), default=0.0)


def _mean_above(least: float, ratios: Sequence[float]) -> float:
    return sum(each for each in ratios if each >= least) / len(ratios)


def _ratio(name: str, function: str) -> float:
    """How similar two names are; 0 if their letters already show that they aren't."""
    matcher = SequenceMatcher(a=name, b=function)
    near = matcher.real_quick_ratio() >= _NEAR and matcher.quick_ratio() >= _NEAR
    return matcher.ratio() if near else 0.0
