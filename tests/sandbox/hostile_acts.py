"""What a hostile submission would do, each as a function that returns if it succeeded.

All are harmless where nothing holds them, since the tests also show that they do succeed then:
signal 0, limits that are only read, sockets of this machine.
"""

import ctypes
import fcntl
import mmap
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

from grader.sandbox import identity, libc
from grader.sandbox.policy import Policy
from grader.sandbox.syscalls import of_this_process


def call(name: str, *arguments: int) -> int:
    """Make a call of the table by its name."""
    return libc.syscall(of_this_process().refused[name], *arguments)


# ------------------------------------------------------------------------------------- files


def read(path: str) -> str:
    return Path(path).read_text(errors="replace")


def names_in(path: str) -> list[str]:
    return sorted(entry.name for entry in Path(path).iterdir())


def read_of_parent(name: str) -> str:
    return read(f"/proc/{os.getppid()}/{name}")


def open_memory_of_parent() -> None:
    with Path(f"/proc/{os.getppid()}/mem").open("rb"):
        pass


def append(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("# changed\n")


def create(path: str) -> None:
    with Path(path).open("x") as file:
        file.write("new")


def unlink(path: str) -> None:
    Path(path).unlink()


def rename(path: str, to: str) -> None:
    Path(path).rename(to)


def hard_link(path: str, to: str) -> None:
    os.link(path, to)


def symbolic_link(path: str, to: str) -> None:
    Path(to).symlink_to(path)


def named_pipe(path: str) -> None:
    os.mkfifo(path)


def truncate(path: str) -> None:
    os.truncate(path, 0)


def change_mode(path: str) -> None:
    Path(path).chmod(0o600)


def change_times(path: str) -> None:
    os.utime(path)


def change_owner(path: str) -> None:
    os.chown(path, os.getuid(), os.getgid())


def work_in(folder: str) -> list[str]:
    """What an honest program does with a scratch folder."""
    inner = Path(folder, "inner")
    inner.mkdir()
    (inner / "draft").write_text("one")
    with (inner / "draft").open("r+") as file:
        file.truncate(0)
        file.write("two")
    Path(os.devnull).write_text("three")
    return [entry.name + "=" + entry.read_text() for entry in inner.iterdir()]


def write_unseen(folder: str) -> None:
    """Into a file that has no name, so that nobody who looks into the folder sees its size."""
    descriptor = os.open(folder, os.O_TMPFILE | os.O_RDWR)
    os.write(descriptor, b"unseen")
    os.close(descriptor)


def write_and_unlink(path: str) -> None:
    with Path(path).open("x") as file:
        Path(path).unlink()
        file.write("unseen")


# ---------------------------------------------------------------------------------- processes


def fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def spawn() -> None:
    subprocess.run([sys.executable, "-S", "-c", ""], check=True)


def execute() -> None:
    os.execv(sys.executable, [sys.executable, "-S", "-c", ""])


def clone3() -> None:
    call("clone3", 0, 0)


def thread() -> int:
    found: list[int] = []
    worker = threading.Thread(target=lambda: found.append(1))
    worker.start()
    worker.join()
    return found[0]


def signal_parent() -> None:
    os.kill(os.getppid(), 0)


def signal_group_of_parent() -> None:
    os.killpg(os.getpgid(os.getppid()), 0)


def signal_thread_of_parent() -> None:
    call("tgkill", os.getppid(), os.getppid(), 0)


def signal_itself() -> None:
    os.kill(os.getpid(), 0)


def signal_parent_by_pipe() -> None:
    """With O_ASYNC, the kernel would send a signal of choice to the owner of the pipe."""
    reading, _ = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getppid())


def abort() -> None:
    os.abort()


def limit_parent() -> None:
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)


def limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def slow_parent() -> None:
    parent = os.getppid()
    os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent))


def pin_parent() -> None:
    parent = os.getppid()
    os.sched_setaffinity(parent, os.sched_getaffinity(parent))


def trace_parent() -> None:
    seize = 0x4206
    call("ptrace", seize, os.getppid(), 0, 0)


def read_memory_of_parent() -> None:
    """Of no bytes at all, which asks for the permission and nothing else."""
    here = ctypes.create_string_buffer(8)
    vector = ctypes.create_string_buffer(struct.pack("@PN", ctypes.addressof(here), 8))
    address = ctypes.addressof(vector)
    try:
        call("process_vm_readv", os.getppid(), address, 1, address, 1, 0)
    except OSError as error:
        # It was let through, if what is at that address in the parent is all that is wrong.
        if error.errno != 14:
            raise


def hold_parent() -> None:
    os.close(call("pidfd_open", os.getppid(), 0))


def leave_session() -> None:
    os.setpgid(0, 0)


def become_root() -> None:
    os.setuid(0)


def become_dumpable() -> None:
    libc.prctl(4, 1)


def outlive_parent() -> None:
    libc.prctl(1, 0)


def new_namespace() -> None:
    files_of_its_own = 0x400
    call("unshare", files_of_its_own)


def new_ring() -> None:
    parameters = ctypes.create_string_buffer(120)
    os.close(call("io_uring_setup", 1, ctypes.addressof(parameters)))


def hidden_memory() -> None:
    os.close(os.memfd_create("hidden"))


def shared_memory() -> None:
    private, remove = 0, 0
    call("shmctl", call("shmget", private, 4096, 0o600), remove, 0)


