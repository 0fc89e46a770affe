"""Logs and metrics: one line of JSON an event, never a body or a person; numbers labelled from closed lists only."""

import logging
import sys
from typing import Any, Final

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types

REGISTRY: Final = CollectorRegistry()

requests = Counter("sir_http_requests", "Answers by route, method and status", ["route", "method", "code"], registry=REGISTRY)
durations = Histogram(
    "sir_http_request_duration_seconds",
    "Time to answer",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
denied = Counter("sir_authz_denied", "Requests refused for who asked", ["reason"], registry=REGISTRY)
outbox_waiting = Gauge("sir_outbox_unpublished", "Events that wait for the relay", registry=REGISTRY)
outbox_oldest = Gauge(
    "sir_outbox_oldest_unpublished_timestamp_seconds", "When the oldest of them was recorded; 0 if none", registry=REGISTRY
)
relay_leader = Gauge("sir_relay_leader", "1 if this process relays", registry=REGISTRY)
relayed = Counter("sir_relay_publish", "Records sent", ["result"], registry=REGISTRY)
lag = Gauge(
    "sir_consumer_lag_records", "Records on the topic that this service has not applied", ["partition"], registry=REGISTRY
)
consumed = Counter("sir_consumer_processed", "Records read, by what became of them", ["result"], registry=REGISTRY)
freshness = Gauge("sir_consumer_freshness_timestamp_seconds", "Recorded time of the newest record applied", registry=REGISTRY)
parked = Gauge("sir_quarantined_messages", "Records set aside", registry=REGISTRY)
halted = Gauge("sir_halted_sources", "Sources whose history has forked", registry=REGISTRY)
measured = Gauge("sir_store_measured_timestamp_seconds", "When the gauges of the store were last read from it", registry=REGISTRY)

RECORD_RESULTS: Final = ("applied", "duplicate", "ignored", "parked", "drained", "halted", "refused")
for _result in RECORD_RESULTS:
    consumed.labels(result=_result)
for _result in ("acked", "error"):
    relayed.labels(result=_result)
for _reason in ("missing_role", "role_not_allowed", "not_found"):
    denied.labels(reason=_reason)

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_LONGEST: Final = 1024


def configure_logs(*, service: str, level: str) -> None:
    """One JSON object a line on standard output; libraries' own lines go the same way, from warnings up."""

    def bounded(_logger: Any, _name: str, line: Any) -> Any:
        return {key: value[:_LONGEST] if isinstance(value, str) else value for key, value in line.items()}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            bounded,
            structlog.processors.JSONRenderer(
                serializer=lambda line, **_: orjson.dumps(line | {"service": service}, default=str).decode()
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines(service))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class _Lines(logging.Formatter):
    """A library's line as JSON: who and how grave, and the message of a warning, which may not carry what was sent."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": "library", "logger": record.name, "level": record.levelname.lower(), "service": self._service}
        if record.exc_info and record.exc_info[0]:
            line["fault"] = record.exc_info[0].__name__
        template = str(record.msg)
        if "\n" in template:  # a formatted traceback, whose last line may carry what was sent
            template = template.partition("\n")[0]
        return orjson.dumps(line | {"template": template[:_LONGEST]}).decode()
