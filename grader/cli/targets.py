"""Where reports and exports go, checked before grading, so that no file is lost."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.cli.problem import quoted_blank, visible
from grader.errors import CommandWrong, ReportNotWritten
from grader.render import RENDERERS
from grader.render.write import probe
from grader.suggestion import did_you_mean

_STDOUT: Final = re.compile(r"-|/dev/stdout|/dev/fd/1|/proc/(self|\d+)/fd/1")
_PROGRAMS: Final = frozenset({".py", ".pyi", ".ipynb"})


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One `--report`: a format, and the file it goes to; None is stdout."""

    format: str
    path: Path | None

    @property
    def option(self) -> str:
        """The option as it was given."""
        return f"--report {self.format}={visible(str(self.path))}"


def targets(raw: tuple[str, ...]) -> tuple[Target, ...]:
    """Read the `--report` options. `CommandWrong` for an unknown format, or two in one place."""
    found = tuple(_target(text) for text in raw)
    if sum(target.path is None for target in found) > 1:
        raise CommandWrong("only one --report can go to stdout; give the others a =PATH")
    check_apart([(each.option, each.path) for each in found if each.path is not None])
    return found


def check_apart(places: Iterable[tuple[str, Path]]) -> None:
    """Raise `CommandWrong` where two options would write the same file."""
    seen: dict[object, str] = {}
    for option, path in places:
        key = _identity(path)
        if key is not None and key in seen:
            raise CommandWrong(f"{option} would overwrite {seen[key]}; give it another path")
        seen[key] = option


def _target(text: str) -> Target:
    name, equals, path = text.partition("=")
    if name not in RENDERERS:
        meant = did_you_mean(name, RENDERERS) or f"; there are {', '.join(RENDERERS)}"
        raise CommandWrong(f"there is no report format {quoted_blank(name)}{meant}")
    if equals and not path:
        raise CommandWrong(f"--report {name}= needs a path after the =")
    return Target(format=name, path=None if not equals or is_stdout(path) else Path(path))


def _identity(path: Path) -> object:
    """Return what identifies a file under any name; None for what many may write to."""
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    except ValueError:  # no file's name: it can't be encoded here
        return str(path)
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def check_targets(found: Sequence[Target], graded: Sequence[str], kept: Iterable[Path]) -> None:
    """Raise `CommandWrong` for a report that would overwrite something, or can't be written.

    `graded` are the paths of the submissions, `kept` folders and files that it must not overwrite.
    """
    _check_stdout({_identity(Path(path)): path for path in graded})
    for target in found:
        if len(graded) > 1 and not RENDERERS[target.format].several:
            raise CommandWrong(f"{target.format} can't hold several submissions; grade one by one")
        if target.path is None:
            continue
        check_place(target.option, target.path, graded, kept)


def is_stdout(path: str) -> bool:
    """Whether a path means standard output."""
    return _STDOUT.fullmatch(path) is not None


def check_place(option: str, path: Path, graded: Sequence[str], kept: Iterable[Path]) -> None:
    """Raise `CommandWrong` for an option that would overwrite what is needed, or can't write."""
    submissions = {_identity(Path(each)): each for each in graded}
    overwritten = submissions.get(_identity(path))
    if overwritten is not None:
        raise CommandWrong(
            f"{option} would overwrite {visible(overwritten)}, a file to grade; "
            "give it another path"
        )
    _check_kept(option, path, kept)
    try:
        probe(path)
    except ReportNotWritten as error:
        raise CommandWrong(f"{option}: {visible(str(error))}") from error


def check_input(option: str, path: Path, name: str, needed: Path) -> None:
    """Raise `CommandWrong` for an option that would overwrite a file that another one reads."""
    if _identity(path) == _identity(needed):
        raise CommandWrong(f"{option} would overwrite {name}; give it another path")


def _check_stdout(submissions: dict[object, str]) -> None:
    """Raise `CommandWrong` where the shell sends stdout into a file to grade."""
    try:
        status = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError):
        return
    path = submissions.get((status.st_dev, status.st_ino))
    if path is not None:
        raise CommandWrong(f"the output would overwrite {visible(path)}, a file to grade")


def _check_kept(option: str, path: Path, kept: Iterable[Path]) -> None:
    """Raise `CommandWrong` for a report over a program, or over a file of the grader's own."""
    if not os.path.isfile(path):  # noqa: PTH113 - which never raises
        return
    real = Path(os.path.realpath(path))
    if real.suffix in _PROGRAMS or path.suffix in _PROGRAMS:
        raise CommandWrong(f"{option} would overwrite a program; give it another path")
    for each in kept:
        if real.is_relative_to(os.path.realpath(each)):
            raise CommandWrong(
                f"{option} would overwrite a file of the grader's; give it another path"
            )
