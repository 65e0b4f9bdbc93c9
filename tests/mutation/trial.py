"""One mutant tried, in a process of its own: its functions get the mutated code.

What a module does when it's imported has run by then; for a mutant of that, the judge is imported
anew, the mutated module for the real one.
"""

from __future__ import annotations

import gc
import importlib.util
import multiprocessing
import os
import random
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, NamedTuple

import pytest

from tests.mutation.operators import Mutant
from tests.mutation.reach import OPTIONS, Replayed

JUDGE: Final = (
    "grader.judge",
    "grader.checks",
    "grader.rules",
    "grader.evidence",
    "grader.grading",
    "grader.authoring",
    "tests.judge",
    "tests.labelled",
    "tests.mending",
    "tests.recordings",
    "tests.rules",
)
"""What is imported anew: the judge, and all that has imported something of it by name."""

SECONDS: Final = 300
"""A mutant that takes longer waits for something that never comes."""


class Site(NamedTuple):
    """A mutant, the file that it is of, and the name of its module."""

    path: Path
    module: str
    mutant: Mutant


def replay_notices(site: Site, recordings: Sequence[Replayed]) -> bool:
    """Whether something else is said of a recording, or judging it raises."""
    mixed = random.Random(0).sample(recordings, len(recordings))
    return fails(lambda: _replay(mixed), site, len(recordings))


def unit_tests_notice(site: Site, ids: frozenset[str]) -> bool:
    """Whether one of these quick tests of the judge fails."""
    files = sorted({each.partition("::")[0] for each in ids})
    return bool(ids) and fails(lambda: _passes(files, ids), site, len(ids))


def _passes(files: Sequence[str], ids: frozenset[str]) -> bool:
    return pytest.main([*files, *OPTIONS], plugins=[_Only(ids)]) == pytest.ExitCode.OK


class _Only:
    """Keeps pytest to some of the tests that it finds."""

    def __init__(self, ids: frozenset[str]) -> None:
        self._ids = ids

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [each for each in items if each.nodeid in self._ids]


def _replay(recordings: Sequence[Replayed]) -> bool:
    from tests.recordings.findings import described, judge_again

    return all(described(judge_again(each.transcript)) == each.said for each in recordings)


def compiles(site: Site) -> bool:
    """Whether a mutant is Python: without its guard, a `case _` may not be the first."""
    try:
        compile(site.mutant.tree(), str(site.path), "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def fails(run: Callable[[], bool], site: Site, count: int) -> bool:
    """Whether something isn't so of `count` recordings or tests, or raises, with a mutant.

    A mutant that loops is noticed, too: each of them takes some 15 ms without one.
    """
    code = compile(site.mutant.tree(), str(site.path), "exec", dont_inherit=True)
    limit = 20 + count // 10
    work = partial(_run, run, site, code, limit)
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(SECONDS)
    process.kill()
    process.join()
    return process.exitcode != 0


def _run(run: Callable[[], bool], site: Site, code: CodeType, limit: int) -> None:
    """Run in this process, which is the mutant's alone. What it prints is of no interest.

    It has so many processor seconds: how busy the machine is makes no difference.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    if not (site.mutant.inside and _is_exchanged(code)):
        for module in list(sys.modules):
            if module.startswith(JUDGE):
                del sys.modules[module]
        sys.meta_path.insert(0, _Finder(site, code))
    sys.exit(0 if run() else 1)


def _is_exchanged(code: CodeType) -> bool:
    """Give a module's functions their new code; False where one can't be told from another."""
    mutated = {_place(each): each for each in _codes(code)}
    functions = [f for f in functions_of_the_judge() if f.__code__.co_filename == code.co_filename]
    if len(mutated) < len(list(_codes(code))) or not functions:
        return False
    for each in functions:
        each.__code__ = mutated[_place(each.__code__)]
    for kept in _ours(type(cache(_ours))):
        kept.cache_clear()
    return True


def functions_of_the_judge() -> tuple[FunctionType, ...]:
    """Find the functions that a mutant's code replaces: once, before they are frozen."""
    _ours(type(cache(_ours)))
    return _ours(FunctionType)


@cache
def _ours(kind: type) -> tuple[Any, ...]:
    """Return the functions of the judge, or the caches in front of them."""
    every = (each for each in gc.get_objects() if type(each) is kind)
    return tuple(each for each in every if (each.__module__ or "").startswith(JUDGE[:4]))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of all functions in a module's."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _place(code: CodeType) -> tuple[object, ...]:
    starts = [(line, column) for line, _, column, _ in code.co_positions() if line and column]
    return code.co_qualname, code.co_firstlineno, min(starts, default=None)


class _Finder:
    """Finds one module: the mutated one."""

    def __init__(self, site: Site, code: CodeType) -> None:
        self._site = site
        self._code = code

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self._site.module:
            return None
        path = str(self._site.path)
        loader = _Loader(name, path, self._code)
        return importlib.util.spec_from_file_location(name, path, loader=loader)


class _Loader(SourceFileLoader):
    """Loads a module from other code than its file's."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, _: str) -> CodeType:
        return self._code
