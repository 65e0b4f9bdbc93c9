"""Mutates the judge, and lists the mutants that neither a recording nor a unit test notices.

A mutant is a flipped comparison, a dropped condition or another constant. A random sample is tried,
the same for the same seed. What mypy refuses is no program of ours, so such a mutant is counted
apart: it asks for a value that may be None without the condition that says it isn't.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track

from tests import recordings
from tests.labelled import labelled
from tests.mutation.distort import noticing, store
from tests.mutation.operators import mutants
from tests.mutation.reach import Replayed, UnitTests, replayed, unit_tests
from tests.mutation.refused import types_refuse
from tests.mutation.trial import (
    Site,
    compiles,
    functions_of_the_judge,
    replay_notices,
    unit_tests_notice,
)

ROOT: Final = Path(__file__).resolve().parent.parent.parent
MUTATED: Final = ("grader/judge.py", "grader/checks.py", "grader/rules", "grader/evidence")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("file", nargs="*", help="files or folders; without any, the whole judge")
    parser.add_argument("--mutants", type=int, default=150, help="how many to try (150)")
    parser.add_argument("--seed", type=int, nargs="+", default=[0], help="which ones (0)")
    parser.add_argument(
        "--least", type=float, default=0.0, help="fail if a lesser share is noticed"
    )
    parser.add_argument(
        "--distort",
        type=int,
        default=0,
        help="draw so many distorted recordings for each mutant that nothing notices, and store "
        "one that does",
    )
    asked = parser.parse_args(arguments)
    functions_of_the_judge()  # while the garbage collector still lists them
    sites = list(_sites(asked.file or MUTATED))
    samples = {seed: _sample(sites, seed, asked.mutants) for seed in asked.seed}
    files = sorted({site.path for sample in samples.values() for site in sample})
    tests = unit_tests(files)
    every = [
        replayed(each, path, files)
        for each in _progress("replaying", labelled())
        for path in recordings.recordings_of(each)
    ]
    gc.freeze()  # or each process would copy what it only reads
    shares = [_share(seed, sample, every, tests, asked.distort) for seed, sample in samples.items()]
    return 0 if min(shares) >= asked.least else 1


def _share(
    seed: int,
    sample: Sequence[Site],
    every: Sequence[Replayed],
    tests: UnitTests,
    distort: int,
) -> float:
    """Try the mutants of a sample; print the unnoticed ones, and return the share of the others."""
    noticed: list[Site] = []
    missed: list[Site] = []
    for site in _progress("mutating", sample):
        if _is_noticed(site, every, tests):
            noticed.append(site)
        elif not types_refuse(site):
            missed.append(site)
            _tell(site)
            near = [each.each for each in _running(site, every)]
            if distort and (found := noticing(site, near, distort)) is not None:
                print(f"  stored: {found.recording}", flush=True)
                store(found)
    refused = len(sample) - len(noticed) - len(missed)
    logic = _figure(*map(_logic, (noticed, missed)))
    print(
        f"seed {seed}: {_figure(noticed, missed)}; without constants {logic}; "
        f"mypy refuses {refused} more",
        flush=True,
    )
    return len(noticed) / (len(noticed) + len(missed))


def _figure(noticed: Sequence[Site], missed: Sequence[Site]) -> str:
    tried = len(noticed) + len(missed)
    return f"{len(noticed) / max(tried, 1):.1%} noticed, {len(noticed)} of {tried} mutants"


def _logic(sites: Sequence[Site]) -> list[Site]:
    """Return the mutants of comparisons and conditions."""
    return [each for each in sites if not each.mutant.in_constant]


def _sample(sites: Sequence[Site], seed: int, count: int) -> list[Site]:
    """Draw some that Python takes; what is changed elsewhere in the judge changes no order."""

    def rank(site: Site) -> bytes:
        return sha256(f"{seed} {site.module} {site.mutant.name}".encode()).digest()

    return list(islice(filter(compiles, sorted(sites, key=rank)), count))


def _tell(site: Site) -> None:
    place = f"{site.path.relative_to(ROOT)}:{site.mutant.lines[0]}"
    print(f"{place}: {site.mutant.name}", flush=True)


def _progress(title: str, some: Sequence[Any]) -> Iterator[Any]:
    yield from track(some, title, console=Console(stderr=True), transient=True)


def _sites(places: Sequence[str]) -> Iterator[Site]:
    for place in places:
        root = ROOT / place
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            for mutant in mutants(path.read_text(encoding="utf-8")):
                yield Site(path, module, mutant)


def _is_noticed(site: Site, every: Sequence[Replayed], tests: UnitTests) -> bool:
    """Ask the recordings and the tests that run the place, all where that is when it's imported."""
    inside = site.mutant.inside
    ids = tests.running(site.path, site.mutant.lines) if inside else tests.all()
    return replay_notices(site, _running(site, every)) or unit_tests_notice(site, ids)


def _running(site: Site, every: Sequence[Replayed]) -> list[Replayed]:
    """Return the recordings that run the place."""
    inside = site.mutant.inside
    return [each for each in every if not inside or each.runs(site.path, site.mutant.lines)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
