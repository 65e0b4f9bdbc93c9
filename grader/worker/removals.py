"""Removing files in the scratch folder, which the sandbox refuses: here it is only noted.

The kernel lets nothing be removed, so that what was written is seen by who watches the disk. Code
that cleans up after itself, such as `tempfile.TemporaryDirectory`, is right anyway. So a
removal in the scratch folder that was refused counts as done: the file stays until the process has
ended, and goes with the folder. Everywhere else the refusal is raised as it came.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import types
from collections.abc import Callable
from pathlib import Path

from grader.worker.foreign import Foreign

_Inode = tuple[int, int]


class Removals:
    """What a program has removed from `folder`, as far as it can tell."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder).resolve()
        self._gone: set[_Inode] = set()

    def install(self) -> None:
        """Take the place of the functions that remove and make, for the rest of the process."""
        unlink = self._tolerant(os.unlink, self._forget)
        rmdir = self._tolerant(os.rmdir, self._forget_folder)
        _tempfile_uses(os.unlink, unlink)
        os.supports_dir_fd |= {unlink, rmdir}
        os.unlink = os.remove = unlink
        os.rmdir = rmdir
        os.mkdir = self._making(os.mkdir)

    def _tolerant(
        self, original: Callable[..., None], forget: Callable[[Foreign, int | None], None]
    ) -> Callable[..., None]:
        def remove(path: Foreign, *, dir_fd: int | None = None) -> None:
            try:
                original(path, dir_fd=dir_fd)
            except PermissionError:
                if not self._holds(path, dir_fd):
                    raise
                forget(path, dir_fd)

        remove.__name__ = original.__name__
        return remove

    def _holds(self, path: Foreign, dir_fd: int | None) -> bool:
        """Whether a path names something in the folder, not the folder itself."""
        above = Path.cwd() if dir_fd is None else Path(f"/proc/self/fd/{dir_fd}").readlink()
        whole = above / os.fsdecode(path)
        return whole.name != ".." and whole.parent.resolve().is_relative_to(self._folder)

    def _forget(self, path: Foreign, dir_fd: int | None) -> None:
        found = os.stat(path, dir_fd=dir_fd, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        self._gone.add(_inode(found))

    def _forget_folder(self, path: Foreign, dir_fd: int | None) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=dir_fd)
        try:
            with os.scandir(descriptor) as entries:
                left = [each for each in entries if _inode(each.stat()) not in self._gone]
            if left:
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)
            self._gone.add(_inode(os.fstat(descriptor)))
        finally:
            os.close(descriptor)

    def _making(self, original: Callable[..., None]) -> Callable[..., None]:
        """Make a folder, also again where it was removed."""

        def mkdir(path: Foreign, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
            try:
                original(path, mode, dir_fd=dir_fd)
            except FileExistsError:
                found = _inode(os.stat(path, dir_fd=dir_fd, follow_symlinks=False))
                if found not in self._gone:
                    raise
                self._gone.discard(found)

        os.supports_dir_fd |= {mkdir}
        return mkdir


def _inode(found: os.stat_result) -> _Inode:
    return found.st_dev, found.st_ino


def _tempfile_uses(original: Foreign, replacement: Foreign) -> None:
    """Replace a function that `tempfile` has taken as the default of an argument."""
    closer = vars(tempfile).get("_TemporaryFileCloser")
    for method in vars(closer).values() if closer is not None else ():
        if type(method) is types.FunctionType and method.__defaults__:
            method.__defaults__ = tuple(
                replacement if each is original else each for each in method.__defaults__
            )
