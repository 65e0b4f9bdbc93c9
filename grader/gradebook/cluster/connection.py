"""The connection to a scheduler: fails fast if nobody answers, and silent otherwise."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from grader.errors import CommandWrong
from grader.gradebook.cluster.address import TLS, Local, Place, Scheduler
from grader.gradebook.cluster.local import Told, local_workers
from grader.gradebook.cluster.patience import Patience

if TYPE_CHECKING:
    from distributed import Client, Security

_SECONDS: Final = 10.0
"""To wait for a scheduler: one that runs answers within one."""
_NOISY: Final = ("distributed", "tornado", "asyncio", "bokeh")


@contextlib.contextmanager
def connected(place: Place, patience: Patience) -> Iterator[Client]:
    """Connect, and start the workers before if they are to run here.

    Raises `CommandWrong` if no scheduler answers, `ClusterBroken` if no worker can be started.
    """
    with _silent(), contextlib.ExitStack() as stack:
        match place:
            case Local(workers):
                found = stack.enter_context(local_workers(workers, patience))
                connect = partial(_client, found.address, _own(found))
            case Scheduler():
                connect = partial(_client, str(place), _configured(place))
        client = patience.result(connect)
        try:
            yield client
        finally:
            with contextlib.suppress(Exception):  # whatever it says, it isn't needed now
                client.close(timeout=1)


def _client(address: str, security: Security) -> Client:
    from distributed import Client

    try:
        return Client(
            address,
            security=security,
            timeout=_SECONDS,
            set_as_default=False,
            direct_to_workers=False,
            name="grade",
        )
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        why = str(error.__cause__ or error).rpartition(">: ")[2].strip().rstrip(".")
        raise CommandWrong(
            f"--dask: no Dask scheduler answers at {address} within {_SECONDS:g} s ({why}); "
            "is it running there, and does it speak this protocol?"
        ) from error


def _own(told: Told) -> Security:
    from distributed import Security

    return Security(
        require_encryption=True,
        tls_ca_file=told.ca,
        tls_client_cert=told.certificate,
        tls_client_key=told.key,
    )


def _configured(scheduler: Scheduler) -> Security:
    """Return what Dask's own configuration says. Raises `CommandWrong` for TLS without it."""
    from distributed import Security

    security = Security()
    names = {
        "ca-file": security.tls_ca_file,
        "client.cert": security.tls_client_cert,
    }
    missing = [name for name, value in names.items() if not value]
    if scheduler.protocol == TLS and missing:
        listed = " and ".join(f"distributed.comm.tls.{name}" for name in missing)
        raise CommandWrong(
            f"--dask {scheduler}: TLS needs certificates, and Dask's configuration has no "
            f"{listed} (docs/cluster.md says how to set them)"
        )
    return security


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep Dask's log and warnings off the terminal: what matters is said by us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import distributed  # noqa: F401 - sets up its loggers

        loggers = [logging.getLogger(name) for name in _NOISY]
        loggers += [
            logging.getLogger(name)
            for name in logging.root.manager.loggerDict
            if name.startswith(tuple(f"{each}." for each in _NOISY))
        ]
        before = [(each, each.handlers, each.propagate, each.level) for each in loggers]
        for each in loggers:
            each.handlers, each.propagate = [logging.NullHandler()], False
            each.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            for logger, handlers, propagate, level in before:
                logger.handlers, logger.propagate = handlers, propagate
                logger.setLevel(level)
