"""Which files a Python with jax has to read, and how to leave some of them out.

Enumerating costs some milliseconds: the judge does it once, and puts the answer in the policy.
"""

import importlib.util
import os
import site
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

PACKAGES = ("grader", "jax", "jaxlib", "flax")
"""Found through `find_spec`, which imports nothing, because any may be an editable install whose
folder stands in no site-packages; it is an import after confinement that needs them."""

LIBRARY_FOLDERS = ("lib", "lib32", "lib64")

OF_THE_SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/share/zoneinfo",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/ld-musl-x86_64.path",
    "/etc/ld-musl-aarch64.path",
    "/etc/localtime",
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",  # XLA
    "/proc/cpuinfo",  # LLVM and XLA, to learn what this processor can do
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",  # the allocator in jaxlib
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/kernel/mm/transparent_hugepage",
)
"""Not all of /usr: containers like to keep their application, and its secrets, in /usr/src."""

OF_THE_PROCESS = tuple(
    f"/proc/self/{name}" for name in ("maps", "stat", "statm", "status", "cmdline")
)
"""Single files: the folder holds `environ`, `net` and the mounts of the machine as well. They
name the confined process, whoever reads this tuple first, so they are never resolved here."""


def python_paths() -> tuple[str, ...]:
    """Return the files and folders that a worker of this interpreter reads, resolved.

    Library folders rather than prefixes: a virtual environment may well be the learner's folder.
    """
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    libraries = (str(Path(root, name)) for root in prefixes for name in LIBRARY_FOLDERS)
    found = (*libraries, *_import_folders(), *_package_folders(PACKAGES), *OF_THE_SYSTEM)
    kept = {os.path.realpath(path) for path in found if Path(path).exists()}
    return (*_outermost(kept), *OF_THE_PROCESS)


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


def _import_folders() -> Iterator[str]:
    """Find where `sysconfig` and `site` put modules.

    Other entries of `sys.path` may be a checkout, or the folder that grade was called in.
    """
    schemes = sysconfig.get_paths()
    yield from (schemes[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from site.getsitepackages()
    if site.ENABLE_USER_SITE:
        yield site.getusersitepackages()
    yield from (path for path in sys.path if path.endswith(("-packages", "lib-dynload")))


def _package_folders(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        try:
            specification = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if specification is not None:
            yield from specification.submodule_search_locations or ()


def _outermost(paths: Collection[str]) -> tuple[str, ...]:
    """Drop those that stand beneath another."""
    return tuple(
        path
        for path in sorted(paths)
        if not any(str(above) in paths for above in Path(path).parents)
    )


def _split(roots: Iterable[str], excluded: Collection[str]) -> dict[str, bool]:
    """Map paths beneath the roots to whether they may be granted whole, in order."""
    unread = frozenset(os.path.realpath(path) for path in excluded)
    opened = frozenset(str(above) for path in unread for above in Path(path).parents)
    parts: dict[str, bool] = {}
    for root in roots:
        path = root if root in OF_THE_PROCESS else os.path.realpath(root)
        if not any(str(above) in unread for above in Path(path).parents):
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
        for child in _children(path):
            yield from _walk(child, unread=unread, opened=opened)


def _children(folder: str) -> list[str]:
    """Return what is in the folder, without links.

    A link would grant what it points to: what lies inside the root is granted by itself, and
    what lies outside was not granted by the root either.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if not entry.is_symlink())
    except OSError:
        return []
