"""Mutates the judge, and lists the mutants that neither a recording nor a unit test notices.

A mutant is a flipped comparison, a dropped condition or another constant. A random sample is tried,
the same for the same seed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track

from tests import recordings
from tests.labelled import labelled
from tests.mutation.operators import mutants
from tests.mutation.reach import Replayed, replayed
from tests.mutation.trial import Site, replay_notices, unit_tests_notice

ROOT: Final = Path(__file__).resolve().parent.parent.parent
MUTATED: Final = ("grader/judge.py", "grader/checks.py", "grader/rules", "grader/evidence")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("file", nargs="*", help="files or folders; without any, the whole judge")
    parser.add_argument("--mutants", type=int, default=150, help="how many to try (150)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (0)")
    parser.add_argument(
        "--least", type=float, default=0.0, help="fail if a lesser share is noticed"
    )
    asked = parser.parse_args(arguments)
    sites = list(_sites(asked.file or MUTATED))
    sample = random.Random(asked.seed).sample(sites, min(asked.mutants, len(sites)))
    files = sorted({site.path for site in sample})
    every = [
        replayed(recordings.replayed(each, path), files)
        for each in _progress("replaying", labelled())
        for path in recordings.recordings_of(each)
    ]
    missed = [site for site in _progress("mutating", sample) if not _is_noticed(site, every)]
    for site in missed:
        place = f"{site.path.relative_to(ROOT)}:{site.mutant.lines[0]}"
        print(f"{place}: {site.mutant.name}", flush=True)
    share = 1 - len(missed) / len(sample)
    print(f"{share:.0%} of {len(sample)} mutants noticed (of {len(sites)}; seed {asked.seed})")
    return 0 if share >= asked.least else 1


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


def _is_noticed(site: Site, every: Sequence[Replayed]) -> bool:
    """Ask the recordings that run the place, all of them where that is when it's imported."""
    lines = site.mutant.lines
    some = [each for each in every if not site.mutant.inside or each.runs(site.path, lines)]
    return replay_notices(site, some) or unit_tests_notice(site)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
