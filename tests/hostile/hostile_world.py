"""Where hostile submissions are graded: with secrets to find, doors to knock at, and files to harm.

A submission's first comment says what must hold:

    # outcome: failed; rule: crashed|timed-out; says: one file; seconds: 5

`outcome` are the verdicts that it may get, `rule` the rules one of which is found, `says` is in
the report, and `seconds` is the time limit: where it isn't said, 1 for what may be timed out, else
5. `run: rarely` is what is like another, or slow: `make fuzz` runs it too. What stands between two
`@` is filled in.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import select
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUBMISSIONS = Path(__file__).parent / "submissions"
SECRET = "hunter2" * 2
"""Stands in files, in the environment and in the memory of the judge."""


class Label:
    """What must hold of a hostile submission."""

    def __init__(self, path: Path) -> None:
        line = re.search(r"^# (outcome: .*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert line, f"{path} does not say what must hold"
        said = dict(part.split(": ", 1) for part in line[1].split("; "))
        self.name = path.stem
        self.outcomes = set(said.pop("outcome").split("|"))
        self.rules = set(said.pop("rule", "").split("|")) - {""}
        self.says = said.pop("says", "")
        self.rarely = said.pop("run", "") == "rarely"
        self.seconds = float(said.pop("seconds", "1" if "timed-out" in self.rules else "5"))
        assert not said, f"{path} says what is not understood: {said}"


ALL = "GRADER_ALL_HOSTILE"
"""Set in the environment, it has the tests run those, too, that are run rarely."""


def labels() -> list[Label]:
    found = [Label(path) for path in sorted(SUBMISSIONS.glob("*.py"))]
    return [label for label in found if ALL in os.environ or not label.rarely]


class World:
    """A home and a learner's folder with secrets in them, and sockets that somebody listens on."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.home = folder / "home"
        self.work = folder / "work"
        self.scratch = folder / "scratch"
        for each in (self.home / ".ssh", self.work, self.scratch):
            each.mkdir(parents=True)
        for path in (
            self.home / ".netrc",
            self.home / ".ssh" / "id_ed25519",
            self.home / ".bashrc",
        ):
            path.write_text(SECRET)
        (self.work / "canary.txt").write_text(SECRET)
        (self.work / "neighbour.py").write_text(f"def answer(*_):\n    return {SECRET!r}\n")
        self._doors = _doors()
        self._filled = {
            "HOME": str(self.home),
            "CACHE": str(cache),
            "CHECKOUT": str(ROOT),
            "JUDGE": str(os.getpid()),
            "PORT": str(self._doors[0].getsockname()[1]),
        }

    def place(self, name: str) -> Path:
        """Put a submission into the learner's folder, with what it has to know filled in."""
        text = (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")
        path = self.work / f"{name}.py"
        path.write_text(fill(text, self._filled), encoding="utf-8")
        return path

    def files(self) -> dict[str, object]:
        """Everything about the files that a submission could harm."""
        return {str(path): _looks(path) for top in (self.home, self.work) for path in _below(top)}

    def poison(self) -> list[Path]:
        """What the collection's submissions would have left elsewhere."""
        places = (ROOT / "solutions", ROOT, Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"))
        found = [path for place in places if place.is_dir() for path in place.glob("*poison*")]
        return found + list(Path(self._filled["CACHE"]).rglob("*poison*"))

    def knocks(self) -> int:
        """How many of the sockets somebody has connected to, or sent something to."""
        return len(select.select(self._doors, [], [], 0)[0])

    def close(self) -> None:
        for door in self._doors:
            door.close()


def fill(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda match: words[match[1]], text)


def _doors() -> list[socket.socket]:
    """Listen for TCP and UDP at the same number, and at an abstract name that has it."""
    tcp = socket.create_server(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    doors = [tcp]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    doors.append(udp)
    with contextlib.suppress(OSError):
        doors.append(socket.create_server(("::1", port), family=socket.AF_INET6))
    with contextlib.suppress(OSError):
        named = socket.socket(socket.AF_UNIX)
        named.bind(f"\0hostile-{port}")
        named.listen()
        doors.append(named)
    return doors


def _below(top: Path) -> Iterator[Path]:
    yield top
    yield from sorted(top.rglob("*"))


def _looks(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return status.st_mode, status.st_mtime_ns, status.st_nlink, content


def descendants(pid: int) -> set[int]:
    """Return the processes that stand below one, zombies included."""
    found: set[int] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
            if parent == pid:
                child = int(path.parent.name)
                found |= {child} | descendants(child)
    return found
