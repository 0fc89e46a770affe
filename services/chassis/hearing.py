"""What a service gives its consumer: which types it names, how it reads them, and what it does with a batch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg

from contracts.envelope import Envelope, Event
from services.chassis import codec
from services.chassis.codec import Catalogue, Upcasters
from services.chassis.store import Ask, Cause, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A record of the topic, next in its stream: its envelope, stored bytes, and what the listener read from them."""

    envelope: Envelope
    data: bytes
    event: Any
    partition: int
    offset: int


class Listener(Protocol):
    """The service's side of the consumer."""

    def names(self, kind: str) -> bool:
        """Whether it hears this type; others are counted and their versions marked, never decoded."""
        ...

    def read(self, envelope: Envelope, data: bytes) -> Any:
        """The event, or as much of it as the listener reads.

        Raises:
            UnknownEventError, ValueError: it cannot be read; its case is parked.
        """
        ...

    async def hear(self, connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
        """Take in records, in order, inside the consumer's transaction. An exception here rolls all of them back."""
        ...

    async def known(self, connection: asyncpg.Connection, envelope: Envelope) -> bytes | None:
        """The hash kept for an earlier version of a stream, where this service keeps them; None where it does not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What follows from an event that was heard; `rule` names it, once for each event."""

    rule: str
    subject: str
    command: Any


Reacting = Callable[[Envelope, Event], Sequence[Reaction]]
Projecting = Callable[[asyncpg.Connection, Sequence[Heard]], Any]


class Reactor:
    """The listener of a service that decides: read models of what was heard first, then commands to its own streams."""

    def __init__(
        self,
        *,
        store: Store[Any],
        catalogue: Catalogue,
        upcasters: Upcasters,
        react: Reacting,
        project: Projecting,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._upcasters = upcasters
        self._names = {kind for kind, _ in catalogue}
        self._react = react
        self._project = project

    def names(self, kind: str) -> bool:
        """Types of its catalogue of heard events."""
        return kind in self._names

    def read(self, envelope: Envelope, data: bytes) -> Event:
        """The whole event; personal fields stay sealed."""
        return codec.decode(envelope.type, envelope.schemaversion, data, catalogue=self._catalogue, upcasters=self._upcasters)

    async def hear(self, connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
        """Project, then react, all in the caller's transaction."""
        await self._project(connection, heard)
        asks = list(self._asks(heard))
        if asks:
            await self._store.append(connection, asks)

    async def known(self, _connection: asyncpg.Connection, _envelope: Envelope) -> bytes | None:
        """Nothing kept."""
        return None

    def _asks(self, heard: Sequence[Heard]) -> Iterator[Ask]:
        for each in heard:
            for reaction in self._react(each.envelope, each.event):
                yield Ask(
                    subject=reaction.subject,
                    command=reaction.command,
                    cause=caused_by(each.envelope, actor=self._store.source),
                    rule=reaction.rule,
                )


def caused_by(envelope: Envelope, *, actor: str) -> Cause:
    """The cause of what a service does because of an event: it inherits origin, council and correlation."""
    return Cause(
        role="service",
        actor=actor,
        council=envelope.council,
        origin=envelope.origin,
        correlation=envelope.correlationid,
        causation=envelope.id,
        traceparent=envelope.traceparent,
    )
