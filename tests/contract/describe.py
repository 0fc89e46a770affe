"""`python -m tests.contract.describe`: write what every service offers (OpenAPI) and says (AsyncAPI), or with `--check` name differences.

It stands here because only the server and the tests may import a service's composition root.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from tempfile import NamedTemporaryFile
from typing import Any, Final

from fastapi import FastAPI

from contracts import asyncapi
from contracts.catalogue import CATALOGUE
from contracts.generate import Made, Producer, main
from services.chassis import http
from services.chassis.service import Definition
from services.chassis.settings import Settings
from services.deadlines.domain import facts
from services.feedback.projections import HEARD as HEARD_BY_FEEDBACK
from services.intake.domain.heard import HEARD as HEARD_BY_INTAKE
from services.notification.listener import HEARD as HEARD_BY_NOTIFICATION

SERVICES: Final = ("intake", "deadlines", "notification", "feedback", "statistics")


def declared(service: str) -> tuple[Definition[Any], Settings]:
    """What its composition root declares, and the settings behind it, which lead nowhere."""
    given = {"database_url": "", "kafka": "", "jwks": "", "issuer": ""}
    with NamedTemporaryFile("w") as secret:
        secret.write("c2VjcmV0")
        secret.flush()
        kind = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")
        settings: Settings = kind(**given, secret_file=secret.name)
        return import_module(f"services.{service}.app").definition(settings), settings


DECLARED: Final = {service: declared(service) for service in SERVICES}
DEFINITIONS: Final = tuple(definition for definition, _ in DECLARED.values())
HEARS: Final[dict[str, Iterable[asyncapi.Kind]]] = {
    "intake": HEARD_BY_INTAKE,
    "deadlines": [(event.type, event.version) for event in facts.HEARD],
    "notification": HEARD_BY_NOTIFICATION,
    "feedback": HEARD_BY_FEEDBACK,
    "statistics": CATALOGUE,
}


def application(definition: Definition[Any]) -> FastAPI:
    """The service's HTTP, without the service."""
    return http.build(service=definition.name, summary=definition.summary, lifespan=_none, routers=definition.routers)


def openapi() -> Iterator[Made]:
    """One document a service, as it serves it."""
    for definition in DEFINITIONS:
        yield f"openapi/{definition.name}.json", _written(application(definition).openapi())


def events() -> Iterator[Made]:
    """One document a service, from its own side of the topics."""
    for definition in DEFINITIONS:
        name = definition.name
        told = asyncapi.document(name, says=definition.says, hears=HEARS[name], tells_government=name == "notification")
        yield f"asyncapi/{name}.json", _written(told)


PRODUCERS: Final = (Producer(owns="openapi/*.json", make=openapi), Producer(owns="asyncapi/*.json", make=events))


@asynccontextmanager
async def _none(_app: FastAPI) -> AsyncIterator[None]:
    yield


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], PRODUCERS))
