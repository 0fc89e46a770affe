"""The owner's check: what the topic holds of a service's own streams against its store, both ways.

A consumer marks every stream, its own too; the own marks say what the topic holds. Missing there is published again. More there
than here means that this store is older than what it once said (restored from an old backup): then nothing may be said at all.
"""

from typing import Final

import asyncpg
import structlog

_FORGET: Final = "update watermark set version = 0, hash = '' where source = $1 and partition = $2"
_NEWER: Final = """
    select w.subject, w.version from watermark w
    left join event e on e.subject = w.subject and e.version = w.version
    where w.source = $1 and w.version > 0 and e.hash is distinct from w.hash
    limit 1
"""
_MISSING: Final = """
    insert into outbox (subject, version)
    select e.subject, e.version
    from stream s
    left join watermark w on w.source = $1 and w.subject = s.subject
    join event e on e.subject = s.subject and e.version > coalesce(w.version, 0)
    where s.version > coalesce(w.version, 0)
      and not exists (select from outbox o where o.subject = e.subject and o.version = e.version)
    order by e.recorded, e.subject, e.version
"""
_HALT: Final = """
    insert into halted (source, subject, version, reason) values ($1, $2, $3, 'the store is older than the topic')
    on conflict do nothing
"""

log = structlog.get_logger()


class Ownership:
    """A service's claim on its own streams."""

    def __init__(self, *, source: str) -> None:
        self.source = source
        self.sound = True
        """False once the topic was found to hold what the store does not: nothing may be appended."""

    async def forget(self, connection: asyncpg.Connection, partition: int) -> None:
        """The partition was made anew: nothing of ours is known to be on it."""
        await connection.execute(_FORGET, self.source, partition)

    async def check(self, connection: asyncpg.Connection) -> bool:
        """Compare, when all of the topic has been taken in; put what is missing there into the outbox. Call in a transaction."""
        newer = await connection.fetchrow(_NEWER, self.source)
        self.sound = newer is None
        if newer is not None:
            log.critical("store.older_than_topic", stream=f"{self.source}/{newer['subject']}", version=newer["version"])
            await connection.execute(_HALT, self.source, newer["subject"], newer["version"])
            return False
        done = await connection.execute(_MISSING, self.source)
        again = int(done.split()[-1])
        if again:
            log.warning("store.published_again", events=again)
        return True
