"""Records set aside: a case whose next event cannot be taken in waits here with all that comes behind it; others flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
import msgspec

from contracts.envelope import Envelope
from services.chassis import codec

_OF: Final = (
    'select id, topic, partition, "offset", subject, headers, data, reason, detail from parked where subject = $1 order by id'
)
_PARK: Final = """
    insert into parked (topic, partition, "offset", source, subject, version, headers, data, reason, detail)
    select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::int[], $7::bytea[], $8::bytea[],
                         $9::text[], $10::text[])
"""
_RELEASE: Final = "delete from parked where id = $1"
_ANNOTATE: Final = "update parked set detail = $2 where id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A record with the reason why it waits; its data stays as published, personal values sealed."""

    topic: str
    partition: int
    offset: int
    subject: str
    envelope: Envelope | None
    headers: tuple[tuple[str, bytes], ...]
    data: bytes
    reason: str
    detail: str


async def of(connection: asyncpg.Connection, subject: str) -> list[tuple[int, Parked]]:
    """What is set aside for a case, the earliest first, each with its number."""
    return [(row["id"], _read(row)) for row in await connection.fetch(_OF, subject)]


async def park(connection: asyncpg.Connection, records: Sequence[Parked]) -> None:
    """Set records aside."""
    if not records:
        return
    rows = [
        (
            record.topic,
            record.partition,
            record.offset,
            record.envelope.source if record.envelope else "",
            record.subject,
            record.envelope.streamversion if record.envelope else 0,
            msgspec.msgpack.encode(record.headers),
            record.data,
            record.reason,
            record.detail,
        )
        for record in records
    ]
    await connection.execute(_PARK, *map(list, zip(*rows, strict=True)))


async def release(connection: asyncpg.Connection, identity: int) -> None:
    """It was taken in."""
    await connection.execute(_RELEASE, identity)


async def annotate(connection: asyncpg.Connection, identity: int, detail: str) -> None:
    """It was tried again and failed on this."""
    await connection.execute(_ANNOTATE, identity, detail)


_HEADERS: Final = msgspec.msgpack.Decoder(tuple[tuple[str, bytes | None], ...])


def _read(row: asyncpg.Record) -> Parked:
    headers = tuple((name, value) for name, value in _HEADERS.decode(row["headers"]) if value is not None)
    try:
        envelope = codec.from_headers(headers)
    except (KeyError, ValueError):
        envelope = None
    return Parked(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        subject=row["subject"],
        envelope=envelope,
        headers=headers,
        data=row["data"],
        reason=row["reason"],
        detail=row["detail"],
    )
