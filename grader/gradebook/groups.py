"""Which exercise each file is for, and which files are equal: those are graded once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from grader.catalogue import BrokenExercise, Catalogue
from grader.errors import CommandWrong
from grader.gradebook.book import Entry
from grader.gradebook.classroom import Collected, HandedIn
from grader.grading.guarded import Folder
from grader.grading.recognition import Joining, exercise_of
from grader.grading.request import GradingRequest
from grader.grading.setup import Key, key_of, setup_digest
from grader.model.exercise import Exercise, ExerciseFolder
from grader.model.submission import (
    Likeness,
    Submission,
    Unrecognised,
    begins,
    defines,
    digest_of_all,
    likenesses,
)

_AROUND: Final = re.compile(r"^.*_\d+_|(-\d{1,2}| \(\d+\))(?=\.\w+$)")
"""`smithjohn_123_456_hw-1.py`, `hw (1).py`."""


class Beside(NamedTuple):
    """A file beside an answer: what the program imports it as, and where it was handed in."""

    name: str
    handed: HandedIn


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Files with the same text for the same exercise; `beside` are those beside the first one."""

    entries: tuple[Entry, ...]
    folder: Folder
    beside: tuple[Beside, ...] = ()

    def submission(self, read: Callable[[HandedIn], Submission]) -> Submission:
        """Read what is graded for all of them."""
        return _with(read(self.handed), self.beside, read)

    @property
    def handed(self) -> HandedIn:
        """The file that is read for all of them."""
        return self.entries[0].handed


def _with(
    main: Submission, beside: Sequence[Beside], read: Callable[[HandedIn], Submission]
) -> Submission:
    """Return a submission with the files beside it, under the names that it imports."""
    folder = main.path[: len(main.path) - len(main.source.base)]
    others = (read(each.handed).moved(f"{folder}{each.name}") for each in beside)
    return main.beside([*others])


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a file once it was read; its text is read again when it is graded.

    `choices` are the slugs that it may be for, `certain` says that it defines what one asks for.
    If it defines none, `like` says how much it looks like an answer to each, and `broken` that it
    would define one if its syntax were right.
    """

    handed: HandedIn
    key: Key
    choices: tuple[str, ...]
    certain: bool
    like: dict[str, Likeness] = {}
    broken: bool = False


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be graded, and what is not: helpers of others. `entries` are all files.

    `guessed` is the exercise of all of them where no file tells which one it is; else empty.
    """

    groups: tuple[Group, ...]
    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]
    guessed: str = ""


def grouped(
    collected: Collected,
    known: Catalogue,
    chosen: ExerciseFolder | None,
    request: GradingRequest,
    tell: Callable[[int, int], None],
) -> Groups:
    """Read every file, and choose its exercise unless one is `chosen`.

    A file that has the functions of several exercises is graded for each of them; one that may be
    for several is graded as what most of the others are for. One that defines no exercise's
    function is left out if the student handed in one that does, and else it is for one of the
    exercises that the others are for. Raises `CommandWrong` if there are none.
    """
    folders: dict[str, Folder] = {each.slug: each for each in known.broken}
    folders |= {each.slug: each for each in known.exercises}
    found = list(_for_each(_read(collected, known, chosen, tell), known))
    usual = _usual(found)
    answering: defaultdict[object, set[str]] = defaultdict(set)
    for each in found:
        if each.certain:
            answering[_who(each.handed)].add(_name(each.handed))
    files: defaultdict[Key, list[Entry]] = defaultdict(list)
    beside: dict[Key, tuple[Beside, ...]] = {}
    entries: list[Entry] = []
    setups: dict[str, str] = {}
    answers = [
        each
        for each in found
        if _who(each.handed) not in answering or _answers(each, answering[_who(each.handed)])
    ]
    slugs = {id(each): _exercise(each, usual) for each in answers}
    helping = _helping(found, [(each, folders[slugs[id(each)]]) for each in answers])
    helpers = {id(each) for own in helping.values() for _, each in own}
    for each in answers:
        if id(each) in helpers:
            continue
        slug, own = slugs[id(each)], helping.get(id(each), ())
        if slug not in setups:
            setups[slug] = _setup(folders[slug], request)
        sha256 = digest_of_all(each.key.sha256, [(name, e.key.sha256) for name, e in own])
        reasons = "".join(e.key.setup for _, e in own)
        key = Key(sha256, slug, setups[slug] + each.key.setup + reasons)
        entries.append(Entry(handed=each.handed, key=key))
        files[key].append(entries[-1])
        beside.setdefault(key, tuple(Beside(name, e.handed) for name, e in own))
    groups = [
        Group(entries=tuple(own), folder=folders[key.exercise], beside=beside[key])
        for key, own in files.items()
    ]
    used = {id(each) for each in answers} | helpers
    left_out = [each.handed.path for each in found if id(each) not in used]
    sure = any(each.certain or _is_sure(each) for each in found) or len(folders) == 1
    return Groups(
        groups=tuple(groups),
        entries=tuple(entries),
        left_out=tuple(left_out),
        guessed="" if sure or chosen else next(iter(usual)),
    )


def _helping(
    found: Sequence[_Read], answers: Sequence[tuple[_Read, Folder]]
) -> dict[int, tuple[tuple[str, _Read], ...]]:
    """Return the files beside each answer that its exercise allows, by the answer's id.

    They are the same student's, in the same folder; of several attempts, the answer's own.
    """
    around = _Around([each.handed for each in found])
    reads = {id(each.handed): each for each in found}
    helping: dict[int, tuple[tuple[str, _Read], ...]] = {}
    for answer, folder in answers:
        allowed = () if isinstance(folder, BrokenExercise) else folder.exercise.files
        if _name(answer.handed) in allowed:
            continue
        theirs = around.beside(answer.handed, allowed)
        helping[id(answer)] = tuple((each.name, reads[id(each.handed)]) for each in theirs)
    return helping


