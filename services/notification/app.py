"""The composition root: the only file that knows every other."""

from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from contracts.catalogue import NOTIFICATION as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import current_code
from contracts.envelope import Refused
from services.chassis.decider import Decider, Record
from services.chassis.identity import Caller
from services.chassis.service import Definition, Service
from services.notification import queries
from services.notification.api import feed, router
from services.notification.arrivals import Arrivals
from services.notification.domain.told import Told, decide, evolve
from services.notification.feed import Feed, measure
from services.notification.listener import GovernmentListener, project_heard
from services.notification.settings import NotificationSettings


def definition(settings: NotificationSettings) -> Definition[Told]:
    """The service, with a bell of its own for those who wait for the feed."""
    arrivals = Arrivals()

    def background(service: Service[Told]) -> Sequence[Coroutine[Any, Any, None]]:
        carrier = Feed(settings=settings, pool=service.pool, arrivals=arrivals)
        return [arrivals.run(settings.database_url.get_secret_value()), carrier.run()]

    return Definition(
        name="notification",
        summary="What Government is told of each case, and the proof that it was",
        decider=Decider(initial=Told(), evolve=evolve, decide=decide),
        says=SAYS,
        upcasters={},
        project=_project,
        project_heard=project_heard,
        permitted=_permitted,
        visible=_visible,
        listener=lambda service: GovernmentListener(store=service.store, address=settings.address),
        routers=[router, feed(arrivals)],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        council_of=current_code,
        keys=True,
        background=background,
        measure=measure,
        projections=("known_case",),
    )


async def _project(_connection: asyncpg.Connection, _records: Sequence[Record]) -> None:
    """No read model of own events: a case's state is folded from its few."""


def _permitted(_told: Told, _action: str) -> Refused | None:
    """A fact about the past may be recorded whatever is known."""
    return None


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    # Government knows of the cases that it was told of.
    return await queries.visible(connection, str(subject), council=caller.council, only_told=caller.role == Role.GOVERNMENT)
