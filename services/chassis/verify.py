"""Proof that nothing was changed, lost or invented: every chain recomputed, every head compared with what it should say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from contracts.envelope import NO_HASH
from services.chassis import codec
from services.chassis.chain import link

PAGE: Final = 5000
MOST_FAULTS: Final = 100

_PAGE: Final = f"""
    select {codec.COLUMNS} from event where (subject, version) > ($1, $2) order by subject, version limit $3
"""
_HEADS: Final = """
    select coalesce(s.subject, e.subject) as subject from stream s
    full join (select distinct on (subject) subject, version, hash from event order by subject, version desc) e using (subject)
    where s.version is distinct from coalesce(e.version, 0) or (s.version > 0 and s.hash is distinct from e.hash)
    limit 100
"""


@dataclass(slots=True)
class Verdict:
    """What was checked and what was found wrong: (stream, version, words)."""

    events: int = 0
    faults: list[tuple[str, int, str]] = field(default_factory=list)


async def verify(connection: asyncpg.Connection, *, source: str, progress: Callable[[int], None] = lambda _done: None) -> Verdict:
    """Recompute every hash of a store in constant memory, and compare each stream's head with its last event.

    Finds an altered column, a missing or moved event, a broken link, a tail cut off below its head. A whole history rewritten
    with its heads is found by comparing the heads with receipts or with the other copies.
    """
    verdict = Verdict()
    subject, version, last = "", 0, NO_HASH
    while len(verdict.faults) < MOST_FAULTS:
        rows = await connection.fetch(_PAGE, subject, version, PAGE)
        for row in rows:
            envelope, data = codec.from_row(source, row)
            if envelope.subject != subject:
                subject, version, last = envelope.subject, 0, NO_HASH
            if envelope.streamversion != version + 1:
                verdict.faults.append((envelope.stream, envelope.streamversion, f"version {version + 1} is missing"))
            elif envelope.prevhash != last:
                verdict.faults.append((envelope.stream, envelope.streamversion, "does not link to the event before it"))
            if link(envelope, data) != envelope.hash:
                verdict.faults.append((envelope.stream, envelope.streamversion, "its content does not match its hash"))
            version, last = envelope.streamversion, envelope.hash
        verdict.events += len(rows)
        progress(verdict.events)
        if len(rows) < PAGE:
            break
    verdict.faults += [
        (f"{source}/{row['subject']}", 0, "the head is not the last event's") for row in await connection.fetch(_HEADS)
    ]
    return verdict
