"""The `eventsourcing` package over the same events: counts as its documentation builds them, and in pages, its fastest public way.

`BENCH_DATABASE_URL= python -m tests.bench.peers` prints events a second of both. Only the types that are counted are read, as ours does. It counts
into one table; ours builds four, with the time in which each row was known.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

import orjson
import psycopg
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL, Identifier

from deploy.local.environment import given
from services.chassis import codec
from tests.bench import history

EVENTS = 60_000
DOCUMENTED = 3000
PAGE = 2000
STREAMS = ("intake", "deadlines", "notification", "feedback")


@dataclass(frozen=True)
class Said(DomainEvent):
    """An event of ours, its data as it was published."""

    data: dict[str, Any]


class Received(Said):
    @property
    def counter(self) -> str:
        return f"received {self.data['council']}"


class Stopped(Said):
    @property
    def counter(self) -> str:
        return f"{self.data['clock']} {'in time' if self.data['on'] <= self.data['due_on'] else 'late'}"


class Triaged(Said):
    @property
    def counter(self) -> str:
        return f"triaged {self.data['outcome']}"


Counted = Received | Stopped | Triaged
KINDS: Mapping[str, type[Said]] = {
    "sir.intake.notification-received": Received,
    "sir.deadlines.clock-satisfied": Stopped,
    "sir.feedback.case-triaged": Triaged,
}
TOPICS = tuple(map(get_topic, KINDS.values()))


class Cases(Application[UUID]):
    """Every event of every case."""


class Counters(PostgresTrackingRecorder):
    """Counts, each change in one transaction with its place."""

    def __init__(self, datastore: Any, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.check_identifier_length("counters")
        table = SQL("{0}.{1}").format(Identifier(datastore.schema), Identifier(self.tracking_table_name + "_counters"))
        self.sql_create_statements.append(
            SQL("create table if not exists {0} (name text primary key, count bigint not null)").format(table)
        )
        self._add = SQL(
            "insert into {0} as c values (%s, %s) on conflict (name) do update set count = c.count + excluded.count"
        ).format(table)
        self._all = SQL("select name, count from {0}").format(table)

    def add(self, counts: Mapping[str, int], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for name, count in counts.items():
                cursor.execute(self._add, (name, count), prepare=True)

    def counts(self) -> dict[str, int]:
        with self.datastore.transaction(commit=False) as cursor:
            return {row["name"]: row["count"] for row in cursor.execute(self._all)}


class Counting(Projection[Counters]):
    """As the documentation has it: an event, a transaction."""

    name = "documented"
    topics = TOPICS

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Every other event is passed by."""

    @process_event.register(Received)
    @process_event.register(Stopped)
    @process_event.register(Triaged)
    def _counted(self, domain_event: Counted, tracking: Tracking) -> None:
        self.view.add({domain_event.counter: 1}, tracking)


def told() -> Iterator[Said]:
    """The history as its events: a stream of ours is an aggregate of theirs."""
    for _, _, source, *stored in history.rows(EVENTS):
        envelope, data = codec.from_row(source, stored)
        kind = KINDS.get(envelope.type, Said)
        stream = UUID(int=UUID(envelope.subject).int ^ STREAMS.index(source) << 64)
        yield kind(
            originator_id=stream, originator_version=envelope.streamversion, timestamp=envelope.time, data=orjson.loads(data)
        )


def documented(environment: Mapping[str, str], until: int) -> float:
    """Events a second of its runner, up to an event that it counts."""
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Cases, projection_class=Counting, view_class=Counters, env=dict(environment)
    ) as runner:
        runner.wait(until, timeout=60)
        return until / (time.perf_counter() - began)


def paged(application: Cases, view: Counters) -> float:
    """Events a second where pages are read by its recorder, mapped by its mapper, and each page is one transaction."""
    began, start = time.perf_counter(), 1
    while found := application.recorder.select_notifications(start=start, limit=PAGE, topics=TOPICS):
        counts = Counter(cast("Counted", application.mapper.to_domain_event(each)).counter for each in found)
        view.add(counts, Tracking(application.name, found[-1].id))
        start = found[-1].id + 1
    return EVENTS / (time.perf_counter() - began)


def measured(environment: Mapping[str, str]) -> dict[str, float]:
    """Events a second of both, over one history."""
    with Cases(environment) as application:
        wanted: Counter[str] = Counter()
        events = told()
        while chunk := list(islice(events, PAGE)):
            application.recorder.insert_events([application.mapper.to_stored_event(each) for each in chunk])
            wanted.update(each.counter for each in chunk if isinstance(each, Counted))
        view = cast("Counters", application.factory.tracking_recorder(Counters))
        pages = paged(application, view)
        assert view.counts() == wanted, "its counts differ"
        until = application.recorder.select_notifications(start=DOCUMENTED, limit=1, topics=TOPICS)[0].id
        return {"pages": pages, "documented": documented(environment, until)}


def main(url: str) -> None:
    """In a database of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop database if exists eventsourcing with (force)")
        connection.execute("create database eventsourcing")
    there = urlsplit(url)
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": "eventsourcing",
        "POSTGRES_HOST": there.hostname or "",
        "POSTGRES_PORT": str(there.port),
        "POSTGRES_USER": there.username or "",
        "POSTGRES_PASSWORD": unquote(there.password or ""),
    }
    sys.stdout.write(json.dumps(measured(environment)))


if __name__ == "__main__":
    main(given("BENCH_DATABASE_URL"))
