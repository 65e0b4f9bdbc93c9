"""What a worker may do, and the state of each protection: the sandbox's data types."""

from typing import Annotated

import msgspec

Positive = Annotated[int, msgspec.Meta(gt=0)]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All that a confined process may still do. Paths that do not exist grant nothing.

    `/proc/self/…` means the confined process, whoever wrote the policy: paths are opened in it.
    """

    readable: tuple[str, ...]
    """Files, and folders with all beneath them, that may be read and mapped; never executed."""
    listable: tuple[str, ...] = ()
    """Folders that may be listed, as may the folders beneath them, but not read."""
    writable: tuple[str, ...] = ()
    """Folders in which regular files and folders may be made and written, not removed; or files."""

    memory_bytes: Positive
    """Private data that a program may have beside what is there before it; the judge's watch over
    all that is resident is further out."""
    cpu_seconds: Positive
    """Processor time of all threads together. One second more, and the kernel kills."""
    file_bytes: Positive = 16 * 2**20
    """The largest file that may be written."""
    open_files: Positive = 128


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `grade doctor` and of the report."""

    name: str
    active: bool
    detail: str
    """A version or a count where it is active, the reason where it is not."""
    kernel: bool = False
    """Whether `--require-sandbox` requires it: README.md's promises depend on these rows."""
