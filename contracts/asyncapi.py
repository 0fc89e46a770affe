"""What one service puts on the topics and takes from them, as AsyncAPI 3.0 says it: every message, its headers, its payload."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from contracts import government
from contracts.catalogue import CATALOGUE
from contracts.government.cloudevent import CONTENT_TYPE
from contracts.topics import CASE_EVENTS, GOVERNMENT

Kind = tuple[str, int]
"""Type and version of an event."""

_TEXT: Final = {"type": "string"}
_UUID: Final = _TEXT | {"format": "uuid"}
_INSTANT: Final = _TEXT | {"format": "date-time"}
_NUMBER: Final = _TEXT | {"pattern": "^[1-9][0-9]*$"}
_SHA256: Final = _TEXT | {"pattern": "^[0-9a-f]{64}$"}

HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "CloudEvents 1.0, binary mode on Kafka: the attributes as headers, in UTF-8; an absent one has no header.",
    "required": [
        *(
            "content-type",
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_schemaversion",
            "ce_subject",
            "ce_streamversion",
        ),
        *("ce_time", "ce_recordedtime", "ce_role", "ce_actor", "ce_origin", "ce_correlationid", "ce_prevhash", "ce_hash"),
    ],
    "properties": {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": _UUID | {"description": "UUIDv7"},
        "ce_source": _TEXT | {"description": "the service that said it; its stream is <source>/<subject>"},
        "ce_type": _TEXT,
        "ce_schemaversion": _NUMBER | {"description": "the version of the payload's shape"},
        "ce_subject": _TEXT | {"description": "the case, or what else it is about; the record's key"},
        "ce_streamversion": _NUMBER | {"description": "its place in the stream, without holes"},
        "ce_time": _INSTANT | {"description": "when it happened in the world"},
        "ce_recordedtime": _INSTANT | {"description": "when the system learned it"},
        "ce_role": _TEXT,
        "ce_actor": _TEXT | {"description": "an opaque id"},
        "ce_council": _TEXT | {"description": "GSS code"},
        "ce_origin": {"enum": ["live", "import"]},
        "ce_policy": _TEXT,
        "ce_calendar": _TEXT,
        "ce_correlationid": _UUID,
        "ce_causationid": _UUID,
        "ce_traceparent": _TEXT | {"description": "W3C trace context"},
        "ce_prevhash": _TEXT | {"pattern": "^([0-9a-f]{64})?$", "description": "the hash of the stream's event before"},
        "ce_hash": _SHA256 | {"description": "over the envelope, length-prefixed, and the stored bytes of the payload"},
    },
}


def document(service: str, *, says: Iterable[Kind], hears: Iterable[Kind], tells_government: bool = False) -> dict[str, Any]:
    """The document of one service: its view, so it sends what it says and receives what it hears."""
    said, heard = sorted(says), sorted(hears)
    operations = {
        **_operation("say", "send", "case-events", map(_named, said)),
        **_operation("hear", "receive", "case-events", map(_named, heard)),
        **_operation("tell", "send", "government", (event.name for event in government.EVENTS if tells_government)),
    }
    messages = {_named(kind): _message(*kind) for kind in sorted({*said, *heard})} | dict(_outward() if tells_government else ())
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"SIR {service}: events", "version": "1", "description": "Delivered at least once."},
        "defaultContentType": "application/json",
        "channels": _channels(map(_named, sorted({*said, *heard})), tells_government=tells_government),
        "operations": operations,
        "components": {"messages": messages, "schemas": {"Headers": HEADERS}},
    }


def _channels(names: Iterable[str], *, tells_government: bool) -> dict[str, Any]:
    case_events = {
        "address": CASE_EVENTS,
        "description": "Every event of every service, kept for ever; key = subject, so that a case stands in one partition.",
        "messages": _references("#/components/messages", names),
    }
    outward = {
        "address": GOVERNMENT,
        "description": "What Government is told: one partition, key = case; the same bytes as GET /v1/events.",
        "messages": _references("#/components/messages", (event.name for event in government.EVENTS)),
    }
    return {"case-events": case_events} | ({"government": outward} if tells_government else {})


def _operation(name: str, action: str, channel: str, messages: Iterable[str]) -> dict[str, Any]:
    listed = [{"$ref": f"#/channels/{channel}/messages/{message}"} for message in messages]
    return {name: {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "messages": listed}} if listed else {}


def _references(where: str, names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"{where}/{name}"} for name in names}


def _named(kind: Kind) -> str:
    return f"{kind[0]}.v{kind[1]}"


def _message(name: str, version: int) -> dict[str, Any]:
    fixed = {"properties": {"ce_type": {"const": name}, "ce_schemaversion": {"const": str(version)}}}
    return {
        "name": name,
        "summary": _summary(CATALOGUE[name, version]),
        "headers": {"allOf": [{"$ref": "#/components/schemas/Headers"}, fixed]},
        "payload": {"$ref": f"../schemas/{name}.v{version}.json"},
        "bindings": {"kafka": {"key": _TEXT}},
    }


def _outward() -> Iterator[tuple[str, dict[str, Any]]]:
    for event in government.EVENTS:
        about = {"properties": {"type": {"const": event.kind()}, "data": {"$ref": f"../government/{event.name}/v1/schema.json"}}}
        message = {
            "name": event.kind(),
            "summary": _summary(event),
            "contentType": CONTENT_TYPE,
            "payload": {"allOf": [{"$ref": "../government/cloudevent.schema.json"}, about]},
            "bindings": {"kafka": {"key": _UUID}},
        }
        yield event.name, message


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n")[0]
