"""The listener that hears everything: the ledger of all records, and the facts made from some of them."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from contracts.envelope import Envelope, Origin
from services.chassis import codec
from services.chassis.hearing import Heard
from services.statistics import readers
from services.statistics.facts import write
from services.statistics.projections import fold

LOCK: Final = 0x51_52_02
"""Under it numbers are given, until the commit: a lower number is never seen after a higher one."""

COLUMNS: Final = ("partition", "offset", "source", *codec.COLUMNS.split(", "))
"""What a record is kept in, but for its number."""
_TURN: Final = "select pg_advisory_xact_lock($1)"
_KNOWN: Final = "select hash from ledger where source = $1 and subject = $2 and version = $3"


class Ledger:
    """Statistics' side of the consumer."""

    def names(self, _kind: str) -> bool:
        """Every type, of today and of tomorrow."""
        return True

    def read(self, envelope: Envelope, data: bytes) -> readers.Fact | None:
        """The fact in the event, where figures use it.

        Raises:
            UnknownEventError, msgspec.MsgspecError: figures use it and cannot read it.
        """
        return readers.read(envelope.type, envelope.schemaversion, data)

    async def hear(self, connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
        """Facts first and the ledger last: its lock is held until the commit."""
        await write(
            connection,
            fold(
                (
                    h.envelope.subject,
                    h.envelope.streamversion,
                    h.envelope.recordedtime,
                    h.envelope.origin is Origin.IMPORT,
                    h.event,
                )
                for h in heard
                if h.event is not None
            ),
        )
        await connection.execute(_TURN, LOCK)
        await connection.copy_records_to_table("ledger", records=[_row(h) for h in heard], columns=COLUMNS)

    async def known(self, connection: asyncpg.Connection, envelope: Envelope) -> bytes | None:
        """The hash under which a version was kept."""
        kept: bytes | None = await connection.fetchval(_KNOWN, envelope.source, envelope.subject, envelope.streamversion)
        return kept


def _row(h: Heard) -> tuple[Any, ...]:
    e = h.envelope
    return (
        h.partition, h.offset, e.source, e.subject, e.streamversion, e.id, e.type, e.schemaversion, e.time, e.recordedtime,
        e.role, e.actor, e.council, e.origin, e.policy, e.calendar, e.correlationid, e.causationid, e.traceparent, h.data,
        e.prevhash, e.hash,
    )  # fmt: skip
