"""Which files a Python with jax has to read, and how to leave some of them out.

Enumerating costs some milliseconds: the judge does it once, and puts the answer in the policy.
"""

import importlib.util
import os
import re
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from grader.sandbox.packages import importable, package_folders, unlinked

PACKAGES = ("jax", "jaxlib", "flax")
"""Found through `find_spec`, which imports nothing, because any may be an editable install whose
folder stands in no site-packages; it is an import after confinement that needs them. Nothing of
the grader is: a worker has imported all that it needs before it is confined."""

LIBRARY_FOLDERS = ("lib", "lib32", "lib64")

OF_THE_LOADER = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
)
"""Where shared libraries stand. Other programs' folders stand there as well, such as those of
other Pythons with their packages, so only what `SHARED` names is granted of them."""

SHARED = re.compile(
    r"""
    .+\.so(\.[\d.]+)?            # a library
    | \w+-linux(-\w+)?          # Debian's folders, an architecture each
    | locale | gconv             # what the C library needs for text
    | ossl-modules | engines-.+ | tcl\d.* | tk\d.* | (atlas|.*blas|.*lapack).*
    """,
    re.VERBOSE,
)

PACKAGES_INSIDE = frozenset({"site-packages", "dist-packages", "test"})
"""What stands in the folder of the standard library, but isn't of it, or not for a submission."""

OF_THE_SYSTEM = (
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/ld-musl-x86_64.path",
    "/etc/ld-musl-aarch64.path",
    "/etc/localtime",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",  # XLA
    "/proc/cpuinfo",  # LLVM and XLA, to learn what this processor can do
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",  # the allocator in jaxlib
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/kernel/mm/transparent_hugepage",
)

OF_THE_PROCESS = tuple(
    f"/proc/self/{name}" for name in ("maps", "stat", "statm", "status", "cmdline")
)
"""Single files: the folder holds `environ`, `net` and the mounts of the machine as well. They
name the confined process, whoever reads this tuple first, so they are never resolved here."""


def python_paths(secrets: Collection[str] = ()) -> tuple[str, ...]:
    """Return the files and folders that a submission of this interpreter reads, resolved.

    What is granted is what an import can need: the standard library, shared libraries, and the
    packages that are installed and hold none of the secrets.
    """
    folders = package_folders()
    unread = tuple(os.path.realpath(secret) for secret in secrets)
    loose = (*_zipped_library(), *_package_folders(PACKAGES), *OF_THE_SYSTEM)
    found = {
        *_standard_library(),
        *_libraries(),
        *(path for folder in folders for path in importable(folder, unread)),
        *(os.path.realpath(path) for path in loose if Path(path).exists()),
    }
    return (*_outermost(found), *OF_THE_PROCESS)


def listed_paths() -> tuple[str, ...]:
    """Return the folders that an import lists: those in which modules are looked for."""
    return tuple(dict.fromkeys((*_library_folders(), *package_folders())))


def readable_without(roots: Iterable[str], excluded: Collection[str]) -> tuple[str, ...]:
    """Return the roots, each folder above an excluded path replaced by its other children.

    A Landlock rule holds for all beneath a folder and nothing can be taken out again, so the
    folders on the way to what must stay unread are opened up, and only those.
    """
    return tuple(path for path, whole in _split(roots, excluded).items() if whole)


def listable_above(roots: Iterable[str], excluded: Collection[str]) -> tuple[str, ...]:
    """Return the folders that `readable_without` opened up, which imports still have to list.

    Granting that shows their names, and the names beneath them, but no content.
    """
    return tuple(path for path, whole in _split(roots, excluded).items() if not whole)


def _library_folders() -> tuple[str, ...]:
    schemes = sysconfig.get_paths()
    return tuple({os.path.realpath(schemes[name]): None for name in ("stdlib", "platstdlib")})


def _standard_library() -> Iterator[str]:
    for folder in _library_folders():
        yield from (path for name, path in _children(folder) if name not in PACKAGES_INSIDE)


def _zipped_library() -> Iterator[str]:
    """Find what an embedded Python has instead of a folder, and a library elsewhere."""
    zipped = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    yield from (path for path in sys.path if path.endswith((zipped, "lib-dynload")))


def _libraries() -> Iterator[str]:
    """Find the shared libraries of the system and of this Python."""
    yield from (path for path in ("/nix/store", "/gnu/store") if Path(path).is_dir())
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    beside = (str(Path(root, name)) for root in prefixes for name in LIBRARY_FOLDERS)
    for folder in {os.path.realpath(path) for path in (*OF_THE_LOADER, *beside)}:
        yield from (path for name, path in _children(folder) if SHARED.fullmatch(name))


def _package_folders(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        try:
            specification = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if specification is not None:
            yield from specification.submodule_search_locations or ()


def _outermost(paths: Collection[str]) -> Iterator[str]:
    """Drop those that are beneath another."""
    last = "\0"
    for path in sorted(paths, key=lambda path: Path(path).parts):
        if not path.startswith(f"{last}{os.sep}"):
            last = path
            yield path


def _split(roots: Iterable[str], excluded: Collection[str]) -> dict[str, bool]:
    """Map paths beneath the roots to whether they may be granted whole, in order."""
    unread = frozenset(os.path.realpath(path) for path in excluded)
    opened = frozenset(str(above) for path in unread for above in Path(path).parents)
    inside = tuple(f"{path}{os.sep}" for path in unread)
    parts: dict[str, bool] = {}
    for root in roots:
        path = root if root in OF_THE_PROCESS else os.path.realpath(root)
        if not path.startswith(inside):
            parts |= _walk(path, unread=unread, opened=opened)
    return parts


def _walk(
    path: str, *, unread: Collection[str], opened: Collection[str]
) -> Iterator[tuple[str, bool]]:
    """Yield the resolved path if nothing unread stands beneath it, else what is in it."""
    if path in unread:
        return
    yield path, path not in opened
    if path in opened:
        for _, child in _children(path):
            yield from _walk(child, unread=unread, opened=opened)


def _children(folder: str) -> list[tuple[str, str]]:
    """Return the names and paths of what is in the folder, in order, without links.

    What a link leads to is granted by itself if it lies inside the root; what lies outside was not
    granted by the root either.
    """
    return sorted((each.name, each.path) for each in unlinked(folder))