def page_faults() -> None:
    os.close(call("userfaultfd", 1))


def share_memory() -> None:
    mmap.mmap(-1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS).close()


def share_and_drop() -> int:
    """What is written stays, and counts for nothing once the pages are dropped."""
    validated = 3
    part = mmap.mmap(-1, 4096, validated | mmap.MAP_ANONYMOUS)
    part.write(b"x")
    part.madvise(mmap.MADV_DONTNEED)
    return part[0]


def huge_pages() -> None:
    """Of which most machines keep none: ENOMEM where it is let through."""
    huge = 0x40000
    try:
        mmap.mmap(-1, 2 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | huge).close()
    except OSError as error:
        if error.errno != 12:
            raise


def reserve_disk() -> None:
    _allocate(1)


def cut_a_hole() -> None:
    _allocate(3)


def _allocate(mode: int) -> None:
    """Behind standard error, which has no room: another error where it is let through."""
    try:
        call("fallocate", 2, mode, 0, 4096)
    except OSError as error:
        if error.errno not in {9, 19, 29, 95}:
            raise


def lock_a_file() -> None:
    with Path(os.__file__).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_a_file_for_readers() -> None:
    with Path(os.__file__).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def lock_a_part() -> None:
    with Path(os.__file__).open("rb") as file:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def lock_an_open_file() -> None:
    of_an_open_file = 37
    with Path(os.__file__).open("rb") as file:
        lock = struct.pack("@hhqqi", fcntl.F_RDLCK, 0, 0, 0, 0)
        fcntl.fcntl(file, of_an_open_file, lock)


def enlarge_a_pipe() -> None:
    _, writing = os.pipe()
    fcntl.fcntl(writing, 1031, 1 << 17)


def lock_memory() -> None:
    part = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE)
    call("mlock", ctypes.addressof(ctypes.c_char.from_buffer(part)), 4096)


def timer() -> None:
    number = ctypes.c_int()
    call("timer_create", 1, 0, ctypes.addressof(number))


def map_a_file() -> int:
    with Path(os.__file__).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)[0]


def map_a_file_privately() -> int:
    with Path(os.__file__).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)[0]


def private_memory() -> None:
    mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).write(b"x")


def type_into_terminal() -> None:
    """Into a pipe, which has no typing: ENOTTY where it is let through."""
    reading, _ = os.pipe()
    try:
        fcntl.ioctl(reading, 0x5412, b"x")
    except OSError as error:
        if error.errno != 25:
            raise


def is_terminal() -> bool:
    return os.isatty(0)


def call_number(number: int) -> int:
    return libc.syscall(number)


def not_refused() -> list[str]:
    """Calls of the table that are answered by something else than EPERM. Arguments are zeros."""
    names = []
    for name in of_this_process().refused:
        if name in ("fork", "vfork"):
            continue  # Tried by acts of their own, which wait for the child.
        try:
            call(name)
        except PermissionError:
            continue
        except OSError:
            pass
        names.append(name)
    return names


def call_as_32_bit() -> int:
    """getpid, by the gate and the number of 32-bit programs: mov eax, 20; int 0x80; ret."""
    code = mmap.mmap(
        -1, 4096, mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    )
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())


# ------------------------------------------------------------------------------------ network


def open_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def open_raw_socket() -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


def open_socket_pair() -> None:
    for end in socket.socketpair():
        end.close()


def listen() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))


def connect(port: int) -> None:
    with socket.socket() as client:
        client.connect(("127.0.0.1", port))


def connect_abstract(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)


# ------------------------------------------------------------------------------------- limits


def limits_now() -> dict[str, tuple[int, int]]:
    names = ("CPU", "FSIZE", "NOFILE", "CORE", "DATA")
    return {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}


def write_bytes(path: str, count: int) -> None:
    Path(path).write_bytes(b"\0" * count)


def open_many(count: int) -> None:
    kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(count)]
    for descriptor in kept:
        os.close(descriptor)


def allocate(count: int) -> None:
    mmap.mmap(-1, count, flags=mmap.MAP_PRIVATE).close()


# ----------------------------------------------------------------------------------- identity


def status_lines() -> dict[str, str]:
    lines = read("/proc/self/status").splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def session() -> bool:
    return os.getsid(0) == os.getpid()


def dumpable() -> int:
    return libc.prctl(3)


def left_when_parent_ends() -> bool:
    """Whether a child that dies with its parent is there when that has ended."""
    alive, alive_of_child = os.pipe()
    forever, _ = os.pipe()
    parent = os.fork()
    if parent == 0:
        ready, ready_of_child = os.pipe()
        if os.fork() == 0:
            identity.dies_with_parent()
            os.write(ready_of_child, b"!")
            os.read(forever, 1)
        os.read(ready, 1)
        os._exit(0)
    os.close(alive_of_child)
    os.waitpid(parent, 0)
    ended, _, _ = select.select([alive], [], [], 30)
    return not (ended and os.read(alive, 1) == b"")


def confine_again(policy: str) -> list[str]:
    """The layers that a second, wider policy can still be applied through."""
    import msgspec

    from grader.sandbox.confine import confine

    wider = msgspec.json.decode(policy, type=Policy)
    return [row.name for row in confine(wider) if row.active]


def kill_with(number: int) -> None:
    signal.raise_signal(number)
