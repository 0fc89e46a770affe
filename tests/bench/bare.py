"""The references: the same rows inserted bare, the same body through FastAPI and asyncpg alone, the bare producer."""

from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from deploy.local.environment import given

COLUMNS = (
    "subject, version, id, type, schema, time, recorded, role, actor, council, origin, policy, calendar, "
    "correlation, causation, traceparent, data, prev_hash, hash"
)
INSERT = f"""
    with written as (insert into event ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19))
    insert into outbox (subject, version) values ($1, $2)
"""


class Person(BaseModel):
    council_person_id: str | None
    initials: str | None
    year_of_birth: int | None
    sex: str | None


class Order(BaseModel):
    type: str
    start_date: date | None
    end_date: date | None
    requirements: list[str]


class Body(BaseModel):
    """The notification's fields, validated as a plain application would."""

    council_reference: str
    occurred_on: date
    became_aware_on: date
    awareness_source: str
    criteria: list[str]
    charged_on: date | None
    role_of_person: str
    offence_codes: list[str]
    incident_type: str
    outcome_of_harm: str
    person: Person
    orders: list[Order]
    late_reason: str | None
    signed_off_by: dict[str, Any]
    summary: str


def application() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        app.state.pool = await asyncpg.create_pool(given("BENCH_DATABASE_URL"), min_size=4, max_size=10)
        await app.state.pool.execute(
            "create table if not exists bare (id bigint generated always as identity primary key, council text, body jsonb)"
        )
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/notifications", status_code=201)
    async def notify(body: Body) -> dict[str, int]:
        text = body.model_dump_json()
        return {
            "id": await app.state.pool.fetchval(
                "insert into bare (council, body) values ($1, $2) returning id", "S12000049", text
            )
        }

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(),
        host="127.0.0.1",
        port=int(given("BENCH_PORT")),
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_level="error",
    )
