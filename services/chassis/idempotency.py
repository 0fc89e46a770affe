"""Idempotency keys: the first answer is kept in the transaction of its effect, and given again to the same request."""

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import asyncpg
import orjson

from services.chassis.postgres import transposed

RECALL: Final = """
    select client, key, fingerprint, status, etag, body from idempotency
    where (client, key) in (select * from unnest(${}::text[], ${}::text[]))
"""
KEEP: Final = """
    insert into idempotency (client, key, fingerprint, status, etag, body)
    select * from unnest(${}::text[], ${}::text[], ${}::bytea[], ${}::int[], ${}::text[], ${}::bytea[])
"""
"""The parameters of both are numbered by whoever executes them."""
_RECALL: Final = RECALL.format(1, 2)
_KEEP: Final = KEEP.format(1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A client's key and the fingerprint of what it asked. Keys of two clients never meet."""

    client: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer: ids, versions and dates only, since it is kept in clear."""

    status: int
    body: bytes
    etag: str | None = None
    reused: bool = False
    """The key was used before for another request: refuse it."""


def fingerprint(secret: bytes, route: str, body: Any) -> bytes:
    """An HMAC over the route and the body's canonical form, so that nothing can be guessed from it."""
    try:
        canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits: parsed, and still to be refused for what it is
        canonical = json.dumps(body, sort_keys=True).encode()
    return hmac.digest(secret, route.encode() + b"\0" + canonical, sha256)


async def recall(connection: asyncpg.Connection, asked: Sequence[Once]) -> dict[Once, Answer]:
    """The kept answers of these keys."""
    if not asked:
        return {}
    return recalled(await connection.fetch(_RECALL, [once.client for once in asked], [once.key for once in asked]), asked)


def recalled(rows: Iterable[Any], asked: Sequence[Once]) -> dict[Once, Answer]:
    """The kept answers among rows of RECALL."""
    found = {(row["client"], row["key"]): row for row in rows}
    answers: dict[Once, Answer] = {}
    for once in asked:
        row = found.get((once.client, once.key))
        if row is not None:
            same = hmac.compare_digest(row["fingerprint"], once.fingerprint)
            answers[once] = Answer(status=row["status"], body=row["body"], etag=row["etag"], reused=not same)
    return answers


async def keep(connection: asyncpg.Connection, answers: Sequence[tuple[Once, Answer]]) -> None:
    """Keep answers with their effect; a key that another process has just used breaks the transaction."""
    await connection.execute(_KEEP, *columns(answers))


def columns(answers: Sequence[tuple[Once, Answer]]) -> list[list[Any]]:
    """What is kept of answers, as the parameters of KEEP."""
    return transposed([(o.client, o.key, o.fingerprint, a.status, a.etag, a.body) for o, a in answers], 6)
