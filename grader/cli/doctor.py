"""`grade doctor`: what this machine grades with, and whether its protections work."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from grader import cache
from grader.catalogue import shipped
from grader.cli.console import console, put
from grader.cli.problem import visible
from grader.cli.version import grader_version, package_version
from grader.errors import Exit, NurseryBroken
from grader.grading.access import Access
from grader.grading.color import Color
from grader.grading.machine import explained
from grader.process.launch import can_fork
from grader.process.worker import Nursery, Spawner
from grader.sandbox import usage
from grader.sandbox.confine import available
from grader.sandbox.packages import package_folders
from grader.sandbox.probes import ProbeOutcome, run_probes
from grader.website import SITE_VARIABLE, site

if TYPE_CHECKING:
    from rich.console import RenderableType

_PACKAGES = ("jax", "jaxlib", "flax", "numpy", "hypothesis", "typer", "rich")


def doctor(color: Color) -> int:
    """Print versions, cache, protections and a self-test; 0 unless grading can't work."""
    fault = _starting_fault()
    put(
        console(color),
        _versions(),
        Text(),
        _cache(),
        Text(),
        _website(),
        Text(),
        _protections(),
        Text(),
        _probes(),
        Text(),
        _conclusion(fault),
    )
    return int(Exit.PASSED if fault is None else Exit.BROKEN)


def _rows(title: str, rows: list[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        table.add_row(Text(f"  {name}"), Text(value))
    return Group(Text(title, style="bold"), table)


def _versions() -> RenderableType:
    return _rows(
        "versions",
        [
            ("grade", grader_version()),
            ("Python", f"{platform.python_version()} at {sys.executable}"),
            *((name, package_version(name)) for name in _PACKAGES),
            ("system", platform.platform()),
        ],
    )


def _cache() -> RenderableType:
    folder = cache.cache_folder()
    if folder is None:
        return _rows("cache", [("folder", "none: every run compiles again")])
    return _rows(
        "cache",
        [
            ("folder", str(folder)),
            ("size", f"{cache.size(folder) / 2**20:.1f} of {cache.LIMIT_BYTES >> 20} MB"),
        ],
    )


def _website() -> RenderableType:
    given = os.environ.get(SITE_VARIABLE, "")
    wrong = f"{visible(given)} is no address" if given else f"none: {SITE_VARIABLE} isn't set"
    return _rows("website", [("address", site() or wrong)])


def _protections() -> RenderableType:
    return _rows(
        "protections around a submission",
        [
            (each.name, f"{'active' if each.active else 'not active'}{_because(each.detail)}")
            for each in (*available(), usage.available())
        ],
    )


def _because(detail: str) -> str:
    return f": {detail}" if detail else ""


def _probes() -> RenderableType:
    words = {
        ProbeOutcome.HELD: "refused",
        ProbeOutcome.ESCAPED: "NOT refused",
        ProbeOutcome.UNTESTED: "not tested",
    }
    return _rows(
        "self-test: what a hostile program tries",
        [
            (each.name, f"{words[each.outcome]}{_because(each.detail)}")
            for each in run_probes(Access().without_own(), _solutions())
        ],
    )


def _solutions() -> list[str]:
    """Return every copy of a solution that Python could find, however it is installed.

    Beside the one in use there may be an older install's, in a folder of packages.
    """
    folders = [
        shipped()[1],
        *(Path(each, "grader/_shipped/solutions") for each in package_folders()),
    ]
    return sorted({str(found) for each in folders for found in each.glob("*.py")})


def _starting_fault() -> str | None:
    """Import the libraries in a worker, as a grading does; None if that works."""
    maker = Nursery() if can_fork() else Spawner()
    try:
        maker.wait()
    except NurseryBroken as error:
        return explained(str(error))
    finally:
        maker.close()
    return None


def _conclusion(fault: str | None) -> RenderableType:
    if fault is None:
        return Text("Grading works here.")
    return Text(f"Grading does not work here: {fault}")
