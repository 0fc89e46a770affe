"""The hash that links each event to the one before it in its stream."""

from hashlib import sha256
from struct import Struct

from contracts.envelope import Envelope

_LENGTH = Struct(">I").pack


def link(envelope: Envelope, data: bytes) -> bytes:
    """SHA-256 over every field of the envelope but `hash`, and the stored bytes, each preceded by its length.

    The lengths keep two neighbouring fields from passing for another pair; an absent field differs from an empty one.
    """
    fields = (
        envelope.id.bytes,
        envelope.source,
        envelope.type,
        str(envelope.schemaversion),
        envelope.subject,
        str(envelope.streamversion),
        envelope.time.isoformat(),
        envelope.recordedtime.isoformat(),
        envelope.role,
        envelope.actor,
        envelope.council,
        envelope.origin,
        envelope.policy,
        envelope.calendar,
        envelope.correlationid.bytes,
        envelope.causationid.bytes if envelope.causationid else None,
        envelope.traceparent,
        envelope.prevhash,
        data,
    )
    parts: list[bytes] = []
    for field in fields:
        if field is None:
            parts.append(b"\xff\xff\xff\xff")
            continue
        raw = field if isinstance(field, bytes) else field.encode()
        parts.append(_LENGTH(len(raw)))
        parts.append(raw)
    return sha256(b"".join(parts)).digest()
