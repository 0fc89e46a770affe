"""The one way to open a pool of database connections, with every limit declared."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import asyncpg

CONNECT_TIMEOUT: Final = 3.0
COMMAND_TIMEOUT: Final = 5.0
ACQUIRE_TIMEOUT: Final = 2.0
IDLE_LIFETIME: Final = 60.0
SESSION: Final = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "TimeZone": "UTC",
    "search_path": "read, public",
    "synchronous_commit": "on",
}
UNAVAILABLE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    OSError,
    TimeoutError,
)
"""The database is not there now; trying again later is right."""

Change = tuple[str, tuple[Any, ...]]
"""SQL and its arguments: what a projection says is to be done."""


class Pool(asyncpg.Pool):
    """A pool whose `acquire` waits a bounded time."""

    def acquire(self, *, timeout: float | None = ACQUIRE_TIMEOUT) -> Any:
        """A connection, or TimeoutError after ACQUIRE_TIMEOUT."""
        return super().acquire(timeout=timeout)


async def open_pool(url: str, *, name: str, size: int, **session: str) -> Pool:
    """A pool on `url`, its connections named `name`; `session` overrides SESSION."""

    async def keep(_connection: asyncpg.Connection) -> None:
        """Nothing is set on a session outside a transaction, so there is nothing to reset: a round trip saved."""

    pool = Pool(
        url,
        min_size=min(2, size),
        max_size=size,
        max_queries=50_000,
        loop=None,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        max_inactive_connection_lifetime=IDLE_LIFETIME,
        timeout=CONNECT_TIMEOUT,
        command_timeout=COMMAND_TIMEOUT,
        server_settings=SESSION | {"application_name": name} | session,
        init=None,
        setup=None,
        reset=keep,
        connect=None,
    )
    return await pool


async def apply(connection: asyncpg.Connection, changes: Iterable[Change]) -> None:
    """Carry out changes in order; neighbours of one kind go in one round trip."""
    for query, same in groupby(changes, key=itemgetter(0)):
        await connection.executemany(query, [arguments for _, arguments in same])


def transposed(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as the columns that `unnest` takes; so many empty ones where there is no row."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def describe(fault: BaseException) -> dict[str, str | None]:
    """What may be logged of a database error: never its message, which carries row data."""
    return {
        "fault": type(fault).__name__,
        "sqlstate": getattr(fault, "sqlstate", None),
        "constraint": getattr(fault, "constraint_name", None),
    }
