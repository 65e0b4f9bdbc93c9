"""Lists a zip: a class's, or one that was handed in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.errors import CommandWrong, reason
from grader.folder import is_made_by_tools
from grader.gradebook.intake.archive import Damaged, Member, members
from grader.gradebook.intake.entry import Entry, Listing, sorted_listing, without_files
from grader.gradebook.intake.folder_listing import MOST_FILES
from grader.gradebook.intake.stored import NestedArchive, Zipped


def list_zip(path: Path) -> Listing:
    """List a class's zip. Raises `CommandWrong`."""
    if not path.is_file():
        raise CommandWrong(f"{path} is neither a folder nor a zip")
    try:
        with path.open("rb") as file:
            found = members(file, MOST_FILES)
    except Damaged as error:
        raise CommandWrong(f"{path} {error}; name a folder or a zip of submissions") from error
    except OSError as error:
        raise CommandWrong(f"{path} can't be read: {reason(error)}") from error
    return list_members(found, path, "")


def list_members(found: Iterable[Member], archive: Path | NestedArchive, prefix: str) -> Listing:
    """List a zip's members, with `prefix` before their paths."""
    found = tuple(found)
    environments = {each.path.removesuffix("pyvenv.cfg") for each in found if _is_marker(each)}
    by_path: dict[str, Member] = {}
    left_out: dict[str, None] = {}
    problems: list[str] = []
    folders: set[str] = set()
    for each in found:
        path = prefix + _normal(each.path)
        if each.leads_out:
            problems.append(f"{prefix}{each.path}: this path leads out of the zip; it is left out")
        elif passed_over := _passed_over(path) or _environment(each, environments, prefix):
            left_out[passed_over] = None
        elif each.folder:
            folders.add(path)
        else:
            if path in by_path:
                problems.append(f"{path} is in the zip twice: the last one is used")
            by_path[path] = each
    entries = [
        Entry(path, Zipped(archive, each), each.time, prefix.rstrip("/"))
        for path, each in by_path.items()
    ]
    return sorted_listing(entries, left_out, problems, without_files(folders, by_path))


def _is_marker(member: Member) -> bool:
    return member.path.endswith("/pyvenv.cfg")


def _environment(member: Member, environments: set[str], prefix: str) -> str:
    """Return the virtual environment that a member is in, empty if it is in none."""
    for each in environments:
        if member.path.startswith(each):
            return prefix + _normal(each) + "/"
    return ""


def _normal(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def _passed_over(path: str) -> str:
    """Return the first part of the path that is hidden or made by tools, with what leads to it."""
    parts = path.split("/")
    for number, part in enumerate(parts, 1):
        if is_made_by_tools(part):
            return "/".join(parts[:number]) + "/" * (number < len(parts))
    return ""
