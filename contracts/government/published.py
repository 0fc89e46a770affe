"""The files that a subscriber is given: one schema and one example an event, and the envelope's schema; made and committed."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.codes import IncidentType, OrderType, Precision
from contracts.councils import council_named
from contracts.government.cloudevent import CloudEvent, Data, NotifyingCouncil, render
from contracts.government.notification_amended import NotificationAmended
from contracts.government.notification_copied import NotificationCopied
from contracts.government.notification_withdrawn import NotificationWithdrawn

EVENTS: Final[tuple[type[Data], ...]] = (NotificationCopied, NotificationAmended, NotificationWithdrawn)
"""Every outward event."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def files() -> Iterator[tuple[str, str]]:
    """(path under `contracts/`, content)."""
    yield "government/cloudevent.schema.json", _written({"$schema": DIALECT} | CloudEvent.model_json_schema(mode="serialization"))
    for event in EVENTS:
        schema = {"$schema": DIALECT} | event.model_json_schema(mode="serialization")
        yield f"government/{event.name}/v1/schema.json", _written(schema)
    for example in _examples():
        yield f"government/{example.name}/v1/example.json", _written(json.loads(_rendered(example)))


def _examples() -> Iterator[Data]:
    glasgow = council_named("Glasgow City Council")
    if glasgow is None:
        raise AssertionError
    council = NotifyingCouncil.of(glasgow)
    yield NotificationCopied(
        reference="SIR-2026-0123",
        council=council,
        received_on=date(2026, 11, 20),
        copy_due_on=date(2026, 11, 24),
        calendar="GB-SCT/2026.1",
        incident_type=IncidentType.T02,
        orders=(OrderType.CPO,),
        occurred_on=date(2026, 11, 16),
        occurred_on_precision=Precision.DAY,
        working_days_taken=4,
        on_time=True,
        mappa=False,
        retrospective=False,
    )
    yield NotificationAmended(reference="SIR-2026-0123", council=council, reason_code="correction", changed=("occurred_on",))
    yield NotificationWithdrawn(reference="SIR-2026-0123", council=council, withdrawn_on=date(2026, 11, 24))


def _rendered(data: Data) -> bytes:
    return render(
        data,
        outward_id=UUID("0199f2c4-6d5e-7c3a-9b1e-4a2f3b6c7d80"),
        subject=UUID("019a6f3e-0000-7000-8000-000000000001"),
        sequence=4711,
        time=datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC),
        recordedtime=datetime(2026, 11, 20, 15, 4, 6, tzinfo=UTC),
        correlationid=UUID("0199f2c4-6d5e-7c3a-9b1e-4a2f3b6c7d81"),
        causationid=UUID("0199f2c4-6d5e-7c3a-9b1e-4a2f3b6c7d82"),
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        address="https://sir.example",
    )


def _written(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