class _Around:
    """Finds the files that a student handed in beside one."""

    def __init__(self, files: Sequence[HandedIn]) -> None:
        self._files: defaultdict[object, list[HandedIn]] = defaultdict(list)
        for each in files:
            self._files[_who(each), _parent(each)].append(each)

    def beside(self, answer: HandedIn, names: Sequence[str]) -> tuple[Beside, ...]:
        """Return the files with some names, as many as there are."""
        theirs = [(name, self._nearest(answer, name)) for name in names]
        return tuple(Beside(name, each) for name, each in theirs if each is not None)

    def _nearest(self, answer: HandedIn, name: str) -> HandedIn | None:
        """Return the one that was handed in with an answer, or last before it, or first."""
        beside = [e for e in self._files[_who(answer), _parent(answer)] if _name(e) == name]

        def age(each: HandedIn) -> tuple[bool, int, int]:
            later = each.attempt > answer.attempt
            return later, each.attempt if later else -each.attempt, -each.order

        return min(beside, key=age, default=None)


def _parent(handed: HandedIn) -> str:
    return handed.path.rpartition("/")[0]


def _usual(found: Sequence[_Read]) -> Counter[str]:
    """Count the files for each exercise that the class is for, by those that tell best."""
    for telling in (
        [each for each in found if each.certain and len(each.choices) == 1],
        [each for each in found if each.certain or _is_sure(each)],
    ):
        if telling:
            return Counter(each.choices[0] for each in telling)
    return Counter(dict(Counter(each.choices[0] for each in found).most_common(1)))


def _is_sure(read: _Read) -> bool:
    return any(each.sure for each in read.like.values())


def _exercise(read: _Read, usual: Counter[str]) -> str:
    """Return what a file is graded as.

    One that can't be read, is empty, or calls its function otherwise says little of that itself.
    """
    like = read.like
    if not like:
        return max(read.choices, key=lambda choice: usual[choice])

    def signs(slug: str) -> tuple[float, bool, float, int, float]:
        sign = like[slug]
        return sign.alike, sign.called, sign.near, usual[slug], sign.shared

    return max((slug for slug in usual if slug in like), key=signs, default=read.choices[0])


def _who(handed: HandedIn) -> object:
    """Return who handed a file in; each file of unknown origin counts as its own owner."""
    student = handed.student
    return student.key if student is not None else (handed.path,)


def _answers(read: _Read, names: set[str]) -> bool:
    """Whether it is an answer, and not a helper of one. `names` are what the answers are called.

    A student may break an answer while improving it; the newest still counts.
    """
    again = read.handed.attempt > 1 and _name(read.handed) in names
    return read.certain or read.broken or again


def _name(handed: HandedIn) -> str:
    """Return a file's name without what a platform or a browser has put around it."""
    return _AROUND.sub("", handed.path.rpartition("/")[2])


def _setup(folder: Folder, request: GradingRequest) -> str:
    return "" if isinstance(folder, BrokenExercise) else setup_digest(folder, request)


def _read(
    collected: Collected,
    known: Catalogue,
    chosen: ExerciseFolder | None,
    tell: Callable[[int, int], None],
) -> Iterator[_Read]:
    exercises = (chosen,) if chosen is not None else known.exercises
    around = _Around(collected.files)
    for done, handed in enumerate(collected.files, 1):
        submission = collected.read(handed)
        joined = partial(_joined, handed=handed, around=around, read=collected.read)
        folder = chosen or exercise_of(submission, known, joined)
        like: dict[str, Likeness] = {}
        if isinstance(folder, Unrecognised):
            choices = [each.slug for each in folder.choices]
            if not choices:
                raise CommandWrong(str(folder))
            certain = True
        else:
            choices = [folder.slug]
            certain = isinstance(folder, BrokenExercise) or _defines(submission, folder, joined)
            if not certain:
                like = likenesses(submission.source, exercises)
        yield _Read(
            handed=handed,
            key=key_of(submission, "", ""),
            choices=tuple(choices),
            certain=certain,
            like=like,
            broken=any(begins(submission.source, each) for each in exercises),
        )
        tell(done, len(collected.files))


def _for_each(found: Iterable[_Read], known: Catalogue) -> Iterator[_Read]:
    """Yield a file that answers several exercises once for each, such as a notebook of them all.

    Not for one that the student answers in another file: then it may be a helper here.
    """
    reads = tuple(found)
    written = {each.slug: each.exercise.written for each in known.exercises}
    alone = {
        (_who(each.handed), each.choices[0])
        for each in reads
        if each.certain and len(each.choices) == 1
    }
    for each in reads:
        names = [name for slug in each.choices for name in written.get(slug, ())]
        choices = [slug for slug in each.choices if (_who(each.handed), slug) not in alone]
        if len(each.choices) == 1 or len({*names}) < len(names) or not choices:
            yield each
        else:
            yield from (msgspec.structs.replace(each, choices=(slug,)) for slug in choices)


def _joined(
    submission: Submission,
    exercise: Exercise,
    *,
    handed: HandedIn,
    around: _Around,
    read: Callable[[HandedIn], Submission],
) -> Submission:
    """Add what an exercise allows beside a file that was handed in."""
    return _with(submission, around.beside(handed, exercise.files), read)


def _defines(submission: Submission, folder: ExerciseFolder, joined: Joining) -> bool:
    """Whether a file has an exercise's functions, perhaps from a file beside it."""
    alone = defines(submission.source, folder)
    return alone or defines(joined(submission, folder.exercise).source, folder)
