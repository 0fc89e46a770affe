"""Councils' front door: notifications and what follows them, cases and their histories."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from contracts.calendars import CURRENT_CALENDAR, OutsideCalendar, calendar
from contracts.clocks import Clock, due, london_date, policy_on
from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import council_named
from contracts.envelope import Fault, Origin, Refused
from contracts.intake import IncidentConsidered, NotificationReceived
from contracts.personal import Personal
from services.chassis.batcher import Batcher
from services.chassis.clock import new_id, now
from services.chassis.commands import PROBLEM, Asked, command, created
from services.chassis.http import BEARER
from services.chassis.idempotency import Answer
from services.chassis.identity import Caller
from services.chassis.problems import ProblemError, not_found
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, history, identifier, page, scoped
from services.chassis.service import Service
from services.chassis.store import Ask, Cause, Done
from services.intake.bodies import ChangeBody, ConsiderationBody, Notify, ReclassificationBody, WithdrawalBody
from services.intake.domain.case import Case, Change, Consider, Nothing, Receive, Reclassify, State, Withdraw, decide, evolve
from services.intake.projections import person_mark
from services.intake.queries import Filter, Prepared, Wanting, cases, prepare
from services.intake.saying import council_of, fields, instant_of, missing, notification, told

WRITERS: Final = COUNCIL_ROLES | {Role.REGISTRAR}
PERSONAL: Final = COUNCIL_ROLES | {Role.INSPECTOR, Role.LEAD_OFFICER, Role.ADMINISTRATOR, Role.REGISTRAR}
READERS: Final = PERSONAL | {Role.ANALYST, Role.GOVERNMENT, Role.OPERATOR}
Desk = Service[State]

router = APIRouter()
_BATCHERS: Final[WeakKeyDictionary[Desk, Batcher[Wanting, Prepared]]] = WeakKeyDictionary()
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


async def notify(desk: Desk, asked: Asked[Notify]) -> Ask | Response:
    """Judge a notification and, unless it is a dry run, take it in."""
    body, registrar = asked.body, asked.caller.role == Role.REGISTRAR
    council, mismatch = council_of(body, asked.caller.council)
    faults = [*missing(body, registrar=registrar), *([mismatch] if mismatch else [])]
    if faults or council is None:
        raise ProblemError.refused(Refused(code="refused", detail="The notification cannot be accepted as it is.", faults=tuple(faults)))
    origin = Origin.IMPORT if registrar else Origin.LIVE
    received_at = instant_of(body.notified_on)
    said = notification(body)
    wanting = Wanting(
        year=london_date(received_at or now()).year, council=council, person=person_mark(desk.secret, council, said), occurred_on=said.occurred_on
    )
    receive = Receive(
        reference="",
        council=council,
        said=said,
        origin=origin,
        received_at=received_at,
        register_row=(body.register_row or {}) if registrar else None,
    )
    if asked.dry_run:
        return _tried(receive)
    subject = str(new_id())
    prepared, _ = await asyncio.gather(prepared_by(desk, wanting), _key(desk, subject))
    receive = Receive(
        reference=prepared.reference,
        council=council,
        said=said,
        origin=origin,
        received_at=received_at,
        register_row=receive.register_row,
        same_person_lately=prepared.same_person and not registrar,
        same_day_already=prepared.same_day and not registrar,
    )
    return Ask(subject=subject, command=receive, cause=_cause(asked, council, origin), once=asked.once, answer=_receipt)


async def prepared_by(desk: Desk, wanting: Wanting) -> Prepared:
    """The reference and the likenesses of one notification, fetched together with those who wait at the same moment."""
    batchers = _BATCHERS
    if desk not in batchers:
        batchers[desk] = Batcher(lambda waiting: prepare(desk.pool, waiting))
    return await batchers[desk](wanting)


async def consider(desk: Desk, asked: Asked[ConsiderationBody]) -> Ask:
    """Keep an incident that was weighed and not notified."""
    body, subject = asked.body, str(new_id())
    if body.considered_on > london_date(now()):
        fault = Fault(pointer="#/considered_on", code="in_the_future", detail="This is in the future.", rule="R-05")
        raise ProblemError.refused(Refused(code="refused", detail="The date cannot be right.", faults=(fault,)))
    await _key(desk, subject)
    fact = IncidentConsidered(
        council=asked.caller.council or "",
        considered_on=body.considered_on,
        occurred_on=body.occurred_on,
        criteria=tuple(map(str, body.criteria)),
        incident_type=body.incident_type,
        decided_by=body.decided_by,
        reason=Personal(body.reason),
    )
    answer = lambda done: created({"consideration_id": done.subject, "version": done.version}, done.version)  # noqa: E731
    return Ask(subject=subject, command=Consider(fact=fact), cause=_cause(asked, asked.caller.council, Origin.LIVE), once=asked.once, answer=answer)


async def amend(_desk: Desk, asked: Asked[ChangeBody]) -> Ask:
    """New facts."""
    return _change(asked, correction=False)


async def correct(_desk: Desk, asked: Asked[ChangeBody]) -> Ask:
    """An error put right."""
    return _change(asked, correction=True)


def _change(asked: Asked[ChangeBody], *, correction: bool) -> Ask:
    changes = asked.body.changes
    values = fields(changes, changes.model_fields_set)
    change = Change(correction=correction, values=values, reason=asked.body.reason, origin=_origin(asked.caller))
    return _on_case(asked, change, occurred=_occurred(asked.caller, asked.body.occurred_at))


async def withdraw(_desk: Desk, asked: Asked[WithdrawalBody]) -> Ask:
    """Take the notification back."""
    occurred = _occurred(asked.caller, asked.body.occurred_at)
    return _on_case(asked, Withdraw(reason=asked.body.reason, on=london_date(occurred) if occurred else None), occurred=occurred)


async def reclassify(_desk: Desk, asked: Asked[ReclassificationBody]) -> Ask:
    """Another statistical category."""
    occurred = _occurred(asked.caller, asked.body.occurred_at)
    on = london_date(occurred) if occurred else None
    return _on_case(asked, Reclassify(incident_type=asked.body.incident_type.value, basis=asked.body.basis, on=on), occurred=occurred)


@router.get("/v1/cases", summary="Cases in order of receipt", response_class=Response, openapi_extra=BEARER, responses={422: PROBLEM})
async def list_cases(
    request: Request,
    council: Annotated[str | None, Query(max_length=100)] = None,
    council_reference: Annotated[str | None, Query(max_length=100)] = None,
    status: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """A council sees its own."""
    desk, caller = await _reader(request, READERS)
    named = council_named(council) if council is not None else None
    if council is not None and named is None:
        raise ProblemError(
            422,
            "unknown_council",
            "There is no such council.",
            faults=[Fault(pointer="#/council", code="unknown_council", detail="There is no such council.")],
        )
    after = _place(desk, cursor) if cursor is not None else (_BEGINNING, "")
    wanted = Filter(council=named.gss_code if named else None, council_reference=council_reference, status=status)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await cases(connection, wanted, after, limit + 1)
    following = desk.cursors.write([found[limit - 1]["received_at"], found[limit - 1]["case_id"]]) if len(found) > limit else None
    shown = [each if caller.role == Role.REGISTRAR else {k: v for k, v in each.items() if k != "register_row"} for each in found[:limit]]
    return page(request, {"cases": shown}, following)


@router.get("/v1/cases/{case_id}", summary="A case, as known now or then", response_class=Response, openapi_extra=BEARER, responses={404: PROBLEM})
async def one_case(request: Request, case_id: str, known_at: AwareDatetime | None = None) -> Response:
    """Folded from its events, up to those recorded by `known_at`."""
    desk, caller = await _reader(request, READERS)
    subject = await _subject(desk, caller, case_id)
    async with desk.pool.acquire() as connection:
        records = await desk.store.history(connection, subject)
        await audited(connection, caller, "case", subject)
    records = [record for record in records if known_at is None or record.envelope.recordedtime <= known_at]
    state: State = desk.store.decider.initial
    for record in records:
        state = evolve(state, record.event)
    if not isinstance(state, Case):
        raise not_found()
    said = told(state.said, personal=caller.role in PERSONAL)
    body = said | {
        "case_id": subject,
        "reference": state.reference,
        "council": state.council,
        "status": "withdrawn" if state.withdrawn else "notified",
        "incident_type": state.incident_type,
        "version": len(records),
        "received_at": state.received_at,
        "known_at": known_at or now(),
    }
    return as_json(body, headers={"ETag": etag(len(records))})


@router.get("/v1/cases/{case_id}/history", summary="Its events, in order", response_class=Response, openapi_extra=BEARER, responses={404: PROBLEM})
async def case_history(request: Request, case_id: str) -> Response:
    """Personal fields only for who may see them; each reading is recorded."""
    desk, caller = await _reader(request, READERS)
    subject = await _subject(desk, caller, case_id)
    async with desk.pool.acquire() as connection, connection.transaction():
        await audited(connection, caller, "history", subject)
        keyring = desk.keyring if caller.role in PERSONAL else None
        events = await history(connection, source=desk.store.source, subject=subject, keyring=keyring)
    return as_json({"events": events}, headers={"ETag": etag(len(events))})


def _register() -> None:
    on_case = "/v1/cases/{case_id}"
    command(router, "/v1/notifications", notify, body=Notify, roles=WRITERS, action="Receive", summary="Notify an incident")
    command(
        router, "/v1/considerations", consider, body=ConsiderationBody, roles=COUNCIL_ROLES, action="Consider", summary="Considered, not notified"
    )
    command(router, f"{on_case}/amendments", amend, body=ChangeBody, roles=WRITERS, action="Amend", summary="New facts")
    command(router, f"{on_case}/corrections", correct, body=ChangeBody, roles=WRITERS, action="Correct", summary="An error put right")
    command(router, f"{on_case}/withdrawal", withdraw, body=WithdrawalBody, roles=WRITERS, action="Withdraw", summary="Take it back")
    command(
        router, f"{on_case}/reclassifications", reclassify, body=ReclassificationBody, roles=WRITERS, action="Reclassify", summary="Another category"
    )


_register()


def _tried(receive: Receive) -> Response:
    """A dry run: judged like the real one, answered like it, nothing kept."""
    decision = decide(Nothing(), receive, now())
    if isinstance(decision, Refused):
        raise ProblemError.refused(decision)
    (event,) = decision
    assert isinstance(event, NotificationReceived)  # noqa: S101 - what `Receive` gives
    return as_json({"case_id": None, "reference": None, "received_at": event.received_at, "version": 0, **_said_of(event)})


def _receipt(done: Done) -> Answer:
    (record,) = done.records
    event = record.event
    assert isinstance(event, NotificationReceived)  # noqa: S101 - what `Receive` gives
    body = {"case_id": done.subject, "reference": event.reference, "received_at": event.received_at, "version": done.version, **_said_of(event)}
    return created(body, done.version)


def _said_of(event: NotificationReceived) -> dict[str, Any]:
    said = event.notification
    starts: list[tuple[Clock, date | None]] = [
        (Clock.NOTIFY, said.occurred_on if said.occurred_on_precision == "day" else None),
        (Clock.NOTIFY_FROM_AWARENESS, said.became_aware_on),
        (Clock.GOVERNMENT_COPY, event.received_on),
        (Clock.REVIEW, event.received_on),
    ]
    return {"flags": [flag.model_dump() for flag in event.flags], "due": list(_due(starts, event.received_on))}


def _due(starts: Iterable[tuple[Clock, date | None]], received_on: date) -> Iterable[dict[str, Any]]:
    for clock, day in starts:
        if day is None:
            continue
        try:
            found = due(clock, day, policy_on(received_on), calendar(CURRENT_CALENDAR))
        except OutsideCalendar:
            continue
        skipped = [{"date": each.date, "reason": each.reason} for each in found.skipped]
        yield {"clock": clock, "due_on": found.due_on, "counted": found.counted, "skipped": skipped, "calendar": found.calendar}


def _on_case(asked: Asked[Any], what: Any, *, occurred: datetime | None) -> Ask:
    case: Case = asked.state
    return Ask(
        subject=asked.subject,
        command=what,
        cause=_cause(asked, case.council, _origin(asked.caller)),
        expected=asked.version,
        occurred=occurred,
        once=asked.once,
        answer=lambda done: created({"case_id": done.subject, "reference": case.reference, "version": done.version}, done.version),
    )


def _occurred(caller: Caller, said: date | datetime | None) -> datetime | None:
    if said is None:
        return None
    if caller.role != Role.REGISTRAR:
        fault = Fault(pointer="#/occurred_at", code="unknown_field", detail="This field is a registrar's.")
        raise ProblemError.refused(Refused(code="invalid", detail="Some fields are not as they should be.", faults=(fault,)))
    return instant_of(said)


def _origin(caller: Caller) -> Origin:
    return Origin.IMPORT if caller.role == Role.REGISTRAR else Origin.LIVE


def _cause(asked: Asked[Any], council: str | None, origin: Origin) -> Cause:
    caller = asked.caller
    return Cause(role=caller.role, actor=caller.actor, council=council, origin=origin, correlation=new_id(), traceparent=asked.traceparent)


async def _key(desk: Desk, subject: str) -> None:
    if desk.keyring is None:
        raise ProblemError(503, "keys_unavailable", "Personal values cannot be sealed now; try again.")
    await desk.keyring.create(subject)


async def _reader(request: Request, roles: frozenset[Role]) -> tuple[Desk, Caller]:
    desk: Desk = request.app.state.desk
    caller = await desk.issuer.caller(request)
    if caller.role not in roles:
        raise ProblemError(403, "role_not_allowed", "Your role does not allow this.")
    return desk, caller


async def _subject(desk: Desk, caller: Caller, case_id: str) -> str:
    subject = identifier(case_id)
    if subject is None or not await desk.visible(caller, subject):
        raise not_found()
    return str(subject)


def _place(desk: Desk, cursor: str) -> tuple[datetime, str]:
    match desk.cursors.read(cursor):
        case [str(received_at), str(subject)]:
            return datetime.fromisoformat(received_at), subject
        case _:
            raise ProblemError(422, "bad_cursor", "The cursor is that of another list.")
