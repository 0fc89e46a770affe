"""Drafts in their table: kept for a while, replaced, dropped, swept. What they say is sealed before it comes here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

KEPT: Final = timedelta(days=28)

_COLUMNS: Final = "draft_id, case_id, council, version, box, saved_at, expires_at"
_FIND: Final = f"""
    select {_COLUMNS}, exists (select from notified n where n.subject = d.case_id::text) as submitted
    from draft d where draft_id = $1 and expires_at > clock_timestamp()
"""
_KEEP: Final = """
    insert into draft (draft_id, case_id, council, box, expires_at) values ($1, $2, $3, $4, clock_timestamp() + $5::interval)
    returning version, saved_at, expires_at
"""
_REPLACE: Final = """
    update draft set box = $2, version = version + 1, saved_at = clock_timestamp() where draft_id = $1 and version = $3
    returning version, saved_at, expires_at
"""
_DROP: Final = "delete from draft where draft_id = $1"
_DROP_OF: Final = "delete from draft where case_id = $1::uuid returning draft_id::text"
_SWEEP: Final = """
    delete from draft d where expires_at < clock_timestamp()
        or (saved_at < clock_timestamp() - interval '1 day' and exists (select from notified n where n.subject = d.case_id::text))
    returning draft_id::text
"""
_NOBODYS: Final = """
    select subject from unnest($1::text[]) as u(subject)
    where not exists (select from stream s where s.subject = u.subject and s.version > 0)
        and subject not in (select unnest(array[draft_id, case_id]::text[]) from draft)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """When a draft was saved, how often, and until when it is kept."""

    version: int
    saved_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Saved):
    """A draft. `case_id` is the case that it will become, or has if it was submitted."""

    draft_id: UUID
    case_id: UUID
    council: str
    box: str
    submitted: bool


async def find(connection: asyncpg.Connection, draft_id: UUID) -> Kept | None:
    """The draft, if the connection's council may know of it and its time has not passed."""
    row = await connection.fetchrow(_FIND, draft_id)
    return Kept(**row) if row else None


async def add(connection: asyncpg.Connection, *, draft_id: UUID, case_id: UUID, council: str, box: str) -> Saved:
    """Keep a new draft."""
    return _saved(await connection.fetchrow(_KEEP, draft_id, case_id, council, box, KEPT))


async def replace(connection: asyncpg.Connection, draft_id: UUID, box: str, *, version: int) -> Saved | None:
    """Save again what is still at `version`; None if somebody else was first."""
    row = await connection.fetchrow(_REPLACE, draft_id, box, version)
    return _saved(row) if row else None


async def drop(connection: asyncpg.Connection, draft_id: UUID) -> None:
    """Forget a draft."""
    await connection.execute(_DROP, draft_id)


async def drop_draft_of(connection: asyncpg.Connection, case_id: str) -> Sequence[str]:
    """Forget the draft that a case was made from, if it is still kept; which."""
    return [row["draft_id"] for row in await connection.fetch(_DROP_OF, case_id)]


async def sweep(connection: asyncpg.Connection) -> Sequence[str]:
    """Forget drafts whose time has passed, and those submitted a day ago; which."""
    return [row["draft_id"] for row in await connection.fetch(_SWEEP)]


async def nobodys(connection: asyncpg.Connection, subjects: Sequence[str]) -> Sequence[str]:
    """Those of which nothing was ever said: neither a case, nor a draft, nor the case that a draft may still become."""
    return [row["subject"] for row in await connection.fetch(_NOBODYS, subjects)]


def _saved(row: asyncpg.Record | None) -> Saved:
    if row is None:
        raise AssertionError
    return Saved(**row)
