"""Where the workers are: `local:N`, or the address of a trusted scheduler."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
import socket
from typing import Final
from urllib.parse import urlsplit

import msgspec

from grader.errors import CommandWrong

TLS: Final = "tls"
_PROTOCOLS: Final = ("tcp", TLS)
_NEEDED: Final = ("distributed", "cryptography")
_EXTRA: Final = "pip install 'jax-exercise-grader[cluster]'"
_LOCAL: Final = re.compile(r"local(?::(.*))?", re.DOTALL)
_MOST: Final = 256
"""Workers on this machine; more is a typing error."""


class Local(msgspec.Struct, frozen=True):
    """Worker processes on this machine, started and ended by the command."""

    workers: int


class Scheduler(msgspec.Struct, frozen=True):
    """A scheduler that runs already."""

    protocol: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"


Place = Local | Scheduler


def place(text: str, *, insecure: bool) -> Place:
    """Return where `--dask` says the workers are.

    Raises `CommandWrong` if Dask isn't installed, for an address that can't be one, and for a
    scheduler on another machine without TLS, unless that was said to be all right.
    """
    found = _local(text) or _scheduler(text)
    if any(importlib.util.find_spec(each) is None for each in _NEEDED):
        raise CommandWrong(f"--dask needs Dask, which isn't installed: {_EXTRA}")
    if isinstance(found, Scheduler) and not insecure:
        check_trusted(str(found), "the scheduler")
    return found


def _local(text: str) -> Local | None:
    match = _LOCAL.fullmatch(text)
    if match is None:
        return None
    number = match[1] or ""
    if not number.isascii() or not number.isdecimal() or not 1 <= int(number[:9]) <= _MOST:
        raise CommandWrong(
            f"--dask {text}: how many workers? local:2 starts two; at most {_MOST} start here"
        )
    return Local(int(number))


def _scheduler(text: str) -> Scheduler:
    protocol, mark, rest = text.partition("://")
    try:
        parts = urlsplit(f"//{rest if mark else text}")
        found = Scheduler(protocol if mark else "tcp", parts.hostname or "", parts.port or 0)
        whole = found.host and found.port and not (parts.path or parts.query or parts.username)
    except ValueError:
        whole = False
    if not whole or found.protocol not in _PROTOCOLS:
        raise CommandWrong(
            f"--dask {text}: give local:N, or a scheduler's address as Dask prints it, "
            "such as tls://host:8786"
        )
    return found


def check_trusted(address: str, what: str) -> None:
    """Raise `CommandWrong` if what is sent there crosses a network where others can read it."""
    protocol, _, rest = address.partition("://")
    host = urlsplit(f"//{rest}").hostname or ""
    if protocol == TLS or _is_here(host):
        return
    raise CommandWrong(
        f"{what} at {address} isn't on this machine, and {protocol}:// has no encryption and no "
        "password: others on that network could read submissions, forge reports, and run programs "
        "as you. Start the cluster with TLS and give its tls:// address (docs/cluster.md says "
        "how), or accept the risk with --insecure"
    )


def _is_here(host: str) -> bool:
    """Whether a name leads to this machine's loopback only."""
    try:
        found = {each[4][0] for each in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError) as error:
        raise CommandWrong(f"--dask: there is no machine {host}") from error
    return all(ipaddress.ip_address(str(each).partition("%")[0]).is_loopback for each in found)
